//! Small workbooks of the two binary kinds, record by record: a header and one row, as in the good workbook.

use std::io::{Cursor, Write};

use super::archive::{archive, entry};

/// A record of an `.xls`: kind, length, data.
pub(super) fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &u16::try_from(data.len()).unwrap().to_le_bytes(), data].concat()
}

/// The stream of an `.xls` (BIFF8) with one sheet.
pub(super) fn xls() -> Vec<u8> {
    xls_with(0, &[])
}

/// The same, with the state of its sheet (0 is shown) and these records on it.
pub(super) fn xls_with(state: u8, records: &[u8]) -> Vec<u8> {
    const BEGIN: u16 = 0x0809;
    let texts = |row: u8, column: u8, text: &str| {
        let length = u8::try_from(text.len()).unwrap();
        record(0x0204, &[&[row, 0, column, 0, 0, 0, length, 0, 0], text.as_bytes()].concat())
    };
    let number = |row: u8, column: u8, value: f64| {
        record(0x0203, &[&[row, 0, column, 0, 0, 0][..], &value.to_le_bytes()].concat())
    };
    let mut globals = record(BEGIN, &[0, 6, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0]);
    let name = b"\x06\0Sheet1";
    let start = u32::try_from(globals.len() + 4 + 6 + name.len() + 4).unwrap();
    globals.extend(record(0x0085, &[&start.to_le_bytes()[..], &[state, 0], name].concat()));
    globals.extend(record(0x000A, &[]));
    let mut sheet = record(BEGIN, &[0, 6, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0]);
    sheet.extend(record(0x0200, &[0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 4, 0, 0, 0]));
    for (column, label) in (0..).zip(["id", "day", "count", "note"]) {
        sheet.extend(texts(0, column, label));
    }
    sheet.extend([texts(1, 0, "A"), number(1, 1, 43831.0), number(1, 2, 7.0), texts(1, 3, "fine")].concat());
    sheet.extend_from_slice(records);
    sheet.extend(record(0x000A, &[]));
    [globals, sheet].concat()
}

/// The stream of an `.xls` (BIFF8) as other writers than Excel leave it: a code page that it does not have, a format with a
/// number of its own, a formula in a record of Excel 4, and a size that is mostly empty.
pub(super) fn odd_xls() -> Vec<u8> {
    const BEGIN: u16 = 0x0809;
    let mut globals = record(BEGIN, &[0, 6, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0]);
    globals.extend(record(0x0042, &1252_u16.to_le_bytes()));
    globals.extend(record(0x041E, b"\x3B\0\x0A\0\0dd/mm/yyyy"));
    globals.extend(record(0x00E0, &[0; 20]));
    globals.extend(record(0x00E0, &[&[0, 0, 0x3B, 0][..], &[0; 16]].concat()));
    let name = b"\x06\0Sheet1";
    let start = u32::try_from(globals.len() + 4 + 6 + name.len() + 4).unwrap();
    globals.extend(record(0x0085, &[&start.to_le_bytes()[..], &[0, 0], name].concat()));
    globals.extend(record(0x000A, &[]));
    let day = |kind: u16, row: u8| {
        let value = [&[row, 0, 1, 0, 1, 0][..], &43831_f64.to_le_bytes()].concat();
        record(kind, &if kind == 0x0203 { value } else { [&value[..], &[0; 8]].concat() })
    };
    let mut sheet = record(BEGIN, &[0, 6, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0]);
    sheet.extend(record(0x0200, &[0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0]));
    sheet.extend(record(0x0204, b"\0\0\0\0\0\0\x04\0\0caf\xE9"));
    sheet.extend([day(0x0203, 0), day(0x0406, 1), record(0x000A, &[])].concat());
    [globals, sheet].concat()
}

/// The stream of an `.xls` of Excel 5 or 95 with one sheet of this name, that has this text in its first cell, both in this code page.
pub(super) fn xls_5(page: u16, name: &[u8], text: &[u8]) -> Vec<u8> {
    let length = |bytes: &[u8]| u8::try_from(bytes.len()).unwrap();
    let mut globals = record(0x0809, &[0, 5, 5, 0, 0, 0, 0, 0]);
    globals.extend(record(0x0042, &page.to_le_bytes()));
    let start = u32::try_from(globals.len() + 4 + 7 + name.len() + 4).unwrap();
    globals.extend(record(0x0085, &[&start.to_le_bytes()[..], &[0, 0, length(name)], name].concat()));
    globals.extend(record(0x000A, &[]));
    let mut sheet = record(0x0809, &[0, 5, 0x10, 0, 0, 0, 0, 0]);
    sheet.extend(record(0x0200, &[0, 0, 1, 0, 0, 0, 1, 0, 0, 0]));
    sheet.extend(record(0x0204, &[&[0, 0, 0, 0, 0, 0, length(text), 0][..], text].concat()));
    sheet.extend(record(0x000A, &[]));
    [globals, sheet].concat()
}

/// The stream of an `.xls` (BIFF8) whose one cell is the first of its shared texts; these stand in records of that kind.
pub(super) fn xls_shared(texts: &[&[u8]]) -> Vec<u8> {
    let mut globals = record(0x0809, &[0, 6, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0]);
    let shared: Vec<u8> = texts
        .iter()
        .enumerate()
        .flat_map(|(at, bytes)| {
            if at == 0 { record(0x00FC, &[&[1, 0, 0, 0, 1, 0, 0, 0], *bytes].concat()) } else { record(0x003C, bytes) }
        })
        .collect();
    let name = b"\x06\0Sheet1";
    let start = u32::try_from(globals.len() + 4 + 6 + name.len() + shared.len() + 4).unwrap();
    globals.extend(record(0x0085, &[&start.to_le_bytes()[..], &[0, 0], name].concat()));
    globals.extend([shared, record(0x000A, &[])].concat());
    let mut sheet = record(0x0809, &[0, 6, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0]);
    sheet.extend(record(0x0200, &[0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0]));
    sheet.extend(record(0x00FD, &[0; 10]));
    sheet.extend(record(0x000A, &[]));
    [globals, sheet].concat()
}

/// A compound file with one stream, and one of an object within it.
pub(super) fn compound_with_object(name: &str, stream: &[u8], object: &str, embedded: &[u8]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_storage("/MBD0001").unwrap();
    file.create_stream(format!("/MBD0001/{object}")).unwrap().write_all(embedded).unwrap();
    file.create_stream(name).unwrap().write_all(stream).unwrap();
    file.flush().unwrap();
    file.into_inner().into_inner()
}

/// A compound file with one stream.
pub(super) fn compound(name: &str, stream: &[u8]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_stream(name).unwrap().write_all(stream).unwrap();
    file.flush().unwrap();
    file.into_inner().into_inner()
}

/// A record of an `.xlsb`: its kind and length are written in sevens of bits.
fn part(kind: u16, data: &[u8]) -> Vec<u8> {
    let [low, high] = kind.to_le_bytes();
    let mut bytes = if kind < 0x80 { vec![low] } else { vec![low | 0x80, high << 1 | low >> 7] };
    bytes.push(u8::try_from(data.len()).unwrap());
    [bytes, data.to_vec()].concat()
}

fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    [&u32::try_from(text.encode_utf16().count()).unwrap().to_le_bytes()[..], &units].concat()
}

/// The part of an `.xlsb` that is its sheet.
pub(super) fn xlsb_sheet() -> Vec<u8> {
    let row = |number: u32| part(0, &[&number.to_le_bytes()[..], &[0; 13]].concat());
    let cell = |column: u32| [&column.to_le_bytes()[..], &[0; 4]].concat();
    let text = |column: u32, text: &str| part(6, &[cell(column), wide(text)].concat());
    let number = |column: u32, value: f64| part(5, &[&cell(column)[..], &value.to_le_bytes()].concat());
    [
        part(0x81, &[]),
        part(0x94, &[[0_u32, 1, 0, 3].map(u32::to_le_bytes).concat()].concat()),
        part(0x91, &[]),
        row(0),
        text(0, "id"),
        text(1, "day"),
        text(2, "count"),
        text(3, "note"),
        row(1),
        text(0, "A"),
        number(1, 43831.0),
        number(2, 7.0),
        text(3, "fine"),
        part(0x92, &[]),
        part(0x82, &[]),
    ]
    .concat()
}

/// A sheet of an `.xlsb` with an error that a formula gave, a text with fonts of its own, and a cell that takes its column from
/// the one before it.
pub(super) fn odd_xlsb_sheet() -> Vec<u8> {
    let cell = |column: u32| [&column.to_le_bytes()[..], &[0; 4]].concat();
    [
        part(0x81, &[]),
        part(0x94, &[[0_u32, 1, 0, 3].map(u32::to_le_bytes).concat()].concat()),
        part(0x91, &[]),
        part(0, &[0; 17]),
        part(11, &[cell(0), vec![0x17, 0, 0, 4, 0, 0, 0, 0x43, 1, 0, 0, 0, 0, 0, 0]].concat()),
        part(62, &[cell(1), vec![1], wide("bold"), vec![1, 0, 0, 0, 0, 0, 0, 0]].concat()),
        part(16, &[&[0; 4][..], &7_f64.to_le_bytes()].concat()),
        part(0x92, &[]),
        part(0x82, &[]),
    ]
    .concat()
}

/// An `.xlsb` with this sheet.
pub(super) fn xlsb(sheet: &[u8]) -> Vec<u8> {
    xlsb_related(
        sheet,
        "<?xml version=\"1.0\"?><Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
         <Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" \
         Target=\"worksheets/sheet1.bin\"/></Relationships>",
    )
}

/// An `.xlsb` with this sheet, and what its workbook relates to.
pub(super) fn xlsb_related(sheet: &[u8], relations: &str) -> Vec<u8> {
    let book = [
        part(0x83, &[]),
        part(0x8F, &[]),
        part(0x9C, &[&[0, 0, 0, 0, 1, 0, 0, 0][..], &wide("rId1"), &wide("Sheet1")].concat()),
        part(0x90, &[]),
        part(0x84, &[]),
    ]
    .concat();
    archive(&[
        entry("[Content_Types].xml", b"<Types/>"),
        entry("xl/workbook.bin", &book),
        entry("xl/_rels/workbook.bin.rels", relations.as_bytes()),
        entry("xl/worksheets/sheet1.bin", sheet),
    ])
}
