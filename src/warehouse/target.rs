//! `kpi.target` and `kpi.status`: the lines of targets, and each value that one speaks of beside what was expected on its day.
//!
//! They are tables of their own and no columns of `kpi.value`: a value is what was counted, and does not change when a council changes its
//! mind; and most values have no target.

use duckdb::{Connection, params};
use jiff::civil::Date;

use super::WarehouseError;
use super::build::BuildInput;
use super::comments::Documented;
use super::duck::run;
use super::meta::{self, create_tables};
use super::meta_tables::TableOf;
use crate::definitions::{Basis, Kpi, TargetLine, TargetReading};
use crate::kpi::{ValueThen, judge};

const TABLES: [TableOf; 2] = [
    (
        "target",
        "What values are to reach: the checked rows of config/targets.csv. Grain: one dated point of the line of a KPI, place and breakdown.",
        &[
            ("kpi_id", "VARCHAR", "The KPI: see meta.kpi."),
            ("geography_code", "VARCHAR", "The place, as in kpi.value."),
            ("breakdown", "VARCHAR", "The breakdown, as in kpi.value."),
            (
                "target_basis",
                "VARCHAR",
                "Which values it is compared with: annual, year_to_date, rolling_12_months, month or term.",
            ),
            ("kind", "VARCHAR", "baseline, milestone or target."),
            ("day", "DATE", "The day of which it speaks. Between two days the line is straight."),
            ("value", "DOUBLE", "What it was (baseline) or is to be by then, in the KPI's unit."),
            ("unit", "VARCHAR", "The KPI's unit: see meta.kpi."),
            ("polarity", "VARCHAR", "Which is better of this breakdown: high or low."),
            ("note", "VARCHAR", "What has to be known of the point; NULL where nothing is said."),
            ("line_number", "BIGINT", "Its line in the file, 1-based."),
        ],
    ),
    (
        "status",
        "Values that have a target, each beside what the line says of the last day of its period. Grain: as kpi.value; join it on kpi_id, basis, period, geography_level, geography_code and breakdown.",
        &[
            ("kpi_id", "VARCHAR", "The KPI."),
            ("basis", "VARCHAR", "Whose counts, as in kpi.value: published or local."),
            ("period_kind", "VARCHAR", "The kind of its period."),
            ("period", "VARCHAR", "Its period."),
            ("period_end", "DATE", "The last day of it: the day on which it is held against the line."),
            ("geography_level", "VARCHAR", "As in kpi.value."),
            ("geography_code", "VARCHAR", "As in kpi.value."),
            ("breakdown", "VARCHAR", "As in kpi.value."),
            ("target_basis", "VARCHAR", "The basis of the target: see kpi.target."),
            ("value", "DOUBLE", "The value, as in kpi.value."),
            ("reason", "VARCHAR", "Why there is none, as in kpi.value."),
            (
                "mark",
                "VARCHAR",
                "What a reader must know beside it, as in kpi.value: a partial value is judged as it stands.",
            ),
            (
                "expected",
                "DOUBLE",
                "What the line says of that day: straight between two dated points, rounded as the KPI's values are; that of the target after the last. NULL before the baseline.",
            ),
            ("difference", "DOUBLE", "The value less what is expected; NULL where it is not judged."),
            (
                "status",
                "VARCHAR",
                "behind, on_track (as good as the line), ahead (as good as the next milestone already), met (as good as the target, on whatever day), not_reached (worse than the target on its day or later); before_baseline, not_over (the period is not over), no_value (see reason).",
            ),
            ("target_day", "DATE", "The day of the target."),
            ("target", "DOUBLE", "The target."),
        ],
    ),
];

/// The comments of both tables.
pub(super) fn documented() -> impl Iterator<Item = Documented> {
    meta::documented("kpi", &TABLES)
}

/// Makes both tables of the values as they stand.
pub(super) fn fill(
    input: &BuildInput<'_>,
    connection: &Connection,
    is_wanted: &dyn Fn(&Kpi) -> bool,
) -> Result<(), WarehouseError> {
    create_tables(connection, "kpi", &TABLES)?;
    // One transaction: each row alone would be synced to disk.
    run(connection, "fill kpi.status", "BEGIN")?;
    for line in &input.definitions.targets.lines {
        points(connection, line)?;
        let is_asked = |reading: &&TargetReading| {
            let is_of = |kpi: &&Kpi| kpi.id == line.kpi_id && kpi.basis == reading.basis;
            input.definitions.kpis.iter().filter(is_of).any(is_wanted)
        };
        let asked: Vec<&TargetReading> = line.readings.iter().filter(is_asked).collect();
        let judged = asked.iter().map(|reading| statuses(connection, line, reading)).sum::<Result<usize, _>>()?;
        if !asked.is_empty() && judged == 0 {
            tracing::warn!(
                "The target of `{}` for `{}`, {}, speaks of no value: no {} value of that place and breakdown is here. `sendmart kpi show {} --all` lists those that are",
                line.kpi_id,
                line.place,
                line.breakdown,
                line.basis.as_str(),
                line.kpi_id
            );
        }
    }
    run(connection, "fill kpi.status", "COMMIT")
}

fn points(connection: &Connection, line: &TargetLine) -> Result<(), WarehouseError> {
    for point in &line.points {
        let row = params![
            line.kpi_id,
            line.place,
            line.breakdown,
            line.basis.as_str(),
            point.kind.as_str(),
            point.day.to_string(),
            point.value(),
            line.unit.as_str(),
            line.polarity.as_str(),
            point.note,
            i64::try_from(point.line).unwrap_or(i64::MAX)
        ];
        connection
            .execute("INSERT INTO kpi.target VALUES (?, ?, ?, ?, ?, CAST(? AS DATE), ?, ?, ?, ?, ?)", row)
            .map_err(WarehouseError::database("fill kpi.target"))?;
    }
    Ok(())
}

/// One value of a line, as it is asked for.
struct TargetedValue {
    period_kind: String,
    period: String,
    day: String,
    is_over: bool,
    level: Option<String>,
    value: Option<f64>,
    reason: Option<String>,
    mark: Option<String>,
}

/// Judges the values of one reading; gives how many there are.
fn statuses(connection: &Connection, line: &TargetLine, reading: &TargetReading) -> Result<usize, WarehouseError> {
    let failed = |error| WarehouseError::database("fill kpi.status")(error);
    let kinds: Vec<String> = reading.period_kinds.iter().map(|kind| format!("'{}'", kind.as_str())).collect();
    let sql = format!(
        "SELECT period_kind, period, CAST(period_end AS VARCHAR), is_over, geography_level, value, reason, mark FROM kpi.value \
         WHERE kpi_id = ? AND basis = ? AND geography_code = ? AND breakdown = ? AND period_kind IN ({}) AND period_end IS NOT NULL \
         ORDER BY period_end NULLS LAST, period NULLS LAST, geography_level NULLS LAST",
        kinds.join(", ")
    );
    let basis = Basis::as_str(reading.basis);
    let mut statement = connection.prepare(&sql).map_err(failed)?;
    let found = statement
        .query_map(params![line.kpi_id, basis, line.place, line.breakdown], |row| {
            Ok(TargetedValue {
                period_kind: row.get(0)?,
                period: row.get(1)?,
                day: row.get(2)?,
                is_over: row.get::<_, Option<bool>>(3)?.unwrap_or(false),
                level: row.get(4)?,
                value: row.get(5)?,
                reason: row.get(6)?,
                mark: row.get(7)?,
            })
        })
        .map_err(failed)?
        .collect::<Result<Vec<_>, _>>()
        .map_err(failed)?;
    let end = line.end();
    for one in &found {
        let Ok(day) = one.day.parse::<Date>() else { continue };
        let judged = judge(line, reading.places, &ValueThen { day, is_over: one.is_over, value: one.value });
        let row = params![
            line.kpi_id,
            basis,
            one.period_kind,
            one.period,
            one.day,
            one.level,
            line.place,
            line.breakdown,
            line.basis.as_str(),
            one.value,
            one.reason,
            one.mark,
            judged.expected,
            judged.difference,
            judged.status.as_str(),
            end.map(|end| end.day.to_string()),
            end.map(crate::definitions::TargetPoint::value)
        ];
        let sql = "INSERT INTO kpi.status VALUES (?, ?, ?, ?, CAST(? AS DATE), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, CAST(? AS DATE), ?)";
        connection.execute(sql, row).map_err(failed)?;
    }
    Ok(found.len())
}
