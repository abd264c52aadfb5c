//! `explain`: from a number to the cells behind it.

use clap::Args;

use super::at::Gazetteer;
use super::kpi::find;
use super::show::{Wanted, nothing};
use super::{Context, Failure, output};
use crate::kpi::{Basis, Kpi};
use crate::lake::Place;
use crate::model::Rounding;
use crate::read::Rows;
use crate::run::load_kpis;
use crate::spec::Definitions;
use crate::warehouse::{mart_reads, query};

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  sendmart explain ehcp_20_week --at 933 --period 2024")]
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
}

pub(super) fn explain(context: &Context, args: &ExplainArgs) -> Result<(), Failure> {
    let (place, definitions) = context.definitions()?;
    let kpis = load_kpis(&place)?;
    let found = find(&kpis, &args.kpi)?;
    let gazetteer = Gazetteer::of(&place)?;
    let codes = gazetteer.find(&args.at)?;
    let mut any = false;
    for kpi in found {
        for code in &codes {
            any |= explain_one(&place, &definitions, kpi, args, code)?;
        }
    }
    if any {
        return Ok(());
    }
    let wanted =
        Wanted { id: &args.kpi, at: Some(&args.at), period: Some(&args.period), breakdown: Some(&args.breakdown) };
    Err(nothing(&place, &gazetteer, &codes, &wanted)?)
}

/// Explains the value of one basis; false when there is none.
fn explain_one(
    place: &Place,
    definitions: &Definitions,
    kpi: &Kpi,
    args: &ExplainArgs,
    code: &str,
) -> Result<bool, Failure> {
    let sql = "SELECT value.geography_name, value.numerator, value.denominator, value.value, value.reason, value.published, \
               value.delivery_id, value.sheet, value.row_number, value.rounding, part.path, part.table_name, part.layout, delivery.source, delivery.file_name, \
               delivery.sha256, delivery.collection, strftime(delivery.received_at, '%Y-%m-%d %H:%M:%S') AS received_at, value.maturity, CAST(value.as_of AS VARCHAR) AS as_of \
               FROM kpi.value AS value LEFT JOIN meta.delivery AS delivery USING (delivery_id) \
               LEFT JOIN meta.part AS part ON part.delivery_id = value.delivery_id \
               WHERE value.kpi_id = ?1 AND value.geography_code = ?2 AND value.period = ?3 AND value.breakdown = ?4 AND value.basis = ?5";
    let basis = kpi.basis.as_str();
    let (schema, batches) = query(place, sql, &[&args.kpi, code, &args.period, &args.breakdown, basis])?;
    let options = arrow::util::display::FormatOptions::default().with_null("");
    let cell = |name: &str| -> String {
        let Some(batch) = batches.iter().find(|batch| batch.num_rows() > 0) else { return String::new() };
        let column = schema.index_of(name).ok().map(|index| batch.column(index));
        column
            .and_then(|column| {
                arrow::util::display::ArrayFormatter::try_new(column, &options)
                    .ok()
                    .map(|shown| shown.value(0).to_string())
            })
            .unwrap_or_default()
    };
    if batches.iter().all(|batch| batch.num_rows() == 0) {
        return Ok(false);
    }
    output::said(&format!("{} — {} (basis {basis})", kpi.id, kpi.title));
    output::said(&format!("  {} ({}), {}, {}", cell("geography_name"), code, args.period, args.breakdown));
    output::said(&format!(
        "  value {}{}  =  {} of {}   published {}   as of {}",
        cell("value"),
        if cell("reason").is_empty() { String::new() } else { format!("(none: {})", cell("reason")) },
        cell("numerator"),
        cell("denominator"),
        cell("published"),
        cell("as_of")
    ));
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
        behind(place, kpi)?;
        return Ok(true);
    }
    output::said(&format!(
        "Mart rows\n  {}, where _delivery = '{}' AND _row = {}",
        kpi.reads.join(", "),
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
        "Delivery\n  {} received {} ({})\n  {}\n  landed as {}",
        cell("delivery_id"),
        cell("received_at"),
        cell("maturity"),
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

/// What a value that is counted from many rows rests on: each mart, those that it is made of, and the deliveries that their
/// rows came in.
fn behind(place: &Place, kpi: &Kpi) -> Result<(), Failure> {
    let made_of = mart_reads(&place.sql().join("marts"))?;
    let mut marts = kpi.reads.clone();
    let mut next = 0;
    while let Some(mart) = marts.get(next) {
        let more: Vec<String> =
            made_of.get(mart).into_iter().flatten().filter(|read| !marts.contains(read)).cloned().collect();
        marts.extend(more);
        next += 1;
    }
    for mart in &marts {
        output::said(&format!("Mart rows\n  mart.{mart}: `sendmart query \"SELECT * FROM mart.{mart}\"`"));
        let has_lineage = "SELECT 1 FROM meta.\"column\" WHERE schema_name = 'mart' AND table_name = ?1 AND column_name = '_delivery'";
        let (_, found) = query(place, has_lineage, &[mart])?;
        if found.iter().all(|batch| batch.num_rows() == 0) {
            continue;
        }
        let deliveries = format!(
            "SELECT delivery.collection, delivery.file_name, strftime(delivery.received_at, '%Y-%m-%d %H:%M:%S') AS received_at, count(*) AS rows, row._delivery AS delivery \
             FROM mart.\"{mart}\" AS row LEFT JOIN meta.delivery AS delivery ON delivery.delivery_id = row._delivery \
             GROUP BY delivery.collection, delivery.file_name, delivery.received_at, row._delivery ORDER BY delivery.received_at, delivery.file_name"
        );
        let (schema, batches) = query(place, &deliveries, &[])?;
        output::table(&schema, &batches, false);
    }
    Ok(())
}
