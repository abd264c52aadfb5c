//! The workbook of one supplier: "Fix these first", then their rows with the bad cells coloured and noted.
//!
//! Texts are written as texts, so that none becomes a formula; one that looks like a formula keeps Excel's own quote before
//! it when somebody edits the cell. Rows are written as they come and are not kept in memory.

use std::path::Path;

use super::export::WorkbooksError;
use super::original::{Originals, Stood};
use super::workbook::{EXAMPLES, FIRST, FIRST_EXAMPLE, FaultFound, MOST_COLUMNS, OWN_COLUMNS, Page, SheetPlan};
use crate::xlsx::{
    Color, Format, FormatAlign, FormatBorder, Note, Url, Workbook, Worksheet, XlsxError, fitting, is_like_formula,
    workbook,
};

/// Notes of one workbook. Excel grows slow over many; what is wrong stands in a column as well.
const MOST_NOTES: usize = 20_000;
/// The last day that Excel shows, as a serial.
const LAST_DAY: f64 = 2_958_465.0;

/// Widths of the columns of the first sheet that stand before the examples, in characters.
const WIDTHS: [f64; 6] = [10.0, 24.0, 28.0, 48.0, 48.0, 8.0];
/// Widths of the two columns that stand before a supplier's own.
const OWN_WIDTHS: [f64; 2] = [10.0, 60.0];
/// The height of one line, and the most lines that a row is made high for.
const LINE: f64 = 15.0;
const MOST_LINES: usize = 8;

/// The height of a row whose widest texts are wrapped: a program that opens the workbook does not reckon it again.
fn height<'t>(texts: impl IntoIterator<Item = (&'t str, f64)>) -> f64 {
    let lines = texts.into_iter().map(|(text, width)| {
        // Words do not fill their lines: a tenth stays free.
        let fits = width * 0.9;
        text.lines().map(|line| (line.chars().count() as f64 / fits).ceil().max(1.0)).sum::<f64>()
    });
    lines.fold(1.0, f64::max).min(MOST_LINES as f64) * LINE
}

/// Formats of a cell by how bad it is: as it should be, error, query, info.
struct Looks {
    plain: [Format; 4],
    quoted: [Format; 4],
    day: [Format; 4],
    link: Format,
    head: Format,
    title: Format,
    wrapped: Format,
}

impl Looks {
    fn new() -> Self {
        let fill = [None, Some(0xFF_C7CE), Some(0xFF_EB9C), Some(0xDD_EBF7)];
        let of = |base: &Format| {
            fill.map(|fill| {
                fill.map_or_else(|| base.clone(), |fill| base.clone().set_background_color(Color::RGB(fill)))
            })
        };
        let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
        Self {
            plain: of(&Format::new().set_align(FormatAlign::Top)),
            quoted: of(&Format::new().set_align(FormatAlign::Top).set_quote_prefix()),
            day: of(&Format::new().set_align(FormatAlign::Top).set_num_format("dd/mm/yyyy")),
            link: Format::new().set_hyperlink().set_align(FormatAlign::Top),
            head: Format::new().set_bold().set_text_wrap().set_border(FormatBorder::Thin).set_align(FormatAlign::Top),
            title: Format::new().set_bold().set_font_size(14),
            wrapped,
        }
    }
}

/// Writes the workbook; what is only for its length lies in `folder`. Gives how many of its cells have no note.
pub(super) fn write(
    plan: &SheetPlan<'_>,
    originals: &mut Originals,
    lost: &[String],
    folder: &Path,
) -> Result<(Workbook, usize), WorkbooksError> {
    let looks = Looks::new();
    let mut book = workbook()?;
    book.set_tempdir(folder)?;
    first(book.add_worksheet(), plan, originals, lost, &looks)?;
    let mut notes = Notes { left: MOST_NOTES, without: 0 };
    // Faults in the order of the pages: by part and row, each page taking its own.
    let mut order: Vec<&FaultFound> = plan.found.iter().filter(|one| one.part.is_some() && one.row.is_some()).collect();
    order.sort_by_key(|one| (one.part, one.row, one.column));
    for page in &plan.pages {
        rows(book.add_worksheet_with_constant_memory()?, page, plan, &order, originals, &looks, &mut notes)?;
    }
    Ok((book, notes.without))
}

struct Notes {
    left: usize,
    without: usize,
}

fn first(
    sheet: &mut Worksheet,
    plan: &SheetPlan<'_>,
    originals: &Originals,
    lost: &[String],
    looks: &Looks,
) -> Result<(), XlsxError> {
    sheet.set_name(FIRST)?;
    for (column, width) in (0_u16..).zip(WIDTHS) {
        sheet.set_column_width(column, width)?;
    }
    for column in (FIRST_EXAMPLE..).take(EXAMPLES) {
        sheet.set_column_width(column, 20.0)?;
    }
    sheet.write_string_with_format(0, 0, FIRST, &looks.title)?;
    let mut deliveries: Vec<usize> = plan.found.iter().map(|one| one.delivery).collect();
    deliveries.sort_unstable();
    deliveries.dedup();
    let mut said = vec![format!("For: {}", plan.title)];
    said.extend(deliveries.into_iter().map(|index| {
        let delivery = &plan.deliveries[index];
        let day = plan.zone.day_of(delivery.received_at);
        format!("File: {} (received {day}, collection {})", delivery.file_name, delivery.collection)
    }));
    said.push("Mend the cells in your own file and send that again: this workbook is not read back. Your file was not changed.".to_owned());
    said.push("error: the row is left out until it is mended. query: the row is counted, and somebody should look. info: for your information.".to_owned());
    said.push("The sheets after this one hold rows as you sent them: personal data, if your file holds any. Keep this workbook as you keep that file.".to_owned());
    said.extend(lost.iter().map(|lost| format!("Rows could not be read again: {lost}")));
    let mut row = 1;
    for line in &said {
        sheet.write_string(row, 0, &*fitting(line))?;
        row += 1;
    }
    row += 1;
    let heads = ["severity", "rule", "table, column", "what is wrong", "how to mend it", "count"];
    for (column, head) in (0_u16..).zip(heads) {
        sheet.write_string_with_format(row, column, head, &looks.head)?;
    }
    for (column, example) in (FIRST_EXAMPLE..).zip(1..=EXAMPLES) {
        sheet.write_string_with_format(row, column, format!("example {example}"), &looks.head)?;
    }
    sheet.set_freeze_panes(row + 1, 0)?;
    for group in plan.groups() {
        row += 1;
        let what = group.what;
        let at = [group.table, &what.column].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ");
        let look = &looks.plain[usize::from(what.rank()) + 1].clone().set_align(FormatAlign::Top);
        sheet.write_string_with_format(row, 0, &what.severity, look)?;
        for (column, text) in (1_u16..).zip([what.rule.as_str(), &at, &what.message, &what.hint]) {
            sheet.write_string_with_format(row, column, &*fitting(text), &looks.wrapped)?;
        }
        let texts = [what.rule.as_str(), &at, &what.message, &what.hint];
        sheet.set_row_height(row, height(texts.into_iter().zip(WIDTHS.into_iter().skip(1))))?;
        #[expect(clippy::cast_precision_loss, reason = "no count of cells reaches 2^53")]
        sheet.write_number_with_format(row, 5, group.count as f64, &looks.wrapped)?;
        for (column, example) in (6_u16..).zip(&group.examples) {
            let text = fitting(&plan.address(example)).into_owned();
            match plan.place(example, originals) {
                Some((name, at_row, at_column)) => {
                    let cell = format!("{}{}", crate::model::column_letters(u32::from(at_column) + 1), at_row + 1);
                    let link = Url::new(format!("internal:'{}'!{cell}", name.replace('\'', "''"))).set_text(text);
                    sheet.write_url_with_format(row, column, link, &looks.link)?;
                }
                None => {
                    sheet.write_string_with_format(row, column, text, &looks.wrapped)?;
                }
            }
        }
    }
    sheet.set_landscape().set_print_fit_to_pages(1, 0);
    Ok(())
}

fn rows(
    sheet: &mut Worksheet,
    page: &Page,
    plan: &SheetPlan<'_>,
    order: &[&FaultFound],
    originals: &mut Originals,
    looks: &Looks,
    notes: &mut Notes,
) -> Result<(), WorkbooksError> {
    sheet.set_name(&page.name)?;
    let Some((first_row, last_row)) = originals.header(page.part) else { return Ok(()) };
    let header_rows = last_row - first_row + 1;
    for (column, width) in (0_u16..).zip(OWN_WIDTHS) {
        sheet.set_column_width(column, width)?;
    }
    sheet.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(0, header_rows - 1)?;
    sheet.set_freeze_panes(header_rows, OWN_COLUMNS)?;
    let numbers = (first_row..=last_row).chain(page.rows.iter().copied());
    for (out, number) in (0_u32..).zip(numbers) {
        let stood = originals.row(page.part, number)?;
        let from = order.partition_point(|one| (one.part, one.row) < (Some(page.part), Some(number)));
        let here = &order[from..];
        let here = &here[..here.partition_point(|one| (one.part, one.row) == (Some(page.part), Some(number)))];
        let is_header = out < header_rows;
        if out + 1 == header_rows {
            sheet.set_row_height(out, 2.0 * LINE)?;
            sheet.write_string_with_format(out, 0, "row in your file", &looks.head)?;
            sheet.write_string_with_format(out, 1, "what is wrong", &looks.head)?;
        } else if !is_header {
            let of_row = worst(here.iter().copied().filter(|one| one.column.is_none()), plan);
            sheet.write_number_with_format(out, 0, f64::from(number), &looks.plain[of_row])?;
            let told: Vec<String> = here
                .iter()
                .map(|one| {
                    let what = &plan.whats[one.what];
                    format!("{} {}: {} ({})", plan.address(one), what.severity, what.message, what.hint)
                })
                .collect();
            let told = told.join("\n");
            sheet.set_row_height(out, height([(told.as_str(), OWN_WIDTHS[1])]))?;
            sheet.write_string_with_format(out, 1, &*fitting(&told), &looks.wrapped)?;
        }
        let last = here.iter().filter_map(|one| one.column).max().unwrap_or(0);
        let width = u32::try_from(stood.len()).unwrap_or(u32::MAX).max(last).min(MOST_COLUMNS - u32::from(OWN_COLUMNS));
        for column in 0..width {
            let at_cell = || here.iter().copied().filter(|one| one.column == Some(column + 1));
            let bad = worst(at_cell(), plan);
            let to = u16::try_from(column + u32::from(OWN_COLUMNS)).unwrap_or(u16::MAX);
            cell(sheet, (out, to), stood.get(column as usize).unwrap_or(&Stood::Blank), bad, is_header, looks)?;
            if bad > 0 {
                note(sheet, (out, to), at_cell(), plan, notes)?;
            }
        }
        if !is_header && here.iter().any(|one| one.column.is_none()) {
            note(sheet, (out, 0), here.iter().copied().filter(|one| one.column.is_none()), plan, notes)?;
        }
    }
    Ok(())
}

/// Which format: 0 as it should be, 1 error, 2 query, 3 info.
fn worst<'f>(faults: impl Iterator<Item = &'f FaultFound>, plan: &SheetPlan<'_>) -> usize {
    faults.map(|one| usize::from(plan.whats[one.what].rank()) + 1).min().unwrap_or(0)
}

fn cell(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    stood: &Stood,
    bad: usize,
    is_header: bool,
    looks: &Looks,
) -> Result<(), XlsxError> {
    let plain = if is_header && bad == 0 { &looks.head } else { &looks.plain[bad] };
    match stood {
        Stood::Blank if bad > 0 => {
            sheet.write_blank(row, column, plain)?;
        }
        Stood::Blank => {}
        Stood::Text(text) => {
            let look = if is_like_formula(text) { &looks.quoted[bad] } else { plain };
            sheet.write_string_with_format(row, column, &*fitting(text), look)?;
        }
        Stood::Bool(value) => {
            sheet.write_boolean_with_format(row, column, *value, plain)?;
        }
        Stood::Number(bits) | Stood::Day(bits) => {
            let value = f64::from_bits(*bits);
            let is_day = matches!(stood, Stood::Day(_)) && (0.0..=LAST_DAY).contains(&value);
            if value.is_finite() {
                sheet.write_number_with_format(row, column, value, if is_day { &looks.day[bad] } else { plain })?;
            } else {
                sheet.write_string_with_format(row, column, value.to_string(), plain)?;
            }
        }
    }
    Ok(())
}

fn note<'f>(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    faults: impl Iterator<Item = &'f FaultFound>,
    plan: &SheetPlan<'_>,
    notes: &mut Notes,
) -> Result<(), XlsxError> {
    if notes.left == 0 {
        notes.without += 1;
        return Ok(());
    }
    notes.left -= 1;
    let told: Vec<String> = faults
        .map(|one| {
            let what = &plan.whats[one.what];
            format!(
                "{} ({}, {})\n{}.\nHow to mend it: {}.",
                plan.address(one),
                what.severity,
                what.rule,
                what.message,
                what.hint
            )
        })
        .collect();
    let mut text = told.join("\n\n");
    if text.chars().count() > 2_000 {
        text = text.chars().take(1_900).chain("… (more in column B)".chars()).collect();
    }
    let lines: usize = text.lines().map(|line| line.chars().count() / 44 + 1).sum();
    let height = u32::try_from(lines * 17 + 12).unwrap_or(500).min(500);
    sheet.insert_note(row, column, &Note::new(text).add_author_prefix(false).set_width(320).set_height(height))?;
    Ok(())
}
