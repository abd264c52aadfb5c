//! After a kill: the runs that never reached an end are given one, and a rollback that was cut short is ended.
//!
//! In: the ledger and the live generation, which decides what really happened. Out: transitions. Not here: clearing away the
//! files of a killed run, which is [`crate::warehouse::recover`].

use jiff::Timestamp;
use serde_json::json;

use super::{RunError, Standing};
use crate::lake::Place;
use crate::ledger::{Decision, Ledger};
use crate::warehouse::{self, Current, generations, live};

/// Serves the generation to which the place is pinned, where a kill came between the decision and the deed. One that is kept no
/// more cannot be served: what is live stays.
pub(super) fn settle_pin(place: &Place, ledger: &Ledger) -> Result<(), RunError> {
    let Some(pin) = &ledger.decisions().pin else { return Ok(()) };
    let is_live = live(place).is_some_and(|current| current.generation == pin.generation);
    if !is_live && generations(place).iter().any(|kept| kept.generation == pin.generation) {
        warehouse::rollback(place, pin.generation)?;
    }
    Ok(())
}

/// Gives the runs that were killed their end: the one whose generation is live had published it, the others had not.
pub(super) fn end_killed_runs(place: &Place, ledger: &Ledger, now: &dyn Fn() -> Timestamp) -> Result<(), RunError> {
    let served = live(place);
    for run in ledger.unfinished_runs()? {
        match served.as_ref().filter(|current| current.run_id == run.run_id) {
            Some(current) => ledger.roll_forward(&run.run_id, now(), published(current))?,
            None => ledger.abandon(&run.run_id, now())?,
        }
    }
    Ok(())
}

/// Records which collections are held from now on, and which are no more, and tells each of `standing` since when it is.
pub(super) fn remember_holds(
    ledger: &mut Ledger,
    run_id: &str,
    standing: &mut Standing,
    now: Timestamp,
) -> Result<(), RunError> {
    let before: Vec<String> = ledger.decisions().held.keys().cloned().collect();
    for collection in before.iter().filter(|name| standing.held.iter().all(|held| held.collection != **name)) {
        tracing::info!(collection, "Held no more");
        ledger.decide(Decision::Released { collection: collection.clone(), at: now, run_id: run_id.to_owned() })?;
    }
    for held in &mut standing.held {
        if !before.contains(&held.collection) {
            let collection = held.collection.clone();
            ledger.decide(Decision::Held { collection, at: now, run_id: run_id.to_owned() })?;
        }
        held.since = ledger.decisions().held.get(&held.collection).copied();
        tracing::info!(collection = held.collection, reasons = held.reasons.len(), "Held: it keeps what it had");
    }
    Ok(())
}

/// What the ledger says of a generation that was published.
pub(super) fn published(current: &Current) -> serde_json::Value {
    json!({ "generation": current.generation, "sha256": current.sha256, "rows": current.rows })
}
