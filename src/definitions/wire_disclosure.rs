//! `config/disclosure.toml` exactly as people write it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::disclosure::WhoIsCounted;

/// `config/disclosure.toml`: what is hidden before figures leave the council.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DisclosureToml {
    /// The policy that packs are made by: one of those below.
    pub policy: String,
    /// The policies, by name.
    pub policies: BTreeMap<String, DisclosurePolicyToml>,
}

/// One policy.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DisclosurePolicyToml {
    /// Whose practice it is and where it is written down, in a sentence.
    pub about: String,
    /// A count with fewer distinct persons behind it, and at least one, is hidden: 2 to 100.
    pub threshold: u16,
    /// The interval in which a hidden count can be told to lie is at least so wide. Default the threshold less one, and not less.
    #[serde(default)]
    pub width: Option<u16>,
    /// Whether noughts are shown: `shown` (the default) or `hidden`.
    #[serde(default)]
    pub zeros: ZerosToml,
    /// All or none of fewer persons than this is hidden. Default 0: no such rule.
    #[serde(default)]
    pub class_floor: u16,
    /// Whether a share protects those outside its numerator as well. Default true.
    #[serde(default = "yes")]
    pub complements: bool,
    /// Whether what changed between two packs is protected. Default true.
    #[serde(default = "yes")]
    pub differences: bool,
    /// What was hidden stays hidden until it is the threshold and this. Default 3.
    #[serde(default = "three")]
    pub hysteresis: u16,
    /// Who is protected: `children`, `staff`. Default both.
    #[serde(default = "everybody")]
    pub protects: Vec<WhoIsCounted>,
}

/// Whether noughts are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ZerosToml {
    /// As any other count.
    #[default]
    Shown,
    /// As a small count.
    Hidden,
}

fn yes() -> bool {
    true
}

fn three() -> u16 {
    3
}

fn everybody() -> Vec<WhoIsCounted> {
    vec![WhoIsCounted::Children, WhoIsCounted::Staff]
}
