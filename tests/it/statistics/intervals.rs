//! Quantiles and intervals: fixtures, edges, properties.

use proptest::prelude::*;
use sendmart::statistics::intervals::{ConfidenceLevel, IntervalOutcome, garwood, wilson};
use sendmart::statistics::quantile::{beta, chi_square, gamma, normal, type7};

use super::{assert_near, cases, fixture, number, numbers, whole};

fn level(tail: f64) -> ConfidenceLevel {
    if tail < 0.01 { ConfidenceLevel::P998 } else { ConfidenceLevel::P95 }
}

#[test]
fn quantiles_equal_their_references() {
    let fixture = fixture("quantiles.json");
    let part = |name: &str| fixture[name].as_array().unwrap().clone();
    for case in part("normal") {
        assert_near(normal(number(&case, "p")).unwrap(), number(&case, "x"), &case.to_string());
    }
    for case in part("beta") {
        let found = beta(number(&case, "p"), number(&case, "a"), number(&case, "b"));
        assert_near(found.unwrap(), number(&case, "x"), &case.to_string());
    }
    for case in part("gamma") {
        let (p, shape, expected) = (number(&case, "p"), number(&case, "shape"), number(&case, "x"));
        assert_near(gamma(p, shape).unwrap(), expected, &case.to_string());
        assert_near(chi_square(p, 2.0 * shape).unwrap(), 2.0 * expected, &case.to_string());
    }
    for case in part("type7") {
        let found = type7(&numbers(&case, "sample"), number(&case, "p"));
        assert_near(found.unwrap(), number(&case, "x"), &case.to_string());
    }
}

#[test]
fn the_levels_have_the_quantiles_of_their_tails() {
    for level in [ConfidenceLevel::P95, ConfidenceLevel::P998] {
        assert!((level.z() + normal(level.tail()).unwrap()).abs() < 1e-14);
    }
}

#[test]
fn quantiles_of_what_has_none_are_none() {
    for p in [0.0, 1.0, -0.1, f64::NAN, f64::INFINITY] {
        assert_eq!((normal(p), beta(p, 2.0, 3.0), gamma(p, 2.0)), (None, None, None), "at {p}");
    }
    for bad in [0.0, -1.0, 1e300, f64::NAN, f64::INFINITY] {
        assert_eq!((beta(0.5, bad, 1.0), beta(0.5, 1.0, bad), gamma(0.5, bad)), (None, None, None), "shape {bad}");
    }
    assert_eq!((type7(&[], 0.5), type7(&[1.0], 1.5), type7(&[f64::NAN], 0.5)), (None, None, None));
}

#[test]
fn intervals_equal_their_references() {
    let fixture = fixture("intervals.json");
    for case in fixture["wilson"].as_array().unwrap() {
        let found = wilson(whole(case, "events"), whole(case, "denominator"), level(number(case, "tail"))).interval();
        let found = found.unwrap();
        assert_near(found.lower, number(case, "lower"), &case.to_string());
        assert_near(found.upper, number(case, "upper"), &case.to_string());
    }
    for case in fixture["garwood"].as_array().unwrap() {
        let found = garwood(whole(case, "events"), number(case, "denominator"), level(number(case, "tail"))).interval();
        let found = found.unwrap();
        assert_near(found.lower, number(case, "lower"), &case.to_string());
        assert_near(found.upper, number(case, "upper"), &case.to_string());
    }
}

#[test]
fn nothing_seen_and_nothing_to_divide_by_are_values() {
    let level = ConfidenceLevel::P95;
    assert!(
        matches!(wilson(0, 20, level), IntervalOutcome::NoneSeen(interval) if interval.lower == 0.0 && interval.upper > 0.1)
    );
    assert!(matches!(garwood(0, 20.0, level), IntervalOutcome::NoneSeen(interval) if interval.lower == 0.0));
    assert!(matches!(wilson(20, 20, level), IntervalOutcome::Seen(interval) if interval.upper.total_cmp(&1.0).is_eq()));
    assert_eq!(
        (wilson(0, 0, level), garwood(0, 0.0, level)),
        (IntervalOutcome::NoDenominator, IntervalOutcome::NoDenominator)
    );
    for impossible in [
        wilson(3, 2, level),
        wilson(1, 0, level),
        garwood(1, 0.0, level),
        garwood(1, f64::NAN, level),
        garwood(u64::MAX, 1.0, level),
    ] {
        assert_eq!((impossible, impossible.interval()), (IntervalOutcome::Impossible, None));
    }
}

proptest! {
    #[test]
    fn an_interval_holds_its_figure_and_the_narrower_one(denominator in 1_u64..200_000, share in 0.0..=1.0_f64) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below the denominator")]
        let events = (denominator as f64 * share) as u64;
        let of = |level| [wilson(events, denominator, level), garwood(events, denominator as f64, level)];
        for (narrow, wide) in of(ConfidenceLevel::P95).into_iter().zip(of(ConfidenceLevel::P998)) {
            let (narrow, wide) = (narrow.interval().unwrap(), wide.interval().unwrap());
            prop_assert!(0.0 <= wide.lower && wide.lower <= narrow.lower && narrow.lower <= narrow.value);
            prop_assert!(narrow.value <= narrow.upper && narrow.upper <= wide.upper);
        }
        prop_assert!(of(ConfidenceLevel::P998)[0].interval().unwrap().upper <= 1.0);
    }

    #[test]
    fn quantiles_rise_with_their_share(a in 0.2..5000.0_f64, b in 0.2..50_000.0_f64, p in 0.0005..0.9994_f64) {
        let next = p + 0.0005;
        prop_assert!(beta(p, a, b) < beta(next, a, b) && gamma(p, a) < gamma(next, a) && normal(p) < normal(next));
    }
}

#[test]
fn cases_are_read() {
    assert!(cases("xmr.json").len() > 40 && cases("survival.json").len() > 6);
}
