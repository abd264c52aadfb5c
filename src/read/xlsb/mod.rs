//! Binary workbooks (`.xlsb`): the library `calamine` gives the cells, of a copy in which what it passes over is written as it
//! knows it ([`rewrite`], a rule for each kind).
//!
//! Why no reader of our own, as for `.xlsx` and `.ods`: few such files come, and three kinds of cells and the form of one list are
//! all that the library was found to miss. Each rule goes when the library has it.

mod rewrite;

use std::path::Path;

use calamine::{Reader, Xlsb};

use self::rewrite::{ByteSource, binary_workbook};
use super::block::Block;
use super::damage::damaged_xlsb;
use super::gather::Gatherer;
use super::guard::{FileKind, contained};
use super::library::{DAYS_1904, from_ref, with_cells, without_cells};
use super::{ReadError, Sink};

/// A binary workbook opened for reading.
pub(super) struct BinaryWorkbook(Xlsb<Box<dyn ByteSource>>);

impl BinaryWorkbook {
    pub(super) fn open(path: &Path) -> Result<Self, ReadError> {
        let file = binary_workbook(path)?;
        let book = contained(FileKind::Workbook, || Xlsb::new(file))?.map_err(|error| damaged_xlsb(&error))?;
        Ok(Self(book))
    }

    /// The sheets with cells, and whether each is shown.
    pub(super) fn sheets(&self) -> Vec<(String, bool)> {
        with_cells(self.0.sheets_metadata()).map(|(name, shown)| (name.to_owned(), shown)).collect()
    }

    /// The names of the sheets that are charts or dialogues.
    pub(super) fn others(&self) -> Vec<String> {
        without_cells(self.0.sheets_metadata())
    }

    /// Days to add to a serial that carries no date format of its own.
    pub(super) fn date_shift(&self) -> f64 {
        if self.0.has_1904_epoch() { DAYS_1904 } else { 0.0 }
    }

    pub(super) fn stream(
        &mut self,
        sheet: &str,
        gatherer: &mut Gatherer,
        sink: &mut Sink<'_>,
    ) -> Result<(), ReadError> {
        let shift = self.date_shift();
        let mut reader = contained(FileKind::Workbook, || self.0.worksheet_cells_reader(sheet))?
            .map_err(|error| damaged_xlsb(&error))?;
        // One call of the library each; a panic in it is a refusal of the file.
        while let Some(cell) =
            contained(FileKind::Workbook, || reader.next_cell())?.map_err(|error| damaged_xlsb(&error))?
        {
            let make = |block: &mut Block| from_ref(block, cell.get_value(), shift);
            if gatherer.cell(cell.get_position(), sink, make)?.is_break() {
                break;
            }
        }
        Ok(())
    }
}
