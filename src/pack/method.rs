//! How the figures are made: definitions in words, what was read and what became of it, what is wrong with it.

use maud::{Markup, html};

use super::frame::{BoardPage, Frame, METHOD, PageSetting, table};
use super::shown::{polarity_words, thousands, unit_name};
use super::values::{BoardKpi, BoardPages};
use crate::definitions::Basis;

pub(super) fn method(all: &BoardPages<'_>, frame: &Frame) -> BoardPage {
    frame.page(METHOD, "Method and quality", &method_parts(all, PageSetting::PAGE))
}

/// How figures are made, below the heading that it begins with.
pub(super) fn method_parts(all: &BoardPages<'_>, set: PageSetting) -> Markup {
    html! {
        (set.heading(0, Some("method"), &html! { "Method and quality" }))
        p { "Every figure is made from files as they were sent. Each row of them is accepted, quarantined with its faults, or skipped "
            "with a reason; no row is lost and no cell is guessed. What did not come is not nought: a figure without its source has a "
            "reason in its place, and one with a part of it has a mark." }
        @if !all.is_public {
            (conservation(all, set))
            (faults(all, set))
        }
        section aria-labelledby="definitions-heading" {
            (set.heading(1, Some("definitions-heading"), &html! { "Definitions" }))
            @for one in &all.kpis { (definition(one, set)) }
        }
    }
}

/// Rows read = accepted + quarantined + skipped, of each collection and of all.
fn conservation(all: &BoardPages<'_>, set: PageSetting) -> Markup {
    let words = |rows: u64| thousands(&rows.to_string());
    let total: [u64; 4] = std::array::from_fn(|index| all.books.iter().map(|book| book.rows[index]).sum());
    let row = |name: &str, rows: &[u64; 4]| {
        html! {
            tr { th scope="row" { (name) } @for rows in rows { td class="n" { (words(*rows)) } } }
        }
    };
    let body = html! {
        thead { tr { th scope="col" { "Collection" } @for name in ["Read", "Accepted", "Quarantined", "Skipped"] { th scope="col" class="n" { (name) } } } }
        tbody { @for book in &all.books { (row(&book.collection, &book.rows)) } (row("All", &total)) }
    };
    let holds = all.books.iter().all(|book| book.rows[0] == book.rows[1] + book.rows[2] + book.rows[3]);
    html! {
        section aria-labelledby="rows-heading" {
            (set.heading(1, Some("rows-heading"), &html! { "What became of every row" }))
            p { (words(total[0])) " rows were read = " (words(total[1])) " accepted + " (words(total[2])) " quarantined + " (words(total[3])) " skipped: "
                (if holds { "in every collection the parts add up." } else { "in some collection the parts do not add up." }) }
            (table("rows", &html! { "Rows of the files behind these figures, by collection" }, &body))
        }
    }
}

fn faults(all: &BoardPages<'_>, set: PageSetting) -> Markup {
    let body = html! {
        thead { tr { th scope="col" { "Supplier" } th scope="col" { "Collection" } @for name in ["Errors", "Queries", "Remarks"] { th scope="col" class="n" { (name) } } } }
        tbody { @for one in &all.faults { tr {
            th scope="row" { (if one.supplier.is_empty() { "not said" } else { &one.supplier }) }
            td { (one.collection) }
            @for count in one.faults { td class="n" { (thousands(&count.to_string())) } }
        } } }
    };
    html! {
        section aria-labelledby="faults-heading" {
            (set.heading(1, Some("faults-heading"), &html! { "Faults by supplier" }))
            p { "An error keeps its row out; a query does not. " code { "sendmart faults" } " lists them with their cells, and "
                code { "sendmart faults export --out DIR" } " writes a workbook for each supplier." }
            @if all.faults.is_empty() { p { "No fault is known." } }
            @else { (table("faults", &html! { "Faults of the deliveries behind these figures" }, &body)) }
        }
    }
}

fn definition(one: &BoardKpi<'_>, set: PageSetting) -> Markup {
    let kpi = one.kpi;
    let whose = match kpi.basis {
        Basis::Local => "on the council's own returns",
        Basis::Published => "on published counts",
    };
    html! {
        (set.heading(2, Some(&format!("{}-definition", one.anchor())), &html! { (kpi.title) }))
        p { (sentence(whose)) " In " (unit_name(kpi)) ". " (polarity_words(kpi)) " One figure speaks of " (kpi.grain) ". Period: " (sentence(&kpi.period_rule)) }
        dl {
            dt { "Source" } dd { (kpi.source) }
            dt { "Rounding" } dd { (sentence(&kpi.rounding.words())) }
            dt { "Small numbers" } dd { (sentence(&kpi.suppression)) }
            @if !kpi.caveats.is_empty() { dt { "Caveats" } dd { ul { @for caveat in &kpi.caveats { li { (caveat) } } } } }
            dt { "File" } dd { code { "sql/kpis/" (kpi.file().display()) } }
        }
    }
}

/// Words as a sentence: a capital at the beginning, a stop at the end.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.trim().trim_end_matches('.').chars();
    let text: String = letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect());
    if text.is_empty() { text } else { format!("{text}.") }
}
