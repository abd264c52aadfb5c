//! Rows of cells into typed rows, faults, and refused rows. Pure: no I/O, no clock.
//!
//! In: [`Block`]s of a proved layout. Out: [`Conformed`] with Arrow columns of the contract, every fault with its cell,
//! and every refused row as it stood. Every row of a block ends up accepted, refused or skipped with a reason.

mod cell;
mod clean;
mod column;
mod day;
mod fill;
mod hidden;
mod keys;
mod number;
mod reduce;
mod row;
mod sheet;
mod sort;
mod text;
mod work;

pub use cell::CellProblem;
pub(crate) use cell::parse_date;
pub(crate) use day::of_serial;
pub(crate) use number::clock;
pub use number::{parse_decimal, parse_integer};
pub use reduce::LEFT_OUT;
pub use sheet::{Emptied, hidden_columns, hidden_columns_fault, hidden_fault, hidden_sheet_fault, left_off_fault};
pub use sort::{Sorted, Sorter};

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Int32Array, RecordBatch, StringArray};
use arrow::compute::filter_record_batch;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::util::display::{ArrayFormatter, FormatOptions};

use thiserror::Error;

use crate::definitions::{Kind, Table};
use crate::model::{Address, DeliveryId, Fault, PseudonymKey, row_key};
use crate::prove::Proof;
use crate::read::{Block, RowRef};
use column::ColumnPlan;
use keys::Keys;
use reduce::Reducer;
use row::Width;

/// Rows that all columns take before any takes the next: a column's cells stand far apart, and a tile of rows stays in
/// the processor's cache until the last column has had its cell.
const TILE_ROWS: usize = 512;

/// A row that was refused, as it stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRow {
    /// Its sheet, if the file has sheets.
    pub sheet: Option<Arc<str>>,
    /// Its number, 1-based.
    pub row: u32,
    /// Its cells as a person sees them.
    pub cells: Vec<String>,
}

/// What became of the data rows of one block.
#[derive(Debug, Clone)]
pub struct Conformed {
    /// The accepted rows (records, where rows unfold), in order.
    pub batch: RecordBatch,
    /// Everything that is wrong.
    pub faults: Vec<Fault>,
    /// The rows that were refused.
    pub refused: Vec<RefusedRow>,
    /// Source rows that were accepted.
    pub accepted: u64,
    /// Cells that the layout let be rounded, by column.
    pub rounded: BTreeMap<String, u64>,
}

/// Conforms the blocks of one table of one delivery. Shared by threads: it holds no state of the rows.
#[derive(Debug)]
pub struct Conformer {
    typed: SchemaRef,
    schema: SchemaRef,
    reducer: Option<Reducer>,
    plans: Vec<ColumnPlan>,
    keys: Keys,
    records: usize,
    header: (u32, u32),
    width: Option<Width>,
    delivery: String,
}

impl Conformer {
    /// Prepares for one proved table of one delivery.
    ///
    /// # Errors
    /// [`NoKey`] when the contract keeps less than the value of some column, and there is no key.
    pub fn new(
        proof: &Proof,
        file_name: &str,
        delivery: &DeliveryId,
        key: Option<&PseudonymKey>,
    ) -> Result<Self, NoKey> {
        let plans = column::plans(proof, file_name);
        let table = &proof.layout.table;
        let typed = Arc::new(typed_schema(table));
        let reducer = match (table.is_reduced(), key) {
            (false, _) => None,
            (true, Some(key)) => Some(Reducer::new(table, &typed, key.clone())),
            (true, None) => return Err(NoKey(table.name.clone())),
        };
        Ok(Self {
            keys: Keys::new(proof, &plans, key.filter(|_| table.is_reduced())),
            schema: schema(table),
            typed,
            reducer,
            plans,
            records: proof.layout.unpivot.as_ref().map_or(1, |_| proof.records.len()),
            header: (proof.first_row, proof.last_row),
            width: proof.sheet.is_none().then(|| Width { labels: proof.labels.len(), least: proof.least_fields() }),
            delivery: delivery.0.clone(),
        })
    }

    /// Conforms the data rows of a block.
    ///
    /// # Errors
    /// [`ArrowError`] only if the columns do not fit the schema: a mistake of ours.
    pub fn conform(&self, sorted: &Sorted) -> Result<Conformed, ArrowError> {
        let block = &sorted.block;
        let mut bad = vec![false; sorted.data.len()];
        let mut faults = Vec::new();
        row::check(block, &sorted.data, self.header, self.width, &mut bad, &mut faults);
        let mut columns: Vec<ArrayRef> = Vec::with_capacity(self.typed.fields().len());
        let length = sorted.data.len() * self.records;
        let mut building: Vec<_> = self.plans.iter().map(|plan| plan.begin(length)).collect();
        for first in (0..sorted.data.len()).step_by(TILE_ROWS) {
            let rows = first..sorted.data.len().min(first + TILE_ROWS);
            for (plan, building) in self.plans.iter().zip(&mut building) {
                plan.extend(building, sorted, rows.clone(), self.records, &mut bad, &mut faults);
            }
        }
        let counts = self.plans.iter().zip(&building).filter(|(_, building)| building.rounded > 0);
        let rounded = counts.map(|(plan, building)| (plan.name.clone(), building.rounded)).collect();
        for building in building {
            building.finish(&mut columns);
        }
        columns.push(Arc::new(StringArray::from_iter_values(std::iter::repeat_n(&self.delivery, length))));
        columns.push(Arc::new(std::iter::repeat_n(block.sheet.as_deref(), length).collect::<StringArray>()));
        let number = |index: &u32| i32::try_from(block.rows[*index as usize].number).unwrap_or(i32::MAX);
        let numbers = sorted.data.iter().flat_map(|index| std::iter::repeat_n(number(index), self.records));
        columns.push(Arc::new(Int32Array::from_iter_values(numbers)));
        let mut batch = RecordBatch::try_new(Arc::clone(&self.typed), columns)?;
        self.keys.give(&mut faults, sorted, &batch, &self.plans, self.records)?;
        let mut refused = Vec::new();
        if bad.contains(&true) {
            let keep = bad.iter().flat_map(|bad| std::iter::repeat_n(!bad, self.records));
            batch = filter_record_batch(&batch, &keep.map(Some).collect::<BooleanArray>())?;
            let rows = sorted.data.iter().zip(&bad).filter(|(_, bad)| **bad);
            refused.extend(rows.map(|(index, _)| refused_row(block, *index as usize)));
        }
        if let Some(reducer) = &self.reducer {
            batch = reducer.reduce(&batch)?;
        }
        let accepted = sorted.data.len() as u64 - refused.len() as u64;
        faults.sort_by_key(|fault| (fault.at.row, fault.at.column));
        Ok(Conformed { batch, faults, refused, accepted, rounded })
    }

    /// The values of these columns that every row of the delivery has, whatever its cells: given by the layout, or by the
    /// name of the file or sheet. A column whose value stands in cells, or is not valid, is left out.
    #[must_use]
    pub fn given(&self, columns: &[&str]) -> BTreeMap<String, String> {
        let mut block = Block::default();
        block.rows.push(RowRef { number: 0, first: 0, cells: 0, hidden: false });
        let sorted = Sorted { block, data: vec![0], banners: Vec::new() };
        let mut given = BTreeMap::new();
        for plan in self.plans.iter().filter(|plan| columns.contains(&plan.name.as_str()) && plan.is_given()) {
            let mut building = plan.begin(1);
            plan.extend(&mut building, &sorted, 0..1, 1, &mut [false], &mut Vec::new());
            let mut values = Vec::new();
            building.finish(&mut values);
            let options = FormatOptions::default();
            if let Some(value) = values.first().filter(|values| values.is_valid(0))
                && let Ok(shown) = ArrayFormatter::try_new(value, &options)
            {
                given.insert(plan.name.clone(), shown.value(0).to_string());
            }
        }
        given
    }

    /// The Arrow schema of the table as it is kept.
    #[must_use]
    pub fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }
}

fn refused_row(block: &Block, index: usize) -> RefusedRow {
    let cells = block.row(index).iter().map(|cell| block.shown(*cell).into_owned()).collect();
    RefusedRow { sheet: block.sheet.clone(), row: block.rows[index].number, cells }
}

/// A table of people was to be conformed without a key of pseudonyms.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("table `{0}` holds identifiers of people, and there is no key to make pseudonyms of them")]
pub struct NoKey(String);

/// The Arrow schema of a conformed table: what is kept of its columns, a reason after each column that has marks, lineage,
/// and, where less than the value is kept of some column, [`LEFT_OUT`].
#[must_use]
pub fn schema(table: &Table) -> SchemaRef {
    Arc::new(reduce::kept_fields(table, &typed_schema(table)))
}

fn typed_schema(table: &Table) -> Schema {
    let mut fields = Vec::new();
    for (name, column) in &table.columns {
        fields.push(Field::new(name, data_type(column.kind), true));
        if !column.marks.is_empty() {
            fields.push(Field::new(format!("{name}_reason"), DataType::Utf8, true));
        }
    }
    fields.push(Field::new("_delivery", DataType::Utf8, false));
    fields.push(Field::new("_sheet", DataType::Utf8, true));
    fields.push(Field::new("_row", DataType::Int32, false));
    Schema::new(fields)
}

fn data_type(kind: Kind) -> DataType {
    match kind {
        Kind::Integer => DataType::Int64,
        Kind::Decimal { precision, scale } => DataType::Decimal128(precision, scale),
        Kind::Date => DataType::Date32,
        Kind::Boolean => DataType::Boolean,
        Kind::Text | Kind::Code | Kind::Identifier(_) | Kind::Period => DataType::Utf8,
    }
}

/// How many cells were rounded, column by column, for information.
#[must_use]
pub fn rounded_faults(proof: &Proof, rounded: &BTreeMap<String, u64>) -> Vec<Fault> {
    let told = rounded.iter().map(|(name, cells)| {
        let decimals = proof.layout.columns.get(name).and_then(|arrival| arrival.round).unwrap_or(0);
        let column = proof.columns.get(name).map(|taken| taken.source + 1);
        Fault {
            column: Some(name.clone()),
            row_key: Some(row_key(&[Some(name)], None)),
            ..Fault::coded(
                Address { column, ..Address::row(proof.sheet.as_deref(), proof.last_row) },
                "column::rounded",
                format!("{cells} cells were rounded to {decimals} decimals, as `round` of the layout says"),
                "nothing has to be done; the landed file has all decimals",
            )
        }
    });
    told.collect()
}

/// Faults of the header: labels that nobody expected, and labels that stand twice.
#[must_use]
pub fn header_faults(proof: &Proof) -> Vec<Fault> {
    let of_label = |(column, label): &(u32, String), code: &str, message: &str, hint: &str| Fault {
        raw: Some(label.clone()),
        row_key: Some(row_key(&[Some(label)], None)),
        ..Fault::coded(Address::cell(proof.sheet.as_deref(), proof.last_row, column + 1), code, message, hint)
    };
    let duplicates = proof.duplicates.iter().map(|label| {
        let hint = "the layout says by `occurrence` which column is which; ask the supplier to rename one";
        of_label(label, "header::duplicate", "the label stands in the header more than once", hint)
    });
    let unknown = proof.unknown.iter().map(|label| {
        let hint = "add the column to the table, or its label to `ignore` of the layout";
        of_label(label, "header::unknown_label", "the column is not in the contract; its cells are not loaded", hint)
    });
    duplicates.chain(unknown).collect()
}
