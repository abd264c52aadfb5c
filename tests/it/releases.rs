//! The current data sets of the department's statistics service (`../shared/data/ees_current`): each file loads whole, and its
//! printed figures come out of the counts beside them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{checkout, place, sendmart};

/// A file with rows: its name, the collection that takes it, rows read and accepted, printed figures compared, and of these equal. A
/// later file of a table came out later.
const WITH_ROWS: &[(&str, &str, u64, u64, u64)] = &[
    ("susp_school_termly_prev_aut2425", "published_exclusions", 3, 9, 9),
    ("susp_school_termly_prev_2324", "published_exclusions", 2, 6, 6),
    ("sen_provision_2025_oldformat", "published_sen", 5, 10, 10),
    ("spc_fsm_2025_oldformat", "published_pupils", 5, 5, 5),
    ("susp_geog_annual", "published_exclusions", 5, 15, 15),
    ("susp_geog_termly", "published_exclusions", 5, 15, 15),
    ("susp_school_termly", "published_exclusions", 5, 15, 15),
    ("susp_char_annual", "published_exclusions", 4, 12, 12),
    ("susp_ethnicity_fsm_annual", "published_exclusions", 5, 15, 15),
    ("susp_fsm6_idaci_senneed_annual_prev", "published_exclusions", 5, 15, 1),
    ("susp_duration_termly", "published_exclusions", 5, 0, 0),
    ("susp_number_per_pupil_termly", "published_exclusions", 5, 0, 0),
    ("susp_days_missed_termly", "published_exclusions", 5, 0, 0),
    ("susp_days_missed_annual", "published_exclusions", 5, 0, 0),
    ("susp_avg_days_annual", "published_exclusions", 5, 10, 10),
    ("susp_ap_termly", "published_exclusions", 5, 15, 15),
    ("absence_ethnicity_fsm_autspr", "published_absence", 5, 15, 15),
    ("absence_ethnicity_fsm_autumn", "published_absence", 4, 12, 12),
    ("absence_age4_autspr", "published_absence", 5, 5, 5),
    ("absence_ap_annual", "published_absence", 1, 6, 6),
    ("absence_persistent_severe_annual", "published_absence", 5, 3, 3),
    ("attendance_reasons_weekly", "published_attendance", 5, 3, 3),
    ("sen_school_2025", "published_sen", 1, 0, 0),
    ("sen_secondary_need_2026", "published_sen", 5, 5, 5),
    ("sen_multichar_2026", "published_sen", 5, 5, 5),
    ("sen_provision_2025", "published_sen", 5, 3, 3),
    ("sen_fsm_2025", "published_sen", 4, 4, 4),
    ("sen_yeargroup_2025_oldformat", "published_sen", 2, 34, 34),
    ("spc_fsm_2026", "published_pupils", 5, 5, 5),
];

/// A file of which the header alone is known, whole or cut: its name, and the collection that takes it. It gets rows of the sample that
/// has most of its labels.
const HEADERS: &[(&str, &str)] = &[
    ("susp_reason_termly", "published_exclusions"),
    ("absence_geog_annual", "published_absence"),
    ("absence_geog_termly", "published_absence"),
    ("absence_geog_autumn", "published_absence"),
    ("absence_geog_autspr", "published_absence"),
    ("absence_school_annual", "published_absence"),
    ("absence_char_annual", "published_absence"),
    ("absence_char_autumn", "published_absence"),
    ("absence_char_autspr", "published_absence"),
    ("absence_bands_char_annual", "published_absence"),
    ("absence_ap_autspr", "published_absence"),
    ("absence_ap_school_autumn", "published_absence"),
    ("absence_ap_school_annual", "published_absence"),
    ("absence_school_oneplus_autspr", "published_absence"),
    ("attendance_weekly", "published_attendance"),
    ("attendance_daily", "published_attendance"),
    ("attendance_sen_spring", "published_attendance"),
    ("attendance_sex_spring", "published_attendance"),
    ("attendance_term_summer2425", "published_attendance"),
    ("sen_fsm_ethnicity_language_2025_oldformat", "published_sen"),
    ("spc_school_2026", "published_pupils"),
    ("spc_school_characteristics_2026", "published_pupils"),
];

/// Printed rates of 2006/07 that are not the ratio of the counts beside them, as the file's page says.
const NO_RATIO: &str = "susp_fsm6_idaci_senneed_annual_prev.csv";

#[test]
fn every_current_file_loads_whole_and_gives_its_printed_figures() {
    let Some(shared) = crate::shared("data/ees_current") else { return };
    let shared = shared.canonicalize().unwrap();
    let (_keep, root) = place();
    let invented = root.join("invented");
    fs::create_dir(&invented).unwrap();
    let mut rows = BTreeMap::new();
    let mut sources = String::new();
    let mut source = |folder: &Path, file: &str, collection: &str, order: usize| {
        let (month, day) = (order / 28 + 1, order % 28 + 1);
        let folder = folder.display();
        writeln!(
            sources,
            "[[source]]\ncollection = \"{collection}\"\nfolder.path = \"{folder}\"\nfolder.files = [\"{file}.csv\"]\nreceived = \"2026-{month:02}-{day:02}\""
        )
        .unwrap();
    };
    for (order, (file, collection)) in HEADERS.iter().enumerate() {
        rows.insert(format!("{file}.csv"), fill(&shared, &invented, (file, collection), order));
        source(&invented, file, collection, order);
    }
    for (order, (file, collection, read, ..)) in WITH_ROWS.iter().enumerate() {
        rows.insert(format!("{file}.csv"), *read);
        source(&shared, file, collection, HEADERS.len() + order);
    }
    let config = root.join("releases.toml");
    fs::write(&config, sources).unwrap();
    let config = config.display().to_string();
    let (code, out, err) = sendmart(&root, &["--config", &config, "run"]);
    assert_eq!(code, 0, "{out}\n{err}");
    let ask = |sql: &str| -> Vec<Value> {
        let (code, out, err) = sendmart(&root, &["--config", &config, "--json", "query", sql]);
        assert_eq!(code, 0, "{sql}\n{err}");
        out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let books = "SELECT file_name, rows_read, rows_accepted, rows_quarantined FROM meta.delivery WHERE collection <> 'calendar'";
    let mut seen = BTreeSet::new();
    for book in ask(books) {
        let file = book["file_name"].as_str().unwrap().to_owned();
        let told = (book["rows_read"].as_u64(), book["rows_accepted"].as_u64(), book["rows_quarantined"].as_u64());
        assert_eq!(told, (Some(rows[&file]), Some(rows[&file]), Some(0)), "{file}");
        seen.insert(file);
    }
    assert_eq!(seen, rows.into_keys().collect(), "each of the files is in");
    let compared = "SELECT file_name, count(*) AS compared, count(*) FILTER (value = published) AS equal FROM \
        (SELECT * FROM kpi.value UNION ALL BY NAME SELECT * FROM kpi.superseded_value) JOIN meta.delivery USING (delivery_id) \
        WHERE value IS NOT NULL AND published IS NOT NULL GROUP BY file_name";
    let compared: BTreeMap<String, (u64, u64)> = ask(compared)
        .into_iter()
        .map(|row| {
            let counts = (row["compared"].as_u64().unwrap(), row["equal"].as_u64().unwrap());
            (row["file_name"].as_str().unwrap().to_owned(), counts)
        })
        .collect();
    for (file, _, _, figures, equal) in WITH_ROWS {
        let found = compared.get(&format!("{file}.csv")).copied().unwrap_or_default();
        assert_eq!(found, (*figures, *equal), "{file}: figures compared, and equal");
    }
    for (file, (figures, equal)) in &compared {
        assert!(figures == equal || file == NO_RATIO, "{file}: {equal} of {figures} printed figures come out");
    }
    // The school whose URN is printed as a power of ten is found by its LAESTAB, and is a query.
    let faults = "SELECT file_name, raw_value, severity, hint FROM meta.fault JOIN meta.delivery USING (delivery_id) WHERE rule_id = 'urn::power_of_ten'";
    let mut odd: Vec<String> = ask(faults)
        .iter()
        .map(|fault| ["file_name", "raw_value", "severity", "hint"].map(|key| fault[key].as_str().unwrap()).join(" "))
        .collect();
    odd.sort();
    let told =
        "1e+05 query find the school by the LAESTAB beside it, `2013614`, which is whole; and tell the publisher";
    assert_eq!(odd, [format!("sen_school_2025.csv {told}"), format!("spc_school_2026.csv {told}")]);
    // Codes that no list has would be queries too: all that these files print are known.
    assert_eq!(ask("SELECT raw_value FROM meta.fault WHERE rule_id = 'cell::unknown_code'"), Vec::<Value>::new());
    // Constituencies are kept in the lake and not shown.
    let shown = "SELECT count(*) FILTER (geographic_level = 'National') AS n, count(*) FILTER (geographic_level LIKE 'Parl%') AS p \
        FROM mart.published_pupils_school_characteristics";
    assert_eq!(ask(shown)[0].to_string(), r#"{"n":1,"p":0}"#);
}

/// Writes a file under a header of the catalogue, with the rows of the sample that has most of its labels; gives how many. Rows of
/// schools stand under headers that name schools. Two files with one header are no copies of each other: their rows begin elsewhere.
fn fill(shared: &Path, into: &Path, (file, collection): (&str, &str), order: usize) -> u64 {
    let whole = shared.join(format!("{file}.csv"));
    let path = if whole.exists() { whole } else { shared.join(format!("partial_headers/{file}.csv")) };
    let header: Vec<String> = records(&path).remove(0);
    let key = |label: &String| label.to_lowercase();
    let labels: BTreeSet<String> = header.iter().map(key).collect();
    let samples = checkout().join("pipelines").join(collection).join("samples");
    let mut best: Option<(usize, PathBuf, Vec<Vec<String>>)> = None;
    for folder in fs::read_dir(samples).unwrap().flatten() {
        let sample = fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
        let rows = records(&sample);
        let alike = rows[0].iter().map(key).filter(|label| labels.contains(label)).count();
        if best.as_ref().is_none_or(|(most, path, _)| (alike, path) > (*most, &sample)) {
            best = Some((alike, sample, rows));
        }
    }
    let (_, sample, mut rows) = best.unwrap();
    let from: Vec<String> = rows.remove(0).iter().map(key).collect();
    let first = order % rows.len();
    rows.rotate_left(first);
    let is_of_schools = labels.contains("school_laestab");
    let level = from.iter().position(|label| label == "geographic_level").unwrap();
    let mut out = csv::Writer::from_path(into.join(format!("{file}.csv"))).unwrap();
    out.write_record(&header).unwrap();
    let mut written = 0;
    for row in rows.iter().filter(|row| (row[level] == "School") == is_of_schools) {
        let value = |label: &String| from.iter().position(|own| *own == key(label)).map_or("", |at| row[at].as_str());
        out.write_record(header.iter().map(value)).unwrap();
        written += 1;
    }
    out.flush().unwrap();
    assert!(written > 0, "{} has no row for {file}", sample.display());
    written
}

/// The records of a small file of text.
fn records(path: &Path) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(path).unwrap();
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// What the next release may do to any column: a label that is renamed, and a column that is added, refuse the file. No other table takes
/// it, and nothing is passed over.
#[test]
fn a_renamed_or_added_column_of_any_current_file_is_refused_and_taken_by_no_other_table() {
    let Some(shared) = crate::shared("data/ees_current") else { return };
    let definitions = sendmart::definitions::load(checkout(), None).unwrap();
    let containment = sendmart::read::Containment::InProcess;
    let folder = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    let mut tried = 0;
    for (name, collection, ..) in WITH_ROWS {
        let collection = &definitions.collections[*collection];
        let text = fs::read_to_string(shared.join(format!("{name}.csv"))).unwrap();
        let (header, rows) = text.split_once('\n').unwrap();
        let labels: Vec<&str> = header.trim_start_matches('\u{feff}').trim_end().split(',').collect();
        let mut proved = |labels: &[String], rows: &str| {
            let file_name = format!("{name}.csv");
            let path = folder.path().join(&file_name);
            fs::write(&path, format!("{}\n{rows}", labels.join(","))).unwrap();
            tried += 1;
            let mut opened = sendmart::read::Opened::within(&path, &containment);
            let proofs = sendmart::prove::prove(&mut opened, &file_name, collection);
            proofs.map(|proofs| proofs[0].layout.table.name.clone())
        };
        let own: Vec<String> = labels.iter().map(|label| (*label).to_owned()).collect();
        let table = proved(&own, rows).unwrap_or_else(|error| panic!("{name}: {error}"));
        for index in 0..own.len() {
            let mut renamed = own.clone();
            renamed[index] = "zz_renamed".to_owned();
            // What no contract takes and its layout ignores is nobody's under any name.
            if let Ok(taken) = proved(&renamed, rows) {
                wrong.push(format!("{name}: `{}` renamed is taken by `{taken}` (it is `{table}`)", own[index]));
            }
        }
        let mut added = own.clone();
        added.push("zz_added".to_owned());
        let longer: String = rows.lines().map(|row| format!("{},1\n", row.trim_end())).collect();
        if let Ok(taken) = proved(&added, &longer) {
            wrong.push(format!("{name}: an added column is passed over by `{taken}`"));
        }
    }
    assert!(tried > 500, "{tried} headers were tried");
    assert!(wrong.is_empty(), "{} of {tried}: {wrong:#?}", wrong.len());
}

/// Rates that no KPI speaks of are compared as well, each with the counts beside it or in the row of the whole; a figure that is not what
/// its counts give is told with its row.
#[test]
fn a_printed_rate_that_is_not_of_its_counts_is_told() {
    let Some(shared) = crate::shared("data/ees_current") else { return };
    let (_keep, root) = place();
    let name = "swf_teacher_characteristics_school.csv";
    let folder = root.join("files");
    fs::create_dir(&folder).unwrap();
    let text = fs::read_to_string(shared.join(name)).unwrap();
    let (before, after) = text.rsplit_once("7.5358,10").unwrap();
    fs::write(folder.join(name), format!("{before}7.5359,10{after}")).unwrap();
    fs::copy(shared.join("swf_sickness_absence_la.csv"), folder.join("swf_sickness_absence_la.csv")).unwrap();
    let config = root.join("rates.toml");
    let source =
        "[[source]]\ncollection = \"published_workforce\"\nfolder.path = \"files\"\nfolder.files = [\"*.csv\"]\n";
    fs::write(&config, source).unwrap();
    let config = config.display().to_string();
    let (code, out, err) = sendmart(&root, &["--config", &config, "run"]);
    assert_eq!(code, 0, "{out}\n{err}");
    let (code, out, err) = sendmart(&root, &["--config", &config, "kpi", "reconcile"]);
    assert_eq!(code, 0, "{out}\n{err}");
    let told = out.split_once("Printed rates").unwrap().1;
    insta::assert_snapshot!("printed_rates_told", told);
}

/// A group that has another name in the next release: where it means the same, the newer figure counts; that the older rows stand is told.
#[test]
fn a_group_under_a_new_name_is_told_and_counts_once() {
    let Some(shared) = crate::shared("data/ees_current") else { return };
    let (_keep, root) = place();
    let header = fs::read_to_string(shared.join("susp_char_annual.csv")).unwrap();
    let header = header.trim_start_matches('\u{feff}').lines().next().unwrap();
    let release = |sex: &str, pupils: u32| {
        let row = |group: &str, name: &str, suspended: u32| {
            format!(
                "Academic year,202324,National,E92000001,England,,,,,,Total,{group},{name},{pupils},0,0,{suspended},{},0,0\n",
                f64::from(suspended) * 100.0 / f64::from(pupils)
            )
        };
        format!("{header}\n{}{}{}", row(sex, "Female", 10), row(sex, "Male", 30), row("Age", "Age 7", 4))
    };
    let mut config = String::new();
    for (day, text) in [("2025-07-01", release("Gender", 1000)), ("2025-11-01", release("Sex", 2000))] {
        let folder = root.join(day);
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("susp_char_annual.csv"), text).unwrap();
        config.push_str(&format!(
            "[[source]]\ncollection = \"published_exclusions\"\nfolder.path = \"{day}\"\nfolder.files = [\"*.csv\"]\nreceived = \"{day}\"\n"
        ));
    }
    let path = root.join("groups.toml");
    fs::write(&path, config).unwrap();
    let config = path.display().to_string();
    let (code, out, err) = sendmart(&root, &["--config", &config, "run"]);
    assert_eq!(code, 0, "{out}\n{err}");
    assert!(err.contains("release::left_standing") && err.contains("`Gender`"), "{err}");
    let ask = |sql: &str| {
        let (code, out, err) = sendmart(&root, &["--config", &config, "--json", "query", sql]);
        assert_eq!(code, 0, "{err}");
        out.trim().to_owned()
    };
    let told =
        ask("SELECT breakdown, numerator, denominator FROM kpi.value WHERE kpi_id = 'suspension_rate' ORDER BY 1");
    assert_eq!(
        told.lines().collect::<Vec<_>>(),
        [
            r#"{"breakdown":"age=Age 7","numerator":4.0,"denominator":2000.0}"#,
            r#"{"breakdown":"sex=Female","numerator":10.0,"denominator":2000.0}"#,
            r#"{"breakdown":"sex=Male","numerator":30.0,"denominator":2000.0}"#,
        ]
    );
    let older = ask(
        "SELECT count(*) AS n FROM kpi.superseded_value WHERE kpi_id = 'suspension_rate' AND breakdown LIKE 'sex=%'",
    );
    assert_eq!(older, r#"{"n":2}"#);
}
