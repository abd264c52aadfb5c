//! Workbooks and Parquet files read in a process of their own, so that what a hostile one does to a library is done to
//! nobody else.
//!
//! ```text
//! parent: Contained ── open, stream, more, stop, about ──► child: serve
//!                   ◄── sheets, block, end, refused ──
//! ```
//!
//! In: the path of a file. Out: the same sheets, blocks and refusals as [`Rows`](super::Rows) gives in this process.
//! The child is this program again under a hidden verb. It opens nothing but the one file, has no network, writes nowhere
//! and holds limits on memory and processor time, set by itself before the first byte is parsed. However it ends, the
//! parent reaps it and has a sentence for it.

mod about;
mod child_file;
mod frame;
mod message;
mod parent;
mod restrict;
mod serve;

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

pub(super) use parent::Contained;
pub use serve::serve;

/// Where files are read whose reader is a library: workbooks and Parquet.
#[derive(Debug, Clone, Default)]
pub enum Containment {
    /// In this process: for users of the library, and for tests.
    #[default]
    InProcess,
    /// In a child process for each file: what the binary does.
    Child(Arc<Keeper>),
}

/// What the child processes are, and what they may take.
#[derive(Debug, Clone)]
pub struct Keeper {
    /// The program.
    pub program: PathBuf,
    /// Its arguments: those under which it calls [`serve`].
    pub arguments: Vec<OsString>,
    /// Its whole environment: nothing else is handed on, least of all secrets.
    pub environment: Vec<(OsString, OsString)>,
    /// Its limits.
    pub limits: ChildLimits,
}

/// What one child process may take. [`ChildLimits::default`] is what runs; smaller ones are for tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChildLimits {
    /// Address space in bytes, the program itself included.
    pub memory: u64,
    /// Seconds of processor time for any file.
    pub seconds: u64,
    /// Seconds of processor time more for each megabyte of the file, up to [`ChildLimits::most_seconds`].
    pub seconds_per_megabyte: u64,
    /// Seconds of processor time at most.
    pub most_seconds: u64,
    /// How long the parent waits for it, all waits for one file together.
    pub patience: Duration,
}

impl Default for ChildLimits {
    fn default() -> Self {
        Self {
            memory: 1 << 30,
            seconds: 8,
            seconds_per_megabyte: 4,
            most_seconds: 300,
            patience: Duration::from_mins(10),
        }
    }
}

impl ChildLimits {
    /// Seconds of processor time for a file of so many bytes.
    fn seconds_for(&self, bytes: u64) -> u64 {
        self.seconds.saturating_add((bytes >> 20).saturating_mul(self.seconds_per_megabyte)).min(self.most_seconds)
    }
}
