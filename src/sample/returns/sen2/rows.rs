//! Which records a SEN2 return of one calendar year has, and what each says (domain notes 1c).
//!
//! The return for year *Y* speaks for 1 January to 31 December *Y* and is taken in January of the next year. A request
//! that was decided before the year stands as `H` where it has a plan that the year still knows.

use crate::sample::calendar::{Season, Term};
use crate::sample::day::Day;
use crate::sample::lives::{Case, Lives, Plan, Pupil, RequestOutcome, Review, Transfer, transfer_in_year};
use crate::sample::returns::cell::Cell;

/// The year of a return, with its days and the version of its specification.
#[derive(Debug, Clone, Copy)]
pub(super) struct YearRows {
    /// The calendar year that it speaks for.
    pub(super) of: i32,
    pub(super) start: Day,
    pub(super) end: Day,
    pub(super) census: Day,
    /// 11 for version 1.1.
    pub(super) version: u8,
    /// The list of all cases as it is drawn on a day: no year, and with the days of withdrawals.
    pub(super) is_list: bool,
}

impl YearRows {
    pub(super) fn new(year: i32) -> Self {
        let version = match year {
            ..=2022 => 11,
            2023 | 2024 => 12,
            _ => 13,
        };
        let (start, end) = (Day::of(year, 1, 1), Day::of(year, 12, 31));
        Self { of: year, start, end, census: Term::new(year, Season::Spring).census_day(), version, is_list: false }
    }

    /// The list of all cases at the end of a day, in the columns of version 1.3: nothing in it was decided before a year.
    pub(super) fn list(day: Day) -> Self {
        Self { of: day.year(), start: Day::of(1990, 1, 1), end: day, census: day, version: 13, is_list: true }
    }
}

/// What one record is about.
#[derive(Clone, Copy)]
pub(super) struct CaseRecord<'a> {
    pub(super) lives: &'a Lives,
    pub(super) year: YearRows,
    pub(super) pupil: &'a Pupil,
    /// None for a record of a person.
    pub(super) case: Option<&'a Case>,
    /// 1-based, within its table.
    pub(super) order: usize,
    /// 1 or 2, for needs.
    pub(super) rank: usize,
    /// The day whose placement is told: that of the plan's start, or census day.
    pub(super) at: Day,
}

/// The records of every module, in order.
#[derive(Default)]
pub(super) struct Sen2Records<'a> {
    pub(super) persons: Vec<CaseRecord<'a>>,
    pub(super) requests: Vec<CaseRecord<'a>>,
    pub(super) assessments: Vec<CaseRecord<'a>>,
    pub(super) named_plans: Vec<CaseRecord<'a>>,
    pub(super) active_plans: Vec<CaseRecord<'a>>,
    pub(super) needs: Vec<CaseRecord<'a>>,
}

/// Finds the records of a year. `case_of` gives each case, by its number among the lives, as it is told.
pub(super) fn records<'a>(
    lives: &'a Lives,
    year: YearRows,
    case_of: &dyn Fn(usize) -> Option<&'a Case>,
) -> Sen2Records<'a> {
    let mut all = Sen2Records::default();
    for pupil in &lives.pupils {
        let cases: Vec<&Case> = pupil
            .cases
            .iter()
            .filter_map(|case| case_of(*case))
            .filter(|case| is_in_request_module(case, year))
            .collect();
        if cases.is_empty() {
            continue;
        }
        let record = |case, list: &Vec<CaseRecord>, rank| CaseRecord {
            lives,
            year,
            pupil,
            case,
            order: list.len() + 1,
            rank,
            at: year.census,
        };
        all.persons.push(record(None, &all.persons, 1));
        for case in cases {
            all.requests.push(record(Some(case), &all.requests, 1));
            if case.outcome == RequestOutcome::Yes && case.outcome_day <= year.end {
                all.assessments.push(record(Some(case), &all.assessments, 1));
            }
            if let Some(plan) = plan_of_year(case, year) {
                let placed = record(Some(case), &all.named_plans, 1);
                all.named_plans.push(CaseRecord { at: plan.start, ..placed });
            }
            if case.plan.as_ref().is_some_and(|plan| plan.is_in_force(year.end)) {
                all.active_plans.push(record(Some(case), &all.active_plans, 1));
                let needs = 1 + usize::from(pupil.needs.1.is_some());
                for rank in 1..=needs {
                    all.needs.push(record(Some(case), &all.needs, rank));
                }
            }
        }
    }
    all
}

/// The plan, where it was in force at any time of the year.
fn plan_of_year(case: &Case, year: YearRows) -> Option<&Plan> {
    case.plan.as_ref().filter(|plan| plan.start <= year.end && plan.cease.0 >= year.start)
}

fn is_in_request_module(case: &Case, year: YearRows) -> bool {
    let is_assessed_later = case.assessment.as_ref().is_some_and(|one| one.outcome_day >= year.start);
    case.received <= year.end
        && (case.outcome_day >= year.start || is_assessed_later || plan_of_year(case, year).is_some())
}

fn code(outcome: RequestOutcome, day: Day, year: YearRows) -> &'static str {
    match outcome {
        _ if day < year.start => "H",
        _ if day > year.end => "A",
        RequestOutcome::Yes => "Y",
        RequestOutcome::No => "N",
        RequestOutcome::Withdrawn => "W",
    }
}

impl<'a> CaseRecord<'a> {
    /// The value that a function finds in the case, or nothing.
    pub(super) fn of_case(&self, value: impl Fn(&'a Case) -> Option<Cell>) -> Cell {
        self.case.and_then(value).unwrap_or(Cell::Blank)
    }

    /// Whether the day of an outcome is told: that of a decision, and in a list that of a withdrawal.
    pub(super) fn has_day(&self, code: &str) -> bool {
        matches!(code, "Y" | "N") || (self.year.is_list && code == "W")
    }

    pub(super) fn request_code(case: &Case, year: YearRows) -> &'static str {
        code(case.outcome, case.outcome_day, year)
    }

    /// The code of the assessment's outcome; `H` where it ended before the year.
    pub(super) fn assessment_code(case: &Case, year: YearRows) -> Option<&'static str> {
        case.assessment.as_ref().map(|one| code(one.outcome, one.outcome_day, year))
    }

    /// The last review of the plan whose meeting was held by census day.
    pub(super) fn last_review(&self) -> Option<&'a Review> {
        let reviews = self.case?.plan.as_ref()?.reviews.iter();
        reviews.take_while(|review| review.meeting <= self.year.census).last()
    }

    /// The same, where the decision upon it was told by census day.
    pub(super) fn decided_review(&self) -> Option<&'a Review> {
        self.last_review().filter(|review| review.decided <= self.year.census)
    }

    /// The transfer between phases that falls into the year.
    pub(super) fn transfer(&self) -> Option<Transfer> {
        transfer_in_year(self.pupil, self.case?.plan.as_ref()?, self.year.of)
    }

    /// Where the young person is placed: a school's URN, a college's UKPRN, or a kind of setting; and since when.
    pub(super) fn placement(&self) -> Placement {
        let day = self.at;
        if let Some(spell) = self.pupil.main_spell(day) {
            let spell = &self.pupil.spells[spell];
            let school = &self.lives.schools.establishments[self.lives.schools.on(spell.site, day)];
            return Placement { urn: Some(school.urn), ukprn: None, setting: None, entry: spell.from.min(day) };
        }
        let age = self.pupil.born.age_on(day);
        let start = self.case.and_then(|case| case.plan.as_ref()).map_or(day, |plan| plan.start).min(day);
        match age {
            ..5 => Placement { urn: None, ukprn: None, setting: Some("EYP"), entry: start },
            5..16 => Placement { urn: None, ukprn: None, setting: Some("EHE"), entry: start },
            _ if self.pupil.number.is_multiple_of(9) => {
                Placement { urn: None, ukprn: None, setting: Some("NEET"), entry: start }
            }
            _ => Placement { urn: None, ukprn: Some(10_900_900 + self.pupil.number % 5), setting: None, entry: start },
        }
    }
}

/// Where somebody with a plan is placed.
pub(super) struct Placement {
    pub(super) urn: Option<u32>,
    pub(super) ukprn: Option<u32>,
    pub(super) setting: Option<&'static str>,
    pub(super) entry: Day,
}
