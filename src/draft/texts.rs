//! The TOML of a draft, with comments that say what was found and what is left to decide.

use std::collections::BTreeMap;

use super::{DraftField, Drafted, Said, TO_CONFIRM};
use crate::definitions::{Encoding, Format, PrivacyClass, ToConfirm};
use crate::profile::TableProfile;

/// A text as a TOML string.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for each in text.chars() {
        match each {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            control if control.is_control() || matches!(control, '\u{200b}' | '\u{feff}' | '\u{a0}') => {
                out.push_str(&format!("\\u{:04X}", u32::from(control)));
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

/// A text for a comment: one line, no control characters.
fn comment(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().filter(|each| !each.is_control()).take(120).collect()
}

pub(super) fn list<'t>(texts: impl IntoIterator<Item = &'t String>) -> String {
    format!("[{}]", texts.into_iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", "))
}

/// `pipeline.toml`.
pub(super) fn pipeline(collection: &str, file_name: &str, said: &Said, tables: &[(&TableProfile, Drafted)]) -> String {
    let or = |said: &Option<String>| quoted(said.as_deref().unwrap_or(TO_CONFIRM));
    let title = said.title.clone().unwrap_or_else(|| {
        let stem = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem);
        stem.replace('_', " ")
    });
    let about = if tables
        .iter()
        .any(|(_, drafted)| drafted.columns.iter().any(|field| field.class != PrivacyClass::None))
    {
        "# It has columns about people: their classes are in `tables/`. Say why they may be held before the first file is loaded.\n"
    } else {
        ""
    };
    if tables.iter().all(|(_, drafted)| drafted.release.is_some()) {
        return super::release::pipeline(collection, &title, said);
    }
    format!(
        "#:schema ../../config/schema/pipeline.json\n\
         # Drafted by `sendmart new {collection} --from`: read every line, mend it, and take this comment out.\n\
         # `sendmart check` asks about whatever is \"{TO_CONFIRM}\".\n{about}\
         title = {}\nowner = {}\npurpose = {}\nlawful_basis = {}\nretention = {}\n\n\
         [[source]]\nfolder.path = {}\n",
        quoted(&title),
        or(&said.owner),
        or(&said.purpose),
        or(&said.basis),
        or(&said.retention),
        quoted(&format!("inbox/{collection}")),
    )
}

/// `tables/<name>.toml`.
pub(super) fn table(collection: &str, profile: &TableProfile, drafted: &Drafted) -> String {
    if let Some(release) = &drafted.release {
        return super::release::table(collection, drafted, release, &questions(&drafted.of_table));
    }
    let mut text = String::from("#:schema ../../../config/schema/table.json\n");
    if drafted.is_key_makeshift {
        text.push_str(
            "# No columns tell all rows of the file apart, so the key is every column that may be in one, and rows that are the same in\n\
             # all columns are skipped as duplicates. Find out what a row is.\n",
        );
    }
    if !drafted.unlabelled.is_empty() {
        text.push_str(&format!(
            "# Columns {} have values and no label: they are taken by their letters. Give them a label in the file.\n",
            drafted.unlabelled.join(", ")
        ));
    }
    let is_open = drafted.columns.iter().all(|field| field.class == PrivacyClass::None);
    let title = drafted.sheet.as_deref().unwrap_or(&drafted.name);
    let grain = format!("one row for each {}: to be confirmed", drafted.key.join(", ").replace('_', " "));
    text.push_str(&format!("title = {}\ngrain = {}\nkey = {}\n", quoted(title), quoted(&grain), list(&drafted.key)));
    text.push_str(&questions(&drafted.of_table));
    text.push_str(
        "# A row goes when a later file has its key again. `append` keeps every delivery, `replace_all` the newest alone.\n",
    );
    let (period, others) = drafted.key.split_first().map_or(("", &[][..]), |(first, others)| (first.as_str(), others));
    text.push_str(&format!("disposition = \"replace_period\"\nperiod = {}\n", quoted(period)));
    if !others.is_empty() {
        text.push_str(&format!("period_with = {}\n", list(others)));
    }
    if is_open {
        let mart =
            if drafted.name == collection { collection.to_owned() } else { format!("{collection}_{}", drafted.name) };
        text.push_str(&format!("mart = {}\n", quoted(&mart)));
        text.push_str("mart_superseded = false # rows that a later file has replaced stay in the lake\n");
    }
    text.push_str("class = \"none\"\n\n[columns]\n");
    for field in &drafted.columns {
        text.push_str(&column(field));
    }
    if !profile.banners.is_empty() {
        text.push_str("banner = { type = \"text\", about = \"The text that stands alone above some rows, carried down to them.\" }\n");
    }
    text
}

/// The questions of a definition, a line each; nothing where there is none.
fn questions(questions: &[ToConfirm]) -> String {
    if questions.is_empty() {
        return String::new();
    }
    let lines = questions.iter().map(|ToConfirm { what, column, ask }| {
        let column = column.as_ref().map_or_else(String::new, |column| format!("column = {}, ", quoted(column)));
        format!("    {{ what = {}, {column}ask = {} }},\n", quoted(what.word()), quoted(ask))
    });
    format!(
        "# {TO_CONFIRM}: mend what a line asks about, if the guess is wrong, then delete the line. Nothing is published before.\nto_confirm = [\n{}]\n",
        lines.collect::<String>()
    )
}

/// The first of the hundred years that years of two digits are taken from.
pub(super) const CENTURY: u32 = 1950;

/// Whether it holds days whose years have two digits.
pub(super) fn has_short_years(field: &DraftField) -> bool {
    field.kind == "date" && field.profile.guess.formats.iter().any(|form| form.contains("%y"))
}

fn column(field: &DraftField) -> String {
    let profile = &field.profile;
    let mut told = Vec::new();
    if has_short_years(field) {
        told.push(format!("its years have two digits, and the layout takes them for {CENTURY} to {}", CENTURY + 99));
    }
    if field.is_key_alone {
        told.push("a pseudonym of it is kept, since nothing else tells some rows apart".to_owned());
    }
    if let Some(personal) = profile.personal {
        told.push(format!("looks like {}", personal.words()));
    }
    let guess = &profile.guess;
    if guess.padded > 0 && field.kind != "integer" {
        told.push("its numbers are shown with leading zeros or signs by their format: codes, kept as shown".to_owned());
    }
    if guess.noisy > 0 {
        told.push(format!("{} cells have binary noise beyond the fifteenth digit, which is not loaded", guess.noisy));
    }
    let decimals = field.kind.strip_suffix(')').and_then(|kind| kind.rsplit_once(',')?.1.parse::<u32>().ok());
    if decimals.is_some_and(|decimals| decimals > 6) {
        told.push("computed, with many decimals; `round = 2` at the column in the layout would round them".to_owned());
    }
    if let Some(unit) = guess.duration {
        told.push(format!("lengths of time, kept in {unit}"));
    }
    if let Some(nearly) = profile.guess.nearly {
        told.push(if profile.guess.share < 1.0 {
            format!(
                "{:.1} % of its cells are {nearly}; the others are not, so that it is text",
                profile.guess.share * 100.0
            )
        } else {
            format!("its cells are {nearly}, and in no form that fits them all, so that it is text")
        });
    }
    if profile.guess.is_part_percent {
        told.push(
            "some of its cells are shown as percentages and others are not: 90 % is kept as 90, the others as they stand"
                .to_owned(),
        );
    }
    if profile.guess.faulty > 0 {
        told.push(format!(
            "{} cells are errors, or dates or times where they do not belong: those rows will wait in quarantine",
            profile.guess.faulty
        ));
    }
    let comments: String = told.iter().map(|told| format!("# {}: {told}.\n", field.name)).collect();
    let mut keys = vec![format!("type = {}", quoted(&field.kind))];
    if let Some(codes) = &field.codes {
        // A code that this file does not have is asked about, and its row is loaded.
        keys.push(format!("codes = {}, invalid = \"query\"", quoted(codes)));
    }
    if field.class != PrivacyClass::None {
        keys.push(format!("class = {}", quoted(field.class.word())));
    }
    let marks: &BTreeMap<_, _> = &profile.guess.marks;
    if !marks.is_empty() && takes_marks(&field.kind) {
        let marks: Vec<String> =
            marks.iter().map(|(mark, reason)| format!("{} = {}", quoted(mark), quoted(reason.as_str()))).collect();
        keys.push(format!("marks = {{ {} }}", marks.join(", ")));
    }
    let label = if profile.label.is_empty() {
        format!("Column {}, which has no label", profile.letters)
    } else {
        comment(&profile.label)
    };
    keys.push(format!("about = {}", quoted(&format!("{label}: say what it holds, and its unit."))));
    format!("{comments}{} = {{ {} }}\n", field.name, keys.join(", "))
}

/// Whether marks are looked for in columns of a type.
pub(super) fn takes_marks(kind: &str) -> bool {
    kind != "text" && kind != "boolean"
}

/// `layouts/<name>.toml`.
pub(super) fn layout(file_name: &str, format: &Format, profile: &TableProfile, drafted: &Drafted) -> String {
    let mut text = format!(
        "#:schema ../../../config/schema/layout.json\ntitle = {}\ntable = {}\nwhy = \"First shape, drafted from a file that arrived\"\n{}\n[format]\n",
        quoted(&format!("As in {}", comment(file_name))),
        quoted(&drafted.name),
        questions(&drafted.of_layout)
    );
    match format {
        Format::Csv { encoding, delimiter, line_end, quote } => {
            let mut keys = Vec::new();
            if *encoding != Encoding::Utf8 {
                keys.push(format!("encoding = {}", quoted(&encoding.name())));
            }
            if *delimiter != b',' {
                keys.push(format!("delimiter = {}", quoted(&char::from(*delimiter).to_string())));
            }
            if *quote != Some(b'"') {
                let quote = quote.map(|quote| char::from(quote).to_string()).unwrap_or_default();
                keys.push(format!("quote = {}", quoted(&quote)));
            }
            if *line_end == b'\r' {
                keys.push("line_end = \"cr\"".to_owned());
            }
            if profile.short_rows > 0 {
                keys.push("short_rows = \"blank\"".to_owned());
            }
            text.push_str(&if keys.is_empty() {
                "csv = {}\n".to_owned()
            } else {
                format!("csv = {{ {} }}\n", keys.join(", "))
            });
        }
        Format::Parquet => text.push_str("parquet = {}\n"),
        Format::Jsonl => text.push_str("jsonl = {}\n"),
        _ => match &drafted.sheet {
            Some(sheet) => text.push_str(&format!("workbook = {{ sheets = [{}] }}\n", quoted(&glob(sheet)))),
            None => text.push_str("workbook = {}\n"),
        },
    }
    if drafted.release.is_some() {
        text.push_str(&super::release::arrivals(drafted));
        return text;
    }
    let rows = profile.header.last_row - profile.header.first_row + 1;
    let within = profile.header.last_row + 10;
    if rows > 1 || within > 40 {
        text.push_str("\n[header]\n");
        if rows > 1 {
            text.push_str(&format!("rows = {rows}\n"));
        }
        if within > 40 {
            text.push_str(&format!("within = {within}\n"));
        }
    }
    let mut rules = Vec::new();
    if let Some(below) = &profile.below {
        rules.push(format!(
            "# The table ends at this row; what follows is counted as notes.\nend = [{}]\n",
            quoted(&starts_with(below))
        ));
    }
    if !profile.totals.is_empty() {
        rules.push("# Sums of other rows.\nskip = ['(?i)(grand |sub)?totals?\\b.*']\n".to_owned());
    }
    if !profile.banners.is_empty() {
        rules.push("# A row with a text in its first cell only is carried down.\nbanner = \"banner\"\n".to_owned());
    }
    if profile.merged_down > 0 {
        rules.push("# Cells that are merged over rows hold in each of them.\nmerged = \"fill\"\n".to_owned());
    }
    if !rules.is_empty() {
        text.push_str(&format!("\n[rows]\n{}", rules.concat()));
    }
    text.push_str("\n[columns]\n");
    for field in &drafted.columns {
        text.push_str(&arrival(field));
    }
    text
}

fn arrival(field: &DraftField) -> String {
    let guess = &field.profile.guess;
    let mut keys = vec![if field.profile.label.is_empty() {
        format!("at = [{}]", quoted(&field.profile.letters))
    } else {
        format!("from = [{}]", quoted(&field.profile.label))
    }];
    if let Some(occurrence) = field.occurrence {
        keys.push(format!("occurrence = {occurrence}"));
    }
    if field.kind == "date" && !guess.formats.is_empty() {
        keys.push(format!("formats = {}", list(&guess.formats)));
        if has_short_years(field) {
            keys.push(format!("century = {CENTURY}"));
        }
    }
    keys.extend(of_numbers(field));
    format!("{} = {{ {} }}\n", field.name, keys.join(", "))
}

/// How the numbers of a column are written, where that has to be said.
pub(super) fn of_numbers(field: &DraftField) -> Vec<String> {
    let guess = &field.profile.guess;
    let mut keys = Vec::new();
    let is_number = field.kind == "integer" || field.kind.starts_with("decimal");
    if let (true, Some(prefix)) = (is_number, guess.prefix) {
        keys.push(format!("prefix = {}", quoted(prefix)));
    }
    if is_number && (guess.is_percent || guess.suffix.is_some()) {
        let is_fraction = guess.is_percent && !guess.is_part_percent;
        keys.push(format!("percent = {}", quoted(if is_fraction { "fraction" } else { "points" })));
    }
    if is_number && guess.has_brackets {
        keys.push("brackets = true".to_owned());
    }
    if let (true, Some(unit)) = (is_number, guess.duration) {
        keys.push(format!("duration = {}", quoted(unit)));
    }
    keys
}

/// A sheet's name as a glob that means itself.
fn glob(name: &str) -> String {
    name.chars()
        .map(|each| {
            if matches!(each, '*' | '?' | '[' | ']' | '{' | '}' | '!' | '\\') {
                format!("[{each}]")
            } else {
                each.to_string()
            }
        })
        .collect()
}

/// A pattern of what begins as a note does. Of one that may name somebody, only the first word is taken.
pub(super) fn starts_with(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let most = if text.contains('@') || digits >= 9 { 1 } else { 4 };
    let begins: Vec<String> = words.iter().take(most).map(|word| regex::escape(word)).collect();
    if words.len() <= most { begins.join(r"\s+") } else { format!(r"{}.*", begins.join(r"\s+")) }
}

/// `config/codes/<list>.csv`.
pub(super) fn codes<'c>(values: impl IntoIterator<Item = &'c String>) -> String {
    let field = |text: &str| {
        if text.contains([',', '"', '\n', '\r']) {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text.to_owned()
        }
    };
    let mut text = "code,label,valid_from,valid_to\n".to_owned();
    for value in values {
        text.push_str(&format!("{0},{0},,\n", field(value)));
    }
    text
}
