//! `kpi funnel`: schools of one period beside one another, as a table and as a picture.

use std::path::PathBuf;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Float64Type;
use clap::Args;
use serde_json::json;

use super::at::{Gazetteer, tables, texts};
use super::chart::is_svg;
use super::show::{SCREEN, basis_words, unit_words};
use super::{Context, Failure, output};
use crate::definitions::{Basis, Kpi, did_you_mean};
use crate::kpi::{JudgedPlaces, PlaceFigure, judged_places, short_number};
use crate::lake::{Place, write_shared};
use crate::picture::{FunnelPicture, funnel_picture};
use crate::run::RunError;
use crate::statistics::funnel::{FunnelPlace, FunnelVerdict};
use crate::warehouse::{published_own_periods, query};

/// Who may see what names schools.
const RESTRICTION: &str = "restricted: it names schools, with small numbers among them, and is not for publication";

#[derive(Debug, Args)]
pub(super) struct FunnelArgs {
    /// The KPI: a proportion or a rate that has values of schools
    pub(super) id: String,
    /// A period: 2024/25; default the newest that has values of schools
    #[arg(long)]
    period: Option<String>,
    /// A breakdown
    #[arg(long, default_value = "total")]
    breakdown: String,
    /// Only schools of a phase: primary, secondary, special. Of all phases together, some differ for what they are
    #[arg(long)]
    phase: Option<String>,
    /// Every school, and not those outside the limits alone
    #[arg(long)]
    all: bool,
    /// Draw it, into this file
    #[arg(long, value_name = "FILE.svg")]
    out: Option<PathBuf>,
}

/// `sendmart kpi funnel`.
pub(super) fn funnel(context: &Context, place: &Place, kpis: &[&Kpi], args: &FunnelArgs) -> Result<(), Failure> {
    // On own returns where the KPI has both readings.
    let Some(kpi) = kpis.iter().find(|kpi| kpi.basis == Basis::Local).or(kpis.first()).copied() else { return Ok(()) };
    args.out.as_deref().map_or(Ok(()), is_svg)?;
    let period = period(place, kpi, args)?;
    let places = places(place, kpi, &period, args)?;
    let judged = judged_places(kpi, &places).map_err(|refusal| Failure::absent(refusal.to_string(), refusal.hint()))?;
    let phase =
        args.phase.as_deref().map_or_else(|| "Schools of all phases".to_owned(), |phase| format!("Schools, {phase}"));
    let whose = format!("{phase}, {}, {period}", args.breakdown);
    if context.json {
        told_as_json(kpi, &places, &judged, &period);
    } else {
        told(kpi, &places, &judged, &whose, args);
    }
    let Some(out) = &args.out else { return Ok(()) };
    let picture = FunnelPicture {
        kpi,
        whose: &whose,
        unit: &unit_words(kpi),
        places: &places,
        judged: &judged,
        restriction: RESTRICTION,
    };
    write_shared(out, funnel_picture(&picture).as_bytes()).map_err(RunError::from)?;
    output::aside(&format!("Wrote {}: {} schools of {} ({RESTRICTION})", out.display(), judged.compared.len(), kpi.id));
    Ok(())
}

/// The period that is asked for, or the newest.
fn period(place: &Place, kpi: &Kpi, args: &FunnelArgs) -> Result<String, Failure> {
    let sql = format!(
        "SELECT DISTINCT period FROM kpi.value AS value WHERE kpi_id = ?1 AND basis = ?2 AND geography_level = 'school' \
         AND breakdown = ?3 AND value IS NOT NULL AND (basis = 'local' OR {}) ORDER BY period NULLS LAST",
        published_own_periods("value")
    );
    let periods = texts(place, &sql, &[&kpi.id, kpi.basis.as_str(), &args.breakdown])?;
    let Some(newest) = periods.last() else {
        return Err(Failure::absent(
            format!("`{}` has no value of a school with breakdown `{}`", kpi.id, args.breakdown),
            format!("`sendmart kpi show {} --all` lists what there is", kpi.id),
        ));
    };
    match &args.period {
        None => Ok(newest.clone()),
        Some(asked) if periods.contains(asked) => Ok(asked.clone()),
        Some(asked) => Err(Failure::absent(
            format!("`{}` has no value of a school in `{asked}`", kpi.id),
            format!("periods of schools: {}", periods.into_iter().collect::<Vec<_>>().join(", ")),
        )),
    }
}

/// The figures of the schools.
fn places(place: &Place, kpi: &Kpi, period: &str, args: &FunnelArgs) -> Result<Vec<PlaceFigure>, Failure> {
    let phase = match &args.phase {
        None => String::new(),
        Some(_) if !tables(place)?.contains("mart.dim_school") => {
            let hint = "leave `--phase` out, or bring the collection `gias`";
            return Err(Failure::absent("no school here has a phase: nothing of GIAS came", hint));
        }
        Some(asked) => {
            let sql = "SELECT DISTINCT counts_as FROM mart.dim_school WHERE is_current AND counts_as IS NOT NULL";
            let phases = texts(place, sql, &[])?;
            if !phases.contains(asked) {
                let meant = did_you_mean(asked, phases.iter().map(String::as_str));
                let meant = meant.map_or_else(String::new, |word| format!("did you mean `{word}`? "));
                let hint = format!("{meant}phases here: {}", phases.into_iter().collect::<Vec<_>>().join(", "));
                return Err(Failure::absent(format!("no school here is of phase `{asked}`"), hint));
            }
            asked.clone()
        }
    };
    let of_phase = if phase.is_empty() {
        "?5 = ''"
    } else {
        "value.geography_code IN (SELECT code FROM (SELECT urn AS code, counts_as FROM mart.dim_school WHERE is_current UNION ALL \
         SELECT laestab, counts_as FROM mart.dim_school WHERE is_current) AS school WHERE counts_as = ?5)"
    };
    let sql = format!(
        "SELECT geography_code, geography_name, numerator, denominator, coalesce(maturity = 'partial', FALSE) FROM kpi.value AS value \
         WHERE kpi_id = ?1 AND basis = ?2 AND geography_level = 'school' AND period = ?3 AND breakdown = ?4 AND {of_phase} \
         ORDER BY geography_code NULLS LAST"
    );
    let (_, batches) = query(place, &sql, &[&kpi.id, kpi.basis.as_str(), period, &args.breakdown, &phase])?;
    let gazetteer = Gazetteer::of(place)?;
    Ok(batches.iter().flat_map(|batch| (0..batch.num_rows()).map(|row| figure(batch, row, &gazetteer))).collect())
}

fn figure(batch: &RecordBatch, row: usize, gazetteer: &Gazetteer) -> PlaceFigure {
    let text = |index: usize| {
        let column = batch.column(index).as_string_opt::<i32>();
        column.filter(|column| column.is_valid(row)).map_or_else(String::new, |column| column.value(row).to_owned())
    };
    let figure = |index: usize| {
        let column = batch.column(index).as_primitive_opt::<Float64Type>()?;
        column.is_valid(row).then(|| column.value(row))
    };
    let (code, name) = (text(0), text(1));
    let name = if name.is_empty() { gazetteer.name(&code).unwrap_or_default().to_owned() } else { name };
    let is_partial = batch.column(4).as_boolean_opt().is_some_and(|column| column.value(row));
    PlaceFigure { code, name, numerator: figure(2), denominator: figure(3), is_partial }
}

/// For people.
fn told(kpi: &Kpi, places: &[PlaceFigure], judged: &JudgedPlaces, whose: &str, args: &FunnelArgs) {
    let width = output::width().unwrap_or(SCREEN);
    let fold = |text: &str| output::line(&output::wrapped(text, "  ", "    ", width));
    output::said(&format!("{}: {}", kpi.id, kpi.title));
    fold(&format!("{}; {}", unit_words(kpi), basis_words(kpi.basis)));
    let overall = short_number(judged.funnel.target * kpi.scale);
    fold(&format!("{whose}: {} against the overall {overall}", schools(judged.compared.len())));
    fold(&judged.why);
    fold(judged.funnel.method_name());
    fold(RESTRICTION);
    let is_outside = |place: &FunnelPlace| place.verdict != FunnelVerdict::Inside;
    let all = judged.by_distance();
    let rows: Vec<Vec<String>> = all
        .iter()
        .filter(|(_, place)| args.all || is_outside(place))
        .map(|(index, place)| row(kpi, &places[*index], place))
        .collect();
    let left_out = judged.left_out.iter().filter(|_| args.all).map(|(index, why)| {
        let name = places[*index].called().to_owned();
        vec![name, String::new(), String::new(), String::new(), String::new(), (*why).to_owned()]
    });
    let rows: Vec<Vec<String>> = rows.into_iter().chain(left_out).collect();
    if rows.is_empty() {
        output::said("No school lies outside the limits");
    } else {
        let header = ["school", "count", "of", "value", "95 % limits", "verdict"];
        output::rows_within(&header, rows, width);
    }
    let inside = all.iter().filter(|(_, place)| !is_outside(place)).count();
    if !args.all && inside > 0 {
        output::said(&format!("{} within the limits: --all", schools(inside)));
    }
    if !args.all && !judged.left_out.is_empty() {
        output::said(&format!(
            "{} not judged, partial or without a denominator: --all",
            schools(judged.left_out.len())
        ));
    }
    output::said("By chance alone 1 school in 20 lies outside 95 %, and 1 in 500 outside 99.8 %");
    if args.phase.is_none() {
        output::said("Schools of all phases together: --phase PHASE compares like with like");
    }
}

fn row(kpi: &Kpi, figure: &PlaceFigure, place: &FunnelPlace) -> Vec<String> {
    let count = |number: Option<f64>| number.map_or_else(String::new, |number| format!("{number}"));
    let limits = place.limits.map_or_else(String::new, |limits| {
        format!("{} to {}", short_number(limits.lower_95 * kpi.scale), short_number(limits.upper_95 * kpi.scale))
    });
    vec![
        figure.called().to_owned(),
        count(figure.numerator),
        count(figure.denominator),
        place.value.map_or_else(String::new, |value| short_number(value * kpi.scale)),
        limits,
        place.verdict.words().to_owned(),
    ]
}

/// For programs: an object a school.
fn told_as_json(kpi: &Kpi, places: &[PlaceFigure], judged: &JudgedPlaces, period: &str) {
    for (index, place) in judged.by_distance() {
        let figure = &places[index];
        let scaled = |number: f64| number * kpi.scale;
        let limits = place.limits.map(|limits| {
            json!({ "lower_998": scaled(limits.lower_998), "lower_95": scaled(limits.lower_95),
                    "upper_95": scaled(limits.upper_95), "upper_998": scaled(limits.upper_998) })
        });
        let object = json!({
            "kpi_id": kpi.id, "period": period, "geography_code": figure.code, "geography_name": figure.name,
            "numerator": figure.numerator, "denominator": figure.denominator, "value": place.value.map(scaled),
            "z": place.z, "limits": limits, "verdict": place.verdict.words(), "overall": scaled(judged.funnel.target),
            "method": judged.funnel.method_name(), "why": judged.why, "restricted": true,
        });
        output::line(&object.to_string());
    }
    for (index, why) in &judged.left_out {
        let figure = &places[*index];
        let object = json!({
            "kpi_id": kpi.id, "period": period, "geography_code": figure.code, "geography_name": figure.name,
            "numerator": figure.numerator, "denominator": figure.denominator, "verdict": why, "restricted": true,
        });
        output::line(&object.to_string());
    }
}

fn schools(number: usize) -> String {
    if number == 1 { "1 school".to_owned() } else { format!("{number} schools") }
}
