use std::fs;

use crate::{checkout, place, sendmart};

/// The published figures, through the program, on the files as they were published.
#[test]
fn published_figures_are_reproduced() {
    if !checkout().join("../shared/data/ehcp").is_dir() {
        // A clone elsewhere has no shared data; the demo's extracts are tested there.
        return;
    }
    let (_keep, place) = place();
    let text = fs::read_to_string(checkout().join("tests/open_data.toml")).unwrap();
    let shared = checkout().join("../shared/data").canonicalize().unwrap();
    let config = place.join("open_data.toml");
    fs::write(&config, text.replace("../shared/data", &shared.display().to_string())).unwrap();
    let config = config.display().to_string();
    let (code, out, err) = sendmart(&place, &["--config", &config, "run"]);
    assert_eq!(code, 0, "{out}\n{err}");
    let ask = |sql: &str| {
        let (code, out, err) = sendmart(&place, &["--config", &config, "--json", "query", sql]);
        assert_eq!(code, 0, "{err}");
        out.trim().to_owned()
    };
    let compared = |kpi: &str, file: &str, levels: &str| {
        ask(&format!(
            "SELECT count(*) AS compared, count(*) FILTER (WHERE value = published) AS equal FROM \
             (SELECT * FROM kpi.value UNION ALL BY NAME SELECT * FROM kpi.superseded_value) AS v JOIN meta.delivery USING (delivery_id) \
             WHERE kpi_id = '{kpi}' AND file_name = '{file}' AND value IS NOT NULL AND published IS NOT NULL AND geography_level IN ({levels})"
        ))
    };
    let all = "'nation', 'region', 'authority'";
    let same = |count: u64| format!("{{\"compared\":{count},\"equal\":{count}}}");
    assert_eq!(compared("ehcp_20_week", "timeliness_20_week.csv", all), same(12_166));
    assert_eq!(compared("ehcp_20_week_no_exceptions", "timeliness_20_week.csv", all), same(12_033));
    assert_eq!(compared("annual_review_4_week_decision", "annual_reviews.csv", all), same(10_604));
    assert_eq!(compared("ehcp_assess_rate", "requests.csv", all), same(12_096));
    let rates = |level: &str| {
        ask(&format!(
            "SELECT count(*) AS compared, count(*) FILTER (WHERE value = published) AS equal FROM kpi.value \
             WHERE kpi_id IN ('suspension_rate', 'permanent_exclusion_rate', 'one_plus_suspension_rate') AND geography_level = '{level}' \
             AND value IS NOT NULL AND published IS NOT NULL AND numerator = round(numerator)"
        ))
    };
    assert_eq!(rates("authority"), same(18_821));
    assert_eq!(rates("school"), same(603_248));
    assert_eq!(
        ask(
            "SELECT rule_id, cell, raw_value FROM meta.fault JOIN meta.delivery USING (delivery_id) WHERE rule_id = 'header::duplicate'"
        ),
        r#"{"rule_id":"header::duplicate","cell":"S1","raw_value":"review_meeting_prior_24"}"#
    );
    assert_eq!(
        ask(
            "SELECT count(*) AS n FROM meta.fault WHERE rule_id = 'cell::repaired' AND column_name LIKE 'total_length%'"
        ),
        r#"{"n":660}"#
    );
    assert_eq!(
        ask("SELECT count(*) AS n FROM meta.fault WHERE rule_id = 'EHC-041' AND severity = 'query'"),
        r#"{"n":1717}"#
    );
    assert_eq!(ask("SELECT sum(rows_quarantined) AS n FROM meta.delivery"), r#"{"n":0}"#);
}
