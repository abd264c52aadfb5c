//! A message as people read it, and in the shape that each address takes.

use serde_json::{Value, json};

use super::Telling;
use crate::definitions::AlertKind;
use crate::ledger::{AlertStage, OpenTrouble};

/// What one channel is told at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// What a preview shows: whose place, and how many of each stage.
    pub subject: String,
    /// One for each trouble.
    pub notices: Vec<Notice>,
}

/// One trouble in a message.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Notice {
    /// How far it is.
    pub stage: AlertStage,
    /// What tells it from others.
    pub key: String,
    /// What is wrong, or was.
    pub words: String,
    /// Since when, as the place has days and times.
    pub since: String,
    /// What to do about it; nothing for what is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Notice {
    pub(super) fn of(one: &OpenTrouble, stage: AlertStage, telling: &Telling<'_>) -> Self {
        Self {
            stage,
            key: one.key.clone(),
            words: one.words.clone(),
            since: telling.zone.shown(one.since),
            hint: (stage != AlertStage::Recovered).then(|| one.hint.clone()),
        }
    }

    /// As a person reads it.
    fn line(&self) -> String {
        let (words, since) = (self.words.trim_end_matches('.'), &self.since);
        match (self.stage, &self.hint) {
            (AlertStage::Recovered, _) => format!("Well again: {words} (it stood since {since})."),
            (AlertStage::Still, hint) => {
                format!("Still, since {since}: {words}. What to do: {}.", hint.as_deref().unwrap_or("nothing"))
            }
            (AlertStage::New, hint) => format!("New: {words}. What to do: {}.", hint.as_deref().unwrap_or("nothing")),
        }
    }
}

impl Message {
    /// Of these troubles.
    pub(super) fn of(place: &str, mut notices: Vec<Notice>) -> Self {
        notices.sort_by(|one, other| one.stage.cmp(&other.stage).then_with(|| one.key.cmp(&other.key)));
        let counted = |stage: AlertStage, word: &str| {
            let count = notices.iter().filter(|notice| notice.stage == stage).count();
            (count > 0).then(|| format!("{count} {word}"))
        };
        let counts = [
            counted(AlertStage::New, "new"),
            counted(AlertStage::Still, "still open"),
            counted(AlertStage::Recovered, "well again"),
        ];
        let counts: Vec<String> = counts.into_iter().flatten().collect();
        Self { subject: format!("sendmart, {place}: {}", counts.join(", ")), notices }
    }

    /// That the channel works.
    pub(super) fn test(place: &str) -> Self {
        Self {
            subject: format!("sendmart, {place}: this is a test, and all is well with this channel"),
            notices: Vec::new(),
        }
    }

    /// The subject and a line for each trouble.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        std::iter::once(self.subject.clone()).chain(self.notices.iter().map(Notice::line)).collect()
    }

    /// The body that an address of this kind takes.
    #[must_use]
    pub fn body(&self, kind: AlertKind) -> Value {
        match kind {
            AlertKind::Teams => {
                let block = |text: String, weight: &str| json!({ "type": "TextBlock", "text": text, "wrap": true, "weight": weight });
                let head = block(plain(&self.subject), "Bolder");
                let rest = self.notices.iter().map(|notice| block(plain(&notice.line()), "Default"));
                json!({
                    "type": "message",
                    "summary": self.subject,
                    "attachments": [{
                        "contentType": "application/vnd.microsoft.card.adaptive",
                        "content": {
                            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                            "type": "AdaptiveCard",
                            "version": "1.4",
                            "fallbackText": self.subject,
                            "body": std::iter::once(head).chain(rest).collect::<Vec<_>>(),
                        },
                    }],
                })
            }
            AlertKind::Slack => json!({ "text": escaped(&self.lines().join("\n")) }),
            AlertKind::Json | AlertKind::Ping => json!({ "subject": self.subject, "notices": self.notices }),
        }
    }
}

/// Cards read `*`, `_`, `[` and the like as marks: names of ours are written in backticks, which no card knows.
fn plain(text: &str) -> String {
    text.chars()
        .filter(|each| *each != '`')
        .flat_map(|each| ['*', '_', '[', ']', '#'].contains(&each).then_some('\\').into_iter().chain([each]))
        .collect()
}

/// What Slack reads as marks of its own.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
