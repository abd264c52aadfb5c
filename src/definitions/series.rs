//! The periods that a KPI has values of beside its own: months, terms, twelve months, years to date.
//!
//! Declared in the head of a KPI whose rows have a day:
//!
//! ```toml
//! [series]
//! day = "issued"
//! kinds = ["month", "rolling_12_months", "calendar_year_to_date"]
//! ```
//!
//! Its rows ([`Behind`]) whose day lies in a period are counted there. Where those of the denominator have no such column (pupils of the
//! January census), the denominator is that of the KPI's own period in which the other one ends.

use serde::{Deserialize, Serialize};

use super::behind::{Behind, IN_PART, LINEAGE, PLACED};
use super::portable::{output_columns, read_tables, unportable};

/// A kind of period of `mart.dim_period`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeriesKind {
    /// A month, `2025-11`.
    Month,
    /// A term as suspensions are counted by, `2025/26 autumn`.
    Term,
    /// 1 September to 31 August, `2025/26`.
    AcademicYear,
    /// 1 January to 31 December, `2025`.
    CalendarYear,
    /// The twelve months that end with one, `12 months to 2025-11`.
    #[serde(rename = "rolling_12_months")]
    RollingTwelveMonths,
    /// An academic year up to the day of the as-of date, `2025/26 to 11-29`.
    AcademicYearToDate,
    /// A calendar year up to the day of the as-of date, `2025 to 11-29`.
    CalendarYearToDate,
}

impl SeriesKind {
    /// Every kind, in the order in which they are told.
    pub const ALL: [Self; 7] = [
        Self::Month,
        Self::Term,
        Self::AcademicYear,
        Self::CalendarYear,
        Self::RollingTwelveMonths,
        Self::AcademicYearToDate,
        Self::CalendarYearToDate,
    ];

    /// As heads, `mart.dim_period` and `kpi.value` name it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Term => "term",
            Self::AcademicYear => "academic_year",
            Self::CalendarYear => "calendar_year",
            Self::RollingTwelveMonths => "rolling_12_months",
            Self::AcademicYearToDate => "academic_year_to_date",
            Self::CalendarYearToDate => "calendar_year_to_date",
        }
    }
}

/// What the head of a KPI says of its periods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Series {
    /// The column of its rows that is the day on which each happened.
    pub day: String,
    /// The kinds of period, beside its own, that it has values of.
    pub kinds: Vec<SeriesKind>,
    /// Of a KPI that counts what stands at the end of its period: the rows of every month's end, with the columns of `rows.every`. A period
    /// counts those whose day is its last.
    pub stock: Option<String>,
}

impl Series {
    /// What is wrong with it: message and hint. `own` is the KPI's own kind of period.
    pub(super) fn problems(&self, rows: Option<&Behind>, own: Option<&str>) -> Vec<(String, String)> {
        let mut problems = Vec::new();
        if self.kinds.is_empty() {
            let valid = SeriesKind::ALL.map(SeriesKind::as_str).join("`, `");
            problems.push(("`series.kinds` names no kind of period".to_owned(), format!("name some of `{valid}`")));
        }
        if let Some(kind) = self.kinds.iter().find(|kind| Some(kind.as_str()) == own) {
            let message = format!("`series.kinds` has `{}`, which is the KPI's own `period_kind`", kind.as_str());
            problems.push((message, "leave it out: the values of its own periods are there already".to_owned()));
        }
        if let Some(sql) = &self.stock {
            for finding in unportable(sql) {
                problems.push((format!("`series.stock`, line {}: {}", finding.line, finding.message), finding.hint));
            }
            if let (_, Some(foreign)) = read_tables(sql) {
                problems
                    .push((format!("`series.stock` reads `{foreign}`"), "a KPI reads schema `mart` only".to_owned()));
            }
            let lists = output_columns(sql);
            let wanted: Vec<&str> =
                PLACED.iter().copied().chain([IN_PART[0], self.day.as_str()]).chain(LINEAGE.iter().copied()).collect();
            let has_all =
                |columns: &Vec<String>| wanted.iter().all(|wanted| columns.iter().any(|column| column == wanted));
            if lists.is_empty() || !lists.iter().all(has_all) {
                let hint = format!("it gives `{}`", wanted.join("`, `"));
                problems.push(("the SELECT of `series.stock` has other columns".to_owned(), hint));
            }
            return problems;
        }
        let parts = rows.map(Behind::parts).unwrap_or_default();
        let has_day = |sql: &str| output_columns(sql).iter().all(|columns| columns.contains(&self.day));
        let every = rows.and_then(|rows| rows.every.as_deref());
        let numerator = parts.iter().find(|(name, _)| *name == "numerator").map(|(_, sql)| sql.as_str());
        if !every.or(numerator).is_some_and(has_day) {
            problems.push((
                format!("the rows that the numerator counts have no column `{}`", self.day),
                "name in `series.day` the column of the rows that is the day on which each happened".to_owned(),
            ));
        }
        problems
    }
}
