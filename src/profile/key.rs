//! Which columns tell the rows of a table apart.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// The most cells of which hashes are kept.
pub(super) const MOST_HASHES: usize = 4_000_000;

/// Takes a hash for its own hash.
#[derive(Debug, Default, Clone)]
pub(super) struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// A set of hashes.
pub(super) type HashesSeen = HashSet<u64, BuildHasherDefault<AsIs>>;

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

    fn row(&self, row: usize) -> &[u64] {
        &self.cells[row * self.width..(row + 1) * self.width]
    }

    /// Whether these columns tell all rows apart. It ends at the first row that is like an earlier one.
    fn tells_apart(&self, columns: &[usize]) -> bool {
        let mut seen = HashesSeen::default();
        (0..self.rows()).all(|row| seen.insert(of(self.row(row), columns)))
    }

    /// How many different rows there are in these columns.
    pub(super) fn kinds(&self, columns: &[usize]) -> usize {
        (0..self.rows()).map(|row| of(self.row(row), columns)).collect::<HashesSeen>().len()
    }

    /// The rows of each group by what they hold in one more column; those that stand alone are left out.
    fn split(&self, groups: &[Vec<usize>], column: usize) -> Vec<Vec<usize>> {
        let mut split = Vec::new();
        for group in groups {
            let mut places: HashMap<u64, usize, BuildHasherDefault<AsIs>> = HashMap::default();
            let from = split.len();
            for row in group {
                let next = split.len();
                let place = *places.entry(self.row(*row)[column]).or_insert(next);
                if place == next {
                    split.push(Vec::new());
                }
                split[place].push(*row);
            }
            let mut place = from;
            while place < split.len() {
                if split[place].len() < 2 {
                    split.swap_remove(place);
                } else {
                    place += 1;
                }
            }
        }
        split
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
/// order in which they are wanted in a key. Each column is looked at for those rows alone that those before it left alike.
pub(super) fn candidates(hashes: &Hashes, ordered: &[usize]) -> Vec<Vec<usize>> {
    if hashes.rows() == 0 {
        return Vec::new();
    }
    let is_filled = |column: usize| (0..hashes.rows()).all(|row| hashes.row(row)[column] != 0);
    let singles: Vec<Vec<usize>> = ordered
        .iter()
        .filter(|column| hashes.tells_apart(&[**column]) && is_filled(**column))
        .map(|column| vec![*column])
        .take(4)
        .collect();
    if !singles.is_empty() {
        return singles;
    }
    let mut chosen: Vec<usize> = Vec::new();
    // Rows that nothing tells apart yet.
    let mut alike: Vec<Vec<usize>> = vec![(0..hashes.rows()).collect()];
    let repeats = |groups: &[Vec<usize>]| groups.iter().map(|group| group.len() - 1).sum::<usize>();
    for column in ordered {
        let split = hashes.split(&alike, *column);
        if repeats(&split) == repeats(&alike) {
            continue;
        }
        chosen.push(*column);
        alike = split;
        if alike.is_empty() {
            break;
        }
    }
    if !alike.is_empty() {
        return Vec::new();
    }
    let mut at = 0;
    while at < chosen.len() {
        let mut fewer = chosen.clone();
        fewer.remove(at);
        if !fewer.is_empty() && hashes.tells_apart(&fewer) {
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
