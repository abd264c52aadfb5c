//! The closed sets of words in a KPI's head.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Whose counts a KPI is computed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// Counts that the Department for Education (or another department) published.
    Published,
    /// The place's own returns.
    Local,
}

impl Basis {
    /// The word stored in `kpi.value`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Local => "local",
        }
    }
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a KPI is evidence for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Area {
    /// Area of significant weakness 1: assessing and meeting need.
    #[serde(rename = "ASW1")]
    Asw1,
    /// Area of significant weakness 2: exclusion and inclusion.
    #[serde(rename = "ASW2")]
    Asw2,
    /// Workforce.
    #[serde(rename = "workforce")]
    Workforce,
    /// Needed to read the others.
    #[serde(rename = "context")]
    Context,
}

/// What a value is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Per cent of the denominator.
    Percent,
    /// Events per hundred of the denominator; may exceed 100.
    #[serde(rename = "per_100")]
    Per100,
    /// Numerator per one of the denominator.
    Ratio,
    /// Full-time equivalent posts; no denominator.
    Fte,
    /// A count; no denominator.
    Count,
}

impl Unit {
    /// What a ratio is multiplied by unless the file says otherwise.
    pub(super) fn scale(self) -> f64 {
        match self {
            Self::Percent | Self::Per100 => 100.0,
            Self::Ratio | Self::Fte | Self::Count => 1.0,
        }
    }

    /// Whether a value has no denominator.
    #[must_use]
    pub fn is_plain(self) -> bool {
        matches!(self, Self::Fte | Self::Count)
    }
}

/// Which direction is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Polarity {
    /// High values are good.
    High,
    /// Low values are good.
    Low,
    /// Neither.
    None,
}
