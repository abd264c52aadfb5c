//! Truth about requests, assessments and plans, by calendar year, for the authority alone.
//!
//! The years are those that SEN2 returns person by person. What counts is what stood on 31 December: it is also what
//! stands on census day in January, since no panel sits between. *Told by* a day means on or before it. The year after them is told by
//! the list of all cases, up to the last day of the lives.

use super::reviews;
use super::tally::{Amount, KpiTruth, TruthTally};
use crate::sample::calendar::academic_label;
use crate::sample::day::Day;
use crate::sample::lives::{Case, Lives, Plan, RequestOutcome};
use crate::sample::returns::{list_days, sen2_years};

/// Reckons every KPI of casework.
pub(super) fn reckon(lives: &Lives, out: &mut Vec<KpiTruth>) {
    let years = sen2_years(lives);
    for year in &years {
        let (start, end) = (Day::of(*year, 1, 1), Day::of(*year, 12, 31));
        of_span(lives, start, end, &period(end), out);
        caseload(lives, end, &academic_label(end.year()), out);
        backlog(lives, end, &period(end), true, out);
        if years.contains(&(year - 1)) {
            clearing(lives, end, out);
        }
        if *year > lives.calendar.first {
            evidence(lives, start, end, out);
        }
    }
    if let Some(first) = list_days(lives).first() {
        for year in years.iter().filter(|year| **year >= first.year() - 1) {
            compared(lives, *year, out);
        }
    }
    if let Some(last) = list_days(lives).last() {
        of_span(lives, Day::of(last.year(), 1, 1), *last, &period(*last), out);
        backlog(lives, *last, &period(*last), true, out);
    }
    reviews::reckon(lives, &years, out);
}

/// What stood at the end of a month of a year that the list of cases tells.
pub(super) fn at_month_end(lives: &Lives, end: Day, label: &str, out: &mut Vec<KpiTruth>) {
    caseload(lives, end, label, out);
    backlog(lives, end, label, false, out);
}

/// What is counted by the day on which it happened, from one day to another.
pub(super) fn of_span(lives: &Lives, start: Day, end: Day, label: &str, out: &mut Vec<KpiTruth>) {
    as_of(lives, start, end, lives.calendar.end(), label, out);
}

/// The same, where nothing later than a day counts.
pub(super) fn as_of(lives: &Lives, start: Day, end: Day, day: Day, label: &str, out: &mut Vec<KpiTruth>) {
    timeliness(lives, start, end, label, out);
    requests(lives, start, end, day, label, out);
    refused(lives, start, end, label, out);
}

fn period(end: Day) -> String {
    end.year().to_string()
}

fn issued(lives: &Lives, start: Day, end: Day) -> impl Iterator<Item = (&Case, &Plan)> {
    let plans = lives.cases.iter().filter_map(|case| Some((case, case.plan.as_ref()?)));
    plans.filter(move |(_, plan)| start <= plan.start && plan.start <= end)
}

/// `ehcp_20_week`: of the plans issued in the calendar year, those issued at most 140 days after the request was
/// received. `ehcp_20_week_no_exceptions`: the same, with cases to which exceptions apply (`week20`) left out of both.
/// `ehcp_issued_20_to_52_weeks`, `ehcp_issued_over_52_weeks`: those issued 141 to 364 days after it, and later.
fn timeliness(lives: &Lives, start: Day, end: Day, label: &str, out: &mut Vec<KpiTruth>) {
    let (mut all, mut without) = (TruthTally::default(), TruthTally::default());
    let (mut within_year, mut later) = (TruthTally::default(), TruthTally::default());
    for (case, plan) in issued(lives, start, end) {
        let days = plan.start - case.received;
        let is_in_time = days <= 140;
        all.count(is_in_time);
        within_year.count((141..=364).contains(&days));
        later.count(days > 364);
        if case.assessment.as_ref().is_some_and(|one| !one.is_excepted) {
            without.count(is_in_time);
        }
    }
    all.rates("ehcp_20_week", label, out);
    without.rates("ehcp_20_week_no_exceptions", label, out);
    within_year.rates("ehcp_issued_20_to_52_weeks", label, out);
    later.rates("ehcp_issued_over_52_weeks", label, out);
}

/// `ehcp_assess_rate`: of the requests received in the calendar year (awaiting and withdrawn ones stay in), those with a
/// decision to assess told by 31 December of the year of receipt (of the last year, by the day of the list; as of a day within it, by that day).
///
/// `ehcp_request_6_week`: of the requests received in the year and decided (to assess or not) by 31 December, those
/// decided at most 42 days after they were received. `ehcp_request_6_week_by_decision`: the same of the decisions told in
/// the year, whenever the request came.
///
/// `ehcp_refusal_16_week`: of the decisions not to issue a plan told in the year, whenever the request came, those told
/// at most 112 days after the request was received.
fn requests(lives: &Lives, start: Day, end: Day, as_of: Day, label: &str, out: &mut Vec<KpiTruth>) {
    let (mut assess, mut in_time, mut refusals) = (TruthTally::default(), TruthTally::default(), TruthTally::default());
    let mut by_decision = TruthTally::default();
    for case in &lives.cases {
        if start <= case.outcome_day && case.outcome_day <= end && case.outcome != RequestOutcome::Withdrawn {
            by_decision.count(case.outcome_day - case.received <= 42);
        }
        if start <= case.received && case.received <= end {
            let year_end = Day::of(case.received.year(), 12, 31).min(as_of);
            let is_decided = case.outcome_day <= year_end && case.outcome != RequestOutcome::Withdrawn;
            assess.count(is_decided && case.outcome == RequestOutcome::Yes);
            if is_decided {
                in_time.count(case.outcome_day - case.received <= 42);
            }
        }
        let refused = case.assessment.as_ref().filter(|one| one.outcome == RequestOutcome::No);
        if let Some(one) = refused.filter(|one| start <= one.outcome_day && one.outcome_day <= end) {
            refusals.count(one.outcome_day - case.received <= 112);
        }
    }
    assess.rates("ehcp_assess_rate", label, out);
    in_time.rates("ehcp_request_6_week", label, out);
    by_decision.rates("ehcp_request_6_week_by_decision", label, out);
    refusals.rates("ehcp_refusal_16_week", label, out);
}

/// `ehcp_refusal_mediation`, `ehcp_refusal_tribunal`: of the refusals told in the year, to assess (`stage=request`) and to issue
/// a plan (`stage=assessment`), those with mediation, and with an appeal; `mediation=yes`, appeals of those with mediation.
fn refused(lives: &Lives, start: Day, end: Day, label: &str, out: &mut Vec<KpiTruth>) {
    let (mut mediation, mut tribunal) = (TruthTally::default(), TruthTally::default());
    let mut count = |stage: &str, day: Day, has_mediation: bool, has_tribunal: bool| {
        if start <= day && day <= end {
            let stage = Some(format!("stage={stage}"));
            mediation.add(stage.clone(), Amount::whole(usize::from(has_mediation)), Amount::whole(1));
            tribunal.add(stage, Amount::whole(usize::from(has_tribunal)), Amount::whole(1));
            if has_mediation {
                let appealed = Amount::whole(usize::from(has_tribunal));
                tribunal.group("mediation=yes".to_owned(), appealed, Amount::whole(1));
            }
        }
    };
    for case in &lives.cases {
        if case.outcome == RequestOutcome::No {
            count("request", case.outcome_day, case.has_mediation, case.has_tribunal);
        }
        if let Some(one) = case.assessment.as_ref().filter(|one| one.outcome == RequestOutcome::No) {
            count("assessment", one.outcome_day, one.has_mediation, one.has_tribunal);
        }
    }
    mediation.rates("ehcp_refusal_mediation", label, out);
    tribunal.rates("ehcp_refusal_tribunal", label, out);
}

/// `ehcp_return_difference`: of the cases of which a request, a decision on it or the end of an assessment fell into the year, those
/// of which the return and the last list of cases say otherwise: none, both are whole. From the year before that of the first list on.
fn compared(lives: &Lives, year: i32, out: &mut Vec<KpiTruth>) {
    let mut tally = TruthTally::default();
    let is_told = |outcome: RequestOutcome, day: Day| outcome != RequestOutcome::Withdrawn && day.year() == year;
    for case in &lives.cases {
        let has_ended = case.assessment.as_ref().is_some_and(|one| is_told(one.outcome, one.outcome_day));
        if case.received.year() == year || is_told(case.outcome, case.outcome_day) || has_ended {
            tally.count(false);
        }
    }
    tally.rates("ehcp_return_difference", &year.to_string(), out);
}

/// `ehcp_caseload`: plans in force on 31 December, so also on census day in January of the next year; the period is the
/// academic year in which both lie, as the published figures have it (`2024/25` is January 2025). Of a month, on its last day.
fn caseload(lives: &Lives, end: Day, label: &str, out: &mut Vec<KpiTruth>) {
    let mut caseload = TruthTally::default();
    let plans = lives.cases.iter().filter_map(|case| case.plan.as_ref());
    let in_force = plans.filter(|plan| plan.is_in_force(end)).count();
    caseload.add(None, Amount::whole(in_force), Amount::default());
    caseload.counts("ehcp_caseload", label, out);
}

/// `ehcp_backlog`: cases open on 31 December, that is requests that await their decision and assessments agreed to and
/// not ended, by the days since the request was received: `age=0-6 weeks` up to 42, `age=6-20 weeks` up to 140,
/// `age=20-52 weeks` up to 364, `age=over 52 weeks` more. Of a month, on its last day; a band without a case is told of years alone.
pub(super) fn backlog(lives: &Lives, end: Day, label: &str, has_empty: bool, out: &mut Vec<KpiTruth>) {
    let mut backlog = TruthTally::default();
    for band in ["0-6 weeks", "6-20 weeks", "20-52 weeks", "over 52 weeks"].into_iter().filter(|_| has_empty) {
        backlog.add(Some(format!("age={band}")), Amount::default(), Amount::default());
    }
    for case in lives.cases.iter().filter(|case| case.is_awaiting(end) || case.is_in_assessment(end)) {
        let band = match end - case.received {
            ..=42 => "0-6 weeks",
            43..=140 => "6-20 weeks",
            141..=364 => "20-52 weeks",
            _ => "over 52 weeks",
        };
        backlog.add(Some(format!("age={band}")), Amount::whole(1), Amount::default());
    }
    backlog.counts("ehcp_backlog", label, out);
}

/// `ehcp_backlog_months_to_clear`: twelve times the cases open on 31 December for more than 140 days, over how many fewer
/// they are than on the 31 December before; over 0 where they are not fewer, which has no value.
fn clearing(lives: &Lives, end: Day, out: &mut Vec<KpiTruth>) {
    let overdue = |day: Day| {
        let open = lives.cases.iter().filter(|case| case.is_awaiting(day) || case.is_in_assessment(day));
        open.filter(|case| day - case.received > 140).count()
    };
    let (before, now) = (overdue(Day::of(end.year() - 1, 12, 31)), overdue(end));
    let mut tally = TruthTally::default();
    tally.add(None, Amount::whole(12 * now), Amount::whole(before.saturating_sub(now)));
    tally.all_rates("ehcp_backlog_months_to_clear", &period(end), out);
}

/// `grt_request_evidence`: of the requests received in the calendar year, those that a cycle of the Graduated Response
/// Tool names as its outcome (`ehcna_request_id`). From the second calendar year on: the registers begin in September.
fn evidence(lives: &Lives, start: Day, end: Day, out: &mut Vec<KpiTruth>) {
    let mut tally = TruthTally::default();
    for case in lives.cases.iter().filter(|case| start <= case.received && case.received <= end) {
        tally.count(case.has_tool_evidence);
    }
    tally.rates("grt_request_evidence", &period(end), out);
}
