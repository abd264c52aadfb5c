//! Three-digit codes of authorities.

use super::ascii::{Ascii, shown, texts};
use super::{IdentifierKind, IdentifierProblem};

/// The three-digit code of an authority, as the Department for Education uses it: 933 for Somerset.
///
/// Unlike its GSS code it stays when a county becomes a unitary authority of the same area.
///
/// ```
/// use sendmart::model::LaCode;
/// assert_eq!(LaCode::parse("933").unwrap().to_string(), "933");
/// assert_eq!(LaCode::parse("933.0").unwrap().as_str(), "933");
/// assert_eq!(LaCode::parse("93A").unwrap_err().message(), "character 3 is `A`; it has to be a digit");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LaCode(pub(super) Ascii<3>);

texts!(LaCode);
shown!(LaCode);

impl LaCode {
    /// Checks a text.
    ///
    /// # Errors
    /// [`IdentifierProblem`]: another length, or a character that is not a digit.
    pub fn parse(text: &str) -> Result<Self, IdentifierProblem> {
        Ascii::digits(IdentifierKind::LaCode, text).map(Self)
    }
}
