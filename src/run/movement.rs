//! Why a value is not what it was: the way from one state to another in steps, each of which changes one thing.
//!
//! ```text
//! as of A, known by K ─ time ─► as of B, known by K ─ new ─► and what came and replaces nothing ─ revised ─► all known by L
//! ```
//!
//! The steps add up to the whole, since each begins where the one before it ended. Definitions are those of today in all of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use arrow::array::{Array, AsArray};
use arrow::datatypes::Float64Type;
use jiff::civil::Date;

use super::computed::{KnownThen, computed_of};
use super::{RunError, read_of};
use crate::definitions::{Definitions, Disposition, Kpi, Table};
use crate::lake::Place;
use crate::ledger::Ledger;
use crate::model::{Delivery, DeliveryId};
use crate::warehouse::dialect::{name, text};
use crate::warehouse::{Computed, first_texts};

/// A state of the figures: the day that they speak for, and the day by whose end what counts was received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FigureState {
    /// The as-of date.
    pub as_of: Date,
    /// The known-at date.
    pub known_at: Date,
}

/// One value of a KPI in two states, and what lies between them.
#[derive(Debug, Clone, PartialEq)]
pub struct Movement {
    /// The period.
    pub period: String,
    /// The code of the place.
    pub code: String,
    /// The breakdown.
    pub breakdown: String,
    /// The value in the first state, after each step, and so in the second: none where there is no value.
    pub values: [Option<f64>; 4],
}

/// The steps, in their order.
pub const STEPS: [&str; 3] = ["time", "new", "revised"];

impl Movement {
    /// How much each step moved the value; none where there is no value on one side of it.
    #[must_use]
    pub fn parts(&self) -> [Option<f64>; 3] {
        [0, 1, 2].map(|step| Some(self.values[step + 1]? - self.values[step]?))
    }

    /// The step at which the value came or went, where one side has none.
    #[must_use]
    pub fn came_with(&self) -> Option<&'static str> {
        let step = (0..STEPS.len()).find(|step| self.values[*step].is_some() != self.values[step + 1].is_some())?;
        Some(STEPS[step])
    }
}

/// What moved, and the deliveries that did it.
#[derive(Debug, Clone, PartialEq)]
pub struct Movements {
    /// Every value that is in either state and not the same in both.
    pub moved: Vec<Movement>,
    /// How many are the same.
    pub same: usize,
    /// Deliveries between the two states, of the returns that the KPI is made of, that replace no row.
    pub new: Vec<Delivery>,
    /// Those that replace rows of deliveries before.
    pub revising: Vec<Delivery>,
}

/// Takes the movement of a KPI on own returns apart. `staging` is a new folder for what is spilled.
///
/// # Errors
/// [`RunError`] as for [`super::computed`].
pub fn movements(
    place: &Place,
    definitions: &Definitions,
    kpi: &Kpi,
    (from, to): (FigureState, FigureState),
    staging: &Path,
) -> Result<Movements, RunError> {
    let ids = [kpi.id.as_str()];
    let tables = tables_behind(definitions, kpi);
    let known = |day: Date, without: BTreeSet<DeliveryId>| KnownThen { until: Some(day), without };
    let at = |as_of: Date, known: &KnownThen, name: &str| {
        computed_of(place, definitions, (&ids, &tables), Some(as_of), known, &staging.join(name))
            .map(|(values, _)| values)
    };
    // What is the same state is computed once.
    let first = at(from.as_of, &known(from.known_at, BTreeSet::new()), "first")?;
    let later =
        (from.as_of != to.as_of).then(|| at(to.as_of, &known(from.known_at, BTreeSet::new()), "later")).transpose()?;
    let last = at(to.as_of, &known(to.known_at, BTreeSet::new()), "last")?;

    let zone = &definitions.settings.zone;
    let (before, until) = (zone.end_of(from.known_at), zone.end_of(to.known_at));
    let is_behind = |delivery: &Delivery| tables.iter().any(|table| table.collection == delivery.collection);
    let mut read: Vec<Delivery> =
        read_of(place, definitions, &Ledger::open(place)?).into_iter().map(|(delivery, _)| delivery).collect();
    read.retain(|delivery| is_behind(delivery) && until.is_none_or(|until| delivery.received_at <= until));
    let (old, came): (Vec<Delivery>, Vec<Delivery>) =
        read.into_iter().partition(|delivery| before.is_none_or(|before| delivery.received_at <= before));
    let revising = revising(&last, &tables, &old, &came)?;
    let (revising, new): (Vec<Delivery>, Vec<Delivery>) =
        came.into_iter().partition(|delivery| revising.contains(&delivery.delivery_id.0));
    let without: BTreeSet<DeliveryId> = revising.iter().map(|delivery| delivery.delivery_id.clone()).collect();
    let with_new = (!without.is_empty()).then(|| at(to.as_of, &known(to.known_at, without), "new")).transpose()?;

    let mut all: BTreeMap<(String, String, String), [Option<f64>; 4]> = BTreeMap::new();
    let states = [&first, later.as_ref().unwrap_or(&first), with_new.as_ref().unwrap_or(&last), &last];
    for (step, state) in states.into_iter().enumerate() {
        for (key, value) in values_of(state, kpi)? {
            all.entry(key).or_default()[step] = value;
        }
    }
    let count = all.len();
    let moved: Vec<Movement> = all
        .into_iter()
        .filter(|(_, values)| values.iter().any(|value| *value != values[0]))
        .map(|((period, code, breakdown), values)| Movement { period, code, breakdown, values })
        .collect();
    Ok(Movements { same: count - moved.len(), moved, new, revising })
}

/// The tables of returns that a KPI is made of, through whatever marts.
fn tables_behind<'d>(definitions: &'d Definitions, kpi: &Kpi) -> Vec<&'d Table> {
    let returns: BTreeSet<String> = kpi.reads.iter().flat_map(|mart| definitions.returns_behind(mart)).collect();
    definitions.tables().filter(|table| returns.contains(&format!("{}.{}", table.collection, table.name))).collect()
}

/// Of the deliveries that came, those with a row for a period of which an old one has any.
fn revising(
    state: &Computed,
    tables: &[&Table],
    old: &[Delivery],
    came: &[Delivery],
) -> Result<BTreeSet<String>, RunError> {
    let mut found = BTreeSet::new();
    let listed = |deliveries: &[Delivery], collection: &str| {
        let of = deliveries.iter().filter(|delivery| delivery.collection == collection);
        of.map(|delivery| text(&delivery.delivery_id.to_string())).collect::<Vec<_>>().join(", ")
    };
    for table in tables {
        let (before, after) = (listed(old, &table.collection), listed(came, &table.collection));
        if before.is_empty() || after.is_empty() || table.disposition == Disposition::Append {
            continue;
        }
        let view = format!("conformed.{}", name(&table.view_name()));
        let keys: Vec<&String> = match table.disposition {
            Disposition::ReplacePeriod => table.period.iter().chain(&table.period_with).collect(),
            _ => Vec::new(),
        };
        let equal: Vec<String> =
            keys.iter().map(|key| format!("earlier.{0} IS NOT DISTINCT FROM later.{0}", name(key))).collect();
        let equal = if equal.is_empty() { "TRUE".to_owned() } else { equal.join(" AND ") };
        let sql = format!(
            "SELECT DISTINCT later._delivery FROM {view} AS later WHERE later._delivery IN ({after}) AND EXISTS \
             (SELECT 1 FROM {view} AS earlier WHERE earlier._delivery IN ({before}) AND {equal})"
        );
        let (_, batches) = state.ask(&sql, &[])?;
        found.extend(first_texts(&batches).map(str::to_owned));
    }
    Ok(found)
}

/// Period, place and breakdown with the value, of the KPI on own returns.
type KeyedValues = Vec<((String, String, String), Option<f64>)>;

fn values_of(state: &Computed, kpi: &Kpi) -> Result<KeyedValues, RunError> {
    let sql = "SELECT period, geography_code, breakdown, value FROM kpi.value WHERE kpi_id = ?1 AND basis = 'local'";
    let (_, batches) = state.ask(sql, &[&kpi.id])?;
    let mut values = Vec::new();
    for batch in &batches {
        let text = |column: usize, row: usize| {
            let column = batch.column(column).as_string_opt::<i32>();
            column.filter(|column| column.is_valid(row)).map(|column| column.value(row).to_owned()).unwrap_or_default()
        };
        let figures = batch.column(3).as_primitive_opt::<Float64Type>();
        for row in 0..batch.num_rows() {
            let value = figures.filter(|figures| figures.is_valid(row)).map(|figures| figures.value(row));
            values.push(((text(0, row), text(1, row), text(2, row)), value));
        }
    }
    Ok(values)
}
