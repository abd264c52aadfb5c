//! The pack of a board: what is frozen stays frozen, says what changed, and can be read back from every file of its folder.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::site::{is_sound, number, seen, tables, text};
use crate::{link_definitions, sendmart, without_censuses};

/// A county that is read, and a place for its packs.
struct PackCounty {
    _keep: tempfile::TempDir,
    root: PathBuf,
    config: PathBuf,
    packs: PathBuf,
}

impl PackCounty {
    fn invented(size: &[&str]) -> Self {
        let keep = tempfile::tempdir().unwrap();
        let (root, folder) = (keep.path().join("place"), keep.path().join("county"));
        fs::create_dir(&root).unwrap();
        link_definitions(&root);
        let out = folder.display().to_string();
        let (code, said, err) = sendmart(&root, &[&["sample", "--out", &out][..], size].concat());
        assert_eq!(code, 0, "{said}{err}");
        let packs = keep.path().join("packs");
        Self { root, config: folder.join("sample.toml"), packs, _keep: keep }
    }

    fn ask(&self, arguments: &[&str]) -> (i32, String, String) {
        let config = self.config.display().to_string();
        sendmart(&self.root, &[&["--config", &config][..], arguments].concat())
    }

    fn run(&self) {
        let (code, out, err) = self.ask(&["run"]);
        assert_eq!(code, 0, "{out}{err}");
    }

    /// Asks for a pack of the partnership in a folder of this name.
    fn pack(&self, meeting: &str, name: &str, more: &[&str]) -> (i32, String, String) {
        let out = self.packs.join(name).display().to_string();
        self.ask(&[&["pack", "send_partnership", "--meeting", meeting, "--out", &out][..], more].concat())
    }

    fn packed(&self, meeting: &str, name: &str, more: &[&str]) -> BTreeMap<String, Vec<u8>> {
        let (code, out, err) = self.pack(meeting, name, more);
        assert_eq!(code, 0, "{out}{err}");
        files(&self.packs.join(name))
    }
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries.map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())).collect()
}

fn page(files: &BTreeMap<String, Vec<u8>>) -> String {
    String::from_utf8(files["pack.html"].clone()).unwrap()
}

fn record(files: &BTreeMap<String, Vec<u8>>) -> Value {
    serde_json::from_slice(&files["pack.json"]).unwrap()
}

/// The rows of `values.csv` by name of column.
pub(crate) fn values(files: &BTreeMap<String, Vec<u8>>) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(files["values.csv"].as_slice());
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let row = |record: csv::StringRecord| names.iter().cloned().zip(record.iter().map(str::to_owned)).collect();
    reader.records().map(|record| row(record.unwrap())).collect()
}

type FigureKey = [String; 5];

/// Figures on own returns, by KPI, kind of period, period, place and breakdown.
fn own_figures(files: &BTreeMap<String, Vec<u8>>) -> BTreeMap<FigureKey, Option<f64>> {
    let local = values(files).into_iter().filter(|row| row["basis"] == "local");
    local
        .map(|row| {
            let key = ["kpi_id", "period_kind", "period", "geography_code", "breakdown"].map(|name| row[name].clone());
            (key, row["value"].parse().ok())
        })
        .collect()
}

const SIZE: [&str; 8] = ["--schools", "5", "--pupils", "240", "--years", "2", "--seed", "15"];

/// The county with packs of two meetings, made before and after the autumn's census of 2026 came.
pub(crate) struct Packs {
    county: PackCounty,
    before: BTreeMap<String, Vec<u8>>,
    /// The next meeting, with the first pack as the last.
    pub(crate) first: BTreeMap<String, Vec<u8>>,
    /// The same again, when more had come.
    again: BTreeMap<String, Vec<u8>>,
}

pub(crate) fn packs() -> &'static Packs {
    static PACKS: OnceLock<Packs> = OnceLock::new();
    PACKS.get_or_init(|| {
        let county = PackCounty::invented(&SIZE);
        let whole = fs::read_to_string(&county.config).unwrap();
        // The census of autumn 2026 is received on 27 November, after the freeze of 6 November.
        let (cut, gone) = without_censuses(&whole, &["2026_autumn"]);
        assert!(gone > 0);
        fs::write(&county.config, cut).unwrap();
        county.run();
        let before = county.packed("2026-09-21", "september", &[]);
        let last = county.packs.join("september").display().to_string();
        let first = county.packed("2026-11-20", "november", &["--last", &last]);
        fs::write(&county.config, whole).unwrap();
        county.run();
        // Into the same folder, which has it already.
        let again = county.packed("2026-11-20", "november", &["--last", &last]);
        Packs { county, before, first, again }
    })
}

#[test]
fn what_is_frozen_stays_whatever_comes_later() {
    let packs = packs();
    assert_eq!(packs.first.keys().collect::<Vec<_>>(), packs.again.keys().collect::<Vec<_>>());
    for (name, bytes) in &packs.first {
        assert!(packs.again[name] == *bytes, "{name} is another after more has come");
    }
    // And what came does change what is live.
    let sql = "SELECT kpi_id, period_kind, period, geography_code, breakdown, value FROM kpi.value WHERE basis = 'local' AND value IS NOT NULL";
    let (code, out, err) = packs.county.ask(&["--json", "query", sql]);
    assert_eq!(code, 0, "{err}");
    let frozen = own_figures(&packs.first);
    let is_other = |row: &Value| {
        let key = ["kpi_id", "period_kind", "period", "geography_code", "breakdown"].map(|name| text(row, name));
        frozen.get(&key).is_some_and(|value| *value != row["value"].as_f64())
    };
    let live: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(live.iter().filter(|row| is_other(row)).count() > 20);
}

/// Every figure is that which `kpi show` computes as of the freeze and of what was known by its end.
#[test]
fn figures_are_those_of_the_freeze() {
    let packs = packs();
    let frozen = own_figures(&packs.first);
    assert!(frozen.len() > 1_000, "{}", frozen.len());
    let mut compared = 0;
    for id in ["suspension_rate", "ehcp_20_week", "ehcp_backlog", "discussion_pick_up", "post_fill_rate"] {
        let dates = ["--as-of", "2026-11-06", "--known-at", "2026-11-06"];
        let (code, out, err) = packs.county.ask(&[&["--json", "kpi", "show", id, "--all"][..], &dates].concat());
        assert_eq!(code, 0, "{err}");
        for row in out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
            let word = |name: &str| text(&row, name);
            let key = [id.to_owned(), word("period_kind"), word("period"), word("geography_code"), word("breakdown")];
            let Some(value) = frozen.get(&key) else { continue };
            assert_eq!(*value, row["value"].as_f64(), "{row}");
            compared += 1;
        }
    }
    assert!(compared > 50, "{compared}");
}

#[test]
fn the_record_lists_every_file_and_what_it_is_made_of() {
    let packs = packs();
    let record = record(&packs.first);
    let listed = record["files"].as_object().unwrap();
    let there: BTreeSet<&String> = packs.first.keys().filter(|name| *name != "pack.json").collect();
    assert_eq!(listed.keys().collect::<BTreeSet<_>>(), there);
    for (name, bytes) in packs.first.iter().filter(|(name, _)| *name != "pack.json") {
        let sha256: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(listed[name]["sha256"], sha256, "{name}");
        assert_eq!(listed[name]["bytes"], bytes.len() as u64, "{name}");
    }
    for (name, want) in [
        ("edition", "restricted"),
        ("board", "send_partnership"),
        ("meeting", "2026-11-20"),
        ("freeze", "2026-11-06"),
        ("as_of", "2026-11-06"),
        ("timezone", "Europe/London"),
    ] {
        assert_eq!(record[name], want);
    }
    assert_eq!(record["last_pack"], serde_json::json!(["2026-09-21", "2026-09-07"]));
    let inputs = record["inputs"].as_array().unwrap();
    assert!(inputs.len() > 80 && inputs.iter().all(|one| text(one, "received").as_str() < "2026-11-07"), "{inputs:?}");
    // The files are the owner's alone, and the folder names nobody's disk.
    let folder = packs.county.packs.join("november");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&folder), mode(&folder.join("pack.html"))), (0o700, 0o600));
    let place = packs.county.root.parent().unwrap().display().to_string();
    for name in ["pack.html", "pack.json", "values.csv"] {
        assert!(!String::from_utf8_lossy(&packs.first[name]).contains(&place), "{name}");
    }
}

/// The metadata of CSV on the Web describe the file that stands beside them.
#[test]
fn the_columns_of_the_values_are_described() {
    let files = &packs().first;
    let metadata: Value = serde_json::from_slice(&files["values.csv-metadata.json"]).unwrap();
    assert_eq!(
        (&metadata["url"], &metadata["@context"][0]),
        (&"values.csv".into(), &"http://www.w3.org/ns/csvw".into())
    );
    let columns = metadata["tableSchema"]["columns"].as_array().unwrap();
    let mut reader = csv::Reader::from_reader(files["values.csv"].as_slice());
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(columns.iter().map(|column| text(column, "name")).collect::<Vec<_>>(), header);
    let rows = values(files);
    let mut keys = BTreeSet::new();
    let key: Vec<String> = metadata["tableSchema"]["primaryKey"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one.as_str().unwrap().to_owned())
        .collect();
    for row in &rows {
        assert!(keys.insert(key.iter().map(|name| row[name].clone()).collect::<Vec<_>>()), "{row:?} twice");
        for column in columns {
            let cell = &row[column["name"].as_str().unwrap()];
            let is_of_type = match (&column["datatype"], cell.as_str()) {
                (_, "") => true,
                (Value::String(kind), cell) if kind == "decimal" => {
                    cell.parse::<f64>().is_ok() && !cell.contains(['e', 'E'])
                }
                (Value::String(kind), cell) if kind == "boolean" => ["true", "false"].contains(&cell),
                (Value::Object(_), cell) => cell.parse::<jiff::civil::Date>().is_ok(),
                _ => true,
            };
            assert!(is_of_type, "{column} {cell}");
        }
        // A figure that is not there has a symbol and a reason, and no number.
        assert_eq!(row["value"].is_empty(), !row["reason"].is_empty(), "{row:?}");
        assert!(!row["value"].is_empty() || row["symbols"].starts_with('['), "{row:?}");
    }
}

/// What changed since the last pack: of each figure the parts add up, from what the last pack printed to what this one does.
#[test]
fn changes_since_the_last_pack_add_up() {
    let packs = packs();
    let (was, is) = (own_figures(&packs.before), own_figures(&packs.first));
    let figure = |of: &BTreeMap<FigureKey, Option<f64>>, id: &str, period: &str, code: &str, group: &str| {
        let mut found = of.iter().filter(|(key, _)| {
            (key[0].as_str(), key[2].as_str(), key[3].as_str(), key[4].as_str()) == (id, period, code, group)
        });
        found.next().and_then(|(_, value)| *value)
    };
    let html = page(&packs.first);
    let ids = regex::Regex::new(r#"<tr data-kpi="([^"]+)"><th scope="row" class="wide">"#).unwrap();
    let mut compared = 0;
    for name in ["moved", "restated"] {
        let start = html.find(&format!("<table id=\"{name}\">")).unwrap_or_else(|| panic!("no table {name}"));
        let table = &html[start..start + html[start..].find("</table>").unwrap() + 8];
        let ids: Vec<&str> = ids.captures_iter(table).map(|found| found.get(1).unwrap().as_str()).collect();
        let rows = &tables(table)[name];
        assert_eq!(rows.len() - 1, ids.len(), "{name}");
        for (row, id) in rows[1..].iter().zip(&ids) {
            let period = &row[1].0;
            let (from, to) = (figure(&was, id, period, "933", "total"), figure(&is, id, period, "933", "total"));
            assert_eq!((number(&row[2].1), number(&row[7].1)), (from, to), "{name} {id} {row:?}");
            assert_ne!(from, to, "{name} {id} {row:?}");
            if let (Some(from), Some(to)) = (from, to) {
                let part = |cell: &str| cell.replace('\u{2212}', "-").parse::<f64>().unwrap();
                let parts: f64 = row[3..7].iter().map(|cell| part(&cell.1)).sum();
                assert!((from + parts - to).abs() < 5e-5, "{id} {row:?}");
                compared += 1;
            }
        }
    }
    assert!(compared > 10, "{compared}");
    // Every figure of the place in an own period that is not the same stands there.
    let own = |key: &&FigureKey| {
        key[3] == "933" && key[4] == "total" && ["academic_year", "calendar_year"].contains(&key[1].as_str())
    };
    let table = tables(&html);
    let told: BTreeSet<&str> = table["moved"][1..].iter().map(|row| row[1].0.as_str()).collect();
    for (key, value) in is.iter().filter(|(key, _)| own(key)) {
        assert!(was.get(key).is_none_or(|was| was == value) || told.contains(key[2].as_str()), "{key:?}");
    }
    assert!(seen(&html).contains("No definition changed."));
}

#[test]
fn the_page_is_sound_and_has_every_kpi_of_the_board() {
    let packs = packs();
    let html = page(&packs.first);
    is_sound(&BTreeMap::from([("pack.html".to_owned(), html.clone())]));
    assert!(html.len() < 5_000_000, "{}", html.len());
    let ids: BTreeSet<String> = values(&packs.first).into_iter().map(|row| row["kpi_id"].clone()).collect();
    for id in &ids {
        assert!(html.contains(&format!("<h3 id=\"kpi-{id}\">")), "{id}");
    }
    assert!(ids.len() > 50 && values(&packs.first).iter().all(|row| row["area"] != "context"));
    // No level of heading is left out.
    let heading = regex::Regex::new("<h([1-6])[ >]").unwrap();
    let levels: Vec<u32> = heading.captures_iter(&html).map(|found| found[1].parse().unwrap()).collect();
    assert!(levels[0] == 1 && levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{levels:?}");
    // The structure is that of the day of the meeting.
    let governance = seen(&html[html.find("id=\"governance\"").unwrap()..]);
    assert!(governance.contains("Independent chair (appointed by the partnership)"), "{governance}");
}

#[test]
fn what_may_not_be_packed_is_refused_with_what_may() {
    let county = PackCounty::invented(&["--schools", "4", "--pupils", "120", "--years", "2", "--seed", "5"]);
    let boards = county.config.with_file_name("boards.toml");
    let text = fs::read_to_string(&boards).unwrap();
    let config = fs::read_to_string(&county.config).unwrap();
    let collections = config.lines().find(|line| line.starts_with("collections = ")).unwrap();
    let few = "collections = [\"calendar\", \"exclusions\", \"gias\", \"workforce_posts\"]";
    fs::write(&county.config, config.replace(collections, few)).unwrap();
    fs::write(&boards, text.clone() + "\n[[board.meeting]]\ndate = \"2099-01-20\"\n").unwrap();
    county.run();
    let mut told = Vec::new();
    let mut refused = |code: i32, answer: (i32, String, String)| {
        assert_eq!(answer.0, code, "{}{}", answer.1, answer.2);
        let at = county.packs.display().to_string();
        let errors = answer.2.lines().filter(|line| line.starts_with("error") || line.starts_with("hint"));
        told.push(errors.collect::<Vec<_>>().join("\n").replace(&at, "PACKS"));
    };
    refused(2, county.pack("2026-11-20", "public", &["--edition", "public"]));
    assert!(!county.packs.join("public").exists());
    refused(2, county.pack("2099-01-20", "future", &[]));
    refused(1, county.pack("2026-11-21", "none", &[]));
    refused(1, county.ask(&["pack", "send_partnershp", "--meeting", "2026-11-20"]));
    refused(1, county.pack("2026-11-20", "last", &["--last", "/nowhere"]));
    county.packed("2026-09-21", "pack", &[]);
    refused(2, county.pack("2026-11-20", "pack", &[]));
    let own = county.packs.join("pack").display().to_string();
    refused(2, county.pack("2026-09-21", "other", &["--last", &own]));
    // What was frozen is not replaced by another state.
    let before = files(&county.packs.join("pack"));
    let inputs = record(&before);
    let file = inputs["inputs"].as_array().unwrap().iter().find(|one| one["collection"] == "exclusions").unwrap();
    let (code, _, err) = county.ask(&["withdraw", file["delivery"].as_str().unwrap(), "--why", "a test"]);
    assert_eq!(code, 0, "{err}");
    refused(2, county.pack("2026-09-21", "pack", &[]));
    assert!(files(&county.packs.join("pack")) == before);
    fs::write(county.packs.join("pack/minutes.docx"), "theirs").unwrap();
    refused(2, county.pack("2026-09-21", "pack", &[]));
    insta::assert_snapshot!(told.join("\n\n"));
    // A draft says so on the page.
    let draft = county.packed("2099-01-20", "draft", &["--draft"]);
    let html = page(&draft);
    assert!(
        seen(&html).contains("Draft of the restricted edition.")
            && seen(&html).contains("will be frozen at the end of 6 January 2099")
    );
    assert_eq!(record(&draft)["draft"], true);
}

/// The statuses on the page of a KPI are those of the straight line between the dated points of `targets.csv`, reckoned here anew.
#[test]
fn figures_stand_to_the_line_of_their_targets() {
    let packs = packs();
    let html = page(&packs.first);
    let targets = fs::read_to_string(packs.county.config.with_file_name("targets.csv")).unwrap();
    let mut lines: BTreeMap<String, Vec<(jiff::civil::Date, f64)>> = BTreeMap::new();
    for row in targets.lines().skip(1) {
        let cells: Vec<&str> = row.split(',').collect();
        lines.entry(cells[0].to_owned()).or_default().push((cells[7].parse().unwrap(), cells[8].parse().unwrap()));
    }
    let rows = values(&packs.first);
    let pages = tables(&html);
    let (mut judged, mut off) = (0, 0);
    for (id, points) in &lines {
        let is_low = id == "suspension_rate";
        let head = |rows: &Vec<Vec<(String, String)>>| rows[0].iter().any(|cell| cell.1 == "Line to the target");
        let table =
            ["own", "series"].iter().find_map(|part| pages.get(&format!("{id}-{part}")).filter(|rows| head(rows)));
        let Some(table) = table else { panic!("{id} has no column of its target") };
        let at = table[0].iter().position(|cell| cell.1 == "Line to the target").unwrap();
        for row in &table[1..] {
            let told = rows.iter().find(|one| {
                one["kpi_id"] == *id
                    && one["period"] == row[0].0
                    && one["geography_level"] == "authority"
                    && one["breakdown"] == "total"
            });
            let told = told.unwrap();
            let day: jiff::civil::Date = told["period_end"].parse().unwrap();
            let Some(before) = points.iter().rposition(|(from, _)| *from <= day) else {
                assert_eq!(row[at].1, "[z]");
                continue;
            };
            let (from, was) = points[before];
            let want = points.get(before + 1).map_or(was, |(to, then)| {
                was + (then - was) * f64::from((day - from).get_days()) / f64::from((*to - from).get_days())
            });
            assert!((number(&row[at].1).unwrap() - want).abs() < 0.06, "{id} {row:?} {want}");
            let Ok(value) = told["value"].parse::<f64>() else { continue };
            if told["period_is_over"] != "true" {
                assert_eq!(row[at + 1].1, "the period is not over");
                continue;
            }
            let is_worse = if is_low { value > want + 0.06 } else { value < want - 0.06 };
            let is_better = if is_low { value < want - 0.06 } else { value > want + 0.06 };
            assert!(
                !is_worse || ["behind", "not reached by its date"].contains(&row[at + 1].1.as_str()),
                "{row:?} {want}"
            );
            assert!(!is_better || ["on track", "ahead", "met"].contains(&row[at + 1].1.as_str()), "{row:?} {want}");
            judged += 1;
            off += usize::from(is_worse);
        }
        assert!(seen(&html).contains("Target: "), "{id}");
    }
    assert!(judged > 2, "{judged}");
    let decided = html.matches("data-kind=\"Off target\"").count();
    assert!(decided <= off.max(decided) && decided <= lines.len());
}

/// Limits of `XmR` charts are the mean and 2.66 mean moving ranges of the figures that stand in `values.csv`.
#[test]
fn limits_of_chance_follow_from_the_figures() {
    let packs = packs();
    let html = page(&packs.first);
    let rows = values(&packs.first);
    let part = regex::Regex::new(r#"(?s)<section aria-labelledby="([a-z0-9_]+)-heading">(.*?)</section>"#).unwrap();
    let said = regex::Regex::new(r"XmR chart of (\d+) points; mean ([\d.]+), limits (-?[\d.]+) to ([\d.]+)\.").unwrap();
    let mut compared = 0;
    for found in part.captures_iter(&html) {
        let Some(told) = said.captures(&found[2]) else { continue };
        // A declared change would part the series: here none is.
        let of = |kind: &str| -> Vec<f64> {
            let is_charted = |row: &&BTreeMap<String, String>| {
                row["kpi_id"] == found[1]
                    && row["period_kind"] == kind
                    && row["geography_level"] == "authority"
                    && row["breakdown"] == "total"
                    && row["maturity"] != "partial"
                    && row["period_is_over"] != "false"
            };
            rows.iter().filter(is_charted).filter_map(|row| row["value"].parse().ok()).collect()
        };
        let points = of("month");
        assert_eq!(points.len().to_string(), told[1], "{}", &found[1]);
        let mean = points.iter().sum::<f64>() / points.len() as f64;
        let ranges: Vec<f64> = points.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect();
        let all = ranges.iter().sum::<f64>() / ranges.len() as f64;
        let kept: Vec<f64> = ranges.into_iter().filter(|range| *range < 3.267 * all).collect();
        let reach = 2.66 * kept.iter().sum::<f64>() / kept.len() as f64;
        for (at, want) in [(2, mean), (3, mean - reach), (4, mean + reach)] {
            let shown: f64 = told[at].parse().unwrap();
            assert!((shown - want).abs() <= 0.006 * want.abs().max(1.0), "{} {shown} {want}", &found[1]);
        }
        compared += 1;
    }
    assert!(compared > 3, "{compared}");
    assert!(html.contains("More than chance?"));
}

/// A ranking has every school of its phase, each with an interval around its figure; the sentence counts what the ranking shows.
#[test]
fn schools_are_ranked_with_their_intervals() {
    let packs = packs();
    let html = page(&packs.first);
    let all = tables(&html);
    let rankings: Vec<_> = all.iter().filter(|(name, _)| name.contains("-ranking-")).collect();
    assert!(!rankings.is_empty());
    for (name, rows) in rankings {
        let (anchor, phase) = name.split_once("-ranking-").unwrap();
        let start = html.find(&format!("<figure id=\"{anchor}-funnel-{phase}\">")).unwrap();
        let figure = &html[start..start + html[start..].find("</figure>").unwrap()];
        let said = seen(figure);
        let outside =
            rows[1..].iter().filter(|row| row[5].1.contains("limit") && !row[5].1.starts_with("within")).count();
        let judged = rows[1..].iter().filter(|row| row[5].1.contains("limit")).count();
        assert!(said.contains(&format!("of {judged} ")), "{name}: {said}");
        if outside == 0 {
            assert!(said.contains("none differs by more than chance"), "{name}: {said}");
        } else {
            assert!(said.contains(&format!(" {outside} differ")), "{name}: {said}");
        }
        assert!(said.contains(&format!("{outside} outside 95%.")), "{name}: {said}");
        for row in &rows[1..] {
            let (Some(value), Some((low, high))) = (number(&row[1].1), row[2].1.split_once(" to ")) else { continue };
            let (low, high) = (number(low).unwrap(), number(high).unwrap());
            assert!(low <= value + 0.06 && value <= high + 0.06, "{name} {row:?}");
        }
    }
}

/// The lists have the cases that the marts of the same day have, asked in another way.
#[test]
fn cases_are_those_of_the_frozen_day() {
    let packs = packs();
    let out = packs.county.packs.with_file_name("then");
    let day = "2026-11-06";
    let (code, said, err) =
        packs.county.ask(&["run", "--as-of", day, "--known-at", day, "--out", &out.display().to_string()]);
    assert_eq!(code, 0, "{said}{err}");
    let count = |sql: &str| -> usize {
        let (_, batches) = sendmart::warehouse::query_file(&out.join("sendmart.duckdb"), sql, &[]).unwrap();
        let text: Vec<String> = sendmart::warehouse::first_texts(&batches).map(str::to_owned).collect();
        text[0].parse().unwrap()
    };
    let html = page(&packs.first);
    let all = tables(&html);
    let mut any = 0;
    for (id, sql) in [
        (
            "case-third",
            "SELECT CAST(count(*) AS VARCHAR) FROM mart.fct_third_suspension WHERE days_to_discussion IS NULL AND start_date BETWEEN DATE '2025-11-07' AND DATE '2026-11-06'",
        ),
        (
            "case-twenty",
            "SELECT CAST(count(*) AS VARCHAR) FROM mart.fct_ehcp_request WHERE calendar_year = '2026' AND stage_at_year_end NOT IN ('ended', 'not_received', 'unknown') AND received <= DATE '2026-07-31'",
        ),
        (
            "case-advice",
            "SELECT CAST(count(*) AS VARCHAR) FROM mart.fct_annual_review_contribution WHERE service <> 'other' AND is_known AND received IS NULL AND is_nil_return IS NOT TRUE AND due <= DATE '2026-11-06' AND meeting >= DATE '2026-08-14'",
        ),
        (
            "case-tool",
            "SELECT CAST(count(*) AS VARCHAR) FROM mart.fct_graduated_response_school WHERE academic_year = '2025/26' AND cycles = 0 AND says IS DISTINCT FROM 'pupils have plans'",
        ),
    ] {
        let want = count(sql);
        let found = all.get(&format!("{id}-list")).map_or(0, |rows| rows.len() - 1);
        assert_eq!(found, want, "{id}");
        assert!(html.contains(&format!("id=\"{id}-heading\"")), "{id}");
        let decided = html.contains(&format!("<a href=\"#{id}-heading\">"));
        assert_eq!(decided, want > 0, "{id}");
        any += want;
    }
    assert!(any > 0);
}
