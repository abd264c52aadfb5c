//! Parquet as a table: the names of the columns are a header on row 1, the records follow from row 2.
//!
//! A number, a yes-or-no, a day, a time and a text become such cells; what has no cell of its own (decimals, moments with a
//! time zone, whole numbers that a double cannot hold) becomes its text, so that no digit is lost. Columns within columns are
//! no table and are refused.

use std::fs::File;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Float32Type, Float64Type, Schema, TimeUnit};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::block::{Block, Cell};
use super::budget::check_columns;
use super::content::{content_at, refuse};
use super::guard::{FileKind, contained};
use super::{BLOCK_TEXT, ReadError, Sink};
use crate::model::{Content, fits};

/// Days from 30 December 1899, where Excel's serials begin, to 1 January 1970.
const DAYS_TO_1970: f64 = 25_569.0;
/// The largest whole number up to which a double holds every one.
const EXACT: i64 = 1 << 53;

/// A Parquet file opened for reading.
#[derive(Debug)]
pub struct ParquetRows {
    path: PathBuf,
}

impl ParquetRows {
    pub(super) fn open(path: &Path) -> Result<Self, ReadError> {
        match content_at(path)? {
            // One that is cut short lacks its mark.
            Content::Parquet | Content::Binary => {}
            other => return Err(refuse(other, "Parquet")),
        }
        let rows = Self { path: path.to_path_buf() };
        rows.reader(1)?;
        Ok(rows)
    }

    fn reader(&self, batch: usize) -> Result<parquet::arrow::arrow_reader::ParquetRecordBatchReader, ReadError> {
        let file = File::open(&self.path)?;
        let builder = contained(FileKind::Parquet, || ParquetRecordBatchReaderBuilder::try_new(file))?
            .map_err(|error| broken(&error))?;
        check_columns(builder.schema().fields().len())?;
        if let Some(field) = builder.schema().fields().iter().find(|field| field.data_type().is_nested()) {
            return Err(ReadError::content(
                "read::nested_column",
                format!(
                    "column `{}` of the Parquet file holds columns or lists of its own, which no table does",
                    plain(field.name())
                ),
                "ask for it with one value a cell, or unfold it before it is sent",
            ));
        }
        contained(FileKind::Parquet, || builder.with_batch_size(batch).build())?.map_err(|error| broken(&error))
    }

    pub(super) fn stream(&mut self, max_rows: usize, max_cells: usize, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let columns = self.reader(1)?.schema_columns();
        let batch = max_rows.min(max_cells / columns.max(1)).max(1);
        let mut reader = self.reader(batch)?;
        let mut block = Block::default();
        let mut number = 1_u32;
        push_labels(&mut block, reader.schema().as_ref());
        while let Some(batch) = contained(FileKind::Parquet, || reader.next())? {
            let batch = batch.map_err(|error| broken(&error))?;
            let rows = fits(batch.num_rows());
            number.checked_add(rows).ok_or_else(too_many_rows)?;
            let mut row = 0;
            while row < batch.num_rows() {
                let is_full = |block: &Block| {
                    block.rows.len() >= max_rows || block.cells.len() >= max_cells || block.text.len() >= BLOCK_TEXT
                };
                let pushed = contained(FileKind::Parquet, || push_rows(&mut block, &batch, row, number, &is_full))?;
                (row, number) = pushed.map_err(|error| broken(&error))?;
                if is_full(&block) && sink(std::mem::take(&mut block)).is_break() {
                    return Ok(());
                }
            }
        }
        if !block.rows.is_empty() {
            let _: ControlFlow<()> = sink(block);
        }
        Ok(())
    }
}

/// The number of columns that a reader gives.
trait SchemaColumns {
    fn schema_columns(&self) -> usize;
    fn schema(&self) -> arrow::datatypes::SchemaRef;
}

impl SchemaColumns for parquet::arrow::arrow_reader::ParquetRecordBatchReader {
    fn schema_columns(&self) -> usize {
        SchemaColumns::schema(self).fields().len()
    }

    fn schema(&self) -> arrow::datatypes::SchemaRef {
        arrow::array::RecordBatchReader::schema(self)
    }
}

fn push_labels(block: &mut Block, schema: &Schema) {
    block.open_row(1);
    for field in schema.fields() {
        let (start, length) = block.push_text(field.name());
        block.cells.push(if length == 0 { Cell::Blank } else { Cell::Text(start, length) });
    }
    block.close_row();
}

/// Pushes rows from this one until the block is full; the first row that is left, and the number of the last one pushed.
fn push_rows(
    block: &mut Block,
    batch: &RecordBatch,
    from: usize,
    mut number: u32,
    is_full: &dyn Fn(&Block) -> bool,
) -> Result<(usize, u32), arrow::error::ArrowError> {
    let options = FormatOptions::default();
    let columns = batch
        .columns()
        .iter()
        .map(|column| Ok((column, ArrayFormatter::try_new(column.as_ref(), &options)?)))
        .collect::<Result<Vec<_>, arrow::error::ArrowError>>()?;
    for row in from..batch.num_rows() {
        if row > from && is_full(block) {
            return Ok((row, number));
        }
        number += 1;
        block.open_row(number);
        for (column, text) in &columns {
            let cell = if column.is_null(row) { Cell::Blank } else { cell(block, column, row, text)? };
            block.cells.push(cell);
        }
        block.close_row();
    }
    Ok((batch.num_rows(), number))
}

fn cell(
    block: &mut Block,
    column: &ArrayRef,
    row: usize,
    text: &ArrayFormatter<'_>,
) -> Result<Cell, arrow::error::ArrowError> {
    use DataType as D;
    let days = |unit: TimeUnit, value: i64| value as f64 / per_day(unit);
    let exact = match column.data_type() {
        D::Boolean => Some(Cell::Bool(column.as_boolean().value(row))),
        D::Float32 => finite(f64::from(column.as_primitive::<Float32Type>().value(row))),
        D::Float64 => finite(column.as_primitive::<Float64Type>().value(row)),
        D::Int8 | D::Int16 | D::Int32 | D::Int64 | D::UInt8 | D::UInt16 | D::UInt32 | D::UInt64 => {
            let digits = text.value(row).try_to_string()?;
            match digits.parse::<i64>() {
                Ok(whole) if whole.abs() <= EXACT => Some(Cell::Number(whole as f64)),
                _ => None,
            }
        }
        D::Date32 => integer(column, row).and_then(|days| serial(days as f64)),
        D::Date64 => integer(column, row).and_then(|value| serial(value as f64 / 86_400_000.0)),
        D::Timestamp(unit, None) => integer(column, row).and_then(|value| serial(days(*unit, value))),
        D::Time32(unit) | D::Time64(unit) => integer(column, row).map(|value| Cell::Duration(days(*unit, value))),
        _ => None,
    };
    if let Some(cell) = exact {
        return Ok(cell);
    }
    let shown = text.value(row).try_to_string()?;
    let (start, length) = block.push_text(&shown);
    Ok(if length == 0 { Cell::Blank } else { Cell::Text(start, length) })
}

/// The whole number behind a day or a time.
fn integer(column: &ArrayRef, row: usize) -> Option<i64> {
    let to = if matches!(column.data_type(), DataType::Date32 | DataType::Time32(_)) {
        DataType::Int32
    } else {
        DataType::Int64
    };
    let data = column.slice(row, 1).to_data().into_builder().data_type(to.clone()).build().ok()?;
    let array = arrow::array::make_array(data);
    match to {
        DataType::Int32 => Some(i64::from(array.as_primitive::<arrow::datatypes::Int32Type>().value(0))),
        _ => Some(array.as_primitive::<arrow::datatypes::Int64Type>().value(0)),
    }
}

/// Excel's serial of a day counted from 1970; none where it has no serial, or counts a day that did not exist.
fn serial(days_since_1970: f64) -> Option<Cell> {
    let serial = days_since_1970 + DAYS_TO_1970;
    (61.0..2_958_466.0).contains(&serial).then_some(Cell::Serial(serial))
}

fn finite(value: f64) -> Option<Cell> {
    value.is_finite().then_some(Cell::Number(value))
}

fn per_day(unit: TimeUnit) -> f64 {
    match unit {
        TimeUnit::Second => 86_400.0,
        TimeUnit::Millisecond => 86_400e3,
        TimeUnit::Microsecond => 86_400e6,
        TimeUnit::Nanosecond => 86_400e9,
    }
}

fn too_many_rows() -> ReadError {
    ReadError::content(
        "read::too_many_rows",
        format!("the Parquet file has more than {} rows", u32::MAX - 1),
        "ask for the data in parts",
    )
}

/// What the file or the library says, fit for a sentence: no control characters, and not too long.
fn plain(said: &str) -> String {
    const LONGEST: usize = 300;
    let mut plain = String::new();
    for character in said.chars().take(LONGEST) {
        if character.is_control() { plain.extend(character.escape_debug()) } else { plain.push(character) }
    }
    if said.chars().nth(LONGEST).is_some() {
        plain.push('…');
    }
    plain
}

fn broken(error: &dyn std::fmt::Display) -> ReadError {
    ReadError::content(
        "read::broken_parquet",
        format!("the Parquet file cannot be read: {}", plain(&error.to_string())),
        "ask for the file again; a download may have been interrupted",
    )
}

#[cfg(test)]
mod tests;
