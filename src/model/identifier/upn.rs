//! Unique pupil numbers.

use super::ascii::{Ascii, hidden, suggest, texts};
use super::{Flaw, IdentifierKind, IdentifierProblem, LaCode};

/// The letters of a UPN by their value, 0 to 22: no I, O or S.
const ALPHABET: &[u8; 23] = b"ABCDEFGHJKLMNPQRTUVWXYZ";

const LAST: &str = "a digit, or a letter of ABCDEFGHJKLMNPQRTUVWXYZ for a temporary UPN";

/// A unique pupil number: a check letter, the authority and the establishment that gave it, the year, a serial.
///
/// A temporary UPN ends in a letter. Case and outer space are normalised; inner space and a letter `O` for a zero are not.
/// Whether the authority exists is not known here: [`Upn::la_code`] gives its code, to look up in a list.
///
/// # Source
/// Department for Education, *Unique pupil numbers: guide for schools and local authorities*; rules 1510 to 1550. The
/// weights 2 to 13 over characters 2 to 13, the sum modulo 23, give the letter.
///
/// ```
/// use sendmart::model::Upn;
/// for valid in ["A950000178301", "H243278544154", "M933234512345", "L933456798765"] {
///     assert_eq!(Upn::parse(valid).unwrap().as_str(), valid);
/// }
/// let upn = Upn::parse(" m933234512345 ").unwrap();
/// assert_eq!(upn.to_string(), "M933234512345");
/// assert_eq!((upn.la_code().as_str(), upn.establishment(), upn.year(), upn.serial()), ("933", "2345", 12, "345"));
/// assert!(!upn.is_temporary());
///
/// let message = |text: &str| Upn::parse(text).unwrap_err().message();
/// assert_eq!(message("R247962919251"), "the check letter is `R`; it has to be `Q` (published rule 1510)");
/// assert_eq!(message("X428558133462"), "the check letter is `X`; it has to be `W` (published rule 1510)");
/// assert_eq!(message("A95000017830O"), "character 13 is `O`; it has to be a digit, or a letter of ABCDEFGHJKLMNPQRTUVWXYZ for a temporary UPN (published rule 1550)");
/// assert_eq!(message("A95O000178301"), "character 4 is `O`; it has to be a digit (published rule 1530)");
/// assert_eq!(message("A9500001 78301"), "character 9 is a space; it has to be a digit (published rule 1540)");
/// ```
///
/// A temporary UPN: the value of its last letter takes the weight 13.
///
/// ```
/// use sendmart::model::Upn;
/// let problem = Upn::parse("A93323451200L").unwrap_err();
/// assert_eq!(problem.message(), "the check letter is `A`; it has to be `V` (published rule 1510)");
/// assert!(Upn::parse("V93323451200L").unwrap().is_temporary());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Upn(Ascii<13>);

texts!(Upn);
hidden!(Upn);

impl Upn {
    /// Checks a text.
    ///
    /// # Errors
    /// [`IdentifierProblem`]: another length, a character in the wrong place, or the wrong check letter.
    pub fn parse(text: &str) -> Result<Self, IdentifierProblem> {
        Self::strict(text).map_err(|problem| suggest(problem, text, |mended| Self::strict(mended).is_ok()))
    }

    fn strict(text: &str) -> Result<Self, IdentifierProblem> {
        let problem = |flaw| IdentifierProblem { kind: IdentifierKind::Upn, flaw };
        let text = text.trim();
        let upn: Ascii<13> = Ascii::upper(text).ok_or_else(|| problem(misshapen(text)))?;
        let [found, digits @ .., last] = upn.0;
        if let Some(index) = digits.iter().position(|digit| !digit.is_ascii_digit()) {
            return Err(problem(character(text, index + 1)));
        }
        let last = if last.is_ascii_digit() { Some(u32::from(last - b'0')) } else { letter_value(last) };
        let Some(last) = last else { return Err(problem(character(text, 12))) };
        let wanted = check_letter(&digits, last);
        if found == wanted {
            Ok(Self(upn))
        } else {
            Err(problem(Flaw::CheckLetter { found: char::from(found), wanted: char::from(wanted) }))
        }
    }

    /// Makes the UPN that an establishment of an authority gives in a year: the check letter is worked out.
    ///
    /// None unless `establishment` is four digits, `year` the two digits of an academic year, and `serial` three digits,
    /// or two digits and a letter for a temporary UPN.
    ///
    /// ```
    /// use sendmart::model::{LaCode, Upn};
    /// let authority = LaCode::parse("933").unwrap();
    /// assert_eq!(Upn::make(authority, "2345", 12, "345").unwrap().as_str(), "M933234512345");
    /// assert!(Upn::make(authority, "2345", 12, "34S").is_none());
    /// ```
    #[must_use]
    pub fn make(authority: LaCode, establishment: &str, year: u8, serial: &str) -> Option<Self> {
        let text = format!("A{authority}{establishment}{year:02}{serial}");
        match Self::strict(&text) {
            Ok(upn) => Some(upn),
            Err(IdentifierProblem { flaw: Flaw::CheckLetter { wanted, .. }, .. }) => {
                Self::strict(&format!("{wanted}{}", &text[1..])).ok()
            }
            Err(_) => None,
        }
    }

    /// Whether it is temporary: it ends in a letter.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        self.0.0[12].is_ascii_uppercase()
    }

    /// The authority that gave it: characters 2 to 4. May be a pseudo authority, or one that is no more.
    #[must_use]
    pub fn la_code(&self) -> LaCode {
        let [_, first, second, third, ..] = self.0.0;
        LaCode(Ascii([first, second, third]))
    }

    /// The establishment that gave it: characters 5 to 8.
    #[must_use]
    pub fn establishment(&self) -> &str {
        self.0.part(4..8)
    }

    /// The two last digits of the year in which it was given: characters 9 and 10.
    #[must_use]
    pub fn year(&self) -> u8 {
        (self.0.0[8] - b'0') * 10 + self.0.0[9] - b'0'
    }

    /// The serial: characters 11 to 13. Its last is a letter in a temporary UPN.
    #[must_use]
    pub fn serial(&self) -> &str {
        self.0.part(10..13)
    }
}

/// The value of a letter of a UPN.
fn letter_value(letter: u8) -> Option<u32> {
    ALPHABET.iter().position(|each| *each == letter).and_then(|index| u32::try_from(index).ok())
}

/// The letter of eleven digits and the value of the last character.
fn check_letter(digits: &[u8; 11], last: u32) -> u8 {
    let sum: u32 = digits.iter().zip(2..).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    ALPHABET[((sum + last * 13) % 23) as usize]
}

/// The character at an index (0-based) as it was written, and what can stand there.
#[cold]
fn character(text: &str, index: usize) -> Flaw {
    let found = text.chars().nth(index).unwrap_or_default();
    let wanted = match index {
        0 => "the check letter",
        1..=11 => "a digit",
        12 => LAST,
        _ => "absent: a UPN has 13 characters",
    };
    Flaw::Character { position: index + 1, found, wanted, instead: None }
}

/// Why a text is not thirteen letters and digits: its first other character, or its length.
#[cold]
fn misshapen(text: &str) -> Flaw {
    match text.chars().position(|each| !each.is_ascii_alphanumeric()) {
        Some(index) => character(text, index),
        None => Flaw::Length { found: text.chars().count() },
    }
}
