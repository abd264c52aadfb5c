use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use serde::Deserialize;
use serde_json::Value;

use crate::open_data::OpenData;

/// Files that `tests/open_data.toml` does not load, with their published rows: no collection of ours reads them.
const NOT_LOADED: [(&str, u64); 2] =
    [("lait/bds_long_0.parquet", 699), ("workforce/4_flow_trajectories_2025_publication.parquet", 48)];

/// Rows whose printed percentage is not the ratio of the counts printed beside it: file and line. The warehouse has the
/// printed figure as `published` and the ratio as `value`; `sql/kpis/ehc_prevalence.sql` says so under `differences`.
const PRINTED_IS_NO_RATIO: [(&str, u64); 1] =
    [("census/performance_table_census_csv_2014_2019.zip!2019_england_census.csv", 23_943)];

/// A row of `known_figures.csv`.
#[derive(Debug, Clone, Deserialize)]
struct Known {
    kpi: String,
    code: String,
    period: String,
    numerator: String,
    denominator: String,
    value: String,
    file: String,
    #[serde(rename = "row locator")]
    locator: String,
    basis: String,
}

/// Where a figure stands in the warehouse.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Stands {
    /// In `kpi.value` or `kpi.superseded_value`: the KPI.
    Kpi(&'static str),
    /// In a table of `mart`: the table, and the columns of numerator, denominator and value.
    Mart(&'static str, Option<&'static str>, Option<&'static str>, String),
}

impl Known {
    /// The figure's name without the phase in brackets, and the phase.
    fn figure(&self) -> (&str, Option<&str>) {
        match self.kpi.split_once(" [") {
            Some((figure, phase)) => (figure, Some(phase.trim_end_matches(']'))),
            None => (&self.kpi, None),
        }
    }

    /// The line of the file, 1-based.
    fn line(&self) -> u64 {
        self.locator.split(' ').nth(1).unwrap().parse().unwrap()
    }

    fn stands(&self) -> Stands {
        let mart =
            |table, numerator, denominator, value: &str| Stands::Mart(table, numerator, denominator, value.to_owned());
        match self.figure().0 {
            "suspension(fixed-period exclusion) rate %" => Stands::Kpi("suspension_rate"),
            "permanent exclusion rate %" => Stands::Kpi("permanent_exclusion_rate"),
            "pupils with >=1 suspension rate %" => Stands::Kpi("one_plus_suspension_rate"),
            "EHC plans at January census (caseload)" => Stands::Kpi("ehcp_caseload"),
            "% EHC plans issued in 20 weeks incl exceptions" => Stands::Kpi("ehcp_20_week"),
            "% EHC plans issued in 20 weeks excl exceptions" => Stands::Kpi("ehcp_20_week_no_exceptions"),
            "% annual review decisions in 4 weeks" => Stands::Kpi("annual_review_4_week_decision"),
            "% pupils with EHC plan/statement" => Stands::Kpi("ehc_prevalence"),
            "% pupils SEN support" => Stands::Kpi("sen_support_prevalence"),
            "teachers FTE" => Stands::Kpi("teacher_fte"),
            "pupil:teacher ratio" => Stands::Kpi("pupil_teacher_ratio"),
            "% EHC plans in mainstream" => {
                mart("published_ehcp_caseload", Some("mainstream_total"), Some("ehcplans"), "mainstream_total_pc")
            }
            "% EHC plans in special" => {
                mart("published_ehcp_caseload", Some("special_total"), Some("ehcplans"), "special_total_pc")
            }
            "initial requests for EHC assessment" => {
                mart("published_ehcp_requests", None, None, "requests_received_in_year")
            }
            "% requests not assessed" => mart(
                "published_ehcp_requests",
                Some("requests_decided_not_to_assess"),
                Some("requests_received_in_year"),
                "request_not_assess_pc",
            ),
            "% assessments leading to a plan" => {
                mart("published_ehcp_assessments", Some("assess_issued"), Some("assess_in_year"), "assess_issued_pc")
            }
            "EHC plans ceased in year" => mart("published_ehcp_ceased_plans", None, None, "total_ceased"),
            "EHC plans (annual review base)" => mart("published_ehcp_annual_reviews", None, None, "total_ehc_plans"),
            "personal budgets" => mart("published_ehcp_personal_budgets", None, None, "personal_budget"),
            "% pupils with SEN statement or School Action Plus" => {
                mart("published_census_performance", Some("tsensap"), Some("totpupsendn"), "psensap")
            }
            "teaching assistants FTE" => mart("published_workforce_performance", None, None, "teaching_assistants_fte"),
            "mean gross FTE teacher salary" => {
                mart("published_workforce_performance", None, None, "mean_gross_fte_salary")
            }
            other => {
                let column = other.strip_prefix("exclusions by reason: ");
                let column = column.unwrap_or_else(|| panic!("no place in the warehouse is known for `{other}`"));
                mart("published_exclusions_by_reason", Some("="), None, column)
            }
        }
    }

    /// The place as the warehouse has it: Somerset is 933, whatever its GSS code.
    fn place(&self) -> &str {
        self.code.rsplit('/').next().unwrap()
    }

    /// The period as the warehouse has it.
    fn period(&self) -> String {
        let academic = |start: u32| format!("{start}/{:02}", (start + 1) % 100);
        if let Some((_, tables)) = self.period.split_once("perf tables ") {
            return academic(tables.trim_end_matches(')').parse::<u32>().unwrap() - 1);
        }
        let first = self.period.split(' ').next().unwrap();
        if first.len() == 6 { academic(first[..4].parse().unwrap()) } else { first.to_owned() }
    }

    /// What the KPI's row is broken down by; none where the name of the figure does not say it.
    fn breakdown(&self) -> Option<&'static str> {
        Some(match self.figure().1 {
            None | Some("Total") => "total",
            Some("State-funded primary" | "PRI") => "phase=primary",
            Some("State-funded secondary" | "SEC") => "phase=secondary",
            Some("Special" | "State-funded special school") => "phase=special",
            Some("") => return None,
            Some(other) => panic!("no breakdown is known for `{other}`"),
        })
    }
}

/// One query for all figures that stand in the same place: rows by file and line.
fn found(open_data: &OpenData, stands: &Stands, known: &[Known]) -> HashMap<(String, u64), Vec<Value>> {
    let lines: Vec<String> = known.iter().map(|known| known.line().to_string()).collect();
    let lines = lines.join(", ");
    let sql = match stands {
        Stands::Kpi(kpi) => format!(
            "SELECT source, row_number AS line, period, geography_code AS place, breakdown, numerator, denominator, value, published, \
             reason AS numerator_reason, reason AS denominator_reason, reason AS value_reason \
             FROM (SELECT * FROM kpi.value UNION ALL BY NAME SELECT * FROM kpi.superseded_value) AS both_values \
             JOIN meta.delivery USING (delivery_id) WHERE kpi_id = '{kpi}' AND row_number IN ({lines})"
        ),
        Stands::Mart(table, numerator, denominator, value) => {
            let numerator = if *numerator == Some("=") { Some(value.as_str()) } else { *numerator };
            let column = |column: Option<&str>| {
                column.map_or_else(|| "NULL".to_owned(), |column| format!("mart.{table}.{column}"))
            };
            let reason = |name: Option<&str>| column(name.map(|name| format!("{name}_reason")).as_deref());
            let place = if table.ends_with("_performance") {
                "CASE WHEN national_group IS NULL THEN coalesce(urn, la_code) ELSE 'E92000001' END"
            } else {
                "CASE geographic_level WHEN 'National' THEN country_code WHEN 'Regional' THEN region_code ELSE old_la_code END"
            };
            format!(
                "SELECT source, _row AS line, period, {place} AS place, {} AS numerator, {} AS denominator, {} AS value, \
                 {} AS numerator_reason, {} AS denominator_reason, {} AS value_reason \
                 FROM mart.{table} JOIN meta.delivery ON delivery_id = _delivery WHERE _row IN ({lines})",
                column(numerator),
                column(*denominator),
                column(Some(value)),
                reason(numerator),
                reason(*denominator),
                reason(Some(value)),
            )
        }
    };
    let mut rows: HashMap<(String, u64), Vec<Value>> = HashMap::new();
    let shared = format!("{}/", open_data.shared.display());
    for line in open_data.ask(&sql).lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let file = row["source"].as_str().unwrap().strip_prefix(&shared).unwrap().to_owned();
        rows.entry((file, row["line"].as_u64().unwrap())).or_default().push(row);
    }
    rows
}

/// What is wrong with one of the three numbers, if anything.
fn number(known: &str, row: &Value, name: &str) -> Option<String> {
    let found = &row[name];
    if known.is_empty() {
        // The file prints no such figure.
        return None;
    }
    if known == "x" {
        let reason = row[format!("{name}_reason")].as_str();
        let right = found.is_null() && reason.is_some_and(|reason| !reason.is_empty());
        return (!right)
            .then(|| format!("{name}: suppressed in the file, {found} with reason {reason:?} in the warehouse"));
    }
    let known: f64 = known.trim_start_matches('£').replace(',', "").parse().unwrap();
    // The same number, not nearly the same.
    (found.as_f64().map(f64::to_bits) != Some(known.to_bits()))
        .then(|| format!("{name}: {known} in the file, {found} in the warehouse"))
}

/// What is wrong with the row that was found for a known figure.
fn compare(known: &Known, row: &Value, is_kpi: bool) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut same = |name: &str, wanted: &str| {
        if row[name] != wanted {
            wrong.push(format!("{name}: {wanted} in the file, {} in the warehouse", row[name]));
        }
    };
    same("place", known.place());
    same("period", &known.period());
    if let (true, Some(breakdown)) = (is_kpi, known.breakdown()) {
        same("breakdown", breakdown);
    }
    wrong.extend(number(&known.numerator, row, "numerator"));
    wrong.extend(number(&known.denominator, row, "denominator"));
    let printed_is_no_ratio = PRINTED_IS_NO_RATIO.contains(&(known.file.as_str(), known.line()));
    if is_kpi && known.value != "x" {
        wrong.extend(number(&known.value, row, "published"));
    }
    let value = number(&known.value, row, "value");
    if !printed_is_no_ratio {
        wrong.extend(value);
    } else if value.is_none() {
        wrong.push("value: the printed figure is a ratio after all: take the row from PRINTED_IS_NO_RATIO".to_owned());
    }
    wrong
}

#[test]
fn every_published_figure_stands_in_the_warehouse() {
    let Some(open_data) = OpenData::get() else { return };
    let mut reader = csv::Reader::from_path(open_data.shared.join("known_figures.csv")).unwrap();
    let published: Vec<Known> =
        reader.deserialize().map(|row| row.unwrap()).filter(|row: &Known| row.basis == "published").collect();
    let mut not_loaded: BTreeMap<&str, u64> = BTreeMap::new();
    let mut places: BTreeMap<Stands, Vec<Known>> = BTreeMap::new();
    for row in &published {
        match NOT_LOADED.iter().find(|(file, _)| *file == row.file) {
            Some((file, _)) => *not_loaded.entry(file).or_default() += 1,
            None => places.entry(row.stands()).or_default().push(row.clone()),
        }
    }
    let (mut checked, mut suppressed, mut wrong) = (0, 0, String::new());
    for (stands, known) in &places {
        let rows = found(open_data, stands, known);
        for figure in known {
            checked += 1;
            suppressed += u64::from(figure.value == "x");
            let told = match rows.get(&(figure.file.clone(), figure.line())).map(Vec::as_slice) {
                Some([row]) => compare(figure, row, matches!(stands, Stands::Kpi(_))),
                Some(more) => vec![format!("{} rows of the warehouse come from this line", more.len())],
                None => vec!["no row of the warehouse comes from this line".to_owned()],
            };
            for told in told {
                writeln!(
                    wrong,
                    "{} {} {} ({}, {}): {told}",
                    figure.kpi, figure.code, figure.period, figure.file, figure.locator
                )
                .unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {checked} figures differ\n{wrong}", wrong.lines().count());
    assert_eq!(not_loaded, BTreeMap::from(NOT_LOADED));
    assert_eq!((checked, suppressed), (370, 29), "every row of a file that we load is checked");
    assert_eq!(checked + not_loaded.values().sum::<u64>(), published.len() as u64);
}
