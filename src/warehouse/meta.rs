//! The schema `meta`: what this generation is, what it was made from, and what was wrong with it.

use std::path::Path;

use duckdb::{Connection, params};

use super::build::BuildInput;
use super::comments::Documented;
use super::conformed::Views;
use super::dialect::{DuckDialect, SqlDialect, name};
use super::duck::{self, DuckDb, long, run};
use super::engine::EngineLimits;
use super::inserts::Inserts;
use super::lent::Lent;
use super::meta_tables::{TABLES, TableOf};
use super::{WarehouseError, arrival, conformed, history, left_standing, repeated, standing};
use crate::definitions::{Definitions, Table};
use crate::lake::Place;
use crate::model::{Book, Delivery, LineBook, codes, refusal_codes};

/// Creates and fills the tables, but for the dictionary.
pub(super) fn create(
    input: &BuildInput<'_>,
    connection: &Connection,
    views: &Views<'_>,
    lent: &Lent,
) -> Result<(), WarehouseError> {
    // One transaction: each row alone would be synced to disk.
    run(connection, "fill meta", "BEGIN")?;
    fill(input, connection, views, lent)?;
    run(connection, "fill meta", "COMMIT")
}

/// Of the tables what KPIs and marts read: the generation, what came, and codes. What came is in the file of an `arrival`, or is listed
/// of the conformed views, which `ready` makes.
pub(super) fn for_values(
    input: &BuildInput<'_>,
    connection: &Connection,
    arrival: Option<&Path>,
    ready: &dyn Fn() -> Result<(), WarehouseError>,
) -> Result<(), WarehouseError> {
    empty_tables(connection)?;
    let mut rows = Inserts::new(connection);
    generation(&mut rows, input)?;
    codes_of(&mut rows, input.definitions)?;
    rows.flush()?;
    if let Some(path) = arrival {
        let sql = format!("INSERT INTO meta.arrival FROM {}", DuckDialect.parquet(&[path.to_path_buf()]));
        return run(connection, "read what came", &sql);
    }
    ready()?;
    arrival::fill(input, connection, &mut rows, &|_| Ok(false))?;
    rows.flush()
}

fn generation(rows: &mut Inserts<'_>, input: &BuildInput<'_>) -> Result<(), WarehouseError> {
    let zone = &input.definitions.settings.zone;
    rows.add(
        "generation",
        "?, ?, CAST(? AS TIMESTAMP), CAST(? AS DATE), CAST(? AS TIMESTAMP), ?, ?, ?, ?, ?, version()",
        params![
            long(input.generation),
            input.run_id,
            zone.stamp(input.built_at),
            input.as_of.to_string(),
            zone.stamp(input.known_at),
            zone.to_string(),
            input.definitions.settings.authority,
            input.definitions.hash,
            input.fingerprint,
            env!("CARGO_PKG_VERSION")
        ],
    )
}

fn fill(input: &BuildInput<'_>, connection: &Connection, views: &Views<'_>, lent: &Lent) -> Result<(), WarehouseError> {
    empty_tables(connection)?;
    let mut rows = Inserts::new(connection);
    let zone = &input.definitions.settings.zone;
    generation(&mut rows, input)?;
    for (delivery, book) in deliveries(&mut rows, input.definitions, input.deliveries)? {
        for table in &book.tables {
            for (reason, count) in &table.rows_skipped {
                let reason = serde_json::to_value(reason).ok().and_then(|word| word.as_str().map(str::to_owned));
                rows.add("skipped", "?, ?, ?, ?", params![delivery.delivery_id.0, table.table, reason, long(*count)])?;
            }
            if let Some(part) = &table.conformed {
                rows.add(
                    "part",
                    "?, ?, ?, ?, ?, ?, ?, ?, ?",
                    params![
                        delivery.delivery_id.0,
                        table.table,
                        table.layout,
                        table.proof,
                        table.sheet,
                        part.path,
                        long(part.rows),
                        long(part.bytes),
                        part.sha256
                    ],
                )?;
            }
        }
    }
    for table in input.definitions.tables() {
        for rule in &table.rules {
            rows.add(
                "rule",
                "?, ?, ?, ?, ?, ?, ?, ?",
                params![
                    table.collection,
                    table.name,
                    rule.id,
                    rule.severity.as_str(),
                    rule.check,
                    rule.message,
                    rule.hint,
                    rule.source
                ],
            )?;
        }
    }
    for code in &codes::CODES {
        rows.add(
            "rule",
            "NULL, NULL, ?, ?, NULL, ?, ?, NULL",
            params![code.id, code.severity.as_str(), code.about, code.hint],
        )?;
    }
    for (id, about, hint) in refusal_codes::REFUSALS {
        rows.add("rule", "NULL, NULL, ?, 'error', NULL, ?, ?, NULL", params![id, about, hint])?;
    }
    for (id, about, hint) in codes::of_identifiers() {
        rows.add("rule", "NULL, NULL, ?, 'error', NULL, ?, ?, NULL", params![id, about, hint])?;
    }
    // What follows reads the deliveries.
    rows.flush()?;
    let recipes = conformed::recipes(input);
    arrival::fill(input, connection, &mut rows, &|table| {
        let view = table.view_name();
        let is_lent = lent.has_arrival(&view, recipes.get(&view));
        if !is_lent {
            views.make(table)?;
        }
        Ok(is_lent)
    })?;
    run(
        connection,
        "count what is loaded",
        "INSERT INTO meta.loaded SELECT delivery_id, table_name, sum(rows), sum(rows_superseded) FROM meta.arrival WHERE rows > 0 \
         GROUP BY delivery_id, table_name ORDER BY min(rowid) NULLS LAST",
    )?;
    let is_asked = |table: &&Table| is_asked_over_deliveries(table, input.deliveries);
    input.definitions.tables().filter(is_asked).try_for_each(|table| views.make(table))?;
    faults(input.place, input.definitions, input.deliveries, connection)?;
    standing::fill(&mut rows, input.not_counted, zone)?;
    for kpi in &input.definitions.kpis {
        let rounding = format!("{}: {}", kpi.rounding, kpi.rounding.words());
        rows.add(
            "kpi",
            "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?",
            params![
                kpi.id,
                kpi.basis.as_str(),
                kpi.title,
                word(&kpi.area),
                word(&kpi.unit),
                kpi.unit_words,
                word(&kpi.polarity),
                kpi.opposite.join("|"),
                kpi.grain,
                kpi.period_rule,
                kpi.period_kind.map(crate::definitions::PeriodKind::as_str),
                kpi.source,
                kpi.caveats.join("\n"),
                rounding,
                serde_json::to_string(kpi).unwrap_or_default()
            ],
        )?;
    }
    codes_of(&mut rows, input.definitions)?;
    rows.flush()
}

/// The codes of every list that a contract names.
fn codes_of(rows: &mut Inserts<'_>, definitions: &Definitions) -> Result<(), WarehouseError> {
    let mut listed = std::collections::BTreeSet::new();
    for list in definitions.tables().flat_map(|table| table.columns.values()).filter_map(|column| column.codes.as_ref())
    {
        if listed.insert(list.name.clone()) {
            for (code, about) in &list.codes {
                rows.add(
                    "code",
                    "?, ?, ?, CAST(? AS DATE), CAST(? AS DATE)",
                    params![
                        list.name,
                        code,
                        about.label,
                        about.valid_from.map(|day| day.to_string()),
                        about.valid_to.map(|day| day.to_string())
                    ],
                )?;
            }
        }
    }
    Ok(())
}

/// A word of a closed set, as the heads of files write it.
fn word(value: &impl serde::Serialize) -> Option<String> {
    serde_json::to_value(value).ok()?.as_str().map(str::to_owned)
}

/// Creates the tables.
pub(super) fn empty_tables(connection: &Connection) -> Result<(), WarehouseError> {
    create_tables(connection, "meta", TABLES)
}

/// Makes tables without a row.
pub(super) fn create_tables(connection: &Connection, schema: &str, tables: &[TableOf]) -> Result<(), WarehouseError> {
    for (table, _, columns) in tables {
        let columns: Vec<String> = columns.iter().map(|column| format!("{} {}", name(column.0), column.1)).collect();
        let sql = format!("CREATE TABLE {schema}.{} ({})", name(table), columns.join(", "));
        run(connection, &format!("create {schema}"), &sql)?;
    }
    Ok(())
}

/// Lists the deliveries, and refused files as faults; gives the deliveries in their order.
fn deliveries<'a>(
    rows: &mut Inserts<'_>,
    definitions: &Definitions,
    deliveries: &'a [(Delivery, Book)],
) -> Result<Vec<&'a (Delivery, Book)>, WarehouseError> {
    let mut deliveries: Vec<_> = deliveries.iter().collect();
    deliveries.sort_by_key(|(delivery, _)| {
        (&delivery.collection, delivery.received_at, &delivery.file_name, &delivery.delivery_id)
    });
    for (delivery, book) in &deliveries {
        let sum = |pick: fn(&crate::model::TableBook) -> u64| long(book.tables.iter().map(pick).sum());
        let layouts: Vec<&str> = book.tables.iter().map(|table| table.layout.as_str()).collect();
        // A text holds one table.
        let lines = book.tables.iter().find_map(|table| table.lines);
        let lines = |pick: fn(&LineBook) -> u64| lines.as_ref().map(|lines| long(pick(lines)));
        rows.add(
            "delivery",
            "?, ?, ?, ?, ?, CAST(? AS TIMESTAMP), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?",
            params![
                delivery.delivery_id.0,
                delivery.collection,
                (!layouts.is_empty()).then(|| layouts.join(", ")),
                delivery.file_name,
                delivery.source,
                definitions.settings.zone.stamp(delivery.received_at),
                long(delivery.bytes),
                sum(|table| table.rows_read),
                sum(|table| table.rows_accepted),
                sum(|table| table.rows_quarantined),
                sum(crate::model::TableBook::skipped),
                lines(|lines| lines.read),
                lines(|lines| lines.header),
                lines(|lines| lines.within),
                delivery.sha256,
                delivery.maturity,
                book.refused.as_ref().map(|refused| refused.code.clone()),
                book.refused.as_ref().map(|refused| refused.message.clone())
            ],
        )?;
        if let Some(refused) = &book.refused {
            rows.add(
                "fault",
                "?, NULL, NULL, NULL, NULL, ?, ?, ?, NULL, ?, ?, ?, ?",
                params![
                    delivery.delivery_id.0,
                    refused.at,
                    refused.code,
                    if book.is_stray { "query" } else { "error" },
                    refused.message,
                    refused.hint,
                    history::refused_id(delivery, refused),
                    definitions.supplier(delivery)
                ],
            )?;
        }
    }
    Ok(deliveries)
}

/// A database in memory with `meta.delivery` and `meta.fault` of what has been read, published or not.
pub(super) fn of_what_is_read(
    place: &Place,
    definitions: &Definitions,
    read: &[(Delivery, Book)],
    limits: EngineLimits,
) -> Result<Connection, WarehouseError> {
    let connection = duck::in_memory(limits, None)?;
    run(&connection, "create meta", "CREATE SCHEMA meta")?;
    empty_tables(&connection)?;
    let mut rows = Inserts::new(&connection);
    deliveries(&mut rows, definitions, read)?;
    rows.flush()?;
    drop(rows);
    let asked = definitions.tables().filter(|table| is_asked_over_deliveries(table, read));
    run(&connection, "create the working schema", "CREATE SCHEMA conformed")?;
    let engine = DuckDb::within(&connection, limits);
    conformed::views(&engine, place, read, &definitions.settings.zone, asked)?;
    faults(place, definitions, read, &connection)?;
    Ok(connection)
}

/// Whether the rows of several deliveries of a table are held against one another.
fn is_asked_over_deliveries(table: &Table, deliveries: &[(Delivery, Book)]) -> bool {
    repeated::may_repeat(table, deliveries) || left_standing::may_stand(table, deliveries)
}

/// Faults from the quarantine, without the raw values of personal columns.
fn faults(
    place: &Place,
    definitions: &Definitions,
    deliveries: &[(Delivery, Book)],
    connection: &Connection,
) -> Result<(), WarehouseError> {
    history::series(connection, definitions, deliveries)?;
    for table in definitions.tables() {
        let mut parts = Vec::new();
        for (_, book) in deliveries.iter().filter(|(delivery, _)| delivery.collection == table.collection) {
            let files =
                book.tables.iter().filter(|part| part.table == table.name).filter_map(|part| part.quarantine.as_ref());
            parts.extend(files.map(|file| place.lake().join(&file.path)));
        }
        if parts.is_empty() {
            continue;
        }
        parts.sort();
        // In a table of people any cell may hold what belongs into another: its raw values stay in the quarantine.
        let raw = if table.is_of_people() { "NULL" } else { "raw_value" };
        run(
            connection,
            "list the faults",
            &format!(
                "INSERT INTO meta.fault SELECT fault.delivery_id, fault.table_name, sheet, row_number, column_name, cell, rule_id, severity, {raw}, message, hint, \
                 fault_key || '-' || row_number() OVER (PARTITION BY fault.delivery_id, fault_key ORDER BY sheet NULLS FIRST, row_number NULLS FIRST, cell NULLS FIRST), \
                 coalesce(fault.supplier, series.supplier) \
                 FROM {} AS fault LEFT JOIN _series AS series ON series.delivery_id = fault.delivery_id AND series.table_name = fault.table_name \
                 ORDER BY fault.delivery_id, fault.table_name, row_number NULLS LAST, cell NULLS LAST, rule_id",
                DuckDialect.parquet(&parts)
            ),
        )?;
    }
    let mut rows = Inserts::new(connection);
    let (zone, mut told) = (&definitions.settings.zone, Vec::new());
    for table in definitions.tables() {
        if repeated::may_repeat(table, deliveries) {
            told.extend(repeated::of_table(connection, table, deliveries, zone)?.map(|found| (repeated::RULE, found)));
        }
        if left_standing::may_stand(table, deliveries) {
            told.extend(
                left_standing::of_table(connection, table, deliveries, zone)?.map(|found| (left_standing::RULE, found)),
            );
        }
    }
    for (rule, found) in told {
        rows.add(
            "fault",
            "?, ?, NULL, NULL, NULL, NULL, ?, 'query', NULL, ?, ?, ?, NULL",
            params![found.delivery_id, found.table, rule, found.message, found.hint, found.fault_id],
        )?;
    }
    rows.flush()?;
    history::fill(connection)
}

/// The comments of tables.
pub(super) fn documented(schema: &str, tables: &[TableOf]) -> impl Iterator<Item = Documented> {
    tables.iter().map(move |(table, about, columns)| Documented {
        table: format!("{schema}.{table}"),
        about: (*about).to_owned(),
        columns: columns.iter().map(|column| (column.0.to_owned(), column.2.to_owned())).collect(),
    })
}
