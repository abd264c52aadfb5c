//! The registers that no national collection holds (domain notes 1f): a workbook a term or month, its header the field
//! names. `plan_id` and `ehcna_request_id` are the record numbers of requests in SEN2.

use super::SampleError;
use super::advice;
use super::cell::Cell;
use super::outbox::{Delivery, Outbox, addressed};
use super::workbook::{GrownSheet, Style, bytes};
use crate::sample::SampleRequest;
use crate::sample::calendar::{Season, Term};
use crate::sample::day::Day;
use crate::sample::dice::{Dice, DiceStream};
use crate::sample::lives::Lives;
use crate::sample::mess::{Mess, PlantedFault};

/// The rows of one sheet.
struct RegisterTable {
    sheet: &'static str,
    header: &'static [&'static str],
    rows: Vec<Vec<Cell>>,
    /// What may be wrong in a first delivery.
    errors: &'static [(&'static str, PlantedFault)],
}

/// Writes the registers of one term.
///
/// # Errors
/// [`SampleError`] when a workbook cannot be made or written.
pub(super) fn write_term(
    lives: &Lives,
    term: Term,
    request: &SampleRequest,
    outbox: &Outbox,
) -> Result<(), SampleError> {
    let what = format!("{}_{}", term.calendar_year(), term.word());
    let received = (term.last_day() + 14).working();
    let put = |collection: &'static str, tables: Vec<RegisterTable>| {
        put(collection, received, &what, tables, request, outbox)
    };
    put("annual_review_contributions", vec![contributions(lives, term)])?;
    put("assessment_advice", vec![advice_given(lives, term)])?;
    put("ehcp_audit", vec![audits(lives, term)])?;
    put("graduated_response", vec![tool_uses(lives, term), tool_returns(lives, term)])?;
    put("inclusion_discussions", vec![discussions(lives, term)])
}

/// Writes the registers of one month, by its last day.
///
/// # Errors
/// [`SampleError`] when a workbook cannot be made or written.
pub(super) fn write_month(
    lives: &Lives,
    month_end: Day,
    request: &SampleRequest,
    outbox: &Outbox,
) -> Result<(), SampleError> {
    let (year, month, _) = month_end.ymd();
    let what = format!("{year}-{month:02}");
    let received = (month_end + 8).working();
    put("workforce_posts", received, &what, vec![posts(lives, month_end)], request, outbox)?;
    put("workforce_caseload", received, &what, vec![caseloads(lives, month_end)], request, outbox)
}

/// Writes a workbook; twice where the mess says that a first one was corrected. One without rows is not sent.
fn put(
    collection: &'static str,
    received: Day,
    what: &str,
    mut tables: Vec<RegisterTable>,
    request: &SampleRequest,
    outbox: &Outbox,
) -> Result<(), SampleError> {
    if tables.iter().all(|table| table.rows.is_empty()) {
        return Ok(());
    }
    let name = format!("{collection}_{what}.xlsx");
    let number = name.bytes().fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
    let mut dice = Dice::new(request.seed, DiceStream::Mess, number);
    let is_corrected = dice.chance((request.mess * 15.0).min(1.0));
    let rounds = if is_corrected { vec![true, false] } else { vec![false] };
    for is_first in rounds {
        let day = if is_corrected && !is_first { (received + 14).working() } else { received };
        let delivery = Delivery::new(collection, day, what);
        let (mut sheets, mut faults, mut rows) = (Vec::new(), Vec::new(), 0);
        for table in &mut tables {
            let mess_dice = Dice::new(dice.bits(), DiceStream::Mess, 2);
            let mut mess = is_first.then(|| Mess::new(mess_dice, request.mess, table.header, table.errors));
            let mut sheet = GrownSheet::new(table.sheet, Style::Register)?;
            sheet.header(table.header)?;
            for row in &table.rows {
                sheet.row(&mut row.clone(), mess.as_mut())?;
            }
            rows += sheet.data_rows;
            faults.extend(addressed(&delivery, &name, table.sheet, Some(table.sheet), table.header, mess.as_ref()));
            sheets.push(sheet);
        }
        outbox.put(&delivery, &name, &bytes(sheets)?, rows, &faults)?;
    }
    Ok(())
}

fn is_in(term: Term, day: Day) -> bool {
    term.first_day() <= day && day <= term.last_day()
}

fn contributions(lives: &Lives, term: Term) -> RegisterTable {
    let mut rows = Vec::new();
    for case in &lives.cases {
        let reviews = case.plan.iter().flat_map(|plan| &plan.reviews).filter(|review| is_in(term, review.meeting));
        for (review, one) in reviews.flat_map(|review| review.contributions.iter().map(move |one| (review, one))) {
            rows.push(vec![
                Cell::count(case.number),
                Cell::Date(review.meeting),
                Cell::Word(one.agency),
                Cell::Flag(one.is_known),
                Cell::date(one.invited),
                Cell::date(one.requested),
                Cell::Date(one.due),
                Cell::date(one.received),
                Cell::Flag(one.attended),
                Cell::Flag(one.is_nil),
                Cell::Flag(one.was_used),
            ]);
        }
    }
    RegisterTable {
        sheet: "ar_contribution",
        header: &[
            "plan_id",
            "review_meeting_date",
            "agency",
            "known_to_service",
            "invited_date",
            "requested_date",
            "due_date",
            "received_date",
            "attended",
            "nil_return",
            "used_in_amended_plan",
        ],
        rows,
        errors: &[
            ("agency", PlantedFault::UnknownCode),
            ("due_date", PlantedFault::ImpossibleDate),
            ("plan_id", PlantedFault::DuplicateRow),
        ],
    }
}

fn advice_given(lives: &Lives, term: Term) -> RegisterTable {
    RegisterTable {
        sheet: "ehcna_advice",
        header: &advice::HEADER,
        rows: advice::rows(lives, term),
        errors: &[("agency", PlantedFault::UnknownCode), ("requested_date", PlantedFault::ImpossibleDate)],
    }
}

fn audits(lives: &Lives, term: Term) -> RegisterTable {
    let mut rows = Vec::new();
    for (index, one) in lives.audits.iter().enumerate().filter(|(_, one)| is_in(term, one.day)) {
        let mut row = vec![
            Cell::count(index + 1),
            Cell::count(lives.cases[one.case].number),
            Cell::Date(one.day),
            Cell::Word(one.auditor),
            Cell::Word(one.agency),
            Cell::Word("2.1"),
        ];
        row.extend(one.sections.into_iter().chain(one.themes).map(Cell::count));
        row.push(Cell::Word(one.overall));
        row.push(Cell::Flag(one.second.is_some()));
        row.push(one.second.map_or(Cell::Blank, Cell::Word));
        rows.push(row);
    }
    RegisterTable {
        sheet: "ehcp_audit",
        header: &[
            "audit_id",
            "plan_id",
            "audit_date",
            "auditor",
            "agency",
            "tool_version",
            "section_A",
            "section_B",
            "section_C",
            "section_D",
            "section_E",
            "section_F",
            "section_G",
            "section_H",
            "section_I",
            "section_J",
            "section_K",
            "golden_thread",
            "voice",
            "health_quality",
            "care_quality",
            "overall",
            "moderated",
            "second_auditor_overall",
        ],
        rows,
        errors: &[("overall", PlantedFault::UnknownCode), ("audit_date", PlantedFault::ImpossibleDate)],
    }
}

fn tool_uses(lives: &Lives, term: Term) -> RegisterTable {
    let mut rows = Vec::new();
    for (index, one) in lives.tool_uses.iter().enumerate().filter(|(_, one)| is_in(term, one.opened)) {
        let pupil = &lives.pupils[one.pupil];
        rows.push(vec![
            Cell::count(index + 1),
            Cell::count(lives.schools.establishments[lives.schools.on(one.site, one.opened)].urn),
            Cell::text(pupil.upn(one.opened).text()),
            Cell::Text(format!("P{:06}", pupil.number)),
            Cell::Date(one.opened),
            Cell::Word(one.area),
            Cell::Word(one.level),
            Cell::Word(if one.level == "UNIVERSAL" { "Universal provision" } else { "Assess, plan, do, review" }),
            Cell::count(one.cycle),
            Cell::Date(one.review),
            Cell::Word(one.outcome),
            Cell::Word(one.author),
            one.case.map_or(Cell::Blank, |case| Cell::count(lives.cases[case].number)),
        ]);
    }
    RegisterTable {
        sheet: "grt_use",
        header: &[
            "grt_id",
            "urn",
            "upn",
            "pupil_ref",
            "opened_date",
            "area_of_need",
            "level",
            "tool_section",
            "cycle_no",
            "review_date",
            "outcome",
            "author_role",
            "ehcna_request_id",
        ],
        rows,
        errors: &[
            ("upn", PlantedFault::CheckLetter),
            ("opened_date", PlantedFault::ImpossibleDate),
            ("outcome", PlantedFault::UnknownCode),
            ("grt_id", PlantedFault::DuplicateRow),
        ],
    }
}

/// What each school says of its own use at the end of the term.
fn tool_returns(lives: &Lives, term: Term) -> RegisterTable {
    let rows = lives.tool_returns.iter().filter(|one| one.term == term);
    let rows = rows
        .map(|one| {
            vec![
                Cell::count(lives.schools.establishments[one.establishment].urn),
                Cell::Text(format!("{} {}", term.calendar_year(), term.word())),
                Cell::count(one.embed_level),
                Cell::Flag(one.is_senco_trained),
                Cell::count(one.staff_trained),
                Cell::count(one.pupils_with_plan),
                Cell::count(one.requests_with_tool),
                Cell::count(one.requests),
                Cell::Date(one.returned),
                Cell::Flag(one.pupils_with_plan == 0 && one.requests == 0),
            ]
        })
        .collect();
    RegisterTable {
        sheet: "grt_school_return",
        header: &[
            "urn",
            "term",
            "embed_level",
            "senco_trained",
            "staff_trained_n",
            "pupils_with_plan_n",
            "ehcna_with_grt_n",
            "ehcna_n",
            "returned_date",
            "nil_return",
        ],
        rows,
        errors: &[("returned_date", PlantedFault::ImpossibleDate)],
    }
}

fn discussions(lives: &Lives, term: Term) -> RegisterTable {
    let mut rows = Vec::new();
    for (index, one) in lives.discussions.iter().enumerate().filter(|(_, one)| is_in(term, one.meeting)) {
        rows.push(vec![
            Cell::count(index + 1),
            Cell::Word(one.area()),
            Cell::Date(one.meeting),
            Cell::count(lives.schools.establishments[lives.schools.on(one.site, one.meeting)].urn),
            Cell::text(lives.pupils[one.pupil].upn(one.meeting).text()),
            Cell::Word(one.trigger),
            Cell::Date(one.trigger_day),
            Cell::Date(one.referred),
            Cell::Word(one.referred_by),
            Cell::Flag(one.was_discussed),
            Cell::count(one.actions),
            Cell::Word(one.lead),
            Cell::Date(one.review),
            Cell::Word(one.outcome),
        ]);
    }
    RegisterTable {
        sheet: "aid_register",
        header: &[
            "aid_id",
            "area",
            "meeting_date",
            "urn",
            "upn",
            "trigger",
            "trigger_date",
            "referred_date",
            "referred_by",
            "discussed",
            "actions_n",
            "lead_agency",
            "review_date",
            "outcome",
        ],
        rows,
        errors: &[
            ("upn", PlantedFault::CheckLetter),
            ("meeting_date", PlantedFault::ImpossibleDate),
            ("trigger", PlantedFault::UnknownCode),
        ],
    }
}

/// Every post at the end of the month: one row a holder, and one for a post that nobody holds; who left in the month too.
fn posts(lives: &Lives, month_end: Day) -> RegisterTable {
    let (year, month, _) = month_end.ymd();
    let first = Day::of(year, month, 1);
    let mut rows = Vec::new();
    for post in &lives.posts {
        let head = |filled: i32, agency: i32| {
            vec![
                Cell::Text(format!("POST{:03}", post.number)),
                Cell::Date(month_end),
                Cell::Word(post.team),
                Cell::Word(post.role),
                Cell::Hundredths(i64::from(post.established)),
                Cell::Hundredths(i64::from(filled)),
                Cell::Hundredths(i64::from(agency)),
            ]
        };
        let mut is_held = false;
        for stint in &post.stints {
            let left = first <= stint.end && stint.end <= month_end;
            if !(stint.covers(month_end) || left) {
                continue;
            }
            is_held |= stint.covers(month_end);
            let fte = if stint.covers(month_end) { stint.fte } else { 0 };
            let mut row = if stint.is_agency { head(0, fte) } else { head(fte, 0) };
            row.push(Cell::Text(format!("{:016x}", u64::from(stint.person).wrapping_mul(0x9E37_79B9_7F4A_7C15))));
            row.push(Cell::Date(stint.start));
            row.push(if left { Cell::Date(stint.end) } else { Cell::Blank });
            row.push(if left && !stint.reason.is_empty() { Cell::Word(stint.reason) } else { Cell::Blank });
            rows.push(row);
        }
        if !is_held {
            let mut row = head(0, 0);
            row.extend([Cell::Blank, Cell::Blank, Cell::Blank, Cell::Blank]);
            rows.push(row);
        }
    }
    RegisterTable {
        sheet: "wf_post",
        header: &[
            "post_id",
            "period",
            "team",
            "role",
            "established_fte",
            "filled_fte",
            "agency_fte",
            "incumbent_hash",
            "start",
            "end",
            "leaver_reason",
        ],
        rows,
        errors: &[("start", PlantedFault::ImpossibleDate), ("team", PlantedFault::UnknownCode)],
    }
}

fn caseloads(lives: &Lives, month_end: Day) -> RegisterTable {
    let rows = lives.caseloads.iter().filter(|one| one.month_end == month_end);
    RegisterTable {
        sheet: "wf_caseload",
        header: &[
            "team",
            "month",
            "plans_open",
            "assessments_open",
            "fte_available",
            "ep_advice_due",
            "ep_advice_late",
        ],
        rows: rows
            .map(|one| {
                let is_casework = one.team == "SEN_CASEWORK";
                let only = |wanted: bool, count: usize| if wanted { Cell::count(count) } else { Cell::Blank };
                vec![
                    Cell::Word(one.team),
                    Cell::Date(one.month_end),
                    only(is_casework, one.plans_open),
                    only(is_casework, one.assessments_open),
                    Cell::Hundredths(i64::from(one.available)),
                    only(!is_casework, one.advice_due),
                    only(!is_casework, one.advice_late),
                ]
            })
            .collect(),
        errors: &[("team", PlantedFault::UnknownCode)],
    }
}

/// The terms of the lives, whose registers are written.
pub(in crate::sample) fn terms(lives: &Lives) -> Vec<Term> {
    let seasons = [Season::Autumn, Season::Spring, Season::Summer];
    lives.calendar.academic_years().flat_map(|year| seasons.map(|season| Term::new(year, season))).collect()
}

/// The month ends of the lives, from the August before them.
pub(super) fn month_ends(lives: &Lives) -> Vec<Day> {
    let mut days = vec![lives.calendar.start() - 1];
    while let Some(last) = days.last().filter(|day| **day < lives.calendar.end()) {
        days.push((*last + 1).month_end());
    }
    days
}
