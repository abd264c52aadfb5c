//! The tables of a pack's workbooks, as plain values: both workbooks are written of them.

use std::collections::BTreeSet;

use super::board_pack::{BoardPack, CHANGES};
use super::breakdown::group_words;
use super::frame::area_words;
use super::judged::{aimed, judged};
use super::kpi_page::drawn_kind;
use super::marks::{SYMBOLS, symbols};
use super::period::{day_words, days_in_words, period_words};
use super::schools::interval;
use super::sentence::{headline, leading};
use super::shown::{polarity_words, unit_name};
use super::values::{BoardFigure, BoardKpi, TOTAL};
use crate::definitions::Basis;

/// A cell of a table.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum SheetCell {
    /// A text; never blank.
    Words(String),
    /// A number, and the decimals that it is shown with; none as it is.
    Number(f64, Option<u8>),
}

impl SheetCell {
    /// A number, or why there is none.
    fn or(value: Option<f64>, places: Option<u8>, symbol: &str) -> Self {
        value.map_or_else(|| Self::words(symbol), |value| Self::Number(value, places))
    }

    /// A text, `none` for a blank one.
    pub(super) fn words(text: &str) -> Self {
        Self::Words(if text.trim().is_empty() { "none".to_owned() } else { text.trim().to_owned() })
    }
}

/// A table of a workbook: a sheet of its own.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PackTable {
    /// The name of the sheet and of the table: a word.
    pub(super) name: &'static str,
    /// The title of the sheet.
    pub(super) title: String,
    /// What has to be known of it, a sentence or two.
    pub(super) about: String,
    /// The heads of its columns.
    pub(super) heads: Vec<String>,
    /// Its rows, each with a cell for every head.
    pub(super) rows: Vec<Vec<SheetCell>>,
}

/// The notes that cells refer to, `[note 1]` and so on, in their order.
#[derive(Debug, Default)]
pub(super) struct SheetNotes {
    /// The texts.
    pub(super) texts: Vec<String>,
}

impl SheetNotes {
    /// The mark of a note of this text.
    fn mark(&mut self, text: String) -> String {
        let at = self.texts.iter().position(|known| *known == text).unwrap_or_else(|| {
            self.texts.push(text);
            self.texts.len() - 1
        });
        format!("[note {}]", at + 1)
    }

    /// What must be known of a figure: its symbols, and notes for the rest.
    fn of(&mut self, figure: &BoardFigure) -> String {
        let mut words: Vec<String> =
            if figure.value.is_some() { symbols(figure).into_iter().map(str::to_owned).collect() } else { Vec::new() };
        for part in super::marks::parts(figure.mark.as_deref().unwrap_or_default()) {
            words.push(self.mark(format!("{}.", super::sentence::capital(&days_in_words(part)))));
        }
        if let Some(period) = figure.denominator_period.as_deref().filter(|period| !period.is_empty()) {
            words.push(self.mark(format!("Divided by the denominator of {}.", period_words(period))));
        }
        words.join(" ")
    }
}

/// Every table of a pack, in the order of their sheets, and the notes that they refer to.
pub(super) fn sheet_tables(pack: &BoardPack<'_>) -> (Vec<PackTable>, SheetNotes) {
    let mut notes = SheetNotes::default();
    let mut tables = vec![
        newest(pack, &mut notes),
        series(pack, &mut notes),
        groups(pack, &mut notes),
        targets(pack),
        comparators(pack),
        schools(pack, &mut notes),
        changes(pack),
        missing(pack),
        fresh(pack),
        method(pack),
    ];
    // A table without a row is no table.
    tables.retain(|table| !table.rows.is_empty());
    (tables, notes)
}

fn heads(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn symbol(figure: &BoardFigure) -> &'static str {
    if figure.value.is_none() { symbols(figure).first().copied().unwrap_or("[x]") } else { "[z]" }
}

fn value_cell(one: &BoardKpi<'_>, figure: &BoardFigure) -> SheetCell {
    let places = if one.kpi.unit.is_plain() { None } else { one.kpi.rounding.places() };
    SheetCell::or(figure.value, places, symbol(figure))
}

/// A numerator or denominator: what a figure has none of is not applicable, what a missing figure has none of is missing.
fn part_cell(figure: &BoardFigure, value: Option<f64>) -> SheetCell {
    SheetCell::or(value, None, symbol(figure))
}

fn basis_words(one: &BoardKpi<'_>) -> SheetCell {
    SheetCell::words(if one.kpi.basis == Basis::Local { "own returns" } else { "published counts" })
}

fn newest(pack: &BoardPack<'_>, notes: &mut SheetNotes) -> PackTable {
    let rows = pack.pages.kpis.iter().map(|one| {
        let kpi = one.kpi;
        let found = leading(one);
        let figure = found.map(|found| found.newest).or_else(|| one.totals(one.own_kind()).last().copied());
        let before = found.and_then(|found| found.before);
        let status = aimed(one).map_or("no target", |(_, aim)| aim.status.words());
        let as_at =
            figure.and_then(|figure| figure.passport.get("newest_day").or(figure.passport.get("newest_received")));
        let as_at = as_at.and_then(|text| text.get(..10)?.parse().ok()).map(day_words);
        vec![
            SheetCell::words(&kpi.title),
            SheetCell::words(area_words(kpi.area)),
            basis_words(one),
            figure.map_or_else(|| SheetCell::words("[x]"), |figure| value_cell(one, figure)),
            SheetCell::words(unit_name(kpi)),
            SheetCell::words(&figure.map_or_else(String::new, |figure| period_words(&figure.period))),
            before.map_or_else(|| SheetCell::words("[x]"), |before| value_cell(one, before)),
            SheetCell::words(polarity_words(kpi)),
            SheetCell::words(status),
            SheetCell::words(judged(one, &drawn_kind(one)).variation_word()),
            SheetCell::words(figure.and_then(|figure| figure.maturity.as_deref()).unwrap_or("not declared")),
            SheetCell::words(as_at.as_deref().unwrap_or("not known")),
            SheetCell::words(&figure.map_or_else(String::new, |figure| notes.of(figure))),
            SheetCell::words(&headline(one).message),
        ]
    });
    PackTable {
        name: "Newest",
        title: "Newest figure of each KPI".to_owned(),
        about: "The newest figure of each KPI beside that of the same period a year before, its target, and whether it changes by more than chance.".to_owned(),
        rows: rows.collect(),
        heads: heads(&["KPI", "Area", "Basis", "Newest figure", "Unit", "Period", "A year before", "Direction", "Target status", "More than chance", "Maturity", "Data as at", "Notes", "In words"]),
    }
}

fn series(pack: &BoardPack<'_>, notes: &mut SheetNotes) -> PackTable {
    let mut rows = Vec::new();
    for one in &pack.pages.kpis {
        for figure in one.figures.iter().filter(|figure| figure.breakdown == TOTAL && !figure.is_of_school()) {
            rows.push(vec![
                SheetCell::words(&one.kpi.title),
                basis_words(one),
                SheetCell::words(&kind_words(one, figure)),
                SheetCell::words(&period_words(&figure.period)),
                SheetCell::words(&figure.name),
                value_cell(one, figure),
                SheetCell::words(unit_name(one.kpi)),
                part_cell(figure, figure.numerator),
                part_cell(figure, figure.denominator),
                SheetCell::Number(one.kpi.scale, None),
                SheetCell::words(figure.maturity.as_deref().unwrap_or("not declared")),
                SheetCell::words(&notes.of(figure)),
            ]);
        }
    }
    PackTable {
        name: "Series",
        title: "Figures of the place over time".to_owned(),
        about: "One row for each KPI and period, of all pupils or cases. Numerator over denominator, times what stands under Times, is the value before it is rounded; a plain count has no denominator.".to_owned(),
        rows,
        heads: heads(&["KPI", "Basis", "Kind of period", "Period", "Place", "Value", "Unit", "Numerator", "Denominator", "Times", "Maturity", "Notes"]),
    }
}

/// The kind of the period of a figure, in words.
pub(super) fn kind_words(one: &BoardKpi<'_>, figure: &BoardFigure) -> String {
    let kind = if figure.kind.is_empty() { one.own_kind() } else { &figure.kind };
    if kind.is_empty() { "period".to_owned() } else { kind.replace('_', " ") }
}

fn groups(pack: &BoardPack<'_>, notes: &mut SheetNotes) -> PackTable {
    let mut rows = Vec::new();
    for one in &pack.pages.kpis {
        let own = one.own_kind();
        let is_wanted =
            |figure: &&BoardFigure| figure.breakdown != TOTAL && !figure.is_of_school() && figure.kind == own;
        for figure in one.figures.iter().filter(is_wanted) {
            rows.push(vec![
                SheetCell::words(&one.kpi.title),
                basis_words(one),
                SheetCell::words(&group_words(&figure.breakdown)),
                SheetCell::words(&period_words(&figure.period)),
                value_cell(one, figure),
                SheetCell::words(unit_name(one.kpi)),
                part_cell(figure, figure.numerator),
                part_cell(figure, figure.denominator),
                SheetCell::words(&notes.of(figure)),
            ]);
        }
    }
    PackTable {
        name: "Groups",
        title: "Figures of groups".to_owned(),
        about: "One row for each KPI, group and period, in the KPI's own periods.".to_owned(),
        rows,
        heads: heads(&["KPI", "Basis", "Group", "Period", "Value", "Unit", "Numerator", "Denominator", "Notes"]),
    }
}

fn targets(pack: &BoardPack<'_>) -> PackTable {
    let mut rows = Vec::new();
    for one in &pack.pages.kpis {
        let places = one.kpi.rounding.places();
        for figure in &one.figures {
            let Some(aim) = figure.aim else { continue };
            rows.push(vec![
                SheetCell::words(&one.kpi.title),
                basis_words(one),
                SheetCell::words(&group_words(&figure.breakdown)),
                SheetCell::words(&period_words(&figure.period)),
                value_cell(one, figure),
                SheetCell::or(aim.expected, places, "[z]"),
                SheetCell::or(aim.difference, places, "[z]"),
                SheetCell::words(aim.status.words()),
                SheetCell::Number(aim.target, places),
                SheetCell::words(&day_words(aim.target_day)),
            ]);
        }
    }
    PackTable {
        name: "Targets",
        title: "Figures against their targets".to_owned(),
        about: "Each figure that has a target beside what the line to it says of the last day of its period. The line is straight between two dated points.".to_owned(),
        rows,
        heads: heads(&["KPI", "Basis", "Group", "Period", "Value", "On the line", "Difference", "Status", "Target", "Target by"]),
    }
}

fn comparators(pack: &BoardPack<'_>) -> PackTable {
    let mut rows = Vec::new();
    for one in &pack.pages.kpis {
        let places = one.kpi.rounding.places();
        for row in &one.compared {
            rows.push(vec![
                SheetCell::words(&one.kpi.title),
                SheetCell::words(&period_words(&row.period)),
                SheetCell::or(row.local, places, "[x]"),
                SheetCell::or(row.published, places, "[x]"),
                SheetCell::or(row.england, places, "[x]"),
                SheetCell::or(row.region, places, "[x]"),
                SheetCell::or(row.mean, Some(3), "[x]"),
                SheetCell::or(row.median, Some(3), "[x]"),
                SheetCell::or(row.with_value, None, "[x]"),
                SheetCell::or(row.neighbours, None, "[x]"),
                SheetCell::or(row.rank, None, "[x]"),
                SheetCell::words(row.maturity.as_deref().unwrap_or("not declared")),
            ]);
        }
    }
    PackTable {
        name: "Comparators",
        title: "England, the region and statistical neighbours".to_owned(),
        about: "What is published of the same periods, with how many of the neighbours have a figure.".to_owned(),
        rows,
        heads: heads(&[
            "KPI",
            "Period",
            "Own returns",
            "Published for the place",
            "England",
            "Region",
            "Neighbours: mean",
            "Neighbours: median",
            "Neighbours with a figure",
            "Neighbours",
            "Rank among them",
            "Maturity",
        ]),
    }
}

fn schools(pack: &BoardPack<'_>, notes: &mut SheetNotes) -> PackTable {
    let mut rows = Vec::new();
    for one in &pack.pages.kpis {
        for figure in one.figures.iter().filter(|figure| figure.is_of_school() && figure.breakdown == TOTAL) {
            let bounds = interval(one, figure);
            let bound = |value: Option<f64>| SheetCell::or(value.map(|value| value * one.kpi.scale), Some(1), "[z]");
            rows.push(vec![
                SheetCell::words(&one.kpi.title),
                SheetCell::words(&figure.code),
                SheetCell::words(&figure.name),
                SheetCell::words(figure.phase.as_deref().unwrap_or("not known")),
                SheetCell::words(&period_words(&figure.period)),
                value_cell(one, figure),
                bound(bounds.map(|found| found.lower)),
                bound(bounds.map(|found| found.upper)),
                part_cell(figure, figure.numerator),
                part_cell(figure, figure.denominator),
                SheetCell::words(&notes.of(figure)),
            ]);
        }
    }
    PackTable {
        name: "Schools",
        title: "Figures of schools".to_owned(),
        about: "One row for each KPI, school and period, with the interval of 95% where the figure is a count out of a count.".to_owned(),
        rows,
        heads: heads(&["KPI", "School number", "School", "Phase", "Period", "Value", "Lower bound of 95%", "Upper bound of 95%", "Numerator", "Denominator", "Notes"]),
    }
}

fn changes(pack: &BoardPack<'_>) -> PackTable {
    let mut rows = Vec::new();
    let changed = pack.changes.as_ref();
    for kpi in changed.iter().flat_map(|changes| &changes.kpis) {
        let title =
            pack.pages.kpis.iter().find(|one| one.kpi.id == kpi.id).map_or(kpi.id.as_str(), |one| &one.kpi.title);
        let is_told = |one: &&super::board_pack::ChangedFigure| {
            one.from != one.to && (one.breakdown == TOTAL || one.is_restated())
        };
        for figure in kpi.moved.iter().filter(is_told) {
            let mut row = vec![
                SheetCell::words(title),
                SheetCell::words(&period_words(&figure.period)),
                SheetCell::words(&figure.code),
                SheetCell::words(&group_words(&figure.breakdown)),
                SheetCell::or(figure.from, None, "[x]"),
            ];
            row.extend((0..CHANGES.len()).map(|step| SheetCell::or(figure.parts[step], None, "[z]")));
            row.push(SheetCell::or(figure.to, None, "[x]"));
            row.push(SheetCell::words(figure.came_with.map_or("moved", |step| CHANGES[step])));
            row.push(SheetCell::words(if figure.is_restated() { "restated" } else { "not settled before" }));
            rows.push(row);
        }
    }
    let about = changed.map_or_else(String::new, |changes| {
        format!("Held against the figures frozen on {}. The parts add up to the change; [z] where there is no figure on one side of a step.", day_words(changes.freeze))
    });
    PackTable {
        name: "Changes",
        title: "What changed since the last pack".to_owned(),
        about,
        rows,
        heads: heads(&[
            "KPI",
            "Period",
            "Place",
            "Group",
            "Last pack",
            "By definition",
            "By time",
            "By new data",
            "By revised data",
            "Now",
            "Came or went with",
            "Settled",
        ]),
    }
}

fn missing(pack: &BoardPack<'_>) -> PackTable {
    let held = pack.pages.held.iter().map(|held| {
        vec![
            SheetCell::words("held"),
            SheetCell::words(&held.collection),
            SheetCell::words("newest"),
            SheetCell::words(&held.since.map_or_else(String::new, day_words)),
            SheetCell::words(&held.message),
        ]
    });
    let absent = pack.pages.missing.iter().map(|one| {
        vec![
            SheetCell::words("missing"),
            SheetCell::words(&days_in_words(&one.absence)),
            SheetCell::words(&period_words(&one.period)),
            SheetCell::words(&one.ends.map_or_else(String::new, day_words)),
            SheetCell::words(&format!("{} KPIs need it", one.kpis.len())),
        ]
    });
    let late = pack.pages.late.iter().map(|one| {
        vec![
            SheetCell::words("not returned"),
            SheetCell::words(&format!("{}: {}", one.subject, one.who)),
            SheetCell::words(&period_words(&one.period)),
            SheetCell::words(&one.last.as_deref().map_or_else(|| "never before".to_owned(), period_words)),
            SheetCell::words("returned last for the period in the column before"),
        ]
    });
    PackTable {
        name: "Missing",
        title: "What is late or missing".to_owned(),
        about: "Returns that did not come or do not pass, and since when: the day on which the period ended, or for which period they came last.".to_owned(),
        rows: held.chain(absent).chain(late).collect(),
        heads: heads(&["State", "What", "Period", "Since", "Remark"]),
    }
}

fn fresh(pack: &BoardPack<'_>) -> PackTable {
    let is_public = pack.pages.is_public;
    let rows = pack.pages.books.iter().map(|book| {
        let age = book.newest.map(|day| f64::from((pack.pages.as_of - day).get_days()));
        let mut row = vec![
            SheetCell::words(&book.collection),
            SheetCell::words(&book.newest.map_or_else(String::new, day_words)),
            SheetCell::or(age, None, "[x]"),
            SheetCell::Number(book.deliveries as f64, None),
        ];
        if !is_public {
            row.insert(3, SheetCell::words(&book.newest_file));
            row.extend(book.rows.iter().map(|rows| SheetCell::Number(*rows as f64, None)));
        }
        row
    });
    let of_all = [
        "Collection",
        "Received last",
        "Age in days",
        "File",
        "Deliveries",
        "Rows read",
        "Accepted",
        "Quarantined",
        "Skipped",
    ];
    let of_public = ["Collection", "Received last", "Age in days", "Deliveries"];
    let about = if is_public {
        "The newest delivery of each collection."
    } else {
        "The newest delivery of each collection, and what became of its rows: read = accepted + quarantined + skipped."
    };
    PackTable {
        name: "Freshness",
        title: "How fresh the data is".to_owned(),
        about: about.to_owned(),
        rows: rows.collect(),
        heads: if is_public { heads(&of_public) } else { heads(&of_all) },
    }
}

fn method(pack: &BoardPack<'_>) -> PackTable {
    let rows = pack.pages.kpis.iter().map(|one| {
        let kpi = one.kpi;
        vec![
            SheetCell::words(&kpi.title),
            basis_words(one),
            SheetCell::words(unit_name(kpi)),
            SheetCell::words(&kpi.grain),
            SheetCell::words(&kpi.period_rule),
            SheetCell::words(&kpi.source),
            SheetCell::words(&kpi.rounding.words()),
            SheetCell::words(&kpi.caveats.join(" ")),
            SheetCell::words(&kpi.id),
        ]
    });
    PackTable {
        name: "Method",
        title: "How each KPI is made".to_owned(),
        about: "The definitions in words; their files stand in definitions.zip.".to_owned(),
        rows: rows.collect(),
        heads: heads(&[
            "KPI",
            "Basis",
            "Unit",
            "One figure speaks of",
            "Period",
            "Source",
            "Rounding",
            "Caveats",
            "Id",
        ]),
    }
}

/// The symbols that tables use, with what they mean.
pub(super) fn used_symbols(tables: &[PackTable]) -> Vec<(&'static str, &'static str)> {
    let mut used = BTreeSet::new();
    for cell in tables.iter().flat_map(|table| table.rows.iter().flatten()) {
        if let SheetCell::Words(words) = cell {
            used.extend(SYMBOLS.iter().filter(|(symbol, _)| words.contains(symbol)).map(|(symbol, _)| *symbol));
        }
    }
    SYMBOLS.into_iter().filter(|(symbol, _)| used.contains(symbol)).collect()
}
