use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::Value;

const CONTRACT: &str = r#"
title = "Visits"
grain = "one visit"
key = ["id"]
class = "none"
[columns]
id = { type = "text", required = true, about = "The id." }
kind = { type = "code", codes = "kind", about = "What sort of visit." }
days = { type = "integer", about = "Days." }
[[rules]]
id = "VIS-001"
severity = "query"
columns = ["days"]
check = "days < 100"
message = "More than a hundred days"
hint = "Look"
"#;

/// A place with one table of coded visits, and two files of it.
struct Visits {
    root: PathBuf,
    _keep: tempfile::TempDir,
}

impl Visits {
    fn new() -> Self {
        let keep = tempfile::tempdir().unwrap();
        let root = keep.path().to_path_buf();
        for name in ["pipelines/visits/tables", "pipelines/visits/layouts", "inbox", "config/codes", "sql/kpis"] {
            fs::create_dir_all(root.join(name)).unwrap();
        }
        for name in ["sql/marts", "sql/checks"] {
            fs::create_dir_all(root.join(name)).unwrap();
        }
        let visits = Self { root, _keep: keep };
        visits.write(
            "pipelines/visits/pipeline.toml",
            "title = \"Visits\"\nowner = \"x\"\npurpose = \"x\"\nlawful_basis = \"x\"\nretention = \"1 year\"\n\
             [gate]\nmax_quarantined_share = 0.6\n[[source]]\nfolder.path = \"inbox\"\n",
        );
        visits.write("pipelines/visits/tables/visit.toml", CONTRACT);
        visits.write(
            "pipelines/visits/layouts/visit.toml",
            "title = \"A log\"\ntable = \"visit\"\nwhy = \"a test\"\n[format]\ncsv = {}\n",
        );
        visits.codes(&["HOME", "SCHOOL"]);
        visits.write("inbox/spring.csv", "id,kind,days\na,HOME,1\nb,CLINIC,2\nc,SCHOOL,50\n");
        visits.write("inbox/summer.csv", "id,kind,days\nd,HOME,200\ne,HOME,60\nf,CLINIC,3\n");
        let (code, out, err) = visits.sendmart(&["run"]);
        assert_eq!(code, 0, "{out}{err}");
        visits
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.root.join(path), text).unwrap();
    }

    fn codes(&self, codes: &[&str]) {
        let lines: String = codes.iter().map(|code| format!("{code},{code},,\n")).collect();
        self.write("config/codes/kind.csv", &format!("code,label,valid_from,valid_to\n{lines}"));
    }

    fn rule(&self, check: &str, severity: &str) {
        let text = CONTRACT.replace("days < 100", check).replace("\"query\"", &format!("\"{severity}\""));
        self.write("pipelines/visits/tables/visit.toml", &text);
    }

    fn sendmart(&self, arguments: &[&str]) -> (i32, String, String) {
        crate::sendmart(&self.root, arguments)
    }

    fn replay(&self, arguments: &[&str], code: i32) -> Value {
        let (found, out, err) = self.sendmart(&[&["--json", "replay"], arguments].concat());
        assert_eq!(found, code, "{out}{err}");
        serde_json::from_str(&out).unwrap()
    }

    /// Every file of the place but the lock, which says who held it last: bytes, mode and time of change.
    fn everything(&self) -> BTreeMap<PathBuf, (Vec<u8>, u32, std::time::SystemTime)> {
        let mut found = BTreeMap::new();
        let mut folders = vec![self.root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let about = fs::metadata(&path).unwrap();
                if about.is_dir() {
                    found.insert(path.clone(), (Vec::new(), about.permissions().mode(), std::time::UNIX_EPOCH));
                    folders.push(path);
                } else if !path.ends_with(Path::new("lock/run.lock")) {
                    let bytes = fs::read(&path).unwrap();
                    found.insert(path, (bytes, about.permissions().mode(), about.modified().unwrap()));
                }
            }
        }
        found
    }

    fn live_rows(&self) -> u64 {
        let (_, out, err) =
            self.sendmart(&["--json", "query", "SELECT CAST(sum(rows) AS BIGINT) AS rows FROM meta.loaded"]);
        serde_json::from_str::<Value>(&out).unwrap_or_else(|_| panic!("{out}{err}"))["rows"].as_u64().unwrap()
    }
}

/// Rule, severity, closed, opened and example, file by file.
fn changes(replay: &Value) -> Vec<String> {
    let word = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut lines = Vec::new();
    for file in replay["files"].as_array().unwrap() {
        for rule in file["rules"].as_array().unwrap() {
            let parts = ["rule_id", "severity", "closed", "opened", "example"].map(|name| word(&rule[name]));
            lines.push(format!("{} {}", word(&file["file_name"]), parts.join(" ")));
        }
    }
    lines.sort();
    lines
}

#[test]
fn a_code_that_is_added_closes_faults_and_brings_rows_back() {
    let visits = Visits::new();
    assert_eq!(visits.live_rows(), 4);
    visits.codes(&["HOME", "SCHOOL", "CLINIC"]);
    let before = visits.everything();
    let tried = visits.replay(&["--dry-run"], 0);
    assert_eq!(visits.everything(), before);
    let wanted = ["spring.csv cell::unknown_code error 1 0 B3", "summer.csv cell::unknown_code error 1 0 B4"];
    assert_eq!(changes(&tried), wanted);
    assert_eq!((tried["accepted_before"].as_u64(), tried["accepted_now"].as_u64()), (Some(4), Some(6)));
    assert_eq!(tried["generation"], Value::Null);
    let (code, said, err) = visits.sendmart(&["replay", "--dry-run"]);
    assert_eq!(code, 0, "{err}");
    assert!(said.contains("2 deliveries would be read again, 0 stand as read; 2 faults closed and 0 opened; 4 rows accepted before, 6 now"), "{said}");
    assert!(said.contains("| spring.csv |") && said.contains("2 -> 3"), "{said}");

    let done = visits.replay(&[], 0);
    assert_eq!(changes(&done), wanted);
    assert_eq!((done["published"].as_bool(), done["generation"].as_u64()), (Some(true), Some(2)));
    assert_eq!(visits.live_rows(), 6);
    // What is done is done.
    let again = visits.replay(&[], 0);
    assert_eq!((again["read_again"].as_u64(), again["unchanged"].as_u64()), (Some(0), Some(2)));
    assert_eq!(again["published"].as_bool(), Some(false));
}

#[test]
fn a_rule_that_is_tightened_opens_faults_and_what_is_new_in_the_inbox_waits_for_a_run() {
    let visits = Visits::new();
    visits.rule("days < 55", "error");
    visits.write("inbox/autumn.csv", "id,kind,days\ng,HOME,1\n");
    let wanted = [
        "summer.csv VIS-001 error 0 2 C2",
        // The query of before is an error now.
        "summer.csv VIS-001 query 1 0 C2",
    ];
    // Three of three rows of the summer would be kept out: a gate stops that.
    let before = visits.everything();
    let tried = visits.replay(&["--dry-run"], 65);
    assert_eq!(visits.everything(), before);
    assert_eq!(changes(&tried), wanted);
    assert!(tried["stops"][0].as_str().unwrap().contains("gate::quarantined"), "{tried}");
    let done = visits.replay(&[], 65);
    assert_eq!(changes(&done), wanted);
    assert_eq!(visits.live_rows(), 4);
    // Books are those of the new rule, and the last generation serves until the rule is as it was.
    visits.rule("days < 55", "query");
    let done = visits.replay(&[], 0);
    assert_eq!(changes(&done), ["summer.csv VIS-001 error 2 0 C2", "summer.csv VIS-001 query 0 2 C2"]);
    let (_, listed, _) = visits.sendmart(&["query", "SELECT count(*) AS n FROM meta.delivery"]);
    assert!(listed.contains("| 2 |"), "{listed}");
}

#[test]
fn a_layout_that_no_longer_fits_is_told_and_a_collection_that_is_not_there_is_refused() {
    let visits = Visits::new();
    let layout = "title = \"A log\"\ntable = \"visit\"\nwhy = \"a test\"\n[format]\ncsv = {}\n[columns]\ndays = { from = [\"Length\"] }\n";
    visits.write("pipelines/visits/layouts/visit.toml", layout);
    let before = visits.everything();
    let tried = visits.replay(&["--dry-run", "--collection", "visits"], 65);
    assert_eq!(visits.everything(), before);
    assert_eq!(tried["files"][0]["refused_now"].as_str(), Some("read::header_not_found"), "{tried}");
    assert_eq!(tried["accepted_now"].as_u64(), Some(0));
    let (code, _, err) = visits.sendmart(&["replay", "--collection", "visit"]);
    assert_eq!(code, 1);
    assert!(err.contains("there are: visits"), "{err}");
    let lock = fs::File::open(visits.root.join("var/lock/run.lock")).unwrap();
    lock.lock().unwrap();
    let (code, _, err) = visits.sendmart(&["replay", "--dry-run"]);
    assert_eq!(code, 75, "{err}");
}

#[test]
fn a_trial_where_nothing_was_read_leaves_nothing_behind() {
    let visits = Visits::new();
    fs::remove_dir_all(visits.root.join("var")).unwrap();
    let (code, said, err) = visits.sendmart(&["replay", "--dry-run"]);
    assert_eq!(code, 0, "{err}");
    assert!(said.contains("nothing to replay"), "{said}");
    assert!(!visits.root.join("var").exists());
}
