//! A workbook for each supplier: the faults are gathered, the rows read again from the landed files, the workbooks written.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Int32Type;
use thiserror::Error;

use super::original::{OriginalPart, Originals};
use super::workbook::{FaultFound, SheetPlan, What};
use super::{ADDRESS, FROM, Faults, Filter, ORDER, pages};
use crate::definitions::Definitions;
use crate::lake::{FileError, Place, create_dir_durable, write_atomic};
use crate::ledger::Ledger;
use crate::model::{Delivery, DeliveryId};
use crate::read::Containment;
use crate::run::RunError;
use crate::xlsx::XlsxError;

/// Why no workbook was written.
#[derive(Debug, Error)]
pub enum WorkbooksError {
    /// The faults could not be gathered.
    #[error(transparent)]
    Faults(#[from] RunError),
    /// A folder or a workbook could not be written.
    #[error(transparent)]
    File(#[from] FileError),
    /// Rows could not be kept until they are written.
    #[error("cannot keep rows for a workbook: {0}")]
    Spool(#[from] io::Error),
    /// The workbook itself.
    #[error("cannot make a workbook: {0}")]
    Workbook(String),
}

impl From<XlsxError> for WorkbooksError {
    fn from(error: XlsxError) -> Self {
        Self::Workbook(error.to_string())
    }
}

impl WorkbooksError {
    /// The process's exit code.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        if let Self::Faults(error) = self { error.exit_code() } else { 74 }
    }

    /// How to mend it, where the text does not say so already.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Faults(error) => error.hint(),
            _ => Some("name a folder of your own on a disk with room: `--out DIR`".to_owned()),
        }
    }
}

/// One workbook that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Where.
    pub path: PathBuf,
    /// Who it is for: a supplier, or the name of the file.
    pub supplier: String,
    /// Faults in it.
    pub faults: usize,
    /// Rows of theirs in it.
    pub rows: usize,
    /// Its size.
    pub bytes: usize,
    /// Cells that have a colour and a line in column B, and no note: a workbook has 20,000 notes at most.
    pub without_note: usize,
}

/// What an export wrote.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Exported {
    /// The workbooks, by supplier.
    pub written: Vec<Written>,
    /// Whether others than the owner may enter the folder.
    pub is_open: bool,
    /// Files of which no rows could be read again, in words.
    pub lost: Vec<String>,
}

/// Writes a workbook for each supplier who has faults that `filter` names. The workbooks hold rows as they were sent: files
/// 0600, and the folder 0700 if it is not there yet. Landed files are only read.
///
/// # Errors
/// [`WorkbooksError`] when faults cannot be gathered, or a workbook cannot be written; those before it stand.
pub fn export(
    place: &Place,
    definitions: &Definitions,
    faults: &Faults,
    filter: &Filter,
    out: &Path,
    containment: &Containment,
) -> Result<Exported, WorkbooksError> {
    let sql = format!(
        "SELECT fault.delivery_id, delivery.file_name, fault.supplier, fault.table_name, fault.sheet, fault.row_number, fault.cell, \
         fault.severity, fault.rule_id, fault.column_name, fault.message, fault.hint, {ADDRESS} {FROM} ORDER BY {ORDER}"
    );
    let (_, batches) = faults.ask(&sql, filter)?;
    let mut gathered = Gathered::default();
    let ledger = Ledger::open(place).map_err(RunError::from)?;
    for batch in &batches {
        gathered.add(batch, &ledger);
    }
    drop(batches);
    if gathered.suppliers.is_empty() {
        return Ok(Exported::default());
    }
    create_dir_durable(out)?;
    let mode = std::fs::metadata(out).map_err(FileError::at("look at", out))?.permissions().mode();
    let mut exported = Exported { is_open: mode & 0o077 != 0, ..Exported::default() };
    let mut originals = Originals::new(out)?;
    let mut lost: BTreeMap<usize, String> = BTreeMap::new();
    for (index, delivery) in gathered.deliveries.iter().enumerate() {
        let Some(collection) = definitions.collections.get(&delivery.collection) else { continue };
        let wanted: Vec<_> = gathered.rows.iter().map(|(part, rows)| (*part, &gathered.parts[*part], rows)).collect();
        let wanted: Vec<_> = wanted.into_iter().filter(|(_, part, _)| part.delivery == index).collect();
        if wanted.is_empty() {
            continue;
        }
        if let Some(said) = originals.read(place, collection, delivery, containment, &wanted)? {
            exported.lost.push(format!("{}: {said}", delivery.file_name));
            lost.insert(index, format!("{}: {said}", delivery.file_name));
        }
    }
    let whats: Vec<What> = gathered.in_order();
    let mut taken = BTreeSet::new();
    for (supplier, found) in &gathered.suppliers {
        let (Supplied::By(title) | Supplied::File(title, _)) = supplier;
        let plan = SheetPlan::new(
            title,
            &definitions.settings.zone,
            &whats,
            &gathered.parts,
            &gathered.deliveries,
            found,
            &originals,
        );
        let rows = plan.pages.iter().map(|page| page.rows.len()).sum();
        let mine: BTreeSet<usize> = found.iter().map(|one| one.delivery).collect();
        let lost: Vec<String> = mine.iter().filter_map(|index| lost.get(index).cloned()).collect();
        let (mut book, without_note) = pages::write(&plan, &mut originals, &lost, out)?;
        let bytes = book.save_to_buffer()?;
        let path = out.join(file_name(title, &mut taken));
        write_atomic(&path, &bytes)?;
        let bytes = bytes.len();
        exported.written.push(Written {
            path,
            supplier: title.clone(),
            faults: found.len(),
            rows,
            bytes,
            without_note,
        });
    }
    Ok(exported)
}

/// Whom a workbook is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Supplied {
    By(String),
    /// Nobody says: whoever sent this file. Its name and delivery.
    File(String, String),
}

/// The faults, with everything that repeats told once.
#[derive(Default)]
struct Gathered {
    deliveries: Vec<Delivery>,
    by_id: BTreeMap<String, Option<usize>>,
    parts: Vec<OriginalPart>,
    by_part: BTreeMap<OriginalPart, usize>,
    whats: BTreeMap<What, usize>,
    rows: BTreeMap<usize, BTreeSet<u32>>,
    suppliers: BTreeMap<Supplied, Vec<FaultFound>>,
}

impl Gathered {
    fn add(&mut self, batch: &RecordBatch, ledger: &Ledger) {
        let text = |column: usize, row: usize| {
            let array = batch.column(column).as_string_opt::<i32>()?;
            array.is_valid(row).then(|| array.value(row))
        };
        let numbers = batch.column(5).as_primitive_opt::<Int32Type>();
        for row in 0..batch.num_rows() {
            let owned = |column: usize| text(column, row).unwrap_or_default().to_owned();
            let id = owned(0);
            let known = self.by_id.entry(id.clone()).or_insert_with(|| {
                let delivery = ledger.delivery(&DeliveryId(id.clone()))?;
                self.deliveries.push(delivery.clone());
                Some(self.deliveries.len() - 1)
            });
            let Some(delivery) = *known else { continue };
            let number = numbers.filter(|numbers| numbers.is_valid(row)).map(|numbers| numbers.value(row));
            let number = number.and_then(|number| u32::try_from(number).ok());
            let part = text(3, row).map(|table| {
                let part = OriginalPart { delivery, table: table.to_owned(), sheet: text(4, row).map(str::to_owned) };
                let next = self.parts.len();
                *self.by_part.entry(part.clone()).or_insert_with(|| {
                    self.parts.push(part);
                    next
                })
            });
            if let (Some(part), Some(number)) = (part, number) {
                self.rows.entry(part).or_default().insert(number);
            }
            let what =
                What { severity: owned(7), rule: owned(8), column: owned(9), message: owned(10), hint: owned(11) };
            let next = self.whats.len();
            let what = *self.whats.entry(what).or_insert(next);
            let cell = text(6, row);
            let found = FaultFound {
                what,
                delivery,
                part,
                row: number,
                column: cell.filter(|_| part.is_some()).and_then(column_of),
                said: cell.filter(|_| part.is_none()).map(str::to_owned),
            };
            let supplied = text(2, row)
                .map_or_else(|| Supplied::File(owned(1), id.clone()), |supplier| Supplied::By(supplier.to_owned()));
            self.suppliers.entry(supplied).or_default().push(found);
        }
    }

    /// What is wrong, by its number.
    fn in_order(&self) -> Vec<What> {
        let mut whats: Vec<(&What, usize)> = self.whats.iter().map(|(what, number)| (what, *number)).collect();
        whats.sort_by_key(|(_, number)| *number);
        whats.into_iter().map(|(what, _)| what.clone()).collect()
    }
}

/// The column of a cell such as `AB17`, 1-based.
fn column_of(cell: &str) -> Option<u32> {
    let letters = cell.bytes().take_while(u8::is_ascii_uppercase);
    let column = letters.take(7).fold(0_u32, |column, letter| column * 26 + u32::from(letter - b'A') + 1);
    (column > 0).then_some(column)
}

/// The name of a workbook: what systems refuse in a name is left out, and no other has it.
fn file_name(title: &str, taken: &mut BTreeSet<String>) -> String {
    let clean: String = title
        .chars()
        .map(|letter| if letter.is_alphanumeric() || " -_.()".contains(letter) { letter } else { '_' })
        .collect();
    let bare = clean.strip_suffix(".xlsx").unwrap_or(&clean);
    let clean: String = bare.trim_matches(['.', ' ']).chars().take(60).collect();
    for number in 1.. {
        let ending = if number == 1 { String::new() } else { format!(" ({number})") };
        let name = format!("faults of {clean}{ending}.xlsx");
        if taken.insert(name.to_lowercase()) {
            return name;
        }
    }
    "faults.xlsx".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_read_from_addresses() {
        assert_eq!(["A1", "Z9", "AB17", "17", ""].map(column_of), [Some(1), Some(26), Some(28), None, None]);
    }

    #[test]
    fn names_of_workbooks_are_told_apart_and_stay_in_their_folder() {
        let mut taken = BTreeSet::new();
        assert_eq!(file_name("../../etc/passwd", &mut taken), "faults of _.._etc_passwd.xlsx");
        assert_eq!(file_name("9334001", &mut taken), "faults of 9334001.xlsx");
        assert_eq!(file_name("9334001", &mut taken), "faults of 9334001 (2).xlsx");
        assert_eq!(file_name("Posts May.xlsx", &mut taken), "faults of Posts May.xlsx");
        assert_eq!(file_name("Posts May.csv", &mut taken), "faults of Posts May.csv.xlsx");
    }
}
