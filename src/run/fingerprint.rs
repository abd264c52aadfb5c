//! The fingerprint of a generation: the same one means that there is nothing to do.

use jiff::Timestamp;
use jiff::civil::Date;
use sha2::{Digest, Sha256};

use crate::definitions::Definitions;
use crate::model::{Book, Delivery, PseudonymKey, hex};
use crate::warehouse::NotCounted;

/// What decides the content of a generation.
pub(super) fn fingerprint(
    definitions: &Definitions,
    deliveries: &[(Delivery, Book)],
    not_counted: &NotCounted,
    as_of: Date,
    known_at: Timestamp,
    key: Option<&PseudonymKey>,
) -> String {
    let mut lines: Vec<String> = deliveries
        .iter()
        .map(|(delivery, _)| format!("{} {} {:?}", delivery.delivery_id, delivery.received_at, delivery.maturity))
        .collect();
    lines.sort();
    // What is told of what does not count is content too. Where all counts, the text is what it was before this could be told.
    lines.extend(not_counted.held.iter().map(|held| {
        let code = held.code.as_deref().unwrap_or("waits");
        let what = held.delivery.as_ref().map_or(held.source.as_str(), |delivery| &delivery.delivery_id.0);
        format!("held {} {what} {code} {}", held.collection, held.keeps)
    }));
    lines.extend(
        not_counted
            .withdrawn
            .iter()
            .map(|withdrawn| format!("withdrawn {} {}", withdrawn.delivery.delivery_id, withdrawn.why)),
    );
    let collections: Vec<&str> = definitions.running().map(|collection| collection.name.as_str()).collect();
    let key = key.map(PseudonymKey::fingerprint).unwrap_or_default();
    // Without an authority the text, and so the fingerprint of what is live, is what it was before there was one.
    let authority = definitions.settings.authority.as_ref().map_or_else(String::new, |code| format!("\n{code}"));
    // The same days and times mean other moments in another zone.
    let zone = &definitions.settings.zone;
    let whole = format!(
        "{}\n{as_of}\n{known_at}\n{zone}\n{}\n{key}\n{}{authority}",
        definitions.hash,
        collections.join(" "),
        lines.join("\n")
    );
    hex(&Sha256::digest(whole.as_bytes()))
}
