//! OpenDocument spreadsheets: `.ods` (a zip archive) and `.fods` (one XML file), streamed by the same code.
//!
//! In: the package and the name of a sheet. Out: the same rows of cells as of an Excel workbook. A reader of our own, because
//! what government publishes is often written by programs that no library expects: no `mimetype` member, white space and
//! comments between the cells, prefixes of their own. Cells and rows that are repeated cost nothing where they are blank, and
//! are limited where they are not. Not here: formulas (the value that the file holds is taken), styles, pictures, notes.

mod content;
mod package;
mod row;
mod text;
mod value;

use std::collections::HashMap;
use std::io::BufRead;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::budget::MOST_CELLS;
use super::gather::Gatherer;
use super::{CellArea, ReadError, SheetAbout, Sink, Visibility};
use content::{OdsTable, Visit, walk, walk_table};
use package::Package;
use row::RowCells;

/// A spreadsheet opened for reading.
#[derive(Debug)]
pub(super) struct Ods {
    path: PathBuf,
    package: Package,
    sheets: Vec<OdsSheet>,
    /// Days between the date system of the document and that of 1900.
    date_shift: f64,
    /// What sheets say that have been read to their end.
    ends: HashMap<String, SheetAbout>,
}

#[derive(Debug)]
struct OdsSheet {
    name: String,
    visible: bool,
    /// The byte of the content behind which its rows begin.
    after: u64,
}

impl Ods {
    /// Opens the package and lists its sheets; to do so the content is read once to its end, which also proves its checksum.
    pub(super) fn open(path: &Path, package: Package) -> Result<Self, ReadError> {
        let mut list = List::default();
        package.with_content(path, &mut |content| walk(content, &mut list))?;
        if list.sheets.is_empty() {
            return Err(ReadError::content(
                "read::not_a_workbook",
                "the file is an OpenDocument file without a sheet, such as a text document",
                "ask for the spreadsheet, as .ods or .xlsx",
            ));
        }
        let sheets = list
            .sheets
            .into_iter()
            .map(|(table, after)| {
                let visible = table.display && !list.hidden_styles.contains(&table.style);
                OdsSheet { name: table.name, visible, after }
            })
            .collect();
        Ok(Self { path: path.to_path_buf(), package, sheets, date_shift: list.date_shift, ends: HashMap::new() })
    }

    pub(super) fn sheets(&self) -> Vec<(String, bool)> {
        self.sheets.iter().map(|sheet| (sheet.name.clone(), sheet.visible)).collect()
    }

    pub(super) fn date_shift(&self) -> f64 {
        self.date_shift
    }

    pub(super) fn stream(
        &mut self,
        sheet: &str,
        gatherer: &mut Gatherer,
        sink: &mut Sink<'_>,
    ) -> Result<(), ReadError> {
        let sheet = self.sheet(sheet)?;
        let about = About::of(sheet);
        let mut stream = RowStream { next_row: 0, repeated: 0, gatherer, sink, about, is_whole: false };
        self.package
            .with_content(&self.path, &mut |content: &mut dyn BufRead| walk_table(content, sheet.after, &mut stream))?;
        if stream.is_whole {
            let (name, about) = (sheet.name.clone(), stream.about.found);
            self.ends.insert(name, about);
        }
        Ok(())
    }

    /// What a sheet says of itself: the sheet is read to its end, unless it has been.
    pub(super) fn about(&self, sheet: &str) -> Result<SheetAbout, ReadError> {
        if let Some(about) = self.ends.get(sheet) {
            return Ok(about.clone());
        }
        let sheet = self.sheet(sheet)?;
        let mut about = About::of(sheet);
        self.package
            .with_content(&self.path, &mut |content: &mut dyn BufRead| walk_table(content, sheet.after, &mut about))?;
        Ok(about.found)
    }

    fn sheet(&self, name: &str) -> Result<&OdsSheet, ReadError> {
        self.sheets.iter().find(|sheet| sheet.name == name).ok_or_else(|| {
            ReadError::content(
                "read::no_sheet",
                format!("the workbook has no sheet `{name}`"),
                "name one of its sheets in the layout",
            )
        })
    }
}

pub(super) use package::Package as OdsPackage;

/// Takes the names of the sheets and what the document says of itself.
#[derive(Default)]
struct List {
    sheets: Vec<(OdsTable, u64)>,
    hidden_styles: Vec<String>,
    date_shift: f64,
}

impl Visit for List {
    fn hidden_style(&mut self, name: String) {
        self.hidden_styles.push(name);
    }

    fn null_date(&mut self, shift: f64) {
        self.date_shift = shift;
    }

    fn table(&mut self, table: OdsTable, after: u64) -> bool {
        self.sheets.push((table, after));
        false
    }

    fn columns(&mut self, _count: u32, _hidden: bool) {}

    fn row(&mut self, _cells: &RowCells, _repeat: u32) -> Result<ControlFlow<()>, ReadError> {
        Ok(ControlFlow::Continue(()))
    }

    fn table_end(&mut self) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// Gives the rows of one sheet to the gatherer.
struct RowStream<'s, 'k> {
    /// 0-based.
    next_row: u32,
    repeated: u64,
    gatherer: &'s mut Gatherer,
    sink: &'s mut Sink<'k>,
    about: About,
    /// Whether the sheet was read to its end.
    is_whole: bool,
}

impl Visit for RowStream<'_, '_> {
    fn hidden_style(&mut self, _name: String) {}

    fn null_date(&mut self, _shift: f64) {}

    fn table(&mut self, _table: OdsTable, _after: u64) -> bool {
        false
    }

    fn columns(&mut self, count: u32, hidden: bool) {
        self.about.columns(count, hidden);
    }

    fn row(&mut self, cells: &RowCells, repeat: u32) -> Result<ControlFlow<()>, ReadError> {
        let _: ControlFlow<()> = self.about.row(cells, repeat)?;
        let first = self.next_row;
        self.next_row = first.saturating_add(repeat);
        if cells.is_blank() {
            return Ok(ControlFlow::Continue(()));
        }
        self.repeated += cells.count().saturating_mul(u64::from(repeat)).saturating_sub(cells.distinct());
        if self.repeated > MOST_CELLS {
            return Err(ReadError::Content {
                code: "read::too_large",
                message: format!("a row is repeated until the sheet has more than {MOST_CELLS} cells"),
                hint: "delete the rows below the data and the columns beside it, and save the workbook again"
                    .to_owned(),
                at: Some(format!("{}!row {}", self.gatherer.sheet(), first.saturating_add(1))),
            });
        }
        for nth in 0..repeat {
            // Beyond the last row of a sheet the gatherer refuses the file.
            let row = first.saturating_add(nth);
            for (column, cell) in cells.iter() {
                if self.gatherer.cell((row, column), self.sink, |block| cells.make(cell, block))?.is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
            self.gatherer.hide(cells.hidden);
        }
        Ok(ControlFlow::Continue(()))
    }

    fn table_end(&mut self) -> ControlFlow<()> {
        self.is_whole = true;
        ControlFlow::Break(())
    }
}

/// Takes what a sheet hides and merges.
struct About {
    found: SheetAbout,
    /// 0-based.
    next_row: u32,
    /// 0-based.
    next_column: u32,
}

impl About {
    fn of(sheet: &OdsSheet) -> Self {
        let visibility = if sheet.visible { Visibility::Visible } else { Visibility::Hidden };
        Self { found: SheetAbout { visibility, ..SheetAbout::default() }, next_row: 0, next_column: 0 }
    }
}

impl Visit for About {
    fn hidden_style(&mut self, _name: String) {}

    fn null_date(&mut self, _shift: f64) {}

    fn table(&mut self, _table: OdsTable, _after: u64) -> bool {
        false
    }

    fn columns(&mut self, count: u32, hidden: bool) {
        let first = self.next_column;
        self.next_column = first.saturating_add(count);
        if hidden {
            self.found.hidden_columns.push(first..=self.next_column.saturating_sub(1));
        }
    }

    fn row(&mut self, cells: &RowCells, repeat: u32) -> Result<ControlFlow<()>, ReadError> {
        let first_row = self.next_row.saturating_add(1);
        self.next_row = self.next_row.saturating_add(repeat);
        if cells.hidden && !cells.is_blank() {
            self.found.hidden_rows += u64::from(repeat);
        }
        self.found.merged.extend(cells.merged.iter().map(|(first_column, columns, rows)| CellArea {
            first_row,
            first_column: *first_column,
            last_row: first_row.saturating_add(rows - 1),
            last_column: first_column.saturating_add(columns - 1),
        }));
        Ok(ControlFlow::Continue(()))
    }

    fn table_end(&mut self) -> ControlFlow<()> {
        ControlFlow::Break(())
    }
}

#[cfg(test)]
mod tests;
