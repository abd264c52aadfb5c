//! `test`: the pipelines' own samples, and the KPIs' own tests.

use super::worker::contained;
use super::{Context, Failure, meant, output};
use crate::definitions::Definitions;
use crate::lake::Place;
use crate::run::{RunError, try_kpis, try_samples};
use crate::warehouse::EngineLimits;

/// What `test` is asked for.
#[derive(Debug, clap::Args)]
pub(super) struct TestArgs {
    /// Only these collections and KPIs; all when left out
    #[arg(value_name = "COLLECTION|KPI")]
    names: Vec<String>,
    /// Write what a sample gave as what is expected, to be looked at before it is committed. What a KPI must give is reckoned by hand and never written
    #[arg(long)]
    accept: bool,
}

/// `sendmart test`: exit code 0 when every sample and every KPI gives what is expected, 65 otherwise.
pub(super) fn test(context: &Context, args: &TestArgs) -> Result<(), Failure> {
    let (place, definitions) = context.definitions()?;
    let known: Vec<&str> = definitions
        .collections
        .keys()
        .map(String::as_str)
        .chain(definitions.kpis.iter().map(|kpi| kpi.id.as_str()))
        .collect();
    for asked in &args.names {
        if !known.contains(&asked.as_str()) {
            let hint = meant(asked, &known);
            return Err(Failure::absent(format!("there is no collection and no KPI `{asked}`"), hint));
        }
    }
    let limits = EngineLimits::from(&definitions.settings);
    let is_collection = |name: &String| definitions.collections.contains_key(name);
    let (collections, ids): (Vec<String>, Vec<String>) = args.names.iter().cloned().partition(is_collection);
    let mut differing = Vec::new();
    if ids.is_empty() || !collections.is_empty() {
        differing.extend(samples(context, &definitions, &collections, args.accept, limits)?);
    }
    if collections.is_empty() || !ids.is_empty() {
        differing.extend(tests_of_kpis(context, (&place, &definitions), &ids, limits)?);
    }
    if differing.is_empty() {
        return Ok(());
    }
    Err(Failure {
        text: differing.join("; "),
        hint: Some(
            "`-` is expected and missing, `+` is found and not expected; if what a sample gave is right, run `sendmart test --accept` and look at the change"
                .to_owned(),
        ),
        exit_code: 65,
    })
}

/// Tries the KPIs' tests; gives the words for those that differ.
fn tests_of_kpis(
    context: &Context,
    (place, definitions): (&Place, &Definitions),
    ids: &[String],
    limits: EngineLimits,
) -> Result<Option<String>, Failure> {
    let tried = try_kpis(place, definitions, ids, limits)?;
    let mut differing = 0;
    for kpi in &tried {
        let state = match &kpi.trial {
            None => "no test",
            Some(trial) if trial.differences.is_empty() => "ok",
            Some(_) => "differs",
        };
        differing += usize::from(state == "differs");
        let trial = kpi.trial.clone().unwrap_or_default();
        if context.json {
            let value = serde_json::json!({
                "kpi": kpi.id, "basis": kpi.basis, "state": state, "rows": trial.rows, "differences": trial.differences,
            });
            output::line(&value.to_string());
            continue;
        }
        if state != "no test" || !ids.is_empty() {
            output::said(&format!("{state:<9} {} ({}): {} values", kpi.id, kpi.basis, trial.rows));
        }
        for difference in &trial.differences {
            output::line(&format!("          {difference}"));
        }
    }
    let with_test = tried.iter().filter(|kpi| kpi.trial.is_some()).count();
    if differing > 0 {
        return Ok(Some(format!("{differing} of {with_test} KPIs with a test give something else")));
    }
    if !context.json {
        output::said(&format!("{with_test} of {} KPIs have a test; each gives what was reckoned", tried.len()));
    }
    Ok(None)
}

/// Tries the samples; gives the words for those that differ.
fn samples(
    context: &Context,
    definitions: &Definitions,
    collections: &[String],
    accept: bool,
    limits: EngineLimits,
) -> Result<Option<String>, Failure> {
    let scratch = tempfile::tempdir().map_err(|error| Failure {
        text: format!("cannot make a temporary folder: {error}"),
        hint: Some("set TMPDIR to a folder that can be written to".to_owned()),
        exit_code: 74,
    })?;
    let tried = try_samples(definitions, collections, scratch.path(), limits, &contained(), accept)
        .map_err(|error: RunError| Failure::from(error))?;
    let mut differing = 0;
    for layout in &tried {
        let state = match (&layout.sample, layout.differences.is_empty()) {
            (_, false) => "differs",
            (None, true) => "no sample",
            (Some(_), true) if accept => "accepted",
            (Some(_), true) => "ok",
        };
        differing += usize::from(state == "differs");
        if context.json {
            output::line(
                &serde_json::json!({
                    "collection": layout.collection, "layout": layout.layout, "state": state,
                    "rows": layout.rows, "faults": layout.faults, "differences": layout.differences,
                })
                .to_string(),
            );
            continue;
        }
        output::said(&format!(
            "{state:<9} {}/{}: {} rows, {} faults",
            layout.collection, layout.layout, layout.rows, layout.faults
        ));
        for difference in &layout.differences {
            output::line(&format!("          {difference}"));
        }
    }
    let with_sample = tried.iter().filter(|layout| layout.sample.is_some()).count();
    if differing > 0 {
        return Ok(Some(format!("{differing} of {with_sample} samples differ from what is expected")));
    }
    if !context.json {
        output::said(&format!("{with_sample} of {} layouts have a sample; each gives what is expected", tried.len()));
    }
    Ok(None)
}
