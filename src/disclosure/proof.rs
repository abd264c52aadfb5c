//! The proof of a release: what everybody sees of it as tables, and in the restricted edition the truth beside it.

use super::choose::Showing;
use super::interval::CountReach;
use super::system::{CountRole, LinkedSystem};
use crate::definitions::DisclosurePolicy;

/// The truth of a count, for those who may know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProofTruth {
    /// Its value.
    pub value: i64,
    /// Whether it is hidden for its own sake.
    pub is_primary: bool,
    /// The lowest value that was found to fit all that is shown.
    pub lowest: i64,
    /// The highest.
    pub highest: i64,
}

/// One count, or a kind of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofCount {
    /// What it is.
    pub name: String,
    /// What it stands for.
    pub role: CountRole,
    /// Its value, where it is shown.
    pub shown: Option<i64>,
    /// The truth; none in what is published.
    pub truth: Option<ProofTruth>,
}

/// A release as whoever reads it can write it down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisclosureProof {
    /// The policy that it was made by.
    pub policy: DisclosurePolicy,
    /// Its counts; a sum names them by their position.
    pub counts: Vec<ProofCount>,
    /// Sums that are nought: position and how many times.
    pub sums: Vec<Vec<(usize, i64)>>,
    /// How many of the sums need no knowledge of rows.
    pub public_sums: usize,
}

impl DisclosureProof {
    pub(super) fn of(system: &LinkedSystem, policy: &DisclosurePolicy, showing: &Showing, reach: &CountReach) -> Self {
        let counts = system.columns.iter().enumerate().map(|(at, column)| ProofCount {
            name: column.name.clone(),
            role: column.role,
            shown: showing.is_shown[at].then_some(column.value),
            truth: Some(ProofTruth {
                value: column.value,
                is_primary: column.is_primary,
                lowest: column.value + reach.down[at],
                highest: column.value + reach.up[at],
            }),
        });
        Self {
            policy: policy.clone(),
            counts: counts.collect(),
            sums: system.sums.clone(),
            public_sums: system.public_sums,
        }
    }

    /// What may be published: nothing that only rows tell, no truth, and no word of which count is hidden for its own sake.
    #[must_use]
    pub fn public(&self) -> Self {
        let sums: Vec<Vec<(usize, i64)>> = self.sums[..self.public_sums].to_vec();
        let of = |count: &ProofCount| ProofCount { truth: None, ..count.clone() };
        // Rows come after all counts, and no public sum names one.
        let counts = self.counts.iter().filter(|count| count.role != CountRole::Inner).map(of).collect();
        Self { policy: self.policy.clone(), counts, public_sums: sums.len(), sums }
    }

    /// The lowest value that an outsider can think of for a count that is not shown.
    #[must_use]
    pub fn floor(&self, count: &ProofCount) -> i64 {
        let is_printed = !matches!(count.role, CountRole::Unprinted | CountRole::Inner);
        let is_nought_shown = self.policy.are_zeros_shown
            && (self.policy.class_floor == 0 || count.truth.is_some_and(|truth| truth.value > 0));
        i64::from(is_printed && is_nought_shown)
    }
}
