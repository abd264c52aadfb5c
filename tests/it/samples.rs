use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use arrow::array::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use sendmart::lake::Place;
use sendmart::model::{Delivery, DeliveryId};
use sendmart::warehouse::Limits;

fn parquet(path: &Path) -> Vec<RecordBatch> {
    ParquetRecordBatchReaderBuilder::try_new(fs::File::open(path).unwrap())
        .unwrap()
        .build()
        .unwrap()
        .map(Result::unwrap)
        .collect()
}

fn rows(batches: &[RecordBatch], columns: &[String]) -> Vec<Vec<String>> {
    let options = FormatOptions::default().with_null("");
    let mut found = Vec::new();
    for batch in batches {
        for row in 0..batch.num_rows() {
            let cell = |name: &String| {
                let column = batch.column_by_name(name).unwrap_or_else(|| panic!("no column `{name}`"));
                ArrayFormatter::try_new(column, &options).unwrap().value(row).to_string()
            };
            found.push(columns.iter().map(cell).collect());
        }
    }
    found
}

fn expected(path: &Path) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let body = reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect();
    (header, body)
}

#[test]
fn every_sample_gives_the_rows_and_faults_that_are_expected() {
    let definitions = sendmart::spec::load(crate::checkout(), None).unwrap();
    let mut wrong = Vec::new();
    let mut tried = 0;
    for collection in definitions.collections.values() {
        for layout in &collection.layouts {
            let samples = collection.folder.join("samples").join(&layout.name);
            let Some(sample) = fs::read_dir(&samples).into_iter().flatten().flatten().map(|entry| entry.path()).next()
            else {
                continue;
            };
            tried += 1;
            let folder = tempfile::tempdir().unwrap();
            let place = Place::new(folder.path(), "var");
            let sha256 = "00sample".to_owned();
            fs::create_dir_all(place.landed(&sha256).parent().unwrap()).unwrap();
            fs::copy(&sample, place.landed(&sha256)).unwrap();
            let delivery = Delivery {
                delivery_id: DeliveryId("sample".to_owned()),
                collection: collection.name.clone(),
                file_name: sample.file_name().unwrap().to_string_lossy().into_owned(),
                source: "sample".to_owned(),
                received_at: jiff::Timestamp::UNIX_EPOCH,
                bytes: 0,
                sha256,
                maturity: None,
            };
            let book =
                sendmart::run::conform(&place, collection, &delivery, Limits { threads: 2, megabytes: 256 }).unwrap();
            let name = format!("{}/{}", collection.name, layout.name);
            let Some(table) = book.tables.first() else {
                wrong.push(format!("{name}: refused: {:?}", book.refused));
                continue;
            };
            assert!(table.balances(), "{name}: the books do not balance");
            let wanted = collection.folder.join("expected").join(&layout.name);
            let (header, body) = expected(&wanted.join(format!("{}.csv", layout.table.name)));
            let conformed =
                table.conformed.as_ref().map(|part| parquet(&place.lake().join(&part.path))).unwrap_or_default();
            let found: BTreeSet<_> = rows(&conformed, &header).into_iter().collect();
            let body: BTreeSet<_> = body.into_iter().collect();
            if found != body {
                let lost: Vec<_> = body.difference(&found).take(1).collect();
                let new: Vec<_> = found.difference(&body).take(1).collect();
                wrong.push(format!("{name}: rows differ\n  expected {lost:?}\n  found    {new:?}"));
            }
            let (header, body) = expected(&wanted.join("faults.csv"));
            let faults =
                table.quarantine.as_ref().map(|part| parquet(&place.lake().join(&part.path))).unwrap_or_default();
            let found: BTreeSet<_> = rows(&faults, &header).into_iter().collect();
            let body: BTreeSet<_> = body.into_iter().collect();
            if found != body {
                let lost: Vec<_> = body.difference(&found).collect();
                let new: Vec<_> = found.difference(&body).collect();
                wrong.push(format!("{name}: faults differ\n  expected {lost:?}\n  found    {new:?}"));
            }
        }
    }
    assert!(tried >= 20, "only {tried} layouts have a sample");
    assert!(wrong.is_empty(), "{} of {tried} samples differ\n{}", wrong.len(), wrong.join("\n"));
}
