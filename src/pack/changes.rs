//! What changed since the last pack: new, revised, redefined, and every settled figure that was restated.

use maud::{Markup, html};

use super::board_pack::{BoardPack, CHANGES, ChangedFigure, ChangedKpi, PackChanges};
use super::frame::{PageLinks, table};
use super::period::{day_words, period_words};
use super::shown::{figure_words, thousands};
use super::values::{BoardKpi, BoardPages, TOTAL};
use crate::definitions::{Basis, Kpi};
use crate::kpi::trimmed;

/// Files that are named for each way in which figures change.
const NAMED: usize = 3;

/// The section of the front page.
pub(super) fn changed(pack: &BoardPack<'_>) -> Markup {
    html! {
        section aria-labelledby="changed-heading" {
            h2 id="changed-heading" { "What changed since the last pack" }
            @match &pack.changes {
                None if pack.pages.is_public => p { "What changed since the last pack, figure by figure, stands in the restricted edition: the difference of two figures may be few people." },
                None => p { "The board has no meeting before this one: there is no pack to compare with." },
                Some(changes) => { (of(&pack.pages, changes)) },
            }
        }
    }
}

fn of(all: &BoardPages<'_>, changes: &PackChanges) -> Markup {
    let restated: Vec<(&ChangedKpi, &ChangedFigure)> = figures(changes, &|_, figure| figure.is_restated());
    let totals: Vec<(&ChangedKpi, &ChangedFigure)> = figures(changes, &|kpi, figure| is_own_total(all, kpi, figure));
    let came = totals.iter().filter(|(_, figure)| figure.from.is_none() && figure.to.is_some()).count();
    let went = totals.iter().filter(|(_, figure)| figure.to.is_none()).count();
    let same: usize = changes.kpis.iter().map(|kpi| kpi.same).sum();
    let redefined: Vec<&ChangedKpi> = changes.kpis.iter().filter(|kpi| !kpi.redefined.is_empty()).collect();
    html! {
        p { "Held against the figures for the meeting of " (day_words(changes.meeting)) ", frozen on " (day_words(changes.freeze)) ": "
            (moved_words(totals.len() - came - went)) " of the place moved, " (came) " came, " (went) " went, and "
            (restated_words(restated.len())) ". " (thousands(&same.to_string())) " figures of all places, groups and periods are as they were." }
        @if changes.has_definitions {
            p { @if redefined.is_empty() { "No definition changed." } @else { "Definitions changed: "
                @for (index, kpi) in redefined.iter().enumerate() { @if index > 0 { "; " } (title(all, &kpi.id)) " (" @for (index, file) in kpi.redefined.iter().enumerate() { @if index > 0 { ", " } code { (file) } } ")" } "." } }
        } @else {
            p { "Both are reckoned by the definitions of now: what a change of definition did is told where the folder of the last pack is named." }
        }
        @if !restated.is_empty() { (restated_tables(all, &restated)) }
        @if !totals.is_empty() { (figures_table(all, "moved", &html! { "Figures of the place that are not what they were, in the KPIs' own periods; the parts add up" }, &totals, false)) }
        (files(all, changes))
    }
}

/// Those of the place, and those of groups and schools folded below.
fn restated_tables(all: &BoardPages<'_>, restated: &[(&ChangedKpi, &ChangedFigure)]) -> Markup {
    let is_total = |figure: &ChangedFigure| figure.breakdown == TOTAL && figure.code == all.code;
    let (totals, others): (Vec<_>, Vec<_>) = restated.iter().copied().partition(|(_, figure)| is_total(figure));
    html! {
        @if totals.is_empty() { p id="restated" { "Those restated are of groups and schools." } }
        @else { (figures_table(all, "restated", &html! { "Settled figures of the place that were restated: they were final in the last pack" }, &totals, false)) }
        @if !others.is_empty() {
            details {
                summary { "Restated figures of groups and schools (" (others.len()) ")" }
                (figures_table(all, "restated-others", &html! { "Settled figures of groups and schools that were restated" }, &others, true))
            }
        }
    }
}

fn moved_words(count: usize) -> String {
    if count == 1 { "1 figure".to_owned() } else { format!("{count} figures") }
}

fn restated_words(count: usize) -> String {
    match count {
        0 => "no settled figure was restated".to_owned(),
        1 => "1 settled figure was restated".to_owned(),
        some => format!("{some} settled figures were restated"),
    }
}

fn figures<'c>(
    changes: &'c PackChanges,
    is_wanted: &dyn Fn(&ChangedKpi, &ChangedFigure) -> bool,
) -> Vec<(&'c ChangedKpi, &'c ChangedFigure)> {
    let all = changes.kpis.iter().flat_map(|kpi| kpi.moved.iter().map(move |figure| (kpi, figure)));
    all.filter(|(kpi, figure)| figure.from != figure.to && is_wanted(kpi, figure)).collect()
}

fn kpi_of<'p>(all: &'p BoardPages<'_>, id: &str) -> Option<&'p BoardKpi<'p>> {
    all.kpis.iter().find(|one| one.kpi.id == id && one.kpi.basis == Basis::Local)
}

fn title(all: &BoardPages<'_>, id: &str) -> String {
    kpi_of(all, id).map_or_else(|| id.to_owned(), |one| one.kpi.title.clone())
}

/// Whether a figure is a total of the council in the KPI's own periods.
fn is_own_total(all: &BoardPages<'_>, kpi: &ChangedKpi, figure: &ChangedFigure) -> bool {
    let own = kpi_of(all, &kpi.id).and_then(|one| one.kpi.period_kind);
    figure.breakdown == TOTAL && figure.code == all.code && own.is_some_and(|own| own.names(&figure.period))
}

fn figures_table(
    all: &BoardPages<'_>,
    id: &str,
    caption: &Markup,
    rows: &[(&ChangedKpi, &ChangedFigure)],
    has_places: bool,
) -> Markup {
    let place = |figure: &ChangedFigure| {
        let group = (figure.breakdown != TOTAL).then(|| super::breakdown::group_words(&figure.breakdown));
        let whose = if figure.code == all.code { all.place.clone() } else { school_name(all, &figure.code) };
        group.map_or_else(|| whose.clone(), |group| format!("{whose}, {group}"))
    };
    let value = |kpi: Option<&Kpi>, value: Option<f64>| match (kpi, value) {
        (Some(kpi), Some(value)) => figure_words(kpi, value),
        (None, Some(value)) => trimmed(value, 5),
        (_, None) => "none".to_owned(),
    };
    let part = |figure: &ChangedFigure, step: usize| {
        if figure.came_with == Some(step) {
            return if figure.to.is_some() { "came".to_owned() } else { "went".to_owned() };
        }
        match figure.parts[step] {
            Some(part) if part.abs() >= 5e-10 => {
                format!("{}{}", if part > 0.0 { "+" } else { "\u{2212}" }, trimmed(part.abs(), 5))
            }
            Some(_) => "0".to_owned(),
            None => "[z]".to_owned(),
        }
    };
    let has_nothing = rows
        .iter()
        .any(|(_, figure)| (0..4).any(|step| figure.came_with != Some(step) && figure.parts[step].is_none()));
    let body = html! {
        thead { tr {
            th scope="col" { "KPI" } @if has_places { th scope="col" { "Place" } } th scope="col" { "Period" }
            th scope="col" class="n" { "Last pack" }
            @for name in CHANGES { th scope="col" class="n" { (name) } }
            th scope="col" class="n" { "Now" }
        } }
        tbody { @for (kpi, figure) in rows {
            @let known = kpi_of(all, &kpi.id);
            tr data-kpi=(kpi.id) {
                th scope="row" class="wide" { @if known.is_some() { a href=(PageLinks::OneFile.kpi(&kpi.id)) { (title(all, &kpi.id)) } } @else { (kpi.id) } }
                @if has_places { td class="wide" data-place=(figure.code) data-group=(figure.breakdown) { (place(figure)) } }
                td data-period=(figure.period) { (period_words(&figure.period)) }
                td class="n" { (value(known.map(|one| one.kpi), figure.from)) }
                @for step in 0..4 { td class="n" { (part(figure, step)) } }
                td class="n" { (value(known.map(|one| one.kpi), figure.to)) }
            }
        } }
    };
    html! {
        (table(id, caption, &body))
        @if has_nothing { ul class="notes" { li { "[z] not applicable: there is no figure on one side of this step" } } }
    }
}

fn school_name(all: &BoardPages<'_>, code: &str) -> String {
    let mut figures = all.kpis.iter().flat_map(|one| &one.figures);
    let named = figures.find(|figure| figure.code == code && !figure.name.is_empty());
    named.map_or_else(|| code.to_owned(), |figure| format!("{} ({code})", figure.name))
}

/// The files that act on a KPI in one way.
type FilesOf = fn(&ChangedKpi) -> &Vec<String>;

/// The files behind, each told once with the KPIs that it is behind.
fn files(all: &BoardPages<'_>, changes: &PackChanges) -> Markup {
    let ways: [(&str, FilesOf); 3] = [
        ("New: they replace nothing", |kpi| &kpi.new),
        ("Revised: they replace what was told before", |kpi| &kpi.revising),
        ("Gone: they count no more", |kpi| &kpi.gone),
    ];
    let mut rows = Vec::new();
    for (what, of) in ways {
        let mut by_file: std::collections::BTreeMap<&str, Vec<&str>> = std::collections::BTreeMap::new();
        for kpi in &changes.kpis {
            for file in of(kpi) {
                by_file.entry(file).or_default().push(&kpi.id);
            }
        }
        rows.extend(by_file.into_iter().map(|(file, kpis)| (what, file, kpis)));
    }
    if rows.is_empty() {
        return html! { p { "No file came, or went, that these figures are made of." } };
    }
    let body = html! {
        thead { tr { @for name in ["File", "What it does", "KPIs that it is behind"] { th scope="col" { (name) } } } }
        tbody { @for (what, file, kpis) in &rows { tr {
            th scope="row" class="wide" { (file) }
            td { (what) }
            td class="wide" {
                @if kpis.len() <= NAMED { @for (index, id) in kpis.iter().enumerate() { @if index > 0 { "; " } (title(all, id)) } }
                @else { (kpis.len()) " KPIs" }
            }
        } } }
    };
    html! { details { summary { "Files that came since (" (rows.len()) ")" } (table("changed-files", &html! { "Files between the two packs" }, &body)) } }
}
