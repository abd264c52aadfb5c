//! `explain`: from a number to the cells behind it.

mod rows;

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;

use super::at::{Gazetteer, texts};
use super::kpi::find;
use super::show::{Wanted, basis_words, nothing, number, reason_words, unit_words};
use super::{Context, Failure, output, passport};
use crate::definitions::{Basis, Definitions, Kpi};
use crate::lake::Place;
use crate::model::Rounding;
use crate::trace::{self, Origin, PartRows, Printed, Trace};
use crate::warehouse::dialect::text;
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
    let asked = Question { context, place: &place, definitions: &definitions, args, gazetteer: &gazetteer };
    for kpi in found {
        for code in &codes {
            any |= explain_one(&asked, kpi, code)?;
        }
    }
    if any {
        return Ok(());
    }
    let wanted = Wanted {
        id: &args.kpi,
        at: Some(&args.at),
        period: Some(&args.period),
        breakdown: Some(&args.breakdown),
        ..Wanted::default()
    };
    Err(nothing(&place, &gazetteer, &codes, &wanted)?)
}

/// What is asked, and where.
struct Question<'a> {
    context: &'a Context,
    place: &'a Place,
    definitions: &'a Definitions,
    args: &'a ExplainArgs,
    gazetteer: &'a Gazetteer,
}

/// Explains the value of one basis; false when there is none.
fn explain_one(asked: &Question<'_>, kpi: &Kpi, code: &str) -> Result<bool, Failure> {
    let Question { context, place, definitions, args, gazetteer } = *asked;
    let of = trace::ValueOf { period: &args.period, code, breakdown: &args.breakdown };
    let Some(found) = trace::trace(place, definitions, kpi, &of, &super::worker::contained())? else {
        return Ok(false);
    };
    if context.json && args.rows.is_none() && args.out.is_none() {
        output::line(&json(kpi, &found, &of).to_string());
        return Ok(true);
    }
    if !context.json {
        say_value(kpi, &found, gazetteer, &of);
    }
    match &found.origin {
        Origin::Counted(parts) if args.rows.is_some() || args.out.is_some() => listed(asked, kpi, parts)?,
        Origin::Counted(parts) => {
            say_definition(place, kpi, &found);
            counted(place, definitions, kpi, &of, parts)?;
        }
        Origin::Printed(printed) => {
            say_definition(place, kpi, &found);
            say_file(place, kpi, printed);
        }
    }
    Ok(true)
}

/// The value: what it is of, what it is, and what must be known beside it.
fn say_value(kpi: &Kpi, found: &Trace, gazetteer: &Gazetteer, of: &trace::ValueOf<'_>) {
    output::said(&format!("{}: {}", kpi.id, kpi.title));
    let name = match &found.geography_name {
        Some(name) => format!("{name} ({})", of.code),
        None => gazetteer.called(of.code),
    };
    output::said(&format!(
        "  {name}, {}, {}; {}; as of {}",
        of.period,
        of.breakdown,
        basis_words(kpi.basis),
        found.as_of
    ));
    let shown = |figure: Option<f64>| figure.map_or_else(String::new, |figure| number(kpi, figure));
    // Six places, without the zeros at their end.
    let part = |figure: Option<f64>| {
        figure.map_or_else(String::new, |figure| {
            format!("{figure:.6}").trim_end_matches('0').trim_end_matches('.').to_owned()
        })
    };
    let printed = match found.published {
        Some(published) => format!("; published {}", number(kpi, published)),
        None => String::new(),
    };
    let value = found.reason.as_deref().map_or_else(|| shown(found.value), reason_words);
    let of_what = match (found.numerator, found.denominator) {
        (numerator, Some(_)) => format!(" = {} of {}", part(numerator), part(found.denominator)),
        (Some(numerator), None) if Some(numerator) != found.value => format!(" = {}", part(Some(numerator))),
        _ => String::new(),
    };
    output::said(&format!("  {value}{of_what} ({}){printed}", unit_words(kpi)));
    if let Some(mark) = &found.mark {
        output::said(&format!("  {mark}"));
    }
    for line in passport::words("", &|column| found.passport.get(column).cloned()) {
        output::said(&line);
    }
}

/// The definition: rounding, period, source, caveats, file.
fn say_definition(place: &Place, kpi: &Kpi, found: &Trace) {
    output::said(&format!(
        "Definition\n  rounding {}\n  period: {}\n  source: {}",
        rounded(kpi, found.rounding.as_deref().unwrap_or_default()),
        kpi.period_rule,
        kpi.source
    ));
    for caveat in &kpi.caveats {
        output::said(&format!("  caveat: {caveat}"));
    }
    output::said(&format!("  sql: {}", place.sql().join("kpis").join(kpi.file()).display()));
}

/// What a local value counts.
fn counted(
    place: &Place,
    definitions: &Definitions,
    kpi: &Kpi,
    of: &trace::ValueOf<'_>,
    parts: &[PartRows],
) -> Result<(), Failure> {
    for one in parts {
        match one.lacking(of.breakdown) {
            Some(why) => output::said(&format!("Rows\n  {why}")),
            None => rows::show(one, false, false),
        }
    }
    if let Some(why) = kpi.rows.as_ref().and_then(|rows| rows.none.as_deref()) {
        output::said(&format!("Rows\n  no rows add up to it: {why}"));
    }
    if parts.iter().all(|one| one.counted == 0.0) {
        behind(place, definitions, kpi, of)?;
    }
    Ok(())
}

/// The row of the file that a printed value rests on.
fn say_file(place: &Place, kpi: &Kpi, printed: &Printed) {
    let row = printed.row.map_or_else(String::new, |row| row.to_string());
    output::said(&format!(
        "Mart rows\n  mart.{}, where _delivery = '{}' AND _row = {row}",
        kpi.reads.join(", mart."),
        printed.delivery
    ));
    output::said(&format!("Parquet\n  {} (layout {})", place.lake().join(&printed.path).display(), printed.layout));
    if let Some(inherited) = &printed.inherited {
        output::said(&format!("  that layout {inherited}"));
    }
    let maturity = if printed.maturity.is_empty() { String::new() } else { format!(" ({})", printed.maturity) };
    output::said(&format!(
        "File\n  {} received {}{maturity}\n  {}\n  landed as {}",
        printed.file_name,
        printed.received_at,
        printed.source,
        place.landed(&printed.sha256).display()
    ));
    let sheet = if printed.sheet.is_empty() { String::new() } else { format!("{}!", printed.sheet) };
    output::said(&format!("Row\n  {sheet}row {row}"));
    if !printed.cells.is_empty() {
        let lines = printed.cells.iter().map(|cell| vec![cell.address.clone(), cell.label.clone(), cell.text.clone()]);
        output::rows(&["cell", "header", "as it stands in the file"], lines);
    }
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

/// Lists or writes the rows of a local value.
fn listed(asked: &Question<'_>, kpi: &Kpi, parts: &[PartRows]) -> Result<(), Failure> {
    let Question { context, args, .. } = *asked;
    let is_asked = |one: &&PartRows| args.rows.as_ref().is_none_or(|part| one.part == *part);
    let found: Vec<&PartRows> = parts.iter().filter(is_asked).collect();
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
                rows::show(one, context.json, true);
            }
            Ok(())
        }
    }
}

/// What a value of which no rows are declared rests on: the rows of each mart that its KPI reads, those of its period and place where
/// the mart tells them apart, with the deliveries that they came in.
fn behind(place: &Place, definitions: &Definitions, kpi: &Kpi, of: &trace::ValueOf<'_>) -> Result<(), Failure> {
    for mart in &kpi.reads {
        let sql = "SELECT column_name FROM meta.\"column\" WHERE schema_name = 'mart' AND table_name = ?1";
        let columns = texts(place, sql, &[mart])?;
        if columns.is_empty() {
            continue;
        }
        let condition = of_the_value(&columns, of);
        output::said(&format!("Mart rows\n  mart.{mart}: `sendmart query \"SELECT * FROM mart.{mart}{condition}\"`"));
        if !columns.contains("_delivery") {
            continue;
        }
        let deliveries = format!(
            "SELECT delivery.file_name AS file, strftime(delivery.received_at, '%Y-%m-%d') AS received, count(*) AS rows \
             FROM (SELECT * FROM mart.\"{mart}\"{condition}) AS row LEFT JOIN meta.delivery AS delivery ON delivery.delivery_id = row._delivery \
             GROUP BY delivery.file_name, delivery.received_at ORDER BY delivery.received_at, delivery.file_name"
        );
        let (schema, batches) = query(place, &deliveries, &[])?;
        output::table(&schema, &batches, false);
    }
    let made_of: Vec<&str> = definitions
        .marts_behind(&kpi.reads)
        .into_iter()
        .filter(|mart| !kpi.reads.iter().any(|read| read == mart))
        .collect();
    if !made_of.is_empty() {
        output::said(&format!("  made of mart.{}", made_of.join(", mart.")));
    }
    Ok(())
}

/// The condition for the rows of a mart that are of the period and the place of a value, as far as its columns tell them.
fn of_the_value(columns: &BTreeSet<String>, of: &trace::ValueOf<'_>) -> String {
    let has = |name: &&&str| columns.contains(**name);
    let periods: &[&str] =
        if of.period.contains('/') { &["academic_year", "period"] } else { &["calendar_year", "period"] };
    let places: &[&str] = if of.code.len() == 3 { &["la_code"] } else { &["series_urn", "urn"] };
    let conditions: Vec<String> = [(periods, of.period), (places, of.code)]
        .iter()
        .filter_map(|(names, value)| Some(format!("CAST({} AS VARCHAR) = {}", names.iter().find(has)?, text(value))))
        .collect();
    if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) }
}

/// A value and what it rests on, for programs.
fn json(kpi: &Kpi, found: &Trace, of: &trace::ValueOf<'_>) -> serde_json::Value {
    let origin = match &found.origin {
        Origin::Counted(parts) => serde_json::json!({ "parts": parts.iter().map(|one| serde_json::json!({
            "part": one.part, "rows": one.rows, "counted": one.counted, "newest_day": one.newest.0, "newest_received": one.newest.1, "lacking": one.lacking(of.breakdown),
        })).collect::<Vec<_>>() }),
        Origin::Printed(printed) => serde_json::json!({
            "delivery_id": printed.delivery, "file_name": printed.file_name, "source": printed.source,
            "received_at": printed.received_at, "layout": printed.layout, "sheet": printed.sheet, "row": printed.row,
            "cells": printed.cells.iter().map(|cell| serde_json::json!({
                "cell": cell.address, "header": cell.label, "text": cell.text,
            })).collect::<Vec<_>>(),
        }),
    };
    serde_json::json!({
        "kpi_id": kpi.id, "title": kpi.title, "basis": kpi.basis.as_str(), "unit": kpi.unit.as_str(), "period": of.period,
        "geography_level": found.geography_level, "geography_code": of.code, "geography_name": found.geography_name,
        "breakdown": of.breakdown, "numerator": found.numerator, "denominator": found.denominator, "value": found.value,
        "published": found.published, "reason": found.reason, "mark": found.mark, "rounding": found.rounding,
        "as_of": found.as_of, "passport": passport::json(&found.passport), "source": kpi.source, "caveats": kpi.caveats, "rests_on": origin,
    })
}
