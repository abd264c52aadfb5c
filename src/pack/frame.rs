//! What every page has around its own: head, skip link, edition, navigation, and the style that is written into it.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::period::day_words;
use super::values::BoardPages;
use crate::definitions::Area;

/// The page to start with.
pub(super) const FRONT: &str = "index.html";
/// How figures are made.
pub(super) const METHOD: &str = "method.html";

/// One page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardPage {
    /// Its file.
    pub file: String,
    /// Its text.
    pub html: String,
}

/// The areas in the order in which the board reads them.
pub(super) const AREAS: [Area; 4] = [Area::Asw1, Area::Asw2, Area::Workforce, Area::Context];

/// What an area is called.
pub(super) fn area_words(area: Area) -> &'static str {
    match area {
        Area::Asw1 => "Area of weakness 1: assessing and meeting need",
        Area::Asw2 => "Area of weakness 2: exclusion and inclusion",
        Area::Workforce => "Workforce",
        Area::Context => "Context",
    }
}

/// The part of an address that names an area on the front page.
pub(super) fn area_anchor(area: Area) -> &'static str {
    match area {
        Area::Asw1 => "area-asw1",
        Area::Asw2 => "area-asw2",
        Area::Workforce => "area-workforce",
        Area::Context => "area-context",
    }
}

/// The file of a KPI.
pub(super) fn kpi_file(id: &str) -> String {
    format!("kpi-{id}.html")
}

/// How pages lead to one another: they are files of a folder, or parts of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PageLinks {
    /// A file a page.
    Folder,
    /// Parts of one file.
    OneFile,
}

impl PageLinks {
    /// To an area's list of KPIs.
    pub(super) fn area(self, area: Area) -> String {
        match self {
            Self::Folder => format!("{FRONT}#{}", area_anchor(area)),
            Self::OneFile => format!("#{}", area_anchor(area)),
        }
    }

    /// To how figures are made.
    pub(super) fn method(self) -> String {
        match self {
            Self::Folder => METHOD.to_owned(),
            Self::OneFile => "#method".to_owned(),
        }
    }

    /// To a KPI.
    pub(super) fn kpi(self, id: &str) -> String {
        match self {
            Self::Folder => kpi_file(id),
            Self::OneFile => format!("#{}", kpi_anchor(id)),
        }
    }

    /// To a part of the page of a KPI, by its anchor.
    pub(super) fn part(self, id: &str, anchor: &str) -> String {
        match self {
            Self::Folder => format!("{}#{anchor}", kpi_file(id)),
            Self::OneFile => format!("#{anchor}"),
        }
    }
}

/// Where the part of a KPI begins in one file.
pub(super) fn kpi_anchor(id: &str) -> String {
    format!("kpi-{id}")
}

/// How parts of pages are set: how they lead to others, and how deep their headings lie.
#[derive(Debug, Clone, Copy)]
pub(super) struct PageSetting {
    /// How they lead to others.
    pub(super) links: PageLinks,
    /// The level of the heading of the page.
    pub(super) level: u8,
}

impl PageSetting {
    /// A file of its own.
    pub(super) const PAGE: Self = Self { links: PageLinks::Folder, level: 1 };

    /// A heading so many levels below that of the page.
    pub(super) fn heading(self, below: u8, id: Option<&str>, words: &Markup) -> Markup {
        match self.level + below {
            // A page of its own is led to by its file.
            1 => html! { h1 { (words) } },
            2 => html! { h2 id=[id] { (words) } },
            3 => html! { h3 id=[id] { (words) } },
            4 => html! { h4 id=[id] { (words) } },
            5 => html! { h5 id=[id] { (words) } },
            _ => html! { h6 id=[id] { (words) } },
        }
    }
}

/// What all pages share.
pub(super) struct Frame {
    place: String,
    said: String,
    made: String,
    /// Areas with their KPIs: file and title.
    areas: Vec<(Area, Vec<(String, String)>)>,
}

impl Frame {
    pub(super) fn of(all: &BoardPages<'_>) -> Self {
        let ids = all.of_ids();
        let of_area = |area: Area| {
            let here = ids.iter().filter(|(_, kpis)| kpis.first().is_some_and(|one| one.kpi.area == area));
            here.map(|(id, kpis)| (kpi_file(id), kpis.first().map_or_else(String::new, |one| one.kpi.title.clone())))
                .collect()
        };
        Self {
            place: all.place.clone(),
            said: format!("Figures as of {}", day_words(all.as_of)),
            made: format!(
                "Generation {}, built on {} by sendmart {}. Its content has the fingerprint {}.",
                all.generation,
                day_words(all.built),
                all.program,
                all.fingerprint.get(..16).unwrap_or(&all.fingerprint)
            ),
            areas: AREAS.into_iter().map(|area| (area, of_area(area))).collect(),
        }
    }

    /// A page of this frame. `file` is its own; the title is that of the window and stands for what the page is about.
    pub(super) fn page(&self, file: &str, title: &str, main: &Markup) -> BoardPage {
        let current = |of: &str| (of == file).then_some("page");
        let page = html! {
            (DOCTYPE)
            html lang="en-GB" {
                (page_head(&format!("{title} – {}", self.place)))
                body {
                    a class="skip" href="#main" { "Skip to the content" }
                    header {
                        p class="brand" { (self.place) ": inclusion and special educational needs" }
                        p { (self.said) }
                        p class="edition" { strong { "Restricted edition." } " Small numbers are shown: not for publication." }
                    }
                    nav aria-label="Pages" {
                        ul class="top" {
                            li { a href=(FRONT) aria-current=[current(FRONT)] { "Overview" } }
                            li { a href=(METHOD) aria-current=[current(METHOD)] { "Method and quality" } }
                        }
                        @for (area, kpis) in &self.areas {
                            @if !kpis.is_empty() {
                                details {
                                    summary { (area_words(*area)) " (" (kpis.len()) ")" }
                                    ul { @for (of, title) in kpis { li { a href=(of) aria-current=[current(of)] { (title) } } } }
                                }
                            }
                        }
                    }
                    main id="main" tabindex="-1" { (main) }
                    footer { p { (self.made) } p { "Restricted edition: small numbers are shown." } }
                }
            }
        };
        BoardPage { file: file.to_owned(), html: page.into_string() + "\n" }
    }
}

/// A table that scrolls within its own region. The caption names both; `body` is everything below it.
pub(super) fn table(id: &str, caption: &Markup, body: &Markup) -> Markup {
    let named = format!("{id}-caption");
    html! {
        div class="table" role="region" aria-labelledby=(named) tabindex="0" {
            table id=(id) { caption id=(named) { span { (caption) } } (body) }
        }
    }
}

/// The head of a page that stands alone: nothing of it is asked for elsewhere, and no script runs.
pub(super) fn page_head(title: &str) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
            title { (title) }
            style { (PreEscaped(include_str!("page.css"))) }
        }
    }
}
