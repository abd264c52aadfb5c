//! Questions that a draft leaves open: what a file alone does not tell, written into the definitions as `to_confirm`.
//!
//! A guess that can lose or double rows is a question. While one is open, nothing of its collection is published.

use std::fmt;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Collection;
use super::document::Document;

/// One question of a definition: `{ what = "key", ask = "…" }`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ToConfirm {
    /// What was guessed.
    pub what: Doubt,
    /// The column that it is about, if it is about one.
    #[serde(default)]
    pub column: Option<String>,
    /// The question, for whoever knows the return.
    pub ask: String,
}

/// What a draft may have guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// What a later file does to an earlier one.
    Disposition,
    /// Which columns tell rows apart.
    Key,
    /// Which row is the header.
    Header,
    /// Which rows hold a record: banners, nil returns, totals, notes.
    Rows,
    /// In which order day and month are written, or of which century a year is.
    Dates,
    /// Identifiers of which digits may be lost.
    Identifiers,
    /// The type or the unit of a column.
    Types,
}

impl Doubt {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Disposition, Self::Key, Self::Header, Self::Rows, Self::Dates, Self::Identifiers, Self::Types];

    /// The word of a definition.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Disposition => "disposition",
            Self::Key => "key",
            Self::Header => "header",
            Self::Rows => "rows",
            Self::Dates => "dates",
            Self::Identifiers => "identifiers",
            Self::Types => "types",
        }
    }
}

/// A question and the line on which it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenQuestion {
    /// What is asked.
    pub question: ToConfirm,
    /// The file.
    pub path: PathBuf,
    /// The line to delete once it is answered, 1-based.
    pub line: usize,
}

impl OpenQuestion {
    /// What it is about, and its line: `` `key` (tables/caseload.toml:8) ``.
    #[must_use]
    pub fn brief(&self) -> String {
        let column = self.question.column.as_ref().map_or_else(String::new, |column| format!(" of `{column}`"));
        let folder = self.path.parent().and_then(std::path::Path::file_name);
        let name =
            |part: Option<&std::ffi::OsStr>| part.map_or_else(String::new, |part| part.to_string_lossy().into_owned());
        format!(
            "`{}`{column} ({}/{}:{})",
            self.question.what.word(),
            name(folder),
            name(self.path.file_name()),
            self.line
        )
    }
}

impl fmt::Display for OpenQuestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ToConfirm { what, column, ask } = &self.question;
        let column = column.as_ref().map_or_else(String::new, |column| format!(" of `{column}`"));
        write!(f, "`{}`{column}: {ask}\n  --> {}:{}", what.word(), self.path.display(), self.line)
    }
}

/// The questions of one file, each with its line.
pub(super) fn open(questions: &[ToConfirm], document: &Document<'_>) -> Vec<OpenQuestion> {
    let open = |(index, question): (usize, &ToConfirm)| {
        let (path, line) = document.place(&["to_confirm", &index.to_string()]);
        OpenQuestion { question: question.clone(), path, line }
    };
    questions.iter().enumerate().map(open).collect()
}

impl Collection {
    /// Every question that is open, in order of file and line: until there is none, nothing of the collection is published.
    #[must_use]
    pub fn open_questions(&self) -> Vec<&OpenQuestion> {
        let of_tables = self.tables.values().flat_map(|table| &table.to_confirm);
        let mut open: Vec<&OpenQuestion> =
            of_tables.chain(self.layouts.iter().flat_map(|layout| &layout.to_confirm)).collect();
        open.sort_by_key(|open| (&open.path, open.line));
        open
    }
}
