//! What the library that reads binary workbooks (`.xlsb`) passes over, rewritten before it sees them.
//!
//! In: the archive. Out: the archive to read, with the cells that the library does not know written as those that it does: errors
//! that formulas give, texts with fonts of their own, and cells that take their column from the one before them; and the list
//! of what the workbook's part relates to as the library expects it: no prefixes, no targets from the root.

use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek, Write};
use std::path::Path;

use quick_xml::events::Event;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::read::ReadError;

/// What the library reads from.
pub(super) trait ByteSource: Read + Seek + Send {}

impl<S: Read + Seek + Send> ByteSource for S {}

const ROW: u16 = 0;
const TEXT: u16 = 6;
const ERROR: u16 = 3;
/// An error that a formula gave.
const FORMULA_ERROR: u16 = 11;
/// Cells without a column, in the order of those with one, which begin at 1.
const SHORT: std::ops::RangeInclusive<u16> = 12..=18;
const SHORT_TO_LONG: u16 = 11;
/// A text of which parts have fonts of their own.
const RICH_TEXT: u16 = 62;
/// Column, style and flags, before the value of a cell.
const CELL_HEAD: usize = 8;

/// The archive to read: the file itself, or a copy in memory where a sheet holds cells that the library would pass over.
///
/// # Errors
/// [`ReadError`] when the archive cannot be read.
pub(super) fn binary_workbook(path: &Path) -> Result<Box<dyn ByteSource>, ReadError> {
    let mut file = BufReader::with_capacity(1 << 16, File::open(path)?);
    let Some(bytes) = ZipArchive::new(&mut file).ok().map(|mut archive| rewritten(&mut archive)).transpose()?.flatten()
    else {
        file.rewind()?;
        return Ok(Box::new(file));
    };
    Ok(Box::new(Cursor::new(bytes)))
}

/// A copy of the archive; none where no sheet needs it.
fn rewritten<R: Read + Seek>(archive: &mut ZipArchive<R>) -> Result<Option<Vec<u8>>, ReadError> {
    let mut sheets = Vec::new();
    for index in 0..archive.len() {
        let Ok(member) = archive.by_index_data(index) else { return Ok(None) };
        let Ok(name) = member.name().map(|name| name.to_ascii_lowercase()) else { return Ok(None) };
        let is_sheet = name.contains("worksheets/") && name.strip_suffix(".bin").is_some();
        let is_relations = name == RELATIONS;
        if is_sheet || is_relations {
            drop(member);
            let Ok(mut member) = archive.by_index(index) else { return Ok(None) };
            let mut bytes = Vec::new();
            member.read_to_end(&mut bytes)?;
            let known = if is_sheet { known_cells(&bytes) } else { plain_relations(&bytes) };
            if let Some(part) = known {
                sheets.push((index, part));
            }
        }
    }
    if sheets.is_empty() {
        return Ok(None);
    }
    let broken = |error: zip::result::ZipError| ReadError::from(std::io::Error::from(error));
    let mut copy = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let member = archive.by_index_raw(index).map_err(broken)?;
        if let Some((_, sheet)) = sheets.iter().find(|(of, _)| *of == index) {
            let name = member.name().map_err(broken)?.into_owned();
            drop(member);
            let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
            copy.start_file(name, options).map_err(broken)?;
            copy.write_all(sheet)?;
        } else {
            copy.raw_copy_file(member).map_err(broken)?;
        }
    }
    Ok(Some(copy.finish().map_err(broken)?.into_inner()))
}

/// The part that says what the workbook's part relates to.
const RELATIONS: &str = "xl/_rels/workbook.bin.rels";

/// The list of relations as the library expects it; none where it is, or where it cannot be followed.
fn plain_relations(part: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(part).ok()?;
    let mut reader = quick_xml::Reader::from_str(text.trim_start_matches('\u{feff}'));
    let mut out = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">"#.to_owned();
    let mut is_plain = true;
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) | Event::Empty(element) if element.local_name().as_ref() == "Relationship" => {
                is_plain &= element.name().as_ref() == "Relationship";
                out.push_str("<Relationship");
                for attribute in element.attributes() {
                    let attribute = attribute.ok()?;
                    let (key, value): (&str, &str) = (attribute.key.as_ref(), attribute.value.as_ref());
                    let own = if key == "Target" { from_the_folder(value) } else { value };
                    is_plain &= own == value;
                    out.push_str(&format!(" {key}=\"{}\"", own.replace('"', "&quot;")));
                }
                out.push_str("/>");
            }
            Event::Eof => break,
            _ => {}
        }
    }
    out.push_str("</Relationships>");
    (!is_plain).then(|| out.into_bytes())
}

/// A target from the folder of the workbook, `xl`.
fn from_the_folder(target: &str) -> &str {
    let target = target.strip_prefix("./").unwrap_or(target);
    target.strip_prefix("/xl/").unwrap_or(target)
}

/// A sheet's part with cells that the library knows; none where it knows them all, or where the part cannot be followed: then
/// the library says what is wrong with it.
fn known_cells(part: &[u8]) -> Option<Vec<u8>> {
    let is_known = |(kind, _): (u16, &[u8])| kind != FORMULA_ERROR && kind != RICH_TEXT && !SHORT.contains(&kind);
    if XlsbRecords(part).all(is_known) {
        return None;
    }
    let mut out = Vec::with_capacity(part.len());
    let mut records = XlsbRecords(part);
    let mut next_column = 0_u32;
    for (kind, data) in records.by_ref() {
        let column = data.get(..4).map(|at| u32::from_le_bytes([at[0], at[1], at[2], at[3]]));
        match kind {
            FORMULA_ERROR => write(&mut out, ERROR, &[data]),
            RICH_TEXT => write(&mut out, TEXT, &[data.get(..CELL_HEAD)?, data.get(CELL_HEAD + 1..)?]),
            _ if SHORT.contains(&kind) => write(&mut out, kind - SHORT_TO_LONG, &[&next_column.to_le_bytes(), data]),
            _ => write(&mut out, kind, &[data]),
        }
        next_column = match kind {
            ROW => 0,
            _ if SHORT.contains(&kind) => next_column.saturating_add(1),
            1..=FORMULA_ERROR | RICH_TEXT => column?.saturating_add(1),
            _ => next_column,
        };
    }
    records.0.is_empty().then_some(out)
}

fn write(out: &mut Vec<u8>, kind: u16, data: &[&[u8]]) {
    let [low, high] = kind.to_le_bytes();
    if kind < 0x80 {
        out.push(low);
    } else {
        out.extend([low, high]);
    }
    let mut length = data.iter().map(|piece| piece.len()).sum::<usize>();
    loop {
        #[expect(clippy::cast_possible_truncation, reason = "seven bits of it")]
        let seven = (length & 0x7F) as u8;
        length >>= 7;
        out.push(if length == 0 { seven } else { seven | 0x80 });
        if length == 0 {
            break;
        }
    }
    for piece in data {
        out.extend_from_slice(piece);
    }
}

/// Records: kind, as its one or two bytes stand, and data. What is left when it ends could not be followed.
struct XlsbRecords<'r>(&'r [u8]);

impl<'r> Iterator for XlsbRecords<'r> {
    type Item = (u16, &'r [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (kind, mut rest) = match self.0 {
            [low, high, rest @ ..] if low & 0x80 != 0 => (u16::from_le_bytes([*low, *high]), rest),
            [low, rest @ ..] => (u16::from(*low), rest),
            [] => return None,
        };
        let mut length = 0_usize;
        for place in 0..4 {
            let [byte, after @ ..] = rest else { return None };
            length |= usize::from(byte & 0x7F) << (7 * place);
            rest = after;
            if byte & 0x80 == 0 {
                break;
            }
        }
        let data = rest.get(..length)?;
        self.0 = &rest[length..];
        Some((kind, data))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(records: &[(u16, &[u8])]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (kind, data) in records {
            write(&mut bytes, *kind, &[data]);
        }
        bytes
    }

    /// Column, and nothing of style.
    fn head(column: u8) -> Vec<u8> {
        vec![column, 0, 0, 0, 0, 0, 0, 0]
    }

    #[test]
    fn cells_that_the_library_knows_are_left_as_they_are() {
        let number = [head(0), vec![0; 8]].concat();
        let usual = part(&[(0x0191, &[]), (ROW, &[0; 17]), (5, &number), (9, &[0; 200]), (0x0192, &[])]);
        assert_eq!(known_cells(&usual), None);
        assert_eq!(XlsbRecords(&usual).map(|(kind, data)| (kind, data.len())).nth(3), Some((9, 200)));
    }

    #[test]
    fn errors_of_formulas_rich_texts_and_cells_without_a_column_are_rewritten() {
        let at = |column: u8, value: &[u8]| [&head(column)[..], value].concat();
        let odd = part(&[
            (ROW, &[0; 17]),
            (FORMULA_ERROR, &at(3, &[0x2A, 0, 0])),
            (16, &[0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]),
            (18, &[0, 0, 0, 0, 9, 0, 0, 0]),
            (RICH_TEXT, &at(7, &[1, 1, 0, 0, 0, b'a', 0])),
            (ROW, &[0; 17]),
            (15, &[0, 0, 0, 0, 1]),
        ]);
        let wanted = part(&[
            (ROW, &[0; 17]),
            (ERROR, &at(3, &[0x2A, 0, 0])),
            (5, &at(4, &[1, 2, 3, 4, 5, 6, 7, 8])),
            (7, &at(5, &[9, 0, 0, 0])),
            (TEXT, &at(7, &[1, 0, 0, 0, b'a', 0])),
            (ROW, &[0; 17]),
            (4, &at(0, &[1])),
        ]);
        assert_eq!(known_cells(&odd), Some(wanted));
    }

    #[test]
    fn relations_with_a_prefix_or_from_the_root_are_rewritten() {
        let usual = br#"<?xml version="1.0"?><Relationships xmlns="r"><Relationship Id="rId1" Type="t/worksheet" Target="worksheets/sheet1.bin"/></Relationships>"#;
        assert_eq!(plain_relations(usual), None);
        for (start, end, target) in
            [("ns0:", "</ns0:Relationship>", "worksheets/sheet1.bin"), ("", "", "/xl/worksheets/sheet1.bin")]
        {
            let close = if end.is_empty() { "/>".to_owned() } else { format!(">{end}") };
            let odd = format!(
                r#"<{start}Relationships xmlns:ns0="r"><{start}Relationship Target="{target}" Id="rId1"{close}</{start}Relationships>"#
            );
            let wanted = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Target="worksheets/sheet1.bin" Id="rId1"/></Relationships>"#;
            let found = plain_relations(odd.as_bytes()).map(|bytes| String::from_utf8(bytes).unwrap());
            assert_eq!(found.as_deref(), Some(wanted));
        }
        assert_eq!(plain_relations(b"<Relationships><ns0:Relationship"), None);
    }

    #[test]
    fn a_part_that_cannot_be_followed_is_left_to_the_library() {
        let odd = part(&[(ROW, &[0; 17]), (FORMULA_ERROR, &head(0))]);
        assert_eq!(known_cells(&odd[..odd.len() - 1]), None);
        assert_eq!(known_cells(&[odd, vec![5, 200]].concat()), None);
    }
}
