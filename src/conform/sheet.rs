//! Faults of a sheet: what it hides and merges.

use std::collections::BTreeMap;

use crate::definitions::Hidden;
use crate::model::{Address, Fault, Severity, column_letters, fits, row_key};
use crate::prove::Proof;
use crate::read::{Block, Cell, CellArea, SheetAbout};

/// That a sheet hides rows of the table, which were read: the first of them and how many. Nothing where the layout knows of it.
#[must_use]
pub fn hidden_fault(proof: &Proof, first: u32, rows: u64) -> Option<Fault> {
    let sheet = proof.sheet.as_deref();
    (proof.layout.hidden.rows != Hidden::Read).then(|| Fault {
        row_key: Some(row_key(&[sheet], None)),
        ..Fault::coded(
            Address::row(sheet, first),
            "sheet::hidden_rows",
            format!("rows of the table that the sheet hides: {rows}, of which this is the first; read as the others"),
            "show them, or delete those that do not belong there; `hidden.rows` of the layout says what becomes of such rows",
        )
    })
}

/// That rows of a text have fewer fields than the header, the others being blank as the layout says: the first of them and how
/// many.
#[must_use]
pub fn left_off_fault(proof: &Proof, first: u32, rows: u64) -> Fault {
    Fault {
        row_key: Some(row_key(&[None], None)),
        ..Fault::coded(
            Address::row(None, first),
            "row::fields_left_off",
            format!(
                "rows that have fewer fields than the header, which has {}: {rows}, of which this is the first; the fields left off \
                 their ends are read as blank",
                proof.labels.len()
            ),
            "`short_rows` of the layout says so; rows that are cut short would look the same",
        )
    }
}

/// That the table stands on a sheet that the workbook hides, which was read; or was not, where the layout says so.
#[must_use]
pub fn hidden_sheet_fault(proof: &Proof) -> Option<Fault> {
    let sheet = proof.sheet.as_deref();
    (proof.is_hidden && proof.layout.hidden.sheets != Hidden::Read).then(|| {
        let told = Fault::coded(
            Address::row(sheet, proof.first_row),
            "sheet::hidden_sheet",
            if proof.is_left_out() {
                "the workbook hides this sheet, which has the header of the table; its rows are left out and counted"
            } else {
                "the workbook hides this sheet, which has the header of the table; read as if it were shown"
            },
            "show the sheet, or take it out of the workbook; `hidden.sheets` of the layout says what becomes of such sheets",
        );
        Fault { row_key: Some(row_key(&[sheet], None)), ..left_out_knowingly(told, proof.is_left_out()) }
    })
}

/// The columns of the table, 0-based, that the sheet hides. Where the layout skips such columns their labels are not known, and
/// each within the header's width counts.
#[must_use]
pub fn hidden_columns(proof: &Proof, about: &SheetAbout) -> Vec<u32> {
    let width = fits(proof.labels.len());
    let sources = proof.sources();
    let skipped = proof.layout.hidden.columns == Hidden::Skip;
    let is_labelled = |column: u32| proof.labels.get(column as usize).is_some_and(|label| !label.is_empty());
    let last = sources.keys().next_back().map_or(width, |last| width.max(last + 1));
    let outside =
        |column: u32| proof.area.is_some_and(|area| !(area.first_column..=area.last_column).contains(&column));
    (0..last)
        .filter(|column| about.hides_column(*column) && !outside(*column))
        .filter(|column| skipped || is_labelled(*column) || sources.contains_key(column))
        .collect()
}

/// That the sheet hides columns of the table.
#[must_use]
pub fn hidden_columns_fault(proof: &Proof, columns: &[u32]) -> Option<Fault> {
    let first = columns.first().filter(|_| proof.layout.hidden.columns != Hidden::Read)?;
    let sheet = proof.sheet.as_deref();
    let skipped = proof.layout.hidden.columns == Hidden::Skip;
    let letters = columns.iter().map(|column| column_letters(column + 1)).collect::<Vec<_>>().join(", ");
    let told = Fault::coded(
        Address::cell(sheet, proof.last_row, first + 1),
        "sheet::hidden_columns",
        format!(
            "columns that the sheet hides: {} ({letters}); {}",
            columns.len(),
            if skipped { "left out" } else { "read as the others" }
        ),
        "show them, or delete those that do not belong there; `hidden.columns` of the layout says what becomes of such columns",
    );
    Some(Fault { row_key: Some(row_key(&[sheet], None)), ..left_out_knowingly(told, skipped) })
}

/// What a layout leaves out knowingly is for information.
fn left_out_knowingly(fault: Fault, is_left_out: bool) -> Fault {
    let severity = if is_left_out { Severity::Info } else { fault.severity };
    Fault { severity, ..fault }
}

/// Merged ranges that leave cells of the table empty: found by what the sheet says of itself, and proved by a look at the cells.
#[derive(Debug)]
pub struct Emptied {
    /// Ranges by the row in which they begin, in the order of their columns.
    ranges: BTreeMap<u32, Vec<RowRange>>,
    /// The highest last row of any.
    last_row: u32,
    sources: BTreeMap<u32, String>,
}

#[derive(Debug)]
struct RowRange {
    area: CellArea,
    is_filled: bool,
    /// The first cell of the table that is empty: row, and column 0-based.
    first_empty: Option<(u32, u32)>,
}

impl Emptied {
    /// The ranges that may: those that reach over more than one cell of the rows of records, and over a column that is taken.
    /// `rows` are first and last rows of records that follow each other.
    #[must_use]
    pub fn candidates(proof: &Proof, about: &SheetAbout, rows: &[(u32, u32)]) -> Option<Self> {
        let sources: BTreeMap<u32, String> =
            proof.sources().into_iter().map(|(source, name)| (source, name.to_owned())).collect();
        let holds_record = |area: &CellArea| {
            let next = rows.partition_point(|(_, last)| *last < area.first_row);
            rows.get(next).is_some_and(|(first, _)| *first <= area.last_row)
        };
        let mut ranges: BTreeMap<u32, Vec<RowRange>> = BTreeMap::new();
        for area in &about.merged {
            let is_taken = sources.range(area.first_column..=area.last_column).next().is_some();
            let is_one = area.is_one_cell();
            if !is_one && area.first_row > proof.last_row && is_taken && holds_record(area) {
                let range = RowRange { area: *area, is_filled: false, first_empty: None };
                ranges.entry(area.first_row).or_default().push(range);
            }
        }
        let last_row = ranges.values().flatten().map(|range| range.area.last_row).max()?;
        for row in ranges.values_mut() {
            row.sort_by_key(|range| range.area.first_column);
        }
        Some(Self { ranges, last_row, sources })
    }

    /// Looks at the rows of a block; `rows` as for [`candidates`](Self::candidates).
    pub fn look(&mut self, block: &Block, rows: &[(u32, u32)]) {
        for row in &block.rows {
            if let Some(begun) = self.ranges.get_mut(&row.number) {
                for range in begun {
                    range.is_filled = block.cell(*row, range.area.first_column) != Cell::Blank;
                }
            }
            let next = rows.partition_point(|(_, last)| *last < row.number);
            if row.number > self.last_row || rows.get(next).is_none_or(|(first, _)| *first > row.number) {
                continue;
            }
            let open = self.ranges.range_mut(..=row.number).flat_map(|(_, ranges)| ranges);
            for range in open.filter(|range| range.area.last_row >= row.number && range.first_empty.is_none()) {
                let CellArea { first_row, first_column, last_column, .. } = range.area;
                let beside = self.sources.range(first_column..=last_column).map(|(column, _)| *column);
                range.first_empty = beside
                    .filter(|column| (row.number, *column) != (first_row, first_column))
                    .find(|column| block.cell(*row, *column) == Cell::Blank)
                    .map(|column| (row.number, column));
            }
        }
    }

    /// Whether no row that is still to come can say more.
    #[must_use]
    pub fn is_past(&self, row: u32) -> bool {
        row > self.last_row
    }

    /// One fault for each range whose first cell holds something and which leaves a cell of the table empty.
    #[must_use]
    pub fn faults(&self, proof: &Proof) -> Vec<Fault> {
        let sheet = proof.sheet.as_deref();
        let filled = self.ranges.values().flatten().filter(|range| range.is_filled);
        filled
            .filter_map(|range| {
                let (row, column) = range.first_empty?;
                let area = range.area.to_string();
                Some(Fault {
                    column: self.sources.get(&column).cloned(),
                    row_key: Some(row_key(&[sheet, Some(&area)], None)),
                    ..Fault::coded(
                        Address::cell(sheet, row, column + 1),
                        "sheet::merged_cells",
                        format!("cells {area} are merged: the first holds their value, and this one is empty"),
                        "unmerge them and fill in every cell; or say in the layout what is meant: `rows.merged = \"fill\"` \
                         gives all of them the value, `\"first\"` only the first",
                    )
                })
            })
            .collect()
    }
}
