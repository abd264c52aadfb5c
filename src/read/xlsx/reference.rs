//! References such as `B7`, `$A$1:$C$9` and `'My sheet'!$A:$C` into rows and columns.

use crate::read::CellArea;

/// The sizes of an Excel sheet.
pub(super) const MOST_ROWS: u32 = 1_048_576;
/// See [`MOST_ROWS`].
pub(super) const MOST_COLUMNS: u32 = 16_384;

/// Row (1-based) and column (0-based) of a reference such as `B7`; none when it is no cell of a sheet.
pub(super) fn cell(text: &str) -> Option<(u32, u32)> {
    let bytes = text.as_bytes();
    let mut column = 0_u32;
    let mut at = 0;
    while let Some(byte) = bytes.get(at).filter(|byte| byte.is_ascii_alphabetic()) {
        if at == 3 {
            return None;
        }
        column = column * 26 + u32::from(byte.to_ascii_uppercase() - b'A') + 1;
        at += 1;
    }
    let row = row(&text[at..])?;
    (at > 0 && column <= MOST_COLUMNS).then(|| (row, column - 1))
}

/// A row's number, 1-based; none when it is no row of a sheet.
pub(super) fn row(text: &str) -> Option<u32> {
    if text.is_empty() || text.len() > 7 || text.starts_with('0') {
        return None;
    }
    let mut row = 0_u32;
    for byte in text.bytes() {
        if !byte.is_ascii_digit() {
            return None;
        }
        row = row * 10 + u32::from(byte - b'0');
    }
    (row <= MOST_ROWS).then_some(row)
}

/// The rectangle of a reference such as `A1:C9`, `$B$2`, `A:C` or `1:9`; dollars are passed over.
pub(super) fn area(text: &str) -> Option<CellArea> {
    let bare = text.replace('$', "");
    let (from, to) = bare.split_once(':').unwrap_or((&bare, &bare));
    let (one, other) = match (cell(from), cell(to)) {
        (Some(one), Some(other)) => (one, other),
        (None, None) if bare.contains(':') => {
            let columns = |text: &str| cell(&format!("{text}1")).map(|(_, column)| column);
            match (row(from), row(to), columns(from), columns(to)) {
                (Some(first), Some(last), ..) => ((first, 0), (last, MOST_COLUMNS - 1)),
                (.., Some(first), Some(last)) => ((1, first), (MOST_ROWS, last)),
                _ => return None,
            }
        }
        _ => return None,
    };
    Some(CellArea {
        first_row: one.0.min(other.0),
        first_column: one.1.min(other.1),
        last_row: one.0.max(other.0),
        last_column: one.1.max(other.1),
    })
}

/// The sheet that a reference names, and what is behind its `!`.
pub(super) fn of_sheet(text: &str) -> Option<(String, &str)> {
    let text = text.trim().trim_start_matches('=');
    if let Some(quoted) = text.strip_prefix('\'') {
        let mut end = 0;
        loop {
            end += quoted[end..].find('\'')?;
            if quoted[end + 1..].starts_with('\'') {
                end += 2;
            } else {
                return Some((quoted[..end].replace("''", "'"), quoted[end + 1..].strip_prefix('!')?));
            }
        }
    }
    let (sheet, rest) = text.split_once('!')?;
    Some((sheet.to_owned(), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_a_cell_of_a_sheet_or_nothing() {
        assert_eq!(cell("A1"), Some((1, 0)));
        assert_eq!(cell("xfd1048576"), Some((1_048_576, 16_383)));
        for wrong in
            ["", "A", "1", "A0", "A01", "XFE1", "A1048577", "MWLQKWX1", "A4294967301", "A-1", "A1B", "É1", "$A$1"]
        {
            assert_eq!(cell(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn areas_may_be_whole_rows_and_columns_and_name_their_sheet() {
        let all = |text| area(text).map(|it| (it.first_row, it.first_column, it.last_row, it.last_column));
        assert_eq!(all("$C$9:A1"), Some((1, 0, 9, 2)));
        assert_eq!(all("B2"), Some((2, 1, 2, 1)));
        assert_eq!(all("A:C"), Some((1, 0, MOST_ROWS, 2)));
        assert_eq!(all("$2:$3"), Some((2, 0, 3, MOST_COLUMNS - 1)));
        assert_eq!(all("A1:C9,D4"), None);
        assert_eq!(all("#REF!"), None);
        assert_eq!(of_sheet("'It''s here'!$A$1"), Some(("It's here".to_owned(), "$A$1")));
        assert_eq!(of_sheet("Data!A1"), Some(("Data".to_owned(), "A1")));
        assert_eq!(of_sheet("SUM(A1)"), None);
    }
}
