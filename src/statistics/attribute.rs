//! Charts of small counts over time: the p chart of proportions, the u chart of rates.
//!
//! In: what happened in each period and out of how many. Out: an `SpcChart` whose limits differ from point to point with the
//! denominator; or a refusal. They hold where cases are independent of one another; where denominators are large, or one pupil counts
//! many times, they are too narrow, and `xmr` is the chart to take: `chart_for` chooses.

use super::spc::{FEWEST_POINTS, SpcChart, SpcLimits, SpcLines, SpcRefusal, SpcSegment, SpcTerms, chart};

/// Method and rule set of the p chart, for the passport.
pub const P_CHART_METHOD: &str = "p chart: centre ± 3 √(p (1 − p) / n) by the normal approximation, cut at 0 and 1; NHS making data \
    count rules as in NHSRplotthedots 0.2.2; limits from 13 points; re-based only at declared dates";

/// Method and rule set of the u chart, for the passport.
pub const U_CHART_METHOD: &str = "u chart: centre ± 3 √(u / n) by the normal approximation, cut at 0; NHS making data count rules as in \
    NHSRplotthedots 0.2.2; limits from 13 points; re-based only at declared dates";

/// What happened in one period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PeriodCount {
    /// How often it happened.
    pub events: u64,
    /// Out of how many, or over how much: pupils, cases, years of pupils.
    pub denominator: f64,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountKind {
    /// Each of the denominator happens or does not: a p chart.
    Proportion,
    /// One of the denominator can happen many times: a u chart.
    Rate,
}

/// Which chart suits counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChartChoice {
    /// A p or u chart: the counts are small.
    SmallCounts,
    /// An `XmR` chart of the proportions or rates.
    SingleValues,
    /// Neither: on average it happens less than once a period, and most points would be nought. Show the table, or longer periods.
    TooRare,
}

/// Which chart suits these counts.
///
/// By the mean number of events a period, or for proportions that of non-events if it is smaller. Less than 1 is too rare for any
/// chart of counts by period: the values fall into two or three steps. From 1 to 5, both included, limits are taken from the counts,
/// since moving ranges of a few steps misjudge the spread (5 is the customary bound of the normal approximation). Above that the ranges
/// of the values themselves are the better guide, as they hold what varies beside chance. Periods whose denominator is nought are left
/// out. The bounds are this program's choice; the references leave it to the analyst.
///
/// ```
/// use sendmart::statistics::attribute::{ChartChoice, CountKind, PeriodCount, chart_for};
/// let counts: Vec<PeriodCount> = [3, 1, 4, 1, 5].map(|events| PeriodCount { events, denominator: 60.0 }).to_vec();
/// assert_eq!(chart_for(&counts, CountKind::Proportion), ChartChoice::SmallCounts);
/// ```
#[must_use]
pub fn chart_for(counts: &[PeriodCount], kind: CountKind) -> ChartChoice {
    let used = counts.iter().filter(|count| count.denominator > 0.0);
    let (periods, events, denominators) = used.fold((0_u32, 0.0, 0.0), |(periods, events, denominators), count| {
        (periods + 1, events + count.events as f64, denominators + count.denominator)
    });
    let smaller = match kind {
        CountKind::Proportion => events.min(denominators - events),
        CountKind::Rate => events,
    };
    if periods == 0 || smaller < f64::from(periods) {
        ChartChoice::TooRare
    } else if smaller <= 5.0 * f64::from(periods) {
        ChartChoice::SmallCounts
    } else {
        ChartChoice::SingleValues
    }
}

/// Charts counts over time: values are events over denominators, and so are the limits and the target.
///
/// *Shape*: `counts` in the order of time; a period whose denominator is nought has no value, no limits and no part in runs. Each
/// segment has the centre of its own points; one of fewer than [`FEWEST_POINTS`] values is a plain line, as with `XmR`.
///
/// # Errors
/// [`SpcRefusal`]: cumulative, rolling and to-date values; no periods; a denominator that is negative, not finite, or nought while
/// something happened; a target that is not finite; more events than the denominator on a p chart; a change out of place or without
/// a reason.
///
/// *Source*: Montgomery, *Introduction to Statistical Quality Control*, chapter 7; R package `qcc` (`limits.p`, `limits.u`), which
/// cuts at the same bounds.
pub fn count_chart(counts: &[PeriodCount], kind: CountKind, terms: &SpcTerms<'_>) -> Result<SpcChart, SpcRefusal> {
    let bounds = terms.segments(counts.len())?;
    for (index, count) in counts.iter().enumerate() {
        let (point, denominator) = (index + 1, count.denominator);
        let is_of_nothing = kind == CountKind::Rate && denominator == 0.0 && count.events > 0;
        if !denominator.is_finite() || denominator < 0.0 || is_of_nothing {
            return Err(SpcRefusal::Unusable { what: format!("the denominator of point {point}"), value: denominator });
        }
        if kind == CountKind::Proportion && count.events as f64 > denominator {
            return Err(SpcRefusal::NotAProportion { point, events: count.events, denominator });
        }
    }
    let segments = bounds
        .into_iter()
        .map(|(first, end, rebase)| {
            let counts = &counts[first..end];
            let lines = lines(counts);
            let points = counts.iter().map(|count| (value(count), limits(count, &lines, kind))).collect();
            (SpcSegment { first, last: end - 1, rebase, lines }, points)
        })
        .collect();
    let method = match kind {
        CountKind::Proportion => P_CHART_METHOD,
        CountKind::Rate => U_CHART_METHOD,
    };
    Ok(chart(method, segments, terms))
}

fn value(count: &PeriodCount) -> Option<f64> {
    (count.denominator > 0.0).then(|| count.events as f64 / count.denominator)
}

fn lines(counts: &[PeriodCount]) -> SpcLines {
    let used: Vec<&PeriodCount> = counts.iter().filter(|count| count.denominator > 0.0).collect();
    if used.len() < FEWEST_POINTS {
        return SpcLines::PlainLine { points: used.len() };
    }
    let events: f64 = used.iter().map(|count| count.events as f64).sum();
    let denominators: f64 = used.iter().map(|count| count.denominator).sum();
    SpcLines::Counts { centre: events / denominators }
}

fn limits(count: &PeriodCount, lines: &SpcLines, kind: CountKind) -> Option<SpcLimits> {
    let SpcLines::Counts { centre } = *lines else { return None };
    value(count)?;
    let (variance, highest) = match kind {
        CountKind::Proportion => (centre * (1.0 - centre), 1.0),
        CountKind::Rate => (centre, f64::INFINITY),
    };
    let free = SpcLimits::around(centre, 3.0 * (variance / count.denominator).sqrt());
    // Only the limits are cut: a bound of the outer third beyond 0 or 1 is one that no value reaches.
    Some(SpcLimits { lower: free.lower.max(0.0), upper: free.upper.min(highest), ..free })
}
