//! Workbooks that other makers wrote: read as what they hold, or refused with the true reason.

use std::fs;

use super::archive::{archive, entry};
use super::{binary, book};
use crate::sendmart;

/// What `sendmart cells` prints of a file, or why it is refused.
fn cells(name: &str, bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    fs::write(&file, bytes).unwrap();
    let (code, out, problem) = sendmart(folder.path(), &["cells", file.to_str().unwrap(), "--format", "csv"]);
    let problem = problem.replace(&folder.path().display().to_string(), "PLACE");
    if code == 0 { out } else { problem }
}

/// The cells without the head of the list.
fn values(name: &str, bytes: &[u8]) -> Vec<String> {
    cells(name, bytes).lines().skip(1).map(str::to_owned).collect()
}

#[test]
fn an_object_within_an_old_workbook_is_not_taken_for_the_workbook() {
    let own = binary::xls_5(1252, b"Own", b"the file's");
    let embedded = binary::xls_5(1252, b"Embedded", b"the object's");
    for (name, object) in [("/Book", "Workbook"), ("/Book", "Book"), ("/Workbook", "Workbook"), ("/Workbook", "Book")] {
        let bytes = binary::compound_with_object(name, &own, object, &embedded);
        assert_eq!(values("a.xls", &bytes), ["Own,A1,text,the file's"], "{name} with {object}");
    }
    // What Excel 97 writes for Excel 95 too: the newer stream counts.
    let mut both = cfb::CompoundFile::open(std::io::Cursor::new(binary::compound("/Book", &own))).unwrap();
    std::io::Write::write_all(&mut both.create_stream("/Workbook").unwrap(), &binary::xls()).unwrap();
    both.flush().unwrap();
    assert!(cells("a.xls", &both.into_inner().into_inner()).contains("Sheet1,A1,text,id"));
    // A document in which only an object is a workbook is none.
    let letter = binary::compound_with_object("/WordDocument", b"Dear Sir", "Workbook", &embedded);
    assert!(cells("a.xls", &letter).contains("an old Office document, but no workbook"));
}

#[test]
fn code_pages_of_the_macintosh_of_windows_and_of_dos_are_decoded() {
    for (page, name, text, wanted) in [
        (10_029, &b"\xE1koly"[..], &b"Ji\x97\x92 \xE1koda"[..], "Školy,A1,text,Jióí Škoda"),
        (32_769, b"Caf\xE9s", b"na\xEFve \x80", "Cafés,A1,text,naïve €"),
        (32_768, b"Caf\x8Es", b"na\x95ve \xDB", "Cafés,A1,text,naïve €"),
        (10_000, b"Caf\x8Es", b"na\x95ve \xDB", "Cafés,A1,text,naïve €"),
        (437, b"Caf\x82s", b"na\x8Bve \x9C", "Cafés,A1,text,naïve £"),
        (850, b"Caf\x82s", b"na\x8Bve \x9C", "Cafés,A1,text,naïve £"),
        (1252, b"Caf\xE9s", b"na\xEFve \x80", "Cafés,A1,text,naïve €"),
    ] {
        assert_eq!(values("a.xls", &binary::compound("/Book", &binary::xls_5(page, name, text))), [wanted], "{page}");
    }
    let told = cells("a.xls", &binary::compound("/Book", &binary::xls_5(708, b"A", b"\xC7")));
    assert!(
        told.contains("the text of the old workbook (.xls) is in code page 708, which is not known here"),
        "{told}"
    );
}

#[test]
fn no_words_of_a_library_reach_who_sends_a_file() {
    // The shared texts end in a continuation without a byte: after a whole text, and within one.
    let whole = binary::compound("/Workbook", &binary::xls_shared(&[b"\x04\0\0text", b""]));
    assert_eq!(values("a.xls", &whole), ["Sheet1,A1,text,text"]);
    let parts: [&[&[u8]]; 3] = [&[b"\x09\0\0text", b""], &[b"\x09\0\0text", b"", b"\0texts"], &[b"\x09\0"]];
    for texts in parts {
        let told = cells("a.xls", &binary::compound("/Workbook", &binary::xls_shared(texts)));
        assert!(
            told.starts_with("error: ") && told.contains("old workbook (.xls)") || told.contains("damaged"),
            "{told}"
        );
        for word in ["index", "len is", "panick", "unwrap", "range ", "slice", "overflow"] {
            assert!(!told.contains(word), "{told}");
        }
    }
}

#[test]
fn a_binary_workbook_whose_relations_have_a_prefix_is_read() {
    let usual = cells("a.xlsb", &binary::xlsb(&binary::xlsb_sheet()));
    assert!(usual.contains("Sheet1,A2,text,A"), "{usual}");
    let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet";
    for relations in [
        format!(
            "<ns0:Relationships xmlns:ns0=\"http://schemas.openxmlformats.org/package/2006/relationships\"><ns0:Relationship \
             Id=\"rId1\" Type=\"{kind}\" Target=\"worksheets/sheet1.bin\" /></ns0:Relationships>"
        ),
        format!(
            "<Relationships><Relationship Id=\"rId1\" Type=\"{kind}\" Target=\"/xl/worksheets/sheet1.bin\"/></Relationships>"
        ),
    ] {
        assert_eq!(cells("a.xlsb", &binary::xlsb_related(&binary::xlsb_sheet(), &relations)), usual);
    }
    let told = cells("a.xlsb", &binary::xlsb_related(&binary::xlsb_sheet(), "<Relationships/>"));
    assert!(told.contains("damaged") && !told.contains("withheld"), "{told}");
}

#[test]
fn parts_that_nobody_reads_refuse_no_workbook() {
    let doctype = "<?xml version=\"1.0\"?>\n<!DOCTYPE script:module PUBLIC \"-//OpenOffice.org//DTD OfficeDocument 1.0//EN\" \
                   \"module.dtd\"><script:module xmlns:script=\"s\">Sub Main</script:module>";
    let content = "<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
        xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
        xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"><office:body><office:spreadsheet>\
        <table:table table:name=\"S\"><table:table-row><table:table-cell office:value-type=\"string\"><text:p>a</text:p>\
        </table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>";
    let kind = b"application/vnd.oasis.opendocument.spreadsheet";
    let ods = |part: &str, content: &str| {
        archive(&[entry("mimetype", kind), entry("content.xml", content.as_bytes()), entry(part, doctype.as_bytes())])
    };
    for part in ["Basic/Standard/Module1.xml", "Basic/script-lc.xml", "Dialogs/Standard/dialog-lb.xml"] {
        assert_eq!(values("a.ods", &ods(part, content)), ["S,A1,text,a"], "{part}");
    }
    // In a part that is read it is what it was.
    let told = cells("a.ods", &ods("Basic/script-lc.xml", &format!("<!DOCTYPE a [<!ENTITY b \"c\">]>{content}")));
    assert!(told.contains("DOCTYPE"), "{told}");
    let mut entries = book::entries();
    let good = cells("a.xlsx", &archive(&entries));
    for part in ["docProps/thumbnail.wmf", "xl/media/image1.png", "xl/vbaProject.bin"] {
        let mut damaged = entry(part, b"a picture");
        damaged.crc ^= 1;
        entries.push(damaged);
    }
    assert_eq!(cells("a.xlsx", &archive(&entries)), good);
    let told = cells("a.xlsx", &book::changed(book::STYLES, |entry| entry.crc ^= 1));
    assert!(told.contains("styles.xml"), "{told}");
}

#[test]
fn a_workbook_of_charts_alone_says_so() {
    let relations = book::part("xl/_rels/workbook.xml.rels");
    let charts = relations.replace("/worksheet\"", "/chartsheet\"").replace("worksheets/", "chartsheets/");
    let told = cells("a.xlsx", &book::with("xl/_rels/workbook.xml.rels", charts));
    assert!(told.contains("the workbook has no sheet of cells: `Sheet1` is a chart"), "{told}");
    let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/chartsheet";
    let relations = format!(
        "<Relationships><Relationship Id=\"rId1\" Type=\"{kind}\" Target=\"chartsheets/sheet1.bin\"/></Relationships>"
    );
    let told = cells("a.xlsb", &binary::xlsb_related(&binary::xlsb_sheet(), &relations));
    assert!(told.contains("`Sheet1` is a chart"), "{told}");
}
