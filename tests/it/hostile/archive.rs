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

/// How an archive is written, where that is not plain.
#[derive(Clone, Copy, Default)]
pub(super) struct Dress<'d> {
    /// What stands before the first part.
    pub(super) front: &'d [u8],
    /// Whether the list counts from the first part, as if nothing stood before it.
    pub(super) from_part: bool,
    /// Sizes and places are told in the fields of zip64.
    pub(super) zip64: bool,
    /// Checksum and sizes stand behind each part, and zeros before it.
    pub(super) behind: bool,
    /// What the head before a part calls it: which part (by number), and what.
    pub(super) called: Option<(usize, &'d str)>,
    /// The comment at the end.
    pub(super) comment: &'d [u8],
}

/// The archive of these entries.
pub(super) fn archive(entries: &[Entry]) -> Vec<u8> {
    dressed(entries, Dress::default())
}

/// The archive of these entries, written like this.
pub(super) fn dressed(entries: &[Entry], dress: Dress<'_>) -> Vec<u8> {
    let mut bytes = dress.front.to_vec();
    let from = if dress.from_part { bytes.len() } else { 0 };
    let flag = if dress.behind { 8 } else { 0 };
    let mut places = Vec::new();
    for (number, entry) in entries.iter().enumerate() {
        if let Some(upon) = entry.upon {
            places.push(places[upon]);
            continue;
        }
        places.push(bytes.len() - from);
        bytes.extend_from_slice(b"PK\x03\x04");
        let called = dress.called.filter(|(at, _)| *at == number).map(|(_, name)| name.as_bytes().to_vec());
        let mut before = Entry { flags: entry.flags | flag, ..entry.clone() };
        before.name = called.unwrap_or_else(|| entry.name.clone());
        let sizes = if dress.behind { [0, 0] } else { [before.packed.len() as u64, u64::from(entry.size)] };
        before.crc = if dress.behind { 0 } else { entry.crc };
        head(&mut bytes, &before, if dress.zip64 { [u64::from(u32::MAX); 2] } else { sizes });
        let extra = if dress.zip64 { wide(&sizes) } else { Vec::new() };
        bytes.extend_from_slice(&u16::try_from(extra.len()).unwrap().to_le_bytes());
        bytes.extend_from_slice(&before.name);
        bytes.extend_from_slice(&extra);
        bytes.extend_from_slice(&entry.packed);
        if dress.behind {
            bytes.extend_from_slice(b"PK\x07\x08");
            for number in [entry.crc, u32::try_from(entry.packed.len()).unwrap(), entry.size] {
                bytes.extend_from_slice(&number.to_le_bytes());
            }
        }
    }
    let list = bytes.len() - from;
    for (entry, place) in entries.iter().zip(&places) {
        bytes.extend_from_slice(b"PK\x01\x02");
        bytes.extend_from_slice(&0x0314_u16.to_le_bytes());
        let sizes = [entry.packed.len() as u64, u64::from(entry.size)];
        let told = Entry { flags: entry.flags | flag, ..entry.clone() };
        head(&mut bytes, &told, if dress.zip64 { [u64::from(u32::MAX); 2] } else { sizes });
        // Of zip64 the size comes before the packed one, and the place after both.
        let extra = if dress.zip64 { wide(&[sizes[1], sizes[0], *place as u64]) } else { Vec::new() };
        let place = if dress.zip64 { u32::MAX } else { u32::try_from(*place).unwrap() };
        bytes.extend_from_slice(&u16::try_from(extra.len()).unwrap().to_le_bytes());
        bytes.extend_from_slice(&[0; 6]);
        bytes.extend_from_slice(&(entry.mode << 16).to_le_bytes());
        bytes.extend_from_slice(&place.to_le_bytes());
        bytes.extend_from_slice(&entry.name);
        bytes.extend_from_slice(&extra);
    }
    let length = bytes.len() - from - list;
    let count = u16::try_from(entries.len()).unwrap();
    if dress.zip64 {
        let end = bytes.len() - from;
        bytes.extend_from_slice(b"PK\x06\x06");
        bytes.extend_from_slice(&44_u64.to_le_bytes());
        bytes.extend_from_slice(&[0x2D, 3, 0x2D, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        for number in [u64::from(count), u64::from(count), length as u64, list as u64] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes.extend_from_slice(b"PK\x06\x07\0\0\0\0");
        bytes.extend_from_slice(&(end as u64).to_le_bytes());
        bytes.extend_from_slice(&1_u32.to_le_bytes());
    }
    bytes.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    for number in [count; 2] {
        bytes.extend_from_slice(&if dress.zip64 { u16::MAX } else { number }.to_le_bytes());
    }
    for number in [length, list] {
        let number = if dress.zip64 { u32::MAX } else { u32::try_from(number).unwrap() };
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    bytes.extend_from_slice(&u16::try_from(dress.comment.len()).unwrap().to_le_bytes());
    bytes.extend_from_slice(dress.comment);
    bytes
}

/// The extra field of zip64.
fn wide(numbers: &[u64]) -> Vec<u8> {
    let length = u16::try_from(numbers.len() * 8).unwrap();
    let mut field = [1_u16.to_le_bytes(), length.to_le_bytes()].concat();
    field.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
    field
}

/// What both heads of an entry have in common, up to the length of its name; the packed size comes first.
fn head(bytes: &mut Vec<u8>, entry: &Entry, sizes: [u64; 2]) {
    for number in [20, entry.flags, entry.method, 0, 0x21] {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    bytes.extend_from_slice(&entry.crc.to_le_bytes());
    for size in sizes {
        bytes.extend_from_slice(&u32::try_from(size).unwrap().to_le_bytes());
    }
    bytes.extend_from_slice(&u16::try_from(entry.name.len()).unwrap().to_le_bytes());
}
