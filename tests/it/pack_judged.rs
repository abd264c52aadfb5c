//! What a pack says of its figures: targets, limits of chance, schools and cases, each reckoned anew from what its folder has.

use std::collections::BTreeMap;
use std::fs;

use crate::pack::{packs, page, values};
use crate::site::{number, seen, tables};

/// The statuses on the page of a KPI are those of the straight line between the dated points of `targets.csv`, reckoned here anew.
#[test]
fn figures_stand_to_the_line_of_their_targets() {
    let packs = packs();
    let html = page(&packs.first);
    let targets = fs::read_to_string(packs.county.config.with_file_name("targets.csv")).unwrap();
    let mut lines: BTreeMap<String, Vec<(jiff::civil::Date, f64)>> = BTreeMap::new();
    for row in targets.lines().skip(1) {
        let cells: Vec<&str> = row.split(',').collect();
        lines.entry(cells[0].to_owned()).or_default().push((cells[7].parse().unwrap(), cells[8].parse().unwrap()));
    }
    let rows = values(&packs.first);
    let pages = tables(&html);
    let (mut judged, mut off) = (0, 0);
    for (id, points) in &lines {
        let is_low = id == "suspension_rate";
        let head = |rows: &Vec<Vec<(String, String)>>| rows[0].iter().any(|cell| cell.1 == "Line to the target");
        let table =
            ["own", "series"].iter().find_map(|part| pages.get(&format!("{id}-{part}")).filter(|rows| head(rows)));
        let Some(table) = table else { panic!("{id} has no column of its target") };
        let at = table[0].iter().position(|cell| cell.1 == "Line to the target").unwrap();
        for row in &table[1..] {
            let told = rows.iter().find(|one| {
                one["kpi_id"] == *id
                    && one["period"] == row[0].0
                    && one["geography_level"] == "authority"
                    && one["breakdown"] == "total"
            });
            let told = told.unwrap();
            let day: jiff::civil::Date = told["period_end"].parse().unwrap();
            let Some(before) = points.iter().rposition(|(from, _)| *from <= day) else {
                assert_eq!(row[at].1, "[z]");
                continue;
            };
            let (from, was) = points[before];
            let want = points.get(before + 1).map_or(was, |(to, then)| {
                was + (then - was) * f64::from((day - from).get_days()) / f64::from((*to - from).get_days())
            });
            assert!((number(&row[at].1).unwrap() - want).abs() < 0.06, "{id} {row:?} {want}");
            let Ok(value) = told["value"].parse::<f64>() else { continue };
            if told["period_is_over"] != "true" {
                assert_eq!(row[at + 1].1, "the period is not over");
                continue;
            }
            let is_worse = if is_low { value > want + 0.06 } else { value < want - 0.06 };
            let is_better = if is_low { value < want - 0.06 } else { value > want + 0.06 };
            assert!(
                !is_worse || ["behind", "not reached by its date"].contains(&row[at + 1].1.as_str()),
                "{row:?} {want}"
            );
            assert!(!is_better || ["on track", "ahead", "met"].contains(&row[at + 1].1.as_str()), "{row:?} {want}");
            judged += 1;
            off += usize::from(is_worse);
        }
        assert!(seen(&html).contains("Target: "), "{id}");
    }
    assert!(judged >= 2, "{judged}");
    let decided = html.matches("data-kind=\"Off target\"").count();
    assert!(decided <= off, "{decided} {off}");
}

/// Limits of `XmR` charts are the mean and 2.66 mean moving ranges of the figures that stand in `values.csv`.
#[test]
fn limits_of_chance_follow_from_the_figures() {
    let packs = packs();
    let html = page(&packs.first);
    let rows = values(&packs.first);
    let part = regex::Regex::new(r#"(?s)<section aria-labelledby="([a-z0-9_]+)-heading">(.*?)</section>"#).unwrap();
    let said = regex::Regex::new(r"XmR chart of (\d+) points; mean ([\d.]+), limits (-?[\d.]+) to ([\d.]+)\.").unwrap();
    let mut compared = 0;
    for found in part.captures_iter(&html) {
        let Some(told) = said.captures(&found[2]) else { continue };
        // A declared change would part the series: here none is.
        let of = |kind: &str| -> Vec<f64> {
            let is_charted = |row: &&BTreeMap<String, String>| {
                row["kpi_id"] == found[1]
                    && row["period_kind"] == kind
                    && row["geography_level"] == "authority"
                    && row["breakdown"] == "total"
                    && row["maturity"] != "partial"
                    && row["period_is_over"] != "false"
            };
            rows.iter().filter(is_charted).filter_map(|row| row["value"].parse().ok()).collect()
        };
        let points = of("month");
        assert_eq!(points.len().to_string(), told[1], "{}", &found[1]);
        let mean = points.iter().sum::<f64>() / points.len() as f64;
        let ranges: Vec<f64> = points.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect();
        let all = ranges.iter().sum::<f64>() / ranges.len() as f64;
        let kept: Vec<f64> = ranges.into_iter().filter(|range| *range < 3.267 * all).collect();
        let reach = 2.66 * kept.iter().sum::<f64>() / kept.len() as f64;
        for (at, want) in [(2, mean), (3, mean - reach), (4, mean + reach)] {
            let shown: f64 = told[at].parse().unwrap();
            assert!((shown - want).abs() <= 0.006 * want.abs().max(1.0), "{} {shown} {want}", &found[1]);
        }
        compared += 1;
    }
    assert!(compared > 3, "{compared}");
    assert!(html.contains("More than chance?"));
}

/// A ranking has every school of its phase, each with an interval around its figure; the sentence counts what the ranking shows.
#[test]
fn schools_are_ranked_with_their_intervals() {
    let packs = packs();
    let html = page(&packs.first);
    let all = tables(&html);
    let rankings: Vec<_> = all.iter().filter(|(name, _)| name.contains("-ranking-")).collect();
    assert!(!rankings.is_empty());
    for (name, rows) in rankings {
        let (anchor, phase) = name.split_once("-ranking-").unwrap();
        let start = html.find(&format!("<figure id=\"{anchor}-funnel-{phase}\">")).unwrap();
        let figure = &html[start..start + html[start..].find("</figure>").unwrap()];
        let said = seen(figure);
        let outside =
            rows[1..].iter().filter(|row| row[5].1.contains("limit") && !row[5].1.starts_with("within")).count();
        let judged = rows[1..].iter().filter(|row| row[5].1.contains("limit")).count();
        assert!(said.contains(&format!("of {judged} ")), "{name}: {said}");
        if outside == 0 {
            assert!(said.contains("none differs by more than chance"), "{name}: {said}");
        } else {
            assert!(said.contains(&format!(" {outside} differ")), "{name}: {said}");
        }
        assert!(said.contains(&format!("{outside} outside 95%.")), "{name}: {said}");
        for row in &rows[1..] {
            let (Some(value), Some((low, high))) = (number(&row[1].1), row[2].1.split_once(" to ")) else { continue };
            let (low, high) = (number(low).unwrap(), number(high).unwrap());
            assert!(low <= value + 0.06 && value <= high + 0.06, "{name} {row:?}");
        }
    }
}

/// The lists have the cases that the marts of the same day have, asked in another way.
#[test]
fn cases_are_those_of_the_frozen_day() {
    let packs = packs();
    let out = packs.county.packs.with_file_name("then");
    let day = "2026-11-06";
    let (code, said, err) =
        packs.county.ask(&["run", "--as-of", day, "--known-at", day, "--out", &out.display().to_string()]);
    assert_eq!(code, 0, "{said}{err}");
    let count = |sql: &str| -> usize {
        let (_, batches) = sendmart::warehouse::query_file(&out.join("sendmart.duckdb"), sql, &[]).unwrap();
        let text: Vec<String> = sendmart::warehouse::first_texts(&batches).map(str::to_owned).collect();
        text[0].parse().unwrap()
    };
    let html = page(&packs.first);
    let all = tables(&html);
    let mut any = 0;
    for (id, sql) in [
        (
            "case-third",
            "SELECT CAST(count(*) AS VARCHAR) FROM mart.fct_third_suspension WHERE days_to_discussion IS NULL AND start_date BETWEEN DATE '2025-11-07' AND DATE '2026-11-06'",
        ),
        (
            "case-twenty",
            "SELECT CAST(count(*) AS VARCHAR) FROM mart.fct_ehcp_request WHERE calendar_year = '2026' AND stage_at_year_end NOT IN ('ended', 'not_received', 'unknown') AND received <= DATE '2026-07-31'",
        ),
        (
            "case-advice",
            "SELECT CAST(count(*) AS VARCHAR) FROM mart.fct_annual_review_contribution WHERE service <> 'other' AND is_known AND received IS NULL AND is_nil_return IS NOT TRUE AND due <= DATE '2026-11-06' AND meeting >= DATE '2026-08-14'",
        ),
        (
            "case-tool",
            "SELECT CAST(count(*) AS VARCHAR) FROM mart.fct_graduated_response_school WHERE academic_year = '2025/26' AND cycles = 0 AND says IS DISTINCT FROM 'pupils have plans'",
        ),
    ] {
        let want = count(sql);
        let found = all.get(&format!("{id}-list")).map_or(0, |rows| rows.len() - 1);
        assert_eq!(found, want, "{id}");
        assert!(html.contains(&format!("id=\"{id}-heading\"")), "{id}");
        let decided = html.contains(&format!("<a href=\"#{id}-heading\">"));
        assert_eq!(decided, want > 0, "{id}");
        any += want;
    }
    assert!(any > 0);
}
