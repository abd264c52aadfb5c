//! Zip archives byte by byte, so that they can be wrong in any way.

use std::io::{Cursor, Read, Write};

use zip::write::SimpleFileOptions;

/// One entry, as the archive tells of it.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) name: Vec<u8>,
    pub(super) packed: Vec<u8>,
    pub(super) method: u16,
    pub(super) flags: u16,
    pub(super) crc: u32,
    pub(super) size: u32,
    /// Unix mode.
    pub(super) mode: u32,
    /// The entry whose bytes this one claims as its own.
    pub(super) upon: Option<usize>,
}

/// An entry of these bytes, packed.
pub(super) fn entry(name: &str, bytes: &[u8]) -> Entry {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("x", SimpleFileOptions::default()).unwrap();
    writer.write_all(bytes).unwrap();
    let mut archive = zip::ZipArchive::new(writer.finish().unwrap()).unwrap();
    let mut raw = archive.by_index_raw(0).unwrap();
    let mut packed = Vec::new();
    raw.read_to_end(&mut packed).unwrap();
    Entry {
        name: name.as_bytes().to_vec(),
        packed,
        method: 8,
        flags: 0,
        crc: raw.crc32(),
        size: u32::try_from(bytes.len()).unwrap(),
        mode: 0o100_644,
        upon: None,
    }
}

/// The archive of these entries.
pub(super) fn archive(entries: &[Entry]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut places = Vec::new();
    for entry in entries {
        if let Some(upon) = entry.upon {
            places.push(places[upon]);
            continue;
        }
        places.push(bytes.len());
        bytes.extend_from_slice(b"PK\x03\x04");
        head(&mut bytes, entry);
        bytes.extend_from_slice(&0_u16.to_le_bytes());
        bytes.extend_from_slice(&entry.name);
        bytes.extend_from_slice(&entry.packed);
    }
    let list = bytes.len();
    for (entry, place) in entries.iter().zip(&places) {
        bytes.extend_from_slice(b"PK\x01\x02");
        bytes.extend_from_slice(&0x0314_u16.to_le_bytes());
        head(&mut bytes, entry);
        bytes.extend_from_slice(&[0; 8]);
        bytes.extend_from_slice(&(entry.mode << 16).to_le_bytes());
        bytes.extend_from_slice(&u32::try_from(*place).unwrap().to_le_bytes());
        bytes.extend_from_slice(&entry.name);
    }
    let length = bytes.len() - list;
    let count = u16::try_from(entries.len()).unwrap();
    bytes.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    for number in [count, count] {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    for number in [length, list] {
        bytes.extend_from_slice(&u32::try_from(number).unwrap().to_le_bytes());
    }
    bytes.extend_from_slice(&[0, 0]);
    bytes
}

/// What both heads of an entry have in common, up to the length of its name.
fn head(bytes: &mut Vec<u8>, entry: &Entry) {
    for number in [20, entry.flags, entry.method, 0, 0x21] {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    for number in [entry.crc, u32::try_from(entry.packed.len()).unwrap(), entry.size] {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    bytes.extend_from_slice(&u16::try_from(entry.name.len()).unwrap().to_le_bytes());
}
