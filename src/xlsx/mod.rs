//! Workbooks out, the same bytes each time: no clock in their properties. The only module that names `rust_xlsxwriter`.
//!
//! In: sheets that others have filled. Out: the bytes of a workbook.

pub(crate) use rust_xlsxwriter::XlsxError;
pub(crate) use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DataValidationRule, ExcelDateTime, Format, FormatAlign,
    FormatBorder, Formula, Note, Worksheet,
};

use rust_xlsxwriter::{DocProperties, Workbook};

/// The bytes of a workbook of these sheets, in their order.
pub(crate) fn bytes(pages: Vec<Worksheet>) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::from_ymd(2020, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    for page in pages {
        workbook.push_worksheet(page);
    }
    workbook.save_to_buffer()
}
