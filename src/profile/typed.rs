//! Numbers as somebody typed them: without the noise that a binary fraction leaves beyond the fifteenth digit.

/// Digits that a double keeps whatever the number.
const CERTAIN: usize = 15;

/// The digits of a number as text: sign and point are passed over, and so are zeros before it.
fn significant(text: &str) -> usize {
    let mantissa = text.split(['e', 'E']).next().unwrap_or("");
    mantissa.bytes().filter(u8::is_ascii_digit).skip_while(|digit| *digit == b'0').count()
}

/// A number as somebody typed it: `7.0000000000000009` is 7 and `69.400000000000006` is 69.4. One of fifteen digits or fewer, or one
/// that fifteen digits do not make much shorter, stands as it is.
pub(super) fn as_typed(text: &str) -> Option<String> {
    if significant(text) <= CERTAIN || !text.contains('.') {
        return None;
    }
    let value = text.replace(',', "").parse::<f64>().ok().filter(|value| value.is_finite() && *value != 0.0)?;
    let fifteen = format!("{value:.*e}", CERTAIN - 1).parse::<f64>().ok()?;
    let short = format!("{fifteen}");
    // A quotient has fifteen digits as it has seventeen; noise stands behind zeros or nines.
    (significant(&short) + 3 <= CERTAIN && short.len() < 24).then_some(short)
}

/// Whether a text is a number in scientific notation whose digits are fewer than its places: `1.00E+09`, of which a spreadsheet has
/// thrown away all but three.
pub(super) fn is_power_of_ten(text: &str) -> bool {
    let Some((mantissa, power)) = text.split_once(['e', 'E']) else { return false };
    let fraction = mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let is_digits = mantissa.starts_with(|first: char| first.is_ascii_digit())
        && mantissa.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    is_digits
        && power.strip_prefix('+').unwrap_or(power).parse::<usize>().is_ok_and(|power| power > fraction && power >= 5)
}

/// A number in brackets, as accountants write what is below zero.
pub(super) fn in_brackets(text: &str) -> Option<&str> {
    text.strip_prefix('(')?.strip_suffix(')').map(str::trim).filter(|inner| !inner.starts_with(['-', '+']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_taken_off_and_long_quotients_stand() {
        for (text, wanted) in [
            ("7.0000000000000009", Some("7")),
            ("69.400000000000006", Some("69.4")),
            ("0.30000000000000004", Some("0.3")),
            ("-12.299999999999999", Some("-12.3")),
            ("12.5", None),
            ("63.749999999999", None),
            ("33.333333333333336", None),
            ("14.285714285714286", None),
            ("12345678901234567890", None),
        ] {
            assert_eq!(as_typed(text).as_deref(), wanted, "{text}");
        }
    }

    #[test]
    fn scientific_notation_that_lost_digits_is_told() {
        for text in ["1.00E+09", "7.31e9", "1E+12", "2.5E+05"] {
            assert!(is_power_of_ten(text), "{text}");
        }
        for text in ["1.5E-3", "1.23456789E+08", "E100", "1000000000", "1e4", "9E1"] {
            assert!(!is_power_of_ten(text), "{text}");
        }
    }
}
