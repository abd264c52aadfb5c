//! `pack-accessible.xlsx`: one named table a sheet, no merges, fills, filters, freezes or drawings; cover, contents and notes first.
//!
//! Source: Analysis Function, *Making spreadsheets accessible: a brief checklist of the basics*. The tests hold each rule against the file.

use super::board_pack::BoardPack;
use super::folder::SiteError;
use super::period::day_words;
use super::sheets::{PackTable, SheetCell, sheet_tables, used_symbols};
use crate::xlsx::{Format, Table, TableColumn, TableStyle, Url, Worksheet, XlsxError, fitting, titled};

/// The file.
pub const ACCESSIBLE: &str = "pack-accessible.xlsx";
/// Rows above the header of a table: title, what it is, how many tables, where the notes are.
const ABOVE: u32 = 4;
/// Widest column, in letters.
const WIDEST: usize = 60;

/// The bytes of the workbook.
///
/// # Errors
/// [`SiteError::Workbook`] when it cannot be written.
pub fn accessible_workbook(pack: &BoardPack<'_>) -> Result<Vec<u8>, SiteError> {
    written(pack).map_err(|error| SiteError::Workbook(error.to_string()))
}

/// The title of both workbooks.
pub(super) fn workbook_title(pack: &BoardPack<'_>) -> String {
    format!("{}: figures for the meeting of {}", pack.board.name, day_words(pack.meeting.day))
}

fn written(pack: &BoardPack<'_>) -> Result<Vec<u8>, XlsxError> {
    let (tables, notes) = sheet_tables(pack);
    let symbols = used_symbols(&tables);
    let mut workbook = titled(&workbook_title(pack), &pack.pages.place)?;
    workbook.push_worksheet(cover(pack)?);
    let symbols = PackTable {
        name: "Symbols",
        title: "Symbols".to_owned(),
        about: "What stands in a cell where there is no number, or beside one.".to_owned(),
        heads: vec!["Symbol".to_owned(), "What it means".to_owned()],
        rows: symbols.iter().map(|(symbol, means)| vec![SheetCell::words(symbol), SheetCell::words(means)]).collect(),
    };
    let note =
        |(index, text): (usize, &String)| vec![SheetCell::Number((index + 1) as f64, None), SheetCell::words(text)];
    let notes = PackTable {
        name: "Notes",
        title: "Notes".to_owned(),
        about: "What cells mean that refer to a note, such as [note 1].".to_owned(),
        heads: vec!["Note".to_owned(), "What has to be known".to_owned()],
        rows: notes.texts.iter().enumerate().map(note).collect(),
    };
    let all: Vec<&PackTable> =
        [&notes, &symbols].into_iter().filter(|table| !table.rows.is_empty()).chain(&tables).collect();
    workbook.push_worksheet(contents(&all)?);
    for table in all {
        workbook.push_worksheet(sheet(table)?);
    }
    workbook.save_to_buffer()
}

fn title_format() -> Format {
    Format::new().set_bold().set_font_size(16)
}

fn cover(pack: &BoardPack<'_>) -> Result<Worksheet, XlsxError> {
    let mut sheet = Worksheet::new();
    sheet.set_name("Cover")?;
    sheet.set_column_width(0, 90)?;
    sheet.write_with_format(0, 0, workbook_title(pack), &title_format())?;
    let wrapped = Format::new().set_text_wrap();
    let draft = if pack.is_draft {
        "This is a draft: its figures are not frozen yet."
    } else {
        "Its figures are frozen: what came later is not in them."
    };
    let lines = [
        format!("{}. {}", pack.pages.place, pack.board.remit),
        super::document::edition_line(pack),
        format!("Figures speak for {} and rest on what had come by the end of that day. {draft}", day_words(pack.pages.as_of)),
        "The sheet named Contents lists the others. Each has one table, which begins below its title; no cell of a table is blank.".to_owned(),
        format!("Made by sendmart {} of the state {}; pack.json says what it is made of.", pack.pages.program, pack.state.fingerprint.get(..16).unwrap_or_default()),
    ];
    for (row, line) in (1..).zip(lines) {
        sheet.write_with_format(row, 0, line, &wrapped)?;
    }
    Ok(sheet)
}

fn contents(tables: &[&PackTable]) -> Result<Worksheet, XlsxError> {
    let rows = tables.iter().map(|table| vec![SheetCell::words(table.name), SheetCell::words(&table.title)]);
    let listed = PackTable {
        name: "Contents",
        title: "Contents".to_owned(),
        about: "The sheets after this one.".to_owned(),
        heads: vec!["Sheet".to_owned(), "What it has".to_owned()],
        rows: rows.collect(),
    };
    let mut sheet = sheet(&listed)?;
    for (row, table) in (ABOVE + 1..).zip(tables) {
        sheet.write_url_with_text(row, 0, Url::new(format!("internal:'{}'!A1", table.name)), table.name)?;
    }
    Ok(sheet)
}

/// A sheet with its one table.
fn sheet(table: &PackTable) -> Result<Worksheet, XlsxError> {
    let mut sheet = Worksheet::new();
    sheet.set_name(table.name)?;
    sheet.write_with_format(0, 0, &table.title, &title_format())?;
    sheet.write(1, 0, &table.about)?;
    sheet.write(
        2,
        0,
        format!("This sheet has one table, named {}, with {} rows.", table_name(table.name), table.rows.len()),
    )?;
    sheet.write(3, 0, "Symbols and notes in brackets are explained in the sheets named Symbols and Notes.")?;
    write_table(&mut sheet, ABOVE, table, false)?;
    Ok(sheet)
}

/// The name of the table of a sheet: no cell may be named so.
pub(super) fn table_name(sheet: &str) -> String {
    format!("table_{}", sheet.to_lowercase())
}

/// Writes a table from a row on; `has_filter` gives it filters and bands.
pub(super) fn write_table(
    sheet: &mut Worksheet,
    first: u32,
    table: &PackTable,
    has_filter: bool,
) -> Result<(), XlsxError> {
    let head = Format::new().set_bold().set_text_wrap();
    let wrapped = Format::new().set_text_wrap();
    let mut widths: Vec<usize> = table.heads.iter().map(|head| head.chars().count().clamp(8, 24)).collect();
    for (line, row) in (first + 1..).zip(&table.rows) {
        for (column, cell) in (0_u16..).zip(row) {
            let width = &mut widths[usize::from(column)];
            match cell {
                SheetCell::Words(words) => {
                    let letters = words.chars().count();
                    *width = (*width).max(letters.min(WIDEST));
                    if letters > WIDEST {
                        sheet.write_string_with_format(line, column, fitting(words).as_ref(), &wrapped)?;
                    } else {
                        sheet.write_string(line, column, words)?;
                    }
                }
                SheetCell::Number(number, places) => {
                    let shown = places.map_or_else(|| "General".to_owned(), decimals);
                    sheet.write_number_with_format(line, column, *number, &Format::new().set_num_format(shown))?;
                }
            }
        }
    }
    for (column, width) in (0_u16..).zip(&widths) {
        sheet.set_column_width(column, *width as f64 + 2.0)?;
    }
    // On paper a table is as wide as a sheet of A4 on its side.
    sheet.set_paper_size(9).set_landscape().set_print_fit_to_pages(1, 0);
    let columns: Vec<TableColumn> =
        table.heads.iter().map(|name| TableColumn::new().set_header(name.as_str()).set_header_format(&head)).collect();
    let style = if has_filter { TableStyle::Light15 } else { TableStyle::None };
    let marked = Table::new()
        .set_name(table_name(table.name))
        .set_columns(&columns)
        .set_autofilter(has_filter)
        .set_banded_rows(has_filter)
        .set_style(style)
        .set_alt_text_title(&table.title)
        .set_alt_text(&table.about);
    let last = first + u32::try_from(table.rows.len()).unwrap_or(u32::MAX);
    let across = u16::try_from(table.heads.len().saturating_sub(1)).unwrap_or(u16::MAX);
    sheet.add_table(first, 0, last, across, &marked)?;
    Ok(())
}

/// The format of a number with so many decimals.
pub(super) fn decimals(places: u8) -> String {
    if places == 0 { "#,##0".to_owned() } else { format!("#,##0.{}", "0".repeat(usize::from(places))) }
}
