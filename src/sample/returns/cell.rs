//! Cells by meaning, and files of them: each form of file writes a date or a flag in its own way.

use std::fmt::Write;

use crate::sample::day::Day;
use crate::sample::mess::Mess;

/// One cell before it is written.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::sample) enum Cell {
    Blank,
    Word(&'static str),
    Text(String),
    /// A number that COLLECT writes as `785.0`.
    Whole(i64),
    /// A number that is written as it is.
    Count(i64),
    /// Hundredths: `85` is 0.85.
    Hundredths(i64),
    Date(Day),
    Flag(bool),
}

impl Cell {
    /// A number of half days, as COLLECT writes it.
    pub(in crate::sample) fn whole(number: i32) -> Self {
        Self::Whole(i64::from(number))
    }

    /// A number or identifier.
    pub(in crate::sample) fn count(number: impl TryInto<i64>) -> Self {
        number.try_into().map_or(Self::Blank, Self::Count)
    }

    /// A text, or nothing.
    pub(in crate::sample) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A date, or nothing.
    pub(in crate::sample) fn date(day: Option<Day>) -> Self {
        day.map_or(Self::Blank, Self::Date)
    }
}

/// A value of one column, from what a row is about.
pub(in crate::sample) type Field<T> = fn(&T) -> Cell;

/// The fields of a header, in its order; labels that nobody fills stay blank.
pub(in crate::sample) fn fields_of<T>(header: &str, known: &[(&str, Field<T>)]) -> Vec<Field<T>> {
    let blank: Field<T> = |_| Cell::Blank;
    header
        .split(',')
        .map(|label| known.iter().find(|(name, _)| *name == label).map_or(blank, |(_, field)| *field))
        .collect()
}

/// A CSV file as COLLECT exports it: comma, line feed, UTF-8, `2025-Feb-14 00:00:00`, `785.0`, `True`.
pub(in crate::sample) struct BladeFile {
    text: String,
    /// Rows written, the header included.
    rows: usize,
    mess: Option<Mess>,
}

impl BladeFile {
    /// Begins a file with its header.
    pub(in crate::sample) fn new(header: &str, mess: Option<Mess>) -> Self {
        Self { text: format!("{header}\n"), rows: 1, mess }
    }

    /// Writes a row, with what the mess does to it.
    pub(in crate::sample) fn row(&mut self, mut cells: Vec<Cell>) {
        let is_doubled = self.mess.as_mut().is_some_and(|mess| mess.touch(self.rows + 1, &mut cells));
        let start = self.text.len();
        for (index, cell) in cells.iter().enumerate() {
            if index > 0 {
                self.text.push(',');
            }
            write_blade(cell, &mut self.text);
        }
        self.text.push('\n');
        self.rows += 1;
        if is_doubled {
            self.text.extend_from_within(start..);
            self.rows += 1;
        }
    }

    /// Data rows so far.
    pub(in crate::sample) fn data_rows(&self) -> usize {
        self.rows - 1
    }

    /// The bytes, and what was planted.
    pub(in crate::sample) fn finish(self) -> (Vec<u8>, Option<Mess>) {
        (self.text.into_bytes(), self.mess)
    }
}

fn write_blade(cell: &Cell, out: &mut String) {
    match cell {
        Cell::Blank => {}
        Cell::Word(word) => out.push_str(word),
        Cell::Text(text) => write_text(text, out),
        Cell::Whole(number) => {
            let _ = write!(out, "{number}.0");
        }
        Cell::Count(number) => {
            let _ = write!(out, "{number}");
        }
        Cell::Hundredths(number) => {
            let _ = write!(out, "{}.{:02}", number / 100, number % 100);
        }
        Cell::Date(day) => day.write_blade(out),
        Cell::Flag(flag) => out.push_str(if *flag { "True" } else { "False" }),
    }
}

fn write_text(text: &str, out: &mut String) {
    if text.contains([',', '"', '\n', '\r']) {
        out.push('"');
        out.push_str(&text.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_written_as_collect_writes_them() {
        let mut file = BladeFile::new("a,b", None);
        file.row(vec![Cell::Date(Day::of(2025, 2, 14)), Cell::Whole(785), Cell::Flag(true), Cell::Blank]);
        file.row(vec![Cell::text("St \"A\", b"), Cell::Count(7), Cell::Hundredths(105), Cell::Word("x")]);
        let (bytes, _) = file.finish();
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(text, "a,b\n2025-Feb-14 00:00:00,785.0,True,\n\"St \"\"A\"\", b\",7,1.05,x\n");
    }

    #[test]
    fn a_field_is_found_by_its_label() {
        let fields = fields_of::<i32>("b,zzz,a", &[("a", |number| Cell::count(*number)), ("b", |_| Cell::Word("B"))]);
        let row: Vec<Cell> = fields.iter().map(|field| field(&7)).collect();
        assert_eq!(row, [Cell::Word("B"), Cell::Blank, Cell::Count(7)]);
    }
}
