//! The verifier: what an outsider can work out of a release, by other means than those that protected it.
//!
//! It takes a [`DisclosureProof`] and shares with the protector nothing but these data. Three attacks:
//!
//! - exact: a hidden count is worked out if every solution has it alike. Solutions are drawn at random modulo 2³¹ − 1 (another prime, another
//!   method); of small systems the echelon form over the rationals says it again;
//! - intervals: the lowest and highest value of each hidden count over all solutions that are not below what anybody knows, by linear
//!   programs over everything that hangs together;
//! - whole numbers: of the smallest systems every solution is tried.

mod corners;
mod enumerate;
mod exact;
mod kernel;

use std::collections::BTreeSet;

use super::proof::DisclosureProof;
use super::system::CountRole;

/// What the attacks found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DisclosureVerdict {
    /// Counts that were looked at: printed ones that are hidden, and where the truth is at hand those that few persons are behind.
    pub hidden: usize,
    /// Names of those that can be worked out exactly.
    pub recovered: Vec<String>,
    /// Names of those that can be told nearer than the policy allows, with the interval.
    pub narrow: Vec<(String, i64, i64)>,
    /// Sums that do not hold, by their number from 1; and counts that are shown and must not be, or are shown with another value.
    pub wrong: Vec<String>,
    /// Linear programs solved.
    pub programs: usize,
    /// Hidden counts of which every whole solution was tried.
    pub enumerated: usize,
}

impl DisclosureVerdict {
    /// Whether nothing was found.
    #[must_use]
    pub fn is_safe(&self) -> bool {
        self.recovered.is_empty() && self.narrow.is_empty() && self.wrong.is_empty()
    }
}

/// What is unknown of a part of the system that hangs together.
pub(crate) struct Attack {
    /// The counts, as positions in the proof.
    pub(crate) counts: Vec<usize>,
    /// The lowest value of each.
    pub(crate) floors: Vec<i64>,
    /// Sums over them: place in `counts`, times; and what they come to.
    pub(crate) sums: Vec<(Vec<(usize, i64)>, i64)>,
    /// Whether each has to be protected.
    pub(crate) is_target: Vec<bool>,
}

/// Attacks a release.
#[must_use]
pub fn verify(proof: &DisclosureProof) -> DisclosureVerdict {
    let mut verdict = DisclosureVerdict { wrong: wrong(proof), ..DisclosureVerdict::default() };
    for attack in attacks(proof) {
        verdict.hidden += attack.is_target.iter().filter(|is| **is).count();
        let name = |place: usize| proof.counts[attack.counts[place]].name.clone();
        let mut found: BTreeSet<usize> = kernel::determined(&attack).into_iter().collect();
        if attack.counts.len() <= exact::MOST {
            found.extend(exact::determined(&attack));
        }
        let (threshold, width) = (proof.policy.threshold, proof.policy.width);
        let intervals = corners::intervals(&attack, threshold, width, &mut verdict.programs);
        let whole = enumerate::intervals(&attack, width);
        verdict.enumerated += if whole.is_some() { attack.is_target.iter().filter(|is| **is).count() } else { 0 };
        for place in (0..attack.counts.len()).filter(|place| attack.is_target[*place]) {
            // What linear programs saw is a part of what fractions allow; what was tried in whole numbers is possible indeed. The two may
            // be of different parts of one range, and what they share says nothing.
            let (low, high) = whole.as_ref().map_or(intervals[place], |whole| whole[place]);
            if found.contains(&place) || low == high {
                verdict.recovered.push(name(place));
            } else if high - low < width || high < threshold {
                verdict.narrow.push((name(place), low, high));
            }
        }
    }
    verdict
}

/// What does not hold of what is told.
fn wrong(proof: &DisclosureProof) -> Vec<String> {
    let mut wrong = Vec::new();
    let value = |at: usize| {
        let count = &proof.counts[at];
        count.shown.or(count.truth.map(|truth| truth.value))
    };
    for (number, terms) in proof.sums.iter().enumerate() {
        let total: Option<i64> = terms.iter().map(|(at, times)| Some(value(*at)? * times)).sum();
        if total.is_some_and(|total| total != 0) {
            wrong.push(format!("sum {} does not hold", number + 1));
        }
    }
    for count in &proof.counts {
        let Some((shown, truth)) = count.shown.zip(count.truth) else { continue };
        if shown != truth.value {
            wrong.push(format!("`{}` is shown as {shown} and is {}", count.name, truth.value));
        }
        if truth.is_primary && count.role == CountRole::Printed {
            wrong.push(format!("`{}` is shown, and few persons are behind it", count.name));
        }
    }
    wrong
}

/// The parts of the system that hang together by what is unknown.
fn attacks(proof: &DisclosureProof) -> Vec<Attack> {
    let count = proof.counts.len();
    let mut leader: Vec<usize> = (0..count).collect();
    let is_unknown = |at: usize| proof.counts[at].shown.is_none();
    for terms in &proof.sums {
        let mut unknown = terms.iter().map(|(at, _)| *at).filter(|at| is_unknown(*at));
        let Some(first) = unknown.next() else { continue };
        for other in unknown {
            let (one, other) = (find(&mut leader, first), find(&mut leader, other));
            leader[one.max(other)] = one.min(other);
        }
    }
    let mut part_of = vec![usize::MAX; count];
    let mut place_of = vec![usize::MAX; count];
    let mut parts: Vec<Attack> = Vec::new();
    for at in (0..count).filter(|at| is_unknown(*at)) {
        let top = find(&mut leader, at);
        if part_of[top] == usize::MAX {
            part_of[top] = parts.len();
            parts.push(Attack { counts: Vec::new(), floors: Vec::new(), sums: Vec::new(), is_target: Vec::new() });
        }
        part_of[at] = part_of[top];
        let part = &mut parts[part_of[at]];
        place_of[at] = part.counts.len();
        let of = &proof.counts[at];
        part.counts.push(at);
        part.floors.push(proof.floor(of));
        let is_small = of.truth.is_some_and(|truth| truth.is_primary);
        let is_printed = matches!(of.role, CountRole::Printed | CountRole::HiddenBefore);
        part.is_target.push(is_printed || is_small);
    }
    for terms in &proof.sums {
        let Some((first, _)) = terms.iter().find(|(at, _)| is_unknown(*at)) else { continue };
        let known: i64 = terms.iter().filter_map(|(at, times)| Some(proof.counts[*at].shown? * times)).sum();
        let unknown = terms.iter().filter(|(at, _)| is_unknown(*at)).map(|(at, times)| (place_of[*at], *times));
        parts[part_of[*first]].sums.push((unknown.collect(), -known));
    }
    parts.retain(|part| part.is_target.contains(&true));
    parts
}

/// Who speaks for a set of counts that hang together.
fn find(leader: &mut [usize], mut at: usize) -> usize {
    while leader[at] != at {
        leader[at] = leader[leader[at]];
        at = leader[at];
    }
    at
}
