//! Number formats that make a code of a number: zeros, and signs between them, such as `0000000` or `000\/0000`.
//!
//! A whole number below its format's width is shown with zeros before it that are nowhere in the file; whoever keeps the number
//! loses them. What the cell shows is what was meant.

/// The most characters of such a format.
const MOST: usize = 24;

/// A number format of digits, each of which has to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::read) struct Digits {
    /// `0` for a digit; all else stands as it is.
    form: [u8; MOST],
    length: u8,
}

impl Digits {
    /// The format of a code, if it is one: two zeros or more, and between them signs or single letters. Percent and currency signs,
    /// decimals, thousands and words make a quantity of a number.
    pub(in crate::read) fn of(code: &str) -> Option<Self> {
        let mut digits = Self { form: [0; MOST], length: 0 };
        let (mut zeros, mut letters) = (0, 0);
        let mut rest = code.chars();
        while let Some(character) = rest.next() {
            match character {
                '0' => {
                    digits.push('0')?;
                    zeros += 1;
                    letters = 0;
                }
                '"' => {
                    for inner in rest.by_ref().take_while(|character| *character != '"') {
                        letters = digits.literal(inner, letters)?;
                    }
                }
                '\\' => letters = digits.literal(rest.next()?, letters)?,
                '-' | '/' | ' ' | '(' | ')' | '+' | ':' => letters = digits.literal(character, letters)?,
                // A colour, a condition or a locale; a length of time is none of ours, and has no zero.
                '[' => {
                    let inside: String = rest.by_ref().take_while(|character| *character != ']').collect();
                    if inside.starts_with(['h', 'H', 'm', 'M', 's', 'S']) && !inside.eq_ignore_ascii_case("magenta") {
                        return None;
                    }
                }
                ';' => break,
                _ => return None,
            }
        }
        (zeros >= 2).then_some(digits)
    }

    fn push(&mut self, character: char) -> Option<()> {
        let place = self.form.get_mut(usize::from(self.length))?;
        *place = u8::try_from(character).ok().filter(u8::is_ascii)?;
        self.length += 1;
        Some(())
    }

    /// Adds a character that stands as it is; gives how many letters now follow each other.
    fn literal(&mut self, character: char, letters: u32) -> Option<u32> {
        // A digit of the format itself could not be told from one of the number.
        if character.is_ascii_digit() || matches!(character, '%' | '$' | '£' | '.' | ',') {
            return None;
        }
        self.push(character)?;
        let letters = if character.is_ascii_alphabetic() { letters + 1 } else { 0 };
        (letters < 4).then_some(letters)
    }

    /// The number as a cell of this format shows it; none where that is what the number itself looks like, or where it is not whole.
    pub(in crate::read) fn shown(&self, value: f64) -> Option<String> {
        if value.fract() != 0.0 || !(0.0..1e15).contains(&value) {
            return None;
        }
        let form = &self.form[..usize::from(self.length)];
        let plain = format!("{value}");
        let places = form.iter().map(|byte| usize::from(*byte == b'0')).sum::<usize>();
        let all = format!("{plain:0>places$}");
        let mut digits = all.chars();
        // What is more than the places stands before the first.
        let more = all.len() - places;
        let mut text = String::with_capacity(form.len() + more);
        let mut is_first = true;
        for byte in form {
            if *byte == b'0' {
                if is_first {
                    text.extend(digits.by_ref().take(more));
                    is_first = false;
                }
                text.extend(digits.next());
            } else {
                text.push(char::from(*byte));
            }
        }
        (text != plain).then_some(text)
    }
}

/// The number of a cell that is shown as a code: its digits.
pub(crate) fn padded_number(text: &str) -> f64 {
    text.bytes().filter(u8::is_ascii_digit).fold(0.0, |value, digit| value * 10.0 + f64::from(digit - b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_of_zeros_shows_a_code() {
        let show = |code: &str, value: f64| Digits::of(code)?.shown(value);
        for (code, value, wanted) in [
            ("0000000", 123.0, Some("0000123")),
            ("0000000", 12_345_678.0, None),
            ("00", 5.0, Some("05")),
            ("000\\/0000", 9_332_004.0, Some("933/2004")),
            ("000\"/\"0000", 12_004.0, Some("001/2004")),
            ("\"S\"0000", 17.0, Some("S0017")),
            ("00000\\ 000000", 1_823_123_456.0, Some("01823 123456")),
            ("000-000;-000-000", 1_234_567.0, Some("1234-567")),
            ("[Red]0000", 9.0, Some("0009")),
            ("0000;[Red]-0000", 9.0, Some("0009")),
            ("0000", -9.0, None),
            ("0000", 1.5, None),
        ] {
            assert_eq!(show(code, value).as_deref(), wanted, "{code} {value}");
        }
        for code in [
            "0",
            "General",
            "0.00",
            "#,##0",
            "00%",
            "\"£\"00",
            "00\" days\"",
            "0000E+00",
            "[hh]:00",
            "@",
            "",
            "00\"1\"",
        ] {
            assert_eq!(Digits::of(code), None, "{code}");
        }
        assert_eq!(padded_number("S001/2004").to_bits(), 12_004.0_f64.to_bits());
    }
}
