//! The rows that the numerator and the denominator of a local value count.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Float64Type, SchemaRef};

use super::ValueOf;
use crate::definitions::{Behind, COUNTS, IN_PART, Kpi, LINEAGE, PLACED, Series, output_columns};
use crate::lake::Place;
use crate::warehouse::dialect::{name, text};
use crate::warehouse::{WarehouseError, first_texts, query};

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
    /// The newest day of a row, where rows have one, and the day on which the newest delivery with a row was received.
    pub newest: (Option<String>, Option<String>),
}

/// The days of a value for another period than its KPI's own.
pub(super) struct ValueSpan {
    pub(super) start: String,
    pub(super) end: String,
    /// Nothing that happened later counts.
    pub(super) as_of: String,
    /// Whose denominator it has, where one is taken once a year.
    pub(super) denominator_period: Option<String>,
}

/// The rows of a part: as its KPI declares them, or as they stand at the end of months.
fn parts(kpi: &Kpi, span: Option<&ValueSpan>) -> Vec<(&'static str, String)> {
    let standing = kpi.series.as_ref().filter(|_| span.is_some()).and_then(|series| series.standing.clone());
    match standing {
        Some(every) => Behind { every: Some(every), ..Behind::default() }.parts(),
        None => kpi.rows.iter().flat_map(Behind::parts).collect(),
    }
}

/// The day on which a row happened.
fn day_of(series: &Series) -> String {
    format!("CAST(row.{} AS DATE)", name(&series.day))
}

/// Which rows of a part are those of a period. `?1` is the value's own period.
fn in_period(kpi: &Kpi, sql: &str, span: Option<&ValueSpan>) -> String {
    let Some((series, span)) = kpi.series.as_ref().zip(span) else { return "row.period = ?1".to_owned() };
    let has_day =
        output_columns(sql).iter().all(|columns| columns.contains(&series.day) || columns.iter().any(String::is_empty));
    match &span.denominator_period {
        // `?1` has to stand somewhere: a parameter that nothing names is refused.
        Some(period) if !has_day => format!("(row.period = {} AND ?1 <> '')", text(period)),
        _ => {
            let day = day_of(series);
            let start = if series.stock { &span.end } else { &span.start };
            format!(
                "({day} BETWEEN CAST({} AS DATE) AND CAST({} AS DATE) AND {day} <= CAST({} AS DATE) AND ?1 <> '')",
                text(start),
                text(&span.end),
                text(&span.as_of)
            )
        }
    }
}

/// The rows of each part that the KPI declares.
pub(super) fn find(
    place: &Place,
    kpi: &Kpi,
    asked: &ValueOf<'_>,
    level: &str,
    of_parts: [Option<f64>; 2],
    span: Option<&ValueSpan>,
) -> Result<Vec<PartRows>, WarehouseError> {
    let mut all = Vec::new();
    for (part, sql) in parts(kpi, span) {
        // A value that has none of it rests on no rows, and the marts that would have them may not be there.
        let Some(of_value) = of_parts[usize::from(part == "denominator")] else { continue };
        let in_part = IN_PART.into_iter().filter(|name| sql.contains(name));
        let hidden: Vec<&str> = PLACED.into_iter().chain(LINEAGE).chain(in_part).collect();
        let rows_of_value = format!(
            "FROM ({sql}) AS row LEFT JOIN meta.delivery AS delivery ON delivery.delivery_id = row._delivery \
             WHERE {} AND row.geography_level = ?2 AND row.geography_code = ?3 AND row.breakdown = ?4",
            in_period(kpi, &sql, span)
        );
        let shown = format!(
            "SELECT delivery.file_name AS file, \
             CASE WHEN row._sheet IS NULL THEN 'line ' || row._row ELSE row._sheet || '!A' || row._row END AS cell, \
             row.* EXCLUDE ({}), delivery.collection, delivery.delivery_id AS delivery {rows_of_value} \
             ORDER BY delivery.file_name NULLS LAST, row._sheet NULLS LAST, row._row NULLS LAST",
            hidden.join(", ")
        );
        let given = [asked.period, level, asked.code, asked.breakdown];
        let (schema, batches) = query(place, &shown, &given)?;
        let day = kpi.series.as_ref().filter(|series| schema.index_of(&series.day).is_ok());
        let day = day.map_or_else(|| "NULL".to_owned(), day_of);
        let as_at = format!(
            "SELECT CAST(max({day}) AS VARCHAR) AS day, CAST(CAST(max(delivery.received_at) AS DATE) AS VARCHAR) AS received {rows_of_value}"
        );
        let (_, newest) = query(place, &as_at, &given)?;
        let newest = |column: usize| newest.first().and_then(|batch| first_text(batch, column));
        let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
        let counted = match schema.index_of(COUNTS) {
            // The sum of nothing is -0.
            Ok(index) => batches.iter().map(|batch| sum(batch, index)).sum::<f64>() + 0.0,
            Err(_) => rows as f64,
        };
        let said = Some(of_value).filter(|said| (said - counted).abs() > NEAR);
        let told_by = if rows == 0 && said.is_some() { Some(kinds(place, &sql, level)?) } else { None };
        all.push(PartRows { part, schema, batches, rows, counted, said, told_by, newest: (newest(0), newest(1)) });
    }
    Ok(all)
}

/// What the rows of a level are told by: `total`, `phase` and the like.
fn kinds(place: &Place, sql: &str, level: &str) -> Result<Vec<String>, WarehouseError> {
    let asked = format!(
        "SELECT DISTINCT split_part(breakdown, '=', 1) AS kind FROM ({sql}) AS row WHERE row.geography_level = ?1 ORDER BY kind"
    );
    let (_, batches) = query(place, &asked, &[level])?;
    Ok(first_texts(&batches).map(str::to_owned).collect())
}

/// A text of the first row.
fn first_text(batch: &RecordBatch, column: usize) -> Option<String> {
    let column = batch.column(column).as_string_opt::<i32>()?;
    (!column.is_empty() && column.is_valid(0)).then(|| column.value(0).to_owned())
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
