//! The four rules of the NHS set.
//!
//! In: the points of one segment with the lines that each is judged by. Out: what the rules find at each, the one that decides first.
//!
//! *Source*: `NHSRplotthedots` 0.2.2 (`ptd_spc_standard`, `ptd_calculate_point_type`) with the order of its pull request 180: beyond a
//! limit, trend, two of three, shift. Every comparison is strict: a point on a line is not beyond it, a point on the centre ends a
//! shift, two equal neighbours end a trend. Two of three needs all three on the same side (its issue 143) and takes the outer third
//! alone; the NHS tools have counted points beyond the limit too since 2023 (issue 194), the package does not. Seven points for a
//! shift and for a trend: the spreadsheet of the NHS also lets users choose six (issue 202), which is the length of run charts. Here a
//! falling trend counts like a rising one (issue 167), and its direction is that of the run and not the side of the centre (issue
//! 171). In one place we differ: where a trend ends and the very next point begins another, the package gives the last point the
//! direction of the step between them, we the one of its own run.

use super::spc::SpcLimits;

/// Points of a shift, and of a trend.
const RUN: usize = 7;

/// A direction from the centre line, or of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpcSide {
    /// Above, or rising.
    High,
    /// Below, or falling.
    Low,
}

/// A rule that finds a special cause, in the order in which they decide a point that several find.
///
/// *Source*: `NHSRplotthedots` 0.2.2, where shift and trend take seven points; the spreadsheet of the NHS lets users choose six.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SpcRule {
    /// Beyond a limit.
    BeyondLimit,
    /// One of seven or more in a row that each rise, or each fall.
    Trend,
    /// One of two of three in a row that lie in the outer third of the same side.
    NearLimit,
    /// One of seven or more in a row on the same side of the centre.
    Shift,
}

/// What a rule found at a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpcFinding {
    /// The rule.
    pub rule: SpcRule,
    /// The direction.
    pub side: SpcSide,
}

impl SpcFinding {
    /// What was found, in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match (self.rule, self.side) {
            (SpcRule::BeyondLimit, SpcSide::High) => "above the upper limit",
            (SpcRule::BeyondLimit, SpcSide::Low) => "below the lower limit",
            (SpcRule::Trend, SpcSide::High) => "in a run of seven or more that rise",
            (SpcRule::Trend, SpcSide::Low) => "in a run of seven or more that fall",
            (SpcRule::NearLimit, SpcSide::High) => "one of two of three near the upper limit",
            (SpcRule::NearLimit, SpcSide::Low) => "one of two of three near the lower limit",
            (SpcRule::Shift, SpcSide::High) => "in a run of seven or more above the centre",
            (SpcRule::Shift, SpcSide::Low) => "in a run of seven or more below the centre",
        }
    }
}

/// What the rules find at each point of one segment.
pub(super) fn findings(points: &[(f64, SpcLimits)]) -> Vec<Vec<SpcFinding>> {
    let mut found = vec![Vec::new(); points.len()];
    let mut add = |index: usize, rule: SpcRule, side: SpcSide| {
        if let Some(at) = found.get_mut(index) {
            at.push(SpcFinding { rule, side });
        }
    };
    for (index, (value, limits)) in points.iter().enumerate() {
        if *value > limits.upper {
            add(index, SpcRule::BeyondLimit, SpcSide::High);
        } else if *value < limits.lower {
            add(index, SpcRule::BeyondLimit, SpcSide::Low);
        }
    }
    let steps: Vec<Option<SpcSide>> = points.windows(2).map(|pair| side(pair[1].0, pair[0].0)).collect();
    // From the end, so that the later of two runs that meet at a point decides it.
    for (start, length, direction) in runs(&steps).into_iter().rev().filter(|(_, length, _)| length + 1 >= RUN) {
        (start..=start + length).for_each(|index| add(index, SpcRule::Trend, direction));
    }
    let sides: Vec<Option<SpcSide>> = points.iter().map(|(value, limits)| side(*value, limits.centre)).collect();
    let is_near: Vec<bool> = points
        .iter()
        .map(|(value, limits)| {
            let is_inside = *value <= limits.upper && *value >= limits.lower;
            is_inside && (*value > limits.near_upper || *value < limits.near_lower)
        })
        .collect();
    for (index, own) in sides.iter().enumerate().filter(|(index, _)| is_near[*index]) {
        let Some(own) = *own else { continue };
        // The three windows of three that hold the point.
        let is_found = (index.saturating_sub(2)..=index).any(|start| {
            let window = start..start + 3;
            let are_alike =
                sides.get(window.clone()).is_some_and(|window| window.iter().all(|side| *side == Some(own)));
            are_alike && is_near[window].iter().filter(|near| **near).count() >= 2
        });
        if is_found {
            add(index, SpcRule::NearLimit, own);
        }
    }
    for (start, length, direction) in runs(&sides).into_iter().filter(|(_, length, _)| *length >= RUN) {
        (start..start + length).for_each(|index| add(index, SpcRule::Shift, direction));
    }
    found
}

/// Where a value lies beside a line; none on it.
fn side(value: f64, line: f64) -> Option<SpcSide> {
    if value > line {
        Some(SpcSide::High)
    } else if value < line {
        Some(SpcSide::Low)
    } else {
        None
    }
}

/// The longest stretches of one direction: start, length, direction.
fn runs(sides: &[Option<SpcSide>]) -> Vec<(usize, usize, SpcSide)> {
    let mut runs: Vec<(usize, usize, SpcSide)> = Vec::new();
    for (index, side) in sides.iter().enumerate() {
        let Some(side) = *side else { continue };
        match runs.last_mut() {
            Some((start, length, direction)) if *direction == side && *start + *length == index => *length += 1,
            _ => runs.push((index, 1, side)),
        }
    }
    runs
}
