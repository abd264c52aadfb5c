//! Answers as texts: every column that is asked for is one.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::SchemaRef;
use jiff::civil::Date;

use crate::warehouse::WarehouseError;

/// Answers a question about a generation, or about values computed for another day.
pub type AskFigures<'a> = dyn Fn(&str, &[&str]) -> Result<(SchemaRef, Vec<RecordBatch>), WarehouseError> + 'a;

/// A row of an answer: no text where there is no value.
pub(super) struct AnswerRow(Vec<Option<String>>);

impl AnswerRow {
    /// The text of a column, by its place.
    pub(super) fn text(&self, column: usize) -> Option<String> {
        self.0.get(column).cloned().flatten().filter(|text| !text.is_empty())
    }

    /// The same, blank where there is none.
    pub(super) fn word(&self, column: usize) -> String {
        self.text(column).unwrap_or_default()
    }

    /// The number in a column.
    pub(super) fn number(&self, column: usize) -> Option<f64> {
        self.text(column)?.parse().ok()
    }

    /// The whole number in a column; none is nought.
    pub(super) fn count(&self, column: usize) -> u64 {
        self.text(column).and_then(|text| text.parse().ok()).unwrap_or_default()
    }

    /// The day in a column, of a moment too.
    pub(super) fn day(&self, column: usize) -> Option<Date> {
        self.text(column)?.get(..10)?.parse().ok()
    }
}

/// Asks for columns, each taken as text.
pub(super) fn rows(ask: &AskFigures<'_>, columns: &[&str], rest: &str) -> Result<Vec<AnswerRow>, WarehouseError> {
    let columns: Vec<String> = columns.iter().map(|column| format!("CAST({column} AS VARCHAR)")).collect();
    let (_, batches) = ask(&format!("SELECT {} {rest}", columns.join(", ")), &[])?;
    Ok(batches.iter().flat_map(of_batch).collect())
}

fn of_batch(batch: &RecordBatch) -> Vec<AnswerRow> {
    let columns: Vec<_> = batch.columns().iter().map(|column| column.as_string_opt::<i32>()).collect();
    let cell = |column: Option<&arrow::array::StringArray>, row: usize| {
        column.filter(|column| column.is_valid(row)).map(|column| column.value(row).to_owned())
    };
    (0..batch.num_rows()).map(|row| AnswerRow(columns.iter().map(|column| cell(*column, row)).collect())).collect()
}

/// The tables that can be asked, as `schema.table`.
pub(super) fn tables(ask: &AskFigures<'_>) -> Result<std::collections::BTreeSet<String>, WarehouseError> {
    let of = "FROM information_schema.tables";
    Ok(rows(ask, &["table_schema || '.' || table_name"], of)?.iter().map(|row| row.word(0)).collect())
}
