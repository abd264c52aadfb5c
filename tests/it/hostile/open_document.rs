//! OpenDocument spreadsheets, declared XML and archives that are not what they should be.

use super::archive::{archive, entry};
use super::book::with;
use super::variants::bomb;
use super::workbooks::letters;

const NAMES: &str = "xmlns:office=\"urn:o\" xmlns:table=\"urn:t\" xmlns:text=\"urn:x\"";

fn cell(text: &str) -> String {
    format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
}

fn row(cells: [&str; 4]) -> String {
    let [id, day, count, note] = cells;
    format!(
        "<table:table-row>{}<table:table-cell office:value-type=\"date\" office:date-value=\"{day}\"/>\
         <table:table-cell office:value-type=\"float\" office:value=\"{count}\"/>{}</table:table-row>",
        cell(id),
        cell(note)
    )
}

/// The content of a spreadsheet: what stands before it, its root, and its rows behind the header.
fn content(front: &str, root: &str, rows: &str) -> String {
    let head: String = ["id", "day", "count", "note"].map(cell).concat();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{front}<office:{root} {NAMES}><office:body><office:spreadsheet>\
         <table:table table:name=\"Sheet1\"><table:table-row>{head}</table:table-row>{rows}</table:table></office:spreadsheet>\
         </office:body></office:{root}>"
    )
}

fn ods(content: &[u8]) -> Vec<u8> {
    let kind = b"application/vnd.oasis.opendocument.spreadsheet";
    archive(&[entry("mimetype", kind), entry("content.xml", content)])
}

/// Name and bytes of each.
pub(super) fn all() -> Vec<(String, Vec<u8>)> {
    [workbooks(), declared(), archived()].concat()
}

/// Those that are workbooks.
pub(super) fn workbooks() -> Vec<(String, Vec<u8>)> {
    let good = row(["A", "2020-01-01", "7", "fine"]);
    let of = |rows: &str| content("", "document-content", rows);
    let (doctype, entity) = bomb("office");
    let bombed = content(&doctype, "document-content", &row(["A", "2020-01-01", "7", entity]));
    let cells_of = |repeat: &str| {
        format!(
            "<table:table-row><table:table-cell table:number-columns-repeated=\"{repeat}\" office:value-type=\"float\" office:value=\"1\"/></table:table-row>"
        )
    };
    let blank_row = |repeat: &str| {
        format!("<table:table-row table:number-rows-repeated=\"{repeat}\"><table:table-cell/></table:table-row>")
    };
    let rows_of = |repeat: &str| {
        good.replacen("<table:table-row", &format!("<table:table-row table:number-rows-repeated=\"{repeat}\""), 1)
    };
    let deep = format!("{}{}", "<text:span>".repeat(100_000), "</text:span>".repeat(100_000));
    let long = String::from_utf8(letters(40 << 20)).unwrap();
    let flat = "document office:mimetype=\"application/vnd.oasis.opendocument.spreadsheet\"";
    let flat = |front: &str, rows: &str| {
        content(front, "document", rows).replacen("office:document ", &format!("office:{flat} "), 1)
    };
    let utf16: Vec<u8> =
        format!("\u{feff}{}", of(&good).replace("UTF-8", "UTF-16")).encode_utf16().flat_map(u16::to_le_bytes).collect();
    let manifest = b"<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>";
    let list = [
        ("good.ods", ods(of(&good).as_bytes())),
        ("good.fods", flat("", &good).into_bytes()),
        ("mark.ods", ods(format!("\u{feff}{}", of(&row(["mark", "2020-01-01", "7", "fine"]))).as_bytes())),
        ("utf16.ods", ods(&utf16)),
        ("bomb.ods", ods(bombed.as_bytes())),
        ("bomb.fods", flat(&doctype, &row(["A", "2020-01-01", "7", entity])).into_bytes()),
        ("password.ods", archive(&[entry("content.xml", b"\x8f\x01"), entry("META-INF/manifest.xml", manifest)])),
        ("no_content.ods", archive(&[entry("mimetype", b"application/vnd.oasis.opendocument.spreadsheet")])),
        ("columns_2_31.ods", ods(of(&format!("{good}{}", cells_of("2147483648"))).as_bytes())),
        ("columns_2_64.ods", ods(of(&format!("{good}{}", cells_of("18446744073709551616"))).as_bytes())),
        (
            "columns_blank_2_31.ods",
            ods(of(&good.replace(
                "</table:table-row>",
                "<table:table-cell table:number-columns-repeated=\"2147483648\"/></table:table-row>",
            ))
            .as_bytes()),
        ),
        ("rows_2_31.ods", ods(of(&rows_of("2147483648")).as_bytes())),
        ("rows_blank_2_31.ods", ods(of(&format!("{good}{}", blank_row("2147483648"))).as_bytes())),
        ("rows_blank_2_31_then_one.ods", ods(of(&format!("{}{good}", blank_row("2147483648"))).as_bytes())),
        (
            "rows_16_000_columns.ods",
            ods(of(&cells_of("16000").replacen(
                "<table:table-row",
                "<table:table-row table:number-rows-repeated=\"1000000\"",
                1,
            ))
            .as_bytes()),
        ),
        ("spaces_2_31.ods", ods(of(&row(["A", "2020-01-01", "7", "<text:s text:c=\"2147483648\"/>"])).as_bytes())),
        ("deep.ods", ods(of(&row(["A", "2020-01-01", "7", &deep])).as_bytes())),
        (
            "attribute_40_mb.ods",
            ods(of(&good.replacen("<table:table-row", &format!("<table:table-row table:a=\"{long}\""), 1)).as_bytes()),
        ),
        ("text_40_mb.ods", ods(of(&row(["A", "2020-01-01", "7", &long])).as_bytes())),
        ("day_30_february.ods", ods(of(&row(["A", "2010-02-30", "7", "x"])).as_bytes())),
        ("number_nan.ods", ods(of(&row(["A", "2020-01-01", "NaN", "x"])).as_bytes())),
        ("number_1e999.ods", ods(of(&row(["A", "2020-01-01", "1e999", "x"])).as_bytes())),
        ("cut.ods", ods(&of(&good).as_bytes()[..700])),
        ("entity.ods", ods(of(&row(["A&nothing;", "2020-01-01", "7", "x"])).as_bytes())),
    ];
    list.into_iter().map(|(name, bytes)| (format!("variant_{name}"), bytes)).collect()
}

/// XML of which a layout names the rows.
fn declared() -> Vec<(String, Vec<u8>)> {
    let (doctype, entity) = bomb("Things");
    let thing =
        |note: &str| format!("<Thing><id>A</id><day>2020-01-01</day><count>7</count><note>{note}</note></Thing>");
    let of = |front: &str, things: &str| {
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{front}<Things>{things}</Things>")
    };
    let long = "a".repeat(100 << 20);
    let utf16: Vec<u8> = format!("\u{feff}{}", of("", &thing("utf16")).replace("UTF-8", "UTF-16"))
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    [
        ("good.xml", of("", &thing("fine")).into_bytes()),
        ("mark.xml", format!("\u{feff}{}", of("", &thing("mark"))).into_bytes()),
        ("utf16.xml", utf16),
        ("bomb.xml", of(&doctype, &thing(entity)).into_bytes()),
        (
            "outside.xml",
            of("<!DOCTYPE Things [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>", &thing("&x;")).into_bytes(),
        ),
        ("attribute_100_mb.xml", of("", &format!("<Thing a=\"{long}\"/>")).into_bytes()),
        ("text_100_mb.xml", of("", &thing(&long)).into_bytes()),
        ("comment_100_mb.xml", of("", &format!("<!--{long}-->{}", thing("comment"))).into_bytes()),
        ("deep.xml", of("", &format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000))).into_bytes()),
        (
            "columns_100_000.xml",
            of(
                "",
                &format!(
                    "<Thing>{}</Thing>",
                    (0..100_000).fold(String::new(), |all, at| all
                        + "<c"
                        + &at.to_string()
                        + ">1</c"
                        + &at.to_string()
                        + ">")
                ),
            )
            .into_bytes(),
        ),
        ("cut.xml", of("", &thing("fine")).as_bytes()[..120].to_vec()),
    ]
    .map(|(name, bytes)| (format!("variant_{name}"), bytes))
    .to_vec()
}

/// Archives within archives.
fn archived() -> Vec<(String, Vec<u8>)> {
    let csv = b"id,day,count,note\r\nzipped,2020-01-01,7,fine\r\n";
    let mut within = archive(&[entry("a.csv", csv)]);
    let once = within.clone();
    for depth in 0..5 {
        within = archive(&[entry(&format!("{depth}.zip"), &within)]);
    }
    let blank = vec![b' '; 50 << 20];
    [
        ("zip_once.zip", once.clone()),
        ("zip_in_zip.zip", archive(&[entry("b.zip", &once)])),
        ("zip_6_deep.zip", within),
        ("zip_bomb.zip", archive(&[entry("a.csv", &blank)])),
        ("zip_up.zip", archive(&[entry("../../a.csv", csv)])),
        ("zip_of_workbook.zip", archive(&[entry("a.xlsx", &with("docProps/a.xml", "<a/>"))])),
    ]
    .map(|(name, bytes)| (format!("variant_{name}"), bytes))
    .to_vec()
}
