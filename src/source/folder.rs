//! A folder as a source: looked through at each run, opened only where something changed.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::SourceError;
use super::archive::unpack;
use super::door::{Door, last_part, way_of_looking};
use super::gzip::{inflate, inner_name};
use super::patterns::Patterns;
use super::problem::{Halt, Problem};
use super::walk::{Found, open_beneath, walk};
use crate::definitions::Source;
use crate::ledger::{Look, Stamp};
use crate::model::extension;

/// One folder that is being looked through.
pub(super) struct Folder<'a> {
    source: &'a Source,
    /// As the source names it.
    named: &'a Path,
    root: PathBuf,
    patterns: Patterns,
    way: String,
}

/// Takes what is new below a folder.
pub(super) fn look_through(
    door: &mut Door<'_>,
    source: &Source,
    named: &Path,
    files: &[String],
    except: &[String],
) -> Result<(), SourceError> {
    let shown = named.display().to_string();
    let folder = match Folder::new(source, named, files, except) {
        Ok(folder) => folder,
        Err(problem) => {
            door.refuse(&shown, &problem);
            return Ok(());
        }
    };
    let root_text = folder.root.to_string_lossy().into_owned();
    let walk = match walk(&folder.root) {
        Ok(walk) => walk,
        Err(error) => {
            let last: Vec<Look> = door.ledger.seen().below(&root_text, &folder.way).cloned().collect();
            if source.is_default && last.is_empty() && error.kind() == std::io::ErrorKind::NotFound {
                door.progress.message(&format!("{shown}: nothing has arrived for `{}`", source.collection));
                return Ok(());
            }
            door.refuse(&shown, &Problem::Folder(error.to_string()));
            // A share that is not mounted tonight has not lost its files.
            for look in &last {
                door.repeat(look);
            }
            door.unreached.push(root_text);
            return Ok(());
        }
    };
    for (relative, problem) in &walk.problems {
        door.refuse(&folder.shown(relative), problem);
    }
    let mut wanted = 0;
    for found in &walk.files {
        if folder.wants(found) {
            wanted += 1;
            folder.look_at(door, found)?;
        }
    }
    if wanted == 0 {
        door.progress.message(&format!("{shown}: no file that `{}` takes", source.collection));
    }
    Ok(())
}

impl<'a> Folder<'a> {
    /// A folder of a source, with what is taken of it.
    pub(super) fn new(
        source: &'a Source,
        named: &'a Path,
        files: &[String],
        except: &[String],
    ) -> Result<Self, Problem> {
        let patterns = Patterns::new(files, except)?;
        let root = std::path::absolute(named).unwrap_or_else(|_| named.to_path_buf());
        let root_text = root.to_string_lossy().into_owned();
        let looking = way_of_looking(&[std::slice::from_ref(&root_text), files, except]);
        let way = format!("{}:{looking}", source.collection);
        Ok(Self { source, named, root, patterns, way })
    }

    /// The source.
    pub(super) fn source(&self) -> &Source {
        self.source
    }

    /// Its absolute path.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// How it is looked through, for the cache of what was seen.
    pub(super) fn way(&self) -> &str {
        &self.way
    }

    /// Whether the member of an archive is taken.
    pub(super) fn takes_member(&self, archive: &str, member: &str) -> bool {
        self.patterns.takes_member(archive, member)
    }

    /// Whether a file is opened for its members.
    pub(super) fn is_archive(found: &Found) -> bool {
        is_archive(found)
    }

    /// A path below it as the source names it.
    pub(super) fn shown(&self, relative: &str) -> String {
        self.named.join(relative).display().to_string()
    }

    /// Whether the file, or something in it, is taken.
    pub(super) fn wants(&self, found: &Found) -> bool {
        if is_archive(found) {
            self.patterns.opens_archive(&found.relative)
        } else {
            self.patterns.takes_file(&found.relative)
                || inner_name(&found.relative).is_some_and(|inner| self.patterns.takes_file(inner))
        }
    }

    fn look_at(&self, door: &mut Door<'_>, found: &Found) -> Result<(), SourceError> {
        let shown = self.shown(&found.relative);
        let path = found.path.to_string_lossy().into_owned();
        if let Ok(metadata) = fs::metadata(&found.path) {
            let look = door.ledger.seen().file(&path, Stamp::of(&metadata), &self.way);
            if let Some(look) = look.filter(|look| door.still_has(look)).cloned() {
                door.repeat(&look);
                door.looked.insert((path, self.way.clone()));
                return Ok(());
            }
        }
        match self.open_and_take(door, found, &shown) {
            Ok((stamp, look)) => {
                door.ledger.seen_mut().set_file(&path, stamp, &self.way, look);
                door.looked.insert((path, self.way.clone()));
                Ok(())
            }
            Err(Halt::Refused(problem)) => {
                door.refuse(&shown, &problem);
                Ok(())
            }
            Err(Halt::Failed(error)) => Err(error),
        }
    }

    fn open_and_take(&self, door: &mut Door<'_>, found: &Found, shown: &str) -> Result<(Stamp, Look), Halt> {
        let file = open_beneath(&self.root, found)?;
        let before = stamp(&file)?;
        door.report.opened += 1;
        door.looks_at(shown);
        let look = if is_archive(found) {
            self.take_members(door, &file, before, found, shown)?
        } else if let Some(inner) = inner_name(&found.relative) {
            self.take_inflated(door, &file, before, last_part(inner), shown)?
        } else {
            let incoming = door.landing.receive(&mut &file, &mut |_| Ok(()), Problem::Unreadable)?;
            if incoming.bytes != before.size() || stamp(&file)? != before {
                return Err(Problem::StillChanging.into());
            }
            let name = last_part(&found.relative);
            let id = door.admit(self.source, shown.to_owned(), name, incoming)?;
            Look { collection: self.source.collection.clone(), deliveries: vec![id], refused: Vec::new() }
        };
        Ok((before, look))
    }

    fn take_inflated(
        &self,
        door: &mut Door<'_>,
        file: &File,
        before: Stamp,
        inner: &str,
        shown: &str,
    ) -> Result<Look, Halt> {
        let mut look = Look { collection: self.source.collection.clone(), ..Look::default() };
        let inflated = inflate(file, before.size(), &door.landing, &door.options.limits);
        if stamp(file)? != before {
            return Err(Problem::StillChanging.into());
        }
        match inflated {
            Ok(incoming) => look.deliveries.push(door.admit(self.source, shown.to_owned(), inner, incoming)?),
            Err(Halt::Refused(problem)) if problem.is_lasting() => door.refuse_in(&mut look, shown, &problem),
            Err(other) => return Err(other),
        }
        Ok(look)
    }

    fn take_members(
        &self,
        door: &mut Door<'_>,
        file: &File,
        before: Stamp,
        found: &Found,
        shown: &str,
    ) -> Result<Look, Halt> {
        let mut look = Look { collection: self.source.collection.clone(), ..Look::default() };
        let wants = |member: &str| self.takes_member(&found.relative, member);
        let unpacked = unpack(file, &wants, &door.landing, &door.options.limits);
        if stamp(file)? != before {
            return Err(Problem::StillChanging.into());
        }
        match unpacked {
            Ok(taken) => {
                for (member, incoming) in taken.members {
                    let from = format!("{shown}!{member}");
                    look.deliveries.push(door.admit(self.source, from, last_part(&member), incoming)?);
                }
                for (member, problem) in taken.refused {
                    door.refuse_in(&mut look, &format!("{shown}!{member}"), &problem);
                }
            }
            Err(Halt::Refused(problem)) if problem.is_lasting() => door.refuse_in(&mut look, shown, &problem),
            Err(other) => return Err(other),
        }
        Ok(look)
    }
}

fn is_archive(found: &Found) -> bool {
    extension(&found.relative) == "zip"
}

fn stamp(file: &File) -> Result<Stamp, Problem> {
    file.metadata().map(|metadata| Stamp::of(&metadata)).map_err(|error| Problem::Unreadable(error.to_string()))
}
