//! What came: which return of which year and term each delivery brought, those without a row too; and what a KPI lacks.
//!
//! An absent return has no row here, and an empty one has a row that says 0: a count of none is told from no count.

use std::collections::BTreeMap;

use duckdb::{Connection, params};

use super::WarehouseError;
use super::build::BuildInput;
use super::dialect::{name, text};
use super::duck::{self, run};
use super::inserts::Inserts;
use super::lent::ARRIVAL;
use super::meta_tables::TableOf;
use crate::definitions::{Kpi, Need, Table};

/// The columns of contracts that name the return a row is of.
const PERIOD: [&str; 3] = ["academic_year", "term", "collection_year"];

/// `meta.arrival`.
pub(super) const TABLE: TableOf = (
    "arrival",
    "What came: the returns that each delivery brought and that were read. An absent return has no row; an empty one says 0. One row a delivery, table and return.",
    &[
        ("collection", "VARCHAR", "The collection."),
        ("table_name", "VARCHAR", "The table."),
        ("delivery_id", "VARCHAR", "The delivery."),
        ("received_at", "TIMESTAMP", "When it was received, by the clock of meta.generation.timezone."),
        (
            "academic_year",
            "VARCHAR",
            "The academic year of the return, where the table has one and the file or its rows say it.",
        ),
        ("term", "VARCHAR", "The term of the return, likewise."),
        ("collection_year", "VARCHAR", "The year of the collection (SEN2), likewise."),
        ("rows", "BIGINT", "Records that it brought for that return."),
        ("rows_superseded", "BIGINT", "Of these, records that a later delivery has replaced."),
    ],
);

/// Fills it from the books and the conformed rows. `is_lent` says of a table whose rows are to be asked whether what came of it stands in
/// [`ARRIVAL`]; where it does not, the view has to be there.
pub(super) fn fill(
    input: &BuildInput<'_>,
    connection: &Connection,
    rows: &mut Inserts<'_>,
    is_lent: &dyn Fn(&Table) -> Result<bool, WarehouseError>,
) -> Result<(), WarehouseError> {
    for table in input.definitions.tables() {
        let named = PERIOD.map(|column| table.columns.contains_key(column).then_some(column));
        let mut has_rows = false;
        for (delivery, book) in input.deliveries.iter().filter(|(delivery, _)| delivery.collection == table.collection)
        {
            for part in book.tables.iter().filter(|part| part.table == table.name) {
                if part.conformed.as_ref().is_some_and(|file| file.rows > 0) {
                    has_rows = true;
                    continue;
                }
                let said = |index: usize| named[index].and_then(|column| part.speaks_for.get(column));
                rows.add(
                    "arrival",
                    "?, ?, ?, CAST(? AS TIMESTAMP), ?, ?, ?, 0, 0",
                    params![
                        table.collection,
                        table.name,
                        delivery.delivery_id.0,
                        input.definitions.settings.zone.stamp(delivery.received_at),
                        said(0),
                        said(1),
                        said(2)
                    ],
                )?;
            }
        }
        if !has_rows {
            continue;
        }
        if is_lent(table)? {
            let of_table = format!("collection = {} AND table_name = {}", text(&table.collection), text(&table.name));
            let sql =
                format!("INSERT INTO meta.arrival SELECT * FROM {ARRIVAL} WHERE {of_table} ORDER BY rowid NULLS LAST");
            run(connection, "list what came", &sql)?;
            continue;
        }
        let of_row = named.map(|column| {
            column.map_or_else(
                || "CAST(NULL AS VARCHAR)".to_owned(),
                |column| format!("CAST({} AS VARCHAR)", name(column)),
            )
        });
        run(
            connection,
            "list what came",
            &format!(
                "INSERT INTO meta.arrival SELECT {}, {}, _delivery, min(_received_at), {} AS a, {} AS t, {} AS c, count(*), \
                 count(*) FILTER (WHERE _superseded) FROM conformed.{} GROUP BY _delivery, a, t, c ORDER BY _delivery, a, t, c",
                text(&table.collection),
                text(&table.name),
                of_row[0],
                of_row[1],
                of_row[2],
                name(&table.view_name())
            ),
        )?;
    }
    Ok(())
}

/// What came of each table: whether anything did, and the records that stand.
pub(super) struct Came(BTreeMap<(String, String), i64>);

impl Came {
    /// Reads `meta.arrival`.
    pub(super) fn of(connection: &Connection) -> Result<Self, WarehouseError> {
        let sql = "SELECT collection, table_name, CAST(sum(rows - rows_superseded) AS BIGINT) FROM meta.arrival GROUP BY collection, table_name";
        let failed = |error| WarehouseError::database("read what came")(error);
        let mut statement = connection.prepare(sql).map_err(failed)?;
        let rows = statement
            .query_map([], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))
            .map_err(failed)?
            .collect::<Result<BTreeMap<_, _>, _>>()
            .map_err(failed)?;
        Ok(Self(rows))
    }

    /// What a KPI needs and has not, as the mark of its values; none when all is there.
    pub(super) fn lacking(&self, kpi: &Kpi) -> Option<String> {
        let mut lacking = Vec::new();
        for need in &kpi.needs {
            let any_of = need.any_of();
            let rows: Vec<i64> = any_of
                .iter()
                .filter_map(|(collection, table)| self.0.get(&((*collection).to_owned(), (*table).to_owned())).copied())
                .collect();
            if rows.iter().any(|rows| *rows > 0) {
                continue;
            }
            let what = if rows.is_empty() { "did not come" } else { "is empty" };
            lacking.push(format!("no source: {} {what}", in_words(need)));
        }
        (!lacking.is_empty()).then(|| lacking.join("; "))
    }
}

/// The mark of a KPI whose sources came, and tell nothing of a period.
pub(super) fn nothing_of(kpi: &Kpi, period: &str) -> String {
    let sources: Vec<String> = kpi.needs.iter().map(in_words).collect();
    format!("no source: what came of {} gives no value of {period}", sources.join(" and "))
}

fn in_words(need: &Need) -> String {
    let names: Vec<String> = need.any_of().iter().map(|(collection, table)| format!("{collection}.{table}")).collect();
    names.join(" or ")
}

/// Whether the council is known, so that a KPI without its sources can say so for it.
pub(super) fn council_is_known(connection: &Connection) -> Result<bool, WarehouseError> {
    let count = |sql: &str| duck::count(connection, "look for the council", sql);
    let is_there = "SELECT count(*) FROM duckdb_columns() WHERE database_name = 'sendmart' AND schema_name = 'mart' AND table_name = 'dim_council'";
    Ok(count(is_there)? > 0 && count("SELECT count(*) FROM mart.dim_council WHERE la_code IS NOT NULL")? > 0)
}
