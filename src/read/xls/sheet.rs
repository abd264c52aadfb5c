//! What a sheet of an old workbook (`.xls`) says of itself besides its cells, out of its records: hidden rows and columns,
//! merged ranges, whether it is shown. The library that reads the cells tells none of it.

use std::collections::BTreeSet;

use super::mends::short;
use super::padded::Padded;
use super::texts::LongTexts;
use crate::read::{CellArea, SheetAbout, Visibility};

/// The last column that a sheet can name, 0-based: some programs write more than the 256 of Excel 97.
const LAST_COLUMN: u16 = 16_383;

/// A sheet as its records tell it.
#[derive(Debug, Default)]
pub(super) struct OldSheet {
    /// All but the number of hidden rows, of which not every one holds a cell.
    pub(super) about: SheetAbout,
    /// Hidden rows, 0-based.
    hidden: BTreeSet<u16>,
    /// Texts of formulas that the library would cut.
    pub(super) long_texts: LongTexts,
    /// Numbers that are shown as codes.
    pub(super) padded: Padded,
}

impl OldSheet {
    /// A sheet that the workbook's list gives this state.
    pub(super) fn shown(state: u8) -> Self {
        let visibility = match state & 3 {
            0 => Visibility::Visible,
            1 => Visibility::Hidden,
            _ => Visibility::VeryHidden,
        };
        Self { about: SheetAbout { visibility, ..SheetAbout::default() }, ..Self::default() }
    }

    /// Whether any row is hidden.
    pub(super) fn hides_rows(&self) -> bool {
        !self.hidden.is_empty()
    }

    /// Whether a row is hidden, 0-based.
    pub(super) fn hides(&self, row: u32) -> bool {
        u16::try_from(row).is_ok_and(|row| self.hidden.contains(&row))
    }

    /// Takes a record; one that is too short says nothing.
    pub(super) fn take(&mut self, kind: u16, data: &[u8]) {
        let short = |at: usize| short(data, at);
        match kind {
            // Row: its number first, and the bit of one that has no height.
            0x0208 => {
                if let (Some(row), Some(bits)) = (short(0), short(12)) {
                    if bits & 0x20 != 0 {
                        self.hidden.insert(row);
                    } else {
                        self.hidden.remove(&row);
                    }
                }
            }
            // Columns: first, last, width, format, and the bit of hidden ones.
            0x007D => {
                if let (Some(first), Some(last), Some(width), Some(bits)) = (short(0), short(2), short(4), short(8))
                    && (bits & 1 != 0 || width == 0)
                    && first <= last.min(LAST_COLUMN)
                {
                    self.about.hidden_columns.push(u32::from(first)..=u32::from(last.min(LAST_COLUMN)));
                }
            }
            // Merged ranges: their number, then first row, last row, first column, last column of each.
            0x00E5 => {
                let count = usize::from(short(0).unwrap_or(0));
                for range in data.get(2..).unwrap_or_default().chunks_exact(8).take(count) {
                    let number = |at: usize| u32::from(u16::from_le_bytes([range[at], range[at + 1]]));
                    let (first_row, last_row, first_column, last_column) =
                        (number(0) + 1, number(2) + 1, number(4), number(6));
                    if first_row <= last_row && first_column <= last_column {
                        self.about.merged.push(CellArea { first_row, first_column, last_row, last_column });
                    }
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shorts(numbers: &[u16]) -> Vec<u8> {
        numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
    }

    #[test]
    fn rows_columns_and_ranges_are_told() {
        let mut sheet = OldSheet::shown(2);
        sheet.take(0x0208, &shorts(&[4, 0, 9, 255, 0, 0, 0x0120, 0]));
        sheet.take(0x0208, &shorts(&[5, 0, 9, 255, 0, 0, 0x0100, 0]));
        sheet.take(0x007D, &shorts(&[1, 2, 2340, 15, 1, 0]));
        sheet.take(0x007D, &shorts(&[3, 3, 2340, 15, 0, 0]));
        sheet.take(0x007D, &shorts(&[5, 256, 0, 15, 0, 0]));
        sheet.take(0x00E5, &shorts(&[2, 0, 1, 2, 3, 9, 9, 0, 0]));
        assert_eq!(sheet.about.visibility, Visibility::VeryHidden);
        assert_eq!((3..7).map(|row| sheet.hides(row)).collect::<Vec<_>>(), [false, true, false, false]);
        assert!(!sheet.hides(65_540));
        assert_eq!(sheet.about.hidden_columns, [1..=2, 5..=256]);
        let area = |first_row, first_column, last_row, last_column| CellArea {
            first_row,
            first_column,
            last_row,
            last_column,
        };
        assert_eq!(sheet.about.merged, [area(1, 2, 2, 3), area(10, 0, 10, 0)]);
    }

    #[test]
    fn a_record_that_is_short_or_wrong_says_nothing() {
        let whole = shorts(&[3, 0, 1, 2, 3, 9, 9, 0, 0, 1, 1, 1, 1, 1]);
        for kind in [0x0208, 0x007D, 0x00E5, 0xFFFF] {
            for cut in 0..whole.len() {
                OldSheet::default().take(kind, &whole[..cut]);
            }
        }
        let mut sheet = OldSheet::default();
        sheet.take(0x00E5, &shorts(&[1, 9, 1, 2, 3]));
        sheet.take(0x00E5, &shorts(&[9, 1, 1, 2, 2]));
        sheet.take(0x007D, &shorts(&[20_000, 20_001, 0, 15, 1]));
        assert_eq!((sheet.about.merged.len(), sheet.about.hidden_columns.len()), (1, 0));
    }
}
