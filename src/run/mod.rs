//! The plan and the steps in order: the page to read first.
//!
//! ```text
//! lock ─► recover ─► fetch ─► conform what is new ─► gates ─► nothing to do? ─► build ─► check ─► verify ─► publish
//! ```
//!
//! A generation is decided by its fingerprint: definitions, deliveries, as-of and known-at. The same fingerprint as the
//! live one means that there is nothing to do, and nothing is written.

mod around;
mod conform;
mod error;
mod key;
mod kpi_trials;
mod left;
mod quarantine;
mod reading;
mod recovery;
mod replay;
mod samples;

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::kpi::{self, Kpi, Need};
use crate::lake::{Place, create_dir_durable, create_dir_shared, write_atomic};
use crate::ledger::{Ledger, RunLog, RunState};
use crate::model::{self, BOOK_FORMAT, Book, Delivery, DeliveryId, PseudonymKey, hex};
use crate::read::Containment;
use crate::source::{FetchOptions, FetchReport, Progress, SourceProblem, fetch};
use crate::spec::{Definitions, Disposition, did_you_mean};
use crate::warehouse::{
    Asked, BuildInput, Current, Limits, RunLock, Verification, WarehouseError, build, clear_old, live, next_generation,
    publish, recover,
};
pub use conform::conform;
pub use error::RunError;
pub use key::{outside, pseudonym_key};
pub use kpi_trials::{TriedKpi, try_kpis};
pub use recovery::rollback;
pub use replay::{Replay, ReplayedFile, ReplayedTable, RuleChange, replay, try_replay};
pub use samples::{Tried, try_samples};

/// What a run is asked for, and what it needs from the edge of the program.
pub struct RunOptions<'a> {
    /// The date that the KPIs speak for; default the day of the newest delivery, so that a night without news changes nothing.
    pub as_of: Option<Date>,
    /// Only deliveries received by then count; default all.
    pub known_at: Option<Timestamp>,
    /// The clock.
    pub now: &'a dyn Fn() -> Timestamp,
    /// Reads a secret by its name.
    pub secret: &'a dyn Fn(&str) -> Option<String>,
    /// Opens a built generation in another process and reads it through.
    pub verifier: &'a dyn Fn(&Path) -> Result<Verification, WarehouseError>,
    /// Where workbooks are read.
    pub containment: &'a Containment,
    /// Process and host, told to a run that finds the lock held.
    pub holder: String,
    /// Where the run tells what it is doing.
    pub progress: &'a dyn Progress,
}

/// What a run did.
#[derive(Debug, Clone)]
pub struct RunReport {
    /// The generation that is live now.
    pub current: Option<Current>,
    /// Whether a new generation was published.
    pub published: bool,
    /// New deliveries.
    pub landed: usize,
    /// Deliveries that were known.
    pub known: usize,
    /// Deliveries that were read in this run.
    pub conformed: usize,
    /// Every delivery that counts, with its books.
    pub deliveries: Vec<(Delivery, Book)>,
    /// What the sources had to tell.
    pub problems: Vec<SourceProblem>,
}

/// Runs everything once.
///
/// # Errors
/// [`RunError`], whose exit code says what kind of trouble it is. The last generation is then still served.
pub fn run(place: &Place, definitions: &Definitions, options: &RunOptions<'_>) -> Result<RunReport, RunError> {
    let _lock = lock(place, options)?;
    locked(place, definitions, options, Bring::FromSources)
}

fn lock(place: &Place, options: &RunOptions<'_>) -> Result<RunLock, RunError> {
    create_dir_shared(place.var()).map_err(RunError::File)?;
    match RunLock::ask(place, &options.holder)? {
        Asked::Held(lock) => Ok(lock),
        Asked::Busy(holder) => Err(RunError::Busy(holder)),
    }
}

/// Whether a run looks through the sources first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bring {
    FromSources,
    Nothing,
}

/// A run, for whoever holds the lock.
fn locked(
    place: &Place,
    definitions: &Definitions,
    options: &RunOptions<'_>,
    bring: Bring,
) -> Result<RunReport, RunError> {
    let mut ledger = Ledger::open(place)?;
    recover(place)?;
    recovery::end_killed_runs(place, &ledger, options.now)?;
    let kpis = load_kpis(place)?;
    needs_are_known(&kpis, definitions)?;
    let mut log = ledger.start_run((options.now)())?;
    let outcome = steps(place, definitions, &kpis, options, bring, &mut ledger, &mut log);
    if let Err(error) = &outcome {
        let state = if error.exit_code() == 65 { RunState::Rejected } else { RunState::Failed };
        let staging = place.staging(log.run_id());
        let _ = fs::remove_dir_all(&staging);
        log.transition(state, (options.now)(), json!({ "exit_code": error.exit_code() }))?;
    }
    outcome
}

/// Reads the KPI definitions of a place.
///
/// # Errors
/// [`RunError::Sql`] with every problem.
pub fn load_kpis(place: &Place) -> Result<Vec<Kpi>, RunError> {
    kpi::load(&place.sql().join("kpis")).map_err(|problems| {
        RunError::Sql(
            problems
                .iter()
                .map(|problem| format!("{problem}\nhint: {}", problem.hint()))
                .collect::<Vec<_>>()
                .join("\n\n"),
        )
    })
}

/// Holds what the KPIs need against the collections.
///
/// # Errors
/// [`RunError::Sql`] with every KPI that needs a table which no collection has: it would lack it for ever.
pub fn needs_are_known(kpis: &[Kpi], definitions: &Definitions) -> Result<(), RunError> {
    let tables: Vec<String> =
        definitions.tables().map(|table| format!("{}.{}", table.collection, table.name)).collect();
    let mut unknown = Vec::new();
    for kpi in kpis {
        for (collection, table) in kpi.needs.iter().flat_map(Need::any_of) {
            let name = format!("{collection}.{table}");
            if !tables.contains(&name) {
                let near = did_you_mean(&name, tables.iter().map(String::as_str));
                unknown.push(format!(
                    "sql/kpis/{}: `needs` names `{name}`, a table that no collection has\nhint: {}",
                    kpi.file().display(),
                    near.map_or_else(
                        || "write `collection.table`, as in pipelines/".to_owned(),
                        |near| format!("did you mean `{near}`?")
                    )
                ));
            }
        }
    }
    if unknown.is_empty() { Ok(()) } else { Err(RunError::Sql(unknown.join("\n\n"))) }
}

fn steps(
    place: &Place,
    definitions: &Definitions,
    kpis: &[Kpi],
    options: &RunOptions<'_>,
    bring: Bring,
    ledger: &mut Ledger,
    log: &mut RunLog,
) -> Result<RunReport, RunError> {
    let limits = Limits::from(&definitions.settings);
    let fetched = match bring {
        Bring::Nothing => FetchReport { current: ledger.held_last(), ..FetchReport::default() },
        Bring::FromSources => {
            let fetch_options = FetchOptions {
                limits: crate::source::Limits::default(),
                backoff: crate::source::Backoff::default(),
                secret: options.secret,
                seed: log.started_at().as_millisecond().unsigned_abs(),
            };
            fetch(&definitions.sources, place, ledger, (options.now)(), &fetch_options, options.progress)?
        }
    };
    if !fetched.landed.is_empty() {
        log.transition(
            RunState::Landed,
            (options.now)(),
            json!({ "landed": fetched.landed.len(), "known": fetched.known }),
        )?;
    }
    // Only what the sources of this config have brought counts; a delivery that left its folder still does.
    let wanted = wanted(ledger, definitions, options);
    let key = key_for(place, definitions, &wanted, options)?;
    let key = key.as_ref();
    let (deliveries, conformed) = reading::read(place, definitions, wanted, key, options)?;
    if conformed > 0 {
        log.transition(RunState::Conformed, (options.now)(), json!({ "deliveries": conformed }))?;
    }
    let newest = deliveries.iter().map(|(delivery, _)| delivery.received_at).max().unwrap_or(Timestamp::UNIX_EPOCH);
    let known_at = options.known_at.unwrap_or(newest);
    let as_of = options.as_of.unwrap_or_else(|| newest.to_zoned_datetime(TimeZone::UTC).date());
    let fingerprint = fingerprint(definitions, &deliveries, as_of, known_at, key);
    let report = |current: Option<Current>, published: bool, deliveries| RunReport {
        current,
        published,
        landed: fetched.landed.len(),
        known: fetched.known,
        conformed,
        deliveries,
        problems: fetched.problems.clone(),
    };
    let current = live(place);
    if current.as_ref().is_some_and(|current| current.fingerprint == fingerprint) {
        if conformed > 0 || !fetched.landed.is_empty() {
            log.transition(
                RunState::Noop,
                (options.now)(),
                json!({ "generation": current.as_ref().map(|current| current.generation) }),
            )?;
        }
        return Ok(report(current, false, deliveries));
    }
    let stops = gates(definitions, &deliveries, &fetched.current);
    if !stops.is_empty() {
        return Err(RunError::Rejected(stops));
    }
    let generation = next_generation(place);
    let input = BuildInput {
        place,
        definitions,
        kpis,
        deliveries: &deliveries,
        as_of,
        known_at,
        fingerprint: &fingerprint,
        run_id: log.run_id(),
        generation,
        built_at: (options.now)(),
        limits,
    };
    options.progress.message("Building the generation");
    let built = build(&input, &|step| options.progress.message(&format!("Building {step}")))?;
    log.transition(RunState::Checked, (options.now)(), json!({ "generation": generation }))?;
    options.progress.message("Verifying and publishing");
    let current = publish(place, &built, generation, (options.now)(), options.verifier)?;
    log.transition(RunState::Published, (options.now)(), recovery::published(&current))?;
    let _ = fs::remove_dir_all(place.staging(log.run_id()));
    clear_old(place, definitions.settings.keep_generations as usize)?;
    Ok(report(Some(current), true, deliveries))
}

/// The deliveries that count in a run, in the order landed.
fn wanted(ledger: &Ledger, definitions: &Definitions, options: &RunOptions<'_>) -> Vec<Delivery> {
    let counts = |delivery: &Delivery| {
        definitions.collections.get(&delivery.collection).is_some_and(|collection| collection.runs)
            && options.known_at.is_none_or(|known_at| delivery.received_at <= known_at)
    };
    ledger.deliveries().into_iter().filter(counts).collect()
}

/// The key of pseudonyms, where one of these deliveries is about people.
fn key_for(
    place: &Place,
    definitions: &Definitions,
    deliveries: &[Delivery],
    options: &RunOptions<'_>,
) -> Result<Option<PseudonymKey>, RunError> {
    let mut collections = deliveries.iter().map(|delivery| &definitions.collections[&delivery.collection]);
    let Some(collection) = collections.find(|collection| collection.needs_key()) else { return Ok(None) };
    let key = pseudonym_key(place, definitions.settings.key.as_ref(), options.secret)?;
    let message = || {
        format!(
            "collection `{}` holds identifiers of people, and this place has no key to make pseudonyms of them",
            collection.name
        )
    };
    key.map_or_else(|| Err(RunError::Key { message: message() }), |key| Ok(Some(key)))
}

/// The deliveries that have been read, with their books as they stand, published or not.
///
/// # Errors
/// [`RunError::Ledger`] when the ledger cannot be read.
pub fn read_deliveries(place: &Place, definitions: &Definitions) -> Result<Vec<(Delivery, Book)>, RunError> {
    let deliveries = Ledger::open(place)?.deliveries().into_iter();
    let running =
        deliveries.filter(|delivery| definitions.running().any(|collection| collection.name == delivery.collection));
    Ok(running
        .filter_map(|delivery| Some((book_of(place, &delivery)?, delivery)))
        .map(|(book, one)| (one, book))
        .collect())
}

fn book_of(place: &Place, delivery: &Delivery) -> Option<Book> {
    let bytes = fs::read(place.book(&delivery.collection, &delivery.delivery_id)).ok()?;
    let book: Book = serde_json::from_slice(&bytes).ok().filter(|book: &Book| book.format == BOOK_FORMAT)?;
    let files =
        book.tables.iter().flat_map(|table| [&table.conformed, &table.quarantine, &table.refused_rows]).flatten();
    let whole = files
        .into_iter()
        .all(|file| fs::metadata(place.lake().join(&file.path)).is_ok_and(|metadata| metadata.len() == file.bytes));
    whole.then_some(book)
}

/// The books of a delivery under these definitions, if its files are all in the lake.
fn kept_book(place: &Place, definition: &str, delivery: &Delivery) -> Option<Book> {
    book_of(place, delivery).filter(|book| book.definition == definition)
}

fn keep_book(place: &Place, book: &Book) -> Result<(), RunError> {
    let path = place.book(&book.collection, &book.delivery_id);
    create_dir_durable(path.parent().unwrap_or(&place.lake()))?;
    let mut bytes = serde_json::to_vec_pretty(book).map_err(|error| RunError::Read(error.to_string()))?;
    bytes.push(b'\n');
    write_atomic(&path, &bytes)?;
    Ok(())
}

/// What decides the content of a generation.
fn fingerprint(
    definitions: &Definitions,
    deliveries: &[(Delivery, Book)],
    as_of: Date,
    known_at: Timestamp,
    key: Option<&PseudonymKey>,
) -> String {
    let mut lines: Vec<String> = deliveries
        .iter()
        .map(|(delivery, _)| format!("{} {} {:?}", delivery.delivery_id, delivery.received_at, delivery.maturity))
        .collect();
    lines.sort();
    let collections: Vec<&str> = definitions.running().map(|collection| collection.name.as_str()).collect();
    let key = key.map(PseudonymKey::fingerprint).unwrap_or_default();
    // Without an authority the text, and so the fingerprint of what is live, is what it was before there was one.
    let authority = definitions.settings.authority.as_ref().map_or_else(String::new, |code| format!("\n{code}"));
    let whole = format!(
        "{}\n{as_of}\n{known_at}\n{}\n{key}\n{}{authority}",
        definitions.hash,
        collections.join(" "),
        lines.join("\n")
    );
    hex(&Sha256::digest(whole.as_bytes()))
}

/// What stops the publish, in words. `current` are the deliveries that the sources hold now.
///
/// A file that was refused stops nothing any more once it is gone from its source, or a later one under its name was read; nor
/// do the bad rows of a file that a later one under its name replaces.
fn gates(definitions: &Definitions, deliveries: &[(Delivery, Book)], current: &[DeliveryId]) -> Vec<String> {
    let mut stops = Vec::new();
    let ranks = model::ranks(deliveries.iter().map(|(delivery, _)| delivery));
    let is_corrected = |delivery: &Delivery| {
        deliveries.iter().any(|(other, book)| {
            other.collection == delivery.collection
                && other.file_name == delivery.file_name
                && ranks.get(&other.delivery_id) > ranks.get(&delivery.delivery_id)
                && book.refused.is_none()
        })
    };
    for (delivery, book) in deliveries {
        let Some(collection) = definitions.collections.get(&delivery.collection) else { continue };
        let gate = collection.gate;
        let is_here = || current.contains(&delivery.delivery_id) && !is_corrected(delivery);
        if let Some(refused) = book.refused.as_ref().filter(|_| gate.refused_file_stops && is_here()) {
            let at = refused.at.as_ref().map_or_else(String::new, |at| format!(" ({at})"));
            stops.push(format!(
                "[{}] {}{at}: {}\n    hint: {}",
                refused.code, delivery.source, refused.message, refused.hint
            ));
        }
        for table in &book.tables {
            let share = table.rows_quarantined as f64 / table.rows_read.max(1) as f64;
            let replaces =
                collection.tables.get(&table.table).is_some_and(|contract| contract.disposition != Disposition::Append);
            let is_replaced = || replaces && is_corrected(delivery);
            if table.rows_quarantined > 0 && share > gate.max_quarantined_share && !is_replaced() {
                stops.push(format!(
                    "[gate::quarantined] {}: {} of {} rows are quarantined, more than {} %",
                    delivery.source,
                    table.rows_quarantined,
                    table.rows_read,
                    gate.max_quarantined_share * 100.0
                ));
            }
            let before = deliveries
                .iter()
                .filter(|(other, _)| {
                    other.collection == delivery.collection && other.received_at < delivery.received_at
                })
                .flat_map(|(other, book)| book.tables.iter().map(move |table| (other.received_at, table)))
                .filter(|(_, other)| other.layout == table.layout)
                .max_by_key(|(received_at, _)| *received_at);
            if let Some((_, before)) = before
                && (table.rows_accepted as f64) < before.rows_accepted as f64 * gate.min_rows_share
            {
                stops.push(format!(
                    "[gate::rows] {}: {} rows, where the delivery before had {}; at least {} % are asked for",
                    delivery.source,
                    table.rows_accepted,
                    before.rows_accepted,
                    gate.min_rows_share * 100.0
                ));
            }
        }
    }
    stops
}
