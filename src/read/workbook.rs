//! Workbooks: xlsx and xlsm by [`xlsx`](super::xlsx); xlsb and xls as `calamine` gives them.
//!
//! Cells beyond the sizes of Excel are refused. A library that panics on a broken file is caught and becomes a refusal.

use std::fs::File;
use std::io::{BufReader, Cursor};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use calamine::{Data, DataRef, Reader, SheetType, SheetVisible, Xls, Xlsb};

use super::block::{Block, Cell};
use super::budget::{CellBudget, MOST_COLUMNS};
use super::damage::{damaged_xls, damaged_xlsb};
use super::door::{content_at, refuse};
use super::guard::{Danger, FileKind, check_ole, check_package, contained};
use super::ods::{Ods, OdsPackage};
use super::ole::{OldBook, look};
use super::ole_sheet::OldSheet;
use super::xlsb::{Source, binary_workbook};
use super::xlsx::Xlsx;
use super::{BLOCK_CELLS, BLOCK_ROWS, BLOCK_TEXT, ReadError, SheetAbout, Sink};
use crate::model::Content;

/// The rows of an Excel sheet.
const MOST_ROWS: u32 = 1_048_576;
/// Days between the two date systems of Excel.
const DAYS_1904: f64 = 1462.0;

/// A workbook opened for reading.
pub struct Workbook {
    book: Book,
    budget: CellBudget,
}

enum Book {
    Xlsx(Box<Xlsx>),
    Xlsb(Box<Xlsb<Box<dyn Source>>>),
    /// What the library does not tell, and the workbook.
    Xls(OldBook, Box<Xls<Cursor<Vec<u8>>>>),
    Ods(Box<Ods>),
}

impl Workbook {
    pub(super) fn open(path: &Path) -> Result<Self, ReadError> {
        let content = content_at(path)?;
        let book = match content {
            Content::Zip | Content::Xlsx => {
                check_package(path, &is_left)?;
                let parts = parts(path);
                if parts == Parts::OpenDocument {
                    Book::Ods(Box::new(contained(FileKind::Workbook, || Ods::open(path, OdsPackage::Zip))??))
                } else if parts == Parts::Binary {
                    let file = binary_workbook(path)?;
                    Book::Xlsb(Box::new(
                        contained(FileKind::Workbook, || Xlsb::new(file))?.map_err(|error| damaged_xlsb(&error))?,
                    ))
                } else {
                    Book::Xlsx(Box::new(Xlsx::open(path)?))
                }
            }
            Content::Ole2 => {
                check_ole(path)?;
                let (told, bytes) = look(path)?;
                let file = Cursor::new(bytes);
                Book::Xls(
                    told,
                    Box::new(contained(FileKind::Workbook, || Xls::new(file))?.map_err(|error| damaged_xls(&error))?),
                )
            }
            Content::FlatOds => {
                Book::Ods(Box::new(contained(FileKind::Workbook, || Ods::open(path, OdsPackage::Flat))??))
            }
            other => return Err(refuse(other, "a workbook")),
        };
        let workbook = Self { book, budget: CellBudget::default() };
        match (workbook.sheets().is_empty(), workbook.sheets_without_cells()) {
            (false, _) => Ok(workbook),
            (true, others) if others.is_empty() => Err(Danger::NoSheets.error()),
            (true, others) => Err(Danger::NoCells(others).error()),
        }
    }

    /// The names of the sheets that are charts or dialogues.
    fn sheets_without_cells(&self) -> Vec<String> {
        let metadata = match &self.book {
            Book::Xlsx(book) => return book.others(),
            Book::Xlsb(book) => book.sheets_metadata(),
            Book::Xls(_, book) => book.sheets_metadata(),
            Book::Ods(_) => return Vec::new(),
        };
        metadata.iter().filter(|sheet| !has_cells(sheet.typ)).map(|sheet| sheet.name.clone()).collect()
    }

    pub(super) fn sheets(&self) -> Vec<(String, bool)> {
        let metadata = match &self.book {
            Book::Xlsx(book) => return book.sheets(),
            Book::Xlsb(book) => book.sheets_metadata(),
            Book::Xls(told, book) => {
                let sheets = book.sheets_metadata().iter().filter(|sheet| has_cells(sheet.typ));
                let shown = |sheet: &calamine::Sheet| sheet.visible == SheetVisible::Visible;
                return sheets.map(|sheet| (told.text(&sheet.name).into_owned(), shown(sheet))).collect();
            }
            Book::Ods(book) => return book.sheets(),
        };
        metadata
            .iter()
            .filter(|sheet| has_cells(sheet.typ))
            .map(|sheet| (sheet.name.clone(), sheet.visible == SheetVisible::Visible))
            .collect()
    }

    pub(super) fn about(&mut self, sheet: &str) -> Result<SheetAbout, ReadError> {
        match &mut self.book {
            Book::Xlsx(book) => book.about(sheet),
            Book::Ods(book) => book.about(sheet),
            Book::Xls(told, book) => {
                let Some(old) = old_sheet(told, book, sheet) else { return Ok(SheetAbout::default()) };
                let mut about = old.about.clone();
                if !old.hides_rows() {
                    return Ok(about);
                }
                let mut count = |block: Block| {
                    about.hidden_rows += block.rows.iter().filter(|row| row.hidden).count() as u64;
                    ControlFlow::Continue(())
                };
                stream(&mut self.book, sheet, (BLOCK_ROWS, BLOCK_CELLS), &mut count)?;
                Ok(about)
            }
            Book::Xlsb(_) => Ok(SheetAbout::default()),
        }
    }

    pub(super) fn stream(
        &mut self,
        sheet: &str,
        max_rows: usize,
        max_cells: usize,
        sink: &mut Sink<'_>,
    ) -> Result<(), ReadError> {
        let Self { book, budget } = self;
        budget.watch(sheet, sink, |sink| stream(book, sheet, (max_rows, max_cells), sink))
    }
}

/// Whether a sheet is one of cells. A chart on a sheet of its own has none, and the library fails on it.
fn has_cells(kind: SheetType) -> bool {
    matches!(kind, SheetType::WorkSheet | SheetType::MacroSheet)
}

fn stream(
    book: &mut Book,
    sheet: &str,
    (max_rows, max_cells): (usize, usize),
    sink: &mut Sink<'_>,
) -> Result<(), ReadError> {
    let shift = match book {
        Book::Xlsb(book) if book.has_1904_epoch() => DAYS_1904,
        Book::Xls(told, _) if told.is_1904 => DAYS_1904,
        Book::Ods(book) => book.date_shift(),
        _ => 0.0,
    };
    let mut gatherer = Gatherer::new(sheet, shift, max_rows, max_cells);
    gatherer.block.dates_uncertain = matches!(book, Book::Xls(..));
    match book {
        Book::Xlsx(book) => return book.stream(sheet, max_rows, max_cells, sink),
        Book::Xlsb(book) => stream_xlsb(book, sheet, shift, &mut gatherer, sink)?,
        Book::Xls(told, book) => {
            let old = old_sheet(told, book, sheet);
            let own = place_of(told, book, sheet).map(|place| book.sheets_metadata()[place].name.clone());
            let own = own.unwrap_or_else(|| sheet.to_owned());
            let range =
                contained(FileKind::Workbook, || book.worksheet_range(&own))?.map_err(|error| damaged_xls(&error))?;
            stream_range(&range, (shift, old, told), &mut gatherer, sink)?;
        }
        Book::Ods(book) => book.stream(sheet, &mut gatherer, sink)?,
    }
    gatherer.finish(sink);
    Ok(())
}

fn stream_xlsb(
    book: &mut Xlsb<Box<dyn Source>>,
    sheet: &str,
    shift: f64,
    gatherer: &mut Gatherer,
    sink: &mut Sink<'_>,
) -> Result<(), ReadError> {
    let mut reader =
        contained(FileKind::Workbook, || book.worksheet_cells_reader(sheet))?.map_err(|error| damaged_xlsb(&error))?;
    // One call of the library each; a panic in it is a refusal of the file.
    while let Some(cell) =
        contained(FileKind::Workbook, || reader.next_cell())?.map_err(|error| damaged_xlsb(&error))?
    {
        let make = |block: &mut Block| from_ref(block, cell.get_value(), false, shift);
        if gatherer.cell(cell.get_position(), sink, make)?.is_break() {
            break;
        }
    }
    Ok(())
}

fn stream_range(
    range: &calamine::Range<Data>,
    (shift, old, told): (f64, Option<&OldSheet>, &OldBook),
    gatherer: &mut Gatherer,
    sink: &mut Sink<'_>,
) -> Result<(), ReadError> {
    let (row_zero, column_zero) = range.start().unwrap_or((0, 0));
    for (row, column, value) in range.used_cells() {
        let position = (
            row_zero.saturating_add(u32::try_from(row).unwrap_or(u32::MAX)),
            column_zero.saturating_add(u32::try_from(column).unwrap_or(u32::MAX)),
        );
        let whole = old.and_then(|old| old.long_texts.get(position.0, position.1));
        let value = whole.map_or_else(|| borrowed(value), DataRef::SharedString);
        let value = match value {
            DataRef::SharedString(text) if told.page.is_some() => DataRef::String(told.text(text).into_owned()),
            other => other,
        };
        let digits = old.and_then(|old| old.padded.get(position.0, position.1));
        let done = gatherer.cell(position, sink, |block| match (from_ref(block, &value, false, shift), digits) {
            (Cell::Number(number), Some(digits)) => digits.shown(number).map_or(Cell::Number(number), |text| {
                let (start, length) = block.push_text(&text);
                Cell::Padded(start, length)
            }),
            (cell, _) => cell,
        })?;
        if done.is_break() {
            break;
        }
        gatherer.hide(old.is_some_and(|old| old.hides(position.0)));
    }
    Ok(())
}

/// What the workbook's own records say of a sheet: the library lists the sheets in the same order.
fn old_sheet<'t>(told: &'t OldBook, book: &Xls<Cursor<Vec<u8>>>, sheet: &str) -> Option<&'t OldSheet> {
    told.sheets.get(place_of(told, book, sheet)?)
}

/// The place of a sheet in the library's list.
fn place_of(told: &OldBook, book: &Xls<Cursor<Vec<u8>>>, sheet: &str) -> Option<usize> {
    book.sheets_metadata().iter().position(|listed| told.text(&listed.name) == sheet)
}

/// The formats that are not streamed give cells of another type.
fn borrowed(value: &Data) -> DataRef<'_> {
    match value {
        Data::Empty => DataRef::Empty,
        Data::Int(value) => DataRef::Int(*value),
        Data::Float(value) => DataRef::Float(*value),
        Data::Bool(value) => DataRef::Bool(*value),
        Data::DateTime(value) => DataRef::DateTime(*value),
        Data::String(value) | Data::DateTimeIso(value) | Data::DurationIso(value) => DataRef::SharedString(value),
        Data::Error(error) => DataRef::Error(error.clone()),
    }
}

/// A cell of the library as ours. `shift` moves serials of the 1904 system that carry no date format of their own.
fn from_ref(block: &mut Block, value: &DataRef<'_>, has_formula: bool, shift: f64) -> Cell {
    let mut text = |text: &str| {
        let (start, length) = block.push_text(text);
        if length == 0 { Cell::Blank } else { Cell::Text(start, length) }
    };
    match value {
        DataRef::Empty if has_formula => Cell::NoValue,
        DataRef::Empty => Cell::Blank,
        DataRef::String(value) | DataRef::DateTimeIso(value) | DataRef::DurationIso(value) => text(value),
        DataRef::SharedString(value) => text(value),
        #[expect(clippy::cast_precision_loss, reason = "Excel itself holds every number as a double")]
        DataRef::Int(value) => Cell::Number(*value as f64),
        DataRef::Float(value) => Cell::Number(*value),
        DataRef::Bool(value) => Cell::Bool(*value),
        DataRef::DateTime(value) if value.is_duration() => Cell::Duration(value.as_f64()),
        DataRef::DateTime(value) => Cell::Serial(value.as_f64() + shift),
        DataRef::Error(error) => {
            let (start, length) = block.push_text(&error.to_string());
            Cell::Error(start, length)
        }
    }
}

/// Gathers cells into rows and rows into blocks.
pub(super) struct Gatherer {
    block: Block,
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
    fn new(sheet: &str, date_shift: f64, max_rows: usize, max_cells: usize) -> Self {
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

    fn finish(mut self, sink: &mut Sink<'_>) {
        if self.close_row(sink).is_continue() && !self.block.rows.is_empty() {
            let _: ControlFlow<()> = sink(self.block);
        }
    }
}

/// What the parts of an archive are those of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Parts {
    /// A binary workbook: `.xlsb`.
    Binary,
    /// An OpenDocument file: `.ods`.
    OpenDocument,
    /// Something else, such as `.xlsx`.
    Other,
}

fn parts(path: &Path) -> Parts {
    let archive = File::open(path).ok().and_then(|file| zip::ZipArchive::new(BufReader::new(file)).ok());
    let has = |name: &str| archive.as_ref().is_some_and(|archive| archive.index_for_name(name).is_some());
    if has("xl/workbook.bin") {
        Parts::Binary
    } else if has("content.xml") && !has("[Content_Types].xml") {
        Parts::OpenDocument
    } else {
        Parts::Other
    }
}

/// The parts that are not looked through before a workbook is read: the large ones of an xlsx, which its reader reads to their
/// end itself, with their checksum and without a document type; and those that no reader opens, in which nothing can do harm.
fn is_left(name: &str) -> bool {
    /// Pictures, previews, macros and their dialogues, printers, themes and settings of the window.
    const NEVER_OPENED: [&str; 17] = [
        "basic/",
        "configurations2/",
        "customui/",
        "customxml/",
        "dialogs/",
        "docprops/",
        "pictures/",
        "scripts/",
        "thumbnails/",
        "xl/activex/",
        "xl/charts/",
        "xl/ctrlprops/",
        "xl/drawings/",
        "xl/embeddings/",
        "xl/media/",
        "xl/printersettings/",
        "xl/theme/",
    ];
    let name = name.to_ascii_lowercase().replace('\\', "/");
    if NEVER_OPENED.iter().any(|folder| name.starts_with(folder)) || name.ends_with("/vbaproject.bin") {
        return true;
    }
    name.strip_suffix(".xml").is_some() && (name.contains("/worksheets/") || name.ends_with("/sharedstrings.xml"))
}
