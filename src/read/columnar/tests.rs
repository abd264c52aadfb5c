use std::sync::Arc;

use arrow::array::{
    BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, ListArray, StringArray, Time32SecondArray,
    TimestampMillisecondArray,
};
use arrow::datatypes::Int32Type;

use super::*;

fn file(columns: Vec<(&str, ArrayRef)>) -> tempfile::NamedTempFile {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut writer = parquet::arrow::ArrowWriter::try_new(file.reopen().unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    file
}

#[test]
fn columns_are_labels_and_values_are_cells() {
    let file = file(vec![
        ("id", Arc::new(Int64Array::from(vec![Some(1), Some(i64::MAX), None]))),
        ("name", Arc::new(StringArray::from(vec!["a", "", "é"]))),
        ("share", Arc::new(Float64Array::from(vec![0.5, f64::NAN, -1.0]))),
        ("yes", Arc::new(BooleanArray::from(vec![true, false, true]))),
        ("day", Arc::new(Date32Array::from(vec![Some(0), Some(19_967), Some(-40_000)]))),
        ("at", Arc::new(TimestampMillisecondArray::from(vec![43_200_000, 0, 0]))),
        ("time", Arc::new(Time32SecondArray::from(vec![21_600, 0, 0]))),
        ("money", Arc::new(Decimal128Array::from(vec![1230, 5, 0]).with_precision_and_scale(10, 2).unwrap())),
    ]);
    let mut rows = ParquetRows::open(file.path()).unwrap();
    let mut found: Vec<(u32, Vec<Cell>, Vec<String>)> = Vec::new();
    rows.stream(2, 1000, &mut |block| {
        for index in 0..block.rows.len() {
            let shown = block.row(index).iter().map(|cell| block.shown(*cell).into_owned()).collect();
            found.push((block.rows[index].number, block.row(index).to_vec(), shown));
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(found.iter().map(|(number, ..)| *number).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert_eq!(found[0].2, ["id", "name", "share", "yes", "day", "at", "time", "money"]);
    assert_eq!(found[1].2, ["1", "a", "0.5", "TRUE", "25569", "25569.5", "0.25", "12.30"]);
    assert_eq!(found[2].2, ["9223372036854775807", "", "NaN", "FALSE", "45536", "25569", "0", "0.05"]);
    assert_eq!(found[3].2, ["", "é", "-1", "TRUE", "1860-06-26", "25569", "0", "0.00"]);
    assert_eq!(found[1].1[4], Cell::Serial(25_569.0));
}

#[test]
fn what_is_no_table_is_refused() {
    let lists = ListArray::from_iter_primitive::<Int32Type, _, _>(vec![Some(vec![Some(1)])]);
    let error = ParquetRows::open(file(vec![("marks", Arc::new(lists))]).path()).unwrap_err();
    assert!(error.to_string().contains("column `marks`"), "{error}");
    let whole = std::fs::read(file(vec![("a", Arc::new(Int64Array::from(vec![1])))]).path()).unwrap();
    let cut = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(cut.path(), &whole[..whole.len() - 5]).unwrap();
    assert!(matches!(ParquetRows::open(cut.path()), Err(ReadError::Content { code: "read::broken_parquet", .. })));
}
