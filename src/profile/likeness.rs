//! Whether a header is none, and its labels are the first row of data.

use std::collections::HashMap;

use crate::read::{Block, RowRef};

/// Rows that are compared with the header.
const MOST_ROWS: usize = 500;
/// Fewer rows tell nothing.
const FEWEST_ROWS: usize = 3;
/// The share of a column's cells that look as the label does.
const NEARLY_ALL: f64 = 0.9;
/// At most this share of the rows have values of their own where a column holds codes.
const FEW_VALUES: f64 = 0.34;

/// What the cells below each label have in common with it.
pub(super) struct DataLikeness<'l> {
    columns: Vec<ColumnSample<'l>>,
    rows: usize,
}

struct ColumnSample<'l> {
    label: &'l str,
    shape: String,
    cells: usize,
    /// Cells with digits where the label has digits, and letters where it has letters.
    of_its_shape: usize,
    /// Cells with a digit.
    with_digits: usize,
    values: HashMap<String, usize>,
}

impl<'l> DataLikeness<'l> {
    pub(super) fn new(labels: &'l [String]) -> Self {
        let column = |label: &'l String| ColumnSample {
            label,
            shape: shape(label),
            cells: 0,
            of_its_shape: 0,
            with_digits: 0,
            values: HashMap::new(),
        };
        Self { columns: labels.iter().map(column).collect(), rows: 0 }
    }

    /// Looks at one row of data.
    pub(super) fn look(&mut self, block: &Block, row: RowRef) {
        if self.rows == MOST_ROWS {
            return;
        }
        self.rows += 1;
        for (column, at) in self.columns.iter_mut().zip(0_u32..) {
            let text = block.shown(block.cell(row, at));
            let text = text.trim();
            if text.is_empty() {
                continue;
            }
            column.cells += 1;
            column.of_its_shape += usize::from(shape(text) == column.shape);
            column.with_digits += usize::from(text.bytes().any(|byte| byte.is_ascii_digit()));
            *column.values.entry(text.to_owned()).or_default() += 1;
        }
    }

    /// Whether some label is what a cell of its column would be, and none is what no cell of its column is: `S0, North, Yes` above
    /// `S1, South, No` is; `School, Area, Takes part` is not.
    pub(super) fn is_like_data(&self) -> bool {
        if self.rows < FEWEST_ROWS {
            return false;
        }
        let mut like = 0;
        for column in self.columns.iter().filter(|column| !column.label.is_empty() && column.cells >= FEWEST_ROWS) {
            let share = |count: usize| count as f64 / column.cells as f64;
            let has_digit = column.label.bytes().any(|byte| byte.is_ascii_digit());
            let is_a_value = column.values.contains_key(column.label);
            if is_a_value || (has_digit && share(column.of_its_shape) >= NEARLY_ALL) {
                like += 1;
            } else if !has_digit && share(column.with_digits) >= NEARLY_ALL || share(column.values.len()) <= FEW_VALUES
            {
                return false;
            }
        }
        like > 0
    }
}

/// A text with each digit as `0` and each letter as `a`.
fn shape(text: &str) -> String {
    text.chars()
        .map(|sign| match sign {
            _ if sign.is_numeric() => '0',
            _ if sign.is_alphabetic() => 'a',
            other => other,
        })
        .collect()
}
