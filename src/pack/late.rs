//! What is late or missing, and since when; how fresh what came is.

use std::collections::BTreeMap;

use jiff::civil::Date;
use maud::{Markup, html};

use super::frame::{PageLinks, table};
use super::period::{day_words, days_in_words, period_words};
use super::values::{BoardPages, LateReturn};

/// The sections of the front page that say it.
pub(super) fn late(all: &BoardPages<'_>, links: PageLinks) -> Markup {
    let is_nothing = all.held.is_empty() && all.missing.is_empty() && all.late.is_empty();
    html! {
        section aria-labelledby="late-heading" {
            h2 id="late-heading" { "What is late or missing" }
            @if is_nothing { p { "Nothing that the figures need is known to be late or missing." } }
            @if !all.held.is_empty() { (held(all)) }
            @if !all.missing.is_empty() { (missing(all, links)) }
            @if !all.late.is_empty() { (returns(all)) }
        }
    }
}

fn held(all: &BoardPages<'_>) -> Markup {
    let body = html! {
        thead { tr { @for name in ["Collection", "Since", "File", "Why"] { th scope="col" { (name) } } } }
        tbody { @for one in &all.held { tr {
            th scope="row" { (one.collection) }
            td { (one.since.map_or_else(|| "not known".to_owned(), day_words)) }
            td { (if one.file.is_empty() { "none" } else { &one.file }) }
            td class="wide" { (one.message) }
        } } }
    };
    table("late-held", &html! { "Held: what came last does not pass, and what was there before counts on" }, &body)
}

fn missing(all: &BoardPages<'_>, links: PageLinks) -> Markup {
    let title = |id: &str| {
        let kpi = all.kpis.iter().find(|one| one.kpi.id == id);
        kpi.map_or_else(|| id.to_owned(), |one| one.kpi.title.clone())
    };
    let body = html! {
        thead { tr { @for name in ["What is missing", "Period", "Since", "KPIs that need it"] { th scope="col" { (name) } } } }
        tbody { @for one in &all.missing { tr {
            th scope="row" class="wide" { (days_in_words(&one.absence)) }
            td { (period_words(&one.period)) }
            td { (since(one.ends, all.as_of)) }
            td class="wide" {
                @if let [only] = one.kpis.as_slice() { a href=(links.kpi(only)) { (title(only)) } }
                @else { details { summary { (one.kpis.len()) " KPIs" } ul { @for id in &one.kpis { li { a href=(links.kpi(id)) { (title(id)) } } } } } }
            }
        } } }
    };
    table("late-missing", &html! { "Returns that did not come, and the KPIs that need them" }, &body)
}

/// Since when something of a period is missing: since the period ended, if it has.
fn since(ends: Option<Date>, as_of: Date) -> String {
    match ends {
        Some(day) if day <= as_of => format!("{}, when the period ended", day_words(day)),
        Some(day) => format!("not due before {}, when the period ends", day_words(day)),
        None => "not known".to_owned(),
    }
}

fn returns(all: &BoardPages<'_>) -> Markup {
    let mut of_subject: BTreeMap<(&str, &str), Vec<&LateReturn>> = BTreeMap::new();
    for one in &all.late {
        of_subject.entry((&one.subject, &one.period)).or_default().push(one);
    }
    let body = html! {
        thead { tr { @for name in ["Return", "Period", "Who did not return", "Returned last"] { th scope="col" { (name) } } } }
        tbody { @for ((subject, period), who) in &of_subject { @for one in who { tr {
            th scope="row" { (subject) }
            td { (period_words(period)) }
            td class="wide" { (one.who) }
            td { (one.last.as_deref().map_or_else(|| "never before".to_owned(), |last| format!("for {}", period_words(last)))) }
        } } } }
    };
    table("late-returns", &html! { "Schools and teams that did not return" }, &body)
}

/// How fresh each collection is.
pub(super) fn fresh(all: &BoardPages<'_>) -> Markup {
    let age = |day: Date| match (all.as_of - day).get_days() {
        ..=0 => "none".to_owned(),
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    };
    let body = html! {
        thead { tr {
            th scope="col" { "Collection" } th scope="col" { "Received last" } th scope="col" class="n" { "Age on " (day_words(all.as_of)) }
            @if !all.is_public { th scope="col" { "File" } } th scope="col" class="n" { "Deliveries" }
        } }
        tbody { @for one in &all.books { tr {
            th scope="row" { (one.collection) }
            td { (one.newest.map_or_else(|| "not known".to_owned(), day_words)) }
            td class="n" { (one.newest.map_or_else(|| "not known".to_owned(), age)) }
            @if !all.is_public { td { (one.newest_file) } }
            td class="n" { (one.deliveries) }
        } } }
    };
    html! {
        section aria-labelledby="fresh-heading" {
            h2 id="fresh-heading" { "How fresh the data is" }
            (table("fresh", &html! { "The newest delivery of each collection" }, &body))
        }
    }
}
