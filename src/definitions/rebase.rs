//! Declared changes of a process, from which the limits of a chart over time start again.
//!
//! In: the `[[rebase]]` of a config. Out: [`Rebase`], or every problem where it stands. Which values a change parts is asked where a
//! series is judged; nothing is ever re-based by itself.

use std::fs;
use std::path::Path;

use jiff::civil::Date;

use super::document::Document;
use super::problem::{Problem, hint_for};
use super::wire::RebaseToml;

/// A change of the process itself, at which the limits of a KPI start again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebase {
    /// The id of the KPI, on published counts and on own returns.
    pub kpi: String,
    /// The place, as people name it; none for every place.
    pub place: Option<String>,
    /// The day of the change.
    pub date: Date,
    /// What changed.
    pub reason: String,
}

/// The declared changes of a config. `sql` is the folder of the place's SQL: a KPI is there if its file is.
pub(super) fn rebases(
    sql: &Path,
    written: &[RebaseToml],
    document: &Document<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<Rebase> {
    if written.is_empty() {
        return Vec::new();
    }
    let known = kpi_ids(sql);
    let mut found = Vec::new();
    for (index, wire) in written.iter().enumerate() {
        let at = index.to_string();
        let before = problems.len();
        let mut add = |key: &str, code: &'static str, message: String, hint: String| {
            problems.push(document.problem(&["rebase", &at, key], code, message, hint));
        };
        if !known.contains(&wire.kpi) {
            let hint = hint_for(&wire.kpi, known.iter().map(String::as_str));
            add("kpi", "spec::unknown_kpi", format!("there is no KPI `{}`", wire.kpi), hint);
        }
        let date = wire.date.parse::<Date>();
        if date.is_err() {
            let hint = "write the first day of the new process as 2025-09-01, in quotation marks".to_owned();
            add("date", "spec::not_a_date", format!("`date` is `{}`, which is not a date", wire.date), hint);
        }
        if wire.reason.trim().is_empty() {
            let hint = "say what changed in the process itself: a figure that looks better is no reason".to_owned();
            add("reason", "spec::no_reason", "limits start again without a reason".to_owned(), hint);
        }
        if wire.place.as_ref().is_some_and(|place| place.trim().is_empty()) {
            let hint = "name the place, or leave `place` out for every place".to_owned();
            add("place", "spec::no_place", "`place` is blank".to_owned(), hint);
        }
        if let (Ok(date), true) = (date, problems.len() == before) {
            found.push(Rebase {
                kpi: wire.kpi.clone(),
                place: wire.place.as_ref().map(|place| place.trim().to_owned()),
                date,
                reason: wire.reason.trim().to_owned(),
            });
        }
    }
    found
}

/// The ids of all KPIs by their files, right or wrong, each once.
fn kpi_ids(sql: &Path) -> Vec<String> {
    let folder = sql.join("kpis");
    let files = [folder.join(super::kpi::LOCAL), folder].into_iter().filter_map(|folder| fs::read_dir(folder).ok());
    let paths = files.flatten().flatten().map(|entry| entry.path());
    let mut ids: Vec<String> = paths
        .filter(|path| path.extension().is_some_and(|ending| ending == "sql"))
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}
