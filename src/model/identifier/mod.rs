//! The identifiers of English education data as types: a text goes in, a checked value or a precise problem comes out.
//!
//! What is normalised, because it cannot change which thing is meant: letter case, outer white space, a whole number
//! written as a float (`9337006.0`), the slash of a LAESTAB (`933/7006`), the grouping in which NHS numbers are printed
//! (`943 476 5919`), and the space of a postcode. Everything else is a problem: other inner white space, a letter `O` for
//! a zero, a missing digit. Nothing is guessed: a hint may say what the writer meant, the value stays refused.
//!
//! No text is allocated: every type holds its characters itself and is `Copy`. `Debug` of those that name a person hides
//! the value, so that it cannot get into a log by accident; no problem's text holds more of the value than one character.

mod ascii;
mod gss_code;
mod la_code;
mod laestab;
mod nhs_number;
mod postcode;
mod problem;
mod ukprn;
mod uln;
mod upn;
mod urn;

#[cfg(test)]
mod tests;

pub use gss_code::GssCode;
pub use la_code::LaCode;
pub use laestab::{EstablishmentKind, Laestab};
pub use nhs_number::NhsNumber;
pub use postcode::Postcode;
pub use problem::{Flaw, IdentifierProblem};
pub use ukprn::Ukprn;
pub use uln::Uln;
pub use upn::Upn;
pub use urn::Urn;

use std::borrow::Cow;

/// The kinds of identifier, each with its type of this module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IdentifierKind {
    /// [`Upn`]: unique pupil number.
    Upn,
    /// [`Uln`]: unique learner number.
    Uln,
    /// [`NhsNumber`].
    NhsNumber,
    /// [`Urn`]: unique reference number of a school.
    Urn,
    /// [`Laestab`]: authority and establishment number.
    Laestab,
    /// [`Ukprn`]: UK provider reference number.
    Ukprn,
    /// [`Postcode`].
    Postcode,
    /// [`GssCode`]: nine-character code of an area.
    GssCode,
    /// [`LaCode`]: three-digit authority code.
    LaCode,
}

impl IdentifierKind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Upn,
        Self::Uln,
        Self::NhsNumber,
        Self::Urn,
        Self::Laestab,
        Self::Ukprn,
        Self::Postcode,
        Self::GssCode,
        Self::LaCode,
    ];

    /// The word of a contract's `type`; also the first part of a fault's rule id.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Upn => "upn",
            Self::Uln => "uln",
            Self::NhsNumber => "nhs_number",
            Self::Urn => "urn",
            Self::Laestab => "laestab",
            Self::Ukprn => "ukprn",
            Self::Postcode => "postcode",
            Self::GssCode => "gss_code",
            Self::LaCode => "la_code",
        }
    }

    /// As people call it, with its article.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Upn => "a UPN",
            Self::Uln => "a ULN",
            Self::NhsNumber => "an NHS number",
            Self::Urn => "a URN",
            Self::Laestab => "a LAESTAB",
            Self::Ukprn => "a UKPRN",
            Self::Postcode => "a postcode",
            Self::GssCode => "a GSS code",
            Self::LaCode => "an authority code",
        }
    }

    /// What it is made of.
    #[must_use]
    pub fn form(self) -> &'static str {
        match self {
            Self::Upn => {
                "13 characters: the check letter, then twelve digits, the last of which is a letter in a temporary UPN"
            }
            Self::Uln | Self::NhsNumber => "10 digits",
            Self::Urn => "6 digits, as in Get Information about Schools",
            Self::Laestab => "7 digits: authority code and establishment number",
            Self::Ukprn => "8 digits, of which the first is 1",
            Self::Postcode => "5 to 7 letters and digits, such as TA1 4DY",
            Self::GssCode => "9 characters: a letter and eight digits, such as E06000066",
            Self::LaCode => "3 digits, such as 933",
        }
    }

    /// Whether an authority's code stands in it, which can be looked up in a list.
    #[must_use]
    pub fn has_authority(self) -> bool {
        matches!(self, Self::Upn | Self::Laestab | Self::LaCode)
    }

    /// Checks a text and gives it in its normal form; a text that has it already is not copied.
    ///
    /// # Errors
    /// [`IdentifierProblem`] if it is not an identifier of this kind.
    ///
    /// ```
    /// use sendmart::model::IdentifierKind;
    /// assert_eq!(IdentifierKind::Postcode.normalise(" ta14dy").unwrap(), "TA1 4DY");
    /// assert_eq!(IdentifierKind::Laestab.normalise("933/7006").unwrap(), "9337006");
    /// assert!(IdentifierKind::Urn.normalise("12345").is_err());
    /// ```
    pub fn normalise(self, text: &str) -> Result<Cow<'_, str>, IdentifierProblem> {
        Ok(match self {
            Self::Upn => same(text, Upn::parse(text)?.as_str()),
            Self::Uln => same(text, Uln::parse(text)?.as_str()),
            Self::NhsNumber => same(text, NhsNumber::parse(text)?.as_str()),
            Self::Urn => same(text, Urn::parse(text)?.as_str()),
            Self::Laestab => same(text, Laestab::parse(text)?.as_str()),
            Self::Ukprn => same(text, Ukprn::parse(text)?.as_str()),
            Self::Postcode => same(text, Postcode::parse(text)?.as_str()),
            Self::GssCode => same(text, GssCode::parse(text)?.as_str()),
            Self::LaCode => same(text, LaCode::parse(text)?.as_str()),
        })
    }

    /// The authority's code in an identifier in its normal form; none in those that have none.
    ///
    /// ```
    /// use sendmart::model::IdentifierKind;
    /// assert_eq!(IdentifierKind::Upn.authority("A950000178301"), Some("950"));
    /// assert_eq!(IdentifierKind::Laestab.authority("9337006"), Some("933"));
    /// assert_eq!(IdentifierKind::Urn.authority("123456"), None);
    /// ```
    #[must_use]
    pub fn authority(self, normal: &str) -> Option<&str> {
        match self {
            Self::Upn => normal.get(1..4),
            Self::Laestab | Self::LaCode => normal.get(..3),
            _ => None,
        }
    }
}

fn same<'t>(text: &'t str, normal: &str) -> Cow<'t, str> {
    if text == normal { Cow::Borrowed(text) } else { Cow::Owned(normal.to_owned()) }
}
