//! Lists of cases that somebody has to act on, each with the file and row that tells of it. Of the restricted edition alone.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::frame::table;
use super::period::{day_words, days_in_words};
use super::question::{AskFigures, rows};
use super::shown::thousands;
use crate::warehouse::WarehouseError;

/// Rows of a list that are shown.
const SHOWN: usize = 150;
/// Days of twenty weeks.
const TWENTY_WEEKS: u32 = 140;
/// Days before them in which a request is near.
const NEAR: u32 = 42;
/// Days back from the freeze in which a review that was to be held is looked at.
const REVIEWS: u32 = 84;

/// A list of cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseList {
    /// What its ids begin with.
    pub id: &'static str,
    /// What it lists.
    pub title: &'static str,
    /// One of them and several, in a sentence.
    pub counted: [&'static str; 2],
    /// What makes a case stand here.
    pub rule: String,
    /// The heads of its columns.
    pub heads: Vec<&'static str>,
    /// The cases that are shown, a text for each head.
    pub rows: Vec<Vec<String>>,
    /// How many there are.
    pub count: usize,
    /// What did not come, without which the list cannot be made.
    pub lacking: Option<&'static str>,
}

/// How a list is asked for.
struct ListedCases {
    id: &'static str,
    title: &'static str,
    counted: [&'static str; 2],
    rule: String,
    /// The marts that it is made of.
    marts: &'static [&'static str],
    lacking: &'static str,
    /// Each column: its head, and what is asked for it.
    columns: Vec<(&'static str, String)>,
    from: String,
}

/// What every list ends with: the file and row that tells of a case.
fn told_by(row: &str) -> [(&'static str, String); 1] {
    [(
        "Told by",
        format!(
            "delivery.file_name || COALESCE(', sheet ' || {row}._sheet, '') || ', row ' || CAST({row}._row AS VARCHAR)"
        ),
    )]
}

/// The name of a school with its number.
fn school(code: &str) -> String {
    format!(
        "COALESCE(school.name || ' (' || CAST({code} AS VARCHAR) || ')', 'school ' || CAST({code} AS VARCHAR), 'not told')"
    )
}

/// Joins the name of a school.
fn school_join(code: &str, has: &BTreeSet<String>) -> String {
    let schools = if has.contains("mart.dim_school") {
        "SELECT urn, max(name) AS name FROM mart.dim_school WHERE is_current GROUP BY urn"
    } else {
        "SELECT NULL AS urn, NULL AS name"
    };
    format!("LEFT JOIN ({schools}) AS school ON CAST(school.urn AS VARCHAR) = CAST({code} AS VARCHAR)")
}

fn lists(has: &BTreeSet<String>) -> Vec<ListedCases> {
    let own = |pairs: &[(&'static str, &str)], row: &str| {
        pairs.iter().map(|(head, sql)| (*head, (*sql).to_owned())).chain(told_by(row)).collect::<Vec<_>>()
    };
    let delivery = |row: &str| format!("LEFT JOIN meta.delivery AS delivery ON delivery.delivery_id = {row}._delivery");
    let as_of = "CROSS JOIN (SELECT as_of FROM meta.generation) AS made";
    vec![
        ListedCases {
            id: "case-third",
            title: "Pupils with a third suspension and no discussion",
            counted: ["pupil has a third suspension and no discussion", "pupils have a third suspension and no discussion"],
            rule: "The third suspension of an academic year began in the twelve months to the day of the figures, and no Area Inclusion Discussion that names it has taken place since.".to_owned(),
            marts: &["mart.fct_third_suspension"],
            lacking: "no record of suspensions with a discussion register came",
            columns: own(
                &[
                    ("Pupil", "substr(one.pupil, 1, 15)"),
                    ("School", &school("one.urn")),
                    ("Third suspension began", "one.start_date"),
                    ("Days since", "made.as_of - one.start_date"),
                    ("Known", "CASE WHEN one.is_wait_known THEN 'no discussion' ELSE 'the calendar does not tell' END"),
                ],
                "one",
            ),
            from: format!(
                "FROM mart.fct_third_suspension AS one {as_of} {} {} WHERE one.days_to_discussion IS NULL \
                 AND one.start_date <= made.as_of AND one.start_date > made.as_of - INTERVAL '1' YEAR \
                 ORDER BY one.start_date NULLS LAST, one.pupil NULLS LAST",
                school_join("one.urn", has),
                delivery("one")
            ),
        },
        ListedCases {
            id: "case-twenty",
            title: "Requests near twenty weeks or past them",
            counted: ["request is near twenty weeks or past them", "requests are near twenty weeks or past them"],
            rule: format!(
                "Open when they were last told of, and received {} days or more before the day of the figures; twenty weeks are {TWENTY_WEEKS} days.",
                TWENTY_WEEKS - NEAR
            ),
            marts: &["mart.fct_ehcp_request"],
            lacking: "no list of requests came",
            columns: own(
                &[
                    ("Request", "substr(one.request_id, 1, 15)"),
                    ("Received", "one.received"),
                    ("Days open", "made.as_of - one.received"),
                    ("Twenty weeks end on", "CAST(one.received + INTERVAL '140' DAY AS DATE)"),
                    ("Stage", "replace(one.stage_at_year_end, '_', ' ')"),
                    ("Exception", "CASE WHEN one.is_excepted THEN 'an exception applies' ELSE 'none' END"),
                    ("Told until", "one.told_until"),
                ],
                "one",
            ),
            from: format!(
                "FROM mart.fct_ehcp_request AS one {as_of} {} WHERE one.stage_at_year_end IN ('awaiting_decision', 'in_assessment') \
                 AND one.calendar_year = (SELECT max(calendar_year) FROM mart.fct_ehcp_request) \
                 AND made.as_of - one.received >= {} ORDER BY one.received NULLS LAST, one.request_id NULLS LAST",
                delivery("one"),
                TWENTY_WEEKS - NEAR
            ),
        },
        ListedCases {
            id: "case-advice",
            title: "Annual reviews without advice of health or social care",
            counted: ["part of a service in a review has no advice", "parts of services in reviews have no advice"],
            rule: format!(
                "The child is known to the service, its advice was due by the day of the figures and has not come, it did not say that it has none, \
                 and the meeting is to come or was held in the {REVIEWS} days before that day."
            ),
            marts: &["mart.fct_annual_review_contribution"],
            lacking: "no register of contributions to reviews came",
            columns: own(
                &[
                    ("Plan", "substr(one.request_id, 1, 15)"),
                    ("Review meeting", "one.meeting"),
                    ("Service", "replace(one.service, '_', ' ')"),
                    ("Agency", "replace(one.agency, '_', ' ')"),
                    ("Asked for on", "COALESCE(CAST(one.requested AS VARCHAR), 'not asked')"),
                    ("Due", "one.due"),
                    ("At the meeting", "CASE WHEN one.meeting > made.as_of THEN 'to come' WHEN one.has_attended THEN 'attended' ELSE 'did not attend' END"),
                ],
                "one",
            ),
            from: format!(
                "FROM mart.fct_annual_review_contribution AS one {as_of} {} WHERE one.service IN ('health', 'social_care') AND one.is_known \
                 AND one.received IS NULL AND NOT COALESCE(one.is_nil_return, FALSE) AND one.due <= made.as_of \
                 AND one.meeting >= made.as_of - INTERVAL '{REVIEWS}' DAY \
                 ORDER BY one.meeting NULLS LAST, one.request_id NULLS LAST, one.agency NULLS LAST",
                delivery("one")
            ),
        },
        ListedCases {
            id: "case-tool",
            title: "Schools without the Graduated Response Tool",
            counted: ["school does not use the tool", "schools do not use the tool"],
            rule: "The newest academic year that is told: no cycle was opened by the log, and the school does not say that pupils have plans.".to_owned(),
            marts: &["mart.fct_graduated_response_school"],
            lacking: "no log or return of the tool came",
            columns: own(
                &[
                    ("School", &school("one.urn")),
                    ("Phase", "COALESCE(one.phase, 'not known')"),
                    ("Academic year", "one.academic_year"),
                    ("What it says", "COALESCE(one.says, 'nothing')"),
                ],
                "one",
            ),
            from: format!(
                "FROM mart.fct_graduated_response_school AS one {} {} WHERE one.cycles = 0 AND COALESCE(one.says, '') <> 'pupils have plans' \
                 AND one.academic_year = (SELECT max(academic_year) FROM mart.fct_graduated_response_school) \
                 ORDER BY one.phase NULLS LAST, one.urn NULLS LAST",
                school_join("one.urn", has),
                delivery("one")
            ),
        },
    ]
}

/// Asks a generation for the lists.
///
/// # Errors
/// [`WarehouseError`] when it cannot be asked.
pub fn case_lists(ask: &AskFigures<'_>) -> Result<Vec<CaseList>, WarehouseError> {
    let has = super::question::tables(ask)?;
    lists(&has).into_iter().map(|list| asked(ask, &has, list)).collect()
}

fn asked(ask: &AskFigures<'_>, has: &BTreeSet<String>, list: ListedCases) -> Result<CaseList, WarehouseError> {
    let is_there = list.marts.iter().all(|mart| has.contains(*mart));
    let mut found = Vec::new();
    let mut is_told = false;
    if is_there {
        let columns: Vec<&str> = list.columns.iter().map(|(_, sql)| sql.as_str()).collect();
        found = rows(ask, &columns, &list.from)?;
        is_told = !rows(ask, &["1"], &format!("FROM {} LIMIT 1", list.marts[0]))?.is_empty();
    }
    let cells = |row: &super::question::AnswerRow| {
        (0..list.columns.len()).map(|column| row.text(column).unwrap_or_else(|| "not told".to_owned())).collect()
    };
    Ok(CaseList {
        id: list.id,
        title: list.title,
        counted: list.counted,
        rule: list.rule,
        heads: list.columns.iter().map(|(head, _)| *head).collect(),
        count: found.len(),
        rows: found.iter().take(SHOWN).map(cells).collect(),
        lacking: (!is_told).then_some(list.lacking),
    })
}

impl CaseList {
    /// How many there are, as a sentence without an end.
    pub(super) fn said(&self) -> String {
        let [one, several] = self.counted;
        if self.count == 1 { format!("1 {one}") } else { format!("{} {several}", thousands(&self.count.to_string())) }
    }
}

/// The section of the lists.
pub(super) fn cases(lists: &[CaseList]) -> Markup {
    if lists.is_empty() {
        return html! {};
    }
    html! {
        section aria-labelledby="cases" {
            h2 id="cases" { "Cases" }
            p { "Restricted: each row is about a child, a request or a school, by its pseudonym or number; the file and the row that tell of it stand beside it." }
            @for list in lists { (part(list)) }
        }
    }
}

fn part(list: &CaseList) -> Markup {
    let heading = format!("{}-heading", list.id);
    let body = html! {
        thead { tr { @for head in &list.heads { th scope="col" { (head) } } } }
        tbody { @for row in &list.rows { tr {
            @for (column, cell) in row.iter().enumerate() {
                @if column == 0 { th scope="row" { (cell) } }
                @else if column + 1 == row.len() { td class="wide" { code { (cell) } } }
                @else { td { (cell_words(cell)) } }
            }
        } } }
    };
    html! {
        h3 id=(heading) { (list.title) }
        p { (list.rule) }
        @match list.lacking {
            Some(lacking) => p { "Not known: " (lacking) "." },
            None => {
                p { (super::sentence::capital(&list.said())) "." @if list.count > list.rows.len() { " The first " (list.rows.len()) " are shown." } }
                @if !list.rows.is_empty() { details open { summary { "The list" } (table(&format!("{}-list", list.id), &html! { (list.title) }, &body)) } }
            }
        }
    }
}

/// A day in full.
fn cell_words(cell: &str) -> String {
    cell.parse().map_or_else(|_| days_in_words(cell), day_words)
}
