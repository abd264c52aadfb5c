//! Unique reference numbers of schools.

use super::ascii::{Ascii, shown, texts};
use super::{IdentifierKind, IdentifierProblem};

/// The unique reference number of a school in Get Information about Schools: six digits.
///
/// Whether such a school exists, and was open on a day, is a question for the warehouse.
///
/// ```
/// use sendmart::model::Urn;
/// assert_eq!(Urn::parse("123456").unwrap().to_string(), "123456");
/// assert_eq!(Urn::parse("123456.0").unwrap().as_str(), "123456");
/// assert_eq!(Urn::parse("12345").unwrap_err().message(),
///     "there are 5 characters; a URN has 6 digits, as in Get Information about Schools");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Urn(Ascii<6>);

texts!(Urn);
shown!(Urn);

impl Urn {
    /// Checks a text.
    ///
    /// # Errors
    /// [`IdentifierProblem`]: another length, or a character that is not a digit.
    pub fn parse(text: &str) -> Result<Self, IdentifierProblem> {
        Ascii::digits(IdentifierKind::Urn, text).map(Self)
    }
}
