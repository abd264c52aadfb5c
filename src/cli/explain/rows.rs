//! The rows behind a local value: shown, or written with their file and cell.

use std::path::Path;

use super::super::{Failure, output};
use crate::lake::write_atomic;
use crate::trace::PartRows;
use crate::xlsx;

/// Rows that are shown where nobody asked for all.
const FIRST: usize = 10;

/// Tells how many there are, and the first of them, or all.
pub(super) fn show(found: &PartRows, json: bool, all: bool) {
    if json {
        output::table(&found.schema, &found.batches, true);
        return;
    }
    let counted = output::whole(format!("{:?}", found.counted));
    let together = if counted == found.rows.to_string() { String::new() } else { format!(", which count {counted}") };
    let otherwise =
        found.said.map_or_else(String::new, |said| format!("; the value says {}", output::whole(format!("{said:?}"))));
    output::said(&format!("Rows of the {}: {}{together}{otherwise}", found.part, found.rows));
    if found.rows == 0 {
        return;
    }
    let as_at: Vec<String> =
        [("the newest row is of", &found.newest.0), ("the newest delivery was received on", &found.newest.1)]
            .into_iter()
            .filter_map(|(what, day)| Some(format!("{what} {}", day.as_ref()?)))
            .collect();
    if !as_at.is_empty() {
        output::said(&format!("  {}", as_at.join("; ")));
    }
    let header: Vec<&str> = found.schema.fields().iter().map(|field| field.name().as_str()).collect();
    // The hash of a delivery says nothing to a reader: its file stands first.
    let columns: Vec<usize> =
        (0..header.len()).filter(|index| !["delivery", "collection"].contains(&header[*index])).collect();
    let most = if all { usize::MAX } else { FIRST };
    let rows = found.batches.iter().flat_map(output::texts).take(most);
    let rows = rows.map(|row| columns.iter().map(|index| row[*index].clone()).collect());
    let header: Vec<&str> = columns.iter().map(|index| header[*index]).collect();
    output::rows(&header, rows);
    if found.rows > most {
        output::said(&format!(
            "and {} more: `--rows {}` lists them, `--out FILE.xlsx` writes them",
            found.rows - most,
            found.part
        ));
    }
}

/// Writes the rows as a workbook that only its owner may read, a sheet for each part.
pub(super) fn write(found: &[&PartRows], path: &Path) -> Result<(), Failure> {
    if path.extension().is_none_or(|ending| !ending.eq_ignore_ascii_case("xlsx")) {
        let hint = "name it `rows.xlsx`, or ask for `--rows` with `--json`";
        return Err(Failure::usage(format!("`{}` is no name of a workbook", path.display()), hint));
    }
    if path.exists() {
        return Err(Failure::usage(format!("`{}` is already there", path.display()), "name a new file with `--out`"));
    }
    if let Some(many) = found.iter().find(|one| one.rows > xlsx::MOST_ROWS) {
        return Err(Failure::usage(
            format!("{} rows are more than a sheet of Excel holds", many.rows),
            "ask for a breakdown or a school, or for `--json --rows`",
        ));
    }
    let failed = |text: String| Failure { text, hint: None, exit_code: 74 };
    let pages = found.iter().map(|one| xlsx::page(one.part, &one.schema, &one.batches)).collect::<Result<Vec<_>, _>>();
    let bytes = pages.and_then(xlsx::bytes).map_err(|error| failed(format!("cannot make the workbook: {error}")))?;
    write_atomic(path, &bytes).map_err(|error| failed(error.to_string()))?;
    output::said(&format!("Wrote {}: rows about people, as pseudonyms; only you may read it", path.display()));
    Ok(())
}
