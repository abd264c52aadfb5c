//! Good inputs changed at random, by a seed: no panic of ours, whatever the bytes.
//!
//! `SENDMART_MUTATIONS` says how many inputs; without it, as many as take some seconds.

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use sendmart::conform::{Conformer, Sorter};
use sendmart::model::DeliveryId;
use sendmart::read::{Block, Cell, Opened, ReadError, RowRef, Rows, prove};
use sendmart::spec::Format;

use super::archive::{archive, entry};
use super::{binary, book, parquet};

const DEFAULT: u64 = 20_000;

fn inputs() -> u64 {
    std::env::var("SENDMART_MUTATIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(DEFAULT)
}

/// A generator of pseudo-random numbers: xorshift, so that a seed is a test.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() % (most.max(1) as u64)).unwrap()
    }
}

/// Pieces that parsers stumble over.
const PIECES: [&[u8]; 28] = [
    b"",
    b"\"",
    b",",
    b"\n",
    b"\r",
    b"\0",
    b"<",
    b">",
    b"&",
    b"</row>",
    b"<c r=\"",
    b"A4294967297",
    b"XFD1048576",
    b"1e999",
    b"-",
    b"NaN",
    b"99999999999999999999",
    b"\xFF",
    b"\xEF\xBB\xBF",
    b"\xC3",
    b"&#0;",
    b"]]>",
    b"2010-02-30",
    b"=",
    b"[[",
    b"\xE2\x80\x8B",
    b"r=\"0\"",
    b"t=\"zzz\"",
];

/// A few changes to good bytes.
fn mutated(good: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = good.to_vec();
    for _ in 0..=dice.below(4) {
        let at = dice.below(bytes.len() + 1);
        match dice.below(6) {
            0 if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
            1 => {
                let piece = PIECES[dice.below(PIECES.len())];
                bytes.splice(at..at, piece.iter().copied());
            }
            2 => {
                let end = (at + dice.below(20)).min(bytes.len());
                bytes.drain(at..end);
            }
            3 => bytes.truncate(at),
            4 => {
                let end = (at + dice.below(60)).min(bytes.len());
                let copy = bytes[at..end].to_vec();
                let to = dice.below(bytes.len() + 1);
                bytes.splice(to..to, copy);
            }
            _ => {
                let piece = PIECES[dice.below(PIECES.len())];
                let end = (at + piece.len()).min(bytes.len());
                bytes.splice(at..end, piece.iter().copied());
            }
        }
    }
    bytes
}

/// Runs one input; a panic is told with what made it.
fn whole<T>(what: &str, seed: u64, bytes: &[u8], call: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|_| panic!("{what}, input {seed}: {}", bytes.escape_ascii()))
}

/// The types that a value may have, and good values of them.
const TYPES: [(&str, &str); 15] = [
    ("text", "Zo\u{eb} \u{2013} x"),
    ("integer", "1,234"),
    ("decimal(12,2)", "49.30"),
    ("boolean", "yes"),
    ("date", "31/12/2024"),
    ("upn", "A801200001001"),
    ("uln", "1000000027"),
    ("nhs_number", "943 476 5919"),
    ("urn", "123456"),
    ("laestab", "933/4567"),
    ("la_code", "933"),
    ("gss_code", "E06000066"),
    ("ukprn", "10012345"),
    ("postcode", "TA1 1AA"),
    ("date", "2025-Feb-14 00:00:00"),
];

/// Marks, numbers, dates and identifiers, as cells of blocks: texts changed at random, and any number that a double is.
#[test]
fn parsers_of_values_take_anything() {
    const ROWS: usize = 512;
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    super::things(root);
    let collection = root.join("pipelines/things");
    let columns = |line: &dyn Fn(usize, &str) -> String| -> String {
        TYPES.iter().enumerate().map(|(at, (kind, _))| line(at, kind)).collect()
    };
    let table = columns(&|at, kind| format!("c{at} = {{ type = \"{kind}\", about = \"A value (no unit).\" }}\n"));
    fs::write(
        collection.join("tables/thing.toml"),
        format!("title = \"Things\"\ngrain = \"one thing\"\nkey = [\"c0\"]\ndisposition = \"append\"\nclass = \"none\"\n[marks]\nx = \"suppressed\"\n\"..\" = \"unavailable\"\n[columns]\n{table}"),
    )
    .unwrap();
    let formats = columns(&|at, kind| match kind {
        "date" => {
            format!(
                "c{at} = {{ from = [\"c{at}\"], formats = [\"%d/%m/%Y\", \"%d/%m/%y\", \"%Y-%b-%d %H:%M:%S\"], century = 1950 }}\n"
            )
        }
        _ => format!("c{at} = {{ from = [\"c{at}\"] }}\n"),
    });
    fs::remove_file(collection.join("layouts/sheet.toml")).unwrap();
    fs::write(
        collection.join("layouts/text.toml"),
        format!("title = \"Text\"\ntable = \"thing\"\nwhy = \"to test\"\n[format]\ncsv = {{}}\n[columns]\n{formats}"),
    )
    .unwrap();
    let definitions = sendmart::spec::load(root, None).unwrap_or_else(|problems| panic!("{problems}"));
    let path = root.join("a.csv");
    let line = |texts: Vec<String>| texts.join(",") + "\n";
    let header = line((0..TYPES.len()).map(|at| format!("c{at}")).collect());
    fs::write(&path, header + &line((0..TYPES.len()).map(|_| "x".to_owned()).collect())).unwrap();
    let collection = &definitions.collections["things"];
    let proof = prove(&mut Opened::at(&path), "a.csv", collection).unwrap().remove(0);
    let conformer = Conformer::new(&proof, "a.csv", &DeliveryId("mutated".to_owned()), None).unwrap();

    let mut dice = Dice(0x5EED_0001);
    let mut tried = 0;
    while tried < inputs() * 10 {
        let mut block = Block::default();
        for row in 0..ROWS {
            let first = u32::try_from(block.cells.len()).unwrap();
            for (_, good) in TYPES {
                let cell = match dice.below(20) {
                    0 => Cell::Number(f64::from_bits(dice.next())),
                    1 => Cell::Serial(f64::from_bits(dice.next())),
                    2 => Cell::Serial(f64::from(i32::try_from(dice.below(5_000_000)).unwrap() - 1_000_000)),
                    _ => {
                        let bytes = mutated(good.as_bytes(), &mut dice);
                        let text = String::from_utf8_lossy(&bytes);
                        let start = u32::try_from(block.text.len()).unwrap();
                        block.text.push_str(&text);
                        Cell::Text(start, u32::try_from(text.len()).unwrap())
                    }
                };
                block.cells.push(cell);
            }
            let (number, cells) = (u32::try_from(row + 2).unwrap(), u32::try_from(TYPES.len()).unwrap());
            block.rows.push(RowRef { number, first, cells, hidden: false });
        }
        let kept = block.clone();
        let conformed = catch_unwind(AssertUnwindSafe(|| {
            let mut sorter = Sorter::new(&proof);
            conformer.conform(&sorter.sort(block)).unwrap()
        }));
        let conformed = conformed.unwrap_or_else(|_| panic!("a block after {tried} cells: {:?}", kept.text));
        assert!(usize::try_from(conformed.accepted).unwrap() + conformed.refused.len() <= ROWS);
        tried += (ROWS * TYPES.len()) as u64;
    }
    eprintln!("{tried} cells");
}

/// Delimited text and XML, in this process, through files: the readers are ours.
#[test]
fn readers_of_text_take_anything() {
    let csv = b"id,day,count,note\r\nA,2020-01-01,7,\"a \"\"b\"\", c\"\r\nB,2020-01-02,8,caf\xC3\xA9\r\n";
    let folder = tempfile::tempdir().unwrap();
    let format =
        Format::Csv { encoding: sendmart::spec::Encoding::Utf8, delimiter: b',', quote: Some(b'"'), line_end: b'\n' };
    files("csv", csv, &folder.path().join("a.csv"), &format, inputs() / 20, 0x5EED_0002);
    let xml = b"<?xml version=\"1.0\"?><M><Ps><P a='1'><I>1</I><N>x &amp; y</N></P><P><I>2</I></P></Ps></M>";
    let format = Format::Xml { row: ["M", "Ps", "P"].map(str::to_owned).to_vec(), into: Vec::new() };
    files("xml", xml, &folder.path().join("a.xml"), &format, inputs() / 20, 0x5EED_0003);
}

/// Workbooks whose parts are changed within a whole archive, so that the changes reach the reader of XML and not only the checksum.
#[test]
fn the_reader_of_workbooks_takes_anything() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.xlsx");
    let format = Format::Workbook { sheets: None, content: None, stack: false };
    let parts = book::parts();
    let mut dice = Dice(0x5EED_0004);
    for seed in 0..inputs() / 40 {
        let (name, text) = &parts[dice.below(parts.len())];
        let bytes = book::with(name, mutated(text.as_bytes(), &mut dice));
        fs::write(&path, &bytes).unwrap();
        let error = whole("workbook", seed, &bytes, || drain(&path, &format)).err();
        no_panic("workbook", seed, &bytes, error);
    }
    files("archive", &book::good(), &path, &format, inputs() / 40, 0x5EED_0005);
}

fn files(what: &str, good: &[u8], path: &Path, format: &Format, count: u64, seed: u64) {
    let mut dice = Dice(seed);
    for seed in 0..count {
        let bytes = mutated(good, &mut dice);
        fs::write(path, &bytes).unwrap();
        let error = whole(what, seed, &bytes, || drain(path, format)).err();
        no_panic(what, seed, &bytes, error);
    }
}

/// A panic that was caught within is one too, where no other library reads.
fn no_panic(what: &str, seed: u64, bytes: &[u8], error: Option<ReadError>) {
    let code = error.and_then(|error| error.refusal()).map(|refusal| refusal.code);
    let is_ours = !bytes.starts_with(&[0xD0, 0xCF]) && !bytes.windows(15).any(|name| name == b"xl/workbook.bin");
    assert!(
        !(is_ours && code.as_deref() == Some("read::library_panicked")),
        "{what}, input {seed}: {}",
        bytes.escape_ascii()
    );
}

fn drain(path: &Path, format: &Format) -> Result<(), ReadError> {
    let mut rows = Rows::open(path, format)?;
    let mut sheets: Vec<Option<String>> = rows.sheets().into_iter().map(|(name, _)| Some(name)).collect();
    if sheets.is_empty() {
        sheets.push(None);
    }
    for sheet in sheets {
        rows.stream(sheet.as_deref(), &mut |block| {
            for index in 0..block.rows.len() {
                for cell in block.row(index) {
                    std::hint::black_box(block.shown(*cell));
                }
            }
            ControlFlow::Continue(())
        })?;
    }
    Ok(())
}

/// The two binary kinds, whose readers are libraries: in a child, which may end in any way but without a sentence.
#[test]
fn the_readers_of_binary_workbooks_end_in_rows_or_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let (xls, xlsb) = (binary::xls(), binary::xlsb_sheet());
    let mut dice = Dice(0x5EED_0007);
    let mut codes: BTreeMap<String, u64> = BTreeMap::new();
    for seed in 0..inputs() / 100 {
        let (name, bytes) = match seed % 3 {
            0 => ("a.xls", binary::compound("Workbook", &mutated(&xls, &mut dice))),
            1 => ("a.xls", mutated(&binary::compound("Workbook", &xls), &mut dice)),
            _ => ("a.xlsb", binary::xlsb(&mutated(&xlsb, &mut dice))),
        };
        let path = folder.path().join(name);
        fs::write(&path, &bytes).unwrap();
        let code = match super::read(&path, &super::child()) {
            Ok(_) => "read".to_owned(),
            Err(error) => {
                error
                    .refusal()
                    .unwrap_or_else(|| panic!("{name}, input {seed}: {error}: {}", bytes.escape_ascii()))
                    .code
            }
        };
        *codes.entry(code).or_default() += 1;
    }
    eprintln!("binary workbooks: {codes:?}");
}

/// Spreadsheets of OpenDocument, JSON and Parquet, in this process: but for Parquet the readers are ours.
#[test]
fn the_readers_of_other_formats_take_anything() {
    let folder = tempfile::tempdir().unwrap();
    let flat = b"<?xml version=\"1.0\"?><office:document xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
        xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" \
        office:mimetype=\"application/vnd.oasis.opendocument.spreadsheet\"><office:body><office:spreadsheet><table:table table:name=\"A\">\
        <table:table-row table:number-rows-repeated=\"2\"><table:table-cell office:value-type=\"string\"><text:p>id</text:p></table:table-cell>\
        <table:table-cell office:value-type=\"float\" office:value=\"7\" table:number-columns-repeated=\"2\"/>\
        <table:table-cell office:value-type=\"date\" office:date-value=\"2020-01-01\"/></table:table-row></table:table>\
        </office:spreadsheet></office:body></office:document>";
    let book = Format::Workbook { sheets: None, content: None, stack: false };
    files("fods", flat, &folder.path().join("a.fods"), &book, inputs() / 40, 0x5EED_0008);
    let mut dice = Dice(0x5EED_0009);
    for seed in 0..inputs() / 40 {
        let path = folder.path().join("a.ods");
        let content = mutated(flat, &mut dice);
        let kind = b"application/vnd.oasis.opendocument.spreadsheet";
        let bytes = archive(&[entry("mimetype", kind), entry("content.xml", &content)]);
        fs::write(&path, &bytes).unwrap();
        let error = whole("ods", seed, &bytes, || drain(&path, &book)).err();
        no_panic("ods", seed, &bytes, error);
    }
    let json = b"{\"id\": \"A\", \"day\": \"2020-01-01\", \"count\": 7}\n{\"id\": \"B\", \"note\": null, \"x\": [1.5e3, true]}\n";
    files("jsonl", json, &folder.path().join("a.jsonl"), &Format::Jsonl, inputs() / 20, 0x5EED_000A);
    let parquet = parquet::good();
    let path = folder.path().join("a.parquet");
    for seed in 0..inputs() / 40 {
        let bytes = mutated(&parquet, &mut dice);
        fs::write(&path, &bytes).unwrap();
        let _ = whole("parquet", seed, &bytes, || drain(&path, &Format::Parquet));
    }
}

/// The finder of headers on changed files, and the loader of definitions on changed TOML.
#[test]
fn headers_and_definitions_take_anything() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    super::things(root);
    let definitions = sendmart::spec::load(root, None).unwrap_or_else(|problems| panic!("{problems}"));
    let collection = &definitions.collections["things"];
    let csv = b"Title,,\r\n\r\nid,day,count,note\r\nA,2020-01-01,7,x\r\n";
    let path = root.join("a.csv");
    let mut dice = Dice(0x5EED_0006);
    for seed in 0..inputs() / 20 {
        let bytes = mutated(csv, &mut dice);
        fs::write(&path, &bytes).unwrap();
        let _ = whole("header", seed, &bytes, || prove(&mut Opened::at(&path), "a.csv", collection));
    }
    let goods: BTreeMap<String, Vec<u8>> = ["pipeline.toml", "tables/thing.toml", "layouts/sheet.toml"]
        .map(|name| (name.to_owned(), fs::read(root.join("pipelines/things").join(name)).unwrap()))
        .into();
    for seed in 0..inputs() / 100 {
        let (name, good) = goods.iter().nth(dice.below(goods.len())).unwrap();
        let bytes = mutated(good, &mut dice);
        let path = root.join("pipelines/things").join(name);
        fs::write(&path, &bytes).unwrap();
        let _ = whole("toml", seed, &bytes, || sendmart::spec::load(root, None).is_ok());
        fs::write(&path, good).unwrap();
    }
}
