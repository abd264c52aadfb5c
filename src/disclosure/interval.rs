//! How far the hidden counts can be from what they are, without anything that is shown being otherwise.
//!
//! For every hidden count another set of counts is sought, whole and not below what anybody knows, that adds up to all that is shown and in
//! which it is further from the truth than the policy asks for. Linear programming finds it; whole numbers are checked here, so that no
//! answer of the solver is believed. Where there is none, the cheapest further counts to hide are those that the program moves when moving
//! costs what is lost.
//!
//! *Source*: Fischetti and Salazar, “Solving the Cell Suppression Problem on Tabular Data with Linear Constraints”, Management Science 47(7),
//! 2001.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use microlp::{ComparisonOp, OptimizationDirection, Problem, SolveOptions, Variable};

use super::choose::{Showing, is_guarded};
use super::system::{CountRole, LinkedSystem};
use crate::definitions::DisclosurePolicy;

/// How many columns a program of hidden columns alone has at most.
const SIZE: usize = 60;
/// How many columns of a sum may move with one of it, and how many columns there are in all before no more are taken, try by try.
const CHOICES: [(usize, usize); 4] = [(6, 240), (8, 600), (8, 2400), (12, 4000)];

/// What a nought costs to hide: more than most counts.
const NOUGHT: f64 = 12.0;
/// Branches of a program in whole numbers.
const BRANCHES: u64 = 400;
/// What the solver may be wrong by.
const SLIP: f64 = 1e-6;

/// How far each column was seen to move, down and up.
#[derive(Debug, Clone)]
pub(super) struct CountReach {
    pub(super) down: Vec<i64>,
    pub(super) up: Vec<i64>,
}

/// What the audit found and did.
#[derive(Debug, Clone)]
pub(super) struct IntervalAudit {
    pub(super) reach: CountReach,
    /// Columns that nothing can protect, since others are shown already.
    pub(super) exposed: BTreeSet<usize>,
    /// Programs that were solved.
    pub(super) programs: usize,
}

/// How a program may move what it moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Hidden columns alone.
    Hidden,
    /// Shown ones as well, which are hidden then.
    MayHide,
    /// Those, and nothing downwards.
    Upwards,
    /// Those, in whole numbers.
    Branching,
}

/// What a program found.
enum Moved {
    /// Moves in whole numbers that leave what is shown as it is.
    Whole(BTreeMap<usize, i64>),
    /// The columns of moves that are no whole numbers.
    InParts(Vec<usize>),
    Nothing,
}

struct IntervalWork<'s> {
    system: &'s LinkedSystem,
    policy: &'s DisclosurePolicy,
    sums_of: Vec<Vec<usize>>,
    loss: Vec<f64>,
    showing: &'s mut Showing,
    audit: IntervalAudit,
}

/// Hides further counts until every hidden one can be far enough from the truth.
pub(super) fn audit(system: &LinkedSystem, policy: &DisclosurePolicy, showing: &mut Showing) -> IntervalAudit {
    let count = system.columns.len();
    let mut sums_of = vec![Vec::new(); count];
    for (number, terms) in system.sums.iter().enumerate() {
        for (column, _) in terms {
            sums_of[*column].push(number);
        }
    }
    let reach = CountReach { down: vec![0; count], up: vec![0; count] };
    let audit = IntervalAudit { reach, exposed: BTreeSet::new(), programs: 0 };
    let mut waiting: VecDeque<usize> =
        (0..count).filter(|at| is_audited(system, *at) && !showing.is_shown[*at]).collect();
    waiting.retain(|at| !showing.given_away.contains(at));
    let mut work = IntervalWork { system, policy, sums_of, loss: losses(system), showing, audit };
    work.audit.exposed.extend(work.showing.given_away.iter().copied());
    while let Some(column) = waiting.pop_front() {
        waiting.extend(work.settle(column));
    }
    // What was hidden later may have settled what nothing did before.
    let exposed = std::mem::take(&mut work.audit.exposed);
    let given_away = work.showing.given_away.clone();
    work.audit.exposed = exposed.into_iter().filter(|at| given_away.contains(at) || !work.is_settled(*at)).collect();
    work.audit
}

/// What is lost with each column: more with larger ones, and with totals.
fn losses(system: &LinkedSystem) -> Vec<f64> {
    let deepest = system.position.keys().map(|key| key.coordinates.len()).max().unwrap_or(0);
    let mut losses: Vec<f64> = system.columns.iter().map(|of| 1.0 + ((of.value + 1) as f64).ln()).collect();
    for (key, at) in &system.position {
        if system.columns[*at].value == 0 {
            losses[*at] = NOUGHT;
        }
        losses[*at] *= 1.0 + 2.0 * (deepest - key.coordinates.len()) as f64;
    }
    losses
}

/// What is hidden where it would be printed, and what is hidden though it never is.
fn is_audited(system: &LinkedSystem, column: usize) -> bool {
    system.columns[column].role == CountRole::Printed || is_guarded(system, column)
}

impl IntervalWork<'_> {
    fn is_settled(&self, column: usize) -> bool {
        let (down, up) = (self.audit.reach.down[column], self.audit.reach.up[column]);
        let highest = self.system.columns[column].value + up;
        up - down >= self.policy.width && highest >= self.policy.threshold
    }

    /// Protects a column; gives what was hidden for it.
    fn settle(&mut self, column: usize) -> Vec<usize> {
        if self.is_settled(column) {
            return Vec::new();
        }
        let value = self.system.columns[column].value;
        let upwards = self.policy.width.max(self.policy.threshold - value);
        let part = self.neighbourhood(column, SIZE);
        if self.is_settled_within(column, upwards, &part) {
            return Vec::new();
        }
        let last = CHOICES[CHOICES.len() - 1];
        let tries = CHOICES.iter().map(|room| (*room, Way::MayHide));
        // Where the cheapest moves are no whole numbers: all of them upwards, which one more row would do; then whole numbers by branching.
        for ((choices, size), way) in
            tries.chain([(last, Way::Upwards), (CHOICES[1], Way::Branching), (last, Way::Branching)])
        {
            if let Some(hidden) = self.hide_for(column, upwards, (choices, size), way) {
                return hidden;
            }
        }
        // Earlier packs may hold it from above: as far up as it goes, and the rest downwards.
        let part = self.neighbourhood(column, usize::MAX);
        if self.is_settled_within(column, upwards, &part) {
            return Vec::new();
        }
        let up = self.audit.reach.up[column];
        if value + up >= self.policy.threshold
            && let Some(hidden) = self.hide_for(column, up - self.policy.width, last, Way::MayHide)
        {
            return hidden;
        }
        self.audit.exposed.insert(column);
        Vec::new()
    }

    /// Hides what it takes to move a column by as much as is wanted; gives what was hidden, with the column where it has to be looked at
    /// again.
    fn hide_for(&mut self, column: usize, wanted: i64, room: (usize, usize), way: Way) -> Option<Vec<usize>> {
        let part = self.wider(column, room.0, room.1);
        match self.solve(column, wanted, &part, way) {
            Moved::Whole(moves) => {
                let hidden = self.hide(moves.keys().copied());
                self.learn(&moves);
                Some(hidden)
            }
            Moved::InParts(touched) => {
                let mut hidden = self.hide(touched.into_iter());
                hidden.push(column);
                (hidden.len() > 1).then_some(hidden)
            }
            Moved::Nothing => None,
        }
    }

    fn is_settled_within(&mut self, column: usize, upwards: i64, part: &[usize]) -> bool {
        if let Moved::Whole(moves) = self.solve(column, upwards, part, Way::Hidden) {
            self.learn(&moves);
        }
        if self.is_settled(column) {
            return true;
        }
        let value = self.system.columns[column].value;
        let up = self.audit.reach.up[column];
        if value + up < self.policy.threshold {
            return false;
        }
        if let Moved::Whole(moves) = self.solve(column, up - self.policy.width, part, Way::Hidden) {
            self.learn(&moves);
        }
        self.is_settled(column)
    }

    /// How far up a hidden column has still to be seen to go.
    fn wish(&self, column: usize) -> i64 {
        if self.showing.is_shown[column] || !is_audited(self.system, column) || self.is_settled(column) {
            return 0;
        }
        self.policy.width.max(self.policy.threshold - self.system.columns[column].value)
    }

    fn learn(&mut self, moves: &BTreeMap<usize, i64>) {
        let reach = &mut self.audit.reach;
        for (column, by) in moves {
            reach.down[*column] = reach.down[*column].min(*by);
            reach.up[*column] = reach.up[*column].max(*by);
        }
    }

    /// Hides the shown columns of a set of moves.
    fn hide(&mut self, moved: impl Iterator<Item = usize>) -> Vec<usize> {
        let shown: Vec<usize> = moved.filter(|at| self.showing.is_shown[*at]).collect();
        for column in &shown {
            self.showing.is_shown[*column] = false;
        }
        shown
    }

    /// Whether a column may move: it is hidden, or could be.
    fn is_free(&self, column: usize, can_hide: bool) -> bool {
        if !self.showing.is_shown[column] {
            return true;
        }
        let of = &self.system.columns[column];
        // A nought can hide another where noughts are hidden, and never where all of them are shown.
        let is_hideable = of.value > 0 || self.policy.class_floor > 0 || !self.policy.are_zeros_shown;
        can_hide && of.role == CountRole::Printed && is_hideable
    }

    /// The hidden columns nearest to one, by the sums that they share.
    fn neighbourhood(&self, column: usize, size: usize) -> Vec<usize> {
        let mut known = BTreeSet::from([column]);
        let mut found = vec![column];
        let mut next = 0;
        while next < found.len() && found.len() < size {
            for sum in &self.sums_of[found[next]] {
                for (other, _) in &self.system.sums[*sum] {
                    if self.is_free(*other, false) && known.insert(*other) {
                        found.push(*other);
                    }
                }
            }
            next += 1;
        }
        found
    }

    /// Columns about one that are hidden or may be: of each sum the few that cost least, and always its whole, so that there is a way out
    /// of every sum.
    fn wider(&self, column: usize, choices: usize, size: usize) -> Vec<usize> {
        let mut known = BTreeSet::from([column]);
        let mut found = vec![column];
        let mut next = 0;
        while next < found.len() {
            let is_full = found.len() >= size;
            for sum in &self.sums_of[found[next]] {
                let terms = &self.system.sums[*sum];
                let mut others: Vec<(usize, i64)> =
                    terms.iter().copied().filter(|(at, _)| self.is_free(*at, true)).collect();
                others
                    .sort_by(|one, other| self.price(one.0).total_cmp(&self.price(other.0)).then(one.0.cmp(&other.0)));
                let mut taken = 0;
                for (at, times) in others {
                    let is_whole = times == 1;
                    if is_whole || (!is_full && taken < choices) {
                        if known.insert(at) {
                            found.push(at);
                        }
                        taken += 1;
                    }
                }
            }
            next += 1;
        }
        found
    }

    /// What moving a column by one costs.
    fn price(&self, column: usize) -> f64 {
        let of = &self.system.columns[column];
        if self.showing.is_shown[column] {
            self.loss[column]
        } else if of.value <= of.floor {
            0.02
        } else {
            0.001
        }
    }

    /// Moves a column by as much as is wanted, or as far as it goes, with the least that is moved beside it; within a part of the system.
    fn solve(&mut self, column: usize, wanted: i64, part: &[usize], way: Way) -> Moved {
        self.audit.programs += 1;
        let mut problem = Problem::new(OptimizationDirection::Minimize);
        let mut variables: BTreeMap<usize, (Variable, Variable)> = BTreeMap::new();
        for at in part {
            let up = self.direction(*at, column, wanted, way, 1);
            let down = self.direction(*at, column, wanted, way, -1);
            let mut add = |(price, least, most): (f64, i32, i32)| {
                if way == Way::Branching {
                    problem.add_integer_var(price, (least, most))
                } else {
                    problem.add_var(price, (least.into(), most.into()))
                }
            };
            variables.insert(*at, (add(up), add(down)));
        }
        let sums: BTreeSet<usize> = part.iter().flat_map(|at| self.sums_of[*at].iter().copied()).collect();
        for sum in &sums {
            let mut terms = Vec::new();
            for (at, times) in &self.system.sums[*sum] {
                if let Some((up, down)) = variables.get(at) {
                    terms.push((*up, *times as f64));
                    terms.push((*down, -(*times as f64)));
                }
            }
            problem.add_constraint(terms, ComparisonOp::Eq, 0.0);
        }
        let mut options = SolveOptions::default();
        options.node_limit = Some(BRANCHES);
        let Ok(outcome) = problem.solve_with(options) else { return Moved::Nothing };
        let Some(solution) = outcome.solution() else { return Moved::Nothing };
        let (mut moves, mut touched) = (BTreeMap::new(), Vec::new());
        for (at, (up, down)) in &variables {
            let by = solution.var_value(*up) - solution.var_value(*down);
            if by.abs() > SLIP {
                touched.push(*at);
            }
            #[expect(clippy::cast_possible_truncation, reason = "bounded by the program")]
            let by = by.round() as i64;
            if by != 0 {
                moves.insert(*at, by);
            }
        }
        let is_enough = moves.get(&column).is_some_and(|by| way == Way::Hidden || *by == wanted);
        if is_enough && self.is_possible(&moves, &sums) { Moved::Whole(moves) } else { Moved::InParts(touched) }
    }

    /// What it costs to move a column up (1) or down (−1) by one, and the least and most that it is moved, where `column` is to be moved by
    /// `wanted`.
    fn direction(&self, at: usize, column: usize, wanted: i64, way: Way, sign: i64) -> (f64, i32, i32) {
        let bounded = |value: i64| i32::try_from(value).unwrap_or(i32::MAX);
        let of = &self.system.columns[at];
        let most = wanted.abs().saturating_mul(8);
        let fall = if way == Way::Upwards { 0 } else { (of.value - of.floor).clamp(0, most) };
        let room = if sign > 0 { most } else { fall };
        if at == column {
            let far = if sign == wanted.signum() { room.min(wanted.abs()) } else { 0 };
            return if way == Way::Hidden { (-1000.0, 0, bounded(far)) } else { (0.0, bounded(far), bounded(far)) };
        }
        let wish = self.wish(at);
        if way == Way::Hidden && sign > 0 && wanted > 0 && wish > 0 {
            return (-1.0, 0, bounded(wish));
        }
        (self.price(at), 0, bounded(room))
    }

    /// Whether moves leave every sum as it is and no column below its floor: reckoned in whole numbers.
    fn is_possible(&self, moves: &BTreeMap<usize, i64>, sums: &BTreeSet<usize>) -> bool {
        let moved = |(at, times): &(usize, i64)| moves.get(at).map_or(0, |by| by * times);
        let is_right = sums.iter().all(|sum| self.system.sums[*sum].iter().map(moved).sum::<i64>() == 0);
        let is_above = |(at, by): (&usize, &i64)| self.system.columns[*at].value + by >= self.system.columns[*at].floor;
        is_right && moves.iter().all(is_above)
    }
}
