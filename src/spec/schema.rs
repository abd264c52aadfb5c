//! The JSON Schemas of the TOML files, for editors and for `sendmart schema`.

use schemars::JsonSchema;
use serde_json::Value;

use super::wire::{ConfigToml, LayoutToml, PipelineToml, TableToml};

/// Names of the schemas; `config/schema/<name>.json`.
pub const SCHEMAS: [&str; 4] = ["pipeline", "table", "layout", "config"];

/// The schema of one kind of TOML file, if there is such a kind.
#[must_use]
pub fn schema(name: &str) -> Option<Value> {
    match name {
        "pipeline" => Some(of::<PipelineToml>()),
        "table" => Some(of::<TableToml>()),
        "layout" => Some(of::<LayoutToml>()),
        "config" => Some(of::<ConfigToml>()),
        _ => None,
    }
}

/// The schema as it is committed and printed: indented, with a final newline.
#[must_use]
pub fn schema_text(name: &str) -> Option<String> {
    let value = schema(name)?;
    serde_json::to_string_pretty(&value).ok().map(|text| text + "\n")
}

fn of<T: JsonSchema>() -> Value {
    schemars::schema_for!(T).to_value()
}
