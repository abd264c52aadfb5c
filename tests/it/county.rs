use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::Value;

use crate::{checkout, sendmart};

/// An invented county that has been read, and what is true of it.
struct County {
    _keep: tempfile::TempDir,
    folder: PathBuf,
    truth: Value,
}

type Key = (String, String, String, String, String);
type Parts = (f64, Option<f64>);

impl County {
    fn new(seed: u64, mess: &str) -> Self {
        let keep = tempfile::tempdir().unwrap();
        let folder = keep.path().join("county");
        let (out, seed) = (folder.display().to_string(), seed.to_string());
        let size = ["--schools", "12", "--pupils", "600", "--years", "3"];
        let arguments = [&["sample", "--out", &out, "--seed", &seed, "--mess", mess][..], &size].concat();
        let (code, said, err) = sendmart(checkout(), &arguments);
        assert_eq!(code, 0, "{said}{err}");
        let truth = serde_json::from_slice(&fs::read(folder.join("truth.json")).unwrap()).unwrap();
        Self { _keep: keep, folder, truth }
    }

    fn config(&self) -> String {
        self.folder.join("sample.toml").display().to_string()
    }

    /// The first county, run once for the tests that compare others with it.
    fn first() -> &'static Self {
        static FIRST: OnceLock<County> = OnceLock::new();
        FIRST.get_or_init(|| {
            let county = Self::new(1, "0.05");
            Self::run(&county.config());
            county
        })
    }

    fn run(config: &str) {
        let (code, out, err) = sendmart(checkout(), &["--config", config, "run"]);
        assert_eq!(code, 0, "{out}{err}");
    }

    fn ask(config: &str, sql: &str) -> Vec<Value> {
        let (code, out, err) = sendmart(checkout(), &["--config", config, "--json", "query", sql]);
        assert_eq!(code, 0, "{sql}\n{err}");
        out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The values of KPIs on the county's own returns.
    fn values(config: &str) -> BTreeMap<Key, Parts> {
        Self::values_where(config, crate::OWN)
    }

    fn values_where(config: &str, condition: &str) -> BTreeMap<Key, Parts> {
        let sql = format!(
            "SELECT kpi_id, period, geography_level, geography_code, breakdown, numerator, denominator FROM kpi.value \
             WHERE basis = 'local' AND reason IS DISTINCT FROM 'unavailable' AND numerator IS NOT NULL AND {condition}"
        );
        Self::ask(config, &sql).iter().map(parts).collect()
    }

    fn planted(&self) -> Vec<&Value> {
        self.truth["faults"].as_array().unwrap().iter().collect()
    }
}

fn text(row: &Value, name: &str) -> String {
    row[name].as_str().unwrap_or_default().to_owned()
}

fn parts(row: &Value) -> (Key, Parts) {
    let key = (
        text(row, "kpi_id"),
        text(row, "period"),
        text(row, "geography_level"),
        text(row, "geography_code"),
        text(row, "breakdown"),
    );
    (key, (row["numerator"].as_f64().unwrap(), row["denominator"].as_f64()))
}

fn same(one: Parts, other: Parts) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
    near(one.0, other.0) && other.1.is_none_or(|denominator| one.1.is_some_and(|mine| near(mine, denominator)))
}

/// Every KPI equals the truth of the lives, and every planted fault is found at its cell, with no error beside them.
/// `SENDMART_COUNTY_SEEDS` (default `1`) says for which counties: `1,2,3`.
#[test]
fn kpis_are_the_truth_and_faults_are_those_that_were_planted() {
    let seeds = std::env::var("SENDMART_COUNTY_SEEDS").unwrap_or_else(|_| "1".to_owned());
    for seed in seeds.split(',') {
        let other = (seed != "1").then(|| County::new(seed.parse().unwrap(), "0.05"));
        let county = other.as_ref().unwrap_or_else(|| County::first());
        let config = county.config();
        if other.is_some() {
            County::run(&config);
        }
        let found = County::values(&config);
        let truth: BTreeMap<Key, Parts> = county.truth["kpis"].as_array().unwrap().iter().map(parts).collect();
        let wrong: Vec<_> = truth
            .iter()
            .filter(|(key, parts)| !found.get(*key).is_some_and(|mine| same(*mine, **parts)))
            .map(|(key, parts)| (key, parts, found.get(key)))
            .collect();
        assert!(
            wrong.is_empty(),
            "seed {seed}: {} of {} values differ: {:#?}",
            wrong.len(),
            truth.len(),
            &wrong[..wrong.len().min(5)]
        );
        let ids: BTreeSet<&String> = truth.keys().map(|key| &key.0).collect();
        // A row that divides by nothing says why it has no value, and is none.
        let has_value = |parts: &Parts| parts.1 != Some(0.0);
        let beyond =
            found.iter().filter(|(key, parts)| ids.contains(&key.0) && !truth.contains_key(*key) && has_value(parts));
        let beyond: Vec<&Key> = beyond.map(|(key, _)| key).collect();
        assert!(
            beyond.is_empty(),
            "seed {seed}: values that are true of nothing: {:?}",
            &beyond[..beyond.len().min(5)]
        );

        series_are_the_truth(county, &config);
        years_to_date_are_the_truth(county, &config);
        faults_are_those_that_were_planted(county, &config);
        nobody_is_told_of(county);
    }
}

/// Months, terms, twelve months and the other kind of year are counted from the same lives, over other days.
fn series_are_the_truth(county: &County, config: &str) {
    let to_date = "period_kind NOT LIKE '%to_date'";
    let found = County::values_where(config, &format!("NOT {} AND {to_date}", crate::OWN));
    let truth: BTreeMap<Key, Parts> = county.truth["series"].as_array().unwrap().iter().map(parts).collect();
    let has_value = |parts: &Parts| parts.1 != Some(0.0);
    // A span is told where every year that it touches has a value of its own; a year of nothing has none.
    let untold: BTreeSet<String> = County::ask(
        config,
        "SELECT DISTINCT kpi.kpi_id || ' ' || span.period AS untold FROM meta.kpi AS kpi \
         JOIN mart.dim_period AS year ON year.period_kind = kpi.period_kind \
         JOIN mart.dim_period AS span ON span.period_end >= year.period_start AND span.period_start <= year.period_end \
         LEFT JOIN (SELECT kpi_id, period FROM kpi.value WHERE basis = 'local' AND geography_level = 'authority' AND numerator IS NOT NULL) \
         AS told ON told.kpi_id = kpi.kpi_id AND told.period = year.period WHERE kpi.basis = 'local' AND told.period IS NULL",
    )
    .iter()
    .map(|row| text(row, "untold"))
    .collect();
    let is_told = |key: &Key| !untold.contains(&format!("{} {}", key.0, key.1));
    let asked = truth.keys().filter(|key| is_told(key)).count();
    assert!(asked > 2_000, "{asked} of {} values are of years that are told", truth.len());
    let wrong: Vec<_> = truth
        .iter()
        .filter(|(key, parts)| has_value(parts) && (is_told(key) || found.contains_key(*key)))
        .filter(|(key, parts)| !found.get(*key).is_some_and(|mine| same(*mine, **parts)))
        .map(|(key, parts)| (key, parts, found.get(key)))
        .collect();
    assert!(wrong.is_empty(), "{} of {} differ: {:#?}", wrong.len(), truth.len(), &wrong[..wrong.len().min(5)]);
    let ids: BTreeSet<&String> = truth.keys().map(|key| &key.0).collect();
    let beyond: Vec<_> = found
        .iter()
        .filter(|(key, parts)| {
            ids.contains(&key.0)
                && has_value(parts)
                && parts.0 > 0.0
                && !truth.contains_key(*key)
                && !key.4.contains('=')
        })
        .collect();
    assert!(beyond.is_empty(), "values that are true of nothing: {:?}", &beyond[..beyond.len().min(5)]);
}

/// As of each of five days, of which all that came later is known: what happened up to the day, in its year and in those before.
fn years_to_date_are_the_truth(county: &County, config: &str) {
    let days = county.truth["to_date"].as_object().unwrap();
    assert_eq!(days.len(), 5);
    let asked: usize = days.values().map(|values| values.as_array().unwrap().len()).sum();
    assert!(asked > 600, "{asked} values of five days");
    for (day, values) in days {
        let arguments = ["--config", config, "--json", "kpi", "compute", "--as-of", day];
        let (code, out, err) = sendmart(checkout(), &arguments);
        assert_eq!(code, 0, "{err}");
        let rows = out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let of_years = rows.filter(|row| {
            text(row, "period_kind").ends_with("_to_date")
                && text(row, "geography_level") == "authority"
                && !row["value"].is_null()
        });
        let found: BTreeMap<Key, Parts> = of_years.map(|row| parts(&row)).collect();
        let truth: BTreeMap<Key, Parts> = values.as_array().unwrap().iter().map(parts).collect();
        let has_value = |parts: &Parts| parts.1 != Some(0.0);
        assert!(truth.len() > 50, "{} values", truth.len());
        let wrong: Vec<_> = truth
            .iter()
            .filter(|(key, parts)| has_value(parts) && !found.get(*key).is_some_and(|mine| same(*mine, **parts)))
            .map(|(key, parts)| (key, parts, found.get(key)))
            .collect();
        assert!(
            wrong.is_empty(),
            "as of {day} {} of {} differ: {:#?}",
            wrong.len(),
            truth.len(),
            &wrong[..wrong.len().min(8)]
        );
        let ids: BTreeSet<&String> = truth.keys().map(|key| &key.0).collect();
        let beyond: Vec<_> = found
            .iter()
            .filter(|(key, parts)| {
                ids.contains(&key.0) && parts.0 > 0.0 && !truth.contains_key(*key) && !key.4.contains('=')
            })
            .collect();
        assert!(beyond.is_empty(), "as of {day}, true of nothing: {:?}", &beyond[..beyond.len().min(5)]);
    }
}

fn faults_are_those_that_were_planted(county: &County, config: &str) {
    let sql = "SELECT delivery.source, fault.cell, fault.rule_id, fault.severity, fault.row_number FROM meta.fault AS fault JOIN meta.delivery AS delivery USING (delivery_id)";
    let told = County::ask(config, sql);
    let at: BTreeSet<(String, String)> = told.iter().map(|row| (text(row, "source"), text(row, "cell"))).collect();
    let mut planted = BTreeSet::new();
    let mut doubled = 0;
    for fault in county.planted() {
        let place = (county.folder.join(text(fault, "file")).display().to_string(), text(fault, "cell"));
        if fault["rule_hint"] == "duplicate_row" {
            doubled += 1;
        } else {
            assert!(at.contains(&place), "not found: {fault}");
        }
        planted.insert(place);
    }
    let errors = told.iter().filter(|row| row["severity"] == "error");
    let more: Vec<&Value> = errors.filter(|row| !planted.contains(&(text(row, "source"), text(row, "cell")))).collect();
    assert!(more.is_empty(), "errors that nobody planted: {more:#?}");
    let skipped =
        County::ask(config, "SELECT coalesce(sum(rows), 0) AS n FROM meta.skipped WHERE reason = 'duplicate'");
    assert_eq!(skipped[0]["n"].as_f64(), Some(f64::from(doubled)), "rows that stand twice");
}

/// Numbers and names of every pupil of the first censuses: found in no file but the landed ones and the quarantine.
fn nobody_is_told_of(county: &County) {
    let mut files = Vec::new();
    list(&county.folder.join("inbox/school_census"), &mut files);
    let mut canaries = BTreeSet::new();
    for file in files.iter().filter(|file| file.to_string_lossy().ends_with("_pupilonroll.csv")).take(2) {
        let mut reader = csv::Reader::from_path(file).unwrap();
        let header = reader.headers().unwrap().clone();
        let columns: Vec<usize> = ["upn", "surname", "forename"]
            .iter()
            .map(|name| header.iter().position(|label| label == *name).unwrap())
            .collect();
        for record in reader.records() {
            let record = record.unwrap();
            canaries.extend(columns.iter().map(|column| record[*column].to_owned()).filter(|text| text.len() >= 6));
        }
    }
    assert!(canaries.len() > 300, "{}", canaries.len());
    let var = county.folder.join("var");
    let mut made = Vec::new();
    list(&var, &mut made);
    for file in made {
        if ["landing", "lake/quarantine"].iter().any(|folder| file.starts_with(var.join(folder))) {
            continue;
        }
        let bytes = fs::read(&file).unwrap();
        let told = canaries.iter().find(|canary| memchr::memmem::find(&bytes, canary.as_bytes()).is_some());
        assert_eq!(told, None, "in {}", file.display());
    }
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { list(&path, files) } else { files.push(path) }
    }
}

/// The order in which sources are named, and so in which files land, changes no value.
#[test]
fn the_order_of_the_deliveries_changes_nothing() {
    let county = County::first();
    let config = county.config();
    let written = fs::read_to_string(&config).unwrap();
    let mut parts = written.split("\n[[source]]\n");
    let head = parts.next().unwrap().replace("/var\"", "/var2\"");
    let mut sources: Vec<&str> = parts.collect();
    sources.reverse();
    let other = county.folder.join("other.toml").display().to_string();
    fs::write(&other, format!("{head}\n[[source]]\n{}", sources.join("\n[[source]]\n"))).unwrap();
    County::run(&other);
    assert_eq!(County::values(&config), County::values(&other));
}

/// What a file's name says is its year and term, and which table it is: all else in it, and its folder, may be anything.
#[test]
fn the_names_of_files_change_nothing() {
    let county = County::first();
    let config = county.config();
    let mut files = Vec::new();
    list(&county.folder.join("inbox"), &mut files);
    let renamed = county.folder.join("post");
    let mut text = fs::read_to_string(&config).unwrap().replace("/var\"", "/var3\"");
    for (number, folder) in files.iter().map(|file| file.parent().unwrap()).collect::<BTreeSet<_>>().iter().enumerate()
    {
        let to = renamed.join(format!("Ordner {}", 900 - number));
        fs::create_dir_all(&to).unwrap();
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let collection = folder.parent().unwrap().file_name().unwrap();
            let new = match collection.to_str().unwrap() {
                "gias" => name.replace("edubasealldata_", "edubasealldata copy ").replace("links_edu", "my links edu"),
                // Year and term, or year, then the table.
                "school_census" | "sen2" | "ehcp_cases" => format!("Kopie von (3) {name}"),
                "exclusions" => format!("log {name}"),
                _ => format!("{number} für Anna.{}", name.rsplit('.').next().unwrap()),
            };
            fs::copy(&path, to.join(new)).unwrap();
        }
        text = text.replace(&format!("{}\"", folder.display()), &format!("{}\"", to.display()));
    }
    let other = county.folder.join("renamed.toml").display().to_string();
    fs::write(&other, text).unwrap();
    County::run(&other);
    assert_eq!(County::values(&config), County::values(&other));
}
