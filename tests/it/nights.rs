//! Nights that no one watches: what a run says, and with which exit code, where something was not as it should be.

use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::sendmart;

#[test]
fn where_nothing_has_come_nothing_is_published_and_the_exit_code_says_so() {
    let (_keep, place) = crate::place();
    let (code, out, err) = sendmart(&place, &["run"]);
    assert_eq!(code, 66, "{out}{err}");
    assert!(err.contains("nothing has come yet, and nothing is published"), "{err}");
    assert!(!place.join("var/warehouse/sendmart.duckdb").exists());
    // What has come is held: it is told, and still nothing is published.
    let drop = place.join("inbox/gias");
    fs::create_dir_all(&drop).unwrap();
    fs::write(drop.join("edubasealldata20250901.csv"), "no,such,header\n1,2,3\n").unwrap();
    let (code, out, err) = sendmart(&place, &["run"]);
    assert!(code == 65 && err.contains("edubasealldata20250901.csv"), "{out}{err}");
    assert!(!place.join("var/warehouse/sendmart.duckdb").exists());
    fs::remove_file(drop.join("edubasealldata20250901.csv")).unwrap();
    // The next run, to which something has come, publishes.
    let sample = crate::checkout().join("pipelines/published_absence/samples/bands");
    let drop = place.join("inbox/published_absence");
    fs::create_dir_all(&drop).unwrap();
    let file = fs::read_dir(sample).unwrap().next().unwrap().unwrap().path();
    fs::copy(&file, drop.join(file.file_name().unwrap())).unwrap();
    let (code, out, err) = sendmart(&place, &["run"]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(place.join("var/warehouse/sendmart.duckdb").exists());
}

/// A place with a file in its own inbox, and a share beside it that its config names.
fn with_a_share() -> (tempfile::TempDir, PathBuf, String) {
    let (keep, place) = crate::place();
    let samples = crate::checkout().join("pipelines/published_absence/samples");
    for (sample, into) in [("bands", "inbox/published_absence"), ("by_reason", "share/absence")] {
        let file = fs::read_dir(samples.join(sample)).unwrap().next().unwrap().unwrap().path();
        fs::create_dir_all(place.join(into)).unwrap();
        fs::copy(&file, place.join(into).join(file.file_name().unwrap())).unwrap();
    }
    let config = place.join("night.toml");
    let text = "[[source]]\ncollection = \"published_absence\"\nfolder.path = \"inbox/published_absence\"\n\n\
                [[source]]\ncollection = \"published_absence\"\nfolder.path = \"share/absence\"\n";
    fs::write(&config, text).unwrap();
    let config = config.display().to_string();
    (keep, place, config)
}

#[test]
fn a_source_that_cannot_be_read_fails_the_run_unless_it_may_be_missing() {
    let (_keep, place, config) = with_a_share();
    let run = |more: &[&str]| {
        let all: Vec<&str> = ["--config", config.as_str(), "run"].iter().chain(more).copied().collect();
        sendmart(&place, &all)
    };
    let status = || sendmart(&place, &["--config", config.as_str(), "status"]).1;
    let (code, out, err) = run(&[]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(status().contains("; all could be read\n"), "{}", status());
    fs::rename(place.join("share"), place.join("unmounted")).unwrap();
    let (code, out, err) = run(&[]);
    assert_eq!(code, 74, "{out}{err}");
    let told = status();
    assert!(told.contains("; 1 could not be read, and keep what they held\n"), "{told}");
    assert!(told.contains("share/absence of `published_absence`, last read at "), "{told}");
    // It may be missing tonight: it is told all the same, and keeps what it held.
    for name in ["share/absence", "./share/absence/", "published_absence"] {
        let (code, out, err) = run(&["--allow-missing", name]);
        assert!(code == 0 && err.contains("the folder cannot be read"), "{name}: {out}{err}");
    }
    let (code, _, err) = run(&["--allow-missing", "share/absent"]);
    assert!(code == 2 && err.contains("the config has no source `share/absent`"), "{err}");
    fs::rename(place.join("unmounted"), place.join("share")).unwrap();
    assert_eq!(run(&[]).0, 0);
    assert!(status().contains("; all could be read\n"), "{}", status());
}

/// Changes some bytes in the middle of a file, as a bad disk does; its length stays.
fn damage(path: &Path) {
    let mut permissions = fs::metadata(path).unwrap().permissions();
    permissions.set_mode(0o640);
    fs::set_permissions(path, permissions).unwrap();
    let mut file = fs::OpenOptions::new().write(true).open(path).unwrap();
    let half = file.metadata().unwrap().len() / 2;
    file.seek(SeekFrom::Start(half)).unwrap();
    file.write_all(&[0xA5; 4096]).unwrap();
}

#[test]
fn a_live_file_that_is_damaged_or_gone_is_put_right() {
    let (_keep, place, config) = with_a_share();
    let run = |more: &[&str]| {
        let all: Vec<&str> = ["--config", config.as_str(), "run"].iter().chain(more).copied().collect();
        sendmart(&place, &all)
    };
    let rows = || {
        let sql = "SELECT count(*) AS n FROM meta.delivery";
        let (code, out, err) = sendmart(&place, &["--config", config.as_str(), "--json", "query", sql]);
        assert_eq!(code, 0, "{out}{err}");
        out
    };
    assert_eq!(run(&[]).0, 0);
    let (live, before) = (place.join("var/warehouse/sendmart.duckdb"), rows());
    // The one generation that there is: all of it is made again.
    damage(&live);
    let (code, out, err) = run(&[]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(err.contains("no kept generation is whole: all is made again"), "{err}");
    assert!(out.contains("Generation 2 is live") && rows() == before, "{out}{err}");
    // With another as-of there are two: the older one is served until the run has made a new one.
    let (code, out, err) = run(&["--as-of", "2031-01-01"]);
    assert!(code == 0 && out.contains("Generation 3 is live"), "{out}{err}");
    damage(&live);
    let (code, out, err) = run(&["--as-of", "2031-01-01"]);
    assert!(code == 0 && out.contains("Generation 4 is live"), "{out}{err}");
    assert!(err.contains("The live file was damaged: a kept generation is served"), "{err}");
    assert_eq!(rows(), before);
    // It is gone: its generation is there.
    fs::remove_file(&live).unwrap();
    let (code, out, err) = run(&["--as-of", "2031-01-01"]);
    assert!(code == 0 && out.contains("generation 4 is live"), "{out}{err}");
    assert_eq!(rows(), before);
    let (code, out, err) = run(&["--as-of", "2031-01-01"]);
    assert!(code == 0 && !err.contains("damaged") && out.contains("Nothing new"), "{out}{err}");
}

/// A file that never passed and was corrected under its name is no release that was revised: it is taken back, and nothing of it counts.
#[test]
fn a_file_that_never_passed_is_no_history_of_the_one_that_took_its_place() {
    let (_keep, place) = crate::place();
    let sample = crate::checkout().join("pipelines/published_absence/samples/bands");
    let file = fs::read_dir(sample).unwrap().next().unwrap().unwrap().path();
    let text = fs::read_to_string(&file).unwrap();
    let drop = place.join("inbox/published_absence");
    fs::create_dir_all(&drop).unwrap();
    let there = drop.join(file.file_name().unwrap());
    fs::write(&there, format!("{}\nNotes,,\n", text.trim_end())).unwrap();
    let (code, out, err) = sendmart(&place, &["run"]);
    assert_eq!(code, 65, "{out}{err}");
    fs::write(&there, &text).unwrap();
    let (code, out, err) = sendmart(&place, &["run"]);
    assert_eq!(code, 0, "{out}{err}");
    let sql = "SELECT count(*) AS n FROM meta.delivery WHERE collection = 'published_absence'";
    let (_, out, err) = sendmart(&place, &["--json", "query", sql]);
    assert_eq!(out.trim(), "{\"n\":1}", "{err}");
    let (_, out, _) = sendmart(&place, &["status"]);
    assert!(out.contains("Taken back before it was published: "), "{out}");
    let (code, out, err) = sendmart(&place, &["run"]);
    assert!(code == 0 && out.contains("Nothing new"), "{out}{err}");
}
