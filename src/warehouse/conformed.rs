//! `conformed.*`: the typed rows of all deliveries that count, each with whether a later delivery has replaced it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::dialect::{name, names, text};
use super::engine::Engine;
use super::{WarehouseError, contract};
use crate::definitions::{Disposition, Table};
use crate::lake::Place;
use crate::model::{self, Book, Delivery, DeliveryId, Zone};

/// The deliveries, as the views need them.
const DELIVERIES: &str = "conformed._delivery";

/// Makes a view of each table, and an empty table of one of which nothing came.
pub(super) fn views<'t>(
    engine: &dyn Engine,
    place: &Place,
    deliveries: &[(Delivery, Book)],
    zone: &Zone,
    tables: impl Iterator<Item = &'t Table>,
) -> Result<(), WarehouseError> {
    let ranks = model::ranks(deliveries.iter().map(|(delivery, _)| delivery));
    list_deliveries(engine, deliveries, &ranks, zone)?;
    for table in tables {
        let view = format!("conformed.{}", name(&table.view_name()));
        let doing = format!("read the conformed rows of {}.{}", table.collection, table.name);
        let parts = Parts::of(table, place, deliveries, &ranks);
        if parts.files.is_empty() {
            engine.create(&doing, &view, &no_rows(table))?;
        } else {
            engine.view(&doing, &view, &with_standing(table, &parts, &engine.dialect().parquet(&parts.files)))?;
        }
    }
    Ok(())
}

fn list_deliveries(
    engine: &dyn Engine,
    deliveries: &[(Delivery, Book)],
    ranks: &BTreeMap<&DeliveryId, usize>,
    zone: &Zone,
) -> Result<(), WarehouseError> {
    let corrected = model::corrected(deliveries.iter().map(|(delivery, _)| delivery));
    // The first row says of which types the columns are, also where there is no delivery.
    let mut rows = vec![
        "(CAST(NULL AS VARCHAR), CAST(NULL AS BIGINT), CAST(NULL AS TIMESTAMP), CAST(NULL AS BOOLEAN))".to_owned(),
    ];
    rows.extend(deliveries.iter().map(|(delivery, _)| {
        format!(
            "({}, {}, CAST({} AS TIMESTAMP), {})",
            text(&delivery.delivery_id.0),
            rank_of(ranks, delivery),
            text(&zone.stamp(delivery.received_at)),
            corrected.contains(&delivery.delivery_id)
        )
    }));
    let sql = format!(
        "SELECT * FROM (VALUES {}) AS listed (delivery_id, rank, received_at, is_corrected) WHERE delivery_id IS NOT NULL",
        rows.join(", ")
    );
    engine.create("list the deliveries", DELIVERIES, &sql)
}

/// What is in the lake of one table.
#[derive(Default)]
struct Parts {
    files: Vec<PathBuf>,
    /// The rank of the last delivery with a row.
    newest: i64,
    /// Deliveries without a row: what each speaks for.
    empty: Vec<String>,
}

impl Parts {
    fn of(table: &Table, place: &Place, deliveries: &[(Delivery, Book)], ranks: &BTreeMap<&DeliveryId, usize>) -> Self {
        let mut parts = Self { newest: -1, ..Self::default() };
        for (delivery, book) in deliveries.iter().filter(|(delivery, _)| delivery.collection == table.collection) {
            let rank = rank_of(ranks, delivery);
            for part in book.tables.iter().filter(|part| part.table == table.name) {
                if let Some(file) = part.conformed.as_ref().filter(|file| file.rows > 0) {
                    parts.files.push(place.lake().join(&file.path));
                    parts.newest = parts.newest.max(rank);
                } else {
                    parts.empty.extend(spoken_for(table, &part.speaks_for, rank));
                }
            }
        }
        parts.files.sort();
        parts
    }
}

fn rank_of(ranks: &BTreeMap<&DeliveryId, usize>, delivery: &Delivery) -> i64 {
    ranks.get(&delivery.delivery_id).and_then(|rank| i64::try_from(*rank).ok()).unwrap_or(-1)
}

/// No row, of the columns that a row would have.
fn no_rows(table: &Table) -> String {
    let columns: Vec<String> = contract::columns(table)
        .iter()
        .map(|column| (column.name.as_str(), column.kind.as_str()))
        .chain(contract::STANDING.iter().map(|column| (column.0, column.1)))
        .map(|(column, kind)| format!("CAST(NULL AS {kind}) AS {}", name(column)))
        .collect();
    format!("SELECT {} WHERE FALSE", columns.join(", "))
}

/// The rows of all parts, with when each was received and whether it is superseded.
fn with_standing(table: &Table, parts: &Parts, files: &str) -> String {
    let columns = contract::columns(table);
    let own = columns.iter().map(|column| format!("part.{}", name(&column.name))).collect::<Vec<_>>().join(", ");
    let kept = columns.iter().map(|column| format!("rows.{}", name(&column.name))).collect::<Vec<_>>().join(", ");
    let rows = format!(
        "(SELECT {own}, delivery.received_at AS _received_at, delivery.rank AS _rank, delivery.is_corrected AS _is_corrected \
         FROM {files} AS part INNER JOIN {DELIVERIES} AS delivery ON delivery.delivery_id = part._delivery)"
    );
    let period: Vec<&str> = table.period.iter().chain(&table.period_with).map(String::as_str).collect();
    match table.disposition {
        Disposition::ReplacePeriod if parts.files.len() + parts.empty.len() > 1 && !period.is_empty() => format!(
            "WITH rows AS {rows}, spoken AS (SELECT {keys}, _rank FROM rows {empty}), \
             latest AS (SELECT {keys}, max(_rank) AS _r FROM spoken GROUP BY {keys}) \
             SELECT {kept}, rows._received_at, rows._rank < latest._r AS _superseded FROM rows INNER JOIN latest ON {equal}",
            keys = names(period.iter().copied()),
            empty = parts.empty.concat(),
            equal = period
                .iter()
                .map(|column| format!("rows.{0} IS NOT DISTINCT FROM latest.{0}", name(column)))
                .collect::<Vec<_>>()
                .join(" AND ")
        ),
        Disposition::ReplaceAll => format!(
            "SELECT {kept}, rows._received_at, rows._rank < {} AS _superseded FROM {rows} AS rows",
            parts.newest
        ),
        _ => format!("SELECT {kept}, rows._received_at, rows._is_corrected AS _superseded FROM {rows} AS rows"),
    }
}

/// What a delivery without a row speaks for, as one more row of the list of what each delivery speaks for. None when neither
/// its file's name nor its layout says it.
fn spoken_for(table: &Table, speaks_for: &BTreeMap<String, String>, rank: i64) -> Option<String> {
    let mut values = Vec::new();
    for column in table.period.iter().chain(&table.period_with) {
        let kind = contract::sql_type(table.columns.get(column)?.kind);
        values.push(format!("CAST({} AS {kind})", text(speaks_for.get(column)?)));
    }
    (!values.is_empty()).then(|| format!("UNION ALL SELECT {}, {rank} ", values.join(", ")))
}
