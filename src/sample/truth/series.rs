//! Truth by month, term, twelve months and the other kind of year, for the authority: the same counts over other days.
//!
//! A span is told where every year that it touches is: calendar years of SEN2 and of the list of cases for what stands in them, academic years for the rest.
//! A term touches no year by its August (the department's autumn begins on the 1st).

use super::tally::KpiTruth;
use super::{casework, discussions, practice, school};
use crate::sample::calendar::{academic_label, academic_year, easter, exclusion_year};
use crate::sample::day::Day;
use crate::sample::lives::Lives;
use crate::sample::returns::{list_days, sen2_years};

/// Days of one kind of period, and their name.
struct TruthSpan {
    kind: SpanKind,
    name: String,
    start: Day,
    end: Day,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum SpanKind {
    Month,
    Term,
    TwelveMonths,
    AcademicYear,
    CalendarYear,
}

impl TruthSpan {
    /// The first day that counts for which years it touches.
    fn touches_from(&self) -> Day {
        if self.kind == SpanKind::Term { self.start + 31 } else { self.start }
    }
}

/// Reckons every value.
pub(super) fn reckon(lives: &Lives) -> Vec<KpiTruth> {
    let mut out = Vec::new();
    let returned = sen2_years(lives);
    // The year after the last return, as far as the last list of cases goes.
    let listed = list_days(lives).last().copied();
    let is_told = |year: i32| returned.contains(&year) || listed.is_some_and(|last| last.year() == year);
    let years = lives.calendar.academic_years();
    for span in spans(lives) {
        let (start, end, name) = (span.start, span.end, span.name.as_str());
        let calendar = span.touches_from().year()..=end.year();
        let reach = listed.unwrap_or(end);
        // Twelve months that end with one of which nothing is told yet are not told.
        let has_begun = if span.kind == SpanKind::TwelveMonths { end <= reach } else { start <= reach };
        if span.kind != SpanKind::CalendarYear && calendar.into_iter().all(is_told) && has_begun {
            casework::of_span(lives, start, end.min(reach), name, &mut out);
        }
        if span.kind == SpanKind::Month && listed.is_some_and(|last| last.year() == end.year() && end <= last) {
            casework::at_month_end(lives, end, name, &mut out);
        } else if span.kind == SpanKind::Month && end == Day::of(end.year(), 12, 31) && returned.contains(&end.year()) {
            casework::backlog(lives, end, name, false, &mut out);
        }
        let academic = academic_year(span.touches_from())..=academic_year(end);
        if span.kind != SpanKind::AcademicYear && academic.into_iter().all(|year| years.contains(&year)) {
            discussions::held(lives, start, end, name, &mut out);
            practice::audits(lives, start, end, name, &mut out);
        }
        // Years of suspensions begin on 1 August, and so does the department's autumn.
        let of_suspensions = exclusion_year(start)..=exclusion_year(end);
        if span.kind != SpanKind::AcademicYear && of_suspensions.into_iter().all(|year| years.contains(&year)) {
            school::of_span(lives, start, end, name, &mut out);
        }
        if span.kind == SpanKind::Month && years.contains(&academic_year(end)) {
            practice::posts(lives, end, name, &mut out);
        }
    }
    // Ends of an interval are reckoned for its year alone.
    out.retain(|one| one.geography_level == "authority" && !one.breakdown.starts_with("interval="));
    out
}

/// The days of which truth is told as of them: in each season of the last academic year, on quarter days and between, and of a leap day's
/// month.
pub(super) fn days(lives: &Lives) -> [Day; 5] {
    let last = lives.calendar.academic_years().end - 1;
    [
        Day::of(last, 10, 15),
        Day::of(last, 12, 31),
        Day::of(last + 1, 2, 28),
        Day::of(last + 1, 5, 20),
        Day::of(last + 1, 7, 31),
    ]
}

/// Every value of years to date as of a day, of which all that came later is known: nothing that happened after it counts.
pub(super) fn to_date(lives: &Lives, as_of: Day) -> Vec<KpiTruth> {
    let mut out = Vec::new();
    let (_, month, day) = as_of.ymd();
    let returned = sen2_years(lives);
    let listed = list_days(lives).last().copied();
    let is_told = |year: i32| returned.contains(&year) || listed.is_some_and(|last| last.year() == year);
    for year in (lives.calendar.first..=as_of.year()).filter(|year| is_told(*year)) {
        let name = format!("{year} to {month:02}-{day:02}");
        casework::as_of(lives, Day::of(year, 1, 1), Day::of(year, month, day), as_of, &name, &mut out);
    }
    for year in lives.calendar.academic_years() {
        let end = Day::of(if month >= 9 { year } else { year + 1 }, month, day);
        if end <= as_of {
            let name = format!("{} to {month:02}-{day:02}", academic_label(year));
            discussions::held(lives, Day::of(year, 9, 1), end, &name, &mut out);
            practice::audits(lives, Day::of(year, 9, 1), end, &name, &mut out);
            school::to_date(lives, year, end, as_of, &name, &mut out);
        }
    }
    out.retain(|one| one.geography_level == "authority" && !one.breakdown.starts_with("interval="));
    out
}

/// Every span within the calendar years that the lives touch.
fn spans(lives: &Lives) -> Vec<TruthSpan> {
    let mut spans = Vec::new();
    let mut add = |kind: SpanKind, name: String, start: Day, end: Day| spans.push(TruthSpan { kind, name, start, end });
    let years = lives.calendar.academic_years();
    for year in years.start - 1..=years.end {
        add(SpanKind::CalendarYear, year.to_string(), Day::of(year, 1, 1), Day::of(year, 12, 31));
        let label = academic_label(year);
        add(SpanKind::AcademicYear, label.clone(), Day::of(year, 9, 1), Day::of(year + 1, 8, 31));
        let easter = easter(year + 1);
        add(SpanKind::Term, format!("{label} autumn"), Day::of(year, 8, 1), Day::of(year, 12, 31));
        add(SpanKind::Term, format!("{label} spring"), Day::of(year + 1, 1, 1), easter);
        add(SpanKind::Term, format!("{label} summer"), easter + 1, Day::of(year + 1, 7, 31));
        for month in 1..=12 {
            let start = Day::of(year, month, 1);
            let end = start.month_end();
            let name = format!("{year}-{month:02}");
            let first = if month == 12 { Day::of(year, 1, 1) } else { Day::of(year - 1, month + 1, 1) };
            add(SpanKind::TwelveMonths, format!("12 months to {name}"), first, end);
            add(SpanKind::Month, name, start, end);
        }
    }
    spans
}
