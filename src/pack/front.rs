//! The front page: what is late, every KPI by area with its newest figure, how fresh the data is.

use maud::{Markup, html};

use super::frame::{AREAS, BoardPage, FRONT, Frame, METHOD, PageLinks, area_anchor, area_words, table};
use super::judged::{aimed, judged};
use super::kpi_page::{drawn_kind, value_words};
use super::late;
use super::marks::TableNotes;
use super::period::{day_words, period_words};
use super::sentence::{YearChange, leading, why_none, year_change};
use super::shown::unit_name;
use super::values::{BoardKpi, BoardPages, TOTAL};
use crate::definitions::{Area, Basis};

pub(super) fn front(all: &BoardPages<'_>, frame: &Frame) -> BoardPage {
    let main = html! {
        h1 { "What the board will see: " (all.place) }
        p { "Figures speak for " (day_words(all.as_of)) " and rest on what had come by then. Each KPI has its page, with its course, what it "
            "is held against and its passport; " a href=(METHOD) { "method and quality" } " says how the figures are made." }
        ul {
            li { a href="#late-heading" { "What is late or missing" } }
            @for area in AREAS { @if has_any(all, area) { li { a href={ "#" (area_anchor(area)) } { (area_words(area)) } } } }
            li { a href="#fresh-heading" { "How fresh the data is" } }
        }
        (late::late(all, PageLinks::Folder))
        @for area in AREAS { @if has_any(all, area) { (of_area(all, area, PageLinks::Folder)) } }
        (late::fresh(all))
    };
    frame.page(FRONT, "Overview", &main)
}

pub(super) fn has_any(all: &BoardPages<'_>, area: Area) -> bool {
    all.kpis.iter().any(|one| one.kpi.area == area)
}

/// The KPIs of an area, those on own returns first where an id has both.
pub(super) fn of_area(all: &BoardPages<'_>, area: Area, links: PageLinks) -> Markup {
    let mut notes = TableNotes::default();
    let anchor = area_anchor(area);
    let rows: Vec<Markup> =
        all.kpis.iter().filter(|one| one.kpi.area == area).map(|one| row(one, links, &mut notes)).collect();
    let body = html! {
        thead { tr {
            th scope="col" { "KPI" } th scope="col" class="n" { "Newest figure" } th scope="col" { "Period" }
            th scope="col" { "On the same period a year before" } th scope="col" { "Target" } th scope="col" { "More than chance?" } th scope="col" { "Maturity" } th scope="col" { "Data as at" }
        } }
        tbody { @for row in &rows { (row) } }
    };
    html! {
        section aria-labelledby=(anchor) {
            h2 id=(anchor) { (area_words(area)) }
            (table(&format!("{anchor}-kpis"), &html! { (area_words(area)) ": the newest figure of each KPI" }, &body))
            (notes.explained())
        }
    }
}

fn row(one: &BoardKpi<'_>, links: PageLinks, notes: &mut TableNotes) -> Markup {
    let kpi = one.kpi;
    let link = html! { a href=(links.part(&kpi.id, &format!("{}-heading", one.anchor()))) { (kpi.title) }
    @if kpi.basis == Basis::Published { " (published counts, " (one.place) ")" } };
    let found = leading(one);
    let newest = found.map(|found| found.newest).or_else(|| one.totals(one.own_kind()).last().copied());
    let Some(newest) = newest else {
        return html! { tr data-kpi=(one.anchor()) {
            th scope="row" class="wide" { (link) }
            td class="n" { "[x]" } td { "none" } td { "nothing to compare" } td { "none" } td { "no limits" } td { "no figure: " (why_none(one)) } td { "none" }
        } };
    };
    let before = found.and_then(|found| found.before).and_then(|before| before.value);
    let change = newest.value.zip(before).map(|(now, then)| year_change(kpi, TOTAL, now, then));
    let symbols = notes.symbols_of(newest);
    let symbols = if newest.value.is_some() { symbols.join(" ") } else { String::new() };
    let as_at = newest.passport.get("newest_day").or_else(|| newest.passport.get("newest_received"));
    let as_at = as_at.and_then(|text| text.get(..10)?.parse().ok()).map(day_words);
    html! { tr data-kpi=(one.anchor()) {
        th scope="row" class="wide" { (link) }
        td class="n" { a href=(links.part(&kpi.id, &format!("{}-passport", one.anchor()))) { (value_words(one, newest)) } @if newest.value.is_some() { br; span { (unit_name(kpi)) } } }
        td data-period=(newest.period) { (period_words(&newest.period)) }
        td { (change_words(change.as_ref())) }
        td { (aimed(one).map_or("none", |(_, aim)| aim.status.words())) }
        td { (judged(one, &drawn_kind(one)).variation_word()) }
        td { @if newest.value.is_none() { "no figure" } @else { (newest.maturity.as_deref().unwrap_or("not declared")) } @if !symbols.is_empty() { " " (symbols) } }
        td { (as_at.unwrap_or_else(|| "not known".to_owned())) }
    } }
}

fn change_words(change: Option<&YearChange>) -> String {
    match change {
        Some(YearChange { words, verdict: Some(verdict) }) => format!("{words}: {verdict}"),
        Some(YearChange { words, verdict: None }) => words.clone(),
        None => "nothing to compare".to_owned(),
    }
}
