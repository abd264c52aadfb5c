//! The kinds of input: how many of each, and the good ones that are changed.

use std::sync::OnceLock;

use super::super::archive::{archive, entry};
use super::super::{binary, book, parquet};
use super::dice::{Dice, mutated};
use super::targets::{Bench, Code, DEFINITIONS};

/// One kind of input.
pub(super) struct Kind {
    pub(super) name: &'static str,
    /// How many of 1,000 inputs.
    pub(super) share: u64,
    /// An input.
    pub(super) make: fn(&mut Dice) -> Vec<u8>,
    /// Who gets it.
    pub(super) take: fn(&Bench, &[u8]) -> Code,
    /// Whether a library of others reads it, which the program has in a child: its panics and its end are told, not failed.
    pub(super) is_contained: bool,
}

const fn kind(name: &'static str, share: u64, make: fn(&mut Dice) -> Vec<u8>, take: fn(&Bench, &[u8]) -> Code) -> Kind {
    Kind { name, share, make, take, is_contained: false }
}

pub(super) const KINDS: [Kind; 14] = [
    kind("values", 340, |dice| mutated(VALUES[dice.below(VALUES.len())].as_bytes(), dice), Bench::values),
    kind("csv", 200, csv, Bench::text),
    kind("xml", 90, |dice| led(4, &mutated(XML, dice)), Bench::text),
    kind("jsonl", 110, |dice| led(5, &mutated(JSON, dice)), Bench::text),
    kind("table", 80, |dice| mutated(TABLE, dice), Bench::table),
    kind("toml", 5, definitions, Bench::toml),
    kind("sheet", 40, |dice| mutated(&sheet(), dice), Bench::sheet),
    kind("parts", 25, parts, Bench::workbook),
    kind("archive", 20, |dice| mutated(&once(&GOOD, book::good), dice), Bench::workbook),
    kind("fods", 40, |dice| mutated(FLAT, dice), Bench::workbook),
    kind("ods", 10, ods, Bench::workbook),
    Kind { is_contained: true, ..kind("xls", 20, xls, Bench::workbook) },
    Kind {
        is_contained: true,
        ..kind("xlsb", 10, |dice| binary::xlsb(&mutated(&binary::xlsb_sheet(), dice)), Bench::workbook)
    },
    Kind {
        is_contained: true,
        ..kind("parquet", 10, |dice| mutated(&once(&COLUMNS, parquet::good), dice), Bench::parquet)
    },
];

static GOOD: OnceLock<Vec<u8>> = OnceLock::new();
static COLUMNS: OnceLock<Vec<u8>> = OnceLock::new();
static PARTS: OnceLock<Vec<(String, String)>> = OnceLock::new();

fn once(held: &OnceLock<Vec<u8>>, make: fn() -> Vec<u8>) -> Vec<u8> {
    held.get_or_init(make).clone()
}

fn led(first: u8, rest: &[u8]) -> Vec<u8> {
    [&[first], rest].concat()
}

const VALUES: [&str; 20] = [
    "Zo\u{eb} \u{2013} x",
    "1,234",
    "49.30",
    "-0.5%",
    "£1,000.00",
    "(12)",
    "yes",
    "31/12/2024",
    "2025-Feb-14 00:00:00",
    "A801200001001",
    "A80120000100A",
    "1000000027",
    "943 476 5919",
    "123456",
    "933/4567",
    "933",
    "E06000066",
    "10012345",
    "TA1 1AA",
    "Number of pupils (1)",
];
const CSV: &[u8] = b"id,day,count,note\r\nA,2020-01-01,7,\"a \"\"b\"\", c\"\r\nB,2020-01-02,8,caf\xC3\xA9\r\n";
const XML: &[u8] = b"<?xml version=\"1.0\"?><M><Ps><P a='1'><I>1</I><N>x &amp; y</N></P><P><I>2</I></P></Ps></M>";
const JSON: &[u8] =
    b"{\"id\": \"A\", \"day\": \"2020-01-01\", \"count\": 7}\n{\"id\": \"B\", \"note\": null, \"x\": [1.5e3, true]}\n";
const TABLE: &[u8] = b"Title,,\r\n\r\nid,day,count,upn\r\nA,31/12/2024,\"1,234\",A801200001001\r\nB,29/02/24,x,\r\nC,2025-Feb-14,..,1\r\n";
const FLAT: &[u8] = b"<?xml version=\"1.0\"?><office:document xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
    xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" \
    office:mimetype=\"application/vnd.oasis.opendocument.spreadsheet\"><office:body><office:spreadsheet><table:table table:name=\"A\">\
    <table:table-row table:number-rows-repeated=\"2\"><table:table-cell office:value-type=\"string\"><text:p>id</text:p></table:table-cell>\
    <table:table-cell office:value-type=\"float\" office:value=\"7\" table:number-columns-repeated=\"2\"/>\
    <table:table-cell office:value-type=\"date\" office:date-value=\"2020-01-01\"/></table:table-row></table:table>\
    </office:spreadsheet></office:body></office:document>";

fn csv(dice: &mut Dice) -> Vec<u8> {
    let which = u8::try_from(dice.below(4)).unwrap();
    let wide = |turn: fn(u16) -> [u8; 2]| -> Vec<u8> {
        let text = String::from_utf8_lossy(CSV);
        std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(turn).collect()
    };
    let good = match which {
        2 => wide(u16::to_le_bytes),
        3 => wide(u16::to_be_bytes),
        _ => CSV.to_vec(),
    };
    led(which, &mutated(&good, dice))
}

fn definitions(dice: &mut Dice) -> Vec<u8> {
    let which = dice.below(DEFINITIONS.len());
    led(u8::try_from(which).unwrap(), &mutated(DEFINITIONS[which].1.as_bytes(), dice))
}

fn sheet() -> Vec<u8> {
    book::sheet("<cols><col min=\"1\" max=\"2\" hidden=\"1\"/></cols>", &book::row(2, "A", "43831", "7", "a_x000D_b"))
        .into_bytes()
}

fn parts(dice: &mut Dice) -> Vec<u8> {
    let parts = PARTS.get_or_init(book::parts);
    let (name, text) = &parts[dice.below(parts.len())];
    book::with(name, mutated(text.as_bytes(), dice))
}

fn ods(dice: &mut Dice) -> Vec<u8> {
    let kind = b"application/vnd.oasis.opendocument.spreadsheet";
    archive(&[entry("mimetype", kind), entry("content.xml", &mutated(FLAT, dice))])
}

fn xls(dice: &mut Dice) -> Vec<u8> {
    if dice.below(2) == 0 {
        binary::compound("Workbook", &mutated(&binary::xls(), dice))
    } else {
        mutated(&binary::compound("Workbook", &binary::xls()), dice)
    }
}
