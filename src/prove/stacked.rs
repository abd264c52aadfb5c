//! Several tables on one sheet, one below the other: each found by its title.
//!
//! Every row of such a sheet belongs to exactly one table: from its title to the row before the next title, and what stands
//! above the first title to the first table. So the books of the tables add up to the rows of the sheet.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::candidate::asks_about;
use crate::definitions::Layout;
use crate::read::{Block, ReadError, Rows, fold};

/// A title that was found on a sheet.
pub(super) struct Title {
    /// Its row, 1-based.
    pub(super) row: u32,
    /// Its text.
    pub(super) text: String,
    /// The layouts whose title it is.
    pub(super) layouts: Vec<Arc<Layout>>,
    /// The rows below it, as many as a header is looked for in.
    pub(super) below: Block,
}

/// Finds the titles of `layouts` on a sheet, from its first row to its last.
///
/// # Errors
/// As for [`Rows::stream`].
pub(super) fn titles(rows: &mut Rows, sheet: &str, layouts: &[&Arc<Layout>]) -> Result<Vec<Title>, ReadError> {
    let wanted = layouts.iter().map(|layout| (layout.header_within + layout.header_rows) as usize).max().unwrap_or(1);
    let mut found: Vec<Title> = Vec::new();
    let mut astray = None;
    rows.stream(Some(sheet), &mut |block| {
        if let Some((index, _)) = block.flaws.iter().find(|(_, flaw)| flaw.is_astray()) {
            astray = Some(block.rows[*index as usize].number);
            return ControlFlow::Break(());
        }
        for index in 0..block.rows.len() {
            let Some((_, text)) = block.first_filled(index) else { continue };
            let text = fold(&text);
            let titled = |layout: &&Arc<Layout>| layout.title.as_ref().is_some_and(|title| title.is_match(&text));
            let of: Vec<Arc<Layout>> = layouts.iter().copied().filter(titled).map(Arc::clone).collect();
            if !of.is_empty() {
                let below = Block { sheet: block.sheet.clone(), date_shift: block.date_shift, ..Block::default() };
                found.push(Title { row: block.rows[index].number, text, layouts: of, below });
            } else if let Some(open) = found.last_mut().filter(|open| open.below.rows.len() < wanted) {
                open.below.copy_row(&block, index);
            }
        }
        ControlFlow::Continue(())
    })?;
    if let Some(row) = astray {
        return Err(ReadError::content(
            "read::row_order",
            format!("sheet `{sheet}`: row {row} stands twice or out of order in the file, so its table cannot be told"),
            "open the workbook in Excel and save it again",
        ));
    }
    if layouts.iter().any(|layout| asks_about(layout)) {
        let about = Arc::new(rows.about(sheet)?);
        for title in &mut found {
            title.below.around = Some(Arc::clone(&about));
        }
    }
    Ok(found)
}

/// First and last row, 1-based and inclusive, of the table under each title.
pub(super) fn regions(titles: &[Title]) -> Vec<(u32, u32)> {
    titles
        .iter()
        .enumerate()
        .map(|(index, title)| {
            let first = if index == 0 { 1 } else { title.row };
            (first, titles.get(index + 1).map_or(u32::MAX, |next| next.row - 1))
        })
        .collect()
}
