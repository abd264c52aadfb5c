//! The same content in two formats gives the same cells.

use super::*;

/// Pairs of files. The snapshot lists what differs: eight numbers of `iris`, which the xls holds as `0.30000000000000004`, and
/// the sheet `spc_chrs`, which `issues.xls` has not.
fn pairs() -> Vec<(&'static str, &'static str)> {
    vec![
        ("readxl/big-texty-numbers-xls.xls", "readxl/big-texty-numbers-xlsx.xlsx"),
        ("readxl/blanks.xls", "readxl/blanks.xlsx"),
        ("readxl/clippy.xls", "readxl/clippy.xlsx"),
        ("readxl/color-date-xls.xls", "readxl/color-date-xlsx.xlsx"),
        ("readxl/datasets.xls", "readxl/datasets.xlsx"),
        ("readxl/dates-leap-year-1900-xls.xls", "readxl/dates-leap-year-1900-xlsx.xlsx"),
        ("readxl/datetime-rounding.xls", "readxl/datetime-rounding.xlsx"),
        ("readxl/deaths.xls", "readxl/deaths.xlsx"),
        ("readxl/empty-named-column.xls", "readxl/empty-named-column.xlsx"),
        ("readxl/empty-sheets.xls", "readxl/empty-sheets.xlsx"),
        ("readxl/geometry.xls", "readxl/geometry.xlsx"),
        ("readxl/iris-excel-xls.xls", "readxl/iris-excel-xlsx.xlsx"),
        ("readxl/iris-google-doc.xlsx", "readxl/iris-excel-xlsx.xlsx"),
        ("readxl/list_type.xls", "readxl/list_type.xlsx"),
        ("readxl/missing-first-column.xls", "readxl/missing-first-column.xlsx"),
        ("readxl/missing-values-xls.xls", "readxl/missing-values-xlsx.xlsx"),
        ("readxl/names-need-repair-xls.xls", "readxl/names-need-repair-xlsx.xlsx"),
        ("readxl/no-yes-col-names.xls", "readxl/no-yes-col-names.xlsx"),
        ("readxl/numbers-as-na-and-shared-strings-xls.xls", "readxl/numbers-as-na-and-shared-strings-xlsx.xlsx"),
        ("readxl/skipping.xls", "readxl/skipping.xlsx"),
        ("readxl/style-only-cells.xls", "readxl/style-only-cells.xlsx"),
        ("readxl/texty-dates-xls.xls", "readxl/texty-dates-xlsx.xlsx"),
        ("readxl/type-me.xls", "readxl/type-me.xlsx"),
        ("readxl/types.xls", "readxl/types.xlsx"),
        ("readxl/unnamed-duplicated-columns.xls", "readxl/unnamed-duplicated-columns.xlsx"),
        ("readxl/utf8-sheet-names.xls", "readxl/utf8-sheet-names.xlsx"),
        ("readxl/vietnamese-utf8.xls", "readxl/vietnamese-utf8.xlsx"),
        ("readxl/whitespace-xls.xls", "readxl/whitespace-xlsx.xlsx"),
        ("calamine/issues.ods", "calamine/issues.xlsx"),
        ("calamine/issues.xls", "calamine/issues.xlsx"),
        ("calamine/issues.xlsb", "calamine/issues.xlsx"),
        ("calamine/date.xls", "calamine/date.xlsx"),
        ("calamine/date.xlsb", "calamine/date.xlsx"),
        ("calamine/date_1904.xls", "calamine/date_1904.xlsx"),
        ("calamine/date_1904.xlsb", "calamine/date_1904.xlsx"),
        ("calamine/date_1904.xlsx", "calamine/date.xlsx"),
        ("calamine/merged_range.xls", "calamine/merged_range.xlsx"),
        ("calamine/merge_cells.xls", "calamine/merge_cells.xlsx"),
        ("calamine/issue_419.xlsb", "calamine/issue_419.xlsx"),
        ("messytables/simple.xls", "messytables/simple.xlsx"),
        ("tidychef/xls_dates-times.xls", "tidychef/xlsx_dates-times.xlsx"),
        ("tidychef/ods_dates-times.ods", "tidychef/xlsx_dates-times.xlsx"),
        ("ees_common_tests/test.xls", "ees_common_tests/test.xlsx"),
        ("ees_common_tests/test.ods", "ees_common_tests/test.xlsx"),
    ]
}

#[test]
fn the_same_content_in_two_formats_gives_the_same_cells() {
    let Some(files) = files() else { return };
    let mut told = String::new();
    for (one, other) in pairs() {
        let (left, right) = (sheets(&files[one]).unwrap(), sheets(&files[other]).unwrap());
        let mut differ = Vec::new();
        // Empty sheets that one program adds and another does not are nothing.
        let filled =
            |sheets: Vec<Sheet>| -> Vec<Sheet> { sheets.into_iter().filter(|(_, rows)| !rows.is_empty()).collect() };
        let (left, right) = (filled(left), filled(right));
        if left.len() != right.len() {
            differ.push(format!("{} and {} sheets with cells", left.len(), right.len()));
        }
        for (name, rows) in &left {
            let Some((_, others)) = right.iter().find(|(other, _)| other == name) else {
                differ.push(format!("no sheet `{name}`"));
                continue;
            };
            let (rows, others) = (table(rows), table(others));
            for row in 0..rows.len().max(others.len()) {
                let width = |table: &[Vec<String>]| table.get(row).map_or(0, Vec::len);
                for column in 0..width(&rows).max(width(&others)) {
                    let at = |table: &[Vec<String>]| {
                        table.get(row).and_then(|row| row.get(column)).cloned().unwrap_or_default()
                    };
                    if at(&rows) != at(&others) {
                        differ.push(format!(
                            "`{name}` R{}C{}: {:?} and {:?}",
                            row + 1,
                            column + 1,
                            at(&rows),
                            at(&others)
                        ));
                    }
                }
            }
        }
        told.push_str(&format!(
            "{one} = {other}: {} cells\n",
            left.iter().map(|(_, rows)| rows.values().flatten().filter(|cell| !cell.is_empty()).count()).sum::<usize>()
        ));
        for each in &differ {
            told.push_str(&format!("    {each}\n"));
        }
    }
    insta::assert_snapshot!(told);
}

/// The workbook in two formats, of which the older has a row more: Northamptonshire, `NA`, before it became two.
#[test]
fn an_ods_that_libraries_refuse_has_the_cells_of_its_xlsx() {
    let Some(files) = files() else { return };
    let ods = sheets(&files["la_region_lookup_raw.ods"]).unwrap();
    let xlsx = sheets(&files["la_region_lookup_raw.xlsx"]).unwrap();
    let mut expected = table(&xlsx[0].1);
    assert_eq!(expected.remove(59), ["", "Northamptonshire", "NA"]);
    assert_eq!(table(&ods[0].1), expected);
}
