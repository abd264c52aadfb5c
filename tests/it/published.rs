//! The workbooks that departments published, whole, from the files as they came: counts and figures are read from them by
//! another program (openpyxl).

use std::fs;
use std::path::PathBuf;

use crate::{place, sendmart};

/// A place that has loaded some of the published workbooks.
struct Loaded {
    _keep: tempfile::TempDir,
    root: PathBuf,
    config: String,
}

impl Loaded {
    /// Loads files of a collection, each with its day. A clone elsewhere has no shared data, and no test of it.
    fn of(collection: &str, files: &[(&str, &str)]) -> Option<Self> {
        let shared = crate::shared("data/messy/xl")?;
        let shared = shared.canonicalize().unwrap();
        let (keep, root) = place();
        let config = root.join("published.toml");
        let source = |(file, received): &(&str, &str)| {
            format!(
                "[[source]]\ncollection = \"{collection}\"\nfolder.path = \"{}\"\nfolder.files = [\"{file}\"]\n\
                 received = \"{received}\"\n",
                shared.display()
            )
        };
        let text: String = files.iter().map(source).collect();
        fs::write(&config, text).unwrap();
        let config = config.display().to_string();
        let (code, out, err) = sendmart(&root, &["--config", &config, "run"]);
        assert_eq!(code, 0, "{out}\n{err}");
        Some(Self { _keep: keep, root, config })
    }

    /// The answer to a query: one row, as its values with blanks between.
    fn ask(&self, sql: &str) -> String {
        let (code, out, err) = sendmart(&self.root, &["--config", &self.config, "--json", "query", sql]);
        assert_eq!(code, 0, "{sql}\n{err}");
        let row: serde_json::Value = serde_json::from_str(out.trim()).unwrap_or_else(|_| panic!("{sql}: {out}"));
        let shown = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        row.as_object().unwrap().values().map(shown).collect::<Vec<_>>().join(" ")
    }

    /// Rows read, accepted, quarantined and skipped of the file whose name begins so, and its faults: sheets that are left.
    fn books(&self, file: &str) -> String {
        self.ask(&format!(
            "SELECT rows_read, rows_accepted, rows_quarantined, rows_skipped, \
             (SELECT count(*) FROM meta.fault WHERE fault.delivery_id = delivery.delivery_id) AS faults \
             FROM meta.delivery WHERE file_name LIKE '{file}%'"
        ))
    }
}

#[test]
fn the_ofsted_workbook_becomes_two_tables() {
    let Some(loaded) = Loaded::of("ofsted_inspections", &[("ofsted_*.xlsx", "2014-06-12")]) else { return };
    assert_eq!(loaded.books("ofsted_management"), "21189 21180 0 9 4");
    let schools = |what: &str| loaded.ask(&format!("SELECT {what} FROM mart.ofsted_inspection"));
    assert_eq!(
        schools(
            "count(*) AS n, count(DISTINCT urn) AS urns, min(snapshot) AS day, sum(pupils)::BIGINT AS pupils, \
             count(*) FILTER (pupils_reason = 'unavailable') AS unknown"
        ),
        "21017 21017 2014-05-31 7360008 4"
    );
    assert_eq!(
        schools(
            "count(*) FILTER (effectiveness = 1) AS a, count(*) FILTER (effectiveness = 2) AS b, \
             count(*) FILTER (effectiveness = 3) AS c, count(*) FILTER (effectiveness = 4) AS d, \
             count(*) FILTER (category = 'SM') AS sm, count(*) FILTER (category = 'SWK') AS swk, \
             count(*) FILTER (achievement_reason = 'not_applicable') AS not_judged, \
             count(*) FILTER (previous_inspected_on_reason = 'not_applicable') AS first, \
             count(*) FILTER (ofsted_phase = 'Special') AS special, count(*) FILTER (ofsted_phase = 'PRU') AS pru, \
             min(inspected_on) AS earliest, max(inspected_on) AS latest"
        ),
        "4135 12641 3671 570 428 142 1631 1442 1012 342 2006-09-11 2014-05-09"
    );
    let school = |urn: u32| {
        loaded.ask(&format!(
            "SELECT laestab, postcode, pupils, inspected_on, effectiveness, behaviour, leadership, \
             previous_inspected_on, previous_effectiveness FROM mart.ofsted_inspection WHERE urn = '{urn}'"
        ))
    };
    assert_eq!(school(123_938), "9337003 TA6 6AP 60 2013-06-14 3 1 2 2009-10-08 3");
    assert_eq!(school(123_944), "9337016 BA21 5AZ 65 2008-10-09 1 1 1 2005-10-06 1");
    assert_eq!(school(134_694), "9331109 BA6 9BY 0 2012-05-11 3 2 3 2008-12-05 2");
    let area = |area: &str, judgement: &str| {
        loaded.ask(&format!(
            "SELECT schools, schools_inspected, percentage::DOUBLE AS share FROM mart.ofsted_area \
             WHERE phase = 'All' AND area = '{area}' AND judgement = '{judgement}'"
        ))
    };
    assert_eq!(loaded.ask("SELECT count(*) AS n, count(DISTINCT area) AS areas FROM mart.ofsted_area"), "652 163");
    assert_eq!(area("ENGLAND", "Outstanding"), "4135 21017 19.674549174477804");
    assert_eq!(area("Somerset", "Good"), "174 250 69.6");
    assert_eq!(area("Wiltshire", "Inadequate"), "3 225 1.333333333333333");
}

#[test]
fn the_destination_workbooks_become_tables() {
    let files = [
        ("2010_osr13-2012ks4*.xls", "2012-07-17"),
        ("2013_KS4_National_and_LA_tables_1213.xlsx", "2014-06-26"),
        ("2015_KS4_Institutions_1415.xlsx", "2017-01-19"),
    ];
    let Some(loaded) = Loaded::of("published_destinations", &files) else { return };
    of_2010(&loaded);
    of_2013(&loaded);
    of_2015(&loaded);
}

/// A figure of the tables of areas: pupils, or percentage, or why there is none.
fn figure(loaded: &Loaded, key: &str) -> String {
    let names = ["period", "area", "institution_type", "characteristic", "pupil_group", "measure"];
    let pairs: Vec<String> =
        names.iter().zip(key.split('|')).map(|(name, value)| format!("{name} = '{value}'")).collect();
    assert_eq!(pairs.len(), names.len(), "{key}");
    loaded.ask(&format!(
        "SELECT coalesce(pupils::VARCHAR, percentage::DOUBLE::VARCHAR, \
         CASE WHEN measure = 'cohort' THEN pupils_reason ELSE percentage_reason END) AS figure \
         FROM mart.published_destinations_area WHERE {}",
        pairs.join(" AND ")
    ))
}

fn of_2010(loaded: &Loaded) {
    assert_eq!(loaded.books("2010"), "195 153 0 42 1");
    let all = "SELECT count(*) AS n, count(DISTINCT la_code) AS authorities, sum(pupils)::BIGINT AS pupils, \
               count(*) FILTER (percentage_reason = 'suppressed') AS suppressed, count(DISTINCT region_name) AS regions \
               FROM mart.published_destinations_area WHERE period = '2009/10'";
    assert_eq!(loaded.ask(all), "1836 152 1135910 135 10");
    let of =
        |area: &str, measure: &str| figure(loaded, &format!("2009/10|{area}|mainstream_state|All|Total|{measure}"));
    assert_eq!(of("NAT", "cohort"), "569110");
    assert_eq!(of("NAT", "school_sixth_form"), "35.708022835535296");
    assert_eq!(of("NAT", "higher_education"), "0.002635680436047");
    assert_eq!(of("933", "education"), "85.13393649104133");
    assert_eq!(of("933", "education_combination"), "suppressed");
    assert_eq!(of("841", "not_captured"), "5.43572044866264");
    assert_eq!(of("201", "education"), "not_applicable");
    assert_eq!(of("201", "school_sixth_form"), "blank", "J110 is");
    let scilly = "SELECT DISTINCT region_name, area_name FROM mart.published_destinations_area WHERE la_code = '420' AND period = '2009/10'";
    assert_eq!(loaded.ask(scilly), "South West Isles of Scilly");
}

fn of_2013(loaded: &Loaded) {
    assert_eq!(loaded.books("2013"), "2509 1941 0 568 9");
    let left = "SELECT string_agg(sheet, '; ' ORDER BY sheet) AS sheets FROM meta.fault JOIN meta.delivery USING (delivery_id) \
                WHERE rule_id = 'sheet::left' AND severity = 'info' AND file_name LIKE '2013%'";
    assert_eq!(
        loaded.ask(left),
        "Contents; INDEX; KS4 Footnotes; LA FSM,DISADV; LA Main; LA Summary; LA41 (SEN); NA1 (MAIN); NA13 (SEN)"
    );
    let characteristics = "SELECT string_agg(concat_ws(' ', characteristic, n, pupils), '; ' ORDER BY characteristic) AS all FROM \
        (SELECT characteristic, count(*) AS n, sum(pupils)::BIGINT AS pupils FROM mart.published_destinations_area \
        WHERE period = '2012/13' AND area = 'NAT' GROUP BY ALL)";
    assert_eq!(
        loaded.ask(characteristics),
        "All 242 2406300; Disadvantage 330 1158220; Ethnic group 440 1103160; Free school meals 330 1158220; Gender 594 2459340; \
         Major ethnic group 154 1103170; Special educational needs 88 1103170"
    );
    let sheets = "SELECT count(*) AS n, count(DISTINCT area) AS areas, count(DISTINCT _sheet) AS sheets, \
                  count(*) FILTER (percentage <> round(percentage, 2)) AS longer FROM mart.published_destinations_area \
                  WHERE period = '2012/13'";
    assert_eq!(loaded.ask(sheets), "80586 163 17 0");
    for (key, expected) in [
        ("SW|mainstream_state|All|Total|cohort", "54150"),
        ("SW|mainstream_state|All|Total|sustained", "90.64"),
        ("933|mainstream_state|All|Total|further_education_college", "54.04"),
        ("938|mainstream_independent|All|Total|sustained", "92.24"),
        ("201|mainstream_state|All|Total|cohort", "not_applicable"),
        ("IL|mainstream_state|All|Total|higher_education", "suppressed"),
        ("IL|mainstream_state|All|Total|specialist_post_16", "0.0"),
        ("NAT|all|All|Total|sustained", "89.99"),
        ("NAT|pupil_referral_unit|All|Total|sustained", "50.17"),
        ("NAT|mainstream_state|All|Total|independent_school", "low"),
        ("EE|mainstream_state|Free school meals|FSM|sustained", "80.84"),
        ("938|mainstream_state|Disadvantage|Disadvantaged|sustained", "78.19"),
        ("NAT|mainstream_state|Special educational needs|Statement|sustained", "87.96"),
        ("NAT|special_non_maintained|Gender|Female|sustained", "97.0"),
        ("NAT|pupil_referral_unit|Free school meals|FSM|cohort", "2200"),
        ("NAT|pupil_referral_unit|Free school meals|FSM|sustained", "49.0"),
    ] {
        assert_eq!(figure(loaded, &format!("2012/13|{key}")), expected, "{key}");
    }
    let number = |kind: &str, measure: &str| {
        loaded.ask(&format!(
            "SELECT coalesce(pupils::VARCHAR, pupils_reason) AS pupils FROM mart.published_destinations_number \
             WHERE period = '2012/13' AND institution_type = '{kind}' AND measure = '{measure}'"
        ))
    };
    assert_eq!(number("special_maintained", "special_school"), "4280");
    assert_eq!(number("mainstream_independent", "specialist_post_16"), "suppressed");
    assert_eq!(number("special_non_maintained", "school_sixth_form"), "4");
}

fn of_2015(loaded: &Loaded) {
    assert_eq!(loaded.books("2015"), "13311 13283 0 28 3");
    assert_eq!(
        loaded.ask(
            "SELECT string_agg(concat_ws(' ', characteristic, pupil_group, n, pupils), '; ' ORDER BY characteristic, pupil_group) \
             AS groups FROM (SELECT characteristic, pupil_group, count(*) AS n, sum(pupils)::BIGINT AS pupils \
             FROM mart.published_destinations_institution WHERE period = '2014/15' GROUP BY ALL)"
        ),
        "All Total 4940 1209620; Disadvantage All other 4085 818983; Disadvantage Disadvantaged 4085 309277; \
         Disadvantage Total 4085 1128265; Gender Female 4258 553093; Gender Male 4258 580733; Gender Total 4258 1133826"
    );
    let of = |institution: &str, group: &str| {
        loaded.ask(&format!(
            "SELECT coalesce(pupils::VARCHAR, pupils_reason) AS p, coalesce(sustained::VARCHAR, sustained_reason) AS s, \
             coalesce(apprenticeships::VARCHAR, apprenticeships_reason) AS a, coalesce(education::VARCHAR, education_reason) AS e, \
             coalesce(not_captured::VARCHAR, not_captured_reason) AS c FROM mart.published_destinations_institution \
             WHERE institution = '{institution}' AND characteristic || ' ' || pupil_group = '{group}'"
        ))
    };
    assert_eq!(of("NAT_PRU", "All Total"), "6200 55 4 44 5");
    assert_eq!(of("NAT_PRU", "Gender Female"), "2175 57 5 48 4");
    assert_eq!(of("NAT_PRU", "Disadvantage All other"), "1915 63 6 50 5");
    assert_eq!(of("NAT_TOTSPEC", "Gender Female"), "2920 94 low 93 1");
    assert_eq!(of("9339925", "All Total"), "11 100 0 100 0");
    assert_eq!(of("9336022", "All Total"), "209 89 2 suppressed 8");
    assert_eq!(of("9337019", "Gender Female"), "not_applicable suppressed suppressed suppressed suppressed");
    assert_eq!(of("9337003", "Disadvantage Total"), "11 100 0 100 0");
    let named = "SELECT la_name, new_la_code, region_name, institution_name, constituency_reason FROM \
                 mart.published_destinations_institution WHERE laestab = '9339925' AND characteristic = 'All'";
    assert_eq!(loaded.ask(named), "Somerset E10000027 South West AP Institution:933:Somerset not_applicable");
}
