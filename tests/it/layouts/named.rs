//! Cells that a workbook names: Excel tables and defined names.

use rust_xlsxwriter::{Table, TableColumn, TableFunction, Workbook};
use sendmart::model::SkipReason;

use super::{COLUMNS, Things};

/// A sheet with two tables beside each other under a title, the second with totals, and a note below.
fn sheet() -> Vec<u8> {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().set_name("Cover").unwrap().write_string(0, 0, "id").unwrap();
    let page = workbook.add_worksheet().set_name("Data").unwrap();
    page.write_string(0, 0, "Figures of the year").unwrap();
    for (column, first) in [(0, "a"), (3, "x")] {
        page.write_column(3, column, [first, "b"]).unwrap();
        page.write_column(3, column + 1, [1, 2]).unwrap();
    }
    page.write_string(7, 0, "Source: invented").unwrap();
    let columns = [TableColumn::new().set_header("id"), TableColumn::new().set_header("n")];
    page.add_table(2, 0, 4, 1, &Table::new().set_name("Early").set_columns(&columns)).unwrap();
    let columns = [
        TableColumn::new().set_header("id").set_total_label("Total"),
        TableColumn::new().set_header("n").set_total_function(TableFunction::Sum),
    ];
    let late = Table::new().set_name("Late").set_total_row(true).set_columns(&columns);
    page.add_table(2, 3, 5, 4, &late).unwrap();
    workbook.define_name("Latest", "=Data!$D$3:$E$4").unwrap();
    workbook.define_name("Two", "=Data!$A$3:$B$4,Data!$D$3:$E$4").unwrap();
    let bare = Table::new().set_name("Bare").set_header_row(false);
    page_of(&mut workbook).add_table(8, 6, 9, 7, &bare).unwrap();
    workbook.save_to_buffer().unwrap()
}

fn page_of(workbook: &mut Workbook) -> &mut rust_xlsxwriter::Worksheet {
    workbook.worksheet_from_name("Cover").unwrap()
}

fn arrives(format: &str) -> Result<super::Arrived, String> {
    Things::new(r#"["id"]"#, COLUMNS, &format!("format.workbook.{format}\n")).arrives("t.xlsx", &sheet())
}

#[test]
fn only_the_cells_of_a_named_table_are_read() {
    let arrived = arrives("table = \"early\"").unwrap();
    assert_eq!(arrived.values(&["id", "n"]), ["a|1", "b|2"]);
    assert_eq!(arrived.told(), [""; 0], "labels beside it are nobody's");
    let arrived = arrives("table = \"Late\"").unwrap();
    assert_eq!(arrived.values(&["id", "n"]), ["x|1", "b|2"]);
    assert_eq!(arrived.told(), [""; 0]);
    assert_eq!(arrived.counts(), [7, 2, 0, 5]);
    assert_eq!(arrived.book.rows_skipped[&SkipReason::Outside], 3, "the title, the totals and the note");
    assert_eq!(arrived.book.rows_skipped[&SkipReason::Blank], 2);
    assert_eq!(arrived.book.sheet.as_deref(), Some("Data"));
}

#[test]
fn only_the_cells_of_a_defined_name_are_read() {
    let arrived = arrives("range = \"latest\"").unwrap();
    assert_eq!(arrived.values(&["id", "n"]), ["x|1"]);
    assert_eq!(arrived.told(), [""; 0]);
    assert_eq!(arrived.counts(), [7, 1, 0, 6]);
}

#[test]
fn a_name_that_is_not_there_is_told_with_those_that_are() {
    let told = ["table = \"Lates\"", "range = \"Early\"", "range = \"Two\"", "table = \"bare\""]
        .map(|format| arrives(format).err().unwrap());
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn cells_that_are_named_twice_are_told() {
    let layout = "header.title = \"A\"\nheader.within = 3\n[format.workbook]\ntable = \"A\"\n";
    let both = "[format.workbook]\ntable = \"A\"\nrange = \"B\"\n";
    let told = [layout, both].map(|layout| Things::new(r#"["id"]"#, COLUMNS, layout).problems());
    insta::assert_snapshot!(told.join("\n"));
}
