//! A small workbook, of which any part can be put in another way.

use super::archive::{Entry, archive, entry};

pub(super) const TYPES: &str = "[Content_Types].xml";
pub(super) const BOOK: &str = "xl/workbook.xml";
pub(super) const SHEET: &str = "xl/worksheets/sheet1.xml";
pub(super) const TEXTS: &str = "xl/sharedStrings.xml";
pub(super) const STYLES: &str = "xl/styles.xml";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// The parts of a good workbook: name and text.
pub(super) fn parts() -> Vec<(String, String)> {
    let xml = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
    let types = "http://schemas.openxmlformats.org/package/2006";
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let relation = |id: &str, kind: &str, target: &str| {
        format!("<Relationship Id=\"{id}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/>")
    };
    [
        (TYPES, format!("{xml}<Types xmlns=\"{types}/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/{BOOK}\" ContentType=\"{kind}.sheet.main+xml\"/><Override PartName=\"/{SHEET}\" ContentType=\"{kind}.worksheet+xml\"/></Types>")),
        ("_rels/.rels", format!("{xml}<Relationships xmlns=\"{types}/relationships\">{}</Relationships>", relation("rId1", "officeDocument", BOOK))),
        (BOOK, format!("{xml}<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets><sheet name=\"Sheet1\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>")),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "{xml}<Relationships xmlns=\"{types}/relationships\">{}{}{}</Relationships>",
                relation("rId1", "worksheet", "worksheets/sheet1.xml"),
                relation("rId2", "sharedStrings", "sharedStrings.xml"),
                relation("rId3", "styles", "styles.xml")
            ),
        ),
        (SHEET, sheet("", &row(2, "A", "43831", "7", "fine"))),
        (TEXTS, format!("{xml}<sst xmlns=\"{MAIN}\" count=\"1\" uniqueCount=\"1\"><si><t>shared</t></si></sst>")),
        (STYLES, format!("{xml}<styleSheet xmlns=\"{MAIN}\"><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>")),
    ]
    .map(|(name, text)| (name.to_owned(), text))
    .to_vec()
}

/// A sheet with its header and these rows; `front` stands before them.
pub(super) fn sheet(front: &str, rows: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<worksheet xmlns=\"{MAIN}\">{front}<sheetData><row r=\"1\">{}{}{}{}</row>{rows}</sheetData></worksheet>",
        text("A1", "id"),
        text("B1", "day"),
        text("C1", "count"),
        text("D1", "note")
    )
}

/// A row: id, serial of a day, count, note.
pub(super) fn row(number: u32, id: &str, day: &str, count: &str, note: &str) -> String {
    format!(
        "<row r=\"{number}\">{}<c r=\"B{number}\" s=\"1\"><v>{day}</v></c><c r=\"C{number}\"><v>{count}</v></c>{}</row>",
        text(&format!("A{number}"), id),
        text(&format!("D{number}"), note)
    )
}

pub(super) fn text(at: &str, text: &str) -> String {
    format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

/// The good workbook's entries.
pub(super) fn entries() -> Vec<Entry> {
    parts().iter().map(|(name, text)| entry(name, text.as_bytes())).collect()
}

/// The good workbook.
pub(super) fn good() -> Vec<u8> {
    archive(&entries())
}

/// The good workbook with one part put otherwise, or with one more.
pub(super) fn with(name: &str, bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let mut entries = entries();
    let new = entry(name, bytes.as_ref());
    match entries.iter_mut().find(|entry| entry.name == name.as_bytes()) {
        Some(old) => *old = new,
        None => entries.push(new),
    }
    archive(&entries)
}

/// The good workbook after something was done to the entry of a part.
pub(super) fn changed(name: &str, change: impl FnOnce(&mut Entry)) -> Vec<u8> {
    let mut entries = entries();
    change(entries.iter_mut().find(|entry| entry.name == name.as_bytes()).unwrap());
    archive(&entries)
}

/// The text of a part of the good workbook.
pub(super) fn part(name: &str) -> String {
    parts().into_iter().find(|(part, _)| part == name).unwrap().1
}

/// An OLE2 file whose folder has these streams, at sector 0; its table of sectors leads in a circle.
pub(super) fn ole(streams: &[&str]) -> Vec<u8> {
    let mut bytes = vec![0; 512 * 4];
    bytes[..8].copy_from_slice(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]);
    bytes[24..32].copy_from_slice(&[0x3E, 0, 3, 0, 0xFE, 0xFF, 9, 0]);
    bytes[32] = 6;
    bytes[44] = 1;
    bytes[48] = 0;
    bytes[56..60].copy_from_slice(&4096_u32.to_le_bytes());
    bytes[60..64].copy_from_slice(&0xFFFF_FFFE_u32.to_le_bytes());
    bytes[68..72].copy_from_slice(&0xFFFF_FFFE_u32.to_le_bytes());
    bytes[76..512].fill(0xFF);
    bytes[76..80].copy_from_slice(&1_u32.to_le_bytes());
    for (at, (name, kind)) in [("Root Entry", 5)].into_iter().chain(streams.iter().map(|name| (*name, 2))).enumerate() {
        let entry = &mut bytes[512 + at * 128..512 + (at + 1) * 128];
        for (unit, letter) in entry.chunks_exact_mut(2).zip(name.encode_utf16()) {
            unit.copy_from_slice(&letter.to_le_bytes());
        }
        entry[64] = u8::try_from(name.len() * 2 + 2).unwrap();
        entry[66] = kind;
        entry[116..120].copy_from_slice(&2_u32.to_le_bytes());
        entry[120..124].copy_from_slice(&8192_u32.to_le_bytes());
    }
    // Sector 0 is the folder, 1 this table, 2 follows itself.
    bytes[1024..1536].fill(0xFF);
    for (at, next) in [0xFFFF_FFFE_u32, 0xFFFF_FFFD, 2].into_iter().enumerate() {
        bytes[1024 + at * 4..1028 + at * 4].copy_from_slice(&next.to_le_bytes());
    }
    bytes
}
