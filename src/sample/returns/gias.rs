//! The extract of schools as GIAS gives it (domain notes 1e), and the links between them: quoted CSV in Windows-1252,
//! `dd-mm-yyyy`, once a year on 1 October and once more on the last day of the lives.

use super::outbox::{Delivery, Outbox};
use crate::lake::FileError;
use crate::sample::calendar::{Season, Term};
use crate::sample::day::Day;
use crate::sample::lives::{Deemed, Establishment, Lives, Origin, Phase};

const HEADER: [&str; 66] = [
    "URN",
    "LA (code)",
    "LA (name)",
    "EstablishmentNumber",
    "EstablishmentName",
    "TypeOfEstablishment (code)",
    "TypeOfEstablishment (name)",
    "EstablishmentTypeGroup (code)",
    "EstablishmentTypeGroup (name)",
    "EstablishmentStatus (code)",
    "EstablishmentStatus (name)",
    "ReasonEstablishmentOpened (code)",
    "ReasonEstablishmentOpened (name)",
    "OpenDate",
    "ReasonEstablishmentClosed (code)",
    "ReasonEstablishmentClosed (name)",
    "CloseDate",
    "PhaseOfEducation (code)",
    "PhaseOfEducation (name)",
    "StatutoryLowAge",
    "StatutoryHighAge",
    "Boarders (code)",
    "Boarders (name)",
    "NurseryProvision (name)",
    "OfficialSixthForm (code)",
    "OfficialSixthForm (name)",
    "Gender (code)",
    "Gender (name)",
    "AdmissionsPolicy (code)",
    "AdmissionsPolicy (name)",
    "SchoolCapacity",
    "CensusDate",
    "NumberOfPupils",
    "PercentageFSM",
    "Trusts (code)",
    "Trusts (name)",
    "Federations (code)",
    "Federations (name)",
    "UKPRN",
    "Postcode",
    "Section41Approved (name)",
    "SEN1 (name)",
    "SEN2 (name)",
    "SEN3 (name)",
    "SEN4 (name)",
    "SEN5 (name)",
    "SEN6 (name)",
    "SEN7 (name)",
    "SEN8 (name)",
    "SEN9 (name)",
    "SEN10 (name)",
    "SEN11 (name)",
    "SEN12 (name)",
    "SEN13 (name)",
    "TypeOfResourcedProvision (name)",
    "ResourcedProvisionOnRoll",
    "ResourcedProvisionCapacity",
    "GOR (name)",
    "DistrictAdministrative (name)",
    "AdministrativeWard (name)",
    "UrbanRural (name)",
    "GSSLACode (name)",
    "Easting",
    "Northing",
    "UPRN",
    "LastChangedDate",
];

/// Writes every extract of the lives.
///
/// # Errors
/// [`FileError`] when a file cannot be written.
pub(super) fn write(lives: &Lives, outbox: &Outbox) -> Result<(), FileError> {
    let days = lives.calendar.academic_years().map(|year| Day::of(year, 10, 1)).chain([lives.calendar.end()]);
    for day in days {
        let delivery = Delivery::new("gias", day, "extract");
        let known: Vec<usize> = (0..lives.schools.establishments.len())
            .filter(|index| lives.schools.establishments[*index].opened <= day)
            .collect();
        let headcounts = headcounts(lives, day);
        let mut text = line(HEADER.map(str::to_owned));
        for index in &known {
            text.push_str(&row(&lives.schools.establishments[*index], day, headcounts[*index]));
        }
        let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(&text);
        outbox.put(&delivery, &format!("edubasealldata_{}.csv", day.iso()), &bytes, known.len(), &[])?;
        let (text, rows) = links(&lives.schools.establishments, &known);
        let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(&text);
        outbox.put(&delivery, &format!("links_edubasealldata_{}.csv", day.iso()), &bytes, rows, &[])?;
    }
    Ok(())
}

/// Pupils by establishment at the January census before a day.
fn headcounts(lives: &Lives, day: Day) -> Vec<usize> {
    let census = last_january(day);
    let mut counts = vec![0; lives.schools.establishments.len()];
    for pupil in &lives.pupils {
        if let Some(spell) = pupil.main_spell(census) {
            counts[lives.schools.on(pupil.spells[spell].site, census)] += 1;
        }
    }
    counts
}

fn last_january(day: Day) -> Day {
    Term::new(day.year() - 1, Season::Spring).census_day()
}

fn line<const N: usize>(cells: [String; N]) -> String {
    let quoted: Vec<String> = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
    format!("{}\r\n", quoted.join(","))
}

fn row(school: &Establishment, day: Day, headcount: usize) -> String {
    let closed = school.closed.filter(|closed| *closed < day);
    let status = if closed.is_some() { ("2", "Closed") } else { ("1", "Open") };
    let opened = match school.origin {
        Origin::Old => ("", "Not applicable"),
        Origin::Converted => ("10", "Academy Converter"),
        Origin::Merged => ("2", "Result of Amalgamation/Merger"),
    };
    let is_followed = closed.is_some();
    let why_closed = if is_followed { ("10", "Academy Converter") } else { ("", "Not applicable") };
    let (kind, group) = match (school.phase, school.is_academy) {
        (Phase::Special, true) => (("33", "Academy special sponsor led"), ("10", "Academies")),
        (Phase::Special, false) if school.deemed == Deemed::NonMaintained => {
            (("8", "Non-maintained special school"), ("5", "Special schools"))
        }
        (Phase::Special, false) => (("7", "Community special school"), ("5", "Special schools")),
        (Phase::Pru, _) => (("14", "Pupil referral unit"), ("4", "Local authority maintained schools")),
        (_, true) => (("34", "Academy converter"), ("10", "Academies")),
        (_, false) => (("1", "Community school"), ("4", "Local authority maintained schools")),
    };
    let until = if school.has_sixth_form { 18 } else { 16 };
    let (phase, low, high) = match (school.phase, school.deemed) {
        (Phase::Primary, Deemed::Middle) => (("3", "Middle deemed primary"), 8, 12),
        (Phase::Primary, _) => (("2", "Primary"), 4, 11),
        (Phase::Secondary, Deemed::AllThrough) => (("7", "All-through"), 4, until),
        (Phase::Secondary, Deemed::Middle) => (("5", "Middle deemed secondary"), 9, 13),
        (Phase::Secondary, _) => (("4", "Secondary"), 11, until),
        (Phase::Special, _) => (("0", "Not applicable"), 4, 19),
        (Phase::Pru, _) => (("0", "Not applicable"), 5, 16),
    };
    let sixth = if school.has_sixth_form { ("1", "Has a sixth form") } else { ("2", "Does not have a sixth form") };
    let mut cells: [String; 66] = std::array::from_fn(|_| String::new());
    let mut set = |label: &str, value: String| {
        if let Some(index) = HEADER.iter().position(|known| *known == label) {
            cells[index] = value;
        }
    };
    let pairs = [
        ("TypeOfEstablishment", kind),
        ("EstablishmentTypeGroup", group),
        ("EstablishmentStatus", status),
        ("ReasonEstablishmentOpened", opened),
        ("ReasonEstablishmentClosed", why_closed),
        ("PhaseOfEducation", phase),
        ("OfficialSixthForm", sixth),
        ("Boarders", ("1", "No boarders")),
        ("Gender", ("3", "Mixed")),
        ("AdmissionsPolicy", ("4", "Non-selective")),
    ];
    for (label, (code, name)) in pairs {
        set(&format!("{label} (code)"), code.to_owned());
        set(&format!("{label} (name)"), name.to_owned());
    }
    set("URN", school.urn.to_string());
    set("LA (code)", (school.laestab() / 10_000).to_string());
    set("LA (name)", "Invented County".to_owned());
    set("EstablishmentNumber", school.number.to_string());
    set("EstablishmentName", school.name.clone());
    set("OpenDate", school.opened.dmy());
    set("CloseDate", closed.map(Day::dmy).unwrap_or_default());
    set("StatutoryLowAge", low.to_string());
    set("StatutoryHighAge", high.to_string());
    set("NurseryProvision (name)", "No Nursery Classes".to_owned());
    set("SchoolCapacity", (headcount * 11 / 10 + 10).to_string());
    set("CensusDate", last_january(day).dmy());
    set("NumberOfPupils", headcount.to_string());
    set("UKPRN", (10_900_000 + school.urn % 100_000).to_string());
    set("Postcode", school.postcode.clone());
    set("Section41Approved (name)", "Not applicable".to_owned());
    if school.phase == Phase::Special {
        set("SEN1 (name)", "Not Applicable".to_owned());
        set("SEN2 (name)", "SLD - Severe Learning Difficulty".to_owned());
        set("SEN3 (name)", "ASD - Autistic Spectrum Disorder".to_owned());
    }
    set("GOR (name)", "South West".to_owned());
    set("GSSLACode (name)", "E06000066".to_owned());
    set("LastChangedDate", school.opened.max(closed.unwrap_or(school.opened)).dmy());
    line(cells)
}

/// Every link is told from both sides.
fn links(schools: &[Establishment], known: &[usize]) -> (String, usize) {
    let mut text = line(["URN", "LinkURN", "LinkName", "LinkType", "LinkEstablishedDate"].map(str::to_owned));
    let mut rows = 0;
    for new in known.iter().map(|index| &schools[*index]) {
        let merged = if new.origin == Origin::Merged { " - merged" } else { "" };
        for old in new.before.iter().map(|index| &schools[*index]) {
            let mut link = |from: &Establishment, to: &Establishment, kind: &str| {
                let kind = format!("{kind}{merged}");
                text.push_str(&line([
                    from.urn.to_string(),
                    to.urn.to_string(),
                    to.name.clone(),
                    kind,
                    new.opened.dmy(),
                ]));
                rows += 1;
            };
            link(new, old, "Predecessor");
            link(old, new, "Successor");
        }
    }
    (text, rows)
}
