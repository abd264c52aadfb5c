//! Where a unit of a funnel lies, and why there is no funnel.

use thiserror::Error;

use super::funnel::FunnelLimits;

/// Where a unit lies; a value on a limit is inside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunnelVerdict {
    /// Within the limits at 95 %.
    Inside,
    /// Above the limit at 95 %: one in forty is, by chance alone.
    Above95,
    /// Above the limit at 99.8 %: one in a thousand is.
    Above998,
    /// Below the limit at 95 %.
    Below95,
    /// Below the limit at 99.8 %.
    Below998,
    /// The denominator is nought: there is nothing to judge.
    NoDenominator,
}

impl FunnelVerdict {
    pub(super) fn of(value: f64, limits: &FunnelLimits) -> Self {
        if value > limits.upper_998 {
            Self::Above998
        } else if value < limits.lower_998 {
            Self::Below998
        } else if value > limits.upper_95 {
            Self::Above95
        } else if value < limits.lower_95 {
            Self::Below95
        } else {
            Self::Inside
        }
    }

    /// The verdict in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Inside => "within the limits",
            Self::Above95 => "above the 95 % limit",
            Self::Above998 => "above the 99.8 % limit",
            Self::Below95 => "below the 95 % limit",
            Self::Below998 => "below the 99.8 % limit",
            Self::NoDenominator => "not judged: nothing to divide by",
        }
    }
}

/// Why there is no funnel.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum FunnelRefusal {
    /// No unit has a denominator.
    #[error("no unit has a denominator")]
    NoUnits,
    /// More of a unit than there are.
    #[error("unit {unit}: {numerator} of {denominator} cannot be")]
    NotAProportion {
        /// Its place; 1-based.
        unit: usize,
        /// The numerator.
        numerator: u64,
        /// The denominator.
        denominator: u64,
    },
    /// A unit beyond what can be reckoned with.
    #[error("unit {unit} is too large")]
    TooLarge {
        /// Its place; 1-based.
        unit: usize,
    },
    /// A target that is no share, or no rate.
    #[error("{0} cannot be the target")]
    Target(f64),
}

impl FunnelRefusal {
    /// Its stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoUnits => "statistics::no_units",
            Self::NotAProportion { .. } => "statistics::unit_not_a_proportion",
            Self::TooLarge { .. } => "statistics::unit_too_large",
            Self::Target(_) => "statistics::funnel_target",
        }
    }

    /// How to mend it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NoUnits => "leave the funnel out until a unit has a denominator",
            Self::NotAProportion { .. } => {
                "correct the denominator; where one case can count more than once, compare rates"
            }
            Self::TooLarge { .. } => "a denominator, and what is expected of it, ends at 1,000,000,000",
            Self::Target(_) => "give the target as a share or rate of 1, not of 100",
        }
    }
}
