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
    /// The printed figure.
    pub published: f64,
    /// Decimals to which it is printed.
    pub places: u8,
}

impl Difference {
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

    /// Whether parts as near to these as `parts_within` says give the printed figure; always, where it says nothing.
    #[must_use]
    pub fn reaches(&self, figure: Differing) -> bool {
        let Some(within) = self.parts_within else { return true };
        let Differing { numerator, denominator, scale, published, places } = figure;
        let least = (numerator - within) / (denominator + within) * scale;
        let most =
            if denominator > within { (numerator + within) / (denominator - within) * scale } else { f64::INFINITY };
        // Half of the last printed digit, and what binary fractions lose.
        let half = 0.5 * 10_f64.powi(-i32::from(places)) + 1e-9;
        least - half <= published && published <= most + half
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
        words
    }
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
        let figure = |published| Differing { numerator: 229.0, denominator: 13.3, scale: 1.0, published, places: 1 };
        // 229 of 13.27 is 17.26; 13.3 is what is printed of 13.27, and gives 17.2.
        assert!(known.reaches(figure(17.3)));
        assert!(!known.reaches(figure(17.4)), "no teachers between 13.25 and 13.35 give it");
        assert!(!known.reaches(figure(17.0)));
        assert_eq!(known.holds_for(&str::to_owned), "a; parts within 0.05 of those printed");
    }
}
