//! Arrow batches into one Parquet file: zstd, and the same bytes for the same batches.

use std::fs::File;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use thiserror::Error;

use super::FileError;

/// A Parquet file could not be written.
#[derive(Debug, Error)]
pub enum ParquetOutError {
    /// The file.
    #[error(transparent)]
    File(#[from] FileError),
    /// The content.
    #[error("Parquet file `{}`: {source}", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// What the writer said.
        source: ParquetError,
    },
}

/// A Parquet file being written where nobody reads yet, such as a run's staging folder.
pub struct ParquetOut {
    path: PathBuf,
    writer: ArrowWriter<File>,
    rows: u64,
}

impl ParquetOut {
    /// Begins a file; one that is there is replaced.
    ///
    /// # Errors
    /// [`ParquetOutError`] when the file cannot be created or the schema has no Parquet form.
    pub fn create(path: &Path, schema: SchemaRef) -> Result<Self, ParquetOutError> {
        let file = File::create(path).map_err(FileError::at("create", path))?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_created_by("sendmart".to_owned())
            .build();
        let writer = ArrowWriter::try_new(file, schema, Some(properties)).map_err(failed(path))?;
        Ok(Self { path: path.to_path_buf(), writer, rows: 0 })
    }

    /// Adds the rows of a batch.
    ///
    /// # Errors
    /// [`ParquetOutError`] when the batch has another schema, or the disk is full.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), ParquetOutError> {
        self.writer.write(batch).map_err(failed(&self.path))?;
        self.rows += batch.num_rows() as u64;
        Ok(())
    }

    /// Ends the file and gives the number of rows in it.
    ///
    /// # Errors
    /// [`ParquetOutError`] when the disk is full.
    pub fn finish(self) -> Result<u64, ParquetOutError> {
        self.writer.close().map_err(failed(&self.path))?;
        Ok(self.rows)
    }
}

/// For `map_err`: names the file.
pub(super) fn failed(path: &Path) -> impl FnOnce(ParquetError) -> ParquetOutError {
    let path = path.to_path_buf();
    move |source| ParquetOutError::Parquet { path, source }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::Int64Array;
    use arrow::datatypes::{DataType, Field, Schema};

    use super::*;

    #[test]
    fn the_same_batches_give_the_same_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let schema = Arc::new(Schema::new(vec![Field::new("n", DataType::Int64, true)]));
        let batch = RecordBatch::try_new(schema.clone(), vec![Arc::new(Int64Array::from(vec![1, 2, 3]))]).unwrap();
        let write = |name: &str| {
            let path = folder.path().join(name);
            let mut out = ParquetOut::create(&path, schema.clone()).unwrap();
            out.write(&batch).unwrap();
            out.write(&batch).unwrap();
            assert_eq!(out.finish().unwrap(), 6);
            std::fs::read(path).unwrap()
        };
        assert_eq!(write("a.parquet"), write("b.parquet"));
    }
}
