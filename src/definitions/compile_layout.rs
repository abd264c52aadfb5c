//! A layout's TOML into its checked form.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use indexmap::IndexMap;
use regex::Regex;

use super::document::Document;
use super::patterns::globs;
use super::problem::{Problem, hint_for};
use super::wire::{ArrivalToml, CsvToml, LayoutToml};
use super::{Arrival, Encoding, Format, Kind, Layout, Table, compile_table, open};

const ENCODINGS: [&str; 8] =
    ["utf-8", "utf-16", "utf-16le", "utf-16be", "windows-1252", "iso-8859-15", "windows-1250", "macintosh"];

/// Compiles one layout; none when its table is unknown.
pub(super) fn layout(
    name: &str,
    wire: &LayoutToml,
    document: &Document<'_>,
    tables: &BTreeMap<String, Arc<Table>>,
    problems: &mut Vec<Problem>,
) -> Option<Layout> {
    let Some(table) = tables.get(&wire.table) else {
        problems.push(document.problem(
            &["table"],
            "spec::unknown_table",
            format!("the collection has no table `{}`", wire.table),
            hint_for(&wire.table, tables.keys().map(String::as_str)),
        ));
        return None;
    };
    let compiler = Compiler { wire, document, table };
    let columns = compiler.columns(problems);
    Some(Layout {
        name: name.to_owned(),
        about: wire.title.clone(),
        table: Arc::clone(table),
        to_confirm: open::open(&wire.to_confirm, document),
        inherited: None,
        rounding: compile_table::rounding(wire.rounding.as_deref(), document, problems).or(table.rounding),
        files: globs(&wire.files, &["files"], document, problems),
        when: compiler.when(problems),
        format: compiler.format(problems),
        short_rows: wire.format.csv.as_ref().map(|csv| csv.short_rows).unwrap_or_default(),
        leave: compiler.leave(problems),
        header_rows: wire.header.rows.unwrap_or(1).max(1),
        header_within: wire.header.within.unwrap_or(40).max(1),
        title: wire.header.title.as_ref().and_then(|title| compiler.regex(title, true, &["header", "title"], problems)),
        strip_footnotes: wire.header.strip_footnotes,
        unknown: wire.header.unknown,
        ignore: compiler.patterns(&wire.ignore, &["ignore"], problems),
        columns,
        banner: wire.rows.banner.clone(),
        banner_at: compiler.banner_at(problems),
        end: compiler.patterns(&wire.rows.end, &["rows", "end"], problems),
        skip: compiler.patterns(&wire.rows.skip, &["rows", "skip"], problems),
        hidden: compiler.hidden(problems),
        merged: compiler.merged(problems),
        named: compiler.named(problems),
        unpivot: compiler.unpivot(problems),
        fields: compiler.fields(problems),
    })
}

/// A label without what two spellings of it may differ in: case and space.
fn spelt_alike(label: &str) -> String {
    label.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

pub(super) struct Compiler<'c> {
    pub(super) wire: &'c LayoutToml,
    pub(super) document: &'c Document<'c>,
    pub(super) table: &'c Table,
}

impl Compiler<'_> {
    fn columns(&self, problems: &mut Vec<Problem>) -> IndexMap<String, Arrival> {
        let known = |found: &str, keys: &[&str], problems: &mut Vec<Problem>| self.known(found, keys, problems);
        for name in self.wire.columns.keys() {
            known(name, &["columns", name], problems);
        }
        for (index, name) in self.wire.absent.iter().enumerate() {
            known(name, &["absent", &index.to_string()], problems);
            if self.wire.columns.contains_key(name) {
                problems.push(self.document.problem(
                    &["absent", &index.to_string()],
                    "spec::absent_and_present",
                    format!("column `{name}` is both absent and described"),
                    "keep one of the two".to_owned(),
                ));
            }
            if self.table.columns.get(name).is_some_and(|column| column.required) {
                problems.push(self.document.problem(
                    &["absent", &index.to_string()],
                    "spec::required_absent",
                    format!("column `{name}` is required by the table and absent here"),
                    format!("give `columns.{name}` a `constant` or a `file_name` pattern"),
                ));
            }
        }
        if let Some(banner) = &self.wire.rows.banner {
            known(banner, &["rows", "banner"], problems);
        }
        let mut columns = IndexMap::new();
        for name in self.table.columns.keys().filter(|name| !self.wire.absent.contains(name)) {
            let mut wire = self.wire.columns.get(name).cloned().unwrap_or_default();
            if wire.formats.is_empty() && self.table.columns.get(name).is_some_and(|column| column.kind == Kind::Date) {
                wire.formats.clone_from(&self.wire.dates);
            }
            columns.insert(name.clone(), self.arrival(name, &wire, problems));
        }
        self.no_label_is_taken_twice(&columns, problems);
        columns
    }

    /// Two figures of one label: one would have the other's values, and nobody would see it. Repetitions of a label are told apart by
    /// `occurrence`, and which rows are whose by `when`. A code may say two things: what it names, and which code it is.
    fn no_label_is_taken_twice(&self, columns: &IndexMap<String, Arrival>, problems: &mut Vec<Problem>) {
        let mut taken: BTreeMap<(String, Option<u32>), &str> = BTreeMap::new();
        let is_figure = |name: &String| {
            let kind = self.table.columns.get(name).map(|column| column.kind);
            matches!(kind, Some(Kind::Integer | Kind::Decimal { .. }))
        };
        let figures = columns.iter().filter(|(name, arrival)| arrival.when.is_empty() && is_figure(name));
        for (name, arrival) in figures {
            let labels: BTreeSet<String> = arrival.from.iter().map(|label| spelt_alike(label)).collect();
            for label in labels {
                let other = taken.entry((label.clone(), arrival.occurrence)).or_insert(name);
                if *other == name {
                    continue;
                }
                problems.push(self.document.problem(
                    &["columns", name, "from"],
                    "spec::label_taken_twice",
                    format!("`{name}` and `{other}` both take the label `{label}`: one of them would have the other's values"),
                    format!("take the label out of one; where a file has it twice, `columns.{name}.occurrence = 2` tells which is meant"),
                ));
            }
        }
    }

    fn arrival(&self, name: &str, wire: &ArrivalToml, problems: &mut Vec<Problem>) -> Arrival {
        let mut pattern = |key: &str, text: &Option<String>, whole: bool| {
            let text = text.as_ref()?;
            self.regex(text, whole, &["columns", name, key], problems)
        };
        let file_name = pattern("file_name", &wire.file_name, false);
        let sheet_name = pattern("sheet_name", &wire.sheet_name, false);
        let only = pattern("only", &wire.only, true);
        let from_pattern = pattern("from_pattern", &wire.from_pattern.as_ref().map(|text| format!("(?i){text}")), true);
        for (key, found) in [("file_name", &file_name), ("sheet_name", &sheet_name)] {
            if found.as_ref().is_some_and(|found| found.captures_len() < 2) {
                problems.push(self.document.problem(
                    &["columns", name, key],
                    "spec::no_group",
                    "the pattern has no group".to_owned(),
                    r"put the part that is the value in brackets: `_(\d{4})-`".to_owned(),
                ));
            }
        }
        self.numbers_and_days(name, wire, problems);
        if wire.constant.as_ref().is_some_and(|constant| constant.trim().is_empty()) {
            problems.push(self.document.problem(
                &["columns", name, "constant"],
                "spec::empty_constant",
                format!("the constant of `{name}` has nothing in it"),
                "write what every row of these files has there, such as their period; or leave the column out in `absent`".to_owned(),
            ));
        }
        let mut map = wire.map.clone();
        let codes = self.table.columns.get(name).and_then(|column| column.codes.as_ref());
        if let (true, Some(list)) = (wire.by_label, codes) {
            for (code, about) in &list.codes {
                map.entry(about.label.clone()).or_insert_with(|| code.clone());
            }
        } else if wire.by_label {
            problems.push(self.document.problem(
                &["columns", name, "by_label"],
                "spec::code_list",
                format!("column `{name}` has no code list whose labels could stand in its cells"),
                "drop `by_label`, or name the list in the contract".to_owned(),
            ));
        }
        if let Some(round) = wire.round {
            let decimals = self.table.columns.get(name).map(|column| column.kind);
            if !matches!(decimals, Some(Kind::Decimal { scale, .. }) if i16::from(scale) >= i16::from(round)) {
                problems.push(self.document.problem(
                    &["columns", name, "round"],
                    "spec::round",
                    format!("column `{name}` has no type with {round} decimals, to which its numbers could be rounded"),
                    "give it a type such as `decimal(9,2)` in the contract, or drop `round`".to_owned(),
                ));
            }
        }
        Arrival {
            from: if wire.from.is_empty() && from_pattern.is_none() && wire.at.is_empty() {
                vec![name.to_owned()]
            } else {
                wire.from.clone()
            },
            from_pattern,
            at: self.places(name, wire, problems),
            when: self.conditions(name, wire, problems),
            percent: wire.percent,
            duration: wire.duration,
            round: wire.round,
            century: wire.century,
            moment: wire.moment,
            brackets: wire.brackets,
            occurrence: wire.occurrence,
            optional: wire.optional,
            formats: if wire.formats.is_empty() {
                vec!["%Y-%m-%d".to_owned(), "%d/%m/%Y".to_owned()]
            } else {
                wire.formats.clone()
            },
            constant: wire.constant.clone(),
            file_name,
            sheet_name,
            repair: wire.repair.clone(),
            folded: self.folded(name, wire, &map, problems),
            map,
            only,
            strip_footnotes: wire.strip_footnotes,
            prefix: wire.prefix.clone(),
            suffix: wire.suffix.clone(),
        }
    }

    /// Codes by their spellings in small letters, where the layout takes them in any case.
    fn folded(
        &self,
        name: &str,
        wire: &ArrivalToml,
        map: &BTreeMap<String, String>,
        problems: &mut Vec<Problem>,
    ) -> BTreeMap<String, String> {
        if !wire.any_case {
            return BTreeMap::new();
        }
        let Some(list) = self.table.columns.get(name).and_then(|column| column.codes.as_ref()) else {
            problems.push(self.document.problem(
                &["columns", name, "any_case"],
                "spec::code_list",
                format!("column `{name}` has no code list whose codes could be told in any case"),
                "drop `any_case`, or name the list in the contract".to_owned(),
            ));
            return BTreeMap::new();
        };
        let mut folded = BTreeMap::new();
        for (text, code) in list.codes.keys().map(|code| (code, code)).chain(map) {
            let was = folded.insert(text.to_lowercase(), code.clone());
            if was.is_some_and(|was| was != *code) {
                problems.push(self.document.problem(
                    &["columns", name, "any_case"],
                    "spec::any_case",
                    format!("`{text}` in small letters is two codes"),
                    "drop `any_case`, and rename each spelling in `map`".to_owned(),
                ));
            }
        }
        folded
    }

    fn format(&self, problems: &mut Vec<Problem>) -> Format {
        let wire = &self.wire.format;
        match (&wire.csv, &wire.workbook, &wire.xml, &wire.parquet, &wire.jsonl) {
            (Some(csv), None, None, None, None) => self.csv(csv, problems),
            (None, Some(workbook), None, None, None) => {
                if workbook.stack && workbook.sheets.is_empty() && workbook.content.is_none() {
                    problems.push(self.document.problem(
                        &["format", "workbook", "stack"],
                        "spec::stack_without_sheets",
                        "a table that goes on over sheets needs to know which".to_owned(),
                        r#"name them: `sheets = ["Sep *", "Oct *"]`"#.to_owned(),
                    ));
                }
                Format::Workbook {
                    sheets: globs(&workbook.sheets, &["format", "workbook", "sheets"], self.document, problems),
                    stack: workbook.stack,
                    content: workbook
                        .content
                        .as_ref()
                        .and_then(|text| self.regex(text, true, &["format", "workbook", "content"], problems)),
                }
            }
            (None, None, None, Some(_), None) => Format::Parquet,
            (None, None, None, None, Some(_)) => Format::Jsonl,
            (None, None, Some(xml), None, None) => {
                let row: Vec<String> = xml.row.split('/').map(str::to_owned).collect();
                if row.iter().any(String::is_empty) {
                    problems.push(self.document.problem(
                        &["format", "xml", "row"],
                        "spec::row_path",
                        format!("`{}` is not a path of elements", xml.row),
                        "write the names from the root to the row: `Message/Persons/Person`".to_owned(),
                    ));
                }
                Format::Xml { row, into: xml.into.clone() }
            }
            _ => {
                problems.push(self.document.problem(
                    &["format"],
                    "spec::format",
                    "a layout has exactly one format".to_owned(),
                    "write `[format.csv]`, `[format.workbook]`, `[format.xml]`, `[format.parquet]` or `[format.jsonl]`".to_owned(),
                ));
                Format::Workbook { sheets: None, stack: false, content: None }
            }
        }
    }

    fn csv(&self, csv: &CsvToml, problems: &mut Vec<Problem>) -> Format {
        let declared = csv.encoding.as_deref().unwrap_or("utf-8");
        let encoding = Encoding::named(declared).unwrap_or_else(|| {
            problems.push(self.document.problem(
                &["format", "csv", "encoding"],
                "spec::unknown_value",
                format!("`{declared}` is not an encoding that is read here"),
                hint_for(declared, ENCODINGS),
            ));
            Encoding::Utf8
        });
        let delimiter = self.character("delimiter", csv.delimiter.as_deref(), problems).unwrap_or(b',');
        if encoding.hides(delimiter) {
            problems.push(self.document.problem(
                &["format", "csv", "delimiter"],
                "spec::hidden_delimiter",
                format!("in `{declared}` this delimiter may be the second half of another character"),
                "ask for the file in UTF-8, or with commas, semicolons or tabs".to_owned(),
            ));
        }
        Format::Csv {
            encoding,
            delimiter,
            quote: match csv.quote.as_deref() {
                Some("") => None,
                other => self.character("quote", other, problems).or(Some(b'"')),
            },
            line_end: match csv.line_end.as_deref() {
                None | Some("lf" | "crlf") => b'\n',
                Some("cr") => b'\r',
                Some(other) => {
                    problems.push(self.document.problem(
                        &["format", "csv", "line_end"],
                        "spec::unknown_value",
                        format!("`{other}` is no line end"),
                        hint_for(other, ["lf", "crlf", "cr"]),
                    ));
                    b'\n'
                }
            },
        }
    }

    fn character(&self, key: &str, text: Option<&str>, problems: &mut Vec<Problem>) -> Option<u8> {
        let text = text?;
        match text.as_bytes() {
            [one] if one.is_ascii() => Some(*one),
            _ => {
                problems.push(self.document.problem(
                    &["format", "csv", key],
                    "spec::one_character",
                    format!("`{key}` is one ASCII character"),
                    r#"for a tab write "\t""#.to_owned(),
                ));
                None
            }
        }
    }

    fn patterns(&self, texts: &[String], keys: &[&str], problems: &mut Vec<Problem>) -> Vec<Regex> {
        let at = |index: usize| index.to_string();
        texts
            .iter()
            .enumerate()
            .filter_map(|(index, text)| {
                let position = at(index);
                let keys: Vec<&str> = keys.iter().copied().chain([position.as_str()]).collect();
                self.regex(text, true, &keys, problems)
            })
            .collect()
    }

    pub(super) fn regex(&self, text: &str, whole: bool, keys: &[&str], problems: &mut Vec<Problem>) -> Option<Regex> {
        let pattern = if whole { format!("^(?s:{text})$") } else { text.to_owned() };
        match Regex::new(&pattern) {
            Ok(regex) => Some(regex),
            Err(error) => {
                let reason = error.to_string().lines().last().unwrap_or("").trim().to_owned();
                problems.push(self.document.problem(
                    keys,
                    "spec::bad_pattern",
                    format!("`{text}` is not a regular expression: {reason}"),
                    "see https://docs.rs/regex for the syntax; `\\.` is a dot".to_owned(),
                ));
                None
            }
        }
    }
}
