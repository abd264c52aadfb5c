//! Units beside one another: a point for each by its size, the overall rate, and limits that narrow with size.
//!
//! In: schools and their verdicts. Out: an SVG. Who lies outside has a shape and its name; limits differ by their dashes and are
//! labelled where they end.

use super::canvas::{BLUE, Canvas, GREY, INK, Plot, PointShape, TextAnchor, width_of};
use super::over_time::sentence;
use crate::definitions::Kpi;
use crate::kpi::{JudgedPlaces, PlaceFigure, short_number, trimmed};
use crate::statistics::funnel::{FunnelLimits, FunnelVerdict};

/// Width of the picture, and height of its plot.
const WIDE: f64 = 960.0;
const HIGH: f64 = 360.0;
/// The room around the plot: left, top, right.
const ROOM: (f64, f64, f64) = (70.0, 84.0, 170.0);
/// Points of a curve.
const CURVE: u32 = 160;
/// Most letters of a name.
const LETTERS: usize = 32;

/// Which of the limits.
type LimitOf = fn(&FunnelLimits) -> f64;

/// What is drawn.
#[derive(Debug, Clone, Copy)]
pub struct FunnelPicture<'a> {
    /// The KPI.
    pub kpi: &'a Kpi,
    /// Whose schools, which period and breakdown.
    pub whose: &'a str,
    /// The unit and what is better, in words.
    pub unit: &'a str,
    /// The schools.
    pub places: &'a [PlaceFigure],
    /// Their verdicts.
    pub judged: &'a JudgedPlaces,
    /// Who may see it.
    pub restriction: &'a str,
}

/// Shape and colour of a unit, and what the shape says.
fn shown(verdict: FunnelVerdict) -> (PointShape, &'static str, &'static str) {
    match verdict {
        FunnelVerdict::Inside | FunnelVerdict::NoDenominator => (PointShape::Circle, BLUE, "within the limits"),
        FunnelVerdict::Above95 | FunnelVerdict::Below95 => (PointShape::Diamond, "#4c2c92", "outside 95 %"),
        FunnelVerdict::Above998 | FunnelVerdict::Below998 => (PointShape::Triangle, "#aa2a16", "outside 99.8 %"),
    }
}

/// Draws a funnel.
#[must_use]
pub fn funnel_picture(picture: &FunnelPicture<'_>) -> String {
    let FunnelPicture { kpi, places, judged, .. } = picture;
    let (left, top, right) = ROOM;
    let wide = WIDE - left - right;
    let funnel = &judged.funnel;
    let sizes: Vec<f64> = judged.compared.iter().map(|index| places[*index].denominator.unwrap_or_default()).collect();
    let largest = sizes.iter().copied().fold(1.0, f64::max);
    let across = Plot::new(0.0, 0.0, 0.0, 0.0, largest * 1.02);
    let values = funnel.places.iter().filter_map(|place| place.value);
    // Limits of the smallest would leave no room for the others: what lies above is cut.
    let at_median = median(&sizes).and_then(|size| funnel.limits(size)).map_or(0.0, |limits| limits.upper_998);
    let most = values.fold(at_median, f64::max) * kpi.scale * 1.05;
    let plot = Plot::new(left, top, wide, HIGH, most);
    let x = |denominator: f64| left + wide * denominator / across.ceiling;
    let mut canvas = Canvas::default();
    let subtitle = format!("{}; {}; by size", picture.whose, picture.unit);
    canvas.head(left, WIDE - left - 30.0, &kpi.title, &subtitle);
    canvas.scale(&plot);
    for tick in across.ticks() {
        canvas.text((x(tick), top + HIGH + 20.0), 12.0, TextAnchor::Middle, INK, &trimmed(tick, 6));
    }
    canvas.text((left + wide / 2.0, top + HIGH + 40.0), 12.0, TextAnchor::Middle, GREY, "denominator of each school");
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the end of an axis")]
    let curve = funnel.curve(1, across.ceiling as u64, CURVE);
    let lines: [(LimitOf, &str, &str); 4] = [
        (|limits| limits.upper_998, "99.8 % limit", ""),
        (|limits| limits.upper_95, "95 % limit", "6 4"),
        (|limits| limits.lower_95, "95 % limit", "6 4"),
        (|limits| limits.lower_998, "99.8 % limit", ""),
    ];
    let overall = funnel.target * kpi.scale;
    let mut ends = vec![(plot.y(overall), format!("overall {}", short_number(overall)))];
    canvas.line(&[(left, plot.y(overall)), (left + wide, plot.y(overall))], INK, 2.0, "");
    for (of, name, dash) in lines {
        let points = curve.iter().map(|(size, limits)| (*size as f64, of(limits) * kpi.scale));
        let line: Vec<(f64, f64)> =
            points.filter(|(_, value)| *value <= plot.ceiling).map(|(size, value)| (x(size), plot.y(value))).collect();
        canvas.line(&line, GREY, 1.5, dash);
        if let (Some((_, y)), Some((_, limits))) = (line.last(), curve.last()) {
            ends.push((*y, format!("{name} {}", short_number(of(limits) * kpi.scale))));
        }
    }
    let mut names: Vec<(f64, f64, f64)> = Vec::new();
    let (mut spots, mut outside) = (Vec::new(), Vec::new());
    let mut shapes = vec![shown(FunnelVerdict::Inside)];
    // The farthest last, so that it lies above the others.
    for (index, place) in judged.by_distance().iter().rev() {
        let (Some(value), figure) = (place.value, &places[*index]) else { continue };
        let at = (x(figure.denominator.unwrap_or_default()), plot.y(value * kpi.scale));
        let (shape, colour, word) = shown(place.verdict);
        let name = short_name(figure);
        let said = format!("{name}: {}; {}", short_number(value * kpi.scale), place.verdict.words());
        canvas.point(at, shape, colour, false, &said);
        spots.push(at);
        if shape == PointShape::Circle {
            continue;
        }
        if !shapes.iter().any(|(_, _, told)| *told == word) {
            shapes.push((shape, colour, word));
        }
        outside.push((at, name));
    }
    for (at, name) in outside {
        let length = width_of(&name);
        let from = spot(at, length, &spots, &mut names);
        if (from.1 - at.1).abs() > 21.0 {
            let near = if from.0 > at.0 { from.0 - 2.0 } else { from.0 + length + 2.0 };
            canvas.line(&[at, (near, from.1 - 4.0)], GREY, 1.0, "");
        }
        canvas.text(from, 12.0, TextAnchor::Start, INK, &name);
    }
    canvas.ends(left + wide + 8.0, (top, top + HIGH), &ends);
    let y = top + HIGH + 66.0;
    canvas.legend(left, y, &shapes);
    let y = canvas.notes(left, WIDE - left - 30.0, y + 22.0, &picture.notes());
    canvas.finished((WIDE, y), &format!("{}-funnel", kpi.id), &kpi.title, &picture.description(&subtitle))
}

impl FunnelPicture<'_> {
    fn notes(&self) -> Vec<String> {
        let judged = self.judged;
        let mut notes = vec![self.restriction.to_owned(), judged.why.clone()];
        notes.push("By chance alone about 1 school in 20 lies outside 95 %, and 1 in 500 outside 99.8 %".to_owned());
        let who = match judged.left_out.len() {
            0 => None,
            1 => Some("1 school is not judged: its figure is".to_owned()),
            some => Some(format!("{some} schools are not judged: their figures are")),
        };
        notes.extend(who.map(|who| format!("{who} partial, or there is nothing to divide by")));
        notes.iter().map(|note| sentence(note)).collect()
    }

    /// The picture in words, for who does not see it.
    fn description(&self, subtitle: &str) -> String {
        let judged = self.judged;
        let overall = short_number(judged.funnel.target * self.kpi.scale);
        let mut said = vec![
            format!("{}. {subtitle}", self.kpi.title),
            format!("{} schools against the overall {overall}", judged.compared.len()),
        ];
        let outside: Vec<String> = judged
            .by_distance()
            .iter()
            .filter(|(_, place)| place.verdict != FunnelVerdict::Inside)
            .filter_map(|(index, place)| {
                let value = short_number(place.value? * self.kpi.scale);
                Some(format!("{} ({value}, {})", short_name(&self.places[*index]), place.verdict.words()))
            })
            .collect();
        let outside = if outside.is_empty() {
            "none lies outside the limits".to_owned()
        } else {
            format!("outside: {}", outside.join(", "))
        };
        said.push(outside);
        said.extend(self.notes());
        said.push(format!("Method: {}", judged.funnel.method_name()));
        said.iter().map(|one| sentence(one)).collect::<Vec<_>>().join(" ")
    }
}

/// Where a name stands: beside its point, above or below it, farther off where points or other names are in the way.
fn spot(at: (f64, f64), length: f64, spots: &[(f64, f64)], names: &mut Vec<(f64, f64, f64)>) -> (f64, f64) {
    let middle = at.0 - length / 2.0;
    let beside = [(at.0 + 12.0, 4.0), (at.0 - 12.0 - length, 4.0), (middle, -12.0), (middle, 20.0)];
    let farther = (1..12)
        .flat_map(|step| [(at.0 + 12.0, -14.0 * f64::from(step)), (at.0 - 12.0 - length, -14.0 * f64::from(step))]);
    let is_free = |(x, y): &(f64, f64)| {
        let is_within = *x > ROOM.0 && x + length < WIDE - ROOM.2 && *y > ROOM.1 && *y < ROOM.1 + HIGH + 4.0;
        let meets_point = |spot: &(f64, f64)| {
            spot.0 + 6.0 > *x && spot.0 - 6.0 < x + length && spot.1 + 6.0 > y - 10.0 && spot.1 - 6.0 < y + 3.0
        };
        let meets_name =
            |name: &(f64, f64, f64)| *x < name.0 + name.2 && name.0 < x + length && (y - name.1).abs() < 13.0;
        is_within && !spots.iter().any(meets_point) && !names.iter().any(meets_name)
    };
    let places = beside.into_iter().chain(farther).map(|(x, down)| (x, at.1 + down));
    let (x, y) = places.into_iter().find(is_free).unwrap_or((at.0 - 12.0 - length, at.1 + 4.0));
    names.push((x, y, length));
    (x, y)
}

fn short_name(place: &PlaceFigure) -> String {
    let name = place.called();
    if name.chars().count() <= LETTERS {
        name.to_owned()
    } else {
        format!("{}…", name.chars().take(LETTERS).collect::<String>())
    }
}

fn median(sizes: &[f64]) -> Option<u64> {
    let median = crate::statistics::quantile::type7(sizes, 0.5)?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of pupils")]
    Some(median.max(1.0) as u64)
}
