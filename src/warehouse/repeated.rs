//! Keys that stand more than once among the rows that count, across deliveries: rows that are very likely counted twice.
//!
//! Within one delivery a key that stands twice is a fault of its rows already. No value of a key is told: it may say who somebody is.

use duckdb::Connection;
use sha2::{Digest, Sha256};

use super::WarehouseError;
use super::dialect::{name, names};
use crate::definitions::{Disposition, Table};
use crate::model::{Book, Delivery, Zone, hex};

/// The rule of such a fault.
pub(super) const RULE: &str = "key::repeated";

/// What is wrong with a table over several deliveries.
pub(super) struct TableFault {
    /// The newest of the deliveries that it is about.
    pub(super) delivery_id: String,
    /// The table.
    pub(super) table: String,
    /// What is wrong.
    pub(super) message: String,
    /// How to mend it.
    pub(super) hint: String,
    /// The fault's id: one for each table.
    pub(super) fault_id: String,
}

impl TableFault {
    /// One of a table; `word` tells its kind from others. It is told of the newest delivery that it is about.
    pub(super) fn of(word: &str, table: &Table, newest: String, message: String, hint: String) -> Self {
        let of = [word, &table.collection, &table.name].join("\u{1f}");
        let fault_id = format!("{}-1", hex(&Sha256::digest(of.as_bytes())[..8]));
        Self { delivery_id: newest, table: table.name.clone(), message, hint, fault_id }
    }
}

/// A delivery by its file and day: `pupils.csv` of 2025-11-01.
pub(super) fn file_of_day(delivery: &Delivery, zone: &Zone) -> String {
    format!("`{}` of {}", delivery.file_name, zone.day_of(delivery.received_at))
}

/// Whether a key of a table can stand in several deliveries at once: nothing supersedes the one row when the other comes, or one
/// delivery brought the table in several parts.
pub(super) fn may_repeat(table: &Table, deliveries: &[(Delivery, Book)]) -> bool {
    let parts =
        |book: &Book| book.tables.iter().filter(|part| part.table == table.name && part.conformed.is_some()).count();
    let own = || deliveries.iter().filter(|(delivery, _)| delivery.collection == table.collection);
    let is_replaced_by_key = match table.disposition {
        Disposition::ReplaceAll => true,
        Disposition::ReplacePeriod => table.replaced_by().all(|column| table.key.iter().any(|key| key == column)),
        Disposition::Append => false,
    };
    let has_several = own().map(|(_, book)| parts(book)).sum::<usize>() > 1;
    has_several && (!is_replaced_by_key || own().any(|(_, book)| parts(book) > 1))
}

/// Looks through the conformed rows of a table.
pub(super) fn of_table(
    connection: &Connection,
    table: &Table,
    deliveries: &[(Delivery, Book)],
    zone: &Zone,
) -> Result<Option<TableFault>, WarehouseError> {
    let failed = |error| WarehouseError::database("look for keys that stand more than once")(error);
    let key = names(table.key.iter().map(String::as_str));
    let sql = format!(
        "WITH standing AS (SELECT {key}, _delivery, count(*) OVER (PARTITION BY {key}) AS _times FROM conformed.{view} WHERE NOT _superseded), \
         again AS (SELECT * FROM standing WHERE _times > 1) \
         SELECT _delivery, count(*), (SELECT count(*) FROM (SELECT DISTINCT {key} FROM again)) FROM again GROUP BY _delivery",
        view = name(&table.view_name())
    );
    let mut statement = connection.prepare(&sql).map_err(failed)?;
    let mut found = statement
        .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?)))
        .map_err(failed)?
        .collect::<Result<Vec<_>, _>>()
        .map_err(failed)?;
    let of = |id: &str| deliveries.iter().map(|(delivery, _)| delivery).find(|delivery| delivery.delivery_id.0 == id);
    found.sort_by_key(|(id, ..)| of(id).map(|delivery| (delivery.received_at, delivery.delivery_id.clone())));
    let Some((newest, _, keys)) = found.last().cloned() else { return Ok(None) };
    let rows: i64 = found.iter().map(|(_, rows, _)| rows).sum();
    let shown: Vec<String> = found
        .iter()
        .rev()
        .take(6)
        .filter_map(|(id, rows, _)| {
            let file = file_of_day(of(id)?, zone);
            Some(format!("{file} ({rows})"))
        })
        .collect();
    let more = if found.len() > 6 { format!(" and {} more", found.len() - 6) } else { String::new() };
    let Table { collection, name: table_name, .. } = table;
    let message = format!(
        "{keys} keys ({}) of table `{collection}.{table_name}` stand more than once, in {rows} rows that count: {}{more}",
        table.key.join(", "),
        shown.join(", ")
    );
    let hint = format!(
        "where a later file replaces an earlier one, say so by `disposition` in `pipelines/{collection}/tables/{table_name}.toml`; where both \
         are right, `key` lacks what tells them apart; where a file should not have come, it has to go"
    );
    Ok(Some(TableFault::of("repeated", table, newest, message, hint)))
}
