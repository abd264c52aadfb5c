//! Education, health and care: requests, decisions, assessments, plans, and the queue for psychologists' advice.
//!
//! A request is decided on within six weeks, mostly. Each assessment waits for advice, which is given in the order of
//! the decisions at the pace that the service has: enough at first, too slow for almost two years, so that a backlog
//! grows, then faster than new cases come, so that it is cleared before the lives end. The panel does not sit between
//! 1 January and the January census, so that what stands on 31 December stands on census day.
//!
//! What a case *is* on a day follows from its days: nothing is stored as open or closed.

use super::pupil::Pupil;
use super::review::{self, Review};
use super::school::Phase;
use crate::sample::calendar::{Calendar, Season, Term};
use crate::sample::day::Day;
use crate::sample::dice::{Dice, DiceStream};
use crate::sample::whole;

/// How a request or an assessment ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sample) enum RequestOutcome {
    /// To assess; or to issue a plan.
    Yes,
    /// Not to.
    No,
    /// Withdrawn, or ceased before a decision.
    Withdrawn,
}

/// An assessment that was agreed to.
#[derive(Debug, Clone)]
pub(in crate::sample) struct Assessment {
    /// The day by which the psychologist's advice is due: six weeks after the decision to assess.
    pub(in crate::sample) advice_due: Day,
    pub(in crate::sample) advice_given: Day,
    pub(in crate::sample) outcome: RequestOutcome,
    /// The day on which the plan was issued, or the refusal or withdrawal told.
    pub(in crate::sample) outcome_day: Day,
    pub(in crate::sample) has_mediation: bool,
    pub(in crate::sample) has_tribunal: bool,
    /// Exceptions to the 20 weeks apply.
    pub(in crate::sample) is_excepted: bool,
}

/// A plan that was issued.
#[derive(Debug, Clone)]
pub(in crate::sample) struct Plan {
    pub(in crate::sample) start: Day,
    /// The day it ended, and the reason by its SEN2 code; a day that lies ahead is as good as none.
    pub(in crate::sample) cease: (Day, u8),
    pub(in crate::sample) has_budget: bool,
    pub(in crate::sample) reviews: Vec<Review>,
}

impl Plan {
    /// Whether the plan is in force at the end of a day.
    pub(in crate::sample) fn is_in_force(&self, day: Day) -> bool {
        self.start <= day && self.cease.0 > day
    }
}

/// One request for an assessment, and what came of it.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "facts of a case, each told in a return by itself")]
pub(in crate::sample) struct Case {
    /// Its record number, the same in every return.
    pub(in crate::sample) number: u32,
    /// The pupil, by index.
    pub(in crate::sample) pupil: usize,
    pub(in crate::sample) received: Day,
    /// 1 parent, 2 school, 3 health, 4 social care, 5 other.
    pub(in crate::sample) source: u8,
    pub(in crate::sample) is_in_rya: bool,
    pub(in crate::sample) outcome: RequestOutcome,
    /// The day on which the decision was told, or the request withdrawn.
    pub(in crate::sample) outcome_day: Day,
    pub(in crate::sample) has_mediation: bool,
    pub(in crate::sample) has_tribunal: bool,
    pub(in crate::sample) assessment: Option<Assessment>,
    pub(in crate::sample) plan: Option<Plan>,
    /// The request came with evidence from the Graduated Response Tool; filled when use of the tool is simulated.
    pub(in crate::sample) has_tool_evidence: bool,
}

impl Case {
    /// Whether an assessment is under way at the end of a day: agreed to, and not yet ended.
    pub(in crate::sample) fn is_in_assessment(&self, day: Day) -> bool {
        self.outcome == RequestOutcome::Yes
            && self.outcome_day <= day
            && self.assessment.as_ref().is_some_and(|assessment| assessment.outcome_day > day)
    }

    /// Whether the request awaits its decision at the end of a day.
    pub(in crate::sample) fn is_awaiting(&self, day: Day) -> bool {
        self.received <= day && self.outcome_day > day
    }
}

/// Moves a day off weekends and out of the time in which no panel sits. A weekend at the end of December leads into it.
pub(super) fn sitting(day: Day) -> Day {
    let day = day.working();
    let census = Term::new(day.year() - 1, Season::Spring).census_day();
    let first = Day::of(day.year(), 1, 1);
    if first <= day && day <= census { (census + 1).working() } else { day }
}

/// A request before it is decided on.
struct Request {
    pupil: usize,
    nth: u64,
    received: Day,
}

/// Requests of the whole county with all that comes of them, in the order in which they were received.
pub(super) fn simulate(
    pupils: &mut [Pupil],
    phases: &dyn Fn(usize) -> Phase,
    seed: u64,
    calendar: &Calendar,
) -> Vec<Case> {
    let mut requests: Vec<Request> = Vec::new();
    for (index, pupil) in pupils.iter().enumerate() {
        ask(pupil, index, phases, seed, &mut requests);
    }
    requests.sort_by_key(|request| (request.received, request.pupil, request.nth));
    let mut cases: Vec<Case> = Vec::with_capacity(requests.len());
    for request in requests {
        if request.received > calendar.end() {
            break;
        }
        let earlier = pupils[request.pupil].cases.last().map(|case| &cases[*case]);
        let may_ask =
            earlier.is_none_or(|case| case.outcome == RequestOutcome::No && case.outcome_day < request.received);
        if !may_ask {
            continue;
        }
        let number = whole::<u32>(cases.len() + 1);
        pupils[request.pupil].cases.push(cases.len());
        cases.push(decide(&pupils[request.pupil], &request, number, seed));
    }
    assess(pupils, &mut cases, seed, calendar);
    cases
}

/// The one or two requests that are made for a pupil, if nothing stands against them.
fn ask(pupil: &Pupil, index: usize, phases: &dyn Fn(usize) -> Phase, seed: u64, requests: &mut Vec<Request>) {
    let dice = &mut Dice::new(seed, DiceStream::Case, u64::from(pupil.number) * 8);
    let entry = Day::of(pupil.cohort, 9, 1);
    let is_special = pupil.first.is_some_and(|(site, _)| phases(site) == Phase::Special);
    let received = match pupil.support {
        _ if is_special => entry - dice.between(200, 700),
        Some((from, _)) if dice.chance(0.52) => from + dice.between(100, 1_900),
        None if dice.chance(0.035) => entry + dice.between(0, 4_400),
        _ => return,
    };
    // Plans began with the Act; what came before were statements, turned into plans over three years.
    let act = Day::of(2014, 9, 1);
    let received = if received < act { act + dice.between(0, 1_100) } else { received }.working();
    let Some((_, first)) = pupil.first else { return };
    let came_later = first > Day::of(pupil.cohort, 10, 1);
    let last = pupil.goes.unwrap_or(Day::of(pupil.cohort + 13, 7, 1));
    if received > last || (came_later && received < first) {
        return;
    }
    requests.push(Request { pupil: index, nth: 0, received });
    let again = (received + dice.between(250, 800)).working();
    if dice.chance(0.3) && again <= last {
        requests.push(Request { pupil: index, nth: 1, received: again });
    }
}

fn decide(pupil: &Pupil, request: &Request, number: u32, seed: u64) -> Case {
    let dice = &mut Dice::new(seed, DiceStream::Case, u64::from(pupil.number) * 8 + 1 + request.nth);
    let weights = if pupil.cohort > request.received.year() {
        [(RequestOutcome::Yes, 97), (RequestOutcome::No, 2), (RequestOutcome::Withdrawn, 1)]
    } else {
        [(RequestOutcome::Yes, 58), (RequestOutcome::No, 39), (RequestOutcome::Withdrawn, 3)]
    };
    let mut outcome = dice.weighted(&weights);
    let days = if dice.chance(0.93) { dice.between(14, 40) } else { dice.between(43, 95) };
    let mut outcome_day = sitting(request.received + days);
    if let Some(goes) = pupil.goes.filter(|goes| *goes < outcome_day) {
        outcome = RequestOutcome::Withdrawn;
        outcome_day = sitting(goes.max(request.received) + 1);
    }
    let is_refused = outcome == RequestOutcome::No;
    let has_mediation = is_refused && dice.chance(0.3);
    Case {
        number,
        pupil: request.pupil,
        received: request.received,
        source: dice.weighted(&[(1, 40), (2, 52), (3, 3), (4, 2), (5, 3)]),
        is_in_rya: dice.chance(0.003),
        outcome,
        outcome_day,
        has_mediation,
        has_tribunal: is_refused && dice.chance(if has_mediation { 0.3 } else { 0.05 }),
        assessment: None,
        plan: None,
        has_tool_evidence: false,
    }
}

/// The queue: advice in the order of the decisions, and what follows it.
fn assess(pupils: &[Pupil], cases: &mut [Case], seed: u64, calendar: &Calendar) {
    let mut queue: Vec<usize> = (0..cases.len()).filter(|case| cases[*case].outcome == RequestOutcome::Yes).collect();
    queue.sort_by_key(|case| (cases[*case].outcome_day, *case));
    let opening = Day::of(calendar.first - 1, 1, 1);
    let span = f64::from(calendar.end() - opening);
    let pace = queue.iter().filter(|case| cases[**case].outcome_day >= opening).count() as f64 / span;
    let (shortage, turn) = (calendar.end() - 1_600, calendar.end() - 920);
    let mut free = 0.0_f64;
    for case in queue {
        let dice = &mut Dice::new(seed, DiceStream::Case, u64::from(cases[case].number) + (1 << 40));
        let decided = cases[case].outcome_day;
        let earliest = decided + dice.between(14, 30);
        let advice_given = if decided < opening {
            earliest
        } else {
            let due = f64::from(earliest - opening);
            let start = free.max(due);
            #[expect(clippy::cast_possible_truncation, reason = "days of some decades")]
            let day = opening + start.floor() as i32;
            let speed = match day {
                _ if day < shortage => 1.1,
                _ if day < turn => 0.75,
                _ => 1.35,
            };
            free = start + 1.0 / (pace * speed).max(0.001);
            day
        };
        follow(pupils, &mut cases[case], advice_given.working(), dice, seed, calendar);
    }
}

fn follow(pupils: &[Pupil], case: &mut Case, advice_given: Day, dice: &mut Dice, seed: u64, calendar: &Calendar) {
    let pupil = &pupils[case.pupil];
    let is_excepted = dice.chance(0.05);
    let mut outcome =
        dice.weighted(&[(RequestOutcome::Yes, 94), (RequestOutcome::No, 5), (RequestOutcome::Withdrawn, 1)]);
    let days = match outcome {
        RequestOutcome::Yes => dice.between(24, 58) + if is_excepted { dice.between(20, 70) } else { 0 },
        RequestOutcome::No | RequestOutcome::Withdrawn => dice.between(5, 30),
    };
    let mut outcome_day = sitting((advice_given + days).max(case.outcome_day + 55));
    if let Some(goes) = pupil.goes.filter(|goes| *goes < outcome_day) {
        outcome = RequestOutcome::Withdrawn;
        outcome_day = sitting(goes.max(case.outcome_day) + 1);
    }
    let is_refused = outcome == RequestOutcome::No;
    case.assessment = Some(Assessment {
        advice_due: case.outcome_day + 42,
        advice_given,
        outcome,
        outcome_day,
        has_mediation: is_refused && dice.chance(0.3),
        has_tribunal: is_refused && dice.chance(0.2),
        is_excepted,
    });
    if outcome == RequestOutcome::Yes {
        let cease = cease(pupil, outcome_day, dice);
        let mut plan = Plan { start: outcome_day, cease, has_budget: dice.chance(0.06), reviews: Vec::new() };
        review::simulate(&mut plan, case.number, seed, calendar);
        case.plan = Some(plan);
    }
}

/// When and why a plan ends: with a move, when it is no longer needed, or some time after school.
fn cease(pupil: &Pupil, start: Day, dice: &mut Dice) -> (Day, u8) {
    let school_end = Day::of(pupil.cohort + 12, 7, 31);
    let oldest = Day::of(pupil.cohort + 21, 8, 31);
    let (day, reason) = if let Some(goes) = pupil.goes {
        (goes + dice.between(1, 25), 5)
    } else if dice.chance(0.08) {
        (start + dice.between(500, 2_500), 2)
    } else {
        let after = school_end + dice.between(30, 2_600);
        if after >= oldest { (oldest, 1) } else { (after, dice.weighted(&[(6, 60), (2, 15), (3, 10), (4, 15)])) }
    };
    (sitting(day.max(start + 60)), reason)
}
