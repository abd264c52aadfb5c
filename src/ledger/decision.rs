//! What was decided about the place beside its runs: deliveries that count no more, collections that are held, a generation
//! that stays. One file of lines, each appended and fsynced, so that the last word on a thing is the last line about it.
//!
//! Out: [`Decisions`], as they stand. Not here: what follows from them, which is `run`'s.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::DeliveryId;

/// One decision, as it stands on its line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Decision {
    /// A delivery counts no more.
    Withdrawn {
        /// The delivery.
        delivery_id: DeliveryId,
        /// When.
        at: Timestamp,
        /// Who, as this machine knows them.
        by: String,
        /// Why, in their words.
        why: String,
    },
    /// Let a withdrawn delivery count again.
    Restored {
        /// The delivery.
        delivery_id: DeliveryId,
        /// When.
        at: Timestamp,
        /// Who.
        by: String,
    },
    /// A run found that a collection does not pass: it keeps what it had.
    Held {
        /// The collection.
        collection: String,
        /// When.
        at: Timestamp,
        /// The run.
        run_id: String,
    },
    /// A run found that it passes again.
    Released {
        /// The collection.
        collection: String,
        /// When.
        at: Timestamp,
        /// The run.
        run_id: String,
    },
    /// A generation stays live until somebody resumes.
    Pinned {
        /// The generation.
        generation: u64,
        /// When.
        at: Timestamp,
        /// Who.
        by: String,
        /// Why, if they said it.
        why: Option<String>,
    },
    /// Runs publish again.
    Resumed {
        /// When.
        at: Timestamp,
        /// Who.
        by: String,
    },
}

/// That a delivery was withdrawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Withdrawal {
    /// When.
    pub at: Timestamp,
    /// Who, as this machine knows them.
    pub by: String,
    /// Why, in their words.
    pub why: String,
}

/// That a generation stays live until somebody resumes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pin {
    /// The generation.
    pub generation: u64,
    /// Since when.
    pub at: Timestamp,
    /// Who said so, as this machine knows them.
    pub by: String,
    /// Why, if they said it.
    pub why: Option<String>,
}

/// What was decided, as it stands after the last line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Decisions {
    /// Deliveries that count no more.
    pub withdrawn: BTreeMap<DeliveryId, Withdrawal>,
    /// Collections that are held, and since when.
    pub held: BTreeMap<String, Timestamp>,
    /// The generation that stays.
    pub pin: Option<Pin>,
}

impl Decisions {
    /// Takes one more decision.
    pub(super) fn take(&mut self, decision: Decision) {
        match decision {
            Decision::Withdrawn { delivery_id, at, by, why } => {
                self.withdrawn.insert(delivery_id, Withdrawal { at, by, why });
            }
            Decision::Restored { delivery_id, .. } => {
                self.withdrawn.remove(&delivery_id);
            }
            Decision::Held { collection, at, .. } => {
                self.held.entry(collection).or_insert(at);
            }
            Decision::Released { collection, .. } => {
                self.held.remove(&collection);
            }
            Decision::Pinned { generation, at, by, why } => {
                self.pin = Some(Pin { generation, at, by, why });
            }
            Decision::Resumed { .. } => self.pin = None,
        }
    }
}
