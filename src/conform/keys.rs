//! Which row a fault is of, in words that outlast the row's address: the fingerprint of its key, and who supplied it.

use std::collections::HashMap;

use arrow::array::{Array, RecordBatch};
use arrow::error::ArrowError;
use arrow::util::display::{ArrayFormatter, FormatOptions};

use super::Sorted;
use super::column::{ColumnPlan, ColumnSource};
use crate::model::{Fault, PseudonymKey, row_key};
use crate::prove::Proof;

/// What tells the rows of one table apart.
#[derive(Debug)]
pub(super) struct Keys {
    /// Indices of the plans of the key's columns, without the one that tells the records of a row apart.
    plans: Vec<usize>,
    /// Index of the plan of the column that says who supplied a row.
    supplier: Option<usize>,
    /// Labels by column of the file, where a row unfolds into records: two records have one row and one key.
    labels: Vec<String>,
    secret: Option<PseudonymKey>,
}

impl Keys {
    pub(super) fn new(proof: &Proof, plans: &[ColumnPlan], secret: Option<&PseudonymKey>) -> Self {
        let table = &proof.layout.table;
        let place = |name: &String| plans.iter().position(|plan| plan.name == *name);
        let of_rows = |index: &usize| !matches!(plans[*index].place, ColumnSource::Keys(_) | ColumnSource::Records(_));
        Self {
            plans: table.key.iter().filter_map(place).filter(of_rows).collect(),
            supplier: table.supplier.as_ref().and_then(place),
            labels: if proof.records.is_empty() { Vec::new() } else { proof.labels.clone() },
            secret: secret.cloned(),
        }
    }

    /// Gives the faults of a block their keys and suppliers. `typed` holds every record of its data rows, bad ones too.
    pub(super) fn give(
        &self,
        faults: &mut [Fault],
        sorted: &Sorted,
        typed: &RecordBatch,
        plans: &[ColumnPlan],
        records: usize,
    ) -> Result<(), ArrowError> {
        if faults.is_empty() || records == 0 {
            return Ok(());
        }
        let options = FormatOptions::default();
        let column = |plan: usize| -> Result<_, ArrowError> {
            let array = typed.column_by_name(&plans[plan].name);
            let array = array.ok_or_else(|| ArrowError::SchemaError(plans[plan].name.clone()))?;
            Ok((plan, array, ArrayFormatter::try_new(array, &options)?))
        };
        let columns = self.plans.iter().map(|plan| column(*plan)).collect::<Result<Vec<_>, _>>()?;
        let supplier = self.supplier.map(column).transpose()?;
        let block = &sorted.block;
        let positions: HashMap<u32, usize> = sorted
            .data
            .iter()
            .enumerate()
            .map(|(position, index)| (block.rows[*index as usize].number, position))
            .collect();
        for fault in faults {
            let Some(position) = fault.at.row.and_then(|row| positions.get(&row)) else { continue };
            let row = block.rows[sorted.data[*position] as usize];
            let record = position * records;
            let mut values: Vec<Option<String>> = Vec::with_capacity(columns.len() + 1);
            for (plan, array, shown) in &columns {
                // A cell that has no value because it is wrong still tells its row from the others.
                values.push(if array.is_valid(record) {
                    Some(shown.value(record).to_string())
                } else {
                    let text = block.shown(plans[*plan].cell(block, row, 0).0).trim().to_owned();
                    (!text.is_empty()).then(|| format!("?{text}"))
                });
            }
            let label = fault.at.column.and_then(|column| self.labels.get(column as usize - 1));
            values.extend(label.map(|label| Some(label.clone())));
            let values: Vec<Option<&str>> = values.iter().map(Option::as_deref).collect();
            fault.row_key = Some(row_key(&values, self.secret.as_ref()));
            if let Some((_, array, shown)) = &supplier {
                fault.supplier = array.is_valid(record).then(|| shown.value(record).to_string());
            }
        }
        Ok(())
    }
}
