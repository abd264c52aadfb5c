//! Why a run ended without publishing, and the exit code that says so.

use thiserror::Error;

use crate::definitions::Problems;
use crate::lake::{FileError, ParquetOutError};
use crate::ledger::LedgerError;
use crate::source::SourceError;
use crate::warehouse::WarehouseError;

/// Why a run ended without publishing.
#[derive(Debug, Error)]
pub enum RunError {
    /// Definitions are wrong.
    #[error("{0}")]
    Definitions(Problems),
    /// Another run holds the lock.
    #[error("another run holds the lock: {0}")]
    Busy(String),
    /// The data stopped the publish.
    #[error("the data stopped the publish; what was live stays live\n{}", .0.join("\n"))]
    Rejected(Vec<String>),
    /// Nothing has come yet: with the calendar alone there is no number to publish.
    #[error("nothing has come yet, and nothing is published: {} of this place hold no file that a collection takes{}", .sources, .unread.iter().map(|one| format!("\n{one}")).collect::<String>())]
    NothingCame {
        /// How many sources were looked through, in words.
        sources: String,
        /// Those that could not be read, each in words.
        unread: Vec<String>,
    },
    /// A source could not be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The ledger could not be written.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The warehouse.
    #[error(transparent)]
    Warehouse(#[from] WarehouseError),
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// A Parquet file.
    #[error(transparent)]
    Parquet(#[from] ParquetOutError),
    /// The key of pseudonyms is missing or wrong.
    #[error("{message}")]
    Key {
        /// What is wrong, without the key.
        message: String,
    },
    /// The run would publish the past, or has no folder to write it into.
    #[error("{message}")]
    Past {
        /// What is asked for, and why not.
        message: String,
        /// How it can be had.
        hint: String,
    },
    /// A landed file could not be read: our trouble.
    #[error("a landed file could not be read: {0}")]
    Read(String),
}

impl RunError {
    /// The process's exit code: 2 usage, 65 data, 66 nothing has come, 74 I/O, 75 busy, 78 definitions.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Definitions(_)
            | Self::Key { .. }
            | Self::Warehouse(
                WarehouseError::Definitions(_)
                | WarehouseError::Value(_)
                | WarehouseError::Uncommented { .. }
                | WarehouseError::TooLong { .. },
            ) => 78,
            Self::Warehouse(WarehouseError::NoGeneration { .. } | WarehouseError::NoSuchGeneration { .. }) => 1,
            Self::Past { .. } | Self::Warehouse(WarehouseError::Question { .. }) => 2,
            Self::Busy(_) => 75,
            Self::Rejected(_) | Self::Warehouse(WarehouseError::Checks { .. }) => 65,
            Self::NothingCame { unread, .. } if unread.is_empty() => 66,
            Self::NothingCame { .. }
            | Self::Source(_)
            | Self::Ledger(_)
            | Self::Warehouse(_)
            | Self::File(_)
            | Self::Parquet(_)
            | Self::Read(_) => 74,
        }
    }

    /// How to mend it, where the text above does not say so already.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Warehouse(error) => Some(error.hint()),
            Self::Past { hint, .. } => Some(hint.clone()),
            Self::Busy(_) => Some("wait for it to end; a run that was killed holds no lock".to_owned()),
            Self::Rejected(_) => {
                Some("`sendmart faults` lists what is wrong; a corrected file is simply a new delivery".to_owned())
            }
            Self::NothingCame { .. } => Some(
                "put files where a source looks for them: `sendmart plan` lists the folders, `sendmart demo` shows a place that has some"
                    .to_owned(),
            ),
            Self::File(error) if error.is_disk_full() => {
                Some("the disk is full: free some space and run again".to_owned())
            }
            Self::Source(_) | Self::Ledger(_) | Self::File(_) | Self::Parquet(_) | Self::Read(_) => {
                Some("check the disk and your rights on the place, then run again".to_owned())
            }
            Self::Key { .. } => Some(
                "`sendmart key new --file FILE` makes a key; name it in config/local.toml: `privacy.key = \"FILE\"` or `\"env:NAME\"`"
                    .to_owned(),
            ),
            Self::Definitions(_) => None,
        }
    }
}
