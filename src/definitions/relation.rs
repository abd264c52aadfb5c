//! `sql/relations.toml`: what leads from one table of schema `mart` to the key of another.

use std::path::Path;

use serde::Deserialize;

use super::problem::{Problem, did_you_mean};
use super::sql_text::line_and_column;

/// Columns that lead to a row of another table.
#[derive(Debug, Clone, Deserialize)]
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RelationsToml {
    #[serde(default)]
    foreign: Vec<Foreign>,
}

/// Reads the file; `tables` are those of schema `mart`.
pub(super) fn parse(path: &Path, text: &str, tables: &[&str], problems: &mut Vec<Problem>) -> Vec<Foreign> {
    let mut add = |at: usize, message, hint| {
        let (line, column) = line_and_column(text, at);
        problems.push(Problem { path: path.to_path_buf(), line, column, code: "relation::head", message, hint });
    };
    let shape = "each `[[foreign]]` has table, columns, to, to_columns and about".to_owned();
    let read: RelationsToml = match toml::from_str(text) {
        Ok(read) => read,
        Err(error) => {
            add(error.span().map_or(0, |span| span.start), error.message().trim_end().to_owned(), shape);
            return Vec::new();
        }
    };
    for one in &read.foreign {
        let at = text.find(&format!("\"{}\"", one.table)).unwrap_or(0);
        for table in [&one.table, &one.to] {
            if !tables.contains(&table.as_str()) {
                let near = did_you_mean(table, tables.iter().copied());
                let hint = near.map_or_else(
                    || "name a file of sql/marts, or the `mart` of a contract in pipelines/".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                );
                add(at, format!("there is no table `mart.{table}`"), hint);
            }
        }
        if one.columns.is_empty() || one.columns.len() != one.to_columns.len() {
            add(
                at,
                format!("`columns` of `{}` and `to_columns` of `{}` are not as many", one.table, one.to),
                shape.clone(),
            );
        }
    }
    read.foreign
}
