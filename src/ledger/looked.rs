//! When each source was last looked through, and how that ended.
//!
//! One small file, `ledger/sources.json`, rewritten whole by each run, and no larger than the config: a source that is no longer
//! in it is forgotten. It vouches for nothing; one that cannot be read counts as empty.

use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{LedgerError, disk};
use crate::lake::write_atomic;

/// How the last look at one source ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceLook {
    /// The collection that it feeds.
    pub collection: String,
    /// The folder or address, as the config has it.
    pub source: String,
    /// The last run that looked.
    pub last_try: Timestamp,
    /// The last run that could read all of it; none where no run could yet.
    pub last_success: Option<Timestamp>,
    /// Why it could not be read at the last try.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread: Option<String>,
}

/// Reads the looks; none where there is no such file, or one that is not understood.
pub(super) fn read(path: &Path) -> Vec<SourceLook> {
    let bytes = match disk::read_if_there(path) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Vec::new(),
        Err(error) => {
            tracing::warn!(path = %path.display(), %error, "Cannot read when the sources were last looked through");
            return Vec::new();
        }
    };
    serde_json::from_slice(&bytes).unwrap_or_else(|error| {
        tracing::warn!(path = %path.display(), %error, "Cannot understand when the sources were last looked through");
        Vec::new()
    })
}

/// Writes the looks.
pub(super) fn save(looks: &[SourceLook], var: &Path, path: &Path) -> Result<(), LedgerError> {
    let io = |source| LedgerError::Io { action: "write", path: path.to_path_buf(), source };
    let mut bytes =
        serde_json::to_vec_pretty(looks).map_err(|source| LedgerError::NotJson { path: path.to_path_buf(), source })?;
    bytes.push(b'\n');
    disk::private_folder(var, path.parent().unwrap_or(Path::new("."))).map_err(io)?;
    write_atomic(path, &bytes).map_err(|error| io(error.source))
}
