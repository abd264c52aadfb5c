//! `pack`: what a board reads at a meeting, frozen at the end of the day that its notice says.

use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;

use super::at::Gazetteer;
use super::pack_public::protected;
use super::run::{grouped, with_options};
use super::{Context, Failure, kpi, meant, output};
use crate::definitions::{Basis, Board, Definitions, Meeting};
use crate::lake::Place;
use crate::model::Delivery;
use crate::pack::{
    BoardPack, ChangedFigure, ChangedKpi, DEFINITIONS, PackChanges, PackEdition, PackRecord, RECORD, case_lists,
    frozen_state, gather, may_be_pack, of_board, pack_files, write_pack,
};
use crate::run::{FigureState, KnownBy, Movement, Movements, STEPS, frozen, movements_of, packed_now};
use crate::warehouse::query_file;

pub(super) const EXAMPLES: &str = "\
Examples:
  sendmart pack send_partnership --meeting 2026-11-20
  sendmart pack send_partnership --meeting 2026-11-20 --out /srv/packs/nov
  sendmart pack send_partnership --meeting 2026-11-20 --last /srv/packs/sep
  sendmart pack send_partnership --meeting 2026-11-20 --edition public

Figures are frozen at the end of the day that the notice of the meeting says
(14 days unless config/boards.toml says otherwise): as of it, and of what was
received by its end. `--draft` writes one before that day is over.

The folder has pack.html (one file: open it, or print it to A4), values.csv
with what its columns mean, the definitions, and pack.json: inputs, freeze,
and the hash of each file. The same state gives the same bytes, whatever came
since. A pack that was frozen is not replaced by one of another state.

`--edition public` is for everybody: the council's totals and groups in the
KPIs' own periods, without schools, months, cases and changes. The policy of
config/disclosure.toml hides numbers of few people and all that would tell
them, with every public edition before it as one system: [c]. The folder has
its proof, which `sendmart disclosure verify FOLDER` attacks; var/releases
keeps what was published, and has to be backed up. Where no hiding helps any
more, the edition is refused (65).";

/// What `sendmart pack` is asked for.
#[derive(Debug, Args)]
pub(super) struct PackArgs {
    /// The board, by its id or name: `sendmart boards` lists them
    board: String,
    /// The day of its meeting
    #[arg(long, value_name = "DATE")]
    meeting: Date,
    /// The folder: new, empty, or the same pack. Default pack-BOARD-DATE
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Who may read it: the board alone, or everybody
    #[arg(long, value_enum, default_value_t = EditionWord::Restricted)]
    edition: EditionWord,
    /// The folder of the last pack, whose definitions are compared too
    #[arg(long, value_name = "DIR")]
    last: Option<PathBuf>,
    /// Before its figures are frozen: those of now, and every page says so
    #[arg(long)]
    draft: bool,
}

/// The editions, as they are written on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum EditionWord {
    /// Small numbers are shown: for the board alone
    Restricted,
    /// For everybody
    Public,
}

/// `sendmart pack`.
pub(super) fn pack(context: &Context, args: &PackArgs) -> Result<(), Failure> {
    let (place, definitions) = context.definitions()?;
    let board = find(&definitions, &args.board)?;
    let meeting = meeting_of(board, args.meeting)?;
    let edition = edition_of(args.edition, args.draft)?;
    let today = definitions.settings.zone.day_of(Timestamp::now());
    let day = frozen_on(meeting, today, args.draft)?;
    let is_draft = today <= meeting.freeze();
    let ending = if edition == PackEdition::Public { "-public" } else { "" };
    let named = || PathBuf::from(format!("pack-{}-{}{ending}", board.id, meeting.day));
    let out = args.out.clone().unwrap_or_else(named);
    may_be_pack(&out, &board.id, &meeting.day.to_string(), edition.as_str())?;
    let last = last_pack(board, meeting, args.last.as_deref())?;
    let scratch = kpi::scratch()?;
    let folder = scratch.path().join("frozen");
    let asked = Context { as_of: Some(day), known_at: Some(day), ..context.clone() };
    let report = with_options(&asked, &place, Some(&folder), &|options| frozen(&place, &definitions, options))?;
    let Some(aside) = report.aside else {
        return Err(Failure::absent("nothing came that could be frozen", "`sendmart run` reads what the sources hold"));
    };
    let ask = |sql: &str, parameters: &[&str]| query_file(&aside.path, sql, parameters);
    let gazetteer = Gazetteer::asked(&place, &ask)?;
    let mut pages = gather(&ask, &definitions, &|code| gazetteer.name(code).map(str::to_owned), &|place, code| {
        gazetteer.has(place, code)
    })?;
    of_board(&mut pages, board);
    let changes = match &last {
        // What differs between two packs may be few people.
        Some(last) if edition == PackEdition::Restricted => {
            Some(changes(&place, &definitions, &pages_ids(&pages), last, day, &scratch.path().join("changes"))?)
        }
        _ => None,
    };
    let state = frozen_state(&ask)?;
    // Cases are of the restricted edition alone.
    let cases = if edition == PackEdition::Restricted { case_lists(&ask)? } else { Vec::new() };
    let mut pack =
        BoardPack { cases, pages, boards: &definitions.boards, board, meeting, edition, is_draft, state, changes };
    let public = match edition {
        PackEdition::Public => Some(protected(&ask, &place, &definitions, &mut pack)?),
        PackEdition::Restricted => None,
    };
    let mut files = pack_files(&pack, packed_now(&place, &definitions)?)?;
    if let Some(public) = &public {
        files.extend(public.proof_files());
        public.keep(&place)?;
    }
    let record = PackRecord::of(&pack, &files);
    write_pack(&record, &files, &out)?;
    told(context, &pack, &record, &out);
    if let Some(public) = &public {
        public.told(context);
    }
    Ok(())
}

/// The ids of the KPIs on own returns.
fn pages_ids(pages: &crate::pack::BoardPages<'_>) -> Vec<String> {
    let local = pages.kpis.iter().filter(|one| one.kpi.basis == Basis::Local);
    local.map(|one| one.kpi.id.clone()).collect()
}

fn find<'d>(definitions: &'d Definitions, asked: &str) -> Result<&'d Board, Failure> {
    let boards = &definitions.boards;
    let by_name = || boards.0.iter().find(|board| board.name.eq_ignore_ascii_case(asked));
    boards.find(asked).or_else(by_name).ok_or_else(|| {
        let ids: Vec<&str> = boards.0.iter().map(|board| board.id.as_str()).collect();
        let hint = if ids.is_empty() {
            "copy config/boards.example.toml to config/boards.toml, and write who governs and when they meet".to_owned()
        } else {
            meant(asked, &ids)
        };
        Failure::absent(format!("[pack::no_board] there is no board `{asked}`"), hint)
    })
}

fn meeting_of(board: &Board, day: Date) -> Result<&Meeting, Failure> {
    board.meetings.iter().find(|meeting| meeting.day == day).ok_or_else(|| {
        let days: Vec<String> = board.meetings.iter().map(|meeting| meeting.day.to_string()).collect();
        let hint = if days.is_empty() {
            format!("write the meetings of `{}` into config/boards.toml", board.id)
        } else {
            format!("its meetings are: {}", days.join(", "))
        };
        Failure::absent(format!("[pack::no_meeting] `{}` has no meeting on {day}", board.id), hint)
    })
}

/// No draft is published: the figures that follow it would tell what it hid.
fn edition_of(word: EditionWord, is_draft: bool) -> Result<PackEdition, Failure> {
    match word {
        EditionWord::Restricted => Ok(PackEdition::Restricted),
        EditionWord::Public if is_draft => Err(Failure::usage(
            "[pack::public_draft] a public edition has no draft: what its figures are later would tell what they hid before",
            "leave `--draft` out when the figures are frozen, or `--edition public` before",
        )),
        EditionWord::Public => Ok(PackEdition::Public),
    }
}

/// The day for which figures speak: that of the freeze once it is over, today for a draft before.
fn frozen_on(meeting: &Meeting, today: Date, is_draft: bool) -> Result<Date, Failure> {
    let freeze = meeting.freeze();
    if today > freeze {
        return Ok(freeze);
    }
    if is_draft {
        return Ok(today.min(freeze));
    }
    Err(Failure::usage(
        format!(
            "[pack::not_frozen] the figures for the meeting of {} are frozen at the end of {freeze}, and that day is not over",
            meeting.day
        ),
        "`--draft` writes what there is now, and every page says that it is a draft",
    ))
}

/// The last pack: the meeting that it was for, its state, and whether its own definitions are known.
struct LastPack {
    meeting: Date,
    state: FigureState,
}

/// The pack that is named, or that of the meeting before.
fn last_pack(board: &Board, meeting: &Meeting, named: Option<&Path>) -> Result<Option<LastPack>, Failure> {
    let Some(folder) = named else {
        let before = board.meetings.iter().rfind(|one| one.day < meeting.day && board.on(one.day).is_some());
        return Ok(before.map(|before| {
            let as_of = before.freeze();
            let state =
                FigureState { as_of, known: KnownBy::Day(as_of), generation: None, definitions: None, packed: None };
            LastPack { meeting: before.day, state }
        }));
    };
    let (record, day, state) = of_pack(folder)?;
    if record.board != board.id || day >= meeting.day {
        return Err(Failure::usage(
            format!(
                "[pack::not_before] `{}` has the pack of `{}` for {day}, which is none before",
                folder.display(),
                record.board
            ),
            format!("name one of `{}` for a meeting before {}", board.id, meeting.day),
        ));
    }
    Ok(Some(LastPack { meeting: day, state }))
}

/// The pack of a folder: its record, its meeting and the state of its figures, by the definitions that lie in it.
pub(super) fn of_pack(folder: &Path) -> Result<(PackRecord, Date, FigureState), Failure> {
    let record = std::fs::read(folder.join(RECORD)).ok().and_then(|bytes| PackRecord::read(&bytes));
    let days = record.as_ref().and_then(|record| Some((record.meeting.parse().ok()?, record.as_of.parse().ok()?)));
    let (Some(record), Some((day, as_of))) = (record, days) else {
        return Err(Failure::absent(
            format!("[pack::no_last] `{}` is no folder of a pack", folder.display()),
            format!("name the folder that `sendmart pack` wrote: it has a {RECORD}"),
        ));
    };
    let state = FigureState {
        as_of,
        known: KnownBy::Day(as_of),
        generation: None,
        definitions: Some(record.definitions.clone()),
        packed: Some(folder.join(DEFINITIONS)),
    };
    Ok((record, day, state))
}

/// What changed of these KPIs since the last pack.
fn changes(
    place: &Place,
    definitions: &Definitions,
    ids: &[String],
    last: &LastPack,
    day: Date,
    staging: &Path,
) -> Result<PackChanges, Failure> {
    let now = FigureState { as_of: day, known: KnownBy::Day(day), generation: None, definitions: None, packed: None };
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let moved = movements_of(place, definitions, &ids, (&last.state, &now), staging)?;
    Ok(PackChanges {
        meeting: last.meeting,
        freeze: last.state.as_of,
        has_definitions: last.state.definitions.is_some(),
        kpis: moved.into_iter().map(|(id, moved)| changed(id, moved)).collect(),
    })
}

fn changed(id: String, moved: Movements) -> ChangedKpi {
    let files = |list: &[Delivery]| list.iter().map(|delivery| delivery.file_name.clone()).collect();
    ChangedKpi {
        id,
        same: moved.same,
        new: files(&moved.new),
        revising: files(&moved.revising),
        gone: files(&moved.gone),
        redefined: moved.redefined,
        moved: moved.moved.iter().map(figure).collect(),
    }
}

fn figure(moved: &Movement) -> ChangedFigure {
    let came_with = moved.came_with();
    ChangedFigure {
        period: moved.period.clone(),
        code: moved.code.clone(),
        breakdown: moved.breakdown.clone(),
        from: moved.first(),
        to: moved.last(),
        parts: moved.parts(),
        came_with: STEPS.iter().position(|step| Some(*step) == came_with),
        was_settled: moved.was.as_deref() == Some("final"),
    }
}

fn told(context: &Context, pack: &BoardPack<'_>, record: &PackRecord, out: &Path) {
    if context.json {
        output::line(&serde_json::to_string(record).unwrap_or_default());
        return;
    }
    let figures: usize = pack.pages.kpis.iter().map(|one| one.figures.len()).sum();
    let bytes: u64 = record.files.values().map(|file| file.bytes).sum();
    let what = if pack.is_draft { "Draft of the pack" } else { "Pack" };
    output::said(&format!(
        "{what} of {} for {}: {} KPIs, {} figures as of {}, {} deliveries known by its end",
        pack.board.name,
        pack.meeting.day,
        pack.pages.kpis.len(),
        grouped(figures as u64),
        pack.pages.as_of,
        pack.state.inputs.len()
    ));
    let edition = match pack.edition {
        PackEdition::Restricted => "restricted edition, small numbers are shown",
        PackEdition::Public => "public edition, numbers of few people are hidden",
    };
    output::said(&format!("{} files with {} bytes: {edition}", record.files.len() + 1, grouped(bytes)));
    output::said(&format!("Start with {}", out.join(crate::pack::PACK_PAGE).display()));
}
