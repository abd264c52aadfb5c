//! Which layouts a file is in: every candidate tried, the best proved, a tie refused.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::block::Block;
use super::door::content_at;
use super::header::{Attempt, find};
use super::label::label_key;
use super::{Proof, ReadError, Rows};
use crate::model::Content;
use crate::spec::{Collection, Encoding, Format, Layout, did_you_mean};

/// One layout tried on one sheet.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The layout.
    pub layout: Arc<Layout>,
    /// The sheet, if the file has sheets.
    pub sheet: Option<String>,
    /// What came of it.
    pub attempt: Attempt,
}

/// Proves which layout (one for each table) a file is in.
///
/// # Errors
/// [`ReadError`] when the file is of another kind, no layout fits, or two fit equally well: with the nearest
/// candidate quoted by address, and labels that look renamed.
pub fn prove(file: &mut Opened, file_name: &str, collection: &Collection) -> Result<Vec<Proof>, ReadError> {
    let content = content_at(&file.path)?;
    if matches!(content, Content::Empty | Content::Html | Content::Json | Content::Pdf) {
        return Err(super::door::refuse(content, "a file of this collection"));
    }
    let named: Vec<&Arc<Layout>> = collection
        .layouts
        .iter()
        .filter(|layout| layout.files.as_ref().is_none_or(|files| files.is_match(file_name)))
        .collect();
    if named.is_empty() {
        return Err(ReadError::content(
            "read::no_layout_for_name",
            format!("no layout of `{}` takes a file named `{file_name}`", collection.name),
            format!("add its name to `files` of a layout, or a new layout; there are: {}", names(&collection.layouts)),
        ));
    }
    let workbook = matches!(content, Content::Zip | Content::Xlsx | Content::Ole2);
    let fitting: Vec<&Arc<Layout>> =
        named.iter().copied().filter(|layout| matches!(layout.format, Format::Workbook { .. }) == workbook).collect();
    if fitting.is_empty() {
        let wanted = if workbook { "delimited text" } else { "a workbook" };
        return Err(super::door::refuse(content, wanted));
    }
    let candidates = try_all(file, &fitting)?;
    choose(&candidates, file_name)
}

/// Tries every layout on every sheet that it may be on. Layouts of one dialect share one reading of the first rows.
fn try_all(file: &mut Opened, layouts: &[&Arc<Layout>]) -> Result<Vec<Candidate>, ReadError> {
    let rows = layouts.iter().map(|layout| (layout.header_within + layout.header_rows) as usize).max().unwrap_or(1);
    let mut candidates = Vec::new();
    let mut firsts: BTreeMap<(String, Option<String>), Block> = BTreeMap::new();
    for layout in layouts {
        let dialect = dialect(&layout.format);
        let book = file.rows(&layout.format)?;
        let sheets: Vec<Option<String>> = match &layout.format {
            Format::Csv { .. } => vec![None],
            Format::Workbook { sheets } => book
                .sheets()
                .into_iter()
                .filter(|(name, visible)| sheets.as_ref().map_or(*visible, |globs| globs.is_match(name)))
                .map(|(name, _)| Some(name))
                .collect(),
        };
        if sheets.is_empty() {
            let all = book.sheets().iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            if layouts.len() == 1 {
                return Err(ReadError::content(
                    "read::no_sheet",
                    format!("no sheet of the workbook is the one that layout `{}` reads; it has {all}", layout.name),
                    "name the sheet in `format.workbook.sheets` of the layout",
                ));
            }
        }
        for sheet in sheets {
            let key = (dialect.clone(), sheet.clone());
            if !firsts.contains_key(&key) {
                firsts.insert(key.clone(), book.first(sheet.as_deref(), rows)?);
            }
            let attempt = find(layout, &firsts[&key]);
            candidates.push(Candidate { layout: Arc::clone(layout), sheet, attempt });
        }
    }
    Ok(candidates)
}

/// A file, opened once for each dialect that its layouts declare: what the proof has parsed, the reading does not parse again.
pub struct Opened {
    path: PathBuf,
    dialects: BTreeMap<String, Rows>,
}

impl Opened {
    /// A file that nothing has been read of yet.
    #[must_use]
    pub fn at(path: &Path) -> Self {
        Self { path: path.to_path_buf(), dialects: BTreeMap::new() }
    }

    /// Its rows in a format.
    ///
    /// # Errors
    /// As for [`Rows::open`].
    pub fn rows(&mut self, format: &Format) -> Result<&mut Rows, ReadError> {
        Ok(match self.dialects.entry(dialect(format)) {
            Entry::Occupied(opened) => opened.into_mut(),
            Entry::Vacant(new) => new.insert(Rows::open(&self.path, format)?),
        })
    }
}

fn dialect(format: &Format) -> String {
    match format {
        Format::Csv { encoding, delimiter, quote } => {
            let encoding = if *encoding == Encoding::Utf8 { "utf-8" } else { "windows-1252" };
            format!("csv {encoding} {delimiter} {quote:?}")
        }
        Format::Workbook { .. } => "workbook".to_owned(),
    }
}

/// One layout for each sheet (the one that takes most and leaves least), one sheet for each table.
fn choose(candidates: &[Candidate], file_name: &str) -> Result<Vec<Proof>, ReadError> {
    let mut by_sheet: BTreeMap<Option<String>, Vec<&Proof>> = BTreeMap::new();
    for candidate in candidates {
        if let Some(proof) = &candidate.attempt.proof {
            by_sheet.entry(candidate.sheet.clone()).or_default().push(proof);
        }
    }
    if by_sheet.is_empty() {
        return Err(not_found(candidates, file_name));
    }
    let mut by_table: BTreeMap<String, Vec<Proof>> = BTreeMap::new();
    for (sheet, mut proofs) in by_sheet {
        let rank = |proof: &Proof| (proof.columns.len() + proof.records.len(), usize::MAX - proof.unknown.len());
        proofs.sort_by_key(|proof| std::cmp::Reverse(rank(proof)));
        if proofs.len() > 1 && rank(proofs[0]) == rank(proofs[1]) {
            let place = sheet.map_or_else(|| "the file".to_owned(), |sheet| format!("sheet `{sheet}`"));
            return Err(ReadError::content(
                "read::ambiguous_layout",
                format!(
                    "{place} fits layouts `{}` and `{}` equally well",
                    proofs[0].layout.name, proofs[1].layout.name
                ),
                "tell them apart by `files`, by a label that only one has, or by their sheets",
            ));
        }
        by_table.entry(proofs[0].layout.table.name.clone()).or_default().push(proofs[0].clone());
    }
    let mut chosen = Vec::new();
    for (table, proofs) in by_table {
        if let [first, second, ..] = proofs.as_slice() {
            return Err(ReadError::content(
                "read::ambiguous_sheet",
                format!(
                    "sheets `{}` and `{}` both have the header of table `{table}`",
                    first.sheet.as_deref().unwrap_or(""),
                    second.sheet.as_deref().unwrap_or("")
                ),
                "name the sheet in `format.workbook.sheets` of the layout",
            ));
        }
        chosen.extend(proofs);
    }
    Ok(chosen)
}

/// Why no header was found: the nearest candidate by address, what it lacks, and labels that look renamed.
fn not_found(candidates: &[Candidate], file_name: &str) -> ReadError {
    let nearest = candidates.iter().filter(|candidate| candidate.attempt.row.is_some()).max_by(|a, b| {
        let share = |candidate: &Candidate| {
            let (found, wanted) = candidate.attempt.score;
            found as f64 / wanted.max(1) as f64
        };
        share(a).total_cmp(&share(b)).then_with(|| b.layout.name.cmp(&a.layout.name))
    });
    let tried = names(&candidates.iter().map(|candidate| Arc::clone(&candidate.layout)).collect::<Vec<_>>());
    let Some(Candidate { layout, sheet, attempt }) = nearest else {
        return ReadError::content(
            "read::header_not_found",
            format!("no row of `{file_name}` has a label of any layout"),
            format!("tried {tried}; if this is a new shape, add a layout"),
        );
    };
    let row = attempt.row.unwrap_or(0);
    let at = sheet.as_ref().map_or_else(|| format!("row {row}"), |sheet| format!("{sheet}!row {row}"));
    let (found, wanted) = attempt.score;
    if attempt.missing.is_empty() {
        return ReadError::Content {
            code: "read::header_tied",
            message: format!(
                "two rows could be the header of layout `{}`: both have {found} of {wanted} labels",
                layout.name
            ),
            hint: "set `header.within` so that only one is looked at".to_owned(),
            at: Some(at),
        };
    }
    let missing: Vec<String> = attempt
        .missing
        .iter()
        .take(5)
        .map(|name| {
            let looked_for = layout.columns.get(name).map(|arrival| arrival.from.join("` or `")).unwrap_or_default();
            let labels: Vec<&str> =
                attempt.labels.iter().map(String::as_str).filter(|label| !label.is_empty()).collect();
            let taken = |label: &str| {
                let key = label_key(label, layout.strip_footnotes);
                layout
                    .columns
                    .values()
                    .any(|arrival| arrival.from.iter().any(|from| label_key(from, layout.strip_footnotes) == key))
            };
            let free = labels.into_iter().filter(|label| !taken(label));
            match did_you_mean(&looked_for, free) {
                Some(label) => format!("`{looked_for}` (is it `{label}` now?)"),
                None => format!("`{looked_for}`"),
            }
        })
        .collect();
    let more = attempt.missing.len().saturating_sub(missing.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    ReadError::Content {
        code: "read::header_not_found",
        message: format!(
            "no layout fits `{file_name}`; nearest is `{}`: row {row} has {found} of {wanted} labels, without {}{more}",
            layout.name,
            missing.join(", ")
        ),
        hint: format!(
            "add the new label to `from` of the column in `layouts/{}.toml`, or add a layout; tried {tried}",
            layout.name
        ),
        at: Some(at),
    }
}

fn names(layouts: &[Arc<Layout>]) -> String {
    let mut names: Vec<&str> = layouts.iter().map(|layout| layout.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let shown = names.iter().take(12).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if names.len() > 12 { format!("{shown} and {} more", names.len() - 12) } else { shown }
}
