//! Files of the department's statistics service that nobody has a collection for: drafted whole, and what becomes of their next
//! release.

use std::fs;
use std::path::{Path, PathBuf};

use crate::profiles::empty_place;
use crate::sendmart;

/// An invented data set: a filter of numbers, a measure that would tell rows apart, and every symbol.
const FILE: &str = "\
time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,old_la_code,new_la_code,la_name,nc_year_group,Support Type,full_time_equivalent,pupil_count,pupil_rate
202425,Academic year,National,E92000001,England,,,,,,1,Total,12.25,1200,4.123456789
202425,Academic year,National,E92000001,England,,,,,,2,Total,13.5,1300,4.5
202425,Academic year,Local authority,E92000001,England,E12000009,South West,998,E06000998,Barsetshire,1,Total,z,x,c
202425,Academic year,Local authority,E92000001,England,E12000009,South West,997,E06000997,East Barsetshire,1,Total,low,u,:
202425,Academic year,Local authority,E92000001,England,E12000009,South West,996,E06000996,West Barsetshire,1,Total,k,7,0.1
";

const META: &str = "\
col_name,col_type,label,indicator_grouping,indicator_unit,indicator_dp,filter_hint,filter_grouping_column
nc_year_group,Filter,National curriculum year,,,,From reception,
Support Type,Filter,Kind of support,,,,,
full_time_equivalent,Indicator,Staff,,,2,,
pupil_count,Indicator,Number of pupils,,,0,,
pupil_rate,Indicator,Share of pupils,,%,1,,
";

struct Service {
    _keep: tempfile::TempDir,
    place: PathBuf,
    told: String,
}

impl Service {
    /// Drafts a file that lies in the place's own `given`, with its `.meta.csv` beside it where there is one.
    fn drafted(text: &str, meta: Option<&str>) -> Self {
        let (keep, place) = empty_place();
        fs::create_dir_all(place.join("given")).unwrap();
        fs::write(place.join("given/support.csv"), text).unwrap();
        if let Some(meta) = meta {
            fs::write(place.join("given/support.meta.csv"), meta).unwrap();
        }
        let file = place.join("given/support.csv").display().to_string();
        let (code, told, err) = sendmart(&place, &["new", "support", "--from", &file]);
        assert_eq!(code, 0, "{told}{err}");
        Self { _keep: keep, place, told }
    }

    fn path(&self, part: &str) -> PathBuf {
        self.place.join("pipelines/support").join(part)
    }

    fn text(&self, part: &str) -> String {
        fs::read_to_string(self.path(part)).unwrap()
    }

    /// Lines of the draft that have to be deleted before anything is published.
    fn questions(&self) -> usize {
        let lines = |part: &str| self.text(part).lines().filter(|line| line.contains("{ what =")).count();
        lines("tables/support.toml") + lines("layouts/support.toml")
    }

    fn confirm(&self) {
        crate::profiles::confirm(&self.place, "support");
    }

    fn deliver(&self, name: &str, text: &str) {
        fs::create_dir_all(self.place.join("inbox/support")).unwrap();
        fs::write(self.place.join("inbox/support").join(name), text).unwrap();
    }

    fn run(&self) -> (i32, String) {
        let (code, out, err) = sendmart(&self.place, &["run"]);
        (code, out + &err)
    }

    /// Runs of files that were published on a day each.
    fn run_of(&self, files: &[(&str, &str, &str)]) -> (i32, String) {
        let mut config = String::new();
        for (day, name, text) in files {
            let folder = self.place.join("days").join(day);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join(name), text).unwrap();
            config.push_str(&format!(
                "[[source]]\ncollection = \"support\"\nfolder.path = \"days/{day}\"\nreceived = \"{day}\"\n"
            ));
        }
        let path = self.place.join("days.toml");
        fs::write(&path, config).unwrap();
        let (code, out, err) = sendmart(&self.place, &["--config", &path.display().to_string(), "run"]);
        (code, out + &err)
    }

    fn ask(&self, sql: &str) -> String {
        let (code, out, err) = sendmart(&self.place, &["--json", "query", sql]);
        assert_eq!(code, 0, "{err}");
        out.trim().to_owned()
    }

    /// The lines that `plan` writes for a text.
    fn planned(&self, text: &str) -> Vec<String> {
        fs::write(self.place.join("given/next.csv"), text).unwrap();
        let file = self.place.join("given/next.csv").display().to_string();
        let (code, out, err) = sendmart(&self.place, &["plan", &file]);
        assert_eq!(code, 65, "{out}{err}");
        out.lines().map(str::to_owned).collect()
    }
}

/// What the draft of a number with sixteen decimals, or a power of ten, must not lose.
#[test]
fn decimals_that_come_later_are_rounded_and_lose_no_row() {
    let drafted = Service::drafted(FILE, Some(META));
    let next = FILE.replace("4.123456789", "1.55757077523724e-05").replace(",4.5\n", ",0.0364315804327991\n");
    drafted.deliver("support.csv", &next);
    let (code, told) = drafted.run();
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("5 rows read = 5 accepted + 0 quarantined + 0 skipped"), "{told}");
    assert_eq!(
        drafted.ask("SELECT CAST(pupil_rate AS DOUBLE) AS r FROM mart.support WHERE pupil_count = 1200"),
        r#"{"r":0.000015575708}"#
    );
}

/// Appends lines to a file.
fn append(path: &Path, lines: &[&str]) {
    let text = fs::read_to_string(path).unwrap();
    fs::write(path, format!("{}\n{}\n", text.trim_end(), lines.join("\n"))).unwrap();
}

#[test]
fn with_its_meta_file_nothing_has_to_be_changed_before_it_is_published() {
    let drafted = Service::drafted(FILE, Some(META));
    assert_eq!(drafted.questions(), 0, "{}", drafted.told);
    assert!(drafted.told.contains("what is \"to be confirmed\": owner, purpose\n"), "{}", drafted.told);
    let table = drafted.text("tables/support.toml");
    assert!(
        table.contains(
            r#"key = ["period", "time_identifier", "geographic_level", "region_code", "old_la_code", "nc_year_group", "support_type"]"#
        ),
        "{table}"
    );
    for line in [
        r#"nc_year_group = { type = "text", about = "National curriculum year (From reception), as printed." }"#,
        r#"full_time_equivalent = { type = "decimal(30,12)", about = "Staff (number, 2 decimals)." }"#,
        r#"pupil_count = { type = "integer", about = "Number of pupils (number)." }"#,
        r#"pupil_rate = { type = "decimal(30,12)", about = "Share of pupils (per cent, 1 decimal)." }"#,
        r#"old_la_code = { type = "la_code", invalid = "query", about = "Three-digit authority code; blank where the row is of no authority." }"#,
    ] {
        assert!(table.contains(line), "{line}\n{table}");
    }
    drafted.deliver("support.csv", FILE);
    let (code, told) = drafted.run();
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("5 rows read = 5 accepted + 0 quarantined + 0 skipped"), "{told}");
    assert_eq!(
        drafted.ask("SELECT full_time_equivalent_reason AS f, pupil_count_reason AS c, pupil_rate_reason AS r FROM mart.support WHERE old_la_code IS NOT NULL ORDER BY old_la_code"),
        "{\"f\":\"low\",\"c\":null,\"r\":null}\n{\"f\":\"low\",\"c\":\"unavailable\",\"r\":\"unavailable\"}\n{\"f\":\"not_applicable\",\"c\":\"unavailable\",\"r\":\"suppressed\"}"
    );
    assert_eq!(
        drafted.ask("SELECT CAST(pupil_rate AS DOUBLE) AS r FROM mart.support WHERE pupil_count = 1200"),
        r#"{"r":4.123456789}"#
    );
}

#[test]
fn without_it_one_line_asks_and_a_figure_is_never_in_the_key() {
    let drafted = Service::drafted(FILE, None);
    assert_eq!(drafted.questions(), 1, "{}", drafted.told);
    assert!(
        drafted.told.contains("groups that figures are split by, each in the key: nc_year_group, support_type? And these figures, none in it: full_time_equivalent, pupil_count, pupil_rate?"),
        "{}",
        drafted.told
    );
    drafted.deliver("support.csv", FILE);
    let (code, told) = drafted.run();
    assert_eq!(code, 65, "{told}");
    assert!(told.contains("to_confirm"), "{told}");
    drafted.confirm();
    let (code, told) = drafted.run();
    assert_eq!(code, 0, "{told}");
    assert_eq!(drafted.ask("SELECT count(*) AS n FROM mart.support"), r#"{"n":5}"#);
}

#[test]
fn a_group_of_numbers_is_found_where_rows_are_alike_without_it() {
    let text = "time_period,time_identifier,geographic_level,country_code,country_name,suspension,headcount\n\
                202425,Autumn term,National,E92000001,England,1,96506\n202425,Autumn term,National,E92000001,England,2,30006\n";
    let drafted = Service::drafted(text, None);
    assert!(
        drafted
            .text("tables/support.toml")
            .contains(r#"key = ["period", "time_identifier", "geographic_level", "suspension"]"#),
        "{}",
        drafted.text("tables/support.toml")
    );
}

#[test]
fn a_file_about_people_is_not_drafted_as_open_data() {
    let text = "time_period,geographic_level,country_code,upn,count\n202425,School,E92000001,A950000178301,3\n\
                202425,School,E92000001,H243278544154,4\n";
    let drafted = Service::drafted(text, None);
    let pipeline = drafted.text("pipeline.toml");
    assert!(pipeline.contains("lawful_basis = \"to be confirmed\""), "{pipeline}");
    assert!(
        drafted.text("tables/support.toml").contains("class = \"identifier\""),
        "{}",
        drafted.text("tables/support.toml")
    );
}

#[test]
fn a_code_a_level_and_a_period_that_come_later_lose_no_row() {
    let drafted = Service::drafted(FILE, Some(META));
    let next = FILE
        .replace("Local authority", "Combined authority")
        .replace(",998,E06000998,", ",9988,E060009,")
        .replace("Academic year", "Week 37")
        .replace("4.5\n", "4.55555555555555555\n")
        .replace("202425", "2025");
    drafted.deliver("support.csv", FILE);
    drafted.deliver("support_2.csv", &next);
    let (code, told) = drafted.run();
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("10 rows read = 10 accepted + 0 quarantined + 0 skipped"), "{told}");
}

#[test]
fn a_renamed_column_is_refused_with_the_layout_that_takes_it() {
    let drafted = Service::drafted(FILE, Some(META));
    drafted.deliver("support.csv", FILE);
    assert_eq!(drafted.run().0, 0);
    let next = FILE.replace("pupil_count", "number_of_pupils").replace("202425", "202526");
    let lines = drafted.planned(&next);
    drafted.deliver("support_next.csv", &next);
    let (code, told) = drafted.run();
    assert_eq!(code, 65, "{told}");
    assert!(told.contains("read::header_not_found") && told.contains("number_of_pupils"), "{told}");
    let layout: Vec<&str> = lines.iter().map(String::as_str).skip_while(|line| !line.starts_with("title")).collect();
    assert!(
        layout.contains(&"extends = \"support\"") && layout.contains(&"pupil_count.from = [\"number_of_pupils\"]"),
        "{lines:?}"
    );
    fs::write(drafted.path("layouts/support_2.toml"), layout.join("\n") + "\n").unwrap();
    let (code, told) = drafted.run();
    assert_eq!(code, 0, "{told}");
    assert_eq!(
        drafted.ask("SELECT period, sum(pupil_count) AS n FROM mart.support GROUP BY ALL ORDER BY ALL"),
        "{\"period\":\"2024/25\",\"n\":2507}\n{\"period\":\"2025/26\",\"n\":2507}"
    );
}

#[test]
fn a_column_that_has_no_word_of_its_old_name_is_told_by_what_is_left() {
    let drafted = Service::drafted(FILE, Some(META));
    let lines = drafted.planned(&FILE.replace("Support Type", "provision"));
    assert!(lines.iter().any(|line| line == "support_type.from = [\"provision\"]"), "{lines:?}");
}

#[test]
fn an_added_column_is_refused_with_the_lines_that_take_it() {
    let drafted = Service::drafted(FILE, Some(META));
    drafted.deliver("support.csv", FILE);
    assert_eq!(drafted.run().0, 0);
    // Rows that were one are split by a new group, and there is a new figure.
    let mut next = String::new();
    for (at, line) in FILE.lines().enumerate() {
        match at {
            0 => next.push_str(&format!("{line},Sex of pupil,staff_cost\n")),
            _ => next.push_str(&format!("{line},Female,1.5\n{line},Male,2\n")),
        }
    }
    let next = next.replace("202425", "202526");
    drafted.deliver("support_next.csv", &next);
    let (code, told) = drafted.run();
    assert_eq!(code, 65, "{told}");
    assert!(told.contains("read::unknown_label") && told.contains("`Sex of pupil`, `staff_cost`"), "{told}");
    let lines = drafted.planned(&next);
    let find = |begin: &str| lines.iter().find(|line| line.starts_with(begin)).map(String::as_str).unwrap();
    let key = find("key = ");
    assert!(key.ends_with("\"support_type\", \"sex_of_pupil\"]"), "{key}");
    assert!(find("staff_cost = { type").contains("decimal(30,12)"), "{lines:?}");
    let table = drafted.text("tables/support.toml");
    let before = table.lines().find(|line| line.starts_with("key = ")).unwrap();
    fs::write(drafted.path("tables/support.toml"), table.replace(before, key)).unwrap();
    append(&drafted.path("tables/support.toml"), &[find("sex_of_pupil = { type"), find("staff_cost = { type")]);
    append(&drafted.path("layouts/support.toml"), &[find("sex_of_pupil = { from"), find("staff_cost = { from")]);
    let (code, told) = drafted.run();
    assert_eq!(code, 0, "{told}");
    // The file of last year has no such columns and stands.
    assert_eq!(
        drafted.ask(
            "SELECT period, count(*) AS n, count(sex_of_pupil) AS told FROM mart.support GROUP BY ALL ORDER BY ALL"
        ),
        "{\"period\":\"2024/25\",\"n\":5,\"told\":0}\n{\"period\":\"2025/26\",\"n\":10,\"told\":10}"
    );
}

#[test]
fn current_data_sets_are_drafted_and_loaded_with_one_line_deleted() {
    let Some(folder) = crate::shared("data/ees_current") else { return };
    for (file, rows) in [
        ("../attendance/EES_ytd_data.csv", 647),
        ("absence_age4_autspr.csv", 5),
        ("attendance_reasons_weekly.csv", 5),
        ("ks4_destinations.csv", 2),
        ("sen_school_2025.csv", 1),
        ("sen_yeargroup_2025_oldformat.csv", 2),
        ("sen2_ceased.csv", 5),
        ("susp_duration_termly.csv", 5),
        ("susp_school_termly.csv", 5),
        ("swf_support_staff_la.csv", 5),
    ] {
        let text = fs::read_to_string(folder.join(file)).unwrap();
        let drafted = Service::drafted(&text, None);
        assert_eq!(drafted.questions(), 1, "{file}: {}", drafted.told);
        drafted.confirm();
        drafted.deliver("file.csv", &text);
        let (code, told) = drafted.run();
        assert_eq!(code, 0, "{file}: {told}");
        assert!(
            told.contains(&format!("{rows} rows read = {rows} accepted + 0 quarantined + 0 skipped")),
            "{file}: {told}"
        );
    }
}

/// What a release prints in unlike ways is a figure all the same, and no row is lost for it.
#[test]
fn signs_powers_of_ten_and_years_in_labels_are_read() {
    let text = "time_period,time_identifier,geographic_level,country_code,country_name,sex,attendance,illness,share_neet,review_expected_2025,due_25,due_26\n\
                2025,Calendar year,National,E92000001,England,Total,95.40%,3%,1e-04,12,1,2\n\
                2025,Calendar year,National,E92000001,England,Female,94.1%,2.5,0.3,7,z,2\n\
                2025,Calendar year,National,E92000001,England,Male,c,2.25%,2.5e-05,5,1,low\n";
    let drafted = Service::drafted(text, None);
    assert_eq!(
        drafted.questions(),
        2,
        "which are groups, and whether all shares of illness are one unit: {}",
        drafted.told
    );
    let table = drafted.text("tables/support.toml");
    assert!(table.contains(r#"key = ["period", "time_identifier", "geographic_level", "sex"]"#), "{table}");
    assert!(table.contains("about = \"Attendance (per cent).\"") && table.contains("review_expected = {"), "{table}");
    assert!(drafted.text("pipeline.toml").contains("max_quarantined_share = 0.0"), "a release is whole");
    drafted.confirm();
    drafted.deliver("support.csv", text);
    // The next year has the year of its labels, and the same column for it.
    let next = text.replace("review_expected_2025", "review_expected_2026").replace("\n2025,", "\n2026,");
    drafted.deliver("support_2026.csv", &next);
    let (code, told) = drafted.run();
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("6 rows read = 6 accepted + 0 quarantined + 0 skipped"), "{told}");
    assert_eq!(
        drafted.ask("SELECT period, CAST(sum(attendance) AS DOUBLE) AS a, CAST(sum(illness) AS DOUBLE) AS i, \
             CAST(min(share_neet) AS DOUBLE) AS s, sum(review_expected) AS r FROM mart.support GROUP BY period ORDER BY period"),
        "{\"period\":\"2025\",\"a\":189.5,\"i\":7.75,\"s\":0.000025,\"r\":24}\n{\"period\":\"2026\",\"a\":189.5,\"i\":7.75,\"s\":0.000025,\"r\":24}"
    );
    // Two years of one label are named by their place: no figure of 2026 stands under a name of 2025.
    let lines = drafted.planned(&next.replace("due_26", "due_27").replace("due_25", "due_26"));
    for line in ["due_year_1.from = [\"due_26\"]", "due_year_2.from = [\"due_27\"]"] {
        assert!(lines.iter().any(|found| found == line), "{line}: {lines:#?}");
    }
    assert!(!lines.iter().any(|line| line.contains("review_expected")), "{lines:#?}");
    // A mark that nobody has declared holds the release, which is whole or not there.
    drafted.deliver("support_2027.csv", &next.replace("\n2026,", "\n2027,").replace(",12,", ",~,"));
    let (code, told) = drafted.run();
    assert!(code == 65 && told.contains("1 of 3 rows are quarantined, more than 0 %"), "{told}");
}

/// A pattern that takes any year takes no two: which of them is the column is not for a program to choose.
#[test]
fn two_years_of_one_pattern_are_refused_and_not_chosen_from() {
    let text = "time_period,time_identifier,geographic_level,country_code,country_name,sex,waiting_pct_2025\n\
                202526,Academic year,National,E92000001,England,Total,12\n\
                202526,Academic year,National,E92000001,England,Female,7\n";
    let drafted = Service::drafted(text, None);
    drafted.confirm();
    let next = text
        .replace("waiting_pct_2025", "waiting_pct_2025,waiting_pct_2026")
        .replace(",12", ",12,90")
        .replace(",7", ",7,80");
    drafted.deliver("support.csv", &next);
    let (code, told) = drafted.run();
    assert_eq!(code, 65, "{told}");
    assert!(told.contains("read::several_labels"), "{told}");
    assert!(told.contains("`waiting_pct_2025`, `waiting_pct_2026` all may be its column `waiting_pct`"), "{told}");
}

/// Years side by side are named by their place, so that no figure of another year stands under a year's name; and what comes a file for
/// each level is no revision of the others.
#[test]
fn years_side_by_side_and_a_file_for_each_level_keep_every_figure() {
    let text = "time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,sex,late_2025,late_2026\n\
                202526,Academic year,National,E92000001,England,,,Total,11,12\n\
                202526,Academic year,National,E92000001,England,,,Female,5,7\n";
    let drafted = Service::drafted(text, None);
    let table = drafted.text("tables/support.toml");
    assert!(table.contains("late_year_1 = {") && table.contains("Year 2 of the 2 that stand side by side"), "{table}");
    assert!(table.contains(r#"period_with = ["time_identifier", "geographic_level"]"#), "{table}");
    let lines = drafted.planned(&text.replace("late_2026", "late_2027").replace("late_2025", "late_2026"));
    for line in ["late_year_1.from = [\"late_2026\"]", "late_year_2.from = [\"late_2027\"]"] {
        assert!(lines.iter().any(|found| found == line), "{line}: {lines:#?}");
    }
    drafted.confirm();
    drafted.deliver("support_national.csv", text);
    drafted.deliver(
        "support_regional.csv",
        &text.replace("National,E92000001,England,,", "Regional,E92000001,England,E12000009,South West"),
    );
    let (code, told) = drafted.run();
    assert_eq!(code, 0, "{told}");
    let counted = drafted.ask("SELECT geographic_level AS l, CAST(sum(late_year_2) AS BIGINT) AS n FROM mart.support WHERE NOT _superseded GROUP BY 1 ORDER BY 1");
    assert_eq!(counted, "{\"l\":\"National\",\"n\":19}\n{\"l\":\"Regional\",\"n\":19}");
}

/// Numbers with a comma before their decimals are asked about, since a point is then between thousands, and are no group.
#[test]
fn commas_before_decimals_are_asked_about() {
    let text = "time_period,time_identifier,geographic_level,country_code,country_name,sex,pupils,share\n\
                202526,Academic year,National,E92000001,England,Total,1.784,\"49,9\"\n\
                202526,Academic year,National,E92000001,England,Female,1.231,\"50,25\"\n";
    let drafted = Service::drafted(text, None);
    assert!(drafted.told.contains("a comma before their decimals"), "{}", drafted.told);
    assert!(!drafted.text("tables/support.toml").contains("\"share\"]"), "no measure is in the key");
}

#[test]
fn what_the_meta_file_does_not_name_is_asked_about() {
    let more: Vec<String> = FILE
        .lines()
        .enumerate()
        .map(|(at, line)| format!("{line},{}", if at == 0 { "over_capacity" } else { ["Yes", "No"][at % 2] }))
        .collect();
    let drafted = Service::drafted(&(more.join("\n") + "\n"), Some(META));
    assert_eq!(drafted.questions(), 1, "{}", drafted.told);
    assert!(drafted.told.contains("the `.meta.csv` says nothing of over_capacity."), "{}", drafted.told);
}

#[test]
fn a_percentage_without_decimals_is_a_decimal_all_the_same() {
    let text = "time_period,time_identifier,geographic_level,country_code,country_name,sex,coverage\n\
                202425,Academic year,National,E92000001,England,Total,100%\n\
                202425,Academic year,National,E92000001,England,Female,98%\n";
    let drafted = Service::drafted(text, None);
    drafted.confirm();
    drafted.deliver("support.csv", text);
    let (code, told) = drafted.run();
    assert_eq!(code, 0, "{told}");
    assert_eq!(drafted.ask("SELECT CAST(sum(coverage) AS DOUBLE) AS c FROM mart.support"), r#"{"c":198.0}"#);
}

/// Two labels changed at once: each goes to the column whose own word it has, and what is only like a column stands as a question.
#[test]
fn labels_that_changed_together_are_not_crossed() {
    let text = "time_period,time_identifier,geographic_level,country_code,country_name,sex,starters,turnover_rate_fte,turnover_rate_headcount\n\
                202425,Academic year,National,E92000001,England,Total,5,11.8,12.0\n\
                202425,Academic year,National,E92000001,England,Female,4,11.5,11.9\n";
    let drafted = Service::drafted(text, None);
    drafted.confirm();
    let next = text
        .replace("turnover_rate_fte", "turnover_headcount_pct")
        .replace("turnover_rate_headcount", "turnover_fte_pct");
    let lines = drafted.planned(&next);
    for line in [
        "turnover_rate_fte.from = [\"turnover_fte_pct\"]",
        "turnover_rate_headcount.from = [\"turnover_headcount_pct\"]",
    ] {
        assert!(lines.iter().any(|found| found == line), "{line}: {lines:#?}");
    }
    // A measure that went and one that came are not one: what is asked the second time names the column that went.
    let lines = drafted.planned(&text.replace("starters", "total_leavers"));
    assert!(lines.iter().any(|line| line == "absent = [\"starters\"]"), "{lines:#?}");
    let layout: Vec<&str> = lines.iter().map(String::as_str).skip_while(|line| !line.starts_with("title")).collect();
    let layout: Vec<&str> = layout.into_iter().take_while(|line| !line.is_empty()).collect();
    fs::write(drafted.path("layouts/support_2.toml"), layout.join("\n") + "\n").unwrap();
    let lines = drafted.planned(&text.replace("starters", "total_leavers"));
    assert!(lines.iter().any(|line| line == "#   starters.from = [\"total_leavers\"]"), "{lines:#?}");
}

#[test]
fn plan_extends_the_layout_of_the_table_that_needs_the_fewest_changes() {
    let (_keep, place) = empty_place();
    let made = |part: &str, text: &str| {
        let path = place.join("pipelines/plans").join(part);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    made(
        "pipeline.toml",
        "title = \"t\"\nowner = \"o\"\npurpose = \"p\"\nlawful_basis = \"open data\"\nretention = \"r\"\n\n[[source]]\nfolder.path = \"inbox/plans\"\n",
    );
    let columns: String = ["issued", "in_time", "late", "mean_weeks", "median_weeks"]
        .iter()
        .map(|name| format!("{name} = {{ type = \"integer\", about = \"n\" }}\n"))
        .collect();
    made(
        "tables/plans.toml",
        &format!(
            "title = \"t\"\ngrain = \"g\"\nkey = [\"time_period\"]\nclass = \"none\"\n\n[columns]\ntime_period = {{ type = \"text\", about = \"p\" }}\n{columns}"
        ),
    );
    made(
        "layouts/plans.toml",
        "title = \"old\"\ntable = \"plans\"\nabsent = [\"mean_weeks\", \"median_weeks\"]\n\n[format]\ncsv = {}\n",
    );
    made(
        "layouts/plans_2026.toml",
        "title = \"new\"\nextends = \"plans\"\nwhy = \"weeks came\"\n\n[columns]\nmean_weeks = {}\nmedian_weeks = {}\n",
    );
    let file = place.join("next.csv");
    fs::write(&file, "time_period,issued,in_time,lates,mean_weeks,median_week\n2025,1,1,0,3,4\n").unwrap();
    let (code, out, err) = sendmart(&place, &["plan", file.to_str().unwrap()]);
    assert_eq!(code, 65, "{out}{err}");
    // The older one lacks a label less, and would leave the weeks out.
    assert!(out.contains("extends = \"plans_2026\""), "{out}");
    assert!(out.contains("late.from = [\"lates\"]") && out.contains("median_weeks.from = [\"median_week\"]"), "{out}");
}

/// A release of suspensions by place, under labels that changed since.
fn of_places(labels: &str) -> String {
    let row = |kind: &str| {
        format!("201819,Academic year,National,E92000001,England,,,,,,{kind},300,100000,10,0.01,200,0.20,100,0.10\n")
    };
    format!("{labels}\n{}{}", row("Total"), row("Special"))
}

#[test]
fn the_layout_nearest_to_a_release_has_rows_of_its_kind() {
    let (_keep, place) = crate::place();
    let planned = |name: &str, text: &str| {
        let file = place.join(name);
        fs::write(&file, text).unwrap();
        let (code, out, err) = sendmart(&place, &["plan", file.to_str().unwrap()]);
        assert_eq!(code, 65, "{out}{err}");
        out
    };
    // Labels of 2018/19 stand in a layout of pupils' characteristics, which the file has none of.
    let labels = "time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,old_la_code,\
                  new_la_code,la_name,school_type,num_schools,headcount,perm_excl,perm_excl_rate,fixed_excl,fixed_excl_rate,\
                  one_plus_fixed,one_plus_fixed_rate";
    let out = planned("by_place_2019.csv", &of_places(labels));
    assert!(out.contains("extends = \"by_geography\""), "{out}");
    let out = planned("by_place_2012.csv", &of_places(&labels.replace("one_plus_fixed", "one_or_more_fixed")));
    for line in ["extends = \"by_geography\"", "one_plus_susp_rate.from = [\"one_or_more_fixed_rate\"]"] {
        assert!(out.contains(line), "no {line}: {out}");
    }
    // A layout of another table that does without the renamed column is no nearer for it.
    let now = labels
        .replace("fixed_excl_rate", "susp_rate")
        .replace("one_plus_fixed", "one_plus_susp")
        .replace("fixed_excl", "suspension");
    let out = planned(
        "by_place_next.csv",
        &of_places(&now.replace("school_type", "education_phase_type").replace("num_schools", "number_schools")),
    );
    for line in ["extends = \"by_geography_2020\"", "education_phase.from = [\"education_phase_type\"]"] {
        assert!(out.contains(line), "no {line}: {out}");
    }
    // Columns that may be missing come under other labels: they are no new columns of the contract.
    let out = planned(
        "by_school_2021.csv",
        "time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,old_la_code,new_la_code,la_name,\
         school_laestab,URN,school,academy_trust_name,education_phase,headcount,perm_excl,perm_excl_rate,suspension,susp_rate\n\
         202021,Academic year,School,E92000001,England,E12000009,South West,998,E06000998,Barsetshire,\
         9984000,123456,A school,,Special,200,0,0,3,1.5\n",
    );
    for line in [
        "school_name.from = [\"school_name\", \"school\"]",
        "trust_name.from = [\"trust_name\", \"trust\", \"academy_trust_name\"]",
    ] {
        assert!(out.contains(line), "no {line}: {out}");
    }
    assert!(!out.contains("tables/by_geography.toml"), "{out}");
}

#[test]
fn a_number_told_by_its_bound_is_a_figure() {
    let rows = ["Total,0.05,100", "Male,<0.001,60", "Female,0.2,40", "Unknown,> 0.9,1"];
    let rows: String =
        rows.iter().map(|row| format!("202425,Academic year,National,E92000001,England,{row}\n")).collect();
    let text =
        format!("time_period,time_identifier,geographic_level,country_code,country_name,sex,p_value,headcount\n{rows}");
    let drafted = Service::drafted(&text, None);
    let contract = drafted.text("tables/support.toml");
    assert!(contract.contains("key = [\"period\", \"time_identifier\", \"geographic_level\", \"sex\"]"), "{contract}");
    assert!(contract.contains("p_value = { type = \"decimal("), "{contract}");
    assert!(
        contract.contains("\"<0.001\" = \"low\"") && contract.contains("\"> 0.9\" = \"unavailable\""),
        "{contract}"
    );
    drafted.confirm();
    drafted.deliver("support.csv", &text);
    let (code, told) = drafted.run();
    assert_eq!(code, 0, "{told}");
    assert_eq!(
        drafted.ask("SELECT sex, p_value_reason AS r FROM mart.support WHERE p_value IS NULL ORDER BY sex"),
        "{\"sex\":\"Male\",\"r\":\"low\"}\n{\"sex\":\"Unknown\",\"r\":\"unavailable\"}"
    );
    // A rate of which bounds and marks outnumber numbers is no group all the same.
    let rows = ["Total,<0.1,100", "Male,<0.1,60", "Female,c,40", "Unknown,0.3,1"];
    let rows: String =
        rows.iter().map(|row| format!("202425,Academic year,National,E92000001,England,{row}\n")).collect();
    let drafted = Service::drafted(
        &format!(
            "time_period,time_identifier,geographic_level,country_code,country_name,sex,susp_rate,headcount\n{rows}"
        ),
        None,
    );
    let contract = drafted.text("tables/support.toml");
    assert!(contract.contains("susp_rate = { type = \"decimal("), "{contract}");
}

/// A release in a file for each phase, of which nothing says so: a file that would take the place of the others' rows, and has none of them,
/// is held until somebody says what tells them apart.
#[test]
fn a_file_for_each_phase_of_one_header_is_held_and_not_replaced() {
    let header =
        "time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,phase,pupils\n";
    let rows_of = |phase: &str| -> String {
        let row = |region: u32| {
            format!(
                "202526,Academic year,Regional,E92000001,England,E120000{region:02},Region {region},{phase},{}\n",
                100 + region
            )
        };
        (1..=12).map(row).collect()
    };
    let phases = ["Primary", "Secondary", "Special"];
    let whole = format!("{header}{}", phases.map(rows_of).concat());
    let meta = "col_name,col_type,label,indicator_grouping,indicator_unit,indicator_dp,filter_hint,filter_grouping_column\n\
                phase,Filter,Phase,,,,,\npupils,Indicator,Pupils,,,0,,\n";
    let drafted = Service::drafted(&whole, Some(meta));
    drafted.confirm();
    for phase in phases {
        drafted.deliver(&format!("support_{phase}.csv"), &format!("{header}{}", rows_of(phase)));
    }
    let (code, told) = drafted.run();
    assert_eq!(code, 65, "{told}");
    assert!(told.contains("[gate::other_rows]") && told.contains("none of those is among them"), "{told}");
    assert!(told.contains("`period_with` of `tables/support.toml`"), "{told}");
    // Nor do they replace one another where each is published on a day of its own.
    let [first, second, third] = phases.map(|phase| format!("{header}{}", rows_of(phase)));
    let apart = Service::drafted(&whole, Some(meta));
    apart.confirm();
    let (code, told) = apart.run_of(&[("2026-03-01", "primary.csv", &first), ("2026-03-02", "secondary.csv", &second)]);
    assert_eq!(code, 65, "{told}");
    assert!(told.contains("[gate::other_rows]") && told.contains("which came on 2026-03-01"), "{told}");
    // The next release of them has the same rows, under whatever name.
    let next = Service::drafted(&whole, Some(meta));
    next.confirm();
    let (code, told) =
        next.run_of(&[("2026-03-01", "a.csv", &third), ("2026-03-02", "b.csv", &third.replace(",101\n", ",102\n"))]);
    assert_eq!(code, 0, "{told}");
    assert_eq!(next.ask("SELECT sum(pupils) AS n FROM mart.support WHERE NOT _superseded"), "{\"n\":1279}");
    let table = drafted.text("tables/support.toml");
    fs::write(
        drafted.path("tables/support.toml"),
        table.replace(
            r#"period_with = ["time_identifier", "geographic_level"]"#,
            r#"period_with = ["time_identifier", "geographic_level", "phase"]"#,
        ),
    )
    .unwrap();
    let (code, told) = drafted.run();
    assert_eq!(code, 0, "{told}");
    assert_eq!(drafted.ask("SELECT count(*) AS n FROM mart.support WHERE NOT _superseded"), "{\"n\":36}");
    // Drafted from a file of one phase, the phase is among what tells files apart from the start.
    let drafted = Service::drafted(&format!("{header}{}", rows_of("Primary")), Some(meta));
    let table = drafted.text("tables/support.toml");
    assert!(table.contains(r#"period_with = ["time_identifier", "geographic_level", "phase"]"#), "{table}");
}

/// A filter that a release has no more: rows are known by it, so that the lines say what all of them are.
#[test]
fn a_removed_filter_is_given_what_all_rows_are() {
    let text = "time_period,time_identifier,geographic_level,country_code,country_name,sex,pupils\n\
                202526,Academic year,National,E92000001,England,Total,12\n202526,Academic year,National,E92000001,England,Female,7\n";
    let meta = "col_name,col_type,label,indicator_grouping,indicator_unit,indicator_dp,filter_hint,filter_grouping_column\n\
                sex,Filter,Sex,,,,,\npupils,Indicator,Pupils,,,0,,\n";
    let drafted = Service::drafted(text, Some(meta));
    let lines =
        drafted.planned(&text.replace("sex,", "").replace("Total,", "").lines().take(2).collect::<Vec<_>>().join("\n"));
    assert!(lines.iter().any(|line| line.starts_with("sex.constant = \"Total\"")), "{lines:#?}");
    assert!(!lines.iter().any(|line| line.starts_with("absent")), "{lines:#?}");
}

/// What says the contrary is no new name, and a year of six digits is a year.
#[test]
fn the_contrary_of_a_label_is_not_guessed() {
    let text = "time_period,time_identifier,geographic_level,country_code,country_name,sex,plans,reviews_completed,plans_male,held_202425,held_202526\n\
                202526,Academic year,National,E92000001,England,Total,12,3,4,1,2\n\
                202526,Academic year,National,E92000001,England,Female,7,2,2,1,1\n";
    let drafted = Service::drafted(text, None);
    assert!(drafted.text("tables/support.toml").contains("held_year_2 = {"));
    let lines = drafted
        .planned(&text.replace("reviews_completed", "reviews_not_completed").replace("plans_male", "plans_female"));
    assert!(!lines.iter().any(|line| line.contains("from = [\"reviews_not_completed\"]")), "{lines:#?}");
    assert!(!lines.iter().any(|line| line.contains("from = [\"plans_female\"]")), "{lines:#?}");
    let lines = drafted.planned(&text.replace("reviews_completed", "reviews_not_completed"));
    assert!(!lines.iter().any(|line| line.contains("from = [\"reviews_not_completed\"]")), "{lines:#?}");
}
