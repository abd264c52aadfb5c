//! Why a series is not charted: what, where, and how to mend it.

use jiff::civil::Date;
use thiserror::Error;

use super::spc::SpcPeriods;

/// Why a series is not charted.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum SpcRefusal {
    /// Neighbouring values share what they count, so that their differences say nothing of chance.
    #[error("no control chart of {0}: neighbouring values share what they count")]
    Overlapping(SpcPeriods),
    /// There is no point.
    #[error("no control chart of no points")]
    NoPoints,
    /// A value, a denominator or the target is not a finite number, or is below nought where that cannot be.
    #[error("{what} is {value}, which no control chart takes")]
    Unusable {
        /// What: `target`, or `point` with its place from 1.
        what: String,
        /// The number.
        value: f64,
    },
    /// More happened than could: a p chart needs a numerator within its denominator.
    #[error("point {point}: {events} of {denominator} is no proportion")]
    NotAProportion {
        /// Its place; 1-based.
        point: usize,
        /// The numerator.
        events: u64,
        /// The denominator.
        denominator: f64,
    },
    /// A new start that is the first point, beyond the last, or not after the one before.
    #[error("limits cannot start again at point {point} of {points}")]
    RebaseAt {
        /// Its place; 1-based.
        point: usize,
        /// How many points there are.
        points: usize,
    },
    /// A new start for which no reason is given.
    #[error("limits start again on {date} without a reason")]
    RebaseWithoutReason {
        /// The day.
        date: Date,
    },
}

impl SpcRefusal {
    /// Its stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Overlapping(_) => "statistics::overlapping",
            Self::NoPoints => "statistics::no_points",
            Self::Unusable { .. } => "statistics::unusable",
            Self::NotAProportion { .. } => "statistics::not_a_proportion",
            Self::RebaseAt { .. } => "statistics::rebase_at",
            Self::RebaseWithoutReason { .. } => "statistics::rebase_without_reason",
        }
    }

    /// How to mend it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Overlapping(_) => "chart the months, terms or years one by one",
            Self::NoPoints => "leave the chart out until there is a value",
            Self::Unusable { .. } => "leave out the periods that have no value",
            Self::NotAProportion { .. } => "take a u chart where one case can count more than once",
            Self::RebaseAt { .. } => "declare each change once, in the order of time, within the series",
            Self::RebaseWithoutReason { .. } => "say what changed in the process",
        }
    }
}
