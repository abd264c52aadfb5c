//! Groups and schools: a table with a row for each and a column for each of the newest periods.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use super::frame::table;
use super::kpi_page::value_words;
use super::marks::TableNotes;
use super::period::period_words;
use super::shown::unit_name;
use super::values::{BoardFigure, BoardKpi, TOTAL};

/// Periods that have a column.
const COLUMNS: usize = 4;

/// The figures of the breakdowns of the place, in the KPI's own periods.
pub(super) fn groups(one: &BoardKpi<'_>, anchor: &str) -> Markup {
    let is_wanted =
        |figure: &&BoardFigure| !figure.is_of_school() && figure.breakdown != TOTAL && figure.kind == one.own_kind();
    let name = |figure: &BoardFigure| group_words(&figure.breakdown);
    let figures: Vec<&BoardFigure> = one.figures.iter().filter(is_wanted).collect();
    let left_out = match one.left_out {
        0 => String::new(),
        1 => "1 more figure of a group is not shown".to_owned(),
        more => format!("{more} more figures of groups are not shown"),
    };
    html! {
        @if !figures.is_empty() {
            details open[one.totals(one.own_kind()).is_empty()] {
                summary { "By group" }
                (matrix(one, &format!("{anchor}-groups"), "Group", &figures, &|figure| (figure.breakdown.clone(), name(figure))))
                @if !left_out.is_empty() { p { (left_out) ": " code { "sendmart kpi show " (one.kpi.id) " --at " (one.code) " --all" } } }
            }
        }
    }
}

/// The figures of schools.
pub(super) fn schools(one: &BoardKpi<'_>, anchor: &str) -> Markup {
    let is_wanted = |figure: &&BoardFigure| figure.is_of_school() && figure.breakdown == TOTAL;
    let figures: Vec<&BoardFigure> = one.figures.iter().filter(is_wanted).collect();
    let name = |figure: &BoardFigure| {
        if figure.name.is_empty() { figure.code.clone() } else { format!("{} ({})", figure.name, figure.code) }
    };
    html! {
        @if !figures.is_empty() {
            details open[one.totals(one.own_kind()).is_empty()] {
                summary { "By school" }
                (matrix(one, &format!("{anchor}-schools"), "School", &figures, &|figure| (figure.code.clone(), name(figure))))
            }
        }
    }
}

/// `sex=Female, need=SEMH` as `sex: Female, need: SEMH`.
pub(super) fn group_words(breakdown: &str) -> String {
    breakdown.replace('_', " ").split(", ").map(|part| part.replacen('=', ": ", 1)).collect::<Vec<_>>().join(", ")
}

fn matrix(
    one: &BoardKpi<'_>,
    id: &str,
    head: &str,
    figures: &[&BoardFigure],
    named: &dyn Fn(&BoardFigure) -> (String, String),
) -> Markup {
    let periods: BTreeSet<&str> = figures.iter().map(|figure| figure.period.as_str()).collect();
    let periods: Vec<&str> = periods.into_iter().rev().take(COLUMNS).collect();
    let periods: Vec<&str> = periods.into_iter().rev().collect();
    let mut rows: BTreeMap<(String, String), BTreeMap<&str, &BoardFigure>> = BTreeMap::new();
    for figure in figures.iter().filter(|figure| periods.contains(&figure.period.as_str())) {
        let (key, name) = named(figure);
        rows.entry((name, key)).or_default().insert(&figure.period, figure);
    }
    let mut notes = TableNotes::default();
    let mut has_gap = false;
    let mut cells = Vec::new();
    for ((name, key), of_row) in &rows {
        let words = periods.iter().map(|period| match of_row.get(period) {
            Some(figure) => {
                let marks = notes.symbols_of(figure);
                if figure.value.is_none() {
                    marks.join(" ")
                } else {
                    [vec![value_words(one, figure)], marks].concat().join(" ")
                }
            }
            None => {
                has_gap = true;
                "–".to_owned()
            }
        });
        cells.push((name, key, words.collect::<Vec<String>>()));
    }
    let caption =
        html! { (one.kpi.title) ", " (unit_name(one.kpi)) ", by " (head.to_lowercase()) ", the newest periods" };
    let body = html! {
        thead { tr { th scope="col" { (head) } @for period in &periods { th scope="col" class="n" data-period=(period) { (period_words(period)) } } } }
        tbody {
            @for (name, key, words) in &cells {
                tr { th scope="row" data-row=(key) { (name) } @for word in words { td class="n" { (word) } } }
            }
        }
    };
    html! {
        (table(id, &caption, &body))
        (notes.explained())
        @if has_gap { ul class="notes" { li { "– no figure of that period is told" } } }
    }
}
