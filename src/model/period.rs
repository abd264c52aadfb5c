//! What a row speaks for: a calendar year (`2024`) or an academic year (`2016/17`).

use std::fmt;

use jiff::civil::{Date, date};
use thiserror::Error;

/// A period of the returns. Academic years run 1 September to 31 August.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Period {
    /// A calendar year, shown as `2024`.
    CalendarYear(i16),
    /// An academic year by its first calendar year, shown as `2016/17`.
    AcademicYear(i16),
}

/// Why a text is not a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PeriodError {
    /// Not one of the forms.
    #[error("is not a period; use `2024`, `202324`, `2023/24` or `2023-24`")]
    Form,
    /// The second year does not follow the first.
    #[error("has years that do not follow each other")]
    Consecutive,
    /// A year outside 1990 to 2099.
    #[error("has a year outside 1990 to 2099")]
    Range,
}

impl Period {
    /// Reads a period as government files write it: a year, an academic year, or a term of a calendar year, which stands
    /// for its academic year.
    ///
    /// # Errors
    /// [`PeriodError`] when the text has another form, or its years do not follow each other.
    ///
    /// ```
    /// use sendmart::model::{Period, PeriodError};
    /// assert_eq!(Period::parse("202324").unwrap().to_string(), "2023/24");
    /// assert_eq!(Period::parse("2016/17").unwrap().to_string(), "2016/17");
    /// assert_eq!(Period::parse("2024").unwrap().to_string(), "2024");
    /// assert_eq!(Period::parse("199900").unwrap().to_string(), "1999/00");
    /// // A term is named by the calendar year that it falls in, as COLLECT names its files.
    /// assert_eq!(Period::parse("2024_autumn").unwrap().to_string(), "2024/25");
    /// assert_eq!(Period::parse("2025 Spring").unwrap().to_string(), "2024/25");
    /// assert_eq!(Period::parse("2025-summer").unwrap().to_string(), "2024/25");
    /// assert_eq!(Period::parse("202325"), Err(PeriodError::Consecutive));
    /// assert_eq!(Period::parse("20232"), Err(PeriodError::Form));
    /// ```
    pub fn parse(text: &str) -> Result<Self, PeriodError> {
        let bytes = text.as_bytes();
        let number = |part: &[u8]| -> Result<i16, PeriodError> {
            let mut value = 0_i16;
            for byte in part {
                if !byte.is_ascii_digit() {
                    return Err(PeriodError::Form);
                }
                value = value * 10 + i16::from(byte - b'0');
            }
            Ok(value)
        };
        let first = number(bytes.get(..4).ok_or(PeriodError::Form)?)?;
        if !(1990..=2099).contains(&first) {
            return Err(PeriodError::Range);
        }
        let rest = &bytes[4..];
        let second = match rest {
            [] => return Ok(Self::CalendarYear(first)),
            [b' ' | b'_' | b'-', term @ ..] if term.eq_ignore_ascii_case(b"autumn") => {
                return Ok(Self::AcademicYear(first));
            }
            [b' ' | b'_' | b'-', term @ ..]
                if term.eq_ignore_ascii_case(b"spring") || term.eq_ignore_ascii_case(b"summer") =>
            {
                return Ok(Self::AcademicYear(first - 1));
            }
            [b'/' | b'-', tail @ ..] | tail => tail,
        };
        let follows = match second.len() {
            2 => number(second)? == (first + 1) % 100,
            4 => number(second)? == first + 1,
            _ => return Err(PeriodError::Form),
        };
        if follows { Ok(Self::AcademicYear(first)) } else { Err(PeriodError::Consecutive) }
    }

    /// The first day of the period.
    #[must_use]
    pub fn first_day(self) -> Date {
        match self {
            Self::CalendarYear(year) => date(year, 1, 1),
            Self::AcademicYear(year) => date(year, 9, 1),
        }
    }

    /// The last day of the period.
    #[must_use]
    pub fn last_day(self) -> Date {
        match self {
            Self::CalendarYear(year) => date(year, 12, 31),
            Self::AcademicYear(year) => date(year + 1, 8, 31),
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CalendarYear(year) => write!(f, "{year}"),
            Self::AcademicYear(year) => write!(f, "{year}/{:02}", (year + 1) % 100),
        }
    }
}
