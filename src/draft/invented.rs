//! Values of nobody, in the place of those that say who somebody is. The same for the same value of a column.

use std::collections::BTreeMap;

use crate::model::IdentifierKind;
use crate::profile::Personal;

/// Letters that a UPN may have.
const LETTERS: &str = "ABCDEFGHJKLMNPQRTUVWXYZ";
const FIRST: [&str; 8] = ["Ashby", "Briar", "Cove", "Dell", "Elm", "Fenn", "Glade", "Heath"];
const LAST: [&str; 7] = ["Invented", "Nobody", "Sample", "Example", "Specimen", "Placeholder", "Imagined"];

/// Invents the values of one column.
#[derive(Debug, Default)]
pub(super) struct Inventor {
    seen: BTreeMap<String, usize>,
}

impl Inventor {
    /// The number of a value among those seen so far, from 0.
    pub(super) fn number(&mut self, value: &str) -> usize {
        let next = self.seen.len();
        *self.seen.entry(value.to_owned()).or_insert(next)
    }

    /// A value in the place of another, of a column of this kind.
    pub(super) fn value(&mut self, personal: Personal, kind: &str, value: &str) -> String {
        let number = self.number(value);
        match (personal, kind) {
            (_, "upn") => upn(number),
            (_, "uln") => checked(IdentifierKind::Uln, 90_000_000 + number, 100),
            (_, "nhs_number") => checked(IdentifierKind::NhsNumber, 99_900_000 + number, 100),
            (_, "postcode") | (Personal::Postcode, _) => postcode(number),
            (Personal::Name, _) => {
                format!("{} {}", FIRST[number % FIRST.len()], LAST[(number / FIRST.len() + number) % LAST.len()])
            }
            (Personal::Email, _) => format!("nobody{}@example.org", number + 1),
            (Personal::Telephone, _) => format!("01632 960{:03}", number % 1_000),
            (Personal::Address, _) => format!("{} Invented Street", number + 1),
            (Personal::FreeText, _) => format!("Invented text {}", number + 1),
            (Personal::BirthDate, _) => format!("{:02}/0{}/2012", 1 + number % 28, 1 + number % 9),
            (
                Personal::Upn | Personal::Uln | Personal::NhsNumber | Personal::Reference | Personal::SpecialCategory,
                _,
            ) => {
                format!("INVENTED{:03}", number + 1)
            }
        }
    }
}

/// A UPN of a school that there is not.
fn upn(number: usize) -> String {
    let rest = format!("9339990{:02}{:03}", 10 + number / 1_000 % 15, number % 1_000);
    let valid = LETTERS
        .chars()
        .map(|letter| format!("{letter}{rest}"))
        .find(|text| IdentifierKind::Upn.normalise(text).is_ok());
    valid.unwrap_or(rest)
}

/// The first number from `base`, with two digits behind it, that is one of its kind.
fn checked(kind: IdentifierKind, base: usize, spread: usize) -> String {
    let first = base * spread;
    (first..first + spread)
        .map(|number| number.to_string())
        .find(|text| kind.normalise(text).is_ok())
        .unwrap_or_default()
}

/// A postcode of an area that there is not.
fn postcode(number: usize) -> String {
    let letters: Vec<char> = "ABDEFGHJLN".chars().collect();
    let last = letters[number / 10 % letters.len()];
    format!("ZZ9{} {}A{last}", 1 + number / 100 % 9, number % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invented_identifiers_are_valid_and_the_same_for_the_same_value() {
        let mut inventor = Inventor::default();
        for (kind, word) in [
            (IdentifierKind::Upn, "upn"),
            (IdentifierKind::Uln, "uln"),
            (IdentifierKind::NhsNumber, "nhs_number"),
            (IdentifierKind::Postcode, "postcode"),
        ] {
            let mut seen = std::collections::BTreeSet::new();
            for number in 0..50 {
                let value = inventor.value(Personal::Reference, word, &format!("person {number}"));
                assert!(kind.normalise(&value).is_ok(), "{word}: {value}");
                seen.insert(value);
            }
            assert_eq!(seen.len(), 50, "{word}");
        }
        let first = inventor.value(Personal::Name, "text", "A");
        assert_eq!(first, inventor.value(Personal::Name, "text", "A"));
    }
}
