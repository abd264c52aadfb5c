//! Sentences made of figures: what a KPI says, and what its drawing shows. Templates alone; no figure stands without what must be known of it.

use std::cmp::Ordering;

use super::marks::{parts, reason_words};
use super::period::{by_kind, days_in_words, within, year_before};
use super::shown::{said_words, thousands, with_unit};
use super::values::{BoardFigure, BoardKpi, TOTAL};
use crate::definitions::{Kpi, Polarity, Unit};

/// Twelve months that end with one: they compare like with like at any time of the year.
const ROLLING: &str = "rolling_12_months";
/// Months of what stands at their end.
const MONTH: &str = "month";

/// The figure that speaks for a KPI.
#[derive(Debug, Clone, Copy)]
pub(super) struct Leading<'f> {
    /// The newest with a value.
    pub(super) newest: &'f BoardFigure,
    /// That of the same period a year before.
    pub(super) before: Option<&'f BoardFigure>,
    /// A later one without a value.
    pub(super) since: Option<&'f BoardFigure>,
}

/// Finds it: in twelve months to a month where there are any, of what stands at a day in months, otherwise in the KPI's own periods.
pub(super) fn leading<'f>(one: &'f BoardKpi<'_>) -> Option<Leading<'f>> {
    let is_stock = is_stock(one.kpi);
    let kinds = [(ROLLING, !is_stock), (MONTH, is_stock), (one.own_kind(), true)];
    kinds.into_iter().filter(|(_, is_taken)| *is_taken).find_map(|(kind, _)| {
        let totals = one.totals(kind);
        let at = totals.iter().rposition(|figure| figure.value.is_some())?;
        let newest = totals[at];
        let year = year_before(&newest.period);
        let before = year.and_then(|year| totals.iter().find(|figure| figure.period == year)).copied();
        Some(Leading { newest, before, since: totals[at + 1..].last().copied() })
    })
}

pub(super) fn is_stock(kpi: &Kpi) -> bool {
    kpi.series.as_ref().is_some_and(|series| series.stock)
}

/// When a figure is of, after its preposition.
pub(super) fn when(kpi: &Kpi, figure: &BoardFigure) -> String {
    within(&figure.period, is_stock(kpi) && figure.is_over == Some(true))
}

/// How a value differs from that of a year before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct YearChange {
    /// `up 3.2 percentage points`, `down 4`, `unchanged`.
    pub(super) words: String,
    /// `better` or `worse`, where the KPI says which way is.
    pub(super) verdict: Option<&'static str>,
}

/// What a KPI says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Headline {
    /// What, where, when, and by how much it differs from a year before; or why there is no figure.
    pub message: String,
    /// What must be known of the figure; blank where nothing must.
    pub known: String,
}

/// Compares two values as sentences say them, so that a reader who subtracts agrees.
pub(super) fn year_change(kpi: &Kpi, breakdown: &str, now: f64, before: f64) -> YearChange {
    let said = |value: f64| {
        let words = said_words(kpi, value).replace(',', "").replace('\u{2212}', "-");
        let places = words.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        (words.parse().unwrap_or(value), places)
    };
    let ((now, of_now), (before, of_before)) = (said(now), said(before));
    let places = of_now.max(of_before);
    let size = format!("{:.places$}", (now - before).abs());
    if size.bytes().all(|byte| byte == b'0' || byte == b'.') {
        return YearChange { words: "unchanged".to_owned(), verdict: None };
    }
    let way = if now > before { "up" } else { "down" };
    let unit = if kpi.unit == Unit::Percent && kpi.unit_words.is_none() { " percentage points" } else { "" };
    let polarity = match (kpi.polarity, kpi.opposite.iter().any(|one| one == breakdown)) {
        (Polarity::High, true) => Polarity::Low,
        (Polarity::Low, true) => Polarity::High,
        (polarity, _) => polarity,
    };
    let verdict = match (polarity, now.total_cmp(&before)) {
        (Polarity::None, _) | (_, Ordering::Equal) => None,
        (Polarity::High, Ordering::Greater) | (Polarity::Low, Ordering::Less) => Some("better"),
        _ => Some("worse"),
    };
    YearChange { words: format!("{way} {}{unit}", thousands(&size)), verdict }
}

/// What a KPI says, in sentences: what, where, when, by how much it differs from a year before, and what must be known of the figure.
#[must_use]
pub fn headline(one: &BoardKpi<'_>) -> Headline {
    let kpi = one.kpi;
    let Some(Leading { newest, before, since }) = leading(one) else { return without_figure(one) };
    let Some(value) = newest.value else { return without_figure(one) };
    let mut said = format!("{}: {} in {} {}", kpi.title, with_unit(kpi, value), one.place, when(kpi, newest));
    match before.map(|before| (before, before.value)) {
        Some((before, Some(then))) => {
            let change = year_change(kpi, TOTAL, value, then);
            let verdict = change.verdict.map_or_else(String::new, |verdict| format!(", which is {verdict}"));
            let was = format!("{} {}", with_unit(kpi, then), when(kpi, before));
            if change.words == "unchanged" {
                said.push_str(&format!(", as {}", when(kpi, before)));
            } else {
                said.push_str(&format!(", {} from {was}{verdict}", change.words));
            }
        }
        Some((before, None)) => {
            said.push_str(&format!(
                "; nothing to compare it with {}: {}",
                when(kpi, before),
                reason_words(before.reason.as_deref())
            ));
        }
        None => said.push_str("; there is no figure of a year before"),
    }
    said.push('.');
    let mut known = known_of(newest);
    if let Some(since) = since {
        known.push_str(&format!(
            " There is no figure yet {}: {}.",
            when(kpi, since),
            reason_words(since.reason.as_deref())
        ));
    }
    Headline { message: said, known: known.trim_start().to_owned() }
}

/// What must be known of a figure, as sentences with a space before each.
pub(super) fn known_of(figure: &BoardFigure) -> String {
    let mark = figure.mark.as_deref().unwrap_or_default();
    let mut said: String = parts(mark).into_iter().map(|part| format!(" {}.", capital(&days_in_words(part)))).collect();
    let maturity = figure.maturity.as_deref().unwrap_or_default();
    if ["provisional", "partial", "revised"].contains(&maturity) && !mark.contains(maturity) {
        said.push_str(&format!(" The figure is {maturity}."));
    }
    said
}

/// Why a KPI has no figure at all, as far as the figures say.
fn without_figure(one: &BoardKpi<'_>) -> Headline {
    let kpi = one.kpi;
    let Some(last) = one.totals(one.own_kind()).last().copied() else {
        let why = why_none(one);
        let message = format!("{}: there is no figure for {}: {why}.", kpi.title, one.place);
        return Headline { message, known: String::new() };
    };
    let why = reason_words(last.reason.as_deref());
    let message = format!("{}: there is no figure for {} {}: {why}.", kpi.title, one.place, when(kpi, last));
    Headline { message, known: known_of(last).trim_start().to_owned() }
}

/// Why a KPI has not even a period without a figure.
pub(super) fn why_none(one: &BoardKpi<'_>) -> String {
    if !one.figures.is_empty() {
        let is_of_schools = one.figures.iter().all(BoardFigure::is_of_school);
        return if is_of_schools { "it is told of each school" } else { "it is told by group" }.to_owned();
    }
    match one.lacking.as_slice() {
        [] => "what came has no record of it".to_owned(),
        lacking => format!("nothing came of {}", lacking.join(", nor of ")),
    }
}

pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// What a line chart shows, for whoever does not see it. The figures are in the order of their periods.
#[must_use]
pub fn line_description(one: &BoardKpi<'_>, number: usize, figures: &[&BoardFigure]) -> String {
    let kpi = one.kpi;
    let told: Vec<(&BoardFigure, f64)> = figures.iter().filter_map(|figure| Some((*figure, figure.value?))).collect();
    let (Some(first), Some(last)) = (told.first(), told.last()) else { return String::new() };
    let pick = |better: Ordering| {
        told.iter().fold(*first, |best, one| if one.1.total_cmp(&best.1) == better { *one } else { best })
    };
    let (low, high) = (pick(Ordering::Less), pick(Ordering::Greater));
    let point = |(figure, value): (&BoardFigure, f64)| format!("{} {}", with_unit(kpi, value), when(kpi, figure));
    let mut said = format!(
        "Description of figure {number}: this line chart shows {} in {}, {}. It begins at {} and ends at {}.",
        uncapital(&kpi.title),
        one.place,
        by_kind(figures),
        point(*first),
        point(*last)
    );
    if low.1.total_cmp(&high.1).is_eq() {
        said.push_str(" All figures are the same.");
    } else {
        said.push_str(&format!(" The lowest is {}, the highest {}.", point(low), point(high)));
    }
    let gaps = figures.len() - told.len();
    if gaps > 0 {
        let have = if gaps == 1 { "has" } else { "have" };
        said.push_str(&format!(" {gaps} of {} periods {have} no figure: there the line breaks.", figures.len()));
    }
    let hollow = told.iter().filter(|(figure, _)| !super::marks::symbols(figure).is_empty()).count();
    if hollow > 0 {
        let points = if hollow == 1 {
            "1 point is hollow, since its figure is".to_owned()
        } else {
            format!("{hollow} points are hollow, since their figures are")
        };
        said.push_str(&format!(" {points} provisional, revised or partial."));
    }
    said
}

/// A title within a sentence, unless it begins with an abbreviation.
pub(super) fn uncapital(text: &str) -> String {
    let mut letters = text.chars();
    let (first, second) = (letters.next(), text.chars().nth(1));
    match (first, second) {
        (Some(first), Some(second)) if !second.is_uppercase() => first.to_lowercase().chain(letters).collect(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
#[path = "sentence_tests.rs"]
mod tests;
