//! Walks through the content of an OpenDocument spreadsheet and tells of its sheets and rows.
//!
//! An element is looked into only where the format puts it: what stands elsewhere (charts, pictures and notes, each of
//! which may hold tables of its own, recorded changes, links to other documents) is passed over whole.

use std::io::BufRead;
use std::ops::ControlFlow;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::row::RowCells;
use super::text::CellText;
use super::value::{CellAttributes, ValueType, null_date_shift, value};
use crate::model::fits;
use crate::read::ReadError;
use crate::read::xml::entity_text;

/// Elements nested deeper than this are no spreadsheet.
const DEEPEST: usize = 256;
/// The longest text of a cell, in bytes. Excel holds 32,767 characters.
const LONGEST_TEXT: usize = 1 << 20;
/// The most cells of a row that the file writes out, each of which may be repeated.
const MOST_CELLS: u64 = 16_384;

/// A sheet, as its element says.
#[derive(Debug)]
pub(super) struct OdsTable {
    pub(super) name: String,
    pub(super) style: String,
    /// Whether it is shown, as far as the element itself says.
    pub(super) display: bool,
}

/// Is told what the content holds, in its order.
pub(super) trait Visit {
    /// A style by which a sheet is hidden.
    fn hidden_style(&mut self, name: String);
    /// Days between the document's date system and that of 1900.
    fn null_date(&mut self, shift: f64);
    /// A sheet begins, and its rows follow this byte of the content; whether they are wanted.
    fn table(&mut self, table: OdsTable, after: u64) -> bool;
    /// Columns of a sheet that is wanted: how many, and whether they are hidden.
    fn columns(&mut self, count: u32, hidden: bool);
    /// A row of a sheet that is wanted, and how often it stands there.
    fn row(&mut self, cells: &RowCells, repeat: u32) -> Result<ControlFlow<()>, ReadError>;
    /// The rows of a sheet are at their end.
    fn table_end(&mut self) -> ControlFlow<()>;
}

/// What an element that is looked into is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ElementKind {
    Document,
    Styles,
    TableStyle,
    Body,
    Spreadsheet,
    Settings,
    Table,
    Row,
    Cell,
    Paragraph,
    /// Something whose attributes were taken and whose inside says nothing.
    Leaf,
}

/// Walks through the content from its first byte to its end, or until a visit breaks.
pub(super) fn walk(content: &mut dyn BufRead, visit: &mut dyn Visit) -> Result<(), ReadError> {
    let mut reader = Reader::from_reader(content);
    reader.config_mut().expand_empty_elements = true;
    go(&mut reader, &mut OdsWalker::new(visit), 0)
}

/// Walks through the rows of one sheet, from where they begin.
pub(super) fn walk_table(content: &mut dyn BufRead, after: u64, visit: &mut dyn Visit) -> Result<(), ReadError> {
    let mut left = after;
    while left > 0 {
        let filled = content.fill_buf().map_err(|error| broken(after - left, &error.to_string()))?.len();
        if filled == 0 {
            return Err(broken(after - left, "it has become shorter"));
        }
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(filled);
        content.consume(most);
        left -= most as u64;
    }
    let mut reader = Reader::from_reader(content);
    reader.config_mut().expand_empty_elements = true;
    // The element of the sheet was opened before.
    reader.config_mut().allow_unmatched_ends = true;
    let mut walker = OdsWalker::new(visit);
    walker.any = true;
    walker.open.extend([ElementKind::Document, ElementKind::Body, ElementKind::Spreadsheet, ElementKind::Table]);
    go(&mut reader, &mut walker, after)
}

fn go(reader: &mut Reader<&mut dyn BufRead>, walker: &mut OdsWalker<'_>, base: u64) -> Result<(), ReadError> {
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        let event = reader.read_event_into(&mut bytes);
        let position = base + reader.buffer_position();
        let broken = |said: &str| broken(position, said);
        let event = match event {
            Ok(event) => event,
            Err(quick_xml::Error::Io(error)) if error.kind() == std::io::ErrorKind::FileTooLarge => {
                return Err(ReadError::content(
                    "read::too_large",
                    format!("the workbook is too large: {error}"),
                    "ask for the data as CSV, or in parts",
                ));
            }
            Err(error) => return Err(broken(&error.to_string())),
        };
        let go_on = match event {
            Event::Start(element) => {
                walker.start(&element, position).map_err(|said| broken(&said))?;
                ControlFlow::Continue(())
            }
            Event::End(_) => walker.end()?,
            Event::Text(text) => walker.text(&text.xml10_content()).map_err(|said| broken(&said))?,
            Event::CData(text) => walker.text(&text.xml10_content()).map_err(|said| broken(&said))?,
            Event::GeneralRef(entity) => {
                let text = entity_text(&entity).map_err(|said| broken(&said))?;
                walker.text(&text).map_err(|said| broken(&said))?
            }
            Event::DocType(_) => {
                return Err(ReadError::content(
                    "read::doctype",
                    "the workbook's XML has a DOCTYPE, which no spreadsheet needs and attacks use",
                    "open it in LibreOffice, save it again as .ods and send that",
                ));
            }
            Event::Decl(declaration) => {
                let encoding = declaration.encoding().and_then(Result::ok);
                if let Some(other) = encoding.filter(|encoding| !encoding.eq_ignore_ascii_case("utf-8")) {
                    return Err(ReadError::content(
                        "read::xml_encoding",
                        format!("the workbook's XML says that its encoding is `{other}`"),
                        "open it in LibreOffice, save it again as .ods and send that",
                    ));
                }
                ControlFlow::Continue(())
            }
            Event::Eof if walker.open.is_empty() && walker.skipped == 0 && walker.any => return Ok(()),
            Event::Eof => return Err(broken("it ends before its elements are closed")),
            Event::Empty(_) | Event::Comment(_) | Event::PI(_) => ControlFlow::Continue(()),
        };
        if go_on.is_break() {
            return Ok(());
        }
    }
}

/// Where the walk stands.
struct OdsWalker<'v> {
    visit: &'v mut dyn Visit,
    open: Vec<ElementKind>,
    /// Elements open below the last one that is looked into.
    skipped: usize,
    any: bool,
    style: String,
    row: RowCells,
    row_repeat: u32,
    column: u32,
    said: CellAttributes,
    cell_repeat: u32,
    /// Columns and rows that the cell covers.
    span: (u32, u32),
    /// How deep the group of rows is that is hidden.
    hidden_from: Option<usize>,
    text: CellText,
}

impl<'v> OdsWalker<'v> {
    fn new(visit: &'v mut dyn Visit) -> Self {
        Self {
            visit,
            open: Vec::new(),
            skipped: 0,
            any: false,
            style: String::new(),
            row: RowCells::default(),
            row_repeat: 1,
            column: 0,
            said: CellAttributes::default(),
            cell_repeat: 1,
            span: (1, 1),
            hidden_from: None,
            text: CellText::default(),
        }
    }

    fn start(&mut self, element: &BytesStart<'_>, after: u64) -> Result<(), String> {
        self.any = true;
        if self.open.len() + self.skipped >= DEEPEST {
            return Err(format!("elements are nested deeper than {DEEPEST}"));
        }
        let place = if self.skipped == 0 { self.enter(element, after)? } else { None };
        match place {
            Some(place) => self.open.push(place),
            None => self.skipped += 1,
        }
        Ok(())
    }

    /// What an element is; none when it is passed over.
    fn enter(&mut self, element: &BytesStart<'_>, after: u64) -> Result<Option<ElementKind>, String> {
        let local = element.local_name();
        let name = local.as_ref();
        Ok(match (self.open.last(), name) {
            (None, "document-content" | "document") => Some(ElementKind::Document),
            (Some(ElementKind::Document), "automatic-styles" | "styles") => Some(ElementKind::Styles),
            (Some(ElementKind::Document), "body") => Some(ElementKind::Body),
            (Some(ElementKind::Body), "spreadsheet") => Some(ElementKind::Spreadsheet),
            (Some(ElementKind::Styles), "style") => {
                let mut is_table = false;
                attributes(element, &mut |key, value| match key {
                    "style:family" => is_table = value == "table",
                    "style:name" => value.clone_into(&mut self.style),
                    _ => {}
                })?;
                is_table.then_some(ElementKind::TableStyle)
            }
            (Some(ElementKind::TableStyle), "table-properties") => {
                let mut hidden = false;
                attributes(element, &mut |key, value| hidden |= local_of(key) == "display" && value == "false")?;
                if hidden {
                    self.visit.hidden_style(self.style.clone());
                }
                Some(ElementKind::Leaf)
            }
            (Some(ElementKind::Spreadsheet), "calculation-settings") => Some(ElementKind::Settings),
            (Some(ElementKind::Settings), "null-date") => {
                let mut shift = None;
                attributes(element, &mut |key, value| {
                    if local_of(key) == "date-value" {
                        shift = null_date_shift(value);
                    }
                })?;
                if let Some(shift) = shift {
                    self.visit.null_date(shift);
                }
                Some(ElementKind::Leaf)
            }
            (Some(ElementKind::Spreadsheet), "table") => self.table(element, after)?.then_some(ElementKind::Table),
            (Some(ElementKind::Table), "table-row-group") => {
                let mut hidden = false;
                attributes(element, &mut |key, value| hidden |= local_of(key) == "display" && value == "false")?;
                if hidden && self.hidden_from.is_none() {
                    self.hidden_from = Some(self.open.len());
                }
                Some(ElementKind::Table)
            }
            (
                Some(ElementKind::Table),
                "table-header-rows" | "table-rows" | "table-column-group" | "table-header-columns" | "table-columns",
            ) => Some(ElementKind::Table),
            (Some(ElementKind::Table), "table-column") => {
                let (mut count, mut hidden) = (1, false);
                attributes(element, &mut |key, value| match local_of(key) {
                    "number-columns-repeated" => count = times(value),
                    "visibility" => hidden = is_hidden(value),
                    _ => {}
                })?;
                self.visit.columns(count, hidden);
                Some(ElementKind::Leaf)
            }
            (Some(ElementKind::Table), "table-row") => {
                self.row.clear();
                self.column = 0;
                self.row_repeat = 1;
                self.row.hidden = self.hidden_from.is_some();
                let (row, repeat) = (&mut self.row, &mut self.row_repeat);
                attributes(element, &mut |key, value| match local_of(key) {
                    "number-rows-repeated" => *repeat = times(value),
                    "visibility" => row.hidden |= is_hidden(value),
                    _ => {}
                })?;
                Some(ElementKind::Row)
            }
            (Some(ElementKind::Row), "table-cell" | "covered-table-cell") => {
                self.cell(element)?;
                Some(ElementKind::Cell)
            }
            (Some(ElementKind::Cell), "p" | "h") => {
                self.text.paragraph();
                Some(ElementKind::Paragraph)
            }
            (Some(ElementKind::Paragraph), "s") => {
                let mut count = 1;
                attributes(element, &mut |key, value| {
                    if local_of(key) == "c" {
                        count = times(value) as usize;
                    }
                })?;
                if count > LONGEST_TEXT {
                    return Err("a cell's text is longer than 1 MB".to_owned());
                }
                self.text.spaces(count);
                Some(ElementKind::Leaf)
            }
            (Some(ElementKind::Paragraph), "tab") => {
                self.text.mark('\t');
                Some(ElementKind::Leaf)
            }
            (Some(ElementKind::Paragraph), "line-break") => {
                self.text.mark('\n');
                Some(ElementKind::Leaf)
            }
            (Some(ElementKind::Paragraph), other) if !is_aside(other) => Some(ElementKind::Paragraph),
            _ => None,
        })
    }

    /// Begins a sheet; whether it is wanted.
    fn table(&mut self, element: &BytesStart<'_>, after: u64) -> Result<bool, String> {
        let mut table = OdsTable { name: String::new(), style: String::new(), display: true };
        attributes(element, &mut |key, value| match local_of(key) {
            "name" => value.clone_into(&mut table.name),
            "style-name" => value.clone_into(&mut table.style),
            "display" => table.display = value != "false",
            _ => {}
        })?;
        Ok(self.visit.table(table, after))
    }

    /// Begins a cell.
    fn cell(&mut self, element: &BytesStart<'_>) -> Result<(), String> {
        self.said.clear();
        self.cell_repeat = 1;
        self.span = (1, 1);
        self.text.clear();
        let span = &mut self.span;
        let said = &mut self.said;
        let repeat = &mut self.cell_repeat;
        attributes(element, &mut |key, value| match local_of(key) {
            "value-type" if key.starts_with("calcext:") => said.is_error = value == "error",
            "value-type" => said.kind = ValueType::of(value),
            "value" | "date-value" | "time-value" | "boolean-value" | "string-value" => {
                said.has_value = true;
                said.value.clear();
                said.value.push_str(value);
            }
            "formula" => said.has_formula = true,
            "number-columns-repeated" => *repeat = times(value),
            "number-columns-spanned" => span.0 = times(value),
            "number-rows-spanned" => span.1 = times(value),
            _ => {}
        })?;
        if self.row.distinct() >= MOST_CELLS {
            return Err(format!("a row has more than {MOST_CELLS} cells"));
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<ControlFlow<()>, String> {
        if self.skipped == 0 && self.open.last() == Some(&ElementKind::Paragraph) {
            if self.text.as_str().len() + text.len() > LONGEST_TEXT {
                return Err("a cell's text is longer than 1 MB".to_owned());
            }
            self.text.push(text);
        }
        Ok(ControlFlow::Continue(()))
    }

    fn end(&mut self) -> Result<ControlFlow<()>, ReadError> {
        if self.skipped > 0 {
            self.skipped -= 1;
            return Ok(ControlFlow::Continue(()));
        }
        match self.open.pop() {
            Some(ElementKind::Cell) => {
                let value = value(&self.said, self.text.as_str());
                self.row.push(self.column, self.cell_repeat, value);
                if self.span != (1, 1) {
                    self.row.merged.push((self.column, self.span.0, self.span.1));
                }
                self.column = self.column.saturating_add(self.cell_repeat);
            }
            Some(ElementKind::Row) => return self.visit.row(&self.row, self.row_repeat),
            Some(ElementKind::Table) if self.hidden_from == Some(self.open.len()) => self.hidden_from = None,
            // Groups of rows and columns are tables within the table.
            Some(ElementKind::Table) if self.open.last() == Some(&ElementKind::Spreadsheet) => {
                return Ok(self.visit.table_end());
            }
            _ => {}
        }
        Ok(ControlFlow::Continue(()))
    }
}

/// What stands in a paragraph beside its text: notes, pictures, readings of characters.
fn is_aside(name: &str) -> bool {
    matches!(
        name,
        "annotation"
            | "note"
            | "ruby-text"
            | "frame"
            | "g"
            | "rect"
            | "line"
            | "polyline"
            | "polygon"
            | "path"
            | "circle"
            | "ellipse"
            | "connector"
            | "caption"
            | "measure"
            | "control"
            | "custom-shape"
            | "page-thumbnail"
            | "scene"
            | "object"
            | "script"
            | "tracked-changes"
    )
}

/// A number of repetitions; what is no number is 1, and none stands for 1 too.
fn times(text: &str) -> u32 {
    text.trim().parse::<u64>().map_or(1, fits).max(1)
}

/// Rows and columns are collapsed by hand, or taken out by a filter.
fn is_hidden(visibility: &str) -> bool {
    matches!(visibility, "collapse" | "filter")
}

fn local_of(key: &str) -> &str {
    key.rsplit_once(':').map_or(key, |(_, local)| local)
}

/// Gives each attribute: its name with prefix, and its value.
fn attributes(element: &BytesStart<'_>, take: &mut dyn FnMut(&str, &str)) -> Result<(), String> {
    // Checking for repeated attributes takes time that grows with the square of their number.
    for attribute in element.attributes().with_checks(false) {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| error.to_string())?;
        take(attribute.key.as_ref(), &value);
    }
    Ok(())
}

fn broken(position: u64, said: &str) -> ReadError {
    ReadError::Content {
        code: "read::broken_workbook",
        message: format!("the OpenDocument workbook cannot be read: {said}"),
        hint: "open it in LibreOffice and save it again, or ask for it again".to_owned(),
        at: Some(format!("byte {position} of its content")),
    }
}
