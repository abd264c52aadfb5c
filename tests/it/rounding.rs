use std::fs;
use std::path::{Path, PathBuf};

use crate::small::Small;
use crate::{checkout, link_definitions, sendmart};

/// Rows of the department's suspensions by geographic level, 2023/24, as its statistics service prints them: five places.
const FIVE_PLACES: &str = "\
time_identifier,time_period,geographic_level,country_code,country_name,region_code,region_name,old_la_code,new_la_code,la_name,\
education_phase,num_schools,headcount,perm_excl,perm_excl_rate,suspension,susp_rate,one_plus_susp,one_plus_susp_rate\n\
Academic year,202324,National,E92000001,England,,,,,,Total,21366,8445343,10885,0.12889,954952,11.30744,341266,4.04088\n\
Academic year,202324,National,E92000001,England,,,,,,State-funded primary,16796,4614990,1462,0.03168,104803,2.27093,45883,0.99422\n\
Academic year,202324,National,E92000001,England,,,,,,State-funded secondary,3475,3669933,9298,0.25336,829896,22.61338,287265,7.82753\n";

/// A place of published exclusions, with these files.
fn exclusions(root: &Path, files: &[(&str, &str)]) -> PathBuf {
    link_definitions(root);
    let inbox = root.join("inbox/published_exclusions");
    fs::create_dir_all(&inbox).unwrap();
    for (name, text) in files {
        fs::write(inbox.join(name), text).unwrap();
    }
    let config = root.join("exclusions.toml");
    fs::write(&config, "collections = [\"published_exclusions\"]\n").unwrap();
    config
}

/// A release that prints five places is compared with five, one that prints two with two, side by side; and what is known of the one is
/// not told of the other.
#[test]
fn each_release_is_compared_by_its_own_rounding() {
    let folder = tempfile::tempdir().unwrap();
    let demo = checkout().join("config/demo/data/published_exclusions/exclusions_by_geographic_level.csv");
    let two_places = fs::read_to_string(demo).unwrap();
    let files = [("susp_geog_annual.csv", FIVE_PLACES), ("exclusions_by_geographic_level.csv", &two_places)];
    let config = exclusions(folder.path(), &files);
    let ask = |arguments: &[&str]| {
        let (code, out, err) = sendmart(folder.path(), &[&["--config", config.to_str().unwrap()], arguments].concat());
        assert_eq!(code, 0, "{out}{err}");
        out
    };
    ask(&["run"]);
    let told = ask(&[
        "--json",
        "query",
        "SELECT file_name, rounding, count(*) AS compared, count(*) FILTER (WHERE value = published) AS equal FROM kpi.value \
         JOIN meta.delivery USING (delivery_id) WHERE kpi_id = 'suspension_rate' AND value IS NOT NULL AND published IS NOT NULL \
         AND geography_level <> 'region' AND NOT (geography_level = 'nation' AND period <> '2023/24') GROUP BY ALL ORDER BY ALL",
    ]);
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines.len(), 2, "{told}");
    assert!(
        lines[0]
            .starts_with("{\"file_name\":\"exclusions_by_geographic_level.csv\",\"rounding\":\"decimal_half_up(2)\""),
        "{told}"
    );
    assert_eq!(
        lines[1],
        "{\"file_name\":\"susp_geog_annual.csv\",\"rounding\":\"none(5)\",\"compared\":3,\"equal\":3}"
    );
    for kpi in ["suspension_rate", "permanent_exclusion_rate", "one_plus_suspension_rate"] {
        let told = ask(&["kpi", "reconcile", kpi]);
        assert!(told.contains("  susp_geog_annual.csv, rounding none(5)\n    nation     3 of 3 equal\n"), "{told}");
    }
}

/// A figure that is wrong in a release is not excused by what is known of another.
#[test]
fn a_difference_that_nothing_explains_is_told_as_such() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = FIVE_PLACES.replace("11.30744", "11.31");
    let config = exclusions(folder.path(), &[("susp_geog_annual.csv", &wrong)]);
    let config = config.to_str().unwrap();
    let (code, out, err) = sendmart(folder.path(), &["--config", config, "run"]);
    assert_eq!(code, 0, "{out}{err}");
    let (_, told, _) = sendmart(folder.path(), &["--config", config, "kpi", "reconcile", "suspension_rate"]);
    assert!(told.contains("total is 11.30744 here and 11.31 in delivery"), "{told}");
    assert!(told.contains("suspension_rate: 1 of 1 that differ are not explained"), "{told}");
    assert!(!told.contains("rounded to 5"), "that is known of the releases to 2016/17: {told}");
}

/// 1,734 of 2,720 plans is 63.75 per cent: the release of 2022 prints 63.8, that of 2025 prints 63.7.
#[test]
fn a_layout_says_how_its_release_rounds_and_the_layouts_that_extend_it_inherit_that() {
    let small = Small::new();
    let layouts = small.root.join("pipelines/published_ehcp/layouts");
    let of_2025 = fs::read_to_string(layouts.join("timeliness.toml")).unwrap();
    fs::remove_file(layouts.join("timeliness.toml")).unwrap();
    let of_2025 = of_2025.replacen("\n[format]", "\nfiles = [\"*_2025.csv\"]\n[format]", 1);
    fs::write(layouts.join("timeliness.toml"), &of_2025).unwrap();
    let extended = |from: &str, year: &str, more: &str| {
        format!("title = \"{year}\"\nextends = \"{from}\"\nwhy = \"its own year\"\nfiles = [\"*_{year}.csv\"]\n{more}")
    };
    let exact = extended("timeliness", "2022", "rounding = \"decimal_half_up(1)\"\n");
    fs::write(layouts.join("timeliness_2022.toml"), exact).unwrap();
    fs::write(layouts.join("timeliness_2021.toml"), extended("timeliness_2022", "2021", "")).unwrap();
    let published = checkout().join("config/demo/data/published_ehcp/2025-06-26/timeliness_20_week.csv");
    let text = fs::read_to_string(published).unwrap();
    let header = text.lines().next().unwrap().trim_start_matches('\u{feff}');
    let labels: Vec<&str> = header.split(',').collect();
    for (year, printed) in [("2021", "63.8"), ("2022", "63.8"), ("2025", "63.7")] {
        let cells: Vec<&str> = labels
            .iter()
            .map(|label| match *label {
                "time_period" => year,
                "time_identifier" => "Calendar year",
                "geographic_level" => "National",
                "country_code" => "E92000001",
                "country_name" => "England",
                "breakdown_topic" | "breakdown" => "All EHC plans",
                "plans_issued_den" => "2720",
                "plans_issued_within_20_weeks" => "1734",
                "pc_plans_issued_within_20_weeks" => printed,
                "region_code" | "region_name" | "old_la_code" | "new_la_code" | "la_name" => "",
                _ => "x",
            })
            .collect();
        fs::write(small.root.join(format!("inbox/plans_{year}.csv")), format!("{header}\n{}\n", cells.join(",")))
            .unwrap();
    }
    let (code, out, err) = small.sendmart(&["run"]);
    assert_eq!(code, 0, "{out}{err}");
    let (_, told, _) = small.sendmart(&[
        "--json",
        "query",
        "SELECT period, rounding, value, value = published AS equal FROM kpi.value WHERE kpi_id = 'ehcp_20_week' ORDER BY period",
    ]);
    assert_eq!(
        told.trim(),
        "{\"period\":\"2021\",\"rounding\":\"decimal_half_up(1)\",\"value\":63.8,\"equal\":true}\n\
         {\"period\":\"2022\",\"rounding\":\"decimal_half_up(1)\",\"value\":63.8,\"equal\":true}\n\
         {\"period\":\"2025\",\"rounding\":\"f64_floor_half(1)\",\"value\":63.7,\"equal\":true}"
    );
    let (_, told, _) = small.sendmart(&["explain", "ehcp_20_week", "--at", "E92000001", "--period", "2022"]);
    assert!(told.contains("rounding decimal_half_up(1): exact decimal, a half goes up, to 1 decimal"), "{told}");

    fs::write(layouts.join("timeliness_2022.toml"), extended("timeliness", "2022", "rounding = \"half_up(1)\"\n"))
        .unwrap();
    let (code, _, err) = small.sendmart(&["check"]);
    assert_eq!(code, 78);
    assert!(err.contains("error[spec::rounding]: `half_up(1)` is not a rounding; use `f64_floor_half(dp)`"), "{err}");
    assert!(err.contains("timeliness_2022.toml:5:"), "{err}");
}

/// Every KPI on the place's own returns rounds as a member with a calculator does, and says so.
#[test]
fn local_kpis_round_as_on_paper() {
    let kpis = sendmart::definitions::load_kpis(&checkout().join("sql/kpis")).unwrap();
    let local: Vec<_> = kpis.iter().filter(|kpi| kpi.basis == sendmart::definitions::Basis::Local).collect();
    assert!(local.len() > 30);
    for kpi in local {
        let exact = matches!(kpi.rounding, sendmart::model::Rounding::DecimalHalfUp(_));
        assert!(exact || kpi.unit.is_plain(), "{}: {}", kpi.id, kpi.rounding);
        assert!(!exact || kpi.rounding.words().starts_with("exact decimal, a half goes up"));
    }
}
