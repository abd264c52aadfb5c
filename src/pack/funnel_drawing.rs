//! The drawing of a funnel: schools by the size of their denominator, between the limits of chance. Hidden from screen readers.

use maud::{Markup, html};

use super::drawing::tick_words;
use super::schools::is_above;
use super::shown::said_words;
use super::values::{BoardFigure, BoardKpi};
use crate::kpi::JudgedPlaces;
use crate::picture::round_step;
use crate::statistics::funnel::{FunnelLimits, FunnelVerdict};

/// Width and height of the drawing, in its own units.
const SIZE: (f64, f64) = (640.0, 320.0);
/// Room left of, above, right of and below the schools.
const ROOM: (f64, f64, f64, f64) = (64.0, 16.0, 132.0, 56.0);
/// Points of a curve.
const CURVE: u32 = 60;
/// Lines of a scale, about.
const LINES: f64 = 4.0;

/// A curve: its class, what it is called at its end, its limit.
type LimitCurve = (&'static str, &'static str, fn(&FunnelLimits) -> f64);

const CURVES: [LimitCurve; 4] = [
    ("strong", "99.8%", |limits| limits.upper_998),
    ("limit", "95%", |limits| limits.upper_95),
    ("limit", "95%", |limits| limits.lower_95),
    ("strong", "99.8%", |limits| limits.lower_998),
];

/// Draws schools with their verdicts.
pub(super) fn funnel_drawing(one: &BoardKpi<'_>, figures: &[&BoardFigure], judged: &JudgedPlaces) -> Markup {
    let scale = one.kpi.scale;
    let places = judged.by_distance();
    let points: Vec<(f64, f64, FunnelVerdict)> = places
        .iter()
        .filter_map(|(index, place)| Some((figures.get(*index)?.denominator?, place.value? * scale, place.verdict)))
        .collect();
    let (left, top, right, bottom) = ROOM;
    let (wide, high) = (SIZE.0 - left - right, SIZE.1 - top - bottom);
    let overall = judged.funnel.target * scale;
    let most = points.iter().map(|(_, value, _)| *value).fold(overall, f64::max);
    let widest = points.iter().map(|(size, ..)| *size).fold(1.0, f64::max);
    let (step, step_across) = (round_step(most * 1.15 / LINES), round_step(widest / LINES));
    let ceiling = ((most * 1.15) / step).ceil() * step;
    let across = (widest / step_across).ceil() * step_across;
    let x = |size: f64| left + wide * size / across;
    let y = |value: f64| top + high * (1.0 - value / ceiling);
    let at = |number: f64| format!("{number:.1}");
    let ticks = |step: f64, end: f64| {
        let mut ticks = Vec::new();
        let mut tick = 0.0;
        while tick <= end + step / 2.0 {
            ticks.push(tick);
            tick += step;
        }
        ticks
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the end of an axis")]
    let curve = judged.funnel.curve(1, across.max(1.0) as u64, CURVE);
    let mut curves = Vec::new();
    let mut ends: Vec<(f64, String)> =
        vec![(y(overall), format!("overall {}", said_words(one.kpi, (overall * 100.0).round() / 100.0)))];
    for (class, name, of) in CURVES {
        let within: Vec<(f64, f64)> = curve
            .iter()
            .map(|(size, limits)| (*size as f64, of(limits) * scale))
            .filter(|(_, value)| *value <= ceiling)
            .collect();
        if let Some((_, value)) = within.last() {
            ends.push((y(*value), name.to_owned()));
        }
        let line = within.iter().map(|(size, value)| format!("{},{}", at(x(*size)), at(y(*value))));
        curves.push((class, line.collect::<Vec<_>>().join(" ")));
    }
    let ends = apart(ends);
    html! {
        svg class="line" viewBox={ "0 0 " (SIZE.0) " " (SIZE.1) } aria-hidden="true" focusable="false" {
            @for tick in ticks(step, ceiling) {
                line class="scale" x1=(at(left)) x2=(at(SIZE.0 - right)) y1=(at(y(tick))) y2=(at(y(tick))) {}
                text x=(at(left - 8.0)) y=(at(y(tick) + 5.0)) text-anchor="end" { (tick_words(tick)) }
            }
            @for tick in ticks(step_across, across) {
                text x=(at(x(tick))) y=(at(SIZE.1 - bottom + 20.0)) text-anchor="middle" { (tick_words(tick)) }
            }
            text x=(at(left + wide / 2.0)) y=(at(SIZE.1 - 12.0)) text-anchor="middle" { "denominator of the school" }
            line class="centre" x1=(at(left)) x2=(at(SIZE.0 - right)) y1=(at(y(overall))) y2=(at(y(overall))) {}
            @for (class, line) in &curves { polyline class=(class) points=(line) {} }
            // The farthest last, so that they lie above the others.
            @for (size, value, verdict) in points.iter().rev() { (school((x(*size), y(*value)), *verdict)) }
            @for (height, words) in &ends { text x=(at(SIZE.0 - right + 4.0)) y=(at(*height + 5.0)) { (words) } }
        }
    }
}

/// A school: a circle within the limits, a triangle upwards above them, downwards below; filled beyond 99.8 %.
fn school((x, y): (f64, f64), verdict: FunnelVerdict) -> Markup {
    let is_strong = matches!(verdict, FunnelVerdict::Above998 | FunnelVerdict::Below998);
    let class = if is_strong { "point outlier" } else { "hollow outlier" };
    let tip = |up: f64| {
        format!("{x:.1},{:.1} {:.1},{:.1} {:.1},{:.1}", y - 7.0 * up, x + 6.5, y + 5.0 * up, x - 6.5, y + 5.0 * up)
    };
    match is_above(verdict) {
        None => html! { circle class="hollow" cx=(format!("{x:.1}")) cy=(format!("{y:.1}")) r="4" {} },
        Some(true) => html! { polygon class=(class) points=(tip(1.0)) {} },
        Some(false) => html! { polygon class=(class) points=(tip(-1.0)) {} },
    }
}

/// Moves labels apart that would lie on one another.
fn apart(mut labels: Vec<(f64, String)>) -> Vec<(f64, String)> {
    labels.sort_by(|one, other| one.0.total_cmp(&other.0));
    for index in 1..labels.len() {
        labels[index].0 = labels[index].0.max(labels[index - 1].0 + 15.0);
    }
    let over = labels.last().map_or(0.0, |label| (label.0 - (SIZE.1 - ROOM.3)).max(0.0));
    labels.into_iter().map(|(height, words)| (height - over, words)).collect()
}
