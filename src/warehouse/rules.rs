//! The rules of a table, tried on its conformed Parquet: SQL expressions, and the key that makes a row unique.

use std::path::Path;
use std::sync::Arc;

use super::engine::{self, Limits, in_memory, name, names, run, text};
use super::{WarehouseError, contract};
use crate::spec::{Rule, Table};

/// A source row: its sheet, if the file has sheets, and its number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowOf {
    /// The sheet.
    pub sheet: Option<Arc<str>>,
    /// The row, 1-based.
    pub row: u32,
}

/// A row that fails a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Index of the rule in the table.
    pub rule: usize,
    /// The source row.
    pub row: RowOf,
    /// The values of the rule's columns, as text.
    pub values: Vec<Option<String>>,
    /// The values of the key's columns, as text.
    pub key: Vec<Option<String>>,
    /// Who supplied the row, where a column says it.
    pub supplier: Option<String>,
}

/// Source rows that share a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SameKey {
    /// The rows, in order.
    pub rows: Vec<RowOf>,
    /// Whether they are equal in every column.
    pub identical: bool,
    /// The values of the key's columns, as text.
    pub key: Vec<Option<String>>,
    /// Who supplied each row, where a column says it.
    pub suppliers: Vec<Option<String>>,
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
    let known = |from: &str| -> String {
        let key = table.key.iter().map(|column| format!(", CAST({from}{} AS VARCHAR)", name(column)));
        let supplier = table.supplier.iter().map(|column| format!(", CAST({from}{} AS VARCHAR)", name(column)));
        key.chain(supplier).collect()
    };
    for (index, rule) in table.rules.iter().enumerate() {
        let columns: String =
            rule.columns.iter().map(|column| format!(", CAST({} AS VARCHAR)", name(column))).collect();
        let sql = format!(
            "SELECT _row, _sheet{columns}{} FROM rows WHERE NOT coalesce(({}), true) ORDER BY _sheet NULLS FIRST, _row",
            known(""),
            rule.check
        );
        let doing = format!("try rule {} of table {}", rule.id, table.name);
        let failed = |error| WarehouseError::database(&doing)(error);
        let mut statement = connection.prepare(&sql).map_err(failed)?;
        let mut rows = statement.query([]).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            let mut values = Vec::with_capacity(rule.columns.len());
            for column in 0..rule.columns.len() {
                values.push(row.get::<_, Option<String>>(column + 2).map_err(failed)?);
            }
            let (key, supplier) = self::known(row, 2 + rule.columns.len(), table).map_err(failed)?;
            let number = row.get::<_, i32>(0).map_err(failed)?;
            let sheet = row.get::<_, Option<String>>(1).map_err(failed)?.map(Arc::from);
            let row = RowOf { sheet, row: u32::try_from(number).unwrap_or(0) };
            findings.failed.push(Finding { rule: index, row, values, key, supplier });
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
        // One line a row, groups one after the other: a sheet's name may hold any character, so nothing is glued.
        let sql = format!(
            "WITH groups AS (SELECT {key}, count(DISTINCT row({all})) = 1 AS _same, row_number() OVER (ORDER BY min(_sheet) NULLS FIRST, min(_row)) AS _group \
             FROM rows GROUP BY {key} HAVING count(*) > 1) \
             SELECT groups._group, groups._same, rows._row, rows._sheet{known} FROM rows JOIN groups ON {equal} \
             ORDER BY groups._group, rows._sheet NULLS FIRST, rows._row",
            known = known("rows."),
            equal = table
                .key
                .iter()
                .map(|column| format!("rows.{0} IS NOT DISTINCT FROM groups.{0}", name(column)))
                .collect::<Vec<_>>()
                .join(" AND ")
        );
        let failed = |error| WarehouseError::database(&doing)(error);
        let mut statement = connection.prepare(&sql).map_err(failed)?;
        let mut rows = statement.query([]).map_err(failed)?;
        let mut open = 0;
        while let Some(row) = rows.next().map_err(failed)? {
            let group = row.get::<_, i64>(0).map_err(failed)?;
            let number = row.get::<_, i32>(2).map_err(failed)?;
            let sheet = row.get::<_, Option<String>>(3).map_err(failed)?.map(Arc::from);
            let (key, supplier) = self::known(row, 4, table).map_err(failed)?;
            if group != open {
                open = group;
                let (identical, key) = (row.get(1).map_err(failed)?, key);
                findings.same_key.push(SameKey { rows: Vec::new(), identical, key, suppliers: Vec::new() });
            }
            if let Some(same) = findings.same_key.last_mut() {
                same.rows.push(RowOf { sheet, row: u32::try_from(number).unwrap_or(0) });
                same.suppliers.push(supplier);
            }
        }
    }
    Ok(findings)
}

/// The key and the supplier of a row, from this column of the answer on.
fn known(
    row: &duckdb::Row<'_>,
    first: usize,
    table: &Table,
) -> Result<(Vec<Option<String>>, Option<String>), duckdb::Error> {
    let mut key = Vec::with_capacity(table.key.len());
    for column in 0..table.key.len() {
        key.push(row.get::<_, Option<String>>(first + column)?);
    }
    let supplier = match &table.supplier {
        Some(_) => row.get::<_, Option<String>>(first + table.key.len())?,
        None => None,
    };
    Ok((key, supplier))
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
