//! Rows, columns and sheets that a workbook hides.

use rust_xlsxwriter::Workbook;

use super::{COLUMNS, Things};

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
    let layout = "format.workbook = {}\nhidden.rows = \"skip\"\n";
    let arrived = Things::new(r#"["id"]"#, COLUMNS, layout).arrives("t.xlsx", &sheet()).unwrap();
    assert_eq!(arrived.values(&["id", "n"]), ["a|1", "c|3"]);
    assert_eq!(arrived.told(), [""; 0]);
    assert_eq!(arrived.counts(), [4, 2, 0, 2]);
    assert_eq!(arrived.book.rows_skipped[&sendmart::model::SkipReason::Hidden], 2);
}

#[test]
fn hidden_rows_refuse_the_file_where_the_layout_says_so() {
    let layout = "format.workbook = {}\nhidden.rows = \"refuse\"\n";
    let refused = Things::new(r#"["id"]"#, COLUMNS, layout).arrives("t.xlsx", &sheet()).err().unwrap();
    insta::assert_snapshot!(refused);
}

#[test]
fn text_hides_nothing() {
    let layout = "format.csv = {}\nhidden = { rows = \"skip\", columns = \"refuse\", sheets = \"skip\" }\n";
    insta::assert_snapshot!(Things::new(r#"["id"]"#, COLUMNS, layout).problems());
}

/// Column C is hidden, and has a label; so is column E, which has none.
fn columns() -> Vec<u8> {
    let mut workbook = Workbook::new();
    let page = workbook.add_worksheet();
    page.write_row(0, 0, ["id", "m", "n"]).unwrap();
    page.write_row(1, 0, ["a", "x"]).unwrap();
    page.write_number(1, 2, 1).unwrap();
    page.set_column_hidden(2).unwrap();
    page.set_column_hidden(4).unwrap();
    workbook.save_to_buffer().unwrap()
}

#[test]
fn hidden_columns_are_read_and_told_once() {
    let layout = "format.workbook = {}\nignore = [\"m\"]\n";
    let arrived = Things::new(r#"["id"]"#, COLUMNS, layout).arrives("t.xlsx", &columns()).unwrap();
    assert_eq!(arrived.values(&["id", "n"]), ["a|1"]);
    assert_eq!(arrived.told(), ["C1 sheet::hidden_columns query"]);
    assert_eq!(arrived.faults[0]["message"], "columns that the sheet hides: 1 (C); read as the others");
    assert_eq!(arrived.counts(), [1, 1, 0, 0]);
}

#[test]
fn what_is_known_to_be_hidden_is_read_and_not_told() {
    let read = |layout: &str, book: &[u8]| {
        let layout = format!("format.workbook = {{ sheets = [\"*\"], stack = true }}\n{layout}");
        let arrived = Things::new(r#"["id"]"#, COLUMNS, &layout).arrives("t.xlsx", book).unwrap();
        (arrived.counts(), arrived.told())
    };
    assert_eq!(
        read("hidden.rows = \"read\"\n", &sheet()),
        ([4, 3, 1, 0], vec!["B5 cell::not_an_integer error".to_owned()])
    );
    assert_eq!(read("ignore = [\"m\"]\nhidden.columns = \"read\"\n", &columns()), ([1, 1, 0, 0], Vec::new()));
    assert_eq!(read("hidden.sheets = \"read\"\n", &sheets("id")), ([2, 2, 0, 0], Vec::new()));
}

#[test]
fn hidden_columns_are_not_there_where_the_layout_says_so() {
    let layout = "format.workbook = {}\nignore = [\"m\"]\nhidden.columns = \"skip\"\n[columns]\nn.optional = true\n";
    let arrived = Things::new(r#"["id"]"#, COLUMNS, layout).arrives("t.xlsx", &columns()).unwrap();
    assert_eq!(arrived.values(&["id", "n"]), ["a|"]);
    assert_eq!(arrived.told(), ["C1 sheet::hidden_columns info"]);
    assert_eq!(arrived.counts(), [1, 1, 0, 0]);
    let layout = "format.workbook = {}\nignore = [\"m\"]\nhidden.columns = \"skip\"\n[columns]\nn = { at = [\"C\"] }\n";
    let arrived = Things::new(r#"["id"]"#, COLUMNS, layout).arrives("t.xlsx", &columns()).unwrap();
    assert_eq!(arrived.values(&["id", "n"]), ["a|"]);
}

#[test]
fn hidden_columns_refuse_the_file_where_the_layout_says_so() {
    let layout = "format.workbook = {}\nignore = [\"m\"]\nhidden.columns = \"refuse\"\n";
    let refused = Things::new(r#"["id"]"#, COLUMNS, layout).arrives("t.xlsx", &columns()).err().unwrap();
    insta::assert_snapshot!(refused);
}

/// Two sheets with the table, of which the second is hidden.
fn sheets(first_label: &str) -> Vec<u8> {
    let mut workbook = Workbook::new();
    for (name, id, label) in [("Now", "a", first_label), ("Then", "b", "id")] {
        let page = workbook.add_worksheet().set_name(name).unwrap();
        page.write_row(0, 0, [label, "n"]).unwrap();
        page.write_string(1, 0, id).unwrap();
        page.write_number(1, 1, 1).unwrap();
        page.set_hidden(name == "Then");
    }
    workbook.save_to_buffer().unwrap()
}

#[test]
fn hidden_sheets_are_read_and_told_once() {
    let layout = "format.workbook = { sheets = [\"Now\", \"Then\"], stack = true }\n";
    let arrived = Things::new(r#"["id"]"#, COLUMNS, layout).arrives("t.xlsx", &sheets("id")).unwrap();
    assert_eq!(arrived.values(&["id", "n"]), ["a|1", "b|1"]);
    assert_eq!(arrived.told(), [" sheet::hidden_sheet query"]);
    assert_eq!((arrived.faults[0]["sheet"].as_str(), arrived.faults[0]["row_number"].as_str()), ("Then", "1"));
    assert_eq!(arrived.counts(), [2, 2, 0, 0]);
    let layout = "format.workbook = {}\n";
    let arrived = Things::new(r#"["id"]"#, COLUMNS, layout).arrives("t.xlsx", &sheets("other")).unwrap();
    assert_eq!(arrived.values(&["id", "n"]), ["b|1"], "a sheet that no layout names is looked at though it is hidden");
}

#[test]
fn hidden_sheets_are_skipped_and_counted_where_the_layout_says_so() {
    for workbook in ["{ sheets = [\"Now\", \"Then\"], stack = true }", "{}"] {
        let layout = format!("format.workbook = {workbook}\nhidden.sheets = \"skip\"\n");
        let arrived = Things::new(r#"["id"]"#, COLUMNS, &layout).arrives("t.xlsx", &sheets("id")).unwrap();
        assert_eq!(arrived.values(&["id", "n"]), ["a|1"]);
        assert_eq!(arrived.told(), [" sheet::hidden_sheet info"]);
        assert_eq!(arrived.counts(), [2, 1, 0, 1]);
        assert_eq!(arrived.book.rows_skipped[&sendmart::model::SkipReason::Hidden], 1);
        assert_eq!(arrived.book.sheet.as_deref(), Some("Now"));
    }
}

#[test]
fn a_table_that_is_on_hidden_sheets_alone_is_not_lost_in_silence() {
    let arrives = |layout: &str, label: &str| {
        Things::new(r#"["id"]"#, COLUMNS, layout).arrives("t.xlsx", &sheets(label)).err().unwrap()
    };
    let told = [
        arrives("format.workbook = {}\nhidden.sheets = \"skip\"\n", "other"),
        arrives("format.workbook = {}\nhidden.sheets = \"refuse\"\n", "id"),
        arrives("format.workbook = {}\n", "id"),
    ];
    insta::assert_snapshot!(told.join("\n"));
}
