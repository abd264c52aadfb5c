//! One file of `sql/marts`: what a table of schema `mart` holds at the head, one `SELECT` below.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

use super::front_matter;
use super::portable::{output_columns, read_tables, unportable};
use super::problem::Problem;
use super::sql_text::{embeddable, first_line};

/// What marts and checks may read beside the marts: conformed rows, and what a generation says of itself.
const META: [&str; 3] = ["meta.generation", "meta.arrival", "meta.code"];

/// What a mart may read in their place that is made after the KPIs.
const VALUES: [&str; 3] = ["meta.generation", "meta.kpi", "kpi.value"];

/// A mart.
#[derive(Debug, Clone)]
pub struct Mart {
    /// Its name under schema `mart`: the file's.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// What it holds.
    pub title: String,
    /// What one row is.
    pub grain: String,
    /// The columns that tell rows apart.
    pub key: Vec<String>,
    /// What each column holds, with unit, in the order of the `SELECT`.
    pub columns: IndexMap<String, String>,
    /// Other marts that it reads.
    pub reads: Vec<String>,
    /// Whether it is made of the values of the KPIs, and so after them: no KPI reads it.
    pub after_kpis: bool,
    /// The statement.
    pub sql: String,
    /// The file's line on which it begins.
    pub line: usize,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct MartHead {
    title: String,
    grain: String,
    key: Vec<String>,
    #[serde(default)]
    reads: Vec<String>,
    #[serde(default)]
    after_kpis: bool,
    columns: IndexMap<String, String>,
}

/// Checks the text of one file.
///
/// # Errors
/// Every [`Problem`] of it.
pub(super) fn parse(path: &Path, text: &str) -> Result<Mart, Vec<Problem>> {
    let hint =
        "the head of a mart has `title`, `grain`, `key`, `reads`, `after_kpis` and `[columns]`: see sql/README.md";
    let mut problems = Vec::new();
    let Some((head, sql)) = front_matter::read::<MartHead>(path, text, hint, &mut problems) else {
        return Err(problems);
    };
    let line = first_line(text, &sql);
    let mut add = |code, line, column, message: String, hint: String| {
        problems.push(Problem { path: path.to_path_buf(), line, column, code, message, hint });
    };
    if sql.is_empty() {
        add("mart::no_statement", line, 1, "no SELECT below the head".to_owned(), "see sql/README.md".to_owned());
    }
    for finding in unportable(&sql) {
        add("mart::not_portable", line + finding.line - 1, finding.column, finding.message, finding.hint);
    }
    let (read, foreign) = read_tables(&sql);
    let is_known = |table: &str| {
        if head.after_kpis { VALUES.contains(&table) } else { table.starts_with("conformed.") || META.contains(&table) }
    };
    for table in foreign.iter().filter(|table| !is_known(table)) {
        let hint = if head.after_kpis {
            format!("a mart with `after_kpis` reads schema `mart`, and {}", VALUES.join(", "))
        } else {
            format!(
                "a mart reads schemas `mart` and `conformed`, and {}; of values with `after_kpis = true` in its head",
                META.join(", ")
            )
        };
        add("mart::reads", line, 1, format!("reads `{table}`"), hint);
    }
    let mut declared = head.reads.clone();
    declared.sort();
    if read != declared {
        let hint = format!("the SELECT reads `{}`", read.join("`, `"));
        add("mart::reads", 1, 1, format!("`reads` has `{}`", declared.join("`, `")), hint);
    }
    let named: Vec<&String> = head.columns.keys().collect();
    for given in output_columns(&sql) {
        if given.iter().collect::<Vec<_>>() != named {
            let message = format!("the SELECT gives `{}`", given.join("`, `"));
            let hint = format!(
                "`[columns]` says what each holds, in the same order; it has `{}`",
                head.columns.keys().cloned().collect::<Vec<_>>().join("`, `")
            );
            add("mart::columns", line, 1, message, hint);
        }
    }
    for key in head.key.iter().filter(|key| !head.columns.contains_key(*key)) {
        add(
            "mart::key",
            1,
            1,
            format!("`key` names `{key}`, which is no column"),
            format!("valid: `{}`", head.columns.keys().cloned().collect::<Vec<_>>().join("`, `")),
        );
    }
    if head.key.is_empty() {
        add("mart::key", 1, 1, "`key` is empty".to_owned(), "name the columns that tell rows apart".to_owned());
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let name = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    Ok(Mart {
        name,
        path: path.to_path_buf(),
        title: head.title,
        grain: head.grain,
        key: head.key,
        columns: head.columns,
        reads: head.reads,
        after_kpis: head.after_kpis,
        sql: embeddable(&sql),
        line,
    })
}

/// The marts in an order in which each comes after those that it reads; the names of those that read each other in a circle.
pub(super) fn ordered(mut waiting: Vec<Mart>) -> Result<Vec<Mart>, Vec<String>> {
    let mut ordered: Vec<Mart> = Vec::new();
    while !waiting.is_empty() {
        let names: Vec<String> = waiting.iter().map(|mart| mart.name.clone()).collect();
        let ready = waiting.iter().position(|mart| !mart.reads.iter().any(|read| names.contains(read)));
        let Some(ready) = ready else { return Err(names) };
        ordered.push(waiting.remove(ready));
    }
    Ok(ordered)
}
