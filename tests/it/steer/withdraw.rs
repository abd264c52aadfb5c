use std::fs;

use sendmart::lake::Place;
use sendmart::ledger::{Decision, Ledger};

use super::{PAGE, Two};

/// What a generation has, whatever runs it took to get there.
const CONTENT: &str = "SELECT (SELECT CAST(bit_xor(hash(v)) AS VARCHAR) FROM mart.visits AS v) AS v, \
    (SELECT CAST(bit_xor(hash(c)) AS VARCHAR) FROM mart.clinics AS c) AS c, \
    (SELECT string_agg(delivery_id || rows_accepted, ' ' ORDER BY delivery_id) FROM meta.delivery) AS d, \
    (SELECT fingerprint FROM meta.generation) AS f, (SELECT count(*) FROM meta.withdrawn) AS w";

fn begun() -> Two {
    let two = Two::new();
    two.file("inbox/visits/spring.csv", "v", 10, 0);
    two.file("inbox/visits/test export.csv", "t", 7, 0);
    two.file("inbox/clinics/clinic_north.csv", "c", 8, 0);
    two.run(0);
    assert_eq!(two.rows(), (17, 8));
    two
}

fn id_of(two: &Two, file_name: &str) -> String {
    let row = &two.ask(&format!("SELECT delivery_id FROM meta.delivery WHERE file_name = '{file_name}'"))[0];
    row["delivery_id"].as_str().unwrap().to_owned()
}

#[test]
fn a_withdrawn_delivery_counts_no_more_and_a_restored_one_as_before() {
    let two = begun();
    let before = two.ask(CONTENT);
    let id = id_of(&two, "test export.csv");
    let (code, out, err) = two.sendmart(&["withdraw", "Test export.csv", "--why", "a test, sent by mistake"]);
    assert_eq!(code, 0, "{out}{err}");
    insta::assert_snapshot!("a_delivery_is_withdrawn", two.told(&out).replace(&id, "ID"));
    assert_eq!(two.rows(), (17, 8), "until the next run");
    two.run(0);
    assert_eq!(two.rows(), (10, 8));
    let told = &two.ask("SELECT file_name, why FROM meta.withdrawn")[0];
    assert_eq!(
        (told["file_name"].as_str(), told["why"].as_str()),
        (Some("test export.csv"), Some("a test, sent by mistake"))
    );
    assert_eq!(two.number(&format!("SELECT count(*) FROM meta.delivery WHERE delivery_id = '{id}'")), 0);
    let (_, status, _) = two.sendmart(&["status"]);
    let line = status.lines().find(|line| line.starts_with("Withdrawn: ")).unwrap();
    assert!(line.contains("test export.csv of `visits`") && line.ends_with(": a test, sent by mistake"), "{line}");
    // It is still in the inbox, and comes again in another folder of it: the same bytes stay withdrawn.
    fs::create_dir(two.root.join("inbox/visits/again")).unwrap();
    fs::copy(two.root.join("inbox/visits/test export.csv"), two.root.join("inbox/visits/again/copy.csv")).unwrap();
    two.run(0);
    assert_eq!(two.rows(), (10, 8));

    let (code, out, _) = two.sendmart(&["restore", &id[..6]]);
    assert_eq!(code, 0, "{out}");
    two.run(0);
    assert_eq!(two.ask(CONTENT), before, "the same content, by the same fingerprint");
}

#[test]
fn who_withdrew_it_when_and_why_is_in_the_ledger() {
    let two = begun();
    two.sendmart(&["withdraw", "test export.csv", "--why", "a test"]);
    let lines = fs::read_to_string(two.root.join("var/ledger/decisions.jsonl")).unwrap();
    let line: serde_json::Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    assert_eq!((line["what"].as_str(), line["why"].as_str()), (Some("withdrawn"), Some("a test")));
    assert!(line["by"].as_str().is_some_and(|by| !by.is_empty()), "{line}");
    assert!(line["at"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok(), "{line}");
}

#[test]
fn a_delivery_that_is_not_one_is_told_with_the_candidates() {
    let two = begun();
    two.file("inbox/visits/spring.csv", "x", 11, 0);
    two.run(0);
    let (code, _, err) = two.sendmart(&["withdraw", "spring.csv", "--why", "which?"]);
    assert_eq!(code, 2);
    let ids: Vec<String> = two
        .ask("SELECT delivery_id FROM meta.delivery WHERE file_name = 'spring.csv'")
        .iter()
        .map(|row| row["delivery_id"].as_str().unwrap().to_owned())
        .collect();
    assert!(ids.len() == 2 && ids.iter().all(|id| err.contains(id)), "{err}");
    assert!(err.contains("10 rows accepted") && err.contains("11 rows accepted"), "{err}");
    for (asked, word) in [("sprin.csv", "did you mean `spring.csv`?"), ("0000", "there is no delivery `0000`")] {
        let (code, _, err) = two.sendmart(&["withdraw", asked, "--why", "x"]);
        assert!(code == 1 && err.contains(word), "{err}");
    }
    let (code, _, err) = two.sendmart(&["restore", "spring.csv"]);
    assert!(code == 2 && err.contains("is not withdrawn"), "{err}");
    assert_eq!(two.sendmart(&["withdraw", "spring.csv"]).0, 2, "a reason is asked for");
    assert_eq!(two.sendmart(&["withdraw", "spring.csv", "--why", " "]).0, 2);
    assert_eq!(two.sendmart(&["withdraw", &ids[0], "--why", "the first"]).0, 0);
    // One of the two is left by that name.
    assert_eq!(two.sendmart(&["withdraw", "spring.csv", "--why", "the second"]).0, 0);
    let (code, _, err) = two.sendmart(&["withdraw", "spring.csv", "--why", "again"]);
    assert!(code == 2 && err.contains("withdrawn already"), "{err}");
    two.run(0);
    assert_eq!(two.rows(), (7, 8));
}

#[test]
fn what_holds_its_collection_can_be_withdrawn_and_so_can_what_that_keeps() {
    let two = begun();
    two.write("inbox/visits/bad.csv", PAGE);
    two.run(65);
    assert_eq!(two.sendmart(&["withdraw", "bad.csv", "--why", "a page"]).0, 0);
    two.run(0);
    assert_eq!(two.rows(), (17, 8));
    let (_, faults, _) = two.sendmart(&["--json", "faults", "list"]);
    assert!(!faults.contains("bad.csv"), "its fault has ended: {faults}");

    two.file("inbox/visits/autumn.csv", "a", 10, 5);
    two.run(65);
    assert_eq!(two.sendmart(&["withdraw", "test export.csv", "--why", "a test"]).0, 0);
    two.run(65);
    assert_eq!(two.rows(), (10, 8), "a held collection keeps what it had, but for what was withdrawn");
    assert_eq!(two.sendmart(&["restore", "bad.csv"]).0, 0);
    assert!(two.run(65).contains("[read::html_instead]"), "restored, it holds again");
}

/// A decision that was torn by a kill was never told to anybody, and is none.
#[test]
fn half_a_decision_is_no_decision() {
    let two = begun();
    let id = id_of(&two, "test export.csv");
    let path = two.root.join("var/ledger/decisions.jsonl");
    let line = serde_json::to_string(&Decision::Withdrawn {
        delivery_id: sendmart::model::DeliveryId(id.clone()),
        at: jiff::Timestamp::UNIX_EPOCH,
        by: "x".to_owned(),
        why: "x".to_owned(),
    })
    .unwrap();
    fs::write(&path, &line[..line.len() - 3]).unwrap();
    two.run(0);
    assert_eq!(two.rows(), (17, 8));
    assert_eq!(two.sendmart(&["withdraw", &id, "--why", "whole"]).0, 0);
    let ledger = Ledger::open(&Place::new(&two.root, "var")).unwrap();
    assert_eq!(ledger.decisions().withdrawn.values().next().unwrap().why, "whole");
    two.run(0);
    assert_eq!(two.rows(), (10, 8));
}

#[test]
fn a_bad_file_that_was_taken_away_before_it_was_published_blocks_nothing() {
    let two = begun();
    two.file("inbox/visits/bad year.csv", "b", 10, 9);
    two.file("inbox/visits/good year.csv", "g", 10, 0);
    assert!(two.run(65).contains("9 of 10 rows"));
    two.remove("inbox/visits/bad year.csv");
    two.run(0);
    assert_eq!(two.rows(), (27, 8));
    let (_, status, _) = two.sendmart(&["status"]);
    assert!(status.contains("Taken back before it was published: bad year.csv (of `visits`)"), "{status}");
    // What was published counts on, wherever its file is.
    two.remove("inbox/visits/spring.csv");
    two.run(0);
    assert_eq!(two.rows(), (27, 8));
}
