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
use super::door::{content_at, refuse};
use super::{ReadError, Sink};
use crate::model::Content;
use crate::spec::Encoding;

/// How much is read at a time.
const WINDOW: usize = 1 << 20;
/// A record longer than this is a quote that was never closed.
const LONGEST_RECORD: usize = 1 << 23;

/// A CSV opened for reading.
#[derive(Debug)]
pub struct CsvRows {
    file: File,
    encoding: Encoding,
    delimiter: u8,
    quote: Option<u8>,
}

impl CsvRows {
    pub(super) fn open(path: &Path, encoding: Encoding, delimiter: u8, quote: Option<u8>) -> Result<Self, ReadError> {
        match content_at(path)? {
            Content::Text => {}
            // A CSV may begin with `<` or `{`; a page or a message is told by more than that.
            other => return Err(refuse(other, "delimited text")),
        }
        Ok(Self { file: File::open(path)?, encoding, delimiter, quote })
    }

    pub(super) fn stream(&mut self, max_rows: usize, max_cells: usize, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        self.file.seek(SeekFrom::Start(0))?;
        let mut window = Window { bytes: Vec::new(), position: 0, base: 0, ended: false };
        window.fill(&mut self.file)?;
        if window.bytes.starts_with(&[0xef, 0xbb, 0xbf]) {
            window.position = 3;
        }
        let mut splitter = Splitter::new(self.encoding, self.delimiter, self.quote);
        let mut block = RawBlock::default();
        let mut line = 1_u32;
        loop {
            match splitter.record(&window, line, &mut block) {
                Outcome::Record { next, lines } => {
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
                        return Err(ReadError::Content {
                            code: "read::unterminated_quote",
                            message: format!("the record that begins on line {line} does not end within 8 MB"),
                            hint: "a quote is opened there and never closed: close it, or declare `quote = \"\"`"
                                .to_owned(),
                            at: Some(format!("line {line}")),
                        });
                    }
                    window.fill(&mut self.file)?;
                }
                Outcome::End => break,
            }
            if (block.block.rows.len() >= max_rows || block.block.cells.len() >= max_cells)
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
}

/// The part of the file that is in memory.
struct Window {
    bytes: Vec<u8>,
    position: usize,
    /// Offset in the file of the first byte of `bytes`.
    base: u64,
    ended: bool,
}

impl Window {
    fn fill(&mut self, file: &mut File) -> Result<(), ReadError> {
        self.bytes.drain(..self.position);
        self.base += self.position as u64;
        self.position = 0;
        let before = self.bytes.len();
        file.take(WINDOW as u64).read_to_end(&mut self.bytes)?;
        self.ended = self.bytes.len() == before;
        Ok(())
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
    fn decode(mut self, encoding: Encoding) -> Block {
        if !self.non_ascii {
            self.block.text = String::from_utf8(self.bytes).unwrap_or_default();
            return self.block;
        }
        if encoding == Encoding::Utf8 {
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
                    Encoding::Utf8 => String::from_utf8_lossy(bytes),
                    Encoding::Windows1252 => WINDOWS_1252.decode_without_bom_handling(bytes).0,
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
}

impl Splitter {
    fn new(encoding: Encoding, delimiter: u8, quote: Option<u8>) -> Self {
        Self { encoding, delimiter, quote }
    }

    /// Splits the record at the window's position into the block, or leaves the block as it was.
    fn record(&mut self, window: &Window, line: u32, raw: &mut RawBlock) -> Outcome {
        let bytes = window.bytes.as_slice();
        let start = window.position;
        if start >= bytes.len() {
            return if window.ended { Outcome::End } else { Outcome::More };
        }
        if bytes[start] == b'\n' {
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
        let mut flaw = |flaw: RowFlaw| raw.block.flaws.push((index, flaw));
        if split.quote_within {
            flaw(RowFlaw::QuoteWithin);
        }
        if split.unterminated {
            flaw(RowFlaw::Unterminated);
        } else if split.at_end {
            flaw(RowFlaw::NoFinalNewline);
        }
        if let Some(at) = memchr::memchr(0, record) {
            flaw(RowFlaw::Nul(window.base + (start + at) as u64));
        }
        if !record.is_ascii() {
            raw.non_ascii = true;
            let bad = match self.encoding {
                Encoding::Utf8 => std::str::from_utf8(record).err().map(|error| error.valid_up_to()),
                Encoding::Windows1252 => {
                    record.iter().position(|byte| matches!(byte, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d))
                }
            };
            if let Some(at) = bad {
                raw.block.flaws.push((index, RowFlaw::Undecodable(window.base + (start + at) as u64)));
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
            let stop = memchr::memchr2(self.delimiter, b'\n', rest);
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
            split.lines += u32::try_from(memchr::memchr_iter(b'\n', inside).count()).unwrap_or(0);
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

struct Split {
    next: usize,
    lines: u32,
    quote_within: bool,
    unterminated: bool,
    at_end: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Write;

    fn rows(bytes: &[u8], encoding: Encoding) -> (Vec<Vec<String>>, Block) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let mut csv = CsvRows { file: file.reopen().unwrap(), encoding, delimiter: b',', quote: Some(b'"') };
        let mut found = Vec::new();
        let mut last = Block::default();
        csv.stream(3, 1000, &mut |block| {
            for index in 0..block.rows.len() {
                found.push(block.row(index).iter().map(|cell| block.shown(*cell).into_owned()).collect());
            }
            last = block;
            ControlFlow::Continue(())
        })
        .unwrap();
        (found, last)
    }

    #[test]
    fn lines_are_counted_as_an_editor_counts_them() {
        let (found, block) = rows(b"a,b\r\n\r\n\"x\ny\",2\r\n3,4\r\n", Encoding::Utf8);
        assert_eq!(found, vec![vec!["a", "b"], vec!["x\ny", "2"], vec!["3", "4"]]);
        assert_eq!(block.rows.iter().map(|row| row.number).collect::<Vec<_>>(), vec![1, 3, 5]);
        assert_eq!(block.blank_rows, 1);
    }

    #[test]
    fn a_byte_that_the_encoding_does_not_have_is_told_by_its_offset() {
        let (_, block) = rows(b"a\nb\xe9c\n", Encoding::Utf8);
        assert_eq!(block.flaws, vec![(1, RowFlaw::Undecodable(3))]);
        let (found, block) = rows(b"a\nb\xe9c\n", Encoding::Windows1252);
        assert_eq!(found[1], vec!["béc"]);
        assert!(block.flaws.is_empty());
    }

    #[test]
    fn flaws_of_quotes_and_of_the_end_are_told() {
        let (found, block) = rows(b"\"a\"b,c\n\"open", Encoding::Utf8);
        assert_eq!(found, vec![vec!["ab", "c"], vec!["open"]]);
        assert_eq!(block.flaws, vec![(0, RowFlaw::QuoteWithin), (1, RowFlaw::Unterminated)]);
        let (_, block) = rows(b"a,b\n1,2", Encoding::Utf8);
        assert_eq!(block.flaws, vec![(1, RowFlaw::NoFinalNewline)]);
    }

    proptest! {
        #[test]
        fn fields_are_those_of_the_csv_crate(records in prop::collection::vec(prop::collection::vec("[a-z,\"\n\r é]{0,6}", 2..5), 1..12)) {
            let mut writer = ::csv::WriterBuilder::new().flexible(true).terminator(::csv::Terminator::CRLF).from_writer(Vec::new());
            for record in &records {
                writer.write_record(record).unwrap();
            }
            let bytes = writer.into_inner().unwrap();
            let (found, _) = rows(&bytes, Encoding::Utf8);
            prop_assert_eq!(found, records);
        }
    }
}
