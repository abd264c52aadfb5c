//! Boards as they are on any day: who chairs, who sits, who reports to whom, when they meet and when figures are frozen.

use jiff::ToSpan;
use jiff::civil::Date;

use super::vocabulary::Area;

/// The boards of a place, in the order of their file; none where it has no such file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Boards(pub Vec<Board>);

/// One board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Board {
    /// Its id.
    pub id: String,
    /// As its members name it.
    pub name: String,
    /// What it answers for.
    pub remit: String,
    /// The areas whose KPIs it reads.
    pub areas: Vec<Area>,
    /// Its last day, inclusive; none where it goes on.
    pub until: Option<Date>,
    /// How it is made up, the oldest first; at least one.
    pub versions: Vec<BoardVersion>,
    /// Its meetings in order.
    pub meetings: Vec<Meeting>,
}

/// How a board is made up from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardVersion {
    /// The first day, inclusive.
    pub from: Date,
    /// Who chairs it.
    pub chair: Seat,
    /// Who else sits on it.
    pub members: Vec<Seat>,
    /// Ids of the boards that it reports to.
    pub reports_to: Vec<String>,
}

/// A role on a board. The person who holds it is not kept: roles are what is printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// The role.
    pub role: String,
    /// Whose role it is.
    pub organisation: String,
}

/// One meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meeting {
    /// Its day.
    pub day: Date,
    /// Days of notice.
    pub notice_days: u16,
    /// What it is, where it is not the ordinary one.
    pub about: Option<String>,
}

/// Days of notice where nothing is said: the two weeks that the department asks for.
pub const NOTICE_DAYS: u16 = 14;

impl Meeting {
    /// The day on which its figures are frozen: its own less the notice.
    ///
    /// ```
    /// use jiff::civil::date;
    /// use sendmart::definitions::Meeting;
    /// let meeting = Meeting { day: date(2026, 1, 8), notice_days: 14, about: None };
    /// assert_eq!(meeting.freeze(), date(2025, 12, 25));
    /// ```
    #[must_use]
    pub fn freeze(&self) -> Date {
        self.day.saturating_sub(i32::from(self.notice_days).days())
    }
}

impl Board {
    /// How it is made up on a day; none before its first version and after its end.
    #[must_use]
    pub fn on(&self, day: Date) -> Option<&BoardVersion> {
        if self.until.is_some_and(|until| day > until) {
            return None;
        }
        self.versions.iter().rev().find(|version| version.from <= day)
    }

    /// Its meetings on a day and after it.
    pub fn next_meetings(&self, day: Date) -> impl Iterator<Item = &Meeting> {
        self.meetings.iter().filter(move |meeting| meeting.day >= day)
    }
}

impl Boards {
    /// The board of an id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Board> {
        self.0.iter().find(|board| board.id == id)
    }

    /// The boards that there are on a day, each as it is made up then.
    #[must_use]
    pub fn on(&self, day: Date) -> Vec<(&Board, &BoardVersion)> {
        self.0.iter().filter_map(|board| Some((board, board.on(day)?))).collect()
    }

    /// The boards on a day that report to one of that id; to none, where no id is given.
    #[must_use]
    pub fn below(&self, id: Option<&str>, day: Date) -> Vec<(&Board, &BoardVersion)> {
        let mut found = self.on(day);
        found.retain(|(_, version)| match id {
            Some(id) => version.reports_to.iter().any(|one| one == id),
            None => version.reports_to.is_empty(),
        });
        found
    }
}
