//! Which elements of an XML file could be its rows: for a look at one that no layout is known for.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::ReadError;
use super::bounded::Bounded;
use super::xml::LONGEST;

/// Different paths that are counted.
const MOST_PATHS: usize = 2_000;
/// Elements that are looked at; what comes after them is like them.
const MOST_ELEMENTS: u64 = 2_000_000;
/// Deepest path that is counted.
const DEEPEST: usize = 64;

/// The paths of elements that repeat and hold others (or attributes), the outermost first; with how many there are.
///
/// # Errors
/// [`ReadError`] when the file cannot be opened, or is no XML where it was looked at.
pub fn xml_row_paths(path: &Path) -> Result<Vec<(Vec<String>, u64)>, ReadError> {
    let file = BufReader::with_capacity(1 << 16, File::open(path)?);
    let mut reader = Reader::from_reader(Bounded::new(file, LONGEST));
    reader.config_mut().expand_empty_elements = true;
    let mut open: Vec<String> = Vec::new();
    // For each path: how many, and how many of them hold an element or attribute.
    let mut found: BTreeMap<Vec<String>, (u64, u64)> = BTreeMap::new();
    let (mut bytes, mut seen) = (Vec::new(), 0);
    while seen < MOST_ELEMENTS {
        bytes.clear();
        reader.get_mut().mark();
        let event = reader.read_event_into(&mut bytes).map_err(|error| {
            ReadError::content(
                "read::xml",
                format!("the XML is broken at byte {}: {error}", reader.error_position()),
                "ask for the file again",
            )
        })?;
        match event {
            Event::Start(element) => {
                seen += 1;
                if let Some(parent) = found.get_mut(&open) {
                    parent.1 += 1;
                }
                open.push(element.local_name().as_ref().to_owned());
                if open.len() <= DEEPEST && (found.len() < MOST_PATHS || found.contains_key(&open)) {
                    let holds = u64::from(element.attributes().next().is_some());
                    let entry = found.entry(open.clone()).or_insert((0, 0));
                    (entry.0, entry.1) = (entry.0 + 1, entry.1 + holds);
                }
            }
            Event::End(_) => {
                open.pop();
            }
            Event::Eof => break,
            _ => {}
        }
    }
    let mut rows: Vec<(Vec<String>, u64)> = found
        .into_iter()
        .filter(|(path, (count, holds))| path.len() > 1 && *count > 1 && *holds > 0)
        .map(|(path, (count, _))| (path, count))
        .collect();
    rows.sort_by(|a, b| a.0.len().cmp(&b.0.len()).then(b.1.cmp(&a.1)).then(a.0.cmp(&b.0)));
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::xml_row_paths;

    #[test]
    fn what_repeats_and_holds_others_could_be_a_row() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let person = "<Person><Name>A</Name><Plan id=\"1\"/><Plan id=\"2\"/></Person>";
        std::fs::write(file.path(), format!("<M><Head><Y>1</Y></Head><People>{person}{person}</People></M>")).unwrap();
        let paths: Vec<(String, u64)> =
            xml_row_paths(file.path()).unwrap().into_iter().map(|(path, count)| (path.join("/"), count)).collect();
        assert_eq!(paths, [("M/People/Person".to_owned(), 2), ("M/People/Person/Plan".to_owned(), 4)]);
    }
}
