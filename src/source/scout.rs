//! A look at what the sources hold, for `plan`: nothing is landed, recorded or asked of an address.
//!
//! In: checked sources, and the ledger. Out: every file that a run would take, known or new, with where its bytes can be read; what a
//! source cannot give; and files that no source takes, which a run passes over.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::archive::unpack;
use super::folder::Folder;
use super::gzip::{inflate, inner_name};
use super::intake::last_part;
use super::landing::{Incoming, Landing, digest};
use super::limits::Limits;
use super::problem::{Halt, Problem};
use super::walk::{Found, open_beneath, walk};
use super::{SourceError, SourceProblem, delivery_id};
use crate::definitions::{Source, SourceKind};
use crate::lake::Place;
use crate::ledger::{Ledger, Stamp};
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
        match &source.kind {
            SourceKind::Http(address) => all.addresses.push((source.collection.clone(), address.url.clone())),
            SourceKind::Folder { path, files, except } => {
                let folder = match Folder::new(source, path, files, except) {
                    Ok(folder) => folder,
                    Err(problem) => {
                        all.problems.push(SourceProblem::new(&path.display().to_string(), &problem));
                        continue;
                    }
                };
                let walk = match walk(folder.root()) {
                    Ok(walk) => walk,
                    Err(error) if source.is_default && error.kind() == std::io::ErrorKind::NotFound => {
                        all.absent.push((source.collection.clone(), path.clone()));
                        continue;
                    }
                    Err(error) => {
                        let problem = Problem::Folder(error.to_string());
                        all.problems.push(SourceProblem::new(&path.display().to_string(), &problem));
                        continue;
                    }
                };
                for (relative, problem) in &walk.problems {
                    all.problems.push(SourceProblem::new(&folder.shown(relative), problem));
                }
                // A source of files by their whole names shares its folder with others.
                let is_shared =
                    !files.is_empty() && !files.iter().any(|pattern| pattern.contains(['*', '?', '[', '{']));
                for found in &walk.files {
                    if !is_shared {
                        seen.push(found.path.clone());
                    }
                    if folder.wants(found) {
                        taken.push(found.path.clone());
                        look_at(&mut all, &folder, found, place, ledger, &landing)?;
                    }
                }
            }
        }
    }
    seen.sort();
    seen.dedup();
    all.passed_over = seen.into_iter().filter(|path| !taken.contains(path)).collect();
    Ok(all)
}

fn look_at(
    all: &mut Scouting,
    folder: &Folder<'_>,
    found: &Found,
    place: &Place,
    ledger: &Ledger,
    landing: &Landing,
) -> Result<(), SourceError> {
    let shown = folder.shown(&found.relative);
    let path = found.path.to_string_lossy().into_owned();
    if let Ok(metadata) = fs::metadata(&found.path)
        && let Some(look) = ledger.seen().file(&path, Stamp::of(&metadata), folder.way())
        && let Some(deliveries) =
            look.deliveries.iter().map(|id| ledger.delivery(id)).collect::<Option<Vec<&Delivery>>>()
    {
        all.problems.extend(look.refused.iter().map(SourceProblem::from_refusal));
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
    let source = folder.source();
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
    let outcome = (|| -> Result<Vec<(String, Problem)>, Halt> {
        let mut file = open_beneath(folder.root(), found)?;
        if Folder::is_archive(found) {
            let wants = |member: &str| folder.takes_member(&found.relative, member);
            let unpacked = unpack(&file, &wants, landing, &Limits::default())?;
            for (member, incoming) in unpacked.members {
                let (sha256, path) = (incoming.sha256.clone(), incoming.path().to_path_buf());
                add(format!("{shown}!{member}"), last_part(&member), &sha256, path, Some(incoming));
            }
            return Ok(unpacked.refused);
        }
        if let Some(inner) = inner_name(&found.relative) {
            let packed = file.metadata().map_err(|error| Problem::Unreadable(error.to_string()))?.len();
            let incoming = inflate(&file, packed, landing, &Limits::default())?;
            let (sha256, path) = (incoming.sha256.clone(), incoming.path().to_path_buf());
            add(shown.clone(), last_part(inner), &sha256, path, Some(incoming));
            return Ok(Vec::new());
        }
        let sha256 = hash(&mut file)?;
        add(shown.clone(), last_part(&found.relative), &sha256, found.path.clone(), None);
        Ok(Vec::new())
    })();
    match outcome {
        Ok(refused) => {
            let told =
                refused.iter().map(|(member, problem)| SourceProblem::new(&format!("{shown}!{member}"), problem));
            all.problems.extend(told);
            Ok(())
        }
        Err(Halt::Refused(problem)) => {
            all.problems.push(SourceProblem::new(&shown, &problem));
            Ok(())
        }
        Err(Halt::Failed(error)) => Err(error),
    }
}

fn hash(file: &mut File) -> Result<String, Problem> {
    digest(file).map_err(|error| Problem::Unreadable(error.to_string()))
}
