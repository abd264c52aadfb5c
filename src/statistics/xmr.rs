//! Charts of single values over time, with limits from the moving ranges (XmR).
//!
//! In: the values of separate periods, one after another, without gaps. Out: an `SpcChart`; or a refusal, for series whose
//! neighbours share what they count and for numbers that are none. A period without a value is left out by the caller, and the
//! range then spans it. Limits are never re-based by themselves, nor cut at 0 or 100 %: that is for who draws them.

use super::spc::{FEWEST_POINTS, SpcChart, SpcLimits, SpcLines, SpcRefusal, SpcSegment, SpcTerms, chart};

/// Method and rule set, for the passport.
pub const XMR_METHOD: &str = "XmR chart: mean ± 2.66 × mean moving range, ranges of 3.267 × the mean range and more left out once; \
    NHS making data count rules as in NHSRplotthedots 0.2.2 (beyond a limit; 7 rising or falling; 2 of 3 in the outer third of one \
    side; 7 on one side of the mean); limits from 13 points; re-based only at declared dates";

/// Distance of the limits from the mean, in mean moving ranges: 3 over d₂ = 1.128, as the rule set rounds it.
const REACH: f64 = 2.66;

/// Ranges of so many mean ranges and more are left out: D₄ for two values.
const WIDEST_RANGE: f64 = 3.267;

/// Charts values over time.
///
/// *Shape*: `values` in the order of time; each segment has the mean, the limits and the findings of its own points, and no range
/// across its start. Segments of fewer than [`FEWEST_POINTS`] are a plain line. A segment whose values are all equal has limits
/// that lie on its mean.
///
/// # Errors
/// [`SpcRefusal`]: cumulative, rolling and to-date values; no values; a value or target that is not finite; a change out of place or
/// without a reason.
///
/// *Source*: Wheeler, *Understanding Variation* (1993) for the limits; Nelson, *Control charts for individual measurements*, Journal
/// of Quality Technology 14 (1982) for the ranges that are left out; `NHSRplotthedots` 0.2.2 for strictness (a range is kept if it
/// is less than 3.267 mean ranges) and rules, see [`SpcRule`](super::spc::SpcRule).
///
/// ```
/// use sendmart::definitions::Polarity;
/// use sendmart::statistics::spc::{SpcLines, SpcPeriods, SpcTerms, SpcVariation};
/// use sendmart::statistics::xmr::xmr;
/// let terms = SpcTerms { periods: SpcPeriods::Separate, polarity: Polarity::High, target: None, rebases: &[] };
/// // The package's own example: one outlier, whose two ranges are left out.
/// let values = [1.0, 2.0, 1.0, 2.0, 10.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0];
/// let chart = xmr(&values, &terms)?;
/// assert!(matches!(chart.segments[0].lines, SpcLines::MovingRange { mean_range: 1.0, ranges_left_out: 2, .. }));
/// assert_eq!(chart.points[4].variation, Some(SpcVariation::Improving));
///
/// let to_date = SpcTerms { periods: SpcPeriods::ToDate, ..terms };
/// assert_eq!(xmr(&values, &to_date).unwrap_err().code(), "statistics::overlapping");
/// # Ok::<(), sendmart::statistics::spc::SpcRefusal>(())
/// ```
pub fn xmr(values: &[f64], terms: &SpcTerms<'_>) -> Result<SpcChart, SpcRefusal> {
    let bounds = terms.segments(values.len())?;
    if let Some((index, value)) = values.iter().enumerate().find(|(_, value)| !value.is_finite()) {
        return Err(SpcRefusal::Unusable { what: format!("point {}", index + 1), value: *value });
    }
    let segments = bounds
        .into_iter()
        .map(|(first, end, rebase)| {
            let values = &values[first..end];
            let (lines, limits) = lines(values);
            let points = values.iter().map(|value| (Some(*value), limits)).collect();
            (SpcSegment { first, last: end - 1, rebase, lines }, points)
        })
        .collect();
    Ok(chart(XMR_METHOD, segments, terms))
}

/// The lines of one segment.
fn lines(values: &[f64]) -> (SpcLines, Option<SpcLimits>) {
    if values.len() < FEWEST_POINTS {
        return (SpcLines::PlainLine { points: values.len() }, None);
    }
    let mean = mean(values);
    let ranges: Vec<f64> = values.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect();
    let all = self::mean(&ranges);
    // Where every range is nought, none is wide.
    let kept: Vec<f64> = ranges.iter().copied().filter(|range| *range < WIDEST_RANGE * all || all == 0.0).collect();
    let mean_range = self::mean(&kept);
    let lines = SpcLines::MovingRange { mean, mean_range, ranges_left_out: ranges.len() - kept.len() };
    (lines, Some(SpcLimits::around(mean, REACH * mean_range)))
}

/// The mean, kept within the values: those of a series that are all alike lie on it, whatever rounding does to their sum.
fn mean(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let lowest = values.iter().copied().fold(f64::INFINITY, f64::min);
    let highest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    mean.max(lowest).min(highest)
}
