//! Truth about advice to assessments, by calendar year in which it was asked for.

use super::tally::{Amount, KpiTruth, TruthTally};
use crate::sample::lives::{Advice, Lives, advice_to};
use crate::sample::returns::register_terms;

/// `assessment_advice_6_week`: of the advice asked for within the lives, neither a nil return nor excepted, and that came in or
/// was due (42 days after it was asked for) by the last day of which the register tells, that which came in by the day it was
/// due; also of health and of social care, and by agency. The register is written up to the end of the last term.
pub(super) fn reckon(lives: &Lives, out: &mut Vec<KpiTruth>) {
    let Some(last) = register_terms(lives).last().map(|term| term.last_day()) else { return };
    let told: Vec<Advice> = lives
        .cases
        .iter()
        .flat_map(advice_to)
        .filter(|one| lives.calendar.start() <= one.asked && one.asked <= last)
        .map(|one| Advice { received: one.received.filter(|day| *day <= last), ..one })
        .collect();
    let Some(end) = told.iter().flat_map(|one| one.received.into_iter().chain([one.asked])).max() else { return };
    for year in lives.calendar.start().year()..=end.year() {
        let mut tally = TruthTally::default();
        for one in told.iter().filter(|one| one.asked.year() == year && !one.is_nil && !one.is_excepted) {
            let due = one.asked + 42;
            if one.received.is_none() && due > end {
                continue;
            }
            let in_time = Amount::whole(usize::from(one.received.is_some_and(|day| day <= due)));
            tally.add(Some(format!("agency={}", one.agency)), in_time, Amount::whole(1));
            let service = match one.agency {
                "SOCIAL_CARE" => "social_care",
                agency if agency.starts_with("HEALTH") => "health",
                _ => continue,
            };
            tally.group(format!("service={service}"), in_time, Amount::whole(1));
        }
        tally.rates("assessment_advice_6_week", &year.to_string(), out);
    }
}
