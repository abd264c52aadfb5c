//! A look at what the sources hold, for `plan`: nothing is landed, recorded or asked of an address.
//!
//! In: checked sources, and the ledger. Out: every file that a run would take, known or new, with where its bytes can be read; what a
//! source cannot give; and files that no source takes, which a run passes over.

use std::path::{Path, PathBuf};

use super::folder::Folder;
use super::intake::last_part;
use super::kind::{BytesAt, Listed, Packing, Reach, Unlisted};
use super::landing::{Incoming, Landing, digest};
use super::limits::ArchiveLimits;
use super::problem::{Halt, SourceFault};
use super::{SourceError, SourceProblem, delivery_id};
use crate::definitions::{Source, SourceKind};
use crate::lake::Place;
use crate::ledger::Ledger;
use crate::model::{Delivery, DeliveryId};

/// A file that a source holds.
#[derive(Debug)]
pub struct Scouted {
    /// The collection that it would go to.
    pub collection: String,
    /// Its own name, as it would arrive.
    pub file_name: String,
    /// Where it stands, with `!` before a member of an archive.
    pub from: String,
    /// The delivery that it is, where its bytes have been landed before.
    pub known: Option<DeliveryId>,
    path: PathBuf,
    /// Holds what was unpacked.
    _unpacked: Option<Incoming>,
}

impl Scouted {
    /// Where its bytes can be read, as long as this lives.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// What the sources hold.
#[derive(Debug, Default)]
pub struct Scouting {
    /// Files, in the order of the sources and their names.
    pub files: Vec<Scouted>,
    /// What is wrong with a source or a file of it.
    pub problems: Vec<SourceProblem>,
    /// Files below the folders that no source takes; not of folders of which a source takes files by their whole names.
    pub passed_over: Vec<PathBuf>,
    /// Folders that are not there, as their collection and path: nothing has arrived in them.
    pub absent: Vec<(String, PathBuf)>,
    /// Addresses, which only a run asks: collection and URL.
    pub addresses: Vec<(String, String)>,
}

/// Looks through the sources. What is packed is unpacked into `scratch`, a folder of the caller's.
///
/// # Errors
/// [`SourceError`] when our own disk fails.
pub fn scout(sources: &[Source], place: &Place, ledger: &Ledger, scratch: &Path) -> Result<Scouting, SourceError> {
    let mut all = Scouting::default();
    let landing = Landing::open(&Place::new(scratch, "plan"))?;
    let mut taken: Vec<PathBuf> = Vec::new();
    let mut seen: Vec<PathBuf> = Vec::new();
    for source in sources {
        let SourceKind::Folder { path, files, except } = &source.kind else {
            all.addresses.push((source.collection.clone(), source.kind.at()));
            continue;
        };
        let folder = Folder::new(source, path, files, except);
        let listing = match folder.list() {
            Ok(listing) => listing,
            Err(Unlisted::Absent(_)) if source.is_default => {
                all.absent.push((source.collection.clone(), path.clone()));
                continue;
            }
            Err(Unlisted::Absent(problem) | Unlisted::Refused(problem)) => {
                all.problems.push(SourceProblem::new(&source.kind.at(), &problem));
                continue;
            }
        };
        for (at, problem) in &listing.problems {
            all.problems.push(SourceProblem::new(at, problem));
        }
        seen.extend(listing.passed_over);
        for file in &listing.files {
            taken.push(PathBuf::from(&file.at));
            look_at(&mut all, source, &folder, file, (place, ledger, &landing))?;
        }
    }
    seen.sort();
    seen.dedup();
    all.passed_over = seen.into_iter().filter(|path| !taken.contains(path)).collect();
    Ok(all)
}

fn look_at(
    all: &mut Scouting,
    source: &Source,
    folder: &Folder<'_>,
    file: &Listed,
    (place, ledger, landing): (&Place, &Ledger, &Landing),
) -> Result<(), SourceError> {
    if let Some(seen) =
        ledger.seen().file(&file.at, folder.way()).filter(|seen| Some(&seen.version) == file.version.as_ref())
        && let Some(deliveries) =
            seen.look.deliveries.iter().map(|id| ledger.delivery(id)).collect::<Option<Vec<&Delivery>>>()
    {
        all.problems.extend(seen.look.refused.iter().map(SourceProblem::from_refusal));
        for delivery in deliveries {
            all.files.push(Scouted {
                collection: delivery.collection.clone(),
                file_name: delivery.file_name.clone(),
                from: delivery.source.clone(),
                known: Some(delivery.delivery_id.clone()),
                path: place.landed(&delivery.sha256),
                _unpacked: None,
            });
        }
        return Ok(());
    }
    let mut add = |from: String, name: &str, sha256: &str, path: PathBuf, unpacked: Option<Incoming>| {
        let id = delivery_id(&source.collection, sha256, &source.from_name(name));
        let is_put_back = ledger.last_from(&source.collection, &from).is_some_and(|last| last.sha256 != sha256);
        let known = ledger.delivery(&id).filter(|_| !is_put_back).map(|delivery| delivery.delivery_id.clone());
        all.files.push(Scouted {
            collection: source.collection.clone(),
            file_name: name.to_owned(),
            from,
            known,
            path,
            _unpacked: unpacked,
        });
    };
    let unpacked = folder.open_listed(file).map_err(Halt::from).and_then(|bytes| {
        // What is not packed can be read where it lies.
        if let (Packing::Plain, BytesAt::InPlace { file: open, .. }) = (&bytes.packing, &bytes.held) {
            let sha256 = digest(&mut &*open).map_err(|error| SourceFault::Unreadable(error.to_string()))?;
            add(file.shown.clone(), last_part(&file.name), &sha256, PathBuf::from(&file.at), None);
            return Ok(Vec::new());
        }
        let unpacked = bytes.unpacked(folder, (&file.shown, &file.name), landing, &ArchiveLimits::default())?;
        for (from, name, incoming) in unpacked.parts {
            let (sha256, path) = (incoming.sha256.clone(), incoming.path().to_path_buf());
            add(from, &name, &sha256, path, Some(incoming));
        }
        Ok(unpacked.refused)
    });
    match unpacked {
        Ok(refused) => {
            all.problems.extend(refused.iter().map(|(from, problem)| SourceProblem::new(from, problem)));
            Ok(())
        }
        Err(Halt::Refused(problem)) => {
            all.problems.push(SourceProblem::new(&file.shown, &problem));
            Ok(())
        }
        Err(Halt::Failed(error)) => Err(error),
    }
}
