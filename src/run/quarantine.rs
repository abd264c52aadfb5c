//! The quarantine of one table of one delivery: its faults, and its refused rows as they stood. Nothing is capped.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, Int32Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use sha2::{Digest, Sha256};

use super::RunError;
use crate::conform::RefusedRow;
use crate::definitions::Table;
use crate::lake::{Place, TableFile};
use crate::model::{Delivery, Fault, PartFile, column_letters, hex};

/// Faults, written as they come.
pub(super) struct FaultFile {
    lake: PathBuf,
    relative: String,
    delivery: String,
    collection: String,
    table: String,
    file: Option<TableFile>,
    counts: BTreeMap<String, u64>,
}

impl FaultFile {
    pub(super) fn new(lake: &Path, delivery: &Delivery, table: &Table) -> Self {
        Self {
            lake: lake.to_path_buf(),
            relative: Place::quarantine(&delivery.collection, &table.name, &delivery.delivery_id),
            delivery: delivery.delivery_id.0.clone(),
            collection: delivery.collection.clone(),
            table: table.name.clone(),
            file: None,
            counts: BTreeMap::new(),
        }
    }

    /// Number of faults by severity.
    pub(super) fn counts(&self) -> &BTreeMap<String, u64> {
        &self.counts
    }

    pub(super) fn add(&mut self, faults: &[Fault]) -> Result<(), RunError> {
        if faults.is_empty() {
            return Ok(());
        }
        for fault in faults {
            *self.counts.entry(fault.severity.as_str().to_owned()).or_insert(0) += 1;
        }
        let schema = fault_schema();
        if self.file.is_none() {
            self.file = Some(TableFile::create(&self.lake, &self.relative, &schema)?);
        }
        let text = |pick: &dyn Fn(&Fault) -> Option<String>| -> ArrayRef {
            Arc::new(faults.iter().map(pick).collect::<StringArray>())
        };
        let number = |pick: &dyn Fn(&Fault) -> Option<u32>| -> ArrayRef {
            Arc::new(
                faults.iter().map(|fault| pick(fault).and_then(|row| i32::try_from(row).ok())).collect::<Int32Array>(),
            )
        };
        let cell = |fault: &Fault| {
            let column = fault.at.column.map(column_letters)?;
            Some(column + &fault.at.row?.to_string())
        };
        let columns = vec![
            text(&|_| Some(self.delivery.clone())),
            text(&|_| Some(self.collection.clone())),
            text(&|_| Some(self.table.clone())),
            text(&|fault| fault.at.sheet.as_deref().map(str::to_owned)),
            number(&|fault| fault.at.row),
            text(&|fault| fault.column.clone()),
            text(&cell),
            text(&|fault| Some(fault.rule_id.clone())),
            text(&|fault| Some(fault.severity.as_str().to_owned())),
            text(&|fault| fault.raw.clone()),
            text(&|fault| Some(fault.message.clone())),
            text(&|fault| Some(fault.hint.clone())),
            text(&|fault| Some(self.fault_key(fault))),
            text(&|fault| fault.supplier.clone()),
        ];
        let batch = RecordBatch::try_new(schema, columns).map_err(|error| RunError::Read(error.to_string()))?;
        if let Some(file) = &mut self.file {
            file.write(&batch)?;
        }
        Ok(())
    }

    /// What the same fault has in a later delivery too: rule, column, and the row by its key. Where a row has no key it is
    /// its address.
    fn fault_key(&self, fault: &Fault) -> String {
        let address = fault.at.to_string();
        let row = fault.row_key.as_deref().unwrap_or(&address);
        let column = fault.column.as_deref().unwrap_or("");
        let glued = [&self.collection, &self.table, &fault.rule_id, column, row].join("\u{1f}");
        hex(&Sha256::digest(glued.as_bytes())[..8])
    }

    pub(super) fn finish(self) -> Result<Option<PartFile>, RunError> {
        self.file.map(|file| Ok(file.close()?.keep()?)).transpose()
    }
}

fn fault_schema() -> SchemaRef {
    let text = |name: &str| Field::new(name, DataType::Utf8, true);
    Arc::new(Schema::new(vec![
        text("delivery_id"),
        text("collection"),
        text("table_name"),
        text("sheet"),
        Field::new("row_number", DataType::Int32, true),
        text("column_name"),
        text("cell"),
        text("rule_id"),
        text("severity"),
        text("raw_value"),
        text("message"),
        text("hint"),
        text("fault_key"),
        text("supplier"),
    ]))
}

/// Refused rows, written as they come: sheet, number, and the cells as a JSON list.
pub(super) struct RefusedFile {
    lake: PathBuf,
    relative: String,
    file: Option<TableFile>,
}

impl RefusedFile {
    pub(super) fn new(lake: &Path, delivery: &Delivery, table: &Table) -> Self {
        Self {
            lake: lake.to_path_buf(),
            relative: Place::refused_rows(&delivery.collection, &table.name, &delivery.delivery_id),
            file: None,
        }
    }

    pub(super) fn add(&mut self, rows: &[RefusedRow]) -> Result<(), RunError> {
        if rows.is_empty() {
            return Ok(());
        }
        let schema: SchemaRef = Arc::new(Schema::new(vec![
            Field::new("sheet", DataType::Utf8, true),
            Field::new("row_number", DataType::Int32, false),
            Field::new("cells", DataType::Utf8, false),
        ]));
        if self.file.is_none() {
            self.file = Some(TableFile::create(&self.lake, &self.relative, &schema)?);
        }
        let sheets: StringArray = rows.iter().map(|row| row.sheet.as_deref()).collect();
        let numbers: Int32Array = rows.iter().map(|row| i32::try_from(row.row).ok()).collect();
        let cells: StringArray = rows.iter().map(|row| serde_json::to_string(&row.cells).ok()).collect();
        let batch = RecordBatch::try_new(schema, vec![Arc::new(sheets), Arc::new(numbers), Arc::new(cells)])
            .map_err(|error| RunError::Read(error.to_string()))?;
        if let Some(file) = &mut self.file {
            file.write(&batch)?;
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Result<Option<PartFile>, RunError> {
        self.file.map(|file| Ok(file.close()?.keep()?)).transpose()
    }
}
