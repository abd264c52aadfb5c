//! What a cell holds, from the attributes of its element and its text.

use jiff::civil::{Date, DateTime, date};

use crate::read::padded::padded_number;

/// The errors of Excel and LibreOffice that stand in cells as text.
const ERRORS: [&str; 13] = [
    "#REF!",
    "#N/A",
    "#VALUE!",
    "#DIV/0!",
    "#NAME?",
    "#NUM!",
    "#NULL!",
    "#SPILL!",
    "#CALC!",
    "#FIELD!",
    "#BUSY!",
    "#CONNECT!",
    "#GETTING_DATA",
];

/// `office:value-type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum ValueType {
    /// Not given, or one that the format does not have.
    #[default]
    Unsaid,
    /// Number or money.
    Number,
    Percentage,
    Date,
    Time,
    Boolean,
    Text,
}

impl ValueType {
    pub(super) fn of(said: &str) -> Self {
        match said {
            "float" | "currency" => Self::Number,
            "percentage" => Self::Percentage,
            "date" => Self::Date,
            "time" => Self::Time,
            "boolean" => Self::Boolean,
            "string" => Self::Text,
            _ => Self::Unsaid,
        }
    }
}

/// The attributes of a cell that say what it holds, as they stand in the file.
#[derive(Debug, Default)]
pub(super) struct CellAttributes {
    pub(super) kind: ValueType,
    pub(super) has_value: bool,
    /// The value in the attribute of that kind.
    pub(super) value: String,
    /// Whether there is a formula.
    pub(super) has_formula: bool,
    /// Whether the writer marks the value as an error.
    pub(super) is_error: bool,
}

impl CellAttributes {
    pub(super) fn clear(&mut self) {
        let mut value = std::mem::take(&mut self.value);
        value.clear();
        *self = Self { value, ..Self::default() };
    }
}

/// What a cell holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value<'v> {
    Blank,
    Text(&'v str),
    Number(f64),
    /// A number that is shown as a code: its text.
    Padded(&'v str),
    Percent(f64),
    Bool(bool),
    Serial(f64),
    Duration(f64),
    Error(&'v str),
    /// A formula without a value.
    Missing,
}

/// What a cell holds. A value that is not of the kind that the file says it is becomes its text: nothing is guessed.
pub(super) fn value<'v>(said: &'v CellAttributes, text: &'v str) -> Value<'v> {
    if is_error(said, text) {
        return Value::Error(text);
    }
    let written = said.has_value.then_some(said.value.as_str());
    let found = match said.kind {
        ValueType::Percentage => written.and_then(number).map(Value::Percent),
        ValueType::Number => written
            .and_then(number)
            .map(|number| if is_padded(text, number) { Value::Padded(text) } else { Value::Number(number) }),
        ValueType::Boolean => match written {
            Some("true") => Some(Value::Bool(true)),
            Some("false") => Some(Value::Bool(false)),
            _ => None,
        },
        ValueType::Date => written.and_then(serial).map(Value::Serial),
        ValueType::Time => written.and_then(days).map(Value::Duration),
        ValueType::Unsaid if said.has_formula && text.is_empty() => Some(Value::Missing),
        _ => None,
    };
    found.unwrap_or_else(|| {
        let text = if text.is_empty() { written.unwrap_or("") } else { text };
        // A string that the display shortens or leaves out stands whole in its attribute.
        let text = if said.kind == ValueType::Text { written.unwrap_or(text) } else { text };
        if text.is_empty() { Value::Blank } else { Value::Text(text) }
    })
}

/// Writers give an error as a number or a text whose display is the error.
fn is_error(said: &CellAttributes, text: &str) -> bool {
    let numbered =
        text.strip_prefix("Err:").is_some_and(|rest| rest.len() == 3 && rest.bytes().all(|b| b.is_ascii_digit()));
    !text.is_empty() && (said.is_error || (said.has_formula && (numbered || ERRORS.contains(&text))))
}

/// Whether a whole number is shown as a code: the digits of its text, and no others, are the number's with zeros before them, or
/// with signs between them that no number has.
fn is_padded(text: &str, number: f64) -> bool {
    let is_code = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'/' | b' ' | b'(' | b')');
    if !text.bytes().all(is_code) || text.starts_with('-') || number.fract() != 0.0 || !(0.0..1e15).contains(&number) {
        return false;
    }
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let (plain, is_spaced) = (format!("{number}"), text.contains(' ') && !text.contains(['-', '/', '(']));
    // `1 234` is a number whose thousands stand apart.
    let is_more = digits > plain.len() || (digits == plain.len() && text.len() > digits && !is_spaced);
    digits >= 2 && is_more && padded_number(text).to_bits() == number.to_bits()
}

fn number(text: &str) -> Option<f64> {
    text.trim().parse::<f64>().ok().filter(|number| number.is_finite())
}

/// A day or a moment as a serial of Excel's 1900 system. None where that system has no serial: before 1900 or no date at all.
fn serial(text: &str) -> Option<f64> {
    let text = text.trim();
    let bare = text.strip_suffix('Z').unwrap_or(text);
    let moment: DateTime =
        if bare.contains('T') { bare.parse().ok()? } else { bare.parse::<Date>().ok()?.at(0, 0, 0, 0) };
    let day = moment.date();
    let days = f64::from(day.since(date(1899, 12, 30)).ok()?.get_days());
    // Excel counts a 29 February 1900 that did not exist.
    let days = if day < date(1900, 3, 1) { days - 1.0 } else { days };
    let time = moment.time();
    let seconds = f64::from(time.hour()) * 3600.0
        + f64::from(time.minute()) * 60.0
        + f64::from(time.second())
        + f64::from(time.subsec_nanosecond()) / 1e9;
    (days >= 1.0).then_some(days + seconds / 86_400.0)
}

/// A length of time such as `PT10H10M10.5S`, in days. Years and months have no length of their own: none.
fn days(text: &str) -> Option<f64> {
    let text = text.trim();
    let (sign, text) = text.strip_prefix('-').map_or((1.0, text), |rest| (-1.0, rest));
    let text = text.strip_prefix('P')?;
    let (date_part, time_part) = text.split_once('T').unwrap_or((text, ""));
    let mut seconds = 0.0;
    let mut any = false;
    for (part, units) in [(date_part, &[('D', 86_400.0)][..]), (time_part, &[('H', 3600.0), ('M', 60.0), ('S', 1.0)])] {
        let mut rest = part;
        while !rest.is_empty() {
            let at = rest.find(|each: char| !each.is_ascii_digit() && each != '.' && each != ',')?;
            let unit = rest[at..].chars().next()?;
            let (_, length) = units.iter().find(|(name, _)| *name == unit)?;
            seconds += rest[..at].replace(',', ".").parse::<f64>().ok()? * length;
            any = true;
            rest = &rest[at + unit.len_utf8()..];
        }
    }
    any.then_some(sign * seconds / 86_400.0)
}

/// Days between a null date and that of the 1900 system; none when it is no date.
pub(super) fn null_date_shift(text: &str) -> Option<f64> {
    let day: Date = text.trim().parse().ok()?;
    Some(f64::from(day.since(date(1899, 12, 30)).ok()?.get_days()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_that_excel_would_show() {
        for (text, expected) in [
            ("1900-01-01", Some(1.0)),
            ("1900-02-28", Some(59.0)),
            ("1900-03-01", Some(61.0)),
            ("2021-01-01", Some(44_197.0)),
            ("2021-01-01T12:00:00Z", Some(44_197.5)),
            ("2021-01-01T18:00:00.000", Some(44_197.75)),
            ("1899-12-30", None),
            ("2021-02-30", None),
            ("", None),
        ] {
            assert_eq!(serial(text), expected, "{text}");
        }
        assert_eq!(null_date_shift("1904-01-01"), Some(1462.0));
    }

    #[test]
    fn lengths_of_time_are_days() {
        for (text, expected) in [
            ("PT12H00M00S", Some(0.5)),
            ("PT36H", Some(1.5)),
            ("-P1DT12H", Some(-1.5)),
            ("PT0.5S", Some(0.5 / 86_400.0)),
            ("P1Y", None),
            ("PT", None),
            ("12:00", None),
        ] {
            assert_eq!(days(text), expected, "{text}");
        }
    }

    #[test]
    fn a_value_that_is_not_of_its_kind_is_its_text() {
        let said = |kind: &str, value: Option<&str>| CellAttributes {
            kind: ValueType::of(kind),
            has_value: value.is_some(),
            value: value.unwrap_or("").to_owned(),
            ..CellAttributes::default()
        };
        assert_eq!(value(&said("float", Some("4")), "4.00"), Value::Number(4.0));
        assert_eq!(value(&said("float", Some("four")), "4.00"), Value::Text("4.00"));
        assert_eq!(value(&said("date", Some("1850-01-01")), ""), Value::Text("1850-01-01"));
        assert_eq!(value(&said("string", Some("whole")), "wh"), Value::Text("whole"));
        assert_eq!(value(&said("string", None), "#N/A"), Value::Text("#N/A"));
        let formula = CellAttributes { has_formula: true, ..CellAttributes::default() };
        assert_eq!(value(&formula, ""), Value::Missing);
        assert_eq!(value(&formula, "Err:502"), Value::Error("Err:502"));
        assert_eq!(value(&CellAttributes::default(), ""), Value::Blank);
    }
}
