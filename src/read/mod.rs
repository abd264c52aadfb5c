//! Bytes into rows of cells with addresses.
//!
//! In: landed bytes and the format that they are in. Out: [`Block`]s of rows, and what a sheet says of itself. What cannot be
//! taken at all is a [`ReadError`], in words for a data officer. Nothing here knows a layout: which one a file has is proved in
//! `prove`, and what a cell *means* is decided in `conform`. The only module that names `calamine` and `quick_xml`.

mod about;
mod block;
mod bounded;
mod budget;
mod columnar;
mod contain;
mod content;
mod csv;
mod damage;

mod error;
mod gather;
mod guard;
mod jsonl;
mod label;
mod library;
mod ods;
mod opened;
mod padded;
mod rows;
mod utf16;
mod workbook;
mod xls;
mod xlsb;
mod xlsx;
mod xml;
mod xml_paths;

pub(crate) use budget::MOST_COLUMNS;
pub(crate) use content::{content_at, refuse};

pub use about::{CellArea, DefinedName, SheetAbout, SheetTable, Visibility};
pub use block::{Block, Cell, CellFlaw, RowFlaw, RowRef, number_text};
pub use contain::{ChildLimits, Containment, Keeper, serve};
pub use error::ReadError;
pub use label::label_key;
pub(crate) use label::{COMMON, fold, strip_footnote};
pub use opened::Opened;
pub(crate) use opened::dialect;
pub(crate) use padded::padded_number;
pub use rows::Rows;
pub use xml_paths::xml_row_paths;

use std::ops::ControlFlow;

/// Takes blocks; breaks to stop reading.
pub type Sink<'s> = dyn FnMut(Block) -> ControlFlow<()> + 's;

/// The most rows and cells of a block: what is in memory at a time, and what a row group of Parquet holds.
pub const BLOCK_ROWS: usize = 32_768;
/// See [`BLOCK_ROWS`].
pub const BLOCK_CELLS: usize = 524_288;
/// The bytes of text after which a block ends, however few its rows: a cell of Excel may hold 32,767 characters.
const BLOCK_TEXT: usize = 32 << 20;
