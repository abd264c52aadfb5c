//! `config/boards.toml` exactly as people write it.

use schemars::JsonSchema;
use serde::Deserialize;

use super::vocabulary::Area;

/// `config/boards.toml`: who governs, since when, who chairs, who reports to whom, and when they meet.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BoardsToml {
    /// The boards.
    #[serde(default, rename = "board")]
    pub boards: Vec<BoardToml>,
}

/// One board.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BoardToml {
    /// Its id: lower case with underscores. It is for ever.
    pub id: String,
    /// As its members name it.
    pub name: String,
    /// What it answers for, in a sentence.
    pub remit: String,
    /// The areas whose KPIs it reads; all where it is not given.
    #[serde(default)]
    pub areas: Vec<Area>,
    /// Days between the day on which figures are frozen and a meeting. Default 14.
    #[serde(default)]
    pub notice_days: Option<u16>,
    /// Its last day, `2026-03-31`, where it is no more.
    #[serde(default)]
    pub until: Option<String>,
    /// How it is made up, each from a day on; the oldest first.
    #[serde(default, rename = "version")]
    pub versions: Vec<BoardVersionToml>,
    /// When it meets, in order.
    #[serde(default, rename = "meeting")]
    pub meetings: Vec<MeetingToml>,
}

/// How a board is made up from a day on.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BoardVersionToml {
    /// The first day on which it was so, `2025-09-01`.
    pub from: String,
    /// Who chairs it.
    #[serde(default)]
    pub chair: Option<SeatToml>,
    /// Who else sits on it.
    #[serde(default)]
    pub members: Vec<SeatToml>,
    /// Ids of the boards that it reports to.
    #[serde(default)]
    pub reports_to: Vec<String>,
}

/// A seat: the role, and not the person, is what is printed.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SeatToml {
    /// The role, such as `Director of Children's Services`.
    pub role: String,
    /// Whose role it is, such as `County Council`.
    pub organisation: String,
    /// The person, where somebody must know. Better left out: it is not printed, and has to be kept up to date.
    #[serde(default)]
    pub person: Option<String>,
}

/// One meeting.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MeetingToml {
    /// The day, `2026-01-22`.
    pub date: String,
    /// Days of notice of this meeting, where they are not those of the board.
    #[serde(default)]
    pub notice_days: Option<u16>,
    /// What it is, where it is not the ordinary one: `six-month review`.
    #[serde(default)]
    pub about: Option<String>,
}
