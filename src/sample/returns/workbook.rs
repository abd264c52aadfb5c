//! Sheets row by row: widths and formats by rule.

use super::cell::Cell;
use crate::sample::mess::Mess;
use crate::sample::whole;
use crate::xlsx::{self, Format, FormatAlign, Worksheet, XlsxError};

/// How a sheet writes dates and flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// Registers: real dates, `Yes` and `No`.
    Register,
    /// SEN2 pre-submission: real dates, 1 and 0.
    PreSubmission,
    /// SEN2 template: dates as text `2024-01-31`, 1 and 0.
    Template,
}

/// A sheet in the making: rows are appended below each other.
pub(super) struct GrownSheet {
    page: Worksheet,
    style: Style,
    date: Format,
    bold: Format,
    /// 0-based number of the next row.
    next: u32,
    /// Data rows so far.
    pub(super) data_rows: usize,
}

impl GrownSheet {
    pub(super) fn new(name: &str, style: Style) -> Result<Self, XlsxError> {
        let mut page = Worksheet::new();
        page.set_name(name)?;
        let date = Format::new().set_num_format("dd/mm/yyyy");
        Ok(Self { page, style, date, bold: Format::new().set_bold(), next: 0, data_rows: 0 })
    }

    /// A line of text, in bold, or an empty line.
    pub(super) fn line(&mut self, text: &str) -> Result<(), XlsxError> {
        if !text.is_empty() {
            self.page.write_string_with_format(self.next, 0, text, &self.bold)?;
        }
        self.next += 1;
        Ok(())
    }

    /// Groups over a header, each merged over so many columns.
    pub(super) fn groups(&mut self, groups: &[(&str, u16)]) -> Result<(), XlsxError> {
        let centred = Format::new().set_bold().set_align(FormatAlign::Center);
        let mut column = 0;
        for (label, width) in groups {
            if *width > 1 {
                self.page.merge_range(self.next, column, self.next, column + width - 1, label, &centred)?;
            } else {
                self.page.write_string_with_format(self.next, column, *label, &centred)?;
            }
            column += width;
        }
        self.next += 1;
        Ok(())
    }

    /// A header.
    pub(super) fn header(&mut self, labels: &[&str]) -> Result<(), XlsxError> {
        for (column, label) in labels.iter().enumerate() {
            let column = u16::try_from(column).unwrap_or(u16::MAX);
            self.page.write_string_with_format(self.next, column, *label, &self.bold)?;
        }
        self.next += 1;
        Ok(())
    }

    /// A row of data, with what the mess does to it.
    pub(super) fn row(&mut self, cells: &mut [Cell], mess: Option<&mut Mess>) -> Result<(), XlsxError> {
        let number = whole::<usize>(self.next) + 1;
        let is_doubled = mess.is_some_and(|mess| mess.touch(number, cells));
        self.write(cells)?;
        if is_doubled { self.write(cells) } else { Ok(()) }
    }

    fn write(&mut self, cells: &[Cell]) -> Result<(), XlsxError> {
        for (column, cell) in cells.iter().enumerate() {
            self.cell(u16::try_from(column).unwrap_or(u16::MAX), cell)?;
        }
        self.next += 1;
        self.data_rows += 1;
        Ok(())
    }

    fn cell(&mut self, column: u16, cell: &Cell) -> Result<(), XlsxError> {
        let (row, style) = (self.next, self.style);
        match cell {
            Cell::Blank => return Ok(()),
            Cell::Word(word) => self.page.write_string(row, column, *word)?,
            Cell::Text(text) => self.page.write_string(row, column, text)?,
            Cell::Whole(number) | Cell::Count(number) => self.page.write_number(row, column, *number as f64)?,
            Cell::Hundredths(number) => self.page.write_number(row, column, *number as f64 / 100.0)?,
            Cell::Date(day) if style == Style::Template => self.page.write_string(row, column, day.iso())?,
            Cell::Date(day) => self.page.write_number_with_format(row, column, f64::from(day.serial()), &self.date)?,
            Cell::Flag(flag) if style == Style::Register => {
                self.page.write_string(row, column, if *flag { "Yes" } else { "No" })?
            }
            Cell::Flag(flag) => self.page.write_number(row, column, f64::from(u8::from(*flag)))?,
        };
        Ok(())
    }
}

/// The bytes of a workbook of these sheets.
pub(super) fn bytes(sheets: Vec<GrownSheet>) -> Result<Vec<u8>, XlsxError> {
    xlsx::bytes(sheets.into_iter().map(|sheet| sheet.page).collect())
}
