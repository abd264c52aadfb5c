//! Every limit of the intake, in one place.

use std::time::Duration;

/// Most bytes of one member of an archive, inflated.
pub const MEMBER_BYTES: u64 = 1 << 30;
/// Most bytes of all members that are taken from one archive, inflated.
pub const ARCHIVE_BYTES: u64 = 4 << 30;
/// Most times that a member may be larger than it is packed. Spreadsheets reach 20, text of one character a thousand.
pub const RATIO: u64 = 200;
/// Up to this size no ratio is asked: small files of blanks pack very well.
pub const RATIO_FREE_BYTES: u64 = 1 << 20;
/// Most members of an archive.
pub const MEMBERS: usize = 10_000;
/// Deepest folder that is looked into.
pub const DEPTH: usize = 32;
/// Most redirects that are followed.
pub const REDIRECTS: usize = 5;

/// Largest answer where the source names none, in megabytes.
pub const ANSWER_MEGABYTES: u64 = 512;
/// Longest request where the source names none, in seconds.
pub const REQUEST_SECONDS: u64 = 300;
/// Tries where the source names none.
pub const TRIES: u32 = 5;
/// Longest wait for a connection.
pub const CONNECT: Duration = Duration::from_secs(30);

/// Limits on archives. [`ArchiveLimits::default`] is what runs; smaller ones are for tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArchiveLimits {
    /// See [`MEMBER_BYTES`].
    pub member_bytes: u64,
    /// See [`ARCHIVE_BYTES`].
    pub archive_bytes: u64,
    /// See [`RATIO`].
    pub ratio: u64,
    /// See [`RATIO_FREE_BYTES`].
    pub ratio_free_bytes: u64,
    /// See [`MEMBERS`].
    pub members: usize,
}

impl Default for ArchiveLimits {
    fn default() -> Self {
        Self {
            member_bytes: MEMBER_BYTES,
            archive_bytes: ARCHIVE_BYTES,
            ratio: RATIO,
            ratio_free_bytes: RATIO_FREE_BYTES,
            members: MEMBERS,
        }
    }
}

/// How long to wait between tries of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The wait after the first try is between nothing and this; it doubles with each try.
    pub base: Duration,
    /// It grows no further than this.
    pub most: Duration,
    /// A server may ask for a wait of its own (`Retry-After`) up to this; for more, the next run asks again.
    pub most_asked: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { base: Duration::from_millis(500), most: Duration::from_secs(30), most_asked: Duration::from_mins(2) }
    }
}
