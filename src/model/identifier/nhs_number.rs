//! NHS numbers.

use super::ascii::{Ascii, hidden, suggest, texts};
use super::{Flaw, IdentifierKind, IdentifierProblem};

/// An NHS number: ten digits, the last of which is a check digit.
///
/// It is printed in groups of three, three and four; that form is read too, with spaces or hyphens.
///
/// # Source
/// NHS Data Model and Dictionary, *NHS number*. The weights 10 to 2 over the first nine digits, the sum modulo 11, taken
/// from 11, give the check digit; 11 is written 0, and 10 belongs to no NHS number.
///
/// ```
/// use sendmart::model::NhsNumber;
/// assert_eq!(NhsNumber::parse("9434765919").unwrap().to_string(), "9434765919");
/// assert_eq!(NhsNumber::parse("943 476 5919").unwrap().as_str(), "9434765919");
///
/// let message = |text: &str| NhsNumber::parse(text).unwrap_err().message();
/// assert_eq!(message("9434765918"), "the check digit is `8`; it has to be `9`");
/// assert_eq!(message("94 34765919"), "character 3 is a space; it has to be a digit");
/// assert_eq!(message("943476591"), "there are 9 characters; an NHS number has 10 digits");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NhsNumber(Ascii<10>);

texts!(NhsNumber);
hidden!(NhsNumber);

impl NhsNumber {
    /// Checks a text.
    ///
    /// # Errors
    /// [`IdentifierProblem`]: another length, a character that is not a digit, or the wrong check digit.
    pub fn parse(text: &str) -> Result<Self, IdentifierProblem> {
        Self::strict(text).map_err(|problem| suggest(problem, text, |mended| Self::strict(mended).is_ok()))
    }

    fn strict(text: &str) -> Result<Self, IdentifierProblem> {
        let problem = |flaw| IdentifierProblem { kind: IdentifierKind::NhsNumber, flaw };
        let number = match grouped(text.trim()) {
            Some(digits) => Ascii(digits.map_err(problem)?),
            None => Ascii::digits(IdentifierKind::NhsNumber, text)?,
        };
        let found = char::from(number.0[9]);
        let wanted = match 11 - number.weighted((2..=10).rev()) % 11 {
            10 => None,
            check => char::from_digit(check % 11, 10),
        };
        if wanted == Some(found) { Ok(Self(number)) } else { Err(problem(Flaw::CheckDigit { found, wanted })) }
    }
}

/// The digits of `943 476 5919` or `943-476-5919`; none of a text without these gaps.
fn grouped(text: &str) -> Option<Result<[u8; 10], Flaw>> {
    let bytes: [u8; 12] = text.as_bytes().try_into().ok()?;
    if bytes[3] != bytes[7] || !matches!(bytes[3], b' ' | b'-') {
        return None;
    }
    let mut places = text.chars().enumerate().filter(|(index, _)| !matches!(index, 3 | 7));
    if let Some((index, found)) = places.find(|(_, each)| !each.is_ascii_digit()) {
        return Some(Err(Flaw::Character { position: index + 1, found, wanted: "a digit", instead: None }));
    }
    let mut digits = [0; 10];
    digits[..3].copy_from_slice(&bytes[..3]);
    digits[3..6].copy_from_slice(&bytes[4..7]);
    digits[6..].copy_from_slice(&bytes[8..]);
    Some(Ok(digits))
}
