//! What people have been told of what goes wrong, so that each thing is told once: `ledger/alerts.json`.
//!
//! Rewritten whole, and no larger than what stands open. One that cannot be read counts as empty: then everything is told again,
//! and nothing is kept silent.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{LedgerError, disk};
use crate::lake::{Place, write_atomic};

/// How far a trouble is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertStage {
    /// It was not there before.
    New,
    /// It was there on an earlier day, and is.
    Still,
    /// It is over.
    Recovered,
}

/// A trouble that somebody was told of, or has to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenTrouble {
    /// What tells it from others: `held:sen2`.
    pub key: String,
    /// What is wrong, in words: no cell, no name of a file or person.
    pub words: String,
    /// What to do about it.
    pub hint: String,
    /// Since when it stands.
    pub since: Timestamp,
    /// When it was over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovered: Option<Timestamp>,
    /// The last stage that each channel was told.
    #[serde(default)]
    pub told: BTreeMap<String, AlertStage>,
}

/// Reads what stands open; nothing where there is no such file, or one that is not understood.
#[must_use]
pub fn open_troubles(place: &Place) -> Vec<OpenTrouble> {
    let path = place.ledger().join("alerts.json");
    let bytes = match disk::read_if_there(&path) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Vec::new(),
        Err(error) => {
            tracing::warn!(path = %path.display(), %error, "Cannot read what was told; it is told again");
            return Vec::new();
        }
    };
    serde_json::from_slice(&bytes).unwrap_or_else(|error| {
        tracing::warn!(path = %path.display(), %error, "Cannot understand what was told; it is told again");
        Vec::new()
    })
}

/// Writes what stands open.
///
/// # Errors
/// [`LedgerError::Io`] when the file could not be written.
pub fn keep_troubles(place: &Place, open: &[OpenTrouble]) -> Result<(), LedgerError> {
    let path = place.ledger().join("alerts.json");
    let io = |source| LedgerError::Io { action: "write", path: path.clone(), source };
    let mut bytes =
        serde_json::to_vec_pretty(open).map_err(|source| LedgerError::NotJson { path: path.clone(), source })?;
    bytes.push(b'\n');
    disk::private_folder(place.var(), path.parent().unwrap_or(Path::new("."))).map_err(io)?;
    write_atomic(&path, &bytes).map_err(|error| io(error.source))
}
