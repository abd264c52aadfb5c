//! How values are written.

use rust_xlsxwriter::{Format, Workbook};

use super::Things;

const SHARE: &str = r#"
id = { type = "text", required = true, about = "Id." }
share = { type = "decimal(7,2)", about = "Percent." }
"#;

/// Three rows: a cell of Excel's percent format, a plain number, a text that ends in a percent sign.
fn shares(plain: f64) -> Vec<u8> {
    let percent = Format::new().set_num_format("0.0%");
    let mut workbook = Workbook::new();
    let page = workbook.add_worksheet();
    page.write_row(0, 0, ["id", "share"]).unwrap();
    page.write_column(1, 0, ["a", "b", "c"]).unwrap();
    page.write_number_with_format(1, 1, 0.123, &percent).unwrap();
    page.write_number(2, 1, plain).unwrap();
    page.write_string(3, 1, "12.3%").unwrap();
    workbook.save_to_buffer().unwrap()
}

#[test]
fn a_percentage_is_kept_in_points_however_its_cells_are_written() {
    for (written, plain) in [("points", 12.3), ("fraction", 0.123)] {
        let layout = format!("format.workbook = {{}}\ncolumns.share.percent = \"{written}\"\n");
        let arrived = Things::new(r#"["id"]"#, SHARE, &layout).arrives("t.xlsx", &shares(plain)).unwrap();
        assert_eq!(arrived.values(&["id", "share"]), ["a|12.30", "b|12.30", "c|12.30"], "{written}");
        assert_eq!(arrived.counts(), [3, 3, 0, 0]);
    }
}

#[test]
fn a_percent_cell_in_a_number_column_that_nobody_called_a_percentage_is_an_error() {
    let arrived = Things::new(r#"["id"]"#, SHARE, "format.workbook = {}\n").arrives("t.xlsx", &shares(12.3)).unwrap();
    assert_eq!(arrived.values(&["id", "share"]), ["b|12.30"]);
    assert_eq!(arrived.told(), ["B2 cell::percent_instead error", "B4 cell::not_a_decimal error"]);
    assert_eq!(arrived.counts(), [3, 1, 2, 0]);
    insta::assert_snapshot!(format!("{}\n{}", arrived.faults[0]["message"], arrived.faults[0]["hint"]));
}

#[test]
fn a_length_of_time_is_a_number_of_its_unit() {
    let columns = r#"
id = { type = "text", required = true, about = "Id." }
hours = { type = "decimal(7,2)", about = "Hours." }
"#;
    let long = Format::new().set_num_format("[h]:mm");
    let short = Format::new().set_num_format("h:mm");
    let mut workbook = Workbook::new();
    let page = workbook.add_worksheet();
    page.write_row(0, 0, ["id", "hours"]).unwrap();
    page.write_column(1, 0, ["a", "b", "c", "d", "e"]).unwrap();
    page.write_number_with_format(1, 1, 37.5 / 24.0, &long).unwrap();
    page.write_number_with_format(2, 1, 0.0625, &short).unwrap();
    page.write_string(3, 1, "37:30").unwrap();
    page.write_number(4, 1, 7.25).unwrap();
    page.write_string(5, 1, "1:75").unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    let layout = "format.workbook = {}\ncolumns.hours.duration = \"hours\"\n";
    let arrived = Things::new(r#"["id"]"#, columns, layout).arrives("t.xlsx", &bytes).unwrap();
    assert_eq!(arrived.values(&["id", "hours"]), ["a|37.50", "b|1.50", "c|37.50", "d|7.25"]);
    assert_eq!(arrived.told(), ["B6 cell::not_a_decimal error"]);
    let undeclared = Things::new(r#"["id"]"#, columns, "format.workbook = {}\n").arrives("t.xlsx", &bytes).unwrap();
    assert_eq!(undeclared.counts(), [5, 1, 4, 0], "a length of time is no number where nobody says so");
}

#[test]
fn a_number_in_brackets_is_negative_where_the_layout_says_so() {
    let columns = r#"
id = { type = "text", required = true, about = "Id." }
pounds = { type = "decimal(9,2)", about = "Pounds." }
"#;
    let text = b"id,pounds\na,\"(1,234.50)\"\nb,12\nc,(-3)\n";
    let layout = "format.csv = {}\ncolumns.pounds.brackets = true\n";
    let arrived = Things::new(r#"["id"]"#, columns, layout).arrives("t.csv", text).unwrap();
    assert_eq!(arrived.values(&["id", "pounds"]), ["a|-1234.50", "b|12.00", "c|-3.00"]);
    let undeclared = Things::new(r#"["id"]"#, columns, "format.csv = {}\n").arrives("t.csv", text).unwrap();
    assert_eq!(undeclared.told(), ["B2 cell::not_a_decimal error", "B4 cell::not_a_decimal error"]);
}

#[test]
fn years_of_two_digits_lie_in_the_hundred_years_that_the_layout_names() {
    let columns = r#"
id = { type = "text", required = true, about = "Id." }
day = { type = "date", about = "A day." }
"#;
    let text = b"id,day\na,01/09/49\nb,01/09/50\nc,29/02/2000\n";
    let layout = "format.csv = {}\ncolumns.day = { formats = [\"%d/%m/%y\"], century = 1950 }\n";
    let arrived = Things::new(r#"["id"]"#, columns, layout).arrives("t.csv", text).unwrap();
    assert_eq!(arrived.values(&["id", "day"]), ["a|2049-09-01", "b|1950-09-01"]);
    assert_eq!(arrived.told(), ["B4 cell::not_a_date error"]);
    assert_eq!(arrived.counts(), [3, 2, 1, 0]);
}

const LEVELS: &str = r#"
id = { type = "text", required = true, about = "Id." }
level = { type = "code", codes = "geographic_level", invalid = "query", about = "Level." }
"#;

#[test]
fn a_code_is_told_in_any_case_where_the_layout_says_so() {
    let file = b"id,level\na,National\nb,NATIONAL\nc,england\nd,England\ne,local Authority\nf,parish\n";
    let layout = "format.csv = {}\ncolumns.level = { any_case = true, map = { England = \"National\" } }\n";
    let arrived = Things::new(r#"["id"]"#, LEVELS, layout).arrives("t.csv", file).unwrap();
    let levels = ["a|National", "b|National", "c|National", "d|National", "e|Local authority", "f|parish"];
    assert_eq!(arrived.values(&["id", "level"]), levels);
    assert_eq!(arrived.told(), ["B7 cell::unknown_code query"]);
    let as_written = "format.csv = {}\ncolumns.level.map = { England = \"National\" }\n";
    let arrived = Things::new(r#"["id"]"#, LEVELS, as_written).arrives("t.csv", file).unwrap();
    let rules = ["B3", "B4", "B6", "B7"].map(|cell| format!("{cell} cell::unknown_code query"));
    assert_eq!(arrived.told(), rules);
}

#[test]
fn a_urn_that_is_a_power_of_ten_is_told_by_the_laestab_beside_it() {
    let columns = r#"
urn = { type = "urn", invalid = "query", about = "URN." }
laestab = { type = "laestab", about = "LAESTAB." }
"#;
    let file = b"urn,laestab\n1e+05,2013614\n1e+05,\n100001,2013615\n";
    let arrived = Things::new(r#"["urn", "laestab"]"#, columns, "format.csv = {}\n").arrives("t.csv", file).unwrap();
    assert_eq!(arrived.values(&["urn", "laestab"]), ["1e+05|2013614", "1e+05|", "100001|2013615"]);
    assert_eq!(arrived.told(), ["A2 urn::power_of_ten query", "A3 urn::power_of_ten query"]);
    let hints = [&arrived.faults[0]["hint"], &arrived.faults[1]["hint"]];
    assert_eq!(hints[0], "find the school by the LAESTAB beside it, `2013614`, which is whole; and tell the publisher");
    assert!(hints[1].starts_with("widen the column"), "{}", hints[1]);
}
