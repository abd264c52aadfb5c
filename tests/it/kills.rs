use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Child;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

use sendmart::ledger::{Ledger, RunState};
use sendmart::warehouse::{Asked, RunLock};

use crate::small::{Small, WHOLE, number};

/// Kills in the normal suite; `SENDMART_KILLS=200` for more.
const KILLS: u64 = 16;
const READERS: usize = 2;

/// What is in a generation, whatever runs it took to get there.
const CONTENT: &str = "SELECT count(*) AS n, CAST(bit_xor(hash(v)) AS VARCHAR) AS h FROM kpi.value AS v UNION ALL \
    SELECT count(*), CAST(bit_xor(hash(v)) AS VARCHAR) FROM kpi.superseded_value AS v UNION ALL \
    SELECT count(*), CAST(bit_xor(hash(m)) AS VARCHAR) FROM mart.published_ehcp_timeliness AS m";

/// What the readers saw.
#[derive(Default)]
struct Seen {
    queries: u64,
    generations: BTreeMap<u64, String>,
    wrong: Vec<String>,
}

/// Opens the live file in a new process, again and again: `DuckDB` would give threads of one process one instance.
fn read(small: &Small, stop: &AtomicBool, seen: &Mutex<Seen>) {
    let mut last = 0;
    while !stop.load(Ordering::Relaxed) {
        let answer = small.ask(WHOLE);
        let mut seen = seen.lock().unwrap();
        seen.queries += 1;
        let line = match answer {
            Ok(line) => line,
            Err(error) => {
                seen.wrong.push(error);
                continue;
            }
        };
        let generation = number(&line, "generation");
        if generation < last {
            seen.wrong.push(format!("back from generation {last} to {generation}"));
        }
        if ["unbalanced", "short", "of_another"].iter().any(|name| number(&line, name) != 0) {
            seen.wrong.push(format!("not whole: {line}"));
        }
        let first = seen.generations.entry(generation).or_insert_with(|| line.clone()).clone();
        if first != line {
            seen.wrong.push(format!("two contents of one generation: {first} and {line}"));
        }
        last = generation;
    }
}

/// `SplitMix64`: numbers that follow from the seed.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: Duration) -> Duration {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        limit.mul_f64((mixed >> 11) as f64 / (1_u64 << 53) as f64)
    }
}

/// Waits for the moment of the kill; a victim that ends before is not waited for.
fn wait(child: &mut Child, mut moment: impl FnMut() -> bool) {
    while !moment() && child.try_wait().unwrap().is_none() {
        sleep(Duration::from_micros(100));
    }
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

fn day(number: u64) -> String {
    format!("{}-{:02}-{:02}", 2026 + number / 336, number / 28 % 12 + 1, number % 28 + 1)
}

/// Kills, counted.
#[derive(Debug, Default)]
struct Kills {
    before_publish: u64,
    after_publish: u64,
    too_late: u64,
}

impl Kills {
    fn all(&self) -> u64 {
        self.before_publish + self.after_publish
    }
}

/// Kills one run after the other; every third time the next run has to finish.
fn kill(small: &Small, wanted: u64, seed: u64, mut length: Duration) -> (Kills, u64) {
    let (mut random, mut kills, mut cycle) = (Random(seed), Kills::default(), 0);
    let milliseconds = Duration::from_millis;
    while kills.all() < wanted {
        cycle += 1;
        let told = format!("seed {seed}, cycle {cycle}");
        assert!(kills.too_late <= wanted + 20, "{told}: runs end before they are killed: {kills:?}");
        if cycle % 3 == 1 {
            small.deliver(usize::try_from(cycle).unwrap());
        }
        let before = small.generation();
        let inode = || fs::metadata(small.place().live()).unwrap().ino();
        let (inode_before, since) = (inode(), SystemTime::now());
        let mut child = small.victim(&day(cycle));
        let delay = match cycle % 4 {
            0 => random.below(length),
            1 => {
                wait(&mut child, || small.is_staged(since));
                random.below(length / 2)
            }
            2 => {
                wait(&mut child, || small.is_staged(since));
                // It leaves the staging folder to be among the generations.
                wait(&mut child, || !small.is_staged(since));
                random.below(milliseconds(4))
            }
            _ => {
                wait(&mut child, || inode() != inode_before);
                random.below(milliseconds(2))
            }
        };
        sleep(delay);
        child.kill().unwrap();
        let status = child.wait().unwrap();
        let after = small.generation();
        match (status.signal(), after > before) {
            (Some(9), false) => kills.before_publish += 1,
            (Some(9), true) => kills.after_publish += 1,
            _ => {
                assert!(status.success(), "{told}: {status}");
                kills.too_late += 1;
            }
        }
        if cycle % 3 == 0 {
            let begun = Instant::now();
            small.run(&day(cycle));
            length = length.max(begun.elapsed());
            // What was published needs no other publish; what was not gets its own.
            assert_eq!(small.generation() > after, after == before, "{told}");
            small.assert_clean(&told);
        }
    }
    (kills, cycle)
}

#[test]
fn a_run_that_is_killed_at_any_moment_is_never_seen_and_the_next_one_finishes() {
    let (wanted, seed) = (setting("SENDMART_KILLS", KILLS), setting("SENDMART_SEED", 933));
    let small = Small::new();
    small.deliver(0);
    let begun = Instant::now();
    small.run(&day(0));
    let length = begun.elapsed();
    let (stop, seen) = (AtomicBool::new(false), Mutex::new(Seen::default()));
    let (kills, cycle) = std::thread::scope(|scope| {
        for _ in 0..READERS {
            scope.spawn(|| read(&small, &stop, &seen));
        }
        // The readers are stopped whatever happens, or the scope would wait for them for ever.
        let outcome = std::panic::catch_unwind(|| kill(&small, wanted, seed, length));
        stop.store(true, Ordering::Relaxed);
        outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    });
    let told = format!("seed {seed}, after {kills:?}");
    small.run(&day(cycle));
    assert!(small.run(&day(cycle)).starts_with("Nothing new"), "{told}");
    small.assert_clean(&told);

    let seen = seen.into_inner().unwrap();
    assert!(seen.wrong.is_empty(), "{told}: {} of {} queries: {:#?}", seen.wrong.len(), seen.queries, seen.wrong);
    // Nothing of this is vacuous: kills fell on both sides of the rename, and readers saw generations go by.
    assert!(kills.before_publish > 0 && kills.after_publish > 0, "{told}");
    assert!(seen.generations.len() > 2 && seen.queries > kills.all(), "{told}: {} queries", seen.queries);
    let published: BTreeSet<u64> = Ledger::open(&small.place())
        .unwrap()
        .runs()
        .unwrap()
        .iter()
        .filter(|run| run.state == Some(RunState::Published))
        .map(|run| run.payload["generation"].as_u64().unwrap())
        .collect();
    let unrecorded: Vec<_> = seen.generations.keys().filter(|generation| !published.contains(generation)).collect();
    assert!(unrecorded.is_empty(), "{told}: readers saw what the ledger calls unpublished: {unrecorded:?}");

    // The same deliveries in a place where nobody was killed.
    let undisturbed = Small::new();
    for file in fs::read_dir(small.root.join("inbox")).unwrap() {
        let path = file.unwrap().path();
        fs::copy(&path, undisturbed.root.join("inbox").join(path.file_name().unwrap())).unwrap();
    }
    undisturbed.run(&day(cycle));
    assert_eq!(small.ask(CONTENT), undisturbed.ask(CONTENT), "{told}");
    report(&format!(
        "{told}: {} generations in the ledger, {} seen in {} queries by {READERS} readers, none failed",
        published.len(),
        seen.generations.len(),
        seen.queries
    ));
}

#[expect(clippy::print_stderr, reason = "shown with `--nocapture`: the seed, and what was measured")]
fn report(text: &str) {
    eprintln!("{text}");
}

#[test]
fn a_rollback_waits_for_no_run_and_disturbs_none() {
    let small = Small::new();
    small.deliver(0);
    small.run(&day(0));
    small.run(&day(1));
    let Asked::Held(lock) = RunLock::ask(&small.place(), "a run under way").unwrap() else {
        panic!("the lock is held")
    };
    let (code, out, err) = small.sendmart(&["rollback", "1"]);
    assert_eq!((code, out.as_str(), small.generation()), (75, "", 2), "{err}");
    assert!(err.contains("a run under way"), "{err}");
    drop(lock);
    assert_eq!(small.sendmart(&["rollback", "1"]).0, 0);
    assert_eq!(small.generation(), 1);
}

/// The files of a run that was killed in the middle of a small write.
#[test]
fn what_a_killed_run_half_wrote_is_cleared_by_the_next() {
    let small = Small::new();
    small.deliver(0);
    small.run(&day(0));
    let place = small.place();
    let books: &Path = &place.lake().join("books/published_ehcp");
    for (folder, name) in [
        (books, ".28214bae0cc7521f.json.tmp.aB3xYz"),
        (&place.lake().join("conformed/published_ehcp/timeliness"), ".28214bae0cc7521f.parquet.tmp"),
        (&place.warehouse(), ".CURRENT.json.tmp.q9Wq0a"),
        (&place.warehouse(), ".sendmart.duckdb.tmp.2"),
        (&place.ledger(), ".seen.json.tmp.00aaZZ"),
    ] {
        fs::write(folder.join(name), "half").unwrap();
    }
    assert!(small.run(&day(0)).starts_with("Nothing new"));
    small.assert_clean("after leftovers");
}
