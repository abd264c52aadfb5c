//! What the sources looked like when they were last looked through: why a second run opens no file.
//!
//! A cache: it can be deleted at any time, and one that cannot be read counts as empty. It never vouches for a delivery that
//! the ledger does not have.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{LedgerError, disk};
use crate::lake::write_atomic;
use crate::model::{DeliveryId, Refusal};

/// Raised when the shape of the file, or what the door lets in, changes: all is looked through again.
const VERSION: u32 = 1;

/// The whole cache.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct Seen {
    version: u32,
    /// By absolute path.
    files: BTreeMap<String, SeenFile>,
    /// By collection, then address.
    addresses: BTreeMap<String, BTreeMap<String, SeenAddress>>,
    #[serde(skip)]
    is_changed: bool,
}

/// A file of a folder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct SeenFile {
    stamp: Stamp,
    /// By what it was looked through with, see [`Look`].
    looks: BTreeMap<String, Look>,
}

/// What tells a changed file from an unchanged one without opening it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stamp {
    size: u64,
    mtime_ns: i64,
    ctime_ns: i64,
    inode: u64,
}

/// What looking through a file or an answer gave.
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

/// The last answer of an address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct SeenAddress {
    /// Hash of how it was asked and looked through.
    pub(crate) asked: String,
    /// The answer's `ETag`.
    pub(crate) etag: Option<String>,
    /// The answer's `Last-Modified`.
    pub(crate) last_modified: Option<String>,
    /// What it held.
    pub(crate) look: Look,
}

impl Stamp {
    /// The stamp of a file from its metadata.
    pub(crate) fn of(metadata: &std::fs::Metadata) -> Self {
        Self {
            size: metadata.size(),
            mtime_ns: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
            ctime_ns: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
            inode: metadata.ino(),
        }
    }

    /// The file's size in bytes.
    pub(crate) fn size(self) -> u64 {
        self.size
    }
}

fn nanoseconds(seconds: i64, rest: i64) -> i64 {
    seconds.saturating_mul(1_000_000_000).saturating_add(rest)
}

impl Seen {
    /// Reads the cache; an absent or unreadable one, or that of another version, is empty.
    pub(super) fn read(path: &Path) -> Self {
        let empty = Self { version: VERSION, ..Self::default() };
        match disk::read_if_there(path) {
            Ok(Some(bytes)) => match serde_json::from_slice::<Self>(&bytes) {
                Ok(seen) if seen.version == VERSION => seen,
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

    /// What a file held when it was looked through in the same way, if it has not changed since.
    pub(crate) fn file(&self, path: &str, stamp: Stamp, look_key: &str) -> Option<&Look> {
        self.files.get(path).filter(|file| file.stamp == stamp)?.looks.get(look_key)
    }

    /// What the files at or below a folder held when they were last looked through in this way, changed or not.
    pub(crate) fn below<'a>(&'a self, folder: &'a str, look_key: &'a str) -> impl Iterator<Item = &'a Look> {
        self.files
            .iter()
            .filter(move |(path, _)| is_below(path, folder))
            .filter_map(move |(_, file)| file.looks.get(look_key))
    }

    /// Remembers what a file held.
    pub(crate) fn set_file(&mut self, path: &str, stamp: Stamp, look_key: &str, look: Look) {
        let file = self.files.entry(path.to_owned()).or_insert_with(|| SeenFile { stamp, looks: BTreeMap::new() });
        if file.stamp != stamp {
            *file = SeenFile { stamp, looks: BTreeMap::new() };
            self.is_changed = true;
        }
        let before = file.looks.insert(look_key.to_owned(), look);
        self.is_changed |= before.as_ref() != file.looks.get(look_key);
    }

    /// All that the sources held when they were last looked through.
    pub(crate) fn deliveries(&self) -> impl Iterator<Item = &DeliveryId> {
        let of_files = self.files.values().flat_map(|file| file.looks.values());
        let of_addresses = self.addresses.values().flat_map(|answers| answers.values().map(|answer| &answer.look));
        of_files.chain(of_addresses).flat_map(|look| &look.deliveries)
    }

    /// All that was refused for good when the sources were last looked through, with its collection.
    pub(crate) fn refused(&self) -> impl Iterator<Item = (&str, &Refusal)> {
        let of_files = self.files.values().flat_map(|file| file.looks.values());
        let of_addresses = self.addresses.values().flat_map(|answers| answers.values().map(|answer| &answer.look));
        let looks = of_files.chain(of_addresses);
        looks.flat_map(|look| look.refused.iter().map(|refused| (look.collection.as_str(), refused)))
    }

    /// The last answer of an address.
    pub(crate) fn address(&self, collection: &str, url: &str) -> Option<&SeenAddress> {
        self.addresses.get(collection)?.get(url)
    }

    /// Remembers an answer.
    pub(crate) fn set_address(&mut self, url: &str, answer: SeenAddress) {
        let of_collection = self.addresses.entry(answer.look.collection.clone()).or_default();
        if of_collection.get(url) != Some(&answer) {
            of_collection.insert(url.to_owned(), answer);
            self.is_changed = true;
        }
    }

    /// Forgets files for which `keep(path, look_key, look)` is false, so that the cache does not grow for ever.
    pub(crate) fn keep_files(&mut self, keep: impl Fn(&str, &str, &Look) -> bool) {
        let mut is_changed = false;
        self.files.retain(|path, file| {
            let before = file.looks.len();
            file.looks.retain(|key, look| keep(path, key, look));
            is_changed |= file.looks.len() != before;
            !file.looks.is_empty()
        });
        self.is_changed |= is_changed;
    }

    /// Forgets addresses for which `keep(collection, url)` is false.
    pub(crate) fn keep_addresses(&mut self, keep: impl Fn(&str, &str) -> bool) {
        let mut is_changed = false;
        self.addresses.retain(|collection, addresses| {
            let before = addresses.len();
            addresses.retain(|url, _| keep(collection, url));
            is_changed |= addresses.len() != before;
            !addresses.is_empty()
        });
        self.is_changed |= is_changed;
    }
}

/// Whether a path is a folder or below it.
pub(crate) fn is_below(path: &str, folder: &str) -> bool {
    Path::new(path).starts_with(folder)
}
