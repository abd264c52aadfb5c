//! What a sheet says of itself as bytes, and back.

use super::message::{Cursor, LONGEST, push_text};
use crate::read::{CellArea, DefinedName, SheetAbout, SheetTable, Visibility};

/// More of anything than a sheet has.
const MOST: usize = 4 << 20;

pub(super) fn about_bytes(about: &SheetAbout) -> Vec<u8> {
    let SheetAbout { visibility, hidden_columns, hidden_rows, merged, filtered, tables, names } = about;
    let mut bytes = Vec::new();
    let mut numbers = vec![
        match visibility {
            Visibility::Visible => 0,
            Visibility::Hidden => 1,
            Visibility::VeryHidden => 2,
        },
        *hidden_rows,
        hidden_columns.len() as u64,
    ];
    numbers.extend(hidden_columns.iter().flat_map(|columns| [u64::from(*columns.start()), u64::from(*columns.end())]));
    numbers.push(merged.len() as u64);
    for area in merged {
        push_area(&mut numbers, Some(*area));
    }
    push_area(&mut numbers, *filtered);
    push_numbers(&mut bytes, &numbers);
    push_numbers(&mut bytes, &[tables.len() as u64]);
    for SheetTable { name, display_name, area, header_rows, totals_rows, columns } in tables {
        let mut numbers = Vec::new();
        push_area(&mut numbers, Some(*area));
        numbers.extend([u64::from(*header_rows), u64::from(*totals_rows), columns.len() as u64]);
        push_numbers(&mut bytes, &numbers);
        for text in [name, display_name].into_iter().chain(columns) {
            push_text(&mut bytes, text);
        }
    }
    push_numbers(&mut bytes, &[names.len() as u64]);
    for DefinedName { name, area, refers_to, is_local } in names {
        let mut numbers = vec![u64::from(*is_local), u64::from(area.is_some())];
        push_area(&mut numbers, *area);
        push_numbers(&mut bytes, &numbers);
        push_text(&mut bytes, name);
        push_text(&mut bytes, refers_to);
    }
    bytes
}

/// What a child says; none when it is not in the form that it has.
pub(super) fn read_about(bytes: &[u8]) -> Option<SheetAbout> {
    let mut cursor = Cursor(bytes);
    let visibility = match cursor.number()? {
        0 => Visibility::Visible,
        1 => Visibility::Hidden,
        2 => Visibility::VeryHidden,
        _ => return None,
    };
    let mut about = SheetAbout { visibility, hidden_rows: cursor.number()?, ..SheetAbout::default() };
    for _ in 0..count(&mut cursor)? {
        about.hidden_columns.push(small(&mut cursor)?..=small(&mut cursor)?);
    }
    for _ in 0..count(&mut cursor)? {
        about.merged.push(area(&mut cursor)?);
    }
    about.filtered = Some(area(&mut cursor)?).filter(|area| area.first_row > 0);
    for _ in 0..count(&mut cursor)? {
        let area = area(&mut cursor)?;
        let (header_rows, totals_rows) = (small(&mut cursor)?, small(&mut cursor)?);
        let columns = count(&mut cursor)?;
        let (name, display_name) = (text(&mut cursor)?, text(&mut cursor)?);
        let columns = (0..columns).map(|_| text(&mut cursor)).collect::<Option<Vec<String>>>()?;
        about.tables.push(SheetTable { name, display_name, area, header_rows, totals_rows, columns });
    }
    for _ in 0..count(&mut cursor)? {
        let (is_local, has_area) = (cursor.number()? != 0, cursor.number()? != 0);
        let area = Some(area(&mut cursor)?).filter(|_| has_area);
        about.names.push(DefinedName { area, is_local, name: text(&mut cursor)?, refers_to: text(&mut cursor)? });
    }
    cursor.0.is_empty().then_some(about)
}

fn push_numbers(bytes: &mut Vec<u8>, numbers: &[u64]) {
    for number in numbers {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
}

/// An area, or its absence: rows begin with 1, so that no area has a first row 0.
fn push_area(numbers: &mut Vec<u64>, area: Option<CellArea>) {
    let CellArea { first_row, first_column, last_row, last_column } =
        area.unwrap_or(CellArea { first_row: 0, first_column: 0, last_row: 0, last_column: 0 });
    numbers.extend([first_row, first_column, last_row, last_column].map(u64::from));
}

fn area(cursor: &mut Cursor<'_>) -> Option<CellArea> {
    let (first_row, first_column) = (small(cursor)?, small(cursor)?);
    Some(CellArea { first_row, first_column, last_row: small(cursor)?, last_column: small(cursor)? })
}

fn count(cursor: &mut Cursor<'_>) -> Option<usize> {
    cursor.size().filter(|count| *count <= MOST)
}

fn small(cursor: &mut Cursor<'_>) -> Option<u32> {
    u32::try_from(cursor.number()?).ok()
}

fn text(cursor: &mut Cursor<'_>) -> Option<String> {
    cursor.text(LONGEST).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_sheet_says_comes_back_as_it_was() {
        let area = CellArea { first_row: 1, first_column: 0, last_row: 9, last_column: 16_383 };
        let about = SheetAbout {
            visibility: Visibility::VeryHidden,
            hidden_columns: vec![0..=3, 9..=9],
            hidden_rows: 7,
            merged: vec![area, area],
            filtered: Some(area),
            tables: vec![SheetTable {
                name: "a".to_owned(),
                display_name: "ü".to_owned(),
                area,
                header_rows: 1,
                totals_rows: 0,
                columns: vec![String::new(), "b".to_owned()],
            }],
            names: vec![
                DefinedName { name: "n".to_owned(), area: None, refers_to: "#REF!".to_owned(), is_local: true },
                DefinedName { name: "m".to_owned(), area: Some(area), refers_to: "A1".to_owned(), is_local: false },
            ],
        };
        let bytes = about_bytes(&about);
        assert_eq!(read_about(&bytes).as_ref(), Some(&about));
        assert_eq!(read_about(&about_bytes(&SheetAbout::default())), Some(SheetAbout::default()));
        for cut in 0..bytes.len() {
            assert_eq!(read_about(&bytes[..cut]), None);
        }
    }
}
