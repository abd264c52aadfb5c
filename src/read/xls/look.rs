//! A look at an old Excel workbook (`.xls`) before the library reads it: the library builds each sheet as one rectangle from
//! its first to its last cell, of which a small file can make a hundred gigabytes, and does not tell the date system, nor
//! what is hidden and merged.
//!
//! In: the compound file. Out: its date system, its letters, what its sheets say of themselves, and the bytes that the library is
//! to read, or the refusal of one that is encrypted or whose rectangles are too large. Where objects within the workbook have
//! workbooks of their own, the library is given the file's own alone.

use std::borrow::Cow;
use std::io::{Cursor, Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::code_page::CodePage;
use super::mends::{Patch, patches, short};
use super::padded::Styles;
use super::sheet::OldSheet;
use crate::read::ReadError;
use crate::read::budget::MOST_CELLS;
use crate::read::guard::{Danger, workbooks};

/// The largest workbook stream.
const MOST_BYTES: u64 = 1 << 29;
/// How often the stream may be gone through: sheets that overlap are an attack.
const MOST_PASSES: usize = 8;

/// What the library does not tell of an old workbook.
#[derive(Debug, Default)]
pub(super) struct OldBook {
    /// Whether its days count from 1904.
    pub(super) is_1904: bool,
    /// What its letters are, where the library takes them for others.
    pub(super) page: Option<CodePage>,
    /// Its sheets, in the order of its list of them.
    pub(super) sheets: Vec<OldSheet>,
}

impl OldBook {
    /// A text that the library gave, in its own letters.
    pub(super) fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.page.map_or(Cow::Borrowed(text), |page| page.read(text))
    }
}

/// Looks through a workbook, and gives with what it tells the file, mended where the library would misread it. One that cannot
/// be looked into is left to the library as it is, as of 1900.
///
/// # Errors
/// [`ReadError`] when it is encrypted, or a sheet's cells lie so far apart, or its declared size is so large, that it cannot
/// be held.
pub(super) fn look(path: &Path) -> Result<(OldBook, Vec<u8>), ReadError> {
    let bytes = std::fs::read(path)?;
    let is_alone = workbooks(&bytes) < 2;
    let Some((name, stream)) = stream(&bytes)? else {
        // The library takes the first stream of a name in any folder: it may be that of an object within the workbook.
        return if is_alone { Ok((OldBook::default(), bytes)) } else { Err(Danger::BrokenList.error()) };
    };
    let told = scan(&stream)?;
    let patches = patches(&stream);
    match (is_alone, patches.is_empty()) {
        (true, true) => Ok((told, bytes)),
        (true, false) => Ok((told, mended(bytes, name, &patches)?)),
        (false, _) => Ok((told, alone(stream, &patches)?)),
    }
}

/// A file with nothing but the workbook's own stream, some of its bytes changed.
fn alone(mut stream: Vec<u8>, patches: &[Patch]) -> Result<Vec<u8>, ReadError> {
    for Patch { at, value } in patches {
        if let Some(bytes) = stream.get_mut(*at..*at + 2) {
            bytes.copy_from_slice(&value.to_le_bytes());
        }
    }
    let mut file = cfb::CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(Vec::new()))?;
    let mut only = file.create_stream("/Workbook")?;
    only.write_all(&stream)?;
    only.flush()?;
    drop(only);
    file.flush()?;
    Ok(file.into_inner().into_inner())
}

/// The stream of the workbook and its name; none when there is none that can be followed.
fn stream(bytes: &[u8]) -> Result<Option<(&'static str, Vec<u8>)>, ReadError> {
    let Ok(mut file) = cfb::CompoundFile::open(Cursor::new(bytes)) else { return Ok(None) };
    let Some(name) = ["/Workbook", "/Book"].into_iter().find(|name| file.is_stream(name)) else {
        // One of an object within it is not the file's own.
        return Err(Danger::OtherOle.error());
    };
    let Ok(stream) = file.open_stream(name) else { return Ok(None) };
    let mut held = Vec::new();
    if stream.take(MOST_BYTES + 1).read_to_end(&mut held).is_err() {
        return Ok(None);
    }
    if held.len() as u64 > MOST_BYTES { Err(too_large()) } else { Ok(Some((name, held))) }
}

/// The file with some bytes of its stream changed, none moved.
fn mended(bytes: Vec<u8>, name: &str, patches: &[Patch]) -> Result<Vec<u8>, ReadError> {
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes))?;
    let mut stream = file.open_stream(name)?;
    for Patch { at, value } in patches {
        stream.seek(SeekFrom::Start(*at as u64))?;
        stream.write_all(&value.to_le_bytes())?;
    }
    stream.flush()?;
    drop(stream);
    Ok(file.into_inner().into_inner())
}

/// Goes through the records of the workbook and of each sheet that it names.
fn scan(bytes: &[u8]) -> Result<OldBook, ReadError> {
    let mut book = OldBook::default();
    let mut sheets = Vec::new();
    let is_biff8 = BiffRecords(bytes).next().is_some_and(|(kind, data)| kind == 0x0809 && data.starts_with(&[0, 6]));
    let mut styles = Styles::default();
    for (kind, data) in BiffRecords(bytes) {
        styles.take(kind, data, is_biff8);
        match (kind, data) {
            (0x0022, [1, 0, ..]) => book.is_1904 = true,
            (0x0042, _) if !is_biff8 => book.page = short(data, 0).and_then(CodePage::of),
            // All that follows is encrypted; without a password of their own, such files have one that Excel knows.
            (0x002F, _) => return Err(Danger::Password.error()),
            (0x0085, [a, b, c, d, state, ..]) => {
                sheets.push(u32::from_le_bytes([*a, *b, *c, *d]) as usize);
                book.sheets.push(OldSheet::shown(*state));
            }
            (0x000A, _) => break,
            _ => {}
        }
    }
    let mut budget = bytes.len().saturating_mul(MOST_PASSES);
    let mut cells = 0_u64;
    for (start, told) in sheets.into_iter().zip(&mut book.sheets) {
        let Some(sheet) = bytes.get(start..) else { continue };
        let mut bounds = Bounds::default();
        let (mut depth, mut said) = (0_u32, 0);
        for (kind, data) in BiffRecords(sheet) {
            if is_biff8 && depth <= 1 {
                told.long_texts.take(kind, data);
            }
            budget = budget.checked_sub(data.len() + 4).ok_or_else(too_large)?;
            match kind {
                0x0809 => depth += 1,
                0x000A if depth <= 1 => break,
                0x000A => depth -= 1,
                0x0200 => said = said.max(declared(data)),
                // Numbers, texts, errors, formulas: row and column come first in each.
                0x0203 | 0x0204 | 0x00D6 | 0x0205 | 0x027E | 0x00FD | 0x0006 | 0x0206 | 0x0406 | 0x00BD => {
                    bounds.take(kind, data);
                    if depth <= 1 {
                        told.padded.take(kind, data, &styles);
                    }
                }
                _ if depth <= 1 => told.take(kind, data),
                _ => {}
            }
        }
        cells = cells.saturating_add(bounds.cells().max(said));
        if cells > MOST_CELLS {
            return Err(too_large());
        }
    }
    Ok(book)
}

/// The cells that a sheet says it has.
pub(super) fn declared(data: &[u8]) -> u64 {
    let short = |at: usize| short(data, at).map_or(0, u64::from);
    let long = |at: usize| short(at) + (short(at + 2) << 16);
    let (rows, columns) = if data.len() < 14 {
        (short(2).saturating_sub(short(0)), short(6).saturating_sub(short(4)))
    } else {
        // A first column beyond the last one of the format is taken as 0 by the library.
        let first = if short(8) > 0xFF || short(10) < short(8) { 0 } else { short(8) };
        (long(4).saturating_sub(long(0)), short(10).saturating_sub(first))
    };
    rows.saturating_mul(columns)
}

/// The rectangle of the cells of a sheet.
#[derive(Default)]
struct Bounds {
    rows: Option<(u16, u16)>,
    columns: Option<(u16, u16)>,
}

impl Bounds {
    fn take(&mut self, kind: u16, data: &[u8]) {
        let [row_low, row_high, column_low, column_high, ..] = *data else { return };
        let row = u16::from_le_bytes([row_low, row_high]);
        let column = u16::from_le_bytes([column_low, column_high]);
        // A run of numbers gives its last column at its end.
        let last = match data {
            [.., low, high] if kind == 0x00BD => u16::from_le_bytes([*low, *high]),
            _ => column,
        };
        let with = |range: Option<(u16, u16)>, value: u16| {
            Some(range.map_or((value, value), |(low, high)| (low.min(value), high.max(value))))
        };
        self.rows = with(self.rows, row);
        self.columns = with(with(self.columns, column), last);
    }

    fn cells(&self) -> u64 {
        let length = |range: Option<(u16, u16)>| range.map_or(0, |(low, high)| u64::from(high - low) + 1);
        length(self.rows) * length(self.columns)
    }
}

/// Records: kind and data.
pub(super) struct BiffRecords<'r>(pub(super) &'r [u8]);

impl<'r> Iterator for BiffRecords<'r> {
    type Item = (u16, &'r [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let [a, b, c, d, rest @ ..] = self.0 else { return None };
        let length = usize::from(u16::from_le_bytes([*c, *d]));
        let data = rest.get(..length)?;
        self.0 = &rest[length..];
        Some((u16::from_le_bytes([*a, *b]), data))
    }
}

fn too_large() -> ReadError {
    ReadError::content(
        "read::too_large",
        format!("the cells of the old workbook (.xls) lie so far apart that it has more than {MOST_CELLS}"),
        "open it in Excel, delete the rows below the data and the columns beside it, and save it as .xlsx",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        let length = u16::try_from(data.len()).unwrap();
        [&kind.to_le_bytes()[..], &length.to_le_bytes(), data].concat()
    }

    fn number(row: u16, column: u16) -> Vec<u8> {
        record(0x0203, &[&row.to_le_bytes()[..], &column.to_le_bytes(), &[0; 10]].concat())
    }

    fn workbook(date_mode: u8, sheet: &[Vec<u8>]) -> Vec<u8> {
        let mut globals = record(0x0809, &[0; 8]);
        globals.extend(record(0x0022, &[date_mode, 0]));
        let start = u32::try_from(globals.len() + 4 + 8 + 4).unwrap();
        globals.extend(record(0x0085, &[&start.to_le_bytes()[..], &[0; 4]].concat()));
        globals.extend(record(0x000A, &[]));
        globals.extend(record(0x0809, &[0; 8]));
        globals.extend(sheet.concat());
        globals.extend(record(0x000A, &[]));
        globals
    }

    #[test]
    fn the_date_system_is_told() {
        assert!(scan(&workbook(1, &[number(0, 0)])).unwrap().is_1904);
        assert!(!scan(&workbook(0, &[number(0, 0)])).unwrap().is_1904);
        assert!(!scan(b"").unwrap().is_1904);
    }

    #[test]
    fn an_encrypted_one_is_told_by_its_record() {
        let mut encrypted = record(0x0809, &[0; 8]);
        encrypted.extend(record(0x002F, &[0; 6]));
        encrypted.extend(record(0x0085, &[0xFF; 8]));
        let refusal = scan(&encrypted).unwrap_err().refusal().unwrap();
        assert_eq!(refusal.code, "read::password");
    }

    #[test]
    fn cells_far_apart_and_sizes_beyond_reason_are_refused() {
        assert!(scan(&workbook(0, &[number(0, 0), number(65_535, 255)])).is_ok());
        assert!(scan(&workbook(0, &[number(0, 0), number(65_535, 65_535)])).is_err());
        let declares = |rows: u32| {
            let data = [&0_u32.to_le_bytes()[..], &rows.to_le_bytes(), &[0, 0, 255, 0, 0, 0]].concat();
            scan(&workbook(0, &[record(0x0200, &data), number(0, 0)]))
        };
        assert!(declares(65_536).is_ok());
        assert!(declares(u32::MAX).is_err());
    }
}
