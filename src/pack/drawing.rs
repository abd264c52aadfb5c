//! The drawing of a series: a line that breaks where there is no figure, hollow points where one is not final, a label at its end;
//! where it is judged its centre, the limits of chance, and a shape for each kind of special cause; the line to its target.
//!
//! It is hidden from screen readers: the description and the table beside it say the same.

use maud::{Markup, html};

use super::judged::JudgedOfKpi;
use super::marks::symbols;
use super::period::period_words;
use super::shown::{said_words, thousands};
use super::values::BoardFigure;
use crate::definitions::{Kpi, Unit};
use crate::picture::round_step;
use crate::statistics::spc::{SpcLimits, SpcVariation};

/// Width and height of the drawing, in its own units.
const SIZE: (f64, f64) = (640.0, 300.0);
/// Room left of, above, right of and below the line.
const ROOM: (f64, f64, f64, f64) = (64.0, 16.0, 132.0, 44.0);
/// Periods that are named below the line, at most.
const NAMED: usize = 6;
/// Lines of the scale, about.
const LINES: f64 = 4.0;

/// A limit or the centre: its class, and how it is told at its end.
type LimitLine = (&'static str, &'static str, fn(&SpcLimits) -> f64);

const LIMITS: [LimitLine; 3] = [
    ("limit", "upper", |limits| limits.upper),
    ("centre", "centre", |limits| limits.centre),
    ("limit", "lower", |limits| limits.lower),
];

/// A piece of a limit between two declared changes: places of figures and its height there.
type LimitRun = Vec<(usize, f64)>;

/// Least distance of two labels.
const APART: f64 = 15.0;

/// Draws figures that are in the order of their periods.
pub(super) fn line(kpi: &Kpi, figures: &[&BoardFigure], verdict: &JudgedOfKpi) -> Markup {
    let (left, top, right, bottom) = ROOM;
    let (wide, high) = (SIZE.0 - left - right, SIZE.1 - top - bottom);
    let limits: Vec<(usize, SpcLimits)> =
        (0..figures.len()).filter_map(|index| Some((index, verdict.judged.point(index)?.limits?))).collect();
    // Where no value can be (below nought, above a whole) no limit is drawn.
    let can_be = |value: f64| value >= 0.0 && (kpi.unit != Unit::Percent || value <= 100.0);
    let aims: Vec<(usize, f64)> =
        figures.iter().enumerate().filter_map(|(index, figure)| Some((index, figure.aim?.expected?))).collect();
    let values = || figures.iter().filter_map(|figure| figure.value).chain(aims.iter().map(|(_, aim)| *aim));
    let uppers = limits.iter().map(|(_, limits)| limits.upper).filter(|upper| can_be(*upper));
    let (least, most) = (values().fold(0.0, f64::min), values().chain(uppers).fold(0.0, f64::max));
    let step = round_step((most - least) / LINES);
    let (floor, ceiling) = ((least / step).floor() * step, ((most / step).ceil() * step).max(step));
    let x = |index: usize| left + wide * (index as f64 + 0.5) / figures.len() as f64;
    let y = |value: f64| top + high * (1.0 - (value - floor) / (ceiling - floor));
    let at = |number: f64| format!("{number:.1}");
    let mut ticks = Vec::new();
    let mut tick = floor;
    while tick <= ceiling + step / 2.0 {
        ticks.push(tick);
        tick += step;
    }
    let every = figures.len().div_ceil(NAMED).max(1);
    let named = figures.iter().enumerate().filter(|(index, _)| (figures.len() - 1 - index).is_multiple_of(every));
    let points: Vec<(usize, f64, bool)> = figures
        .iter()
        .enumerate()
        .filter_map(|(index, figure)| Some((index, figure.value?, !symbols(figure).is_empty())))
        .collect();
    let mut ends: Vec<(f64, String, &str)> = Vec::new();
    let mut judging: Vec<(&str, Vec<LimitRun>)> = Vec::new();
    for (class, name, of) in LIMITS {
        let at: Vec<(usize, f64)> =
            limits.iter().map(|(index, limits)| (*index, of(limits))).filter(|(_, value)| can_be(*value)).collect();
        let is_at_end = |(index, _): &&(usize, f64)| limits.last().is_some_and(|(last, _)| last == index);
        if let Some((_, value)) = at.last().filter(is_at_end) {
            ends.push((y(*value), format!("{name} {}", said_words(kpi, rounded(*value))), class));
        }
        // A declared change begins another line.
        let runs = at.chunk_by(|one, next| segment(verdict, one.0) == segment(verdict, next.0));
        judging.push((class, runs.map(<[(usize, f64)]>::to_vec).collect()));
    }
    if let Some((_, aim)) = aims.last() {
        ends.push((y(*aim), format!("target line {}", said_words(kpi, *aim)), "aim"));
    }
    if let Some((_, value, _)) = points.last() {
        ends.push((y(*value), said_words(kpi, *value), "end"));
    }
    let ends = apart(ends);
    let joined = |run: &[(usize, f64)]| {
        let points = run.iter().map(|(index, value)| format!("{},{}", at(x(*index)), at(y(*value))));
        points.collect::<Vec<_>>().join(" ")
    };
    let runs = points.chunk_by(|one, next| one.0 + 1 == next.0).filter(|run| run.len() > 1);
    html! {
        svg class="line" viewBox={ "0 0 " (SIZE.0) " " (SIZE.1) } aria-hidden="true" focusable="false" {
            @for tick in ticks {
                line class="scale" x1=(at(left)) x2=(at(SIZE.0 - right)) y1=(at(y(tick))) y2=(at(y(tick))) {}
                text x=(at(left - 8.0)) y=(at(y(tick) + 5.0)) text-anchor="end" { (tick_words(tick)) }
            }
            @for (index, figure) in named {
                text x=(at(x(index))) y=(at(SIZE.1 - bottom + 24.0)) text-anchor="middle" { (short(&figure.period)) }
            }
            @for (class, runs) in &judging { @for run in runs { polyline class=(class) points=(joined(run)) {} } }
            @if aims.len() > 1 { polyline class="aim" points=(joined(&aims)) {} }
            @for run in runs {
                polyline class="series" points=(run.iter().map(|(index, value, _)| format!("{},{}", at(x(*index)), at(y(*value)))).collect::<Vec<_>>().join(" ")) {}
            }
            @for (index, value, is_hollow) in &points {
                @let variation = verdict.judged.point(*index).and_then(|point| point.variation);
                (shape(variation, if *is_hollow { "hollow" } else { "point" }, (x(*index), y(*value))))
            }
            @for (height, words, class) in &ends {
                text class=(format!("{class}-words")) x=(at(SIZE.0 - right + 4.0)) y=(at(*height + 5.0)) { (words) }
            }
        }
    }
}

/// The part of a chart that a figure lies in: limits start again at declared changes alone.
fn segment(verdict: &JudgedOfKpi, index: usize) -> Option<usize> {
    let at = verdict.judged.charted.iter().position(|charted| *charted == index)?;
    verdict.judged.chart.as_ref()?.segments.iter().position(|segment| (segment.first..=segment.last).contains(&at))
}

/// Moves labels apart that would lie on one another, from the highest down.
fn apart(mut labels: Vec<(f64, String, &str)>) -> Vec<(f64, String, &str)> {
    labels.sort_by(|one, other| one.0.total_cmp(&other.0));
    for index in 1..labels.len() {
        labels[index].0 = labels[index].0.max(labels[index - 1].0 + APART);
    }
    let lowest = SIZE.1 - ROOM.3;
    let over = labels.last().map_or(0.0, |label| (label.0 - lowest).max(0.0));
    labels.into_iter().map(|(height, words, class)| (height - over, words, class)).collect()
}

/// A limit to about three figures: it is reckoned, and nobody counted it.
fn rounded(value: f64) -> f64 {
    let places = if value.abs() >= 10.0 { 10.0 } else { 100.0 };
    (value * places).round() / places
}

/// A point: a circle, or the shape of its special cause. None is told by its colour alone.
fn shape(variation: Option<SpcVariation>, class: &str, (x, y): (f64, f64)) -> Markup {
    let at = |number: f64| format!("{number:.1}");
    let corners = |offsets: &[(f64, f64)]| {
        offsets.iter().map(|(dx, dy)| format!("{},{}", at(x + dx), at(y + dy))).collect::<Vec<_>>().join(" ")
    };
    match variation {
        None | Some(SpcVariation::Common) => html! { circle class=(class) cx=(at(x)) cy=(at(y)) r="4" {} },
        Some(SpcVariation::Improving) => {
            html! { rect class={ (class) " improving" } x=(at(x - 5.0)) y=(at(y - 5.0)) width="10" height="10" {} }
        }
        Some(SpcVariation::Concerning) => {
            html! { polygon class={ (class) " concerning" } points=(corners(&[(0.0, -7.0), (6.5, 5.0), (-6.5, 5.0)])) {} }
        }
        Some(SpcVariation::Higher | SpcVariation::Lower) => {
            html! { polygon class={ (class) " other" } points=(corners(&[(0.0, -7.0), (6.0, 0.0), (0.0, 7.0), (-6.0, 0.0)])) {} }
        }
    }
}

/// A period below the line, in few letters.
fn short(period: &str) -> String {
    let period = period.trim_start_matches("12 months to ");
    match period_words(period).split_once(' ') {
        Some((month, year)) if period.len() == 7 && !period.contains('/') => {
            format!("{} {year}", month.chars().take(3).collect::<String>())
        }
        _ => period.to_owned(),
    }
}

pub(super) fn tick_words(tick: f64) -> String {
    let text = format!("{tick:.4}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    thousands(if text == "-0" { "0" } else { text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_short_and_steps_round() {
        let of = |period| short(period);
        assert_eq!(
            ["2025-11", "12 months to 2025-11", "2024/25", "2025"].map(of),
            ["Nov 2025", "Nov 2025", "2024/25", "2025"]
        );
        assert_eq!([0.0, 0.3, 7.2, 41.0].map(|step| tick_words(round_step(step))), ["1", "0.5", "10", "50"]);
    }
}
