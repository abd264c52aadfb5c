//! Exactly, by drawing solutions: a count that all solutions have alike is nought in every difference of two.

use std::collections::BTreeMap;

use super::Attack;

/// A prime that is not the protector's.
const MODULUS: u64 = (1 << 31) - 1;
/// Differences that are drawn: one of them misses by chance once in two thousand million.
const DRAWS: u64 = 2;

/// The places of counts that can be worked out.
pub(super) fn determined(attack: &Attack) -> Vec<usize> {
    let steps = forward(attack);
    let mut is_free = vec![true; attack.counts.len()];
    for (pivot, _) in &steps {
        is_free[*pivot] = false;
    }
    let mut can_differ = vec![false; attack.counts.len()];
    let mut state = 0x5EED;
    for _ in 0..DRAWS {
        let mut vector: Vec<u64> = is_free.iter().map(|is| if *is { 1 + draw(&mut state) } else { 0 }).collect();
        for (pivot, others) in steps.iter().rev() {
            let sum = others.iter().fold(0, |sum, (at, times)| (sum + times * vector[*at]) % MODULUS);
            vector[*pivot] = (MODULUS - sum) % MODULUS;
        }
        for (at, value) in vector.iter().enumerate() {
            can_differ[at] |= *value != 0;
        }
    }
    (0..attack.counts.len()).filter(|place| !can_differ[*place]).collect()
}

/// Each step says one count by counts that are free or said by later steps.
fn forward(attack: &Attack) -> Vec<(usize, Vec<(usize, u64)>)> {
    let mut often = vec![0_usize; attack.counts.len()];
    for (at, _) in attack.sums.iter().flat_map(|(terms, _)| terms) {
        often[*at] += 1;
    }
    let mut sums: Vec<&Vec<(usize, i64)>> = attack.sums.iter().map(|(terms, _)| terms).collect();
    sums.sort_by_key(|terms| terms.len());
    let mut steps: Vec<(usize, Vec<(usize, u64)>)> = Vec::new();
    let mut step_of: BTreeMap<usize, usize> = BTreeMap::new();
    let mut row = vec![0_u64; attack.counts.len()];
    for terms in sums {
        let mut waiting: BTreeMap<usize, usize> = BTreeMap::new();
        let mut touched: Vec<usize> = Vec::new();
        for (at, times) in terms {
            row[*at] = (row[*at] + times.rem_euclid(2_147_483_647).unsigned_abs()) % MODULUS;
            touched.push(*at);
            waiting.extend(step_of.get(at).map(|step| (*step, *at)));
        }
        while let Some((step, at)) = waiting.pop_first() {
            let times = row[at];
            row[at] = 0;
            if times == 0 {
                continue;
            }
            for (other, value) in &steps[step].1 {
                row[*other] = (row[*other] + (MODULUS - times) * value) % MODULUS;
                touched.push(*other);
                waiting.extend(step_of.get(other).map(|step| (*step, *other)));
            }
        }
        touched.sort_unstable();
        touched.dedup();
        touched.retain(|at| row[*at] != 0);
        if let Some(pivot) = touched.iter().copied().min_by_key(|at| (often[*at], *at)) {
            let scale = power(row[pivot], MODULUS - 2);
            let others = touched.iter().filter(|at| **at != pivot).map(|at| (*at, row[*at] * scale % MODULUS));
            step_of.insert(pivot, steps.len());
            steps.push((pivot, others.collect()));
        }
        for at in touched {
            row[at] = 0;
        }
    }
    steps
}

fn power(value: u64, exponent: u64) -> u64 {
    match exponent {
        0 => 1,
        odd if odd % 2 == 1 => power(value, odd - 1) * value % MODULUS,
        even => {
            let root = power(value, even / 2);
            root * root % MODULUS
        }
    }
}

/// A number below the modulus less one; always the same numbers.
fn draw(state: &mut u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) % (MODULUS - 1)
}
