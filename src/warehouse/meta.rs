//! The schema `meta`: what this generation is, what it was made from, and what was wrong with it.

use duckdb::{Connection, params};

use super::build::BuildInput;
use super::comments::Documented;
use super::dialect::{DuckDialect, SqlDialect, name, text};
use super::duck::{self, DuckDb, long, run};
use super::engine::Limits;
use super::inserts::Inserts;
use super::{WarehouseError, arrival, conformed, history, relation, repeated, standing};
use crate::definitions::{Definitions, PrivacyClass};
use crate::lake::Place;
use crate::model::{Book, Delivery, LineBook, codes};

/// Each table: name, comment, columns with type and comment.
pub(super) type TableOf = (&'static str, &'static str, &'static [(&'static str, &'static str, &'static str)]);
type Tables = [TableOf];

const TABLES: &Tables = &[
    (
        "generation",
        "This generation. One row.",
        &[
            ("generation", "BIGINT", "Its number; each is higher than the one before."),
            ("run_id", "VARCHAR", "The run that built it."),
            ("built_at", "TIMESTAMP", "When, by the clock of timezone."),
            ("as_of", "DATE", "The date that its KPIs speak for."),
            ("known_at", "TIMESTAMP", "Only deliveries received by then are in it, by the clock of timezone."),
            (
                "timezone",
                "VARCHAR",
                "The time zone of the place: days and times of this file are those there, such as Europe/London.",
            ),
            (
                "authority",
                "VARCHAR",
                "Three-digit code of the authority that the config names; NULL where it leaves that to the returns.",
            ),
            ("definition_hash", "VARCHAR", "SHA-256 of the definitions and the program's version."),
            ("fingerprint", "VARCHAR", "SHA-256 of everything that decides its content."),
            ("program_version", "VARCHAR", "The version of sendmart."),
            ("duckdb_version", "VARCHAR", "The version of DuckDB that wrote it."),
        ],
    ),
    (
        "delivery",
        "Every delivery and its books: rows_read = rows_accepted + rows_quarantined + rows_skipped. One row a delivery.",
        &[
            ("delivery_id", "VARCHAR", "Its name: 16 hexadecimal digits."),
            ("collection", "VARCHAR", "The collection."),
            ("layout", "VARCHAR", "The layout that it was proved to have; NULL when the file was refused."),
            ("file_name", "VARCHAR", "The file's own name."),
            ("source", "VARCHAR", "Where it came from, with ! before a member of an archive."),
            ("received_at", "TIMESTAMP", "When it was received, by the clock of meta.generation.timezone."),
            ("bytes", "BIGINT", "Size of the file."),
            ("rows_read", "BIGINT", "Rows of the file outside the header."),
            ("rows_accepted", "BIGINT", "Rows that are in the warehouse."),
            ("rows_quarantined", "BIGINT", "Rows that were refused: see meta.fault."),
            ("rows_skipped", "BIGINT", "Rows without a record: see meta.skipped."),
            (
                "lines_read",
                "BIGINT",
                "Lines of the file by its line ends: rows_read + lines_header + lines_within. NULL where it is no text.",
            ),
            ("lines_header", "BIGINT", "Records of the header of a text."),
            (
                "lines_within",
                "BIGINT",
                "Lines that records of a text take beyond their first, by the line ends within their quotes.",
            ),
            ("sha256", "VARCHAR", "SHA-256 of the bytes as received."),
            ("maturity", "VARCHAR", "provisional, revised or final, as the source declares."),
            ("refused_code", "VARCHAR", "Why the whole file was refused, if it was."),
            ("refused_message", "VARCHAR", "The same in words."),
        ],
    ),
    (
        "skipped",
        "Rows that hold no record, by reason. One row a delivery, table and reason.",
        &[
            ("delivery_id", "VARCHAR", "The delivery."),
            ("table_name", "VARCHAR", "The table."),
            ("reason", "VARCHAR", "above_header, blank, banner, note, repeated_header, hidden, outside or duplicate."),
            ("rows", "BIGINT", "How many."),
        ],
    ),
    (
        "part",
        "The Parquet files of the lake behind this generation. One row a delivery and table.",
        &[
            ("delivery_id", "VARCHAR", "The delivery."),
            ("table_name", "VARCHAR", "The table."),
            ("layout", "VARCHAR", "The layout."),
            ("proof", "VARCHAR", "Why that layout: the header's row and score, and the second best."),
            ("sheet", "VARCHAR", "The sheet."),
            ("path", "VARCHAR", "The file, relative to the lake."),
            ("rows", "BIGINT", "Records in it: a wide row may unfold into several."),
            ("bytes", "BIGINT", "Its size."),
            ("sha256", "VARCHAR", "Its SHA-256."),
        ],
    ),
    (
        "loaded",
        "Records of each delivery that stand in the warehouse. One row a delivery and table.",
        &[
            ("delivery_id", "VARCHAR", "The delivery."),
            ("table_name", "VARCHAR", "The table."),
            ("rows", "BIGINT", "Records, superseded ones included."),
            ("rows_superseded", "BIGINT", "Records that a later delivery has replaced."),
        ],
    ),
    (
        "fault",
        "Everything that is wrong, cell by cell, without a cap. One row a fault.",
        &[
            ("delivery_id", "VARCHAR", "The delivery."),
            ("table_name", "VARCHAR", "The table; NULL when the whole file was refused."),
            ("sheet", "VARCHAR", "The sheet."),
            ("row_number", "INTEGER", "The row or line, 1-based."),
            ("column_name", "VARCHAR", "The column of the contract."),
            ("cell", "VARCHAR", "The cell, as C17."),
            ("rule_id", "VARCHAR", "The rule: see meta.rule."),
            ("severity", "VARCHAR", "error (the row is quarantined), query (loaded, look at it) or info."),
            ("raw_value", "VARCHAR", "What stood there; NULL for a personal column."),
            ("message", "VARCHAR", "What is wrong."),
            ("hint", "VARCHAR", "How to mend it."),
            ("fault_id", "VARCHAR", "The fault: the same in each delivery that has it, wherever its row stands."),
            ("supplier", "VARCHAR", "Who supplied the row or the file, where a contract or a source says it."),
        ],
    ),
    arrival::TABLE,
    relation::TABLE,
    history::TABLE,
    standing::HELD,
    standing::WITHDRAWN,
    (
        "check",
        "What each check found of this generation. One row a check; one of severity error that finds anything stops the publish.",
        &[
            ("check_name", "VARCHAR", "Its name: sql/checks/<name>.sql."),
            ("severity", "VARCHAR", "error or query."),
            ("rows", "BIGINT", "Rows that it found (number)."),
            ("message", "VARCHAR", "What is wrong where it finds any."),
            ("hint", "VARCHAR", "What to do about it."),
        ],
    ),
    (
        "rule",
        "What can be wrong with a row: the rules of the tables, and what is asked of every file. One row a rule.",
        &[
            ("collection", "VARCHAR", "The collection; NULL for what is asked of every file."),
            ("table_name", "VARCHAR", "The table; NULL for what is asked of every file."),
            ("rule_id", "VARCHAR", "Its id, as meta.fault has it."),
            (
                "severity",
                "VARCHAR",
                "error, query or info; of a cell what it is where the contract does not say otherwise of its column.",
            ),
            ("check_sql", "VARCHAR", "The condition that every row has to meet; NULL for what is asked of every file."),
            ("message", "VARCHAR", "What is wrong when it does not."),
            ("hint", "VARCHAR", "What to do about it."),
            ("source", "VARCHAR", "Where the rule comes from; NULL for what is asked of every file."),
        ],
    ),
    (
        "kpi",
        "The definitions of the KPIs. One row a KPI.",
        &[
            ("kpi_id", "VARCHAR", "Its id."),
            ("basis", "VARCHAR", "published or local."),
            ("title", "VARCHAR", "What it is."),
            ("area", "VARCHAR", "What it is evidence for: ASW1, ASW2, workforce or context."),
            ("unit", "VARCHAR", "percent, per_100, ratio, fte or count."),
            (
                "unit_words",
                "VARCHAR",
                "The unit in words, where the code alone does not say it: school days; NULL elsewhere.",
            ),
            ("polarity", "VARCHAR", "Which is better: high, low or none."),
            ("grain", "VARCHAR", "What one value speaks of."),
            ("period_rule", "VARCHAR", "Which period a value belongs to."),
            ("source", "VARCHAR", "Where the definition comes from."),
            ("caveats", "VARCHAR", "What must be known beside it, a line each."),
            (
                "rounding",
                "VARCHAR",
                "The rounding mode and decimals, in words; of published counts where their publication does not say its own: see kpi.value.rounding.",
            ),
            ("definition", "VARCHAR", "The whole definition and SQL, as JSON."),
        ],
    ),
    (
        "code",
        "The code lists. One row a code.",
        &[
            ("list", "VARCHAR", "The list."),
            ("code", "VARCHAR", "The code."),
            ("label", "VARCHAR", "What it means."),
            ("valid_from", "DATE", "First day on which it may be used."),
            ("valid_to", "DATE", "Last day on which it may be used."),
        ],
    ),
    (
        "column",
        "The data dictionary. One row a column.",
        &[
            ("schema_name", "VARCHAR", "The schema."),
            ("table_name", "VARCHAR", "The table."),
            ("column_name", "VARCHAR", "The column."),
            ("data_type", "VARCHAR", "Its type."),
            ("about", "VARCHAR", "What it holds."),
        ],
    ),
];

/// Creates and fills the tables, but for the dictionary.
pub(super) fn create(input: &BuildInput<'_>, connection: &Connection) -> Result<(), WarehouseError> {
    // One transaction: each row alone would be synced to disk.
    run(connection, "fill meta", "BEGIN")?;
    fill(input, connection)?;
    run(connection, "fill meta", "COMMIT")
}

fn fill(input: &BuildInput<'_>, connection: &Connection) -> Result<(), WarehouseError> {
    empty_tables(connection)?;
    let mut rows = Inserts::new(connection);
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
    )?;
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
        let view = name(&table.view_name());
        run(
            connection,
            "count what is loaded",
            &format!(
                "INSERT INTO meta.loaded SELECT _delivery, {}, count(*), count(*) FILTER (WHERE _superseded) FROM conformed.{view} GROUP BY _delivery ORDER BY _delivery",
                text(&table.name)
            ),
        )?;
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
        rows.add("rule", "NULL, NULL, ?, ?, NULL, ?, ?, NULL", params![code.id, code.severity, code.about, code.hint])?;
    }
    for (id, about, hint) in codes::of_identifiers() {
        rows.add("rule", "NULL, NULL, ?, 'error', NULL, ?, ?, NULL", params![id, about, hint])?;
    }
    // What follows reads the deliveries.
    rows.flush()?;
    arrival::fill(input, connection, &mut rows)?;
    faults(input.place, input.definitions, input.deliveries, connection)?;
    standing::fill(&mut rows, input.not_counted, zone)?;
    for kpi in &input.definitions.kpis {
        let rounding = format!("{}: {}", kpi.rounding, kpi.rounding.words());
        rows.add(
            "kpi",
            "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?",
            params![
                kpi.id,
                kpi.basis.as_str(),
                kpi.title,
                word(&kpi.area),
                word(&kpi.unit),
                kpi.unit_words,
                word(&kpi.polarity),
                kpi.grain,
                kpi.period_rule,
                kpi.source,
                kpi.caveats.join("\n"),
                rounding,
                serde_json::to_string(kpi).unwrap_or_default()
            ],
        )?;
    }
    let mut listed = std::collections::BTreeSet::new();
    for list in
        input.definitions.tables().flat_map(|table| table.columns.values()).filter_map(|column| column.codes.as_ref())
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
    rows.flush()
}

/// A word of a closed set, as the heads of files write it.
fn word(value: &impl serde::Serialize) -> Option<String> {
    serde_json::to_value(value).ok()?.as_str().map(str::to_owned)
}

/// Creates the tables.
pub(super) fn empty_tables(connection: &Connection) -> Result<(), WarehouseError> {
    for (table, _, columns) in TABLES {
        let columns: Vec<String> = columns.iter().map(|column| format!("{} {}", name(column.0), column.1)).collect();
        run(connection, "create meta", &format!("CREATE TABLE meta.{} ({})", name(table), columns.join(", ")))?;
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
    limits: Limits,
) -> Result<Connection, WarehouseError> {
    let connection = duck::in_memory(limits, None)?;
    run(&connection, "create meta", "CREATE SCHEMA meta")?;
    empty_tables(&connection)?;
    let mut rows = Inserts::new(&connection);
    deliveries(&mut rows, definitions, read)?;
    rows.flush()?;
    drop(rows);
    let may_repeat = definitions.tables().filter(|table| repeated::may_repeat(table, read));
    run(&connection, "create the working schema", "CREATE SCHEMA conformed")?;
    let engine = DuckDb { connection: &connection, seconds: limits.seconds };
    conformed::views(&engine, place, read, &definitions.settings.zone, may_repeat)?;
    faults(place, definitions, read, &connection)?;
    Ok(connection)
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
        let of_people = table.columns.values().any(|column| column.class != PrivacyClass::None);
        let raw = if of_people { "NULL" } else { "raw_value" };
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
    for table in definitions.tables().filter(|table| repeated::may_repeat(table, deliveries)) {
        let Some(found) = repeated::of_table(connection, table, deliveries)? else { continue };
        rows.add(
            "fault",
            "?, ?, NULL, NULL, NULL, NULL, ?, 'query', NULL, ?, ?, ?, NULL",
            params![found.delivery_id, found.table, repeated::RULE, found.message, found.hint, found.fault_id],
        )?;
    }
    rows.flush()?;
    history::fill(connection)
}

/// The comments of these tables.
pub(super) fn documented() -> Vec<Documented> {
    TABLES
        .iter()
        .map(|(table, about, columns)| Documented {
            table: format!("meta.{table}"),
            about: (*about).to_owned(),
            columns: columns.iter().map(|column| (column.0.to_owned(), column.2.to_owned())).collect(),
        })
        .collect()
}
