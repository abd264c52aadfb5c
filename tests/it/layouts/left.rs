//! Sheets that no layout reads.

use super::{COLUMNS, Things, workbook};

const LAYOUT: &str = r#"
[format.workbook]
sheets = ["Data"]
[format.workbook.leave]
"Note*" = "notes, in words"
"#;

fn sheets() -> Vec<u8> {
    workbook(&[
        ("Notes", &[&["Read me"], &[""], &["and me"]]),
        ("Data", &[&["id", "n"], &["a", "1"]]),
        ("Empty", &[]),
        ("More", &[&["id", "n"], &["b", "2"]]),
    ])
}

#[test]
fn a_sheet_that_is_left_is_listed_with_its_rows_and_one_that_nobody_speaks_of_is_a_query() {
    let things = Things::new(r#"["id"]"#, COLUMNS, LAYOUT);
    let arrived = things.arrives("book.xlsx", &sheets()).unwrap();
    assert_eq!((arrived.values(&["id", "n"]), arrived.counts()), (vec!["a|1".to_owned()], [1, 1, 0, 0]));
    let told: Vec<String> = arrived
        .faults
        .iter()
        .map(|fault| ["sheet", "row_number", "severity", "rule_id", "message"].map(|key| fault[key].as_str()).join("|"))
        .collect();
    assert_eq!(
        told,
        [
            "Notes||info|sheet::left|the sheet has 2 filled rows and is left on purpose: notes, in words",
            "More||query|sheet::not_read|the sheet has 2 filled rows and is read by no layout"
        ]
    );
}

#[test]
fn where_no_layout_says_what_it_leaves_nothing_is_told() {
    let things = Things::new(r#"["id"]"#, COLUMNS, "format.workbook = { sheets = [\"Data\"] }\n");
    assert_eq!(things.arrives("book.xlsx", &sheets()).unwrap().told(), [""; 0]);
}

#[test]
fn a_sheet_is_not_left_without_a_reason() {
    let layout = "[format.workbook]\nsheets = [\"Data\"]\nleave = { Notes = \" \", \"[\" = \"odd\" }\n";
    insta::assert_snapshot!(Things::new(r#"["id"]"#, COLUMNS, layout).problems());
}
