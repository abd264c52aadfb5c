//! Everything that the program prints: results on standard output, the rest on standard error.

use std::io::Write;

use arrow::array::{Array, RecordBatch};
use arrow::datatypes::{DataType, Field, SchemaRef};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use comfy_table::Table;

use super::grid::laid_out;
use super::progress::above;

/// A line on standard output. A closed pipe ends the program quietly.
pub(super) fn line(text: &str) {
    if writeln!(std::io::stdout(), "{text}").is_err() {
        std::process::exit(0);
    }
}

/// Lines on standard output, within the screen.
pub(super) fn said(text: &str) {
    match width() {
        Some(width) => line(&text.lines().map(|one| folded(one, "  ", width)).collect::<Vec<_>>().join("\n")),
        None => line(text),
    }
}

/// An error with its hint on standard error.
pub(super) fn error(text: &str, hint: Option<&str>) {
    let prefix = if text.starts_with("error") { "" } else { "error: " };
    aside(&format!("{prefix}{text}"));
    if let Some(hint) = hint {
        aside(&format!("hint: {hint}"));
    }
}

/// Something to look at that stops nothing, with its hint on standard error.
pub(super) fn warning(text: &str, hint: Option<&str>) {
    aside(&format!("warning: {text}"));
    if let Some(hint) = hint {
        aside(&format!("hint: {hint}"));
    }
}

/// A remark on standard error, within the screen.
pub(super) fn aside(text: &str) {
    let text = match width() {
        Some(width) => text.lines().map(|line| folded(line, "  ", width)).collect::<Vec<_>>().join("\n"),
        None => text.to_owned(),
    };
    above(|| {
        let _ = writeln!(std::io::stderr(), "{text}");
    });
}

/// A line as lines of at most `width`, where words allow it: what it begins with stays, and those after the first have this indent
/// more, or stand below what follows a label and its gap.
pub(super) fn folded(text: &str, indent: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let begins: String = text.chars().take_while(|each| *each == ' ').collect();
    let rest = &text[begins.len()..];
    if let Some((label, said)) = rest.split_once("  ") {
        let gap = 2 + said.chars().take_while(|each| *each == ' ').count();
        let before = begins.len() + label.chars().count() + gap;
        if before <= MOST_LABEL {
            return wrapped(said, &format!("{begins}{label}{}", " ".repeat(gap)), &" ".repeat(before), width);
        }
    }
    wrapped(text, &begins, &format!("{begins}{indent}"), width)
}

/// Most columns of a label with its gap.
const MOST_LABEL: usize = 26;

/// The words of a text in lines of at most `width`, the first after `first` and the others after `others`.
pub(super) fn wrapped(text: &str, first: &str, others: &str, width: usize) -> String {
    let mut lines = vec![first.to_owned()];
    let mut is_begun = false;
    for word in text.split_whitespace() {
        let Some(line) = lines.last_mut() else { break };
        if !is_begun || line.chars().count() + 1 + word.chars().count() <= width {
            if is_begun {
                line.push(' ');
            }
            line.push_str(word);
        } else {
            lines.push(format!("{others}{word}"));
        }
        is_begun = true;
    }
    lines.join("\n")
}

/// The columns of the screen: what `COLUMNS` says, else those of the terminal; none where the output goes elsewhere.
pub(super) fn width() -> Option<usize> {
    let said = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    said.or_else(|| Table::new().width().map(usize::from)).filter(|columns| *columns >= 20)
}

/// Rows as a table, or as JSON lines.
pub(super) fn table(schema: &SchemaRef, batches: &[RecordBatch], json: bool) {
    if json {
        for batch in batches {
            json_lines(schema, batch);
        }
        return;
    }
    let header: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    rows(&header, batches.iter().flat_map(texts));
}

/// The cells of a batch as people read them, row by row: no value is blank, a whole number has no `.0`, a moment is to the second.
pub(super) fn texts(batch: &RecordBatch) -> Vec<Vec<String>> {
    let options = FormatOptions::default().with_null("").with_timestamp_format(Some("%Y-%m-%d %H:%M:%S"));
    let columns: Vec<Vec<String>> = batch
        .columns()
        .iter()
        .map(|column| {
            let formatter = ArrayFormatter::try_new(column, &options).ok();
            let is_floating = column.data_type().is_floating();
            let cell = |row| formatter.as_ref().map_or_else(String::new, |shown| shown.value(row).to_string());
            (0..batch.num_rows()).map(|row| if is_floating { whole(cell(row)) } else { cell(row) }).collect()
        })
        .collect();
    (0..batch.num_rows()).map(|row| columns.iter().map(|column| column[row].clone()).collect()).collect()
}

/// A number as text, without `.0`.
pub(super) fn whole(text: String) -> String {
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

fn json_lines(schema: &SchemaRef, batch: &RecordBatch) {
    let options = FormatOptions::default().with_null("");
    let formatters: Vec<_> =
        batch.columns().iter().map(|column| ArrayFormatter::try_new(column, &options).ok()).collect();
    for row in 0..batch.num_rows() {
        let value = |index: usize, field: &Field| {
            let text = formatters[index].as_ref().map_or_else(String::new, |shown| shown.value(row).to_string());
            if batch.column(index).is_null(row) {
                serde_json::Value::Null
            } else if field.data_type().is_numeric() {
                serde_json::from_str(&text).unwrap_or(serde_json::Value::String(text))
            } else if *field.data_type() == DataType::Boolean {
                serde_json::Value::Bool(text == "true")
            } else {
                serde_json::Value::String(text)
            }
        };
        let fields = schema.fields().iter().enumerate();
        let object: serde_json::Map<String, serde_json::Value> =
            fields.map(|(index, field)| (field.name().clone(), value(index, field))).collect();
        line(&serde_json::Value::Object(object).to_string());
    }
}

/// A table of texts, within the screen.
pub(super) fn rows(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) {
    line(&laid_out(header, rows, width()));
}

/// The same, within so many columns of the screen.
pub(super) fn rows_within(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>, width: usize) {
    line(&laid_out(header, rows, Some(width)));
}
