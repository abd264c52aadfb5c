//! A county invented apart from this project: its returns, and the values that were reckoned from its lives by a program
//! that shares nothing with this one. `truth_alt.json` holds the other reading where a definition has two.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::Value;

use crate::{checkout, place, sendmart};

/// KPIs whose values are compared with `truth.json`.
const COMPARED: [&str; 22] = [
    "annual_review_health_contribution",
    "annual_review_social_care_contribution",
    "ehc_prevalence",
    "ehcp_20_week",
    "ehcp_20_week_no_exceptions",
    "ehcp_assess_rate",
    "ehcp_backlog",
    "ehcp_backlog_months_to_clear",
    "ehcp_caseload",
    "ehcp_refusal_16_week",
    "ehcp_request_6_week",
    "off_site_provision",
    "one_plus_suspension_rate",
    "part_time_timetable",
    "permanent_exclusion_rate",
    "persistent_absence",
    "repeat_suspension_ratio",
    "sen_support_prevalence",
    "sessions_lost",
    "severe_absence",
    "suspension_rate",
    "three_suspensions",
];

type Values = BTreeMap<String, (f64, Option<f64>)>;

fn json(name: &str) -> Option<Value> {
    let path = crate::shared(&format!("cases/turn2/county/{name}"))?;
    Some(serde_json::from_slice(&fs::read(path).unwrap()).unwrap())
}

/// `kpi|period|place|breakdown` to numerator and denominator.
fn values(of: &Value) -> Values {
    let parts = |value: &Value| (value[0].as_f64().unwrap(), value[1].as_f64());
    of.as_object().unwrap().iter().map(|(key, value)| (key.clone(), parts(value))).collect()
}

fn unpack(into: &Path) {
    let file = fs::File::open(checkout().join("../shared/cases/turn2/county/inbox.zip")).unwrap();
    zip::ZipArchive::new(file).unwrap().extract(into).unwrap();
}

/// Runs the county as one of its configs says it; gives what its place answers to a question.
struct Run {
    _keep: (tempfile::TempDir, tempfile::TempDir),
    place: std::path::PathBuf,
    config: String,
}

impl Run {
    fn new(edit: impl Fn(&str) -> String) -> Self {
        let (keep, place) = place();
        unpack(&place);
        let secret = tempfile::tempdir().unwrap();
        let key = secret.path().join("key");
        fs::write(&key, format!("v1:{}", "0b".repeat(32))).unwrap();
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
        let written = fs::read_to_string(checkout().join("../shared/cases/turn2/county/place.toml")).unwrap();
        let config = secret.path().join("here.toml");
        fs::write(&config, format!("{}\n[privacy]\nkey = \"{}\"\n", edit(&written), key.display())).unwrap();
        let run = Self { _keep: (keep, secret), place, config: config.display().to_string() };
        let (code, out, err) = sendmart(&run.place, &["--config", &run.config, "run"]);
        assert_eq!(code, 0, "{out}{err}");
        run
    }

    fn ask(&self, sql: &str) -> Vec<Value> {
        let (code, out, err) = sendmart(&self.place, &["--config", &self.config, "--json", "query", sql]);
        assert_eq!(code, 0, "{sql}\n{err}");
        out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn values(&self) -> Values {
        let sql = format!(
            "SELECT kpi_id || '|' || period || '|' || geography_code || '|' || breakdown AS key, numerator, denominator \
             FROM kpi.value WHERE basis = 'local' AND numerator IS NOT NULL AND {}",
            crate::OWN
        );
        self.ask(&sql)
            .iter()
            .map(|row| {
                (
                    row["key"].as_str().unwrap().to_owned(),
                    (row["numerator"].as_f64().unwrap(), row["denominator"].as_f64()),
                )
            })
            .collect()
    }
}

fn same(one: (f64, Option<f64>), other: (f64, Option<f64>)) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() < 1e-6;
    near(one.0, other.0) && other.1.is_none_or(|whole| one.1.is_some_and(|mine| near(mine, whole)))
}

#[test]
fn its_values_are_those_that_were_reckoned_from_its_lives() {
    let Some(truth) = json("truth.json") else { return };
    let run = Run::new(str::to_owned);
    let found = run.values();
    let truth: Values =
        values(&truth).into_iter().filter(|(key, _)| COMPARED.contains(&key.split('|').next().unwrap())).collect();
    assert!(truth.len() > 700, "{}", truth.len());
    let wrong: Vec<_> = truth
        .iter()
        .filter(|(key, parts)| {
            let is_nothing = parts.0 == 0.0 && parts.1 == Some(0.0);
            found.get(*key).map_or(!is_nothing, |mine| !same(*mine, **parts))
        })
        .map(|(key, parts)| (key, parts, found.get(key)))
        .collect();
    assert!(wrong.is_empty(), "{} of {} differ: {:#?}", wrong.len(), truth.len(), &wrong[..wrong.len().min(9)]);
    let beyond: BTreeSet<&String> = found
        .keys()
        .filter(|key| COMPARED.contains(&key.split('|').next().unwrap()) && !truth.contains_key(*key))
        .collect();
    assert!(beyond.is_empty(), "{beyond:?}");
    let with_rows = crate::rows::rows_count_what_the_values_say(&|sql| run.ask(sql));
    for id in ["audit_good_or_outstanding", "audit_grades_apart", "ehcp_refusal_16_week"] {
        assert!(with_rows.contains(id), "{id}: no rows");
    }
}

/// What could be known when so many of the censuses were in: the values, and that they are marked.
#[test]
fn what_could_be_known_after_each_census_is_known_and_marked() {
    let Some(known) = json("known.json") else { return };
    for (day, wanted) in known.as_object().unwrap() {
        let wanted: Values = values(wanted).into_iter().filter(|(key, _)| !key.ends_with("|alt")).collect();
        if wanted.is_empty() {
            continue;
        }
        let until = |text: &str| -> String {
            let mut parts = text.split("\n[[source]]\n");
            let head = parts.next().unwrap().to_owned();
            let came = parts.filter(|part| {
                let received = part.split("received = \"").nth(1).unwrap();
                ["school_census", "gias"].iter().any(|one| part.contains(&format!("collection = \"{one}\"")))
                    && received[..10] <= **day
            });
            [head].into_iter().chain(came.map(str::to_owned)).collect::<Vec<_>>().join("\n[[source]]\n")
        };
        let run = Run::new(until);
        let found = run.values();
        let wrong: Vec<_> = wanted
            .iter()
            .filter(|(key, parts)| !found.get(*key).is_some_and(|mine| same(*mine, **parts)) && parts.1 != Some(0.0))
            .map(|(key, parts)| (key, parts, found.get(key)))
            .collect();
        assert!(
            wrong.is_empty(),
            "on {day} {} of {} differ: {:#?}",
            wrong.len(),
            wanted.len(),
            &wrong[..wrong.len().min(9)]
        );
        let last = run.ask("SELECT max(academic_year) AS year FROM mart.fct_roll WHERE term = 'spring'");
        let bare = run.ask(&format!(
            "SELECT kpi_id, geography_code, breakdown FROM kpi.value WHERE basis = 'local' AND period = '{}' AND reason IS NULL AND mark IS NULL \
             AND kpi_id IN ('suspension_rate', 'one_plus_suspension_rate', 'permanent_exclusion_rate', 'sessions_lost', 'repeat_suspension_ratio', 'three_suspensions')",
            last[0]["year"].as_str().unwrap()
        ));
        let is_complete = run.ask(
            "SELECT max(census) - max(CASE WHEN term = 'spring' THEN census END) AS later FROM mart.fct_census_school",
        );
        if is_complete[0]["later"].as_i64() < Some(3) {
            assert!(bare.is_empty(), "on {day}: {bare:?}");
        }
    }
}

/// KPIs of the registers, posts and caseload whose values are compared, and those whose second reading stands beside.
const OF_REGISTERS: [&str; 12] = [
    "agency_share",
    "aid_exclusion_within_90_days",
    "aid_pick_up",
    "audit_good_or_outstanding",
    "audit_grades_apart",
    "caseload_per_fte",
    "ep_advice_late",
    "grt_reach",
    "grt_request_evidence",
    "post_fill_rate",
    "retention_12_month",
    "turnover_12_month",
];

/// Where the reading of `truth.json`, or of `truth_alt.json`, stands in this project: who keeps a post, and who stays in the
/// team, are two readings of one measure, and so are discussions after a third suspension and any.
fn stands_at(key: &str, is_alternative: bool) -> String {
    let (head, breakdown) = key.rsplit_once('|').unwrap();
    let reading = match (head.split('|').next().unwrap(), is_alternative) {
        ("retention_12_month" | "turnover_12_month", false) => "reading=same post",
        ("aid_exclusion_within_90_days", true) => "reading=any trigger",
        _ => return key.to_owned(),
    };
    if breakdown == "total" { format!("{head}|{reading}") } else { format!("{head}|{reading}, {breakdown}") }
}

#[test]
fn its_registers_and_posts_give_both_readings() {
    let (Some(truth), Some(alternative)) = (json("truth.json"), json("truth_alt.json")) else { return };
    let found = Run::new(str::to_owned).values();
    let mut compared = 0;
    for (told, is_alternative) in [(truth, false), (alternative, true)] {
        for (key, parts) in values(&told) {
            if OF_REGISTERS.contains(&key.split('|').next().unwrap()) {
                let at = stands_at(&key, is_alternative);
                assert!(found.get(&at).is_some_and(|mine| same(*mine, parts)), "{at}: {parts:?}, {:?}", found.get(&at));
                compared += 1;
            }
        }
    }
    assert!(compared > 130, "{compared}");
}
