//! Rows within a table that hold no record, and formulas.

use sendmart::model::SkipReason;

use super::{COLUMNS, Things, fods, workbook};

#[test]
fn blank_rows_and_repeated_headers_within_the_data_are_skipped_and_counted() {
    let header: &[&[&str]] = &[&["Thing", "", "Of 2023"], &["id", "note", "n"]];
    let rows: &[&[&str]] = &[
        header[0],
        header[1],
        &["a", "", "1"],
        &[],
        &["", " "],
        header[0],
        header[1],
        &["b", "", "2"],
        // Nearly the header, and a record.
        &["id", "note", "3"],
    ];
    let layout = "format.workbook = {}\nheader.rows = 2\nignore = [\".*note\"]\n[columns]\nid.from = [\"Thing / id\"]\nn.from = [\"Of 2023 / n\"]\n";
    let things = Things::new(r#"["id"]"#, COLUMNS, layout);
    let arrived = things.arrives("t.xlsx", &workbook(&[("Data", rows)])).unwrap();
    assert_eq!(arrived.values(&["id", "n"]), ["a|1", "b|2", "id|3"]);
    assert_eq!(arrived.told(), [""; 0]);
    assert_eq!(arrived.counts(), [7, 3, 0, 4]);
    assert_eq!(arrived.book.rows_skipped[&SkipReason::RepeatedHeader], 2);
    assert_eq!(arrived.book.rows_skipped[&SkipReason::Blank], 2);
}

/// A key and a number that are formulas; those of the third row have no value in the file.
fn formulas() -> Vec<u8> {
    let cell = |formula: &str, value: &str, text: &str| {
        format!("<table:table-cell table:formula=\"of:={formula}\"{value}><text:p>{text}</text:p></table:table-cell>")
    };
    let text = |text: &str| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    };
    let number = " office:value-type=\"float\" office:value=\"7\"";
    let rows = [
        [text("id"), text("n")],
        [cell("A9", " office:value-type=\"string\"", "a"), cell("A8", number, "7")],
        ["<table:table-cell table:formula=\"of:=A9\"/>".to_owned(), cell("A8", number, "7")],
        [text("c"), "<table:table-cell table:formula=\"of:=A8\"/>".to_owned()],
        [text("d"), cell("A8", number, "7")],
    ];
    fods("Data", &rows)
}

#[test]
fn a_formula_gives_the_value_that_the_file_holds_and_is_a_fault_where_it_holds_none() {
    let things = Things::new(r#"["id"]"#, COLUMNS, "format.workbook = {}\n");
    let arrived = things.arrives("t.fods", &formulas()).unwrap();
    assert_eq!(arrived.values(&["id", "n"]), ["a|7", "d|7"]);
    let mut told = arrived.told();
    told.sort();
    assert_eq!(told, ["A3 cell::formula_without_value error", "B4 cell::formula_without_value error"]);
    assert_eq!(arrived.counts(), [4, 2, 2, 0]);
}
