//! The shape of a sheet: which rows hold anything, which belong together, and where a table ends.

use serde::Serialize;

use crate::read::{Block, Cell};

/// One row that is not blank.
#[derive(Debug, Clone, Copy)]
pub(super) struct RowShape {
    /// 1-based.
    pub(super) number: u32,
    /// Cells that are not blank.
    pub(super) filled: u32,
    /// The first of them, 0-based.
    pub(super) first: u32,
    /// The column after the last, that is: the row's width.
    pub(super) width: u32,
    /// Whether any cell is a number, a day or a formula's error.
    pub(super) has_numbers: bool,
    /// Whether its first cell is a text.
    pub(super) begins_with_text: bool,
    /// Whether its first cell reads like a note: a sentence, a source, a footnote.
    pub(super) is_notelike: bool,
}

/// Whether a text reads like a note below a table rather than like the first cell of a row.
fn is_notelike(text: &str) -> bool {
    const BEGINNINGS: [&str; 14] = [
        "source",
        "note",
        "footnote",
        "produced",
        "published",
        "last updated",
        "contact",
        "for more",
        "see ",
        "data ",
        "key:",
        "this ",
        "these ",
        "the ",
    ];
    let lower = text.to_lowercase();
    let first = lower.chars().next().unwrap_or(' ');
    let is_sentence = lower.split_whitespace().count() > 4 && lower.ends_with('.');
    text.chars().count() > 70
        || is_sentence
        || text.contains('=')
        || text.contains('@')
        || text.contains("://")
        || matches!(first, '*' | '©' | '†' | '‡' | '(' | '[' | '~')
        || BEGINNINGS.iter().any(|beginning| lower.starts_with(beginning))
}

impl RowShape {
    pub(super) fn of(block: &Block, index: usize) -> Option<Self> {
        let mut shape = Self {
            number: block.rows[index].number,
            filled: 0,
            first: 0,
            width: 0,
            has_numbers: false,
            begins_with_text: false,
            is_notelike: false,
        };
        for (column, cell) in (0_u32..).zip(block.row(index)) {
            let is_number = match *cell {
                Cell::Blank => continue,
                Cell::Text(start, length) => {
                    let text = block.slice(start, length).trim();
                    if text.is_empty() {
                        continue;
                    }
                    text.len() < 20 && text.replace([',', '%', '£'], "").parse::<f64>().is_ok()
                }
                _ => true,
            };
            if shape.filled == 0 {
                shape.first = column;
                if let Cell::Text(start, length) = *cell {
                    shape.begins_with_text = !is_number;
                    shape.is_notelike = is_notelike(block.slice(start, length).trim());
                }
            }
            shape.filled += 1;
            shape.width = column + 1;
            shape.has_numbers |= is_number;
        }
        (shape.filled > 0).then_some(shape)
    }
}

/// Rows of a sheet without a blank row between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct RowBlock {
    /// First row, 1-based.
    pub first_row: u32,
    /// Last row, 1-based.
    pub last_row: u32,
    /// Cells of its fullest row.
    pub columns: u32,
    /// Whether it has the look of a table: a row of labels above rows with numbers.
    pub is_table: bool,
}

/// The parts of a sheet, from its first row to its last.
pub(super) fn parts(rows: &[RowShape]) -> Vec<RowBlock> {
    let mut parts: Vec<RowBlock> = Vec::new();
    let mut start = 0;
    for index in 1..=rows.len() {
        let ends = rows.get(index).is_none_or(|row| row.number > rows[index - 1].number + 1);
        if !ends {
            continue;
        }
        let part = &rows[start..index];
        // A title of one cell may stand right above the labels.
        let labels = part.iter().position(|row| row.filled >= 2);
        let is_table = labels.is_some_and(|at| {
            !part[at].has_numbers && part.len() > at + 1 && part[at + 1..].iter().any(|row| row.has_numbers)
        });
        parts.push(RowBlock {
            first_row: part[0].number,
            last_row: part[part.len() - 1].number,
            columns: part.iter().map(|row| row.filled).max().unwrap_or(0),
            is_table,
        });
        start = index;
    }
    parts
}

/// Where the table under a header ends.
#[derive(Debug, Clone, Default)]
pub(super) struct Extent {
    /// Last row with data, 1-based; the header's last row where there is none.
    pub(super) last_row: u32,
    /// Rows of notes below it.
    pub(super) notes: Vec<u32>,
    /// The first row below it that holds anything, of notes or of another table.
    pub(super) next: Option<u32>,
    /// Rows within it with a text in the first column alone that head the rows below them.
    pub(super) banners: Vec<u32>,
    /// Rows of data with a text in the first column alone: nil returns, or groups that look like them.
    pub(super) bare: Vec<u32>,
}

impl Extent {
    pub(super) fn is_banner(&self, row: u32) -> bool {
        self.banners.binary_search(&row).is_ok()
    }
}

/// Finds the end of the table below `header_last`. Another table below it, after a blank row, is not of it.
/// `is_merged` says whether the first cell of a row is merged over columns beside it.
pub(super) fn extent(
    rows: &[RowShape],
    parts: &[RowBlock],
    header_last: u32,
    labels: u32,
    is_merged: &dyn Fn(u32) -> bool,
) -> Extent {
    let next_table = parts.iter().find(|part| part.is_table && part.first_row > header_last).map(|part| part.first_row);
    let below: Vec<&RowShape> = rows
        .iter()
        .filter(|row| row.number > header_last && next_table.is_none_or(|first| row.number < first))
        .collect();
    // What may be a note, by its cells; what is one reads like it or stands after a blank row, and so does all below it.
    let may_be_note = |at: usize| {
        let row = below[at];
        match labels {
            0..=1 => false,
            2..=4 => row.filled == 1 && row.first == 0 && !row.has_numbers,
            _ => row.filled <= 2 && row.first <= 1 && !(row.filled == 2 && row.has_numbers && row.first == 0),
        }
    };
    let is_apart = |at: usize| at > 0 && below[at].number > below[at - 1].number + 1;
    let may_begin = (0..below.len()).rev().take_while(|at| may_be_note(*at));
    let begins = may_begin.last().unwrap_or(below.len());
    let mut end = (begins..below.len())
        .find(|at| is_apart(*at) || (below[*at].is_notelike && below[*at].filled == 1))
        .unwrap_or(below.len());
    if end == 0 {
        // Nothing but rows that look like notes: then they are the data.
        end = below.len();
    }
    let is_bare = |row: &RowShape| labels >= 3 && row.filled == 1 && row.first == 0 && !row.has_numbers;
    let alone: Vec<u32> = below[..end].iter().filter(|row| is_bare(row)).map(|row| row.number).collect();
    // A row that heads others has its text where they have none, or a number, or over several merged columns. Where they have a
    // text of their own there, it is a row without figures.
    let others: Vec<&&RowShape> = below[..end].iter().filter(|row| !is_bare(row)).collect();
    let named = others.iter().filter(|row| row.first == 0 && row.begins_with_text).count();
    let is_group = !others.is_empty() && named * 10 < others.len();
    // A banner heads at least one row, and a layout takes every such row for one: either all of them are, or none is.
    let heads = |number: &u32| {
        let next = below[..end].iter().find(|row| row.number > *number);
        next.is_some_and(|row| !is_bare(row)) && (is_group || is_merged(*number))
    };
    let (banners, bare) = if alone.iter().all(heads) { (alone, Vec::new()) } else { (Vec::new(), alone) };
    Extent {
        last_row: end.checked_sub(1).map_or(header_last, |last| below[last].number),
        next: below.get(end).map(|row| row.number).or(next_table),
        notes: below[end..].iter().map(|row| row.number).collect(),
        banners,
        bare,
    }
}
