//! `run`.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;

use super::interrupt::watch;
use super::progress::Spinner;
use super::worker::contained;
use super::{Context, Failure, alert, log, output, standing, steer};
use crate::definitions::Definitions;
use crate::lake::Place;
use crate::model::Zone;
use crate::run::{RunError, RunOptions, RunReport, run as run_all};
use crate::source::LookedSource;
use crate::warehouse::{Verification, WarehouseError};

pub(super) const EXAMPLES: &str = "\
A file that does not pass its gate (it is refused, too many of its rows are quarantined, too few came) holds its own collection:
that keeps the deliveries that it has in the live generation, and all others are published. A collection whose `pipeline.toml` says
`gate.on_refusal = \"stop\"` stops the whole publish instead. A file that no layout is for (a README, a lock file) is told, and
holds nothing. Taking a file out of its source before it was ever published ends its fault.

The live file speaks for now: `--known-at`, and an `--as-of` before that of the live generation, ask for `--out DIR`. Nothing is
published then, whether the place is pinned or not.

Exit codes: 0 all is published, or there was nothing to do; 65 a collection is held, or nothing could be published: standard
error says which and why, as do `sendmart status` and `meta.held`; 66 nothing has come yet, and nothing is published; 77 the place
is pinned (`sendmart rollback`): what came was landed and read, and nothing is published until `sendmart resume`; 74 a folder,
file or address could not be read, and keeps what it held last: the rest is published (`--allow-missing` for one that may be), or an
alert reached nobody (`sendmart alert --help`); 75, 78 as for every verb.

Examples:
  sendmart run
  sendmart --config tests/open_data.toml run
  sendmart run --known-at 2025-12-31 --out /tmp/then   what was known then";

#[derive(Debug, Args)]
pub(super) struct RunArgs {
    /// The date that KPIs speak for; default the day of the newest delivery, in the time zone of the place
    #[arg(long, value_name = "DATE")]
    as_of: Option<Date>,
    /// With `--out`: count only what was received by the end of this day, in the time zone of the place
    #[arg(long, value_name = "DATE")]
    known_at: Option<Date>,
    /// A source that may be missing tonight: its folder or address as the config has it, or its collection. It is told, keeps what
    /// it held, and does not make the run a failure; may be given more than once
    #[arg(long, value_name = "SOURCE")]
    allow_missing: Vec<String>,
    /// Write the generation into this new folder, as a whole file with its words, and publish nothing
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// `sendmart run`.
pub(super) fn run(context: &Context, args: &RunArgs) -> Result<(), Failure> {
    let (place, definitions) = match context.definitions() {
        Ok(loaded) => loaded,
        Err(failure) => return alert::after_run(context, None, &|_, _| false, Err(failure)),
    };
    let may_miss = |collection: &str, source: &str| may_miss(&args.allow_missing, collection, source);
    known_sources(&definitions, &args.allow_missing)?;
    let ended = run_once(context, args, &place, &definitions);
    if args.out.is_some() {
        return ended;
    }
    alert::after_run(context, Some((&place, &definitions)), &may_miss, ended)
}

fn run_once(context: &Context, args: &RunArgs, place: &Place, definitions: &Definitions) -> Result<(), Failure> {
    let context = &Context {
        as_of: args.as_of.or(context.as_of),
        known_at: args.known_at.or(context.known_at),
        ..context.clone()
    };
    let report = with_options(context, place, args.out.as_deref(), &|options| run_all(place, definitions, options))?;
    print(context, place, &report);
    warn_of_the_future(context.as_of, &definitions.settings.zone);
    ended(&report, &definitions.settings.zone, &args.allow_missing)
}

/// Whether a source is one that may be missing: it is named by its collection, or by its place or the end of it.
fn may_miss(allowed: &[String], collection: &str, source: &str) -> bool {
    let is_named =
        |one: &String| one == collection || one == source || Path::new(source).ends_with(one.trim_start_matches("./"));
    allowed.iter().any(is_named)
}

/// A name of a source that the config has not is a slip: the source that was meant would fail the run all the same.
fn known_sources(definitions: &Definitions, allowed: &[String]) -> Result<(), Failure> {
    let is_known = |one: &&String| {
        let one = std::slice::from_ref(*one);
        definitions.sources.iter().any(|source| may_miss(one, &source.collection, &source.kind.at()))
    };
    let Some(unknown) = allowed.iter().find(|one| !is_known(one)) else { return Ok(()) };
    let names: std::collections::BTreeSet<&str> =
        definitions.sources.iter().map(|source| source.collection.as_str()).collect();
    Err(Failure::usage(
        format!("--allow-missing: the config has no source `{unknown}`"),
        format!(
            "name a folder or an address as the config has it, or a collection: {}",
            names.into_iter().collect::<Vec<_>>().join(", ")
        ),
    ))
}

/// A date that has not come yet: nothing of what comes until then is in what is published.
fn warn_of_the_future(as_of: Option<jiff::civil::Date>, zone: &Zone) {
    if let Some(day) = as_of.filter(|day| *day > zone.day_of(Timestamp::now())) {
        output::warning(
            &format!("`--as-of {day}` has not come yet: figures speak for a day of which not everything is in"),
            Some("without `--as-of` they speak for the day of the newest delivery"),
        );
    }
}

/// The end of a run that came to its end: a failure where something of it is held.
pub(super) fn ended(report: &RunReport, zone: &Zone, may_be_missing: &[String]) -> Result<(), Failure> {
    let held = &report.standing.held;
    if let Some(pin) = &report.pinned {
        let also = if held.is_empty() { String::new() } else { format!("\n{}", standing::all_held(held, zone)) };
        return Err(Failure {
            text: format!("nothing is published: the place is {}{also}", steer::pinned(pin, zone)),
            hint: Some("`sendmart resume`, and the next run publishes".to_owned()),
            exit_code: 77,
        });
    }
    let rest = match (&report.aside, report.published) {
        (Some(_), _) => "all others are whole in what was written",
        (None, true) => "all others are published",
        (None, false) => "all others are as they were",
    };
    let is_failure = |one: &&LookedSource| !may_miss(may_be_missing, &one.collection, &one.source);
    let unread: usize = report.sources.iter().filter(is_failure).map(|one| one.unread.len()).sum();
    if held.is_empty() && unread > 0 {
        return Err(Failure {
            text: format!(
                "{} not be read, and keep what they held last; {rest}",
                standing::counted(unread, "source or file could", "sources or files could")
            ),
            hint: Some("each is named above, with how to mend it; the next run looks again".to_owned()),
            exit_code: 74,
        });
    }
    if held.is_empty() {
        return Ok(());
    }
    Err(Failure {
        text: format!(
            "{} held; {rest}\n{}",
            standing::counted(held.len(), "collection is", "collections are"),
            standing::all_held(held, zone)
        ),
        hint: Some(standing::HINT.to_owned()),
        exit_code: 65,
    })
}

/// Runs all, with a spinner meanwhile.
pub(super) fn execute(context: &Context, place: &Place, definitions: &Definitions) -> Result<RunReport, Failure> {
    with_options(context, place, None, &|options| run_all(place, definitions, options))
}

/// Gives work what it needs from the edge of the program, with a spinner meanwhile.
pub(super) fn with_options<T>(
    context: &Context,
    place: &Place,
    out: Option<&Path>,
    work: &dyn Fn(&RunOptions<'_>) -> Result<T, RunError>,
) -> Result<T, Failure> {
    let spinner = Spinner::new();
    let _watch = watch(place);
    let options = RunOptions {
        as_of: context.as_of,
        known_at: context.known_at,
        out,
        now: &Timestamp::now,
        secret: &|name| std::env::var(name).ok(),
        verifier: &verify_elsewhere,
        containment: &contained(),
        holder: holder(),
        progress: &spinner,
    };
    let outcome = work(&options);
    spinner.done();
    Ok(outcome?)
}

/// This process, as it is told to a run that finds the lock held.
pub(super) fn holder() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    format!("process {} on {}, since {}", std::process::id(), host.trim(), log::shown(Timestamp::now()))
}

/// Has another process of this program open the file and read it through. A Ctrl-C is this process's to answer.
fn verify_elsewhere(path: &Path) -> Result<Verification, WarehouseError> {
    let failed = |message: String| WarehouseError::Verification { message };
    let program = std::env::current_exe().map_err(|error| failed(error.to_string()))?;
    let out = Command::new(program)
        .arg("verify-generation")
        .arg(path)
        .process_group(0)
        .output()
        .map_err(|error| failed(error.to_string()))?;
    if !out.status.success() {
        return Err(failed(String::from_utf8_lossy(&out.stderr).trim().to_owned()));
    }
    serde_json::from_slice(&out.stdout).map_err(|error| failed(error.to_string()))
}

/// What a run did, for people or as JSON.
pub(super) fn print(context: &Context, place: &Place, report: &RunReport) {
    for problem in &report.problems {
        output::error(&problem.to_string(), Some(&problem.hint));
    }
    for (delivery, refused) in report.standing.strays() {
        output::warning(&standing::stray(delivery, refused), Some(&refused.hint));
    }
    for back in &report.standing.taken_back {
        let words = "it was taken out of its source before it was ever published, and does not count";
        tracing::info!("{}: {words}", back.source);
    }
    let live = report.current.as_ref().map(|current| current.generation);
    if context.json {
        let value = serde_json::json!({
            "published": report.published, "generation": live, "landed": report.landed, "known": report.known,
            "conformed": report.conformed, "live": place.live(), "held": report.standing.held,
            "pinned": report.pinned, "aside": report.aside.as_ref().map(|aside| &aside.path),
        });
        output::line(&value.to_string());
        return;
    }
    if report.pinned.is_some() {
        let came = standing::counted(report.landed, "new delivery", "new deliveries");
        output::said(&format!("{came}, {} read", report.conformed));
        return;
    }
    if !report.published && report.aside.is_none() {
        let what = live.map_or_else(|| "no generation".to_owned(), |live| format!("generation {live}"));
        output::said(&format!(
            "Nothing new: {} deliveries are known, and {what} is live",
            report.standing.counts.len()
        ));
        return;
    }
    let mut total = [0_u64; 4];
    let mut lines: std::collections::BTreeMap<&str, [u64; 6]> = std::collections::BTreeMap::new();
    for (delivery, book) in &report.standing.counts {
        let line = lines.entry(&delivery.collection).or_default();
        line[0] += 1;
        for table in &book.tables {
            let parts = [table.rows_read, table.rows_accepted, table.rows_quarantined, table.skipped()];
            for (index, part) in parts.into_iter().enumerate() {
                line[index + 1] += part;
                total[index] += part;
            }
            line[5] += table.faults.values().sum::<u64>();
        }
    }
    let body = lines.iter().map(|(collection, counts)| {
        std::iter::once((*collection).to_owned()).chain(counts.iter().map(|count| grouped(*count))).collect()
    });
    output::rows(&["collection", "files", "read", "accepted", "quarantined", "skipped", "faults"], body);
    output::said(&format!(
        "{} rows read = {} accepted + {} quarantined + {} skipped",
        grouped(total[0]),
        grouped(total[1]),
        grouped(total[2]),
        grouped(total[3])
    ));
    if let Some(aside) = &report.aside {
        let stays = live.map_or_else(|| "nothing is live".to_owned(), |live| format!("generation {live} stays live"));
        output::said(&format!("Written: {} (KPIs as of {}); {stays}", aside.path.display(), aside.current.as_of));
    } else if let Some(current) = &report.current {
        output::said(&format!(
            "Generation {} is live (KPIs as of {}):\n  {}",
            current.generation,
            current.as_of,
            place.live().display()
        ));
    }
}

/// A number with a comma before each three digits.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
