//! Names of files and sheets by glob patterns, in any case.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::document::Document;
use super::problem::Problem;

/// Glob patterns over a name, in any case.
#[derive(Debug, Clone)]
pub struct Patterns {
    texts: Vec<String>,
    set: GlobSet,
}

impl Patterns {
    /// Whether one of them matches a name.
    #[must_use]
    pub fn is_match(&self, name: &str) -> bool {
        self.set.is_match(name)
    }

    /// The patterns as written.
    #[must_use]
    pub fn texts(&self) -> &[String] {
        &self.texts
    }
}

/// Compiles glob patterns. None for an empty list.
pub(super) fn globs(
    texts: &[String],
    keys: &[&str],
    document: &Document<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Patterns> {
    if texts.is_empty() {
        return None;
    }
    let mut set = GlobSetBuilder::new();
    for (index, text) in texts.iter().enumerate() {
        match GlobBuilder::new(text).case_insensitive(true).build() {
            Ok(glob) => {
                set.add(glob);
            }
            Err(error) => {
                let position = index.to_string();
                let keys: Vec<&str> = keys.iter().copied().chain([position.as_str()]).collect();
                problems.push(document.problem(
                    &keys,
                    "spec::bad_pattern",
                    format!("`{text}` is not a glob: {}", error.kind()),
                    "`*` is any text, `?` one character, `[ab]` either".to_owned(),
                ));
            }
        }
    }
    Some(Patterns { texts: texts.to_vec(), set: set.build().ok()? })
}
