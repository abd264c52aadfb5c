//! What does not count, as people and the generation are told of it.

use super::{GateReason, Standing};
use crate::definitions::Definitions;
use crate::ledger::Ledger;
use crate::model::{Delivery, DeliveryId};
use crate::warehouse::{HeldRow, NotCounted, WithdrawnRow};

/// Reasons as a person reads them.
pub(super) fn words<'a>(reasons: impl IntoIterator<Item = &'a GateReason>) -> Vec<String> {
    reasons.into_iter().map(GateReason::to_string).collect()
}

/// Files that hold nothing, as a person reads them.
pub(super) fn strays(standing: &Standing) -> Vec<String> {
    let told = standing.strays();
    told.map(|(delivery, refused)| {
        format!("[{}] {}: {}; it holds nothing", refused.code, delivery.source, refused.message)
    })
    .collect()
}

/// What came and does not count, as the generation tells it.
pub(super) fn not_counted(ledger: &Ledger, definitions: &Definitions, standing: &Standing) -> NotCounted {
    let mut told = NotCounted::default();
    for held in &standing.held {
        let row = |id: &DeliveryId, code: Option<String>, message: String, hint: Option<String>| {
            let delivery = ledger.delivery(id)?;
            let since = Some(held.since.unwrap_or(delivery.received_at));
            let (source, delivery) = (delivery.source.clone(), Some(delivery.clone()));
            let (collection, keeps) = (held.collection.clone(), held.keeps.len());
            Some(HeldRow { collection, delivery, source, since, code, message, hint, keeps })
        };
        told.held.extend(held.reasons.iter().filter_map(|reason| {
            let Some(id) = &reason.delivery_id else {
                return Some(HeldRow {
                    collection: held.collection.clone(),
                    delivery: None,
                    source: reason.source.clone(),
                    since: held.since,
                    code: Some(reason.code.clone()),
                    message: reason.message.clone(),
                    hint: reason.hint.clone(),
                    keeps: held.keeps.len(),
                });
            };
            row(id, Some(reason.code.clone()), reason.message.clone(), reason.hint.clone())
        }));
        told.held.extend(
            held.waiting.iter().filter_map(|id| {
                row(id, None, "it passed, and waits for the others of its collection".to_owned(), None)
            }),
        );
    }
    let runs = |delivery: &Delivery| definitions.running().any(|collection| collection.name == delivery.collection);
    told.withdrawn = ledger
        .decisions()
        .withdrawn
        .iter()
        .filter_map(|(id, withdrawal)| Some((ledger.delivery(id)?, withdrawal)))
        .filter(|(delivery, _)| runs(delivery))
        .map(|(delivery, withdrawal)| WithdrawnRow {
            delivery: delivery.clone(),
            at: withdrawal.at,
            why: withdrawal.why.clone(),
        })
        .collect();
    told
}
