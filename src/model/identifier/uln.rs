//! Unique learner numbers.

use super::ascii::{Ascii, hidden, suggest, texts};
use super::{Flaw, IdentifierKind, IdentifierProblem};

/// A unique learner number: ten digits, the last of which is a check digit. 9999999999 stands for one not yet given.
///
/// # Source
/// Learning Records Service; school census rule 1575. The weights 10 to 2 over the first nine digits, the sum modulo 11,
/// taken from 10, give the check digit; a remainder of zero belongs to no ULN.
///
/// ```
/// use sendmart::model::Uln;
/// assert_eq!(Uln::parse("1000102504").unwrap().to_string(), "1000102504");
/// assert_eq!(Uln::parse(" 1000102504.0 ").unwrap().as_str(), "1000102504");
/// assert!(Uln::parse("9999999999").unwrap().is_temporary());
///
/// let message = |text: &str| Uln::parse(text).unwrap_err().message();
/// assert_eq!(message("1000102505"), "the check digit is `5`; it has to be `4` (published rule 1575)");
/// assert_eq!(message("1.0001E+09"), "the cell holds a rounded number with a power of ten, not a ULN (published rule 1575)");
/// assert_eq!(message("10001O2504"), "character 6 is `O`; it has to be a digit (published rule 1575)");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uln(Ascii<10>);

texts!(Uln);
hidden!(Uln);

impl Uln {
    /// Checks a text.
    ///
    /// # Errors
    /// [`IdentifierProblem`]: another length, a character that is not a digit, or the wrong check digit.
    pub fn parse(text: &str) -> Result<Self, IdentifierProblem> {
        Self::strict(text).map_err(|problem| suggest(problem, text, |mended| Self::strict(mended).is_ok()))
    }

    fn strict(text: &str) -> Result<Self, IdentifierProblem> {
        let uln = Self(Ascii::digits(IdentifierKind::Uln, text)?);
        if uln.is_temporary() {
            return Ok(uln);
        }
        let found = char::from(uln.0.0[9]);
        let wanted = match uln.0.weighted((2..=10).rev()) % 11 {
            0 => None,
            rest => char::from_digit(10 - rest, 10),
        };
        if wanted == Some(found) {
            Ok(uln)
        } else {
            Err(IdentifierProblem { kind: IdentifierKind::Uln, flaw: Flaw::CheckDigit { found, wanted } })
        }
    }

    /// Whether it stands for a number that is not yet given.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        self.0.0 == [b'9'; 10]
    }
}
