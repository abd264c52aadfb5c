//! Groups of an older release that stay beside those of the newer one: where parts of a file are replaced by group (`period_with`), a group
//! under another name replaces nothing.
//!
//! A newer file that has some groups of a period of an older one, and others beside them, is its next release; what it has no more is asked about.

use duckdb::Connection;

use super::WarehouseError;
use super::conformed::{DELIVERIES, equal, standing_of};
use super::dialect::{name, names};
use super::repeated::{TableFault, file_of_day};
use crate::definitions::{Disposition, Table};
use crate::model::{Book, Delivery, Zone};

/// The rule of such a fault.
pub(super) const RULE: &str = "release::left_standing";

/// Columns that part a file into what may be published apart, and are no groups.
const NO_GROUPS: [&str; 2] = ["time_identifier", "geographic_level"];

/// Most groups that are named.
const SHOWN: usize = 4;

/// The columns of a table that say which group a row is of, where parts of a file are replaced by them.
fn groups(table: &Table) -> Vec<&str> {
    table.period_with.iter().map(String::as_str).filter(|column| !NO_GROUPS.contains(column)).collect()
}

/// Whether a group of a table may be left: several deliveries brought it, and it says nothing of people.
pub(super) fn may_stand(table: &Table, deliveries: &[(Delivery, Book)]) -> bool {
    let parts = deliveries.iter().filter(|(delivery, _)| delivery.collection == table.collection);
    let parts = parts.flat_map(|(_, book)| &book.tables).filter(|part| part.table == table.name);
    let with_rows = parts.filter(|part| part.conformed.as_ref().is_some_and(|file| file.rows > 0));
    !table.is_of_people()
        && table.disposition == Disposition::ReplacePeriod
        && !groups(table).is_empty()
        && with_rows.count() > 1
}

/// Asks how the deliveries of a table stand; its conformed view has to be made.
pub(super) fn of_table(
    connection: &Connection,
    table: &Table,
    deliveries: &[(Delivery, Book)],
    zone: &Zone,
) -> Result<Option<TableFault>, WarehouseError> {
    let failed = |error| WarehouseError::database("look for groups that a release has left")(error);
    let groups = groups(table);
    let by: Vec<&str> = table.replaced_by().filter(|column| !groups.contains(column)).collect();
    let group = groups
        .iter()
        .map(|column| format!("COALESCE(CAST(old.{} AS VARCHAR), '')", name(column)))
        .collect::<Vec<_>>()
        .join(" || ', ' || ");
    let sql = format!(
        "WITH told AS (SELECT {all}, standing._delivery, delivery.rank FROM {standing} AS standing \
         INNER JOIN {DELIVERIES} AS delivery ON delivery.delivery_id = standing._delivery), \
         latest AS (SELECT {all}, max(rank) AS rank, max_by(_delivery, rank) AS _delivery FROM told GROUP BY {all}) \
         SELECT DISTINCT old._delivery, newer._delivery, newer.rank, {group} AS _group FROM latest AS old \
         INNER JOIN latest AS newer ON {same_period} AND newer.rank > old.rank \
         INNER JOIN told AS also ON {same_also} AND {same_group} AND also.rank = old.rank ORDER BY newer.rank DESC, _group",
        all = names(table.replaced_by()),
        standing = standing_of(table),
        same_period = equal(by.iter().copied(), "newer", "old"),
        same_also = equal(by.iter().copied(), "also", "newer"),
        same_group = equal(groups.iter().copied(), "also", "newer"),
    );
    let mut statement = connection.prepare(&sql).map_err(failed)?;
    let found = statement
        .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(3)?)))
        .map_err(failed)?
        .collect::<Result<Vec<_>, _>>()
        .map_err(failed)?;
    let Some((old, newer, _)) = found.first().cloned() else { return Ok(None) };
    let mut left: Vec<&str> =
        found.iter().filter(|(of, than, _)| (of, than) == (&old, &newer)).map(|(.., group)| group.as_str()).collect();
    left.dedup();
    let more = if left.len() > SHOWN { format!(" and {} more", left.len() - SHOWN) } else { String::new() };
    let shown: Vec<String> = left.iter().take(SHOWN).map(|group| format!("`{group}`")).collect();
    let file = |id: &str| {
        let delivery = deliveries.iter().map(|(delivery, _)| delivery).find(|delivery| delivery.delivery_id.0 == id);
        delivery.map_or_else(|| id.to_owned(), |delivery| file_of_day(delivery, zone))
    };
    let Table { collection, name: table_name, .. } = table;
    let message = format!(
        "{} has groups of a period of {} and not {}{more} ({}, table `{collection}.{table_name}`): the older rows of these stand beside \
         the newer ones",
        file(&newer),
        file(&old),
        shown.join(", "),
        groups.join(", ")
    );
    let hint = format!(
        "if a group has another name now, its older rows are told twice: `map` the name of before to that of today in the layouts of \
         `pipelines/{collection}/layouts`, or `sendmart withdraw` the older file; if it is published no more, nothing is to be done"
    );
    Ok(Some(TableFault::of("left standing", table, newer, message, hint)))
}
