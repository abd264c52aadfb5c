//! XML into tokens, strictly and without allocating: the part of XML that a workbook may use.
//!
//! In: the bytes of a part. Out: starts, ends and texts, with every name, attribute and nesting proved. No DOCTYPE, no
//! entity of one's own. Names are told without their prefix; where that matters, by [`Scanner::depth`], an element of
//! another vocabulary is never taken for one of the sheet.

use std::io::Read;
use std::ops::Range;

use memchr::{memchr, memmem};

use super::source::PartReader;

/// The longest that a tag, a text or a comment may be. Excel's longest cell has 32,767 characters.
const LONGEST: usize = 1 << 24;
/// The deepest that elements may be nested.
const DEEPEST: usize = 256;
/// The most attributes of one element.
const MOST_ATTRIBUTES: usize = 256;

/// Why a part cannot be read as XML.
#[derive(Debug)]
pub(super) enum XmlError {
    /// The archive does not give its bytes.
    Read(std::io::Error),
    /// It is not well formed: where (bytes of text) and why.
    Broken(u64, String),
    /// It has a DOCTYPE, at this byte.
    Doctype(u64),
    /// It says that its encoding is another.
    Encoding(String),
}

/// What stands at one place of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum XmlToken {
    /// An element begins. One that is empty ends with the next token.
    Start,
    /// An element ends.
    End,
    /// Text.
    Text,
    /// The part ends, and everything in it is closed.
    Eof,
}

/// Reads tokens.
pub(super) struct Scanner<R> {
    source: PartReader<R>,
    window: String,
    /// Where the next token begins in the window.
    next: usize,
    /// Bytes of text before the window.
    base: u64,
    /// Where in the window a byte stood that is no character.
    bad: Vec<usize>,
    /// Names of the open elements, one behind the other, and where each begins.
    names: Vec<u8>,
    open: Vec<usize>,
    attributes: Vec<(Range<usize>, Range<usize>)>,
    name: Range<usize>,
    text: Range<usize>,
    is_literal: bool,
    /// The element that began ends at once.
    is_empty: bool,
    has_root: bool,
}

impl<R: Read> Scanner<R> {
    pub(super) fn new(reader: R) -> Self {
        Self {
            source: PartReader::new(reader),
            window: String::new(),
            next: 0,
            base: 0,
            bad: Vec::new(),
            names: Vec::new(),
            open: Vec::new(),
            attributes: Vec::new(),
            name: 0..0,
            text: 0..0,
            is_literal: false,
            is_empty: false,
            has_root: false,
        }
    }

    /// The name of the element that began or ended last, without its prefix.
    pub(super) fn name(&self) -> &str {
        local(&self.window[self.name.clone()])
    }

    /// How many elements are open; the one that began last is one of them.
    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// Name (with its prefix) and raw value of each attribute of the element that began last.
    pub(super) fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.attributes.iter().map(|(name, value)| (&self.window[name.clone()], &self.window[value.clone()]))
    }

    /// The raw value of an attribute without a prefix.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes().find_map(|(key, value)| (key == name).then_some(value))
    }

    /// The last text, raw, and whether it is literal (CDATA): then nothing in it is an entity.
    pub(super) fn text(&self) -> (&str, bool) {
        (&self.window[self.text.clone()], self.is_literal)
    }

    /// Whether a byte in the last text is no character of the part's encoding.
    pub(super) fn is_text_bad(&self) -> bool {
        !self.bad.is_empty() && self.bad.iter().any(|at| self.text.contains(at))
    }

    /// The raw text of the `v` within, where an element `c` began and holds nothing else, both without a prefix, and
    /// where nothing in the text is an entity or a line end; then `c` is ended too. Else none, and nothing was read.
    ///
    /// What almost every cell looks like, without four tokens.
    pub(super) fn plain_value(&mut self) -> Option<&str> {
        let rest = &self.window.as_bytes()[self.next..];
        if self.is_empty || !rest.starts_with(b"<v>") || !self.bad.is_empty() {
            return None;
        }
        let length = rest[3..].iter().position(|byte| matches!(byte, b'<' | b'&' | b'\r'))?;
        let is_all = rest[3 + length..].starts_with(b"</v></c>");
        if !is_all || self.open.last().is_none_or(|from| self.names[*from..] != *b"c") {
            return None;
        }
        let from = self.next + 3;
        self.next = from + length + 8;
        self.close();
        self.text = from..from + length;
        Some(&self.window[self.text.clone()])
    }

    /// Goes on to the end of the element that began last.
    pub(super) fn skip(&mut self) -> Result<(), XmlError> {
        let depth = self.depth();
        loop {
            if self.next()? == XmlToken::End && self.depth() < depth {
                return Ok(());
            }
        }
    }

    /// The next token.
    pub(super) fn next(&mut self) -> Result<XmlToken, XmlError> {
        if self.is_empty {
            self.is_empty = false;
            self.close();
            return Ok(XmlToken::End);
        }
        loop {
            if let Some(token) = self.scan()? {
                return Ok(token);
            }
            if !self.fill()? && self.next >= self.window.len() {
                let what =
                    if self.open.is_empty() { "it holds nothing" } else { "it ends before its elements are closed" };
                return if self.open.is_empty() && self.has_root { Ok(XmlToken::Eof) } else { Err(self.broken(what)) };
            }
        }
    }

    /// Brings more text into the window; false at the end of the part.
    fn fill(&mut self) -> Result<bool, XmlError> {
        if self.next > 0 {
            self.window.drain(..self.next);
            self.base += self.next as u64;
            let gone = self.next;
            self.bad.retain(|at| *at >= gone);
            self.bad.iter_mut().for_each(|at| *at -= gone);
            self.next = 0;
        }
        if self.window.len() > LONGEST {
            return Err(self.broken("a text or a tag of it is longer than 16 MB"));
        }
        let more = self.source.fill(&mut self.window, &mut self.bad)?;
        if !more && !self.window.is_empty() {
            // What is left is no whole token.
            if !self.open.is_empty() || self.window.trim().starts_with('<') {
                return Err(self.broken("it ends before its elements are closed"));
            }
            if self.window.trim().is_empty() {
                self.next = self.window.len();
            } else {
                return Err(self.broken("it has text outside its elements"));
            }
        }
        Ok(more)
    }

    /// One token of the window; none when its end is not there yet.
    fn scan(&mut self) -> Result<Option<XmlToken>, XmlError> {
        loop {
            let bytes = self.window.as_bytes();
            let at = self.next;
            let Some(first) = bytes.get(at) else { return Ok(None) };
            if *first != b'<' {
                let Some(length) = memchr(b'<', &bytes[at..]) else { return Ok(None) };
                self.text = at..at + length;
                self.next = at + length;
                self.is_literal = false;
                if !self.open.is_empty() {
                    return Ok(Some(XmlToken::Text));
                }
                if !self.window[self.text.clone()].trim().is_empty() {
                    return Err(self.broken("it has text outside its elements"));
                }
                continue;
            }
            return match bytes.get(at + 1) {
                None => Ok(None),
                Some(b'/') => self.end(at),
                Some(b'?') => {
                    let Some(length) = memmem::find(&bytes[at..], b"?>") else { return Ok(None) };
                    self.declaration(at..at + length)?;
                    self.next = at + length + 2;
                    continue;
                }
                Some(b'!') => {
                    let rest = &bytes[at..];
                    if rest.starts_with(b"<!--") {
                        let Some(length) = memmem::find(&rest[4..], b"-->") else { return Ok(None) };
                        self.next = at + 4 + length + 3;
                        continue;
                    }
                    if rest.starts_with(b"<![CDATA[") && !self.open.is_empty() {
                        let Some(length) = memmem::find(&rest[9..], b"]]>") else { return Ok(None) };
                        self.text = at + 9..at + 9 + length;
                        self.next = at + 9 + length + 3;
                        self.is_literal = true;
                        return Ok(Some(XmlToken::Text));
                    }
                    if rest.len() < 9 {
                        return Ok(None);
                    }
                    if rest[2..9].eq_ignore_ascii_case(b"DOCTYPE") {
                        return Err(XmlError::Doctype(self.base + at as u64));
                    }
                    Err(self.broken("it has a declaration that a workbook has not"))
                }
                Some(_) => self.start(at),
            };
        }
    }

    fn start(&mut self, at: usize) -> Result<Option<XmlToken>, XmlError> {
        let bytes = self.window.as_bytes();
        let mut here = at + 1;
        let Some(length) = name_length(&bytes[here..]) else { return Ok(None) };
        let name = here..here + length;
        here += length;
        self.attributes.clear();
        let is_empty = loop {
            let spaces = bytes[here..].iter().take_while(|byte| is_space(**byte)).count();
            here += spaces;
            match bytes.get(here) {
                None => return Ok(None),
                Some(b'>') => break false,
                Some(b'/') => match bytes.get(here + 1) {
                    None => return Ok(None),
                    Some(b'>') => {
                        here += 1;
                        break true;
                    }
                    Some(_) => return Err(self.broken("a tag has a `/` within")),
                },
                Some(_) if spaces == 0 => return Err(self.broken("a tag is broken")),
                Some(_) => {}
            }
            let Some(length) = name_length(&bytes[here..]) else { return Ok(None) };
            let key = here..here + length;
            here += length;
            here += bytes[here..].iter().take_while(|byte| is_space(**byte)).count();
            match bytes.get(here) {
                None => return Ok(None),
                Some(b'=') if length > 0 => here += 1,
                Some(_) => return Err(self.broken("an attribute has no value")),
            }
            here += bytes[here..].iter().take_while(|byte| is_space(**byte)).count();
            let quote = match bytes.get(here) {
                None => return Ok(None),
                Some(quote @ (b'"' | b'\'')) => *quote,
                Some(_) => return Err(self.broken("the value of an attribute is not in quotes")),
            };
            here += 1;
            let Some(length) = bytes[here..].iter().position(|byte| *byte == quote || *byte == b'<') else {
                return Ok(None);
            };
            if bytes[here + length] == b'<' {
                return Err(self.broken("the value of an attribute holds a `<`"));
            }
            let name = &bytes[key.clone()];
            if self.attributes.iter().any(|(other, _)| bytes[other.clone()] == *name) {
                return Err(self.broken("an element has an attribute twice"));
            }
            if self.attributes.len() == MOST_ATTRIBUTES {
                return Err(self.broken("an element has more than 256 attributes"));
            }
            self.attributes.push((key, here..here + length));
            here += length + 1;
        };
        if name.is_empty() || matches!(bytes[name.start], b'-' | b'.' | b'0'..=b'9' | b':') {
            return Err(self.broken("an element has no name"));
        }
        if self.open.is_empty() && self.has_root {
            return Err(self.broken("it has more than one root element"));
        }
        if self.open.len() == DEEPEST {
            return Err(self.broken("its elements are nested deeper than 256"));
        }
        if !self.bad.is_empty() && self.bad.iter().any(|bad| (at..here).contains(bad)) {
            return Err(self.broken("a tag holds a byte that is no character"));
        }
        self.has_root = true;
        self.open.push(self.names.len());
        self.names.extend_from_slice(&bytes[name.clone()]);
        self.name = name;
        self.next = here + 1;
        self.is_empty = is_empty;
        Ok(Some(XmlToken::Start))
    }

    fn end(&mut self, at: usize) -> Result<Option<XmlToken>, XmlError> {
        let bytes = self.window.as_bytes();
        let Some(length) = memchr(b'>', &bytes[at..]) else { return Ok(None) };
        let mut end = at + length;
        while is_space(bytes[end - 1]) {
            end -= 1;
        }
        let name = at + 2..end.max(at + 2);
        let begun = self.open.last().map(|from| &self.names[*from..]);
        if begun != Some(&bytes[name.clone()]) {
            return Err(self.broken("an element ends that did not begin there"));
        }
        self.name = name;
        self.next = at + length + 1;
        self.close();
        Ok(Some(XmlToken::End))
    }

    fn close(&mut self) {
        if let Some(from) = self.open.pop() {
            self.names.truncate(from);
        }
    }

    /// What the part says of its encoding has to be what it is.
    fn declaration(&self, range: Range<usize>) -> Result<(), XmlError> {
        let text = &self.window[range];
        if !text.starts_with("<?xml") || self.has_root {
            return Ok(());
        }
        let Some((_, rest)) = text.split_once("encoding") else { return Ok(()) };
        let said: String = rest
            .trim_start_matches(|character: char| character.is_whitespace() || "='\"".contains(character))
            .chars()
            .take_while(|character| character.is_ascii_alphanumeric() || "-_.".contains(*character))
            .collect();
        let utf16 = said.to_ascii_lowercase().starts_with("utf-16");
        let utf8 = ["utf-8", "utf8", "us-ascii", "ascii"].iter().any(|name| said.eq_ignore_ascii_case(name));
        if (self.source.is_utf16() && (utf16 || utf8)) || (!self.source.is_utf16() && utf8) {
            Ok(())
        } else {
            Err(XmlError::Encoding(said))
        }
    }

    fn broken(&self, what: &str) -> XmlError {
        XmlError::Broken(self.base + self.next as u64, what.to_owned())
    }
}

/// A name without its prefix.
fn local(name: &str) -> &str {
    memchr(b':', name.as_bytes()).map_or(name, |colon| &name[colon + 1..])
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\t' | b'\r')
}

/// How long the name is that a text begins with; none when its end is not there.
fn name_length(bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(|byte| ENDS_NAME[*byte as usize])
}

/// What no name has in it.
const ENDS_NAME: [bool; 256] = {
    let mut table = [false; 256];
    let ends = b" \n\t\r/>=\"'<";
    let mut at = 0;
    while at < ends.len() {
        table[ends[at] as usize] = true;
        at += 1;
    }
    table
};
