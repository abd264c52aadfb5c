//! Tables of the live generation out of it, for whoever has no `DuckDB`: Parquet, CSV, a workbook for each table, and a manifest.
//!
//! The same generation gives the same bytes: rows in the order of the table, nothing of a clock.

use std::fs;
use std::path::Path;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use serde::Serialize;
use thiserror::Error;

use super::dialect::{name, text};
use super::{Current, WarehouseError, query, query_each};
use crate::lake::{FileError, ParquetOut, ParquetOutError, Place, create_dir_durable, sha256_file, write_atomic};
use crate::xlsx;

/// The file that says what was written.
const MANIFEST: &str = "manifest.json";

/// The kinds of file that are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// Parquet, zstd.
    Parquet,
    /// Comma-separated text, UTF-8, a blank for no value.
    Csv,
    /// A workbook for each table.
    Xlsx,
}

impl ExportFormat {
    fn ending(self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }
}

/// One table that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExportedTable {
    /// Schema and name, as `mart.fct_suspension`.
    pub table: String,
    /// What it holds.
    pub about: String,
    /// Its file, relative to the folder.
    pub file: String,
    /// Rows in it.
    pub rows: u64,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExportManifest {
    /// The generation.
    pub generation: u64,
    /// SHA-256 of everything that decides its content.
    pub fingerprint: String,
    /// The day that its KPIs speak for.
    pub as_of: String,
    /// The program that wrote it.
    pub program_version: String,
    /// The tables, in the order of their names.
    pub tables: Vec<ExportedTable>,
    /// Tables that are not written, and why.
    pub left_out: Vec<(String, String)>,
}

/// Why nothing, or not all, was written.
#[derive(Debug, Error)]
pub enum ExportError {
    /// The folder has something else in it.
    #[error("`{0}` has files in it that no export wrote")]
    NotEmpty(String),
    /// The live generation.
    #[error(transparent)]
    Warehouse(#[from] WarehouseError),
    /// The disk.
    #[error(transparent)]
    File(#[from] FileError),
    /// A Parquet file.
    #[error(transparent)]
    Parquet(#[from] ParquetOutError),
    /// A CSV file or workbook.
    #[error("`{file}` cannot be written: {why}")]
    Written {
        /// The file.
        file: String,
        /// What the writer said.
        why: String,
    },
}

/// Writes marts, KPIs and the dictionary of the live generation into a folder that is new, empty, or an earlier export. Rows that a
/// later delivery has replaced are left out.
///
/// # Errors
/// [`ExportError`]. What was written stays without a manifest, which is written last.
pub fn export_tables(
    place: &Place,
    current: &Current,
    folder: &Path,
    format: ExportFormat,
    progress: &dyn Fn(usize, usize, &str),
) -> Result<ExportManifest, ExportError> {
    make_ready(folder)?;
    let sql = "SELECT schema_name || '.' || table_name AS name, coalesce(comment, '') AS about FROM duckdb_tables() \
               WHERE database_name = current_database() AND (schema_name IN ('mart', 'kpi') OR (schema_name = 'meta' \
               AND table_name IN ('generation', 'kpi', 'code', 'column', 'relation', 'delivery', 'arrival'))) ORDER BY name";
    let (_, batches) = query(place, sql, &[])?;
    let tables: Vec<(String, String)> = batches.iter().flat_map(pairs).collect();
    let mut manifest = ExportManifest {
        generation: current.generation,
        fingerprint: current.fingerprint.clone(),
        as_of: current.as_of.clone(),
        program_version: env!("CARGO_PKG_VERSION").to_owned(),
        tables: Vec::new(),
        left_out: Vec::new(),
    };
    for (done, (table, about)) in tables.iter().enumerate() {
        progress(done, tables.len(), table);
        let (schema_name, table_name) = table.split_once('.').unwrap_or(("mart", table));
        let mut from = format!("SELECT * FROM {}.{}", name(schema_name), name(table_name));
        let file = format!("{schema_name}/{table_name}.{}", format.ending());
        let path = folder.join(&file);
        create_dir_durable(&folder.join(schema_name))?;
        let schema = query(place, &format!("{from} LIMIT 0"), &[])?.0;
        // Whoever opens the file counts its rows: each thing stands in it once.
        if schema.field_with_name("_superseded").is_ok() {
            from.push_str(" WHERE NOT _superseded");
        }
        let rows = match format {
            ExportFormat::Parquet => parquet(place, &from, &path, schema)?,
            ExportFormat::Csv => csv(place, &from, &path, &file, &schema)?,
            ExportFormat::Xlsx => {
                let counted = query(
                    place,
                    &format!("SELECT {} AS t, CAST(count(*) AS VARCHAR) FROM ({from})", text(table)),
                    &[],
                )?
                .1;
                let many =
                    counted.iter().flat_map(pairs).filter_map(|(_, count)| count.parse::<usize>().ok()).sum::<usize>();
                if many > xlsx::MOST_ROWS {
                    manifest
                        .left_out
                        .push((table.clone(), format!("{many} rows are more than a sheet of Excel holds")));
                    continue;
                }
                workbook(place, &from, &path, &file, table_name)?
            }
        };
        let bytes = fs::metadata(&path).map_err(FileError::at("look at", &path))?.len();
        manifest.tables.push(ExportedTable {
            table: table.clone(),
            about: about.clone(),
            file,
            rows,
            bytes,
            sha256: sha256_file(&path)?,
        });
    }
    let mut bytes = serde_json::to_vec_pretty(&manifest).unwrap_or_default();
    bytes.push(b'\n');
    write_atomic(&folder.join(MANIFEST), &bytes)?;
    Ok(manifest)
}

/// The folder, without the files of an earlier export.
fn make_ready(folder: &Path) -> Result<(), ExportError> {
    let entries: Vec<_> = match fs::read_dir(folder) {
        Ok(entries) => entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect(),
        Err(_) => Vec::new(),
    };
    let ours = |entry: &String| [MANIFEST, "mart", "kpi", "meta"].contains(&entry.as_str());
    let is_an_export = entries.iter().any(|entry| entry == MANIFEST) && entries.iter().all(ours);
    if !entries.is_empty() && !is_an_export {
        return Err(ExportError::NotEmpty(folder.display().to_string()));
    }
    if !entries.is_empty() {
        let manifest = folder.join(MANIFEST);
        fs::remove_file(&manifest).map_err(FileError::at("remove", &manifest))?;
        for part in ["mart", "kpi", "meta"].map(|part| folder.join(part)) {
            if part.is_dir() {
                fs::remove_dir_all(&part).map_err(FileError::at("remove", &part))?;
            }
        }
    }
    create_dir_durable(folder)?;
    Ok(())
}

fn pairs(batch: &RecordBatch) -> Vec<(String, String)> {
    use arrow::array::AsArray;
    let column = |index: usize| batch.column(index).as_string_opt::<i32>();
    let (Some(one), Some(other)) = (column(0), column(1)) else { return Vec::new() };
    (0..batch.num_rows()).map(|row| (one.value(row).to_owned(), other.value(row).to_owned())).collect()
}

fn parquet(place: &Place, from: &str, path: &Path, schema: SchemaRef) -> Result<u64, ExportError> {
    let mut out = ParquetOut::create(path, schema)?;
    let mut failed = None;
    query_each(place, from, &[], &mut |batch| {
        if failed.is_none() {
            failed = out.write(&batch).err();
        }
    })?;
    match failed {
        Some(error) => Err(error.into()),
        None => Ok(out.finish()?),
    }
}

fn csv(place: &Place, from: &str, path: &Path, file: &str, schema: &SchemaRef) -> Result<u64, ExportError> {
    let failed = |error: &dyn std::fmt::Display| ExportError::Written { file: file.to_owned(), why: error.to_string() };
    let mut out = csv::Writer::from_path(path).map_err(|error| failed(&error))?;
    out.write_record(schema.fields().iter().map(|field| field.name())).map_err(|error| failed(&error))?;
    let options = FormatOptions::default().with_null("");
    let mut rows = 0;
    let mut trouble = None;
    query_each(place, from, &[], &mut |batch| {
        let shown: Vec<_> =
            batch.columns().iter().filter_map(|column| ArrayFormatter::try_new(column, &options).ok()).collect();
        for row in 0..batch.num_rows() {
            if trouble.is_some() {
                return;
            }
            let cells = shown.iter().zip(batch.columns()).map(|(cell, column)| {
                let text = cell.value(row).to_string();
                // A whole number is one in every program.
                if column.data_type().is_floating() {
                    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
                } else {
                    text
                }
            });
            trouble = out.write_record(cells).err();
            rows += 1;
        }
    })?;
    if let Some(error) = trouble {
        return Err(failed(&error));
    }
    out.flush().map_err(|error| failed(&error))?;
    Ok(rows)
}

fn workbook(place: &Place, from: &str, path: &Path, file: &str, table: &str) -> Result<u64, ExportError> {
    let failed = |error: xlsx::XlsxError| ExportError::Written { file: file.to_owned(), why: error.to_string() };
    let (schema, batches) = query(place, from, &[])?;
    // The name of a sheet has 31 characters at most.
    let sheet: String = table.chars().take(31).collect();
    let page = xlsx::page(&sheet, &schema, &batches).map_err(failed)?;
    let bytes = xlsx::bytes(vec![page]).map_err(failed)?;
    write_atomic(path, &bytes)?;
    Ok(batches.iter().map(|batch| batch.num_rows() as u64).sum())
}
