//! What is known about printed figures that differ, and for which releases it holds.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A known reason why printed figures differ. It speaks for the releases that it names and for no other.
///
/// Written in a KPI's head, one a line:
/// `differences = [{ layouts = ["by_geography"], levels = ["nation", "region"], what = "…" }]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// The layouts of the releases for which it holds.
    pub layouts: Vec<String>,
    /// `school`, `authority`, `region`, `nation`; empty for all.
    #[serde(default)]
    pub levels: Vec<String>,
    /// Periods as `kpi.value` has them; empty for all.
    #[serde(default)]
    pub periods: Vec<String>,
    /// Geography codes; empty for all.
    #[serde(default)]
    pub places: Vec<String>,
    /// The publisher divided before it rounded: numerator and denominator are each off by at most so much (0.05 where they are printed
    /// to a tenth). Then it holds only for printed figures that such parts give.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parts_within: Option<f64>,
    /// The printed figure is off by at most so much, in its own unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<f64>,
    /// The publisher divided by more than the printed denominator: then it holds only for printed figures that some whole number more gives.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub denominator_lacks: bool,
    /// What is known.
    pub what: String,
}

/// A figure that differs, with its parts.
#[derive(Debug, Clone, Copy)]
pub struct Differing {
    /// What was counted.
    pub numerator: f64,
    /// Of what.
    pub denominator: f64,
    /// What the ratio is multiplied by.
    pub scale: f64,
    /// What they give.
    pub computed: f64,
    /// The printed figure.
    pub published: f64,
    /// Decimals to which it is printed.
    pub places: u8,
}

impl Difference {
    /// How to say what a difference holds for.
    pub(super) const BOUND: &'static str = "say how far the printed figure is off: `within` (in its own unit), `parts_within` (of counts that were rounded \
        after it was computed) or `denominator_lacks = true`; or name the rows, in `places` and `periods`";

    /// Whether it holds for a figure of a delivery with these layouts.
    #[must_use]
    pub fn holds<'l>(
        &self,
        layouts: impl IntoIterator<Item = &'l str>,
        level: Option<&str>,
        period: Option<&str>,
        place: Option<&str>,
    ) -> bool {
        let among = |list: &[String], found: Option<&str>| {
            list.is_empty() || found.is_some_and(|found| list.iter().any(|word| word == found))
        };
        layouts.into_iter().any(|layout| self.layouts.iter().any(|word| word == layout))
            && among(&self.levels, level)
            && among(&self.periods, period)
            && among(&self.places, place)
    }

    /// Whether something tells what it holds for: a bound, or the very rows by place and period. Anything would be known otherwise.
    #[must_use]
    pub fn is_bounded(&self) -> bool {
        let names_rows = !self.places.is_empty() && !self.periods.is_empty();
        self.parts_within.is_some() || self.within.is_some() || self.denominator_lacks || names_rows
    }

    /// Whether the printed figure is off by no more than what is known to be off.
    #[must_use]
    pub fn reaches(&self, figure: Differing) -> bool {
        let Differing { numerator, denominator, scale, computed, published, places } = figure;
        // Half of the last printed digit, and what binary fractions lose.
        let half = 0.5 * 10_f64.powi(-i32::from(places)) + 1e-9;
        let is_near = self.within.is_none_or(|within| (computed - published).abs() <= within + 1e-9);
        let is_of_near_parts = self.parts_within.is_none_or(|within| {
            let least = (numerator - within) / (denominator + within) * scale;
            let beyond = denominator > within;
            let most = if beyond { (numerator + within) / (denominator - within) * scale } else { f64::INFINITY };
            least - half <= published && published <= most + half
        });
        is_near && is_of_near_parts && (!self.denominator_lacks || lacks(figure, half))
    }

    /// For which releases and figures it holds, in words. `title_of` gives the title of a layout, which says which releases have it.
    #[must_use]
    pub fn holds_for(&self, title_of: &dyn Fn(&str) -> String) -> String {
        let titles: BTreeSet<String> = self.layouts.iter().map(|layout| title_of(layout)).collect();
        let mut words = titles.into_iter().collect::<Vec<_>>().join("; ");
        for (name, list) in [("level", &self.levels), ("period", &self.periods), ("place", &self.places)] {
            if !list.is_empty() {
                words.push_str(&format!("; {name} {}", list.join(", ")));
            }
        }
        if let Some(within) = self.parts_within {
            words.push_str(&format!("; parts within {within} of those printed"));
        }
        if let Some(within) = self.within {
            words.push_str(&format!("; off by at most {within}"));
        }
        if self.denominator_lacks {
            words.push_str("; divided by a whole number more");
        }
        words
    }
}

/// Whether the denominator and some whole number more gives the printed figure.
fn lacks(figure: Differing, half: f64) -> bool {
    let Differing { numerator, denominator, scale, published, .. } = figure;
    let whole = numerator * scale;
    let most = if published > half { whole / (published - half) } else { f64::INFINITY };
    let least = (whole / (published + half)).max(denominator + 1.0);
    least.ceil() <= most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_holds_for_what_it_names_alone() {
        let known: Difference = toml::from_str(
            "layouts = [\"by_geography\"]\nlevels = [\"nation\", \"region\"]\nplaces = [\"E92000001\"]\nwhat = \"rounded to 5\"",
        )
        .unwrap();
        let holds = |layout, level, place| known.holds([layout], Some(level), Some("2016/17"), Some(place));
        assert!(holds("by_geography", "nation", "E92000001"));
        assert!(!holds("by_geography_2020", "nation", "E92000001"), "another release");
        assert!(!holds("by_geography", "authority", "E92000001"), "another level");
        assert!(!holds("by_geography", "nation", "E12000009"), "another place");
        assert!(!known.holds(["by_geography"], Some("nation"), None, None), "no place is not that place");
        assert_eq!(
            known.holds_for(&|layout| format!("files of {layout}")),
            "files of by_geography; level nation, region; place E92000001"
        );
    }

    #[test]
    fn parts_that_were_rounded_explain_what_they_can_give_and_no_more() {
        let known: Difference =
            toml::from_str("layouts = [\"a\"]\nparts_within = 0.05\nwhat = \"divided before rounding\"").unwrap();
        let figure = |published| Differing {
            numerator: 229.0,
            denominator: 13.3,
            scale: 1.0,
            computed: 17.2,
            published,
            places: 1,
        };
        // 229 of 13.27 is 17.26; 13.3 is what is printed of 13.27, and gives 17.2.
        assert!(known.reaches(figure(17.3)));
        assert!(!known.reaches(figure(17.4)), "no teachers between 13.25 and 13.35 give it");
        assert!(!known.reaches(figure(17.0)));
        assert_eq!(known.holds_for(&str::to_owned), "a; parts within 0.05 of those printed");
    }

    #[test]
    fn what_is_off_has_a_bound() {
        let known = |text: &str| -> Difference {
            toml::from_str(&format!("layouts = [\"a\"]\nwhat = \"why\"\n{text}")).unwrap()
        };
        // 84 of 99 requests are 84.8; one more makes 84.0.
        let figure = |published| Differing {
            numerator: 84.0,
            denominator: 99.0,
            scale: 100.0,
            computed: 84.8,
            published,
            places: 1,
        };
        let near = known("within = 0.1");
        assert!(near.reaches(figure(84.9)) && !near.reaches(figure(85.0)));
        let lacks = known("denominator_lacks = true");
        assert!(lacks.reaches(figure(84.0)), "84 of 100");
        assert!(!lacks.reaches(figure(84.4)), "no whole number between 99 and 100");
        assert!(!lacks.reaches(figure(99.9)), "more requests make less");
        assert!(known("periods = [\"2024\"]\nplaces = [\"933\"]").is_bounded());
        assert!(!known("periods = [\"2024\"]").is_bounded(), "it would explain any figure of the year");
        assert_eq!(lacks.holds_for(&str::to_owned), "a; divided by a whole number more");
    }
}
