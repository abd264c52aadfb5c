//! A day, and what stands beside it: a time of day that a column of days cannot keep.
//!
//! A time other than midnight is a query, since the day may be another: databases write midnight of British summer time as 23:00 of
//! the day before.

use std::sync::LazyLock;

use jiff::civil::{Date, Time};
use jiff::fmt::strtime::BrokenDownTime;

use super::cell::{CellProblem, parse_date, serial_date};
use super::work::CellOutcome;
use crate::model::Zone;

/// Where summer time is British.
static ENGLAND: LazyLock<Zone> = LazyLock::new(Zone::default);

/// Seconds of a day.
const DAY: f64 = 86_400.0;

/// A day from a text in one of the declared forms, and its time where that is not midnight.
pub(super) fn of_text(text: &str, forms: &[String], century: Option<i16>) -> Result<(Date, Option<Time>), CellProblem> {
    if text.ends_with(" 00:00:00") || text.len() <= 10 {
        return parse_date(text, forms, century).map(|day| (day, None));
    }
    match parse_date(text, forms, century) {
        Ok(day) => {
            let mut timed = forms.iter().filter(|form| ["%H", "%I", "%T", "%R"].iter().any(|hour| form.contains(hour)));
            let time = timed.find_map(|form| BrokenDownTime::parse(form, text).ok()?.to_time().ok());
            Ok((day, time.filter(|time| *time != Time::midnight())))
        }
        Err(problem) => {
            let parts = text.split_once([' ', 'T']);
            let timed = parts.and_then(|(day, time)| Some((parse_date(day, forms, century).ok()?, clock(time)?)));
            let (day, time) = timed.ok_or(problem)?;
            Ok((day, Some(time).filter(|time| *time != Time::midnight())))
        }
    }
}

/// A day from an Excel serial, and its time where that is not midnight.
pub(crate) fn of_serial(serial: f64) -> Result<(Date, Option<Time>), CellProblem> {
    let day = serial_date(serial)?;
    let seconds = (serial.fract() * DAY).round().min(DAY - 1.0);
    if seconds < 1.0 {
        return Ok((day, None));
    }
    #[expect(clippy::cast_possible_truncation, reason = "seconds of a day")]
    let seconds = seconds as i64;
    Ok((day, Time::midnight().checked_add(jiff::Span::new().seconds(seconds)).ok()))
}

/// Days since 1970, doubtful where a time stood beside the day of a column that does not declare moments. `is_personal`: the day
/// itself is not told.
pub(super) fn settled(
    found: Result<(Date, Option<Time>), CellProblem>,
    is_moment: bool,
    is_personal: bool,
) -> CellOutcome<i32> {
    let (day, time) = match found {
        Ok(found) => found,
        Err(problem) => return CellOutcome::Wrong(problem),
    };
    let days = jiff::civil::date(1970, 1, 1).until(day).map_or(0, |span| span.get_days());
    let Some(time) = time.filter(|_| !is_moment) else { return CellOutcome::Value(days) };
    let next = day.tomorrow().ok().filter(|_| time.hour() == 23 && time.minute() == 0 && time.second() == 0);
    CellOutcome::Doubtful(
        days,
        match next {
            None => CellProblem::TimeInDate,
            Some(next) => {
                CellProblem::MidnightAsUtc { is_summer: is_summer(next), next: (!is_personal).then_some(next) }
            }
        },
    )
}

/// Whether a day begins in British summer time.
fn is_summer(day: Date) -> bool {
    ENGLAND.start_of(day).is_some_and(|start| ENGLAND.wall_microseconds(start) != start.as_microsecond())
}

/// A time of day: `23:00`, `23:00:00.000`, with `Z` or an offset behind it, or `11:00 PM`.
fn clock(text: &str) -> Option<Time> {
    let text = text.trim();
    let half = text.get(text.len().saturating_sub(2)..).unwrap_or_default().to_ascii_uppercase();
    let (text, half) = match half.as_str() {
        "AM" | "PM" => (text[..text.len() - 2].trim_end(), Some(half)),
        _ => (text, None),
    };
    let text = text.strip_suffix(['Z', 'z']).unwrap_or(text);
    let text = match text.find(['+', '-']) {
        Some(at) if text[at + 1..].bytes().all(|byte| byte.is_ascii_digit() || byte == b':') => &text[..at],
        Some(_) => return None,
        None => text,
    };
    let (whole, fraction) = text.trim_end().split_once('.').unwrap_or((text.trim_end(), "0"));
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let parts: Vec<i8> = whole
        .split(':')
        .map(|part| {
            part.parse::<i8>().ok().filter(|_| part.len() <= 2 && part.bytes().all(|byte| byte.is_ascii_digit()))
        })
        .collect::<Option<_>>()?;
    let (hour, minute, second) = match parts[..] {
        [hour, minute] => (hour, minute, 0),
        [hour, minute, second] => (hour, minute, second),
        _ => return None,
    };
    let hour = match half.as_deref() {
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some("PM") => hour % 12 + 12,
        Some(_) => hour % 12,
        None => hour,
    };
    Time::new(hour, minute, second, 0).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    fn read(text: &str, form: &str) -> Result<(Date, Option<Time>), CellProblem> {
        of_text(text, &[form.to_owned()], None)
    }

    #[test]
    fn a_time_beside_a_day_is_seen_in_every_form() {
        let eleven = Some(time(23, 0, 0, 0));
        for (text, form) in [
            ("2024-10-11 23:00", "%Y-%m-%d"),
            ("2024-10-11T23:00:00Z", "%Y-%m-%d"),
            ("2024-10-11T23:00:00.000", "%Y-%m-%d"),
            ("2024-10-11T23:00:00+00:00", "%Y-%m-%d"),
            ("11/10/2024 11:00 PM", "%d/%m/%Y"),
            ("2024-Oct-11 23:00:00", "%Y-%b-%d %H:%M:%S"),
            ("2024-10-11T23:00:00", "%Y-%m-%dT%H:%M:%S"),
        ] {
            assert_eq!(read(text, form), Ok((date(2024, 10, 11), eleven)), "{text}");
        }
        for (text, form) in [
            ("2024-10-11 00:00", "%Y-%m-%d"),
            ("2024-10-11T00:00:00.000Z", "%Y-%m-%d"),
            ("2024-10-11T00:00:00+01:00", "%Y-%m-%d"),
            ("11/10/2024 12:00:00 AM", "%d/%m/%Y"),
            ("2024-Oct-11 00:00:00", "%Y-%b-%d %H:%M:%S"),
        ] {
            assert_eq!(read(text, form), Ok((date(2024, 10, 11), None)), "{text}");
        }
        for wrong in
            ["2024-10-11 25:00", "2024-10-11 noon", "2024-10-11 23", "2024-10-11 1:2:3:4", "2024-10-11 13:00 PM"]
        {
            assert!(read(wrong, "%Y-%m-%d").is_err(), "{wrong}");
        }
        assert_eq!(of_serial(45_576.0), Ok((date(2024, 10, 11), None)));
        assert_eq!(of_serial(45_576.0 + 23.0 / 24.0), Ok((date(2024, 10, 11), eleven)));
    }

    #[test]
    fn eleven_at_night_is_told_as_midnight_of_summer_time_and_a_day_of_birth_is_not_told() {
        let problem =
            |day: Date, hour, is_personal| match settled(Ok((day, Some(time(hour, 0, 0, 0)))), false, is_personal) {
                CellOutcome::Doubtful(_, problem) => (problem.rule_id(), problem.message()),
                _ => panic!("a query"),
            };
        let (rule, said) = problem(date(2024, 10, 11), 23, false);
        assert_eq!(rule, "cell::time_in_date");
        assert!(said.contains("23:00") && said.contains("British summer time written as UTC"), "{said}");
        assert!(said.contains("very likely 2024-10-12"), "{said}");
        let (_, said) = problem(date(2012, 1, 20), 23, true);
        assert!(said.contains("British summer time") && !said.contains("2012"), "{said}");
        let (rule, said) = problem(date(2024, 10, 11), 13, false);
        assert_eq!(rule, "cell::time_in_date");
        assert!(!said.contains("summer"), "{said}");
        let made_on = settled(Ok((date(2025, 2, 28), Some(time(23, 0, 0, 0)))), true, false);
        assert!(matches!(made_on, CellOutcome::Value(_)), "the day of a moment is no day that lost a time");
    }
}
