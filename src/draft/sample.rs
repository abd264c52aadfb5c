//! A few rows cut from a file, under its header, with what stands above and below kept to its place and not to its words.
//!
//! In a table about people nothing is left that could tell who is meant: identifiers, names and texts are invented, days and
//! numbers moved, and codes handed from row to row.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::invented::Inventor;
use super::texts::takes_marks;
use super::{DraftError, DraftField, Drafted};
use crate::definitions::{Encoding, Format, PrivacyClass};
use crate::profile::TableProfile;
use crate::read::{Block, Cell, CellArea, Rows, number_text};
use crate::xlsx::{self, Worksheet};

/// First rows with data that are taken.
const FIRST: usize = 6;
/// Rows that are taken because they have a mark.
const WITH_MARKS: usize = 3;
/// Days by which those in a table about people are moved.
const MOVED: f64 = 397.0;

/// A value of a sample.
#[derive(Debug, Clone, PartialEq)]
enum SampleValue {
    Blank,
    Text(String),
    Number(f64),
    Day(f64),
    /// A length of time, in days.
    Length(f64),
    Bool(bool),
}

/// Cuts the sample of one table; gives the bytes of a file of its format.
pub(super) fn cut(
    rows: &mut Rows,
    format: &Format,
    table: &TableProfile,
    drafted: &Drafted,
) -> Result<Vec<u8>, DraftError> {
    let mut header: Vec<Vec<SampleValue>> = Vec::new();
    let (mut data, mut marked) = (Vec::new(), 0);
    let mut banner = None;
    rows.stream(drafted.sheet.as_deref(), &mut |block| {
        for index in 0..block.rows.len() {
            let number = block.rows[index].number;
            if (table.header.first_row..=table.header.last_row).contains(&number) {
                header.push(block.row(index).iter().map(|cell| value(&block, *cell)).collect());
            }
            if number <= table.header.last_row || block.is_blank(index) {
                continue;
            }
            if number > table.last_row || (data.len() >= FIRST + WITH_MARKS) {
                return ControlFlow::Break(());
            }
            if table.banners.contains(&number) {
                banner.get_or_insert(data.len());
                continue;
            }
            let is_left_out = table.repeated_headers.contains(&number) || table.totals.contains(&number);
            if is_left_out || has_faults(&block, index, drafted) {
                continue;
            }
            let has_mark = drafted.columns.iter().any(|field| {
                let cell = block.cell(block.rows[index], field.profile.index);
                field.profile.guess.marks.contains_key(block.shown(cell).trim())
            });
            if data.len() - marked < FIRST || (has_mark && marked < WITH_MARKS) {
                marked += usize::from(data.len() - marked >= FIRST);
                data.push(block.row(index).iter().map(|cell| value(&block, *cell)).collect::<Vec<_>>());
            }
        }
        ControlFlow::Continue(())
    })?;
    let data = disguised(&data, table, drafted);
    let header = only_labels(header, drafted);
    let mut lines: BTreeMap<u32, Vec<SampleValue>> = BTreeMap::new();
    let is_text = matches!(format, Format::Csv { .. });
    let mut row = table.header.first_row;
    if table.header.first_row > 1 {
        lines.insert(1, vec![SampleValue::Text("A text above the header".to_owned())]);
    }
    for labels in header {
        lines.insert(row, labels);
        row += 1;
    }
    let banner = banner.filter(|_| !table.banners.is_empty()).map(|at: usize| at.min(data.len()));
    for (at, line) in data.into_iter().enumerate() {
        if banner == Some(at) {
            lines.insert(row, vec![SampleValue::Text("A banner".to_owned())]);
            row += 1;
        }
        lines.insert(row, line);
        row += 1;
    }
    if let Some(below) = &table.below {
        lines.insert(row + 1, vec![SampleValue::Text(shortened(below))]);
    }
    match format {
        Format::Jsonl => Ok(objects(&lines, table, drafted)),
        _ if is_text => Ok(delimited(&lines, format, table)),
        _ => workbook(&lines, drafted, &merged(rows, table, drafted)?),
    }
}

/// What is merged in a header of several rows, by which its labels are read.
fn merged(rows: &mut Rows, table: &TableProfile, drafted: &Drafted) -> Result<Vec<CellArea>, DraftError> {
    let (first, last) = (table.header.first_row, table.header.last_row);
    let Some(sheet) = drafted.sheet.as_deref().filter(|_| first < last) else { return Ok(Vec::new()) };
    let mut merged: Vec<CellArea> = Vec::new();
    for area in rows.about(sheet)?.merged {
        // A label that is merged into the rows below the header is one of the header all the same.
        let touches = area.first_row <= last && first <= area.last_row;
        let area = CellArea { first_row: area.first_row.max(first), last_row: area.last_row.min(last), ..area };
        let is_apart = |other: &CellArea| {
            other.last_row < area.first_row
                || area.last_row < other.first_row
                || other.last_column < area.first_column
                || area.last_column < other.first_column
        };
        if touches && !area.is_one_cell() && merged.iter().all(is_apart) {
            merged.push(area);
        }
    }
    Ok(merged)
}

/// The rows as lines of JSON, each with all its labels.
fn objects(lines: &BTreeMap<u32, Vec<SampleValue>>, table: &TableProfile, drafted: &Drafted) -> Vec<u8> {
    let mut text = String::new();
    for (_, values) in lines.iter().filter(|(row, _)| **row > table.header.last_row) {
        let mut fields = Vec::new();
        for field in &drafted.columns {
            let value = match values.get(field.profile.index as usize) {
                None | Some(SampleValue::Blank) => serde_json::Value::Null,
                Some(SampleValue::Text(text)) => serde_json::json!(text),
                Some(SampleValue::Number(number) | SampleValue::Day(number) | SampleValue::Length(number)) => {
                    number_text(*number)
                        .parse::<serde_json::Number>()
                        .map_or_else(|_| serde_json::json!(number), serde_json::Value::Number)
                }
                Some(SampleValue::Bool(value)) => serde_json::json!(value),
            };
            fields.push(format!("{}: {value}", serde_json::json!(field.profile.label)));
        }
        text.push_str(&format!("{{{}}}\n", fields.join(", ")));
    }
    text.into_bytes()
}

/// As much of the text below the table as the layout looks for.
fn shortened(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let most = if text.contains('@') || digits >= 9 { 1 } else { 4 };
    words.iter().take(most).copied().collect::<Vec<_>>().join(" ") + if words.len() > most { " …" } else { "" }
}

fn value(block: &Block, cell: Cell) -> SampleValue {
    match cell {
        Cell::Number(number) | Cell::Percent(number) => SampleValue::Number(number),
        Cell::Serial(day) => SampleValue::Day(day),
        Cell::Duration(days) => SampleValue::Length(days),
        Cell::Bool(value) => SampleValue::Bool(value),
        _ => {
            let text = block.shown(cell).into_owned();
            if text.trim().is_empty() { SampleValue::Blank } else { SampleValue::Text(text) }
        }
    }
}

/// Rows with faults are not what a sample should begin with.
fn has_faults(block: &Block, index: usize, drafted: &Drafted) -> bool {
    block.is_flawed(index)
        || drafted.columns.iter().any(|field| {
            let cell = block.cell(block.rows[index], field.profile.index);
            let is_day = matches!(cell, Cell::Serial(_)) && field.kind != "date";
            let is_length = matches!(cell, Cell::Duration(_)) && field.profile.guess.duration.is_none();
            is_day || is_length || matches!(cell, Cell::Error(..) | Cell::Flawed(..) | Cell::NoValue)
        })
}

/// The header without what stands beside the columns that are taken.
fn only_labels(header: Vec<Vec<SampleValue>>, drafted: &Drafted) -> Vec<Vec<SampleValue>> {
    let width = drafted.columns.iter().map(|field| field.profile.index + 1).max().unwrap_or(0) as usize;
    header
        .into_iter()
        .map(|mut row| {
            row.resize(width.max(row.len()), SampleValue::Blank);
            row
        })
        .collect()
}

/// The rows with every value that may say who is meant replaced.
fn disguised(data: &[Vec<SampleValue>], table: &TableProfile, drafted: &Drafted) -> Vec<Vec<SampleValue>> {
    let width = table.header.labels.len();
    let mut rows: Vec<Vec<SampleValue>> = vec![vec![SampleValue::Blank; width]; data.len()];
    for field in &drafted.columns {
        let column = field.profile.index as usize;
        let mut inventor = Inventor::default();
        for (at, row) in rows.iter_mut().enumerate() {
            // In a table about people, what is not invented is another row's.
            let is_moved = table.is_personal && field.profile.personal.is_none() && !drafted.key.contains(&field.name);
            let from = if is_moved { (at + 1 + column) % data.len() } else { at };
            let original = data[from].get(column).unwrap_or(&SampleValue::Blank);
            row[column] = disguise(original, field, table.is_personal, &mut inventor);
        }
    }
    rows
}

fn disguise(value: &SampleValue, field: &DraftField, is_about_people: bool, inventor: &mut Inventor) -> SampleValue {
    let shown = match value {
        SampleValue::Blank => return SampleValue::Blank,
        SampleValue::Text(text) => text.trim().to_owned(),
        SampleValue::Number(number) | SampleValue::Day(number) | SampleValue::Length(number) => number_text(*number),
        SampleValue::Bool(value) => value.to_string(),
    };
    let is_mark = takes_marks(&field.kind) && field.profile.guess.marks.contains_key(&shown);
    if is_mark {
        return value.clone();
    }
    match (field.profile.personal, value) {
        (Some(_), SampleValue::Day(_)) if field.kind == "date" => {
            SampleValue::Day(40_179.0 + 31.0 * inventor.number(&shown) as f64)
        }
        (Some(_), _) if field.kind == "date" => {
            let form = field.profile.guess.formats.first().map_or("%d/%m/%Y", String::as_str);
            // Below 28.
            let number = i8::try_from(inventor.number(&shown) % 28).unwrap_or(0);
            SampleValue::Text(jiff::civil::date(2010, 1, 1 + number).strftime(form).to_string())
        }
        (Some(personal), _) if field.class != PrivacyClass::SpecialCategory || field.kind == "text" => {
            SampleValue::Text(inventor.value(personal, &field.kind, &shown))
        }
        _ if !is_about_people => value.clone(),
        (None, SampleValue::Day(day)) => SampleValue::Day(day - MOVED),
        (None, SampleValue::Text(_)) if field.kind == "text" => {
            SampleValue::Text(format!("Invented {}", inventor.number(&shown) + 1))
        }
        _ => value.clone(),
    }
}

fn shown(value: &SampleValue) -> String {
    match value {
        SampleValue::Blank => String::new(),
        SampleValue::Text(text) => text.clone(),
        SampleValue::Number(number) | SampleValue::Day(number) | SampleValue::Length(number) => number_text(*number),
        SampleValue::Bool(value) => if *value { "TRUE" } else { "FALSE" }.to_owned(),
    }
}

fn delimited(lines: &BTreeMap<u32, Vec<SampleValue>>, format: &Format, table: &TableProfile) -> Vec<u8> {
    let (delimiter, encoding, line_end, quote) = match format {
        Format::Csv { delimiter, encoding, line_end, quote } => {
            (char::from(*delimiter), *encoding, char::from(*line_end), quote.map(char::from))
        }
        _ => (',', Encoding::Utf8, '\n', Some('"')),
    };
    let mut text = String::new();
    let mut line = 1;
    for (row, values) in lines {
        while line < *row {
            text.push(line_end);
            line += 1;
        }
        let is_table = *row >= table.header.first_row;
        let width = if is_table { table.header.labels.len().max(values.len()) } else { values.len() };
        let fields: Vec<String> = (0..width)
            .map(|column| {
                let field = values.get(column).map(shown).unwrap_or_default().replace(['\n', '\r'], " ");
                match quote {
                    Some(quote) if field.contains([delimiter, quote]) => {
                        format!("{quote}{}{quote}", field.replace(quote, &format!("{quote}{quote}")))
                    }
                    _ => field,
                }
            })
            .collect();
        text.push_str(&fields.join(&delimiter.to_string()));
        text.push(line_end);
        line += 1;
    }
    match encoding {
        Encoding::Windows1252 => encoding_rs::WINDOWS_1252.encode(&text).0.into_owned(),
        Encoding::Utf8 => text.into_bytes(),
        Encoding::Utf16 | Encoding::Utf16Le => {
            "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
        }
        Encoding::Utf16Be => "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect(),
        Encoding::Other(other) => other.encode(&text).0.into_owned(),
    }
}

fn workbook(
    lines: &BTreeMap<u32, Vec<SampleValue>>,
    drafted: &Drafted,
    merged: &[CellArea],
) -> Result<Vec<u8>, DraftError> {
    let mut sheet = Worksheet::new();
    if let Some(name) = &drafted.sheet {
        sheet.set_name(name)?;
    }
    let column = |column: u32| u16::try_from(column).unwrap_or(u16::MAX);
    for area in merged {
        let (first, last) = (column(area.first_column), column(area.last_column));
        sheet.merge_range(area.first_row - 1, first, area.last_row - 1, last, "", &xlsx::Format::new())?;
    }
    let day = xlsx::Format::new().set_num_format("dd/mm/yyyy");
    let length = xlsx::Format::new().set_num_format("[h]:mm");
    for (row, values) in lines {
        for (column, value) in (0_u16..).zip(values) {
            let row = row - 1;
            match value {
                SampleValue::Blank => continue,
                SampleValue::Text(text) => sheet.write_string(row, column, text)?,
                SampleValue::Number(number) => sheet.write_number(row, column, *number)?,
                SampleValue::Day(serial) => sheet.write_number_with_format(row, column, *serial, &day)?,
                SampleValue::Length(days) => sheet.write_number_with_format(row, column, *days, &length)?,
                SampleValue::Bool(value) => sheet.write_boolean(row, column, *value)?,
            };
        }
    }
    Ok(xlsx::bytes(vec![sheet])?)
}
