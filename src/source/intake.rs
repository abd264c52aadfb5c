//! The intake: what every source brings comes through here, is landed, and is recorded once.

use std::collections::HashSet;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::landing::{Incoming, Landing};
use super::problem::SourceFault;
use super::{FetchOptions, FetchReport, Progress, SourceError, SourceProblem};
use crate::definitions::Source;
use crate::ledger::{Ledger, Look};
use crate::model::{Delivery, DeliveryId, hex};

/// The name of a delivery: the first 16 hexadecimal digits of the SHA-256 of collection, NUL, the bytes' SHA-256 and, where the
/// layouts of the collection read something from the file's name, NUL and that: the autumn and the spring list of schools may
/// be the same bytes, and are two deliveries.
///
/// ```
/// use sendmart::source::delivery_id;
/// let one = delivery_id("gias", &"ab".repeat(32), "");
/// assert_eq!(one.0.len(), 16);
/// assert_ne!(one, delivery_id("published_ehcp", &"ab".repeat(32), ""));
/// assert_ne!(one, delivery_id("gias", &"ab".repeat(32), "2025-01-31"));
/// ```
#[must_use]
pub fn delivery_id(collection: &str, sha256: &str, from_name: &str) -> DeliveryId {
    let mut hash = Sha256::new();
    hash.update(collection.as_bytes());
    hash.update([0]);
    hash.update(sha256.as_bytes());
    if !from_name.is_empty() {
        hash.update([0]);
        hash.update(from_name.as_bytes());
    }
    DeliveryId(hex(&hash.finalize()[..8]))
}

/// What one fetch carries about.
pub(super) struct Intake<'a> {
    pub(super) ledger: &'a mut Ledger,
    pub(super) landing: Landing,
    pub(super) now: Timestamp,
    pub(super) options: &'a FetchOptions<'a>,
    pub(super) progress: &'a dyn Progress,
    pub(super) report: FetchReport,
    /// Which source is looked through, of how many.
    pub(super) source: (usize, usize),
    held: HashSet<DeliveryId>,
    /// Where files stand, and ways of looking, that this fetch has vouched for.
    pub(super) looked: HashSet<(String, String)>,
    /// Sources that could not be looked through, by where their files stand: what was known of them stays.
    pub(super) unreached: Vec<String>,
}

impl<'a> Intake<'a> {
    pub(super) fn new(
        ledger: &'a mut Ledger,
        landing: Landing,
        now: Timestamp,
        options: &'a FetchOptions<'a>,
        progress: &'a dyn Progress,
    ) -> Self {
        Self {
            ledger,
            landing,
            now,
            options,
            progress,
            report: FetchReport::default(),
            source: (0, 0),
            held: HashSet::new(),
            looked: HashSet::new(),
            unreached: Vec::new(),
        }
    }

    /// Says what is looked at.
    pub(super) fn looks_at(&self, shown: &str) {
        let of = match self.source {
            (_, 0 | 1) => "Looking at".to_owned(),
            (one, all) => format!("Source {one} of {all}: looking at"),
        };
        self.progress.message(&format!("{of} {shown}"));
    }

    /// Lands bytes and records them as a delivery, unless this collection has had the same bytes (and the same from their name)
    /// before. Bytes that take the place of others under their name are a delivery though they had been there before those:
    /// whoever puts an old file back wants it to count.
    pub(super) fn admit(
        &mut self,
        source: &Source,
        from: String,
        file_name: &str,
        incoming: Incoming,
    ) -> Result<DeliveryId, SourceError> {
        let names = source.from_name(file_name);
        let mut id = delivery_id(&source.collection, &incoming.sha256, &names);
        let is_put_back = self.is_put_back(&source.collection, &from, &incoming.sha256);
        let mut times = 0;
        while is_put_back && self.ledger.delivery(&id).is_some() {
            times += 1;
            id = delivery_id(&source.collection, &incoming.sha256, &format!("{names}\0put back {times}"));
        }
        let delivery = Delivery {
            delivery_id: id.clone(),
            collection: source.collection.clone(),
            file_name: file_name.to_owned(),
            source: from,
            received_at: source.received.and_then(|day| self.options.zone.start_of(day)).unwrap_or(self.now),
            bytes: incoming.bytes,
            sha256: incoming.sha256.clone(),
            maturity: source.maturity.clone(),
        };
        self.landing.settle(incoming)?;
        if self.ledger.delivery(&id).is_some() {
            self.report.known += 1;
        } else {
            self.ledger.record_delivery(&delivery)?;
            tracing::debug!(delivery = %id, collection = %delivery.collection, bytes = delivery.bytes, "Landed file");
            self.report.landed.push(delivery);
        }
        self.hold(&id);
        Ok(id)
    }

    /// Whether what stands under this name now is not what stood there last.
    fn is_put_back(&self, collection: &str, from: &str, sha256: &str) -> bool {
        self.ledger.last_from(collection, from).is_some_and(|last| last.sha256 != sha256)
    }

    /// Whether what a look gave is all still recorded and landed, so that there is no need to look again.
    pub(super) fn still_has(&self, look: &Look) -> bool {
        look.deliveries.iter().all(|id| {
            self.ledger.delivery(id).is_some_and(|delivery| self.landing.holds(&delivery.sha256, delivery.bytes))
        })
    }

    /// Reports what a look gave, as of a source that has not changed.
    pub(super) fn repeat(&mut self, look: &Look) {
        self.report.known += look.deliveries.len();
        for id in &look.deliveries {
            self.hold(id);
        }
        self.report.problems.extend(look.refused.iter().map(SourceProblem::from_refusal));
    }

    /// What was seen of a file stays remembered.
    pub(super) fn vouch(&mut self, at: &str, way: &str) {
        self.looked.insert((at.to_owned(), way.to_owned()));
    }

    /// Reports a problem.
    pub(super) fn refuse(&mut self, from: &str, problem: &SourceFault) {
        self.report.problems.push(SourceProblem::new(from, problem));
    }

    /// Reports a problem and adds it to the look, so that it is told again while the source does not change.
    pub(super) fn refuse_in(&mut self, look: &mut Look, from: &str, problem: &SourceFault) {
        let told = SourceProblem::new(from, problem);
        look.refused.push(told.to_refusal());
        self.report.problems.push(told);
    }

    fn hold(&mut self, id: &DeliveryId) {
        if self.held.insert(id.clone()) {
            self.report.current.push(id.clone());
        }
    }
}

/// The last part of a path with `/`.
pub(super) fn last_part(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Hash of how a source is looked through, for the cache of what was seen.
pub(super) fn way_of_looking(parts: &[&[String]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        for text in *part {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text.as_bytes());
        }
    }
    hex(&hash.finalize()[..8])
}
