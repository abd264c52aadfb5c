//! The county's school calendar, reckoned by rule so that it needs no table: terms, half terms, bank holidays, census days.
//!
//! | term | first day | last day | half term |
//! |---|---|---|---|
//! | autumn | first weekday from 3 September | last weekday up to 20 December | the week with 28 October |
//! | spring | first Monday from 4 January | ninth day before Easter Sunday | the first week from 12 February |
//! | summer | eighth day after Easter Sunday | last weekday up to 22 July | the week of the last Monday in May |
//!
//! The first Monday in May is no school day. Without gaps, as registers and the calendar have them, terms run from 1 September
//! to 31 December, to Easter Sunday, and from Easter Monday to 31 August. For suspensions and exclusions the department's
//! year begins on 1 August instead (its methodology, 4.1; domain notes 7): [`exclusion_term_of`]. A census is taken on the
//! first Thursday of October, the third Thursday of January and the third Thursday of May.

use super::day::Day;
use crate::sample::whole;

/// One of the three terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Season {
    Autumn,
    Spring,
    Summer,
}

/// A term of an academic year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Term {
    /// The calendar year in which the academic year begins.
    pub(super) year: i32,
    pub(super) season: Season,
}

impl Term {
    pub(super) const fn new(year: i32, season: Season) -> Self {
        Self { year, season }
    }

    /// The calendar year of the term itself, as file names of the census have it.
    pub(super) fn calendar_year(self) -> i32 {
        if self.season == Season::Autumn { self.year } else { self.year + 1 }
    }

    /// `autumn`, `spring`, `summer`.
    pub(super) fn word(self) -> &'static str {
        match self.season {
            Season::Autumn => "autumn",
            Season::Spring => "spring",
            Season::Summer => "summer",
        }
    }

    /// `AUT`, `SPR`, `SUM`, as the census header has it.
    pub(super) fn code(self) -> &'static str {
        match self.season {
            Season::Autumn => "AUT",
            Season::Spring => "SPR",
            Season::Summer => "SUM",
        }
    }

    /// The first day, without gaps between terms.
    pub(super) fn first_day(self) -> Day {
        match self.season {
            Season::Autumn => Day::of(self.year, 9, 1),
            Season::Spring => Day::of(self.year + 1, 1, 1),
            Season::Summer => easter(self.year + 1) + 1,
        }
    }

    /// The last day, without gaps between terms.
    pub(super) fn last_day(self) -> Day {
        match self.season {
            Season::Autumn => Day::of(self.year, 12, 31),
            Season::Spring => easter(self.year + 1),
            Season::Summer => Day::of(self.year + 1, 8, 31),
        }
    }

    /// The term before.
    pub(super) fn before(self) -> Self {
        match self.season {
            Season::Autumn => Self::new(self.year - 1, Season::Summer),
            Season::Spring => Self::new(self.year, Season::Autumn),
            Season::Summer => Self::new(self.year, Season::Spring),
        }
    }

    /// The term after.
    pub(super) fn after(self) -> Self {
        match self.season {
            Season::Autumn => Self::new(self.year, Season::Spring),
            Season::Spring => Self::new(self.year, Season::Summer),
            Season::Summer => Self::new(self.year + 1, Season::Autumn),
        }
    }

    /// The day for which the census counts its pupils.
    pub(super) fn census_day(self) -> Day {
        let thursday = |from: Day| from.on_or_after(3);
        match self.season {
            Season::Autumn => thursday(Day::of(self.year, 10, 1)),
            Season::Spring => thursday(Day::of(self.year + 1, 1, 15)),
            Season::Summer => thursday(Day::of(self.year + 1, 5, 15)),
        }
    }
}

/// Easter Sunday of a year (Meeus, Jones, Butcher).
#[expect(clippy::many_single_char_names, reason = "the letters of the published method")]
pub(super) fn easter(year: i32) -> Day {
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let month = (h + l - 7 * m + 114) / 31;
    let day = (h + l - 7 * m + 114) % 31 + 1;
    Day::of(year, month, day)
}

/// The academic year (by its first calendar year) in which a day lies: 1 September to 31 August.
pub(super) fn academic_year(day: Day) -> i32 {
    let (year, month, _) = day.ymd();
    if month >= 9 { year } else { year - 1 }
}

/// `2023/24`.
pub(super) fn academic_label(year: i32) -> String {
    format!("{year}/{:02}", (year + 1) % 100)
}

/// The term in which a day lies, without gaps between terms.
pub(super) fn term_of(day: Day) -> Term {
    let year = academic_year(day);
    [Season::Autumn, Season::Spring]
        .into_iter()
        .map(|season| Term::new(year, season))
        .find(|term| day <= term.last_day())
        .unwrap_or(Term::new(year, Season::Summer))
}

/// The academic year in which a suspension or exclusion counts that begins on a day: 1 August to 31 July.
pub(super) fn exclusion_year(day: Day) -> i32 {
    let (year, month, _) = day.ymd();
    if month >= 8 { year } else { year - 1 }
}

/// The term in which a suspension or exclusion counts that begins on a day: autumn from 1 August.
pub(super) fn exclusion_term_of(day: Day) -> Term {
    let year = exclusion_year(day);
    if year == academic_year(day) { term_of(day) } else { Term::new(year, Season::Autumn) }
}

/// A part of an academic year for which attendance is returned: the summer term has two.
pub(super) const SLOTS_A_YEAR: usize = 4;

/// Every school day of a span of years.
#[derive(Debug)]
pub(super) struct Calendar {
    /// The first academic year of the lives.
    pub(super) first: i32,
    /// How many academic years the lives have.
    pub(super) years: i32,
    /// Every school day from a year before the lives to a year after, in order.
    days: Vec<Day>,
}

impl Calendar {
    pub(super) fn new(first: i32, years: i32) -> Self {
        let days = (first - 1..=first + years)
            .flat_map(|year| [Season::Autumn, Season::Spring, Season::Summer].map(|season| Term::new(year, season)))
            .flat_map(days_of)
            .collect();
        Self { first, years, days }
    }

    /// The first day of the lives.
    pub(super) fn start(&self) -> Day {
        Day::of(self.first, 9, 1)
    }

    /// The last day of the lives.
    pub(super) fn end(&self) -> Day {
        Day::of(self.first + self.years, 8, 31)
    }

    /// The academic years of the lives.
    pub(super) fn academic_years(&self) -> std::ops::Range<i32> {
        self.first..self.first + self.years
    }

    /// The terms of the lives, and the autumn after them, whose census reports the last summer.
    pub(super) fn censuses(&self) -> Vec<Term> {
        let mut term = Term::new(self.first, Season::Autumn);
        (0..=self.years * 3)
            .map(|_| {
                let this = term;
                term = term.after();
                this
            })
            .collect()
    }

    fn index(&self, day: Day) -> usize {
        self.days.partition_point(|school_day| *school_day < day)
    }

    /// School days from one day to another, both included.
    pub(super) fn school_days(&self, from: Day, to: Day) -> &[Day] {
        let (start, end) = (self.index(from), self.index(to + 1));
        &self.days[start.min(end)..end]
    }

    /// The `count`th school day after a day, within the calendar.
    pub(super) fn school_days_after(&self, day: Day, count: usize) -> Day {
        let index = self.index(day + 1) + count.max(1) - 1;
        self.days[index.min(self.days.len() - 1)]
    }

    /// The first day from Monday to Friday after a day that is no school day.
    pub(super) fn holiday_after(&self, day: Day) -> Day {
        let mut holiday = (day + 1).working();
        while self.days.binary_search(&holiday).is_ok() {
            holiday = (holiday + 1).working();
        }
        holiday
    }

    /// School days after `from`, up to and including `to`: 0 where `to` is not later.
    pub(super) fn school_days_until(&self, from: Day, to: Day) -> usize {
        self.index(to + 1).saturating_sub(self.index(from + 1))
    }

    /// First and last day of a slot of attendance, numbered from the first autumn of the lives.
    pub(super) fn slot(&self, slot: usize) -> (Day, Day) {
        let year = self.first + whole::<i32>(slot / SLOTS_A_YEAR);
        let split = summer_split(year);
        match slot % SLOTS_A_YEAR {
            0 => (Term::new(year, Season::Autumn).first_day(), Term::new(year, Season::Autumn).last_day()),
            1 => (Term::new(year, Season::Spring).first_day(), Term::new(year, Season::Spring).last_day()),
            2 => (Term::new(year, Season::Summer).first_day(), split - 1),
            _ => (split, Term::new(year, Season::Summer).last_day()),
        }
    }

    /// How many slots of attendance the lives have.
    pub(super) fn slots(&self) -> usize {
        whole::<usize>(self.years) * SLOTS_A_YEAR
    }
}

/// The Monday on which the second half of the summer term begins, which is returned apart.
pub(super) fn summer_split(year: i32) -> Day {
    late_may(year) + 7
}

/// The last Monday in May: the half term of summer.
fn late_may(year: i32) -> Day {
    Day::of(year + 1, 5, 25).on_or_after(0)
}

fn days_of(term: Term) -> Vec<Day> {
    let (first, last, half) = match term.season {
        Season::Autumn => {
            let half = Day::of(term.year, 10, 28);
            (Day::of(term.year, 9, 3), Day::of(term.year, 12, 20), half - half.weekday())
        }
        Season::Spring => {
            let half = Day::of(term.year + 1, 2, 12).on_or_after(0);
            (Day::of(term.year + 1, 1, 4).on_or_after(0), easter(term.year + 1) - 9, half)
        }
        Season::Summer => (easter(term.year + 1) + 8, Day::of(term.year + 1, 7, 22), late_may(term.year)),
    };
    let may_day = Day::of(term.year + 1, 5, 1).on_or_after(0);
    first.to(last).filter(|day| day.weekday() < 5 && !(half <= *day && *day < half + 7) && *day != may_day).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn census_days_are_those_of_the_guides() {
        let day = |year, season| Term::new(year, season).census_day().iso();
        assert_eq!(day(2024, Season::Autumn), "2024-10-03");
        assert_eq!(day(2024, Season::Spring), "2025-01-16");
        assert_eq!(day(2024, Season::Summer), "2025-05-15");
        assert_eq!(day(2025, Season::Spring), "2026-01-15");
    }

    #[test]
    fn easter_is_where_it_was() {
        for (year, month, day) in [(2019, 4, 21), (2020, 4, 12), (2024, 3, 31), (2025, 4, 20), (2026, 4, 5)] {
            assert_eq!(easter(year), Day::of(year, month, day));
        }
    }

    #[test]
    fn a_year_has_about_190_school_days_and_each_lies_in_its_term() {
        let calendar = Calendar::new(2014, 14);
        for year in calendar.academic_years() {
            let days = calendar.school_days(Day::of(year, 9, 1), Day::of(year + 1, 8, 31));
            assert!((183..=196).contains(&days.len()), "{year}: {}", days.len());
            for season in [Season::Autumn, Season::Spring, Season::Summer] {
                let term = Term::new(year, season);
                for day in days_of(term) {
                    assert_eq!(term_of(day), term);
                }
            }
        }
        assert_eq!(calendar.censuses().len(), 43);
    }

    #[test]
    fn what_begins_in_august_counts_in_the_year_that_begins() {
        for (day, term) in [
            (Day::of(2024, 7, 31), Term::new(2023, Season::Summer)),
            (Day::of(2024, 8, 1), Term::new(2024, Season::Autumn)),
            (Day::of(2024, 12, 31), Term::new(2024, Season::Autumn)),
            (Day::of(2025, 1, 1), Term::new(2024, Season::Spring)),
            (Day::of(2025, 4, 20), Term::new(2024, Season::Spring)),
            (Day::of(2025, 4, 21), Term::new(2024, Season::Summer)),
        ] {
            assert_eq!(exclusion_term_of(day), term, "{}", day.iso());
            assert_eq!(exclusion_year(day), term.year);
        }
    }

    #[test]
    fn school_days_are_counted_as_a_person_counts_them() {
        let calendar = Calendar::new(2023, 2);
        let friday = Day::of(2024, 6, 14);
        assert_eq!(calendar.school_days_after(friday, 1), Day::of(2024, 6, 17));
        assert_eq!(calendar.school_days_until(friday, Day::of(2024, 6, 17)), 1);
        assert_eq!(calendar.school_days_until(friday, friday), 0);
        assert_eq!(calendar.school_days_until(friday, calendar.school_days_after(friday, 15)), 15);
    }
}
