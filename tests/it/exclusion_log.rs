//! The authority's own log of suspensions beside the censuses: it speaks until they do, and what the two say otherwise is listed.

use std::fs;

use serde_json::json;

use crate::census::Case;

/// A row of the log: sheet, UPN, LAESTAB, first day, days, kind, reason.
pub(crate) type Logged =
    (&'static str, &'static str, &'static str, &'static str, Option<f64>, &'static str, &'static str);

pub(crate) const ROWS: [Logged; 9] = [
    // As the census has it; with another length and reason; with another day; in no census.
    ("Nov", "V933400119001", "9334001", "2024-11-12", Some(2.0), "Suspension", "DB"),
    ("Nov", "M933400119004", "9331101", "2024-11-05", Some(3.5), "Suspension", "Fighting"),
    ("Nov", "Y933400119003", "9334001", "2024-11-14", Some(2.0), "Suspension", "DB"),
    ("Nov", "Q933400119006", "9334001", "2024-11-20", Some(1.0), "Suspension", "DB"),
    // After what the censuses tell: a fourth, a first, an exclusion, one without a number, one of another authority.
    ("May", "V933400119001", "9334001", "2025-05-06", Some(2.0), "Suspension", "DB"),
    ("May", "B933400119005", "9334001", "2025-05-13", Some(0.5), "Lunchtime", "DB"),
    ("Jun", "Q933400119006", "9334001", "2025-06-10", None, "PEX", "Weapon"),
    ("Jun", "", "9334001", "2025-06-11", Some(1.0), "Suspension", "DB"),
    ("Jun", "V933400119001", "8234001", "2025-06-12", Some(1.0), "Suspension", "DB"),
];

/// Writes the log, a sheet a month, and says in the configuration where it lies.
pub(crate) fn with_log(case: &Case, rows: &[Logged]) {
    let mut book = rust_xlsxwriter::Workbook::new();
    for month in ["Nov", "May", "Jun"] {
        let sheet = book.add_worksheet();
        sheet.set_name(month).unwrap();
        let labels =
            ["UPN", "Surname", "Forename", "DOB", "Name", "LAESTAB", "Start date", "Days", "Type", "Reason", "NC year"];
        let upper = ["Pupil", "Pupil", "Pupil", "Pupil", "School", "School"];
        let upper = upper.into_iter().chain(["Suspension"; 4]).chain(["Pupil"]);
        sheet.write_row(0, 0, upper).unwrap();
        sheet.write_row(1, 0, labels).unwrap();
        for (row, (_, upn, laestab, day, days, kind, reason)) in (2..).zip(rows.iter().filter(|row| row.0 == month)) {
            sheet.write_row(row, 0, [*upn, "Invented", "Child", "2011-01-05", "School", laestab, day]).unwrap();
            if let Some(days) = days {
                sheet.write_number(row, 7, *days).unwrap();
            }
            sheet.write_row(row, 8, [*kind, *reason, "Y9"]).unwrap();
        }
    }
    let folder = case.place.join("inbox/exclusions");
    fs::create_dir_all(&folder).unwrap();
    book.save(folder.join("Exclusions log 2024-25.xlsx")).unwrap();
    let config = fs::read_to_string(&case.config).unwrap();
    if !config.contains("\"exclusions\"") {
        let config = config.replace("\"school_census\",", "\"school_census\", \"exclusions\",");
        let source = "\n[[source]]\ncollection = \"exclusions\"\nfolder.path = \"inbox/exclusions\"\nreceived = \"2025-07-01\"\n\n[privacy]";
        fs::write(&case.config, config.replace("\n[privacy]", source)).unwrap();
    }
}

#[test]
fn the_log_speaks_until_a_census_does_and_what_they_say_otherwise_is_listed() {
    let Some(case) = Case::new("mini") else { return };
    with_log(&case, &ROWS);
    case.run();
    // Ten of the censuses, and of the log two suspensions and a lunchtime one in the summer term; what it has of earlier terms
    // the census answers, and a school of another authority is not this one's.
    let (value, mark) = case.value("suspension_rate", "933", "total");
    assert_eq!(value, "13.0 of 5.0", "{mark}");
    assert_eq!(
        mark,
        "provisional: suspensions of the spring term are told by one census, since autumn 2025 is not in; \
         provisional: suspensions of the summer term are those of the authority's own log, whose last is of 2025-06-11, \
         since neither autumn 2025 nor spring 2026 is in; \
         provisional: 4 suspensions or exclusions are known from the authority's own log alone"
    );
    assert_eq!(case.value("permanent_exclusion_rate", "933", "total").0, "1.0 of 5.0");
    assert_eq!(case.value("one_plus_suspension_rate", "933", "total").0, "5.0 of 5.0");
    let may = case.ask(
        "SELECT numerator FROM kpi.value WHERE kpi_id = 'suspension_rate' AND period = '2025-05' AND breakdown = 'total' \
         AND geography_code = '933'",
    );
    assert_eq!(may, [json!({ "numerator": 2.0 })]);
    months_bear_their_own_marks(&case);
    let known = case.ask(
        "SELECT known_from, count(*) AS n, min(reports) AS reports, bool_and(is_provisional) AS provisional, sum(sessions) AS sessions \
         FROM mart.fct_suspension GROUP BY known_from ORDER BY known_from",
    );
    assert_eq!(
        known,
        [
            json!({ "known_from": "log", "n": 4, "reports": 0, "provisional": true, "sessions": 7 }),
            json!({ "known_from": "two censuses", "n": 12, "reports": 2, "provisional": false, "sessions": 48 }),
        ]
    );
    let fourth = case.ask(
        "SELECT number_in_year FROM mart.fct_suspension WHERE start_date = '2025-05-06' AND known_from = 'log' AND _sheet = 'May'",
    );
    assert_eq!(fourth, [json!({ "number_in_year": 4 })]);
    let says = case.ask("SELECT census_says, count(*) AS n FROM mart.fct_suspension_log GROUP BY ALL ORDER BY 1");
    assert_eq!(
        says,
        [("elsewhere", 1), ("not told", 2), ("nothing yet", 4), ("told", 2)]
            .map(|(says, n)| json!({ "census_says": says, "n": n }))
    );
    let differences = case.ask(
        "SELECT what, start_date, in_log, in_census, other_day FROM mart.suspension_log_difference \
         WHERE what <> 'not in the log' OR other_day IS NOT NULL ORDER BY start_date, what",
    );
    let row = |what: &str, day: &str, in_log: Option<&str>, in_census: Option<&str>, other: Option<&str>| json!({ "what": what, "start_date": day, "in_log": in_log, "in_census": in_census, "other_day": other });
    assert_eq!(
        differences,
        [
            row("reason", "2024-11-05", Some("PP"), Some("DB"), None),
            row("sessions", "2024-11-05", Some("7"), Some("4"), None),
            row("not in the log", "2024-11-13", None, Some("4"), Some("2024-11-14")),
            row("not in the census", "2024-11-14", Some("4"), None, Some("2024-11-13")),
            row("not in the census", "2024-11-20", Some("2"), None, None),
        ]
    );
    // Before the log began nothing is asked of it: of twelve in the censuses two are in it, nine began before its first day
    // or between, and those between are asked for.
    let asked = case.ask(
        "SELECT count(*) AS n, min(start_date) AS first FROM mart.suspension_log_difference WHERE what = 'not in the log'",
    );
    assert_eq!(asked, [json!({ "n": 2, "first": "2024-11-13" })]);

    // The census of the autumn comes, with a suspension that the log had, and without the others: it replaces the log.
    for entry in fs::read_dir(case.place.join("inbox/school_census/2025_summer")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().replace("summer", "autumn");
        let text = fs::read_to_string(&path).unwrap().replace(",SUM,", ",AUT,").replace("2025-May-15", "2025-Oct-02");
        let text = if name.contains("onroll.csv") && name.contains("termly") {
            format!(
                "{}\npa,9334001,xa9,0,sa,2025-May-06 00:00:00,4.0,DB,,,SUSP,N\n",
                text.lines().next().unwrap_or_default()
            )
        } else {
            text
        };
        let folder = case.place.join("inbox/school_census/2025_autumn");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(name), text).unwrap();
    }
    case.run();
    let (value, mark) = case.value("suspension_rate", "933", "total");
    // The row without a number stays with the log: the table that would tell of a pupil whom the school has in neither came
    // with its header alone.
    assert_eq!(value, "12.0 of 5.0", "{mark}");
    assert!(mark.contains("the summer term are told by one census"), "{mark}");
    assert!(
        mark.ends_with("provisional: 1 suspensions or exclusions are known from the authority's own log alone"),
        "{mark}"
    );
    let gone = case.ask(
        "SELECT start_date FROM mart.suspension_log_difference WHERE what = 'not in the census' AND start_date > '2025-01-01' ORDER BY 1",
    );
    assert_eq!(gone, [json!({ "start_date": "2025-05-13" }), json!({ "start_date": "2025-06-10" })]);
}

/// A month is marked for what its own days lack, and a year of suspensions begins on 1 August.
fn months_bear_their_own_marks(case: &Case) {
    let months = case.ask(
        "SELECT period, mark, denominator_period AS whole FROM kpi.value WHERE kpi_id = 'suspension_rate' AND breakdown = 'total' \
         AND geography_code = '933' AND period IN ('2024-08', '2024-10', '2025-03', '2025-05', '2025-08') ORDER BY period",
    );
    let month = |period: &str, mark: Option<&str>| json!({ "period": period, "mark": mark, "whole": "2024/25" });
    assert_eq!(
        months,
        [
            month("2024-08", None),
            month("2024-10", None),
            month(
                "2025-03",
                Some("provisional: suspensions of the spring term are told by one census, since autumn 2025 is not in")
            ),
            month(
                "2025-05",
                Some(
                    "provisional: suspensions of the summer term are those of the authority's own log, whose last is of 2025-06-11, \
                     since neither autumn 2025 nor spring 2026 is in; \
                     provisional: 2 suspensions or exclusions are known from the authority's own log alone"
                )
            ),
        ],
        "August 2025 is of the year 2025/26, which nothing tells yet"
    );
    let year = case.ask(
        "SELECT kpi_id, CAST(min(period_start) AS VARCHAR) AS first, CAST(max(period_end) AS VARCHAR) AS last, bool_and(is_over) AS over \
         FROM kpi.value WHERE kpi_id IN ('suspension_rate', 'ehc_prevalence') AND period = '2024/25' GROUP BY kpi_id ORDER BY kpi_id",
    );
    let days =
        |kpi: &str, first: &str, last: &str| json!({ "kpi_id": kpi, "first": first, "last": last, "over": false });
    assert_eq!(
        year,
        [days("ehc_prevalence", "2024-09-01", "2025-08-31"), days("suspension_rate", "2024-08-01", "2025-07-31")]
    );
    // To date is the whole of the year so far, the suspension of August with it.
    let to_date = case.ask(
        "SELECT value.numerator, CAST(period_start AS VARCHAR) AS first, (SELECT own.numerator FROM kpi.value AS own \
         WHERE own.kpi_id = value.kpi_id AND own.period = '2024/25' AND own.breakdown = 'total' AND own.geography_code = '933') AS year \
         FROM kpi.value AS value WHERE kpi_id = 'suspension_rate' AND period_kind = 'academic_year_to_date' AND period LIKE '2024/25 %' \
         AND breakdown = 'total' AND geography_code = '933'",
    );
    assert_eq!(to_date, [json!({ "numerator": 13.0, "first": "2024-08-01", "year": 13.0 })]);
}

#[test]
fn a_place_without_a_log_is_as_it_was() {
    let Some(case) = Case::new("mini") else { return };
    case.run();
    let (value, mark) = case.value("suspension_rate", "933", "total");
    assert_eq!(value, "10.0 of 5.0");
    assert!(mark.contains("partial: suspensions of the summer term are not told, since neither"), "{mark}");
    assert_eq!(case.ask("SELECT count(*) AS n FROM mart.fct_suspension WHERE known_from = 'log'")[0]["n"], 0);
}

/// An invented county without its last two censuses: the log stands in for what they would tell of two terms, and the year is
/// the same but for second and third reasons, which a log has not.
#[test]
fn the_log_in_place_of_two_censuses_gives_the_same_year() {
    let (_keep, place) = crate::place();
    let county = tempfile::tempdir().unwrap();
    let out = county.path().display().to_string();
    let (code, _, err) = crate::sendmart(&place, &["sample", "--out", &out, "--schools", "8", "--pupils", "600"]);
    assert_eq!(code, 0, "{err}");
    let whole = county.path().join("sample.toml");
    let written = fs::read_to_string(&whole).unwrap();
    let cut = county.path().join("cut.toml");
    let (kept, gone) = crate::without_censuses(&written, &["2026_summer", "2026_autumn"]);
    assert_eq!(gone, 2);
    fs::write(&cut, kept).unwrap();
    let year = |config: &std::path::Path, var: &str| {
        let config = config.display().to_string();
        let (code, out, err) = crate::sendmart(&place, &["--config", &config, "run"]);
        assert_eq!(code, 0, "{out}{err}");
        let ask = |sql: &str| {
            let (code, out, err) = crate::sendmart(&place, &["--config", &config, "--json", "query", sql]);
            assert_eq!(code, 0, "{err}");
            out
        };
        let known = ask(
            "SELECT count(*) FILTER (WHERE known_from = 'log') AS log, count(*) AS n FROM mart.fct_suspension WHERE academic_year = '2025/26'",
        );
        let values = ask("SELECT kpi_id, geography_code, breakdown, numerator, denominator, value FROM kpi.value \
             WHERE basis = 'local' AND period = '2025/26' AND breakdown NOT LIKE 'reason=%' AND kpi_id IN ('suspension_rate', \
             'three_suspensions', 'one_plus_suspension_rate', 'permanent_exclusion_rate', 'repeat_suspension_ratio', \
             'sessions_lost', 'one_plus_school_variation') ORDER BY ALL");
        let unmarked = ask(
            "SELECT count(*) AS n FROM kpi.value WHERE basis = 'local' AND period = '2025/26' AND geography_level = 'authority' \
             AND kpi_id IN ('suspension_rate', 'sessions_lost') AND coalesce(mark, '') NOT LIKE '%own log%'",
        );
        fs::remove_dir_all(county.path().join(var)).unwrap();
        (serde_json::from_str::<serde_json::Value>(&known).unwrap(), values, unmarked)
    };
    let (known, by_census, _) = year(&whole, "var");
    assert_eq!(known["log"], 0);
    let all = known["n"].clone();
    let (known, by_log, unmarked) = year(&cut, "var");
    assert_eq!(known["n"], all);
    assert!(known["log"].as_i64().is_some_and(|log| log > 20), "{known}");
    assert!(by_census.lines().count() > 80, "{by_census}");
    assert_eq!(by_census, by_log);
    assert_eq!(unmarked.trim(), "{\"n\":0}");
}

/// An invented county in which no census of January has come yet: the log's figures of the year that has begun stand over the pupils
/// of the January before, and say so.
#[test]
fn a_year_without_its_january_is_divided_by_the_last() {
    let (_keep, place) = crate::place();
    let county = tempfile::tempdir().unwrap();
    let out = county.path().display().to_string();
    let (code, _, err) = crate::sendmart(&place, &["sample", "--out", &out, "--schools", "8", "--pupils", "600"]);
    assert_eq!(code, 0, "{err}");
    let whole = county.path().join("sample.toml");
    let written = fs::read_to_string(&whole).unwrap();
    let cut = county.path().join("cut.toml");
    let (kept, gone) = crate::without_censuses(&written, &["2026_spring", "2026_summer", "2026_autumn"]);
    assert_eq!(gone, 3);
    fs::write(&cut, kept).unwrap();
    let ask = |config: &std::path::Path, sql: &str| {
        let config = config.display().to_string();
        let (code, out, err) = crate::sendmart(&place, &["--config", &config, "--json", "query", sql]);
        assert_eq!(code, 0, "{err}");
        out
    };
    let run = |config: &std::path::Path| {
        let config = config.display().to_string();
        let (code, out, err) = crate::sendmart(&place, &["--config", &config, "run"]);
        assert_eq!(code, 0, "{out}{err}");
    };
    // Everything that began in the year, by the month, the phase and the school; a later census may still change the days of the
    // summer before.
    let counted = "SELECT kpi_id, period, geography_code, breakdown, numerator FROM kpi.value WHERE basis = 'local' \
         AND (breakdown = 'total' OR breakdown LIKE 'phase=%') AND numerator IS NOT NULL AND (period = '2025/26' \
         OR (period_kind IN ('month', 'term') AND period_start >= '2025-09-01' AND period_start < '2026-08-01')) \
         AND kpi_id IN ('suspension_rate', 'permanent_exclusion_rate', 'one_plus_suspension_rate', 'sessions_lost', \
         'repeat_suspension_ratio', 'three_suspensions', 'suspensions_after_third', 'aid_pick_up', 'aid_wait') \
         AND numerator > 0 ORDER BY ALL";
    run(&whole);
    let by_census = ask(&whole, counted);
    fs::remove_dir_all(county.path().join("var")).unwrap();
    run(&cut);
    assert!(by_census.lines().count() > 60, "{by_census}");
    assert_eq!(by_census, ask(&cut, counted));
    let rates = "basis = 'local' AND kpi_id IN ('suspension_rate', 'permanent_exclusion_rate', 'sessions_lost', 'one_plus_suspension_rate')";
    let below = ask(
        &cut,
        &format!(
            "SELECT count(*) AS n FROM kpi.value AS now INNER JOIN kpi.value AS before USING (kpi_id, basis, geography_code, breakdown) \
             WHERE now.{rates} AND now.period = '2025/26' AND before.period = '2024/25' AND now.denominator IS DISTINCT FROM before.denominator"
        ),
    );
    assert_eq!(below.trim(), "{\"n\":0}");
    let unsaid = ask(
        &cut,
        &format!(
            "SELECT count(*) AS n FROM kpi.value WHERE {rates} AND (period = '2025/26' OR period IN ('2025-11', '2026-05')) \
             AND denominator IS NOT NULL AND (denominator_period IS DISTINCT FROM '2024/25' OR mark NOT LIKE \
             'provisional: divided by the pupils of January 2025, since no census of January 2026 is in; %')"
        ),
    );
    assert_eq!(unsaid.trim(), "{\"n\":0}");
    // What is taken in January itself has no other January.
    let headcount = ask(
        &cut,
        "SELECT count(*) AS n FROM kpi.value WHERE basis = 'local' AND period = '2025/26' AND value IS NOT NULL \
         AND kpi_id IN ('ehc_prevalence', 'sen_support_prevalence', 'persistent_absence')",
    );
    assert_eq!(headcount.trim(), "{\"n\":0}");
}
