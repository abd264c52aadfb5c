//! What is true of the county, reckoned from its lives: KPIs, counts, and the faults that were planted.
//!
//! Nothing here sees a return or any SQL. Each function says how its KPIs are reckoned, so that a query can be written
//! against it by somebody else.

mod advice;
mod casework;
mod contributions;
mod discussions;
mod groups;
mod limits;
mod practice;
mod reviews;
mod school;
mod series;
mod tally;
mod tool;
mod workforce;

use std::collections::BTreeMap;

use serde::Serialize;

pub(super) use tally::KpiTruth;

use super::calendar::exclusion_term_of;
use super::lives::Lives;
use super::returns::{PlantedFault, Written};

/// The whole of `truth.json`.
#[derive(Debug, Serialize)]
pub(super) struct Truth {
    kpis: Vec<KpiTruth>,
    /// The same KPIs by month, term, twelve months and the other kind of year.
    series: Vec<KpiTruth>,
    /// By day: their years to date, as of it.
    to_date: BTreeMap<String, Vec<KpiTruth>>,
    counts: BTreeMap<&'static str, usize>,
    faults: Vec<FaultTruth>,
}

#[derive(Debug, Serialize)]
struct FaultTruth {
    collection: &'static str,
    file: String,
    table: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sheet: Option<String>,
    row: usize,
    column: String,
    cell: String,
    rule_hint: &'static str,
}

impl From<PlantedFault> for FaultTruth {
    fn from(one: PlantedFault) -> Self {
        let PlantedFault { collection, file, table, sheet, row, column, cell, rule_hint } = one;
        Self { collection, file, table, sheet, row, column, cell, rule_hint }
    }
}

/// Every KPI, in the order of their names.
pub(super) fn kpis(lives: &Lives) -> Vec<KpiTruth> {
    let mut kpis = Vec::new();
    advice::reckon(lives, &mut kpis);
    casework::reckon(lives, &mut kpis);
    school::reckon(lives, &mut kpis);
    groups::reckon(lives, &mut kpis);
    limits::reckon(lives, &mut kpis);
    practice::reckon(lives, &mut kpis);
    workforce::reckon(lives, &mut kpis);
    discussions::reckon(lives, &mut kpis);
    tool::reckon(lives, &mut kpis);
    kpis.sort_by(|one, other| (one.kpi_id, &one.period).cmp(&(other.kpi_id, &other.period)));
    kpis
}

impl Truth {
    /// The values of the KPIs' own periods.
    pub(super) fn kpis(&self) -> &[KpiTruth] {
        &self.kpis
    }

    /// How many values of KPIs it has.
    pub(super) fn kpi_values(&self) -> usize {
        self.kpis.len()
    }

    /// The truth of a county, with what was written of it.
    pub(super) fn new(lives: &Lives, written: &Written, faults: Vec<PlantedFault>) -> Self {
        let mut counts = counts(lives);
        counts.extend([
            ("files_written", written.files),
            ("rows_written", written.rows),
            ("faults_planted", faults.len()),
        ]);
        Self {
            kpis: kpis(lives),
            series: series::reckon(lives),
            to_date: series::days(lives).map(|day| (day.iso(), series::to_date(lives, day))).into(),
            counts,
            faults: faults.into_iter().map(FaultTruth::from).collect(),
        }
    }
}

/// Plain counts of lives.
///
/// `suspensions` are those that a merge of the censuses is to have: suspensions, lunchtimes and permanent exclusions that
/// were not withdrawn. `suspensions_told` are the rows that a naive append of every census has, before rows that are
/// sent twice.
fn counts(lives: &Lives) -> BTreeMap<&'static str, usize> {
    let suspensions = || lives.pupils.iter().flat_map(|pupil| &pupil.suspensions);
    let last_census = lives.calendar.censuses().pop();
    let told = |one: &super::lives::Suspension| {
        let first = exclusion_term_of(one.start).after();
        let is_told_again = Some(first) != last_census && !one.is_withdrawn;
        1 + usize::from(is_told_again)
    };
    let plans = || lives.cases.iter().filter_map(|case| case.plan.as_ref());
    BTreeMap::from([
        ("schools", lives.schools.sites.len()),
        ("establishments", lives.schools.establishments.len()),
        ("pupils", lives.pupils.len()),
        ("pupils_with_two_upns", lives.pupils.iter().filter(|pupil| pupil.upns.len() > 1).count()),
        ("suspensions", suspensions().filter(|one| !one.is_withdrawn).count()),
        ("suspensions_withdrawn", suspensions().filter(|one| one.is_withdrawn).count()),
        ("suspensions_revised", suspensions().filter(|one| one.first_told.is_some() && !one.is_withdrawn).count()),
        ("suspensions_told", suspensions().map(told).sum()),
        ("requests", lives.cases.len()),
        ("plans", plans().count()),
        ("reviews", plans().map(|plan| plan.reviews.len()).sum()),
        ("audits", lives.audits.len()),
        ("tool_cycles", lives.tool_uses.len()),
        ("discussions", lives.discussions.len()),
        ("posts", lives.posts.len()),
    ])
}

#[cfg(test)]
mod tests;
