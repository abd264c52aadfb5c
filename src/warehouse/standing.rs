//! `meta.held` and `meta.withdrawn`: what does not count in this generation, and why.

use duckdb::params;
use jiff::Timestamp;

use super::WarehouseError;
use super::duck::long;
use super::inserts::Inserts;
use super::meta_tables::TableOf;
use crate::model::{Delivery, Zone};

/// One delivery that does not count since its collection is held.
#[derive(Debug, Clone)]
pub struct HeldRow {
    /// The collection.
    pub collection: String,
    /// The delivery; none for an archive that could not be opened.
    pub delivery: Option<Delivery>,
    /// Where it came from.
    pub source: String,
    /// When a run first found the collection so, where that is known.
    pub since: Option<Timestamp>,
    /// Why the delivery does not pass: a code; none where it passed and waits for the others.
    pub code: Option<String>,
    /// The same in words.
    pub message: String,
    /// How to mend it.
    pub hint: Option<String>,
    /// Deliveries that the collection keeps.
    pub keeps: usize,
}

/// One delivery that was withdrawn.
#[derive(Debug, Clone)]
pub struct WithdrawnRow {
    /// The delivery.
    pub delivery: Delivery,
    /// When.
    pub at: Timestamp,
    /// Why, in the words of who withdrew it.
    pub why: String,
}

/// What does not count in a generation.
#[derive(Debug, Clone, Default)]
pub struct NotCounted {
    /// Deliveries of collections that are held.
    pub held: Vec<HeldRow>,
    /// Deliveries that were withdrawn.
    pub withdrawn: Vec<WithdrawnRow>,
}

/// `meta.held`.
pub(super) const HELD: TableOf = (
    "held",
    "Collections that keep what they had in the generation before, since something that came for them does not pass. One row a delivery that does not count for it, and reason.",
    &[
        ("collection", "VARCHAR", "The collection."),
        ("held_since", "TIMESTAMP", "When a run first found it so, by the clock of meta.generation.timezone."),
        (
            "deliveries_kept",
            "BIGINT",
            "Its deliveries that count: those of the generation before. 0 where it had none.",
        ),
        (
            "delivery_id",
            "VARCHAR",
            "The delivery that does not count, or does not pass any more; NULL for an archive that could not be opened.",
        ),
        ("file_name", "VARCHAR", "The file's own name."),
        ("source", "VARCHAR", "Where it came from."),
        ("received_at", "TIMESTAMP", "When it was received, by the clock of meta.generation.timezone."),
        ("code", "VARCHAR", "Why it does not pass; NULL where it passed and waits for the others of its collection."),
        ("message", "VARCHAR", "The same in words."),
        ("hint", "VARCHAR", "How to mend it."),
    ],
);

/// `meta.withdrawn`.
pub(super) const WITHDRAWN: TableOf = (
    "withdrawn",
    "Deliveries that somebody withdrew: they count no more. Who did it is in the ledger. One row a delivery.",
    &[
        ("delivery_id", "VARCHAR", "The delivery."),
        ("collection", "VARCHAR", "The collection."),
        ("file_name", "VARCHAR", "The file's own name."),
        ("source", "VARCHAR", "Where it came from."),
        ("received_at", "TIMESTAMP", "When it was received, by the clock of meta.generation.timezone."),
        ("withdrawn_at", "TIMESTAMP", "When it was withdrawn, by the clock of meta.generation.timezone."),
        ("why", "VARCHAR", "Why, in the words of who withdrew it."),
    ],
);

/// Fills both.
pub(super) fn fill(rows: &mut Inserts<'_>, not_counted: &NotCounted, zone: &Zone) -> Result<(), WarehouseError> {
    for row in &not_counted.held {
        rows.add(
            "held",
            "?, CAST(? AS TIMESTAMP), ?, ?, ?, ?, CAST(? AS TIMESTAMP), ?, ?, ?",
            params![
                row.collection,
                row.since.map(|since| zone.stamp(since)),
                long(row.keeps as u64),
                row.delivery.as_ref().map(|delivery| &delivery.delivery_id.0),
                row.delivery.as_ref().map(|delivery| &delivery.file_name),
                row.source,
                row.delivery.as_ref().map(|delivery| zone.stamp(delivery.received_at)),
                row.code,
                row.message,
                row.hint
            ],
        )?;
    }
    for row in &not_counted.withdrawn {
        rows.add(
            "withdrawn",
            "?, ?, ?, ?, CAST(? AS TIMESTAMP), CAST(? AS TIMESTAMP), ?",
            params![
                row.delivery.delivery_id.0,
                row.delivery.collection,
                row.delivery.file_name,
                row.delivery.source,
                zone.stamp(row.delivery.received_at),
                zone.stamp(row.at),
                row.why
            ],
        )?;
    }
    Ok(())
}
