//! Fetch and land: what the sources hold, brought in as deliveries.
//!
//! In: checked [`Source`]s. Out: landed bytes, named by their SHA-256 and never changed, and a [`FetchReport`]. A problem with
//! one source is told and the others go on; `Err` means that our own disk or ledger failed. Not here: what is in the files.
//! Nothing but this module names `reqwest`.
//!
//! - A **folder** is walked at each run, links out of it are not followed, and clutter (hidden files, `~$*`, `*.part`,
//!   `*.tmp`, `*.crdownload`) is passed over. Which files are taken: globs over the path below the folder, in any case, where
//!   `*` also crosses `/`; `archive.zip!data/*.csv` takes members, `archive.zip` alone takes all of them, no pattern takes
//!   every file. `2024.csv.gz` is taken by `*.csv` too, inflated, and arrives as `2024.csv`. Whatever matches is taken as it is: a page saved as `.csv` is landed, and refused when it is read.
//! - An **address** is asked with the `ETag` and `Last-Modified` of its last answer. An answer that is not what its file name
//!   says is refused and not landed, and asked for again at the next run. No proxy is used.
//! - The **same bytes** again in the same collection are known, and nothing is written; a changed file under the same name is
//!   a new delivery, and so is one that is put back after another had taken its place. What was declared (day of receipt, maturity) when bytes first landed stands.
//! - A file whose size, times and inode are those of its last look is not opened again.

mod archive;
mod as_named;
mod error;
mod folder;
mod gzip;
mod http;
mod inner;
mod intake;
mod kind;
mod landing;
pub mod limits;
mod patterns;
mod problem;
mod scout;
mod walk;

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::definitions::{Source, SourceKind};
use crate::lake::Place;
use crate::ledger::{Ledger, is_below};
use crate::model::{Delivery, DeliveryId, Zone};
pub use as_named::{NotAsNamed, door_check};
pub use error::SourceError;
use folder::Folder;
use http::HttpSource;
pub use inner::{Inner, InnerError, inner};
use intake::Intake;
pub use intake::delivery_id;
use kind::bring;
use landing::Landing;
pub use limits::{ArchiveLimits, Backoff};
pub use problem::{RefusedUntil, SourceProblem};
pub use scout::{Scouted, Scouting, scout};

/// Is told what goes on, for a person who waits.
pub trait Progress {
    /// One line: `Looking at drop/2025.zip`. Names of files and addresses, never what is in them.
    fn message(&self, text: &str);

    /// The same for a step of so many, of which this many are done.
    fn step(&self, done: usize, of: usize, text: &str) {
        self.message(&format!("{done} of {of}: {text}"));
    }
}

/// Tells nobody.
impl Progress for () {
    fn message(&self, _text: &str) {}
}

/// What a fetch needs from outside.
#[derive(Clone)]
pub struct FetchOptions<'a> {
    /// Gives the value of an environment variable, for headers with `env:NAME`.
    pub secret: &'a dyn Fn(&str) -> Option<String>,
    /// Where chance in the waits between tries starts: the same seed, the same waits.
    pub seed: u64,
    /// Waits between tries.
    pub backoff: Backoff,
    /// Limits on archives.
    pub limits: ArchiveLimits,
    /// Where a declared day of receipt begins and ends.
    pub zone: Zone,
}

impl<'a> FetchOptions<'a> {
    /// The usual options.
    #[must_use]
    pub fn new(secret: &'a dyn Fn(&str) -> Option<String>, seed: u64) -> Self {
        Self { secret, seed, backoff: Backoff::default(), limits: ArchiveLimits::default(), zone: Zone::default() }
    }
}

impl std::fmt::Debug for FetchOptions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FetchOptions")
            .field("seed", &self.seed)
            .field("backoff", &self.backoff)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// How the look at one source ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookedSource {
    /// The collection that it feeds.
    pub collection: String,
    /// The folder or address, as the config has it.
    pub source: String,
    /// What of it could not be read: empty where all could.
    pub unread: Vec<SourceProblem>,
}

/// What a fetch found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FetchReport {
    /// What is new, in the order landed: by source, then by path.
    pub landed: Vec<Delivery>,
    /// Number of files and members that were seen before, or whose bytes were.
    pub known: usize,
    /// Everything that the sources hold now, each once. Of a source that could not be reached: what it held last.
    pub current: Vec<DeliveryId>,
    /// What is wrong with a source or a file of it.
    pub problems: Vec<SourceProblem>,
    /// The sources, in the order of the config, and what of each could not be read.
    pub sources: Vec<LookedSource>,
    /// Number of files opened and answers downloaded; 0 when nothing changed.
    pub opened: usize,
}

/// Brings in what the sources hold. The caller holds the run lock.
///
/// # Errors
/// [`SourceError`] when our own disk or ledger fails, or nothing can be started that makes requests. Deliveries that were landed before stay landed and recorded.
pub fn fetch(
    sources: &[Source],
    place: &Place,
    ledger: &mut Ledger,
    now: Timestamp,
    options: &FetchOptions<'_>,
    progress: &dyn Progress,
) -> Result<FetchReport, SourceError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(SourceError::Runtime)?;
    runtime.block_on(fetch_async(sources, place, ledger, now, options, progress))
}

/// [`fetch`], for a caller that has an asynchronous runtime.
///
/// # Errors
/// As [`fetch`].
pub async fn fetch_async(
    sources: &[Source],
    place: &Place,
    ledger: &mut Ledger,
    now: Timestamp,
    options: &FetchOptions<'_>,
    progress: &dyn Progress,
) -> Result<FetchReport, SourceError> {
    let landing = Landing::open(place)?;
    let mut clients = http::Clients::default();
    let mut intake = Intake::new(ledger, landing, now, options, progress);
    for (index, source) in sources.iter().enumerate() {
        intake.source = (index + 1, sources.len());
        let before = intake.report.problems.len();
        match &source.kind {
            SourceKind::Folder { path, files, except } => {
                let mut folder = Folder::new(source, path, files, except);
                bring(&mut intake, source, &mut folder).await?;
            }
            SourceKind::Http(http) => {
                bring(&mut intake, source, &mut HttpSource::new(source, http, &mut clients)).await?;
            }
        }
        let unread = intake.report.problems[before..].iter().filter(|one| one.until == RefusedUntil::Reached);
        let unread = unread.cloned().collect();
        intake.report.sources.push(LookedSource {
            collection: source.collection.clone(),
            source: source.kind.at(),
            unread,
        });
    }
    forget_what_is_gone(sources, &mut intake);
    let Intake { ledger, report, .. } = intake;
    ledger.save_seen()?;
    tracing::info!(
        landed = report.landed.len(),
        known = report.known,
        problems = report.problems.len(),
        opened = report.opened,
        "Fetched"
    );
    Ok(report)
}

/// Clears the cache of files that the sources of these collections no longer hold.
fn forget_what_is_gone(sources: &[Source], intake: &mut Intake<'_>) {
    let collections: BTreeSet<&str> = sources.iter().map(|source| source.collection.as_str()).collect();
    let (looked, unreached) = (&intake.looked, &intake.unreached);
    intake.ledger.seen_mut().keep(|at, way, look| {
        !collections.contains(look.collection.as_str())
            || looked.contains(&(at.to_owned(), way.to_owned()))
            || unreached.iter().any(|root| is_below(at, root))
    });
}

#[cfg(test)]
mod tests;
