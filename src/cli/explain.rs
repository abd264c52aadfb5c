//! `explain`: from a number to the cells behind it.

mod rows;

use std::path::PathBuf;

use clap::Args;

use super::at::Gazetteer;
use super::kpi::find;
use super::show::{Wanted, basis_words, has_marks, nothing, number, reason_words, unit_words};
use super::{Context, Failure, output};
use crate::definitions::Definitions;
use crate::definitions::{Basis, Kpi};
use crate::lake::Place;
use crate::model::Rounding;
use crate::read::Rows;
use crate::warehouse::query;

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  sendmart explain ehcp_20_week --at 933 --period 2024\n  sendmart explain ehcp_20_week --at Somerset --period 2025 --rows numerator\n  sendmart explain ehcp_20_week --at Somerset --period 2025 --out rows.xlsx"
)]
pub(super) struct ExplainArgs {
    /// The KPI
    kpi: String,
    /// The place: its name, an authority's three digits, any GSS code, a URN or a LAESTAB
    #[arg(long, value_name = "PLACE")]
    at: String,
    /// The period: 2024 or 2016/17
    #[arg(long)]
    period: String,
    /// The breakdown
    #[arg(long, default_value = "total")]
    breakdown: String,
    /// List every row that the numerator, or the denominator, counts
    #[arg(long, value_parser = ["numerator", "denominator"])]
    rows: Option<String>,
    /// Write the rows as a workbook, with the file and cell of each
    #[arg(long, value_name = "FILE.xlsx")]
    out: Option<PathBuf>,
}

pub(super) fn explain(context: &Context, args: &ExplainArgs) -> Result<(), Failure> {
    let (place, definitions) = context.definitions()?;
    let found = find(&definitions.kpis, &args.kpi)?;
    let gazetteer = Gazetteer::of(&place)?;
    let codes = gazetteer.find(&args.at)?;
    let mut any = false;
    let asked = Asked { context, place: &place, definitions: &definitions, args, gazetteer: &gazetteer };
    for kpi in found {
        for code in &codes {
            any |= explain_one(&asked, kpi, code)?;
        }
    }
    if any {
        return Ok(());
    }
    let wanted =
        Wanted { id: &args.kpi, at: Some(&args.at), period: Some(&args.period), breakdown: Some(&args.breakdown) };
    Err(nothing(&place, &gazetteer, &codes, &wanted)?)
}

/// What is asked, and where.
struct Asked<'a> {
    context: &'a Context,
    place: &'a Place,
    definitions: &'a Definitions,
    args: &'a ExplainArgs,
    gazetteer: &'a Gazetteer,
}

/// Explains the value of one basis; false when there is none.
fn explain_one(asked: &Asked<'_>, kpi: &Kpi, code: &str) -> Result<bool, Failure> {
    let Asked { context, place, definitions, args, gazetteer } = *asked;
    let mark = if has_marks(place)? { "value.mark" } else { "CAST(NULL AS VARCHAR) AS mark" };
    let sql = format!(
        "SELECT {mark}, value.geography_level, value.geography_name, value.numerator, value.denominator, value.value, value.reason, value.published, \
               value.delivery_id, value.sheet, value.row_number, value.rounding, part.path, part.table_name, part.layout, delivery.source, delivery.file_name, \
               delivery.sha256, delivery.collection, replace(strftime(delivery.received_at, '%Y-%m-%d %H:%M:%S'), ' 00:00:00', '') AS received_at, value.maturity, CAST(value.as_of AS VARCHAR) AS as_of \
               FROM kpi.value AS value LEFT JOIN meta.delivery AS delivery USING (delivery_id) \
               LEFT JOIN meta.part AS part ON part.delivery_id = value.delivery_id \
               WHERE value.kpi_id = ?1 AND value.geography_code = ?2 AND value.period = ?3 AND value.breakdown = ?4 AND value.basis = ?5"
    );
    let basis = kpi.basis.as_str();
    let (schema, batches) = query(place, &sql, &[&args.kpi, code, &args.period, &args.breakdown, basis])?;
    let options = arrow::util::display::FormatOptions::default().with_null("");
    let cell = |name: &str| -> String {
        let Some(batch) = batches.iter().find(|batch| batch.num_rows() > 0) else { return String::new() };
        let column = schema.index_of(name).ok().map(|index| batch.column(index));
        column
            .and_then(|column| {
                arrow::util::display::ArrayFormatter::try_new(column, &options)
                    .ok()
                    .map(|shown| output::whole(shown.value(0).to_string()))
            })
            .unwrap_or_default()
    };
    if batches.iter().all(|batch| batch.num_rows() == 0) {
        return Ok(false);
    }
    let only_rows = context.json && args.rows.is_some();
    if !only_rows {
        output::said(&format!("{}: {}", kpi.id, kpi.title));
        let name = if cell("geography_name").is_empty() {
            gazetteer.called(code)
        } else {
            format!("{} ({code})", cell("geography_name"))
        };
        output::said(&format!(
            "  {name}, {}, {}; {}; as of {}",
            args.period,
            args.breakdown,
            basis_words(kpi.basis),
            cell("as_of")
        ));
        let shown = |name: &str| cell(name).parse().map_or_else(|_| cell(name), |value| number(kpi, value));
        let printed =
            if cell("published").is_empty() { String::new() } else { format!("; published {}", shown("published")) };
        let value = if cell("reason").is_empty() { shown("value") } else { reason_words(&cell("reason")) };
        output::said(&format!(
            "  {value} = {} of {} ({}){printed}",
            cell("numerator"),
            cell("denominator"),
            unit_words(kpi)
        ));
        if !cell("mark").is_empty() {
            output::said(&format!("  {}", cell("mark")));
        }
    }
    if kpi.basis == Basis::Local && (args.rows.is_some() || args.out.is_some()) {
        let (level, parts) = (cell("geography_level"), parts(&cell));
        return listed(asked, kpi, &of(args, &level, code, parts)).map(|()| true);
    }
    output::said(&format!(
        "Definition\n  rounding {}\n  period: {}\n  source: {}",
        rounded(kpi, &cell("rounding")),
        kpi.period_rule,
        kpi.source
    ));
    for caveat in &kpi.caveats {
        output::said(&format!("  caveat: {caveat}"));
    }
    output::said(&format!("  sql: {}", place.sql().join("kpis").join(kpi.file()).display()));
    if kpi.basis == Basis::Local {
        let level = cell("geography_level");
        let found = rows::find(place, kpi, &of(args, &level, code, parts(&cell)))?;
        for one in &found {
            match one.lacking(&args.breakdown) {
                Some(why) => output::said(&format!("Rows\n  {why}")),
                None => one.show(false, false),
            }
        }
        if let Some(why) = kpi.rows.as_ref().and_then(|rows| rows.none.as_deref()) {
            output::said(&format!("Rows\n  no rows add up to it: {why}"));
        }
        if found.is_empty() || found.iter().all(|one| one.counted == 0.0) {
            behind(place, definitions, kpi)?;
        }
        return Ok(true);
    }
    output::said(&format!(
        "Mart rows\n  mart.{}, where _delivery = '{}' AND _row = {}",
        kpi.reads.join(", mart."),
        cell("delivery_id"),
        cell("row_number")
    ));
    output::said(&format!("Parquet\n  {} (layout {})", place.lake().join(cell("path")).display(), cell("layout")));
    let layout = definitions
        .collections
        .get(&cell("collection"))
        .and_then(|collection| collection.layouts.iter().find(|layout| layout.name == cell("layout")));
    if let Some(inherited) = layout.and_then(|layout| layout.inherited.as_ref()) {
        output::said(&format!("  that layout {}", inherited.words()));
    }
    output::said(&format!(
        "File\n  {} received {}{}\n  {}\n  landed as {}",
        cell("file_name"),
        cell("received_at"),
        if cell("maturity").is_empty() { String::new() } else { format!(" ({})", cell("maturity")) },
        cell("source"),
        place.landed(&cell("sha256")).display()
    ));
    let sheet = cell("sheet");
    let row = cell("row_number");
    output::said(&format!("Row\n  {}row {row}", if sheet.is_empty() { String::new() } else { format!("{sheet}!") }));
    if let (Some(layout), Ok(number)) = (layout, row.parse::<u32>()) {
        let mut shown = None;
        let mut labels: Option<Vec<String>> = None;
        if let Ok(mut rows) = Rows::open_in(&place.landed(&cell("sha256")), &layout.format, &super::worker::contained())
        {
            let _ = rows.stream((!sheet.is_empty()).then_some(sheet.as_str()), &mut |block| {
                for index in 0..block.rows.len() {
                    let cells =
                        || block.row(index).iter().map(|cell| block.shown(*cell).trim().to_owned()).collect::<Vec<_>>();
                    if labels.is_none() && layout.header_rows == 1 && block.row(index).len() > 1 {
                        labels = Some(cells());
                    }
                    if block.rows[index].number == number {
                        shown = Some(cells());
                        return std::ops::ControlFlow::Break(());
                    }
                }
                std::ops::ControlFlow::Continue(())
            });
        }
        if let Some(cells) = shown {
            let labels = labels.unwrap_or_default();
            let lines = cells.iter().enumerate().filter(|(_, text)| !text.is_empty()).map(|(index, text)| {
                let letters = crate::model::column_letters(u32::try_from(index + 1).unwrap_or(0));
                vec![format!("{letters}{row}"), labels.get(index).cloned().unwrap_or_default(), text.clone()]
            });
            output::rows(&["cell", "header", "as it stands in the file"], lines);
        }
    }
    Ok(true)
}

/// How a value was rounded, in words; empty is a printed figure that was taken as it stands.
fn rounded(kpi: &Kpi, mode: &str) -> String {
    let Ok(rounding) = mode.parse::<Rounding>() else {
        return "none: the printed figure is taken as it stands".to_owned();
    };
    let whose = match kpi.basis {
        Basis::Local => "as on paper",
        Basis::Published if kpi.unit.is_plain() => "a count",
        Basis::Published => "as the publication of the counts rounds",
    };
    format!("{rounding}: {} ({whose})", rounding.words())
}

/// Numerator and denominator of a value, from its cells.
fn parts(cell: &impl Fn(&str) -> String) -> [Option<f64>; 2] {
    ["numerator", "denominator"].map(|part| cell(part).parse().ok())
}

/// The value that is asked for.
fn of<'a>(args: &'a ExplainArgs, level: &'a str, code: &'a str, parts: [Option<f64>; 2]) -> rows::Of<'a> {
    rows::Of { period: &args.period, level, code, breakdown: &args.breakdown, parts }
}

/// Lists or writes the rows of a local value.
fn listed(asked: &Asked<'_>, kpi: &Kpi, value: &rows::Of<'_>) -> Result<(), Failure> {
    let Asked { context, place, args, .. } = *asked;
    let mut found = rows::find(place, kpi, value)?;
    if let Some(part) = &args.rows {
        found.retain(|one| one.is(part));
    }
    if found.is_empty() {
        if let Some(why) = kpi.rows.as_ref().and_then(|rows| rows.none.as_deref()) {
            return Err(Failure::absent(
                format!("no rows add up to `{}`: {why}", kpi.id),
                format!(
                    "`sendmart explain {} --at {} --period {}` names the marts that it reads",
                    kpi.id, args.at, args.period
                ),
            ));
        }
        let part = args.rows.as_deref().map_or_else(String::new, |part| format!(" for its {part}"));
        let marts = kpi.reads.iter().map(|mart| format!("mart.{mart}")).collect::<Vec<_>>().join(", ");
        return Err(Failure::absent(
            format!("`{}` declares no rows{part}", kpi.id),
            format!("it counts {marts}: `sendmart query` shows them; `[rows]` in the head of its file declares them"),
        ));
    }
    let lacking: Vec<String> = found.iter().filter_map(|one| one.lacking(&args.breakdown)).collect();
    if lacking.len() == found.len() {
        let hint = format!(
            "`--breakdown total` lists those of the whole; `sendmart kpi show {}` names the breakdowns",
            kpi.id
        );
        return Err(Failure::absent(format!("`{}`: {}", kpi.id, lacking.join("; ")), hint));
    }
    match &args.out {
        Some(path) => rows::write(&found, path),
        None => {
            for one in &found {
                one.show(context.json, true);
            }
            Ok(())
        }
    }
}

/// What a value that is counted from many rows rests on: each mart, those that it is made of, and the deliveries that their
/// rows came in.
fn behind(place: &Place, definitions: &Definitions, kpi: &Kpi) -> Result<(), Failure> {
    for mart in definitions.marts_behind(&kpi.reads) {
        output::said(&format!("Mart rows\n  mart.{mart}: `sendmart query \"SELECT * FROM mart.{mart}\"`"));
        let has_lineage = "SELECT 1 FROM meta.\"column\" WHERE schema_name = 'mart' AND table_name = ?1 AND column_name = '_delivery'";
        let (_, found) = query(place, has_lineage, &[mart])?;
        if found.iter().all(|batch| batch.num_rows() == 0) {
            continue;
        }
        let deliveries = format!(
            "SELECT delivery.file_name AS file, strftime(delivery.received_at, '%Y-%m-%d') AS received, count(*) AS rows \
             FROM mart.\"{mart}\" AS row LEFT JOIN meta.delivery AS delivery ON delivery.delivery_id = row._delivery \
             GROUP BY delivery.file_name, delivery.received_at ORDER BY delivery.received_at, delivery.file_name"
        );
        let (schema, batches) = query(place, &deliveries, &[])?;
        output::table(&schema, &batches, false);
    }
    Ok(())
}
