//! One table of one delivery as Parquet: row groups encoded by any thread, appended in order.
//!
//! A row group is a block of the reader, so the bytes depend on the delivery and its definitions, not on threads.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnPath;

use super::parquet_out::failed;
use super::{FileError, ParquetOutError, create_dir_durable, fsync_dir, sha256_file};
use crate::model::PartFile;

/// Encodes row groups; shared by threads.
pub struct Encoder {
    factory: ArrowRowGroupWriterFactory,
    schema: SchemaRef,
}

/// A row group that is encoded and compressed, not yet in the file.
pub struct Encoded {
    chunks: Vec<ArrowColumnChunk>,
    rows: u64,
}

impl Encoder {
    /// Encodes and compresses one row group.
    ///
    /// # Errors
    /// [`ParquetError`] when the batch has another schema.
    pub fn encode(&self, batch: &RecordBatch) -> Result<Encoded, ParquetError> {
        let mut writers = self.factory.create_column_writers(0)?.into_iter();
        let mut chunks = Vec::with_capacity(batch.num_columns());
        for (field, column) in self.schema.fields().iter().zip(batch.columns()) {
            for leaf in compute_leaves(field, column)? {
                let mut writer =
                    writers.next().ok_or_else(|| ParquetError::General("fewer writers than columns".to_owned()))?;
                writer.write(&leaf)?;
                chunks.push(writer.close()?);
            }
        }
        Ok(Encoded { chunks, rows: batch.num_rows() as u64 })
    }
}

/// A Parquet file of the lake being written: it appears under its name when it is whole.
pub struct TableFile {
    lake: PathBuf,
    relative: String,
    temporary: PathBuf,
    writer: SerializedFileWriter<File>,
    encoder: Arc<Encoder>,
    rows: u64,
}

impl TableFile {
    /// Begins the file `relative` of the lake.
    ///
    /// # Errors
    /// [`ParquetOutError`] when it cannot be created.
    pub fn create(lake: &Path, relative: &str, schema: &SchemaRef) -> Result<Self, ParquetOutError> {
        let path = lake.join(relative);
        let folder = path.parent().unwrap_or(lake);
        create_dir_durable(folder)?;
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let temporary = folder.join(format!(".{name}.tmp"));
        let file = private_file(&temporary)?;
        let writer =
            ArrowWriter::try_new(file, Arc::clone(schema), Some(properties(schema))).map_err(failed(&temporary))?;
        let (writer, factory) = writer.into_serialized_writer().map_err(failed(&temporary))?;
        let encoder = Arc::new(Encoder { factory, schema: Arc::clone(schema) });
        Ok(Self { lake: lake.to_path_buf(), relative: relative.to_owned(), temporary, writer, encoder, rows: 0 })
    }

    /// What encodes row groups for this file.
    #[must_use]
    pub fn encoder(&self) -> Arc<Encoder> {
        Arc::clone(&self.encoder)
    }

    /// Appends a row group. One without rows is left out.
    ///
    /// # Errors
    /// [`ParquetOutError`] when the disk is full.
    pub fn append(&mut self, encoded: Encoded) -> Result<(), ParquetOutError> {
        if encoded.rows == 0 {
            return Ok(());
        }
        self.rows += encoded.rows;
        let mut group = self.writer.next_row_group().map_err(failed(&self.temporary))?;
        for chunk in encoded.chunks {
            chunk.append_to_row_group(&mut group).map_err(failed(&self.temporary))?;
        }
        group.close().map_err(failed(&self.temporary))?;
        Ok(())
    }

    /// Encodes and appends.
    ///
    /// # Errors
    /// As [`TableFile::append`].
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), ParquetOutError> {
        let encoded = self.encoder.encode(batch).map_err(failed(&self.temporary))?;
        self.append(encoded)
    }

    /// Ends the content; the file still lies under its temporary name, where rules can be tried on it.
    ///
    /// # Errors
    /// [`ParquetOutError`] when the disk is full.
    pub fn close(self) -> Result<ClosedTable, ParquetOutError> {
        let file = self.writer.into_inner().map_err(failed(&self.temporary))?;
        file.sync_all().map_err(FileError::at("sync", &self.temporary))?;
        Ok(ClosedTable { lake: self.lake, relative: self.relative, temporary: self.temporary, rows: self.rows })
    }
}

/// A Parquet file that is whole, under its temporary name.
pub struct ClosedTable {
    lake: PathBuf,
    relative: String,
    temporary: PathBuf,
    rows: u64,
}

impl ClosedTable {
    /// Where it lies now.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.temporary
    }

    /// Rows in it.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Puts it under its name.
    ///
    /// # Errors
    /// [`ParquetOutError`] when the system refuses.
    pub fn keep(self) -> Result<PartFile, ParquetOutError> {
        let path = self.lake.join(&self.relative);
        let sha256 = sha256_file(&self.temporary)?;
        let bytes = fs::metadata(&self.temporary).map_err(FileError::at("read", &self.temporary))?.len();
        fs::rename(&self.temporary, &path).map_err(FileError::at("put in place", &path))?;
        fsync_dir(path.parent().unwrap_or(&self.lake))?;
        Ok(PartFile { path: self.relative, rows: self.rows, bytes, sha256 })
    }

    /// Writes it again with only the rows that `keep` takes, batch by batch.
    ///
    /// # Errors
    /// [`ParquetOutError`] when it cannot be read back or written.
    pub fn filtered(
        self,
        mut keep: impl FnMut(&RecordBatch) -> Result<RecordBatch, arrow::error::ArrowError>,
    ) -> Result<Self, ParquetOutError> {
        let file = File::open(&self.temporary).map_err(FileError::at("open", &self.temporary))?;
        let reader = match ParquetRecordBatchReaderBuilder::try_new(file)
            .and_then(|builder| builder.with_batch_size(32_768).build())
        {
            Ok(reader) => reader,
            Err(error) => return Err(failed(&self.temporary)(error)),
        };
        let schema = arrow::array::RecordBatchReader::schema(&reader);
        let second = self.temporary.with_extension("tmp2");
        let file = private_file(&second)?;
        let mut writer =
            ArrowWriter::try_new(file, Arc::clone(&schema), Some(properties(&schema))).map_err(failed(&second))?;
        let mut rows = 0;
        for batch in reader {
            let batch = batch.and_then(|batch| keep(&batch)).map_err(|error| failed(&second)(error.into()))?;
            rows += batch.num_rows() as u64;
            writer.write(&batch).and_then(|()| writer.flush()).map_err(failed(&second))?;
        }
        let file = writer.into_inner().map_err(failed(&second))?;
        file.sync_all().map_err(FileError::at("sync", &second))?;
        fs::rename(&second, &self.temporary).map_err(FileError::at("put in place", &self.temporary))?;
        Ok(Self { rows, ..self })
    }
}

fn private_file(path: &Path) -> Result<File, FileError> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600).open(path).map_err(FileError::at("create", path))
}

fn properties(schema: &SchemaRef) -> WriterProperties {
    let mut builder = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1).unwrap_or_default()))
        .set_created_by("sendmart".to_owned())
        .set_statistics_enabled(parquet::file::properties::EnabledStatistics::Chunk);
    for field in schema.fields() {
        if field.name() == "_row" {
            let path = ColumnPath::from(field.name().as_str());
            builder = builder
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED);
        }
    }
    builder.build()
}

/// Reads a Parquet file of the lake whole: for samples and single files, not for the marts.
///
/// # Errors
/// [`ParquetOutError`] when it cannot be read.
pub fn read_table(path: &Path) -> Result<Vec<RecordBatch>, ParquetOutError> {
    let file = File::open(path).map_err(FileError::at("open", path))?;
    ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(ParquetRecordBatchReaderBuilder::build)
        .and_then(|reader| reader.map(|batch| batch.map_err(Into::into)).collect())
        .map_err(failed(path))
}
