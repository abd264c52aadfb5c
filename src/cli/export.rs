//! `export`: marts and KPIs as files.

use std::path::PathBuf;

use super::progress::Spinner;
use super::run::grouped;
use super::{Context, Failure, output};
use crate::source::Progress;
use crate::warehouse::{ExportError, ExportFormat, WarehouseError, export_tables, live};

pub(super) const EXAMPLES: &str = "\
Examples:
  sendmart export /srv/sendmart                  Parquet, a file a table
  sendmart export /srv/sendmart --format xlsx    a workbook a table, for Excel
  sendmart export /srv/sendmart --format csv

Folder and files are for their owner alone: rows of marts are about people, as pseudonyms. The same generation gives the same
bytes. sql/guides says how Python, R, Power BI and Excel read them.";

/// What `export` is asked for.
#[derive(Debug, clap::Args)]
pub(super) struct ExportArgs {
    /// The folder: new, empty, or an earlier export, which is replaced
    folder: PathBuf,
    /// The kind of file
    #[arg(long, value_parser = ["parquet", "csv", "xlsx"], default_value = "parquet")]
    format: String,
}

impl From<ExportError> for Failure {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Warehouse(error) => error.into(),
            ExportError::NotEmpty(_) => Self::usage(error.to_string(), "name a new folder, or empty that one"),
            other => Self {
                text: other.to_string(),
                hint: Some("check the disk and your rights on the folder".to_owned()),
                exit_code: 74,
            },
        }
    }
}

/// `sendmart export`.
pub(super) fn export(context: &Context, args: &ExportArgs) -> Result<(), Failure> {
    let (place, _) = context.definitions()?;
    let Some(current) = live(&place) else { return Err(WarehouseError::NoGeneration { path: place.live() }.into()) };
    let format = match args.format.as_str() {
        "csv" => ExportFormat::Csv,
        "xlsx" => ExportFormat::Xlsx,
        _ => ExportFormat::Parquet,
    };
    let spinner = Spinner::new();
    let written = export_tables(&place, &current, &args.folder, format, &|done, of, table| {
        spinner.step(done, of, &format!("writing {table}"));
    });
    spinner.done();
    let manifest = written?;
    if context.json {
        output::line(&serde_json::to_string(&manifest).unwrap_or_default());
        return Ok(());
    }
    let rows: u64 = manifest.tables.iter().map(|table| table.rows).sum();
    output::said(&format!(
        "{} tables with {} rows of generation {} in {}; manifest.json lists them",
        manifest.tables.len(),
        grouped(rows),
        manifest.generation,
        args.folder.display()
    ));
    for (table, why) in &manifest.left_out {
        output::said(&format!("left out: {table}: {why}"));
    }
    Ok(())
}
