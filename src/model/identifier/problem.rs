//! Why a text is not the identifier that it should be.

use super::IdentifierKind;
use super::ascii::look_alike;

/// Why a text is not an identifier of its kind: what is wrong, where, and what would be right.
///
/// The texts name at most one character of the value, so they may stand beside personal columns.
///
/// ```
/// use sendmart::model::Upn;
/// let problem = Upn::parse("R247962919251").unwrap_err();
/// assert_eq!(problem.rule_id(), "upn::check_letter");
/// assert_eq!(problem.message(), "the check letter is `R`; it has to be `Q` (published rule 1510)");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentifierProblem {
    /// What it should be.
    pub kind: IdentifierKind,
    /// What is wrong.
    pub flaw: Flaw,
}

/// What is wrong with an identifier. Positions are 1-based and count the characters without outer white space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flaw {
    /// Another number of characters.
    Length {
        /// How many there are.
        found: usize,
    },
    /// A character that cannot stand where it stands.
    Character {
        /// Where.
        position: usize,
        /// Which.
        found: char,
        /// What can stand there.
        wanted: &'static str,
        /// The figure with which the whole becomes valid, where a letter that looks like it was written.
        instead: Option<char>,
    },
    /// The check letter is not that of the other characters.
    CheckLetter {
        /// The one that is there.
        found: char,
        /// The one that belongs to the others.
        wanted: char,
    },
    /// The check digit is not that of the other digits.
    CheckDigit {
        /// The one that is there.
        found: char,
        /// The one that belongs to the others; none if no number begins with these digits.
        wanted: Option<char>,
    },
    /// A number as Excel shows it in a narrow column: its last digits are lost.
    PowerOfTen,
    /// The authority's code in it is not in the list of authorities.
    UnknownAuthority {
        /// The name of the list.
        list: String,
    },
}

impl IdentifierProblem {
    /// Stable code: the kind and the flaw.
    #[must_use]
    pub fn rule_id(&self) -> String {
        let flaw = match self.flaw {
            Flaw::Length { .. } => "length",
            Flaw::Character { .. } => "character",
            Flaw::CheckLetter { .. } => "check_letter",
            Flaw::CheckDigit { .. } => "check_digit",
            Flaw::PowerOfTen => "power_of_ten",
            Flaw::UnknownAuthority { .. } => "unknown_authority",
        };
        format!("{}::{flaw}", self.kind.word())
    }

    /// The number under which the Department for Education publishes the rule, in the school census and others.
    ///
    /// Source: the validation rules of the school census and the children in need census; 1530 and 1540 are about
    /// characters 2 to 4 and 5 to 12 of a UPN, 1550 about its last, 1575 about the form of a ULN.
    #[must_use]
    pub fn published_rule(&self) -> Option<&'static str> {
        match (self.kind, &self.flaw) {
            (IdentifierKind::Upn, Flaw::CheckLetter { .. } | Flaw::Character { position: 1, .. }) => Some("1510"),
            (IdentifierKind::Upn, Flaw::UnknownAuthority { .. } | Flaw::Character { position: 2..=4, .. }) => {
                Some("1530")
            }
            (IdentifierKind::Upn, Flaw::Character { position: 5..=12, .. }) => Some("1540"),
            (IdentifierKind::Upn, Flaw::Character { position: 13, .. }) => Some("1550"),
            (IdentifierKind::Uln, _) => Some("1575"),
            _ => None,
        }
    }

    /// What is wrong, with one character of the value at most.
    #[must_use]
    pub fn message(&self) -> String {
        let message = match &self.flaw {
            Flaw::Length { found: 1 } => {
                format!("there is one character; {} has {}", self.kind.title(), self.kind.form())
            }
            Flaw::Length { found } => {
                format!("there are {found} characters; {} has {}", self.kind.title(), self.kind.form())
            }
            Flaw::Character { position, found, wanted, .. } => {
                format!("character {position} is {}; it has to be {wanted}", shown(*found))
            }
            Flaw::CheckLetter { found, wanted } => format!("the check letter is `{found}`; it has to be `{wanted}`"),
            Flaw::CheckDigit { found, wanted: Some(wanted) } => {
                format!("the check digit is `{found}`; it has to be `{wanted}`")
            }
            Flaw::CheckDigit { wanted: None, .. } => {
                format!("{} cannot begin with these digits: no check digit belongs to them", self.kind.title())
            }
            Flaw::PowerOfTen => {
                format!("the cell holds a rounded number with a power of ten, not {}", self.kind.title())
            }
            Flaw::UnknownAuthority { list } => {
                let at = match self.kind {
                    IdentifierKind::Upn => "characters 2 to 4 are",
                    IdentifierKind::Laestab => "characters 1 to 3 are",
                    _ => "the cell is",
                };
                format!("{at} not an authority code of the list `{list}`")
            }
        };
        match self.published_rule() {
            Some(number) => format!("{message} (published rule {number})"),
            None => message,
        }
    }

    /// How to mend it.
    #[must_use]
    pub fn hint(&self) -> String {
        match &self.flaw {
            Flaw::Length { .. } => {
                "copy it again from the record; if it is a mark of a missing value, declare it in `marks`".to_owned()
            }
            Flaw::Character { found, instead: Some(figure), .. } => {
                format!("write the figure `{figure}` for the letter `{found}`: with it the whole is valid")
            }
            Flaw::Character { found, wanted, instead: None, .. } => match look_alike(*found) {
                _ if found.is_whitespace() => "take the space out".to_owned(),
                _ if !found.is_alphanumeric() => "take it out, or copy it again from the record".to_owned(),
                Some(figure) if wanted.contains("digit") => {
                    format!("if the figure `{figure}` is meant, write it; otherwise copy it again from the record")
                }
                _ => "copy it again from the record".to_owned(),
            },
            Flaw::CheckLetter { .. } => {
                "compare every character with the record: the letter or one of the digits is wrong".to_owned()
            }
            Flaw::CheckDigit { .. } => "compare every digit with the record: one of them is wrong".to_owned(),
            Flaw::PowerOfTen => {
                "widen the column in Excel, or format it as a number without decimals, and save the file again"
                    .to_owned()
            }
            Flaw::UnknownAuthority { list } => {
                format!("compare it with the record; a new authority goes into `config/codes/{list}.csv`")
            }
        }
    }
}

/// A character as a person can find it.
fn shown(found: char) -> String {
    match found {
        ' ' => "a space".to_owned(),
        '\u{a0}' => "a non-breaking space".to_owned(),
        '\t' => "a tab".to_owned(),
        '\n' | '\r' => "a line break".to_owned(),
        '`' => "a grave accent".to_owned(),
        seen if seen.is_ascii_graphic() || seen.is_alphanumeric() => format!("`{seen}`"),
        unseen => format!("U+{:04X}", u32::from(unseen)),
    }
}
