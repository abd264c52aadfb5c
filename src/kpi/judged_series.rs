//! A series of values, judged: which chart suits it, which values make its limits, and what a reader has to be told.
//!
//! In: the values of one KPI at one place by one kind of period, in the order of time, and the declared changes of its process. Out:
//! a [`JudgedSeries`]: the chart in the unit of the KPI, or why there is none. Nothing here reads or draws.
//!
//! - Values of which something is missing (`partial`), and those of a period that is not over, are no part of limits and runs: they
//!   would be judged for what did not come. Provisional ones are a part: without them the newest months never were.
//! - What stands at the end of each month has a value of its own each month and is charted, with a word of caution.
//! - Proportions take a p chart and rates a u chart where their counts are small, else `XmR`, of the values as they are told.

use jiff::civil::Date;

use crate::definitions::{Kpi, Rebase, SeriesKind, Unit};
use crate::model::Period;
use crate::statistics::attribute::{ChartChoice, CountKind, PeriodCount, chart_for, count_chart};
use crate::statistics::spc::{
    FEWEST_POINTS, SpcChart, SpcLimits, SpcLines, SpcPeriods, SpcPoint, SpcRebase, SpcTerms, SpcVariation,
};
use crate::statistics::xmr::xmr;

/// One value of a series.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SeriesPoint {
    /// The period, as it is named.
    pub period: String,
    /// Its first and its last day, where they are known.
    pub days: Option<(Date, Date)>,
    /// The value as it is told; none where there is none.
    pub value: Option<f64>,
    /// What was counted.
    pub numerator: Option<f64>,
    /// Out of how much.
    pub denominator: Option<f64>,
    /// Whether it bears a mark.
    pub is_marked: bool,
    /// Whether something is missing from it, or its period is not over.
    pub is_partial: bool,
}

impl SeriesPoint {
    /// First and last day: those that are told, or those of the year that is its name.
    fn span(&self) -> Option<(Date, Date)> {
        self.days.or_else(|| Period::parse(&self.period).ok().map(|year| (year.first_day(), year.last_day())))
    }

    /// Whether more than half of its days lie on a day or after it.
    fn is_of_after(&self, day: Date) -> bool {
        let days = |from: Date, to: Date| (to - from).get_days() + 1;
        self.span().is_some_and(|(first, last)| 2 * days(day, last) > days(first, last))
    }
}

/// A series with its verdict.
#[derive(Debug, Clone, PartialEq)]
pub struct JudgedSeries {
    /// The chart, in the unit of the KPI; none where no chart suits the series.
    pub chart: Option<SpcChart>,
    /// The values that are charted, by their places in the series, 0-based: one for each point of the chart.
    pub charted: Vec<usize>,
    /// What a reader has to be told beside it, in sentences without an end.
    pub remarks: Vec<String>,
    /// How many values are told and are no part of the chart.
    pub left_out: usize,
}

/// Judges a series.
///
/// *Units*: `target` is in the unit of the KPI, 60 for 60 %. `kind` is the kind of period asked for; none for the KPI's own.
#[must_use]
pub fn judged_series(
    kpi: &Kpi,
    kind: Option<SeriesKind>,
    points: &[SeriesPoint],
    target: Option<f64>,
    rebases: &[&Rebase],
) -> JudgedSeries {
    let charted: Vec<usize> = points
        .iter()
        .enumerate()
        .filter(|(_, point)| point.value.is_some() && !point.is_partial)
        .map(|(index, _)| index)
        .collect();
    let told = points.iter().filter(|point| point.value.is_some()).count();
    let mut judged = JudgedSeries { chart: None, left_out: told - charted.len(), charted, remarks: Vec::new() };
    let used: Vec<&SeriesPoint> = judged.charted.iter().filter_map(|index| points.get(*index)).collect();
    let starts = starts(rebases, &used);
    let terms = SpcTerms { periods: periods(kind), polarity: kpi.polarity, target, rebases: &starts };
    let kinds = if kind == Some(SeriesKind::Month) { "month" } else { "period" };
    let counts = counts(kpi, &used);
    let choice = counts.as_ref().map_or(ChartChoice::SingleValues, |(kind, counts)| chart_for(counts, *kind));
    let chart = match (choice, counts) {
        _ if used.is_empty() => {
            judged.remarks.push("A plain line: no value is whole, and limits are made of whole ones".to_owned());
            None
        }
        // Too few to have limits, rare or not: that is what is said.
        (ChartChoice::TooRare, _) if terms.periods == SpcPeriods::Separate && used.len() >= FEWEST_POINTS => {
            let what = if kpi.unit == Unit::Percent { "one case, or one that is none, a" } else { "one case a" };
            judged.remarks.push(format!(
                "A plain line: less than {what} {kinds} on average is too rare for limits; longer periods say more"
            ));
            None
        }
        (ChartChoice::SmallCounts, Some((count_kind, counts))) => {
            let share = SpcTerms { target: target.map(|target| target / kpi.scale), ..terms };
            Some(count_chart(&counts, count_kind, &share).map(|chart| scaled(chart, kpi.scale)))
        }
        _ => Some(xmr(&used.iter().filter_map(|point| point.value).collect::<Vec<_>>(), &terms)),
    };
    match chart {
        Some(Ok(chart)) => judged.chart = Some(chart),
        Some(Err(refusal)) => judged.remarks.push(format!("A plain line, {refusal}; {}", refusal.hint())),
        None => {}
    }
    let remarks = judged.told(kpi, &used, kinds);
    judged.remarks.extend(remarks);
    judged
}

impl JudgedSeries {
    /// The remarks that the chart, the marks and the KPI call for.
    fn told(&self, kpi: &Kpi, used: &[&SeriesPoint], kinds: &str) -> Vec<String> {
        let mut remarks = Vec::new();
        let segments = self.chart.iter().flat_map(|chart| &chart.segments);
        for segment in segments {
            let name = |index: usize| used.get(index).map_or("", |point| point.period.as_str());
            if let Some(rebase) = &segment.rebase {
                let from = name(segment.first);
                remarks.push(format!("Limits start again in {from}, declared for {}: {}", rebase.date, rebase.reason));
            }
            if let Some(remark) = segment.lines.remark() {
                let is_all = segment.last + 1 - segment.first == used.len();
                let of = if is_all {
                    String::new()
                } else {
                    format!(" from {} to {}", name(segment.first), name(segment.last))
                };
                remarks.push(format!("A plain line{of}, {}", remark.trim_end_matches(": a line without limits")));
            }
        }
        match self.left_out {
            0 => {}
            1 => {
                remarks
                    .push("1 value is partial or of a period that is not over, and no part of the limits".to_owned());
            }
            some => remarks
                .push(format!("{some} values are partial or of a period that is not over, and no part of the limits")),
        }
        if self.has_limits() {
            let is_stock = kpi.series.as_ref().is_some_and(|series| series.stock);
            if is_stock {
                remarks.push(format!(
                    "It counts what stands at the end of each {kinds}, mostly as at the one before: limits are narrow, and special \
                     causes found easily"
                ));
            }
            if self.lines().is_some_and(|lines| matches!(lines, SpcLines::Counts { .. })) && kpi.unit == Unit::Per100 {
                remarks.push("Limits are too narrow where one pupil counts many times".to_owned());
            }
        }
        remarks
    }

    /// Whether any point has limits.
    #[must_use]
    pub fn has_limits(&self) -> bool {
        self.chart.iter().flat_map(|chart| &chart.points).any(|point| point.limits.is_some())
    }

    /// The point of the chart of a value, by its place in the series.
    #[must_use]
    pub fn point(&self, index: usize) -> Option<&SpcPoint> {
        let at = self.charted.iter().position(|charted| *charted == index)?;
        self.chart.as_ref()?.points.get(at)
    }

    /// How the lines of the last segment came about.
    #[must_use]
    pub fn lines(&self) -> Option<SpcLines> {
        Some(self.chart.as_ref()?.segments.last()?.lines)
    }

    /// The name of the method in a word or two.
    #[must_use]
    pub fn method(&self) -> &str {
        self.chart.as_ref().map_or("", |chart| chart.method.split(':').next().unwrap_or_default())
    }

    /// What the last charted value is, in words; none without limits.
    #[must_use]
    pub fn variation_words(&self, points: &[SeriesPoint]) -> Option<String> {
        let index = *self.charted.last()?;
        let point = self.point(index)?;
        let variation = point.variation?.words();
        let period = &points.get(index)?.period;
        Some(match point.findings.first() {
            Some(finding) => format!("{variation}: {period} is {}", finding.words()),
            None => format!("{variation}, in {period}"),
        })
    }

    /// Whether the process as it is meets the target, in words; none without limits or target.
    #[must_use]
    pub fn assurance_words(&self) -> Option<&'static str> {
        Some(self.chart.as_ref()?.assurance?.words())
    }

    /// The method with how many values it takes, and its lines at the last of them; none without limits.
    #[must_use]
    pub fn method_words(&self) -> Option<String> {
        let chart = self.chart.as_ref()?;
        let segment = chart.segments.last()?;
        let points = chart.points.get(segment.first..=segment.last)?;
        let limits = points.iter().rev().find_map(|point| point.limits)?;
        let valued = points.iter().filter(|point| point.value.is_some()).count();
        let (centre, moves) = match segment.lines {
            SpcLines::Counts { .. } => ("centre", " at the last"),
            SpcLines::MovingRange { .. } | SpcLines::PlainLine { .. } => ("mean", ""),
        };
        Some(format!(
            "{} of {valued} points; {centre} {}, limits{moves} {} to {}",
            self.method(),
            short_number(limits.centre),
            short_number(limits.lower),
            short_number(limits.upper)
        ))
    }

    /// Each special cause: its place in the series, what it means, and what was found, in words.
    pub fn special(&self) -> impl Iterator<Item = (usize, SpcVariation, &'static str)> {
        self.charted.iter().filter_map(|index| {
            let point = self.point(*index)?;
            Some((*index, point.variation?, point.findings.first()?.words()))
        })
    }
}

/// A number to three figures or so, without those that say nothing.
#[must_use]
pub fn short_number(number: f64) -> String {
    let places = match number.abs() {
        100.0.. => 0,
        10.0.. => 1,
        1.0.. => 2,
        _ => 3,
    };
    trimmed(number, places)
}

/// A number to so many decimals at most, without those that say nothing.
#[must_use]
pub fn trimmed(number: f64, places: usize) -> String {
    let text = format!("{number:.places$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// Which periods the values of a kind speak for.
fn periods(kind: Option<SeriesKind>) -> SpcPeriods {
    match kind {
        Some(SeriesKind::RollingTwelveMonths) => SpcPeriods::Rolling,
        Some(SeriesKind::AcademicYearToDate | SeriesKind::CalendarYearToDate) => SpcPeriods::ToDate,
        Some(
            SeriesKind::Week
            | SeriesKind::Month
            | SeriesKind::Term
            | SeriesKind::TwoTerms
            | SeriesKind::AcademicYear
            | SeriesKind::CalendarYear,
        )
        | None => SpcPeriods::Separate,
    }
}

/// Numerators and denominators of a KPI whose values are counts out of counts; none of any other, and where one is missing.
fn counts(kpi: &Kpi, points: &[&SeriesPoint]) -> Option<(CountKind, Vec<PeriodCount>)> {
    let kind = match kpi.unit {
        Unit::Percent => CountKind::Proportion,
        Unit::Per100 => CountKind::Rate,
        Unit::Ratio | Unit::Fte | Unit::Count => return None,
    };
    let counts: Option<Vec<PeriodCount>> = points
        .iter()
        .map(|point| {
            let (numerator, denominator) = (point.numerator?, point.denominator?);
            let is_part = kind == CountKind::Rate || numerator <= denominator;
            // Full-time equivalents are no counts.
            let is_count = numerator >= 0.0 && numerator.fract() == 0.0 && denominator > 0.0;
            let is_whole = kind == CountKind::Rate || denominator.fract() == 0.0;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, and not below nought")]
            (is_part && is_count && is_whole).then_some(PeriodCount { events: numerator as u64, denominator })
        })
        .collect();
    Some((kind, counts?))
}

/// The first point of each new process, in the order of time. One before the series, or beyond it, parts nothing; several that fall
/// to one point are one, with the reasons of all.
fn starts(rebases: &[&Rebase], points: &[&SeriesPoint]) -> Vec<SpcRebase> {
    let mut rebases = rebases.to_vec();
    rebases.sort_by_key(|rebase| rebase.date);
    let mut starts: Vec<SpcRebase> = Vec::new();
    for rebase in rebases {
        let Some(index) = points.iter().position(|point| point.is_of_after(rebase.date)).filter(|index| *index > 0)
        else {
            continue;
        };
        match starts.last_mut().filter(|last| last.index == index) {
            Some(last) => last.reason = format!("{}; {}", last.reason, rebase.reason),
            None => starts.push(SpcRebase { index, date: rebase.date, reason: rebase.reason.clone() }),
        }
    }
    starts
}

/// A chart of shares in the unit of the KPI.
fn scaled(mut chart: SpcChart, scale: f64) -> SpcChart {
    for point in &mut chart.points {
        point.value = point.value.map(|value| value * scale);
        point.limits = point.limits.map(|limits| SpcLimits {
            lower: limits.lower * scale,
            near_lower: limits.near_lower * scale,
            centre: limits.centre * scale,
            near_upper: limits.near_upper * scale,
            upper: limits.upper * scale,
        });
    }
    for segment in &mut chart.segments {
        if let SpcLines::Counts { centre } = &mut segment.lines {
            *centre *= scale;
        }
    }
    chart
}
