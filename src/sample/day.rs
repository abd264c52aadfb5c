//! A civil day as one number: small, ordered, and the same in every time zone.

use crate::sample::whole;
use std::fmt::Write;
use std::ops::{Add, Sub};

/// Days since 1 January 1970 in the Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Day(i32);

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

impl Day {
    /// A day that no life reaches.
    pub(super) const NEVER: Self = Self(i32::MAX / 2);

    /// A day by year, month (1 to 12) and day of the month (Hinnant's algorithm).
    pub(super) fn of(year: i32, month: i32, day: i32) -> Self {
        let year = if month <= 2 { year - 1 } else { year };
        let era = year.div_euclid(400);
        let of_era = year - era * 400;
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        Self(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
    }

    /// Year, month and day of the month.
    pub(super) fn ymd(self) -> (i32, i32, i32) {
        let shifted = self.0 + 719_468;
        let era = shifted.div_euclid(146_097);
        let of_era = shifted - era * 146_097;
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        (year_of_era + era * 400 + i32::from(month <= 2), month, day)
    }

    /// The calendar year.
    pub(super) fn year(self) -> i32 {
        self.ymd().0
    }

    /// 0 for Monday to 6 for Sunday.
    pub(super) fn weekday(self) -> i32 {
        (self.0 + 3).rem_euclid(7)
    }

    /// This day, or the first one after it, with a weekday (0 for Monday).
    pub(super) fn on_or_after(self, weekday: i32) -> Self {
        self + (weekday - self.weekday()).rem_euclid(7)
    }

    /// This day, or the Monday after a weekend.
    pub(super) fn working(self) -> Self {
        if self.weekday() > 4 { self.on_or_after(0) } else { self }
    }

    /// The same day of the year, `years` on; 1 March where there is no 29 February.
    pub(super) fn years_on(self, years: i32) -> Self {
        let (year, month, day) = self.ymd();
        Self::of(year + years, month, day)
    }

    /// The last day of its month.
    pub(super) fn month_end(self) -> Self {
        let (year, month, _) = self.ymd();
        let next = if month == 12 { Self::of(year + 1, 1, 1) } else { Self::of(year, month + 1, 1) };
        next - 1
    }

    /// Whole years of age on a day, of somebody born on this day.
    pub(super) fn age_on(self, day: Self) -> i32 {
        let (born, month, of_month) = self.ymd();
        let (year, other_month, other_day) = day.ymd();
        year - born - i32::from((other_month, other_day) < (month, of_month))
    }

    /// Every day from this to another, both included.
    pub(super) fn to(self, last: Self) -> impl Iterator<Item = Self> {
        (self.0..=last.0).map(Self)
    }

    /// The number by which spreadsheets store it (1900 date system).
    pub(super) fn serial(self) -> i32 {
        self.0 + 25_569
    }

    /// `2025-02-14`.
    pub(super) fn iso(self) -> String {
        let (year, month, day) = self.ymd();
        format!("{year:04}-{month:02}-{day:02}")
    }

    /// `14-02-2025`, as GIAS has it.
    pub(super) fn dmy(self) -> String {
        let (year, month, day) = self.ymd();
        format!("{day:02}-{month:02}-{year:04}")
    }

    /// Appends `2025-Feb-14 00:00:00`, as COLLECT exports it.
    pub(super) fn write_blade(self, out: &mut String) {
        let (year, month, day) = self.ymd();
        let name = MONTHS[whole::<usize>(month - 1)];
        let _ = write!(out, "{year:04}-{name}-{day:02} 00:00:00");
    }
}

impl Add<i32> for Day {
    type Output = Self;

    fn add(self, days: i32) -> Self {
        Self(self.0 + days)
    }
}

impl Sub<i32> for Day {
    type Output = Self;

    fn sub(self, days: i32) -> Self {
        Self(self.0 - days)
    }
}

impl Sub for Day {
    type Output = i32;

    fn sub(self, other: Self) -> i32 {
        self.0 - other.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        assert_eq!(Day::of(1970, 1, 1), Day(0));
        assert_eq!(Day::of(2025, 2, 14).serial(), 45_702);
        let mut blade = String::new();
        Day::of(2025, 2, 14).write_blade(&mut blade);
        assert_eq!(blade, "2025-Feb-14 00:00:00");
        assert_eq!(Day::of(2025, 2, 14).weekday(), 4);
        assert_eq!(Day::of(2024, 2, 10).month_end(), Day::of(2024, 2, 29));
        assert_eq!(Day::of(2024, 2, 29).years_on(1), Day::of(2025, 3, 1));
        assert_eq!(Day::of(2010, 9, 1).age_on(Day::of(2025, 8, 31)), 14);
    }

    proptest! {
        #[test]
        fn a_day_is_what_it_was_written_as(number in -40_000_i32..80_000) {
            let (year, month, day) = Day(number).ymd();
            prop_assert_eq!(Day::of(year, month, day), Day(number));
            let date = jiff::civil::date(1970, 1, 1) + jiff::Span::new().days(number);
            prop_assert_eq!((i32::from(date.year()), i32::from(date.month()), i32::from(date.day())), (year, month, day));
        }
    }
}
