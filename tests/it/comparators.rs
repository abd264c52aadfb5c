use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::{link_definitions, sendmart};

/// KPI, period, breakdown.
type Key = (String, String, String);

fn text(row: &Value, name: &str) -> String {
    row[name].as_str().unwrap_or_default().to_owned()
}

fn key(row: &Value) -> Key {
    (text(row, "kpi_id"), text(row, "period"), text(row, "breakdown"))
}

/// A quartile, between the two values that it lies between.
fn quartile(sorted: &[f64], which: usize) -> f64 {
    let at = which * (sorted.len() - 1);
    let (low, between) = (at / 4, [0.0, 0.25, 0.5, 0.75][at % 4]);
    let high = sorted[(low + 1).min(sorted.len() - 1)];
    sorted[low] + (high - sorted[low]) * between
}

fn near(one: Option<f64>, other: Option<f64>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => (one - other).abs() < 1e-5,
        (one, other) => one.is_none() && other.is_none(),
    }
}

/// Runs a config, and asks what it has published.
fn run_and_ask(place: &Path, config: &str) -> impl Fn(&str) -> Vec<Value> {
    let (code, out, err) = sendmart(place, &["--config", config, "run"]);
    assert_eq!(code, 0, "{out}\n{err}");
    move |sql| {
        let (code, out, err) = sendmart(place, &["--config", config, "--json", "query", sql]);
        assert_eq!(code, 0, "{sql}\n{err}");
        out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// England, the region and the ten neighbours beside each figure of a council are those of `kpi.value`, reckoned here anew.
#[test]
fn what_a_figure_is_held_against_is_what_the_values_say() {
    let Some(shared) = crate::shared("data") else { return };
    let shared = shared.canonicalize().unwrap().display().to_string();
    let keep = tempfile::tempdir().unwrap();
    let place = keep.path().join("place");
    fs::create_dir(&place).unwrap();
    link_definitions(&place);
    let config = place.join("somerset.toml");
    fs::write(
        &config,
        format!(
            "authority = \"933\"\ncollections = [\"published_exclusions\", \"statistical_neighbours\"]\n\
             [[source]]\ncollection = \"published_exclusions\"\nfolder.path = \"{shared}/exclusions\"\n\
             folder.files = [\"ees_exclusions_by_geographic_level.zip!*.csv\"]\nfolder.except = [\"*.zip!*.meta.csv\"]\n\
             received = \"2018-07-19\"\nmaturity = \"final\"\n\
             [[source]]\ncollection = \"statistical_neighbours\"\nfolder.path = \"{shared}/lait\"\n\
             folder.files = [\"sn_may_2025.xlsx\"]\nreceived = \"2025-05-31\"\n"
        ),
    )
    .unwrap();
    let config = config.display().to_string();
    let ask = run_and_ask(&place, &config);
    let ten: BTreeSet<String> =
        ask("SELECT neighbour_la_code FROM mart.fct_statistical_neighbour WHERE la_code = '933'")
            .iter()
            .map(|row| text(row, "neighbour_la_code"))
            .collect();
    assert_eq!(ten.len(), 10);
    let values =
        ask("SELECT kpi_id, period, breakdown, geography_level, geography_code, geography_name, value FROM kpi.value \
         WHERE basis = 'published' AND value IS NOT NULL AND geography_level IN ('nation', 'region', 'authority')");
    let mut of_key: BTreeMap<Key, Vec<&Value>> = BTreeMap::new();
    for row in &values {
        of_key.entry(key(row)).or_default().push(row);
    }
    let comparators = ask("SELECT * FROM mart.comparator");
    assert!(comparators.len() > 100, "{}", comparators.len());
    let mut ranked = 0;
    for row in &comparators {
        let of = &of_key[&key(row)];
        let one = |level: &str, is: &dyn Fn(&Value) -> bool| {
            of.iter().find(|row| text(row, "geography_level") == level && is(row)).and_then(|row| row["value"].as_f64())
        };
        let own = one("authority", &|row| text(row, "geography_code") == "933");
        assert!(near(row["published"].as_f64(), own), "{row}");
        assert!(near(row["england"].as_f64(), one("nation", &|_| true)), "{row}");
        let south_west = one("region", &|row| text(row, "geography_name") == "South West");
        assert!(near(row["region"].as_f64(), south_west), "{row}");
        let is_one_of_ten = |row: &&&Value| ten.contains(&text(row, "geography_code"));
        let mut theirs: Vec<f64> = of.iter().filter(is_one_of_ten).filter_map(|row| row["value"].as_f64()).collect();
        theirs.sort_by(f64::total_cmp);
        assert_eq!(row["neighbours_with_value"].as_u64(), Some(theirs.len() as u64), "{row}");
        assert_eq!(row["neighbours"].as_u64(), Some(10));
        if theirs.is_empty() {
            assert!(row["rank"].is_null() && row["neighbour_mean"].is_null(), "{row}");
            continue;
        }
        let mean = theirs.iter().sum::<f64>() / theirs.len() as f64;
        assert!(near(row["neighbour_mean"].as_f64(), Some(mean)), "{row}: {mean}");
        assert!(near(row["neighbour_median"].as_f64(), Some(quartile(&theirs, 2))), "{row}");
        let enough = (theirs.len() >= 4).then_some(());
        assert!(near(row["neighbour_lower_quartile"].as_f64(), enough.map(|()| quartile(&theirs, 1))), "{row}");
        assert!(near(row["neighbour_upper_quartile"].as_f64(), enough.map(|()| quartile(&theirs, 3))), "{row}");
        // Fewer suspensions, and fewer children shut out, are better.
        let low = ["suspension_rate", "permanent_exclusion_rate", "one_plus_suspension_rate"];
        if let (Some(own), true) = (own, low.contains(&text(row, "kpi_id").as_str())) {
            let better = theirs.iter().filter(|theirs| **theirs < own).count() as u64;
            assert_eq!(row["rank"].as_u64(), Some(1 + better), "{row}");
            ranked += 1;
        }
    }
    assert!(ranked > 10, "{ranked}");
}

/// The council's region is told by whatever publication has come: here by one of pupils with free meals, and none of those that
/// `mart.dim_authority` reads.
#[test]
fn the_region_of_the_council_is_told_by_any_publication() {
    let Some(shared) = crate::shared("data/ees_current") else { return };
    let keep = tempfile::tempdir().unwrap();
    let place = keep.path().join("place");
    fs::create_dir_all(place.join("files")).unwrap();
    link_definitions(&place);
    let name = "spc_fsm_2026.csv";
    let text = fs::read_to_string(shared.join(name)).unwrap();
    let header: Vec<&str> = text.lines().next().unwrap().trim_start_matches('\u{feff}').split(',').collect();
    let at = |column: &str| header.iter().position(|label| *label == column).unwrap();
    let row = text.lines().find(|line| line.contains(",Local authority,")).unwrap();
    let cells: Vec<&str> = row.split(',').collect();
    let (council, region) = (cells[at("old_la_code")], cells[at("region_code")]);
    assert!(region.starts_with("E1"), "{row}");
    fs::copy(shared.join(name), place.join("files").join(name)).unwrap();
    let config = place.join("council.toml");
    fs::write(
        &config,
        format!(
            "authority = \"{council}\"\ncollections = [\"published_pupils\"]\n[[source]]\ncollection = \"published_pupils\"\n\
             folder.path = \"files\"\nfolder.files = [\"*.csv\"]\nreceived = \"2026-06-01\"\n"
        ),
    )
    .unwrap();
    let config = config.display().to_string();
    let (code, out, err) = sendmart(&place, &["--config", &config, "run"]);
    assert_eq!(code, 0, "{out}\n{err}");
    let sql = format!("SELECT region_code FROM mart.dim_authority_region WHERE la_code = '{council}'");
    let (code, out, err) = sendmart(&place, &["--config", &config, "--json", "query", &sql]);
    assert_eq!(code, 0, "{err}");
    let told: Value = serde_json::from_str(out.lines().next().unwrap()).unwrap();
    assert_eq!(text_of(&told), region);
}

fn text_of(row: &Value) -> &str {
    row["region_code"].as_str().unwrap()
}

/// Terms and weeks of publications are periods by the names that those of own returns have, and stand beside them.
#[test]
fn a_published_term_stands_beside_the_term_of_own_returns() {
    let Some(shared) = crate::shared("data/ees_current") else { return };
    let shared = shared.canonicalize().unwrap().display().to_string();
    let keep = tempfile::tempdir().unwrap();
    let (place, county) = (keep.path().join("place"), keep.path().join("county"));
    fs::create_dir(&place).unwrap();
    link_definitions(&place);
    let out = county.display().to_string();
    let size = ["--schools", "4", "--pupils", "80", "--years", "2", "--until", "2024/25"];
    let (code, said, err) = sendmart(&place, &[&["sample", "--out", &out][..], &size].concat());
    assert_eq!(code, 0, "{said}{err}");
    let config = county.join("sample.toml");
    let of_county = fs::read_to_string(&config).unwrap();
    let (_, rest) = of_county.split_once("collections = [").unwrap();
    let (_, rest) = rest.split_once("]\n").unwrap();
    let published = [
        ("published_exclusions", "susp_geog_*.csv"),
        ("published_attendance", "attendance_reasons_weekly.csv"),
        ("published_missing_education", "cme_census.csv"),
    ];
    let mut laid =
        "collections = [\"school_census\", \"exclusions\", \"gias\", \"calendar\", \"published_exclusions\", \
                    \"published_attendance\", \"published_missing_education\"]\n"
            .to_owned();
    laid.push_str(rest);
    for (collection, files) in published {
        laid.push_str(&format!(
            "\n[[source]]\ncollection = \"{collection}\"\nfolder.path = \"{shared}\"\nfolder.files = [\"{files}\"]\nreceived = \"2026-06-01\"\n"
        ));
    }
    fs::write(&config, laid).unwrap();
    let config = config.display().to_string();
    let ask = run_and_ask(&place, &config);
    let kinds = ask("SELECT kpi_id, period_kind, period, CAST(min(period_start) AS VARCHAR) AS starts, \
                     CAST(min(period_end) AS VARCHAR) AS ends FROM kpi.value WHERE basis = 'published' AND kpi_id IN \
                     ('suspension_rate', 'attendance_session_share', 'children_missing_education_rate') GROUP BY 1, 2, 3 ORDER BY 1, 2, 3");
    let kinds: Vec<String> = kinds
        .iter()
        .map(|row| ["kpi_id", "period_kind", "period", "starts", "ends"].map(|name| text(row, name)).join(" | "))
        .collect();
    assert_eq!(
        kinds,
        [
            "attendance_session_share | week | 2025 week 37 | 2025-09-08 | 2025-09-14",
            "children_missing_education_rate | term | 2025/26 autumn | 2025-08-01 | 2025-12-31",
            "suspension_rate | academic_year | 2023/24 | 2023-09-01 | 2024-08-31",
            "suspension_rate | term | 2024/25 autumn | 2024-08-01 | 2024-12-31",
        ]
    );
    let beside = ask("SELECT told.england, told.local, own.value AS own FROM mart.comparator AS told \
                      LEFT JOIN kpi.value AS own ON own.kpi_id = told.kpi_id AND own.period = told.period AND own.basis = 'local' \
                      AND own.breakdown = told.breakdown AND own.geography_level = 'authority' \
                      WHERE told.kpi_id = 'suspension_rate' AND told.period = '2024/25 autumn' AND told.breakdown = 'total'");
    assert_eq!(beside.len(), 1);
    assert_eq!(beside[0]["england"], 4.02009);
    assert!(beside[0]["local"].is_number(), "{beside:?}");
    assert_eq!(beside[0]["local"], beside[0]["own"]);
    // A term is asked for by its kind; without it the years are shown, where there are any.
    let show = |arguments: &[&str]| {
        let (code, out, err) = sendmart(&place, &[&["--config", &config, "kpi", "show"], arguments].concat());
        assert_eq!(code, 0, "{err}");
        out
    };
    let terms = show(&["suspension_rate", "--kind", "term", "--at", "E92000001"]);
    assert!(terms.contains("| 2024/25 autumn | 335671 "), "{terms}");
    let years = show(&["suspension_rate", "--at", "E92000001"]);
    assert!(years.contains("| 2023/24 |") && !years.contains("autumn"), "{years}");
    let census = show(&["children_missing_education_rate"]);
    assert!(census.contains("| 2025/26 autumn | 34700 "), "{census}");
    // A day before the term began knows nothing of it.
    let (code, out, err) = sendmart(
        &place,
        &["--config", &config, "kpi", "show", "children_missing_education_rate", "--as-of", "2025-07-31"],
    );
    assert_ne!(code, 0, "{out}{err}");
}
