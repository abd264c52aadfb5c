//! Folders and files that only their owner reads, and that are still there after a power cut.
//!
//! Modes are set when a thing is created, so the umask can only take bits away, and nothing is open to others even for a moment.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

/// `var` itself may be entered by the group, since analysts read the warehouse in it.
const VAR_MODE: u32 = 0o750;
/// Folders below it are the owner's.
const FOLDER_MODE: u32 = 0o700;
/// Files are the owner's.
const FILE_MODE: u32 = 0o600;

/// Makes a folder below `var`, and those above it, durably. One that exists is left as it is.
pub(crate) fn private_folder(var: &Path, folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let above = folder.parent().filter(|above| !above.as_os_str().is_empty());
    if let Some(above) = above {
        private_folder(var, above)?;
    }
    let is_below_var = folder.starts_with(var) && folder != var;
    let mode = if is_below_var { FOLDER_MODE } else { VAR_MODE };
    match DirBuilder::new().mode(mode).create(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        Err(error) => Err(error),
        Ok(()) => above.map_or(Ok(()), sync_folder),
    }
}

/// Opens a file for reading and appending; it is made if it is not there. True when it was made.
pub(crate) fn open_to_append(path: &Path) -> io::Result<(File, bool)> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).mode(FILE_MODE);
    match options.open(path) {
        Ok(file) => Ok((file, false)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok((options.create_new(true).open(path)?, true)),
        Err(error) => Err(error),
    }
}

/// Makes the names in a folder durable: a rename or a new file is not, until its folder is fsynced.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Reads a file; none if it is not there.
pub(crate) fn read_if_there(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
