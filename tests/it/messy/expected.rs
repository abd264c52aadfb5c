//! Files whose name says what they test: the values that they must give.

use super::*;

/// One sheet as rows of cells.
fn sheet(name: &str, index: usize) -> Vec<Vec<String>> {
    let path = &files().unwrap()[name];
    table(&sheets(path).unwrap()[index].1)
}

fn check(name: &str, index: usize, expected: &[&[&str]]) {
    assert_eq!(sheet(name, index), expected, "{name}");
}

#[test]
fn odd_ways_of_opendocument_are_followed() {
    if files().is_none() {
        return;
    }
    check("calamine/covered.ods", 0, &[&["a1"], &["a2"], &["a3"]]);
    let repeated: &[&[&str]] = &[&["A", "B"], &["C", "D"], &["C", "D"], &[], &[], &["C", "D"], &[], &["C", "D"]];
    check("calamine/number_rows_repeated.ods", 0, repeated);
    check("calamine/merged_cells.ods", 0, &[&["A", "B", "C"], &["A", "B", "C"], &["", "", "C"]]);
    check("calamine/richtext_issue.ods", 0, &[&["abc"]]);
    check("calamine/with-annotation.ods", 0, &[&["cell a.1"]]);
    check(
        "calamine/date.ods",
        0,
        &[
            &["44197d", "15n"],
            &["44197.423726851855d", "16n"],
            &["0.4237268518518518h", "17n"],
            &["0.423728275462963h", "18n"],
        ],
    );
}

#[test]
fn days_of_both_systems_and_of_1900_are_right() {
    if files().is_none() {
        return;
    }
    for name in ["calamine/date_1904.xls", "calamine/date_1904.xlsx", "calamine/date_1904.xlsb", "calamine/date.xls"] {
        assert_eq!(sheet(name, 0)[0], ["44197d", "15n"], "{name}");
    }
    assert_eq!(sheet("readxl/dates-1904.xls", 0), sheet("readxl/dates-1900.xls", 0));
    assert_eq!(sheet("readxl/dates-1904.xls", 0), sheet("readxl/dates-1900-LibreOffice.xlsx", 0));
    for name in ["readxl/dates-leap-year-1900-xls.xls", "readxl/dates-leap-year-1900-xlsx.xlsx"] {
        insta::assert_snapshot!("dates_leap_year_1900", rows_of(name, 0));
    }
}

/// A sheet as text: a line a row.
fn rows_of(name: &str, index: usize) -> String {
    sheet(name, index).iter().map(|row| format!("{}\n", row.join(" | "))).collect()
}

#[test]
fn other_ways_of_writing_a_workbook_are_followed() {
    if files().is_none() {
        return;
    }
    for name in [
        "calamine/special_cells.ods",
        "calamine/any_sheets.ods",
        "calamine/issues.ods",
        "messytables/ods_formats.ods",
        "messytables/multilineods.ods",
        "messytables/blank_line.ods",
        "tidychef/ods_dates-times.ods",
        "readxl/texty-dates-xls.xls",
        "readxl/texty-dates-xlsx.xlsx",
        "readxl/whitespace-xls.xls",
        "readxl/whitespace-xlsx.xlsx",
        "readxl/inlineStr.xlsx",
        "readxl/inlineStr2.xlsx",
        "readxl/nonstandard-xml-ns-prefix.xlsx",
        "readxl/richtext-coloured.xlsx",
        "readxl/biff5-rich-text-string.xls",
        "readxl/missing-v-node-xlsx.xlsx",
        "calamine/errors.xlsx",
        "calamine/has_x000D_.xlsx",
        "calamine/rph.xlsx",
    ] {
        insta::assert_snapshot!(name.replace('/', "_"), rows_of(name, 0));
    }
}
