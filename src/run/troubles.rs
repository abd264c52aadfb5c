//! What is wrong with a place now, as people who do not program are told of it.
//!
//! In: what the ledger and the live generation know; nothing is read again. Out: one [`Trouble`] for each collection that is held, each
//! source that could not be read, each return that is late, and the pin. None names a file, a cell or a person.

use jiff::Timestamp;

use super::{DueReturn, RunError, readiness, standing_now};
use crate::alert::Trouble;
use crate::definitions::{Area, Definitions};
use crate::lake::Place;
use crate::ledger::Ledger;

/// What is wrong now. `may_miss` says of a source, by its collection and place, whether it may be missing.
///
/// # Errors
/// [`RunError`] when ledger or live generation cannot be read.
pub fn troubles(
    place: &Place,
    definitions: &Definitions,
    now: Timestamp,
    may_miss: &dyn Fn(&str, &str) -> bool,
) -> Result<Vec<Trouble>, RunError> {
    let ledger = Ledger::open(place)?;
    let zone = &definitions.settings.zone;
    let title = |collection: &str| title(definitions, collection);
    let mut found = Vec::new();
    let standing = standing_now(place, definitions)?;
    for held in &standing.held {
        found.push(Trouble {
            key: format!("held:{}", held.collection),
            words: format!(
                "{} is held: {} of what came does not pass. The numbers go on with what it had before",
                title(&held.collection),
                held.reasons.len()
            ),
            hint: "`sendmart status` says which file and why, and whom to send it back to".to_owned(),
        });
    }
    if !standing.stops.is_empty() {
        found.push(Trouble {
            key: "stopped".to_owned(),
            words: "Nothing is published: a delivery stops it that must not be passed over".to_owned(),
            hint: "`sendmart status` says which and why".to_owned(),
        });
    }
    let mut unread: Vec<(&str, usize, Option<Timestamp>)> = Vec::new();
    let looks = ledger.looks().iter().filter(|look| look.unread.is_some());
    for look in looks.filter(|look| !may_miss(&look.collection, &look.source)) {
        match unread.iter_mut().find(|(collection, ..)| *collection == look.collection) {
            Some((_, sources, last)) => {
                *sources += 1;
                *last = (*last).min(look.last_success);
            }
            None => unread.push((&look.collection, 1, look.last_success)),
        }
    }
    for (collection, sources, last) in unread {
        let many = if sources == 1 { "a source".to_owned() } else { format!("{sources} sources") };
        let since = last
            .map_or_else(|| "which was never read yet".to_owned(), |last| format!("last read at {}", zone.shown(last)));
        found.push(Trouble {
            key: format!("source:{collection}"),
            words: format!(
                "{many} of {} could not be read, {since}. The numbers go on with what came before",
                title(collection)
            ),
            hint: "`sendmart status` says which and why; is the folder or the server there?".to_owned(),
        });
    }
    if let Some(pin) = &ledger.decisions().pin {
        found.push(Trouble {
            key: "pinned".to_owned(),
            words: format!("Nothing new is published: somebody put generation {} back", pin.generation),
            hint: "`sendmart resume` lets the next run publish".to_owned(),
        });
    }
    found.extend(late(place, definitions, now)?);
    Ok(found)
}

/// A collection as its users name it.
fn title(definitions: &Definitions, collection: &str) -> String {
    let known = definitions.collections.get(collection);
    known.map_or_else(|| format!("`{collection}`"), |one| format!("\u{201c}{}\u{201d} (`{collection}`)", one.title))
}

/// The returns that are late now, by the calendar, whether a run took place or not.
///
/// # Errors
/// [`RunError`] when the live generation cannot be read.
pub fn late(place: &Place, definitions: &Definitions, now: Timestamp) -> Result<Vec<Trouble>, RunError> {
    let today = definitions.settings.zone.day_of(now);
    let mut found = Vec::new();
    for late in readiness(place, definitions, &Area::ALL, today, today)?.returns {
        let DueReturn::Missing { what, since } = &late.due else { continue };
        // A return that this place never had is no return of it.
        if late.newest.is_none() {
            continue;
        }
        found.push(Trouble {
            key: format!("late:{}", late.collection),
            words: format!(
                "{} is late: {what} was due after {since} and has not come. {} wait for it",
                title(definitions, &late.collection),
                if late.kpis.len() == 1 { "One KPI has to".to_owned() } else { format!("{} KPIs", late.kpis.len()) }
            ),
            hint: "ask whoever sends it; `sendmart boards` says which meeting needs it by when".to_owned(),
        });
    }
    Ok(found)
}
