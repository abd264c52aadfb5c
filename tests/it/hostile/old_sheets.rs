//! What a sheet of an old workbook says of itself, told as newer formats tell it.

use std::fs;

use sendmart::definitions::Format;
use sendmart::read::{CellArea, Rows, Visibility};

use super::binary;

#[test]
fn an_old_workbook_tells_what_it_hides_and_merges() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.xls");
    let shorts = |numbers: &[u16]| numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>();
    let told = [
        // The second row is hidden, and the fortieth, which holds nothing; the third column is hidden; A1:B1 are merged.
        binary::record(0x0208, &shorts(&[1, 0, 4, 255, 0, 0, 0x0120, 15])),
        binary::record(0x0208, &shorts(&[39, 0, 4, 255, 0, 0, 0x0120, 15])),
        binary::record(0x007D, &shorts(&[2, 2, 2340, 15, 1, 0])),
        binary::record(0x00E5, &shorts(&[1, 0, 0, 0, 1])),
    ];
    fs::write(&path, binary::compound("Workbook", &binary::xls_with(1, &told.concat()))).unwrap();
    let format = Format::Workbook { sheets: None, content: None, stack: false };
    let mut rows = Rows::open_in(&path, &format, &super::child()).unwrap();
    assert_eq!(rows.sheets(), [("Sheet1".to_owned(), false)]);
    let block = rows.first(Some("Sheet1"), 10).unwrap();
    assert_eq!(block.rows.iter().map(|row| (row.number, row.hidden)).collect::<Vec<_>>(), [(1, false), (2, true)]);
    let about = rows.about("Sheet1").unwrap();
    assert_eq!(about.visibility, Visibility::Hidden);
    assert_eq!((about.hidden_rows, about.hidden_columns), (1, vec![2..=2]));
    assert_eq!(about.merged, [CellArea { first_row: 1, first_column: 0, last_row: 1, last_column: 1 }]);
    // Read again, it is the same: nothing was used up.
    assert!(rows.first(Some("Sheet1"), 10).unwrap().rows[1].hidden);
}
