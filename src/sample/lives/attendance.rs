//! Sessions possible and missed, by pupil, spell and part of the year.
//!
//! A session is half a school day. The parts (*slots*) are the autumn term, the spring term, the summer term up to its
//! half term, and its second half, which the census returns apart.

use super::pupil::Pupil;
use super::suspension::Category;
use crate::sample::calendar::{Calendar, SLOTS_A_YEAR, academic_year};
use crate::sample::day::Day;
use crate::sample::dice::{Dice, DiceStream};
use crate::sample::whole;

/// Codes of sessions that are returned, in the order of [`Attendance::missed`]. `B` (education off site) and `K` (provision
/// that the authority arranged) are no absence.
pub(in crate::sample) const CODES: [&str; 10] = ["C", "E", "G", "I", "M", "O", "U", "B", "C2", "K"];

/// The position of `E`, suspended, in [`CODES`].
const SUSPENDED: usize = 1;

/// The position of `B`, which is no absence, in [`CODES`].
const OFF_SITE: usize = 7;

/// The position of `C2`, a part-time timetable, in [`CODES`].
const PART_TIME: usize = 8;

/// The position of `K`, which is no absence, in [`CODES`].
const ARRANGED: usize = 9;

/// The first academic year that has the codes `C2` and `K`, by its first calendar year.
pub(in crate::sample) const FIRST_YEAR_OF_C2_AND_K: i32 = 2024;

/// One pupil's sessions at one school in one part of the year.
#[derive(Debug, Clone)]
pub(in crate::sample) struct Attendance {
    pub(in crate::sample) spell: usize,
    /// Four a year, numbered from the first autumn of the lives.
    pub(in crate::sample) slot: usize,
    pub(in crate::sample) possible: i32,
    /// Sessions by code, in the order of [`CODES`].
    pub(in crate::sample) missed: [i32; 10],
}

impl Attendance {
    /// Sessions of absence: all codes but `B` and `K`.
    pub(in crate::sample) fn absent(&self) -> i32 {
        self.missed.iter().sum::<i32>() - self.off_site()
    }

    /// Sessions of education elsewhere: codes `B` and `K`.
    pub(in crate::sample) fn off_site(&self) -> i32 {
        self.missed[OFF_SITE] + self.missed[ARRANGED]
    }

    /// Sessions of a part-time timetable: code `C2`.
    pub(in crate::sample) fn part_time(&self) -> i32 {
        self.missed[PART_TIME]
    }

    /// The academic year, numbered from the first of the lives.
    pub(in crate::sample) fn year_index(&self) -> usize {
        self.slot / SLOTS_A_YEAR
    }
}

/// Lets the sessions of a life be missed. Comes after suspensions, whose sessions are absences of code `E`.
pub(super) fn simulate(pupil: &mut Pupil, seed: u64, calendar: &Calendar) {
    let dice = &mut Dice::new(seed, DiceStream::Attendance, u64::from(pupil.number));
    let provision = &mut Dice::new(seed, DiceStream::Provision, u64::from(pupil.number));
    for slot in 0..calendar.slots() {
        let (first, last) = calendar.slot(slot);
        // What begins in August is missed when school opens.
        let begins = if slot % SLOTS_A_YEAR == 0 { Day::of(academic_year(first), 8, 1) } else { first };
        for spell in 0..pupil.spells.len() {
            let on_roll = &pupil.spells[spell];
            if on_roll.is_subsidiary || on_roll.to < first || on_roll.from > last {
                continue;
            }
            let days = calendar.school_days(first.max(on_roll.from), last.min(on_roll.to)).len();
            let possible = whole::<i32>(days) * 2;
            if possible == 0 {
                continue;
            }
            let mut missed = [0; 10];
            missed[SUSPENDED] = pupil
                .suspensions
                .iter()
                .filter(|one| one.spell == spell && begins <= one.start && one.start <= last)
                .filter(|one| one.counts() && one.category == Category::Suspension)
                .map(|one| one.sessions)
                .sum::<i32>()
                .min(possible);
            let mean = pupil.absence * f64::from(possible) * (0.6 + 0.8 * dice.unit());
            #[expect(clippy::cast_possible_truncation, reason = "a share of at most 200 sessions")]
            let mut left = (mean + dice.unit()).floor() as i32;
            left = left.clamp(0, possible - missed[SUSPENDED]);
            let is_heavy = pupil.absence > 0.15;
            for (code, share) in [(3, 0.55), (4, 0.12), (5, 0.15), (2, 0.08), (0, 0.06)] {
                let share = if is_heavy && code == 5 { 0.6 } else { share };
                #[expect(clippy::cast_possible_truncation, reason = "a share of at most 200 sessions")]
                let here = ((f64::from(left) * share * (0.5 + dice.unit())).round() as i32).clamp(0, left);
                missed[code] = here;
                left -= here;
            }
            missed[6] = left;
            let absent: i32 = missed.iter().sum();
            if dice.chance(0.02) {
                missed[OFF_SITE] = dice.between(1, 12).min(possible - absent);
            }
            if academic_year(first) >= FIRST_YEAR_OF_C2_AND_K {
                for (code, chance, most) in [(PART_TIME, 0.012, 60), (ARRANGED, 0.006, 90)] {
                    if provision.chance(chance) {
                        missed[code] = provision.between(1, most).min(possible - missed.iter().sum::<i32>());
                    }
                }
            }
            pupil.attendance.push(Attendance { spell, slot, possible, missed });
        }
    }
}
