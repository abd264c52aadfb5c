//! The structure as it is on the day of the meeting: who chairs, who sits, who reports to whom, and the meetings around.

use std::collections::BTreeSet;

use jiff::civil::Date;
use maud::{Markup, html};

use super::board_pack::BoardPack;
use super::frame::{area_words, table};
use super::period::day_words;
use crate::definitions::{Board, BoardVersion, Boards, Seat};

/// Meetings that are told.
const NEXT: usize = 4;

/// The governance page.
pub(super) fn governance(pack: &BoardPack<'_>) -> Markup {
    let day = pack.meeting.day;
    let mut drawn = BTreeSet::new();
    let roots = pack.boards.below(None, day);
    html! {
        section aria-labelledby="governance" {
            h2 id="governance" { "Governance on " (day_words(day)) }
            p { "Who governs as it is on the day of the meeting. Roles are printed, and no names." }
            ul class="tree" { @for (board, version) in roots { (branch(pack.boards, board, version, day, &mut drawn)) } }
            h3 { "What " (pack.board.name) " reads" }
            p { @for (index, area) in pack.board.areas.iter().enumerate() { @if index > 0 { "; " } (area_words(*area)) } "." }
            (meetings(pack))
        }
    }
}

fn branch<'b>(
    boards: &'b Boards,
    board: &'b Board,
    version: &'b BoardVersion,
    day: Date,
    drawn: &mut BTreeSet<&'b str>,
) -> Markup {
    if !drawn.insert(&board.id) {
        return html! { li { strong { (board.name) } ", as above" } };
    }
    let below: Vec<Markup> = boards
        .below(Some(&board.id), day)
        .into_iter()
        .map(|(below, version)| branch(boards, below, version, day, drawn))
        .collect();
    let above: Vec<&str> = version.reports_to.iter().filter_map(|id| Some(boards.find(id)?.name.as_str())).collect();
    html! {
        li data-board=(board.id) {
            strong { (board.name) } ": " (board.remit)
            dl {
                dt { "Made up so since" } dd { (day_words(version.from)) }
                dt { "Chair" } dd { (seat(&version.chair)) }
                @if !version.members.is_empty() { dt { "Members" } dd { ul { @for member in &version.members { li { (seat(member)) } } } } }
                dt { "Reports to" } dd { @if above.is_empty() { "no other board" } @else { (above.join("; ")) } }
                @if let Some(until) = board.until { dt { "Last day" } dd { (day_words(until)) } }
            }
            @if !below.is_empty() { ul { @for one in below { (one) } } }
        }
    }
}

fn seat(seat: &Seat) -> String {
    format!("{} ({})", seat.role, seat.organisation)
}

/// This meeting and the next ones.
fn meetings(pack: &BoardPack<'_>) -> Markup {
    let next: Vec<_> = pack.board.next_meetings(pack.meeting.day).take(NEXT).collect();
    let body = html! {
        thead { tr { @for name in ["Meeting", "Figures frozen on", "Notice", "About"] { th scope="col" { (name) } } } }
        tbody { @for meeting in next { tr {
            th scope="row" { (day_words(meeting.day)) }
            td { (day_words(meeting.freeze())) }
            td { (meeting.notice_days) " days" }
            td class="wide" { (meeting.about.as_deref().unwrap_or("ordinary meeting")) }
        } } }
    };
    table("meetings", &html! { "This meeting of " (pack.board.name) " and those after it" }, &body)
}
