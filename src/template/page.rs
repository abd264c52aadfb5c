//! The sheet of one table: headings with notes, typed columns, drop-downs.

use super::field::TemplateField;
use super::lists::Lists;
use super::plan::Sheet;
use crate::definitions::Kind;
use crate::model::fits;
use crate::xlsx::{
    Color, DataValidation, DataValidationErrorStyle, DataValidationRule, ExcelDateTime, Format, FormatAlign,
    FormatBorder, Note, Worksheet, XlsxError,
};

const LAST_ROW: u32 = 1_048_575;
/// The heading of a column that every row needs: white on this.
pub(super) const NEEDED: Color = Color::RGB(0x1F_3864);
/// The heading of a column that may be left blank: black on this.
pub(super) const OPTIONAL: Color = Color::RGB(0xD9_E2F3);

/// A sheet to fill in.
pub(super) fn page(name: &str, sheet: &Sheet<'_>, lists: &mut Lists) -> Result<Worksheet, XlsxError> {
    let mut page = Worksheet::new();
    page.set_name(name)?;
    let header_rows = sheet.layout.header_rows;
    groups(&mut page, sheet)?;
    for (column, field) in (0_u16..).zip(&sheet.fields) {
        heading(&mut page, column, field)?;
        page.set_column_width(column, f64::from(width(field)))?;
        page.set_column_format(column, &Format::new().set_num_format(field.number_format()))?;
        if let Some(validation) = validation(field, lists)? {
            page.add_data_validation(header_rows, column, LAST_ROW, column, &validation)?;
        }
    }
    // Files that a spreadsheet did not write itself get no fitting heights from it.
    let lines = |field: &TemplateField<'_>| field.label().chars().count() / usize::from(width(field) - 2) + 1;
    let tallest = sheet.fields.iter().map(lines).max().unwrap_or(1);
    page.set_row_height(header_rows - 1, 16.0 * f64::from(u8::try_from(tallest.min(6)).unwrap_or(6)))?;
    page.set_freeze_panes(header_rows, 0)?;
    page.set_repeat_rows(0, header_rows - 1)?;
    page.set_landscape();
    page.set_print_fit_to_pages(1, 0);
    page.set_selection(header_rows, 0, header_rows, 0)?;
    Ok(page)
}

/// The rows above the lowest one of the header, each group merged over its columns.
fn groups(page: &mut Worksheet, sheet: &Sheet<'_>) -> Result<(), XlsxError> {
    let style = Format::new().set_bold().set_align(FormatAlign::Center).set_border(FormatBorder::Thin);
    for level in 0..(sheet.layout.header_rows as usize).saturating_sub(1) {
        let row = fits(level);
        let mut first = 0;
        while first < sheet.fields.len() {
            let text = &sheet.fields[first].levels[level];
            let stands_alone = sheet.fields[first].levels.last().is_some_and(String::is_empty);
            let same = |field: &&TemplateField<'_>| !stands_alone && field.levels[level] == *text;
            let count = sheet.fields[first..].iter().take_while(same).count().max(1);
            let column = u16::try_from(first).unwrap_or(u16::MAX);
            if stands_alone {
                // It is the heading itself, and is written as such.
            } else if count == 1 {
                page.write_string_with_format(row, column, text, &style)?;
            } else {
                let last = u16::try_from(first + count - 1).unwrap_or(u16::MAX);
                page.merge_range(row, column, row, last, text, &style)?;
            }
            first += count;
        }
    }
    Ok(())
}

fn heading(page: &mut Worksheet, column: u16, field: &TemplateField<'_>) -> Result<(), XlsxError> {
    let level = field.levels.iter().rposition(|level| !level.is_empty()).unwrap_or_default();
    let row = fits(level);
    page.write_string_with_format(row, column, field.label(), &style(field.column.required))?;
    let text = field.note();
    let lines: usize = text.lines().map(|line| line.chars().count() / 52 + 1).sum();
    let height = u32::try_from(lines * 16 + 12).unwrap_or(600).min(600);
    let note = Note::new(text).add_author_prefix(false).set_width(340).set_height(height);
    page.insert_note(row, column, &note)?;
    Ok(())
}

/// How headings look.
pub(super) fn style(is_needed: bool) -> Format {
    let style = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top).set_border(FormatBorder::Thin);
    if is_needed {
        style.set_background_color(NEEDED).set_font_color(Color::White)
    } else {
        style.set_background_color(OPTIONAL)
    }
}

/// Characters wide.
fn width(field: &TemplateField<'_>) -> u8 {
    let longest = field.choices().iter().flatten().map(|choice| choice.text.chars().count()).max().unwrap_or(10);
    let words = field.label().split(' ').map(|word| word.chars().count() + 3).max().unwrap_or_default();
    let characters = words.max(longest + 3).clamp(13, 34);
    u8::try_from(characters).unwrap_or(34)
}

fn validation(field: &TemplateField<'_>, lists: &mut Lists) -> Result<Option<DataValidation>, XlsxError> {
    let validation = match (field.choices(), field.column.kind) {
        (Some(choices), _) if choices.is_empty() => return Ok(None),
        (Some(choices), _) => lists.validation(&choices)?,
        (None, Kind::Date) => DataValidation::new()
            .allow_date(DataValidationRule::GreaterThanOrEqualTo(ExcelDateTime::from_ymd(1901, 1, 1)?)),
        (None, Kind::Integer) => {
            DataValidation::new().allow_whole_number(DataValidationRule::Between(i32::MIN, i32::MAX))
        }
        (None, Kind::Decimal { .. }) => {
            DataValidation::new().allow_decimal_number(DataValidationRule::Between(-1e15, 1e15))
        }
        (None, _) => return Ok(None),
    };
    let style = if field.is_strict() { DataValidationErrorStyle::Stop } else { DataValidationErrorStyle::Warning };
    let mut said = format!("Here stands {}.", field.form());
    if field.choices().is_some() {
        "Choose from the list. The note on the heading says what each entry means.".clone_into(&mut said);
    }
    Ok(Some(validation.set_error_style(style).set_error_title("Another form is needed")?.set_error_message(said)?))
}
