//! The school census of a term, in the tables that COLLECT gives back to an authority (domain notes 1a).
//!
//! Every census tells the exclusions of the two terms before it, so that each is told twice; the attendance of the term
//! before it, in autumn in two parts; and the needs of pupils in spring. What a school tells for the first time may be
//! wrong or withdrawn later; the second telling is as things were.

mod headers;
mod pupils;

use crate::sample::whole;
use pupils::PupilRow;

use super::cell::{BladeFile, Cell, fields_of};
use super::outbox::{Delivery, Outbox, addressed};
use crate::lake::FileError;
use crate::sample::SampleRequest;
use crate::sample::calendar::{SLOTS_A_YEAR, Season, Term, exclusion_term_of};
use crate::sample::day::Day;
use crate::sample::dice::{Dice, DiceStream};
use crate::sample::lives::{CODES, Category, Lives, Pupil, Suspension};
use crate::sample::mess::{Mess, PlantedFault};

/// A pupil's row at one school.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    establishment: usize,
    pupil: usize,
    spell: usize,
}

impl Entry {
    fn native_id(self) -> Cell {
        Cell::Text(format!("SCH{}", self.establishment + 1))
    }
}

/// Which delivery of a census is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Round {
    /// Before schools corrected what was wrong: faults that would cost a row, and schools that are late.
    First,
    /// As it stands in the end.
    Last,
}

/// Writes a census: once, or twice where the mess says that a first delivery was corrected.
///
/// # Errors
/// [`FileError`] when a file cannot be written.
pub(super) fn write(lives: &Lives, term: Term, request: &SampleRequest, outbox: &Outbox) -> Result<(), FileError> {
    let number = whole::<u64>(term.year * 3 + term.season as i32);
    let mut dice = Dice::new(request.seed, DiceStream::Mess, number);
    let what = format!("{}_{}", term.calendar_year(), term.word());
    let received = |days: i32| Delivery::new("school_census", (term.census_day() + days).working(), what.clone());
    if dice.chance((request.mess * 15.0).min(1.0)) {
        Census::new(lives, term, request, Round::First, dice.clone()).write(&received(29), outbox)?;
    }
    Census::new(lives, term, request, Round::Last, dice).write(&received(57), outbox)
}

struct Census<'a> {
    lives: &'a Lives,
    term: Term,
    day: Day,
    round: Round,
    rate: f64,
    dice: Dice,
    on_roll: Vec<Entry>,
    off_roll: Vec<Entry>,
    establishments: Vec<usize>,
}

impl<'a> Census<'a> {
    fn new(lives: &'a Lives, term: Term, request: &SampleRequest, round: Round, mut dice: Dice) -> Self {
        let day = term.census_day();
        let establishments: Vec<usize> = (0..lives.schools.establishments.len())
            .filter(|index| {
                let school = &lives.schools.establishments[*index];
                school.opened <= day && school.closed.is_none_or(|closed| closed >= day)
            })
            .filter(|_| !(dice.chance(request.mess.min(0.5)) && round == Round::First))
            .collect();
        let window = term.before().before().first_day();
        let (mut on_roll, mut off_roll) = (Vec::new(), Vec::new());
        for (pupil, life) in lives.pupils.iter().enumerate() {
            for (index, spell) in life.spells.iter().enumerate() {
                let list = if spell.covers(day) {
                    &mut on_roll
                } else if spell.to < day && spell.to >= window {
                    &mut off_roll
                } else {
                    continue;
                };
                let establishment = lives.schools.on(spell.site, day);
                if establishments.binary_search(&establishment).is_ok() {
                    list.push(Entry { establishment, pupil, spell: index });
                }
            }
        }
        on_roll.sort_unstable();
        off_roll.sort_unstable();
        Self { lives, term, day, round, rate: request.mess, dice, on_roll, off_roll, establishments }
    }

    fn write(mut self, delivery: &Delivery, outbox: &Outbox) -> Result<(), FileError> {
        self.write_schools(delivery, outbox)?;
        for roll in ["on", "off"] {
            let entries = std::mem::take(if roll == "on" { &mut self.on_roll } else { &mut self.off_roll });
            self.write_pupils(roll, &entries, delivery, outbox)?;
            self.write_exclusions(roll, &entries, delivery, outbox)?;
            let (slot, second_half) = self.slots();
            self.write_sessions("termlysessiondetails", roll, &entries, slot, (delivery, outbox))?;
            if self.term.season == Season::Autumn {
                self.write_sessions("summerhalfterm2sessiondetails", roll, &entries, second_half, (delivery, outbox))?;
            }
            if self.term.season == Season::Spring && roll == "on" {
                self.write_needs(&entries, delivery, outbox)?;
            }
        }
        Ok(())
    }

    /// The parts of the year whose attendance this census returns; none before the lives begin.
    fn slots(&self) -> (Option<usize>, Option<usize>) {
        let years = self.term.year - self.lives.calendar.first;
        let slot = |years: i32, part: usize| usize::try_from(years).ok().map(|years| years * SLOTS_A_YEAR + part);
        match self.term.season {
            Season::Spring => (slot(years, 0), None),
            Season::Summer => (slot(years, 1), None),
            Season::Autumn => (slot(years - 1, 2), slot(years - 1, 3)),
        }
    }

    fn mess(
        &mut self,
        header: &str,
        errors: &[(&str, PlantedFault)],
        queries: &[(&str, PlantedFault)],
    ) -> Option<Mess> {
        let wanted = if self.round == Round::First { errors } else { queries };
        let labels: Vec<&str> = header.split(',').collect();
        let rate = self.rate * if self.round == Round::First { 0.05 } else { 0.1 };
        let dice = Dice::new(self.dice.bits(), DiceStream::Mess, 1);
        (self.rate > 0.0).then(|| Mess::new(dice, rate, &labels, wanted))
    }

    fn put(
        &self,
        table: &str,
        header: &str,
        file: BladeFile,
        (delivery, outbox): (&Delivery, &Outbox),
    ) -> Result<(), FileError> {
        let name = format!("{}_{}_{table}.csv", self.term.calendar_year(), self.term.word());
        let rows = file.data_rows();
        let (bytes, mess) = file.finish();
        let labels: Vec<&str> = header.split(',').collect();
        let faults = addressed(delivery, &name, table, None, &labels, mess.as_ref());
        outbox.put(delivery, &name, &bytes, rows, &faults)
    }

    fn write_schools(&mut self, delivery: &Delivery, outbox: &Outbox) -> Result<(), FileError> {
        let mut returns = BladeFile::new(headers::RETURN, None);
        let mut schools = BladeFile::new(headers::SCHOOL, None);
        for (order, index) in self.establishments.iter().enumerate() {
            let school = &self.lives.schools.establishments[*index];
            let native_id = Entry { establishment: *index, pupil: 0, spell: 0 }.native_id();
            returns.row(vec![
                Cell::Text(census_id(*index)),
                native_id.clone(),
                Cell::count(order + 1),
                Cell::Text(scattered(*index, 0x85EB_CA6B)),
                Cell::Word("School Census"),
                Cell::Word("SC"),
                Cell::Word(self.term.code()),
                Cell::count(self.term.calendar_year()),
                Cell::Date(self.day),
                Cell::count(if self.round == Round::First { 1 } else { 2 }),
                Cell::Word("S"),
                Cell::count(school.laestab() / 10_000),
                Cell::count(school.number),
                Cell::count(school.urn),
                Cell::Word("InventedMIS"),
                Cell::Date(delivery.received - 7),
                Cell::Word("1.0"),
                Cell::Word("1.0"),
            ]);
            let [phase, kind, intake, governance, lowest, highest] = pupils::codes(school);
            schools.row(vec![
                Cell::Text(scattered(*index, 0xC2B2_AE35)),
                native_id,
                Cell::count(order + 1),
                Cell::Text(scattered(*index, 0x27D4_EB2F)),
                Cell::Text(census_id(*index)),
                Cell::text(&school.name),
                Cell::Word(intake),
                Cell::Word(phase),
                Cell::Word(kind),
                Cell::Word(governance),
                Cell::Word(lowest),
                Cell::Word(highest),
            ]);
        }
        self.put("schoolcensus", headers::RETURN, returns, (delivery, outbox))?;
        self.put("school", headers::SCHOOL, schools, (delivery, outbox))
    }

    fn row(&self, entry: Entry, roll: &str, order: usize) -> PupilRow<'a> {
        let slots = self.slots();
        let pupil = &self.lives.pupils[entry.pupil];
        let (id, source) = (row_id(roll, order), source_id(roll, order));
        let census_id = census_id(entry.establishment);
        PupilRow {
            lives: self.lives,
            term: self.term,
            day: self.day,
            pupil,
            entry,
            id,
            source,
            census_id,
            order: order + 1,
            slots,
        }
    }

    fn write_pupils(
        &mut self,
        roll: &str,
        entries: &[Entry],
        delivery: &Delivery,
        outbox: &Outbox,
    ) -> Result<(), FileError> {
        let header = if roll == "on" { headers::on_roll(self.term) } else { headers::off_roll(self.term) };
        let known = if roll == "on" { pupils::on_roll() } else { pupils::off_roll() };
        let fields = fields_of(&header, &known);
        let errors = [
            ("upn", PlantedFault::CheckLetter),
            ("dob", PlantedFault::ImpossibleDate),
            ("entrydate", PlantedFault::ImpossibleDate),
            ("sex", PlantedFault::UnknownCode),
        ];
        let mess = self.mess(&header, &errors, &[("upn", PlantedFault::DuplicateRow)]);
        let mut file = BladeFile::new(&header, mess);
        for (order, entry) in entries.iter().enumerate() {
            let row = self.row(*entry, roll, order);
            file.row(fields.iter().map(|field| field(&row)).collect());
        }
        let table = if roll == "on" { "pupilonroll" } else { "pupilnolongeronroll" };
        self.put(table, &header, file, (delivery, outbox))
    }

    fn write_exclusions(
        &mut self,
        roll: &str,
        entries: &[Entry],
        delivery: &Delivery,
        outbox: &Outbox,
    ) -> Result<(), FileError> {
        let header = headers::exclusions(roll, self.term);
        let errors = [
            ("startdate", PlantedFault::ImpossibleDate),
            ("category", PlantedFault::UnknownCode),
            ("reason1", PlantedFault::UnknownCode),
        ];
        let mut queries = vec![("startdate", PlantedFault::DuplicateRow)];
        if self.term.year > 2020 {
            queries.push(("category", PlantedFault::WithdrawnCode));
        }
        let mess = self.mess(&header, &errors, &queries);
        let mut file = BladeFile::new(&header, mess);
        let mut order = 0;
        for (number, entry) in entries.iter().enumerate() {
            let pupil = &self.lives.pupils[entry.pupil];
            for one in pupil.suspensions.iter().filter(|one| one.spell == entry.spell) {
                let Some(told) = self.told(one) else { continue };
                let mut cells = vec![
                    Cell::Text(row_id(roll, number)),
                    entry.native_id(),
                    Cell::Text(scattered(order, 0x9E37_79B1)),
                    Cell::count(order + 1),
                    Cell::Text(source_id(roll, number)),
                ];
                cells.extend(self.exclusion(pupil, one, told));
                file.row(cells);
                order += 1;
            }
        }
        self.put(&format!("termlyexclusions{roll}roll"), &header, file, (delivery, outbox))
    }

    /// Sessions and first reason as this census tells them; none where it does not tell the exclusion.
    fn told(&self, one: &Suspension) -> Option<(i32, &'static str)> {
        let first = exclusion_term_of(one.start).after();
        if self.term == first {
            Some(one.first_told.unwrap_or((one.sessions, one.reasons[0])))
        } else if self.term == first.after() && !one.is_withdrawn {
            Some((one.sessions, one.reasons[0]))
        } else {
            None
        }
    }

    fn exclusion(&self, pupil: &Pupil, one: &Suspension, (sessions, reason): (i32, &'static str)) -> Vec<Cell> {
        let category = match one.category {
            Category::Permanent => "PERM",
            Category::Lunchtime => "LNCH",
            Category::Suspension if self.term.year < 2020 => "FIXD",
            Category::Suspension => "SUSP",
        };
        let is_permanent = one.category == Category::Permanent;
        let mut cells = vec![
            Cell::Date(one.start),
            if is_permanent { Cell::Blank } else { Cell::whole(sessions) },
            Cell::Word(reason),
        ];
        if self.term.year >= 2020 {
            let others = one.reasons.iter().skip(1).filter(|other| **other != reason);
            let mut others = others.map(|other| Cell::Word(other));
            cells.push(others.next().unwrap_or(Cell::Blank));
            cells.push(others.next().unwrap_or(Cell::Blank));
        }
        cells.push(Cell::Word(category));
        cells.push(Cell::Word(self.lives.provision(pupil, one.start)));
        cells
    }

    fn write_sessions(
        &mut self,
        kind: &str,
        roll: &str,
        entries: &[Entry],
        slot: Option<usize>,
        to: (&Delivery, &Outbox),
    ) -> Result<(), FileError> {
        let table = format!("{kind}{roll}roll");
        let header = headers::sessions(&table, roll, self.term);
        let mut file = BladeFile::new(&header, None);
        let mut order = 0;
        for (number, entry) in entries.iter().enumerate() {
            let pupil = &self.lives.pupils[entry.pupil];
            let part = pupil.attendance.iter().find(|part| Some(part.slot) == slot && part.spell == entry.spell);
            let Some(part) = part else { continue };
            for (code, sessions) in CODES.into_iter().zip(part.missed).filter(|(_, sessions)| *sessions > 0) {
                file.row(vec![
                    Cell::Text(row_id(roll, number)),
                    entry.native_id(),
                    Cell::Text(scattered(order, 0xB529_7A4D)),
                    Cell::count(order + 1),
                    Cell::Text(source_id(roll, number)),
                    Cell::whole(sessions),
                    Cell::Word(code),
                ]);
                order += 1;
            }
        }
        self.put(&table, &header, file, to)
    }

    fn write_needs(&mut self, entries: &[Entry], delivery: &Delivery, outbox: &Outbox) -> Result<(), FileError> {
        let mut file = BladeFile::new(headers::NEEDS, None);
        let mut order = 0;
        for (number, entry) in entries.iter().enumerate() {
            let pupil = &self.lives.pupils[entry.pupil];
            if self.lives.provision(pupil, self.day) == "N" {
                continue;
            }
            let needs = [Some(pupil.needs.0), pupil.needs.1];
            for (rank, need) in needs.into_iter().flatten().enumerate() {
                file.row(vec![
                    Cell::Text(row_id("on", number)),
                    entry.native_id(),
                    Cell::Text(scattered(order, 0x1656_67B1)),
                    Cell::count(rank + 1),
                    Cell::Text(source_id("on", number)),
                    Cell::whole(whole::<i32>(rank + 1)),
                    Cell::Word(need),
                ]);
                order += 1;
            }
        }
        self.put("senneeds", headers::NEEDS, file, (delivery, outbox))
    }
}

/// An identifier that looks like chance and is never given twice within a table: an odd factor permutes the numbers.
fn scattered(number: usize, factor: u32) -> String {
    let number = whole::<u32>(number + 1);
    format!("{:08x}", number.wrapping_mul(factor | 1))
}

fn row_id(roll: &str, number: usize) -> String {
    let salt = if roll == "on" { 0x009E_3779_B97F } else { 0x0C6A_4A79_35BD };
    let id = (number as u64 + 1).wrapping_mul(salt | 1) & 0xFFF_FFFF_FFFF;
    format!("{:08x}-{:03x}", id >> 12, id & 0xFFF)
}

fn source_id(roll: &str, number: usize) -> String {
    scattered(number, if roll == "on" { 0x2C1B_3C6D } else { 0x297A_2D39 })
}

fn census_id(establishment: usize) -> String {
    scattered(establishment, 0x7FEB_352D)
}
