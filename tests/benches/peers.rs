//! Reading to checked Parquet, side by side with what people would use instead, in one run: `cargo bench --bench peers`.
//!
//! Each measurement is a process of its own that prints its seconds and its peak memory; the two sides take turns, so
//! that a busy machine is busy for both. What is printed is the median of each side, and ours divided by theirs.
//!
//! - 242,170 rows of `DfE`'s exclusions CSV, against `DuckDB`'s `read_csv(all_varchar = true)` to zstd Parquet, two threads.
//! - 100,000 rows × 30 columns of a made-up XLSX, read in a process of its own, against the same in one process: what the
//!   containment costs. And what it takes to open it in one process, which is the guard's look at the package and the list
//!   of sheets, against all of the reading.
//! - The same XLSX against `polars.read_excel` to Parquet (`pip install polars fastexcel`;
//!   the interpreter is `python3`, or what `SENDMART_BENCH_PYTHON` names).
//!
//! Ours does more: it types, checks and quarantines every cell, tries the rules and the key, and syncs to the disk.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on panics"
)]

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use rust_xlsxwriter::{Format, Workbook};
use sendmart::lake::Place;
use sendmart::model::{Delivery, DeliveryId};
use sendmart::read::{ChildLimits, Containment, Keeper, Rows};
use sendmart::warehouse::EngineLimits;

const TURNS: usize = 7;
const ROWS: u32 = 100_000;
const COLUMNS: u32 = 30;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["ours", collection, root, file] => ours(collection, Path::new(root), Path::new(file), &child()),
        ["here", collection, root, file] => {
            ours(collection, Path::new(root), Path::new(file), &Containment::InProcess);
        }
        ["open", _, _, file] => open(Path::new(file)),
        ["duckdb", file, out] => duckdb(file, out),
        _ => all(),
    }
}

/// All comparisons.
fn all() {
    let folder = tempfile::tempdir().unwrap();
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR"));
    let myself = std::env::current_exe().unwrap();
    let measure = |how: &str, collection: &str, root: &Path, file: &Path| {
        let mut command = Command::new(&myself);
        command.args([how, collection]).arg(root).arg(file);
        command
    };
    let ours = |collection: &str, root: &Path, file: &Path| measure("ours", collection, root, file);
    println!(
        "{:<34} {:>9} {:>9} {:>9} {:>9} {:>7} {:>7}",
        "", "ours s", "peer s", "ours MB", "peer MB", "time", "memory"
    );

    let archive = checkout.join("../shared/data/exclusions/ees_exclusions_by_geographic_level.zip");
    if archive.is_file() {
        let csv = folder.path().join("exclusions_by_geographic_level.csv");
        let mut zip = zip::ZipArchive::new(fs::File::open(archive).unwrap()).unwrap();
        let mut bytes = Vec::new();
        zip.by_name("exclusions_by_geographic_level.csv").unwrap().read_to_end(&mut bytes).unwrap();
        fs::write(&csv, bytes).unwrap();
        let peer = || {
            let mut command = Command::new(&myself);
            command.arg("duckdb").arg(&csv).arg(folder.path().join("peer.parquet"));
            command
        };
        compare("exclusions CSV : DuckDB read_csv", || ours("published_exclusions", checkout, &csv), peer);
    } else {
        println!("exclusions CSV: `{}` is not here", archive.display());
    }

    let root = wide_place(folder.path());
    let xlsx = folder.path().join("wide.xlsx");
    wide_workbook(&xlsx);
    compare(
        "100,000 × 30 XLSX : in one process",
        || ours("wide", &root, &xlsx),
        || measure("here", "wide", &root, &xlsx),
    );
    compare(
        "100,000 × 30 XLSX : to open : all",
        || measure("open", "wide", &root, &xlsx),
        || measure("here", "wide", &root, &xlsx),
    );
    let python = std::env::var("SENDMART_BENCH_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let script = "import sys, time, resource, polars, fastexcel\nstart = time.perf_counter()\n\
                  polars.read_excel(sys.argv[1]).write_parquet(sys.argv[2])\n\
                  print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)";
    let peer = || {
        let mut command = Command::new(&python);
        command.args(["-c", script]).arg(&xlsx).arg(folder.path().join("peer.parquet")).env("POLARS_MAX_THREADS", "2");
        command
    };
    let found = Command::new(&python).args(["-c", "import polars, fastexcel"]).output();
    if found.is_ok_and(|output| output.status.success()) {
        compare("100,000 × 30 XLSX : polars.read_excel", || ours("wide", &root, &xlsx), peer);
    } else {
        println!("100,000 × 30 XLSX: `{python}` has no polars with fastexcel: `pip install polars fastexcel`");
    }
}

/// Lets the two sides take turns, and prints their medians and ratios.
fn compare(name: &str, ours: impl Fn() -> Command, peer: impl Fn() -> Command) {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        left.push(measured(ours()));
        right.push(measured(peer()));
    }
    let (ours, peer) = (median(left), median(right));
    println!(
        "{name:<38} {:>5.3} {:>9.3} {:>9.0} {:>9.0} {:>7.2} {:>7.2}",
        ours.0,
        peer.0,
        ours.1,
        peer.1,
        ours.0 / peer.0,
        ours.1 / peer.1
    );
}

/// Seconds and peak megabytes, as the process itself says.
fn measured(mut command: Command) -> (f64, f64) {
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut numbers = text.split_whitespace().map(|word| word.parse::<f64>().ok());
    match (output.status.success(), numbers.next().flatten(), numbers.next().flatten()) {
        (true, Some(seconds), Some(megabytes)) => (seconds, megabytes),
        _ => panic!("{command:?} failed: {text}{}", String::from_utf8_lossy(&output.stderr)),
    }
}

fn median(mut turns: Vec<(f64, f64)>) -> (f64, f64) {
    turns.sort_by(|a, b| a.0.total_cmp(&b.0));
    turns[turns.len() / 2]
}

/// Workbooks in a process of their own, as the program reads them.
fn child() -> Containment {
    let library = |name: &str| std::env::var_os(name).map(|value| (name.into(), value));
    Containment::Child(Arc::new(Keeper {
        program: env!("CARGO_BIN_EXE_sendmart").into(),
        arguments: vec!["worker".into()],
        environment: library("LD_LIBRARY_PATH").into_iter().collect(),
        limits: ChildLimits::default(),
    }))
}

/// Ours: a landed file to checked Parquet, with books that balance.
fn ours(collection: &str, root: &Path, file: &Path, containment: &Containment) {
    let definitions = sendmart::definitions::load(root, None).unwrap_or_else(|problems| panic!("{problems}"));
    let folder = tempfile::tempdir().unwrap();
    let place = Place::new(folder.path(), "var");
    let sha256 = "00benchmark".to_owned();
    let landed = place.landed(&sha256);
    fs::create_dir_all(landed.parent().unwrap()).unwrap();
    fs::copy(file, &landed).unwrap();
    let delivery = Delivery {
        delivery_id: DeliveryId("benchmark".to_owned()),
        collection: collection.to_owned(),
        file_name: file.file_name().unwrap().to_string_lossy().into_owned(),
        source: "benchmark".to_owned(),
        received_at: jiff::Timestamp::UNIX_EPOCH,
        bytes: 0,
        sha256,
        maturity: None,
    };
    let limits = EngineLimits { threads: 2, megabytes: 512, seconds: 600 };
    let start = Instant::now();
    let book =
        sendmart::run::conform(&place, &definitions.collections[collection], &delivery, None, limits, containment)
            .unwrap();
    let seconds = start.elapsed().as_secs_f64();
    assert!(book.refused.is_none(), "{:?}", book.refused);
    assert!(book.tables.iter().all(|table| table.balances() && table.rows_accepted >= 100_000));
    println!("{seconds} {}", peak_megabytes());
}

/// Opening alone, which is what the guard does.
fn open(file: &Path) {
    let start = Instant::now();
    let rows = Rows::open(file, &sendmart::definitions::Format::Workbook { sheets: None, content: None, stack: false })
        .unwrap();
    let seconds = start.elapsed().as_secs_f64();
    assert_eq!(rows.sheets().len(), 1);
    println!("{seconds} {}", peak_megabytes());
}

fn duckdb(file: &str, out: &str) {
    let connection = duckdb::Connection::open_in_memory().unwrap();
    let start = Instant::now();
    let sql = format!(
        "SET threads = 2; COPY (SELECT * FROM read_csv('{file}', all_varchar = true)) TO '{out}' (FORMAT parquet, COMPRESSION zstd)"
    );
    connection.execute_batch(&sql).unwrap();
    println!("{} {}", start.elapsed().as_secs_f64(), peak_megabytes());
}

fn peak_megabytes() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
}

/// The type of a column of the made-up workbook.
fn kind(column: u32) -> &'static str {
    match (column, column % 5) {
        (0, _) | (_, 2) => "integer",
        (_, 0 | 1) => "text",
        (_, 3) => "decimal(12,2)",
        _ => "date",
    }
}

/// A place with one collection, whose table is the made-up workbook's.
fn wide_place(folder: &Path) -> PathBuf {
    let root = folder.join("place");
    let collection = root.join("pipelines/wide");
    for name in ["tables", "layouts"] {
        fs::create_dir_all(collection.join(name)).unwrap();
    }
    for name in ["config", "sql"] {
        std::os::unix::fs::symlink(Path::new(env!("CARGO_MANIFEST_DIR")).join(name), root.join(name)).unwrap();
    }
    fs::write(
        collection.join("pipeline.toml"),
        "title = \"Wide\"\nowner = \"nobody\"\npurpose = \"to measure\"\nlawful_basis = \"made up\"\nretention = \"none\"\n\
         [[source]]\nfolder.path = \"inbox\"\n",
    )
    .unwrap();
    let mut table =
        "title = \"Wide\"\ngrain = \"one row\"\nkey = [\"c0\"]\ndisposition = \"replace_all\"\nclass = \"none\"\n[marks]\nx = \"suppressed\"\n[columns]\n".to_owned();
    for column in 0..COLUMNS {
        let kind = kind(column);
        table.push_str(&format!("c{column} = {{ type = \"{kind}\", about = \"A column (no unit).\" }}\n"));
    }
    fs::write(collection.join("tables/wide.toml"), table).unwrap();
    fs::write(
        collection.join("layouts/wide.toml"),
        "title = \"Wide\"\ntable = \"wide\"\nwhy = \"to measure\"\n[format]\nworkbook = {}\n",
    )
    .unwrap();
    root
}

/// 100,000 rows: numbers, decimals, dates and texts, of which some repeat.
fn wide_workbook(path: &Path) {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let date = Format::new().set_num_format("dd/mm/yyyy");
    for column in 0..COLUMNS {
        let at = u16::try_from(column).unwrap();
        sheet.write_string(0, at, format!("c{column}")).unwrap();
        for row in 0..ROWS {
            let mixed = row.wrapping_mul(2_654_435_761).wrapping_add(column * 40_503);
            match (column, kind(column)) {
                (0, _) => sheet.write_number(row + 1, at, row).unwrap(),
                (_, "integer") => sheet.write_number(row + 1, at, mixed % 10_000).unwrap(),
                (_, "decimal(12,2)") => sheet.write_number(row + 1, at, f64::from(mixed % 1_000_000) / 100.0).unwrap(),
                (_, "date") => sheet.write_number_with_format(row + 1, at, 40_000 + mixed % 6_000, &date).unwrap(),
                _ => sheet.write_string(row + 1, at, format!("School number {}", mixed % 20_000)).unwrap(),
            };
        }
    }
    workbook.save(path).unwrap();
}
