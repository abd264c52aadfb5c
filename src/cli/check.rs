//! `check` and `schema`.

use std::path::Path;

use super::{Context, Failure, output};
use crate::definitions::{self, Definitions, SCHEMAS};
use crate::draft::TO_CONFIRM;
use crate::lake::Place;
use crate::run::RunError;
use crate::warehouse::try_definitions;

/// `sendmart check`: every problem at once.
pub(super) fn check(context: &Context) -> Result<(), Failure> {
    let (definitions, mut problems) = definitions::load_what_is_right(&context.root, context.config.as_deref());
    let place = Place::new(&context.root, &definitions.settings.var);
    problems.0.extend(definitions::no_kpis(&place.sql()));
    problems.0.extend(try_definitions(&definitions, &place, &problems)?);
    if !problems.is_empty() {
        return Err(RunError::Definitions(problems).into());
    }
    let tables: usize = definitions.collections.values().map(|collection| collection.tables.len()).sum();
    let layouts: usize = definitions.collections.values().map(|collection| collection.layouts.len()).sum();
    output::said(&format!(
        "{} collections, {tables} tables, {layouts} layouts, {} marts, {} checks, {} KPIs: all right (definitions {})",
        definitions.collections.len(),
        definitions.marts.len(),
        definitions.checks.len(),
        definitions.kpis.len(),
        &definitions.hash[..12]
    ));
    let Definitions { boards, targets, .. } = &definitions;
    if !boards.0.is_empty() || !targets.lines.is_empty() {
        let meetings: usize = boards.0.iter().map(|board| board.meetings.len()).sum();
        output::said(&format!(
            "{}, {}, {}: all right",
            counted(boards.0.len(), "board"),
            counted(meetings, "meeting"),
            counted(targets.lines.len(), "target")
        ));
    }
    for query in &targets.queries {
        output::said(&format!("query{}", query.to_string().trim_start_matches("error")));
    }
    for collection in definitions.collections.values() {
        for open in collection.open_questions() {
            output::said(&format!(
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
            output::said(&format!(
                "query[spec::to_be_confirmed]: {} of collection `{}` are {TO_CONFIRM}: somebody has to say\n  --> {}",
                open.join(", "),
                collection.name,
                collection.folder.join("pipeline.toml").display()
            ));
        }
    }
    Ok(())
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// `sendmart schema`.
pub(super) fn schema(kind: Option<&str>, write: Option<&Path>) -> Result<(), Failure> {
    if let Some(folder) = write {
        for name in SCHEMAS {
            let text = definitions::schema_text(name).unwrap_or_default();
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
        let text = definitions::schema_text(name).ok_or_else(|| {
            Failure::usage(format!("there is no schema `{name}`"), format!("valid: {}", SCHEMAS.join(", ")))
        })?;
        output::line(text.trim_end());
    }
    Ok(())
}
