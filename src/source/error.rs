//! What stops a fetch altogether: our own disk or ledger. What is wrong with one source is a [`super::SourceProblem`].

use std::path::PathBuf;

use crate::ledger::LedgerError;

/// Fetching could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The landing could not be read or written.
    #[error("cannot {action} `{}`: {source}", path.display())]
    Landing {
        /// What was tried, as a verb.
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The ledger could not do its work.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// No runtime for requests could be started.
    #[error("cannot start what makes requests: {0}")]
    Runtime(std::io::Error),
}

impl SourceError {
    /// Stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Landing { .. } => "source::landing",
            Self::Ledger(error) => error.code(),
            Self::Runtime(_) => "source::runtime",
        }
    }

    /// How to mend it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Landing { .. } => {
                "see that the disk is not full and that this user may write the folder, then run again: nothing is lost"
            }
            Self::Ledger(error) => error.hint(),
            Self::Runtime(_) => "see that this user may open files and start threads (`ulimit -n`, `ulimit -u`)",
        }
    }
}
