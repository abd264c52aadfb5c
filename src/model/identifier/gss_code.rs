//! Nine-character codes of areas.

use super::ascii::{Ascii, shown, texts};
use super::{Flaw, IdentifierKind, IdentifierProblem};

/// A code of the Office for National Statistics for an area: the letter of a country and eight digits.
///
/// An authority can have several, one after the other: Somerset was E10000027 until 31 March 2023 and is E06000066 since.
///
/// ```
/// use sendmart::model::GssCode;
/// let somerset = GssCode::parse("e06000066").unwrap();
/// assert_eq!((somerset.as_str(), somerset.entity()), ("E06000066", "E06"));
/// assert_eq!(GssCode::parse("E0600006O").unwrap_err().message(), "character 9 is `O`; it has to be a digit");
/// assert_eq!(GssCode::parse("X06000066").unwrap_err().message(),
///     "character 1 is `X`; it has to be E, W, S, N, K, L or M");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GssCode(Ascii<9>);

texts!(GssCode);
shown!(GssCode);

impl GssCode {
    /// Checks a text.
    ///
    /// # Errors
    /// [`IdentifierProblem`]: another length, or a character in the wrong place.
    pub fn parse(text: &str) -> Result<Self, IdentifierProblem> {
        let text = text.trim();
        let odd = match Ascii::upper(text) {
            Some(code) => match code.0.iter().enumerate().position(|(index, each)| !fits(index, *each)) {
                None => return Ok(Self(code)),
                some => some,
            },
            None => text.chars().position(|each| !each.is_ascii_alphanumeric()),
        };
        let flaw = match odd.and_then(|index| Some((index, text.chars().nth(index)?))) {
            Some((index, found)) => {
                let wanted = if index == 0 { "E, W, S, N, K, L or M" } else { "a digit" };
                Flaw::Character { position: index + 1, found, wanted, instead: None }
            }
            None => Flaw::Length { found: text.chars().count() },
        };
        Err(IdentifierProblem { kind: IdentifierKind::GssCode, flaw })
    }

    /// The kind of area: `E06` is a unitary authority, `E10` a county.
    #[must_use]
    pub fn entity(&self) -> &str {
        self.0.part(0..3)
    }
}

fn fits(index: usize, byte: u8) -> bool {
    if index == 0 { b"EWSNKLM".contains(&byte) } else { byte.is_ascii_digit() }
}
