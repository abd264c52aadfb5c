//! A council's own registers: what the invented county writes of them, what is sent again, and a sheet that is not as named.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use rust_xlsxwriter::Workbook;

use crate::sendmart;

const REGISTERS: [&str; 7] = [
    "annual_review_contributions",
    "assessment_advice",
    "ehcp_audit",
    "graduated_response",
    "inclusion_discussions",
    "workforce_posts",
    "workforce_caseload",
];

/// A key of pseudonyms, and the head of a config that lets only some collections run with it.
fn config(place: &Path, folder: &Path, collections: &[&str]) -> String {
    let key = folder.join("key");
    let (code, _, err) = sendmart(place, &["key", "new", "--file", key.to_str().unwrap()]);
    assert_eq!(code, 0, "{err}");
    format!("collections = {collections:?}\n[privacy]\nkey = \"{}\"\n", key.display())
}

fn run(place: &Path, config: &Path, arguments: &[&str]) -> (i32, String, String) {
    sendmart(place, &[&["--config", config.to_str().unwrap()], arguments].concat())
}

fn save(path: &Path, sheets: &[(&str, &[&[&str]])]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut workbook = Workbook::new();
    for (name, rows) in sheets {
        let page = workbook.add_worksheet().set_name(*name).unwrap();
        for (row, cells) in (0_u32..).zip(*rows) {
            page.write_row(row, 0, cells.iter().copied()).unwrap();
        }
    }
    workbook.save(path).unwrap();
}

#[test]
fn the_registers_of_the_invented_county_have_the_faults_that_were_planted_and_no_others() {
    let (_folder, place) = crate::place();
    let county = tempfile::tempdir().unwrap();
    let out = county.path().join("county");
    let arguments = ["--schools", "12", "--pupils", "1500", "--years", "2", "--seed", "7", "--mess", "0.05"];
    let (code, _, err) = sendmart(&place, &[&["sample", "--out", out.to_str().unwrap()], &arguments[..]].concat());
    assert_eq!(code, 0, "{err}");
    let collections: Vec<&str> = REGISTERS.into_iter().chain(["gias"]).collect();
    let written = fs::read_to_string(out.join("sample.toml")).unwrap();
    let sources: String = written
        .split("[[source]]")
        .skip(1)
        .filter(|source| collections.iter().any(|one| source.contains(&format!("collection = \"{one}\""))))
        .map(|source| format!("[[source]]{source}"))
        .collect();
    let secret = tempfile::tempdir().unwrap();
    let here = secret.path().join("here.toml");
    let head = config(&place, secret.path(), &collections);
    fs::write(&here, format!("authority = \"933\"\n{head}{sources}")).unwrap();
    let (code, shown, err) = run(&place, &here, &["run"]);
    assert_eq!(code, 0, "{shown}{err}");

    let truth: serde_json::Value = serde_json::from_str(&fs::read_to_string(out.join("truth.json")).unwrap()).unwrap();
    let text = |value: &serde_json::Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
    // No return says whose registers these are; the config does.
    let sql = "SELECT period, breakdown, numerator FROM kpi.value WHERE kpi_id = 'post_fill_rate' AND geography_code = '933' AND period_kind = 'academic_year'";
    let (_, listed, _) = run(&place, &here, &["--json", "query", sql]);
    let of = |row: &serde_json::Value| {
        format!("{} {} {}", text(row, "period"), text(row, "breakdown"), row["numerator"].as_f64().unwrap())
    };
    let filled: BTreeSet<String> = listed.lines().map(|line| of(&serde_json::from_str(line).unwrap())).collect();
    let kpis = truth["kpis"].as_array().unwrap().iter();
    let true_of: BTreeSet<String> = kpis.filter(|row| row["kpi_id"] == "post_fill_rate").map(of).collect();
    assert!(!filled.is_empty());
    assert_eq!(filled, true_of);
    // A month bears what the register lacks of its own days: of a year without an autumn the summer is whole.
    let thirds = ["September to December", "January to March", "April to August"];
    let ask = |sql: &str| -> Vec<serde_json::Value> {
        let (code, listed, err) = run(&place, &here, &["--json", "query", sql]);
        assert_eq!(code, 0, "{sql}\n{err}");
        listed.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let third = |month: u64| usize::from(month < 9) + usize::from((4..9).contains(&month));
    let audits = ask("SELECT month(audited_on) AS month FROM mart.fct_ehcp_audit WHERE academic_year = '2025/26'");
    let has: BTreeSet<usize> = audits.iter().map(|row| third(row["month"].as_u64().unwrap())).collect();
    assert!(!has.is_empty() && has.len() < 3, "{audits:?}");
    let told = ask(
        "SELECT period_kind, month(period_start) AS month, mark FROM kpi.value WHERE kpi_id = 'audit_grades_apart' \
         AND breakdown = 'total' AND period_start >= DATE '2025-09-01' AND period_kind IN ('academic_year', 'month')",
    );
    assert_eq!(told.len(), 13, "{told:#?}");
    for row in &told {
        let named = thirds.map(|name| text(row, "mark").contains(name));
        let lacks = |one: usize| !has.contains(&one);
        let own = third(row["month"].as_u64().unwrap());
        let wanted = [0, 1, 2].map(|one| lacks(one) && (row["period_kind"] == "academic_year" || one == own));
        assert_eq!(named, wanted, "{row}");
    }
    let planted: Vec<&serde_json::Value> = truth["faults"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|fault| collections.contains(&fault["collection"].as_str().unwrap()))
        .collect();
    let file = |path: &str| Path::new(path).file_name().unwrap().to_string_lossy().into_owned();
    let (doubled, wrong): (Vec<_>, Vec<_>) =
        planted.into_iter().partition(|fault| fault["rule_hint"] == "duplicate_row");
    let wanted: BTreeSet<(String, String, String)> =
        wrong.iter().map(|fault| (file(&text(fault, "file")), text(fault, "sheet"), text(fault, "cell"))).collect();
    let (code, listed, err) = run(&place, &here, &["--json", "faults", "--state", "all"]);
    assert_eq!(code, 0, "{err}");
    let found: BTreeSet<(String, String, String)> = listed
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .flat_map(|value| value.as_array().cloned().unwrap_or_else(|| vec![value]))
        .map(|fault| (text(&fault, "file_name"), text(&fault, "sheet"), text(&fault, "cell")))
        .collect();
    assert!(wanted.len() >= 10 && doubled.len() >= 3, "{} and {} planted", wanted.len(), doubled.len());
    assert_eq!(found, wanted);
    assert!(shown.contains(&format!("+ {} skipped", doubled.len())), "{} rows stand twice: {shown}", doubled.len());
}

#[test]
fn a_register_sent_again_replaces_the_rows_that_it_has_and_no_others() {
    const HEAD: &[&str] = &[
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
    ];
    let row = |id: &'static str, outcome: &'static str| -> Vec<&'static str> {
        vec![
            id,
            "NORTH",
            "2024-10-08",
            "990012",
            "M933234512345",
            "ATTEND",
            "2024-09-27",
            "2024-10-03",
            "EP",
            "Yes",
            "1",
            "POLICE",
            "2024-12-31",
            outcome,
        ]
    };
    let (_folder, place) = crate::place();
    let secret = tempfile::tempdir().unwrap();
    let inbox = secret.path().join("inbox");
    let (first, second, third) = (row("1", "OPEN"), row("2", "OPEN"), row("3", "OPEN"));
    save(&inbox.join("a/autumn.xlsx"), &[("Register", &[HEAD, &first, &second, &third])]);
    let decided = row("2", "AP");
    save(&inbox.join("b/spring.xlsx"), &[("Register", &[HEAD, &decided])]);
    let source = |folder: &str, received: &str| {
        let path: PathBuf = inbox.join(folder);
        format!(
            "[[source]]\ncollection = \"inclusion_discussions\"\nfolder.path = \"{}\"\nreceived = \"{received}\"\n",
            path.display()
        )
    };
    let here = secret.path().join("here.toml");
    let text = config(&place, secret.path(), &["inclusion_discussions"])
        + &source("a", "2025-01-10")
        + &source("b", "2025-04-25");
    fs::write(&here, text).unwrap();
    let (code, out, err) = run(&place, &here, &["run"]);
    assert_eq!(code, 0, "{out}{err}");
    let sql = "SELECT rows, rows_superseded FROM meta.loaded ORDER BY rows DESC NULLS LAST";
    let (_, out, err) = run(&place, &here, &["--json", "query", sql]);
    let flat: String = out.chars().filter(|each| !each.is_whitespace()).collect();
    assert!(flat.contains("\"rows\":3,\"rows_superseded\":1"), "{out}{err}");
    assert!(flat.contains("\"rows\":1,\"rows_superseded\":0"), "{out}{err}");
}

#[test]
fn a_named_sheet_that_is_not_as_its_layout_says_refuses_the_workbook() {
    let (_folder, place) = crate::place();
    let secret = tempfile::tempdir().unwrap();
    let returns: &[&str] = &[
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
    ];
    let uses: &[&str] = &[
        "grt_id",
        "urn",
        "upn",
        "pupil_ref",
        "open_date",
        "area_of_need",
        "level",
        "tool_section",
        "cycle_no",
        "review_date",
        "outcome",
        "author_role",
        "ehcna_request_id",
    ];
    save(
        &place.join("inbox/graduated_response/grt.xlsx"),
        &[("School returns", &[returns]), ("Use of the tool", &[uses])],
    );
    let here = secret.path().join("here.toml");
    fs::write(&here, config(&place, secret.path(), &["graduated_response"])).unwrap();
    let (code, out, err) = run(&place, &here, &["run"]);
    assert_eq!(code, 65, "{out}");
    assert!(err.contains("no layout fits sheet `Use of the tool`"), "{err}");
    assert!(err.contains("`Opened on` or `opened_date` (is it `open_date` now? 2 of its letters differ)"), "{err}");
}
