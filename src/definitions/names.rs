//! Which files a collection may read, by their names alone.

use super::{Collection, Format};

impl Collection {
    /// Whether a layout may read a file of this name: its `files` asks for it, or, where it has none, the ending is usual for
    /// its format.
    #[must_use]
    pub fn takes_name(&self, file_name: &str) -> bool {
        let ending = file_name.rsplit_once('.').map_or_else(String::new, |(_, ending)| ending.to_lowercase());
        self.layouts.iter().any(|layout| {
            layout.files.as_ref().map_or_else(|| layout.format.has_ending(&ending), |files| files.is_match(file_name))
        })
    }
}

impl Format {
    /// Whether an ending, in lower case, is usual for files of this format.
    #[must_use]
    pub fn has_ending(&self, ending: &str) -> bool {
        let usual: &[&str] = match self {
            Self::Csv { .. } => &["csv", "tsv", "tab", "txt"],
            Self::Workbook { .. } => &["xlsx", "xlsm", "xlsb", "xls", "ods", "fods"],
            Self::Xml { .. } => &["xml"],
            Self::Parquet => &["parquet"],
            Self::Jsonl => &["json", "jsonl", "ndjson"],
        };
        usual.contains(&ending)
    }
}
