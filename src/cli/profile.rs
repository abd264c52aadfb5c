//! `profile` and `layout diff`: what stands in files that no layout is known for.

use std::path::{Path, PathBuf};

use super::given::given;
use super::{Context, Failure, output};
use crate::definitions::Encoding;
use crate::model::Refusal;
use crate::profile::{Dialect, HeaderCandidate, Profile, Quote, SheetProfile, TableProfile, difference, profile};
use crate::read::ReadError;

/// How a text is to be read, where the look of it does not tell.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct DialectArgs {
    /// Encoding of a text file (`utf-8`, `windows-1252`, `utf-16`, `iso-8859-15` …); default by the look of it
    #[arg(long, value_name = "NAME", value_parser = encoding)]
    encoding: Option<Encoding>,
    /// Delimiter of a text file, one character or `\t`; default by the look of it
    #[arg(long, value_name = "CHARACTER")]
    delimiter: Option<String>,
    /// What stands around fields of a text file, one character; `none` where a quote is a character like any other; default `"`
    #[arg(long, value_name = "CHARACTER")]
    quote: Option<String>,
    /// Path of the elements of an XML file that are rows, `Message/Persons/Person`; default the outermost that repeat
    #[arg(long, value_name = "PATH")]
    row: Option<String>,
}

fn encoding(name: &str) -> Result<Encoding, String> {
    Encoding::named(name)
        .ok_or_else(|| "no encoding has this name; utf-8, windows-1252 and utf-16 are the usual ones".to_owned())
}

impl DialectArgs {
    pub(super) fn dialect(&self) -> Result<Dialect, Failure> {
        let delimiter = match self.delimiter.as_deref() {
            None => None,
            Some("\\t" | "\t" | "tab") => Some(b'\t'),
            Some(text) => match text.as_bytes() {
                [one] if one.is_ascii() => Some(*one),
                _ => {
                    return Err(Failure::usage(
                        format!("`{text}` is not one ASCII character"),
                        r"for a tab write `--delimiter '\t'`",
                    ));
                }
            },
        };
        let quote = match self.quote.as_deref() {
            None => Quote::Usual,
            Some("" | "none") => Quote::None,
            Some(text) => match text.as_bytes() {
                [one] if one.is_ascii() => Quote::Other(*one),
                _ => {
                    return Err(Failure::usage(
                        format!("`{text}` is not one ASCII character"),
                        "for a text without quotes write `--quote none`",
                    ));
                }
            },
        };
        Ok(Dialect {
            quote,
            containment: super::worker::contained(),
            encoding: self.encoding,
            delimiter,
            row: self.row.as_ref().map(|path| path.split('/').map(str::to_owned).collect()),
        })
    }
}

/// What `profile` is asked for.
#[derive(Debug, clap::Args)]
pub(super) struct ProfileArgs {
    /// The file, or `FILE.zip!member`
    file: PathBuf,
    /// Only this sheet
    #[arg(long)]
    sheet: Option<String>,
    #[command(flatten)]
    dialect: DialectArgs,
}

pub(super) const EXAMPLES: &str = "\
For each sheet: which rows could be the header and how sure that is, which columns stand below it, their types, blanks, codes, marks of
missing values, and what tells the rows apart. Values of columns that look personal are counted and never shown.

Examples:
  sendmart profile \"Caseload April.xlsx\"
  sendmart profile release.csv --encoding windows-1252
  sendmart profile release.txt --delimiter ' ' --quote none
  sendmart profile release.zip!data/2025.csv              a member of an archive
  sendmart --json profile book.xlsx --sheet Data
  sendmart new caseload --from \"Caseload April.xlsx\"     write definitions of it";

/// A refusal of a file as a failure of a verb: 65, or 74 where it is our trouble.
pub(super) fn refused(path: &Path, error: &ReadError) -> Failure {
    match error {
        ReadError::Io(error) => Failure {
            text: format!("`{}` cannot be read: {error}", path.display()),
            hint: Some("check that the file is there and that you may read it".to_owned()),
            exit_code: 74,
        },
        ReadError::Content { message, hint, .. } | ReadError::Told(Refusal { message, hint, .. }) => {
            Failure { text: format!("`{}`: {message}", path.display()), hint: Some(hint.clone()), exit_code: 65 }
        }
    }
}

/// `sendmart profile`.
pub(super) fn show(context: &Context, args: &ProfileArgs) -> Result<(), Failure> {
    let dialect = args.dialect.dialect()?;
    let file = given(&args.file)?;
    let found = profile(file.path(), &file.name, &dialect, args.sheet.as_deref())
        .map_err(|error| refused(&args.file, &error))?;
    if context.json {
        output::line(&serde_json::to_string(&found).unwrap_or_default());
        return Ok(());
    }
    output::said(&format!("{}: {}", args.file.display(), found.read_as));
    for sheet in &found.sheets {
        print(sheet);
    }
    Ok(())
}

fn print(sheet: &SheetProfile) {
    let name = sheet.name.as_ref().map_or_else(|| "The file".to_owned(), |name| format!("Sheet `{name}`"));
    let hidden = if sheet.is_visible { "" } else { " (hidden)" };
    if let Some(refused) = &sheet.refused {
        output::said(&format!("\n{name}{hidden}: {refused}"));
        return;
    }
    let Some((first, last)) = sheet.used_rows else {
        output::said(&format!("\n{name}{hidden}: blank"));
        return;
    };
    output::said(&format!("\n{name}{hidden}: rows {first} to {last}, {} columns", sheet.used_columns));
    let mut about = Vec::new();
    if sheet.merged > 0 {
        about.push(format!("{} merged ranges", sheet.merged));
    }
    if sheet.hidden_rows > 0 {
        about.push(format!("{} hidden rows", sheet.hidden_rows));
    }
    if !sheet.hidden_columns.is_empty() {
        about.push(format!("hidden columns {}", sheet.hidden_columns.join(", ")));
    }
    about.extend(sheet.tables.iter().map(|name| format!("Excel table `{name}`")));
    if !about.is_empty() {
        output::said(&format!("  {}", about.join("; ")));
    }
    for flaw in &sheet.flaws {
        output::said(&format!("  ! {flaw}"));
    }
    if sheet.parts.len() > 1 {
        let shown: Vec<String> = sheet
            .parts
            .iter()
            .take(8)
            .map(|part| {
                let what = if part.is_table { ", a table" } else { "" };
                format!("{}–{} ({} wide{what})", part.first_row, part.last_row, part.columns)
            })
            .collect();
        let more = if sheet.parts.len() > 8 { format!(" and {} more", sheet.parts.len() - 8) } else { String::new() };
        output::said(&format!("  Rows that stand together: {}{more}", shown.join("; ")));
    }
    for (rank, candidate) in sheet.candidates.iter().take(3).enumerate() {
        let what = if rank == 0 { "Header" } else { "or" };
        output::said(&format!("  {what:<6} {} scores {:.2}: {}", place(candidate), candidate.score, candidate.why));
        if rank > 0 && !candidate.labels.is_empty() {
            output::said(&format!("         {}", labels(candidate)));
        }
    }
    match &sheet.table {
        Some(table) => print_table(table),
        None => output::said("  No row looks like a header: no table is described"),
    }
}

fn place(candidate: &HeaderCandidate) -> String {
    if candidate.first_row == candidate.last_row {
        format!("row {}", candidate.first_row)
    } else {
        format!("rows {}–{}", candidate.first_row, candidate.last_row)
    }
}

fn labels(candidate: &HeaderCandidate) -> String {
    let shown: Vec<String> = candidate
        .labels
        .iter()
        .filter(|label| !label.is_empty())
        .take(6)
        .map(|label| format!("`{}`", one_line(label)))
        .collect();
    let more = candidate.labels.iter().filter(|label| !label.is_empty()).count().saturating_sub(6);
    if more > 0 { format!("{} and {more} more", shown.join(", ")) } else { shown.join(", ") }
}

/// A label in one line, shortened.
pub(super) fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() > 60 { format!("{}…", line.chars().take(59).collect::<String>()) } else { line }
}

fn print_table(table: &TableProfile) {
    let rows = |rows: &[u32]| {
        let shown = rows.iter().take(6).map(ToString::to_string).collect::<Vec<_>>().join(", ");
        if rows.len() > 6 { format!("{shown} and {} more", rows.len() - 6) } else { shown }
    };
    output::said(&format!("  {} rows of data, the last on row {}", table.rows, table.last_row));
    for (what, numbers) in [
        ("The header again", &table.repeated_headers),
        ("Totals", &table.totals),
        ("A text alone above others (a banner?)", &table.banners),
        ("A text in the first column alone (no figures?)", &table.bare),
        ("Notes below", &table.notes),
    ] {
        if !numbers.is_empty() {
            output::said(&format!("  {what}: rows {}", rows(numbers)));
        }
    }
    let body = table.columns.iter().map(|column| {
        let guess = &column.guess;
        let mut told = Vec::new();
        if let Some(personal) = column.personal {
            told.push(format!("looks like {}: values not shown", personal.words()));
        }
        if let Some(nearly) = guess.nearly {
            told.push(format!("{:.1} % are {nearly}", guess.share * 100.0));
        }
        if !guess.formats.is_empty() {
            told.push(guess.formats.join(" or "));
        }
        if !guess.marks.is_empty() {
            let marks: Vec<String> = guess.marks.keys().map(|mark| format!("`{mark}`")).collect();
            told.push(format!("marks {}", marks.join(" ")));
        }
        if guess.padded > 0 {
            told.push(format!("{} numbers that their format shows as codes: taken as shown", guess.padded));
        }
        if guess.noisy > 0 {
            told.push(format!("{} with binary noise, taken as typed", guess.noisy));
        }
        if guess.powers_of_ten > 0 {
            told.push(format!("{} powers of ten: digits are lost", guess.powers_of_ten));
        }
        if let Some(unit) = guess.duration {
            told.push(format!("lengths of time, in {unit}"));
        }
        if guess.has_brackets {
            told.push("brackets for what is below zero".to_owned());
        }
        if guess.is_ambiguous_day {
            told.push("day and month may be the other way round".to_owned());
        }
        if guess.is_only_marks {
            told.push("nothing but marks of missing values".to_owned());
        }
        if guess.is_percent {
            told.push("cells of percent format".to_owned());
        }
        if let Some(suffix) = guess.suffix.or(guess.prefix) {
            told.push(format!("with {suffix}"));
        }
        if guess.faulty > 0 {
            told.push(format!("{} cells are errors, or dates or times where they do not belong", guess.faulty));
        }
        if !column.values.is_empty() {
            let shown: Vec<String> =
                column.values.keys().take(8).map(|value| format!("`{}`", one_line(value))).collect();
            let more = if column.values.len() > 8 { " …" } else { "" };
            told.push(format!("{}{more}", shown.join(" ")));
        }
        let least = if column.distinct_is_least { "≥ " } else { "" };
        vec![
            column.letters.clone(),
            if column.label.is_empty() { "(no label)".to_owned() } else { one_line(&column.label) },
            guess.kind.clone(),
            column.blanks.to_string(),
            format!("{least}{}", column.distinct),
            told.join("; "),
        ]
    });
    output::rows(&["", "label", "type", "blank", "different", "what else"], body);
    if table.rows == 0 {
        return;
    }
    match table.keys.first() {
        None => output::said("  No columns tell all rows apart: some rows stand twice"),
        Some(_) => {
            let keys: Vec<String> = table
                .keys
                .iter()
                .map(|key| key.iter().map(|label| format!("`{}`", one_line(label))).collect::<Vec<_>>().join(" + "))
                .collect();
            let few =
                if table.rows < 50 { format!(" ({} rows are too few to tell)", table.rows) } else { String::new() };
            output::said(&format!("  Rows are told apart by: {}{few}", keys.join("; or ")));
        }
    }
}

/// `sendmart layout`.
#[derive(Debug, clap::Subcommand)]
pub(super) enum LayoutVerb {
    /// What changed from one workbook or CSV to the next: sheets, header, labels, types, marks, codes
    #[command(
        after_help = "Exit codes: 0 one layout fits both, 1 the layouts differ; 65 when a file cannot be read. The number of rows, the order of\nlabels, and codes that are gone are told and are no difference.\n\nExamples:\n  sendmart layout diff 2024.xlsx 2025.xlsx\n  sendmart layout diff --sheet Data old.xlsx new.xlsx\n  sendmart --json layout diff 2024.csv 2025.csv"
    )]
    Diff {
        /// The older file
        older: PathBuf,
        /// The newer file
        newer: PathBuf,
        /// Only this sheet
        #[arg(long)]
        sheet: Option<String>,
        #[command(flatten)]
        dialect: DialectArgs,
    },
}

/// `sendmart layout diff`.
pub(super) fn layout(context: &Context, verb: &LayoutVerb) -> Result<(), Failure> {
    let LayoutVerb::Diff { older, newer, sheet, dialect } = verb;
    let dialect = dialect.dialect()?;
    let read = |path: &PathBuf| -> Result<Profile, Failure> {
        let file = given(path)?;
        profile(file.path(), &file.name, &dialect, sheet.as_deref()).map_err(|error| refused(path, &error))
    };
    let found = difference(&read(older)?, &read(newer)?);
    let differs = found.iter().filter(|each| each.is_layout).count();
    if context.json {
        let value = serde_json::json!({ "same_layout": differs == 0, "differences": found });
        output::line(&value.to_string());
    } else {
        let mut last = None;
        for each in &found {
            if each.sheet != last
                && let Some(sheet) = &each.sheet
            {
                output::said(&format!("Sheet `{sheet}`"));
            }
            last.clone_from(&each.sheet);
            output::said(&format!("  {} {}", if each.is_layout { '!' } else { ' ' }, one_long_line(&each.text)));
        }
        output::said(&match differs {
            0 => "One layout fits both".to_owned(),
            1 => "1 difference that a layout has to know (`!`)".to_owned(),
            many => format!("{many} differences that a layout has to know (`!`)"),
        });
    }
    if differs > 0 {
        return Err(Failure { text: String::new(), hint: None, exit_code: 1 });
    }
    Ok(())
}

fn one_long_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
