//! The columns of the nine modules: their names in COLLECT's export, in the pre-submission workbook (with its typing error)
//! and in the entry template (with its instructions), the versions that have them, and their values.

use super::rows::CaseRecord;
use crate::sample::identity;
use crate::sample::lives::RequestOutcome;
use crate::sample::returns::cell::{Cell, Field};
use crate::sample::whole;

/// One column of a module. An empty name: the shape has no such column.
pub(super) struct ModuleColumn<'a> {
    pub(super) export: &'static str,
    pub(super) sheet: &'static str,
    pub(super) template: &'static str,
    /// Versions that have it, both included: 11 for 1.1.
    pub(super) versions: (u8, u8),
    pub(super) value: Field<CaseRecord<'a>>,
}

const ALL: (u8, u8) = (11, 99);
const OLD: (u8, u8) = (11, 11);
const FROM_12: (u8, u8) = (12, 99);
const FROM_13: (u8, u8) = (13, 99);

const LA: &str = "LA\n(From Header Record)";
const PERSON: &str = "Person ID\n\n(This must match the relevant ID in the Person record table)";
const REQUEST: &str = "Requests record ID\n\n(This must match the relevant ID in the Requests table)";

fn column<'a>(names: [&'static str; 3], versions: (u8, u8), value: Field<CaseRecord<'a>>) -> ModuleColumn<'a> {
    let [export, sheet, template] = names;
    ModuleColumn { export, sheet, template, versions, value }
}

fn person_id(record: &CaseRecord) -> Cell {
    Cell::count(record.pupil.number + 1)
}

fn case_id(record: &CaseRecord) -> Cell {
    record.of_case(|case| Some(Cell::count(case.number)))
}

fn sex(record: &CaseRecord) -> Cell {
    Cell::Word(if record.pupil.is_female { "F" } else { "M" })
}

/// What every table of the export has before its own columns: identifiers, order, parent.
fn head<'a>(
    own: &'static str,
    order: &'static str,
    id: Field<CaseRecord<'a>>,
    parent: &'static str,
    parent_id: Field<CaseRecord<'a>>,
) -> Vec<ModuleColumn<'a>> {
    vec![
        column([own, "", ""], ALL, id),
        column(["NativeId", "", ""], ALL, |_| Cell::count(identity::AUTHORITY)),
        column([order, "", ""], ALL, |record| Cell::count(record.order)),
        column(["sourceid", "", ""], ALL, |record| {
            Cell::Text(format!("{:08x}", whole::<u32>(record.order).wrapping_mul(0x9E37_79B1)))
        }),
        column([parent, "", ""], ALL, parent_id),
    ]
}

/// How the other two shapes lead from a record to its parents, where the export has table ids.
fn links<'a>() -> Vec<ModuleColumn<'a>> {
    vec![
        column(["", "persontableid", PERSON], ALL, person_id),
        column(["", "requeststableid", REQUEST], ALL, case_id),
        column(["", "", LA], ALL, |_| Cell::count(identity::AUTHORITY)),
    ]
}

/// Module 1.
pub(super) fn person<'a>() -> Vec<ModuleColumn<'a>> {
    let mut columns = head("persontableid", "personorderseqcolumn", person_id, "sen2tableid", |_| Cell::Count(1));
    columns.extend([
        column(["", "persontableid", "Person ID\n\n(This must be a unique ID for each Person record)"], ALL, person_id),
        column(["", "", LA], ALL, |_| Cell::count(identity::AUTHORITY)),
        column(["surname", "surname", "Surname"], ALL, |record| Cell::text(&record.pupil.surname)),
        column(["forename", "forename", "Forename"], ALL, |record| Cell::text(&record.pupil.forename)),
        column(["personbirthdate", "personbirthdate", "Date of Birth \n(ccyy-mm-dd)"], ALL, |record| {
            Cell::Date(record.pupil.born)
        }),
        column(["gendercurrent", "gendercurrent", "Gender"], OLD, sex),
        column(["sex", "sex", "Sex"], FROM_12, sex),
        column(["ethnicity", "ethnicity", "Ethnicity"], ALL, |record| {
            Cell::Word(record.pupil.ethnicity(record.year.of))
        }),
        column(["postcode", "postcode", "Post Code"], ALL, |record| Cell::text(&record.pupil.postcode)),
        column(["upn", "upn", "UPN - Unique Pupil Number"], ALL, |record| match record.pupil.upns.first() {
            Some((from, _)) if *from <= record.year.census => Cell::text(record.pupil.upn(record.year.census).text()),
            _ => Cell::Blank,
        }),
        column(
            ["uniquelearnernumber", "uniquelearnernumber", "ULN - Young Persons Unique Learner Number"],
            ALL,
            |record| {
                if record.pupil.born.age_on(record.year.census) >= 16 {
                    Cell::Text(identity::uln(record.pupil.number))
                } else {
                    Cell::Blank
                }
            },
        ),
        column(["upnunknown", "upnunknown", "UPN and ULN unavailable – Reason"], ALL, |record| {
            let is_known = record.pupil.upns.first().is_some_and(|(from, _)| *from <= record.year.census);
            let is_small = record.pupil.born.age_on(record.year.census) < 6;
            match (is_known, is_small) {
                (true, _) => Cell::Blank,
                (false, true) => Cell::Word("UN1"),
                (false, false) => Cell::Word("UN8"),
            }
        }),
    ]);
    columns
}

/// Module 2.
pub(super) fn requests<'a>() -> Vec<ModuleColumn<'a>> {
    let mut columns = head("requeststableid", "requestsorderseqcolumn", case_id, "persontableid", person_id);
    columns.extend([
        column(
            ["", "requeststableid", "Requests record ID\n\n(This must be a unique ID for each Requests record)"],
            ALL,
            case_id,
        ),
        column(["", "", LA], ALL, |_| Cell::count(identity::AUTHORITY)),
        column(["", "persontableid", PERSON], ALL, person_id),
        column(["receiveddate", "receiveddate", "Date request was received"], ALL, |record| {
            record.of_case(|case| Some(Cell::Date(case.received)))
        }),
        column(["requestsource", "rquestsource", "Source of request for an EHC needs assessment"], FROM_13, |record| {
            record.of_case(|case| Some(Cell::Whole(i64::from(case.source))))
        }),
        column(["rya", "rya", "Initial Request Whilst In RYA"], ALL, |record| {
            record.of_case(|case| Some(Cell::Flag(case.is_in_rya)))
        }),
        column(["requestoutcomedate", "requestoutcomedate", "Request Outcome Date"], ALL, |record| {
            record.of_case(|case| {
                record.has_day(CaseRecord::request_code(case, record.year)).then_some(Cell::Date(case.outcome_day))
            })
        }),
        column(["requestoutcome", "requestoutcome", "Request Outcome"], ALL, |record| {
            record.of_case(|case| Some(Cell::Word(CaseRecord::request_code(case, record.year))))
        }),
        column(["requestmediation", "requestmediation", "Request Mediation"], ALL, |record| {
            record.of_case(|case| {
                (CaseRecord::request_code(case, record.year) == "N").then_some(Cell::Flag(case.has_mediation))
            })
        }),
        column(["requesttribunal", "requesttribunal", "Request Tribunal"], ALL, |record| {
            record.of_case(|case| {
                (CaseRecord::request_code(case, record.year) == "N").then_some(Cell::Flag(case.has_tribunal))
            })
        }),
        column(
            ["exported", "exported", "Exported - Child or young person moves out of LA before assessment is completed"],
            ALL,
            |_| Cell::Blank,
        ),
    ]);
    columns
}

/// Module 3.
pub(super) fn assessments<'a>() -> Vec<ModuleColumn<'a>> {
    let mut columns = head("assessmenttableid", "assessmentorderseqcolumn", case_id, "requeststableid", case_id);
    columns.extend(links());
    columns.extend([
        column(
            ["assessmentoutcome", "assessmentoutcome", "Assessment Outcome - Decision to issue EHC plan"],
            ALL,
            |record| record.of_case(|case| CaseRecord::assessment_code(case, record.year).map(Cell::Word)),
        ),
        column(["assessmentoutcomedate", "assessmentoutcomedate", "Assessment Outcome Date"], ALL, |record| {
            record.of_case(|case| {
                let is_told = CaseRecord::assessment_code(case, record.year).is_some_and(|code| record.has_day(code));
                case.assessment.as_ref().filter(|_| is_told).map(|one| Cell::Date(one.outcome_day))
            })
        }),
        column(["assessmentmediation", "assessmentmediation", "Assessment Mediation"], ALL, |record| {
            refused(record, |one| one.0)
        }),
        column(["assessmenttribunal", "assessmenttribunal", "Assessment Tribunal"], ALL, |record| {
            refused(record, |one| one.1)
        }),
        column(["othermediation", "othermediation", "Other Mediation"], ALL, |_| Cell::Blank),
        column(["othertribunal", "othertribunal", "Other Tribunal"], ALL, |_| Cell::Blank),
        column(["week20", "week20", "Twenty week time limit exceptions apply"], ALL, |record| {
            record.of_case(|case| {
                let is_issued = CaseRecord::assessment_code(case, record.year) == Some("Y");
                case.assessment.as_ref().filter(|_| is_issued).map(|one| Cell::Flag(one.is_excepted))
            })
        }),
    ]);
    columns
}

/// Mediation and tribunal of a refusal to issue.
fn refused(record: &CaseRecord, which: fn((bool, bool)) -> bool) -> Cell {
    record.of_case(|case| {
        let one = case.assessment.as_ref().filter(|one| one.outcome == RequestOutcome::No)?;
        (CaseRecord::assessment_code(case, record.year) == Some("N"))
            .then(|| Cell::Flag(which((one.has_mediation, one.has_tribunal))))
    })
}

/// Module 4a.
pub(super) fn named_plans<'a>() -> Vec<ModuleColumn<'a>> {
    let mut columns = head("namedplantableid", "namedplanorderseqcolumn", case_id, "assessmenttableid", case_id);
    columns.extend(links());
    columns.extend([
        column(["startdate", "startdate", "EHC Plan Start Date"], ALL, |record| {
            record.of_case(|case| case.plan.as_ref().map(|plan| Cell::Date(plan.start)))
        }),
        column(["planres", "planres", "Residential Settings"], ALL, |_| Cell::Blank),
        column(["planwbp", "planwbp", "Work Based Learning Activity"], ALL, |_| Cell::Blank),
        column(["pb", "pb", "Personal Budget taken up"], ALL, |record| {
            record.of_case(|case| case.plan.as_ref().map(|plan| Cell::Flag(plan.has_budget)))
        }),
        column(["oa", "oa", "Personal Budget - Organised Arrangements"], ALL, |_| Cell::Blank),
        column(["dp", "dp", "Personal Budget - Direct Payments"], ALL, |_| Cell::Blank),
        column(["ceasedate", "ceasedate", "Date EHC plan ceased"], ALL, |record| {
            record.of_case(|case| {
                let (day, _) = case.plan.as_ref()?.cease;
                (day <= record.year.end).then_some(Cell::Date(day))
            })
        }),
        column(["ceasereason", "ceasereason", "Reason EHC plan ceased"], ALL, |record| {
            record.of_case(|case| {
                let (day, reason) = case.plan.as_ref()?.cease;
                (day <= record.year.end).then_some(Cell::Whole(i64::from(reason)))
            })
        }),
    ]);
    columns
}

/// Where somebody is placed: the same columns in 4b, for the day on which the plan began, and in 5b, for census day.
fn setting<'a>() -> Vec<ModuleColumn<'a>> {
    vec![
        column(["urn", "urn", "URN - Unique Reference Number"], ALL, |record| {
            record.placement().urn.map_or(Cell::Blank, Cell::count)
        }),
        column(["ukprn", "ukprn", "UKPRN - UK Provider Reference Number"], ALL, |record| {
            record.placement().ukprn.map_or(Cell::Blank, Cell::count)
        }),
        column(["sensetting", "sensetting", "SEN Setting – Establishment type"], ALL, |record| {
            record.placement().setting.map_or(Cell::Blank, Cell::Word)
        }),
        column(["sensettingother", "sensettingother", "SEN Setting - Other"], ALL, |_| Cell::Blank),
        column(["placementrank", "placementrank", "Placement Rank (1=Primary, 2=Secondary)"], ALL, |_| Cell::Whole(1)),
    ]
}

fn indicators<'a>() -> Vec<ModuleColumn<'a>> {
    vec![
        column(["senunitindicator", "senunitindicator", "SEN Unit Indicator"], ALL, |_| Cell::Flag(false)),
        column(
            ["resourcedprovisionindicator", "resourcedprovisionindicator", "Resourced Provision Indicator"],
            ALL,
            |_| Cell::Flag(false),
        ),
    ]
}

/// Module 4b.
pub(super) fn plan_details<'a>() -> Vec<ModuleColumn<'a>> {
    let mut columns = head("plandetailtableid", "plandetailorderseqcolumn", case_id, "namedplantableid", case_id);
    columns.extend(links());
    columns.extend(setting());
    columns.extend(indicators());
    columns
}

/// Module 5a. Its template has the meeting and the letter under labels that say which is which.
pub(super) fn active_plans<'a>() -> Vec<ModuleColumn<'a>> {
    let mut columns = head("activeplanstableid", "activeplansorderseqcolumn", case_id, "requeststableid", case_id);
    columns.extend(links());
    let meeting: Field<CaseRecord<'a>> = |record| Cell::date(record.last_review().map(|review| review.meeting));
    let letter: Field<CaseRecord<'a>> = |record| Cell::date(record.decided_review().map(|review| review.decided));
    columns.extend([
        column(
            ["transferla", "transferla", "EHC Plan transferred in from another LA during calendar year"],
            ALL,
            |_| Cell::Blank,
        ),
        column(["res", "res", "Residential Settings"], OLD, |_| Cell::Blank),
        column(["wbp", "wbp", "Work Based Learning Activity"], OLD, |_| Cell::Blank),
        column(["reviewmeeting", "reviewmeeting", "Annual Review Meeting Date"], FROM_12, meeting),
        column(["reviewoutcome", "reviewoutcome", "Annual Review Decision"], FROM_12, |record| {
            record.decided_review().map_or(Cell::Blank, |review| Cell::Word(review.outcome))
        }),
        column(["lastreview", "lastreview", "EHC Plan Review Decisions Date"], ALL, letter),
        column(["reviewdraft", "reviewdraft", "Annual review – date draft amended EHC plan issued"], FROM_13, |_| {
            Cell::Blank
        }),
        column(
            ["phasetransferduedate", "phasetransferduedate", "Phase transfer review - due date for any amended plan"],
            FROM_13,
            |record| Cell::date(record.transfer().map(|transfer| transfer.due)),
        ),
        column(
            ["phasetransferfinaldate", "phasetransferfinaldate", "Phase transfer review - final plan date"],
            FROM_13,
            |record| {
                let told = record.transfer().filter(|transfer| transfer.last <= record.year.census);
                Cell::date(told.map(|transfer| transfer.last))
            },
        ),
    ]);
    columns
}

/// Module 5b.
pub(super) fn placements<'a>() -> Vec<ModuleColumn<'a>> {
    let mut columns =
        head("placementdetailtableid", "placementdetailorderseqcolumn", case_id, "activeplanstableid", case_id);
    columns.extend(links());
    columns.extend(setting());
    columns.extend([
        column(["entrydate", "entrydate", "Placement Start Date"], ALL, |record| Cell::Date(record.placement().entry)),
        column(["leavingdate", "leavingdate", "Placement Leaving Date"], ALL, |_| Cell::Blank),
        column(["attendancepattern", "attendancepattern", "Attendance Pattern"], OLD, |_| Cell::Blank),
    ]);
    columns.extend(indicators());
    columns.extend([
        column(["res", "res", "Residential Settings"], FROM_12, |_| Cell::Blank),
        column(["wbp", "wbp", "Work Based Learning Activity"], FROM_12, |_| Cell::Blank),
    ]);
    columns
}

/// Module 5c.
pub(super) fn needs<'a>() -> Vec<ModuleColumn<'a>> {
    let mut columns = head(
        "senneedtableid",
        "senneedorderseqcolumn",
        |record| Cell::count(record.order),
        "activeplanstableid",
        case_id,
    );
    columns.extend(links());
    columns.extend([
        column(["sentype", "sentype", "SEN Type of Need"], ALL, |record| {
            let (first, second) = record.pupil.needs;
            Cell::Word(if record.rank == 1 { first } else { second.unwrap_or(first) })
        }),
        column(["sentyperank", "sentyperank", "SEN Type of Need rank  (1=Primary, 2=Secondary)"], ALL, |record| {
            Cell::Whole(whole::<i64>(record.rank))
        }),
    ]);
    columns
}
