//! Which layouts of a collection a file is in: every candidate is tried, the best proved, a tie refused.
//!
//! In: a file opened by `read`, and the layouts of a collection. Out: a [`Proof`] for each table, which says where its header stands
//! and which column is which; or a [`ReadError`] that quotes the nearest candidate by address, with the labels that look renamed.
//!
//! | file | what it is |
//! |---|---|
//! | `candidate` | each layout on each sheet, or below each title |
//! | `header`, `field` | the header of one layout in some first rows; values that stand once on a sheet |
//! | `unfold`, `stacked`, `named` | columns that become rows; several tables on a sheet; cells that a workbook names |
//! | `choose` | one layout for each sheet, one sheet for each table |
//! | `not_found`, `likeness` | why none fits; whether a file that was refused is one of the collection's all the same |

mod candidate;
mod choose;
mod field;
mod header;
mod likeness;
mod named;
mod not_found;
mod renamed;
mod stacked;
mod unfold;

pub use candidate::Candidate;
pub use field::FieldFound;
pub use header::{ColumnTaken, Proof, labels as header_labels};
pub use likeness::{Likeness, likeness};
pub use not_found::{Missing, Nearest};
pub use renamed::{MeantLabel, is_contrary, renamed};
pub use unfold::UnfoldedRecord;

use std::sync::Arc;

use self::candidate::try_all;
use self::choose::choose;
use self::not_found::names;
use crate::definitions::{Collection, Format, Layout};
use crate::model::Content;
use crate::read::{Opened, ReadError, content_at, refuse};

/// Proves which layouts a file is in: one for each table, or for each sheet of a table that goes on over sheets.
/// Proofs of one table stand together, in the order of the sheets.
///
/// # Errors
/// [`ReadError`] when the file is of another kind, no layout fits, or two fit equally well: with the nearest
/// candidate quoted by address, and labels that look renamed.
pub fn prove(file: &mut Opened, file_name: &str, collection: &Collection) -> Result<Vec<Proof>, ReadError> {
    let content = content_at(file.path())?;
    let takes_json = collection.layouts.iter().any(|layout| matches!(layout.format, Format::Jsonl));
    let is_none_of_ours = matches!(content, Content::Empty | Content::Html | Content::Pdf | Content::Foreign(_));
    if is_none_of_ours || (content == Content::Json && !takes_json) {
        return Err(refuse(content, "a file of this collection"));
    }
    let named: Vec<&Arc<Layout>> = collection
        .layouts
        .iter()
        .filter(|layout| layout.files.as_ref().is_none_or(|files| files.is_match(file_name)))
        .collect();
    if named.is_empty() {
        return Err(ReadError::content(
            "read::no_layout_for_name",
            format!("no layout of `{}` takes a file named `{file_name}`", collection.name),
            format!("add its name to `files` of a layout, or a new layout; there are: {}", names(&collection.layouts)),
        ));
    }
    let fitting: Vec<&Arc<Layout>> = named.iter().copied().filter(|layout| reads(layout, content)).collect();
    if fitting.is_empty() {
        let wanted = match named[0].format {
            Format::Csv { .. } => "delimited text",
            Format::Workbook { .. } => "a workbook",
            Format::Xml { .. } => "XML",
            Format::Parquet => "Parquet",
            Format::Jsonl => "JSON",
        };
        return Err(refuse(content, wanted));
    }
    let candidates = try_all(file, &fitting)?;
    choose(&candidates, file_name)
}

/// The layout that a file which none fits comes nearest to, whatever it is called; none where none is near, or the file cannot be
/// read as it is.
#[must_use]
pub fn nearest(file: &mut Opened, collection: &Collection) -> Option<Nearest> {
    let content = content_at(file.path()).ok()?;
    let fitting: Vec<&Arc<Layout>> = collection.layouts.iter().filter(|layout| reads(layout, content)).collect();
    let candidates = try_all(file, &fitting).ok()?;
    not_found::nearest(&candidates.iter().collect::<Vec<_>>())
}

/// Whether a layout reads files of this content.
fn reads(layout: &Layout, content: Content) -> bool {
    match content {
        Content::Zip | Content::Xlsx | Content::Ole2 | Content::FlatOds => {
            matches!(layout.format, Format::Workbook { .. })
        }
        Content::Xml => matches!(layout.format, Format::Xml { .. }),
        Content::Json => matches!(layout.format, Format::Jsonl),
        Content::Parquet => matches!(layout.format, Format::Parquet),
        // A Parquet file that is cut short is told as such when it is opened.
        Content::Binary => matches!(layout.format, Format::Csv { .. } | Format::Parquet),
        _ => matches!(layout.format, Format::Csv { .. }),
    }
}
