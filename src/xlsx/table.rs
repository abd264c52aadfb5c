//! A table of a query as a sheet: its header bold and fixed, with a filter; numbers as numbers, days and moments as such, texts as texts.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type, SchemaRef, TimeUnit};
use arrow::util::display::{ArrayFormatter, FormatOptions};

use super::{ExcelDateTime, Format, Worksheet, XlsxError, fitting};

/// Rows of an Excel sheet below the header.
pub(crate) const MOST_ROWS: usize = 1_048_575;
/// Days from 30 December 1899, which Excel counts from, to 1970.
const EPOCH: i64 = 25_569;
/// A day in the units of a moment.
const DAY: i64 = 86_400_000_000;
/// Serials that are days in Excel as elsewhere: it counts a 29 February 1900 that was not.
const DAYS: std::ops::Range<f64> = 61.0..2_958_466.0;

/// A sheet of this name. Rows beyond what a sheet holds are left out: ask for [`MOST_ROWS`] before.
pub(crate) fn page(name: &str, schema: &SchemaRef, batches: &[RecordBatch]) -> Result<Worksheet, XlsxError> {
    let mut sheet = Worksheet::new();
    sheet.set_name(name)?;
    let bold = Format::new().set_bold();
    let day = Format::new().set_num_format("yyyy-mm-dd");
    let moment = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
    let columns = (0_u16..).zip(schema.fields());
    for (column, field) in columns.clone() {
        let least = match field.data_type() {
            DataType::Timestamp(..) => 19,
            DataType::Date32 => 10,
            _ => longest(batches, usize::from(column)).max(8),
        };
        let width = field.name().chars().count().max(least).min(40) as f64 + 2.0;
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
        let whens: Vec<_> = batch.columns().iter().map(|column| serials(column.as_ref())).collect();
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
                } else if let Some((serial, is_day)) = whens[index]
                    .as_ref()
                    .map(|(serials, is_day)| (serials[row], *is_day))
                    .filter(|(serial, _)| DAYS.contains(serial))
                {
                    let when = ExcelDateTime::from_serial_datetime(serial)?;
                    sheet.write_datetime_with_format(line, column, when, if is_day { &day } else { &moment })?;
                } else if let Some(flags) = values.as_boolean_opt() {
                    sheet.write_boolean(line, column, flags.value(row))?;
                } else if let Some(shown) = &texts[index] {
                    sheet.write_string(line, column, fitting(&shown.value(row).to_string()).as_ref())?;
                }
            }
            line += 1;
        }
    }
    if let (Some(last), true) = (columns.map(|(column, _)| column).last(), line > 1) {
        sheet.autofilter(0, 0, line - 1, last)?;
    }
    Ok(sheet)
}

/// Rows that are looked at for the width of a column.
const LOOKED_AT: usize = 1_000;

/// The most letters of a text of this column.
fn longest(batches: &[RecordBatch], column: usize) -> usize {
    let texts = batches.iter().filter_map(|batch| batch.column(column).as_string_opt::<i32>());
    let texts = texts.flat_map(|texts| texts.iter().flatten()).take(LOOKED_AT);
    texts.map(|text| text.chars().count()).max().unwrap_or(0)
}

/// Days, or moments, as Excel counts them, and whether they are days.
fn serials(column: &dyn Array) -> Option<(Vec<f64>, bool)> {
    match column.data_type() {
        DataType::Date32 => {
            let days = column.as_primitive_opt::<Date32Type>()?.values();
            Some((days.iter().map(|day| (i64::from(*day) + EPOCH) as f64).collect(), true))
        }
        DataType::Timestamp(..) => {
            let micros = cast(column, &DataType::Timestamp(TimeUnit::Microsecond, None)).ok()?;
            let micros = cast(&micros, &DataType::Int64).ok()?;
            let micros = micros.as_primitive_opt::<Int64Type>()?.values();
            Some((micros.iter().map(|at| (at + EPOCH * DAY) as f64 / DAY as f64).collect(), false))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::{Date32Array, TimestampMicrosecondArray};

    use super::*;

    #[test]
    fn days_and_moments_are_the_numbers_that_excel_counts() {
        // 1 April 2026 and six hours of it.
        let day = 20_544;
        assert_eq!(serials(&Date32Array::from(vec![day])), Some((vec![46_113.0], true)));
        let moment = i64::from(day) * DAY + DAY / 4;
        assert_eq!(serials(&TimestampMicrosecondArray::from(vec![moment])), Some((vec![46_113.25], false)));
        assert_eq!(serials(&arrow::array::Int64Array::from(vec![1])), None);
    }
}
