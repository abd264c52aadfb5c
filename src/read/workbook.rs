//! Workbooks of every kind: which of the readers takes one, and the cells that it may have in all.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use super::budget::CellBudget;
use super::content::{content_at, refuse};
use super::gather::Gatherer;
use super::guard::{Danger, FileKind, check_ole, check_package, contained};
use super::ods::{Ods, OdsPackage};
use super::xls::OldWorkbook;
use super::xlsb::BinaryWorkbook;
use super::xlsx::Xlsx;
use super::{ReadError, SheetAbout, Sink};
use crate::model::Content;

/// A workbook opened for reading.
pub struct Workbook {
    book: OpenedBook,
    budget: CellBudget,
}

enum OpenedBook {
    Xlsx(Box<Xlsx>),
    Xlsb(Box<BinaryWorkbook>),
    Xls(Box<OldWorkbook>),
    Ods(Box<Ods>),
}

impl Workbook {
    pub(super) fn open(path: &Path) -> Result<Self, ReadError> {
        let content = content_at(path)?;
        let book = match content {
            Content::Zip | Content::Xlsx => {
                check_package(path, &is_left)?;
                match parts(path) {
                    ArchiveKind::OpenDocument => {
                        OpenedBook::Ods(Box::new(contained(FileKind::Workbook, || Ods::open(path, OdsPackage::Zip))??))
                    }
                    ArchiveKind::Binary => OpenedBook::Xlsb(Box::new(BinaryWorkbook::open(path)?)),
                    ArchiveKind::Other => OpenedBook::Xlsx(Box::new(Xlsx::open(path)?)),
                }
            }
            Content::Ole2 => {
                check_ole(path)?;
                OpenedBook::Xls(Box::new(OldWorkbook::open(path)?))
            }
            Content::FlatOds => {
                OpenedBook::Ods(Box::new(contained(FileKind::Workbook, || Ods::open(path, OdsPackage::Flat))??))
            }
            other => return Err(refuse(other, "a workbook")),
        };
        let workbook = Self { book, budget: CellBudget::default() };
        match (workbook.sheets().is_empty(), workbook.others()) {
            (false, _) => Ok(workbook),
            (true, others) if others.is_empty() => Err(Danger::NoSheets.error()),
            (true, others) => Err(Danger::NoCells(others).error()),
        }
    }

    /// The names of the sheets that are charts or dialogues.
    fn others(&self) -> Vec<String> {
        match &self.book {
            OpenedBook::Xlsx(book) => book.others(),
            OpenedBook::Xlsb(book) => book.others(),
            OpenedBook::Xls(book) => book.others(),
            OpenedBook::Ods(_) => Vec::new(),
        }
    }

    /// The sheets with cells, and whether each is shown.
    pub(super) fn sheets(&self) -> Vec<(String, bool)> {
        match &self.book {
            OpenedBook::Xlsx(book) => book.sheets(),
            OpenedBook::Xlsb(book) => book.sheets(),
            OpenedBook::Xls(book) => book.sheets(),
            OpenedBook::Ods(book) => book.sheets(),
        }
    }

    pub(super) fn about(&mut self, sheet: &str) -> Result<SheetAbout, ReadError> {
        match &mut self.book {
            OpenedBook::Xlsx(book) => book.about(sheet),
            OpenedBook::Ods(book) => book.about(sheet),
            OpenedBook::Xls(book) => book.about(sheet),
            OpenedBook::Xlsb(_) => Ok(SheetAbout::default()),
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
        budget.watch(sheet, sink, |sink| {
            let shift = match book {
                OpenedBook::Xlsx(book) => return book.stream(sheet, max_rows, max_cells, sink),
                OpenedBook::Xlsb(book) => book.date_shift(),
                OpenedBook::Xls(book) => book.date_shift(),
                OpenedBook::Ods(book) => book.date_shift(),
            };
            let mut gatherer = Gatherer::new(sheet, shift, max_rows, max_cells);
            match book {
                OpenedBook::Xlsx(_) => {}
                OpenedBook::Xlsb(book) => book.stream(sheet, &mut gatherer, sink)?,
                OpenedBook::Xls(book) => book.stream(sheet, &mut gatherer, sink)?,
                OpenedBook::Ods(book) => book.stream(sheet, &mut gatherer, sink)?,
            }
            gatherer.finish(sink);
            Ok(())
        })
    }
}

/// What the parts of an archive are those of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ArchiveKind {
    /// A binary workbook: `.xlsb`.
    Binary,
    /// An OpenDocument file: `.ods`.
    OpenDocument,
    /// Something else, such as `.xlsx`.
    Other,
}

fn parts(path: &Path) -> ArchiveKind {
    let archive = File::open(path).ok().and_then(|file| zip::ZipArchive::new(BufReader::new(file)).ok());
    let has = |name: &str| archive.as_ref().is_some_and(|archive| archive.index_for_name(name).is_some());
    if has("xl/workbook.bin") {
        ArchiveKind::Binary
    } else if has("content.xml") && !has("[Content_Types].xml") {
        ArchiveKind::OpenDocument
    } else {
        ArchiveKind::Other
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
