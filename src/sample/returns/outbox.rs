//! Where deliveries go: `inbox/<collection>/<day received>_<what>/<file>`, whole or not at all, and what is known of each.

use crate::sample::whole;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::lake::{FileError, create_dir_durable, write_atomic};
use crate::sample::day::Day;
use crate::sample::mess::Mess;

/// A folder of the inbox: files that arrived together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::sample) struct Delivery {
    pub(in crate::sample) collection: &'static str,
    pub(in crate::sample) received: Day,
    /// What it speaks for: `2025_spring`.
    pub(in crate::sample) what: String,
}

impl Delivery {
    pub(in crate::sample) fn new(collection: &'static str, received: Day, what: impl Into<String>) -> Self {
        Self { collection, received, what: what.into() }
    }

    /// Its folder within the county's.
    pub(in crate::sample) fn folder(&self) -> String {
        format!("inbox/{}/{}_{}", self.collection, self.received.iso(), self.what)
    }
}

/// A fault that was planted, with its address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::sample) struct PlantedFault {
    pub(in crate::sample) collection: &'static str,
    /// Path within the county's folder.
    pub(in crate::sample) file: String,
    /// The table of the file, as the file or its sheet is named.
    pub(in crate::sample) table: String,
    /// The sheet, for workbooks.
    pub(in crate::sample) sheet: Option<String>,
    /// 1-based.
    pub(in crate::sample) row: usize,
    /// The label of the column.
    pub(in crate::sample) column: String,
    /// As a person sees it: `C17`.
    pub(in crate::sample) cell: String,
    pub(in crate::sample) rule_hint: &'static str,
}

/// What was written.
#[derive(Debug, Default)]
pub(in crate::sample) struct Written {
    pub(in crate::sample) deliveries: Vec<Delivery>,
    pub(in crate::sample) faults: Vec<PlantedFault>,
    pub(in crate::sample) files: usize,
    pub(in crate::sample) rows: usize,
    pub(in crate::sample) bytes: usize,
}

/// Takes files from any thread.
pub(in crate::sample) struct Outbox {
    root: PathBuf,
    written: Mutex<Written>,
}

impl Outbox {
    pub(in crate::sample) fn new(root: &Path) -> Self {
        Self { root: root.to_path_buf(), written: Mutex::new(Written::default()) }
    }

    /// Writes one file of a delivery with so many data rows.
    ///
    /// # Errors
    /// [`FileError`] when the system refuses.
    pub(in crate::sample) fn put(
        &self,
        delivery: &Delivery,
        name: &str,
        bytes: &[u8],
        rows: usize,
        planted: &[PlantedFault],
    ) -> Result<(), FileError> {
        let folder = self.root.join(delivery.folder());
        create_dir_durable(&folder)?;
        write_atomic(&folder.join(name), bytes)?;
        let mut written = self.written.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        written.deliveries.push(delivery.clone());
        written.faults.extend_from_slice(planted);
        written.files += 1;
        written.rows += rows;
        written.bytes += bytes.len();
        Ok(())
    }

    /// What was written, in an order that hangs on no thread.
    pub(in crate::sample) fn close(self) -> Written {
        let mut written = self.written.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        written.deliveries.sort();
        written.deliveries.dedup();
        written.faults.sort();
        written
    }
}

/// The faults of one file or sheet with their addresses.
pub(in crate::sample) fn addressed(
    delivery: &Delivery,
    name: &str,
    table: &str,
    sheet: Option<&str>,
    header: &[&str],
    mess: Option<&Mess>,
) -> Vec<PlantedFault> {
    let planted = mess.map(|mess| mess.planted.as_slice()).unwrap_or_default();
    planted
        .iter()
        .map(|one| PlantedFault {
            collection: delivery.collection,
            file: format!("{}/{name}", delivery.folder()),
            table: table.to_owned(),
            sheet: sheet.map(str::to_owned),
            row: one.row,
            column: header[one.column].to_owned(),
            cell: format!("{}{}", crate::model::column_letters(whole::<u32>(one.column + 1)), one.row),
            rule_hint: one.fault.rule_hint(),
        })
        .collect()
}
