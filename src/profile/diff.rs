//! What differs between the layouts of two files: sheets, header rows, labels, types, marks and codes.

use serde::Serialize;

use super::column::ColumnProfile;
use super::written::differences;
use super::{Profile, SheetProfile, TableProfile};
use crate::read::label_key;

/// One thing that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProfileDifference {
    /// The sheet, as the newer file calls it; none where the files have no sheets.
    pub sheet: Option<String>,
    /// What kind of thing: `label_renamed`, `header_moved`.
    pub what: &'static str,
    /// In words.
    pub text: String,
    /// Whether a layout would have to change for it. The number of rows would not.
    pub is_layout: bool,
}

/// What differs between an older and a newer file.
#[must_use]
pub fn difference(older: &Profile, newer: &Profile) -> Vec<ProfileDifference> {
    let mut found = Vec::new();
    let pairs = pairs(&older.sheets, &newer.sheets);
    let mut say = |sheet: Option<&String>, what, text: String| {
        found.push(ProfileDifference { sheet: sheet.cloned(), what, text, is_layout: true });
    };
    let shown = |sheet: &SheetProfile| sheet.name.clone().unwrap_or_default();
    for (a, sheet) in older.sheets.iter().enumerate() {
        if !pairs.iter().any(|(older, _)| *older == a) {
            say(None, "sheet_gone", format!("sheet `{}` is gone{}", shown(sheet), rows_of(sheet)));
        }
    }
    for (b, sheet) in newer.sheets.iter().enumerate() {
        if !pairs.iter().any(|(_, newer)| *newer == b) {
            say(sheet.name.as_ref(), "sheet_new", format!("sheet `{}` is new{}", shown(sheet), rows_of(sheet)));
        }
    }
    for (a, b) in &pairs {
        let (older, newer) = (&older.sheets[*a], &newer.sheets[*b]);
        if older.name != newer.name && older.name.is_some() && newer.name.is_some() {
            let text = format!("sheet `{}` is called `{}` now", shown(older), shown(newer));
            say(newer.name.as_ref(), "sheet_renamed", text);
        }
    }
    for (a, b) in pairs {
        sheets(&older.sheets[a], &newer.sheets[b], &mut found);
    }
    found
}

fn rows_of(sheet: &SheetProfile) -> String {
    match (&sheet.refused, &sheet.table) {
        (Some(_), _) => " (it cannot be read)".to_owned(),
        (None, Some(table)) => format!(" ({} rows under {} labels)", table.rows, table.columns.len()),
        (None, None) => " (no table on it)".to_owned(),
    }
}

type SheetLikeness<'l> = dyn Fn(&SheetProfile, &SheetProfile) -> f64 + 'l;

/// Sheets of one name, then those of one name but for case and space, then those with most labels in common.
fn pairs(older: &[SheetProfile], newer: &[SheetProfile]) -> Vec<(usize, usize)> {
    let key = |sheet: &SheetProfile| label_key(sheet.name.as_deref().unwrap_or(""), false);
    let same_name = |a: &SheetProfile, b: &SheetProfile| f64::from(u8::from(a.name == b.name));
    let same_key = |a: &SheetProfile, b: &SheetProfile| f64::from(u8::from(key(a) == key(b)));
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    let tests: [(&SheetLikeness<'_>, f64); 3] = [(&same_name, 1.0), (&same_key, 1.0), (&alike, 0.5)];
    for (likeness, least) in tests {
        loop {
            let free = |index: usize, side: fn(&(usize, usize)) -> usize| !pairs.iter().any(|pair| side(pair) == index);
            let mut best: Option<(f64, usize, usize)> = None;
            for (a, old) in older.iter().enumerate().filter(|(a, _)| free(*a, |pair| pair.0)) {
                for (b, new) in newer.iter().enumerate().filter(|(b, _)| free(*b, |pair| pair.1)) {
                    let likeness = likeness(old, new);
                    if likeness >= least && best.is_none_or(|(top, ..)| likeness > top) {
                        best = Some((likeness, a, b));
                    }
                }
            }
            let Some((_, a, b)) = best else { break };
            pairs.push((a, b));
        }
    }
    // Two files of one table each are compared, whatever they are called.
    if let ([_], [_], true) = (older, newer, pairs.is_empty()) {
        pairs.push((0, 0));
    }
    pairs.sort_unstable();
    pairs
}

/// Labels in common, of all labels.
fn alike(a: &SheetProfile, b: &SheetProfile) -> f64 {
    let (Some(a), Some(b)) = (&a.table, &b.table) else { return 0.0 };
    let keys = |table: &TableProfile| -> std::collections::BTreeSet<String> {
        table.columns.iter().map(|column| label_key(&column.label, true)).collect()
    };
    let (a, b) = (keys(a), keys(b));
    a.intersection(&b).count() as f64 / a.union(&b).count().max(1) as f64
}

fn sheets(older: &SheetProfile, newer: &SheetProfile, found: &mut Vec<ProfileDifference>) {
    let mut say = |what, text: String, is_layout| {
        found.push(ProfileDifference { sheet: newer.name.clone(), what, text, is_layout });
    };
    if older.is_visible != newer.is_visible {
        let text = if newer.is_visible { "the sheet is visible now" } else { "the sheet is hidden now" };
        say("visibility", text.to_owned(), true);
    }
    if older.refused != newer.refused {
        let text = newer.refused.as_ref().map_or_else(
            || "the sheet can be read now, and could not".to_owned(),
            |error| format!("the sheet cannot be read now: {error}"),
        );
        say("refused", text, true);
    }
    if (older.hidden_rows == 0) != (newer.hidden_rows == 0) || older.hidden_columns != newer.hidden_columns {
        let text = format!(
            "{} rows and {} columns are hidden now, and {} and {} were: `hidden = {{ rows = …, columns = … }}` says what becomes of them",
            newer.hidden_rows,
            newer.hidden_columns.len(),
            older.hidden_rows,
            older.hidden_columns.len()
        );
        say("hidden_changed", text, true);
    }
    if older.tables != newer.tables {
        let listed = |names: &[String]| if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        let text = format!("Excel tables: {} now, and {} before", listed(&newer.tables), listed(&older.tables));
        say("tables_changed", text, false);
    }
    match (&older.table, &newer.table) {
        (None, None) => {}
        (None, Some(_)) => say("table_new", "there is a table now, where there was none".to_owned(), true),
        (Some(_), None) => say("table_gone", "there is no table any more".to_owned(), true),
        (Some(older), Some(newer)) => tables(older, newer, &mut say),
    }
}

fn tables(older: &TableProfile, newer: &TableProfile, say: &mut dyn FnMut(&'static str, String, bool)) {
    let rows = |table: &TableProfile| match (table.header.first_row, table.header.last_row) {
        (first, last) if first == last => format!("row {first}"),
        (first, last) => format!("rows {first} to {last}"),
    };
    if rows(older) != rows(newer) {
        say("header_moved", format!("the header stands on {} now, and stood on {}", rows(newer), rows(older)), true);
    }
    if older.merged_down == 0 && newer.merged_down > 0 {
        let text =
            format!("{} ranges of the data are merged over rows now: `rows.merged = \"fill\"`", newer.merged_down);
        say("merged_new", text, true);
    }
    let matches = columns(&older.columns, &newer.columns);
    for (a, column) in older.columns.iter().enumerate() {
        if !matches.iter().any(|each| each.older == a) {
            say("label_gone", format!("`{}` ({}) is gone", column.label, column.letters), true);
        }
    }
    for (b, column) in newer.columns.iter().enumerate() {
        if !matches.iter().any(|each| each.newer == b) {
            say("label_new", format!("`{}` ({}) is new: {}", column.label, column.letters, column.guess.kind), true);
        }
    }
    let mut order: Vec<&SheetMatch> = matches.iter().collect();
    order.sort_by_key(|each| each.older);
    for each in &order {
        let (old, new) = (&older.columns[each.older], &newer.columns[each.newer]);
        if let Some(distance) = each.distance {
            let text = format!(
                "`{}` ({}) is called `{}` ({}) now: {distance} letters differ",
                old.label, old.letters, new.label, new.letters
            );
            say("label_renamed", text, true);
        } else if old.label != new.label {
            let text = format!("`{}` is written `{}` now: the same label for a layout", old.label, new.label);
            say("label_rewritten", text, false);
        }
    }
    if order.windows(2).any(|two| two[0].newer > two[1].newer) {
        let moved: Vec<String> = order
            .iter()
            .filter(|each| {
                order
                    .iter()
                    .any(|other| (other.older < each.older) != (other.newer < each.newer) && other.older != each.older)
            })
            .map(|each| format!("`{}`", newer.columns[each.newer].label))
            .collect();
        say("labels_reordered", format!("in another order: {}", moved.join(", ")), false);
    }
    for each in &order {
        compare(&older.columns[each.older], &newer.columns[each.newer], say);
    }
    if older.rows != newer.rows {
        say("rows", format!("{} rows now, and there were {}", newer.rows, older.rows), false);
    }
}

fn compare(old: &ColumnProfile, new: &ColumnProfile, say: &mut dyn FnMut(&'static str, String, bool)) {
    let label = &new.label;
    // A longer number is no other type, and a column may be blank for once.
    let family = |column: &ColumnProfile| match column.guess.kind.split('(').next() {
        _ if column.blanks == column.cells => None,
        Some("text" | "code") => Some("text".to_owned()),
        Some("integer" | "decimal") => Some("number".to_owned()),
        kind => kind.map(str::to_owned),
    };
    if let (Some(a), Some(b)) = (family(old), family(new))
        && a != b
    {
        say("type_changed", format!("`{label}` is {} now, and was {}", new.guess.kind, old.guess.kind), true);
    }
    for (what, text, is_layout) in differences(old, new) {
        say(what, text, is_layout);
    }
    let listed = |names: Vec<&String>| {
        let shown = names.iter().take(12).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        if names.len() > 12 { format!("{shown} and {} more", names.len() - 12) } else { shown }
    };
    let marks: Vec<&String> = new.guess.marks.keys().filter(|mark| !old.guess.marks.contains_key(*mark)).collect();
    if !marks.is_empty() {
        say("marks_new", format!("`{label}` has marks that it had not: {}", listed(marks)), true);
    }
    if old.personal.is_some() || new.personal.is_some() || old.guess.kind != "code" || new.values.is_empty() {
        return;
    }
    let fresh: Vec<&String> = new.values.keys().filter(|value| !old.values.contains_key(*value)).collect();
    if !fresh.is_empty() {
        say("codes_new", format!("`{label}` has codes that it had not: {}", listed(fresh)), true);
    }
    let gone: Vec<&String> = old.values.keys().filter(|value| !new.values.contains_key(*value)).collect();
    if !gone.is_empty() {
        say("codes_gone", format!("`{label}` has no more: {}", listed(gone)), false);
    }
}

struct SheetMatch {
    older: usize,
    newer: usize,
    /// Letters that differ; none where the labels are the same.
    distance: Option<usize>,
}

/// Which column is which: equal labels in their order, then the likeliest renamings.
fn columns(older: &[ColumnProfile], newer: &[ColumnProfile]) -> Vec<SheetMatch> {
    let key = |column: &ColumnProfile| label_key(&column.label, true);
    let mut matches: Vec<SheetMatch> = Vec::new();
    for (a, old) in older.iter().enumerate() {
        let taken = |b: usize| matches.iter().any(|each| each.newer == b);
        let same = newer.iter().enumerate().position(|(b, new)| !taken(b) && key(new) == key(old));
        if let Some(b) = same {
            matches.push(SheetMatch { older: a, newer: b, distance: None });
        }
    }
    loop {
        let mut best: Option<(f64, usize, usize, usize)> = None;
        for (a, old) in older.iter().enumerate().filter(|(a, _)| !matches.iter().any(|each| each.older == *a)) {
            for (b, new) in newer.iter().enumerate().filter(|(b, _)| !matches.iter().any(|each| each.newer == *b)) {
                let (from, to) = (key(old), key(new));
                let distance = strsim::damerau_levenshtein(&from, &to);
                let longest = from.chars().count().max(to.chars().count()).max(1);
                let mut cost = distance as f64 / longest as f64;
                let contains = from.len() > 3 && to.len() > 3 && (from.contains(&to) || to.contains(&from));
                if contains {
                    cost = cost.min(0.35);
                }
                // The same type at the same place speaks for the same column.
                if old.index == new.index && old.guess.kind == new.guess.kind {
                    cost -= 0.15;
                }
                if cost <= 0.4 && best.is_none_or(|(least, ..)| cost < least) {
                    best = Some((cost, a, b, distance));
                }
            }
        }
        let Some((_, older, newer, distance)) = best else { break };
        matches.push(SheetMatch { older, newer, distance: Some(distance) });
    }
    matches
}
