//! A folder as a source: looked through at each run, opened only where something changed.

use std::fs::{self, File, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::gzip::inner_name;
use super::intake::{Intake, way_of_looking};
use super::kind::{Bytes, BytesAt, Listed, Listing, Packing, Reach, Reached, Unlisted, unlisted};
use super::patterns::SourcePatterns;
use super::problem::{Halt, SourceFault};
use super::walk::{FileFound, open_beneath, walk};
use crate::definitions::Source;
use crate::ledger::Version;
use crate::model::extension;

/// One folder that is being looked through.
pub(super) struct Folder<'a> {
    /// As the source names it.
    named: &'a Path,
    root: PathBuf,
    root_text: String,
    way: String,
    patterns: Result<SourcePatterns, SourceFault>,
    /// Whether it takes files by their whole names: then it shares its folder with others.
    is_shared: bool,
}

impl<'a> Folder<'a> {
    /// A folder of a source, with what is taken of it.
    pub(super) fn new(source: &Source, named: &'a Path, files: &[String], except: &[String]) -> Self {
        let root = std::path::absolute(named).unwrap_or_else(|_| named.to_path_buf());
        let root_text = root.to_string_lossy().into_owned();
        let looking = way_of_looking(&[std::slice::from_ref(&root_text), files, except]);
        Self {
            named,
            root,
            root_text,
            way: format!("{}:{looking}", source.collection),
            patterns: SourcePatterns::new(files, except),
            is_shared: !files.is_empty() && !files.iter().any(|pattern| pattern.contains(['*', '?', '[', '{'])),
        }
    }

    /// Opens a file that was listed.
    pub(super) fn open_listed(&self, file: &Listed) -> Result<Bytes, SourceFault> {
        let found = FileFound { relative: file.name.clone(), path: self.root.join(&file.name) };
        let file = open_beneath(&self.root, &found)?;
        let metadata = file.metadata().map_err(|error| SourceFault::Unreadable(error.to_string()))?;
        let packing = if is_archive(&found.relative) {
            Packing::Zip
        } else {
            inner_name(&found.relative).map_or(Packing::Plain, |inner| Packing::Gzip(inner.to_owned()))
        };
        let held = BytesAt::InPlace { file, bytes: metadata.len(), look };
        Ok(Bytes { held, version: version(&metadata), packing })
    }
}

impl Reach for Folder<'_> {
    fn root(&self) -> &str {
        &self.root_text
    }

    fn way(&self) -> &str {
        &self.way
    }

    fn list(&self) -> Result<Listing, Unlisted> {
        let patterns = self.patterns.as_ref().map_err(|problem| Unlisted::Refused(problem.clone()))?;
        let walk = walk(&self.root).map_err(|error| unlisted(&error))?;
        let shown = |relative: &str| self.named.join(relative).display().to_string();
        let mut listing = Listing::default();
        for (relative, problem) in walk.problems {
            listing.problems.push((shown(&relative), problem));
        }
        for FileFound { relative, path } in walk.files {
            if wants(patterns, &relative) {
                listing.files.push(Listed {
                    at: path.to_string_lossy().into_owned(),
                    shown: shown(&relative),
                    version: fs::metadata(&path).ok().map(|metadata| version(&metadata)),
                    name: relative,
                });
            } else if !self.is_shared {
                listing.passed_over.push(path);
            }
        }
        Ok(listing)
    }

    async fn open(
        &mut self,
        file: &Listed,
        _known: Option<&Version>,
        intake: &mut Intake<'_>,
    ) -> Result<Reached, Halt> {
        let bytes = self.open_listed(file)?;
        intake.looks_at(&file.shown);
        Ok(Reached::Bytes(bytes))
    }

    fn takes_member(&self, archive: &str, member: &str) -> bool {
        self.patterns.as_ref().is_ok_and(|patterns| patterns.takes_member(archive, member))
    }
}

/// Whether the file, or something in it, is taken.
fn wants(patterns: &SourcePatterns, relative: &str) -> bool {
    if is_archive(relative) {
        patterns.opens_archive(relative)
    } else {
        patterns.takes_file(relative) || inner_name(relative).is_some_and(|inner| patterns.takes_file(inner))
    }
}

fn is_archive(relative: &str) -> bool {
    extension(relative) == "zip"
}

fn look(file: &File) -> Result<Version, SourceFault> {
    file.metadata().map(|metadata| version(&metadata)).map_err(|error| SourceFault::Unreadable(error.to_string()))
}

/// What tells a changed file from an unchanged one without opening it: size, times and inode.
fn version(metadata: &Metadata) -> Version {
    Version(format!(
        "{} bytes, written {}.{:09}, changed {}.{:09}, inode {}",
        metadata.size(),
        metadata.mtime(),
        metadata.mtime_nsec(),
        metadata.ctime(),
        metadata.ctime_nsec(),
        metadata.ino()
    ))
}
