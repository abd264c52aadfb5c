//! Old workbooks (`.xls`), Excel 5 to 2003: the library `calamine` gives the cells, and what it takes amiss or does not tell is
//! mended around it.
//!
//! Why no reader of our own, as for `.xlsx` and `.ods`: these files grow fewer each year, the library reads nearly all of
//! those that other makers test their readers with, and a reader of our own would have to learn Excel 5 and 95, ten code pages and
//! every record that other programs write. Each mend stands by itself and
//! goes when the library has it:
//!
//! | mend | where |
//! |---|---|
//! | records that it misreads, patched in the bytes, none moved; each says what is wrong | [`mends`] |
//! | workbooks of objects within the workbook, which it may take for the file's own | [`look`] |
//! | sheets whose rectangle would fill the memory, and passwords, refused before it begins | [`look`] |
//! | the date system of 1904; what a sheet hides and merges | [`look`], [`sheet`] |
//! | letters of DOS and of the Macintosh | [`code_page`] |
//! | texts of formulas that go on over records | [`texts`] |
//! | numbers that are shown as codes (`0000123`) | [`padded`] |

mod code_page;
mod look;
mod mends;
mod padded;
mod sheet;
mod texts;

use std::io::Cursor;
use std::ops::ControlFlow;
use std::path::Path;

use calamine::{DataRef, Reader, Xls};

use self::look::{OldBook, look};
use self::sheet::OldSheet;
use super::block::{Block, Cell};
use super::damage::damaged_xls;
use super::gather::Gatherer;
use super::guard::{FileKind, contained};
use super::library::{DAYS_1904, borrowed, from_ref, with_cells, without_cells};
use super::{BLOCK_CELLS, BLOCK_ROWS, ReadError, SheetAbout, Sink};
use crate::model::fits;

/// An old workbook opened for reading: the library's, and what it does not tell.
pub(super) struct OldWorkbook {
    told: OldBook,
    book: Xls<Cursor<Vec<u8>>>,
}

impl OldWorkbook {
    pub(super) fn open(path: &Path) -> Result<Self, ReadError> {
        let (told, bytes) = look(path)?;
        let file = Cursor::new(bytes);
        let book = contained(FileKind::Workbook, || Xls::new(file))?.map_err(|error| damaged_xls(&error))?;
        Ok(Self { told, book })
    }

    /// The sheets with cells, and whether each is shown.
    pub(super) fn sheets(&self) -> Vec<(String, bool)> {
        let sheets = with_cells(self.book.sheets_metadata());
        sheets.map(|(name, shown)| (self.told.text(name).into_owned(), shown)).collect()
    }

    /// The names of the sheets that are charts or dialogues.
    pub(super) fn others(&self) -> Vec<String> {
        without_cells(self.book.sheets_metadata())
    }

    pub(super) fn about(&mut self, sheet: &str) -> Result<SheetAbout, ReadError> {
        let Some(old) = self.place_of(sheet).and_then(|place| self.told.sheets.get(place)) else {
            return Ok(SheetAbout::default());
        };
        let mut about = old.about.clone();
        if old.hides_rows() {
            let mut gatherer = Gatherer::new(sheet, self.date_shift(), BLOCK_ROWS, BLOCK_CELLS);
            let mut count = |block: Block| {
                about.hidden_rows += block.rows.iter().filter(|row| row.hidden).count() as u64;
                ControlFlow::Continue(())
            };
            self.stream(sheet, &mut gatherer, &mut count)?;
            gatherer.finish(&mut count);
        }
        Ok(about)
    }

    /// Days to add to a serial that carries no date format of its own.
    pub(super) fn date_shift(&self) -> f64 {
        if self.told.is_1904 { DAYS_1904 } else { 0.0 }
    }

    pub(super) fn stream(
        &mut self,
        sheet: &str,
        gatherer: &mut Gatherer,
        sink: &mut Sink<'_>,
    ) -> Result<(), ReadError> {
        // The format of a number does not always tell whether it is a date.
        gatherer.block.dates_uncertain = true;
        let place = self.place_of(sheet);
        let own = place.map_or_else(|| sheet.to_owned(), |place| self.book.sheets_metadata()[place].name.clone());
        let range =
            contained(FileKind::Workbook, || self.book.worksheet_range(&own))?.map_err(|error| damaged_xls(&error))?;
        let old = place.and_then(|place| self.told.sheets.get(place));
        let (row_zero, column_zero) = range.start().unwrap_or((0, 0));
        for (row, column, value) in range.used_cells() {
            let position = (row_zero.saturating_add(fits(row)), column_zero.saturating_add(fits(column)));
            let done = gatherer.cell(position, sink, |block| self.cell(block, old, position, value))?;
            if done.is_break() {
                break;
            }
            gatherer.hide(old.is_some_and(|old| old.hides(position.0)));
        }
        Ok(())
    }

    /// A cell of the library, with what the records say of it.
    fn cell(
        &self,
        block: &mut Block,
        old: Option<&OldSheet>,
        (row, column): (u32, u32),
        value: &calamine::Data,
    ) -> Cell {
        let whole = old.and_then(|old| old.long_texts.get(row, column));
        let value = match whole.map_or_else(|| borrowed(value), DataRef::SharedString) {
            DataRef::SharedString(text) if self.told.page.is_some() => {
                DataRef::String(self.told.text(text).into_owned())
            }
            other => other,
        };
        let digits = old.and_then(|old| old.padded.get(row, column));
        match (from_ref(block, &value, self.date_shift()), digits) {
            (Cell::Number(number), Some(digits)) => digits.shown(number).map_or(Cell::Number(number), |text| {
                let (start, length) = block.push_text(&text);
                Cell::Padded(start, length)
            }),
            (cell, _) => cell,
        }
    }

    /// The place of a sheet in the library's list, which is that of the workbook's own records.
    fn place_of(&self, sheet: &str) -> Option<usize> {
        self.book.sheets_metadata().iter().position(|listed| self.told.text(&listed.name) == sheet)
    }
}
