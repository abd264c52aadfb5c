//! From a number to the cells that it rests on, as a value: the command line prints it, and what shows a number can link it.
//!
//! | a value | rests on |
//! |---|---|
//! | that was printed | one row of one file, with its cells as they stand there: [`Printed`] |
//! | on own returns | the rows that its numerator and its denominator count, each with its file and cell: [`PartRows`] |

mod rows;

use std::collections::{BTreeMap, BTreeSet};

use std::ops::ControlFlow;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Float64Type, Int32Type};

pub use self::rows::PartRows;
use crate::definitions::{Basis, Definitions, Inherited, Kpi, Layout};
use crate::lake::Place;
use crate::model::column_letters;
use crate::read::{Containment, Rows};
use crate::warehouse::{WarehouseError, first_texts, passport_columns, query};

/// Which value of a KPI.
#[derive(Debug, Clone, Copy)]
pub struct ValueOf<'a> {
    /// Such as `2024` or `2016/17`.
    pub period: &'a str,
    /// Code of the place.
    pub code: &'a str,
    /// Such as `total`.
    pub breakdown: &'a str,
}

/// One value, and what it rests on.
#[derive(Debug, Clone)]
pub struct Trace {
    /// Level of the place.
    pub geography_level: String,
    /// Name of the place, where one is known.
    pub geography_name: Option<String>,
    /// The date that it speaks for.
    pub as_of: String,
    /// Above the line.
    pub numerator: Option<f64>,
    /// Below it.
    pub denominator: Option<f64>,
    /// The value as computed, rounded.
    pub value: Option<f64>,
    /// The value as printed.
    pub published: Option<f64>,
    /// Why there is none: a code.
    pub reason: Option<String>,
    /// What must be known beside it.
    pub mark: Option<String>,
    /// How it was rounded: a code; none where the printed figure is taken.
    pub rounding: Option<String>,
    /// How final it is, how new and how complete its data: columns of `kpi.value`, as text, those that say something.
    pub passport: BTreeMap<String, String>,
    /// What it rests on.
    pub origin: Origin,
}

/// What a value rests on.
#[derive(Debug, Clone)]
pub enum Origin {
    /// A row of a file.
    Printed(Box<Printed>),
    /// The rows that its parts count, as far as the KPI declares them.
    Counted(Vec<PartRows>),
}

/// A row of a file that printed the counts of a value.
#[derive(Debug, Clone)]
pub struct Printed {
    /// The delivery.
    pub delivery: String,
    /// Its collection.
    pub collection: String,
    /// Its file.
    pub file_name: String,
    /// Where it came from.
    pub source: String,
    /// When, in the time of the place.
    pub received_at: String,
    /// Such as `final`; blank where nothing says so.
    pub maturity: String,
    /// SHA-256 of its bytes, by which it lies landed.
    pub sha256: String,
    /// The Parquet file in the lake.
    pub path: String,
    /// The layout that it has.
    pub layout: String,
    /// What that layout has from another, in words.
    pub inherited: Option<String>,
    /// The sheet; blank for a file without sheets.
    pub sheet: String,
    /// The row, 1-based.
    pub row: Option<u32>,
    /// The filled cells of the row; empty where they cannot be read any more.
    pub cells: Vec<FileCell>,
}

/// A cell as it stands in its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileCell {
    /// Such as `C12`.
    pub address: String,
    /// The label above it, where the header is one row.
    pub label: String,
    /// Its text.
    pub text: String,
}

/// Traces a value of the live generation; none where there is no such value.
///
/// # Errors
/// [`WarehouseError`] when there is no live generation, or it cannot be asked.
pub fn trace(
    place: &Place,
    definitions: &Definitions,
    kpi: &Kpi,
    asked: &ValueOf<'_>,
    containment: &Containment,
) -> Result<Option<Trace>, WarehouseError> {
    let has = value_columns(place)?;
    let or_null = |column: &str| {
        if has.contains(column) {
            format!("CAST(value.{column} AS VARCHAR) AS {column}")
        } else {
            format!("CAST(NULL AS VARCHAR) AS {column}")
        }
    };
    let of_passport = || passport_columns().chain(["maturity"]);
    let optional = ["mark", "period_kind", "period_start", "period_end", "denominator_period"].into_iter();
    let optional: Vec<String> =
        optional.chain(of_passport().filter(|column| *column != "maturity")).map(or_null).collect();
    let optional = optional.join(", ");
    let sql = format!(
        "SELECT {optional}, value.geography_level, value.geography_name, value.numerator, value.denominator, value.value, value.reason, \
         value.published, value.delivery_id, value.sheet, value.row_number, value.rounding, part.path, part.layout, \
         delivery.source, delivery.file_name, delivery.sha256, delivery.collection, \
         replace(strftime(delivery.received_at, '%Y-%m-%d %H:%M:%S'), ' 00:00:00', '') AS received_at, value.maturity, \
         CAST(value.as_of AS VARCHAR) AS as_of \
         FROM kpi.value AS value LEFT JOIN meta.delivery AS delivery USING (delivery_id) \
         LEFT JOIN meta.part AS part ON part.delivery_id = value.delivery_id \
         WHERE value.kpi_id = ?1 AND value.geography_code = ?2 AND value.period = ?3 AND value.breakdown = ?4 AND value.basis = ?5"
    );
    let parameters = [kpi.id.as_str(), asked.code, asked.period, asked.breakdown, kpi.basis.as_str()];
    let (_, batches) = query(place, &sql, &parameters)?;
    let Some(batch) = batches.iter().find(|batch| batch.num_rows() > 0) else { return Ok(None) };
    let text = |name: &str| text(batch, name).unwrap_or_default();
    let geography_level = text("geography_level");
    let (numerator, denominator) = (figure(batch, "numerator"), figure(batch, "denominator"));
    let origin = if kpi.basis == Basis::Local {
        let some = |name: &str| Some(text(name)).filter(|text| !text.is_empty());
        let is_own = kpi.period_kind.is_none_or(|own| text("period_kind") == own.as_str());
        let span = some("period_kind").filter(|_| !is_own).map(|_| rows::ValueSpan {
            start: text("period_start"),
            end: text("period_end"),
            as_of: text("as_of"),
            denominator_period: some("denominator_period"),
        });
        Origin::Counted(rows::find(place, kpi, asked, &geography_level, [numerator, denominator], span.as_ref())?)
    } else {
        let (collection, layout) = (text("collection"), text("layout"));
        let known = definitions.collections.get(&collection);
        let layout_of = known.and_then(|known| known.layouts.iter().find(|one| one.name == layout));
        let (sheet, sha256) = (text("sheet"), text("sha256"));
        let row = row_number(batch);
        let cells = layout_of
            .zip(row)
            .map(|(layout, row)| cells(place, &sha256, layout, &sheet, row, containment))
            .unwrap_or_default();
        Origin::Printed(Box::new(Printed {
            delivery: text("delivery_id"),
            collection,
            file_name: text("file_name"),
            source: text("source"),
            received_at: text("received_at"),
            maturity: text("maturity"),
            sha256,
            path: text("path"),
            layout,
            inherited: layout_of.and_then(|layout| layout.inherited.as_ref()).map(Inherited::words),
            sheet,
            row,
            cells,
        }))
    };
    let some = |name: &str| Some(text(name)).filter(|text| !text.is_empty());
    Ok(Some(Trace {
        geography_name: some("geography_name"),
        as_of: text("as_of"),
        numerator,
        denominator,
        value: figure(batch, "value"),
        published: figure(batch, "published"),
        reason: some("reason"),
        mark: some("mark"),
        rounding: some("rounding"),
        passport: of_passport().filter_map(|column| Some((column.to_owned(), some(column)?))).collect(),
        geography_level,
        origin,
    }))
}

/// The columns of `kpi.value` of the live generation: one that an older program made has fewer.
///
/// # Errors
/// [`WarehouseError`] when there is no live generation, or it cannot be asked.
fn value_columns(place: &Place) -> Result<BTreeSet<String>, WarehouseError> {
    let (_, batches) = query(place, COLUMNS_OF_VALUES, &[])?;
    Ok(first_texts(&batches).map(str::to_owned).collect())
}

/// Asks for the columns of `kpi.value`.
pub const COLUMNS_OF_VALUES: &str =
    "SELECT column_name FROM duckdb_columns() WHERE schema_name = 'kpi' AND table_name = 'value'";

/// A text of the first row.
fn text(batch: &RecordBatch, name: &str) -> Option<String> {
    let column = batch.column_by_name(name)?.as_string_opt::<i32>()?;
    column.is_valid(0).then(|| column.value(0).to_owned())
}

/// A figure of the first row.
fn figure(batch: &RecordBatch, name: &str) -> Option<f64> {
    let column = batch.column_by_name(name)?.as_primitive_opt::<Float64Type>()?;
    column.is_valid(0).then(|| column.value(0))
}

fn row_number(batch: &RecordBatch) -> Option<u32> {
    let column = batch.column_by_name("row_number")?.as_primitive_opt::<Int32Type>()?;
    if column.is_valid(0) { u32::try_from(column.value(0)).ok() } else { None }
}

/// The filled cells of a row, with the labels above them.
fn cells(
    place: &Place,
    sha256: &str,
    layout: &Layout,
    sheet: &str,
    row: u32,
    containment: &Containment,
) -> Vec<FileCell> {
    let Ok(mut rows) = Rows::open_in(&place.landed(sha256), &layout.format, containment) else { return Vec::new() };
    let mut found = None;
    let mut labels: Option<Vec<String>> = None;
    let streamed = rows.stream((!sheet.is_empty()).then_some(sheet), &mut |block| {
        for index in 0..block.rows.len() {
            let texts = || block.row(index).iter().map(|cell| block.shown(*cell).trim().to_owned()).collect::<Vec<_>>();
            if labels.is_none() && layout.header_rows == 1 && block.row(index).len() > 1 {
                labels = Some(texts());
            }
            if block.rows[index].number == row {
                found = Some(texts());
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    });
    if streamed.is_err() {
        return Vec::new();
    }
    let labels = labels.unwrap_or_default();
    let filled = (1_u32..).zip(found.unwrap_or_default()).zip(0..).filter(|((_, text), _)| !text.is_empty());
    filled
        .map(|((column, text), index): ((u32, String), usize)| FileCell {
            address: format!("{}{row}", column_letters(column)),
            label: labels.get(index).cloned().unwrap_or_default(),
            text,
        })
        .collect()
}
