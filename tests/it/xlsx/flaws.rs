use insta::assert_snapshot;

use super::{rows, sheet, workbook};

const SHEET: &str = "xl/worksheets/sheet1.xml";

#[test]
fn one_odd_cell_is_a_flaw_of_that_cell_and_its_neighbours_stand() {
    for (cell, wanted) in [
        ("<c r='B1' t='e'><v>#SPILL!</v></c>", "1=Error:#SPILL! "),
        ("<c r='B1' t='e'><v>#GETTING_DATA</v></c>", "1=Error:#GETTING_DATA "),
        ("<c r='B1' t='b'><v>2</v></c>", "1=Boolean:2 "),
        ("<c r='B1' t='b'><v>true</v></c>", "1=?TRUE "),
        ("<c r='B1'><v>12,5</v></c>", "1=Number:12,5 "),
        ("<c r='B1'><v>1e999</v></c>", "1=Number:1e999 "),
        ("<c r='B1'><v>NaN</v></c>", "1=Number:NaN "),
        ("<c r='B1' t='s'><v>4</v></c>", "1=SharedString:4 "),
        ("<c r='B1' t='d'><v>2010-02-30</v></c>", "1=Day:2010-02-30 "),
        ("<c r='B1' t='d'><v>2010-03-01</v></c>", "1=Serial:40238 "),
        ("<c r='B1' t='q'><v>x</v></c>", "1=Type:x "),
        ("<c r='B1' t='str'><v>a&bogus;b</v></c>", "1=Character:a&bogus;b "),
        ("<c r='B1' t='str'><v>a\u{1}b</v></c>", "1=Character:a\u{1}b "),
        ("<c r='B1'><f>1+1</f></c>", "1=NoValue "),
        ("<c r='B1'><f>1+1</f><v/></c>", "1=NoValue "),
        ("<c r='B1' t='str'><f>A1</f><v></v></c>", ""),
        ("<c r='B1'><f>1+1</f><v>2</v></c>", "1=#2 "),
        (
            "<c r='B1' t='inlineStr'><is><r><t>a</t></r><r><t xml:space='preserve'> b</t></r><rPh><t>no</t></rPh></is></c>",
            "1=a b ",
        ),
        ("<c r='B1' t='inlineStr'><is><t><![CDATA[a<&b]]></t></is></c>", "1=a<&b "),
        ("<c r='B1' t='str'><v>a_x000D_b</v></c>", "1=a\rb "),
    ] {
        let row = format!("<row r='1'><c r='A1'><v>1</v></c>{cell}<c r='C1'><v>3</v></c></row>");
        assert_eq!(rows(&sheet(&row)).unwrap(), [format!("1 0=#1 {wanted}2=#3")], "{cell}");
    }
}

#[test]
fn a_byte_that_is_no_character_is_a_flaw_of_its_cell() {
    let text = "<worksheet><sheetData><row r='1'><c r='A1' t='str'><v>caf?</v></c><c r='B1'><v>2</v></c></row></sheetData></worksheet>";
    let mut part = text.as_bytes().to_vec();
    part[text.find('?').unwrap()] = 0xe9;
    assert_eq!(rows(&workbook(&[(SHEET, &part)])).unwrap(), ["1 0=Character:caf\u{fffd} 1=#2"]);
    part[1] = 0xe9;
    assert_snapshot!(rows(&workbook(&[(SHEET, &part)])).unwrap_err(), @"part `xl/worksheets/sheet1.xml` of the workbook is broken: a tag holds a byte that is no character");
}

#[test]
fn what_is_out_of_its_place_is_one_flaw_and_never_a_value_in_the_wrong_cell() {
    for (xml, wanted) in [
        ("<row r='1'><c r='MWLQKWX1'><v>1</v></c><c r='B1'><v>2</v></c></row>", "1 1=#2 !reference MWLQKWX1"),
        ("<row r='5'><c r='A4294967301'><v>1</v></c></row>", "5 !reference A4294967301"),
        ("<row r='1'><c r='XFE1'><v>1</v></c></row>", "1 !reference XFE1"),
        ("<row r='1'><c r='?'><v>1</v></c></row>", "1 !reference ?"),
        ("<row r='1'><c r='B2'><v>1</v></c><c r='C1'><v>3</v></c></row>", "1 2=#3 !other row B2"),
        ("<row r='1'><c r='A1'><v>1</v></c><c r='A1'><v>2</v></c></row>", "1 0=#1 !CellTwice(0)"),
        ("<row r='1'><c r='C1'><v>3</v></c><c r='A1'><v>1</v></c></row>", "1 0=#1 2=#3"),
        ("<row r='1'><c r='A1'/><c r='A1'><v>2</v></c></row>", "1 0=#2"),
        ("<row r='2'><c r='A2'><v>1</v></c></row><row r='2'><c r='A2'><v>2</v></c></row>", "2 0=#1; 2 0=#2 !RowTwice"),
        ("<row r='2'><c r='A2'><v>1</v></c></row><row r='1'><c r='A1'><v>2</v></c></row>", "2 0=#1; 1 0=#2 !RowOrder"),
        ("<row r='2'/><row r='2'><c r='A2'><v>2</v></c></row>", "2 0=#2"),
        ("<row r='1048577'><c r='A1048577'><v>1</v></c></row>", "1 !number 1048577 !reference A1048577"),
        ("<row r='x'><c r='A1'><v>1</v></c></row>", "1 0=#1 !number x"),
        ("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>", "1 0=#1 1=#2; 2 0=#3"),
        ("<row r='3'><c r='B3'><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>", "3 1=#1 2=#2; 4 0=#3"),
        ("<row><c r='B7'><v>1</v></c></row>", "7 1=#1"),
        (
            "<row r='1' hidden='1'><c r='A1'><v>1</v></c></row><row r='2' ht='0'><c r='A2'><v>1</v></c></row>",
            "1 hidden 0=#1; 2 hidden 0=#1",
        ),
    ] {
        assert_eq!(rows(&sheet(xml)).unwrap().join("; "), wanted, "{xml}");
    }
}

#[test]
fn what_has_no_structure_is_refused_with_the_part_and_the_reason() {
    let part = |text: &str| rows(&workbook(&[(SHEET, text.as_bytes())])).unwrap_err();
    assert_snapshot!(part("<worksheet><sheetData><row r='1'><c r='A1'><v>1</v></row></sheetData></worksheet>"), @"part `xl/worksheets/sheet1.xml` of the workbook is broken: an element ends that did not begin there");
    assert_snapshot!(part("<worksheet><sheetData><row r='1'><c r='A1'><v>1</v></c>"), @"part `xl/worksheets/sheet1.xml` of the workbook is broken: it ends before its elements are closed");
    assert_snapshot!(part("<worksheet><sheetData/></worksheet><worksheet/>"), @"part `xl/worksheets/sheet1.xml` of the workbook is broken: it has more than one root element");
    assert_snapshot!(part("<worksheet><sheetData><row r='1' r='2'/></sheetData></worksheet>"), @"part `xl/worksheets/sheet1.xml` of the workbook is broken: an element has an attribute twice");
    assert_snapshot!(part("<worksheet><sheetData><row r=1/></sheetData></worksheet>"), @"part `xl/worksheets/sheet1.xml` of the workbook is broken: the value of an attribute is not in quotes");
    assert_snapshot!(part("<!DOCTYPE x [<!ENTITY a 'b'>]><worksheet/>"), @"the part `xl/worksheets/sheet1.xml` declares a document type (DOCTYPE), which can hide a trap");
    assert_snapshot!(part("<?xml version='1.0' encoding='Shift_JIS'?><worksheet/>"), @"part `xl/worksheets/sheet1.xml` of the workbook says that it is `Shift_JIS`; a workbook's parts are UTF-8 or UTF-16");
    assert_snapshot!(part("<worksheet><row r='1'><c r='A1'><v>1</v></c></row></worksheet>"), @"part `xl/worksheets/sheet1.xml` of the workbook is broken: it has cells (1), and none of them where cells belong");
    assert_snapshot!(part("<chartsheet/>"), @"part `xl/worksheets/sheet1.xml` of the workbook is broken: it is no worksheet: its root is `chartsheet`");
    assert_snapshot!(part(""), @"part `xl/worksheets/sheet1.xml` of the workbook is broken: it holds nothing");
    assert_snapshot!(part(&"<a>".repeat(300)), @"part `xl/worksheets/sheet1.xml` of the workbook is broken: it is no worksheet: its root is `a`");
    assert_snapshot!(rows(&workbook(&[])).unwrap_err(), @"the workbook names sheet `Data`, and the part that holds it is not in the file");
    assert_snapshot!(rows(&workbook(&[("a.xml", b"<a/>"), ("A.XML", b"<b/>")])).unwrap_err(), @"the workbook has the part `A.XML` twice, and it cannot be known which one counts");
}

#[test]
fn a_part_in_utf_16_is_decoded() {
    let text = "<worksheet><sheetData><row r='1'><c r='A1' t='str'><v>é😀</v></c></row></sheetData></worksheet>";
    for (with_mark, big) in [(true, false), (false, false), (true, true), (false, true)] {
        let units = with_mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
        let bytes: Vec<u8> = units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect();
        assert_eq!(rows(&workbook(&[(SHEET, &bytes)])).unwrap(), ["1 0=é😀"], "{with_mark} {big}");
    }
}

#[test]
fn a_flipped_byte_is_found_by_the_sum_of_its_part() {
    let mut bytes = sheet("<row r='1'><c r='A1'><v>1</v></c></row>");
    let at = bytes.windows(4).rposition(|window| window == b"PK\x01\x02").unwrap();
    bytes[at + 16] ^= 1;
    assert_snapshot!(rows(&bytes).unwrap_err(), @"the part `xl/worksheets/sheet1.xml` of the workbook is damaged: its checksum does not match");
}
