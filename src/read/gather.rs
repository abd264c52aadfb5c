//! Cells of a workbook, in the order of their rows, into blocks.
//!
//! Cells beyond the sizes of Excel, or out of order, are refused.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::block::{Block, Cell};
use super::budget::MOST_COLUMNS;
use super::{BLOCK_TEXT, ReadError, Sink};

/// The rows of an Excel sheet.
const MOST_ROWS: u32 = 1_048_576;

/// Gathers cells into rows and rows into blocks.
pub(super) struct Gatherer {
    /// The block that is being filled.
    pub(super) block: Block,
    max_rows: usize,
    max_cells: usize,
    /// The row that is open, 0-based.
    row: Option<u32>,
    /// The row after the last one that holds anything, 0-based.
    next_row: u32,
    /// The last row that the file has told of, 0-based.
    last_seen: Option<u32>,
    /// The next column of the open row, 0-based.
    column: u32,
    sheet: Arc<str>,
}

impl Gatherer {
    /// With the days between the file's date system and that of 1900, and the most rows and cells of a block.
    pub(super) fn new(sheet: &str, date_shift: f64, max_rows: usize, max_cells: usize) -> Self {
        let sheet: Arc<str> = Arc::from(sheet);
        let block = Block { sheet: Some(Arc::clone(&sheet)), date_shift, ..Block::default() };
        Self { block, max_rows, max_cells, row: None, next_row: 0, last_seen: None, column: 0, sheet }
    }

    pub(super) fn sheet(&self) -> &str {
        &self.sheet
    }

    /// Says whether the row of the cell that was given last is hidden.
    pub(super) fn hide(&mut self, hidden: bool) {
        if let (Some(_), Some(row)) = (self.row, self.block.rows.last_mut()) {
            row.hidden = hidden;
        }
    }

    pub(super) fn cell(
        &mut self,
        (row, column): (u32, u32),
        sink: &mut Sink<'_>,
        make: impl FnOnce(&mut Block) -> Cell,
    ) -> Result<ControlFlow<()>, ReadError> {
        if row >= MOST_ROWS || column as usize >= MOST_COLUMNS {
            return Err(ReadError::content(
                "read::beyond_sheet",
                format!("sheet `{}` has a cell beyond XFD1048576, the last cell that Excel has", self.sheet),
                "open the workbook in Excel and save it again, or ask for it again",
            ));
        }
        if self.row != Some(row) {
            if self.last_seen.is_some_and(|last| row <= last) {
                return Err(ReadError::content(
                    "read::row_order",
                    format!("sheet `{}`: row {} stands twice or out of order in the file", self.sheet, row + 1),
                    "open the workbook in Excel and save it again",
                ));
            }
            if self.close_row(sink).is_break() {
                return Ok(ControlFlow::Break(()));
            }
            self.row = Some(row);
            self.column = 0;
            self.block.open_row(row + 1);
        } else if column < self.column {
            return Err(ReadError::content(
                "read::cell_order",
                format!("sheet `{}`: a cell of row {} stands twice or out of order in the file", self.sheet, row + 1),
                "open the workbook in Excel and save it again",
            ));
        }
        let cell = make(&mut self.block);
        if cell != Cell::Blank {
            for _ in self.column..column {
                self.block.cells.push(Cell::Blank);
            }
            self.block.cells.push(cell);
            self.column = column + 1;
        }
        Ok(ControlFlow::Continue(()))
    }

    fn close_row(&mut self, sink: &mut Sink<'_>) -> ControlFlow<()> {
        let Some(row) = self.row.take() else { return ControlFlow::Continue(()) };
        self.last_seen = Some(row);
        if self.column == 0 {
            // Formatted cells without a value: a blank row if something follows, and beyond the table if nothing does.
            self.block.rows.pop();
            return ControlFlow::Continue(());
        }
        self.block.blank_rows += u64::from(row - self.next_row);
        self.next_row = row + 1;
        self.block.close_row();
        if self.block.rows.len() >= self.max_rows
            || self.block.cells.len() >= self.max_cells
            || self.block.text.len() >= BLOCK_TEXT
        {
            let Block { date_shift, dates_uncertain, .. } = self.block;
            let next = Block { sheet: Some(Arc::clone(&self.sheet)), date_shift, dates_uncertain, ..Block::default() };
            return sink(std::mem::replace(&mut self.block, next));
        }
        ControlFlow::Continue(())
    }

    pub(super) fn finish(mut self, sink: &mut Sink<'_>) {
        if self.close_row(sink).is_continue() && !self.block.rows.is_empty() {
            let _: ControlFlow<()> = sink(self.block);
        }
    }
}
