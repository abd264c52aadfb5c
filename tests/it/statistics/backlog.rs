//! Backlogs: fixtures, and what must hold for any pace.

use proptest::prelude::*;
use sendmart::statistics::backlog::{BacklogPlan, ClosedCases, backlog};

use super::{assert_near, cases, name, whole};

#[test]
fn paths_equal_their_references() {
    for case in cases("backlog.json") {
        let what = name(&case);
        let open: Vec<u32> = serde_json::from_value(case["open_days"].clone()).unwrap();
        let (within, closed) = serde_json::from_value(case["so_far"].clone()).unwrap();
        let months = case["months"].as_array().unwrap();
        let number = |key| u32::try_from(whole(&case, key)).unwrap();
        let path = backlog(&BacklogPlan {
            open: &open,
            limit_days: number("limit"),
            pace: number("pace"),
            arrivals: number("arrivals"),
            so_far: ClosedCases { within, closed },
            months: u16::try_from(months.len()).unwrap(),
        });
        assert_eq!(path.cleared.map(u64::from), case["cleared"].as_u64(), "{what}");
        assert_eq!(path.months.len(), months.len(), "{what}");
        for (month, expected) in path.months.iter().zip(months) {
            let found = [month.closed.closed, month.closed.within, month.open, month.overdue];
            assert_eq!(found, ["closed", "within", "open", "overdue"].map(|key| whole(expected, key)), "{what}");
            assert_eq!(month.so_far.rate().is_some(), expected["rate"].is_number(), "{what}");
            month
                .so_far
                .rate()
                .into_iter()
                .for_each(|rate| assert_near(rate, expected["rate"].as_f64().unwrap(), what));
        }
    }
}

#[test]
fn clearing_makes_the_published_rate_fall_before_it_rises() {
    let case = cases("backlog.json").into_iter().find(|case| name(case) == "clears in two years").unwrap();
    let rates: Vec<f64> =
        case["months"].as_array().unwrap().iter().map(|month| month["rate"].as_f64().unwrap()).collect();
    let lowest = rates.iter().copied().fold(1.0, f64::min);
    assert!(lowest < rates[0] - 0.1 && lowest < rates[rates.len() - 1] - 0.1);
}

proptest! {
    #[test]
    fn no_case_is_lost(
        open in prop::collection::vec(0_u32..600, 0..80),
        (pace, arrivals, months) in (0_u32..40, 0_u32..40, 0_u16..30),
        limit_days in 0_u32..300,
    ) {
        let so_far = ClosedCases { within: 3, closed: 8 };
        let path = backlog(&BacklogPlan { open: &open, limit_days, pace, arrivals, so_far, months });
        let mut left = open.len() as u64;
        for month in &path.months {
            left += u64::from(arrivals);
            prop_assert!(month.closed.closed <= u64::from(pace) && month.closed.within <= month.closed.closed);
            prop_assert_eq!(month.open + month.closed.closed, left);
            prop_assert!(month.overdue <= month.open);
            // Oldest first: nothing in time is closed while something late lies open.
            prop_assert!(month.overdue == 0 || month.closed.within == 0);
            left = month.open;
        }
        let closed: u64 = path.months.iter().map(|month| month.closed.closed).sum();
        prop_assert!(path.months.last().is_none_or(|last| last.so_far.closed == 8 + closed));
    }
}
