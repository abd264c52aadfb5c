//! The closed sets of words in a KPI's head.

use std::fmt;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whose counts a KPI is computed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// Counts that the Department for Education (or another department) published.
    Published,
    /// The place's own returns.
    Local,
}

impl Basis {
    /// The word stored in `kpi.value`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Local => "local",
        }
    }
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a KPI is evidence for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Area {
    /// Area of significant weakness 1: assessing and meeting need.
    #[serde(rename = "ASW1")]
    Asw1,
    /// Area of significant weakness 2: exclusion and inclusion.
    #[serde(rename = "ASW2")]
    Asw2,
    /// Workforce.
    #[serde(rename = "workforce")]
    Workforce,
    /// Needed to read the others.
    #[serde(rename = "context")]
    Context,
}

impl Area {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Asw1, Self::Asw2, Self::Workforce, Self::Context];

    /// As it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asw1 => "ASW1",
            Self::Asw2 => "ASW2",
            Self::Workforce => "workforce",
            Self::Context => "context",
        }
    }
}

/// What a value is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Per cent of the denominator.
    Percent,
    /// Events per hundred of the denominator; may exceed 100.
    #[serde(rename = "per_100")]
    Per100,
    /// Numerator per one of the denominator.
    Ratio,
    /// Full-time equivalent posts; no denominator.
    Fte,
    /// A count; no denominator.
    Count,
}

impl Unit {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Percent, Self::Per100, Self::Ratio, Self::Fte, Self::Count];

    /// What a ratio is multiplied by unless the file says otherwise.
    pub(super) fn scale(self) -> f64 {
        match self {
            Self::Percent | Self::Per100 => 100.0,
            Self::Ratio | Self::Fte | Self::Count => 1.0,
        }
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Percent => "percent",
            Self::Per100 => "per_100",
            Self::Ratio => "ratio",
            Self::Fte => "fte",
            Self::Count => "count",
        }
    }

    /// Whether a value has no denominator.
    #[must_use]
    pub fn is_plain(self) -> bool {
        matches!(self, Self::Fte | Self::Count)
    }
}

/// Which direction is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Polarity {
    /// High values are good.
    High,
    /// Low values are good.
    Low,
    /// Neither.
    None,
}

impl Polarity {
    /// As it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Low => "low",
            Self::None => "none",
        }
    }

    /// That of the opposite.
    #[must_use]
    pub fn opposite(self) -> Self {
        match self {
            Self::High => Self::Low,
            Self::Low => Self::High,
            Self::None => Self::None,
        }
    }
}

/// Which kind of time a value speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PeriodKind {
    /// 1 September to 31 August, as `2024/25`.
    AcademicYear,
    /// 1 January to 31 December, as `2024`.
    CalendarYear,
}

impl PeriodKind {
    /// As heads, `mart.dim_period` and `kpi.value` name it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AcademicYear => "academic_year",
            Self::CalendarYear => "calendar_year",
        }
    }

    /// The period in which a day lies.
    ///
    /// ```
    /// use jiff::civil::date;
    /// use sendmart::definitions::PeriodKind;
    /// assert_eq!(PeriodKind::AcademicYear.of(date(2025, 8, 31)), "2024/25");
    /// assert_eq!(PeriodKind::AcademicYear.of(date(2099, 9, 1)), "2099/00");
    /// assert_eq!(PeriodKind::CalendarYear.of(date(2025, 8, 31)), "2025");
    /// ```
    #[must_use]
    pub fn of(self, day: Date) -> String {
        self.beginning_in(match self {
            Self::CalendarYear => day.year(),
            Self::AcademicYear => Self::first_year(day),
        })
    }

    /// The period that begins in a calendar year.
    ///
    /// ```
    /// use sendmart::definitions::PeriodKind;
    /// assert_eq!(PeriodKind::AcademicYear.beginning_in(2024), "2024/25");
    /// assert_eq!(PeriodKind::CalendarYear.beginning_in(2024), "2024");
    /// ```
    #[must_use]
    pub fn beginning_in(self, year: i16) -> String {
        match self {
            Self::CalendarYear => year.to_string(),
            Self::AcademicYear => format!("{year}/{:02}", (year + 1).rem_euclid(100)),
        }
    }

    /// Whether a period of this kind, as [`Self::of`] names it, has ended before a day. Nothing else has.
    ///
    /// ```
    /// use jiff::civil::date;
    /// use sendmart::definitions::PeriodKind;
    /// assert!(PeriodKind::AcademicYear.is_over("2024/25", date(2025, 9, 1)));
    /// assert!(!PeriodKind::AcademicYear.is_over("2024/25", date(2025, 8, 31)));
    /// assert!(!PeriodKind::CalendarYear.is_over("2025", date(2025, 12, 31)));
    /// ```
    #[must_use]
    pub fn is_over(self, period: &str, day: Date) -> bool {
        let current = match self {
            Self::CalendarYear => day.year(),
            Self::AcademicYear => Self::first_year(day),
        };
        Self::begins_in(period).is_some_and(|first| first < current)
    }

    /// Whether a text is the name of a period of this kind.
    ///
    /// ```
    /// use sendmart::definitions::PeriodKind;
    /// assert!(PeriodKind::AcademicYear.names("2024/25") && !PeriodKind::AcademicYear.names("2024/25 autumn"));
    /// assert!(PeriodKind::CalendarYear.names("2024") && !PeriodKind::CalendarYear.names("2024-05"));
    /// ```
    #[must_use]
    pub fn names(self, text: &str) -> bool {
        Self::begins_in(text).is_some_and(|year| self.beginning_in(year) == text)
    }

    /// The calendar year in which a period begins; nothing for what is no period.
    #[must_use]
    pub fn begins_in(period: &str) -> Option<i16> {
        period.get(..4)?.parse().ok()
    }

    /// The calendar year in which the academic year of a day begins.
    #[must_use]
    pub fn first_year(day: Date) -> i16 {
        if day.month() >= 9 { day.year() } else { day.year() - 1 }
    }
}
