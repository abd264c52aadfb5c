//! `pack-working.xlsx`: the same tables for whoever reworks them, with filters, formulas, and native charts of every series.

use std::collections::BTreeMap;

use super::accessible::{workbook_title, write_table};
use super::board_pack::BoardPack;
use super::folder::SiteError;
use super::kpi_page::drawn_kind;
use super::period::day_words;
use super::sentence::headline;
use super::sheets::{PackTable, SheetCell, kind_words, sheet_tables};
use super::shown::unit_name;
use super::values::BoardKpi;
use crate::definitions::Basis;
use crate::xlsx::{Chart, ChartType, Format, Formula, Workbook, Worksheet, XlsxError, titled};

/// The file.
pub const WORKING: &str = "pack-working.xlsx";
/// Charts beside one another.
const ACROSS: usize = 2;
/// Rows and columns of a chart.
const CHART: (u32, u16) = (18, 9);
/// Most UTF-16 units of the text of a chart.
const MOST_ALT: usize = 255;

/// A column of formulas: its head, the columns that it is made of, and how.
struct FormulaColumn {
    sheet: &'static str,
    head: &'static str,
    of: &'static [&'static str],
    kind: FormulaKind,
}

/// What a formula does.
#[derive(Clone, Copy)]
enum FormulaKind {
    /// The first, less the second.
    Difference,
    /// The sum of all.
    Sum,
    /// The first over the second, times the third.
    Quotient,
    /// The first, where it is a number; a chart leaves out what is not.
    ToPlot,
}

const FORMULAS: [FormulaColumn; 5] = [
    FormulaColumn {
        sheet: "Newest",
        head: "Change on the year",
        of: &["Newest figure", "A year before"],
        kind: FormulaKind::Difference,
    },
    FormulaColumn {
        sheet: "Series",
        head: "Reckoned",
        of: &["Numerator", "Denominator", "Times"],
        kind: FormulaKind::Quotient,
    },
    FormulaColumn { sheet: "Series", head: "To plot", of: &["Value"], kind: FormulaKind::ToPlot },
    FormulaColumn {
        sheet: "Targets",
        head: "Value less line",
        of: &["Value", "On the line"],
        kind: FormulaKind::Difference,
    },
    FormulaColumn {
        sheet: "Changes",
        head: "Sum of the parts",
        of: &["Last pack", "By definition", "By time", "By new data", "By revised data"],
        kind: FormulaKind::Sum,
    },
];

/// The bytes of the workbook.
///
/// # Errors
/// [`SiteError::Workbook`] when it cannot be written.
pub fn working_workbook(pack: &BoardPack<'_>) -> Result<Vec<u8>, SiteError> {
    written(pack).map_err(|error| SiteError::Workbook(error.to_string()))
}

fn written(pack: &BoardPack<'_>) -> Result<Vec<u8>, XlsxError> {
    let (mut tables, notes) = sheet_tables(pack);
    let note = |(index, text): (usize, &String)| {
        vec![SheetCell::words(&format!("[note {}]", index + 1)), SheetCell::words(text)]
    };
    tables.push(PackTable {
        name: "Notes",
        title: "Notes".to_owned(),
        about: "What cells refer to.".to_owned(),
        heads: vec!["Note".to_owned(), "What has to be known".to_owned()],
        rows: notes.texts.iter().enumerate().map(note).collect(),
    });
    tables.retain(|table| !table.rows.is_empty());
    let mut workbook = titled(&workbook_title(pack), &pack.pages.place)?;
    workbook.push_worksheet(first(pack)?);
    // The charts come second, and speak of a sheet that comes later.
    let series = tables.iter().find(|table| table.name == "Series");
    if let Some(series) = series {
        workbook.push_worksheet(charts(pack, series)?);
    }
    for table in &tables {
        sheet(&mut workbook, table)?;
    }
    workbook.save_to_buffer()
}

fn first(pack: &BoardPack<'_>) -> Result<Worksheet, XlsxError> {
    let mut sheet = Worksheet::new();
    sheet.set_name("Read me")?;
    sheet.set_column_width(0, 100)?;
    sheet.write_with_format(0, 0, workbook_title(pack), &Format::new().set_bold().set_font_size(16))?;
    let lines = [
        super::document::edition_line(pack),
        format!("Figures speak for {}. This is the workbook to rework; pack-accessible.xlsx is the one to read.", day_words(pack.pages.as_of)),
        "Columns named Reckoned, Change on the year, Value less line and Sum of the parts are formulas. A symbol such as [x] stands where there is no figure; it is never nought.".to_owned(),
        "Charts draws every series; a period without a figure is a gap.".to_owned(),
    ];
    let wrapped = Format::new().set_text_wrap();
    for (row, line) in (1..).zip(lines) {
        sheet.write_with_format(row, 0, line, &wrapped)?;
    }
    Ok(sheet)
}

fn sheet(workbook: &mut Workbook, table: &PackTable) -> Result<(), XlsxError> {
    let formulas: Vec<&FormulaColumn> = FORMULAS.iter().filter(|formula| formula.sheet == table.name).collect();
    let mut wide = table.clone();
    // Their place in the table; the cells are written over below.
    for formula in &formulas {
        wide.heads.push(formula.head.to_owned());
        for row in &mut wide.rows {
            row.push(SheetCell::words("[z]"));
        }
    }
    let mut sheet = Worksheet::new();
    sheet.set_name(table.name)?;
    write_table(&mut sheet, 0, &wide, true)?;
    sheet.set_freeze_panes(1, 1)?;
    for (offset, formula) in formulas.iter().enumerate() {
        let column = u16::try_from(table.heads.len() + offset).unwrap_or(u16::MAX);
        for (line, row) in (1_u32..).zip(&table.rows) {
            sheet.write_formula(line, column, formula_of(formula, table, line, row))?;
        }
    }
    workbook.push_worksheet(sheet);
    Ok(())
}

/// A formula of a row with its result, which no program has to reckon before it is read.
fn formula_of(formula: &FormulaColumn, table: &PackTable, line: u32, row: &[SheetCell]) -> Formula {
    let at = |head: &str| table.heads.iter().position(|known| known == head).unwrap_or_default();
    let cells: Vec<String> = formula
        .of
        .iter()
        .map(|head| format!("{}{}", crate::model::column_letters(u32::try_from(at(head) + 1).unwrap_or(1)), line + 1))
        .collect();
    let numbers: Vec<Option<f64>> = formula
        .of
        .iter()
        .map(|head| match row.get(at(head)) {
            Some(SheetCell::Number(number, _)) => Some(*number),
            _ => None,
        })
        .collect();
    let all: Option<Vec<f64>> = numbers.iter().copied().collect();
    let count = cells.len();
    let listed = cells.join(",");
    let (text, result) = match formula.kind {
        FormulaKind::Difference => (
            format!("=IF(COUNT({listed})={count},{}-{},\"[z]\")", cells[0], cells[1]),
            all.map(|numbers| numbers[0] - numbers[1]),
        ),
        FormulaKind::Sum => {
            (format!("=IF(COUNT({listed})={count},SUM({listed}),\"[z]\")"), all.map(|numbers| numbers.iter().sum()))
        }
        FormulaKind::Quotient => (
            format!("=IF(COUNT({listed})={count},IF({1}=0,\"[z]\",{0}/{1}*{2}),\"[z]\")", cells[0], cells[1], cells[2]),
            all.filter(|numbers| numbers[1] != 0.0).map(|numbers| numbers[0] / numbers[1] * numbers[2]),
        ),
        FormulaKind::ToPlot => (format!("=IF(ISNUMBER({0}),{0},NA())", cells[0]), numbers[0]),
    };
    let none = if matches!(formula.kind, FormulaKind::ToPlot) { "#N/A" } else { "[z]" };
    Formula::new(text).set_result(result.map_or_else(|| none.to_owned(), |number| format!("{number}")))
}

/// A chart of each series that can be drawn.
fn charts(pack: &BoardPack<'_>, series: &PackTable) -> Result<Worksheet, XlsxError> {
    let mut sheet = Worksheet::new();
    sheet.set_name("Charts")?;
    sheet.write_with_format(0, 0, "Charts of the series", &Format::new().set_bold().set_font_size(16))?;
    let column = |head: &str| {
        let at = series.heads.iter().position(|known| known == head).unwrap_or_default();
        u16::try_from(at).unwrap_or_default()
    };
    let (periods, plot) = (column("Period"), u16::try_from(series.heads.len() + 1).unwrap_or_default());
    let spans = spans(series);
    let mut drawn = 0_usize;
    for one in &pack.pages.kpis {
        let kind = drawn_kind(one);
        if !one.can_be_drawn(&kind) {
            continue;
        }
        let Some((first, last)) = spans.get(&span_key(one, &kind)).copied() else { continue };
        let mut chart = Chart::new(ChartType::Line);
        chart
            .add_series()
            .set_categories(("Series", first, periods, last, periods))
            .set_values(("Series", first, plot, last, plot))
            .set_name(unit_name(one.kpi));
        chart.title().set_name(&one.kpi.title);
        chart.y_axis().set_name(unit_name(one.kpi)).set_min(0.0);
        chart.x_axis().set_name("Period");
        chart.legend().set_hidden();
        chart.show_na_as_empty_cell();
        chart.set_alt_text(short(&headline(one).message));
        let row = 2 + u32::try_from(drawn / ACROSS).unwrap_or_default() * CHART.0;
        let across = u16::try_from(drawn % ACROSS).unwrap_or_default() * CHART.1;
        sheet.insert_chart(row, across, &chart)?;
        drawn += 1;
    }
    Ok(sheet)
}

type SpanKey = (String, String, String);

fn span_key(one: &BoardKpi<'_>, kind: &str) -> SpanKey {
    let basis = if one.kpi.basis == Basis::Local { "own returns" } else { "published counts" };
    let kind = one.totals(kind).first().map_or_else(|| kind.to_owned(), |figure| kind_words(one, figure));
    (one.kpi.title.clone(), basis.to_owned(), kind)
}

/// First and last row of each series in its sheet.
fn spans(series: &PackTable) -> BTreeMap<SpanKey, (u32, u32)> {
    let mut spans: BTreeMap<SpanKey, (u32, u32)> = BTreeMap::new();
    for (line, row) in (1_u32..).zip(&series.rows) {
        let [SheetCell::Words(title), SheetCell::Words(basis), SheetCell::Words(kind), ..] = row.as_slice() else {
            continue;
        };
        let span = spans.entry((title.clone(), basis.clone(), kind.clone())).or_insert((line, line));
        span.1 = line;
    }
    spans
}

/// A text that a chart has room for, cut at a word.
fn short(text: &str) -> String {
    if text.encode_utf16().count() <= MOST_ALT {
        return text.to_owned();
    }
    let mut kept = String::new();
    for word in text.split(' ') {
        if kept.encode_utf16().count() + word.encode_utf16().count() + 2 > MOST_ALT {
            break;
        }
        if !kept.is_empty() {
            kept.push(' ');
        }
        kept.push_str(word);
    }
    kept + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_a_chart_has_room() {
        let long = "a word of it ".repeat(40);
        assert!(short(&long).encode_utf16().count() <= MOST_ALT && short(&long).ends_with('…'));
        assert_eq!(short("short"), "short");
    }
}
