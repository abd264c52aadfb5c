//! JSON as a table: one object a line, or one array of objects. The keys are a header on row 1, in the order in which they
//! first stand; the records follow from row 2, so that line 1 is row 2.
//!
//! A key that stands twice in an object has a label of its own, `Name (2)`. A value that is an object or an array is no cell:
//! it is kept as a flawed one, which becomes a fault. A line that is no object refuses the file: it is cut short or no table.

use std::collections::HashMap;
use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::block::{Block, Cell, CellFlaw};
use super::budget::check_columns;
use super::content::{content_at, refuse};
use super::{ReadError, Sink};
use crate::model::Content;

/// The longest line, in bytes.
const LONGEST_LINE: u64 = 1 << 23;
/// What stops a reading that has enough.
const ENOUGH: &str = "enough";

/// The labels and values of a record.
type Record = Vec<(String, Value)>;
/// Takes a record; breaks to stop reading.
type TakeLine<'t> = dyn FnMut(Record) -> ControlFlow<()> + 't;

/// JSON opened for reading.
#[derive(Debug)]
pub struct JsonRows {
    path: PathBuf,
    labels: Option<Vec<String>>,
}

impl JsonRows {
    pub(super) fn open(path: &Path) -> Result<Self, ReadError> {
        match content_at(path)? {
            Content::Json | Content::Text => {}
            other => return Err(refuse(other, "JSON")),
        }
        Ok(Self { path: path.to_path_buf(), labels: None })
    }

    pub(super) fn stream(&mut self, max_rows: usize, max_cells: usize, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let labels = match self.labels.take() {
            Some(labels) => labels,
            None => self.find_labels()?,
        };
        let places: HashMap<&str, usize> = labels.iter().map(String::as_str).zip(0..).collect();
        let mut block = Block::default();
        block.open_row(1);
        for label in &labels {
            let (start, length) = block.push_text(label);
            block.cells.push(Cell::Text(start, length));
        }
        block.close_row();
        let mut number = 1;
        let mut stopped = false;
        self.walk(&mut |record| {
            number += 1;
            block.open_row(number);
            let first = block.cells.len();
            block.cells.resize(first + labels.len(), Cell::Blank);
            for (label, value) in &record {
                if let Some(place) = places.get(label.as_str()) {
                    let cell = cell(&mut block, value);
                    block.cells[first + place] = cell;
                }
            }
            block.close_row();
            if block.rows.len() >= max_rows || block.cells.len() >= max_cells {
                stopped = sink(std::mem::take(&mut block)).is_break();
                if stopped {
                    return ControlFlow::Break(());
                }
            }
            ControlFlow::Continue(())
        })?;
        if !stopped && !block.rows.is_empty() {
            let _: ControlFlow<()> = sink(block);
        }
        self.labels = Some(labels);
        Ok(())
    }

    /// Every label in the order in which it first stands.
    fn find_labels(&self) -> Result<Vec<String>, ReadError> {
        let mut labels = indexmap::IndexSet::new();
        self.walk(&mut |record| {
            for (label, _) in record {
                labels.insert(label);
            }
            // Keys that are data make a column each: what is enough to be refused is enough to read.
            if check_columns(labels.len()).is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        check_columns(labels.len())?;
        Ok(labels.into_iter().collect())
    }

    /// Gives each record in turn.
    fn walk(&self, take: &mut TakeLine<'_>) -> Result<(), ReadError> {
        let mut file = BufReader::with_capacity(1 << 16, File::open(&self.path)?);
        if file.fill_buf()?.starts_with(b"\xEF\xBB\xBF") {
            file.consume(3);
        }
        let is_array = file.fill_buf()?.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
        if is_array { array(file, take) } else { lines(file, take) }
    }
}

fn array(file: BufReader<File>, take: &mut TakeLine<'_>) -> Result<(), ReadError> {
    let mut json = serde_json::Deserializer::from_reader(file);
    match json.deserialize_seq(JsonRecords(take)).and_then(|()| json.end()) {
        Err(error) if !error.to_string().starts_with(ENOUGH) => {
            Err(broken(&error.to_string(), &format!("line {}", error.line())))
        }
        _ => Ok(()),
    }
}

fn lines(mut file: BufReader<File>, take: &mut TakeLine<'_>) -> Result<(), ReadError> {
    let mut line = Vec::new();
    let mut number = 0_u64;
    loop {
        line.clear();
        number += 1;
        if (&mut file).take(LONGEST_LINE + 1).read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let at = format!("line {number}");
        if line.len() as u64 > LONGEST_LINE {
            return Err(broken("the line is longer than 8 MB", &at));
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let mut json = serde_json::Deserializer::from_slice(&line);
        let record = json.deserialize_map(OneRecord).and_then(|record| json.end().map(|()| record));
        if take(record.map_err(|error| broken(&error.to_string(), &at))?).is_break() {
            return Ok(());
        }
    }
}

/// The objects of an array.
struct JsonRecords<'r, 't>(&'r mut TakeLine<'t>);

impl<'de> Visitor<'de> for JsonRecords<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut records: A) -> Result<(), A::Error> {
        while let Some(record) = records.next_element::<Keyed>()? {
            if (self.0)(record.0).is_break() {
                return Err(A::Error::custom(ENOUGH));
            }
        }
        Ok(())
    }
}

/// An object with its keys in their order.
struct Keyed(Record);

impl<'de> serde::Deserialize<'de> for Keyed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(OneRecord).map(Self)
    }
}

struct OneRecord;

impl<'de> Visitor<'de> for OneRecord {
    type Value = Record;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object, one a line")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Record, A::Error> {
        let mut record: Record = Vec::new();
        let mut times: HashMap<String, u32> = HashMap::new();
        while let Some((key, value)) = map.next_entry::<String, Value>()? {
            let count = times.entry(key.clone()).or_insert(0);
            *count += 1;
            let label = if *count == 1 { key } else { format!("{key} ({count})") };
            record.push((label, value));
        }
        Ok(record)
    }
}

fn cell(block: &mut Block, value: &Value) -> Cell {
    let mut text = |text: &str| {
        let (start, length) = block.push_text(text);
        if length == 0 { Cell::Blank } else { Cell::Text(start, length) }
    };
    match value {
        Value::Null => Cell::Blank,
        Value::Bool(yes) => Cell::Bool(*yes),
        // A whole number that a double cannot hold keeps its digits as text.
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), Some(double)) if whole.unsigned_abs() <= 1 << 53 => Cell::Number(double),
            (None, Some(double)) if number.is_f64() => Cell::Number(double),
            _ => text(&number.to_string()),
        },
        Value::String(string) => text(string),
        Value::Array(_) | Value::Object(_) => {
            let (start, length) = block.push_text(&value.to_string());
            Cell::Flawed(CellFlaw::Nested, start, length)
        }
    }
}

fn broken(said: &str, at: &str) -> ReadError {
    ReadError::Content {
        code: "read::broken_json",
        message: format!("the JSON cannot be read as a table: {said}"),
        hint: "ask for it with one object a line, or as one array of objects; if it is cut short, ask for it again"
            .to_owned(),
        at: Some(at.to_owned()),
    }
}

#[cfg(test)]
mod tests;
