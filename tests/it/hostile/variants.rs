//! More ways in which an archive, a part or a cell may be wrong, as somebody else would make them; and some that only look so.

use super::archive::{Dress, archive, dressed, entry};
use super::book::{BOOK, SHEET, STYLES, TEXTS, TYPES, changed, entries, good, part, row, sheet, text, with};
use super::workbooks::letters;

const RELATIONS: &str = "xl/_rels/workbook.xml.rels";

/// Entities that grow ninefold ten times, and the one that is all of them.
pub(super) fn bomb(root: &str) -> (String, &'static str) {
    let grown: String =
        (1..11).map(|at| format!("<!ENTITY e{at} \"{}\">", format!("&e{};", at - 1).repeat(9))).collect();
    (format!("<!DOCTYPE {root} [<!ENTITY e0 \"ha\">{grown}]>"), "&e10;")
}

/// A part's text with this before its first element.
fn front(text: &str, extra: &str) -> String {
    text.replacen("?>\n", &format!("?>\n{extra}"), 1)
}

/// A part's text in UTF-16, with a byte-order mark and the name of the encoding.
fn utf16(text: &str) -> Vec<u8> {
    let text = format!("\u{feff}{}", text.replace("UTF-8", "UTF-16"));
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// The good workbook whose data row is this one.
fn cells(rows: &str) -> Vec<u8> {
    with(SHEET, sheet("", rows))
}

/// Name and bytes of each.
pub(super) fn all() -> Vec<(String, Vec<u8>)> {
    let all = [archives(), relations(), markup(), values(), rows()].concat();
    all.into_iter().map(|(name, bytes)| (format!("variant_{name}.xlsx"), bytes)).collect()
}

type Made = Vec<(String, Vec<u8>)>;

/// Ways to write an archive.
fn archives() -> Made {
    let other = |id: &str| {
        let mut entries = entries();
        entries[4] = entry(SHEET, sheet("", &row(2, id, "43831", "8", "other")).as_bytes());
        entries
    };
    let dress = Dress::default();
    let mut called = other("zip_called");
    called.push(entry("xl/media/a.bin", b"x"));
    let mut packed = other("zip_aes");
    packed[4].method = 99;
    let mut stored = other("zip_stored");
    let text = sheet("", &row(2, "zip_stored", "43831", "8", "other"));
    (stored[4].method, stored[4].packed) = (0, text.into_bytes());
    let mut media = other("zip_media_password");
    media.push(entry("xl/media/a.png", b"x"));
    media[7].flags = 1;
    let mut negative = archive(&other("zip_list_beyond"));
    let end = negative.len();
    negative[end - 6..end - 2].copy_from_slice(&u32::MAX.to_le_bytes());
    let mut counted = archive(&other("zip_count"));
    let end = counted.len();
    counted[end - 14..end - 10].copy_from_slice(&[3, 0, 3, 0]);
    let other_archive = archive(&other("zip_first_of_two"));
    let end = [b"PK\x05\x06".as_slice(), &[0; 18]].concat();
    vec![
        ("zip64".into(), dressed(&other("zip64"), Dress { zip64: true, ..dress })),
        ("zip_sizes_behind".into(), dressed(&other("zip_sizes_behind"), Dress { behind: true, ..dress })),
        ("zip_stored".into(), archive(&stored)),
        (
            "zip_program_before".into(),
            dressed(&other("zip_program_before"), Dress { front: b"MZ\x90\0\x03\0\0\0", ..dress }),
        ),
        (
            "zip_space_before".into(),
            dressed(&other("zip_space_before"), Dress { front: b"\r\n\r\n", from_part: true, ..dress }),
        ),
        ("zip_two".into(), dressed(&other("zip_second_of_two"), Dress { front: &other_archive, ..dress })),
        (
            "zip_two_from_part".into(),
            dressed(
                &other("zip_second_from_part"),
                Dress { front: &archive(&other("first")), from_part: true, ..dress },
            ),
        ),
        ("zip_rubbish_behind".into(), [archive(&other("zip_rubbish_behind")), vec![b'x'; 300]].concat()),
        ("zip_rubbish_70_kb_behind".into(), [archive(&other("zip_rubbish_behind")), vec![b'x'; 70_000]].concat()),
        ("zip_comment".into(), dressed(&other("zip_comment"), Dress { comment: b"by hand", ..dress })),
        ("zip_end_in_comment".into(), dressed(&other("zip_end_in_comment"), Dress { comment: &end, ..dress })),
        ("zip_called_otherwise".into(), dressed(&called, Dress { called: Some((7, SHEET)), ..dress })),
        ("zip_sheet_called_otherwise".into(), dressed(&called, Dress { called: Some((4, "a.xml")), ..dress })),
        ("zip_aes".into(), archive(&packed)),
        ("zip_media_password".into(), archive(&media)),
        ("zip_list_beyond".into(), negative),
        ("zip_count".into(), counted),
        ("zip_no_parts".into(), archive(&[])),
        ("zip_types_alone".into(), archive(&entries()[..1])),
    ]
}

/// What names what.
fn relations() -> Made {
    let sheet_at = |target: &str| with(RELATIONS, part(RELATIONS).replace("worksheets/sheet1.xml", target));
    let without =
        |name: &str| archive(&entries().into_iter().filter(|entry| entry.name != name.as_bytes()).collect::<Vec<_>>());
    let external = part(RELATIONS)
        .replace("Target=\"worksheets/sheet1.xml\"", "TargetMode=\"External\" Target=\"file:///etc/passwd\"");
    let lower = entries().into_iter().map(|mut entry| {
        entry.name.make_ascii_uppercase();
        entry
    });
    let twice = part(BOOK).replace("</sheets>", "<sheet name=\"Again\" sheetId=\"2\" r:id=\"rId1\"/></sheets>");
    let same = part(BOOK).replace("</sheets>", "<sheet name=\"SHEET1\" sheetId=\"2\" r:id=\"rId1\"/></sheets>");
    let slashes = entries().into_iter().map(|mut entry| {
        for byte in entry.name.iter_mut().filter(|byte| **byte == b'/') {
            *byte = b'\\';
        }
        entry
    });
    vec![
        ("relations_missing".into(), without(RELATIONS)),
        ("relations_of_all_missing".into(), without("_rels/.rels")),
        ("types_missing".into(), without(TYPES)),
        ("texts_missing".into(), without(TEXTS)),
        ("styles_missing".into(), without(STYLES)),
        ("book_missing".into(), without(BOOK)),
        ("relation_missing".into(), with(BOOK, part(BOOK).replace("rId1", "rId9"))),
        ("relation_external".into(), with(RELATIONS, external)),
        ("relation_outside".into(), sheet_at("../../../etc/passwd")),
        ("relation_from_root".into(), sheet_at("/xl/worksheets/sheet1.xml")),
        ("relation_absolute".into(), sheet_at("/etc/passwd")),
        ("relation_address".into(), sheet_at("http://127.0.0.1/sheet1.xml")),
        ("relation_other_case".into(), sheet_at("WorkSheets/SHEET1.xml")),
        ("relation_percent".into(), sheet_at("worksheets/sheet%31.xml")),
        ("relation_to_itself".into(), sheet_at("workbook.xml")),
        ("relation_to_texts".into(), sheet_at("sharedStrings.xml")),
        ("parts_in_capitals".into(), archive(&lower.collect::<Vec<_>>())),
        ("parts_by_backslash".into(), archive(&slashes.collect::<Vec<_>>())),
        ("sheet_named_twice".into(), with(BOOK, same)),
        ("sheet_told_twice".into(), with(BOOK, twice)),
    ]
}

/// What XML may be.
fn markup() -> Made {
    let mut made: Made = Vec::new();
    for (name, part_name, root) in [
        ("sheet", SHEET, "worksheet"),
        ("texts", TEXTS, "sst"),
        ("styles", STYLES, "styleSheet"),
        ("book", BOOK, "workbook"),
        ("relations", RELATIONS, "Relationships"),
        ("types", TYPES, "Types"),
    ] {
        let (doctype, entity) = bomb(root);
        let bombed = front(&part(part_name), &doctype);
        made.push((format!("bomb_{name}"), with(part_name, bombed.replacen("</", &format!("{entity}</"), 1))));
        made.push((format!("utf16_{name}"), with(part_name, utf16(&part(part_name)))));
        made.push((format!("mark_{name}"), with(part_name, format!("\u{feff}{}", part(part_name)))));
    }
    let (doctype, entity) = bomb("worksheet");
    let bombed = front(&part(SHEET), &doctype).replace("fine", entity);
    made.push(("bomb_utf16".into(), with(SHEET, utf16(&bombed))));
    let long = String::from_utf8(letters(40 << 20)).unwrap();
    let broad = |tag: &str, with_it: &str| part(SHEET).replacen(tag, &format!("<{with_it} a=\"{long}\""), 1);
    made.push(("attribute_40_mb_sheet".into(), with(SHEET, broad("<sheetData", "sheetData"))));
    made.push(("attribute_40_mb_cell".into(), with(SHEET, broad("<c", "c"))));
    let styles = part(STYLES).replacen("<cellXfs", &format!("<cellXfs a=\"{}\"", &long[..2 << 20]), 1);
    made.push(("attribute_2_mb_styles".into(), with(STYLES, styles)));
    for (name, part_name, before) in
        [("book", BOOK, "<sheets>"), ("texts", TEXTS, "<si>"), ("cell", SHEET, "<row r=\"2\">")]
    {
        let deep = format!("{}{}{before}", "<a>".repeat(100_000), "</a>".repeat(100_000));
        made.push((format!("deep_{name}"), with(part_name, part(part_name).replacen(before, &deep, 1))));
    }
    let declared = |encoding: &str| with(SHEET, part(SHEET).replace("UTF-8", encoding));
    made.push(("encoding_latin".into(), declared("ISO-8859-1")));
    made.push(("encoding_none".into(), declared("no-such")));
    made.push(("root_other".into(), with(SHEET, part(SHEET).replace("worksheet", "workbook"))));
    made.push(("empty_sheet".into(), with(SHEET, "")));
    made.push(("nul_in_sheet".into(), with(SHEET, part(SHEET).replace("fine", "a\0b"))));
    made
}

/// What a cell may say of its value.
fn values() -> Made {
    let day = |style: &str, value: &str| {
        cells(&row(2, "A", "43831", "7", "x").replace("s=\"1\"><v>43831", &format!("s=\"{style}\"><v>{value}")))
    };
    let count = |cell: &str| {
        cells(&row(2, "A", "43831", "7", "x").replace("<c r=\"C2\"><v>7</v></c>", &format!("<c r=\"C2\" {cell}</c>")))
    };
    let note = |text: &str| cells(&row(2, "A", "43831", "7", text));
    let id = |index: &str, sst: &str| {
        let mut entries = entries();
        let sheet = part(SHEET).replace(&text("A2", "A"), &format!("<c r=\"A2\" t=\"s\"><v>{index}</v></c>"));
        entries[4] = entry(SHEET, sheet.as_bytes());
        entries[5] = entry(TEXTS, part(TEXTS).replace("count=\"1\" uniqueCount=\"1\"", sst).as_bytes());
        archive(&entries)
    };
    vec![
        ("style_beyond".into(), day("9", "43831")),
        ("style_huge".into(), day("99999999999999999999", "43831")),
        ("style_negative".into(), day("-1", "43831")),
        ("shared_first".into(), id("0", "count=\"1\" uniqueCount=\"1\"")),
        ("shared_next".into(), id("1", "count=\"1\" uniqueCount=\"1\"")),
        ("shared_negative".into(), id("-1", "count=\"1\" uniqueCount=\"1\"")),
        ("shared_nothing".into(), id("", "count=\"1\" uniqueCount=\"1\"")),
        ("shared_count_less".into(), id("0", "count=\"0\" uniqueCount=\"0\"")),
        ("shared_count_more".into(), id("0", "count=\"60000\" uniqueCount=\"60000\"")),
        ("shared_count_huge".into(), id("0", "count=\"9\" uniqueCount=\"4000000000\"")),
        ("day_2958465".into(), day("1", "2958465")),
        ("day_2958466".into(), day("1", "2958466")),
        ("day_negative".into(), day("1", "-43831")),
        ("day_0".into(), day("1", "0")),
        ("number_nan".into(), count("><v>NaN</v>")),
        ("number_inf".into(), count("><v>-INF</v>")),
        ("number_hex".into(), count("><v>0x7</v>")),
        ("number_minus_0".into(), count("><v>-0</v>")),
        ("number_1e_999".into(), count("><v>1e-999</v>")),
        ("number_digits".into(), count(&format!("><v>{}</v>", "9".repeat(400)))),
        ("number_two_values".into(), count("><v>7</v><v>8</v>")),
        ("number_formula_alone".into(), count("><f>HYPERLINK(\"http://127.0.0.1\")</f>")),
        ("text_32_767".into(), note(&"y".repeat(32_767))),
        ("text_32_768".into(), note(&"y".repeat(32_768))),
        ("text_x0000".into(), note("a_x0000_b")),
        ("text_x0008".into(), note("a_x0008_b")),
        ("text_x005f".into(), note("a_x005F_x0000_b")),
        ("text_xffff".into(), note("a_xFFFF_b")),
        ("text_formula".into(), note("=1+1")),
    ]
}

/// Where rows and cells may say that they stand.
fn rows() -> Made {
    let numbered =
        |number: &str| cells(&row(2, "A", "43831", "7", "x").replace("<row r=\"2\"", &format!("<row r=\"{number}\"")));
    let (a, b) = (row(2, "A", "43831", "7", "x"), row(3, "B", "43832", "8", "y"));
    let bare = row(2, "A", "43831", "7", "x").replace("r=\"2\"", "");
    let bare = ["A2", "B2", "C2", "D2"].iter().fold(bare, |row, at| row.replace(&format!("r=\"{at}\" "), ""));
    let swapped =
        format!("<row r=\"2\"><c r=\"C2\"><v>7</v></c>{}<c r=\"B2\" s=\"1\"><v>43831</v></c></row>", text("A2", "A"));
    vec![
        ("row_0".into(), numbered("0")),
        ("row_negative".into(), numbered("-2")),
        ("row_1048577".into(), numbered("1048577")),
        ("row_other_than_cells".into(), numbered("5")),
        ("row_without_numbers".into(), cells(&bare.replace("C2", ""))),
        ("cell_a0".into(), cells(&a.replace("\"A2\"", "\"A0\""))),
        ("cell_xfe".into(), cells(&a.replace("\"D2\"", "\"XFE2\""))),
        ("cells_out_of_order".into(), cells(&swapped)),
        ("cell_doubled".into(), cells(&a.replacen(&text("A2", "A"), &text("A2", "A").repeat(2), 1))),
        ("rows_out_of_order".into(), cells(&format!("{b}{a}"))),
        ("row_of_header_again".into(), cells(&row(1, "A", "43831", "7", "x"))),
        (
            "data_twice".into(),
            changed(SHEET, |entry| {
                let text = part(SHEET).replace("</sheetData>", &format!("</sheetData><sheetData>{b}</sheetData>"));
                *entry = super::archive::entry(SHEET, text.as_bytes());
            }),
        ),
        (
            "rows_outside".into(),
            with(
                SHEET,
                part(SHEET)
                    .replace("</sheetData>", "")
                    .replace("</worksheet>", &format!("</sheetData>{b}</worksheet>")),
            ),
        ),
        ("good_again".into(), with("docProps/extra.xml", good().len().to_string())),
    ]
}
