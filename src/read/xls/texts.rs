//! Texts of formulas in an old workbook that go on over records: the library reads the first of them and drops the rest.

use std::collections::BTreeMap;

use super::mends::units;

/// The long texts of one sheet, as its records come by.
#[derive(Debug, Default)]
pub(super) struct LongTexts {
    /// Row and column of the last formula, 0-based.
    formula: Option<(u16, u16)>,
    /// A text whose end has not come yet.
    open: Option<OpenText>,
    whole: BTreeMap<(u16, u16), String>,
}

#[derive(Debug)]
struct OpenText {
    at: (u16, u16),
    /// Characters that are still to come, in units of UTF-16.
    missing: usize,
    units: Vec<u16>,
}

impl LongTexts {
    /// The text of a cell, 0-based, that is longer than one record.
    pub(super) fn get(&self, row: u32, column: u32) -> Option<&str> {
        let at = (u16::try_from(row).ok()?, u16::try_from(column).ok()?);
        self.whole.get(&at).map(String::as_str)
    }

    /// Takes a record of Excel 97 to 2003; one that is too short says nothing.
    pub(super) fn take(&mut self, kind: u16, data: &[u8]) {
        match (kind, data) {
            // A formula, whose text follows in a record of its own; what it shares with others may stand between them.
            (0x0006 | 0x0206 | 0x0406, [row_low, row_high, column_low, column_high, ..]) => {
                let short = |low: &u8, high: &u8| u16::from_le_bytes([*low, *high]);
                self.formula = Some((short(row_low, row_high), short(column_low, column_high)));
                self.open = None;
            }
            (0x0207, [low, high, flags, text @ ..]) => {
                let missing = usize::from(u16::from_le_bytes([*low, *high]));
                let at = self.formula.take();
                let mut open = at.map(|at| OpenText { at, missing, units: Vec::new() });
                // A text that ends in its record is read as it should be.
                self.open = open.take_if(|open| !open.take(*flags, text));
            }
            (0x003C, [flags, text @ ..]) => {
                if let Some(ended) = self.open.take_if(|open| open.take(*flags, text)) {
                    self.whole.insert(ended.at, String::from_utf16_lossy(&ended.units));
                }
            }
            _ => self.open = None,
        }
    }
}

impl OpenText {
    /// Takes what a record holds of the text; gives whether it is whole.
    fn take(&mut self, flags: u8, text: &[u8]) -> bool {
        let more = units(flags, text, self.missing);
        self.missing -= more.len();
        self.units.extend(more);
        self.missing == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn string(length: u16, flags: u8, text: &[u8]) -> Vec<u8> {
        [&length.to_le_bytes()[..], &[flags], text].concat()
    }

    #[test]
    fn a_text_over_three_records_is_whole_whatever_the_width_of_its_characters() {
        let mut texts = LongTexts::default();
        texts.take(0x0006, &[4, 0, 2, 0, 0, 0]);
        texts.take(0x04BC, &[0; 8]);
        texts.take(0x0207, &string(6, 0, b"ab"));
        texts.take(0x003C, &[1, 0xAC, 0x20, b'c', 0]);
        assert_eq!(texts.get(4, 2), None, "its end has not come");
        texts.take(0x003C, &[0, b'd', b'e', b'!']);
        assert_eq!(texts.get(4, 2), Some("ab€cde"));
        assert_eq!((texts.get(2, 4), texts.get(70_000, 2)), (None, None));
    }

    #[test]
    fn what_fits_its_record_and_what_goes_on_for_others_is_left_to_the_library() {
        let mut texts = LongTexts::default();
        texts.take(0x0006, &[0; 6]);
        texts.take(0x0207, &string(2, 0, b"ab"));
        texts.take(0x003C, &[0, b'c']);
        texts.take(0x0207, &string(9, 0, b"no formula before it"));
        texts.take(0x0006, &[1, 0, 0, 0]);
        texts.take(0x0207, &string(5, 0, b"ab"));
        texts.take(0x0203, &[0; 14]);
        texts.take(0x003C, &[0, b'c', b'd', b'e']);
        for cut in 0..4 {
            for kind in [0x0006, 0x0207, 0x003C] {
                texts.take(kind, &[9, 9, 9, 9][..cut]);
            }
        }
        assert!(texts.whole.is_empty());
    }
}
