//! What is reckoned from school censuses where something of them is missing, told late, or told otherwise: small places.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{checkout, place, sendmart};

/// KPIs on the school census alone.
const KPIS: [&str; 13] = [
    "ehc_prevalence",
    "off_site_provision",
    "one_plus_school_variation",
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

/// A place with the files of a case in its inbox.
pub(crate) struct Case {
    _keep: (tempfile::TempDir, tempfile::TempDir),
    pub(crate) place: PathBuf,
    pub(crate) config: String,
}

impl Case {
    /// None where the cases are not beside the checkout.
    pub(crate) fn new(name: &str) -> Option<Self> {
        let folder = crate::shared(&format!("cases/turn2/pupils/{name}"))?;
        let (keep, place) = place();
        copy(&folder.join("inbox"), &place.join("inbox"));
        let secret = tempfile::tempdir().unwrap();
        let key = secret.path().join("key");
        fs::write(&key, format!("v1:{}", "0b".repeat(32))).unwrap();
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
        let config = secret.path().join("here.toml");
        let written = fs::read_to_string(folder.join("place.toml")).unwrap();
        fs::write(&config, format!("{written}\n[privacy]\nkey = \"{}\"\n", key.display())).unwrap();
        Some(Self { _keep: (keep, secret), place, config: config.display().to_string() })
    }

    pub(crate) fn census(&self, term: &str, table: &str) -> PathBuf {
        self.place.join(format!("inbox/school_census/2025_{term}/2025_{term}_{table}.csv"))
    }

    fn edit(&self, term: &str, table: &str, edit: impl Fn(&str) -> String) {
        let path = self.census(term, table);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, edit(&text)).unwrap();
    }

    /// Takes the register of discussions away.
    fn no_register(&self) {
        fs::remove_file(self.place.join("inbox/inclusion_discussions/AID.xlsx")).unwrap();
    }

    /// Writes the register of discussions anew: of these pupils, so many days after the days that it had.
    fn register(&self, upns: &[&str; 3], later: u32) {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        let labels = [
            "Discussion ID",
            "Area",
            "Meeting date",
            "School URN",
            "UPN",
            "Trigger",
            "Trigger date",
            "Referred on",
            "Referred by",
            "Discussed",
            "Actions agreed",
            "Lead agency",
            "Review date",
            "Outcome",
        ];
        sheet.write_row(0, 0, labels).unwrap();
        let days = [("2024-11-12", "2024-11-12"), ("2024-12-20", "2024-12-23"), ("2024-11-13", "2024-12-04")];
        for ((row, upn), (trigger, meeting)) in (1..).zip(upns).zip(days) {
            let day = |day: &str| {
                let day: jiff::civil::Date = day.parse().unwrap();
                (day + jiff::ToSpan::days(i64::from(later))).to_string()
            };
            let (trigger, meeting) = (day(trigger), day(meeting));
            let cells = [
                &format!("A{row}"),
                "NORTH",
                &meeting,
                "150101",
                upn,
                "SUSP3",
                &trigger,
                &trigger,
                "SCHOOL",
                "Yes",
                "1",
                "EDU",
                &meeting,
                "OPEN",
            ];
            sheet.write_row(row, 0, cells).unwrap();
        }
        book.save(self.place.join("inbox/inclusion_discussions/AID.xlsx")).unwrap();
    }

    /// Runs, publishes, and gives what it said.
    pub(crate) fn run(&self) -> String {
        let (code, out, err) = sendmart(&self.place, &["--config", &self.config, "run"]);
        assert_eq!(code, 0, "{out}{err}");
        err
    }

    pub(crate) fn ask(&self, sql: &str) -> Vec<Value> {
        let (code, out, err) = sendmart(&self.place, &["--config", &self.config, "--json", "query", sql]);
        assert_eq!(code, 0, "{sql}\n{err}");
        out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The one value of a KPI: `10 of 5`, or its reason; and its mark.
    pub(crate) fn value(&self, kpi: &str, place: &str, breakdown: &str) -> (String, String) {
        let rows = self.ask(&format!(
            "SELECT numerator, denominator, reason, coalesce(mark, '') AS mark FROM kpi.value \
             WHERE basis = 'local' AND kpi_id = '{kpi}' AND period = '2024/25' AND geography_code = '{place}' AND breakdown = '{breakdown}'"
        ));
        let [row] = rows.as_slice() else { return ("no row".to_owned(), String::new()) };
        let mark = row["mark"].as_str().unwrap().to_owned();
        match row["reason"].as_str() {
            Some(reason) => (reason.to_owned(), mark),
            None => (format!("{} of {}", row["numerator"], row["denominator"]), mark),
        }
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(&path, &to).unwrap();
        }
    }
}

/// Totals are of state-funded primary, secondary and special schools; the unit stands beside them, and what began in August
/// counts in the year that began.
#[test]
fn a_referral_unit_is_a_phase_beside_the_total_and_august_begins_the_year() {
    let Some(case) = Case::new("mini") else { return };
    case.run();
    assert_eq!(case.value("suspension_rate", "933", "total").0, "10.0 of 5.0");
    assert_eq!(case.value("suspension_rate", "933", "phase=secondary").0, "10.0 of 5.0");
    assert_eq!(case.value("suspension_rate", "933", "phase=pru").0, "2.0 of 1.0");
    assert_eq!(case.value("suspension_rate", "933", "sen=N").0, "10.0 of 5.0");
    assert_eq!(case.value("one_plus_suspension_rate", "933", "total").0, "4.0 of 5.0");
    assert_eq!(case.value("ehc_prevalence", "933", "total").0, "0.0 of 6.0");
    let (value, mark) = case.value("one_plus_school_variation", "933", "phase=secondary");
    assert_eq!(
        (value.as_str(), mark.as_str()),
        ("not_applicable", "no source: five schools with pupils are needed, and there are 1")
    );
    let august = case.ask(
        "SELECT academic_year, number_in_year, is_provisional FROM mart.fct_suspension WHERE start_date = '2024-08-28'",
    );
    assert_eq!(august[0]["academic_year"], "2024/25");
    assert_eq!(august[0]["number_in_year"], 1);
    assert_eq!(august[0]["is_provisional"], false);
}

#[test]
fn an_all_through_school_is_secondary() {
    let Some(case) = Case::new("allthrough") else { return };
    // GIAS says Secondary, and the census all-through; then GIAS says all-through; then GIAS says nothing.
    case.run();
    assert_eq!(case.value("suspension_rate", "933", "phase=secondary").0, "10.0 of 5.0");
    let gias = case.place.join("inbox/gias/edubasealldata20250301.csv");
    let text = fs::read_to_string(&gias).unwrap();
    for edited in [text.replace(",Secondary,", ",All-through,"), text.replace("150101,933", "150109,933")] {
        let Some(case) = Case::new("allthrough") else { return };
        fs::write(case.place.join("inbox/gias/edubasealldata20250301.csv"), edited).unwrap();
        case.no_register();
        case.run();
        assert_eq!(case.value("suspension_rate", "933", "phase=secondary").0, "10.0 of 5.0");
        assert_eq!(case.value("suspension_rate", "933", "total").0, "10.0 of 5.0");
    }
}

/// A middle school counts as what it is deemed, a nursery and an independent school are in no total.
#[test]
fn what_a_school_counts_as_is_said_in_one_place() {
    let kinds = [
        ("Middle deemed primary", "Community school", "primary", true),
        ("Middle deemed secondary", "Academy converter", "secondary", true),
        ("Nursery", "Local authority nursery school", "nursery", false),
        ("Not applicable", "Academy alternative provision converter", "pru", false),
        ("Not applicable", "Non-maintained special school", "special", true),
        ("Not applicable", "Other independent special school", "other", false),
        ("16 plus", "Free schools 16 to 19", "secondary", true),
    ];
    let Some(case) = Case::new("mini") else { return };
    let gias = case.place.join("inbox/gias/edubasealldata20250301.csv");
    let mut text = fs::read_to_string(&gias).unwrap();
    let like = text.lines().nth(1).unwrap().to_owned();
    for (number, (phase, kind, _, _)) in kinds.iter().enumerate() {
        let row = like.replace("150101", &format!("16000{number}")).replace(",4001,", &format!(",700{number},"));
        text.push_str(&row.replace("Community school", kind).replace(",Secondary,", &format!(",{phase},")));
        text.push('\n');
    }
    fs::write(&gias, text).unwrap();
    case.run();
    for (number, (phase, kind, counts_as, is_in_totals)) in kinds.iter().enumerate() {
        let rows =
            case.ask(&format!("SELECT counts_as, is_in_totals FROM mart.dim_school WHERE urn = '16000{number}'"));
        assert_eq!(rows[0]["counts_as"], *counts_as, "{phase}, {kind}");
        assert_eq!(rows[0]["is_in_totals"], *is_in_totals, "{phase}, {kind}");
    }
}

/// A census without its exclusions tables withdraws nothing.
#[test]
fn tables_that_did_not_come_withdraw_no_suspension() {
    let Some(case) = Case::new("nosusp") else { return };
    let said = case.run();
    let (value, mark) = case.value("suspension_rate", "933", "total");
    assert_eq!(value, "10.0 of 5.0");
    assert!(
        mark.starts_with(
            "provisional: suspensions of the autumn term are told by one census, since summer 2025 lacks termlyexclusionsonroll, termlyexclusionsoffroll; partial: "
        ),
        "{mark}"
    );
    let all = case
        .ask("SELECT count(*) AS n, count(*) FILTER (WHERE is_provisional) AS provisional FROM mart.fct_suspension");
    assert_eq!((all[0]["n"].as_i64(), all[0]["provisional"].as_i64()), (Some(12), Some(12)));
    assert_eq!(case.ask("SELECT count(*) AS n FROM mart.suspension_vanished")[0]["n"], 0);
    let missing = case.ask("SELECT file_part FROM mart.census_table WHERE term = 'summer' AND table_name LIKE 'suspension%' AND NOT has_come ORDER BY 1");
    assert_eq!(missing.len(), 2);
    assert!(said.contains("census_has_all_its_tables"), "{said}");
}

/// One table of the two says nothing of pupils in the other.
#[test]
fn only_the_table_that_would_tell_it_again_can_leave_a_suspension_out() {
    let Some(case) = Case::new("mini") else { return };
    fs::remove_file(case.census("summer", "termlyexclusionsonroll")).unwrap();
    case.run();
    assert_eq!(case.value("suspension_rate", "933", "total").0, "10.0 of 5.0");
    let Some(case) = Case::new("mini") else { return };
    fs::remove_file(case.census("summer", "termlyexclusionsoffroll")).unwrap();
    let leave_out =
        |text: &str| text.lines().filter(|line| !line.contains("xa1")).map(|line| format!("{line}\n")).collect();
    case.edit("summer", "termlyexclusionsonroll", leave_out);
    case.run();
    // The pupil is on roll, and the table of those on roll came without it: withdrawn.
    assert_eq!(case.value("suspension_rate", "933", "total").0, "9.0 of 5.0");
}

/// Nobody withdraws most of what a school told: that is a query, and they are kept.
#[test]
fn a_school_that_leaves_out_most_keeps_its_suspensions() {
    let Some(case) = Case::new("mini") else { return };
    let keep = |kept: &'static [&'static str]| {
        move |text: &str| {
            let mut lines = text.lines();
            let head = lines.next().unwrap().to_owned();
            let rows = lines.filter(|line| kept.iter().any(|one| line.contains(one)));
            [head].into_iter().chain(rows.map(str::to_owned)).map(|line| line + "\n").collect::<String>()
        }
    };
    case.edit("summer", "termlyexclusionsonroll", keep(&["xa0", "xb0", "xd0"]));
    let said = case.run();
    let (value, mark) = case.value("suspension_rate", "933", "total");
    assert_eq!(value, "10.0 of 5.0");
    assert!(mark.contains("provisional: 8 suspensions or exclusions are kept"), "{mark}");
    assert!(said.contains("school_tells_again_what_it_told"), "{said}");
    // The unit left one of two out: that one is withdrawn.
    assert_eq!(case.value("suspension_rate", "933", "phase=pru").0, "1.0 of 1.0");
    assert_eq!(case.ask("SELECT count(*) AS n FROM mart.suspension_vanished WHERE has_vanished")[0]["n"], 1);
}

/// A register whose numbers are others says nothing of these pupils; one row of another number is told where day and school
/// say whose it is.
#[test]
fn discussions_that_lead_to_no_pupil_are_no_count_of_none() {
    const OF_PUPILS: [&str; 4] = ["aid_pick_up", "aid_exclusion_within_90_days", "aid_suspensions_after", "aid_wait"];
    let Some(case) = Case::new("mini") else { return };
    case.register(&["D933260018001", "T933260018002", "B933260020001"], 8);
    case.run();
    for kpi in OF_PUPILS {
        let (value, mark) = case.value(kpi, "933", "total");
        assert_eq!(value, "unavailable", "{kpi}: {mark}");
        assert!(mark.contains("none of the 3 rows of the register of 2024/25 leads to a pupil"), "{kpi}: {mark}");
    }
    let Some(case) = Case::new("mini") else { return };
    case.register(&["V933400119001", "J933400119002", "B933260020001"], 0);
    case.run();
    let (value, mark) = case.value("aid_pick_up", "933", "total");
    assert_eq!(value, "3.0 of 3.0");
    assert!(mark.contains("1 of its rows have a number that no census has"), "{mark}");
}

#[test]
fn a_head_without_its_number_is_found_by_laestab() {
    let Some(case) = Case::new("nourn") else { return };
    let said = case.run();
    assert_eq!(case.value("suspension_rate", "150101", "total").0, "10.0 of 5.0");
    assert_eq!(case.value("suspension_rate", "933", "total").0, "10.0 of 5.0");
    assert!(said.contains("census_school_is_known"), "{said}");
    // Where GIAS does not know it either it stands under its LAESTAB.
    let Some(case) = Case::new("nourn") else { return };
    fs::remove_file(case.place.join("inbox/gias/edubasealldata20250301.csv")).unwrap();
    case.no_register();
    case.run();
    assert_eq!(case.value("suspension_rate", "9334001", "total").0, "10.0 of 5.0");
}

/// A lone table gives what it can, and a query names what is missing; nothing stops.
#[test]
fn a_lone_table_of_a_census_publishes_what_it_can() {
    let Some(case) = Case::new("mini") else { return };
    for folder in ["gias", "inclusion_discussions", "school_census"] {
        fs::remove_dir_all(case.place.join("inbox").join(folder)).unwrap();
        fs::create_dir_all(case.place.join("inbox").join(folder)).unwrap();
    }
    let table = checkout().join("../shared/cases/turn2/tables/49_2025_spring_pupilonroll.csv");
    fs::copy(table, case.place.join("inbox/school_census/2025_spring_pupilonroll.csv")).unwrap();
    let said = case.run();
    assert!(said.contains("census_has_all_its_tables") && said.contains("census_school_is_known"), "{said}");
    let (value, mark) = case.value("ehc_prevalence", "933", "total");
    assert_eq!(value, "0.0 of 1.0");
    assert!(mark.contains("spring 2025 lacks schoolcensus"), "{mark}");
    let (value, mark) = case.value("suspension_rate", "933", "total");
    assert_eq!(value, "unavailable");
    assert!(mark.starts_with("no source: school_census.suspension_on_roll"), "{mark}");
    let missing = case.ask("SELECT count(*) AS n FROM mart.census_table WHERE NOT has_come");
    assert_eq!(missing[0]["n"], 8);
    // A school without its head is counted too, and leads to the row of a pupil.
    let schools = case.ask("SELECT found_by, _delivery IS NOT NULL AND _row > 1 AS leads FROM mart.fct_census_school");
    assert!(!schools.is_empty());
    assert!(schools.iter().all(|school| school["found_by"] != "urn" && school["leads"] == true), "{schools:?}");
}

/// A pupil without a number counts, with every suspension, and is the same in both censuses.
#[test]
fn pupils_without_a_number_are_not_lost() {
    let Some(case) = Case::new("mini") else { return };
    let blank = |text: &str| -> String {
        let header = text.lines().next().unwrap();
        let upn = header.split(',').position(|label| label == "upn").unwrap();
        let cells = |line: &str| {
            let mut cells: Vec<&str> = line.split(',').collect();
            if line.starts_with("pa,") {
                cells[upn] = "";
            }
            cells.join(",")
        };
        text.lines().map(|line| cells(line) + "\n").collect()
    };
    case.edit("spring", "pupilonroll", blank);
    case.run();
    // In the spring without, in the summer with its number: one pupil, told twice.
    assert_eq!(case.value("suspension_rate", "933", "total").0, "10.0 of 5.0");
    assert_eq!(case.value("three_suspensions", "933", "total").0, "3.0 of 5.0");
    assert_eq!(case.ask("SELECT matched_by FROM mart.dim_pupil_record WHERE NOT has_number")[0]["matched_by"], "stay");

    let Some(case) = Case::new("mini") else { return };
    case.edit("spring", "pupilonroll", blank);
    case.edit("summer", "pupilonroll", blank);
    let said = case.run();
    assert_eq!(case.value("suspension_rate", "933", "total").0, "10.0 of 5.0");
    assert_eq!(case.value("one_plus_suspension_rate", "933", "total").0, "4.0 of 5.0");
    assert_eq!(case.value("three_suspensions", "933", "total").0, "3.0 of 5.0");
    assert!(said.contains("pupil_has_a_number"), "{said}");
}

/// With any table of any census missing, every KPI of the census has a mark, or a reason why it has no value.
#[test]
fn no_kpi_of_the_census_is_a_bare_number_where_a_table_is_missing() {
    let Some(case) = Case::new("mini") else { return };
    let folders = ["spring", "summer"];
    let tables =
        ["pupilonroll", "schoolcensus", "termlyexclusionsonroll", "termlyexclusionsoffroll", "pupilnolongeronroll"];
    let ids = KPIS.map(|kpi| format!("'{kpi}'")).join(", ");
    let of_periods = |condition: &str| {
        format!(
            "SELECT kpi_id, period, geography_code, breakdown, numerator, denominator FROM kpi.value WHERE basis = 'local' \
             AND kpi_id IN ({ids}) AND kpi_id NOT LIKE '%prevalence' AND reason IS NULL AND {condition}"
        )
    };
    // What stands in a month when every table is there.
    case.run();
    let whole = case.ask(&of_periods("true"));
    drop(case);
    for term in folders {
        for table in tables {
            let Some(case) = Case::new("mini") else { return };
            fs::remove_file(case.census(term, table)).unwrap();
            case.run();
            let bare = case.ask(&of_periods("mark IS NULL AND period_kind = 'academic_year'"));
            assert!(bare.is_empty(), "{term} without {table}: {bare:#?}");
            // A month that another census tells in full has no mark, and is what it is with both.
            let mut bare = case.ask(&of_periods("mark IS NULL"));
            bare.retain(|row| !whole.contains(row));
            assert!(bare.is_empty(), "{term} without {table}: {bare:#?}");
            let said: std::collections::BTreeSet<String> = case
                .ask(&format!("SELECT DISTINCT kpi_id FROM kpi.value WHERE basis = 'local' AND kpi_id IN ({ids})"))
                .iter()
                .map(|row| row["kpi_id"].as_str().unwrap().to_owned())
                .collect();
            for kpi in KPIS {
                assert!(said.contains(kpi), "{term} without {table}: nothing is said of {kpi}");
            }
        }
    }
}
