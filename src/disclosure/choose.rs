//! Which counts are shown: those that are wanted most first, each unless it would give away one that is hidden.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::elimination::Echelon;
use super::system::{CountRole, LinkedSystem};

/// What is shown, and what cannot be helped.
#[derive(Debug, Clone, Default)]
pub(super) struct Showing {
    /// By column: whether everybody knows it.
    pub(super) is_shown: Vec<bool>,
    /// Columns that earlier packs, or what nobody hides, have given away already.
    pub(super) given_away: BTreeSet<usize>,
}

/// Whether a column must not be worked out from what is shown.
pub(super) fn is_guarded(system: &LinkedSystem, column: usize) -> bool {
    let of = &system.columns[column];
    match of.role {
        CountRole::HiddenBefore => true,
        CountRole::ShownBefore | CountRole::Inner => false,
        CountRole::Printed | CountRole::Unprinted => of.is_primary,
    }
}

/// The printed columns in the order in which they are wanted: noughts (which never hide anybody), then the fewest coordinates, the largest
/// value, the name.
pub(super) fn wanted(system: &LinkedSystem) -> Vec<usize> {
    let mut levels = vec![0; system.columns.len()];
    for (key, at) in &system.position {
        levels[*at] = key.coordinates.len();
    }
    let mut order: Vec<usize> = (0..system.columns.len()).collect();
    order.retain(|at| system.columns[*at].role == CountRole::Printed);
    order.sort_by_key(|at| {
        let column = &system.columns[*at];
        (column.value != 0, levels[*at], Reverse(column.value), *at)
    });
    order
}

/// Shows what can be shown without giving a guarded column away exactly.
pub(super) fn choose(system: &LinkedSystem) -> Showing {
    let count = system.columns.len();
    let wanted = wanted(system);
    // Pivots are best what is shown last.
    let mut rank = vec![usize::MAX; count];
    for (place, column) in wanted.iter().enumerate() {
        rank[*column] = place;
    }
    for (at, column) in system.columns.iter().enumerate() {
        if column.role == CountRole::ShownBefore {
            rank[at] = 0;
        } else if is_guarded(system, at) {
            rank[at] = count;
        }
    }
    let order = |column: usize| rank[column];
    let is_dropped = |column: usize| {
        matches!(system.columns[column].role, CountRole::Inner | CountRole::Unprinted) && !is_guarded(system, column)
    };
    let mut echelon = Echelon::new(count, &system.sums, is_dropped, order);
    let mut showing = Showing { is_shown: vec![false; count], given_away: BTreeSet::new() };
    for (at, column) in system.columns.iter().enumerate() {
        if column.role == CountRole::ShownBefore {
            echelon.show(at, order);
            showing.is_shown[at] = true;
        }
    }
    showing.given_away = echelon.determined().filter(|column| is_guarded(system, *column)).collect();
    let guarded = |column: usize| is_guarded(system, column) && !showing.given_away.contains(&column);
    for column in wanted {
        if !system.columns[column].is_primary && echelon.gives_away(column, &guarded).is_none() {
            echelon.show(column, order);
            showing.is_shown[column] = true;
        }
    }
    showing
}
