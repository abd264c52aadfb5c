//! Faults of whole rows: bytes that contradict the encoding, quotes, rows that are too short or too long.

use std::collections::HashSet;

use crate::model::{Address, Fault, Severity, fits};
use crate::read::{Block, RowFlaw};

/// How many fields a row of a text has to have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Width {
    /// Columns of the header.
    pub(super) labels: usize,
    /// The fewest fields of a row, where those left off at its end are blank.
    pub(super) least: Option<usize>,
}

impl Width {
    /// What is wrong with a row that has fewer fields than the header; nothing where the layout says that the others are blank.
    fn short(self, cells: usize, is_cut: bool) -> Option<(String, &'static str)> {
        let Self { labels, least } = self;
        let message = format!("the row has {cells} fields and the header has {labels}");
        match least {
            None => Some((
                message,
                "the row, or the file, may be cut short: ask for it again, or fill the missing fields; where blank fields are \
                 left off the end of rows, as spreadsheet programs do, say `short_rows = \"blank\"` in `[format.csv]` of the layout",
            )),
            Some(_) if is_cut => Some((
                message,
                "the file ends within this row, which has fewer fields than any other: it is cut short, and `short_rows` is not for it",
            )),
            Some(least) if cells < least => Some((
                format!("{message}, of which the first {least} have to be there"),
                "`short_rows` takes fields for blank after the last column of the key and of what the contract requires",
            )),
            Some(_) => None,
        }
    }
}

/// Checks the data rows of a block, and those of the header (first and last, 1-based) that stand in it. Only text files have to keep to a `width`.
pub(super) fn check(
    block: &Block,
    data: &[u32],
    header: (u32, u32),
    width: Option<Width>,
    bad: &mut [bool],
    faults: &mut Vec<Fault>,
) {
    let sheet = block.sheet.as_deref();
    if let Some(kept_to) = width {
        let swallowed: HashSet<u32> = block
            .flaws
            .iter()
            .filter(|(_, flaw)| matches!(flaw, RowFlaw::Swallowed(..)))
            .map(|(row, _)| *row)
            .collect();
        let width = kept_to.labels;
        let cells_of = |index: u32| block.rows[index as usize].cells as usize;
        // A last line that nothing ends is cut short where it has fewer fields than any other.
        let is_unended = |index: u32| block.flaws.contains(&(index, RowFlaw::NoFinalNewline));
        let cut = data.last().copied().filter(|last| cells_of(*last) < width && is_unended(*last));
        let cut = cut.filter(|last| data[..data.len() - 1].iter().all(|other| cells_of(*other) > cells_of(*last)));
        for (position, index) in data.iter().enumerate() {
            let row = block.rows[*index as usize];
            let cells = row.cells as usize;
            if swallowed.contains(index) {
                // Why it is kept back is told below, and its number of fields is no matter of its own.
            } else if cells < width {
                let Some((message, hint)) = kept_to.short(cells, cut == Some(*index)) else { continue };
                bad[position] = true;
                faults.push(Fault::coded(
                    Address::cell(sheet, row.number, row.cells + 1),
                    "row::too_short",
                    message,
                    hint,
                ));
            } else if cells > width {
                let beyond = &block.row(*index as usize)[width..];
                let Some(first) = beyond.iter().position(|cell| !block.shown(*cell).trim().is_empty()) else {
                    continue;
                };
                bad[position] = true;
                faults.push(Fault::coded(
                    Address::cell(sheet, row.number, fits(width + first + 1)),
                    "row::too_long",
                    format!("the row has {cells} fields and the header has {width}"),
                    "a delimiter inside a field is not in quotes, or a column has no label",
                ));
            }
        }
    }
    for (index, flaw) in &block.flaws {
        let number = block.rows[*index as usize].number;
        let position = data.binary_search(index).ok();
        if position.is_none() && !(header.0..=header.1).contains(&number) {
            continue;
        }
        let mut at = Address::row(sheet, number);
        let (rule, message, hint) = match flaw {
            RowFlaw::Undecodable(offset) => (
                "row::undecodable",
                format!("byte {offset} of the file is not valid in the declared encoding"),
                "save the file in the declared encoding, or declare another one in the layout",
            ),
            RowFlaw::Nul(offset) => (
                "row::nul",
                format!("byte {offset} of the file is NUL"),
                "the file is damaged, or is not text: ask for it again",
            ),
            RowFlaw::QuoteWithin => (
                "row::text_after_quote",
                "a field has text after its closing quote".to_owned(),
                "double the quotes inside a quoted field",
            ),
            RowFlaw::Unterminated => (
                "row::unterminated_quote",
                "the file ends inside a quoted field that begins in this row".to_owned(),
                "the file is cut short, or a quote is not closed: ask for it again",
            ),
            RowFlaw::Swallowed(first, last) => (
                "row::swallowed",
                format!("a quote joins lines {first} to {last}, which look like records of their own, into one cell"),
                "find the quote that has no partner and take it out, or double it; each of these lines is kept back",
            ),
            RowFlaw::LinesWithin(first, last) => (
                "row::lines_within",
                format!(
                    "a quoted field joins lines {first} to {last}, and each of these has as many fields as a record"
                ),
                "look whether a quote has no partner: then the field has swallowed records",
            ),
            RowFlaw::LongField(column) => {
                at = Address::cell(sheet, number, column + 1);
                (
                    "row::long_field",
                    "the field is longer than 64 KB".to_owned(),
                    "a quote before it may not be closed, or the file is damaged",
                )
            }
            RowFlaw::LongRow => (
                "row::long",
                "the row is longer than 1 MB".to_owned(),
                "line ends may be missing, or the file is damaged: ask for it again",
            ),
            RowFlaw::NoFinalNewline => (
                "file::no_final_newline",
                "the last line of the file has no line end: the file may be cut short".to_owned(),
                "compare the number of rows with what the supplier says",
            ),
            RowFlaw::CellTwice(column) => {
                at = Address::cell(sheet, number, column.saturating_add(1));
                ("row::cell_twice", "the workbook holds this cell twice".to_owned(), SAVE_AGAIN)
            }
            RowFlaw::CellOfOtherRow(start, length) => (
                "row::cell_of_other_row",
                format!("a cell of the row says that it is `{}`, in another row", shown(block, *start, *length)),
                SAVE_AGAIN,
            ),
            RowFlaw::CellReference(start, length) => (
                "row::cell_reference",
                format!(
                    "a cell of the row says that it is `{}`, which is no cell of a sheet: they end at XFD1048576",
                    shown(block, *start, *length)
                ),
                SAVE_AGAIN,
            ),
            RowFlaw::RowNumber(start, length) => (
                "row::number",
                format!(
                    "the row says that its number is `{}`, which is none of a sheet: they end at 1048576",
                    shown(block, *start, *length)
                ),
                SAVE_AGAIN,
            ),
            RowFlaw::RowTwice => (
                "row::twice",
                "the workbook holds a row of this number twice; this is the second".to_owned(),
                SAVE_AGAIN,
            ),
            RowFlaw::RowOrder => {
                ("row::out_of_order", "the workbook holds this row after rows of higher numbers".to_owned(), SAVE_AGAIN)
            }
        };
        let told = Fault::coded(at, rule, message, hint);
        if let (Some(position), Severity::Error) = (position, told.severity) {
            bad[position] = true;
        }
        faults.push(told);
    }
}

/// What a broken workbook is mended by.
const SAVE_AGAIN: &str =
    "open the workbook in Excel, look at this row and save it; the program that wrote it is at fault";

/// A reference as the file has it, cut to what one can read.
fn shown(block: &Block, start: u32, length: u32) -> String {
    block.slice(start, length).chars().filter(|character| !character.is_control()).take(24).collect()
}
