//! The JSON Schemas of the TOML files, for editors and for `sendmart schema`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use schemars::JsonSchema;
use serde_json::Value;

use super::wire::{ConfigToml, LayoutToml, PipelineToml, TableToml};
use super::wire_boards::BoardsToml;
use super::wire_disclosure::DisclosureToml;

/// Names of the schemas; `config/schema/<name>.json`.
pub const SCHEMAS: [&str; 7] = ["pipeline", "table", "layout", "shape", "config", "boards", "disclosure"];

/// The schema of one kind of TOML file, if there is such a kind.
#[must_use]
pub fn schema(name: &str) -> Option<Value> {
    match name {
        "pipeline" => Some(of::<PipelineToml>()),
        "table" => Some(of::<TableToml>()),
        "layout" => Some(layout()),
        "shape" => Some(shape()),
        "config" => Some(of::<ConfigToml>()),
        "boards" => Some(of::<BoardsToml>()),
        "disclosure" => Some(of::<DisclosureToml>()),
        _ => None,
    }
}

/// The schema as it is committed and printed: indented, with a final newline.
#[must_use]
pub fn schema_text(name: &str) -> Option<String> {
    let value = schema(name)?;
    serde_json::to_string_pretty(&value).ok().map(|text| text + "\n")
}

/// A layout that extends another, or has a shape, need not say again what it inherits.
fn layout() -> Value {
    let inherited = ["table", "format"];
    let mut schema = without_required(&inherited);
    let whole = serde_json::json!([
        { "required": inherited },
        { "required": ["extends", "why"] },
        { "required": ["shape", "table"] }
    ]);
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("anyOf".to_owned(), whole);
    }
    schema
}

/// A shape is a part of layouts.
fn shape() -> Value {
    let mut schema = without_required(&["table", "format"]);
    if let Some(schema) = schema.as_object_mut() {
        let about = "`pipelines/<collection>/shapes/<name>.toml`: what several layouts have in common.";
        schema.insert("description".to_owned(), about.into());
    }
    schema
}

fn without_required(keys: &[&str]) -> Value {
    let mut schema = of::<LayoutToml>();
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|key| !keys.iter().any(|name| key == name));
    }
    schema
}

fn of<T: JsonSchema>() -> Value {
    schemars::schema_for!(T).to_value()
}

/// The schema of a type, made once: hundreds of files are held against the same.
pub(super) fn known<T: JsonSchema>() -> Arc<Value> {
    static MADE: Mutex<BTreeMap<Cow<'static, str>, Arc<Value>>> = Mutex::new(BTreeMap::new());
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(made.entry(T::schema_id()).or_insert_with(|| Arc::new(of::<T>())))
}
