//! Delimited text, streamed: the dialect and encoding are declared, never guessed.
//!
//! Records are split here rather than by a library because their addresses are what this program is for: the line on
//! which each begins, the offset of a byte that contradicts the encoding, text after a closing quote, a file that ends
//! inside quotes. The tests compare the splitting with the `csv` crate.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::Path;

use encoding_rs::WINDOWS_1252;

use super::block::{Block, Cell, RowFlaw};
use super::budget::check_columns;
use super::door::{content_at, refuse};
use super::utf16::Utf16;
use super::{BLOCK_TEXT, ReadError, Sink};
use crate::model::Content;
use crate::spec::Encoding;

/// How much is read at a time.
const WINDOW: usize = 1 << 20;
/// A record longer than this is a quote that was never closed.
const LONGEST_RECORD: usize = 1 << 23;
/// A field longer than this is told.
const LONGEST_FIELD: usize = 1 << 16;
/// A record longer than this is told.
const LONGEST_ROW: usize = 1 << 20;

/// A CSV opened for reading.
#[derive(Debug)]
pub struct CsvRows {
    file: File,
    encoding: Encoding,
    delimiter: u8,
    quote: Option<u8>,
    line_end: u8,
}

impl CsvRows {
    pub(super) fn open(
        path: &Path,
        encoding: Encoding,
        delimiter: u8,
        quote: Option<u8>,
        line_end: u8,
    ) -> Result<Self, ReadError> {
        let mut file = File::open(path)?;
        let encoding = match (content_at(path)?, encoding) {
            (
                Content::Text | Content::Utf16 | Content::Binary,
                Encoding::Utf16 | Encoding::Utf16Le | Encoding::Utf16Be,
            ) => byte_order(&mut file, encoding)?,
            (Content::Text, _) => encoding,
            // A CSV may begin with `<` or `{`; a page or a message is told by more than that.
            (other, _) => return Err(refuse(other, "delimited text")),
        };
        Ok(Self { file, encoding, delimiter, quote, line_end })
    }

    pub(super) fn stream(&mut self, max_rows: usize, max_cells: usize, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        self.file.seek(SeekFrom::Start(0))?;
        let utf16 = match self.encoding {
            Encoding::Utf16Le => Some(Utf16::new(false)),
            Encoding::Utf16Be => Some(Utf16::new(true)),
            _ => None,
        };
        let mut window = Window { bytes: Vec::new(), position: 0, base: 0, ended: false, utf16 };
        window.fill(&mut self.file)?;
        if self.line_end == b'\n' {
            lines_end_as_declared(&window)?;
        }
        if window.bytes.starts_with(&[0xef, 0xbb, 0xbf]) {
            window.position = 3;
        }
        let mut splitter = Splitter::new(self.encoding, self.delimiter, self.quote, self.line_end);
        let mut block = RawBlock::default();
        let mut line = 1_u32;
        loop {
            match splitter.record(&window, line, &mut block) {
                Outcome::Record { next, lines } => {
                    if line == 1 {
                        check_columns(block.block.rows.last().map_or(0, |row| row.cells as usize))?;
                    }
                    line += lines;
                    window.position = next;
                }
                Outcome::Blank { next } => {
                    block.block.blank_rows += 1;
                    line += 1;
                    window.position = next;
                }
                Outcome::More => {
                    if window.bytes.len() - window.position > LONGEST_RECORD {
                        return Err(self.endless(&window, line));
                    }
                    window.fill(&mut self.file)?;
                }
                Outcome::End => break,
            }
            if (block.block.rows.len() >= max_rows
                || block.block.cells.len() >= max_cells
                || block.bytes.len() >= BLOCK_TEXT)
                && sink(std::mem::take(&mut block).decode(self.encoding)).is_break()
            {
                return Ok(());
            }
        }
        if !block.block.rows.is_empty() || block.block.blank_rows > 0 {
            let _: ControlFlow<()> = sink(block.decode(self.encoding));
        }
        Ok(())
    }

    /// The refusal of a record that does not end, by what it lacks: a quote, or the end of a line.
    fn endless(&self, window: &Window, line: u32) -> ReadError {
        let record = &window.bytes[window.position..];
        let is_quoted = self.quote.is_some_and(|quote| memchr::memchr(quote, record).is_some());
        let (code, hint) = if is_quoted {
            (
                "read::unterminated_quote",
                "a quote is opened there and never closed: close it, or declare `quote = \"\"`",
            )
        } else {
            (
                "read::endless_line",
                "it has no end of a line and no quote: the line ends were lost, or it is no table; ask for it again",
            )
        };
        ReadError::Content {
            code,
            message: format!("the record that begins on line {line} does not end within 8 MB"),
            hint: hint.to_owned(),
            at: Some(format!("line {line}")),
        }
    }
}

/// The byte order of a file that is declared as UTF-16: its mark must not contradict the declaration.
fn byte_order(file: &mut File, declared: Encoding) -> Result<Encoding, ReadError> {
    let mut first = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(4096).read_to_end(&mut first)?;
    let marked = match first.as_slice() {
        [0xFF, 0xFE, ..] => Some(Encoding::Utf16Le),
        [0xFE, 0xFF, ..] => Some(Encoding::Utf16Be),
        _ => None,
    };
    let refused = |message: &str, hint: &str| {
        Err(ReadError::Content {
            code: "read::encoding_contradicted",
            message: message.to_owned(),
            hint: hint.to_owned(),
            at: Some("byte 0".to_owned()),
        })
    };
    match (declared, marked) {
        (Encoding::Utf16, Some(marked)) => Ok(marked),
        (declared, Some(marked)) if declared != marked => refused(
            "the layout declares one byte order of UTF-16, and the file is marked as the other",
            "declare `encoding = \"utf-16\"`: the mark then says which it is",
        ),
        (_, None) if !first.contains(&0) => refused(
            "the layout declares UTF-16, and the file is not: no byte of its beginning is NUL",
            "declare its encoding, such as `utf-8` or `windows-1252`",
        ),
        (Encoding::Utf16, None) => refused(
            "the layout declares UTF-16, and the file has no byte-order mark that says which",
            "declare `encoding = \"utf-16le\"`, which Windows writes, or `utf-16be`",
        ),
        (declared, _) => Ok(declared),
    }
}

/// A file whose lines end with a carriage return alone would be one endless record.
fn lines_end_as_declared(window: &Window) -> Result<(), ReadError> {
    let bytes = window.bytes.as_slice();
    match memchr::memchr(b'\r', bytes) {
        Some(at) if at + 1 < bytes.len() && memchr::memchr(b'\n', bytes).is_none() => Err(ReadError::Content {
            code: "read::line_ends",
            message: "the lines of the file end with a carriage return alone, as old Macs wrote them".to_owned(),
            hint: "declare `line_end = \"cr\"` in `[format.csv]`, or save the file again as CSV".to_owned(),
            at: Some(format!("byte {}", window.offset(at))),
        }),
        _ => Ok(()),
    }
}

/// The part of the file that is in memory.
struct Window {
    bytes: Vec<u8>,
    position: usize,
    /// Offset in the file, or in the text of a UTF-16 file, of the first byte of `bytes`.
    base: u64,
    ended: bool,
    utf16: Option<Utf16>,
}

impl Window {
    fn fill(&mut self, file: &mut File) -> Result<(), ReadError> {
        if let Some(utf16) = &mut self.utf16 {
            utf16.pass(&self.bytes[..self.position]);
        }
        self.bytes.drain(..self.position);
        self.base += self.position as u64;
        self.position = 0;
        let before = self.bytes.len();
        match &mut self.utf16 {
            Some(utf16) => utf16.read(file, WINDOW, self.base, &mut self.bytes)?,
            None => {
                file.take(WINDOW as u64).read_to_end(&mut self.bytes)?;
            }
        }
        self.ended = self.bytes.len() == before;
        Ok(())
    }

    /// The offset in the file of a byte of the window.
    fn offset(&self, at: usize) -> u64 {
        match &self.utf16 {
            Some(utf16) => utf16.offset(&self.bytes[..at]),
            None => self.base + at as u64,
        }
    }
}

/// A block whose text is still bytes in the file's encoding.
#[derive(Default)]
struct RawBlock {
    block: Block,
    bytes: Vec<u8>,
    non_ascii: bool,
}

impl RawBlock {
    /// The first field of the row that began with this cell that is longer than it may be.
    fn long_field(&self, first: usize) -> Option<u32> {
        let is_long = |cell: &Cell| matches!(cell, Cell::Text(_, length) if *length as usize > LONGEST_FIELD);
        self.block.cells[first..].iter().position(is_long).and_then(|column| u32::try_from(column).ok())
    }

    fn decode(mut self, encoding: Encoding) -> Block {
        if !self.non_ascii {
            self.block.text = String::from_utf8(self.bytes).unwrap_or_default();
            return self.block;
        }
        if encoding.is_unicode() {
            match String::from_utf8(self.bytes) {
                Ok(text) => {
                    self.block.text = text;
                    return self.block;
                }
                Err(error) => self.bytes = error.into_bytes(),
            }
        }
        // Cell by cell, so that lengths that change do not move the neighbours.
        let mut text = String::with_capacity(self.bytes.len() + self.bytes.len() / 8);
        for cell in &mut self.block.cells {
            if let Cell::Text(start, length) = cell {
                let bytes = &self.bytes[*start as usize..(*start + *length) as usize];
                let decoded = match encoding {
                    Encoding::Windows1252 => WINDOWS_1252.decode_without_bom_handling(bytes).0,
                    Encoding::Other(other) => other.decode_without_bom_handling(bytes).0,
                    _ => String::from_utf8_lossy(bytes),
                };
                *start = u32::try_from(text.len()).unwrap_or(u32::MAX);
                *length = u32::try_from(decoded.len()).unwrap_or(0);
                text.push_str(&decoded);
            }
        }
        self.block.text = text;
        self.block
    }
}

enum Outcome {
    Record { next: usize, lines: u32 },
    Blank { next: usize },
    More,
    End,
}

struct Splitter {
    encoding: Encoding,
    delimiter: u8,
    quote: Option<u8>,
    line_end: u8,
}

impl Splitter {
    fn new(encoding: Encoding, delimiter: u8, quote: Option<u8>, line_end: u8) -> Self {
        Self { encoding, delimiter, quote, line_end }
    }

    /// Splits the record at the window's position into the block, or leaves the block as it was.
    fn record(&mut self, window: &Window, line: u32, raw: &mut RawBlock) -> Outcome {
        let bytes = window.bytes.as_slice();
        let start = window.position;
        if start >= bytes.len() {
            return if window.ended { Outcome::End } else { Outcome::More };
        }
        if bytes[start] == self.line_end {
            return Outcome::Blank { next: start + 1 };
        }
        if bytes[start] == b'\r' {
            match bytes.get(start + 1) {
                Some(b'\n') => return Outcome::Blank { next: start + 2 },
                None if !window.ended => return Outcome::More,
                _ => {}
            }
        }
        let before = (raw.block.cells.len(), raw.bytes.len());
        raw.block.open_row(line);
        let split = self.fields(bytes, start, window.ended, raw);
        let Some(split) = split else {
            raw.block.rows.pop();
            raw.block.cells.truncate(before.0);
            raw.bytes.truncate(before.1);
            return Outcome::More;
        };
        raw.block.close_row();
        let index = u32::try_from(raw.block.rows.len() - 1).unwrap_or(u32::MAX);
        let record = &bytes[start..split.next];
        let long = if record.len() > LONGEST_FIELD { raw.long_field(before.0) } else { None };
        let mut flaw = |flaw: RowFlaw| raw.block.flaws.push((index, flaw));
        if let Some(column) = long {
            flaw(RowFlaw::LongField(column));
        }
        if record.len() > LONGEST_ROW {
            flaw(RowFlaw::LongRow);
        }
        if split.quote_within {
            flaw(RowFlaw::QuoteWithin);
        }
        if split.unterminated {
            flaw(RowFlaw::Unterminated);
        } else if split.at_end {
            flaw(RowFlaw::NoFinalNewline);
        }
        if let Some(at) = memchr::memchr(0, record) {
            flaw(RowFlaw::Nul(window.offset(start + at)));
        }
        if !record.is_ascii() {
            raw.non_ascii = true;
            let bad = match self.encoding {
                Encoding::Windows1252 => {
                    record.iter().position(|byte| matches!(byte, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d))
                }
                Encoding::Other(other) => first_undecodable(other, record),
                _ => std::str::from_utf8(record).err().map(|error| error.valid_up_to()),
            };
            if let Some(at) = bad {
                raw.block.flaws.push((index, RowFlaw::Undecodable(window.offset(start + at))));
            }
            if let Some(utf16) = &window.utf16 {
                let (from, to) = (window.base + start as u64, window.base + split.next as u64);
                if let Some(at) = utf16.first_bad(from, to) {
                    let at = usize::try_from(at - window.base).unwrap_or(start);
                    raw.block.flaws.push((index, RowFlaw::Undecodable(window.offset(at))));
                }
            }
        }
        Outcome::Record { next: split.next, lines: split.lines }
    }

    /// The fields of one record; none when the window ends before the record does.
    fn fields(&self, bytes: &[u8], start: usize, ended: bool, raw: &mut RawBlock) -> Option<Split> {
        let mut split = Split { next: start, lines: 1, quote_within: false, unterminated: false, at_end: false };
        let mut position = start;
        loop {
            let field = raw.bytes.len();
            if self.quote.is_some() && bytes.get(position).copied() == self.quote {
                position = self.quoted(bytes, position + 1, ended, raw, &mut split)?;
            }
            // What stands between here and the next delimiter or line end, quoted part or not.
            let rest = &bytes[position..];
            let stop = memchr::memchr2(self.delimiter, self.line_end, rest);
            let (plain, found) = match stop {
                Some(at) => (&rest[..at], Some(rest[at])),
                None if ended => (rest, None),
                None => return None,
            };
            let line_end = found != Some(self.delimiter);
            let text = if line_end { plain.strip_suffix(b"\r").unwrap_or(plain) } else { plain };
            if raw.bytes.len() > field && !text.is_empty() {
                split.quote_within = true;
            }
            raw.bytes.extend_from_slice(text);
            let length = raw.bytes.len() - field;
            raw.block.cells.push(if length == 0 {
                Cell::Blank
            } else {
                Cell::Text(u32::try_from(field).unwrap_or(u32::MAX), u32::try_from(length).unwrap_or(0))
            });
            position += plain.len();
            if found.is_none() {
                split.at_end = true;
                split.next = position;
                return Some(split);
            }
            position += 1;
            if line_end {
                split.next = position;
                return Some(split);
            }
        }
    }

    /// The inside of a quoted field; gives the position after the closing quote.
    fn quoted(&self, bytes: &[u8], from: usize, ended: bool, raw: &mut RawBlock, split: &mut Split) -> Option<usize> {
        let quote = self.quote?;
        let mut position = from;
        loop {
            let rest = &bytes[position..];
            let Some(at) = memchr::memchr(quote, rest) else {
                if !ended {
                    return None;
                }
                split.unterminated = true;
                raw.bytes.extend_from_slice(rest);
                return Some(bytes.len());
            };
            let inside = &rest[..at];
            split.lines += u32::try_from(memchr::memchr_iter(self.line_end, inside).count()).unwrap_or(0);
            raw.bytes.extend_from_slice(inside);
            match rest.get(at + 1) {
                Some(next) if *next == quote => {
                    raw.bytes.push(quote);
                    position += at + 2;
                }
                None if !ended => return None,
                _ => return Some(position + at + 1),
            }
        }
    }
}

/// The first byte that an encoding does not have.
fn first_undecodable(encoding: &'static encoding_rs::Encoding, record: &[u8]) -> Option<usize> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(decoder.max_utf8_buffer_length_without_replacement(record.len())?);
    match decoder.decode_to_string_without_replacement(record, &mut text, true) {
        (encoding_rs::DecoderResult::Malformed(length, after), read) => {
            Some(read.saturating_sub(usize::from(length) + usize::from(after)))
        }
        _ => None,
    }
}

struct Split {
    next: usize,
    lines: u32,
    quote_within: bool,
    unterminated: bool,
    at_end: bool,
}

#[cfg(test)]
mod tests;
