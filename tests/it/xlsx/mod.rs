//! The reader of .xlsx and .xlsm.

/// Against `calamine`, on every workbook of `../shared/data`.
mod corpora;
/// What is broken, odd or hostile: each a flaw at its place, or a refusal in words.
mod flaws;
/// What a package says of its parts, and a sheet of itself.
mod parts;
/// What was written comes back.
mod round_trip;

use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use std::ops::ControlFlow;

use sendmart::definitions::Format;
use sendmart::read::{Cell, ReadError, RowFlaw, Rows};

/// A cell in words that both readers can be put into; blank cells and rows are left out.
type Cells = BTreeMap<(u32, u32), String>;

/// What ours gives: cells by row (1-based) and column (0-based), and the number of flaws.
fn ours(rows: &mut Rows, sheet: &str) -> Result<(Cells, usize), String> {
    let mut cells = Cells::new();
    let mut flaws = 0;
    rows.stream(Some(sheet), &mut |block| {
        flaws += block.flaws.len();
        for row in &block.rows {
            for column in 0..row.cells {
                let cell = block.cell(*row, column);
                let text = match cell {
                    Cell::Blank => continue,
                    Cell::NoValue => "no value".to_owned(),
                    Cell::Text(..) => format!("text {}", block.shown(cell)),
                    Cell::Number(value) | Cell::Percent(value) => format!("number {value:?}"),
                    // The library gives the number.
                    Cell::Padded(..) => format!("number {:?}", crate::digits(&block.shown(cell))),
                    Cell::Bool(value) => format!("bool {value}"),
                    Cell::Serial(value) => format!("serial {value:?}"),
                    Cell::Duration(value) => format!("duration {value:?}"),
                    Cell::Error(..) => format!("error {}", block.shown(cell)),
                    Cell::Flawed(flaw, ..) => format!("flawed {flaw:?} {}", block.shown(cell)),
                };
                assert_eq!(cells.insert((row.number, column), text), None);
            }
        }
        ControlFlow::Continue(())
    })
    .map_err(|error| error.to_string())?;
    Ok((cells, flaws))
}

/// A workbook of these parts, for what no writer writes. What every workbook needs is added where it is not given.
fn workbook(parts: &[(&str, &[u8])]) -> Vec<u8> {
    const USUAL: [(&str, &str); 3] = [
        (
            "_rels/.rels",
            "<Relationships><Relationship Id='r1' Type='urn:x/officeDocument' Target='xl/workbook.xml'/></Relationships>",
        ),
        (
            "xl/workbook.xml",
            "<workbook xmlns:r='urn:r'><sheets><sheet name='Data' sheetId='1' r:id='r1'/></sheets></workbook>",
        ),
        (
            "xl/_rels/workbook.xml.rels",
            "<Relationships><Relationship Id='r1' Type='urn:x/worksheet' Target='worksheets/sheet1.xml'/>\
             <Relationship Id='r2' Type='urn:x/sharedStrings' Target='sharedStrings.xml'/>\
             <Relationship Id='r3' Type='urn:x/styles' Target='/xl/styles.xml'/></Relationships>",
        ),
    ];
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    let usual = USUAL.iter().map(|(name, text)| (*name, text.as_bytes()));
    let needed = usual.filter(|(name, _)| !parts.iter().any(|(given, _)| given.eq_ignore_ascii_case(name)));
    for (name, bytes) in needed.chain(parts.iter().copied()) {
        archive.start_file(name, options).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A workbook of one sheet that holds these rows, as XML.
fn sheet(rows: &str) -> Vec<u8> {
    let part = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    workbook(&[("xl/worksheets/sheet1.xml", part.as_bytes())])
}

fn open(bytes: &[u8]) -> Result<Rows, ReadError> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    Rows::open(file.path(), &Format::Workbook { sheets: None, stack: false, content: None })
}

/// Each row of the first sheet: its number, its cells by column, and its flaws in words.
fn rows(bytes: &[u8]) -> Result<Vec<String>, String> {
    let mut rows = open(bytes).map_err(|error| error.to_string())?;
    let (sheet, _) = rows.sheets().into_iter().next().ok_or("no sheet")?;
    let mut found = Vec::new();
    rows.stream(Some(&sheet), &mut |block| {
        for (index, row) in block.rows.iter().enumerate() {
            let mut words = vec![format!("{}{}", row.number, if row.hidden { " hidden" } else { "" })];
            for (column, cell) in block.row(index).iter().enumerate() {
                let kind = match cell {
                    Cell::Blank => continue,
                    Cell::Text(..) => "",
                    Cell::Flawed(flaw, ..) => &format!("{flaw:?}:"),
                    Cell::NoValue => "NoValue",
                    Cell::Error(..) => "Error:",
                    Cell::Serial(_) => "Serial:",
                    Cell::Duration(_) => "Duration:",
                    Cell::Percent(_) => "Percent:",
                    Cell::Padded(..) => "Padded:",
                    Cell::Number(_) => "#",
                    Cell::Bool(_) => "?",
                };
                words.push(format!("{column}={kind}{}", block.shown(*cell)));
            }
            for (_, flaw) in block.flaws.iter().filter(|(row, _)| *row as usize == index) {
                words.push(match flaw {
                    RowFlaw::CellReference(start, length) => format!("!reference {}", block.slice(*start, *length)),
                    RowFlaw::CellOfOtherRow(start, length) => format!("!other row {}", block.slice(*start, *length)),
                    RowFlaw::RowNumber(start, length) => format!("!number {}", block.slice(*start, *length)),
                    other => format!("!{other:?}"),
                });
            }
            found.push(words.join(" "));
        }
        ControlFlow::Continue(())
    })
    .map_err(|error| error.to_string())?;
    Ok(found)
}
