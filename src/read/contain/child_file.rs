//! What the child has open: a workbook or a Parquet file, each read by the code that reads it in any process.

use std::path::Path;

use crate::read::columnar::ParquetRows;
use crate::read::guard::FileKind;
use crate::read::workbook::Workbook;
use crate::read::{ReadError, SheetAbout, Sink};

/// A file whose reader is a library.
pub(super) enum ChildFile {
    /// A workbook.
    Workbook(Box<Workbook>),
    /// A Parquet file.
    Parquet(ParquetRows),
}

impl ChildFile {
    pub(super) fn open(path: &Path, kind: FileKind) -> Result<Self, ReadError> {
        Ok(match kind {
            FileKind::Workbook => Self::Workbook(Box::new(Workbook::open(path)?)),
            FileKind::Parquet => Self::Parquet(ParquetRows::open(path)?),
        })
    }

    /// Names and visibility; a Parquet file has no sheets.
    pub(super) fn sheets(&self) -> Vec<(String, bool)> {
        match self {
            Self::Workbook(book) => book.sheets(),
            Self::Parquet(_) => Vec::new(),
        }
    }

    pub(super) fn about(&mut self, sheet: &str) -> Result<SheetAbout, ReadError> {
        match self {
            Self::Workbook(book) => book.about(sheet),
            Self::Parquet(_) => Ok(SheetAbout::default()),
        }
    }

    pub(super) fn stream(
        &mut self,
        sheet: &str,
        (max_rows, max_cells): (usize, usize),
        sink: &mut Sink<'_>,
    ) -> Result<(), ReadError> {
        match self {
            Self::Workbook(book) => book.stream(sheet, max_rows, max_cells, sink),
            Self::Parquet(rows) => rows.stream(max_rows, max_cells, sink),
        }
    }
}
