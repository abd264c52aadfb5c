//! SQL text into tokens with their places: enough to check a file without running it. Comments are left out.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// A keyword or plain identifier; its text is in lower case.
    Word,
    /// A quoted identifier, without its quotes.
    Quoted,
    /// A string literal, without its quotes.
    Text,
    /// A number.
    Number,
    /// Punctuation or an operator.
    Symbol,
}

/// One token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// What it is.
    pub(super) sort: Sort,
    /// Its text.
    pub(super) text: String,
    /// Byte offset in the statement.
    pub(super) at: usize,
    /// How many brackets it stands in.
    pub(super) depth: usize,
}

impl Token {
    /// Whether this is the keyword or symbol `text` (in lower case).
    pub(super) fn is(&self, text: &str) -> bool {
        matches!(self.sort, Sort::Word | Sort::Symbol) && self.text == text
    }

    /// Whether this can be the name of a column or table.
    pub(super) fn is_name(&self) -> bool {
        matches!(self.sort, Sort::Word | Sort::Quoted)
    }
}

/// Operators of two characters that matter here.
const PAIRS: [&str; 10] = ["//", "::", "||", "->", "=>", "<=", ">=", "<>", "!=", "=="];

/// The tokens of `sql`, in order. An opening and its closing bracket have the depth outside them.
pub(super) fn tokens(sql: &str) -> Vec<Token> {
    let bytes = sql.as_bytes();
    let mut found = Vec::new();
    let mut depth = 0_usize;
    let mut at = 0;
    while at < bytes.len() {
        let rest = &sql[at..];
        let byte = bytes[at];
        let (length, sort) = match byte {
            _ if byte.is_ascii_whitespace() => (1, None),
            b'-' if rest.starts_with("--") => (rest.find(['\n', '\r']).unwrap_or(rest.len()), None),
            b'/' if rest.starts_with("/*") => (rest[2..].find("*/").map_or(rest.len(), |end| end + 4), None),
            b'\'' => (quoted_length(rest, b'\''), Some(Sort::Text)),
            b'"' => (quoted_length(rest, b'"'), Some(Sort::Quoted)),
            b'0'..=b'9' => (while_bytes(rest, |b| b.is_ascii_alphanumeric() || b == b'.'), Some(Sort::Number)),
            _ if byte == b'_' || !byte.is_ascii_punctuation() => {
                let length = while_bytes(rest, |b| b == b'_' || !b.is_ascii_punctuation() && !b.is_ascii_whitespace());
                (length.max(1), Some(Sort::Word))
            }
            _ => (if PAIRS.iter().any(|pair| rest.starts_with(pair)) { 2 } else { 1 }, Some(Sort::Symbol)),
        };
        if let Some(sort) = sort {
            let raw = &rest[..length];
            if byte == b')' {
                depth = depth.saturating_sub(1);
            }
            let text = match sort {
                Sort::Word => raw.to_ascii_lowercase(),
                Sort::Quoted | Sort::Text => raw.trim_matches(char::from(byte)).to_owned(),
                Sort::Number | Sort::Symbol => raw.to_owned(),
            };
            found.push(Token { sort, text, at, depth });
            if byte == b'(' {
                depth += 1;
            }
        }
        at += length;
    }
    found
}

fn while_bytes(text: &str, holds: impl Fn(u8) -> bool) -> usize {
    text.bytes().position(|byte| !holds(byte)).unwrap_or(text.len())
}

/// Length of a literal with its quotes; a doubled quote is a quote within it.
fn quoted_length(text: &str, quote: u8) -> usize {
    let bytes = text.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        if bytes[at] == quote {
            if bytes.get(at + 1) == Some(&quote) {
                at += 1;
            } else {
                return at + 1;
            }
        }
        at += 1;
    }
    text.len()
}

/// A statement as it can stand within another: without its semicolon and what follows it, and with an end of line, since a comment may end
/// it.
pub(super) fn embeddable(sql: &str) -> String {
    let end = tokens(sql).last().filter(|last| last.is(";")).map_or(sql.len(), |last| last.at);
    sql[..end].trim().trim_end_matches(';').to_owned() + "\n"
}

/// The line of a file on which its statement begins: the trimmed end of the text, below the head.
pub(super) fn first_line(text: &str, statement: &str) -> usize {
    line_and_column(text, text.trim_end().len().saturating_sub(statement.len())).0
}

/// Line and column, both 1-based, of a byte offset.
pub(super) fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(1, |last| last.chars().count() + 1);
    (line, column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_go_and_literals_stay_whole() {
        let found = tokens("SELECT 'it''s -- no' AS \"Name\", -- a // b\n a||b /* QUALIFY */ FROM (mart.x)");
        let texts: Vec<&str> = found.iter().map(|token| token.text.as_str()).collect();
        let want = ["select", "it''s -- no", "as", "Name", ",", "a", "||", "b", "from", "(", "mart", ".", "x", ")"];
        assert_eq!(texts, want);
        assert_eq!(found[10].depth, 1);
        assert_eq!((found[9].depth, found[13].depth), (0, 0));
    }

    #[test]
    fn an_open_literal_or_comment_ends_with_the_text() {
        assert_eq!(tokens("'open").len(), 1);
        assert_eq!(tokens("/* open").len(), 0);
        assert_eq!(tokens("é + 1").len(), 3);
    }

    #[test]
    fn places_count_characters() {
        assert_eq!(line_and_column("a\né b", 5), (2, 3));
    }
}
