//! Intervals of one figure: how far chance alone could have moved it.
//!
//! In: a numerator and a denominator. Out: an `IntervalOutcome`, which says whether it is the usual case, nothing seen, or nothing to
//! divide by. Shares and rates are of 1; the caller multiplies.

use super::quantile::gamma;

/// Method of [`wilson`], for the passport.
pub const WILSON_METHOD: &str = "Wilson score interval, without continuity correction";

/// Method of [`garwood`], for the passport.
pub const GARWOOD_METHOD: &str = "exact Poisson interval (Garwood)";

/// How sure an interval is, both sides together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConfidenceLevel {
    /// 95 %.
    P95,
    /// 99.8 %.
    P998,
}

impl ConfidenceLevel {
    /// The probability of one tail: 0.025 or 0.001.
    #[must_use]
    pub fn tail(self) -> f64 {
        match self {
            Self::P95 => 0.025,
            Self::P998 => 0.001,
        }
    }

    /// The quantile of the standard normal distribution that leaves that tail, to full precision.
    #[must_use]
    pub fn z(self) -> f64 {
        match self {
            Self::P95 => 1.959_963_984_540_054_2,
            Self::P998 => 3.090_232_306_167_813_6,
        }
    }
}

/// A figure with its interval; of 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The figure.
    pub value: f64,
    /// Lower bound; at most the figure.
    pub lower: f64,
    /// Upper bound; at least the figure.
    pub upper: f64,
}

/// What can be said of a figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum IntervalOutcome {
    /// The usual case.
    Seen(Interval),
    /// The numerator is nought: figure and lower bound are 0, and the upper bound is how much may yet have gone unseen.
    NoneSeen(Interval),
    /// The denominator is nought: neither figure nor interval.
    NoDenominator,
    /// No figure at all: more than the whole, a denominator that is negative or not finite, some of nothing, or more events than 10⁹.
    Impossible,
}

impl IntervalOutcome {
    /// The interval, where there is one.
    #[must_use]
    pub fn interval(self) -> Option<Interval> {
        match self {
            Self::Seen(interval) | Self::NoneSeen(interval) => Some(interval),
            Self::NoDenominator | Self::Impossible => None,
        }
    }

    fn seen(numerator: u64, interval: Interval) -> Self {
        if numerator == 0 { Self::NoneSeen(interval) } else { Self::Seen(interval) }
    }
}

/// The Wilson score interval of a proportion.
///
/// *Source*: Wilson, *Probable inference*, JASA 22 (1927); Newcombe, Statistics in Medicine 17 (1998), method 3; the interval of the
/// public health profiles of England.
///
/// ```
/// use sendmart::statistics::intervals::{ConfidenceLevel, IntervalOutcome, wilson};
/// // Newcombe's example: 81 of 263.
/// let interval = wilson(81, 263, ConfidenceLevel::P95).interval().unwrap();
/// assert_eq!(format!("{:.4} to {:.4}", interval.lower, interval.upper), "0.2553 to 0.3662");
/// assert_eq!(wilson(0, 0, ConfidenceLevel::P95), IntervalOutcome::NoDenominator);
/// ```
#[must_use]
pub fn wilson(numerator: u64, denominator: u64, level: ConfidenceLevel) -> IntervalOutcome {
    if numerator > denominator {
        return IntervalOutcome::Impossible;
    }
    if denominator == 0 {
        return IntervalOutcome::NoDenominator;
    }
    let (size, z) = (denominator as f64, level.z());
    let value = numerator as f64 / size;
    let square = z * z;
    let centre = (value + square / (2.0 * size)) / (1.0 + square / size);
    let reach = z / (1.0 + square / size) * (value * (1.0 - value) / size + square / (4.0 * size * size)).sqrt();
    // At both ends the bound is the figure itself, which rounding would miss.
    let lower = if numerator == 0 { 0.0 } else { (centre - reach).max(0.0) };
    let upper = if numerator == denominator { 1.0 } else { (centre + reach).min(1.0) };
    IntervalOutcome::seen(numerator, Interval { value, lower, upper })
}

/// The exact interval of a count that follows a Poisson distribution, over what it was counted in: with a denominator of 1 that of the
/// count itself.
///
/// Events have to be independent; suspensions of one pupil are not, and their interval is then too narrow.
///
/// *Source*: Garwood, *Fiducial limits for the Poisson distribution*, Biometrika 28 (1936): half the quantiles of χ² with 2k and 2k + 2
/// degrees of freedom.
#[must_use]
pub fn garwood(events: u64, denominator: f64, level: ConfidenceLevel) -> IntervalOutcome {
    if !denominator.is_finite() || denominator < 0.0 || (denominator == 0.0 && events > 0) {
        return IntervalOutcome::Impossible;
    }
    if denominator == 0.0 {
        return IntervalOutcome::NoDenominator;
    }
    let (count, tail) = (events as f64, level.tail());
    let lower = if events == 0 { Some(0.0) } else { gamma(tail, count) };
    let Some((lower, upper)) = lower.zip(gamma(1.0 - tail, count + 1.0)) else { return IntervalOutcome::Impossible };
    let interval = Interval { value: count / denominator, lower: lower / denominator, upper: upper / denominator };
    IntervalOutcome::seen(events, interval)
}
