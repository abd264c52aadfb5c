//! A table of a query as a sheet: its header bold and fixed, numbers as numbers, days as days, texts as texts.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Float64Type, SchemaRef};
use arrow::util::display::{ArrayFormatter, FormatOptions};

use super::{ExcelDateTime, Format, Worksheet, XlsxError, fitting};

/// Rows of an Excel sheet below the header.
pub(crate) const MOST_ROWS: usize = 1_048_575;
/// Days from 30 December 1899, which Excel counts from, to 1970.
const EPOCH: i64 = 25_569;

/// A sheet of this name. Rows beyond what a sheet holds are left out: ask for [`MOST_ROWS`] before.
pub(crate) fn page(name: &str, schema: &SchemaRef, batches: &[RecordBatch]) -> Result<Worksheet, XlsxError> {
    let mut sheet = Worksheet::new();
    sheet.set_name(name)?;
    let bold = Format::new().set_bold();
    let day = Format::new().set_num_format("yyyy-mm-dd");
    let columns = (0_u16..).zip(schema.fields());
    for (column, field) in columns.clone() {
        let width = field.name().chars().count().clamp(8, 40) as f64 + 2.0;
        sheet.set_column_width(column, width)?;
        sheet.write_with_format(0, column, field.name(), &bold)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    let options = FormatOptions::default().with_null("");
    let mut line = 1;
    for batch in batches {
        let texts: Vec<_> =
            batch.columns().iter().map(|column| ArrayFormatter::try_new(column, &options).ok()).collect();
        let numbers: Vec<_> = batch
            .columns()
            .iter()
            .map(|column| column.data_type().is_numeric().then(|| cast(column, &DataType::Float64).ok()).flatten())
            .collect();
        for row in 0..batch.num_rows() {
            if line as usize > MOST_ROWS {
                return Ok(sheet);
            }
            for (column, _) in columns.clone() {
                let index = usize::from(column);
                let values = batch.column(index);
                if values.is_null(row) {
                    continue;
                }
                if let Some(numbers) = &numbers[index] {
                    sheet.write_number(line, column, numbers.as_primitive::<Float64Type>().value(row))?;
                } else if let Some(days) = values.as_primitive_opt::<Date32Type>() {
                    let serial = i64::from(days.value(row)) + EPOCH;
                    let when = ExcelDateTime::from_serial_datetime(serial as f64)?;
                    sheet.write_datetime_with_format(line, column, when, &day)?;
                } else if let Some(flags) = values.as_boolean_opt() {
                    sheet.write_boolean(line, column, flags.value(row))?;
                } else if let Some(shown) = &texts[index] {
                    sheet.write_string(line, column, fitting(&shown.value(row).to_string()).as_ref())?;
                }
            }
            line += 1;
        }
    }
    Ok(sheet)
}
