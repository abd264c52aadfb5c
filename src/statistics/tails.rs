//! Exact tails of a count, made continuous.
//!
//! In: a binomial or Poisson count and a tail probability. Out: the real numbers at which each tail has just that probability, the
//! probabilities of neighbouring counts joined by straight lines. A whole count lies beyond a bound exactly if the probability of it
//! or of a more extreme one is less than the tail's.
//!
//! *Source*: the lower bound is Spiegelhalter, *Funnel plots for comparing institutional performance*, Statistics in Medicine 24
//! (2005), appendix. The upper bound is its mirror image. The formula as printed takes for it the probability of *more* than the
//! count, not of so many or more: where little is expected that bound falls below the target, and it is not monotone.

use statrs::function::beta::checked_beta_reg;
use statrs::function::gamma::{checked_gamma_lr, checked_gamma_ur};

/// What a count follows; callers keep sizes within [`MOST`](super::quantile::MOST).
#[derive(Debug, Clone, Copy)]
pub(super) enum CountModel {
    /// So many of `trials`, each with the same probability.
    Binomial {
        /// How many could.
        trials: u64,
        /// With what probability each does.
        probability: f64,
    },
    /// So many where `mean` are expected.
    Poisson {
        /// The expected number.
        mean: f64,
    },
}

impl CountModel {
    /// The bound below which a count has less than the tail's probability; at least 0.
    pub(super) fn lower(self, tail: f64) -> f64 {
        let count = self.first(|count| self.at_most(count) > tail);
        let reached = self.at_most(count);
        let before = count.checked_sub(1).map_or(0.0, |before| self.at_most(before));
        (count as f64 - (reached - tail) / (reached - before)).max(0.0)
    }

    /// The bound above which a count has less than the tail's probability; at most the trials.
    pub(super) fn upper(self, tail: f64) -> f64 {
        // The first that is too rare comes after the last that is not.
        let count = self.first(|count| self.at_least(count + 1) <= tail);
        let (reached, after) = (self.at_least(count), self.at_least(count + 1));
        let bound = count as f64 + (reached - tail) / (reached - after);
        match self {
            Self::Binomial { trials, .. } => bound.min(trials as f64),
            Self::Poisson { .. } => bound,
        }
    }

    /// The probability of so many or fewer.
    fn at_most(self, count: u64) -> f64 {
        match self {
            Self::Binomial { trials, probability } => trials
                .checked_sub(count)
                .filter(|left| *left > 0)
                .and_then(|left| checked_beta_reg(left as f64, count as f64 + 1.0, 1.0 - probability).ok())
                .unwrap_or(1.0),
            Self::Poisson { mean } if mean > 0.0 => checked_gamma_ur(count as f64 + 1.0, mean).unwrap_or(1.0),
            Self::Poisson { .. } => 1.0,
        }
    }

    /// The probability of so many or more.
    fn at_least(self, count: u64) -> f64 {
        match self {
            _ if count == 0 => 1.0,
            Self::Binomial { trials, probability } => trials
                .checked_sub(count)
                .and_then(|left| checked_beta_reg(count as f64, left as f64 + 1.0, probability).ok())
                .unwrap_or(0.0),
            Self::Poisson { mean } if mean > 0.0 => checked_gamma_lr(count as f64, mean).unwrap_or(0.0),
            Self::Poisson { .. } => 0.0,
        }
    }

    /// The first count that has a property which every later one has too.
    fn first(self, has: impl Fn(u64) -> bool) -> u64 {
        let (mut low, mut high) = (0, 1);
        match self {
            // All trials together always have it.
            Self::Binomial { trials, .. } => high = trials,
            Self::Poisson { .. } => {
                while !has(high) && high < u64::MAX / 4 {
                    high *= 2;
                }
            }
        }
        while low < high {
            let middle = low + (high - low) / 2;
            if has(middle) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        low
    }
}
