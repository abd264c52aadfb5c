//! How many distinct persons are behind each count of a KPI: twelve suspensions may be one child.

use std::collections::BTreeMap;

use super::question::{AskFigures, rows};
use super::values::BoardKpi;
use crate::definitions::{Basis, output_columns};
use crate::warehouse::WarehouseError;
use crate::warehouse::dialect::name;

/// What tells a count that is printed: KPI, part (`numerator` or `denominator`), period, breakdown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct CountOfKpi {
    /// The KPI.
    pub kpi: String,
    /// `numerator` or `denominator`.
    pub part: String,
    /// The period.
    pub period: String,
    /// The breakdown.
    pub breakdown: String,
}

/// Distinct persons by count.
pub type PersonsBehind = BTreeMap<CountOfKpi, i64>;

/// The columns of rows that tell a person, the surest first. A request or a post is at least as many as its persons, and never fewer than one.
const WHO: [&str; 8] = ["pupil", "person", "child", "holder", "staff", "request_id", "case_id", "post_id"];

/// Asks the persons behind the council's counts, of every KPI whose rows tell them.
///
/// # Errors
/// [`WarehouseError`] when the rows cannot be asked.
pub fn persons_behind(ask: &AskFigures<'_>, kpis: &[BoardKpi<'_>]) -> Result<PersonsBehind, WarehouseError> {
    let mut all = BTreeMap::new();
    let has_counts = |one: &&BoardKpi<'_>| one.figures.iter().any(|figure| figure.numerator.is_some());
    // The rows of a KPI without a figure may be of tables that did not come.
    for one in kpis.iter().filter(|one| one.kpi.basis == Basis::Local).filter(has_counts) {
        let Some(behind) = &one.kpi.rows else { continue };
        let every = behind.every.as_deref();
        for (part, sql) in behind.parts() {
            let written = match part {
                "numerator" => behind.numerator.as_deref().or(every),
                _ => behind.denominator.as_deref().or(every),
            };
            let lists = output_columns(written.unwrap_or(&sql));
            let has = |column: &str| lists.iter().all(|columns| columns.iter().any(|known| known == column));
            let Some(who) = WHO.into_iter().find(|column| has(column)) else { continue };
            let counts = if written == every || has("counts") { " AND behind.counts <> 0" } else { "" };
            let from = format!(
                "FROM ({sql}\n) AS behind WHERE behind.geography_level = 'authority'{counts} GROUP BY behind.period, behind.breakdown \
                 ORDER BY behind.period NULLS LAST, behind.breakdown NULLS LAST"
            );
            let persons = format!("count(DISTINCT behind.{})", name(who));
            for row in rows(ask, &["behind.period", "behind.breakdown", &persons], &from)? {
                let key = CountOfKpi {
                    kpi: one.kpi.id.clone(),
                    part: part.to_owned(),
                    period: row.word(0),
                    breakdown: row.word(1),
                };
                all.insert(key, i64::try_from(row.count(2)).unwrap_or(i64::MAX));
            }
        }
    }
    Ok(all)
}
