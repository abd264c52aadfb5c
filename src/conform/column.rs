//! One column of the contract over a block: where its cells stand, and how each becomes a value, a reason or a fault.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanBuilder, Date32Builder, Decimal128Builder, Int64Builder, StringBuilder};
use jiff::civil::date;

use super::Sorted;
use super::cell::{
    Problem, number_decimal, parse_boolean, parse_code, parse_date, parse_digits, parse_gss, parse_laestab,
    parse_period, serial_date,
};
use super::number::{parse_decimal, parse_integer};
use crate::model::{Address, Fault, Reason, Severity};
use crate::read::{Block, Cell, Proof, RowRef, number_text, strip_footnote};
use crate::spec::{Arrival, Column, Kind};

/// Where the cells of a column stand.
#[derive(Debug)]
enum Place {
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
    name: String,
    column: Column,
    arrival: Arrival,
    place: Place,
}

/// What is known of one cell once it has been cleaned.
enum Clean<'b> {
    Text(Cow<'b, str>),
    Number(f64),
    Bool(bool),
    Serial(f64),
    Missing(Reason),
    Wrong(Problem),
}

/// A cell's outcome: a value, or why there is none. Neither: the file does not have the column.
enum Outcome<T> {
    Value(T),
    Missing(Reason),
    Wrong(Problem),
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
            Values::Integer(builder) => work.run(integer, |value| builder.append_option(value.copied())),
            Values::Decimal(builder, precision, scale) => {
                let (precision, scale) = (*precision, *scale);
                let parse = |clean: &Clean<'_>| match clean {
                    Clean::Text(text) => parse_decimal(text, precision, scale),
                    Clean::Number(value) => number_decimal(*value, precision, scale),
                    Clean::Serial(_) => Err(Problem::DateInstead),
                    _ => Err(Problem::NotADecimal),
                };
                work.run(parse, |value| builder.append_option(value.copied()));
            }
            Values::Date(builder) => {
                let forms = &self.arrival.formats;
                let parse = |clean: &Clean<'_>| {
                    let day = match clean {
                        Clean::Text(text) => parse_date(text, forms)?,
                        Clean::Serial(serial) => serial_date(*serial)?,
                        Clean::Number(serial) => serial_date(*serial + sorted.block.date_shift)?,
                        _ => return Err(Problem::NotADate(forms.clone())),
                    };
                    Ok(date(1970, 1, 1).until(day).map_or(0, |span| span.get_days()))
                };
                work.run(parse, |value| builder.append_option(value.copied()));
            }
            Values::Boolean(builder) => {
                let parse = |clean: &Clean<'_>| match clean {
                    Clean::Bool(value) => Ok(*value),
                    other => parse_boolean(&text_of(other)?),
                };
                work.run(parse, |value| builder.append_option(value.copied()));
            }
            Values::Checked(builder) => {
                let parse = |clean: &Clean<'_>| {
                    let text = text_of(clean)?;
                    match (self.column.kind, &self.column.codes) {
                        (Kind::Code, Some(list)) => parse_code(&text, list),
                        (Kind::Urn, _) => parse_digits(&text, 6, Problem::NotAUrn),
                        (Kind::Laestab, _) => parse_laestab(&text),
                        (Kind::LaCode, _) => parse_digits(&text, 3, Problem::NotALaCode),
                        (Kind::GssCode, _) => parse_gss(&text),
                        (Kind::Period, _) => parse_period(&text),
                        _ => Ok(text.into_owned()),
                    }
                };
                work.run(parse, |value| builder.append_option(value));
            }
        }
    }

    /// The cell as it stands, in one row and record; its column in the file (0-based), where it has one.
    fn cell(&self, block: &Block, row: RowRef, record: usize) -> (Cell, Option<u32>) {
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
    fn is_absent(&self, record: usize) -> bool {
        match &self.place {
            Place::Absent => true,
            Place::Records(sources) => sources[record].is_none(),
            _ => false,
        }
    }

    /// Cleans a cell: outer space, footnotes, repairs, renamings, marks. A repair is told by `repaired`.
    fn clean<'b>(&self, block: &'b Block, cell: Cell, given: Option<&'b str>, repaired: &mut bool) -> Clean<'b> {
        let text = match (given, cell) {
            (Some(text), _) => text,
            (None, Cell::Blank) => return Clean::Missing(Reason::Blank),
            (None, Cell::Text(start, length)) => block.slice(start, length),
            (None, Cell::Number(value)) => return self.number(value),
            (None, Cell::Bool(value)) => return Clean::Bool(value),
            (None, Cell::Serial(value)) if block.dates_uncertain && self.is_number() => return self.number(value),
            (None, Cell::Serial(value)) => return Clean::Serial(value),
            (None, Cell::Duration(_)) => return Clean::Wrong(Problem::DateInstead),
            (None, Cell::Error(..)) => return Clean::Wrong(Problem::FormulaError),
            (None, Cell::NoValue) => return Clean::Wrong(Problem::FormulaWithoutValue),
        };
        let text = text.trim();
        if text.is_empty() {
            return Clean::Missing(Reason::Blank);
        }
        self.text(text, repaired)
    }

    fn is_number(&self) -> bool {
        matches!(self.column.kind, Kind::Integer | Kind::Decimal { .. })
    }

    fn text<'b>(&self, text: &'b str, repaired: &mut bool) -> Clean<'b> {
        let arrival = &self.arrival;
        if arrival.only.as_ref().is_some_and(|only| !only.is_match(text)) {
            return Clean::Missing(Reason::Blank);
        }
        let text = if arrival.strip_footnotes { strip_footnote(text) } else { text };
        if let Some(right) = arrival.repair.get(text) {
            *repaired = true;
            return Clean::Text(Cow::Owned(right.clone()));
        }
        if let Some(same) = arrival.map.get(text) {
            return Clean::Text(Cow::Owned(same.clone()));
        }
        if let Some(reason) = self.column.marks.get(text) {
            return if *reason == Reason::Zero { Clean::Number(0.0) } else { Clean::Missing(*reason) };
        }
        let text = arrival
            .prefix
            .as_ref()
            .map_or(text, |prefix| text.strip_prefix(prefix.as_str()).unwrap_or(text).trim_start());
        let text = arrival
            .suffix
            .as_ref()
            .map_or(text, |suffix| text.strip_suffix(suffix.as_str()).unwrap_or(text).trim_end());
        Clean::Text(Cow::Borrowed(text))
    }

    /// A number may be a repair, a renaming or a mark as well, by its text.
    fn number(&self, value: f64) -> Clean<'static> {
        let arrival = &self.arrival;
        let plain = arrival.map.is_empty() && arrival.only.is_none() && arrival.repair.is_empty();
        if plain && self.column.marks.is_empty() {
            return Clean::Number(value);
        }
        let text = number_text(value);
        if arrival.only.as_ref().is_some_and(|only| !only.is_match(&text)) {
            return Clean::Missing(Reason::Blank);
        }
        if let Some(same) = arrival.map.get(&text) {
            return Clean::Text(Cow::Owned(same.clone()));
        }
        match self.column.marks.get(&text) {
            Some(Reason::Zero) => Clean::Number(0.0),
            Some(reason) => Clean::Missing(*reason),
            None => Clean::Number(value),
        }
    }
}

/// A value of a text-like type.
fn text_of<'c>(clean: &'c Clean<'_>) -> Result<Cow<'c, str>, Problem> {
    match clean {
        Clean::Text(text) => Ok(Cow::Borrowed(text)),
        Clean::Number(value) => Ok(Cow::Owned(number_text(*value))),
        Clean::Bool(value) => Ok(Cow::Borrowed(if *value { "TRUE" } else { "FALSE" })),
        _ => Err(Problem::DateInstead),
    }
}

fn integer(clean: &Clean<'_>) -> Result<i64, Problem> {
    match clean {
        Clean::Text(text) => parse_integer(text),
        #[expect(clippy::cast_possible_truncation, reason = "whole and within range, as checked")]
        Clean::Number(value) if value.fract() == 0.0 && value.abs() < 9e15 => Ok(*value as i64),
        Clean::Serial(_) => Err(Problem::DateInstead),
        _ => Err(Problem::NotAnInteger),
    }
}

/// One pass of a column over the data rows.
struct Work<'w> {
    plan: &'w Plan,
    sorted: &'w Sorted,
    rows: Range<usize>,
    records: usize,
    bad: &'w mut [bool],
    faults: &'w mut Vec<Fault>,
    reasons: Option<&'w mut StringBuilder>,
}

impl<'w> Work<'w> {
    /// Every cell through `parse`; a cell with the same text as the one before it is not parsed again.
    fn run<T>(&mut self, parse: impl Fn(&Clean<'_>) -> Result<T, Problem>, mut append: impl FnMut(Option<&T>)) {
        let plan = self.plan;
        let block: &'w Block = &self.sorted.block;
        let mut last: Option<&'w str> = None;
        let (mut outcome, mut repaired) = (Outcome::Missing(Reason::Blank), false);
        for position in self.rows.clone() {
            let row = block.rows[self.sorted.data[position] as usize];
            for record in 0..self.records {
                let (cell, source) = plan.cell(block, row, record);
                let given = self.given(position, record);
                let raw = given.or(match cell {
                    Cell::Text(start, length) => Some(block.slice(start, length)),
                    _ => None,
                });
                if raw.is_none() || raw != last {
                    repaired = false;
                    outcome = match plan.clean(block, cell, given, &mut repaired) {
                        Clean::Missing(reason) => Outcome::Missing(reason),
                        Clean::Wrong(problem) => Outcome::Wrong(problem),
                        clean => parse(&clean).map_or_else(Outcome::Wrong, Outcome::Value),
                    };
                    last = raw;
                }
                let reason = self.settle(position, record, cell, source, &outcome, repaired);
                match &outcome {
                    Outcome::Value(value) => append(Some(value)),
                    _ => append(None),
                }
                if let Some(reasons) = &mut self.reasons {
                    reasons.append_option(reason.map(Reason::as_str));
                }
            }
        }
    }

    /// Texts, which are their own value: nothing is parsed and nothing is copied but the text.
    fn texts(&mut self, builder: &mut StringBuilder) {
        let plan = self.plan;
        let block: &'w Block = &self.sorted.block;
        for position in self.rows.clone() {
            let row = block.rows[self.sorted.data[position] as usize];
            for record in 0..self.records {
                let (cell, source) = plan.cell(block, row, record);
                let given = self.given(position, record);
                let mut repaired = false;
                let outcome = match plan.clean(block, cell, given, &mut repaired) {
                    Clean::Missing(reason) => Outcome::Missing(reason),
                    Clean::Wrong(problem) => Outcome::Wrong(problem),
                    Clean::Text(text) => {
                        builder.append_value(&text);
                        Outcome::Value(())
                    }
                    Clean::Serial(serial) => match serial_date(serial) {
                        Ok(day) => {
                            builder.append_value(day.to_string());
                            Outcome::Value(())
                        }
                        Err(problem) => Outcome::Wrong(problem),
                    },
                    other => match text_of(&other) {
                        Ok(text) => {
                            builder.append_value(&text);
                            Outcome::Value(())
                        }
                        Err(problem) => Outcome::Wrong(problem),
                    },
                };
                if !matches!(outcome, Outcome::Value(())) {
                    builder.append_null();
                }
                let reason = self.settle(position, record, cell, source, &outcome, repaired);
                if let Some(reasons) = &mut self.reasons {
                    reasons.append_option(reason.map(Reason::as_str));
                }
            }
        }
    }

    /// The text that stands for the cell, where the column is not in the file's cells.
    fn given(&self, position: usize, record: usize) -> Option<&'w str> {
        let plan: &'w Plan = self.plan;
        let sorted: &'w Sorted = self.sorted;
        match &plan.place {
            Place::Given(text) => Some(text),
            Place::Banner => Some(sorted.banners.get(position).and_then(|banner| banner.as_deref()).unwrap_or("")),
            Place::Keys(keys) => keys.get(record).map(String::as_str),
            _ => None,
        }
    }

    /// Lists what is wrong with a cell, and gives the reason why there is no value.
    fn settle<T>(
        &mut self,
        position: usize,
        record: usize,
        cell: Cell,
        source: Option<u32>,
        outcome: &Outcome<T>,
        repaired: bool,
    ) -> Option<Reason> {
        let (problem, severity) = match outcome {
            Outcome::Value(_) if repaired => {
                self.fault(position, record, cell, source, "cell::repaired", Severity::Info, None);
                return None;
            }
            Outcome::Value(_) => return None,
            Outcome::Missing(Reason::Blank) if self.plan.column.required => (Problem::Required, Severity::Error),
            Outcome::Missing(Reason::Blank) if self.plan.is_absent(record) => return Some(Reason::Unavailable),
            Outcome::Missing(reason) => return Some(*reason),
            Outcome::Wrong(problem) => (problem.clone(), Severity::Error),
        };
        self.bad[position] = true;
        self.fault(position, record, cell, source, problem.rule_id(), severity, Some(&problem));
        None
    }

    #[expect(clippy::too_many_arguments, reason = "what a fault is made of, from one caller")]
    fn fault(
        &mut self,
        position: usize,
        record: usize,
        cell: Cell,
        source: Option<u32>,
        rule: &str,
        severity: Severity,
        problem: Option<&Problem>,
    ) {
        // A cell that all records of a row share is told once.
        if record > 0 && !matches!(self.plan.place, Place::Records(_)) {
            return;
        }
        let block = &self.sorted.block;
        let row = block.rows[self.sorted.data[position] as usize];
        let raw = block.shown(cell).into_owned();
        let (message, hint) = problem.map_or_else(
            || {
                let right = self.plan.arrival.repair.get(raw.trim()).map_or("", String::as_str);
                let message = "a known damage of the cell was repaired".to_owned();
                (message, format!("it was read as `{right}`; tell the supplier, so that the file is mended"))
            },
            |problem| (problem.message(), problem.hint()),
        );
        self.faults.push(Fault {
            at: Address { sheet: block.sheet.clone(), row: Some(row.number), column: source.map(|column| column + 1) },
            column: Some(self.plan.name.clone()),
            rule_id: rule.to_owned(),
            severity,
            raw: (!raw.is_empty()).then_some(raw),
            message,
            hint,
        });
    }
}
