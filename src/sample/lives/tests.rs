use proptest::prelude::*;

use super::pupil::Spell;
use super::*;
use crate::sample::calendar::{academic_year, term_of};

fn county(schools: usize, pupils: usize, years: usize, seed: u64, threads: usize) -> Lives {
    Lives::live(&SampleRequest { schools, pupils, years, last_year: 2025, seed, mess: 0.0, threads }, &())
}

#[test]
fn threads_change_nothing() {
    assert_eq!(format!("{:?}", county(12, 600, 2, 5, 1)), format!("{:?}", county(12, 600, 2, 5, 4)));
}

#[test]
fn the_county_looks_like_a_county() {
    let lives = county(100, 20_000, 3, 11, 2);
    let january = crate::sample::calendar::Term::new(lives.calendar.first + 1, crate::sample::calendar::Season::Spring);
    let day = january.census_day();
    let on_roll = lives.pupils.iter().filter(|pupil| pupil.main_spell(day).is_some()).count();
    let year = january.year;
    let suspensions = lives
        .pupils
        .iter()
        .flat_map(|pupil| &pupil.suspensions)
        .filter(|one| one.counts() && academic_year(one.start) == year)
        .count();
    let suspended = lives
        .pupils
        .iter()
        .filter(|pupil| pupil.suspensions.iter().any(|one| one.counts() && academic_year(one.start) == year))
        .count();
    let excluded = lives.pupils.iter().flat_map(|pupil| &pupil.suspensions).filter(|one| one.is_permanent()).count();
    let share = |part: usize, whole: usize| part as f64 / whole as f64;
    let with = |code: &str| {
        let pupils = lives.pupils.iter().filter(|pupil| pupil.main_spell(day).is_some());
        share(pupils.filter(|pupil| lives.provision(pupil, day) == code).count(), on_roll)
    };
    let facts = [
        ("headcount against what was asked for", share(on_roll, 20_000), 0.93, 1.07),
        ("suspensions a pupil", share(suspensions, on_roll), 0.08, 0.30),
        ("suspensions a suspended pupil", share(suspensions, suspended), 2.0, 5.5),
        ("permanent exclusions a pupil and year", share(excluded, on_roll * 3), 0.0004, 0.004),
        ("SEN support", with("K"), 0.10, 0.19),
        ("plans", with("E"), 0.03, 0.075),
    ];
    for (what, value, low, high) in facts {
        assert!((low..=high).contains(&value), "{what}: {value}");
    }
}

#[test]
fn the_backlog_grows_and_is_cleared() {
    let lives = county(60, 16_000, 5, 3, 2);
    let open = |year: i32| {
        let day = Day::of(year, 12, 31);
        lives.cases.iter().filter(|case| case.is_in_assessment(day)).count()
    };
    let last = lives.calendar.end().year();
    let (before, peak, after) = (open(last - 5), open(last - 3), open(last - 1));
    assert!(peak > before * 3 / 2, "{before}, then {peak}");
    assert!(after < peak * 2 / 3, "{peak}, then {after}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn lives_are_possible(seed in any::<u64>(), schools in 2_usize..30, pupils in 60_usize..900, years in 1_usize..5) {
        let lives = county(schools, pupils, years, seed, 2);
        let mut numbers = std::collections::BTreeSet::new();
        for pupil in &lives.pupils {
            for (_, upn) in &pupil.upns {
                prop_assert!(numbers.insert(*upn), "a UPN was given twice: {:?}", upn);
            }
            prop_assert!(!pupil.upns.is_empty());
            for (index, spell) in pupil.spells.iter().enumerate() {
                prop_assert!(spell.from <= spell.to);
                let overlaps = |other: &Spell| {
                    !other.is_subsidiary && !spell.is_subsidiary && other.from <= spell.to && spell.from <= other.to
                };
                prop_assert!(!pupil.spells[index + 1..].iter().any(overlaps), "two main schools: {:?}", pupil.spells);
            }
            let mut by_year: BTreeMap<i32, i32> = BTreeMap::new();
            for one in &pupil.suspensions {
                let spell = &pupil.spells[one.spell];
                prop_assert!(spell.covers(one.start) && !spell.is_subsidiary);
                // On a school day, or in the last days of August, before the pupil is due in.
                let is_school_day = lives.calendar.school_days(one.start, one.start).len() == 1;
                prop_assert!(is_school_day || one.start <= Day::of(one.start.year(), 8, 31) && one.start >= Day::of(one.start.year(), 8, 27), "{:?}", one.start);
                prop_assert!(term_of(one.start).first_day() <= one.start && one.start <= lives.calendar.end());
                *by_year.entry(academic_year(one.start)).or_default() += one.sessions;
            }
            prop_assert!(by_year.values().all(|sessions| *sessions <= 90));
            for part in &pupil.attendance {
                prop_assert!(part.missed.iter().all(|sessions| *sessions >= 0));
                prop_assert!(part.missed.iter().sum::<i32>() <= part.possible);
            }
        }
        for case in &lives.cases {
            prop_assert!(case.received < case.outcome_day);
            if let Some(assessment) = &case.assessment {
                prop_assert!(case.outcome == RequestOutcome::Yes);
                prop_assert!(case.outcome_day < assessment.outcome_day);
                prop_assert!(case.outcome_day < assessment.advice_given);
            }
            if let Some(plan) = &case.plan {
                let mut previous = plan.start;
                prop_assert!(plan.start > case.received);
                prop_assert!(plan.cease.0 > plan.start);
                for review in &plan.reviews {
                    prop_assert!(review.meeting > previous && review.meeting.year() > previous.year());
                    prop_assert!(review.decided > review.meeting);
                    previous = review.meeting;
                }
            }
        }
        for used in &lives.tool_uses {
            prop_assert!(used.opened <= used.review);
        }
        for row in &lives.discussions {
            prop_assert!(row.trigger_day <= row.meeting && row.referred <= row.meeting);
        }
    }
}
