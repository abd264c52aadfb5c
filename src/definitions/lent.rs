//! Layouts that a collection has of another one: a return and what a council draws out of its systems in the same form, say.
//!
//! ```toml
//! # pipeline.toml
//! layouts_of = "sen2"
//! ```
//!
//! The collection has every layout of the other that fills a table whose name is a table of its own, as if the file stood in its own
//! folder. A file of its own of the same name stands in its place, a shape as well as a layout. Columns that its contract has not are left
//! to the shapes: each names its own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::document::Document;
use super::load::{folders, read_all};
use super::problem::{Problem, hint_for};

/// The key of `pipeline.toml`.
const KEY: &str = "layouts_of";

/// Texts by the name of their file.
pub(super) type NamedTexts = BTreeMap<String, (PathBuf, String)>;

/// The folder of the collection whose layouts this one has; none where it has its own alone.
pub(super) fn lender(folder: &Path) -> Option<PathBuf> {
    let text = std::fs::read_to_string(folder.join("pipeline.toml")).ok()?;
    let named = text.parse::<Table>().ok()?.get(KEY)?.as_str()?.to_owned();
    let lender = folder.parent()?.join(&named);
    (lender != folder && lender.join("pipeline.toml").is_file()).then_some(lender)
}

/// What is wrong with the name of the lender.
pub(super) fn problem(root: &Path, folder: &Path, named: Option<&str>, document: &Document<'_>) -> Option<Problem> {
    let named = named?;
    if lender(folder).is_some() {
        return None;
    }
    let others = folders(&root.join("pipelines"), &mut Vec::new());
    let others: Vec<String> = others
        .iter()
        .filter(|other| *other != folder)
        .filter_map(|other| Some(other.file_name()?.to_string_lossy().into_owned()))
        .collect();
    Some(document.problem(
        &[KEY],
        "spec::unknown_collection",
        format!("`{KEY}` names `{named}`, which is no other collection"),
        hint_for(named, others.iter().map(String::as_str)),
    ))
}

/// Adds the lender's layouts and shapes to a collection's own.
pub(super) fn add(
    lender: &Path,
    has_table: &dyn Fn(&str) -> bool,
    layouts: &mut NamedTexts,
    shapes: &mut NamedTexts,
    problems: &mut Vec<Problem>,
) {
    let lent = read_all(&lender.join("layouts"), "toml", problems);
    let of_table = |name: &str| table_of(name, &lent).is_some_and(|table| has_table(&table));
    let chosen: Vec<String> =
        lent.keys().filter(|name| !layouts.contains_key(*name) && of_table(name)).cloned().collect();
    for name in chosen {
        layouts.extend(lent.get(&name).cloned().map(|text| (name, text)));
    }
    for (name, text) in read_all(&lender.join("shapes"), "toml", problems) {
        shapes.entry(name).or_insert(text);
    }
}

/// The table that a layout fills, its own word for it or that of the layout that it extends.
fn table_of(name: &str, texts: &NamedTexts) -> Option<String> {
    let mut at = name.to_owned();
    for _ in 0..=texts.len() {
        let written = texts.get(&at)?.1.parse::<Table>().ok()?;
        let text = |key: &str| written.get(key).and_then(Value::as_str).map(str::to_owned);
        if let Some(table) = text("table") {
            return Some(table);
        }
        at = text("extends")?;
    }
    None
}
