//! Some rows of a sheet, their cells in one vector and their text in one string.

use std::borrow::Cow;
use std::sync::Arc;

use super::SheetAbout;
use crate::model::fits;

/// One cell, before anybody has decided what it means. Texts point into the block.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell {
    /// Nothing there.
    Blank,
    /// A text: start and length in the block's text.
    Text(u32, u32),
    /// A number without a date format.
    Number(f64),
    /// A whole number that its format shows as a code, `0000123` for 123: start and length of the text as shown. Its number is what
    /// the digits say. Not of an xlsb.
    Padded(u32, u32),
    /// A number that is shown as a percentage, as it is stored: 0.45 for 45 %. Of an xlsx only.
    Percent(f64),
    /// Yes or no.
    Bool(bool),
    /// A day as an Excel serial of the 1900 system (a 1904 workbook is shifted when it is read).
    Serial(f64),
    /// A length of time, in days.
    Duration(f64),
    /// A formula's error, such as `#REF!`: start and length of its text.
    Error(u32, u32),
    /// A formula of which the file holds no value.
    NoValue,
    /// What the file says of the cell cannot be read: why, and start and length of what it says.
    Flawed(CellFlaw, u32, u32),
}

/// Why what a file says of a cell cannot be read. The other cells of the row stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellFlaw {
    /// A yes-or-no cell that holds neither.
    Boolean,
    /// A number cell that holds no number, or one that is beyond what a double holds.
    Number,
    /// A date cell that holds no day of the calendar.
    Day,
    /// A text that the workbook's table of texts does not have.
    SharedString,
    /// A character that XML does not have, or a byte that is not of the part's encoding.
    Character,
    /// A type of cell that there is not.
    Type,
    /// A text of more than 32,767 characters, which is the most that Excel has.
    Long,
    /// An object or a list within a record of JSON, where one value stands.
    Nested,
}

/// What is wrong with a row as text, before its cells are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowFlaw {
    /// A byte that the declared encoding does not have, at this offset in the file.
    Undecodable(u64),
    /// A NUL byte, at this offset in the file.
    Nul(u64),
    /// Text after a closing quote.
    QuoteWithin,
    /// The file ended inside quotes, in which no other line stands.
    Unterminated,
    /// The row is a line within quotes that hold records: the first and the last of these lines. See `csv/swallowed.rs`.
    Swallowed(u32, u32),
    /// A quoted field goes from one line to another, and its lines have as many fields as records have.
    LinesWithin(u32, u32),
    /// The last line of the file does not end with a newline.
    NoFinalNewline,
    /// A field of the row is longer than 64 KB: its column, 0-based.
    LongField(u32),
    /// The row is longer than 1 MB.
    LongRow,
    /// A cell of the row stands twice: its column, 0-based. The first is kept.
    CellTwice(u32),
    /// A cell names another row than the one that it stands in: start and length of its reference. It is left out.
    CellOfOtherRow(u32, u32),
    /// A cell's reference cannot be read, or is beyond `XFD1048576`: start and length of it. The cell is left out.
    CellReference(u32, u32),
    /// The row's own number cannot be read, or is beyond the last: start and length of it. The row is counted on.
    RowNumber(u32, u32),
    /// A row of this number stands before it.
    RowTwice,
    /// A row of a higher number stands before it.
    RowOrder,
}

impl Cell {
    /// The same cell with its text, if it has one, where `place` says that it stands now; none if that says none.
    pub(super) fn placed(self, place: impl FnOnce(u32, u32) -> Option<(u32, u32)>) -> Option<Self> {
        Some(match self {
            Self::Text(start, length) => place(start, length).map(|(start, length)| Self::Text(start, length))?,
            Self::Padded(start, length) => place(start, length).map(|(start, length)| Self::Padded(start, length))?,
            Self::Error(start, length) => place(start, length).map(|(start, length)| Self::Error(start, length))?,
            Self::Flawed(flaw, start, length) => {
                place(start, length).map(|(start, length)| Self::Flawed(flaw, start, length))?
            }
            other => other,
        })
    }
}

impl RowFlaw {
    /// The same flaw with its text, if it has one, where `place` says that it stands now; none if that says none.
    pub(super) fn placed(self, place: impl FnOnce(u32, u32) -> Option<(u32, u32)>) -> Option<Self> {
        let (of, start, length): (fn(u32, u32) -> Self, u32, u32) = match self {
            Self::CellOfOtherRow(start, length) => (Self::CellOfOtherRow, start, length),
            Self::CellReference(start, length) => (Self::CellReference, start, length),
            Self::RowNumber(start, length) => (Self::RowNumber, start, length),
            other => return Some(other),
        };
        place(start, length).map(|(start, length)| of(start, length))
    }

    /// Whether it is about where the row stands: its number says nothing about its place in a table.
    #[must_use]
    pub fn is_astray(self) -> bool {
        matches!(self, Self::RowNumber(..) | Self::RowTwice | Self::RowOrder)
    }
}

/// One row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowRef {
    /// Its number, 1-based: the line for a CSV.
    pub number: u32,
    /// First of its cells.
    pub first: u32,
    /// Number of its cells.
    pub cells: u32,
    /// Whether the sheet hides it.
    pub hidden: bool,
}

/// Some rows that follow each other.
#[derive(Debug, Clone, Default)]
pub struct Block {
    /// The sheet, if the file has sheets.
    pub sheet: Option<Arc<str>>,
    /// The rows.
    pub rows: Vec<RowRef>,
    /// The cells of all rows.
    pub cells: Vec<Cell>,
    /// The text of all cells.
    pub text: String,
    /// Rows without any cell that stand before or between these rows.
    pub blank_rows: u64,
    /// Lines of a text that these rows, and what is blank between them, stand on: by their line ends. 0 in other files.
    pub lines: u64,
    /// Lines that records of a text take beyond their first, by the line ends in their quotes.
    pub lines_within: u64,
    /// Days to add to a number that stands for a day: 1462 in a workbook of the 1904 system.
    pub date_shift: f64,
    /// The format tells dates from numbers poorly (xls): in a number column a serial is a number.
    pub dates_uncertain: bool,
    /// Flaws, by index into `rows`.
    pub flaws: Vec<(u32, RowFlaw)>,
    /// What the sheet says of itself, where somebody has asked: of first rows only.
    pub around: Option<Arc<SheetAbout>>,
}

impl Block {
    /// The cells of a row.
    #[must_use]
    pub fn row(&self, index: usize) -> &[Cell] {
        let row = self.rows[index];
        &self.cells[row.first as usize..(row.first + row.cells) as usize]
    }

    /// The cell of a row in a column (0-based); blank beyond the row's end.
    #[must_use]
    pub fn cell(&self, row: RowRef, column: u32) -> Cell {
        if column < row.cells { self.cells[(row.first + column) as usize] } else { Cell::Blank }
    }

    /// Whether a row has a flaw. What a flawed row holds is never left out in silence.
    #[must_use]
    pub fn is_flawed(&self, index: usize) -> bool {
        self.flaws.iter().any(|(row, _)| *row as usize == index)
    }

    /// Whether a row's number says nothing about its place in a table: it is out of order, twice, or no number.
    #[must_use]
    pub fn is_astray(&self, index: usize) -> bool {
        self.flaws.iter().any(|(row, flaw)| *row as usize == index && flaw.is_astray())
    }

    /// The text of a text cell.
    #[must_use]
    pub fn slice(&self, start: u32, length: u32) -> &str {
        self.text.get(start as usize..(start + length) as usize).unwrap_or("")
    }

    /// A cell as a person would see it, outer white space included.
    #[must_use]
    pub fn shown(&self, cell: Cell) -> Cow<'_, str> {
        match cell {
            Cell::Blank | Cell::NoValue => Cow::Borrowed(""),
            Cell::Text(start, length)
            | Cell::Padded(start, length)
            | Cell::Error(start, length)
            | Cell::Flawed(_, start, length) => Cow::Borrowed(self.slice(start, length)),
            Cell::Number(value) | Cell::Percent(value) | Cell::Serial(value) | Cell::Duration(value) => {
                Cow::Owned(number_text(value))
            }
            Cell::Bool(value) => Cow::Borrowed(if value { "TRUE" } else { "FALSE" }),
        }
    }

    /// Whether a row holds nothing but blanks and white space.
    #[must_use]
    pub fn is_blank(&self, index: usize) -> bool {
        self.row(index).iter().all(|cell| match *cell {
            Cell::Blank => true,
            Cell::Text(start, length) => self.slice(start, length).trim().is_empty(),
            _ => false,
        })
    }

    /// The first cell of a row that is not blank: its column (0-based) and its text, trimmed.
    #[must_use]
    pub fn first_filled(&self, index: usize) -> Option<(usize, Cow<'_, str>)> {
        self.row(index).iter().enumerate().find_map(|(column, cell)| match *cell {
            Cell::Blank => None,
            Cell::Text(start, length) => {
                let text = self.slice(start, length).trim();
                (!text.is_empty()).then_some((column, Cow::Borrowed(text)))
            }
            other => Some((column, self.shown(other))),
        })
    }

    /// Adds a row without cells; the cells pushed after it belong to it until [`Block::close_row`].
    pub(super) fn open_row(&mut self, number: u32) {
        let first = fits(self.cells.len());
        self.rows.push(RowRef { number, first, cells: 0, hidden: false });
    }

    /// Ends the row that was opened last.
    pub(super) fn close_row(&mut self) {
        let end = fits(self.cells.len());
        if let Some(row) = self.rows.last_mut() {
            row.cells = end - row.first;
        }
    }

    /// Adds a row of another block as it stands there.
    pub(crate) fn copy_row(&mut self, from: &Block, index: usize) {
        self.open_row(from.rows[index].number);
        if let Some(row) = self.rows.last_mut() {
            row.hidden = from.rows[index].hidden;
        }
        for cell in from.row(index) {
            let moved = cell.placed(|start, length| Some(self.push_text(from.slice(start, length))));
            self.cells.extend(moved);
        }
        self.close_row();
    }

    /// The rows after the one with which a block is full, taken out of this one; none while it is not full.
    pub(super) fn beyond(&mut self, max_rows: usize, max_cells: usize) -> Option<Block> {
        let is_full =
            |index: usize, row: &RowRef| index + 1 >= max_rows || (row.first + row.cells) as usize >= max_cells;
        self.rows.last().filter(|row| is_full(self.rows.len() - 1, row))?;
        let kept = self.rows.iter().enumerate().position(|(index, row)| is_full(index, row))? + 1;
        let mut rest = Block {
            sheet: self.sheet.clone(),
            date_shift: self.date_shift,
            dates_uncertain: self.dates_uncertain,
            // The next block has about as much as this one.
            rows: Vec::with_capacity(self.rows.len()),
            cells: Vec::with_capacity(self.cells.len()),
            text: String::with_capacity(self.text.len()),
            ..Block::default()
        };
        for index in kept..self.rows.len() {
            rest.copy_row(self, index);
        }
        for (row, flaw) in &self.flaws {
            let Some(row) = (*row as usize).checked_sub(kept) else { continue };
            let Some(flaw) = flaw.placed(|start, length| Some(rest.push_text(self.slice(start, length)))) else {
                continue;
            };
            rest.flaws.push((fits(row), flaw));
        }
        self.flaws.retain(|(row, _)| (*row as usize) < kept);
        self.cells.truncate(self.rows.get(kept).map_or(self.cells.len(), |row| row.first as usize));
        self.rows.truncate(kept);
        Some(rest)
    }

    /// Adds a text to the block and gives its place.
    pub(crate) fn push_text(&mut self, text: &str) -> (u32, u32) {
        let start = fits(self.text.len());
        self.text.push_str(text);
        (start, fits(text.len()))
    }
}

/// A number as it is typed: whole numbers without a point, others with the fewest digits that give the same number.
///
/// ```
/// use sendmart::read::number_text;
/// assert_eq!(number_text(785.0), "785");
/// assert_eq!(number_text(49.3), "49.3");
/// assert_eq!(number_text(69.400000000000006), "69.4");
/// ```
#[must_use]
pub fn number_text(value: f64) -> String {
    format!("{value}")
}
