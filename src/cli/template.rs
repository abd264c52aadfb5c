//! `template`: a workbook to fill in.

use std::path::PathBuf;

use super::{Context, Failure, output};
use crate::lake::write_shared;
use crate::run::RunError;
use crate::template::{TemplateError, template};

/// What `template` is asked for.
#[derive(Debug, clap::Args)]
pub(super) struct TemplateArgs {
    /// The collection; its tables become sheets
    collection: String,
    /// A new file; default `<collection>_template.xlsx` here
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) const EXAMPLES: &str = "\
The workbook has instructions, a sheet for each table with the headings that `sendmart run` looks for, notes on them,
typed columns, and lists to choose from. What is filled in goes into the collection's inbox.

Examples:
  sendmart template inclusion_discussions
  sendmart template graduated_response --out \"Tool, autumn 2025.xlsx\"
  sendmart template exclusions --out exclusions_2025-26.xlsx";

/// `sendmart template`.
pub(super) fn write(context: &Context, args: &TemplateArgs) -> Result<(), Failure> {
    let (_, definitions) = context.definitions()?;
    let Some(collection) = definitions.collections.get(&args.collection) else {
        return Err(Failure::no_collection(&definitions, &args.collection));
    };
    let path = args.out.clone().unwrap_or_else(|| PathBuf::from(format!("{}_template.xlsx", collection.name)));
    if path.exists() {
        return Err(Failure::usage(
            format!("`{}` is already there, and may have been filled in", path.display()),
            "name a new file with `--out`, or move that one away",
        ));
    }
    let template = template(collection).map_err(|error: TemplateError| Failure {
        text: error.to_string(),
        hint: error.hint(),
        exit_code: if matches!(error, TemplateError::NoWorkbook { .. }) { 2 } else { 74 },
    })?;
    write_shared(&path, &template.bytes).map_err(|error| Failure::from(RunError::from(error)))?;
    if context.json {
        let value = serde_json::json!({
            "file": path, "sheets": template.sheets, "file_names": template.file_names,
            "left_out": template.left_out.iter().map(|(table, _)| table).collect::<Vec<_>>(),
        });
        output::line(&value.to_string());
        return Ok(());
    }
    let sheets: Vec<String> = template.sheets.iter().map(|name| format!("`{name}`")).collect();
    output::said(&format!("Wrote {}: {}", path.display(), sheets.join(", ")));
    if !template.file_names.is_empty() {
        output::said(&format!("It is taken under a name such as: {}", template.file_names.join(" or ")));
    }
    for (table, why) in &template.left_out {
        output::said(&format!("Left out: `{table}` {why}"));
    }
    Ok(())
}
