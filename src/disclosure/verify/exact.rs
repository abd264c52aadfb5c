//! Exactly, over the rationals, where the system is small enough.

use num_rational::BigRational;
use num_traits::{One, Zero};

use super::Attack;

/// How many unknowns a system has at most that is done over the rationals.
pub(super) const MOST: usize = 60;

/// The places of counts of which the echelon form has a row of their own.
pub(super) fn determined(attack: &Attack) -> Vec<usize> {
    let width = attack.counts.len();
    let mut rows: Vec<Vec<BigRational>> = Vec::new();
    for (terms, _) in &attack.sums {
        let mut row = vec![BigRational::zero(); width];
        for (at, times) in terms {
            row[*at] += BigRational::from_integer((*times).into());
        }
        rows.push(row);
    }
    let mut done = 0;
    for column in 0..width {
        let Some(found) = (done..rows.len()).find(|row| !rows[*row][column].is_zero()) else { continue };
        rows.swap(done, found);
        let scale = BigRational::one() / rows[done][column].clone();
        for value in &mut rows[done] {
            *value *= scale.clone();
        }
        let source = rows[done].clone();
        for (_, row) in rows.iter_mut().enumerate().filter(|(at, _)| *at != done) {
            let times = row[column].clone();
            if times.is_zero() {
                continue;
            }
            for (value, from) in row.iter_mut().zip(&source).filter(|(_, from)| !from.is_zero()) {
                *value -= from * &times;
            }
        }
        done += 1;
    }
    let single = |row: &Vec<BigRational>| {
        let mut entries = row.iter().enumerate().filter(|(_, value)| !value.is_zero());
        entries.next().filter(|_| entries.next().is_none()).map(|(at, _)| at)
    };
    rows[..done].iter().filter_map(single).collect()
}
