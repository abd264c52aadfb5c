//! Why the warehouse could not do its work.

use std::path::PathBuf;

use thiserror::Error;

use crate::lake::{FileError, ParquetOutError};

/// Why the warehouse could not do its work, or would not publish.
#[derive(Debug, Error)]
pub enum WarehouseError {
    /// `DuckDB` refused a statement.
    #[error("DuckDB could not {doing}: {message}")]
    Database {
        /// What was being done.
        doing: String,
        /// What it said, without cell values.
        message: String,
    },
    /// A database file could not be opened.
    #[error("cannot open `{}`: {message}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What `DuckDB` said.
        message: String,
    },
    /// A file or folder.
    #[error(transparent)]
    File(#[from] FileError),
    /// A Parquet file.
    #[error(transparent)]
    Parquet(#[from] ParquetOutError),
    /// A definition in `sql/` is wrong.
    #[error("{message}")]
    Definition {
        /// What is wrong and where.
        message: String,
        /// How to mend it.
        hint: String,
    },
    /// A check returned rows, or the books do not balance.
    #[error("{} failed:\n{}", checks(failures.len()), failures.join("\n"))]
    Checks {
        /// One text a check.
        failures: Vec<String>,
    },
    /// There is no generation to read.
    #[error("there is no live generation at `{}`", path.display())]
    NoGeneration {
        /// Where it would be.
        path: PathBuf,
    },
    /// Something lies beside the live file that must not.
    #[error("`{}` lies beside the live file and was not written by a run", path.display())]
    Stray {
        /// The file.
        path: PathBuf,
    },
    /// The other process did not find the new generation whole.
    #[error("the new generation was not found whole by another process: {message}")]
    Verification {
        /// What it said.
        message: String,
    },
}

fn checks(count: usize) -> String {
    if count == 1 { "1 check".to_owned() } else { format!("{count} checks") }
}

impl WarehouseError {
    /// For `map_err`: what was being done.
    pub(super) fn database(doing: &str) -> impl FnOnce(duckdb::Error) -> Self {
        let doing = doing.to_owned();
        move |error| Self::Database { doing, message: super::engine::message(&error) }
    }

    /// Stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Database { .. } => "warehouse::database",
            Self::Open { .. } => "warehouse::open",
            Self::File(_) => "warehouse::file",
            Self::Parquet(_) => "warehouse::parquet",
            Self::Definition { .. } => "warehouse::definition",
            Self::Checks { .. } => "warehouse::check_failed",
            Self::NoGeneration { .. } => "warehouse::no_generation",
            Self::Stray { .. } => "warehouse::stray_file",
            Self::Verification { .. } => "warehouse::not_verified",
        }
    }

    /// How to mend it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Database { .. } => {
                "if it names a column, compare it with `sendmart query \"DESCRIBE mart.<table>\"`".to_owned()
            }
            Self::Open { .. } => "check that the file is there and that you may read it".to_owned(),
            Self::File(error) if error.is_disk_full() => {
                "the disk is full: free some space and run again; the last generation is still served".to_owned()
            }
            Self::File(_) | Self::Parquet(_) => {
                "check the disk and the rights on `var`; the last generation is still served".to_owned()
            }
            Self::Definition { hint, .. } => hint.clone(),
            Self::Checks { .. } => {
                "the last generation is still served; mend the data or the check, and run again".to_owned()
            }
            Self::NoGeneration { .. } => "run `sendmart run` first".to_owned(),
            Self::Stray { .. } => {
                "somebody opened the live file for writing: move that file away, then run again".to_owned()
            }
            Self::Verification { .. } => {
                "the last generation is still served; run again, and look at the disk if it stays so".to_owned()
            }
        }
    }
}
