//! What can go wrong with the ledger.

use std::path::PathBuf;

use crate::lake::FileError;

/// The ledger could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// A file or folder could not be read or written.
    #[error("cannot {action} `{}`: {source}", path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A line that is not the last one cannot be read.
    #[error("line {line} of `{}` is damaged: {source}", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// The line, 1-based.
        line: usize,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// A file that is written whole.
    #[error(transparent)]
    File(#[from] FileError),
    /// A value cannot be written as JSON.
    #[error("a value for `{}` cannot be written as JSON: {source}", path.display())]
    NotJson {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// There is no run of that id.
    #[error("there is no run `{run_id}` in `{}`", folder.display())]
    NoSuchRun {
        /// The id that was asked for.
        run_id: String,
        /// Where runs are recorded.
        folder: PathBuf,
    },
    /// A transition after the run's end.
    #[error("run `{run_id}` has ended as `{state}`: nothing can follow")]
    RunEnded {
        /// The run.
        run_id: String,
        /// Its end.
        state: &'static str,
    },
}

impl LedgerError {
    /// Stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io { .. } | Self::File(_) => "ledger::io",
            Self::Corrupt { .. } => "ledger::corrupt",
            Self::NotJson { .. } => "ledger::not_json",
            Self::NoSuchRun { .. } => "ledger::no_such_run",
            Self::RunEnded { .. } => "ledger::run_ended",
        }
    }

    /// How to mend it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Io { .. } | Self::File(_) => {
                "see that the disk is not full and that this user may read and write the folder, then run again"
            }
            Self::Corrupt { .. } => {
                "restore the file from a backup, or take out that line: files that the sources still hold are landed again"
            }
            Self::NotJson { .. } | Self::RunEnded { .. } => {
                "this is a fault of sendmart: please report it with this message"
            }
            Self::NoSuchRun { .. } => "list the runs with `sendmart status`",
        }
    }
}
