//! Boards: what is wrong is told at once, and the structure of a day is that of the file on that day.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use serde_json::Value;

use crate::{checkout, sendmart};

/// The checkout's collections and SQL, with these boards.
fn with_boards(text: &str) -> (tempfile::TempDir, PathBuf) {
    let keep = tempfile::tempdir().unwrap();
    let place = keep.path().to_path_buf();
    for part in ["pipelines", "sql"] {
        symlink(checkout().join(part), place.join(part)).unwrap();
    }
    fs::create_dir(place.join("config")).unwrap();
    symlink(checkout().join("config/codes"), place.join("config/codes")).unwrap();
    fs::write(place.join("config/boards.toml"), text).unwrap();
    (keep, place)
}

#[test]
fn every_problem_of_the_boards_is_told_at_once() {
    let text = r#"
[[board]]
id = "Top Board"
name = ""
remit = "Answers for all."

[[board.version]]
from = "2024-04-01"
chair = { role = "Leader", organisation = "County Council" }
reports_to = ["below"]

[[board]]
id = "below"
name = "Below"
remit = "Answers for some."
notice_days = 1400
until = "2026-03-31"

[[board.version]]
from = "2025-01-01"
members = [{ role = "Nurse", organisation = "" }]

[[board.version]]
from = "2024-06-01"
chair = { role = "Director", organisation = "County Council" }
members = [{ role = "Director", organisation = "County Council" }]
reports_to = ["Top Board", "Top Board"]

[[board.meeting]]
date = "2024-01-10"

[[board.meeting]]
date = "2026-05-01"

[[board.meeting]]
date = "2025-05-01"

[[board.meeting]]
date = "2025-05-01"

[[board.meeting]]
date = "1 June"

[[board]]
id = "below"
name = "Again"
remit = "Answers for some."
"#;
    let (_keep, place) = with_boards(text);
    let (code, _, err) = sendmart(&place, &["check"]);
    assert_eq!(code, 78, "{err}");
    insta::assert_snapshot!(err.replace(&place.display().to_string(), "PLACE"));
}

#[test]
fn who_is_reported_to_has_to_be_there_and_no_ring_may_be() {
    let board = |id: &str, from: &str, until: &str, above: &str| {
        format!(
            "[[board]]\nid = \"{id}\"\nname = \"{id}\"\nremit = \"Answers.\"\n{until}\n[[board.version]]\nfrom = \"{from}\"\n\
             chair = {{ role = \"Chair\", organisation = \"Council\" }}\nreports_to = [{above}]\n\n"
        )
    };
    let text = [
        board("one", "2024-01-01", "", "\"two\""),
        board("two", "2024-01-01", "", "\"three\""),
        board("three", "2024-01-01", "", "\"one\", \"late\", \"gone\", \"nobody\", \"three\""),
        board("late", "2025-01-01", "", ""),
        board("gone", "2023-01-01", "until = \"2025-12-31\"", ""),
    ];
    let (_keep, place) = with_boards(&text.concat());
    let (code, _, err) = sendmart(&place, &["check"]);
    assert_eq!(code, 78, "{err}");
    insta::assert_snapshot!(err.replace(&place.display().to_string(), "PLACE"));
}

#[test]
fn an_unknown_key_is_told_with_what_was_meant() {
    let (_keep, place) =
        with_boards("[[board]]\nid = \"a\"\nname = \"A\"\nremit = \"All.\"\nchiar = \"me\"\nareas = [\"ASW3\"]\n");
    let (code, _, err) = sendmart(&place, &["check"]);
    assert_eq!(code, 78);
    assert!(err.contains("unknown key `chiar`") && err.contains("boards.toml:5:1"), "{err}");
    assert!(err.contains("ASW3") && err.contains("`ASW1`"), "{err}");
}

#[test]
fn the_structure_and_the_meetings_are_those_of_the_day() {
    let text = fs::read_to_string(checkout().join("config/boards.example.toml")).unwrap();
    let (_keep, place) = with_boards(&text);
    let told = |arguments: &[&str]| -> Vec<Value> {
        let (code, out, err) = sendmart(&place, &[&["--json", "boards"][..], arguments].concat());
        assert_eq!(code, 0, "{err}");
        out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let before = told(&["send_partnership", "--on", "2025-08-31"]);
    assert_eq!(before[0]["chair"]["role"], "Director of Children's Services");
    let after = told(&["SEND Partnership Board", "--on", "2025-09-01"]);
    assert_eq!((&after[0]["chair"]["role"], &after[0]["since"]), (&"Independent chair".into(), &"2025-09-01".into()));
    // 14 days unless said, 28 where said.
    let frozen: Vec<&Value> = after[0]["meetings"].as_array().unwrap().iter().map(|one| &one["freeze"]).collect();
    assert_eq!(frozen, ["2027-01-07", "2027-02-18"]);
    assert_eq!(told(&["send_partnership", "--on", "2027-01-08"])[0]["meetings"][0]["days_to_freeze"], -1);
    assert_eq!(told(&["--on", "2026-01-01"]).len(), 2);

    let (code, out, err) = sendmart(&place, &["boards", "--on", "2026-12-01"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.lines().all(|line| line.chars().count() <= 80), "{out}");
    insta::assert_snapshot!(out);
    for (arguments, said) in [
        (&["boards", "send"][..], "did you mean `send_partnership`"),
        (&["boards", "--on", "2024-03-31"][..], "the first of them begins on 2024-04-01"),
        (&["boards", "send_partnership", "--on", "2024-03-31"][..], "it begins on 2024-04-01"),
    ] {
        let (code, _, err) = sendmart(&place, arguments);
        assert_eq!(code, 1);
        assert!(err.contains(said) || arguments[1] == "send", "{err}");
    }
    fs::remove_file(place.join("config/boards.toml")).unwrap();
    let (code, _, err) = sendmart(&place, &["boards"]);
    assert!(code == 1 && err.contains("config/boards.example.toml"), "{err}");
}

#[test]
fn what_came_is_held_against_the_meeting() {
    let (_keep, place) = crate::place();
    let keep = tempfile::tempdir().unwrap();
    let county = keep.path().join("county");
    let out = county.display().to_string();
    let size = ["--schools", "4", "--pupils", "120", "--years", "2", "--seed", "5"];
    let (code, said, err) = sendmart(&place, &[&["sample", "--out", &out][..], &size].concat());
    assert_eq!(code, 0, "{said}{err}");
    let config = county.join("sample.toml").display().to_string();
    let whole = fs::read_to_string(&config).unwrap();
    let ask = |arguments: &[&str]| {
        let (code, out, err) = sendmart(&place, &[&["--config", &config][..], arguments].concat());
        assert_eq!(code, 0, "{out}{err}");
        out
    };
    let returns = |on: &str| -> Vec<Value> {
        let told: Value = serde_json::from_str(&ask(&["--json", "boards", "send_partnership", "--on", on])).unwrap();
        assert_eq!(told["live"], true);
        told["returns"].as_array().unwrap().clone()
    };
    let census = |on: &str| returns(on).into_iter().find(|one| one["collection"] == "school_census").unwrap();
    // The meeting of 20 January 2027 is frozen on the 6th, when the autumn term is over: its census is due.
    let (cut, gone) = crate::without_censuses(&whole, &["2026_autumn"]);
    assert!(gone > 0);
    fs::write(&config, cut).unwrap();
    ask(&["run"]);
    let missing = census("2026-12-01");
    assert_eq!((&missing["due"], &missing["due_return"]), (&"missing".into(), &"2026/27 autumn".into()), "{missing}");
    fs::write(&config, whole).unwrap();
    ask(&["run"]);
    let is_in = census("2026-12-01");
    assert_eq!((&is_in["due"], &is_in["newest_received"]), (&"in".into(), &"2026-11-27".into()), "{is_in}");
    assert_eq!(is_in["age_days_at_freeze"], 40);
    // What came later had not come on that day.
    let before = census("2026-11-01");
    assert!(before["newest_received"].as_str().unwrap() < "2026-11-01", "{before}");
    // Of what has no day the age is told, and nothing else.
    let others = returns("2026-12-01");
    assert!(others.iter().filter(|one| one["collection"] != "school_census").all(|one| one["due"] == "no_day"));
    // Its targets begin where the county truly began.
    let first = "SELECT count(*) AS n FROM kpi.status AS status INNER JOIN kpi.target AS target ON target.kpi_id = status.kpi_id \
                 AND target.kind = 'baseline' AND target.day = status.period_end WHERE status.basis = 'local' AND status.difference <> 0";
    assert_eq!(ask(&["--json", "query", first]).trim(), "{\"n\":0}");
}
