//! Quotes that swallow records: a quoted field whose lines are records of the table, and none of its text.
//!
//! One stray quote makes one field of all that stands between it and the next quote. A note or an address of several lines is
//! the same to who splits records; what tells them apart is what the lines look like. A line within quotes looks like a
//! record when it has as many fields as records of the file have, and its fields are of the shapes (a number, a day, a word,
//! a text of several words, one that a space begins) that stand in these columns: three columns of four at least, and where
//! nearly all fields of a column have one form (`C12`, `2025-03-01`), of that form.
//! Records are swallowed where most of the lines after the first look so (half, where the field or its record is not as it
//! should be), and the line on which the quote opens would itself be long enough to be a record. Of a field that is quoted as it should be, in a table of two or three columns
//! none of which has a form, nothing is said by this.

use std::collections::HashMap;

use super::{Cell, RawBlock, Splitter, Window};

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

/// The fewest fields by which a column's form is known, and of how many one may be of another.
const LEAST_OF_A_FORM: u32 = 3;
const OF_ANOTHER_FORM: u32 = 20;
/// Forms that are counted in a column, before those that come are of no form.
const MOST_FORMS: usize = 64;
/// Columns that a table has to have for shapes alone to tell.
const ENOUGH_COLUMNS: usize = 4;

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
pub(super) enum HeldFields {
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
    /// What stands in each column.
    columns: Vec<FieldShapes>,
}

/// What stands in a column: how many fields of each shape, and how many of each form that are not blank.
#[derive(Debug, Clone, Default)]
struct FieldShapes {
    shapes: [u32; 6],
    forms: HashMap<Vec<u8>, u32>,
}

impl FieldShapes {
    /// The form that nearly all fields have which are not blank.
    fn form(&self) -> Option<&[u8]> {
        let all: u32 = self.shapes.iter().sum::<u32>() - self.shapes[BLANK];
        let (form, fields) = self.forms.iter().max_by_key(|(form, fields)| (**fields, std::cmp::Reverse(*form)))?;
        (all >= LEAST_OF_A_FORM && (all - fields) * OF_ANOTHER_FORM <= all).then_some(form.as_slice())
    }

    /// Whether a field is of a shape that stands in the column.
    fn takes(&self, shape: usize) -> bool {
        let all: u32 = self.shapes.iter().sum();
        let seen = match shape {
            NUMBER => self.shapes[NUMBER] + self.shapes[WORD],
            WORD => self.shapes[WORD] + self.shapes[TEXT],
            other => self.shapes[other],
        };
        seen > 0 && seen * OF_ANOTHER_FORM >= all
    }
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
        let mut usual = Self { widths, columns: Vec::new() };
        // The first record that is wide enough is the header: labels have other shapes than what stands below them.
        let rows = raw.block.rows.iter().filter(|row| usual.widths.contains(&(row.cells as usize)));
        let rows: Vec<_> = rows.skip(1).copied().collect();
        for row in rows {
            for column in 0..row.cells {
                let field = match raw.block.cell(row, column) {
                    Cell::Text(start, length) => &raw.bytes[start as usize..(start + length) as usize],
                    _ => &[],
                };
                usual.count(column as usize, field, splitter.line_end);
            }
        }
        usual
    }

    fn count(&mut self, column: usize, field: &[u8], line_end: u8) {
        if self.columns.len() <= column {
            self.columns.resize(column + 1, FieldShapes::default());
        }
        let column = &mut self.columns[column];
        // How a text of several lines begins says nothing of how one of one line does.
        if memchr::memchr(line_end, field).is_some() {
            column.shapes[TEXT] += 1;
            return;
        }
        let shape = shape(field);
        column.shapes[shape] += 1;
        if shape != BLANK {
            let form = form(field);
            if let Some(fields) = column.forms.get_mut(&form) {
                *fields += 1;
            } else if column.forms.len() < MOST_FORMS {
                column.forms.insert(form, 1);
            }
        }
    }

    /// What a quoted field of several lines holds, in a record of so many `fields`. `line` is where the line begins on which it
    /// opens, `end` where the line ends on which it closes.
    pub(super) fn held(
        &self,
        splitter: &Splitter,
        bytes: &[u8],
        (span, fields): (Span, usize),
        line: usize,
        end: usize,
    ) -> HeldFields {
        let content = &bytes[span.from..span.to];
        let Some(first) = memchr::memchr(splitter.line_end, content) else { return HeldFields::Text };
        let opened = span.before + 1 + memchr::memchr_iter(splitter.delimiter, &content[..first]).count();
        let least = self.widths.iter().min().copied().unwrap_or(usize::MAX);
        if opened < least {
            return HeldFields::Text;
        }
        // Of a file of which nothing but this is known, the line on which the quote opens says what its records look like.
        let mut known = None;
        if self.columns.is_empty() {
            let mut own = Self { widths: self.widths.clone(), columns: Vec::new() };
            let mut column = 0;
            splitter.alone(trimmed(&bytes[line..span.from + first]), |field| {
                own.count(column, field, splitter.line_end);
                column += 1;
            });
            known = Some(own);
        }
        let known = known.as_ref().unwrap_or(self);
        let after = bytes.get(span.to + 1).copied();
        let is_closed =
            after.is_none_or(|after| after == splitter.delimiter || after == splitter.line_end || after == b'\r');
        let is_as_usual = is_closed && self.widths.contains(&fields);
        let has_form = known.columns.iter().any(|column| column.form().is_some());
        let can_tell = !is_as_usual || has_form || least >= ENOUGH_COLUMNS;
        let (mut lines, mut wide, mut records) = (0, 0, 0);
        for line in bytes[span.from + first + 1..end].split(|byte| *byte == splitter.line_end) {
            let line = trimmed(line);
            if line.is_empty() {
                continue;
            }
            lines += 1;
            let mut fields = Vec::new();
            splitter.alone(line, |field| fields.push(field));
            if known.widths.contains(&fields.len()) {
                wide += 1;
                records += usize::from(can_tell && known.resembles(&fields));
            }
        }
        // Of a field that is quoted as it should be, more than half.
        let is_enough = if is_as_usual { records * 2 > lines } else { records > 0 && records * 2 >= lines };
        match (lines, wide) {
            _ if is_enough => HeldFields::Records,
            (lines, wide) if lines >= LINES_OF_DOUBT && wide == lines => HeldFields::Doubtful,
            _ => HeldFields::Text,
        }
    }

    /// Whether the fields of a line are of the forms and shapes that stand in their columns.
    fn resembles(&self, line: &[&[u8]]) -> bool {
        let mut strange = 0;
        for (place, field) in line.iter().enumerate() {
            let shape = shape(field);
            let Some(column) = self.columns.get(place) else { return false };
            if shape != BLANK && column.form().is_some_and(|usual| usual != form(field)) {
                return false;
            }
            strange += usize::from(!column.takes(shape));
        }
        strange * 4 <= line.len()
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

/// A field without outer white space and the quote that may close it.
fn bare(field: &[u8]) -> &[u8] {
    let bare = field.trim_ascii();
    bare.strip_suffix(b"\"").unwrap_or(bare)
}

/// The form of a field: a 9 for each run of digits, an `a` for each of letters, and what else stands in it.
fn form(field: &[u8]) -> Vec<u8> {
    let mut form: Vec<u8> = Vec::new();
    for byte in bare(field) {
        let kind = match byte {
            b'0'..=b'9' => b'9',
            b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => b'a',
            other => *other,
        };
        if !(matches!(kind, b'9' | b'a') && form.last() == Some(&kind)) {
            form.push(kind);
        }
    }
    form
}

fn shape(field: &[u8]) -> usize {
    let bare = bare(field);
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
