//! `demo`: the whole job on small real extracts, and on an invented county.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use arrow::array::{Array, AsArray};
use arrow::datatypes::Float64Type;
use serde::Deserialize;

use super::at::texts;
use super::progress::Spinner;
use super::run::{execute, print};
use super::{Context, Failure, output};
use crate::definitions;
use crate::lake::Place;
use crate::sample::{SampleError, SampleRequest, write};
use crate::warehouse::query;

/// What `sendmart demo` is asked for.
#[derive(Debug, clap::Args)]
pub(super) struct DemoArgs {
    /// Where the demo's outputs go
    #[arg(long, value_name = "DIR", default_value = "var/demo")]
    out: PathBuf,
    /// Where the invented county goes, with its key: outside the place. Default `sendmart-demo-county` in the system's
    /// temporary folder
    #[arg(long, value_name = "DIR")]
    county: Option<PathBuf>,
}

/// Small enough that its run takes seconds.
const COUNTY: SampleRequest =
    SampleRequest { schools: 10, pupils: 400, years: 2, last_year: 2025, seed: 1, mess: 0.05, threads: 1 };

/// `sendmart demo`.
pub(super) fn demo(context: &Context, args: &DemoArgs) -> Result<(), Failure> {
    extracts(context, &args.out)?;
    let folder = args.county.clone().unwrap_or_else(|| std::env::temp_dir().join("sendmart-demo-county"));
    county(context, &std::path::absolute(&folder).unwrap_or(folder))
}

/// Columns of a screen on which a command with its config is one line.
const WIDE: usize = 120;

/// The whole job on the extracts.
fn extracts(context: &Context, out: &Path) -> Result<(), Failure> {
    let config = context.root.join("config").join("demo").join("demo.toml");
    if !config.is_file() {
        return Err(Failure::usage(
            format!("there is no `{}`", config.display()),
            "run the demo in a checkout of sendmart, or name it with `--place DIR`",
        ));
    }
    let definitions = definitions::load(&context.root, Some(&config)).map_err(crate::run::RunError::Definitions)?;
    let place = Place::new(&context.root, out);
    let report = execute(context, &place, &definitions)?;
    print(context, &place, &report);
    let live = place.live();
    let live = live.display();
    let config = named_config(&config);
    output::said(&format!(
        "\nWhere to look (extracts under the Open Government Licence v3.0; see config/demo/README.md):\n  {live}\n\n\
         Three questions to ask of it (`sendmart --config {config} query \"…\"`; DuckDB, Python and R take the same SQL, see sql/guides):"
    ));
    output::line(
        "1. Are Somerset's children assessed in time?\n   \
         SELECT period, numerator, denominator, value FROM kpi.value\n   \
         WHERE kpi_id = 'ehcp_20_week' AND geography_code = '933'\n   \
         AND breakdown = 'total' ORDER BY period;\n\
         2. How do suspensions compare with England?\n   \
         SELECT period, geography_name, value FROM kpi.value\n   \
         WHERE kpi_id = 'suspension_rate' AND breakdown = 'total'\n   \
         AND geography_level IN ('nation', 'authority')\n   \
         ORDER BY period DESC, value DESC LIMIT 20;\n\
         3. What is wrong with the data, cell by cell?\n   \
         SELECT file_name, cell, raw_value, message FROM meta.fault\n   \
         JOIN meta.delivery USING (delivery_id) LIMIT 20;",
    );
    Ok(())
}

/// The whole job on an invented county, which is made where it is not there yet, and its KPIs held against its truth.
fn county(context: &Context, folder: &Path) -> Result<(), Failure> {
    let failed = |text: String| Failure { text, hint: None, exit_code: 74 };
    let truth = folder.join("truth.json");
    output::said(&format!(
        "\nA council's own returns are about children, so the demo invents a county (nobody in it is real) in\n  {}\n\
         with the key of its pseudonyms beside it: a key never lies in the place.",
        folder.display()
    ));
    if !truth.is_file() {
        let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let spinner = Spinner::new();
        let written = write(&SampleRequest { threads, ..COUNTY }, folder, &spinner);
        spinner.done();
        written.map_err(|error: SampleError| Failure {
            text: error.to_string(),
            hint: Some("name a new folder outside the place with `--county DIR`, or take this one away".to_owned()),
            exit_code: if error.is_usage() { 2 } else { 74 },
        })?;
    }
    let config = folder.join("sample.toml");
    let definitions = definitions::load(&context.root, Some(&config)).map_err(crate::run::RunError::Definitions)?;
    let place = Place::new(&context.root, &definitions.settings.var);
    let report = execute(context, &place, &definitions)?;
    print(context, &place, &report);
    let text = std::fs::read(&truth).map_err(|error| failed(format!("cannot read `{}`: {error}", truth.display())))?;
    let truth: DemoTruth = serde_json::from_slice(&text).map_err(|error| failed(format!("`truth.json`: {error}")))?;
    let found = values(&place)?;
    let is_true = |one: &&KpiTruth| found.get(&one.key()).is_some_and(|value| one.is(value));
    let (equal, other): (Vec<&KpiTruth>, Vec<&KpiTruth>) = truth.kpis.iter().partition(is_true);
    output::said(&format!(
        "\n{} of {} KPI values equal the truth of the county's lives (truth.json).",
        equal.len(),
        truth.kpis.len(),
    ));
    for one in other {
        let why = found.get(&one.key()).map_or("there is no such value", |value| value.mark.as_str());
        let why = if why.is_empty() { "another number" } else { why };
        output::said(&format!("  {} of {}, {}: {why}", one.kpi_id, one.period, one.breakdown));
    }
    output::said(&faults(&place, folder, &truth)?);
    let config = named_config(&config);
    // On a narrow screen the config is named once, so that each line is one.
    let (named, flag) = match output::width() {
        Some(width) if width < WIDE => (format!(", after\n  export SENDMART_CONFIG={config}"), String::new()),
        _ => (String::new(), format!("--config {config} ")),
    };
    output::line(&format!(
        "\nAsk of it{named}\n  \
         sendmart {flag}faults summary\n  \
         sendmart {flag}faults list --severity error\n  \
         sendmart {flag}kpi show suspension_rate --at Somerset --breakdown total\n  \
         sendmart {flag}kpi show ehcp_backlog --at 933\n  \
         sendmart {flag}explain suspension_rate --at 933 --period 2025/26\n  \
         sendmart {flag}privacy\n\
         (`sendmart` is target/release/sendmart, or `cargo run --release --`)",
    ));
    Ok(())
}

/// A path in quotes where a shell would part it.
fn named_config(path: &Path) -> String {
    let shown = path.display().to_string();
    if shown.contains(char::is_whitespace) { format!("\"{shown}\"") } else { shown }
}

/// What became of the faults that were planted: each is found at its cell, or its row stood twice and was counted once.
fn faults(place: &Place, folder: &Path, truth: &DemoTruth) -> Result<String, Failure> {
    let sql = "SELECT DISTINCT delivery.source || '!' || coalesce(fault.cell, '') FROM meta.fault AS fault \
               JOIN meta.delivery AS delivery USING (delivery_id)";
    let told = texts(place, sql, &[])?;
    let (doubled, other): (Vec<&PlantedCell>, Vec<&PlantedCell>) =
        truth.faults.iter().partition(|fault| fault.rule_hint == "duplicate_row");
    let is_told =
        |fault: &&&PlantedCell| told.contains(&format!("{}!{}", folder.join(&fault.file).display(), fault.cell));
    let found = other.iter().filter(is_told).count();
    let (_, skipped) = query(
        place,
        "SELECT CAST(coalesce(sum(rows), 0) AS DOUBLE) FROM meta.skipped WHERE reason = 'duplicate'",
        &[],
    )?;
    let skipped = skipped.first().and_then(|batch| batch.column(0).as_primitive_opt::<Float64Type>());
    let skipped = skipped.filter(|rows| !rows.is_empty()).map_or(0.0, |rows| rows.value(0));
    Ok(format!(
        "{} faults were planted. {found} of {} are told at their cell. The other {} are rows that stand twice, word for word:\n\
         no row is lost by taking one of them, so they are no fault, and the books count them as skipped (duplicate: {skipped}).\n\
         Queries beside them are about what is merely unusual; nobody planted those.",
        truth.faults.len(),
        other.len(),
        doubled.len(),
    ))
}

/// What the demo reads of `truth.json`.
#[derive(Debug, Deserialize)]
struct DemoTruth {
    kpis: Vec<KpiTruth>,
    faults: Vec<PlantedCell>,
}

/// A fault that was planted, and where.
#[derive(Debug, Deserialize)]
struct PlantedCell {
    file: String,
    cell: String,
    rule_hint: String,
}

#[derive(Debug, Deserialize)]
struct KpiTruth {
    kpi_id: String,
    period: String,
    geography_level: String,
    geography_code: String,
    breakdown: String,
    numerator: f64,
    denominator: Option<f64>,
}

type Key = [String; 5];

impl KpiTruth {
    fn key(&self) -> Key {
        [&self.kpi_id, &self.period, &self.geography_level, &self.geography_code, &self.breakdown].map(Clone::clone)
    }

    fn is(&self, value: &DemoValue) -> bool {
        let near = |one: f64, other: f64| (one - other).abs() < 1e-9;
        near(self.numerator, value.numerator) && self.denominator.is_none_or(|mine| near(mine, value.denominator))
    }
}

/// A value of the generation.
struct DemoValue {
    numerator: f64,
    denominator: f64,
    /// What must be known beside it.
    mark: String,
}

/// Every KPI value on the county's own returns.
fn values(place: &Place) -> Result<BTreeMap<Key, DemoValue>, Failure> {
    let sql = "SELECT kpi_id, period, geography_level, geography_code, breakdown, coalesce(numerator, 0) AS numerator, \
               coalesce(denominator, 0) AS denominator, coalesce(mark, '') AS mark FROM kpi.value WHERE basis = 'local' AND period_kind IN ('academic_year', 'calendar_year')";
    let (_, batches) = query(place, sql, &[])?;
    let mut values = BTreeMap::new();
    for batch in &batches {
        let text = |column: usize, row: usize| {
            let array = batch.column(column).as_string_opt::<i32>().filter(|array| array.is_valid(row));
            array.map(|array| array.value(row).to_owned()).unwrap_or_default()
        };
        let number = |column: usize, row: usize| {
            batch.column(column).as_primitive_opt::<Float64Type>().map(|array| array.value(row)).unwrap_or_default()
        };
        for row in 0..batch.num_rows() {
            let value = DemoValue { numerator: number(5, row), denominator: number(6, row), mark: text(7, row) };
            values.insert([0, 1, 2, 3, 4].map(|column| text(column, row)), value);
        }
    }
    Ok(values)
}
