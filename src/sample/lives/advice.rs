//! Advice to assessments: which agencies were asked, and when each answered.

use super::case::Case;
use crate::sample::day::Day;
use crate::sample::whole;

/// Agencies that are asked for advice to every assessment.
const AGENCIES: [&str; 4] = ["EDU", "EP", "HEALTH_COMMUNITY", "SOCIAL_CARE"];

/// One agency's advice to one assessment.
#[derive(Debug, Clone, Copy)]
pub(in crate::sample) struct Advice {
    pub(in crate::sample) agency: &'static str,
    pub(in crate::sample) asked: Day,
    /// None where it never comes; a day that lies ahead is as good as none.
    pub(in crate::sample) received: Option<Day>,
    /// The agency answered that it has nothing to say.
    pub(in crate::sample) is_nil: bool,
    /// An exception applies: the six weeks do not bind.
    pub(in crate::sample) is_excepted: bool,
}

/// The advice to the assessment of a case, asked for on the day of the decision to assess: the psychologist's comes when its
/// turn does, that of the others three to eight weeks later, or never.
pub(in crate::sample) fn to(case: &Case) -> impl Iterator<Item = Advice> {
    AGENCIES.into_iter().zip(0_u32..).filter_map(move |(agency, at)| {
        let assessment = case.assessment.as_ref()?;
        let mix = (case.number * 7 + at * 13) % 20;
        let is_nil = agency == "SOCIAL_CARE" && mix < 4;
        let days = 20 + 2 * whole::<i32>(mix);
        let received = match agency {
            "EP" => Some(assessment.advice_given),
            _ => (!is_nil && mix > 1).then(|| case.outcome_day + days),
        };
        Some(Advice { agency, asked: case.outcome_day, received, is_nil, is_excepted: mix == 19 })
    })
}
