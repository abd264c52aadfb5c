//! What the library that reads old workbooks (`.xls`) takes amiss, mended in the bytes before it sees them. Pure.
//!
//! In: the stream of the workbook. Out: pairs of bytes to put in place of others; nothing is moved.

use std::collections::HashMap;

use super::code_page::{BY_BYTE, CodePage, same_as};
use super::look::{BiffRecords, declared};
use crate::read::xlsx::format::{Shown, shown};

/// Two bytes that take the place of those at an offset of the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Patch {
    /// Where, from the stream's start.
    pub(super) at: usize,
    /// What, with its low byte first.
    pub(super) value: u16,
}

const BEGIN: u16 = 0x0809;
const CODE_PAGE: u16 = 0x0042;
const SHARED_TEXTS: u16 = 0x00FC;
const CONTINUE: u16 = 0x003C;
/// A record that the library passes over.
const NOTHING: u16 = 0;
const FORMAT: u16 = 0x041E;
const STYLE: u16 = 0x00E0;
const SIZE: u16 = 0x0200;
const FORMULA: u16 = 0x0006;
/// A formula as Excel 3 and 4 numbered its record; Numbers of Apple wrote it into workbooks of Excel 97.
const OLDER_FORMULAS: [u16; 2] = [0x0206, 0x0406];
/// The shortest formula of which the library takes the value.
const SHORTEST_FORMULA: usize = 22;
/// The version of Excel 97 to 2003, whose text is UTF-16, with its high bytes left out where all are zero.
const BIFF8: u16 = 0x0600;
/// Cells for which the library may set memory aside because a sheet says that it has them.
const MOST_SET_ASIDE: u64 = 1 << 20;
/// The code page that says so.
const UTF_16: u16 = 1200;

/// What is to be mended in a workbook.
///
/// - Formulas in records of an older number: the library passes them over, and their values would be lost.
/// - A code page other than UTF-16 in a workbook of Excel 97 to 2003, which has no other text: the library would decode by it.
/// - A code page that the library does not know, in a workbook before Excel 97: one of the same letters, or one in which every
///   byte is a letter, from which [`CodePage`](super::code_page::CodePage) goes on.
/// - Continuations without a byte at the end of the shared texts, on which the library fails.
/// - Formats with a number that the library does not expect, and all those of Excel 5, whose text it misreads: a cell's style is
///   led to the built-in format of the same kind, so that days stay days.
/// - A size of a sheet that is mostly empty, for all of which the library would set memory aside.
pub(super) fn patches(stream: &[u8]) -> Vec<Patch> {
    let mut patches = Vec::new();
    let mut is_biff8 = true;
    let mut is_first = true;
    let mut formats: HashMap<u16, Shown> = HashMap::new();
    let mut styles: Vec<(usize, u16)> = Vec::new();
    let mut at = 0;
    let (mut is_within_texts, mut hollow): (bool, Vec<usize>) = (false, Vec::new());
    for (kind, data) in BiffRecords(stream) {
        if kind == CONTINUE && is_within_texts {
            if data.is_empty() {
                hollow.push(at);
            } else {
                hollow.clear();
            }
        } else {
            patches.extend(hollow.drain(..).map(|at| Patch { at, value: NOTHING }));
            is_within_texts = kind == SHARED_TEXTS;
        }
        match kind {
            BEGIN if is_first => {
                is_first = false;
                is_biff8 = short(data, 0) == Some(BIFF8);
            }
            CODE_PAGE if is_biff8 && short(data, 0).is_some_and(|page| page != UTF_16) => {
                patches.push(Patch { at: at + 4, value: UTF_16 });
            }
            CODE_PAGE if !is_biff8 => {
                let page = short(data, 0);
                let known = page.and_then(same_as).or_else(|| page.and_then(CodePage::of).map(|_| BY_BYTE));
                patches.extend(known.map(|value| Patch { at: at + 4, value }));
            }
            FORMAT => {
                if let Some(id) = short(data, 0).filter(|id| !is_biff8 || !is_expected(*id)) {
                    formats.insert(id, shown(&code(&data[2..], is_biff8)));
                }
            }
            SIZE if declared(data) > MOST_SET_ASIDE && data.len() >= 14 => {
                patches.extend([8, 10].map(|from| Patch { at: at + from, value: 0 }));
            }
            STYLE => {
                if let Some(format) = short(data, 2) {
                    styles.push((at + 6, format));
                }
            }
            _ if OLDER_FORMULAS.contains(&kind) && data.len() >= SHORTEST_FORMULA => {
                patches.push(Patch { at, value: FORMULA });
            }
            _ => {}
        }
        at += data.len() + 4;
    }
    let led = styles.into_iter().filter_map(|(at, format)| Some(Patch { at, value: built_in(*formats.get(&format)?) }));
    patches.extend(led.collect::<Vec<_>>());
    patches
}

/// The numbers that the library takes a format by.
fn is_expected(id: u16) -> bool {
    matches!(id, 5..=8 | 23..=26 | 41..=44 | 63..=66 | 164..=382)
}

/// A built-in format of the same kind.
fn built_in(kind: Shown) -> u16 {
    match kind {
        Shown::Number | Shown::Padded(_) => 0,
        Shown::Percent => 10,
        Shown::Day => 22,
        Shown::Time => 21,
        Shown::Elapsed => 46,
    }
}

/// The text of a format. Bytes are taken as Latin-1: what tells a day from a number is ASCII.
pub(super) fn code(data: &[u8], is_biff8: bool) -> String {
    match data {
        [low, high, flags, text @ ..] if is_biff8 => {
            String::from_utf16_lossy(&units(*flags, text, usize::from(u16::from_le_bytes([*low, *high]))))
        }
        [length, text @ ..] if !is_biff8 => {
            text.iter().take(usize::from(*length)).map(|byte| char::from(*byte)).collect()
        }
        _ => String::new(),
    }
}

/// Units of UTF-16 of a text of Excel 97 to 2003, so many at most: its first bit says whether each has two bytes.
pub(super) fn units(flags: u8, text: &[u8], most: usize) -> Vec<u16> {
    if flags & 1 == 0 {
        text.iter().take(most).map(|byte| u16::from(*byte)).collect()
    } else {
        text.chunks_exact(2).take(most).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect()
    }
}

/// Two bytes of a record; none when it is too short.
pub(super) fn short(data: &[u8], at: usize) -> Option<u16> {
    data.get(at..at + 2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        [&kind.to_le_bytes()[..], &u16::try_from(data.len()).unwrap().to_le_bytes(), data].concat()
    }

    #[test]
    fn a_usual_workbook_is_left_alone() {
        let usual = [
            record(BEGIN, &[0, 6, 5, 0]),
            record(CODE_PAGE, &UTF_16.to_le_bytes()),
            record(FORMAT, b"\xA4\0\x02\0\0yy"),
            record(STYLE, &[0, 0, 0xA4, 0]),
            record(FORMULA, &[0; 30]),
            record(0x0206, &[0; 4]),
        ];
        assert_eq!(patches(&usual.concat()), []);
    }

    #[test]
    fn formulas_text_and_formats_that_are_taken_amiss_are_mended_in_place() {
        let odd = [
            record(BEGIN, &[0, 6, 5, 0]),
            record(CODE_PAGE, &1252_u16.to_le_bytes()),
            record(FORMAT, b"\x3B\0\x08\0\0mmm d yy"),
            record(FORMAT, b"\x90\x01\x03\0\x010\0.\x000\0"),
            record(STYLE, &[0, 0, 0x3B, 0]),
            record(STYLE, &[0, 0, 0x90, 1]),
            record(STYLE, &[0, 0, 14, 0]),
            record(0x0406, &[0; 30]),
            record(SIZE, &[0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0]),
            record(SIZE, &[0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 9, 0, 0, 0]),
        ];
        let start = |n: usize| odd[..n].iter().map(Vec::len).sum::<usize>();
        let wanted = [
            (start(1) + 4, UTF_16),
            (start(7), FORMULA),
            (start(8) + 8, 0),
            (start(8) + 10, 0),
            (start(4) + 6, 22),
            (start(5) + 6, 0),
        ];
        assert_eq!(patches(&odd.concat()), wanted.map(|(at, value)| Patch { at, value }));
    }

    #[test]
    fn code_pages_and_hollow_continuations_are_mended() {
        for (page, wanted) in
            [(10_029_u16, Some(1252)), (0x8001, Some(1252)), (0x8000, Some(10_000)), (1252, None), (708, None)]
        {
            let old = [record(BEGIN, &[0, 5, 5, 0]), record(CODE_PAGE, &page.to_le_bytes())].concat();
            let wanted: Vec<Patch> = wanted.map(|value| Patch { at: 12, value }).into_iter().collect();
            assert_eq!(patches(&old), wanted, "{page}");
        }
        let texts = [
            record(BEGIN, &[0, 6, 5, 0]),
            record(SHARED_TEXTS, &[0; 9]),
            record(CONTINUE, &[]),
            record(CONTINUE, &[0; 3]),
            record(CONTINUE, &[]),
            record(CONTINUE, &[]),
            record(SIZE, &[0; 14]),
            record(CONTINUE, &[]),
        ];
        let start = |n: usize| texts[..n].iter().map(Vec::len).sum::<usize>();
        assert_eq!(patches(&texts.concat()), [4, 5].map(|at| Patch { at: start(at), value: NOTHING }));
    }

    #[test]
    fn formats_of_excel_5_have_a_length_of_one_byte() {
        let old = [
            record(BEGIN, &[0, 5, 5, 0]),
            record(CODE_PAGE, &1252_u16.to_le_bytes()),
            record(FORMAT, b"\xA4\0\x06[h]:mm"),
            record(STYLE, &[0, 0, 0xA4, 0]),
        ];
        let at = old[..3].iter().map(Vec::len).sum::<usize>() + 6;
        assert_eq!(patches(&old.concat()), [Patch { at, value: 46 }]);
    }
}
