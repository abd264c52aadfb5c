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
        &[&["44197d", "15n"], &["44197.4237268519d", "16n"], &["0.4237268519h", "17n"], &["0.4237282780h", "18n"]],
    );
}
