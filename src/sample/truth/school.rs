//! Truth about pupils at school, by academic year: for the authority, its phases and each school.
//!
//! A school's figures stand under the URN of the last establishment of its site, at the end of the lives: those of a
//! school that became an academy, or merged, under the one that followed. *Suspensions* count lunchtimes and leave out
//! permanent exclusions and whatever was withdrawn. The *headcount* is that of the January census: pupils on roll that day
//! with enrolment status current or dual main. The authority's *total* of suspensions and absence is that of its primary,
//! secondary and special schools, referral units being a phase beside it (domain notes 7); needs are of all schools.
//! What begins in August counts in the academic year that begins.

use crate::sample::whole;
use std::collections::{BTreeMap, BTreeSet};

use super::tally::{Amount, KpiTruth, TruthTally};
use crate::sample::calendar::{Season, Term, academic_label, exclusion_year, summer_split};
use crate::sample::day::Day;
use crate::sample::lives::{FIRST_YEAR_OF_C2_AND_K, Lives, Pupil, Suspension};

/// Reckons every KPI of pupils at school.
pub(super) fn reckon(lives: &Lives, out: &mut Vec<KpiTruth>) {
    for year in lives.calendar.academic_years() {
        let label = academic_label(year);
        let january = Term::new(year, Season::Spring).census_day();
        let headcounts = headcounts(lives, january);
        let end = Day::of(year + 1, 7, 31);
        suspensions(lives, year, end, &label, &headcounts, out);
        repeated(lives, year, end, &label, out);
        absence(lives, year, &label, out);
        prevalence(lives, january, &label, out);
    }
}

/// Suspensions of an academic year up to a day of it, over the headcount of its January; as of a day before that, of the one before.
pub(super) fn to_date(lives: &Lives, year: i32, end: Day, as_of: Day, label: &str, out: &mut Vec<KpiTruth>) {
    let january = |year: i32| Term::new(year, Season::Spring).census_day();
    let counted = if january(year) > as_of { january(year - 1) } else { january(year) };
    suspensions(lives, year, end, label, &headcounts(lives, counted), out);
    repeated(lives, year, end, label, out);
}

/// Pupils of the headcount of a January, by school.
fn headcounts(lives: &Lives, january: Day) -> BTreeMap<usize, usize> {
    let mut headcounts: BTreeMap<usize, usize> = BTreeMap::new();
    for pupil in &lives.pupils {
        if let Some(spell) = pupil.main_spell(january) {
            *headcounts.entry(pupil.spells[spell].site).or_default() += 1;
        }
    }
    headcounts
}

/// `suspension_rate`, `permanent_exclusion_rate` and `sessions_lost` of what began from one day to another, over the headcount of the
/// January of the academic year in which the last day lies.
pub(super) fn of_span(lives: &Lives, start: Day, end: Day, label: &str, out: &mut Vec<KpiTruth>) {
    let schools = &lives.schools;
    let [mut rate, mut permanent, mut lost]: [TruthTally; 3] = Default::default();
    for (site, headcount) in headcounts(lives, Term::new(exclusion_year(end), Season::Spring).census_day()) {
        for tally in [&mut rate, &mut permanent, &mut lost] {
            tally.at(schools, site, 0, headcount);
        }
    }
    for pupil in &lives.pupils {
        for one in pupil.suspensions.iter().filter(|one| start <= one.start && one.start <= end) {
            let site = pupil.spells[one.spell].site;
            if one.is_permanent() {
                permanent.at(schools, site, 1, 0);
            }
            if one.counts() {
                rate.at(schools, site, 1, 0);
                lost.at(schools, site, whole::<usize>(one.sessions), 0);
            }
        }
    }
    rate.rates("suspension_rate", label, out);
    permanent.rates("permanent_exclusion_rate", label, out);
    lost.rates("sessions_lost", label, out);
}

fn of_year(pupil: &Pupil, year: i32, end: Day) -> impl Iterator<Item = &Suspension> {
    pupil.suspensions.iter().filter(move |one| exclusion_year(one.start) == year && one.start <= end)
}

/// Per school at which it happened, over the headcount of that school:
///
/// - `suspension_rate`: suspensions that began in the year.
/// - `permanent_exclusion_rate`: permanent exclusions of the year that were not withdrawn.
/// - `one_plus_suspension_rate`: enrolments with a suspension: a pupil counts once at each school (by its last URN).
/// - `sessions_lost`: sessions (half days) of those suspensions, as they were in the end.
///
/// `repeat_suspension_ratio`: suspensions over enrolments with one.
fn suspensions(
    lives: &Lives,
    year: i32,
    end: Day,
    label: &str,
    headcounts: &BTreeMap<usize, usize>,
    out: &mut Vec<KpiTruth>,
) {
    let schools = &lives.schools;
    let mut rates: [TruthTally; 4] = Default::default();
    let mut repeats = TruthTally::default();
    for (site, headcount) in headcounts {
        for tally in &mut rates {
            tally.at(schools, *site, 0, *headcount);
        }
    }
    for pupil in &lives.pupils {
        let mut enrolments = BTreeSet::new();
        for one in of_year(pupil, year, end) {
            let site = pupil.spells[one.spell].site;
            if one.is_permanent() {
                rates[1].at(schools, site, 1, 0);
            }
            if one.counts() {
                rates[0].at(schools, site, 1, 0);
                rates[3].at(schools, site, whole::<usize>(one.sessions), 0);
                let is_first = enrolments.insert(schools.last(site));
                rates[2].at(schools, site, usize::from(is_first), 0);
                repeats.at(schools, site, 1, usize::from(is_first));
            }
        }
    }
    let ids = ["suspension_rate", "permanent_exclusion_rate", "one_plus_suspension_rate", "sessions_lost"];
    for (tally, id) in rates.into_iter().zip(ids) {
        tally.rates(id, label, out);
    }
    repeats.rates("repeat_suspension_ratio", label, out);
}

/// `suspensions_after_third`: suspensions after a pupil's third of the year, over pupils who reached it.
///
/// `three_suspensions`: of the pupils with a suspension that began in the year, at whatever schools, those with three or
/// more. A pupil is one person under every UPN. For the authority alone.
fn repeated(lives: &Lives, year: i32, end: Day, label: &str, out: &mut Vec<KpiTruth>) {
    let (mut tally, mut after) = (TruthTally::default(), TruthTally::default());
    for pupil in &lives.pupils {
        let count = of_year(pupil, year, end).filter(|one| one.counts()).count();
        if count > 0 {
            tally.count(count >= 3);
        }
        if count >= 3 {
            after.add(None, Amount::whole(count - 3), Amount::whole(1));
        }
    }
    tally.rates("three_suspensions", label, out);
    after.rates("suspensions_after_third", label, out);
}

/// Over enrolments (a pupil at a school, by its last URN) of pupils aged 5 to 15 on the 31 August before the year, with
/// any session possible in it, without those who first came in the second half of the summer term:
///
/// - `persistent_absence`: absent for a tenth of their own possible sessions or more.
/// - `severe_absence`: absent for half of them or more.
///
/// - `part_time_timetable`: with a session of code C2, from 2024/25 on, when the code came.
/// - `off_site_provision`: with a session of code B or K.
///
/// Absent are sessions of the codes C, C2, E, G, I, M, O and U; B and K are not absence. Subsidiary registrations have no
/// sessions.
fn absence(lives: &Lives, year: i32, label: &str, out: &mut Vec<KpiTruth>) {
    let schools = &lives.schools;
    let [mut persistent, mut severe, mut part_time, mut off_site]: [TruthTally; 4] = Default::default();
    let before = Day::of(year, 8, 31);
    let index = whole::<usize>(year - lives.calendar.first);
    for pupil in lives.pupils.iter().filter(|pupil| (5..=15).contains(&pupil.born.age_on(before))) {
        let mut enrolments: BTreeMap<usize, Enrolment> = BTreeMap::new();
        for part in pupil.attendance.iter().filter(|part| part.year_index() == index) {
            let spell = &pupil.spells[part.spell];
            let sums = enrolments.entry(schools.last(spell.site)).or_insert(Enrolment::new(spell.site, spell.from));
            sums.possible += part.possible;
            sums.absent += part.absent();
            sums.part_time += part.part_time();
            sums.off_site += part.off_site();
            sums.first = sums.first.min(spell.from);
        }
        for one in enrolments.into_values().filter(|one| one.possible > 0 && one.first < summer_split(year)) {
            persistent.at(schools, one.site, usize::from(one.absent * 10 >= one.possible), 1);
            severe.at(schools, one.site, usize::from(one.absent * 2 >= one.possible), 1);
            part_time.at(schools, one.site, usize::from(one.part_time > 0), 1);
            off_site.at(schools, one.site, usize::from(one.off_site > 0), 1);
        }
    }
    if year >= FIRST_YEAR_OF_C2_AND_K {
        part_time.rates("part_time_timetable", label, out);
    }
    off_site.rates("off_site_provision", label, out);
    persistent.rates("persistent_absence", label, out);
    severe.rates("severe_absence", label, out);
}

/// The sessions of a pupil at a school in a year.
struct Enrolment {
    site: usize,
    possible: i32,
    absent: i32,
    part_time: i32,
    off_site: i32,
    first: Day,
}

impl Enrolment {
    fn new(site: usize, first: Day) -> Self {
        Self { site, possible: 0, absent: 0, part_time: 0, off_site: 0, first }
    }
}

/// Of the headcount of the January census: `sen_support_prevalence`, pupils with SEN support and no plan;
/// `ehc_prevalence`, pupils with a plan in force.
fn prevalence(lives: &Lives, january: Day, label: &str, out: &mut Vec<KpiTruth>) {
    let (mut support, mut plans) = (TruthTally::default(), TruthTally::default());
    for pupil in &lives.pupils {
        let Some(spell) = pupil.main_spell(january) else { continue };
        let (site, provision) = (pupil.spells[spell].site, lives.provision(pupil, january));
        support.at_any(&lives.schools, site, usize::from(provision == "K"), 1);
        plans.at_any(&lives.schools, site, usize::from(provision == "E"), 1);
    }
    support.rates("sen_support_prevalence", label, out);
    plans.rates("ehc_prevalence", label, out);
}
