//! Merged cells, in headers and in data.

use rust_xlsxwriter::{Format, Workbook};

use super::{Things, fods};

const COLUMNS: &str = r#"
id = { type = "text", about = "Id." }
school = { type = "text", about = "School." }
n = { type = "integer", about = "How many." }
"#;

const LAYOUT: &str = "format.workbook = {}\n[columns]\n";

/// A school and an id merged over rows, a number over columns that nobody takes, an empty range, a note, and a merged total.
fn sheet() -> Vec<u8> {
    let mut workbook = Workbook::new();
    let page = workbook.add_worksheet();
    let plain = Format::new();
    page.write_row(0, 0, ["school", "id", "n"]).unwrap();
    page.merge_range(1, 0, 3, 0, "North", &plain).unwrap();
    page.write_column(1, 1, ["a", "b", "c"]).unwrap();
    page.write_column(1, 2, [1, 2, 3]).unwrap();
    // A row of which nothing else is filled lies within the second range.
    page.merge_range(4, 0, 6, 0, "South", &plain).unwrap();
    page.write_string(4, 1, "d").unwrap();
    page.write_string(6, 1, "e").unwrap();
    page.merge_range(4, 2, 6, 2, "", &plain).unwrap();
    page.write_number(4, 2, 7).unwrap();
    page.merge_range(7, 0, 8, 0, "", &plain).unwrap();
    page.write_column(7, 1, ["f", "g"]).unwrap();
    page.merge_range(7, 2, 7, 3, "", &plain).unwrap();
    page.write_number(7, 2, 8).unwrap();
    page.merge_range(9, 0, 9, 2, "Total", &plain).unwrap();
    workbook.save_to_buffer().unwrap()
}

/// The same as a flat OpenDocument file.
fn open_document() -> Vec<u8> {
    let text = |text: &str| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    };
    let number = |value: u32| format!("<table:table-cell office:value-type=\"float\" office:value=\"{value}\"/>");
    let over = |cell: &str, columns: u32, rows: u32| {
        let spans = format!(
            "<table:table-cell table:number-columns-spanned=\"{columns}\" table:number-rows-spanned=\"{rows}\""
        );
        cell.replacen("<table:table-cell", &spans, 1)
    };
    let (blank, covered) = ("<table:table-cell/>".to_owned(), "<table:covered-table-cell/>".to_owned());
    let rows = [
        vec![text("school"), text("id"), text("n")],
        vec![over(&text("North"), 1, 3), text("a"), number(1)],
        vec![covered.clone(), text("b"), number(2)],
        vec![covered.clone(), text("c"), number(3)],
        vec![over(&text("South"), 1, 3), text("d"), over(&number(7), 1, 3)],
        vec![covered.clone(), blank.clone(), covered.clone()],
        vec![covered.clone(), text("e"), covered.clone()],
        vec![over(&blank, 1, 2), text("f"), over(&number(8), 2, 1), covered.clone()],
        vec![covered.clone(), text("g"), blank],
        vec![over(&text("Total"), 3, 1), covered.clone(), covered],
    ];
    fods("Sheet1", &rows)
}

fn files() -> [(&'static str, Vec<u8>); 2] {
    [("t.xlsx", sheet()), ("t.fods", open_document())]
}

#[test]
fn a_merged_value_fills_its_range_where_the_layout_says_so() {
    let layout = format!("{LAYOUT}[rows]\nmerged = \"fill\"\nend = [\"Total\"]\n");
    for (name, bytes) in files() {
        let arrived = Things::new(r#"["id"]"#, COLUMNS, &layout).arrives(name, &bytes).unwrap();
        assert_eq!(
            arrived.values(&["school", "id", "n"]),
            ["North|a|1", "North|b|2", "North|c|3", "South|d|7", "South|e|7", "|f|8", "|g|"],
            "{name}"
        );
        assert_eq!(arrived.told(), [""; 0]);
        assert_eq!(arrived.counts(), [9, 7, 0, 2], "a row of which nothing else is filled stays blank");
    }
}

#[test]
fn merged_cells_that_leave_cells_empty_are_told_where_nobody_says_what_they_mean() {
    let layout = format!("{LAYOUT}[rows]\nend = [\"Total\"]\n");
    for (name, bytes) in files() {
        let arrived = Things::new(r#"["id"]"#, COLUMNS, &layout).arrives(name, &bytes).unwrap();
        assert_eq!(arrived.values(&["school", "id", "n"])[..3], ["North|a|1", "|b|2", "|c|3"]);
        let mut told: Vec<String> = arrived
            .faults
            .iter()
            .map(|fault| {
                ["cell", "column_name", "rule_id", "severity", "message"].map(|key| fault[key].as_str()).join(" ")
            })
            .collect();
        told.sort();
        let merged = "sheet::merged_cells query cells";
        let why = "are merged: the first holds their value, and this one is empty";
        assert_eq!(
            told,
            [
                format!("A3 school {merged} A2:A4 {why}"),
                format!("A7 school {merged} A5:A7 {why}"),
                format!("C7 n {merged} C5:C7 {why}"),
            ],
            "{name}"
        );
        assert_eq!(arrived.counts(), [9, 7, 0, 2]);
    }
}

#[test]
fn only_the_first_of_merged_cells_counts_where_the_layout_says_so() {
    let layout = format!("{LAYOUT}[rows]\nmerged = \"first\"\nend = [\"Total\"]\n");
    let arrived = Things::new(r#"["id"]"#, COLUMNS, &layout).arrives("t.xlsx", &sheet()).unwrap();
    assert_eq!(arrived.values(&["school", "id", "n"])[..3], ["North|a|1", "|b|2", "|c|3"]);
    assert_eq!(arrived.told(), [""; 0]);
}

#[test]
fn a_label_of_an_upper_row_spans_what_it_is_merged_over_and_no_more() {
    let mut workbook = Workbook::new();
    let page = workbook.add_worksheet();
    let plain = Format::new();
    page.merge_range(0, 0, 1, 0, "id", &plain).unwrap();
    page.merge_range(0, 1, 0, 2, "2023", &plain).unwrap();
    page.write_row(1, 1, ["school", "n", "school", "n"]).unwrap();
    page.write_row(2, 0, ["a", "North"]).unwrap();
    page.write_number(2, 2, 1).unwrap();
    page.write_string(2, 3, "South").unwrap();
    page.write_number(2, 4, 2).unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    let layout = "format.workbook = {}\nheader.rows = 2\nignore = [\"2023 / .*\"]\n[columns]\n";
    let arrived = Things::new(r#"["id"]"#, COLUMNS, layout).arrives("t.xlsx", &bytes).unwrap();
    assert_eq!(arrived.values(&["id", "school", "n"]), ["a|South|2"]);
    assert_eq!(arrived.told(), [""; 0]);
    assert_eq!(arrived.counts(), [1, 1, 0, 0]);
}

#[test]
fn text_merges_nothing() {
    let layout = "format.csv = {}\nrows.merged = \"fill\"\n";
    insta::assert_snapshot!(Things::new(r#"["id"]"#, COLUMNS, layout).problems());
}
