//! What came and what ran: deliveries, what the sources looked like, runs.
//!
//! In: deliveries from `source`, transitions from `run`. Out: the same, again, after any crash. Everything is below
//! `var/ledger`, one JSON value a line, appended and fsynced before the call returns; a line that was torn by a crash was
//! never acknowledged and is ignored. The books of a delivery lie in the lake, beside what they speak of. Not here: cell values of any kind.
//!
//! ```text
//! ledger/deliveries.jsonl   one line a delivery, in the order landed; never rewritten
//! ledger/decisions.jsonl    one line a decision about the place: withdrawn, held, pinned, and back again
//! ledger/seen.json          a cache: may be deleted, and is rewritten whole only when it changed
//! ledger/alerts.json        what goes wrong, and who was told of it
//! ledger/sources.json       when each source was last looked through, and how that ended
//! ledger/runs/000042.jsonl  one line a transition of run 42, each with the hash of the line before it
//! ```
//!
//! Opening a ledger and asking it writes nothing: folders and files appear at the first thing that is worth recording.

mod alerted;
mod books;
mod decision;
pub(crate) mod disk;
mod error;
mod lines;
mod looked;
mod run_log;
mod run_read;
mod seen;

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;

use jiff::Timestamp;

use crate::lake::Place;
use crate::model::{Delivery, DeliveryId, Refusal};
pub use alerted::{AlertStage, OpenTrouble, keep_troubles, open_troubles};
pub use books::{book_of, keep_book, kept_book};
pub use decision::{Decision, Decisions, Pin, Withdrawal};
pub use error::LedgerError;
use lines::Lines;
pub use looked::SourceLook;
pub use run_log::{RunLog, RunState};
pub use run_read::RunSummary;
pub(crate) use seen::{Look, Seen, SeenFile, Version, is_below};

/// The ledger of one place. One writer at a time: whoever writes holds the run lock; reading needs no lock.
#[derive(Debug)]
pub struct Ledger {
    place: Place,
    deliveries: Vec<Delivery>,
    by_id: HashMap<DeliveryId, usize>,
    /// The last delivery of a collection from each source.
    last: HashMap<(String, String), usize>,
    delivery_lines: Lines,
    decisions: Decisions,
    decision_lines: Lines,
    seen: Seen,
    looks: Vec<SourceLook>,
}

impl Ledger {
    /// Reads the ledger of a place; a place that has none has an empty one. Writes nothing.
    ///
    /// # Errors
    /// [`LedgerError::Io`] when a file is there and cannot be read, [`LedgerError::Corrupt`] when a line before the last is
    /// not what its file holds.
    pub fn open(place: &Place) -> Result<Self, LedgerError> {
        let delivery_lines = Lines::new(place.var(), place.ledger().join("deliveries.jsonl"));
        let decision_lines = Lines::new(place.var(), place.ledger().join("decisions.jsonl"));
        let mut ledger = Self {
            place: place.clone(),
            deliveries: Vec::new(),
            by_id: HashMap::new(),
            last: HashMap::new(),
            seen: Seen::read(&seen_path(place)),
            looks: looked::read(&looks_path(place)),
            delivery_lines,
            decisions: Decisions::default(),
            decision_lines,
        };
        for delivery in ledger.delivery_lines.read::<Delivery>()? {
            ledger.remember(delivery);
        }
        for decision in ledger.decision_lines.read::<Decision>()? {
            ledger.decisions.take(decision);
        }
        Ok(ledger)
    }

    /// What was decided about the place, as it stands.
    #[must_use]
    pub fn decisions(&self) -> &Decisions {
        &self.decisions
    }

    /// Records a decision; it is durable when this returns.
    ///
    /// # Errors
    /// [`LedgerError::Io`] when the line could not be written and fsynced.
    pub fn decide(&mut self, decision: Decision) -> Result<(), LedgerError> {
        self.decision_lines.append(&decision)?;
        self.decisions.take(decision);
        Ok(())
    }

    /// Every delivery, in the order landed.
    #[must_use]
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.deliveries.clone()
    }

    /// What the sources held when they were last looked through; every delivery where that is not known any more.
    #[must_use]
    pub fn held_last(&self) -> Vec<DeliveryId> {
        let held: BTreeSet<&DeliveryId> = self.seen.deliveries().collect();
        if held.is_empty() {
            return self.deliveries.iter().map(|delivery| delivery.delivery_id.clone()).collect();
        }
        held.into_iter().cloned().collect()
    }

    /// What was refused for good in the archives that the sources held when they were last looked through, by collection.
    #[must_use]
    pub fn refused_last(&self) -> Vec<(String, Refusal)> {
        self.seen.refused().map(|(collection, refused)| (collection.to_owned(), refused.clone())).collect()
    }

    /// One delivery by its id.
    #[must_use]
    pub fn delivery(&self, id: &DeliveryId) -> Option<&Delivery> {
        self.by_id.get(id).and_then(|&index| self.deliveries.get(index))
    }

    /// The last delivery of a collection that came from this path or address.
    pub(crate) fn last_from(&self, collection: &str, source: &str) -> Option<&Delivery> {
        self.deliveries.get(*self.last.get(&(collection.to_owned(), source.to_owned()))?)
    }

    /// Records a delivery whose bytes are landed; it is durable when this returns. A delivery that is known is not written
    /// again: what was declared when it first landed stands.
    ///
    /// # Errors
    /// [`LedgerError::Io`] when the line could not be written and fsynced.
    pub fn record_delivery(&mut self, delivery: &Delivery) -> Result<(), LedgerError> {
        if self.by_id.contains_key(&delivery.delivery_id) {
            return Ok(());
        }
        self.delivery_lines.append(delivery)?;
        self.remember(delivery.clone());
        Ok(())
    }

    /// Reserves the next run's id, in memory only: the file appears with the first transition, so that a run that finds
    /// nothing to do leaves nothing behind.
    ///
    /// # Errors
    /// [`LedgerError::Io`] when the folder of runs is there and cannot be read.
    pub fn start_run(&self, now: Timestamp) -> Result<RunLog, LedgerError> {
        let last = run_read::run_ids(&self.runs_folder())?.last().and_then(|id| id.parse::<u64>().ok()).unwrap_or(0);
        Ok(RunLog::reserve(self.place.var(), &self.runs_folder(), &format!("{:06}", last + 1), now))
    }

    /// Every run on record, oldest first.
    ///
    /// # Errors
    /// [`LedgerError::Io`] when the folder or a file in it cannot be read.
    pub fn runs(&self) -> Result<Vec<RunSummary>, LedgerError> {
        let folder = self.runs_folder();
        run_read::run_ids(&folder)?.iter().map(|id| run_read::summary(&folder, id)).collect()
    }

    /// The runs that never reached an end: they were killed, or (if the run lock is held elsewhere) are running.
    ///
    /// # Errors
    /// As [`Ledger::runs`].
    pub fn unfinished_runs(&self) -> Result<Vec<RunSummary>, LedgerError> {
        Ok(self.runs()?.into_iter().filter(|run| !run.is_finished()).collect())
    }

    /// Ends a run that was killed, as `abandoned`. A run that has an end is left as it is.
    ///
    /// # Errors
    /// [`LedgerError::NoSuchRun`] when there is no such run, [`LedgerError::Io`] when the line could not be written.
    pub fn abandon(&self, run_id: &str, now: Timestamp) -> Result<(), LedgerError> {
        self.end(run_id, RunState::Abandoned, now, serde_json::json!({}))
    }

    /// Ends a run that was killed after readers saw its generation, as `published`: the rename had made it so. A run that
    /// has an end is left as it is.
    ///
    /// # Errors
    /// As [`Ledger::abandon`].
    pub fn roll_forward(&self, run_id: &str, now: Timestamp, payload: serde_json::Value) -> Result<(), LedgerError> {
        self.end(run_id, RunState::Published, now, payload)
    }

    fn end(
        &self,
        run_id: &str,
        state: RunState,
        now: Timestamp,
        mut payload: serde_json::Value,
    ) -> Result<(), LedgerError> {
        let folder = self.runs_folder();
        if !run_read::run_ids(&folder)?.iter().any(|id| id == run_id) {
            return Err(LedgerError::NoSuchRun { run_id: run_id.to_owned(), folder });
        }
        let summary = run_read::summary(&folder, run_id)?;
        if summary.is_finished() {
            return Ok(());
        }
        payload["after"] = serde_json::json!(summary.state);
        RunLog::resume(self.place.var(), &folder, &summary).transition(state, now, payload)
    }

    /// What the sources looked like when they were last looked through.
    pub(crate) fn seen(&self) -> &Seen {
        &self.seen
    }

    /// The same, to be changed; [`Ledger::save_seen`] makes it last.
    pub(crate) fn seen_mut(&mut self) -> &mut Seen {
        &mut self.seen
    }

    /// Writes what the sources looked like, if it changed.
    pub(crate) fn save_seen(&mut self) -> Result<(), LedgerError> {
        self.seen.save(self.place.var(), &seen_path(&self.place))
    }

    /// When each source was last looked through, and how that ended, in the order of the config.
    #[must_use]
    pub fn looks(&self) -> &[SourceLook] {
        &self.looks
    }

    /// Records that the sources of the config were looked through: each by collection and place, with why it could not be read.
    ///
    /// # Errors
    /// [`LedgerError::Io`] when the file could not be written.
    pub fn record_looks(
        &mut self,
        looked: impl Iterator<Item = (String, String, Option<String>)>,
        now: Timestamp,
    ) -> Result<(), LedgerError> {
        let last_success = |collection: &str, source: &str| {
            let last = self.looks.iter().find(|look| look.collection == collection && look.source == source);
            last.and_then(|look| look.last_success)
        };
        self.looks = looked
            .map(|(collection, source, unread)| SourceLook {
                last_success: if unread.is_none() { Some(now) } else { last_success(&collection, &source) },
                collection,
                source,
                last_try: now,
                unread,
            })
            .collect();
        looked::save(&self.looks, self.place.var(), &looks_path(&self.place))
    }

    fn remember(&mut self, delivery: Delivery) {
        if !self.by_id.contains_key(&delivery.delivery_id) {
            self.by_id.insert(delivery.delivery_id.clone(), self.deliveries.len());
            self.last.insert((delivery.collection.clone(), delivery.source.clone()), self.deliveries.len());
            self.deliveries.push(delivery);
        }
    }

    fn runs_folder(&self) -> PathBuf {
        self.place.ledger().join("runs")
    }
}

fn looks_path(place: &Place) -> PathBuf {
    place.ledger().join("sources.json")
}

fn seen_path(place: &Place) -> PathBuf {
    place.ledger().join("seen.json")
}

#[cfg(test)]
mod tests;
