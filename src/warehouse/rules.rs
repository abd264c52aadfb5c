//! The rules of a table, tried on its conformed Parquet: SQL expressions, and the key that makes a row unique.

use std::path::Path;

use super::engine::{self, Limits, in_memory, name, names, run, text};
use super::{WarehouseError, contract};
use crate::spec::{Rule, Table};

/// A row that fails a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Index of the rule in the table.
    pub rule: usize,
    /// The source row.
    pub row: u32,
    /// The values of the rule's columns, as text.
    pub values: Vec<Option<String>>,
}

/// Source rows that share a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SameKey {
    /// The rows, in order.
    pub rows: Vec<u32>,
    /// Whether they are equal in every column.
    pub identical: bool,
}

/// What the rules found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// Rows that fail rules, by rule and row.
    pub failed: Vec<Finding>,
    /// Rows that share a key.
    pub same_key: Vec<SameKey>,
}

/// Tries every rule and the key of `table` on a conformed Parquet file.
///
/// # Errors
/// [`WarehouseError::Database`] when an expression does not fit the table.
pub fn evaluate(parquet: &Path, table: &Table, limits: Limits) -> Result<Findings, WarehouseError> {
    let connection = in_memory(limits, None)?;
    run(
        &connection,
        "open the conformed rows",
        &format!("CREATE VIEW rows AS SELECT * FROM read_parquet({})", text(&parquet.display().to_string())),
    )?;
    let mut findings = Findings::default();
    for (index, rule) in table.rules.iter().enumerate() {
        let columns: String =
            rule.columns.iter().map(|column| format!(", CAST({} AS VARCHAR)", name(column))).collect();
        let sql = format!("SELECT _row{columns} FROM rows WHERE NOT coalesce(({}), true) ORDER BY _row", rule.check);
        let doing = format!("try rule {} of table {}", rule.id, table.name);
        let failed = |error| WarehouseError::database(&doing)(error);
        let mut statement = connection.prepare(&sql).map_err(failed)?;
        let mut rows = statement.query([]).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            let mut values = Vec::with_capacity(rule.columns.len());
            for column in 0..rule.columns.len() {
                values.push(row.get::<_, Option<String>>(column + 1).map_err(failed)?);
            }
            let number = row.get::<_, i32>(0).map_err(failed)?;
            findings.failed.push(Finding { rule: index, row: u32::try_from(number).unwrap_or(0), values });
        }
    }
    let key = names(table.key.iter().map(String::as_str));
    let doing = format!("try the key of table {}", table.name);
    // Equal keys have equal hashes: where no hash stands twice no key does, and the keys themselves need not be compared.
    let suspected =
        engine::count(&connection, &doing, &format!("SELECT count(*) - count(DISTINCT hash({key})) FROM rows"))?;
    if suspected > 0 {
        let columns = contract::columns(table);
        let lineage = |name: &str| contract::ADDRESS.iter().any(|column| column.0 == name);
        let all = names(columns.iter().map(|column| column.name.as_str()).filter(|name| !lineage(name)));
        let sql = format!(
            "SELECT string_agg(CAST(_row AS VARCHAR), ',' ORDER BY _row), count(DISTINCT row({all})) = 1, min(_row) \
             FROM rows GROUP BY {key} HAVING count(*) > 1 ORDER BY min(_row)"
        );
        let failed = |error| WarehouseError::database(&doing)(error);
        let mut statement = connection.prepare(&sql).map_err(failed)?;
        let mut rows = statement.query([]).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            let list = row.get::<_, String>(0).map_err(failed)?;
            let identical = row.get::<_, bool>(1).map_err(failed)?;
            findings
                .same_key
                .push(SameKey { rows: list.split(',').filter_map(|row| row.parse().ok()).collect(), identical });
        }
    }
    Ok(findings)
}

/// Whether a rule's expression fits its table: names, types, and a yes or no as result.
///
/// # Errors
/// What `DuckDB` says about it.
pub fn check_expression(table: &Table, rule: &Rule) -> Result<(), String> {
    let limits = Limits { threads: 1, megabytes: 64 };
    let columns: Vec<String> =
        contract::columns(table).iter().map(|column| format!("{} {}", name(&column.name), column.kind)).collect();
    let connection = in_memory(limits, None).map_err(|error| error.to_string())?;
    run(&connection, "make the table", &format!("CREATE TABLE rows ({})", columns.join(", ")))
        .map_err(|error| error.to_string())?;
    let sql = format!("SELECT count(*) FROM rows WHERE NOT coalesce(({}), true)", rule.check);
    connection
        .prepare(&sql)
        .map(|_| ())
        .map_err(|error| engine::message(&error).lines().next().unwrap_or_default().to_owned())
}
