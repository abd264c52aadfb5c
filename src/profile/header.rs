//! Which rows could be the header of a sheet that no layout is known for, each with its score.

use std::collections::{BTreeSet, HashSet};

use serde::Serialize;

use crate::prove::header_labels;
use crate::read::{Block, Cell, label_key};

/// First rows in which a header is looked for.
pub const WITHIN: usize = 60;
/// Rows below a candidate that are compared with it.
const BELOW: usize = 12;
/// The most rows of one header.
const MOST_ROWS: usize = 5;
/// A longest label: longer ones are sentences.
const LONGEST_LABEL: usize = 120;

/// A row, or some rows that follow each other, that could be the header.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HeaderCandidate {
    /// First row, 1-based.
    pub first_row: u32,
    /// Last row, 1-based.
    pub last_row: u32,
    /// From 0 to 1.
    pub score: f64,
    /// Its labels by column; joined where it has several rows.
    pub labels: Vec<String>,
    /// Why it has its score.
    pub why: String,
}

/// What a row looks like.
struct RowLook {
    index: usize,
    filled: BTreeSet<u32>,
    texts: BTreeSet<u32>,
    /// Cells that only data has: dates, fractions, long texts, errors.
    data: usize,
    /// The labels, as they are compared.
    keys: Vec<String>,
    /// The same, to be looked up.
    all: HashSet<String>,
}

impl RowLook {
    fn of(block: &Block, index: usize) -> Self {
        let mut row = Self {
            index,
            filled: BTreeSet::new(),
            texts: BTreeSet::new(),
            data: 0,
            keys: Vec::new(),
            all: HashSet::new(),
        };
        for (column, cell) in (0_u32..).zip(block.row(index)) {
            let shown = block.shown(*cell);
            let shown = shown.trim();
            match cell {
                Cell::Blank | Cell::NoValue => continue,
                _ if shown.is_empty() => continue,
                Cell::Text(..) if shown.len() <= LONGEST_LABEL && !is_number(shown) => {
                    row.texts.insert(column);
                }
                // A year may be a label.
                Cell::Number(value) if is_year(*value) => {
                    row.texts.insert(column);
                }
                Cell::Text(..) if shown.parse().is_ok_and(is_year) => {
                    row.texts.insert(column);
                }
                _ => row.data += 1,
            }
            row.filled.insert(column);
            row.keys.push(label_key(shown, true));
        }
        row.all.extend(row.keys.iter().cloned());
        row
    }
}

fn is_year(value: f64) -> bool {
    value.fract() == 0.0 && (1990.0..2050.0).contains(&value)
}

/// Whether a text is a number or a mark, which data has and labels have not.
fn is_number(text: &str) -> bool {
    let bare = text.trim_matches(['£', '%', ' ', '-', '+']).replace([',', '.'], "");
    !bare.is_empty() && bare.bytes().all(|byte| byte.is_ascii_digit())
}

/// The candidates, the best first; at most five.
#[must_use]
pub fn header_candidates(block: &Block) -> Vec<HeaderCandidate> {
    let rows: Vec<RowLook> = (0..block.rows.len().min(WITHIN)).map(|index| RowLook::of(block, index)).collect();
    let mut candidates: Vec<(usize, HeaderCandidate)> =
        rows.iter().enumerate().filter_map(|(at, row)| Some((at, candidate(block, &rows, at, row)?))).collect();
    candidates.sort_by(|a, b| b.1.score.total_cmp(&a.1.score).then(a.0.cmp(&b.0)));
    candidates.truncate(5);
    if let Some((at, best)) = candidates.first() {
        let widened = widened(block, &rows, *at, best);
        candidates[0].1 = widened;
    }
    let (first, last) = candidates.first().map_or((0, 0), |(_, best)| (best.first_row, best.last_row));
    let mut found: Vec<HeaderCandidate> = candidates.into_iter().map(|(_, candidate)| candidate).collect();
    // A row of the best header is no rival of it.
    let mut is_first = true;
    found.retain(|each| std::mem::take(&mut is_first) || !(first..=last).contains(&each.first_row));
    found
}

/// The header of a file whose format says what its labels are.
pub(super) fn header_of_the_format(block: &Block) -> Vec<HeaderCandidate> {
    let labels = header_labels(block, 0, 0);
    let of = |labels| HeaderCandidate {
        first_row: 1,
        last_row: 1,
        score: 1.0,
        labels,
        why: "the format itself names its columns".to_owned(),
    };
    labels.map(of).into_iter().collect()
}

fn candidate(block: &Block, rows: &[RowLook], at: usize, row: &RowLook) -> Option<HeaderCandidate> {
    if row.filled.is_empty() || (row.texts.is_empty() && row.data > 0) {
        return None;
    }
    let number = block.rows[row.index].number;
    let below: Vec<&RowLook> = rows[at + 1..].iter().filter(|other| !other.filled.is_empty()).take(BELOW).collect();
    let width = rows[at..].iter().take(BELOW + 1).map(|other| other.filled.len()).max().unwrap_or(1);
    let width = width.max(row.filled.len());
    let share = |part: usize, whole: usize| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
    let fill = share(row.filled.len(), width);
    let texts = share(row.texts.len(), row.filled.len());
    let distinct: BTreeSet<&String> = row.keys.iter().collect();
    let distinct = share(distinct.len(), row.keys.len());
    // A row below stands under the labels, not beside them.
    let under = below
        .iter()
        .map(|other| share(other.filled.intersection(&row.filled).count(), row.filled.len().max(other.filled.len())))
        .sum::<f64>()
        / below.len().max(1) as f64;
    let typed = row.filled.iter().filter(|column| {
        let mut any = 0;
        let mut data = 0;
        for other in &below {
            if other.filled.contains(column) {
                any += 1;
                data += usize::from(!other.texts.contains(column));
            }
        }
        any > 0 && data * 2 >= any && row.texts.contains(column)
    });
    let contrast = share(typed.count(), row.filled.len());
    let again = row.keys.iter().filter(|key| below.iter().any(|other| other.all.contains(key.as_str()))).count();
    let fresh = 1.0 - share(again, row.keys.len());
    let mut score = 0.25 * fill + 0.20 * texts + 0.10 * distinct + 0.15 * under + 0.20 * contrast + 0.10 * fresh;
    if row.filled.len() == 1 && width > 1 {
        score *= 0.3;
    }
    // A row right below one of the same cells is what that one heads, or goes on with.
    if let Some(above) = at.checked_sub(1).map(|above| &rows[above])
        && block.rows[above.index].number + 1 == number
        && above.filled.len() >= 2
        && above.filled.intersection(&row.filled).count() * 5 >= row.filled.len() * 3
    {
        score -= 0.15;
    }
    // The first of equals is the header: what follows it is its data.
    score -= 0.002 * at as f64;
    let score = (score.clamp(0.0, 1.0) * 1_000.0).round() / 1_000.0;
    let labels = header_labels(block, row.index, row.index)?;
    let percent = |share: f64| format!("{:.0} %", share * 100.0);
    let why = format!(
        "{} of {width} cells filled, {} labels, {} distinct, {} over numbers or dates",
        row.filled.len(),
        percent(texts),
        percent(distinct),
        percent(contrast)
    );
    Some(HeaderCandidate { first_row: number, last_row: number, score, labels, why })
}

/// The best candidate with the rows that belong to it: units or years below it, groups above it.
fn widened(block: &Block, rows: &[RowLook], at: usize, best: &HeaderCandidate) -> HeaderCandidate {
    let number = |at: usize| block.rows[rows[at].index].number;
    let (mut first, mut last) = (at, at);
    // Below: labels only, where real data has numbers, and something to add.
    while let Some(next) = rows.get(last + 1) {
        let is_adjacent = number(last + 1) == number(last) + 1;
        let is_labels = next.data == 0 && next.filled.len() >= 2 && next.texts.len() == next.filled.len();
        let numbers_below = rows[last + 2..].iter().take(BELOW).filter(|row| row.data > 0).count();
        let seen = rows[last + 2..].iter().take(BELOW).filter(|row| !row.filled.is_empty()).count();
        let lacks = !next.filled.is_subset(&rows[last].filled) || has_twice(&rows[last].keys);
        let is_data_like =
            next.keys.iter().any(|key| rows[last + 2..].iter().take(BELOW).any(|row| row.all.contains(key.as_str())));
        let goes_on = is_adjacent && is_labels && lacks && seen > 0 && numbers_below == seen && !is_data_like;
        if !goes_on || last + 1 - first >= MOST_ROWS {
            break;
        }
        last += 1;
    }
    // Above: groups that span, where labels repeat or are missing below them.
    while first > 0 && last - first + 1 < MOST_ROWS {
        let above = &rows[first - 1];
        let is_adjacent = number(first - 1) + 1 == number(first);
        let is_group = above.data == 0 && above.texts.len() == above.filled.len() && above.filled.len() >= 2
            || (above.filled.len() == 1 && above.filled.first().is_some_and(|column| *column > 0) && above.data == 0);
        let lacks = has_twice(&rows[first].keys) || !above.filled.is_subset(&rows[first].filled);
        if !(is_adjacent && is_group && lacks) {
            break;
        }
        first -= 1;
    }
    let labels = header_labels(block, rows[first].index, rows[last].index);
    HeaderCandidate {
        first_row: number(first),
        last_row: number(last),
        labels: labels.unwrap_or_else(|| best.labels.clone()),
        ..best.clone()
    }
}

fn has_twice(keys: &[String]) -> bool {
    let mut seen = BTreeSet::new();
    keys.iter().any(|key| !seen.insert(key))
}
