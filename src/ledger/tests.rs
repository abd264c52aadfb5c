use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::json;

use super::*;

fn now(second: i64) -> Timestamp {
    Timestamp::from_second(1_750_000_000 + second).unwrap()
}

fn delivery(id: &str) -> Delivery {
    Delivery {
        delivery_id: DeliveryId(id.to_owned()),
        collection: "gias".to_owned(),
        file_name: "links.csv".to_owned(),
        source: "drop/links.csv".to_owned(),
        received_at: now(0),
        bytes: 3,
        sha256: "ab".repeat(32),
        maturity: None,
    }
}

#[test]
fn opening_and_asking_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::new(folder.path(), "var");
    let mut ledger = Ledger::open(&place).unwrap();
    assert!(ledger.deliveries().is_empty());
    assert!(ledger.runs().unwrap().is_empty());
    assert_eq!(ledger.start_run(now(0)).unwrap().run_id(), "000001");
    ledger.save_seen().unwrap();
    assert!(!place.var().exists());
}

#[test]
fn deliveries_come_back_in_the_order_landed_and_once() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::new(folder.path(), "var");
    let mut ledger = Ledger::open(&place).unwrap();
    for id in ["b", "a", "b"] {
        ledger.record_delivery(&delivery(id)).unwrap();
    }
    let again = Ledger::open(&place).unwrap();
    assert_eq!(again.deliveries(), [delivery("b"), delivery("a")]);
    assert_eq!(again.delivery(&DeliveryId("a".to_owned())), Some(&delivery("a")));
    assert_eq!(again.delivery(&DeliveryId("c".to_owned())), None);
}

#[test]
fn a_run_goes_through_its_states_and_ends_once() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::new(folder.path(), "var");
    let ledger = Ledger::open(&place).unwrap();
    let mut run = ledger.start_run(now(0)).unwrap();
    run.transition(RunState::Created, now(1), json!({ "version": "0.1.0" })).unwrap();
    run.transition(RunState::Locked, now(2), json!({ "share": 0.1, "text": "x\",\"hash\":\"y" })).unwrap();
    assert_eq!(ledger.unfinished_runs().unwrap().len(), 1);
    run.transition(RunState::Published, now(3), json!({ "generation": 1 })).unwrap();

    let runs = ledger.runs().unwrap();
    assert_eq!(runs.len(), 1);
    assert_eq!(
        (runs[0].state, runs[0].transitions, runs[0].is_intact, runs[0].started_at, runs[0].last_at),
        (Some(RunState::Published), 3, true, Some(now(1)), Some(now(3)))
    );
    assert_eq!(runs[0].payload, json!({ "generation": 1 }));
    assert!(ledger.unfinished_runs().unwrap().is_empty());
    let error = run.transition(RunState::Failed, now(4), json!({})).unwrap_err();
    assert_eq!(error.code(), "ledger::run_ended");
    assert_eq!(ledger.start_run(now(5)).unwrap().run_id(), "000002");
}

#[test]
fn a_killed_run_is_found_and_abandoned_and_its_chain_still_holds() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::new(folder.path(), "var");
    let ledger = Ledger::open(&place).unwrap();
    ledger.start_run(now(0)).unwrap().transition(RunState::Created, now(1), json!({})).unwrap();
    let path = place.ledger().join("runs").join("000001.jsonl");
    let mut bytes = fs::read(&path).unwrap();
    bytes.extend_from_slice(b"{\"seq\":2,\"at\":\"20");
    fs::write(&path, bytes).unwrap();

    let unfinished = ledger.unfinished_runs().unwrap();
    assert_eq!((unfinished.len(), unfinished[0].state), (1, Some(RunState::Created)));
    ledger.abandon("000001", now(2)).unwrap();
    ledger.abandon("000001", now(3)).unwrap();
    let run = &ledger.runs().unwrap()[0];
    assert_eq!((run.state, run.transitions, run.is_intact), (Some(RunState::Abandoned), 2, true));
    assert_eq!(ledger.abandon("000009", now(3)).unwrap_err().code(), "ledger::no_such_run");
}

#[test]
fn a_run_killed_after_its_publish_ends_as_published() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::new(folder.path(), "var");
    let ledger = Ledger::open(&place).unwrap();
    ledger.start_run(now(0)).unwrap().transition(RunState::Checked, now(1), json!({})).unwrap();
    ledger.roll_forward("000001", now(2), json!({ "generation": 4 })).unwrap();
    ledger.abandon("000001", now(3)).unwrap();
    let run = &ledger.runs().unwrap()[0];
    assert_eq!((run.state, run.transitions, run.is_intact), (Some(RunState::Published), 2, true));
    assert_eq!(run.payload, json!({ "generation": 4, "after": "checked" }));
}

#[test]
fn a_changed_line_breaks_the_chain_and_stops_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::new(folder.path(), "var");
    let ledger = Ledger::open(&place).unwrap();
    let mut run = ledger.start_run(now(0)).unwrap();
    run.transition(RunState::Created, now(1), json!({ "rows": 10 })).unwrap();
    run.transition(RunState::Landed, now(2), json!({ "rows": 20 })).unwrap();
    let path = place.ledger().join("runs").join("000001.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    let (_first, rest) = text.split_once('\n').unwrap();
    for changed in [text.replace("\"rows\":10", "\"rows\":11").as_str(), rest] {
        fs::write(&path, changed).unwrap();
        let run = &ledger.runs().unwrap()[0];
        assert_eq!((run.is_intact, run.state), (false, Some(RunState::Landed)));
    }
    fs::write(&path, "not json\n").unwrap();
    assert_eq!(ledger.unfinished_runs().unwrap().len(), 1);
    ledger.abandon("000001", now(3)).unwrap();
    assert!(ledger.unfinished_runs().unwrap().is_empty());
}

#[test]
fn run_ids_count_on_from_the_highest_beyond_six_digits() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::new(folder.path(), "var");
    let runs = place.ledger().join("runs");
    fs::create_dir_all(&runs).unwrap();
    for name in ["999999.jsonl", "000007.jsonl", "notes.txt", "1000000.jsonl"] {
        fs::write(runs.join(name), "").unwrap();
    }
    let ledger = Ledger::open(&place).unwrap();
    assert_eq!(ledger.start_run(now(0)).unwrap().run_id(), "1000001");
}

#[test]
fn what_was_seen_is_written_only_when_it_changed_and_a_damaged_cache_is_empty() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::new(folder.path(), "var");
    let seen = |version: &str| SeenFile {
        version: Version(version.to_owned()),
        look: Look { collection: "gias".to_owned(), deliveries: vec![DeliveryId("a".to_owned())], refused: vec![] },
    };

    let mut ledger = Ledger::open(&place).unwrap();
    ledger.seen_mut().set("/d/a.csv", "k", seen("1"));
    ledger.save_seen().unwrap();
    let path = place.ledger().join("seen.json");
    let written = fs::read(&path).unwrap();

    let mut again = Ledger::open(&place).unwrap();
    assert_eq!(again.seen().file("/d/a.csv", "k"), Some(&seen("1")));
    assert_eq!(again.seen().file("/d/a.csv", "other"), None);
    assert_eq!(again.seen().below("/d", "k").count(), 1);
    assert_eq!(again.seen().below("/dd", "k").count(), 0);
    fs::remove_file(&path).unwrap();
    again.seen_mut().set("/d/a.csv", "k", seen("1"));
    again.save_seen().unwrap();
    assert!(!path.exists(), "the same again is not a change");
    again.seen_mut().set("/d/a.csv", "k", seen("2"));
    again.save_seen().unwrap();
    assert!(path.exists(), "another state is one");

    fs::write(&path, &written[..written.len() / 2]).unwrap();
    assert_eq!(Ledger::open(&place).unwrap().seen().file("/d/a.csv", "k"), None);
}

/// The umask belongs to the process, so this makes what it checks in a child: `sh` sets it and starts this test again.
#[test]
fn nothing_is_open_to_others_whatever_the_umask() {
    const FOLDER: &str = "SENDMART_TEST_UMASK_FOLDER";
    if let Some(folder) = std::env::var_os(FOLDER) {
        let place = Place::new(Path::new(&folder), "var");
        let mut ledger = Ledger::open(&place).unwrap();
        ledger.record_delivery(&delivery("a")).unwrap();
        ledger.start_run(now(0)).unwrap().transition(RunState::Created, now(1), json!({})).unwrap();
        let seen = SeenFile { version: Version(String::new()), look: Look::default() };
        ledger.seen_mut().set("https://example.org", "k", seen);
        ledger.save_seen().unwrap();
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let status = std::process::Command::new("sh")
        .arg("-c")
        .arg("umask 0; exec \"$0\" --exact ledger::tests::nothing_is_open_to_others_whatever_the_umask")
        .arg(std::env::current_exe().unwrap())
        .env(FOLDER, folder.path())
        .output()
        .unwrap();
    assert!(status.status.success(), "{status:?}");
    let mut modes = BTreeSet::new();
    let mut folders = vec![folder.path().join("var")];
    while let Some(next) = folders.pop() {
        modes.insert((next.is_dir(), fs::metadata(&next).unwrap().permissions().mode() & 0o777));
        if next.is_dir() {
            folders.extend(fs::read_dir(&next).unwrap().map(|entry| entry.unwrap().path()));
        }
    }
    assert_eq!(modes, BTreeSet::from([(false, 0o600), (true, 0o700), (true, 0o750)]));
}
