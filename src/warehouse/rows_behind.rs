//! The rows behind the values of KPIs on own returns, counted once: what is made of rows (other periods, what did not happen by the
//! as-of date, passports) reads the counts.
//!
//! ```text
//! rows of each part ─► counts by place, day and delivery ─► kept beside the marts, as these are ─┐
//! which part of which KPI has which counts ─────────────────────────────────────────────────────┴─► one table
//! ```

use std::collections::BTreeSet;

use duckdb::Connection;
use sha2::{Digest, Sha256};

use super::WarehouseError;
use super::dialect::{name, text};
use super::engine::Engine;
use super::kept::{KeptMarts, KeptRows};
use crate::definitions::{Basis, Behind, COUNTS, IN_PART, Kpi, output_columns};
use crate::model::hex;

/// The table: of each KPI and part, by [`PLACED`], day and delivery, how many rows count something (`n`) and how many of them are
/// provisional (`provisional`), and what all count in the numerator and in the denominator of the value.
pub(super) const COUNTED: &str = "memory._behind";

/// Of these the counts of the authority alone, of which values of other periods are made: most are of schools.
pub(super) const COUNTED_OF_COUNCIL: &str = "memory._behind_of_council";

/// What tells a value from others, beside its KPI.
pub(super) const PLACED: &str = "period, geography_level, geography_code, breakdown";

/// The column of rows that says of each whether a later return tells it again.
const IS_PROVISIONAL: &str = "is_provisional";

/// What the counts are kept among.
const AMONG: &str = "kpi.counts";

/// Hexadecimal digits that tell the statements of counts apart.
const DIGITS: usize = 16;

/// What a sum of parts is reckoned in, so that their order is nothing to it.
const EXACT: &str = "DECIMAL(28, 10)";

/// The rows of one part of a KPI.
struct RowsOfPart<'k> {
    kpi: &'k Kpi,
    part: &'static str,
    sql: &'k str,
    /// They are those that stand at the end of each month, and not those of the KPI's own periods.
    is_stock: bool,
    /// The column that is the day.
    day: Option<&'k str>,
}

impl<'k> RowsOfPart<'k> {
    fn all(kpi: &'k Kpi) -> Vec<Self> {
        let of_series = kpi.series.as_ref().filter(|series| !series.stock).map(|series| series.day.as_str());
        let day = of_series.or(kpi.day.as_deref());
        let own = kpi.rows.iter().flat_map(Behind::written);
        let own = own.map(|(part, sql)| Self { kpi, part, sql, is_stock: false, day });
        // What stands at the end of a month is of that day, whatever is the day of the rows of the KPI's own periods.
        let stock = kpi.series.iter().filter_map(|series| Some((series.standing.as_deref()?, series.day.as_str())));
        let stock = stock.map(|(sql, day)| Self { kpi, part: "rows.every", sql, is_stock: true, day: Some(day) });
        own.chain(stock).collect()
    }

    /// The counts, without the KPI and the part that they are of: several KPIs divide by the same rows.
    fn counted(&self) -> String {
        let lists = output_columns(self.sql);
        let has = |wanted: &str| lists.iter().all(|columns| columns.iter().any(|column| column == wanted));
        let day = self.day.filter(|day| has(day)).map(name);
        let by_day = day.as_ref().map_or_else(String::new, |day| format!(", {day}"));
        let day = day.unwrap_or_else(|| "CAST(NULL AS DATE)".to_owned());
        // How much a row counts in the numerator and in the denominator.
        let of_row = if has(COUNTS) { COUNTS } else { "1" };
        let in_parts = match self.part {
            "rows.every" => IN_PART.map(|part| if has(part) { part } else { "NULL" }),
            "rows.numerator" => [of_row, "NULL"],
            _ => ["NULL", of_row],
        };
        let [numerator, denominator] = in_parts.map(|part| format!("sum(CAST({part} AS {EXACT}))"));
        let counts: Vec<String> = IN_PART
            .into_iter()
            .filter(|part| self.part == "rows.every" && has(part))
            .map(|part| format!("{part} <> 0"))
            .collect();
        let counts = if counts.is_empty() { "TRUE".to_owned() } else { counts.join(" OR ") };
        let provisional = if has(IS_PROVISIONAL) {
            format!("count(*) FILTER (WHERE {IS_PROVISIONAL} AND ({counts}))")
        } else {
            "CAST(NULL AS BIGINT)".to_owned()
        };
        format!(
            "SELECT {PLACED}, {day} AS day, _delivery AS delivery_id, count(*) FILTER (WHERE {counts}) AS n, \
             {provisional} AS provisional, {numerator} AS numerator, {denominator} AS denominator \
             FROM ({}\n) AS behind GROUP BY {PLACED}{by_day}, _delivery",
            self.sql
        )
    }
}

/// The statements that count the rows of a KPI, part by part as its head has them, and last those that stand at the end of each month.
pub(super) fn statements(kpi: &Kpi) -> Vec<String> {
    RowsOfPart::all(kpi).iter().map(RowsOfPart::counted).collect()
}

/// The type of the day of a statement that counts rows, asked of the engine.
pub(super) fn type_of_day(connection: &Connection, counted: &str) -> Result<String, duckdb::Error> {
    let sql = format!("SELECT column_type FROM (DESCRIBE {counted}) AS told WHERE column_name = 'day'");
    connection.query_row(&sql, [], |row| row.get(0))
}

/// Counts the rows of every part of the KPIs, but for what is kept of them.
pub(super) fn count(engine: &dyn Engine, kpis: &[&Kpi], kept: Option<&KeptMarts<'_>>) -> Result<(), WarehouseError> {
    let (mut counted_once, mut told) = (BTreeSet::new(), Vec::new());
    let (mut files, mut counts) = (Vec::new(), vec![no_counts()]);
    for rows in kpis.iter().filter(|kpi| kpi.basis == Basis::Local).flat_map(|kpi| RowsOfPart::all(kpi)) {
        let counted = rows.counted();
        let of_sql = &hex(&Sha256::digest(counted.as_bytes()))[..DIGITS];
        if counted_once.insert(of_sql.to_owned()) {
            let table = format!("{COUNTED}_{of_sql}");
            let sql = format!(
                "SELECT {} AS of_sql, * FROM ({counted}) AS counted ORDER BY {} NULLS LAST, day NULLS LAST, delivery_id NULLS LAST",
                text(of_sql),
                PLACED.replace(", ", " NULLS LAST, ")
            );
            let doing = format!("count the rows behind KPI {}", rows.kpi.id);
            match kept.map(|kept| kept.rows(engine, &doing, AMONG, &table, &sql)).transpose()? {
                Some(KeptRows::File(file)) => files.push(file),
                made => {
                    if made.is_none() {
                        engine.create(&doing, &table, &sql)?;
                    }
                    counts.push(format!("SELECT * FROM {table}"));
                }
            }
        }
        told.push(format!("({}, {}, {}, {})", text(&rows.kpi.id), text(rows.part), rows.is_stock, text(of_sql)));
    }
    if !files.is_empty() {
        counts.push(format!("SELECT * FROM {}", engine.dialect().parquet(&files)));
    }
    // The first row says of which types the columns are.
    told.insert(
        0,
        "(CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR), CAST(NULL AS BOOLEAN), CAST(NULL AS VARCHAR))".to_owned(),
    );
    let sql = format!(
        "SELECT told.kpi_id, told.part, told.is_stock, {PLACED}, day, delivery_id, n, provisional, numerator, denominator \
         FROM (VALUES {}) AS told (kpi_id, part, is_stock, of_sql) INNER JOIN ({}) AS counts ON counts.of_sql = told.of_sql",
        told.join(", "),
        counts.join(" UNION ALL ")
    );
    engine.create("gather the rows behind values", COUNTED, &sql)?;
    let of_council = format!("SELECT * FROM {COUNTED} AS counted WHERE geography_level = 'authority'");
    engine.create("gather those of the council", COUNTED_OF_COUNCIL, &of_council)
}

/// No count, of the columns that counts have.
fn no_counts() -> String {
    format!(
        "SELECT CAST(NULL AS VARCHAR) AS of_sql, CAST(NULL AS VARCHAR) AS period, CAST(NULL AS VARCHAR) AS geography_level, \
         CAST(NULL AS VARCHAR) AS geography_code, CAST(NULL AS VARCHAR) AS breakdown, CAST(NULL AS DATE) AS day, \
         CAST(NULL AS VARCHAR) AS delivery_id, CAST(NULL AS BIGINT) AS n, CAST(NULL AS BIGINT) AS provisional, \
         CAST(NULL AS {EXACT}) AS numerator, CAST(NULL AS {EXACT}) AS denominator WHERE FALSE"
    )
}
