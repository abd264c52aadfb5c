//! Faults for those who can mend them: listed, counted by rule, and as a workbook for each supplier.
//!
//! In: the quarantine and books of what has been read, published or not, and the landed files. Out: rows to show, and
//! workbooks. What is a fault is decided in `conform`; its life over the deliveries in `warehouse`.

mod export;
mod original;
mod pages;
mod workbook;

use std::collections::BTreeSet;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Int64Type, SchemaRef};

use crate::definitions::Definitions;
use crate::lake::Place;
use crate::run::{RunError, read_deliveries};
use crate::warehouse::{ReadRows, first_texts};
pub use export::{Exported, WorkbooksError, Written, export};

/// Which faults are meant. What is not given is not asked for.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this collection.
    pub collection: Option<String>,
    /// Of this table.
    pub table: Option<String>,
    /// Of this severity: `error`, `query` or `info`.
    pub severity: Option<String>,
    /// Of this rule.
    pub rule: Option<String>,
    /// In files of this name, in which `*` stands for anything.
    pub file: Option<String>,
    /// Of rows and files of this supplier.
    pub supplier: Option<String>,
    /// In this state.
    pub state: State,
}

/// What has become of a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum State {
    /// It is there, whether for the first time or again.
    #[default]
    Open,
    /// It was mended once, and is there again.
    Reopened,
    /// A later delivery mended it.
    Resolved,
    /// Whatever it is.
    Any,
}

impl State {
    /// The word of the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Reopened => "reopened",
            Self::Resolved => "resolved",
            Self::Any => "all",
        }
    }
}

/// Numbers of faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Faults whose row is quarantined, or whose file was refused.
    pub errors: u64,
    /// Faults that somebody should look at.
    pub queries: u64,
    /// Repairs and the like, told only.
    pub infos: u64,
    /// Files that have any of them.
    pub files: u64,
}

impl Counts {
    /// All faults.
    #[must_use]
    pub fn all(self) -> u64 {
        self.errors + self.queries + self.infos
    }
}

/// Words that faults may be asked for by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words {
    /// Rules of which there has been a fault.
    pub rules: BTreeSet<String>,
    /// Names of the files that were read.
    pub files: BTreeSet<String>,
    /// Suppliers of rows or files that have a fault.
    pub suppliers: BTreeSet<String>,
}

/// The faults of what has been read in a place.
#[derive(Debug)]
pub struct Faults {
    rows: ReadRows,
}

/// Each fault as it was last seen, with its life; parameters 1 to 7 are those of a [`Filter`].
const FROM: &str = "FROM meta.fault_history AS life \
     JOIN meta.fault AS fault ON fault.delivery_id = life.last_delivery_id AND fault.fault_id = life.fault_id \
     JOIN meta.delivery AS delivery ON delivery.delivery_id = fault.delivery_id \
     WHERE (?1 = '' OR delivery.collection = ?1) AND (?2 = '' OR fault.table_name = ?2) AND (?3 = '' OR fault.severity = ?3) \
     AND (?4 = '' OR fault.rule_id = ?4) AND (?5 = '' OR delivery.file_name GLOB ?5) AND (?6 = '' OR fault.supplier = ?6) \
     AND CASE ?7 WHEN 'all' THEN true WHEN 'open' THEN life.state <> 'resolved' ELSE life.state = ?7 END";

/// The order of a file: sheet by sheet, row by row.
const ORDER: &str = "delivery.file_name, fault.delivery_id, fault.table_name NULLS FIRST, fault.sheet NULLS FIRST, \
     fault.row_number NULLS FIRST, length(fault.cell) NULLS FIRST, fault.cell, fault.rule_id, fault.fault_id";

/// Severities, the worst first.
const BY_SEVERITY: &str = "CASE fault.severity WHEN 'error' THEN 0 WHEN 'query' THEN 1 ELSE 2 END";

/// The place of a fault as people write it.
const ADDRESS: &str = "coalesce(fault.sheet || '!' || coalesce(fault.cell, 'row ' || fault.row_number), 'sheet ' || fault.sheet, fault.cell, \
     'row ' || fault.row_number, '(whole file)')";

impl Faults {
    /// Gathers them; none when nothing has been read yet.
    ///
    /// # Errors
    /// [`RunError`] when ledger or quarantine cannot be read.
    pub fn of(place: &Place, definitions: &Definitions) -> Result<Option<Self>, RunError> {
        let read = read_deliveries(place, definitions)?;
        if read.is_empty() {
            return Ok(None);
        }
        Ok(Some(Self { rows: ReadRows::of(place, definitions, &read)? }))
    }

    /// Cell by cell, with everything that is known.
    ///
    /// # Errors
    /// [`RunError::Warehouse`] when the question cannot be answered.
    pub fn list(&self, filter: &Filter) -> Result<(SchemaRef, Vec<RecordBatch>), RunError> {
        self.ask(
            &format!(
                "SELECT delivery.collection, delivery.file_name, fault.table_name, fault.sheet, fault.row_number, fault.column_name, fault.cell, \
                 fault.rule_id, fault.severity, fault.raw_value, fault.message, fault.hint, fault.supplier, life.state, \
                 strftime(life.first_seen, '%Y-%m-%d') AS first_seen, strftime(life.resolved_at, '%Y-%m-%d') AS resolved, \
                 strftime(life.reopened_at, '%Y-%m-%d') AS reopened, fault.fault_id {FROM} ORDER BY {ORDER}"
            ),
            filter,
        )
    }

    /// Cell by cell, in the columns that fit a screen.
    ///
    /// # Errors
    /// As for [`Faults::list`].
    pub fn brief(&self, filter: &Filter) -> Result<(SchemaRef, Vec<RecordBatch>), RunError> {
        self.ask(
            &format!(
                "SELECT delivery.file_name AS file, {ADDRESS} AS \"where\", fault.severity, fault.rule_id AS rule, fault.raw_value AS found, \
                 fault.message AS \"what is wrong\", fault.hint AS \"how to mend it\", life.state, strftime(life.first_seen, '%Y-%m-%d') AS since \
                 {FROM} ORDER BY {ORDER}"
            ),
            filter,
        )
    }

    /// By rule, the worst and most frequent first, each with an example.
    ///
    /// # Errors
    /// As for [`Faults::list`].
    pub fn summary(&self, filter: &Filter) -> Result<(SchemaRef, Vec<RecordBatch>), RunError> {
        self.ask(
            &format!(
                "SELECT fault.severity, fault.rule_id, delivery.collection, fault.table_name, count(*) AS faults, \
                 count(DISTINCT fault.delivery_id) AS files, count(*) FILTER (WHERE life.state = 'reopened') AS reopened, \
                 first(delivery.file_name || ' ' || {ADDRESS} ORDER BY {ORDER}) AS example, \
                 first(fault.message ORDER BY {ORDER}) AS message, first(fault.hint ORDER BY {ORDER}) AS hint {FROM} \
                 GROUP BY fault.severity, fault.rule_id, delivery.collection, fault.table_name \
                 ORDER BY {BY_SEVERITY}, faults DESC, fault.rule_id, delivery.collection, fault.table_name NULLS FIRST"
            ),
            filter,
        )
    }

    /// How many there are.
    ///
    /// # Errors
    /// As for [`Faults::list`].
    pub fn count(&self, filter: &Filter) -> Result<Counts, RunError> {
        let (_, batches) = self.ask(
            &format!(
                "SELECT count(*) FILTER (WHERE fault.severity = 'error'), count(*) FILTER (WHERE fault.severity = 'query'), \
                 count(*) FILTER (WHERE fault.severity = 'info'), count(DISTINCT fault.delivery_id) {FROM}"
            ),
            filter,
        )?;
        let number = |column: usize| {
            let array = batches.first().and_then(|batch| batch.column(column).as_primitive_opt::<Int64Type>());
            array.filter(|array| !array.is_empty()).map_or(0, |array| array.value(0).unsigned_abs())
        };
        Ok(Counts { errors: number(0), queries: number(1), infos: number(2), files: number(3) })
    }

    /// What faults may be asked for by: every rule that was found, file that was read, and supplier of either.
    ///
    /// # Errors
    /// As for [`Faults::list`].
    pub fn words(&self) -> Result<Words, RunError> {
        let column = |sql: &str| -> Result<BTreeSet<String>, RunError> {
            let (_, batches) = self.rows.ask(sql, &[])?;
            Ok(first_texts(&batches).map(str::to_owned).collect())
        };
        Ok(Words {
            rules: column("SELECT DISTINCT rule_id FROM meta.fault")?,
            files: column("SELECT DISTINCT file_name FROM meta.delivery")?,
            suppliers: column("SELECT DISTINCT supplier FROM meta.fault WHERE supplier IS NOT NULL")?,
        })
    }

    fn ask(&self, sql: &str, filter: &Filter) -> Result<(SchemaRef, Vec<RecordBatch>), RunError> {
        let any = |value: &Option<String>| value.clone().unwrap_or_default();
        let Filter { collection, table, severity, rule, file, supplier, state } = filter;
        let given = [collection, table, severity, rule, file, supplier].map(any);
        let mut parameters: Vec<&str> = given.iter().map(String::as_str).collect();
        parameters.push(state.word());
        Ok(self.rows.ask(sql, &parameters)?)
    }
}
