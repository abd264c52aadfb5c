//! What is wrong with the rows of a text, whatever its columns mean: told with lines, never with what stands in them.

use std::collections::BTreeSet;

use crate::model::column_letters;
use crate::read::{Block, Cell, RowFlaw};

/// Lines that are named of a flaw of one kind.
const MOST_NAMED: usize = 5;

/// Rows with one flaw: how many, and the first of them.
#[derive(Debug, Default)]
struct FlawedRows {
    count: u64,
    first: Vec<String>,
}

impl FlawedRows {
    fn add(&mut self, place: impl FnOnce() -> String) {
        self.count += 1;
        if self.first.len() < MOST_NAMED {
            self.first.push(place());
        }
    }

    fn told(&self, what: &str) -> Option<String> {
        let more = self.count - self.first.len() as u64;
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        (self.count > 0).then(|| format!("{what}: {}{more}", self.first.join(", ")))
    }
}

/// A row right above the header of one row that groups its columns: texts with gaps between them, over labels without a gap. Its
/// number; none where there is none.
pub(super) fn groups_above(block: &Block, first_row: u32, last_row: u32) -> Option<u32> {
    let header = block.rows.iter().position(|row| row.number == first_row)?;
    let above =
        header.checked_sub(1).filter(|above| first_row == last_row && block.rows[*above].number + 1 == first_row)?;
    let filled = |index: usize| -> Vec<usize> {
        let cells = block.row(index).iter().enumerate();
        cells.filter(|(_, cell)| !block.shown(**cell).trim().is_empty()).map(|(column, _)| column).collect()
    };
    let (groups, labels) = (filled(above), filled(header));
    let is_label = |column: &usize| matches!(block.row(above)[*column], Cell::Text(..));
    let has_gaps = groups.len() < labels.len() && groups.iter().all(|column| labels.contains(column));
    (groups.len() > 1 && has_gaps && groups.iter().all(is_label)).then(|| block.rows[above].number)
}

/// The flaws of a text as they are found.
#[derive(Debug, Default)]
pub(super) struct Flaws {
    swallowed: BTreeSet<(u32, u32)>,
    joined: FlawedRows,
    within: FlawedRows,
    stray: FlawedRows,
    undecodable: FlawedRows,
    nul: FlawedRows,
    open: FlawedRows,
}

impl Flaws {
    /// Looks at the rows of a block.
    pub(super) fn look(&mut self, block: &Block) {
        let mut spoilt = BTreeSet::new();
        for (index, flaw) in &block.flaws {
            let line = block.rows[*index as usize].number;
            let named = || format!("line {line}");
            match flaw {
                RowFlaw::Swallowed(first, last) => {
                    spoilt.insert(*index as usize);
                    self.swallowed.insert((*first, *last));
                }
                RowFlaw::LinesWithin(first, last) => self.joined.add(|| format!("lines {first} to {last}")),
                RowFlaw::QuoteWithin => self.within.add(named),
                RowFlaw::Undecodable(_) => self.undecodable.add(named),
                RowFlaw::Nul(_) => self.nul.add(named),
                RowFlaw::Unterminated => self.open.add(named),
                _ => {}
            }
        }
        // Most texts have no quote left in any field.
        if !block.text.contains('"') {
            return;
        }
        for index in (0..block.rows.len()).filter(|index| !spoilt.contains(index)) {
            let row = block.rows[index];
            for (column, cell) in (1_u32..).zip(block.row(index)) {
                let Cell::Text(start, length) = *cell else { continue };
                if block.slice(start, length).matches('"').count() % 2 == 1 {
                    self.stray.add(|| format!("{}{}", column_letters(column), row.number));
                }
            }
        }
    }

    /// Each kind in a sentence.
    pub(super) fn told(&self) -> Vec<String> {
        let mut swallowed = FlawedRows::default();
        for (first, last) in &self.swallowed {
            swallowed.add(|| format!("lines {first} to {last}"));
        }
        [
            swallowed.told("A quote without a partner joins lines that look like records; a run quarantines them"),
            self.joined.told("A quoted field joins lines that are as wide as records: has a quote no partner?"),
            self.open.told("The file ends inside quotes"),
            self.stray.told("A field holds a quote without a partner, which is read as it stands"),
            self.within.told("Text stands after a closing quote"),
            self.undecodable.told("A byte is not of the encoding"),
            self.nul.told("A byte is NUL"),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}
