//! Why a county could not be written.

use std::path::PathBuf;

use thiserror::Error;

use crate::lake::FileError;
use crate::xlsx::XlsxError;

/// Why a county could not be written.
#[derive(Debug, Error)]
pub enum SampleError {
    /// A number of the request is out of its range.
    #[error("cannot invent a county of {value} {what}")]
    Range {
        /// What was asked for: `schools`.
        what: &'static str,
        /// How many.
        value: String,
        /// What is possible.
        valid: &'static str,
    },
    /// The folder has something in it.
    #[error("`{}` is not empty", folder.display())]
    NotEmpty {
        /// The folder.
        folder: PathBuf,
    },
    /// A file or folder could not be written.
    #[error(transparent)]
    File(#[from] FileError),
    /// A workbook could not be made.
    #[error("cannot make a workbook: {0}")]
    Workbook(#[from] XlsxError),
    /// The truth could not be put into JSON.
    #[error("cannot write the truth as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl SampleError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Range { what, valid, .. } => Some(format!("ask for {valid} {what}")),
            Self::NotEmpty { .. } => Some("name a new folder with `--out`: nothing is ever written over".to_owned()),
            Self::File(error) if error.is_disk_full() => {
                Some("free some space: 80,000 pupils over ten years take about 3 GB".to_owned())
            }
            Self::File(_) | Self::Workbook(_) | Self::Json(_) => None,
        }
    }

    /// Whether the arguments are at fault, not the system.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::Range { .. } | Self::NotEmpty { .. })
    }
}
