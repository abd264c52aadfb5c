//! Landing: bytes as they were sent, named by their SHA-256, written once and never changed.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tempfile::{NamedTempFile, TempPath};

use super::SourceError;
use super::problem::{Halt, SourceFault};
use crate::lake::Place;
use crate::ledger::disk;
use crate::model::{SNIFF_BYTES, hex};

const BUFFER_BYTES: usize = 256 * 1024;
/// Landed bytes are read only, for their owner.
const LANDED_MODE: u32 = 0o400;

/// Bytes that came in and are not yet under their own name. Dropped, they are gone.
#[derive(Debug)]
pub(super) struct Incoming {
    path: TempPath,
    pub(super) sha256: String,
    pub(super) bytes: u64,
    pub(super) first_bytes: Vec<u8>,
}

impl Incoming {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Opens it to be read.
    pub(super) fn open(&self) -> Result<File, SourceError> {
        let path = self.path();
        File::open(path).map_err(|source| SourceError::Landing {
            action: "read back",
            path: path.to_path_buf(),
            source,
        })
    }

    /// Takes over a file that is written already, such as a finished download.
    pub(super) fn adopt(file: NamedTempFile) -> Result<Incoming, SourceError> {
        let path = file.into_temp_path();
        let failed = |source| SourceError::Landing { action: "read back", path: path.to_path_buf(), source };
        let mut reader = File::open(&path).map_err(failed)?;
        let mut tally = ByteTally::default();
        let mut buffer = vec![0; BUFFER_BYTES];
        loop {
            match reader.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => tally.add(&buffer[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(failed(error)),
            }
        }
        Ok(tally.finish(path))
    }
}

/// The SHA-256 of what a reader gives, in hexadecimal.
pub(super) fn digest(reader: &mut dyn Read) -> io::Result<String> {
    let mut tally = ByteTally::default();
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok(hex(&tally.sha256.finalize())),
            Ok(count) => tally.add(&buffer[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// The landing of a place.
#[derive(Debug)]
pub(super) struct Landing {
    place: Place,
}

impl Landing {
    /// The landing, after what a killed run left half copied is cleared away. The caller holds the run lock.
    pub(super) fn open(place: &Place) -> Result<Self, SourceError> {
        let folder = place.landing_incoming();
        let failed = |source| SourceError::Landing { action: "clear", path: folder.clone(), source };
        match fs::read_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(error)),
            Ok(entries) => {
                for entry in entries {
                    fs::remove_file(entry.map_err(failed)?.path()).map_err(failed)?;
                }
            }
        }
        Ok(Self { place: place.clone() })
    }

    /// A new empty file for bytes to come, with a random name, that only its owner can read.
    pub(super) fn blank(&self) -> Result<NamedTempFile, SourceError> {
        let folder = self.place.landing_incoming();
        let failed = |source| SourceError::Landing { action: "write in", path: folder.clone(), source };
        disk::private_folder(self.place.var(), &folder).map_err(failed)?;
        tempfile::Builder::new().prefix("").rand_bytes(16).tempfile_in(&folder).map_err(failed)
    }

    /// Copies what a reader gives, hashing it on the way. `allow` sees the number of bytes before they are written.
    pub(super) fn receive(
        &self,
        reader: &mut dyn Read,
        allow: &mut dyn FnMut(u64) -> Result<(), SourceFault>,
        unreadable: fn(String) -> SourceFault,
    ) -> Result<Incoming, Halt> {
        let mut file = self.blank()?;
        let mut tally = ByteTally::default();
        let mut buffer = vec![0; BUFFER_BYTES];
        loop {
            let some = match reader.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => &buffer[..count],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(unreadable(error.to_string()).into()),
            };
            tally.add(some);
            allow(tally.bytes)?;
            file.write_all(some).map_err(|source| SourceError::Landing {
                action: "write",
                path: file.path().to_path_buf(),
                source,
            })?;
        }
        Ok(tally.finish(file.into_temp_path()))
    }

    /// Whether these bytes are landed.
    pub(super) fn holds(&self, sha256: &str, bytes: u64) -> bool {
        fs::metadata(self.place.landed(sha256)).is_ok_and(|metadata| metadata.is_file() && metadata.len() == bytes)
    }

    /// Puts bytes under their own name, durably. Bytes that are there already are let go.
    pub(super) fn settle(&self, incoming: Incoming) -> Result<(), SourceError> {
        if self.holds(&incoming.sha256, incoming.bytes) {
            return Ok(());
        }
        let target = self.place.landed(&incoming.sha256);
        self.put(incoming.path, &target).map_err(|source| SourceError::Landing { action: "land", path: target, source })
    }

    fn put(&self, path: TempPath, target: &Path) -> io::Result<()> {
        let folder = target.parent().map_or_else(PathBuf::new, Path::to_path_buf);
        disk::private_folder(self.place.var(), &folder)?;
        let file = File::open(&path)?;
        file.set_permissions(fs::Permissions::from_mode(LANDED_MODE))?;
        file.sync_all()?;
        path.persist(target).map_err(|error| error.error)?;
        disk::sync_folder(&folder)
    }
}

/// Hash, size and first bytes, as the bytes go by.
#[derive(Default)]
struct ByteTally {
    sha256: Sha256,
    bytes: u64,
    first_bytes: Vec<u8>,
}

impl ByteTally {
    fn add(&mut self, some: &[u8]) {
        self.sha256.update(some);
        self.bytes += some.len() as u64;
        let room = SNIFF_BYTES - self.first_bytes.len();
        self.first_bytes.extend_from_slice(&some[..some.len().min(room)]);
    }

    fn finish(self, path: TempPath) -> Incoming {
        Incoming { path, sha256: hex(&self.sha256.finalize()), bytes: self.bytes, first_bytes: self.first_bytes }
    }
}
