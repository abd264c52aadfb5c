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

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::behind::{Behind, IN_PART};
use super::portable::output_columns;
use super::sql_text::embeddable;
use super::vocabulary::PeriodKind;

/// A kind of period of `mart.dim_period`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SeriesKind {
    /// A week from Monday to Sunday, as ISO 8601 counts them, `2025 week 37`.
    Week,
    /// A month, `2025-11`.
    Month,
    /// A term as suspensions are counted by, `2025/26 autumn`.
    Term,
    /// The first two terms of a year together, as absence is published of them, `2025/26 autumn and spring`.
    TwoTerms,
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
    pub const ALL: [Self; 9] = [
        Self::Week,
        Self::Month,
        Self::Term,
        Self::TwoTerms,
        Self::AcademicYear,
        Self::CalendarYear,
        Self::RollingTwelveMonths,
        Self::AcademicYearToDate,
        Self::CalendarYearToDate,
    ];

    /// The kind of a KPI's own periods.
    #[must_use]
    pub fn of_own(own: PeriodKind) -> Self {
        match own {
            PeriodKind::AcademicYear => Self::AcademicYear,
            PeriodKind::CalendarYear => Self::CalendarYear,
        }
    }

    /// A year of this kind up to a day; none of what is no year.
    pub(super) fn to_date(self) -> Option<Self> {
        match self {
            Self::AcademicYear => Some(Self::AcademicYearToDate),
            Self::CalendarYear => Some(Self::CalendarYearToDate),
            _ => None,
        }
    }

    /// As heads, `mart.dim_period` and `kpi.value` name it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Week => "week",
            Self::Month => "month",
            Self::Term => "term",
            Self::TwoTerms => "two_terms",
            Self::AcademicYear => "academic_year",
            Self::CalendarYear => "calendar_year",
            Self::RollingTwelveMonths => "rolling_12_months",
            Self::AcademicYearToDate => "academic_year_to_date",
            Self::CalendarYearToDate => "calendar_year_to_date",
        }
    }
}

/// What the head of a KPI says of its periods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Series {
    /// The column of its rows that is the day on which each happened.
    pub day: String,
    /// The kinds of period, beside its own, that it has values of.
    pub kinds: Vec<SeriesKind>,
    /// What the figures are of, in `mart.period_mark`: then a period bears the marks of its own days, and not those of its years.
    #[serde(default)]
    pub marks: Option<String>,
    /// Whether the KPI counts what stands at the end of its period: then the rows of `rows.every` are those of every month's end, and a
    /// period, its own too, counts those whose day is its last.
    #[serde(default)]
    pub stock: bool,
    /// Of such a KPI the rows of every month's end, as `rows.every` is written; what is left of them there are those of its own periods.
    /// Written where its own periods are not those of a month's end (a census day, the last day that is told): then `rows.every` has the
    /// rows of its own periods alone.
    pub standing: Option<String>,
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
        if self.stock && rows.is_none_or(|rows| rows.every.is_none()) {
            problems.push((
                "`series.stock` in a KPI without `rows.every`".to_owned(),
                "give in `rows.every` the rows of every month's end: each period counts those whose day is its last"
                    .to_owned(),
            ));
            return problems;
        }
        if let Some(standing) = &self.standing {
            let written = Behind { every: Some(standing.clone()), ..Behind::default() };
            let named = |text: String| text.replace("rows.every", "series.standing");
            problems.extend(written.problems().into_iter().map(|(message, hint)| (named(message), hint)));
            if !self.stock {
                let message = "`series.standing` in a KPI without `stock = true`".to_owned();
                problems.push((message, "write it: the rows are those that stand at the end of a month".to_owned()));
            }
        }
        let parts = rows.map(Behind::parts).unwrap_or_default();
        let has_day = |sql: &str| output_columns(sql).iter().all(|columns| columns.contains(&self.day));
        let every = self.standing.as_deref().or(rows.and_then(|rows| rows.every.as_deref()));
        let numerator = parts.iter().find(|(name, _)| *name == "numerator").map(|(_, sql)| sql.as_str());
        if !every.or(numerator).is_some_and(has_day) {
            problems.push((
                format!("the rows that the numerator counts have no column `{}`", self.day),
                "name in `series.day` the column of the rows that is the day on which each happened".to_owned(),
            ));
        }
        problems
    }

    /// Whether a year to date of it begins with nothing each year: it counts what happens, or divides it by what is taken once a year.
    pub(super) fn begins_again(&self, rows: Option<&Behind>, is_plain: bool) -> bool {
        let has = |sql: &str, wanted: &str| {
            output_columns(sql).iter().all(|columns| columns.iter().any(|column| column == wanted))
        };
        let is_divided = match rows.and_then(|rows| rows.every.as_deref()) {
            Some(every) => has(every, IN_PART[1]),
            None => rows.and_then(|rows| rows.denominator.as_deref()).is_some_and(|sql| has(sql, &self.day)),
        };
        !self.stock && (is_plain || !is_divided)
    }

    /// Parts the rows of every month's end from those of the KPI's own periods, which are left in `rows`. An academic year ends with August.
    pub(super) fn part(&mut self, rows: &mut Behind, own: PeriodKind) {
        let Some(every) = rows.every.take_if(|_| self.stock && self.standing.is_none()) else { return };
        let last = match own {
            PeriodKind::AcademicYear => 8,
            PeriodKind::CalendarYear => 12,
        };
        let columns = output_columns(&every).into_iter().next().unwrap_or_default();
        let columns: Vec<String> = columns.iter().map(|column| format!("standing.{column}")).collect();
        let day = &self.day;
        let every = embeddable(&every);
        rows.every = Some(format!(
            "SELECT {} FROM ({every}) AS standing WHERE extract(month FROM standing.{day}) = {last}",
            columns.join(", ")
        ));
        self.standing = Some(every);
    }
}
