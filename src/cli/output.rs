//! Everything that the program prints: results on standard output, the rest on standard error.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use arrow::array::{Array, RecordBatch};
use arrow::datatypes::{DataType, Field, SchemaRef};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use comfy_table::{ContentArrangement, Table, presets};
use indicatif::{ProgressBar, ProgressStyle};

use crate::source;

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
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// A line as lines of at most `width`, where words allow it: what it begins with stays, and those after the first have this indent
/// more.
pub(super) fn folded(text: &str, indent: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let begins: String = text.chars().take_while(|each| *each == ' ').collect();
    wrapped(text, &begins, &format!("{begins}{indent}"), width)
}

/// The words of a text in lines of at most `width`, the first after `first` and the others after `others`.
fn wrapped(text: &str, first: &str, others: &str, width: usize) -> String {
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

/// The cells of a batch as people read them, row by row: no value is blank, a whole number has no `.0`.
pub(super) fn texts(batch: &RecordBatch) -> Vec<Vec<String>> {
    let options = FormatOptions::default().with_null("");
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

/// A table of texts, within the screen: cells are folded; where there are more columns than can be read so, each row stands as
/// lines of its own.
pub(super) fn rows(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) {
    line(&laid_out(header, rows, width()));
}

/// The same, within so many columns of the screen.
pub(super) fn rows_within(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>, width: usize) {
    line(&laid_out(header, rows, Some(width)));
}

/// Columns of a screen that a column of a table needs to be read.
const LEAST: usize = 8;

fn laid_out(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>, width: Option<usize>) -> String {
    if let Some(width) = width
        && header.len() * (LEAST + 3) > width
    {
        return records(header, rows, width);
    }
    let mut shown = Table::new();
    shown.load_preset(presets::ASCII_MARKDOWN);
    shown.set_header(header.iter().copied());
    if let Some(width) = width {
        shown.set_content_arrangement(ContentArrangement::Dynamic);
        shown.set_width(u16::try_from(width).unwrap_or(u16::MAX));
    }
    for row in rows {
        shown.add_row(row);
    }
    shown.to_string()
}

/// Each row as lines of `name  value`, a blank line between two.
fn records(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>, width: usize) -> String {
    let longest = header.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    let indent = " ".repeat(longest + 2);
    let line = |name: &str, value: &str| wrapped(value, &format!("{name:longest$}  "), &indent, width);
    let all: Vec<String> = rows
        .into_iter()
        .map(|row| {
            let filled = header.iter().zip(&row).filter(|(_, value)| !value.is_empty());
            filled.map(|(name, value)| line(name, value)).collect::<Vec<_>>().join("\n")
        })
        .collect();
    if all.is_empty() { header.join(", ") } else { all.join("\n\n") }
}

/// Progress: a spinner on a terminal, plain lines otherwise.
pub(super) struct Spinner {
    bar: Option<ProgressBar>,
    /// How many steps there are in all, and when the first of them was told, and how many were done then.
    begun: Mutex<Option<(usize, Instant, usize)>>,
}

impl Spinner {
    pub(super) fn new() -> Self {
        if !std::io::stderr().is_terminal() {
            return Self { bar: None, begun: Mutex::new(None) };
        }
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} [{elapsed_precise}] {wide_msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(std::time::Duration::from_millis(120));
        Self { bar: Some(bar), begun: Mutex::new(None) }
    }

    pub(super) fn done(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl source::Progress for Spinner {
    fn message(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.set_message(text.to_owned()),
            None => tracing::info!("{text}"),
        }
    }

    fn step(&self, done: usize, of: usize, text: &str) {
        let now = Instant::now();
        let mut left = String::new();
        if let Ok(mut begun) = self.begun.lock() {
            match *begun {
                Some((all, since, first)) if all == of && done > first => {
                    left = time_left(now.duration_since(since), done - first, of.saturating_sub(done));
                }
                Some((all, _, first)) if all == of && done == first => {}
                _ => *begun = Some((of, now, done)),
            }
        }
        self.message(&format!("{done} of {of}{left}: {text}"));
    }
}

/// How long the rest will take where so many steps took so long, in words; nothing where it is too early to say, or soon over.
fn time_left(taken: Duration, done: usize, rest: usize) -> String {
    if taken < Duration::from_secs(2) {
        return String::new();
    }
    let done = u64::try_from(done.max(1)).unwrap_or(u64::MAX);
    let rest = u64::try_from(rest).unwrap_or(u64::MAX);
    match taken.as_secs().saturating_mul(rest) / done {
        0..3 => String::new(),
        seconds @ 3..100 => format!(", about {seconds} s left"),
        seconds => format!(", about {} min left", seconds.div_ceil(60)),
    }
}
