//! The header of one layout in some first rows: found by its labels, scored, and proved.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use indexmap::IndexMap;
use regex::Regex;

use super::field::{FieldFound, fields};
use super::unfold::{UnfoldedRecord, unfold};
use crate::definitions::{Format, Hidden, Layout, Merged, ShortRows};
use crate::model::fits;
use crate::read::{Block, COMMON, Cell, CellArea, MOST_COLUMNS, fold, label_key};

/// A column of the contract that was found in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnTaken {
    /// Its column in the file, 0-based.
    pub source: u32,
    /// The label as it stands there.
    pub label: String,
}

/// Which layout a sheet is in, where its header stands, and which column is which.
#[derive(Debug, Clone)]
pub struct Proof {
    /// The layout.
    pub layout: Arc<Layout>,
    /// The sheet, if the file has sheets.
    pub sheet: Option<Arc<str>>,
    /// First row of the header, 1-based.
    pub first_row: u32,
    /// Last row of the header, 1-based.
    pub last_row: u32,
    /// Labels by column of the file; joined where the header has several rows.
    pub labels: Vec<String>,
    /// Columns of the contract that were found. Those of `unpivot` are in `records`.
    pub columns: IndexMap<String, ColumnTaken>,
    /// Records of each row, when the layout turns columns into rows.
    pub records: Vec<UnfoldedRecord>,
    /// Values that stand once on the sheet, by column of the contract.
    pub fields: BTreeMap<String, FieldFound>,
    /// Columns of which the pattern matches several labels, and these: figures of several years side by side, of which none is chosen.
    pub alike: Vec<(String, Vec<String>)>,
    /// Labels that are neither taken nor ignored: column (0-based) and label.
    pub unknown: Vec<(u32, String)>,
    /// Labels that stand more than once: column of the repetition (0-based) and label.
    pub duplicates: Vec<(u32, String)>,
    /// Columns found, of those looked for.
    pub score: (usize, usize),
    /// Row and score of the second-best candidate, if any row had a score.
    pub second: Option<(u32, usize)>,
    /// Where several tables stand on one sheet: first and last row (1-based, inclusive) that are this one's.
    pub region: Option<(u32, u32)>,
    /// The only cells that are read, where the layout names them: the header is in its first row, and totals are not in it.
    pub area: Option<CellArea>,
    /// Columns, 0-based, whose cells are not read.
    pub closed: Vec<RangeInclusive<u32>>,
    /// Merged ranges below the header whose first cell fills the others.
    pub fill: Vec<CellArea>,
    /// The rows of the header as they stand, without outer white space.
    pub header: Vec<Vec<String>>,
    /// Whether the workbook hides the sheet.
    pub is_hidden: bool,
}

impl Proof {
    /// Whether the sheet is hidden, and the layout leaves such sheets out: its rows are counted and not taken.
    #[must_use]
    pub fn is_left_out(&self) -> bool {
        self.is_hidden && self.layout.hidden.sheets == Hidden::Skip
    }

    /// The columns of the file, 0-based, that cells are taken from, and a column of the contract that takes them.
    #[must_use]
    pub fn sources(&self) -> BTreeMap<u32, &str> {
        let labelled = self.columns.iter().map(|(name, taken)| (taken.source, name.as_str()));
        let unfolded = self.records.iter().flat_map(|record| &record.columns);
        let unfolded = unfolded.map(|(name, source)| (*source, name.as_str()));
        let placed = self
            .layout
            .columns
            .iter()
            .flat_map(|(name, arrival)| arrival.at.iter().map(move |source| (*source, name.as_str())));
        let is_open = |column: u32| !self.closed.iter().any(|columns| columns.contains(&column));
        placed.chain(unfolded).chain(labelled).filter(|(source, _)| is_open(*source)).collect()
    }

    /// The fewest fields of a row of text that may leave off others at its end, where the layout says that these are blank: it
    /// reaches the last column of the key and of what the contract requires, and is no line without a delimiter.
    #[must_use]
    pub fn least_fields(&self) -> Option<usize> {
        let table = &self.layout.table;
        let asked = self.columns.iter().filter(|(name, _)| {
            table.key.contains(name) || table.columns.get(*name).is_some_and(|column| column.required)
        });
        let last = asked.map(|(_, taken)| taken.source as usize + 1).max().unwrap_or(0);
        (self.layout.short_rows == ShortRows::Blank).then_some(last.max(2))
    }

    /// Whether a row of the sheet is this table's.
    #[must_use]
    pub fn holds(&self, row: u32) -> bool {
        self.region.is_none_or(|(first, last)| (first..=last).contains(&row))
    }

    /// Whether nothing of this table can stand at or below a row.
    #[must_use]
    pub fn ends_before(&self, row: u32) -> bool {
        self.region.is_some_and(|(_, last)| row > last)
    }

    /// The proof in words, for the books and for `plan`.
    #[must_use]
    pub fn words(&self) -> String {
        let (found, wanted) = self.score;
        let second = self.second.map_or_else(
            || "no other row has any of its labels".to_owned(),
            |(row, score)| format!("next best row {row} with {score}"),
        );
        let sheet = self.sheet.as_ref().map_or_else(String::new, |sheet| format!("{sheet}!"));
        format!(
            "layout `{}`: header on {sheet}row {} with {found} of {wanted} labels; {second}",
            self.layout.name, self.first_row
        )
    }
}

/// The best try at a layout's header, found or not.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The proof, when every column that has to be there was found.
    pub proof: Option<Proof>,
    /// Row of the best candidate, 1-based; none when no row has any label.
    pub row: Option<u32>,
    /// Columns found in it, of those looked for.
    pub score: (usize, usize),
    /// Of these, columns whose label is of the statistics service's own, which every file of it has: found, and looked for.
    pub common: (usize, usize),
    /// How many columns have to be there.
    pub required: usize,
    /// Columns that have to be there and were not found.
    pub missing: Vec<String>,
    /// Labels of the best candidate.
    pub labels: Vec<String>,
    /// Row and score of the second-best candidate, if any row had a score.
    pub second: Option<(u32, usize)>,
    /// The column in which the first record reads otherwise than the layout says, where all labels are there.
    pub other: Option<String>,
}

impl Attempt {
    /// Whether two rows have as many labels, so that either could be the header.
    #[must_use]
    pub fn is_tied(&self) -> bool {
        self.score.0 > 0 && self.second.is_some_and(|(_, found)| found == self.score.0)
    }

    /// The share of its labels that stand there, 0 to 1. Labels that every file of the statistics service has count as nothing.
    #[must_use]
    pub fn share(&self) -> f64 {
        let (found, wanted) = match (self.score, self.common) {
            ((found, wanted), (common, of)) if of < wanted => (found.saturating_sub(common), wanted - of),
            (score, _) => score,
        };
        found as f64 / wanted.max(1) as f64
    }

    /// Whether enough of the labels that have to be there stand there for the layout to be called the nearest: half of them. A file of
    /// another kind has a few labels of every layout, such as those of a school.
    #[must_use]
    pub fn is_fair(&self) -> bool {
        if self.common.0 > 0 && self.share() * (FAIR as f64) < 1.0 {
            return false;
        }
        let there = self.required.saturating_sub(self.missing.len());
        self.row.is_some() && there * FAIR >= self.required && (there > 1 || self.required <= 2)
    }

    /// Whether too few of the labels that are looked for stand there, though none of those that have to.
    #[must_use]
    pub fn is_low(&self) -> bool {
        self.score.0 * LOW < self.score.1
    }
}

/// One in so many of the labels that have to be there makes a layout the nearest.
pub(super) const FAIR: usize = 2;
/// One label in so many has to be there, or the row is no header.
const LOW: usize = 4;

/// The columns of a sheet whose cells a layout does not read: those beside the cells that it names, and hidden ones where it
/// skips them.
fn closed(layout: &Layout, first: &Block, area: Option<CellArea>) -> Vec<RangeInclusive<u32>> {
    let mut closed = Vec::new();
    if let Some(area) = area {
        closed.extend(area.first_column.checked_sub(1).map(|last| 0..=last));
        closed.push(area.last_column.saturating_add(1)..=u32::MAX);
    }
    if let (Hidden::Skip, Some(about)) = (layout.hidden.columns, &first.around) {
        closed.extend(about.hidden_columns.iter().cloned());
    }
    closed
}

/// Looks for the header of `layout` in the first rows of a sheet, or in those below row `above`; where the layout names the cells
/// that it reads, in the first row of these.
pub(super) fn find(layout: &Arc<Layout>, first: &Block, above: u32, area: Option<CellArea>) -> Attempt {
    let within = area.map_or(above + layout.header_within, |area| area.first_row) as usize;
    let closed = closed(layout, first, area);
    let mut best: Option<HeaderMatch> = None;
    let mut second: Option<(u32, usize)> = None;
    for index in 0..first.rows.len() {
        if first.rows[index].number as usize > within {
            break;
        }
        if area.is_some_and(|area| area.first_row != first.rows[index].number) {
            continue;
        }
        let Some(found) = HeaderMatch::at(layout, first, index, &closed) else { continue };
        if found.found == 0 {
            continue;
        }
        let row = first.rows[index].number;
        match &best {
            // The header repeated further down is the same header.
            Some(top) if found.found == top.found && found.is_again(top, layout) => {}
            Some(top) if found.found <= top.found => {
                if second.is_none_or(|(_, score)| found.found > score) {
                    second = Some((row, found.found));
                }
            }
            _ => {
                second = best.take().map(|top| (top.row, top.found)).or(second);
                best = Some(found);
            }
        }
    }
    let Some(best) = best else {
        let wanted = expected(layout).count() + layout.unpivot.as_ref().map_or(0, |unpivot| unpivot.columns.len());
        let score = (0, wanted);
        return Attempt {
            proof: None,
            row: None,
            score,
            common: (0, 0),
            required: wanted,
            missing: Vec::new(),
            labels: Vec::new(),
            second: None,
            other: None,
        };
    };
    let mut attempt = Attempt {
        proof: None,
        row: Some(best.row),
        score: (best.found, best.wanted),
        common: best.common,
        required: best.required,
        missing: best.missing.clone(),
        labels: best.labels.clone(),
        second,
        other: None,
    };
    if !best.missing.is_empty() || attempt.is_tied() || attempt.is_low() {
        return attempt;
    }
    attempt.other = best.reads_otherwise(layout, first);
    if attempt.other.is_some() {
        return attempt;
    }
    let (fields, unfound) = fields(layout, first);
    if !unfound.is_empty() {
        attempt.required += unfound.len();
        attempt.missing = unfound;
        return attempt;
    }
    let mut proof = Proof { fields, area, closed, ..best.prove(layout, first, second) };
    if let (Some(Merged::Fill), Some(about)) = (layout.merged, &first.around) {
        let below = about.merged.iter().filter(|merged| merged.first_row > proof.last_row);
        let within = |merged: &&CellArea| area.is_none_or(|area| area.holds(merged.first_row, merged.first_column));
        proof.fill = below.filter(within).copied().collect();
    }
    Attempt { proof: Some(proof), ..attempt }
}

/// Columns that are looked for by a label.
fn expected(layout: &Layout) -> impl Iterator<Item = (&String, &crate::definitions::Arrival)> {
    let unpivot = layout.unpivot.as_ref();
    layout.columns.iter().filter(move |(name, arrival)| {
        let given = arrival.constant.is_some() || arrival.file_name.is_some() || arrival.sheet_name.is_some();
        let placed = !arrival.at.is_empty() || layout.fields.contains_key(*name);
        let banner = layout.banner.as_ref() == Some(*name);
        let unfolded = unpivot.is_some_and(|unpivot| unpivot.receives(name));
        !given && !placed && !banner && !unfolded
    })
}

struct HeaderMatch {
    row: u32,
    last_row: u32,
    labels: Vec<String>,
    columns: IndexMap<String, ColumnTaken>,
    records: Vec<UnfoldedRecord>,
    alike: Vec<(String, Vec<String>)>,
    header: Vec<Vec<String>>,
    found: usize,
    wanted: usize,
    common: (usize, usize),
    required: usize,
    missing: Vec<String>,
}

impl HeaderMatch {
    fn at(layout: &Layout, block: &Block, index: usize, closed: &[RangeInclusive<u32>]) -> Option<Self> {
        let last = index + layout.header_rows as usize - 1;
        let mut labels = labels(block, index, last)?;
        for (column, label) in (0_u32..).zip(&mut labels) {
            if closed.iter().any(|columns| columns.contains(&column)) {
                label.clear();
            }
        }
        let shown = |cell: &Cell| block.shown(*cell).trim().trim_start_matches('\u{feff}').to_owned();
        let header =
            (index..=last).map(|index| block.row(index).iter().take(MOST_COLUMNS).map(shown).collect()).collect();
        let keys: Vec<String> = labels.iter().map(|label| label_key(label, layout.strip_footnotes)).collect();
        let mut columns = IndexMap::new();
        let mut missing = Vec::new();
        let mut wanted = 0;
        let mut common = (0, 0);
        let mut required = 0;
        let mut alike = Vec::new();
        let named_elsewhere = |name: &String, key: &String| {
            let others = expected(layout).filter(|(other, _)| *other != name);
            others.flat_map(|(_, arrival)| &arrival.from).any(|label| label_key(label, layout.strip_footnotes) == *key)
        };
        for (name, arrival) in expected(layout) {
            wanted += 1;
            required += usize::from(!arrival.optional);
            let names: Vec<String> =
                arrival.from.iter().map(|label| label_key(label, layout.strip_footnotes)).collect();
            let is_common = names.iter().any(|name| COMMON.contains(&name.as_str()));
            common.1 += usize::from(is_common);
            let names_it = |key: &String| {
                !key.is_empty()
                    && (names.contains(key)
                        || arrival.from_pattern.as_ref().is_some_and(|pattern| pattern.is_match(key)))
            };
            if arrival.from_pattern.is_some() && arrival.occurrence.is_none() {
                let meant: Vec<usize> = (0..keys.len())
                    .filter(|index| names_it(&keys[*index]) && !named_elsewhere(name, &keys[*index]))
                    .filter(|index| !keys[..*index].contains(&keys[*index]))
                    .collect();
                if meant.len() > 1 {
                    alike.push((name.clone(), meant.into_iter().map(|index| labels[index].clone()).collect()));
                }
            }
            let mut places = keys.iter().enumerate().filter(|(_, key)| names_it(key)).map(|(column, _)| column);
            let nth = arrival.occurrence.unwrap_or(1).max(1) as usize - 1;
            match places.nth(nth) {
                Some(column) => {
                    let source = fits(column);
                    common.0 += usize::from(is_common);
                    columns.insert(name.clone(), ColumnTaken { source, label: labels[column].clone() });
                }
                None if arrival.optional => {}
                None => missing.push(name.clone()),
            }
        }
        let mut found = columns.len();
        let mut records = Vec::new();
        if let Some(unpivot) = &layout.unpivot {
            wanted += unpivot.columns.len();
            let unfolded = unfold(unpivot, &labels, &keys, layout.strip_footnotes);
            for name in unpivot.columns.keys() {
                required += usize::from(layout.columns.get(name).is_none_or(|arrival| !arrival.optional));
                if unfolded.found.contains(name.as_str()) {
                    found += 1;
                } else if layout.columns.get(name).is_none_or(|arrival| !arrival.optional) {
                    missing.push(name.clone());
                }
            }
            records = unfolded.records;
        }
        let (row, last_row) = (block.rows[index].number, block.rows[last].number);
        Some(Self { row, last_row, labels, columns, records, alike, header, found, wanted, common, required, missing })
    }

    /// The first column in which the first record below reads otherwise than the layout says. Without a record there is none.
    fn reads_otherwise(&self, layout: &Layout, block: &Block) -> Option<String> {
        let below = |index: &usize| block.rows[*index].number > self.last_row && !block.is_blank(*index);
        let record = (0..block.rows.len()).find(below)?;
        let reads = |name: &String, pattern: &Regex| {
            let cell = self.columns.get(name).and_then(|taken| block.row(record).get(taken.source as usize));
            cell.is_some_and(|cell| pattern.is_match(&fold(&block.shown(*cell))))
        };
        layout.when.iter().find(|(name, pattern)| !reads(name, pattern)).map(|(name, _)| name.clone())
    }

    /// Whether it is another candidate's header again, written in whatever way.
    fn is_again(&self, other: &Self, layout: &Layout) -> bool {
        let key = |label: &String| label_key(label, layout.strip_footnotes);
        let (mine, others) = (self.labels.iter().map(key), other.labels.iter().map(key));
        mine.filter(|key| !key.is_empty()).eq(others.filter(|key| !key.is_empty()))
    }

    fn prove(self, layout: &Arc<Layout>, block: &Block, second: Option<(u32, usize)>) -> Proof {
        let keys: Vec<String> = self.labels.iter().map(|label| label_key(label, layout.strip_footnotes)).collect();
        let taken = |column: u32| {
            layout.columns.values().any(|arrival| arrival.at.contains(&column))
                || self.columns.values().any(|found| found.source == column)
                || self.records.iter().any(|record| record.columns.values().any(|source| *source == column))
        };
        let mut unknown = Vec::new();
        let mut duplicates = Vec::new();
        for (index, key) in keys.iter().enumerate() {
            let column = fits(index);
            if key.is_empty() {
                continue;
            }
            let label = &self.labels[index];
            let unfolded = self.records.iter().any(|record| record.columns.values().any(|source| *source == column));
            let ignored = layout.ignore.iter().any(|pattern| pattern.is_match(label) || pattern.is_match(key));
            if keys[..index].contains(key) && !unfolded && !ignored {
                duplicates.push((column, label.clone()));
            }
            // XML gives the place of every element around a row, whether anybody asks or not.
            let offered = matches!(layout.format, Format::Xml { .. }) && label.ends_with('#');
            if !taken(column) && !ignored && !offered {
                unknown.push((column, label.clone()));
            }
        }
        Proof {
            layout: Arc::clone(layout),
            sheet: block.sheet.clone(),
            first_row: self.row,
            last_row: self.last_row,
            score: (self.found, self.wanted),
            labels: self.labels,
            columns: self.columns,
            records: self.records,
            fields: BTreeMap::new(),
            alike: self.alike,
            unknown,
            duplicates,
            second,
            region: None,
            area: None,
            closed: Vec::new(),
            fill: Vec::new(),
            header: self.header,
            is_hidden: false,
        }
    }
}

/// The labels of a header of one or several rows (indices into the block, both inclusive): upper labels span their merged range,
/// or, where they are not merged or the file does not tell, the blanks to their right, and are joined by ` / `. None when
/// the rows are not there. Columns beyond the last of Excel have no label: a row so wide is no header.
#[must_use]
pub fn labels(block: &Block, first: usize, last: usize) -> Option<Vec<String>> {
    let rows = block.rows.get(first..=last)?;
    let width = rows.iter().map(|row| row.cells as usize).max()?.min(MOST_COLUMNS);
    let mut joined = vec![String::new(); width];
    for (level, row) in rows.iter().enumerate() {
        let lowest = level + 1 == rows.len();
        let mut span = String::new();
        let mut until = u32::MAX;
        let merged: &[CellArea] = block.around.as_ref().map_or(&[], |about| &about.merged);
        let merged: Vec<&CellArea> = merged.iter().filter(|area| area.holds(row.number, area.first_column)).collect();
        for (column, label) in joined.iter_mut().enumerate() {
            let place = fits(column);
            let cell = block.cell(*row, place);
            let text = if matches!(cell, Cell::Text(..) | Cell::Number(_)) { block.shown(cell) } else { "".into() };
            let text = text.trim().trim_start_matches('\u{feff}');
            let area = merged.iter().find(|area| area.holds(row.number, place));
            if !lowest && !text.is_empty() {
                text.clone_into(&mut span);
                until = area.map_or(u32::MAX, |area| area.last_column);
            } else if place > until || area.is_some_and(|area| area.first_row < row.number) {
                span.clear();
            }
            let part = if lowest { text } else { span.as_str() };
            if part.is_empty() {
                continue;
            }
            if !label.is_empty() {
                label.push_str(" / ");
            }
            label.push_str(part);
        }
    }
    Some(joined)
}
