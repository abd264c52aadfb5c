//! The books of a delivery: what was read, and where every row went.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::DeliveryId;

/// Why a row was skipped: it holds no record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// Titles and notes above the header.
    AboveHeader,
    /// Nothing but blank cells.
    Blank,
    /// A banner (such as a region's name) whose text was carried down as a column.
    Banner,
    /// Totals and notes that the layout cuts.
    Note,
    /// The header repeated within the table.
    RepeatedHeader,
    /// The sheet hides them, and the layout says to leave such rows out.
    Hidden,
    /// Equal in every cell to an earlier row of the same delivery.
    Duplicate,
    /// Beside the cells of the name that the layout reads.
    Outside,
}

/// A file that was written: where, how many rows, and its SHA-256.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartFile {
    /// Path relative to the lake, with `/`.
    pub path: String,
    /// Rows in it.
    pub rows: u64,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
}

/// The lines of a text: those that its line ends make, and what stands on them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineBook {
    /// Lines of the file, by their line ends.
    pub read: u64,
    /// Records of the header.
    pub header: u64,
    /// Lines that records take beyond their first, by the line ends within their quotes.
    pub within: u64,
}

/// The books of one table of one delivery. Source rows are counted, not the records that a wide row unfolds into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableBook {
    /// The canonical table.
    pub table: String,
    /// The layout that matched.
    pub layout: String,
    /// Why that layout: its score and that of the second best, in words.
    pub proof: String,
    /// The sheet, where the file has sheets.
    pub sheet: Option<String>,
    /// Rows of the header, 1-based, first and last.
    pub header_rows: (u32, u32),
    /// Rows below or above the header, all of them.
    pub rows_read: u64,
    /// The lines of the file, where it is a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<LineBook>,
    /// Rows that reached the lake.
    pub rows_accepted: u64,
    /// Rows that were refused.
    pub rows_quarantined: u64,
    /// Rows without a record, by reason.
    pub rows_skipped: BTreeMap<SkipReason, u64>,
    /// What the whole delivery speaks for, where its file's name or layout says it: values of the columns that name the
    /// return. So a file with a header and no row replaces rows too.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub speaks_for: BTreeMap<String, String>,
    /// Number of faults by severity word.
    pub faults: BTreeMap<String, u64>,
    /// Source column (1-based) of each canonical column that was found.
    pub source_columns: BTreeMap<String, u32>,
    /// Of which rows they are, where a later delivery may take their place; none where nothing was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample: Option<KeySample>,
    /// The accepted rows.
    pub conformed: Option<PartFile>,
    /// The faults, if any.
    pub quarantine: Option<PartFile>,
    /// The refused rows as they stood, if any.
    pub refused_rows: Option<PartFile>,
}

impl TableBook {
    /// Rows that were skipped, whatever the reason.
    #[must_use]
    pub fn skipped(&self) -> u64 {
        self.rows_skipped.values().sum()
    }

    /// The law of conservation: read = accepted + quarantined + skipped. In a text it holds for lines too: each is a row, a
    /// record of the header, or stands within the quotes of one of them.
    #[must_use]
    pub fn balances(&self) -> bool {
        let lines_stand = self.lines.is_none_or(|lines| lines.read == self.rows_read + lines.header + lines.within);
        lines_stand && self.rows_read == self.rows_accepted + self.rows_quarantined + self.skipped()
    }
}

/// Which rows a part has, as far as another can be held against it without reading either: the smallest hashes of its keys. A key that
/// both have is in both samples or beyond one of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeySample {
    /// Hashes of what rows are replaced by (the period and what stands with it), sorted.
    pub periods: Vec<String>,
    /// Hashes of keys, each with that of its period, sorted.
    pub keys: Vec<(String, String)>,
}

impl KeySample {
    /// So many hashes a sample has at most.
    pub const MOST: usize = 256;
    /// So few keys say nothing.
    const FEWEST: usize = 8;

    /// Of the keys of an earlier part that a later one with this sample takes the place of, as far as the samples tell: how many there are,
    /// and how many are among its own. Periods of `told` do not count: something between the two has told them.
    #[must_use]
    pub fn replaced(&self, earlier: &Self, told: &BTreeSet<&String>) -> (usize, usize) {
        let end = (self.keys.len() == Self::MOST).then(|| self.keys.last()).flatten();
        let replaced = earlier
            .keys
            .iter()
            .filter(|key| !told.contains(&key.1))
            .filter(|key| self.periods.binary_search(&key.1).is_ok() && end.is_none_or(|end| *key <= end));
        replaced.fold((0, 0), |(all, own), key| (all + 1, own + usize::from(self.keys.binary_search(key).is_ok())))
    }

    /// Whether a later part with this sample takes the place of rows of an earlier one and has other rows: of open data less than half of
    /// them, of returns about people, whose records may be numbered anew, none.
    #[must_use]
    pub fn is_of_other_rows(&self, earlier: &Self, told: &BTreeSet<&String>, is_open: bool) -> bool {
        let (replaced, own) = self.replaced(earlier, told);
        let lacks_them = if is_open { own * 2 < replaced } else { own == 0 };
        self.keys.len() >= Self::FEWEST && replaced >= Self::FEWEST && lacks_them
    }
}

/// The format of what a delivery leaves in the lake. A book of another format is not read: its delivery is read again.
pub const BOOK_FORMAT: u32 = 3;

/// The books of one delivery under one definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Book {
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// Its collection.
    pub collection: String,
    /// Hash of the definitions (contract, layouts, code lists, program version) that it was read with.
    pub definition: String,
    /// [`BOOK_FORMAT`] when it was written.
    #[serde(default)]
    pub format: u32,
    /// One entry for each table found in it. Empty when the whole file was refused.
    pub tables: Vec<TableBook>,
    /// Why the whole file was refused, if it was: code, message, hint.
    pub refused: Option<Refusal>,
    /// Whether a refused file is none of the collection's: no layout names it, and it has the labels of none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_stray: bool,
}

/// A file that could not be taken at all, in words that a data officer understands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Stable code, such as `read::html_instead`.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub hint: String,
    /// Where in the file, if known (`A1`, or a byte offset in words).
    pub at: Option<String>,
}
