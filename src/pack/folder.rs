//! Pages as a folder: whole, or as it was before. What somebody else put there is never replaced.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::frame::BoardPage;
use super::values::BoardPages;
use crate::lake::{FileError, create_dir_durable, fsync_dir, sha256_file, write_atomic};

/// The file that says that a folder is ours, and what is in it.
const MARKER: &str = "sendmart-site.json";

/// What a folder of pages says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteMarker {
    /// `restricted`: small numbers are shown.
    pub edition: String,
    /// The generation.
    pub generation: String,
    /// What decides its content.
    pub fingerprint: String,
    /// The day that the figures speak for.
    pub as_of: String,
    /// The pages by name.
    pub files: BTreeMap<String, SiteFile>,
}

/// One page of the folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteFile {
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

/// Why no pages were written.
#[derive(Debug, Error)]
pub enum SiteError {
    /// The folder has something else in it.
    #[error("`{folder}` has files in it that no `site` wrote: {others}")]
    NotOurs {
        /// The folder.
        folder: String,
        /// Some of them.
        others: String,
    },
    /// The disk.
    #[error(transparent)]
    File(#[from] FileError),
}

impl SiteError {
    /// The stable code of the error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotOurs { .. } => "pack::not_ours",
            Self::File(_) => "pack::file",
        }
    }
}

/// Writes the pages into a folder that is new, empty, or an earlier one of ours, which is replaced as a whole. Files are 0600, folders 0700.
///
/// # Errors
/// [`SiteError`]; the folder is then as it was.
pub fn write_site(all: &BoardPages<'_>, pages: &[BoardPage], out: &Path) -> Result<SiteMarker, SiteError> {
    // A link is followed: what it leads to is replaced, and not the link.
    let out = fs::canonicalize(out).or_else(|_| std::path::absolute(out)).map_err(FileError::at("find", out))?;
    must_be_ours(&out)?;
    let above = out.parent().unwrap_or(&out);
    create_dir_durable(above)?;
    let name = out.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let beside = tempfile::Builder::new()
        .prefix(&format!(".{name}.tmp."))
        .tempdir_in(above)
        .map_err(FileError::at("create a temporary folder in", above))?;
    let fresh = beside.path().join("site");
    create_dir_durable(&fresh)?;
    let mut marker = SiteMarker {
        edition: "restricted".to_owned(),
        generation: all.generation.clone(),
        fingerprint: all.fingerprint.clone(),
        as_of: all.as_of.to_string(),
        files: BTreeMap::new(),
    };
    for page in pages {
        let path = fresh.join(&page.file);
        write_atomic(&path, page.html.as_bytes())?;
        let file = SiteFile { bytes: page.html.len() as u64, sha256: sha256_file(&path)? };
        marker.files.insert(page.file.clone(), file);
    }
    let mut bytes = serde_json::to_vec_pretty(&marker).unwrap_or_default();
    bytes.push(b'\n');
    write_atomic(&fresh.join(MARKER), &bytes)?;
    put_in_place(&fresh, &out)?;
    fsync_dir(above)?;
    Ok(marker)
}

/// What is in a folder has to be what its marker lists.
fn must_be_ours(out: &Path) -> Result<(), SiteError> {
    let entries = match fs::read_dir(out) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(FileError::at("list", out)(error).into()),
    };
    let mut names = Vec::new();
    for entry in entries {
        names.push(entry.map_err(FileError::at("list", out))?.file_name().to_string_lossy().into_owned());
    }
    let marker = fs::read(out.join(MARKER)).ok().and_then(|bytes| serde_json::from_slice::<SiteMarker>(&bytes).ok());
    let is_ours =
        |name: &String| marker.as_ref().is_some_and(|marker| *name == MARKER || marker.files.contains_key(name));
    names.retain(|name| !is_ours(name));
    if names.is_empty() {
        return Ok(());
    }
    names.sort();
    let more = if names.len() > 3 { format!(" and {} more", names.len() - 3) } else { String::new() };
    let some: Vec<String> = names.iter().take(3).map(|name| format!("`{name}`")).collect();
    Err(SiteError::NotOurs { folder: out.display().to_string(), others: format!("{}{more}", some.join(", ")) })
}

/// Exchanges the two folders in one step where the file system can, otherwise in two.
fn put_in_place(fresh: &Path, out: &Path) -> Result<(), FileError> {
    if !out.exists() {
        return fs::rename(fresh, out).map_err(FileError::at("put in place", out));
    }
    if renameat_with(CWD, fresh, CWD, out, RenameFlags::EXCHANGE).is_ok() {
        return Ok(());
    }
    let old: PathBuf = fresh.with_file_name("old");
    fs::rename(out, &old).map_err(FileError::at("set aside", out))?;
    fs::rename(fresh, out).map_err(|error| {
        // What was there serves on.
        let _ = fs::rename(&old, out);
        FileError::at("put in place", out)(error)
    })
}
