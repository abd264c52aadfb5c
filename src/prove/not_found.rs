//! Why no layout fits: the nearest candidate by address, what it lacks, and labels that look renamed.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Candidate;
use super::header::Attempt;
use crate::definitions::{Arrival, Layout, did_you_mean};
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

/// How a label is taken for another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MeantLabel {
    /// The same with a footnote.
    Noted(String),
    /// Another spelling, so many letters away.
    Spelt(String, usize),
    /// It has words of the column's own name or labels.
    Alike(String),
}

impl MeantLabel {
    /// The label as it stands.
    #[must_use]
    pub fn label(&self) -> &str {
        let (Self::Noted(label) | Self::Spelt(label, _) | Self::Alike(label)) = self;
        label
    }

    fn words(&self) -> String {
        match self {
            Self::Noted(label) => {
                format!(" (is it `{label}` now, with a footnote? then set `header.strip_footnotes = true`)")
            }
            Self::Spelt(label, letters) => format!(" (is it `{label}` now? {letters} of its letters differ)"),
            Self::Alike(label) => format!(" (is it `{label}` now?)"),
        }
    }
}

/// The nearest of these candidates: the table by how alike its labels and those of the file are, and of its layouts the one from which the
/// fewest labels have to be changed, since an older one may lack what the contract takes by now.
fn best_of<'c>(candidates: &[&'c Candidate]) -> Option<&'c Candidate> {
    let best = best_by_share(candidates)?;
    let is_like = |each: &&&Candidate| {
        each.attempt.is_fair() && each.layout.table.name == best.layout.table.name && each.sheet == best.sheet
    };
    let changes = |each: &&Candidate| {
        let labels = each.attempt.labels.iter().filter(|label| !label.is_empty()).count();
        let found = each.attempt.score.0;
        (
            each.attempt.missing.len() + labels.saturating_sub(found),
            usize::MAX - found,
            each.layout.name != best.layout.name,
        )
    };
    candidates.iter().filter(is_like).copied().min_by_key(changes).or(Some(best))
}

fn best_by_share<'c>(candidates: &[&'c Candidate]) -> Option<&'c Candidate> {
    let ranked = candidates.iter().copied().filter(|candidate| candidate.attempt.row.is_some()).map(|candidate| {
        let is_fair = candidate.attempt.is_fair();
        (is_fair, if is_fair { lacking(candidate, candidates) } else { 0 }, candidate.attempt.alike(), candidate)
    });
    let best = ranked.max_by(|(fair, lacks, share, a), (other_fair, other_lacks, other_share, b)| {
        let by_rows = fair.cmp(other_fair).then(other_lacks.cmp(lacks));
        by_rows.then(share.total_cmp(other_share)).then_with(|| b.layout.name.cmp(&a.layout.name))
    });
    best.map(|(.., candidate)| candidate)
}

/// How many columns of the key a file has not, and has no label that may be theirs: its rows are of another kind, however many labels it
/// shares. A column that another layout of the table does without tells no kind of row, and a label that a layout of the collection knows
/// for something else, or that is like a column which may be missing, is not the key's.
fn lacking(candidate: &Candidate, candidates: &[&Candidate]) -> usize {
    let (layout, attempt) = (&candidate.layout, &candidate.attempt);
    let may_be_without = |column: &String| {
        let others = candidates.iter().filter(|other| other.layout.table.name == layout.table.name);
        others.into_iter().any(|other| other.layout.columns.get(column).is_none_or(|arrival| arrival.optional))
    };
    let keys = attempt.missing.iter().filter(|column| layout.table.key.contains(column) && !may_be_without(column));
    let keys = keys.count();
    if keys == 0 {
        return 0;
    }
    let free = free_labels(layout, &attempt.labels);
    let is_known = |label: &String| {
        let key = label_key(label, true);
        candidates
            .iter()
            .flat_map(|other| other.layout.columns.values())
            .any(|arrival| arrival.from.iter().any(|from| label_key(from, true) == key))
    };
    let renamed: Vec<String> = renamed(layout, &free, &attempt.labels).into_iter().map(|(_, label)| label).collect();
    let left = free.iter().filter(|label| !is_known(label) && !renamed.contains(label)).count();
    keys.saturating_sub(left)
}

/// The columns of a layout that may be missing and are, each with the label of those that are free which is very likely its new one.
#[must_use]
pub fn renamed(layout: &Layout, free: &[String], labels: &[String]) -> Vec<(String, String)> {
    let is_there = |arrival: &Arrival| {
        labels.iter().any(|label| takes(arrival, &label_key(label, layout.strip_footnotes), layout.strip_footnotes))
    };
    let absent = layout.columns.iter().filter(|(_, arrival)| arrival.optional && !is_there(arrival));
    // Of two columns whose letters are as near, the one that has a word of the label: `school` is nearer to a name than to `num_schools`.
    let has_word = |column: &str, label: &str| !words(column).is_disjoint(&words(&label_key(label, true)));
    let mut pairs: Vec<(f64, bool, &String, &String)> = absent
        .flat_map(|(column, arrival)| {
            let liked = by_likeness(column, &arrival.from, free);
            liked.map(move |(like, label)| (like, has_word(column, label), column, label))
        })
        .filter(|(like, ..)| *like >= ALIKE)
        .collect();
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)).then_with(|| (a.2, a.3).cmp(&(b.2, b.3))));
    let mut found: Vec<(String, String)> = Vec::new();
    for (_, _, column, label) in pairs {
        if !found.iter().any(|(taken, given)| taken == column || given == label) {
            found.push((column.clone(), label.clone()));
        }
    }
    found
}

/// Whether a column takes a label, given as it is compared.
fn takes(arrival: &Arrival, key: &str, strip_footnotes: bool) -> bool {
    arrival.from.iter().any(|from| label_key(from, strip_footnotes) == key)
        || arrival.from_pattern.as_ref().is_some_and(|pattern| pattern.is_match(key))
}

/// The nearest layout, where a fair share of its labels stands there.
pub(super) fn nearest(candidates: &[&Candidate]) -> Option<Nearest> {
    let Candidate { layout, sheet, attempt, .. } = best_of(candidates).filter(|best| best.attempt.is_fair())?;
    let free = free_labels(layout, &attempt.labels);
    let missing = attempt.missing.iter().map(|column| missing(layout, column, &free)).collect();
    Some(Nearest { layout: Arc::clone(layout), sheet: sheet.clone(), row: attempt.row.unwrap_or(0), missing, free })
}

/// The labels that no column of a layout takes and that it does not ignore.
fn free_labels(layout: &Layout, labels: &[String]) -> Vec<String> {
    let taken = |label: &String| {
        let key = label_key(label, layout.strip_footnotes);
        let is_ignored = || layout.ignore.iter().any(|pattern| pattern.is_match(label) || pattern.is_match(&key));
        layout.columns.values().any(|arrival| takes(arrival, &key, layout.strip_footnotes)) || is_ignored()
    };
    labels.iter().filter(|label| !label.is_empty() && !taken(label)).cloned().collect()
}

/// A column that is missing, and which of the free labels may be its new one.
fn missing(layout: &Layout, column: &str, free: &[String]) -> Missing {
    let arrival = layout.columns.get(column);
    let looked_for = arrival.map(looked_for).filter(|words| !words.is_empty());
    let looked_for = looked_for.map_or_else(|| format!("a label of column `{column}`"), |words| format!("`{words}`"));
    let known = arrival.map_or(&[][..], |arrival| arrival.from.as_slice());
    let bare = |label: &str| label_key(label, true);
    let noted = free.iter().find(|label| known.iter().any(|from| bare(from) == bare(label)));
    let spelt = || {
        let label = known.iter().find_map(|label| did_you_mean(label, free.iter().map(String::as_str)))?;
        let distance = known.iter().map(|from| label_distance(from, &label)).min().unwrap_or(0);
        Some(MeantLabel::Spelt(label, distance))
    };
    let alike = || {
        let mut ranked = by_likeness(column, known, free);
        let (likeness, label) = ranked.next()?;
        (likeness >= ALIKE && ranked.next().is_none_or(|(next, _)| next < likeness))
            .then(|| MeantLabel::Alike(label.clone()))
    };
    let meant = noted.map(|label| MeantLabel::Noted(label.clone())).or_else(spelt).or_else(alike);
    Missing { column: column.to_owned(), looked_for, meant }
}

/// Labels that have so much in common with a column are taken to be meant.
const ALIKE: f64 = 0.5;

/// Labels with how much they have in common with a column's name and labels, from 0 to 1, the most alike first.
fn by_likeness<'l>(column: &str, known: &[String], free: &'l [String]) -> impl Iterator<Item = (f64, &'l String)> {
    let own = column.replace('_', " ");
    let names: Vec<String> = known.iter().map(|label| label_key(label, true)).chain([own]).collect();
    let mut ranked: Vec<(f64, &String)> = free
        .iter()
        .map(|label| {
            let key = label_key(label, true);
            let most = names.iter().map(|name| likeness(name, &key)).fold(0.0, f64::max);
            (most, label)
        })
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    ranked.into_iter()
}

/// The words of a label of more than one letter.
fn words(text: &str) -> BTreeSet<String> {
    text.split(|each: char| !each.is_alphanumeric()).filter(|word| word.len() > 1).map(str::to_owned).collect()
}

/// How much two labels have in common: of their letters, or of their words.
fn likeness(one: &str, other: &str) -> f64 {
    let (mine, others) = (words(one), words(other));
    let both = mine.intersection(&others).count() as f64;
    let share = both / mine.union(&others).count().max(1) as f64;
    // `Team` became `Team name (new)`.
    let grown = if both > 0.0 && (mine.is_subset(&others) || others.is_subset(&mine)) { ALIKE } else { 0.0 };
    strsim::normalized_damerau_levenshtein(one, other).max(share).max(grown)
}

/// Why no header was found: the nearest candidate by address, what it lacks, and what stands there instead.
pub(super) fn not_found(candidates: &[&Candidate], what: &str) -> ReadError {
    let tried = names(&candidates.iter().map(|candidate| Arc::clone(&candidate.layout)).collect::<Vec<_>>());
    let Some(Candidate { layout, sheet, attempt, .. }) = best_of(candidates) else {
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
    let known = nearest.layout.columns.get(&first.column).map_or(&[][..], |arrival| arrival.from.as_slice());
    let ranked: Vec<&String> = by_likeness(&first.column, known, &nearest.free)
        .map(|(_, label)| label)
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

/// The labels that a column is looked for by; a pattern says nothing to most readers.
fn looked_for(arrival: &Arrival) -> String {
    arrival.from.join("` or `")
}
