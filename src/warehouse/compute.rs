//! KPIs of another day, or of what was known then, without a generation: kept marts are read where they lie, the others are made in memory.

use std::collections::BTreeSet;
use std::path::Path;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use duckdb::Connection;

use super::build::BuildInput;
use super::conformed::{Views, no_rows};
use super::dialect::name;
use super::duck::{self, DuckDb, in_memory, run};
use super::engine::Engine;
use super::kept::{KeptFor, KeptMarts};
use super::query::answer;
use super::trial::sound_of;
use super::{WarehouseError, meta, passport, series, values};
use crate::definitions::{Basis, Definitions, Kpi, Mart, Table};
use crate::lake::create_dir_shared;

/// The marts that every value asks of: which council it is, and which periods there are.
const ALWAYS: [&str; 2] = ["dim_council", series::PERIODS];

/// A database in memory with `kpi.value`.
#[derive(Debug)]
pub struct Computed(Connection);

impl Computed {
    /// Runs one statement on it; gives the schema and every batch.
    ///
    /// # Errors
    /// [`WarehouseError::Database`] when the statement is refused.
    pub fn ask(&self, sql: &str, parameters: &[&str]) -> Result<(SchemaRef, Vec<RecordBatch>), WarehouseError> {
        let mut batches = Vec::new();
        let schema = answer(&self.0, sql, parameters, &mut |batch| batches.push(batch))?;
        Ok((schema, batches))
    }
}

/// Values as `kpi.value` has them, of the KPIs on own returns and of those asked for by id.
///
/// The conformed rows of the tables `rows` can be asked beside them. `staging` is a new folder for what is spilled; nothing of the place is written.
///
/// # Errors
/// [`WarehouseError`] for SQL that does not fit, and where the lake cannot be read.
pub fn compute(
    input: &BuildInput<'_>,
    asked: &[&str],
    rows: &[&Table],
    staging: &Path,
) -> Result<Computed, WarehouseError> {
    create_dir_shared(staging)?;
    let connection = in_memory(input.engine_limits(), Some(&staging.join("spill")))?;
    run(
        &connection,
        "open a database in memory",
        "ATTACH ':memory:' AS sendmart; USE sendmart; CREATE SCHEMA mart; CREATE SCHEMA kpi; CREATE SCHEMA meta; CREATE SCHEMA conformed",
    )?;
    let is_wanted = |kpi: &Kpi| asked.contains(&kpi.id.as_str()) || (asked.is_empty() && kpi.basis == Basis::Local);
    let wanted = marts_of(input.definitions, &is_wanted);
    let is_mart = |mart: &Mart| wanted.contains(mart.name.as_str());
    sound_of(&connection, input.definitions, &input.place.sql(), &is_mart, &is_wanted)?;
    let engine = DuckDb::within(&connection, input.engine_limits());
    let views = Views::new(&engine, input.place, input.deliveries, &input.definitions.settings.zone)?;
    let kept = KeptMarts::of(input, staging, KeptFor::Reading)?;
    let arrival = kept.arrival()?;
    meta::for_values(input, &connection, arrival.as_deref(), &|| {
        input.definitions.tables().try_for_each(|table| views.make(table))
    })?;
    duck::lock(&connection, &[input.place.lake().as_path(), staging])?;
    for named in &input.definitions.macros {
        engine.define(named)?;
    }
    // Where all marts are kept nothing is read of the lake's parts.
    let look = |mart: &str, sql: &str| kept.look(&engine, mart, sql, || views.read_by(sql, input.definitions));
    for table in input.definitions.tables() {
        let Some(mart) = table.mart.as_ref().filter(|mart| wanted.contains(mart.as_str())) else { continue };
        if views.is_empty(table) {
            kept.nothing(mart, table);
            no_rows(&engine, &format!("read mart.{mart}"), &format!("mart.{}", name(mart)), table)?;
        } else {
            look(mart, &super::build::rows_of_contract(table))?;
        }
    }
    for mart in input.definitions.marts.iter().filter(|mart| !mart.after_kpis && wanted.contains(mart.name.as_str())) {
        look(&mart.name, &mart.sql)?;
    }
    rows.iter().try_for_each(|table| views.make(table))?;
    values::values(input, &engine, staging, &is_wanted, &kept)?;
    Ok(Computed(connection))
}

/// The marts that the KPIs read, and those that these are made of.
fn marts_of(definitions: &Definitions, is_wanted: &dyn Fn(&Kpi) -> bool) -> BTreeSet<String> {
    let mut read: Vec<String> = ALWAYS.iter().map(|mart| (*mart).to_owned()).collect();
    for kpi in definitions.kpis.iter().filter(|kpi| is_wanted(kpi)) {
        read.extend(definitions.marts_of(kpi));
        read.extend(kpi.returns.iter().map(|_| passport::COMPLETENESS.to_owned()));
        let marks = kpi.series.iter().filter_map(|series| series.marks.as_ref());
        read.extend(marks.map(|_| series::MARKS.to_owned()));
    }
    definitions.marts_behind(&read).into_iter().map(str::to_owned).collect()
}
