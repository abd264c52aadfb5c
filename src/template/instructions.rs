//! The first sheet: what the workbook is for, how to fill it in, what happens with it, and what not to write.

use super::INSTRUCTIONS;
use super::field::{Choice, TemplateField};
use super::page::style;
use super::plan::{Sheet, file_names};
use crate::definitions::{Collection, Disposition, Kept, Kind, Table};
use crate::model::Severity;
use crate::xlsx::{Format, FormatAlign, Worksheet, XlsxError};

/// Entries of a list that are spelt out here.
const MOST_CHOICES: usize = 40;

/// Characters that fit into each column.
const WIDTHS: [u16; 4] = [30, 10, 54, 60];

/// Lines that a text takes in a cell so many characters wide.
fn lines(text: &str, width: u16) -> u16 {
    let of = |line: &str| u16::try_from(line.chars().count()).unwrap_or(u16::MAX) / width.max(1) + 1;
    text.lines().map(of).fold(0, u16::saturating_add).max(1)
}

/// A sheet being written downwards: a word to the left, texts to its right.
struct InstructionSheet {
    out: Worksheet,
    row: u32,
    text: Format,
    bold: Format,
}

impl InstructionSheet {
    fn heading(&mut self, text: &str) -> Result<(), XlsxError> {
        self.row += 1;
        let style = Format::new().set_bold().set_font_size(13);
        self.out.write_string_with_format(self.row, 0, text, &style)?;
        self.row += 1;
        Ok(())
    }

    fn pair(&mut self, left: &str, right: &str) -> Result<(), XlsxError> {
        self.out.write_string_with_format(self.row, 0, left, &self.bold)?;
        self.out.merge_range(self.row, 1, self.row, 3, right, &self.text)?;
        self.height(lines(right, WIDTHS[1] + WIDTHS[2] + WIDTHS[3]))?;
        self.row += 1;
        Ok(())
    }

    /// Spreadsheets do not fit the height of merged cells, nor that of a file which they did not write.
    fn height(&mut self, lines: u16) -> Result<(), XlsxError> {
        self.out.set_row_height(self.row, 15.0 * f64::from(lines.min(27)))?;
        Ok(())
    }

    fn line(&mut self, text: &str) -> Result<(), XlsxError> {
        self.out.merge_range(self.row, 0, self.row, 3, text, &self.text)?;
        self.height(lines(text, WIDTHS.iter().sum()))?;
        self.row += 1;
        Ok(())
    }
}

/// The sheet of instructions.
pub(super) fn page(collection: &Collection, sheets: &[Sheet<'_>]) -> Result<Worksheet, XlsxError> {
    let mut page = Worksheet::new();
    page.set_name(INSTRUCTIONS)?;
    for (column, width) in (0_u16..).zip(WIDTHS) {
        page.set_column_width(column, f64::from(width))?;
    }
    page.set_print_fit_to_pages(1, 0);
    page.set_landscape();
    let text = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let mut page = InstructionSheet { out: page, row: 0, text: text.clone(), bold: text.set_bold() };
    let title = Format::new().set_bold().set_font_size(16);
    page.out.write_string_with_format(0, 0, &collection.title, &title)?;
    page.row = 2;
    page.pair("What it is for", &collection.purpose)?;
    page.pair("Who answers for it", &collection.owner)?;
    page.pair("Lawful basis", &collection.lawful_basis)?;
    page.pair("How long it is kept", &collection.retention)?;
    page.heading("How to fill it in")?;
    for line in filling_in(sheets) {
        page.line(&line)?;
    }
    page.heading("What happens with it")?;
    page.line("Every cell is checked. A row that cannot be right is refused, and comes back with its cell and what to do; the other rows go on.")?;
    page.line("What looks odd and may be right is taken, and somebody asks about it.")?;
    for sheet in sheets {
        page.line(&replaced(sheet))?;
    }
    if collection.needs_key() {
        page.line("Identifiers of people are replaced by pseudonyms as soon as the workbook has been read. The workbook itself stays in a closed place.")?;
    }
    page.heading("What not to write")?;
    for line in not_to_write(sheets) {
        page.line(&line)?;
    }
    for sheet in sheets {
        table(&mut page, sheet)?;
    }
    Ok(page.out)
}

fn filling_in(sheets: &[Sheet<'_>]) -> Vec<String> {
    let mut lines = Vec::new();
    for sheet in sheets {
        lines.push(format!("On {} a row is {}.", quoted(&sheet.names), sheet.layout.table.grain));
    }
    lines
        .push("White headings on dark blue are needed in every row; those on light blue may be left blank.".to_owned());
    lines.push("Point at a heading: its note says what the column holds, and in which form.".to_owned());
    lines.push("Do not rename a heading or a sheet: they are known by their names. Rows stand below the headings, without a gap.".to_owned());
    lines.push(
        "Where a cell offers a list, choose from it. Where nothing is known leave the cell blank: no dash, no n/a."
            .to_owned(),
    );
    let names = file_names(sheets);
    if !names.is_empty() {
        lines.push(format!(
            "The file's name is read too. `*` being any text and `[0-9]` a digit, it has to be: {}.",
            names.join(" or ")
        ));
    }
    lines
}

/// What a workbook that is sent again does.
fn replaced(sheet: &Sheet<'_>) -> String {
    let table = &sheet.layout.table;
    let names = quoted(&sheet.names);
    match table.disposition {
        Disposition::Append => format!("On {names} each workbook adds to those before it. Do not send rows twice."),
        Disposition::ReplaceAll => format!("Sent again, {names} replaces all rows that were sent before."),
        Disposition::ReplacePeriod => {
            let label = |name: &str| {
                let field = sheet.fields.iter().find(|field| field.name == name);
                field.map_or_else(|| about(table, name), |field| format!("`{}`", field.label()))
            };
            let same: Vec<String> = table.replaced_by().map(label).collect();
            format!(
                "Sent again, {names} replaces the rows that were sent before with the same {}. Rows that it does not speak of stand.",
                and(&same)
            )
        }
    }
}

/// A column that stands in no cell, by what it is.
fn about(table: &Table, name: &str) -> String {
    let about = table.columns.get(name).map_or("", |column| column.about.as_str());
    let first = about.split(['.', ',']).next().unwrap_or_default();
    first.chars().take(1).flat_map(char::to_lowercase).chain(first.chars().skip(1)).collect()
}

fn not_to_write(sheets: &[Sheet<'_>]) -> Vec<String> {
    let fields = || sheets.iter().flat_map(|sheet| &sheet.fields);
    let asked: Vec<String> = fields()
        .filter(|field| field.column.kept == Kept::Nothing && field.column.kind == Kind::Text)
        .map(|field| format!("`{}`", field.label()))
        .collect();
    let mut lines = vec![if asked.is_empty() {
        "No names of children, parents or staff, anywhere: not in a cell, not in a note, not in the name of a sheet or file.".to_owned()
    } else {
        format!(
            "No names of children, parents or staff but in the columns that ask for them: {}. Those are checked and not kept.",
            and(&asked)
        )
    }];
    lines.push(
        "No addresses, dates of birth, diagnoses or remarks about a person, unless a column asks for them.".to_owned(),
    );
    lines.push("No invented identifiers: where there is none yet, leave the cell blank.".to_owned());
    lines
}

/// The columns of a table, its lists and what is checked.
fn table(page: &mut InstructionSheet, sheet: &Sheet<'_>) -> Result<(), XlsxError> {
    page.heading(&format!("Columns: {}", quoted(&sheet.names)))?;
    for (column, label) in (0_u16..).zip(["Column", "Needed", "Form", "What it holds"]) {
        page.out.write_string_with_format(page.row, column, label, &style(false))?;
    }
    page.row += 1;
    for field in &sheet.fields {
        let needed = if field.column.required { "yes" } else { "" };
        let (label, form, held) = (field.levels.join(" "), form(field), held(field));
        let cells = [label.as_str(), needed, &form, &held];
        for (column, cell) in (0_u16..).zip(cells) {
            page.out.write_string_with_format(page.row, column, cell.trim(), &page.text)?;
        }
        let tallest = (0..4).map(|column| lines(cells[column], WIDTHS[column])).max().unwrap_or(1);
        page.height(tallest)?;
        page.row += 1;
    }
    if sheet.layout.table.rules.is_empty() {
        return Ok(());
    }
    page.heading(&format!("Checks across cells: {}", quoted(&sheet.names)))?;
    for rule in &sheet.layout.table.rules {
        let what = if rule.severity == Severity::Error { "refused" } else { "asked about" };
        page.pair(&format!("{} ({what})", rule.id), &format!("{}. {}.", rule.message, rule.hint))?;
    }
    Ok(())
}

fn form(field: &TemplateField<'_>) -> String {
    let choices = if field.column.kind == Kind::Boolean { None } else { field.choices() };
    match choices {
        Some(choices) if choices.len() <= MOST_CHOICES => {
            choices.iter().map(Choice::words).collect::<Vec<_>>().join("\n")
        }
        _ => field.form(),
    }
}

fn held(field: &TemplateField<'_>) -> String {
    field.privacy().map_or_else(|| field.column.about.clone(), |kept| format!("{} {kept}", field.column.about))
}

fn quoted(names: &[String]) -> String {
    match names {
        [one] => format!("sheet `{one}`"),
        [first, .., last] => format!("sheets `{first}` to `{last}`"),
        [] => String::new(),
    }
}

fn and(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
