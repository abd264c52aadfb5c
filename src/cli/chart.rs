//! `kpi chart`: the series of one KPI as an SVG that stands alone, with its control chart where one suits it.

use std::path::Path;

use super::aim::declared;
use super::at::{Gazetteer, texts};
use super::judged::{applying, points_of};
use super::show::unit_words;
use super::{Failure, output};
use crate::definitions::{Basis, Kpi, Rebase, SeriesKind};
use crate::kpi::judged_series;
use crate::lake::{Place, write_shared};
use crate::picture::{TimePicture, series_picture};
use crate::run::RunError;
use crate::warehouse::query;

/// What is drawn.
pub(super) struct ChartOf<'a> {
    pub(super) kpi: &'a Kpi,
    pub(super) at: Option<&'a str>,
    pub(super) breakdown: &'a str,
    pub(super) kind: Option<SeriesKind>,
    pub(super) target: Option<f64>,
    pub(super) out: &'a Path,
}

/// Draws the series and writes it.
pub(super) fn chart(place: &Place, rebases: &[Rebase], asked: &ChartOf<'_>) -> Result<(), Failure> {
    let ChartOf { kpi, breakdown, out, kind, .. } = *asked;
    is_svg(out)?;
    let gazetteer = Gazetteer::of(place)?;
    let own = kpi.period_kind.map_or("", crate::definitions::PeriodKind::as_str);
    let kind_name = kind.map_or(own, SeriesKind::as_str);
    let codes = asked.at.map_or_else(|| Ok(Vec::new()), |at| gazetteer.find(at))?;
    let code = match codes.first() {
        Some(code) => code.clone(),
        None => widest(place, kpi)?,
    };
    let points = points_of(&|sql, given| query(place, sql, given), kpi, &code, breakdown, kind_name)?;
    if points.iter().filter(|point| point.value.is_some()).count() < 2 {
        return Err(Failure::absent(
            format!(
                "`{}` has fewer than two values of `{breakdown}` by {kind_name} at {}",
                kpi.id,
                gazetteer.called(&code)
            ),
            format!("`sendmart kpi show {} --all` lists what there is", kpi.id),
        ));
    }
    let whose = if breakdown == "total" {
        gazetteer.called(&code)
    } else {
        format!("{}, {breakdown}", gazetteer.called(&code))
    };
    let last = points.iter().rfind(|point| point.value.is_some()).map_or("", |point| point.period.as_str());
    let target = match asked.target {
        Some(target) => Some(target),
        None => declared(place, kpi, (&code, breakdown), last)?,
    };
    let judged = judged_series(kpi, kind, &points, target, &applying(rebases, kpi, &code, &gazetteer));
    let kind_words = if kind_name.is_empty() { "period".to_owned() } else { kind_name.replace('_', " ") };
    let unit = unit_words(kpi);
    let svg = series_picture(&TimePicture {
        kpi,
        whose: &whose,
        unit: &unit,
        kind: &kind_words,
        points: &points,
        judged: &judged,
        target,
    });
    write_shared(out, svg.as_bytes()).map_err(RunError::from)?;
    output::said(&format!("Wrote {}: {} periods of {}", out.display(), points.len(), kpi.id));
    let verdicts =
        [judged.variation_words(&points), judged.assurance_words().map(str::to_owned), judged.method_words()];
    for said in verdicts.into_iter().flatten().chain(judged.remarks) {
        output::said(&format!("  {said}"));
    }
    Ok(())
}

/// Refuses a name that is none of an SVG.
pub(super) fn is_svg(out: &Path) -> Result<(), Failure> {
    if out.extension().is_none_or(|ending| ending != "svg") {
        return Err(Failure::usage(
            format!("`{}` is no name of an SVG", out.display()),
            "write one that ends with `.svg`",
        ));
    }
    Ok(())
}

/// The code of the council, or of the nation.
fn widest(place: &Place, kpi: &Kpi) -> Result<String, Failure> {
    let level = if kpi.basis == Basis::Local { "authority" } else { "nation" };
    let sql = "SELECT min(geography_code) FROM kpi.value WHERE kpi_id = ?1 AND basis = ?2 AND geography_level = ?3";
    let code = texts(place, sql, &[&kpi.id, kpi.basis.as_str(), level])?.pop_first();
    code.ok_or_else(|| Failure::absent(format!("`{}` has no value of a {level}", kpi.id), "name a place with `--at`"))
}
