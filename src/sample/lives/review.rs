//! Annual reviews of a plan, and who had a part in them.
//!
//! A review is held about a year after the plan or the review before; some come late. No plan has two reviews in one
//! calendar year. Schools hold reviews in the first days of January too, before census day: the return then tells of that
//! meeting, and the one of the year that it speaks for stands in no return but the one before, or in none.

use super::case::{Plan, sitting};
use crate::sample::calendar::Calendar;
use crate::sample::day::Day;
use crate::sample::dice::{Dice, DiceStream};

/// Agencies that are asked for a contribution.
pub(in crate::sample) const AGENCIES: [&str; 7] =
    ["EDU", "HEALTH_THERAPY", "HEALTH_CAMHS", "HEALTH_COMMUNITY", "SOCIAL_CARE", "PARENT", "CYP"];

/// One agency's part in a review.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "the columns of the register")]
pub(in crate::sample) struct Contribution {
    /// One of [`AGENCIES`].
    pub(in crate::sample) agency: &'static str,
    pub(in crate::sample) is_known: bool,
    pub(in crate::sample) invited: Option<Day>,
    pub(in crate::sample) requested: Option<Day>,
    /// Two weeks before the meeting.
    pub(in crate::sample) due: Day,
    pub(in crate::sample) received: Option<Day>,
    pub(in crate::sample) attended: bool,
    /// The agency answered that it has nothing to say.
    pub(in crate::sample) is_nil: bool,
    pub(in crate::sample) was_used: bool,
}

impl Contribution {
    /// Whether the agency, known to the child, had a part: received by the due day, or attended.
    pub(in crate::sample) fn has_part(&self) -> bool {
        self.is_known && (self.attended || self.received.is_some_and(|day| day <= self.due))
    }
}

/// One annual review.
#[derive(Debug, Clone)]
pub(in crate::sample) struct Review {
    pub(in crate::sample) meeting: Day,
    /// The day on which the authority wrote with its decision; a day that lies ahead is as good as none.
    pub(in crate::sample) decided: Day,
    /// `M` maintain, `A` amend, `C` cease.
    pub(in crate::sample) outcome: &'static str,
    /// Empty for reviews from before the lives.
    pub(in crate::sample) contributions: Vec<Contribution>,
}

/// Holds the reviews of a plan until it ends, or until the lives do.
pub(super) fn simulate(plan: &mut Plan, case: u32, seed: u64, calendar: &Calendar) {
    let dice = &mut Dice::new(seed, DiceStream::Review, u64::from(case));
    let is_known: Vec<bool> =
        [1.0, 0.55, 0.25, 0.35, 0.3, 1.0, 1.0].into_iter().map(|share| dice.chance(share)).collect();
    let ends = plan.cease.0.min(calendar.end());
    let mut previous = plan.start;
    loop {
        let days = if dice.chance(0.72) { dice.between(310, 364) } else { dice.between(366, 520) };
        let mut meeting = (previous + days).working();
        if meeting.year() == previous.year() {
            meeting = (Day::of(previous.year() + 1, 1, 1) + dice.between(1, 40)).working();
        }
        if meeting >= ends {
            return;
        }
        let waits = if dice.chance(0.4) { dice.between(5, 27) } else { dice.between(29, 130) };
        let outcome = dice.weighted(&[("M", 57), ("A", 42), ("C", 1)]);
        if outcome == "C" {
            let ceases = sitting(meeting + waits + 60);
            if ceases < plan.cease.0 {
                plan.cease = (ceases, 2);
            }
        }
        let contributions = if meeting >= calendar.start() {
            AGENCIES
                .into_iter()
                .zip(&is_known)
                .map(|(agency, is_known)| contribute(dice, agency, *is_known, meeting, outcome, calendar))
                .collect()
        } else {
            Vec::new()
        };
        plan.reviews.push(Review { meeting, decided: (meeting + waits).working(), outcome, contributions });
        if outcome == "C" {
            return;
        }
        previous = meeting;
    }
}

fn contribute(
    dice: &mut Dice,
    agency: &'static str,
    is_known: bool,
    meeting: Day,
    outcome: &str,
    calendar: &Calendar,
) -> Contribution {
    let due = meeting - 14;
    let asked = is_known && dice.chance(0.9);
    let invited = asked.then(|| (meeting - dice.between(42, 60)).working());
    // Partners come to answer better as the years go by.
    let gain = 0.04 * f64::from(meeting.year() - calendar.first).max(0.0);
    let answers = match agency {
        "EDU" | "PARENT" => 0.9,
        "CYP" => 0.7,
        "SOCIAL_CARE" => 0.35 + gain,
        _ => 0.4 + gain,
    };
    let received = (asked && dice.chance(answers)).then(|| (due + dice.between(-20, 9)).working());
    let is_nil = asked && received.is_none() && dice.chance(0.2);
    let attended = asked && !is_nil && dice.chance(answers * 0.5);
    Contribution {
        agency,
        is_known,
        invited,
        requested: invited.map(|day| (day + 1).working()),
        due,
        received,
        attended,
        is_nil,
        was_used: outcome == "A" && received.is_some() && dice.chance(0.7),
    }
}
