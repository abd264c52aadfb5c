use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::{checkout, sendmart};

/// Every file below a folder, by its path in it. The config names the folder itself, which is taken out.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let read = |path: std::path::PathBuf| {
        let name = path.strip_prefix(folder).unwrap().display().to_string();
        let bytes = fs::read(&path).unwrap();
        let is_config = name == "sample.toml";
        let config = || String::from_utf8(bytes.clone()).unwrap().replace(&folder.display().to_string(), "COUNTY");
        let bytes = if is_config { config().into_bytes() } else { bytes };
        (name, bytes)
    };
    crate::files_below(folder).into_iter().map(read).collect()
}

fn county(folder: &Path, arguments: &[&str]) -> BTreeMap<String, Vec<u8>> {
    let out = folder.display().to_string();
    let pupils: &[&str] = if arguments.contains(&"--pupils") { &[] } else { &["--pupils", "400"] };
    let whole = [&["sample", "--out", &out, "--schools", "8"], pupils, arguments].concat();
    let (code, said, err) = sendmart(checkout(), &whole);
    assert_eq!(code, 0, "{said}{err}");
    files(folder)
}

fn truth(files: &BTreeMap<String, Vec<u8>>) -> serde_json::Value {
    serde_json::from_slice(&files["truth.json"]).unwrap()
}

#[test]
fn the_same_seed_gives_the_same_bytes_whatever_the_threads() {
    let keep = tempfile::tempdir().unwrap();
    let make = |name: &str, threads: &str, seed: &str| {
        county(&keep.path().join(name), &["--threads", threads, "--seed", seed, "--mess", "0.3"])
    };
    let (one, again, four, other) =
        (make("a", "1", "7"), make("b", "1", "7"), make("c", "4", "7"), make("d", "2", "8"));
    assert_eq!(one.keys().collect::<Vec<_>>(), four.keys().collect::<Vec<_>>());
    for (name, bytes) in &one {
        assert!(bytes == &again[name] && bytes == &four[name], "`{name}` differs");
    }
    assert_ne!(one["truth.json"], other["truth.json"]);
}

#[test]
fn every_planted_fault_stands_at_its_cell() {
    let keep = tempfile::tempdir().unwrap();
    let files = county(&keep.path().join("county"), &["--mess", "0.6", "--pupils", "1500", "--seed", "3"]);
    let truth = truth(&files);
    let faults = truth["faults"].as_array().unwrap();
    let mut hints: BTreeMap<&str, usize> = BTreeMap::new();
    for fault in faults.iter().filter(|fault| !fault["sheet"].is_string()) {
        let text = std::str::from_utf8(&files[fault["file"].as_str().unwrap()]).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let row = usize::try_from(fault["row"].as_u64().unwrap()).unwrap();
        let column = fault["column"].as_str().unwrap();
        let index = lines[0].split(',').position(|label| label == column).unwrap();
        let cell = lines[row - 1].split(',').nth(index).unwrap();
        let hint = fault["rule_hint"].as_str().unwrap();
        match hint {
            "impossible_date" => assert!(cell.contains("-Feb-30 "), "{fault}: {cell}"),
            "unknown_code" => assert_eq!(cell, "??", "{fault}"),
            "withdrawn_code" => assert_eq!(cell, "FIXD", "{fault}"),
            "duplicate_row" => assert_eq!(lines[row - 1], lines[row - 2], "{fault}"),
            _ => assert_eq!(cell.len(), 13, "{fault}: {cell}"),
        }
        *hints.entry(hint).or_default() += 1;
    }
    for hint in ["impossible_date", "unknown_code", "withdrawn_code", "duplicate_row", "upn_check_letter"] {
        assert!(hints.get(hint).copied().unwrap_or_default() > 0, "no `{hint}` among {hints:?}");
    }
    assert!(faults.iter().any(|fault| fault["sheet"].is_string()), "no fault in a workbook");
}

/// The two tellings of a census, read from its CSV alone: nothing of the program is used.
#[test]
fn suspensions_of_the_inbox_merge_to_the_truth() {
    let keep = tempfile::tempdir().unwrap();
    let files = county(&keep.path().join("county"), &["--mess", "0", "--pupils", "2000", "--seed", "5"]);
    let truth = truth(&files);
    let mut told = 0;
    let mut merged: BTreeMap<(String, String, String), (String, bool)> = BTreeMap::new();
    let mut former: BTreeMap<String, String> = BTreeMap::new();
    let table = |folder: &str, name: &str| -> Vec<BTreeMap<String, String>> {
        let Some((_, bytes)) =
            files.iter().find(|(path, _)| path.contains(folder) && path.ends_with(&format!("_{name}.csv")))
        else {
            return Vec::new();
        };
        let text = String::from_utf8(bytes.clone()).unwrap();
        let mut lines = text.lines();
        let header: Vec<String> = lines.next().unwrap().split(',').map(str::to_owned).collect();
        lines.map(|line| header.iter().cloned().zip(line.split(',').map(str::to_owned)).collect()).collect()
    };
    for census in [
        "2023_autumn",
        "2024_spring",
        "2024_summer",
        "2024_autumn",
        "2025_spring",
        "2025_summer",
        "2025_autumn",
        "2026_spring",
        "2026_summer",
        "2026_autumn",
    ] {
        let mut now = Vec::new();
        for (roll, parent) in [("on", "pupilonroll"), ("off", "pupilnolongeronroll")] {
            let id = format!("{parent}tableid");
            let pupils: BTreeMap<String, BTreeMap<String, String>> =
                table(census, parent).into_iter().map(|row| (row[&id].clone(), row)).collect();
            for row in pupils.values().filter(|row| !row["formerupn"].is_empty()) {
                former.insert(row["formerupn"].clone(), row["upn"].clone());
            }
            for row in table(census, &format!("termlyexclusions{roll}roll")) {
                let pupil = &pupils[&row[&id]];
                now.push((
                    (pupil["upn"].clone(), row["startdate"].clone(), row["category"].clone()),
                    row["sessions"].clone(),
                ));
            }
        }
        told += now.len();
        for (key, sessions) in now {
            let seen = merged.contains_key(&key);
            merged.insert(key, (sessions, seen));
        }
    }
    let counts = &truth["counts"];
    assert_eq!(told as u64, counts["suspensions_told"].as_u64().unwrap());
    // A pupil whose number changed between two tellings is one pupil.
    let latest: std::collections::BTreeSet<_> = merged
        .keys()
        .map(|(upn, start, category)| (former.get(upn).unwrap_or(upn).clone(), start.clone(), category.clone()))
        .collect();
    let all = counts["suspensions"].as_u64().unwrap() + counts["suspensions_withdrawn"].as_u64().unwrap();
    assert_eq!(latest.len() as u64, all);
    assert!(told as f64 / counts["suspensions"].as_u64().unwrap() as f64 > 1.8);
}

#[test]
fn a_folder_with_something_in_it_is_not_written_into() {
    let keep = tempfile::tempdir().unwrap();
    fs::write(keep.path().join("mine.txt"), "mine").unwrap();
    let out = keep.path().display().to_string();
    let (code, _, err) = sendmart(checkout(), &["sample", "--out", &out]);
    assert_eq!(code, 2);
    assert!(err.contains("is not empty") && err.contains("hint: name a new folder"), "{err}");
    assert_eq!(fs::read_dir(keep.path()).unwrap().count(), 1);
}

#[test]
fn what_cannot_be_invented_is_said_with_what_can() {
    let keep = tempfile::tempdir().unwrap();
    let out = keep.path().join("county").display().to_string();
    for (arguments, said) in [
        (["--schools", "1"], "2 to 900 schools"),
        (["--years", "0"], "1 to 20 years"),
        (["--mess", "1.5"], "0 to 1 mess"),
        (["--until", "2025"], "write it as 2025/26"),
    ] {
        let (code, _, err) = sendmart(checkout(), &[&["sample", "--out", &out][..], &arguments].concat());
        assert_eq!(code, 2, "{err}");
        assert!(err.contains(said), "{err}");
    }
    let (code, help, _) = sendmart(checkout(), &["help", "sample"]);
    assert_eq!(code, 0);
    assert!(help.contains("Nobody in it is real") && help.contains("--until 2026/27"), "{help}");
}
