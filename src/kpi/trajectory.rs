//! A value against its line of targets: what was expected on its day, and whether it is there.
//!
//! ```text
//! baseline ──── milestone ──── milestone ──── target      straight between two dated points
//!                    ▲ the day of a value: the last of its period
//! ```
//!
//! What is expected is rounded as the KPI's values are, so that what reads equal is equal. A value is never held against the end alone.

use jiff::civil::Date;

use crate::definitions::{Polarity, TargetLine, TargetPoint};

/// Decimals of what is expected where values are not rounded.
const PLACES: u8 = 1;
/// Millionths of one.
const ONE: i128 = 1_000_000;

/// How a value stands to its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetStatus {
    /// There is no value; its reason says why.
    NoValue,
    /// Its day lies before the baseline.
    BeforeBaseline,
    /// Its period is not over: a part of a year is not held against a year.
    NotOver,
    /// Worse than the line on its day.
    Behind,
    /// As good as the line on its day, or better.
    OnTrack,
    /// Better than the line, and as good as the milestone to come already.
    Ahead,
    /// As good as the target, or better, on whatever day.
    Met,
    /// Worse than the target on the day of that, or later.
    NotReached,
}

impl TargetStatus {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::NoValue,
        Self::BeforeBaseline,
        Self::NotOver,
        Self::Behind,
        Self::OnTrack,
        Self::Ahead,
        Self::Met,
        Self::NotReached,
    ];

    /// As `kpi.status` has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoValue => "no_value",
            Self::BeforeBaseline => "before_baseline",
            Self::NotOver => "not_over",
            Self::Behind => "behind",
            Self::OnTrack => "on_track",
            Self::Ahead => "ahead",
            Self::Met => "met",
            Self::NotReached => "not_reached",
        }
    }

    /// In words, for people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::NoValue => "no value",
            Self::BeforeBaseline => "before the baseline",
            Self::NotOver => "the period is not over",
            Self::Behind => "behind",
            Self::OnTrack => "on track",
            Self::Ahead => "ahead",
            Self::Met => "met",
            Self::NotReached => "not reached by its date",
        }
    }
}

/// What is known of a value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ValueThen {
    /// The last day of its period.
    pub day: Date,
    /// Whether that has passed.
    pub is_over: bool,
    /// The value.
    pub value: Option<f64>,
}

/// A value beside its line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judgement {
    /// What the line says of its day, rounded; none before the baseline.
    pub expected: Option<f64>,
    /// The value less that; none where it is not judged.
    pub difference: Option<f64>,
    /// How it stands.
    pub status: TargetStatus,
}

/// Holds a value against its line. `places` are the decimals of the KPI's values, none where they are not rounded.
#[must_use]
pub fn judge(line: &TargetLine, places: Option<u8>, value: &ValueThen) -> Judgement {
    let expected = expected(line, places.unwrap_or(PLACES), value.day);
    let told = |status| Judgement { expected: expected.map(in_units), difference: None, status };
    let Some(found) = value.value.and_then(millionths) else { return told(TargetStatus::NoValue) };
    let (Some(expected), Some(end)) = (expected, line.end()) else { return told(TargetStatus::BeforeBaseline) };
    if !value.is_over {
        return told(TargetStatus::NotOver);
    }
    let is_as_good = |than: i128| match line.polarity {
        Polarity::Low => found <= than,
        Polarity::High | Polarity::None => found >= than,
    };
    let next = line.points.iter().find(|point| point.day > value.day);
    let status = if is_as_good(end.millionths.into()) {
        TargetStatus::Met
    } else if next.is_none() {
        TargetStatus::NotReached
    } else if !is_as_good(expected) {
        TargetStatus::Behind
    } else if found != expected && next.is_some_and(|next| is_as_good(next.millionths.into())) {
        TargetStatus::Ahead
    } else {
        TargetStatus::OnTrack
    };
    Judgement { difference: Some(in_units(found - expected)), ..told(status) }
}

/// What the line says of a day, in millionths: that of its last point after the end, none before the beginning.
fn expected(line: &TargetLine, places: u8, day: Date) -> Option<i128> {
    let before = line.points.iter().rev().find(|point| point.day <= day)?;
    let Some(after) = line.points.iter().find(|point| point.day > day) else { return Some(before.millionths.into()) };
    let days = |from: &TargetPoint, to: Date| i128::from((to - from.day).get_days());
    let (whole, gone) = (days(before, after.day), days(before, day));
    let (from, to) = (i128::from(before.millionths), i128::from(after.millionths));
    // The same over `whole` days; exact until it is rounded, a half upwards as on paper.
    let parts = from * whole + (to - from) * gone;
    let unit = 10_i128.pow(6 - u32::from(places.min(6)));
    let step = whole * unit;
    Some((2 * parts + step).div_euclid(2 * step) * unit)
}

/// Values are decimals of a few places.
#[expect(clippy::cast_possible_truncation, reason = "checked to be far within")]
fn millionths(value: f64) -> Option<i128> {
    let scaled = (value * 1e6).round();
    (scaled.abs() < 1e18).then_some(scaled as i128)
}

#[expect(clippy::cast_precision_loss, reason = "figures of a board have far fewer than 15 digits")]
fn in_units(millionths: i128) -> f64 {
    millionths as f64 / ONE as f64
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::definitions::{TargetBasis, TargetKind, Unit};

    fn line(polarity: Polarity, points: &[(Date, i64)]) -> TargetLine {
        let last = points.len() - 1;
        let point = |(index, (day, whole)): (usize, &(Date, i64))| TargetPoint {
            kind: match index {
                0 => TargetKind::Baseline,
                _ if index == last => TargetKind::Target,
                _ => TargetKind::Milestone,
            },
            day: *day,
            millionths: whole * 1_000_000,
            note: None,
            line: index + 2,
        };
        TargetLine {
            kpi_id: "k".to_owned(),
            place: "933".to_owned(),
            breakdown: "total".to_owned(),
            unit: Unit::Percent,
            polarity,
            basis: TargetBasis::Annual,
            points: points.iter().enumerate().map(point).collect(),
            readings: Vec::new(),
        }
    }

    fn told(line: &TargetLine, day: Date, value: f64) -> (Option<f64>, Option<f64>, &'static str) {
        let found = judge(line, Some(1), &ValueThen { day, is_over: true, value: Some(value) });
        (found.expected, found.difference, found.status.as_str())
    }

    #[test]
    fn a_value_is_held_against_the_line_on_its_own_day() {
        // 40 at the end of 2023, 50 at the end of 2024 (366 days), 80 at the end of 2025 (365 days).
        let up = line(Polarity::High, &[(date(2023, 12, 31), 40), (date(2024, 12, 31), 50), (date(2025, 12, 31), 80)]);
        assert_eq!(told(&up, date(2023, 12, 30), 90.0), (None, None, "before_baseline"));
        assert_eq!(told(&up, date(2023, 12, 31), 40.0), (Some(40.0), Some(0.0), "on_track"));
        // 183 of 366 days.
        assert_eq!(told(&up, date(2024, 7, 1), 45.0), (Some(45.0), Some(0.0), "on_track"));
        assert_eq!(told(&up, date(2024, 7, 1), 44.9), (Some(45.0), Some(-0.1), "behind"));
        assert_eq!(told(&up, date(2024, 7, 1), 50.0), (Some(45.0), Some(5.0), "ahead"));
        assert_eq!(told(&up, date(2024, 7, 1), 80.0), (Some(45.0), Some(35.0), "met"));
        // 90 of 365 days of 30 points are 7.397.
        assert_eq!(told(&up, date(2025, 3, 31), 57.4), (Some(57.4), Some(0.0), "on_track"));
        assert_eq!(told(&up, date(2025, 12, 31), 79.9), (Some(80.0), Some(-0.1), "not_reached"));
        assert_eq!(told(&up, date(2026, 12, 31), 80.0), (Some(80.0), Some(0.0), "met"));
    }

    #[test]
    fn low_is_good_where_it_is_and_what_cannot_be_judged_says_why() {
        let down = line(Polarity::Low, &[(date(2024, 8, 31), 20), (date(2026, 8, 31), 10)]);
        assert_eq!(told(&down, date(2025, 8, 31), 16.0), (Some(15.0), Some(1.0), "behind"));
        assert_eq!(told(&down, date(2025, 8, 31), 15.0), (Some(15.0), Some(0.0), "on_track"));
        assert_eq!(told(&down, date(2025, 8, 31), 9.0), (Some(15.0), Some(-6.0), "met"));
        let day = date(2025, 8, 31);
        let open = judge(&down, Some(1), &ValueThen { day, is_over: false, value: Some(3.0) });
        assert_eq!((open.expected, open.difference, open.status), (Some(15.0), None, TargetStatus::NotOver));
        let none = judge(&down, Some(1), &ValueThen { day, is_over: true, value: None });
        assert_eq!((none.difference, none.status), (None, TargetStatus::NoValue));
    }
}
