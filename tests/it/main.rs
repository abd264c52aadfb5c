//! The integration tests: one binary, a file a subject.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on panics")]

/// Whom a night tells how it went.
mod alerts;
/// What people are answered: places by any name, what is there instead of what is not, screens of 80 columns, Ctrl-C.
mod answers;
/// Files that are not what they should be.
mod bad_files;
/// Who governs, when boards meet, and what stands against a meeting.
mod boards;
mod case_list;
/// Requests, plans and reviews of SEN2 returns: KPIs against what was reckoned by hand.
mod casework;
/// School censuses of which something is missing, late, or told otherwise.
mod census;
/// England, region and statistical neighbours beside each figure.
mod comparators;
/// An invented county: KPIs and faults against its truth.
mod county;
/// What does not fit between one return and another.
mod cross_checks;
/// Days and times: where the place is, and beside a day that a column holds.
mod days;
/// Wrong definitions: every problem at once.
mod definitions;
/// The command line on the demo extracts, as a user runs it.
mod demo;
/// What a pack hides cannot be worked out: tables, sequences of packs, rules, the verifier.
mod disclosure;
/// Drafts of files that guess: rows that a guess would lose or double, and the questions that are asked before.
mod drafts;
/// Headers that drift from year to year: found, or refused, and no row lost.
mod drift;
mod exclusion_log;
/// Faults: their lives over the deliveries, and the workbooks that go back.
mod faults;
/// What the SQL of definitions and of questions cannot do.
mod harm;
/// Files that no honest program writes: each verdict word for word, the child that reads them, random changes.
mod hostile;
/// UPNs, ULNs and their like in a contract: normalised, or a fault that does not lose them.
mod identifiers;
/// Series and schools, judged: charts over time, funnels, declared changes.
mod judged;
mod kept;
/// `kill -9` at any moment of a run, with readers meanwhile.
mod kills;
/// Every published figure of `known_figures.csv`, at the file and line that it was read from.
mod known_figures;
/// Where values stand and how they are written: each key of a layout, and its misuse.
mod layouts;
/// Schools that split, merge, or go round in a ring.
mod links;
/// What a lone table or collection can publish.
mod lone;
/// Files of other people's test corpora: read, or refused by a sentence, and their cells.
mod messy;
/// Why a figure moved: generations, days, and the parts between them.
mod movement;
mod nights;
/// The real files of `../shared/data`, where they are.
mod open_data;
/// A county invented apart from this project, and what is true of it.
mod other_county;
/// The pack of a board: frozen figures, what changed, what is refused.
mod pack;
/// What a pack says of its figures: targets, limits of chance, schools, cases.
mod pack_judged;
/// The public edition: nothing of few people in any file, a proof that holds, the same bytes twice.
mod pack_public;
/// The workbooks of a pack against the checklist for accessible spreadsheets.
mod pack_workbooks;
/// How new and how complete the data of a value is.
mod passport;
/// Registers and posts: small places that went wrong once.
mod practice;
/// Identifiers of people: keys, pseudonyms, canaries.
mod privacy;
/// Files without a layout: `cells`, `profile`, `layout diff`, `new --from`.
mod profiles;
/// Workbooks of departments, whole, as they were published.
mod published;
/// Registers of a council: planted faults, rows sent again.
mod registers;
/// The current data sets of the department's statistics service, each file.
mod releases;
/// The current releases of plans, workforce, destinations and children out of school: files, rows, rates.
mod releases_of_plans;
/// Definitions that change, and what was landed conformed again.
mod replay;
/// A council's own returns: no row is lost, and each shape gives the same bytes.
mod returns;
/// Annual reviews over the returns of all years, and SEN2 returns of which a part did not come.
mod reviews;
/// Rounding: of a publication, of a release, and on paper.
mod rounding;
/// From a local value to its rows and cells; marts and KPIs as files; keys and what leads from one table to another.
mod rows;
/// The invented county: its bytes, its faults at their cells, and its suspensions merged by hand.
mod sample;
/// Every sample of every layout gives the rows and faults that are expected.
mod samples;
/// The SEN2 return in its four shapes.
mod sen2;
/// Drafts of files of the department's statistics service, and their next release.
mod service_drafts;
/// The pages of the board: figures, sentences, soundness, and what is never overwritten.
mod site;
/// A small place in which one run is quick.
mod small;
/// Every source of every local KPI absent, empty, or cut by a term.
mod sources;
/// Charts, funnels, intervals and waiting times against references made apart from this project.
mod statistics;
/// Steering a place: what is held, withdrawn, pinned.
mod steer;
/// What values are to reach, and how they stand to it.
mod targets;
/// Templates to fill in load back.
mod template;
/// What `profile` says of delimited text that is not as most is.
mod texts;
/// Our reader of xlsx: against calamine, against what was written, and against what is broken.
mod xlsx;

use std::path::{Path, PathBuf};

/// The values of the KPIs' own periods, without months, terms and the like.
pub(crate) const OWN: &str = "(basis = 'published' OR (kpi_id, period_kind) IN (SELECT kpi_id, period_kind FROM meta.kpi WHERE basis = 'local'))";

/// A file or folder of `../shared`. Where it is not there the test fails, unless whoever has no such folder says so: then it is
/// skipped with a word. CI skips none.
#[expect(clippy::print_stderr, reason = "whoever skips a test is told so")]
fn shared(part: &str) -> Option<PathBuf> {
    let path = checkout().join("../shared").join(part);
    if path.exists() {
        return Some(path);
    }
    let may_skip = std::env::var_os("SENDMART_SKIP_SHARED").is_some() && std::env::var_os("CI").is_none();
    assert!(may_skip, "`{}` is not here; `SENDMART_SKIP_SHARED=1` skips the tests that need it", path.display());
    eprintln!("SKIPPED: `{}` is not here", path.display());
    None
}

/// Whether tests that compare many states with one another compare all of them, for which CI has no time.
fn is_thorough() -> bool {
    std::env::var_os("SENDMART_THOROUGH").is_some()
}

/// Every file below a folder.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files
}

/// The checkout.
fn checkout() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The number that is shown as a code.
fn digits(shown: &str) -> f64 {
    shown.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap()
}

/// A place of its own: the checkout's definitions, linked, and a `var` that nobody else has.
fn place() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    link_definitions(folder.path());
    let path = folder.path().to_path_buf();
    (folder, path)
}

/// A long text in parts of whole lines, each with the name of its snapshot: what a person looks through at once.
fn parts(name: &str, text: &str) -> Vec<(String, String)> {
    const MOST: usize = 9_000;
    let mut parts = vec![String::new()];
    for line in text.split_inclusive('\n') {
        let last = parts.len() - 1;
        if parts[last].is_empty() || parts[last].len() + line.len() <= MOST {
            parts[last].push_str(line);
        } else {
            parts.push(line.to_owned());
        }
    }
    let named = parts.into_iter().enumerate();
    named.map(|(at, part)| (format!("{name}_{}", at + 1), part)).collect()
}

/// Links the checkout's definitions into a folder, which makes it a place.
fn link_definitions(folder: &Path) {
    for name in ["pipelines", "config", "sql"] {
        std::os::unix::fs::symlink(checkout().join(name), folder.join(name)).unwrap();
    }
}

/// The config of an invented county without the sources of some censuses (`2026_autumn`), and how many sources those were.
fn without_censuses(config: &str, censuses: &[&str]) -> (String, usize) {
    let is_gone = |source: &&str| {
        source.contains("inbox/school_census/") && censuses.iter().any(|census| source.contains(census))
    };
    let (gone, kept): (Vec<&str>, Vec<&str>) = config.split("\n[[source]]\n").partition(is_gone);
    (kept.join("\n[[source]]\n"), gone.len())
}

/// Runs the program in a place; gives exit code, standard output and standard error.
fn sendmart(place: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut program = assert_cmd::Command::cargo_bin("sendmart").unwrap();
    let out = program.env_remove("SENDMART_CONFIG").arg("--place").arg(place).args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (out.status.code().unwrap_or(-1), text(&out.stdout), text(&out.stderr))
}
