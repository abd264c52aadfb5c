//! Binary workbooks of other writers than Excel, in which the library would lose or misread cells.

use std::fs;

use insta::assert_snapshot;

use super::binary;
use crate::sendmart;

/// What `sendmart cells` prints of a file.
fn cells(name: &str, bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    fs::write(&file, bytes).unwrap();
    let (code, out, problem) = sendmart(folder.path(), &["cells", file.to_str().unwrap(), "--format", "csv"]);
    assert_eq!(code, 0, "{problem}");
    out
}

#[test]
fn an_old_workbook_keeps_its_text_its_days_and_its_formulas() {
    assert_snapshot!(cells("odd.xls", &binary::compound("Workbook", &binary::odd_xls())), @r"
    sheet,cell,kind,value
    Sheet1,A1,text,café
    Sheet1,B1,date,43831
    Sheet1,B2,date,43831
    ");
}

#[test]
fn a_binary_workbook_keeps_errors_of_formulas_rich_texts_and_cells_without_a_column() {
    assert_snapshot!(cells("odd.xlsb", &binary::xlsb(&binary::odd_xlsb_sheet())), @r"
    sheet,cell,kind,value
    Sheet1,A1,error,#REF!
    Sheet1,B1,text,bold
    Sheet1,C1,number,7
    ");
}
