//! From the counts of a column to its type, its marks and how it arrives: always one that every cell of it fits.

use std::collections::BTreeMap;

use serde::Serialize;

use super::tally::{DATE_FORMS, Tally};
use crate::model::{IdentifierKind, Reason};
use crate::read::label_key;

/// Codes of a column that are worth a list.
const MOST_CODES: u64 = 40;

/// The type of a column, as its cells are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Guess {
    /// The contract's word: `integer`, `decimal(9,2)`, `code`.
    pub kind: String,
    /// Share of the cells with a value that are of the commonest type, 0 to 1; 1 where all are of `kind`.
    pub share: f64,
    /// That commonest type, where `kind` is `text` because not all cells are of it.
    pub nearly: Option<&'static str>,
    /// Forms of dates that are texts.
    pub formats: Vec<String>,
    /// Marks of missing values, and what they usually mean.
    pub marks: BTreeMap<String, Reason>,
    /// Text before each number.
    pub prefix: Option<&'static str>,
    /// Text after each number.
    pub suffix: Option<&'static str>,
    /// Numbers are cells of Excel's percent format, which holds 0.123 for 12.3 %.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_percent: bool,
    /// Some numbers are of that format, and others, above 1, are not.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_part_percent: bool,
    /// Cells that are a fault whatever the type: errors, formulas without a value, lengths of time; days in a column of texts.
    pub faulty: u64,
}

/// What a mark usually means in English official statistics.
fn usual(mark: &str) -> Reason {
    match mark.to_lowercase().as_str() {
        "c" | "supp" | "*" | "sp" => Reason::Suppressed,
        "z" | "n/a" | "." => Reason::NotApplicable,
        "low" | "~" => Reason::Low,
        _ => Reason::Unavailable,
    }
}

/// The type of a column.
pub(super) fn guess(label: &str, tally: &Tally) -> Guess {
    let valued = tally.valued();
    let always = tally.errors + tally.without_value + tally.durations;
    let mut guess = Guess {
        kind: "text".to_owned(),
        share: 1.0,
        nearly: None,
        formats: Vec::new(),
        marks: BTreeMap::new(),
        prefix: None,
        suffix: None,
        is_percent: false,
        is_part_percent: false,
        faulty: always,
    };
    if tally.marked() > 0 {
        guess.marks = tally.marks.keys().map(|mark| (mark.clone(), usual(mark))).collect();
    }
    if valued == 0 || valued == tally.durations {
        guess.faulty += tally.days;
        return guess;
    }
    let valued = valued - tally.durations;
    let all = |count: u64| count == valued;
    if let Some(kind) = identifier(label, tally, valued) {
        kind.word().clone_into(&mut guess.kind);
        return guess;
    }
    let words = label_key(label, true);
    let says_period = words.contains("year") || words.contains("period");
    if all(tally.periods) && says_period && !words.contains("group") {
        "period".clone_into(&mut guess.kind);
        return guess;
    }
    let days = tally.days + tally.text_days;
    let numbers = tally.numbers + tally.text_whole + tally.text_numbers;
    if all(days)
        && let Some(formats) = forms(tally)
    {
        "date".clone_into(&mut guess.kind);
        guess.formats = formats;
        return guess;
    }
    if all(tally.booleans + tally.yes_no) {
        "boolean".clone_into(&mut guess.kind);
        return guess;
    }
    if all(numbers) && tally.leading_zeros == 0 && tally.digits + tally.scale <= 38 {
        let texts = tally.text_whole + tally.text_numbers;
        // `12 %` beside 0.12 would be two numbers of one meaning: then the column stays text.
        let mixed = |marked: u64| marked > 0 && marked < texts + tally.numbers;
        if mixed(tally.percents) || mixed(tally.pounds) {
            guess.nearly = Some("numbers, some with a sign and some without");
        } else {
            guess.suffix = (tally.percents > 0).then_some("%");
            guess.prefix = (tally.pounds > 0).then_some("£");
            guess.is_percent = tally.percent_cells > 0;
            guess.is_part_percent = guess.is_percent && tally.beyond_one > 0;
            let whole = all(tally.whole + tally.text_whole) && tally.digits <= 18 && tally.percent_cells == 0;
            guess.kind = if whole {
                "integer".to_owned()
            } else {
                // Room for larger numbers than those of this file.
                let digits = (tally.digits + 3 + tally.scale).clamp(tally.scale + 1, 38);
                format!("decimal({digits},{})", tally.scale)
            };
            return guess;
        }
    }
    // Texts: a day among them would be a fault, and marks are texts like others.
    guess.marks.clear();
    guess.faulty += tally.days;
    let texts = tally.filled() - tally.days - tally.durations;
    let (nearly, most) = [("dates", days), ("numbers", numbers), ("yes or no", tally.booleans + tally.yes_no)]
        .into_iter()
        .max_by_key(|(_, count)| *count)
        .unwrap_or(("", 0));
    if guess.nearly.is_none() && most * 2 > valued {
        guess.nearly = Some(nearly);
        guess.share = most as f64 / valued as f64;
    }
    let distinct = tally.distinct();
    if !tally.has_more_values
        && guess.nearly.is_none()
        && distinct <= MOST_CODES
        && distinct * 2 <= texts
        && tally.days == 0
    {
        "code".clone_into(&mut guess.kind);
    }
    guess
}

/// An identifier: one that cannot be mistaken, or one that the label names as well.
fn identifier(label: &str, tally: &Tally, valued: u64) -> Option<IdentifierKind> {
    let key = label_key(label, true);
    let words: Vec<&str> = key.split(|each: char| !each.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let has = |word: &str| words.contains(&word);
    let all = |kind: &IdentifierKind| tally.identifiers.get(kind) == Some(&valued);
    let named = |kind: &IdentifierKind| match kind {
        IdentifierKind::Upn | IdentifierKind::GssCode | IdentifierKind::Postcode => true,
        IdentifierKind::Uln => has("uln"),
        IdentifierKind::NhsNumber => has("nhs"),
        IdentifierKind::Urn => has("urn"),
        IdentifierKind::Laestab => key.replace(['_', ' '], "").contains("laestab"),
        IdentifierKind::Ukprn => has("ukprn"),
        IdentifierKind::LaCode => (has("la") || has("lea")) && !has("name"),
    };
    IdentifierKind::ALL.into_iter().find(|kind| all(kind) && named(kind))
}

/// The fewest forms, of this country first, in which every text day is written.
fn forms(tally: &Tally) -> Option<Vec<String>> {
    if tally.text_days == 0 {
        return Some(Vec::new());
    }
    let complete = DATE_FORMS.iter().find(|form| tally.forms.get(*form) == Some(&tally.text_days));
    if let Some(form) = complete {
        return Some(vec![(*form).to_owned()]);
    }
    // Several forms: only where no text is a day in two of them, or the order would decide.
    let found: Vec<String> =
        DATE_FORMS.iter().filter(|form| tally.forms.contains_key(*form)).map(|&form| form.to_owned()).collect();
    (tally.forms.values().sum::<u64>() == tally.text_days).then_some(found)
}
