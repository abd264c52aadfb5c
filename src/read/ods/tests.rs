use std::io::Write;

use super::*;
use crate::definitions::Format;
use crate::read::{Cell, Rows};

/// Sheets, rows of a sheet by number, and number of blank rows.
type Found = (Vec<(String, bool)>, Vec<(u32, Vec<String>)>, u64);

fn rows(path: &Path, sheet: &str) -> Result<Found, ReadError> {
    let mut rows = Rows::open(path, &Format::Workbook { sheets: None, stack: false, content: None })?;
    let mut found = Vec::new();
    let mut blank = 0;
    rows.stream(Some(sheet), &mut |block| {
        for (index, row) in block.rows.iter().enumerate() {
            let cells = block.row(index).iter().map(|cell| match cell {
                Cell::Serial(value) => format!("day {value}"),
                Cell::Duration(value) => format!("length {value}"),
                Cell::NoValue => "no value".to_owned(),
                other => block.shown(*other).into_owned(),
            });
            found.push((row.number, cells.collect()));
        }
        blank += block.blank_rows;
        ControlFlow::Continue(())
    })?;
    Ok((rows.sheets(), found, blank))
}

fn flat(tables: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    write!(
        file,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- by hand -->\n<office:document xmlns:office=\"o\" xmlns:table=\"t\" \
         xmlns:text=\"x\"><office:automatic-styles><style:style style:name=\"h\" style:family=\"table\"><style:table-properties \
         table:display=\"false\"/></style:style></office:automatic-styles>\n <office:body>\n <office:spreadsheet>{tables}\
         </office:spreadsheet></office:body></office:document>"
    )
    .unwrap();
    file
}

fn refused(file: &tempfile::NamedTempFile) -> (&'static str, String) {
    match rows(file.path(), "S") {
        Err(ReadError::Content { code, message, .. }) => (code, message),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_sheet_is_read_as_a_person_sees_it() {
    let file = flat(
        "<table:calculation-settings/><table:table table:name=\"S\"><table:table-column/>\n <table:table-header-rows>\
         <table:table-row><table:table-cell office:value-type=\"string\"><text:p>a <text:span>b</text:span>&amp;<text:s text:c=\"2\"/>c</text:p>\
         <text:p>d</text:p><office:annotation><text:p>note</text:p></office:annotation></table:table-cell>\
         <table:covered-table-cell/><table:table-cell table:number-columns-repeated=\"2\" office:value-type=\"float\" office:value=\"1.50\"/>\
         </table:table-row></table:table-header-rows>\
         <table:table-row table:number-rows-repeated=\"2\"/>\
         <table:table-row-group><table:table-row table:number-rows-repeated=\"2\"><table:table-cell office:value-type=\"date\" office:date-value=\"2024-09-01\"/>\
         <table:table-cell table:formula=\"of:=1/0\" office:value-type=\"float\" office:value=\"0\"><text:p>#DIV/0!</text:p></table:table-cell>\
         <table:table-cell table:formula=\"of:=A1\"/><table:table-cell office:value-type=\"boolean\" office:boolean-value=\"true\"/>\
         <table:table-cell office:value-type=\"time\" office:time-value=\"PT06H00M00S\"/></table:table-row></table:table-row-group>\
         <table:shapes><draw:frame><draw:object><office:document><office:body><office:spreadsheet><table:table table:name=\"chart\">\
         <table:table-row><table:table-cell><text:p>of a chart</text:p></table:table-cell></table:table-row></table:table>\
         </office:spreadsheet></office:body></office:document></draw:object></draw:frame></table:shapes>\
         <table:table-row table:number-rows-repeated=\"1048000\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>\
         </table:table><table:table table:name=\"H\" table:style-name=\"h\"><table:table-row><table:table-cell><text:p>x</text:p>\
         </table:table-cell></table:table-row></table:table>",
    );
    let (sheets, found, blank) = rows(file.path(), "S").unwrap();
    assert_eq!(sheets, [("S".to_owned(), true), ("H".to_owned(), false)]);
    let row: Vec<String> =
        ["day 45536", "#DIV/0!", "no value", "TRUE", "length 0.25"].into_iter().map(str::to_owned).collect();
    assert_eq!(found[0], (1, ["a b&  c\nd", "", "1.5", "1.5"].into_iter().map(str::to_owned).collect()));
    assert_eq!(found[1..], [(4, row.clone()), (5, row)]);
    assert_eq!(blank, 2);
    assert_eq!(rows(file.path(), "H").unwrap().1, [(1, vec!["x".to_owned()])]);
}

#[test]
fn what_is_broken_or_hostile_is_refused_by_its_name() {
    let many = "<table:table table:name=\"S\"><table:table-row table:number-rows-repeated=\"1000000\"><table:table-cell \
                table:number-columns-repeated=\"16000\" office:value-type=\"float\" office:value=\"1\"/></table:table-row></table:table>";
    assert_eq!(refused(&flat(many)).0, "read::too_large");
    let beyond = "<table:table table:name=\"S\"><table:table-row table:number-rows-repeated=\"4294967295\"/><table:table-row>\
                  <table:table-cell><text:p>x</text:p></table:table-cell></table:table-row></table:table>";
    assert_eq!(refused(&flat(beyond)).0, "read::beyond_sheet");
    assert_eq!(refused(&flat("")).0, "read::not_a_workbook");
    assert_eq!(refused(&flat("<table:table table:name=\"S\">")).0, "read::broken_workbook");
    assert_eq!(refused(&flat("<table:table table:name=\"S\"><a>&x;</a></table:table></b>")).0, "read::broken_workbook");
    let mut file = tempfile::NamedTempFile::new().unwrap();
    write!(file, "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"c\">]><office:document xmlns:office=\"o\"/>")
        .unwrap();
    assert!(matches!(refused(&file).0, "read::doctype" | "read::xml_instead"), "{:?}", refused(&file));
}
