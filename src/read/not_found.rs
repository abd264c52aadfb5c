//! Why no layout fits: the nearest candidate by address, what it lacks, and labels that look renamed.

use std::sync::Arc;

use super::ReadError;
use super::label::label_key;
use super::prove::Candidate;
use crate::spec::{Arrival, Layout, did_you_mean};

/// Why no header was found: the nearest candidate by address, what it lacks, and labels that look renamed.
pub(super) fn not_found(candidates: &[&Candidate], what: &str) -> ReadError {
    let nearest = candidates.iter().copied().filter(|candidate| candidate.attempt.row.is_some()).max_by(|a, b| {
        let share = |candidate: &&Candidate| {
            let (found, wanted) = candidate.attempt.score;
            found as f64 / wanted.max(1) as f64
        };
        share(a).total_cmp(&share(b)).then_with(|| b.layout.name.cmp(&a.layout.name))
    });
    let tried = names(&candidates.iter().map(|candidate| Arc::clone(&candidate.layout)).collect::<Vec<_>>());
    let Some(Candidate { layout, sheet, attempt, .. }) = nearest else {
        return ReadError::content(
            "read::header_not_found",
            format!("no row of {what} has a label of any layout"),
            format!("tried {tried}; if this is a new shape, add a layout"),
        );
    };
    let row = attempt.row.unwrap_or(0);
    let at = sheet.as_ref().map_or_else(|| format!("row {row}"), |sheet| format!("{sheet}!row {row}"));
    let (found, wanted) = attempt.score;
    if attempt.missing.is_empty() {
        let second = attempt.second.map_or(0, |(row, _)| row);
        return if attempt.is_tied() {
            ReadError::Content {
                code: "read::header_tied",
                message: format!(
                    "two rows could be the header of layout `{}`: row {row} and row {second} both have {found} of {wanted} labels",
                    layout.name
                ),
                hint: "take the one that is not meant out of the file, or set `header.within` so that only one is looked at"
                    .to_owned(),
                at: Some(at),
            }
        } else {
            ReadError::Content {
                code: "read::header_low",
                message: format!(
                    "no layout fits {what}; nearest is `{}`, and row {row} has only {found} of the {wanted} labels that it looks for",
                    layout.name
                ),
                hint: format!(
                    "if this is a new shape, add a layout, or new labels to `from` in `layouts/{}.toml`",
                    layout.name
                ),
                at: Some(at),
            }
        };
    }
    let missing: Vec<String> = attempt
        .missing
        .iter()
        .take(5)
        .map(|name| {
            let arrival = layout.columns.get(name);
            let looked_for = arrival.map(looked_for).unwrap_or_default();
            let labels: Vec<&str> =
                attempt.labels.iter().map(String::as_str).filter(|label| !label.is_empty()).collect();
            let taken = |label: &str| {
                let key = label_key(label, layout.strip_footnotes);
                layout
                    .columns
                    .values()
                    .any(|arrival| arrival.from.iter().any(|from| label_key(from, layout.strip_footnotes) == key))
            };
            let free: Vec<&str> = labels.into_iter().filter(|label| !taken(label)).collect();
            let known = arrival.map_or(&[][..], |arrival| arrival.from.as_slice());
            let bare = |label: &str| label_key(label, true);
            if let Some(noted) = free.iter().find(|label| known.iter().any(|from| bare(from) == bare(label))) {
                return format!(
                    "`{looked_for}` (is it `{noted}` now, with a footnote? then set `header.strip_footnotes = true`)"
                );
            }
            match known.iter().find_map(|label| did_you_mean(label, free.iter().copied())) {
                Some(label) => {
                    let distance = known.iter().map(|from| label_distance(from, &label)).min().unwrap_or(0);
                    format!("`{looked_for}` (is it `{label}` now? {distance} of its letters differ)")
                }
                None => format!("`{looked_for}`"),
            }
        })
        .collect();
    let more = attempt.missing.len().saturating_sub(missing.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    ReadError::Content {
        code: "read::header_not_found",
        message: format!(
            "no layout fits {what}; nearest is `{}`: row {row} has {found} of {wanted} labels, without {}{more}",
            layout.name,
            missing.join(", ")
        ),
        hint: format!(
            "add the new label to `from` of the column in `layouts/{}.toml`, or add a layout; tried {tried}",
            layout.name
        ),
        at: Some(at),
    }
}

/// Letters that differ between two labels, case and space apart.
fn label_distance(a: &str, b: &str) -> usize {
    strsim::damerau_levenshtein(&label_key(a, false), &label_key(b, false))
}

pub(super) fn names(layouts: &[Arc<Layout>]) -> String {
    let mut names: Vec<&str> = layouts.iter().map(|layout| layout.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let shown = names.iter().take(12).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if names.len() > 12 { format!("{shown} and {} more", names.len() - 12) } else { shown }
}

/// The labels that a column is looked for by.
fn looked_for(arrival: &Arrival) -> String {
    let pattern = arrival.from_pattern.as_ref().map(|pattern| pattern.as_str().to_owned());
    arrival.from.iter().cloned().chain(pattern).collect::<Vec<_>>().join("` or `")
}
