//! Why the warehouse could not do its work.

use std::path::PathBuf;

use thiserror::Error;

use crate::definitions::Problems;
use crate::kpi::ValueError;
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
    /// Definitions in `sql/` do not fit what they read, or are not what a definition may be.
    #[error("{0}")]
    Definitions(Problems),
    /// The rows of a KPI are not in the shape of values.
    #[error(transparent)]
    Value(ValueError),
    /// Columns that nobody has described.
    #[error("columns without a comment: {columns}")]
    Uncommented {
        /// Their names.
        columns: String,
    },
    /// A generation that is asked for and not kept.
    #[error("there is no generation {asked}")]
    NoSuchGeneration {
        /// Its number.
        asked: u64,
        /// Those that are kept.
        kept: Vec<u64>,
    },
    /// A statement ran longer than it may.
    #[error("stopped after {seconds} seconds: {doing}")]
    TooLong {
        /// What was being done.
        doing: String,
        /// The limit.
        seconds: u64,
    },
    /// A question that is none, or may not be asked.
    #[error("{message}")]
    Question {
        /// What is wrong with it.
        message: String,
        /// What can be asked.
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
        move |error| Self::Database { doing, message: super::duck::message(&error) }
    }

    /// Stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Database { .. } => "warehouse::database",
            Self::Open { .. } => "warehouse::open",
            Self::File(_) => "warehouse::file",
            Self::Parquet(_) => "warehouse::parquet",
            Self::Definitions(_) | Self::Uncommented { .. } => "warehouse::definition",
            Self::Value(error) => error.code(),
            Self::NoSuchGeneration { .. } => "warehouse::no_such_generation",
            Self::TooLong { .. } => "warehouse::too_long",
            Self::Question { .. } => "warehouse::question",
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
            Self::Definitions(_) => {
                "`sendmart check` tries all of them; the last generation is still served".to_owned()
            }
            Self::Value(error) => error.hint(),
            Self::Uncommented { .. } => "add them under [columns] in the head of the mart".to_owned(),
            Self::NoSuchGeneration { kept, .. } => {
                let kept: Vec<String> = kept.iter().map(u64::to_string).collect();
                format!("kept: {}", kept.join(", "))
            }
            Self::TooLong { .. } => {
                "the statement may never end: look at its joins; `limits.sql_seconds` in the config allows more"
                    .to_owned()
            }
            Self::Question { hint, .. } => hint.clone(),
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
