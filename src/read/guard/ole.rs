//! OLE2 files: the old binary workbooks, and what only looks like one.
//!
//! The entries of their folder are 128 bytes each, at multiples of 128 in the file, with their name in UTF-16 first: they are
//! looked for there, without following chains of sectors that a hostile file may lead in circles.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use super::Danger;
use crate::read::ReadError;

const ENTRY: usize = 128;
/// Where an entry has the length of its name in bytes, with the NUL at its end.
const NAME_BYTES: usize = 64;
/// Where an entry says what it is, and the kind that holds bytes.
const KIND: usize = 66;
const STREAM: u8 = 2;

/// Refuses a workbook with a password, and an OLE2 file that holds no workbook.
pub(in crate::read) fn check_ole(path: &Path) -> Result<(), ReadError> {
    let mut file = BufReader::with_capacity(1 << 16, File::open(path)?);
    let mut entry = [0; ENTRY];
    let mut has_workbook = false;
    loop {
        match file.read_exact(&mut entry) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => break,
            Err(error) => return Err(error.into()),
        }
        if is_stream(&entry, "EncryptedPackage") || is_stream(&entry, "EncryptionInfo") {
            return Err(Danger::Password.error());
        }
        has_workbook |= is_stream(&entry, "Workbook") || is_stream(&entry, "Book");
    }
    if has_workbook { Ok(()) } else { Err(Danger::OtherOle.error()) }
}

/// The streams of workbooks in a file, those of objects within it too.
pub(in crate::read) fn workbooks(bytes: &[u8]) -> usize {
    let (entries, _) = bytes.as_chunks::<ENTRY>();
    entries.iter().filter(|entry| is_stream(entry, "Workbook") || is_stream(entry, "Book")).count()
}

/// Capitals do not tell names apart.
fn is_stream(entry: &[u8; ENTRY], name: &str) -> bool {
    let bytes = name.len() * 2 + 2;
    entry[KIND] == STREAM
        && usize::from(u16::from_le_bytes([entry[NAME_BYTES], entry[NAME_BYTES + 1]])) == bytes
        && name
            .bytes()
            .zip(entry.chunks_exact(2))
            .all(|(letter, unit)| unit[0].eq_ignore_ascii_case(&letter) && unit[1] == 0)
}
