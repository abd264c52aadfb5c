//! The TOML at the head of a `.sql` file, between `/*` and `*/`.
//!
//! Its shape is looked at as that of every other definition: against the schema of its type, so that all that is wrong with it is told at
//! once where it stands in the file.

use std::path::Path;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::document::Document;
use super::portable::unportable;
use super::problem::Problem;

/// Splits a `.sql` file into the values of its head and the statement below it. Every problem of the head is added to `problems`, those
/// of reading a value with `hint`.
pub(super) fn read<T: JsonSchema + DeserializeOwned>(
    path: &Path,
    text: &str,
    hint: &'static str,
    problems: &mut Vec<Problem>,
) -> Option<(T, String)> {
    let mut fail = |offset: usize, message: &str| {
        let (line, column) = super::sql_text::line_and_column(text, offset);
        let (message, hint) = (message.to_owned(), hint.to_owned());
        problems.push(Problem { path: path.to_path_buf(), line, column, code: "sql::head", message, hint });
    };
    let start = text.len() - text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']).len();
    let Some(body) = text[start..].strip_prefix("/*") else {
        fail(start, "no head: begin the file with `/*`, TOML that says what it is, and `*/`");
        return None;
    };
    let Some(end) = body.find("*/") else {
        fail(start, "the head is not closed with `*/`");
        return None;
    };
    let sql = body[end + 2..].trim();
    let head = Document::read_head(path, text, start + 2..start + 2 + end, hint, problems);
    if head.is_none() {
        // What can be seen of the statement is told with what is wrong with its head.
        let first = super::sql_text::first_line(text, sql);
        problems.extend(unportable(sql).into_iter().map(|finding| Problem {
            path: path.to_path_buf(),
            line: first + finding.line - 1,
            column: finding.column,
            code: "sql::not_portable",
            message: finding.message,
            hint: finding.hint,
        }));
    }
    Some((head?, sql.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize, JsonSchema, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Head {
        title: String,
        #[serde(default)]
        reads: Vec<String>,
    }

    fn told(text: &str) -> Vec<(&'static str, usize, usize, String)> {
        let mut problems = Vec::new();
        assert_eq!(read::<Head>(Path::new("a.sql"), text, "h", &mut problems), None);
        problems.into_iter().map(|one| (one.code, one.line, one.column, one.message)).collect()
    }

    #[test]
    fn head_and_statement_are_parted() {
        let mut problems = Vec::new();
        let text = "/*\ntitle = \"A\"\n*/\nSELECT 1\n";
        let (head, sql) = read::<Head>(Path::new("a.sql"), text, "h", &mut problems).unwrap();
        assert_eq!(head, Head { title: "A".into(), reads: Vec::new() });
        assert_eq!((sql.as_str(), problems), ("SELECT 1", Vec::new()));
    }

    #[test]
    fn everything_wrong_is_reported_where_it_stands() {
        assert_eq!(
            told("\n/*\ntitel = \"A\"\nreads = \"é\"\nother = 1\n*/\nSELECT 1"),
            [
                ("spec::unknown_key", 3, 1, "unknown key `titel`".to_owned()),
                ("spec::wrong_type", 4, 9, "`reads` is a string, and has to be an array".to_owned()),
                ("spec::unknown_key", 5, 1, "unknown key `other`".to_owned()),
                ("spec::missing_key", 2, 3, "missing key `title`".to_owned()),
            ]
        );
        assert_eq!(told("/*\ntitle = \n*/\nSELECT 1")[0].1, 2);
        let both = told("/*\ntitel = \"A\"\n*/\nSELECT a\nFROM t ORDER BY a");
        assert_eq!((both.len(), both[2].0, both[2].1), (3, "sql::not_portable", 5), "{both:?}");
    }

    #[test]
    fn no_head_is_an_error() {
        assert!(told("SELECT 1")[0].3.contains("no head"));
        assert!(told("/* title = 1")[0].3.contains("not closed"));
    }
}
