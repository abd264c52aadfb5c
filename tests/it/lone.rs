//! What a lone table of a set, or a lone collection, can publish: it stops nothing, every value has its place, and what cannot be
//! told says what is missing.

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{checkout, sendmart};

/// A place that knows neither its council nor anything but what it is given, below folders named for their collections.
struct Lone {
    root: PathBuf,
    _keep: tempfile::TempDir,
    _key: tempfile::TempDir,
}

impl Lone {
    fn of(files: &[(&str, &str, Vec<u8>)]) -> Self {
        let (keep, key) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let root = keep.path().to_path_buf();
        for name in ["pipelines", "sql"] {
            std::os::unix::fs::symlink(checkout().join(name), root.join(name)).unwrap();
        }
        fs::create_dir(root.join("config")).unwrap();
        std::os::unix::fs::symlink(checkout().join("config/codes"), root.join("config/codes")).unwrap();
        let secret = key.path().join("key");
        fs::write(&secret, format!("v1:{}\n", "5e".repeat(32))).unwrap();
        fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(root.join("config/local.toml"), format!("privacy.key = \"{}\"\n", secret.display())).unwrap();
        for (collection, name, bytes) in files {
            let folder = root.join("inbox").join(collection);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join(name), bytes).unwrap();
        }
        Self { root, _keep: keep, _key: key }
    }

    fn ask(&self, sql: &str) -> Vec<Value> {
        let (code, out, err) = sendmart(&self.root, &["--json", "query", sql]);
        assert_eq!(code, 0, "{err}");
        out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn count(&self, sql: &str) -> u64 {
        self.ask(&format!("SELECT count(*) AS n FROM ({sql})"))[0]["n"].as_u64().unwrap()
    }
}

/// The files of the county of `../shared/cases`, by collection, where it is there: of each kind one, the last of its name.
fn county() -> Option<Vec<(String, String, Vec<u8>)>> {
    let path = crate::shared("cases/turn2/county/inbox.zip")?;
    let mut archive = zip::ZipArchive::new(File::open(path).unwrap()).unwrap();
    let mut found: Vec<(String, String, Vec<u8>)> = Vec::new();
    for index in 0..archive.len() {
        let mut member = archive.by_index(index).unwrap();
        let parts: Vec<String> = member.name().unwrap().split('/').map(str::to_owned).collect();
        let ["inbox", collection, folder, name] = parts.iter().map(String::as_str).collect::<Vec<_>>()[..] else {
            continue;
        };
        if name.is_empty() {
            continue;
        }
        let wanted = match collection {
            "school_census" => folder.ends_with("2024_autumn") || name.ends_with("_senneeds.csv"),
            "sen2" => folder.ends_with("_2024"),
            "gias" => folder.starts_with("2025"),
            _ => true,
        };
        let kind = |name: &str| name.chars().filter(|letter| !letter.is_ascii_digit()).collect::<String>();
        if wanted && !found.iter().any(|(other, known, _)| other == collection && kind(known) == kind(name)) {
            let mut bytes = Vec::new();
            member.read_to_end(&mut bytes).unwrap();
            found.push((collection.to_owned(), name.to_owned(), bytes));
        }
    }
    Some(found)
}

/// What must hold of every generation, whatever came.
fn every_value_has_a_place_or_a_reason(lone: &Lone, told: &str) {
    let bare =
        "SELECT 1 FROM kpi.value WHERE geography_code IS NULL OR period IS NULL OR (value IS NULL AND reason IS NULL)";
    assert_eq!(lone.count(bare), 0, "{told}");
    let silent = "SELECT kpi_id FROM kpi.value WHERE basis = 'local' AND reason = 'unavailable' AND mark IS NULL";
    assert_eq!(lone.count(silent), 0, "{told}: {:?}", lone.ask(silent));
}

#[test]
fn each_table_of_a_set_and_each_collection_is_published_alone() {
    let Some(files) = county() else { return };
    assert!(files.len() > 24, "tables and collections: {}", files.len());
    let next = std::sync::Mutex::new(files.iter());
    let alone = || {
        loop {
            let Some((collection, name, bytes)) = next.lock().unwrap().next() else { break };
            let lone = Lone::of(&[(collection, name, bytes.clone())]);
            let (code, out, err) = sendmart(&lone.root, &["run"]);
            assert_eq!(code, 0, "{collection}/{name}: {out}{err}");
            every_value_has_a_place_or_a_reason(&lone, name);
            // Every row that was accepted stands in its own mart, whatever else is missing.
            assert!(lone.count("SELECT 1 FROM meta.loaded WHERE rows > 0") > 0, "{collection}/{name}: {out}");
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(alone);
        alone();
    });
}

#[test]
fn a_lone_table_of_a_census_names_what_is_missing() {
    let Some(path) = crate::shared("cases/turn2/tables/49_2025_spring_pupilonroll.csv") else { return };
    let bytes = fs::read(&path).unwrap();
    let name = Path::new("2025_spring_pupilonroll.csv").display().to_string();
    let lone = Lone::of(&[("school_census", &name, bytes.clone())]);
    let (code, out, err) = sendmart(&lone.root, &["run"]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(
        err.contains("`school_census.census_return` (the file `schoolcensus`) did not come for 2024/25 spring"),
        "{err}"
    );
    every_value_has_a_place_or_a_reason(&lone, "without a council");

    let config = lone.root.join("config/local.toml");
    let text = fs::read_to_string(&config).unwrap();
    fs::write(&config, format!("authority = \"933\"\n{text}")).unwrap();
    let (code, out, err) = sendmart(&lone.root, &["run"]);
    assert_eq!(code, 0, "{out}{err}");
    every_value_has_a_place_or_a_reason(&lone, "with a council");
    // Suspensions did not come: their rate is not zero.
    let rates = lone
        .ask("SELECT DISTINCT value, reason, mark FROM kpi.value WHERE kpi_id = 'suspension_rate' AND basis = 'local'");
    assert!(!rates.is_empty(), "there is a row that says so");
    for rate in rates {
        assert_eq!((&rate["value"], rate["reason"].as_str()), (&Value::Null, Some("unavailable")), "{rate}");
        assert!(rate["mark"].as_str().unwrap().contains("no source: school_census.suspension_"), "{rate}");
    }
}
