//! What one column holds, as it may be shown.

use std::collections::BTreeMap;

use serde::Serialize;

use super::kind::{Guess, guess};
use super::personal::{Personal, personal};
use super::role::is_id;
use super::tally::ColumnTally;
use crate::model::column_letters;

/// One column of a table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ColumnProfile {
    /// Its letters, as a spreadsheet shows them.
    pub letters: String,
    /// Its place, 0-based.
    #[serde(skip)]
    pub index: u32,
    /// Its label; empty where it has none.
    pub label: String,
    /// Its type, marks and forms.
    pub guess: Guess,
    /// What it tells about people, if it looks so. Its values are then not given.
    pub personal: Option<Personal>,
    /// Whether its label is that of an id.
    #[serde(skip)]
    pub is_reference: bool,
    /// Cells in all.
    pub cells: u64,
    /// Cells with nothing in them.
    pub blanks: u64,
    /// Different values.
    pub distinct: u64,
    /// Whether there are more than `distinct` says.
    pub distinct_is_least: bool,
    /// The values and their numbers, where they are few and not personal.
    pub values: BTreeMap<String, u64>,
}

impl ColumnProfile {
    pub(super) fn of(index: u32, label: &str, tally: &ColumnTally) -> Self {
        let personal = personal(label, tally);
        let guess = guess(label, tally);
        let is_shown = personal.is_none()
            && !tally.has_more_values
            && matches!(guess.kind.as_str(), "code" | "boolean" | "period");
        Self {
            letters: column_letters(index + 1),
            index,
            label: label.to_owned(),
            personal,
            is_reference: is_id(label),
            cells: tally.cells,
            blanks: tally.blanks,
            distinct: tally.distinct(),
            distinct_is_least: tally.is_capped(),
            values: if is_shown { tally.values.clone() } else { BTreeMap::new() },
            guess,
        }
    }

    /// Whether its values are kept whole, so that they may tell rows apart.
    pub(super) fn may_be_key(&self) -> bool {
        let whole = matches!(
            self.personal,
            None | Some(
                Personal::Upn | Personal::Uln | Personal::NhsNumber | Personal::Reference | Personal::SpecialCategory
            )
        );
        // Marks are all the same to a key: nothing.
        whole && self.blanks < self.cells && self.guess.marks.is_empty()
    }
}
