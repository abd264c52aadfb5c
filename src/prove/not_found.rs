//! Why no layout fits: the nearest candidate by address, what it lacks, and labels that look renamed.

use std::sync::Arc;

use super::Candidate;
use super::header::{Attempt, FAIR};
use super::renamed::{MeantLabel, assigned, by_likeness, takes};
use crate::definitions::{Arrival, Layout};
use crate::read::{ReadError, label_key};

/// The layout that a file comes nearest to, where one is near.
#[derive(Debug, Clone)]
pub struct Nearest {
    /// The layout.
    pub layout: Arc<Layout>,
    /// The sheet, if the file has sheets.
    pub sheet: Option<String>,
    /// The row of the header, 1-based.
    pub row: u32,
    /// What the layout misses.
    pub missing: Vec<Missing>,
    /// Columns that may be missing and are, each with the label that is very likely its new one.
    pub renamed: Vec<(String, MeantLabel)>,
    /// Labels that stand there and that no column takes, as they stand.
    pub free: Vec<String>,
}

/// A column that has to be there and was not found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The column of the contract.
    pub column: String,
    /// What it is looked for by, in words.
    pub looked_for: String,
    /// The label that is very likely its new one.
    pub meant: Option<MeantLabel>,
}

/// Own labels of a layout of the statistics service that have to stand in a file for it to be near, where others were renamed.
const OWN: usize = 3;

/// Labels of a layout and of a file that are not on every file of the statistics service.
struct LabelCounts {
    /// Those of the layout that stand in the file, in whatever way they are written.
    own: usize,
    /// Missing columns of which a label is very likely the new one.
    guessed: usize,
    /// Columns that have to be there and are not, the guessed ones among them.
    missing: usize,
    /// Labels of the file.
    there: usize,
}

impl LabelCounts {
    /// How alike the labels of both are, 0 to 1: twice those in common over those of both, a guessed one as half. A layout of few labels
    /// is not near to a wide file because it has them all, and a column that may be missing counts where it is there.
    fn alike(&self) -> f64 {
        (2 * self.own + self.guessed) as f64 / (self.own + self.missing + self.there).max(1) as f64
    }

    /// Whether a layout of the service is the nearest to a file in which several labels were renamed at once: most of its own columns
    /// stand there or have their new label, and most labels of the file are its own.
    fn is_fair(&self) -> bool {
        let is_most = (self.own + self.guessed) * FAIR >= self.own + self.missing;
        self.own >= OWN && is_most && self.alike() * FAIR as f64 >= 1.0
    }
}

/// How near a file is to a layout.
struct Nearness<'c> {
    candidate: &'c Candidate,
    /// The labels that nobody takes.
    free: Vec<String>,
    /// Which of them are very likely new ones, of columns that are missing and of those that may be.
    renamed: Vec<(String, MeantLabel)>,
    /// How many of these are of columns that have to be there.
    meant: usize,
    is_near: bool,
    /// How alike its labels and those of the file are, 0 to 1.
    alike: f64,
}

impl<'c> Nearness<'c> {
    fn of(candidate: &'c Candidate) -> Option<Self> {
        let (layout, attempt) = (&candidate.layout, &candidate.attempt);
        attempt.row?;
        let free = free_labels(layout, &attempt.labels);
        let renamed = assigned(layout, &attempt.missing, &free, &attempt.labels);
        let of_missing = renamed.iter().filter(|(column, _)| attempt.missing.contains(column));
        let (same, guessed): (Vec<_>, Vec<_>) = of_missing.partition(|(_, meant)| meant.is_same());
        let ((found, _), (common, _)) = (attempt.score, attempt.common);
        let labels = attempt.labels.iter().filter(|label| !label.is_empty()).count();
        let labels = LabelCounts {
            own: found.saturating_sub(common) + same.len(),
            guessed: guessed.len(),
            missing: attempt.missing.len() - same.len(),
            there: labels.saturating_sub(common),
        };
        let (meant, is_near) = (same.len() + guessed.len(), attempt.is_fair() || (common > 0 && labels.is_fair()));
        Some(Self { candidate, is_near, alike: labels.alike(), free, renamed, meant })
    }

    /// How many columns of the key a file has not, and has no label that may be theirs: its rows are of another kind, however many labels
    /// it shares. A column that another layout of the table does without tells no kind of row, and a label that a layout of the collection
    /// knows for something else, or that is like a column which may be missing, is not the key's.
    fn lacking(&self, candidates: &[&Candidate]) -> usize {
        let (layout, attempt) = (&self.candidate.layout, &self.candidate.attempt);
        let may_be_without = |column: &String| {
            let mut others = candidates.iter().filter(|other| other.layout.table.name == layout.table.name);
            others.any(|other| other.layout.columns.get(column).is_none_or(|arrival| arrival.optional))
        };
        let is_key = |column: &&String| layout.table.key.contains(column) && !may_be_without(column);
        let keys = attempt.missing.iter().filter(is_key).count();
        if keys == 0 {
            return 0;
        }
        let is_known = |label: &String| {
            let key = label_key(label, true);
            candidates
                .iter()
                .flat_map(|other| other.layout.columns.values())
                .any(|arrival| arrival.from.iter().any(|from| label_key(from, true) == key))
        };
        let is_anothers = |label: &String| {
            self.renamed.iter().any(|(column, meant)| meant.label() == label && !layout.table.key.contains(column))
        };
        let left = self.free.iter().filter(|label| !is_known(label) && !is_anothers(label)).count();
        keys.saturating_sub(left)
    }
}

/// The nearest of these candidates: the table by how alike its labels and those of the file are, and of its layouts the one from which the
/// fewest labels have to be changed, since an older one may lack what the contract takes by now.
fn best_of<'c>(candidates: &[&'c Candidate]) -> Option<Nearness<'c>> {
    let mut all: Vec<Nearness<'c>> = candidates.iter().filter_map(|candidate| Nearness::of(candidate)).collect();
    let rank = |one: &Nearness<'c>| (one.is_near, if one.is_near { one.lacking(candidates) } else { 0 });
    let of_table = all.iter().enumerate().max_by(|(_, one), (_, other)| {
        let ((near, lacks), (other_near, other_lacks)) = (rank(one), rank(other));
        let by_rows = near.cmp(&other_near).then(other_lacks.cmp(&lacks)).then(one.alike.total_cmp(&other.alike));
        by_rows.then_with(|| other.candidate.layout.name.cmp(&one.candidate.layout.name))
    });
    let (index, best) = of_table?;
    let (table, sheet, name) =
        (&best.candidate.layout.table.name, &best.candidate.sheet, best.candidate.layout.name.as_str());
    let is_like = |each: &Nearness<'_>| {
        each.is_near && each.candidate.layout.table.name == *table && each.candidate.sheet == *sheet
    };
    let changes = |each: &Nearness<'_>| {
        let attempt = &each.candidate.attempt;
        let labels = attempt.labels.iter().filter(|label| !label.is_empty()).count();
        let found = attempt.score.0;
        // A label that is very likely a column's new one is neither missing nor left.
        let apart =
            (attempt.missing.len() + labels.saturating_sub(found)).saturating_sub(each.meant + each.renamed.len());
        (apart, usize::MAX - found, each.candidate.layout.name != name)
    };
    let fewest = all.iter().enumerate().filter(|(_, each)| is_like(each)).min_by_key(|(_, each)| changes(each));
    let chosen = fewest.map_or(index, |(fewest, _)| fewest);
    Some(all.swap_remove(chosen))
}

/// The nearest layout, where a fair share of its labels stands there.
pub(super) fn nearest(candidates: &[&Candidate]) -> Option<Nearest> {
    let Nearness { candidate, free, mut renamed, .. } = best_of(candidates).filter(|best| best.is_near)?;
    let Candidate { layout, sheet, attempt, .. } = candidate;
    let missing = attempt.missing.iter().map(|column| {
        let meant = renamed.iter().position(|(other, _)| other == column).map(|index| renamed.remove(index).1);
        missing(layout, column, meant)
    });
    let missing = missing.collect();
    let row = attempt.row.unwrap_or(0);
    Some(Nearest { layout: Arc::clone(layout), sheet: sheet.clone(), row, missing, renamed, free })
}

/// The labels that no column of a layout takes and that it does not ignore.
fn free_labels(layout: &Layout, labels: &[String]) -> Vec<String> {
    let taken = |label: &String| {
        let key = label_key(label, layout.strip_footnotes);
        let is_ignored = || layout.ignore.iter().any(|pattern| pattern.is_match(label) || pattern.is_match(&key));
        layout.columns.values().any(|arrival| takes(layout, arrival, label)) || is_ignored()
    };
    labels.iter().filter(|label| !label.is_empty() && !taken(label)).cloned().collect()
}

/// A column that is missing, and the label that is very likely its new one.
fn missing(layout: &Layout, column: &str, meant: Option<MeantLabel>) -> Missing {
    let arrival = layout.columns.get(column);
    let looked_for = arrival.map(looked_for).filter(|words| !words.is_empty());
    let looked_for = looked_for.map_or_else(|| format!("a label of column `{column}`"), |words| format!("`{words}`"));
    Missing { column: column.to_owned(), looked_for, meant }
}

/// Why no header was found: the nearest candidate by address, what it lacks, and what stands there instead.
pub(super) fn not_found(candidates: &[&Candidate], what: &str) -> ReadError {
    let tried = names(&candidates.iter().map(|candidate| Arc::clone(&candidate.layout)).collect::<Vec<_>>());
    let Some(Nearness { candidate: Candidate { layout, sheet, attempt, .. }, .. }) = best_of(candidates) else {
        return ReadError::content(
            "read::header_not_found",
            format!("no row of {what} has a label of any layout"),
            format!("tried {tried}; if this is a new shape, add a layout"),
        );
    };
    let row = attempt.row.unwrap_or(0);
    let at = sheet.as_ref().map_or_else(|| format!("row {row}"), |sheet| format!("{sheet}!row {row}"));
    let (found, wanted) = attempt.score;
    if let Some(column) = &attempt.other {
        return ReadError::Content {
            code: "read::other_record",
            message: format!(
                "{what} has the header of layout `{}`, which is for files whose first record reads otherwise under `{column}`",
                layout.name
            ),
            hint: format!(
                "if this file is one of them, widen `when.{column}` in `layouts/{}.toml`; else it is of a shape that has no layout yet",
                layout.name
            ),
            at: Some(at),
        };
    }
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
    let Some(nearest) = nearest(candidates) else { return of_another_kind(what, attempt, &at, &tried) };
    let told: Vec<String> = nearest
        .missing
        .iter()
        .take(5)
        .map(|one| format!("{}{}", one.looked_for, one.meant.as_ref().map(MeantLabel::words).unwrap_or_default()))
        .collect();
    let more = nearest.missing.len().saturating_sub(told.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let instead = instead(&nearest);
    ReadError::Content {
        code: "read::header_not_found",
        message: format!(
            "no layout fits {what}; nearest is `{}`: row {row} has {found} of {wanted} labels, without {}{more}{instead}",
            layout.name,
            told.join(", ")
        ),
        hint: format!(
            "add the new label to `from` of the column in `layouts/{}.toml`, or add a layout (`sendmart plan FILE` writes it); tried {tried}",
            layout.name
        ),
        at: Some(at),
    }
}

/// Most labels that a message lists.
const LISTED: usize = 8;

/// The labels that stand there instead of those that are missing, nearest first.
fn instead(nearest: &Nearest) -> String {
    let Some(first) = nearest.missing.first() else { return String::new() };
    let ranked: Vec<&String> = by_likeness(&nearest.layout, &first.column, &nearest.free)
        .into_iter()
        .filter(|label| is_label(label))
        .collect();
    if ranked.is_empty() {
        return String::new();
    }
    format!("; there instead, nearest first: {}", listed(&ranked))
}

/// The refusal of a file that comes near to no layout: what stands there.
fn of_another_kind(what: &str, attempt: &Attempt, at: &str, tried: &str) -> ReadError {
    let labels: Vec<&String> = attempt.labels.iter().filter(|label| is_label(label)).collect();
    let (found, row) = (attempt.score.0, attempt.row.unwrap_or(0));
    // A row that has one label of a layout by chance may be of data, and is not quoted.
    let there = if found > 1 && !labels.is_empty() {
        format!("; row {row} has the labels {}", listed(&labels))
    } else {
        format!("; the nearest row, {row}, has {found} label{} of one", if found == 1 { "" } else { "s" })
    };
    ReadError::Content {
        code: "read::header_not_found",
        message: format!("no layout comes near to {what}{there}"),
        hint: format!(
            "it may be of another collection: `sendmart plan FILE` tries them all; a new kind of file is drafted by `sendmart new`; tried {tried}"
        ),
        at: Some(at.to_owned()),
    }
}

/// Whether a cell reads as a label: short, and without long numbers, as data about somebody would have.
fn is_label(text: &str) -> bool {
    let digits = text.split(|each: char| !each.is_ascii_digit()).map(str::len).max().unwrap_or(0);
    !text.is_empty() && text.chars().count() <= 60 && digits <= 4 && text.chars().any(char::is_alphabetic)
}

fn listed(labels: &[&String]) -> String {
    let shown = labels.iter().take(LISTED).map(|label| format!("`{label}`")).collect::<Vec<_>>().join(", ");
    if labels.len() > LISTED { format!("{shown} and {} more", labels.len() - LISTED) } else { shown }
}

pub(super) fn names(layouts: &[Arc<Layout>]) -> String {
    let mut names: Vec<&str> = layouts.iter().map(|layout| layout.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let shown = names.iter().take(12).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if names.len() > 12 { format!("{shown} and {} more", names.len() - 12) } else { shown }
}

/// The labels that a column is looked for by; a pattern says nothing to most readers.
fn looked_for(arrival: &Arrival) -> String {
    arrival.from.join("` or `")
}
