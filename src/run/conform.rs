//! One delivery from landed bytes to the lake: prove, stream, conform on all cores, write, try the rules, keep books.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use arrow::array::{Array, AsArray, BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use arrow::datatypes::Int32Type;
use arrow::error::ArrowError;

use super::pipe::Pipe;
use super::quarantine::{FaultFile, RefusedFile};
use super::sheet_faults::sheet_faults;
use super::stop::Stop;
use super::verdict::Verdict;
use super::{RunError, unread_sheets};
use crate::conform::{Conformer, RefusedRow, Sorter, header_faults, schema};
use crate::definitions::Collection;
use crate::lake::{Place, TableFile};
use crate::model::{BOOK_FORMAT, Book, Delivery, Fault, PseudonymKey, Refusal, SkipReason, TableBook};
use crate::prove::{Likeness, Proof, likeness, prove};
use crate::read::{Containment, Opened};
use crate::warehouse::{EngineLimits, RowOf, RuleEngine};

/// What deliveries are conformed with. One does for many, also side by side.
pub(super) struct Workbench<'a> {
    key: Option<&'a PseudonymKey>,
    containment: &'a Containment,
    rules: RuleEngine,
}

impl<'a> Workbench<'a> {
    /// A workbench with the key of pseudonyms, where the place has one; rules may take this much of the machine, and room below its
    /// folder for what is not published.
    pub(super) fn new(
        place: &Place,
        key: Option<&'a PseudonymKey>,
        limits: EngineLimits,
        containment: &'a Containment,
    ) -> Self {
        Self { key, containment, rules: RuleEngine::new(limits, place.staging("rules")) }
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
                let refused = error.refusal().ok_or_else(|| RunError::Read(error.to_string()))?;
                let like = likeness(&mut opened, &delivery.file_name, collection);
                book.is_stray = like == Likeness::None;
                book.refused = Some(as_renamed(refused, like));
                return Ok(book);
            }
        };
        let teller = unread_sheets::told_by(&proofs);
        for of_table in proofs.chunk_by(|one, other| one.layout.table.name == other.layout.table.name) {
            let tells = teller == Some(of_table[0].layout.table.name.as_str());
            let unread = if tells { unread_sheets::faults(&mut opened, &proofs)? } else { Vec::new() };
            match self.table(place, delivery, &mut opened, of_table, &unread, threads) {
                Ok(table) => book.tables.push(table),
                Err(Stop::Refused(refusal)) => {
                    // Half of a file is not a delivery.
                    book.tables.clear();
                    book.refused = Some(refusal);
                    return Ok(book);
                }
                Err(Stop::Failed(error)) => return Err(error),
            }
        }
        Ok(book)
    }

    /// Reads one table: from one sheet, or from all the sheets that it goes on over. `unread`, faults of sheets that nobody reads, is told in its books.
    fn table(
        &self,
        place: &Place,
        delivery: &Delivery,
        opened: &mut Opened,
        proofs: &[Proof],
        unread: &[Fault],
        threads: usize,
    ) -> Result<TableBook, Stop> {
        let contract = &proofs[0].layout.table;
        let lake = place.lake();
        let relative = Place::conformed(&delivery.collection, &contract.name, &delivery.delivery_id);
        let mut file = TableFile::create(&lake, &relative, &schema(contract))?;
        let mut faults = FaultFile::new(&lake, delivery, contract);
        let mut refused = RefusedFile::new(&lake, delivery, contract);
        let mut book = new_book(proofs);
        faults.add(unread)?;
        for proof in proofs {
            if !proof.is_left_out() {
                faults.add(&header_faults(proof))?;
            }
            let conformer = Conformer::new(proof, &delivery.file_name, &delivery.delivery_id, self.key)
                .map_err(|error| RunError::Key { message: error.to_string() })?;
            let returns: Vec<&str> = contract.replaced_by().collect();
            if !proof.is_left_out() {
                book.speaks_for = conformer.given(&returns);
            }
            let rows = opened.rows(&proof.layout.format).map_err(|error| RunError::Read(error.to_string()))?;
            let mut sorter = Sorter::new(proof);
            let pipe = Pipe {
                proof,
                conformer: &conformer,
                threads,
                sorter: &mut sorter,
                file: &mut file,
                faults: &mut faults,
                refused: &mut refused,
            };
            let passed = pipe.stream(rows)?;
            faults.add(&sheet_faults(rows, proof, &sorter)?)?;
            book.rows_read += sorter.rows_read;
            // Only of a text are lines counted.
            if sorter.lines.read > 0 {
                book.lines = Some(sorter.lines);
            }
            book.rows_accepted += passed.accepted;
            book.rows_quarantined += passed.quarantined;
            for (reason, rows) in sorter.skipped {
                *book.rows_skipped.entry(reason).or_insert(0) += rows;
            }
        }
        let mut closed = file.close()?;
        let findings = self.rules.evaluate(closed.path(), contract)?;
        let verdict = Verdict::of(&findings, contract, proofs);
        book.sample.clone_from(&findings.sample);
        faults.add(&verdict.faults)?;
        let out: HashSet<&RowOf> = verdict.refused.union(&verdict.duplicates).collect();
        if !out.is_empty() {
            let mut taken: BTreeMap<RowOf, RefusedRow> = BTreeMap::new();
            closed = closed.filtered(|batch| {
                let rows = rows_of(batch)?;
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
        Ok(book)
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
    limits: EngineLimits,
    containment: &Containment,
) -> Result<Book, RunError> {
    Workbench::new(place, key, limits, containment).conform(place, collection, delivery, limits.threads)
}

/// What a delivery is read by: its collection's definitions and, where it holds identifiers of people, the key.
pub(super) fn definition(collection: &Collection, key: Option<&PseudonymKey>) -> String {
    match key.filter(|_| collection.needs_key()) {
        Some(key) => format!("{} {}", collection.hash, key.fingerprint()),
        None => collection.hash.clone(),
    }
}

/// A file that no layout takes by its name, or that was saved as a workbook, and whose labels are those of one.
fn as_renamed(mut refused: Refusal, like: Likeness) -> Refusal {
    let Likeness::Labels { layout, found, wanted } = like else { return refused };
    match refused.code.as_str() {
        "read::no_layout_for_name" => {
            refused.message += &format!(
                ", though it has {found} of the {wanted} labels of layout `{layout}`: it was renamed, it seems"
            );
            refused.hint = format!("give it the name that `{layout}` asks for; or {}", refused.hint);
        }
        "read::zip_instead" | "read::workbook_instead" => {
            refused.message += &format!(
                ", and has {found} of the {wanted} labels of layout `{layout}`, which reads text: it was saved as a workbook, it seems"
            );
            refused.hint =
                format!("ask for the file as it was published, or save it as CSV (UTF-8) again; or {}", refused.hint);
        }
        _ => {}
    }
    refused
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
        sample: None,
        conformed: None,
        quarantine: None,
        refused_rows: None,
    }
}

/// The source row of each record of a batch.
fn rows_of(batch: &RecordBatch) -> Result<Vec<RowOf>, ArrowError> {
    let numbers = batch.column_by_name("_row").and_then(|column| column.as_primitive_opt::<Int32Type>());
    let numbers =
        numbers.ok_or_else(|| ArrowError::SchemaError("a conformed table has no column `_row`".to_owned()))?;
    let sheets = batch.column_by_name("_sheet").and_then(|column| column.as_string_opt::<i32>());
    let mut last: Option<Arc<str>> = None;
    Ok((0..batch.num_rows())
        .map(|index| {
            let sheet = sheets.filter(|sheets| sheets.is_valid(index)).map(|sheets| sheets.value(index));
            if last.as_deref() != sheet {
                last = sheet.map(Arc::from);
            }
            RowOf { sheet: last.clone(), row: numbers.value(index).cast_unsigned() }
        })
        .collect())
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
