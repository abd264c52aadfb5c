//! Workbooks of Office Open XML (.xlsx, .xlsm), streamed in one pass over each sheet, both its transitional and its strict kind.
//!
//! In: the bytes of a file. Out: rows of cells with addresses, and what the sheets say of themselves. A cell, or the place of
//! one, that cannot be read is a flaw with its address ([`Cell::Flawed`](super::Cell), [`RowFlaw`](super::RowFlaw)); only
//! a part that is no XML, or is cut short, refuses the file. What a cell *means* is decided in `conform`.
//!
//! Why it is our own, where a library reads such files: nearly all that councils send comes this way, and the library refuses a
//! whole sheet for one odd cell, and tells nothing of the rows and columns that a sheet hides, of formulas without a value, or of
//! formats that make codes of numbers (`0000123`). It also holds a sheet
//! whole; here a row is gone when its block is. `tests/it/xlsx` holds the cells of both side by side.

mod book;
mod error;
pub(super) mod format;
mod gather;
mod package;
mod reference;
mod scan;
mod sheet;
mod source;
mod strings;
mod styles;
mod tables;
mod text;
mod value;

use std::collections::HashMap;
use std::path::Path;

use self::book::{Contents, NamedSheet};
use self::format::Shown;
use self::gather::Gather;
use self::package::Package;
use self::sheet::{SheetEnd, SheetReader};
use self::strings::SharedStrings;
use self::value::Reading;
use super::{ReadError, SheetAbout, Sink, Visibility};

/// Days between the two date systems of Excel.
const DAYS_1904: f64 = 1462.0;

/// A workbook opened for reading.
pub(super) struct Xlsx {
    package: Package,
    contents: Contents,
    strings: SharedStrings,
    styles: Vec<Shown>,
    /// What sheets say that have been read to their end.
    ends: HashMap<String, SheetAbout>,
}

impl Xlsx {
    pub(super) fn open(path: &Path) -> Result<Self, ReadError> {
        let mut package = Package::open(path)?;
        let Some(part) = package.workbook()? else {
            return Err(not_a_workbook(&package));
        };
        let relations = package.relations(&part)?;
        let contents = book::read(&mut package, &part, &relations)?;
        let of_kind = |kind: &str| {
            relations.iter().find(|relation| relation.kind == kind).map(|relation| relation.target.clone())
        };
        let strings = match of_kind("sharedStrings") {
            Some(part) => Some(part),
            None => package.by_content_type(&["sharedStrings+xml"])?,
        };
        let strings = match strings {
            Some(part) => SharedStrings::read(&mut package, &part)?,
            None => SharedStrings::default(),
        };
        let styles = match of_kind("styles") {
            Some(part) => styles::read(&mut package, &part)?,
            None => Vec::new(),
        };
        Ok(Self { package, contents, strings, styles, ends: HashMap::new() })
    }

    pub(super) fn sheets(&self) -> Vec<(String, bool)> {
        let shown = |sheet: &NamedSheet| (sheet.name.clone(), sheet.visibility == Visibility::Visible);
        self.contents.sheets.iter().map(shown).collect()
    }

    /// The names of the sheets that have no cells: charts and dialogues.
    pub(super) fn others(&self) -> Vec<String> {
        self.contents.others.clone()
    }

    /// What a sheet says of itself: the sheet is read to its end, unless it has been.
    pub(super) fn about(&mut self, sheet: &str) -> Result<SheetAbout, ReadError> {
        let mut about = match self.ends.get(sheet) {
            Some(about) => about.clone(),
            None => self.read(sheet, usize::MAX, 1 << 19, &mut |_| std::ops::ControlFlow::Continue(()))?,
        };
        let (sheet, part) = self.sheet(sheet)?;
        about.visibility = sheet.visibility;
        about.names = tables::names_of(&self.contents, &sheet);
        about.tables = tables::read(&mut self.package, &part)?;
        Ok(about)
    }

    /// Streams the rows of a sheet in blocks, until its end or until the sink breaks.
    pub(super) fn stream(
        &mut self,
        sheet: &str,
        max_rows: usize,
        max_cells: usize,
        sink: &mut Sink<'_>,
    ) -> Result<(), ReadError> {
        self.read(sheet, max_rows, max_cells, sink).map(|_| ())
    }

    fn read(
        &mut self,
        name: &str,
        max_rows: usize,
        max_cells: usize,
        sink: &mut Sink<'_>,
    ) -> Result<SheetAbout, ReadError> {
        let (found, part) = self.sheet(name)?;
        let shift = if self.contents.is_1904 { DAYS_1904 } else { 0.0 };
        let Some(scan) = self.package.part(&part)? else { return Err(missing(&found.name)) };
        let mut reader = SheetReader {
            scan,
            reading: Reading { strings: &self.strings, styles: &self.styles, shift },
            gather: Gather::new(&found.name, shift, (max_rows, max_cells), sink),
            about: SheetAbout::default(),
            value: String::new(),
            keeps: [false; 3],
        };
        match reader.read() {
            Ok(()) => {
                reader.gather.finish();
                let about = reader.about;
                self.ends.insert(name.to_owned(), about.clone());
                Ok(about)
            }
            Err(SheetEnd::Enough) => Ok(reader.about),
            Err(SheetEnd::Xml(error)) => Err(error::of_part(&part, error)),
            Err(SheetEnd::Read(error)) => Err(error),
        }
    }

    /// A sheet and its part.
    fn sheet(&self, name: &str) -> Result<(NamedSheet, String), ReadError> {
        let Some(sheet) = self.contents.sheets.iter().find(|sheet| sheet.name == name) else {
            return Err(error::broken(format!("the workbook has no sheet `{name}`")));
        };
        let part = sheet.part.clone().ok_or_else(|| missing(name))?;
        Ok((sheet.clone(), part))
    }
}

fn missing(sheet: &str) -> ReadError {
    error::broken(format!("the workbook names sheet `{sheet}`, and the part that holds it is not in the file"))
}

/// The refusal of an archive that is something else.
fn not_a_workbook(package: &Package) -> ReadError {
    let (what, hint) = if package.has("content.xml") {
        ("an OpenDocument spreadsheet (.ods)", "save it as .xlsx")
    } else if package.names().any(|name| name.starts_with("word/") || name.starts_with("ppt/")) {
        ("a document or a presentation, not a workbook", "ask for the table as .xlsx or CSV")
    } else {
        ("an archive, not a workbook", "name its members in the source: `archive.zip!*.csv`")
    };
    ReadError::content("read::not_a_workbook", format!("the file is {what}"), hint)
}
