//! The log of one run: a line for each transition, each carrying the hash of the line before it.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::LedgerError;
use super::lines::Lines;
use super::run_read::RunSummary;
use crate::model::hex;

/// Where a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// It has an id.
    Created,
    /// It holds the run lock.
    Locked,
    /// The files are landed.
    Landed,
    /// They are read, conformed, and in the lake.
    Conformed,
    /// The new generation is built.
    Staged,
    /// Its checks have passed.
    Checked,
    /// Another process has opened it and found it whole.
    Verified,
    /// It is among the generations, immutable.
    Sealed,
    /// Readers see it. An end.
    Published,
    /// The data stopped the publish. An end.
    Rejected,
    /// We could not do our work. An end.
    Failed,
    /// It was killed, and a later run found it. An end.
    Abandoned,
    /// There was nothing to do. An end.
    Noop,
    /// A generation was written into a folder of its own, and none was published. An end.
    Aside,
    /// The place is pinned to a generation: what came was read, and nothing was published. An end.
    Pinned,
}

impl RunState {
    /// The word in the ledger.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Locked => "locked",
            Self::Landed => "landed",
            Self::Conformed => "conformed",
            Self::Staged => "staged",
            Self::Checked => "checked",
            Self::Verified => "verified",
            Self::Sealed => "sealed",
            Self::Published => "published",
            Self::Rejected => "rejected",
            Self::Failed => "failed",
            Self::Abandoned => "abandoned",
            Self::Noop => "noop",
            Self::Aside => "aside",
            Self::Pinned => "pinned",
        }
    }

    /// Whether nothing can follow.
    #[must_use]
    pub fn is_end(self) -> bool {
        matches!(
            self,
            Self::Published | Self::Rejected | Self::Failed | Self::Abandoned | Self::Noop | Self::Aside | Self::Pinned
        )
    }
}

/// The hash that the first line of a run carries as that of the line before it.
pub(super) const NO_LINE_BEFORE: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// One transition as it is written, but for its hash, which stands last on the line and covers all before it.
#[derive(Serialize)]
struct WrittenTransition<'a> {
    seq: u64,
    at: Timestamp,
    run: &'a str,
    state: RunState,
    prev_hash: &'a str,
    payload: serde_json::Value,
}

/// The log of a run that is under way. Its file appears with the first transition.
#[derive(Debug)]
pub struct RunLog {
    run_id: String,
    started_at: Timestamp,
    path: PathBuf,
    lines: Lines,
    seq: u64,
    last_hash: String,
    ended: Option<RunState>,
}

impl RunLog {
    pub(super) fn reserve(var: &Path, folder: &Path, run_id: &str, now: Timestamp) -> Self {
        let path = run_path(folder, run_id);
        Self {
            run_id: run_id.to_owned(),
            started_at: now,
            lines: Lines::new(var, path.clone()),
            path,
            seq: 0,
            last_hash: NO_LINE_BEFORE.to_owned(),
            ended: None,
        }
    }

    /// Goes on where an earlier process stopped.
    pub(super) fn resume(var: &Path, folder: &Path, summary: &RunSummary) -> Self {
        let now = summary.started_at.unwrap_or(Timestamp::UNIX_EPOCH);
        let mut log = Self::reserve(var, folder, &summary.run_id, now);
        log.seq = summary.transitions;
        log.last_hash.clone_from(&summary.last_hash);
        log
    }

    /// The run's id: a counter of at least six digits, `000042`.
    #[must_use]
    pub fn run_id(&self) -> &str {
        &self.run_id
    }

    /// When the run began.
    #[must_use]
    pub fn started_at(&self) -> Timestamp {
        self.started_at
    }

    /// Records that the run has come to `state`; it is durable when this returns. The payload holds counts, ids and hashes:
    /// no cell value, nothing about a person.
    ///
    /// # Errors
    /// [`LedgerError::RunEnded`] after an end, [`LedgerError::Io`] when the line could not be written and fsynced.
    pub fn transition(
        &mut self,
        state: RunState,
        now: Timestamp,
        payload: serde_json::Value,
    ) -> Result<(), LedgerError> {
        if let Some(end) = self.ended {
            return Err(LedgerError::RunEnded { run_id: self.run_id.clone(), state: end.as_str() });
        }
        let transition = WrittenTransition {
            seq: self.seq + 1,
            at: now,
            run: &self.run_id,
            state,
            prev_hash: &self.last_hash,
            payload,
        };
        let unsealed = serde_json::to_string(&transition)
            .map_err(|source| LedgerError::NotJson { path: self.path.clone(), source })?;
        let (line, hash) = seal(&unsealed);
        self.lines.append_line(line)?;
        self.seq += 1;
        self.last_hash = hash;
        self.ended = state.is_end().then_some(state);
        Ok(())
    }
}

/// The file of one run.
pub(super) fn run_path(folder: &Path, run_id: &str) -> PathBuf {
    folder.join(format!("{run_id}.jsonl"))
}

/// Puts the hash of a line's text at its end. Hashing text, not values, leaves no question of how a number is printed.
fn seal(unsealed: &str) -> (String, String) {
    let body = unsealed.strip_suffix('}').unwrap_or(unsealed);
    let hash = hash_of(body);
    (format!("{body},\"hash\":\"{hash}\"}}"), hash)
}

/// The hash of a line's text before its `hash`.
pub(super) fn hash_of(body: &str) -> String {
    hex(&Sha256::digest(body.as_bytes()))
}
