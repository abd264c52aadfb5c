//! Why a value is not what it was: the way from one state to another in steps, each of which changes one thing.
//!
//! ```text
//! as of A, known by K, definitions D ─ definition ─► those of the other state ─ time ─► as of B
//!    ─ new ─► and what came and replaces nothing ─ revised ─► all that is known in the other state
//! ```
//!
//! The steps add up to the whole, since each begins where the one before it ended. Between two of them a value that is not there for once
//! is taken as it was.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use arrow::array::{Array, AsArray};
use arrow::datatypes::Float64Type;
use jiff::civil::Date;

use super::computed::{KnownThen, computed_of};
use super::{RunError, ever_read, kept_definitions};
use crate::definitions::{Basis, DefinitionFiles, Definitions, Disposition, Kpi, Table};
use crate::lake::Place;
use crate::ledger::Ledger;
use crate::model::{Delivery, DeliveryId};
use crate::warehouse::dialect::{name, text};
use crate::warehouse::{Computed, first_texts, generations, live, made_of};

/// A state of the figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureState {
    /// The as-of date: the day that they speak for.
    pub as_of: Date,
    /// What was known.
    pub known: KnownBy,
    /// The generation, where it is one.
    pub generation: Option<u64>,
    /// The hash of its definitions; none for those of now.
    pub definitions: Option<String>,
    /// The file that they are packed into, where it is not the place that keeps them.
    pub packed: Option<PathBuf>,
}

/// What is known in a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KnownBy {
    /// What was received by the end of a day.
    Day(Date),
    /// The deliveries that count in a generation.
    Generation(BTreeSet<DeliveryId>),
}

/// The state that a generation is; none is the live one.
///
/// # Errors
/// [`RunError::Past`] when there is no such generation; [`RunError::Warehouse`] when its file cannot be asked.
pub fn state_of(place: &Place, generation: Option<u64>) -> Result<FigureState, RunError> {
    let kept = generations(place);
    let current = match generation {
        None => live(place),
        Some(asked) => kept.iter().find(|kept| kept.generation == asked).cloned(),
    };
    let Some(current) = current else {
        let there: Vec<String> = kept.iter().map(|kept| kept.generation.to_string()).collect();
        let message = generation
            .map_or_else(|| "nothing is live yet".to_owned(), |asked| format!("there is no generation {asked} here"));
        let hint = if there.is_empty() {
            "`sendmart run` first".to_owned()
        } else {
            format!("there are: {}", there.join(", "))
        };
        return Err(RunError::Past { message, hint });
    };
    let sealed = place.generation(current.generation).join("sendmart.duckdb");
    let made = made_of(&if sealed.is_file() { sealed } else { place.live() })?;
    let as_of = made.as_of.parse().map_err(|_| RunError::Past {
        message: format!("generation {} is as of `{}`, which is no day", current.generation, made.as_of),
        hint: "name a state by its day".to_owned(),
    })?;
    Ok(FigureState {
        as_of,
        known: KnownBy::Generation(made.deliveries),
        generation: Some(current.generation),
        definitions: Some(made.definitions),
        packed: None,
    })
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
    pub values: [Option<f64>; 5],
    /// How final the value was in the first state.
    pub was: Option<String>,
}

/// The steps, in their order.
pub const STEPS: [&str; 4] = ["definition", "time", "new", "revised"];

impl Movement {
    /// The value in the first state.
    #[must_use]
    pub fn first(&self) -> Option<f64> {
        self.values[0]
    }

    /// The value in the second.
    #[must_use]
    pub fn last(&self) -> Option<f64> {
        self.values[STEPS.len()]
    }

    /// How much each step moved the value; none where there is no value on one side of it.
    #[must_use]
    pub fn parts(&self) -> [Option<f64>; 4] {
        let mut values = self.values;
        if self.first().is_some() && self.last().is_some() {
            for step in 1..STEPS.len() {
                values[step] = values[step].or(values[step - 1]);
            }
        }
        // Values are decimals: so are their differences.
        let part = |from: f64, to: f64| ((to - from) * 1e9).round() / 1e9;
        [0, 1, 2, 3].map(|step| Some(part(values[step]?, values[step + 1]?)))
    }

    /// The step at which the value came or went, where one side has none.
    #[must_use]
    pub fn came_with(&self) -> Option<&'static str> {
        if self.first().is_some() == self.last().is_some() {
            return None;
        }
        let step = (0..STEPS.len()).rfind(|step| self.values[*step].is_some() != self.values[step + 1].is_some())?;
        Some(STEPS[step])
    }
}

/// What moved, and what did it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Movements {
    /// Every value that is in either state and not the same in both, or not between them.
    pub moved: Vec<Movement>,
    /// How many are the same.
    pub same: usize,
    /// The files of definitions, of those that the KPI is made of, that differ between the two states.
    pub redefined: Vec<String>,
    /// Deliveries between the two states, of the returns that the KPI is made of, that replace no row.
    pub new: Vec<Delivery>,
    /// Those that replace rows of deliveries before.
    pub revising: Vec<Delivery>,
    /// Those that count in the first state and not in the second.
    pub gone: Vec<Delivery>,
}

/// Takes the movement of a KPI on own returns apart. `staging` is a new folder for what is spilled.
///
/// # Errors
/// [`RunError`] as for [`super::computed`]; [`RunError::Past`] where the definitions of a generation are not kept.
pub fn movements(
    place: &Place,
    now: &Definitions,
    id: &str,
    states: (&FigureState, &FigureState),
    staging: &Path,
) -> Result<Movements, RunError> {
    Ok(movements_of(place, now, &[id], states, staging)?.remove(id).unwrap_or_default())
}

/// The same of many KPIs, each state computed once for all of them.
///
/// # Errors
/// As [`movements`].
pub fn movements_of(
    place: &Place,
    now: &Definitions,
    ids: &[&str],
    (from, to): (&FigureState, &FigureState),
    staging: &Path,
) -> Result<BTreeMap<String, Movements>, RunError> {
    let differ = hash_of(from, now) != hash_of(to, now);
    let before = definitions_of(place, now, from, &staging.join("definitions_before"))?;
    let after = definitions_of(place, now, to, &staging.join("definitions_after"))?;
    let parts = |id: &str| -> Vec<&Kpi> {
        let all = [&after, &before].into_iter().flat_map(|definitions| &definitions.kpis);
        all.filter(|kpi| kpi.id == id && kpi.basis == Basis::Local).collect()
    };
    let behind = |id: &str| parts(id).first().map_or_else(Vec::new, |kpi| tables_behind(&after, kpi));
    let mut tables: Vec<&Table> = Vec::new();
    for table in ids.iter().flat_map(|id| behind(id)) {
        if !tables.iter().any(|known| known.view_name() == table.view_name()) {
            tables.push(table);
        }
    }
    let at = |definitions: &Definitions, as_of: Date, known: &KnownThen, name: &str| {
        computed_of(place, definitions, (ids, &tables), Some(as_of), known, &staging.join(name))
            .map(|(values, _)| values)
    };
    let (known_before, known_after) = (known_then(&from.known), known_then(&to.known));
    // What is the same state is computed once.
    let first = at(&before, from.as_of, &known_before, "first")?;
    let redefined = differ.then(|| at(&after, from.as_of, &known_before, "redefined")).transpose()?;
    let later = (from.as_of != to.as_of).then(|| at(&after, to.as_of, &known_before, "later")).transpose()?;
    let last = at(&after, to.as_of, &known_after, "last")?;

    let is_of =
        |tables: &[&Table], delivery: &Delivery| tables.iter().any(|table| table.collection == delivery.collection);
    let ledger = Ledger::open(place)?;
    let withdrawn = &ledger.decisions().withdrawn;
    let is_known = |state: &FigureState, delivery: &Delivery| match &state.known {
        KnownBy::Generation(ids) => ids.contains(&delivery.delivery_id),
        KnownBy::Day(day) => {
            let until = now.settings.zone.end_of(*day);
            !withdrawn.contains_key(&delivery.delivery_id) && until.is_none_or(|until| delivery.received_at <= until)
        }
    };
    let read = ever_read(place, now, &ledger, &|delivery| is_known(from, delivery) || is_known(to, delivery));
    let read: Vec<Delivery> = read.into_iter().map(|(delivery, _)| delivery).collect();
    let both: Vec<&Delivery> = read.iter().filter(|one| is_known(from, one) && is_known(to, one)).collect();
    let moving: Vec<&Delivery> = read.iter().filter(|one| is_known(from, one) != is_known(to, one)).collect();
    let of_tables =
        |list: &[&Delivery]| list.iter().filter(|one| is_of(&tables, one)).map(|one| (*one).clone()).collect();
    let (old, changing): (Vec<Delivery>, Vec<Delivery>) = (of_tables(&both), of_tables(&moving));
    // Rows of what went are asked of the state that has them.
    let mut replacing = BTreeSet::new();
    for state in [later.as_ref().or(redefined.as_ref()).unwrap_or(&first), &last] {
        replacing.extend(replacing_of(state, &tables, &old, &changing)?);
    }
    // Between the two: what replaces rows is as it was, all else as it is.
    let is_between =
        |delivery: &Delivery| is_known(if replacing.contains(&delivery.delivery_id.0) { from } else { to }, delivery);
    let between: BTreeSet<DeliveryId> =
        read.iter().filter(|one| is_between(one)).map(|one| one.delivery_id.clone()).collect();
    let with_new =
        (!replacing.is_empty()).then(|| at(&after, to.as_of, &KnownThen::These(between), "new")).transpose()?;

    let mut all: BTreeMap<(String, MovedKey), MovedValues> = BTreeMap::new();
    let second = redefined.as_ref().unwrap_or(&first);
    let states = [&first, second, later.as_ref().unwrap_or(second), with_new.as_ref().unwrap_or(&last), &last];
    for (step, state) in states.into_iter().enumerate() {
        for (id, key, value, maturity) in values_of(state)? {
            let found = all.entry((id, key)).or_default();
            found.values[step] = value;
            if step == 0 {
                found.was = maturity;
            }
        }
    }
    let mut told = BTreeMap::new();
    for id in ids {
        let behind = behind(id);
        let of_kpi =
            |list: &[Delivery]| -> Vec<Delivery> { list.iter().filter(|one| is_of(&behind, one)).cloned().collect() };
        let (gone, came): (Vec<Delivery>, Vec<Delivery>) =
            of_kpi(&changing).into_iter().partition(|one| is_known(from, one));
        let (revising, new) = came.into_iter().partition(|one| replacing.contains(&one.delivery_id.0));
        let redefined =
            if differ { redefined_files(place, now, (from, to), (&before, &after), &parts(id))? } else { Vec::new() };
        told.insert((*id).to_owned(), Movements { redefined, new, revising, gone, ..Movements::default() });
    }
    for ((id, (period, code, breakdown)), MovedValues { values, was }) in all {
        let Some(of_kpi) = told.get_mut(&id) else { continue };
        if values.iter().any(|value| *value != values[0]) {
            of_kpi.moved.push(Movement { period, code, breakdown, values, was });
        } else {
            of_kpi.same += 1;
        }
    }
    Ok(told)
}

fn known_then(known: &KnownBy) -> KnownThen {
    match known {
        KnownBy::Day(day) => KnownThen::Until(*day),
        KnownBy::Generation(ids) => KnownThen::These(ids.clone()),
    }
}

/// The hash of the definitions of a state.
fn hash_of<'a>(state: &'a FigureState, now: &'a Definitions) -> &'a str {
    state.definitions.as_deref().unwrap_or(&now.hash)
}

fn definitions_of<'a>(
    place: &Place,
    now: &'a Definitions,
    state: &FigureState,
    folder: &Path,
) -> Result<Cow<'a, Definitions>, RunError> {
    let hash = hash_of(state, now);
    if hash == now.hash {
        return Ok(Cow::Borrowed(now));
    }
    kept_definitions::restored(&files_of(place, state, hash)?, now, folder).map(Cow::Owned)
}

fn files_of(place: &Place, state: &FigureState, hash: &str) -> Result<DefinitionFiles, RunError> {
    state.packed.as_deref().map_or_else(|| kept_definitions::files(place, hash), kept_definitions::files_in)
}

/// The files that differ between the definitions of two states, of those that a KPI is made of.
fn redefined_files(
    place: &Place,
    now: &Definitions,
    (from, to): (&FigureState, &FigureState),
    (before, after): (&Definitions, &Definitions),
    kpis: &[&Kpi],
) -> Result<Vec<String>, RunError> {
    let files = |state: &FigureState| {
        let hash = hash_of(state, now);
        if hash == now.hash {
            Ok(DefinitionFiles::read(place.root(), now.settings.targets.as_deref()))
        } else {
            files_of(place, state, hash)
        }
    };
    let mut made_of = BTreeSet::new();
    let mut text = String::new();
    for definitions in [before, after] {
        for kpi in kpis {
            made_of.insert(format!("sql/kpis/{}", kpi.file().display()));
            text.push_str(&kpi.sql);
            let marts = definitions.marts_of(kpi);
            for mart in definitions.marts_behind(&marts) {
                made_of.insert(format!("sql/marts/{mart}.sql"));
                let found = definitions.marts.iter().find(|known| known.name == mart);
                text.push_str(found.map_or("", |found| &found.sql));
            }
        }
    }
    let collections: Vec<String> = kpis
        .iter()
        .flat_map(|kpi| tables_behind(after, kpi))
        .map(|table| format!("pipelines/{}/", table.collection))
        .collect();
    let is_of_it = |file: &str| {
        let called = file.strip_prefix("sql/macros/").and_then(|name| name.strip_suffix(".sql"));
        made_of.contains(file)
            || called.is_some_and(|name| text.contains(&format!("{name}(")))
            || file.starts_with("config/codes/")
            || collections.iter().any(|folder| file.starts_with(folder.as_str()))
    };
    let (one, other) = (files(from)?, files(to)?);
    Ok(one.differing(&other).filter(|file| is_of_it(file)).map(str::to_owned).collect())
}

/// The tables of returns that a KPI is made of, through whatever marts.
fn tables_behind<'d>(definitions: &'d Definitions, kpi: &Kpi) -> Vec<&'d Table> {
    let returns: BTreeSet<String> = kpi.reads.iter().flat_map(|mart| definitions.returns_behind(mart)).collect();
    definitions.tables().filter(|table| returns.contains(&format!("{}.{}", table.collection, table.name))).collect()
}

/// Of the deliveries that count in one state alone, those with a row for a period of which one of both has any.
fn replacing_of(
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
        let keys: Vec<&str> = match table.disposition {
            Disposition::ReplacePeriod => table.replaced_by().collect(),
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

/// Period, place and breakdown.
type MovedKey = (String, String, String);

/// A KPI, the key of a value of it, the value, and how final it is.
type ToldValue = (String, MovedKey, Option<f64>, Option<String>);

/// A value in each state, and how final it was in the first.
#[derive(Default)]
struct MovedValues {
    values: [Option<f64>; 5],
    was: Option<String>,
}

/// The values of the KPIs on own returns, each with its id and how final it is.
fn values_of(state: &Computed) -> Result<Vec<ToldValue>, RunError> {
    let sql = "SELECT kpi_id, period, geography_code, breakdown, value, maturity FROM kpi.value WHERE basis = 'local'";
    let (_, batches) = state.ask(sql, &[])?;
    let mut values = Vec::new();
    for batch in &batches {
        let text = |column: usize, row: usize| {
            let column = batch.column(column).as_string_opt::<i32>();
            column.filter(|column| column.is_valid(row)).map(|column| column.value(row).to_owned())
        };
        let word = |column: usize, row: usize| text(column, row).unwrap_or_default();
        let figures = batch.column(4).as_primitive_opt::<Float64Type>();
        for row in 0..batch.num_rows() {
            let value = figures.filter(|figures| figures.is_valid(row)).map(|figures| figures.value(row));
            values.push((word(0, row), (word(1, row), word(2, row), word(3, row)), value, text(5, row)));
        }
    }
    Ok(values)
}
