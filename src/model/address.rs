//! Where a cell stands: sheet, row and column, written `Caseload!C17`.

use std::fmt;
use std::sync::Arc;

/// The place of a cell, a row or a whole sheet in one delivery.
///
/// ```
/// use sendmart::model::Address;
/// assert_eq!(Address::cell(Some("Caseload"), 17, 3).to_string(), "Caseload!C17");
/// assert_eq!(Address::cell(None, 2, 28).to_string(), "AB2");
/// assert_eq!(Address::row(None, 9).to_string(), "row 9");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Address {
    /// The sheet's name; none for a file that has no sheets, such as a CSV.
    pub sheet: Option<Arc<str>>,
    /// The row, 1-based. For a CSV: the line on which the record starts.
    pub row: Option<u32>,
    /// The column, 1-based.
    pub column: Option<u32>,
}

impl Address {
    /// The address of one cell.
    #[must_use]
    pub fn cell(sheet: Option<&str>, row: u32, column: u32) -> Self {
        Self { sheet: sheet.map(Arc::from), row: Some(row), column: Some(column) }
    }

    /// The address of a whole row.
    #[must_use]
    pub fn row(sheet: Option<&str>, row: u32) -> Self {
        Self { sheet: sheet.map(Arc::from), row: Some(row), column: None }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(sheet) = &self.sheet {
            write!(f, "{sheet}!")?;
        }
        match (self.column, self.row) {
            (Some(column), Some(row)) => write!(f, "{}{row}", column_letters(column)),
            (None, Some(row)) => write!(f, "row {row}"),
            (Some(column), None) => write!(f, "column {}", column_letters(column)),
            (None, None) => write!(f, "(whole)"),
        }
    }
}

const LETTERS: &[u8; 26] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// A 1-based column number in letters, as spreadsheets show it.
///
/// ```
/// use sendmart::model::column_letters;
/// assert_eq!(column_letters(1), "A");
/// assert_eq!(column_letters(26), "Z");
/// assert_eq!(column_letters(27), "AA");
/// assert_eq!(column_letters(16_384), "XFD");
/// ```
#[must_use]
pub fn column_letters(column: u32) -> String {
    let mut rest = column;
    let mut letters = Vec::new();
    while rest > 0 {
        letters.push(char::from(LETTERS[(rest as usize - 1) % LETTERS.len()]));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().collect()
}
