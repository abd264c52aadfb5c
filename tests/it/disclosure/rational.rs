use std::collections::BTreeMap;

use num_rational::BigRational;
use num_traits::{One, Signed, Zero};
use sendmart::disclosure::{CountRole, DisclosureProof};

/// Most unknowns of a part that is done over the rationals.
const MOST: usize = 16;

type Number = BigRational;

fn whole(value: i64) -> Number {
    Number::from_integer(value.into())
}

/// Asserts of every hidden count of a small part that its interval is as wide as the policy asks for, by the simplex method with Bland's
/// rule over the rationals; gives how many there were.
pub(super) fn check(proof: &DisclosureProof, said: &str) -> usize {
    let mut checked = 0;
    for part in parts(proof) {
        if part.len() > MOST {
            continue;
        }
        let place: BTreeMap<usize, usize> = part.iter().enumerate().map(|(place, at)| (*at, place)).collect();
        let (mut rows, mut totals) = (Vec::new(), Vec::new());
        for terms in &proof.sums {
            if !terms.iter().any(|(at, _)| place.contains_key(at)) {
                continue;
            }
            let mut row = vec![Number::zero(); part.len()];
            let mut total = Number::zero();
            for (at, times) in terms {
                match proof.counts[*at].shown {
                    Some(shown) => total -= whole(shown * times),
                    None => {
                        total -= whole(proof.floor(&proof.counts[*at]) * times);
                        row[place[at]] += whole(*times);
                    }
                }
            }
            rows.push(row);
            totals.push(total);
        }
        for (at, place) in &place {
            let count = &proof.counts[*at];
            let is_printed = matches!(count.role, CountRole::Printed | CountRole::HiddenBefore);
            if !is_printed && !count.truth.is_some_and(|truth| truth.is_primary) {
                continue;
            }
            let floor = whole(proof.floor(count));
            let lowest = -highest(&rows, &totals, *place, -1).expect("a lowest value") + &floor;
            let highest = highest(&rows, &totals, *place, 1).map(|value| value + &floor);
            if let Some(highest) = highest {
                let name = &count.name;
                assert!(&highest - &lowest >= whole(proof.policy.width), "{said}: {name} is {lowest} to {highest}");
                assert!(highest >= whole(proof.policy.threshold), "{said}: {name} is at most {highest}");
            }
            checked += 1;
        }
    }
    checked
}

/// Unknown counts that hang together.
fn parts(proof: &DisclosureProof) -> Vec<Vec<usize>> {
    let mut part: Vec<Option<usize>> =
        proof.counts.iter().enumerate().map(|(at, one)| one.shown.is_none().then_some(at)).collect();
    loop {
        let before = part.clone();
        for terms in &proof.sums {
            let least = terms.iter().filter_map(|(at, _)| part[*at]).min();
            for (at, _) in terms.iter().filter(|(at, _)| proof.counts[*at].shown.is_none()) {
                part[*at] = least;
            }
        }
        if part == before {
            break;
        }
    }
    let mut parts: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, of) in part.into_iter().enumerate() {
        if let Some(of) = of {
            parts.entry(of).or_default().push(at);
        }
    }
    parts.into_values().collect()
}

/// The highest value of `sign` × x over A x = b, x ≥ 0; none where there is none.
fn highest(rows: &[Vec<Number>], totals: &[Number], place: usize, sign: i64) -> Option<Number> {
    let (many, width) = (rows.len(), rows.first().map_or(place + 1, Vec::len));
    let mut table: Vec<Vec<Number>> = Vec::new();
    for (at, (row, total)) in rows.iter().zip(totals).enumerate() {
        let turn = if total.is_negative() { -Number::one() } else { Number::one() };
        let mut line: Vec<Number> = row.iter().map(|value| value * &turn).collect();
        line.extend((0..many).map(|other| if other == at { Number::one() } else { Number::zero() }));
        line.push(total * &turn);
        table.push(line);
    }
    let mut basis: Vec<usize> = (width..width + many).collect();
    let mut aim = vec![Number::zero(); width + many];
    aim[width..].fill(-Number::one());
    let found = climb(&mut table, &mut basis, &aim, width + many).expect("phase one is bounded");
    assert!(found.is_zero(), "the truth is a solution");
    // What is left of phase one leaves the basis, or its row says nothing.
    for at in (0..table.len()).rev() {
        if basis[at] >= width {
            match (0..width).find(|column| !table[at][*column].is_zero()) {
                Some(column) => pivot(&mut table, &mut basis, at, column),
                None => {
                    table.remove(at);
                    basis.remove(at);
                }
            }
        }
    }
    let mut aim = vec![Number::zero(); width + many];
    aim[place] = whole(sign);
    climb(&mut table, &mut basis, &aim, width)
}

/// Bland's rule: the first column that helps, the first row that binds. None where it climbs for ever.
fn climb(table: &mut [Vec<Number>], basis: &mut [usize], aim: &[Number], columns: usize) -> Option<Number> {
    let last = aim.len();
    loop {
        let gain = |column: usize| {
            let spent: Number = table.iter().zip(basis.iter()).map(|(line, of)| &aim[*of] * &line[column]).sum();
            &aim[column] - spent
        };
        let Some(column) = (0..columns).find(|column| gain(*column).is_positive()) else {
            return Some(table.iter().zip(basis.iter()).map(|(line, of)| &aim[*of] * &line[last]).sum());
        };
        let binding = (0..table.len())
            .filter(|at| table[*at][column].is_positive())
            .min_by_key(|at| (&table[*at][last] / &table[*at][column], basis[*at]))?;
        pivot(table, basis, binding, column);
    }
}

fn pivot(table: &mut [Vec<Number>], basis: &mut [usize], row: usize, column: usize) {
    let scale = table[row][column].clone();
    for value in &mut table[row] {
        *value /= &scale;
    }
    let source = table[row].clone();
    for (at, line) in table.iter_mut().enumerate() {
        let times = line[column].clone();
        if at == row || times.is_zero() {
            continue;
        }
        for (value, from) in line.iter_mut().zip(&source).filter(|(_, from)| !from.is_zero()) {
            *value -= from * &times;
        }
    }
    basis[row] = column;
}
