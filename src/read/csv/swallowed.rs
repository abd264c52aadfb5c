//! Quotes that swallow records: a quoted field whose lines are records of the table, and none of its text.
//!
//! One stray quote makes one field of all that stands between it and the next quote. A note or an address of several lines is
//! the same to who splits records; what tells them apart is what the lines look like. A line within quotes looks like a
//! record when it has as many fields as records of the file have, and its fields are of the shapes (a number, a day, a word,
//! a text of several words, one that a space begins) that stand in these columns: three columns of four at least.
//! Records are swallowed where at least half of the lines after the first look so, and the line on which the quote opens
//! would itself be long enough to be a record.

use super::{RawBlock, Splitter, Window};

/// Shapes of a field.
const BLANK: usize = 0;
const NUMBER: usize = 1;
const DAY: usize = 2;
const WORD: usize = 3;
const TEXT: usize = 4;
const LED: usize = 5;

/// Records that are looked at to learn what is usual.
const SAMPLE: usize = 4_096;

/// Lines after the first, all as wide as records, that make a text doubtful though no line resembles a record.
const LINES_OF_DOUBT: usize = 3;

/// A quoted field with line ends in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    /// Fields of the record before it.
    pub(super) before: usize,
    /// Where its content begins.
    pub(super) from: usize,
    /// Where its closing quote stands.
    pub(super) to: usize,
}

/// What a quoted field of several lines is taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Held {
    /// Text.
    Text,
    /// Text, though every line of it has as many fields as records have.
    Doubtful,
    /// Records of the table.
    Records,
}

/// What records of the file look like.
#[derive(Debug, Default)]
pub(super) struct Usual {
    /// Numbers of fields.
    widths: Vec<usize>,
    /// How many fields of each shape stand in each column.
    shapes: Vec<[u32; 6]>,
}

impl Usual {
    /// Learns from the records that are whole within the first window of the file.
    pub(super) fn learn(splitter: &Splitter, window: &Window) -> Self {
        let mut raw = RawBlock::default();
        let mut position = window.position;
        while raw.block.rows.len() < SAMPLE && position < window.bytes.len() {
            raw.block.open_row(0);
            let (cells, bytes) = (raw.block.cells.len(), raw.bytes.len());
            let Some(split) = splitter.fields(&window.bytes, position, window.ended, &mut raw) else {
                raw.block.rows.pop();
                raw.block.cells.truncate(cells);
                raw.bytes.truncate(bytes);
                break;
            };
            raw.block.close_row();
            position = split.next;
        }
        let mut counts: Vec<(usize, usize)> = Vec::new();
        for row in raw.block.rows.iter().filter(|row| row.cells > 1) {
            match counts.iter_mut().find(|(width, _)| *width == row.cells as usize) {
                Some((_, records)) => *records += 1,
                None => counts.push((row.cells as usize, 1)),
            }
        }
        let all: usize = counts.iter().map(|(_, records)| records).sum();
        let widths: Vec<usize> =
            counts.iter().filter(|(_, records)| records * 20 >= all).map(|(width, _)| *width).collect();
        let mut usual = Self { widths, shapes: Vec::new() };
        // The first record that is wide enough is the header: labels have other shapes than what stands below them.
        let rows = raw.block.rows.iter().filter(|row| usual.widths.contains(&(row.cells as usize)));
        let rows: Vec<_> = rows.skip(1).copied().collect();
        for row in rows {
            for column in 0..row.cells {
                let shape = match raw.block.cell(row, column) {
                    crate::read::Cell::Text(start, length) => {
                        shape(&raw.bytes[start as usize..(start + length) as usize])
                    }
                    _ => BLANK,
                };
                usual.count(column as usize, shape);
            }
        }
        usual
    }

    fn count(&mut self, column: usize, shape: usize) {
        if self.shapes.len() <= column {
            self.shapes.resize(column + 1, [0; 6]);
        }
        self.shapes[column][shape] += 1;
    }

    /// What a quoted field of several lines holds. `line` is where the line begins on which it opens, `end` where the line
    /// ends on which it closes.
    pub(super) fn held(&self, splitter: &Splitter, bytes: &[u8], span: Span, line: usize, end: usize) -> Held {
        let content = &bytes[span.from..span.to];
        let Some(first) = memchr::memchr(splitter.line_end, content) else { return Held::Text };
        let opened = span.before + 1 + memchr::memchr_iter(splitter.delimiter, &content[..first]).count();
        let least = self.widths.iter().min().copied().unwrap_or(usize::MAX);
        if opened < least {
            return Held::Text;
        }
        // Of a file of which nothing but this is known, the line on which the quote opens says what its records look like.
        let mut known = None;
        if self.shapes.is_empty() {
            let mut own = Self { widths: self.widths.clone(), shapes: Vec::new() };
            let mut column = 0;
            splitter.alone(trimmed(&bytes[line..span.from + first]), |field| {
                own.count(column, shape(field));
                column += 1;
            });
            known = Some(own);
        }
        let known = known.as_ref().unwrap_or(self);
        let (mut lines, mut wide, mut records) = (0, 0, 0);
        for line in bytes[span.from + first + 1..end].split(|byte| *byte == splitter.line_end) {
            let line = trimmed(line);
            if line.is_empty() {
                continue;
            }
            lines += 1;
            let mut shapes = Vec::new();
            splitter.alone(line, |field| shapes.push(shape(field)));
            if known.widths.contains(&shapes.len()) {
                wide += 1;
                records += usize::from(known.resembles(&shapes));
            }
        }
        match (lines, wide, records) {
            (lines, _, records) if records > 0 && records * 2 >= lines => Held::Records,
            (lines, wide, _) if lines >= LINES_OF_DOUBT && wide == lines => Held::Doubtful,
            _ => Held::Text,
        }
    }

    /// Whether the fields of a line are of shapes that stand in their columns.
    fn resembles(&self, line: &[usize]) -> bool {
        let strange = line.iter().enumerate().filter(|(column, shape)| {
            let Some(seen) = self.shapes.get(*column) else { return true };
            let all: u32 = seen.iter().sum();
            let as_well = match **shape {
                NUMBER => seen[NUMBER] + seen[WORD],
                WORD => seen[WORD] + seen[TEXT],
                other => seen[other],
            };
            as_well * 20 < all || as_well == 0
        });
        strange.count() * 4 <= line.len()
    }
}

impl Splitter {
    /// The fields of a line read by itself, in which a quote that nothing closes is a character like any other.
    pub(super) fn alone<'l>(&self, line: &'l [u8], mut field: impl FnMut(&'l [u8])) {
        let mut position = 0;
        loop {
            let mut after = position;
            if let Some(quote) = self.quote.filter(|quote| line.get(position) == Some(quote)) {
                let mut at = position + 1;
                while let Some(found) = memchr::memchr(quote, &line[at..]) {
                    at += found + 1;
                    if line.get(at) != Some(&quote) {
                        after = at;
                        break;
                    }
                    at += 1;
                }
            }
            let stop = memchr::memchr(self.delimiter, &line[after..]).map(|at| after + at);
            let text = &line[position..stop.unwrap_or(line.len())];
            field(self.quote.and_then(|quote| text.strip_prefix(&[quote])).unwrap_or(text));
            let Some(stop) = stop else { return };
            position = stop + 1;
        }
    }
}

/// A line without the carriage return at its end; nothing where it is blank.
pub(super) fn trimmed(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.trim_ascii().is_empty() { &[] } else { line }
}

fn shape(field: &[u8]) -> usize {
    let bare = field.trim_ascii();
    let bare = bare.strip_suffix(b"\"").unwrap_or(bare);
    if bare.is_empty() {
        BLANK
    } else if field[0].is_ascii_whitespace() {
        LED
    } else if bare.iter().any(u8::is_ascii_digit)
        && bare.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b'-' | b'+' | b'%'))
    {
        // A day with dashes has two of them.
        if bare.iter().skip(1).filter(|byte| **byte == b'-').count() == 2 { DAY } else { NUMBER }
    } else if bare.iter().any(u8::is_ascii_digit)
        && bare.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'/' | b':' | b'-' | b'.' | b' ' | b'T'))
    {
        DAY
    } else if bare.iter().any(u8::is_ascii_whitespace) {
        TEXT
    } else {
        WORD
    }
}
