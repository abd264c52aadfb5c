//! The columns of a batch to reconcile, typed once.

use arrow::array::{Array, AsArray, BooleanArray, Float64Array, Int64Array, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use arrow::record_batch::RecordBatch;

use super::DifferingRow;
use crate::kpi::value::ValueError;

/// The columns of one batch, typed.
pub(super) struct Columns {
    pub(super) period: StringArray,
    pub(super) level: StringArray,
    pub(super) code: StringArray,
    pub(super) name: StringArray,
    pub(super) breakdown: StringArray,
    pub(super) numerator: Float64Array,
    pub(super) denominator: Float64Array,
    pub(super) value: Float64Array,
    pub(super) reason: StringArray,
    pub(super) published: Float64Array,
    pub(super) rounding: StringArray,
    pub(super) delivery: StringArray,
    pub(super) layout: StringArray,
    pub(super) sheet: StringArray,
    pub(super) row: Int64Array,
    pub(super) superseded: Option<BooleanArray>,
}

impl Columns {
    pub(super) fn of(kpi: &str, batch: &RecordBatch) -> Result<Self, ValueError> {
        let column = |name: &'static str, wanted: DataType| {
            let found = batch
                .column_by_name(name)
                .ok_or_else(|| ValueError::MissingColumn { kpi: kpi.to_owned(), column: name })?;
            cast(found, &wanted).map_err(|source| ValueError::ColumnType {
                kpi: kpi.to_owned(),
                column: name,
                found: found.data_type().clone(),
                wanted,
                source,
            })
        };
        let texts = |name| column(name, DataType::Utf8).map(|array| array.as_string().clone());
        let numbers = |name| column(name, DataType::Float64).map(|array| array.as_primitive::<Float64Type>().clone());
        Ok(Self {
            period: texts("period")?,
            level: texts("geography_level")?,
            code: texts("geography_code")?,
            name: texts("geography_name")?,
            breakdown: texts("breakdown")?,
            numerator: numbers("numerator")?,
            denominator: numbers("denominator")?,
            value: numbers("value")?,
            reason: texts("reason")?,
            published: numbers("published")?,
            rounding: texts("rounding")?,
            delivery: texts("delivery_id")?,
            layout: texts("layout")?,
            sheet: texts("sheet")?,
            row: column("row_number", DataType::Int64)?.as_primitive::<Int64Type>().clone(),
            superseded: batch.column_by_name("_superseded").and_then(|array| array.as_boolean_opt().cloned()),
        })
    }

    pub(super) fn is_superseded(&self, row: usize) -> bool {
        self.superseded.as_ref().is_some_and(|flags| flags.is_valid(row) && flags.value(row))
    }

    pub(super) fn differing(&self, row: usize, computed: f64, published: f64) -> DifferingRow {
        DifferingRow {
            period: text(&self.period, row),
            geography_level: text(&self.level, row),
            geography_code: text(&self.code, row),
            geography_name: text(&self.name, row),
            breakdown: text(&self.breakdown, row),
            numerator: number(&self.numerator, row),
            denominator: number(&self.denominator, row),
            computed,
            published,
            delivery_id: text(&self.delivery, row),
            sheet: text(&self.sheet, row),
            row: self.row.is_valid(row).then(|| self.row.value(row)),
        }
    }
}

pub(super) fn text(column: &StringArray, row: usize) -> Option<String> {
    column.is_valid(row).then(|| column.value(row).to_owned())
}

pub(super) fn number(column: &Float64Array, row: usize) -> Option<f64> {
    column.is_valid(row).then(|| column.value(row))
}
