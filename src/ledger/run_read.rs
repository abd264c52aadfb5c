//! Runs as the ledger has them: read back, their chain of hashes checked.

use std::io;
use std::path::Path;

use jiff::Timestamp;
use serde::Deserialize;

use super::LedgerError;
use super::disk;
use super::lines::whole_lines;
use super::run_log::{NO_LINE_BEFORE, RunState, hash_of, run_path};

/// What the ledger knows of one run.
#[derive(Debug, Clone, PartialEq)]
pub struct RunSummary {
    /// The run's id.
    pub run_id: String,
    /// Time of its first transition.
    pub started_at: Option<Timestamp>,
    /// Time of its last transition.
    pub last_at: Option<Timestamp>,
    /// Where it is, or how it ended. None when the log has no whole line: it was killed while writing its first.
    pub state: Option<RunState>,
    /// What the last transition said.
    pub payload: serde_json::Value,
    /// Number of transitions.
    pub transitions: u64,
    /// Whether every line carries the hash of the line before it. False: somebody, or the disk, changed the log.
    pub is_intact: bool,
    /// The hash of the last line.
    pub last_hash: String,
}

impl RunSummary {
    /// Whether it reached an end.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.state.is_some_and(RunState::is_end)
    }
}

/// One transition as it is read.
#[derive(Deserialize)]
struct Transition {
    seq: u64,
    at: Timestamp,
    run: String,
    state: RunState,
    prev_hash: String,
    payload: serde_json::Value,
    hash: String,
}

/// Ids of all runs on record, lowest first.
pub(super) fn run_ids(folder: &Path) -> Result<Vec<String>, LedgerError> {
    let io = |source| LedgerError::Io { action: "list", path: folder.to_path_buf(), source };
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(io(error)),
    };
    let mut ids = Vec::new();
    for entry in entries {
        let name = entry.map_err(io)?.file_name();
        let Some(id) = name.to_str().and_then(|name| name.strip_suffix(".jsonl")) else { continue };
        if let Ok(number) = id.parse::<u64>() {
            ids.push((number, id.to_owned()));
        }
    }
    ids.sort_unstable();
    Ok(ids.into_iter().map(|(_, id)| id).collect())
}

/// Reads one run. A line that cannot be read never stops the nightly job: it makes the run not intact.
pub(super) fn summary(folder: &Path, run_id: &str) -> Result<RunSummary, LedgerError> {
    let path = run_path(folder, run_id);
    let bytes = disk::read_if_there(&path)
        .map_err(|source| LedgerError::Io { action: "read", path: path.clone(), source })?
        .unwrap_or_default();
    let mut summary = RunSummary {
        run_id: run_id.to_owned(),
        started_at: None,
        last_at: None,
        state: None,
        payload: serde_json::Value::Null,
        transitions: 0,
        is_intact: true,
        last_hash: NO_LINE_BEFORE.to_owned(),
    };
    for line in whole_lines(&bytes) {
        summary.transitions += 1;
        let read = std::str::from_utf8(line).ok().and_then(|text| Some((text, serde_json::from_str(text).ok()?)));
        let Some((text, transition)) = read else {
            summary.is_intact = false;
            continue;
        };
        summary.is_intact &= follows(text, &transition, &summary);
        summary.started_at.get_or_insert(transition.at);
        summary.last_at = Some(transition.at);
        summary.state = Some(transition.state);
        summary.payload = transition.payload;
        summary.last_hash = transition.hash;
    }
    Ok(summary)
}

/// Whether a line is the next one of this run, and says what it said when it was written.
fn follows(text: &str, transition: &Transition, before: &RunSummary) -> bool {
    let body = text.rfind(",\"hash\":\"").map_or("", |at| &text[..at]);
    transition.seq == before.transitions
        && transition.run == before.run_id
        && transition.prev_hash == before.last_hash
        && transition.hash == hash_of(body)
}
