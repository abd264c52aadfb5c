//! Figures as people read them.

use crate::definitions::{Kpi, Polarity, Unit};

/// A number as its KPI shows it: to the decimals of its rounding, thousands apart, a count without `.0`.
#[must_use]
pub fn figure_words(kpi: &Kpi, value: f64) -> String {
    let written = format!("{value:?}");
    let written = written.strip_suffix(".0").unwrap_or(&written);
    match kpi.rounding.places() {
        // A publication may print more decimals than its KPI's usual: none is cut.
        Some(places) if !kpi.unit.is_plain() => {
            let decimals = written.split_once('.').map_or(0, |(_, decimals)| decimals.len());
            thousands(&format!("{value:.*}", usize::from(places).max(decimals)))
        }
        _ => thousands(written),
    }
}

/// A count, or part of a figure: whole where it is whole, else to at most six decimals.
pub(super) fn part_words(value: f64) -> String {
    let text = format!("{value:.6}");
    thousands(text.trim_end_matches('0').trim_end_matches('.'))
}

/// Digits before the point in threes.
pub(super) fn thousands(text: &str) -> String {
    let (sign, text) = text.strip_prefix('-').map_or(("", text), |rest| ("\u{2212}", rest));
    let (whole, decimals) = text.split_once('.').map_or((text, None), |(whole, rest)| (whole, Some(rest)));
    if !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return format!("{sign}{text}");
    }
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let decimals = decimals.map_or_else(String::new, |decimals| format!(".{decimals}"));
    format!("{sign}{grouped}{decimals}")
}

/// Decimals of a figure in a sentence; the tables have all of them.
const SAID: usize = 2;

/// A figure as a sentence says it: to two decimals at most, unless it would be told as nought and is not.
pub(super) fn said_words(kpi: &Kpi, value: f64) -> String {
    let whole = figure_words(kpi, value);
    if whole.split_once('.').is_none_or(|(_, decimals)| decimals.len() <= SAID) {
        return whole;
    }
    let short = format!("{value:.SAID$}");
    if value != 0.0 && short.bytes().all(|byte| b"-0.".contains(&byte)) { whole } else { thousands(&short) }
}

/// A value with its unit, in a sentence.
pub(super) fn with_unit(kpi: &Kpi, value: f64) -> String {
    let figure = said_words(kpi, value);
    match (kpi.unit_words.as_deref(), kpi.unit) {
        (Some(words), _) => format!("{figure} {words}"),
        (None, Unit::Percent) => format!("{figure}%"),
        (None, Unit::Per100) => format!("{figure} per 100"),
        (None, Unit::Fte) => format!("{figure} full-time equivalent"),
        (None, Unit::Ratio | Unit::Count) => figure,
    }
}

/// What a value is counted in, over a column.
pub(super) fn unit_name(kpi: &Kpi) -> &str {
    match (kpi.unit_words.as_deref(), kpi.unit) {
        (Some(words), _) => words,
        (None, Unit::Percent) => "per cent",
        (None, Unit::Per100) => "per 100",
        (None, Unit::Fte) => "full-time equivalent",
        (None, Unit::Ratio) => "ratio",
        (None, Unit::Count) => "number",
    }
}

/// Which direction is better, as a sentence.
pub(super) fn polarity_words(kpi: &Kpi) -> &'static str {
    match kpi.polarity {
        Polarity::High => "A higher figure is better.",
        Polarity::Low => "A lower figure is better.",
        Polarity::None => "Neither direction is better of itself.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_in_threes() {
        assert_eq!(
            ["1", "1374", "1234567.25", "-1234"].map(thousands),
            ["1", "1,374", "1,234,567.25", "\u{2212}1,234"]
        );
        assert_eq!([0.5, 12.0, 1_234.25].map(part_words), ["0.5", "12", "1,234.25"]);
    }
}
