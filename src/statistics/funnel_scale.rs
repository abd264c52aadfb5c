//! z-scores and limits of a funnel, by chance alone or with the variation between units.
//!
//! In: kind and target of a funnel, a unit or a denominator. Out: its z-score, and the lower and the upper limit of a tail.

use std::f64::consts::FRAC_PI_2;

use super::funnel::{FunnelKind, FunnelUnit};
use super::quantile::MOST;
use super::tails::CountModel;

/// The scale on which the spread of a share or rate hardly depends on its size.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    /// What is compared.
    pub(super) kind: FunnelKind,
    /// The line that units are compared with.
    pub(super) target: f64,
}

impl Scale {
    /// Whether a unit of that size can be reckoned with.
    pub(super) fn holds(self, denominator: u64) -> bool {
        denominator as f64 <= MOST && self.size(denominator) <= MOST
    }

    /// What stands for the size of a unit: its denominator, or what is expected of it.
    fn size(self, denominator: u64) -> f64 {
        match self.kind {
            FunnelKind::Proportion => denominator as f64,
            FunnelKind::Rate => denominator as f64 * self.target,
        }
    }

    /// The standard error by chance.
    pub(super) fn error(self, denominator: u64) -> f64 {
        0.5 / self.size(denominator).sqrt()
    }

    /// Distance from the target in standard deviations; none where nothing is expected.
    pub(super) fn z(self, unit: FunnelUnit, tau_squared: f64) -> Option<f64> {
        let size = self.size(unit.denominator);
        if size <= 0.0 {
            return None;
        }
        let (found, target) = match self.kind {
            FunnelKind::Proportion => ((unit.numerator as f64 / size).sqrt().asin(), self.target.sqrt().asin()),
            FunnelKind::Rate => ((unit.numerator as f64 / size).sqrt(), 1.0),
        };
        let error = self.error(unit.denominator);
        Some((found - target) / (error * error + tau_squared).sqrt())
    }

    /// The limits of a tail by its exact probability.
    pub(super) fn exact(self, denominator: u64, tail: f64) -> (f64, f64) {
        let model = match self.kind {
            FunnelKind::Proportion => CountModel::Binomial { trials: denominator, probability: self.target },
            FunnelKind::Rate => CountModel::Poisson { mean: denominator as f64 * self.target },
        };
        (model.lower(tail) / denominator as f64, model.upper(tail) / denominator as f64)
    }

    /// The limits at a distance of `z` standard deviations, chance and the variation between units together.
    pub(super) fn adjusted(self, denominator: u64, z: f64, tau_squared: f64) -> (f64, f64) {
        let error = self.error(denominator);
        let reach = z * (error * error + tau_squared).sqrt();
        match self.kind {
            FunnelKind::Proportion => {
                let angle = self.target.sqrt().asin();
                let share = |angle: f64| angle.clamp(0.0, FRAC_PI_2).sin().powi(2);
                (share(angle - reach), share(angle + reach))
            }
            FunnelKind::Rate if self.target > 0.0 => {
                (self.target * (1.0 - reach).max(0.0).powi(2), self.target * (1.0 + reach).powi(2))
            }
            FunnelKind::Rate => (0.0, 0.0),
        }
    }
}
