//! The lake: every path of a place, and Parquet in and out.
//!
//! No other module names `parquet` or spells a path of `var`.

mod place;

pub use place::Place;
