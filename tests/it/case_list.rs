//! The case system's list of all cases beside the SEN2 returns: it tells the time that no return tells, and what the two say otherwise of a
//! closed year is listed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::{Value, json};

/// An invented county, and configs of parts of it.
struct Lists {
    _keep: (tempfile::TempDir, tempfile::TempDir),
    place: PathBuf,
    county: PathBuf,
}

impl Lists {
    fn new() -> Self {
        let (keep, place) = crate::place();
        let county = tempfile::tempdir().unwrap();
        let out = county.path().display().to_string();
        let size = ["--schools", "8", "--pupils", "900", "--seed", "3", "--mess", "0"];
        let (code, _, err) = crate::sendmart(&place, &[&["sample", "--out", &out][..], &size].concat());
        assert_eq!(code, 0, "{err}");
        let folder = county.path().to_path_buf();
        Self { _keep: (keep, county), place, county: folder }
    }

    /// The whole county, run once for all tests, and its config.
    fn whole() -> &'static (Self, String) {
        static WHOLE: OnceLock<(Lists, String)> = OnceLock::new();
        WHOLE.get_or_init(|| {
            let lists = Self::new();
            let config = lists.run("whole", |_| false);
            (lists, config)
        })
    }

    /// Runs the county without the sources that `is_cut` picks by their text, and without registers; gives its config.
    fn run(&self, name: &str, is_cut: impl Fn(&str) -> bool) -> String {
        let written = fs::read_to_string(self.county.join("sample.toml")).unwrap();
        let mut parts = written.split("\n[[source]]\n");
        let head = parts.next().unwrap().replace("/var\"", &format!("/{name}\""));
        let collections = head.lines().find(|line| line.starts_with("collections = ")).unwrap();
        let read = "collections = [\"calendar\", \"ehcp_cases\", \"gias\", \"school_census\", \"sen2\"]";
        let head = head.replace(collections, read);
        let kept: Vec<&str> = parts.filter(|source| !is_cut(source)).collect();
        let config = self.county.join(format!("{name}.toml"));
        fs::write(&config, format!("{head}\n[[source]]\n{}", kept.join("\n[[source]]\n"))).unwrap();
        let config = config.display().to_string();
        let (code, out, err) = crate::sendmart(&self.place, &["--config", &config, "run"]);
        assert_eq!(code, 0, "{out}{err}");
        config
    }

    fn ask(&self, config: &str, sql: &str) -> Vec<Value> {
        let (code, out, err) = crate::sendmart(&self.place, &["--config", config, "--json", "query", sql]);
        assert_eq!(code, 0, "{sql}\n{err}");
        out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Values on the council's own returns, by all that tells them apart.
    fn values(&self, config: &str, condition: &str) -> BTreeMap<String, Value> {
        let sql = format!(
            "SELECT concat_ws('|', kpi_id, period, geography_code, breakdown) AS at, numerator, denominator, value, \
             coalesce(mark, '') LIKE '%told by the list of cases%' AS listed FROM kpi.value \
             WHERE basis = 'local' AND numerator IS NOT NULL AND {condition}"
        );
        let rows = self.ask(config, &sql);
        rows.into_iter().map(|row| (row["at"].as_str().unwrap().to_owned(), row)).collect()
    }

    fn last_list(&self, module: &str) -> PathBuf {
        let folder = self.county.join("inbox/ehcp_cases/2026-09-03_2026-08-31");
        folder.join(format!("EHC-cases_2026-08-31_{module}.csv"))
    }
}

fn is_list(source: &str) -> bool {
    source.contains("inbox/ehcp_cases/")
}

/// What returns tell is as it was without lists. Beside it there is what lists alone tell, which is marked, and how far the two differ.
#[test]
fn lists_add_the_time_that_no_return_tells_and_change_nothing_else() {
    let (lists, with) = Lists::whole();
    let without = lists.run("without", is_list);
    let (with, without) = (lists.values(with, "TRUE"), lists.values(&without, "TRUE"));
    for (at, value) in &without {
        assert_eq!(with.get(at), Some(value), "{at}");
    }
    let added: Vec<&String> = with.keys().filter(|at| !without.contains_key(*at)).collect();
    let is_marked = |at: &&&String| with[**at]["listed"] == true || at.starts_with("ehcp_return_difference|");
    let unmarked: Vec<_> = added.iter().filter(|at| !is_marked(at)).collect();
    assert!(unmarked.is_empty(), "{unmarked:?}");
    for wanted in [
        "ehcp_20_week|2026-05",
        "ehcp_caseload|2026-08",
        "ehcp_backlog|2026-02",
        "ehcp_request_6_week|2025/26",
        "ehcp_refusal_tribunal|2026|",
    ] {
        assert!(added.iter().any(|at| at.starts_with(wanted)), "nothing of {wanted}: {added:?}");
    }
    assert!(without.values().all(|value| value["listed"] == false));
}

/// The last return is not in: the list tells its year as the return would.
#[test]
fn a_list_in_place_of_a_return_gives_the_same_year() {
    let (lists, whole) = Lists::whole();
    let year = "kpi_id LIKE 'ehcp%' AND kpi_id NOT IN ('ehcp_return_difference', 'ehcp_phase_transfer_in_time') \
                AND (period IN ('2025', '2025/26') OR (period LIKE '2025-%' AND period_kind = 'month')) AND basis = 'local'";
    let cut = lists.run("cut", |source| source.contains("inbox/sen2/") && source.contains("_2025\""));
    assert_eq!(lists.ask(&cut, "SELECT count(*) AS n FROM mart.dim_ehcp_year WHERE told_by = 'extract'")[0]["n"], 2);
    let (by_return, by_list) = (lists.values(whole, year), lists.values(&cut, year));
    assert!(by_return.len() > 80, "{}", by_return.len());
    for (at, value) in &by_return {
        let found = by_list.get(at).unwrap_or_else(|| panic!("the list does not tell {at}"));
        assert_eq!(found["listed"], true, "{at} is not marked");
        for part in ["numerator", "denominator", "value"] {
            assert_eq!(found[part], value[part], "{part} of {at}");
        }
    }
}

/// Writes a CSV file anew with its records changed.
fn edit(path: &Path, change: impl Fn(&mut BTreeMap<String, String>) -> bool) {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let mut writer = csv::Writer::from_path(path).unwrap();
    writer.write_record(&header).unwrap();
    for row in rows {
        let mut cells: BTreeMap<String, String> =
            header.iter().map(str::to_owned).zip(row.iter().map(str::to_owned)).collect();
        if change(&mut cells) {
            writer.write_record(header.iter().map(|label| cells[label].as_str())).unwrap();
        }
    }
    writer.flush().unwrap();
}

/// A list that was corrected since the return: each difference is listed with what the two say, and counted in the year of the return.
#[test]
fn what_a_return_and_the_list_say_otherwise_is_listed() {
    let (_, before) = Lists::whole();
    let lists = Lists::new();
    let count = "SELECT numerator, denominator FROM kpi.value WHERE kpi_id = 'ehcp_return_difference' AND period = '2025' AND breakdown = 'total'";
    let told = lists.ask(before, count);
    let all = told[0]["denominator"].as_f64().unwrap();
    assert!(all > 8.0, "{told:?}");
    assert_eq!(told[0]["numerator"], 0.0, "both are whole and the same");
    assert_eq!(lists.ask(before, "SELECT count(*) AS n FROM mart.ehcp_return_difference")[0]["n"], 0);

    let requests = fs::read_to_string(lists.last_list("requests")).unwrap();
    let mut of_2025: Vec<BTreeMap<String, String>> = Vec::new();
    let mut reader = csv::Reader::from_reader(requests.as_bytes());
    let header = reader.headers().unwrap().clone();
    for row in reader.records().map(Result::unwrap) {
        let cells: BTreeMap<String, String> =
            header.iter().map(str::to_owned).zip(row.iter().map(str::to_owned)).collect();
        let is_in = |label: &str| cells[label].starts_with("2025-");
        if is_in("receiveddate")
            && is_in("requestoutcomedate")
            && ["Y", "N"].contains(&cells["requestoutcome"].as_str())
        {
            of_2025.push(cells);
        }
    }
    assert!(of_2025.len() >= 3, "{}", of_2025.len());
    let id = |index: usize| of_2025[index]["requeststableid"].clone();
    let (gone, moved, reversed) = (id(0), id(1), id(2));
    edit(&lists.last_list("requests"), |cells| {
        let id = &cells["requeststableid"];
        if *id == moved {
            cells.insert("receiveddate".to_owned(), "2025-Jan-01 00:00:00".to_owned());
        } else if *id == reversed {
            cells.insert("requestoutcome".to_owned(), "A".to_owned());
            cells.insert("requestoutcomedate".to_owned(), String::new());
        }
        cells["requeststableid"] != gone
    });
    let after = lists.run("after", |_| false);
    let found = lists.ask(
        &after,
        "SELECT what, count(*) AS n, count(in_return) AS returned, count(in_list) AS listed FROM mart.ehcp_return_difference \
         WHERE calendar_year = '2025' GROUP BY what ORDER BY what",
    );
    assert_eq!(
        found,
        [
            json!({ "what": "decision", "n": 1, "returned": 1, "listed": 0 }),
            json!({ "what": "not in the list", "n": 1, "returned": 1, "listed": 0 }),
            json!({ "what": "received", "n": 1, "returned": 1, "listed": 1 }),
        ]
    );
    assert_eq!(lists.ask(&after, count), [json!({ "numerator": 3.0, "denominator": all })]);
    // The year of the return stays as the return tells it.
    let of_return = "period = '2025' AND kpi_id LIKE 'ehcp%' AND kpi_id <> 'ehcp_return_difference'";
    assert_eq!(lists.values(before, of_return), lists.values(&after, of_return));
    let rows = ["explain", "ehcp_return_difference", "--at", "933", "--period", "2025", "--rows", "numerator"];
    let (code, out, err) = crate::sendmart(&lists.place, &[&["--config", &after, "--json"][..], &rows].concat());
    assert_eq!(code, 0, "{err}");
    let listed: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(listed.len() == 3 && out.matches("2025-").count() >= 3, "{out}");
}

/// A list that lacks a module tells nothing that needs it, and says so; an older list does not stand in.
#[test]
fn a_list_without_a_module_gives_a_reason() {
    let lists = Lists::new();
    fs::remove_file(lists.last_list("assessment")).unwrap();
    let config = lists.run("lacking", |_| false);
    let told = lists.ask(
        &config,
        "SELECT kpi_id, numerator, reason, mark FROM kpi.value WHERE period = '2026' AND breakdown = 'total' AND basis = 'local' \
         AND kpi_id IN ('ehcp_20_week', 'ehcp_backlog') ORDER BY kpi_id",
    );
    let mark = "no source: of the list of cases of 2026-08-31 did not come, or has no record: ehcp_cases.assessment";
    assert_eq!(
        told,
        ["ehcp_20_week", "ehcp_backlog"]
            .map(|kpi| json!({ "kpi_id": kpi, "numerator": null, "reason": "unavailable", "mark": mark }))
    );
    let months = "SELECT count(*) AS n FROM kpi.value WHERE basis = 'local' AND period_kind = 'month' AND period > '2026' AND kpi_id = ";
    for kpi in ["'ehcp_20_week'", "'ehcp_backlog'"] {
        assert_eq!(lists.ask(&config, &format!("{months}{kpi}"))[0]["n"], 0, "{kpi}");
    }
    assert_ne!(lists.ask(&config, &format!("{months}'ehcp_request_6_week'"))[0]["n"], 0);
}

/// As of a day before the list, and by what was known then: what happened later counts in neither.
#[test]
fn lists_stand_as_of_a_day_and_as_known_then() {
    let (lists, config) = Lists::whole();
    let shown = |kpi: &str, more: &[&str]| -> Value {
        let asked = [&["--config", config, "--json", "kpi", "show", kpi, "--kind", "month"][..], more].concat();
        let (code, out, err) = crate::sendmart(&lists.place, &asked);
        assert_eq!(code, 0, "{err}");
        out.lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .filter(|row| row["period"].as_str().is_some_and(|period| period.starts_with("2026-")))
            .collect()
    };
    for kpi in ["ehcp_backlog", "ehcp_caseload"] {
        let now = shown(kpi, &[]);
        let then = shown(kpi, &["--as-of", "2026-04-30"]);
        let (now, then) = (now.as_array().unwrap(), then.as_array().unwrap());
        assert!(then.len() >= 3 && now.len() > then.len(), "{kpi}: {} of {}", then.len(), now.len());
        for row in then {
            let is_same = |one: &&Value| ["period", "breakdown"].iter().all(|key| one[*key] == row[*key]);
            let same = now.iter().find(is_same).unwrap();
            assert_eq!(same["value"], row["value"], "{kpi} {row}");
        }
        // What was known by then: the list of the end of March, in which some was not keyed in yet.
        let known = shown(kpi, &["--as-of", "2026-04-30", "--known-at", "2026-04-10"]);
        let last = known.as_array().unwrap().iter().filter_map(|row| row["period"].as_str()).max();
        assert_eq!(last, Some("2026-03"), "{kpi}: {known}");
    }
}

/// The same list with a row a case, under the labels of other people's templates, tells the same as the modules; beside them on the same day
/// the modules count.
#[test]
fn a_row_a_case_tells_what_the_modules_tell() {
    let (whole, config) = Lists::whole();
    let lists = Lists::new();
    let condition = "kpi_id LIKE 'ehcp%'";
    let by_modules = whole.values(config, condition);
    let rows_of = |module: &str| -> Vec<BTreeMap<String, String>> {
        let mut reader = csv::Reader::from_path(lists.last_list(module)).unwrap();
        let header = reader.headers().unwrap().clone();
        let cells =
            |row: csv::StringRecord| header.iter().map(str::to_owned).zip(row.iter().map(str::to_owned)).collect();
        reader.records().map(Result::unwrap).map(cells).collect()
    };
    let by = |module: &str, key: &str| -> BTreeMap<String, BTreeMap<String, String>> {
        rows_of(module).into_iter().map(|row| (row[key].clone(), row)).collect()
    };
    let persons = by("person", "persontableid");
    let (assessments, plans) = (by("assessment", "requeststableid"), by("namedplan", "assessmenttableid"));
    let columns: [(&str, &str, &str); 20] = [
        ("Person ID", "person", "persontableid"),
        ("Requests Record ID", "requests", "requeststableid"),
        ("Dob (ccyy-mm-dd)", "person", "personbirthdate"),
        ("Gender", "person", "sex"),
        ("UPN - Unique Pupil Number", "person", "upn"),
        ("ULN", "person", "uniquelearnernumber"),
        ("Date Request Was Received", "requests", "receiveddate"),
        ("Request Outcome Date", "requests", "requestoutcomedate"),
        ("Request Outcome", "requests", "requestoutcome"),
        ("Request Mediation", "requests", "requestmediation"),
        ("Request Tribunal", "requests", "requesttribunal"),
        ("Assessment Outcome To Issue EHCP", "assessment", "assessmentoutcome"),
        ("Assessment Outcome Date", "assessment", "assessmentoutcomedate"),
        ("Assessment Mediation", "assessment", "assessmentmediation"),
        ("Assessment Tribunal", "assessment", "assessmenttribunal"),
        ("Twenty Weeks Time Limit Exceptions Apply", "assessment", "week20"),
        ("Date initial EHC plan issued", "namedplan", "startdate"),
        ("Date EHC Plan Ceased", "namedplan", "ceasedate"),
        ("Reason EHC Plan Ceased", "namedplan", "ceasereason"),
        ("Personal budget taken up", "namedplan", "pb"),
    ];
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, "All cases at 31 August 2026").unwrap();
    sheet.write_row(2, 0, columns.map(|(label, ..)| label)).unwrap();
    for (line, request) in (3..).zip(rows_of("requests")) {
        let person = &persons[&request["persontableid"]];
        let assessment = assessments.get(&request["requeststableid"]);
        let plan = assessment.and_then(|one| plans.get(&one["assessmenttableid"]));
        for (column, (_, module, label)) in (0..).zip(columns) {
            let of = match module {
                "person" => Some(person),
                "requests" => Some(&request),
                "assessment" => assessment,
                _ => plan,
            };
            let text = of.map_or("", |row| row[label].as_str());
            let text = text.strip_suffix(".0").unwrap_or(text);
            if !text.is_empty() {
                sheet.write_string(line, column, text).unwrap();
            }
        }
    }
    let folder = lists.county.join("inbox/ehcp_cases/2026-09-03_2026-08-31");
    book.save(folder.join("EHC case list 2026-08-31.xlsx")).unwrap();
    let beside = lists.run("beside", |_| false);
    assert_eq!(lists.values(&beside, condition), by_modules, "the modules count beside a list of a row each");
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "csv") {
            fs::remove_file(path).unwrap();
        }
    }
    let flat = lists.run("flat", |_| false);
    let told = lists.ask(
        &flat,
        "SELECT count(*) AS n FROM mart.dim_ehcp_year WHERE extract_is_flat AND extract_date = '2026-08-31'",
    );
    assert_eq!(told[0]["n"], 3);
    let by_rows = lists.values(&flat, condition);
    for (at, value) in &by_modules {
        assert_eq!(by_rows.get(at), Some(value), "{at}");
    }
    assert_eq!(by_rows.len(), by_modules.len());
}
