//! `config/boards.toml` into [`Boards`]: every problem at once.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::ToSpan;
use jiff::civil::Date;

use super::boards::{Board, BoardVersion, Boards, Meeting, NOTICE_DAYS, Seat};
use super::document::Document;
use super::problem::{Problem, hint_for};
use super::vocabulary::Area;
use super::wire_boards::{BoardToml, BoardVersionToml, BoardsToml, SeatToml};

/// Most days of notice: more is a slip of the pen.
const MOST_NOTICE: u16 = 120;

/// Reads the text of the file.
pub(super) fn read(path: &Path, text: &str, problems: &mut Vec<Problem>) -> Boards {
    let Some((wire, document)) = Document::read::<BoardsToml>(path, text, problems) else { return Boards::default() };
    let mut reader = BoardsReader { document: &document, problems };
    let boards: Vec<Board> =
        wire.boards.iter().enumerate().filter_map(|(at, board)| reader.board(at, board, &wire)).collect();
    let boards = Boards(boards);
    // What a board reports to is looked for once all of them are right.
    if boards.0.len() == wire.boards.len() {
        reader.reports(&boards);
        reader.rings(&boards);
    }
    boards
}

struct BoardsReader<'a, 'd> {
    document: &'a Document<'d>,
    problems: &'a mut Vec<Problem>,
}

impl BoardsReader<'_, '_> {
    fn add(&mut self, keys: &[&str], code: &'static str, message: String, hint: impl Into<String>) {
        self.problems.push(self.document.problem(keys, code, message, hint.into()));
    }

    /// A board of the file; none where it cannot be told when it is.
    fn board(&mut self, at: usize, wire: &BoardToml, all: &BoardsToml) -> Option<Board> {
        let index = at.to_string();
        let at_key = |key: &'static str| ["board".to_owned(), index.clone(), key.to_owned()];
        let id = &wire.id;
        let snake = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if id.is_empty() || !id.bytes().all(snake) {
            let hint = "write it in lower case with underscores, such as `send_partnership`: it is for ever";
            self.at(&at_key("id"), "board::id", format!("`{id}` is not an id"), hint);
        }
        if all.boards.iter().take(at).any(|earlier| earlier.id == *id) {
            let hint = "one board has one id; how it changed over the years stands in its `[[board.version]]`s";
            self.at(&at_key("id"), "board::twice", format!("board `{id}` stands twice"), hint);
        }
        for (key, said) in [("name", &wire.name), ("remit", &wire.remit)] {
            if said.trim().is_empty() {
                let hint = "say it in a few words: it is printed in every pack";
                self.at(&at_key(key), "board::empty", format!("`{key}` of board `{id}` is blank"), hint);
            }
        }
        let until = wire.until.as_ref().and_then(|text| self.day(&at_key("until"), "until", text));
        let notice = wire.notice_days.unwrap_or(NOTICE_DAYS);
        self.notice(&at_key("notice_days"), notice);
        if wire.versions.is_empty() {
            let hint = "add a `[[board.version]]` with `from`, `chair` and `members`";
            self.at(&at_key("version"), "board::no_version", format!("board `{id}` has no version"), hint);
        }
        let mut versions: Vec<BoardVersion> = Vec::new();
        for (number, version) in wire.versions.iter().enumerate() {
            let found = self.version(&index, number, id, version);
            let Some(found) = found else { continue };
            let keys = ["board", &index, "version", &number.to_string(), "from"].map(str::to_owned);
            if let Some(before) = versions.last().filter(|before| before.from >= found.from) {
                let (message, hint) = (
                    format!("the version from {} stands after the one from {}", found.from, before.from),
                    "versions stand in order, the oldest first, and no two begin on one day",
                );
                self.at(&keys, "board::order", message, hint);
            }
            if let Some(end) = until.filter(|end| *end < found.from) {
                let message = format!("the version from {} begins after the board's last day, {end}", found.from);
                self.at(&keys, "board::order", message, "mend `until` or `from`, or take the version out");
            }
            versions.push(found);
        }
        let meetings = self.meetings(&index, wire, notice, versions.first().map(|version| version.from), until);
        (versions.len() == wire.versions.len() && !versions.is_empty()).then(|| Board {
            id: id.clone(),
            name: wire.name.clone(),
            remit: wire.remit.clone(),
            areas: if wire.areas.is_empty() { Area::ALL.to_vec() } else { wire.areas.clone() },
            until,
            versions,
            meetings,
        })
    }

    fn version(&mut self, index: &str, number: usize, id: &str, wire: &BoardVersionToml) -> Option<BoardVersion> {
        let number = number.to_string();
        let keys = |last: &str| ["board", index, "version", &number, last].map(str::to_owned);
        let from = self.day(&keys("from"), "from", &wire.from);
        let chair = wire.chair.as_ref().map(|chair| self.seat(&keys("chair"), "the chair", chair));
        if chair.is_none() {
            let hint =
                "add `chair = { role = \"Independent chair\", organisation = \"…\" }`; of a vacancy say so in `role`";
            let message = format!("board `{id}` has no chair in the version from {}", wire.from);
            self.at(&keys("chair"), "board::no_chair", message, hint);
        }
        let mut members: Vec<Seat> = Vec::new();
        for (place, member) in wire.members.iter().enumerate() {
            let place = place.to_string();
            let keys = ["board", index, "version", &number, "members", &place].map(str::to_owned);
            let seat = self.seat(&keys, "a member", member);
            if members.contains(&seat) || chair.as_ref() == Some(&seat) {
                let message = format!("`{}` of `{}` stands twice", seat.role, seat.organisation);
                self.at(&keys, "board::seat_twice", message, "a role sits once: tell two apart, or take one out");
            }
            members.push(seat);
        }
        let mut reports_to: Vec<String> = Vec::new();
        for (place, other) in wire.reports_to.iter().enumerate() {
            if reports_to.contains(other) {
                let keys = ["board", index, "version", &number, "reports_to", &place.to_string()].map(str::to_owned);
                let message = format!("`reports_to` names `{other}` twice");
                self.at(&keys, "board::reports_twice", message, "take one out");
            } else {
                reports_to.push(other.clone());
            }
        }
        Some(BoardVersion { from: from?, chair: chair?, members, reports_to })
    }

    fn seat(&mut self, keys: &[String], who: &str, wire: &SeatToml) -> Seat {
        for (key, said) in [("role", &wire.role), ("organisation", &wire.organisation)] {
            if said.trim().is_empty() {
                let message = format!("`{key}` of {who} is blank");
                self.at(keys, "board::empty", message, "a seat is a role and whose role it is");
            }
        }
        Seat { role: wire.role.clone(), organisation: wire.organisation.clone() }
    }

    fn meetings(
        &mut self,
        index: &str,
        wire: &BoardToml,
        notice: u16,
        begins: Option<Date>,
        until: Option<Date>,
    ) -> Vec<Meeting> {
        let mut meetings: Vec<Meeting> = Vec::new();
        for (number, meeting) in wire.meetings.iter().enumerate() {
            let number = number.to_string();
            let keys = |last: &str| ["board", index, "meeting", &number, last].map(str::to_owned);
            let notice = meeting.notice_days.unwrap_or(notice);
            if meeting.notice_days.is_some() {
                self.notice(&keys("notice_days"), notice);
            }
            let at = keys("date");
            let Some(day) = self.day(&at, "date", &meeting.date) else { continue };
            let twice = meetings.iter().any(|earlier| earlier.day == day);
            if twice {
                let message = format!("board `{}` meets twice on {day}", wire.id);
                self.at(&at, "board::meeting_twice", message, "take one out");
            }
            if let Some(before) = meetings.last().filter(|before| before.day > day && !twice) {
                let message = format!("the meeting of {day} stands after that of {}", before.day);
                self.at(&at, "board::order", message, "meetings stand in order, the earliest first");
            }
            if let Some(begins) = begins.filter(|begins| day < *begins) {
                let message = format!("a meeting on {day}, before board `{}` begins on {begins}", wire.id);
                let hint = "mend the date, or add the version of that time: `from` is the first day of a structure";
                self.at(&at, "board::before_it_is", message, hint);
            }
            if let Some(until) = until.filter(|until| day > *until) {
                let message = format!("a meeting on {day}, after the last day of board `{}`, {until}", wire.id);
                self.at(&at, "board::after_it_is", message, "mend the date or `until`, or take the meeting out");
            }
            meetings.push(Meeting { day, notice_days: notice, about: meeting.about.clone() });
        }
        meetings
    }

    fn notice(&mut self, keys: &[String], days: u16) {
        if days > MOST_NOTICE {
            let hint = format!("days between freeze and meeting, {MOST_NOTICE} at most; 14 where it is left out");
            self.at(keys, "board::notice", format!("`notice_days` is {days}"), hint);
        }
    }

    fn day(&mut self, keys: &[String], key: &str, text: &str) -> Option<Date> {
        let day = text.parse::<Date>().ok();
        if day.is_none() {
            let message = format!("`{key}` is `{text}`, which is not a date");
            self.at(keys, "spec::not_a_date", message, "write it as \"2026-01-22\"");
        }
        day
    }

    fn at(&mut self, keys: &[String], code: &'static str, message: String, hint: impl Into<String>) {
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        self.add(&keys, code, message, hint);
    }

    /// Each board that is reported to has to be there as long as the version goes on.
    fn reports(&mut self, boards: &Boards) {
        for (at, board) in boards.0.iter().enumerate() {
            for (number, version) in board.versions.iter().enumerate() {
                let next = board.versions.get(number + 1).map(|next| next.from.saturating_sub(1.day()));
                let ends = next.or(board.until);
                for (place, other) in version.reports_to.iter().enumerate() {
                    let keys =
                        ["board", &at.to_string(), "version", &number.to_string(), "reports_to", &place.to_string()]
                            .map(str::to_owned);
                    let others = boards.0.iter().filter(|one| one.id != board.id).map(|one| one.id.as_str());
                    let others: Vec<&str> = others.collect();
                    let Some(found) = boards.find(other).filter(|found| found.id != board.id) else {
                        let message = if *other == board.id {
                            format!("board `{other}` reports to itself")
                        } else {
                            format!("`reports_to` names `{other}`, and there is no such board")
                        };
                        self.at(&keys, "board::reports_to", message, hint_for(other, others));
                        continue;
                    };
                    let Some(first) = found.versions.first().map(|first| first.from) else { continue };
                    if first > version.from {
                        let message = format!(
                            "board `{}` reports to `{other}` from {}, and that begins on {first}",
                            board.id, version.from
                        );
                        let hint = format!("begin a version that reports to it on {first} or later, or mend the dates");
                        self.at(&keys, "board::reports_to", message, hint);
                    }
                    if let Some(gone) = found.until.filter(|gone| ends.is_none_or(|ends| ends > *gone)) {
                        let message =
                            format!("board `{}` still reports to `{other}` after its last day, {gone}", board.id);
                        let hint = format!(
                            "add a version from {} that says to whom it reports then",
                            gone.saturating_add(1.day())
                        );
                        self.at(&keys, "board::reports_to", message, hint);
                    }
                }
            }
        }
    }

    /// On no day may a board report to itself by way of others.
    fn rings(&mut self, boards: &Boards) {
        let days: BTreeSet<Date> =
            boards.0.iter().flat_map(|board| board.versions.iter().map(|version| version.from)).collect();
        let mut told: BTreeSet<BTreeSet<&str>> = BTreeSet::new();
        for day in days {
            for board in &boards.0 {
                let Some(ring) = ring(boards, board, day) else { continue };
                if !told.insert(ring.iter().copied().collect()) {
                    continue;
                }
                let at = boards.0.iter().position(|one| one.id == board.id).unwrap_or_default().to_string();
                let number = board.versions.iter().rposition(|version| version.from <= day).unwrap_or_default();
                let way: Vec<String> = ring.iter().chain([&ring[0]]).map(|id| format!("`{id}`")).collect();
                let message = format!("on {day} boards report in a ring: {}", way.join(" → "));
                let hint = "somebody is at the top: take one of them out of `reports_to`";
                self.add(&["board", &at, "version", &number.to_string(), "reports_to"], "board::ring", message, hint);
            }
        }
    }
}

/// The way from a board back to itself on a day, if there is one.
fn ring<'b>(boards: &'b Boards, board: &'b Board, day: Date) -> Option<Vec<&'b str>> {
    let mut ways: Vec<Vec<&str>> = vec![vec![&board.id]];
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    while let Some(way) = ways.pop() {
        let Some(version) = way.last().and_then(|last| boards.find(last)?.on(day)) else { continue };
        for above in version.reports_to.iter().filter(|above| way.last() != Some(&above.as_str())) {
            if *above == board.id && way.len() > 1 {
                return Some(way);
            }
            if seen.insert(above) {
                ways.push(way.iter().copied().chain([above.as_str()]).collect());
            }
        }
    }
    None
}
