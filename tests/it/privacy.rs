use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use sendmart::model::{LaCode, PseudonymKey, Upn};

const CONTRACT: &str = r#"
title = "Pupils"
grain = "one pupil"
key = ["upn"]
class = "none"
[columns]
upn = { type = "upn", class = "identifier", required = true, about = "Unique pupil number." }
former_upn = { type = "upn", class = "identifier", invalid = "query", about = "Former unique pupil number." }
native_id = { type = "text", class = "identifier", about = "Number of the record." }
surname = { type = "text", class = "personal", about = "Surname." }
born = { type = "date", class = "personal", about = "Day of birth." }
postcode = { type = "postcode", class = "personal", invalid = "query", about = "Postcode of the home." }
need = { type = "text", class = "special_category", about = "Need." }
sessions = { type = "integer", about = "Sessions missed (half days)." }
started = { type = "date", about = "Day." }
[[rules]]
id = "PUP-001"
severity = "query"
columns = ["sessions", "need", "native_id"]
check = "sessions < 100"
message = "More sessions than a year has"
hint = "Look"
"#;

const MART: &str = "/*\ntitle = \"Pupils\"\ngrain = \"one pupil\"\nkey = [\"pupil\"]\n[columns]\npupil = \"Pseudonym.\"\n\
    former = \"Pseudonym.\"\nborn_month = \"Month.\"\ndistrict = \"District.\"\nsessions = \"Sessions (half days).\"\n*/\n\
    SELECT upn AS pupil, former_upn AS former, born AS born_month, postcode AS district, sessions\n\
    FROM conformed.pupils_pupil WHERE NOT _superseded ORDER BY upn NULLS LAST\n";

/// A place with one collection of people, and a key beside it.
struct People {
    keep: tempfile::TempDir,
    root: PathBuf,
}

impl People {
    fn new() -> Self {
        let keep = tempfile::tempdir().unwrap();
        let root = keep.path().join("place");
        let write = |path: &str, text: &str| {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write(
            "pipelines/pupils/pipeline.toml",
            "title = \"Pupils\"\nowner = \"Nobody\"\npurpose = \"A test\"\nlawful_basis = \"invented\"\nretention = \"A year\"\n\
             gate = { max_quarantined_share = 1.0 }\n[[source]]\nfolder.path = \"inbox\"\n",
        );
        write("pipelines/pupils/tables/pupil.toml", CONTRACT);
        write("pipelines/pupils/layouts/pupil.toml", "title = \"CSV\"\ntable = \"pupil\"\nformat.csv = {}\n");
        write("sql/marts/pupil.sql", MART);
        for folder in ["config", "sql/kpis"] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        Self { keep, root }
    }

    fn deliver(&self, name: &str, rows: &[&str]) {
        let header = "upn,former_upn,native_id,surname,born,postcode,need,sessions,started\n";
        fs::create_dir_all(self.root.join("inbox")).unwrap();
        fs::write(self.root.join("inbox").join(name), format!("{header}{}\n", rows.join("\n"))).unwrap();
    }

    fn key(&self, version: u32) -> PathBuf {
        let file = self.keep.path().join(format!("key{version}"));
        let (code, out, err) =
            self.sendmart(&["key", "new", "--file", file.to_str().unwrap(), "--version", &version.to_string()]);
        assert_eq!(code, 0, "{err}");
        assert!(!out.contains(fs::read_to_string(&file).unwrap().trim()), "the key itself is told");
        fs::write(self.root.join("config/local.toml"), format!("privacy.key = \"{}\"\n", file.display())).unwrap();
        file
    }

    fn sendmart(&self, arguments: &[&str]) -> (i32, String, String) {
        crate::sendmart(&self.root, arguments)
    }

    fn query(&self, sql: &str) -> String {
        let (code, out, err) = self.sendmart(&["--json", "query", sql]);
        assert_eq!(code, 0, "{err}");
        out
    }
}

fn upn(serial: &str) -> String {
    Upn::make(LaCode::parse("933").unwrap(), "0001", 12, serial).unwrap().to_string()
}

#[test]
fn without_a_key_nothing_is_read_and_the_run_says_how_to_make_one() {
    let people = People::new();
    people.deliver("a.csv", &[&format!("{},,1,Zorblax,2012-02-29,TA1 4DY,SEMH,3,2025-01-02", upn("001"))]);
    let (code, out, err) = people.sendmart(&["run"]);
    assert_eq!(code, 78, "{out}{err}");
    insta::assert_snapshot!(err);
    assert!(!people.root.join("var/lake/conformed").exists());
}

#[test]
fn a_key_is_private_outside_the_place_and_never_overwritten() {
    let people = People::new();
    let file = people.key(1);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let before = fs::read(&file).unwrap();
    let (code, _, err) = people.sendmart(&["key", "new", "--file", file.to_str().unwrap()]);
    assert_eq!((code, fs::read(&file).unwrap()), (74, before), "{err}");
    let within = people.root.join("config/key");
    let (code, _, err) = people.sendmart(&["key", "new", "--file", within.to_str().unwrap()]);
    assert_eq!((code, within.exists()), (78, false), "{err}");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    let (code, _, err) = people.sendmart(&["key", "show"]);
    assert_eq!(code, 78);
    assert!(err.contains("can be read by others (mode 640)"), "{err}");
}

#[test]
fn identifiers_become_pseudonyms_days_months_and_names_nothing() {
    let people = People::new();
    let text = fs::read_to_string(people.key(1)).unwrap();
    let key: PseudonymKey = text.parse().unwrap();
    people.deliver(
        "a.csv",
        &[
            &format!("{},{},77,Zorblax,2012-02-29,TA1 4DY,SEMH,3,2025-01-02", upn("001"), upn("002")),
            // The same row, and one that differs only in the surname, which is not kept.
            &format!("{},,78,Quuxley,2013-05-31,TA2 8QQ,SEMH,4,2025-01-02", upn("002")),
            &format!("{},,78,Quuxley,2013-05-31,TA2 8QQ,SEMH,4,2025-01-02", upn("002")),
            &format!("{},,79,Zorblax,2013-05-31,TA2 8QQ,SEMH,4,2025-01-02", upn("003")),
            &format!("{},,79,Quuxley,2013-05-31,TA2 8QQ,SEMH,4,2025-01-02", upn("003")),
        ],
    );
    let (code, out, err) = people.sendmart(&["run"]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(out.contains("5 rows read = 2 accepted + 2 quarantined + 1 skipped"), "{out}");
    let (first, second) = (key.pseudonym("upn", &upn("001")), key.pseudonym("upn", &upn("002")));
    let shown = people
        .query("SELECT pupil, former, CAST(born_month AS VARCHAR) AS born, district FROM mart.pupil ORDER BY born");
    let wanted = format!(
        "{{\"pupil\":\"{first}\",\"former\":\"{second}\",\"born\":\"2012-02-01\",\"district\":\"TA1\"}}\n\
         {{\"pupil\":\"{second}\",\"former\":null,\"born\":\"2013-05-01\",\"district\":\"TA2\"}}\n"
    );
    assert_eq!(shown, wanted);

    // A key of a new version gives new pseudonyms: every delivery is read again, and a run without news does nothing.
    let text = fs::read_to_string(people.key(2)).unwrap();
    let (code, out, _) = people.sendmart(&["run"]);
    assert_eq!(code, 0);
    assert!(out.contains("Generation 2 is live"), "{out}");
    let second = text.parse::<PseudonymKey>().unwrap().pseudonym("upn", &upn("002"));
    assert!(people.query("SELECT pupil FROM mart.pupil").contains(&second));
    assert!(people.sendmart(&["run"]).1.contains("Nothing new"));
}

/// What must be found nowhere.
const CANARIES: [&str; 4] = ["Zorblax", "ZQ1 9ZZ", "2011-11-11", "H876543210987"];

#[test]
fn canaries_in_every_field_are_found_in_no_log_ledger_message_or_warehouse() {
    let people = People::new();
    let key = people.key(1);
    let valid = upn("001");
    let columns = 9;
    let mut rows = vec![format!("{valid},{},Zorblax,Zorblax,2011-11-11,TA1 4DY,Zorblax,3,2025-01-02", upn("002"))];
    for canary in CANARIES {
        for at in 0..columns {
            let serial = format!("{:03}", 100 + rows.len());
            let good = [&upn(&serial), "", "1", "Quuxley", "2012-03-04", "TA1 4DY", "SEMH", "3", "2025-01-02"];
            let row: Vec<&str> = (0..columns).map(|column| if column == at { canary } else { good[column] }).collect();
            rows.push(row.join(","));
        }
        rows.push(vec![canary; columns].join(","));
        rows.push(canary.to_owned());
        rows.push(vec![canary; columns + 2].join(","));
    }
    rows.push(format!("{valid},,1,Zorblax,2012-03-04,TA1 4DY,SEMH,999,2025-01-02"));
    people.deliver("a.csv", &rows.iter().map(String::as_str).collect::<Vec<_>>());

    let mut told = String::new();
    for arguments in [
        &["-vv", "run"][..],
        &["-vv", "plan"],
        &["--json", "faults"],
        &["faults"],
        &["faults", "summary"],
        &["status"],
        &["privacy", "--columns"],
        &["kpi", "list"],
        &["query", "SELECT * FROM mart.pupil"],
        &["key", "show"],
    ] {
        let (code, out, err) = people.sendmart(arguments);
        assert_eq!(code, 0, "{arguments:?}: {err}");
        told.push_str(&out);
        told.push_str(&err);
    }
    let tables = people.query("SELECT DISTINCT schema_name || '.\"' || table_name || '\"' AS t FROM meta.\"column\"");
    let mut seen = 0;
    for line in tables.lines() {
        let table: serde_json::Value = serde_json::from_str(line).unwrap();
        told.push_str(&people.query(&format!("SELECT * FROM {}", table["t"].as_str().unwrap())));
        seen += 1;
    }
    assert!(seen >= 10, "{tables}");
    assert!(told.contains("upn::"), "the bad identifiers are faults: {told}");
    let var = people.root.join("var");
    let mut files = Vec::new();
    list(&var, &mut files);
    for file in &files {
        let mode = fs::metadata(file).unwrap().permissions().mode() & 0o777;
        let open = file.starts_with(var.join("warehouse"));
        assert!(open || mode.trailing_zeros() >= 6, "{} has mode {mode:o}", file.display());
        if file.starts_with(var.join("lake/conformed")) {
            told.push_str(&other_columns(file));
        } else if !["landing", "lake/quarantine"].iter().any(|folder| file.starts_with(var.join(folder))) {
            told.push_str(&String::from_utf8_lossy(&fs::read(file).unwrap()));
        }
    }
    let secret = fs::read_to_string(key).unwrap();
    for canary in CANARIES.iter().chain(&[valid.as_str(), secret.trim(), &secret.trim()[3..]]) {
        if let Some(at) = told.find(canary) {
            let from = told.char_indices().map(|(index, _)| index).find(|index| *index + 200 > at).unwrap_or(0);
            panic!("`{canary}` is told: …{}…", told[from..].chars().take(400).collect::<String>());
        }
    }
}

/// The conformed rows, without the free text and the date that the contract keeps as they stand (and no mart shows).
fn other_columns(file: &Path) -> String {
    let mut text = String::new();
    for batch in sendmart::lake::read_table(file).unwrap() {
        for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
            if !["need", "started"].contains(&field.name().as_str()) {
                text.push_str(&format!("{column:?}\n"));
            }
        }
    }
    text
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode & 0o007, 0, "{} has mode {mode:o}", path.display());
            list(&path, files);
        } else {
            files.push(path);
        }
    }
}

#[test]
fn a_contract_without_classes_or_that_keeps_too_much_is_refused() {
    let people = People::new();
    let contract = CONTRACT
        .replace("class = \"none\"\n", "")
        .replace("key = [\"upn\"]", "key = [\"surname\"]")
        .replace("class = \"personal\", about = \"Day", "class = \"personal\", keep = \"value\", about = \"Day");
    fs::write(people.root.join("pipelines/pupils/tables/pupil.toml"), contract).unwrap();
    let pipeline = people.root.join("pipelines/pupils/pipeline.toml");
    let text = fs::read_to_string(&pipeline).unwrap().replace("retention = \"A year\"", "retention = \" \"");
    fs::write(&pipeline, text).unwrap();
    let (code, _, err) = people.sendmart(&["check"]);
    assert_eq!(code, 78);
    insta::assert_snapshot!(err.replace(&people.root.display().to_string(), "PLACE"));
}
