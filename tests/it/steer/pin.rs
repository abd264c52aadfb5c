use std::fs;

use sendmart::lake::Place;
use sendmart::ledger::{Decision, Ledger};
use sendmart::warehouse::{Asked, RunLock};

use super::{PAGE, Two};

/// Two generations: ten visits, then sixteen.
fn begun() -> Two {
    let two = Two::new();
    two.file("inbox/visits/spring.csv", "v", 10, 0);
    two.file("inbox/clinics/clinic_north.csv", "c", 8, 0);
    two.run(0);
    two.file("inbox/visits/summer.csv", "s", 6, 0);
    two.run(0);
    assert_eq!((two.generation(), two.rows()), (2, (16, 8)));
    two
}

#[test]
fn a_rollback_holds_until_somebody_resumes() {
    let two = begun();
    let (code, out, err) = two.sendmart(&["rollback", "1", "--why", "the summer file is doubted"]);
    assert_eq!(code, 0, "{err}");
    insta::assert_snapshot!("a_rollback_says_how_long_it_holds", two.told(&out));
    two.file("inbox/clinics/clinic_south.csv", "d", 5, 0);
    let told = two.run(77);
    let by = two.status()["pinned"]["by"].as_str().unwrap().to_owned();
    insta::assert_snapshot!("a_run_of_a_pinned_place", told.replace(&format!("by {by}:"), "by USER:"));
    assert_eq!((two.generation(), two.rows()), (1, (10, 8)), "landed and read, not published");
    assert_eq!(two.status()["deliveries"], 4);
    let (_, status, _) = two.sendmart(&["status"]);
    assert!(status.contains("The place is pinned to generation 1 since "), "{status}");
    assert!(status.contains(": the summer file is doubted"), "{status}");
    let runs = Ledger::open(&Place::new(&two.root, "var")).unwrap().runs().unwrap();
    assert_eq!(runs.last().unwrap().state.unwrap().as_str(), "pinned");
    two.run(77);
    assert_eq!(
        Ledger::open(&Place::new(&two.root, "var")).unwrap().runs().unwrap().len(),
        runs.len(),
        "no news, no run"
    );

    let (code, out, _) = two.sendmart(&["resume"]);
    assert!(code == 0 && out.contains("no longer pinned to generation 1"), "{out}");
    assert_eq!(two.generation(), 1, "until the next run");
    two.run(0);
    assert_eq!((two.generation(), two.rows()), (3, (16, 13)));
    assert!(two.sendmart(&["resume"]).1.contains("is not pinned"));
}

#[test]
fn replay_of_a_pinned_place_publishes_nothing() {
    let two = begun();
    assert_eq!(two.sendmart(&["rollback", "1"]).0, 0);
    two.gate("visits", "max_quarantined_share = 0.2");
    let (code, _, err) = two.sendmart(&["replay"]);
    assert!(code == 77 && err.contains("no reason was given"), "{err}");
    assert_eq!(two.generation(), 1);
}

#[test]
fn after_a_rollback_a_held_collection_keeps_what_is_live() {
    let two = begun();
    assert_eq!(two.sendmart(&["rollback", "1", "--why", "x"]).0, 0);
    two.write("inbox/visits/bad.csv", PAGE);
    let told = two.run(77);
    assert!(told.contains("`visits` is held"), "{told}");
    assert_eq!(two.sendmart(&["resume"]).0, 0);
    two.run(65);
    assert_eq!(two.rows(), (10, 8), "the summer file waits");
    two.remove("inbox/visits/bad.csv");
    two.run(0);
    assert_eq!(two.rows(), (16, 8));
}

/// The decision is written before the deed: whoever is killed between has rolled back, and the next run does it.
#[test]
fn a_rollback_that_was_cut_short_is_ended_by_the_next_run() {
    let two = begun();
    let place = Place::new(&two.root, "var");
    Ledger::open(&place)
        .unwrap()
        .decide(Decision::Pinned { generation: 1, at: jiff::Timestamp::UNIX_EPOCH, by: "x".to_owned(), why: None })
        .unwrap();
    assert_eq!(two.generation(), 2);
    let (_, status, _) = two.sendmart(&["status"]);
    assert!(status.contains("the rollback was cut short, and the next run ends it"), "{status}");
    two.run(77);
    assert_eq!((two.generation(), two.rows()), (1, (10, 8)));
    // A generation that is there no more cannot be served, and says so.
    fs::remove_dir_all(place.generation(2)).unwrap();
    Ledger::open(&place)
        .unwrap()
        .decide(Decision::Pinned { generation: 2, at: jiff::Timestamp::UNIX_EPOCH, by: "x".to_owned(), why: None })
        .unwrap();
    two.run(77);
    let (_, status, _) = two.sendmart(&["status"]);
    assert!(status.contains("that generation is kept no more"), "{status}");
    let (code, _, err) = two.sendmart(&["rollback", "9"]);
    assert!(code == 1 && err.contains("there is no generation 9"), "{err}");
}

#[test]
fn nobody_decides_while_a_run_is_under_way() {
    let two = begun();
    let Asked::Held(lock) = RunLock::ask(&Place::new(&two.root, "var"), "a run under way").unwrap() else {
        panic!("the lock is held")
    };
    for arguments in [&["rollback", "1"][..], &["resume"], &["withdraw", "spring.csv", "--why", "x"]] {
        let (code, _, err) = two.sendmart(arguments);
        assert!(code == 75 && err.contains("a run under way"), "{arguments:?}: {err}");
    }
    drop(lock);
    assert!(two.status()["pinned"].is_null());
}
