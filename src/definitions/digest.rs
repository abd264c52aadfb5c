//! The hashes of definitions: what tells that a delivery has to be read again, and that a generation is of other definitions.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::lent::lender;
use super::load::folders;
use crate::model::hex;

/// What a definition is versioned by, beside the files: the program that reads them.
const PROGRAM: &str = concat!("sendmart ", env!("CARGO_PKG_VERSION"));

/// What of a collection's folder decides how its deliveries are read.
const OF_A_COLLECTION: [&str; 4] = ["pipeline.toml", "tables", "shapes", "layouts"];

/// The hash of what decides how deliveries of one collection are read.
pub(super) fn collection_hash(root: &Path, folder: &Path) -> String {
    let mut parts: Vec<PathBuf> = OF_A_COLLECTION.iter().map(|part| folder.join(part)).collect();
    parts.push(root.join("config").join("codes"));
    parts.extend(lender(folder).into_iter().flat_map(|lender| ["shapes", "layouts"].map(|part| lender.join(part))));
    hash(&read(root, &parts))
}

/// Every file that people have written for a place, as it stands: what a generation's definitions can be made of again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DefinitionFiles(pub BTreeMap<String, Vec<u8>>);

impl DefinitionFiles {
    /// The name under which the file of targets stands here, wherever a config has it.
    pub const TARGETS: &'static str = "config/targets.csv";

    /// Reads them, by their paths below the place with `/`. A file that cannot be read is empty: whoever loads it says so. `targets` is
    /// the file of targets, if there is one.
    #[must_use]
    pub fn read(root: &Path, targets: Option<&Path>) -> Self {
        let mut parts = vec![root.join("config").join("codes"), root.join("sql")];
        for folder in folders(&root.join("pipelines"), &mut Vec::new()) {
            parts.extend(OF_A_COLLECTION.iter().map(|part| folder.join(part)));
        }
        let mut files = read(root, &parts);
        files.extend(targets.map(|path| (Self::TARGETS.to_owned(), fs::read(path).unwrap_or_default())));
        Self(files)
    }

    /// The hash of them, and of the program that reads them.
    #[must_use]
    pub fn hash(&self) -> String {
        hash(&self.0)
    }

    /// The files that are not the same in both, or in one alone.
    pub fn differing<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = &'a str> {
        let names: BTreeSet<&String> = self.0.keys().chain(other.0.keys()).collect();
        names.into_iter().filter(|name| self.0.get(*name) != other.0.get(*name)).map(String::as_str)
    }
}

fn read(root: &Path, parts: &[PathBuf]) -> BTreeMap<String, Vec<u8>> {
    let mut files = Vec::new();
    for part in parts {
        list(part, &mut files);
    }
    files.retain(|path| path.extension().is_some_and(|found| found == "toml" || found == "csv" || found == "sql"));
    let named = files.into_iter().map(|path| {
        let relative = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        (relative, fs::read(&path).unwrap_or_default())
    });
    named.collect()
}

fn hash(files: &BTreeMap<String, Vec<u8>>) -> String {
    let mut hasher = Sha256::new();
    hasher.update(PROGRAM);
    for (relative, bytes) in files {
        hasher.update([0]);
        hasher.update(relative.as_bytes());
        hasher.update([0]);
        hasher.update((bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    }
    hex(&hasher.finalize())
}

fn list(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).into_iter().flatten().flatten() {
            list(&entry.path(), files);
        }
    } else if path.is_file() {
        files.push(path.to_path_buf());
    }
}
