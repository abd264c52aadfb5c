//! Who people are: numbers with valid check characters, and names of nobody.
//!
//! Names are put together from syllables, so that no list of real names is needed; postcodes use an area that the Post
//! Office does not. UPN, ULN and their check characters follow domain notes 2.1.

use super::dice::Dice;

/// The authority of the county. Establishment numbers keep clear of those that this authority has used.
pub(super) const AUTHORITY: u32 = 933;

/// Letters that a UPN may have: no I, O or S.
const LETTERS: &[u8; 23] = b"ABCDEFGHJKLMNPQRTUVWXYZ";

/// A unique pupil number: 13 characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct InventedUpn([u8; 13]);

impl InventedUpn {
    /// A permanent UPN: authority, establishment, year of entry (two digits) and serial number (three digits).
    pub(super) fn permanent(authority: u32, establishment: u32, year: i32, serial: u32) -> Self {
        Self::build(authority, establishment, year, serial, None)
    }

    /// A temporary UPN: its last character is a letter, with its own weight in the check.
    pub(super) fn temporary(authority: u32, establishment: u32, year: i32, serial: u32) -> Self {
        let letter = LETTERS[(serial / 100) as usize % LETTERS.len()];
        Self::build(authority, establishment, year, serial % 100, Some(letter))
    }

    fn build(authority: u32, establishment: u32, year: i32, serial: u32, last: Option<u8>) -> Self {
        let digits = match last {
            None => format!("{authority:03}{establishment:04}{:02}{:03}", year.rem_euclid(100), serial % 1_000),
            Some(letter) => {
                format!("{authority:03}{establishment:04}{:02}{serial:02}{}", year.rem_euclid(100), char::from(letter))
            }
        };
        let mut characters = [b'0'; 13];
        characters[1..].copy_from_slice(&digits.as_bytes()[..12]);
        characters[0] = check_letter(&characters);
        Self(characters)
    }

    /// The 13 characters.
    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// A UPN with a wrong check letter, as somebody mistypes it.
pub(super) fn mistyped(upn: &str) -> String {
    let right = upn.bytes().next().and_then(|first| LETTERS.iter().position(|letter| *letter == first));
    let wrong = char::from(LETTERS[(right.unwrap_or_default() + 7) % LETTERS.len()]);
    format!("{wrong}{}", upn.get(1..).unwrap_or_default())
}

/// The check letter of the twelve characters after the first.
fn check_letter(characters: &[u8; 13]) -> u8 {
    let value = |character: u8| match character {
        b'0'..=b'9' => usize::from(character - b'0'),
        letter => LETTERS.iter().position(|known| *known == letter).unwrap_or_default(),
    };
    let sum: usize = (1..13).map(|position| value(characters[position]) * (position + 1)).sum();
    LETTERS[sum % 23]
}

/// A unique learner number, different for every pupil number.
pub(super) fn uln(pupil: u32) -> String {
    let base = 600_000_000 + u64::from(pupil) * 11;
    for candidate in base..base + 11 {
        let digits = candidate.to_string();
        let sum: u64 = digits.bytes().zip((2..=10).rev()).map(|(digit, weight)| u64::from(digit - b'0') * weight).sum();
        if !sum.is_multiple_of(11) {
            return format!("{digits}{}", 10 - sum % 11);
        }
    }
    String::new()
}

const OPENINGS: [&str; 25] = [
    "Ab", "Bri", "Cal", "Dor", "El", "Fen", "Gal", "Hes", "Ith", "Jor", "Kes", "Lor", "Mar", "Nev", "Ol", "Pel",
    "Quin", "Ros", "Sel", "Tam", "Ul", "Ver", "Wen", "Yar", "Zoë",
];
const MIDDLES: [&str; 16] =
    ["a", "e", "i", "o", "u", "ar", "en", "il", "or", "um", "ath", "est", "ill", "onn", "und", "yr"];
const GIVEN_ENDINGS: [&str; 14] =
    ["a", "na", "ra", "ssa", "wyn", "lin", "th", "ren", "dor", "vin", "ric", "mo", "bel", "dy"];
const FAMILY_ENDINGS: [&str; 18] = [
    "combe", "ley", "wick", "thorpe", "mere", "ford", "stock", "worth", "bury", "dale", "by", "hurst", "den", "field",
    "wood", "gate", "ham", "stead",
];

/// An invented forename.
pub(super) fn forename(dice: &mut Dice) -> String {
    format!("{}{}{}", dice.pick(&OPENINGS), dice.pick(&MIDDLES), dice.pick(&GIVEN_ENDINGS))
}

/// An invented surname.
pub(super) fn surname(dice: &mut Dice) -> String {
    format!("{}{}{}", dice.pick(&OPENINGS), dice.pick(&MIDDLES), dice.pick(&FAMILY_ENDINGS))
}

/// The name of an invented place, for schools.
pub(super) fn place(dice: &mut Dice) -> String {
    format!("{}{}", dice.pick(&OPENINGS), dice.pick(&FAMILY_ENDINGS))
}

/// A postcode of an area that does not exist.
pub(super) fn postcode(dice: &mut Dice) -> String {
    let letters = b"ABDEFGHJLNPQRSTUWXYZ";
    let (district, sector) = (dice.between(1, 29), dice.between(1, 9));
    format!("XS{district} {sector}{}{}", char::from(dice.pick(letters)), char::from(dice.pick(letters)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::dice::DiceStream;

    /// The rule of domain notes 2.1, written once more from the text.
    fn is_right(upn: &str) -> bool {
        let alphabet = "ABCDEFGHJKLMNPQRTUVWXYZ";
        let sum: usize = upn
            .chars()
            .enumerate()
            .skip(1)
            .map(|(index, c)| {
                let value = c.to_digit(10).map_or_else(|| alphabet.find(c).unwrap(), |digit| digit as usize);
                value * (index + 1)
            })
            .sum();
        upn.len() == 13 && upn.starts_with(alphabet.as_bytes()[sum % 23] as char)
    }

    #[test]
    fn check_letters_are_those_of_the_vectors() {
        for upn in ["A950000178301", "H243278544154", "M933234512345", "L933456798765"] {
            assert!(is_right(upn), "{upn}");
        }
        assert_eq!(InventedUpn::permanent(933, 2345, 12, 345).text(), "M933234512345");
    }

    #[test]
    fn every_upn_is_valid_and_every_mistyped_one_is_not() {
        for serial in 0..999 {
            for upn in
                [InventedUpn::permanent(933, 2601, 2019, serial), InventedUpn::temporary(933, 4701, 2019, serial)]
            {
                assert!(is_right(upn.text()), "{upn:?}");
                assert!(!is_right(&mistyped(upn.text())), "{upn:?}");
            }
            assert!(
                InventedUpn::temporary(933, 4701, 2019, serial)
                    .text()
                    .ends_with(|last: char| last.is_ascii_uppercase())
            );
        }
    }

    #[test]
    fn learner_numbers_are_valid_and_differ() {
        let numbers: std::collections::BTreeSet<String> = (0..2_000).map(uln).collect();
        assert_eq!(numbers.len(), 2_000);
        for number in numbers {
            let digits: Vec<u32> = number.chars().map(|c| c.to_digit(10).unwrap()).collect();
            let sum: u32 = (0..9).map(|index| digits[index] * (10 - u32::try_from(index).unwrap())).sum();
            assert_eq!(digits[9], 10 - sum % 11, "{number}");
        }
    }

    #[test]
    fn postcodes_have_the_form_of_postcodes() {
        let mut dice = Dice::new(1, DiceStream::Pupil, 1);
        for _ in 0..500 {
            let code = postcode(&mut dice);
            let (_, inward) = code.split_once(' ').unwrap();
            assert!(inward.len() == 3 && !inward[1..].contains(['C', 'I', 'K', 'M', 'O', 'V']), "{code}");
        }
    }
}
