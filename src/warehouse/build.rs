//! A new generation from the lake: conformed views, marts, checks, KPIs, comments, `meta`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use arrow::array::AsArray;
use duckdb::{Connection, params};
use jiff::Timestamp;
use jiff::civil::Date;

use super::aside::ASIDE;
use super::conformed::{Views, no_rows};
use super::dialect::{name, names, text};
use super::duck::{self, DuckDb, in_memory, long, run};
use super::engine::{Engine, EngineLimits, TableOfRows};
use super::inserts::Inserts;
use super::kept::{KeptFor, KeptMart, KeptMarts};
use super::lent::Lent;
use super::meta_tables::TABLES;
use super::trial::sound;
use super::{NotCounted, WarehouseError, comments, conformed, left_standing, meta, relation, repeated, target, values};
use crate::definitions::{Behind, Check, Definitions, Mart, Table};
use crate::lake::{Place, create_dir_shared};
use crate::model::{Book, Delivery};

/// The collection of school days, which a place has before any return comes.
const CALENDAR: &str = "calendar";

/// What a generation is built from.
pub struct BuildInput<'a> {
    /// Where everything is.
    pub place: &'a Place,
    /// The definitions.
    pub definitions: &'a Definitions,
    /// Deliveries with their books, received by `known_at`.
    pub deliveries: &'a [(Delivery, Book)],
    /// What came and does not count.
    pub not_counted: &'a NotCounted,
    /// The date that the KPIs speak for.
    pub as_of: Date,
    /// Only deliveries received by then count.
    pub known_at: Timestamp,
    /// Hash of everything that decides the content.
    pub fingerprint: &'a str,
    /// The run that builds it.
    pub run_id: &'a str,
    /// Its number.
    pub generation: u64,
    /// When it is built.
    pub built_at: Timestamp,
    /// How much of the machine `DuckDB` may take.
    pub limits: EngineLimits,
}

/// So many rows of returns are worth a second thread: of fewer, threads only divide what is nothing.
const SEVERAL_THREADS: u64 = 100_000;

impl BuildInput<'_> {
    /// What the engine takes of its limits: one thread where little came, which takes a fifth of the processor's time less.
    pub(super) fn engine_limits(&self) -> EngineLimits {
        let parts = self.deliveries.iter().flat_map(|(_, book)| &book.tables);
        let rows: u64 = parts.filter_map(|part| part.conformed.as_ref()).map(|file| file.rows).sum();
        EngineLimits { threads: if rows < SEVERAL_THREADS { 1 } else { self.limits.threads }, ..self.limits }
    }
}

/// Builds a generation in the run's staging folder, and gives the closed file. `progress` is told how many of how many steps are
/// done, and the next.
///
/// # Errors
/// [`WarehouseError`]: `Definition` for SQL that does not fit, `Checks` when a check found rows.
pub fn build(input: &BuildInput<'_>, progress: &dyn Fn(usize, usize, &str)) -> Result<PathBuf, WarehouseError> {
    let staging = input.place.staging(input.run_id);
    create_dir_shared(&staging)?;
    let path = staging.join("sendmart.duckdb");
    let lent = Lent::to(&path, input)?;
    let connection = in_memory(input.engine_limits(), Some(&staging.join("spill")))?;
    let attach =
        format!("ATTACH {} AS sendmart (STORAGE_VERSION 'v1.4.0'); USE sendmart", text(&path.display().to_string()));
    run(&connection, "create the generation", &attach)?;
    if lent.is_something() {
        lent.make_room(&connection)?;
    } else {
        const SCHEMAS: &str = "CREATE SCHEMA mart; CREATE SCHEMA kpi; CREATE SCHEMA meta; CREATE SCHEMA conformed";
        run(&connection, "create the generation", SCHEMAS)?;
    }
    let built = contents(input, &connection, &staging, &lent, progress);
    built?;
    run(&connection, "clear the working schema", "DROP SCHEMA conformed CASCADE")?;
    // An explicit checkpoint: `close` would hide a full disk.
    run(&connection, "write the generation out", "CHECKPOINT sendmart; USE memory; DETACH sendmart")?;
    connection.close().map_err(|(_, error)| WarehouseError::database("close the generation")(error))?;
    let wal = staging.join("sendmart.duckdb.wal");
    if wal.exists() {
        return Err(WarehouseError::Verification { message: "a write-ahead log was left behind".to_owned() });
    }
    Ok(path)
}

fn contents(
    input: &BuildInput<'_>,
    connection: &Connection,
    staging: &std::path::Path,
    lent: &Lent,
    progress: &dyn Fn(usize, usize, &str),
) -> Result<(), WarehouseError> {
    let engine = &DuckDb::within(connection, input.engine_limits());
    let zone = &input.definitions.settings.zone;
    let views = Views::new(engine, input.place, input.deliveries, zone)?;
    meta::create(input, connection, &views, lent)?;
    let mut documented = Vec::new();
    let marts = &input.definitions.marts;
    // What lends was built by the same definitions, which were found sound.
    if !lent.is_something() {
        sound(connection, input.definitions, &input.place.sql())?;
    }
    duck::lock(connection, &[input.place.lake().as_path(), staging])?;
    for named in &input.definitions.macros {
        engine.define(named)?;
    }
    let kept = KeptMarts::of(input, staging, KeptFor::Making)?;
    kept.keep_arrival(engine)?;
    let mut rows = BTreeMap::new();
    // KPIs, comments and checks are a step each.
    let steps = input.definitions.tables().filter(|table| table.mart.is_some()).count() + marts.len() + 3;
    let mut done = 0;
    let mut progress = |step: &str| {
        progress(done, steps, step);
        done += 1;
    };
    let mut is_lent: BTreeSet<&String> = BTreeSet::new();
    let mut waiting = KeptTables { engine, tables: Vec::new() };
    for table in input.definitions.tables() {
        let Some(mart) = &table.mart else { continue };
        progress(&format!("mart.{mart}"));
        let (sql, doing) = (rows_of_contract(table), format!("build mart.{mart}"));
        documented.push(comments::of_contract(table, mart));
        if views.is_empty(table) {
            let content = kept.nothing(mart, table);
            if lent.has(connection, mart, Some(&content))? {
                is_lent.insert(mart);
            } else {
                no_rows(engine, &doing, &format!("mart.{}", name(mart)), table)?;
            }
            continue;
        }
        let found = kept.find(engine, mart, &sql, |content| lent.is_of(mart, content))?;
        if lent.has(connection, mart, found.as_ref().map(|found| found.content.as_str()))? {
            is_lent.insert(mart);
        } else if let Some(found) = found {
            waiting.add(doing, mart, found);
        } else {
            views.make(table)?;
            kept.make(engine, &doing, mart, &sql, || Ok(()))?;
        }
    }
    let doing = |mart: &Mart| format!("build mart.{} ({})", mart.name, mart.path.display());
    for mart in marts.iter().filter(|mart| !mart.after_kpis) {
        progress(&format!("mart.{}", mart.name));
        documented.push(comments::of_mart(mart));
        let found = kept.find(engine, &mart.name, &mart.sql, |content| lent.is_of(&mart.name, content))?;
        if lent.has(connection, &mart.name, found.as_ref().map(|found| found.content.as_str()))? {
            is_lent.insert(&mart.name);
            continue;
        }
        if let Some(found) = found {
            waiting.add(doing(mart), &mart.name, found);
            continue;
        }
        waiting.read()?;
        views.read_by(&mart.sql, input.definitions)?;
        kept.make(engine, &doing(mart), &mart.name, &mart.sql, || grain(engine, mart))?;
    }
    waiting.read()?;
    progress("KPIs");
    values::values(input, engine, staging, &|_| true, &kept)?;
    for mart in marts.iter().filter(|mart| mart.after_kpis) {
        progress(&format!("mart.{}", mart.name));
        documented.push(comments::of_mart(mart));
        engine.create(&doing(mart), &format!("mart.{}", name(&mart.name)), &mart.sql)?;
        grain(engine, mart)?;
    }
    for table in
        marts.iter().map(|mart| &mart.name).chain(input.definitions.tables().filter_map(|table| table.mart.as_ref()))
    {
        rows.insert(table, rows_of(engine, table)?);
    }
    relation::fill(connection, input.definitions)?;
    progress("checks");
    checks(input, engine, &views)?;
    for (table, before) in &rows {
        let after = rows_of(engine, table)?;
        if after != *before {
            let message = format!("mart.{table} had {before} rows before the checks and has {after} after them");
            return Err(WarehouseError::Verification { message });
        }
    }
    let left_out = without_what_nobody_holds(input, engine, &rows)?;
    made(input, connection, &kept, &rows, &left_out)?;
    progress("comments");
    // The same definitions wrote those of what is lent.
    let has_comments: BTreeSet<String> = is_lent.iter().map(|mart| format!("mart.{mart}")).collect();
    documented.extend(comments::of_kpi_tables());
    documented.extend(target::documented());
    documented.extend(meta::documented("meta", TABLES));
    documented.retain(|table| !left_out.contains(&table.table) && !has_comments.contains(&table.table));
    comments::write(connection, &documented)?;
    comments::dictionary(connection)?;
    // A generation aside is of another day: those of the live one stay.
    if input.generation == ASIDE { Ok(()) } else { kept.clear() }
}

/// Marts that are kept and not yet read, each with the bytes of its file.
struct KeptTables<'a> {
    engine: &'a DuckDb<'a>,
    tables: Vec<(u64, TableOfRows)>,
}

impl KeptTables<'_> {
    /// One more: its rows, and the bytes of their file.
    fn add(&mut self, doing: String, mart: &str, found: KeptMart) {
        self.tables.push((found.bytes, TableOfRows { doing, table: format!("mart.{}", name(mart)), sql: found.sql }));
    }

    /// Reads them, side by side, the largest first.
    fn read(&mut self) -> Result<(), WarehouseError> {
        let mut tables = std::mem::take(&mut self.tables);
        tables.sort_by_key(|(bytes, _)| std::cmp::Reverse(*bytes));
        self.engine.create_all(tables.into_iter().map(|(_, table)| table).collect())
    }
}

/// The rows of a table's own mart, in their order.
pub(super) fn rows_of_contract(table: &Table) -> String {
    let source = format!("conformed.{}", name(&table.view_name()));
    let lineage = ["_received_at", "_delivery", "_sheet", "_row"].into_iter();
    let order: Vec<String> = lineage.chain(table.key.iter().map(String::as_str)).map(name).collect();
    format!("SELECT * FROM {source}{} ORDER BY {} NULLS LAST", only_what_is_shown(table), order.join(" NULLS LAST, "))
}

/// The condition that leaves out of a table's mart the rows that its contract does not show.
fn only_what_is_shown(table: &Table) -> String {
    let mut shown: Vec<String> = table
        .mart_without
        .iter()
        .filter(|(_, values)| !values.is_empty())
        .map(|(column, values)| {
            let values: Vec<String> = values.iter().map(|value| text(value)).collect();
            format!("coalesce({} NOT IN ({}), TRUE)", name(column), values.join(", "))
        })
        .collect();
    if !table.mart_superseded {
        shown.push("NOT _superseded".to_owned());
    }
    if shown.is_empty() { String::new() } else { format!(" WHERE {}", shown.join(" AND ")) }
}

fn rows_of(engine: &dyn Engine, mart: &str) -> Result<u64, WarehouseError> {
    engine.count(&format!("count the rows of mart.{mart}"), &format!("SELECT count(*) FROM mart.{}", name(mart)))
}

/// Takes out the empty marts of collections of which nothing has come, those of their tables and those that are made of no others:
/// marts, KPIs and checks have read them, and nobody else would find anything there. Gives their names, with the schema.
fn without_what_nobody_holds(
    input: &BuildInput<'_>,
    engine: &DuckDb<'_>,
    rows: &BTreeMap<&String, u64>,
) -> Result<BTreeSet<String>, WarehouseError> {
    let has_come = |collection: &str| input.deliveries.iter().any(|(delivery, _)| delivery.collection == collection);
    let of_tables = input.definitions.tables().filter(|table| !has_come(&table.collection));
    let mut left_out: Vec<&String> = of_tables.filter_map(|table| table.mart.as_ref()).collect();
    // A KPI that has a value is explained by the marts that it reads, the empty ones too.
    let mut valued = BTreeSet::new();
    engine.stream(
        "list the KPIs with a value",
        "SELECT DISTINCT kpi_id FROM kpi.value WHERE numerator IS NOT NULL",
        &mut |batch| {
            let ids = batch.column(0).as_string_opt::<i32>();
            valued.extend(ids.into_iter().flatten().flatten().map(str::to_owned));
            Ok(())
        },
    )?;
    let is_asked = |mart: &str| {
        let named = format!("mart.{mart}");
        let in_rows = |sql: &str| {
            sql.match_indices(&named)
                .any(|(at, _)| !sql[at + named.len()..].starts_with(|next: char| next.is_alphanumeric() || next == '_'))
        };
        input.definitions.kpis.iter().filter(|kpi| valued.contains(&kpi.id)).any(|kpi| {
            kpi.reads.iter().any(|read| read == mart)
                || kpi.rows.iter().flat_map(Behind::parts).any(|(_, sql)| in_rows(&sql))
        })
    };
    let is_empty = |mart: &&Mart| rows.get(&mart.name) == Some(&0);
    for mart in input.definitions.marts.iter().filter(is_empty).filter(|mart| !is_asked(&mart.name)) {
        let behind = input.definitions.collections_behind(&mart.name);
        // A calendar is no return: what has only that behind it is made of nothing else.
        let is_held = behind.iter().any(|collection| has_come(collection) && collection != CALENDAR);
        if !behind.is_empty() && !is_held {
            left_out.push(&mart.name);
        }
    }
    for mart in &left_out {
        let doing = format!("leave out mart.{mart}");
        let of_mart = format!("table_name = {0} OR references_table = {0}", text(mart));
        let sql = format!("DROP TABLE mart.{}; DELETE FROM meta.relation WHERE {of_mart}", name(mart));
        run(engine.connection, &doing, &sql)?;
    }
    Ok(left_out.into_iter().map(|mart| format!("mart.{mart}")).collect())
}

/// Fills `meta.made`: what decides the rows of each table that the generation has, and of what they are made.
fn made(
    input: &BuildInput<'_>,
    connection: &Connection,
    kept: &KeptMarts<'_>,
    rows: &BTreeMap<&String, u64>,
    left_out: &BTreeSet<String>,
) -> Result<(), WarehouseError> {
    let mut made = Inserts::new(connection);
    let is_here = |mart: &str| !left_out.contains(&format!("mart.{mart}"));
    for (mart, count) in rows.iter().filter(|(mart, _)| is_here(mart)) {
        if let Some(content) = kept.content(mart) {
            made.add("made", "'mart', ?, ?, ?", params![mart, content, long(*count)])?;
        }
    }
    for (view, recipe) in conformed::recipes(input) {
        made.add("made", "'conformed', ?, ?, NULL", params![view, recipe])?;
    }
    made.flush()
}

/// The key of a mart has to be unique.
fn grain(engine: &dyn Engine, mart: &Mart) -> Result<(), WarehouseError> {
    let key = names(mart.key.iter().map(String::as_str));
    let sql =
        format!("SELECT count(*) FROM (SELECT 1 FROM mart.{} GROUP BY {key} HAVING count(*) > 1)", name(&mart.name));
    let repeated = engine.count(&format!("check the grain of mart.{}", mart.name), &sql)?;
    if repeated == 0 {
        return Ok(());
    }
    Err(WarehouseError::Checks {
        failures: vec![format!(
            "mart.{}: {repeated} keys ({key}) stand more than once; its grain is: {}",
            mart.name, mart.grain
        )],
    })
}

/// The first row that a check finds, by the columns that it shows: `; the first: kpi_id suspension_rate, period 2023/24`.
fn first_found(engine: &DuckDb<'_>, check: &Check) -> Result<String, WarehouseError> {
    if check.shows.is_empty() {
        return Ok(String::new());
    }
    let shown: Vec<String> = check
        .shows
        .iter()
        .map(|column| format!("{} || COALESCE(CAST({} AS VARCHAR), 'none')", text(&format!("{column} ")), name(column)))
        .collect();
    let sql = format!("SELECT min(concat_ws(', ', {})) FROM ({}) AS found", shown.join(", "), check.sql);
    let doing = format!("show what check {} found", check.name);
    let first: Option<String> =
        engine.connection.query_row(&sql, [], |row| row.get(0)).map_err(WarehouseError::database(&doing))?;
    Ok(first.map_or_else(String::new, |first| format!("; the first: {first}")))
}

/// The books, and every check of `sql/checks`: none may find a row.
fn checks(input: &BuildInput<'_>, engine: &DuckDb<'_>, views: &Views<'_>) -> Result<(), WarehouseError> {
    let mut failures = Vec::new();
    for (delivery, book) in input.deliveries {
        for table in book.tables.iter().filter(|table| !table.balances()) {
            let lines = table.lines.map_or_else(String::new, |lines| {
                format!("; {} lines, {} of the header, {} within quotes", lines.read, lines.header, lines.within)
            });
            failures.push(format!(
                "conservation: delivery {} table {}: read {} ≠ accepted {} + quarantined {} + skipped {}{lines}",
                delivery.delivery_id,
                table.table,
                table.rows_read,
                table.rows_accepted,
                table.rows_quarantined,
                table.skipped()
            ));
        }
    }
    let lost = engine.count(
        "compare the lake with the books",
        "SELECT count(*) FROM meta.part AS part WHERE part.rows <> coalesce((SELECT sum(loaded.rows) FROM meta.loaded AS loaded \
         WHERE loaded.delivery_id = part.delivery_id AND loaded.table_name = part.table_name), 0)",
    )?;
    if lost > 0 {
        failures.push(format!("conservation: {lost} parts of the lake have another number of rows than their books"));
    }
    let sql = format!(
        "SELECT rule_id, message, hint FROM meta.fault WHERE rule_id IN ('{}', '{}') ORDER BY 1, 2",
        repeated::RULE,
        left_standing::RULE
    );
    let failed = |error| WarehouseError::database("tell what is wrong over several deliveries")(error);
    let mut statement = engine.connection.prepare(&sql).map_err(failed)?;
    let told = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).map_err(failed)?;
    for each in told {
        let (rule, message, hint): (String, String, String) = each.map_err(failed)?;
        tracing::warn!("Check {rule}: {message}. {hint}");
    }
    for check in &input.definitions.checks {
        let doing = format!("run check {}", check.name);
        let sql = format!("SELECT count(*) FROM ({})", check.sql);
        views.read_by(&check.sql, input.definitions)?;
        let found = engine.count(&doing, &sql)?;
        let severity = if check.stops { "error" } else { "query" };
        let row = params![check.name, severity, long(found), check.message, check.hint];
        engine
            .connection
            .execute("INSERT INTO meta.\"check\" VALUES (?, ?, ?, ?, ?)", row)
            .map_err(WarehouseError::database("keep what the checks found"))?;
        if found > 0 && check.stops {
            let first = first_found(engine, check)?;
            failures.push(format!("{}: {} ({found} rows{first}; {})", check.name, check.message, check.hint));
        } else if found > 0 {
            let rows = if found == 1 { "row" } else { "rows" };
            tracing::warn!("Check {}: {} ({found} {rows}). {}", check.name, check.message, check.hint);
        }
    }
    if failures.is_empty() { Ok(()) } else { Err(WarehouseError::Checks { failures }) }
}
