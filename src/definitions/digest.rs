//! The hashes of definitions: what tells that a delivery has to be read again, and that a generation is of other definitions.

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
    hash(root, &parts)
}

/// The hash of every definition.
pub(super) fn definition_hash(root: &Path) -> String {
    let mut parts = vec![root.join("config").join("codes"), root.join("sql")];
    for folder in folders(&root.join("pipelines"), &mut Vec::new()) {
        parts.extend(OF_A_COLLECTION.iter().map(|part| folder.join(part)));
    }
    hash(root, &parts)
}

fn hash(root: &Path, parts: &[PathBuf]) -> String {
    let mut files = Vec::new();
    for part in parts {
        list(part, &mut files);
    }
    files.retain(|path| path.extension().is_some_and(|found| found == "toml" || found == "csv" || found == "sql"));
    files.sort();
    let mut hasher = Sha256::new();
    hasher.update(PROGRAM);
    for path in files {
        let relative = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        let bytes = fs::read(&path).unwrap_or_default();
        hasher.update([0]);
        hasher.update(relative.as_bytes());
        hasher.update([0]);
        hasher.update((bytes.len() as u64).to_le_bytes());
        hasher.update(&bytes);
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
