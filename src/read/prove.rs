//! Which layouts a file is in: every candidate tried, the best proved, a tie refused.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexmap::IndexMap;

use super::block::Block;
use super::door::content_at;
use super::header::{Attempt, find};
use super::label::fold;
use super::not_found::{names, not_found};
use super::stacked::{regions, titles};
use super::{Containment, Proof, ReadError, Rows};
use crate::model::Content;
use crate::spec::{Collection, Format, Layout};

/// Rows of a sheet in which `format.workbook.content` is looked for.
const CONTENT_ROWS: usize = 40;

/// One layout tried on one sheet, or below one title of a sheet.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The layout.
    pub layout: Arc<Layout>,
    /// The sheet, if the file has sheets.
    pub sheet: Option<String>,
    /// Row and text of the title above, where several tables stand on the sheet.
    pub title: Option<(u32, String)>,
    /// Whether there is nothing on the sheet.
    pub is_blank: bool,
    /// What came of it.
    pub attempt: Attempt,
}

/// What has one layout: path of the rows in XML, sheet, row of the title.
type Place<'c> = (&'c [String], Option<&'c str>, Option<u32>);

impl Candidate {
    /// The place that has one layout: a path of XML, a sheet, or what is below a title.
    fn place(&self) -> Place<'_> {
        let path: &[String] = if let Format::Xml { row, .. } = &self.layout.format { row } else { &[] };
        (path, self.sheet.as_deref(), self.title.as_ref().map(|(row, _)| *row))
    }

    /// Whether its layout names the sheet, or what stands on it.
    fn is_named(&self) -> bool {
        matches!(
            self.layout.format,
            Format::Workbook { sheets: Some(_), .. } | Format::Workbook { content: Some(_), .. }
        )
    }
}

/// Proves which layouts a file is in: one for each table, or for each sheet of a table that goes on over sheets.
/// Proofs of one table stand together, in the order of the sheets.
///
/// # Errors
/// [`ReadError`] when the file is of another kind, no layout fits, or two fit equally well: with the nearest
/// candidate quoted by address, and labels that look renamed.
pub fn prove(file: &mut Opened, file_name: &str, collection: &Collection) -> Result<Vec<Proof>, ReadError> {
    let content = content_at(&file.path)?;
    let takes_json = collection.layouts.iter().any(|layout| matches!(layout.format, Format::Jsonl));
    if matches!(content, Content::Empty | Content::Html | Content::Pdf) || (content == Content::Json && !takes_json) {
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
    let fits = |layout: &&Arc<Layout>| match content {
        Content::Zip | Content::Xlsx | Content::Ole2 | Content::FlatOds => {
            matches!(layout.format, Format::Workbook { .. })
        }
        Content::Xml => matches!(layout.format, Format::Xml { .. }),
        Content::Json => matches!(layout.format, Format::Jsonl),
        Content::Parquet => matches!(layout.format, Format::Parquet),
        // A Parquet file that is cut short is told as such when it is opened.
        Content::Binary => matches!(layout.format, Format::Csv { .. } | Format::Parquet),
        _ => matches!(layout.format, Format::Csv { .. }),
    };
    let fitting: Vec<&Arc<Layout>> = named.iter().copied().filter(fits).collect();
    if fitting.is_empty() {
        let wanted = match named[0].format {
            Format::Csv { .. } => "delimited text",
            Format::Workbook { .. } => "a workbook",
            Format::Xml { .. } => "XML",
            Format::Parquet => "Parquet",
            Format::Jsonl => "JSON",
        };
        return Err(super::door::refuse(content, wanted));
    }
    let candidates = try_all(file, &fitting)?;
    choose(&candidates, file_name).map_err(|error| with_hidden(error, file, fitting[0]))
}

/// A file of which no sheet fits may have the table on a hidden one, which is looked at only where a layout names it.
fn with_hidden(error: ReadError, file: &mut Opened, layout: &Layout) -> ReadError {
    let hidden: Vec<String> = file.rows(&layout.format).map_or_else(
        |_| Vec::new(),
        |rows| rows.sheets().into_iter().filter(|(_, visible)| !visible).map(|(name, _)| format!("`{name}`")).collect(),
    );
    match error {
        ReadError::Content { code: code @ "read::header_not_found", message, hint, at } if !hidden.is_empty() => {
            let hint =
                format!("{hint}; hidden: {} (name it in `format.workbook.sheets` if it is meant)", hidden.join(", "));
            ReadError::Content { code, message, hint, at }
        }
        other => other,
    }
}

/// Tries every layout on every sheet that it may be on. Layouts of one dialect share one reading of the first rows.
fn try_all(file: &mut Opened, layouts: &[&Arc<Layout>]) -> Result<Vec<Candidate>, ReadError> {
    let fields = |layout: &Layout| layout.fields.values().map(|field| field.within + 1).max().unwrap_or(0);
    let looked_at = |layout: &&Arc<Layout>| (layout.header_within + layout.header_rows).max(fields(layout)) as usize;
    let rows = layouts.iter().map(looked_at).max().unwrap_or(1);
    let mut candidates = Vec::new();
    let mut firsts: BTreeMap<(String, Option<String>), Block> = BTreeMap::new();
    let mut titled: IndexMap<String, Vec<&Arc<Layout>>> = IndexMap::new();
    for layout in layouts {
        let dialect = dialect(&layout.format);
        let book = file.rows(&layout.format)?;
        let sheets: Vec<Option<String>> = match &layout.format {
            Format::Csv { .. } | Format::Xml { .. } | Format::Parquet | Format::Jsonl => vec![None],
            Format::Workbook { sheets, .. } => book
                .sheets()
                .into_iter()
                .filter(|(name, visible)| sheets.as_ref().map_or(*visible, |globs| globs.is_match(name)))
                .map(|(name, _)| Some(name))
                .collect(),
        };
        let sheets = with_content(book, sheets, &layout.format)?;
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
        if layout.title.is_some() {
            for sheet in sheets.into_iter().flatten() {
                titled.entry(sheet).or_default().push(layout);
            }
            continue;
        }
        for sheet in sheets {
            let key = (dialect.clone(), sheet.clone());
            if !firsts.contains_key(&key) {
                firsts.insert(key.clone(), book.first(sheet.as_deref(), rows)?);
            }
            let first = &firsts[&key];
            let attempt = find(layout, first, 0);
            let is_blank = first.rows.is_empty();
            candidates.push(Candidate { layout: Arc::clone(layout), sheet, title: None, is_blank, attempt });
        }
    }
    for (sheet, layouts) in titled {
        try_titles(file, &sheet, &layouts, &mut candidates)?;
    }
    if let (true, Some(first)) = (candidates.is_empty(), layouts.first()) {
        let all = file.rows(&first.format)?.sheets();
        let all = all.iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let tried = names(&layouts.iter().map(|layout| Arc::clone(layout)).collect::<Vec<_>>());
        return Err(ReadError::content(
            "read::no_sheet",
            format!(
                "no sheet of the workbook is one that a layout reads, or none has a title that it asks for; it has {all}"
            ),
            format!(
                "name the sheet in `format.workbook.sheets` of a layout, or its title in `header.title`; tried {tried}"
            ),
        ));
    }
    Ok(candidates)
}

/// The sheets on which a cell of the first rows is what the layout asks for; all of them where it asks for nothing.
fn with_content(
    book: &mut Rows,
    sheets: Vec<Option<String>>,
    format: &Format,
) -> Result<Vec<Option<String>>, ReadError> {
    let Format::Workbook { content: Some(content), .. } = format else { return Ok(sheets) };
    let mut found = Vec::new();
    for sheet in sheets {
        let first = book.first(sheet.as_deref(), CONTENT_ROWS)?;
        let cells = (0..first.rows.len()).flat_map(|index| first.row(index));
        if cells.into_iter().any(|cell| content.is_match(&fold(&first.shown(*cell)))) {
            found.push(sheet);
        }
    }
    Ok(found)
}

/// Tries the layouts of stacked tables on a sheet. Where a title stands, no layout without one is meant.
fn try_titles(
    file: &mut Opened,
    sheet: &str,
    layouts: &[&Arc<Layout>],
    candidates: &mut Vec<Candidate>,
) -> Result<(), ReadError> {
    let Some(first) = layouts.first() else { return Ok(()) };
    let found = titles(file.rows(&first.format)?, sheet, layouts)?;
    if !found.is_empty() {
        candidates.retain(|candidate| candidate.sheet.as_deref() != Some(sheet));
    }
    for (title, region) in found.iter().zip(regions(&found)) {
        for layout in &title.layouts {
            let mut attempt = find(layout, &title.below, title.row);
            if let Some(proof) = &mut attempt.proof {
                proof.region = Some(region);
            }
            candidates.push(Candidate {
                layout: Arc::clone(layout),
                sheet: Some(sheet.to_owned()),
                title: Some((title.row, title.text.clone())),
                is_blank: false,
                attempt,
            });
        }
    }
    Ok(())
}

/// A file, opened once for each dialect that its layouts declare: what the proof has parsed, the reading does not parse again.
pub struct Opened {
    path: PathBuf,
    containment: Containment,
    dialects: BTreeMap<String, Rows>,
}

impl Opened {
    /// A file that nothing has been read of yet, to be read in this process.
    #[must_use]
    pub fn at(path: &Path) -> Self {
        Self::within(path, &Containment::InProcess)
    }

    /// A file that nothing has been read of yet; a workbook and Parquet are read where the containment says.
    #[must_use]
    pub fn within(path: &Path, containment: &Containment) -> Self {
        Self { path: path.to_path_buf(), containment: containment.clone(), dialects: BTreeMap::new() }
    }

    /// Its rows in a format.
    ///
    /// # Errors
    /// As for [`Rows::open`].
    pub fn rows(&mut self, format: &Format) -> Result<&mut Rows, ReadError> {
        Ok(match self.dialects.entry(dialect(format)) {
            Entry::Occupied(opened) => opened.into_mut(),
            Entry::Vacant(new) => new.insert(Rows::open_in(&self.path, format, &self.containment)?),
        })
    }
}

fn dialect(format: &Format) -> String {
    match format {
        Format::Csv { encoding, delimiter, quote, line_end } => {
            format!("csv {encoding:?} {delimiter} {quote:?} {line_end}")
        }
        Format::Parquet => "parquet".to_owned(),
        Format::Jsonl => "jsonl".to_owned(),
        Format::Workbook { .. } => "workbook".to_owned(),
        Format::Xml { row, into } => format!("xml {} {}", row.join("/"), into.join(" ")),
    }
}

/// One layout for each sheet or title (the one that takes most and leaves least), one sheet for each table that does not
/// go on over several.
fn choose(candidates: &[Candidate], file_name: &str) -> Result<Vec<Proof>, ReadError> {
    let mut places: IndexMap<Place<'_>, Vec<&Candidate>> = IndexMap::new();
    for candidate in candidates {
        places.entry(candidate.place()).or_default().push(candidate);
    }
    if candidates.iter().all(|candidate| candidate.attempt.proof.is_none()) {
        return Err(not_found(&candidates.iter().collect::<Vec<_>>(), &format!("`{file_name}`")));
    }
    let mut by_table: BTreeMap<&str, Vec<&Proof>> = BTreeMap::new();
    for tried in places.values() {
        match best(tried)? {
            Some(proof) => by_table.entry(&proof.layout.table.name).or_default().push(proof),
            None => missed(tried)?,
        }
    }
    for (table, proofs) in &by_table {
        let mut alone =
            proofs.iter().filter(|proof| !matches!(proof.layout.format, Format::Workbook { stack: true, .. }));
        if let (Some(first), Some(other)) = (alone.next(), proofs.get(1)) {
            let at = |proof: &Proof| {
                let sheet = proof.sheet.as_deref().unwrap_or("");
                if proof.region.is_some() { format!("{sheet}!row {}", proof.first_row) } else { sheet.to_owned() }
            };
            let second = if std::ptr::eq(*first, *other) { proofs[0] } else { other };
            return Err(ReadError::content(
                "read::ambiguous_sheet",
                format!("sheets `{}` and `{}` both have the header of table `{table}`", at(first), at(second)),
                "name the sheet in `format.workbook.sheets` of the layout",
            ));
        }
    }
    Ok(by_table.into_values().flatten().cloned().collect())
}

/// The proof that takes most and leaves least; none when no layout fits.
fn best<'c>(tried: &[&'c Candidate]) -> Result<Option<&'c Proof>, ReadError> {
    let mut proofs: Vec<&Proof> = tried.iter().filter_map(|candidate| candidate.attempt.proof.as_ref()).collect();
    let rank = |proof: &Proof| (proof.columns.len() + proof.records.len(), usize::MAX - proof.unknown.len());
    proofs.sort_by_key(|proof| std::cmp::Reverse(rank(proof)));
    if let [first, second, ..] = proofs.as_slice()
        && rank(first) == rank(second)
    {
        return Err(ReadError::content(
            "read::ambiguous_layout",
            format!(
                "{} fits layouts `{}` and `{}` equally well",
                named(tried[0]),
                first.layout.name,
                second.layout.name
            ),
            "tell them apart by `files`, by a label that only one has, or by their sheets",
        ));
    }
    Ok(proofs.first().copied())
}

/// A sheet that no layout fits is nobody's, unless a layout names it or a title stands on it: then a table is there that
/// would be lost in silence.
fn missed(tried: &[&Candidate]) -> Result<(), ReadError> {
    let promised = tried.iter().any(|each| each.title.is_some() || (each.is_named() && !each.is_blank));
    if promised { Err(not_found(tried, &named(tried[0]))) } else { Ok(()) }
}

/// The place of a candidate in words.
fn named(candidate: &Candidate) -> String {
    match (&candidate.sheet, &candidate.title) {
        (Some(sheet), Some((row, text))) => format!("the table `{text}` on row {row} of sheet `{sheet}`"),
        (Some(sheet), None) => format!("sheet `{sheet}`"),
        (None, _) => "the file".to_owned(),
    }
}
