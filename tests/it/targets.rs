//! Targets: the faults that councils printed are refused, and a status is reckoned here again.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::small::Small;
use crate::{checkout, sendmart};

const HEADER: &str = "kpi,place,breakdown,unit,polarity,basis,kind,date,value,note\n";

/// A config folder of its own, where the checkout's was linked.
fn own_config(place: &Path) {
    let config = place.join("config");
    if config.is_symlink() {
        fs::remove_file(&config).unwrap();
    }
    fs::create_dir_all(&config).unwrap();
    for part in ["codes", "authorities.csv", "default.toml"] {
        symlink(checkout().join("config").join(part), config.join(part)).unwrap();
    }
}

/// All definitions of the checkout, with these targets.
fn with_targets(text: &str) -> (tempfile::TempDir, PathBuf) {
    let keep = tempfile::tempdir().unwrap();
    let place = keep.path().to_path_buf();
    for part in ["pipelines", "sql"] {
        symlink(checkout().join(part), place.join(part)).unwrap();
    }
    own_config(&place);
    fs::write(place.join("config/targets.csv"), text).unwrap();
    (keep, place)
}

#[test]
fn what_councils_printed_is_refused_every_problem_at_once() {
    let rows = [
        "# Devon's table: a share for another's, 30.8 for 3.08, with words in the cell",
        "suspension_rate,878,total,per_100,low,annual,baseline,2024-07-31,3.99,",
        "suspension_rate,878,total,per_100,low,annual,milestone,2025-07-31,30.8,",
        "suspension_rate,878,total,per_100,low,annual,target,2026-07-31,3.08% (national SEN2 2022),",
        "# a year to date beside years, and where it begins again each year",
        "ehcp_20_week,878,total,percent,high,annual,baseline,2024-12-31,40,",
        "ehcp_20_week,878,total,percent,high,year_to_date,target,2025-12-31,60,",
        "suspension_rate,933,total,per_100,low,year_to_date,baseline,2024-07-31,37.16,",
        "suspension_rate,933,total,per_100,low,year_to_date,target,2025-07-31,30,",
        "# a projection beside actuals",
        "ehcp_20_week,880,total,percent,high,annual,baseline,2024-12-31,40,",
        "ehcp_20_week,880,total,percent,high,annual,Actual,2025-06-30,44,",
        "ehcp_20_week,880,total,percent,high,annual,projected end of year,2025-12-31,55,",
        "# units and polarities that are not the KPI's, and what a unit cannot be",
        "suspension_rate,931,total,percent,high,annual,baseline,2024-07-31,9,",
        "ehcp_20_week,931,total,percent,high,annual,baseline,2024-12-31,40,",
        "ehcp_20_week,931,total,percent,high,annual,target,2025-12-31,120,",
        "post_fill_rate,933,total,percentage,high,annual,baseline,2024-12-31,-4,",
        "# what is not there",
        "ehcp_20_wek,933,total,percent,high,annual,baseline,2024-12-31,40,",
        "post_fill_rate,Somerset,tem=EP,percent,high,monthly,baseline,31/12/2024,90,",
        "ks4_destination,933,totl,percent,high,month,baseline,2024-12-31,90,",
        "ehc_prevalence,933,total,percent,none,annual,baseline,2025-01-16,5,",
        "# order, and both ends",
        "ehcp_20_week,933,total,percent,high,annual,target,2027-12-31,60,",
        "ehcp_20_week,933,total,percent,high,annual,baseline,2024-12-31,40,",
        "ehcp_20_week,935,total,percent,high,annual,baseline,2024-12-31,40,",
        "ehcp_20_week,935,total,percent,high,annual,milestone,2024-12-31,45,",
        "ehcp_20_week,935,total,percent,high",
    ];
    let (_keep, place) = with_targets(&format!("{HEADER}{}\n", rows.join("\n")));
    let (code, _, err) = sendmart(&place, &["check"]);
    assert_eq!(code, 78, "{err}");
    insta::assert_snapshot!(err.replace(&place.display().to_string(), "PLACE"));
}

#[test]
fn a_header_that_is_another_is_refused_once() {
    let (_keep, place) = with_targets("kpi,place,breakdown,unit,polarity,basis,type,date,value,note\nx,,,,,,,,,\n");
    let (code, _, err) = sendmart(&place, &["check"]);
    assert_eq!(code, 78, "{err}");
    assert!(err.contains("1 problem in 1 file") && err.contains("targets.csv:1:1"), "{err}");
}

#[test]
fn a_target_that_is_worse_than_its_baseline_is_asked_about_until_somebody_says_why() {
    let rows = |note: &str| {
        format!(
            "{HEADER}ehcp_20_week,933,total,percent,high,annual,baseline,2024-12-31,60,\n\
             ehcp_20_week,933,total,percent,high,annual,target,2026-12-31,50,{note}\n"
        )
    };
    let (_keep, place) = with_targets(&rows(""));
    let (code, out, err) = sendmart(&place, &["check"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("query[target::worse_than_baseline]: the target 50 is worse than the baseline 60"), "{out}");
    assert!(out.contains("targets.csv:3:62") && out.contains("say in `note` of that row why it is meant"), "{out}");
    fs::write(place.join("config/targets.csv"), rows("the backlog is issued first")).unwrap();
    let (code, out, err) = sendmart(&place, &["check"]);
    assert_eq!(code, 0, "{err}");
    assert!(!out.contains("worse") && out.contains("1 target: all right"), "{out}");
}

/// The whole published file arrives, and periods are known.
fn whole(small: &Small) {
    let file = "timeliness_20_week.csv";
    let published = checkout().join("config/demo/data/published_ehcp/2025-06-26").join(file);
    fs::copy(published, small.root.join("inbox").join(file)).unwrap();
    for part in ["sql/macros", "sql/marts/dim_term.sql", "sql/marts/dim_period.sql"] {
        symlink(checkout().join(part), small.root.join(part)).unwrap();
    }
}

fn lines(small: &Small, sql: &str) -> Vec<Value> {
    small.ask(sql).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Days since the first of January of year 1, reckoned by rule.
fn day_number(iso: &str) -> i64 {
    let parts: Vec<i64> = iso.split('-').map(|part| part.parse().unwrap()).collect();
    let [year, month, day] = parts[..] else { panic!("{iso}") };
    let before = year - 1;
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let months = [31, if is_leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let of_months: i64 = months[..usize::try_from(month - 1).unwrap()].iter().sum();
    before * 365 + before / 4 - before / 100 + before / 400 + of_months + day
}

/// The status of a value by its line, in tenths: written apart from the program.
fn reckoned(points: &[(&str, i64)], end: &str, value: i64) -> (Option<i64>, &'static str) {
    let day = day_number(end);
    let days: Vec<i64> = points.iter().map(|(day, _)| day_number(day)).collect();
    if day < days[0] {
        return (None, "before_baseline");
    }
    let (last_day, target) = (days[days.len() - 1], points[points.len() - 1].1);
    let step = (1..days.len()).find(|step| days[*step] > day);
    let Some(step) = step else {
        assert!(day >= last_day);
        return (Some(target), if value >= target { "met" } else { "not_reached" });
    };
    // Walk from the day of one point to that of the next in as many equal parts as there are days.
    let (from, to, parts) = (points[step - 1].1, points[step].1, days[step] - days[step - 1]);
    let gone = day - days[step - 1];
    let whole = from * parts + (to - from) * gone;
    let expected = (0..=1000).find(|tenth| 2 * tenth * parts + parts > 2 * whole).unwrap();
    let status = if value >= target {
        "met"
    } else if value < expected {
        "behind"
    } else if value > expected && value >= to {
        "ahead"
    } else {
        "on_track"
    };
    (Some(expected), status)
}

#[test]
fn a_status_follows_from_the_line_on_the_day_of_the_value() {
    let small = Small::new();
    own_config(&small.root);
    whole(&small);
    // Before there are targets both tables are there, and empty.
    small.run("2025-06-30");
    assert_eq!(
        lines(&small, "SELECT (SELECT count(*) FROM kpi.target) + (SELECT count(*) FROM kpi.status) AS n")[0]["n"],
        0
    );
    let values = "SELECT * FROM kpi.value ORDER BY ALL";
    let before = lines(&small, values);
    let places = lines(
        &small,
        "SELECT DISTINCT geography_code AS code FROM kpi.value WHERE kpi_id = 'ehcp_20_week' AND breakdown = 'total' AND value IS NOT NULL \
         AND (length(geography_code) = 3 OR geography_code LIKE 'E_2%') ORDER BY code",
    );
    assert!(places.len() > 8, "{places:?}");
    // A line for each place, each another; in tenths.
    let mut drawn: BTreeMap<String, Vec<(&str, i64)>> = BTreeMap::new();
    let mut text = HEADER.to_owned();
    for (number, place) in places.iter().enumerate() {
        let code = place["code"].as_str().unwrap();
        let shift = i64::try_from(number).unwrap() * 17;
        let points = match number % 3 {
            0 => vec![("2020-12-31", 300 + shift), ("2022-06-30", 350 + shift), ("2024-12-31", 600 + shift)],
            1 => vec![("2019-03-31", 250 + shift), ("2023-08-15", 500 + shift)],
            _ => vec![
                ("2019-12-31", 400 + shift),
                ("2021-12-31", 333 + shift),
                ("2023-02-28", 501 + shift),
                ("2026-03-31", 640 + shift),
            ],
        };
        for (index, (day, tenths)) in points.iter().enumerate() {
            let kind = if index == 0 {
                "baseline"
            } else if index + 1 == points.len() {
                "target"
            } else {
                "milestone"
            };
            text.push_str(&format!(
                "ehcp_20_week,{code},total,percent,high,annual,{kind},{day},{}.{},\n",
                tenths / 10,
                tenths % 10
            ));
        }
        drawn.insert(code.to_owned(), points);
    }
    fs::write(small.root.join("config/targets.csv"), &text).unwrap();
    // A target is part of what decides a generation, and changes no value.
    let first = small.generation();
    small.run("2025-06-30");
    assert_eq!(small.generation(), first + 1, "other targets, another generation");
    small.run("2025-06-30");
    assert_eq!(small.generation(), first + 1, "the same targets, nothing to do");
    assert_eq!(lines(&small, values), before);

    let found = lines(
        &small,
        "SELECT value.geography_code AS code, CAST(value.period_end AS VARCHAR) AS day, value.value, status.expected, status.difference, \
         status.status, status.value AS told FROM kpi.value AS value LEFT JOIN kpi.status AS status ON status.kpi_id = value.kpi_id \
         AND status.basis = value.basis AND status.period = value.period AND status.geography_level = value.geography_level \
         AND status.geography_code = value.geography_code AND status.breakdown = value.breakdown \
         WHERE value.kpi_id = 'ehcp_20_week' AND value.breakdown = 'total' AND list_contains(string_split((SELECT string_agg(DISTINCT geography_code, ',') FROM kpi.target), ','), value.geography_code)",
    );
    let tenths = |value: &Value| value.as_f64().map(|value| (value * 10.0).round());
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &found {
        let status = row["status"].as_str().unwrap_or_else(|| panic!("no status: {row}"));
        assert_eq!(row["told"], row["value"], "{row}");
        if row["value"].is_null() {
            assert_eq!((status, &row["difference"]), ("no_value", &Value::Null), "{row}");
            *seen.entry("no_value").or_default() += 1;
            continue;
        }
        #[expect(clippy::cast_possible_truncation, reason = "tenths of a percentage")]
        let value = tenths(&row["value"]).unwrap() as i64;
        let (expected, by_hand) = reckoned(&drawn[row["code"].as_str().unwrap()], row["day"].as_str().unwrap(), value);
        assert_eq!(status, by_hand, "{row}");
        #[expect(clippy::cast_precision_loss, reason = "tenths of a percentage")]
        let (expected, difference) = (expected.map(|one| one as f64), expected.map(|one| (value - one) as f64));
        assert_eq!(tenths(&row["expected"]), expected, "{row}");
        assert_eq!(tenths(&row["difference"]), difference, "{row}");
        *seen.entry(by_hand).or_default() += 1;
    }
    for status in ["before_baseline", "behind", "on_track", "ahead", "met", "not_reached"] {
        assert!(seen.contains_key(status), "no value is {status}: {seen:?}");
    }
    // Every column has its comment, and the rows of the file are there.
    let rows = text.lines().count() - 1;
    assert_eq!(lines(&small, "SELECT count(*) AS n FROM kpi.target")[0]["n"], rows);
    let about = "SELECT count(*) AS n FROM meta.\"column\" WHERE schema_name = 'kpi' AND table_name IN ('target', 'status') AND length(about) > 3";
    assert_eq!(lines(&small, about)[0]["n"], 28);
}

#[test]
fn a_value_is_shown_with_its_target_within_a_screen() {
    let small = Small::new();
    own_config(&small.root);
    whole(&small);
    let line = "ehcp_20_week,933,total,percent,high,annual";
    let text = format!(
        "{HEADER}{line},baseline,2022-12-31,69.5,\n{line},milestone,2023-12-31,50,the backlog goes first\n{line},target,2026-12-31,70,\n\
         ehcp_20_week,999,total,percent,high,annual,baseline,2022-12-31,69.5,\nehcp_20_week,999,total,percent,high,annual,target,2026-12-31,70,\n"
    );
    fs::write(small.root.join("config/targets.csv"), text.replace("999", "202")).unwrap();
    let (code, out, err) = small.sendmart(&["run", "--as-of", "2025-06-30"]);
    assert_eq!(code, 0, "{out}{err}");
    assert!(err.contains("The target of `ehcp_20_week` for `202`, total, speaks of no value"), "{err}");
    let (code, out, err) = small.sendmart(&["kpi", "show", "ehcp_20_week", "--at", "933"]);
    assert_eq!(code, 0, "{err}");
    // From 50 to 70 in 1,096 days, of which 366 are gone: 56.68.
    let said = "Target 70 by 2026-12-31, behind by 23.2: 33.5, line at 56.7 on 2024-12-31";
    assert!(out.lines().any(|line| line == said), "{out}");
    assert!(said.chars().count() <= 80);
    let (_, out, _) = small.sendmart(&[
        "--json",
        "kpi",
        "show",
        "ehcp_20_week",
        "--at",
        "933",
        "--period",
        "2024",
        "--breakdown",
        "total",
    ]);
    let row: Value = serde_json::from_str(out.trim()).unwrap();
    let told =
        ["target_status", "target_expected", "target_difference", "target_day", "target"].map(|name| row[name].clone());
    assert_eq!(Value::from(told.to_vec()), serde_json::json!(["behind", 56.7, -23.2, "2026-12-31", 70.0]));
    // The same of another day, computed beside what is live.
    let (code, out, err) = small.sendmart(&["kpi", "show", "ehcp_20_week", "--at", "933", "--as-of", "2024-06-30"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("Target 70 by 2026-12-31, behind by 8: 42.0, line at 50 on 2023-12-31"), "{out}");
    // And in a file, where each value stands once, beside its target or none.
    let file = small.root.join("then.parquet").display().to_string();
    let compute = |more: &[&str]| {
        let (code, out, err) =
            small.sendmart(&[&["--json", "kpi", "compute", "ehcp_20_week", "--as-of", "2024-06-30"], more].concat());
        assert_eq!(code, 0, "{out}{err}");
        out
    };
    let told: Vec<Value> = compute(&[]).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    compute(&["--out", &file]);
    let written = sendmart::lake::read_table(Path::new(&file)).unwrap();
    let rows: usize = written.iter().map(arrow::array::RecordBatch::num_rows).sum();
    assert!(rows > 100 && rows == told.len(), "{rows} rows in the file, {} told", told.len());
    let columns = ["target_status", "target_expected", "target_difference", "target_day", "target"];
    assert!(columns.iter().all(|column| written[0].column_by_name(column).is_some()), "{:?}", written[0].schema());
    let of_place: Vec<&Value> = told.iter().filter(|row| row["target_status"] != Value::Null).collect();
    assert!(
        !of_place.is_empty()
            && of_place.iter().all(|row| row["geography_code"] == "933" && row["breakdown"] == "total")
    );
    let last = of_place.iter().find(|row| row["period"] == "2023").unwrap();
    assert_eq!(
        serde_json::json!([last["target_status"], last["target_expected"], last["target_difference"], last["target"]]),
        serde_json::json!(["behind", 50.0, -8.0, 70.0])
    );
}
