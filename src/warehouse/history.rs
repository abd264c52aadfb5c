//! The life of a fault: first seen, mended by a later delivery, back again. Reckoned from the deliveries and their books
//! alone, so that a warehouse which is rebuilt from the landed files says the same.
//!
//! What is compared are the deliveries of one *series*: those of which each replaces the one before.
//!
//! | table | one series is |
//! |---|---|
//! | `replace_all` | every delivery that has the table |
//! | `replace_period`, and the file's name or layout says the period | every delivery that speaks for the period |
//! | any other, and files that were refused | the deliveries of one supplier under one file name |

use std::collections::BTreeMap;

use duckdb::Connection;
use sha2::{Digest, Sha256};

use super::WarehouseError;
use super::dialect::text;
use super::duck::run;
use super::meta_tables::TableOf;
use crate::definitions::{Definitions, Disposition, Table};
use crate::model::{self, Book, Delivery, Refusal, TableBook, hex};

/// `meta.fault_history`.
pub(super) const TABLE: TableOf = (
    "fault_history",
    "The life of each fault over the deliveries of its series. One row a series and fault.",
    &[
        ("collection", "VARCHAR", "The collection."),
        ("table_name", "VARCHAR", "The table; NULL when the whole file was refused."),
        (
            "series",
            "VARCHAR",
            "The deliveries that replace one another: a return, or one supplier's file under one name.",
        ),
        ("fault_id", "VARCHAR", "The fault: see meta.fault."),
        ("rule_id", "VARCHAR", "The rule."),
        ("severity", "VARCHAR", "error, query or info."),
        ("column_name", "VARCHAR", "The column of the contract."),
        ("supplier", "VARCHAR", "Who supplied the row or the file."),
        ("state", "VARCHAR", "open (never mended), reopened (mended once, and back) or resolved."),
        ("times_seen", "BIGINT", "Deliveries that have it."),
        ("first_delivery_id", "VARCHAR", "The first of them."),
        ("first_seen", "TIMESTAMP", "When that was received, by the clock of meta.generation.timezone."),
        ("last_delivery_id", "VARCHAR", "The last of them: meta.fault has its cell."),
        ("last_seen", "TIMESTAMP", "When that was received, by the clock of meta.generation.timezone."),
        ("resolved_delivery_id", "VARCHAR", "The delivery that mended it last, also where it is back."),
        ("resolved_at", "TIMESTAMP", "When that was received, by the clock of meta.generation.timezone."),
        ("reopened_delivery_id", "VARCHAR", "The delivery that brought it back last."),
        ("reopened_at", "TIMESTAMP", "When that was received, by the clock of meta.generation.timezone."),
    ],
);

/// The fault of a file that was refused: the same for a later file of its name that is refused for the same reason.
pub(super) fn refused_id(delivery: &Delivery, refused: &Refusal) -> String {
    let glued = ["refused", &delivery.collection, &delivery.file_name, &refused.code].join("\u{1f}");
    format!("{}-1", hex(&Sha256::digest(glued.as_bytes())[..8]))
}

/// Lists, as `_series`, which deliveries replace one another, table by table; with no table for the files themselves.
pub(super) fn series(
    connection: &Connection,
    definitions: &Definitions,
    deliveries: &[(Delivery, Book)],
) -> Result<(), WarehouseError> {
    const DOING: &str = "list the series of deliveries";
    run(
        connection,
        DOING,
        "CREATE TEMP TABLE _series (delivery_id VARCHAR, table_name VARCHAR, series VARCHAR, supplier VARCHAR, position BIGINT, received_at TIMESTAMP)",
    )?;
    let mut order: Vec<&(Delivery, Book)> = deliveries.iter().collect();
    let ranks = model::ranks(deliveries.iter().map(|(delivery, _)| delivery));
    order.sort_by_key(|(delivery, _)| ranks.get(&delivery.delivery_id));
    let mut last: BTreeMap<(Option<&str>, String), i64> = BTreeMap::new();
    let mut rows = Vec::new();
    let or_null = |value: Option<&str>| value.map_or_else(|| "NULL".to_owned(), text);
    for (delivery, book) in order {
        let supplier = definitions.supplier(delivery);
        let file = format!("{} {} {}", delivery.collection, supplier.as_deref().unwrap_or("-"), delivery.file_name);
        let contracts = definitions.collections.get(&delivery.collection).map(|collection| &collection.tables);
        let mut parts = vec![(None, file.clone())];
        for part in &book.tables {
            let contract = contracts.and_then(|tables| tables.get(&part.table));
            let series = contract.and_then(|contract| of_table(contract, part)).unwrap_or_else(|| file.clone());
            parts.push((Some(part.table.as_str()), series));
        }
        for (table, series) in parts {
            let position = last.entry((table, series.clone())).or_insert(0);
            *position += 1;
            rows.push(format!(
                "({}, {}, {}, {}, {position}, CAST({} AS TIMESTAMP))",
                text(&delivery.delivery_id.0),
                or_null(table),
                text(&series),
                or_null(supplier.as_deref()),
                text(&definitions.settings.zone.stamp(delivery.received_at))
            ));
        }
    }
    // A statement costs more than a row.
    rows.chunks(1000)
        .try_for_each(|rows| run(connection, DOING, &format!("INSERT INTO _series VALUES {}", rows.join(", "))))
}

/// The return that a delivery replaces whole, if it does.
fn of_table(contract: &Table, part: &TableBook) -> Option<String> {
    let table = format!("{} {}", contract.collection, contract.name);
    match contract.disposition {
        Disposition::ReplaceAll => Some(table),
        Disposition::Append => None,
        Disposition::ReplacePeriod => {
            let values = contract
                .replaced_by()
                .map(|column| part.speaks_for.get(column).cloned())
                .collect::<Option<Vec<_>>>()?;
            (!values.is_empty()).then(|| format!("{table} {}", values.join(" ")))
        }
    }
}

/// Fills `meta.fault_history` from `meta.fault` and `_series`. What a lone delivery of its series has is new and open: millions of faults of
/// one file need no comparison.
pub(super) fn fill(connection: &Connection) -> Result<(), WarehouseError> {
    run(
        connection,
        "reckon the life of the faults",
        "INSERT INTO meta.fault_history \
         WITH newest AS (SELECT table_name, series, max(position) AS newest FROM _series GROUP BY table_name, series), \
         met AS (SELECT fault.table_name, fault.fault_id, fault.rule_id, fault.severity, fault.column_name, fault.supplier, series.series, \
             series.position, newest.newest FROM meta.fault AS fault JOIN _series AS series \
             ON series.delivery_id = fault.delivery_id AND series.table_name IS NOT DISTINCT FROM fault.table_name \
             JOIN newest ON newest.series = series.series AND newest.table_name IS NOT DISTINCT FROM series.table_name), \
         seen AS (SELECT *, lag(position) OVER (PARTITION BY series, table_name, fault_id ORDER BY position) AS before \
             FROM met WHERE newest > 1), \
         lives AS (SELECT table_name, series, fault_id, count(*) AS times_seen, min(position) AS first, max(position) AS last, \
             max(position) FILTER (WHERE before < position - 1) AS back, \
             max(before) FILTER (WHERE before < position - 1) AS gone, \
             arg_max(rule_id, position) AS rule_id, arg_max(severity, position) AS severity, \
             arg_max(column_name, position) AS column_name, arg_max(supplier, position) AS supplier \
             FROM seen GROUP BY table_name, series, fault_id \
             UNION ALL SELECT table_name, series, fault_id, 1, position, position, NULL, NULL, rule_id, severity, column_name, supplier \
             FROM met WHERE newest = 1) \
         SELECT delivery.collection, lives.table_name, lives.series, lives.fault_id, lives.rule_id, lives.severity, lives.column_name, lives.supplier, \
             CASE WHEN lives.last < newest.newest THEN 'resolved' WHEN lives.back IS NOT NULL THEN 'reopened' ELSE 'open' END, \
             lives.times_seen, first.delivery_id, first.received_at, latest.delivery_id, latest.received_at, \
             mended.delivery_id, mended.received_at, back.delivery_id, back.received_at \
         FROM lives \
         JOIN newest ON newest.series = lives.series AND newest.table_name IS NOT DISTINCT FROM lives.table_name \
         JOIN _series AS first ON first.series = lives.series AND first.table_name IS NOT DISTINCT FROM lives.table_name AND first.position = lives.first \
         JOIN _series AS latest ON latest.series = lives.series AND latest.table_name IS NOT DISTINCT FROM lives.table_name AND latest.position = lives.last \
         LEFT JOIN _series AS mended ON mended.series = lives.series AND mended.table_name IS NOT DISTINCT FROM lives.table_name \
             AND mended.position = CASE WHEN lives.last < newest.newest THEN lives.last + 1 ELSE lives.gone + 1 END \
         LEFT JOIN _series AS back ON back.series = lives.series AND back.table_name IS NOT DISTINCT FROM lives.table_name AND back.position = lives.back \
         JOIN meta.delivery AS delivery ON delivery.delivery_id = latest.delivery_id \
         ORDER BY delivery.collection, lives.table_name NULLS FIRST, lives.series, lives.fault_id; \
         DROP TABLE _series",
    )
}
