//! One file of `sql/macros`: an expression with a name, which marts, checks and KPIs call, and the same for another engine.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

use super::front_matter;
use super::problem::{Problem, hint_for};
use super::sql_text::{first_line, tokens};

/// The types that arguments and results have: those that engines agree on.
const TYPES: [&str; 5] = ["BIGINT", "BOOLEAN", "DATE", "DOUBLE", "VARCHAR"];

/// A named expression.
#[derive(Debug, Clone)]
pub struct Macro {
    /// Its name: the file's.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// What it gives, in words.
    pub title: String,
    /// Its arguments with their types, in order.
    pub takes: IndexMap<String, String>,
    /// The type of what it gives.
    pub gives: String,
    /// The expression over its arguments, as `DuckDB` has it.
    pub expression: String,
    /// The same expression as Spark has it.
    pub spark: String,
    /// The file's line on which the statement begins.
    pub line: usize,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct MacroHead {
    title: String,
    gives: String,
    takes: IndexMap<String, String>,
    twins: TwinsToml,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TwinsToml {
    spark: String,
}

/// Checks the text of one file.
///
/// # Errors
/// Every [`Problem`] of it.
pub(super) fn parse(path: &Path, text: &str) -> Result<Macro, Vec<Problem>> {
    let hint = "the head of a macro has `title`, `gives`, `[takes]` and `[twins]`: see sql/README.md";
    let mut problems = Vec::new();
    let Some((head, sql)) = front_matter::read::<MacroHead>(path, text, hint, &mut problems) else {
        return Err(problems);
    };
    let line = first_line(text, &sql);
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let mut add = |code, line, message: String, hint: String| {
        problems.push(Problem { path: path.to_path_buf(), line, column: 1, code, message, hint });
    };
    let types = head.takes.iter().map(|(argument, kind)| (argument.as_str(), kind));
    for (what, kind) in types.chain([("gives", &head.gives)]).filter(|(_, kind)| !TYPES.contains(&kind.as_str())) {
        let message = format!("`{what}` has the type `{kind}`");
        add("macro::type", 1, message, hint_for(kind, TYPES));
    }
    if head.takes.is_empty() {
        add(
            "macro::takes",
            1,
            "it takes nothing".to_owned(),
            "what never changes is written where it stands".to_owned(),
        );
    }
    let words = tokens(&sql);
    let of_text = |wanted: &str| words.iter().any(|word| word.is(wanted));
    let expression = match words.first() {
        Some(first) if first.is("select") && !of_text(";") => sql[first.at + "select".len()..].trim().to_owned(),
        _ => String::new(),
    };
    if expression.is_empty() {
        let hint = "write `SELECT`, and an expression over the arguments".to_owned();
        add("macro::expression", line, "it is not one expression without a table".to_owned(), hint);
    }
    for argument in head.takes.keys().filter(|argument| !of_text(argument)) {
        let hint = "leave it out of `[takes]`, or use it".to_owned();
        add("macro::takes", line, format!("the expression does not use `{argument}`"), hint);
    }
    for argument in head.takes.keys() {
        if !tokens(&head.twins.spark).iter().any(|word| word.is(argument)) {
            let hint = "the twin is the same expression in the words of the other engine".to_owned();
            add("macro::twin", 1, format!("`twins.spark` does not use `{argument}`"), hint);
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let MacroHead { title, gives, takes, twins } = head;
    Ok(Macro { name, path: path.to_path_buf(), title, takes, gives, expression, spark: twins.spark, line })
}
