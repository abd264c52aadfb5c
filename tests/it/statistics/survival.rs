//! Kaplan–Meier: fixtures of R and lifelines, edges, properties.

use proptest::prelude::*;
use sendmart::statistics::survival::{CaseWait, kaplan_meier};
use serde_json::Value;

use super::{assert_near, cases, name, numbers};

fn waits(case: &Value) -> Vec<CaseWait> {
    let days: Vec<u32> = serde_json::from_value(case["days"].clone()).unwrap();
    let decided: Vec<u8> = serde_json::from_value(case["decided"].clone()).unwrap();
    days.into_iter().zip(decided).map(|(days, decided)| CaseWait { days, is_decided: decided == 1 }).collect()
}

#[test]
fn estimates_equal_their_references() {
    for case in cases("survival.json") {
        let what = name(&case);
        let estimate = kaplan_meier(&waits(&case));
        let days: Vec<f64> = estimate.steps.iter().map(|step| f64::from(step.day)).collect();
        assert_eq!(days, numbers(&case, "day"), "{what}");
        for (index, step) in estimate.steps.iter().enumerate() {
            let at = |key: &str| case[key][index].as_f64();
            assert_eq!(Some(step.at_risk as f64), at("at_risk"), "{what}");
            assert_eq!(Some(step.decided as f64), at("events"), "{what}");
            assert_near(step.waiting, at("waiting").unwrap(), what);
            for (found, key) in [(step.standard_error, "standard_error"), (step.lower, "lower"), (step.upper, "upper")]
            {
                assert_eq!(found.is_some(), at(key).is_some(), "{what}, {key} of day {}", step.day);
                found.zip(at(key)).into_iter().for_each(|(found, expected)| assert_near(found, expected, what));
            }
        }
    }
}

#[test]
fn the_published_rate_looks_away_from_open_cases() {
    let case = |days, is_decided| CaseWait { days, is_decided };
    let mut waits = vec![case(90, true); 6];
    waits.extend(vec![case(200, false); 14]);
    let before = kaplan_meier(&waits).decided_by(140);
    assert_eq!(
        (before.published, before.share.map(|share| (share * 100.0).round()), before.open_beyond),
        (Some(1.0), Some(30.0), 14)
    );
    // The old cases are decided: what is published falls, the share of all does not move.
    let waits: Vec<CaseWait> = waits.into_iter().map(|wait| CaseWait { is_decided: true, ..wait }).collect();
    let after = kaplan_meier(&waits).decided_by(140);
    assert_eq!((after.published, after.share.map(|share| (share * 100.0).round())), (Some(0.3), Some(30.0)));
}

#[test]
fn a_day_beyond_what_was_watched_has_no_share() {
    let case = |days, is_decided| CaseWait { days, is_decided };
    let estimate = kaplan_meier(&[case(30, true), case(60, false), case(139, false)]);
    assert_eq!(estimate.decided_by(140).share, None);
    assert!(estimate.decided_by(139).share.is_some());
    assert_eq!(estimate.quantile(0.5), None);
    // Once all are decided, any day has one.
    let all = kaplan_meier(&[case(30, true), case(60, true)]);
    assert_eq!((all.decided_by(900).share, all.decided_by(900).interval), (Some(1.0), None));
    assert_eq!((all.quantile(0.5), all.quantile(1.0), all.quantile(1.1)), (Some(30), Some(60), None));
}

#[test]
fn no_case_and_no_decision_are_values() {
    let none = kaplan_meier(&[]);
    assert_eq!((none.steps.len(), none.decided_by(140).share, none.decided_by(140).published), (0, None, None));
    let open = kaplan_meier(&[CaseWait { days: 150, is_decided: false }]);
    let decided = open.decided_by(140);
    assert_eq!((decided.share, decided.interval, decided.published, decided.open_beyond), (Some(0.0), None, None, 1));
}

#[test]
fn a_share_that_is_met_exactly_is_met() {
    // 9/10 · 7/9 · 5/7 rounds above one half.
    let days = [10, 20, 20, 30, 30, 40, 40, 40, 40, 40];
    assert_eq!(kaplan_meier(&days.map(|days| CaseWait { days, is_decided: true })).quantile(0.5), Some(30));
}

proptest! {
    #[test]
    fn the_share_waiting_never_rises(waits in prop::collection::vec((0_u32..400, any::<bool>()), 0..120), day in 0_u32..450) {
        let waits: Vec<CaseWait> = waits.into_iter().map(|(days, is_decided)| CaseWait { days, is_decided }).collect();
        let estimate = kaplan_meier(&waits);
        let mut before = 1.0;
        for step in &estimate.steps {
            prop_assert!(step.waiting < before && step.waiting >= 0.0 && step.decided <= step.at_risk);
            if let Some((lower, upper)) = step.lower.zip(step.upper) {
                prop_assert!(0.0 <= lower && lower <= step.waiting && step.waiting <= upper && upper <= 1.0);
            }
            before = step.waiting;
        }
        let mut turned = waits.clone();
        turned.reverse();
        prop_assert_eq!(&kaplan_meier(&turned), &estimate);
        let decided = estimate.decided_by(day);
        prop_assert!(decided.closed_within <= decided.closed);
        if waits.iter().all(|wait| wait.is_decided) && !waits.is_empty() {
            // Without open cases both rates are the same.
            let rates = decided.share.or((estimate.steps.last().unwrap().day < day).then_some(1.0)).zip(decided.published);
            prop_assert!(rates.is_some_and(|(share, published)| (share - published).abs() < 1e-12));
        }
    }
}
