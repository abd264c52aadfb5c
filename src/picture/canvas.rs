//! Text, lines and shapes on a sheet of SVG, with its scale.

use std::fmt::Write as _;

use crate::kpi::trimmed;

/// Dark text.
pub(super) const INK: &str = "#0b0c0c";
/// Secondary text, and lines that values are judged by.
pub(super) const GREY: &str = "#505a5f";
/// Lines of the scale.
const FAINT: &str = "#d0d3d5";
/// Points and the line between them.
pub(super) const BLUE: &str = "#1d70b8";
/// Width of a letter of 12 points, on average.
const LETTER: f64 = 6.2;

/// Where a text begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextAnchor {
    Start,
    Middle,
    End,
}

/// The shape of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PointShape {
    Circle,
    Square,
    Triangle,
    Diamond,
}

/// A sheet that is drawn on.
#[derive(Debug, Default)]
pub(super) struct Canvas {
    body: String,
}

/// The rectangle that values stand in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plot {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) wide: f64,
    pub(super) high: f64,
    /// The value at its upper edge; the lower one is nought.
    pub(super) ceiling: f64,
    /// Between lines of the scale.
    step: f64,
}

impl Plot {
    /// A plot that shows values up to `most`, in about so many steps.
    pub(super) fn new(left: f64, top: f64, wide: f64, high: f64, most: f64) -> Self {
        let step = round_step(most / 5.0);
        let ceiling = (most / step).ceil().max(1.0) * step;
        Self { left, top, wide, high, ceiling, step }
    }

    /// The values at the lines of its scale.
    pub(super) fn ticks(&self) -> impl Iterator<Item = f64> {
        let (ceiling, step) = (self.ceiling, self.step);
        (0_u32..).map(move |index| f64::from(index) * step).take_while(move |tick| *tick <= ceiling + step / 2.0)
    }

    pub(super) fn y(&self, value: f64) -> f64 {
        self.top + self.high * (1.0 - value / self.ceiling)
    }
}

impl Canvas {
    pub(super) fn text(&mut self, at: (f64, f64), size: f64, anchor: TextAnchor, fill: &str, text: &str) {
        let anchor = match anchor {
            TextAnchor::Start => "",
            TextAnchor::Middle => " text-anchor=\"middle\"",
            TextAnchor::End => " text-anchor=\"end\"",
        };
        // A border of the sheet's colour keeps a word readable upon a line.
        let _ = writeln!(
            self.body,
            "<text x=\"{:.1}\" y=\"{:.1}\" font-size=\"{size:.0}\"{anchor} fill=\"{fill}\" stroke=\"#fff\" stroke-width=\"3\" \
             paint-order=\"stroke\">{}</text>",
            at.0,
            at.1,
            escaped(text)
        );
    }

    /// Title and subtitle.
    pub(super) fn head(&mut self, left: f64, wide: f64, title: &str, subtitle: &str) {
        // A long title is set smaller: a bold letter is a little over half as wide as it is high.
        let size = (wide / (0.6 * title.chars().count().max(1) as f64)).clamp(11.0, 20.0);
        let _ = writeln!(
            self.body,
            "<text x=\"{left}\" y=\"30\" font-size=\"{size:.0}\" font-weight=\"bold\" fill=\"{INK}\">{}</text>",
            escaped(title)
        );
        self.text((left, 54.0), 14.0, TextAnchor::Start, GREY, subtitle);
    }

    /// A line; `dash` as SVG has it, blank for none.
    pub(super) fn line(&mut self, points: &[(f64, f64)], stroke: &str, width: f64, dash: &str) {
        if points.len() < 2 {
            return;
        }
        let points: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let dash = if dash.is_empty() { String::new() } else { format!(" stroke-dasharray=\"{dash}\"") };
        let _ = writeln!(
            self.body,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{stroke}\" stroke-width=\"{width}\"{dash}/>",
            points.join(" ")
        );
    }

    /// The lines of a scale, with their numbers.
    pub(super) fn scale(&mut self, plot: &Plot) {
        for tick in plot.ticks() {
            let at = plot.y(tick);
            self.line(&[(plot.left, at), (plot.left + plot.wide, at)], FAINT, 1.0, "");
            self.text((plot.left - 8.0, at + 4.0), 13.0, TextAnchor::End, INK, &trimmed(tick, 6));
        }
    }

    /// A point with what is said of it where a pointer rests on it.
    pub(super) fn point(&mut self, at: (f64, f64), shape: PointShape, colour: &str, is_hollow: bool, said: &str) {
        let (x, y) = at;
        let fill = if is_hollow { "#fff" } else { colour };
        let style = format!("fill=\"{fill}\" stroke=\"{colour}\" stroke-width=\"2\"");
        let corners: &[(f64, f64)] = match shape {
            PointShape::Circle => &[],
            PointShape::Square => &[(-5.0, -5.0), (5.0, -5.0), (5.0, 5.0), (-5.0, 5.0)],
            PointShape::Triangle => &[(0.0, -7.0), (6.5, 5.0), (-6.5, 5.0)],
            PointShape::Diamond => &[(0.0, -7.0), (7.0, 0.0), (0.0, 7.0), (-7.0, 0.0)],
        };
        let title = if said.is_empty() { String::new() } else { format!("<title>{}</title>", escaped(said)) };
        let _ = if corners.is_empty() {
            writeln!(self.body, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\" {style}>{title}</circle>")
        } else {
            let corners: Vec<String> = corners.iter().map(|(dx, dy)| format!("{:.1},{:.1}", x + dx, y + dy)).collect();
            writeln!(self.body, "<polygon points=\"{}\" {style}>{title}</polygon>", corners.join(" "))
        };
    }

    /// Shapes with their words, side by side from `left`.
    pub(super) fn legend(&mut self, left: f64, y: f64, shapes: &[(PointShape, &str, &str)]) {
        let mut x = left + 6.0;
        for (shape, colour, word) in shapes {
            self.point((x, y - 4.0), *shape, colour, false, "");
            self.text((x + 12.0, y), 12.0, TextAnchor::Start, INK, word);
            x += 34.0 + LETTER * word.chars().count() as f64;
        }
    }

    /// Labels at the right end of lines, moved apart where they would stand upon each other.
    pub(super) fn ends(&mut self, x: f64, bounds: (f64, f64), labels: &[(f64, String)]) {
        const APART: f64 = 15.0;
        let mut labels: Vec<(f64, &str)> = labels.iter().map(|(y, label)| (*y, label.as_str())).collect();
        labels.sort_by(|one, other| one.0.total_cmp(&other.0));
        let mut lowest = bounds.0;
        for label in &mut labels {
            label.0 = label.0.max(lowest);
            lowest = label.0 + APART;
        }
        let mut highest = bounds.1;
        for label in labels.iter_mut().rev() {
            label.0 = label.0.min(highest);
            highest = label.0 - APART;
        }
        for (y, label) in labels {
            self.text((x, y + 4.0), 12.0, TextAnchor::Start, INK, label);
        }
    }

    /// Sentences below, each from a line of its own; gives where the next would stand.
    pub(super) fn notes(&mut self, left: f64, wide: f64, top: f64, notes: &[String]) -> f64 {
        let mut y = top;
        for line in notes.iter().flat_map(|note| wrapped(note, wide)) {
            self.text((left, y), 12.0, TextAnchor::Start, GREY, &line);
            y += 16.0;
        }
        y
    }

    /// The SVG. `id` begins the ids of title and description.
    pub(super) fn finished(self, size: (f64, f64), id: &str, title: &str, description: &str) -> String {
        let id = escaped(id);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {:.0} {:.0}\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\" \
             font-family=\"Arial, Helvetica, sans-serif\">\n<title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-desc\">{}</desc>\n\
             <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n{}</svg>\n",
            size.0,
            size.1,
            escaped(title),
            escaped(description),
            self.body
        )
    }
}

/// About how wide a text of 12 points is.
pub(super) fn width_of(text: &str) -> f64 {
    LETTER * text.chars().count() as f64
}

/// A text in lines that fit a width.
fn wrapped(text: &str, wide: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut().filter(|line| width_of(line) + width_of(word) + LETTER <= wide) {
            Some(line) => {
                line.push(' ');
                line.push_str(word);
            }
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A step of one, two or five times a power of ten, at least as large.
pub(crate) fn round_step(step: f64) -> f64 {
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
        let plain = |number: f64| trimmed(number, 6);
        assert_eq!([0.0, 0.3, 1.0, 7.2, 41.0].map(|step| plain(round_step(step))), ["1", "0.5", "1", "10", "50"]);
        assert_eq!([0.0, 0.5, 20.0].map(plain), ["0", "0.5", "20"]);
        assert_eq!([100.4, 12.34, 0.0004, 1200.0].map(crate::kpi::short_number), ["100", "12.3", "0", "1200"]);
        assert_eq!(escaped("a < b & \"c\""), "a &lt; b &amp; &quot;c&quot;");
    }

    #[test]
    fn labels_at_the_ends_of_lines_stand_apart_and_within() {
        let mut canvas = Canvas::default();
        canvas.ends(0.0, (10.0, 100.0), &[(99.0, "low".to_owned()), (98.0, "mean".to_owned()), (0.0, "up".to_owned())]);
        let y: Vec<&str> = canvas.body.split("y=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(y, ["14.0", "89.0", "104.0"]);
    }
}
