//! `kpi diff`: why a value is not what it was.

use std::collections::BTreeSet;
use std::path::Path;

use clap::Args;
use jiff::civil::Date;
use serde_json::json;

use super::at::Gazetteer;
use super::show::unit_words;
use super::{Context, Failure, output};
use crate::definitions::{Basis, Definitions, Kpi};
use crate::lake::Place;
use crate::model::Delivery;
use crate::run::{self, FigureState, KnownBy, Movement, Movements, STEPS};

/// Deliveries that are named for each step.
const NAMED: usize = 12;

#[derive(Debug, Clone, Args)]
pub(super) struct DiffArgs {
    /// The KPI, on own returns
    id: String,
    /// The first state: a day, `AS-OF/KNOWN-AT`, the number of a generation, `live`, the one that is published, or the folder
    /// of a pack
    #[arg(long, value_name = "STATE")]
    from: String,
    /// The second state, likewise
    #[arg(long, value_name = "STATE", default_value = "live")]
    to: String,
    /// A place, as for `show`; default the council
    #[arg(long, value_name = "PLACE")]
    at: Option<String>,
    /// Every breakdown and every kind of period, and not the totals of its own periods alone
    #[arg(long)]
    all: bool,
}

/// A state by its words.
fn state(place: &Place, words: &str) -> Result<FigureState, Failure> {
    let unknown = || {
        Failure::usage(
            format!("`{words}` is no state of the figures"),
            "write a day (`2025-11-30`: as of it, and known by its end), two (`2025-11-30/2026-01-15`), the number of a generation, \
             `live`, or the folder of a pack",
        )
    };
    let day = |text: &str| text.parse::<Date>().map_err(|_| unknown());
    if words == "live" {
        return Ok(run::state_of(place, None)?);
    }
    if let Ok(generation) = words.parse::<u64>() {
        return Ok(run::state_of(place, Some(generation))?);
    }
    if Path::new(words).is_dir() {
        return super::pack::of_pack(Path::new(words)).map(|(_, _, state)| state);
    }
    let (as_of, known_at) = words.split_once('/').unwrap_or((words, words));
    let (as_of, known) = (day(as_of)?, KnownBy::Day(day(known_at)?));
    Ok(FigureState { as_of, known, generation: None, definitions: None, packed: None })
}

/// Tells the movement of a KPI between two states.
pub(super) fn diff(
    context: &Context,
    place: &Place,
    definitions: &Definitions,
    args: &DiffArgs,
) -> Result<(), Failure> {
    let found = super::kpi::find(&definitions.kpis, &args.id)?;
    let Some(kpi) = found.iter().find(|kpi| kpi.basis == Basis::Local).copied() else {
        return Err(Failure::usage(
            format!("`{}` is of published counts alone", args.id),
            "a release that replaces another is told by `sendmart kpi reconcile`",
        ));
    };
    let (from, to) = (state(place, &args.from)?, state(place, &args.to)?);
    let gazetteer = Gazetteer::of(place)?;
    let codes = args.at.as_deref().map_or_else(|| Ok(Vec::new()), |at| gazetteer.find(at))?;
    let scratch = super::kpi::scratch()?;
    let told = run::movements(place, definitions, &kpi.id, (&from, &to), scratch.path())?;
    let is_asked = |one: &&Movement| {
        let is_there = if codes.is_empty() { args.all || one.code.len() == 3 } else { codes.contains(&one.code) };
        let is_own = kpi.period_kind.is_none_or(|own| own.names(&one.period));
        is_there && (args.all || (one.breakdown == "total" && is_own))
    };
    let moved: Vec<&Movement> = told.moved.iter().filter(is_asked).collect();
    if context.json {
        for one in &moved {
            let parts = one.parts();
            output::line(
                &json!({
                    "kpi_id": kpi.id, "period": one.period, "geography_code": one.code, "breakdown": one.breakdown,
                    "from": one.first(), "to": one.last(), "definition": parts[0], "time": parts[1], "new": parts[2],
                    "revised": parts[3],
                    "came_or_went_with": one.came_with(),
                })
                .to_string(),
            );
        }
        return Ok(());
    }
    shown(kpi, &moved, &told, (&from, &to), &gazetteer);
    Ok(())
}

fn words(state: &FigureState) -> String {
    match (&state.known, state.generation) {
        (_, Some(generation)) => format!("{}, generation {generation}", state.as_of),
        (KnownBy::Day(day), None) => format!("{}, known by {day}", state.as_of),
        (KnownBy::Generation(_), None) => state.as_of.to_string(),
    }
}

fn shown(
    kpi: &Kpi,
    moved: &[&Movement],
    told: &Movements,
    (from, to): (&FigureState, &FigureState),
    gazetteer: &Gazetteer,
) {
    output::said(&format!("{}: {}\n  {}", kpi.id, kpi.title, unit_words(kpi)));
    output::said(&format!("  from as of {} to as of {}", words(from), words(to)));
    if moved.is_empty() {
        output::said(&format!("nothing of this moved; {} values are the same", told.same));
        return;
    }
    let number = |value: Option<f64>| value.map_or_else(|| "no value".to_owned(), trimmed);
    let part = |value: Option<f64>| match value {
        Some(moved) if moved.abs() < 1e-9 => String::new(),
        Some(moved) => format!("{}{}", if moved > 0.0 { "+" } else { "" }, trimmed(moved)),
        None => "·".to_owned(),
    };
    let places: BTreeSet<&str> = moved.iter().map(|one| one.code.as_str()).collect();
    let breakdowns: BTreeSet<&str> = moved.iter().map(|one| one.breakdown.as_str()).collect();
    let mut header = vec!["period"];
    header.extend((places.len() > 1).then_some("place"));
    header.extend((breakdowns.len() > 1).then_some("breakdown"));
    header.push("from");
    header.extend(STEPS);
    header.push("to");
    let rows = moved.iter().map(|one| {
        let mut row = vec![one.period.clone()];
        row.extend((places.len() > 1).then(|| gazetteer.called(&one.code)));
        row.extend((breakdowns.len() > 1).then(|| one.breakdown.clone()));
        row.push(number(one.first()));
        let parts = one.parts();
        let came = one.came_with();
        row.extend(STEPS.iter().zip(parts).map(|(step, value)| {
            if came == Some(*step) {
                if one.last().is_some() { "came".to_owned() } else { "went".to_owned() }
            } else {
                part(value)
            }
        }));
        row.push(number(one.last()));
        row
    });
    output::rows_within(&header, rows, output::width().unwrap_or(80));
    if from.as_of != to.as_of {
        output::said(&format!("time: the as-of date moved from {} to {}", from.as_of, to.as_of));
    }
    if !told.redefined.is_empty() {
        output::said(&format!("definition: {}", told.redefined.join(", ")));
    }
    deliveries("new", "that replace nothing", &told.new);
    deliveries("revised", "that replace rows", &told.revising);
    deliveries("gone", "that count no more", &told.gone);
    if from.generation.is_none() && to.generation.is_none() {
        output::said("definitions are those of now in both states; generations bring their own");
    }
}

fn deliveries(step: &str, what: &str, list: &[Delivery]) {
    if list.is_empty() {
        return;
    }
    let names: Vec<String> =
        list.iter().take(NAMED).map(|delivery| format!("{} ({})", delivery.file_name, delivery.collection)).collect();
    let more = if list.len() > NAMED { format!(", and {} more", list.len() - NAMED) } else { String::new() };
    output::said(&format!("{step}: {} deliveries {what}: {}{more}", list.len(), names.join(", ")));
}

/// A number to the places that any KPI is rounded to.
fn trimmed(number: f64) -> String {
    crate::kpi::trimmed(number, 5)
}
