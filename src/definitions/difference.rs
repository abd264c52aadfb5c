//! What is known about printed figures that differ, and for which releases it holds.

use serde::{Deserialize, Serialize};

/// A known reason why printed figures differ. It speaks for the releases that it names and for no other.
///
/// Written in a KPI's head, one a line:
/// `differences = [{ layouts = ["by_geography"], levels = ["nation", "region"], what = "…" }]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// What is known.
    pub what: String,
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

    /// For which figures it holds, in words.
    #[must_use]
    pub fn holds_for(&self) -> String {
        let mut words = format!("layout {}", self.layouts.join(", "));
        for (name, list) in [("level", &self.levels), ("period", &self.periods), ("place", &self.places)] {
            if !list.is_empty() {
                words.push_str(&format!("; {name} {}", list.join(", ")));
            }
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
        assert_eq!(known.holds_for(), "layout by_geography; level nation, region; place E92000001");
    }
}
