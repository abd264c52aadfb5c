//! A block of rows as bytes, and back: whole arrays at a time, nothing allocated for a cell.
//!
//! What comes from a child is looked at as if the workbook had written it: every place of every text, every count.

use std::io::{self, Write};
use std::sync::Arc;

use super::message::{Cursor, Kind, LONGEST, send};
use crate::read::block::{Block, Cell, CellFlaw, RowFlaw, RowRef};

/// Whether a block fits into a frame.
pub(super) fn fits(block: &Block) -> bool {
    let Block { sheet, rows, cells, text, flaws, .. } = block;
    let sheet = sheet.as_deref().map_or(0, str::len);
    64 + sheet + rows.len() * ROW + flaws.len() * 16 + cells.len() * 9 + text.len() <= LONGEST
}

/// Writes a block as one frame.
pub(super) fn send_block(to: &mut dyn Write, block: &Block) -> io::Result<()> {
    let Block { sheet, rows, cells, text, blank_rows, date_shift, dates_uncertain, flaws, around: _ } = block;
    let sheet = sheet.as_deref().unwrap_or("");
    let mut front = Vec::with_capacity(64 + sheet.len() + rows.len() * ROW + flaws.len() * 16);
    let numbers = [
        *blank_rows,
        date_shift.to_bits(),
        u64::from(*dates_uncertain),
        sheet.len() as u64,
        rows.len() as u64,
        cells.len() as u64,
        flaws.len() as u64,
        text.len() as u64,
    ];
    for number in numbers {
        front.extend_from_slice(&number.to_le_bytes());
    }
    front.extend_from_slice(sheet.as_bytes());
    for row in rows {
        front.extend_from_slice(&row.number.to_le_bytes());
        front.extend_from_slice(&row.cells.to_le_bytes());
        front.extend_from_slice(&u32::from(row.hidden).to_le_bytes());
    }
    for (row, flaw) in flaws {
        let (tag, at) = match *flaw {
            RowFlaw::Undecodable(at) => (0_u32, at),
            RowFlaw::Nul(at) => (1, at),
            RowFlaw::QuoteWithin => (2, 0),
            RowFlaw::Unterminated => (3, 0),
            RowFlaw::NoFinalNewline => (4, 0),
            RowFlaw::CellTwice(column) => (5, u64::from(column)),
            RowFlaw::CellOfOtherRow(start, length) => (6, place(start, length)),
            RowFlaw::CellReference(start, length) => (7, place(start, length)),
            RowFlaw::RowNumber(start, length) => (8, place(start, length)),
            RowFlaw::RowTwice => (9, 0),
            RowFlaw::RowOrder => (10, 0),
            RowFlaw::LongField(column) => (11, u64::from(column)),
            RowFlaw::LongRow => (12, 0),
        };
        front.extend_from_slice(&row.to_le_bytes());
        front.extend_from_slice(&tag.to_le_bytes());
        front.extend_from_slice(&at.to_le_bytes());
    }
    let mut tags = vec![0_u8; cells.len()];
    let mut values = vec![0_u8; cells.len() * 8];
    for ((cell, tag), value) in cells.iter().zip(&mut tags).zip(values.chunks_exact_mut(8)) {
        let bits;
        (*tag, bits) = bits_of(*cell);
        value.copy_from_slice(&bits.to_le_bytes());
    }
    send(to, Kind::Block, &[&front, &tags, &values, text.as_bytes()])
}

/// Bytes of a row.
const ROW: usize = 12;
/// Where the tags of cells that cannot be read begin.
const FLAWED: u8 = 16;
/// What may be wrong with a cell, by its tag.
const CELL_FLAWS: [CellFlaw; 8] = [
    CellFlaw::Boolean,
    CellFlaw::Number,
    CellFlaw::Day,
    CellFlaw::SharedString,
    CellFlaw::Character,
    CellFlaw::Type,
    CellFlaw::Long,
    CellFlaw::Nested,
];

fn place(start: u32, length: u32) -> u64 {
    u64::from(start) | u64::from(length) << 32
}

#[expect(clippy::cast_possible_truncation, reason = "the two halves of the eight bytes")]
fn halves(bits: u64) -> (u32, u32) {
    (bits as u32, (bits >> 32) as u32)
}

fn bits_of(cell: Cell) -> (u8, u64) {
    match cell {
        Cell::Blank => (0, 0),
        Cell::Text(start, length) => (1, place(start, length)),
        Cell::Number(value) => (2, value.to_bits()),
        Cell::Bool(value) => (3, u64::from(value)),
        Cell::Serial(value) => (4, value.to_bits()),
        Cell::Duration(value) => (5, value.to_bits()),
        Cell::Error(start, length) => (6, place(start, length)),
        Cell::NoValue => (7, 0),
        Cell::Percent(value) => (8, value.to_bits()),
        Cell::Flawed(flaw, start, length) => {
            let tag = match flaw {
                CellFlaw::Boolean => 0,
                CellFlaw::Number => 1,
                CellFlaw::Day => 2,
                CellFlaw::SharedString => 3,
                CellFlaw::Character => 4,
                CellFlaw::Type => 5,
                CellFlaw::Long => 6,
                CellFlaw::Nested => 7,
            };
            (FLAWED + tag, place(start, length))
        }
    }
}

fn cell_of(tag: u8, bits: u64) -> Option<Cell> {
    let (start, length) = halves(bits);
    Some(match tag {
        0 => Cell::Blank,
        1 => Cell::Text(start, length),
        2 => Cell::Number(f64::from_bits(bits)),
        3 => Cell::Bool(bits != 0),
        4 => Cell::Serial(f64::from_bits(bits)),
        5 => Cell::Duration(f64::from_bits(bits)),
        6 => Cell::Error(start, length),
        7 => Cell::NoValue,
        8 => Cell::Percent(f64::from_bits(bits)),
        tag => Cell::Flawed(*CELL_FLAWS.get(usize::from(tag.checked_sub(FLAWED)?))?, start, length),
    })
}

/// A block out of the contents of a frame; none when they are not in the form that a block has.
pub(super) fn read_block(mut bytes: Vec<u8>) -> Option<Block> {
    let mut cursor = Cursor(&bytes);
    let (blank_rows, date_shift) = (cursor.number()?, f64::from_bits(cursor.number()?));
    let dates_uncertain = cursor.number()? != 0;
    let sizes = [cursor.size()?, cursor.size()?, cursor.size()?, cursor.size()?, cursor.size()?];
    if sizes.iter().any(|size| *size > LONGEST) {
        return None;
    }
    let [sheet, rows, cells, flaws, text] = sizes;
    let sheet = std::str::from_utf8(cursor.take(sheet)?).ok()?;
    let sheet = (!sheet.is_empty()).then(|| Arc::from(sheet));
    let rows = read_rows(cursor.take(rows * ROW)?, cells)?;
    let flaws = read_flaws(cursor.take(flaws * 16)?, rows.len())?;
    let tags = cursor.take(cells)?;
    let values = cursor.take(cells * 8)?;
    let mut taken = Vec::with_capacity(cells);
    for (tag, value) in tags.iter().zip(values.chunks_exact(8)) {
        taken.push(cell_of(*tag, u64::from_le_bytes(value.try_into().ok()?))?);
    }
    if cursor.0.len() != text {
        return None;
    }
    let front = bytes.len() - text;
    bytes.drain(..front);
    let text = String::from_utf8(bytes).ok()?;
    let is_within = |start: u32, length: u32| {
        let (start, length) = (start as usize, length as usize);
        text.get(start..start.saturating_add(length)).is_some()
    };
    let are_whole = taken.iter().all(|cell| match *cell {
        Cell::Text(start, length) | Cell::Error(start, length) | Cell::Flawed(_, start, length) => {
            is_within(start, length)
        }
        _ => true,
    }) && flaws.iter().all(|(_, flaw)| match *flaw {
        RowFlaw::CellOfOtherRow(start, length)
        | RowFlaw::CellReference(start, length)
        | RowFlaw::RowNumber(start, length) => is_within(start, length),
        _ => true,
    });
    are_whole.then_some(Block {
        sheet,
        rows,
        cells: taken,
        text,
        blank_rows,
        date_shift,
        dates_uncertain,
        flaws,
        around: None,
    })
}

fn read_rows(bytes: &[u8], cells: usize) -> Option<Vec<RowRef>> {
    let mut rows = Vec::with_capacity(bytes.len() / ROW);
    let mut first = 0_u32;
    for row in bytes.chunks_exact(ROW) {
        let number = u32::from_le_bytes(row[..4].try_into().ok()?);
        let count = u32::from_le_bytes(row[4..8].try_into().ok()?);
        let hidden = row[8] != 0;
        rows.push(RowRef { number, first, cells: count, hidden });
        first = first.checked_add(count)?;
    }
    (first as usize == cells).then_some(rows)
}

fn read_flaws(bytes: &[u8], rows: usize) -> Option<Vec<(u32, RowFlaw)>> {
    bytes
        .chunks_exact(16)
        .map(|flaw| {
            let row = u32::from_le_bytes(flaw[..4].try_into().ok()?);
            let tag = u32::from_le_bytes(flaw[4..8].try_into().ok()?);
            let at = u64::from_le_bytes(flaw[8..].try_into().ok()?);
            let (start, length) = halves(at);
            let flaw = match tag {
                0 => RowFlaw::Undecodable(at),
                1 => RowFlaw::Nul(at),
                2 => RowFlaw::QuoteWithin,
                3 => RowFlaw::Unterminated,
                4 => RowFlaw::NoFinalNewline,
                5 => RowFlaw::CellTwice(start),
                6 => RowFlaw::CellOfOtherRow(start, length),
                7 => RowFlaw::CellReference(start, length),
                8 => RowFlaw::RowNumber(start, length),
                9 => RowFlaw::RowTwice,
                10 => RowFlaw::RowOrder,
                11 => RowFlaw::LongField(start),
                12 => RowFlaw::LongRow,
                _ => return None,
            };
            ((row as usize) < rows).then_some((row, flaw))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::contain::message::receive;

    fn block() -> Block {
        let mut block =
            Block { sheet: Some(Arc::from("Größe")), blank_rows: 3, date_shift: 1462.0, ..Block::default() };
        block.open_row(4);
        let (start, length) = block.push_text("Märchen");
        for cell in [
            Cell::Text(start, length),
            Cell::Blank,
            Cell::Number(-0.5),
            Cell::Bool(true),
            Cell::Serial(60.0),
            Cell::Duration(f64::MAX),
            Cell::Error(start, 1),
            Cell::NoValue,
            Cell::Percent(0.45),
        ] {
            block.cells.push(cell);
        }
        block.cells.extend(CELL_FLAWS.map(|flaw| Cell::Flawed(flaw, start, length)));
        block.close_row();
        block.open_row(9);
        if let Some(row) = block.rows.last_mut() {
            row.hidden = true;
        }
        block.close_row();
        for flaw in [
            RowFlaw::Undecodable(1),
            RowFlaw::Nul(2),
            RowFlaw::QuoteWithin,
            RowFlaw::NoFinalNewline,
            RowFlaw::Unterminated,
            RowFlaw::CellTwice(7),
            RowFlaw::CellOfOtherRow(start, 1),
            RowFlaw::CellReference(start, 1),
            RowFlaw::RowNumber(start, 1),
            RowFlaw::RowTwice,
            RowFlaw::RowOrder,
        ] {
            block.flaws.push((1, flaw));
        }
        block
    }

    fn bytes_of(block: &Block) -> Vec<u8> {
        let mut bytes = Vec::new();
        send_block(&mut bytes, block).unwrap();
        let (kind, bytes) = receive(&mut bytes.as_slice()).unwrap().unwrap();
        assert_eq!(kind, Kind::Block);
        bytes
    }

    #[test]
    fn a_block_comes_back_as_it_was() {
        let sent = block();
        let read = read_block(bytes_of(&sent)).unwrap();
        assert_eq!(format!("{sent:?}"), format!("{read:?}"));
        let empty = read_block(bytes_of(&Block::default())).unwrap();
        assert_eq!(format!("{empty:?}"), format!("{:?}", Block::default()));
    }

    #[test]
    fn no_wrong_byte_makes_a_block_that_is_not_whole() {
        let good = bytes_of(&block());
        for cut in 0..good.len() {
            assert!(read_block(good[..cut].to_vec()).is_none(), "cut at {cut}");
        }
        for at in 0..good.len() {
            for flip in [1, 0x80, 0xff] {
                let mut bad = good.clone();
                bad[at] ^= flip;
                let Some(block) = read_block(bad) else { continue };
                for index in 0..block.rows.len() {
                    for cell in block.row(index) {
                        let _ = block.shown(*cell);
                    }
                }
            }
        }
    }
}
