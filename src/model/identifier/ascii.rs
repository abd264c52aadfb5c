//! A few ASCII characters held without an allocation, and the reading of those that are digits only.

use super::{Flaw, IdentifierKind, IdentifierProblem};

/// `N` ASCII letters and digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Ascii<const N: usize>(pub(super) [u8; N]);

impl<const N: usize> Ascii<N> {
    /// The characters in capitals; none unless the text is `N` ASCII letters and digits.
    pub(super) fn upper(text: &str) -> Option<Self> {
        let mut bytes: [u8; N] = text.as_bytes().try_into().ok()?;
        bytes.make_ascii_uppercase();
        bytes.iter().all(u8::is_ascii_alphanumeric).then_some(Self(bytes))
    }

    /// Some of the characters; nothing beyond the end.
    pub(super) fn part(&self, range: std::ops::Range<usize>) -> &str {
        self.0.get(range).and_then(|part| std::str::from_utf8(part).ok()).unwrap_or_default()
    }

    /// All of them.
    pub(super) fn as_str(&self) -> &str {
        self.part(0..N)
    }

    /// Exactly `N` digits: outer space and the `.0` of a whole number are cut.
    pub(super) fn digits(kind: IdentifierKind, text: &str) -> Result<Self, IdentifierProblem> {
        let text = text.trim();
        exactly(text).or_else(|| exactly(whole(text))).map(Self).ok_or_else(|| not_digits(kind, whole(text), N))
    }

    /// The sum of the first digits, each times its weight.
    pub(super) fn weighted(&self, weights: impl Iterator<Item = u32>) -> u32 {
        self.0.iter().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum()
    }
}

/// The bytes of a text of `N` digits.
fn exactly<const N: usize>(text: &str) -> Option<[u8; N]> {
    text.as_bytes().try_into().ok().filter(|bytes: &[u8; N]| bytes.iter().all(u8::is_ascii_digit))
}

/// Cuts the decimals of a whole number, as exports write integers: `785.0`.
pub(super) fn whole(text: &str) -> &str {
    match text.split_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0') => whole,
        _ => text,
    }
}

#[cold]
fn not_digits(kind: IdentifierKind, text: &str, wanted: usize) -> IdentifierProblem {
    let is_power = text.split_once(['e', 'E']).is_some_and(|(mantissa, power)| {
        mantissa.starts_with(|first: char| first.is_ascii_digit()) && power.starts_with(['+', '-'])
    });
    let length = text.chars().count();
    let odd = text.chars().enumerate().find(|(_, each)| !each.is_ascii_digit());
    let flaw = match odd {
        Some(_) if is_power => Flaw::PowerOfTen,
        Some((index, found)) if length == wanted || !found.is_alphanumeric() => {
            Flaw::Character { position: index + 1, found, wanted: "a digit", instead: None }
        }
        _ => Flaw::Length { found: length },
    };
    IdentifierProblem { kind, flaw }
}

/// The figure that a letter is often written for.
pub(super) fn look_alike(letter: char) -> Option<char> {
    match letter {
        'O' | 'o' => Some('0'),
        'I' | 'i' | 'L' | 'l' => Some('1'),
        'S' | 's' => Some('5'),
        _ => None,
    }
}

/// Adds to a wrong character the figure that makes the whole text right, where `is_right` says that one does. Letters that
/// belong to no identifier (I, O, S) are read as figures behind it too.
#[cold]
pub(super) fn suggest(
    mut problem: IdentifierProblem,
    text: &str,
    is_right: impl Fn(&str) -> bool,
) -> IdentifierProblem {
    if let Flaw::Character { position, found, instead, .. } = &mut problem.flaw {
        let wrong = *position - 1;
        let mended = text.trim().chars().enumerate().map(|(index, each)| match look_alike(each) {
            Some(figure) if index == wrong || (index > wrong && !matches!(each, 'L' | 'l')) => figure,
            _ => each,
        });
        *instead = look_alike(*found).filter(|_| is_right(&mended.collect::<String>()));
    }
    problem
}

/// What every identifier can do with its characters.
macro_rules! texts {
    ($name:ident) => {
        impl $name {
            /// Its normal form.
            #[must_use]
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = super::IdentifierProblem;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }
    };
}

/// `Debug` with the value.
macro_rules! shown {
    ($name:ident) => {
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_tuple(stringify!($name)).field(&self.as_str()).finish()
            }
        }
    };
}

/// `Debug` without the value, which names a person.
macro_rules! hidden {
    ($name:ident) => {
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(hidden)"))
            }
        }
    };
}

pub(super) use {hidden, shown, texts};
