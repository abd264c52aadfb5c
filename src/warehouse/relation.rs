//! `meta.relation`: which columns are keys, and which lead to the key of another table; each is tried on the rows of the generation.
//!
//! Constraints of `DuckDB` would cost an index for each key, held in memory while it is built and written into the file: the
//! relations are declared here instead, and say themselves whether they hold.

use duckdb::{Connection, params};

use super::WarehouseError;
use super::dialect::{name, names};
use super::duck::{self, long};
use super::inserts::Inserts;
use super::meta_tables::TableOf;
use crate::definitions::Definitions;

/// The table.
pub(super) const TABLE: TableOf = (
    "relation",
    "Keys of the tables, and what leads from one to another, each tried on the rows of this generation. One row a relation.",
    &[
        ("kind", "VARCHAR", "primary (tells every row apart) or foreign (leads to a row of another table)."),
        ("table_name", "VARCHAR", "The table, of schema mart unless it says otherwise."),
        ("columns", "VARCHAR", "Its columns, with commas."),
        ("references_table", "VARCHAR", "The other table; NULL for a primary key."),
        ("references_columns", "VARCHAR", "The columns of the other table, in the same order."),
        ("holds", "BOOLEAN", "Whether it holds for every row of this generation."),
        (
            "exceptions",
            "BIGINT",
            "Keys that stand twice, or rows that lead to none (a blank leads nowhere and is no exception).",
        ),
        ("about", "VARCHAR", "What leads where, and why some rows may lead to none."),
    ],
);

/// Lists every key and relation, and tries what the build has not proved.
pub(super) fn fill(connection: &Connection, definitions: &Definitions) -> Result<(), WarehouseError> {
    let mut rows = Inserts::new(connection);
    for table in definitions.tables() {
        let Some(mart) = &table.mart else { continue };
        let repeated = duck::count(
            connection,
            &format!("try the key of mart.{mart}"),
            &format!(
                "SELECT count(*) FROM (SELECT 1 FROM mart.{} WHERE NOT _superseded GROUP BY {} HAVING count(*) > 1)",
                name(mart),
                names(table.key.iter().map(String::as_str))
            ),
        )?;
        let about = format!("{}; of rows that are not superseded", table.grain);
        add(&mut rows, ("primary", mart, &table.key.join(", ")), None, repeated, &about)?;
    }
    // A mart of which a key stands twice is not built, nor kept.
    for mart in &definitions.marts {
        add(&mut rows, ("primary", &mart.name, &mart.key.join(", ")), None, 0, &mart.grain)?;
    }
    for one in &definitions.relations {
        let equal: Vec<String> = one
            .columns
            .iter()
            .zip(&one.to_columns)
            .map(|(from, to)| format!("there.{} = here.{}", name(to), name(from)))
            .collect();
        let filled: Vec<String> =
            one.columns.iter().map(|column| format!("here.{} IS NOT NULL", name(column))).collect();
        let lost = duck::count(
            connection,
            &format!("try what leads from mart.{} to mart.{}", one.table, one.to),
            &format!(
                "SELECT count(*) FROM mart.{} AS here WHERE {} AND NOT EXISTS (SELECT 1 FROM mart.{} AS there WHERE {})",
                name(&one.table),
                filled.join(" AND "),
                name(&one.to),
                equal.join(" AND ")
            ),
        )?;
        let to = (one.to.as_str(), one.to_columns.join(", "));
        add(&mut rows, ("foreign", &one.table, &one.columns.join(", ")), Some(to), lost, &one.about)?;
    }
    rows.flush()
}

fn add(
    rows: &mut Inserts<'_>,
    (kind, table, columns): (&str, &str, &str),
    to: Option<(&str, String)>,
    exceptions: u64,
    about: &str,
) -> Result<(), WarehouseError> {
    rows.add(
        "relation",
        "?, ?, ?, ?, ?, ?, ?, ?",
        params![
            kind,
            table,
            columns,
            to.as_ref().map(|(table, _)| *table),
            to.as_ref().map(|(_, columns)| columns.clone()),
            exceptions == 0,
            long(exceptions),
            about
        ],
    )
}
