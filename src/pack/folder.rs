//! Pages as a folder: whole, or as it was before. What somebody else put there is never replaced.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use sha2::{Digest, Sha256};

use super::frame::BoardPage;
use super::record::{PackRecord, RECORD};
use super::values::BoardPages;
use crate::lake::{FileError, create_dir_durable, fsync_dir, write_atomic};
use crate::model::hex;

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
    #[error("`{folder}` has files in it that this program did not write: {others}")]
    NotOurs {
        /// The folder.
        folder: String,
        /// Some of them.
        others: String,
    },
    /// The folder has another pack.
    #[error("`{folder}` has the pack of {of}")]
    OtherPack {
        /// The folder.
        folder: String,
        /// Which.
        of: String,
    },
    /// The folder has the same pack, frozen in another state.
    #[error("`{folder}` has this pack, frozen in another state: {came} deliveries count now that did not, {went} no longer do{}", redefined_words(*.is_redefined))]
    OtherState {
        /// The folder.
        folder: String,
        /// Deliveries that count now and did not then.
        came: usize,
        /// Those that no longer do.
        went: usize,
        /// Whether the definitions are others.
        is_redefined: bool,
    },
    /// A workbook cannot be written.
    #[error("the workbook cannot be written: {0}")]
    Workbook(String),
    /// The disk.
    #[error(transparent)]
    File(#[from] FileError),
}

fn redefined_words(is_redefined: bool) -> &'static str {
    if is_redefined { ", and its definitions are others" } else { "" }
}

impl SiteError {
    /// The stable code of the error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotOurs { .. } => "pack::not_ours",
            Self::OtherPack { .. } => "pack::other_pack",
            Self::OtherState { .. } => "pack::other_state",
            Self::Workbook(_) => "pack::workbook",
            Self::File(_) => "pack::file",
        }
    }
}

/// Writes the pages into a folder that is new, empty, or an earlier one of ours, which is replaced as a whole. Files are 0600, folders 0700.
///
/// # Errors
/// [`SiteError`]; the folder is then as it was.
pub fn write_site(all: &BoardPages<'_>, pages: &[BoardPage], out: &Path) -> Result<SiteMarker, SiteError> {
    let mut marker = SiteMarker {
        edition: "restricted".to_owned(),
        generation: all.generation.clone(),
        fingerprint: all.fingerprint.clone(),
        as_of: all.as_of.to_string(),
        files: BTreeMap::new(),
    };
    for page in pages {
        let sha256 = hex(&Sha256::digest(page.html.as_bytes()));
        marker.files.insert(page.file.clone(), SiteFile { bytes: page.html.len() as u64, sha256 });
    }
    let mut bytes = serde_json::to_vec_pretty(&marker).unwrap_or_default();
    bytes.push(b'\n');
    let files: Vec<(&str, &[u8])> = pages.iter().map(|page| (page.file.as_str(), page.html.as_bytes())).collect();
    write_whole(out, (MARKER, &bytes), &files)?;
    Ok(marker)
}

/// Writes a pack into a folder that is new, empty, or has the same pack. Files are 0600, folders 0700.
///
/// # Errors
/// [`SiteError`]; the folder is then as it was.
pub fn write_pack(record: &PackRecord, files: &[(String, Vec<u8>)], out: &Path) -> Result<(), SiteError> {
    may_hold(out, record)?;
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    write_whole(out, (RECORD, &record.bytes()), &files)
}

/// Refuses a folder that holds anything but an earlier pack of the same board, meeting and edition, frozen in the same state.
fn may_hold(out: &Path, record: &PackRecord) -> Result<(), SiteError> {
    may_be_pack(out, &record.board, &record.meeting, &record.edition)?;
    let there = fs::read(out.join(RECORD)).ok().and_then(|bytes| PackRecord::read(&bytes));
    let Some(there) = there else { return Ok(()) };
    let folder = out.display().to_string();
    if there.draft || there.state == record.state {
        return Ok(());
    }
    let ids = |record: &PackRecord| -> BTreeSet<String> {
        record.inputs.iter().map(|input| input.delivery.clone()).collect()
    };
    let (was, is) = (ids(&there), ids(record));
    Err(SiteError::OtherState {
        folder,
        came: is.difference(&was).count(),
        went: was.difference(&is).count(),
        is_redefined: there.definitions != record.definitions,
    })
}

/// Whether a folder is new, empty, or has the pack of this board, meeting and edition: whoever works for long asks before.
///
/// # Errors
/// [`SiteError`] with what is in it.
pub fn may_be_pack(out: &Path, board: &str, meeting: &str, edition: &str) -> Result<(), SiteError> {
    must_be_ours(out, RECORD)?;
    let there = fs::read(out.join(RECORD)).ok().and_then(|bytes| PackRecord::read(&bytes));
    let Some(there) = there else { return Ok(()) };
    if (there.board.as_str(), there.meeting.as_str(), there.edition.as_str()) == (board, meeting, edition) {
        return Ok(());
    }
    let of = format!("{} of {} ({})", there.board, there.meeting, there.edition);
    Err(SiteError::OtherPack { folder: out.display().to_string(), of })
}

/// Writes files and the marker that lists them into a folder, as a whole.
fn write_whole(out: &Path, marker: (&str, &[u8]), files: &[(&str, &[u8])]) -> Result<(), SiteError> {
    // A link is followed: what it leads to is replaced, and not the link.
    let out = fs::canonicalize(out).or_else(|_| std::path::absolute(out)).map_err(FileError::at("find", out))?;
    must_be_ours(&out, marker.0)?;
    let above = out.parent().unwrap_or(&out);
    create_dir_durable(above)?;
    let name = out.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let beside = tempfile::Builder::new()
        .prefix(&format!(".{name}.tmp."))
        .tempdir_in(above)
        .map_err(FileError::at("create a temporary folder in", above))?;
    let fresh = beside.path().join("site");
    create_dir_durable(&fresh)?;
    for (file, bytes) in files.iter().chain([&marker]) {
        let path = fresh.join(file);
        if let Some(folder) = path.parent().filter(|folder| *folder != fresh) {
            create_dir_durable(folder)?;
        }
        write_atomic(&path, bytes)?;
    }
    put_in_place(&fresh, &out)?;
    Ok(fsync_dir(above)?)
}

/// What markers list.
#[derive(Deserialize)]
struct ListedFiles {
    files: BTreeMap<String, SiteFile>,
}

/// What is in a folder has to be what its marker lists.
fn must_be_ours(out: &Path, marker: &str) -> Result<(), SiteError> {
    let listed = fs::read(out.join(marker)).ok().and_then(|bytes| serde_json::from_slice::<ListedFiles>(&bytes).ok());
    let is_listed =
        |within: &str| listed.as_ref().is_some_and(|listed| listed.files.keys().any(|file| file.starts_with(within)));
    let mut names = Vec::new();
    names_below(out, "", &is_listed, &mut names)?;
    let is_ours =
        |name: &String| listed.as_ref().is_some_and(|listed| *name == marker || listed.files.contains_key(name));
    names.retain(|name| !is_ours(name));
    if names.is_empty() {
        return Ok(());
    }
    names.sort();
    let more = if names.len() > 3 { format!(" and {} more", names.len() - 3) } else { String::new() };
    let some: Vec<String> = names.iter().take(3).map(|name| format!("`{name}`")).collect();
    Err(SiteError::NotOurs { folder: out.display().to_string(), others: format!("{}{more}", some.join(", ")) })
}

/// What is in a folder, as paths relative to it; a folder within is looked into where `is_listed` knows something in it.
fn names_below(
    folder: &Path,
    above: &str,
    is_listed: &dyn Fn(&str) -> bool,
    names: &mut Vec<String>,
) -> Result<(), FileError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(FileError::at("list", folder)(error)),
    };
    for entry in entries {
        let entry = entry.map_err(FileError::at("list", folder))?;
        let name = format!("{above}{}", entry.file_name().to_string_lossy());
        let within = format!("{name}/");
        if entry.file_type().map_err(FileError::at("look at", folder))?.is_dir() && is_listed(&within) {
            names_below(&entry.path(), &within, is_listed, names)?;
        } else {
            names.push(name);
        }
    }
    Ok(())
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
