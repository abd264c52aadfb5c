//! The text of a cell: paragraphs joined by line ends, white space as the format means it.

/// Gathers the text of one cell.
///
/// Runs of white space are one space, and a paragraph does not begin with one; spaces that count are elements of their own.
/// A space at the end is kept, as office programs do, so that no text is shortened here.
#[derive(Debug, Default)]
pub(super) struct CellText {
    text: String,
    paragraphs: u32,
    /// Whether a space that follows means nothing.
    after_space: bool,
}

impl CellText {
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.paragraphs = 0;
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// Begins a paragraph.
    pub(super) fn paragraph(&mut self) {
        if self.paragraphs > 0 {
            self.text.push('\n');
        }
        self.paragraphs += 1;
        self.after_space = true;
    }

    /// Characters of the file.
    pub(super) fn push(&mut self, mut text: &str) {
        while let Some(at) = text.find([' ', '\t', '\n', '\r']) {
            if at > 0 {
                self.text.push_str(&text[..at]);
                self.after_space = false;
            }
            if !self.after_space {
                self.text.push(' ');
                self.after_space = true;
            }
            text = &text[at + 1..];
        }
        if !text.is_empty() {
            self.text.push_str(text);
            self.after_space = false;
        }
    }

    /// Spaces that count.
    pub(super) fn spaces(&mut self, count: usize) {
        self.text.extend(std::iter::repeat_n(' ', count));
        self.after_space = false;
    }

    /// A tab or a line end that counts.
    pub(super) fn mark(&mut self, mark: char) {
        self.text.push(mark);
        self.after_space = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_what_the_format_means_by_it() {
        let mut text = CellText::default();
        text.paragraph();
        text.push("\n   a \t b");
        text.spaces(2);
        text.push(" c ");
        text.paragraph();
        text.push(" \u{a0}d");
        text.mark('\t');
        text.push(" e");
        assert_eq!(text.as_str(), "a b   c \n\u{a0}d\t e");
        text.clear();
        text.paragraph();
        assert_eq!(text.as_str(), "");
    }
}
