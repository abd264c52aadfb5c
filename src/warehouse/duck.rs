//! `DuckDB`: opened with as little power as the task needs, streamed without its panics, and the first [`Engine`].

use std::panic::resume_unwind;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use duckdb::{AccessMode, Config, Connection};

use super::WarehouseError;
use super::dialect::{DuckDialect, SqlDialect, name, names, text};
use super::engine::{Engine, EngineLimits, TableOfRows};
use crate::definitions::Macro;

/// Between one interruption and the next: one that comes between two statements is lost.
const AGAIN: Duration = Duration::from_millis(100);

/// A connection that makes marts and values, statements of definitions each within a time.
pub(super) struct DuckDb<'c> {
    pub(super) connection: &'c Connection,
    /// Seconds after which a statement is stopped.
    pub(super) seconds: u64,
    /// How many statements may run side by side.
    pub(super) threads: usize,
}

impl<'c> DuckDb<'c> {
    pub(super) fn within(connection: &'c Connection, limits: EngineLimits) -> Self {
        Self { connection, seconds: limits.seconds, threads: limits.threads }
    }

    /// Does each job, as many side by side as there are threads, each of these with a connection of its own; gives what each gave, in
    /// their order.
    fn side_by_side<J: Sync, T: Send>(
        &self,
        jobs: &[J],
        job: impl Fn(&Connection, &J) -> Result<T, WarehouseError> + Sync,
    ) -> Result<Vec<T>, WarehouseError> {
        const DOING: &str = "open a second connection";
        let hands = self.threads.min(jobs.len());
        let next = AtomicUsize::new(0);
        let work = |connection: &Connection| -> Result<Vec<(usize, T)>, WarehouseError> {
            let mut done = Vec::new();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(next) = jobs.get(index) else { return Ok(done) };
                done.push((index, job(connection, next)?));
            }
        };
        let failed = |error| WarehouseError::database(DOING)(error);
        // What names mean is each connection's own.
        let database = "SELECT 'USE \"' || replace(current_database(), '\"', '\"\"') || '\"'";
        let used: String = self.connection.query_row(database, [], |row| row.get(0)).map_err(failed)?;
        let others: Vec<Connection> =
            (1..hands).map(|_| self.connection.try_clone()).collect::<Result<_, _>>().map_err(failed)?;
        others.iter().try_for_each(|other| run(other, DOING, &used))?;
        let mut done: Vec<(usize, T)> = std::thread::scope(|scope| {
            let work = &work;
            let others: Vec<_> = others.into_iter().map(|other| scope.spawn(move || work(&other))).collect();
            let own = work(self.connection);
            let others = others.into_iter().map(|other| other.join().unwrap_or_else(|panic| resume_unwind(panic)));
            others.fold(own, |all, some| {
                all.and_then(|mut all| {
                    all.extend(some?);
                    Ok(all)
                })
            })
        })?;
        done.sort_by_key(|(index, _)| *index);
        Ok(done.into_iter().map(|(_, done)| done).collect())
    }
}

impl Engine for DuckDb<'_> {
    fn dialect(&self) -> &dyn SqlDialect {
        &DuckDialect
    }

    fn define(&self, named: &Macro) -> Result<(), WarehouseError> {
        define(self.connection, named)
    }

    fn view(&self, doing: &str, view: &str, sql: &str) -> Result<(), WarehouseError> {
        run(self.connection, doing, &format!("CREATE VIEW {view} AS {sql}"))
    }

    fn create(&self, doing: &str, table: &str, sql: &str) -> Result<(), WarehouseError> {
        let sql = format!("CREATE TABLE {table} AS {sql}");
        within(self.connection, self.seconds, doing, || run(self.connection, doing, &sql))
    }

    fn create_all(&self, tables: Vec<TableOfRows>) -> Result<(), WarehouseError> {
        let seconds = self.seconds;
        self.side_by_side(&tables, |connection, TableOfRows { doing, table, sql }| {
            let sql = format!("CREATE TABLE {table} AS {sql}");
            within(connection, seconds, doing, || run(connection, doing, &sql))
        })?;
        Ok(())
    }

    fn rows_of_all(&self, asked: &[(String, String)]) -> Result<Vec<Vec<RecordBatch>>, WarehouseError> {
        let (seconds, threads) = (self.seconds, self.threads);
        self.side_by_side(asked, |connection, (doing, sql)| {
            let mut batches = Vec::new();
            let keep = &mut |batch| {
                batches.push(batch);
                Ok(())
            };
            DuckDb { connection, seconds, threads }.stream(doing, sql, keep)?;
            Ok(batches)
        })
    }

    fn empty(&self, doing: &str, table: &str, columns: &[(&str, &str)]) -> Result<(), WarehouseError> {
        let columns: Vec<String> = columns.iter().map(|(column, kind)| format!("{} {kind}", name(column))).collect();
        run(self.connection, doing, &format!("CREATE TABLE {table} ({})", columns.join(", ")))
    }

    fn write(&self, doing: &str, table: &str, path: &Path) -> Result<(), WarehouseError> {
        let path = text(&path.display().to_string());
        run(self.connection, doing, &format!("COPY (SELECT * FROM {table}) TO {path} (FORMAT parquet)"))
    }

    fn count(&self, doing: &str, sql: &str) -> Result<u64, WarehouseError> {
        within(self.connection, self.seconds, doing, || count(self.connection, doing, sql))
    }

    fn stream(
        &self,
        doing: &str,
        sql: &str,
        sink: &mut dyn FnMut(RecordBatch) -> Result<(), WarehouseError>,
    ) -> Result<SchemaRef, WarehouseError> {
        let _span = statement(doing);
        within(self.connection, self.seconds, doing, || {
            stream(self.connection, sql, &[], sink).map_err(|error| match error {
                StreamError::Engine(error) => WarehouseError::database(doing)(error),
                StreamError::Sink(error) => error,
            })
        })
    }
}

/// Settings that every connection of ours has. Extensions are never fetched: the bundled build has what we need.
fn settings(limits: EngineLimits) -> Result<Config, duckdb::Error> {
    Config::default()
        .enable_autoload_extension(false)?
        .max_memory(&format!("{}MB", limits.megabytes.max(64)))?
        .with("threads", limits.threads.max(1).to_string())?
        // A Parquet file is read once; kept in memory it would only take the place of what is computed.
        .with("enable_external_file_cache", "false")
}

/// An empty database in memory that may read exactly the files and folders given, and cannot be told otherwise.
///
/// Spills (when the memory is used up) go to `spill`; without it the statement fails instead.
pub(super) fn in_memory(limits: EngineLimits, spill: Option<&Path>) -> Result<Connection, WarehouseError> {
    let opened = settings(limits)
        .and_then(|config| {
            config.with("temp_directory", spill.map_or(String::new(), |path| path.display().to_string()))
        })
        .and_then(Connection::open_in_memory_with_flags);
    opened.map_err(WarehouseError::database("open a database in memory"))
}

/// A database file, read-only and without access to any other file.
pub(super) fn read_only(path: &Path, limits: EngineLimits) -> Result<Connection, WarehouseError> {
    settings(limits)
        .and_then(|config| config.access_mode(AccessMode::ReadOnly))
        // Nothing is spilled beside the live file: what does not fit into the memory fails.
        .and_then(|config| config.with("temp_directory", ""))
        .and_then(|config| config.enable_external_access(false))
        .and_then(|config| config.with("lock_configuration", "true"))
        .and_then(|config| Connection::open_with_flags(path, config))
        .map_err(|error| WarehouseError::Open { path: path.to_path_buf(), message: message(&error) })
}

/// From here on a connection reads and writes files below these folders alone, loads nothing, and cannot be told otherwise.
pub(super) fn lock(connection: &Connection, folders: &[&Path]) -> Result<(), WarehouseError> {
    let allowed: Vec<String> = folders.iter().map(|folder| text(&format!("{}/", folder.display()))).collect();
    run(
        connection,
        "lock the database",
        &format!(
            "SET allowed_directories = [{}]; SET enable_external_access = false; SET lock_configuration = true",
            allowed.join(", ")
        ),
    )
}

/// Does some work with a connection, and interrupts what it does once the time is up; an interrupted statement fails, and the
/// error says that it took too long.
pub(super) fn within<T>(
    connection: &Connection,
    seconds: u64,
    doing: &str,
    work: impl FnOnce() -> Result<T, WarehouseError>,
) -> Result<T, WarehouseError> {
    let handle = connection.interrupt_handle();
    let (done, waiting) = mpsc::channel::<()>();
    std::thread::scope(|scope| {
        let watch = scope.spawn(move || {
            let mut is_late = false;
            let mut wait = Duration::from_secs(seconds);
            while let Err(RecvTimeoutError::Timeout) = waiting.recv_timeout(wait) {
                handle.interrupt();
                (is_late, wait) = (true, AGAIN);
            }
            is_late
        });
        let result = work();
        drop(done);
        match (watch.join(), result) {
            (Ok(true), Err(_)) => Err(WarehouseError::TooLong { doing: doing.to_owned(), seconds }),
            (_, result) => result,
        }
    })
}

/// While it lasts a statement runs: the log tells how long it took.
fn statement(doing: &str) -> tracing::span::EnteredSpan {
    tracing::debug_span!("statement", message = doing).entered()
}

/// Runs statements of our own.
pub(super) fn run(connection: &Connection, doing: &str, sql: &str) -> Result<(), WarehouseError> {
    let _span = statement(doing);
    connection.execute_batch(sql).map_err(WarehouseError::database(doing))
}

/// Makes a macro. It stays in the file, for whoever asks it.
pub(super) fn define(connection: &Connection, named: &Macro) -> Result<(), WarehouseError> {
    run(connection, &format!("define {} ({})", named.name, named.path.display()), &macro_sql(named))
}

/// The statement that makes a macro.
pub(super) fn macro_sql(named: &Macro) -> String {
    format!(
        "CREATE MACRO {}({}) AS CAST(({}\n) AS {})",
        name(&named.name),
        names(named.takes.keys().map(String::as_str)),
        named.expression,
        named.gives
    )
}

/// One number of a query of our own.
pub(super) fn count(connection: &Connection, doing: &str, sql: &str) -> Result<u64, WarehouseError> {
    let _span = statement(doing);
    connection.query_row(sql, [], |row| row.get::<_, u64>(0)).map_err(WarehouseError::database(doing))
}

/// A count as the engine's whole number; none that can be counted is beyond it.
pub(super) fn long(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Why a stream ended early.
pub(super) enum StreamError<E> {
    /// `DuckDB` failed.
    Engine(duckdb::Error),
    /// The receiver failed.
    Sink(E),
}

/// Runs one statement and hands its batches on as they come; gives the schema of the result.
///
/// `DuckDB`'s own iterator panics when a batch cannot be computed (an overflow in row 5,000), hence `step`.
pub(super) fn stream<E>(
    connection: &Connection,
    sql: &str,
    params: &[&str],
    mut sink: impl FnMut(RecordBatch) -> Result<(), E>,
) -> Result<SchemaRef, StreamError<E>> {
    let mut statement = connection.prepare(sql).map_err(StreamError::Engine)?;
    let schema = statement.stream_arrow(duckdb::params_from_iter(params)).map_err(StreamError::Engine)?.get_schema();
    while let Some(rows) = statement.step().map_err(StreamError::Engine)? {
        sink(RecordBatch::from(&rows)).map_err(StreamError::Sink)?;
    }
    Ok(schema)
}

/// What `DuckDB` said, without the values of cells: its conversion and overflow errors quote them.
pub(super) fn message(error: &duckdb::Error) -> String {
    let said = match error {
        duckdb::Error::DuckDBFailure(_, Some(said)) => said.clone(),
        other => other.to_string(),
    };
    let quotes_values = ["Conversion Error", "Out of Range Error", "Invalid Input Error", "Constraint Error"];
    if quotes_values.iter().any(|kind| said.starts_with(kind)) {
        let first = said.lines().next().unwrap_or_default();
        let shown = first.find(['\'', '"', '(']).map_or(first, |at| first[..at].trim_end());
        return if shown.len() < first.len() { format!("{shown} … (value not shown)") } else { shown.to_owned() };
    }
    said.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: EngineLimits = EngineLimits { threads: 1, megabytes: 128, seconds: 60 };

    #[test]
    fn values_are_cut_from_messages() {
        let connection = in_memory(SMALL, None).unwrap();
        let error = connection.execute_batch("SELECT CAST('Ann Smith' AS INTEGER)").unwrap_err();
        let said = message(&error);
        assert!(said.starts_with("Conversion Error") && !said.contains("Ann"), "{said}");
        let error = connection.execute_batch("SELECT a FROM (SELECT 1 AS b)").unwrap_err();
        assert!(message(&error).contains("\"a\""), "binder errors keep the column's name");
    }

    #[test]
    fn a_failure_within_a_stream_is_an_error_not_a_panic() {
        let connection = in_memory(SMALL, None).unwrap();
        let sql = "SELECT CAST(CASE WHEN range = 99999 THEN 'x' ELSE '1' END AS INTEGER) FROM range(100000)";
        let result = stream::<()>(&connection, sql, &[], |_| Ok(()));
        assert!(matches!(result, Err(StreamError::Engine(_))));
    }
}
