//! What is wrong with a release.

use super::release::CountKey;

/// A release that does not hang together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReleaseProblem {
    /// A figure is made of a count that is not there.
    #[error(
        "figure `{figure}` is made of `{count}`, which is not among the counts: give it with the persons behind it"
    )]
    UnknownCount {
        /// The figure.
        figure: String,
        /// The count.
        count: Box<CountKey>,
    },
    /// Two figures have one id.
    #[error("two figures are called `{figure}`: an id is of one place on one page")]
    TwoFigures {
        /// The id.
        figure: String,
    },
    /// A count is below nought.
    #[error("`{count}` is {value}: a count is never below nought")]
    Negative {
        /// The count.
        count: Box<CountKey>,
        /// Its value.
        value: i64,
    },
    /// The rows behind a count do not add up to it.
    #[error(
        "`{count}` is {value}, and the rows behind it add up to {rows}: give each row the counts that it is in, or leave the rows out"
    )]
    DoesNotAddUp {
        /// The count.
        count: Box<CountKey>,
        /// Its value.
        value: i64,
        /// What the rows add up to.
        rows: i64,
    },
}

impl ReleaseProblem {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownCount { .. } => "disclosure::unknown_count",
            Self::TwoFigures { .. } => "disclosure::two_figures",
            Self::Negative { .. } => "disclosure::negative_count",
            Self::DoesNotAddUp { .. } => "disclosure::does_not_add_up",
        }
    }
}

/// Files that are no proof.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofProblem {
    /// A file is not there.
    #[error("there is no `{file}`")]
    Missing {
        /// Its name.
        file: &'static str,
    },
    /// A file is not what was written.
    #[error("{file}:{line}: {what}")]
    Unreadable {
        /// Its name.
        file: &'static str,
        /// The line, 1-based.
        line: u64,
        /// What is wrong.
        what: String,
    },
}

impl ProofProblem {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "disclosure::no_proof",
            Self::Unreadable { .. } => "disclosure::unreadable_proof",
        }
    }
}
