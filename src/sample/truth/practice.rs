//! Truth about audits, posts, and what lies on the desks, by academic year.

use super::contributions;
use super::tally::{Amount, KpiTruth, TruthTally, measured};
use crate::sample::calendar::academic_label;
use crate::sample::day::Day;
use crate::sample::lives::{Lives, Post, Stint};

/// Reckons every KPI of practice and workforce.
pub(super) fn reckon(lives: &Lives, out: &mut Vec<KpiTruth>) {
    for year in lives.calendar.academic_years() {
        let label = academic_label(year);
        contributions::reckon(lives, year, &label, out);
        audits(lives, Day::of(year, 9, 1), Day::of(year + 1, 8, 31), &label, out);
        posts(lives, Day::of(year + 1, 8, 31), &label, out);
        desks(lives, year, &label, out);
    }
}

/// The square of the normal deviate of a 95 per cent interval, 1.959964.
const Z_SQUARED: f64 = 3.841_459;

/// `audit_good_or_outstanding`: of the moderated audits (with a second auditor) of the academic year, those whose first
/// auditor's overall grade is `O` or `G`; `interval=lower` and `interval=upper` are the ends of Wilson's 95 per cent
/// interval, the numerator to six places.
///
/// `audit_grades_apart`: grades by which the two auditors differ, over those audits, also by the first auditor's agency.
pub(super) fn audits(lives: &Lives, start: Day, end: Day, label: &str, out: &mut Vec<KpiTruth>) {
    let rank = |grade: &str| ["I", "RI", "G", "O"].iter().position(|one| *one == grade).unwrap_or_default();
    let (mut tally, mut apart) = (TruthTally::default(), TruthTally::default());
    let (mut good, mut all) = (0.0, 0.0);
    for audit in lives.audits.iter().filter(|audit| start <= audit.day && audit.day <= end) {
        let Some(second) = audit.second else { continue };
        let is_good = matches!(audit.overall, "O" | "G");
        tally.count(is_good);
        all += 1.0;
        good += if is_good { 1.0 } else { 0.0 };
        let grades = rank(audit.overall).abs_diff(rank(second));
        apart.add(Some(format!("agency={}", audit.agency)), Amount::whole(grades), Amount::whole(1));
    }
    tally.rates("audit_good_or_outstanding", label, out);
    apart.rates("audit_grades_apart", label, out);
    if all > 0.0 {
        let half_width = 1.959_964 * (good * (all - good) / all + Z_SQUARED / 4.0).sqrt();
        for (end, numerator) in [("lower", good - half_width), ("upper", good + half_width)] {
            let rounded = ((numerator + Z_SQUARED / 2.0) * 1e6).round() / 1e6;
            let parts = (rounded, all + Z_SQUARED);
            out.push(measured("audit_good_or_outstanding", label, format!("interval={end}"), parts));
        }
    }
}

fn held(post: &Post, day: Day) -> impl Iterator<Item = &Stint> {
    post.stints.iter().filter(move |stint| stint.covers(day))
}

/// In full-time equivalents at the end of a day, the 31 August with which the academic year ends, by team and in all:
///
/// - `post_fill_rate`: filled by staff (not agency) over established; a post counts once, held or not.
/// - `agency_share`: agency over staff and agency.
pub(super) fn posts(lives: &Lives, after: Day, label: &str, out: &mut Vec<KpiTruth>) {
    let [mut filled, mut agency]: [TruthTally; 2] = Default::default();
    for post in &lives.posts {
        let team = || Some(format!("team={}", post.team));
        let fte = |is_agency: bool| -> Amount {
            let stints = held(post, after).filter(|stint| stint.is_agency == is_agency);
            Amount::hundredths(stints.map(|stint| i64::from(stint.fte)).sum())
        };
        filled.add(team(), fte(false), Amount::hundredths(i64::from(post.established)));
        agency.add(team(), fte(true), fte(true));
        agency.add(team(), Amount::default(), fte(false));
    }
    filled.rates("post_fill_rate", label, out);
    agency.rates("agency_share", label, out);
}

/// `caseload_per_fte`: plans in force and assessments under way at the end of the 31 August with which the academic year
/// ends, over the full-time equivalents available to the casework team that day (agency included, long absence taken off).
///
/// `ep_advice_per_fte`: psychologists' advice due in the months of the academic year, over the mean of the full-time
/// equivalents available to them at the ends of those months.
///
/// `ep_advice_late`: of the psychologists' advice due in the months of the academic year (six weeks after the decision
/// to assess), that which was not given by its day.
fn desks(lives: &Lives, year: i32, label: &str, out: &mut Vec<KpiTruth>) {
    let (before, after) = (Day::of(year, 8, 31), Day::of(year + 1, 8, 31));
    let (mut caseload, mut late) = (TruthTally::default(), TruthTally::default());
    for one in &lives.caseloads {
        if one.month_end == after && one.team == "SEN_CASEWORK" {
            let open = Amount::whole(one.plans_open + one.assessments_open);
            caseload.add(None, open, Amount::hundredths(i64::from(one.available)));
        }
        if before < one.month_end && one.month_end <= after {
            late.add(None, Amount::whole(one.advice_late), Amount::whole(one.advice_due));
        }
    }
    let of_psychologists =
        || lives.caseloads.iter().filter(|one| one.team == "EP" && before < one.month_end && one.month_end <= after);
    let due: usize = of_psychologists().map(|one| one.advice_due).sum();
    let (months, hundredths) =
        of_psychologists().fold((0.0, 0.0), |sums, one| (sums.0 + 1.0, sums.1 + f64::from(one.available)));
    if months > 0.0 && hundredths > 0.0 {
        #[expect(clippy::cast_precision_loss, reason = "a count of advice")]
        let parts = (due as f64, hundredths / 100.0 / months);
        out.push(measured("ep_advice_per_fte", label, "total".to_owned(), parts));
    }
    caseload.rates("caseload_per_fte", label, out);
    late.rates("ep_advice_late", label, out);
}
