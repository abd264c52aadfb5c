//! The passport of a value: how new the rows are that it rests on, who has returned, what was refused, and how final it is.
//!
//! ```text
//! rows of the parts of a KPI ─► by value, day and delivery ─► newest day, newest delivery, share that is provisional
//!                                                         └─► their returns ─► rows refused of these
//! mart.return_completeness ──────────────────────────────► returned, expected
//! ```
//!
//! What is not known is NULL, and never a guess: of a file nobody can say whose its refused rows would have been.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use jiff::civil::Date;

use super::WarehouseError;
use super::build::BuildInput;
use super::dialect::text;
use super::engine::Engine;
use super::rows_behind::{COUNTED, COUNTED_OF_COUNCIL, PLACED};
use super::series;
use crate::definitions::kpi::DENOMINATOR_PERIOD;
use crate::definitions::{Basis, Definitions, Kpi, foreign_tables};

/// The mart that says who has returned.
pub(super) const COMPLETENESS: &str = "return_completeness";

/// The columns, with their types and what they hold.
pub(super) const COLUMNS: [(&str, &str, &str); 8] = [
    (
        "newest_day",
        "DATE",
        "Data as at: the newest day of a row that it counts. NULL where its rows have no day, and where it counts none.",
    ),
    (
        "newest_received",
        "TIMESTAMP",
        "When the newest delivery that it counts a row of was received, by the clock of meta.generation.timezone; of published counts, the delivery that printed them.",
    ),
    ("newest_delivery_id", "VARCHAR", "That delivery: see meta.delivery. Of published counts it is delivery_id."),
    (
        "returned",
        "BIGINT",
        "Schools or teams that returned what it is reckoned from (number): see mart.return_completeness. NULL where nobody is asked for a return.",
    ),
    ("expected", "BIGINT", "Schools or teams that should have (number)."),
    ("returners", "VARCHAR", "Which of the two they are: schools or teams."),
    (
        "rows_refused",
        "BIGINT",
        "Rows that were refused of the returns that it counts rows of, in the tables that it is made of (number): whether it would have counted them nobody knows. NULL for a school, since a file does not say which refused rows are its own, and where no rows are known.",
    ),
    (
        "provisional_share",
        "DOUBLE",
        "Of the rows that it counts, the share, 0 to 1, that a later return tells again: known from the log alone, or from one census of two. NULL where its rows do not say, and where it counts none.",
    ),
];

/// The names of the columns of `kpi.value` that are the passport of a value, but for its maturity.
pub fn columns() -> impl Iterator<Item = &'static str> {
    COLUMNS.iter().map(|(column, _, _)| *column)
}

/// What the values of these KPIs are joined with; the values are `found`, and their periods `span`.
pub(super) struct Passports {
    /// The columns of [`COLUMNS`], in their order.
    pub(super) columns: String,
    /// The maturity of a value.
    pub(super) maturity: String,
    /// The joins.
    pub(super) joins: String,
}

/// Makes the passports of the values of KPIs on own returns. `of_series` is the file of values of other periods than their own.
pub(super) fn make(
    input: &BuildInput<'_>,
    engine: &dyn Engine,
    kpis: &[&Kpi],
    of_series: Option<&PathBuf>,
) -> Result<Passports, WarehouseError> {
    let local: Vec<&Kpi> = kpis.iter().copied().filter(|kpi| kpi.basis == Basis::Local).collect();
    engine.create("list the sources of values", "memory._source", &sources(input))?;
    engine.create("list the rows that were refused", "memory._refused", &refused(input, &local))?;
    let of_series = of_series.map(|path| engine.dialect().parquet(std::slice::from_ref(path)));
    engine.create("find what values rest on", "memory._rests", &rests(&local, of_series.as_deref(), input.as_of))?;
    engine.create("reckon the passports of values", "memory._passport", &reckoned())?;
    Ok(joined(input.definitions, &local))
}

/// Each delivery with its rank, when it was received, how final it is by its source (0, 1 revised, 2 provisional), and the return that it is
/// of: itself, where it brought several or none that has a name.
fn sources(input: &BuildInput<'_>) -> String {
    let rows = input.deliveries.iter().filter_map(|(delivery, _)| {
        let standing = match delivery.maturity.as_deref()? {
            "provisional" => 2,
            "revised" => 1,
            _ => return None,
        };
        Some(format!("({}, {standing})", text(&delivery.delivery_id.0)))
    });
    // The first row says of which types the columns are.
    let rows: Vec<String> =
        std::iter::once("(CAST(NULL AS VARCHAR), CAST(NULL AS INTEGER))".to_owned()).chain(rows).collect();
    format!(
        "SELECT delivery.delivery_id, delivery.rank, delivery.received_at, COALESCE(declared.standing, 0) AS standing, \
         COALESCE(named.return_of, delivery.delivery_id) AS return_of FROM conformed._delivery AS delivery \
         LEFT JOIN (VALUES {}) AS declared (delivery_id, standing) ON declared.delivery_id = delivery.delivery_id \
         LEFT JOIN ({NAMED}) AS named ON named.delivery_id = delivery.delivery_id",
        rows.join(", ")
    )
}

/// The return that a delivery is of, where it is of one alone that has a name.
const NAMED: &str = "SELECT delivery_id, min(return_of) AS return_of FROM (SELECT delivery_id, collection || ' ' || \
     COALESCE(academic_year, collection_year, term) || CASE WHEN academic_year IS NULL THEN '' ELSE COALESCE(' ' || term, '') END AS return_of \
     FROM meta.arrival) AS brought GROUP BY delivery_id HAVING count(DISTINCT return_of) = 1 AND count(*) = count(return_of)";

/// Rows refused of each return, in the tables that each KPI is made of; not those of deliveries that later ones have replaced.
fn refused(input: &BuildInput<'_>, kpis: &[&Kpi]) -> String {
    let mut rows = Vec::new();
    for (delivery, book) in input.deliveries {
        for part in book.tables.iter().filter(|part| part.rows_quarantined > 0) {
            rows.push(format!(
                "({}, {}, {}, {})",
                text(&delivery.delivery_id.0),
                text(&delivery.collection),
                text(&part.table),
                part.rows_quarantined
            ));
        }
    }
    let with_any: BTreeSet<String> = input
        .deliveries
        .iter()
        .flat_map(|(delivery, book)| {
            let parts = book.tables.iter().filter(|part| part.rows_quarantined > 0);
            parts.map(|part| format!("{}.{}", delivery.collection, part.table))
        })
        .collect();
    let made_of = ReturnsOfMarts::of(input.definitions);
    let of_kpis = kpis.iter().flat_map(|kpi| {
        let tables = made_of.tables(input.definitions, kpi);
        let tables: Vec<String> = tables.intersection(&with_any).cloned().collect();
        tables.into_iter().map(|table| format!("({}, {})", text(&kpi.id), text(&table)))
    });
    let of_kpis: Vec<String> =
        std::iter::once("(CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR))".to_owned()).chain(of_kpis).collect();
    let first =
        "(CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR), CAST(NULL AS BIGINT))".to_owned();
    let rows: Vec<String> = std::iter::once(first).chain(rows).collect();
    format!(
        "SELECT made.kpi_id, source.return_of, CAST(sum(part.rows) AS BIGINT) AS rows \
         FROM (VALUES {}) AS part (delivery_id, collection, table_name, rows) \
         INNER JOIN (VALUES {}) AS made (kpi_id, table_name) ON made.table_name = part.collection || '.' || part.table_name \
         INNER JOIN memory._source AS source ON source.delivery_id = part.delivery_id \
         WHERE NOT EXISTS (SELECT 1 FROM (SELECT delivery_id, table_name, sum(rows) AS rows, sum(rows_superseded) AS replaced \
         FROM meta.arrival GROUP BY delivery_id, table_name) AS came \
         WHERE came.delivery_id = part.delivery_id AND came.table_name = part.table_name AND came.rows > 0 AND came.replaced = came.rows) \
         AND NOT EXISTS (SELECT 1 FROM meta.arrival AS came INNER JOIN meta.arrival AS later ON later.collection = came.collection \
         AND later.table_name = came.table_name AND later.academic_year IS NOT DISTINCT FROM came.academic_year \
         AND later.term IS NOT DISTINCT FROM came.term AND later.collection_year IS NOT DISTINCT FROM came.collection_year \
         INNER JOIN memory._source AS newer ON newer.delivery_id = later.delivery_id AND newer.rank > source.rank \
         WHERE came.delivery_id = part.delivery_id AND came.table_name = part.table_name AND came.rows = 0 \
         AND source.return_of <> source.delivery_id) \
         GROUP BY made.kpi_id, source.return_of",
        rows.join(", "),
        of_kpis.join(", ")
    )
}

/// The tables of returns that each mart reads itself, as `collection.table`.
struct ReturnsOfMarts(BTreeMap<String, BTreeSet<String>>);

impl ReturnsOfMarts {
    fn of(definitions: &Definitions) -> Self {
        let by_view: BTreeMap<String, String> = definitions
            .tables()
            .map(|table| (format!("conformed.{}", table.view_name()), format!("{}.{}", table.collection, table.name)))
            .collect();
        let of_mart = definitions.marts.iter().map(|mart| {
            let tables = foreign_tables(&mart.sql).into_iter().filter_map(|view| by_view.get(&view).cloned());
            (mart.name.clone(), tables.collect())
        });
        let of_contract = definitions.tables().filter_map(|table| {
            let mart = table.mart.clone()?;
            Some((mart, BTreeSet::from([format!("{}.{}", table.collection, table.name)])))
        });
        Self(of_mart.chain(of_contract).collect())
    }

    /// Those behind a KPI, whatever marts lie between.
    fn tables(&self, definitions: &Definitions, kpi: &Kpi) -> BTreeSet<String> {
        let marts = definitions.marts_of(kpi);
        let behind = definitions.marts_behind(&marts);
        behind.into_iter().filter_map(|mart| self.0.get(mart)).flatten().cloned().collect()
    }
}

/// What the rows that each value rests on are, by delivery: of its own period; of another, by their days; and the denominator that is taken
/// once a year.
///
/// Between two days on which some period begins or has ended, all rows are of the same periods: they are gathered by such stretches first.
fn rests(kpis: &[&Kpi], of_series: Option<&str>, as_of: Date) -> String {
    const OF_PLACE: &str = "behind.geography_level, behind.geography_code, behind.breakdown";
    const GATHERED: &str = "behind.delivery_id, max(behind.day) AS day, CAST(sum(behind.n) AS BIGINT) AS n, \
                            CAST(sum(behind.provisional) AS BIGINT) AS provisional";
    let gathered = |period: &str, from: &str| {
        format!(
            "SELECT behind.kpi_id, {period}, {OF_PLACE}, {GATHERED} FROM {from} GROUP BY behind.kpi_id, {period}, {OF_PLACE}, behind.delivery_id"
        )
    };
    let counts = format!("behind.n > 0 AND (behind.day IS NULL OR behind.day <= DATE '{as_of}')");
    let mut all =
        vec![gathered("behind.period", &format!("{COUNTED} AS behind WHERE {counts} AND NOT behind.is_stock"))];
    let Some(of_series) = of_series else { return all.remove(0) };
    for (is_stock, from_august) in [(false, false), (false, true), (true, false), (true, true)] {
        let kinds: Vec<String> = kpis
            .iter()
            .filter(|kpi| kpi.from_august == from_august)
            .filter_map(|kpi| Some((kpi, kpi.series.as_ref()?)))
            .filter(|(_, series)| series.stock == is_stock)
            .flat_map(|(kpi, series)| series.kinds.iter().map(|kind| (kpi.id.as_str(), kind.as_str())))
            .map(|(id, kind)| format!("({}, {})", text(id), text(kind)))
            .collect();
        if kinds.is_empty() {
            continue;
        }
        let (from, lies) = if is_stock {
            (COUNTED_OF_COUNCIL, "behind.day = span.period_end")
        } else {
            ("stretch", "behind.begins BETWEEN span.period_start AND span.period_end")
        };
        let from = format!(
            "{from} AS behind INNER JOIN (VALUES {}) AS told (kpi_id, kind) ON told.kpi_id = behind.kpi_id \
             INNER JOIN near AS span ON span.from_august = {from_august} AND span.period_kind = told.kind AND {lies} \
             WHERE {counts} AND behind.is_stock = {is_stock}",
            kinds.join(", ")
        );
        all.push(gathered("span.period", &from));
    }
    let once_a_year = format!(
        "{COUNTED} AS behind INNER JOIN {of_series} AS whole ON whole.kpi_id = behind.kpi_id \
         AND whole.{DENOMINATOR_PERIOD} = behind.period AND whole.geography_level = behind.geography_level \
         AND whole.geography_code = behind.geography_code AND whole.breakdown = behind.breakdown \
         WHERE behind.n > 0 AND behind.part = 'rows.denominator' AND behind.day IS NULL"
    );
    all.push(gathered("whole.period", &once_a_year));
    let told = kpis.iter().flat_map(|kpi| &kpi.series).flat_map(|series| &series.kinds);
    let told: BTreeSet<String> = std::iter::once(text("")).chain(told.map(|kind| text(kind.as_str()))).collect();
    format!(
        "WITH known AS (SELECT DISTINCT day FROM {COUNTED_OF_COUNCIL} AS counted WHERE day IS NOT NULL), \
         near AS (SELECT * FROM {0} WHERE period_kind IN ({told}) AND period_end >= (SELECT min(day) FROM known) \
         AND period_start <= (SELECT max(day) FROM known)), \
         bound AS (SELECT period_start AS day FROM near UNION SELECT CAST(period_end + INTERVAL '1' DAY AS DATE) FROM near), \
         of_day AS (SELECT known.day, max(bound.day) AS begins FROM known INNER JOIN bound ON bound.day <= known.day GROUP BY known.day), \
         stretch AS (SELECT behind.kpi_id, behind.is_stock, {OF_PLACE}, of_day.begins, {GATHERED} FROM {COUNTED_OF_COUNCIL} AS behind \
         INNER JOIN of_day ON of_day.day = behind.day WHERE {counts} AND NOT behind.is_stock \
         GROUP BY behind.kpi_id, behind.is_stock, {OF_PLACE}, of_day.begins, behind.delivery_id) {1}",
        series::DAYS,
        all.join(" UNION ALL "),
        told = told.into_iter().collect::<Vec<_>>().join(", ")
    )
}

/// What the rows that each value rests on say of it.
fn reckoned() -> String {
    format!(
        "SELECT 'local' AS basis, own.*, newest.received_at AS newest_received, newest.delivery_id AS newest_delivery_id, \
         CASE WHEN own.geography_level = 'authority' THEN CAST(COALESCE(lost.rows, 0) AS BIGINT) END AS rows_refused \
         FROM (SELECT kpi_id, {PLACED}, max(day) AS newest_day, max(source.rank) AS rank, max(source.standing) AS standing, \
         CAST(sum(provisional) AS DOUBLE) / NULLIF(CAST(sum(CASE WHEN provisional IS NOT NULL THEN n END) AS DOUBLE), 0) AS provisional_share \
         FROM memory._rests AS rests LEFT JOIN memory._source AS source ON source.delivery_id = rests.delivery_id \
         GROUP BY kpi_id, {PLACED}) AS own \
         LEFT JOIN (SELECT kpi_id, {PLACED}, sum(rows) AS rows FROM (SELECT DISTINCT rests.kpi_id, {PLACED}, refused.return_of, refused.rows \
         FROM memory._rests AS rests INNER JOIN memory._source AS source ON source.delivery_id = rests.delivery_id \
         INNER JOIN memory._refused AS refused ON refused.kpi_id = rests.kpi_id AND refused.return_of = source.return_of) AS each \
         GROUP BY kpi_id, {PLACED}) AS lost ON lost.kpi_id = own.kpi_id AND lost.period = own.period \
         AND lost.geography_level = own.geography_level AND lost.geography_code = own.geography_code AND lost.breakdown = own.breakdown \
         LEFT JOIN memory._source AS newest ON newest.rank = own.rank"
    )
}

/// How values are joined with all of it. Conditions on values alone would make a join compare each with each: they are keys.
fn joined(definitions: &Definitions, kpis: &[&Kpi]) -> Passports {
    let subjects: Vec<String> = kpis
        .iter()
        .filter_map(|kpi| Some(format!("('local', {}, {})", text(&kpi.id), text(kpi.returns.as_ref()?))))
        .collect();
    let has_mart = definitions.marts.iter().any(|mart| mart.name == COMPLETENESS);
    let is_asked = has_mart && !subjects.is_empty();
    let of_returns = if is_asked {
        format!(
            " LEFT JOIN (VALUES {}) AS asked (basis, kpi_id, subject) ON asked.basis = found.basis AND asked.kpi_id = found.kpi_id \
             LEFT JOIN mart.{COMPLETENESS} AS came ON came.subject = asked.subject AND came.period = found.period \
             AND came.geography_level = found.geography_level AND came.geography_code = found.geography_code \
             AND came.breakdown = CASE WHEN found.breakdown LIKE 'phase=%' OR found.breakdown LIKE 'team=%' \
             THEN found.breakdown ELSE 'total' END",
            subjects.join(", ")
        )
    } else {
        String::new()
    };
    let columns = COLUMNS.map(|(column, kind, _)| match column {
        "newest_received" => format!("COALESCE(passport.{column}, printed.received_at) AS {column}"),
        "returned" | "expected" | "returners" if is_asked => format!("came.{column}"),
        "returned" | "expected" | "returners" => format!("CAST(NULL AS {kind}) AS {column}"),
        _ => format!("CASE WHEN found.value IS NOT NULL THEN passport.{column} END AS {column}"),
    });
    Passports {
        columns: columns.join(", "),
        maturity: "CASE WHEN found.basis = 'published' THEN found.maturity WHEN found.value IS NULL THEN NULL \
             WHEN found.mark LIKE '%partial: %' THEN 'partial' WHEN found.mark LIKE '%provisional: %' OR NOT span.is_over \
             OR passport.provisional_share > 0 OR passport.standing = 2 OR found.maturity = 'provisional' THEN 'provisional' \
             WHEN passport.standing = 1 OR found.maturity = 'revised' THEN 'revised' ELSE 'final' END"
            .to_owned(),
        joins: format!(
            " LEFT JOIN memory._passport AS passport ON passport.basis = found.basis \
             AND passport.kpi_id = found.kpi_id AND passport.period = found.period \
             AND passport.geography_level = found.geography_level AND passport.geography_code = found.geography_code \
             AND passport.breakdown = found.breakdown LEFT JOIN memory._source AS printed \
             ON printed.delivery_id = CASE found.basis WHEN 'published' THEN found.delivery_id END{of_returns}"
        ),
    }
}
