//! What verbs about a series have in common: its values as they are judged, and the declared changes that apply to it.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Float64Type;
use jiff::civil::Date;

use super::at::Gazetteer;
use super::show::{Ask, SCREEN, Wanted};
use super::{Failure, output};
use crate::definitions::{Kpi, PeriodKind, Rebase, SeriesKind};
use crate::kpi::{SeriesPoint, judged_series, trimmed};
use crate::warehouse::published_own_periods;

/// The values of one KPI at one place, in the order of time; `kind` blank for the own periods of published figures.
pub(super) fn points_of(
    ask: &Ask<'_>,
    kpi: &Kpi,
    code: &str,
    breakdown: &str,
    kind: &str,
) -> Result<Vec<SeriesPoint>, Failure> {
    let sql = format!(
        "SELECT period, CAST(period_start AS VARCHAR), CAST(period_end AS VARCHAR), value, numerator, denominator, \
               mark IS NOT NULL, coalesce(maturity = 'partial', FALSE) OR NOT coalesce(is_over, TRUE) \
               FROM kpi.value AS value WHERE kpi_id = ?1 AND basis = ?2 AND geography_code = ?3 AND breakdown = ?4 \
               AND (period_kind = ?5 OR (?5 = '' AND {})) ORDER BY period_start NULLS LAST, period NULLS LAST",
        published_own_periods("value")
    );
    let (_, batches) = ask(&sql, &[&kpi.id, kpi.basis.as_str(), code, breakdown, kind])?;
    Ok(batches.iter().flat_map(|batch| (0..batch.num_rows()).map(|row| point(batch, row))).collect())
}

fn point(batch: &RecordBatch, row: usize) -> SeriesPoint {
    let text = |index: usize| {
        let column = batch.column(index).as_string_opt::<i32>()?;
        column.is_valid(row).then(|| column.value(row))
    };
    let figure = |index: usize| {
        let column = batch.column(index).as_primitive_opt::<Float64Type>()?;
        column.is_valid(row).then(|| column.value(row))
    };
    let holds = |index: usize| batch.column(index).as_boolean_opt().is_some_and(|column| column.value(row));
    let day = |index: usize| text(index)?.parse::<Date>().ok();
    SeriesPoint {
        period: text(0).unwrap_or_default().to_owned(),
        days: day(1).zip(day(2)),
        value: figure(3),
        numerator: figure(4),
        denominator: figure(5),
        is_marked: holds(6),
        is_partial: holds(7),
    }
}

/// The declared changes of a KPI at a place. One that names a place that nobody here knows is told, and applies to none.
pub(super) fn applying<'r>(rebases: &'r [Rebase], kpi: &Kpi, code: &str, gazetteer: &Gazetteer) -> Vec<&'r Rebase> {
    let of_kpi = rebases.iter().filter(|rebase| rebase.kpi == kpi.id);
    let is_here = |rebase: &&Rebase| match rebase.place.as_deref().map(|place| (place, gazetteer.find(place))) {
        None => true,
        Some((_, Ok(codes))) => codes.iter().any(|one| one == code),
        Some((place, Err(failure))) => {
            let hint = failure.hint.as_deref();
            output::warning(
                &format!("`[[rebase]]` of `{}` for `{place}` is passed over: {}", kpi.id, failure.text),
                hint,
            );
            false
        }
    };
    of_kpi.filter(is_here).collect()
}

/// Prints variation and assurance of a series, and the method. Of a KPI's own periods, of which nobody asked for a verdict, only what
/// has limits is told.
pub(super) fn tell(
    kpi: &Kpi,
    (code, breakdown): (&str, &str),
    gazetteer: &Gazetteer,
    wanted: &Wanted<'_>,
    declared: Option<f64>,
    ask: &Ask<'_>,
) -> Result<(), Failure> {
    let target = wanted.target.or(declared);
    let own = kpi.period_kind.map_or("", PeriodKind::as_str);
    let points = points_of(ask, kpi, code, breakdown, wanted.kind.map_or(own, SeriesKind::as_str))?;
    let judged = judged_series(kpi, wanted.kind, &points, target, &applying(wanted.rebases, kpi, code, gazetteer));
    if wanted.kind.is_none() && wanted.target.is_none() && !judged.has_limits() {
        return Ok(());
    }
    output::said("Variation");
    let assurance = judged.assurance_words();
    let assurance = assurance.zip(target).map(|(words, target)| format!("target {}: {words}", trimmed(target, 6)));
    let said = [judged.variation_words(&points), assurance, judged.method_words()];
    let width = output::width().unwrap_or(SCREEN);
    for line in said.into_iter().flatten().chain(judged.remarks) {
        output::line(&output::wrapped(&line, "  ", "    ", width));
    }
    Ok(())
}
