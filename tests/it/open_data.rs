use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use crate::{checkout, link_definitions, sendmart};

/// The warehouse of `tests/open_data.toml`, loaded once for all tests of this process; none without the shared data.
static LOADED: LazyLock<Option<OpenData>> = LazyLock::new(load);

/// A place that has loaded the open data.
pub(crate) struct OpenData {
    place: PathBuf,
    config: String,
    /// The files, and `known_figures.csv`.
    pub(crate) shared: PathBuf,
}

impl OpenData {
    /// The one warehouse. A clone elsewhere has no shared data: the demo's extracts are tested there.
    pub(crate) fn get() -> Option<&'static Self> {
        LOADED.as_ref()
    }

    /// The answer to a query, as JSON lines.
    pub(crate) fn ask(&self, sql: &str) -> String {
        let (code, out, err) = sendmart(&self.place, &["--config", &self.config, "--json", "query", sql]);
        assert_eq!(code, 0, "{sql}\n{err}");
        out.trim().to_owned()
    }
}

fn load() -> Option<OpenData> {
    let shared = crate::shared("data")?;
    let shared = shared.canonicalize().unwrap();
    let place = scratch();
    link_definitions(&place);
    let text = fs::read_to_string(checkout().join("tests/open_data.toml")).unwrap();
    let config = place.join("open_data.toml");
    fs::write(&config, text.replace("../shared/data", &shared.display().to_string())).unwrap();
    let config = config.display().to_string();
    let (code, out, err) = sendmart(&place, &["--config", &config, "run"]);
    assert_eq!(code, 0, "{out}\n{err}");
    Some(OpenData { place, config, shared })
}

/// A folder of this process. What a static holds is never dropped, so the folders of processes that have ended go here.
fn scratch() -> PathBuf {
    let all = Path::new(env!("CARGO_TARGET_TMPDIR")).join("open_data");
    fs::create_dir_all(&all).unwrap();
    for entry in fs::read_dir(&all).unwrap().flatten() {
        if !Path::new("/proc").join(entry.file_name()).exists() {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    let own = all.join(std::process::id().to_string());
    let _ = fs::remove_dir_all(&own);
    fs::create_dir(&own).unwrap();
    own
}

/// The published figures, through the program, on the files as they were published.
#[test]
fn published_figures_are_reproduced() {
    let Some(open_data) = OpenData::get() else { return };
    let ask = |sql: &str| open_data.ask(sql);
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
    assert_eq!(compared("attendance_rate", "EES_ytd_data.csv", all), same(11_574));
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
