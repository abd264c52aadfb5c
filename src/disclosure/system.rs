//! Everything that is printed as one system: columns that are counts and inner cells, and sums over them that are nought.
//!
//! These are the data that the protector and the verifier share; neither calls code of the other.

use std::collections::{BTreeMap, BTreeSet};

use super::possible::possible;
use super::problem::ReleaseProblem;
use super::release::{CountKey, FigureShape, InnerCell, PersonCount, PrintedRelease};
use crate::definitions::{DisclosurePolicy, WhoIsCounted};

/// What a column of the system stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CountRole {
    /// A count that a figure gives away when it is shown.
    Printed,
    /// A count of an earlier pack that was shown: nothing can take it back.
    ShownBefore,
    /// A count of an earlier pack that was not shown.
    HiddenBefore,
    /// Never printed: what parts lack of a whole, what changed between two packs, a total that nobody asked for.
    Unprinted,
    /// Rows that are counted in the same counts.
    Inner,
}

/// One unknown of the system, with what is true of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SystemColumn {
    /// What it is, in words that name no person.
    pub name: String,
    /// What it stands for.
    pub role: CountRole,
    /// Its true value.
    pub value: i64,
    /// Whether it must not be found out for its own sake: few persons are behind it.
    pub is_primary: bool,
    /// The lowest value that an outsider can think of while it is not shown.
    pub floor: i64,
}

/// The release as one system of linear equations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LinkedSystem {
    /// Its unknowns.
    pub columns: Vec<SystemColumn>,
    /// Sums that are nought: column and coefficient, by column.
    pub sums: Vec<Vec<(usize, i64)>>,
    /// How many of the sums anyone can write down who has the pages; those after them are known from the rows alone.
    pub public_sums: usize,
    /// Where each count is.
    pub position: BTreeMap<CountKey, usize>,
}

/// A count while the system is laid out.
struct Laid {
    counted: PersonCount,
    role: CountRole,
}

/// Lays out the system of a release.
///
/// # Errors
/// [`ReleaseProblem`] where the release does not hang together.
pub fn lay_out(release: &PrintedRelease, policy: &DisclosurePolicy) -> Result<LinkedSystem, ReleaseProblem> {
    lay_out_with(release, policy, Unchanged::Guessed)
}

/// What an outsider makes of a count that two packs hide, and that is the same in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unchanged {
    /// He guesses that nothing changed.
    Guessed,
    /// He sees two marks, and knows no more.
    Unknown,
}

/// As [`lay_out`], with what an outsider makes of what is hidden twice.
pub(super) fn lay_out_with(
    release: &PrintedRelease,
    policy: &DisclosurePolicy,
    unchanged: Unchanged,
) -> Result<LinkedSystem, ReleaseProblem> {
    check(release)?;
    let printed: BTreeSet<&CountKey> = release.figures.iter().flat_map(|figure| figure.shape.counts()).collect();
    let role = |key: &CountKey| match release.earlier.get(key) {
        Some(true) => CountRole::ShownBefore,
        Some(false) => CountRole::HiddenBefore,
        None if printed.contains(key) => CountRole::Printed,
        None => CountRole::Unprinted,
    };
    let mut laid: BTreeMap<CountKey, Laid> = BTreeMap::new();
    for (key, counted) in &release.counts {
        laid.insert(key.clone(), Laid { counted: *counted, role: role(key) });
    }
    add_wholes(release, &mut laid);
    let mut system = LinkedSystem::default();
    for (key, one) in &laid {
        system.position.insert(key.clone(), system.columns.len());
        let is_primary = is_small(one.counted.persons, one.counted.who, policy)
            || (one.counted.persons == 0
                && policy.protects(one.counted.who)
                && !policy.are_zeros_shown
                && one.role == CountRole::Printed);
        system.columns.push(SystemColumn {
            name: key.to_string(),
            role: one.role,
            value: one.counted.value,
            is_primary,
            floor: 0,
        });
    }
    add_parts(release, &laid, policy, &mut system);
    add_shares(release, policy, &mut system);
    add_earlier(release, policy, unchanged, &mut system);
    system.public_sums = system.sums.len();
    add_rows(release, &mut system)?;
    for column in &mut system.columns {
        // Where a nought is shown, what is not shown is at least one.
        let can_be_seen = !matches!(column.role, CountRole::Unprinted | CountRole::Inner);
        column.floor = i64::from(can_be_seen && policy.are_zeros_shown && column.value > 0);
    }
    Ok(system)
}

fn check(release: &PrintedRelease) -> Result<(), ReleaseProblem> {
    let mut ids = BTreeSet::new();
    for figure in &release.figures {
        if !ids.insert(&figure.id) {
            return Err(ReleaseProblem::TwoFigures { figure: figure.id.clone() });
        }
        for key in figure.shape.counts() {
            if !release.counts.contains_key(key) {
                let count = Box::new(key.clone());
                return Err(ReleaseProblem::UnknownCount { figure: figure.id.clone(), count });
            }
        }
    }
    for (key, counted) in &release.counts {
        if counted.value < 0 || counted.persons < 0 {
            return Err(ReleaseProblem::Negative { count: Box::new(key.clone()), value: counted.value });
        }
    }
    Ok(())
}

/// Whether so few persons are behind it that it is protected for its own sake.
fn is_small(persons: i64, who: WhoIsCounted, policy: &DisclosurePolicy) -> bool {
    policy.protects(who) && (1..policy.threshold).contains(&persons)
}

/// The parts of a category; of a blank one, of the whole.
fn parts_of(release: &PrintedRelease) -> BTreeMap<(&str, &str), Vec<&str>> {
    let mut parts: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for (dimension, categories) in &release.parents {
        for (category, parent) in categories {
            parts.entry((dimension, parent)).or_default().push(category);
        }
    }
    parts
}

/// Totals that nobody prints and anybody can reckon from all their parts: tables are linked by them.
fn add_wholes(release: &PrintedRelease, laid: &mut BTreeMap<CountKey, Laid>) {
    let parts = parts_of(release);
    loop {
        let mut found: BTreeMap<CountKey, Laid> = BTreeMap::new();
        for key in laid.keys() {
            for (dimension, category) in &key.coordinates {
                let parent = release.parents.get(dimension).and_then(|categories| categories.get(category));
                let Some(parent) = parent else { continue };
                let whole = key.with(dimension, parent);
                if laid.contains_key(&whole) || found.contains_key(&whole) {
                    continue;
                }
                let Some(children) = parts.get(&(dimension.as_str(), parent.as_str())) else { continue };
                let values: Option<Vec<i64>> =
                    children.iter().map(|child| Some(laid.get(&key.with(dimension, child))?.counted.value)).collect();
                let who = laid[key].counted.who;
                if let Some(values) = values {
                    let value = values.iter().sum();
                    // Nobody counted its persons: at most as many as it counts.
                    let counted = PersonCount { value, persons: value, who };
                    found.insert(whole, Laid { counted, role: CountRole::Unprinted });
                }
            }
        }
        if found.is_empty() {
            return;
        }
        laid.extend(found);
    }
}

/// Each whole is its parts, and what they lack or have twice.
fn add_parts(
    release: &PrintedRelease,
    laid: &BTreeMap<CountKey, Laid>,
    policy: &DisclosurePolicy,
    system: &mut LinkedSystem,
) {
    let parts = parts_of(release);
    for (whole, one) in laid {
        for dimension in release.parents.keys() {
            let category = whole.coordinates.get(dimension).map_or("", String::as_str);
            let Some(children) = parts.get(&(dimension.as_str(), category)) else { continue };
            let present: Vec<usize> = children
                .iter()
                .filter_map(|child| system.position.get(&whole.with(dimension, child)).copied())
                .collect();
            if present.is_empty() {
                continue;
            }
            let sum: i64 = present.iter().map(|at| system.columns[*at].value).sum();
            let rest = one.counted.value - sum;
            let mut terms = vec![(system.position[whole], 1)];
            terms.extend(present.into_iter().map(|at| (at, -1)));
            if rest != 0 {
                let said = if rest > 0 { "what is left of" } else { "what is twice in" };
                let name = format!("{said} {whole} by {dimension}");
                let is_primary = rest > 0 && is_small(rest, one.counted.who, policy);
                terms.push((system.columns.len(), -rest.signum()));
                system.columns.push(unprinted(name, rest.abs(), is_primary));
            }
            push_sum(system, terms);
        }
    }
}

fn unprinted(name: String, value: i64, is_primary: bool) -> SystemColumn {
    SystemColumn { name, role: CountRole::Unprinted, value, is_primary, floor: 0 }
}

/// Each count stands in a sum once: of a share of all, numerator and denominator may be one.
fn push_sum(system: &mut LinkedSystem, terms: Vec<(usize, i64)>) {
    let mut summed: BTreeMap<usize, i64> = BTreeMap::new();
    for (at, times) in terms {
        *summed.entry(at).or_default() += times;
    }
    system.sums.push(summed.into_iter().filter(|(_, times)| *times != 0).collect());
}

/// A share tells of those whom it leaves out as well: 98 of 100 are two who were not.
fn add_shares(release: &PrintedRelease, policy: &DisclosurePolicy, system: &mut LinkedSystem) {
    let mut known = BTreeSet::new();
    for figure in &release.figures {
        let FigureShape::Share { numerator, denominator, is_part: true } = &figure.shape else { continue };
        if !known.insert((numerator, denominator)) {
            continue;
        }
        let (above, below) = (system.position[numerator], system.position[denominator]);
        let outside = system.columns[below].value - system.columns[above].value;
        if outside < 0 {
            continue;
        }
        let is_all_or_none = outside == 0 || system.columns[above].value == 0;
        let Some(PersonCount { persons, who, .. }) = release.counts.get(denominator).copied() else { continue };
        if is_all_or_none && policy.protects(who) && (1..policy.class_floor).contains(&persons) {
            system.columns[above].is_primary = true;
        }
        if !policy.has_complements {
            continue;
        }
        let mut terms = vec![(below, 1), (above, -1)];
        let is_primary = is_small(outside, who, policy);
        terms.push((system.columns.len(), -1));
        system.columns.push(unprinted(format!("those of {denominator} not in {numerator}"), outside, is_primary));
        push_sum(system, terms);
    }
}

/// What two packs told of the same differs by what changed between them.
fn add_earlier(release: &PrintedRelease, policy: &DisclosurePolicy, unchanged: Unchanged, system: &mut LinkedSystem) {
    let mut tellings: BTreeMap<CountKey, Vec<&CountKey>> = BTreeMap::new();
    for key in release.counts.keys() {
        tellings.entry(key.as_told_now()).or_default().push(key);
    }
    let mut rows: RowsOf<'_> = BTreeMap::new();
    for (number, cell) in release.cells.iter().enumerate().filter(|_| !release.earlier.is_empty()) {
        for key in &cell.of {
            rows.entry(key).or_default().insert(number);
        }
    }
    for keys in tellings.into_values() {
        for (index, one) in keys.iter().enumerate() {
            for other in &keys[index + 1..] {
                add_change(release, &rows, (policy, unchanged), system, (one, other));
            }
        }
    }
}

/// By count, the places of its cells.
type RowsOf<'r> = BTreeMap<&'r CountKey, BTreeSet<usize>>;

/// `one` may be the count at hand; `other` is of an earlier pack.
fn add_change(
    release: &PrintedRelease,
    rows: &RowsOf<'_>,
    (policy, unchanged): (&DisclosurePolicy, Unchanged),
    system: &mut LinkedSystem,
    (one, other): (&CountKey, &CountKey),
) {
    let (now, before) = (system.position[one], system.position[other]);
    let is_hidden = release.earlier.get(other) == Some(&false);
    let Some(PersonCount { persons, who, .. }) = release.counts.get(one).copied() else { return };
    // Hidden once, shown when it is clearly large: not as soon as it passes the threshold.
    if one.told_in.is_empty()
        && is_hidden
        && policy.protects(who)
        && (1..policy.threshold + policy.hysteresis).contains(&persons)
    {
        system.columns[now].is_primary = true;
    }
    let (joined, left) = if release.cells.is_empty() {
        let change = system.columns[now].value - system.columns[before].value;
        (change.max(0), (-change).max(0))
    } else {
        let none = BTreeSet::new();
        let of = |key: &CountKey| rows.get(key).unwrap_or(&none);
        let rows_in = |with: &CountKey, without: &CountKey| {
            of(with).difference(of(without)).map(|number| release.cells[*number].value).sum::<i64>()
        };
        (rows_in(one, other), rows_in(other, one))
    };
    let mut terms = vec![(now, 1), (before, -1)];
    // Told again: whoever sees both sees that nothing changed, and whoever sees the earlier one alone cannot know.
    let is_told_again = release.cells.is_empty() && joined + left == 0;
    let is_shown_before = system.columns[before].role == CountRole::ShownBefore;
    let is_doubtful = is_told_again && !is_shown_before && unchanged == Unchanged::Unknown;
    // What is hidden and has not changed stays hidden, whatever he makes of it.
    if is_doubtful && one.told_in.is_empty() && system.columns[now].value > 0 {
        system.columns[now].is_primary = true;
    }
    let may_change = is_told_again && (is_shown_before || is_doubtful);
    for (change, sign, said) in [(joined, -1, "not in"), (left, 1, "no longer in")] {
        if change > 0 || (may_change && sign < 0) || is_doubtful {
            let is_primary = policy.has_differences && is_small(change, who, policy);
            terms.push((system.columns.len(), sign));
            let name = format!("{said} {other}: {one}");
            system.columns.push(unprinted(name, change, is_primary));
        }
    }
    push_sum(system, terms);
}

/// Each count is the rows that are counted in it.
fn add_rows(release: &PrintedRelease, system: &mut LinkedSystem) -> Result<(), ReleaseProblem> {
    if release.cells.is_empty() {
        return Ok(());
    }
    let mut of: BTreeMap<usize, Vec<(usize, i64)>> = BTreeMap::new();
    let mut merged: BTreeMap<Vec<usize>, i64> = BTreeMap::new();
    let possible = possible(release, &|key| {
        system.columns[system.position[key]].is_primary || release.earlier.get(key) == Some(&false)
    });
    for InnerCell { of, value } in release.cells.iter().chain(&possible) {
        let mut at: Vec<usize> = of.iter().filter_map(|key| system.position.get(key).copied()).collect();
        at.sort_unstable();
        at.dedup();
        *merged.entry(at).or_default() += value;
    }
    let mut cells_in: BTreeMap<usize, usize> = BTreeMap::new();
    for count in merged.keys().flatten() {
        *cells_in.entry(*count).or_default() += 1;
    }
    let mut sums: BTreeMap<usize, i64> = BTreeMap::new();
    for (number, (at, value)) in merged.into_iter().enumerate() {
        // A count that is one cell is that cell.
        let alone = at.iter().copied().find(|count| cells_in[count] == 1);
        let column = alone.unwrap_or(system.columns.len());
        if alone.is_none() {
            let name = format!("rows {}", number + 1);
            system.columns.push(SystemColumn { name, role: CountRole::Inner, value, is_primary: false, floor: 0 });
        }
        for count in at {
            of.entry(count).or_default().push((column, -1));
            *sums.entry(count).or_default() += value;
        }
    }
    for terms in of.values_mut() {
        terms.sort_unstable();
    }
    let divided = divided(system, &of);
    for (key, &at) in &system.position.clone() {
        if !release.counts.contains_key(key) {
            continue;
        }
        let rows = sums.get(&at).copied().unwrap_or(0);
        if rows != system.columns[at].value {
            let (count, value) = (Box::new(key.clone()), system.columns[at].value);
            return Err(ReleaseProblem::DoesNotAddUp { count, value, rows });
        }
        if !divided.contains(&at) {
            let mut terms = of.get(&at).cloned().unwrap_or_default();
            if terms == [(at, -1)] {
                continue;
            }
            terms.push((at, 1));
            push_sum(system, terms);
        }
    }
    Ok(())
}

/// Counts that are all their parts, row by row: what the rows say of them follows from what they say of the parts.
fn divided(system: &LinkedSystem, of: &BTreeMap<usize, Vec<(usize, i64)>>) -> BTreeSet<usize> {
    let cells = |at: usize| of.get(&at).map_or(&[][..], Vec::as_slice);
    let mut divided = BTreeSet::new();
    for terms in &system.sums {
        let Some((whole, _)) = terms.iter().find(|(_, times)| *times == 1) else { continue };
        let mut parts: Vec<(usize, i64)> =
            terms.iter().filter(|(_, times)| *times == -1).flat_map(|(at, _)| cells(*at).iter().copied()).collect();
        parts.sort_unstable();
        if terms.iter().filter(|(_, times)| *times == 1).count() == 1 && terms.len() > 2 && parts == cells(*whole) {
            divided.insert(*whole);
        }
    }
    divided
}
