//! Lives, before anybody writes them down: schools, pupils, suspensions, attendance, casework, practice, staff.
//!
//! Nothing here knows what a return looks like. Truth is reckoned from here, and returns are written from here; neither
//! sees the other.

mod advice;
mod attendance;
mod case;
mod practice;
mod pupil;
mod review;
mod school;
mod suspension;
mod tool_return;
mod transfer;
mod workforce;

use crate::sample::whole;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

pub(super) use advice::{Advice, to as advice_to};
pub(super) use attendance::{Attendance, CODES, FIRST_YEAR_OF_C2_AND_K};
pub(super) use case::{Case, Plan, RequestOutcome};
pub(super) use practice::{Audit, Discussion, ToolUse, third_suspensions};
pub(super) use pupil::{Pupil, year_code};
pub(super) use review::Review;
pub(super) use school::{Deemed, Establishment, Origin, Phase, Schools};
pub(super) use suspension::{Category, Suspension};
pub(super) use tool_return::ToolReturn;
pub(super) use transfer::{Transfer, in_year as transfer_in_year};
pub(super) use workforce::{Caseload, Post, Stint};

use super::calendar::Calendar;
use super::day::Day;
use super::identity::InventedUpn;
use super::{SampleProgress, SampleRequest};

/// A county and everything that happened in it.
#[derive(Debug)]
pub(super) struct Lives {
    pub(super) calendar: Calendar,
    pub(super) schools: Schools,
    pub(super) pupils: Vec<Pupil>,
    /// In the order in which they were received.
    pub(super) cases: Vec<Case>,
    pub(super) audits: Vec<Audit>,
    pub(super) tool_uses: Vec<ToolUse>,
    pub(super) tool_returns: Vec<ToolReturn>,
    pub(super) discussions: Vec<Discussion>,
    pub(super) posts: Vec<Post>,
    pub(super) caseloads: Vec<Caseload>,
}

/// Cohorts in school at once, weighted by how many stay: what a headcount is divided by for the size of a cohort.
const COHORTS: usize = 115;

impl Lives {
    /// Lives every life. The same request gives the same lives, whatever the number of threads.
    pub(super) fn live(request: &SampleRequest, progress: &dyn SampleProgress) -> Self {
        let years = whole::<i32>(request.years);
        let calendar = Calendar::new(request.first_year(), years);
        let schools = Schools::found(request.seed, request.schools, &calendar);
        progress.message("living the pupils' lives");
        let of_cohort = (request.pupils * 10).div_ceil(COHORTS);
        let oldest = calendar.first - 13;
        let cohorts = whole::<usize>(calendar.first + years - oldest + 1);
        let mut pupils = in_parallel(request.threads, cohorts * of_cohort, |number| {
            let cohort = oldest + whole::<i32>(number / of_cohort);
            let number = whole::<u32>(number);
            let pupil = Pupil::live(request.seed, number, cohort, &schools, &calendar);
            (!pupil.spells.is_empty()).then_some(pupil)
        });
        number_pupils(&mut pupils, &schools);
        progress.message("deciding requests, holding reviews");
        let phase = |site: usize| schools.sites[site].phase;
        let cases = case::simulate(&mut pupils, &phase, request.seed, &calendar);
        let posts = workforce::posts(request.seed, request.pupils, &calendar);
        let mut lives = Self {
            calendar,
            schools,
            pupils,
            cases,
            audits: Vec::new(),
            tool_uses: Vec::new(),
            tool_returns: Vec::new(),
            discussions: Vec::new(),
            posts,
            caseloads: Vec::new(),
        };
        lives.audits = practice::audits(&lives, request.seed);
        lives.tool_uses = practice::tool_uses(&mut lives, request.seed);
        lives.tool_returns = tool_return::tool_returns(&lives, request.seed);
        lives.discussions = practice::discussions(&lives, request.seed);
        lives.caseloads = workforce::caseloads(&lives, request.seed);
        lives
    }

    /// SEN provision of a pupil on a day: `E` with a plan in force, `K` with support, else `N`.
    pub(super) fn provision(&self, pupil: &Pupil, day: Day) -> &'static str {
        let plans = pupil.cases.iter().filter_map(|case| self.cases[*case].plan.as_ref());
        if plans.into_iter().any(|plan| plan.is_in_force(day)) {
            "E"
        } else if pupil.has_support(day) {
            "K"
        } else {
            "N"
        }
    }
}

/// Gives out the numbers in pupil order: a serial counts up for each authority, school and year.
fn number_pupils(pupils: &mut [Pupil], schools: &Schools) {
    let mut serials: BTreeMap<(u32, u32, i32, bool), u32> = BTreeMap::new();
    let mut give = |authority: u32, mut school: u32, year: i32, is_temporary: bool| loop {
        let serial = serials.entry((authority, school, year, is_temporary)).or_insert(0);
        *serial += 1;
        let limit = if is_temporary { 2_299 } else { 999 };
        if *serial <= limit {
            return if is_temporary {
                InventedUpn::temporary(authority, school, year, *serial)
            } else {
                InventedUpn::permanent(authority, school, year, *serial)
            };
        }
        // A school that takes in more than its serials hold borrows those of the next number.
        school = 2_000 + (school + 1) % 4_000;
    };
    for pupil in pupils {
        let Some((site, from)) = pupil.first else { continue };
        let school = schools.establishments[schools.on(site, from)].number;
        let year = from.year();
        pupil.upns = match pupil.upn_plan {
            pupil::UpnPlan::One => vec![(from, give(pupil.upn_authority, school, year, false))],
            pupil::UpnPlan::Temporary(until) => {
                let temporary = give(pupil.upn_authority, school, year, true);
                vec![(from, temporary), (until, give(pupil.upn_authority, school, until.year(), false))]
            }
            pupil::UpnPlan::Renumbered(later) => {
                let first = give(pupil.upn_authority, school, year, false);
                vec![(from, first), (later, give(pupil.upn_authority, school, later.year(), false))]
            }
        };
    }
}

/// Makes the values of `0..count` on several threads, and gives those that exist in order.
fn in_parallel<T: Send>(threads: usize, count: usize, make: impl Fn(usize) -> Option<T> + Sync) -> Vec<T> {
    const CHUNK: usize = 1_024;
    let next = AtomicUsize::new(0);
    let work = || {
        let mut made = Vec::new();
        loop {
            let chunk = next.fetch_add(1, Ordering::Relaxed);
            let numbers = chunk * CHUNK..((chunk + 1) * CHUNK).min(count);
            if numbers.start >= count {
                return made;
            }
            made.push((chunk, numbers.filter_map(&make).collect::<Vec<T>>()));
        }
    };
    let mut chunks: Vec<(usize, Vec<T>)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    chunks.sort_by_key(|(chunk, _)| *chunk);
    chunks.into_iter().flat_map(|(_, values)| values).collect()
}

#[cfg(test)]
mod tests;
