//! Authority and establishment numbers.

use super::ascii::{Ascii, shown, texts};
use super::{IdentifierKind, IdentifierProblem, LaCode};

/// An authority's code and an establishment's number: seven digits, also written with a slash between the parts.
///
/// ```
/// use sendmart::model::{EstablishmentKind, Laestab};
/// let school = Laestab::parse("9337006").unwrap();
/// assert_eq!((school.la_code().as_str(), school.establishment()), ("933", "7006"));
/// assert_eq!(school.kind(), Some(EstablishmentKind::Special));
/// assert_eq!(Laestab::parse("933/7006"), Ok(school));
/// assert_eq!(Laestab::parse("9337006.0"), Ok(school));
/// assert_eq!(Laestab::parse("933 7006").unwrap_err().message(), "character 4 is a space; it has to be a digit");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Laestab(Ascii<7>);

texts!(Laestab);
shown!(Laestab);

/// The kind of establishment that a range of numbers was given to.
///
/// A sign, not a proof: a school keeps its number when it changes, so that 13 of the 16,776 schools of the 2022/23 census
/// with a primary number are secondary schools.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EstablishmentKind {
    /// Nursery school.
    Nursery,
    /// Pupil referral unit, or alternative provision.
    AlternativeProvision,
    /// Primary school.
    Primary,
    /// Secondary school.
    Secondary,
    /// Independent school.
    Independent,
    /// Special school, maintained or not.
    Special,
    /// College, or another establishment for those over 16.
    College,
}

impl Laestab {
    /// Checks a text.
    ///
    /// # Errors
    /// [`IdentifierProblem`]: another length, or a character that is not a digit.
    pub fn parse(text: &str) -> Result<Self, IdentifierProblem> {
        let bytes = text.trim().as_bytes();
        if let [a, b, c, b'/', d, e, f, g] = *bytes {
            let digits = [a, b, c, d, e, f, g];
            if digits.iter().all(u8::is_ascii_digit) {
                return Ok(Self(Ascii(digits)));
            }
        }
        Ascii::digits(IdentifierKind::Laestab, text).map(Self)
    }

    /// The authority: the first three digits.
    #[must_use]
    pub fn la_code(&self) -> LaCode {
        let [first, second, third, ..] = self.0.0;
        LaCode(Ascii([first, second, third]))
    }

    /// The establishment's number within the authority: the last four digits.
    #[must_use]
    pub fn establishment(&self) -> &str {
        self.0.part(3..7)
    }

    /// The kind of establishment whose range the number is of; none outside the ranges that are known.
    ///
    /// # Source
    /// As found in the school census of 2022/23, where more than 99 in 100 schools of each range are of its kind; the
    /// range of colleges as found in Get Information about Schools of 2021.
    #[must_use]
    pub fn kind(&self) -> Option<EstablishmentKind> {
        let number = self.0.0[3..].iter().fold(0_u32, |number, digit| number * 10 + u32::from(digit - b'0'));
        Some(match number {
            1000..=1099 => EstablishmentKind::Nursery,
            1100..=1199 => EstablishmentKind::AlternativeProvision,
            2000..=3999 | 5200..=5299 => EstablishmentKind::Primary,
            4000..=4899 | 5400..=5499 | 6900..=6999 => EstablishmentKind::Secondary,
            6000..=6899 => EstablishmentKind::Independent,
            5950..=5999 | 7000..=7999 => EstablishmentKind::Special,
            8000..=8999 => EstablishmentKind::College,
            _ => return None,
        })
    }
}
