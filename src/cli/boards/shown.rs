//! Boards as people read them: the structure as an indented tree, the meetings, and a table of what stands against the next.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::super::output::{self, wrapped};
use super::{BoardThen, NextMeeting};
use crate::definitions::{Board, BoardVersion, Boards, Seat};
use crate::run::{DueReturn, ReadyReturn};

/// Columns of the screen where nothing says how wide it is.
const SCREEN: usize = 80;
/// Most KPIs without a value that are named.
const NAMED: usize = 6;

/// The boards of a day as a tree, each below those that it reports to; or one board, what it reports to, and those below it.
pub(super) fn structure(boards: &Boards, only: Option<&Board>, on: Date) {
    let mut tree = BoardTree { boards, on, drawn: BTreeSet::new(), lines: Vec::new() };
    match only {
        Some(board) => {
            if let Some(version) = board.on(on) {
                tree.branch(board, version, 0);
            }
        }
        None => {
            for (board, version) in boards.below(None, on) {
                tree.branch(board, version, 0);
            }
        }
    }
    output::line(&format!("Boards on {on}\n"));
    for line in &tree.lines {
        output::line(line);
    }
}

/// A tree that is drawn from its root down.
struct BoardTree<'b> {
    boards: &'b Boards,
    on: Date,
    drawn: BTreeSet<&'b str>,
    lines: Vec<String>,
}

impl<'b> BoardTree<'b> {
    fn branch(&mut self, board: &'b Board, version: &'b BoardVersion, depth: usize) {
        let (first, rest) = if depth == 0 {
            (String::new(), "  ".to_owned())
        } else {
            (format!("  {}└─ ", "   ".repeat(depth - 1)), format!("  {}  ", "   ".repeat(depth)))
        };
        let is_drawn = !self.drawn.insert(&board.id);
        let since = if is_drawn { "as above".to_owned() } else { format!("since {}", version.from) };
        self.say(&format!("{} ({}), {since}", board.name, board.id), &first, &rest);
        if is_drawn {
            return;
        }
        self.say(&board.remit, &rest, &rest);
        let further = format!("{rest}  ");
        self.say(&format!("Chair: {}", seat(&version.chair)), &rest, &further);
        if !version.members.is_empty() {
            let members: Vec<String> = version.members.iter().map(seat).collect();
            self.say(&format!("Members: {}", members.join("; ")), &rest, &further);
        }
        let above: Vec<&str> =
            version.reports_to.iter().filter_map(|id| Some(self.boards.find(id)?.name.as_str())).collect();
        if !above.is_empty() {
            self.say(&format!("Reports to: {}", above.join("; ")), &rest, &further);
        }
        for (below, version) in self.boards.below(Some(&board.id), self.on) {
            self.branch(below, version, depth + 1);
        }
    }

    fn say(&mut self, text: &str, first: &str, others: &str) {
        self.lines.push(wrapped(text, first, others, output::width().unwrap_or(SCREEN)));
    }
}

fn seat(seat: &Seat) -> String {
    format!("{} ({})", seat.role, seat.organisation)
}

/// The next meetings of a board, and what stands against the first.
pub(super) fn against(told: &BoardThen<'_>, on: Date) {
    let width = output::width().unwrap_or(SCREEN);
    output::line("");
    if told.meetings.is_empty() {
        output::said(&format!("{} has no meeting on {on} or after it", told.board.name));
        return;
    }
    output::said(&format!("Meetings of {}", told.board.name));
    let rows = told.meetings.iter().map(|next| {
        let about = next.meeting.about.clone().unwrap_or_default();
        vec![next.meeting.day.to_string(), next.freeze.to_string(), left(next), about]
    });
    let has_about = told.meetings.iter().any(|next| next.meeting.about.is_some());
    let header = ["meeting", "figures frozen", "days to freeze", "about"];
    let columns = if has_about { header.len() } else { header.len() - 1 };
    output::rows_within(&header[..columns], rows.map(|row| row[..columns].to_vec()), width);
    let (Some(next), Some(ready)) = (told.meetings.first(), &told.ready) else { return };
    if !ready.is_known {
        output::said("Nothing is live yet, and so nothing is known of what came: `sendmart run`");
        return;
    }
    output::said(&format!("\nFor the meeting of {}: what its figures rest on", next.meeting.day));
    let header = ["return", "newest", "days old at freeze", "KPIs", "due"];
    let rows = ready.returns.iter().map(|one| row(one, on));
    output::rows_within(&header, rows, width);
    if ready.returns.iter().any(|one| one.newest.is_some() && one.due == DueReturn::NoDay) {
        output::line("Where nothing stands under `due` no day is known: the age tells.");
    }
    for part in ready.returned.iter().filter(|part| part.returned < part.expected) {
        output::said(&format!(
            "Missing: {} of {}: {} of {} {} returned",
            part.subject, part.period, part.returned, part.expected, part.returners
        ));
    }
    if !ready.without_value.is_empty() {
        let named = ready.without_value.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
        let more = ready.without_value.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let text = format!("No value at all: {named}{more}");
        output::line(&wrapped(&text, "", "  ", width));
    }
}

fn left(next: &NextMeeting<'_>) -> String {
    match next.days_left {
        0 => "frozen today".to_owned(),
        days if days < 0 => format!("frozen {} ago", days_of(-days)),
        days => days.to_string(),
    }
}

fn days_of(days: i32) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}

fn row(one: &ReadyReturn, on: Date) -> Vec<String> {
    let due = match &one.due {
        _ if one.newest.is_none() => "nothing has come".to_owned(),
        DueReturn::NoDay => String::new(),
        DueReturn::In { what } => format!("{what} is in"),
        DueReturn::Missing { what, since } if *since >= on => format!("{what} after {since}"),
        DueReturn::Missing { what, since } => format!("{what} is missing since {since}"),
    };
    let held = one.is_held.then(|| "newer files are held".to_owned());
    let due: Vec<String> = held.into_iter().chain(Some(due)).filter(|said| !said.is_empty()).collect();
    vec![
        one.title.clone(),
        one.newest.map_or_else(String::new, |day| day.to_string()),
        one.age_days.map_or_else(String::new, |days| days.to_string()),
        one.kpis.len().to_string(),
        due.join("; "),
    ]
}
