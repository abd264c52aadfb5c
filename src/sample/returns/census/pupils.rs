//! The rows of `pupilonroll` and `pupilnolongeronroll`: which column says what of a pupil.

use super::Entry;
use crate::sample::calendar::Term;
use crate::sample::day::Day;
use crate::sample::identity;
use crate::sample::lives::{Attendance, Deemed, Establishment, Lives, Phase, Pupil, year_code};
use crate::sample::returns::cell::{Cell, Field};

/// What one row is about.
pub(super) struct PupilRow<'a> {
    pub(super) lives: &'a Lives,
    pub(super) term: Term,
    pub(super) day: Day,
    pub(super) pupil: &'a Pupil,
    pub(super) entry: Entry,
    pub(super) id: String,
    pub(super) source: String,
    pub(super) census_id: String,
    pub(super) order: usize,
    /// The part of the year whose sessions this census returns, and the second half of summer in autumn.
    pub(super) slots: (Option<usize>, Option<usize>),
}

impl PupilRow<'_> {
    /// The day for which facts about the pupil stand: census day, or the last day on roll.
    fn as_at(&self) -> Day {
        self.day.min(self.pupil.spells[self.entry.spell].to)
    }

    fn sessions(&self, slot: Option<usize>) -> Option<&Attendance> {
        let slot = slot?;
        self.pupil.attendance.iter().find(|part| part.slot == slot && part.spell == self.entry.spell)
    }

    fn possible(&self, slot: Option<usize>) -> Cell {
        if slot.is_none() {
            return Cell::Blank;
        }
        Cell::whole(self.sessions(slot).map_or(0, |part| part.possible))
    }

    /// Sessions missed with leave (C, C2, E, I, M), or without (G, O, U), as autumn still totals them.
    fn missed(&self, slot: Option<usize>, codes: &[usize]) -> Cell {
        if slot.is_none() {
            return Cell::Blank;
        }
        Cell::whole(self.sessions(slot).map_or(0, |part| codes.iter().map(|code| part.missed[*code]).sum()))
    }
}

const WITH_LEAVE: [usize; 5] = [0, 1, 3, 4, 8];
const WITHOUT_LEAVE: [usize; 3] = [2, 5, 6];

type Known<'a> = (&'static str, Field<PupilRow<'a>>);

/// Columns that both tables have.
pub(super) fn shared<'a>() -> Vec<Known<'a>> {
    vec![
        ("pupilonrolltableid", |row| Cell::text(&row.id)),
        ("pupilnolongeronrolltableid", |row| Cell::text(&row.id)),
        ("NativeId", |row| row.entry.native_id()),
        ("pupilonrollorderseqcolumn", |row| Cell::count(row.order)),
        ("pupilnolongeronrollorderseqcolumn", |row| Cell::count(row.order)),
        ("sourceid", |row| Cell::text(&row.source)),
        ("schoolcensustableid", |row| Cell::text(&row.census_id)),
        ("dob", |row| Cell::Date(row.pupil.born)),
        ("surname", |row| Cell::text(&row.pupil.surname)),
        ("forename", |row| Cell::text(&row.pupil.forename)),
        ("preferredsurname", |row| Cell::text(&row.pupil.surname)),
        ("upn", |row| Cell::text(row.pupil.upn(row.as_at()).text())),
        ("formerupn", |row| row.pupil.former_upn(row.as_at()).map_or(Cell::Blank, |upn| Cell::text(upn.text()))),
        ("uniquelearnernumber", |row| {
            if row.pupil.year_group(row.term.year) >= 10 {
                Cell::Text(identity::uln(row.pupil.number))
            } else {
                Cell::Blank
            }
        }),
        ("sex", |row| Cell::Word(if row.pupil.is_female { "F" } else { "M" })),
        ("gender", |row| Cell::Word(if row.pupil.is_female { "F" } else { "M" })),
        ("entrydate", |row| Cell::Date(row.pupil.spells[row.entry.spell].from)),
        ("parttime", |_| Cell::Flag(false)),
        ("ethnicity", |row| Cell::Word(row.pupil.ethnicity(row.term.year))),
        ("language", |row| Cell::Word(row.pupil.language)),
        ("boarder", |_| Cell::Word("N")),
        ("termlysessionspossible", |row| row.possible(row.slots.0)),
        ("termlysessionsauthorised", |row| row.missed(row.slots.0, &WITH_LEAVE)),
        ("termlysessionsunauthorised", |row| row.missed(row.slots.0, &WITHOUT_LEAVE)),
        ("summerhalfterm2sessionspossible", |row| row.possible(row.slots.1)),
        ("summerhalfterm2sessionsauthorised", |row| row.missed(row.slots.1, &WITH_LEAVE)),
        ("summerhalfterm2sessionsunauthorised", |row| row.missed(row.slots.1, &WITHOUT_LEAVE)),
    ]
}

/// Columns of pupils on roll.
pub(super) fn on_roll<'a>() -> Vec<Known<'a>> {
    let mut known = shared();
    known.extend([
        ("schoollunchtaken", (|row| Cell::Flag(row.pupil.number % 3 != 0)) as Field<PupilRow<'a>>),
        ("topupfunding", |row| Cell::Flag(row.lives.provision(row.pupil, row.day) == "E")),
        ("senunitindicator", |_| Cell::Flag(false)),
        ("resourcedprovisionindicator", |_| Cell::Flag(false)),
        ("servicechild", |_| Cell::Word("N")),
        ("classtype", |_| Cell::Word("O")),
        ("enrolstatus", |row| Cell::Word(row.pupil.status(row.entry.spell, row.day))),
        ("plaa", |_| Cell::Word("N")),
        ("senprovision", |row| Cell::Word(row.lives.provision(row.pupil, row.day))),
        ("ncyearactual", |row| Cell::Word(year_code(row.pupil.year_group(row.term.year)))),
        ("youngcarer", |_| Cell::Word("N")),
    ]);
    known
}

/// Columns of pupils no longer on roll.
pub(super) fn off_roll<'a>() -> Vec<Known<'a>> {
    let mut known = shared();
    known.extend([
        ("leavingdate", (|row| Cell::Date(row.pupil.spells[row.entry.spell].to)) as Field<PupilRow<'a>>),
        ("ncyearleaving", |row| {
            let year = crate::sample::calendar::academic_year(row.pupil.spells[row.entry.spell].to);
            Cell::Word(year_code(row.pupil.year_group(year)))
        }),
    ]);
    known
}

/// Phase, type, intake, governance and year groups of a school, as the `school` table codes them.
pub(super) fn codes(school: &Establishment) -> [&'static str; 6] {
    let Establishment { phase, deemed, is_academy, has_sixth_form, .. } = *school;
    let kind = match (phase, is_academy) {
        (Phase::Special, false) if deemed == Deemed::NonMaintained => "08",
        (Phase::Special, true) => "33",
        (Phase::Special, false) => "07",
        (Phase::Pru, _) => "14",
        (_, true) => "34",
        (_, false) => "01",
    };
    let governance = if is_academy { "CA" } else { "CO" };
    let until = if has_sixth_form { "13" } else { "11" };
    match phase {
        Phase::Primary if deemed == Deemed::Middle => ["MP", kind, "COMP", governance, "4", "7"],
        Phase::Primary => ["PS", kind, "COMP", governance, "R", "6"],
        Phase::Secondary if deemed == Deemed::AllThrough => ["AT", kind, "COMP", governance, "R", until],
        Phase::Secondary if deemed == Deemed::Middle => ["MS", kind, "COMP", governance, "5", "8"],
        Phase::Secondary => ["SS", kind, "COMP", governance, "7", until],
        Phase::Special => ["SP", kind, "SPEC", governance, "R", "13"],
        Phase::Pru => ["PR", kind, "COMP", governance, "R", "11"],
    }
}
