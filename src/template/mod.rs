//! A workbook to fill in for a collection that arrives as workbooks, so that what comes back loads without a fault.
//!
//! In: a collection's contracts and layouts. Out: [`Template`], the bytes of an XLSX: instructions first, then a sheet a
//! table with the labels that the layout looks for, notes on them, typed columns and drop-downs. Nothing here is written
//! to a file, and nothing is known of a collection but its definitions.

mod field;
mod instructions;
mod lists;
mod page;
mod plan;

use thiserror::Error;

use crate::definitions::Collection;
use crate::xlsx::{self, XlsxError};
use plan::Sheet;

/// The sheet that says how to fill the others in.
pub const INSTRUCTIONS: &str = "Instructions";
/// The hidden sheet of long drop-downs.
pub const LISTS: &str = "Lists";

/// A workbook to fill in.
#[derive(Debug, Clone)]
pub struct Template {
    /// The workbook, XLSX.
    pub bytes: Vec<u8>,
    /// Names of the sheets to fill in, in their order.
    pub sheets: Vec<String>,
    /// Patterns of which a file's name has to match one to be taken; none when any name will do.
    pub file_names: Vec<String>,
    /// Tables of the collection that have no sheet here, with the reason.
    pub left_out: Vec<(String, String)>,
}

/// Why there is no template.
#[derive(Debug, Error)]
pub enum TemplateError {
    /// No table of the collection arrives in a workbook that people could fill in.
    #[error("no table of `{collection}` arrives in a workbook that people fill in: {}", reasons(why))]
    NoWorkbook {
        /// The collection.
        collection: String,
        /// Tables and what keeps each from having a sheet.
        why: Vec<(String, String)>,
    },
    /// The workbook could not be made.
    #[error("cannot make the workbook: {0}")]
    Workbook(#[from] XlsxError),
}

impl TemplateError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoWorkbook { .. } => {
                Some("add a layout with `[format.workbook]` and a `from` for each column".to_owned())
            }
            Self::Workbook(_) => None,
        }
    }
}

fn reasons(why: &[(String, String)]) -> String {
    if let [(_, first), rest @ ..] = why
        && rest.iter().all(|(_, reason)| reason == first)
    {
        return format!("each {first}");
    }
    why.iter().map(|(table, reason)| format!("`{table}` {reason}")).collect::<Vec<_>>().join("; ")
}

/// Makes the template of a collection.
///
/// *Shape*: one sheet of instructions, the sheets of the tables in the order of their names, and a hidden sheet of lists
/// where a drop-down is too long to stand in its column. Where several layouts of a table are workbooks, the last by name
/// that can be filled in is taken: that is how editions of years are named.
///
/// # Errors
/// [`TemplateError::NoWorkbook`] when no table can have a sheet; [`TemplateError::Workbook`] when the writer refuses.
pub fn template(collection: &Collection) -> Result<Template, TemplateError> {
    let plan = plan::plan(collection);
    if plan.sheets.is_empty() {
        return Err(TemplateError::NoWorkbook { collection: collection.name.clone(), why: plan.left_out });
    }
    let mut lists = lists::Lists::default();
    let mut pages = vec![instructions::page(collection, &plan.sheets)?];
    for sheet in &plan.sheets {
        for name in &sheet.names {
            pages.push(page::page(name, sheet, &mut lists)?);
        }
    }
    pages.extend(lists.page()?);
    let file_names = plan::file_names(&plan.sheets);
    Ok(Template {
        bytes: xlsx::bytes(pages)?,
        sheets: plan.sheets.into_iter().flat_map(|sheet: Sheet<'_>| sheet.names).collect(),
        file_names,
        left_out: plan.left_out,
    })
}
