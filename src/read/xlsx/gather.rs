//! Cells into rows, and rows into blocks; what is out of its place becomes a flaw of its row.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::reference::{self, MOST_ROWS};
use crate::model::fits;
use crate::read::block::{Block, Cell, RowFlaw};
use crate::read::{BLOCK_TEXT, ReadError, Sink};

/// The most text of a block that is one row: Excel's own longest text, 32,767 characters, in 600 of its cells.
const MOST_TEXT: usize = 64 << 20;

/// Gathers cells into rows and rows into blocks.
pub(super) struct Gather<'g, 's> {
    pub(super) block: Block,
    sink: &'g mut Sink<'s>,
    max_rows: usize,
    max_cells: usize,
    sheet: Arc<str>,
    /// The number of the row element before this one, whether it holds anything or not.
    before: u32,
    /// The highest row so far that holds anything.
    highest: u32,
    /// The row that is open; none when its first cell has to say its number.
    row: Option<u32>,
    is_hidden: bool,
    /// Whether the row has its place in the block.
    is_begun: bool,
    /// The next column that is not yet in the row.
    column: u32,
    /// The column of a cell that does not say its own.
    implied: u32,
    flaws_before: usize,
    /// Rows that are hidden and hold something.
    pub(super) hidden_rows: u64,
    /// Cells seen, blank ones too.
    pub(super) cells: u64,
}

impl<'g, 's> Gather<'g, 's> {
    pub(super) fn new(sheet: &str, date_shift: f64, limits: (usize, usize), sink: &'g mut Sink<'s>) -> Self {
        let sheet: Arc<str> = Arc::from(sheet);
        let block = Block { sheet: Some(Arc::clone(&sheet)), date_shift, ..Block::default() };
        Self {
            block,
            sink,
            max_rows: limits.0,
            max_cells: limits.1,
            sheet,
            before: 0,
            highest: 0,
            row: None,
            is_hidden: false,
            is_begun: false,
            column: 0,
            implied: 0,
            flaws_before: 0,
            hidden_rows: 0,
            cells: 0,
        }
    }

    /// Opens a row. `number` is what it says of its number, if it says anything.
    pub(super) fn open(&mut self, number: Option<&str>, is_hidden: bool) {
        self.is_hidden = is_hidden;
        self.is_begun = false;
        self.column = 0;
        self.implied = 0;
        self.flaws_before = self.block.flaws.len();
        self.row = number.and_then(reference::row);
        if let (Some(wrong), None) = (number, self.row) {
            let row = self.counted_on();
            self.row = Some(row);
            self.begin(row);
            let (start, length) = self.block.push_text(wrong);
            self.flaw(RowFlaw::RowNumber(start, length));
        }
    }

    /// The number of a row that does not say it.
    fn counted_on(&self) -> u32 {
        (self.before + 1).min(MOST_ROWS)
    }

    fn begin(&mut self, row: u32) {
        if self.is_begun {
            return;
        }
        self.is_begun = true;
        self.block.open_row(row);
        if let Some(opened) = self.block.rows.last_mut() {
            opened.hidden = self.is_hidden;
        }
    }

    fn flaw(&mut self, flaw: RowFlaw) {
        let index = fits(self.block.rows.len().saturating_sub(1));
        self.block.flaws.push((index, flaw));
    }

    /// The column, 0-based, of the next cell, which says `reference` of itself; none when it has no place in the row.
    pub(super) fn place(&mut self, reference: Option<&str>) -> Option<u32> {
        self.cells += 1;
        let Some(text) = reference else {
            let column = self.implied;
            let row = self.row.unwrap_or_else(|| self.counted_on());
            self.row = Some(row);
            self.begin(row);
            if column >= reference::MOST_COLUMNS {
                let (start, length) = self.block.push_text("a column after XFD");
                self.flaw(RowFlaw::CellReference(start, length));
                return None;
            }
            self.implied = column + 1;
            return Some(column);
        };
        let at = reference::cell(text);
        let row = *self.row.get_or_insert(at.map_or((self.before + 1).min(MOST_ROWS), |(row, _)| row));
        self.begin(row);
        match at {
            Some((of, column)) if of == row => {
                self.implied = column + 1;
                Some(column)
            }
            other => {
                let (start, length) = self.block.push_text(text);
                self.flaw(match other {
                    Some(_) => RowFlaw::CellOfOtherRow(start, length),
                    None => RowFlaw::CellReference(start, length),
                });
                None
            }
        }
    }

    /// Puts a cell into the open row.
    pub(super) fn put(&mut self, column: u32, cell: Cell) -> Result<(), ReadError> {
        if column < self.column {
            let first = self.block.rows.last().map_or(0, |row| row.first);
            let place = &mut self.block.cells[(first + column) as usize];
            if *place == Cell::Blank {
                *place = cell;
            } else {
                self.flaw(RowFlaw::CellTwice(column));
            }
        } else if cell != Cell::Blank {
            if column > self.column {
                let gap = (column - self.column) as usize;
                self.block.cells.extend(std::iter::repeat_n(Cell::Blank, gap));
            }
            self.block.cells.push(cell);
            self.column = column + 1;
        }
        if self.block.text.len() > MOST_TEXT {
            return Err(ReadError::content(
                "read::too_large",
                format!("sheet `{}` holds more than 64 MB of text in one row", self.sheet),
                "ask for the data as CSV, or in parts",
            ));
        }
        Ok(())
    }

    /// Ends the open row.
    pub(super) fn close(&mut self) -> ControlFlow<()> {
        let row = self.row.unwrap_or_else(|| self.counted_on());
        self.before = row;
        let is_flawed = self.block.flaws.len() > self.flaws_before;
        if !self.is_begun {
            return ControlFlow::Continue(());
        }
        if self.column == 0 && !is_flawed {
            // Formatted cells without a value: a blank row if something follows, and beyond the table if nothing does.
            self.block.rows.pop();
            return ControlFlow::Continue(());
        }
        self.hidden_rows += u64::from(self.is_hidden);
        if row > self.highest {
            self.block.blank_rows += u64::from(row - self.highest - 1);
            self.highest = row;
        } else {
            let is_twice = row == self.highest;
            self.flaw(if is_twice { RowFlaw::RowTwice } else { RowFlaw::RowOrder });
        }
        self.block.close_row();
        let is_full = self.block.rows.len() >= self.max_rows
            || self.block.cells.len() >= self.max_cells
            || self.block.text.len() >= BLOCK_TEXT;
        if is_full { self.hand_over() } else { ControlFlow::Continue(()) }
    }

    fn hand_over(&mut self) -> ControlFlow<()> {
        // The next block has about as much as this one.
        let next = Block {
            sheet: Some(Arc::clone(&self.sheet)),
            date_shift: self.block.date_shift,
            rows: Vec::with_capacity(self.block.rows.len()),
            cells: Vec::with_capacity(self.block.cells.len()),
            text: String::with_capacity(self.block.text.len()),
            ..Block::default()
        };
        (self.sink)(std::mem::replace(&mut self.block, next))
    }

    /// Hands over what is left.
    pub(super) fn finish(&mut self) {
        if !self.block.rows.is_empty() {
            let _: ControlFlow<()> = self.hand_over();
        }
    }
}
