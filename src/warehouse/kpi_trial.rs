//! A KPI's own test: small tables in, the values that they must give out.
//!
//! ```text
//! <id>.test/<mart>.csv ─► mart.<mart> in memory ─► the KPI's SELECT ─► divided and rounded ─► <id>.test/expected.csv
//! ```
//!
//! A mart that the KPI reads and that has no CSV is made by its own file, where all that it reads is there: so a test of a KPI
//! tries the mart that stands between too.
//!
//! The label of a column is its name, with its type after a colon where it is no text: `pupils:BIGINT`. An empty cell is
//! no value.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use arrow::array::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use duckdb::Connection;
use jiff::civil::Date;

use super::WarehouseError;
use super::dialect::{name, text};
use super::duck::{self, StreamError, in_memory, run};
use super::engine::EngineLimits;
use super::statement;
use crate::definitions::{Definitions, Kpi, Mart, read_tables};
use crate::kpi;
use crate::lake::FileError;
use crate::model::difference;

/// The types that a label may name.
const TYPES: [&str; 5] = ["BIGINT", "INTEGER", "DOUBLE", "BOOLEAN", "DATE"];
/// The columns of `expected.csv`: all of them, or fewer.
const EXPECTED: [&str; 10] = [
    "period",
    "geography_level",
    "geography_code",
    "geography_name",
    "breakdown",
    "numerator",
    "denominator",
    "value",
    "reason",
    "mark",
];
const NUMBERS: [&str; 3] = ["numerator", "denominator", "value"];
/// Differences that are told; the rest are counted.
const TOLD: usize = 10;

/// What became of the test of one KPI.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KpiTrial {
    /// Rows that it gave.
    pub rows: usize,
    /// What is not as expected; `- ` is expected and missing, `+ ` is found and not expected.
    pub differences: Vec<String>,
}

impl KpiTrial {
    fn differing(difference: String) -> Self {
        Self { rows: 0, differences: vec![difference] }
    }
}

/// Tries one KPI on the tables of its folder.
///
/// # Errors
/// [`WarehouseError`] when we could not do our work. A test that differs, or is not as a test should be, is in what is
/// returned.
pub fn try_kpi(
    kpi: &Kpi,
    folder: &Path,
    definitions: &Definitions,
    limits: EngineLimits,
) -> Result<KpiTrial, WarehouseError> {
    let marts = &definitions.marts;
    let mut tables = BTreeSet::new();
    for entry in fs::read_dir(folder).map_err(FileError::at("list", folder))?.flatten() {
        let file = entry.path();
        let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        if file.extension().is_some_and(|extension| extension == "csv") && stem != "expected" {
            tables.insert(stem);
        }
    }
    let mut wanted: BTreeSet<String> = kpi.reads.iter().cloned().collect();
    let made = to_make(&mut wanted, &tables, marts);
    if tables != wanted {
        let list = |names: &BTreeSet<String>| names.iter().cloned().collect::<Vec<_>>().join(", ");
        let said = format!("has tables {}; wanted are {}: a CSV each", list(&tables), list(&wanted));
        return Ok(KpiTrial::differing(said));
    }
    let connection = in_memory(limits, None)?;
    run(&connection, "make the schema of a test", "CREATE SCHEMA mart")?;
    for named in &definitions.macros {
        duck::define(&connection, named)?;
    }
    for table in &wanted {
        if let Err(said) = load(&connection, folder, table) {
            return Ok(KpiTrial::differing(format!("{table}.csv: {said}")));
        }
    }
    for mart in made {
        if let Some(said) = make(&connection, mart)? {
            return Ok(KpiTrial::differing(format!("mart.{} cannot be made of these tables: {said}", mart.name)));
        }
    }
    let (columns, expected) = match table_of(&connection, &folder.join("expected.csv")) {
        Ok(read) => read,
        Err(said) => return Ok(KpiTrial::differing(format!("expected.csv: {said}"))),
    };
    if let Some(unknown) = columns.iter().find(|column| !EXPECTED.contains(&column.as_str())) {
        let said = format!("expected.csv: no column `{unknown}`; there are: {}", EXPECTED.join(", "));
        return Ok(KpiTrial::differing(said));
    }
    if let Some(refused) = statement::problem(&connection, &kpi.written, statement::KPI)? {
        return Ok(KpiTrial::differing(format!("its SELECT is refused: {}", refused.message)));
    }
    duck::lock(&connection, &[])?;
    let doing = format!("try KPI {}", kpi.id);
    let found = match duck::within(&connection, limits.seconds, &doing, || Ok(compute(kpi, &connection)))? {
        Ok(found) => found,
        Err(said) => return Ok(KpiTrial::differing(said)),
    };
    let rows = found.iter().map(RecordBatch::num_rows).sum();
    let found = match texts(&found, &columns) {
        Ok(found) => found,
        Err(error) => return Ok(KpiTrial::differing(format!("the values cannot be shown: {error}"))),
    };
    Ok(KpiTrial { rows, differences: compare(&columns, expected, found) })
}

/// The marts among the wanted tables that have no CSV and read marts alone, in the order of making; in their place is wanted
/// what they read.
fn to_make<'a>(wanted: &mut BTreeSet<String>, given: &BTreeSet<String>, marts: &'a [Mart]) -> Vec<&'a Mart> {
    let mut made = Vec::new();
    // From the last that is built to the first: whatever a mart reads comes before it.
    for mart in marts.iter().rev() {
        if given.contains(&mart.name) || !wanted.contains(&mart.name) {
            continue;
        }
        let (reads, foreign) = read_tables(&mart.sql);
        if foreign.is_none() && !reads.is_empty() {
            wanted.remove(&mart.name);
            wanted.extend(reads);
            made.insert(0, mart);
        }
    }
    made
}

/// Makes a mart of the tables that are there; gives what is wrong with it.
fn make(connection: &Connection, mart: &Mart) -> Result<Option<String>, WarehouseError> {
    if let Some(refused) = statement::problem(connection, &mart.sql, statement::MART)? {
        return Ok(Some(refused.message));
    }
    let sql = format!("CREATE TABLE mart.{} AS {}", name(&mart.name), mart.sql);
    Ok(connection.execute_batch(&sql).err().map(|error| duck::message(&error)))
}

/// Fills `mart.<table>` from its CSV; the error is what is wrong with the file.
fn load(connection: &Connection, folder: &Path, table: &str) -> Result<(), String> {
    let source = csv(&folder.join(format!("{table}.csv")));
    let mut columns = Vec::new();
    for label in &labels(connection, &source)? {
        let (column, kind) = label.split_once(':').unwrap_or((label, "VARCHAR"));
        if kind != "VARCHAR" && !TYPES.contains(&kind) {
            return Err(format!("`{label}`: no type `{kind}`; there are: {}", TYPES.join(", ")));
        }
        columns.push(format!("CAST({} AS {kind}) AS {}", name(label), name(column)));
    }
    let sql = format!("CREATE TABLE mart.{} AS SELECT {} FROM {source}", name(table), columns.join(", "));
    connection.execute_batch(&sql).map_err(|error| duck::message(&error))
}

/// A CSV as it stands: every cell a text, an empty one none.
fn csv(path: &Path) -> String {
    format!(
        "read_csv({}, header = true, all_varchar = true, nullstr = '', delim = ',', quote = '\"')",
        text(&path.display().to_string())
    )
}

fn labels(connection: &Connection, source: &str) -> Result<Vec<String>, String> {
    match duck::stream(connection, &format!("SELECT * FROM {source} LIMIT 0"), &[], |_| {
        Ok::<(), std::convert::Infallible>(())
    }) {
        Ok(schema) => Ok(schema.fields().iter().map(|field| field.name().clone()).collect()),
        Err(StreamError::Engine(error)) => Err(duck::message(&error)),
        Err(StreamError::Sink(never)) => match never {},
    }
}

type CellTexts = Vec<Vec<String>>;

fn table_of(connection: &Connection, path: &Path) -> Result<(Vec<String>, CellTexts), String> {
    if !path.is_file() {
        return Err("is not there: write down what the tables must give".to_owned());
    }
    let source = csv(path);
    let columns = labels(connection, &source)?;
    let mut batches = Vec::new();
    let collect = |batch| -> Result<(), std::convert::Infallible> {
        batches.push(batch);
        Ok(())
    };
    match duck::stream(connection, &format!("SELECT * FROM {source}"), &[], collect) {
        Ok(_) => {}
        Err(StreamError::Engine(error)) => return Err(duck::message(&error)),
        Err(StreamError::Sink(never)) => match never {},
    }
    let rows = texts(&batches, &columns).map_err(|error| error.to_string())?;
    Ok((columns, rows))
}

/// The values of a KPI, as a run computes them.
fn compute(kpi: &Kpi, connection: &Connection) -> Result<Vec<RecordBatch>, String> {
    let (maturity, roundings) = (BTreeMap::new(), kpi::Roundings::default());
    let stamp = kpi::Stamp { as_of: Date::MAX, known_at: 0, maturity: &maturity, roundings: &roundings, lacking: None };
    let mut found = Vec::new();
    let streamed = duck::stream(connection, &kpi.sql, &[], |batch| {
        found.push(kpi::values(kpi, &batch, &stamp).map_err(|error| error.to_string())?);
        Ok::<(), String>(())
    });
    match streamed {
        Ok(_) => Ok(found),
        Err(StreamError::Engine(error)) => {
            Err(format!("its SELECT cannot be run on these tables: {}", duck::message(&error)))
        }
        Err(StreamError::Sink(said)) => Err(said),
    }
}

fn texts(batches: &[RecordBatch], columns: &[String]) -> Result<CellTexts, arrow::error::ArrowError> {
    let options = FormatOptions::default().with_null("");
    let mut rows = Vec::new();
    for batch in batches {
        let formatters = columns
            .iter()
            .map(|column| {
                let array = batch
                    .column_by_name(column)
                    .ok_or_else(|| arrow::error::ArrowError::SchemaError(format!("there is no column `{column}`")))?;
                ArrayFormatter::try_new(array, &options)
            })
            .collect::<Result<Vec<_>, _>>()?;
        for row in 0..batch.num_rows() {
            let cells = formatters.iter().zip(columns);
            rows.push(cells.map(|(cell, column)| plain(column, &cell.value(row).to_string())).collect());
        }
    }
    Ok(rows)
}

/// A number without its trailing zeros, so that `9` is `9.0`; to nine places, where formulae differ by less.
fn plain(column: &str, cell: &str) -> String {
    let number = NUMBERS.contains(&column).then(|| cell.parse::<f64>().ok()).flatten();
    number.map_or_else(|| cell.to_owned(), |number| ((number * 1e9).round() / 1e9).to_string())
}

/// What differs, told under the names of the columns.
fn compare(columns: &[String], wanted: CellTexts, found: CellTexts) -> Vec<String> {
    let balance = difference(wanted, found);
    let mut told: Vec<String> = balance
        .iter()
        .take(TOLD)
        .map(|(row, count)| format!("{} {}", if *count < 0 { '-' } else { '+' }, row.join(",")))
        .collect();
    if balance.len() > TOLD {
        told.push(format!("{} more rows differ", balance.len() - TOLD));
    }
    if !told.is_empty() {
        told.insert(0, format!("  {}", columns.join(",")));
    }
    told
}
