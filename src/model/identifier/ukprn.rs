//! UK provider reference numbers.

use super::ascii::{Ascii, shown, texts};
use super::{Flaw, IdentifierKind, IdentifierProblem};

/// A UK provider reference number: eight digits, of which the first is 1.
///
/// ```
/// use sendmart::model::Ukprn;
/// assert_eq!(Ukprn::parse("10017649").unwrap().to_string(), "10017649");
/// assert_eq!(Ukprn::parse("20017649").unwrap_err().message(), "character 1 is `2`; it has to be the figure 1");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ukprn(Ascii<8>);

texts!(Ukprn);
shown!(Ukprn);

impl Ukprn {
    /// Checks a text.
    ///
    /// # Errors
    /// [`IdentifierProblem`]: another length, a character that is not a digit, or a first digit other than 1.
    pub fn parse(text: &str) -> Result<Self, IdentifierProblem> {
        let digits = Ascii::digits(IdentifierKind::Ukprn, text)?;
        match digits.0[0] {
            b'1' => Ok(Self(digits)),
            other => Err(IdentifierProblem {
                kind: IdentifierKind::Ukprn,
                flaw: Flaw::Character { position: 1, found: char::from(other), wanted: "the figure 1", instead: None },
            }),
        }
    }
}
