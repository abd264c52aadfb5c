//! The cells of one row, held until its end is known.

use super::value::Value;
use crate::read::block::{Block, Cell};

/// The cells of one row.
#[derive(Debug, Default)]
pub(super) struct RowCells {
    text: String,
    /// First column (0-based), how often it is repeated, and what it holds. Blank ones are not kept.
    cells: Vec<(u32, u32, TextCell)>,
    /// Cells that cover others: first column (0-based), number of columns and of rows.
    pub(super) merged: Vec<(u32, u32, u32)>,
    /// Whether the sheet hides the row.
    pub(super) hidden: bool,
}

/// A cell whose text is in the row.
#[derive(Debug, Clone, Copy)]
pub(super) enum TextCell {
    Text(usize, usize),
    Padded(usize, usize),
    Error(usize, usize),
    Other(Cell),
}

impl RowCells {
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.cells.clear();
        self.merged.clear();
        self.hidden = false;
    }

    pub(super) fn push(&mut self, column: u32, repeat: u32, value: Value<'_>) {
        let mut keep = |text: &str| {
            let start = self.text.len();
            self.text.push_str(text);
            (start, self.text.len())
        };
        let held = match value {
            Value::Blank => return,
            Value::Text(text) => {
                let (start, end) = keep(text);
                TextCell::Text(start, end)
            }
            Value::Error(text) => {
                let (start, end) = keep(text);
                TextCell::Error(start, end)
            }
            Value::Padded(text) => {
                let (start, end) = keep(text);
                TextCell::Padded(start, end)
            }
            Value::Number(number) => TextCell::Other(Cell::Number(number)),
            Value::Percent(number) => TextCell::Other(Cell::Percent(number)),
            Value::Bool(yes) => TextCell::Other(Cell::Bool(yes)),
            Value::Serial(serial) => TextCell::Other(Cell::Serial(serial)),
            Value::Duration(days) => TextCell::Other(Cell::Duration(days)),
            Value::Missing => TextCell::Other(Cell::NoValue),
        };
        self.cells.push((column, repeat, held));
    }

    pub(super) fn is_blank(&self) -> bool {
        self.cells.is_empty()
    }

    /// Cells that hold something, each as often as it is repeated.
    pub(super) fn count(&self) -> u64 {
        self.cells.iter().map(|(_, repeat, _)| u64::from(*repeat)).sum()
    }

    /// Cells that hold something, each once.
    pub(super) fn distinct(&self) -> u64 {
        self.cells.len() as u64
    }

    /// Each cell with its column, 0-based.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, TextCell)> + '_ {
        self.cells.iter().flat_map(|(first, repeat, held)| {
            (*first..first.saturating_add(*repeat)).map(move |column| (column, *held))
        })
    }

    /// The cell as one of a block.
    pub(super) fn make(&self, held: TextCell, block: &mut Block) -> Cell {
        match held {
            TextCell::Text(start, end) => {
                let (start, length) = block.push_text(&self.text[start..end]);
                Cell::Text(start, length)
            }
            TextCell::Padded(start, end) => {
                let (start, length) = block.push_text(&self.text[start..end]);
                Cell::Padded(start, length)
            }
            TextCell::Error(start, end) => {
                let (start, length) = block.push_text(&self.text[start..end]);
                Cell::Error(start, length)
            }
            TextCell::Other(cell) => cell,
        }
    }
}
