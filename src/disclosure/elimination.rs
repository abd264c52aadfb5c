//! Which hidden counts the shown ones give away, kept up to date while one count after another is shown.
//!
//! The sums of the system, over columns that are not shown, stand in reduced echelon form modulo a prime. A hidden column can be worked out
//! exactly if, and only if, its unit vector is a combination of them, which in this form is a row with no other entry.
//!
//! *Source*: Langsrud, “Secondary Cell Suppression by Gaussian Elimination: An Algorithm Suitable for Handling Issues with Zeros and
//! Singletons”, Privacy in Statistical Databases 2024, doi:10.1007/978-3-031-69651-0_6.

use std::collections::BTreeSet;

use super::field::{inverse, negated, of_integer, product, sum};

type FieldRow = Vec<(usize, u64)>;

/// The sums in reduced echelon form.
#[derive(Debug, Clone)]
pub(super) struct Echelon {
    rows: Vec<FieldRow>,
    /// The rows in which each column stands.
    rows_of: Vec<BTreeSet<usize>>,
    /// The row of which a column is the pivot.
    row_of_pivot: Vec<Option<usize>>,
    pivot_of: Vec<Option<usize>>,
}

impl Echelon {
    /// Reduces the sums. Columns that `is_dropped` names are unknown for ever and of no interest: they are eliminated first, with the sums
    /// that only define them. Of a row's columns the one that is shown last, by `order`, is its pivot where that costs nothing.
    pub(super) fn new(
        columns: usize,
        sums: &[Vec<(usize, i64)>],
        is_dropped: impl Fn(usize) -> bool,
        order: impl Fn(usize) -> usize,
    ) -> Self {
        let mut echelon = Self {
            rows: Vec::with_capacity(sums.len()),
            rows_of: vec![BTreeSet::new(); columns],
            row_of_pivot: vec![None; columns],
            pivot_of: Vec::new(),
        };
        for terms in sums {
            let row: FieldRow = terms.iter().map(|(column, times)| (*column, of_integer(*times))).collect();
            let number = echelon.rows.len();
            for (column, _) in &row {
                echelon.rows_of[*column].insert(number);
            }
            echelon.rows.push(row);
        }
        echelon.pivot_of = vec![None; echelon.rows.len()];
        echelon.drop_columns((0..columns).filter(|column| is_dropped(*column)).collect());
        echelon.reduce(order);
        echelon
    }

    /// Eliminates columns, those in fewest rows first, each with the shortest of its rows.
    fn drop_columns(&mut self, columns: Vec<usize>) {
        let mut waiting: BTreeSet<(usize, usize)> =
            columns.iter().map(|column| (self.rows_of[*column].len(), *column)).collect();
        while let Some((count, column)) = waiting.pop_first() {
            let now = self.rows_of[column].len();
            if now != count {
                waiting.insert((now, column));
                continue;
            }
            let shortest = self.rows_of[column].iter().copied().min_by_key(|row| (self.rows[*row].len(), *row));
            let Some(row) = shortest else { continue };
            self.clear_column(column, row);
            self.take_row(row);
        }
    }

    /// Gives every row a pivot that stands in no other.
    fn reduce(&mut self, order: impl Fn(usize) -> usize) {
        let mut waiting: BTreeSet<(usize, usize)> =
            self.rows.iter().enumerate().map(|(row, terms)| (terms.len(), row)).collect();
        while let Some((length, row)) = waiting.pop_first() {
            let now = self.rows[row].len();
            if now == 0 {
                continue;
            }
            if now > length {
                waiting.insert((now, row));
                continue;
            }
            let best = self.rows[row]
                .iter()
                .map(|(column, _)| *column)
                .min_by_key(|column| (self.rows_of[*column].len(), std::cmp::Reverse(order(*column)), *column));
            let Some(pivot) = best else { continue };
            self.make_pivot(row, pivot);
        }
    }

    fn make_pivot(&mut self, row: usize, pivot: usize) {
        let entry = self.entry(row, pivot);
        if entry != 1 {
            let scale = inverse(entry);
            for (_, value) in &mut self.rows[row] {
                *value = product(*value, scale);
            }
        }
        self.clear_column(pivot, row);
        self.row_of_pivot[pivot] = Some(row);
        self.pivot_of[row] = Some(pivot);
    }

    fn entry(&self, row: usize, column: usize) -> u64 {
        let terms = &self.rows[row];
        terms.binary_search_by_key(&column, |(at, _)| *at).map_or(0, |at| terms[at].1)
    }

    /// Takes a column out of all rows but one.
    fn clear_column(&mut self, column: usize, with: usize) {
        let scale = inverse(self.entry(with, column));
        let source = std::mem::take(&mut self.rows[with]);
        let others: Vec<usize> = self.rows_of[column].iter().copied().filter(|row| *row != with).collect();
        for row in others {
            let factor = negated(product(self.entry(row, column), scale));
            let old = std::mem::take(&mut self.rows[row]);
            let mut new = Vec::with_capacity(old.len() + source.len());
            let (mut left, mut right) = (old.iter().peekable(), source.iter().peekable());
            loop {
                match (left.peek().copied(), right.peek().copied()) {
                    (Some(&(at, value)), Some(&(other, _))) if at < other => {
                        new.push((at, value));
                        left.next();
                    }
                    (Some(&(at, value)), Some(&(other, more))) if at == other => {
                        let total = sum(value, product(more, factor));
                        if total == 0 {
                            self.rows_of[at].remove(&row);
                        } else {
                            new.push((at, total));
                        }
                        left.next();
                        right.next();
                    }
                    (_, Some(&(other, more))) => {
                        new.push((other, product(more, factor)));
                        self.rows_of[other].insert(row);
                        right.next();
                    }
                    (Some(&(at, value)), None) => {
                        new.push((at, value));
                        left.next();
                    }
                    (None, None) => break,
                }
            }
            self.rows[row] = new;
        }
        self.rows[with] = source;
    }

    /// Takes a row away.
    fn take_row(&mut self, row: usize) {
        for (column, _) in std::mem::take(&mut self.rows[row]) {
            self.rows_of[column].remove(&row);
        }
        if let Some(pivot) = self.pivot_of[row].take() {
            self.row_of_pivot[pivot] = None;
        }
    }

    /// The columns that can be worked out now.
    pub(super) fn determined(&self) -> impl Iterator<Item = usize> {
        self.rows.iter().filter(|row| row.len() == 1).map(|row| row[0].0)
    }

    /// What would be given away with a column: the first of the columns that are guarded, if any.
    pub(super) fn gives_away(&self, column: usize, is_guarded: &dyn Fn(usize) -> bool) -> Option<usize> {
        let Some(row) = self.row_of_pivot[column] else {
            // It leaves its rows: a row of it and a pivot is the pivot alone.
            let pairs = self.rows_of[column].iter().filter(|row| self.rows[**row].len() == 2);
            return pairs.filter_map(|row| self.pivot_of[*row]).find(|pivot| is_guarded(*pivot));
        };
        let others: Vec<(usize, u64)> = self.rows[row].iter().copied().filter(|(at, _)| *at != column).collect();
        match others.as_slice() {
            [] => None,
            [(only, _)] => {
                if is_guarded(*only) {
                    return Some(*only);
                }
                // And the rows that are a pivot and the one that is known now.
                let pairs = self.rows_of[*only].iter().filter(|at| **at != row && self.rows[**at].len() == 2);
                pairs.filter_map(|at| self.pivot_of[*at]).find(|pivot| is_guarded(*pivot))
            }
            many => {
                // What is left of its row is a known sum: a row that is a pivot and a multiple of that sum gives its pivot away.
                let rarest = many.iter().min_by_key(|(at, _)| (self.rows_of[*at].len(), *at))?;
                let mut suspects = self.rows_of[rarest.0].iter().copied().filter(|at| *at != row);
                suspects.find_map(|at| {
                    let pivot = self.pivot_of[at].filter(|pivot| is_guarded(*pivot))?;
                    if self.rows[at].len() != many.len() + 1 {
                        return None;
                    }
                    let times = product(self.entry(at, rarest.0), inverse(rarest.1));
                    let rest = self.rows[at].iter().filter(|(column, _)| *column != pivot);
                    let is_multiple =
                        rest.zip(many).all(|(one, other)| one.0 == other.0 && one.1 == product(other.1, times));
                    is_multiple.then_some(pivot)
                })
            }
        }
    }

    /// Shows a column: it is known from now on.
    pub(super) fn show(&mut self, column: usize, order: impl Fn(usize) -> usize) {
        if let Some(row) = self.row_of_pivot[column] {
            self.row_of_pivot[column] = None;
            self.pivot_of[row] = None;
            self.remove_entry(row, column);
            let next = self.rows[row]
                .iter()
                .map(|(at, _)| *at)
                .min_by_key(|at| (self.rows_of[*at].len(), std::cmp::Reverse(order(*at)), *at));
            if let Some(pivot) = next {
                self.make_pivot(row, pivot);
            }
            return;
        }
        let rows: Vec<usize> = self.rows_of[column].iter().copied().collect();
        for row in rows {
            self.remove_entry(row, column);
        }
    }

    fn remove_entry(&mut self, row: usize, column: usize) {
        if let Ok(at) = self.rows[row].binary_search_by_key(&column, |(at, _)| *at) {
            self.rows[row].remove(at);
        }
        self.rows_of[column].remove(&row);
    }
}
