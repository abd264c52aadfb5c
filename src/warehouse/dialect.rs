//! SQL of our own, and how it differs from one engine to the next.
//!
//! What people write in `sql/` is the same for every engine (`sql/README.md`); what the warehouse writes around it is made here or
//! with what stands here.

use std::path::PathBuf;

/// How the SQL of an engine differs from that of others.
pub(super) trait SqlDialect {
    /// What can stand after `FROM` for the rows of these Parquet files, which have the same columns.
    fn parquet(&self, files: &[PathBuf]) -> String;
}

/// `DuckDB`'s.
#[derive(Debug, Clone, Copy)]
pub(super) struct DuckDialect;

impl SqlDialect for DuckDialect {
    fn parquet(&self, files: &[PathBuf]) -> String {
        let files: Vec<_> = files.iter().map(|path| text(&path.display().to_string())).collect();
        format!("read_parquet([{}])", files.join(", "))
    }
}

/// A name, quoted.
pub(crate) fn name(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Names, quoted and parted by commas.
pub(super) fn names<'a>(list: impl IntoIterator<Item = &'a str>) -> String {
    list.into_iter().map(name).collect::<Vec<_>>().join(", ")
}

/// A text literal.
pub(crate) fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_texts_and_files_are_quoted() {
        assert_eq!(names(["a", "b\"c"]), "\"a\", \"b\"\"c\"");
        assert_eq!(text("it's"), "'it''s'");
        assert_eq!(DuckDialect.parquet(&[PathBuf::from("a'b.parquet")]), "read_parquet(['a''b.parquet'])");
    }
}
