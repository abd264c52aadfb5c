//! Truth about annual reviews, by calendar year, as far as the SEN2 returns that are made can tell of it.
//!
//! A return has one meeting of each plan in force: the last by its census day in January, with the decision if that was told
//! by then. So a meeting is *told* when it is the last on one of the census days; of a plan that is reviewed each January
//! the return for a year has the meeting of the next one, and the return before it that of the year. A meeting that is the last
//! on no census day is told by nobody.

use super::tally::{Amount, KpiTruth, TruthTally};
use crate::sample::calendar::{Season, Term};
use crate::sample::day::Day;
use crate::sample::lives::{Lives, Plan, Pupil, Review, transfer_in_year};

/// The first calendar year whose return has the meetings of reviews (version 1.2 of the specification).
const FIRST_YEAR_OF_MEETINGS: i32 = 2023;

/// The first calendar year whose return has the days of phase transfers (version 1.3).
const FIRST_YEAR_OF_TRANSFERS: i32 = 2025;

/// The census day of the return that speaks for a calendar year.
fn census(year: i32) -> Day {
    Term::new(year, Season::Spring).census_day()
}

fn is_told(review: &Review, year: i32) -> bool {
    review.decided <= census(year)
}

/// What the return for a year has of a plan that is in force.
fn last(plan: &Plan, year: i32) -> Option<&Review> {
    plan.reviews.iter().take_while(|review| review.meeting <= census(year)).last()
}

/// What was decided upon a meeting of a plan, where a return tells of the meeting and of the decision.
pub(super) fn outcome_told(plan: &Plan, review: &Review, years: &[i32]) -> Option<&'static str> {
    let years: Vec<i32> = years.iter().copied().filter(|year| *year >= FIRST_YEAR_OF_MEETINGS).collect();
    let mut told = told(plan, &years).into_iter();
    told.find(|(known, by)| known.meeting == review.meeting && is_told(known, *by)).map(|(known, _)| known.outcome)
}

/// Every meeting of a plan that a return tells of, with the year of the last return that does, in order.
fn told<'a>(plan: &'a Plan, years: &[i32]) -> Vec<(&'a Review, i32)> {
    let mut told: Vec<(&Review, i32)> = Vec::new();
    for year in years.iter().filter(|year| plan.is_in_force(Day::of(**year, 12, 31))) {
        let Some(review) = last(plan, *year) else { continue };
        match told.last_mut() {
            Some(known) if known.0.meeting == review.meeting => known.1 = *year,
            _ => told.push((review, *year)),
        }
    }
    told
}

/// Reckons the KPIs of the years whose returns have meetings.
pub(super) fn reckon(lives: &Lives, years: &[i32], out: &mut Vec<KpiTruth>) {
    let years: Vec<i32> = years.iter().copied().filter(|year| *year >= FIRST_YEAR_OF_MEETINGS).collect();
    for year in &years {
        held(lives, *year, &years, out);
        decisions(lives, *year, out);
        of_the_young(lives, *year, &years, out);
        if *year >= FIRST_YEAR_OF_TRANSFERS {
            transfers(lives, *year, out);
        }
    }
}

fn in_force(lives: &Lives, year: i32) -> impl Iterator<Item = &Plan> {
    with_pupils(lives, year).map(|(_, plan)| plan)
}

fn with_pupils(lives: &Lives, year: i32) -> impl Iterator<Item = (&Pupil, &Plan)> {
    let plans = lives.cases.iter().filter_map(|case| Some((&lives.pupils[case.pupil], case.plan.as_ref()?)));
    plans.filter(move |(_, plan)| plan.is_in_force(Day::of(year, 12, 31)))
}

/// *Expected* are plans in force all through the calendar year: issued on 1 January or before, and in force on 31 December.
/// The clock of a meeting runs from the told one before it, or from the plan's start where there is none; *twelve months* end
/// on the same day a year later, that day included.
///
/// - `annual_review_held_in_year`: of those expected, with a told meeting in the year.
/// - `annual_review_within_12_months`: of those expected, with one that is known to be within twelve months.
/// - `annual_review_decision_within_12_months`: of those expected, with one whose decision was told by 31 December and within
///   the twelve months.
///
/// The last two from the second year on: the meetings before those of the first stand in no return.
fn held(lives: &Lives, year: i32, years: &[i32], out: &mut Vec<KpiTruth>) {
    let (start, end) = (Day::of(year, 1, 1), Day::of(year, 12, 31));
    let (mut held, mut in_time, mut decided) = (TruthTally::default(), TruthTally::default(), TruthTally::default());
    for plan in in_force(lives, year).filter(|plan| plan.start <= start) {
        let told = told(plan, years);
        let of_year: Vec<(&Review, i32, Day)> = told
            .iter()
            .enumerate()
            .filter(|(_, (review, _))| start <= review.meeting && review.meeting <= end)
            .map(|(at, (review, by))| (*review, *by, at.checked_sub(1).map_or(plan.start, |at| told[at].0.meeting)))
            .collect();
        held.count(!of_year.is_empty());
        in_time.count(of_year.iter().any(|(review, _, clock)| review.meeting <= clock.years_on(1)));
        decided.count(of_year.iter().any(|(review, by, clock)| {
            is_told(review, *by) && review.decided <= end && review.decided <= clock.years_on(1)
        }));
    }
    held.rates("annual_review_held_in_year", &year.to_string(), out);
    if years.contains(&(year - 1)) {
        in_time.rates("annual_review_within_12_months", &year.to_string(), out);
        decided.rates("annual_review_decision_within_12_months", &year.to_string(), out);
    }
}

/// `annual_review_4_week_decision`: of the decisions that the return for the year carries, those told at most 28 days after the
/// meeting; `meeting=in the year`, of those on meetings of the year.
///
/// `annual_review_undecided`: meetings in the return without a decision, by the days from the meeting to 31 December:
/// `age=0-4 weeks` up to 28, later meetings too, `age=4-12 weeks` up to 84, `age=over 12 weeks` more.
fn decisions(lives: &Lives, year: i32, out: &mut Vec<KpiTruth>) {
    let (start, end) = (Day::of(year, 1, 1), Day::of(year, 12, 31));
    let (mut quick, mut waiting) = (TruthTally::default(), TruthTally::default());
    waiting.add(None, Amount::default(), Amount::default());
    for band in ["0-4 weeks", "4-12 weeks", "over 12 weeks"] {
        waiting.group(format!("age={band}"), Amount::default(), Amount::default());
    }
    for review in in_force(lives, year).filter_map(|plan| last(plan, year)) {
        if is_told(review, year) {
            let is_of_year = start <= review.meeting && review.meeting <= end;
            let is_quick = Amount::whole(usize::from(review.decided - review.meeting <= 28));
            quick.add(is_of_year.then(|| "meeting=in the year".to_owned()), is_quick, Amount::whole(1));
        } else {
            let band = match end - review.meeting {
                ..=28 => "0-4 weeks",
                29..=84 => "4-12 weeks",
                _ => "over 12 weeks",
            };
            waiting.add(Some(format!("age={band}")), Amount::whole(1), Amount::default());
        }
    }
    quick.rates("annual_review_4_week_decision", &year.to_string(), out);
    waiting.counts("annual_review_undecided", &year.to_string(), out);
}

/// `annual_review_under_five`: of the plans in force on 31 December, issued before 1 July, of children who were under five on
/// that 31 December, those with a told meeting from 1 July to 31 December.
fn of_the_young(lives: &Lives, year: i32, years: &[i32], out: &mut Vec<KpiTruth>) {
    let (half, end) = (Day::of(year, 7, 1), Day::of(year, 12, 31));
    let mut tally = TruthTally::default();
    for (pupil, plan) in with_pupils(lives, year) {
        if pupil.born.age_on(end) < 5 && plan.start < half {
            let told = told(plan, years);
            tally.count(told.iter().any(|(review, _)| half <= review.meeting && review.meeting <= end));
        }
    }
    tally.rates("annual_review_under_five", &year.to_string(), out);
}

/// `ehcp_phase_transfer_in_time`: of the plans in force on 31 December that were due for a transfer on a day of the year, those
/// whose final plan was issued by it, also by that day.
fn transfers(lives: &Lives, year: i32, out: &mut Vec<KpiTruth>) {
    let mut tally = TruthTally::default();
    for (pupil, plan) in with_pupils(lives, year) {
        let Some(transfer) = transfer_in_year(pupil, plan, year) else { continue };
        let day = if transfer.due == Day::of(year, 2, 15) { "due=15 February" } else { "due=31 March" };
        let is_in_time = Amount::whole(usize::from(transfer.last <= transfer.due));
        tally.add(Some(day.to_owned()), is_in_time, Amount::whole(1));
    }
    tally.rates("ehcp_phase_transfer_in_time", &year.to_string(), out);
}
