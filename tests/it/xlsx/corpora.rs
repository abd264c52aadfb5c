//! Our reader of .xlsx and .xlsm against `calamine`, cell by cell, on every such file of `../shared/data`.

use std::fs;
use std::io::{Cursor, Read};
use std::path::Path;

use calamine::{DataRef, Reader, SheetVisible, Xlsx};
use sendmart::definitions::Format;
use sendmart::read::Rows;

use super::{Cells, ours};

/// Where ours gives something else, and why.
const ALLOWED: [(&str, &str); 1] =
    [("date_iso.xlsx", "`t=\"d\"`: ours gives the day as a serial, so that a date column takes it; calamine its text")];

/// Larger files are left out unless `SENDMART_TEST_LARGE` is set: the code under test is not optimised.
const LARGE: u64 = 1 << 20;

fn theirs(book: &mut Xlsx<Cursor<Vec<u8>>>, sheet: &str) -> Result<Cells, String> {
    let shift = if book.has_1904_epoch() { 1462.0 } else { 0.0 };
    let mut cells = Cells::new();
    let mut reader = book.worksheet_cells_reader(sheet).map_err(|error| error.to_string())?;
    while let Some(cell) = reader.next_cell_with_formula_metadata().map_err(|error| error.to_string())? {
        let text = match &cell.value {
            DataRef::Empty if cell.formula.is_some() => "no value".to_owned(),
            DataRef::Empty | DataRef::SharedString("") => continue,
            DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) if text.is_empty() => {
                continue;
            }
            DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => format!("text {text}"),
            DataRef::SharedString(text) => format!("text {text}"),
            DataRef::Int(value) => format!("number {:?}", *value as f64),
            DataRef::Float(value) => format!("number {value:?}"),
            DataRef::Bool(value) => format!("bool {value}"),
            DataRef::DateTime(value) if value.is_duration() => format!("duration {:?}", value.as_f64()),
            DataRef::DateTime(value) => format!("serial {:?}", value.as_f64() + shift),
            DataRef::Error(error) => format!("error {error}"),
        };
        cells.insert((cell.pos.0 + 1, cell.pos.1), text);
    }
    Ok(cells)
}

/// Compares one workbook; gives the number of its cells.
fn compare(name: &str, bytes: Vec<u8>, differences: &mut Vec<String>) -> usize {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), &bytes).unwrap();
    let rows = Rows::open(file.path(), &Format::Workbook { sheets: None, stack: false, content: None });
    let book = Xlsx::new(Cursor::new(bytes));
    let (mut rows, mut book) = match (rows, book) {
        (Ok(rows), Ok(book)) => (rows, book),
        (Err(_), Err(_)) => return 0,
        (ours, theirs) => {
            let said = |result: Result<(), String>| result.map_or_else(|error| error, |()| "reads it".to_owned());
            let (ours, theirs) =
                (ours.map(|_| ()).map_err(|it| it.to_string()), theirs.map(|_| ()).map_err(|it| it.to_string()));
            differences.push(format!("{name}: ours {}; calamine {}", said(ours), said(theirs)));
            return 0;
        }
    };
    let listed: Vec<(String, bool)> = book
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == calamine::SheetType::WorkSheet)
        .map(|sheet| (sheet.name.clone(), sheet.visible == SheetVisible::Visible))
        .collect();
    if rows.sheets() != listed {
        differences.push(format!("{name}: sheets {:?} and {listed:?}", rows.sheets()));
    }
    let mut count = 0;
    for (sheet, _) in listed {
        match (ours(&mut rows, &sheet), theirs(&mut book, &sheet)) {
            (Ok((ours, flaws)), Ok(theirs)) => {
                count += ours.len();
                if flaws > 0 {
                    differences.push(format!("{name} {sheet}: {flaws} flaws"));
                }
                let places: std::collections::BTreeSet<_> = ours.keys().chain(theirs.keys()).collect();
                for place in places {
                    let (one, other) = (ours.get(place), theirs.get(place));
                    if one != other {
                        differences.push(format!("{name} {sheet} {place:?}: {one:?} and {other:?}"));
                    }
                }
            }
            (Err(_), Err(_)) => {}
            (ours, theirs) => {
                differences.push(format!("{name} {sheet}: ours {:?}; calamine {:?}", ours.err(), theirs.err()));
            }
        }
    }
    count
}

#[test]
fn every_workbook_gives_the_cells_that_calamine_gives() {
    let Some(shared) = crate::shared("data") else { return };
    let mut differences = Vec::new();
    let (mut files, mut cells) = (0, 0);
    let mut folders = vec![shared];
    let with_large = std::env::var_os("SENDMART_TEST_LARGE").is_some();
    let is_workbook = |name: &str| {
        Path::new(name).extension().is_some_and(|it| it.eq_ignore_ascii_case("xlsx") || it.eq_ignore_ascii_case("xlsm"))
    };
    while let Some(folder) = folders.pop() {
        let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        for path in paths {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if is_workbook(&name) && (with_large || path.metadata().unwrap().len() <= LARGE) {
                files += 1;
                cells += compare(&name, fs::read(&path).unwrap(), &mut differences);
            } else if path.extension().is_some_and(|it| it == "zip") {
                let mut archive = zip::ZipArchive::new(fs::File::open(&path).unwrap()).unwrap();
                for index in 0..archive.len() {
                    let mut entry = archive.by_index(index).unwrap();
                    let name = entry.name().unwrap().into_owned();
                    if is_workbook(&name) {
                        let mut bytes = Vec::new();
                        entry.read_to_end(&mut bytes).unwrap();
                        files += 1;
                        cells += compare(&name, bytes, &mut differences);
                    }
                }
            }
        }
    }
    println!("{files} workbooks, {cells} cells");
    differences.retain(|difference| !ALLOWED.iter().any(|(allowed, _)| difference.contains(allowed)));
    assert!(differences.is_empty(), "{} differences\n{}", differences.len(), differences.join("\n"));
}
