//! The `.sql` files of marts and checks, with their heads.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use serde::Deserialize;

use super::WarehouseError;
use crate::spec::front_matter::{self, FrontMatterError};
use crate::spec::{Definitions, Problem, Table, did_you_mean};

/// A mart of `sql/marts`.
#[derive(Debug, Clone)]
pub(super) struct Mart {
    pub(super) name: String,
    pub(super) path: PathBuf,
    pub(super) title: String,
    pub(super) grain: String,
    pub(super) key: Vec<String>,
    pub(super) columns: IndexMap<String, String>,
    pub(super) sql: String,
    reads: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MartHead {
    title: String,
    grain: String,
    key: Vec<String>,
    #[serde(default)]
    reads: Vec<String>,
    columns: IndexMap<String, String>,
}

/// A check of `sql/checks`.
#[derive(Debug, Clone)]
pub(super) struct Check {
    pub(super) name: String,
    pub(super) message: String,
    pub(super) hint: String,
    pub(super) stops: bool,
    pub(super) sql: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckHead {
    #[expect(dead_code, reason = "for readers of the file")]
    title: String,
    #[serde(default)]
    severity: CheckSeverity,
    message: String,
    hint: String,
}

/// What a check does that finds rows. A closed set: any other word would disarm it in silence.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
enum CheckSeverity {
    /// Stops the publish.
    #[default]
    Stops,
    /// Is told.
    Tells,
}

/// The words of [`CheckSeverity`], in the order of its variants.
const SEVERITIES: [&str; 2] = ["error", "query"];

impl TryFrom<String> for CheckSeverity {
    type Error = String;

    fn try_from(word: String) -> Result<Self, Self::Error> {
        match word.as_str() {
            "error" => Ok(Self::Stops),
            "query" => Ok(Self::Tells),
            _ => {
                let meant =
                    did_you_mean(&word, SEVERITIES).map_or_else(String::new, |near| format!("did you mean `{near}`? "));
                Err(format!(
                    "`{word}` is not a severity of a check; {meant}valid: `error` (stops the publish), `query` (is told)"
                ))
            }
        }
    }
}

/// The marts in an order in which each comes after those that it reads.
pub(super) fn marts(folder: &Path) -> Result<Vec<Mart>, WarehouseError> {
    let mut waiting = Vec::new();
    for (name, path, text) in files(folder)? {
        let (head, sql) =
            front_matter::read::<MartHead>(&path, &text).map_err(|error| definition(error.to_string()))?;
        let MartHead { title, grain, key, reads, columns } = head;
        waiting.push(Mart { name, path, title, grain, key, columns, sql: statement(&sql), reads });
    }
    let mut ordered: Vec<Mart> = Vec::new();
    while !waiting.is_empty() {
        let names: Vec<String> = waiting.iter().map(|mart| mart.name.clone()).collect();
        let ready =
            waiting.iter().position(|mart| !mart.reads.iter().any(|read| names.contains(read) && *read != mart.name));
        let Some(ready) = ready else {
            return Err(definition(format!("marts read each other in a circle: {}", names.join(", "))));
        };
        ordered.push(waiting.remove(ready));
    }
    Ok(ordered)
}

/// What each mart of a folder reads of the others, by name.
///
/// # Errors
/// [`WarehouseError::Definition`] when the head of a file is wrong.
pub fn mart_reads(folder: &Path) -> Result<BTreeMap<String, Vec<String>>, WarehouseError> {
    Ok(marts(folder)?.into_iter().map(|mart| (mart.name, mart.reads)).collect())
}

/// The tables of returns behind a mart, whatever marts lie between, each as `collection.table`.
///
/// # Errors
/// [`WarehouseError::Definition`] when the head of a file is wrong.
pub fn returns_behind(folder: &Path, definitions: &Definitions, mart: &str) -> Result<Vec<String>, WarehouseError> {
    let marts = marts(folder)?;
    let mut names = vec![mart.to_owned()];
    let mut at = 0;
    while let Some(name) = names.get(at).cloned() {
        at += 1;
        let reads = marts.iter().filter(|mart| mart.name == name).flat_map(|mart| &mart.reads);
        let more: Vec<String> = reads.filter(|read| !names.contains(read)).cloned().collect();
        names.extend(more);
    }
    let is_read = |table: &&Table| {
        table.mart.as_ref().is_some_and(|mart| names.contains(mart))
            || marts.iter().any(|mart| {
                names.contains(&mart.name)
                    && mart.sql.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')).any(|word| {
                        word.strip_prefix("conformed.").is_some_and(|view| view == super::build::view_name(table))
                    })
            })
    };
    Ok(definitions.tables().filter(is_read).map(|table| format!("{}.{}", table.collection, table.name)).collect())
}

/// The checks, by name.
pub(super) fn checks(folder: &Path) -> Result<Vec<Check>, WarehouseError> {
    files(folder)?
        .into_iter()
        .map(|(name, path, text)| check(name, &path, &text).map_err(|error| definition(error.to_string())))
        .collect()
}

fn check(name: String, path: &Path, text: &str) -> Result<Check, FrontMatterError> {
    let (head, sql) = front_matter::read::<CheckHead>(path, text)?;
    let stops = head.severity == CheckSeverity::Stops;
    Ok(Check { name, message: head.message, hint: head.hint, stops, sql: statement(&sql) })
}

/// Everything that is wrong with the heads of the checks of a folder, in the order of their names: a run asks before it does
/// anything, since a check that is wrong guards nothing.
///
/// # Errors
/// [`WarehouseError::File`] when a file cannot be read.
pub fn check_problems(folder: &Path) -> Result<Vec<Problem>, WarehouseError> {
    let wrong = files(folder)?.into_iter().filter_map(|(name, path, text)| check(name, &path, &text).err());
    Ok(wrong
        .map(|error| Problem {
            path: error.path,
            line: error.line,
            column: error.column,
            code: "warehouse::check_head",
            message: error.message,
            hint: "the head of a check has `title`, `severity`, `message` and `hint`: see sql/README.md".to_owned(),
        })
        .collect())
}

fn statement(sql: &str) -> String {
    sql.trim().trim_end_matches(';').to_owned() + "\n"
}

fn files(folder: &Path) -> Result<Vec<(String, PathBuf, String)>, WarehouseError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.extension().is_none_or(|extension| extension != "sql") {
            continue;
        }
        let name = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        let text = fs::read_to_string(&path).map_err(crate::lake::FileError::at("read", &path))?;
        found.push((name, path, text));
    }
    found.sort();
    Ok(found)
}

fn definition(message: String) -> WarehouseError {
    WarehouseError::Definition { message, hint: "mend the file; `sendmart check` tries them all".to_owned() }
}
