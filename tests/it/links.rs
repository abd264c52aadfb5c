use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use serde_json::Value;

use crate::{place, sendmart};

/// Links as GIAS prints them: URN, linked URN, kind, day.
const LINKS: [(u32, u32, &str, &str); 13] = [
    // Split in two: its figures stay its own.
    (200_001, 200_002, "Successor - Split School", "01-09-2020"),
    (200_001, 200_003, "Successor - Split School", "01-09-2020"),
    // Two merge, and what they became turns into an academy; both sides say so.
    (200_011, 200_013, "Successor - merged", "01-09-2019"),
    (200_012, 200_013, "Successor - merged", "01-09-2019"),
    (200_013, 200_011, "Predecessor - merged", "01-09-2019"),
    (200_013, 200_014, "Successor", "01-09-2021"),
    (200_014, 200_013, "Predecessor", "01-09-2021"),
    // Each says that the other came after.
    (200_021, 200_022, "Successor", "01-09-2020"),
    (200_022, 200_021, "Successor", "01-09-2020"),
    // With itself.
    (200_031, 200_031, "Successor", "01-09-2020"),
    // Three in a ring.
    (200_041, 200_042, "Successor", ""),
    (200_042, 200_043, "Successor", ""),
    (200_043, 200_041, "Successor", ""),
];

#[test]
fn split_merged_and_circular_schools_have_one_series_each_and_no_walk_goes_round() {
    let (_keep, place) = place();
    let mut text = "\"URN\",\"LinkURN\",\"LinkName\",\"LinkType\",\"LinkEstablishedDate\"\n".to_owned();
    for (urn, other, kind, day) in LINKS {
        let _ = writeln!(text, "\"{urn}\",\"{other}\",\"Invented {other}\",\"{kind}\",\"{day}\"");
    }
    // Fifteen steps, one a year.
    for step in 0..15 {
        let (urn, year) = (200_100 + step, 2001 + step);
        let _ = writeln!(text, "\"{urn}\",\"{}\",\"Invented\",\"Successor\",\"01-09-{year}\"", urn + 1);
    }
    fs::create_dir_all(place.join("inbox")).unwrap();
    fs::write(place.join("inbox/links_edubasealldata.csv"), text).unwrap();
    let config = place.join("config.toml").display().to_string();
    let said = "collections = [\"gias\"]\n[[source]]\ncollection = \"gias\"\nfolder = { path = \"inbox\" }\n";
    fs::write(&config, said).unwrap();
    let (code, out, err) = sendmart(&place, &["--config", &config, "run"]);
    assert_eq!(code, 0, "{out}{err}");

    let sql = "SELECT urn, series_urn, steps FROM mart.dim_school_series ORDER BY urn";
    let (code, out, err) = sendmart(&place, &["--config", &config, "--json", "query", sql]);
    assert_eq!(code, 0, "{err}");
    let rows: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let series: BTreeMap<String, (String, i64)> = rows
        .iter()
        .map(|row| (row["urn"].as_str().unwrap(), row["series_urn"].as_str().unwrap(), row["steps"].as_i64().unwrap()))
        .map(|(urn, series, steps)| (urn.to_owned(), (series.to_owned(), steps)))
        .collect();
    assert_eq!(series.len(), rows.len(), "a school stands twice: its figures would count twice");

    let mut wanted = vec![
        (200_001, 200_001, 0),
        (200_002, 200_002, 0),
        (200_003, 200_003, 0),
        (200_011, 200_014, 2),
        (200_012, 200_014, 2),
        (200_013, 200_014, 1),
        (200_014, 200_014, 0),
        (200_021, 200_022, 1),
        (200_022, 200_022, 0),
        (200_041, 200_043, 2),
        (200_042, 200_043, 1),
        (200_043, 200_043, 0),
    ];
    wanted.extend((0..=15).map(|step| (200_100 + step, 200_115, i64::from(15 - step))));
    let wanted: BTreeMap<String, (String, i64)> =
        wanted.into_iter().map(|(urn, series, steps)| (urn.to_string(), (series.to_string(), steps))).collect();
    assert_eq!(series, wanted);
}
