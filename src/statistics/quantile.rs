//! Quantiles of samples and of distributions.
//!
//! In: sorted or unsorted numbers, or the parameters of a distribution. Out: the quantile, or None where there is none. The
//! distributions are those of `statrs`, which panics on arguments outside their range; those are caught here.

use statrs::distribution::{Beta, ContinuousCDF, Gamma, Normal};

/// How [`type7`] cuts a sample, for the passport.
pub const TYPE7_METHOD: &str = "sample quantile of type 7 (Hyndman and Fan 1996)";

/// The largest count, shape or size that is reckoned with, 10⁹: far beyond it the series of `statrs` do not end.
pub const MOST: f64 = 1e9;

/// The quantile of a sample at share `p`, between the two values nearest to rank `1 + (n - 1) p`.
///
/// None for an empty sample, a share outside 0 to 1, or a value that is not finite. The order of the values does not matter.
///
/// *Source*: Hyndman and Fan, *Sample quantiles in statistical packages*, The American Statistician 50 (1996), type 7; the default
/// of R and of Excel's `PERCENTILE.INC`.
///
/// ```
/// use sendmart::statistics::quantile::type7;
/// assert_eq!(type7(&[4.0, 1.0, 3.0, 2.0], 0.5), Some(2.5));
/// assert_eq!(type7(&[], 0.5), None);
/// ```
#[must_use]
pub fn type7(sample: &[f64], p: f64) -> Option<f64> {
    if !(0.0..=1.0).contains(&p) || sample.iter().any(|value| !value.is_finite()) {
        return None;
    }
    let mut sorted = sample.to_vec();
    sorted.sort_by(f64::total_cmp);
    let steps = sorted.len().checked_sub(1)?;
    let position = steps as f64 * p;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and the length, and cut off on purpose"
    )]
    let below = position.floor() as usize;
    let share = position - position.floor();
    let low = *sorted.get(below)?;
    let high = *sorted.get((below + 1).min(steps))?;
    Some(low + share * (high - low))
}

/// The quantile of the standard normal distribution: 1.959963984540054 at 0.975.
///
/// None unless `p` lies between 0 and 1, both left out.
#[must_use]
pub fn normal(p: f64) -> Option<f64> {
    is_inner(p).then(|| Normal::standard().inverse_cdf(p))
}

/// The quantile of the beta distribution with shapes `a` and `b`.
///
/// Found by halving the distribution function of `statrs`, whose own inverse (0.19) is off by 4 parts in 10⁹ at (0.025; 7, 4993) and
/// does not end where that function is not a number.
///
/// None unless `p` lies between 0 and 1, both left out, and the shapes are positive and at most [`MOST`].
#[must_use]
pub fn beta(p: f64, a: f64, b: f64) -> Option<f64> {
    let beta = Beta::new(a, b).ok().filter(|_| is_inner(p) && a.max(b) <= MOST)?;
    // The bits of numbers from 0 to 1 are in the order of the numbers: halving them ends at the very last digit.
    let (mut low, mut high) = (0.0_f64.to_bits(), 1.0_f64.to_bits());
    while low + 1 < high {
        let middle = low + (high - low) / 2;
        if beta.cdf(f64::from_bits(middle)) < p {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(f64::from_bits(high))
}

/// The quantile of the gamma distribution with a shape and rate 1; twice that is the one of χ² with `2 * shape` degrees of freedom.
///
/// None unless `p` lies between 0 and 1, both left out, and the shape is positive and at most [`MOST`].
#[must_use]
pub fn gamma(p: f64, shape: f64) -> Option<f64> {
    let gamma = Gamma::new(shape, 1.0).ok().filter(|_| is_inner(p) && shape <= MOST)?;
    Some(gamma.inverse_cdf(p))
}

/// The quantile of χ² with so many degrees of freedom.
///
/// None unless `p` lies between 0 and 1, both left out, and the degrees are positive and at most twice [`MOST`].
#[must_use]
pub fn chi_square(p: f64, degrees: f64) -> Option<f64> {
    gamma(p, degrees / 2.0).map(|half| 2.0 * half)
}

fn is_inner(p: f64) -> bool {
    p > 0.0 && p < 1.0
}
