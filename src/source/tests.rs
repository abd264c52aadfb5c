use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use jiff::civil::date;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

/// A place and a drop folder, both made up.
struct Bench {
    folder: tempfile::TempDir,
    place: Place,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("drop")).unwrap();
        let place = Place::new(folder.path(), "var");
        Self { folder, place }
    }

    fn drop_folder(&self) -> PathBuf {
        self.folder.path().join("drop")
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.drop_folder().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn zip(&self, name: &str, members: &[(&str, &str)]) {
        let mut writer = ZipWriter::new(File::create(self.drop_folder().join(name)).unwrap());
        for (name, text) in members {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(text.as_bytes()).unwrap();
        }
        writer.finish().unwrap();
    }

    fn source(&self, collection: &str, files: &[&str]) -> Source {
        let files = files.iter().map(|&file| file.to_owned()).collect();
        Source {
            collection: collection.to_owned(),
            kind: SourceKind::Folder { path: self.drop_folder(), files, except: Vec::new() },
            received: None,
            maturity: None,
            is_default: false,
            named: Vec::new(),
            supplier: None,
        }
    }

    /// A fetch by a new process.
    fn fetch(&self, sources: &[Source]) -> FetchReport {
        let mut ledger = Ledger::open(&self.place).unwrap();
        let secret = |_: &str| None;
        fetch(sources, &self.place, &mut ledger, now(), &FetchOptions::new(&secret, 1), &()).unwrap()
    }

    /// Every file of `var` with its size and times.
    fn traces(&self) -> Vec<(PathBuf, u64, std::time::SystemTime)> {
        let mut traces = Vec::new();
        let mut folders = vec![self.place.var().to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten() {
                let entry = entry.unwrap();
                let metadata = entry.metadata().unwrap();
                if metadata.is_dir() {
                    folders.push(entry.path());
                }
                traces.push((entry.path(), metadata.len(), metadata.modified().unwrap()));
            }
        }
        traces.sort();
        traces
    }
}

fn now() -> Timestamp {
    "2025-06-26T02:00:00Z".parse().unwrap()
}

fn sources_of(report: &FetchReport, bench: &Bench) -> Vec<String> {
    let root = format!("{}/", bench.drop_folder().display());
    report.landed.iter().map(|delivery| delivery.source.replace(&root, "")).collect()
}

fn codes(report: &FetchReport) -> Vec<&str> {
    report.problems.iter().map(|problem| problem.code.as_str()).collect()
}

#[test]
fn files_and_members_are_landed_as_they_are_in_the_order_of_their_paths() {
    let bench = Bench::new();
    bench.put("b.csv", "b");
    bench.put("sub/a.csv", "<html>not a CSV, and landed all the same</html>");
    bench.put("notes.txt", "n");
    bench.zip("2025.zip", &[("data/y.csv", "y"), ("data/x.csv", "x"), ("guide.txt", "g")]);
    let report = bench.fetch(&[bench.source("some", &["*.csv", "2025.zip!data/*.csv"])]);
    assert_eq!(sources_of(&report, &bench), ["2025.zip!data/x.csv", "2025.zip!data/y.csv", "b.csv", "sub/a.csv"]);
    let names: Vec<&str> = report.landed.iter().map(|delivery| delivery.file_name.as_str()).collect();
    assert_eq!(names, ["x.csv", "y.csv", "b.csv", "a.csv"]);
    assert!(report.problems.is_empty());
    assert_eq!(report.current.len(), 4);

    let b = &report.landed[2];
    assert_eq!((b.bytes, b.received_at, b.maturity.as_deref()), (1, now(), None));
    assert_eq!(b.sha256, "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d");
    assert_eq!(b.delivery_id, delivery_id("some", &b.sha256, ""));
    assert_eq!(fs::read(bench.place.landed(&b.sha256)).unwrap(), b"b");
}

#[test]
fn the_same_bytes_are_two_deliveries_where_the_name_says_what_they_speak_for() {
    let bench = Bench::new();
    for name in ["2024_autumn_school.csv", "2025_spring_school.csv", "2025_spring_school (1).csv"] {
        bench.put(name, "the same schools");
    }
    let mut source = bench.source("some", &[]);
    let report = bench.fetch(std::slice::from_ref(&source));
    assert_eq!((report.landed.len(), report.known), (1, 2));
    source.collection = "named".to_owned();
    source.named =
        vec![regex::Regex::new(r"(\d{4})_").unwrap(), regex::Regex::new(r"_(autumn|spring|summer)_").unwrap()];
    let report = bench.fetch(&[source]);
    assert_eq!((report.landed.len(), report.known), (2, 1));
}

#[test]
fn a_second_fetch_opens_no_file_and_writes_nothing() {
    let bench = Bench::new();
    bench.put("a.csv", "a");
    bench.zip("z.zip", &[("x.csv", "x"), ("../up.csv", "u")]);
    bench.put("broken.zip", "PK no");
    let sources = [bench.source("some", &[]), bench.source("other", &["a.csv"])];
    let first = bench.fetch(&sources);
    assert_eq!((first.landed.len(), first.known, first.opened), (3, 0, 4));
    assert_eq!(codes(&first), ["source::archive", "source::unsafe_member"]);

    let traces = bench.traces();
    let second = bench.fetch(&sources);
    assert_eq!((second.landed.len(), second.known, second.opened), (0, 3, 0));
    assert_eq!((second.current, &second.problems), (first.current, &first.problems), "problems are told again");
    assert_eq!(bench.traces(), traces);
}

#[test]
fn the_same_bytes_are_known_and_a_changed_file_is_a_new_delivery() {
    let bench = Bench::new();
    bench.put("a.csv", "one");
    bench.put("copy.csv", "one");
    let sources = [bench.source("some", &[])];
    let first = bench.fetch(&sources);
    assert_eq!((first.landed.len(), first.known, first.current.len()), (1, 1, 1));

    bench.put("a.csv", "two");
    let second = bench.fetch(&sources);
    assert_eq!(sources_of(&second, &bench), ["a.csv"]);
    assert_eq!((second.known, second.opened, second.current.len()), (1, 1, 2));

    bench.put("a.csv", "one");
    let third = bench.fetch(&sources);
    assert_eq!(sources_of(&third, &bench), ["a.csv"], "the old file is put back: it is what the folder says now");
    assert_eq!((third.known, third.current.len()), (1, 2));
    assert_ne!(third.landed[0].delivery_id, first.landed[0].delivery_id);
    let fourth = bench.fetch(&sources);
    assert_eq!((fourth.landed.len(), fourth.known, fourth.current), (0, 2, third.current));
    assert_eq!(Ledger::open(&bench.place).unwrap().deliveries().len(), 3);
    for text in ["two", "one"] {
        bench.put("a.csv", text);
        assert_eq!(bench.fetch(&sources).landed.len(), 1, "{text}, put back");
    }
    assert_eq!(Ledger::open(&bench.place).unwrap().deliveries().len(), 5);
    assert_eq!(fs::read_dir(bench.place.landing_incoming()).unwrap().count(), 0);
}

#[test]
fn one_file_for_two_collections_is_two_deliveries_of_the_same_bytes() {
    let bench = Bench::new();
    bench.put("a.csv", "a");
    let report = bench.fetch(&[bench.source("some", &[]), bench.source("other", &[])]);
    assert_eq!(report.landed.len(), 2);
    assert_eq!(report.landed[0].sha256, report.landed[1].sha256);
    assert_ne!(report.landed[0].delivery_id, report.landed[1].delivery_id);
}

#[test]
fn what_the_source_declares_is_recorded() {
    let bench = Bench::new();
    bench.put("a.csv", "a");
    let mut source = bench.source("some", &[]);
    source.received = Some(date(2025, 6, 1));
    source.maturity = Some("revised".to_owned());
    let report = bench.fetch(&[source]);
    // Midnight in England.
    assert_eq!(report.landed[0].received_at, "2025-05-31T23:00:00Z".parse::<Timestamp>().unwrap());
    assert_eq!(report.landed[0].maturity.as_deref(), Some("revised"));
}

#[test]
fn other_patterns_look_again_and_lost_bytes_are_landed_again() {
    let bench = Bench::new();
    bench.zip("z.zip", &[("x.csv", "x"), ("y.csv", "y")]);
    let first = bench.fetch(&[bench.source("some", &["z.zip!x.csv"])]);
    assert_eq!(sources_of(&first, &bench), ["z.zip!x.csv"]);
    let all = [bench.source("some", &["z.zip!*"])];
    let second = bench.fetch(&all);
    assert_eq!((sources_of(&second, &bench), second.known), (vec!["z.zip!y.csv".to_owned()], 1));

    let lost = bench.place.landed(&second.landed[0].sha256);
    fs::remove_file(&lost).unwrap();
    let third = bench.fetch(&all);
    assert_eq!((third.landed.len(), third.known, third.opened), (0, 2, 1));
    assert!(lost.exists());
}

#[test]
fn a_problem_with_one_source_leaves_the_others_alone() {
    let bench = Bench::new();
    bench.put("a.csv", "a");
    std::os::unix::fs::symlink("/etc/hostname", bench.drop_folder().join("out.csv")).unwrap();
    let mut missing = bench.source("some", &[]);
    missing.kind = SourceKind::Folder { path: bench.folder.path().join("no"), files: vec![], except: vec![] };
    let nothing_yet = Source { is_default: true, ..missing.clone() };
    let report = bench.fetch(&[nothing_yet, missing, bench.source("some", &["[a"]), bench.source("some", &[])]);
    assert_eq!(codes(&report), ["source::folder", "source::pattern", "source::leads_out"]);
    assert_eq!(report.landed.len(), 1);
    assert!(report.problems.iter().all(|problem| !problem.hint.is_empty() && !problem.source.is_empty()));
}

#[test]
fn a_share_that_is_not_mounted_tonight_keeps_what_it_held() {
    let bench = Bench::new();
    bench.put("a.csv", "a");
    let sources = [bench.source("some", &[])];
    let first = bench.fetch(&sources);
    let aside = bench.folder.path().join("aside");
    fs::rename(bench.drop_folder(), &aside).unwrap();
    let second = bench.fetch(&sources);
    assert_eq!((codes(&second), &second.current), (vec!["source::folder"], &first.current));
    fs::rename(&aside, bench.drop_folder()).unwrap();
    assert_eq!(bench.fetch(&sources).opened, 0);
}

#[test]
fn a_file_that_cannot_be_opened_tonight_keeps_what_it_held() {
    let bench = Bench::new();
    bench.put("a.csv", "a");
    let sources = [bench.source("some", &[])];
    let first = bench.fetch(&sources);
    let (path, elsewhere) = (bench.drop_folder().join("a.csv"), bench.folder.path().join("elsewhere.csv"));
    fs::rename(&path, &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &path).unwrap();
    let second = bench.fetch(&sources);
    assert_eq!((codes(&second), &second.current), (vec!["source::leads_out"], &first.current));
    fs::remove_file(&path).unwrap();
    assert_eq!(bench.fetch(&sources).current, []);
}

#[test]
fn files_that_are_gone_are_forgotten_but_their_deliveries_are_not() {
    let bench = Bench::new();
    bench.put("a.csv", "a");
    bench.put("b.csv", "b");
    let sources = [bench.source("some", &[])];
    bench.fetch(&sources);
    fs::remove_file(bench.drop_folder().join("a.csv")).unwrap();
    let report = bench.fetch(&sources);
    assert_eq!(report.current.len(), 1);
    let seen = fs::read_to_string(bench.place.ledger().join("seen.json")).unwrap();
    assert!(!seen.contains("a.csv") && seen.contains("b.csv"));
    assert_eq!(Ledger::open(&bench.place).unwrap().deliveries().len(), 2);
    // A run of other collections forgets nothing.
    bench.fetch(&[bench.source("other", &["none"])]);
    assert_eq!(bench.fetch(&sources).opened, 0);
}

#[test]
fn what_a_killed_fetch_left_is_cleared_and_landed_bytes_are_read_only() {
    let bench = Bench::new();
    bench.put("a.csv", "a");
    fs::create_dir_all(bench.place.landing_incoming()).unwrap();
    fs::write(bench.place.landing_incoming().join("half"), "half").unwrap();
    let report = bench.fetch(&[bench.source("some", &[])]);
    assert_eq!(fs::read_dir(bench.place.landing_incoming()).unwrap().count(), 0);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let landed = bench.place.landed(&report.landed[0].sha256);
    assert_eq!((mode(&landed), mode(landed.parent().unwrap())), (0o400, 0o700));
}

/// A file that grows while it is read.
struct Grows(PathBuf);
impl Progress for Grows {
    // Told between the opening and the reading.
    fn message(&self, text: &str) {
        if text.starts_with("Looking at ") {
            let mut file = File::options().append(true).open(&self.0).unwrap();
            file.write_all(b" and not done").unwrap();
        }
    }
}

#[test]
fn a_file_that_is_still_being_written_waits_for_the_next_fetch() {
    let bench = Bench::new();
    bench.put("a.csv", "begun");
    let path = bench.drop_folder().join("a.csv");
    let mut ledger = Ledger::open(&bench.place).unwrap();
    let secret = |_: &str| None;
    let sources = [bench.source("some", &[])];
    let options = FetchOptions::new(&secret, 1);
    let report = fetch(&sources, &bench.place, &mut ledger, now(), &options, &Grows(path)).unwrap();
    assert_eq!((codes(&report), report.landed.len()), (vec!["source::still_changing"], 0));
    assert_eq!(bench.fetch(&sources).landed.len(), 1);
}
