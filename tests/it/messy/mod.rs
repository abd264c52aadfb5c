//! The corpora of `../shared/data/messy`: files by which other readers of spreadsheets are tested, and what they teach.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use sendmart::definitions::{Encoding, Format};
use sendmart::model::{Content, SNIFF_BYTES, sniff};
use sendmart::read::{Block, Cell, ReadError, Rows, number_text};

/// Delimited text: `csv-spectrum`, and a survey of real files with their dialects.
mod csv;
/// Files whose name says what they test.
mod expected;
/// The same content in two formats.
mod pairs;
/// Every file: the cells, or the refusal.
mod verdicts;

/// The files, each under the name of its corpus: `readxl/dates-1904.xls`.
static FILES: LazyLock<Option<(tempfile::TempDir, BTreeMap<String, PathBuf>)>> = LazyLock::new(unpack);

/// Seconds that this thread has had the processor: however busy the machine is.
pub(crate) fn processor_seconds() -> i64 {
    rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime).tv_sec
}

fn files() -> Option<&'static BTreeMap<String, PathBuf>> {
    FILES.as_ref().map(|(_, files)| files)
}

fn unpack() -> Option<(tempfile::TempDir, BTreeMap<String, PathBuf>)> {
    let messy = crate::shared("data/messy")?;
    let folder = tempfile::tempdir().unwrap();
    let mut files = BTreeMap::new();
    for kind in ["csv", "xl"] {
        for entry in fs::read_dir(messy.join(kind)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if path.extension().is_none_or(|kind| kind != "zip") {
                files.insert(name, path);
                continue;
            }
            let mut archive = zip::ZipArchive::new(File::open(&path).unwrap()).unwrap();
            for index in 0..archive.len() {
                let mut member = archive.by_index(index).unwrap();
                let name = member.name().unwrap().into_owned();
                if name.ends_with('/') {
                    continue;
                }
                let to = folder.path().join(&name);
                fs::create_dir_all(to.parent().unwrap()).unwrap();
                std::io::copy(&mut member, &mut File::create(&to).unwrap()).unwrap();
                files.insert(name, to);
            }
        }
    }
    Some((folder, files))
}

/// A sheet: its name, and its rows by number.
type Sheet = (String, BTreeMap<u32, Vec<String>>);

const WORKBOOK: Format = Format::Workbook { sheets: None, stack: false, content: None };

/// The content of a file, by its first bytes.
fn content(path: &Path) -> Content {
    let bytes = fs::read(path).unwrap();
    let name = path.file_name().unwrap().to_str().unwrap();
    sniff(&bytes[..bytes.len().min(SNIFF_BYTES)], name)
}

/// Every sheet of a workbook with all its cells.
fn sheets(path: &Path) -> Result<Vec<Sheet>, ReadError> {
    let mut rows = Rows::open(path, &WORKBOOK)?;
    let names: Vec<String> = rows.sheets().into_iter().map(|(name, _)| name).collect();
    let mut sheets = Vec::new();
    for name in names {
        let found = cells(&mut rows, Some(&name))?;
        sheets.push((name, found));
    }
    Ok(sheets)
}

/// All rows by number, with their cells as text that says what each is.
fn cells(rows: &mut Rows, sheet: Option<&str>) -> Result<BTreeMap<u32, Vec<String>>, ReadError> {
    let mut found = BTreeMap::new();
    rows.stream(sheet, &mut |block| {
        for (index, row) in block.rows.iter().enumerate() {
            let cells = block.row(index).iter().map(|cell| shown(&block, *cell)).collect();
            assert!(found.insert(row.number, cells).is_none(), "row {} twice", row.number);
        }
        ControlFlow::Continue(())
    })?;
    Ok(found)
}

/// A cell: a text as it is, a number as `1.5n`, a date or time as its serial `45000d`, a length of time `0.5h`, and so on.
fn shown(block: &Block, cell: Cell) -> String {
    // Serials are rounded to milliseconds: formats differ in how they hold a fraction of a day.
    let rounded = |value: f64| number_text((value * 86_400_000.0).round() / 86_400_000.0);
    match cell {
        Cell::Blank => String::new(),
        Cell::Text(start, length) => block.slice(start, length).to_owned(),
        Cell::Number(value) => format!("{}n", number_text(value)),
        Cell::Percent(value) => format!("{}%", number_text(value)),
        // An .xlsb does not tell.
        Cell::Padded(start, length) => format!("{}n", number_text(crate::digits(block.slice(start, length)))),
        Cell::Flawed(flaw, start, length) => format!("flawed {flaw:?} {}", block.slice(start, length)),
        Cell::Bool(yes) => if yes { "yes!" } else { "no!" }.to_owned(),
        Cell::Serial(value) => format!("{}d", rounded(value)),
        Cell::Duration(value) => format!("{}h", rounded(value)),
        Cell::Error(start, length) => format!("!{}", block.slice(start, length)),
        Cell::NoValue => "?".to_owned(),
    }
}

/// The rows of a sheet from the first to the last that holds anything; blanks at the end of a row cut.
fn table(sheet: &BTreeMap<u32, Vec<String>>) -> Vec<Vec<String>> {
    let Some(last) = sheet.keys().next_back() else { return Vec::new() };
    let trimmed = |row: &Vec<String>| {
        let filled = row.iter().rposition(|cell| !cell.is_empty()).map_or(0, |at| at + 1);
        row[..filled].to_vec()
    };
    (1..=*last).map(|number| sheet.get(&number).map(trimmed).unwrap_or_default()).collect()
}
