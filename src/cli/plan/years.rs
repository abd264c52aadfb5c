//! Labels that carry a year, and move with it from release to release.

use crate::prove::{MeantLabel, Nearest};
use crate::read::label_key;

/// The columns whose labels carry a year, where all of them stand in the file with years that are as much later or earlier: each with
/// its label of that year. A label that is there may be another column's by now: `final_26` beside `final_27` is what `final_25` was.
pub(super) fn of_another_year(nearest: &Nearest) -> Vec<(&str, MeantLabel)> {
    let is_missing = |column: &str| nearest.missing.iter().any(|one| one.column == column);
    let labelled: Vec<(&str, &str)> = nearest
        .layout
        .columns
        .iter()
        .filter_map(|(column, arrival)| Some((column.as_str(), arrival.from.first()?.as_str())))
        // A column that is named by its year (`late_2025`) holds no figures of another one.
        .filter(|(column, _)| !has_four(column))
        .collect();
    let there = |label: &str| {
        nearest.free.iter().any(|free| label_key(free, false) == label_key(label, false))
            || labelled.iter().any(|(column, other)| *other == label && !is_missing(column))
    };
    // Two digits at the end may be an age: where all such labels do not move together, those with years of four digits may.
    [false, true]
        .into_iter()
        .find_map(|four| {
            let is_dated = |label: &str| years_later(label, 1).is_some() && (!four || has_four(label));
            let dated: Vec<(&str, &str)> = labelled.iter().copied().filter(|(_, label)| is_dated(label)).collect();
            let shifted = |by: i64| -> Option<Vec<(&str, MeantLabel)>> {
                let at = |label| years_later(label, by).filter(|label| there(label)).map(MeantLabel::Written);
                dated.iter().map(|(column, label)| Some((*column, at(label)?))).collect()
            };
            let is_asked = dated.iter().any(|(column, _)| is_missing(column));
            [1, 2, 3, -1, -2, -3].into_iter().filter(|_| is_asked).find_map(shifted)
        })
        .unwrap_or_default()
}

/// A label with every year in it so much later; none where it carries none. A year has four digits, or is the last two.
fn years_later(label: &str, by: i64) -> Option<String> {
    let is_digit = |each: char| each.is_ascii_digit();
    let (mut later, mut rest, mut is_dated) = (String::new(), label, false);
    while let Some(at) = rest.find(is_digit) {
        let length = rest[at..].find(|each| !is_digit(each)).unwrap_or(rest.len() - at);
        let (before, digits, after) = (&rest[..at], &rest[at..at + length], &rest[at + length..]);
        let is_year = (length == 4 && (digits.starts_with("19") || digits.starts_with("20")))
            || (length == 2 && after.is_empty() && before.ends_with(['_', ' ']));
        let year = digits.parse::<i64>().ok().filter(|_| is_year).map(|year| year + by).filter(|year| *year >= 0);
        later.push_str(before);
        match year {
            Some(year) => later.push_str(&format!("{year:0length$}")),
            None => later.push_str(digits),
        }
        (rest, is_dated) = (after, is_dated || year.is_some());
    }
    is_dated.then(|| later + rest)
}

/// Whether a name has four digits in a row.
fn has_four(name: &str) -> bool {
    name.as_bytes().windows(4).any(|four| four.iter().all(u8::is_ascii_digit))
}
