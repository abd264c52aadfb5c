//! What the sources looked like when they were last looked through: why a second run opens no file.
//!
//! A cache: it can be deleted at any time, and one that cannot be read counts as empty. It never vouches for a delivery that
//! the ledger does not have.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{LedgerError, disk};
use crate::lake::write_atomic;
use crate::model::{DeliveryId, Refusal};

/// Raised when the shape of the file, or what the door lets in, changes: all is looked through again.
const SHAPE: u32 = 2;

/// The whole cache.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct Seen {
    version: u32,
    /// By where a file stands (its absolute path, its address), then by the way in which it was looked through.
    files: BTreeMap<String, BTreeMap<String, SeenFile>>,
    #[serde(skip)]
    is_changed: bool,
}

/// A file as it was when it was last looked through.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct SeenFile {
    /// Its state then.
    pub(crate) version: Version,
    /// What it held.
    pub(crate) look: Look,
}

/// What tells one state of a file from another without reading it: what its kind of source knows of it, in a form that only that
/// kind understands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Version(pub(crate) String);

/// What looking through a file gave.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct Look {
    /// The collection it was looked through for.
    pub(crate) collection: String,
    /// What it holds, in order.
    pub(crate) deliveries: Vec<DeliveryId>,
    /// What was refused in it, for good: the same bytes would be refused again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) refused: Vec<Refusal>,
}

impl Seen {
    /// Reads the cache; an absent or unreadable one, or that of another version, is empty.
    pub(super) fn read(path: &Path) -> Self {
        let empty = Self { version: SHAPE, ..Self::default() };
        match disk::read_if_there(path) {
            Ok(Some(bytes)) => match serde_json::from_slice::<Self>(&bytes) {
                Ok(seen) if seen.version == SHAPE => seen,
                _ => empty,
            },
            Ok(None) => empty,
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "Cannot read the cache of what was seen: all is looked through again");
                empty
            }
        }
    }

    /// Writes the cache if it changed.
    pub(super) fn save(&mut self, var: &Path, path: &Path) -> Result<(), LedgerError> {
        if !self.is_changed {
            return Ok(());
        }
        let io = |source| LedgerError::Io { action: "write", path: path.to_path_buf(), source };
        let mut bytes = serde_json::to_vec_pretty(self)
            .map_err(|source| LedgerError::NotJson { path: path.to_path_buf(), source })?;
        bytes.push(b'\n');
        disk::private_folder(var, path.parent().unwrap_or(Path::new("."))).map_err(io)?;
        write_atomic(path, &bytes).map_err(|error| io(error.source))?;
        self.is_changed = false;
        Ok(())
    }

    /// A file as it was when it was last looked through in this way.
    pub(crate) fn file(&self, at: &str, way: &str) -> Option<&SeenFile> {
        self.files.get(at)?.get(way)
    }

    /// What the files at or below a folder held when they were last looked through in this way, changed or not.
    pub(crate) fn below<'a>(&'a self, folder: &'a str, way: &'a str) -> impl Iterator<Item = &'a Look> {
        self.files
            .iter()
            .filter(move |(at, _)| is_below(at, folder))
            .filter_map(move |(_, ways)| ways.get(way).map(|seen| &seen.look))
    }

    /// Remembers what a file held.
    pub(crate) fn set(&mut self, at: &str, way: &str, seen: SeenFile) {
        let ways = self.files.entry(at.to_owned()).or_default();
        if ways.get(way) != Some(&seen) {
            ways.insert(way.to_owned(), seen);
            self.is_changed = true;
        }
    }

    /// All that the sources held when they were last looked through.
    pub(crate) fn deliveries(&self) -> impl Iterator<Item = &DeliveryId> {
        self.looks().flat_map(|look| &look.deliveries)
    }

    /// All that was refused for good when the sources were last looked through, with its collection.
    pub(crate) fn refused(&self) -> impl Iterator<Item = (&str, &Refusal)> {
        self.looks().flat_map(|look| look.refused.iter().map(|refused| (look.collection.as_str(), refused)))
    }

    fn looks(&self) -> impl Iterator<Item = &Look> {
        self.files.values().flat_map(BTreeMap::values).map(|seen| &seen.look)
    }

    /// Forgets files for which `keep(at, way, look)` is false, so that the cache does not grow for ever.
    pub(crate) fn keep(&mut self, keep: impl Fn(&str, &str, &Look) -> bool) {
        let mut is_changed = false;
        self.files.retain(|at, ways| {
            let before = ways.len();
            ways.retain(|way, seen| keep(at, way, &seen.look));
            is_changed |= ways.len() != before;
            !ways.is_empty()
        });
        self.is_changed |= is_changed;
    }
}

/// Whether a path is a folder or below it.
pub(crate) fn is_below(path: &str, folder: &str) -> bool {
    Path::new(path).starts_with(folder)
}
