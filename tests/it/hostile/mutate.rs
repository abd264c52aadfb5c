//! Good inputs changed at random, by a seed: no panic of ours, whatever the bytes.
//!
//! `SENDMART_MUTATIONS` says how many inputs; without it, as many as take some seconds. Half of them are cells of blocks in
//! this process. The others are given to what cargo-fuzz would give them to, by the thousand, in processes of their own: one
//! that dies is told with the input that it died of, and the rest goes on in another.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::FileExt;
use std::os::unix::process::ExitStatusExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use sendmart::conform::{Conformer, Sorter};
use sendmart::model::DeliveryId;
use sendmart::prove::prove;
use sendmart::read::{Block, Cell, Opened, RowRef};
use serde::{Deserialize, Serialize};

use self::dice::{Dice, mutated};
use self::kinds::{KINDS, Kind};

/// Seeds and changes.
mod dice;
/// What is changed, and who gets it.
mod kinds;
/// The fuzz targets.
#[path = "../../fuzz/targets.rs"]
#[allow(unreachable_pub, reason = "the binaries of cargo-fuzz use it too")]
mod targets;

const DEFAULT: u64 = 40_000;
/// The inputs of one process at most.
const BATCH: u64 = 50_000;
/// How long one input may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// What tells a process of this test its batch: kind, first input, the one after the last, the file of its findings.
const ORDER: &str = "SENDMART_MUTATION_BATCH";

fn inputs() -> u64 {
    std::env::var("SENDMART_MUTATIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(DEFAULT)
}

/// The types that a value may have, and good values of them.
const TYPES: [(&str, &str); 15] = [
    ("text", "Zo\u{eb} \u{2013} x"),
    ("integer", "1,234"),
    ("decimal(12,2)", "49.30"),
    ("boolean", "yes"),
    ("date", "31/12/2024"),
    ("upn", "A801200001001"),
    ("uln", "1000000027"),
    ("nhs_number", "943 476 5919"),
    ("urn", "123456"),
    ("laestab", "933/4567"),
    ("la_code", "933"),
    ("gss_code", "E06000066"),
    ("ukprn", "10012345"),
    ("postcode", "TA1 1AA"),
    ("date", "2025-Feb-14 00:00:00"),
];

/// Marks, numbers, dates and identifiers, as cells of blocks: texts changed at random, and any number that a double is.
#[test]
fn parsers_of_values_take_anything() {
    const ROWS: usize = 512;
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    super::things(root);
    let collection = root.join("pipelines/things");
    let columns = |line: &dyn Fn(usize, &str) -> String| -> String {
        TYPES.iter().enumerate().map(|(at, (kind, _))| line(at, kind)).collect()
    };
    let table = columns(&|at, kind| format!("c{at} = {{ type = \"{kind}\", about = \"A value (no unit).\" }}\n"));
    fs::write(
        collection.join("tables/thing.toml"),
        format!("title = \"Things\"\ngrain = \"one thing\"\nkey = [\"c0\"]\ndisposition = \"append\"\nclass = \"none\"\n[marks]\nx = \"suppressed\"\n\"..\" = \"unavailable\"\n[columns]\n{table}"),
    )
    .unwrap();
    let formats = columns(&|at, kind| match kind {
        "date" => {
            format!(
                "c{at} = {{ from = [\"c{at}\"], formats = [\"%d/%m/%Y\", \"%d/%m/%y\", \"%Y-%b-%d %H:%M:%S\"], century = 1950 }}\n"
            )
        }
        _ => format!("c{at} = {{ from = [\"c{at}\"] }}\n"),
    });
    fs::remove_file(collection.join("layouts/sheet.toml")).unwrap();
    fs::write(
        collection.join("layouts/text.toml"),
        format!("title = \"Text\"\ntable = \"thing\"\nwhy = \"to test\"\n[format]\ncsv = {{}}\n[columns]\n{formats}"),
    )
    .unwrap();
    let definitions = sendmart::definitions::load(root, None).unwrap_or_else(|problems| panic!("{problems}"));
    let path = root.join("a.csv");
    let line = |texts: Vec<String>| texts.join(",") + "\n";
    let header = line((0..TYPES.len()).map(|at| format!("c{at}")).collect());
    fs::write(&path, header + &line((0..TYPES.len()).map(|_| "x".to_owned()).collect())).unwrap();
    let collection = &definitions.collections["things"];
    let proof = prove(&mut Opened::at(&path), "a.csv", collection).unwrap().remove(0);
    let conformer = Conformer::new(&proof, "a.csv", &DeliveryId("mutated".to_owned()), None).unwrap();

    let mut dice = Dice::of("cells", 0);
    let mut tried = 0;
    while tried < inputs() / 2 {
        let mut block = Block::default();
        for row in 0..ROWS {
            let first = u32::try_from(block.cells.len()).unwrap();
            for (_, good) in TYPES {
                let cell = match dice.below(20) {
                    0 => Cell::Number(f64::from_bits(dice.next())),
                    1 => Cell::Serial(f64::from_bits(dice.next())),
                    2 => Cell::Serial(f64::from(i32::try_from(dice.below(5_000_000)).unwrap() - 1_000_000)),
                    _ => {
                        let bytes = mutated(good.as_bytes(), &mut dice);
                        let text = String::from_utf8_lossy(&bytes);
                        let start = u32::try_from(block.text.len()).unwrap();
                        block.text.push_str(&text);
                        Cell::Text(start, u32::try_from(text.len()).unwrap())
                    }
                };
                block.cells.push(cell);
            }
            let (number, cells) = (u32::try_from(row + 2).unwrap(), u32::try_from(TYPES.len()).unwrap());
            block.rows.push(RowRef { number, first, cells, hidden: false });
        }
        let kept = block.clone();
        let conformed = catch_unwind(AssertUnwindSafe(|| {
            let mut sorter = Sorter::new(&proof);
            conformer.conform(&sorter.sort(block)).unwrap()
        }));
        let conformed = conformed.unwrap_or_else(|_| panic!("a block after {tried} cells: {:?}", kept.text));
        assert!(usize::try_from(conformed.accepted).unwrap() + conformed.refused.len() <= ROWS);
        tried += (ROWS * TYPES.len()) as u64;
    }
    eprintln!("{tried} cells");
}

/// What came of a batch.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Findings {
    inputs: u64,
    /// Refusals by their codes, and what was taken.
    codes: BTreeMap<String, u64>,
    /// Panics, caught within or not: input, place, and whether the place is in this package.
    panics: Vec<(u64, String, bool)>,
    /// Processes that died: of which input, and how.
    deaths: Vec<(u64, String)>,
    nanoseconds: u64,
}

impl Findings {
    fn add(&mut self, other: Self) {
        self.inputs += other.inputs;
        for (code, count) in other.codes {
            *self.codes.entry(code).or_default() += count;
        }
        self.panics.extend(other.panics);
        self.deaths.extend(other.deaths);
        self.nanoseconds += other.nanoseconds;
    }
}

/// A process of the test below: does nothing unless it is told a batch.
#[test]
fn a_batch_of_changed_inputs() {
    let Ok(order) = std::env::var(ORDER) else { return };
    let [name, from, to, path] = order.splitn(4, ' ').collect::<Vec<_>>().try_into().unwrap();
    let kind = KINDS.iter().find(|kind| kind.name == name).unwrap();
    let limit = |resource, most| {
        let most = Some(most);
        rustix::process::setrlimit(resource, rustix::process::Rlimit { current: most, maximum: most }).unwrap();
    };
    limit(rustix::process::Resource::Core, 0);
    limit(rustix::process::Resource::As, 3 << 30);
    let places: &'static Mutex<Vec<String>> = Box::leak(Box::default());
    std::panic::set_hook(Box::new(move |info| {
        let place = info.location().map_or_else(String::new, |at| format!("{}:{}", at.file(), at.line()));
        places.lock().unwrap().push(place);
    }));
    let progress = fs::OpenOptions::new().create(true).truncate(true).write(true).open(path).unwrap();
    let bench = targets::Bench::new();
    let mut findings = Findings::default();
    let began = Instant::now();
    for input in from.parse::<u64>().unwrap()..to.parse().unwrap() {
        progress.write_all_at(&input.to_le_bytes(), 0).unwrap();
        let bytes = (kind.make)(&mut Dice::of(kind.name, input));
        let code = catch_unwind(AssertUnwindSafe(|| (kind.take)(&bench, &bytes)));
        let code = code.map_or_else(|_| "panicked".to_owned(), |code| code.unwrap_or_else(|| "taken".to_owned()));
        for place in places.lock().unwrap().drain(..) {
            // A place of this package is told from its root.
            let is_ours = place.starts_with("src/") || place.starts_with("tests/") || code == "panicked";
            findings.panics.push((input, place, is_ours));
        }
        findings.inputs += 1;
        *findings.codes.entry(code).or_default() += 1;
    }
    findings.nanoseconds = u64::try_from(began.elapsed().as_nanos()).unwrap();
    fs::write(format!("{path}.found"), serde_json::to_vec(&findings).unwrap()).unwrap();
}

/// Runs a batch in a process; where it dies, the rest goes on in others.
fn batch(kind: &Kind, (from, to): (u64, u64), folder: &Path) -> Findings {
    if from >= to {
        return Findings::default();
    }
    let path = folder.join(format!("{}-{from}", kind.name));
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "hostile::mutate::a_batch_of_changed_inputs", "--test-threads=1"])
        .env(ORDER, format!("{} {from} {to} {}", kind.name, path.display()))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let at = || {
        let bytes = fs::read(&path).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map_or(from, u64::from_le_bytes)
    };
    let (mut last, mut since) = (from, Instant::now());
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        let now = at();
        if now != last {
            (last, since) = (now, Instant::now());
        } else if since.elapsed() > PATIENCE {
            child.kill().unwrap();
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    if let Ok(found) = fs::read(format!("{}.found", path.display())) {
        return serde_json::from_slice(&found).unwrap();
    }
    let end = match status.signal() {
        Some(9) => format!("took more than {} s", PATIENCE.as_secs()),
        Some(signal) => format!("died of signal {signal}"),
        None => format!("ended with {:?}", status.code()),
    };
    let died = at();
    // What stands before it is known to end, and is told by another process.
    let mut findings = batch(kind, (from, died), folder);
    findings.inputs += 1;
    findings.deaths.push((died, end));
    findings.add(batch(kind, (died + 1, to), folder));
    findings
}

/// Every kind of input that comes from outside: a panic of ours, or an end of a reader of ours, is told with its input. What a
/// library does that the program has in a child is counted and named.
#[test]
fn good_inputs_changed_at_random_end_in_rows_or_a_sentence() {
    let total = inputs() / 2;
    let mut jobs: Vec<(usize, u64, u64)> = Vec::new();
    for (index, kind) in KINDS.iter().enumerate() {
        let count = (total * kind.share / 1000).max(10);
        jobs.extend(
            (0..count).step_by(usize::try_from(BATCH).unwrap()).map(|from| (index, from, count.min(from + BATCH))),
        );
    }
    assert_eq!(KINDS.iter().map(|kind| kind.share).sum::<u64>(), 1000);
    let jobs = Mutex::new(jobs);
    let found: Mutex<BTreeMap<usize, Findings>> = Mutex::default();
    let folder = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let Some((index, from, to)) = jobs.lock().unwrap().pop() else { break };
                    let findings = batch(&KINDS[index], (from, to), folder.path());
                    found.lock().unwrap().entry(index).or_default().add(findings);
                }
            });
        }
    });
    let mut failed = Vec::new();
    for (index, findings) in found.into_inner().unwrap() {
        let Kind { name, make, is_contained, .. } = &KINDS[index];
        let each = findings.nanoseconds / findings.inputs.max(1) / 1000;
        eprintln!("{name}: {} inputs, {each} \u{b5}s each, {:?}", findings.inputs, findings.codes);
        let mut told = |input: u64, what: &str, is_ours: bool| {
            let line = format!("{name}, input {input}: {what}");
            eprintln!("  {line}");
            if is_ours {
                failed.push(format!("{line}: {}", make(&mut Dice::of(name, input)).escape_ascii()));
            }
        };
        let mut places: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
        for (input, place, is_ours) in &findings.panics {
            if *is_ours || !is_contained {
                told(*input, &format!("a panic at {place}"), true);
            }
            places.entry(place).or_insert((*input, 0)).1 += 1;
        }
        for (place, (input, count)) in places {
            told(input, &format!("the first of {count} panics at {place}, contained"), false);
        }
        for (input, end) in &findings.deaths {
            told(*input, end, !is_contained);
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// The kinds that a library reads, through the child that the program has for them: rows or a sentence, never our trouble.
#[test]
fn the_child_ends_in_rows_or_a_sentence_whatever_the_library_does() {
    let folder = tempfile::tempdir().unwrap();
    let mut codes: BTreeMap<String, u64> = BTreeMap::new();
    for kind in KINDS.iter().filter(|kind| kind.is_contained) {
        for input in 0..(inputs() / 1000).clamp(10, 1000) {
            let bytes = (kind.make)(&mut Dice::of(kind.name, input));
            let path = folder.path().join("a");
            fs::write(&path, &bytes).unwrap();
            let read = if kind.name == "parquet" {
                super::parquet::read(&path, &super::child())
            } else {
                super::read(&path, &super::child()).map(|_| ())
            };
            let code = match read {
                Ok(()) => "read".to_owned(),
                Err(error) => {
                    let told = error.refusal();
                    told.unwrap_or_else(|| panic!("{}, input {input}: {error}: {}", kind.name, bytes.escape_ascii()))
                        .code
                }
            };
            *codes.entry(code).or_default() += 1;
        }
    }
    eprintln!("through the child: {codes:?}");
}
