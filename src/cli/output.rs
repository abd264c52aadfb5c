//! Everything that the program prints: results on standard output, the rest on standard error.

use std::io::{IsTerminal, Write};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use comfy_table::{Table, presets};
use indicatif::{ProgressBar, ProgressStyle};

use crate::source;

/// A line on standard output. A closed pipe ends the program quietly.
pub(super) fn line(text: &str) {
    if writeln!(std::io::stdout(), "{text}").is_err() {
        std::process::exit(0);
    }
}

/// An error with its hint on standard error.
pub(super) fn error(text: &str, hint: Option<&str>) {
    let prefix = if text.starts_with("error") { "" } else { "error: " };
    let _ = writeln!(std::io::stderr(), "{prefix}{text}");
    if let Some(hint) = hint {
        let _ = writeln!(std::io::stderr(), "hint: {hint}");
    }
}

/// Something to look at that stops nothing, with its hint on standard error.
pub(super) fn warning(text: &str, hint: Option<&str>) {
    let _ = writeln!(std::io::stderr(), "warning: {text}");
    if let Some(hint) = hint {
        let _ = writeln!(std::io::stderr(), "hint: {hint}");
    }
}

/// Rows as a table, or as JSON lines.
pub(super) fn table(schema: &SchemaRef, batches: &[RecordBatch], json: bool) {
    let options = FormatOptions::default().with_null("");
    let mut shown = Table::new();
    shown.load_preset(presets::ASCII_MARKDOWN);
    shown.set_header(schema.fields().iter().map(|field| field.name().clone()));
    for batch in batches {
        let formatters: Vec<_> =
            batch.columns().iter().map(|column| ArrayFormatter::try_new(column, &options).ok()).collect();
        for row in 0..batch.num_rows() {
            let cell = |index: usize| {
                formatters[index].as_ref().map_or_else(String::new, |formatter| formatter.value(row).to_string())
            };
            if json {
                let object: serde_json::Map<String, serde_json::Value> = schema
                    .fields()
                    .iter()
                    .enumerate()
                    .map(|(index, field)| {
                        let column = batch.column(index);
                        let text = cell(index);
                        let value = if column.is_null(row) {
                            serde_json::Value::Null
                        } else if field.data_type().is_numeric() {
                            serde_json::from_str(&text).unwrap_or(serde_json::Value::String(text))
                        } else if *field.data_type() == arrow::datatypes::DataType::Boolean {
                            serde_json::Value::Bool(text == "true")
                        } else {
                            serde_json::Value::String(text)
                        };
                        (field.name().clone(), value)
                    })
                    .collect();
                line(&serde_json::Value::Object(object).to_string());
            } else {
                shown.add_row((0..batch.num_columns()).map(cell));
            }
        }
    }
    if !json {
        line(&shown.to_string());
    }
}

/// A table of texts.
pub(super) fn rows(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) {
    let mut shown = Table::new();
    shown.load_preset(presets::ASCII_MARKDOWN);
    shown.set_header(header.iter().copied());
    for row in rows {
        shown.add_row(row);
    }
    line(&shown.to_string());
}

/// Progress: a spinner on a terminal, plain lines otherwise.
pub(super) struct Spinner(Option<ProgressBar>);

impl Spinner {
    pub(super) fn new() -> Self {
        if !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} [{elapsed_precise}] {wide_msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(std::time::Duration::from_millis(120));
        Self(Some(bar))
    }

    pub(super) fn done(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

impl source::Progress for Spinner {
    fn message(&self, text: &str) {
        match &self.0 {
            Some(bar) => bar.set_message(text.to_owned()),
            None => tracing::info!("{text}"),
        }
    }
}
