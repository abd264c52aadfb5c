//! What counts: of the deliveries that were read, those that a generation is built of, and what became of the others.
//!
//! | a delivery | |
//! |---|---|
//! | passes its gate, as do the others of its collection | counts |
//! | of a collection of which one does not pass | counts if it stands in the live generation, otherwise it waits |
//! | does not pass, was never published, and is gone from its source | was taken back: it counts no more |
//!
//! In: deliveries with their books, the live generation, what the sources hold. Out: [`Standing`]. Nothing is written here.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;

use super::RunError;
use super::gates::{GateReason, failing_alone, packed, reasons};
use super::readiness::CALENDAR;
use crate::definitions::{Definitions, OnRefusal};
use crate::lake::Place;
use crate::ledger::Ledger;
use crate::model::{Book, Delivery, DeliveryId};
use crate::warehouse::{LiveDelivery, live_deliveries};

/// A collection that keeps what it had, since something that came for it does not pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Held {
    /// The collection.
    pub collection: String,
    /// When a run first found it so; none before one has.
    pub since: Option<Timestamp>,
    /// Why, delivery by delivery.
    pub reasons: Vec<GateReason>,
    /// The deliveries that count: those that it has in the live generation.
    pub keeps: Vec<DeliveryId>,
    /// The deliveries that passed and wait for the others.
    pub waiting: Vec<DeliveryId>,
}

/// The deliveries that were read, by what became of them.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// What a generation is built of.
    pub counts: Vec<(Delivery, Book)>,
    /// Collections that are held.
    pub held: Vec<Held>,
    /// Deliveries that were taken out of their source before they were ever published, and did not pass.
    pub taken_back: Vec<Delivery>,
    /// Why nothing may be published.
    pub stops: Vec<GateReason>,
}

impl Standing {
    /// Files that no layout is for, and that hold nothing.
    pub fn strays(&self) -> impl Iterator<Item = (&Delivery, &crate::model::Refusal)> {
        let strays = self.counts.iter().filter(|(_, book)| book.is_stray);
        strays.filter_map(|(delivery, book)| Some((delivery, book.refused.as_ref()?)))
    }

    /// Whether anything that counts was read, beside the school days that a place has of itself.
    pub(super) fn has_rows(&self) -> bool {
        self.counts.iter().any(|(delivery, book)| book.refused.is_none() && delivery.collection != CALENDAR)
    }
}

/// Decides what counts. `current` are the deliveries that the sources hold now.
///
/// # Errors
/// [`RunError`] when the live generation cannot be asked for what it has.
pub(super) fn standing(
    place: &Place,
    definitions: &Definitions,
    ledger: &Ledger,
    read: Vec<(Delivery, Book)>,
    current: &[DeliveryId],
) -> Result<Standing, RunError> {
    let here: BTreeSet<&DeliveryId> = current.iter().collect();
    let failing = |deliveries: &[(Delivery, Book)]| reasons(definitions, deliveries);
    let mut found = failing(&read);
    let packed = packed(definitions, &ledger.refused_last());
    let mut standing = Standing { counts: read, ..Standing::default() };
    // A corrected file took the place of one that never passed: that one is no release of its own, which was revised.
    let alone: BTreeSet<DeliveryId> = failing_alone(definitions, &standing.counts).into_iter().cloned().collect();
    let is_gone = |(delivery, book): &(Delivery, Book)| {
        let id = &delivery.delivery_id;
        !here.contains(id) && (book.is_stray || alone.contains(id))
    };
    if found.is_empty() && packed.is_empty() && !standing.counts.iter().any(is_gone) {
        return Ok(standing);
    }
    let live: BTreeMap<DeliveryId, LiveDelivery> =
        live_deliveries(place)?.into_iter().map(|live| (live.delivery_id.clone(), live)).collect();
    let failed: BTreeSet<DeliveryId> = found.iter().filter_map(|reason| reason.delivery_id.clone()).collect();
    let was_published = |id: &DeliveryId| live.get(id).is_some_and(|live| !live.is_refused);
    let (back, counts): (Vec<_>, Vec<_>) = standing.counts.into_iter().partition(|each| {
        let id = &each.0.delivery_id;
        let never_passed = failed.contains(id) || alone.contains(id);
        !here.contains(id) && (each.1.is_stray || never_passed && !was_published(id))
    });
    standing.counts = counts;
    standing.taken_back = back.into_iter().map(|(delivery, _)| delivery).collect();
    if !standing.taken_back.is_empty() {
        found = failing(&standing.counts);
    }
    let mut by_collection: BTreeMap<String, Vec<GateReason>> = BTreeMap::new();
    for reason in found.into_iter().chain(packed) {
        by_collection.entry(reason.collection.clone()).or_default().push(reason);
    }
    for (collection, reasons) in by_collection {
        let lost = |reason: &&GateReason| {
            let was = reason.delivery_id.as_ref().and_then(|id| live.get(id)).map_or(0, |live| live.rows_accepted);
            let is =
                standing.counts.iter().find(|(delivery, _)| reason.delivery_id.as_ref() == Some(&delivery.delivery_id));
            is.is_some_and(|(_, book)| book.tables.iter().map(|table| table.rows_accepted).sum::<u64>() < was)
        };
        let lost: Vec<GateReason> = reasons.iter().filter(lost).cloned().collect();
        if definitions.collections[&collection].gate.on_refusal == OnRefusal::Stop {
            standing.stops.extend(reasons);
            continue;
        }
        if !lost.is_empty() {
            standing.stops.extend(lost.into_iter().map(definitions_changed));
            continue;
        }
        let mut held = Held {
            since: ledger.decisions().held.get(&collection).copied(),
            collection,
            reasons,
            keeps: Vec::new(),
            waiting: Vec::new(),
        };
        let failed: BTreeSet<&DeliveryId> =
            held.reasons.iter().filter_map(|reason| reason.delivery_id.as_ref()).collect();
        standing.counts.retain(|(delivery, book)| {
            let id = &delivery.delivery_id;
            if delivery.collection != held.collection || book.is_stray {
                return true;
            }
            if live.contains_key(id) {
                held.keeps.push(id.clone());
                return true;
            }
            if !failed.contains(id) {
                held.waiting.push(id.clone());
            }
            false
        });
        standing.held.push(held);
    }
    Ok(standing)
}

/// A delivery that is live does not pass any more, and with fewer rows than it has there: it cannot be kept as it was.
fn definitions_changed(mut reason: GateReason) -> GateReason {
    reason.message += "; it is live with more rows, and by the definitions of now it cannot be kept as it was";
    reason.hint = Some(
        "mend the definition that changed (`sendmart replay --dry-run` tries it), or withdraw the delivery".to_owned(),
    );
    reason
}

/// What counts by the books as they stand and by what the sources held last, without reading or writing anything.
///
/// # Errors
/// [`RunError`] when the ledger or the live generation cannot be read.
pub fn standing_now(place: &Place, definitions: &Definitions) -> Result<Standing, RunError> {
    let ledger = Ledger::open(place)?;
    let read = super::read_of(place, definitions, &ledger);
    standing(place, definitions, &ledger, read, &ledger.held_last())
}
