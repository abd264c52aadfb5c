//! The rows that the numerator and the denominator of a local value count.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Float64Type, SchemaRef};

use super::ValueOf;
use crate::definitions::{Behind, COUNTS, IN_PART, Kpi, LINEAGE, PLACED};
use crate::lake::Place;
use crate::warehouse::{WarehouseError, query};

/// Sums of parts of rows differ by less.
const NEAR: f64 = 1e-6;

/// The rows of one part of a value, and how much they count.
#[derive(Debug, Clone)]
pub struct PartRows {
    /// `numerator` or `denominator`.
    pub part: &'static str,
    /// Their columns: the file and the cell that each came from, what the KPI shows of it, `collection` and `delivery`.
    pub schema: SchemaRef,
    /// The rows, in the order of their files and cells.
    pub batches: Vec<RecordBatch>,
    /// How many there are.
    pub rows: usize,
    /// What they count together.
    pub counted: f64,
    /// What the value says, where the rows say something else.
    pub said: Option<f64>,
    /// What the rows are told by (`total`, `phase` and the like), where there are none for a breakdown that counts some.
    pub told_by: Option<Vec<String>>,
}

/// The rows of each part that the KPI declares.
pub(super) fn find(
    place: &Place,
    kpi: &Kpi,
    asked: &ValueOf<'_>,
    level: &str,
    parts: [Option<f64>; 2],
) -> Result<Vec<PartRows>, WarehouseError> {
    let mut all = Vec::new();
    for (part, sql) in kpi.rows.iter().flat_map(Behind::parts) {
        // A value that has none of it rests on no rows, and the marts that would have them may not be there.
        let Some(of_value) = parts[usize::from(part == "denominator")] else { continue };
        let in_part = IN_PART.into_iter().filter(|name| sql.contains(name));
        let hidden: Vec<&str> = PLACED.into_iter().chain(LINEAGE).chain(in_part).collect();
        let shown = format!(
            "SELECT delivery.file_name AS file, \
             CASE WHEN row._sheet IS NULL THEN 'line ' || row._row ELSE row._sheet || '!A' || row._row END AS cell, \
             row.* EXCLUDE ({}), delivery.collection, delivery.delivery_id AS delivery \
             FROM ({sql}) AS row LEFT JOIN meta.delivery AS delivery ON delivery.delivery_id = row._delivery \
             WHERE row.period = ?1 AND row.geography_level = ?2 AND row.geography_code = ?3 AND row.breakdown = ?4 \
             ORDER BY delivery.file_name NULLS LAST, row._sheet NULLS LAST, row._row NULLS LAST",
            hidden.join(", ")
        );
        let (schema, batches) = query(place, &shown, &[asked.period, level, asked.code, asked.breakdown])?;
        let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
        let counted = match schema.index_of(COUNTS) {
            Ok(index) => batches.iter().map(|batch| sum(batch, index)).sum(),
            Err(_) => rows as f64,
        };
        let said = Some(of_value).filter(|said| (said - counted).abs() > NEAR);
        let told_by = if rows == 0 && said.is_some() { Some(kinds(place, &sql, level)?) } else { None };
        all.push(PartRows { part, schema, batches, rows, counted, said, told_by });
    }
    Ok(all)
}

/// What the rows of a level are told by: `total`, `phase` and the like.
fn kinds(place: &Place, sql: &str, level: &str) -> Result<Vec<String>, WarehouseError> {
    let asked = format!(
        "SELECT DISTINCT split_part(breakdown, '=', 1) AS kind FROM ({sql}) AS row WHERE row.geography_level = ?1 ORDER BY kind"
    );
    let (_, batches) = query(place, &asked, &[level])?;
    let kinds = batches.iter().filter_map(|batch| batch.column(0).as_string_opt::<i32>());
    Ok(kinds.flatten().flatten().map(str::to_owned).collect())
}

fn sum(batch: &RecordBatch, column: usize) -> f64 {
    let Ok(numbers) = arrow::compute::cast(batch.column(column), &arrow::datatypes::DataType::Float64) else {
        return 0.0;
    };
    let numbers = numbers.as_primitive::<Float64Type>();
    (0..numbers.len()).filter(|row| numbers.is_valid(*row)).map(|row| numbers.value(row)).sum()
}

impl PartRows {
    /// Why there are none, where the value counts some: its breakdown is not among those of the rows.
    #[must_use]
    pub fn lacking(&self, breakdown: &str) -> Option<String> {
        let told_by = self.told_by.as_ref()?;
        let told_by = match told_by.as_slice() {
            [] => "they are given for no value of its kind".to_owned(),
            kinds => format!("they are given for {}", kinds.join(", ")),
        };
        Some(format!("the rows of the {} are not given for `{breakdown}`: {told_by}", self.part))
    }
}
