//! What a pack is made of, beside the values of its pages: which board, which meeting, what was frozen, what changed since the last.

use jiff::civil::Date;

use super::cases::CaseList;
use super::values::BoardPages;
use crate::definitions::{Board, Boards, Meeting};

/// Who may read a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PackEdition {
    /// Small numbers and cases are shown: for the board alone.
    Restricted,
    /// For everybody: only under disclosure control.
    Public,
}

impl PackEdition {
    /// As it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Restricted => "restricted",
            Self::Public => "public",
        }
    }
}

/// A pack as plain values.
#[derive(Debug, Clone)]
pub struct BoardPack<'a> {
    /// The values of its pages, of the areas of the board alone.
    pub pages: BoardPages<'a>,
    /// All boards, for the structure on the day of the meeting.
    pub boards: &'a Boards,
    /// The board.
    pub board: &'a Board,
    /// Its meeting.
    pub meeting: &'a Meeting,
    /// Who may read it.
    pub edition: PackEdition,
    /// Whether it is made before its figures are frozen.
    pub is_draft: bool,
    /// What the frozen state is made of.
    pub state: FrozenState,
    /// What changed since the last pack; none where the board has no meeting before.
    pub changes: Option<PackChanges>,
    /// Cases that somebody has to act on: none in an edition that is not restricted.
    pub cases: Vec<CaseList>,
}

/// What a frozen state is made of: with the same, the same values are computed again.
#[derive(Debug, Clone, Default)]
pub struct FrozenState {
    /// The last moment by which a delivery had to be received to count, as the place writes it.
    pub known_until: String,
    /// The zone in which days begin and end.
    pub zone: String,
    /// SHA-256 of the definitions, as a generation has it.
    pub definitions: String,
    /// SHA-256 of everything that decides the values.
    pub fingerprint: String,
    /// The deliveries that count, by collection, file and day.
    pub inputs: Vec<PackInput>,
}

/// A delivery that counts in a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackInput {
    /// Its id.
    pub delivery: String,
    /// The collection.
    pub collection: String,
    /// The name of its file.
    pub file: String,
    /// When it was received, by the clock of the place.
    pub received: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Rows that were accepted.
    pub rows: u64,
}

/// What changed since the last pack.
#[derive(Debug, Clone, PartialEq)]
pub struct PackChanges {
    /// The meeting that it was made for.
    pub meeting: Date,
    /// The day on which its figures were frozen.
    pub freeze: Date,
    /// Whether its own definitions are known; otherwise both states are reckoned by those of now.
    pub has_definitions: bool,
    /// The KPIs on own returns, by id, those that changed and those that did not.
    pub kpis: Vec<ChangedKpi>,
}

/// What changed of a KPI.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ChangedKpi {
    /// Its id.
    pub id: String,
    /// The figures that changed.
    pub moved: Vec<ChangedFigure>,
    /// How many did not.
    pub same: usize,
    /// The files of its definition that changed.
    pub redefined: Vec<String>,
    /// Files that came and replace nothing.
    pub new: Vec<String>,
    /// Files that replace what was told before.
    pub revising: Vec<String>,
    /// Files that count no more.
    pub gone: Vec<String>,
}

/// A figure that is not what it was.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ChangedFigure {
    /// The period.
    pub period: String,
    /// The code of the place.
    pub code: String,
    /// The breakdown.
    pub breakdown: String,
    /// What it was.
    pub from: Option<f64>,
    /// What it is.
    pub to: Option<f64>,
    /// How much of it is of another definition, of the day, of new and of revised deliveries: they add up.
    pub parts: [Option<f64>; 4],
    /// Which of these it came or went with, where one side has none.
    pub came_with: Option<usize>,
    /// Whether it was final in the last pack.
    pub was_settled: bool,
}

impl ChangedFigure {
    /// Whether a figure that was final is another now. One that went with the day is none: a year up to a day is told of that day alone.
    #[must_use]
    pub fn is_restated(&self) -> bool {
        self.was_settled && self.from != self.to && self.came_with != Some(BY_TIME)
    }
}

/// The step of the day.
const BY_TIME: usize = 1;
/// The steps of a change, as they are told.
pub(super) const CHANGES: [&str; 4] = ["definition", "time", "new data", "revised data"];
