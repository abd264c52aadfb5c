//! Truth about suspensions by group of pupils and by reason, and about how far schools differ, by academic year.

use std::collections::{BTreeMap, BTreeSet};

use super::tally::{Amount, KpiTruth, TruthTally, measured};
use crate::sample::calendar::{Season, Term, academic_label, exclusion_year};
use crate::sample::day::Day;
use crate::sample::lives::{Lives, Phase, Pupil, Suspension};

/// Schools of a phase below which no spread between them is told.
const LEAST_SCHOOLS: usize = 5;

/// Reckons every KPI of groups and schools.
pub(super) fn reckon(lives: &Lives, out: &mut Vec<KpiTruth>) {
    for year in lives.calendar.academic_years() {
        let label = academic_label(year);
        let january = Term::new(year, Season::Spring).census_day();
        groups(lives, year, january, &label, out);
        variation(lives, year, january, &label, out);
    }
}

/// The primary need that the January census tells, of a pupil with SEN support or a plan who is on the main roll of a school
/// that the authority's total counts.
fn need(lives: &Lives, pupil: &Pupil, january: Day) -> Option<&'static str> {
    let counts = |spell: &usize| lives.schools.sites[pupil.spells[*spell].site].phase.is_in_totals();
    let is_told = |_: &usize| lives.provision(pupil, january) != "N";
    pupil.main_spell(january).filter(counts).filter(is_told).map(|_| pupil.needs.0)
}

/// Breakdowns of `suspension_rate`, `permanent_exclusion_rate` and `one_plus_suspension_rate`, of the authority:
///
/// - `sen=N`, `K`, `E`: what began while the pupil had that provision, over the headcount that had it in January.
/// - `need=…`: what began in the year for pupils with that primary need in January, over those pupils.
/// - `reason=…`: what has the reason, as first, second or third, over the whole headcount; no row without any.
///
/// All of the schools that the authority's total counts. An enrolment counts in each group in which a suspension found it.
fn groups(lives: &Lives, year: i32, january: Day, label: &str, out: &mut Vec<KpiTruth>) {
    let mut pupils: BTreeMap<String, usize> = BTreeMap::new();
    let mut headcount = 0;
    let mut events: BTreeMap<String, [usize; 3]> = BTreeMap::new();
    let of_group = |one: &Suspension, pupil: &Pupil| -> Vec<String> {
        let mut groups = vec![format!("sen={}", lives.provision(pupil, one.start))];
        groups.extend(need(lives, pupil, january).map(|need| format!("need={need}")));
        groups.extend(one.reasons.iter().map(|reason| format!("reason={reason}")));
        groups
    };
    for pupil in &lives.pupils {
        let counts = |spell: usize| lives.schools.sites[pupil.spells[spell].site].phase.is_in_totals();
        if pupil.main_spell(january).is_some_and(counts) {
            headcount += 1;
            *pupils.entry(format!("sen={}", lives.provision(pupil, january))).or_default() += 1;
            if let Some(need) = need(lives, pupil, january) {
                *pupils.entry(format!("need={need}")).or_default() += 1;
            }
        }
        let mut enrolments = BTreeSet::new();
        let of_year = pupil.suspensions.iter().filter(|one| exclusion_year(one.start) == year);
        for one in of_year.filter(|one| counts(one.spell)) {
            let school = lives.schools.last(pupil.spells[one.spell].site);
            for group in of_group(one, pupil) {
                let counts = events.entry(group.clone()).or_default();
                counts[0] += usize::from(one.counts());
                counts[1] += usize::from(one.is_permanent());
                counts[2] += usize::from(one.counts() && enrolments.insert((group, school)));
            }
        }
    }
    let groups: BTreeSet<&String> = pupils.keys().chain(events.keys()).collect();
    for (index, id) in
        ["suspension_rate", "permanent_exclusion_rate", "one_plus_suspension_rate"].into_iter().enumerate()
    {
        let mut tally = TruthTally::default();
        for group in &groups {
            let count = events.get(*group).map_or(0, |counts| counts[index]);
            let is_reason = group.starts_with("reason=");
            let of = if is_reason { headcount } else { pupils.get(*group).copied().unwrap_or_default() };
            if count > 0 || (of > 0 && !is_reason) {
                tally.group((*group).clone(), Amount::whole(count), Amount::whole(of));
            }
        }
        tally.rates(id, label, out);
    }
}

/// `one_plus_school_variation`: of the schools of a phase (by their last URN, referral units left out) with anybody there
/// in January, each with `y` enrolments suspended of `n` pupils: the standard deviation of their true rates by `DerSimonian`
/// and Laird's moments, and the rate of all, both per 100. With five schools or more, where somebody was suspended and not
/// everybody.
fn variation(lives: &Lives, year: i32, january: Day, label: &str, out: &mut Vec<KpiTruth>) {
    let schools = &lives.schools;
    let mut counted: BTreeMap<(Phase, usize), (f64, f64)> = BTreeMap::new();
    for pupil in &lives.pupils {
        if let Some(spell) = pupil.main_spell(january) {
            let site = pupil.spells[spell].site;
            counted.entry((schools.sites[site].phase, schools.last(site))).or_default().1 += 1.0;
        }
        let of_year = pupil.suspensions.iter().filter(|one| one.counts() && exclusion_year(one.start) == year);
        let sites: BTreeMap<usize, Phase> = of_year
            .map(|one| pupil.spells[one.spell].site)
            .map(|site| (schools.last(site), schools.sites[site].phase))
            .collect();
        for (school, phase) in sites {
            counted.entry((phase, school)).or_default().0 += 1.0;
        }
    }
    for phase in Phase::ALL.into_iter().filter(|phase| phase.is_in_totals()) {
        let of_phase: Vec<(f64, f64)> =
            counted.iter().filter(|((of, _), (_, n))| *of == phase && *n > 0.0).map(|(_, counts)| *counts).collect();
        if of_phase.len() < LEAST_SCHOOLS {
            continue;
        }
        let suspended: f64 = of_phase.iter().map(|(y, _)| y).sum();
        let pupils: f64 = of_phase.iter().map(|(_, n)| n).sum();
        if suspended <= 0.0 || suspended >= pupils {
            continue;
        }
        let squares = of_phase.iter().map(|(y, n)| (1_000_000.0 * y * y / n).round()).sum::<f64>() * 0.000_001;
        let pupils_squared: f64 = of_phase.iter().map(|(_, n)| n * n).sum();
        let rate = suspended / pupils;
        let by_chance = (of_phase.len() - 1) as f64 * rate * (1.0 - rate);
        let variance = (squares - suspended * suspended / pupils - by_chance) / (pupils - pupils_squared / pupils);
        let breakdown = format!("phase={}", phase.word());
        out.push(measured(
            "one_plus_school_variation",
            label,
            breakdown,
            (100.0 * variance.max(0.0).sqrt(), 100.0 * rate),
        ));
    }
}
