//! Truth about Area Inclusion Discussions, by academic year: who is picked up, how soon, and what follows.

use std::collections::BTreeMap;

use super::tally::{Amount, KpiTruth, TruthTally, measured};
use crate::sample::calendar::{academic_label, academic_year};
use crate::sample::day::Day;
use crate::sample::lives::{Discussion, Lives, Pupil, third_suspensions};

/// School days from the trigger within which a discussion counts as picked up.
const PICK_UP_SCHOOL_DAYS: usize = 15;

/// School days within which a discussion is taken as being about the third suspension at all: about a term.
const ABOUT_SCHOOL_DAYS: usize = 60;

/// Days after a discussion that are looked at.
const FOLLOW_UP: i32 = 90;

/// Reckons every KPI of the register of discussions.
pub(super) fn reckon(lives: &Lives, out: &mut Vec<KpiTruth>) {
    let mut of_pupil: BTreeMap<usize, Vec<&Discussion>> = BTreeMap::new();
    for row in lives.discussions.iter().filter(|row| row.was_discussed) {
        of_pupil.entry(row.pupil).or_default().push(row);
    }
    for year in lives.calendar.academic_years() {
        let label = academic_label(year);
        waits(lives, &of_pupil, year, &label, out);
        followed(lives, &of_pupil, year, &label, out);
        held(lives, Day::of(year, 9, 1), Day::of(year + 1, 8, 31), &label, out);
    }
}

/// Of the pupils whose third suspension of the year began in it, by the first discussion with the trigger `SUSP3` on that
/// day or later, holidays too. School days are in `calendar.csv`.
///
/// - `aid_pick_up`: those discussed before more than 15 school days were over.
/// - `aid_wait`: those discussed within 60 school days, and by how long it took.
/// - `aid_days_to_discussion`: the median of the school days of the latter.
fn waits(lives: &Lives, of_pupil: &BTreeMap<usize, Vec<&Discussion>>, year: i32, label: &str, out: &mut Vec<KpiTruth>) {
    let (mut picked_up, mut bands, mut waited) = (TruthTally::default(), TruthTally::default(), Vec::new());
    for (index, pupil) in lives.pupils.iter().enumerate() {
        let of_third = || of_pupil.get(&index).into_iter().flatten().filter(|row| row.trigger == "SUSP3");
        for (_, third) in third_suspensions(pupil).into_iter().filter(|(of, _)| *of == year) {
            let after = of_third().filter(|row| third <= row.meeting);
            let wait = after.map(|row| lives.calendar.school_days_until(third, row.meeting)).min();
            picked_up.count(wait.is_some_and(|wait| wait <= PICK_UP_SCHOOL_DAYS));
            let wait = wait.filter(|wait| *wait <= ABOUT_SCHOOL_DAYS);
            waited.extend(wait);
            let is_in = |from: usize, to: usize| wait.is_some_and(|wait| (from..=to).contains(&wait));
            let parts = [
                ("total", wait.is_some()),
                ("wait=0 to 5 school days", is_in(0, 5)),
                ("wait=6 to 10 school days", is_in(6, 10)),
                ("wait=11 to 15 school days", is_in(11, 15)),
                ("wait=16 to 60 school days", is_in(16, 60)),
                ("wait=none within 60 school days", wait.is_none()),
            ];
            for (breakdown, holds) in parts {
                bands.group(breakdown.to_owned(), Amount::whole(usize::from(holds)), Amount::whole(1));
            }
        }
    }
    picked_up.rates("aid_pick_up", label, out);
    bands.rates("aid_wait", label, out);
    waited.sort_unstable();
    if let (Some(low), Some(high)) = (waited.get((waited.len().max(1) - 1) / 2), waited.get(waited.len() / 2)) {
        #[expect(clippy::cast_precision_loss, reason = "school days of some months")]
        let median = (*low + *high) as f64 / 2.0;
        let one = measured("aid_days_to_discussion", label, "total".to_owned(), (median, 0.0));
        out.push(KpiTruth { denominator: None, ..one });
    }
}

fn begin(pupil: &Pupil, from: Day, to: Day) -> usize {
    pupil.suspensions.iter().filter(|one| one.counts() && from <= one.start && one.start <= to).count()
}

/// What follows a discussion of the year, with the trigger `SUSP3`, or in `reading=any trigger` with whatever trigger:
///
/// - `aid_exclusion_within_90_days`: of the pupils discussed, those with a permanent exclusion (not withdrawn) that began
///   after a meeting and at most 90 days after it.
/// - `aid_suspensions_after`: suspensions that began on the 90 days after the meeting, over discussions; and
///   `window=90 days before`, on the 90 days before it. With the trigger `SUSP3` alone.
fn followed(
    lives: &Lives,
    of_pupil: &BTreeMap<usize, Vec<&Discussion>>,
    year: i32,
    label: &str,
    out: &mut Vec<KpiTruth>,
) {
    let (mut excluded, mut suspended) = (TruthTally::default(), TruthTally::default());
    for (index, rows) in of_pupil {
        let pupil = &lives.pupils[*index];
        let rows: Vec<_> = rows.iter().filter(|row| academic_year(row.meeting) == year).collect();
        let follows = |row: &&&&Discussion| {
            let mut permanent = pupil.suspensions.iter().filter(|one| one.is_permanent());
            permanent.any(|one| row.meeting < one.start && one.start <= row.meeting + FOLLOW_UP)
        };
        let third = || rows.iter().filter(|row| row.trigger == "SUSP3");
        let counted = [
            ("total", third().count(), third().any(|row| follows(&row))),
            ("reading=any trigger", rows.len(), rows.iter().any(|row| follows(&row))),
        ];
        for (reading, discussions, is_excluded) in counted {
            if discussions > 0 {
                excluded.group(reading.to_owned(), Amount::whole(usize::from(is_excluded)), Amount::whole(1));
            }
        }
        for row in third() {
            let after = begin(pupil, row.meeting + 1, row.meeting + FOLLOW_UP);
            let before = begin(pupil, row.meeting - FOLLOW_UP, row.meeting - 1);
            suspended.group("total".to_owned(), Amount::whole(after), Amount::whole(1));
            suspended.group("window=90 days before".to_owned(), Amount::whole(before), Amount::whole(1));
        }
    }
    excluded.rates("aid_exclusion_within_90_days", label, out);
    suspended.rates("aid_suspensions_after", label, out);
}

/// `aid_discussions`: children discussed at meetings of the year, by trigger, area and outcome, and the outcome of each
/// trigger and area.
pub(super) fn held(lives: &Lives, start: Day, end: Day, label: &str, out: &mut Vec<KpiTruth>) {
    let mut tally = TruthTally::default();
    for row in lives.discussions.iter().filter(|row| row.was_discussed && start <= row.meeting && row.meeting <= end) {
        let (area, outcome, trigger) = (row.area(), row.outcome, row.trigger);
        let groups = [
            "total".to_owned(),
            format!("area={area}"),
            format!("outcome={outcome}"),
            format!("trigger={trigger}"),
            format!("area={area}, outcome={outcome}"),
            format!("outcome={outcome}, trigger={trigger}"),
        ];
        for group in groups {
            tally.group(group, Amount::whole(1), Amount::default());
        }
    }
    tally.counts("aid_discussions", label, out);
}
