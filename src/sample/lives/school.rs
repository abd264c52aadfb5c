//! The county's schools: what they are, how big, how strict, and what becomes of them.
//!
//! A *site* is a school as children know it; an *establishment* is what GIAS numbers. A site that converts to an academy
//! goes from one establishment to another, two sites that merge end in the same one. Figures by school speak for the
//! last establishment of a site, so that each school has one series.

use crate::sample::calendar::Calendar;
use crate::sample::day::Day;
use crate::sample::dice::{Dice, DiceStream};
use crate::sample::identity;
use crate::sample::whole;

/// What a school teaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::sample) enum Phase {
    Primary,
    Secondary,
    Special,
    Pru,
}

impl Phase {
    pub(in crate::sample) const ALL: [Self; 4] = [Self::Primary, Self::Secondary, Self::Special, Self::Pru];

    /// As breakdowns write it: `primary`, `secondary`, `special`, `pru`.
    pub(in crate::sample) fn word(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Secondary => "secondary",
            Self::Special => "special",
            Self::Pru => "pru",
        }
    }

    /// Whether an authority's total counts its schools where suspensions and absence are concerned: state-funded primary,
    /// secondary and special schools, as the department's published totals do (domain notes 7).
    pub(in crate::sample) fn is_in_totals(self) -> bool {
        self != Self::Pru
    }
}

/// A school that its phase alone does not describe, and that counts under its phase nevertheless.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sample) enum Deemed {
    /// Nothing more to say.
    Plain,
    /// A middle school: deemed primary or deemed secondary.
    Middle,
    /// All-through: counts as secondary.
    AllThrough,
    /// A non-maintained special school: counts as special.
    NonMaintained,
}

impl Deemed {
    fn draw(dice: &mut Dice, phase: Phase) -> Self {
        match phase {
            Phase::Primary if dice.chance(0.15) => Self::Middle,
            Phase::Secondary if dice.chance(0.3) => Self::AllThrough,
            Phase::Secondary if dice.chance(0.2) => Self::Middle,
            Phase::Special if dice.chance(0.3) => Self::NonMaintained,
            _ => Self::Plain,
        }
    }
}

/// Why an establishment began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sample) enum Origin {
    /// It was there before the lives begin.
    Old,
    /// The academy of one school that closed the day before.
    Converted,
    /// One school out of two that closed the day before.
    Merged,
}

/// What GIAS gives a number to.
#[derive(Debug, Clone)]
pub(in crate::sample) struct Establishment {
    /// Six digits, from 990001: GIAS has not come near them.
    pub(in crate::sample) urn: u32,
    /// Four digits, in the range of its phase.
    pub(in crate::sample) number: u32,
    pub(in crate::sample) name: String,
    pub(in crate::sample) phase: Phase,
    /// What it is besides its phase, which it counts under all the same.
    pub(in crate::sample) deemed: Deemed,
    pub(in crate::sample) is_academy: bool,
    pub(in crate::sample) has_sixth_form: bool,
    pub(in crate::sample) opened: Day,
    /// The last day, where it closed.
    pub(in crate::sample) closed: Option<Day>,
    pub(in crate::sample) origin: Origin,
    /// Establishments that it follows, by index.
    pub(in crate::sample) before: Vec<usize>,
    pub(in crate::sample) postcode: String,
}

impl Establishment {
    /// Authority and number: `9332601`.
    pub(in crate::sample) fn laestab(&self) -> u32 {
        identity::AUTHORITY * 10_000 + self.number
    }
}

/// A school as children know it.
#[derive(Debug, Clone)]
pub(in crate::sample) struct Site {
    pub(in crate::sample) phase: Phase,
    /// Its establishments in order of time, by index.
    pub(in crate::sample) chain: Vec<usize>,
    /// How many choose it, against its phase's mean of about 1.
    weight: f64,
    /// How readily it suspends; the mean is 1.
    pub(in crate::sample) severity: f64,
    /// The day from which it uses the Graduated Response Tool, if it ever does.
    pub(in crate::sample) tool_from: Option<Day>,
    /// The secondary school that its pupils mostly go to (primary schools).
    pub(in crate::sample) feeds: usize,
}

/// Every school of the county.
#[derive(Debug)]
pub(in crate::sample) struct Schools {
    pub(in crate::sample) sites: Vec<Site>,
    pub(in crate::sample) establishments: Vec<Establishment>,
}

/// How many schools of each phase a county of this many has, in the order of [`Phase::ALL`].
fn shares(schools: usize) -> [usize; 4] {
    let pru = if schools < 6 { 0 } else { (schools / 60).clamp(1, 20) };
    let special = if schools < 4 { 0 } else { (schools / 25).clamp(1, 35) };
    let secondary = (schools * 13 / 100).max(1);
    [schools - pru - special - secondary, secondary, special, pru]
}

impl Schools {
    /// Founds the schools of a county. `schools` is at least 2 and at most 900.
    pub(in crate::sample) fn found(seed: u64, schools: usize, calendar: &Calendar) -> Self {
        let mut county = Self { sites: Vec::new(), establishments: Vec::new() };
        let counts = shares(schools);
        for (phase, count) in Phase::ALL.into_iter().zip(counts) {
            for index in 0..count {
                let number = county.sites.len();
                let dice = &mut Dice::new(seed, DiceStream::School, number as u64);
                county.found_site(dice, seed, (phase, index), calendar);
                if phase == Phase::Primary {
                    county.sites[number].feeds = counts[0] + index * counts[1] / counts[0];
                }
            }
        }
        county.merge_two(seed, counts[0], calendar);
        county
    }

    fn found_site(&mut self, dice: &mut Dice, seed: u64, (phase, index): (Phase, usize), calendar: &Calendar) {
        let (base, word, spread) = match phase {
            Phase::Primary => (2_600, "Primary School", 0.5),
            Phase::Secondary => (4_700, "School", 0.3),
            Phase::Special => (7_060, "Special School", 0.3),
            Phase::Pru => (1_160, "Pupil Referral Unit", 0.2),
        };
        let place = identity::place(dice);
        let establishment = Establishment {
            urn: 990_001 + whole::<u32>(self.establishments.len()),
            number: base + whole::<u32>(index),
            name: format!("{place} {word}"),
            phase,
            deemed: Deemed::draw(&mut Dice::new(seed, DiceStream::Deemed, self.sites.len() as u64), phase),
            is_academy: dice.chance(0.3) && phase != Phase::Pru,
            has_sixth_form: phase == Phase::Secondary && dice.chance(0.4),
            opened: Day::of(dice.between(1950, 2010), 9, 1),
            closed: None,
            origin: Origin::Old,
            before: Vec::new(),
            postcode: identity::postcode(dice),
        };
        let weight = (spread * dice.normal()).exp();
        let severity = 0.25 + 0.75 * dice.gamma(2.5);
        let adopts = calendar.start() + dice.between(-300, calendar.end() - calendar.start());
        let tool_from = (dice.chance(0.8) && phase != Phase::Pru).then_some(adopts);
        let mut chain = vec![self.establishments.len()];
        let can_convert = !establishment.is_academy && matches!(phase, Phase::Primary | Phase::Secondary);
        self.establishments.push(establishment);
        if can_convert && dice.chance(0.2) {
            let (year, (month, later)) =
                (calendar.first + dice.between(0, calendar.years - 1), dice.pick(&[(9, 0), (1, 1), (2, 1), (4, 1)]));
            let day = Day::of(year + later, month, 1);
            let keeps_number = dice.chance(0.6);
            if day > calendar.start() {
                chain.push(self.succeed(&[chain[0]], day, Origin::Converted, keeps_number));
            }
        }
        self.sites.push(Site { phase, chain, weight, severity, tool_from, feeds: 0 });
    }

    /// Closes establishments and opens the one that follows them; gives its index.
    fn succeed(&mut self, before: &[usize], day: Day, origin: Origin, keeps_number: bool) -> usize {
        let index = self.establishments.len();
        let old = self.establishments[before[0]].clone();
        for closed in before {
            self.establishments[*closed].closed = Some(day - 1);
        }
        let fresh = self.establishments.iter().filter(|known| known.origin != Origin::Old).count();
        let base = if old.phase == Phase::Primary { 3_600 } else { 4_850 };
        let name = match origin {
            Origin::Converted => old.name.replace("School", "Academy"),
            Origin::Merged | Origin::Old => old.name.replace("Primary", "Community Primary"),
        };
        self.establishments.push(Establishment {
            urn: 990_001 + whole::<u32>(index),
            number: if keeps_number { old.number } else { base + whole::<u32>(fresh) },
            name,
            is_academy: origin == Origin::Converted,
            opened: day,
            closed: None,
            origin,
            before: before.to_vec(),
            ..old
        });
        index
    }

    /// In a county of some size two primary schools become one, on 1 September of the second year.
    fn merge_two(&mut self, seed: u64, primaries: usize, calendar: &Calendar) {
        if primaries < 12 || calendar.years < 2 {
            return;
        }
        let day = Day::of(calendar.first + 1, 9, 1);
        let unchanged: Vec<usize> = (0..primaries).filter(|site| self.sites[*site].chain.len() == 1).collect();
        let first = Dice::new(seed, DiceStream::School, 1_000_000).below(unchanged.len().saturating_sub(1));
        if let Some([one, other]) = unchanged.get(first..first + 2) {
            let before = [self.sites[*one].chain[0], self.sites[*other].chain[0]];
            let merged = self.succeed(&before, day, Origin::Merged, false);
            self.sites[*one].chain.push(merged);
            self.sites[*other].chain.push(merged);
        }
    }

    /// The establishment of a site on a day.
    pub(in crate::sample) fn on(&self, site: usize, day: Day) -> usize {
        let chain = &self.sites[site].chain;
        let later = chain.iter().rev().find(|index| self.establishments[**index].opened <= day);
        *later.unwrap_or(&chain[0])
    }

    /// The establishment in which a site ends: the one that figures by school speak for.
    pub(in crate::sample) fn last(&self, site: usize) -> usize {
        let chain = &self.sites[site].chain;
        chain[chain.len() - 1]
    }

    /// The reference number that figures of a site carry.
    pub(in crate::sample) fn code(&self, site: usize) -> u32 {
        self.establishments[self.last(site)].urn
    }

    /// A site of a phase, by weight; none where the county has no such school.
    pub(in crate::sample) fn choose(&self, dice: &mut Dice, phase: Phase) -> Option<usize> {
        let candidates = || self.sites.iter().enumerate().filter(|(_, site)| site.phase == phase);
        let total: f64 = candidates().map(|(_, site)| site.weight).sum();
        let mut left = dice.unit() * total;
        let mut last = None;
        for (index, site) in candidates() {
            last = Some(index);
            left -= site.weight;
            if left < 0.0 {
                break;
            }
        }
        last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_site_has_one_establishment_on_every_day() {
        let calendar = Calendar::new(2018, 6);
        let county = Schools::found(7, 120, &calendar);
        assert_eq!(county.sites.len(), 120);
        assert!(county.sites.iter().any(|site| site.chain.len() == 2));
        for (index, site) in county.sites.iter().enumerate() {
            for pair in site.chain.windows(2) {
                let (old, new) = (&county.establishments[pair[0]], &county.establishments[pair[1]]);
                assert_eq!(old.closed, Some(new.opened - 1));
                assert_eq!(county.on(index, new.opened), pair[1]);
                assert_eq!(county.on(index, new.opened - 1), pair[0]);
            }
        }
        let merged = county.establishments.iter().find(|one| one.origin == Origin::Merged).unwrap();
        assert_eq!(merged.before.len(), 2);
        let urns: std::collections::BTreeSet<u32> = county.establishments.iter().map(|one| one.urn).collect();
        assert_eq!(urns.len(), county.establishments.len());
    }

    #[test]
    fn the_smallest_county_has_both_phases() {
        let county = Schools::found(1, 2, &Calendar::new(2023, 1));
        let phases: Vec<Phase> = county.sites.iter().map(|site| site.phase).collect();
        assert_eq!(phases, [Phase::Primary, Phase::Secondary]);
    }
}
