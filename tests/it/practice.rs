//! What is reckoned from registers and from the lists of posts: small places that went wrong once.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use rust_xlsxwriter::Workbook;
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
        let folder = crate::shared(&format!("cases/turn2/pupils/{name}"))?;
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
            "SELECT period, breakdown, numerator, denominator, reason FROM kpi.value WHERE kpi_id = '{kpi}' AND {} ORDER BY period, breakdown",
            crate::OWN
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
            "SELECT coalesce(mark, '') AS mark FROM kpi.value WHERE kpi_id = '{kpi}' AND {} ORDER BY period, breakdown",
            crate::OWN
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

/// The KPIs of the registers and of the workforce.
const KPIS: [&str; 23] = [
    "agency_share",
    "aid_days_to_discussion",
    "aid_discussions",
    "aid_exclusion_within_90_days",
    "aid_pick_up",
    "aid_suspensions_after",
    "aid_wait",
    "audit_good_or_outstanding",
    "audit_grades_apart",
    "caseload_per_fte",
    "ep_advice_late",
    "ep_advice_per_fte",
    "grt_cycles_per_pupil",
    "grt_embed_level",
    "grt_reach",
    "grt_request_evidence",
    "grt_schools_without_use",
    "grt_senco_trained",
    "grt_use_per_1000",
    "post_fill_rate",
    "retention_12_month",
    "turnover_12_month",
    "vacancy_days",
];

const REGISTERS: [&str; 5] =
    ["ehcp_audit", "graduated_response", "inclusion_discussions", "workforce_caseload", "workforce_posts"];

/// An invented county of two years, of which some deliveries are left out.
fn county_without(is_left_out: impl Fn(&str) -> bool) -> Case {
    county(is_left_out, "")
}

/// The same, with other sources beside.
fn county(is_left_out: impl Fn(&str) -> bool, more: &str) -> Case {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("county");
    let size = ["--schools", "8", "--pupils", "700", "--years", "2", "--seed", "5", "--mess", "0"];
    let arguments = [&["sample", "--out", out.to_str().unwrap()][..], &size].concat();
    let (code, said, err) = sendmart(checkout(), &arguments);
    assert_eq!(code, 0, "{said}{err}");
    let written = fs::read_to_string(out.join("sample.toml")).unwrap();
    let kept: String = written
        .split("[[source]]")
        .skip(1)
        .filter(|source| !is_left_out(source))
        .map(|source| format!("[[source]]{source}"))
        .collect();
    Case::of(&format!("authority = \"933\"\n{kept}{more}"))
}

/// Rows of a KPI that have a value and nothing beside it, in some periods.
fn bare(case: &Case, kpis: &[&str], periods: &[&str]) -> Vec<String> {
    let listed = |names: &[&str]| names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "SELECT kpi_id || ' ' || period || ' ' || breakdown AS bare FROM kpi.value WHERE basis = 'local' AND kpi_id IN ({}) \
         AND period IN ({}) AND reason IS NULL AND mark IS NULL ORDER BY bare",
        listed(kpis),
        listed(periods)
    );
    case.ask(&sql).iter().map(|row| row["bare"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn without_the_registers_no_kpi_of_theirs_has_a_value_and_each_says_why() {
    let case = county_without(|source| REGISTERS.iter().any(|one| source.contains(&format!("collection = \"{one}\""))));
    for kpi in KPIS {
        let values = case.values(kpi);
        assert!(!values.is_empty() && values.iter().all(|value| value.ends_with(": unavailable")), "{kpi}: {values:?}");
        assert!(case.marks(kpi).lines().all(|mark| mark.contains("no source: ")), "{kpi}: {}", case.marks(kpi));
    }
}

#[test]
fn registers_without_a_term_of_a_year_mark_every_figure_of_that_year_and_no_whole_one() {
    let is_register = |source: &str| REGISTERS.iter().any(|one| source.contains(&format!("collection = \"{one}\"")));
    let whole = county_without(|_| false);
    let years: Vec<String> = whole
        .ask("SELECT DISTINCT period FROM kpi.value WHERE kpi_id = 'post_fill_rate' AND period_kind = 'academic_year' ORDER BY period")
        .iter()
        .map(|row| row["period"].as_str().unwrap().to_owned())
        .collect();
    let [first, last] = years.as_slice() else { panic!("{years:?}") };
    let spring: i32 = last[..4].parse::<i32>().unwrap() + 1;
    let months = [format!("_{spring}-01"), format!("_{spring}-02"), format!("_{spring}-03")];
    let term = format!("_{spring}_spring");
    let cut = county_without(|source| {
        is_register(source) && (source.contains(&term) || months.iter().any(|month| source.contains(month)))
    });
    let calendar = spring.to_string();
    assert_eq!(bare(&cut, &KPIS, &[last]), Vec::<String>::new());
    assert_eq!(bare(&cut, &["grt_request_evidence"], &[&calendar]), Vec::<String>::new());
    // The mark is of the gap, and not of everything: the whole county has figures without one, in the year before too.
    for one in ["post_fill_rate total", "retention_12_month total", "vacancy_days total", "caseload_per_fte total"] {
        let [kpi, breakdown] = one.split(' ').collect::<Vec<_>>()[..] else { panic!("{one}") };
        for (case, period) in [(&whole, last), (&cut, first)] {
            assert!(bare(case, &[kpi], &[period]).contains(&format!("{kpi} {period} {breakdown}")), "{kpi} {period}");
        }
    }
}

#[test]
fn without_a_january_census_what_is_divided_by_it_has_no_value() {
    let case =
        county_without(|source| source.contains("collection = \"school_census\"") && source.contains("_spring\""));
    let kpis = [
        "aid_pick_up",
        "aid_wait",
        "aid_exclusion_within_90_days",
        "grt_reach",
        "grt_use_per_1000",
        "grt_schools_without_use",
    ];
    for kpi in kpis {
        let values = case.values(kpi);
        assert!(!values.is_empty() && values.iter().all(|value| value.ends_with(": unavailable")), "{kpi}: {values:?}");
        assert!(case.marks(kpi).contains("no school census of spring"), "{kpi}: {}", case.marks(kpi));
    }
}

#[test]
fn request_numbers_that_no_return_has_are_no_count_of_none() {
    const HEAD: [&str; 13] = [
        "grt_id",
        "urn",
        "upn",
        "pupil_ref",
        "opened_date",
        "area_of_need",
        "level",
        "tool_section",
        "cycle_no",
        "review_date",
        "outcome",
        "author_role",
        "ehcna_request_id",
    ];
    let folder = tempfile::tempdir().unwrap();
    let mut workbook = Workbook::new();
    let page = workbook.add_worksheet().set_name("grt_use").unwrap();
    page.write_row(0, 0, HEAD).unwrap();
    for (row, day) in
        (1_u32..).zip(["2023-10-02", "2024-02-05", "2024-10-07", "2025-02-03", "2025-10-06", "2026-02-02"])
    {
        let number = format!("{row}");
        let cells =
            [&number, "990001", "", "P1", day, "SEMH", "SEN_SUPPORT", "", "1", "", "EHCNA", "SENCO", "numbered anew"];
        page.write_row(row, 0, cells).unwrap();
    }
    workbook.save(folder.path().join("log.xlsx")).unwrap();
    let log = format!(
        "[[source]]\ncollection = \"graduated_response\"\nfolder.path = \"{}\"\nreceived = \"2026-03-02\"\n",
        folder.path().display()
    );
    let case = county(|source| source.contains("collection = \"graduated_response\""), &log);
    let values = case.values("grt_request_evidence");
    assert!(!values.is_empty() && values.iter().all(|value| value.ends_with(": unavailable")), "{values:?}");
    let marks = case.marks("grt_request_evidence");
    assert!(marks.contains("none of the 1 request numbers of the register is in a SEN2 return"), "{marks}");
}
