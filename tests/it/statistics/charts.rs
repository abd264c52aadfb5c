//! Control charts: fixtures, public bug reports, refusals, properties.

use jiff::civil::date;
use proptest::prelude::*;
use sendmart::definitions::Polarity;
use sendmart::statistics::attribute::{ChartChoice, CountKind, PeriodCount, chart_for, count_chart};
use sendmart::statistics::spc::SpcAssurance::{Failing, HitOrMiss, Passing};
use sendmart::statistics::spc::{
    SpcChart, SpcFinding, SpcLines, SpcPeriods, SpcPoint, SpcRebase, SpcRefusal, SpcRule, SpcSide, SpcTerms,
    SpcVariation,
};
use sendmart::statistics::xmr::xmr;
use serde_json::Value;

use super::{assert_near, cases, name, number, numbers, whole};

const TERMS: SpcTerms<'_> =
    SpcTerms { periods: SpcPeriods::Separate, polarity: Polarity::High, target: None, rebases: &[] };

fn rebase(index: usize) -> SpcRebase {
    SpcRebase { index, date: date(2025, 9, 1), reason: "a second panel meets each week".to_owned() }
}

/// As the package labels a point.
fn label(point: &SpcPoint) -> &'static str {
    match point.findings.first() {
        None => "Common Cause",
        Some(SpcFinding { rule: SpcRule::BeyondLimit, side: SpcSide::High }) => "Above UCL",
        Some(SpcFinding { rule: SpcRule::BeyondLimit, side: SpcSide::Low }) => "Below LCL",
        Some(SpcFinding { rule: SpcRule::Trend, side: SpcSide::High }) => "7 Point Trend (Increasing)",
        Some(SpcFinding { rule: SpcRule::Trend, side: SpcSide::Low }) => "7 Point Trend (Decreasing)",
        Some(SpcFinding { rule: SpcRule::NearLimit, side: SpcSide::High }) => "2 in 3 Above CL",
        Some(SpcFinding { rule: SpcRule::NearLimit, side: SpcSide::Low }) => "2 in 3 Below CL",
        Some(SpcFinding { rule: SpcRule::Shift, side: SpcSide::High }) => "7 Points Above CL",
        Some(SpcFinding { rule: SpcRule::Shift, side: SpcSide::Low }) => "7 Points Below CL",
    }
}

fn xmr_case(wanted: &str) -> (Value, SpcChart) {
    let case = cases("xmr.json").into_iter().find(|case| name(case) == wanted).unwrap();
    let chart = xmr(&numbers(&case, "values"), &TERMS).unwrap();
    (case, chart)
}

#[test]
fn xmr_charts_equal_their_references() {
    let mut seen = std::collections::BTreeSet::new();
    for case in cases("xmr.json") {
        let what = name(&case);
        let starts = case["starts"].as_array().unwrap();
        let rebases: Vec<SpcRebase> =
            starts.iter().map(|start| rebase(usize::try_from(start.as_u64().unwrap()).unwrap())).collect();
        let chart = xmr(&numbers(&case, "values"), &SpcTerms { rebases: &rebases, ..TERMS }).unwrap();
        let expected = case["segments"].as_array().unwrap();
        assert_eq!(chart.segments.len(), expected.len(), "{what}");
        for (segment, expected) in chart.segments.iter().zip(expected) {
            let limits = chart.points[segment.first].limits;
            match segment.lines {
                SpcLines::PlainLine { points } => {
                    assert!(
                        expected["plain"].as_bool().unwrap() && points == segment.last - segment.first + 1,
                        "{what}"
                    );
                    assert_eq!(limits, None);
                    assert!(segment.lines.remark().unwrap().contains("of the 13 points"));
                }
                SpcLines::MovingRange { mean, mean_range, ranges_left_out } => {
                    assert_near(mean, number(expected, "mean"), what);
                    assert_near(mean_range, number(expected, "mean_range"), what);
                    assert_eq!(ranges_left_out as u64, whole(expected, "left_out"), "{what}");
                    assert_near(limits.unwrap().lower, number(expected, "lower"), what);
                    assert_near(limits.unwrap().upper, number(expected, "upper"), what);
                }
                SpcLines::Counts { .. } => panic!("{what}: not of counts"),
            }
        }
        for (index, (point, expected)) in chart.points.iter().zip(case["labels"].as_array().unwrap()).enumerate() {
            let found = point.limits.map(|_| label(point));
            assert_eq!(found, expected.as_str(), "{what}, point {}", index + 1);
            seen.extend(found);
        }
    }
    assert_eq!(seen.len(), 9, "each label of the package occurs: {seen:?}");
}

#[test]
fn the_snapshot_that_the_package_prints_is_met() {
    let (_, chart) = xmr_case("snapshot of the package");
    let limits = chart.points[0].limits.unwrap();
    let printed = format!("{:.3} {:.2} {:.2}", limits.centre, limits.lower, limits.upper);
    assert_eq!(printed, "0.142 -3.01 3.29");
}

#[test]
fn bug_reports_of_the_package_stay_mended() {
    // 143: two points near opposite limits are no special cause.
    let (_, chart) = xmr_case("issue 143: opposite sides");
    assert!(chart.points.iter().all(|point| point.variation == Some(SpcVariation::Common)));
    // 167: seven that fall are found like seven that rise.
    let (_, chart) = xmr_case("issue 167: a falling trend");
    let falling = chart.points.iter().filter(|point| label(point) == "7 Point Trend (Decreasing)").count();
    assert!(falling >= 7);
    // 171: falling above the mean is no improvement where high is good.
    let (_, chart) = xmr_case("issue 171: falling above the mean");
    let trend: Vec<&SpcPoint> =
        chart.points.iter().filter(|point| label(point) == "7 Point Trend (Decreasing)").collect();
    assert!(trend.iter().any(|point| point.value > point.limits.map(|limits| limits.centre)));
    assert!(trend.iter().all(|point| point.variation == Some(SpcVariation::Concerning)));
}

#[test]
fn verdicts_turn_with_polarity_and_target() {
    let values = [50.0, 52.0].repeat(7);
    let verdict = |polarity, target| {
        let mut values = values.clone();
        values.push(70.0);
        let chart = xmr(&values, &SpcTerms { polarity, target: Some(target), ..TERMS }).unwrap();
        (chart.variation.unwrap(), chart.assurance)
    };
    assert_eq!(verdict(Polarity::High, 90.0), (SpcVariation::Improving, Some(Failing)));
    assert_eq!(verdict(Polarity::Low, 90.0), (SpcVariation::Concerning, Some(Passing)));
    assert_eq!(verdict(Polarity::None, 90.0), (SpcVariation::Higher, None));
    assert_eq!(verdict(Polarity::High, 20.0).1, Some(Passing));
    assert_eq!(verdict(Polarity::Low, 20.0).1, Some(Failing));
    assert_eq!(verdict(Polarity::High, 52.0).1, Some(HitOrMiss));
}

#[test]
fn values_that_are_all_alike_are_common_cause() {
    // The sum of fifteen tenths is not fifteen times a tenth.
    for value in [0.1, 0.7, 33.3, -2.2] {
        let chart = xmr(&[value; 15], &TERMS).unwrap();
        assert!(chart.points.iter().all(|point| point.variation == Some(SpcVariation::Common)), "{value}");
    }
}

#[test]
fn a_target_on_the_limit_is_hit_or_miss() {
    let values = [10.0, 12.0].repeat(7);
    let limits = xmr(&values, &TERMS).unwrap().points[0].limits.unwrap();
    for target in [limits.upper, limits.lower] {
        let chart = xmr(&values, &SpcTerms { target: Some(target), ..TERMS }).unwrap();
        assert_eq!(chart.assurance, Some(HitOrMiss));
    }
}

#[test]
fn what_cannot_be_charted_is_refused() {
    let values = [1.0, 2.0].repeat(8);
    let refusal = |terms: SpcTerms<'_>| xmr(&values, &terms).unwrap_err();
    for periods in [SpcPeriods::Cumulative, SpcPeriods::Rolling, SpcPeriods::ToDate] {
        assert_eq!(refusal(SpcTerms { periods, ..TERMS }), SpcRefusal::Overlapping(periods));
    }
    for rebases in [&[rebase(0)][..], &[rebase(16)], &[rebase(9), rebase(9)], &[rebase(9), rebase(3)]] {
        assert!(matches!(refusal(SpcTerms { rebases, ..TERMS }), SpcRefusal::RebaseAt { points: 16, .. }));
    }
    let silent = SpcRebase { reason: " ".to_owned(), ..rebase(3) };
    assert_eq!(refusal(SpcTerms { rebases: &[silent], ..TERMS }).code(), "statistics::rebase_without_reason");
    assert!(matches!(refusal(SpcTerms { target: Some(f64::NAN), ..TERMS }), SpcRefusal::Unusable { .. }));
    assert!(matches!(xmr(&[1.0, f64::INFINITY], &TERMS), Err(SpcRefusal::Unusable { .. })));
    assert_eq!(xmr(&[], &TERMS), Err(SpcRefusal::NoPoints));
    let count = |events, denominator| [PeriodCount { events, denominator }];
    let refused =
        |events, denominator, kind| count_chart(&count(events, denominator), kind, &TERMS).unwrap_err().code();
    assert_eq!(refused(3, 2.0, CountKind::Proportion), "statistics::not_a_proportion");
    assert_eq!(refused(3, 0.0, CountKind::Rate), "statistics::unusable");
    assert_eq!(refused(3, -2.0, CountKind::Rate), "statistics::unusable");
}

#[test]
fn refusals_say_what_where_and_how_to_mend_it() {
    let refusals = [
        SpcRefusal::Overlapping(SpcPeriods::ToDate),
        SpcRefusal::NotAProportion { point: 3, events: 5, denominator: 4.0 },
        SpcRefusal::RebaseAt { point: 20, points: 16 },
    ];
    let told: Vec<String> = refusals.iter().map(|refusal| format!("{refusal}; {}", refusal.hint())).collect();
    assert_eq!(
        told,
        [
            "no control chart of years to date: neighbouring values share what they count; chart the months, terms or years one by one",
            "point 3: 5 of 4 is no proportion; take a u chart where one case can count more than once",
            "limits cannot start again at point 20 of 16; declare each change once, in the order of time, within the series",
        ]
    );
}

#[test]
fn count_charts_equal_their_references() {
    for case in cases("counts.json") {
        let what = name(&case);
        let kind = if case["kind"] == "rate" { CountKind::Rate } else { CountKind::Proportion };
        let counts: Vec<PeriodCount> = serde_json::from_value::<Vec<(u64, f64)>>(case["counts"].clone())
            .unwrap()
            .into_iter()
            .map(|(events, denominator)| PeriodCount { events, denominator })
            .collect();
        let chart = count_chart(&counts, kind, &TERMS).unwrap();
        assert!(
            matches!(chart.segments[0].lines, SpcLines::Counts { centre } if (centre - number(&case, "centre")).abs() < 1e-12),
            "{what}"
        );
        let judged: Vec<&SpcPoint> = chart.points.iter().filter(|point| point.value.is_some()).collect();
        assert_eq!(judged.len(), counts.iter().filter(|count| count.denominator > 0.0).count(), "{what}");
        let (lower, upper) = (numbers(&case, "lower"), numbers(&case, "upper"));
        for (index, point) in judged.iter().enumerate() {
            let limits = point.limits.unwrap();
            assert_near(limits.lower, lower[index], what);
            assert_near(limits.upper, upper[index], what);
            assert_eq!(Some(label(point)), case["labels"][index].as_str(), "{what}, point {}", index + 1);
        }
    }
}

#[test]
fn counts_choose_their_chart() {
    let of = |events: u64, denominator: f64, kind| chart_for(&[PeriodCount { events, denominator }; 20], kind);
    assert_eq!(of(0, 60.0, CountKind::Rate), ChartChoice::TooRare);
    assert_eq!(of(1, 60.0, CountKind::Rate), ChartChoice::SmallCounts);
    assert_eq!(of(5, 60.0, CountKind::Proportion), ChartChoice::SmallCounts);
    assert_eq!(of(6, 60.0, CountKind::Proportion), ChartChoice::SingleValues);
    assert_eq!(of(57, 60.0, CountKind::Proportion), ChartChoice::SmallCounts);
    assert_eq!(of(57, 60.0, CountKind::Rate), ChartChoice::SingleValues);
    assert_eq!(chart_for(&[], CountKind::Rate), ChartChoice::TooRare);
}

proptest! {
    #[test]
    fn a_chart_holds_every_point_once_and_findings_fit_their_lines(
        values in prop::collection::vec(-5.0..5.0_f64, 1..60),
        at in 1_usize..60,
    ) {
        let rebases = if at < values.len() { vec![rebase(at)] } else { Vec::new() };
        let chart = xmr(&values, &SpcTerms { rebases: &rebases, target: Some(1.0), ..TERMS }).unwrap();
        prop_assert_eq!(chart.points.len(), values.len());
        prop_assert_eq!(chart.segments.iter().map(|segment| segment.last + 1 - segment.first).sum::<usize>(), values.len());
        for point in &chart.points {
            let value = point.value.unwrap();
            prop_assert_eq!(point.limits.is_some(), point.variation.is_some());
            let Some(limits) = point.limits else { prop_assert!(point.findings.is_empty()); continue };
            prop_assert!(limits.lower <= limits.near_lower && limits.near_lower <= limits.centre);
            prop_assert!(limits.centre <= limits.near_upper && limits.near_upper <= limits.upper);
            let is_beyond = value > limits.upper || value < limits.lower;
            prop_assert_eq!(is_beyond, point.findings.first().is_some_and(|found| found.rule == SpcRule::BeyondLimit));
            prop_assert!(point.findings.is_sorted_by_key(|found| found.rule));
        }
        prop_assert_eq!(chart.variation, chart.points.last().unwrap().variation);
    }

    #[test]
    fn a_chart_moves_with_its_values(values in prop::collection::vec(0_i16..40, 13..40), by in -100_i16..100) {
        // Whole numbers, so that the shift is exact; turned upside down, high is low.
        let charted = |change: &dyn Fn(f64) -> f64, polarity| {
            let values: Vec<f64> = values.iter().map(|value| change(f64::from(*value))).collect();
            let chart = xmr(&values, &SpcTerms { polarity, ..TERMS }).unwrap();
            chart.points.iter().map(|point| (point.findings.len(), point.variation)).collect::<Vec<_>>()
        };
        let turned = charted(&|value| -value, Polarity::Low);
        prop_assert_eq!(charted(&|value| value, Polarity::High), turned);
        let doubled = charted(&|value| 2.0 * value, Polarity::High);
        prop_assert_eq!(charted(&|value| value, Polarity::High), doubled);
        let mean = |add: i16| {
            let values: Vec<f64> = values.iter().map(|value| f64::from(value + add)).collect();
            match xmr(&values, &TERMS).unwrap().segments[0].lines {
                SpcLines::MovingRange { mean, mean_range, .. } => (mean, mean_range),
                _ => (f64::NAN, f64::NAN),
            }
        };
        prop_assert!((mean(0).0 + f64::from(by) - mean(by).0).abs() < 1e-9 && (mean(0).1 - mean(by).1).abs() < 1e-9);
    }

    #[test]
    fn limits_of_counts_stay_where_counts_can_be(counts in prop::collection::vec((0_u64..30, 0_u64..50), 1..40)) {
        let counts: Vec<PeriodCount> = counts
            .into_iter()
            .map(|(events, more)| PeriodCount { events, denominator: (events + more) as f64 })
            .collect();
        for kind in [CountKind::Proportion, CountKind::Rate] {
            let chart = count_chart(&counts, kind, &TERMS).unwrap();
            for limits in chart.points.iter().filter_map(|point| point.limits) {
                prop_assert!(0.0 <= limits.lower && limits.lower <= limits.centre && limits.centre <= limits.upper);
                prop_assert!(kind == CountKind::Rate || limits.upper <= 1.0);
            }
        }
    }
}
