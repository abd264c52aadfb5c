//! The XML of a part as it is inflated: what stands before its first element, and how its tags nest.
//!
//! No parser: it knows where a tag begins and ends, and no more. Sheets, which are most of a workbook, are looked at only
//! up to their first element: the readers of sheets do not nest.

use memchr::{memchr, memchr3, memmem};

use super::{DEEPEST, Danger, HARMLESS_TEXTS, LONGEST_PROLOGUE, LONGEST_TAG, MOST_SHARED_TEXTS, SHARED_TEXT_BYTES};

/// What has been seen of a part that holds XML, or the binary table of shared texts.
pub(super) struct PartText<'n> {
    name: &'n str,
    /// The size of the part.
    bytes: u64,
    /// The first bytes, until the first element has been found.
    front: Option<Vec<u8>>,
    /// None for a part that is not looked through.
    tags: Option<Tags>,
}

impl<'n> PartText<'n> {
    /// None when the part has no such text.
    pub(super) fn of(name: &'n str, bytes: u64) -> Option<Self> {
        let folded = name.to_ascii_lowercase().replace('\\', "/");
        let is_xml = [".xml", ".rels"].iter().any(|end| folded.ends_with(end));
        let is_sheet = folded.contains("/worksheets/") || folded == "content.xml";
        let is_binary_texts = folded.ends_with("sharedstrings.bin");
        (is_xml || is_binary_texts).then(|| Self {
            name,
            bytes,
            front: Some(Vec::new()),
            tags: (is_xml && !is_sheet).then(Tags::default),
        })
    }

    /// Looks at the next bytes.
    pub(super) fn take(&mut self, piece: &[u8]) -> Result<(), Danger> {
        if let Some(mut front) = self.front.take() {
            let rest = LONGEST_PROLOGUE.saturating_sub(front.len()).min(piece.len());
            front.extend_from_slice(&piece[..rest]);
            if front.len() < LONGEST_PROLOGUE {
                self.front = Some(front);
            } else {
                self.look(&front)?;
            }
        }
        // In UTF-16 no tag is one of these bytes: the reader, which decodes it, refuses what is refused here.
        match &mut self.tags {
            Some(tags) => tags.take(piece).map_err(|problem| match problem {
                XmlLook::Deep => Danger::TooDeep(self.name.to_owned(), DEEPEST),
                XmlLook::Long => Danger::LongMarkup(self.name.to_owned()),
            }),
            None => Ok(()),
        }
    }

    /// The part has ended.
    pub(super) fn end(mut self) -> Result<(), Danger> {
        self.front.take().map_or(Ok(()), |front| self.look(&front))
    }

    fn look(&self, front: &[u8]) -> Result<(), Danger> {
        if self.name.to_ascii_lowercase().ends_with(".bin") {
            return self.counted(binary_count(front));
        }
        let mut text = front.strip_prefix(b"\xef\xbb\xbf").unwrap_or(front).trim_ascii_start();
        loop {
            let end = match text {
                [b'<', b'?', ..] => memmem::find(text, b"?>").map(|at| at + 2),
                [b'<', b'!', b'-', b'-', ..] => memmem::find(text, b"-->").map(|at| at + 3),
                [b'<', b'!', ..] => return Err(Danger::Doctype(self.name.to_owned())),
                _ => break,
            };
            match end {
                Some(end) => text = text[end..].trim_ascii_start(),
                None if front.len() < LONGEST_PROLOGUE => return Ok(()),
                None => return Err(Danger::LongMarkup(self.name.to_owned())),
            }
        }
        self.counted(text_count(text))
    }

    fn counted(&self, count: Option<u64>) -> Result<(), Danger> {
        let most = (self.bytes / SHARED_TEXT_BYTES).clamp(HARMLESS_TEXTS, MOST_SHARED_TEXTS);
        match count {
            Some(count) if count > most => Err(Danger::SharedTexts(self.name.to_owned())),
            _ => Ok(()),
        }
    }
}

/// The larger of the numbers that the first tag, if it is `sst`, says of its texts; too large a number is the largest.
fn text_count(text: &[u8]) -> Option<u64> {
    let tag = &text[..memchr(b'>', text)?];
    let name = tag.get(1..)?.split(|byte| byte.is_ascii_whitespace() || *byte == b'/').next()?;
    if name.rsplit(|byte| *byte == b':').next() != Some(b"sst") {
        return None;
    }
    let number = |attribute: &[u8]| {
        let at = memmem::find(tag, attribute)? + attribute.len();
        let digits: Vec<u8> = tag[at..]
            .iter()
            .copied()
            .skip_while(|byte| matches!(byte, b'=' | b'"' | b'\'' | b'+' | b' '))
            .take_while(u8::is_ascii_digit)
            .collect();
        (!digits.is_empty())
            .then(|| std::str::from_utf8(&digits).ok().and_then(|digits| digits.parse().ok()).unwrap_or(u64::MAX))
    };
    // Only the number of different ones: cells that share one are counted by the other.
    number(b"uniqueCount")
}

/// The number of different texts in the first record of the binary table.
fn binary_count(front: &[u8]) -> Option<u64> {
    let body = front.strip_prefix(&[0x9f, 0x01, 0x08])?;
    let count = body.get(4..8)?.try_into().ok()?;
    Some(u64::from(u32::from_le_bytes(count)))
}

enum XmlLook {
    Deep,
    Long,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum XmlState {
    Text,
    /// After `<`.
    Begun,
    Opening,
    /// Within an attribute's quotes.
    Quoted(u8),
    Closing,
    /// After `<!`.
    Bang,
    /// Within a comment, plain text or an instruction: the two bytes that stand before its `>`, if it has to be those.
    Other(Option<[u8; 2]>),
}

/// How deep tags nest and how long they are.
struct Tags {
    state: XmlState,
    depth: u32,
    length: usize,
    last: [u8; 2],
}

impl Default for Tags {
    fn default() -> Self {
        Self { state: XmlState::Text, depth: 0, length: 0, last: [0; 2] }
    }
}

impl Tags {
    fn take(&mut self, mut piece: &[u8]) -> Result<(), XmlLook> {
        while let Some(first) = piece.first() {
            let found = match self.state {
                XmlState::Text => memchr(b'<', piece),
                XmlState::Begun => {
                    self.state = match first {
                        b'/' => XmlState::Closing,
                        b'?' => XmlState::Other(Some(*b"??")),
                        b'!' => XmlState::Bang,
                        _ => XmlState::Opening,
                    };
                    self.last = [0, *first];
                    piece = &piece[1..];
                    continue;
                }
                XmlState::Bang => {
                    self.state = XmlState::Other(match first {
                        b'-' => Some(*b"--"),
                        b'[' => Some(*b"]]"),
                        _ => None,
                    });
                    piece = &piece[1..];
                    continue;
                }
                XmlState::Opening => memchr3(b'>', b'"', b'\'', piece),
                XmlState::Quoted(quote) => memchr(quote, piece),
                XmlState::Closing | XmlState::Other(_) => memchr(b'>', piece),
            };
            let passed = found.unwrap_or(piece.len());
            if self.state != XmlState::Text {
                self.length += passed;
                if self.length > LONGEST_TAG {
                    return Err(XmlLook::Long);
                }
            }
            for byte in &piece[passed.saturating_sub(2)..passed] {
                self.last = [self.last[1], *byte];
            }
            let Some(at) = found else { return Ok(()) };
            self.state = match (self.state, piece[at]) {
                (XmlState::Text, _) => {
                    self.length = 0;
                    XmlState::Begun
                }
                (XmlState::Opening, b'>') => {
                    if self.last[1] != b'/' {
                        self.depth += 1;
                        if self.depth > DEEPEST {
                            return Err(XmlLook::Deep);
                        }
                    }
                    XmlState::Text
                }
                (XmlState::Opening, quote) => XmlState::Quoted(quote),
                (XmlState::Quoted(_), _) => XmlState::Opening,
                (XmlState::Closing, _) => {
                    self.depth = self.depth.saturating_sub(1);
                    XmlState::Text
                }
                (XmlState::Other(end), _) if self.ends(end) => XmlState::Text,
                (state, _) => state,
            };
            self.last = [self.last[1], piece[at]];
            piece = &piece[at + 1..];
        }
        Ok(())
    }

    fn ends(&self, end: Option<[u8; 2]>) -> bool {
        end.is_none_or(|end| if end == *b"??" { self.last[1] == b'?' } else { self.last == end })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(name: &str, text: &[u8], piece: usize) -> Result<(), Danger> {
        let mut part = PartText::of(name, text.len() as u64).unwrap();
        for piece in text.chunks(piece) {
            part.take(piece)?;
        }
        part.end()
    }

    fn part(name: &str, text: &str) -> Result<(), Danger> {
        let whole = told(name, text.as_bytes(), usize::MAX);
        assert_eq!(whole, told(name, text.as_bytes(), 1), "{text}");
        assert_eq!(whole, told(name, text.as_bytes(), 3), "{text}");
        whole
    }

    #[test]
    fn a_document_type_is_found_before_the_first_element_and_nowhere_else() {
        let doctype = Err(Danger::Doctype("a.xml".to_owned()));
        for text in [
            "<!DOCTYPE a [<!ENTITY b \"c\">]><a/>",
            "\u{feff}<?xml version=\"1.0\"?>\n<!-- x --><!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>",
            "<!doctype a><a/>",
        ] {
            assert_eq!(part("a.xml", text), doctype, "{text}");
        }
        assert_eq!(part("a.xml", "<a><![CDATA[<!DOCTYPE a>]]><!-- <!DOCTYPE a> --></a>"), Ok(()));
        assert!(PartText::of("xl/media/image1.jpeg", 9).is_none());
        let comment = format!("<!--{}--><!DOCTYPE a><a/>", " ".repeat(LONGEST_PROLOGUE));
        assert_eq!(
            told("xl/worksheets/a.xml", comment.as_bytes(), 4096),
            Err(Danger::LongMarkup("xl/worksheets/a.xml".to_owned()))
        );
    }

    #[test]
    fn nesting_and_long_tags_are_found() {
        let deep = |depth: usize| "<a b='>' c=\"/\">".repeat(depth) + &"</a>".repeat(depth);
        assert_eq!(part("a.xml", &deep(256)), Ok(()));
        assert_eq!(part("a.xml", &deep(257)), Err(Danger::TooDeep("a.xml".to_owned(), 256)));
        let flat =
            "<r>".to_owned() + &"<a/><b c='<'/><!-- > < --><?p ? > ?><![CDATA[ <x> ]]><d></d>".repeat(300) + "</r>";
        assert_eq!(part("a.xml", &flat), Ok(()));
        let wide = format!("<a {}/>", (0..300_000).map(|at| format!("a{at}='' ")).collect::<String>());
        assert_eq!(told("a.xml", wide.as_bytes(), 1 << 17), Err(Danger::LongMarkup("a.xml".to_owned())));
    }

    #[test]
    fn a_table_of_texts_that_announces_more_than_it_can_hold_is_refused() {
        let sst = |count: &str| {
            part(
                "xl/sharedStrings.xml",
                &format!("<?xml version='1.0'?><sst count='3' uniqueCount=\"{count}\"><si/></sst>"),
            )
        };
        for count in ["1", "60000", "", "x"] {
            assert_eq!(sst(count), Ok(()), "{count}");
        }
        for count in ["400000000000", "18446744073709551615", "99999999999999999999999", "65537"] {
            assert_eq!(sst(count), Err(Danger::SharedTexts("xl/sharedStrings.xml".to_owned())), "{count}");
        }
        let binary = [0x9f, 0x01, 0x08, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f];
        assert!(told("xl/sharedStrings.bin", &binary, 2).is_err());
        assert!(told("xl/sharedStrings.bin", &[0x9f, 0x01, 0x08, 1, 0, 0, 0, 9, 0, 0, 0], 2).is_ok());
    }
}
