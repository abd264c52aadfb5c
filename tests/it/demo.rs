use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::{place, sendmart};

const DEMO: [&str; 2] = ["--config", "config/demo/demo.toml"];

fn demo_config(place: &Path) -> String {
    place.join(DEMO[1]).display().to_string()
}

fn parquet(folder: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if path.ends_with("lake/marts") {
                continue;
            }
            parquet(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "parquet") {
            found.insert(path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap());
        }
    }
}

#[test]
fn the_demo_publishes_and_the_second_run_has_nothing_to_do() {
    let (_keep, place) = place();
    let config = demo_config(&place);
    let (code, out, err) = sendmart(&place, &["--config", &config, "run"]);
    assert_eq!(code, 0, "{out}\n{err}");
    assert!(out.contains("Generation 1 is live"), "{out}");

    let question = "SELECT numerator, denominator, value FROM kpi.value WHERE kpi_id = 'ehcp_20_week' \
                    AND geography_code = '933' AND period = '2024' AND breakdown = 'total'";
    let (code, out, err) = sendmart(&place, &["--config", &config, "--json", "query", question]);
    assert_eq!((code, out.trim()), (0, r#"{"numerator":190.0,"denominator":567.0,"value":33.5}"#), "{err}");

    let live = place.join("var/demo/warehouse/sendmart.duckdb");
    let before = fs::metadata(&live).unwrap().modified().unwrap();
    let (code, out, _) = sendmart(&place, &["--config", &config, "run"]);
    assert_eq!(code, 0);
    assert!(out.starts_with("Nothing new"), "{out}");
    assert_eq!(fs::metadata(&live).unwrap().modified().unwrap(), before);
    assert_eq!(
        fs::read_dir(place.join("var/demo/ledger/runs")).unwrap().count(),
        1,
        "a run with nothing to do leaves nothing behind"
    );

    // The lake again from the landed bytes: the same Parquet, byte for byte. Marts wait for the next generation.
    let mut first = BTreeMap::new();
    parquet(&place.join("var/demo/lake"), &mut first);
    fs::remove_dir_all(place.join("var/demo/lake")).unwrap();
    let (code, _, err) = sendmart(&place, &["--config", &config, "run"]);
    assert_eq!(code, 0, "{err}");
    let mut second = BTreeMap::new();
    parquet(&place.join("var/demo/lake"), &mut second);
    assert!(first.len() > 20 && first.keys().eq(second.keys()), "{:?}\n{:?}", first.keys(), second.keys());
    for (name, bytes) in &first {
        assert!(bytes == &second[name], "{name} has other bytes");
    }
}

#[test]
fn books_balance_and_every_column_has_a_comment() {
    let (_keep, place) = place();
    let config = demo_config(&place);
    assert_eq!(sendmart(&place, &["--config", &config, "run"]).0, 0);
    for nothing in [
        "SELECT delivery_id FROM meta.delivery WHERE rows_read <> rows_accepted + rows_quarantined + rows_skipped",
        "SELECT table_name FROM meta.\"column\" WHERE about IS NULL OR about = ''",
    ] {
        let (code, out, err) = sendmart(&place, &["--config", &config, "--json", "query", nothing]);
        assert_eq!((code, out.as_str()), (0, ""), "{err}");
    }
    let (code, out, err) =
        sendmart(&place, &["--config", &config, "explain", "ehcp_20_week", "--at", "933", "--period", "2024"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("190 of 567") || out.contains("190.0 of 567.0"), "{out}");
    assert!(out.contains("as it stands in the file"), "{out}");
}

#[test]
fn a_query_cannot_leave_the_generation() {
    let (_keep, place) = place();
    let config = demo_config(&place);
    assert_eq!(sendmart(&place, &["--config", &config, "run"]).0, 0);
    for escape in [
        "SELECT * FROM read_text('/etc/hostname')",
        "COPY (SELECT 1) TO '/tmp/sendmart-escape.csv'",
        "ATTACH '/tmp/other.duckdb'",
        "SET enable_external_access = true",
        "DELETE FROM kpi.value",
    ] {
        let (code, out, _) = sendmart(&place, &["--config", &config, "query", escape]);
        assert_eq!((code, out.as_str()), (2, ""), "{escape}");
    }
}

#[test]
fn rollback_serves_an_older_generation() {
    let (_keep, place) = place();
    let config = demo_config(&place);
    assert_eq!(sendmart(&place, &["--config", &config, "run"]).0, 0);
    assert_eq!(sendmart(&place, &["--config", &config, "--as-of", "2031-01-01", "run"]).0, 0);
    let generation = |place: &Path| {
        sendmart(place, &["--config", &config, "--json", "query", "SELECT generation FROM meta.generation"]).1
    };
    assert_eq!(generation(&place).trim(), r#"{"generation":2}"#);
    assert_eq!(sendmart(&place, &["--config", &config, "rollback", "1"]).0, 0);
    assert_eq!(generation(&place).trim(), r#"{"generation":1}"#);
    assert_eq!(sendmart(&place, &["--config", &config, "rollback", "9"]).0, 1);
}

#[test]
fn a_page_saved_as_csv_stops_the_publish_with_a_sentence() {
    let (_keep, place) = place();
    fs::create_dir_all(place.join("inbox")).unwrap();
    fs::write(
        place.join("inbox/edubaseallacademiesandfree_2026-01-01.csv"),
        "<!doctype html><html><head><title>404</title></head></html>",
    )
    .unwrap();
    fs::write(
        place.join("config.toml"),
        "collections = [\"gias\"]\n[[source]]\ncollection = \"gias\"\nfolder = { path = \"inbox\" }\n",
    )
    .unwrap();
    let config = place.join("config.toml").display().to_string();
    let (code, _, err) = sendmart(&place, &["--config", &config, "run"]);
    assert_eq!(code, 65, "{err}");
    assert!(err.contains("read::html_instead") && err.contains("web page"), "{err}");
    assert!(!place.join("var/warehouse/sendmart.duckdb").exists());
}
