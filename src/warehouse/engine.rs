//! The seam between what is asked and what answers: an engine makes views, tables and rows of `SELECT`s.
//!
//! Conformed views, marts, grains, checks and the rows of KPIs go through it; [`super::duck::DuckDb`] is the one that there is. The
//! generation that is published is a `DuckDB` file whoever made its marts, and what is about that file (its `meta`, comments,
//! constraints, seal) asks for a connection instead. A second engine is a file beside `duck.rs`, and its [`SqlDialect`].

use std::path::Path;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;

use super::WarehouseError;
use super::dialect::SqlDialect;
use crate::definitions::{Macro, Settings};

/// How much of the machine an engine may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EngineLimits {
    /// Worker threads. No result depends on it.
    pub threads: usize,
    /// Memory in megabytes.
    pub megabytes: u64,
    /// Seconds after which a statement of a definition is stopped.
    pub seconds: u64,
}

impl From<&Settings> for EngineLimits {
    fn from(settings: &Settings) -> Self {
        Self { threads: settings.threads, megabytes: settings.duckdb_megabytes, seconds: settings.sql_seconds }
    }
}

/// A table that a `SELECT` makes.
pub(super) struct TableOfRows {
    /// What an error says was being done.
    pub(super) doing: String,
    /// Its name, quoted.
    pub(super) table: String,
    pub(super) sql: String,
}

/// What makes views, tables and rows of `SELECT`s. `doing` is what an error says was being done; names come quoted.
pub(super) trait Engine {
    /// How its SQL differs from that of others.
    fn dialect(&self) -> &dyn SqlDialect;

    /// A named expression, which every later statement may call.
    fn define(&self, named: &Macro) -> Result<(), WarehouseError>;

    /// A view, asked anew whenever it is read.
    fn view(&self, doing: &str, view: &str, sql: &str) -> Result<(), WarehouseError>;

    /// A table with the rows of a `SELECT`, in its order.
    fn create(&self, doing: &str, table: &str, sql: &str) -> Result<(), WarehouseError>;

    /// Several tables, none of which reads another, side by side where the engine may.
    fn create_all(&self, tables: Vec<TableOfRows>) -> Result<(), WarehouseError>;

    /// A table without a row, of columns with their types.
    fn empty(&self, doing: &str, table: &str, columns: &[(&str, &str)]) -> Result<(), WarehouseError>;

    /// Writes the rows of a table into a Parquet file, in their order.
    fn write(&self, doing: &str, table: &str, path: &Path) -> Result<(), WarehouseError>;

    /// The one number that a `SELECT` gives.
    fn count(&self, doing: &str, sql: &str) -> Result<u64, WarehouseError>;

    /// The rows of several `SELECT`s, each with what an error says was being done, side by side where the engine may; in their order.
    fn rows_of_all(&self, asked: &[(String, String)]) -> Result<Vec<Vec<RecordBatch>>, WarehouseError>;

    /// The rows of a `SELECT`, handed on as they come; gives their schema.
    fn stream(
        &self,
        doing: &str,
        sql: &str,
        sink: &mut dyn FnMut(RecordBatch) -> Result<(), WarehouseError>,
    ) -> Result<SchemaRef, WarehouseError>;
}
