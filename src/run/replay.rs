//! The landed deliveries conformed again after definitions changed, and what that did to rows and faults.
//!
//! In: the books and the quarantine as they stand, and the definitions of now. Out: per file, the rows before and after, and
//! which faults closed and opened. Nothing is fetched. A trial works in a lake of its own and leaves the place as it is.
//!
//! A fault is the same before and after when file, table, rule, column, key of its row and severity are: a query that became
//! an error is a query that closed and an error that opened.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use arrow::array::{AsArray, StringArray};
use serde::Serialize;

use super::{
    Bring, Held, RunError, RunOptions, RunReport, key_for, lock, locked, reading, standing::standing, told::words,
    wanted,
};
use crate::definitions::Definitions;
use crate::lake::{FileError, Place};
use crate::ledger::{Ledger, book_of, kept_book};
use crate::model::{Book, Delivery, DeliveryId, PartFile, PseudonymKey};
use crate::warehouse::ReadRows;

/// What became of the deliveries when they were conformed again.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Replay {
    /// Deliveries whose definitions changed, and which were conformed again.
    pub read_again: usize,
    /// Deliveries that stand as they were read.
    pub unchanged: usize,
    /// Deliveries that had not been read before: there is nothing to compare them with.
    pub not_read_before: usize,
    /// The files that were conformed again, in the order landed.
    pub files: Vec<ReplayedFile>,
    /// What would stop the publish by the gates of the collections, in words. Of a trial only.
    pub stops: Vec<String>,
    /// Collections that would be held. Of a trial only.
    pub held: Vec<Held>,
}

/// One file that was conformed again.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReplayedFile {
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// Its collection.
    pub collection: String,
    /// Its name.
    pub file_name: String,
    /// The day that it was received, where the place is.
    pub received: String,
    /// Its tables, by name; those of before and of now.
    pub tables: BTreeMap<String, ReplayedTable>,
    /// The code by which the whole file was refused before.
    pub refused_before: Option<String>,
    /// The code by which it is refused now.
    pub refused_now: Option<String>,
    /// What changed, by rule; rules whose faults are the same are left out.
    pub rules: Vec<RuleChange>,
}

/// Rows of one table of one file. Nothing where the table was not, or is not, read of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ReplayedTable {
    /// Rows accepted before.
    pub accepted_before: Option<u64>,
    /// Rows accepted now.
    pub accepted_now: Option<u64>,
    /// Rows quarantined before.
    pub quarantined_before: Option<u64>,
    /// Rows quarantined now.
    pub quarantined_now: Option<u64>,
    /// Rows skipped before.
    pub skipped_before: Option<u64>,
    /// Rows skipped now.
    pub skipped_now: Option<u64>,
}

/// The faults of one rule in one table of one file that closed or opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleChange {
    /// The table; nothing when the whole file is refused.
    pub table: Option<String>,
    /// The rule.
    pub rule_id: String,
    /// error, query or info.
    pub severity: String,
    /// Faults of before that are gone.
    pub closed: u64,
    /// Faults of now that were not there.
    pub opened: u64,
    /// The cell, or row, of the first of them in the file; of an opened one where there is one.
    pub example: String,
}

impl Replay {
    /// Faults that closed and that opened, of all files.
    #[must_use]
    pub fn faults(&self) -> (u64, u64) {
        let changes = self.files.iter().flat_map(|file| &file.rules);
        changes.fold((0, 0), |(closed, opened), rule| (closed + rule.closed, opened + rule.opened))
    }

    /// Rows accepted before and now, of the files that were conformed again.
    #[must_use]
    pub fn rows_accepted(&self) -> (u64, u64) {
        let tables = self.files.iter().flat_map(|file| file.tables.values());
        tables.fold((0, 0), |(before, now), table| {
            (before + table.accepted_before.unwrap_or(0), now + table.accepted_now.unwrap_or(0))
        })
    }
}

/// A fault as it is told from others: table, rule, severity, id.
type FaultName = (String, String, String, String);
/// The faults of one delivery: of each, its place in the order of the file, and its address.
type DeliveryFaults = BTreeMap<FaultName, (usize, String)>;
/// The faults of each delivery.
type FaultsOf = BTreeMap<String, DeliveryFaults>;

/// What is to be conformed again, with its books of before, and how many deliveries are not.
struct Before {
    changed: Vec<(Delivery, Book)>,
    kept: Vec<(Delivery, Book)>,
    not_read: usize,
}

/// Conforms again what was read by other definitions, into a lake of its own that is removed at the end: the place stays as
/// it is. Of `collection` alone, where it is given.
///
/// # Errors
/// As [`super::run`], but for what only a build can find.
pub fn try_replay(
    place: &Place,
    definitions: &Definitions,
    collection: Option<&str>,
    options: &RunOptions<'_>,
) -> Result<Replay, RunError> {
    if Ledger::open(place)?.deliveries().is_empty() {
        return Ok(Replay::default());
    }
    let _lock = lock(place, options)?;
    let ledger = Ledger::open(place)?;
    let deliveries = wanted(&ledger, definitions, options);
    let key = key_for(place, definitions, &deliveries, options)?;
    let current = ledger.held_last();
    let before = before(place, definitions, &deliveries, key.as_ref(), collection);
    let old = faults_of(place, definitions, &before.changed)?;
    let root = place.staging("");
    let was_there = root.is_dir();
    fs::create_dir_all(&root).map_err(FileError::at("create", &root))?;
    let again = trial(place, &root, definitions, &before, key.as_ref(), options);
    if !was_there {
        let _ = fs::remove_dir(&root);
    }
    let (books, new) = again?;
    let mut replay = compared(definitions, &before, &books, &old, &new);
    let now: Vec<(Delivery, Book)> = before.kept.into_iter().chain(books).collect();
    let standing = standing(place, definitions, &ledger, now, &current)?;
    replay.stops = words(&standing.stops);
    replay.held = standing.held;
    Ok(replay)
}

/// Conforms the changed deliveries into a lake below `root`, and reads their faults from it.
fn trial(
    place: &Place,
    root: &Path,
    definitions: &Definitions,
    before: &Before,
    key: Option<&PseudonymKey>,
    options: &RunOptions<'_>,
) -> Result<(Vec<(Delivery, Book)>, FaultsOf), RunError> {
    let lake = tempfile::Builder::new()
        .prefix("replay-")
        .tempdir_in(root)
        .map_err(FileError::at("create a folder in", root))?;
    let aside = place.with_lake(lake.path());
    let deliveries: Vec<&Delivery> = before.changed.iter().map(|(delivery, _)| delivery).collect();
    let mut read: Vec<Option<Book>> = vec![None; deliveries.len()];
    reading::each(&aside, definitions, &deliveries, key, options, &mut |index, book| {
        // Faults are what is compared, and keys that repeat among the rows: rows that were refused would fill the disk again.
        for file in book.tables.iter().filter_map(|table| table.refused_rows.as_ref()) {
            drop_file(&aside, file)?;
        }
        read[index] = Some(book);
        Ok(())
    })?;
    let books: Vec<(Delivery, Book)> =
        deliveries.into_iter().cloned().zip(read).filter_map(|(delivery, book)| Some((delivery, book?))).collect();
    let faults = faults_of(&aside, definitions, &books)?;
    lake.close().map_err(FileError::at("remove a folder in", root))?;
    Ok((books, faults))
}

fn drop_file(place: &Place, file: &PartFile) -> Result<(), RunError> {
    let path = place.lake().join(&file.path);
    Ok(fs::remove_file(&path).map_err(FileError::at("remove", &path))?)
}

/// Conforms again what was read by other definitions and publishes, as [`super::run`] does but with nothing fetched. What
/// became of the faults is told even where the run ends without publishing, as long as it came to conform.
///
/// `collection` restricts what is told: a generation is built of all collections, so all that changed are read again.
///
/// # Errors
/// When the books and the quarantine of before, or those of now, cannot be read. The outcome of the run is beside the replay.
pub fn replay(
    place: &Place,
    definitions: &Definitions,
    collection: Option<&str>,
    options: &RunOptions<'_>,
) -> Result<(Replay, Result<RunReport, RunError>), RunError> {
    let _lock = lock(place, options)?;
    let ledger = Ledger::open(place)?;
    let deliveries = wanted(&ledger, definitions, options);
    let key = key_for(place, definitions, &deliveries, options)?;
    let before = before(place, definitions, &deliveries, key.as_ref(), collection);
    let old = faults_of(place, definitions, &before.changed)?;
    let outcome = locked(place, definitions, options, Bring::Nothing);
    let now: Vec<(Delivery, Book)> = before
        .changed
        .iter()
        .filter_map(|(delivery, _)| {
            let book = kept_book(place, &definition(definitions, delivery, key.as_ref()), delivery)?;
            Some((delivery.clone(), book))
        })
        .collect();
    if now.len() < before.changed.len() {
        // It stopped on its way: half a comparison would tell that faults closed which were only not looked for.
        return Err(outcome.err().unwrap_or_else(|| RunError::Read("books were not written".to_owned())));
    }
    let new = faults_of(place, definitions, &now)?;
    Ok((compared(definitions, &before, &now, &old, &new), outcome))
}

fn definition(definitions: &Definitions, delivery: &Delivery, key: Option<&PseudonymKey>) -> String {
    super::conform::definition(&definitions.collections[&delivery.collection], key)
}

fn before(
    place: &Place,
    definitions: &Definitions,
    deliveries: &[Delivery],
    key: Option<&PseudonymKey>,
    collection: Option<&str>,
) -> Before {
    let mut before = Before { changed: Vec::new(), kept: Vec::new(), not_read: 0 };
    for delivery in deliveries.iter().filter(|delivery| collection.is_none_or(|name| delivery.collection == name)) {
        match book_of(place, delivery) {
            None => before.not_read += 1,
            Some(book) if book.definition == definition(definitions, delivery, key) => {
                before.kept.push((delivery.clone(), book));
            }
            Some(book) => before.changed.push((delivery.clone(), book)),
        }
    }
    before
}

fn faults_of(place: &Place, definitions: &Definitions, read: &[(Delivery, Book)]) -> Result<FaultsOf, RunError> {
    let mut faults = FaultsOf::new();
    let rows = ReadRows::of(place, definitions, read)?;
    let (_, batches) = rows.ask(
        "SELECT delivery_id, coalesce(table_name, ''), rule_id, severity, fault_id, \
         coalesce(sheet || '!', '') || coalesce(cell, 'row ' || row_number, '(whole file)') FROM meta.fault \
         ORDER BY delivery_id, table_name NULLS FIRST, sheet NULLS FIRST, row_number NULLS FIRST, length(cell) NULLS FIRST, cell, rule_id, fault_id",
        &[],
    )?;
    let mut position = 0;
    for batch in &batches {
        let columns: Vec<_> = batch.columns().iter().filter_map(|column| column.as_string_opt::<i32>()).collect();
        let [delivery, table, rule, severity, id, address] = columns[..] else { continue };
        for row in 0..batch.num_rows() {
            let text = |column: &StringArray| column.value(row).to_owned();
            let name = (text(table), text(rule), text(severity), text(id));
            faults.entry(text(delivery)).or_default().insert(name, (position, text(address)));
            position += 1;
        }
    }
    Ok(faults)
}

fn compared(
    definitions: &Definitions,
    before: &Before,
    now: &[(Delivery, Book)],
    old: &FaultsOf,
    new: &FaultsOf,
) -> Replay {
    let none = BTreeMap::new();
    let files = before.changed.iter().zip(now).map(|((delivery, was), (_, is))| {
        let id = delivery.delivery_id.0.as_str();
        let code = |book: &Book| book.refused.as_ref().map(|refused| refused.code.clone());
        ReplayedFile {
            delivery_id: delivery.delivery_id.clone(),
            collection: delivery.collection.clone(),
            file_name: delivery.file_name.clone(),
            received: definitions.settings.zone.day_of(delivery.received_at).to_string(),
            tables: tables(was, is),
            refused_before: code(was),
            refused_now: code(is),
            rules: rules(old.get(id).unwrap_or(&none), new.get(id).unwrap_or(&none)),
        }
    });
    Replay {
        read_again: before.changed.len(),
        unchanged: before.kept.len(),
        not_read_before: before.not_read,
        files: files.collect(),
        stops: Vec::new(),
        held: Vec::new(),
    }
}

fn tables(was: &Book, is: &Book) -> BTreeMap<String, ReplayedTable> {
    let mut tables: BTreeMap<String, ReplayedTable> = BTreeMap::new();
    for part in &was.tables {
        let table = tables.entry(part.table.clone()).or_default();
        table.accepted_before = Some(part.rows_accepted);
        table.quarantined_before = Some(part.rows_quarantined);
        table.skipped_before = Some(part.skipped());
    }
    for part in &is.tables {
        let table = tables.entry(part.table.clone()).or_default();
        table.accepted_now = Some(part.rows_accepted);
        table.quarantined_now = Some(part.rows_quarantined);
        table.skipped_now = Some(part.skipped());
    }
    tables
}

fn rules(old: &DeliveryFaults, new: &DeliveryFaults) -> Vec<RuleChange> {
    let of = |faults: &DeliveryFaults, others: &DeliveryFaults| {
        let mut gone: BTreeMap<(String, String, String), (u64, usize, String)> = BTreeMap::new();
        for (name, (position, address)) in faults.iter().filter(|(name, _)| !others.contains_key(*name)) {
            let (table, rule, severity, _) = name.clone();
            let entry = gone.entry((table, rule, severity)).or_insert_with(|| (0, *position, address.clone()));
            entry.0 += 1;
            if *position < entry.1 {
                (entry.1, entry.2) = (*position, address.clone());
            }
        }
        gone
    };
    let (closed, opened) = (of(old, new), of(new, old));
    let names: BTreeSet<_> = closed.keys().chain(opened.keys()).collect();
    let change = |name: &(String, String, String)| {
        let (table, rule, severity) = name.clone();
        let count = |faults: Option<&(u64, usize, String)>| faults.map_or(0, |(count, _, _)| *count);
        let first = opened.get(name).or_else(|| closed.get(name));
        RuleChange {
            table: (!table.is_empty()).then_some(table),
            rule_id: rule,
            severity,
            closed: count(closed.get(name)),
            opened: count(opened.get(name)),
            example: first.map_or_else(String::new, |(_, _, address)| address.clone()),
        }
    };
    names.into_iter().map(change).collect()
}
