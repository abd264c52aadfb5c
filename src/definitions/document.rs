//! One TOML file with the place of everything in it.
//!
//! The shape is checked against the JSON Schema of the wire type, so that every problem of a file is found in one go
//! (serde stops at the first) and the schema that editors use is the one that is enforced.

use std::ops::Range;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::{Problem, hint_for};
use super::sql_text::line_and_column;
use super::wire::LayoutToml;

/// A parsed file: its text, and its tree with spans.
pub(super) struct Document<'t> {
    path: PathBuf,
    text: &'t str,
    tree: Spanned<DeTable<'t>>,
    /// What stands before it in its file: a head stands within a file of SQL.
    before: &'t str,
    /// How a value is mended that has the right shape and cannot be read.
    hint: &'static str,
}

/// The hint where a file is TOML as a whole.
const SHAPE_HINT: &str = "run `sendmart schema` to see the shape of this file";

impl<'t> Document<'t> {
    /// Parses `text` and decodes it as `T`. Problems of syntax and of shape are added to `problems`.
    pub(super) fn read<T: JsonSchema + DeserializeOwned>(
        path: &Path,
        text: &'t str,
        problems: &mut Vec<Problem>,
    ) -> Option<(T, Self)> {
        let document = Self::parse(path, text, problems)?;
        document.has_shape::<T>(None, problems).then_some(())?;
        let value = document.decode(problems)?;
        Some((value, document))
    }

    /// Decodes the head of a file of SQL, which stands between these bytes.
    pub(super) fn read_head<T: JsonSchema + DeserializeOwned>(
        path: &Path,
        file: &'t str,
        head: Range<usize>,
        hint: &'static str,
        problems: &mut Vec<Problem>,
    ) -> Option<T> {
        let (before, text) = (&file[..head.start], &file[head]);
        let document = Self::parse_within(path, text, before, hint, problems)?;
        document.has_shape::<T>(None, problems).then_some(())?;
        document.decode(problems)
    }

    /// Parses the text of a layout. Of one that extends another, or has a shape, what it inherits is not asked for.
    pub(super) fn read_layout(path: &Path, text: &'t str, problems: &mut Vec<Problem>) -> Option<(Self, toml::Table)> {
        let document = Self::parse(path, text, problems)?;
        let own: Option<&[&str]> = if document.below("extends").is_some() {
            Some(&["title", "why"])
        } else {
            document.below("shape").map(|_| &["title", "table"][..])
        };
        document.has_shape::<LayoutToml>(own, problems).then_some(())?;
        let table = document.decode(problems)?;
        Some((document, table))
    }

    /// Parses the text of a shape of layouts.
    pub(super) fn read_shape(path: &Path, text: &'t str, problems: &mut Vec<Problem>) -> Option<(Self, toml::Table)> {
        let document = Self::parse(path, text, problems)?;
        let own: Option<&[&str]> = Some(&["title"]);
        document.has_shape::<LayoutToml>(own, problems).then_some(())?;
        let table = document.decode(problems)?;
        Some((document, table))
    }

    fn parse(path: &Path, text: &'t str, problems: &mut Vec<Problem>) -> Option<Self> {
        Self::parse_within(path, text, "", SHAPE_HINT, problems)
    }

    fn parse_within(
        path: &Path,
        text: &'t str,
        before: &'t str,
        hint: &'static str,
        problems: &mut Vec<Problem>,
    ) -> Option<Self> {
        let (tree, errors) = DeTable::parse_recoverable(text);
        let document = Self { path: path.to_path_buf(), text, tree, before, hint };
        let broken = !errors.is_empty();
        for error in errors {
            let offset = error.span().map_or(0, |span| span.start);
            problems.push(document.problem_at(
                offset,
                "spec::syntax",
                format!("not valid TOML: {}", error.message().replace('\n', "; ")),
                "see https://toml.io for how values are written".to_owned(),
            ));
        }
        (!broken).then_some(document)
    }

    /// Whether it has the shape of `T`. Where `own` says which keys have to be there, no others have.
    fn has_shape<T: JsonSchema>(&self, own: Option<&[&str]>, problems: &mut Vec<Problem>) -> bool {
        let schema = super::schema::known::<T>();
        let before = problems.len();
        let walker = ShapeWalker { document: self, schema: &schema, own };
        walker.table(self.tree.get_ref(), self.tree.span().start, &schema, "", problems);
        problems.len() == before
    }

    fn decode<T: DeserializeOwned>(&self, problems: &mut Vec<Problem>) -> Option<T> {
        match toml::from_str::<T>(self.text) {
            Ok(value) => Some(value),
            Err(error) => {
                let offset = error.span().map_or(0, |span| span.start);
                problems.push(self.problem_at(
                    offset,
                    "spec::shape",
                    error.message().trim_end().to_owned(),
                    self.hint.to_owned(),
                ));
                None
            }
        }
    }

    /// Decodes what it is with what it inherits. What is wrong with that stands nowhere in it, and is told at its `extends` or
    /// `shape`.
    pub(super) fn whole<T: JsonSchema + DeserializeOwned>(
        &self,
        table: &toml::Table,
        problems: &mut Vec<Problem>,
    ) -> Option<T> {
        let text = toml::to_string(table).unwrap_or_default();
        let mut found = Vec::new();
        let whole = Document::read::<T>(&self.path, &text, &mut found).map(|(value, _)| value);
        let told = found.into_iter().map(|problem| {
            let message = format!("with what it inherits: {}", problem.message);
            self.problem(&[], problem.code, message, problem.hint)
        });
        problems.extend(told);
        whole
    }

    /// Where the key stands that says what lies below it, `extends` or `shape`.
    fn below(&self, wanted: &str) -> Option<usize> {
        self.tree.get_ref().iter().find(|(key, _)| key.get_ref() == wanted).map(|(key, _)| key.span().start)
    }

    /// A problem at the value that `keys` lead to, or at the nearest thing on the way to it.
    pub(super) fn problem(&self, keys: &[&str], code: &'static str, message: String, hint: String) -> Problem {
        self.problem_at(self.offset(keys), code, message, hint)
    }

    /// The file, and the line of the value that `keys` lead to, 1-based.
    pub(super) fn place(&self, keys: &[&str]) -> (PathBuf, usize) {
        let at = self.problem(keys, "", String::new(), String::new());
        (at.path, at.line)
    }

    fn problem_at(&self, offset: usize, code: &'static str, message: String, hint: String) -> Problem {
        let (line, column) = line_and_column(self.text, offset.min(self.text.len()));
        let (lines, columns) = line_and_column(self.before, self.before.len());
        let column = if line == 1 { columns + column - 1 } else { column };
        Problem { path: self.path.clone(), line: lines + line - 1, column, code, message, hint }
    }

    fn offset(&self, keys: &[&str]) -> usize {
        let mut offset = self.below("extends").or(self.below("shape")).unwrap_or(self.tree.span().start);
        let mut table = Some(self.tree.get_ref());
        let mut array = None;
        for key in keys {
            let value: &Spanned<DeValue<'t>> = if let Some(entries) = table {
                let Some((name, value)) = entries.iter().find(|(name, _)| name.get_ref() == key) else { break };
                offset = name.span().start;
                value
            } else if let Some(items) = array {
                let items: &toml::de::DeArray<'t> = items;
                let Some(item) = key.parse::<usize>().ok().and_then(|index| items.get(index)) else { break };
                offset = item.span().start;
                item
            } else {
                break;
            };
            table = value.get_ref().as_table();
            array = value.get_ref().as_array();
        }
        offset
    }
}

/// Compares a tree with a schema.
struct ShapeWalker<'d, 't> {
    document: &'d Document<'t>,
    schema: &'d Value,
    /// The keys that have to be there, where the rest is inherited.
    own: Option<&'d [&'d str]>,
}

impl ShapeWalker<'_, '_> {
    fn resolve<'s>(&'s self, schema: &'s Value) -> &'s Value {
        if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
            let found = name.strip_prefix("#/$defs/").and_then(|name| self.schema.get("$defs")?.get(name));
            return found.map_or(schema, |found| self.resolve(found));
        }
        if let Some(choices) = schema.get("anyOf").and_then(Value::as_array) {
            let chosen = choices.iter().find(|choice| choice.get("type") != Some(&Value::from("null")));
            return chosen.map_or(schema, |chosen| self.resolve(chosen));
        }
        schema
    }

    fn table(&self, table: &DeTable<'_>, offset: usize, schema: &Value, within: &str, problems: &mut Vec<Problem>) {
        let empty = serde_json::Map::new();
        let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        let others = schema.get("additionalProperties");
        for (key, value) in table {
            let name: &str = key.get_ref();
            if let Some(wanted) = properties.get(name) {
                self.value(value, wanted, &join(within, name), problems);
            } else if let Some(wanted) = others.filter(|others| others.is_object()) {
                self.value(value, wanted, &join(within, name), problems);
            } else if others == Some(&Value::Bool(false)) {
                problems.push(self.document.problem_at(
                    key.span().start,
                    "spec::unknown_key",
                    format!("unknown key `{name}`{}", place(within)),
                    hint_for(name, properties.keys().map(String::as_str)),
                ));
            }
        }
        let required: Vec<&str> = match self.own {
            None => schema
                .get("required")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect(),
            Some(own) if within.is_empty() => own.to_vec(),
            Some(_) => Vec::new(),
        };
        for needed in required {
            if !table.iter().any(|(key, _)| key.get_ref() == needed) {
                let about = properties.get(needed).and_then(|wanted| wanted.get("description")).and_then(Value::as_str);
                problems.push(self.document.problem_at(
                    offset,
                    "spec::missing_key",
                    format!("missing key `{needed}`{}", place(within)),
                    about.map_or_else(
                        || format!("add `{needed} = …`"),
                        |about| format!("add `{needed} = …`: {}", first_line(about)),
                    ),
                ));
            }
        }
    }

    fn value(&self, value: &Spanned<DeValue<'_>>, schema: &Value, within: &str, problems: &mut Vec<Problem>) {
        let schema = self.resolve(schema);
        let offset = value.span().start;
        let found = value.get_ref();
        let words = enumeration(schema);
        if !words.is_empty() {
            let told = found.as_str().unwrap_or("");
            if !words.contains(&told) {
                let what = found.as_str().map_or_else(|| with_article(found.type_str()), |text| format!("`{text}`"));
                problems.push(self.document.problem_at(
                    offset,
                    "spec::unknown_value",
                    format!("`{within}` is {what}, which is not one of its values"),
                    hint_for(told, words.iter().copied()),
                ));
            }
            return;
        }
        let wanted = kinds(schema);
        let kind = match found {
            DeValue::String(_) => "string",
            DeValue::Integer(_) => "integer",
            DeValue::Float(_) => "number",
            DeValue::Boolean(_) => "boolean",
            DeValue::Datetime(_) => "datetime",
            DeValue::Array(_) => "array",
            DeValue::Table(_) => "object",
        };
        let fits = wanted.is_empty() || wanted.contains(&kind) || (kind == "integer" && wanted.contains(&"number"));
        if !fits {
            let name = with_article;
            let set = wanted.iter().filter(|kind| **kind != "null").map(|kind| name(kind)).collect::<Vec<_>>();
            problems.push(self.document.problem_at(
                offset,
                "spec::wrong_type",
                format!("`{within}` is {}, and has to be {}", name(kind), set.join(" or ")),
                match kind {
                    "datetime" => "write a date between quotes: \"2025-06-26\"".to_owned(),
                    _ if self.document.before.is_empty() => "see the schema: `sendmart schema`".to_owned(),
                    _ => self.document.hint.to_owned(),
                },
            ));
            return;
        }
        match found {
            DeValue::Table(table) => self.table(table, offset, schema, within, problems),
            DeValue::Array(items) => {
                if let Some(wanted) = schema.get("items") {
                    for (index, item) in items.iter().enumerate() {
                        self.value(item, wanted, &format!("{within}[{}]", index + 1), problems);
                    }
                }
            }
            DeValue::Integer(number) => {
                let least = schema.get("minimum").and_then(Value::as_i64);
                let value = i64::from_str_radix(number.as_str(), number.radix());
                if let (Some(least), Ok(value)) = (least, value)
                    && value < least
                {
                    problems.push(self.document.problem_at(
                        offset,
                        "spec::out_of_range",
                        format!("`{within}` is {value}"),
                        format!("the least is {least}"),
                    ));
                }
            }
            _ => {}
        }
    }
}

/// The kind of a value as a sentence names it.
fn with_article(kind: &str) -> String {
    match kind {
        "object" => "a table".to_owned(),
        "integer" | "array" => format!("an {kind}"),
        _ => format!("a {kind}"),
    }
}

fn enumeration(schema: &Value) -> Vec<&str> {
    let words = schema.get("enum").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let constants = schema.get("oneOf").and_then(Value::as_array).into_iter().flatten();
    let constants = constants.flat_map(|choice| {
        let one = choice.get("const").and_then(Value::as_str);
        one.into_iter()
            .chain(choice.get("enum").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str))
    });
    words.chain(constants).collect()
}

fn kinds(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(kind)) => vec![kind],
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn join(within: &str, name: &str) -> String {
    if within.is_empty() { name.to_owned() } else { format!("{within}.{name}") }
}

fn place(within: &str) -> String {
    if within.is_empty() { String::new() } else { format!(" in `{within}`") }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or("").trim_end_matches('.')
}
