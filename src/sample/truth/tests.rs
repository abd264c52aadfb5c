use std::collections::BTreeMap;

use super::*;
use crate::sample::SampleRequest;

fn county(seed: u64) -> Lives {
    let request = SampleRequest { schools: 24, pupils: 3_000, years: 3, last_year: 2025, seed, mess: 0.0, threads: 2 };
    Lives::live(&request, &())
}

fn number(amount: impl serde::Serialize) -> f64 {
    serde_json::to_value(amount).unwrap().as_f64().unwrap()
}

const IDS: [&str; 67] = [
    "agency_share",
    "aid_days_to_discussion",
    "aid_discussions",
    "aid_exclusion_within_90_days",
    "aid_pick_up",
    "aid_suspensions_after",
    "aid_wait",
    "annual_review_4_week_decision",
    "annual_review_advice_in_time",
    "annual_review_advice_used",
    "annual_review_attendance",
    "annual_review_decision_within_12_months",
    "annual_review_health_contribution",
    "annual_review_held_in_year",
    "annual_review_nil_return",
    "annual_review_social_care_contribution",
    "annual_review_undecided",
    "annual_review_under_five",
    "annual_review_within_12_months",
    "assessment_advice_6_week",
    "audit_good_or_outstanding",
    "audit_grades_apart",
    "caseload_per_fte",
    "ehc_prevalence",
    "ehcp_20_week",
    "ehcp_20_week_no_exceptions",
    "ehcp_assess_rate",
    "ehcp_backlog",
    "ehcp_backlog_months_to_clear",
    "ehcp_caseload",
    "ehcp_issued_20_to_52_weeks",
    "ehcp_issued_over_52_weeks",
    "ehcp_phase_transfer_in_time",
    "ehcp_refusal_16_week",
    "ehcp_refusal_mediation",
    "ehcp_refusal_tribunal",
    "ehcp_request_6_week",
    "ehcp_request_6_week_by_decision",
    "ehcp_return_difference",
    "ep_advice_late",
    "ep_advice_per_fte",
    "grt_cycles_per_pupil",
    "grt_embed_level",
    "grt_reach",
    "grt_request_evidence",
    "grt_schools_without_use",
    "grt_senco_trained",
    "grt_use_per_1000",
    "off_site_provision",
    "one_plus_school_limit",
    "one_plus_school_variation",
    "one_plus_suspension_rate",
    "part_time_timetable",
    "permanent_exclusion_rate",
    "persistent_absence",
    "post_fill_rate",
    "repeat_suspension_ratio",
    "repeat_suspension_school_limit",
    "retention_12_month",
    "sen_support_prevalence",
    "sessions_lost",
    "severe_absence",
    "suspension_rate",
    "suspensions_after_third",
    "three_suspensions",
    "turnover_12_month",
    "vacancy_days",
];

#[test]
fn every_kpi_has_values_and_each_stands_once() {
    let values = kpis(&county(4));
    // Five schools of a phase in which somebody was permanently excluded: a county as small as this may have none.
    let ids: std::collections::BTreeSet<&str> =
        values.iter().map(|one| one.kpi_id).filter(|id| *id != "permanent_exclusion_school_limit").collect();
    let wanted: std::collections::BTreeSet<&str> = IDS.into_iter().collect();
    assert_eq!(ids, wanted);
    let mut seen = std::collections::BTreeSet::new();
    for one in &values {
        let key = (one.kpi_id, &one.period, one.geography_level, &one.geography_code, &one.breakdown);
        assert!(seen.insert(key), "twice: {key:?}");
    }
}

#[test]
fn schools_and_phases_add_up_to_the_authority() {
    for seed in 0..3 {
        let mut sums: BTreeMap<(&str, String), [f64; 8]> = BTreeMap::new();
        for one in kpis(&county(seed)) {
            // Of phases only, and by a formula: nothing to add up.
            let Some(denominator) = one
                .denominator
                .filter(|_| one.kpi_id != "one_plus_school_variation" && !one.kpi_id.ends_with("school_limit"))
            else {
                continue;
            };
            let sums = sums.entry((one.kpi_id, one.period)).or_default();
            let part = match (one.geography_level, one.breakdown.as_str()) {
                ("authority", "total") => 0,
                // Referral units stand beside the total of suspensions and absence, and within that of needs.
                ("authority", "phase=pru") if one.kpi_id.ends_with("_prevalence") || one.kpi_id.starts_with("grt_") => {
                    1
                }
                ("authority", "phase=pru") => 3,
                ("authority", breakdown) if breakdown.starts_with("phase=") => 1,
                ("school", "total") => 2,
                _ => continue,
            };
            sums[part] += number(one.numerator);
            sums[part + 4] += number(denominator);
        }
        for (key, sums) in sums {
            for (part, beside) in [(1, 0.0), (2, 1.0)] {
                for at in [0, 4] {
                    let whole = sums[at] + beside * sums[at + 3];
                    assert!(sums[part + 4] == 0.0 || (whole - sums[at + part]).abs() < 1e-6, "{key:?}: {sums:?}");
                }
            }
        }
    }
}

#[test]
fn shares_are_shares() {
    // More can be suspended at a school in a year than are there in January.
    let may_exceed = [
        "one_plus_suspension_rate",
        "permanent_exclusion_rate",
        "suspension_rate",
        "sessions_lost",
        "repeat_suspension_ratio",
        "caseload_per_fte",
        "turnover_12_month",
        "audit_grades_apart",
        "ehcp_backlog_months_to_clear",
        "off_site_provision",
        "one_plus_school_variation",
        "suspensions_after_third",
        "aid_suspensions_after",
        "grt_cycles_per_pupil",
        "grt_use_per_1000",
        "ep_advice_per_fte",
        "vacancy_days",
        "aid_wait",
    ];
    // A distance from the phase is no share.
    for one in kpis(&county(9)).iter().filter(|one| !one.kpi_id.ends_with("school_limit")) {
        let numerator = number(one.numerator);
        assert!(numerator >= 0.0);
        if let Some(denominator) = one.denominator.map(number).filter(|_| !may_exceed.contains(&one.kpi_id)) {
            assert!(numerator <= denominator, "{} of {}: {numerator} of {denominator}", one.kpi_id, one.period);
        }
    }
}

#[test]
fn a_naive_append_nearly_doubles_the_suspensions() {
    let counts = counts(&county(2));
    let (told, merged) = (counts["suspensions_told"] as f64, counts["suspensions"] as f64);
    assert!(told / merged >= 1.8, "{told} told, {merged} merged");
}
