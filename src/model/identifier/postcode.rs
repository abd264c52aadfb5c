//! Postcodes.

use std::fmt;
use std::str::FromStr;

use super::ascii::hidden;
use super::{Flaw, IdentifierKind, IdentifierProblem};

/// Most characters of a postcode, with its space.
const LONGEST: usize = 8;

/// A postcode, written in capitals with one space. Whether it exists is not known here.
///
/// # Source
/// Royal Mail's forms A9, A99, A9A, AA9, AA99 and AA9A before the space, 9AA behind it, the last two letters without
/// C, I, K, M, O and V; and GIR 0AA.
///
/// ```
/// use sendmart::model::Postcode;
/// let home = Postcode::parse(" ta14dy ").unwrap();
/// assert_eq!((home.as_str(), home.district()), ("TA1 4DY", "TA1"));
/// assert_eq!(Postcode::parse("TA1  4DY"), Ok(home));
/// for valid in ["M1 1AE", "B33 8TH", "CR2 6XH", "DN55 1PT", "W1A 0AX", "EC1A 1BB", "GIR 0AA"] {
///     assert_eq!(Postcode::parse(valid).unwrap().to_string(), valid);
/// }
///
/// let message = |text: &str| Postcode::parse(text).unwrap_err().message();
/// assert_eq!(message("TA1 ODY"), "character 5 is `O`; it has to be a digit");
/// assert_eq!(message("TA1 4DC"), "character 7 is `C`; it has to be a letter other than C, I, K, M, O and V");
/// assert_eq!(message("TA14 DY"), "character 5 is a space; it has to be before the last three characters");
/// assert_eq!(message("TA1"), "there are 3 characters; a postcode has 5 to 7 letters and digits, such as TA1 4DY");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Postcode {
    /// Capitals, with the space; NUL beyond the end.
    characters: [u8; LONGEST],
    length: u8,
}

hidden!(Postcode);

impl Postcode {
    /// Checks a text.
    ///
    /// # Errors
    /// [`IdentifierProblem`]: another length, or a character that cannot stand where it stands.
    pub fn parse(text: &str) -> Result<Self, IdentifierProblem> {
        let text = text.trim();
        Self::compact(text).ok_or_else(|| IdentifierProblem { kind: IdentifierKind::Postcode, flaw: explain(text) })
    }

    /// The postcode of a text that is right.
    fn compact(text: &str) -> Option<Self> {
        let (outward, inward) = text.split_at_checked(text.len().checked_sub(3)?)?;
        let outward = outward.trim_end();
        if !(2..=4).contains(&outward.len()) {
            return None;
        }
        let mut characters = [0; LONGEST];
        for (place, byte) in characters.iter_mut().zip(outward.bytes().chain([b' ']).chain(inward.bytes())) {
            *place = byte.to_ascii_uppercase();
        }
        let length = outward.len() + 4;
        let found = Self { characters, length: u8::try_from(length).ok()? };
        let (outward, inward) = (&characters[..length - 4], &characters[length - 3..length]);
        let fits = is_inward(inward) && is_outward(outward) || (outward, inward) == (b"GIR", b"0AA");
        fits.then_some(found)
    }

    /// Its normal form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.characters
            .get(..usize::from(self.length))
            .and_then(|all| std::str::from_utf8(all).ok())
            .unwrap_or_default()
    }

    /// The district: the part before the space. It covers thousands of homes, where a postcode covers fifteen.
    #[must_use]
    pub fn district(&self) -> &str {
        self.as_str().split(' ').next().unwrap_or_default()
    }
}

impl fmt::Display for Postcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Postcode {
    type Err = IdentifierProblem;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

fn is_outward(bytes: &[u8]) -> bool {
    let letters = bytes.iter().take(2).take_while(|byte| byte.is_ascii_uppercase()).count();
    match bytes.get(letters..) {
        Some([digit]) => letters > 0 && digit.is_ascii_digit(),
        Some([digit, last]) => {
            letters > 0 && digit.is_ascii_digit() && (last.is_ascii_digit() || last.is_ascii_uppercase())
        }
        _ => false,
    }
}

fn is_inward(bytes: &[u8]) -> bool {
    matches!(bytes, [digit, letters @ ..] if digit.is_ascii_digit() && letters.iter().all(|letter| is_last(*letter)))
}

fn is_last(letter: u8) -> bool {
    letter.is_ascii_uppercase() && !b"CIKMOV".contains(&letter)
}

/// The first character that is wrong.
#[cold]
fn explain(text: &str) -> Flaw {
    let wrong =
        |index: usize, found: char, wanted| Flaw::Character { position: index + 1, found, wanted, instead: None };
    let all: Vec<char> = text.chars().collect();
    let written: Vec<(usize, char)> =
        all.iter().copied().enumerate().filter(|(_, each)| !each.is_whitespace()).collect();
    if let Some((index, found)) = written.iter().find(|(_, each)| !each.is_ascii_alphanumeric()) {
        return wrong(*index, *found, "a letter or a digit");
    }
    if !(5..=7).contains(&written.len()) {
        return Flaw::Length { found: written.len() };
    }
    let (outward, inward) = written.split_at(written.len() - 3);
    let gap = outward.len()..inward[0].0;
    if let Some((index, space)) =
        all.iter().copied().enumerate().find(|(index, each)| each.is_whitespace() && !gap.contains(index))
    {
        return wrong(index, space, "before the last three characters");
    }
    let letters = outward.iter().take(2).take_while(|(_, each)| each.is_ascii_alphabetic()).count();
    for (place, (index, found)) in outward.iter().enumerate() {
        let (fits, wanted) = match place {
            0 => (found.is_ascii_alphabetic(), "a letter"),
            1 if letters == 1 && outward.len() == 4 => (found.is_ascii_alphabetic(), "a letter"),
            place if place == letters => (found.is_ascii_digit(), "a digit"),
            _ => (true, ""),
        };
        if !fits {
            return wrong(*index, *found, wanted);
        }
    }
    for (place, (index, found)) in inward.iter().enumerate() {
        if place == 0 && !found.is_ascii_digit() {
            return wrong(*index, *found, "a digit");
        }
        if place > 0 && !u8::try_from(found.to_ascii_uppercase()).is_ok_and(is_last) {
            return wrong(*index, *found, "a letter other than C, I, K, M, O and V");
        }
    }
    // Two letters and nothing behind them: there is no digit before the space.
    let (index, found) = outward[outward.len() - 1];
    wrong(index, found, "a digit")
}
