//! Rows compared as bags: their order says nothing, their number does.

use std::collections::BTreeMap;

/// A row as text.
type BagRow = Vec<String>;

/// The rows that differ, in order, each with how many times more it was found than wanted (negative: fewer).
///
/// ```
/// use sendmart::model::difference;
/// let row = |text: &str| vec![text.to_owned()];
/// let found = difference(vec![row("a"), row("b")], vec![row("b"), row("b")]);
/// assert_eq!(found.into_iter().collect::<Vec<_>>(), [(row("a"), -1), (row("b"), 1)]);
/// ```
#[must_use]
pub fn difference(wanted: Vec<BagRow>, found: Vec<BagRow>) -> BTreeMap<BagRow, i64> {
    let mut balance: BTreeMap<BagRow, i64> = BTreeMap::new();
    for (rows, weight) in [(wanted, -1), (found, 1)] {
        for row in rows {
            *balance.entry(row).or_insert(0) += weight;
        }
    }
    balance.retain(|_, count| *count != 0);
    balance
}
