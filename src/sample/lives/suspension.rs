//! Suspensions and permanent exclusions as they happen.
//!
//! Counts are gamma-Poisson: a pupil's frailty times the rate of the year group, the school's severity, need, sex and
//! the trend of the years. Starts are school days of the term, never while another suspension runs, and no pupil misses
//! more than 45 school days (90 sessions) in an academic year. One permanent exclusion ends the time at the school.

use super::pupil::{Pupil, Spell};
use super::school::{Phase, Schools};
use crate::sample::calendar::{Calendar, Season, Term, academic_year, exclusion_year, summer_split, term_of};
use crate::sample::day::Day;
use crate::sample::dice::{Dice, DiceStream};
use crate::sample::whole;

/// Kind of exclusion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::sample) enum Category {
    Suspension,
    Lunchtime,
    Permanent,
}

/// One suspension or permanent exclusion.
#[derive(Debug, Clone)]
pub(in crate::sample) struct Suspension {
    /// The spell at whose school it happened.
    pub(in crate::sample) spell: usize,
    pub(in crate::sample) start: Day,
    /// Half days missed; 0 for a permanent exclusion.
    pub(in crate::sample) sessions: i32,
    /// One to three reasons, by the codes of its year.
    pub(in crate::sample) reasons: Vec<&'static str>,
    pub(in crate::sample) category: Category,
    /// Sessions and first reason as the school first told them, where it told them wrong and mended it in the next census.
    pub(in crate::sample) first_told: Option<(i32, &'static str)>,
    /// Told once, then withdrawn: governors reinstated the pupil. It counts in no figure.
    pub(in crate::sample) is_withdrawn: bool,
}

impl Suspension {
    /// Whether it counts as a suspension (lunchtimes included) in figures.
    pub(in crate::sample) fn counts(&self) -> bool {
        !self.is_withdrawn && self.category != Category::Permanent
    }

    /// Whether it counts as a permanent exclusion in figures.
    pub(in crate::sample) fn is_permanent(&self) -> bool {
        !self.is_withdrawn && self.category == Category::Permanent
    }
}

/// Suspensions a year and pupil by year group, reception to 13, before everything else.
const RATES: [f64; 14] = [0.02, 0.02, 0.03, 0.035, 0.04, 0.05, 0.05, 0.30, 0.40, 0.46, 0.46, 0.36, 0.03, 0.02];

const REASONS: [(&str, u32); 16] = [
    ("DB", 46),
    ("VA", 15),
    ("PP", 13),
    ("VP", 5),
    ("PA", 6),
    ("DA", 4),
    ("DM", 3),
    ("OW", 1),
    ("BU", 1),
    ("RA", 1),
    ("LG", 1),
    ("DS", 1),
    ("SM", 1),
    ("TH", 1),
    ("MT", 1),
    ("PH", 1),
];
const REASONS_BEFORE_2020: [(&str, u32); 12] = [
    ("DB", 34),
    ("VA", 16),
    ("PP", 18),
    ("VP", 5),
    ("PA", 7),
    ("DA", 4),
    ("DM", 3),
    ("BU", 1),
    ("RA", 1),
    ("SM", 1),
    ("TH", 1),
    ("OT", 9),
];
const REASONS_NEW_IN_2026: [(&str, u32); 13] = [
    ("BW", 2),
    ("TB", 2),
    ("SB", 2),
    ("MB", 2),
    ("AB", 1),
    ("DR", 4),
    ("AR", 2),
    ("SR", 2),
    ("VR", 8),
    ("LD", 20),
    ("CB", 14),
    ("MP", 8),
    ("OS", 3),
];

fn reason(dice: &mut Dice, year: i32) -> &'static str {
    match year {
        ..2020 => dice.weighted(&REASONS_BEFORE_2020),
        2026.. if dice.chance(0.4) => dice.weighted(&REASONS_NEW_IN_2026),
        _ => dice.weighted(&REASONS),
    }
}

fn reasons(dice: &mut Dice, year: i32) -> Vec<&'static str> {
    let wanted = if year < 2020 { 1 } else { dice.weighted(&[(1, 78), (2, 16), (3, 6)]) };
    let mut told = Vec::with_capacity(wanted);
    for _ in 0..wanted {
        let code = reason(dice, year);
        if !told.contains(&code) {
            told.push(code);
        }
    }
    told
}

/// Lets the suspensions of a life happen, term by term.
pub(super) fn simulate(pupil: &mut Pupil, seed: u64, schools: &Schools, calendar: &Calendar) {
    let dice = &mut Dice::new(seed, DiceStream::Suspension, u64::from(pupil.number));
    let mut is_excluded = false;
    for year in calendar.academic_years() {
        let group = year - pupil.cohort;
        if !(0..=13).contains(&group) {
            continue;
        }
        // Ten fewer than the law allows: what a school first tells wrong stays within it too.
        let mut sessions_left = 80;
        let mut of_year = 0;
        for (season, share) in [(Season::Autumn, 0.40), (Season::Spring, 0.33), (Season::Summer, 0.27)] {
            let term = Term::new(year, season);
            let mut free_from = term.first_day();
            for start in starts(pupil, dice, (term, share), schools, calendar) {
                let Some(spell) = pupil.main_spell(start) else { continue };
                if start < free_from || sessions_left < 2 {
                    continue;
                }
                let is_last_term = season == Season::Summer && year == calendar.academic_years().end - 1;
                let can_exclude = !is_excluded && schools.sites[pupil.spells[spell].site].phase != Phase::Pru;
                let one = happen(pupil, dice, (spell, start), sessions_left, can_exclude, is_last_term, calendar);
                sessions_left -= one.sessions;
                of_year += 1;
                free_from = calendar.school_days_after(start, whole::<usize>(one.sessions) / 2 + 1);
                if one.is_permanent() {
                    is_excluded = true;
                    move_on(pupil, dice, (spell, start), schools, calendar);
                    free_from = pupil.spells[spell].to + 1;
                } else if of_year == 4 && dice.chance(0.2) {
                    register_elsewhere(pupil, dice, (spell, start), schools);
                }
                pupil.suspensions.push(one);
            }
        }
        in_august(pupil, seed, year, calendar);
    }
}

/// Now and then a suspension begins in the last days of August, before the pupil is due in: results were given out, or
/// something happened in the holidays. Only of pupils who are at the school when it opens, and are not suspended that autumn.
fn in_august(pupil: &mut Pupil, seed: u64, year: i32, calendar: &Calendar) {
    let dice = &mut Dice::new(
        seed,
        DiceStream::August,
        (u64::from(pupil.number) << 8) | u64::from((year & 0xFF).unsigned_abs()),
    );
    let start = Day::of(year, 8, dice.between(27, 31));
    let autumn = Term::new(year, Season::Autumn);
    let opens = calendar.school_days_after(start, 1);
    let is_quiet =
        !pupil.suspensions.iter().any(|one| exclusion_year(one.start) == year && one.start <= autumn.last_day());
    let spell = pupil.main_spell(start).filter(|spell| pupil.main_spell(opens + 7) == Some(*spell));
    if year == calendar.first || !dice.chance(0.004) || !is_quiet {
        return;
    }
    let Some(spell) = spell else { return };
    pupil.suspensions.push(Suspension {
        spell,
        start,
        sessions: dice.between(1, 4),
        reasons: reasons(dice, year),
        category: Category::Suspension,
        first_told: None,
        is_withdrawn: false,
    });
    pupil.suspensions.sort_by_key(|one| one.start);
}

/// The days on which something happens in a term, in order.
fn starts(
    pupil: &Pupil,
    dice: &mut Dice,
    (term, share): (Term, f64),
    schools: &Schools,
    calendar: &Calendar,
) -> Vec<Day> {
    let days = calendar.school_days(term.first_day(), term.last_day());
    let Some(spell) = days.iter().find_map(|day| pupil.main_spell(*day)) else { return Vec::new() };
    let site = &schools.sites[pupil.spells[spell].site];
    let group = whole::<usize>(pupil.year_group(term.year));
    let rate = match site.phase {
        Phase::Primary | Phase::Secondary => RATES[group.min(13)],
        Phase::Special => 0.24,
        Phase::Pru => 0.8,
    };
    let need = if pupil.has_support(term.first_day()) { if pupil.needs.0 == "SEMH" { 4.0 } else { 1.8 } } else { 0.7 };
    let sex = if pupil.is_female { 0.7 } else { 1.25 };
    let trend = 1.0 + 0.05 * f64::from(term.year - calendar.first);
    let mean = (rate * pupil.frailty * site.severity * need * sex * trend).min(12.0) * share;
    let mut starts: Vec<Day> = (0..dice.poisson(mean)).map(|_| dice.pick(days)).collect();
    starts.sort_unstable();
    starts
}

fn happen(
    pupil: &Pupil,
    dice: &mut Dice,
    (spell, start): (usize, Day),
    sessions_left: i32,
    can_exclude: bool,
    is_told_once: bool,
    calendar: &Calendar,
) -> Suspension {
    let year = academic_year(start);
    let category = if can_exclude && pupil.frailty > 1.0 && dice.chance(0.012) {
        Category::Permanent
    } else if dice.chance(0.03) {
        Category::Lunchtime
    } else {
        Category::Suspension
    };
    let wanted = match category {
        Category::Permanent => 0,
        Category::Lunchtime => dice.between(1, 5),
        Category::Suspension => dice.weighted(&[(2, 45), (1, 8), (4, 22), (6, 13), (3, 2), (10, 8), (20, 2)]),
    };
    // It ends with the part of the year for which attendance is returned, so that its sessions are counted there.
    let term = term_of(start);
    let split = summer_split(year);
    let part_end = if term.season == Season::Summer && start < split { split - 1 } else { term.last_day() };
    let due = calendar.school_days(start, part_end.min(pupil.spells[spell].to)).len();
    let sessions = wanted.min(whole::<i32>(due) * 2).min(sessions_left);
    let reasons = reasons(dice, year);
    let is_withdrawn = dice.chance(if category == Category::Permanent { 0.08 } else { 0.01 }) && !is_told_once;
    let is_told_wrong = dice.chance(0.05) && !is_told_once && category == Category::Suspension;
    let first_told = is_told_wrong
        .then(|| if dice.chance(0.6) { (sessions + 2, reasons[0]) } else { (sessions, reason(dice, year)) });
    Suspension { spell, start, sessions, reasons, category, first_told, is_withdrawn }
}

/// After a permanent exclusion: off the roll when governors have confirmed it, then a referral unit or another school.
fn move_on(pupil: &mut Pupil, dice: &mut Dice, (spell, start): (usize, Day), schools: &Schools, calendar: &Calendar) {
    let old = pupil.spells[spell].clone();
    let leaves = calendar.school_days_after(start, 15).min(old.to);
    pupil.spells[spell].to = leaves;
    for other in &mut pupil.spells {
        if other.is_subsidiary && other.to > leaves {
            other.to = leaves;
        }
    }
    let phase = schools.sites[old.site].phase;
    let unit = if dice.chance(0.75) { schools.choose(dice, Phase::Pru) } else { None };
    let Some(next) = unit.or_else(|| schools.choose(dice, phase).filter(|site| *site != old.site)) else { return };
    let from = calendar.school_days_after(leaves, 6);
    if from <= old.to {
        pupil.spells.push(Spell { site: next, from, to: old.to, is_subsidiary: false });
    }
}

/// Some weeks at a referral unit beside the main school.
fn register_elsewhere(pupil: &mut Pupil, dice: &mut Dice, (spell, start): (usize, Day), schools: &Schools) {
    let Some(site) = schools.choose(dice, Phase::Pru) else { return };
    let main = &pupil.spells[spell];
    if main.site == site || pupil.spells.iter().any(|other| other.is_subsidiary) {
        return;
    }
    let from = (start + dice.between(7, 21)).working();
    let to = (from + dice.between(40, 90)).min(main.to);
    if from < to {
        pupil.spells.push(Spell { site, from, to, is_subsidiary: true });
    }
}
