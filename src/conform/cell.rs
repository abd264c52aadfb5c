//! One cell into one value: marks, repairs, and the types of the contract.

use jiff::civil::{Date, date};

use crate::model::{IdentifierProblem, Period, PeriodError};
use crate::read::{CellFlaw, number_text};

use super::hidden;
use super::number::parse_decimal;

/// Why a cell is not a value of its column's type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CellProblem {
    /// Blank where a value has to be.
    Required,
    /// Not a whole number.
    NotAnInteger,
    /// Not a number.
    NotADecimal,
    /// More digits after the point than the contract has.
    TooManyDecimals(i8),
    /// More digits than the contract has.
    TooManyDigits(u8),
    /// Not a day in one of the declared forms.
    NotADate(Vec<String>),
    /// A time other than midnight beside a day.
    TimeInDate,
    /// 23:00 beside a day: midnight of British summer time as UTC. The day that it then is, where it may be told, and whether it is
    /// one of summer time.
    MidnightAsUtc {
        /// The day after.
        next: Option<Date>,
        /// Whether clocks are an hour ahead of UTC when it begins.
        is_summer: bool,
    },
    /// A day that cannot be told: Excel's 29 February 1900, or beyond its range.
    ImpossibleSerial,
    /// Not yes or no.
    NotABoolean,
    /// Not in the code list: the list's name and its first codes.
    UnknownCode(String, String),
    /// Not a period.
    NotAPeriod(PeriodError),
    /// Not an identifier of the column's kind.
    Identifier(IdentifierProblem),
    /// A formula's error.
    FormulaError,
    /// A formula without a value.
    FormulaWithoutValue,
    /// What the workbook says of the cell cannot be read.
    Unreadable(CellFlaw),
    /// A date or a time where another type has to be: Excel may have turned the text into it.
    DateInstead,
    /// A character that nobody sees, and its place in the text, 1-based.
    HiddenCharacter(char, usize),
    /// A cell of Excel's percent format, and nobody says how the column is written.
    PercentInstead,
    /// A cell that is shown as a length of time, and nobody says in which unit it is kept.
    DurationInstead,
}

impl CellProblem {
    /// Stable code.
    #[must_use]
    pub fn rule_id(&self) -> String {
        let code = match self {
            Self::Required => "cell::required",
            Self::NotAnInteger => "cell::not_an_integer",
            Self::NotADecimal => "cell::not_a_decimal",
            Self::TooManyDecimals(_) => "cell::too_many_decimals",
            Self::TooManyDigits(_) => "cell::too_many_digits",
            Self::NotADate(_) => "cell::not_a_date",
            Self::TimeInDate | Self::MidnightAsUtc { .. } => "cell::time_in_date",
            Self::ImpossibleSerial => "cell::impossible_serial",
            Self::NotABoolean => "cell::not_a_boolean",
            Self::UnknownCode(..) => "cell::unknown_code",
            Self::NotAPeriod(_) => "cell::not_a_period",
            Self::Identifier(problem) => return problem.rule_id(),
            Self::FormulaError => "cell::formula_error",
            Self::FormulaWithoutValue => "cell::formula_without_value",
            Self::Unreadable(flaw) => match flaw {
                CellFlaw::Boolean => "cell::unreadable_boolean",
                CellFlaw::Number => "cell::unreadable_number",
                CellFlaw::Day => "cell::unreadable_day",
                CellFlaw::SharedString => "cell::missing_text",
                CellFlaw::Character => "cell::bad_character",
                CellFlaw::Type => "cell::unknown_type",
                CellFlaw::Long => "cell::long_text",
                CellFlaw::Nested => "cell::nested",
            },
            Self::DateInstead => "cell::date_instead",
            Self::HiddenCharacter(..) => "cell::hidden_character",
            Self::PercentInstead => "cell::percent_instead",
            Self::DurationInstead => "cell::duration_instead",
        };
        code.to_owned()
    }

    /// What is wrong, without the cell's value.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::Required => "the cell is blank and has to hold a value".to_owned(),
            Self::NotAnInteger => "the cell is not a whole number".to_owned(),
            Self::NotADecimal => "the cell is not a number".to_owned(),
            Self::TooManyDecimals(scale) => format!("the number has more than {scale} decimals"),
            Self::TooManyDigits(digits) => format!("the number has more than {digits} digits"),
            Self::NotADate(_) => "the cell is not a date in a declared form".to_owned(),
            Self::TimeInDate => "the cell holds a time beside its day; the day was taken, and the time left".to_owned(),
            Self::MidnightAsUtc { next, is_summer } => {
                let day = next.map_or_else(|| "the day after".to_owned(), |next| next.to_string());
                if *is_summer {
                    format!(
                        "the cell holds 23:00 beside its day, which is midnight of British summer time written as UTC: the day \
                         is very likely {day}, and it was taken as it stands"
                    )
                } else {
                    format!(
                        "the cell holds 23:00 beside its day, which would be midnight of British summer time written as UTC, in \
                         winter though: the day may be {day}, and it was taken as it stands"
                    )
                }
            }
            Self::ImpossibleSerial => "the date is one that does not exist, or is beyond Excel's range".to_owned(),
            Self::NotABoolean => "the cell is neither yes nor no".to_owned(),
            Self::UnknownCode(list, _) => format!("the code is not in the list `{list}`"),
            Self::NotAPeriod(reason) => format!("the cell {reason}"),
            Self::Identifier(problem) => problem.message(),
            Self::FormulaError => "the cell's formula ended in an error".to_owned(),
            Self::FormulaWithoutValue => "the cell holds a formula, and the file does not hold its value".to_owned(),
            Self::Unreadable(flaw) => match flaw {
                CellFlaw::Boolean => "the workbook says that the cell is yes or no, and it holds neither",
                CellFlaw::Number => "the workbook says that the cell is a number, and it does not hold one",
                CellFlaw::Day => "the workbook says that the cell is a date, and there is no such day",
                CellFlaw::SharedString => "the cell's text is not in the workbook's table of texts",
                CellFlaw::Character => "the cell holds a character that a workbook cannot hold",
                CellFlaw::Type => "the cell has a type that no workbook has: unknown cell type",
                CellFlaw::Long => "the cell's text has more than 32,767 characters, which is the most that Excel has",
                CellFlaw::Nested => "the value is an object or a list, where one value is to stand",
            }
            .to_owned(),
            Self::DateInstead => "the cell holds a date where another type belongs".to_owned(),
            Self::HiddenCharacter(character, place) => {
                format!("character {place} of the cell is invisible: {}", hidden::named(*character))
            }
            Self::PercentInstead => {
                "the cell is shown as a percentage, and the layout does not say that the column is one".to_owned()
            }
            Self::DurationInstead => {
                "the cell is shown as a length of time, and the layout does not say that the column is one".to_owned()
            }
        }
    }

    /// How to mend it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Required => "fill the cell".to_owned(),
            Self::NotAnInteger => {
                "write digits only; if it is a mark of a missing value, declare it in `marks`".to_owned()
            }
            Self::NotADecimal => {
                "write digits and a point; if it is a mark of a missing value, declare it in `marks`".to_owned()
            }
            Self::TooManyDecimals(_) => "round it as the guidance says, or widen the column's type; or say `round` at the column in the layout".to_owned(),
            Self::TooManyDigits(_) => "check the number, or widen the column's type".to_owned(),
            Self::NotADate(forms) => format!("write it as {}", forms.join(" or ")),
            Self::TimeInDate => {
                "write the day alone; where the time is that of another time zone, the day may be another too".to_owned()
            }
            Self::MidnightAsUtc { .. } => {
                "ask the supplier to export days without times, or in local time: where all of a column are at 23:00, every \
                 day of summer in it is one too early"
                    .to_owned()
            }
            Self::ImpossibleSerial => "type the date again".to_owned(),
            Self::NotABoolean => "write `Yes` or `No`, `1` or `0`, `True` or `False`".to_owned(),
            Self::UnknownCode(list, first) => format!("valid: {first}; a new code goes into `config/codes/{list}.csv`"),
            Self::NotAPeriod(_) => "write the year as the other rows do".to_owned(),
            Self::Identifier(problem) => problem.hint(),
            Self::FormulaError => "mend the formula, or type the value".to_owned(),
            Self::FormulaWithoutValue => "open the file in Excel and save it, so that it holds the values".to_owned(),
            Self::Unreadable(_) => {
                "type the cell's value again in Excel and save the workbook; the program that wrote it \
                                    is at fault"
                    .to_owned()
            }
            Self::DateInstead => "format the cell as text and type it again".to_owned(),
            Self::HiddenCharacter(..) => {
                "delete the cell's text and type it anew: text that is copied from elsewhere brings it along".to_owned()
            }
            Self::PercentInstead => {
                "write `percent = \"points\"` or `\"fraction\"` at the column in the layout, whichever its \
                                     plain numbers are; or format the cell as a number"
                    .to_owned()
            }
            Self::DurationInstead => {
                "write `duration = \"hours\"` (or `\"minutes\"`, `\"days\"`) at the column in the layout, and a type of numbers, \
                 such as `decimal(9,2)`, in the contract; or format the cell as text, if it is a time of day"
                    .to_owned()
            }
        }
    }
}

/// A day from a text in one of the declared forms.
///
/// Years of two digits lie in the hundred years from `century` on.
pub(crate) fn parse_date(text: &str, forms: &[String], century: Option<i16>) -> Result<Date, CellProblem> {
    for form in forms {
        // `%Y` would take 25 for the year 25.
        let parsed = || Date::strptime(form, text).ok().filter(|day| day.year() >= 1000);
        let parsed = || match century.filter(|_| form.contains("%y")) {
            Some(first) => parsed().and_then(|day| {
                let year = first + (day.year() - first).rem_euclid(100);
                Date::new(year, day.month(), day.day()).ok()
            }),
            None => parsed(),
        };
        if let Some(day) = fast_date(text, form).or_else(parsed) {
            return Ok(day);
        }
    }
    // A day with a midnight behind it is a day: that is how exports of databases write them.
    let bare = text.split_once([' ', 'T']).filter(|(_, time)| {
        time.bytes().all(|byte| matches!(byte, b'0' | b':' | b'.' | b'Z')) && time.contains("00:00")
    });
    match bare {
        Some((day, _)) => parse_date(day, forms, century),
        None => Err(CellProblem::NotADate(forms.iter().map(|form| shown_form(form)).collect())),
    }
}

/// The commonest forms without a general parser.
fn fast_date(text: &str, form: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    let (day, month, year) = match form {
        "%d/%m/%Y" if bytes.len() == 10 && bytes[2] == b'/' && bytes[5] == b'/' => (0..2, 3..5, 6..10),
        "%d-%m-%Y" if bytes.len() == 10 && bytes[2] == b'-' && bytes[5] == b'-' => (0..2, 3..5, 6..10),
        "%Y-%m-%d" if bytes.len() == 10 && bytes[4] == b'-' && bytes[7] == b'-' => (8..10, 5..7, 0..4),
        "%Y-%b-%d %H:%M:%S" => return blade_date(text),
        _ => return None,
    };
    let number =
        |range: std::ops::Range<usize>| text.get(range).filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    let year = number(year)?.parse::<i16>().ok()?;
    Date::new(year, number(month)?.parse::<i8>().ok()?, number(day)?.parse::<i8>().ok()?).ok()
}

/// A day as COLLECT exports it, `2025-Feb-14 00:00:00`.
fn blade_date(text: &str) -> Option<Date> {
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let (year, rest) = text.strip_suffix(" 00:00:00")?.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    let digits = |part: &str, length: usize| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
    let at = MONTHS.find(month).filter(|at| month.len() == 3 && at % 3 == 0)?;
    if !digits(year, 4) || !digits(day, 2) {
        return None;
    }
    Date::new(year.parse().ok()?, i8::try_from(at / 3 + 1).ok()?, day.parse().ok()?).ok()
}

fn shown_form(form: &str) -> String {
    form.replace("%d", "dd")
        .replace("%m", "mm")
        .replace("%Y", "yyyy")
        .replace("%y", "yy")
        .replace("%b", "Mon")
        .replace("%B", "Month")
}

/// A day from an Excel serial of the 1900 system.
///
/// Excel counts a 29 February 1900 (serial 60) that did not exist; serials below it are a day later than they seem.
pub(super) fn serial_date(serial: f64) -> Result<Date, CellProblem> {
    if !(1.0..2_958_466.0).contains(&serial) {
        return Err(CellProblem::ImpossibleSerial);
    }
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked above")]
    let days = serial.trunc() as i64;
    if days == 60 {
        return Err(CellProblem::ImpossibleSerial);
    }
    let zero = if days < 60 { date(1899, 12, 31) } else { date(1899, 12, 30) };
    zero.checked_add(jiff::Span::new().days(days)).map_err(|_| CellProblem::ImpossibleSerial)
}

/// A period in its canonical form.
pub(super) fn parse_period(text: &str) -> Result<String, CellProblem> {
    Period::parse(text).map(|period| period.to_string()).map_err(CellProblem::NotAPeriod)
}

/// Yes or no.
pub(super) fn parse_boolean(text: &str) -> Result<bool, CellProblem> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "1.0" | "true" | "t" | "yes" | "y" => Ok(true),
        "0" | "0.0" | "false" | "f" | "no" | "n" => Ok(false),
        _ => Err(CellProblem::NotABoolean),
    }
}

/// A number as text, as an integer of `10^-scale`. Binary noise beyond the fifteenth digit, as programs write it, is no decimal.
pub(super) fn text_decimal(text: &str, precision: u8, scale: i8) -> Result<i128, CellProblem> {
    match parse_decimal(text, precision, scale) {
        Err(problem @ CellProblem::TooManyDecimals(_)) => match noisy(text) {
            Some(value) => number_decimal(value, precision, scale),
            None => Err(problem),
        },
        other => other,
    }
}

/// The double that a text of more than fifteen digits, without a power of ten, was written from.
pub(super) fn noisy(text: &str) -> Option<f64> {
    let digits = text.bytes().filter(u8::is_ascii_digit).skip_while(|digit| *digit == b'0').count();
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+'));
    if digits <= 15 || !is_plain { None } else { text.parse().ok() }
}

/// The whole number that a double is but for binary noise.
pub(super) fn whole_number(value: f64) -> Option<f64> {
    let whole = value.round();
    (whole.abs() < 9e15 && (value - whole).abs() <= value.abs().max(1.0) * 1e-14).then_some(whole)
}

/// A number that was stored in binary, as an integer of `10^-scale`. Noise beyond the fifteenth digit is not a decimal.
pub(super) fn number_decimal(value: f64, precision: u8, scale: i8) -> Result<i128, CellProblem> {
    let text = number_text(value);
    match parse_decimal(&text, precision, scale) {
        Err(CellProblem::TooManyDecimals(_)) => {
            let rounded = format!("{value:.*}", usize::from(scale.unsigned_abs()));
            let nearest = rounded.parse::<f64>().map_err(|_| CellProblem::NotADecimal)?;
            if (value - nearest).abs() <= value.abs().max(1.0) * 1e-14 {
                parse_decimal(&rounded, precision, scale)
            } else {
                Err(CellProblem::TooManyDecimals(scale))
            }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serials_are_the_days_that_excel_shows() {
        assert_eq!(serial_date(1.0).unwrap(), date(1900, 1, 1));
        assert_eq!(serial_date(59.0).unwrap(), date(1900, 2, 28));
        assert_eq!(serial_date(60.0), Err(CellProblem::ImpossibleSerial));
        assert_eq!(serial_date(61.0).unwrap(), date(1900, 3, 1));
        assert_eq!(serial_date(42_538.5).unwrap(), date(2016, 6, 17));
        assert!(serial_date(-1.0).is_err());
        assert!(serial_date(1e308).is_err());
        assert!(serial_date(f64::NAN).is_err());
    }

    #[test]
    fn dates_are_read_in_declared_forms_only() {
        let uk = vec!["%d/%m/%Y".to_owned()];
        assert_eq!(parse_date("01/09/2015", &uk, None).unwrap(), date(2015, 9, 1));
        assert_eq!(parse_date("01/09/2015 00:00:00", &uk, None).unwrap(), date(2015, 9, 1));
        assert!(parse_date("2015-09-01", &uk, None).is_err());
        assert!(parse_date("30/02/2015", &uk, None).is_err());
        assert!(parse_date("01/09/15", &uk, None).is_err(), "a year of two digits is not the year 15");
        let blade = ["%Y-%b-%d %H:%M:%S".to_owned()];
        assert_eq!(parse_date("2025-Feb-14 00:00:00", &blade, None).unwrap(), date(2025, 2, 14));
        assert_eq!(parse_date("2025-Dec-31 00:00:00", &blade, None).unwrap(), date(2025, 12, 31));
        assert_eq!(parse_date("2025-Feb-14 10:04:05", &blade, None).unwrap(), date(2025, 2, 14));
        for wrong in ["2025-Feb-30 00:00:00", "2025-anF-14 00:00:00", "2025-02-14 00:00:00", "25-Feb-14 00:00:00"] {
            assert!(parse_date(wrong, &blade, None).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_year_of_two_digits_lies_in_the_declared_hundred() {
        let short = ["%d/%m/%y".to_owned()];
        let read = |text, century| parse_date(text, &short, Some(century)).map(jiff::civil::Date::year);
        assert_eq!([read("01/09/49", 1950), read("01/09/50", 1950)], [Ok(2049), Ok(1950)]);
        assert_eq!([read("01/09/00", 1900), read("01/09/99", 1900)], [Ok(1900), Ok(1999)]);
        assert!(read("29/02/00", 1900).is_err(), "1900 had no such day");
        assert_eq!(read("29/02/00", 1950), Ok(2000));
        assert!(read("01/09/2015", 1950).is_err());
    }

    #[test]
    fn binary_noise_is_not_a_decimal_but_a_third_digit_is() {
        assert_eq!(number_decimal(69.4, 9, 1), Ok(694));
        assert_eq!(number_decimal(69.41, 9, 1), Err(CellProblem::TooManyDecimals(1)));
        assert_eq!(text_decimal("69.400000000000006", 9, 1), Ok(694));
        assert_eq!(text_decimal("7.0000000000000009", 9, 0), Ok(7));
        for more in ["69.41", "69.400000000006", "63.749999999999996", "33.333333333333336"] {
            assert_eq!(text_decimal(more, 9, 1), Err(CellProblem::TooManyDecimals(1)), "{more}");
        }
        assert_eq!([whole_number(7.000_000_000_000_001), whole_number(7.000_001)], [Some(7.0), None]);
    }
}
