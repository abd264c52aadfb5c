//! What people decide about a place: a delivery that counts no more, and again; a generation that stays, and no longer.
//!
//! In: a decision, by whom and why. Out: one line of the ledger, durable before the call returns. Nothing is built: the next
//! run follows. The run lock is held meanwhile, so that no run which is under way has begun with another answer.

use jiff::Timestamp;

use super::recovery::{end_killed_runs, settle_pin};
use super::{RunError, book_of};
use crate::lake::{Place, create_dir_shared};
use crate::ledger::{Decision, Ledger, Pin};
use crate::model::{Delivery, DeliveryId};
use crate::warehouse::{self, Asked, Current, RunLock, generations, recover};

/// The shortest beginning of an id that is taken for one.
const SHORTEST_ID: usize = 4;

/// Who decides, and when.
pub struct Decider<'a> {
    /// The user, as this machine knows them.
    pub by: String,
    /// This process, told to whoever finds the lock held.
    pub holder: String,
    /// The clock.
    pub now: &'a dyn Fn() -> Timestamp,
}

/// A delivery that a person may mean.
#[derive(Debug, Clone)]
pub struct MeantDelivery {
    /// The delivery.
    pub delivery: Delivery,
    /// Rows that were accepted of it; none where it was not read, or refused.
    pub rows_accepted: Option<u64>,
    /// Whether it was withdrawn.
    pub is_withdrawn: bool,
}

/// The deliveries that a person may mean by an id, the beginning of one, a file's name or where it came from, in the order
/// landed. An id or a name that is whole goes before the beginning of an id.
///
/// # Errors
/// [`RunError::Ledger`] when the ledger cannot be read.
pub fn meant(place: &Place, asked: &str) -> Result<Vec<MeantDelivery>, RunError> {
    let ledger = Ledger::open(place)?;
    let deliveries = ledger.deliveries();
    let of = |is_it: &dyn Fn(&Delivery) -> bool| -> Vec<Delivery> {
        deliveries.iter().filter(|delivery| is_it(delivery)).cloned().collect()
    };
    let lower = asked.to_lowercase();
    let is_id = lower.len() >= SHORTEST_ID && lower.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut found = of(&|delivery| delivery.delivery_id.0 == lower);
    if found.is_empty() {
        found = of(&|delivery| delivery.source == asked);
    }
    if found.is_empty() {
        found = of(&|delivery| delivery.file_name.to_lowercase() == lower);
    }
    if found.is_empty() && is_id {
        found = of(&|delivery| delivery.delivery_id.0.starts_with(&lower));
    }
    Ok(found
        .into_iter()
        .map(|delivery| MeantDelivery {
            rows_accepted: book_of(place, &delivery)
                .filter(|book| book.refused.is_none())
                .map(|book| book.tables.iter().map(|table| table.rows_accepted).sum()),
            is_withdrawn: ledger.decisions().withdrawn.contains_key(&delivery.delivery_id),
            delivery,
        })
        .collect())
}

/// Names of all deliveries, each once.
///
/// # Errors
/// [`RunError::Ledger`] when the ledger cannot be read.
pub fn file_names(place: &Place) -> Result<Vec<String>, RunError> {
    let mut names: Vec<String> =
        Ledger::open(place)?.deliveries().into_iter().map(|delivery| delivery.file_name).collect();
    names.sort_unstable();
    names.dedup();
    Ok(names)
}

/// A delivery counts no more from the next run on. One that was withdrawn stays as it was withdrawn.
///
/// # Errors
/// [`RunError::Busy`] while a run holds the lock; [`RunError::Ledger`] when the decision could not be written.
pub fn withdraw(place: &Place, id: &DeliveryId, why: &str, decider: &Decider<'_>) -> Result<(), RunError> {
    let (_lock, mut ledger) = locked(place, decider)?;
    if ledger.decisions().withdrawn.contains_key(id) {
        return Ok(());
    }
    let (by, at) = (decider.by.clone(), (decider.now)());
    Ok(ledger.decide(Decision::Withdrawn { delivery_id: id.clone(), at, by, why: why.to_owned() })?)
}

/// Let a withdrawn delivery count again from the next run on.
///
/// # Errors
/// As [`withdraw`].
pub fn restore(place: &Place, id: &DeliveryId, decider: &Decider<'_>) -> Result<(), RunError> {
    let (_lock, mut ledger) = locked(place, decider)?;
    if !ledger.decisions().withdrawn.contains_key(id) {
        return Ok(());
    }
    let (by, at) = (decider.by.clone(), (decider.now)());
    Ok(ledger.decide(Decision::Restored { delivery_id: id.clone(), at, by })?)
}

/// Serves an older generation again, and keeps it until somebody resumes. No run may be under way: it could clear that
/// generation away, or publish over it.
///
/// The decision is written first: whoever is killed between has decided, and the next run serves that generation.
///
/// # Errors
/// [`RunError::Busy`] while a run holds the lock; otherwise what [`crate::warehouse::rollback`] says.
pub fn rollback(place: &Place, generation: u64, why: Option<&str>, decider: &Decider<'_>) -> Result<Current, RunError> {
    let (_lock, mut ledger) = locked(place, decider)?;
    if generations(place).iter().any(|kept| kept.generation == generation) {
        let (by, at) = (decider.by.clone(), (decider.now)());
        ledger.decide(Decision::Pinned { generation, at, by, why: why.map(str::to_owned) })?;
    }
    Ok(warehouse::rollback(place, generation)?)
}

/// Lets runs publish again; gives what the place was pinned to, if it was.
///
/// # Errors
/// As [`withdraw`].
pub fn resume(place: &Place, decider: &Decider<'_>) -> Result<Option<Pin>, RunError> {
    let (_lock, mut ledger) = locked(place, decider)?;
    let pin = ledger.decisions().pin.clone();
    if pin.is_some() {
        ledger.decide(Decision::Resumed { at: (decider.now)(), by: decider.by.clone() })?;
    }
    Ok(pin)
}

/// The lock and the ledger, after what a killed run or decision left was put right.
fn locked(place: &Place, decider: &Decider<'_>) -> Result<(RunLock, Ledger), RunError> {
    create_dir_shared(place.var()).map_err(RunError::File)?;
    let lock = match RunLock::ask(place, &decider.holder)? {
        Asked::Held(lock) => lock,
        Asked::Busy(holder) => return Err(RunError::Busy(holder)),
    };
    let ledger = Ledger::open(place)?;
    recover(place)?;
    settle_pin(place, &ledger)?;
    end_killed_runs(place, &ledger, decider.now)?;
    Ok((lock, ledger))
}
