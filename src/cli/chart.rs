//! `kpi chart`: the series of one KPI as an SVG that stands alone.

use std::fmt::Write as _;
use std::path::Path;

use arrow::array::{Array, AsArray};
use arrow::datatypes::Float64Type;

use super::at::{Gazetteer, texts};
use super::show::unit_words;
use super::{Failure, output};
use crate::definitions::{Basis, Kpi, SeriesKind};
use crate::lake::{Place, write_shared};
use crate::run::RunError;
use crate::warehouse::query;

/// Width and height of the picture, and the room around the plot: left, top, right, bottom.
const SIZE: (f64, f64) = (960.0, 420.0);
const ROOM: (f64, f64, f64, f64) = (70.0, 84.0, 30.0, 66.0);
/// Lines of the scale.
const LINES: u32 = 5;
/// Most periods that are named below the axis.
const NAMED: usize = 12;

/// What is drawn.
pub(super) struct ChartOf<'a> {
    pub(super) kpi: &'a Kpi,
    pub(super) at: Option<&'a str>,
    pub(super) breakdown: &'a str,
    pub(super) kind: Option<SeriesKind>,
    pub(super) out: &'a Path,
}

/// One period.
struct Point {
    period: String,
    value: Option<f64>,
    is_marked: bool,
}

/// Draws the series and writes it.
pub(super) fn chart(place: &Place, asked: &ChartOf<'_>) -> Result<(), Failure> {
    let ChartOf { kpi, breakdown, out, .. } = asked;
    if out.extension().is_none_or(|ending| ending != "svg") {
        return Err(Failure::usage(
            format!("`{}` is no name of an SVG", out.display()),
            "write one that ends with `.svg`",
        ));
    }
    let gazetteer = Gazetteer::of(place)?;
    let own = kpi.period_kind.map_or("", crate::definitions::PeriodKind::as_str);
    let kind = asked.kind.map_or(own, SeriesKind::as_str);
    let codes = asked.at.map_or_else(|| Ok(Vec::new()), |at| gazetteer.find(at))?;
    let code = match codes.first() {
        Some(code) => code.clone(),
        None => widest(place, kpi)?,
    };
    let sql = "SELECT period, value, mark IS NOT NULL AS is_marked FROM kpi.value WHERE kpi_id = ?1 AND basis = ?2 AND geography_code = ?3 \
               AND breakdown = ?4 AND (?5 = '' OR period_kind = ?5) ORDER BY period_start NULLS LAST, period";
    let (_, batches) = query(place, sql, &[&kpi.id, kpi.basis.as_str(), &code, breakdown, kind])?;
    let mut points = Vec::new();
    for batch in &batches {
        let (periods, values) =
            (batch.column(0).as_string_opt::<i32>(), batch.column(1).as_primitive_opt::<Float64Type>());
        let (Some(periods), Some(values), Some(marks)) = (periods, values, batch.column(2).as_boolean_opt()) else {
            continue;
        };
        points.extend((0..batch.num_rows()).map(|row| Point {
            period: periods.value(row).to_owned(),
            value: values.is_valid(row).then(|| values.value(row)),
            is_marked: marks.value(row),
        }));
    }
    if points.iter().filter(|point| point.value.is_some()).count() < 2 {
        return Err(Failure::absent(
            format!("`{}` has fewer than two values of `{breakdown}` by {kind} at {}", kpi.id, gazetteer.called(&code)),
            format!("`sendmart kpi show {} --all` lists what there is", kpi.id),
        ));
    }
    let whose = if *breakdown == "total" {
        gazetteer.called(&code)
    } else {
        format!("{}, {breakdown}", gazetteer.called(&code))
    };
    let svg = drawn(kpi, &whose, kind, &points);
    write_shared(out, svg.as_bytes()).map_err(RunError::from)?;
    output::said(&format!("Wrote {}: {} periods of {}", out.display(), points.len(), kpi.id));
    Ok(())
}

/// The code of the council, or of the nation.
fn widest(place: &Place, kpi: &Kpi) -> Result<String, Failure> {
    let level = if kpi.basis == Basis::Local { "authority" } else { "nation" };
    let sql = "SELECT min(geography_code) FROM kpi.value WHERE kpi_id = ?1 AND basis = ?2 AND geography_level = ?3";
    let code = texts(place, sql, &[&kpi.id, kpi.basis.as_str(), level])?.pop_first();
    code.ok_or_else(|| Failure::absent(format!("`{}` has no value of a {level}", kpi.id), "name a place with `--at`"))
}

/// The picture: a scale, a line that breaks where there is no value, hollow points where a value bears a mark.
fn drawn(kpi: &Kpi, whose: &str, kind: &str, points: &[Point]) -> String {
    let (left, top, right, bottom) = ROOM;
    let (wide, high) = (SIZE.0 - left - right, SIZE.1 - top - bottom);
    let most = points.iter().filter_map(|point| point.value).fold(0.0, f64::max);
    let step = nice(most / f64::from(LINES));
    let ceiling = (most / step).ceil().max(1.0) * step;
    #[expect(clippy::cast_precision_loss, reason = "a number of periods")]
    let x = |index: usize| left + wide * (index as f64 + 0.5) / points.len() as f64;
    let y = |value: f64| top + high * (1.0 - value / ceiling);
    let (title, unit) = (escaped(&kpi.title), escaped(&unit_words(kpi)));
    let first = points.iter().find_map(|point| Some((point.value?, &point.period)));
    let last = points.iter().rev().find_map(|point| Some((point.value?, &point.period)));
    let said = match (first, last) {
        (Some((from, since)), Some((to, until))) => format!("{}: {from} in {since}, {to} in {until}", kpi.title),
        _ => kpi.title.clone(),
    };
    // A long title is set smaller: a bold letter is a little over half as wide as it is high.
    #[expect(clippy::cast_precision_loss, reason = "the length of a title")]
    let size = (wide / (0.6 * kpi.title.chars().count().max(1) as f64)).clamp(11.0, 20.0);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" role=\"img\" aria-labelledby=\"t d\" \
         font-family=\"Arial, Helvetica, sans-serif\">\n<title id=\"t\">{title}</title>\n<desc id=\"d\">{}</desc>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n\
         <text x=\"{left}\" y=\"30\" font-size=\"{size:.0}\" font-weight=\"bold\" fill=\"#0b0c0c\">{title}</text>\n\
         <text x=\"{left}\" y=\"54\" font-size=\"14\" fill=\"#505a5f\">{}; {unit}; by {}</text>\n",
        SIZE.0,
        SIZE.1,
        escaped(&said),
        escaped(whose),
        kind.replace('_', " ")
    );
    let mut tick = 0.0;
    while tick <= ceiling + step / 2.0 {
        let at = y(tick);
        let _ = writeln!(
            svg,
            "<line x1=\"{left}\" x2=\"{:.1}\" y1=\"{at:.1}\" y2=\"{at:.1}\" stroke=\"#b1b4b6\"/><text x=\"{:.1}\" y=\"{:.1}\" \
             font-size=\"13\" text-anchor=\"end\" fill=\"#0b0c0c\">{}</text>",
            SIZE.0 - right,
            left - 8.0,
            at + 4.0,
            output::trimmed(tick, 6)
        );
        tick += step;
    }
    let every = points.len().div_ceil(NAMED);
    for (index, point) in
        points.iter().enumerate().filter(|(index, _)| (points.len() - 1 - index).is_multiple_of(every))
    {
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"12\" text-anchor=\"middle\" fill=\"#0b0c0c\">{}</text>",
            x(index),
            SIZE.1 - bottom + 22.0,
            escaped(point.period.trim_start_matches("12 months to "))
        );
    }
    for run in points.iter().enumerate().collect::<Vec<_>>().split(|(_, point)| point.value.is_none()) {
        let path: Vec<String> =
            run.iter().filter_map(|(index, point)| Some(format!("{:.1},{:.1}", x(*index), y(point.value?)))).collect();
        if path.len() > 1 {
            let _ = writeln!(
                svg,
                "<polyline points=\"{}\" fill=\"none\" stroke=\"#1d70b8\" stroke-width=\"2.5\"/>",
                path.join(" ")
            );
        }
    }
    for (index, point) in points.iter().enumerate() {
        let Some(value) = point.value else { continue };
        let fill = if point.is_marked { "#fff" } else { "#1d70b8" };
        let _ = writeln!(
            svg,
            "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"4\" fill=\"{fill}\" stroke=\"#1d70b8\" stroke-width=\"2\"><title>{}: {value}</title></circle>",
            x(index),
            y(value),
            escaped(&point.period)
        );
    }
    let notes = [
        (points.iter().any(|point| point.is_marked), "Hollow: partial or provisional."),
        (points.iter().any(|point| point.value.is_none()), "A break: no value, which is not zero."),
    ];
    let notes: Vec<&str> = notes.iter().filter(|(holds, _)| *holds).map(|(_, note)| *note).collect();
    let _ = writeln!(
        svg,
        "<text x=\"{left}\" y=\"{:.1}\" font-size=\"12\" fill=\"#505a5f\">{}</text>\n</svg>",
        SIZE.1 - 16.0,
        notes.join(" ")
    );
    svg
}

/// A step of one, two or five times a power of ten, at least as large.
fn nice(step: f64) -> f64 {
    if step <= 0.0 {
        return 1.0;
    }
    let power = 10_f64.powf(step.log10().floor());
    let factor = [1.0, 2.0, 5.0, 10.0].into_iter().find(|factor| factor * power >= step).unwrap_or(10.0);
    factor * power
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_has_round_steps() {
        let plain = |number: f64| output::trimmed(number, 6);
        assert_eq!([0.0, 0.3, 1.0, 7.2, 41.0].map(|step| plain(nice(step))), ["1", "0.5", "1", "10", "50"]);
        assert_eq!([0.0, 0.5, 20.0].map(plain), ["0", "0.5", "20"]);
        assert_eq!(escaped("a < b & \"c\""), "a &lt; b &amp; &quot;c&quot;");
    }
}
