//! What public editions of a place printed and hid, kept so that later ones are held against it: the releases of a place are one system.
//!
//! A file a release in `var/releases`, numbered in the order in which they were made. It has the true counts: it is the place's own, as the
//! warehouse is, and never part of a pack.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::public_release::{EarlierRelease, ReleasedCount};
use crate::lake::{FileError, create_dir_durable, write_atomic};

/// What a file calls itself.
const WHAT: &str = "sendmart public release";

/// A public edition that was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptRelease {
    /// That it is one.
    pub what: String,
    /// The version of this form.
    pub format: u32,
    /// Its place in the order of releases, from 1 on.
    pub number: u32,
    /// The id of the board.
    pub board: String,
    /// The day of the meeting.
    pub meeting: String,
    /// SHA-256 of everything that decides the figures.
    pub state: String,
    /// The policy, in all its settings.
    pub policy: String,
    /// Its counts.
    pub counts: Vec<ReleasedCount>,
}

/// Why the releases before are not known.
#[derive(Debug, Error)]
pub enum ReleaseError {
    /// A file of them is damaged.
    #[error("`{}` is no record of a public edition", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// The disk.
    #[error(transparent)]
    File(#[from] FileError),
}

impl ReleaseError {
    /// The stable code of the error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Damaged { .. } => "pack::damaged_release",
            Self::File(_) => "pack::file",
        }
    }
}

impl KeptRelease {
    /// A release of these days, without its number and counts.
    #[must_use]
    pub fn of(board: &str, meeting: &str, state: &str, policy: &str) -> Self {
        Self {
            what: WHAT.to_owned(),
            format: 1,
            number: 0,
            board: board.to_owned(),
            meeting: meeting.to_owned(),
            state: state.to_owned(),
            policy: policy.to_owned(),
            counts: Vec::new(),
        }
    }

    fn is_same(&self, other: &Self) -> bool {
        let of = |one: &Self| (one.board.clone(), one.meeting.clone(), one.state.clone(), one.policy.clone());
        of(self) == of(other)
    }

    /// The name that its counts are told apart by.
    fn name(&self) -> String {
        format!("release {}: {} of {}", self.number, self.board, self.meeting)
    }

    /// Keeps it in a folder.
    ///
    /// # Errors
    /// [`ReleaseError`] where it cannot be written.
    pub fn keep(&self, folder: &Path) -> Result<(), ReleaseError> {
        create_dir_durable(folder)?;
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        Ok(write_atomic(&folder.join(format!("{:06}.json", self.number)), &bytes)?)
    }
}

/// What was released before this one, which is given its number: the next, or that which it has already where it is made again.
///
/// # Errors
/// [`ReleaseError`] where a record cannot be read: what is not known cannot be held against anything.
pub fn releases_before(folder: &Path, release: &mut KeptRelease) -> Result<Vec<EarlierRelease>, ReleaseError> {
    let mut all = Vec::new();
    if folder.is_dir() {
        for entry in fs::read_dir(folder).map_err(FileError::at("list", folder))? {
            let path = entry.map_err(FileError::at("list", folder))?.path();
            if path.extension().is_none_or(|ending| ending != "json") {
                continue;
            }
            let bytes = fs::read(&path).map_err(FileError::at("read", &path))?;
            let read = serde_json::from_slice::<KeptRelease>(&bytes).ok().filter(|kept| kept.what == WHAT);
            all.push(read.ok_or(ReleaseError::Damaged { path })?);
        }
    }
    all.sort_by_key(|kept| kept.number);
    let next = all.last().map_or(1, |last| last.number + 1);
    release.number = all.iter().find(|kept| kept.is_same(release)).map_or(next, |kept| kept.number);
    let before = all.into_iter().filter(|kept| kept.number < release.number);
    Ok(before.map(|kept| EarlierRelease { name: kept.name(), counts: kept.counts }).collect())
}
