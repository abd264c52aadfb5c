//! Some rows as bytes, and back: whole arrays at a time, nothing allocated for a cell.
//!
//! A piece of a block is a frame, small enough for the processor's cache: while the parent takes one, the child reads on.
//! What comes from a child is looked at as if the workbook had written it: every place of every text, every count.

use std::io::{self, Write};
use std::sync::Arc;

use super::message::{Cursor, LONGEST, MessageKind, send};
use crate::read::block::{Block, Cell, CellFlaw, RowFlaw, RowRef};

/// Whether a piece fits into a frame.
pub(super) fn fits(block: &Block) -> bool {
    let Block { sheet, rows, cells, text, flaws, .. } = block;
    let sheet = sheet.as_deref().map_or(0, str::len);
    64 + sheet + rows.len() * ROW + flaws.len() * 16 + cells.len() * 9 + text.len() <= LONGEST
}

/// The most cells of a piece.
pub(super) const PIECE_CELLS: usize = 32_768;

/// Writes a piece as one frame, by way of a buffer that is used again.
pub(super) fn send_piece(to: &mut dyn Write, block: &Block, front: &mut Vec<u8>) -> io::Result<()> {
    // Lines are counted of texts alone, which no other process reads.
    let Block { sheet, rows, cells, text, blank_rows, date_shift, dates_uncertain, flaws, .. } = block;
    let sheet = sheet.as_deref().unwrap_or("");
    front.clear();
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
            RowFlaw::Swallowed(first, last) => (13, place(first, last)),
            RowFlaw::LinesWithin(first, last) => (14, place(first, last)),
        };
        front.extend_from_slice(&row.to_le_bytes());
        front.extend_from_slice(&tag.to_le_bytes());
        front.extend_from_slice(&at.to_le_bytes());
    }
    let tags = front.len();
    front.resize(tags + cells.len() * 9, 0);
    let (tags, values) = front[tags..].split_at_mut(cells.len());
    for ((cell, tag), value) in cells.iter().zip(tags).zip(values.chunks_exact_mut(8)) {
        let bits;
        (*tag, bits) = bits_of(*cell);
        value.copy_from_slice(&bits.to_le_bytes());
    }
    send(to, MessageKind::Block, &[front, text.as_bytes()])
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
        Cell::Padded(start, length) => (9, place(start, length)),
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
        9 => Cell::Padded(start, length),
        tag => Cell::Flawed(*CELL_FLAWS.get(usize::from(tag.checked_sub(FLAWED)?))?, start, length),
    })
}

/// Adds the piece in the contents of a frame to the rows before it; none when it is not in the form that a piece has, and
/// then what was added is of no use.
pub(super) fn read_piece(bytes: &[u8], block: &mut Block) -> Option<()> {
    let mut cursor = Cursor(bytes);
    let (blank_rows, date_shift) = (cursor.number()?, f64::from_bits(cursor.number()?));
    let dates_uncertain = cursor.number()? != 0;
    let sizes = [cursor.size()?, cursor.size()?, cursor.size()?, cursor.size()?, cursor.size()?];
    if sizes.iter().any(|size| *size > LONGEST) {
        return None;
    }
    let [sheet, rows, cells, flaws, text] = sizes;
    let sheet = std::str::from_utf8(cursor.take(sheet)?).ok()?;
    if block.sheet.as_deref().unwrap_or("") != sheet {
        block.sheet = (!sheet.is_empty()).then(|| Arc::from(sheet));
    }
    let before = u32::try_from(block.rows.len()).ok()?;
    read_rows(cursor.take(rows * ROW)?, cells, block)?;
    let flaws = cursor.take(flaws * 16)?;
    let tags = cursor.take(cells)?;
    let values = cursor.take(cells * 8)?;
    if cursor.0.len() != text {
        return None;
    }
    let text = std::str::from_utf8(cursor.0).ok()?;
    let base = u32::try_from(block.text.len()).ok()?;
    // Every place in the piece's text, moved by as much as that moves, is one in the block's.
    base.checked_add(u32::try_from(text.len()).ok()?)?;
    let moved = |start: u32, length: u32| {
        let first = start as usize;
        text.get(first..first.checked_add(length as usize)?).map(|_| (start + base, length))
    };
    block.cells.reserve(cells);
    for (tag, value) in tags.iter().zip(values.chunks_exact(8)) {
        let cell = cell_of(*tag, u64::from_le_bytes(value.try_into().ok()?))?;
        block.cells.push(cell.placed(moved)?);
    }
    for (row, flaw) in read_flaws(flaws, rows)? {
        block.flaws.push((before + row, flaw.placed(moved)?));
    }
    block.text.push_str(text);
    block.blank_rows += blank_rows;
    block.date_shift = date_shift;
    block.dates_uncertain |= dates_uncertain;
    Some(())
}

fn read_rows(bytes: &[u8], cells: usize, block: &mut Block) -> Option<()> {
    let before = u32::try_from(block.cells.len()).ok()?;
    let mut first = before;
    for row in bytes.chunks_exact(ROW) {
        let number = u32::from_le_bytes(row[..4].try_into().ok()?);
        let count = u32::from_le_bytes(row[4..8].try_into().ok()?);
        let hidden = row[8] != 0;
        block.rows.push(RowRef { number, first, cells: count, hidden });
        first = first.checked_add(count)?;
    }
    ((first - before) as usize == cells).then_some(())
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
                13 => RowFlaw::Swallowed(start, length),
                14 => RowFlaw::LinesWithin(start, length),
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
            Cell::Padded(start, length),
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
            RowFlaw::Swallowed(9, 12),
            RowFlaw::LinesWithin(9, 12),
        ] {
            block.flaws.push((1, flaw));
        }
        block
    }

    fn read_block(bytes: &[u8]) -> Option<Block> {
        let mut block = Block::default();
        read_piece(bytes, &mut block).map(|()| block)
    }

    fn bytes_of(block: &Block) -> Vec<u8> {
        let mut bytes = Vec::new();
        send_piece(&mut bytes, block, &mut vec![1; 9]).unwrap();
        let (kind, bytes) = receive(&mut bytes.as_slice()).unwrap().unwrap();
        assert_eq!(kind, MessageKind::Block);
        bytes
    }

    #[test]
    fn a_piece_comes_back_as_it_was() {
        let sent = block();
        let read = read_block(&bytes_of(&sent)).unwrap();
        assert_eq!(format!("{sent:?}"), format!("{read:?}"));
        let empty = read_block(&bytes_of(&Block::default())).unwrap();
        assert_eq!(format!("{empty:?}"), format!("{:?}", Block::default()));
    }

    #[test]
    fn a_piece_is_added_to_the_rows_before_it() {
        let (mut twice, one) = (Block::default(), bytes_of(&block()));
        read_piece(&one, &mut twice).unwrap();
        read_piece(&one, &mut twice).unwrap();
        let sent = block();
        assert_eq!((twice.rows.len(), twice.blank_rows, twice.flaws.len()), (4, 6, 26));
        assert!(twice.is_flawed(3) && !twice.is_flawed(2));
        for index in 0..4 {
            assert_eq!(twice.rows[index].number, sent.rows[index % 2].number);
            let shown = |block: &Block, index| {
                block.row(index).iter().map(|cell| block.shown(*cell).into_owned()).collect::<Vec<String>>()
            };
            assert_eq!(shown(&twice, index), shown(&sent, index % 2));
        }
    }

    #[test]
    fn no_wrong_byte_makes_a_block_that_is_not_whole() {
        let good = bytes_of(&block());
        for cut in 0..good.len() {
            assert!(read_block(&good[..cut]).is_none(), "cut at {cut}");
        }
        for at in 0..good.len() {
            for flip in [1, 0x80, 0xff] {
                let mut bad = good.clone();
                bad[at] ^= flip;
                let Some(block) = read_block(&bad) else { continue };
                for index in 0..block.rows.len() {
                    for cell in block.row(index) {
                        let _ = block.shown(*cell);
                    }
                }
            }
        }
    }
}
