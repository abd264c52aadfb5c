//! A generation that is written into a folder of its own: never live, and whole.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::WarehouseError;
use super::publish::{Current, Verification};
use crate::lake::{FileError, create_dir_shared, fsync_dir, fsync_file, sha256_file, write_atomic};

/// The number of a generation that is not among those of the place.
pub const ASIDE: u64 = 0;

/// A generation in a folder of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aside {
    /// The file.
    pub path: PathBuf,
    /// What it is.
    pub current: Current,
}

/// Has another process read the file that was built through, and puts it into `folder` as `sendmart.duckdb`, with `about.txt`
/// and `manifest.json` beside it.
///
/// # Errors
/// [`WarehouseError`]; a file of that name is then not there.
pub fn write_aside(
    built: &Path,
    folder: &Path,
    words: &str,
    now: Timestamp,
    verifier: &dyn Fn(&Path) -> Result<Verification, WarehouseError>,
) -> Result<Aside, WarehouseError> {
    let found = verifier(built)?;
    create_dir_shared(folder)?;
    let path = folder.join("sendmart.duckdb");
    let temporary = folder.join(".sendmart.duckdb.tmp");
    // Another file system, as it may be, cannot be renamed into.
    fs::copy(built, &temporary).map_err(FileError::at("copy to", &temporary))?;
    fs::set_permissions(&temporary, Permissions::from_mode(0o440))
        .map_err(FileError::at("set the mode of", &temporary))?;
    fsync_file(&temporary)?;
    let current = Current {
        generation: found.generation,
        sha256: sha256_file(&temporary)?,
        fingerprint: found.fingerprint,
        run_id: found.run_id,
        published_at: now,
        as_of: found.as_of,
        rows: found.rows,
        definitions: Some(found.definitions),
    };
    let mut manifest = serde_json::to_vec_pretty(&current).unwrap_or_default();
    manifest.push(b'\n');
    write_atomic(&folder.join("manifest.json"), &manifest)?;
    write_atomic(&folder.join("about.txt"), words.as_bytes())?;
    fs::rename(&temporary, &path).map_err(FileError::at("put in place", &path))?;
    fsync_dir(folder)?;
    Ok(Aside { path, current })
}
