//! Which numbers of an old workbook (`.xls`) are shown as codes, out of its records: the library that reads the cells gives the
//! number and not its format.

use std::collections::HashMap;

use super::mends::{code, short};
use crate::read::padded::Digits;

/// The formats of a workbook by the number of a cell's style.
#[derive(Debug, Default)]
pub(super) struct Styles {
    formats: HashMap<u16, Digits>,
    /// The format of each style, in their order.
    styles: Vec<u16>,
}

impl Styles {
    /// Takes a record of the workbook's globals; one that is too short says nothing.
    pub(super) fn take(&mut self, kind: u16, data: &[u8], is_biff8: bool) {
        match (kind, short(data, 0), short(data, 2)) {
            (0x041E, Some(id), _) => {
                if let Some(digits) = data.get(2..).and_then(|data| Digits::of(&code(data, is_biff8))) {
                    self.formats.insert(id, digits);
                }
            }
            (0x00E0, _, format) => self.styles.push(format.unwrap_or(0)),
            _ => {}
        }
    }

    fn of(&self, style: u16) -> Option<Digits> {
        self.formats.get(self.styles.get(usize::from(style))?).copied()
    }
}

/// The cells of a sheet that are shown as codes, by row and column, 0-based.
#[derive(Debug, Default)]
pub(super) struct Padded(HashMap<(u16, u16), Digits>);

impl Padded {
    /// Takes a record with numbers: one, a run of them, or what a formula gave.
    pub(super) fn take(&mut self, kind: u16, data: &[u8], styles: &Styles) {
        if styles.formats.is_empty() {
            return;
        }
        let (Some(row), Some(column)) = (short(data, 0), short(data, 2)) else { return };
        match kind {
            0x0203 | 0x027E | 0x0006 | 0x0206 | 0x0406 => {
                if let Some(digits) = short(data, 4).and_then(|style| styles.of(style)) {
                    self.0.insert((row, column), digits);
                }
            }
            // A run: styles and numbers of six bytes each, then the last column.
            0x00BD => {
                let run = data.get(4..data.len().saturating_sub(2)).unwrap_or_default();
                for (column, each) in (column..).zip(run.chunks_exact(6)) {
                    if let Some(digits) = short(each, 0).and_then(|style| styles.of(style)) {
                        self.0.insert((row, column), digits);
                    }
                }
            }
            _ => {}
        }
    }

    /// The format of a cell, if it is one of a code.
    pub(super) fn get(&self, row: u32, column: u32) -> Option<Digits> {
        self.0.get(&(u16::try_from(row).ok()?, u16::try_from(column).ok()?)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shorts(numbers: &[u16]) -> Vec<u8> {
        numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
    }

    #[test]
    fn numbers_of_a_format_of_zeros_are_told_one_by_one_and_in_runs() {
        let mut styles = Styles::default();
        styles.take(0x041E, &[&shorts(&[170, 7])[..], &[0], b"0000000"].concat(), true);
        for format in [0, 170] {
            styles.take(0x00E0, &shorts(&[0, format, 1]), true);
        }
        let mut padded = Padded::default();
        padded.take(0x0203, &[&shorts(&[3, 1, 1])[..], &[0; 8]].concat(), &styles);
        padded.take(0x0203, &[&shorts(&[3, 2, 0])[..], &[0; 8]].concat(), &styles);
        padded.take(0x00BD, &shorts(&[4, 5, 1, 0, 0, 0, 0, 0, 1, 0, 0, 7]), &styles);
        let shown = |row, column| padded.get(row, column).and_then(|digits| digits.shown(123.0));
        assert_eq!(shown(3, 1).as_deref(), Some("0000123"));
        assert_eq!([shown(3, 2), shown(4, 6), shown(9, 9)], [None, None, None]);
        assert!(shown(4, 5).is_some() && shown(4, 7).is_some());
        for cut in 0..12 {
            Padded::default().take(0x00BD, &shorts(&[4, 5, 1, 0, 0, 7])[..cut], &styles);
        }
    }
}
