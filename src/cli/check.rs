//! `check` and `schema`.

use std::path::Path;

use super::{Context, Failure, output};
use crate::draft::TO_CONFIRM;
use crate::lake::Place;
use crate::run::{load_kpis, needs_are_known, sound_checks};
use crate::spec::{self, SCHEMAS};
use crate::warehouse::check_expression;

/// `sendmart check`: every problem at once.
pub(super) fn check(context: &Context) -> Result<(), Failure> {
    let mut texts = Vec::new();
    let loaded = spec::load(&context.root, context.config.as_deref());
    let place = Place::new(&context.root, "var");
    match &loaded {
        Err(problems) => texts.push(problems.to_string()),
        Ok(definitions) => {
            for collection in definitions.collections.values() {
                for table in collection.tables.values() {
                    for rule in &table.rules {
                        if let Err(said) = check_expression(table, rule) {
                            texts.push(format!(
                                "error[spec::rule]: rule `{}` of table `{}` does not fit the table: {said}\n  --> {}\nhint: a rule is a SQL condition over the columns of its table",
                                rule.id,
                                table.name,
                                collection.folder.join("tables").join(format!("{}.toml", table.name)).display()
                            ));
                        }
                    }
                }
            }
        }
    }
    match load_kpis(&place) {
        Err(error) => texts.push(error.to_string()),
        Ok(kpis) => {
            if let Ok(definitions) = &loaded
                && let Err(error) = needs_are_known(&kpis, definitions)
            {
                texts.push(error.to_string());
            }
        }
    }
    if let Err(error) = sound_checks(&place) {
        texts.push(error.to_string());
    }
    if !texts.is_empty() {
        return Err(Failure { text: texts.join("\n\n"), hint: None, exit_code: 78 });
    }
    if let Ok(definitions) = loaded {
        let tables: usize = definitions.collections.values().map(|collection| collection.tables.len()).sum();
        let layouts: usize = definitions.collections.values().map(|collection| collection.layouts.len()).sum();
        output::line(&format!(
            "{} collections, {tables} tables, {layouts} layouts: all right (definitions {})",
            definitions.collections.len(),
            &definitions.hash[..12]
        ));
        for collection in definitions.collections.values() {
            for open in collection.open_questions() {
                output::line(&format!(
                    "query[spec::to_confirm]: collection `{}`: {open}\nhint: mend it if the guess is wrong, then delete the line: nothing of the collection is published before",
                    collection.name
                ));
            }
            let open: Vec<String> = [
                ("owner", &collection.owner),
                ("purpose", &collection.purpose),
                ("lawful_basis", &collection.lawful_basis),
                ("retention", &collection.retention),
            ]
            .into_iter()
            .filter(|(_, said)| said.as_str() == TO_CONFIRM)
            .map(|(key, _)| format!("`{key}`"))
            .collect();
            if !open.is_empty() {
                output::line(&format!(
                    "query[spec::to_be_confirmed]: {} of collection `{}` are {TO_CONFIRM}: somebody has to say\n  --> {}",
                    open.join(", "),
                    collection.name,
                    collection.folder.join("pipeline.toml").display()
                ));
            }
        }
    }
    Ok(())
}

/// `sendmart schema`.
pub(super) fn schema(kind: Option<&str>, write: Option<&Path>) -> Result<(), Failure> {
    if let Some(folder) = write {
        for name in SCHEMAS {
            let text = spec::schema_text(name).unwrap_or_default();
            let path = folder.join(format!("{name}.json"));
            let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&path, text));
            written.map_err(|error| Failure {
                text: format!("cannot write `{}`: {error}", path.display()),
                hint: None,
                exit_code: 74,
            })?;
        }
        return Ok(());
    }
    let names: Vec<&str> = kind.map_or_else(|| SCHEMAS.to_vec(), |kind| vec![kind]);
    for name in names {
        let text = spec::schema_text(name).ok_or_else(|| {
            Failure::usage(format!("there is no schema `{name}`"), format!("valid: {}", SCHEMAS.join(", ")))
        })?;
        output::line(text.trim_end());
    }
    Ok(())
}
