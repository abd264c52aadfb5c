//! What stands in a file that no layout is known for.
//!
//! In: a file. Out: for each sheet the header candidates with scores, the table below the best one, and what each of its
//! columns holds; and what differs between two such files. For people to read and for `draft` to write definitions of.
//! Guessing has its place here alone: a run reads by declared layouts. Values of columns that look personal are counted
//! and never given out.

mod column;
mod diff;
mod file;
mod flaws;
mod header;
mod key;
mod kind;
mod likeness;
mod personal;
mod role;
mod shape;
mod sheet;
mod sheet_rows;
mod tally;
mod typed;
mod written;

pub use column::ColumnProfile;
pub use diff::{ProfileDifference, difference};
pub use file::{Dialect, Looked, Quote, look};
pub use header::{HeaderCandidate, WITHIN, header_candidates};
pub use kind::{Guess, SOME_WITH_A_SIGN};
pub use personal::Personal;
pub use shape::RowBlock;
pub use sheet::{SheetProfile, TableProfile};

use std::path::Path;

use serde::Serialize;

use crate::read::ReadError;

/// What stands in a file.
#[derive(Debug, Clone, Serialize)]
pub struct Profile {
    /// How it was read: `text, utf-8, delimiter ","`.
    pub read_as: String,
    /// Its sheets in order; one without a name where the file has no sheets.
    pub sheets: Vec<SheetProfile>,
}

/// Profiles a file, or one sheet of it.
///
/// # Errors
/// [`ReadError`] when the file as a whole cannot be read. A sheet that cannot be read says so in its profile.
pub fn profile(path: &Path, name: &str, dialect: &Dialect, only: Option<&str>) -> Result<Profile, ReadError> {
    let mut looked = look(path, name, dialect)?;
    let all = looked.rows.sheets();
    if let Some(only) = only
        && !all.iter().any(|(name, _)| name == only)
    {
        return Err(no_sheet(only, &all));
    }
    let mut sheets = Vec::new();
    if all.is_empty() {
        sheets.push(sheet::profile(&mut looked.rows, None, true)?);
    }
    for (name, visible) in all {
        if only.is_some_and(|only| only != name) {
            continue;
        }
        sheets.push(match sheet::profile(&mut looked.rows, Some(&name), visible) {
            Ok(sheet) => sheet,
            Err(error @ ReadError::Content { .. }) => SheetProfile::refused(&name, visible, &error),
            Err(error) => return Err(error),
        });
    }
    Ok(Profile { read_as: looked.words, sheets })
}

/// The refusal of a sheet's name that the file does not have.
#[must_use]
pub fn no_sheet(asked: &str, all: &[(String, bool)]) -> ReadError {
    let near = crate::definitions::did_you_mean(asked, all.iter().map(|(name, _)| name.as_str()));
    let names = all.iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    ReadError::Content {
        code: "read::no_sheet",
        message: format!("the file has no sheet `{asked}`"),
        hint: match (near, all.is_empty()) {
            (_, true) => "a file of this kind has no sheets: leave `--sheet` out".to_owned(),
            (Some(near), false) => format!("did you mean `{near}`? it has {names}"),
            (None, false) => format!("it has {names}"),
        },
        at: None,
    }
}
