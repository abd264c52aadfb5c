use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use sendmart::definitions::{Kpi, PLACED};
use serde_json::Value;

use crate::{checkout, sendmart};

/// An invented county, read and published.
struct County {
    _keep: tempfile::TempDir,
    folder: PathBuf,
    config: String,
}

impl County {
    fn new() -> Self {
        let keep = tempfile::tempdir().unwrap();
        let folder = keep.path().join("county");
        let size = ["--schools", "10", "--pupils", "500", "--years", "2"];
        let (code, said, err) =
            sendmart(checkout(), &[&["sample", "--out", &folder.display().to_string()][..], &size].concat());
        assert_eq!(code, 0, "{said}{err}");
        let config = folder.join("sample.toml").display().to_string();
        let (code, said, err) = sendmart(checkout(), &["--config", &config, "run"]);
        assert_eq!(code, 0, "{said}{err}");
        Self { _keep: keep, folder, config }
    }

    fn ask(&self, words: &[&str]) -> (i32, String, String) {
        sendmart(checkout(), &[&["--config", self.config.as_str()][..], words].concat())
    }

    fn query(&self, sql: &str) -> Vec<Value> {
        let (code, out, err) = self.ask(&["--json", "query", sql]);
        assert_eq!(code, 0, "{sql}\n{err}");
        out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// KPIs that declare their rows.
fn declaring() -> Vec<Kpi> {
    let kpis =
        sendmart::definitions::load_kpis(&checkout().join("sql/kpis")).unwrap_or_else(|problems| panic!("{problems}"));
    kpis.into_iter().filter(|kpi| kpi.rows.is_some()).collect()
}

#[test]
fn a_local_value_leads_to_its_rows_and_leaves_as_files() {
    let county = County::new();
    the_rows_count_what_the_values_say(&county);
    rows_are_listed_and_written_with_their_cells(&county);
    an_export_has_the_same_bytes_each_time(&county);
    relations_are_tried(&county);
}

fn the_rows_count_what_the_values_say(county: &County) {
    let declaring = declaring();
    assert!(declaring.len() >= 3, "{}", declaring.len());
    for kpi in declaring {
        for (part, sql) in kpi.rows.iter().flat_map(sendmart::definitions::Behind::parts) {
            let placed = PLACED.join(", ");
            let n = if sql.contains(" AS counts") { "sum(counts)" } else { "count(*)" };
            let equal = PLACED.map(|column| format!("rows.{column} = value.{column}")).join(" AND ");
            // Whatever breakdown the rows have is whole; that they have the total is asked below.
            let differing = county.query(&format!(
                "WITH rows AS (SELECT {placed}, {n} AS n FROM ({sql}) GROUP BY {placed}), \
                 kind AS (SELECT DISTINCT split_part(breakdown, '=', 1) AS k FROM rows) \
                 SELECT value.period, value.geography_code, value.breakdown, value.{part} AS said, rows.n FROM kpi.value AS value \
                 LEFT JOIN rows ON {equal} WHERE value.kpi_id = '{}' AND value.basis = 'local' AND value.reason IS NULL \
                 AND split_part(value.breakdown, '=', 1) IN (SELECT k FROM kind) AND coalesce(rows.n, 0) <> value.{part}",
                kpi.id
            ));
            assert!(differing.is_empty(), "{} {part}: {:#?}", kpi.id, &differing[..differing.len().min(5)]);
            let whole = county.query(&format!(
                "SELECT count(*) AS n, count(_delivery) AS known FROM ({sql}) WHERE breakdown = 'total'"
            ));
            let counted = county.query(&format!(
                "SELECT coalesce(sum({part}), 0) AS n FROM kpi.value WHERE kpi_id = '{}' AND basis = 'local' AND breakdown = 'total'",
                kpi.id
            ));
            let counts = counted[0]["n"].as_f64() > Some(0.0);
            assert_eq!(
                whole[0]["n"].as_u64() > Some(0),
                counts,
                "{} {part}: rows of a total, and values that count",
                kpi.id
            );
            assert_eq!(whole[0]["n"], whole[0]["known"], "{} {part}: rows without their file", kpi.id);
        }
    }
}

fn rows_are_listed_and_written_with_their_cells(county: &County) {
    let value = "SELECT period, CAST(CAST(numerator AS INTEGER) AS VARCHAR) AS n FROM kpi.value WHERE kpi_id = 'suspension_rate' \
                 AND basis = 'local' AND geography_level = 'authority' AND breakdown = 'total' AND numerator > 0 ORDER BY period LIMIT 1";
    let value = county.query(value).remove(0);
    let (period, n) = (value["period"].as_str().unwrap(), value["n"].as_str().unwrap());
    let asked = ["explain", "suspension_rate", "--at", "Somerset", "--period", period];
    let (code, out, err) = county.ask(&asked);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains(&format!("Rows of the numerator: {n} that count {n}")), "{out}");
    let (code, out, err) = county.ask(&[&["--json"][..], &asked, &["--rows", "numerator"]].concat());
    assert_eq!(code, 0, "{err}");
    let rows: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len().to_string(), n);
    // The cell is where the file has it: the row of a CSV that has the day on which it began.
    let row = rows
        .iter()
        .find(|row| {
            std::path::Path::new(row["file"].as_str().unwrap())
                .extension()
                .is_some_and(|ending| ending.eq_ignore_ascii_case("csv"))
        })
        .unwrap();
    let line: usize = row["cell"].as_str().unwrap().trim_start_matches("line ").parse().unwrap();
    let mut files = Vec::new();
    find(&county.folder.join("inbox"), row["file"].as_str().unwrap(), &mut files);
    let text = String::from_utf8_lossy(&fs::read(&files[0]).unwrap()).into_owned();
    let written = text.lines().nth(line - 1).unwrap();
    // Days are written in many ways; of a day's year, the day of the month and the codes all are the same.
    let day = row["start_date"].as_str().unwrap();
    for part in [&day[..4], &day[8..], row["category"].as_str().unwrap(), row["reason_1"].as_str().unwrap()] {
        assert!(written.contains(part), "no `{part}` in line {line}, `{written}`: the row is {row}");
    }

    let book = county.folder.join("rows.xlsx");
    let path = book.display().to_string();
    let (code, said, err) = county.ask(&[&asked[..], &["--out", &path]].concat());
    assert_eq!(code, 0, "{said}{err}");
    let cells = sendmart(checkout(), &["cells", &path, "--sheet", "numerator"]);
    assert!(cells.1.contains("start_date") && cells.1.contains("file"), "{}{}", cells.1, cells.2);
    assert_eq!(county.ask(&[&asked[..], &["--out", &path]].concat()).0, 2, "a workbook that is there is not replaced");
    let (code, _, err) =
        county.ask(&["explain", "ehcp_caseload", "--at", "933", "--period", "2025", "--rows", "numerator"]);
    assert!(code == 0 || (code == 1 && err.contains("declares no rows") || err.contains("no value")), "{err}");
}

fn find(folder: &Path, name: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            find(&path, name, found);
        } else if path.file_name().is_some_and(|file| *file == *name) {
            found.push(path);
        }
    }
}

fn an_export_has_the_same_bytes_each_time(county: &County) {
    for format in ["parquet", "csv", "xlsx"] {
        let bytes = |name: &str| {
            let folder = county.folder.join(name);
            let (code, said, err) = county.ask(&["export", &folder.display().to_string(), "--format", format]);
            assert_eq!(code, 0, "{said}{err}");
            let manifest: Value = serde_json::from_slice(&fs::read(folder.join("manifest.json")).unwrap()).unwrap();
            let mut all = BTreeMap::new();
            for table in manifest["tables"].as_array().unwrap() {
                let file = table["file"].as_str().unwrap();
                let bytes = fs::read(folder.join(file)).unwrap();
                assert_eq!(table["bytes"].as_u64(), Some(bytes.len() as u64), "{file}");
                all.insert(file.to_owned(), (table["sha256"].as_str().unwrap().to_owned(), table["rows"].as_u64()));
            }
            all
        };
        let first = bytes(&format!("out_{format}"));
        assert_eq!(first, bytes(&format!("again_{format}")), "{format}");
        assert_eq!(first, bytes(&format!("out_{format}")), "an earlier export is replaced");
        let rows = county.query("SELECT count(*) AS n FROM mart.fct_suspension")[0]["n"].as_u64();
        assert_eq!(first[&format!("mart/fct_suspension.{format}")].1, rows);
        assert!(!first.contains_key(&format!("mart/published_ehcp_timeliness.{format}")), "nothing came for it");
    }
    let other = county.folder.join("inbox");
    assert_eq!(county.ask(&["export", &other.display().to_string()]).0, 2, "a folder with other files is left alone");
}

fn relations_are_tried(county: &County) {
    let primary = county.query("SELECT table_name FROM meta.relation WHERE kind = 'primary' AND NOT holds");
    assert!(primary.is_empty(), "keys that do not hold: {primary:?}");
    let foreign = county.query("SELECT table_name, holds, exceptions FROM meta.relation WHERE kind = 'foreign'");
    assert!(foreign.len() >= 6, "{foreign:?}");
    for one in &foreign {
        assert_eq!(one["holds"].as_bool().unwrap(), one["exceptions"].as_u64() == Some(0), "{one}");
    }
    let codes = county.query("SELECT label FROM mart.dim_code WHERE list = 'exclusion_reason' AND code = 'PP'");
    assert_eq!(codes.len(), 1);
    let kpi = county
        .query("SELECT unit, polarity, caveats FROM meta.kpi WHERE kpi_id = 'suspension_rate' AND basis = 'local'");
    assert_eq!((kpi[0]["unit"].as_str(), kpi[0]["polarity"].as_str()), (Some("per_100"), Some("low")));
    assert!(kpi[0]["caveats"].as_str().unwrap().contains("One pupil may be suspended many times"));
}
