//! A pupil's life at school: who they are, where they are on roll and when, which needs they have.
//!
//! Each life hangs on the seed and the pupil's number alone. Cohorts are named by the academic year (its first calendar
//! year) in which they enter reception, so that the year group is the academic year less the cohort.

use super::school::{Phase, Schools};
use super::{attendance, suspension};
use crate::sample::calendar::Calendar;
use crate::sample::day::Day;
use crate::sample::dice::{Dice, DiceStream};
use crate::sample::identity::{self, InventedUpn};
use crate::sample::whole;

/// Time on the roll of a school.
#[derive(Debug, Clone)]
pub(in crate::sample) struct Spell {
    pub(in crate::sample) site: usize,
    /// First day on roll.
    pub(in crate::sample) from: Day,
    /// Last day on roll.
    pub(in crate::sample) to: Day,
    /// Registered here as well as at a main school.
    pub(in crate::sample) is_subsidiary: bool,
}

impl Spell {
    pub(in crate::sample) fn covers(&self, day: Day) -> bool {
        self.from <= day && day <= self.to
    }
}

/// A kind of need, as census and SEN2 code it.
pub(in crate::sample) type Need = &'static str;

const NEEDS: [(Need, u32); 12] = [
    ("SEMH", 22),
    ("SLCN", 24),
    ("SPLD", 15),
    ("MLD", 14),
    ("ASD", 13),
    ("PD", 3),
    ("HI", 2),
    ("VI", 1),
    ("SLD", 1),
    ("MSI", 1),
    ("OTH", 3),
    ("NSA", 1),
];

/// When a UPN other than the first comes into use, and which kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UpnPlan {
    One,
    /// Temporary until this day.
    Temporary(Day),
    /// Another permanent one from this day.
    Renumbered(Day),
}

/// A pupil, from entry into the county's schools to leaving them.
#[derive(Debug)]
pub(in crate::sample) struct Pupil {
    pub(in crate::sample) number: u32,
    /// The academic year in which the cohort enters reception.
    pub(in crate::sample) cohort: i32,
    pub(in crate::sample) born: Day,
    pub(in crate::sample) is_female: bool,
    pub(in crate::sample) forename: String,
    pub(in crate::sample) surname: String,
    pub(in crate::sample) postcode: String,
    pub(in crate::sample) language: &'static str,
    ethnicity: &'static str,
    pub(super) upn_plan: UpnPlan,
    /// The authority in whose name the first UPN was given.
    pub(super) upn_authority: u32,
    /// The site at which the county first knew the pupil, and that day.
    pub(super) first: Option<(usize, Day)>,
    /// The day after which the pupil is no longer in the county, for those who go before the end of year 11.
    pub(super) goes: Option<Day>,
    /// Numbers with the first day of each, in order.
    pub(in crate::sample) upns: Vec<(Day, InventedUpn)>,
    /// The first need, and the second where there is one. A pupil without support has needs only once a plan says so.
    pub(in crate::sample) needs: (Need, Option<Need>),
    /// First and last day of SEN support.
    pub(in crate::sample) support: Option<(Day, Day)>,
    /// How often, against others, this pupil is suspended: few carry most.
    pub(super) frailty: f64,
    /// The share of sessions missed, before the days of a term shake it.
    pub(super) absence: f64,
    pub(in crate::sample) spells: Vec<Spell>,
    pub(in crate::sample) suspensions: Vec<suspension::Suspension>,
    pub(in crate::sample) attendance: Vec<attendance::Attendance>,
    /// Requests for assessment of this pupil, by index; filled when casework is simulated.
    pub(in crate::sample) cases: Vec<usize>,
}

impl Pupil {
    /// Lives one life.
    pub(super) fn live(seed: u64, number: u32, cohort: i32, schools: &Schools, calendar: &Calendar) -> Self {
        let dice = &mut Dice::new(seed, DiceStream::Pupil, u64::from(number));
        let born = Day::of(cohort - 5, 9, 1) + dice.between(0, 364);
        let is_special = dice.chance(0.014);
        let has_support = is_special || dice.chance(0.26);
        let need = if is_special { dice.pick(&["SLD", "ASD", "PMLD", "SEMH"]) } else { dice.weighted(&NEEDS) };
        let second = (has_support && dice.chance(0.3)).then(|| dice.weighted(&NEEDS)).filter(|other| *other != need);
        let support_from = Day::of(cohort, 9, 1) + dice.between(60, 2_900);
        let support_to = if dice.chance(0.35) { support_from + dice.between(200, 1_500) } else { Day::NEVER };
        let propensity = 0.052 * dice.gamma(0.9) + if dice.chance(0.03) { 0.25 + 0.5 * dice.unit() } else { 0.0 };
        let mut pupil = Self {
            number,
            cohort,
            born,
            is_female: dice.chance(0.489),
            forename: identity::forename(dice),
            surname: identity::surname(dice),
            postcode: identity::postcode(dice),
            language: dice.weighted(&[("ENG", 93), ("POL", 3), ("POR", 2), ("TAM", 1), ("UKR", 1)]),
            ethnicity: dice.weighted(&[
                ("WBRI", 840),
                ("WOTH", 60),
                ("WIRT", 5),
                ("WROM", 3),
                ("MWAS", 15),
                ("MWBC", 12),
                ("AIND", 12),
                ("APKN", 6),
                ("AOTH", 14),
                ("BAFR", 9),
                ("BOTH", 6),
                ("CHNE", 5),
                ("OOTH", 8),
                ("REFU", 5),
            ]),
            upn_plan: UpnPlan::One,
            upn_authority: identity::AUTHORITY,
            first: None,
            goes: None,
            upns: Vec::new(),
            needs: (need, second),
            support: has_support.then_some((support_from, support_to)),
            frailty: dice.gamma(0.07),
            absence: propensity.min(0.92),
            spells: Vec::new(),
            suspensions: Vec::new(),
            attendance: Vec::new(),
            cases: Vec::new(),
        };
        pupil.enrol(dice, is_special, schools);
        pupil.plan_numbers(dice);
        pupil.spells.retain(|spell| spell.to >= calendar.start());
        suspension::simulate(&mut pupil, seed, schools, calendar);
        attendance::simulate(&mut pupil, seed, calendar);
        pupil
    }

    /// Where the pupil is on roll, as things would go without an exclusion.
    fn enrol(&mut self, dice: &mut Dice, is_special: bool, schools: &Schools) {
        let start = |year: i32| Day::of(year, 9, 3).working();
        let end = |year: i32| Day::of(year + 1, 7, 22);
        let special = if is_special { schools.choose(dice, Phase::Special) } else { None };
        let stays_on = dice.chance(0.6);
        if let Some(site) = special {
            let last = if stays_on { 13 } else { 11 };
            self.push_spell(site, start(self.cohort), end(self.cohort + last));
        } else if let Some(primary) = schools.choose(dice, Phase::Primary) {
            self.push_phase(dice, schools, primary, (start(self.cohort), end(self.cohort + 6)));
            let secondary = if dice.chance(0.75) {
                Some(schools.sites[primary].feeds)
            } else {
                schools.choose(dice, Phase::Secondary)
            };
            if let Some(secondary) = secondary {
                let sixth = schools.establishments[schools.last(secondary)].has_sixth_form && stays_on;
                let last = if sixth { 13 } else { 11 };
                self.push_phase(dice, schools, secondary, (start(self.cohort + 7), end(self.cohort + last)));
            }
        }
        // Some come from elsewhere, and about as many go.
        let whole = 12 * 365;
        if dice.chance(0.12) {
            let arrives = start(self.cohort) + dice.between(30, whole);
            self.upn_authority = dice.pick(&[878, 865, 838, 802, 800]);
            for spell in &mut self.spells {
                spell.from = spell.from.max(arrives.working());
            }
        }
        if dice.chance(0.10) {
            let goes = start(self.cohort) + dice.between(30, whole);
            for spell in &mut self.spells {
                spell.to = spell.to.min(goes);
            }
            self.goes = Some(goes);
        }
        self.spells.retain(|spell| spell.from <= spell.to);
    }

    fn push_spell(&mut self, site: usize, from: Day, to: Day) {
        self.spells.push(Spell { site, from, to, is_subsidiary: false });
    }

    /// A phase at one school, or at two where the family moves in between.
    fn push_phase(&mut self, dice: &mut Dice, schools: &Schools, site: usize, (from, to): (Day, Day)) {
        let phase = schools.sites[site].phase;
        let moves = dice.chance(if phase == Phase::Primary { 0.16 } else { 0.10 });
        let other = if moves { schools.choose(dice, phase).filter(|other| *other != site) } else { None };
        match other {
            Some(other) => {
                let day = from + dice.between(40, (to - from - 40).max(41));
                self.push_spell(site, from, day);
                self.push_spell(other, (day + dice.between(1, 10)).working(), to);
            }
            None => self.push_spell(site, from, to),
        }
    }

    fn plan_numbers(&mut self, dice: &mut Dice) {
        let Some(first) = self.spells.first() else { return };
        self.first = Some((first.site, first.from));
        let day = first.from + dice.between(40, 300);
        let roll = dice.unit();
        self.upn_plan = if roll < 0.025 {
            UpnPlan::Temporary(day)
        } else if roll < 0.035 {
            UpnPlan::Renumbered(first.from + dice.between(200, 2_500))
        } else {
            UpnPlan::One
        };
    }

    /// The number in use on a day.
    pub(in crate::sample) fn upn(&self, day: Day) -> &InventedUpn {
        let now = self.upns.iter().rev().find(|(from, _)| *from <= day);
        &now.unwrap_or(&self.upns[0]).1
    }

    /// The number before the one in use on a day.
    pub(in crate::sample) fn former_upn(&self, day: Day) -> Option<&InventedUpn> {
        let used = self.upns.iter().filter(|(from, _)| *from <= day).count();
        used.checked_sub(2).map(|index| &self.upns[index].1)
    }

    /// Ethnicity by the codes of an academic year: those new in 2024/25 are used from then on.
    pub(in crate::sample) fn ethnicity(&self, year: i32) -> &'static str {
        match self.ethnicity {
            "AOTH" if year >= 2024 && self.number.is_multiple_of(2) => "ABRI",
            "BOTH" if year >= 2024 && self.number.is_multiple_of(2) => "BBRI",
            code => code,
        }
    }

    /// Year group on a day: 0 for reception, 13 at most.
    pub(in crate::sample) fn year_group(&self, academic_year: i32) -> i32 {
        (academic_year - self.cohort).clamp(0, 13)
    }

    /// The spell at a main school on a day.
    pub(in crate::sample) fn main_spell(&self, day: Day) -> Option<usize> {
        self.spells.iter().position(|spell| !spell.is_subsidiary && spell.covers(day))
    }

    /// Enrolment status on a day of one of the spells: `C` current, `M` dual main, `S` dual subsidiary.
    pub(in crate::sample) fn status(&self, spell: usize, day: Day) -> &'static str {
        if self.spells[spell].is_subsidiary {
            "S"
        } else if self.spells.iter().any(|other| other.is_subsidiary && other.covers(day)) {
            "M"
        } else {
            "C"
        }
    }

    /// Whether SEN support is given on a day, were there no plan.
    pub(in crate::sample) fn has_support(&self, day: Day) -> bool {
        self.support.is_some_and(|(from, to)| from <= day && day <= to)
    }
}

/// Year group as the census codes it.
pub(in crate::sample) fn year_code(year_group: i32) -> &'static str {
    const CODES: [&str; 14] = ["R", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13"];
    CODES[whole::<usize>(year_group).min(13)]
}
