//! Truth about who had a part in annual reviews, by academic year of the meeting. Reviews of plans that have ended since count.

use super::reviews::outcome_told;
use super::tally::{Amount, KpiTruth, TruthTally};
use crate::sample::calendar::academic_year;
use crate::sample::lives::{Lives, Plan, Review};
use crate::sample::returns::sen2_years;

/// Reckons every KPI of contributions.
pub(super) fn reckon(lives: &Lives, year: i32, label: &str, out: &mut Vec<KpiTruth>) {
    let plans = lives.cases.iter().filter_map(|case| case.plan.as_ref());
    let reviews: Vec<(&Plan, &Review)> = plans
        .flat_map(|plan| plan.reviews.iter().map(move |review| (plan, review)))
        .filter(|(_, review)| review.meeting <= lives.calendar.end() && academic_year(review.meeting) == year)
        .collect();
    shared(&reviews, label, out);
    parts(&reviews, label, out);
    used(&reviews, &sen2_years(lives), label, out);
}

/// Of the reviews whose meeting was held in the academic year and whose child is known to a service of the kind
/// (`known_to_service`), those in which at least one such service had a part: its contribution was received by the due
/// day, or it attended. A nil return is no part. `annual_review_health_contribution`: the agencies `HEALTH_…`;
/// `annual_review_social_care_contribution`: `SOCIAL_CARE`. Reviews of plans that have ended since count too.
fn shared(reviews: &[(&Plan, &Review)], label: &str, out: &mut Vec<KpiTruth>) {
    let kinds =
        [("annual_review_health_contribution", "HEALTH"), ("annual_review_social_care_contribution", "SOCIAL_CARE")];
    for (id, kind) in kinds {
        let mut tally = TruthTally::default();
        for (_, review) in reviews {
            let known: Vec<_> =
                review.contributions.iter().filter(|one| one.is_known && one.agency.starts_with(kind)).collect();
            if !known.is_empty() {
                tally.count(known.iter().any(|one| one.has_part()));
            }
        }
        tally.rates(id, label, out);
    }
}

/// Of the parts of agencies that know the child, each by itself and by agency: `annual_review_advice_in_time`, advice received
/// by the due day; `annual_review_attendance`, the agency attended; `annual_review_nil_return`, it has nothing to say.
fn parts(reviews: &[(&Plan, &Review)], label: &str, out: &mut Vec<KpiTruth>) {
    let (mut advice, mut attendance, mut nil) = (TruthTally::default(), TruthTally::default(), TruthTally::default());
    for one in reviews.iter().flat_map(|(_, review)| &review.contributions).filter(|one| one.is_known) {
        let agency = Some(format!("agency={}", one.agency));
        let amount = |holds: bool| Amount::whole(usize::from(holds));
        let is_in_time = one.received.is_some_and(|day| day <= one.due);
        advice.add(agency.clone(), amount(is_in_time), Amount::whole(1));
        attendance.add(agency.clone(), amount(one.attended), Amount::whole(1));
        nil.add(agency, amount(one.is_nil), Amount::whole(1));
    }
    advice.rates("annual_review_advice_in_time", label, out);
    attendance.rates("annual_review_attendance", label, out);
    nil.rates("annual_review_nil_return", label, out);
}

/// `annual_review_advice_used`: of the advice that agencies which know the child gave, in time or late, to reviews upon which
/// a SEN2 return says that the plan is amended, that which went into the amended plan; also by agency.
fn used(reviews: &[(&Plan, &Review)], years: &[i32], label: &str, out: &mut Vec<KpiTruth>) {
    let mut tally = TruthTally::default();
    let amended = reviews.iter().filter(|(plan, review)| outcome_told(plan, review, years) == Some("A"));
    for one in amended.flat_map(|(_, review)| &review.contributions) {
        if one.is_known && one.received.is_some() {
            let was_used = Amount::whole(usize::from(one.was_used));
            tally.add(Some(format!("agency={}", one.agency)), was_used, Amount::whole(1));
        }
    }
    tally.rates("annual_review_advice_used", label, out);
}
