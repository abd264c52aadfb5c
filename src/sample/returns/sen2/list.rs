//! The list of all cases that the council draws out of its case system at the end of each month of the last academic year.
//!
//! What is in it is what had been keyed in by then: requests, decisions and issues come in late, a day of receipt is wrong until
//! somebody corrects it, and a case that is handed to another team has a new number from then on. The last list is drawn when all that
//! happened by its day has been keyed in.

use super::super::outbox::{Delivery, Outbox};
use super::rows::{self, YearRows};
use super::{FIRST_YEAR, Module, SampleError, modules_of, write_modules, write_sheets};
use crate::sample::SampleRequest;
use crate::sample::day::Day;
use crate::sample::dice::{Dice, DiceStream};
use crate::sample::lives::{Case, Lives};

/// The modules that are drawn, by their name in the export.
const DRAWN: [&str; 5] = ["person", "requests", "assessment", "namedplan", "activeplans"];

/// What is added to the number of a case that was handed over: no case of the lives has such a number.
const HANDED_OVER: u32 = 500_000_000;

/// The days of the lists: the month ends of the last academic year. None before there was a person-level return.
pub(in crate::sample) fn days(lives: &Lives) -> Vec<Day> {
    let last = lives.calendar.academic_years().end - 1;
    if last < FIRST_YEAR {
        return Vec::new();
    }
    let months = (9..=12).map(|month| (last, month)).chain((1..=8).map(|month| (last + 1, month)));
    months.map(|(year, month)| Day::of(year, month, 1).month_end()).collect()
}

/// Writes the list of one day.
///
/// # Errors
/// [`SampleError`] when a file cannot be made or written.
pub(in crate::sample::returns) fn write(
    lives: &Lives,
    day: Day,
    request: &SampleRequest,
    outbox: &Outbox,
) -> Result<(), SampleError> {
    let is_last = day == lives.calendar.end();
    let keyed_in: Vec<Option<Case>> =
        lives.cases.iter().map(|case| KeyedIn::of(case, request.seed).by(case, day, is_last)).collect();
    let records = rows::records(lives, YearRows::list(day), &|case| keyed_in.get(case)?.as_ref());
    let mut modules: Vec<Module> = modules_of(&records, YearRows::list(day));
    modules.retain(|module| DRAWN.contains(&module.export));
    let delivery = Delivery::new("ehcp_cases", (day + 3).working(), day.iso());
    if day.ymd().1 % 3 == 1 {
        write_sheets(&modules, &format!("EHC cases {}.xlsx", day.iso()), &delivery, outbox)
    } else {
        write_modules(&modules, &|module| format!("EHC-cases_{}_{module}.csv", day.iso()), &delivery, outbox)
    }
}

/// When what is known of a case is keyed in.
struct KeyedIn {
    /// Days from the request, the decision on it and the end of its assessment until they are.
    request: i32,
    decision: i32,
    end: i32,
    /// Days by which the day of receipt is told too early, and the day on which that is corrected.
    wrong: Option<(i32, Day)>,
    /// The day on which the case gets another number.
    handed_over: Option<Day>,
}

impl KeyedIn {
    fn of(case: &Case, seed: u64) -> Self {
        let dice = &mut Dice::new(seed, DiceStream::List, u64::from(case.number));
        let mut late = || if dice.chance(0.2) { dice.between(5, 45) } else { dice.between(0, 4) };
        let (request, decision, end) = (late(), late(), late());
        let wrong = dice.chance(0.04).then(|| (dice.between(3, 20), case.received + dice.between(40, 300)));
        let handed_over = dice.chance(0.06).then(|| case.received + dice.between(30, 400));
        Self { request, decision, end, wrong, handed_over }
    }

    /// The case as the system has it at the end of a day; none where it does not have it yet.
    fn by(&self, case: &Case, day: Day, is_last: bool) -> Option<Case> {
        let mut told = case.clone();
        if self.handed_over.is_some_and(|handed| handed <= day) {
            told.number += HANDED_OVER;
        }
        if is_last {
            return Some(told);
        }
        if case.received + self.request > day {
            return None;
        }
        if let Some((days, _)) = self.wrong.filter(|(_, corrected)| day < *corrected) {
            told.received = case.received - days;
        }
        let is_decided = case.outcome_day + self.decision <= day;
        if !is_decided {
            told.outcome_day = told.outcome_day.max(day + 1);
        }
        if let Some(one) = told.assessment.as_mut().filter(|one| !is_decided || one.outcome_day + self.end > day) {
            one.outcome_day = one.outcome_day.max(day + 1);
            told.plan = None;
        }
        Some(told)
    }
}
