//! The TOML at the head of a `.sql` file, between `/*` and `*/`.

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use thiserror::Error;

/// Why the head of a `.sql` file could not be read.
#[derive(Debug, Error)]
#[error("{}:{line}:{column}: {message}", path.display())]
pub struct FrontMatterError {
    /// The file.
    pub path: PathBuf,
    /// Line in the file, 1-based.
    pub line: usize,
    /// Column in the line, 1-based.
    pub column: usize,
    /// What is wrong, with what is valid.
    pub message: String,
}

impl FrontMatterError {
    /// As a problem of the definitions.
    pub(super) fn problem(self, code: &'static str, hint: &str) -> super::Problem {
        let Self { path, line, column, message } = self;
        super::Problem { path, line, column, code, message, hint: hint.to_owned() }
    }
}

/// Splits a `.sql` file into the values of its head and the statement below it.
///
/// # Errors
/// [`FrontMatterError`] when there is no head, or its TOML does not have the shape of `T`.
pub fn read<T: DeserializeOwned>(path: &Path, text: &str) -> Result<(T, String), FrontMatterError> {
    let fail = |offset: usize, message: String| {
        let before = &text[..offset.min(text.len())];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(1, |last| last.chars().count() + 1);
        FrontMatterError { path: path.to_path_buf(), line, column, message }
    };
    let start = text.len() - text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']).len();
    let Some(body) = text[start..].strip_prefix("/*") else {
        return Err(fail(start, "no head: begin the file with `/*`, TOML that says what it is, and `*/`".to_owned()));
    };
    let Some(end) = body.find("*/") else {
        return Err(fail(start, "the head is not closed with `*/`".to_owned()));
    };
    let head = &body[..end];
    let value = toml::from_str(head).map_err(|error| {
        let offset = start + 2 + error.span().map_or(0, |span| span.start);
        fail(offset, error.message().trim_end().to_owned())
    })?;
    Ok((value, body[end + 2..].trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Head {
        title: String,
    }

    #[test]
    fn head_and_statement_are_parted() {
        let (head, sql) = read::<Head>(Path::new("a.sql"), "/*\ntitle = \"A\"\n*/\nSELECT 1\n").unwrap();
        assert_eq!(head, Head { title: "A".into() });
        assert_eq!(sql, "SELECT 1");
    }

    #[test]
    fn a_wrong_key_is_reported_where_it_stands() {
        let error = read::<Head>(Path::new("a.sql"), "/*\ntitle = \"A\"\ntitel = 1\n*/\nSELECT 1").unwrap_err();
        assert_eq!((error.line, error.column), (3, 1));
        assert!(error.message.contains("titel"), "{}", error.message);
    }

    #[test]
    fn no_head_is_an_error() {
        assert!(read::<Head>(Path::new("a.sql"), "SELECT 1").unwrap_err().message.contains("no head"));
    }
}
