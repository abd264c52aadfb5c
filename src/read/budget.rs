//! How much one file may hold. A small workbook can name cells so far apart that their rows take hours to go through.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::{Block, ReadError, Sink};

/// The most cells of a workbook, those that are blank before the last one of their row included: a million rows of twenty.
pub(super) const MOST_CELLS: u64 = 20_000_000;
/// The most columns of a file that has no sheets; a sheet has as many in Excel.
pub(crate) const MOST_COLUMNS: usize = 16_384;

/// Counts the cells of a workbook. A sheet that is read again counts once.
#[derive(Debug)]
pub(super) struct CellBudget {
    most: u64,
    sheets: BTreeMap<String, u64>,
}

impl Default for CellBudget {
    fn default() -> Self {
        Self { most: MOST_CELLS, sheets: BTreeMap::new() }
    }
}

impl CellBudget {
    /// Lets a sheet be read, as long as the workbook stays within its cells.
    pub(super) fn watch(
        &mut self,
        sheet: &str,
        sink: &mut Sink<'_>,
        read: impl FnOnce(&mut Sink<'_>) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        let others: u64 = self.sheets.iter().filter(|(name, _)| *name != sheet).map(|(_, cells)| cells).sum();
        let most = self.most;
        let (mut cells, mut beyond) = (0_u64, None);
        let mut counting = |block: Block| {
            cells = cells.saturating_add(block.cells.len() as u64);
            if others.saturating_add(cells) > most {
                beyond = Some(block.rows.last().map_or(1, |row| row.number));
                return ControlFlow::Break(());
            }
            sink(block)
        };
        let outcome = read(&mut counting);
        let counted = self.sheets.entry(sheet.to_owned()).or_default();
        *counted = cells.max(*counted);
        match beyond {
            Some(row) => Err(ReadError::Content {
                code: "read::too_many_cells",
                message: format!("the workbook has more than {most} cells, blank ones between others included"),
                hint: "delete what stands far to the right of the data, or ask for the data as CSV or in parts"
                    .to_owned(),
                at: Some(format!("{sheet}!row {row}")),
            }),
            None => outcome,
        }
    }
}

/// Refuses a file of more columns than a sheet can have.
pub(super) fn check_columns(columns: usize) -> Result<(), ReadError> {
    if columns <= MOST_COLUMNS {
        return Ok(());
    }
    Err(ReadError::content(
        "read::too_many_columns",
        format!("the file has {columns} columns, and a table has {MOST_COLUMNS} at most, as in Excel"),
        "if it is text, its line ends may be missing or its delimiter be another; else ask for one row a record",
    ))
}

#[cfg(test)]
mod tests {
    use super::super::{Cell, RowRef};
    use super::*;

    fn read(budget: &mut CellBudget, sheet: &str, cells: u32) -> Result<u64, String> {
        let mut taken = 0;
        let mut sink = |block: Block| {
            taken += block.cells.len() as u64;
            ControlFlow::Continue(())
        };
        let outcome = budget.watch(sheet, &mut sink, |sink| {
            for number in 1..=2 {
                let rows = vec![RowRef { number, first: 0, cells, hidden: false }];
                let _: ControlFlow<()> =
                    sink(Block { rows, cells: vec![Cell::Blank; cells as usize], ..Block::default() });
            }
            Ok(())
        });
        match outcome.map_err(|error| error.refusal()) {
            Ok(()) => Ok(taken),
            Err(refusal) => Err(refusal.map(|told| told.code + " " + &told.at.unwrap_or_default()).unwrap_or_default()),
        }
    }

    #[test]
    fn cells_count_over_all_sheets_and_once_for_each() {
        let mut budget = CellBudget { most: 100, ..CellBudget::default() };
        assert_eq!(read(&mut budget, "A", 30), Ok(60));
        assert_eq!(read(&mut budget, "A", 30), Ok(60));
        assert_eq!(read(&mut budget, "B", 20), Ok(40));
        assert_eq!(read(&mut budget, "B", 21), Err("read::too_many_cells B!row 2".to_owned()));
    }

    #[test]
    fn columns_end_where_those_of_a_sheet_do() {
        assert!(check_columns(16_384).is_ok());
        let told = check_columns(16_385).unwrap_err().to_string();
        assert_eq!(told, "the file has 16385 columns, and a table has 16384 at most, as in Excel");
    }
}
