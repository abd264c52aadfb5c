use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{checkout, sendmart};

type Row = BTreeMap<String, String>;

/// Files of a county's inbox whose folder and name end so.
fn files(inbox: &Path, folder: &str, name: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for delivery in fs::read_dir(inbox).unwrap().map(|entry| entry.unwrap().path()) {
        if delivery.to_string_lossy().ends_with(folder) {
            let inside = fs::read_dir(&delivery).unwrap().map(|entry| entry.unwrap().path());
            found.extend(inside.filter(|file| file.to_string_lossy().ends_with(name)));
        }
    }
    assert!(!found.is_empty(), "no {folder} {name}");
    found
}

/// Edits the rows of CSV files; gives the rows (1-based, the header is the first) that it changed.
fn edit(paths: &[PathBuf], mut change: impl FnMut(&mut Row) -> bool) -> BTreeSet<u64> {
    let mut changed = BTreeSet::new();
    for path in paths {
        let mut reader = csv::Reader::from_path(path).unwrap();
        let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&header).unwrap();
        for (number, record) in reader.records().enumerate() {
            let mut row: Row = header.iter().cloned().zip(record.unwrap().iter().map(str::to_owned)).collect();
            if change(&mut row) {
                changed.insert(number as u64 + 2);
            }
            writer.write_record(header.iter().map(|label| &row[label])).unwrap();
        }
        fs::write(path, writer.into_inner().unwrap()).unwrap();
    }
    changed
}

/// Changes a cell of every row, or of the first, where another has a value.
fn set(paths: &[PathBuf], once: bool, given: (&str, &str), to: (&str, &str)) -> BTreeSet<u64> {
    let mut done = false;
    edit(paths, |row| {
        let is_given = if given.1.is_empty() { !row[given.0].is_empty() } else { row[given.0].starts_with(given.1) };
        let hits = is_given && !(once && done);
        if hits {
            done = true;
            row.insert(to.0.to_owned(), to.1.to_owned());
        }
        hits
    })
}

/// An invented county without a fault, in whose returns each rule is then broken once.
#[test]
fn what_does_not_fit_between_returns_is_found_where_it_stands() {
    let keep = tempfile::tempdir().unwrap();
    let county = keep.path().join("county");
    let out = county.display().to_string();
    let size = ["--schools", "12", "--pupils", "600", "--years", "3", "--seed", "1", "--mess", "0"];
    let (code, said, err) = sendmart(checkout(), &[&["sample", "--out", &out][..], &size].concat());
    assert_eq!(code, 0, "{said}{err}");
    let config = county.join("sample.toml").display().to_string();
    let findings = || -> BTreeMap<String, BTreeSet<u64>> {
        let (code, out, err) = sendmart(checkout(), &["--config", &config, "run"]);
        assert_eq!(code, 0, "{out}{err}");
        let sql = "SELECT rule_id, _row FROM mart.query_plan UNION ALL SELECT rule_id, _row FROM mart.query_suspension \
                   UNION ALL SELECT register, _row FROM mart.query_register";
        let (code, out, err) = sendmart(checkout(), &["--config", &config, "--json", "query", sql]);
        assert_eq!(code, 0, "{err}");
        let mut found: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
        for line in out.lines() {
            let row: Value = serde_json::from_str(line).unwrap();
            let rows = found.entry(row["rule_id"].as_str().unwrap().to_owned()).or_default();
            rows.extend(row["_row"].as_u64());
        }
        found
    };
    assert_eq!(findings(), BTreeMap::new(), "a county in which all is well");

    let (census, sen2) = (county.join("inbox/school_census"), county.join("inbox/sen2"));
    let rolls = files(&census, "_2024_spring", "_pupilonroll.csv");
    set(&rolls, false, ("senprovision", "E"), ("senprovision", "N"));
    let reverse = set(&rolls, true, ("senprovision", "K"), ("senprovision", "E"));
    for name in ["detailsonroll.csv", "detailsoffroll.csv"] {
        set(&files(&census, "_2025_spring", name), false, ("attendancereason", "E"), ("attendancereason", "I"));
    }
    // The second telling of an exclusion of summer: two censuses after it the pupil is on roll.
    let mut is_done = false;
    let excluded = edit(&files(&census, "_2025_spring", "_termlyexclusionsonroll.csv"), |row| {
        let is_of_summer = ["2024-May", "2024-Jun", "2024-Jul"].iter().any(|month| row["startdate"].starts_with(month));
        let hits = !is_done && is_of_summer && row["category"] == "SUSP";
        if hits {
            is_done = true;
            row.insert("category".to_owned(), "PERM".to_owned());
        }
        hits
    });
    for term in ["_2026_spring", "_2026_summer"] {
        for month in ["Sep", "Oct", "Nov", "Dec"] {
            let paths = files(&census, term, "_termlyexclusionsonroll.csv");
            set(&paths, false, ("startdate", &format!("2025-{month}")), ("startdate", "2025-Nov-05 00:00:00"));
        }
    }
    let refused = set(&files(&sen2, "_2023", "_requests.csv"), true, ("requestoutcome", "Y"), ("requestoutcome", "N"));
    let placed = set(&files(&sen2, "_2023", "_placementdetail.csv"), false, ("urn", ""), ("urn", "990001"));
    let ended = set(&files(&sen2, "_2023", "_namedplan.csv"), true, ("ceasereason", ""), ("ceasereason", "1"));

    for changed in [&excluded, &reverse, &refused, &ended] {
        assert_eq!(changed.len(), 1, "a row to break");
    }
    let found = findings();
    assert_eq!(found["X-006"], excluded);
    assert_eq!(found["X-010-2"], reverse);
    assert_eq!(found["X-013"], refused);
    assert_eq!(found["X-016"], ended);
    assert!(!found["X-011"].is_empty() && found["X-011"].is_subset(&placed), "{found:?}");
    assert!(found["X-010"].len() > 5, "{found:?}");
    assert!(found.contains_key("X-005") && found.contains_key("X-007"), "{found:?}");
}
