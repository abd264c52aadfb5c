//! From the rows of a KPI's `SELECT` to rows of `kpi.value`. Pure.
//!
//! In: a batch with the columns of [`SELECT_COLUMNS`]. Out: the same rows in the same order in the shape of
//! [`output_schema`], with the value computed and rounded. A row with a reason has no value; a division by zero has the
//! reason `not_applicable`.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Float64Array, StringArray, TimestampMicrosecondArray,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Float64Type, Schema, SchemaRef, TimeUnit};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use jiff::civil::{Date, date};
use thiserror::Error;

use super::publication::Roundings;
use crate::definitions::kpi::{DENOMINATOR_PERIOD, MARK, SELECT_COLUMNS};
use crate::definitions::{Basis, Kpi};
use crate::model::{DeliveryId, Reason, Rounding, Ways};

/// What a computation stamps on every row.
#[derive(Debug, Clone, Copy)]
pub struct Stamp<'a> {
    /// The date that the values speak for.
    pub as_of: Date,
    /// Only deliveries received by then were counted: microseconds since 1970 on a clock where the place is.
    pub known_at: i64,
    /// Maturity of the deliveries whose source declares one.
    pub maturity: &'a BTreeMap<DeliveryId, String>,
    /// Which source of the KPI did not come: then none of its rows has a value, and each bears this mark.
    pub lacking: Option<&'a str>,
    /// How the publications that brought the counts round.
    pub roundings: &'a Roundings,
}

/// Why no values could be made.
#[derive(Debug, Error)]
pub enum ValueError {
    /// A column of the `SELECT` is not there.
    #[error("the SELECT of KPI `{kpi}` gives no column `{column}`")]
    MissingColumn {
        /// The KPI.
        kpi: String,
        /// The column.
        column: &'static str,
    },
    /// A column has a type that cannot be read as it must be.
    #[error("column `{column}` of KPI `{kpi}` is {found}, which does not read as {wanted}")]
    ColumnType {
        /// The KPI.
        kpi: String,
        /// The column.
        column: &'static str,
        /// Its type.
        found: DataType,
        /// The type it must have.
        wanted: DataType,
        /// The cause.
        source: ArrowError,
    },
    /// The rows could not be put together: a fault of this program.
    #[error("the values of KPI `{kpi}` could not be put together")]
    Assemble {
        /// The KPI.
        kpi: String,
        /// The cause.
        source: ArrowError,
    },
}

impl ValueError {
    /// Its stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::MissingColumn { .. } => "kpi::missing_column",
            Self::ColumnType { .. } => "kpi::column_type",
            Self::Assemble { .. } => "kpi::assemble",
        }
    }

    /// How to mend it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::MissingColumn { kpi, .. } => {
                format!("let sql/kpis/{kpi}.sql give `{}`", SELECT_COLUMNS.join("`, `"))
            }
            Self::ColumnType { kpi, column, wanted, .. } => {
                format!("write CAST(… AS {wanted}) AS {column} in sql/kpis/{kpi}.sql")
            }
            Self::Assemble { .. } => "report this with the KPI's file".to_owned(),
        }
    }
}

/// The columns of `kpi.value`, then `_superseded`, which decides between `kpi.value` and `kpi.superseded_value`.
#[must_use]
pub fn output_schema() -> SchemaRef {
    let text = |name, nullable| Field::new(name, DataType::Utf8, nullable);
    let number = |name| Field::new(name, DataType::Float64, true);
    Arc::new(Schema::new(vec![
        text("kpi_id", false),
        text("basis", false),
        text("period", true),
        text("geography_level", true),
        text("geography_code", true),
        text("geography_name", true),
        text("breakdown", true),
        number("numerator"),
        number("denominator"),
        number("value"),
        text("reason", true),
        text("mark", true),
        number("published"),
        text("rounding", true),
        text("maturity", true),
        Field::new("as_of", DataType::Date32, false),
        Field::new("known_at", DataType::Timestamp(TimeUnit::Microsecond, None), false),
        text("delivery_id", true),
        text("sheet", true),
        Field::new("row_number", DataType::Int32, true),
        text("denominator_period", true),
        Field::new("_superseded", DataType::Boolean, false),
    ]))
}

/// Computes the values of one batch.
///
/// # Errors
/// [`ValueError::MissingColumn`] and [`ValueError::ColumnType`] when the batch is not in the shape of a KPI's `SELECT`.
pub fn values(kpi: &Kpi, selected: &RecordBatch, stamp: &Stamp<'_>) -> Result<RecordBatch, ValueError> {
    let column = |name: &'static str, wanted: DataType| -> Result<ArrayRef, ValueError> {
        let found = selected
            .column_by_name(name)
            .ok_or_else(|| ValueError::MissingColumn { kpi: kpi.id.clone(), column: name })?;
        cast(found, &wanted).map_err(|source| ValueError::ColumnType {
            kpi: kpi.id.clone(),
            column: name,
            found: found.data_type().clone(),
            wanted,
            source,
        })
    };
    let rows = selected.num_rows();
    let numerator = column("numerator", DataType::Float64)?;
    let denominator = column("denominator", DataType::Float64)?;
    let published = column("published", DataType::Float64)?;
    let reason = column("reason", DataType::Utf8)?;
    let mark = if selected.column_by_name(MARK).is_some() {
        column(MARK, DataType::Utf8)?
    } else {
        Arc::new(StringArray::new_null(rows))
    };
    let denominator_period = if selected.column_by_name(DENOMINATOR_PERIOD).is_some() {
        column(DENOMINATOR_PERIOD, DataType::Utf8)?
    } else {
        Arc::new(StringArray::new_null(rows))
    };
    let (numerator, denominator, reason, mark) = match stamp.lacking {
        None => (numerator, denominator, reason, mark),
        Some(lacking) => {
            let none = || -> ArrayRef { Arc::new(Float64Array::new_null(rows)) };
            (none(), none(), constant(Reason::Unavailable.as_str(), rows), marked(mark.as_string(), lacking))
        }
    };
    let (delivery, sheet) = (column("_delivery", DataType::Utf8)?, column("_sheet", DataType::Utf8)?);
    let ways = ways(kpi, delivery.as_string(), sheet.as_string(), stamp);
    let mut modes = modes(kpi, &ways, &numerator, &denominator, &published);
    if kpi.carries {
        let parts = numerator.nulls().into_iter().chain(denominator.nulls());
        parts.for_each(|nulls| {
            modes.iter_mut().zip(nulls).for_each(|(mode, is_there)| *mode = mode.filter(|_| is_there));
        });
    }
    let (value, reason) = computed(kpi, &modes, &numerator, &denominator, &published, reason.as_string());
    let rounding: StringArray = modes.iter().map(|mode| mode.map(|mode| mode.to_string())).collect();
    // A row that does not say so stands.
    let superseded = column("_superseded", DataType::Boolean)?;
    let superseded: BooleanArray = superseded.as_boolean().iter().map(|flag| Some(flag == Some(true))).collect();

    let arrays: Vec<ArrayRef> = vec![
        constant(&kpi.id, rows),
        constant(kpi.basis.as_str(), rows),
        column("period", DataType::Utf8)?,
        column("geography_level", DataType::Utf8)?,
        column("geography_code", DataType::Utf8)?,
        column("geography_name", DataType::Utf8)?,
        column("breakdown", DataType::Utf8)?,
        numerator,
        denominator,
        Arc::new(value),
        Arc::new(reason),
        mark,
        published,
        Arc::new(rounding),
        Arc::new(maturities(delivery.as_string(), stamp)),
        Arc::new(Date32Array::from_value(days_since_1970(stamp.as_of), rows)),
        Arc::new(TimestampMicrosecondArray::from_value(stamp.known_at, rows)),
        delivery,
        sheet,
        column("_row", DataType::Int32)?,
        denominator_period,
        Arc::new(superseded),
    ];
    RecordBatch::try_new(output_schema(), arrays).map_err(|source| ValueError::Assemble { kpi: kpi.id.clone(), source })
}

/// How each row is rounded, where its release rounds in one of two ways: in the one that gives the printed figure.
fn modes(
    kpi: &Kpi,
    ways: &[Option<Ways>],
    numerator: &ArrayRef,
    denominator: &ArrayRef,
    published: &ArrayRef,
) -> Vec<Option<Rounding>> {
    let [numerator, denominator, published] =
        [numerator, denominator, published].map(AsArray::as_primitive::<Float64Type>);
    let at = |array: &Float64Array, row: usize| array.is_valid(row).then(|| array.value(row));
    let one = |(row, ways): (usize, &Option<Ways>)| {
        let ways = (*ways)?;
        let parts = at(numerator, row).zip(at(denominator, row)).filter(|_| ways.or.is_some());
        Some(match parts {
            Some((count, whole)) => ways.of(count, whole, kpi.scale, at(published, row)),
            None => ways.first,
        })
    };
    ways.iter().enumerate().map(one).collect()
}

/// How the publication of each row rounds what it divides, otherwise how the KPI does.
fn ways(kpi: &Kpi, deliveries: &StringArray, sheets: &StringArray, stamp: &Stamp<'_>) -> Vec<Option<Ways>> {
    if kpi.basis == Basis::Local || kpi.unit.is_plain() {
        return vec![Some(kpi.rounding.into()); deliveries.len()];
    }
    // Rows of a delivery stand together, so the last answer nearly always holds.
    let mut last: Option<(Option<&str>, Option<&str>, Ways)> = None;
    let rows = deliveries.iter().zip(sheets.iter());
    rows.map(|(delivery, sheet)| match last {
        Some((of, on, mode)) if of == delivery && on == sheet => Some(mode),
        _ => {
            let id = delivery.map(|delivery| DeliveryId(delivery.to_owned()));
            let said = id.and_then(|id| stamp.roundings.of_row(kpi, &id, sheet));
            let mode = said.unwrap_or(kpi.rounding.into());
            last = Some((delivery, sheet, mode));
            Some(mode)
        }
    })
    .collect()
}

/// The value of every row, and why it has none. Where a KPI carries, rows without both parts have no rounding: the printed figure is
/// taken as it stands.
fn computed(
    kpi: &Kpi,
    modes: &[Option<Rounding>],
    numerator: &ArrayRef,
    denominator: &ArrayRef,
    published: &ArrayRef,
    reason: &StringArray,
) -> (Float64Array, StringArray) {
    let at = |array: &ArrayRef, row: usize| {
        let array = array.as_primitive::<Float64Type>();
        array.is_valid(row).then(|| array.value(row))
    };
    let (values, reasons): (Vec<Option<f64>>, Vec<Option<&str>>) = (0..reason.len())
        .map(|row| {
            if reason.is_valid(row) {
                return (None, Some(reason.value(row)));
            }
            let parts = (at(numerator, row), at(denominator, row));
            let mode = modes[row].unwrap_or(kpi.rounding);
            let result = match parts {
                _ if modes[row].is_none() => at(published, row).ok_or(Reason::Unavailable),
                (Some(count), None) if kpi.unit.is_plain() => {
                    mode.apply(count, 1.0, kpi.scale).ok_or(Reason::Unavailable)
                }
                (_, Some(0.0)) => Err(Reason::NotApplicable),
                (Some(numerator), Some(denominator)) => {
                    mode.apply(numerator, denominator, kpi.scale).ok_or(Reason::Unavailable)
                }
                _ => Err(Reason::Unavailable),
            };
            match result {
                Ok(value) => (Some(value), None),
                Err(why) => (None, Some(why.as_str())),
            }
        })
        .unzip();
    (values.into(), reasons.into())
}

/// What is lacking, before what the rows say themselves.
fn marked(marks: &StringArray, lacking: &str) -> ArrayRef {
    let marks = marks.iter().map(|mark| mark.map_or_else(|| lacking.to_owned(), |mark| format!("{lacking}; {mark}")));
    Arc::new(StringArray::from_iter_values(marks))
}

fn maturities(deliveries: &StringArray, stamp: &Stamp<'_>) -> StringArray {
    // Rows of a delivery stand together, so the last answer nearly always holds.
    let mut last: Option<(&str, Option<&str>)> = None;
    let mut found = |delivery| match last {
        Some((known, maturity)) if known == delivery => maturity,
        _ => {
            let maturity = stamp.maturity.get(&DeliveryId(String::from(delivery))).map(String::as_str);
            last = Some((delivery, maturity));
            maturity
        }
    };
    deliveries.iter().map(|delivery| delivery.and_then(&mut found)).collect()
}

fn constant(text: &str, rows: usize) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(std::iter::repeat_n(text, rows)))
}

fn days_since_1970(day: Date) -> i32 {
    (day - date(1970, 1, 1)).get_days()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use arrow::array::{Decimal128Array, Int64Array};
    use arrow::datatypes::{Int32Type, TimestampMicrosecondType};

    use super::*;
    use crate::definitions::kpi::{SELECT_COLUMNS, parse};

    fn kpi(unit: &str, rounding: &str, more: &str) -> Kpi {
        let head = format!(
            "/*\ntitle = \"T\"\nbasis = \"published\"\narea = \"ASW1\"\nunit = \"{unit}\"\npolarity = \"high\"\n\
             grain = \"g\"\nperiod_rule = \"p\"\nrounding = \"{rounding}\"\nsource = \"s\"\nsuppression = \"n\"\n\
             reads = [\"t\"]\n{more}*/\nSELECT {} FROM mart.t",
            SELECT_COLUMNS.join(", ")
        );
        parse(Path::new("k.sql"), &head).unwrap()
    }

    type KeptRow = (Option<f64>, Option<f64>, Option<&'static str>, Option<f64>);

    fn batch(rows: &[KeptRow]) -> RecordBatch {
        let text = |value: &str| -> ArrayRef { constant(value, rows.len()) };
        let numbers = |pick: fn(&KeptRow) -> Option<f64>| -> ArrayRef {
            Arc::new(rows.iter().map(pick).collect::<Float64Array>())
        };
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("period", text("2024")),
            ("geography_level", text("authority")),
            ("geography_code", text("933")),
            ("geography_name", text("Somerset")),
            ("breakdown", text("total")),
            ("numerator", numbers(|row| row.0)),
            ("denominator", numbers(|row| row.1)),
            ("reason", Arc::new(rows.iter().map(|row| row.2).collect::<StringArray>())),
            ("published", numbers(|row| row.3)),
            ("_delivery", text("d1")),
            ("_sheet", Arc::new(StringArray::new_null(rows.len()))),
            ("_row", Arc::new(Int64Array::from_iter_values(2..2 + i64::try_from(rows.len()).unwrap()))),
            ("_superseded", Arc::new(BooleanArray::from(vec![None; rows.len()]))),
        ];
        RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true))).unwrap()
    }

    fn computed_rows(kpi: &Kpi, rows: &[KeptRow]) -> Vec<(Option<f64>, Option<String>)> {
        let stamp = Stamp {
            as_of: date(2026, 1, 31),
            known_at: 0,
            maturity: &BTreeMap::new(),
            lacking: None,
            roundings: &Roundings::default(),
        };
        let made = values(kpi, &batch(rows), &stamp).unwrap();
        let value = made.column_by_name("value").unwrap().as_primitive::<Float64Type>().iter();
        let reason = made.column_by_name("reason").unwrap().as_string::<i32>().iter();
        value.zip(reason.map(|reason| reason.map(str::to_owned))).collect()
    }

    #[test]
    fn a_share_is_divided_and_rounded_by_its_mode() {
        let rows = [
            (Some(190.0), Some(567.0), None, Some(33.5)),
            (Some(0.0), Some(0.0), None, None),
            (None, Some(10.0), Some("suppressed"), Some(3.0)),
            (None, Some(10.0), None, None),
        ];
        let want = [
            (Some(33.5), None),
            (None, Some("not_applicable")),
            (None, Some("suppressed")),
            (None, Some("unavailable")),
        ];
        let want = want.map(|(value, reason)| (value, reason.map(str::to_owned)));
        assert_eq!(computed_rows(&kpi("percent", "f64_floor_half(1)", ""), &rows), want);
    }

    #[test]
    fn counts_need_no_denominator_and_carried_values_no_parts() {
        assert_eq!(
            computed_rows(&kpi("count", "none(0)", ""), &[(Some(5725.0), None, None, None)]),
            [(Some(5725.0), None)]
        );
        let carried = kpi("ratio", "none(1)", "carries = true\nnot_comparable = \"no parts\"\n");
        let rows = [(None, Some(13.0), None, Some(17.8)), (Some(230.0), Some(13.0), None, Some(17.8))];
        assert_eq!(computed_rows(&carried, &rows), [(Some(17.8), None), (Some(17.7), None)]);
    }

    #[test]
    fn what_did_not_come_is_not_zero() {
        let rows = [(Some(0.0), Some(812.0), None, None), (None, None, Some("suppressed"), None)];
        let mut columns = batch(&rows).columns().to_vec();
        columns.push(Arc::new(StringArray::from(vec![Some("partial: half"), None])));
        let fields = SELECT_COLUMNS.iter().chain([&MARK]);
        let selected =
            RecordBatch::try_from_iter_with_nullable(fields.zip(columns).map(|(name, array)| (*name, array, true)))
                .unwrap();
        let (maturity, roundings) = (BTreeMap::new(), Roundings::default());
        let known_at = 0;
        let stamp =
            |lacking| Stamp { as_of: date(2026, 1, 31), known_at, maturity: &maturity, roundings: &roundings, lacking };
        let made = |lacking| {
            let made = values(&kpi("percent", "half_even(1)", ""), &selected, &stamp(lacking)).unwrap();
            let texts = |name: &str| -> Vec<Option<String>> {
                made.column_by_name(name)
                    .unwrap()
                    .as_string::<i32>()
                    .iter()
                    .map(|text| text.map(str::to_owned))
                    .collect()
            };
            let value = made.column_by_name("value").unwrap().as_primitive::<Float64Type>().iter().collect::<Vec<_>>();
            (value, texts("reason"), texts("mark"))
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            made(None),
            (vec![Some(0.0), None], vec![None, some("suppressed")], vec![some("partial: half"), None])
        );
        let lacking = "no source: a.b did not come";
        let want = vec![some("no source: a.b did not come; partial: half"), some(lacking)];
        assert_eq!(made(Some(lacking)), (vec![None, None], vec![some("unavailable"), some("unavailable")], want));
    }

    #[test]
    fn every_row_is_stamped() {
        let maturity = BTreeMap::from([(DeliveryId("d1".to_owned()), "revised".to_owned())]);
        let known_at = 5;
        let roundings = Roundings::default();
        let stamp =
            Stamp { as_of: date(1970, 1, 3), known_at, maturity: &maturity, roundings: &roundings, lacking: None };
        let made =
            values(&kpi("percent", "half_even(1)", ""), &batch(&[(Some(1.0), Some(2.0), None, None)]), &stamp).unwrap();
        assert_eq!(made.schema(), output_schema());
        let text = |name: &str| made.column_by_name(name).unwrap().as_string::<i32>().value(0).to_owned();
        assert_eq!(
            (text("kpi_id"), text("basis"), text("maturity"), text("delivery_id")),
            ("k".into(), "published".into(), "revised".into(), "d1".into())
        );
        assert_eq!(made.column_by_name("as_of").unwrap().as_primitive::<arrow::datatypes::Date32Type>().value(0), 2);
        assert_eq!(made.column_by_name("known_at").unwrap().as_primitive::<TimestampMicrosecondType>().value(0), 5);
        assert_eq!(made.column_by_name("row_number").unwrap().as_primitive::<Int32Type>().value(0), 2);
        assert!(!made.column_by_name("_superseded").unwrap().as_boolean().value(0));
    }

    #[test]
    fn decimals_are_read_and_a_missing_column_is_named() {
        let kpi = kpi("percent", "decimal_half_up(1)", "");
        let stamp = Stamp {
            as_of: date(2026, 1, 31),
            known_at: 0,
            maturity: &BTreeMap::new(),
            lacking: None,
            roundings: &Roundings::default(),
        };
        let good = batch(&[(Some(1.0), Some(2.0), None, None)]);
        let mut columns: Vec<(String, ArrayRef, bool)> = good
            .schema()
            .fields()
            .iter()
            .zip(good.columns())
            .map(|(field, array)| (field.name().clone(), Arc::clone(array), true))
            .collect();
        columns[8].1 = Arc::new(Decimal128Array::from(vec![287]).with_precision_and_scale(9, 1).unwrap());
        let made = values(&kpi, &RecordBatch::try_from_iter_with_nullable(columns).unwrap(), &stamp).unwrap();
        assert!(
            made.column_by_name("published").unwrap().as_primitive::<Float64Type>().value(0).total_cmp(&28.7).is_eq()
        );
        let error = values(&kpi, &good.project(&[0, 1, 2]).unwrap(), &stamp).unwrap_err();
        assert_eq!((error.code(), error.to_string().contains("numerator")), ("kpi::missing_column", true));
    }
}
