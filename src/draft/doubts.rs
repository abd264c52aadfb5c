//! What a draft has guessed and cannot know: the questions that it leaves in `to_confirm`.
//!
//! A guess that can lose rows, double them or change what they say is asked about; one that a later file would contradict
//! with a fault is not.

use super::{DraftField, Drafted};
use crate::definitions::{Doubt, PrivacyClass, ToConfirm};
use crate::profile::TableProfile;

/// Rows below which what tells rows apart is not known.
const FEW_ROWS: u64 = 50;

fn ask(what: Doubt, column: Option<&str>, ask: String) -> ToConfirm {
    ToConfirm { what, column: column.map(str::to_owned), ask }
}

/// Row numbers in words.
fn rows(numbers: &[u32]) -> String {
    let shown = numbers.iter().take(6).map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let more = if numbers.len() > 6 { format!(" and {} more", numbers.len() - 6) } else { String::new() };
    format!("row{} {shown}{more}", if numbers.len() == 1 { "" } else { "s" })
}

/// What is asked about the contract.
pub(super) fn of_table(profile: &TableProfile, drafted: &Drafted) -> Vec<ToConfirm> {
    let key = drafted.key.join(", ");
    let mut asked = vec![ask(
        Doubt::Disposition,
        None,
        "what does a later file do? Drafted so that a row is replaced when a later file has its key again, and stands when it is left \
         out; `append` keeps every row of every file, `replace_all` only those of the newest"
            .to_owned(),
    )];
    let is_sure = profile.rows >= FEW_ROWS && !drafted.is_key_makeshift;
    let has_names = drafted.columns.iter().any(|field| {
        drafted.key.contains(&field.name) && field.class == PrivacyClass::Identifier && field.kind == "text"
    });
    if drafted.is_key_makeshift {
        asked.push(ask(
            Doubt::Key,
            None,
            format!(
                "what is one row? No columns tell all rows apart, so that the key is every column that may be in one ({key}) and rows \
                 that are the same in all of them count once"
            ),
        ));
    } else if !is_sure {
        asked.push(ask(
            Doubt::Key,
            None,
            format!(
                "is a row told apart by {key}? {} rows are too few to tell; rows of one key count as one",
                profile.rows
            ),
        ));
    } else if drafted.key.len() > 1 || has_names {
        asked.push(ask(Doubt::Key, None, format!("is a row told apart by {key}, in later files too?")));
    }
    for field in &drafted.columns {
        asked.extend(of_column(field));
    }
    asked
}

fn of_column(field: &DraftField) -> Vec<ToConfirm> {
    let guess = &field.profile.guess;
    let mut asked = Vec::new();
    let is_id = field.class == PrivacyClass::Identifier || field.profile.is_reference || is_identifier(&field.kind);
    if guess.powers_of_ten > 0 && is_id {
        asked.push(ask(
            Doubt::Identifiers,
            Some(&field.name),
            format!(
                "{} cells are powers of ten such as 1.00E+09: a spreadsheet has thrown away their last digits, and different people \
                 or things look alike. Ask for the file with this column as text",
                guess.powers_of_ten
            ),
        ));
    }
    if let Some(unit) = guess.duration
        && names_another_unit(&field.profile.label, unit)
    {
        asked.push(ask(
            Doubt::Types,
            Some(&field.name),
            format!(
                "lengths of time are kept in {unit}, and the label names another unit: is a column of {unit} wanted?"
            ),
        ));
    }
    if guess.is_only_marks {
        asked.push(ask(
            Doubt::Types,
            Some(&field.name),
            "no cell holds anything but a mark of a missing value: is it a number, and with what unit?".to_owned(),
        ));
    }
    asked
}

/// Whether a label names a unit of time that is not this one.
fn names_another_unit(label: &str, unit: &str) -> bool {
    let label = label.to_lowercase();
    let words: Vec<&str> = label.split(|sign: char| !sign.is_alphabetic()).collect();
    let names = |of: &[&str]| of.iter().any(|name| words.contains(name));
    [("hours", &["hour", "hours", "hrs"][..]), ("minutes", &["minute", "minutes", "mins"]), ("days", &["day", "days"])]
        .iter()
        .any(|(other, names_of)| *other != unit && names(names_of))
}

/// Whether a type is that of an identifier of digits.
fn is_identifier(kind: &str) -> bool {
    matches!(kind, "uln" | "nhs_number" | "urn" | "laestab" | "ukprn")
}

/// What is asked about the layout.
pub(super) fn of_layout(profile: &TableProfile, drafted: &Drafted) -> Vec<ToConfirm> {
    let mut asked = Vec::new();
    let header = &profile.header;
    if let Some((row, score)) = profile.rival {
        asked.push(ask(
            Doubt::Header,
            None,
            format!(
                "is the header on row {}? It scores {:.2}, and row {row} {score:.2}: were that the header, the rows above it would be none",
                header.first_row, header.score
            ),
        ));
    } else if profile.is_like_data {
        asked.push(ask(
            Doubt::Header,
            None,
            format!(
                "is row {} the header? It reads like the rows below it: were it one of them, it would be lost. A file without a \
                 header gets one by hand, or from whoever sends it",
                header.first_row
            ),
        ));
    } else if !profile.above.is_empty() {
        asked.push(ask(
            Doubt::Header,
            None,
            format!(
                "is the header on row {}? {} above it are left out, and hold several cells",
                header.first_row,
                rows(&profile.above)
            ),
        ));
    }
    for (numbers, what) in [
        (
            &profile.banners,
            "with a text alone: it is carried down to the rows below as a banner. Or are they rows without figures?",
        ),
        (
            &profile.bare,
            "with a text in the first column alone: loaded as rows without figures. Or do they head the rows below?",
        ),
        (&profile.totals, "with `Total` at the beginning: left out as sums of others. Are they?"),
        (&profile.notes, "below the table: left out as notes. Is none of them a row of it?"),
    ] {
        if !numbers.is_empty() {
            asked.push(ask(Doubt::Rows, None, format!("{} {what}", rows(numbers))));
        }
    }
    if profile.notes.is_empty()
        && let Some(row) = profile.next_row
    {
        asked.push(ask(
            Doubt::Rows,
            None,
            format!("row {row} and all below it are left out as another table: are they none of this one?"),
        ));
    }
    if profile.short_rows > 0 {
        asked.push(ask(
            Doubt::Rows,
            None,
            format!(
                "{} of {} rows have fewer fields than the header, which `short_rows = \"blank\"` takes for blank: are they only left \
                 off where nothing is in them, and no row is cut short?",
                profile.short_rows, profile.rows
            ),
        ));
    }
    if profile.merged_down > 0 {
        asked.push(ask(
            Doubt::Rows,
            None,
            format!(
                "{} ranges of cells are merged over several rows, each of which gets what the first holds: does it hold for all of them?",
                profile.merged_down
            ),
        ));
    }
    for field in drafted.columns.iter().filter(|field| field.kind == "date") {
        let forms = field.profile.guess.formats.join(" or ");
        if field.profile.guess.is_ambiguous_day {
            asked.push(ask(
                Doubt::Dates,
                Some(&field.name),
                format!("is the day before the month ({forms})? In no cell is either of them above 12"),
            ));
        }
        if super::texts::has_short_years(field) {
            asked.push(ask(
                Doubt::Dates,
                Some(&field.name),
                format!(
                    "years have two digits, and are taken for {0} to {1}: are they?",
                    super::texts::CENTURY,
                    super::texts::CENTURY + 99
                ),
            ));
        }
    }
    for field in &drafted.columns {
        let guess = &field.profile.guess;
        if guess.is_time_of_day {
            asked.push(ask(
                Doubt::Types,
                Some(&field.name),
                "are these lengths of time, `1:30` being an hour and a half? If they are times of day, make the column text".to_owned(),
            ));
        }
        if guess.is_part_percent {
            asked.push(ask(
                Doubt::Types,
                Some(&field.name),
                "some cells are shown as percentages and others are not: 90 % is kept as 90, the others as they stand. Is that one unit?"
                    .to_owned(),
            ));
        }
    }
    asked.extend(comma_decimals(&drafted.columns));
    asked
}

/// What is asked of a file whose numbers have a comma before their decimals: a point may then be between thousands in any other column.
pub(super) fn comma_decimals(columns: &[DraftField]) -> Option<ToConfirm> {
    let written: Vec<&str> = columns
        .iter()
        .filter(|field| field.profile.guess.comma_decimals > 0)
        .map(|field| field.name.as_str())
        .collect();
    (!written.is_empty()).then(|| {
        ask(
            Doubt::Types,
            None,
            format!(
                "{} hold numbers with a comma before their decimals (`49,9`), which are kept as text; `1.784` in another column may then \
                 be 1,784, and is read as 1.784. Ask for the file with decimal points, and draft from that one",
                written.join(", ")
            ),
        )
    })
}
