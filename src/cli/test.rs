//! `test`: the pipelines' own samples.

use super::worker::contained;
use super::{Context, Failure, output};
use crate::run::{RunError, try_samples};
use crate::spec::did_you_mean;
use crate::warehouse::Limits;

/// What `test` is asked for.
#[derive(Debug, clap::Args)]
pub(super) struct TestArgs {
    /// Only these collections; all when left out
    collections: Vec<String>,
    /// Write what was found as what is expected, to be looked at before it is committed
    #[arg(long)]
    accept: bool,
}

/// `sendmart test`: exit code 0 when every sample gives what is expected, 65 otherwise.
pub(super) fn test(context: &Context, args: &TestArgs) -> Result<(), Failure> {
    let (_, definitions) = context.definitions()?;
    let names = || definitions.collections.keys().map(String::as_str);
    for asked in &args.collections {
        if !definitions.collections.contains_key(asked) {
            let hint = match did_you_mean(asked, names()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("there are: {}", names().collect::<Vec<_>>().join(", ")),
            };
            return Err(Failure::usage(format!("there is no collection `{asked}`"), hint));
        }
    }
    let scratch = tempfile::tempdir().map_err(|error| Failure {
        text: format!("cannot make a temporary folder: {error}"),
        hint: Some("set TMPDIR to a folder that can be written to".to_owned()),
        exit_code: 74,
    })?;
    let limits = Limits::from(&definitions.settings);
    let tried = try_samples(&definitions, &args.collections, scratch.path(), limits, &contained(), args.accept)
        .map_err(|error: RunError| Failure::from(error))?;
    let mut differing = 0;
    for layout in &tried {
        let state = match (&layout.sample, layout.differences.is_empty()) {
            (_, false) => "differs",
            (None, true) => "no sample",
            (Some(_), true) if args.accept => "accepted",
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
        output::line(&format!(
            "{state:<9} {}/{}: {} rows, {} faults",
            layout.collection, layout.layout, layout.rows, layout.faults
        ));
        for difference in &layout.differences {
            output::line(&format!("          {difference}"));
        }
    }
    let with_sample = tried.iter().filter(|layout| layout.sample.is_some()).count();
    if differing > 0 {
        return Err(Failure {
            text: format!("{differing} of {with_sample} samples differ from what is expected"),
            hint: Some(
                "`-` is expected and missing, `+` is found and not expected; if what was found is right, run `sendmart test --accept` and look at the change"
                    .to_owned(),
            ),
            exit_code: 65,
        });
    }
    if !context.json {
        output::line(&format!("{with_sample} of {} layouts have a sample; each gives what is expected", tried.len()));
    }
    Ok(())
}
