use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use sendmart::definitions::{Basis, Kpi, PLACED};
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

/// Local KPIs that no rows add up to: limits, a spread, a median, and months to clear.
const NONE: [&str; 6] = [
    "aid_days_to_discussion",
    "ehcp_backlog_months_to_clear",
    "one_plus_school_limit",
    "one_plus_school_variation",
    "permanent_exclusion_school_limit",
    "repeat_suspension_school_limit",
];

/// Breakdowns of values that are no counts, and so have no rows: the ends of an interval.
const REASONED: [&str; 2] =
    ["audit_good_or_outstanding numerator interval", "audit_good_or_outstanding denominator interval"];

fn local_kpis() -> Vec<Kpi> {
    let kpis =
        sendmart::definitions::load_kpis(&checkout().join("sql/kpis")).unwrap_or_else(|problems| panic!("{problems}"));
    kpis.into_iter().filter(|kpi| kpi.basis == Basis::Local).collect()
}

#[test]
fn every_local_kpi_says_which_rows_it_counts_or_why_none() {
    let mut none = Vec::new();
    for kpi in local_kpis() {
        let rows = kpi.rows.as_ref().unwrap_or_else(|| panic!("`{}` says nothing of its rows", kpi.id));
        if let Some(why) = &rows.none {
            assert!(why.split(' ').count() > 8, "{}: {why}", kpi.id);
            none.push(kpi.id);
            continue;
        }
        let parts: Vec<_> = rows.parts().into_iter().map(|(part, _)| part).collect();
        let wanted: &[&str] = if kpi.unit.is_plain() { &["numerator"] } else { &["numerator", "denominator"] };
        assert_eq!(parts, wanted, "{}", kpi.id);
    }
    assert_eq!(none, NONE);
}

#[test]
fn a_local_value_leads_to_its_rows_and_leaves_as_files() {
    let county = County::new();
    let counted = rows_count_what_the_values_say(&|sql| county.query(sql));
    // The county has no audits.
    let without: Vec<_> = local_kpis().into_iter().map(|kpi| kpi.id).filter(|id| !counted.contains(id)).collect();
    let absent = ["audit_good_or_outstanding", "audit_grades_apart"];
    let mut expected = [&NONE[..], &absent[..]].concat();
    expected.sort_unstable();
    assert_eq!(without, expected);
    crate::passport::values_lead_to_their_rows(&|sql| county.query(sql), &|asked| {
        let (code, out, err) = county.ask(&[&["--json", "explain"][..], asked].concat());
        assert_eq!(code, 0, "{asked:?}: {err}");
        serde_json::from_str(out.lines().next().unwrap()).unwrap()
    });
    rows_are_listed_and_written_with_their_cells(&county);
    a_breakdown_without_rows_is_told(&county);
    an_export_has_the_same_bytes_each_time(&county);
    relations_are_tried(&county);
}

/// Holds the rows of every local KPI against its values, in every place, period and breakdown that has one; gives the KPIs that
/// have rows.
pub(crate) fn rows_count_what_the_values_say(query: &dyn Fn(&str) -> Vec<Value>) -> BTreeSet<String> {
    let placed = PLACED.join(", ");
    let valued = query("SELECT DISTINCT kpi_id FROM kpi.value WHERE basis = 'local' AND numerator IS NOT NULL");
    let valued: BTreeSet<&str> = valued.iter().filter_map(|row| row["kpi_id"].as_str()).collect();
    let declared: Vec<_> = local_kpis()
        .into_iter()
        .filter(|kpi| valued.contains(kpi.id.as_str()))
        .flat_map(|kpi| {
            let parts = kpi.rows.iter().flat_map(sendmart::definitions::Behind::parts).collect::<Vec<_>>();
            parts.into_iter().map(move |(part, sql)| (kpi.id.clone(), part, sql))
        })
        .collect();
    let mut counted = BTreeSet::new();
    // A dozen parts a question: a process each would take minutes.
    for some in declared.chunks(12) {
        let rows = some.iter().map(|(id, part, sql)| {
            let n = if sql.contains(" AS counts") { "sum(counts)" } else { "count(*)" };
            format!(
                "SELECT '{id}' AS kpi, '{part}' AS part, {placed}, CAST({n} AS DOUBLE) AS n, count(*) AS rows, count(_delivery) AS known \
                 FROM ({sql}) GROUP BY {placed}"
            )
        });
        let said = some.iter().map(|(id, part, _)| {
            format!(
                "SELECT '{id}' AS kpi, '{part}' AS part, {placed}, {part} AS said FROM kpi.value \
                 WHERE kpi_id = '{id}' AND basis = 'local' AND reason IS NULL AND {part} IS NOT NULL AND {}",
                crate::OWN
            )
        });
        let told = query(&format!(
            "WITH rows AS ({}), said AS ({}), kind AS ( \
             SELECT DISTINCT kpi, part, geography_level, split_part(breakdown, '=', 1) AS kind FROM rows) \
             SELECT 'differs' AS what, said.*, rows.n, kind.kind IS NOT NULL AS has_kind, split_part(said.breakdown, '=', 1) AS kind \
             FROM said LEFT JOIN rows USING (kpi, part, {placed}) LEFT JOIN kind ON kind.kpi = said.kpi AND kind.part = said.part \
             AND kind.geography_level = said.geography_level AND kind.kind = split_part(said.breakdown, '=', 1) \
             WHERE abs(coalesce(rows.n, 0) - said.said) > 1e-6 \
             UNION ALL SELECT 'has', kpi, part, NULL, NULL, NULL, NULL, sum(rows), sum(known), NULL, NULL FROM rows GROUP BY kpi, part",
            rows.collect::<Vec<_>>().join(" UNION ALL "),
            said.collect::<Vec<_>>().join(" UNION ALL ")
        ));
        let word = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
        let (has, differing): (Vec<_>, Vec<_>) = told.into_iter().partition(|row| row["what"] == "has");
        let is_reasoned = |row: &Value| {
            let of = ["kpi", "part", "kind"].map(|name| word(row, name)).join(" ");
            row["has_kind"] == false && REASONED.contains(&of.as_str())
        };
        let differing: Vec<_> = differing.iter().filter(|row| !is_reasoned(row)).collect();
        assert!(differing.is_empty(), "{:#?}", &differing[..differing.len().min(9)]);
        for row in has {
            assert_eq!(row["said"], row["n"], "rows without their file: {row}");
            counted.insert(word(&row, "kpi"));
        }
    }
    counted
}

fn a_breakdown_without_rows_is_told(county: &County) {
    let value = "SELECT period, breakdown FROM kpi.value WHERE kpi_id = 'vacancy_days' AND basis = 'local' \
                 AND breakdown LIKE 'team=%' AND numerator > 0 ORDER BY period, breakdown LIMIT 1";
    let value = county.query(value).remove(0);
    let (period, breakdown) = (value["period"].as_str().unwrap(), value["breakdown"].as_str().unwrap());
    let asked = ["explain", "vacancy_days", "--at", "Somerset", "--period", period, "--breakdown", breakdown];
    let (code, out, err) = county.ask(&asked);
    assert!(code == 0 && out.contains("Rows of the numerator: ") && !out.contains("the value says"), "{out}{err}");

    // The same KPI in a place where it gives no rows of its teams.
    let keep = tempfile::tempdir().unwrap();
    let link = |name: &str| std::os::unix::fs::symlink(checkout().join(name), keep.path().join(name)).unwrap();
    fs::create_dir_all(keep.path().join("sql/kpis/local")).unwrap();
    ["pipelines", "config", "sql/marts", "sql/checks", "sql/relations.toml"].into_iter().for_each(link);
    let written = fs::read_to_string(checkout().join("sql/kpis/local/vacancy_days.sql")).unwrap();
    let fewer = written.replacen("VALUES ('total'), ('team'), ", "VALUES ('total'), ", 1);
    assert_ne!(fewer, written);
    fs::write(keep.path().join("sql/kpis/local/vacancy_days.sql"), fewer).unwrap();
    // It has no other KPI, so that the county's targets are of none that it knows.
    let config = fs::read_to_string(&county.config).unwrap();
    let config: Vec<&str> = config.lines().filter(|line| !line.starts_with("targets = ")).collect();
    let without_targets = keep.path().join("here.toml");
    fs::write(&without_targets, config.join("\n")).unwrap();
    let without_targets = without_targets.display().to_string();
    let elsewhere =
        |words: &[&str]| sendmart(keep.path(), &[&["--config", without_targets.as_str()][..], &asked, words].concat());
    let (code, out, err) = elsewhere(&[]);
    assert!(code == 0 && out.contains(&format!("not given for `{breakdown}`")), "{out}{err}");
    assert!(out.contains("they are given for cover, total"), "{out}");
    let (code, out, err) = elsewhere(&["--rows", "numerator"]);
    assert!(code == 1 && err.contains("they are given for cover, total"), "{out}{err}");
}

fn rows_are_listed_and_written_with_their_cells(county: &County) {
    let value = "SELECT period, CAST(CAST(numerator AS INTEGER) AS VARCHAR) AS n FROM kpi.value WHERE kpi_id = 'suspension_rate' \
                 AND basis = 'local' AND geography_level = 'authority' AND breakdown = 'total' AND numerator > 0 ORDER BY period LIMIT 1";
    let value = county.query(value).remove(0);
    let (period, n) = (value["period"].as_str().unwrap(), value["n"].as_str().unwrap());
    let asked = ["explain", "suspension_rate", "--at", "Somerset", "--period", period];
    let (code, out, err) = county.ask(&asked);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains(&format!("Rows of the numerator: {n}")), "{out}");
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
