//! `kpi.value`: every KPI, streamed through the rounding into one Parquet file and from there into its tables.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use arrow::array::AsArray;
use duckdb::Connection;
use jiff::civil::Date;

use super::WarehouseError;
use super::arrival::{Came, council_is_known, nothing_of};
use super::build::BuildInput;
use super::dialect::{name, names, text};
use super::duck::{self, DuckDb, run};
use super::engine::Engine;
use super::kept::{KeptMarts, KeptRows};
use super::{passport, rows_behind, series, target};
use crate::definitions::{Basis, Kpi, PeriodKind};
use crate::kpi;
use crate::lake::ParquetOut;
use crate::model::DeliveryId;

/// The own values of KPIs on own returns, which those of other periods are made of.
const OWN_VALUES: &str = "memory._own_value";
/// The rows that the `SELECT` of each such KPI gives, and what they are kept among.
const OWN_ROWS: &str = "_own_row";
const AMONG: &str = "kpi.own";
/// The periods of a place that has no mart of them.
const NO_PERIODS: &str = "(SELECT CAST(NULL AS VARCHAR) AS period, FALSE AS from_august, FALSE AS is_over WHERE FALSE)";

/// Computes every KPI. One whose sources did not come has no value, and says which.
pub(super) fn values(
    input: &BuildInput<'_>,
    engine: &DuckDb<'_>,
    staging: &Path,
    is_wanted: &dyn Fn(&Kpi) -> bool,
    kept: &KeptMarts<'_>,
) -> Result<(), WarehouseError> {
    let connection = engine.connection;
    let maturity: BTreeMap<DeliveryId, String> = input
        .deliveries
        .iter()
        .filter_map(|(delivery, _)| Some((delivery.delivery_id.clone(), delivery.maturity.clone()?)))
        .collect();
    let roundings = kpi::Roundings::of(input.definitions, input.deliveries);
    let came = Came::of(connection)?;
    let council = council_is_known(connection)?;
    let path = staging.join("values.parquet");
    let mut out = ParquetOut::create(&path, kpi::output_schema())?;
    let (as_of, known_at) = (input.as_of, input.definitions.settings.zone.wall_microseconds(input.known_at));
    let stamp = kpi::Stamp { as_of, known_at, maturity: &maturity, roundings: &roundings, lacking: None };
    let mut years_spoken_of: BTreeSet<i16> = BTreeSet::new();
    let mut told = Vec::new();
    let kpis: Vec<&Kpi> = input.definitions.kpis.iter().filter(|kpi| is_wanted(kpi)).collect();
    let came_of: BTreeSet<&str> = input.deliveries.iter().map(|(delivery, _)| delivery.collection.as_str()).collect();
    for kpi in &kpis {
        // Where nothing was published there is nothing to compute.
        let behind = || kpi.reads.iter().flat_map(|mart| input.definitions.collections_behind(mart));
        if kpi.basis == Basis::Published && !behind().any(|collection| came_of.contains(collection.as_str())) {
            continue;
        }
        let lacking = came.lacking(kpi);
        let stamp = kpi::Stamp { lacking: lacking.as_deref(), ..stamp };
        let own = match kpi.basis {
            // The same marts have the same rows on whatever day they are asked.
            Basis::Local => {
                let (doing, table) =
                    (format!("compute KPI {}", kpi.id), format!("memory.{}", name(&format!("{OWN_ROWS}_{}", kpi.id))));
                let sql = match kept.rows(engine, &doing, AMONG, &table, &kpi.sql)? {
                    KeptRows::File(path) => engine.dialect().parquet(&[path]),
                    KeptRows::Table(table) => table,
                };
                compute(kpi, &format!("SELECT * FROM {sql} AS own"), engine, &stamp, &mut out)?
            }
            Basis::Published => compute(kpi, &kpi.sql, engine, &stamp, &mut out)?,
        };
        let (Basis::Local, Some(kind)) = (kpi.basis, kpi.period_kind) else { continue };
        years_spoken_of.extend(own.iter().filter_map(|period| PeriodKind::begins_in(period)));
        told.push((kpi, kind, lacking, own));
    }
    // No KPI is silent about a period of which others speak, or that begins in the year in which one of theirs does: nothing of
    // what did not come tells when it would have been of.
    for (kpi, kind, lacking, own) in told.into_iter().filter(|_| council) {
        let now = kind.of(as_of);
        let mut silent: BTreeSet<String> = years_spoken_of.iter().map(|year| kind.beginning_in(*year)).collect();
        silent.retain(|period| !own.contains(period));
        if lacking.is_none() {
            silent.retain(|period| kind.is_over(period, as_of));
        } else if !own.contains(&now) {
            silent.insert(now);
        }
        for period in silent {
            let why = lacking.clone().unwrap_or_else(|| nothing_of(kpi, &period));
            let stamp = kpi::Stamp { lacking: Some(&why), ..stamp };
            compute(kpi, &without_value(&period), engine, &stamp, &mut out)?;
        }
    }
    out.finish()?;
    let has_periods = input.definitions.marts.iter().any(|mart| mart.name == series::PERIODS);
    if has_periods {
        series::touched(engine, as_of)?;
    }
    let own_values = format!(
        "SELECT * FROM {} AS found WHERE basis = 'local'",
        engine.dialect().parquet(std::slice::from_ref(&path))
    );
    engine.create("hold the own values", OWN_VALUES, &own_values)?;
    let own = format!("{OWN_VALUES} AS own");
    rows_behind::count(engine, &kpis, Some(kept))?;
    // The values that a statement about the own ones gives, of each KPI that has one.
    let of_own = |file: &str, statement: &dyn Fn(&Kpi) -> Option<String>| -> Result<PathBuf, WarehouseError> {
        let path = staging.join(file);
        let mut out = ParquetOut::create(&path, kpi::output_schema())?;
        let asked: Vec<(&Kpi, (String, String))> =
            kpis.iter().filter_map(|kpi| Some((*kpi, (format!("compute KPI {}", kpi.id), statement(kpi)?)))).collect();
        let (of_kpis, asked): (Vec<&Kpi>, Vec<(String, String)>) = asked.into_iter().unzip();
        for (kpi, batches) in of_kpis.into_iter().zip(engine.rows_of_all(&asked)?) {
            for batch in batches {
                out.write(&kpi::values(kpi, &batch, &stamp).map_err(WarehouseError::Value)?)?;
            }
        }
        out.finish()?;
        Ok(path)
    };
    let mut files = vec![path.clone()];
    if has_periods {
        files.push(of_own("series.parquet", &|kpi| series::statement(kpi, &own, as_of))?);
    }
    let zone = &input.definitions.settings.zone;
    let newest = input.deliveries.iter().map(|(delivery, _)| delivery.received_at).max();
    let is_backdated = has_periods && newest.is_some_and(|newest| zone.day_of(newest) > as_of);
    let cut = of_own("cut.parquet", &|kpi| {
        let undated = || series::undated(kpi, &own, as_of).filter(|_| is_backdated);
        series::without_later(kpi, &own, as_of).or_else(undated)
    })?;
    let columns = names(
        kpi::output_schema().fields().iter().map(|field| field.name().as_str()).filter(|name| *name != "_superseded"),
    );
    let of_period = series::OF_PERIOD.map(|(column, kind)| {
        if has_periods { format!("span.{column}") } else { format!("CAST(NULL AS {kind}) AS {column}") }
    });
    let of_period = of_period.join(", ");
    let periods = if has_periods { series::DAYS } else { NO_PERIODS };
    let from_august = kpis.iter().filter(|kpi| kpi.from_august && kpi.basis == Basis::Local).map(|kpi| text(&kpi.id));
    let from_august = std::iter::once("''".to_owned()).chain(from_august).collect::<Vec<_>>().join(", ");
    let passports = passport::make(input, engine, &kpis, has_periods.then(|| &files[1]))?;
    let passport::Passports { columns: of_passport, maturity, joins } = passports;
    let (all, cut) = (engine.dialect().parquet(&files), engine.dialect().parquet(std::slice::from_ref(&cut)));
    // What happened after the as-of date does not count: the values without it stand in for those with it. A council of whose name no
    // publication is here has that of the code list.
    let from = format!(
        "(SELECT found.* REPLACE (coalesce(found.geography_name, council.label) AS geography_name, {maturity} AS maturity), \
         {of_period}, {of_passport} FROM \
         (SELECT * FROM {all} AS whole WHERE NOT EXISTS (SELECT 1 FROM {cut} AS cut WHERE cut.kpi_id = whole.kpi_id \
         AND whole.basis = 'local' AND cut.period = whole.period AND cut.geography_level = whole.geography_level \
         AND cut.geography_code = whole.geography_code AND cut.breakdown = whole.breakdown) UNION ALL SELECT * FROM {cut}) AS found \
         LEFT JOIN {periods} AS span ON span.period = found.period \
         AND span.from_august = (found.basis = 'local' AND found.kpi_id IN ({from_august})) \
         LEFT JOIN (SELECT 'local' AS basis, 'authority' AS level, code, label FROM meta.code WHERE list = 'la') AS council \
         ON council.basis = found.basis AND council.level = found.geography_level AND council.code = found.geography_code{joins})"
    );
    let added = series::OF_PERIOD.iter().map(|(column, _)| *column).chain(passport::COLUMNS.iter().map(|one| one.0));
    let columns = format!("{columns}, {}", added.collect::<Vec<_>>().join(", "));
    for (table, condition) in [("value", "NOT _superseded"), ("superseded_value", "_superseded")] {
        run(
            connection,
            &format!("fill kpi.{table}"),
            &format!(
                "CREATE TABLE kpi.{table} AS SELECT {columns} FROM {from} WHERE {condition} ORDER BY kpi_id, basis, period NULLS LAST, \
                 geography_level NULLS LAST, geography_code NULLS LAST, breakdown NULLS LAST, delivery_id NULLS LAST, row_number NULLS LAST"
            ),
        )?;
    }
    newest_of_published(connection)?;
    leave_out_rows_without_a_place(connection, input.definitions.collections.contains_key(CENSUS))?;
    // A value may not speak for a time after the as-of date: its period has to have begun.
    run(
        connection,
        "leave out values after the as-of date",
        &format!("DELETE FROM kpi.value WHERE {}", period_after(input.as_of, has_periods)),
    )?;
    target::fill(input, connection, is_wanted)
}

/// Streams the rows of a statement; gives the periods that those of a KPI on own returns speak for.
fn compute(
    kpi: &Kpi,
    sql: &str,
    engine: &dyn Engine,
    stamp: &kpi::Stamp<'_>,
    out: &mut ParquetOut,
) -> Result<BTreeSet<String>, WarehouseError> {
    let mut periods = BTreeSet::new();
    engine.stream(&format!("compute KPI {}", kpi.id), sql, &mut |batch| {
        let values = kpi::values(kpi, &batch, stamp).map_err(WarehouseError::Value)?;
        if let (Basis::Local, Some(period)) = (kpi.basis, values.column_by_name("period")) {
            periods.extend(period.as_string::<i32>().iter().flatten().map(str::to_owned));
        }
        out.write(&values).map_err(WarehouseError::from)
    })?;
    Ok(periods)
}

/// Of published figures that several deliveries tell (a group that has another name in the newer file, and the same meaning), that of the
/// newest counts. What one delivery tells twice is left to the check.
fn newest_of_published(connection: &Connection) -> Result<(), WarehouseError> {
    const DOING: &str = "leave out what a newer release tells too";
    const GRAIN: &str = "kpi_id, period, geography_level, geography_code, breakdown";
    let older = format!(
        "SELECT value.rowid AS row FROM kpi.value AS value INNER JOIN memory._source AS source ON source.delivery_id = value.delivery_id \
         INNER JOIN (SELECT {GRAIN}, max(source.rank) AS rank FROM kpi.value AS told \
         INNER JOIN memory._source AS source ON source.delivery_id = told.delivery_id \
         WHERE told.basis = 'published' GROUP BY {GRAIN} HAVING count(*) > 1) AS newest USING ({GRAIN}) \
         WHERE value.basis = 'published' AND source.rank < newest.rank"
    );
    let left_out = duck::count(connection, DOING, &format!("SELECT count(*) FROM ({older}) AS older"))?;
    if left_out == 0 {
        return Ok(());
    }
    run(
        connection,
        DOING,
        &format!(
            "INSERT INTO kpi.superseded_value SELECT * FROM kpi.value WHERE rowid IN ({older}); DELETE FROM kpi.value WHERE rowid IN ({older})"
        ),
    )?;
    tracing::warn!(
        "{left_out} published figures are told by a newer file too, under groups of another name: those of the newer one count \
         (see the queries `release::left_standing` of `sendmart faults list`)"
    );
    Ok(())
}

/// The collection whose head says which council and which schools its other tables are of.
const CENSUS: &str = "school_census";

/// Leaves out rows on own returns of which nothing says which council or school they are of, since the table that would say it
/// did not come: no reader could tell whose they are. That table is named.
fn leave_out_rows_without_a_place(connection: &Connection, has_census: bool) -> Result<(), WarehouseError> {
    const THESE: &str = "basis = 'local' AND geography_code IS NULL AND geography_level IN ('authority', 'school')";
    const DOING: &str = "leave out rows of a place that is not known";
    let left_out = duck::count(connection, DOING, &format!("SELECT count(*) FROM kpi.value WHERE {THESE}"))?;
    let headless = if has_census { without_head(connection)? } else { String::new() };
    if left_out == 0 {
        if !headless.is_empty() {
            tracing::warn!(
                "A school census came without the table that says which schools and council it is of:{headless} Put it into the inbox"
            );
        }
        return Ok(());
    }
    for table in ["value", "superseded_value"] {
        run(connection, DOING, &format!("DELETE FROM kpi.{table} WHERE {THESE}"))?;
    }
    tracing::warn!(
        "{left_out} KPI rows are left out: nothing says which council or school they are of.{headless} Send the missing table, or, \
         for the council, write `authority = \"933\"`, with your three digits, into config/local.toml"
    );
    Ok(())
}

/// The censuses of which a table came and not their head, in words.
fn without_head(connection: &Connection) -> Result<String, WarehouseError> {
    let sql = format!(
        "SELECT coalesce(string_agg(DISTINCT came.academic_year || ' ' || came.term, ', '), '') FROM meta.arrival AS came \
         WHERE came.collection = '{CENSUS}' AND NOT EXISTS (SELECT 1 FROM meta.arrival AS head WHERE head.collection = '{CENSUS}' \
         AND head.table_name = 'census_return' AND head.academic_year = came.academic_year AND head.term = came.term)"
    );
    let told: String = connection
        .query_row(&sql, [], |row| row.get(0))
        .map_err(WarehouseError::database("look for the heads of the censuses"))?;
    Ok(match told.as_str() {
        "" => String::new(),
        censuses => format!(" `{CENSUS}.census_return` (the file `schoolcensus`) did not come for {censuses}."),
    })
}

/// A row of the council for a period, so that there is one that can say why it has no value.
fn without_value(period: &str) -> String {
    format!(
        "SELECT {} AS period, 'authority' AS geography_level, la_code AS geography_code, name AS geography_name, 'total' AS breakdown, \
         CAST(NULL AS DOUBLE) AS numerator, CAST(NULL AS DOUBLE) AS denominator, CAST(NULL AS VARCHAR) AS reason, \
         CAST(NULL AS DOUBLE) AS published, CAST(NULL AS VARCHAR) AS _delivery, CAST(NULL AS VARCHAR) AS _sheet, \
         CAST(NULL AS INTEGER) AS _row, FALSE AS _superseded FROM mart.dim_council",
        text(period)
    )
}

/// Whether a period begins after a day. `mart.dim_period` has the terms and weeks that have begun: others begin later, but for weeks that
/// no calendar has (a 53rd of most years), which are not taken away.
fn period_after(as_of: Date, has_periods: bool) -> String {
    let year = as_of.year();
    let academic = PeriodKind::first_year(as_of);
    let of_part = format!(
        "WHEN period LIKE '____/__ %' THEN TRUE WHEN period LIKE '____ week __' \
         THEN substr(period, 11) <= '52' OR CAST(substr(period, 1, 4) || '-12-31' AS DATE) > DATE '{as_of}' "
    );
    let of_part = if has_periods { of_part.as_str() } else { "" };
    format!(
        "(CASE WHEN period_start IS NOT NULL THEN period_start > DATE '{as_of}' {of_part}\
         WHEN length(period) = 4 THEN CAST(period AS INTEGER) > {year} ELSE CAST(substr(period, 1, 4) AS INTEGER) > {academic} END)"
    )
}
