//! Two SEN2 returns in XML, whose numbers of requests are places in the file: the second has the children in another
//! order, so that only pupil and day of receipt lead from one year to the next.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::{place, sendmart};

/// One child with one request: UPN, and the elements of the request, `ReceivedDate=2024-01-08` and the like, with `(` and
/// `)` around those of a child element.
type Child = (&'static str, &'static str);

const MAINTAINED: &str = "UPN A933200117001";
const ISSUED: &str = "UPN B933200117002";

/// Speaks for 2023.
const FIRST: [Child; 2] = [
    (
        MAINTAINED,
        "ReceivedDate=2022-03-01 RequestOutcome=H Assessment( AssessmentOutcome=H NamedPlan( StartDate=2022-07-01 ) ) \
         ActivePlans( ReviewMeeting=2023-06-01 ReviewOutcome=A LastReview=2023-06-20 )",
    ),
    (ISSUED, "ReceivedDate=2023-10-02 RequestOutcome=A"),
];

/// Speaks for 2024.
const SECOND: [Child; 11] = [
    // Issued on the 140th day; the plan begins a day later.
    (
        ISSUED,
        "ReceivedDate=2023-10-02 RequestOutcomeDate=2024-01-15 RequestOutcome=Y Assessment( AssessmentOutcome=Y \
         AssessmentOutcomeDate=2024-02-19 Week20=0 NamedPlan( StartDate=2024-02-20 ) )",
    ),
    // Amended, so that its start has moved: no new plan. Met a day after its twelve months, decided on the 28th day.
    (
        MAINTAINED,
        "ReceivedDate=2022-03-01 RequestOutcome=H Assessment( AssessmentOutcome=H NamedPlan( StartDate=2024-09-01 ) ) \
         ActivePlans( ReviewMeeting=2024-06-02 ReviewOutcome=M LastReview=2024-06-30 )",
    ),
    // Awaiting for 30 days.
    ("UPNunknown UN8", "ReceivedDate=2024-12-01 RequestOutcome=A"),
    // In assessment for 579 days.
    ("UPN C933200117003", "ReceivedDate=2023-06-01 RequestOutcome=H Assessment( AssessmentOutcome=A )"),
    // Decided on the 42nd day; a plan agreed to and not issued is open, for 244 days.
    (
        "UPN D933200117004",
        "ReceivedDate=2024-05-01 RequestOutcomeDate=2024-06-12 RequestOutcome=Y Assessment( AssessmentOutcome=Y Week20=0 )",
    ),
    // Refused on the 43rd day.
    ("UPN E933200117005", "ReceivedDate=2024-02-01 RequestOutcomeDate=2024-03-15 RequestOutcome=N"),
    // No plan, on the 112th day.
    (
        "UPN F933200117006",
        "ReceivedDate=2024-03-01 RequestOutcomeDate=2024-04-01 RequestOutcome=Y Assessment( AssessmentOutcome=N \
         AssessmentOutcomeDate=2024-06-21 )",
    ),
    ("UPN G933200117007", "ReceivedDate=2024-10-01 RequestOutcome=W"),
    // Moved away: no longer open.
    (
        "UPN H933200117008",
        "ReceivedDate=2024-07-01 RequestOutcomeDate=2024-08-01 RequestOutcome=Y Exported=878 Assessment( AssessmentOutcome=A )",
    ),
    // Decided between the end of the year and census day: open for 11 days.
    ("UPN J933200117009", "ReceivedDate=2024-12-20 RequestOutcomeDate=2025-01-10 RequestOutcome=Y"),
    // After another authority's assessment: not one of this authority's new plans.
    (
        "UPN K933200117010",
        "ReceivedDate=2023-01-10 RequestOutcome=H Assessment( AssessmentOutcome=S AssessmentOutcomeDate=2024-03-01 Week20=0 )",
    ),
];

fn xml(year: i32, children: &[Child]) -> String {
    let mut out = format!(
        "<Message><Header><CollectionDetails><Collection>SEN2</Collection><Year>{year}</Year></CollectionDetails>\
         <Source><LEA>933</LEA><SerialNo>1</SerialNo></Source></Header>\n<Persons>\n"
    );
    for (person, request) in children {
        let (label, value) = person.split_once(' ').unwrap();
        write!(out, "<Person><PersonBirthDate>2015-05-02</PersonBirthDate><{label}>{value}</{label}><Requests>")
            .unwrap();
        let mut open = Vec::new();
        for word in request.split_whitespace() {
            if let Some(element) = word.strip_suffix('(') {
                open.push(element);
                write!(out, "<{element}>").unwrap();
            } else if word == ")" {
                write!(out, "</{}>", open.pop().unwrap()).unwrap();
            } else {
                let (element, text) = word.split_once('=').unwrap();
                write!(out, "<{element}>{text}</{element}>").unwrap();
            }
        }
        assert!(open.is_empty(), "{request}");
        out.push_str("</Requests></Person>\n");
    }
    out + "</Persons></Message>\n"
}

#[test]
fn kpis_on_two_returns_are_what_was_reckoned_by_hand() {
    let (_keep, place) = place();
    let outside = tempfile::tempdir().unwrap();
    let key = outside.path().join("invented.key");
    fs::write(&key, format!("v1:{}", "0b".repeat(32))).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    let mut config = format!("collections = [\"sen2\"]\nprivacy.key = \"{}\"\n", key.display());
    for (year, children) in [(2024, &FIRST[..]), (2025, &SECOND[..])] {
        let folder = place.join(format!("inbox/{year}"));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("sen2_933_{year}.xml")), xml(year, children)).unwrap();
        write!(
            config,
            "[[source]]\ncollection = \"sen2\"\nfolder.path = \"{}\"\nreceived = \"{year}-02-20\"\n",
            folder.display()
        )
        .unwrap();
    }
    let file = place.join("county.toml");
    fs::write(&file, config).unwrap();
    let config = file.display().to_string();
    let (code, out, err) = sendmart(&place, &["--config", &config, "run"]);
    assert_eq!(code, 0, "{out}\n{err}");

    let question = format!(
        "SELECT kpi_id, period, breakdown, geography_code, numerator, denominator FROM kpi.value \
         WHERE basis = 'local' AND reason IS DISTINCT FROM 'unavailable' AND {}",
        crate::OWN
    );
    let (code, out, err) = sendmart(&place, &["--config", &config, "--json", "query", &question]);
    assert_eq!(code, 0, "{err}");
    let mut found = BTreeMap::new();
    for row in out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        let name = |column: &str| row[column].as_str().unwrap().to_owned();
        assert_eq!(name("geography_code"), "933");
        let of = row["denominator"].as_f64().map_or_else(String::new, |whole| format!(" of {whole}"));
        let key = format!("{} {} {}", name("kpi_id"), name("period"), name("breakdown"));
        found.insert(key, format!("{}{of}", row["numerator"]));
    }
    let found: Vec<String> = found.into_iter().map(|(key, value)| format!("{key}: {value}")).collect();
    let wanted = [
        "annual_review_4_week_decision 2023 meeting=in the year: 1.0 of 1",
        "annual_review_4_week_decision 2023 total: 1.0 of 1",
        "annual_review_4_week_decision 2024 meeting=in the year: 1.0 of 1",
        "annual_review_4_week_decision 2024 total: 1.0 of 1",
        "annual_review_decision_within_12_months 2024 total: 0.0 of 1",
        "annual_review_held_in_year 2023 total: 1.0 of 1",
        "annual_review_held_in_year 2024 total: 1.0 of 1",
        "annual_review_undecided 2023 age=0-4 weeks: 0.0",
        "annual_review_undecided 2023 age=4-12 weeks: 0.0",
        "annual_review_undecided 2023 age=over 12 weeks: 0.0",
        "annual_review_undecided 2023 total: 0.0",
        "annual_review_undecided 2024 age=0-4 weeks: 0.0",
        "annual_review_undecided 2024 age=4-12 weeks: 0.0",
        "annual_review_undecided 2024 age=over 12 weeks: 0.0",
        "annual_review_undecided 2024 total: 0.0",
        // Nobody with a plan is under five: no value, and not for want of a source.
        "annual_review_under_five 2023 total: null",
        "annual_review_under_five 2024 total: null",
        "annual_review_within_12_months 2024 total: 0.0 of 1",
        "ehcp_20_week 2024 total: 1.0 of 1",
        "ehcp_20_week_no_exceptions 2024 total: 1.0 of 1",
        "ehcp_assess_rate 2023 total: 0.0 of 1",
        "ehcp_assess_rate 2024 total: 3.0 of 7",
        "ehcp_backlog 2023 age=0-6 weeks: 0.0",
        "ehcp_backlog 2023 age=20-52 weeks: 0.0",
        "ehcp_backlog 2023 age=6-20 weeks: 1.0",
        "ehcp_backlog 2023 age=over 52 weeks: 0.0",
        "ehcp_backlog 2023 total: 1.0",
        "ehcp_backlog 2024 age=0-6 weeks: 2.0",
        "ehcp_backlog 2024 age=20-52 weeks: 1.0",
        "ehcp_backlog 2024 age=6-20 weeks: 0.0",
        "ehcp_backlog 2024 age=over 52 weeks: 1.0",
        "ehcp_backlog 2024 total: 4.0",
        // Two are over 20 weeks, none was a year before: they grow, and no month clears them.
        "ehcp_backlog_months_to_clear 2024 total: 24.0 of 0",
        "ehcp_caseload 2023/24 total: 1.0",
        "ehcp_caseload 2024/25 total: 1.0",
        "ehcp_issued_20_to_52_weeks 2024 total: 0.0 of 1",
        "ehcp_issued_over_52_weeks 2024 total: 0.0 of 1",
        "ehcp_refusal_16_week 2024 total: 1.0 of 1",
        "ehcp_refusal_mediation 2024 stage=assessment: 0.0 of 1",
        "ehcp_refusal_mediation 2024 stage=request: 0.0 of 1",
        "ehcp_refusal_mediation 2024 total: 0.0 of 2",
        "ehcp_refusal_tribunal 2024 stage=assessment: 0.0 of 1",
        "ehcp_refusal_tribunal 2024 stage=request: 0.0 of 1",
        "ehcp_refusal_tribunal 2024 total: 0.0 of 2",
        "ehcp_request_6_week 2024 total: 3.0 of 4",
        // With the one of 2023 that was decided in 2024 on its 105th day.
        "ehcp_request_6_week_by_decision 2024 total: 3.0 of 5",
    ];
    assert_eq!(found, wanted);

    let question = "SELECT CAST(issued AS VARCHAR) AS issued, start_differs, is_new FROM mart.fct_ehcp_plan \
                    WHERE calendar_year = '2024' ORDER BY issued";
    let (_, out, _) = sendmart(&place, &["--config", &config, "--json", "query", question]);
    let plans: Vec<&str> = out.lines().collect();
    let wanted = [
        r#"{"issued":"2024-02-19","start_differs":true,"is_new":true}"#,
        r#"{"issued":"2024-03-01","start_differs":null,"is_new":false}"#,
        r#"{"issued":"2024-09-01","start_differs":null,"is_new":false}"#,
    ];
    assert_eq!(plans, wanted);
}
