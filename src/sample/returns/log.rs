//! The council's own log of suspensions and exclusions: a workbook a year, a sheet a month, titles above, two header rows.
//!
//! It tells each as it was in the end: what was withdrawn has been struck out. A total stands below each month.

use super::SampleError;
use super::cell::Cell;
use super::outbox::{Delivery, Outbox};
use super::workbook::{GrownSheet, Style, bytes};
use crate::sample::calendar::{academic_label, academic_year};
use crate::sample::day::Day;
use crate::sample::lives::{Category, Lives, year_code};
use crate::sample::whole;

const GROUPS: [(&str, u16); 3] = [("Pupil", 6), ("School", 2), ("Suspension", 6)];
const HEADER: [&str; 14] = [
    "UPN",
    "Surname",
    "Forename",
    "Date of birth",
    "NC year",
    "SEN",
    "Name",
    "DfE number",
    "Start date",
    "End date",
    "Days",
    "Type",
    "Reason",
    "Reported",
];
const MONTHS: [&str; 12] = [
    "September",
    "October",
    "November",
    "December",
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
];

/// Writes the log of one academic year.
///
/// # Errors
/// [`SampleError`] when the workbook cannot be made or written.
pub(super) fn write(lives: &Lives, year: i32, outbox: &Outbox) -> Result<(), SampleError> {
    let mut told: Vec<(Day, usize, usize)> = Vec::new();
    for (pupil, life) in lives.pupils.iter().enumerate() {
        for (index, one) in life.suspensions.iter().enumerate() {
            if academic_year(one.start) == year && !one.is_withdrawn {
                told.push((one.start, pupil, index));
            }
        }
    }
    told.sort_unstable();
    let (mut sheets, mut rows) = (Vec::new(), 0);
    let mut first = Day::of(year, 9, 1);
    for month in MONTHS {
        let last = first.month_end();
        let mut sheet = GrownSheet::new(month, Style::Register)?;
        sheet.line("Invented County Council: suspensions and permanent exclusions")?;
        sheet.line(&format!("Told by schools, {month} {}", first.year()))?;
        sheet.line("")?;
        sheet.groups(&GROUPS)?;
        sheet.header(&HEADER)?;
        for (_, pupil, index) in told.iter().filter(|(day, _, _)| first <= *day && *day <= last) {
            sheet.row(&mut row(lives, *pupil, *index), None)?;
        }
        rows += sheet.data_rows;
        sheet.line(&format!("Total: {}", sheet.data_rows))?;
        sheets.push(sheet);
        first = last + 1;
    }
    let delivery =
        Delivery::new("exclusions", Day::of(year + 1, 9, 7).working(), academic_label(year).replace('/', "-"));
    let name = format!("Suspensions {}.xlsx", academic_label(year).replace('/', "-"));
    Ok(outbox.put(&delivery, &name, &bytes(sheets)?, rows, &[])?)
}

fn row(lives: &Lives, pupil: usize, index: usize) -> Vec<Cell> {
    let pupil = &lives.pupils[pupil];
    let one = &pupil.suspensions[index];
    let school = &lives.schools.establishments[lives.schools.on(pupil.spells[one.spell].site, one.start)];
    let is_permanent = one.category == Category::Permanent;
    let days = whole::<usize>(one.sessions).div_ceil(2);
    let end = if days > 1 { lives.calendar.school_days_after(one.start, days - 1) } else { one.start };
    let told = lives.calendar.school_days_after(one.start, 1 + pupil.number as usize % 3);
    vec![
        Cell::text(pupil.upn(one.start).text()),
        Cell::text(&pupil.surname),
        Cell::text(&pupil.forename),
        Cell::Date(pupil.born),
        Cell::Word(year_code(pupil.year_group(academic_year(one.start)))),
        Cell::Word(lives.provision(pupil, one.start)),
        Cell::text(&school.name),
        Cell::count(school.laestab()),
        Cell::Date(one.start),
        if is_permanent { Cell::Blank } else { Cell::Date(end) },
        if is_permanent { Cell::Blank } else { Cell::Hundredths(i64::from(one.sessions) * 50) },
        Cell::Word(match one.category {
            Category::Permanent => "Permanent",
            Category::Lunchtime => "Lunchtime",
            Category::Suspension => "Suspension",
        }),
        Cell::Word(one.reasons[0]),
        Cell::Date(told),
    ]
}
