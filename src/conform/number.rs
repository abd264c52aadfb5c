//! Numbers as texts, exactly: no binary floating point between the text and the stored value.

use super::CellProblem;
use super::cell::text_decimal;
use crate::definitions::{DurationUnit, PercentToml};

/// The parts of a number as text: sign, digits before and after the point, power of ten.
struct Digits<'t> {
    negative: bool,
    whole: String,
    fraction: &'t str,
    exponent: i32,
}

/// Splits a number. Thousands commas have to stand right.
fn digits(text: &str) -> Option<Digits<'_>> {
    let (negative, rest) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok().filter(|power| power.abs() <= 40)?),
        None => (rest, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if (whole.is_empty() && fraction.is_empty()) || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let whole = if whole.contains(',') {
        let mut groups = whole.split(',');
        let first = groups.next()?;
        if !(1..=3).contains(&first.len()) || groups.any(|group| group.len() != 3) {
            return None;
        }
        whole.replace(',', "")
    } else {
        whole.to_owned()
    };
    whole.bytes().all(|byte| byte.is_ascii_digit()).then_some(Digits { negative, whole, fraction, exponent })
}

/// A whole number. `785.0` and `1,234` are whole; `785.5` is not.
///
/// # Errors
/// The problem, if it is not one or has more than 18 digits.
///
/// ```
/// use sendmart::conform::parse_integer;
/// assert_eq!(parse_integer("1,234").unwrap(), 1234);
/// assert_eq!(parse_integer("785.0").unwrap(), 785);
/// assert_eq!(parse_integer("-12").unwrap(), -12);
/// assert!(parse_integer("12,34").is_err());
/// assert!(parse_integer("7.5").is_err());
/// ```
pub fn parse_integer(text: &str) -> Result<i64, CellProblem> {
    let plain = text.as_bytes();
    if (1..=18).contains(&plain.len()) && plain.iter().all(u8::is_ascii_digit) {
        return Ok(plain.iter().fold(0_i64, |value, digit| value * 10 + i64::from(digit - b'0')));
    }
    let value = parse_decimal(text, 18, 0).map_err(|problem| match problem {
        CellProblem::TooManyDecimals(_) | CellProblem::NotADecimal => CellProblem::NotAnInteger,
        other => other,
    })?;
    i64::try_from(value).map_err(|_| CellProblem::TooManyDigits(18))
}

/// A decimal number as an integer of `10^-scale`.
///
/// # Errors
/// The problem, if it is not one, or does not fit into `precision` digits of which `scale` stand after the point.
///
/// ```
/// use sendmart::conform::parse_decimal;
/// assert_eq!(parse_decimal("49.3", 9, 2).unwrap(), 4930);
/// assert_eq!(parse_decimal("-1,234.5", 9, 1).unwrap(), -12345);
/// assert_eq!(parse_decimal("1e-4", 9, 5).unwrap(), 10);
/// assert_eq!(parse_decimal("2.500", 9, 1).unwrap(), 25);
/// assert!(parse_decimal("2.55", 9, 1).is_err());
/// assert!(parse_decimal(".", 9, 1).is_err());
/// ```
pub fn parse_decimal(text: &str, precision: u8, scale: i8) -> Result<i128, CellProblem> {
    let parts = digits(text).ok_or(CellProblem::NotADecimal)?;
    let mut all = parts.whole;
    all.push_str(parts.fraction);
    // The value is `all` × 10^-(length of the fraction − exponent); shift it to 10^-scale.
    let behind = i32::try_from(parts.fraction.len()).unwrap_or(i32::MAX) - parts.exponent;
    let shift = i32::from(scale) - behind;
    let by = shift.unsigned_abs() as usize;
    let shifted = if shift >= 0 {
        let trimmed = all.trim_start_matches('0');
        if trimmed.is_empty() { "0".to_owned() } else { trimmed.to_owned() + &"0".repeat(by) }
    } else {
        let keep = all.len().saturating_sub(by);
        if all.bytes().skip(keep).any(|digit| digit != b'0') {
            return Err(CellProblem::TooManyDecimals(scale));
        }
        all.truncate(keep);
        all.trim_start_matches('0').to_owned()
    };
    if shifted.len() > usize::from(precision) {
        return Err(CellProblem::TooManyDigits(precision));
    }
    let value = if shifted.is_empty() { 0 } else { shifted.parse::<i128>().map_err(|_| CellProblem::NotADecimal)? };
    Ok(if parts.negative { -value } else { value })
}

/// A number of more than `round` decimals rounded to them, half away from zero and exactly, as an integer of `10^-scale`; none where it
/// has no more, is no number, or does not fit. `by` is the power of ten that it is multiplied with first.
pub(super) fn round_decimal(text: &str, by: i32, round: u8, precision: u8, scale: i8) -> Option<i128> {
    let parts = digits(text)?;
    let all = format!("{}{}", parts.whole, parts.fraction);
    let behind = i32::try_from(parts.fraction.len()).ok()? - parts.exponent - by;
    let cut = usize::try_from(behind - i32::from(round)).ok().filter(|cut| *cut > 0)?;
    let all = format!("{all:0>width$}", width = cut + 1);
    let (kept, dropped) = all.split_at(all.len() - cut);
    if dropped.bytes().all(|digit| digit == b'0') {
        return None;
    }
    let up = i128::from(dropped.as_bytes()[0] >= b'5');
    let whole = kept.parse::<i128>().ok()?.checked_add(up)?;
    let wider = u32::try_from(i32::from(scale) - i32::from(round)).ok()?;
    let value = whole.checked_mul(10_i128.checked_pow(wider)?)?;
    let fits = value.to_string().len() <= usize::from(precision);
    fits.then_some(if parts.negative { -value } else { value })
}

/// A percentage in points as an integer of `10^-scale`. A text that ends in `%` is in points, however others are written.
///
/// # Errors
/// As for [`parse_decimal`].
pub(super) fn percentage(text: &str, written: PercentToml, precision: u8, scale: i8) -> Result<i128, CellProblem> {
    if let Some(points) = text.strip_suffix('%') {
        return text_decimal(points.trim_end(), precision, scale);
    }
    match written {
        PercentToml::Points => text_decimal(text, precision, scale),
        PercentToml::Fraction if text.contains(['e', 'E']) => Err(CellProblem::NotADecimal),
        PercentToml::Fraction => parse_decimal(&format!("{text}e2"), precision, scale),
    }
}

/// A fraction that a cell holds, in points: the decimal that it stands for a hundred times, and not its double, of which
/// 0.8937 would make 89.36999999999999.
pub(super) fn in_points(fraction: f64) -> f64 {
    let text = format!("{fraction:e}");
    let shifted = text.split_once('e').and_then(|(digits, exponent)| {
        let exponent = exponent.parse::<i32>().ok()?;
        format!("{digits}e{}", exponent + 2).parse().ok()
    });
    shifted.unwrap_or(fraction * 100.0)
}

/// A length of time written `37:30` or `37:30:15`, in days; none when the text is not one.
pub(crate) fn clock(text: &str) -> Option<f64> {
    let mut parts = text.split(':').map(|part| {
        let digits = !part.is_empty() && part.len() <= 6 && part.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| part.parse::<u32>().ok()).flatten()
    });
    let (hours, minutes) = (parts.next()??, parts.next()??);
    let seconds = parts.next().unwrap_or(Some(0))?;
    let whole = parts.next().is_none() && minutes < 60 && seconds < 60;
    whole.then(|| f64::from(hours * 3600 + minutes * 60 + seconds) / 86_400.0)
}

/// A length of time in days, as a number of the unit; noise of the binary fraction of a day is rounded to the second.
pub(super) fn in_unit(days: f64, unit: DurationUnit) -> f64 {
    let seconds = (days * 86_400.0).round();
    match unit {
        DurationUnit::Days => seconds / 86_400.0,
        DurationUnit::Hours => seconds / 3600.0,
        DurationUnit::Minutes => seconds / 60.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_is_never_a_hundred_times_too_small_or_large() {
        let read = |text, written| percentage(text, written, 9, 2);
        assert_eq!(read("12.3%", PercentToml::Fraction), Ok(1230));
        assert_eq!(read("12.3 %", PercentToml::Points), Ok(1230));
        assert_eq!(read("0.123", PercentToml::Fraction), Ok(1230));
        assert_eq!(read("12.3", PercentToml::Points), Ok(1230));
        assert_eq!(read("-0.5", PercentToml::Fraction), Ok(-5000));
        assert!(read("n/a", PercentToml::Fraction).is_err());
    }

    #[test]
    fn decimals_beyond_those_asked_for_are_rounded_half_away_from_zero_and_exactly() {
        let round = |text, by| round_decimal(text, by, 2, 9, 2);
        assert_eq!(round("12.345678901234567", 0), Some(1235));
        assert_eq!([round("1.005", 0), round("-1.005", 0), round("0.004", 0)], [Some(101), Some(-101), Some(0)]);
        assert_eq!([round("0.507123", 2), round("1.25", 0), round("1.250", 0)], [Some(5071), None, None]);
        assert_eq!(round_decimal("12.345", 0, 1, 9, 2), Some(1230));
        assert_eq!([round("x", 0), round("99999999.999", 0)], [None, None]);
    }

    #[test]
    fn a_fraction_is_a_hundred_times_its_decimal() {
        let fractions = [0.8937, 0.07, 0.290_000_000_000_000_04, -0.57, 0.0, 1.0];
        let points = fractions.map(|fraction| in_points(fraction).to_string());
        assert_eq!(points, ["89.37", "7", "29.000000000000004", "-57", "0", "100"]);
        assert!(in_points(f64::NAN).is_nan());
    }

    #[test]
    fn lengths_of_time_are_hours_and_minutes() {
        let hours = |text| clock(text).map(|days| in_unit(days, DurationUnit::Hours));
        assert_eq!([hours("37:30"), hours("0:01:30"), hours("100:00")], [Some(37.5), Some(0.025), Some(100.0)]);
        assert_eq!([hours("1:60"), hours("1"), hours("1:2:3:4"), hours("-1:00"), hours(":30")], [None; 5]);
        assert_eq!(in_unit(1.562_5, DurationUnit::Minutes).to_bits(), 2250.0_f64.to_bits());
    }
}
