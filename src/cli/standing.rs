//! What does not count, and why, in words: for `run`, `replay` and `status`.

use crate::model::{Delivery, Refusal, Zone};
use crate::run::Held;

/// A collection that is held, with its reasons.
pub(super) fn held(held: &Held, zone: &Zone) -> String {
    let since = held.since.map_or_else(String::new, |at| format!(" since {}", zone.shown(at)));
    let keeps = match held.keeps.len() {
        0 => "it has nothing yet to keep".to_owned(),
        count => format!("it keeps the {} that it had", counted(count, "delivery", "deliveries")),
    };
    let waits = match held.waiting.len() {
        0 => String::new(),
        count => format!(", and {} for the others", counted(count, "delivery waits", "deliveries wait")),
    };
    let reasons: Vec<String> = held.reasons.iter().map(ToString::to_string).collect();
    format!("`{}` is held{since}: {keeps}{waits}\n{}", held.collection, reasons.join("\n"))
}

/// All that are held.
pub(super) fn all_held(all: &[Held], zone: &Zone) -> String {
    all.iter().map(|one| held(one, zone)).collect::<Vec<_>>().join("\n")
}

/// A file that no layout is for.
pub(super) fn stray(delivery: &Delivery, refused: &Refusal) -> String {
    format!("[{}] {}: {}; it holds nothing", refused.code, delivery.source, refused.message)
}

/// How to mend what is held.
pub(super) const HINT: &str = "mend the file or take it out of its source; `sendmart withdraw` for one that counts and should not; \
     `sendmart faults` lists what is wrong";

/// A number and its noun.
pub(super) fn counted(count: impl std::fmt::Display, one: &str, many: &str) -> String {
    let count = count.to_string();
    let noun = if count == "1" { one } else { many };
    format!("{count} {noun}")
}
