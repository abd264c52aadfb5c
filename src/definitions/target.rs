//! Targets: a line from a baseline over dated milestones to a target, of one KPI, place, breakdown and basis.
//!
//! A line is given by its points; between two of them it is straight. Points are exact decimals, so that what is expected on a day is
//! reckoned without loss.

use jiff::civil::Date;

use super::series::SeriesKind;
use super::vocabulary::{Basis, Polarity, Unit};

/// The lines of a place; none where it has no `config/targets.csv`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Targets {
    /// Each line, in the order of the file.
    pub lines: Vec<TargetLine>,
    /// What is allowed and has to be looked at.
    pub queries: Vec<super::Problem>,
}

impl Targets {
    /// The lines of a KPI.
    pub fn of<'a>(&'a self, kpi: &'a str) -> impl Iterator<Item = &'a TargetLine> {
        self.lines.iter().filter(move |line| line.kpi_id == kpi)
    }
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetLine {
    /// The KPI.
    pub kpi_id: String,
    /// The code of the place, as `kpi.value` has it.
    pub place: String,
    /// The breakdown.
    pub breakdown: String,
    /// The KPI's unit.
    pub unit: Unit,
    /// Which direction is better, of that breakdown.
    pub polarity: Polarity,
    /// Which values it is compared with.
    pub basis: TargetBasis,
    /// Baseline, milestones, target: in order, at least two.
    pub points: Vec<TargetPoint>,
    /// Where its values are found.
    pub readings: Vec<TargetReading>,
}

impl TargetLine {
    /// Its last point.
    #[must_use]
    pub fn end(&self) -> Option<&TargetPoint> {
        self.points.last()
    }
}

/// One dated point of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetPoint {
    /// What it is.
    pub kind: TargetKind,
    /// Its day.
    pub day: Date,
    /// Its value in millionths.
    pub millionths: i64,
    /// What has to be known of it.
    pub note: Option<String>,
    /// Its line in the file, 1-based.
    pub line: usize,
}

impl TargetPoint {
    /// Its value.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "figures of a board have far fewer than 15 digits")]
    pub fn value(&self) -> f64 {
        self.millionths as f64 / 1e6
    }
}

/// Values of a KPI that a line speaks of: those on published counts, or on own returns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetReading {
    /// Whose counts.
    pub basis: Basis,
    /// Their kinds of period, as `kpi.value.period_kind` has them.
    pub period_kinds: Vec<SeriesKind>,
    /// Decimals to which they are rounded; none where they are not.
    pub places: Option<u8>,
}

/// What a row of the file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TargetKind {
    /// Where it began.
    Baseline,
    /// What shall be reached on the way.
    Milestone,
    /// What shall be reached in the end.
    Target,
}

impl TargetKind {
    /// Every kind, in the order of a line.
    pub const ALL: [Self; 3] = [Self::Baseline, Self::Milestone, Self::Target];

    /// As it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Milestone => "milestone",
            Self::Target => "target",
        }
    }
}

/// Which values a line is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TargetBasis {
    /// Those of the KPI's own years.
    Annual,
    /// Those of a year up to a day.
    YearToDate,
    /// Those of twelve months.
    RollingTwelveMonths,
    /// Those of months.
    Month,
    /// Those of terms.
    Term,
}

impl TargetBasis {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Annual, Self::YearToDate, Self::RollingTwelveMonths, Self::Month, Self::Term];

    /// As it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Annual => "annual",
            Self::YearToDate => "year_to_date",
            Self::RollingTwelveMonths => "rolling_12_months",
            Self::Month => "month",
            Self::Term => "term",
        }
    }

    /// Whether a kind of period that is not a KPI's own is of this basis.
    pub(super) fn has(self, kind: SeriesKind) -> bool {
        match self {
            Self::Annual => false,
            Self::YearToDate => matches!(kind, SeriesKind::AcademicYearToDate | SeriesKind::CalendarYearToDate),
            Self::RollingTwelveMonths => kind == SeriesKind::RollingTwelveMonths,
            Self::Month => kind == SeriesKind::Month,
            Self::Term => kind == SeriesKind::Term,
        }
    }
}
