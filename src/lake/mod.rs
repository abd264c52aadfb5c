//! The lake: every path of a place, and Parquet in and out.
//!
//! No other module names `parquet` or spells a path of `var`.

mod atomic;
mod parquet_out;
mod place;
mod table;

pub use atomic::{
    FileError, clear_temporaries, create_dir_durable, create_dir_shared, fsync_dir, fsync_file, make_private,
    sha256_file, write_atomic, write_shared,
};
pub use parquet_out::{ParquetOut, ParquetOutError};
pub use place::Place;
pub use table::{ClosedTable, Encoded, Encoder, TableFile, read_table};
