//! Whom a night tells how it went: `[[alert]]` of a config.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;

use super::document::Document;
use super::problem::Problem;

/// One channel by which people are told what goes wrong, and that it is well again.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlertToml {
    /// What people call it: `team`. Unique.
    pub name: String,
    /// `teams` (a Workflow's address), `slack` (an incoming webhook), `json` (any address that takes JSON), or `ping`: an address that is
    /// asked after each run that ended well, so that whoever keeps it notices when no run does.
    pub kind: AlertKind,
    /// `env:NAME`, the environment variable that has the address: who knows it can write to the channel, so that it is a secret.
    pub url: String,
}

/// What an address takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    /// A Workflow of Microsoft Teams: an adaptive card.
    Teams,
    /// An incoming webhook of Slack: text.
    Slack,
    /// Anything that takes JSON: each trouble with its key, stage, words and times.
    Json,
    /// A dead man's ping: asked, and told nothing.
    Ping,
}

impl AlertKind {
    /// The word of a config.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Teams => "teams",
            Self::Slack => "slack",
            Self::Json => "json",
            Self::Ping => "ping",
        }
    }
}

/// A channel, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertChannel {
    /// What people call it.
    pub name: String,
    /// What its address takes.
    pub kind: AlertKind,
    /// The environment variable that has its address.
    pub variable: String,
}

/// Checks the channels of one config; those that have the name of an earlier one are refused.
pub(super) fn alerts(written: &[AlertToml], document: &Document<'_>, problems: &mut Vec<Problem>) -> Vec<AlertChannel> {
    let mut found = Vec::new();
    let mut names = BTreeSet::new();
    for (index, wire) in written.iter().enumerate() {
        let at = index.to_string();
        if !names.insert(wire.name.as_str()) {
            problems.push(document.problem(
                &["alert", &at, "name"],
                "spec::duplicate_alert",
                format!("alert `{}` stands twice", wire.name),
                "give each channel a name of its own: what was told to whom is remembered by it".to_owned(),
            ));
        }
        let variable = wire.url.strip_prefix("env:").map(str::trim).filter(|name| !name.is_empty());
        match variable {
            Some(variable) => found.push(AlertChannel {
                name: wire.name.clone(),
                kind: wire.kind,
                variable: variable.to_owned(),
            }),
            None => problems.push(document.problem(
                &["alert", &at, "url"],
                "spec::alert_address",
                format!("the address of alert `{}` does not stand in the environment", wire.name),
                "write `url = \"env:NAME\"` and set NAME where the night runs: who knows the address can write to the channel"
                    .to_owned(),
            )),
        }
    }
    found
}
