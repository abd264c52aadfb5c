//! Merged cells: what the first holds is given to the others, where the layout says so.
//!
//! In: rows in their order. A row gets what is merged into it only where it holds a record of its own.

use crate::model::fits;
use crate::read::{Block, Cell, CellArea};

/// Carries the first cells of merged ranges over the rows and columns of their ranges.
#[derive(Debug)]
pub(super) struct Filler {
    /// Ranges that have not begun, the next one last.
    waiting: Vec<CellArea>,
    /// Ranges that have begun, with what their first cell holds.
    open: Vec<(CellArea, KeptCell)>,
}

/// A cell that outlives its block.
#[derive(Debug, Clone)]
enum KeptCell {
    Cell(Cell),
    Text(String),
    /// A number that is shown as a code.
    Padded(String),
}

impl Filler {
    pub(super) fn new(areas: &[CellArea]) -> Self {
        let mut waiting = areas.to_vec();
        waiting.sort_by_key(|area| std::cmp::Reverse((area.first_row, area.first_column)));
        Self { waiting, open: Vec::new() }
    }

    /// Looks at the next row. Every row is looked at once, in order, whether it holds a record or not.
    pub(super) fn see(&mut self, block: &Block, index: usize) {
        let row = block.rows[index];
        self.open.retain(|(area, _)| area.last_row >= row.number);
        while let Some(area) = self.waiting.pop_if(|area| area.first_row <= row.number) {
            // A first row that is not there has nothing to give.
            if area.first_row == row.number {
                let kept = match block.cell(row, area.first_column) {
                    Cell::Text(start, length) => KeptCell::Text(block.slice(start, length).to_owned()),
                    Cell::Padded(start, length) => KeptCell::Padded(block.slice(start, length).to_owned()),
                    // Why it cannot be taken is told at the first cell.
                    Cell::Blank | Cell::Error(..) | Cell::Flawed(..) => continue,
                    other => KeptCell::Cell(other),
                };
                self.open.push((area, kept));
            }
        }
    }

    /// Fills the blank cells of a row that [`see`](Self::see) has looked at.
    pub(super) fn fill(&self, block: &mut Block, index: usize) {
        let number = block.rows[index].number;
        for (area, kept) in &self.open {
            for column in area.first_column..=area.last_column {
                if (number, column) != (area.first_row, area.first_column)
                    && block.cell(block.rows[index], column) == Cell::Blank
                {
                    let cell = match kept {
                        KeptCell::Cell(cell) => *cell,
                        KeptCell::Text(text) => {
                            let (start, length) = block.push_text(text);
                            Cell::Text(start, length)
                        }
                        KeptCell::Padded(text) => {
                            let (start, length) = block.push_text(text);
                            Cell::Padded(start, length)
                        }
                    };
                    put(block, index, column, cell);
                }
            }
        }
    }
}

/// Puts a cell into a row; a row that is too short for it moves to the end of the block, where there is room.
fn put(block: &mut Block, index: usize, column: u32, cell: Cell) {
    let row = block.rows[index];
    if column >= row.cells {
        let first = block.cells.len();
        block.cells.extend_from_within(row.first as usize..(row.first + row.cells) as usize);
        block.cells.resize(first + column as usize + 1, Cell::Blank);
        block.rows[index].first = fits(first);
        block.rows[index].cells = column + 1;
    }
    let first = block.rows[index].first;
    block.cells[(first + column) as usize] = cell;
}
