//! A file opened in one format: the same few verbs for every reader.

use std::ops::ControlFlow;
use std::path::Path;

use super::guard::FileKind;
use super::{
    BLOCK_CELLS, BLOCK_ROWS, Block, Containment, ReadError, SheetAbout, Sink, columnar, contain, csv, jsonl, workbook,
    xml,
};
use crate::definitions::Format;

/// A file opened for reading in one format.
pub enum Rows {
    /// Delimited text.
    Csv(csv::CsvRows),
    /// A workbook.
    Workbook(Box<workbook::Workbook>),
    /// A workbook or a Parquet file that another process reads.
    Contained(Box<contain::Contained>),
    /// XML.
    Xml(xml::XmlRows),
    /// Parquet.
    Parquet(columnar::ParquetRows),
    /// Objects of JSON.
    Jsonl(jsonl::JsonRows),
}

impl Rows {
    /// Opens a file in the given format, in this process.
    ///
    /// # Errors
    /// [`ReadError`] when the file is not of that kind, or is broken or protected.
    pub fn open(path: &Path, format: &Format) -> Result<Self, ReadError> {
        Self::open_in(path, format, &Containment::InProcess)
    }

    /// Opens a file in the given format; a workbook and Parquet where the containment says.
    ///
    /// # Errors
    /// As for [`Rows::open`].
    pub fn open_in(path: &Path, format: &Format, containment: &Containment) -> Result<Self, ReadError> {
        Ok(match format {
            Format::Csv { encoding, delimiter, quote, line_end } => {
                Self::Csv(csv::CsvRows::open(path, *encoding, *delimiter, *quote, *line_end)?)
            }
            Format::Workbook { .. } => match containment {
                Containment::InProcess => Self::Workbook(Box::new(workbook::Workbook::open(path)?)),
                Containment::Child(keeper) => {
                    Self::Contained(Box::new(contain::Contained::open(path, FileKind::Workbook, keeper)?))
                }
            },
            Format::Xml { row, into } => Self::Xml(xml::XmlRows::open(path, row, into)?),
            Format::Parquet => match containment {
                Containment::InProcess => Self::Parquet(columnar::ParquetRows::open(path)?),
                Containment::Child(keeper) => {
                    Self::Contained(Box::new(contain::Contained::open(path, FileKind::Parquet, keeper)?))
                }
            },
            Format::Jsonl => Self::Jsonl(jsonl::JsonRows::open(path)?),
        })
    }

    /// The sheets: name, and whether it is visible. A CSV and XML have none.
    #[must_use]
    pub fn sheets(&self) -> Vec<(String, bool)> {
        match self {
            Self::Csv(_) | Self::Xml(_) | Self::Parquet(_) | Self::Jsonl(_) => Vec::new(),
            Self::Workbook(workbook) => workbook.sheets(),
            Self::Contained(workbook) => workbook.sheets(),
        }
    }

    /// Whether the format itself says what its labels are: they stand on row 1, and all below is data.
    #[must_use]
    pub fn has_own_labels(&self) -> bool {
        match self {
            Self::Xml(_) | Self::Parquet(_) | Self::Jsonl(_) => true,
            Self::Contained(contained) => contained.kind() == FileKind::Parquet,
            Self::Csv(_) | Self::Workbook(_) => false,
        }
    }

    /// What a sheet says of itself besides its cells. An xlsx, an ods and an xls tell (an
    /// xls no tables and no names); of another format nothing is known.
    ///
    /// # Errors
    /// As for [`Rows::stream`]: the sheet is read to its end.
    pub fn about(&mut self, sheet: &str) -> Result<SheetAbout, ReadError> {
        match self {
            Self::Workbook(workbook) => workbook.about(sheet),
            Self::Contained(workbook) => workbook.about(sheet),
            Self::Csv(_) | Self::Xml(_) | Self::Parquet(_) | Self::Jsonl(_) => Ok(SheetAbout::default()),
        }
    }

    /// Streams the rows from the first one, in blocks, until the end or until the sink breaks.
    ///
    /// # Errors
    /// [`ReadError`] when the file is broken further down.
    pub fn stream(&mut self, sheet: Option<&str>, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        match self {
            Self::Csv(rows) => rows.stream(BLOCK_ROWS, BLOCK_CELLS, sink),
            Self::Workbook(workbook) => workbook.stream(sheet.unwrap_or(""), BLOCK_ROWS, BLOCK_CELLS, sink),
            Self::Contained(workbook) => workbook.stream(sheet.unwrap_or(""), (BLOCK_ROWS, BLOCK_CELLS), false, sink),
            Self::Xml(xml) => xml.stream(BLOCK_ROWS, BLOCK_CELLS, sink),
            Self::Parquet(rows) => rows.stream(BLOCK_ROWS, BLOCK_CELLS, sink),
            Self::Jsonl(rows) => rows.stream(BLOCK_ROWS, BLOCK_CELLS, sink),
        }
    }

    /// The first rows only.
    ///
    /// # Errors
    /// As for [`Rows::stream`].
    pub fn first(&mut self, sheet: Option<&str>, rows: usize) -> Result<Block, ReadError> {
        let mut first = None;
        let mut sink = |block: Block| {
            first = Some(block);
            ControlFlow::Break(())
        };
        match self {
            Self::Csv(csv) => csv.stream(rows, BLOCK_CELLS, &mut sink)?,
            Self::Workbook(workbook) => workbook.stream(sheet.unwrap_or(""), rows, BLOCK_CELLS, &mut sink)?,
            Self::Contained(workbook) => {
                workbook.stream(sheet.unwrap_or(""), (rows, BLOCK_CELLS), true, &mut sink)?;
            }
            Self::Xml(xml) => xml.stream(rows, BLOCK_CELLS, &mut sink)?,
            Self::Parquet(parquet) => parquet.stream(rows, BLOCK_CELLS, &mut sink)?,
            Self::Jsonl(json) => json.stream(rows, BLOCK_CELLS, &mut sink)?,
        }
        Ok(first.unwrap_or_default())
    }
}
