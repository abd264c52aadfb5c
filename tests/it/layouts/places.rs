//! Where values stand.

use super::{Things, workbook};

const WIDE: &str = r#"
id = { type = "text", required = true, about = "Id." }
measure = { type = "text", required = true, about = "What is counted." }
who = { type = "text", required = true, about = "Of whom." }
value = { type = "integer", about = "How many." }
pupils = { type = "integer", about = "Pupils of that group." }
"#;

#[test]
fn a_label_names_two_keys_and_one_that_names_one_stands_in_every_record_that_agrees() {
    let things = Things::new(
        r#"["id", "measure", "who"]"#,
        WIDE,
        r#"
format.csv = {}
[unpivot]
keys = ["measure", "who"]
columns.value = "(?<measure>College|School) / (?<who>.+)"
columns.pupils = "Pupils / (?<who>.+)"
"#,
    );
    let text =
        "id,Pupils / Boys,Pupils / Girls,College / Boys,College / Girls,School / Boys\na,10,20,1,2,3\nb,11,21,x,5,6\n";
    let arrived = things.arrives("wide.csv", text.as_bytes()).unwrap();
    assert_eq!(
        arrived.values(&["id", "measure", "who", "value", "pupils", "_row"]),
        ["a|College|Boys|1|10|2", "a|College|Girls|2|20|2", "a|School|Boys|3|10|2"]
    );
    assert_eq!(arrived.told(), ["D3 cell::not_an_integer error"], "the row of `b` goes as a whole");
    assert_eq!(arrived.counts(), [2, 1, 1, 0]);
}

#[test]
fn a_banner_stands_in_the_column_that_the_layout_says_and_alone_in_its_row() {
    let columns = r#"
id = { type = "text", required = true, about = "Id." }
region = { type = "text", about = "Region." }
area = { type = "text", about = "Area." }
"#;
    let layout = "format.csv = {}\nrows = { banner = \"region\", banner_at = \"B\" }\n";
    let things = Things::new(r#"["id"]"#, columns, layout);
    let text = "id,area\n0,England\n,North East\n1,Durham\n,South West\n2,Somerset\n3,\n";
    let arrived = things.arrives("banners.csv", text.as_bytes()).unwrap();
    assert_eq!(
        arrived.values(&["id", "region", "area"]),
        ["0||England", "1|North East|Durham", "2|South West|Somerset", "3|South West|"]
    );
    assert_eq!((arrived.told().len(), arrived.counts()), (0, [6, 4, 0, 2]));
}

const FORM: &str = r#"
id = { type = "text", required = true, about = "Id." }
year = { type = "text", required = true, about = "Year of the form." }
school = { type = "text", about = "Name of the school." }
sent = { type = "date", about = "Day on which the form was sent." }
n = { type = "integer", about = "How many." }
"#;

const FORM_LAYOUT: &str = r#"
format.workbook = {}
[fields]
year = { label = 'Year: (\d{4}/\d{2})', where = "same" }
school = { label = "School" }
sent = { label = "Sent on", where = "below" }
"#;

#[test]
fn what_stands_once_on_a_sheet_belongs_to_every_row() {
    let things = Things::new(r#"["id"]"#, FORM, FORM_LAYOUT);
    let rows: &[&[&str]] = &[
        &["Year:  2024/25", "", "Sent on"],
        &["School", "", "2025-01-31"],
        &["", "", ""],
        &["id", "n"],
        &["a", "1"],
        &["b", "2"],
    ];
    let mut with_name = rows.to_vec();
    with_name[1] = &["School", "Abbey", "2025-01-31"];
    let arrived = things.arrives("form.xlsx", &workbook(&[("Form", &with_name)])).unwrap();
    let all = ["id", "year", "school", "sent", "n"];
    assert_eq!(arrived.values(&all), ["a|2024/25|Abbey|2025-01-31|1", "b|2024/25|Abbey|2025-01-31|2"]);
    assert_eq!(arrived.told(), [""; 0]);
    assert_eq!(arrived.counts(), [5, 2, 0, 3], "what stands above the header is skipped, and counted");
}

#[test]
fn a_sheet_without_a_label_that_has_to_be_there_is_refused() {
    let things = Things::new(r#"["id"]"#, FORM, FORM_LAYOUT);
    let rows: &[&[&str]] = &[&["School", "Abbey", "Sent on"], &["id", "n", "2025-01-31"], &["a", "1"]];
    let refused = things.arrives("form.xlsx", &workbook(&[("Form", rows)])).err().unwrap();
    assert!(refused.starts_with("read::header_not_found") && refused.contains("year"), "{refused}");
}

#[test]
fn a_day_that_stands_once_and_is_none_keeps_every_row_out() {
    let things = Things::new(r#"["id"]"#, FORM, FORM_LAYOUT);
    let rows: &[&[&str]] =
        &[&["Year: 2024/25", "", "Sent on"], &["School", "Abbey", "soon"], &["id", "n"], &["a", "1"], &["b", "2"]];
    let arrived = things.arrives("form.xlsx", &workbook(&[("Form", rows)])).unwrap();
    assert_eq!(arrived.counts(), [4, 0, 2, 2]);
    assert!(arrived.told().iter().all(|told| told.ends_with("cell::not_a_date error")), "{:?}", arrived.told());
}

#[test]
fn a_column_without_a_label_is_the_first_filled_of_its_letters() {
    let columns = r#"
id = { type = "text", required = true, about = "Id." }
n = { type = "integer", about = "How many." }
"#;
    let things = Things::new(r#"["id"]"#, columns, "format.workbook = {}\ncolumns.id.at = [\"A\", \"B\"]\n");
    let rows: &[&[&str]] = &[&["", "", "n"], &["a", "", "1"], &["", "b", "2"], &["", "", "3"]];
    let arrived = things.arrives("t.xlsx", &workbook(&[("T", rows)])).unwrap();
    assert_eq!(arrived.values(&["id", "n", "_row"]), ["a|1|2", "b|2|3"]);
    assert_eq!(arrived.told(), ["A4 cell::required error"]);
    assert_eq!(arrived.counts(), [3, 2, 1, 0]);
}

#[test]
fn a_cell_counts_only_in_the_rows_that_the_layout_says() {
    let columns = r#"
id = { type = "text", required = true, about = "Id." }
measure = { type = "text", required = true, about = "What is counted." }
pupils = { type = "integer", about = "Pupils." }
share = { type = "decimal(5,1)", about = "Percent." }
"#;
    let things = Things::new(
        r#"["id", "measure"]"#,
        columns,
        "format.csv = {}\n[columns]\npupils = { from = [\"value\"], when = { measure = \"Number\" } }\n\
         share = { from = [\"value\"], when = { measure = \"Percent\" } }\n",
    );
    let arrived = things.arrives("t.csv", b"id,measure,value\na,Number,3\na,Percent,12.5\nb,Number,1.5\n").unwrap();
    assert_eq!(arrived.values(&["id", "measure", "pupils", "share"]), ["a|Number|3|", "a|Percent||12.5"]);
    assert_eq!(arrived.told(), ["C4 cell::not_an_integer error"]);
    assert_eq!(arrived.counts(), [3, 2, 1, 0]);
}

const TWO: &str = r#"
id = { type = "text", required = true, about = "Id." }
n = { type = "integer", about = "How many." }
"#;

#[test]
fn sheets_are_found_by_what_is_on_them() {
    let things = Things::new(r#"["id"]"#, TWO, "format.workbook = { content = \"Table 3: .*\", stack = true }\n");
    let sheets: &[(&str, &[&[&str]])] = &[
        ("Sheet1", &[&["Notes"], &["id", "n"], &["not", "1"]]),
        ("Sheet2", &[&["Table 3:  boys"], &["id", "n"], &["a", "1"]]),
        ("Sheet3", &[&["Table 3: girls"], &["id", "n"], &["b", "2"]]),
    ];
    let arrived = things.arrives("t.xlsx", &workbook(sheets)).unwrap();
    assert_eq!(arrived.values(&["id", "n", "_sheet"]), ["a|1|Sheet2", "b|2|Sheet3"]);
    assert_eq!(arrived.counts(), [4, 2, 0, 2]);
}

#[test]
fn a_sheet_that_is_found_by_what_is_on_it_and_has_another_header_refuses_the_file() {
    let things = Things::new(r#"["id"]"#, TWO, "format.workbook = { content = \"Table 3: .*\", stack = true }\n");
    let sheets: &[(&str, &[&[&str]])] = &[
        ("Sheet2", &[&["Table 3: boys"], &["id", "n"], &["a", "1"]]),
        ("Sheet3", &[&["Table 3: girls"], &["key", "number"], &["b", "2"]]),
    ];
    let refused = things.arrives("t.xlsx", &workbook(sheets)).err().unwrap();
    assert!(refused.contains("Sheet3"), "its rows would be lost in silence: {refused}");
}
