//! Periods and days as people write them.

use jiff::civil::Date;

use super::values::BoardFigure;
use crate::definitions::PeriodKind;

pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const ROLLING: &str = "12 months to ";
/// What a period of terms ends with.
const TERMS: [&str; 4] = ["autumn", "spring", "summer", "autumn and spring"];

/// A day, as `27 November 2026`.
pub(super) fn day_words(day: Date) -> String {
    format!("{} {} {}", day.day(), month_name(day.month()), day.year())
}

fn month_name(month: i8) -> &'static str {
    // A month of the calendar is 1 to 12.
    usize::try_from(month - 1).ok().and_then(|index| MONTHS.get(index)).copied().unwrap_or_default()
}

/// `2025-11` as `November 2025`.
fn month_words(text: &str) -> Option<String> {
    let (year, month) = text.split_once('-')?;
    let month: i8 = (month.len() == 2).then(|| month.parse().ok())??;
    let is_year = year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit());
    (is_year && (1..=12).contains(&month)).then(|| format!("{} {year}", month_name(month)))
}

/// `11-29` as `29 November`.
fn day_of_year(text: &str) -> Option<String> {
    let (month, day) = text.split_once('-')?;
    Some(format!("{} {}", day.parse::<i8>().ok()?, MONTHS.get(month.parse::<usize>().ok()?.checked_sub(1)?)?))
}

/// A period as the head of a row has it.
///
/// ```
/// use sendmart::pack::period_words;
/// assert_eq!(period_words("2025-11"), "November 2025");
/// assert_eq!(period_words("12 months to 2025-11"), "12 months to November 2025");
/// assert_eq!(period_words("2025/26 to 11-29"), "2025/26 up to 29 November");
/// assert_eq!(period_words("2025/26 autumn"), "2025/26 autumn term");
/// assert_eq!(period_words("2025/26 autumn and spring"), "2025/26 autumn and spring terms");
/// assert_eq!(period_words("2025 week 37"), "2025 week 37");
/// assert_eq!(period_words("2025/26"), "2025/26");
/// ```
#[must_use]
pub fn period_words(period: &str) -> String {
    if let Some(month) = period.strip_prefix(ROLLING).and_then(month_words) {
        return format!("{ROLLING}{month}");
    }
    if let Some((year, day)) = period.split_once(" to ")
        && let Some(day) = day_of_year(day)
    {
        return format!("{year} up to {day}");
    }
    if let Some((year, term)) = period.split_once(' ')
        && TERMS.contains(&term)
    {
        let terms = if term.contains(" and ") { "terms" } else { "term" };
        return format!("{year} {term} {terms}");
    }
    month_words(period).unwrap_or_else(|| period.to_owned())
}

/// The same after a preposition: `in the 12 months to November 2025`. What stands at the end of a period is told of its end.
pub(super) fn within(period: &str, is_at_end: bool) -> String {
    let words = period_words(period);
    let article = if period.starts_with(ROLLING) || TERMS.iter().any(|term| period.ends_with(term)) {
        "the "
    } else if period.contains('/') && !period.contains(' ') {
        "the academic year "
    } else {
        ""
    };
    if is_at_end { format!("at the end of {article}{words}") } else { format!("in {article}{words}") }
}

/// The same period a year before; none where the name of a period does not say its year.
///
/// ```
/// use sendmart::pack::year_before;
/// let before = |period| year_before(period).unwrap();
/// assert_eq!(before("2025-11"), "2024-11");
/// assert_eq!(before("12 months to 2025-11"), "12 months to 2024-11");
/// assert_eq!(before("2000/01 autumn"), "1999/00 autumn");
/// assert_eq!(before("2025/26 to 11-29"), "2024/25 to 11-29");
/// assert_eq!(before("2025"), "2024");
/// assert_eq!(year_before("week 37"), None);
/// ```
#[must_use]
pub fn year_before(period: &str) -> Option<String> {
    let (start, rest) = match period.strip_prefix(ROLLING) {
        Some(rest) => (ROLLING, rest),
        None => ("", period),
    };
    let year: i32 = rest.get(..4)?.parse().ok()?;
    let rest = &rest[4..];
    let Some(after) = rest.strip_prefix('/') else { return Some(format!("{start}{}{rest}", year - 1)) };
    let next: i32 = after.get(..2)?.parse().ok()?;
    Some(format!("{start}{}/{:02}{}", year - 1, (next + 99) % 100, &after[2..]))
}

/// A text with its days written in full: marks have them as `2026-08-31`.
pub(super) fn days_in_words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let day = rest.get(..10).filter(|_| !out.ends_with(|before: char| before.is_ascii_alphanumeric()));
        let day = day.filter(|word| word.bytes().filter(|byte| *byte == b'-').count() == 2);
        match day.and_then(|word| word.parse::<Date>().ok()) {
            Some(day) => {
                out.push_str(&day_words(day));
                rest = &rest[10..];
            }
            None => {
                out.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    out
}

/// What the kind of period of figures is called: `by month`. Published counts do not tell it, and their periods do.
pub(super) fn by_kind(figures: &[&BoardFigure]) -> &'static str {
    let Some(first) = figures.first() else { return "by period" };
    match first.kind.as_str() {
        "week" => "by week",
        "month" => "by month",
        "term" => "by term",
        "two_terms" => "by autumn and spring terms together",
        "academic_year" => "by academic year",
        "calendar_year" => "by calendar year",
        "rolling_12_months" => "by 12 months that end with each month",
        "academic_year_to_date" => "by academic year up to the day of the year",
        "calendar_year_to_date" => "by calendar year up to the day of the year",
        _ if PeriodKind::AcademicYear.names(&first.period) => "by academic year",
        _ if PeriodKind::CalendarYear.names(&first.period) => "by calendar year",
        _ => "by period",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_written_in_full() {
        assert_eq!(day_words(jiff::civil::date(2026, 11, 27)), "27 November 2026");
        assert_eq!(
            days_in_words("ends on 2026-08-27; \u{2019}x2026-08-27 2026-99-99"),
            "ends on 27 August 2026; \u{2019}x2026-08-27 2026-99-99"
        );
    }

    #[test]
    fn a_period_has_its_preposition() {
        assert_eq!(within("12 months to 2025-11", false), "in the 12 months to November 2025");
        assert_eq!(within("2025/26", false), "in the academic year 2025/26");
        assert_eq!(within("2025/26 autumn", false), "in the 2025/26 autumn term");
        assert_eq!(within("2025-11", true), "at the end of November 2025");
        assert_eq!(within("2025", false), "in 2025");
        assert_eq!(period_words("2025-13"), "2025-13", "what is no month is left as it is");
    }
}
