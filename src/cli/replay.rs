//! `replay`: the landed deliveries conformed again after definitions changed, and which faults closed and opened.

use clap::Args;

use super::run::{ended, with_options};
use super::standing::{all_held, counted};
use super::{Context, Failure, meant, output};
use crate::run::{Replay, ReplayedFile, ReplayedTable, RunReport, replay as replay_all, try_replay};

pub(super) const EXAMPLES: &str = "\
After a code list, a rule, a layout or a contract was mended: what was landed is read again by the definitions of now. Nothing is
fetched, and nothing that was read by these same definitions is read again. `run` does the same by itself; `replay` says what it
did: per file, the rows before and now, and per rule which faults closed and which opened.

With --dry-run the place stays as it is: what is read again is compared and thrown away. Gates are looked at; the checks in sql/
are not, since nothing is built. Without it a new generation is published as `run` does, and so everything that changed is read
again; --collection then says of which collection to tell.

Exit codes: 0 done, 65 the data stops the publish, or a collection is held (with --dry-run: it would), 74, 75, 78 as for `run`.

Examples:
  sendmart replay --dry-run           what would the change do?
  sendmart replay --dry-run --collection exclusions     of one alone, quicker
  sendmart replay                     do it, and publish
  sendmart --json replay --dry-run    the same, for a program";

#[derive(Debug, Args)]
pub(super) struct ReplayArgs {
    /// Only this collection
    #[arg(long, value_name = "COLLECTION")]
    collection: Option<String>,
    /// Say what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn replay(context: &Context, args: &ReplayArgs) -> Result<(), Failure> {
    let (place, definitions) = context.definitions()?;
    let of = args.collection.as_deref();
    if let Some(name) = of.filter(|name| !definitions.running().any(|collection| collection.name == *name)) {
        let names: Vec<&str> = definitions.running().map(|collection| collection.name.as_str()).collect();
        return Err(Failure::absent(format!("no collection `{name}` runs here"), meant(name, &names)));
    }
    if args.dry_run {
        let tried = with_options(context, &place, None, &|options| try_replay(&place, &definitions, of, options))?;
        print(context, &tried, ReplayOutcome::Tried);
        if tried.stops.is_empty() && tried.held.is_empty() {
            return Ok(());
        }
        let text = if tried.stops.is_empty() {
            let held = counted(tried.held.len(), "collection would be", "collections would be");
            format!("{held} held\n{}", all_held(&tried.held, &definitions.settings.zone))
        } else {
            format!("the data would stop the publish\n{}", tried.stops.join("\n"))
        };
        return Err(Failure {
            text,
            hint: Some(
                "nothing was changed; mend the definitions, or run it and see `sendmart faults summary`".to_owned(),
            ),
            exit_code: 65,
        });
    }
    let (replayed, outcome) =
        with_options(context, &place, None, &|options| replay_all(&place, &definitions, of, options))?;
    print(context, &replayed, outcome.as_ref().map_or(ReplayOutcome::Stopped, ReplayOutcome::Ended));
    ended(&outcome?, &definitions.settings.zone, &[])
}

/// How it ended.
#[derive(Clone, Copy)]
enum ReplayOutcome<'a> {
    /// It was a trial.
    Tried,
    /// The run came to its end, with a new generation or without.
    Ended(&'a RunReport),
    /// The run was stopped after the deliveries were conformed.
    Stopped,
}

/// What it did, for people or as JSON.
fn print(context: &Context, replay: &Replay, outcome: ReplayOutcome<'_>) {
    let is_trial = matches!(outcome, ReplayOutcome::Tried);
    let published = match outcome {
        ReplayOutcome::Ended(report) if report.published => report.current.as_ref(),
        _ => None,
    };
    let (closed, opened) = replay.faults();
    let (before, now) = replay.rows_accepted();
    if context.json {
        let value = serde_json::json!({
            "dry_run": is_trial, "read_again": replay.read_again, "unchanged": replay.unchanged,
            "not_read_before": replay.not_read_before, "faults_closed": closed, "faults_opened": opened,
            "accepted_before": before, "accepted_now": now, "files": replay.files, "stops": replay.stops, "held": replay.held,
            "published": published.is_some(), "generation": published.map(|current| current.generation),
        });
        output::line(&value.to_string());
        return;
    }
    let rows: Vec<Vec<String>> = replay.files.iter().flat_map(row_lines).collect();
    if !rows.is_empty() {
        output::rows(&["file", "received", "table", "accepted", "quarantined", "skipped"], rows);
    }
    let rules: Vec<Vec<String>> = replay.files.iter().flat_map(rule_lines).collect();
    if !rules.is_empty() {
        output::rows(&["file", "received", "table", "rule", "severity", "closed", "opened", "example"], rules);
    }
    let again = if is_trial { "would be read again" } else { "read again" };
    output::said(&format!(
        "{} {again}, {} {} as read; {} closed and {opened} opened; {before} rows accepted before, {now} now",
        counted(replay.read_again, "delivery", "deliveries"),
        replay.unchanged,
        if replay.unchanged == 1 { "stands" } else { "stand" },
        counted(closed, "fault", "faults")
    ));
    if replay.not_read_before > 0 {
        let first = counted(replay.not_read_before, "delivery was", "deliveries were");
        output::said(&format!("{first} not read before by this version, and could not be compared"));
    }
    match (outcome, published) {
        (ReplayOutcome::Tried, _) if replay.read_again == 0 => {
            output::said("No definition of what was read has changed since: there is nothing to replay");
        }
        (ReplayOutcome::Tried, _) => {
            output::said("Nothing was changed: `sendmart replay` or the next `sendmart run` does it");
        }
        (_, Some(current)) => {
            output::said(&format!("Generation {} is live (KPIs as of {})", current.generation, current.as_of));
        }
        (ReplayOutcome::Ended(_), None) => {
            output::said("Nothing new to publish: the live generation is of these definitions");
        }
        (ReplayOutcome::Stopped, None) => {}
    }
}

fn row_lines(file: &ReplayedFile) -> Vec<Vec<String>> {
    let of = |table: &str, rest: [String; 3]| {
        let mut line = vec![file.file_name.clone(), file.received.clone(), table.to_owned()];
        line.extend(rest);
        line
    };
    let mut lines = Vec::new();
    if file.refused_before != file.refused_now {
        let word = |code: &Option<String>| code.clone().unwrap_or_else(|| "read".to_owned());
        let what = format!("{} -> {}", word(&file.refused_before), word(&file.refused_now));
        lines.push(of("(whole file)", [what, String::new(), String::new()]));
    }
    for (name, table) in file.tables.iter().filter(|(_, table)| is_changed(table)) {
        let parts = [
            turned(table.accepted_before, table.accepted_now),
            turned(table.quarantined_before, table.quarantined_now),
            turned(table.skipped_before, table.skipped_now),
        ];
        lines.push(of(name, parts));
    }
    lines
}

fn is_changed(table: &ReplayedTable) -> bool {
    let before = [table.accepted_before, table.quarantined_before, table.skipped_before];
    before != [table.accepted_now, table.quarantined_now, table.skipped_now]
}

/// A number before and now; one number where it is the same.
fn turned(before: Option<u64>, now: Option<u64>) -> String {
    let word = |count: Option<u64>| count.map_or_else(|| "-".to_owned(), |count| count.to_string());
    if before == now { word(now) } else { format!("{} -> {}", word(before), word(now)) }
}

fn rule_lines(file: &ReplayedFile) -> Vec<Vec<String>> {
    let line = |rule: &crate::run::RuleChange| {
        vec![
            file.file_name.clone(),
            file.received.clone(),
            rule.table.clone().unwrap_or_default(),
            rule.rule_id.clone(),
            rule.severity.clone(),
            rule.closed.to_string(),
            rule.opened.to_string(),
            rule.example.clone(),
        ]
    };
    file.rules.iter().map(line).collect()
}
