//! Rows of `meta`, put in many at a time: a statement costs more than a row.

use std::collections::BTreeMap;

use duckdb::types::{ToSqlOutput, Value};
use duckdb::{Connection, ToSql, params_from_iter};

use super::WarehouseError;
use super::dialect::name;

/// Rows of a statement.
const MOST: usize = 64;

/// Rows that wait to be put into their tables, in the order in which each table got them.
pub(super) struct Inserts<'c> {
    connection: &'c Connection,
    waiting: BTreeMap<(&'static str, &'static str), Vec<Vec<Value>>>,
}

impl<'c> Inserts<'c> {
    pub(super) fn new(connection: &'c Connection) -> Self {
        Self { connection, waiting: BTreeMap::new() }
    }

    /// One more row of a table of `meta`; `values` is what a row of `VALUES` says, with `?` for each parameter.
    pub(super) fn add(
        &mut self,
        table: &'static str,
        values: &'static str,
        params: &[&dyn ToSql],
    ) -> Result<(), WarehouseError> {
        let own = |param: &&dyn ToSql| match param.to_sql()? {
            ToSqlOutput::Borrowed(value) => Ok(value.into()),
            ToSqlOutput::Owned(value) => Ok(value),
            _ => Err(duckdb::Error::InvalidParameterName(format!("a value of meta.{table} that is of no known kind"))),
        };
        let row = params.iter().map(own).collect::<Result<Vec<Value>, _>>();
        let row = row.map_err(WarehouseError::database(&format!("fill meta.{table}")))?;
        let rows = self.waiting.entry((table, values)).or_default();
        rows.push(row);
        if rows.len() < MOST {
            return Ok(());
        }
        let rows = std::mem::take(rows);
        self.put(table, values, rows)
    }

    /// Puts in all that waits.
    pub(super) fn flush(&mut self) -> Result<(), WarehouseError> {
        for ((table, values), rows) in std::mem::take(&mut self.waiting) {
            self.put(table, values, rows)?;
        }
        Ok(())
    }

    fn put(&self, table: &str, values: &str, rows: Vec<Vec<Value>>) -> Result<(), WarehouseError> {
        if rows.is_empty() {
            return Ok(());
        }
        let doing = format!("fill meta.{table}");
        let all = vec![format!("({values})"); rows.len()].join(", ");
        let mut statement = self
            .connection
            .prepare_cached(&format!("INSERT INTO meta.{} VALUES {all}", name(table)))
            .map_err(WarehouseError::database(&doing))?;
        let given = params_from_iter(rows.into_iter().flatten());
        statement.execute(given).map(|_| ()).map_err(WarehouseError::database(&doing))
    }
}
