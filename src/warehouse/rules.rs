//! The rules of a table, tried on its conformed Parquet: SQL expressions, and the key that makes a row unique.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use duckdb::Connection;

use super::dialect::{name, names, text};
use super::duck::{self, in_memory, run};
use super::engine::EngineLimits;
use super::rule_trial::unsound_rules;
use super::statement::Refused;
use super::{WarehouseError, contract};
use crate::definitions::{Disposition, Problem, Problems, Table};
use crate::lake::create_dir_shared;
use crate::model::KeySample;

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
pub struct RuleFinding {
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
    pub failed: Vec<RuleFinding>,
    /// Rows that share a key.
    pub same_key: Vec<SameKey>,
    /// Which rows they are, of a table whose rows are replaced by period.
    pub sample: Option<KeySample>,
}

/// One database in memory in which the rules of many tables are tried, one table after the other.
///
/// Opening one takes longer than to try the rules of a small table, and each takes memory of its own: a run opens one for all
/// its deliveries, with the first, and whoever reads files side by side takes turns.
pub struct RuleEngine {
    limits: EngineLimits,
    spill: PathBuf,
    opened: Mutex<Option<RuleDatabase>>,
}

/// The database, and the tables whose rules are known to be conditions and nothing else.
struct RuleDatabase {
    connection: Connection,
    sound: BTreeSet<(String, String)>,
}

impl RuleEngine {
    /// An engine that may take this much of the machine; what does not fit into the memory is spilled into a folder `spill`.
    #[must_use]
    pub fn new(limits: EngineLimits, spill: PathBuf) -> Self {
        Self { limits, spill, opened: Mutex::new(None) }
    }

    fn open(&self) -> Result<RuleDatabase, WarehouseError> {
        // The engine makes the folder when it spills, and not those that it lies in.
        self.spill.parent().map_or(Ok(()), create_dir_shared)?;
        Ok(RuleDatabase { connection: in_memory(self.limits, Some(&self.spill))?, sound: BTreeSet::new() })
    }

    /// Tries every rule and the key of `table` on a conformed Parquet file.
    ///
    /// # Errors
    /// [`WarehouseError::Database`] when an expression does not fit the table.
    pub fn evaluate(&self, parquet: &Path, table: &Table) -> Result<Findings, WarehouseError> {
        // A view that a panic left behind is replaced by the next.
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        let RuleDatabase { connection, sound } = match &mut *opened {
            Some(opened) => opened,
            none => none.insert(self.open()?),
        };
        run(
            connection,
            "open the conformed rows",
            &format!(
                "CREATE OR REPLACE TEMP VIEW rows AS SELECT * FROM read_parquet({})",
                text(&parquet.display().to_string())
            ),
        )?;
        let known = (table.collection.clone(), table.name.clone());
        if !sound.contains(&known) {
            are_conditions(connection, table)?;
            sound.insert(known);
        }
        let doing = format!("try the rules of table {}", table.name);
        duck::within(connection, self.limits.seconds, &doing, || {
            let mut findings = Findings::default();
            let counts = counts(connection, table);
            for index in 0..table.rules.len() {
                if counts.as_ref().is_none_or(|counts| counts.failed[index] > 0) {
                    failing(connection, table, index, &mut findings.failed)?;
                }
            }
            if counts.is_none_or(|counts| counts.same_key > 0) {
                same_key(connection, table, &mut findings.same_key)?;
            }
            if table.disposition == Disposition::ReplacePeriod {
                findings.sample = sample(connection, table)?;
            }
            Ok(findings)
        })
    }
}

/// Refuses rules that are more than a condition over the columns of their table.
fn are_conditions(connection: &Connection, table: &Table) -> Result<(), WarehouseError> {
    let problem = |(index, refused): (usize, Refused)| Problem {
        path: PathBuf::from(&table.collection).join("tables").join(format!("{}.toml", table.name)),
        line: 0,
        column: 0,
        code: "spec::rule",
        message: format!("rule `{}`: {}", table.rules[index].id, refused.message),
        hint: refused.hint,
    };
    let problems: Vec<Problem> = unsound_rules(connection, table)?.into_iter().map(problem).collect();
    if problems.is_empty() { Ok(()) } else { Err(WarehouseError::Definitions(Problems(problems))) }
}

/// How many rows fail each rule, and how many may share a key, in one pass; none where a rule cannot be tried at all.
///
/// Equal keys have equal hashes: where no hash stands twice no key does, and the keys themselves need not be compared.
fn counts(connection: &Connection, table: &Table) -> Option<RuleCounts> {
    let key = names(table.key.iter().map(String::as_str));
    let rules: String = table
        .rules
        .iter()
        .map(|rule| format!(", count(*) FILTER (WHERE NOT coalesce(({}\n), true))", rule.check))
        .collect();
    let sql = format!("SELECT count(*) - count(DISTINCT hash({key})){rules} FROM rows");
    let read = |row: &duckdb::Row<'_>| {
        // Each rule has its own column: another number of them would give one the count of another.
        let columns = row.as_ref().column_count();
        if columns != table.rules.len() + 1 {
            return Err(duckdb::Error::InvalidColumnIndex(columns));
        }
        let failed = (1..=table.rules.len()).map(|column| row.get(column)).collect::<Result<_, _>>()?;
        Ok(RuleCounts { same_key: row.get(0)?, failed })
    };
    connection.query_row(&sql, [], read).ok()
}

/// The smallest hashes of the keys of the rows; none where there is no row.
fn sample(connection: &Connection, table: &Table) -> Result<Option<KeySample>, WarehouseError> {
    // No value has the character in it, and an absent one is not an empty one.
    let hash = |columns: &mut dyn Iterator<Item = &str>, digits: usize| {
        let values: Vec<String> =
            columns.map(|column| format!("coalesce('v' || CAST({} AS VARCHAR), '')", name(column))).collect();
        format!("left(md5(concat_ws(chr(31), {})), {digits})", values.join(", "))
    };
    let period = hash(&mut table.replaced_by(), 8);
    let key = hash(&mut table.key.iter().map(String::as_str), 16);
    let doing = format!("sample the keys of table {}", table.name);
    let failed = |error| WarehouseError::database(&doing)(error);
    let list = |what: &str| -> Result<Vec<(String, String)>, duckdb::Error> {
        let sql = format!("SELECT DISTINCT {what} FROM rows ORDER BY 1, 2 LIMIT {}", KeySample::MOST);
        let mut statement = connection.prepare(&sql)?;
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
    };
    let periods = list(&format!("{period}, ''")).map_err(failed)?.into_iter().map(|(period, _)| period).collect();
    let keys = list(&format!("{key}, {period}")).map_err(failed)?;
    Ok((!keys.is_empty()).then_some(KeySample { periods, keys }))
}

/// The rows that fail a rule.
fn failing(
    connection: &Connection,
    table: &Table,
    index: usize,
    into: &mut Vec<RuleFinding>,
) -> Result<(), WarehouseError> {
    let rule = &table.rules[index];
    let columns: String = rule.columns.iter().map(|column| format!(", CAST({} AS VARCHAR)", name(column))).collect();
    let sql = format!(
        "SELECT _row, _sheet{columns}{} FROM rows WHERE NOT coalesce(({}\n), true) ORDER BY _sheet NULLS FIRST, _row",
        told(table, ""),
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
        let (key, supplier) = known(row, 2 + rule.columns.len(), table).map_err(failed)?;
        let number = row.get::<_, u32>(0).map_err(failed)?;
        let sheet = row.get::<_, Option<String>>(1).map_err(failed)?.map(Arc::from);
        let row = RowOf { sheet, row: number };
        into.push(RuleFinding { rule: index, row, values, key, supplier });
    }
    Ok(())
}

/// The rows that share a key.
fn same_key(connection: &Connection, table: &Table, into: &mut Vec<SameKey>) -> Result<(), WarehouseError> {
    let key = names(table.key.iter().map(String::as_str));
    let columns = contract::columns(table);
    let lineage = |name: &str| contract::ADDRESS.iter().any(|column| column.0 == name);
    let all = names(columns.iter().map(|column| column.name.as_str()).filter(|name| !lineage(name)));
    // One line a row, groups one after the other: a sheet's name may hold any character, so nothing is glued.
    let sql = format!(
        "WITH groups AS (SELECT {key}, count(DISTINCT row({all})) = 1 AS _same, row_number() OVER (ORDER BY min(_sheet) NULLS FIRST, min(_row)) AS _group \
         FROM rows GROUP BY {key} HAVING count(*) > 1) \
         SELECT groups._group, groups._same, rows._row, rows._sheet{known} FROM rows JOIN groups ON {equal} \
         ORDER BY groups._group, rows._sheet NULLS FIRST, rows._row",
        known = told(table, "rows."),
        equal = table
            .key
            .iter()
            .map(|column| format!("rows.{0} IS NOT DISTINCT FROM groups.{0}", name(column)))
            .collect::<Vec<_>>()
            .join(" AND ")
    );
    let doing = format!("try the key of table {}", table.name);
    let failed = |error| WarehouseError::database(&doing)(error);
    let mut statement = connection.prepare(&sql).map_err(failed)?;
    let mut rows = statement.query([]).map_err(failed)?;
    let mut open = 0;
    while let Some(row) = rows.next().map_err(failed)? {
        let group = row.get::<_, i64>(0).map_err(failed)?;
        let number = row.get::<_, u32>(2).map_err(failed)?;
        let sheet = row.get::<_, Option<String>>(3).map_err(failed)?.map(Arc::from);
        let (key, supplier) = known(row, 4, table).map_err(failed)?;
        if group != open {
            open = group;
            let (identical, key) = (row.get(1).map_err(failed)?, key);
            into.push(SameKey { rows: Vec::new(), identical, key, suppliers: Vec::new() });
        }
        if let Some(same) = into.last_mut() {
            same.rows.push(RowOf { sheet, row: number });
            same.suppliers.push(supplier);
        }
    }
    Ok(())
}

/// What one pass over a table's rows counts.
struct RuleCounts {
    /// Rows less different keys.
    same_key: i64,
    /// Rows that fail each rule.
    failed: Vec<i64>,
}

/// The columns that tell which row is meant: its key and its supplier, as text.
fn told(table: &Table, from: &str) -> String {
    table.key.iter().chain(&table.supplier).map(|column| format!(", CAST({from}{} AS VARCHAR)", name(column))).collect()
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
