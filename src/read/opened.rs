//! A file that several formats are tried on.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};

use super::{Containment, ReadError, Rows};
use crate::definitions::Format;

/// A file, opened once for each dialect that its layouts declare: what the proof has parsed, the reading does not parse again.
pub struct Opened {
    path: PathBuf,
    containment: Containment,
    dialects: BTreeMap<String, Rows>,
}

impl Opened {
    /// A file that nothing has been read of yet, to be read in this process.
    #[must_use]
    pub fn at(path: &Path) -> Self {
        Self::within(path, &Containment::InProcess)
    }

    /// A file that nothing has been read of yet; a workbook and Parquet are read where the containment says.
    #[must_use]
    pub fn within(path: &Path, containment: &Containment) -> Self {
        Self { path: path.to_path_buf(), containment: containment.clone(), dialects: BTreeMap::new() }
    }

    /// Where its bytes are.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Its rows in a format.
    ///
    /// # Errors
    /// As for [`Rows::open`].
    pub fn rows(&mut self, format: &Format) -> Result<&mut Rows, ReadError> {
        Ok(match self.dialects.entry(dialect(format)) {
            Entry::Occupied(opened) => opened.into_mut(),
            Entry::Vacant(new) => new.insert(Rows::open_in(&self.path, format, &self.containment)?),
        })
    }
}

/// What two formats have in common where one reading serves both.
pub(crate) fn dialect(format: &Format) -> String {
    match format {
        Format::Csv { encoding, delimiter, quote, line_end } => {
            format!("csv {encoding:?} {delimiter} {quote:?} {line_end}")
        }
        Format::Parquet => "parquet".to_owned(),
        Format::Jsonl => "jsonl".to_owned(),
        Format::Workbook { .. } => "workbook".to_owned(),
        Format::Xml { row, into } => format!("xml {} {}", row.join("/"), into.join(" ")),
    }
}
