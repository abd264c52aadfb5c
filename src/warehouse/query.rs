//! Read-only SQL on the live generation, with no way out of it.

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;

use super::WarehouseError;
use super::engine::{Limits, StreamError, read_only, stream};
use crate::lake::Place;

/// Runs one statement on the live generation; gives the schema and every batch.
///
/// # Errors
/// [`WarehouseError::NoGeneration`] before the first publish; [`WarehouseError::Database`] when the statement is refused.
pub fn query(place: &Place, sql: &str, parameters: &[&str]) -> Result<(SchemaRef, Vec<RecordBatch>), WarehouseError> {
    let mut batches = Vec::new();
    let schema = query_each(place, sql, parameters, &mut |batch| batches.push(batch))?;
    Ok((schema, batches))
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
    let connection = read_only(&path, Limits { threads: 2, megabytes: 1024 })?;
    let streamed = stream(&connection, sql, parameters, |batch| {
        each(batch);
        Ok::<(), std::convert::Infallible>(())
    });
    match streamed {
        Ok(schema) => Ok(schema),
        Err(StreamError::Engine(error)) => Err(WarehouseError::database("answer the query")(error)),
        Err(StreamError::Sink(never)) => match never {},
    }
}
