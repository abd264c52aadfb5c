//! One sheet: its parts, its header candidates, and the table under the best of them.

use std::ops::ControlFlow;
use std::sync::Arc;

use serde::Serialize;

use super::column::ColumnProfile;
use super::flaws::{Flaws, groups_above};
use super::header::{HeaderCandidate, header_candidates, header_of_the_format};
use super::key::{Hashes, HashesSeen, MOST_HASHES, candidates, of};
use super::kind::is_zero;
use super::likeness::DataLikeness;
use super::personal::{Personal, is_special, looks_like_name};
use super::role::{is_id, is_measure, is_one_of_a_series, may_be_groups, statistics};
use super::shape::{Extent, RowBlock, RowShape, extent, parts};
use super::sheet_rows::HeldSheet;
use super::tally::ColumnTally;
use crate::model::{column_letters, fits};
use crate::read::{Block, ReadError, Rows};

/// Below this score no row is taken for a header.
const LEAST_SCORE: f64 = 0.45;
/// Two headers whose scores are as near as this could be taken for one another.
const CLOSE: f64 = 0.1;
/// Row numbers that are kept of rows of one kind.
const MOST_TOLD: usize = 20;

/// What stands on one sheet.
#[derive(Debug, Clone, Serialize)]
pub struct SheetProfile {
    /// Its name; none where the file has no sheets.
    pub name: Option<String>,
    /// Whether it is visible.
    pub is_visible: bool,
    /// First and last row that are not blank, 1-based; none where all are.
    pub used_rows: Option<(u32, u32)>,
    /// Columns up to the last that holds anything.
    pub used_columns: u32,
    /// Merged ranges, of an xlsx.
    pub merged: usize,
    /// Rows that are hidden and hold a cell, of an xlsx.
    pub hidden_rows: u64,
    /// Columns that are hidden, by their letters, of an xlsx.
    pub hidden_columns: Vec<String>,
    /// Excel tables, of an xlsx.
    pub tables: Vec<String>,
    /// What somebody should look at, in words and without what stands in the rows: bytes and quotes of a text, groups above the
    /// header.
    pub flaws: Vec<String>,
    /// Rows that stand together.
    pub parts: Vec<RowBlock>,
    /// Rows that could be the header, the best first.
    pub candidates: Vec<HeaderCandidate>,
    /// The table under the best of them.
    pub table: Option<TableProfile>,
    /// Why the sheet could not be read.
    pub refused: Option<String>,
}

/// The table under a header.
#[derive(Debug, Clone, Serialize)]
pub struct TableProfile {
    /// Its header.
    pub header: HeaderCandidate,
    /// Last row with data, 1-based.
    pub last_row: u32,
    /// Rows with data.
    pub rows: u64,
    /// Rows that repeat the header.
    pub repeated_headers: Vec<u32>,
    /// Rows that begin with `Total`, at the end of the table.
    pub totals: Vec<u32>,
    /// Rows with a text in the first column alone.
    pub banners: Vec<u32>,
    /// Rows of data with a text in the first column alone.
    pub bare: Vec<u32>,
    /// Rows above the header with two cells or more.
    pub above: Vec<u32>,
    /// The row that might as well be the header, and its score.
    pub rival: Option<(u32, f64)>,
    /// Whether the header reads like a row of the data below it, so that it may be one.
    pub is_like_data: bool,
    /// Rows of data with fewer fields than the header, where the file is one of fields.
    #[serde(skip_serializing_if = "is_zero")]
    pub short_rows: u64,
    /// Ranges of its data that are merged over several rows, and those merged over columns alone.
    pub merged_down: usize,
    /// See `merged_down`.
    pub merged_across: usize,
    /// Rows of notes below it.
    pub notes: Vec<u32>,
    /// The first row below it that holds anything, of notes or of another table.
    pub next_row: Option<u32>,
    /// The first cell of that row.
    #[serde(skip)]
    pub below: Option<String>,
    /// Its columns.
    pub columns: Vec<ColumnProfile>,
    /// Keys: labels of columns that tell all rows apart.
    pub keys: Vec<Vec<String>>,
    /// The same by place.
    #[serde(skip)]
    pub key_columns: Vec<Vec<u32>>,
    /// Whether rows that differ do so in columns that are not about people.
    #[serde(skip)]
    pub is_told_by_open_columns: bool,
    /// Whether columns about people are among them.
    pub is_personal: bool,
}

impl SheetProfile {
    pub(super) fn refused(name: &str, is_visible: bool, error: &ReadError) -> Self {
        Self { refused: Some(error.to_string()), ..Self::blank(Some(name), is_visible) }
    }

    fn blank(name: Option<&str>, is_visible: bool) -> Self {
        Self {
            name: name.map(str::to_owned),
            is_visible,
            used_rows: None,
            used_columns: 0,
            merged: 0,
            hidden_rows: 0,
            hidden_columns: Vec::new(),
            tables: Vec::new(),
            flaws: Vec::new(),
            parts: Vec::new(),
            candidates: Vec::new(),
            table: None,
            refused: None,
        }
    }
}

/// Profiles one sheet in two or three readings: its shape, its cells, and, where it is long, its keys.
pub(super) fn profile(rows: &mut Rows, name: Option<&str>, is_visible: bool) -> Result<SheetProfile, ReadError> {
    let mut sheet = SheetProfile::blank(name, is_visible);
    let mut shapes: Vec<RowShape> = Vec::new();
    let has_own_labels = rows.has_own_labels();
    let mut held = HeldSheet::new(rows, name);
    let mut flaws = Flaws::default();
    held.each(&mut |block| {
        if name.is_none() && !has_own_labels {
            flaws.look(block);
        }
        shapes.extend((0..block.rows.len()).filter_map(|index| RowShape::of(block, index)));
        ControlFlow::Continue(())
    })?;
    let (Some(first), Some(last)) = (shapes.first(), shapes.last()) else { return Ok(sheet) };
    sheet.flaws = flaws.told();
    sheet.used_rows = Some((first.number, last.number));
    sheet.used_columns = shapes.iter().map(|row| row.width).max().unwrap_or(0);
    let about = if name.is_some() { Some(Arc::new(held.about()?)) } else { None };
    if let Some(about) = &about {
        sheet.merged = about.merged.len();
        sheet.hidden_rows = about.hidden_rows;
        sheet.hidden_columns = (0..sheet.used_columns)
            .filter(|column| about.hides_column(*column))
            .map(|column| column_letters(column + 1))
            .collect();
        sheet.tables = about.tables.iter().map(|table| table.display_name.clone()).collect();
        held.tell(about);
    }
    let merged = about.as_ref().map_or(&[][..], |about| about.merged.as_slice());
    sheet.parts = parts(&shapes);
    let of_the_top = if has_own_labels { header_of_the_format } else { header_candidates };
    sheet.candidates = held.top().map(of_the_top).unwrap_or_default();
    let Some(header) = sheet.candidates.first().filter(|best| best.score >= LEAST_SCORE).cloned() else {
        mask(&mut sheet.candidates, None);
        return Ok(sheet);
    };
    if let Some(above) = held.top().and_then(|top| groups_above(top, header.first_row, header.last_row)) {
        sheet.flaws.push(format!(
            "Row {above} above the header groups its columns and is not taken; where the groups matter, a layout says \
             `header.rows = 2`, and labels are then joined by ` / `"
        ));
    }
    let labels = fits(header.labels.iter().filter(|label| !label.is_empty()).count());
    let extent = if has_own_labels {
        Extent { last_row: last.number, ..Extent::default() }
    } else {
        let is_merged =
            |row| merged.iter().any(|area| area.first_row == row && area.first_column == 0 && area.last_column > 0);
        extent(&shapes, &sheet.parts, header.last_row, labels, &is_merged)
    };
    let is_delimited = name.is_none() && !has_own_labels;
    let mut table = table(&mut held, header, extent, is_delimited)?;
    table.is_like_data &= !has_own_labels;
    // What a guess leaves above the header, and the row that might as well have been it.
    table.above = shapes
        .iter()
        .filter(|row| row.number < table.header.first_row && row.filled >= 2)
        .map(|row| row.number)
        .collect();
    table.rival = sheet
        .candidates
        .get(1)
        .filter(|next| !has_own_labels && table.header.score - next.score < CLOSE)
        .map(|next| (next.first_row, next.score));
    let is_data = |row: u32| table.header.last_row < row && row <= table.last_row;
    table.merged_down = merged.iter().filter(|area| is_data(area.first_row) && area.last_row > area.first_row).count();
    table.merged_across = merged
        .iter()
        .filter(|area| {
            is_data(area.first_row) && area.last_row == area.first_row && area.last_column > area.first_column
        })
        .filter(|area| !table.banners.contains(&area.first_row))
        .count();
    mask(&mut sheet.candidates, Some((table.header.last_row + 1, table.last_row)));
    sheet.table = Some(table);
    Ok(sheet)
}

/// Rows of data that have the look of a header are not shown, and of the others nothing that looks personal.
fn mask(candidates: &mut [HeaderCandidate], table: Option<(u32, u32)>) {
    for (rank, candidate) in candidates.iter_mut().enumerate() {
        let is_data = rank > 0 && table.is_some_and(|(first, last)| (first..=last).contains(&candidate.first_row));
        if is_data {
            candidate.labels.clear();
            candidate.why.push_str("; a row of the data below the header");
        }
        for label in &mut candidate.labels {
            let is_value = looks_like_name(label) || label.contains('@') || label.len() > 200;
            let digits = label.bytes().filter(u8::is_ascii_digit).count();
            if is_value || digits >= 9 {
                "(not shown)".clone_into(label);
            }
        }
    }
}

fn table(
    held: &mut HeldSheet<'_>,
    header: HeaderCandidate,
    extent: Extent,
    is_delimited: bool,
) -> Result<TableProfile, ReadError> {
    let width = header.labels.len();
    let mut likeness = DataLikeness::new(&header.labels);
    let mut short_rows = 0;
    let mut tallies: Vec<ColumnTally> = vec![ColumnTally::default(); width];
    let mut hashes = Hashes { width, ..Hashes::default() };
    let (mut repeated, mut totals, mut data, mut text_below) = (Vec::new(), Vec::new(), 0_u64, None);
    let row_below = extent.next;
    let mut line = Vec::with_capacity(width);
    held.each(&mut |block| {
        for index in 0..block.rows.len() {
            let row = block.rows[index];
            if Some(row.number) == row_below {
                text_below = block.first_filled(index).map(|(_, text)| text.into_owned());
            }
            if row.number <= header.last_row || block.is_blank(index) || extent.is_banner(row.number) {
                continue;
            }
            if row.number > extent.last_row {
                return if row_below.is_none_or(|below| row.number > below) {
                    ControlFlow::Break(())
                } else {
                    continue;
                };
            }
            if repeats(&header.labels, block, index) {
                repeated.push(row.number);
                continue;
            }
            if block.first_filled(index).is_some_and(|(_, text)| is_total(&text)) {
                totals.push(row.number);
            }
            data += 1;
            short_rows += u64::from(is_delimited && (row.cells as usize) < width);
            likeness.look(block, row);
            line.clear();
            for (tally, column) in tallies.iter_mut().zip(0_u32..) {
                line.push(tally.add(block, block.cell(row, column)));
            }
            if hashes.cells.len() + width <= MOST_HASHES {
                hashes.cells.extend_from_slice(&line);
            } else {
                hashes.is_cut = true;
            }
        }
        ControlFlow::Continue(())
    })?;
    tallies.iter_mut().for_each(ColumnTally::finish);
    // `Total` all through a table is a group; at its end it is a sum.
    if totals.len() > 3 || totals.iter().any(|row| row + 5 < extent.last_row) {
        totals.clear();
    }
    repeated.truncate(MOST_TOLD);
    let mut columns: Vec<ColumnProfile> = header
        .labels
        .iter()
        .zip(&tallies)
        .zip(0_u32..)
        .map(|((label, tally), index)| ColumnProfile::of(index, label, tally))
        .filter(|column| !column.label.is_empty() || column.blanks < column.cells)
        .collect();
    let is_personal = columns.iter().any(|column| {
        !matches!(
            column.personal,
            None | Some(
                Personal::FreeText | Personal::Postcode | Personal::Address | Personal::Telephone | Personal::Email
            )
        )
    });
    if is_personal {
        for column in columns.iter_mut().filter(|column| column.personal.is_none() && is_reference(column)) {
            column.personal = Some(Personal::Reference);
            column.values.clear();
        }
        for column in columns.iter_mut().filter(|column| column.personal.is_none() && is_special(&column.label)) {
            column.personal = Some(Personal::SpecialCategory);
            column.values.clear();
        }
    }
    let mut keys = keys(&hashes, &columns);
    if hashes.is_cut {
        keys = verified(held, &header, &extent, keys)?;
    }
    let is_told_by_open_columns = !hashes.is_cut && {
        let places = |is_wanted: &dyn Fn(&ColumnProfile) -> bool| -> Vec<usize> {
            columns.iter().filter(|column| is_wanted(column)).map(|column| column.index as usize).collect()
        };
        hashes.kinds(&places(&|column| column.personal.is_none())) == hashes.kinds(&places(&|_| true))
    };
    let label = |index: &usize| header.labels[*index].clone();
    Ok(TableProfile {
        last_row: extent.last_row,
        rows: data,
        repeated_headers: repeated,
        totals,
        banners: extent.banners,
        bare: extent.bare,
        above: Vec::new(),
        rival: None,
        is_like_data: likeness.is_like_data(),
        short_rows,
        merged_down: 0,
        merged_across: 0,
        notes: extent.notes,
        next_row: extent.next,
        below: text_below,
        columns,
        keys: keys.iter().map(|key| key.iter().map(label).collect()).collect(),
        key_columns: keys.iter().map(|key| key.iter().map(|index| fits(*index)).collect()).collect(),
        is_told_by_open_columns,
        is_personal,
        header,
    })
}

/// Keys, the likeliest first: of statistics what figures are split by, else the fewest columns that tell rows apart.
fn keys(hashes: &Hashes, columns: &[ColumnProfile]) -> Vec<Vec<usize>> {
    let whole: Vec<Vec<usize>> =
        [false, true].into_iter().filter_map(|with_names| statistics(columns, with_names)).collect();
    let more = whole
        .first()
        .into_iter()
        .flat_map(|key| may_be_groups(columns).into_iter().map(|column| key.iter().copied().chain([column]).collect()));
    let more: Vec<Vec<usize>> = more.collect();
    let found = whole.into_iter().chain(more).find(|key| hashes.rows() > 0 && hashes.kinds(key) == hashes.rows());
    found.map_or_else(|| candidates(hashes, &wanted(columns)), |key| vec![key])
}

/// Columns in the order in which a key would have them: who and when first, numbers last, and what is measured never.
fn wanted(columns: &[ColumnProfile]) -> Vec<usize> {
    let rank = |column: &ColumnProfile| match column.guess.kind.as_str() {
        _ if matches!(
            column.personal,
            Some(Personal::Upn | Personal::Uln | Personal::NhsNumber | Personal::Reference)
        ) =>
        {
            0
        }
        "upn" | "urn" | "uln" | "nhs_number" | "laestab" | "ukprn" => 0,
        "period" => 1,
        "gss_code" | "la_code" => 2,
        "date" => 3,
        "code" => 4,
        "text" | "boolean" | "postcode" => 5,
        "integer" => 6,
        _ => 7,
    };
    let mut ordered: Vec<&ColumnProfile> = columns
        .iter()
        .filter(|column| column.may_be_key() && !is_measure(column) && !is_one_of_a_series(column, columns))
        .collect();
    ordered.sort_by_key(|column| (if is_id(&column.label) { 0 } else { rank(column) }, column.index));
    ordered.into_iter().map(|column| column.index as usize).collect()
}

/// Whether a column of a table about people tells them apart by a reference. Identifiers of schools and places do not.
fn is_reference(column: &ColumnProfile) -> bool {
    matches!(column.guess.kind.as_str(), "text" | "integer" | "code") && is_id(&column.label) && column.distinct > 1
}

/// The keys that tell apart all rows of a table of which not all hashes were kept.
fn verified(
    held: &mut HeldSheet<'_>,
    header: &HeaderCandidate,
    extent: &Extent,
    keys: Vec<Vec<usize>>,
) -> Result<Vec<Vec<usize>>, ReadError> {
    let mut seen: Vec<Option<HashesSeen>> = vec![Some(HashesSeen::default()); keys.len()];
    held.each(&mut |block| {
        for index in 0..block.rows.len() {
            let row = block.rows[index];
            let is_outside = row.number <= header.last_row || row.number > extent.last_row;
            let is_none = block.is_blank(index) || extent.is_banner(row.number);
            if is_outside || is_none || repeats(&header.labels, block, index) {
                continue;
            }
            let line: Vec<u64> = (0..fits(header.labels.len()))
                .map(|column| super::tally::hash(block.shown(block.cell(row, column)).trim()))
                .collect();
            for (key, seen) in keys.iter().zip(&mut seen) {
                if seen.as_mut().is_some_and(|seen| !seen.insert(of(&line, key))) {
                    *seen = None;
                }
            }
        }
        if seen.iter().all(Option::is_none) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    Ok(keys.into_iter().zip(seen).filter(|(_, seen)| seen.is_some()).map(|(key, _)| key).collect())
}

fn repeats(labels: &[String], block: &Block, index: usize) -> bool {
    let row = block.row(index);
    labels.iter().any(|label| !label.is_empty())
        && labels.iter().enumerate().all(|(column, label)| {
            row.get(column).map_or("".into(), |cell| block.shown(*cell)).trim().trim_start_matches('\u{feff}') == label
        })
}

fn is_total(text: &str) -> bool {
    let text = text.to_lowercase();
    let bare = text.strip_prefix("grand ").or_else(|| text.strip_prefix("sub")).unwrap_or(&text);
    bare.strip_prefix("total").is_some_and(|rest| !rest.starts_with(char::is_alphabetic) || rest.starts_with('s'))
}
