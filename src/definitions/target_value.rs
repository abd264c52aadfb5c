//! Numbers and days of `config/targets.csv`: read exactly, and written as people write them.

use jiff::civil::Date;

/// Most digits before the point.
const MOST_DIGITS: usize = 11;
/// Most digits after it.
const MOST_PLACES: usize = 6;

/// A decimal in millionths; none where it is no plain number.
pub(super) fn millionths(text: &str) -> Option<i64> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || !is_digits(part) || whole.len() > MOST_DIGITS || part.len() > MOST_PLACES {
        return None;
    }
    let part: i64 = format!("{part:0<MOST_PLACES$}").parse().ok()?;
    Some(sign * (whole.parse::<i64>().ok()? * 1_000_000 + part))
}

/// Millionths as a decimal, without noughts that say nothing.
pub(super) fn in_words(millionths: i64) -> String {
    let sign = if millionths < 0 { "-" } else { "" };
    let all = millionths.unsigned_abs();
    let text = format!("{sign}{}.{:06}", all / 1_000_000, all % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A day as it is written in Britain, and by a spreadsheet: 31/03/2026.
pub(super) fn iso_day(text: &str) -> Option<Date> {
    let mut parts = text.split(['/', '.', '-']);
    let (day, month, year) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?);
    let year: i16 = year.parse().ok().filter(|_| year.len() == 4)?;
    Date::new(year, month, day).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_read_exactly_and_nothing_else_is() {
        for (text, expected) in [("3.08", 3_080_000), ("0", 0), ("100", 100_000_000), ("-1.5", -1_500_000)] {
            assert_eq!(millionths(text), Some(expected), "{text}");
            assert_eq!(in_words(expected), text);
        }
        for text in ["", "30.8%", "30.8 (national)", "1,200", ".5", "5.", "1e3", "+5", "3.0000001", "∞"] {
            assert_eq!(millionths(text), None, "{text}");
        }
        assert_eq!(in_words(millionths("30.80").unwrap()), "30.8");
    }

    #[test]
    fn a_spreadsheets_day_is_known_for_a_hint() {
        assert_eq!(iso_day("31/03/2026").map(|day| day.to_string()), Some("2026-03-31".to_owned()));
        assert_eq!(iso_day("31/02/2026"), None);
        assert_eq!(iso_day("March 2026"), None);
    }
}
