use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use calamine::{Reader, Xlsx, open_workbook};
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

/// Unique pupil numbers in the registers of Area Inclusion Discussions.
fn discussed(inbox: &Path) -> Vec<String> {
    let mut numbers = Vec::new();
    for path in files(&inbox.join("inclusion_discussions"), "", ".xlsx") {
        let mut workbook: Xlsx<_> = open_workbook(path).unwrap();
        for (_, sheet) in workbook.worksheets() {
            let cells = sheet.cells().map(|(_, _, cell)| cell.to_string());
            numbers.extend(cells.filter(|text| text.len() == 13 && text[1..12].bytes().all(|b| b.is_ascii_digit())));
        }
    }
    numbers.sort();
    numbers
}

/// What the files of the censuses say of each pupil, under whatever numbers: sex, month of birth, whether in a spring census.
fn pupils_of(census: &Path) -> Vec<(String, String, bool)> {
    let mut root: BTreeMap<String, String> = BTreeMap::new();
    let mut told: BTreeMap<String, (String, String, bool)> = BTreeMap::new();
    let find = |root: &BTreeMap<String, String>, upn: &str| {
        let mut at = upn;
        while let Some(next) = root.get(at) {
            at = next;
        }
        at.to_owned()
    };
    let mut paths = files(census, "", "_pupilonroll.csv");
    paths.extend(files(census, "", "_pupilnolongeronroll.csv"));
    for path in paths {
        let is_spring = path.to_string_lossy().contains("_spring_pupil");
        for row in csv::Reader::from_path(&path).unwrap().deserialize::<Row>() {
            let row = row.unwrap();
            let sex = row.get("sex").or_else(|| row.get("gender")).unwrap();
            let month = jiff::fmt::strtime::parse("%Y-%b-%d %H:%M:%S", &row["dob"]).unwrap().to_date().unwrap();
            let pupil = told.entry(row["upn"].clone()).or_default();
            *pupil = (sex.clone(), month.first_of_month().to_string(), pupil.2 || is_spring);
            let (now, then) = (find(&root, &row["upn"]), find(&root, &row["formerupn"]));
            if !then.is_empty() && now != then {
                root.insert(then, now);
            }
        }
    }
    let mut pupils: BTreeMap<String, (String, String, bool)> = BTreeMap::new();
    for (upn, (sex, month, in_spring)) in told {
        let pupil = pupils.entry(find(&root, &upn)).or_default();
        *pupil = (sex, month, pupil.2 || in_spring);
    }
    let mut pupils: Vec<_> = pupils.into_values().collect();
    pupils.sort();
    pupils
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
    let ask = |sql: &str| -> Vec<Value> {
        let (code, out, err) = sendmart(checkout(), &["--config", &config, "--json", "query", sql]);
        assert_eq!(code, 0, "{err}");
        out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let findings = || -> BTreeMap<String, BTreeSet<u64>> {
        let (code, out, err) = sendmart(checkout(), &["--config", &config, "run"]);
        assert_eq!(code, 0, "{out}{err}");
        let sql = "SELECT rule_id, _row FROM mart.query_plan UNION ALL SELECT rule_id, _row FROM mart.query_suspension \
                   UNION ALL SELECT rule_id || ' ' || urn, NULL FROM mart.query_school \
                   UNION ALL SELECT register, _row FROM mart.query_register";
        let mut found: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
        for row in ask(sql) {
            let rows = found.entry(row["rule_id"].as_str().unwrap().to_owned()).or_default();
            rows.extend(row["_row"].as_u64());
        }
        found
    };
    // How much a small school's headcount moves from year to year is life, not a mistake.
    let moved = |found: &BTreeMap<String, BTreeSet<u64>>| -> BTreeSet<String> {
        found.keys().filter(|rule| rule.starts_with("X-021-2 ")).cloned().collect()
    };
    let before = findings();
    assert_eq!(moved(&before).len(), before.len(), "a county in which all is well: {before:?}");

    let inbox = county.join("inbox");
    let (census, sen2) = (inbox.join("school_census"), inbox.join("sen2"));
    let pupils = ask("SELECT sex, CAST(birth_month AS VARCHAR) AS month, ethnicity IS NOT NULL AS in_spring \
                      FROM mart.dim_pupil ORDER BY sex, month, in_spring");
    let pupils: Vec<(String, String, bool)> = pupils
        .iter()
        .map(|row| (row["sex"].as_str().unwrap(), row["month"].as_str().unwrap(), row["in_spring"] == true))
        .map(|(sex, month, in_spring)| (sex.to_owned(), month.to_owned(), in_spring))
        .collect();
    assert_eq!(pupils, pupils_of(&census), "each pupil once; only the spring census tells ethnicity");

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
    // Two days that a program filled in, one a term, each in both tellings.
    let filled: [(&[&str], _, &[&str]); 2] = [
        (&["_2026_spring", "_2026_summer"], "2025-Nov-05", &["2025-Sep", "2025-Oct", "2025-Nov", "2025-Dec"]),
        (&["_2026_summer", "_2026_autumn"], "2026-Feb-04", &["2026-Jan", "2026-Feb", "2026-Mar"]),
    ];
    for (terms, day, months) in filled {
        for (term, month) in terms.iter().flat_map(|term| months.iter().map(move |month| (term, month))) {
            let paths = files(&census, term, "_termlyexclusionsonroll.csv");
            set(&paths, false, ("startdate", month), ("startdate", &format!("{day} 00:00:00")));
        }
    }
    let refused = set(&files(&sen2, "_2023", "_requests.csv"), true, ("requestoutcome", "Y"), ("requestoutcome", "N"));
    let placed = set(&files(&sen2, "_2023", "_placementdetail.csv"), false, ("urn", ""), ("urn", "990001"));
    let ended = set(&files(&sen2, "_2023", "_namedplan.csv"), true, ("ceasereason", ""), ("ceasereason", "1"));

    // A pupil whom registers of meetings have and no census; a headcount and a closure that GIAS has otherwise.
    let discussed = discussed(&inbox);
    let lost = discussed.first().unwrap();
    for name in ["_pupilonroll.csv", "_pupilnolongeronroll.csv"] {
        set(&files(&census, "", name), false, ("upn", lost), ("upn", ""));
    }
    let largest = ("URN", "990012");
    let newest = files(&inbox.join("gias"), "2026-08-31_extract", "edubasealldata_2026-08-31.csv");
    set(&newest, true, largest, ("NumberOfPupils", "999"));
    set(&newest, true, largest, ("CloseDate", "31-12-2025"));

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
    assert!(found.contains_key("X-021 990012") && found.contains_key("X-022 990012"), "{found:?}");
    let once = discussed.iter().filter(|number| *number == lost).count();
    assert!((1..=once).contains(&found["inclusion_discussions"].len()), "{found:?}");
}
