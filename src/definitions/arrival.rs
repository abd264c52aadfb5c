//! How a value of a column arrives: under a label, at a place, once on the sheet, or in a record that columns became.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use regex::Regex;

use super::wire::{DurationUnit, FieldWhere, PercentToml};

/// How one column arrives.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key of its own that a layout may set")]
pub struct Arrival {
    /// Labels that name it, as written.
    pub from: Vec<String>,
    /// A pattern of labels that name it.
    pub from_pattern: Option<Regex>,
    /// Columns of the sheet, 0-based: the first that is filled.
    pub at: Vec<u32>,
    /// Which of several equal labels.
    pub occurrence: Option<u32>,
    /// May be missing from the file.
    pub optional: bool,
    /// Date forms.
    pub formats: Vec<String>,
    /// A value for every row.
    pub constant: Option<String>,
    /// Taken from the file's name.
    pub file_name: Option<Regex>,
    /// Taken from the sheet's name.
    pub sheet_name: Option<Regex>,
    /// Repairs that are listed.
    pub repair: BTreeMap<String, String>,
    /// Renamings that are not listed.
    pub map: BTreeMap<String, String>,
    /// Codes by every spelling of them in small letters, where their case says nothing; empty otherwise.
    pub folded: BTreeMap<String, String>,
    /// Only cells that match.
    pub only: Option<Regex>,
    /// Cut footnote digits.
    pub strip_footnotes: bool,
    /// Only in rows in which these columns match.
    pub when: Vec<(String, Regex)>,
    /// A percentage, and how it is written.
    pub percent: Option<PercentToml>,
    /// A length of time, and the unit in which it is kept.
    pub duration: Option<DurationUnit>,
    /// Decimals to which a number with more is rounded.
    pub round: Option<u8>,
    /// First year of the hundred in which years of two digits lie.
    pub century: Option<i16>,
    /// A time beside the day is no fault.
    pub moment: bool,
    /// A number in brackets is negative.
    pub brackets: bool,
    /// Text before the number.
    pub prefix: Option<String>,
    /// Text after the number.
    pub suffix: Option<String>,
}

/// Columns into rows.
#[derive(Debug, Clone)]
pub struct Unpivot {
    /// Columns that receive a key, and the group that each is read from.
    pub keys: Vec<(String, String)>,
    /// Column and the pattern of its labels.
    pub columns: IndexMap<String, Regex>,
    /// First year of the hundred in which keys of two digits lie.
    pub century: Option<i16>,
}

impl Unpivot {
    /// A key as it is kept: a year of two digits whole, where the layout says of which hundred years.
    #[must_use]
    pub fn kept(&self, key: &str) -> String {
        let short =
            || key.parse::<i16>().ok().filter(|_| key.len() == 2 && key.bytes().all(|byte| byte.is_ascii_digit()));
        match self.century.and_then(|first| Some(first + (short()? - first).rem_euclid(100))) {
            Some(year) => year.to_string(),
            None => key.to_owned(),
        }
    }

    /// Whether a column of the contract is a key or stands in the columns that become rows.
    #[must_use]
    pub fn receives(&self, column: &str) -> bool {
        self.columns.contains_key(column) || self.keys.iter().any(|(key, _)| key == column)
    }
}

/// A value that stands once on the sheet.
#[derive(Debug, Clone)]
pub struct Field {
    /// The label's cell.
    pub label: Regex,
    /// Where the value stands.
    pub place: FieldWhere,
    /// The label stands in this many first rows.
    pub within: u32,
}
