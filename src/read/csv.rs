//! Delimited text, streamed: the dialect and encoding are declared, never guessed.
//!
//! Records are split here rather than by a library because their addresses are what this program is for: the line on
//! which each begins, the offset of a byte that contradicts the encoding, text after a closing quote, a file that ends
//! inside quotes. The tests compare the splitting with the `csv` crate.

mod swallowed;
mod window;

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::Path;

use encoding_rs::WINDOWS_1252;

use super::block::{Block, Cell, RowFlaw};
use super::budget::check_columns;
use super::content::{content_at, refuse};
use super::utf16::Utf16;
use super::{BLOCK_TEXT, ReadError, Sink};
use crate::definitions::Encoding;
use crate::model::{Content, SNIFF_BYTES, fits, unmarked_utf16};
use swallowed::{HeldFields, Span, Usual, trimmed};
use window::{Window, byte_order, lines_end_as_declared};

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
            (Content::Binary, _) => return Err(binary(&mut file)?),
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
        splitter.usual = Usual::learn(&splitter, &window);
        let mut block = RawBlock::default();
        let mut line = 1_u32;
        loop {
            match splitter.record(&window, line, &mut block) {
                RecordOutcome::Record { next, lines } => {
                    if line == 1 {
                        check_columns(block.block.rows.last().map_or(0, |row| row.cells as usize))?;
                    }
                    line += lines;
                    block.block.lines += lines_of(&window.bytes[window.position..next], self.line_end);
                    window.position = next;
                }
                RecordOutcome::Blank { next } => {
                    block.block.blank_rows += 1;
                    block.block.lines += 1;
                    line += 1;
                    window.position = next;
                }
                RecordOutcome::Unclosed { opened, lines } => return Err(unclosed(line + opened, lines)),
                RecordOutcome::More => {
                    if window.bytes.len() - window.position > LONGEST_RECORD {
                        return Err(self.endless(&window, line));
                    }
                    window.fill(&mut self.file)?;
                }
                RecordOutcome::End => break,
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
                *start = fits(text.len());
                *length = fits(decoded.len());
                text.push_str(&decoded);
            }
        }
        self.block.text = text;
        self.block
    }
}

enum RecordOutcome {
    Record {
        next: usize,
        lines: u32,
    },
    Blank {
        next: usize,
    },
    /// The file ends inside quotes that other lines stand in: lines of the record before the one on which they open, and
    /// lines after it.
    Unclosed {
        opened: u32,
        lines: u64,
    },
    More,
    End,
}

struct Splitter {
    encoding: Encoding,
    delimiter: u8,
    quote: Option<u8>,
    line_end: u8,
    usual: Usual,
}

impl Splitter {
    fn new(encoding: Encoding, delimiter: u8, quote: Option<u8>, line_end: u8) -> Self {
        Self { encoding, delimiter, quote, line_end, usual: Usual::default() }
    }

    /// Splits the record at the window's position into the block, or leaves the block as it was.
    fn record(&mut self, window: &Window, line: u32, raw: &mut RawBlock) -> RecordOutcome {
        let bytes = window.bytes.as_slice();
        let start = window.position;
        if start >= bytes.len() {
            return if window.ended { RecordOutcome::End } else { RecordOutcome::More };
        }
        if bytes[start] == self.line_end {
            return RecordOutcome::Blank { next: start + 1 };
        }
        if bytes[start] == b'\r' {
            match bytes.get(start + 1) {
                Some(b'\n') => return RecordOutcome::Blank { next: start + 2 },
                None if !window.ended => return RecordOutcome::More,
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
            return RecordOutcome::More;
        };
        let record = &bytes[start..split.next];
        if let Some(open) = split.open
            && let inside = &bytes[open..split.next]
            && let Some(first) = memchr::memchr(self.line_end, inside)
            && !inside[first..].trim_ascii().is_empty()
        {
            let lines = |bytes: &[u8]| memchr::memchr_iter(self.line_end, bytes).count();
            let opened = fits(lines(&bytes[start..open]));
            return RecordOutcome::Unclosed { opened, lines: lines_of(&inside[first + 1..], self.line_end) };
        }
        let fields = raw.block.cells.len() - before.0;
        let held = self.held(bytes, start, &split, fields);
        if held == HeldFields::Records {
            raw.block.rows.pop();
            raw.block.cells.truncate(before.0);
            raw.bytes.truncate(before.1);
            self.line_by_line(record, line, split.lines, raw);
            return RecordOutcome::Record { next: split.next, lines: split.lines };
        }
        raw.block.close_row();
        raw.block.lines_within += u64::from(split.lines - 1);
        let index = fits(raw.block.rows.len() - 1);
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
        if held == HeldFields::Doubtful {
            flaw(RowFlaw::LinesWithin(line, line + split.lines - 1));
        }
        if split.open.is_some() {
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
                    // Within the window, which is in memory.
                    let at = usize::try_from(at - window.base).unwrap_or(start);
                    raw.block.flaws.push((index, RowFlaw::Undecodable(window.offset(at))));
                }
            }
        }
        RecordOutcome::Record { next: split.next, lines: split.lines }
    }

    /// The fields of one record; none when the window ends before the record does.
    fn fields(&self, bytes: &[u8], start: usize, ended: bool, raw: &mut RawBlock) -> Option<Split> {
        let mut split =
            Split { next: start, lines: 1, quote_within: false, open: None, at_end: false, spans: Vec::new() };
        let before = raw.block.cells.len();
        let mut position = start;
        loop {
            let field = raw.bytes.len();
            if self.quote.is_some() && bytes.get(position).copied() == self.quote {
                let (from, lines) = (position + 1, split.lines);
                position = self.quoted(bytes, from, ended, raw, &mut split)?;
                if split.lines > lines && split.open.is_none() {
                    split.spans.push(Span { before: raw.block.cells.len() - before, from, to: position - 1 });
                }
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
            raw.block.cells.push(if length == 0 { Cell::Blank } else { Cell::Text(fits(field), fits(length)) });
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

    /// What the quoted fields of several lines of a record hold: records, if one of them does.
    fn held(&self, bytes: &[u8], start: usize, split: &Split, fields: usize) -> HeldFields {
        let held = split.spans.iter().map(|span| {
            let line = memchr::memrchr(self.line_end, &bytes[start..span.from]).map_or(start, |at| start + at + 1);
            let end = memchr::memchr(self.line_end, &bytes[span.to..]).map_or(bytes.len(), |at| span.to + at);
            self.usual.held(self, bytes, (*span, fields), line, end)
        });
        held.max().unwrap_or(HeldFields::Text)
    }

    /// A record that swallowed others: each of its lines becomes a row of its own, with the fields that it has by itself,
    /// and tells which lines the quotes hold.
    fn line_by_line(&self, record: &[u8], line: u32, lines: u32, raw: &mut RawBlock) {
        raw.non_ascii |= !record.is_ascii();
        let whole = record.strip_suffix(&[self.line_end]).unwrap_or(record);
        for (number, text) in (line..).zip(whole.split(|byte| *byte == self.line_end)) {
            let text = trimmed(text);
            if text.is_empty() {
                raw.block.blank_rows += 1;
                continue;
            }
            raw.block.open_row(number);
            self.alone(text, |field| {
                let start = fits(raw.bytes.len());
                raw.bytes.extend_from_slice(field);
                raw.block.cells.push(if field.is_empty() { Cell::Blank } else { Cell::Text(start, fits(field.len())) });
            });
            raw.block.close_row();
            let index = fits(raw.block.rows.len() - 1);
            raw.block.flaws.push((index, RowFlaw::Swallowed(line, line + lines - 1)));
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
                split.open = Some(from);
                split.lines += fits(lines_of(rest, self.line_end).saturating_sub(1));
                raw.bytes.extend_from_slice(rest);
                return Some(bytes.len());
            };
            let inside = &rest[..at];
            split.lines += fits(memchr::memchr_iter(self.line_end, inside).count());
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

/// The refusal of a file with NUL bytes: it may be UTF-16 that nothing marks as such.
fn binary(file: &mut File) -> Result<ReadError, ReadError> {
    let mut first = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(SNIFF_BYTES as u64).read_to_end(&mut first)?;
    let Some(is_big) = unmarked_utf16(&first) else { return Ok(refuse(Content::Binary, "delimited text")) };
    let name = if is_big { "utf-16be" } else { "utf-16le" };
    Ok(ReadError::content(
        "read::utf16_instead",
        "the file looks like UTF-16 text without a byte-order mark: every second byte of its beginning is NUL",
        format!("declare `encoding = \"{name}\"` in `[format.csv]`, or on the command line `--encoding {name}`"),
    ))
}

/// The lines that some bytes stand on: those that end, and one that does not.
fn lines_of(bytes: &[u8], line_end: u8) -> u64 {
    let ends = memchr::memchr_iter(line_end, bytes).count() as u64;
    ends + u64::from(bytes.last().is_some_and(|last| *last != line_end))
}

/// The refusal of a file that ends inside quotes.
fn unclosed(line: u32, lines: u64) -> ReadError {
    ReadError::Content {
        code: "read::unterminated_quote",
        message: format!(
            "a quote opens on line {line} and nothing closes it: the {} after it would be the text of one cell",
            if lines == 1 { "line".to_owned() } else { format!("{lines} lines") }
        ),
        hint: format!(
            "close the quote on line {line} or take it out; if quotes mean nothing in the file, declare `quote = \"\"` in \
             `[format.csv]`; a file that was cut short is asked for again"
        ),
        at: Some(format!("line {line}")),
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
    /// Where the content of the field begins that nothing closes.
    open: Option<usize>,
    at_end: bool,
    /// Quoted fields with line ends in them.
    spans: Vec<Span>,
}

#[cfg(test)]
mod tests;
