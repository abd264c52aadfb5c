//! What is wrong with a definition, told so that it can be mended without asking anyone.

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;

/// One problem of a definition file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub path: PathBuf,
    /// Line, 1-based; 0 when it is about the whole file.
    pub line: usize,
    /// Column, 1-based, in characters.
    pub column: usize,
    /// Stable code, `spec::unknown_key`.
    pub code: &'static str,
    /// What was found.
    pub message: String,
    /// What is valid, or how to mend it.
    pub hint: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "error[{}]: {}", self.code, self.message)?;
        if self.line == 0 {
            writeln!(f, "  --> {}", self.path.display())?;
        } else {
            writeln!(f, "  --> {}:{}:{}", self.path.display(), self.line, self.column)?;
        }
        write!(f, "hint: {}", self.hint)
    }
}

/// Every problem of the definitions, in order of file and line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn sort(&mut self) {
        self.0.sort_by(|a, b| (&a.path, a.line, a.column, a.code).cmp(&(&b.path, b.line, b.column, b.code)));
        self.0.dedup();
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.0 {
            writeln!(f, "{problem}\n")?;
        }
        let files = self.0.iter().map(|problem| &problem.path).collect::<std::collections::BTreeSet<_>>().len();
        write!(f, "{} problem{} in {files} file{}", self.0.len(), plural(self.0.len()), plural(files))
    }
}

impl std::error::Error for Problems {}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// The nearest of the valid words, if any is near enough to be meant.
///
/// ```
/// use sendmart::definitions::did_you_mean;
/// assert_eq!(did_you_mean("colums", ["columns", "rules"]), Some("columns".to_owned()));
/// assert_eq!(did_you_mean("zebra", ["columns", "rules"]), None);
/// ```
#[must_use]
pub fn did_you_mean<'a>(found: &str, valid: impl IntoIterator<Item = &'a str>) -> Option<String> {
    valid
        .into_iter()
        .map(|word| (strsim::damerau_levenshtein(&found.to_lowercase(), &word.to_lowercase()), word))
        .filter(|(distance, word)| *distance <= 1 + word.chars().count() / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word.to_owned())
}

/// Most valid values that are listed whole, and how many are told of more.
const LISTED: usize = 60;
const NEAREST: usize = 12;

/// `did you mean …? ` and the valid set, for a hint.
pub(super) fn hint_for<'a>(found: &str, valid: impl IntoIterator<Item = &'a str> + Clone) -> String {
    let all: BTreeSet<&str> = valid.clone().into_iter().collect();
    // Of hundreds, those that are spelt alike say more than all.
    let mut shown: Vec<&str> = valid.clone().into_iter().collect();
    if all.len() > LISTED {
        let like = |word: &str| strsim::normalized_damerau_levenshtein(found, word);
        shown = all.iter().copied().collect();
        shown.sort_by(|a, b| like(b).total_cmp(&like(a)));
        shown.truncate(NEAREST);
    }
    let mut set = shown.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    if all.len() > LISTED {
        set.push_str(&format!(" and {} more", all.len() - NEAREST));
    }
    match did_you_mean(found, valid) {
        Some(word) => format!("did you mean `{word}`? valid: {set}"),
        None => format!("valid: {set}"),
    }
}
