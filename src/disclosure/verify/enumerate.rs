//! Whole numbers: of the smallest systems, every solution.

use super::Attack;

/// How many unknowns a system has at most of which every solution is tried.
const MOST: usize = 9;
/// Trials after which it is given up.
const TRIALS: usize = 400_000;

struct Search<'a> {
    attack: &'a Attack,
    ceiling: Vec<i64>,
    value: Vec<i64>,
    found: Vec<(i64, i64)>,
    trials: usize,
}

/// The lowest and highest value of each count over all solutions in whole numbers; none where there are too many to try. Solutions of which
/// a count is higher than is of interest are left out.
pub(super) fn intervals(attack: &Attack, width: i64) -> Option<Vec<(i64, i64)>> {
    let count = attack.counts.len();
    if count > MOST {
        return None;
    }
    // A count that stands in a sum with one sign alone is at most what the sum comes to.
    // What nothing bounds is tried from the least that its parts come to on.
    let highest = attack.sums.iter().map(|(_, total)| total.abs()).max().unwrap_or(0)
        + attack.floors.iter().sum::<i64>()
        + 2 * width
        + 1;
    let mut ceiling = vec![highest; count];
    for (terms, total) in &attack.sums {
        let is_plain = terms.iter().all(|(_, times)| *times > 0) || terms.iter().all(|(_, times)| *times < 0);
        for (at, times) in terms.iter().filter(|_| is_plain) {
            ceiling[*at] = ceiling[*at].min(total / times);
        }
    }
    let found = vec![(i64::MAX, i64::MIN); count];
    let mut search = Search { attack, ceiling, value: Vec::new(), found, trials: 0 };
    search.go_on();
    let is_whole = search.trials < TRIALS && search.found.iter().all(|(low, high)| low <= high);
    is_whole.then_some(search.found)
}

impl Search<'_> {
    fn go_on(&mut self) {
        self.trials += 1;
        if self.trials >= TRIALS {
            return;
        }
        let next = self.value.len();
        if next == self.ceiling.len() {
            for (place, value) in self.value.iter().enumerate() {
                self.found[place].0 = self.found[place].0.min(*value);
                self.found[place].1 = self.found[place].1.max(*value);
            }
            return;
        }
        for value in self.attack.floors[next]..=self.ceiling[next] {
            self.value.push(value);
            if self.can_hold() {
                self.go_on();
            }
            self.value.pop();
        }
    }

    /// Whether each sum can still come to what it comes to.
    fn can_hold(&self) -> bool {
        self.attack.sums.iter().all(|(terms, total)| {
            let (mut low, mut high) = (0, 0);
            for (at, times) in terms {
                let (least, most) =
                    self.value.get(*at).map_or((self.attack.floors[*at], self.ceiling[*at]), |value| (*value, *value));
                low += (times * least).min(times * most);
                high += (times * least).max(times * most);
            }
            (low..=high).contains(total)
        })
    }
}
