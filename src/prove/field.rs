//! Values that stand once on a sheet, beside, below or within a label: the head of a form, the year above a table.

use std::collections::BTreeMap;

use crate::definitions::{Field, FieldWhere, Layout};
use crate::model::fits;
use crate::read::{Block, Cell, fold};

/// A value that was found, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldFound {
    /// The cell. A text is in `text`, and points nowhere.
    pub cell: Cell,
    /// Its text as a person sees it, white space made one space.
    pub text: String,
    /// Its row, 1-based.
    pub row: u32,
    /// Its column, 0-based.
    pub column: u32,
}

/// Looks for the fields of a layout in the first rows. Gives those that were found, and the columns of the others that have
/// to be there. A label whose value is blank is found, with no text.
pub(super) fn fields(layout: &Layout, first: &Block) -> (BTreeMap<String, FieldFound>, Vec<String>) {
    let mut found = BTreeMap::new();
    let mut missing = Vec::new();
    for (name, field) in &layout.fields {
        match field_in(field, first) {
            Some(value) => {
                found.insert(name.clone(), value);
            }
            None if layout.columns.get(name).is_some_and(|arrival| arrival.optional) => {}
            None => missing.push(name.clone()),
        }
    }
    (found, missing)
}

fn field_in(field: &Field, block: &Block) -> Option<FieldFound> {
    for (index, row) in block.rows.iter().enumerate() {
        if row.number > field.within {
            break;
        }
        for (column, cell) in block.row(index).iter().enumerate() {
            let Cell::Text(start, length) = *cell else { continue };
            let text = fold(block.slice(start, length));
            let Some(groups) = field.label.captures(&text) else { continue };
            let place = |index: usize, column: usize| {
                let column = fits(column);
                let row = block.rows[index];
                let cell = block.cell(row, column);
                let text = fold(&block.shown(cell));
                let cell = match cell {
                    Cell::Text(..) | Cell::Padded(..) => Cell::Text(0, 0),
                    Cell::Error(..) => Cell::Error(0, 0),
                    Cell::Flawed(flaw, ..) => Cell::Flawed(flaw, 0, 0),
                    other => other,
                };
                FieldFound { cell, text, row: row.number, column }
            };
            return Some(match field.place {
                FieldWhere::Same => {
                    let text = groups.get(1).map_or("", |group| group.as_str()).trim().to_owned();
                    FieldFound { text, ..place(index, column) }
                }
                FieldWhere::Right => (column + 1..row.cells as usize)
                    .map(|column| place(index, column))
                    .find(|found| found.cell == Cell::NoValue || !found.text.is_empty())
                    .unwrap_or_else(|| place(index, column + 1)),
                FieldWhere::Below => {
                    let below = block.rows.get(index + 1).filter(|below| below.number == row.number + 1);
                    match below {
                        Some(_) => place(index + 1, column),
                        None => {
                            let (cell, text) = (Cell::Blank, String::new());
                            FieldFound { cell, text, row: row.number + 1, ..place(index, column) }
                        }
                    }
                }
            });
        }
    }
    None
}
