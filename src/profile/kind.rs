//! From the counts of a column to its type, its marks and how it arrives: always one that every cell of it fits.

use std::collections::BTreeMap;

use serde::Serialize;

use super::tally::{ColumnTally, DATE_FORMS};
use crate::model::{IdentifierKind, Reason};
use crate::read::label_key;

/// What a column nearly is whose numbers have a sign for per cent, or for pounds, in some cells and in others not.
pub const SOME_WITH_A_SIGN: &str = "numbers, some with a sign and some without";

/// Codes of a column that are worth a list.
const MOST_CODES: u64 = 40;

/// The type of a column, as its cells are.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own about a column")]
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
    /// The cells are lengths of time, or texts such as `37:30`: the unit in which every one is an exact number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<&'static str>,
    /// Whether those lengths may be times of day: none is a day or more, and no format says which they are.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_time_of_day: bool,
    /// No number is above 1 in size, and not all are whole: shares, very likely.
    #[serde(skip)]
    pub is_within_one: bool,
    /// Some number is above 1 in size, a sign for per cent taken off.
    #[serde(skip)]
    pub is_beyond_one: bool,
    /// Some numbers stand in brackets: below zero.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub has_brackets: bool,
    /// Numbers that their format shows as codes, `0000123`: they are taken as shown.
    #[serde(skip_serializing_if = "is_zero")]
    pub padded: u64,
    /// Whole numbers of which scientific notation has kept the first digits alone: `1.00E+09`.
    #[serde(skip_serializing_if = "is_zero")]
    pub powers_of_ten: u64,
    /// Numbers with binary noise, `69.400000000000006`, which the type takes as typed.
    #[serde(skip_serializing_if = "is_zero")]
    pub noisy: u64,
    /// Texts such as `49,9`, numbers with a comma before their decimals, which are read as texts.
    #[serde(skip_serializing_if = "is_zero")]
    pub comma_decimals: u64,
    /// Days are texts in figures, and in none of them is the first or second number above 12.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_ambiguous_day: bool,
    /// No cell holds anything but a mark of a missing value: nothing tells the type.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_only_marks: bool,
    /// Texts that say on which side of a number the value is, `<0.001`, where every value is one of them or a number.
    #[serde(skip)]
    pub bounds: Vec<String>,
    /// Cells that are a fault whatever the type: errors, formulas without a value, lengths of time; days in a column of texts.
    pub faulty: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
pub(super) fn is_zero(count: &u64) -> bool {
    *count == 0
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
pub(super) fn guess(label: &str, tally: &ColumnTally) -> Guess {
    let valued = tally.valued();
    let always = tally.errors + tally.without_value;
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
        duration: None,
        is_time_of_day: false,
        is_within_one: false,
        is_beyond_one: tally.beyond_one > 0,
        has_brackets: false,
        padded: tally.padded,
        powers_of_ten: tally.powers,
        bounds: Vec::new(),
        noisy: 0,
        comma_decimals: tally.comma_decimals,
        is_ambiguous_day: false,
        is_only_marks: tally.filled() > 0 && tally.marks.values().sum::<u64>() == tally.filled(),
        faulty: always,
    };
    if tally.marked() > 0 {
        guess.marks = tally.marks.keys().map(|mark| (mark.clone(), usual(mark))).collect();
    }
    if valued == 0 || guess.is_only_marks {
        guess.faulty += tally.days + tally.durations;
        return guess;
    }
    if tally.durations + tally.clocks == valued {
        lengths(tally, &mut guess);
        return guess;
    }
    guess.faulty += tally.durations;
    if valued == tally.durations {
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
        guess.is_ambiguous_day = tally.ambiguous_days > 0 && tally.told_days == 0;
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
            guess.nearly = Some(SOME_WITH_A_SIGN);
        } else {
            guess.suffix = (tally.percents > 0).then_some("%");
            guess.has_brackets = tally.brackets > 0;
            guess.is_within_one = tally.beyond_one == 0 && !all(tally.whole + tally.text_whole);
            guess.noisy = tally.noisy;
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
    // Numbers with zeros before them are codes, every one of them.
    let is_code = nearly == "numbers" && most == valued && tally.leading_zeros > 0;
    if guess.nearly.is_none() && most * 2 > valued && !is_code {
        guess.nearly = Some(nearly);
        guess.share = most as f64 / valued as f64;
    }
    if guess.nearly.is_none_or(|nearly| nearly == "numbers") && tally.bounds > 0 && numbers + tally.bounds == valued {
        guess.nearly = Some("numbers");
        guess.share = numbers as f64 / valued as f64;
        guess.bounds = tally.bound_texts.iter().cloned().collect();
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

/// Lengths of time, in the unit in which every one of them is an exact number; in hours where there is none.
fn lengths(tally: &ColumnTally, guess: &mut Guess) {
    let (unit, kind) = match (tally.odd_hours, tally.odd_minutes) {
        (0, _) => ("hours", "decimal(9,2)"),
        (_, 0) => ("minutes", "integer"),
        _ => ("hours", "decimal(14,6)"),
    };
    guess.duration = Some(unit);
    kind.clone_into(&mut guess.kind);
    // `[h]:mm` says that it counts hours; `09:30` may be half past nine.
    guess.is_time_of_day = tally.clocks > 0 && tally.long_clocks == 0;
}

/// An identifier: one that cannot be mistaken, or one that the label names as well.
fn identifier(label: &str, tally: &ColumnTally, valued: u64) -> Option<IdentifierKind> {
    let key = label_key(label, true);
    let words: Vec<&str> = key.split(|each: char| !each.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let has = |word: &str| words.contains(&word);
    // A power of ten is what a spreadsheet has left of an identifier: the type refuses it, cell by cell.
    let all = |kind: &IdentifierKind| {
        let valid = tally.identifiers.get(kind).copied().unwrap_or(0);
        let is_of_digits = matches!(
            kind,
            IdentifierKind::Uln
                | IdentifierKind::NhsNumber
                | IdentifierKind::Urn
                | IdentifierKind::Laestab
                | IdentifierKind::Ukprn
        );
        valid == valued || (is_of_digits && tally.powers > 0 && valid + tally.powers == valued)
    };
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
fn forms(tally: &ColumnTally) -> Option<Vec<String>> {
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
