//! Parquet: a library reads it, so that it is read in a child, and the child tells what this process would.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Float64Array, Int64Array, ListArray, RecordBatch, StringArray};
use arrow::datatypes::Int32Type;
use sendmart::definitions::Format;
use sendmart::read::{ChildLimits, Containment, Keeper, ReadError, Rows};

/// The file of these columns.
fn file(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut bytes = Vec::new();
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

/// A small good file.
pub(super) fn good() -> Vec<u8> {
    file(vec![
        ("id", Arc::new(StringArray::from(vec!["A", "B"]))),
        ("count", Arc::new(Int64Array::from(vec![Some(7), None]))),
        ("day", Arc::new(Date32Array::from(vec![Some(18_262), None]))),
        ("share", Arc::new(Float64Array::from(vec![Some(0.5), Some(f64::NAN)]))),
    ])
}

/// Reads all.
pub(super) fn read(path: &Path, containment: &Containment) -> Result<(), ReadError> {
    Rows::open_in(path, &Format::Parquet, containment)?.stream(None, &mut |_| ControlFlow::Continue(()))
}

/// Cells and rows in order, or the refusal in words; and the largest block's bytes of text.
fn told(path: &Path, containment: &Containment) -> (String, usize) {
    let mut largest = 0;
    let mut read = || {
        let mut rows = Rows::open_in(path, &Format::Parquet, containment)?;
        assert!(rows.has_own_labels() && rows.sheets().is_empty());
        let first = rows.first(None, 1)?;
        let mut cells = format!("{:?}", first.rows);
        rows.stream(None, &mut |block| {
            largest = largest.max(block.text.len());
            for index in 0..block.rows.len() {
                let shown: Vec<_> = block.row(index).iter().map(|cell| block.shown(*cell)).collect();
                let kinds: Vec<_> = block.row(index).iter().map(std::mem::discriminant).collect();
                cells += &format!("{} {kinds:?} {shown:?}", block.rows[index].number);
            }
            ControlFlow::Continue(())
        })?;
        assert_eq!(rows.about("")?, sendmart::read::SheetAbout::default());
        Ok::<String, ReadError>(cells)
    };
    let told = match read() {
        Ok(cells) => cells,
        Err(error) => {
            let refusal = error.refusal().unwrap_or_else(|| panic!("not the file's fault: {error}"));
            format!("{}: {} ({})", refusal.code, refusal.message, refusal.hint)
        }
    };
    (told, largest)
}

#[test]
fn a_child_reads_of_parquet_what_this_process_reads() {
    let folder = tempfile::tempdir().unwrap();
    let whole = good();
    let list: ArrayRef = Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>(vec![Some(vec![Some(1)])]));
    let changed = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] ^= 0xFF;
        bytes
    };
    let footer = whole.len() - 8;
    let cases = [
        ("good", whole.clone(), "[RowRef"),
        ("cut", whole[..whole.len() - 5].to_vec(), "read::broken_parquet: the Parquet file cannot be read: "),
        ("footer beyond the file", changed(footer + 3), "read::broken_parquet: the Parquet file cannot be read: "),
        (
            "footer of nothing",
            [b"PAR1", &[0; 4][..], b"PAR1"].concat(),
            "read::broken_parquet: the Parquet file cannot be",
        ),
        (
            "lists, with a name that would move the cursor",
            file(vec![("a\u{1b}[2J\n", list)]),
            "read::nested_column: column `a\\u{1b}[2J\\n` of the Parquet file holds columns or lists of its own",
        ),
        ("another kind", b"%PDF-1.4 this is none".to_vec(), "read::pdf_instead: "),
    ];
    for (name, bytes, begins) in cases {
        let path = folder.path().join("a.parquet");
        fs::write(&path, bytes).unwrap();
        let (there, _) = told(&path, &super::child());
        assert!(there.starts_with(begins), "{name}: {there}");
        assert_eq!(there, told(&path, &Containment::InProcess).0, "{name}");
    }
}

/// Long texts make small blocks, however few the rows: neither process holds more than some of them.
#[test]
fn long_texts_of_parquet_come_in_blocks_of_a_size() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    let long = "x".repeat(1 << 20);
    fs::write(&path, file(vec![("note", Arc::new(StringArray::from(vec![long.as_str(); 100])))])).unwrap();
    let (there, largest) = told(&path, &super::child());
    assert!((32 << 20..34 << 20).contains(&largest), "{largest}");
    assert_eq!(there.len(), told(&path, &Containment::InProcess).0.len());
    assert!(there.contains("101 ["));
}

#[test]
fn the_limit_of_memory_ends_in_a_refusal_of_the_parquet_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    let long = "x".repeat(100 << 20);
    fs::write(&path, file(vec![("note", Arc::new(StringArray::from(vec![long.as_str()])))])).unwrap();
    let Containment::Child(keeper) = super::child() else { unreachable!() };
    let limits = ChildLimits { memory: 128 << 20, ..ChildLimits::default() };
    let keeper = Keeper { limits, ..Keeper::clone(&keeper) };
    assert_eq!(
        told(&path, &Containment::Child(Arc::new(keeper))).0,
        "read::too_much_memory: the Parquet file cannot be read in 128 MB of memory (ask for the data as CSV, or in parts)"
    );
}
