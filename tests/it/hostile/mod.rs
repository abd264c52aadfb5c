use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use sendmart::definitions::Format;
use sendmart::read::{ChildLimits, Containment, Keeper, ReadError, Rows};

use crate::{checkout, sendmart};

/// Zip archives byte by byte.
mod archive;
/// Small workbooks of the two binary kinds.
mod binary;
/// A small workbook, of which any part can be put in another way.
mod book;
/// Random changes to good inputs.
mod mutate;
/// What other writers than Excel leave in binary workbooks.
mod odd;
/// What old workbooks hide and merge.
mod old_sheets;
/// OpenDocument, declared XML, archives within archives.
mod open_document;
/// Workbooks of other makers that were misread, or refused without a true reason.
mod other_makers;
/// Parquet, in a child and in this process.
mod parquet;
/// Delimited text.
mod texts;
/// What another maker of such files would think of.
mod variants;
/// Workbooks.
mod workbooks;

/// A place that takes one table, from workbooks and from delimited text.
fn things(root: &Path) {
    for name in ["config", "sql/kpis", "sql/marts", "sql/checks"] {
        fs::create_dir_all(root.join(name)).unwrap();
    }
    for name in ["default.toml", "codes"] {
        std::os::unix::fs::symlink(checkout().join("config").join(name), root.join("config").join(name)).unwrap();
    }
    let collection = root.join("pipelines/things");
    for folder in ["tables", "layouts"] {
        fs::create_dir_all(collection.join(folder)).unwrap();
    }
    let write = |name: &str, text: &str| fs::write(collection.join(name), text).unwrap();
    write(
        "pipeline.toml",
        "title = \"Things\"\nowner = \"nobody\"\npurpose = \"to test\"\nlawful_basis = \"made up\"\nretention = \"none\"\n[[source]]\nfolder.path = \"inbox\"\nfolder.files = [\"*.xls*\", \"*.ods\", \"*.fods\", \"*.csv\", \"*.xml\", \"*.zip!*\"]\n",
    );
    write(
        "tables/thing.toml",
        "title = \"Things\"\ngrain = \"one thing\"\nkey = [\"id\"]\ndisposition = \"append\"\nclass = \"none\"\n[marks]\nx = \"suppressed\"\n[columns]\n\
         id = { type = \"text\", about = \"The id.\" }\nday = { type = \"date\", about = \"A day.\" }\n\
         count = { type = \"integer\", about = \"How many (number).\" }\nnote = { type = \"text\", about = \"A note.\" }\n",
    );
    write(
        "layouts/sheet.toml",
        "title = \"Sheet\"\ntable = \"thing\"\nwhy = \"to test\"\nfiles = [\"*.xls*\", \"*.ods\", \"*.fods\"]\n[format]\nworkbook = {}\n",
    );
    write(
        "layouts/xml.toml",
        "title = \"XML\"\ntable = \"thing\"\nwhy = \"to test\"\nfiles = [\"*.xml\"]\n[format.xml]\nrow = \"Things/Thing\"\n",
    );
    write(
        "layouts/text.toml",
        "title = \"Text\"\ntable = \"thing\"\nwhy = \"to test\"\nfiles = [\"*.csv\"]\n[format]\ncsv = {}\n",
    );
}

/// Peak memory of a process, in kilobytes.
fn peak(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    line.and_then(|line| line.split_whitespace().nth(1)).and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// Peak memory of a run and of its readers, in megabytes.
fn watched_run(root: &Path) -> (u64, u64) {
    let mut run = Command::new(env!("CARGO_BIN_EXE_sendmart"))
        .arg("--place")
        .arg(root)
        .arg("run")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut peaks = (0, 0);
    while run.try_wait().unwrap().is_none() {
        peaks.0 = peaks.0.max(peak(run.id()));
        for task in fs::read_dir(format!("/proc/{}/task", run.id())).into_iter().flatten().flatten() {
            let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
            for child in children.split_whitespace().filter_map(|child| child.parse().ok()) {
                peaks.1 = peaks.1.max(peak(child));
            }
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    (peaks.0 >> 10, peaks.1 >> 10)
}

/// The verdict of the program on each hostile file, word for word: refused, or read with these faults.
#[test]
fn every_hostile_file_gets_its_verdict() {
    let files: Vec<(String, Vec<u8>)> = workbooks::all().into_iter().chain(texts::all()).collect();
    assert!(files.len() >= 100, "{} files", files.len());
    let (told, faults, took) = verdicts(&files);
    eprintln!("{took}");
    for (name, part) in crate::parts("what_a_run_says_of_hostile_files", &told) {
        insta::assert_snapshot!(name, part);
    }
    for (name, part) in crate::parts("faults_of_hostile_files", &faults) {
        insta::assert_snapshot!(name, part);
    }
}

/// The same for what another maker would think of.
#[test]
fn every_variant_gets_its_verdict() {
    let files: Vec<(String, Vec<u8>)> =
        variants::all().into_iter().chain(open_document::all()).chain(texts::variants()).collect();
    let (told, faults, took) = verdicts(&files);
    eprintln!("{took}");
    for (name, part) in crate::parts("what_a_run_says_of_variants", &told) {
        insta::assert_snapshot!(name, part);
    }
    for (name, part) in crate::parts("faults_of_variants", &faults) {
        insta::assert_snapshot!(name, part);
    }
}

/// What a run says of these files, the faults that it keeps of them, and what it took; within the memory and time that are promised.
fn verdicts(files: &[(String, Vec<u8>)]) -> (String, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    things(root);
    let inbox = root.join("inbox");
    fs::create_dir(&inbox).unwrap();
    for (name, bytes) in files {
        // The same bytes twice would be one delivery.
        fs::write(inbox.join(name), bytes).unwrap();
    }
    let began = Instant::now();
    let (parent, child) = watched_run(root);
    let seconds = began.elapsed().as_secs_f64();
    let took = format!("{} files in {seconds:.1} s; parent {parent} MB, child {child} MB", files.len());

    let (_, out, err) = sendmart(root, &["run"]);
    let told = without_days(&err.replace(&root.display().to_string(), "PLACE"));
    assert!(out.is_empty(), "{out}");
    let (code, out, err) = sendmart(root, &["--json", "faults"]);
    assert_eq!(code, 0, "{err}");
    // Whatever else: nothing from outside was read, nothing from inside stands in a message.
    assert!(!out.contains("root:") && !told.contains("root:"));
    // No file of 100 MB, packed or not, is held whole: what is left is DuckDB's.
    assert!(parent < 200, "the parent took {parent} MB");
    assert!(child < 1024, "a child took {child} MB");
    (told, lasting(&out), took)
}

/// What of the faults is the same on any day.
fn lasting(faults: &str) -> String {
    const KEPT: [&str; 8] = ["file_name", "sheet", "row_number", "cell", "rule_id", "severity", "raw_value", "message"];
    let line = |line: &str| {
        let mut fault: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).unwrap();
        fault.retain(|name, _| KEPT.contains(&name.as_str()));
        serde_json::to_string(&fault).unwrap() + "\n"
    };
    without_days(&faults.lines().map(line).collect::<String>())
}

fn without_days(text: &str) -> String {
    regex::Regex::new(r"of \d{4}-\d\d-\d\d \(").unwrap().replace_all(text, "of DAY (").into_owned()
}

fn child() -> Containment {
    let library = |name: &str| std::env::var_os(name).map(|value| (name.into(), value));
    Containment::Child(Arc::new(Keeper {
        program: env!("CARGO_BIN_EXE_sendmart").into(),
        arguments: vec!["worker".into()],
        environment: library("LD_LIBRARY_PATH").into_iter().collect(),
        limits: ChildLimits::default(),
    }))
}

/// What came of reading every sheet: rows and cells, or the refusal.
fn read(path: &Path, containment: &Containment) -> Result<BTreeMap<String, Vec<String>>, ReadError> {
    let mut rows = Rows::open_in(path, &Format::Workbook { sheets: None, content: None, stack: false }, containment)?;
    let mut found = BTreeMap::new();
    for (sheet, _) in rows.sheets() {
        let mut cells = Vec::new();
        rows.stream(Some(&sheet), &mut |block| {
            for index in 0..block.rows.len() {
                cells.push(format!(
                    "{:?} {:?}",
                    block.rows[index],
                    block.row(index).iter().map(|cell| block.shown(*cell)).collect::<Vec<_>>()
                ));
            }
            cells.push(format!("{:?} {} {}", block.flaws, block.blank_rows, block.date_shift));
            ControlFlow::Continue(())
        })?;
        rows.about(&sheet)?;
        found.insert(sheet, cells);
    }
    Ok(found)
}

/// A child gives what the same code gives in this process, refusals included, and never takes long.
#[test]
fn a_child_reads_what_this_process_reads() {
    let folder = tempfile::tempdir().unwrap();
    let mut slowest = (Duration::ZERO, String::new());
    let made = variants::all().into_iter().chain(open_document::workbooks());
    for (name, bytes) in workbooks::all().into_iter().chain(made) {
        // Twenty million blank cells take the writing of this test long, and not the reading.
        if name.starts_with("cell_far_") {
            continue;
        }
        let path = folder.path().join(&name);
        fs::write(&path, bytes).unwrap();
        let began = Instant::now();
        let there = read(&path, &child());
        let took = began.elapsed();
        // A stall, and no measure of speed: a second or two where the build is optimised and the machine is quiet.
        assert!(took < Duration::from_mins(1), "{name} took {took:?}");
        slowest = slowest.max((took, name.clone()));
        let said = |result: &Result<BTreeMap<String, Vec<String>>, ReadError>| match result {
            Ok(cells) => format!("{cells:?}"),
            Err(error) => format!("{:?}", error.refusal()),
        };
        // What may abort is read in the child alone.
        if !name.starts_with("ole_") && !name.starts_with("xlsb_") {
            assert_eq!(said(&there), said(&read(&path, &Containment::InProcess)), "{name}");
        }
        fs::remove_file(&path).unwrap();
    }
    eprintln!("the slowest: {slowest:?}");
}

/// Rows come from the child in pieces: they make the same blocks, with the same flaws, wherever those are cut.
#[test]
fn the_pieces_of_a_child_make_the_blocks_of_this_process() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.xlsx");
    let row = |number: u32, wide: bool| {
        let mut row = format!("<row r=\"{number}\">{}", book::text(&format!("A{number}"), &format!("id {number}")));
        let columns = if wide { 'B'..='Z' } else { 'B'..='B' };
        row.extend(columns.map(|column| format!("<c r=\"{column}{number}\"><v>{number}</v></c>")));
        // Rows around the ends of the blocks have a cell of another row.
        if number.is_multiple_of(7) {
            row += &book::text(&format!("AA{}", number + 1), "astray");
        }
        row + "</row>"
    };
    for (wide, rows, blocks) in [(true, 21_000, 2), (false, 66_000, 3)] {
        let rows: String = (2..=rows).map(|number| row(number, wide)).collect();
        fs::write(&path, book::with(book::SHEET, book::sheet("", &rows))).unwrap();
        let (here, there) = (read(&path, &Containment::InProcess).unwrap(), read(&path, &child()).unwrap());
        let blocks_of = |cells: &[String]| cells.iter().filter(|line| line.starts_with('[')).count();
        assert_eq!(blocks_of(&here["Sheet1"]), blocks);
        for (one, other) in here["Sheet1"].iter().zip(&there["Sheet1"]) {
            // Where a flaw's text stands in the block's text is not the same in all blocks.
            if !one.starts_with('[') {
                assert_eq!(one, other);
            }
        }
        assert_eq!(here["Sheet1"].len(), there["Sheet1"].len());
    }
}

/// A program in the place of the reader, by a shell: the parent has a sentence for each way to end, and reaps it.
#[test]
fn every_end_of_a_child_has_its_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join("a.xlsx");
    fs::write(&path, book::good()).unwrap();
    let told: Vec<String> = [
        ("aborts without memory", "echo 'memory allocation of 9 bytes failed with SECRET' >&2; kill -ABRT $$"),
        ("aborts", "echo SECRET >&2; kill -ABRT $$"),
        ("crashes", "kill -SEGV $$"),
        ("has no time left", "kill -XCPU $$"),
        ("hangs", "sleep 60"),
        ("talks nonsense", "echo SECRET; sleep 60"),
        ("says nothing", "exit 0"),
        ("fails", "exit 3"),
        ("is killed from outside", "kill -KILL $$"),
    ]
    .iter()
    .map(|(what, script)| {
        let containment = Containment::Child(Arc::new(Keeper {
            program: "/bin/sh".into(),
            arguments: vec!["-c".into(), script.into()],
            environment: Vec::new(),
            limits: ChildLimits { patience: Duration::from_millis(500), ..ChildLimits::default() },
        }));
        let error = read(&path, &containment).unwrap_err();
        match error.refusal() {
            Some(refusal) => format!("{what}: {}: {}", refusal.code, refusal.message),
            None => format!("{what}: not the file's fault: {error}"),
        }
    })
    .collect();
    insta::assert_snapshot!(told.join("\n"));
}

/// What the child may not do, it cannot: the limit of memory ends in a refusal that names it. The file is not hostile, and is
/// read within the limit that runs. (How long a reading takes depends on the build: the end of its time is tried above.)
#[test]
fn the_limit_of_memory_ends_in_a_refusal() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.xlsx");
    let Containment::Child(keeper) = child() else { unreachable!() };
    let limited = |limits: ChildLimits| {
        let keeper = Keeper { limits, ..Keeper::clone(&keeper) };
        let error = read(&path, &Containment::Child(Arc::new(keeper)));
        let refusal = error.map(|_| ()).unwrap_err().refusal().unwrap();
        format!("{}: {} ({})", refusal.code, refusal.message, refusal.hint)
    };
    fs::write(&path, workbooks::shared_texts(3_500)).unwrap();
    assert_eq!(
        limited(ChildLimits { memory: 128 << 20, ..ChildLimits::default() }),
        "read::too_much_memory: the workbook cannot be read in 128 MB of memory (ask for the data as CSV or XLSX, or in parts)"
    );
    assert!(read(&path, &child()).is_ok());
}
