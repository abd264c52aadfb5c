//! One file of `sql/checks`: a question that must find no row.

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Deserialize;

use super::front_matter;
use super::portable::{output_columns, unportable};
use super::problem::Problem;
use super::sql_text::{embeddable, first_line};

/// A check.
#[derive(Debug, Clone)]
pub struct Check {
    /// Its name: the file's.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// What is wrong where it finds rows.
    pub message: String,
    /// How to mend it.
    pub hint: String,
    /// Whether rows that it finds stop the publish.
    pub stops: bool,
    /// Columns of which the first row that it finds is told: those that say nothing of people.
    pub shows: Vec<String>,
    /// The statement.
    pub sql: String,
    /// The file's line on which it begins.
    pub line: usize,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CheckHead {
    #[expect(dead_code, reason = "for readers of the file")]
    title: String,
    #[serde(default)]
    severity: CheckSeverity,
    message: String,
    hint: String,
    #[serde(default)]
    shows: Vec<String>,
}

/// What a check does that finds rows. A closed set: any other word would disarm it in silence.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
enum CheckSeverity {
    /// Stops the publish.
    #[default]
    #[serde(rename = "error")]
    Stops,
    /// Is told.
    #[serde(rename = "query")]
    Tells,
}

/// Checks the text of one file.
///
/// # Errors
/// Every [`Problem`] of it.
pub(super) fn parse(path: &Path, text: &str) -> Result<Check, Vec<Problem>> {
    let hint = "the head of a check has `title`, `severity`, `message` and `hint`: see sql/README.md";
    let mut problems = Vec::new();
    let Some((head, sql)) = front_matter::read::<CheckHead>(path, text, hint, &mut problems) else {
        return Err(problems);
    };
    let line = first_line(text, &sql);
    let mut add = |line, column, code, message, hint| {
        problems.push(Problem { path: path.to_path_buf(), line, column, code, message, hint });
    };
    if sql.is_empty() {
        add(line, 1, "check::no_statement", "no SELECT below the head".to_owned(), "see sql/README.md".to_owned());
    }
    let columns = output_columns(&sql);
    let is_missing = |column: &&String| !columns.iter().all(|list| list.contains(column));
    if let Some(column) = head.shows.iter().find(is_missing) {
        let message = format!("`shows` names `{column}`, which the SELECT does not give");
        let given = columns.first().map_or_else(String::new, |list| list.join("`, `"));
        add(1, 1, "check::no_column", message, format!("name some of `{given}`"));
    }
    for finding in unportable(&sql) {
        add(line + finding.line - 1, finding.column, "check::not_portable", finding.message, finding.hint);
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Check {
        name: path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned()),
        path: path.to_path_buf(),
        message: head.message,
        hint: head.hint,
        stops: head.severity == CheckSeverity::Stops,
        shows: head.shows,
        sql: embeddable(&sql),
        line,
    })
}
