//! Truth about each school against the limits of its phase, by academic year.

use std::collections::BTreeMap;

use super::tally::{KpiTruth, measured_at};
use crate::sample::calendar::{Season, Term, academic_label, exclusion_year};
use crate::sample::lives::{Lives, Phase};

/// Schools of a phase below which there are no limits.
const LEAST_SCHOOLS: usize = 5;

/// What is counted at a school in a year.
#[derive(Debug, Default, Clone, Copy)]
struct SchoolCounts {
    /// Headcount of January.
    pupils: f64,
    /// Enrolments with a suspension, and with two or more.
    suspended: f64,
    repeated: f64,
    excluded: f64,
}

/// `one_plus_school_limit` (enrolments suspended of pupils), `repeat_suspension_school_limit` (of these, those suspended twice
/// or more), `permanent_exclusion_school_limit` (of pupils): of each school with anybody there in January, its phase being one
/// that totals count and having five such schools, where somebody is counted and not everybody. The distance of the school
/// from its phase on the scale of arc sines of roots, and its standard error with the variance between schools in it.
pub(super) fn reckon(lives: &Lives, out: &mut Vec<KpiTruth>) {
    for year in lives.calendar.academic_years() {
        let counted = counts(lives, year);
        let label = academic_label(year);
        for phase in Phase::ALL.into_iter().filter(|phase| phase.is_in_totals()) {
            let of_phase: Vec<(usize, SchoolCounts)> = counted
                .iter()
                .filter(|((of, _), counts)| *of == phase && counts.pupils > 0.0)
                .map(|((_, school), counts)| (*school, *counts))
                .collect();
            let mut measure = |id: &'static str, parts: fn(&SchoolCounts) -> (f64, f64)| {
                let parts: Vec<(usize, f64, f64)> = of_phase
                    .iter()
                    .map(|(school, counts)| (*school, parts(counts)))
                    .filter(|(_, (_, base))| *base > 0.0)
                    .map(|(school, (events, base))| (school, events.min(base), base))
                    .collect();
                for (school, difference, error) in limits(&parts) {
                    let code = lives.schools.establishments[school].urn;
                    out.push(measured_at(id, &label, code, (difference, error)));
                }
            };
            measure("one_plus_school_limit", |counts| (counts.suspended, counts.pupils));
            measure("repeat_suspension_school_limit", |counts| (counts.repeated, counts.suspended));
            measure("permanent_exclusion_school_limit", |counts| (counts.excluded, counts.pupils));
        }
    }
}

/// By phase and last establishment.
fn counts(lives: &Lives, year: i32) -> BTreeMap<(Phase, usize), SchoolCounts> {
    let january = Term::new(year, Season::Spring).census_day();
    let schools = &lives.schools;
    let mut counted: BTreeMap<(Phase, usize), SchoolCounts> = BTreeMap::new();
    for pupil in &lives.pupils {
        let at = |spell: usize| {
            let site = pupil.spells[spell].site;
            (schools.sites[site].phase, schools.last(site))
        };
        if let Some(spell) = pupil.main_spell(january) {
            counted.entry(at(spell)).or_default().pupils += 1.0;
        }
        let mut times: BTreeMap<(Phase, usize), usize> = BTreeMap::new();
        for one in pupil.suspensions.iter().filter(|one| exclusion_year(one.start) == year) {
            if one.counts() {
                *times.entry(at(one.spell)).or_default() += 1;
            } else if one.is_permanent() {
                counted.entry(at(one.spell)).or_default().excluded += 1.0;
            }
        }
        for (school, times) in times {
            let counts = counted.entry(school).or_default();
            counts.suspended += 1.0;
            counts.repeated += if times >= 2 { 1.0 } else { 0.0 };
        }
    }
    counted
}

/// Of schools with events and a base each: distance and standard error, where there are limits.
fn limits(schools: &[(usize, f64, f64)]) -> Vec<(usize, f64, f64)> {
    let events: f64 = schools.iter().map(|(_, events, _)| events).sum();
    let bases: f64 = schools.iter().map(|(_, _, base)| base).sum();
    if schools.len() < LEAST_SCHOOLS || events <= 0.0 || events >= bases {
        return Vec::new();
    }
    let target = (events / bases).sqrt().asin();
    let distance = |(_, events, base): &(usize, f64, f64)| (events / base).sqrt().asin() - target;
    let mut scores: Vec<f64> = schools.iter().map(|school| distance(school) * 2.0 * school.2.sqrt()).collect();
    scores.sort_by(f64::total_cmp);
    let (low, high) = (quantile(&scores, 0.1), quantile(&scores, 0.9));
    let squares = scores.iter().map(|score| (1_000_000.0 * score.clamp(low, high).powi(2)).round()).sum::<f64>();
    let bases_squared: f64 = schools.iter().map(|(_, _, base)| base * base).sum();
    let degrees = (schools.len() - 1) as f64;
    let between = (squares * 0.000_001 - degrees) / (4.0 * bases - 4.0 * bases_squared / bases);
    schools
        .iter()
        .map(|school| (school.0, distance(school), (1.0 / (4.0 * school.2) + between.max(0.0)).sqrt()))
        .collect()
}

/// A quantile of sorted values, between the two that are nearest.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in the list")]
    let below = place.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (sorted[above] - sorted[below]) * (place - place.floor())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_as_reckoned_by_hand() {
        // One school of six at twice the share of the others.
        let schools: Vec<(usize, f64, f64)> = (0..6).map(|at| (at, if at == 0 { 40.0 } else { 20.0 }, 100.0)).collect();
        let found = limits(&schools);
        assert_eq!(found.len(), 6);
        let target = (140.0_f64 / 600.0).sqrt().asin();
        assert!((found[0].1 - (0.4_f64.sqrt().asin() - target)).abs() < 1e-12);
        assert!(found[0].2 >= 0.05 && found[0].1 > 0.0 && found[1].1 < 0.0);
        assert!(limits(&schools[..4]).is_empty(), "four schools have no limits");
        assert!(limits(&[(0, 0.0, 9.0); 5]).is_empty(), "nobody is counted");
    }
}
