//! What is hidden before figures leave the council: named policies.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whose rows are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhoIsCounted {
    /// Children and young people.
    #[default]
    Children,
    /// Staff.
    Staff,
    /// Nobody: schools, places, days.
    Nobody,
}

/// How small numbers are protected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisclosurePolicy {
    /// Its name.
    pub name: String,
    /// A count with fewer distinct persons behind it, and at least one, is hidden.
    pub threshold: i64,
    /// The interval in which a hidden count can be told to lie is at least so wide.
    pub width: i64,
    /// Whether noughts are shown. Then what is hidden is known to be at least one.
    pub are_zeros_shown: bool,
    /// All or none of fewer persons than this is hidden: of three, three were late. Nought to switch it off.
    pub class_floor: i64,
    /// Whether a share protects those outside its numerator as well: 98 of 100 on time are two who were late.
    pub has_complements: bool,
    /// Whether what changed between two packs is protected as a count of its own.
    pub has_differences: bool,
    /// A count that was hidden in an earlier pack stays hidden until it is the threshold and this.
    pub hysteresis: i64,
    /// Who is protected.
    pub protects: BTreeSet<WhoIsCounted>,
}

impl DisclosurePolicy {
    /// The strict policy: what stands in `config/disclosure.toml` as `strict`, and what holds where there is no such file.
    #[must_use]
    pub fn strict() -> Self {
        Self {
            name: "strict".to_owned(),
            threshold: 5,
            width: 4,
            are_zeros_shown: true,
            class_floor: 10,
            has_complements: true,
            has_differences: true,
            hysteresis: 3,
            protects: BTreeSet::from([WhoIsCounted::Children, WhoIsCounted::Staff]),
        }
    }

    /// Whether counts of such persons are protected.
    #[must_use]
    pub fn protects(&self, who: WhoIsCounted) -> bool {
        self.protects.contains(&who)
    }
}

/// The policies of a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisclosurePolicies {
    /// The name of the one that packs are made by.
    pub chosen: String,
    /// All of them, by name; the chosen one is there.
    pub policies: BTreeMap<String, DisclosurePolicy>,
}

impl Default for DisclosurePolicies {
    fn default() -> Self {
        let strict = DisclosurePolicy::strict();
        Self { chosen: strict.name.clone(), policies: BTreeMap::from([(strict.name.clone(), strict)]) }
    }
}

impl DisclosurePolicies {
    /// The one that packs are made by.
    #[must_use]
    pub fn chosen(&self) -> DisclosurePolicy {
        self.policies.get(&self.chosen).cloned().unwrap_or_else(DisclosurePolicy::strict)
    }
}
