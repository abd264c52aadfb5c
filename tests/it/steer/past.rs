use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::{PAGE, Two};

/// Two files with declared days: one of March, one of June.
fn begun() -> Two {
    let two = Two::new();
    for (name, day) in [("march", "2025-03-10"), ("june", "2025-06-20")] {
        fs::create_dir(two.root.join("inbox").join(name)).unwrap();
        two.file(&format!("inbox/{name}/{name}.csv"), name, if name == "march" { 10 } else { 6 }, 0);
        let config = fs::read_to_string(two.root.join("config/local.toml")).unwrap_or_default();
        two.write(
            "config/local.toml",
            &format!(
                "{config}[[source]]\ncollection = \"visits\"\nfolder.path = \"inbox/{name}\"\nreceived = \"{day}\"\n"
            ),
        );
    }
    two
}

#[test]
fn what_was_known_then_is_written_aside_and_never_published() {
    let two = begun();
    let (code, _, err) = two.sendmart(&["run", "--known-at", "2025-04-01"]);
    assert_eq!(code, 2);
    insta::assert_snapshot!("the_past_is_not_published", two.told(&err));
    assert!(!two.root.join("var/warehouse/sendmart.duckdb").exists());
    two.run(0);
    assert_eq!((two.generation(), two.rows().0), (1, 16));

    let out = two.root.join("then");
    let shown = out.display().to_string();
    let (code, told, err) = two.sendmart(&["run", "--known-at", "2025-04-01", "--out", &shown]);
    assert_eq!(code, 0, "{err}");
    assert!(told.contains("KPIs as of 2025-03-10); generation 1 stays live"), "{told}");
    assert_eq!((two.generation(), two.rows().0), (1, 16));
    let names: Vec<String> = {
        let mut names: Vec<String> = fs::read_dir(&out)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names, ["about.txt", "manifest.json", "sendmart.duckdb"]);
    let file = out.join("sendmart.duckdb");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o440);
    let verified = sendmart::warehouse::verify(&file).unwrap();
    assert_eq!((verified.generation, verified.as_of.as_str()), (0, "2025-03-10"));
    let manifest: serde_json::Value = serde_json::from_slice(&fs::read(out.join("manifest.json")).unwrap()).unwrap();
    assert_eq!(manifest["sha256"], sendmart::lake::sha256_file(&file).unwrap());
    let words = fs::read_to_string(out.join("about.txt")).unwrap();
    assert!(words.contains("Deliveries:      1, with 10 rows accepted"), "{words}");
    assert!(words.contains("never live"), "{words}");
    assert!(!two.root.join("var/warehouse/staging").join("000002").exists(), "nothing is left behind");

    let (code, _, err) = two.sendmart(&["run", "--known-at", "2025-04-01", "--out", &shown]);
    assert!(code == 2 && err.contains("is not empty"), "{err}");
    let within = two.root.join("var/warehouse/then").display().to_string();
    let (code, _, err) = two.sendmart(&["run", "--known-at", "2025-04-01", "--out", &within]);
    assert!(code == 2 && err.contains("lies where the place keeps what it makes"), "{err}");
    assert!(two.sendmart(&["run"]).1.starts_with("Nothing new"), "the live generation is as it was");
}

#[test]
fn a_day_before_that_of_the_live_generation_is_written_aside_too() {
    let two = begun();
    two.run(0);
    let (code, _, err) = two.sendmart(&["run", "--as-of", "2025-01-31"]);
    assert_eq!(code, 2);
    insta::assert_snapshot!("an_earlier_day_is_not_published", two.told(&err));
    let out = two.root.join("january").display().to_string();
    let (code, told, err) = two.sendmart(&["--as-of", "2025-01-31", "run", "--out", &out]);
    assert!(code == 0 && told.contains("KPIs as of 2025-01-31"), "{told}{err}");
    // A later day is the present of whoever asks for it.
    let (code, _, err) = two.sendmart(&["run", "--as-of", "2026-01-31"]);
    assert_eq!(code, 0, "{err}");
    assert_eq!(two.status()["live"]["as_of"], "2026-01-31");
    two.run(0);
    assert_eq!(two.status()["live"]["as_of"], "2025-06-20", "a run without a day is of the newest delivery");
}

#[test]
fn the_past_is_written_while_the_place_is_pinned_and_decides_nothing() {
    let two = begun();
    two.run(0);
    assert_eq!(two.sendmart(&["rollback", "1"]).0, 0);
    two.write("inbox/june/bad.csv", PAGE);
    let decisions = fs::read(two.root.join("var/ledger/decisions.jsonl")).unwrap();
    let out = two.root.join("then").display().to_string();
    let (code, _, err) = two.sendmart(&["run", "--known-at", "2025-04-01", "--out", &out]);
    assert_eq!(code, 0, "the bad file was not known then: {err}");
    assert_eq!(fs::read(two.root.join("var/ledger/decisions.jsonl")).unwrap(), decisions);
    two.run(77);
}

#[test]
fn other_verbs_refuse_the_dates_of_a_run() {
    let two = begun();
    two.run(0);
    for verb in [&["status"][..], &["plan"], &["check"], &["faults"], &["replay", "--dry-run"], &["query", "SELECT 1"]]
    {
        for flag in ["--as-of", "--known-at"] {
            let (code, out, err) = two.sendmart(&[verb, &[flag, "2025-01-31"]].concat());
            assert!(
                code == 2
                    && out.is_empty()
                    && err.contains(&format!("`{flag}` means something to `run`, `kpi show` and `kpi compute` alone")),
                "{verb:?}: {err}"
            );
        }
    }
}
