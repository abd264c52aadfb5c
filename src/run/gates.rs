//! The gates: which deliveries do not pass, and why.
//!
//! In: the deliveries that count, with their books. Out: [`GateReason`]s. Not here: what follows from them for the collection, which
//! is in `standing`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use crate::definitions::{Collection, Definitions, Disposition, Gate};
use crate::model::{self, Book, Delivery, DeliveryId, Refusal, TableBook};

/// Why a delivery does not pass the gate of its collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GateReason {
    /// The delivery; none for an archive, or a member of one, that could not be unpacked.
    pub delivery_id: Option<DeliveryId>,
    /// Its collection.
    pub collection: String,
    /// Where it came from.
    pub source: String,
    /// Stable code: that of the refusal, or `gate::…`.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// How to mend it, where the message does not say so.
    pub hint: Option<String>,
}

impl fmt::Display for GateReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}] {}: {}", self.code, self.source, self.message)?;
        self.hint.as_ref().map_or(Ok(()), |hint| write!(f, "\n    hint: {hint}"))
    }
}

/// Every reason for which a delivery does not pass, in the order of the deliveries.
///
/// A file that was refused is forgiven once a later one under its name was read, and so are the bad rows of a file that a later
/// one replaces. A stray file never stops anything. Rows are compared with the last delivery of the same layout that passed.
pub(super) fn reasons(definitions: &Definitions, deliveries: &[(Delivery, Book)]) -> Vec<GateReason> {
    let ranks = model::ranks(deliveries.iter().map(|(delivery, _)| delivery));
    let gates = Gates { deliveries, ranks };
    let mut found = Vec::new();
    let mut order: Vec<&(Delivery, Book)> = deliveries.iter().collect();
    order.sort_by_key(|(delivery, _)| gates.ranks.get(&delivery.delivery_id));
    let mut failed: BTreeSet<&DeliveryId> = BTreeSet::new();
    for (delivery, book) in order {
        let Some(collection) = definitions.collections.get(&delivery.collection) else { continue };
        let before = found.len();
        gates.refused(collection, delivery, book, &mut found);
        if book.refused.is_none() {
            found.extend(unconfirmed(collection, delivery));
        }
        let mut is_cut = false;
        for table in &book.tables {
            gates.quarantined(collection, delivery, table, &mut found);
            found.extend(gates.of_other_rows(definitions, collection, delivery, table));
            if let Some(fallen) = gates.fallen(collection, delivery, table, &failed) {
                is_cut = true;
                // What a later delivery replaces is told no more, and is no measure for that one all the same.
                found.extend((!gates.is_replaced(collection, delivery, table)).then_some(fallen));
            }
        }
        if is_cut || found.len() > before {
            failed.insert(&delivery.delivery_id);
        }
    }
    let place: BTreeMap<&DeliveryId, usize> =
        deliveries.iter().enumerate().map(|(index, (delivery, _))| (&delivery.delivery_id, index)).collect();
    found.sort_by_key(|reason| reason.delivery_id.as_ref().and_then(|id| place.get(id).copied()));
    found
}

/// The deliveries that were read and do not pass by themselves, whatever came after them.
pub(super) fn failing_alone<'a>(
    definitions: &Definitions,
    deliveries: &'a [(Delivery, Book)],
) -> BTreeSet<&'a DeliveryId> {
    let too_many = |(delivery, book): &&(Delivery, Book)| {
        let Some(collection) = definitions.collections.get(&delivery.collection) else { return false };
        book.refused.is_none() && book.tables.iter().any(|table| is_past(collection, table))
    };
    deliveries.iter().filter(too_many).map(|(delivery, _)| &delivery.delivery_id).collect()
}

/// Whether more rows of a table are quarantined than its collection lets pass.
fn is_past(collection: &Collection, table: &TableBook) -> bool {
    let share = table.rows_quarantined as f64 / table.rows_read.max(1) as f64;
    table.rows_quarantined > 0 && share > collection.gate.max_quarantined_share
}

/// Why nothing of a collection is published yet, if a draft of it has left questions open.
fn unconfirmed(collection: &Collection, delivery: &Delivery) -> Option<GateReason> {
    let open = collection.open_questions();
    let shown: Vec<String> = open.iter().take(8).map(|open| open.brief()).collect();
    let more = if open.len() > 8 { format!(" and {} more", open.len() - 8) } else { String::new() };
    (!open.is_empty()).then(|| GateReason {
        hint: Some(
            "`sendmart check` asks each; mend what it is about, if the guess is wrong, and delete its line from `to_confirm`"
                .to_owned(),
        ),
        ..reason(
            delivery,
            "gate::to_confirm",
            format!(
                "the collection is drafted, and nothing of it is published before its guesses are confirmed: {}{more}",
                shown.join(", ")
            ),
        )
    })
}

struct Gates<'a> {
    deliveries: &'a [(Delivery, Book)],
    ranks: BTreeMap<&'a DeliveryId, usize>,
}

impl Gates<'_> {
    fn refused(&self, collection: &Collection, delivery: &Delivery, book: &Book, found: &mut Vec<GateReason>) {
        let Some(refused) = book.refused.as_ref().filter(|_| collection.gate.refused_file_stops && !book.is_stray)
        else {
            return;
        };
        if self.later(delivery).any(|(other, _)| other.file_name == delivery.file_name) {
            return;
        }
        let at = refused.at.as_ref().map_or_else(String::new, |at| format!(" ({at})"));
        found.push(GateReason {
            source: format!("{}{at}", delivery.source),
            hint: Some(refused.hint.clone()),
            ..reason(delivery, &refused.code, refused.message.clone())
        });
    }

    fn quarantined(
        &self,
        collection: &Collection,
        delivery: &Delivery,
        table: &TableBook,
        found: &mut Vec<GateReason>,
    ) {
        let most = collection.gate.max_quarantined_share;
        if is_past(collection, table) && !self.is_replaced(collection, delivery, table) {
            let message = format!(
                "{} of {} rows are quarantined, more than {} %",
                table.rows_quarantined,
                table.rows_read,
                most * 100.0
            );
            found.push(reason(delivery, "gate::quarantined", message));
        }
    }

    /// A delivery of far fewer rows than the one before. Where the collection says how many are asked for, the one before is the
    /// last of the same layout; else it is the one whose place this delivery takes, as a month has no need to be as long as the
    /// last. `failed` are the earlier deliveries that do not pass: a file that came cut short is no measure for the next.
    fn fallen(
        &self,
        collection: &Collection,
        delivery: &Delivery,
        table: &TableBook,
        failed: &BTreeSet<&DeliveryId>,
    ) -> Option<GateReason> {
        let asked = collection.gate.min_rows_share;
        let fewest = asked.unwrap_or(Gate::MIN_ROWS_SHARE);
        let before = self
            .deliveries
            .iter()
            .filter(|(other, _)| {
                other.collection == delivery.collection
                    && self.is_before(other, delivery)
                    && !failed.contains(&other.delivery_id)
            })
            .flat_map(|(other, book)| book.tables.iter().map(move |table| (other, table)))
            .filter(|(other, part)| {
                part.layout == table.layout
                    && (asked.is_some()
                        || part.rows_accepted >= Gate::ROWS_THAT_CAN_FALL
                            && (other.file_name == delivery.file_name
                                || takes_the_place(collection, (other, part), (delivery, table))))
            })
            .max_by_key(|(other, _)| self.ranks.get(&other.delivery_id));
        let (other, before) = before?;
        if table.rows_accepted as f64 >= before.rows_accepted as f64 * fewest {
            return None;
        }
        let message = format!(
            "{} rows, where the delivery before it ({}) had {}; at least {} % are asked for",
            table.rows_accepted,
            other.file_name,
            before.rows_accepted,
            fewest * 100.0
        );
        let hint = asked.is_none().then(|| {
            "ask the sender whether the file is whole; if it is, say how few rows are right: `min_rows_share` under \
             `[gate]` of the collection's `pipeline.toml` (0 asks for none)"
                .to_owned()
        });
        Some(GateReason { hint, ..reason(delivery, "gate::rows", message) })
    }

    /// A delivery that takes the place of rows of another and has less than half of them, or none of a return about people: a release in
    /// several files, of which nothing says what tells them apart, or a part that is sent again. A file of the same name, or of the same
    /// named return, is a correction, if it came on another day, and one that splits its rows by a column more is a later release.
    fn of_other_rows(
        &self,
        definitions: &Definitions,
        collection: &Collection,
        delivery: &Delivery,
        table: &TableBook,
    ) -> Option<GateReason> {
        let contract = collection.tables.get(&table.table)?;
        if contract.disposition != Disposition::ReplacePeriod || collection.gate.min_rows_share == Some(0.0) {
            return None;
        }
        let sample = table.sample.as_ref()?;
        let day = |delivery: &Delivery| definitions.settings.zone.day_of(delivery.received_at);
        let today = day(delivery);
        let rank = |delivery: &Delivery| self.ranks.get(&delivery.delivery_id);
        // Returns about people number their records anew; only where they came on one day are two of them parts of one.
        let is_open = !contract.is_of_people();
        let is_earlier = |other: &Delivery| {
            other.collection == delivery.collection && rank(other) < rank(delivery) && (is_open || day(other) == today)
        };
        let parts = self.deliveries.iter().filter(|(other, book)| book.refused.is_none() && is_earlier(other));
        let parts = parts.flat_map(|(other, book)| book.tables.iter().map(move |part| (other, part)));
        let mut parts: Vec<_> = parts
            .filter(|(_, part)| part.table == table.table)
            .filter_map(|(other, part)| Some((other, part, part.sample.as_ref()?)))
            .collect();
        parts.sort_by_key(|(other, ..)| std::cmp::Reverse(rank(other)));
        // Columns of the key that only the later one has: its rows are others by these alone.
        let added = |part: &TableBook| -> Vec<&str> {
            let is_new = |column: &&String| {
                table.source_columns.contains_key(*column) && !part.source_columns.contains_key(*column)
            };
            contract.key.iter().filter(is_new).map(String::as_str).collect()
        };
        // What stands between has taken the place of the same rows before.
        let mut told = BTreeSet::new();
        let (other, part, earlier) = parts.into_iter().find(|(other, part, earlier)| {
            let is_later = day(other) != today
                && (takes_the_place(collection, (other, part), (delivery, table)) || !added(part).is_empty());
            let is_other = !is_later && sample.is_of_other_rows(earlier, &told, is_open);
            if !is_other {
                told.extend(&earlier.periods);
            }
            is_other
        })?;
        let by: Vec<&str> = contract.replaced_by().collect();
        let (replaced, own) = sample.replaced(earlier, &told);
        let among = match own {
            0 => "none of those is among them".to_owned(),
            own => format!("of {replaced} of those that were looked at, {own} are among them"),
        };
        let message = format!(
            "its rows take the place of those of {} (table {}, {} rows), {}, as they are of the same {}; and {among}",
            other.file_name,
            table.table,
            part.rows_accepted,
            if day(other) == today {
                "which came on the same day".to_owned()
            } else {
                format!("which came on {}", day(other))
            },
            by.join(", ")
        );
        let added = added(part);
        let hint = if added.is_empty() {
            format!(
                "if both files count, add the column that tells them apart to `period_with` of `tables/{}.toml`; if one is right, `sendmart \
                 withdraw` the other; `min_rows_share = 0` under `[gate]` of the collection's `pipeline.toml` lets each file take the place of \
                 all rows of its periods",
                table.table
            )
        } else {
            format!(
                "rows of `{}` have no {}, which is in the key: if it is the release before, give each file the day of its publication \
                 (`received` of its `[[source]]`), and the later one counts; else `sendmart withdraw` the one that is not right",
                other.file_name,
                added.join(", ")
            )
        };
        Some(GateReason { hint: Some(hint), ..reason(delivery, "gate::other_rows", message) })
    }

    /// Whether one delivery came before another: on an earlier day, or on the same declared one from the same place. Of files of
    /// one day from several places nothing says which came first.
    fn is_before(&self, other: &Delivery, delivery: &Delivery) -> bool {
        other.received_at < delivery.received_at
            || other.received_at == delivery.received_at
                && other.source == delivery.source
                && self.ranks.get(&other.delivery_id) < self.ranks.get(&delivery.delivery_id)
    }

    /// Deliveries of the same collection that take the place of earlier ones, and were read.
    fn later(&self, delivery: &Delivery) -> impl Iterator<Item = &(Delivery, Book)> {
        self.deliveries.iter().filter(|(other, book)| {
            other.collection == delivery.collection
                && self.ranks.get(&other.delivery_id) > self.ranks.get(&delivery.delivery_id)
                && book.refused.is_none()
        })
    }

    /// Whether the rows of this table count no more, since a later delivery replaces them all.
    fn is_replaced(&self, collection: &Collection, delivery: &Delivery, table: &TableBook) -> bool {
        self.later(delivery).any(|(other, book)| {
            let part = book.tables.iter().find(|part| part.table == table.table);
            part.is_some_and(|part| takes_the_place(collection, (delivery, table), (other, part)))
        })
    }
}

/// Whether what a later delivery holds of a table replaces all that an earlier one holds of it.
fn takes_the_place(
    collection: &Collection,
    (earlier, of_earlier): (&Delivery, &TableBook),
    (later, of_later): (&Delivery, &TableBook),
) -> bool {
    match collection.tables.get(&of_earlier.table).map(|contract| contract.disposition) {
        None | Some(Disposition::Append) => false,
        Some(Disposition::ReplaceAll) => true,
        Some(Disposition::ReplacePeriod) => {
            let same_return = !of_earlier.speaks_for.is_empty() && of_later.speaks_for == of_earlier.speaks_for;
            later.file_name == earlier.file_name || same_return
        }
    }
}

/// Archives, and members of archives, that the sources hold and that could not be unpacked: by collection, as they were told. A
/// member that no layout is for by its ending is told and no more, as any stray.
pub(super) fn packed(definitions: &Definitions, refused: &[(String, Refusal)]) -> Vec<GateReason> {
    let of = |(collection, refused): &(String, Refusal)| {
        let source = refused.at.clone().unwrap_or_default();
        let known = definitions.collections.get(collection).filter(|collection| collection.runs)?;
        let is_asked_for = source
            .rsplit_once('!')
            .is_none_or(|(_, member)| known.takes_name(member.rsplit('/').next().unwrap_or(member)));
        (known.gate.refused_file_stops && is_asked_for).then(|| GateReason {
            delivery_id: None,
            collection: collection.clone(),
            source,
            code: refused.code.clone(),
            message: refused.message.clone(),
            hint: Some(refused.hint.clone()),
        })
    };
    refused.iter().filter_map(of).collect()
}

fn reason(delivery: &Delivery, code: &str, message: String) -> GateReason {
    GateReason {
        delivery_id: Some(delivery.delivery_id.clone()),
        collection: delivery.collection.clone(),
        source: delivery.source.clone(),
        code: code.to_owned(),
        message,
        hint: None,
    }
}
