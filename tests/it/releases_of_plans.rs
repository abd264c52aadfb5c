//! The current releases of education, health and care plans, workforce, destinations and children out of school: every file of
//! `ees_current` loads whole, and the figures whose parts stand beside them are reproduced.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use crate::{link_definitions, sendmart};

/// A file of a collection: rows read, accepted, quarantined.
type File = (&'static str, &'static str, [u64; 3]);

/// Education, health and care plans; workforce; children out of school; participation, destinations, alternative provision.
const FILES: [File; 33] = [
    ("published_alternative_provision", "ap_la_funded_placements.csv", [5, 5, 0]),
    ("published_alternative_provision", "ap_school_arranged_characteristics.csv", [5, 5, 0]),
    ("published_alternative_provision", "ap_school_arranged_reason.csv", [5, 5, 0]),
    ("published_destinations", "ks4_destinations.csv", [2, 2, 0]),
    ("published_destinations", "ks4_longer_term_destinations_la.csv", [4, 4, 0]),
    ("published_ehcp", "sen2_annual_reviews.csv", [5, 5, 0]),
    ("published_ehcp", "sen2_assessments.csv", [3, 3, 0]),
    // Of these two, and of the retention of teachers, only the header is there.
    ("published_ehcp", "sen2_caseload_placement.csv", [0, 0, 0]),
    ("published_ehcp", "sen2_caseload_primary_need.csv", [4, 4, 0]),
    ("published_ehcp", "sen2_ceased.csv", [5, 5, 0]),
    ("published_ehcp", "sen2_new_plans_placement.csv", [0, 0, 0]),
    ("published_ehcp", "sen2_new_plans_primary_need.csv", [5, 5, 0]),
    ("published_ehcp", "sen2_personal_budgets_2025.csv", [5, 5, 0]),
    ("published_ehcp", "sen2_phase_transfers.csv", [5, 5, 0]),
    ("published_ehcp", "sen2_requests.csv", [2, 2, 0]),
    ("published_ehcp", "sen2_residential.csv", [5, 5, 0]),
    ("published_ehcp", "sen2_timeliness_20_weeks.csv", [4, 4, 0]),
    ("published_ehcp", "sen2_work_based_placements.csv", [5, 5, 0]),
    ("published_missing_education", "cme_census.csv", [5, 5, 0]),
    ("published_participation", "participation_characteristics.csv", [5, 5, 0]),
    ("published_social_work", "csww_indicators_la.csv", [2, 2, 0]),
    // The end of its header was not seen: whatever columns it has are read.
    ("published_workforce", "partial_headers/swf_size_of_workforce_la.csv", [0, 0, 0]),
    ("published_workforce", "swf_pupil_teacher_ratio_la.csv", [5, 5, 0]),
    ("published_workforce", "swf_pupil_teacher_ratio_school.csv", [5, 5, 0]),
    ("published_workforce", "swf_qualified_leavers_national.csv", [5, 5, 0]),
    ("published_workforce", "swf_sickness_absence_la.csv", [5, 5, 0]),
    ("published_workforce", "swf_support_staff_la.csv", [5, 5, 0]),
    ("published_workforce", "swf_teacher_characteristics_la.csv", [5, 5, 0]),
    ("published_workforce", "swf_teacher_characteristics_la_2024.csv", [4, 4, 0]),
    ("published_workforce", "swf_teacher_characteristics_school.csv", [4, 4, 0]),
    ("published_workforce", "swf_teacher_retention_national.csv", [0, 0, 0]),
    ("published_workforce", "swf_teacher_turnover_school.csv", [5, 5, 0]),
    ("published_workforce", "swf_teacher_vacancies_school.csv", [5, 5, 0]),
];

/// A KPI on a file: figures that can be compared, and those that are equal.
const RATES: [(&str, &str, [u64; 2]); 14] = [
    // Shares below 1 are printed cut.
    ("alternative_provision_setting_share", "ap_la_funded_placements.csv", [5, 4]),
    ("ehcp_20_week", "sen2_timeliness_20_weeks.csv", [4, 4]),
    ("ehcp_20_week_no_exceptions", "sen2_timeliness_20_weeks.csv", [4, 4]),
    ("ehcp_need_share", "sen2_caseload_primary_need.csv", [52, 52]),
    ("ehcp_new_plan_need_share", "sen2_new_plans_primary_need.csv", [65, 65]),
    ("ks4_destination", "ks4_destinations.csv", [2, 2]),
    ("participation_rate", "participation_characteristics.csv", [5, 5]),
    ("pupil_teacher_ratio", "swf_pupil_teacher_ratio_la.csv", [15, 15]),
    // Divided before full-time equivalents are rounded to a tenth, as one of the social workers' is.
    ("pupil_teacher_ratio", "swf_pupil_teacher_ratio_school.csv", [15, 13]),
    ("social_worker_agency_rate", "csww_indicators_la.csv", [4, 4]),
    ("social_worker_caseload", "csww_indicators_la.csv", [2, 2]),
    ("social_worker_turnover", "csww_indicators_la.csv", [4, 4]),
    ("social_worker_vacancy_rate", "csww_indicators_la.csv", [6, 5]),
    ("teacher_sickness_days", "swf_sickness_absence_la.csv", [5, 5]),
];

/// The place that has loaded all of them; none without the shared data.
static LOADED: LazyLock<Option<tempfile::TempDir>> = LazyLock::new(load);

fn load() -> Option<tempfile::TempDir> {
    let folder = crate::shared("data/ees_current")?.canonicalize().unwrap();
    let place = tempfile::tempdir().unwrap();
    link_definitions(place.path());
    let mut config = String::new();
    for (collection, file, _) in FILES {
        config.push_str(&format!(
            "[[source]]\ncollection = \"{collection}\"\nfolder.path = {:?}\nfolder.files = [\"{file}\"]\nreceived = \"2026-11-01\"\n",
            folder.display().to_string()
        ));
    }
    fs::write(place.path().join("releases.toml"), config).unwrap();
    let (code, out, err) = said(place.path(), &["run"]);
    assert_eq!(code, 0, "{out}{err}");
    Some(place)
}

fn said(place: &Path, arguments: &[&str]) -> (i32, String, String) {
    let config = place.join("releases.toml").display().to_string();
    sendmart(place, &[&["--config", &config], arguments].concat())
}

fn ask(place: &Path, sql: &str) -> String {
    let (code, out, err) = said(place, &["--json", "query", sql]);
    assert_eq!(code, 0, "{sql}\n{err}");
    out.trim().to_owned()
}

#[test]
fn every_file_loads_whole() {
    let Some(place) = LOADED.as_ref() else { return };
    let wrong: Vec<String> = FILES
        .iter()
        .filter_map(|(collection, file, [read, accepted, quarantined])| {
            let wanted = format!("{{\"read\":{read},\"accepted\":{accepted},\"quarantined\":{quarantined}}}");
            let name = file.rsplit('/').next().unwrap_or(file);
            let found = ask(
                place.path(),
                &format!(
                    "SELECT rows_read AS read, rows_accepted AS accepted, rows_quarantined AS quarantined FROM meta.delivery \
                     WHERE collection = '{collection}' AND file_name = '{name}' AND refused_code IS NULL"
                ),
            );
            (found != wanted).then(|| format!("{file}: {found}, not {wanted}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(ask(place.path(), "SELECT count(*) AS n FROM meta.fault WHERE severity <> 'info'"), r#"{"n":0}"#);
}

#[test]
fn printed_rates_whose_counts_stand_beside_them_are_reproduced() {
    let Some(place) = LOADED.as_ref() else { return };
    let found = ask(
        place.path(),
        "SELECT kpi_id, file_name, count(*) AS compared, count(*) FILTER (WHERE value = published) AS equal FROM kpi.value \
         JOIN meta.delivery USING (delivery_id) WHERE basis = 'published' AND value IS NOT NULL AND published IS NOT NULL \
         AND numerator IS NOT NULL AND denominator IS NOT NULL GROUP BY ALL ORDER BY ALL",
    );
    let wanted: Vec<String> = RATES
        .iter()
        .map(|(kpi, file, [compared, equal])| {
            format!("{{\"kpi_id\":\"{kpi}\",\"file_name\":\"{file}\",\"compared\":{compared},\"equal\":{equal}}}")
        })
        .collect();
    assert_eq!(found.lines().collect::<Vec<_>>(), wanted);
    let (code, out, err) = said(place.path(), &["kpi", "reconcile"]);
    assert_eq!(code, 0, "{err}");
    assert!(!out.contains("nothing explains") && !err.contains("nothing explains"), "{out}{err}");
}

#[test]
fn a_year_in_a_label_is_any_year() {
    let Some(folder) = crate::shared("data/ees_current") else { return };
    let place = tempfile::tempdir().unwrap();
    link_definitions(place.path());
    let inbox = place.path().join("inbox/published_ehcp");
    fs::create_dir_all(&inbox).unwrap();
    for (file, years) in [
        ("sen2_annual_reviews.csv", [("2025", "2026"), ("", "")]),
        ("sen2_phase_transfers.csv", [("_26", "_27"), ("_25", "_26")]),
    ] {
        let text = fs::read_to_string(folder.join(file)).unwrap();
        let (header, rows) = text.split_once('\n').unwrap();
        let mut header = header.to_owned();
        for (from, to) in years.iter().filter(|(from, _)| !from.is_empty()) {
            assert!(header.contains(from), "{file}: {header}");
            header = header.replace(from, to);
        }
        fs::write(inbox.join(file), format!("{header}\n{}", rows.replace("2025,Calendar", "2026,Calendar"))).unwrap();
    }
    let (code, out, err) = sendmart(place.path(), &["run"]);
    assert_eq!(code, 0, "{out}{err}");
    let query = |sql: &str| sendmart(place.path(), &["--json", "query", sql]).1.trim().to_owned();
    assert_eq!(
        query("SELECT period, sum(review_completed) AS n FROM mart.published_ehcp_annual_reviews GROUP BY ALL"),
        r#"{"period":"2026","n":132847}"#
    );
    assert_eq!(
        query(
            "SELECT transfer_year AS year, due, final FROM mart.published_ehcp_phase_transfers WHERE geographic_level = 'National' ORDER BY ALL"
        ),
        "{\"year\":\"2026\",\"due\":12232,\"final\":38887}\n{\"year\":\"2027\",\"due\":142257,\"final\":602}"
    );
}

/// A kind of period and a period that are of other years are told, and the rows stand.
#[test]
fn a_kind_of_period_beside_a_period_of_other_years_is_a_query() {
    let Some(folder) = crate::shared("data/ees_current") else { return };
    let place = tempfile::tempdir().unwrap();
    link_definitions(place.path());
    let inbox = place.path().join("inbox/published_ehcp");
    fs::create_dir_all(&inbox).unwrap();
    let text = fs::read_to_string(folder.join("sen2_ceased.csv")).unwrap();
    assert!(text.contains("2022,Calendar year,"), "{text}");
    fs::write(inbox.join("sen2_ceased.csv"), text.replacen("2022,Calendar year,", "202223,Calendar year,", 1)).unwrap();
    let (code, out, err) = sendmart(place.path(), &["run"]);
    assert_eq!(code, 0, "{out}{err}");
    let sql = "SELECT severity, column_name, raw_value FROM meta.fault WHERE rule_id = 'PERIOD-YEARS' ORDER BY ALL";
    assert_eq!(
        sendmart(place.path(), &["--json", "query", sql]).1.trim(),
        r#"{"severity":"query","column_name":"period","raw_value":"2022/23"}"#
    );
}

#[test]
fn files_of_one_header_are_told_apart_by_what_they_hold_and_not_by_their_name() {
    let Some(folder) = crate::shared("data/ees_current") else { return };
    let place = tempfile::tempdir().unwrap();
    link_definitions(place.path());
    let inbox = place.path().join("inbox/published_ehcp");
    fs::create_dir_all(&inbox).unwrap();
    fs::copy(folder.join("sen2_caseload_primary_need.csv"), inbox.join("one.csv")).unwrap();
    fs::copy(folder.join("sen2_new_plans_primary_need.csv"), inbox.join("two.csv")).unwrap();
    let text = fs::read_to_string(folder.join("sen2_new_plans_primary_need.csv")).unwrap();
    fs::write(inbox.join("three.csv"), text.replace("Calendar year", "Financial year")).unwrap();
    let (code, out, err) = sendmart(place.path(), &["run"]);
    assert_eq!(code, 65, "the third is of neither kind: {out}{err}");
    assert!(err.contains("read::other_record") || out.contains("read::other_record"), "{out}{err}");
    fs::remove_file(inbox.join("three.csv")).unwrap();
    let (code, out, err) = sendmart(place.path(), &["run"]);
    assert_eq!(code, 0, "{out}{err}");
    let query = |sql: &str| sendmart(place.path(), &["--json", "query", sql]).1.trim().to_owned();
    assert_eq!(
        query("SELECT file_name AS file, layout FROM meta.delivery WHERE collection = 'published_ehcp' ORDER BY ALL"),
        "{\"file\":\"one.csv\",\"layout\":\"needs_2026\"}\n{\"file\":\"two.csv\",\"layout\":\"new_plan_needs_2026\"}"
    );
}
