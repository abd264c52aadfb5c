//! KPIs of another day, or of what was known by one, beside the live generation and without one of their own.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;

use super::{RunError, ever_read, read_of, standing};
use crate::definitions::{Definitions, Table};
use crate::lake::Place;
use crate::ledger::Ledger;
use crate::model::DeliveryId;
use crate::warehouse::{ASIDE, BuildInput, Computed, EngineLimits, NotCounted, compute};

/// Computes KPIs on own returns, or those with these ids; `staging` is a new folder for what is spilled. Nothing of the place is written.
///
/// Gives the values and the date that they speak for: the day of the newest delivery that counts, where none is asked for.
///
/// # Errors
/// [`RunError`] when the ledger or the lake cannot be read, or a definition does not fit.
pub fn computed(
    place: &Place,
    definitions: &Definitions,
    ids: &[&str],
    (as_of, known_at): (Option<Date>, Option<Date>),
    staging: &Path,
) -> Result<(Computed, Date), RunError> {
    let known = known_at.map_or(KnownThen::All, KnownThen::Until);
    computed_of(place, definitions, (ids, &[]), as_of, &known, staging)
}

/// What is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum KnownThen {
    All,
    /// What was received by the end of a day.
    Until(Date),
    /// These deliveries, those too that were withdrawn since.
    These(BTreeSet<DeliveryId>),
}

/// As [`computed`]; the conformed rows of some tables can then be asked too.
pub(super) fn computed_of(
    place: &Place,
    definitions: &Definitions,
    (ids, rows): (&[&str], &[&Table]),
    as_of: Option<Date>,
    known: &KnownThen,
    staging: &Path,
) -> Result<(Computed, Date), RunError> {
    let ledger = Ledger::open(place)?;
    let zone = &definitions.settings.zone;
    let (known_until, read) = match known {
        KnownThen::All => (None, read_of(place, definitions, &ledger)),
        KnownThen::Until(day) => {
            let until = zone.end_of(*day);
            let mut read = read_of(place, definitions, &ledger);
            read.retain(|(delivery, _)| until.is_none_or(|until| delivery.received_at <= until));
            (until, read)
        }
        KnownThen::These(ids) => {
            (None, ever_read(place, definitions, &ledger, &|delivery| ids.contains(&delivery.delivery_id)))
        }
    };
    let counts = standing::standing(place, definitions, &ledger, read, &ledger.held_last())?.counts;
    let taken = counts.iter().filter(|(_, book)| book.refused.is_none());
    let newest = taken.map(|(delivery, _)| delivery.received_at).max().unwrap_or(Timestamp::UNIX_EPOCH);
    let as_of = as_of.unwrap_or_else(|| zone.day_of(newest));
    let input = BuildInput {
        place,
        definitions,
        deliveries: &counts,
        not_counted: &NotCounted::default(),
        as_of,
        known_at: known_until.unwrap_or(newest),
        fingerprint: "",
        run_id: "",
        generation: ASIDE,
        built_at: newest,
        limits: EngineLimits::from(&definitions.settings),
    };
    Ok((compute(&input, ids, rows, staging)?, as_of))
}
