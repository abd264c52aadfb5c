//! The parts of a workbook's archive, and which part names which.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use zip::ZipArchive;
use zip::read::ZipFile;

use super::scan::{Scanner, XmlToken};
use super::{error, text};
use crate::read::ReadError;

/// A part being read.
pub(super) type PartScanner<'p> = Scanner<ZipFile<'p, BufReader<File>>>;

/// An archive and its parts. Names of parts are compared as the packaging standard says: whatever their case.
pub(super) struct Package {
    archive: ZipArchive<BufReader<File>>,
    /// Place in the archive by name: lower case, `/` between folders, none in front.
    parts: BTreeMap<String, usize>,
}

/// What one part says of another.
#[derive(Debug, Clone)]
pub(super) struct Relation {
    /// The id by which the part names it.
    pub(super) id: String,
    /// The last word of its type, such as `worksheet`: both kinds of OOXML have the same.
    pub(super) kind: String,
    /// The other part, as in [`Package`].
    pub(super) target: String,
}

impl Package {
    pub(super) fn open(path: &Path) -> Result<Self, ReadError> {
        let file = BufReader::with_capacity(1 << 17, File::open(path)?);
        let mut archive = ZipArchive::new(file).map_err(|error| error::of_zip(None, error))?;
        let mut parts = BTreeMap::new();
        for index in 0..archive.len() {
            let entry = archive.by_index_raw(index).map_err(|error| error::of_zip(None, error))?;
            let name = entry.name().map_err(|error| error::of_zip(None, error))?;
            let name = normal("", &name);
            if !name.is_empty() && !entry.is_dir() && parts.insert(name.clone(), index).is_some() {
                return Err(ReadError::content(
                    "read::part_twice",
                    format!("the workbook has part `{name}` twice: which one counts cannot be told"),
                    "do not use it; ask the supplier how it was made, and for the data again",
                ));
            }
        }
        Ok(Self { archive, parts })
    }

    /// Whether there is a part of this name.
    pub(super) fn has(&self, part: &str) -> bool {
        self.parts.contains_key(part)
    }

    /// The names of the parts.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.keys().map(String::as_str)
    }

    /// The size of a part, inflated, as the archive says it.
    pub(super) fn size(&mut self, part: &str) -> u64 {
        let index = self.parts.get(part).copied();
        index.and_then(|index| self.archive.by_index_raw(index).ok()).map_or(0, |entry| entry.size())
    }

    /// Opens a part; none when there is none of this name.
    pub(super) fn part(&mut self, part: &str) -> Result<Option<PartScanner<'_>>, ReadError> {
        let Some(index) = self.parts.get(part) else { return Ok(None) };
        let entry = self.archive.by_index(*index).map_err(|error| error::of_zip(Some(part), error))?;
        Ok(Some(Scanner::new(entry)))
    }

    /// What a part says of others; nothing when it says nothing. The archive's own are those of the part without a name.
    pub(super) fn relations(&mut self, of: &str) -> Result<Vec<Relation>, ReadError> {
        let (folder, file) = of.rsplit_once('/').map_or(("", of), |(folder, file)| (folder, file));
        let name = normal("", &format!("{folder}/_rels/{file}.rels"));
        let Some(mut scan) = self.part(&name)? else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        loop {
            match scan.next().map_err(|error| error::of_part(&name, error))? {
                XmlToken::Start if scan.name() == "Relationship" => {
                    let is_external =
                        scan.attribute("TargetMode").is_some_and(|mode| mode.eq_ignore_ascii_case("External"));
                    let of = |key| scan.attribute(key).map(text::attribute).unwrap_or_default();
                    let kind = of("Type");
                    if !is_external {
                        found.push(Relation {
                            id: of("Id"),
                            kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
                            target: of("Target"),
                        });
                    }
                }
                XmlToken::Eof => break,
                _ => {}
            }
        }
        drop(scan);
        for relation in &mut found {
            relation.target = self.resolve(folder, &relation.target);
        }
        Ok(found)
    }

    /// The part that a target names: relative to a folder, or from the root.
    fn resolve(&self, folder: &str, target: &str) -> String {
        let plain = normal(folder, target);
        if self.has(&plain) {
            return plain;
        }
        // As some makers write them: percent-encoded, or from the root without saying so.
        [normal(folder, &decoded(target)), normal("", target)].into_iter().find(|name| self.has(name)).unwrap_or(plain)
    }

    /// The part of the workbook itself; none when there is none.
    pub(super) fn workbook(&mut self) -> Result<Option<String>, ReadError> {
        let named = self.relations("")?.into_iter().find(|relation| relation.kind == "officeDocument");
        if let Some(relation) = named.filter(|relation| self.has(&relation.target)) {
            return Ok(Some(relation.target));
        }
        if let Some(part) =
            self.by_content_type(&["sheet.main+xml", "template.main+xml", "sheet.macroEnabled.main+xml"])?
        {
            return Ok(Some(part));
        }
        Ok(self.names().find(|name| name.rsplit('/').next() == Some("workbook.xml")).map(str::to_owned))
    }

    /// The first part of a type that ends like one of these.
    pub(super) fn by_content_type(&mut self, ends: &[&str]) -> Result<Option<String>, ReadError> {
        let name = "[content_types].xml";
        let Some(mut scan) = self.part(name)? else { return Ok(None) };
        let mut found = None;
        loop {
            match scan.next().map_err(|error| error::of_part(name, error))? {
                XmlToken::Start if scan.name() == "Override" && found.is_none() => {
                    let kind = scan.attribute("ContentType").unwrap_or_default();
                    if ends.iter().any(|end| kind.ends_with(end)) {
                        found = scan.attribute("PartName").map(|part| normal("", &text::attribute(part)));
                    }
                }
                XmlToken::Eof => break,
                _ => {}
            }
        }
        drop(scan);
        Ok(found.filter(|part| self.has(part)))
    }
}

/// A part's name: lower case, `/` between folders, without `.` and `..`.
fn normal(folder: &str, name: &str) -> String {
    let name = name.replace('\\', "/");
    let from = if name.starts_with('/') { "" } else { folder };
    let mut steps: Vec<&str> = Vec::new();
    for step in from.split('/').chain(name.split('/')) {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop();
            }
            step => steps.push(step),
        }
    }
    steps.join("/").to_lowercase()
}

/// A target whose `%20` and the like are the characters that they stand for.
fn decoded(target: &str) -> String {
    let mut bytes = Vec::with_capacity(target.len());
    let mut rest = target.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match hex.filter(|_| *first == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_relative_absolute_or_as_some_makers_write_them() {
        assert_eq!(normal("xl", "worksheets/Sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(normal("xl", "/xl/worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(normal("xl/worksheets", "..\\tables\\table1.xml"), "xl/tables/table1.xml");
        assert_eq!(normal("", "../../a/./b"), "a/b");
        assert_eq!(decoded("sheet%201.xml%"), "sheet 1.xml%");
    }
}
