//! `pack.html`: one file without a script or a remote address, that reads on a screen and prints to A4.

use maud::{DOCTYPE, Markup, html};

use super::board_pack::{BoardPack, PackEdition};
use super::cases;
use super::changes;
use super::decide;
use super::frame::{AREAS, PageLinks, PageSetting, area_anchor, area_words, page_head};
use super::front::{has_any, of_area};
use super::governance;
use super::kpi_page::kpi_parts;
use super::late;
use super::method::method_parts;
use super::period::day_words;
use crate::definitions::Area;

/// A KPI below the heading of its area.
const KPI: PageSetting = PageSetting { links: PageLinks::OneFile, level: 3 };
/// A part of the file.
const PART: PageSetting = PageSetting { links: PageLinks::OneFile, level: 2 };

/// The whole pack as one page.
#[must_use]
pub fn pack_page(pack: &BoardPack<'_>) -> String {
    let title = format!("{}: pack for the meeting of {}", pack.board.name, day_words(pack.meeting.day));
    let main = main_of(pack, &title);
    let page = html! {
        (DOCTYPE)
        html lang="en-GB" {
            (page_head(&title))
            body {
                a class="skip" href="#main" { "Skip to the content" }
                header {
                    p class="brand" { (pack.pages.place) ": inclusion and special educational needs" }
                    p { (frozen_words(pack)) }
                    p class="edition" { strong { (edition_words(pack)) } " " (small_words(pack)) @if pack.edition == PackEdition::Restricted { ": not for publication" } "." }
                }
                (navigation(pack))
                main id="main" tabindex="-1" { (main) }
                footer {
                    p { (made_words(pack)) }
                    p { (edition_words(pack)) " " (small_words(pack)) "." }
                }
            }
        }
    };
    page.into_string() + "\n"
}

fn edition_words(pack: &BoardPack<'_>) -> &'static str {
    match (pack.edition, pack.is_draft) {
        (PackEdition::Public, _) => "Public edition.",
        (PackEdition::Restricted, true) => "Draft of the restricted edition.",
        (PackEdition::Restricted, false) => "Restricted edition.",
    }
}

/// The edition as the workbooks say it.
pub(super) fn edition_line(pack: &BoardPack<'_>) -> String {
    match pack.edition {
        PackEdition::Restricted => "Restricted edition: small numbers are shown. Not for publication.".to_owned(),
        PackEdition::Public => format!("Public edition. {}.", small_words(pack)),
    }
}

/// What becomes of small numbers.
pub(super) fn small_words(pack: &BoardPack<'_>) -> &'static str {
    match pack.edition {
        PackEdition::Restricted => "Small numbers are shown",
        PackEdition::Public => {
            "Numbers of few people, and those that would tell of few, are hidden and bear [c]; what schools, months and single cases would tell is left out"
        }
    }
}

fn frozen_words(pack: &BoardPack<'_>) -> String {
    let as_of = day_words(pack.pages.as_of);
    if pack.is_draft {
        let freeze = day_words(pack.meeting.freeze());
        return format!("Figures as of {as_of}; they will be frozen at the end of {freeze}");
    }
    format!("Figures frozen at the end of {as_of}: what came later is not in them")
}

fn made_words(pack: &BoardPack<'_>) -> String {
    let fingerprint = &pack.state.fingerprint;
    let listed = match pack.edition {
        PackEdition::Restricted => "whose deliveries and definitions are listed in pack.json",
        PackEdition::Public => "whose deliveries are listed in the restricted edition",
    };
    let state = fingerprint.get(..16).unwrap_or(fingerprint);
    format!("Made by sendmart {} of the state {state}, {listed}.", pack.pages.program)
}

/// The areas that have KPIs.
fn areas<'p>(pack: &'p BoardPack<'_>) -> impl Iterator<Item = Area> + 'p {
    AREAS.into_iter().filter(|area| has_any(&pack.pages, *area))
}

/// The ids of an area's KPIs with their titles, in the order of the pages.
fn of_area_ids<'p>(pack: &'p BoardPack<'_>, area: Area) -> Vec<(&'p str, &'p str)> {
    let ids = pack.pages.of_ids();
    let of = ids.iter().filter(|(_, kpis)| kpis.first().is_some_and(|one| one.kpi.area == area));
    of.map(|(id, kpis)| (*id, kpis.first().map_or("", |one| one.kpi.title.as_str()))).collect()
}

fn navigation(pack: &BoardPack<'_>) -> Markup {
    html! {
        nav aria-label="Parts of the pack" {
            ul class="top" {
                li { a href="#decide-heading" { "Decisions" } }
                li { a href="#late-heading" { "Late or missing" } }
                li { a href="#changed-heading" { "Changes" } }
                li { a href="#fresh-heading" { "Freshness" } }
                @if !pack.cases.is_empty() { li { a href="#cases" { "Cases" } } }
                li { a href="#governance" { "Governance" } }
                li { a href="#method" { "Method and quality" } }
            }
            @for area in areas(pack) {
                @let kpis = of_area_ids(pack, area);
                details {
                    summary { (area_words(area)) " (" (kpis.len()) ")" }
                    ul { @for (id, title) in kpis { li { a href=(PageLinks::OneFile.kpi(id)) { (title) } } } }
                }
            }
        }
    }
}

fn main_of(pack: &BoardPack<'_>, title: &str) -> Markup {
    let all = &pack.pages;
    let mut figures = 0;
    let mut parts = Vec::new();
    for area in areas(pack) {
        let kpis: Vec<Markup> = all
            .of_ids()
            .into_iter()
            .filter(|(_, kpis)| kpis.first().is_some_and(|one| one.kpi.area == area))
            .map(|(id, kpis)| kpi_parts(all, id, &kpis, KPI, &mut figures))
            .collect();
        parts.push(html! {
            div class="area" data-area=(area_anchor(area)) {
                (of_area(all, area, PageLinks::OneFile))
                @for kpi in kpis { article { (kpi) } }
            }
        });
    }
    html! {
        h1 { (title) }
        @if let Some(about) = &pack.meeting.about { p { "The meeting: " (about) "." } }
        p { (pack.board.remit) " Figures speak for " (day_words(all.as_of)) " and rest on what had come by the end of that day, "
            (pack.meeting.notice_days) " days of notice before the meeting. "
            a href="#governance" { "Who governs" } ", and " a href="#method" { "how figures are made" } ", stand at the end." }
        (decide::decisions(pack))
        (late::late(all, PageLinks::OneFile))
        (changes::changed(pack))
        (late::fresh(all))
        (cases::cases(&pack.cases))
        @for part in parts { (part) }
        (governance::governance(pack))
        div class="area" { (method_parts(all, PART)) }
    }
}
