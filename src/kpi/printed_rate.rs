//! Printed rates that no KPI speaks of, computed from the counts that stand beside them.
//!
//! In: a rate that a table declares, and the rows of [`rate_sql`]. Out: the same rows with their values ([`with_values`]), which a
//! [`Reconciler`](super::Reconciler) compares as it compares KPIs.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type};

use super::value::ValueError;
use crate::definitions::{Collection, Made, PrintedRate, Table};
use crate::model::Ways;

/// The columns that name a place, the smallest first: the first that is there names the row.
const PLACES: [&str; 9] = [
    "school_urn",
    "urn",
    "school_laestab",
    "laestab",
    "old_la_code",
    "la_code",
    "new_la_code",
    "region_code",
    "country_code",
];
/// The columns that say of which level a row is.
const LEVEL: &str = "geographic_level";

/// The rows of a rate's mart that print it, in a fixed order.
#[must_use]
pub fn rate_sql(table: &Table, rate: &PrintedRate) -> String {
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let text = |value: &str| format!("'{}'", value.replace('\'', "''"));
    let has = |name: &str| table.columns.contains_key(name);
    let mart = format!("mart.{}", quoted(table.mart.as_deref().unwrap_or_default()));
    let marked = |side: &str, name: &String| {
        let is_marked = table.columns.get(name).is_some_and(|column| !column.marks.is_empty());
        is_marked.then(|| format!("{side}.{}", quoted(&format!("{name}_reason"))))
    };
    let period =
        table.period.as_deref().map_or("NULL".to_owned(), |period| format!("CAST(own.{} AS VARCHAR)", quoted(period)));
    let level = if has(LEVEL) {
        format!(
            "CASE own.{LEVEL} WHEN 'National' THEN 'nation' WHEN 'Regional' THEN 'region' WHEN 'Local authority' THEN 'authority' \
             ELSE lower(own.{LEVEL}) END"
        )
    } else {
        "CAST(NULL AS VARCHAR)".to_owned()
    };
    let places: Vec<String> =
        PLACES.iter().filter(|name| has(name)).map(|name| format!("CAST(own.{} AS VARCHAR)", quoted(name))).collect();
    let place = if places.is_empty() { "NULL".to_owned() } else { format!("coalesce({})", places.join(", ")) };
    let mut reasons = Vec::new();
    let (numerator, denominator, join) = match &rate.made {
        Made::Elsewhere(_) => ("CAST(NULL AS DOUBLE)".to_owned(), "CAST(NULL AS DOUBLE)".to_owned(), String::new()),
        Made::Parts(parts) => {
            let side = if parts.per_row.is_empty() { "own" } else { "whole" };
            reasons.extend(marked("own", &parts.of));
            reasons.extend(parts.per.iter().filter_map(|name| marked(side, name)));
            let sum: Vec<String> = parts.per.iter().map(|name| format!("{side}.{}", quoted(name))).collect();
            let join = if parts.per_row.is_empty() {
                String::new()
            } else {
                let same = table.key.iter().filter(|name| !parts.per_row.contains_key(*name));
                let same = same.map(|name| format!(" AND whole.{0} IS NOT DISTINCT FROM own.{0}", quoted(name)));
                let said =
                    parts.per_row.iter().map(|(name, value)| format!(" AND whole.{} = {}", quoted(name), text(value)));
                let conditions: String = same.chain(said).collect();
                format!(
                    "\nLEFT JOIN {mart} AS whole ON whole._delivery = own._delivery AND whole._sheet IS NOT DISTINCT FROM own._sheet \
                     AND whole._superseded = own._superseded{conditions}"
                )
            };
            (format!("CAST(own.{} AS DOUBLE)", quoted(&parts.of)), format!("CAST({} AS DOUBLE)", sum.join(" + ")), join)
        }
    };
    reasons.extend(marked("own", &rate.column));
    let reason = if reasons.is_empty() { "NULL".to_owned() } else { format!("coalesce({})", reasons.join(", ")) };
    let layout = format!(
        "(SELECT min(part.layout) FROM meta.part AS part WHERE part.delivery_id = own._delivery AND part.table_name = {} \
         AND part.sheet IS NOT DISTINCT FROM own._sheet)",
        text(&table.name)
    );
    let printed = quoted(&rate.column);
    format!(
        "SELECT {period} AS period, {level} AS geography_level, {place} AS geography_code, CAST(NULL AS VARCHAR) AS geography_name, \
         CAST(NULL AS VARCHAR) AS breakdown, {numerator} AS numerator, {denominator} AS denominator, CAST({reason} AS VARCHAR) AS reason, \
         CAST(own.{printed} AS DOUBLE) AS published, own._delivery AS delivery_id, {layout} AS layout, own._sheet AS sheet, \
         own._row AS row_number, own._superseded\nFROM {mart} AS own{join}\nWHERE own.{printed} IS NOT NULL\n\
         ORDER BY own._superseded, own._delivery NULLS LAST, own._sheet NULLS LAST, own._row NULLS LAST"
    )
}

/// The rows of [`rate_sql`] with the columns `value` and `rounding`, each rounded as its release rounds.
///
/// # Errors
/// [`ValueError`] when a column is missing or has another type.
pub fn with_values(
    collection: &Collection,
    table: &Table,
    rate: &PrintedRate,
    batch: &RecordBatch,
) -> Result<RecordBatch, ValueError> {
    let column = |name: &'static str, wanted: DataType| {
        let of = || format!("mart.{}.{}", table.name, rate.column);
        let found = batch.column_by_name(name).ok_or_else(|| ValueError::MissingColumn { kpi: of(), column: name })?;
        let found_type = found.data_type().clone();
        cast(found, &wanted).map_err(|source| ValueError::ColumnType {
            kpi: of(),
            column: name,
            found: found_type,
            wanted,
            source,
        })
    };
    let (numerator, denominator) = (column("numerator", DataType::Float64)?, column("denominator", DataType::Float64)?);
    let (published, layout) = (column("published", DataType::Float64)?, column("layout", DataType::Utf8)?);
    let number = |array: &ArrayRef, row: usize| {
        let array = array.as_primitive::<Float64Type>();
        array.is_valid(row).then(|| array.value(row))
    };
    let ways_of = |layout: Option<&str>| -> Option<Ways> {
        let Made::Parts(parts) = &rate.made else { return None };
        let layout = collection.layouts.iter().find(|one| Some(one.name.as_str()) == layout);
        parts.rounding.or_else(|| layout.map_or(table.rounding, |layout| layout.rounding))
    };
    let layouts = layout.as_string::<i32>();
    let reason = column("reason", DataType::Utf8)?;
    let (values, roundings): (Vec<Option<f64>>, Vec<Option<String>>) = (0..batch.num_rows())
        .map(|row| {
            let layout = layouts.is_valid(row).then(|| layouts.value(row));
            let Some((ways, Made::Parts(parts))) = ways_of(layout).map(|ways| (ways, &rate.made)) else {
                return (None, None);
            };
            let printed = number(&published, row);
            match (number(&numerator, row), number(&denominator, row)) {
                (Some(of), Some(per)) if reason.is_null(row) => {
                    let mode = ways.of(of, per, parts.scale, printed);
                    (mode.apply(of, per, parts.scale), Some(mode.to_string()))
                }
                _ => (None, Some(ways.first.to_string())),
            }
        })
        .unzip();
    let fields = batch.schema();
    let columns =
        fields.fields().iter().zip(batch.columns()).map(|(field, column)| (field.name().clone(), column.clone()));
    let added: [(String, ArrayRef); 2] = [
        ("value".to_owned(), Arc::new(Float64Array::from(values))),
        ("rounding".to_owned(), Arc::new(StringArray::from(roundings))),
    ];
    let all = columns.chain(added).map(|(name, column)| (name, column, true));
    RecordBatch::try_from_iter_with_nullable(all)
        .map_err(|source| ValueError::Assemble { kpi: rate.column.clone(), source })
}
