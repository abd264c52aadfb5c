//! A file that a person names on the command line: itself, or what is within its zip or gzip (`FILE.zip!member`).

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::Failure;
use crate::source::{ArchiveLimits, Inner, InnerError, inner};

/// A file to be looked at.
pub(super) struct Given {
    path: PathBuf,
    /// Its name, for what its bytes leave open.
    pub(super) name: String,
    inner: Option<Inner>,
    _folder: Option<TempDir>,
}

impl Given {
    /// Where its bytes are.
    pub(super) fn path(&self) -> &Path {
        self.inner.as_ref().map_or(&self.path, Inner::path)
    }
}

/// Finds the file, and unpacks it where it is packed.
pub(super) fn given(asked: &Path) -> Result<Given, Failure> {
    let (path, member) = split(asked);
    let trouble = |error: &std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => Failure {
            text: format!("there is no file `{}`", path.display()),
            hint: Some("look at its name, and at the folder that you are in".to_owned()),
            exit_code: 74,
        },
        _ => Failure {
            text: format!("`{}` cannot be read: {error}", path.display()),
            hint: Some("check that the file is there and that you may read it".to_owned()),
            exit_code: 74,
        },
    };
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let folder = tempfile::tempdir().map_err(|error| Failure {
        text: format!("cannot make a temporary folder: {error}"),
        hint: Some("set TMPDIR to a folder that can be written to".to_owned()),
        exit_code: 74,
    })?;
    match inner(&path, member.as_deref(), folder.path(), &ArchiveLimits::default()) {
        Ok(None) => Ok(Given { path, name, inner: None, _folder: None }),
        Ok(Some(inner)) => Ok(Given { name: inner.name().to_owned(), path, inner: Some(inner), _folder: Some(folder) }),
        Err(InnerError::Refused(problem)) => Err(Failure {
            text: format!("`{}`: {}", path.display(), problem.message),
            hint: Some(problem.hint),
            exit_code: 65,
        }),
        Err(InnerError::Io(error)) => Err(trouble(&error)),
        Err(InnerError::Failed(error)) => Err(Failure { text: error.to_string(), hint: None, exit_code: 74 }),
    }
}

/// `FILE!member`, where there is no file of the whole name.
fn split(asked: &Path) -> (PathBuf, Option<String>) {
    let whole = || (asked.to_path_buf(), None);
    if asked.exists() {
        return whole();
    }
    match asked.to_str().and_then(|text| text.split_once('!')) {
        Some((file, member)) if !file.is_empty() && !member.is_empty() => {
            (PathBuf::from(file), Some(member.to_owned()))
        }
        _ => whole(),
    }
}
