//! Leaves out of typed rows what the contract does not keep: identifiers become pseudonyms, days of birth months, postcodes
//! districts, names nothing. What a row had before is remembered as one keyed number, so that rows which differ only in what
//! is left out are not taken for the same.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Date32Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Date32Type, Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use jiff::ToSpan;
use jiff::civil::date;

use crate::definitions::{Kept, Table};
use crate::model::{Postcode, PseudonymKey};

/// The column that stands for what was left out of a row.
pub const LEFT_OUT: &str = "_left_out";

/// The fields of a conformed table as they are kept, from those of its typed rows.
pub(super) fn kept_fields(table: &Table, typed: &Schema) -> Schema {
    let mut fields = Vec::with_capacity(typed.fields().len() + 1);
    for field in typed.fields() {
        match kept(table, field.name()) {
            Kept::Nothing => {}
            Kept::Value | Kept::Month => fields.push(Arc::clone(field)),
            Kept::Pseudonym(_) | Kept::District => {
                fields.push(Arc::new(Field::new(field.name(), DataType::Utf8, true)));
            }
        }
    }
    if table.is_reduced() {
        fields.push(Arc::new(Field::new(LEFT_OUT, DataType::Int64, false)));
    }
    Schema::new(fields)
}

/// What is kept of a field: columns of ours, and reasons, are kept whole.
fn kept<'t>(table: &'t Table, field: &str) -> &'t Kept {
    table.columns.get(field).map_or(&Kept::Value, |column| &column.kept)
}

/// Reduces batches of one table.
#[derive(Debug)]
pub(super) struct Reducer {
    kept: Vec<Kept>,
    schema: SchemaRef,
    key: PseudonymKey,
}

impl Reducer {
    pub(super) fn new(table: &Table, typed: &Schema, key: PseudonymKey) -> Self {
        Self {
            kept: typed.fields().iter().map(|field| kept(table, field.name()).clone()).collect(),
            schema: Arc::new(kept_fields(table, typed)),
            key,
        }
    }

    pub(super) fn reduce(&self, typed: &RecordBatch) -> Result<RecordBatch, ArrowError> {
        let mut columns: Vec<ArrayRef> = Vec::with_capacity(self.schema.fields().len());
        for (column, kept) in typed.columns().iter().zip(&self.kept) {
            columns.push(match kept {
                Kept::Nothing => continue,
                Kept::Value => Arc::clone(column),
                Kept::Pseudonym(purpose) => {
                    let texts = column.as_string::<i32>();
                    let hidden = texts.iter().map(|text| text.map(|text| self.key.pseudonym(purpose, text)));
                    Arc::new(hidden.collect::<StringArray>())
                }
                Kept::District => {
                    let texts = column.as_string::<i32>();
                    // A postcode that is no postcode, kept by `invalid = "query"`, has no district.
                    let district = |text: &str| Postcode::parse(text).ok().map(|code| code.district().to_owned());
                    Arc::new(texts.iter().map(|text| text.and_then(district)).collect::<StringArray>())
                }
                Kept::Month => {
                    let days = column.as_primitive::<Date32Type>();
                    Arc::new(days.iter().map(|day| day.map(first_of_month)).collect::<Date32Array>())
                }
            });
        }
        columns.push(Arc::new(self.left_out(typed)?));
        RecordBatch::try_new(Arc::clone(&self.schema), columns)
    }

    fn left_out(&self, typed: &RecordBatch) -> Result<Int64Array, ArrowError> {
        let options = FormatOptions::default();
        let mut hidden = Vec::new();
        for (column, kept) in typed.columns().iter().zip(&self.kept) {
            if *kept != Kept::Value {
                hidden.push((column, ArrayFormatter::try_new(column, &options)?));
            }
        }
        let mut numbers = Vec::with_capacity(typed.num_rows());
        for row in 0..typed.num_rows() {
            let values: Vec<String> = hidden
                .iter()
                .map(|(column, shown)| if column.is_null(row) { "\0".to_owned() } else { shown.value(row).to_string() })
                .collect();
            numbers.push(self.key.digest(&values.iter().map(String::as_str).collect::<Vec<_>>()));
        }
        Ok(Int64Array::from(numbers))
    }
}

/// The first day of the month of a day, both in days since 1970.
fn first_of_month(day: i32) -> i32 {
    let epoch = date(1970, 1, 1);
    epoch.checked_add(i64::from(day).days()).map_or(day, |civil| day + 1 - i32::from(civil.day()))
}

#[cfg(test)]
mod tests {
    use super::first_of_month;

    #[test]
    fn a_day_becomes_the_first_of_its_month() {
        // 1970-01-01, 2012-02-29, 1969-12-31.
        assert_eq!([0, 15_399, -1].map(first_of_month), [0, 15_371, -31]);
    }
}
