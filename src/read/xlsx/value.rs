//! What a cell's element says into a cell.

use jiff::civil::{Date, DateTime, date};

use super::format::Shown;
use super::strings::SharedStrings;
use crate::read::block::{Block, Cell, CellFlaw};

/// The type that a cell says it is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    /// `n`, or nothing said.
    Number,
    /// `s`: a number of the table of texts.
    Shared,
    /// `str`: the text that a formula gave.
    Text,
    /// `inlineStr`: a text that stands in the cell itself.
    Inline,
    /// `b`.
    Boolean,
    /// `e`.
    Error,
    /// `d`: a day in ISO 8601.
    Day,
    /// Any other.
    Unknown,
}

impl Type {
    pub(super) fn of(text: &str) -> Self {
        match text {
            "n" => Self::Number,
            "s" => Self::Shared,
            "str" => Self::Text,
            "inlineStr" => Self::Inline,
            "b" => Self::Boolean,
            "e" => Self::Error,
            "d" => Self::Day,
            _ => Self::Unknown,
        }
    }
}

/// What a workbook says of its cells.
pub(super) struct Reading<'r> {
    pub(super) strings: &'r SharedStrings,
    pub(super) styles: &'r [Shown],
    /// Days to add to a serial.
    pub(super) shift: f64,
}

impl Reading<'_> {
    /// A cell with a value, as its element has it.
    pub(super) fn cell(&self, block: &mut Block, of: Type, style: u32, value: &str) -> Cell {
        match of {
            Type::Number => self.number(block, style, value),
            Type::Shared => {
                let index = value.parse().or_else(|_| value.trim().parse()).ok();
                match index.and_then(|index| self.strings.get(index)) {
                    Some((text, true)) => text_cell(block, text),
                    Some((text, false)) => flawed(block, CellFlaw::Character, text),
                    None => flawed(block, CellFlaw::SharedString, value),
                }
            }
            Type::Text | Type::Inline => text_cell(block, value),
            Type::Boolean => match value.trim() {
                "1" | "true" | "TRUE" => Cell::Bool(true),
                "0" | "false" | "FALSE" => Cell::Bool(false),
                other => flawed(block, CellFlaw::Boolean, other),
            },
            Type::Error => {
                let (start, length) = block.push_text(value.trim());
                Cell::Error(start, length)
            }
            Type::Day => day(block, value.trim()),
            Type::Unknown => flawed(block, CellFlaw::Type, value),
        }
    }

    fn number(&self, block: &mut Block, style: u32, value: &str) -> Cell {
        let Some(number) = number(value) else { return flawed(block, CellFlaw::Number, value) };
        match self.styles.get(style as usize).copied().unwrap_or_default() {
            Shown::Number => Cell::Number(number),
            Shown::Percent => Cell::Percent(number),
            Shown::Padded(digits) => digits.shown(number).map_or(Cell::Number(number), |text| {
                let (start, length) = block.push_text(&text);
                Cell::Padded(start, length)
            }),
            Shown::Elapsed => Cell::Duration(number),
            Shown::Time if number.abs() < 1.0 => Cell::Duration(number),
            Shown::Time | Shown::Day => Cell::Serial(number + self.shift),
        }
    }
}

/// A number as XML has it; none when it is none, or no double can hold it.
fn number(text: &str) -> Option<f64> {
    let bytes = text.as_bytes();
    if bytes.len() <= 15 && !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit) {
        let whole = bytes.iter().fold(0_u64, |sum, digit| sum * 10 + u64::from(digit - b'0'));
        return Some(whole as f64);
    }
    let text = text.trim_matches([' ', '\t', '\r', '\n']);
    let bytes = text.as_bytes();
    // The library would take `inf` and `nan` as well.
    if !bytes.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E')) {
        return None;
    }
    text.parse::<f64>().ok().filter(|number| number.is_finite())
}

/// The most characters that a cell of Excel has.
const LONGEST_TEXT: usize = 32_767;

fn text_cell(block: &mut Block, text: &str) -> Cell {
    if text.is_empty() {
        return Cell::Blank;
    }
    // A character of Excel is a unit of UTF-16: never fewer bytes here.
    if text.len() > LONGEST_TEXT && text.encode_utf16().count() > LONGEST_TEXT {
        return flawed(block, CellFlaw::Long, text);
    }
    let (start, length) = block.push_text(text);
    Cell::Text(start, length)
}

/// A cell of which `said` cannot be read; only its beginning is kept.
pub(super) fn flawed(block: &mut Block, flaw: CellFlaw, said: &str) -> Cell {
    let end = said.char_indices().nth(200).map_or(said.len(), |(at, _)| at);
    let (start, length) = block.push_text(&said[..end]);
    Cell::Flawed(flaw, start, length)
}

/// A day in ISO 8601, with or without a time, as the serial that Excel would hold. A day before 1900 has none: its text
/// stands. A time alone, or on the day that Excel counts from, is a length of time, as in a number cell.
fn day(block: &mut Block, text: &str) -> Cell {
    let local = nine_digits(text.strip_suffix('Z').unwrap_or(text));
    if let Some(seconds) = time_alone(local) {
        return Cell::Duration(seconds / 86_400.0);
    }
    let moment: Option<DateTime> =
        if local.contains('T') { local.parse().ok() } else { local.parse::<Date>().ok().map(|day| day.at(0, 0, 0, 0)) };
    let Some(moment) = moment else {
        let is_day = text.len() >= 8 && text.as_bytes()[..4].iter().all(u8::is_ascii_digit);
        let has_time_only = !is_day && text.bytes().any(|byte| byte.is_ascii_digit());
        return if has_time_only { text_cell(block, text) } else { flawed(block, CellFlaw::Day, text) };
    };
    let Ok(since) = moment.date().since(date(1899, 12, 30)) else { return flawed(block, CellFlaw::Day, text) };
    let days = since.get_days();
    let time = moment.time().duration_since(jiff::civil::Time::midnight()).as_secs_f64();
    if (0..2).contains(&days) && time > 0.0 {
        return Cell::Duration(time / 86_400.0);
    }
    if days < 2 {
        return text_cell(block, text);
    }
    // Excel counts a 29 February 1900 that never was: days before it have a number less.
    let days = if days <= 60 { days - 1 } else { days };
    Cell::Serial(f64::from(days) + time / 86_400.0)
}

/// The text with no more than nine digits of a second: no clock has more, and some programs write all that a double gives.
fn nine_digits(text: &str) -> &str {
    match text.rsplit_once('.') {
        Some((whole, digits)) if digits.len() > 9 && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            &text[..whole.len() + 10]
        }
        _ => text,
    }
}

/// The seconds of a time of day, `12:30:00` or `T12:30`, or of a length of time, `PT1H30M`.
fn time_alone(text: &str) -> Option<f64> {
    if text.starts_with("PT") {
        return text.parse::<jiff::SignedDuration>().ok().map(|length| length.as_secs_f64());
    }
    let time = text.strip_prefix('T').unwrap_or(text);
    let is_time = time.contains(':') && !time.contains(['-', 'T']);
    let time = is_time.then(|| time.parse::<jiff::civil::Time>().ok()).flatten()?;
    Some(time.duration_since(jiff::civil::Time::midnight()).as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(of: Type, value: &str) -> Cell {
        let reading = Reading { strings: &SharedStrings::default(), styles: &[], shift: 0.0 };
        reading.cell(&mut Block::default(), of, 0, value)
    }

    #[test]
    fn numbers_are_doubles_and_nothing_else() {
        for (text, wanted) in
            [("0", 0.0), (" 12\n", 12.0), ("-1.5E-3", -0.0015), ("999999999999999", 999_999_999_999_999.0), (".5", 0.5)]
        {
            assert_eq!(one(Type::Number, text), Cell::Number(wanted), "{text}");
        }
        for text in ["", "inf", "nan", "1e999", "1,5", "0x1", "1 2", "--1"] {
            assert!(matches!(one(Type::Number, text), Cell::Flawed(CellFlaw::Number, ..)), "{text}");
        }
    }

    #[test]
    fn iso_days_are_serials_and_days_that_never_were_are_flaws() {
        for (text, serial) in [
            ("1900-01-01", 1.0),
            ("1900-02-28", 59.0),
            ("1900-03-01", 61.0),
            ("2016-06-17", 42_538.0),
            ("2016-06-17T12:00:00", 42_538.5),
            ("2016-06-17T12:00:00.000Z", 42_538.5),
        ] {
            assert_eq!(one(Type::Day, text), Cell::Serial(serial), "{text}");
        }
        for text in ["2010-02-30", "1900-02-29", "yesterday", ""] {
            assert!(matches!(one(Type::Day, text), Cell::Flawed(CellFlaw::Day, ..)), "{text}");
        }
        assert!(matches!(one(Type::Day, "1899-12-31"), Cell::Text(..)));
        for (text, hours) in [
            ("10:30:00", 10.5),
            ("10:30", 10.5),
            ("T10:30:00.000", 10.5),
            ("PT1H30M", 1.5),
            ("1899-12-31T10:30:00", 10.5),
            ("1899-12-30T06:00:00Z", 6.0),
        ] {
            assert_eq!(one(Type::Day, text), Cell::Duration(hours / 24.0), "{text}");
        }
        let Cell::Serial(serial) = one(Type::Day, "2009-01-02T11:00:00.00000020954757600") else { panic!("no day") };
        assert!((serial - 39_815.458_333).abs() < 1e-6, "{serial}");
    }

    #[test]
    fn what_cannot_be_read_is_a_flaw_of_its_cell() {
        assert!(matches!(one(Type::Boolean, "2"), Cell::Flawed(CellFlaw::Boolean, ..)));
        assert!(matches!(one(Type::Shared, "7"), Cell::Flawed(CellFlaw::SharedString, ..)));
        assert!(matches!(one(Type::of("zz"), "7"), Cell::Flawed(CellFlaw::Type, ..)));
        assert!(matches!(one(Type::Error, "#SPILL!"), Cell::Error(..)));
        assert_eq!(one(Type::Boolean, "true"), Cell::Bool(true));
    }
}
