//! Ask a read-only SQL question of the live generation, with no way out of it.

use std::path::Path;

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::SchemaRef;

use duckdb::Connection;

use super::duck::{self, StreamError, read_only, stream};
use super::engine::EngineLimits;
use super::{WarehouseError, meta, statement};
use crate::definitions::Definitions;
use crate::lake::Place;
use crate::model::{Book, Delivery};

/// How much of the machine a question may take.
const ASKING: EngineLimits = EngineLimits { threads: 2, megabytes: 1024, seconds: 900 };

/// Runs one statement on the live generation; gives the schema and every batch.
///
/// # Errors
/// [`WarehouseError::NoGeneration`] before the first publish; [`WarehouseError::Database`] when the statement is refused.
pub fn query(place: &Place, sql: &str, parameters: &[&str]) -> Result<(SchemaRef, Vec<RecordBatch>), WarehouseError> {
    let mut batches = Vec::new();
    let schema = query_each(place, sql, parameters, &mut |batch| batches.push(batch))?;
    Ok((schema, batches))
}

/// As [`query`], of a generation in a file of its own.
///
/// # Errors
/// [`WarehouseError`] when the file cannot be opened, or the statement is refused.
pub fn query_file(
    path: &Path,
    sql: &str,
    parameters: &[&str],
) -> Result<(SchemaRef, Vec<RecordBatch>), WarehouseError> {
    let mut batches = Vec::new();
    let schema = answer(&read_only(path, ASKING)?, sql, parameters, &mut |batch| batches.push(batch))?;
    Ok((schema, batches))
}

/// The texts of the first column of an answer, without the rows that have none.
pub fn first_texts(batches: &[RecordBatch]) -> impl Iterator<Item = &str> {
    batches.iter().filter_map(|batch| batch.column(0).as_string_opt::<i32>()).flatten().flatten()
}

/// As [`query`], batch by batch.
///
/// # Errors
/// As [`query`].
pub fn query_each(
    place: &Place,
    sql: &str,
    parameters: &[&str],
    each: &mut dyn FnMut(RecordBatch),
) -> Result<SchemaRef, WarehouseError> {
    let path = place.live();
    if !path.is_file() {
        return Err(WarehouseError::NoGeneration { path });
    }
    answer(&read_only(&path, ASKING)?, sql, parameters, each)
}

/// Answers one question of an analyst on the live generation, of the kinds that read, within this many seconds.
///
/// # Errors
/// [`WarehouseError::Question`] for what is no question; [`WarehouseError::TooLong`]; else as [`query`].
pub fn ask(
    place: &Place,
    question: &str,
    seconds: u64,
    each: &mut dyn FnMut(RecordBatch),
) -> Result<SchemaRef, WarehouseError> {
    let path = place.live();
    if !path.is_file() {
        return Err(WarehouseError::NoGeneration { path });
    }
    let connection = read_only(&path, ASKING)?;
    if let Some(refused) = statement::problem(&connection, question, statement::StatementKind::Question)? {
        return Err(WarehouseError::Question { message: refused.message, hint: refused.hint });
    }
    duck::within(&connection, seconds, "answer the question", || answer(&connection, question, &[], each))
}

/// `meta.delivery`, `meta.fault` and `meta.fault_history` of what has been read, whether it is published or not.
#[derive(Debug)]
pub struct ReadRows(Connection);

impl ReadRows {
    /// Gathers them from the books and the quarantine.
    ///
    /// # Errors
    /// [`WarehouseError::Database`] when the quarantine cannot be read.
    pub fn of(place: &Place, definitions: &Definitions, read: &[(Delivery, Book)]) -> Result<Self, WarehouseError> {
        Ok(Self(meta::of_what_is_read(place, definitions, read, ASKING)?))
    }

    /// Runs one statement on them; gives the schema and every batch.
    ///
    /// # Errors
    /// [`WarehouseError::Database`] when the statement is refused.
    pub fn ask(&self, sql: &str, parameters: &[&str]) -> Result<(SchemaRef, Vec<RecordBatch>), WarehouseError> {
        let mut batches = Vec::new();
        let schema = answer(&self.0, sql, parameters, &mut |batch| batches.push(batch))?;
        Ok((schema, batches))
    }
}

pub(super) fn answer(
    connection: &Connection,
    sql: &str,
    parameters: &[&str],
    each: &mut dyn FnMut(RecordBatch),
) -> Result<SchemaRef, WarehouseError> {
    let streamed = stream(connection, sql, parameters, |batch| {
        each(batch);
        Ok::<(), std::convert::Infallible>(())
    });
    match streamed {
        Ok(schema) => Ok(schema),
        Err(StreamError::Engine(error)) => Err(WarehouseError::database("answer the query")(error)),
        Err(StreamError::Sink(never)) => match never {},
    }
}
