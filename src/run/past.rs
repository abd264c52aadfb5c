//! A generation of the past, or of another day: what may be asked of a run, and where it is written.
//!
//! The principle: the live file speaks for now. A run that leaves out what has come since, or whose KPIs speak for a day before
//! those of the live generation, would put the past in its place; so it writes its generation into a folder of its own.

use std::fs;
use std::path::Path;

use jiff::civil::Date;

use super::{RunError, RunOptions};
use crate::definitions::Definitions;
use crate::lake::Place;
use crate::warehouse::{BuildInput, live};

/// Refuses a run that would publish the past, and a folder that a generation cannot be written into.
///
/// # Errors
/// [`RunError::Past`] says which.
pub(super) fn refuse(place: &Place, options: &RunOptions<'_>) -> Result<(), RunError> {
    if let Some(folder) = options.out {
        return refuse_folder(place, folder);
    }
    let past = |message: String| {
        RunError::Past {
        message,
        hint: "name a new folder with `--out DIR`: the generation is written there as a whole file, and what is live stays"
            .to_owned(),
    }
    };
    if options.known_at.is_some() {
        return Err(past(
            "`--known-at` leaves out what has come since, and that is never published as the live file".to_owned(),
        ));
    }
    let live_day = live(place).and_then(|current| current.as_of.parse::<Date>().ok());
    match (options.as_of, live_day) {
        (Some(asked), Some(day)) if asked < day => Err(past(format!(
            "KPIs as of {asked} would take the place of those of {day}, which are live: the past is never published as the live file"
        ))),
        _ => Ok(()),
    }
}

fn refuse_folder(place: &Place, folder: &Path) -> Result<(), RunError> {
    let wrong =
        |message: String| RunError::Past { message, hint: "name a new folder, outside the place's `var`".to_owned() };
    let shown = folder.display();
    let real = |path: &Path| {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
        // The part that is there, links followed; the rest is yet to be made.
        let there = path.ancestors().find(|part| part.exists()).unwrap_or(&path).to_path_buf();
        let rest = path.strip_prefix(&there).unwrap_or(Path::new("")).to_path_buf();
        fs::canonicalize(&there).unwrap_or(there).join(rest)
    };
    if real(folder).starts_with(real(place.var())) {
        return Err(wrong(format!("`{shown}` lies where the place keeps what it makes")));
    }
    match fs::read_dir(folder).map(Iterator::count) {
        Ok(0) => Ok(()),
        Ok(_) => Err(wrong(format!("`{shown}` is not empty"))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(wrong(format!("`{shown}` cannot be used: {error}"))),
    }
}

/// What stands beside such a generation, for whoever finds it.
pub(super) fn words(definitions: &Definitions, input: &BuildInput<'_>) -> String {
    let rows: u64 = input.deliveries.iter().flat_map(|(_, book)| &book.tables).map(|table| table.rows_accepted).sum();
    let zone = &definitions.settings.zone;
    format!(
        "sendmart.duckdb in this folder is a generation that was never live.\n\n\
         KPIs as of:      {}\n\
         Known at:        {} (only what was received by then counts)\n\
         Deliveries:      {}, with {rows} rows accepted\n\
         Definitions:     {}\n\
         Built:           {}, by sendmart {}\n\n\
         Open it with any DuckDB client; `meta.generation` and `meta.delivery` say the same.\n\
         Deliveries that were withdrawn since are not in it: `meta.withdrawn`.\n",
        input.as_of,
        zone.shown(input.known_at),
        input.deliveries.len(),
        definitions.hash,
        zone.shown(input.built_at),
        env!("CARGO_PKG_VERSION"),
    )
}
