//! What a sheet says of itself besides its cells: what it hides and merges, its tables and the names of its ranges.
//!
//! Rows are 1-based as in [`RowRef::number`](super::RowRef), columns 0-based as in [`Block::cell`](super::Block::cell).

use std::fmt;
use std::ops::RangeInclusive;

use crate::model::column_letters;

/// Whether a sheet is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Visibility {
    /// It is.
    #[default]
    Visible,
    /// It is hidden, and Excel's menu brings it back.
    Hidden,
    /// It is hidden, and only a program brings it back.
    VeryHidden,
}

/// Some cells of a sheet: a rectangle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CellArea {
    /// First row, 1-based.
    pub first_row: u32,
    /// First column, 0-based.
    pub first_column: u32,
    /// Last row, 1-based, inclusive.
    pub last_row: u32,
    /// Last column, 0-based, inclusive.
    pub last_column: u32,
}

impl CellArea {
    /// Whether a cell lies in it: row 1-based, column 0-based.
    #[must_use]
    pub fn holds(&self, row: u32, column: u32) -> bool {
        (self.first_row..=self.last_row).contains(&row) && (self.first_column..=self.last_column).contains(&column)
    }

    /// Whether it is one cell.
    pub(crate) fn is_one_cell(&self) -> bool {
        self.first_row == self.last_row && self.first_column == self.last_column
    }
}

impl fmt::Display for CellArea {
    /// As a spreadsheet shows it: `B3:B7`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, last) = (column_letters(self.first_column + 1), column_letters(self.last_column + 1));
        write!(f, "{first}{}:{last}{}", self.first_row, self.last_row)
    }
}

/// An Excel table (Insert, Table) on a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetTable {
    /// Its name in the file.
    pub name: String,
    /// Its name as formulas use it and Excel shows it.
    pub display_name: String,
    /// Where it stands, header and totals included.
    pub area: CellArea,
    /// Rows of its header: 1, or 0 when it is switched off.
    pub header_rows: u32,
    /// Rows of totals at its end: 0 or 1.
    pub totals_rows: u32,
    /// Names of its columns, in order.
    pub columns: Vec<String>,
}

/// A name that the workbook gives to cells of the sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefinedName {
    /// The name. Excel's own begin with `_xlnm.`, such as `_xlnm.Print_Area`.
    pub name: String,
    /// What it names, where it is one rectangle; none where it is a formula, or several.
    pub area: Option<CellArea>,
    /// What it names, as the file has it, such as `Sheet1!$A$1:$C$9`.
    pub refers_to: String,
    /// Whether the name is the sheet's own; else it is the workbook's.
    pub is_local: bool,
}

/// What a sheet says of itself besides its cells. Hidden rows are told by [`RowRef::hidden`](super::RowRef).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SheetAbout {
    /// Whether the sheet is shown.
    pub visibility: Visibility,
    /// Hidden columns, 0-based, in order.
    pub hidden_columns: Vec<RangeInclusive<u32>>,
    /// Number of rows that are hidden and hold a cell.
    pub hidden_rows: u64,
    /// Merged ranges, in the order of the file.
    pub merged: Vec<CellArea>,
    /// The range that a filter is set on, if one is. A filter hides the rows that it takes out.
    pub filtered: Option<CellArea>,
    /// Excel tables.
    pub tables: Vec<SheetTable>,
    /// Names of cells of the sheet.
    pub names: Vec<DefinedName>,
}

impl SheetAbout {
    /// The merged range of more than one cell that a cell lies in.
    #[must_use]
    pub fn merged_at(&self, row: u32, column: u32) -> Option<&CellArea> {
        self.merged.iter().find(|area| area.holds(row, column))
    }

    /// Whether the sheet hides a column, 0-based.
    #[must_use]
    pub fn hides_column(&self, column: u32) -> bool {
        self.hidden_columns.iter().any(|columns| columns.contains(&column))
    }
}
