//! Rows that a sheet hides.

use rust_xlsxwriter::Workbook;

use super::Things;

const COLUMNS: &str = r#"
id = { type = "text", required = true, about = "Id." }
n = { type = "integer", about = "How many." }
"#;

/// Four rows, of which the second and the fourth are hidden; the fourth is wrong.
fn sheet() -> Vec<u8> {
    let mut workbook = Workbook::new();
    let page = workbook.add_worksheet();
    page.write_row(0, 0, ["id", "n"]).unwrap();
    page.write_column(1, 0, ["a", "b", "c", "d"]).unwrap();
    page.write_column(1, 1, [1, 2, 3]).unwrap();
    page.write_string(4, 1, "four").unwrap();
    page.set_row_hidden(2).unwrap();
    page.set_row_hidden(4).unwrap();
    workbook.save_to_buffer().unwrap()
}

#[test]
fn hidden_rows_are_read_and_told_once() {
    let arrived = Things::new(r#"["id"]"#, COLUMNS, "format.workbook = {}\n").arrives("t.xlsx", &sheet()).unwrap();
    assert_eq!(arrived.values(&["id", "n"]), ["a|1", "b|2", "c|3"]);
    let mut told = arrived.told();
    told.sort();
    assert_eq!(told, [" sheet::hidden_rows query", "B5 cell::not_an_integer error"]);
    let fault = arrived.faults.iter().find(|fault| fault["rule_id"] == "sheet::hidden_rows").unwrap();
    assert_eq!(fault["row_number"], "3");
    assert!(fault["message"].contains("the sheet hides: 2,"), "{fault:?}");
    assert_eq!(arrived.counts(), [4, 3, 1, 0]);
}

#[test]
fn hidden_rows_are_skipped_and_counted_where_the_layout_says_so() {
    let layout = "format.workbook = {}\nrows.hidden = \"skip\"\n";
    let arrived = Things::new(r#"["id"]"#, COLUMNS, layout).arrives("t.xlsx", &sheet()).unwrap();
    assert_eq!(arrived.values(&["id", "n"]), ["a|1", "c|3"]);
    assert_eq!(arrived.told(), [""; 0]);
    assert_eq!(arrived.counts(), [4, 2, 0, 2]);
    assert_eq!(arrived.book.rows_skipped[&sendmart::model::SkipReason::Hidden], 2);
}

#[test]
fn hidden_rows_refuse_the_file_where_the_layout_says_so() {
    let layout = "format.workbook = {}\nrows.hidden = \"refuse\"\n";
    let refused = Things::new(r#"["id"]"#, COLUMNS, layout).arrives("t.xlsx", &sheet()).err().unwrap();
    insta::assert_snapshot!(refused);
}

#[test]
fn text_hides_nothing() {
    let layout = "format.csv = {}\nrows.hidden = \"skip\"\n";
    insta::assert_snapshot!(Things::new(r#"["id"]"#, COLUMNS, layout).problems());
}
