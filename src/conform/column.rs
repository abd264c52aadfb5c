//! One column of the contract over a block: where its cells stand, and the values that it gathers.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanBuilder, Date32Builder, Decimal128Builder, Int64Builder, StringBuilder};
use regex::Regex;

use super::Sorted;
use super::cell::{CellProblem, number_decimal, parse_boolean, text_decimal};
use super::clean::{Clean, integer};
use super::day;
use super::number::{in_points, percentage, round_decimal};
use super::text::checked;
use super::work::{CellOutcome, Work};
use crate::definitions::{Arrival, Column, Kind, PercentToml, PrivacyClass, Unpivot};
use crate::model::{Fault, IdentifierKind};
use crate::prove::{Proof, UnfoldedRecord};
use crate::read::{Block, Cell, RowRef, number_text};

/// Where the cells of a column stand.
#[derive(Debug, Clone)]
pub(super) enum ColumnSource {
    /// In this column of the file.
    Cell(u32),
    /// In the first of these columns that is filled.
    First(Vec<u32>),
    /// The same cell, which is no text, for every row.
    Once(Cell),
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
pub(super) struct ColumnPlan {
    pub(super) name: String,
    pub(super) column: Column,
    pub(super) arrival: Arrival,
    pub(super) place: ColumnSource,
    /// The cell counts only in rows in which what stands at these places matches.
    pub(super) conditions: Vec<(ColumnSource, Regex)>,
    /// Whether a character that nobody sees is an error in it: it tells rows from each other, or has to be of a form.
    pub(super) is_exact: bool,
    /// Of a URN: the column of the file that has the LAESTAB of the same school, where that is no secret. It is whole where a program
    /// has written the URN 100000 as a power of ten.
    pub(super) laestab: Option<u32>,
}

/// A plan for every column of the contract, in its order.
pub(super) fn plans(proof: &Proof, file_name: &str) -> Vec<ColumnPlan> {
    let layout = &proof.layout;
    let table = &layout.table;
    let of_kind = |column: &Column, kind| column.kind == Kind::Identifier(kind) && column.class == PrivacyClass::None;
    let school = table.columns.iter().find(|(_, column)| of_kind(column, IdentifierKind::Laestab));
    let laestab = school.and_then(|(name, _)| match place(proof, name, file_name) {
        ColumnSource::Cell(source) => Some(source),
        _ => None,
    });
    table
        .columns
        .iter()
        .map(|(name, column)| {
            let arrival = layout.columns.get(name).cloned().unwrap_or_default();
            let conditions =
                arrival.when.iter().map(|(other, pattern)| (place(proof, other, file_name), pattern.clone())).collect();
            let place = place(proof, name, file_name);
            let is_exact = column.kind != Kind::Text || table.key.contains(name);
            let laestab = laestab.filter(|_| of_kind(column, IdentifierKind::Urn));
            ColumnPlan { name: name.clone(), column: column.clone(), arrival, place, conditions, is_exact, laestab }
        })
        .collect()
}

/// Where the cells of a column stand in a proved file.
fn place(proof: &Proof, name: &str, file_name: &str) -> ColumnSource {
    let layout = &proof.layout;
    let Some(arrival) = layout.columns.get(name) else { return ColumnSource::Absent };
    let group = |pattern: &Regex, text: &str| {
        let found = pattern.captures(text).and_then(|found| found.get(1));
        ColumnSource::Given(found.map_or("", |group| group.as_str()).to_owned())
    };
    let key = |unpivot: &Unpivot| unpivot.keys.iter().position(|(key, _)| key == name);
    let by_record = |columns: &dyn Fn(&UnfoldedRecord) -> Option<u32>| proof.records.iter().map(columns).collect();
    if let Some(constant) = &arrival.constant {
        ColumnSource::Given(constant.clone())
    } else if let Some(pattern) = &arrival.file_name {
        group(pattern, file_name)
    } else if let Some(pattern) = &arrival.sheet_name {
        group(pattern, proof.sheet.as_deref().unwrap_or(""))
    } else if let Some(found) = proof.fields.get(name) {
        match found.cell {
            Cell::Text(..) => ColumnSource::Given(found.text.clone()),
            other => ColumnSource::Once(other),
        }
    } else if layout.fields.contains_key(name) {
        ColumnSource::Absent
    } else if layout.banner.as_deref() == Some(name) {
        ColumnSource::Banner
    } else if let Some(index) = layout.unpivot.as_ref().and_then(key) {
        ColumnSource::Keys(proof.records.iter().map(|record| record.keys[index].clone()).collect())
    } else if layout.unpivot.as_ref().is_some_and(|unpivot| unpivot.columns.contains_key(name)) {
        ColumnSource::Records(by_record(&|record| record.columns.get(name).copied()))
    } else if !arrival.at.is_empty() {
        let is_open = |column: &&u32| !proof.closed.iter().any(|columns| columns.contains(column));
        ColumnSource::First(arrival.at.iter().filter(is_open).copied().collect())
    } else {
        proof.columns.get(name).map_or(ColumnSource::Absent, |taken| ColumnSource::Cell(taken.source))
    }
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
    /// Cells that were rounded.
    pub(super) rounded: u64,
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

impl ColumnPlan {
    /// Whether every row has the same text, whatever its cells.
    pub(super) fn is_given(&self) -> bool {
        matches!(self.place, ColumnSource::Given(_) | ColumnSource::Once(_))
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
        Building { values, reasons, rounded: 0 }
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
        let (reasons, rounded) = (building.reasons.as_mut(), &mut building.rounded);
        let mut work = Work { plan: self, sorted, rows, records, bad, faults, reasons, rounded };
        match &mut building.values {
            Values::Text(builder) => work.texts(builder),
            Values::Integer(builder) => {
                work.run(|clean| integer(clean).into(), |value| builder.append_option(value.copied()));
            }
            Values::Decimal(builder, precision, scale) => {
                let (precision, scale) = (*precision, *scale);
                let (percent, round) = (self.arrival.percent, self.arrival.round);
                let rounded = |clean: &Clean<'_>| {
                    let text = match clean {
                        Clean::Text(text) => Cow::Borrowed(text.as_ref()),
                        Clean::Number(value) => Cow::Owned(number_text(*value)),
                        _ => return None,
                    };
                    // A text in per cent is in points, however the others are written; so is what is left of a cell's fraction.
                    let (text, by) = match text.strip_suffix('%') {
                        Some(points) => (points.trim_end(), 0),
                        None if percent == Some(PercentToml::Fraction) => (text.as_ref(), 2),
                        None => (text.as_ref(), 0),
                    };
                    round_decimal(text, by, round?, precision, scale)
                };
                let parse = |clean: Clean<'_>| match clean {
                    Clean::Text(text) => match percent {
                        Some(written) => percentage(&text, written, precision, scale),
                        None => text_decimal(&text, precision, scale),
                    },
                    Clean::Number(value) if percent == Some(PercentToml::Fraction) => {
                        number_decimal(in_points(value), precision, scale)
                    }
                    Clean::Number(value) => number_decimal(value, precision, scale),
                    Clean::Serial(_) => Err(CellProblem::DateInstead),
                    _ => Err(CellProblem::NotADecimal),
                };
                let parse = |clean: Clean<'_>| {
                    let rounded = if round.is_some() { rounded(&clean) } else { None };
                    match (parse(clean), rounded) {
                        (Err(CellProblem::TooManyDecimals(_)) | Ok(_), Some(value)) => CellOutcome::Rounded(value),
                        (outcome, _) => outcome.into(),
                    }
                };
                work.run(parse, |value| builder.append_option(value.copied()));
            }
            Values::Date(builder) => {
                let forms = &self.arrival.formats;
                let century = self.arrival.century;
                let is_personal = self.column.class != PrivacyClass::None;
                let parse = |clean: Clean<'_>| match clean {
                    Clean::Text(text) => day::of_text(&text, forms, century),
                    Clean::Serial(serial) => day::of_serial(serial),
                    Clean::Number(serial) => day::of_serial(serial + sorted.block.date_shift),
                    _ => Err(CellProblem::NotADate(forms.clone())),
                };
                work.run(
                    |clean| day::settled(parse(clean), self.arrival.moment, is_personal),
                    |value| builder.append_option(value.copied()),
                );
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
        self.place.cell(block, row, record)
    }

    /// Whether this file has nothing for the column in a record.
    pub(super) fn is_absent(&self, record: usize) -> bool {
        match &self.place {
            ColumnSource::Absent => true,
            ColumnSource::Records(sources) => sources[record].is_none(),
            _ => false,
        }
    }
}

impl ColumnSource {
    /// See [`Plan::cell`].
    pub(super) fn cell(&self, block: &Block, row: RowRef, record: usize) -> (Cell, Option<u32>) {
        match self {
            Self::Cell(source) => (block.cell(row, *source), Some(*source)),
            Self::Records(sources) => match sources[record] {
                Some(source) => (block.cell(row, source), Some(source)),
                None => (Cell::Blank, None),
            },
            Self::First(sources) => {
                let filled = |source: &&u32| !block.shown(block.cell(row, **source)).trim().is_empty();
                let source = sources.iter().find(filled).or(sources.first()).copied();
                (source.map_or(Cell::Blank, |source| block.cell(row, source)), source)
            }
            Self::Once(cell) => (*cell, None),
            _ => (Cell::Blank, None),
        }
    }
}
