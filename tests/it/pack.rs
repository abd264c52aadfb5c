//! The pack of a board: what is frozen stays frozen, says what changed, and can be read back from every file of its folder.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use sendmart::definitions::{Board, Boards, Meeting};
use sendmart::pack::{
    BoardKpi, BoardPack, BoardPages, ChangedFigure, ChangedKpi, FrozenState, PackChanges, PackEdition, pack_page,
};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::site::{is_sound, number, seen, tables, text};
use crate::{link_definitions, sendmart, without_censuses};

/// A county that is read, and a place for its packs.
pub(crate) struct PackCounty {
    _keep: tempfile::TempDir,
    root: PathBuf,
    pub(crate) config: PathBuf,
    pub(crate) packs: PathBuf,
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

    pub(crate) fn ask(&self, arguments: &[&str]) -> (i32, String, String) {
        let config = self.config.display().to_string();
        sendmart(&self.root, &[&["--config", &config][..], arguments].concat())
    }

    fn run(&self) {
        let (code, out, err) = self.ask(&["run"]);
        assert_eq!(code, 0, "{out}{err}");
    }

    /// Asks for a pack of the partnership in a folder of this name.
    pub(crate) fn pack(&self, meeting: &str, name: &str, more: &[&str]) -> (i32, String, String) {
        let out = self.packs.join(name).display().to_string();
        self.ask(&[&["pack", "send_partnership", "--meeting", meeting, "--out", &out][..], more].concat())
    }

    pub(crate) fn packed(&self, meeting: &str, name: &str, more: &[&str]) -> BTreeMap<String, Vec<u8>> {
        let (code, out, err) = self.pack(meeting, name, more);
        assert_eq!(code, 0, "{out}{err}");
        files(&self.packs.join(name))
    }
}

pub(crate) fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let name = |path: &Path| path.strip_prefix(folder).unwrap().display().to_string();
    crate::files_below(folder).into_iter().map(|path| (name(&path), fs::read(&path).unwrap())).collect()
}

pub(crate) fn page(files: &BTreeMap<String, Vec<u8>>) -> String {
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
    pub(crate) county: PackCounty,
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
    for id in ["suspension_rate", "ehcp_20_week", "ehcp_backlog", "aid_discussions", "post_fill_rate"] {
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

/// What a pack froze is a state that figures moved from.
#[test]
fn a_pack_is_a_state_of_the_figures() {
    let packs = packs();
    let folder = packs.county.packs.join("september").display().to_string();
    let moved = |from: &str| packs.county.ask(&["--json", "kpi", "diff", "suspension_rate", "--from", from, "--all"]);
    let (code, by_pack, err) = moved(&folder);
    assert_eq!(code, 0, "{err}");
    assert!(by_pack.lines().count() > 10, "{by_pack}");
    assert_eq!(by_pack, moved("2026-09-07").1, "its figures are of the freeze, by the same definitions");
    let (code, _, err) = moved(&packs.county.packs.display().to_string());
    assert!(code != 0 && err.contains("is no folder of a pack"), "{err}");
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
        let Some(start) = html.find(&format!("<table id=\"{name}\">")) else {
            assert!(name == "restated" && html.contains("no settled figure was restated"), "{name}");
            continue;
        };
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
    refused(2, county.pack("2026-11-20", "public", &["--edition", "public", "--draft"]));
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

/// A settled figure that is another now is told apart from one that went with the day; names that people wrote are text.
#[test]
fn a_restated_figure_is_told() {
    let definitions = sendmart::definitions::load(crate::checkout(), None).unwrap();
    let of = |id: &str| {
        definitions.kpis.iter().find(|kpi| kpi.id == id && kpi.basis == sendmart::definitions::Basis::Local).unwrap()
    };
    let kpi = of("suspension_rate");
    let hostile = "\"><script>alert(1)</script>";
    let day: jiff::civil::Date = "2026-11-06".parse().unwrap();
    let pages = BoardPages {
        is_public: false,
        place: hostile.to_owned(),
        code: "933".to_owned(),
        as_of: day,
        built: day,
        generation: "0".to_owned(),
        fingerprint: hostile.to_owned(),
        program: "0".to_owned(),
        kpis: vec![BoardKpi {
            kpi,
            place: hostile.to_owned(),
            code: "933".to_owned(),
            figures: Vec::new(),
            left_out: 0,
            lacking: Vec::new(),
            compared: Vec::new(),
            rebases: Vec::new(),
        }],
        held: Vec::new(),
        missing: Vec::new(),
        late: Vec::new(),
        books: Vec::new(),
        faults: Vec::new(),
    };
    let figure = |period: &str, code: &str, breakdown: &str, to: Option<f64>, came_with| ChangedFigure {
        period: period.to_owned(),
        code: code.to_owned(),
        breakdown: breakdown.to_owned(),
        from: Some(4.5),
        to,
        parts: [Some(0.0), Some(0.0), Some(0.5), Some(-1.25)],
        came_with,
        was_settled: true,
    };
    let changed = ChangedKpi {
        id: kpi.id.clone(),
        moved: vec![
            figure("2024/25", "933", "total", Some(3.75), None),
            figure("2024/25", "933", hostile, Some(3.75), None),
            figure("2024/25 to 09-07", "933", "total", None, Some(1)),
        ],
        redefined: vec![hostile.to_owned()],
        new: vec![hostile.to_owned()],
        ..ChangedKpi::default()
    };
    let board = Board {
        id: "board".to_owned(),
        name: hostile.to_owned(),
        remit: hostile.to_owned(),
        areas: vec![kpi.area],
        until: None,
        versions: Vec::new(),
        meetings: Vec::new(),
    };
    let meeting = Meeting { day: "2026-11-20".parse().unwrap(), notice_days: 14, about: Some(hostile.to_owned()) };
    let boards = Boards(vec![board.clone()]);
    let pack = BoardPack {
        pages,
        boards: &boards,
        board: &board,
        meeting: &meeting,
        edition: PackEdition::Restricted,
        is_draft: false,
        state: FrozenState::default(),
        changes: Some(PackChanges { meeting: day, freeze: day, has_definitions: true, kpis: vec![changed] }),
        cases: Vec::new(),
    };
    let html = pack_page(&pack);
    let all = tables(&html);
    let cells = |name: &str| all[name][1].iter().map(|cell| cell.1.as_str()).collect::<Vec<_>>();
    assert_eq!(all["restated"].len(), 2);
    assert_eq!(cells("restated")[1..], ["2024/25", "4.50000", "0", "0", "+0.5", "\u{2212}1.25", "3.75000"]);
    assert_eq!(all["restated-others"].len(), 2);
    assert!(seen(&html).contains("2 settled figures were restated"));
    assert!(html.contains("data-kind=\"Restated\"") && html.contains("&lt;script&gt;"));
    assert!(!html.contains("<script"));
}
