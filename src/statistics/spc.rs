//! What all charts over time share: points with their limits and findings, segments, verdicts.
//!
//! In: what `xmr` and `attribute` reckon for each segment. Out: one `SpcChart` of either kind, so that it is
//! drawn and told in one way.

use std::fmt;

use jiff::civil::Date;

pub use super::spc_refusal::SpcRefusal;
use super::spc_rules::findings;
pub use super::spc_rules::{SpcFinding, SpcRule, SpcSide};
pub use super::spc_verdict::{SpcAssurance, SpcVariation};
use crate::definitions::Polarity;

/// Fewest points of a segment that has limits.
///
/// *Source*: the single chart tool of NHS England's making data count shows limits and icons from 13 points on; the code of
/// `NHSRplotthedots` warns below 13, while the text of that warning says 12.
pub const FEWEST_POINTS: usize = 13;

/// Which periods the values of a series speak for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpcPeriods {
    /// Each value has a period of its own: a month, a term, a year.
    Separate,
    /// Each value holds all that went before.
    Cumulative,
    /// Each value shares most of its period with the one before: twelve months that end with each month.
    Rolling,
    /// Each value holds its year so far, and the next year starts again.
    ToDate,
}

impl fmt::Display for SpcPeriods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Separate => "separate periods",
            Self::Cumulative => "cumulative values",
            Self::Rolling => "rolling periods",
            Self::ToDate => "years to date",
        })
    }
}

/// A declared change of the process: the limits start again here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpcRebase {
    /// The first point of the new segment; 0-based.
    pub index: usize,
    /// The day of the change.
    pub date: Date,
    /// Why: what changed in the process itself.
    pub reason: String,
}

/// The lines that one point is judged by; in the unit of the values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpcLimits {
    /// The lower limit.
    pub lower: f64,
    /// Where the outer third below the centre begins.
    pub near_lower: f64,
    /// The centre line.
    pub centre: f64,
    /// Where the outer third above the centre begins.
    pub near_upper: f64,
    /// The upper limit.
    pub upper: f64,
}

impl SpcLimits {
    /// Limits at a distance from the centre, the outer third beginning at two thirds of it.
    pub(super) fn around(centre: f64, reach: f64) -> Self {
        let near = reach * 2.0 / 3.0;
        Self {
            lower: centre - reach,
            near_lower: centre - near,
            centre,
            near_upper: centre + near,
            upper: centre + reach,
        }
    }
}

/// One point.
#[derive(Debug, Clone, PartialEq)]
pub struct SpcPoint {
    /// Its value; none where the denominator is nought.
    pub value: Option<f64>,
    /// The lines that it is judged by; none on a plain line and where it has no value.
    pub limits: Option<SpcLimits>,
    /// What the rules found, the one that decides first.
    pub findings: Vec<SpcFinding>,
    /// What that means; none where there are no limits.
    pub variation: Option<SpcVariation>,
}

/// How the lines of a segment came about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SpcLines {
    /// From the moving ranges of its own points.
    MovingRange {
        /// Mean of its values: the centre line.
        mean: f64,
        /// Mean of its moving ranges, without those left out.
        mean_range: f64,
        /// How many ranges were left out for their size.
        ranges_left_out: usize,
    },
    /// From the counts of its own points, at each point by its denominator.
    Counts {
        /// All that happened over all denominators: the centre line.
        centre: f64,
    },
    /// Fewer than [`FEWEST_POINTS`]: no limits, no findings, no verdict.
    PlainLine {
        /// How many points have a value.
        points: usize,
    },
}

impl SpcLines {
    /// What a reader is told of a plain line; none where there are limits.
    #[must_use]
    pub fn remark(&self) -> Option<String> {
        match self {
            Self::PlainLine { points } => {
                Some(format!("{points} of the {FEWEST_POINTS} points that limits need: a line without limits"))
            }
            Self::MovingRange { .. } | Self::Counts { .. } => None,
        }
    }
}

/// A stretch of points with lines of their own.
#[derive(Debug, Clone, PartialEq)]
pub struct SpcSegment {
    /// Its first point; 0-based.
    pub first: usize,
    /// Its last point; inclusive.
    pub last: usize,
    /// The change that it starts with; none for the first.
    pub rebase: Option<SpcRebase>,
    /// Its lines.
    pub lines: SpcLines,
}

/// A chart over time.
#[derive(Debug, Clone, PartialEq)]
pub struct SpcChart {
    /// Method and rule set, for the passport.
    pub method: &'static str,
    /// The points in the order of time.
    pub points: Vec<SpcPoint>,
    /// The segments; together they hold every point once.
    pub segments: Vec<SpcSegment>,
    /// The verdict of the last point that has a value; none where it has no limits.
    pub variation: Option<SpcVariation>,
    /// The verdict on the target by the limits of that point; none without a target, without limits, or where neither direction is
    /// good.
    pub assurance: Option<SpcAssurance>,
}

/// What a chart is judged by, beside its values.
#[derive(Debug, Clone, Copy)]
pub struct SpcTerms<'a> {
    /// Which periods the values speak for.
    pub periods: SpcPeriods,
    /// Which direction is better.
    pub polarity: Polarity,
    /// The target, in the unit of the values.
    pub target: Option<f64>,
    /// Declared changes of the process, in the order of time.
    pub rebases: &'a [SpcRebase],
}

impl SpcTerms<'_> {
    /// The bounds of the segments of so many points: first, one past the last, and what it starts with.
    ///
    /// # Errors
    /// [`SpcRefusal`] for overlapping periods, no points, a target that is not finite, and changes that are out of place.
    pub(super) fn segments(&self, points: usize) -> Result<Vec<(usize, usize, Option<SpcRebase>)>, SpcRefusal> {
        if self.periods != SpcPeriods::Separate {
            return Err(SpcRefusal::Overlapping(self.periods));
        }
        if points == 0 {
            return Err(SpcRefusal::NoPoints);
        }
        if let Some(value) = self.target.filter(|target| !target.is_finite()) {
            return Err(SpcRefusal::Unusable { what: "target".to_owned(), value });
        }
        let mut bounds = vec![(0, points, None)];
        let mut before = 0;
        for rebase in self.rebases {
            if rebase.reason.trim().is_empty() {
                return Err(SpcRefusal::RebaseWithoutReason { date: rebase.date });
            }
            if rebase.index <= before || rebase.index >= points {
                return Err(SpcRefusal::RebaseAt { point: rebase.index.saturating_add(1), points });
            }
            if let Some(last) = bounds.last_mut() {
                last.1 = rebase.index;
            }
            bounds.push((rebase.index, points, Some(rebase.clone())));
            before = rebase.index;
        }
        Ok(bounds)
    }
}

/// A point before it is judged: its value and its lines; never lines without a value.
pub(super) type Plotted = (Option<f64>, Option<SpcLimits>);

/// Puts segments together: findings within each, verdicts from the last point that has a value.
pub(super) fn chart(method: &'static str, segments: Vec<(SpcSegment, Vec<Plotted>)>, terms: &SpcTerms<'_>) -> SpcChart {
    let (mut points, mut kept) = (Vec::new(), Vec::new());
    for (segment, plotted) in segments {
        let judged: Vec<(f64, SpcLimits)> = plotted.iter().filter_map(|(value, limits)| value.zip(*limits)).collect();
        let mut found = findings(&judged).into_iter();
        points.extend(plotted.into_iter().map(|(value, limits)| {
            let findings = limits.and_then(|_| found.next()).unwrap_or_default();
            let variation = limits.map(|_| SpcVariation::of(&findings, terms.polarity));
            SpcPoint { value, limits, findings, variation }
        }));
        kept.push(segment);
    }
    let last = points.iter().rev().find(|point| point.value.is_some());
    let variation = last.and_then(|point| point.variation);
    let limits = last.and_then(|point| point.limits);
    let assurance =
        limits.zip(terms.target).and_then(|(limits, target)| SpcAssurance::of(target, &limits, terms.polarity));
    SpcChart { method, points, segments: kept, variation, assurance }
}
