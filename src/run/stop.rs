//! Why the reading of a table came to nothing: the file's fault, or ours.

use super::RunError;
use crate::lake::{FileError, ParquetOutError};
use crate::model::Refusal;
use crate::read::ReadError;
use crate::warehouse::WarehouseError;

/// Why the reading of a table came to nothing.
pub(super) enum Stop {
    /// The file cannot be taken.
    Refused(Refusal),
    /// We could not do our work.
    Failed(RunError),
}

impl From<ReadError> for Stop {
    fn from(error: ReadError) -> Self {
        match error.refusal() {
            Some(refusal) => Self::Refused(refusal),
            None => Self::Failed(RunError::Read(error.to_string())),
        }
    }
}

impl From<RunError> for Stop {
    fn from(error: RunError) -> Self {
        Self::Failed(error)
    }
}

impl From<FileError> for Stop {
    fn from(error: FileError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<ParquetOutError> for Stop {
    fn from(error: ParquetOutError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<WarehouseError> for Stop {
    fn from(error: WarehouseError) -> Self {
        Self::Failed(error.into())
    }
}
