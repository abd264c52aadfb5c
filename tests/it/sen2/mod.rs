//! The same SEN2 return in each of its shapes: the conformed tables are the same to the byte.

mod fields;
mod shapes;

use std::collections::BTreeMap;

use crate::returns::{Bench, without_lineage};
use fields::MODULES;
use shapes::{Content, blade, sheets, template, xml};

/// Bytes of each table without its lineage, and the rows that were read, accepted and refused.
fn read(bench: &Bench, collection: &str, files: &[(String, Vec<u8>)]) -> (BTreeMap<String, Vec<u8>>, u64) {
    let mut tables = BTreeMap::new();
    let mut rows_read = 0;
    for (name, bytes) in files {
        let book = bench.conform(collection, name, bytes);
        assert!(book.refused.is_none(), "{name}: {:?}", book.refused);
        for table in &book.tables {
            assert!(table.balances(), "{name}: {}", table.table);
            assert_eq!(table.rows_quarantined, 0, "{name}: {}: {:?}", table.table, bench.faults(table));
            rows_read += table.rows_read;
            let before = tables.insert(table.table.clone(), without_lineage(bench, table));
            assert!(before.is_none(), "{name}: {} twice", table.table);
        }
    }
    (tables, rows_read)
}

/// The yearly return, whose files name a year, and the case system's monthly list in the same shapes, whose files name a day.
#[test]
fn every_shape_of_every_version_gives_the_same_bytes() {
    for collection in ["sen2", "ehcp_cases"] {
        every_shape_gives_the_same_bytes(collection);
    }
}

fn every_shape_gives_the_same_bytes(collection: &str) {
    let bench = Bench::new();
    let dated = |files: Vec<(String, Vec<u8>)>| -> Vec<(String, Vec<u8>)> {
        let renamed = |name: String| {
            if collection == "sen2" { name } else { format!("2025-02-28 {}", name.replace("28-02-2025", "")) }
        };
        files.into_iter().map(|(name, bytes)| (renamed(name), bytes)).collect()
    };
    for version in 1..=3 {
        let content = Content::invented(version);
        let (wanted, rows) = read(&bench, collection, &dated(blade(&content)));
        assert_eq!(wanted.len(), MODULES.len());
        assert_eq!(rows, content.rows() as u64, "blade rows of version 1.{version}");
        for (shape, files, tables) in [
            ("template", vec![("SEN2_2025_template.xlsx".to_owned(), template(&content))], 9),
            ("sheets", vec![("SEN2 2025 pre-submission.xlsx".to_owned(), sheets(&content))], 8),
            ("xml", vec![("sen2_933_2025.xml".to_owned(), xml(&content))], 9),
        ] {
            let (found, _) = read(&bench, collection, &dated(files));
            assert_eq!(found.len(), tables, "{shape} of version 1.{version}: {:?}", found.keys());
            for (table, bytes) in &found {
                assert!(
                    wanted[table] == *bytes,
                    "{collection}: {shape} of version 1.{version}: table `{table}` differs from the blade CSV"
                );
            }
        }
    }
}

#[test]
fn the_books_of_stacked_tables_add_up_to_the_rows_of_the_sheet() {
    let bench = Bench::new();
    let content = Content::invented(3);
    let bytes = template(&content);
    let book = bench.conform("sen2", "SEN2_2025_template.xlsx", &bytes);
    let read: u64 = book.tables.iter().map(|table| table.rows_read).sum();
    let accepted: u64 = book.tables.iter().map(|table| table.rows_accepted).sum();
    // Counted by another reader: every row of the sheet but the nine headers.
    let mut workbook: calamine::Xlsx<_> = calamine::Reader::new(std::io::Cursor::new(bytes)).unwrap();
    let range = calamine::Reader::worksheet_range(&mut workbook, "Data Entry Template").unwrap();
    let last = u64::from(range.end().unwrap().0) + 1;
    assert_eq!(read, last - 9);
    assert_eq!(accepted, content.rows() as u64);
    let blank: u64 =
        book.tables.iter().filter_map(|table| table.rows_skipped.get(&sendmart::model::SkipReason::Blank)).sum();
    assert_eq!(blank, 2 + 9 * 2 - 2, "two rows above the first title, two blank rows between tables");
}

#[test]
fn a_table_that_no_layout_fits_is_not_lost_in_silence() {
    let bench = Bench::new();
    let mut content = Content::invented(3);
    content.rename = Some(("Request Outcome Date", "Date of outcome of request"));
    let bytes = template(&content);
    let book = bench.conform("sen2", "SEN2_2025_template.xlsx", &bytes);
    assert!(book.refused.is_none(), "an optional column may be called otherwise: it is told as an unknown label");
    content.rename = Some(("Date request was received", "Received on"));
    let book = bench.conform("sen2", "SEN2_2025_template.xlsx", &template(&content));
    let refused = book.refused.unwrap();
    assert_eq!(refused.code, "read::header_not_found");
    assert!(refused.message.contains("the table `Requests Records` on row"), "{}", refused.message);
    assert!(refused.at.unwrap().starts_with("Data Entry Template!row "));
}
