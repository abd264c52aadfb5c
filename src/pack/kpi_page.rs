//! The page of a KPI: figure, table, what it is held against, passport, its groups and schools.

use maud::{Markup, html};

use super::breakdown;
use super::drawing;
use super::frame::{BoardPage, Frame, PageSetting, area_words, kpi_anchor, kpi_file, table};
use super::judged::{JudgedOfKpi, aim_words, beside_words, judged};
use super::marks::TableNotes;
use super::period::{by_kind, day_words, period_words};
use super::schools::compared_schools;
use super::sentence::{headline, leading, line_description};
use super::shown::{figure_words, part_words, polarity_words, unit_name};
use super::values::{BoardFigure, BoardKpi, BoardPages};
use crate::definitions::Basis;

/// Months with a figure from which on the drawing is of months.
const MONTHS: usize = 6;
/// The other kinds of period, in the order in which they are told.
const OTHERS: [&str; 7] =
    ["rolling_12_months", "week", "term", "two_terms", "academic_year", "calendar_year", "academic_year_to_date"];

/// The page of the KPIs of one id: on own returns, on published counts, or both.
pub(super) fn kpi_page(all: &BoardPages<'_>, frame: &Frame, id: &str, kpis: &[&BoardKpi<'_>]) -> BoardPage {
    let Some(first) = kpis.first() else { return frame.page(&kpi_file(id), id, &html! {}) };
    let mut figures = 0;
    frame.page(&kpi_file(id), &first.kpi.title, &kpi_parts(all, id, kpis, PageSetting::PAGE, &mut figures))
}

/// The KPIs of one id, below the heading that they begin with. `figures` counts the drawings of the file.
pub(super) fn kpi_parts(
    all: &BoardPages<'_>,
    id: &str,
    kpis: &[&BoardKpi<'_>],
    set: PageSetting,
    figures: &mut usize,
) -> Markup {
    let Some(first) = kpis.first() else { return html! {} };
    let mut parts = Vec::new();
    for one in kpis {
        parts.push(of_basis(all, one, figures, set));
    }
    html! {
        (set.heading(0, Some(&kpi_anchor(id)), &html! { (first.kpi.title) }))
        p { a href=(set.links.area(first.kpi.area)) { (area_words(first.kpi.area)) } }
        @for part in parts { (part) }
    }
}

fn of_basis(all: &BoardPages<'_>, one: &BoardKpi<'_>, figures: &mut usize, set: PageSetting) -> Markup {
    let anchor = one.anchor();
    let whose = match one.kpi.basis {
        Basis::Local => "On the council's own returns",
        Basis::Published => "On published counts",
    };
    let drawn = drawn_kind(one);
    let verdict = judged(one, &drawn);
    *figures += usize::from(one.can_be_drawn(&drawn));
    let number = *figures;
    html! {
        section aria-labelledby={ (anchor) "-heading" } {
            (set.heading(1, Some(&format!("{anchor}-heading")), &html! { (whose) }))
            (figure(one, &anchor, number, &drawn, &verdict))
            @if drawn != one.own_kind() && !one.totals(one.own_kind()).is_empty() {
                (series(one, &format!("{anchor}-own"), one.own_kind()))
            }
            (compared(one, &anchor, set))
            (compared_schools(one, &anchor, set, figures))
            (passport(all, one, &anchor, set))
            (breakdown::groups(one, &anchor))
            (breakdown::schools(one, &anchor))
            (others(one, &anchor, &drawn))
        }
    }
}

/// The kind of period that is drawn: months where there are enough, otherwise the KPI's own.
pub(super) fn drawn_kind(one: &BoardKpi<'_>) -> String {
    let months = one.totals("month").iter().filter(|figure| figure.value.is_some()).count();
    if months >= MONTHS { "month".to_owned() } else { one.own_kind().to_owned() }
}

fn figure(one: &BoardKpi<'_>, anchor: &str, number: usize, kind: &str, verdict: &JudgedOfKpi) -> Markup {
    let figures = one.totals(kind);
    let is_drawn = one.can_be_drawn(kind);
    let span = match (figures.first(), figures.last()) {
        (Some(first), Some(last)) if first.period != last.period => {
            format!(", {} to {}", period_words(&first.period), period_words(&last.period))
        }
        (Some(only), _) => format!(", {}", period_words(&only.period)),
        _ => String::new(),
    };
    let said = headline(one);
    html! {
        figure id={ (anchor) "-figure" } {
            figcaption {
                p class="message" { @if is_drawn { "Figure " (number) ": " } (said.message) }
                @if !said.known.is_empty() { p class="known" { (said.known) } }
                @if let Some(said) = aim_words(one) { p class="aim" { (said) } }
                @if let Some(said) = beside_words(one) { p class="beside" { (said) } }
                p class="subtitle" {
                    (one.kpi.title) ", " (unit_name(one.kpi)) ", " (one.place) ", " (by_kind(&figures)) (span) ". " (polarity_words(one.kpi))
                }
            }
            @if is_drawn {
                (drawing::line(one.kpi, &figures, verdict))
                p { (line_description(one, number, &figures)) (verdict.description()) }
                (verdict.told())
            }
        }
        @if !figures.is_empty() { (series(one, &format!("{anchor}-series"), kind)) }
    }
}

/// The figures of a kind of period, a row a period, with its notes below.
fn series(one: &BoardKpi<'_>, id: &str, kind: &str) -> Markup {
    let mut notes = TableNotes::default();
    let has_parts = !one.kpi.unit.is_plain();
    let figures = one.totals(kind);
    let has_published = figures.iter().any(|figure| figure.published.is_some());
    let has_aim = figures.iter().any(|figure| figure.aim.is_some());
    let caption = html! { (one.kpi.title) ", " (one.place) ", " (by_kind(&figures)) };
    let rows: Vec<(&BoardFigure, String)> = figures.into_iter().map(|figure| (figure, notes.of(figure))).collect();
    let body = html! {
        thead { tr {
            th scope="col" { "Period" }
            th scope="col" class="n" { (unit_name(one.kpi)) }
            @if has_parts { th scope="col" class="n" { "Numerator" } th scope="col" class="n" { "Denominator" } }
            @if has_published { th scope="col" class="n" { "As printed" } }
            @if has_aim { th scope="col" class="n" { "Line to the target" } th scope="col" { "Status" } }
            th scope="col" { "Marks" }
        } }
        tbody {
            @for (figure, note) in &rows {
                tr {
                    th scope="row" data-period=(figure.period) { (period_words(&figure.period)) }
                    td class="n" { (value_words(one, figure)) }
                    @if has_parts { td class="n" { (part(figure, figure.numerator)) } td class="n" { (part(figure, figure.denominator)) } }
                    @if has_published { td class="n" { (figure.published.map_or_else(|| "[x]".to_owned(), |value| figure_words(one.kpi, value))) } }
                    @if has_aim { (aim_cells(one, figure)) }
                    td class="marks" { @if note.is_empty() { "none" } @else { (note) } }
                }
            }
        }
    };
    html! { (table(id, &caption, &body)) (notes.explained()) @if has_aim { ul class="notes" { li { "[z] not applicable: the line to the target does not reach that period" } } } }
}

/// What the line to the target says of the period, and how the figure stands to it.
fn aim_cells(one: &BoardKpi<'_>, figure: &BoardFigure) -> Markup {
    let expected = figure.aim.and_then(|aim| aim.expected);
    html! {
        td class="n" { (expected.map_or_else(|| "[z]".to_owned(), |value| figure_words(one.kpi, value))) }
        td { (figure.aim.map_or("no target", |aim| aim.status.words())) }
    }
}

/// A value, or the symbol of why there is none.
pub(super) fn value_words(one: &BoardKpi<'_>, figure: &BoardFigure) -> String {
    figure.value.map_or_else(|| super::marks::symbols(figure).join(" "), |value| figure_words(one.kpi, value))
}

fn part(figure: &BoardFigure, value: Option<f64>) -> String {
    value.map_or_else(
        || if figure.value.is_none() { super::marks::symbols(figure).join(" ") } else { "[x]".to_owned() },
        part_words,
    )
}

/// England, region and neighbours in the same periods.
fn compared(one: &BoardKpi<'_>, anchor: &str, set: PageSetting) -> Markup {
    if one.compared.is_empty() {
        return html! {};
    }
    let shown = |value: Option<f64>| value.map_or_else(|| "[x]".to_owned(), |value| figure_words(one.kpi, value));
    // A mean is not a figure that anybody printed: one decimal more than the KPI's says what it can.
    let mean = |value: Option<f64>| {
        value.map_or_else(|| "[x]".to_owned(), |value| part_words((value * 1000.0).round() / 1000.0))
    };
    let whole = |value: Option<f64>| value.map_or_else(|| "[x]".to_owned(), part_words);
    let caption = html! { (one.kpi.title) ": England, the region and statistical neighbours in the same periods" };
    let body = html! {
        thead { tr {
            th scope="col" { "Period" }
            @for name in ["Own returns", "Published for the place", "England", "Region", "Neighbours: mean", "Neighbours: median", "Neighbours with a figure", "Rank among them"] {
                th scope="col" class="n" { (name) }
            }
            th scope="col" { "Maturity" }
        } }
        tbody {
            @for row in &one.compared {
                tr {
                    th scope="row" data-period=(row.period) { (period_words(&row.period)) }
                    td class="n" { (shown(row.local)) }
                    td class="n" { (shown(row.published)) }
                    td class="n" { (shown(row.england)) }
                    td class="n" { (shown(row.region)) }
                    td class="n" { (mean(row.mean)) }
                    td class="n" { (mean(row.median)) }
                    td class="n" { (whole(row.with_value)) " of " (whole(row.neighbours)) }
                    td class="n" { (whole(row.rank)) }
                    td { (row.maturity.as_deref().unwrap_or("not declared")) }
                }
            }
        }
    };
    html! {
        (set.heading(2, None, &html! { "Beside others" }))
        (table(&format!("{anchor}-compared"), &caption, &body))
        ul class="notes" { li { "[x] not available: nothing is published, or it did not come" } }
    }
}

/// What the figure that speaks for the KPI rests on, and how the KPI is defined.
fn passport(all: &BoardPages<'_>, one: &BoardKpi<'_>, anchor: &str, set: PageSetting) -> Markup {
    let kpi = one.kpi;
    let newest = leading(one).map(|leading| leading.newest);
    let rows = newest.map(|figure| of_figure(one, figure)).unwrap_or_default();
    let ask = newest.map(|figure| {
        format!(
            "sendmart explain {} --at {} --period \"{}\"",
            kpi.id,
            if one.code.is_empty() { &all.code } else { &one.code },
            figure.period
        )
    });
    html! {
        (set.heading(2, Some(&format!("{anchor}-passport")), &html! { "Passport" @if let Some(figure) = newest { " of the figure of " (period_words(&figure.period)) } }))
        dl class="passport" {
            @for (what, said) in rows { dt { (what) } dd { (said) } }
            dt { "Definition" } dd { (kpi.title) ". " (super::method::sentence(&kpi.period_rule)) }
            dt { "Source" } dd { (kpi.source) }
            dt { "Rounding" } dd { (kpi.rounding.words()) }
            @if !kpi.caveats.is_empty() { dt { "Caveats" } dd { ul { @for caveat in &kpi.caveats { li { (caveat) } } } } }
            dt { "File of the definition" } dd { code { "sql/kpis/" (kpi.file().display()) } }
            @if let Some(ask) = ask { dt { "Its rows and cells" } dd { code { (ask) } } }
        }
    }
}

/// What is known of a figure.
fn of_figure(one: &BoardKpi<'_>, figure: &BoardFigure) -> Vec<(&'static str, String)> {
    let said = |column: &str| figure.passport.get(column).cloned();
    let day = |column: &str| said(column)?.get(..10)?.parse().ok().map(day_words);
    let number = |column: &str| said(column)?.parse::<f64>().ok();
    let unknown = || "not known".to_owned();
    let parts = |value: Option<f64>| value.map_or_else(unknown, part_words);
    let mut rows = vec![("Figure", format!("{} ({})", value_words(one, figure), unit_name(one.kpi)))];
    rows.push(("Numerator", parts(figure.numerator)));
    if !one.kpi.unit.is_plain() {
        rows.push(("Denominator", parts(figure.denominator)));
    }
    if let Some(period) = &figure.denominator_period {
        rows.push(("Denominator of", period_words(period)));
    }
    rows.push(("Newest day that it counts", day("newest_day").unwrap_or_else(unknown)));
    let file = figure.newest_file.as_ref().map_or_else(String::new, |file| format!(", {file}"));
    rows.push((
        "Newest delivery",
        day("newest_received").map_or_else(unknown, |day| format!("received on {day}{file}")),
    ));
    if let (Some(returned), Some(expected)) = (number("returned"), number("expected")) {
        let who = said("returners").unwrap_or_default();
        rows.push(("Returned", format!("{} of {} {who}", part_words(returned), part_words(expected))));
    }
    if let Some(refused) = number("rows_refused") {
        rows.push(("Rows refused of its returns", part_words(refused)));
    }
    if let Some(share) = number("provisional_share") {
        // A share that is neither none nor all is not rounded to either.
        let percent = if share > 0.0 && share < 1.0 { (share * 100.0).round().clamp(1.0, 99.0) } else { share * 100.0 };
        rows.push(("Provisional share of its rows", format!("{percent:.0}%")));
    }
    rows.push(("Maturity", figure.maturity.clone().unwrap_or_else(unknown)));
    rows
}

/// The other kinds of period, folded.
fn others(one: &BoardKpi<'_>, anchor: &str, drawn: &str) -> Markup {
    let is_told = |kind: &&str| *kind != drawn && *kind != one.own_kind() && !one.totals(kind).is_empty();
    let to_date = "calendar_year_to_date";
    let kinds: Vec<&str> = OTHERS.into_iter().chain([to_date]).chain(["month"]).filter(is_told).collect();
    html! {
        @if !kinds.is_empty() {
            details {
                summary { "Other periods" }
                @for kind in kinds { (series(one, &format!("{anchor}-{}", kind.replace('_', "-")), kind)) }
            }
        }
    }
}
