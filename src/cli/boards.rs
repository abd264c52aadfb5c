//! `boards`: who governs on a day, when the boards meet, when figures are frozen, and what is stale or missing against each meeting.

mod shown;

use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;

use self::shown::{against, structure};
use super::{Context, Failure, meant, output};
use crate::definitions::{Board, Boards, Definitions, Meeting, Seat};
use crate::lake::Place;
use crate::run::{DueReturn, Readiness, readiness};

pub(super) const EXAMPLES: &str = "\
Examples:
  sendmart boards
  sendmart boards send_partnership     one board and its next meetings
  sendmart boards --on 2025-09-01      as it was on that day";

/// Meetings of a board that are told.
const NEXT: usize = 3;

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct BoardsArgs {
    /// A board, by its id or name; all when left out
    board: Option<String>,
    /// The day: the structure then, the meetings from then on, what had come by then. Default today
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
}

/// A meeting to come, seen from a day.
struct NextMeeting<'b> {
    meeting: &'b Meeting,
    freeze: Date,
    days_left: i32,
}

/// A board and what is known of its next meetings.
struct BoardThen<'b> {
    board: &'b Board,
    meetings: Vec<NextMeeting<'b>>,
    /// Against the first of them.
    ready: Option<Readiness>,
}

pub(super) fn boards(context: &Context, args: &BoardsArgs) -> Result<(), Failure> {
    let (place, definitions) = context.definitions()?;
    let on = args.on.unwrap_or_else(|| definitions.settings.zone.day_of(Timestamp::now()));
    let boards = &definitions.boards;
    if boards.0.is_empty() {
        return Err(Failure::absent(
            "no board is written down here",
            "copy config/boards.example.toml to config/boards.toml, and write who governs, since when, and when they meet",
        ));
    }
    let chosen: Vec<&Board> = match &args.board {
        Some(asked) => vec![one(boards, asked, on)?],
        None => boards.on(on).into_iter().map(|(board, _)| board).collect(),
    };
    if chosen.is_empty() {
        let first = boards.0.iter().filter_map(|board| board.versions.first()).map(|version| version.from).min();
        let hint =
            first.map_or_else(String::new, |first| format!("the first of them begins on {first}: `--on {first}`"));
        return Err(Failure::absent(format!("there was no board on {on}"), hint));
    }
    let told: Vec<BoardThen<'_>> =
        chosen.iter().map(|board| then(&place, &definitions, board, on)).collect::<Result<_, _>>()?;
    if context.json {
        for one in &told {
            output::line(&as_json(one, on).to_string());
        }
        return Ok(());
    }
    structure(boards, args.board.as_ref().and_then(|_| chosen.first().copied()), on);
    for one in &told {
        against(one, on);
    }
    Ok(())
}

/// The board that somebody means, as it is on a day.
fn one<'b>(boards: &'b Boards, asked: &str, on: Date) -> Result<&'b Board, Failure> {
    let by_name = || boards.0.iter().find(|board| board.name.eq_ignore_ascii_case(asked));
    let Some(board) = boards.find(asked).or_else(by_name) else {
        let ids: Vec<&str> = boards.0.iter().map(|board| board.id.as_str()).collect();
        return Err(Failure::absent(format!("there is no board `{asked}`"), meant(asked, &ids)));
    };
    if board.on(on).is_some() {
        return Ok(board);
    }
    let first = board.versions.first().map(|version| version.from);
    let said = match (first, board.until) {
        (Some(first), _) if first > on => format!("it begins on {first}: `--on {first}`"),
        (_, Some(until)) => format!("its last day was {until}: `--on {until}`"),
        _ => String::new(),
    };
    Err(Failure::absent(format!("there was no board `{}` on {on}", board.id), said))
}

fn then<'b>(place: &Place, definitions: &Definitions, board: &'b Board, on: Date) -> Result<BoardThen<'b>, Failure> {
    let next = |meeting: &'b Meeting| {
        let freeze = meeting.freeze();
        NextMeeting { meeting, freeze, days_left: (freeze - on).get_days() }
    };
    let meetings: Vec<NextMeeting<'_>> = board.next_meetings(on).take(NEXT).map(next).collect();
    let freeze = meetings.first().map(|next| next.freeze);
    // What came after the freeze is not in the figures.
    let ready = freeze.map(|freeze| readiness(place, definitions, &board.areas, on.min(freeze), freeze)).transpose()?;
    Ok(BoardThen { board, meetings, ready })
}

fn as_json(told: &BoardThen<'_>, on: Date) -> serde_json::Value {
    let seat = |seat: &Seat| json!({ "role": seat.role, "organisation": seat.organisation });
    let board = told.board;
    let version = board.on(on);
    let meetings = told.meetings.iter().map(|next| {
        json!({
            "date": next.meeting.day, "freeze": next.freeze, "days_to_freeze": next.days_left, "about": next.meeting.about,
        })
    });
    let ready = told.ready.as_ref();
    let returns = ready.iter().flat_map(|ready| &ready.returns).map(|one| {
        let (state, what, since) = match &one.due {
            DueReturn::NoDay => ("no_day", None, None),
            DueReturn::In { what } => ("in", Some(what), None),
            DueReturn::Missing { what, since } => ("missing", Some(what), Some(since)),
        };
        json!({
            "collection": one.collection, "title": one.title, "newest_received": one.newest, "file_name": one.file_name,
            "age_days_at_freeze": one.age_days, "due": state, "due_return": what, "due_after": since, "held": one.is_held,
            "kpis": one.kpis,
        })
    });
    let returned = ready.iter().flat_map(|ready| &ready.returned).map(|one| {
        json!({
            "subject": one.subject, "period": one.period, "returned": one.returned, "expected": one.expected,
            "returners": one.returners,
        })
    });
    json!({
        "board": board.id, "name": board.name, "remit": board.remit, "areas": board.areas, "on": on,
        "since": version.map(|version| version.from), "until": board.until,
        "chair": version.map(|version| seat(&version.chair)),
        "members": version.iter().flat_map(|version| &version.members).map(seat).collect::<Vec<_>>(),
        "reports_to": version.map(|version| &version.reports_to),
        "meetings": meetings.collect::<Vec<_>>(),
        "live": ready.map(|ready| ready.is_known),
        "returns": returns.collect::<Vec<_>>(),
        "returned": returned.collect::<Vec<_>>(),
        "kpis_without_value": ready.map(|ready| &ready.without_value),
    })
}
