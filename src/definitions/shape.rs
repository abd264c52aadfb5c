//! The shapes of a collection: what several of its layouts have in common, said once and named by each of them.
//!
//! In: the texts of `shapes/`, the contracts. Out: for a layout that names one, what lies below it. A shape fills no table: of its
//! columns a layout has those that its own contract has.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use toml::{Table, Value};

use super::document::Document;
use super::inherit::ITS_OWN;
use super::problem::{Problem, hint_for};

/// The shapes of one collection, and the columns of its contracts.
pub(super) struct Shapes {
    by_name: BTreeMap<String, Table>,
    /// Those whose file is there, whether or not it can be read: what is wrong with one is told once.
    known: BTreeSet<String>,
    columns: BTreeMap<String, BTreeSet<String>>,
}

impl Shapes {
    /// Reads the shapes. What belongs to layouts alone, what no contract has, and what no layout names is told.
    pub(super) fn read(
        texts: &BTreeMap<String, (PathBuf, String)>,
        tables: &BTreeMap<String, Arc<super::Table>>,
        layouts: &BTreeMap<String, (PathBuf, String)>,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let columns: BTreeMap<String, BTreeSet<String>> =
            tables.iter().map(|(name, table)| (name.clone(), table.columns.keys().cloned().collect())).collect();
        let every: BTreeSet<&str> = columns.values().flatten().map(String::as_str).collect();
        if texts.is_empty() {
            return Self { by_name: BTreeMap::new(), known: BTreeSet::new(), columns };
        }
        let named: BTreeSet<String> = layouts.values().filter_map(|(_, text)| shape_in(text)).collect();
        let mut by_name = BTreeMap::new();
        for (name, (path, text)) in texts {
            let Some((document, shape)) = Document::read_shape(path, text, problems) else { continue };
            for key in shape.keys().filter(|key| *key == "table" || of_layouts(key)) {
                problems.push(document.problem(
                    &[key],
                    "spec::not_in_shape",
                    format!("`{key}` is said by each layout, and not by a shape"),
                    format!("say `{key}` in the layouts that name `shape = \"{name}\"`"),
                ));
            }
            for part in ["columns", "fields"] {
                for column in shape.get(part).and_then(Value::as_table).into_iter().flat_map(Table::keys) {
                    if !tables.is_empty() && !every.contains(column.as_str()) {
                        problems.push(document.problem(
                            &[part, column],
                            "spec::unknown_column",
                            format!("no table of the collection has a column `{column}`"),
                            hint_for(column, every.iter().copied()),
                        ));
                    }
                }
            }
            if !named.contains(name) {
                problems.push(document.problem(
                    &[],
                    "spec::unused_shape",
                    format!("no layout of the collection has the shape `{name}`"),
                    format!("write `shape = \"{name}\"` in the layouts that have it, or delete the file"),
                ));
            }
            by_name.insert(name.clone(), shape);
        }
        Self { by_name, known: texts.keys().cloned().collect(), columns }
    }

    /// The shape that a layout of `table` names, and what it says of that table.
    pub(super) fn of<'o>(
        &self,
        own: &'o Table,
        table: &str,
        document: &Document<'_>,
        problems: &mut Vec<Problem>,
    ) -> Option<(&'o str, Table)> {
        let name = own.get("shape")?.as_str()?;
        if !self.known.contains(name) {
            problems.push(document.problem(
                &["shape"],
                "spec::unknown_shape",
                format!("the collection has no shape `{name}`"),
                hint_for(name, self.known.iter().map(String::as_str)),
            ));
        }
        let mut shape = self.by_name.get(name)?.clone();
        if let Some(columns) = self.columns.get(table) {
            for part in ["columns", "fields"] {
                if let Some(described) = shape.get_mut(part).and_then(Value::as_table_mut) {
                    described.retain(|column, _| columns.contains(column));
                }
            }
        }
        Some((name, shape))
    }
}

/// Whether a key is about a layout alone. A shape has a title, and a reason for what is as it is.
fn of_layouts(key: &str) -> bool {
    ITS_OWN.contains(&key) && key != "title" && key != "why"
}

/// The shape that the text of a layout names; none where it names none or is no TOML, which is told elsewhere.
fn shape_in(text: &str) -> Option<String> {
    Some(text.parse::<Table>().ok()?.get("shape")?.as_str()?.to_owned())
}
