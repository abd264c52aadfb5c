//! `cells`: what the reader sees in a file, cell by cell.

use std::io::{BufWriter, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;

use super::given::given;
use super::profile::{DialectArgs, refused};
use super::{Failure, output};
use crate::model::column_letters;
use crate::profile::{look, no_sheet};
use crate::read::{Block, Cell, ReadError};

/// What `cells` is asked for.
#[derive(Debug, clap::Args)]
pub(super) struct CellsArgs {
    /// The file, or `FILE.zip!member`
    file: PathBuf,
    /// Only this sheet; all when left out
    #[arg(long)]
    sheet: Option<String>,
    /// Only these cells, both corners included
    #[arg(long, value_name = "A1:F40", value_parser = range)]
    range: Option<CellRange>,
    /// How they are printed
    #[arg(long, value_enum, default_value_t = GridForm::Table)]
    format: GridForm,
    #[command(flatten)]
    dialect: DialectArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum GridForm {
    /// For people; the first 500 cells unless a range is asked for
    Table,
    /// `sheet,cell,kind,value`, a line a cell
    Csv,
    /// A JSON object a cell, numbers as numbers
    Jsonl,
}

/// Columns and rows, 1-based and inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct CellRange {
    columns: (u32, u32),
    rows: (u32, u32),
}

/// Cells of a table for people that are printed without a range.
const MOST_SHOWN: usize = 500;

pub(super) const EXAMPLES: &str = "\
Kinds: text, number, percent (0.45 for 45 %), date (the serial that Excel keeps, counted from 1900), duration (in days), boolean, error, formula_without_value, flawed (what the file\nsays cannot be read).
Blank cells are not printed. In CSV a text that a spreadsheet would take for a formula (it begins with = + - @, a tab or a line end) has
an apostrophe before it, so that the output can be opened safely; JSON lines give every text as it stands.

Everything that stands in the cells is printed: do not send the output of a file about people to anyone.

Examples:
  sendmart cells \"Caseload April.xlsx\" --range A1:F12
  sendmart cells book.xlsx --sheet Data --format csv > cells.csv
  sendmart cells old.csv --encoding windows-1252 --delimiter ';' --format jsonl";

/// `sendmart cells`.
pub(super) fn cells(args: &CellsArgs) -> Result<(), Failure> {
    let dialect = args.dialect.dialect()?;
    let fail = |error: &ReadError| refused(&args.file, error);
    let file = given(&args.file)?;
    let mut looked = look(file.path(), &file.name, &dialect).map_err(|error| fail(&error))?;
    let all = looked.rows.sheets();
    let sheets: Vec<Option<String>> = match &args.sheet {
        Some(asked) if !all.iter().any(|(name, _)| name == asked) => return Err(fail(&no_sheet(asked, &all))),
        Some(asked) => vec![Some(asked.clone())],
        None if all.is_empty() => vec![None],
        None => all.into_iter().map(|(name, _)| Some(name)).collect(),
    };
    let mut printer = Printer::new(args);
    printer.head();
    for sheet in sheets {
        let result = looked.rows.stream(sheet.as_deref(), &mut |block| {
            for index in 0..block.rows.len() {
                if args.range.is_some_and(|range| block.rows[index].number > range.rows.1) {
                    return ControlFlow::Break(());
                }
                if printer.row(sheet.as_deref(), &block, index).is_break() {
                    return ControlFlow::Break(());
                }
            }
            ControlFlow::Continue(())
        });
        result.map_err(|error| {
            let at = sheet.as_ref().map_or_else(String::new, |sheet| format!("sheet `{sheet}`: "));
            let failure = fail(&error);
            Failure { text: format!("{at}{}", failure.text), ..failure }
        })?;
    }
    printer.finish();
    Ok(())
}

struct Printer<'a> {
    args: &'a CellsArgs,
    out: BufWriter<std::io::Stdout>,
    shown: Vec<Vec<String>>,
    left_out: usize,
}

impl<'a> Printer<'a> {
    fn new(args: &'a CellsArgs) -> Self {
        Self { args, out: BufWriter::with_capacity(1 << 16, std::io::stdout()), shown: Vec::new(), left_out: 0 }
    }

    fn head(&mut self) {
        if self.args.format == GridForm::Csv {
            self.write("sheet,cell,kind,value");
        }
    }

    /// A closed pipe ends the program quietly.
    fn write(&mut self, line: &str) {
        if writeln!(self.out, "{line}").is_err() {
            std::process::exit(0);
        }
    }

    fn row(&mut self, sheet: Option<&str>, block: &Block, index: usize) -> ControlFlow<()> {
        let row = block.rows[index].number;
        for (column, cell) in (1_u32..).zip(block.row(index)) {
            let inside = self.args.range.is_none_or(|range| {
                (range.columns.0..=range.columns.1).contains(&column) && (range.rows.0..=range.rows.1).contains(&row)
            });
            if *cell == Cell::Blank || !inside {
                continue;
            }
            let (kind, value) = (kind(*cell), block.shown(*cell));
            let address = format!("{}{row}", column_letters(column));
            match self.args.format {
                GridForm::Table if self.args.range.is_none() && self.shown.len() >= MOST_SHOWN => self.left_out += 1,
                GridForm::Table => {
                    let value = value.replace('\n', "⏎").replace('\r', "");
                    let value = match day(*cell) {
                        Some(day) => format!("{value} ({day})"),
                        None => value,
                    };
                    self.shown.push(vec![sheet.unwrap_or("").to_owned(), address, kind.to_owned(), value]);
                }
                GridForm::Csv => {
                    let value = in_csv(kind, &value);
                    let sheet = defused(sheet.unwrap_or(""));
                    self.write(&format!("{},{address},{kind},{}", quoted(&sheet), quoted(&value)));
                }
                GridForm::Jsonl => {
                    let value = match *cell {
                        Cell::Number(value) | Cell::Percent(value) | Cell::Serial(value) | Cell::Duration(value) => {
                            serde_json::json!(value)
                        }
                        Cell::Bool(value) => serde_json::json!(value),
                        Cell::NoValue => serde_json::Value::Null,
                        _ => serde_json::json!(value),
                    };
                    let line = serde_json::json!({ "sheet": sheet, "cell": address, "kind": kind, "value": value });
                    self.write(&line.to_string());
                }
            }
        }
        ControlFlow::Continue(())
    }

    fn finish(mut self) {
        let _ = self.out.flush();
        if self.args.format == GridForm::Table {
            output::rows(&["sheet", "cell", "kind", "value"], self.shown);
            if self.left_out > 0 {
                output::said(&format!(
                    "{} more cells: ask for a `--range`, or for `--format csv` or `jsonl`, which print all",
                    self.left_out
                ));
            }
        }
    }
}

/// The day that a serial is, with its time where it has one.
fn day(cell: Cell) -> Option<String> {
    let Cell::Serial(serial) = cell else { return None };
    let (day, time) = crate::conform::of_serial(serial).ok()?;
    Some(time.map_or_else(|| day.to_string(), |time| format!("{day} {time}")))
}

fn kind(cell: Cell) -> &'static str {
    match cell {
        Cell::Blank => "blank",
        Cell::Text(..) => "text",
        Cell::Padded(..) => "padded",
        Cell::Number(_) => "number",
        Cell::Percent(_) => "percent",
        Cell::Bool(_) => "boolean",
        Cell::Serial(_) => "date",
        Cell::Duration(_) => "duration",
        Cell::Error(..) => "error",
        Cell::Flawed(..) => "flawed",
        Cell::NoValue => "formula_without_value",
    }
}

/// A value as CSV has it: a number as it is, whatever its sign; of all else, also of what is flawed, no formula.
fn in_csv(kind: &str, value: &str) -> String {
    if matches!(kind, "number" | "percent" | "date" | "duration") { value.to_owned() } else { defused(value) }
}

/// A text that no spreadsheet takes for a formula.
fn defused(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { format!("'{text}") } else { text.to_owned() }
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

fn range(text: &str) -> Result<CellRange, String> {
    let wrong = || format!("`{text}` is not a range: write two corners, `A1:F40`, or one cell, `B7`");
    let (from, to) = text.split_once(':').unwrap_or((text, text));
    let corner = |text: &str| -> Option<(u32, u32)> {
        let text = text.trim().replace('$', "");
        let split = text.find(|each: char| each.is_ascii_digit())?;
        let (letters, digits) = text.split_at(split);
        if letters.is_empty() || letters.len() > 3 || !letters.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return None;
        }
        let column =
            letters.bytes().fold(0, |column, letter| column * 26 + u32::from(letter.to_ascii_uppercase() - b'A' + 1));
        Some((column, digits.parse().ok().filter(|row| *row > 0)?))
    };
    let (a, b) = (corner(from).ok_or_else(wrong)?, corner(to).ok_or_else(wrong)?);
    Ok(CellRange { columns: (a.0.min(b.0), a.0.max(b.0)), rows: (a.1.min(b.1), a.1.max(b.1)) })
}

#[cfg(test)]
mod tests {
    use super::{CellRange, defused, in_csv, range};

    #[test]
    fn ranges_are_read_whatever_corner_comes_first() {
        assert_eq!(range("F40:$a$1"), Ok(CellRange { columns: (1, 6), rows: (1, 40) }));
        assert_eq!(range("AB7"), Ok(CellRange { columns: (28, 28), rows: (7, 7) }));
        for wrong in ["", "7", "A", "A0", "A1:", "AAAA1", "é1", "A99999999999"] {
            assert!(range(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_text_that_would_be_a_formula_is_defused() {
        assert_eq!(defused("=1+1"), "'=1+1");
        assert_eq!(defused("-x"), "'-x");
        assert_eq!(defused("a=1"), "a=1");
        assert_eq!(in_csv("flawed", "=1+1"), "'=1+1");
        assert_eq!(in_csv("number", "-5"), "-5");
    }
}
