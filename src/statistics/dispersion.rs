//! The variation between units beyond chance.
//!
//! In: z-scores and standard errors of units. Out: the ratio φ and the variance τ² between units, after the extremes have been drawn in
//! (winsorised) or left out (truncated). These are two methods: drawing in keeps every unit, leaving out lowers their number and takes
//! their standard errors out of τ² too. To mix them up is a known fault (`FunnelPlotR` issues 13 and 20).
//!
//! *Source*: `DerSimonian` and Laird, *Meta-analysis in clinical trials* (1986), for τ²; Spiegelhalter and others, *Statistical methods
//! for healthcare regulation*, JRSS A 175 (2012), for winsorising; the summary hospital-level mortality indicator of NHS England, as
//! `FunnelPlotR` 0.5 has it, for truncation.

use super::quantile::type7;

/// The share of units that is drawn in or left out at each end.
const SHARE: f64 = 0.1;

/// Groups of the same size that ranks are cut into for truncation: one over [`SHARE`].
const GROUPS: usize = 10;

/// The variation between units beyond chance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FunnelDispersion {
    /// φ: the mean of the squared z-scores that were used; more than 1 where units differ more than by chance.
    pub phi: f64,
    /// τ²: the variance between units, on the scale of the z-scores; 0 where chance explains all.
    pub tau_squared: f64,
    /// How many units it was reckoned from.
    pub units: usize,
    /// How many were drawn in, or left out.
    pub extremes: usize,
}

/// Every unit kept; z-scores beyond the quantiles (type 7) at a tenth and at nine tenths are set to them.
pub(super) fn winsorised(scores: &[f64], errors: &[f64]) -> FunnelDispersion {
    let bounds = type7(scores, SHARE).zip(type7(scores, 1.0 - SHARE));
    let Some((low, high)) = bounds else { return dispersion(scores, errors, 0) };
    let drawn_in: Vec<f64> = scores.iter().map(|score| score.max(low).min(high)).collect();
    let extremes = scores.iter().filter(|score| **score < low || **score > high).count();
    dispersion(&drawn_in, errors, extremes)
}

/// Units of the lowest and the highest of ten groups of ranks left out; equal scores share the mean of their ranks.
pub(super) fn truncated(scores: &[f64], errors: &[f64]) -> FunnelDispersion {
    let is_kept = |score: &f64| {
        let lower = scores.iter().filter(|other| other.total_cmp(score).is_lt()).count();
        let same = scores.iter().filter(|other| other.total_cmp(score).is_eq()).count();
        let twice_rank = 2 * lower + same + 1;
        let group = twice_rank * GROUPS / (2 * (scores.len() + 1));
        group > 0 && group < GROUPS - 1
    };
    let (kept, kept_errors): (Vec<f64>, Vec<f64>) =
        scores.iter().zip(errors).filter(|(score, _)| is_kept(score)).map(|(score, error)| (*score, *error)).unzip();
    dispersion(&kept, &kept_errors, scores.len() - kept.len())
}

fn dispersion(scores: &[f64], errors: &[f64], extremes: usize) -> FunnelDispersion {
    let units = scores.len();
    let squares: f64 = scores.iter().map(|score| score * score).sum();
    let weights = || errors.iter().map(|error| 1.0 / (error * error));
    let (sum, sum_of_squares): (f64, f64) = (weights().sum(), weights().map(|weight| weight * weight).sum());
    let excess = squares - (units as f64 - 1.0);
    let spread = sum - sum_of_squares / sum;
    // One unit alone, or none, has nothing to differ from.
    let tau_squared = if spread > 0.0 && units > 1 { (excess / spread).max(0.0) } else { 0.0 };
    let phi = if units > 0 { squares / units as f64 } else { 0.0 };
    FunnelDispersion { phi, tau_squared, units, extremes }
}
