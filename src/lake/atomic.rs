//! Files that are either whole or absent: written beside their name, synced, renamed, and the folder synced.
//!
//! Modes are set explicitly, so that no umask can open or close them: files 0600, folders 0700. What a group of analysts
//! may read (the warehouse) is made with [`create_dir_shared`].

use std::fs::{self, File, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::model::hex;

/// Mode of files that only the run may read.
const PRIVATE_FILE: u32 = 0o600;
const SHARED_FILE: u32 = 0o644;
/// Mode of folders that only the run may enter.
const PRIVATE_FOLDER: u32 = 0o700;
/// Mode of folders that the group may enter and list.
const SHARED_FOLDER: u32 = 0o750;

/// A file or folder could not be read or written.
#[derive(Debug, Error)]
#[error("cannot {action} `{}`: {source}", path.display())]
pub struct FileError {
    /// What was tried, as a verb: `write`, `sync the folder`.
    pub action: &'static str,
    /// The file or folder.
    pub path: PathBuf,
    /// What the system said.
    pub source: io::Error,
}

impl FileError {
    /// For `map_err`: names what was tried, and where.
    pub fn at(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self { action, path, source }
    }

    /// Whether the disk is full or a quota is used up.
    #[must_use]
    pub fn is_disk_full(&self) -> bool {
        matches!(
            self.source.kind(),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
        )
    }
}

/// Writes a file so that after a crash either the old or the new content stands whole at `path`. Mode 0600.
///
/// # Errors
/// [`FileError`] when the folder is missing, the disk is full, or the system refuses; `path` is then as it was.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    write_with_mode(path, bytes, PRIVATE_FILE)
}

/// As [`write_atomic`], for files that hold nothing of anybody and are handed round: mode 0644.
///
/// # Errors
/// As for [`write_atomic`].
pub fn write_shared(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    write_with_mode(path, bytes, SHARED_FILE)
}

fn write_with_mode(path: &Path, bytes: &[u8], mode: u32) -> Result<(), FileError> {
    let folder = parent(path);
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let mut file = tempfile::Builder::new()
        .prefix(&format!(".{name}.tmp."))
        .tempfile_in(folder)
        .map_err(FileError::at("create a temporary file in", folder))?;
    file.as_file().set_permissions(Permissions::from_mode(mode)).map_err(FileError::at("set the mode of", path))?;
    file.write_all(bytes).map_err(FileError::at("write", path))?;
    file.as_file().sync_all().map_err(FileError::at("sync", path))?;
    file.persist(path).map_err(|error| FileError::at("put in place", path)(error.error))?;
    fsync_dir(folder)
}

/// Creates a folder (and what is missing above it) that only the run may enter, and makes it survive a crash.
///
/// A folder that exists is left as it is.
///
/// # Errors
/// [`FileError`] when the system refuses.
pub fn create_dir_durable(path: &Path) -> Result<(), FileError> {
    create_dir(path, PRIVATE_FOLDER)
}

/// As [`create_dir_durable`], for folders that a group of readers may enter: mode 0750.
///
/// # Errors
/// [`FileError`] when the system refuses.
pub fn create_dir_shared(path: &Path) -> Result<(), FileError> {
    create_dir(path, SHARED_FOLDER)
}

fn create_dir(path: &Path, mode: u32) -> Result<(), FileError> {
    if path.is_dir() {
        return Ok(());
    }
    let above = parent(path);
    create_dir(above, mode)?;
    match fs::create_dir(path) {
        Ok(()) => {}
        // Another thread made it first.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => return Ok(()),
        Err(error) => return Err(FileError::at("create the folder", path)(error)),
    }
    fs::set_permissions(path, Permissions::from_mode(mode)).map_err(FileError::at("set the mode of", path))?;
    fsync_dir(above)
}

/// Makes what was created, renamed or removed in a folder survive a crash.
///
/// # Errors
/// [`FileError`] when the folder cannot be opened or synced.
pub fn fsync_dir(path: &Path) -> Result<(), FileError> {
    File::open(path).and_then(|folder| folder.sync_all()).map_err(FileError::at("sync the folder", path))
}

/// Makes the content of a file survive a crash.
///
/// # Errors
/// [`FileError`] when the file cannot be opened or synced.
pub fn fsync_file(path: &Path) -> Result<(), FileError> {
    File::open(path).and_then(|file| file.sync_all()).map_err(FileError::at("sync", path))
}

/// Removes what a killed run left half written anywhere below a folder: files named `.….tmp…`, as [`write_atomic`] and the
/// lake name what is not yet whole. The caller holds the run lock. A folder that is not there has nothing.
///
/// # Errors
/// [`FileError`] when a folder cannot be read, or a file cannot be removed.
pub fn clear_temporaries(folder: &Path) -> Result<(), FileError> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder).map_err(FileError::at("list", folder))? {
        let entry = entry.map_err(FileError::at("list", folder))?;
        let path = entry.path();
        if entry.file_type().map_err(FileError::at("look at", &path))?.is_dir() {
            clear_temporaries(&path)?;
        } else if is_temporary(&entry.file_name().to_string_lossy()) {
            fs::remove_file(&path).map_err(FileError::at("remove", &path))?;
        }
    }
    Ok(())
}

fn is_temporary(name: &str) -> bool {
    name.starts_with('.') && name.contains(".tmp")
}

/// Closes a file that another has written to all but its owner, whatever the umask was.
///
/// # Errors
/// [`FileError`] when its mode cannot be set.
pub fn make_private(path: &Path) -> Result<(), FileError> {
    fs::set_permissions(path, Permissions::from_mode(PRIVATE_FILE)).map_err(FileError::at("set the mode of", path))
}

/// SHA-256 of a file, in hexadecimal.
///
/// Never call this for a `DuckDB` file that this process has open: closing the second handle drops `DuckDB`'s lock.
///
/// # Errors
/// [`FileError`] when the file cannot be read.
pub fn sha256_file(path: &Path) -> Result<String, FileError> {
    let mut file = File::open(path).map_err(FileError::at("open", path))?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0_u8; 256 * 1024];
    loop {
        match file.read(&mut buffer).map_err(FileError::at("read", path))? {
            0 => break,
            filled => hasher.update(&buffer[..filled]),
        }
    }
    Ok(hex(&hasher.finalize()))
}

/// The folder of a path; the current one for a bare name.
fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("book.json");
        write_atomic(&path, b"old").unwrap();
        write_atomic(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(mode(&path), 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_missing_folder_is_named() {
        let error = write_atomic(Path::new("/nowhere/at/all/book.json"), b"").unwrap_err();
        assert!(error.to_string().contains("`/nowhere/at/all`"), "{error}");
    }

    #[test]
    fn what_is_half_written_is_cleared_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("books/things");
        fs::create_dir_all(&deep).unwrap();
        for name in [".a.json.tmp.x7Yz", ".b.parquet.tmp", ".b.parquet.tmp2", "a.json", "b.tmp.parquet", ".keep"] {
            fs::write(deep.join(name), "").unwrap();
        }
        clear_temporaries(folder.path()).unwrap();
        let mut left: Vec<_> = fs::read_dir(&deep).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, [".keep", "a.json", "b.tmp.parquet"]);
        clear_temporaries(&folder.path().join("never made")).unwrap();
    }

    #[test]
    fn folders_are_private_unless_shared() {
        let folder = tempfile::tempdir().unwrap();
        let private = folder.path().join("a/b");
        create_dir_durable(&private).unwrap();
        create_dir_durable(&private).unwrap();
        create_dir_shared(&folder.path().join("c/d")).unwrap();
        assert_eq!((mode(&private), mode(&folder.path().join("a"))), (0o700, 0o700));
        assert_eq!(mode(&folder.path().join("c/d")), 0o750);
    }

    #[test]
    fn the_hash_is_that_of_the_standard() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("abc");
        fs::write(&path, "abc").unwrap();
        assert_eq!(sha256_file(&path).unwrap(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
