//! The passport of a value: what is known of its data, against what was reckoned apart from it.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Value, json};

use crate::census::Case;

/// Every local KPI that has rows, in months and rolling years, and where it has none in its own periods: `explain` finds as many as the value says, and the
/// newest of them is the one that its passport names. `ask` gives exit code and standard output.
pub(crate) fn values_lead_to_their_rows(query: &dyn Fn(&str) -> Vec<Value>, explain: &dyn Fn(&[&str]) -> Value) {
    // One value of each KPI and kind of period: the one that counts most.
    let asked = query(
        "SELECT kpi_id, period_kind, period, geography_code, breakdown, numerator, denominator FROM ( \
         SELECT *, row_number() OVER (PARTITION BY kpi_id, period_kind ORDER BY numerator DESC, period, geography_code, breakdown) AS choice \
         FROM kpi.value WHERE basis = 'local' AND geography_level = 'authority' AND value IS NOT NULL AND numerator > 0 \
         AND (breakdown = 'total' OR breakdown LIKE 'phase=%' OR breakdown LIKE 'team=%') \
         AND period_kind IN ('academic_year', 'calendar_year', 'month', 'rolling_12_months')) AS one WHERE choice = 1 \
         AND (period_kind IN ('month', 'rolling_12_months') OR NOT EXISTS (SELECT 1 FROM kpi.value AS series \
         WHERE series.kpi_id = one.kpi_id AND series.basis = 'local' AND series.period_kind = 'month')) ORDER BY ALL",
    );
    assert!(asked.len() > 80, "{} values", asked.len());
    let mut with_rows = 0;
    for value in &asked {
        let word = |name: &str| value[name].as_str().unwrap();
        let told = explain(&[
            word("kpi_id"),
            "--at",
            word("geography_code"),
            "--period",
            word("period"),
            "--breakdown",
            word("breakdown"),
        ]);
        let parts = told["rests_on"]["parts"].as_array().unwrap();
        let mut newest: BTreeMap<&str, &str> = BTreeMap::new();
        for part in parts {
            let said = &value[part["part"].as_str().unwrap()];
            let counted = part["counted"].as_f64().unwrap();
            assert!((counted - said.as_f64().unwrap()).abs() < 1e-6, "{value}: {told}");
            assert!(part["rows"].as_u64().unwrap() > 0, "{value}: {told}");
            for (passport, of_part) in [("newest_day", "newest_day"), ("newest_received", "newest_received")] {
                if let Some(day) = part[of_part].as_str() {
                    let known = newest.entry(passport).or_insert(day);
                    *known = (*known).max(day);
                }
            }
        }
        with_rows += usize::from(!parts.is_empty());
        let passport = &told["passport"];
        let day = |name: &str| passport[name].as_str().map(|text| &text[..10]);
        assert_eq!(day("newest_received"), newest.get("newest_received").copied(), "{value}: {told}");
        // A KPI without a series may name a day all the same.
        if let Some(newest) = newest.get("newest_day") {
            assert_eq!(day("newest_day"), Some(*newest), "{value}: {told}");
        }
    }
    assert!(with_rows > 75, "{with_rows} of {} values have rows", asked.len());
}

/// Adds these suspensions, `record,school,…`, to what a census tells of pupils on its roll.
fn with_suspensions(case: &Case, term: &str, rows: &[String]) {
    let path = case.census(term, "termlyexclusionsonroll");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{}\n{}\n", text.trim_end(), rows.join("\n"))).unwrap();
}

/// A row that was refused is told beside the values of its return, of the tables that they are made of, until it is sent again.
#[test]
fn rows_refused_are_those_of_the_returns_that_a_value_rests_on() {
    let Some(case) = Case::new("mini") else { return };
    let row = |number: usize, day: &str| format!("pa,9334001,y{number},9,sa,{day},2.0,DB,,,SUSP,N");
    let mut rows: Vec<String> =
        (0..28).map(|number| row(number, &format!("2025-Feb-{:02} 00:00:00", number + 1))).collect();
    rows.push(row(30, "2025-Feb-31 00:00:00"));
    with_suspensions(&case, "summer", &rows);
    let asked = |case: &Case| {
        case.ask(
            "SELECT kpi_id, period, rows_refused FROM kpi.value WHERE breakdown = 'total' AND geography_code = '933' AND value IS NOT NULL \
             AND ((kpi_id = 'suspension_rate' AND period IN ('2024/25', '2025-02')) OR (kpi_id = 'ehc_prevalence' AND period = '2024/25')) \
             ORDER BY ALL",
        )
    };
    let told = |kpi: &str, period: &str, rows: u64| json!({ "kpi_id": kpi, "period": period, "rows_refused": rows });
    let of = |rows: u64| {
        [
            told("ehc_prevalence", "2024/25", 0),
            told("suspension_rate", "2024/25", rows),
            told("suspension_rate", "2025-02", rows),
        ]
    };
    case.run();
    let quarantined = case.ask("SELECT sum(rows_quarantined) AS n FROM meta.delivery");
    assert_eq!(quarantined[0]["n"].as_f64(), Some(1.0));
    assert_eq!(asked(&case), of(1));
    let of_schools =
        case.ask("SELECT count(*) AS n FROM kpi.value WHERE geography_level = 'school' AND rows_refused IS NOT NULL");
    assert_eq!(of_schools[0]["n"], 0, "a file does not say which refused rows are of which school");

    let path = case.census("summer", "termlyexclusionsonroll");
    fs::write(&path, fs::read_to_string(&path).unwrap().replace("2025-Feb-31", "2025-Mar-01")).unwrap();
    case.run();
    assert_eq!(asked(&case), of(0), "what was sent again whole is refused no more");
}

/// Who returned, school by school: one that the census of the summer lacks has told the autumn, and not the spring.
#[test]
fn a_school_that_a_census_lacks_has_not_returned_what_that_census_tells() {
    let Some(case) = Case::new("mini") else { return };
    let asked = |case: &Case| {
        case.ask(
            "SELECT period, returned, expected, returners FROM kpi.value WHERE kpi_id = 'suspension_rate' AND breakdown = 'total' \
             AND geography_code = '933' AND period IN ('2024/25', '2024-10', '2025-02') ORDER BY period",
        )
    };
    let row = |period: &str, returned: u64| json!({ "period": period, "returned": returned, "expected": 1, "returners": "schools" });
    with_suspensions(&case, "summer", &["pd,9331101,y1,9,sd,2025-Feb-04 00:00:00,2.0,DB,,,SUSP,N".to_owned()]);
    case.run();
    assert_eq!(asked(&case), [row("2024-10", 1), row("2024/25", 1), row("2025-02", 1)]);
    let every = "SELECT DISTINCT returned, expected FROM kpi.value WHERE kpi_id = 'ehc_prevalence' AND geography_level = 'authority' \
                 AND breakdown = 'total' AND value IS NOT NULL";
    assert_eq!(case.ask(every), [json!({ "returned": 2, "expected": 2 })], "all schools, the referral unit too");

    for entry in fs::read_dir(case.place.join("inbox/school_census/2025_summer")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let without: Vec<&str> = text.lines().filter(|line| !line.contains(",9334001,")).collect();
        fs::write(&path, without.join("\n") + "\n").unwrap();
    }
    case.run();
    assert_eq!(asked(&case), [row("2024-10", 1), row("2024/25", 0), row("2025-02", 0)]);
    let of_school = case.ask(
        "SELECT geography_code, returned, expected FROM kpi.value WHERE kpi_id = 'suspension_rate' AND geography_level = 'school' \
         AND period = '2024/25' ORDER BY geography_code",
    );
    let school = |code: &str, returned: u64| json!({ "geography_code": code, "returned": returned, "expected": 1 });
    assert_eq!(of_school, [school("150101", 0), school("150301", 1)]);
}

/// Maturity and the share that is provisional, of a year of which the log tells the end.
#[test]
fn what_the_log_or_one_census_tells_is_provisional() {
    let Some(case) = Case::new("mini") else { return };
    crate::exclusion_log::with_log(&case, &crate::exclusion_log::ROWS);
    case.run();
    // Of thirteen suspensions of the schools that count, three are the log's; both censuses tell the others.
    let told = case.ask(
        "SELECT maturity, round(provisional_share, 6) AS share, CAST(newest_day AS VARCHAR) AS day, numerator FROM kpi.value \
         WHERE kpi_id = 'suspension_rate' AND period = '2024/25' AND geography_code = '933' AND breakdown = 'total'",
    );
    assert_eq!(
        told,
        [json!({ "maturity": "provisional", "share": 0.230_769, "day": "2025-06-11", "numerator": 13.0 })]
    );
    let may = case.ask(
        "SELECT period, maturity, provisional_share AS share FROM kpi.value WHERE kpi_id = 'suspension_rate' AND geography_code = '933' \
         AND breakdown = 'total' AND period IN ('2024-11', '2025-05') ORDER BY period",
    );
    assert_eq!((&may[0]["share"], &may[1]["share"]), (&json!(0.0), &json!(1.0)), "{may:?}");
    let none = case.ask(
        "SELECT count(*) AS n FROM kpi.value WHERE value IS NULL AND (maturity IS NOT NULL OR newest_day IS NOT NULL OR rows_refused IS NOT NULL)",
    );
    assert_eq!(none[0]["n"], 0, "what has no value has no data");
}
