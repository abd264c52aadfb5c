//! What a day is where a place is.
//!
//! Moments are kept as UTC; a day is one only in a time zone. At 00:30 on 1 July in England it is still June in UTC.

use std::fmt;

use jiff::civil::{Date, Time};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ToSpan};
use thiserror::Error;

/// The zone of a place whose config names none.
const ENGLAND: &str = "Europe/London";

/// The time zone of a place. Its rules are those that the program brings, not the machine's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

/// A name that is no time zone's.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not the name of a time zone")]
pub struct ZoneError(pub String);

impl Zone {
    /// The zone of an IANA name, such as `Europe/London`.
    ///
    /// # Errors
    /// [`ZoneError`] when there is none of this name.
    pub fn named(name: &str) -> Result<Self, ZoneError> {
        TimeZoneDatabase::bundled().get(name).map(Self).map_err(|_| ZoneError(name.to_owned()))
    }

    /// The names of all zones.
    #[must_use]
    pub fn names() -> Vec<String> {
        TimeZoneDatabase::bundled().available().map(|name| name.as_str().to_owned()).collect()
    }

    /// The day on which a moment lies.
    ///
    /// ```
    /// use sendmart::model::Zone;
    /// let half_past_midnight = "2026-06-30T23:30:00Z".parse().unwrap();
    /// assert_eq!(Zone::default().day_of(half_past_midnight).to_string(), "2026-07-01");
    /// assert_eq!(Zone::named("UTC").unwrap().day_of(half_past_midnight).to_string(), "2026-06-30");
    /// ```
    #[must_use]
    pub fn day_of(&self, moment: Timestamp) -> Date {
        self.0.to_datetime(moment).date()
    }

    /// The first moment of a day; none at the end of time.
    #[must_use]
    pub fn start_of(&self, day: Date) -> Option<Timestamp> {
        self.0.to_timestamp(day.to_datetime(Time::midnight())).ok()
    }

    /// The last microsecond of a day; none at the end of time.
    ///
    /// ```
    /// use sendmart::model::Zone;
    /// let end = Zone::default().end_of("2026-07-31".parse().unwrap()).unwrap();
    /// assert_eq!(end.to_string(), "2026-07-31T22:59:59.999999Z");
    /// ```
    #[must_use]
    pub fn end_of(&self, day: Date) -> Option<Timestamp> {
        self.start_of(day.tomorrow().ok()?)?.checked_sub(1.microsecond()).ok()
    }

    /// A moment as a clock on the wall there shows it, to the second.
    ///
    /// ```
    /// use sendmart::model::Zone;
    /// let moment = "2026-06-30T23:30:05.25Z".parse().unwrap();
    /// assert_eq!(Zone::default().shown(moment), "2026-07-01 00:30:05");
    /// ```
    #[must_use]
    pub fn shown(&self, moment: Timestamp) -> String {
        self.0.to_datetime(moment).strftime("%Y-%m-%d %H:%M:%S").to_string()
    }

    /// The same, and a day alone where it is the day's first moment: so a declared day of receipt is kept.
    ///
    /// ```
    /// use sendmart::model::Zone;
    /// assert_eq!(Zone::default().told("2026-06-30T23:00:00Z".parse().unwrap()), "2026-07-01");
    /// assert_eq!(Zone::default().told("2026-06-30T23:30:05Z".parse().unwrap()), "2026-07-01 00:30:05");
    /// ```
    #[must_use]
    pub fn told(&self, moment: Timestamp) -> String {
        let day = self.day_of(moment);
        if self.start_of(day) == Some(moment) { day.to_string() } else { self.shown(moment) }
    }

    /// The same to the microsecond, as a database reads it.
    #[must_use]
    pub fn stamp(&self, moment: Timestamp) -> String {
        self.0.to_datetime(moment).strftime("%Y-%m-%d %H:%M:%S%.6f").to_string()
    }

    /// Microseconds since 1970 on a clock on the wall there: a time stamp without a zone.
    #[must_use]
    pub fn wall_microseconds(&self, moment: Timestamp) -> i64 {
        moment.as_microsecond() + i64::from(self.0.to_offset(moment).seconds()) * 1_000_000
    }
}

impl Default for Zone {
    fn default() -> Self {
        Self::named(ENGLAND).unwrap_or(Self(TimeZone::UTC))
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.iana_name().unwrap_or("UTC"))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn days_of_summer_begin_an_hour_earlier_than_in_utc() {
        let england = Zone::default();
        assert_eq!(england.to_string(), "Europe/London");
        let starts = |day| england.start_of(day).unwrap().to_string();
        assert_eq!(starts(date(2026, 1, 1)), "2026-01-01T00:00:00Z");
        assert_eq!(starts(date(2026, 7, 1)), "2026-06-30T23:00:00Z");
        // The clocks go forward on 29 March and back on 25 October: days of 23 and of 25 hours.
        for (day, hours) in [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 7, 1), 24)] {
            let (start, end) = (england.start_of(day).unwrap(), england.end_of(day).unwrap());
            assert_eq!((end.as_microsecond() + 1 - start.as_microsecond()) / 3_600_000_000, hours, "{day}");
            assert_eq!((england.day_of(start), england.day_of(end)), (day, day));
        }
        let summer = "2026-07-01T12:00:00.5Z".parse().unwrap();
        assert_eq!(england.stamp(summer), "2026-07-01 13:00:00.500000");
        assert_eq!(england.wall_microseconds(summer) - summer.as_microsecond(), 3_600_000_000);
    }

    #[test]
    fn a_zone_that_is_none_is_told() {
        assert_eq!(Zone::named("Europe/Londno"), Err(ZoneError("Europe/Londno".to_owned())));
        assert!(Zone::names().iter().any(|name| name == "Europe/London"));
    }
}
