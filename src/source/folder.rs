//! A folder as a source: looked through at each run, opened only where something changed.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::SourceError;
use super::archive::unpack;
use super::gzip::{inflate, inner_name};
use super::intake::{Intake, last_part, way_of_looking};
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
    intake: &mut Intake<'_>,
    source: &Source,
    named: &Path,
    files: &[String],
    except: &[String],
) -> Result<(), SourceError> {
    let shown = named.display().to_string();
    let folder = match Folder::new(source, named, files, except) {
        Ok(folder) => folder,
        Err(problem) => {
            intake.refuse(&shown, &problem);
            return Ok(());
        }
    };
    let root_text = folder.root.to_string_lossy().into_owned();
    let walk = match walk(&folder.root) {
        Ok(walk) => walk,
        Err(error) => {
            let last: Vec<Look> = intake.ledger.seen().below(&root_text, &folder.way).cloned().collect();
            if source.is_default && last.is_empty() && error.kind() == std::io::ErrorKind::NotFound {
                intake.progress.message(&format!("{shown}: nothing has arrived for `{}`", source.collection));
                return Ok(());
            }
            intake.refuse(&shown, &Problem::Folder(error.to_string()));
            // A share that is not mounted tonight has not lost its files.
            for look in &last {
                intake.repeat(look);
            }
            intake.unreached.push(root_text);
            return Ok(());
        }
    };
    for (relative, problem) in &walk.problems {
        intake.refuse(&folder.shown(relative), problem);
    }
    let mut wanted = 0;
    for found in &walk.files {
        if folder.wants(found) {
            wanted += 1;
            folder.look_at(intake, found)?;
        }
    }
    if wanted == 0 {
        intake.progress.message(&format!("{shown}: no file that `{}` takes", source.collection));
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

    fn look_at(&self, intake: &mut Intake<'_>, found: &Found) -> Result<(), SourceError> {
        let shown = self.shown(&found.relative);
        let path = found.path.to_string_lossy().into_owned();
        if let Ok(metadata) = fs::metadata(&found.path) {
            let look = intake.ledger.seen().file(&path, Stamp::of(&metadata), &self.way);
            if let Some(look) = look.filter(|look| intake.still_has(look)).cloned() {
                intake.repeat(&look);
                intake.looked.insert((path, self.way.clone()));
                return Ok(());
            }
        }
        match self.open_and_take(intake, found, &shown) {
            Ok((stamp, look)) => {
                intake.ledger.seen_mut().set_file(&path, stamp, &self.way, look);
                intake.looked.insert((path, self.way.clone()));
                Ok(())
            }
            Err(Halt::Refused(problem)) => {
                intake.refuse(&shown, &problem);
                Ok(())
            }
            Err(Halt::Failed(error)) => Err(error),
        }
    }

    fn open_and_take(&self, intake: &mut Intake<'_>, found: &Found, shown: &str) -> Result<(Stamp, Look), Halt> {
        let file = open_beneath(&self.root, found)?;
        let before = stamp(&file)?;
        intake.report.opened += 1;
        intake.looks_at(shown);
        let look = if is_archive(found) {
            self.take_members(intake, &file, before, found, shown)?
        } else if let Some(inner) = inner_name(&found.relative) {
            self.take_inflated(intake, &file, before, last_part(inner), shown)?
        } else {
            let incoming = intake.landing.receive(&mut &file, &mut |_| Ok(()), Problem::Unreadable)?;
            if incoming.bytes != before.size() || stamp(&file)? != before {
                return Err(Problem::StillChanging.into());
            }
            let name = last_part(&found.relative);
            let id = intake.admit(self.source, shown.to_owned(), name, incoming)?;
            Look { collection: self.source.collection.clone(), deliveries: vec![id], refused: Vec::new() }
        };
        Ok((before, look))
    }

    fn take_inflated(
        &self,
        intake: &mut Intake<'_>,
        file: &File,
        before: Stamp,
        inner: &str,
        shown: &str,
    ) -> Result<Look, Halt> {
        let mut look = Look { collection: self.source.collection.clone(), ..Look::default() };
        let inflated = inflate(file, before.size(), &intake.landing, &intake.options.limits);
        if stamp(file)? != before {
            return Err(Problem::StillChanging.into());
        }
        match inflated {
            Ok(incoming) => look.deliveries.push(intake.admit(self.source, shown.to_owned(), inner, incoming)?),
            Err(Halt::Refused(problem)) if problem.is_lasting() => intake.refuse_in(&mut look, shown, &problem),
            Err(other) => return Err(other),
        }
        Ok(look)
    }

    fn take_members(
        &self,
        intake: &mut Intake<'_>,
        file: &File,
        before: Stamp,
        found: &Found,
        shown: &str,
    ) -> Result<Look, Halt> {
        let mut look = Look { collection: self.source.collection.clone(), ..Look::default() };
        let wants = |member: &str| self.takes_member(&found.relative, member);
        let unpacked = unpack(file, &wants, &intake.landing, &intake.options.limits);
        if stamp(file)? != before {
            return Err(Problem::StillChanging.into());
        }
        match unpacked {
            Ok(taken) => {
                for (member, incoming) in taken.members {
                    let from = format!("{shown}!{member}");
                    look.deliveries.push(intake.admit(self.source, from, last_part(&member), incoming)?);
                }
                for (member, problem) in taken.refused {
                    intake.refuse_in(&mut look, &format!("{shown}!{member}"), &problem);
                }
            }
            Err(Halt::Refused(problem)) if problem.is_lasting() => intake.refuse_in(&mut look, shown, &problem),
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
