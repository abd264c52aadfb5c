//! A value beside its target, in a line of at most 80 columns.

use arrow::array::{Array, AsArray};
use arrow::datatypes::Float64Type;

use super::Failure;
use super::at::tables;
use crate::definitions::Kpi;
use crate::kpi::{TargetStatus, trimmed};
use crate::lake::Place;
use crate::warehouse::query;

/// The columns of `kpi.status` that are shown beside a value, each under a name of its own.
pub(super) const COLUMNS: [(&str, &str); 5] = [
    ("target_status", "status"),
    ("target_expected", "expected"),
    ("target_difference", "difference"),
    ("target_day", "target_day"),
    ("target", "target"),
];

/// `kpi.value` with these columns, as a table.
pub(super) fn values_with_targets() -> String {
    let columns: Vec<String> = COLUMNS.iter().map(|(name, column)| format!("aim.{column} AS {name}")).collect();
    format!(
        "(SELECT told.*, {} FROM kpi.value AS told LEFT JOIN kpi.status AS aim ON aim.kpi_id = told.kpi_id AND aim.basis = told.basis \
         AND aim.period = told.period AND aim.geography_level IS NOT DISTINCT FROM told.geography_level \
         AND aim.geography_code = told.geography_code AND aim.breakdown = told.breakdown)",
        columns.join(", ")
    )
}

/// The target that is declared for a period of a series; none where there is none.
pub(super) fn declared(
    place: &Place,
    kpi: &Kpi,
    (code, breakdown): (&str, &str),
    period: &str,
) -> Result<Option<f64>, Failure> {
    if !tables(place)?.contains("kpi.status") {
        return Ok(None);
    }
    let sql = "SELECT max(target) FROM kpi.status WHERE kpi_id = ?1 AND basis = ?2 AND geography_code = ?3 AND breakdown = ?4 \
               AND period = ?5 HAVING count(*) = 1";
    let (_, batches) = query(place, sql, &[&kpi.id, kpi.basis.as_str(), code, breakdown, period])?;
    let column = batches.iter().find_map(|batch| batch.column(0).as_primitive_opt::<Float64Type>());
    Ok(column.filter(|column| !column.is_empty() && column.is_valid(0)).map(|column| column.value(0)))
}

/// How a value stands to its target.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ShownAim {
    pub(super) status: TargetStatus,
    /// The last day of the value's period.
    pub(super) day: String,
    pub(super) value: Option<f64>,
    pub(super) expected: Option<f64>,
    pub(super) difference: Option<f64>,
    pub(super) target: f64,
    pub(super) target_day: String,
}

impl ShownAim {
    /// Reads it from the cells of a row; none where the value has no target.
    pub(super) fn of(said: &dyn Fn(&str) -> String, figure: &dyn Fn(&str) -> Option<f64>) -> Option<Self> {
        let word = said("target_status");
        Some(Self {
            status: TargetStatus::ALL.into_iter().find(|status| status.as_str() == word)?,
            day: said("period_end"),
            value: figure("value"),
            expected: figure("target_expected"),
            difference: figure("target_difference"),
            target: figure("target")?,
            target_day: said("target_day"),
        })
    }

    /// Whether the value is held against the line.
    pub(super) fn is_judged(&self) -> bool {
        self.difference.is_some()
    }

    /// One line. The line of targets is straight between two dated points.
    pub(super) fn words(&self, kpi: &Kpi) -> String {
        let number = |value: f64| super::show::number(kpi, value);
        let places = usize::from(kpi.rounding.places().unwrap_or(1));
        let by = self.difference.filter(|difference| *difference != 0.0).map(f64::abs);
        let by = match self.status {
            TargetStatus::Behind | TargetStatus::NotReached => by,
            _ => None,
        };
        let by = by.map_or_else(String::new, |by| format!(" by {}", trimmed(by, places)));
        let line = self.expected.map(|line| format!("line at {} on {}", trimmed(line, places), self.day));
        let found = self.value.filter(|_| self.is_judged()).map(number);
        let facts: Vec<String> = found.into_iter().chain(line).collect();
        let facts = if facts.is_empty() { String::new() } else { format!(": {}", facts.join(", ")) };
        format!("Target {} by {}, {}{by}{facts}", trimmed(self.target, places), self.target_day, self.status.words())
    }
}
