//! Intervals: linear programs over everything that hangs together, each with a random aim; then one for each count that is not settled.

use microlp::{ComparisonOp, OptimizationDirection, Problem, Variable};

use super::Attack;

/// Random aims that are tried while they settle something.
const AIMS: usize = 24;
/// As high as a count may go.
const CEILING: f64 = 1e7;
/// What the solver may be wrong by.
const SLIP: f64 = 1e-6;

/// The lowest and highest value of each count that was seen, in whole numbers: exact for those that are not as wide as they should be.
pub(super) fn intervals(attack: &Attack, threshold: i64, width: i64, programs: &mut usize) -> Vec<(i64, i64)> {
    let count = attack.counts.len();
    let mut seen: Vec<(f64, f64)> = vec![(f64::INFINITY, f64::NEG_INFINITY); count];
    let learn = |solution: &[f64], seen: &mut Vec<(f64, f64)>| {
        for (place, value) in solution.iter().enumerate() {
            seen[place].0 = seen[place].0.min(*value);
            seen[place].1 = seen[place].1.max(*value);
        }
    };
    let is_settled = |seen: &(f64, f64)| seen.1 - seen.0 > width as f64 - SLIP && seen.1 > threshold as f64 - SLIP;
    let unsettled = |seen: &Vec<(f64, f64)>| -> Vec<usize> {
        (0..count).filter(|place| attack.is_target[*place] && !is_settled(&seen[*place])).collect()
    };
    let mut state = 1;
    let mut left = usize::MAX;
    for aim in 0..AIMS {
        let todo = unsettled(&seen);
        if todo.len() < 3 || (aim > 4 && todo.len() == left) {
            break;
        }
        left = todo.len();
        let mut aims = vec![0.0; count];
        for place in todo {
            aims[place] = if draw(&mut state) { 1.0 } else { -1.0 };
        }
        *programs += 1;
        if let Some(solution) = solve(attack, &aims, width as f64 + threshold as f64) {
            learn(&solution, &mut seen);
        }
    }
    for place in 0..count {
        for aim in [1.0, -1.0] {
            if !attack.is_target[place] || is_settled(&seen[place]) {
                continue;
            }
            let mut aims = vec![0.0; count];
            aims[place] = aim;
            *programs += 1;
            if let Some(solution) = solve(attack, &aims, CEILING) {
                learn(&solution, &mut seen);
            }
        }
    }
    #[expect(clippy::cast_possible_truncation, reason = "at most the ceiling")]
    let whole = |(low, high): (f64, f64)| ((low - SLIP).ceil() as i64, (high + SLIP).floor() as i64);
    seen.into_iter().map(|one| if one.0 > one.1 { (0, 0) } else { whole(one) }).collect()
}

/// The solution that is furthest in the direction of the aims. What is aimed up is rewarded to `enough` above its floor.
fn solve(attack: &Attack, aims: &[f64], enough: f64) -> Option<Vec<f64>> {
    let mut problem = Problem::new(OptimizationDirection::Maximize);
    let mut parts: Vec<Vec<Variable>> = Vec::new();
    for (place, aim) in aims.iter().enumerate() {
        let floor = attack.floors[place] as f64;
        // Up to enough it is rewarded; beyond, it is free.
        let first = problem.add_var(*aim, (floor, floor + enough));
        let beyond = problem.add_var(aim.min(0.0), (0.0, CEILING));
        parts.push(vec![first, beyond]);
    }
    for (terms, total) in &attack.sums {
        let expression: Vec<(Variable, f64)> =
            terms.iter().flat_map(|(at, times)| parts[*at].iter().map(|part| (*part, *times as f64))).collect();
        problem.add_constraint(expression, ComparisonOp::Eq, *total as f64);
    }
    let outcome = problem.solve().ok()?;
    let solution = outcome.solution()?;
    Some(parts.iter().map(|parts| parts.iter().map(|part| solution.var_value(*part)).sum()).collect())
}

fn draw(state: &mut u64) -> bool {
    *state = u64::wrapping_add(*state, 0x9E37_79B9_7F4A_7C15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (mixed ^ (mixed >> 27)) >> 63 == 1
}
