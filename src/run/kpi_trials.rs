//! The KPIs' own tests: each folder `<id>.test` beside a KPI holds small tables and the values that they must give.

use super::RunError;
use crate::definitions::{Basis, Definitions};
use crate::lake::Place;
use crate::warehouse::{EngineLimits, KpiTrial, try_kpi};

/// What became of the test of one KPI.
#[derive(Debug, Clone)]
pub struct TriedKpi {
    /// The KPI.
    pub id: String,
    /// Whose counts it is computed from.
    pub basis: Basis,
    /// Its test; none where it has none.
    pub trial: Option<KpiTrial>,
}

/// Tries every KPI that has a test, or only those named.
///
/// # Errors
/// [`RunError`] when definitions are wrong or we could not do our work. A test that differs is in what is returned.
pub fn try_kpis(
    place: &Place,
    definitions: &Definitions,
    only: &[String],
    limits: EngineLimits,
) -> Result<Vec<TriedKpi>, RunError> {
    let folder = place.sql().join("kpis");
    let mut tried = Vec::new();
    for kpi in definitions.kpis.iter().filter(|kpi| only.is_empty() || only.contains(&kpi.id)) {
        let tables = folder.join(kpi.file()).with_extension("test");
        let trial = if tables.is_dir() { Some(try_kpi(kpi, &tables, definitions, limits)?) } else { None };
        tried.push(TriedKpi { id: kpi.id.clone(), basis: kpi.basis, trial });
    }
    Ok(tried)
}
