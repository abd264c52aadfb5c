//! The `.sql` files of marts and checks, with their heads.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use serde::Deserialize;

use super::WarehouseError;
use crate::spec::{Definitions, Table, front_matter};

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
    #[serde(default = "error")]
    severity: String,
    message: String,
    hint: String,
}

fn error() -> String {
    "error".to_owned()
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
        .map(|(name, path, text)| {
            let (head, sql) =
                front_matter::read::<CheckHead>(&path, &text).map_err(|error| definition(error.to_string()))?;
            let stops = head.severity == "error";
            Ok(Check { name, message: head.message, hint: head.hint, stops, sql: statement(&sql) })
        })
        .collect()
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
