//! XML as a table: each element at one path is a row, what holds text in it are its cells.
//!
//! In: a file, the path of the rows, and the elements within a row that are looked into. Out: a header of labels on row 1
//! and the records from row 2 in the order of the file, as if they stood on a sheet. The file is streamed twice: once for
//! its labels, once for its rows. Nothing in it is dropped in silence: an element that is not looked into has a label too,
//! `Name/`, and one that stands twice in a row has `Name (2)`.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, ErrorKind, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use indexmap::IndexSet;
use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::block::{Block, Cell};
use super::bounded::Bounded;
use super::budget::check_columns;
use super::content::{content_at, refuse};
use super::{ReadError, Sink};
use crate::model::Content;

/// Elements nested deeper than this are no return.
const DEEPEST: usize = 64;
/// The most bytes of a tag, a text or a comment, and of a record: as of a record of delimited text.
pub(super) const LONGEST: usize = 8 << 20;

/// Takes the labels and texts of a record; breaks to stop reading.
type TakeElement<'t> = dyn FnMut(&[(String, String)]) -> ControlFlow<()> + 't;

/// XML opened for reading.
#[derive(Debug)]
pub struct XmlRows {
    path: PathBuf,
    row: Vec<String>,
    into: Vec<String>,
    labels: Option<Vec<String>>,
}

impl XmlRows {
    pub(super) fn open(path: &Path, row: &[String], into: &[String]) -> Result<Self, ReadError> {
        match content_at(path)? {
            Content::Xml => {}
            other => return Err(refuse(other, "XML")),
        }
        let mut first = [0; 2];
        // A file of one byte was refused above.
        File::open(path)?.read_exact(&mut first)?;
        if matches!(first, [0xFF, 0xFE] | [0xFE, 0xFF]) {
            return Err(other_encoding("utf-16"));
        }
        Ok(Self { path: path.to_path_buf(), row: row.to_vec(), into: into.to_vec(), labels: None })
    }

    pub(super) fn stream(&mut self, max_rows: usize, max_cells: usize, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let labels = match &self.labels {
            Some(labels) => labels.clone(),
            None => self.find_labels()?,
        };
        self.labels = Some(labels.clone());
        let places: HashMap<&str, usize> = labels.iter().map(String::as_str).zip(0..).collect();
        let mut block = Block::default();
        let mut number = 1_u32;
        self.walk(&mut |record| {
            if number == 1 {
                push_row(&mut block, 1, labels.iter().map(|label| Some(label.as_str())));
            }
            number += 1;
            let mut cells: Vec<Option<&str>> = vec![None; labels.len()];
            for (label, text) in record {
                if let Some(place) = places.get(label.as_str()) {
                    cells[*place] = Some(text);
                }
            }
            push_row(&mut block, number, cells.into_iter());
            if block.rows.len() >= max_rows || block.cells.len() >= max_cells {
                return sink(std::mem::take(&mut block));
            }
            ControlFlow::Continue(())
        })?;
        if !block.rows.is_empty() {
            let _: ControlFlow<()> = sink(block);
        }
        Ok(())
    }

    /// Every label in the order in which it first stands.
    fn find_labels(&self) -> Result<Vec<String>, ReadError> {
        let mut labels: IndexSet<String> = IndexSet::new();
        let mut fits = Ok(());
        self.walk(&mut |record| {
            for (label, _) in record {
                if !labels.contains(label) {
                    labels.insert(label.clone());
                }
            }
            fits = check_columns(labels.len());
            if fits.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        fits.map(|()| labels.into_iter().collect())
    }

    /// Gives each record in turn: labels and texts.
    fn walk(&self, take: &mut TakeElement<'_>) -> Result<(), ReadError> {
        let file = BufReader::with_capacity(1 << 16, File::open(&self.path)?);
        let mut reader = Reader::from_reader(Bounded::new(file, LONGEST));
        reader.config_mut().expand_empty_elements = true;
        let mut walker = XmlWalker::new(&self.row, &self.into);
        let mut bytes = Vec::new();
        loop {
            bytes.clear();
            reader.get_mut().mark();
            let event = reader.read_event_into(&mut bytes).map_err(|error| match error {
                quick_xml::Error::Io(error) if error.kind() == ErrorKind::FileTooLarge => {
                    too_long(reader.buffer_position(), "a tag, a text or a comment")
                }
                quick_xml::Error::Io(error) if error.kind() != ErrorKind::InvalidData => {
                    ReadError::Io(std::io::Error::new(error.kind(), error.to_string()))
                }
                other => broken(reader.error_position(), &other.to_string()),
            })?;
            match event {
                Event::Start(element) => {
                    walker.start(&element).map_err(|said| broken(reader.buffer_position(), &said))?;
                }
                Event::Text(text) => walker.text(&text.xml10_content()),
                Event::CData(text) => walker.text(&text.xml10_content()),
                Event::GeneralRef(entity) => {
                    let text = entity_text(&entity).map_err(|said| broken(reader.buffer_position(), &said))?;
                    walker.text(&text);
                }
                Event::Decl(declaration) => {
                    let encoding = declaration.encoding().and_then(Result::ok);
                    if let Some(other) = encoding.filter(|encoding| !encoding.eq_ignore_ascii_case("utf-8")) {
                        return Err(other_encoding(&other));
                    }
                }
                Event::End(_) => {
                    if walker.end() && take(&walker.record).is_break() {
                        return Ok(());
                    }
                }
                Event::Eof if walker.open.is_empty() => return Ok(()),
                Event::Eof => {
                    return Err(broken(reader.buffer_position(), "it ends before its elements are closed"));
                }
                Event::DocType(_) => {
                    return Err(ReadError::Content {
                        code: "read::doctype",
                        message: "the XML declares a document type (DOCTYPE), which can hide a trap".to_owned(),
                        hint: "ask for the file without it, or take it out if you know who wrote it".to_owned(),
                        at: Some(format!("byte {}", reader.buffer_position())),
                    });
                }
                Event::Empty(_) | Event::Comment(_) | Event::PI(_) => {}
            }
            if walker.bytes > LONGEST {
                return Err(too_long(reader.buffer_position(), "a record"));
            }
        }
    }
}

fn push_row<'c>(block: &mut Block, number: u32, cells: impl Iterator<Item = Option<&'c str>>) {
    block.open_row(number);
    for cell in cells {
        let cell = match cell {
            Some(text) if !text.is_empty() => {
                let (start, length) = block.push_text(text);
                Cell::Text(start, length)
            }
            _ => Cell::Blank,
        };
        block.cells.push(cell);
    }
    block.close_row();
}

/// Where the reading stands.
struct XmlWalker<'w> {
    row: &'w [String],
    into: &'w [String],
    /// Names of the elements that are open.
    open: Vec<String>,
    /// How many elements of each step of the path there were so far.
    counts: Vec<u64>,
    /// Whether a row is open.
    within: bool,
    /// Depth of the element that may hold text, and whether another element was found in it.
    leaf: Option<(usize, bool)>,
    text: String,
    record: Vec<(String, String)>,
    /// How often each name stands in the record.
    names: HashMap<String, usize>,
    /// Bytes of the record.
    bytes: usize,
}

impl<'w> XmlWalker<'w> {
    fn new(row: &'w [String], into: &'w [String]) -> Self {
        Self {
            row,
            into,
            open: Vec::new(),
            counts: vec![0; row.len()],
            within: false,
            leaf: None,
            text: String::new(),
            record: Vec::new(),
            names: HashMap::new(),
            bytes: 0,
        }
    }

    fn start(&mut self, element: &BytesStart<'_>) -> Result<(), String> {
        let name = element.local_name().as_ref().to_owned();
        if self.open.len() >= DEEPEST {
            return Err(format!("elements are nested deeper than {DEEPEST}"));
        }
        let depth = self.open.len();
        if !self.within {
            let on_path = depth < self.row.len() && self.open == self.row[..depth] && name == self.row[depth];
            if on_path {
                self.counts[depth] += 1;
                if depth + 1 == self.row.len() {
                    self.within = true;
                    self.record.clear();
                    self.names.clear();
                    self.bytes = 0;
                    self.record
                        .extend(self.row.iter().zip(&self.counts).map(|(name, n)| (format!("{name}#"), n.to_string())));
                    // Checking for repeated ones takes time that grows with the square of their number; here they are numbered.
                    for attribute in element.attributes().with_checks(false) {
                        let attribute = attribute.map_err(|error| error.to_string())?;
                        let name = attribute.key.local_name().as_ref().to_owned();
                        let value = attribute
                            .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                            .map_err(|error| error.to_string())?;
                        if attribute.key.as_ref() != "xmlns" && !attribute.key.as_ref().starts_with("xmlns:") {
                            self.put(format!("@{name}"), value.into_owned());
                        }
                    }
                }
            }
        } else if let Some((_, holds_elements)) = &mut self.leaf {
            *holds_elements = true;
        } else if !self.into.contains(&name) {
            self.leaf = Some((depth, false));
            self.text.clear();
        }
        self.open.push(name);
        Ok(())
    }

    fn text(&mut self, text: &str) {
        if self.leaf.is_some_and(|(_, holds_elements)| !holds_elements) {
            self.text.push_str(text);
            self.bytes += text.len();
        }
    }

    /// Closes an element; whether it was a row.
    fn end(&mut self) -> bool {
        let Some(name) = self.open.pop() else { return false };
        let depth = self.open.len();
        if let Some((at, holds_elements)) = self.leaf
            && at == depth
        {
            self.leaf = None;
            if holds_elements {
                // Rows of another layout, and as many of them as there are.
                let label = name + "/";
                if !self.names.contains_key(&label) {
                    self.put(label, String::new());
                }
            } else {
                let text = std::mem::take(&mut self.text);
                self.put(name, text);
            }
        } else if self.within && depth + 1 == self.row.len() {
            self.within = false;
            return true;
        }
        false
    }

    /// Adds a cell; a label that stands in the row already is numbered.
    fn put(&mut self, name: String, text: String) {
        let times = self.names.entry(name.clone()).or_insert(0);
        *times += 1;
        let label = if *times == 1 { name } else { format!("{name} ({times})") };
        self.bytes += label.len();
        self.record.push((label, text));
    }
}

/// The text of a reference: a character by its number, or one of the five entities of XML.
pub(super) fn entity_text(entity: &BytesRef<'_>) -> Result<String, String> {
    if let Some(character) = entity.resolve_char_ref().map_err(|error| error.to_string())? {
        return Ok(character.to_string());
    }
    let name: &str = entity;
    quick_xml::escape::resolve_predefined_entity(name)
        .map(str::to_owned)
        .ok_or_else(|| format!("the entity `&{name};` is not one of the five of XML"))
}

fn other_encoding(name: &str) -> ReadError {
    ReadError::content("read::xml_encoding", format!("the file's encoding is `{name}`"), "ask for it in UTF-8")
}

fn too_long(position: u64, what: &str) -> ReadError {
    ReadError::Content {
        code: "read::long_markup",
        message: format!("{what} of the XML is longer than {} MB", LONGEST >> 20),
        hint: "it is no table, or its elements are not closed: ask for the file again, or name other elements as rows"
            .to_owned(),
        at: Some(format!("byte {position}")),
    }
}

fn broken(position: u64, said: &str) -> ReadError {
    ReadError::Content {
        code: "read::broken_xml",
        message: format!("the XML cannot be read: {said}"),
        hint: "ask for the file again; if it is cut short, the end of it is missing".to_owned(),
        at: Some(format!("byte {position}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn rows(text: &str, row: &str, into: &[&str]) -> Result<Vec<Vec<String>>, ReadError> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let names = |texts: &mut dyn Iterator<Item = &str>| texts.map(str::to_owned).collect::<Vec<_>>();
        let mut xml = XmlRows::open(file.path(), &names(&mut row.split('/')), &names(&mut into.iter().copied()))?;
        let mut found = Vec::new();
        xml.stream(2, 100, &mut |block| {
            for index in 0..block.rows.len() {
                found.push(block.row(index).iter().map(|cell| block.shown(*cell).into_owned()).collect());
            }
            ControlFlow::Continue(())
        })?;
        Ok(found)
    }

    const RETURN: &str = "<?xml version=\"1.0\"?>\n<m:Message xmlns:m='urn:x'><Header><Source><LEA>933</LEA></Source></Header><People>\
        <Person id='7'><Name>A &amp; <![CDATA[B]]>&#33;</Name><Visit><Day>1</Day></Visit><Visit><Day>2</Day></Visit></Person>\
        <Person><Tag>x</Tag><Tag>y</Tag><Visit><Day>3</Day></Visit></Person><Other/></People></m:Message>";

    #[test]
    fn each_element_at_the_path_is_a_row_that_knows_its_parents() {
        let found = rows(RETURN, "Message/People/Person", &[]).unwrap();
        assert_eq!(found[0], ["Message#", "People#", "Person#", "@id", "Name", "Visit/", "Tag", "Tag (2)"]);
        assert_eq!(found[1], ["1", "1", "1", "7", "A & B!", "", "", ""]);
        assert_eq!(found[2], ["1", "1", "2", "", "", "", "x", "y"]);
        let found = rows(RETURN, "Message/People/Person/Visit", &[]).unwrap();
        assert_eq!(found[0], ["Message#", "People#", "Person#", "Visit#", "Day"]);
        assert_eq!(found[1..], [["1", "1", "1", "1", "1"], ["1", "1", "1", "2", "2"], ["1", "1", "2", "3", "3"]]);
    }

    #[test]
    fn elements_that_are_looked_into_belong_to_the_row() {
        let found = rows(RETURN, "Message/Header", &["Source"]).unwrap();
        assert_eq!(found, [["Message#", "Header#", "LEA"], ["1", "1", "933"]]);
        assert_eq!(rows(RETURN, "Message/Header", &[]).unwrap()[0], ["Message#", "Header#", "Source/"]);
        assert!(rows(RETURN, "Message/Nobody", &[]).unwrap().is_empty());
    }

    #[test]
    fn what_nobody_writes_is_refused_before_it_costs_anything() {
        let code = |text: &str| match rows(&format!("<?xml version=\"1.0\"?>{text}"), "a/b", &[]) {
            Err(ReadError::Content { code, .. }) => code,
            other => panic!("{other:?}"),
        };
        let long = "x".repeat(LONGEST + 1);
        for text in [
            format!("<a><b c='{long}'/></a>"),
            format!("<a><b><c>{long}</c></b></a>"),
            format!("<a><!--{long}--><b/></a>"),
            format!("<a><b>{}</b></a>", format!("<c>{}</c>", &long[..1 << 20]).repeat(9)),
        ] {
            assert_eq!(code(&text), "read::long_markup");
        }
        let columns: String = (0..16_384).map(|at| format!("<c{at}/>")).collect();
        assert_eq!(code(&format!("<a><b>{columns}</b></a>")), "read::too_many_columns");
        assert_eq!(code("<!DOCTYPE a [<!ENTITY x 'y'>]><a><b>1</b></a>"), "read::doctype");
    }

    #[test]
    fn what_is_broken_is_refused_with_its_byte() {
        for text in [
            "<?xml version=\"1.0\"?><a><b></a>",
            "<?xml version=\"1.0\"?><a><b>",
            "<?xml version=\"1.0\"?><a><b>&x;</b></a>",
        ] {
            let error = rows(text, "a", &[]).unwrap_err();
            assert!(matches!(error, ReadError::Content { code: "read::broken_xml", at: Some(_), .. }), "{error:?}");
        }
        let deep = format!("<?xml version=\"1.0\"?>{}", "<a>".repeat(100));
        assert!(rows(&deep, "a/b", &[]).is_err());
        let error = rows("<?xml version=\"1.0\" encoding=\"utf-16\"?><a/>", "a", &[]).unwrap_err();
        assert!(error.to_string().contains("utf-16"));
    }
}
