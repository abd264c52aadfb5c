//! Cells and sheets of the library that reads `.xls` and `.xlsb` (`calamine`), as ours.

use calamine::{Data, DataRef, Sheet, SheetType, SheetVisible};

use super::block::{Block, Cell};

/// Days between the two date systems of Excel.
pub(super) const DAYS_1904: f64 = 1462.0;

/// The sheets of a list that hold cells, and whether each is shown. A chart on a sheet of its own has none, and the library fails
/// on it.
pub(super) fn with_cells(sheets: &[Sheet]) -> impl Iterator<Item = (&str, bool)> {
    let shown = |sheet: &Sheet| sheet.visible == SheetVisible::Visible;
    sheets.iter().filter(|sheet| has_cells(sheet)).map(move |sheet| (sheet.name.as_str(), shown(sheet)))
}

/// The names of the others: charts and dialogues.
pub(super) fn without_cells(sheets: &[Sheet]) -> Vec<String> {
    sheets.iter().filter(|sheet| !has_cells(sheet)).map(|sheet| sheet.name.clone()).collect()
}

fn has_cells(sheet: &Sheet) -> bool {
    matches!(sheet.typ, SheetType::WorkSheet | SheetType::MacroSheet)
}

/// The formats that are not streamed give cells of another type.
pub(super) fn borrowed(value: &Data) -> DataRef<'_> {
    match value {
        Data::Empty => DataRef::Empty,
        Data::Int(value) => DataRef::Int(*value),
        Data::Float(value) => DataRef::Float(*value),
        Data::Bool(value) => DataRef::Bool(*value),
        Data::DateTime(value) => DataRef::DateTime(*value),
        Data::String(value) | Data::DateTimeIso(value) | Data::DurationIso(value) => DataRef::SharedString(value),
        Data::Error(error) => DataRef::Error(error.clone()),
    }
}

/// A cell of the library as ours. `shift` moves serials of the 1904 system that carry no date format of their own.
pub(super) fn from_ref(block: &mut Block, value: &DataRef<'_>, shift: f64) -> Cell {
    let mut text = |text: &str| {
        let (start, length) = block.push_text(text);
        if length == 0 { Cell::Blank } else { Cell::Text(start, length) }
    };
    match value {
        DataRef::Empty => Cell::Blank,
        DataRef::String(value) | DataRef::DateTimeIso(value) | DataRef::DurationIso(value) => text(value),
        DataRef::SharedString(value) => text(value),
        #[expect(clippy::cast_precision_loss, reason = "Excel itself holds every number as a double")]
        DataRef::Int(value) => Cell::Number(*value as f64),
        DataRef::Float(value) => Cell::Number(*value),
        DataRef::Bool(value) => Cell::Bool(*value),
        DataRef::DateTime(value) if value.is_duration() => Cell::Duration(value.as_f64()),
        DataRef::DateTime(value) => Cell::Serial(value.as_f64() + shift),
        DataRef::Error(error) => {
            let (start, length) = block.push_text(&error.to_string());
            Cell::Error(start, length)
        }
    }
}
