//! `config/disclosure.toml` into [`DisclosurePolicies`]: every problem at once.

use std::path::Path;

use super::disclosure::{DisclosurePolicies, DisclosurePolicy, WhoIsCounted};
use super::document::Document;
use super::problem::{Problem, hint_for};
use super::wire_disclosure::{DisclosurePolicyToml, DisclosureToml, ZerosToml};

/// Least and greatest threshold: below two nobody is hidden, above a hundred it is a slip of the pen.
const THRESHOLDS: std::ops::RangeInclusive<u16> = 2..=100;

/// Reads the text of the file.
pub(super) fn read(path: &Path, text: &str, problems: &mut Vec<Problem>) -> DisclosurePolicies {
    let Some((wire, document)) = Document::read::<DisclosureToml>(path, text, problems) else {
        return DisclosurePolicies::default();
    };
    let mut add = |keys: &[&str], code: &'static str, message: String, hint: &str| {
        problems.push(document.problem(keys, code, message, hint.to_owned()));
    };
    for (name, policy) in &wire.policies {
        let threshold = policy.threshold;
        if !THRESHOLDS.contains(&threshold) {
            let message = format!("`threshold` of policy `{name}` is {threshold}, and it is from 2 to 100");
            let hint = "write the least number of persons that may be shown: 5 hides one to four";
            add(&["policies", name, "threshold"], "disclosure::threshold", message, hint);
        }
        if policy.width.is_some_and(|width| width.saturating_add(1) < threshold) {
            let message = format!("`width` of policy `{name}` is less than its threshold less one");
            let hint = "leave `width` out: a narrower interval lies within what is too small to be shown";
            add(&["policies", name, "width"], "disclosure::width", message, hint);
        }
        if policy.protects.is_empty() || policy.protects.contains(&WhoIsCounted::Nobody) {
            let message = format!("`protects` of policy `{name}` names nobody");
            let hint = "write [\"children\", \"staff\"], or leave it out";
            add(&["policies", name, "protects"], "disclosure::protects", message, hint);
        }
        if policy.about.trim().is_empty() {
            let message = format!("`about` of policy `{name}` is blank");
            let hint = "say whose practice it is and where it is written down";
            add(&["policies", name, "about"], "disclosure::about", message, hint);
        }
    }
    if !wire.policies.contains_key(&wire.policy) {
        let message = format!("there is no policy `{}`", wire.policy);
        let hint = hint_for(&wire.policy, wire.policies.keys().map(String::as_str));
        add(&["policy"], "disclosure::no_such_policy", message, &hint);
    }
    let policies = wire.policies.iter().map(|(name, policy)| (name.clone(), resolved(name, policy)));
    DisclosurePolicies { chosen: wire.policy.clone(), policies: policies.collect() }
}

fn resolved(name: &str, wire: &DisclosurePolicyToml) -> DisclosurePolicy {
    DisclosurePolicy {
        name: name.to_owned(),
        threshold: wire.threshold.into(),
        width: wire.width.map_or(i64::from(wire.threshold) - 1, i64::from),
        are_zeros_shown: wire.zeros == ZerosToml::Shown,
        class_floor: wire.class_floor.into(),
        has_complements: wire.complements,
        has_differences: wire.differences,
        hysteresis: wire.hysteresis.into(),
        protects: wire.protects.iter().copied().collect(),
    }
}
