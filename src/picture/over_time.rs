//! Values over time: a line, and where it is judged its centre, its limits and its special causes.
//!
//! In: a series and its verdict. Out: an SVG. A limit where no value can be (below nought, above a whole) is told and not drawn. A
//! line breaks where there is no value; a hollow point bears a mark.

use super::canvas::{BLUE, Canvas, GREY, INK, Plot, PointShape, TextAnchor, width_of};
use crate::definitions::{Kpi, Unit};
use crate::kpi::{JudgedSeries, SeriesPoint, short_number};
use crate::statistics::spc::{SpcLimits, SpcLines, SpcSegment, SpcVariation};

/// Width of the picture, and height of its plot.
const WIDE: f64 = 960.0;
const HIGH: f64 = 270.0;
/// The room around the plot: left, top, right.
const ROOM: (f64, f64, f64) = (70.0, 84.0, 150.0);
/// Most periods that are named below the axis.
const NAMED: usize = 12;

/// What is drawn.
#[derive(Debug, Clone, Copy)]
pub struct TimePicture<'a> {
    /// The KPI.
    pub kpi: &'a Kpi,
    /// The place, with the breakdown where it is none of the total.
    pub whose: &'a str,
    /// The unit and what is better, in words.
    pub unit: &'a str,
    /// The kind of period, in words.
    pub kind: &'a str,
    /// The values in the order of time.
    pub points: &'a [SeriesPoint],
    /// Their verdict.
    pub judged: &'a JudgedSeries,
    /// The target, in the unit of the KPI.
    pub target: Option<f64>,
}

/// A line that values are judged by: which of the limits it is, its name, its dashes.
struct JudgingLine {
    of: fn(&SpcLimits) -> f64,
    name: &'static str,
    dash: &'static str,
}

const LINES: [JudgingLine; 3] = [
    JudgingLine { of: |limits| limits.upper, name: "upper limit", dash: "7 5" },
    JudgingLine { of: |limits| limits.centre, name: "mean", dash: "" },
    JudgingLine { of: |limits| limits.lower, name: "lower limit", dash: "7 5" },
];

/// Shape, colour and word of a special cause.
fn shown(variation: SpcVariation) -> (PointShape, &'static str, &'static str) {
    match variation {
        SpcVariation::Common => (PointShape::Circle, BLUE, "common cause"),
        SpcVariation::Improving => (PointShape::Square, "#00703c", "improving"),
        SpcVariation::Concerning => (PointShape::Triangle, "#aa2a16", "concerning"),
        SpcVariation::Higher => (PointShape::Diamond, "#4c2c92", "higher"),
        SpcVariation::Lower => (PointShape::Diamond, "#4c2c92", "lower"),
    }
}

/// Draws a series.
#[must_use]
pub fn series_picture(picture: &TimePicture<'_>) -> String {
    let TimePicture { kpi, points, judged, .. } = picture;
    let (left, top, right) = ROOM;
    let wide = WIDE - left - right;
    let values = points.iter().filter_map(|point| point.value);
    let limits = || judged.chart.iter().flat_map(|chart| &chart.points).filter_map(|point| point.limits);
    let most = values.chain(limits().map(|limits| limits.upper).filter(|upper| picture.can_be(*upper)));
    let plot = Plot::new(left, top, wide, HIGH, most.chain(picture.target).fold(0.0, f64::max));
    let half = wide / points.len().max(1) as f64 / 2.0;
    let x = |index: usize| left + half * (2.0 * index as f64 + 1.0);
    let mut canvas = Canvas::default();
    canvas.head(left, WIDE - left - 30.0, &kpi.title, &picture.subtitle());
    canvas.scale(&plot);
    let every = points.len().div_ceil(NAMED).max(1);
    for (index, point) in points.iter().enumerate().filter(|(index, _)| (points.len() - 1 - index) % every == 0) {
        let name = point.period.trim_start_matches("12 months to ");
        canvas.text((x(index), top + HIGH + 20.0), 12.0, TextAnchor::Middle, INK, name);
    }
    let (mut ends, mut within) = (Vec::new(), Vec::new());
    for segment in judged.chart.iter().flat_map(|chart| &chart.segments) {
        let labels = picture.segment(&mut canvas, &plot, segment, half);
        if judged.charted.len() == segment.last + 1 {
            ends.extend(labels.into_iter().map(|((_, y), label)| (y, label)));
        } else {
            within.extend(labels);
        }
    }
    if let Some(target) = picture.target {
        let at = plot.y(target);
        canvas.line(&[(left, at), (left + wide, at)], INK, 1.5, "2 4");
        ends.push((at, format!("target {}", short_number(target))));
    }
    let line: Vec<Option<(f64, f64)>> =
        points.iter().enumerate().map(|(index, point)| Some((x(index), plot.y(point.value?)))).collect();
    for run in line.split(Option::is_none) {
        canvas.line(&run.iter().copied().flatten().collect::<Vec<_>>(), BLUE, 2.5, "");
    }
    if let Some((at, point)) = line.iter().zip(*points).rev().find_map(|(at, point)| Some(((*at)?, point))) {
        let value = point.value.map_or_else(String::new, short_number);
        ends.push((at.1, format!("{} in {}", value, point.period.trim_start_matches("12 months to "))));
    }
    for ((index, point), at) in points.iter().enumerate().zip(&line) {
        let (Some(at), Some(value)) = (at, point.value) else { continue };
        let judgement = judged.point(index);
        let variation = judgement.and_then(|point| point.variation).unwrap_or(SpcVariation::Common);
        let found = judgement.and_then(|point| point.findings.first()).map(|finding| finding.words());
        let (shape, colour, word) = shown(variation);
        let found = found.map_or_else(String::new, |found| format!("; {word}: {found}"));
        canvas.point(*at, shape, colour, point.is_marked, &format!("{}: {value}{found}", point.period));
    }
    for ((x, y), label) in within {
        canvas.text((x - 4.0, y - 4.0), 12.0, TextAnchor::End, GREY, &label);
    }
    picture.words(&mut canvas, &line);
    canvas.ends(left + wide + 8.0, (top, top + HIGH), &ends);
    let mut y = top + HIGH + 46.0;
    let mut shapes: Vec<(PointShape, &str, &str)> = Vec::new();
    for (_, variation, _) in judged.special() {
        if !shapes.contains(&shown(variation)) {
            shapes.push(shown(variation));
        }
    }
    if !shapes.is_empty() {
        shapes.insert(0, shown(SpcVariation::Common));
        canvas.legend(left, y, &shapes);
        y += 22.0;
    }
    let y = canvas.notes(left, WIDE - left - 30.0, y, &picture.notes());
    canvas.finished((WIDE, y), &kpi.id, &kpi.title, &picture.description())
}

impl TimePicture<'_> {
    fn subtitle(&self) -> String {
        format!("{}; {}; by {}", self.whose, self.unit, self.kind)
    }

    /// Whether a value could be there: none of these is below nought, and no share is beyond the whole.
    fn can_be(&self, value: f64) -> bool {
        let mut values = self.points.iter().filter_map(|point| point.value);
        value >= 0.0 && (self.kpi.unit != Unit::Percent || value <= 100.0 || values.any(|value| value > 100.0))
    }

    /// The lines of one segment; gives the label of each, where it ends.
    fn segment(&self, canvas: &mut Canvas, plot: &Plot, segment: &SpcSegment, half: f64) -> Vec<((f64, f64), String)> {
        let x = |index: usize| plot.left + half * (2.0 * index as f64 + 1.0);
        let place = |point: usize| self.judged.charted.get(point).copied().unwrap_or_default();
        if let Some(rebase) = &segment.rebase {
            let at = x(place(segment.first)) - half;
            canvas.line(&[(at, plot.top - 8.0), (at, plot.top + plot.high)], INK, 1.5, "3 3");
            let label = format!("limits start again ({})", rebase.date);
            canvas.text((at + 4.0, plot.top - 4.0), 12.0, TextAnchor::Start, INK, &label);
        }
        let points = self.judged.chart.iter().flat_map(|chart| &chart.points);
        let points: Vec<(usize, SpcLimits)> = points
            .enumerate()
            .take(segment.last + 1)
            .skip(segment.first)
            .filter_map(|(point, judged)| Some((place(point), judged.limits?)))
            .collect();
        let mut labels = Vec::new();
        for JudgingLine { of, name, dash } in &LINES {
            let run: Vec<(usize, f64)> = points.iter().map(|(index, limits)| (*index, of(limits))).collect();
            let (Some((first, _)), Some((last, value))) = (run.first(), run.last()) else { continue };
            if !run.iter().all(|(_, value)| self.can_be(*value)) {
                continue;
            }
            // A line that does not move is one line.
            let is_level = run.iter().all(|(_, other)| other.total_cmp(value).is_eq());
            let steps = if is_level { vec![(*first, *value), (*last, *value)] } else { run.clone() };
            let line: Vec<(f64, f64)> = steps
                .iter()
                .flat_map(|(index, value)| [-half, half].map(|by| (x(*index) + by, plot.y(*value))))
                .collect();
            canvas.line(&line, GREY, 1.5, dash);
            let is_of_counts = *name == "mean" && matches!(segment.lines, SpcLines::Counts { .. });
            let label = format!("{} {}", if is_of_counts { "centre" } else { name }, short_number(*value));
            labels.push(((x(*last) + half, plot.y(*value)), label));
        }
        labels
    }

    /// A word at each run of special causes of one kind.
    fn words(&self, canvas: &mut Canvas, line: &[Option<(f64, f64)>]) {
        let special: Vec<(usize, SpcVariation, &str)> = self.judged.special().collect();
        let follows = |one: usize, other: usize| {
            let at = |index: usize| self.judged.charted.iter().position(|charted| *charted == index);
            at(one).zip(at(other)).is_some_and(|(one, other)| one + 1 == other)
        };
        let mut stand: Vec<(f64, f64, f64)> = Vec::new();
        for run in special.chunk_by(|one, other| one.1 == other.1 && follows(one.0, other.0)) {
            let at: Vec<(f64, f64)> = run.iter().filter_map(|(index, ..)| *line.get(*index)?).collect();
            let (Some(first), Some(last), Some((_, variation, _))) = (at.first(), at.last(), run.first()) else {
                continue;
            };
            let (_, colour, word) = shown(*variation);
            let x = f64::midpoint(first.0, last.0);
            let mut y = at.iter().map(|(_, y)| *y).fold(f64::INFINITY, f64::min) - 12.0;
            let wide = width_of(word);
            while stand
                .iter()
                .any(|(other, at, width)| (x - other).abs() < f64::midpoint(wide, *width) && (y - at).abs() < 13.0)
            {
                y -= 13.0;
            }
            stand.push((x, y, wide));
            canvas.text((x, y), 12.0, TextAnchor::Middle, colour, word);
        }
    }

    /// What stands below the picture.
    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let judged = self.judged;
        let verdicts =
            [judged.variation_words(self.points), judged.assurance_words().map(str::to_owned), judged.method_words()];
        notes.extend(verdicts.into_iter().flatten());
        notes.extend(judged.remarks.iter().cloned());
        let limits = || judged.chart.iter().flat_map(|chart| &chart.points).filter_map(|point| point.limits);
        if limits().any(|limits| !self.can_be(limits.lower)) {
            notes.push("The lower limit is below 0, where no value can be, and is not drawn".to_owned());
        }
        if limits().any(|limits| !self.can_be(limits.upper)) {
            notes.push("The upper limit is above 100, where no value can be, and is not drawn".to_owned());
        }
        if self.points.iter().any(|point| point.is_marked) {
            notes.push("Hollow: partial or provisional".to_owned());
        }
        if self.points.iter().any(|point| point.value.is_none()) {
            notes.push("A break: no value, which is not zero".to_owned());
        }
        notes.iter().map(|note| sentence(note)).collect()
    }

    /// The picture in words, for who does not see it.
    fn description(&self) -> String {
        let told: Vec<(&str, f64)> =
            self.points.iter().filter_map(|point| Some((point.period.as_str(), point.value?))).collect();
        let mut said = vec![format!("{}. {}", self.kpi.title, self.subtitle())];
        if let (Some((since, from)), Some((until, to))) = (told.first(), told.last()) {
            said.push(format!("{} values: {from} in {since}, {to} in {until}", told.len()));
        }
        let special: Vec<String> = self
            .judged
            .special()
            .filter_map(|(index, variation, found)| {
                Some(format!("{} ({}: {found})", self.points.get(index)?.period, shown(variation).2))
            })
            .collect();
        if !special.is_empty() {
            said.push(format!("Special causes: {}", special.join(", ")));
        }
        said.extend(self.notes());
        if let Some(chart) = self.judged.chart.as_ref().filter(|_| self.judged.has_limits()) {
            said.push(format!("Method: {}", chart.method));
        }
        said.iter().map(|one| sentence(one)).collect::<Vec<_>>().join(" ")
    }
}

/// A capital at the beginning, a full stop at the end.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    let end = if text.ends_with('.') { "" } else { "." };
    // The name of a method that begins with a small letter keeps it.
    let first =
        if text.starts_with("p chart") || text.starts_with("u chart") { text.chars().take(1).collect() } else { first };
    format!("{first}{}{end}", letters.as_str())
}
