//! One file out of an archive, or out of its gzip, for a look at it: nothing is landed.
//!
//! In: a file, and which member is meant. Out: the bytes in a folder of the caller's, under the limits of the intake.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::archive::{members, unpack};
use super::gzip::{inflate, inner_name};
use super::landing::{Incoming, Landing};
use super::limits::ArchiveLimits;
use super::problem::{Halt, RefusedUntil, SourceFault};
use super::{SourceError, SourceProblem};
use crate::lake::Place;
use crate::model::{Content, SNIFF_BYTES, sniff};

/// Members that a message names.
const MOST_NAMED: usize = 12;

/// A file out of another. Dropped, it is gone.
#[derive(Debug)]
pub struct Inner {
    name: String,
    incoming: Incoming,
}

impl Inner {
    /// Its own name, without the folders of the archive.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or(&self.name)
    }

    /// Where its bytes are.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.incoming.path()
    }
}

/// Why there is no such file.
#[derive(Debug, thiserror::Error)]
pub enum InnerError {
    /// The file is refused, or does not say which of its members is meant.
    #[error("{0}")]
    Refused(SourceProblem),
    /// Our own disk failed.
    #[error(transparent)]
    Failed(#[from] SourceError),
    /// The file cannot be opened.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// What is within a zip archive or gzip, unpacked into `scratch`; none when the file is neither, a workbook for example.
///
/// Of an archive the member named, or the only one.
///
/// # Errors
/// [`InnerError`].
pub fn inner(
    path: &Path,
    member: Option<&str>,
    scratch: &Path,
    limits: &ArchiveLimits,
) -> Result<Option<Inner>, InnerError> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let refused = |problem: &SourceFault| InnerError::Refused(SourceProblem::new(&name, problem));
    let halted = |halt: Halt| match halt {
        Halt::Refused(problem) => refused(&problem),
        Halt::Failed(error) => InnerError::Failed(error),
    };
    let mut first = Vec::with_capacity(SNIFF_BYTES);
    File::open(path)?.take(SNIFF_BYTES as u64).read_to_end(&mut first)?;
    let landing = || Landing::open(&Place::new(scratch, "inner"));
    match sniff(&first, &name) {
        Content::Gzip if member.is_none() => {
            let file = File::open(path)?;
            let packed = file.metadata()?.len();
            let incoming = inflate(file, packed, &landing()?, limits).map_err(halted)?;
            Ok(Some(Inner { name: inner_name(&name).unwrap_or(&name).to_owned(), incoming }))
        }
        Content::Zip => {
            let Some(found) = members(File::open(path)?, limits).map_err(|problem| refused(&problem))? else {
                return Ok(None);
            };
            let wanted = match (member, found.as_slice()) {
                (Some(asked), _) if found.iter().any(|name| name == asked) => asked.to_owned(),
                (None, [only]) => only.clone(),
                _ => return Err(InnerError::Refused(which(&name, member, &found))),
            };
            let taken = unpack(File::open(path)?, &|name| name == wanted, &landing()?, limits).map_err(halted)?;
            if let Some((_, problem)) = taken.refused.iter().find(|(name, _)| *name == wanted) {
                return Err(refused(problem));
            }
            let inner = taken.members.into_iter().next().map(|(name, incoming)| Inner { name, incoming });
            inner.map(Some).ok_or_else(|| InnerError::Refused(which(&name, Some(&wanted), &found)))
        }
        _ if member.is_some() => Err(refused(&SourceFault::NotAnArchive)),
        _ => Ok(None),
    }
}

fn which(name: &str, asked: Option<&str>, found: &[String]) -> SourceProblem {
    let mut named: Vec<String> = found.iter().take(MOST_NAMED).map(|member| format!("`{member}`")).collect();
    if found.len() > MOST_NAMED {
        named.push(format!("{} more", found.len() - MOST_NAMED));
    }
    let message = match asked {
        Some(asked) => format!("the archive has no member `{asked}`"),
        None if found.is_empty() => "the archive has no file in it".to_owned(),
        None => format!("the archive has {} files, and nothing says which one is meant", found.len()),
    };
    let hint = match found.first() {
        None => "ask for the file again".to_owned(),
        Some(first) => format!("write `{name}!{first}`, for example; it has {}", named.join(", ")),
    };
    SourceProblem {
        code: "source::which_member".to_owned(),
        source: name.to_owned(),
        message,
        hint,
        until: RefusedUntil::Changed,
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use super::*;

    fn told(name: &str, bytes: &[u8], member: Option<&str>) -> Result<Option<(String, Vec<u8>)>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        inner(&path, member, folder.path(), &ArchiveLimits::default())
            .map(|inner| inner.map(|inner| (inner.name().to_owned(), std::fs::read(inner.path()).unwrap())))
            .map_err(|error| match error {
                InnerError::Refused(problem) => format!("{}; {}", problem.message, problem.hint),
                other => other.to_string(),
            })
    }

    fn zip_of(members: &[&str]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for name in members {
            writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(name.as_bytes()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn the_only_member_or_the_one_named_is_taken() {
        let one = zip_of(&["data/a.csv", "__MACOSX/._a.csv"]);
        assert_eq!(told("a.zip", &one, None), Ok(Some(("a.csv".to_owned(), b"data/a.csv".to_vec()))));
        let two = zip_of(&["a.csv", "b.csv"]);
        assert_eq!(told("a.zip", &two, Some("b.csv")), Ok(Some(("b.csv".to_owned(), b"b.csv".to_vec()))));
        assert_eq!(
            told("a.zip", &two, None).unwrap_err(),
            "the archive has 2 files, and nothing says which one is meant; write `a.zip!a.csv`, for example; it has `a.csv`, `b.csv`"
        );
        assert!(told("a.zip", &two, Some("c.csv")).unwrap_err().starts_with("the archive has no member `c.csv`"));
        assert_eq!(told("a.ods", &zip_of(&["mimetype", "content.xml"]), None), Ok(None));
        assert_eq!(told("a.csv", b"a,b\n1,2\n", None), Ok(None));
        assert!(told("a.csv", b"a,b\n1,2\n", Some("b")).is_err());
    }

    #[test]
    fn gzip_is_inflated() {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        writer.write_all(b"a,b\n").unwrap();
        let bytes = writer.finish().unwrap();
        assert_eq!(told("a.csv.gz", &bytes, None), Ok(Some(("a.csv".to_owned(), b"a,b\n".to_vec()))));
        assert!(told("a.csv.gz", &bytes[..10], None).is_err());
    }
}
