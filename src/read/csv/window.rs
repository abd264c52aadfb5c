//! The part of a text file that is in memory, and what its first bytes must not contradict.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use super::super::ReadError;
use super::super::utf16::Utf16;
use crate::definitions::Encoding;

/// How much is read at a time.
const WINDOW: usize = 1 << 20;

/// The byte order of a file that is declared as UTF-16: its mark must not contradict the declaration.
pub(super) fn byte_order(file: &mut File, declared: Encoding) -> Result<Encoding, ReadError> {
    let mut first = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.take(4096).read_to_end(&mut first)?;
    let marked = match first.as_slice() {
        [0xFF, 0xFE, ..] => Some(Encoding::Utf16Le),
        [0xFE, 0xFF, ..] => Some(Encoding::Utf16Be),
        _ => None,
    };
    let refused = |message: &str, hint: &str| {
        Err(ReadError::Content {
            code: "read::encoding_contradicted",
            message: message.to_owned(),
            hint: hint.to_owned(),
            at: Some("byte 0".to_owned()),
        })
    };
    match (declared, marked) {
        (Encoding::Utf16, Some(marked)) => Ok(marked),
        (declared, Some(marked)) if declared != marked => refused(
            "the layout declares one byte order of UTF-16, and the file is marked as the other",
            "declare `encoding = \"utf-16\"`: the mark then says which it is",
        ),
        (_, None) if !first.contains(&0) => refused(
            "the layout declares UTF-16, and the file is not: no byte of its beginning is NUL",
            "declare its encoding, such as `utf-8` or `windows-1252`",
        ),
        (Encoding::Utf16, None) => refused(
            "the layout declares UTF-16, and the file has no byte-order mark that says which",
            "declare `encoding = \"utf-16le\"`, which Windows writes, or `utf-16be`",
        ),
        (declared, _) => Ok(declared),
    }
}

/// A file whose lines end with a carriage return alone would be one endless record.
pub(super) fn lines_end_as_declared(window: &Window) -> Result<(), ReadError> {
    let bytes = window.bytes.as_slice();
    match memchr::memchr(b'\r', bytes) {
        Some(at) if at + 1 < bytes.len() && memchr::memchr(b'\n', bytes).is_none() => Err(ReadError::Content {
            code: "read::line_ends",
            message: "the lines of the file end with a carriage return alone, as old Macs wrote them".to_owned(),
            hint: "declare `line_end = \"cr\"` in `[format.csv]`, or save the file again as CSV".to_owned(),
            at: Some(format!("byte {}", window.offset(at))),
        }),
        _ => Ok(()),
    }
}

/// The part of the file that is in memory.
pub(super) struct Window {
    pub(super) bytes: Vec<u8>,
    pub(super) position: usize,
    /// Offset in the file, or in the text of a UTF-16 file, of the first byte of `bytes`.
    pub(super) base: u64,
    pub(super) ended: bool,
    pub(super) utf16: Option<Utf16>,
}

impl Window {
    pub(super) fn fill(&mut self, file: &mut File) -> Result<(), ReadError> {
        if let Some(utf16) = &mut self.utf16 {
            utf16.pass(&self.bytes[..self.position]);
        }
        self.bytes.drain(..self.position);
        self.base += self.position as u64;
        self.position = 0;
        let before = self.bytes.len();
        match &mut self.utf16 {
            Some(utf16) => utf16.read(file, WINDOW, self.base, &mut self.bytes)?,
            None => {
                file.take(WINDOW as u64).read_to_end(&mut self.bytes)?;
            }
        }
        self.ended = self.bytes.len() == before;
        Ok(())
    }

    /// The offset in the file of a byte of the window.
    pub(super) fn offset(&self, at: usize) -> u64 {
        match &self.utf16 {
            Some(utf16) => utf16.offset(&self.bytes[..at]),
            None => self.base + at as u64,
        }
    }
}
