use insta::{assert_debug_snapshot, assert_snapshot};

use super::{open, rows, sheet, workbook};

#[test]
fn formats_tell_days_from_numbers_in_both_date_systems() {
    let styles = "<styleSheet><numFmts><numFmt numFmtId='164' formatCode='[$-409]d\\-mmm\\-yy;@'/>\
        <numFmt numFmtId='165' formatCode='&quot;Day &quot;0'/></numFmts><cellStyleXfs><xf numFmtId='14'/></cellStyleXfs>\
        <cellXfs><xf/><xf numFmtId='14'/><xf numFmtId='164'/><xf numFmtId='165'/><xf numFmtId='9'/><xf numFmtId='46'/>\
        <xf numFmtId='20'/></cellXfs></styleSheet>";
    let cells: String =
        (0..8).map(|style| format!("<c s='{style}'><v>0.25</v></c><c s='{style}'><v>60</v></c>")).collect();
    let part = format!("<worksheet><sheetData><row>{cells}</row></sheetData></worksheet>");
    let parts = [("xl/styles.xml", styles.as_bytes()), ("xl/worksheets/sheet1.xml", part.as_bytes())];
    assert_snapshot!(rows(&workbook(&parts)).unwrap().join("\n"), @"1 0=#0.25 1=#60 2=Serial:0.25 3=Serial:60 4=Serial:0.25 5=Serial:60 6=#0.25 7=#60 8=Percent:0.25 9=Percent:60 10=Duration:0.25 11=Duration:60 12=Duration:0.25 13=Serial:60 14=#0.25 15=#60");
    let book = "<x:workbook xmlns:x='http://purl.oclc.org/ooxml/spreadsheetml/main' xmlns:rel='urn:r'><x:workbookPr date1904='true'/>\
        <x:sheets><x:sheet name='Data' sheetId='1' rel:id='r1'/></x:sheets></x:workbook>";
    let parts = [parts[0], parts[1], ("xl/workbook.xml", book.as_bytes())];
    assert_snapshot!(rows(&workbook(&parts)).unwrap().join("\n"), @"1 0=#0.25 1=#60 2=Serial:1462.25 3=Serial:1522 4=Serial:1462.25 5=Serial:1522 6=#0.25 7=#60 8=Percent:0.25 9=Percent:60 10=Duration:0.25 11=Duration:60 12=Duration:0.25 13=Serial:1522 14=#0.25 15=#60");
}

#[test]
fn parts_are_found_by_what_the_package_says_not_by_their_usual_names() {
    let texts = [
        (
            "_rels/.rels",
            "<p:Relationships xmlns:p='x'><p:Relationship Id='a' Target='/Book/Main.xml' \
             Type='http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument'/></p:Relationships>",
        ),
        (
            "book/main.xml",
            "<workbook xmlns:r='x'><sheets><sheet name='Chart' r:id='c'/>\
             <sheet name='A &amp; B' r:id='s' state='veryHidden'/></sheets></workbook>",
        ),
        (
            "book\\_rels\\MAIN.xml.rels",
            "<Relationships><Relationship Id='s' Type='x/worksheet' Target='..\\My%20Sheets\\one.xml'/>\
             <Relationship Id='c' Type='x/chartsheet' Target='c.xml'/>\
             <Relationship Id='t' Type='x/sharedStrings' Target='t.xml'/></Relationships>",
        ),
        (
            "my sheets/ONE.xml",
            "<z:worksheet xmlns:z='x'><z:sheetData><z:row r='1'><z:c r='A1' t='s'><z:v>1</z:v></z:c></z:row></z:sheetData></z:worksheet>",
        ),
        (
            "book/t.xml",
            "<sst count='400000000000' uniqueCount='1'><si/><si><r><t>a</t></r><rPh><t>no</t></rPh><r><t>b</t></r></si></sst>",
        ),
        ("xl/workbook.xml", "<workbook><sheets><sheet name='Decoy'/></sheets></workbook>"),
    ];
    let bytes = workbook(&texts.map(|(name, text)| (name, text.as_bytes())));
    assert_eq!(open(&bytes).unwrap().sheets(), [("A & B".to_owned(), false)]);
    assert_eq!(rows(&bytes).unwrap(), ["1 0=ab"]);
}

#[test]
fn a_sheet_tells_what_it_hides_and_merges_and_names() {
    let part = "<worksheet><cols><col min='2' max='3' hidden='1'/><col min='5' max='5' width='0'/>\
        <col min='6' max='6' width='9'/></cols><sheetData><row r='1'><c r='A1'><v>1</v></c></row>\
        <row r='2' hidden='1'><c r='A2'><v>1</v></c></row></sheetData><autoFilter ref='A1:C2'/>\
        <mergeCells count='9'><mergeCell ref='A1:B2'/><mergeCell ref='$D$4'/></mergeCells></worksheet>";
    let book = "<workbook xmlns:r='x'><sheets><sheet name=\"It's\" sheetId='1' r:id='r1' state='hidden'/></sheets><definedNames>\
        <definedName name='rates'>'It''s'!$A$1:$C$9</definedName>\
        <definedName name='_xlnm.Print_Area' localSheetId='0'>'It''s'!$A:$B</definedName>\
        <definedName name='other'>Elsewhere!A1</definedName></definedNames></workbook>";
    let table = "<table name='t1' displayName='Rates' ref='A1:B4' totalsRowCount='1'><tableColumns count='2'>\
        <tableColumn id='1' name='a_x000a_b'/><tableColumn id='2' name='c'/></tableColumns></table>";
    let relations = "<Relationships><Relationship Id='t' Type='x/table' Target='../tables/t.xml'/></Relationships>";
    let bytes = workbook(&[
        ("xl/worksheets/sheet1.xml", part.as_bytes()),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/worksheets/_rels/sheet1.xml.rels", relations.as_bytes()),
        ("xl/tables/t.xml", table.as_bytes()),
    ]);
    assert_debug_snapshot!(open(&bytes).unwrap().about("It's").unwrap());
}

#[test]
fn a_row_of_a_drawing_is_no_row_of_the_sheet() {
    let anchored = "<worksheet><sheetData><row r='1' ht='75'/></sheetData><oleObjects><anchor><from><row>0</row></from></anchor>\
        </oleObjects></worksheet>";
    assert_eq!(rows(&workbook(&[("xl/worksheets/sheet1.xml", anchored.as_bytes())])).unwrap(), [""; 0]);
}

#[test]
fn a_module_that_is_listed_among_the_sheets_is_none() {
    let book = "<workbook xmlns:r='urn:r'><sheets><sheet name='Module' sheetId='2' r:id=''/>\
        <sheet name='Data' sheetId='1' r:id='r1'/></sheets></workbook>";
    let part = "<worksheet><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>";
    let parts = [("xl/workbook.xml", book.as_bytes()), ("xl/worksheets/sheet1.xml", part.as_bytes())];
    assert_eq!(open(&workbook(&parts)).unwrap().sheets(), [("Data".to_owned(), true)]);
}

#[test]
fn strict_days_may_have_more_digits_than_a_clock_and_times_stand_alone() {
    let cell = |value: &str| format!("<c t='d'><v>{value}</v></c>");
    let row = ["2009-01-02T11:00:00.00000020954757600", "10:30:00", "T06:00:00.0000000000001", "PT36H", "2009-01-02"]
        .map(cell);
    let found = rows(&sheet(&format!("<row>{}</row>", row.concat()))).unwrap();
    assert_snapshot!(found.join("\n"), @"1 0=Serial:39815.458333333336 1=Duration:0.4375 2=Duration:0.25 3=Duration:1.5 4=Serial:39815");
}

#[test]
fn white_space_counts_where_an_element_around_the_text_says_so() {
    let keep = "xml:space='preserve'";
    let inline = |of: &str, within: &str| format!("<c t='inlineStr' {of}><is>{within}</is></c>");
    let runs = "<r><t>Example</t></r><r><t> richtext</t></r>";
    let of = |of_sheet: &str, of_data: &str, of_row: &str, cell: &str| {
        let part =
            format!("<worksheet {of_sheet}><sheetData {of_data}><row {of_row}>{cell}</row></sheetData></worksheet>");
        rows(&workbook(&[("xl/worksheets/sheet1.xml", part.as_bytes())])).unwrap().join("\n")
    };
    let kept = "1 0=Example richtext";
    for (of_sheet, of_data, of_row, of_cell) in
        [(keep, "", "", ""), ("", keep, "", ""), ("", "", keep, ""), ("", "", "", keep)]
    {
        assert_eq!(of(of_sheet, of_data, of_row, &inline(of_cell, runs)), kept);
    }
    assert_eq!(of(keep, "", "", &inline("", "<t>Example</t><t> richtext</t>")), kept);
    assert_eq!(of("", "", "", &inline("", &runs.replace("<r><t> r", &format!("<r {keep}><t> r")))), kept);
    assert_eq!(of("", "", "", &inline("", runs)), "1 0=Examplerichtext");
    assert_eq!(of(keep, "", "", &inline("xml:space='default'", runs)), "1 0=Examplerichtext");
    assert_eq!(of(keep, "", "xml:space='default'", &inline("", runs)), "1 0=Examplerichtext");
    // A row that says nothing is as its sheet says, whatever the row before it said.
    let two = format!("{}</row><row>{}", inline("xml:space='default'", runs), inline("", runs));
    assert_eq!(of(keep, "", "", &two), format!("1 0=Examplerichtext\n{}", kept.replace("1 0", "2 0")));
    let texts = format!(
        "<sst {keep}><si>{runs}</si><si xml:space='default'>{runs}</si><si>{runs}<rPh><t>no</t></rPh></si></sst>"
    );
    let part = "<worksheet><sheetData><row><c t='s'><v>0</v></c><c t='s'><v>1</v></c><c t='s'><v>2</v></c></row></sheetData></worksheet>";
    let parts = [("xl/sharedStrings.xml", texts.as_bytes()), ("xl/worksheets/sheet1.xml", part.as_bytes())];
    assert_eq!(rows(&workbook(&parts)).unwrap(), ["1 0=Example richtext 1=Examplerichtext 2=Example richtext"]);
}
