//! The council's own log of suspensions and exclusions: a workbook a year, a sheet a month, titles above, two header rows.
//!
//! It tells each as it was in the end; what was withdrawn stays in it, with that status.

use super::SampleError;
use super::cell::Cell;
use super::outbox::{Delivery, Outbox};
use super::workbook::{Sheet, Style, bytes};
use crate::sample::calendar::academic_label;
use crate::sample::day::Day;
use crate::sample::lives::{Category, Lives};

const GROUPS: [(&str, u16); 3] = [("Pupil", 5), ("School", 2), ("Suspension or exclusion", 7)];
const HEADER: [&str; 14] = [
    "UPN",
    "Surname",
    "Forename",
    "Date of birth",
    "SEN provision",
    "URN",
    "School",
    "Start date",
    "Sessions",
    "Category",
    "Main reason",
    "Other reasons",
    "Days",
    "Status",
];

/// Writes the log of one academic year.
///
/// # Errors
/// [`SampleError`] when the workbook cannot be made or written.
pub(super) fn write(lives: &Lives, year: i32, outbox: &Outbox) -> Result<(), SampleError> {
    let mut told: Vec<(Day, usize, usize)> = Vec::new();
    for (pupil, life) in lives.pupils.iter().enumerate() {
        for (index, one) in life.suspensions.iter().enumerate() {
            if crate::sample::calendar::academic_year(one.start) == year {
                told.push((one.start, pupil, index));
            }
        }
    }
    told.sort_unstable();
    let (mut sheets, mut rows) = (Vec::new(), 0);
    let mut first = Day::of(year, 9, 1);
    for _ in 0..12 {
        let last = first.month_end();
        let mut sheet = Sheet::new(&format!("{} {}", first.month_name(), first.year()), Style::Register)?;
        sheet.line("Invented County Council: suspensions and permanent exclusions")?;
        sheet.line(&format!("Notified by schools, {} {}", first.month_name(), first.year()))?;
        sheet.line("")?;
        sheet.groups(&GROUPS)?;
        sheet.header(&HEADER)?;
        for (_, pupil, index) in told.iter().filter(|(day, _, _)| first <= *day && *day <= last) {
            sheet.row(&mut row(lives, *pupil, *index), None)?;
        }
        rows += sheet.data_rows;
        sheets.push(sheet);
        first = last + 1;
    }
    let delivery =
        Delivery::new("exclusions", Day::of(year + 1, 9, 7).working(), academic_label(year).replace('/', "-"));
    let name = format!("Exclusions log {}.xlsx", academic_label(year).replace('/', "-"));
    Ok(outbox.put(&delivery, &name, &bytes(sheets)?, rows, &[])?)
}

fn row(lives: &Lives, pupil: usize, index: usize) -> Vec<Cell> {
    let pupil = &lives.pupils[pupil];
    let one = &pupil.suspensions[index];
    let school = &lives.schools.establishments[lives.schools.on(pupil.spells[one.spell].site, one.start)];
    let is_permanent = one.category == Category::Permanent;
    vec![
        Cell::text(pupil.upn(one.start).text()),
        Cell::text(&pupil.surname),
        Cell::text(&pupil.forename),
        Cell::Date(pupil.born),
        Cell::Word(lives.provision(pupil, one.start)),
        Cell::count(school.urn),
        Cell::text(&school.name),
        Cell::Date(one.start),
        if is_permanent { Cell::Blank } else { Cell::count(one.sessions) },
        Cell::Word(match one.category {
            Category::Permanent => "Permanent",
            Category::Lunchtime => "Lunchtime",
            Category::Suspension => "Suspension",
        }),
        Cell::Word(one.reasons[0]),
        if one.reasons.len() > 1 { Cell::Text(one.reasons[1..].join("; ")) } else { Cell::Blank },
        if is_permanent { Cell::Blank } else { Cell::Hundredths(i64::from(one.sessions) * 50) },
        Cell::Word(if one.is_withdrawn { "Withdrawn" } else { "Confirmed" }),
    ]
}
