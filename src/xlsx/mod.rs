//! Workbooks out, the same bytes each time: no clock in their properties. The only module that names `rust_xlsxwriter`.
//!
//! In: sheets that others have filled. Out: the bytes of a workbook.

pub(crate) use rust_xlsxwriter::XlsxError;
pub(crate) use rust_xlsxwriter::{Chart, ChartType, Table, TableColumn, TableStyle};
pub(crate) use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DataValidationRule, ExcelDateTime, Format, FormatAlign,
    FormatBorder, Formula, Note, Url, Workbook, Worksheet,
};

mod table;

use rust_xlsxwriter::DocProperties;
pub(crate) use table::{MOST_ROWS, page};

/// The most UTF-16 units of a cell's text.
const MOST_TEXT: usize = 32_767;

/// A workbook without sheets, created on a day that is always the same.
pub(crate) fn workbook() -> Result<Workbook, XlsxError> {
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::from_ymd(2020, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    Ok(workbook)
}

/// A workbook without sheets, with its title and who made it, created on a day that is always the same.
pub(crate) fn titled(title: &str, author: &str) -> Result<Workbook, XlsxError> {
    let mut workbook = workbook()?;
    let created = ExcelDateTime::from_ymd(2020, 1, 1)?;
    let properties = DocProperties::new().set_creation_datetime(&created).set_title(title).set_author(author);
    workbook.set_properties(&properties);
    Ok(workbook)
}

/// The bytes of a workbook of these sheets, in their order.
pub(crate) fn bytes(pages: Vec<Worksheet>) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = workbook()?;
    for page in pages {
        workbook.push_worksheet(page);
    }
    workbook.save_to_buffer()
}

/// A text that a cell has room for, with the number of characters cut at its end.
pub(crate) fn fitting(text: &str) -> std::borrow::Cow<'_, str> {
    if text.len() <= MOST_TEXT || text.encode_utf16().count() <= MOST_TEXT {
        return text.into();
    }
    let room = MOST_TEXT - 60;
    let mut units = 0;
    let kept: String = text
        .chars()
        .take_while(|letter| {
            units += letter.len_utf16();
            units <= room
        })
        .collect();
    let cut = text.chars().count() - kept.chars().count();
    format!("{kept} … ({cut} more characters in the original)").into()
}

/// Whether a spreadsheet would take the text for a formula where it is typed or pasted: it begins with `=`, `+`, `-`, `@`, their
/// full-width forms, a tab, a line break or NUL.
///
/// Source: OWASP, CSV Injection.
pub(crate) fn is_like_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_a_formula_is_told() {
        for bad in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\0=1", "＝1", "＋1", "－1", "＠a"] {
            assert!(is_like_formula(bad), "{bad}");
        }
        for good in ["", "a=1", " =1", "'=1", "1-1", "é"] {
            assert!(!is_like_formula(good), "{good}");
        }
    }

    #[test]
    fn a_text_that_is_too_long_is_cut_and_says_so() {
        let long = "😀".repeat(20_000);
        let cut = fitting(&long);
        assert!(cut.encode_utf16().count() <= MOST_TEXT && cut.ends_with("more characters in the original)"));
        assert_eq!(fitting("short"), "short");
    }
}
