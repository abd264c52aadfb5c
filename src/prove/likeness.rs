//! Whether a file that was refused is one of the collection's all the same: a delivery that is broken or renamed, or a stray.
//!
//! | the file | is |
//! |---|---|
//! | its name is one that `files` of a layout asks for, beyond the ending alone | expected, whatever stands in it |
//! | two labels of a layout stand in one row, and are a third of the layout's or of the row's | expected: renamed, or changed |
//! | what stands in it is nothing that its ending says, and that is one of the collection's | expected: broken, or protected |
//! | any other | a stray |

use std::collections::BTreeMap;
use std::sync::Arc;

use super::header::find;
use super::reads;
use crate::definitions::{Collection, Format, Layout};
use crate::model::{Content, extension};
use crate::read::{Block, Opened, content_at, dialect};

/// Rows of a sheet in which labels are looked for, where no layout looks further.
const ROWS: usize = 40;
/// One label in so many, of the layout's or of the row's, makes a likeness.
const ONE_IN: usize = 3;
/// A name that no pattern asks for, but by the ending that follows.
const NO_NAME: &str = "\u{1}";

/// What a refused file has of a collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Likeness {
    /// A layout asks for its name.
    Name,
    /// It has labels of a layout.
    Labels {
        /// The layout.
        layout: String,
        /// How many of its labels stand there.
        found: usize,
        /// How many it looks for.
        wanted: usize,
    },
    /// It has the ending of a file of the collection, and what stands in it cannot be read.
    Ending,
    /// Nothing.
    None,
}

/// What a file that was refused has of the collection that it came to.
#[must_use]
pub fn likeness(file: &mut Opened, file_name: &str, collection: &Collection) -> Likeness {
    let ending = extension(file_name);
    let any_of_the_ending = format!("{NO_NAME}.{ending}");
    let asks = |layout: &Arc<Layout>| {
        layout.files.as_ref().is_some_and(|files| files.is_match(file_name) && !files.is_match(&any_of_the_ending))
    };
    if collection.layouts.iter().any(asks) {
        return Likeness::Name;
    }
    match labels(file, collection, &ending) {
        Some(found) => found,
        None if collection.layouts.iter().any(|layout| takes_ending(layout, &ending, &any_of_the_ending)) => {
            Likeness::Ending
        }
        None => Likeness::None,
    }
}

/// Whether files of an ending are what a layout reads.
fn takes_ending(layout: &Layout, ending: &str, any_of_it: &str) -> bool {
    if let Some(files) = &layout.files {
        return files.is_match(any_of_it);
    }
    layout.format.has_ending(ending)
}

/// What the labels that stand in the file say; none when no layout for files of its ending can read it: a page of text that is
/// named as a workbook is a broken workbook, though a layout for text reads it.
fn labels(file: &mut Opened, collection: &Collection, ending: &str) -> Option<Likeness> {
    let content = content_at(file.path()).ok()?;
    if matches!(content, Content::Empty | Content::Html | Content::Pdf | Content::Foreign(_)) {
        return None;
    }
    // A workbook that came where texts are read: it may be one of them, saved as a workbook.
    let is_workbook = matches!(content, Content::Xlsx | Content::Zip | Content::Ole2 | Content::FlatOds);
    let saved_as = (is_workbook && !collection.layouts.iter().any(|layout| reads(layout, content)))
        .then_some(Format::Workbook { sheets: None, stack: false, content: None });
    let mut was_read = saved_as.is_some();
    let mut best: Option<(usize, usize, String)> = None;
    let mut firsts: BTreeMap<(String, Option<String>), Block> = BTreeMap::new();
    for layout in collection.layouts.iter().filter(|layout| saved_as.is_some() || reads(layout, content)) {
        let format = saved_as.as_ref().unwrap_or(&layout.format);
        let Ok(rows) = file.rows(format) else { continue };
        let sheets: Vec<Option<String>> = match format {
            Format::Workbook { .. } => rows.sheets().into_iter().map(|(name, _)| Some(name)).collect(),
            _ => vec![None],
        };
        let depth = ((layout.header_within + layout.header_rows) as usize).max(ROWS);
        for sheet in sheets {
            let key = (dialect(format), sheet.clone());
            if !firsts.contains_key(&key) {
                let Ok(first) = rows.first(sheet.as_deref(), depth) else { continue };
                firsts.insert(key.clone(), first);
            }
            was_read |= layout.format.has_ending(ending);
            let attempt = find(layout, &firsts[&key], 0, None);
            let (found, wanted) = attempt.score;
            let filled = attempt.labels.iter().filter(|label| !label.is_empty()).count();
            let enough = found >= wanted.clamp(1, 2) && (found * ONE_IN >= wanted || found * ONE_IN >= filled);
            if enough && best.as_ref().is_none_or(|(most, of, _)| found * of > most * wanted) {
                best = Some((found, wanted, layout.name.clone()));
            }
        }
    }
    was_read.then(|| best.map_or(Likeness::None, |(found, wanted, layout)| Likeness::Labels { layout, found, wanted }))
}
