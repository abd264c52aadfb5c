//! The plan and the steps in order: the page to read first.
//!
//! ```text
//! lock ─► recover ─► fetch ─► conform what is new ─► what counts ─► nothing to do? ─► build ─► check ─► verify ─► publish
//! ```
//!
//! What does not pass its gate holds its own collection, which keeps what it had: see `standing`.
//!
//! A generation is decided by its fingerprint: definitions, deliveries, as-of and known-at. The same fingerprint as the
//! live one means that there is nothing to do, and nothing is written.

mod computed;
mod conform;
mod error;
mod fingerprint;
mod gates;
mod kept_definitions;
mod key;
mod kpi_trials;
mod movement;
mod past;
mod pipe;
mod quarantine;
mod readiness;
mod reading;
mod recovery;
mod replay;
mod samples;
mod sheet_faults;
mod standing;
mod steer;
mod stop;
mod told;
mod troubles;
mod unread_sheets;
mod verdict;

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;

use crate::definitions::{Definitions, Problems, no_kpis};
use crate::lake::{Place, create_dir_shared};
use crate::ledger::{Ledger, Pin, RunLog, RunState, book_of};
use crate::model::{Book, Delivery, DeliveryId, PseudonymKey};
use crate::read::Containment;
use crate::source::{FetchOptions, FetchReport, LookedSource, Progress, SourceProblem, fetch};
use crate::warehouse::{
    ASIDE, Aside, Asked, BuildInput, Current, EngineLimits, RunLock, Verification, WarehouseError, build, clear_old,
    live, next_generation, publish, recover, write_aside,
};
pub use computed::computed;
pub use conform::conform;
pub use error::RunError;
pub use gates::GateReason;
pub use kept_definitions::packed_now;
pub use key::{outside, pseudonym_key};
pub use kpi_trials::{TriedKpi, try_kpis};
pub use movement::{FigureState, KnownBy, Movement, Movements, STEPS, movements, movements_of, state_of};
pub use readiness::{DueReturn, Readiness, ReadyReturn, ReturnedPart, readiness};
pub use replay::{Replay, ReplayedFile, ReplayedTable, RuleChange, replay, try_replay};
pub use samples::{Tried, try_samples};
pub use standing::{Held, Standing, standing_now};
pub use steer::{Decider, MeantDelivery, file_names, meant, restore, resume, rollback, withdraw};
pub use troubles::{late, troubles};

/// What a run is asked for, and what it needs from the edge of the program.
pub struct RunOptions<'a> {
    /// The date that the KPIs speak for; default the day of the newest delivery, so that a night without news changes nothing.
    pub as_of: Option<Date>,
    /// Only deliveries received by the end of this day, where the place is, count; default all.
    pub known_at: Option<Date>,
    /// A folder into which the generation is written, instead of publishing it.
    pub out: Option<&'a Path>,
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
    /// What counts, what is held, and what was taken back.
    pub standing: Standing,
    /// The generation that was written into a folder of its own, where that was asked for.
    pub aside: Option<Aside>,
    /// The generation that stays live, where somebody rolled back to it: nothing was published.
    pub pinned: Option<Pin>,
    /// What the sources had to tell.
    pub problems: Vec<SourceProblem>,
    /// The sources that were looked through, and what of each could not be read.
    pub sources: Vec<LookedSource>,
}

/// Runs everything once.
///
/// # Errors
/// [`RunError`], whose exit code says what kind of trouble it is. The last generation is then still served.
pub fn run(place: &Place, definitions: &Definitions, options: &RunOptions<'_>) -> Result<RunReport, RunError> {
    let _lock = lock(place, options)?;
    locked(place, definitions, options, Bring::FromSources)
}

/// Writes the generation of a day into a folder of its own, as [`run`] does with `options.out`, of what has been landed: no source is
/// looked through, and what is live stays.
///
/// # Errors
/// As [`run`].
pub fn frozen(place: &Place, definitions: &Definitions, options: &RunOptions<'_>) -> Result<RunReport, RunError> {
    let _lock = lock(place, options)?;
    locked(place, definitions, options, Bring::Nothing)
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
    if let Some(problem) = no_kpis(&place.sql()) {
        return Err(RunError::Definitions(Problems(vec![problem])));
    }
    let mut ledger = Ledger::open(place)?;
    recover(place)?;
    recovery::settle_pin(place, &ledger)?;
    recovery::end_killed_runs(place, &ledger, options.now)?;
    let mut log = ledger.start_run((options.now)())?;
    let outcome = steps(place, definitions, options, bring, &mut ledger, &mut log);
    if let Err(error) = &outcome {
        let state = if error.exit_code() == 65 { RunState::Rejected } else { RunState::Failed };
        let staging = place.staging(log.run_id());
        let _ = fs::remove_dir_all(&staging);
        log.transition(state, (options.now)(), json!({ "exit_code": error.exit_code() }))?;
    }
    outcome
}

fn steps(
    place: &Place,
    definitions: &Definitions,
    options: &RunOptions<'_>,
    bring: Bring,
    ledger: &mut Ledger,
    log: &mut RunLog,
) -> Result<RunReport, RunError> {
    past::refuse(place, options)?;
    let limits = EngineLimits::from(&definitions.settings);
    let fetched = match bring {
        Bring::Nothing => FetchReport { current: ledger.held_last(), ..FetchReport::default() },
        Bring::FromSources => {
            let fetch_options = FetchOptions {
                limits: crate::source::ArchiveLimits::default(),
                backoff: crate::source::Backoff::default(),
                secret: options.secret,
                zone: definitions.settings.zone.clone(),
                seed: log.started_at().as_millisecond().unsigned_abs(),
            };
            let fetched =
                fetch(&definitions.sources, place, ledger, (options.now)(), &fetch_options, options.progress)?;
            let looked = fetched.sources.iter().map(|one| {
                let unread = one.unread.first().map(ToString::to_string);
                (one.collection.clone(), one.source.clone(), unread)
            });
            ledger.record_looks(looked, (options.now)())?;
            fetched
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
    let (read, conformed) = reading::read(place, definitions, wanted, key, options)?;
    if conformed > 0 {
        log.transition(RunState::Conformed, (options.now)(), json!({ "deliveries": conformed }))?;
    }
    let mut standing = standing::standing(place, definitions, ledger, read, &fetched.current)?;
    if options.out.is_none() {
        recovery::remember_holds(ledger, log.run_id(), &mut standing, (options.now)())?;
    }
    let not_counted = told::not_counted(ledger, definitions, &standing);
    let deliveries = &standing.counts;
    // A file that was refused says nothing, and so moves no date.
    let taken = deliveries.iter().filter(|(_, book)| book.refused.is_none());
    let newest = taken.map(|(delivery, _)| delivery.received_at).max().unwrap_or(Timestamp::UNIX_EPOCH);
    let known_at = known_until(definitions, options).unwrap_or(newest);
    let as_of = options.as_of.unwrap_or_else(|| definitions.settings.zone.day_of(newest));
    let fingerprint = fingerprint::fingerprint(definitions, deliveries, &not_counted, as_of, known_at, key);
    let current = live(place);
    let pin = ledger.decisions().pin.clone().filter(|_| options.out.is_none());
    let report = |current: Option<Current>, published: bool, standing: Standing| RunReport {
        current,
        published,
        landed: fetched.landed.len(),
        known: fetched.known,
        conformed,
        standing,
        aside: None,
        pinned: pin.clone(),
        problems: fetched.problems.clone(),
        sources: fetched.sources.clone(),
    };
    let is_news = conformed > 0 || !fetched.landed.is_empty();
    if let Some(pin) = &pin {
        if is_news {
            log.transition(RunState::Pinned, (options.now)(), json!({ "generation": pin.generation }))?;
        }
        return Ok(report(current, false, standing));
    }
    if options.out.is_none() && current.as_ref().is_some_and(|current| current.fingerprint == fingerprint) {
        if is_news {
            log.transition(
                RunState::Noop,
                (options.now)(),
                json!({ "generation": current.as_ref().map(|current| current.generation) }),
            )?;
        }
        return Ok(report(current, false, standing));
    }
    if !standing.stops.is_empty() {
        return Err(RunError::Rejected(
            told::words(&standing.stops).into_iter().chain(told::strays(&standing)).collect(),
        ));
    }
    if current.is_none() && !standing.held.is_empty() && !standing.has_rows() {
        // There is nothing that the held collections could keep, and nothing beside them.
        let reasons = told::words(standing.held.iter().flat_map(|held| &held.reasons));
        return Err(RunError::Rejected(reasons.into_iter().chain(told::strays(&standing)).collect()));
    }
    if current.is_none() && bring == Bring::FromSources && !standing.has_rows() {
        let sources = match definitions.sources.len() {
            1 => "the one source".to_owned(),
            many => format!("the {many} sources"),
        };
        let unread = fetched.problems.iter().map(|problem| format!("{problem}; {}", problem.hint)).collect();
        return Err(RunError::NothingCame { sources, unread });
    }
    let generation = if options.out.is_some() { ASIDE } else { next_generation(place) };
    let input = BuildInput {
        place,
        definitions,
        deliveries,
        not_counted: &not_counted,
        as_of,
        known_at,
        fingerprint: &fingerprint,
        run_id: log.run_id(),
        generation,
        built_at: (options.now)(),
        limits,
    };
    options.progress.message("Building the generation");
    let built = build(&input, &|done, of, step| options.progress.step(done, of, &format!("building {step}")))?;
    let words = past::words(definitions, &input);
    log.transition(RunState::Checked, (options.now)(), json!({ "generation": generation }))?;
    if let Some(folder) = options.out {
        options.progress.message("Verifying and writing");
        let aside = write_aside(&built, folder, &words, (options.now)(), options.verifier)?;
        let _ = fs::remove_dir_all(place.staging(log.run_id()));
        log.transition(
            RunState::Aside,
            (options.now)(),
            json!({ "sha256": aside.current.sha256, "rows": aside.current.rows }),
        )?;
        return Ok(RunReport { aside: Some(aside), ..report(current, false, standing) });
    }
    options.progress.message("Verifying and publishing");
    kept_definitions::keep(place, definitions)?;
    let current = publish(place, &built, generation, (options.now)(), options.verifier)?;
    // Readers have it: what fails from here on is told, and the next run ends it.
    let ledger_says = log.transition(RunState::Published, (options.now)(), recovery::published(&current));
    let _ = fs::remove_dir_all(place.staging(log.run_id()));
    let cleared = clear_old(place, definitions.settings.keep_generations as usize);
    let forgot = kept_definitions::clear(place);
    let left: [(&str, Option<RunError>); 3] = [
        ("the ledger does not say so yet", ledger_says.err().map(RunError::from)),
        ("old generations are not cleared away", cleared.err().map(RunError::from)),
        ("old definitions are not cleared away", forgot.err()),
    ];
    for (what, error) in left.iter().filter_map(|(what, error)| Some((what, error.as_ref()?))) {
        tracing::warn!(generation = current.generation, %error, "Published, but {what}");
    }
    Ok(report(Some(current), true, standing))
}

/// The last moment by which a delivery had to be received to count; none where all do.
fn known_until(definitions: &Definitions, options: &RunOptions<'_>) -> Option<Timestamp> {
    definitions.settings.zone.end_of(options.known_at?)
}

/// The deliveries that count in a run, in the order landed.
fn wanted(ledger: &Ledger, definitions: &Definitions, options: &RunOptions<'_>) -> Vec<Delivery> {
    let known_until = known_until(definitions, options);
    let counts = |delivery: &Delivery| {
        definitions.collections.get(&delivery.collection).is_some_and(|collection| collection.runs)
            && !ledger.decisions().withdrawn.contains_key(&delivery.delivery_id)
            && known_until.is_none_or(|known_at| delivery.received_at <= known_at)
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

/// The deliveries that have been read, with their books as they stand, published or not; but for those that were withdrawn, or
/// taken back before they were ever published.
///
/// # Errors
/// [`RunError`] when the ledger, or what the live generation has, cannot be read.
pub fn read_deliveries(place: &Place, definitions: &Definitions) -> Result<Vec<(Delivery, Book)>, RunError> {
    let ledger = Ledger::open(place)?;
    let read = read_of(place, definitions, &ledger);
    let standing = standing::standing(place, definitions, &ledger, read.clone(), &ledger.held_last())?;
    let is_back = |id: &DeliveryId| standing.taken_back.iter().any(|back| back.delivery_id == *id);
    Ok(read.into_iter().filter(|(delivery, _)| !is_back(&delivery.delivery_id)).collect())
}

/// The deliveries that were read and not withdrawn, with their books as they stand.
fn read_of(place: &Place, definitions: &Definitions, ledger: &Ledger) -> Vec<(Delivery, Book)> {
    let withdrawn = &ledger.decisions().withdrawn;
    ever_read(place, definitions, ledger, &|delivery| !withdrawn.contains_key(&delivery.delivery_id))
}

/// The deliveries that were ever read, those too that were withdrawn since, as far as they are wanted.
fn ever_read(
    place: &Place,
    definitions: &Definitions,
    ledger: &Ledger,
    is_wanted: &dyn Fn(&Delivery) -> bool,
) -> Vec<(Delivery, Book)> {
    let runs = |delivery: &Delivery| definitions.running().any(|collection| collection.name == delivery.collection);
    let wanted = ledger.deliveries().into_iter().filter(|delivery| runs(delivery) && is_wanted(delivery));
    wanted.filter_map(|delivery| Some((book_of(place, &delivery)?, delivery))).map(|(book, one)| (one, book)).collect()
}
