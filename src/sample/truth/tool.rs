//! Truth about the Graduated Response Tool, by academic year: which schools use it, how deep, and what they say of it.

use std::collections::{BTreeMap, BTreeSet};

use super::tally::{Amount, KpiTruth, TruthTally};
use crate::sample::calendar::{Season, Term, academic_label, academic_year, term_of};
use crate::sample::lives::{Lives, ToolReturn, ToolUse};

/// Reckons every KPI of the tool.
pub(super) fn reckon(lives: &Lives, out: &mut Vec<KpiTruth>) {
    for year in lives.calendar.academic_years() {
        let label = academic_label(year);
        let uses: Vec<&ToolUse> = lives.tool_uses.iter().filter(|one| academic_year(one.opened) == year).collect();
        reach(lives, &uses, year, &label, out);
        depth(lives, &uses, year, &label, out);
        said(lives, &uses, year, &label, out);
    }
}

/// The schools open on the day of the January census, each once by its last establishment, so that two that merge later
/// count as one already; referral units too. With the word for the phase.
fn schools(lives: &Lives) -> BTreeMap<usize, &'static str> {
    let schools = &lives.schools;
    (0..schools.sites.len()).rev().map(|site| (schools.last(site), schools.sites[site].phase.word())).collect()
}

/// `grt_reach`: of the schools, those where a cycle of the tool was opened in the academic year. By phase. `term=…`: those
/// where one was opened in that term, for each term in which any school opened one.
fn reach(lives: &Lives, uses: &[&ToolUse], year: i32, label: &str, out: &mut Vec<KpiTruth>) {
    let at = |uses: &mut dyn Iterator<Item = &&ToolUse>| -> BTreeSet<usize> {
        uses.map(|one| lives.schools.last(one.site)).collect()
    };
    let used = at(&mut uses.iter());
    let mut tally = TruthTally::default();
    for (school, phase) in schools(lives) {
        let is_using = Amount::whole(usize::from(used.contains(&school)));
        tally.add(Some(format!("phase={phase}")), is_using, Amount::whole(1));
    }
    for season in [Season::Autumn, Season::Spring, Season::Summer] {
        let term = Term::new(year, season);
        let in_term = at(&mut uses.iter().filter(|one| term_of(one.opened) == term));
        for school in schools(lives).keys().filter(|_| !in_term.is_empty()) {
            let is_using = Amount::whole(usize::from(in_term.contains(school)));
            tally.group(format!("term={}", term.word()), is_using, Amount::whole(1));
        }
    }
    if !uses.is_empty() {
        tally.rates("grt_reach", label, out);
    }
}

/// `grt_cycles_per_pupil`: cycles opened in the academic year over the pupils that they are about, also by level.
///
/// `grt_use_per_1000`: pupils with a cycle opened in the year over pupils of the January headcount with SEN support. By
/// the phase of the school of the cycle, and of the enrolment.
fn depth(lives: &Lives, uses: &[&ToolUse], year: i32, label: &str, out: &mut Vec<KpiTruth>) {
    let (mut cycles, mut share) = (TruthTally::default(), TruthTally::default());
    let mut of_group: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    let mut of_phase: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    for one in uses {
        for group in ["total".to_owned(), format!("level={}", one.level)] {
            cycles.group(group.clone(), Amount::whole(1), Amount::default());
            of_group.entry(group).or_default().insert(one.pupil);
        }
        for group in ["total".to_owned(), format!("phase={}", lives.schools.sites[one.site].phase.word())] {
            of_phase.entry(group).or_default().insert(one.pupil);
        }
    }
    for (group, pupils) in of_group {
        cycles.group(group, Amount::default(), Amount::whole(pupils.len()));
    }
    cycles.rates("grt_cycles_per_pupil", label, out);
    for (group, pupils) in of_phase {
        share.group(group, Amount::whole(pupils.len()), Amount::default());
    }
    let january = Term::new(year, Season::Spring).census_day();
    for pupil in &lives.pupils {
        if let Some(spell) = pupil.main_spell(january).filter(|_| lives.provision(pupil, january) == "K") {
            let phase = lives.schools.sites[pupil.spells[spell].site].phase.word();
            share.add(Some(format!("phase={phase}")), Amount::default(), Amount::whole(1));
        }
    }
    if !uses.is_empty() {
        share.rates("grt_use_per_1000", label, out);
    }
}

/// From the last return of the academic year of each school, by its last establishment; of two that merge later, in one
/// term, that with the higher number:
///
/// - `grt_embed_level`: of the schools that returned, those in which the tool is used in the whole school (level 3), and
///   the share of each level.
/// - `grt_senco_trained`: of them, those whose SENCO has had the training.
///
/// `grt_schools_without_use`: schools without a cycle in the year, also by phase, and by what their returns of the year
/// say: plans of pupils, none, or nothing at all.
fn said(lives: &Lives, uses: &[&ToolUse], year: i32, label: &str, out: &mut Vec<KpiTruth>) {
    let mut returns: BTreeMap<usize, Vec<&ToolReturn>> = BTreeMap::new();
    let school_of = |establishment: usize| {
        let site = lives.schools.sites.iter().position(|site| site.chain.contains(&establishment));
        site.map_or(establishment, |site| lives.schools.last(site))
    };
    for one in lives.tool_returns.iter().filter(|one| one.term.year == year) {
        returns.entry(school_of(one.establishment)).or_default().push(one);
    }
    let (mut levels, mut trained) = (TruthTally::default(), TruthTally::default());
    let urn = |one: &ToolReturn| lives.schools.establishments[one.establishment].urn;
    for last in returns.values().filter_map(|of| of.iter().max_by_key(|one| (one.term, urn(one)))) {
        levels.count(last.embed_level == 3);
        for level in 0..=3 {
            let holds = usize::from(last.embed_level == level);
            levels.group(format!("level={level}"), Amount::whole(holds), Amount::whole(1));
        }
        trained.count(last.is_senco_trained);
    }
    levels.rates("grt_embed_level", label, out);
    trained.rates("grt_senco_trained", label, out);

    let used: BTreeSet<usize> = uses.iter().map(|one| lives.schools.last(one.site)).collect();
    let mut without = TruthTally::default();
    for (school, phase) in schools(lives) {
        let says = returns.get(&school).map(|of| of.iter().any(|one| one.pupils_with_plan > 0));
        let groups = [
            ("total".to_owned(), true),
            (format!("phase={phase}"), true),
            ("said=pupils have plans".to_owned(), says == Some(true)),
            ("said=no pupil has a plan".to_owned(), says == Some(false)),
            ("said=nothing".to_owned(), says.is_none()),
        ];
        for (group, holds) in groups {
            let is_without = holds && !used.contains(&school);
            without.group(group, Amount::whole(usize::from(is_without)), Amount::default());
        }
    }
    if !uses.is_empty() {
        without.counts("grt_schools_without_use", label, out);
    }
}
