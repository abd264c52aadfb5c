//! Which columns tell the rows of a table apart.

use std::collections::HashSet;

/// The most cells of which hashes are kept.
pub(super) const MOST_HASHES: usize = 4_000_000;

/// The hashes of the cells of some rows.
#[derive(Debug, Default)]
pub(super) struct Hashes {
    pub(super) width: usize,
    pub(super) cells: Vec<u64>,
    /// Whether rows are left out.
    pub(super) is_cut: bool,
}

impl Hashes {
    pub(super) fn rows(&self) -> usize {
        self.cells.len().checked_div(self.width).unwrap_or(0)
    }

    /// Rows that are like an earlier one in these columns.
    pub(super) fn repeats(&self, columns: &[usize]) -> usize {
        let mut seen = HashSet::with_capacity(self.rows());
        self.cells.chunks_exact(self.width.max(1)).filter(|row| !seen.insert(of(row, columns))).count()
    }
}

/// One row in these columns.
pub(super) fn of(row: &[u64], columns: &[usize]) -> u64 {
    columns.iter().fold(0xcbf2_9ce4_8422_2325, |hash, column| {
        (hash.rotate_left(5) ^ row.get(*column).copied().unwrap_or(0)).wrapping_mul(0x0100_0000_01b3).rotate_left(23)
            ^ (*column as u64)
    })
}

/// Keys, the simplest first: single columns, else the fewest of `ordered` that tell all rows apart. Columns come in the
/// order in which they are wanted in a key.
pub(super) fn candidates(hashes: &Hashes, ordered: &[usize]) -> Vec<Vec<usize>> {
    if hashes.rows() == 0 {
        return Vec::new();
    }
    let singles: Vec<Vec<usize>> = ordered
        .iter()
        .filter(|column| {
            hashes.cells.chunks_exact(hashes.width).all(|row| row[**column] != 0) && hashes.repeats(&[**column]) == 0
        })
        .map(|column| vec![*column])
        .take(4)
        .collect();
    if !singles.is_empty() {
        return singles;
    }
    let mut chosen: Vec<usize> = Vec::new();
    let mut repeats = hashes.rows();
    for column in ordered {
        chosen.push(*column);
        let now = hashes.repeats(&chosen);
        if now == repeats {
            chosen.pop();
            continue;
        }
        repeats = now;
        if repeats == 0 {
            break;
        }
    }
    if repeats > 0 {
        return Vec::new();
    }
    let mut at = 0;
    while at < chosen.len() {
        let mut fewer = chosen.clone();
        fewer.remove(at);
        if !fewer.is_empty() && hashes.repeats(&fewer) == 0 {
            chosen = fewer;
        } else {
            at += 1;
        }
    }
    vec![chosen]
}

#[cfg(test)]
mod tests {
    use super::{Hashes, candidates};

    #[test]
    fn the_key_is_the_fewest_columns_that_tell_rows_apart() {
        let hashes = Hashes { width: 3, cells: vec![1, 1, 9, 1, 2, 9, 2, 1, 9, 2, 2, 9], is_cut: false };
        assert_eq!(candidates(&hashes, &[2, 0, 1]), [[0, 1]]);
        let single = Hashes { width: 2, cells: vec![1, 5, 1, 6], is_cut: false };
        assert_eq!(candidates(&single, &[0, 1]), [[1]]);
        let twice = Hashes { width: 1, cells: vec![4, 4], is_cut: false };
        assert!(candidates(&twice, &[0]).is_empty());
    }
}
