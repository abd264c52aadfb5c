//! The pipelines' own tests: each layout's sample has to give the rows and the faults that are written beside it.
//!
//! ```text
//! samples/<layout>/<file> ─► conform, as a run does ─► compare with expected/<layout>/{<table>,faults}.csv
//! ```

use std::fs;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};

use super::{RunError, conform};
use crate::definitions::{Collection, Definitions, Kept, Layout};
use crate::lake::{FileError, Place, create_dir_durable, read_table, write_atomic};
use crate::model::{Delivery, DeliveryId, PartFile, PseudonymKey, difference};
use crate::read::Containment;
use crate::warehouse::EngineLimits;

/// The columns of `faults.csv`.
const FAULT_COLUMNS: [&str; 5] = ["row_number", "column_name", "cell", "rule_id", "severity"];
/// Differences of one file that are told; the rest are counted.
const TOLD: usize = 10;

/// What became of one layout's sample.
#[derive(Debug, Clone)]
pub struct Tried {
    /// The collection.
    pub collection: String,
    /// The layout.
    pub layout: String,
    /// The sample, if the layout has one.
    pub sample: Option<PathBuf>,
    /// Rows accepted.
    pub rows: usize,
    /// Faults found.
    pub faults: usize,
    /// What is not as expected; `- ` is expected and missing, `+ ` is found and not expected.
    pub differences: Vec<String>,
}

/// Tries the sample of every layout, or only of the collections named. Works in `scratch`, which should be empty.
///
/// With `accept`, what was found is written as what is expected, and no difference is left to tell.
///
/// # Errors
/// [`RunError`] when we could not do our work. A sample that differs is in what is returned.
pub fn try_samples(
    definitions: &Definitions,
    only: &[String],
    scratch: &Path,
    limits: EngineLimits,
    containment: &Containment,
    accept: bool,
) -> Result<Vec<Tried>, RunError> {
    let mut tried = Vec::new();
    for collection in definitions.collections.values() {
        if !only.is_empty() && !only.contains(&collection.name) {
            continue;
        }
        for layout in &collection.layouts {
            tried.push(try_layout(collection, layout, scratch, limits, containment, accept)?);
        }
    }
    Ok(tried)
}

fn try_layout(
    collection: &Collection,
    layout: &Layout,
    scratch: &Path,
    limits: EngineLimits,
    containment: &Containment,
    accept: bool,
) -> Result<Tried, RunError> {
    let mut tried = Tried {
        collection: collection.name.clone(),
        layout: layout.name.clone(),
        sample: None,
        rows: 0,
        faults: 0,
        differences: Vec::new(),
    };
    let files = files_of(&collection.folder.join("samples").join(&layout.name))?;
    let [sample] = files.as_slice() else {
        if files.len() > 1 {
            tried.differences.push(format!("{} files: a layout has one sample", files.len()));
        }
        return Ok(tried);
    };
    tried.sample = Some(sample.clone());
    let place = Place::new(scratch.join(&collection.name).join(&layout.name), "var");
    let delivery = land(&place, collection, sample)?;
    let book = conform(&place, collection, &delivery, Some(&sample_key()), limits, containment)?;
    if let Some(refused) = &book.refused {
        tried.differences.push(format!("refused: {} (hint: {})", refused.message, refused.hint));
        return Ok(tried);
    }
    let Some(table) = book.tables.iter().find(|table| table.layout == layout.name) else {
        let others: Vec<&str> = book.tables.iter().map(|table| table.layout.as_str()).collect();
        tried.differences.push(format!("proved to be another layout: {}", others.join(", ")));
        return Ok(tried);
    };
    if !table.balances() {
        tried.differences.push("rows read are not rows accepted, quarantined and skipped".to_owned());
    }
    let batches = |part: &Option<PartFile>| -> Result<Vec<RecordBatch>, RunError> {
        part.as_ref().map_or_else(|| Ok(Vec::new()), |part| Ok(read_table(&place.lake().join(&part.path))?))
    };
    let (rows, faults) = (batches(&table.conformed)?, batches(&table.quarantine)?);
    let count = |batches: &[RecordBatch]| batches.iter().map(RecordBatch::num_rows).sum();
    (tried.rows, tried.faults) = (count(&rows), count(&faults));
    let expected = collection.folder.join("expected").join(&layout.name);
    let columns = table_columns(layout);
    for (name, columns, found) in
        [(format!("{}.csv", layout.table.name), columns, rows), ("faults.csv".to_owned(), fault_columns(), faults)]
    {
        let path = expected.join(&name);
        if accept {
            write_expected(&path, &columns, &found)?;
            continue;
        }
        match read_expected(&path) {
            Ok((header, wanted)) => {
                let unknown: Vec<&String> = header.iter().filter(|column| !columns.contains(column)).collect();
                if !unknown.is_empty() {
                    tried.differences.push(format!("{name}: no column {unknown:?}; there are: {}", columns.join(", ")));
                    continue;
                }
                tried.differences.extend(compare(&name, wanted, texts(&found, &header)?));
            }
            Err(said) => tried.differences.push(format!("{name}: {said}; `--accept` writes it from what was found")),
        }
    }
    Ok(tried)
}

/// Samples hold invented people only, and have to give the same pseudonyms everywhere: their key, version 0, is no secret.
fn sample_key() -> PseudonymKey {
    PseudonymKey::new(0, [0; 32])
}

fn files_of(folder: &Path) -> Result<Vec<PathBuf>, RunError> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(folder).map_err(FileError::at("list", folder))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    Ok(files)
}

fn land(place: &Place, collection: &Collection, sample: &Path) -> Result<Delivery, RunError> {
    // One file in a place of its own: any name of its bytes will do.
    let sha256 = "00sample".to_owned();
    let landed = place.landed(&sha256);
    create_dir_durable(landed.parent().unwrap_or(place.var()))?;
    let bytes = fs::copy(sample, &landed).map_err(FileError::at("copy", sample))?;
    Ok(Delivery {
        delivery_id: DeliveryId("sample".to_owned()),
        collection: collection.name.clone(),
        file_name: sample.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        source: sample.display().to_string(),
        received_at: jiff::Timestamp::UNIX_EPOCH,
        bytes,
        sha256,
        maturity: None,
    })
}

/// The columns of the contract with their reasons, and the row.
fn table_columns(layout: &Layout) -> Vec<String> {
    let mut columns = Vec::new();
    for (name, column) in &layout.table.columns {
        if column.kept != Kept::Nothing {
            columns.push(name.clone());
        }
        if !column.marks.is_empty() {
            columns.push(format!("{name}_reason"));
        }
    }
    columns.extend(["_sheet", "_row"].map(str::to_owned));
    columns
}

fn fault_columns() -> Vec<String> {
    FAULT_COLUMNS.map(str::to_owned).to_vec()
}

fn texts(batches: &[RecordBatch], columns: &[String]) -> Result<Vec<Vec<String>>, RunError> {
    let options = FormatOptions::default().with_null("");
    let mut found = Vec::new();
    for batch in batches {
        let formatters = columns
            .iter()
            .map(|name| {
                let column = batch
                    .column_by_name(name)
                    .ok_or_else(|| RunError::Read(format!("the Parquet file has no column `{name}`")))?;
                ArrayFormatter::try_new(column, &options).map_err(|error| RunError::Read(error.to_string()))
            })
            .collect::<Result<Vec<_>, RunError>>()?;
        found.extend(
            (0..batch.num_rows())
                .map(|row| formatters.iter().map(|formatter| formatter.value(row).to_string()).collect::<Vec<_>>()),
        );
    }
    Ok(found)
}

type Expected = (Vec<String>, Vec<Vec<String>>);

fn read_expected(path: &Path) -> Result<Expected, String> {
    let mut reader = csv::Reader::from_path(path).map_err(|error| format!("cannot be read ({error})"))?;
    let header = reader.headers().map_err(|error| error.to_string())?.iter().map(str::to_owned).collect();
    let rows = reader
        .records()
        .map(|record| record.map(|record| record.iter().map(str::to_owned).collect()))
        .collect::<Result<Vec<Vec<String>>, _>>()
        .map_err(|error| error.to_string())?;
    Ok((header, rows))
}

fn write_expected(path: &Path, columns: &[String], found: &[RecordBatch]) -> Result<(), RunError> {
    let mut header = columns.to_vec();
    header.retain(|column| column != "_sheet");
    let mut writer = csv::Writer::from_writer(Vec::new());
    let failed = |error: csv::Error| RunError::Read(error.to_string());
    writer.write_record(&header).map_err(failed)?;
    for row in texts(found, &header)? {
        writer.write_record(&row).map_err(failed)?;
    }
    let bytes = writer.into_inner().map_err(|error| RunError::Read(error.to_string()))?;
    create_dir_durable(path.parent().unwrap_or(path))?;
    Ok(write_atomic(path, &bytes)?)
}

/// What differs, told for the sample of a table.
fn compare(name: &str, wanted: Vec<Vec<String>>, found: Vec<Vec<String>>) -> Vec<String> {
    let balance = difference(wanted, found);
    let mut told: Vec<String> = balance
        .iter()
        .take(TOLD)
        .map(|(row, count)| {
            let sign = if *count < 0 { '-' } else { '+' };
            let times = if count.abs() > 1 { format!(" (× {})", count.abs()) } else { String::new() };
            format!("{name} {sign} {}{times}", row.join(","))
        })
        .collect();
    if balance.len() > TOLD {
        told.push(format!("{name}: {} more rows differ", balance.len() - TOLD));
    }
    told
}

#[cfg(test)]
mod tests {
    use super::compare;

    fn rows(rows: &[&[&str]]) -> Vec<Vec<String>> {
        rows.iter().map(|row| row.iter().map(|&cell| cell.to_owned()).collect()).collect()
    }

    #[test]
    fn rows_are_compared_whatever_their_order_and_with_their_number() {
        assert!(compare("a.csv", rows(&[&["1"], &["2"]]), rows(&[&["2"], &["1"]])).is_empty());
        assert_eq!(compare("a.csv", rows(&[&["1"], &["1"]]), rows(&[&["1"]])), ["a.csv - 1"]);
        assert_eq!(
            compare("a.csv", rows(&[&["1", "x"]]), rows(&[&["1", ""], &["1", ""]])),
            ["a.csv + 1, (× 2)", "a.csv - 1,x"]
        );
    }
}
