//! What schools say each term of their own use of the Graduated Response Tool; some say nothing.

use crate::sample::whole;
use std::collections::{BTreeMap, BTreeSet};

use super::Lives;
use crate::sample::calendar::{Season, Term, term_of};
use crate::sample::day::Day;
use crate::sample::dice::{Dice, DiceStream};

/// One school's word on one term.
#[derive(Debug, Clone)]
pub(in crate::sample) struct ToolReturn {
    pub(in crate::sample) establishment: usize,
    pub(in crate::sample) term: Term,
    /// 0 unaware, 1 aware, 2 used for some, 3 in the whole school.
    pub(in crate::sample) embed_level: i32,
    pub(in crate::sample) is_senco_trained: bool,
    pub(in crate::sample) staff_trained: i32,
    pub(in crate::sample) pupils_with_plan: usize,
    pub(in crate::sample) requests_with_tool: usize,
    pub(in crate::sample) requests: usize,
    pub(in crate::sample) returned: Day,
}

/// Every return of the lives, in order of term and school.
pub(super) fn tool_returns(lives: &Lives, seed: u64) -> Vec<ToolReturn> {
    let seasons = [Season::Autumn, Season::Spring, Season::Summer];
    let terms = lives.calendar.academic_years().flat_map(|year| seasons.map(|season| Term::new(year, season)));
    terms.flat_map(|term| of_term(lives, term, seed)).collect()
}

fn of_term(lives: &Lives, term: Term, seed: u64) -> Vec<ToolReturn> {
    let mut with_plan: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for one in lives.tool_uses.iter().filter(|one| term_of(one.opened) == term) {
        with_plan.entry(lives.schools.on(one.site, term.last_day())).or_default().insert(one.pupil);
    }
    let mut requests: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    for case in lives.cases.iter().filter(|case| term_of(case.received) == term) {
        let pupil = &lives.pupils[case.pupil];
        if let Some(spell) = pupil.main_spell(case.received) {
            let at = lives.schools.on(pupil.spells[spell].site, term.last_day());
            let counts = requests.entry(at).or_default();
            counts.0 += 1;
            counts.1 += usize::from(case.has_tool_evidence);
        }
    }
    let mut rows = Vec::new();
    for (establishment, school) in lives.schools.establishments.iter().enumerate() {
        let is_open = school.opened <= term.last_day() && school.closed.is_none_or(|closed| closed >= term.last_day());
        let number = u64::from(school.urn) * 64 + whole::<u64>(term.year * 3 + term.season as i32);
        let dice = &mut Dice::new(seed, DiceStream::Return, number);
        if !is_open || dice.chance(0.12) {
            continue;
        }
        let pupils_with_plan = with_plan.get(&establishment).map_or(0, BTreeSet::len);
        let (requests, requests_with_tool) = requests.get(&establishment).copied().unwrap_or_default();
        rows.push(ToolReturn {
            establishment,
            term,
            embed_level: if pupils_with_plan == 0 { dice.between(0, 1) } else { dice.between(2, 3) },
            is_senco_trained: pupils_with_plan > 0 || dice.chance(0.3),
            staff_trained: dice.between(0, 12),
            pupils_with_plan,
            requests_with_tool,
            requests,
            returned: (term.last_day() + dice.between(-10, 10)).working(),
        });
    }
    rows
}
