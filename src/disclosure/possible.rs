//! Rows that nobody has and anybody can think of: where a nought, or all of a share, is hidden, it might be otherwise.
//!
//! Whoever protects knows which rows there are. Without these, a hidden nought would be a count of no rows, which is nought.

use std::collections::{BTreeMap, BTreeSet};

use super::release::{CountKey, FigureShape, InnerCell, PrintedRelease};

/// Kinds of rows that are turned into others for one count.
const MOST: usize = 5;

/// The kinds of rows that there might be, for the hidden noughts and hidden wholes of a release.
pub(super) fn possible(release: &PrintedRelease, is_hidden: &dyn Fn(&CountKey) -> bool) -> Vec<InnerCell> {
    let mut cells = Vec::new();
    let mut known: BTreeSet<&CountKey> = BTreeSet::new();
    let value = |key: &CountKey| release.counts.get(key).map_or(0, |counted| counted.value);
    for figure in &release.figures {
        let FigureShape::Share { numerator, denominator, is_part: true } = &figure.shape else { continue };
        let tellings: Vec<(&CountKey, &CountKey)> = (release.counts.keys())
            .filter(|key| key.as_told_now() == numerator.as_told_now() && is_hidden(key))
            .filter_map(|above| {
                let below = CountKey { told_in: above.told_in.clone(), ..denominator.clone() };
                release.counts.get_key_value(&below).map(|(below, _)| (above, below))
            })
            .collect();
        for (above, below) in tellings {
            if value(above) == 0 {
                // One of those in the denominator might be in the numerator, whoever tells it.
                known.insert(above);
                for cell in release.cells.iter().filter(|cell| cell.of.contains(below)).take(MOST) {
                    let mut of = cell.of.clone();
                    for told in cell.of.iter().filter(|key| key.as_told_now() == below.as_told_now()) {
                        let mut at = leaf(release, cell, told);
                        at.measure.clone_from(&above.measure);
                        of.extend(within(release, &at).cloned());
                    }
                    cells.push(of);
                }
            }
            if value(above) == value(below) {
                // One of those in the numerator might not be.
                for cell in release.cells.iter().filter(|cell| cell.of.contains(above)).take(MOST) {
                    let is_above = |key: &CountKey| key.measure == above.measure && key.period == above.period;
                    cells.push(cell.of.iter().filter(|key| !is_above(key)).cloned().collect());
                }
            }
        }
    }
    for key in release.counts.keys().filter(|key| value(key) == 0 && is_hidden(key) && !known.contains(*key)) {
        // A row of another kind might be of this one.
        for cell in release.cells.iter().filter(|cell| cell.of.iter().any(|other| is_of_one(other, key))).take(MOST) {
            let mut at = leaf(release, cell, key);
            at.coordinates.extend(key.coordinates.clone());
            cells.push(within(release, &at).cloned().collect());
        }
    }
    let of: BTreeSet<BTreeSet<CountKey>> =
        cells.into_iter().map(|of: Vec<CountKey>| of.into_iter().collect()).collect();
    let of = of.into_iter().filter(|of| !of.is_empty());
    of.map(|of| InnerCell { of: of.into_iter().collect(), value: 0 }).collect()
}

/// Whether two counts count the same thing of the same period, as the same pack tells it.
fn is_of_one(key: &CountKey, other: &CountKey) -> bool {
    key.told_in == other.told_in && key.measure == other.measure && key.period == other.period
}

/// The narrowest coordinates of the rows of a cell, as the counts of one thing tell them.
fn leaf(release: &PrintedRelease, cell: &InnerCell, thing: &CountKey) -> CountKey {
    let mut leaf = CountKey { coordinates: BTreeMap::new(), ..thing.clone() };
    for key in cell.of.iter().filter(|key| is_of_one(key, thing)) {
        for (dimension, category) in &key.coordinates {
            let is_narrower = leaf
                .coordinates
                .get(dimension)
                .is_none_or(|known| chain(release, dimension, category).any(|wider| wider == known.as_str()));
            if is_narrower {
                leaf.coordinates.insert(dimension.clone(), category.clone());
            }
        }
    }
    leaf
}

/// A category and those that it is part of. A tree that goes round in a ring ends where it has gone all the way.
fn chain<'r>(release: &'r PrintedRelease, dimension: &str, category: &'r str) -> impl Iterator<Item = &'r str> {
    let parents = release.parents.get(dimension);
    let next = move |at: &&'r str| parents.and_then(|parents| parents.get(*at)).map(String::as_str);
    std::iter::successors(Some(category), next).take(1 + parents.map_or(0, BTreeMap::len))
}

/// The counts of the same thing in which whoever has these coordinates is counted.
fn within<'r>(release: &'r PrintedRelease, at: &CountKey) -> impl Iterator<Item = &'r CountKey> {
    let at = at.clone();
    release.counts.keys().filter(move |wider| {
        is_of_one(wider, &at)
            && wider.coordinates.iter().all(|(dimension, wanted)| {
                let of = at.coordinates.get(dimension);
                of.is_some_and(|category| chain(release, dimension, category).any(|one| one == wanted.as_str()))
            })
    })
}
