//! Drop-downs: short ones stand in their column, long ones on a hidden sheet.

use super::LISTS;
use super::field::Choice;
use crate::model::{column_letters, fits};
use crate::xlsx::{DataValidation, Formula, Worksheet, XlsxError};

/// What Excel takes as a list within a cell: characters, the commas between counted.
const LONGEST_INLINE: usize = 255;

/// The long lists of a workbook, each once.
#[derive(Debug, Default)]
pub(super) struct Lists {
    lists: Vec<Vec<Choice>>,
}

impl Lists {
    /// A validation by which one of the choices is taken.
    pub(super) fn validation(&mut self, choices: &[Choice]) -> Result<DataValidation, XlsxError> {
        let length: usize = choices.iter().map(|choice| choice.text.chars().count() + 1).sum();
        let plain = choices.iter().all(|choice| !choice.text.contains(',') && choice.text.trim() == choice.text);
        if plain && length <= LONGEST_INLINE {
            let texts: Vec<&str> = choices.iter().map(|choice| choice.text.as_str()).collect();
            return DataValidation::new().allow_list_strings(&texts);
        }
        let place = self.lists.iter().position(|known| known.as_slice() == choices).unwrap_or_else(|| {
            self.lists.push(choices.to_vec());
            self.lists.len() - 1
        });
        // Each list takes two columns: what is chosen, and what it means.
        let letters = column_letters(fits(place * 2 + 1));
        let formula = format!("={LISTS}!${letters}$1:${letters}${}", choices.len());
        Ok(DataValidation::new().allow_list_formula(Formula::new(formula)))
    }

    /// The hidden sheet; none when no list is long.
    pub(super) fn page(&self) -> Result<Option<Worksheet>, XlsxError> {
        if self.lists.is_empty() {
            return Ok(None);
        }
        let mut page = Worksheet::new();
        page.set_name(LISTS)?.set_hidden(true);
        for (place, list) in self.lists.iter().enumerate() {
            let column = u16::try_from(place * 2).unwrap_or(u16::MAX);
            for (row, choice) in (0_u32..).zip(list) {
                page.write_string(row, column, &choice.text)?;
                page.write_string(row, column + 1, &choice.means)?;
            }
        }
        Ok(Some(page))
    }
}
