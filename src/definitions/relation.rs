//! `sql/relations.toml`: what leads from one table of schema `mart` to the key of another.

use std::path::Path;

use schemars::JsonSchema;
use serde::Deserialize;

use super::document::Document;
use super::problem::{Problem, did_you_mean};

/// Columns that lead to a row of another table.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Foreign {
    /// The table, without the schema.
    pub table: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// The other table.
    pub to: String,
    /// The columns of the other table, in the same order.
    pub to_columns: Vec<String>,
    /// What leads where, and why some rows may lead to none.
    pub about: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RelationsToml {
    #[serde(default)]
    foreign: Vec<Foreign>,
}

/// Reads the file; `tables` are those of schema `mart`.
pub(super) fn parse(path: &Path, text: &str, tables: &[&str], problems: &mut Vec<Problem>) -> Vec<Foreign> {
    let Some((read, document)) = Document::read::<RelationsToml>(path, text, problems) else { return Vec::new() };
    for (index, one) in read.foreign.iter().enumerate() {
        let index = index.to_string();
        let mut add = |key, message, hint| {
            problems.push(document.problem(&["foreign", &index, key], "relation::head", message, hint));
        };
        for (key, table) in [("table", &one.table), ("to", &one.to)] {
            if !tables.contains(&table.as_str()) {
                let near = did_you_mean(table, tables.iter().copied());
                let hint = near.map_or_else(
                    || "name a file of sql/marts, or the `mart` of a contract in pipelines/".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                );
                add(key, format!("there is no table `mart.{table}`"), hint);
            }
        }
        if one.columns.is_empty() || one.columns.len() != one.to_columns.len() {
            add(
                "columns",
                format!("`columns` of `{}` and `to_columns` of `{}` are not as many", one.table, one.to),
                "name as many columns of the one as of the other, in the same order".to_owned(),
            );
        }
    }
    read.foreign
}
