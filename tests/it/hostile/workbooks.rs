//! Workbooks that no spreadsheet program writes, each for one defect or attack.

use std::fmt::Write;

use super::archive::{archive, entry};
use super::binary;
use super::book::{BOOK, SHEET, STYLES, TEXTS, changed, entries, good, ole, part, row, sheet, text, with};

/// Name and bytes of each.
pub(super) fn all() -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<(String, Vec<u8>)> = Vec::new();
    let mut add = |name: &str, bytes: Vec<u8>| all.push((name.to_owned(), bytes));
    let cells = |rows: &str| with(SHEET, sheet("", rows));

    add("good.xlsx", good());
    // What only its name calls a workbook.
    add("not_html.xlsx", b"<!doctype html><html><body>Sign in</body></html>".to_vec());
    add("not_text.xlsx", b"id,day,count,note\nA,2020-01-01,7,fine\n".to_vec());
    add("not_sylk.xlsx", b"ID;PWXL;N;E\nC;Y1;X1;K\"id\"\nE\n".to_vec());
    add("not_pdf.xlsx", b"%PDF-1.7\n1 0 obj".to_vec());
    add("not_json.xlsx", b"{\"error\": \"not found\"}".to_vec());
    add(
        "not_xml_2003.xls",
        b"<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\"/>".to_vec(),
    );
    add("not_excel_3.xls", b"\x09\x02\x06\0\0\0\x10\0\x0A\0\0\0".to_vec());
    add("not_gzip.xlsx", b"\x1F\x8B\x08\0\0\0\0\0\0\0".to_vec());
    add("not_binary.xlsx", (0..=255).collect());
    add("not_one_byte.xlsx", b"P".to_vec());
    add("not_zip_of_csv.xlsx", archive(&[entry("a.csv", b"id,day\n")]));

    // OLE2.
    add("ole_password.xlsx", ole(&["EncryptionInfo", "EncryptedPackage"]));
    add("ole_letter.xls", ole(&["WordDocument"]));
    add("ole_circle.xls", ole(&["Workbook"]));
    add("ole_renamed.xlsx", ole(&["Book"]));
    add("ole_cut.xls", ole(&["Workbook"])[..700].to_vec());

    let encrypted =
        [binary::record(0x0809, &[0, 6, 5, 0, 0, 0, 0, 0]), binary::record(0x002F, &noise(54)), noise(4096)];
    add("ole_encrypted_records.xls", binary::compound("Workbook", &encrypted.concat()));
    add("ole_capitals.xls", binary::compound("BOOK", &binary::xls()));
    add("ole_good.xls", binary::compound("Workbook", &binary::xls()));
    add("ole_cut_record.xls", {
        let whole = binary::xls();
        binary::compound("Workbook", &whole[..whole.len() - 12])
    });

    // The archive.
    add("zip_password.xlsx", changed(SHEET, |entry| entry.flags = 1));
    add("zip_crc_of_sheet.xlsx", changed(SHEET, |entry| entry.crc ^= 1));
    add("zip_crc_of_texts.xlsx", changed(TEXTS, |entry| entry.crc ^= 1));
    add("zip_crc_of_styles.xlsx", changed(STYLES, |entry| entry.crc ^= 1));
    add("zip_bit_of_sheet.xlsx", changed(SHEET, |entry| entry.packed[40] ^= 8));
    add("zip_method.xlsx", changed(STYLES, |entry| entry.method = 12));
    add("zip_link.xlsx", changed(STYLES, |entry| entry.mode = 0o120_777));
    for (name, path) in
        [("up", "../../x.xml"), ("root", "/etc/passwd"), ("drive", "C:\\x.xml"), ("control", "xl/\u{1b}[2J.xml")]
    {
        let mut all = entries();
        all.push(entry(path, b"<a/>"));
        add(&format!("zip_name_{name}.xlsx"), archive(&all));
    }
    for (name, path) in
        [("same", SHEET.to_owned()), ("case", SHEET.to_uppercase()), ("slash", SHEET.replace('/', "\\"))]
    {
        let mut all = entries();
        all.push(entry(&path, sheet("", &row(2, "B", "1", "666", "other")).as_bytes()));
        add(&format!("zip_twice_{name}.xlsx"), archive(&all));
    }
    let mut overlap = entries();
    for at in 0..50 {
        let mut copy = entry(&format!("xl/media/{at}.png"), b"");
        (copy.packed, copy.size, copy.crc, copy.upon) =
            (overlap[4].packed.clone(), overlap[4].size, overlap[4].crc, Some(4));
        overlap.push(copy);
    }
    add("zip_overlap.xlsx", archive(&overlap));
    let mut many = entries();
    many.extend((0..10_000).map(|at| {
        let mut part = overlap[0].clone();
        part.name = format!("xl/{at}").into_bytes();
        part
    }));
    add("zip_many.xlsx", archive(&many));
    let blank = entry("xl/media/a.png", &vec![b' '; 50 << 20]);
    add("zip_bomb_media.xlsx", {
        let mut all = entries();
        all.push(blank.clone());
        archive(&all)
    });
    let mut lying = blank.clone();
    lying.size = 1000;
    add("zip_bomb_lying.xlsx", {
        let mut all = entries();
        all.push(lying);
        archive(&all)
    });
    add("zip_part_600_mb.xlsx", changed(SHEET, |entry| entry.size = 600 << 20));
    let mut three = entries();
    for at in 0..3 {
        let mut part = entry(&format!("xl/media/{at}.png"), &noise(3 << 20));
        part.size = 400 << 20;
        three.push(part);
    }
    add("zip_three_400_mb.xlsx", archive(&three));
    add("zip_in_zip.xlsx", with("xl/embeddings/book.xlsx", good()));
    let whole = good();
    for twentieth in 1..20 {
        add(&format!("cut_{:02}.xlsx", twentieth * 5), whole[..whole.len() * twentieth / 20].to_vec());
    }
    add("cut_last_byte.xlsx", whole[..whole.len() - 1].to_vec());

    // The parts' XML.
    let bomb: String =
        (1..12).map(|at| format!("<!ENTITY e{at} \"{}\">", format!("&e{};", at - 1).repeat(10))).collect();
    let bomb = format!("<!DOCTYPE worksheet [<!ENTITY e0 \"ha\">{bomb}]>");
    let front = |part: &str, extra: &str| part.replacen("?>\n", &format!("?>\n{extra}"), 1);
    add("xml_entity_bomb.xlsx", with(SHEET, front(&sheet("", &row(2, "&e11;", "1", "1", "x")), &bomb)));
    add(
        "xml_xxe_texts.xlsx",
        with(
            TEXTS,
            front(&part(TEXTS), "<!DOCTYPE sst [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>").replace("shared", "&x;"),
        ),
    );
    add(
        "xml_doctype_book.xlsx",
        with(BOOK, front(&part(BOOK), "<!DOCTYPE workbook SYSTEM \"http://example.org/a.dtd\">")),
    );
    add("xml_unknown_entity.xlsx", cells(&row(2, "A&nothing;", "43831", "7", "x")));
    let attributes: String = (0..300_000).fold(String::new(), |mut all, at| {
        let _ = write!(all, " a{at}=''");
        all
    });
    add("xml_attributes_book.xlsx", with(BOOK, part(BOOK).replace("<sheets>", &format!("<sheets{attributes}>"))));
    add(
        "xml_attributes_sheet.xlsx",
        with(SHEET, sheet("", "").replace("<sheetData>", &format!("<sheetData{attributes}>"))),
    );
    add(
        "xml_deep_styles.xlsx",
        with(
            STYLES,
            part(STYLES).replace("<cellXfs", &format!("{}{}<cellXfs", "<a>".repeat(100_000), "</a>".repeat(100_000))),
        ),
    );
    add(
        "xml_deep_sheet.xlsx",
        with(
            SHEET,
            sheet(&format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000)), &row(2, "A", "43831", "7", "x")),
        ),
    );
    add("xml_never_closed.xlsx", with(SHEET, sheet("", "").replace("</sheetData></worksheet>", "")));
    let utf16: Vec<u8> =
        format!("\u{feff}{}", sheet("", &row(2, "A", "43831", "7", "utf16")).replace("UTF-8", "UTF-16"))
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
    add("xml_utf16_sheet.xlsx", with(SHEET, utf16));
    for (name, count) in [("4e11", "400000000000"), ("max", "18446744073709551615"), ("1e9", "1000000000")] {
        add(
            &format!("xml_texts_{name}.xlsx"),
            with(TEXTS, part(TEXTS).replace("uniqueCount=\"1\"", &format!("uniqueCount=\"{count}\""))),
        );
    }
    let styles: String = "<xf numFmtId=\"14\" applyNumberFormat=\"1\"/>".repeat(200_000);
    add(
        "xml_styles_200_000.xlsx",
        with(STYLES, part(STYLES).replace("<xf numFmtId=\"0\"/>", &format!("<xf numFmtId=\"0\"/>{styles}"))),
    );
    add(
        "xml_columns.xlsx",
        with(
            SHEET,
            sheet(
                "<cols><col min=\"1\" max=\"4294967295\" hidden=\"1\"/><col min=\"0\" max=\"99999999999999999999\"/></cols>",
                &row(2, "A", "43831", "7", "x"),
            ),
        ),
    );
    add("xml_dimension.xlsx", with(SHEET, sheet("<dimension ref=\"A0:B5\"/>", &row(2, "A", "43831", "7", "x"))));
    add(
        "xml_sheet_elsewhere.xlsx",
        with(
            "xl/_rels/workbook.xml.rels",
            part("xl/_rels/workbook.xml.rels").replace("worksheets/sheet1.xml", "../../../../etc/passwd"),
        ),
    );
    add(
        "xml_no_sheet_part.xlsx",
        archive(&entries().into_iter().filter(|entry| entry.name != SHEET.as_bytes()).collect::<Vec<_>>()),
    );

    // The cells.
    add(
        "cell_last.xlsx",
        cells(&(row(2, "A", "43831", "7", "x") + "<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>")),
    );
    for (name, at) in [
        ("wraps_column", "MWLQKWX2"),
        ("wraps_row", "A4294967298"),
        ("beyond_row", "A1048577"),
        ("beyond_column", "XFE2"),
        ("nonsense", "2A"),
        ("digits", "A99999999999999999999999"),
    ] {
        add(
            &format!("cell_reference_{name}.xlsx"),
            cells(&format!("<row r=\"2\">{}<c r=\"{at}\"><v>666</v></c></row>", text("A2", "A"))),
        );
    }
    add("cell_twice.xlsx", cells(&row(2, "A", "43831", "7", "x").replace("</row>", "<c r=\"C2\"><v>8</v></c></row>")));
    add("cell_row_twice.xlsx", cells(&(row(2, "A", "43831", "7", "x") + &row(2, "B", "43831", "8", "y"))));
    add("cell_row_order.xlsx", cells(&(row(3, "A", "43831", "7", "x") + &row(2, "B", "43831", "8", "y"))));
    add("cell_row_number.xlsx", cells(&row(2, "A", "43831", "7", "x").replace("r=\"2\"", "r=\"4294967298\"")));
    let other = |cell: &str| {
        cells(&format!("<row r=\"2\">{}<c r=\"B2\" s=\"1\"><v>43831</v></c>{cell}</row>", text("A2", "A")))
    };
    add("cell_boolean_2.xlsx", other("<c r=\"C2\" t=\"b\"><v>2</v></c>"));
    add("cell_spill.xlsx", other("<c r=\"C2\" t=\"e\"><v>#SPILL!</v></c>"));
    add("cell_type.xlsx", other("<c r=\"C2\" t=\"zzz\"><v>7</v></c>"));
    add("cell_number.xlsx", other("<c r=\"C2\"><v>seven</v></c>"));
    add("cell_1e308.xlsx", other("<c r=\"C2\"><v>1e308</v></c>"));
    add("cell_1e999.xlsx", other("<c r=\"C2\"><v>1e999</v></c>"));
    add("cell_shared_beyond.xlsx", other("<c r=\"C2\" t=\"s\"><v>4000000000</v></c>"));
    add(
        "cell_control.xlsx",
        other("<c r=\"C2\"><v>7</v></c><c r=\"D2\" t=\"inlineStr\"><is><t>a&#0;b&#xFFFFFFFF;</t></is></c>"),
    );
    let mut bytes = sheet("", &row(2, "A", "43831", "7", "BYTE")).into_bytes();
    let at = bytes.windows(4).position(|four| four == b"BYTE").unwrap();
    bytes[at] = 0xFF;
    add("cell_byte.xlsx", with(SHEET, bytes));
    add("cell_text_1_mb.xlsx", cells(&row(2, "A", "43831", "7", &String::from_utf8(letters(1 << 20)).unwrap())));
    add("cell_text_100_mb.xlsx", cells(&row(2, "A", "43831", "7", &String::from_utf8(letters(100 << 20)).unwrap())));
    for (name, day) in [("60", "60"), ("negative", "-1"), ("huge", "1e308"), ("beyond", "2958466"), ("nan", "NaN")] {
        add(&format!("day_serial_{name}.xlsx"), cells(&row(2, "A", day, "7", "x")));
    }
    let day = |value: &str| {
        cells(
            &row(2, "A", "43831", "7", "x")
                .replace("<c r=\"B2\" s=\"1\"><v>43831</v></c>", &format!("<c r=\"B2\" t=\"d\"><v>{value}</v></c>")),
        )
    };
    add("day_30_february.xlsx", day("2010-02-30"));
    add("day_text.xlsx", day("yesterday"));

    // Cells of which only the last of each row holds anything.
    let far: String = (2..1_400).map(|at| format!("<row r=\"{at}\"><c r=\"XFD{at}\"><v>1</v></c></row>")).collect();
    add("cell_far_1_400_rows.xlsx", cells(&far));

    // The binary kind.
    let with_texts = |texts: &[u8]| {
        let mut parts = vec![entry("[Content_Types].xml", b"<Types/>"), entry("xl/workbook.bin", &noise(300))];
        parts.push(entry("xl/sharedStrings.bin", texts));
        archive(&parts)
    };
    add("xlsb_noise.xlsx", with_texts(b""));
    add("xlsb_good.xlsx", binary::xlsb(&binary::xlsb_sheet()));
    add("xlsb_texts.xlsx", with_texts(&[0x9f, 0x01, 0x08, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f]));
    all
}

/// A workbook with so many shared texts of 30,000 letters: small as a file, and large in memory, since any cell may ask for
/// any of them.
pub(super) fn shared_texts(count: usize) -> Vec<u8> {
    let all = String::from_utf8(letters(30_000 * count)).unwrap();
    let items: String =
        (0..count).map(|at| format!("<si><t>{}</t></si>", &all[at * 30_000..(at + 1) * 30_000])).collect();
    let texts = part(TEXTS)
        .replace("<si><t>shared</t></si>", &items)
        .replace("uniqueCount=\"1\"", &format!("uniqueCount=\"{count}\""));
    with(TEXTS, texts)
}

/// Bytes that do not pack.
fn noise(count: usize) -> Vec<u8> {
    let mut state = 1_u32;
    std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    })
    .take(count)
    .collect()
}

/// Letters that pack to a fortieth, as a text may.
pub(super) fn letters(count: usize) -> Vec<u8> {
    let mut state = 7_u32;
    let mut letters = Vec::with_capacity(count + 200);
    while letters.len() < count {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let letter = b'a' + u8::try_from(state >> 24).unwrap() % 26;
        letters.extend(std::iter::repeat_n(letter, 100 + usize::from(letter)));
    }
    letters.truncate(count);
    letters
}
