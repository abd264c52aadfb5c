//! The drawing of a series: a line that breaks where there is no figure, hollow points where one is not final, a label at its end.
//!
//! It is hidden from screen readers: the description and the table beside it say the same.

use maud::{Markup, html};

use super::marks::symbols;
use super::period::period_words;
use super::shown::{said_words, thousands};
use super::values::BoardFigure;
use crate::definitions::Kpi;
use crate::picture::round_step;

/// Width and height of the drawing, in its own units.
const SIZE: (f64, f64) = (640.0, 300.0);
/// Room left of, above, right of and below the line.
const ROOM: (f64, f64, f64, f64) = (64.0, 16.0, 72.0, 44.0);
/// Periods that are named below the line, at most.
const NAMED: usize = 6;
/// Lines of the scale, about.
const LINES: f64 = 4.0;

/// Draws figures that are in the order of their periods.
pub(super) fn line(kpi: &Kpi, figures: &[&BoardFigure]) -> Markup {
    let (left, top, right, bottom) = ROOM;
    let (wide, high) = (SIZE.0 - left - right, SIZE.1 - top - bottom);
    let values = || figures.iter().filter_map(|figure| figure.value);
    let (least, most) = (values().fold(0.0, f64::min), values().fold(0.0, f64::max));
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
            @for run in runs {
                polyline class="series" points=(run.iter().map(|(index, value, _)| format!("{},{}", at(x(*index)), at(y(*value)))).collect::<Vec<_>>().join(" ")) {}
            }
            @for (index, value, is_hollow) in &points {
                circle class=(if *is_hollow { "hollow" } else { "point" }) cx=(at(x(*index))) cy=(at(y(*value))) r="4" {}
            }
            @if let Some((index, value, _)) = points.last() {
                text class="end" x=(at(x(*index) + 10.0)) y=(at(y(*value) + 5.0)) { (said_words(kpi, *value)) }
            }
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

fn tick_words(tick: f64) -> String {
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
