use std::fs;
use std::path::Path;

use crate::small::Small;
use crate::{link_definitions, sendmart};

/// What a real nightly job saved as `.csv`, and a download cut in the middle of its last record: each is told with its place,
/// whether it stops the publish or not, and nothing else is lost.
#[test]
fn bad_downloads_and_a_cut_file_give_the_right_fault_at_the_right_cell() {
    let Some(shared) = crate::shared("data/gias") else { return };
    let shared = shared.canonicalize().unwrap();
    let folder = tempfile::tempdir().unwrap();
    link_definitions(folder.path());
    let config = |files: &str| {
        let path = folder.path().join("bad.toml");
        let text = format!(
            "collections = [\"gias\"]\n[[source]]\ncollection = \"gias\"\nfolder.path = \"{}\"\nfolder.files = [{files}]\n",
            shared.display()
        );
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let faults = |config: &str| {
        let (code, out, err) = sendmart(folder.path(), &["--config", config, "--json", "faults"]);
        assert_eq!(code, 0, "{err}");
        out
    };

    // Marts name the tables of collections that this config leaves out: those are there, and empty.
    let cut = config("\"truncated_2013_england_spine.zip!*.csv\"");
    let (code, out, err) = sendmart(folder.path(), &["--config", &cut, "run"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("13,135 rows read = 13,134 accepted + 1 quarantined + 0 skipped"), "{out}");

    let all = config("\"truncated_2013_england_spine.zip!*.csv\", \"bad_downloads/*.csv\"");
    let (code, _, err) = sendmart(folder.path(), &["--config", &all, "run"]);
    assert_eq!(code, 65, "{err}");
    let told = err.replace(&shared.display().to_string(), "SHARED");
    insta::with_settings!({ filters => [(r"since [-0-9]+ [0-9:]+[0-9]", "since MOMENT")] }, {
        insta::assert_snapshot!("a_refused_file_holds_its_collection", told);
    });
    // Without a declared day a fault is first seen on the day on which its file landed: today.
    insta::with_settings!({ filters => [(r#""first_seen":"\d{4}-\d{2}-\d{2}""#, r#""first_seen":"DAY""#)] }, {
        insta::assert_snapshot!("faults_are_listed_though_nothing_was_published", faults(&all));
    });
    assert!(Path::new(&folder.path().join("var/warehouse/sendmart.duckdb")).is_file(), "the last generation is served");
}

/// A bad file holds its collection until it is corrected under its name, or taken out of the inbox.
#[test]
fn a_corrected_or_withdrawn_file_stops_nothing_any_more() {
    let small = Small::new();
    small.deliver(1);
    // Without a declared day each file is received when it lands, so that a correction is later than what it corrects.
    let config = small.root.join("as_landed.toml");
    fs::write(&config, "[[source]]\ncollection = \"published_ehcp\"\nfolder.path = \"inbox\"\n").unwrap();
    let config = config.display().to_string();
    let run = || sendmart(&small.root, &["--config", &config, "run"]);
    assert_eq!(run().0, 0);
    let bad = small.root.join("inbox/bad.csv");
    fs::write(&bad, "<!doctype html><html><body>Gateway timeout</body></html>").unwrap();
    let (code, _, err) = run();
    assert_eq!(code, 65, "{err}");
    fs::remove_file(&bad).unwrap();
    let (code, _, err) = run();
    assert_eq!(code, 0, "withdrawn: {err}");

    let good = fs::read_to_string(small.root.join("inbox/timeliness_001.csv")).unwrap();
    let lines: Vec<String> = good.lines().map(|line| line.replace(',', ",,,")).collect();
    fs::write(&bad, format!("{}\n{}\n", good.lines().next().unwrap(), lines[1..].join("\n"))).unwrap();
    let (code, _, err) = run();
    assert_eq!(code, 65, "every row is too long: {err}");
    let (rows, _) = good.trim_end().rsplit_once('\n').unwrap();
    fs::write(&bad, format!("{rows}\n")).unwrap();
    let (code, _, err) = run();
    assert_eq!(code, 0, "corrected under its name: {err}");
}
