//! One run at a time: an advisory lock that the system drops when its holder dies.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;

use super::WarehouseError;
use crate::lake::{FileError, Place, create_dir_durable};

/// The run lock, held until it is dropped.
#[derive(Debug)]
pub struct RunLock {
    _file: File,
}

/// The outcome of asking for the lock.
#[derive(Debug)]
pub enum Asked {
    /// It is ours.
    Held(RunLock),
    /// Another run has it: what that run wrote of itself.
    Busy(String),
}

impl RunLock {
    /// Asks for the lock, without waiting. `holder` is what a loser is told.
    ///
    /// # Errors
    /// [`WarehouseError::File`] when the lock file cannot be opened.
    pub fn ask(place: &Place, holder: &str) -> Result<Asked, WarehouseError> {
        let path = place.run_lock();
        if let Some(folder) = path.parent() {
            create_dir_durable(folder)?;
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        let mut file = options.open(&path).map_err(FileError::at("open", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut told = String::new();
                let _ = file.read_to_string(&mut told);
                return Ok(Asked::Busy(told.trim().to_owned()));
            }
            Err(TryLockError::Error(error)) => return Err(FileError::at("lock", &path)(error).into()),
        }
        let written = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(holder.as_bytes()));
        written.map_err(FileError::at("write", &path))?;
        Ok(Asked::Held(RunLock { _file: file }))
    }
}
