//! UTF-16 text as UTF-8, a window at a time, with the way back to its offsets in the file.

use std::fs::File;
use std::io::Read;

use super::ReadError;

/// Text of a UTF-16 file on its way.
#[derive(Debug)]
pub(super) struct Utf16 {
    big_endian: bool,
    /// Bytes of a character that is not whole yet.
    pending: Vec<u8>,
    /// Offset in the file of the first character that has not been passed.
    passed: u64,
    /// Offsets in the UTF-8 text of what stands for bytes that are no character.
    bad: Vec<u64>,
}

impl Utf16 {
    pub(super) fn new(big_endian: bool) -> Self {
        Self { big_endian, pending: Vec::new(), passed: 0, bad: Vec::new() }
    }

    /// Counts text that will not be asked about any more.
    pub(super) fn pass(&mut self, text: &[u8]) {
        self.passed += raw_length(text);
    }

    /// Where in the file the character is that follows `before`, the text since what was passed.
    pub(super) fn offset(&self, before: &[u8]) -> u64 {
        self.passed + raw_length(before)
    }

    /// The first of a range of the UTF-8 text that stands for bytes that are no character.
    pub(super) fn first_bad(&self, from: u64, to: u64) -> Option<u64> {
        let at = self.bad.partition_point(|bad| *bad < from);
        self.bad.get(at).copied().filter(|bad| *bad < to)
    }

    /// Adds up to `window` bytes of the file to the text, which begins at offset `base` of all text. Adds nothing only at the end.
    pub(super) fn read(
        &mut self,
        file: &mut File,
        window: usize,
        base: u64,
        text: &mut Vec<u8>,
    ) -> Result<(), ReadError> {
        let before = text.len();
        loop {
            let mut raw = std::mem::take(&mut self.pending);
            let held = raw.len();
            file.take(window as u64).read_to_end(&mut raw)?;
            let ended = raw.len() == held;
            self.decode(&raw, ended, base, text);
            if ended || text.len() > before {
                return Ok(());
            }
        }
    }

    fn decode(&mut self, raw: &[u8], ended: bool, base: u64, text: &mut Vec<u8>) {
        let unit = |at: usize| -> Option<u16> {
            let pair = [*raw.get(at)?, *raw.get(at + 1)?];
            Some(if self.big_endian { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) })
        };
        let mut at = 0;
        while at < raw.len() {
            let (character, length) = match (unit(at), unit(at + 2)) {
                (Some(high @ 0xD800..=0xDBFF), Some(low @ 0xDC00..=0xDFFF)) => {
                    let point = 0x1_0000 + ((u32::from(high) - 0xD800) << 10) + (u32::from(low) - 0xDC00);
                    (char::from_u32(point), 4)
                }
                (Some(0xD800..=0xDBFF), None) | (None, _) if !ended => break,
                (Some(one), _) => (char::from_u32(u32::from(one)), 2),
                (None, _) => (None, 1),
            };
            let character = character.unwrap_or_else(|| {
                self.bad.push(base + text.len() as u64);
                char::REPLACEMENT_CHARACTER
            });
            text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            at += length;
        }
        self.pending = raw[at..].to_vec();
    }
}

/// The bytes that a text had in the file: two for each character, four for those beyond the first plane.
fn raw_length(text: &[u8]) -> u64 {
    text.iter()
        .map(|byte| match byte {
            0x80..=0xBF => 0,
            0xF0..=0xFF => 4,
            _ => 2,
        })
        .sum()
}
