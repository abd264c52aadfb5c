//! What is reckoned from registers and from the lists of posts: small places that went wrong once.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use serde_json::Value;

use crate::{checkout, place, sendmart};

/// A case of `../shared/cases/turn2/pupils`, run in a place of its own.
struct Case {
    _keep: (tempfile::TempDir, tempfile::TempDir),
    place: PathBuf,
    config: String,
}

impl Case {
    /// None where the cases are not beside the checkout.
    fn run(name: &str) -> Option<Self> {
        let folder = checkout().join("../shared/cases/turn2/pupils").join(name);
        if !folder.exists() {
            eprintln!("skipped: {} is not there", folder.display());
            return None;
        }
        let written = fs::read_to_string(folder.join("place.toml")).unwrap();
        Some(Self::of(&written.replace("folder.path = \"", &format!("folder.path = \"{}/", folder.display()))))
    }

    /// A place whose config is given, but for its key.
    fn of(written: &str) -> Self {
        let (keep, place) = place();
        let secret = tempfile::tempdir().unwrap();
        let key = secret.path().join("key");
        fs::write(&key, format!("v1:{}", "0b".repeat(32))).unwrap();
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
        let config = secret.path().join("here.toml");
        fs::write(&config, format!("{written}\n[privacy]\nkey = \"{}\"\n", key.display())).unwrap();
        let case = Self { _keep: (keep, secret), place, config: config.display().to_string() };
        let (code, out, err) = sendmart(&case.place, &["--config", &case.config, "run"]);
        assert_eq!(code, 0, "{out}{err}");
        case
    }

    fn ask(&self, sql: &str) -> Vec<Value> {
        let (code, out, err) = sendmart(&self.place, &["--config", &self.config, "--json", "query", sql]);
        assert_eq!(code, 0, "{sql}\n{err}");
        out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The values of a KPI: period, breakdown, and numerator over denominator, or the reason for none.
    fn values(&self, kpi: &str) -> Vec<String> {
        let sql = format!(
            "SELECT period, breakdown, numerator, denominator, reason FROM kpi.value WHERE kpi_id = '{kpi}' ORDER BY period, breakdown"
        );
        let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
        let shown = |row: &Value| {
            let parts = format!("{} / {}", row["numerator"], row["denominator"]);
            let what = if row["reason"].is_null() { parts } else { text(row, "reason") };
            format!("{} {}: {what}", text(row, "period"), text(row, "breakdown"))
        };
        self.ask(&sql).iter().map(shown).collect()
    }

    /// The marks of a KPI, one after the other.
    fn marks(&self, kpi: &str) -> String {
        let sql = format!(
            "SELECT coalesce(mark, '') AS mark FROM kpi.value WHERE kpi_id = '{kpi}' ORDER BY period, breakdown"
        );
        self.ask(&sql)
            .iter()
            .map(|row| row["mark"].as_str().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
            .join("\n")
    }
}

#[test]
fn a_person_with_two_half_posts_is_one_and_a_renewed_contract_is_no_leaver() {
    let Some(case) = Case::run("wf") else { return };
    let of = |kpi: &str, of_total: &str| {
        let values = case.values(kpi);
        assert!(values.contains(&format!("2024/25 total: {of_total}")), "{kpi}: {values:#?}");
        assert!(values.contains(&format!("2024/25 team=SEN_CASEWORK: {of_total}")), "{kpi}: {values:#?}");
        assert!(values.contains(&format!("2024/25 reading=same post: {of_total}")), "{kpi}: {values:#?}");
        assert!(values.contains(&format!("2024/25 basis=fte: {of_total}")), "{kpi}: {values:#?}");
    };
    of("retention_12_month", "3.0 / 3.0");
    of("turnover_12_month", "0.0 / 3.0");
}

#[test]
fn a_discussion_on_the_day_itself_or_in_the_holidays_is_in_time() {
    let Some(case) = Case::run("mini") else { return };
    assert_eq!(case.values("aid_pick_up"), ["2024/25 total: 3.0 / 3.0"]);
}

#[test]
fn no_register_is_no_count_of_none() {
    let Some(case) = Case::run("noreg") else { return };
    let values = case.values("aid_pick_up");
    assert!(!values.is_empty() && values.iter().all(|value| value.ends_with(": unavailable")), "{values:?}");
    let marks = case.marks("aid_pick_up");
    assert!(marks.contains("no source: inclusion_discussions.aid_register did not come"), "{marks}");
}
