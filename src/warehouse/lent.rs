//! What a generation takes over of the live one: its file is copied, and only the tables that are others are made anew.
//!
//! Rows that are kept as Parquet are copied into a new file at a second for each two million; a file's bytes at one for a gigabyte.
//! Nothing is lent where that would show: by other definitions or another engine; where a part of the lake that the live one has does not
//! count any more (its rows would stay behind in blocks that nothing uses); and where most rows are new ones, or a half of the file is
//! such blocks already. What is lent is known by content: `meta.made` of the live one says which each table has. A copy whose bytes
//! are not those that were sealed is thrown away.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use duckdb::Connection;

use super::WarehouseError;
use super::aside::ASIDE;
use super::build::{BuildInput, rows_of_contract};
use super::dialect::name;
use super::duck::{read_only, run};
use super::engine::EngineLimits;
use super::meta_tables::TableOf;
use super::publish::live;
use super::{conformed, duck};
use crate::definitions::foreign_tables;
use crate::lake::{FileError, make_private, sha256_file};

/// `meta.made`.
pub(super) const TABLE: TableOf = (
    "made",
    "What decides the rows of each mart, and of the conformed rows that marts are made of: two generations in which it is the same have the same rows there. One row a table.",
    &[
        ("schema_name", "VARCHAR", "mart, or conformed (rows of the lake, which are not in this file)."),
        ("table_name", "VARCHAR", "The table."),
        (
            "content",
            "VARCHAR",
            "Hash of its rows in their order; of conformed rows that of the contract, parts and deliveries.",
        ),
        ("rows", "BIGINT", "Its rows; NULL of conformed ones."),
    ],
);

/// What came of the deliveries, as the live generation has it.
pub(super) const ARRIVAL: &str = "conformed._lent_arrival";

/// The tables that stand in the file before a build begins.
#[derive(Default)]
pub(super) struct Lent {
    marts: BTreeMap<String, String>,
    /// The conformed rows of which the live generation says what came.
    views: BTreeMap<String, String>,
}

/// Whether the file is there already.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Copied {
    Whole,
    Not,
}

impl Lent {
    /// Copies the file of the live generation to `path`, where that suits; otherwise nothing is lent and nothing is there.
    pub(super) fn to(path: &Path, input: &BuildInput<'_>) -> Result<Self, WarehouseError> {
        let Some(current) = live(input.place).filter(|_| input.generation != ASIDE) else { return Ok(Self::default()) };
        if current.definitions.as_deref() != Some(input.definitions.hash.as_str()) {
            return Ok(Self::default());
        }
        let sealed = input.place.generation(current.generation).join("sendmart.duckdb");
        // One that cannot be asked is no reason not to build: nothing is lent.
        let lent = Self::of(&sealed, input).unwrap_or_else(|error| {
            tracing::debug!("Nothing is lent by generation {}: {error}", current.generation);
            None
        });
        let Some(lent) = lent else { return Ok(Self::default()) };
        match copy(&sealed, path, &current.sha256)? {
            Copied::Whole => Ok(lent),
            Copied::Not => Ok(Self::default()),
        }
    }

    /// Whether anything is lent.
    pub(super) fn is_something(&self) -> bool {
        !self.marts.is_empty()
    }

    /// Makes room in the copied file: what stays are the marts that may be the same.
    pub(super) fn make_room(&self, connection: &Connection) -> Result<(), WarehouseError> {
        const DOING: &str = "make room in the copied generation";
        let failed = |error| WarehouseError::database(DOING)(error);
        let mut statement = connection
            .prepare(
                "SELECT 'DROP TABLE mart.\"' || table_name || '\"', table_name FROM duckdb_tables() WHERE database_name = 'sendmart' \
                 AND schema_name = 'mart' UNION ALL SELECT 'DROP MACRO \"' || function_name || '\"', NULL FROM duckdb_functions() \
                 WHERE database_name = 'sendmart' AND NOT internal AND function_type = 'macro' ORDER BY 1 NULLS LAST",
            )
            .map_err(failed)?;
        let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?)));
        let all: Vec<(String, Option<String>)> = rows.map_err(failed)?.collect::<Result<_, _>>().map_err(failed)?;
        let stays = |table: &Option<String>| table.as_ref().is_some_and(|table| self.marts.contains_key(table));
        let gone: Vec<String> = all.into_iter().filter(|(_, table)| !stays(table)).map(|(sql, _)| sql).collect();
        let sql = format!(
            "BEGIN; CREATE SCHEMA conformed; CREATE TABLE {ARRIVAL} AS SELECT * FROM meta.arrival WHERE rows > 0; DROP SCHEMA meta CASCADE; \
             DROP SCHEMA kpi CASCADE; CREATE SCHEMA kpi; CREATE SCHEMA meta; {}; COMMIT",
            gone.join("; ")
        );
        run(connection, DOING, &sql)
    }

    /// Whether the mart that stands in the file is of that content.
    pub(super) fn is_of(&self, mart: &str, content: &str) -> bool {
        self.marts.get(mart).is_some_and(|lent| lent == content)
    }

    /// Whether the mart of that content stands in the file. One of another content, or of none that is known before it is made, is taken out.
    pub(super) fn has(
        &self,
        connection: &Connection,
        mart: &str,
        content: Option<&str>,
    ) -> Result<bool, WarehouseError> {
        let Some(lent) = self.marts.get(mart) else { return Ok(false) };
        if content == Some(lent) {
            return Ok(true);
        }
        run(connection, "take out what is made anew", &format!("DROP TABLE mart.{}", name(mart)))?;
        Ok(false)
    }

    /// Whether what came of these conformed rows stands in [`ARRIVAL`].
    pub(super) fn has_arrival(&self, view: &str, recipe: Option<&String>) -> bool {
        recipe.is_some() && self.views.get(view) == recipe
    }

    /// What a sealed generation lends to a build; none where it does not suit.
    fn of(sealed: &Path, input: &BuildInput<'_>) -> Result<Option<Self>, WarehouseError> {
        const DOING: &str = "ask what the live generation lends";
        let failed = |error| WarehouseError::database(DOING)(error);
        let connection = read_only(sealed, EngineLimits { threads: 1, megabytes: 256, seconds: 60 })?;
        let others = "SELECT count(*) FROM meta.generation WHERE duckdb_version <> version()";
        let unused = "SELECT count(*) FROM pragma_database_size() WHERE free_blocks * 2 > total_blocks";
        for sql in [others, unused] {
            if duck::count(&connection, DOING, sql)? > 0 {
                return Ok(None);
            }
        }
        let of_book = |(delivery, book): &(crate::model::Delivery, crate::model::Book)| {
            let id = delivery.delivery_id.0.clone();
            let parts = book.tables.iter().filter_map(|table| Some((table.table.clone(), table.conformed.as_ref()?)));
            parts.map(|(table, file)| (id.clone(), table, file.sha256.clone())).collect::<Vec<_>>()
        };
        let counts: BTreeSet<(String, String, String)> = input.deliveries.iter().flat_map(of_book).collect();
        let mut statement =
            connection.prepare("SELECT delivery_id, table_name, sha256 FROM meta.part").map_err(failed)?;
        let parts = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).map_err(failed)?;
        for part in parts {
            if !counts.contains(&part.map_err(failed)?) {
                return Ok(None);
            }
        }
        let mut lent = Self::default();
        let mut rows = BTreeMap::new();
        let mut statement =
            connection.prepare("SELECT schema_name, table_name, content, rows FROM meta.made").map_err(failed)?;
        let made = statement
            .query_map([], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get(2)?, row.get::<_, Option<i64>>(3)?))
            })
            .map_err(failed)?;
        for one in made {
            let (schema, table, content, count) = one.map_err(failed)?;
            if schema == "mart" {
                rows.insert(table.clone(), count.unwrap_or(0));
                lent.marts.insert(table, content);
            } else {
                lent.views.insert(table, content);
            }
        }
        let is_changed = lent.changed(input);
        let of = |is_wanted: &dyn Fn(&String) -> bool| -> i64 {
            rows.iter().filter(|(mart, _)| is_wanted(mart)).map(|(_, count)| count).sum()
        };
        let (all, anew) = (of(&|_| true), of(&|mart| is_changed.contains(mart)));
        Ok((!lent.marts.is_empty() && anew * 2 <= all).then_some(lent))
    }

    /// The marts that read conformed rows which are others now.
    fn changed(&self, input: &BuildInput<'_>) -> BTreeSet<String> {
        let recipes = conformed::recipes(input);
        let is_other = |sql: &str| {
            let read = foreign_tables(sql);
            let mut views = read.iter().filter_map(|table| table.strip_prefix("conformed."));
            views.any(|view| !self.has_arrival(view, recipes.get(view)))
        };
        let own = input.definitions.tables().filter_map(|table| Some((table.mart.clone()?, rows_of_contract(table))));
        let written = input.definitions.marts.iter().map(|mart| (mart.name.clone(), mart.sql.clone()));
        own.chain(written).filter(|(_, sql)| is_other(sql)).map(|(mart, _)| mart).collect()
    }
}

/// Copies a file whose bytes are those that a hash says; one that is another's is thrown away.
fn copy(from: &Path, to: &Path, sha256: &str) -> Result<Copied, WarehouseError> {
    match fs::copy(from, to) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Copied::Not),
        copied => copied.map_err(FileError::at("copy", from))?,
    };
    make_private(to)?;
    if sha256_file(to)? == sha256 {
        return Ok(Copied::Whole);
    }
    tracing::warn!(
        "`{}` is not what was published: its bytes have changed since. The new generation is built without it",
        from.display()
    );
    fs::remove_file(to).map_err(FileError::at("remove", to))?;
    Ok(Copied::Not)
}
