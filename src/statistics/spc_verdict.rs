//! What findings and limits mean, in words: variation and assurance.
//!
//! In: the findings of a point, its limits, a target and which direction is good. Out: verdicts. Where findings point both ways the
//! first decides, as in `NHSRplotthedots`; the spreadsheet of the NHS then tells the improvement.

use super::spc::SpcLimits;
use super::spc_rules::{SpcFinding, SpcSide};
use crate::definitions::Polarity;

/// What the findings of a point mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpcVariation {
    /// Nothing was found: no more than chance.
    Common,
    /// A special cause in the good direction.
    Improving,
    /// A special cause in the bad direction.
    Concerning,
    /// A special cause upwards of a measure of which neither direction is good.
    Higher,
    /// A special cause downwards of such a measure.
    Lower,
}

impl SpcVariation {
    /// By the first of the findings.
    pub(super) fn of(findings: &[SpcFinding], polarity: Polarity) -> Self {
        match (findings.first().map(|finding| finding.side), polarity) {
            (None, _) => Self::Common,
            (Some(SpcSide::High), Polarity::High) | (Some(SpcSide::Low), Polarity::Low) => Self::Improving,
            (Some(SpcSide::High), Polarity::Low) | (Some(SpcSide::Low), Polarity::High) => Self::Concerning,
            (Some(SpcSide::High), Polarity::None) => Self::Higher,
            (Some(SpcSide::Low), Polarity::None) => Self::Lower,
        }
    }

    /// The verdict in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Common => "common cause: no more change than chance brings",
            Self::Improving => "special cause, improving",
            Self::Concerning => "special cause, concerning",
            Self::Higher => "special cause, higher",
            Self::Lower => "special cause, lower",
        }
    }
}

/// Whether the process as it is will meet its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpcAssurance {
    /// The target lies beyond the limit on the bad side: it is met every time.
    Passing,
    /// The target lies beyond the limit on the good side: it is missed every time, unless the process changes.
    Failing,
    /// The target lies within the limits: it is met or missed by chance.
    HitOrMiss,
}

impl SpcAssurance {
    /// None where neither direction is good.
    pub(super) fn of(target: f64, limits: &SpcLimits, polarity: Polarity) -> Option<Self> {
        let (is_above, is_below) = (target > limits.upper, target < limits.lower);
        Some(match polarity {
            Polarity::None => return None,
            Polarity::High if is_above => Self::Failing,
            Polarity::High if is_below => Self::Passing,
            Polarity::Low if is_above => Self::Passing,
            Polarity::Low if is_below => Self::Failing,
            Polarity::High | Polarity::Low => Self::HitOrMiss,
        })
    }

    /// The verdict in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Passing => "consistently passing the target",
            Self::Failing => "consistently failing the target",
            Self::HitOrMiss => "hit or miss: the target lies within what chance brings",
        }
    }
}
