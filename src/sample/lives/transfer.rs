//! Transfers between phases of education: by which day the plan has to be amended, and when it was.
//!
//! A plan is due by 15 February of the year in which the child leaves year 6, and by 31 March of the one in which the young
//! person leaves year 11.

use super::case::Plan;
use super::pupil::Pupil;
use crate::sample::day::Day;
use crate::sample::whole;

/// One transfer of one plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sample) struct Transfer {
    pub(in crate::sample) due: Day,
    /// The day of the final plan; a day that lies ahead is as good as none.
    pub(in crate::sample) last: Day,
}

/// The transfer of a pupil's plan in a calendar year, if there is one.
pub(in crate::sample) fn in_year(pupil: &Pupil, plan: &Plan, year: i32) -> Option<Transfer> {
    let due = match year - pupil.cohort {
        7 => Day::of(year, 2, 15),
        12 => Day::of(year, 3, 31),
        _ => return None,
    };
    // Three in four are in time, one of them on the very day; the others come up to two months late.
    let number = whole::<i32>(pupil.number % 8);
    let days = match number {
        0..=4 => -3 * number * number,
        5 => -1,
        late => 9 * (late - 5) + year % 40,
    };
    plan.is_in_force(due).then(|| Transfer { due, last: due + days })
}
