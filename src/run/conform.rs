//! One delivery from landed bytes to the lake: prove, stream, conform on all cores, write, try the rules, keep books.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex};

use arrow::array::{Array, AsArray, BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use arrow::datatypes::Int32Type;

use super::around::{Unread, around};
use super::quarantine::{FaultFile, RefusedFile};
use super::{RunError, left};
use crate::conform::{Conformed, Conformer, RefusedRow, Sorted, Sorter, header_faults, rounded_faults, schema};
use crate::definitions::{Collection, Kept, Table};
use crate::lake::{Encoded, Place, TableFile};
use crate::model::{
    Address, BOOK_FORMAT, Book, Delivery, Fault, PseudonymKey, Refusal, Severity, SkipReason, TableBook, row_key,
};
use crate::prove::{Likeness, Proof, likeness, prove};
use crate::read::{Containment, Opened, ReadError, Rows};
use crate::warehouse::{Findings, Limits, RowOf, RuleEngine};

/// What deliveries are conformed with. One does for many, also side by side.
pub(super) struct Workbench<'a> {
    key: Option<&'a PseudonymKey>,
    containment: &'a Containment,
    rules: RuleEngine,
}

impl<'a> Workbench<'a> {
    /// A workbench with the key of pseudonyms, where the place has one; rules may take this much of the machine.
    pub(super) fn new(key: Option<&'a PseudonymKey>, limits: Limits, containment: &'a Containment) -> Self {
        Self { key, containment, rules: RuleEngine::new(limits) }
    }

    /// Reads one delivery into the lake on this many threads, on which no result depends, and gives its books.
    ///
    /// # Errors
    /// [`RunError`] when we could not do our work. Bad data is in the books.
    pub(super) fn conform(
        &self,
        place: &Place,
        collection: &Collection,
        delivery: &Delivery,
        threads: usize,
    ) -> Result<Book, RunError> {
        let mut book = Book {
            delivery_id: delivery.delivery_id.clone(),
            collection: collection.name.clone(),
            definition: definition(collection, self.key),
            format: BOOK_FORMAT,
            tables: Vec::new(),
            refused: None,
            is_stray: false,
        };
        let mut opened = Opened::within(&place.landed(&delivery.sha256), self.containment);
        let proofs = match prove(&mut opened, &delivery.file_name, collection) {
            Ok(proofs) => proofs,
            Err(error) => {
                let refused = refusal(&error)?;
                let like = likeness(&mut opened, &delivery.file_name, collection);
                book.is_stray = like == Likeness::None;
                book.refused = Some(as_renamed(refused, like));
                return Ok(book);
            }
        };
        let teller = left::told_by(&proofs);
        for of_table in proofs.chunk_by(|one, other| one.layout.table.name == other.layout.table.name) {
            let tells = teller == Some(of_table[0].layout.table.name.as_str());
            let left = if tells { left::sheets(&mut opened, &proofs)? } else { Vec::new() };
            match self.table(place, delivery, &mut opened, of_table, &left, threads)? {
                Ok(table) => book.tables.push(table),
                Err(refusal) => {
                    // Half of a file is not a delivery.
                    book.tables.clear();
                    book.refused = Some(refusal);
                    return Ok(book);
                }
            }
        }
        Ok(book)
    }

    /// Reads one table: from one sheet, or from all the sheets that it goes on over. `left` is told in its books.
    fn table(
        &self,
        place: &Place,
        delivery: &Delivery,
        opened: &mut Opened,
        proofs: &[Proof],
        left: &[Fault],
        threads: usize,
    ) -> Result<Result<TableBook, Refusal>, RunError> {
        let contract = &proofs[0].layout.table;
        let lake = place.lake();
        let relative = Place::conformed(&delivery.collection, &contract.name, &delivery.delivery_id);
        let mut file = TableFile::create(&lake, &relative, &schema(contract))?;
        let mut faults = FaultFile::new(&lake, delivery, contract);
        let mut refused = RefusedFile::new(&lake, delivery, contract);
        let mut book = new_book(proofs);
        faults.add(left)?;
        for proof in proofs {
            if !proof.is_left_out() {
                faults.add(&header_faults(proof))?;
            }
            let conformer = Conformer::new(proof, &delivery.file_name, &delivery.delivery_id, self.key)
                .map_err(|error| RunError::Key { message: error.to_string() })?;
            let returns: Vec<&str> = contract.period.iter().chain(&contract.period_with).map(String::as_str).collect();
            if !proof.is_left_out() {
                book.speaks_for = conformer.given(&returns);
            }
            let rows = opened.rows(&proof.layout.format).map_err(|error| RunError::Read(error.to_string()))?;
            let mut sorter = Sorter::new(proof);
            let (read, accepted, quarantined) =
                stream(rows, proof, &mut sorter, &conformer, &mut file, &mut faults, &mut refused, threads)?;
            if let Err(error) = read {
                return Ok(Err(refusal(&error)?));
            }
            match around(rows, proof, &sorter) {
                Ok(told) => faults.add(&told)?,
                Err(Unread::Refused(refusal)) => return Ok(Err(refusal)),
                Err(Unread::Failed(error)) => return Ok(Err(refusal(&error)?)),
            }
            book.rows_read += sorter.rows_read;
            // Only of a text are lines counted.
            if sorter.lines.read > 0 {
                book.lines = Some(sorter.lines);
            }
            book.rows_accepted += accepted;
            book.rows_quarantined += quarantined;
            for (reason, rows) in sorter.skipped {
                *book.rows_skipped.entry(reason).or_insert(0) += rows;
            }
        }
        let mut closed = file.close()?;
        let findings = self.rules.evaluate(closed.path(), contract)?;
        let verdict = Verdict::of(&findings, contract, proofs);
        faults.add(&verdict.faults)?;
        let out: HashSet<&RowOf> = verdict.refused.union(&verdict.duplicates).collect();
        if !out.is_empty() {
            let mut taken: BTreeMap<RowOf, RefusedRow> = BTreeMap::new();
            closed = closed.filtered(|batch| {
                let rows = rows_of(batch);
                let keep: BooleanArray = rows.iter().map(|row| Some(!out.contains(row))).collect();
                for (index, row) in rows.into_iter().enumerate() {
                    if !keep.value(index) && verdict.refused.contains(&row) {
                        taken.entry(row).or_insert_with_key(|row| as_text(batch, index, row));
                    }
                }
                filter_record_batch(batch, &keep)
            })?;
            refused.add(&taken.into_values().collect::<Vec<_>>())?;
            let (gone, same) = (verdict.refused.len() as u64, verdict.duplicates.len() as u64);
            book.rows_accepted -= gone + same;
            book.rows_quarantined += gone;
            if same > 0 {
                *book.rows_skipped.entry(SkipReason::Duplicate).or_insert(0) += same;
            }
        }
        book.conformed = Some(closed.keep()?);
        book.faults = faults.counts().clone();
        book.quarantine = faults.finish()?;
        book.refused_rows = refused.finish()?;
        Ok(Ok(book))
    }
}

/// Reads one delivery into the lake and gives its books, with a workbench of its own.
///
/// # Errors
/// [`RunError`] when we could not do our work. Bad data is in the books.
pub fn conform(
    place: &Place,
    collection: &Collection,
    delivery: &Delivery,
    key: Option<&PseudonymKey>,
    limits: Limits,
    containment: &Containment,
) -> Result<Book, RunError> {
    Workbench::new(key, limits, containment).conform(place, collection, delivery, limits.threads)
}

/// What a delivery is read by: its collection's definitions and, where it holds identifiers of people, the key.
pub(super) fn definition(collection: &Collection, key: Option<&PseudonymKey>) -> String {
    match key.filter(|_| collection.needs_key()) {
        Some(key) => format!("{} {}", collection.hash, key.fingerprint()),
        None => collection.hash.clone(),
    }
}

/// A file that no layout takes by its name, and whose labels are those of one.
fn as_renamed(mut refused: Refusal, like: Likeness) -> Refusal {
    if let (Likeness::Labels { layout, found, wanted }, "read::no_layout_for_name") = (like, refused.code.as_str()) {
        refused.message +=
            &format!(", though it has {found} of the {wanted} labels of layout `{layout}`: it was renamed, it seems");
        refused.hint = format!("give it the name that `{layout}` asks for; or {}", refused.hint);
    }
    refused
}

fn refusal(error: &ReadError) -> Result<Refusal, RunError> {
    error.refusal().ok_or_else(|| RunError::Read(error.to_string()))
}

/// What a worker made of one block.
struct Done {
    encoded: Encoded,
    faults: Vec<Fault>,
    refused: Vec<RefusedRow>,
    accepted: u64,
    rounded: BTreeMap<String, u64>,
}

/// The books of a table before its first row. Where it goes on over sheets, rows and columns of the header are the first's.
fn new_book(proofs: &[Proof]) -> TableBook {
    let first = &proofs[0];
    let read = proofs.iter().filter(|proof| !proof.is_left_out());
    let sheets: Vec<&str> = read.filter_map(|proof| proof.sheet.as_deref()).collect();
    let mut layouts: Vec<&str> = proofs.iter().map(|proof| proof.layout.name.as_str()).collect();
    layouts.dedup();
    TableBook {
        table: first.layout.table.name.clone(),
        layout: layouts.join(", "),
        proof: proofs.iter().map(Proof::words).collect::<Vec<_>>().join("; "),
        sheet: (!sheets.is_empty()).then(|| sheets.join(", ")),
        header_rows: (first.first_row, first.last_row),
        rows_read: 0,
        lines: None,
        rows_accepted: 0,
        rows_quarantined: 0,
        rows_skipped: BTreeMap::new(),
        speaks_for: BTreeMap::new(),
        faults: BTreeMap::new(),
        source_columns: first.columns.iter().map(|(name, taken)| (name.clone(), taken.source + 1)).collect(),
        conformed: None,
        quarantine: None,
        refused_rows: None,
    }
}

/// The source row of each record of a batch.
fn rows_of(batch: &RecordBatch) -> Vec<RowOf> {
    let numbers = batch.column_by_name("_row").and_then(|column| column.as_primitive_opt::<Int32Type>());
    let sheets = batch.column_by_name("_sheet").and_then(|column| column.as_string_opt::<i32>());
    let mut last: Option<Arc<str>> = None;
    (0..batch.num_rows())
        .map(|index| {
            let sheet = sheets.filter(|sheets| sheets.is_valid(index)).map(|sheets| sheets.value(index));
            if last.as_deref() != sheet {
                last = sheet.map(Arc::from);
            }
            let row = numbers.map_or(0, |numbers| u32::try_from(numbers.value(index)).unwrap_or(0));
            RowOf { sheet: last.clone(), row }
        })
        .collect()
}

/// Streams the rows through the workers; results are taken in the order of the file.
#[expect(clippy::too_many_arguments, reason = "the ends of one pipe, each borrowed for its length")]
fn stream(
    rows: &mut Rows,
    proof: &Proof,
    sorter: &mut Sorter,
    conformer: &Conformer,
    file: &mut TableFile,
    faults: &mut FaultFile,
    refused: &mut RefusedFile,
    threads: usize,
) -> Result<(Result<(), ReadError>, u64, u64), RunError> {
    let workers = threads.max(1);
    let (send, receive) = sync_channel::<(u64, Sorted)>(1);
    let receive = Arc::new(Mutex::new(receive));
    let (send_done, receive_done) = sync_channel::<(u64, Result<Done, String>)>(workers + 1);
    let encoder = file.encoder();
    let stop = AtomicBool::new(false);
    let sheet = proof.sheet.as_deref();
    std::thread::scope(|scope| {
        for _ in 0..workers {
            let receive = Arc::clone(&receive);
            let send_done = send_done.clone();
            let encoder = Arc::clone(&encoder);
            scope.spawn(move || {
                loop {
                    let next = receive.lock().map_or(None, |receive| receive.recv().ok());
                    let Some((number, sorted)) = next else { break };
                    let done = conformer.conform(&sorted).map_err(|error| error.to_string()).and_then(|conformed| {
                        let Conformed { batch, faults, refused, accepted, rounded } = conformed;
                        drop(sorted);
                        let encoded = encoder.encode(&batch).map_err(|error| error.to_string())?;
                        Ok(Done { encoded, faults, refused, accepted, rounded })
                    });
                    if send_done.send((number, done)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(send_done);
        let stop = &stop;
        let gather = scope.spawn(move || -> Result<(u64, u64), RunError> {
            let mut waiting: BTreeMap<u64, Result<Done, String>> = BTreeMap::new();
            let mut next = 0;
            let mut counts = (0, 0);
            let mut rounded = BTreeMap::new();
            let mut take = |done: Result<Done, String>| -> Result<(), RunError> {
                let done = done.map_err(RunError::Read)?;
                counts.0 += done.accepted;
                for (column, cells) in done.rounded {
                    *rounded.entry(column).or_insert(0) += cells;
                }
                counts.1 += done.refused.len() as u64;
                faults.add(&done.faults)?;
                refused.add(&done.refused)?;
                file.append(done.encoded)?;
                Ok(())
            };
            let mut outcome = Ok(());
            for (number, done) in receive_done {
                waiting.insert(number, done);
                while let Some(done) = waiting.remove(&next) {
                    next += 1;
                    if outcome.is_ok() {
                        outcome = take(done);
                        if outcome.is_err() {
                            stop.store(true, Ordering::Relaxed);
                        }
                    }
                }
            }
            outcome?;
            faults.add(&rounded_faults(proof, &rounded))?;
            Ok(counts)
        });
        let mut number = 0;
        let read = rows.stream(sheet, &mut |block| {
            let sorted = sorter.sort(block);
            number += 1;
            if stop.load(Ordering::Relaxed) || send.send((number - 1, sorted)).is_err() || sorter.is_past() {
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        });
        drop(send);
        let (accepted, quarantined) = gather.join().map_err(|_| RunError::Read("a worker panicked".to_owned()))??;
        Ok((read, accepted, quarantined))
    })
}

/// What the findings of the rules mean for the rows.
struct Verdict {
    faults: Vec<Fault>,
    refused: BTreeSet<RowOf>,
    duplicates: BTreeSet<RowOf>,
}

impl Verdict {
    fn of(findings: &Findings, table: &Table, proofs: &[Proof]) -> Self {
        let place = |row: &RowOf, column: Option<&String>| {
            let proof = proofs.iter().find(|proof| proof.sheet.as_deref() == row.sheet.as_deref());
            let taken = proof.zip(column).and_then(|(proof, name)| proof.columns.get(name));
            Address { column: taken.map(|taken| taken.source + 1), ..Address::row(row.sheet.as_deref(), row.row) }
        };
        let mut verdict = Self { faults: Vec::new(), refused: BTreeSet::new(), duplicates: BTreeSet::new() };
        for finding in &findings.failed {
            let rule = &table.rules[finding.rule];
            if rule.severity == Severity::Error {
                verdict.refused.insert(finding.row.clone());
            }
            for (column, value) in rule.columns.iter().zip(&finding.values) {
                verdict.faults.push(Fault {
                    at: place(&finding.row, Some(column)),
                    column: Some(column.clone()),
                    rule_id: rule.id.clone(),
                    severity: rule.severity,
                    raw: value
                        .clone()
                        .filter(|_| table.columns.get(column).is_some_and(|column| column.kept == Kept::Value)),
                    message: rule.message.clone(),
                    hint: rule.hint.clone(),
                    row_key: Some(key_of(&finding.key)),
                    supplier: finding.supplier.clone(),
                });
            }
        }
        for same in &findings.same_key {
            if same.identical {
                verdict.duplicates.extend(same.rows.iter().skip(1).cloned());
                continue;
            }
            verdict.refused.extend(same.rows.iter().cloned());
            for (row, supplier) in same.rows.iter().zip(&same.suppliers) {
                let others = same.rows.iter().filter(|other| *other != row).take(5);
                let others: Vec<String> = others
                    .map(|other| match other.sheet.as_deref().filter(|_| other.sheet != row.sheet) {
                        Some(sheet) => format!("{} of sheet `{sheet}`", other.row),
                        None => other.row.to_string(),
                    })
                    .collect();
                verdict.faults.push(Fault {
                    at: place(row, table.key.first()),
                    column: None,
                    rule_id: "row::duplicate_key".to_owned(),
                    severity: Severity::Error,
                    raw: None,
                    message: format!(
                        "the key ({}) is that of row {} too, and the rows differ",
                        table.key.join(", "),
                        others.join(", ")
                    ),
                    hint: "keep the right one of these rows".to_owned(),
                    row_key: Some(key_of(&same.key)),
                    supplier: supplier.clone(),
                });
            }
        }
        // A row that is refused is not skipped as well.
        verdict.duplicates = verdict.duplicates.difference(&verdict.refused).cloned().collect();
        verdict
    }
}

/// The fingerprint of a key whose identifiers are pseudonyms already.
fn key_of(values: &[Option<String>]) -> String {
    row_key(&values.iter().map(Option::as_deref).collect::<Vec<_>>(), None)
}

/// A typed row as text, for the quarantine.
fn as_text(batch: &RecordBatch, index: usize, row: &RowOf) -> RefusedRow {
    let options = arrow::util::display::FormatOptions::default();
    let cells = batch.columns().iter().map(|column| {
        if column.is_null(index) {
            return String::new();
        }
        arrow::util::display::ArrayFormatter::try_new(column, &options)
            .map_or_else(|_| String::new(), |formatter| formatter.value(index).to_string())
    });
    RefusedRow { sheet: row.sheet.clone(), row: row.row, cells: cells.collect() }
}
