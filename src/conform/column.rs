//! One column of the contract over a block: where its cells stand, and the values that it gathers.

use std::ops::Range;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanBuilder, Date32Builder, Decimal128Builder, Int64Builder, StringBuilder};
use jiff::civil::date;

use super::Sorted;
use super::cell::{Problem, number_decimal, parse_boolean, parse_date, serial_date};
use super::clean::{Clean, integer};
use super::number::parse_decimal;
use super::text::checked;
use super::work::Work;
use crate::model::Fault;
use crate::read::{Block, Cell, Proof, RowRef};
use crate::spec::{Arrival, Column, Kind};

/// Where the cells of a column stand.
#[derive(Debug)]
pub(super) enum Place {
    /// In this column of the file.
    Cell(u32),
    /// The same text in every row.
    Given(String),
    /// The banner above the row.
    Banner,
    /// The key of the record.
    Keys(Vec<String>),
    /// By record, the column of the file, where it has one.
    Records(Vec<Option<u32>>),
    /// Nowhere in this file.
    Absent,
}

/// One column and how it arrives.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) name: String,
    pub(super) column: Column,
    pub(super) arrival: Arrival,
    pub(super) place: Place,
}

/// A plan for every column of the contract, in its order.
pub(super) fn plans(proof: &Proof, file_name: &str) -> Vec<Plan> {
    let layout = &proof.layout;
    layout
        .table
        .columns
        .iter()
        .map(|(name, column)| {
            let arrival = layout.columns.get(name).cloned().unwrap_or_default();
            let named = arrival
                .file_name
                .as_ref()
                .and_then(|pattern| pattern.captures(file_name)?.get(1).map(|group| group.as_str().to_owned()));
            let unpivot = layout.unpivot.as_ref();
            let place = if let Some(constant) = &arrival.constant {
                Place::Given(constant.clone())
            } else if arrival.file_name.is_some() {
                Place::Given(named.unwrap_or_default())
            } else if let Some(pattern) = &arrival.sheet_name {
                let sheet = proof.sheet.as_deref().unwrap_or("");
                let named = pattern.captures(sheet).and_then(|found| found.get(1));
                Place::Given(named.map_or("", |group| group.as_str()).to_owned())
            } else if layout.banner.as_ref() == Some(name) {
                Place::Banner
            } else if unpivot.is_some_and(|unpivot| unpivot.key == *name) {
                Place::Keys(proof.records.iter().map(|record| record.key.clone()).collect())
            } else if unpivot.is_some_and(|unpivot| unpivot.columns.contains_key(name)) {
                Place::Records(proof.records.iter().map(|record| record.columns.get(name).copied()).collect())
            } else {
                proof.columns.get(name).map_or(Place::Absent, |taken| Place::Cell(taken.source))
            };
            Plan { name: name.clone(), column: column.clone(), arrival, place }
        })
        .collect()
}

/// The values of a column, being gathered.
enum Values {
    Text(StringBuilder),
    Integer(Int64Builder),
    Decimal(Decimal128Builder, u8, i8),
    Date(Date32Builder),
    Boolean(BooleanBuilder),
    /// Texts of a checked kind.
    Checked(StringBuilder),
}

/// A column being built: its values and, where it has marks, the reasons why there are none.
pub(super) struct Building {
    values: Values,
    reasons: Option<StringBuilder>,
}

impl Building {
    /// Adds the array of values, and that of the reasons.
    pub(super) fn finish(self, columns: &mut Vec<ArrayRef>) {
        columns.push(match self.values {
            Values::Text(mut builder) | Values::Checked(mut builder) => Arc::new(builder.finish()),
            Values::Integer(mut builder) => Arc::new(builder.finish()),
            Values::Decimal(mut builder, ..) => Arc::new(builder.finish()),
            Values::Date(mut builder) => Arc::new(builder.finish()),
            Values::Boolean(mut builder) => Arc::new(builder.finish()),
        });
        if let Some(mut reasons) = self.reasons {
            columns.push(Arc::new(reasons.finish()));
        }
    }
}

impl Plan {
    /// Whether every row has the same text, whatever its cells.
    pub(super) fn is_given(&self) -> bool {
        matches!(self.place, Place::Given(_))
    }

    /// An empty column with room for `length` records.
    pub(super) fn begin(&self, length: usize) -> Building {
        let values = match self.column.kind {
            Kind::Text => Values::Text(StringBuilder::with_capacity(length, length * 12)),
            Kind::Integer => Values::Integer(Int64Builder::with_capacity(length)),
            Kind::Decimal { precision, scale } => {
                let kind = arrow::datatypes::DataType::Decimal128(precision, scale);
                Values::Decimal(Decimal128Builder::with_capacity(length).with_data_type(kind), precision, scale)
            }
            Kind::Date => Values::Date(Date32Builder::with_capacity(length)),
            Kind::Boolean => Values::Boolean(BooleanBuilder::with_capacity(length)),
            _ => Values::Checked(StringBuilder::with_capacity(length, length * 8)),
        };
        let reasons = (!self.column.marks.is_empty()).then(|| StringBuilder::with_capacity(length, 0));
        Building { values, reasons }
    }

    /// Adds the records of some data rows to the column.
    pub(super) fn extend(
        &self,
        building: &mut Building,
        sorted: &Sorted,
        rows: Range<usize>,
        records: usize,
        bad: &mut [bool],
        faults: &mut Vec<Fault>,
    ) {
        let mut work = Work { plan: self, sorted, rows, records, bad, faults, reasons: building.reasons.as_mut() };
        match &mut building.values {
            Values::Text(builder) => work.texts(builder),
            Values::Integer(builder) => {
                work.run(|clean| integer(clean).into(), |value| builder.append_option(value.copied()));
            }
            Values::Decimal(builder, precision, scale) => {
                let (precision, scale) = (*precision, *scale);
                let parse = |clean: Clean<'_>| match clean {
                    Clean::Text(text) => parse_decimal(&text, precision, scale),
                    Clean::Number(value) => number_decimal(value, precision, scale),
                    Clean::Serial(_) => Err(Problem::DateInstead),
                    _ => Err(Problem::NotADecimal),
                };
                work.run(|clean| parse(clean).into(), |value| builder.append_option(value.copied()));
            }
            Values::Date(builder) => {
                let forms = &self.arrival.formats;
                let parse = |clean: Clean<'_>| {
                    let day = match clean {
                        Clean::Text(text) => parse_date(&text, forms)?,
                        Clean::Serial(serial) => serial_date(serial)?,
                        Clean::Number(serial) => serial_date(serial + sorted.block.date_shift)?,
                        _ => return Err(Problem::NotADate(forms.clone())),
                    };
                    Ok(date(1970, 1, 1).until(day).map_or(0, |span| span.get_days()))
                };
                work.run(|clean| parse(clean).into(), |value| builder.append_option(value.copied()));
            }
            Values::Boolean(builder) => {
                let parse = |clean: Clean<'_>| match clean {
                    Clean::Bool(value) => Ok(value),
                    other => parse_boolean(&other.into_text()?),
                };
                work.run(|clean| parse(clean).into(), |value| builder.append_option(value.copied()));
            }
            Values::Checked(builder) => {
                work.run(|clean| checked(&self.column, clean), |value| builder.append_option(value));
            }
        }
    }

    /// The cell as it stands, in one row and record; its column in the file (0-based), where it has one.
    pub(super) fn cell(&self, block: &Block, row: RowRef, record: usize) -> (Cell, Option<u32>) {
        match &self.place {
            Place::Cell(source) => (block.cell(row, *source), Some(*source)),
            Place::Records(sources) => match sources[record] {
                Some(source) => (block.cell(row, source), Some(source)),
                None => (Cell::Blank, None),
            },
            _ => (Cell::Blank, None),
        }
    }

    /// Whether this file has nothing for the column in a record.
    pub(super) fn is_absent(&self, record: usize) -> bool {
        match &self.place {
            Place::Absent => true,
            Place::Records(sources) => sources[record].is_none(),
            _ => false,
        }
    }
}
