//! Why a figure moved: one of each cause is planted and found named, and the parts add up between any two states.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{checkout, files_below, sendmart};

const KPI: &str = "suspension_rate";

/// The generations that differ in one thing.
const ONLY: [(&str, &str, &str); 4] =
    [("1", "2", "time"), ("2", "3", "new"), ("3", "4", "revised"), ("4", "5", "definition")];

/// A value's period, place and breakdown.
type Key = (String, String, String);

/// A place whose definitions can be edited, and a county that is read into it.
struct Edited {
    _keep: tempfile::TempDir,
    place: PathBuf,
    county: PathBuf,
}

impl Edited {
    fn new() -> Self {
        let keep = tempfile::tempdir().unwrap();
        let (place, county) = (keep.path().join("place"), keep.path().join("county"));
        fs::create_dir(&place).unwrap();
        for name in ["pipelines", "config"] {
            std::os::unix::fs::symlink(checkout().join(name), place.join(name)).unwrap();
        }
        let sql = checkout().join("sql");
        for file in files_below(&sql) {
            let to = place.join("sql").join(file.strip_prefix(&sql).unwrap());
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(&file, to).unwrap();
        }
        let size = ["--schools", "4", "--pupils", "160", "--years", "2", "--seed", "5"];
        let out = county.display().to_string();
        let (code, said, err) = sendmart(checkout(), &[&["sample", "--out", &out][..], &size].concat());
        assert_eq!(code, 0, "{said}{err}");
        // What the KPI is made of, and no more: each of a hundred states is computed.
        let config = county.join("sample.toml");
        let text = fs::read_to_string(&config).unwrap();
        let collections = text.lines().find(|line| line.starts_with("collections = ")).unwrap();
        fs::write(&config, text.replace(collections, "collections = [\"calendar\", \"gias\", \"school_census\"]"))
            .unwrap();
        Self { _keep: keep, place, county }
    }

    fn ask(&self, arguments: &[&str]) -> (i32, String, String) {
        let config = self.county.join("sample.toml").display().to_string();
        sendmart(&self.place, &[&["--config", &config][..], arguments].concat())
    }

    fn run(&self, as_of: &str) {
        let (code, out, err) = self.ask(&["run", "--as-of", as_of]);
        assert_eq!(code, 0, "{out}{err}");
    }

    fn lines(&self, arguments: &[&str]) -> Vec<Value> {
        let (code, out, err) = self.ask(&[&["--json"][..], arguments].concat());
        assert_eq!(code, 0, "{arguments:?}: {out}{err}");
        out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Values of the live generation.
    fn live(&self) -> BTreeMap<Key, f64> {
        let sql = format!(
            "SELECT period, geography_code, breakdown, value FROM kpi.value WHERE kpi_id = '{KPI}' AND basis = 'local' AND value IS NOT NULL"
        );
        self.lines(&["query", &sql]).iter().map(|row| (key(row), row["value"].as_f64().unwrap())).collect()
    }

    fn diff(&self, from: &str, to: &str) -> Vec<Value> {
        self.lines(&["kpi", "diff", KPI, "--from", from, "--to", to, "--all"])
    }

    /// What is said of a movement, to people.
    fn said(&self, from: &str, to: &str) -> String {
        let (code, out, err) = self.ask(&["kpi", "diff", KPI, "--from", from, "--to", to]);
        assert_eq!(code, 0, "{err}");
        out
    }
}

fn key(row: &Value) -> Key {
    let word = |name: &str| row[name].as_str().unwrap().to_owned();
    (word("period"), word("geography_code"), word("breakdown"))
}

/// Billionths, of which parts are whole numbers.
fn exact(value: &Value) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "rates are far below 2^63 billionths")]
    value.as_f64().map(|value| (value * 1e9).round() as i64)
}

/// The steps of which any value that is on both sides has a part.
fn steps(moved: &[Value]) -> Vec<&'static str> {
    let is_moved = |step: &&str| moved.iter().any(|one| exact(&one[*step]).is_some_and(|part| part != 0));
    ["definition", "time", "new", "revised"].into_iter().filter(is_moved).collect()
}

/// Takes the sections of a census out of the config; gives the whole text.
fn without_census(config: &Path, census: &str) -> String {
    let whole = fs::read_to_string(config).unwrap();
    let (cut, gone) = crate::without_censuses(&whole, &[census]);
    assert!(gone > 0);
    fs::write(config, cut).unwrap();
    whole
}

#[test]
fn each_cause_is_found_named_and_the_parts_add_up_between_any_two_states() {
    let place = Edited::new();
    let config = place.county.join("sample.toml");
    let mut known: Vec<(String, BTreeMap<Key, f64>)> = Vec::new();
    let mut keep = |place: &Edited, state: &str| known.push((state.to_owned(), place.live()));

    // Five generations, of which each differs from the one before in one thing: the day, what is new, what is revised, a definition.
    let whole = without_census(&config, "2026_autumn");
    place.run("2026-01-31");
    keep(&place, "1");
    place.run("2027-02-01");
    keep(&place, "2");
    fs::write(&config, whole).unwrap();
    place.run("2027-02-01");
    keep(&place, "3");
    let files = files_below(&place.county.join("inbox/school_census"));
    let told = files.iter().find(|file| file.ends_with("2026_autumn_termlyexclusionsonroll.csv")).unwrap();
    let text = fs::read_to_string(told).unwrap();
    let dropped: Vec<&str> = text.lines().enumerate().filter(|(line, _)| *line != 2).map(|(_, text)| text).collect();
    assert!(dropped.len() > 2, "{text}");
    fs::write(told, dropped.join("\r\n") + "\r\n").unwrap();
    place.run("2027-02-01");
    keep(&place, "4");
    let file = place.place.join(format!("sql/kpis/local/{KPI}.sql"));
    let written = fs::read_to_string(&file).unwrap();
    let edited =
        written.replace("CAST(suspensions AS DOUBLE) AS numerator", "CAST(suspensions + 1 AS DOUBLE) AS numerator");
    assert_ne!(written, edited);
    fs::write(&file, edited).unwrap();
    place.run("2027-02-01");
    keep(&place, "5");
    let archives = fs::read_dir(place.county.join("var/warehouse/definitions")).unwrap().count();
    assert_eq!(archives, 2, "definitions are kept once");

    assert!(place.said("1", "2").contains("time: the as-of date moved from 2026-01-31 to 2027-02-01"));
    let said = place.said("2", "3");
    assert!(
        said.contains("new: ") && said.contains("2026_autumn_termlyexclusionsonroll.csv (school_census)"),
        "{said}"
    );
    let said = place.said("3", "4");
    assert!(
        said.contains(
            "revised: 1 deliveries that replace rows: 2026_autumn_termlyexclusionsonroll.csv (school_census)"
        ),
        "{said}"
    );
    assert!(place.said("4", "live").contains(&format!("definition: sql/kpis/local/{KPI}.sql\n")));
    let (code, _, err) = place.ask(&["kpi", "diff", KPI, "--from", "77"]);
    assert!(code != 0 && err.contains("there is no generation 77 here") && err.contains("1, 2, 3, 4, 5"), "{err}");

    // And five days, by the definitions of now.
    for (state, dates) in [
        ("2025-12-31", ["2025-12-31", "2025-12-31"]),
        ("2026-04-30", ["2026-04-30", "2026-04-30"]),
        ("2026-04-30/2027-01-31", ["2026-04-30", "2027-01-31"]),
        ("2026-08-31/2026-07-31", ["2026-08-31", "2026-07-31"]),
        ("2027-01-31", ["2027-01-31", "2027-01-31"]),
    ] {
        let values = place.lines(&["kpi", "compute", KPI, "--as-of", dates[0], "--known-at", dates[1]]);
        let local = values.iter().filter(|row| row["basis"] == "local" && !row["value"].is_null());
        known.push((state.to_owned(), local.map(|row| (key(row), row["value"].as_f64().unwrap())).collect()));
    }
    // Neighbours, and far ones: a generation beside a day, days beside days, and either way round. Thoroughly, every pair.
    let far = [(0, known.len() - 1), (1, 5), (7, 3), (4, 7), (9, 6)];
    let is_far = |pair: (usize, usize)| pair.1 - pair.0 > 1;
    let all = (0..known.len()).flat_map(|first| (first + 1..known.len()).map(move |last| (first, last)));
    let all = all.filter(|pair| crate::is_thorough() && is_far(*pair));
    for (first, last) in (1..known.len()).map(|at| (at - 1, at)).chain(far).chain(all) {
        let ((from, first), (to, last)) = (&known[first], &known[last]);
        let moved = place.diff(from, to);
        if let Some((.., only)) = ONLY.iter().find(|(one, other, _)| (*one, *other) == (from.as_str(), to.as_str())) {
            assert_eq!(steps(&moved), [*only], "{from} to {to}");
        }
        // Both ends are what the generation holds, or what is computed of the day.
        let mut ends: BTreeMap<Key, [Option<f64>; 2]> = BTreeMap::new();
        for (side, values) in [first, last].into_iter().enumerate() {
            for (key, value) in values {
                ends.entry(key.clone()).or_default()[side] = Some(*value);
            }
        }
        let mut told = 0;
        for one in &moved {
            let ends = ends.get(&key(one)).copied().unwrap_or_default();
            assert_eq!([one["from"].as_f64(), one["to"].as_f64()], ends, "{from} to {to}: {one}");
            let (Some(before), Some(after)) = (exact(&one["from"]), exact(&one["to"])) else {
                assert!(one["came_or_went_with"].is_string() || ends == [None, None], "{from} to {to}: {one}");
                continue;
            };
            let parts = ["definition", "time", "new", "revised"].map(|step| exact(&one[step]).unwrap());
            assert_eq!(parts.iter().sum::<i64>(), after - before, "{from} to {to}: {one}");
            told += usize::from(before != after);
        }
        let differ = ends.values().filter(|[first, last]| first.is_some() && last.is_some() && first != last).count();
        assert_eq!(told, differ, "{from} to {to}: every value that moved is told");
    }
}
