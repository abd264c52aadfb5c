//! Series and schools, judged: which chart, which values, which changes; and what `kpi chart`, `show` and `funnel` say of an invented
//! county.

use std::fs;

use jiff::civil::{Date, date};
use sendmart::definitions::{Basis, Kpi, Rebase, SeriesKind, load_kpis};
use sendmart::kpi::{JudgedSeries, PlaceFigure, PlacesRefusal, SeriesPoint, judged_places, judged_series};
use sendmart::statistics::funnel::{FunnelMethod, FunnelVerdict};
use serde_json::Value;

use crate::small::Small;
use crate::{checkout, sendmart};

fn kpi(id: &str) -> Kpi {
    let kpis = load_kpis(&checkout().join("sql/kpis")).unwrap_or_else(|problems| panic!("{problems}"));
    kpis.into_iter().find(|kpi| kpi.id == id && kpi.basis == Basis::Local).unwrap()
}

/// Months from January 2024 on, so many of so many in each.
fn months(counts: &[(f64, f64)]) -> Vec<SeriesPoint> {
    let first = date(2024, 1, 1);
    let month = |index: usize| first.saturating_add(jiff::Span::new().months(i64::try_from(index).unwrap()));
    let point = |(index, (numerator, denominator)): (usize, &(f64, f64))| {
        let start: Date = month(index);
        SeriesPoint {
            period: start.strftime("%Y-%m").to_string(),
            days: Some((start, start.last_of_month())),
            value: Some(numerator / denominator * 100.0),
            numerator: Some(*numerator),
            denominator: Some(*denominator),
            ..SeriesPoint::default()
        }
    };
    counts.iter().enumerate().map(point).collect()
}

fn of_months(id: &str, points: &[SeriesPoint], rebases: &[&Rebase]) -> JudgedSeries {
    judged_series(&kpi(id), Some(SeriesKind::Month), points, None, rebases)
}

/// Suspensions that go up and down by one.
fn waves(months: usize) -> Vec<(f64, f64)> {
    (0..months).map(|month| (if month % 2 == 0 { 20.0 } else { 22.0 }, 1000.0)).collect()
}

fn rebase(day: Date, reason: &str) -> Rebase {
    Rebase { kpi: "suspension_rate".to_owned(), place: None, date: day, reason: reason.to_owned() }
}

#[test]
fn thirteen_whole_months_have_limits_and_what_overlaps_has_none() {
    let twelve = of_months("suspension_rate", &months(&waves(12)), &[]);
    assert!(!twelve.has_limits());
    assert_eq!(twelve.remarks, ["A plain line, 12 of the 13 points that limits need"]);
    let thirteen = of_months("suspension_rate", &months(&waves(13)), &[]);
    assert_eq!(thirteen.method_words().unwrap(), "XmR chart of 13 points; mean 2.09, limits 1.56 to 2.62");
    let rolling = SeriesKind::RollingTwelveMonths;
    let rolling = judged_series(&kpi("suspension_rate"), Some(rolling), &months(&waves(24)), None, &[]);
    assert!(!rolling.has_limits());
    assert_eq!(
        rolling.remarks,
        [
            "A plain line, no control chart of rolling periods: neighbouring values share what they count; chart the months, terms or \
          years one by one"
        ]
    );
    for to_date in [SeriesKind::AcademicYearToDate, SeriesKind::CalendarYearToDate] {
        assert!(!judged_series(&kpi("suspension_rate"), Some(to_date), &months(&waves(24)), None, &[]).has_limits());
    }
    // What stands at the end of a month is charted, with a word of caution.
    let stock = of_months("ehcp_backlog", &months(&waves(24)), &[]);
    assert!(stock.has_limits());
    assert!(stock.remarks.iter().any(|remark| remark.contains("mostly as at the one before")), "{:?}", stock.remarks);
}

#[test]
fn a_partial_value_moves_no_limit_and_is_not_judged() {
    let mut points = months(&waves(24));
    let whole = of_months("suspension_rate", &points, &[]);
    points.push(SeriesPoint { is_partial: true, is_marked: true, ..months(&[(900.0, 1000.0)]).remove(0) });
    let with_part = of_months("suspension_rate", &points, &[]);
    assert_eq!(with_part.chart, whole.chart);
    assert_eq!((with_part.left_out, with_part.point(24)), (1, None));
    // A provisional one counts.
    points[24].is_partial = false;
    let provisional = of_months("suspension_rate", &points, &[]);
    assert_eq!(
        provisional.variation_words(&points).unwrap(),
        "special cause, concerning: 2024-01 is above the upper limit"
    );
    let parts: Vec<SeriesPoint> =
        points.iter().map(|point| SeriesPoint { is_partial: true, ..point.clone() }).collect();
    assert!(of_months("suspension_rate", &parts, &[]).remarks[0].contains("no value is whole"));
}

#[test]
fn small_counts_take_a_p_or_u_chart_and_rare_ones_none() {
    let few = |numerator: f64, denominator: f64| {
        months(&[(numerator, denominator), (numerator + 1.0, denominator)].repeat(8))
    };
    let method = |id: &str, points: &[SeriesPoint]| of_months(id, points, &[]).method().to_owned();
    assert_eq!(method("ehcp_20_week", &few(2.0, 8.0)), "p chart");
    assert_eq!(method("ehcp_20_week", &few(40.0, 90.0)), "XmR chart");
    assert_eq!(method("suspension_rate", &few(2.0, 900.0)), "u chart");
    // Days of a vacancy are no counts out of counts.
    assert_eq!(method("vacancy_days", &few(2.0, 8.0)), "XmR chart");
    // Full-time equivalents neither.
    assert_eq!(method("post_fill_rate", &few(2.5, 8.0)), "XmR chart");
    let rare = of_months("permanent_exclusion_rate", &few(0.0, 900.0), &[]);
    assert_eq!(
        rare.remarks,
        ["A plain line: less than one case a month on average is too rare for limits; longer periods say more"]
    );
    // By hand: 20 of 64 and 28 of 64 make 2.5 of 8; 3 √(p q / n) = 49.7 points.
    let p = of_months("ehcp_20_week", &few(2.0, 8.0), &[]);
    let limits = p.chart.unwrap().points[0].limits.unwrap();
    assert!((limits.centre - 31.25).abs() < 1e-9 && limits.lower == 0.0, "{limits:?}");
    assert!((limits.upper - (31.25 + 300.0 * (0.3125_f64 * 0.6875 / 8.0).sqrt())).abs() < 1e-9, "{limits:?}");
}

#[test]
fn limits_start_again_at_declared_changes_alone() {
    let mut counts = waves(14);
    counts.extend(waves(14).iter().map(|(numerator, denominator)| (numerator + 40.0, *denominator)));
    let points = months(&counts);
    let untold = of_months("suspension_rate", &points, &[]);
    assert_eq!(untold.chart.as_ref().unwrap().segments.len(), 1);
    // Most of March 2025 lies after the tenth, and the least part of it after the twentieth.
    for (day, first, period) in [(date(2025, 3, 10), 14, "2025-03"), (date(2025, 3, 20), 15, "2025-04")] {
        let change = rebase(day, "one panel for all schools");
        let told = of_months("suspension_rate", &points, &[&change]);
        let segments = &told.chart.as_ref().unwrap().segments;
        assert_eq!((segments.len(), segments[1].first), (2, first));
        let want = format!("Limits start again in {period}, declared for {day}: one panel for all schools");
        assert!(told.remarks.contains(&want), "{:?}", told.remarks);
    }
    // Before and after the series nothing changes; two of one month are one.
    let outside = [rebase(date(2020, 1, 1), "before"), rebase(date(2031, 1, 1), "after")];
    let outside: Vec<&Rebase> = outside.iter().collect();
    assert_eq!(of_months("suspension_rate", &points, &outside), untold);
    let twice = [rebase(date(2025, 3, 5), "another panel"), rebase(date(2025, 3, 1), "a panel")];
    let told = of_months("suspension_rate", &points, &twice.iter().collect::<Vec<_>>());
    assert!(told.remarks[0].ends_with("2025-03-01: a panel; another panel"), "{:?}", told.remarks);
}

#[test]
fn schools_have_exact_limits_unless_they_differ_by_more_than_chance() {
    let school = |index: usize, numerator: f64, denominator: f64| PlaceFigure {
        code: format!("99000{index}"),
        name: String::new(),
        numerator: Some(numerator),
        denominator: Some(denominator),
        is_partial: false,
    };
    let schools = |figures: &[(f64, f64)]| -> Vec<PlaceFigure> {
        figures
            .iter()
            .enumerate()
            .map(|(index, (numerator, denominator))| school(index, *numerator, *denominator))
            .collect()
    };
    let rate = kpi("suspension_rate");
    let judged = |figures: &[(f64, f64)]| judged_places(&rate, &schools(figures)).unwrap();
    // Two expected of each: too few.
    let few = judged(&[(1.0, 90.0), (2.0, 90.0), (2.0, 90.0), (12.0, 90.0), (7.0, 400.0)]);
    assert_eq!(few.funnel.method, FunnelMethod::Exact);
    assert!(few.why.contains("too few"), "{}", few.why);
    assert_eq!(few.by_distance()[0].0, 3);
    assert_eq!(few.by_distance()[0].1.verdict, FunnelVerdict::Above998);
    let alike = judged(&[(20.0, 400.0), (21.0, 410.0), (19.0, 390.0), (25.0, 500.0), (17.0, 360.0)]);
    assert_eq!(alike.funnel.method, FunnelMethod::Exact);
    assert!(alike.why.contains("no more than by chance"), "{}", alike.why);
    let apart = judged(&[(5.0, 400.0), (60.0, 410.0), (90.0, 390.0), (2.0, 500.0), (40.0, 360.0), (20.0, 380.0)]);
    assert_eq!(apart.funnel.method, FunnelMethod::Winsorised);
    assert!(apart.why.contains("more than chance"), "{}", apart.why);
    // A school of which a part is missing, or without pupils, is in no sum.
    let mut some = schools(&[(20.0, 400.0), (21.0, 410.0), (500.0, 600.0), (0.0, 0.0)]);
    some[2].is_partial = true;
    let judged = judged_places(&rate, &some).unwrap();
    assert_eq!(judged.compared, [0, 1]);
    assert_eq!(judged.left_out, [(2, "not judged: partial"), (3, "not judged: nothing to divide by")]);
    let refused = |id: &str, figures: &[(f64, f64)]| judged_places(&kpi(id), &schools(figures)).unwrap_err();
    assert_eq!(refused("repeat_suspension_ratio", &[]), PlacesRefusal::NotARate("repeat_suspension_ratio".to_owned()));
    let told = [
        refused("suspension_rate", &[(1.0, 2.0)]),
        refused("suspension_rate", &[(1.5, 2.0), (1.0, 2.0)]),
        refused("persistent_absence", &[(3.0, 2.0), (1.0, 2.0)]),
    ];
    let told: Vec<String> = told.iter().map(|refusal| format!("{refusal}\nhint: {}", refusal.hint())).collect();
    insta::assert_snapshot!(told.join("\n\n"));
}

#[test]
fn a_declared_change_of_no_kpi_on_no_day_for_no_reason_is_refused() {
    let small = Small::new();
    let write = |text: &str| fs::write(small.root.join("rebase.toml"), text).unwrap();
    write(
        "[[rebase]]\nkpi = \"ehcp_20_weeks\"\ndate = \"2025-02-30\"\nreason = \" \"\nplace = \"\"\n\n\
         [[rebase]]\nkpi = \"ehcp_20_week\"\ndate = \"2025-09-01\"\nreason = \"a new team\"\nplaces = \"933\"\n",
    );
    let config = small.root.join("rebase.toml").display().to_string();
    let check = || sendmart(&small.root, &["--config", &config, "check"]);
    let shown = |text: String| text.replace(&small.root.display().to_string(), "PLACE");
    let (code, _, err) = check();
    assert_eq!(code, 78);
    let shape = shown(err);
    assert!(shape.contains("PLACE/rebase.toml:11") && shape.contains("`places`"), "{shape}");
    write(
        "[[rebase]]\nkpi = \"ehcp_20_weeks\"\ndate = \"2025-02-30\"\nreason = \" \"\nplace = \"\"\n\n\
         [[rebase]]\nkpi = \"ehcp_20_week\"\ndate = \"2025-09-01\"\nreason = \"a new team\"\nplace = \"933\"\n",
    );
    let (code, _, err) = check();
    assert_eq!(code, 78);
    insta::assert_snapshot!(shown(err));
    write("[[rebase]]\nkpi = \"ehcp_20_week\"\ndate = \"2025-09-01\"\nreason = \"a new team\"\n");
    let (code, _, err) = check();
    assert_eq!(code, 0, "{err}");
}

/// What a user sees of an invented county, the limits reckoned again from what `query` gives.
#[test]
fn a_county_s_charts_and_funnels_say_what_its_values_give() {
    let keep = tempfile::tempdir().unwrap();
    let folder = keep.path().join("county");
    let size = ["--schools", "12", "--pupils", "1100", "--years", "3", "--seed", "15"];
    let out = folder.display().to_string();
    let (code, said, err) = sendmart(checkout(), &[&["sample", "--out", &out][..], &size].concat());
    assert_eq!(code, 0, "{said}{err}");
    let plain = folder.join("sample.toml").display().to_string();
    let (code, said, err) = sendmart(checkout(), &["--config", &plain, "run"]);
    assert_eq!(code, 0, "{said}{err}");
    let changed = folder.join("changed.toml").display().to_string();
    let text = fs::read_to_string(&plain).unwrap();
    let change = "[[rebase]]\nkpi = \"suspension_rate\"\nplace = \"933\"\ndate = \"2025-02-01\"\nreason = \"one panel <for all> schools\"\n\
                  [[rebase]]\nkpi = \"suspension_rate\"\nplace = \"Atlantis\"\ndate = \"2025-02-01\"\nreason = \"the flood\"\n";
    fs::write(&changed, format!("{text}\n{change}")).unwrap();
    let ask = |config: &str, words: &[&str]| sendmart(checkout(), &[&["--config", config][..], words].concat());
    let drawn = |config: &str, words: &[&str]| {
        let file = folder.join("drawn.svg");
        let path = file.display().to_string();
        let (code, out, err) = ask(config, &[words, &["--out", &path]].concat());
        assert_eq!(code, 0, "{out}{err}");
        (fs::read_to_string(file).unwrap(), out, err)
    };

    let sql = "SELECT value FROM kpi.value WHERE kpi_id = 'suspension_rate' AND geography_level = 'authority' AND breakdown = 'total' \
               AND period_kind = 'month' AND value IS NOT NULL AND maturity <> 'partial' AND is_over ORDER BY period_start";
    let (_, values, _) = ask(&plain, &["--json", "query", sql]);
    let values: Vec<f64> =
        values.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["value"].as_f64().unwrap()).collect();
    assert!(values.len() > 30, "{}", values.len());
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let ranges: Vec<f64> = values.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect();
    let all = ranges.iter().sum::<f64>() / ranges.len() as f64;
    let kept: Vec<f64> = ranges.iter().copied().filter(|range| *range < 3.267 * all).collect();
    let reach = 2.66 * kept.iter().sum::<f64>() / kept.len() as f64;

    let month = ["kpi", "chart", "suspension_rate", "--kind", "month"];
    let (svg, said, _) = drawn(&plain, &[&month[..], &["--target", "1.5"]].concat());
    let lines = format!(
        "XmR chart of {} points; mean {mean:.2}, limits {:.3} to {:.2}",
        values.len(),
        mean - reach,
        mean + reach
    );
    assert!(said.contains(&lines), "{lines}\n{said}");
    for told in
        [&format!("upper limit {:.2}", mean + reach), "target 1.5", "Hit or miss", "NHSRplotthedots 0.2.2", &lines]
    {
        assert!(svg.contains(told), "{told}\n{svg}");
    }
    // Each special cause has a shape of its own and a word.
    let specials = svg.matches("concerning: ").count() + svg.matches("improving: ").count();
    assert!(specials > 0 && svg.contains("<polygon"), "{svg}");
    insta::assert_snapshot!("kpi_chart_description", description(&svg));

    let (svg, said, err) = drawn(&changed, &month);
    assert!(err.contains("`[[rebase]]` of `suspension_rate` for `Atlantis` is passed over"), "{err}");
    assert!(
        said.contains("Limits start again in 2025-02, declared for 2025-02-01: one panel <for all> schools"),
        "{said}"
    );
    assert!(
        svg.contains("limits start again (2025-02-01)") && svg.contains("one panel &lt;for all&gt; schools"),
        "{svg}"
    );

    let (svg, said, _) = drawn(&plain, &["kpi", "chart", "suspension_rate", "--kind", "rolling_12_months"]);
    assert!(said.contains("no control chart of rolling periods") && !svg.contains("upper limit"), "{said}");

    let (code, shown, err) = ask(&plain, &["kpi", "show", "suspension_rate", "--kind", "month", "--target", "1.5"]);
    assert_eq!(code, 0, "{err}");
    let verdict = shown.split_once("Variation\n").unwrap().1;
    insta::assert_snapshot!("kpi_show_variation", verdict);
    assert!(verdict.lines().all(|line| line.chars().count() <= 80), "{shown}");
    let (_, shown, _) = ask(&plain, &["kpi", "show", "suspension_rate"]);
    assert!(!shown.contains("Variation"), "years of which nobody asked: {shown}");

    let funnel = ["kpi", "funnel", "one_plus_suspension_rate", "--period", "2024/25"];
    let (svg, shown, _) = drawn(&plain, &funnel);
    insta::assert_snapshot!("kpi_funnel", shown);
    insta::assert_snapshot!("kpi_funnel_description", description(&svg));
    let (_, objects, _) = ask(&plain, &[&["--json"], &funnel[..]].concat());
    let objects: Vec<Value> = objects.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(objects.len() > 10 && objects.iter().all(|object| object["restricted"] == true), "{objects:?}");
    let (code, _, err) = ask(&plain, &["kpi", "funnel", "one_plus_suspension_rate", "--phase", "primry"]);
    assert!(code == 1 && err.contains("did you mean `primary`?"), "{err}");
    let (code, _, err) = ask(&plain, &["kpi", "funnel", "ehcp_20_week"]);
    assert!(code == 1 && err.contains("no value of a school"), "{err}");
}

fn description(svg: &str) -> &str {
    svg.split_once("-desc\">").unwrap().1.split_once("</desc>").unwrap().0
}
