//! Fetch and land: what the sources hold, copied as sent into the landing, and recorded once.
//!
//! In: [`Source`]s, the time. Out: deliveries in the ledger, and problems that people can act on: a problem with one
//! source does not stop the others. The same bytes again are a recorded no-op; a file that has not changed is not opened.

mod archive;
mod content;
mod door;
mod error;
mod folder;
mod http;
mod landing;
mod limits;
mod patterns;
mod problem;
mod walk;

use jiff::Timestamp;

use crate::lake::Place;
use crate::ledger::Ledger;
use crate::model::{Delivery, DeliveryId};
use crate::spec::{Source, SourceKind};
pub use content::{Content, NotAsNamed, door_check, sniff};
use door::Door;
pub use door::delivery_id;
pub use error::SourceError;
use landing::Landing;
pub use limits::{Backoff, Limits};
pub use problem::SourceProblem;

/// Where a fetch tells what it is doing.
pub trait Progress {
    /// One thing that is being done.
    fn message(&self, text: &str);
}

/// What a fetch may do, and what it needs from the edge of the program.
pub struct FetchOptions<'a> {
    /// Limits on archives.
    pub limits: Limits,
    /// Waits between tries of a request.
    pub backoff: Backoff,
    /// Reads a secret by its name: the environment, at the command line.
    pub secret: &'a dyn Fn(&str) -> Option<String>,
    /// Seed of the jitter in the waits.
    pub seed: u64,
}

/// What a fetch did.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FetchReport {
    /// New deliveries.
    pub landed: Vec<Delivery>,
    /// Deliveries that were known already.
    pub known: usize,
    /// Everything that the sources hold now, in the order of the sources.
    pub current: Vec<DeliveryId>,
    /// What could not be reached or was refused at the door.
    pub problems: Vec<SourceProblem>,
    /// Files that were opened.
    pub opened: usize,
}

/// Looks through every source and lands what is new. The caller holds the run lock.
///
/// # Errors
/// [`SourceError`] when our own disk or ledger fails. What is wrong with a source is in the report.
pub fn fetch(
    sources: &[Source],
    place: &Place,
    ledger: &mut Ledger,
    now: Timestamp,
    options: &FetchOptions<'_>,
    progress: &dyn Progress,
) -> Result<FetchReport, SourceError> {
    let landing = Landing::open(place)?;
    let mut door = Door::new(ledger, landing, now, options, progress);
    for source in sources {
        match &source.kind {
            SourceKind::Folder { path, files, except } => folder::look_through(&mut door, source, path, files, except)?,
            SourceKind::Http(http) => http::ask(&mut door, source, http)?,
        }
    }
    let Door { report, .. } = door;
    ledger.save_seen()?;
    Ok(report)
}
