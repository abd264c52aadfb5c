//! Whether the SQL of the definitions is what it may be, and fits what it reads: tried on empty tables.
//!
//! ```text
//! contracts ─► conformed.* without a row ─► marts in their order ─► KPIs, their rows, checks
//! ```
//!
//! Every problem is told at once; what reads a mart that is broken is not tried, as its problem is told already.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::datatypes::DataType;
use duckdb::Connection;
use jiff::civil::Date;

use super::dialect::{name, text};
use super::duck::{self, DuckDb, StreamError, in_memory, run};
use super::engine::EngineLimits;
use super::rule_trial::{line_of, rules};
use super::statement::{self, Refused, StatementKind};
use super::{WarehouseError, conformed, meta, passport, rows_behind, series};
use crate::definitions::{Behind, Definitions, Kpi, Macro, Mart, Problem, Problems};
use crate::kpi;

/// How much of the machine the trial may take.
const TRYING: EngineLimits = EngineLimits { threads: 1, megabytes: 256, seconds: 60 };

/// The code of a statement that may not be run at all.
const REFUSED: &str = "sql::refused";

/// A statement of a definition, and where it stands.
struct TrialStatement<'a> {
    path: PathBuf,
    /// The file's line on which it begins; 0 where that is not known.
    line: usize,
    /// What it is, where a file holds several.
    part: Option<&'static str>,
    sql: Cow<'a, str>,
    kind: StatementKind,
}

impl TrialStatement<'_> {
    fn problem(&self, code: &'static str, line: usize, message: &str, hint: impl Into<String>) -> Problem {
        let message = self.part.map_or_else(|| message.to_owned(), |part| format!("`{part}`: {message}"));
        let first = if self.line == 0 { self.first_line() } else { Some(self.line) };
        let line = first.map_or(0, |first| first + line - 1);
        Problem { path: self.path.clone(), line, column: usize::from(line > 0), code, message, hint: hint.into() }
    }

    /// The line of the file on which a part of its head begins: after that of its key, where three quotes end it.
    fn first_line(&self) -> Option<usize> {
        let key = format!("{} = ", self.part?.rsplit('.').next()?);
        let (line, text) = line_of(&self.path, |line| line.starts_with(&key))?;
        Some(line + usize::from(text.ends_with("\"\"\"")))
    }

    fn refused(&self, refused: Refused) -> Problem {
        let line = refused.at.map_or(1, |at| self.sql.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1);
        self.problem(REFUSED, line, &refused.message, refused.hint)
    }

    /// What the engine said of it, at the line that it names.
    fn does_not_fit(&self, said: &str) -> Problem {
        let line =
            said.split_once("LINE ").and_then(|(_, rest)| rest.split(':').next()?.trim().parse().ok()).unwrap_or(1);
        let cut = ["\n\nLINE", "\n\tCandidate functions"].iter().filter_map(|end| said.find(end)).min();
        let first = said[..cut.unwrap_or(said.len())].trim_end();
        self.problem(
            "sql::does_not_fit",
            line,
            first,
            "compare the names and types with what it reads: contracts in pipelines/, heads in sql/marts",
        )
    }
}

/// Refuses definitions that are not one `SELECT` over what they may read, before anything of them is run.
///
/// # Errors
/// [`WarehouseError::Definitions`] with every problem.
pub(super) fn sound(connection: &Connection, definitions: &Definitions, sql: &Path) -> Result<(), WarehouseError> {
    let checks = definitions.checks.iter().map(of_check);
    all_sound(connection, checks.chain(asked(definitions, sql, &|_| true, &|_| true)))
}

/// As [`sound`], of some marts and KPIs alone, and of no check.
///
/// # Errors
/// As [`sound`].
pub(super) fn sound_of(
    connection: &Connection,
    definitions: &Definitions,
    sql: &Path,
    is_mart: &dyn Fn(&Mart) -> bool,
    is_kpi: &dyn Fn(&Kpi) -> bool,
) -> Result<(), WarehouseError> {
    all_sound(connection, asked(definitions, sql, is_mart, is_kpi))
}

/// Macros, and some marts and KPIs with what stands in the heads of these.
fn asked<'a>(
    definitions: &'a Definitions,
    sql: &'a Path,
    is_mart: &'a dyn Fn(&Mart) -> bool,
    is_kpi: &'a dyn Fn(&Kpi) -> bool,
) -> impl Iterator<Item = TrialStatement<'a>> {
    let marts = definitions.marts.iter().filter(|mart| is_mart(mart)).map(of_mart);
    let kpis = definitions.kpis.iter().filter(|kpi| is_kpi(kpi));
    let kpis = kpis.flat_map(|kpi| std::iter::once(of_kpi(kpi, sql)).chain(of_head(kpi, sql)));
    definitions.macros.iter().map(of_macro).chain(marts).chain(kpis)
}

fn all_sound<'a>(
    connection: &Connection,
    written: impl Iterator<Item = TrialStatement<'a>>,
) -> Result<(), WarehouseError> {
    let mut problems = Vec::new();
    for written in written {
        let found = statement::problem(connection, &written.sql, written.kind)?;
        problems.extend(found.map(|refused| written.refused(refused)));
    }
    once(&mut problems);
    if problems.is_empty() { Ok(()) } else { Err(WarehouseError::Definitions(Problems(problems))) }
}

fn of_mart(mart: &Mart) -> TrialStatement<'_> {
    let kind = if mart.after_kpis { statement::MART_OF_VALUES } else { statement::MART };
    TrialStatement { path: mart.path.clone(), line: mart.line, part: None, sql: Cow::from(&mart.sql), kind }
}

fn of_macro(named: &Macro) -> TrialStatement<'_> {
    TrialStatement {
        path: named.path.clone(),
        line: named.line,
        part: None,
        sql: Cow::from(&named.expression),
        kind: StatementKind::Condition,
    }
}

fn of_check(check: &crate::definitions::Check) -> TrialStatement<'_> {
    TrialStatement {
        path: check.path.clone(),
        line: check.line,
        part: None,
        sql: Cow::from(&check.sql),
        kind: statement::CHECK,
    }
}

fn of_kpi<'a>(kpi: &'a Kpi, sql: &Path) -> TrialStatement<'a> {
    TrialStatement {
        path: sql.join("kpis").join(kpi.file()),
        line: kpi.line,
        part: None,
        sql: Cow::from(&kpi.written),
        kind: statement::KPI,
    }
}

/// What the head of a KPI holds of SQL: the rows behind its values, and those of each month's end. It is run as its statement is.
fn of_head<'a>(kpi: &'a Kpi, sql: &Path) -> Vec<TrialStatement<'a>> {
    let of = |part, select| TrialStatement { part: Some(part), line: 0, sql: select, ..of_kpi(kpi, sql) };
    let rows = kpi.rows.iter().flat_map(Behind::written).map(|(part, select)| of(part, Cow::from(select)));
    let standing = kpi.series.iter().filter_map(|series| series.standing.as_ref());
    rows.chain(standing.map(|select| of("rows.every", Cow::from(select)))).collect()
}

/// Tells once what is found in a statement by itself and where it is embedded.
fn once(problems: &mut Vec<Problem>) {
    problems.dedup_by(|one, other| one.path == other.path && one.message == other.message);
}

/// Tries every statement of the definitions on empty tables. `told` is what is wrong with the rest of them: where it is about
/// contracts, nobody can say whether a statement fits, and it is only asked whether it is one that may be run.
///
/// # Errors
/// [`WarehouseError`] when we could not do our work. What is wrong with the definitions is in what is returned.
pub fn try_definitions(
    definitions: &Definitions,
    place: &crate::lake::Place,
    told: &Problems,
) -> Result<Vec<Problem>, WarehouseError> {
    let sql = place.sql();
    let is_of_contracts = !told.0.iter().all(|problem| problem.path.starts_with(&sql));
    // What takes long on no rows never ends on some.
    let seconds = definitions.settings.sql_seconds.min(TRYING.seconds);
    let connection = in_memory(TRYING, None)?;
    let mut problems = Vec::new();
    run(
        &connection,
        "make the schemas of a trial",
        // Nothing of an empty table is worth a plan.
        "PRAGMA disable_optimizer; ATTACH ':memory:' AS sendmart; USE sendmart; CREATE SCHEMA mart; CREATE SCHEMA kpi; CREATE SCHEMA meta; CREATE SCHEMA conformed",
    )?;
    duck::lock(&connection, &[])?;
    let engine = DuckDb::within(&connection, TRYING);
    conformed::views(&engine, place, &[], &definitions.settings.zone, definitions.tables())?;
    meta::empty_tables(&connection)?;
    macros(&connection, definitions, &mut problems)?;
    for table in definitions.tables() {
        rules(&connection, definitions, table, &mut problems)?;
        if let Some(mart) = &table.mart {
            conformed::no_rows(&engine, "make a mart of a trial", &format!("mart.{}", name(mart)), table)?;
        }
    }
    let stem = |problem: &Problem| Some(problem.path.file_stem()?.to_string_lossy().into_owned());
    let of_marts = told.0.iter().filter(|problem| problem.path.starts_with(sql.join("marts")));
    let mut broken: BTreeSet<String> = of_marts.filter_map(stem).collect();
    // The tables of values are there before any mart is tried: what may read them is asked of its statement.
    let columns: Vec<String> = kpi::output_schema()
        .fields()
        .iter()
        .map(|field| format!("{} {}", name(field.name()), sql_type(field.data_type())))
        .chain(series::OF_PERIOD.iter().map(|(column, kind)| format!("{column} {kind}")))
        .chain(passport::COLUMNS.iter().map(|(column, kind, _)| format!("{column} {kind}")))
        .collect();
    for table in ["value", "superseded_value"] {
        run(&connection, "make the table of values", &format!("CREATE TABLE kpi.{table} ({})", columns.join(", ")))?;
    }
    for mart in &definitions.marts {
        if mart.reads.iter().any(|read| broken.contains(read)) {
            broken.insert(mart.name.clone());
            continue;
        }
        let create = format!("CREATE TABLE mart.{} AS {}", name(&mart.name), mart.sql);
        let make = |sql: &str| timely(&connection, seconds, || connection.execute_batch(sql));
        if let Some(problem) = tried(&connection, &of_mart(mart), make, &create)? {
            broken.insert(mart.name.clone());
            problems.push(problem);
        }
    }
    problems.extend(foreign_types(&connection, definitions)?);
    let periods = definitions.marts.iter().find(|mart| mart.name == series::PERIODS && !broken.contains(&mart.name));
    let said = periods.and_then(|_| series::touched(&engine, Date::MAX).err());
    let has_periods = periods.is_some() && said.is_none();
    problems.extend(periods.zip(said).map(|(mart, said)| of_mart(mart).does_not_fit(&said.to_string())));
    rows_behind::count(&engine, &[], None)?;
    // Several KPIs divide by the same rows.
    let mut fitting: BTreeSet<String> = BTreeSet::new();
    let is_whole = |reads: &[String]| !reads.iter().any(|read| broken.contains(read));
    for kpi in definitions.kpis.iter().filter(|kpi| is_whole(&kpi.reads)) {
        let written = of_kpi(kpi, &sql);
        if let Some(refused) = statement::problem(&connection, &kpi.written, written.kind)? {
            problems.push(written.refused(refused));
            continue;
        }
        // What the head holds is embedded in other statements: before these are asked it is one SELECT by itself.
        let mut is_sound = true;
        for (rows, counted) in of_head(kpi, &sql).into_iter().zip(rows_behind::statements(kpi)) {
            if fitting.contains(&counted) {
                continue;
            }
            let described = |sql: &str| {
                let day = timely(&connection, seconds, || rows_behind::type_of_day(&connection, sql))?;
                match (day.as_str(), kpi.series.as_ref().map(|series| &series.day).or(kpi.day.as_ref())) {
                    ("DATE", _) | (_, None) => Ok(()),
                    (kind, Some(day)) => {
                        Err(format!("`{day}` is to be the day on which each row happened, and is of type {kind}"))
                    }
                }
            };
            match tried(&connection, &rows, described, &counted)? {
                Some(problem) => {
                    is_sound = false;
                    problems.push(problem);
                }
                None => {
                    fitting.insert(counted);
                }
            }
        }
        if is_sound {
            let of_periods = series::statement(kpi, "kpi.value AS own", Date::MAX).filter(|_| has_periods);
            let later = series::without_later(kpi, "kpi.value AS own", Date::MAX);
            // They are our own, over tables of ours: one of each shape tells whether the marts of periods fit.
            let shape = |sql: &String| sql.split('\'').step_by(2).collect::<String>();
            let new = of_periods.iter().chain(&later).filter(|sql| fitting.insert(shape(sql))).collect::<Vec<_>>();
            let said = new.into_iter().find_map(|sql| connection.prepare(sql).err());
            problems.extend(said.map(|said| written.does_not_fit(&format!("its `series`: {}", duck::message(&said)))));
        }
        problems.extend(values(&connection, seconds, kpi).err().map(|said| written.does_not_fit(&said)));
    }
    for check in &definitions.checks {
        let count = format!("SELECT count(*) FROM ({})", check.sql);
        let problem = tried(&connection, &of_check(check), prepared(&connection), &count)?;
        // A check names no marts: where one is broken, what does not bind may be that mart.
        problems.extend(problem.filter(|problem| broken.is_empty() || problem.code == REFUSED));
    }
    once(&mut problems);
    problems.retain(|problem| !is_of_contracts || problem.code == REFUSED);
    Ok(problems)
}

/// Columns of a type that other engines and Parquet do not have: a sum of whole numbers is wider than any of theirs.
fn foreign_types(connection: &Connection, definitions: &Definitions) -> Result<Vec<Problem>, WarehouseError> {
    const KNOWN: [&str; 8] = ["BIGINT", "INTEGER", "BOOLEAN", "DATE", "TIMESTAMP", "DOUBLE", "VARCHAR", "DECIMAL"];
    // Asked once: the engine goes through every column of every table to answer.
    let sql = "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE schema_name = 'mart' ORDER BY table_name, column_index";
    let failed = |error| WarehouseError::database("look at the types of the marts")(error);
    let mut statement = connection.prepare(sql).map_err(failed)?;
    let texts = |row: &duckdb::Row<'_>| Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?));
    let mut columns: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for column in statement.query_map([], texts).map_err(failed)? {
        let (mart, column, kind) = column.map_err(failed)?;
        columns.entry(mart).or_default().push((column, kind));
    }
    let mut problems = Vec::new();
    for mart in &definitions.marts {
        for (column, kind) in columns.get(&mart.name).into_iter().flatten() {
            if !KNOWN.contains(&kind.split('(').next().unwrap_or_default()) {
                let message = format!("column `{column}` is {kind}, which other engines do not have");
                let hint = format!("write CAST(… AS BIGINT) AS {column}, or another of {}", KNOWN.join(", "));
                problems.push(of_mart(mart).problem("mart::type", 1, &message, hint));
            }
        }
    }
    Ok(problems)
}

/// The macros, each an expression of no table that has a name of its own.
fn macros(
    connection: &Connection,
    definitions: &Definitions,
    problems: &mut Vec<Problem>,
) -> Result<(), WarehouseError> {
    let taken = names_of_functions(connection, definitions)?;
    for named in &definitions.macros {
        let written = of_macro(named);
        if let Some(refused) = statement::problem(connection, &written.sql, written.kind)? {
            problems.push(written.refused(refused));
            continue;
        }
        if taken.contains(&named.name) {
            let message = format!("`{}` is a function of the engine", named.name);
            problems.push(written.problem("macro::name", 1, &message, "give the file another name"));
            continue;
        }
        let call: Vec<String> = named.takes.values().map(|kind| format!("CAST(NULL AS {kind})")).collect();
        let call = format!("SELECT {}({})", name(&named.name), call.join(", "));
        let made = connection.execute_batch(&duck::macro_sql(named)).and_then(|()| connection.prepare(&call).map(drop));
        problems.extend(made.err().map(|error| written.does_not_fit(&duck::message(&error))));
    }
    Ok(())
}

/// The names of macros that the engine has functions of.
fn names_of_functions(connection: &Connection, definitions: &Definitions) -> Result<BTreeSet<String>, WarehouseError> {
    let asked: Vec<String> = definitions.macros.iter().map(|named| text(&named.name)).collect();
    if asked.is_empty() {
        return Ok(BTreeSet::new());
    }
    let sql =
        format!("SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_name IN ({})", asked.join(", "));
    let failed = |error| WarehouseError::database("look for functions of the same name")(error);
    let mut statement = connection.prepare(&sql).map_err(failed)?;
    let names = statement.query_map([], |row| row.get(0)).map_err(failed)?;
    names.collect::<Result<_, _>>().map_err(failed)
}

fn prepared(connection: &Connection) -> impl Fn(&str) -> Result<(), String> + '_ {
    |sql| connection.prepare(sql).map(|_| ()).map_err(|error| duck::message(&error))
}

/// Runs what may never end, on no rows; gives what the engine said.
fn timely<T>(
    connection: &Connection,
    seconds: u64,
    work: impl FnOnce() -> Result<T, duckdb::Error>,
) -> Result<T, String> {
    const DOING: &str = "try a definition";
    let mut said = String::new();
    let done = duck::within(connection, seconds, DOING, || {
        work().map_err(|error| {
            said = duck::message(&error);
            WarehouseError::database(DOING)(error)
        })
    });
    done.map_err(|error| match error {
        WarehouseError::TooLong { seconds, .. } => format!("it is not done in {seconds} seconds, with no row to read"),
        _ => said,
    })
}

/// Parses a statement, and runs it in the form in which it is used.
fn tried(
    connection: &Connection,
    written: &TrialStatement<'_>,
    run: impl Fn(&str) -> Result<(), String>,
    form: &str,
) -> Result<Option<Problem>, WarehouseError> {
    if let Some(refused) = statement::problem(connection, &written.sql, written.kind)? {
        return Ok(Some(written.refused(refused)));
    }
    Ok(run(form).err().map(|said| written.does_not_fit(&said)))
}

/// Whether what a KPI gives of no rows reads as values.
fn values(connection: &Connection, seconds: u64, kpi: &Kpi) -> Result<(), String> {
    let stream = || {
        duck::stream(connection, &kpi.sql, &[], |_| Ok::<(), std::convert::Infallible>(())).map_err(|error| match error
        {
            StreamError::Engine(error) => error,
            StreamError::Sink(never) => match never {},
        })
    };
    let schema = timely(connection, seconds, stream)?;
    let (maturity, roundings) = (BTreeMap::new(), kpi::Roundings::default());
    let stamp = kpi::Stamp { as_of: Date::MAX, known_at: 0, maturity: &maturity, roundings: &roundings, lacking: None };
    let values = kpi::values(kpi, &RecordBatch::new_empty(schema), &stamp);
    values.map(|_| ()).map_err(|error| error.to_string())
}

fn sql_type(kind: &DataType) -> &'static str {
    match kind {
        DataType::Float64 => "DOUBLE",
        DataType::Int32 => "INTEGER",
        DataType::Boolean => "BOOLEAN",
        DataType::Date32 => "DATE",
        DataType::Timestamp(..) => "TIMESTAMP",
        _ => "VARCHAR",
    }
}
