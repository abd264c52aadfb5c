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
use super::named::{Abouts, area_on, unknown_name};
use super::not_found::{Nearest, names, not_found};
use super::stacked::{regions, titles};
use super::{Containment, Proof, ReadError, Rows};
use crate::definitions::{Collection, Format, Hidden, Layout, Merged, NamedCells, UnknownLabels};
use crate::model::Content;

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
    /// Whether the workbook hides the sheet.
    pub is_hidden: bool,
    /// What came of it.
    pub attempt: Attempt,
}

/// What has one layout: path of the rows in XML, sheet, row of the title, name of the cells.
type Place<'c> = (&'c [String], Option<&'c str>, Option<u32>, Option<&'c NamedCells>);

impl Candidate {
    /// A layout tried on a sheet, or on a file without sheets.
    fn new(layout: &Arc<Layout>, sheet: Option<String>, first: &Block, attempt: Attempt) -> Self {
        let is_blank = first.rows.is_empty();
        Self { layout: Arc::clone(layout), sheet, title: None, is_blank, is_hidden: false, attempt }
    }

    /// The place that has one layout: a path of XML, a sheet, or what is below a title.
    fn place(&self) -> Place<'_> {
        let path: &[String] = if let Format::Xml { row, .. } = &self.layout.format { row } else { &[] };
        (path, self.sheet.as_deref(), self.title.as_ref().map(|(row, _)| *row), self.layout.named.as_ref())
    }

    /// Whether its layout names the sheet, or what stands on it.
    fn is_named(&self) -> bool {
        matches!(
            self.layout.format,
            Format::Workbook { sheets: Some(_), .. } | Format::Workbook { content: Some(_), .. }
        ) || self.layout.named.is_some()
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
    let is_none_of_ours = matches!(content, Content::Empty | Content::Html | Content::Pdf | Content::Foreign(_));
    if is_none_of_ours || (content == Content::Json && !takes_json) {
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
    let fitting: Vec<&Arc<Layout>> = named.iter().copied().filter(|layout| reads(layout, content)).collect();
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
    choose(&candidates, file_name)
}

/// The layout that a file which none fits comes nearest to, whatever it is called; none where none is near, or the file cannot be
/// read as it is.
#[must_use]
pub fn nearest(file: &mut Opened, collection: &Collection) -> Option<Nearest> {
    let content = content_at(&file.path).ok()?;
    let fitting: Vec<&Arc<Layout>> = collection.layouts.iter().filter(|layout| reads(layout, content)).collect();
    let candidates = try_all(file, &fitting).ok()?;
    super::not_found::nearest(&candidates.iter().collect::<Vec<_>>())
}

/// Whether a layout reads files of this content.
pub(super) fn reads(layout: &Layout, content: Content) -> bool {
    match content {
        Content::Zip | Content::Xlsx | Content::Ole2 | Content::FlatOds => {
            matches!(layout.format, Format::Workbook { .. })
        }
        Content::Xml => matches!(layout.format, Format::Xml { .. }),
        Content::Json => matches!(layout.format, Format::Jsonl),
        Content::Parquet => matches!(layout.format, Format::Parquet),
        // A Parquet file that is cut short is told as such when it is opened.
        Content::Binary => matches!(layout.format, Format::Csv { .. } | Format::Parquet),
        _ => matches!(layout.format, Format::Csv { .. }),
    }
}

/// Whether a layout needs to know what a sheet says of itself before its header is read.
pub(super) fn asks_about(layout: &Layout) -> bool {
    layout.header_rows > 1
        || layout.hidden.columns == Hidden::Skip
        || layout.merged == Some(Merged::Fill)
        || layout.named.is_some()
}

/// Tries every layout on every sheet that it may be on. Layouts of one dialect share one reading of the first rows.
fn try_all(file: &mut Opened, layouts: &[&Arc<Layout>]) -> Result<Vec<Candidate>, ReadError> {
    let fields = |layout: &Layout| layout.fields.values().map(|field| field.within + 1).max().unwrap_or(0);
    let looked_at = |layout: &&Arc<Layout>| (layout.header_within + layout.header_rows).max(fields(layout)) as usize;
    let rows = layouts.iter().map(looked_at).max().unwrap_or(1);
    let mut candidates = Vec::new();
    let mut firsts: BTreeMap<(String, Option<String>), Block> = BTreeMap::new();
    let mut abouts = Abouts::new();
    let mut unnamed = None;
    let asked = layouts.iter().any(|layout| asks_about(layout));
    let mut titled: IndexMap<String, Vec<&Arc<Layout>>> = IndexMap::new();
    for layout in layouts {
        let dialect = dialect(&layout.format);
        let book = file.rows(&layout.format)?;
        let sheets: Vec<Option<String>> = match &layout.format {
            Format::Csv { .. } | Format::Xml { .. } | Format::Parquet | Format::Jsonl => vec![None],
            Format::Workbook { sheets, .. } => book
                .sheets()
                .into_iter()
                .filter(|(name, _)| sheets.as_ref().is_none_or(|globs| globs.is_match(name)))
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
        if asked {
            for sheet in sheets.iter().flatten() {
                if !abouts.contains_key(sheet) {
                    abouts.insert(sheet.clone(), Arc::new(book.about(sheet)?));
                }
            }
        }
        let around = |sheet: Option<&String>| sheet.and_then(|sheet| abouts.get(sheet)).map(Arc::clone);
        if let Some(named) = &layout.named {
            let before = candidates.len();
            for sheet in sheets {
                let Some(about) = around(sheet.as_ref()) else { continue };
                let Some(area) = area_on(&about, named)? else { continue };
                let mut first = book.first(sheet.as_deref(), (area.first_row + layout.header_rows) as usize)?;
                first.around = Some(about);
                let attempt = find(layout, &first, 0, Some(area));
                candidates.push(Candidate::new(layout, sheet, &first, attempt));
            }
            if candidates.len() == before {
                unnamed = unnamed.or_else(|| Some(unknown_name(layout, named, &abouts)));
            }
            continue;
        }
        for sheet in sheets {
            let key = (dialect.clone(), sheet.clone());
            if !firsts.contains_key(&key) {
                let mut first = book.first(sheet.as_deref(), rows)?;
                first.around = around(sheet.as_ref());
                firsts.insert(key.clone(), first);
            }
            let first = &firsts[&key];
            let attempt = find(layout, first, 0, None);
            candidates.push(Candidate::new(layout, sheet, first, attempt));
        }
    }
    if let Some(error) = unnamed
        && candidates.iter().all(|candidate| candidate.attempt.proof.is_none())
    {
        return Err(error);
    }
    for (sheet, layouts) in titled {
        try_titles(file, &sheet, &layouts, &mut candidates)?;
    }
    if let Some(workbook) = layouts.iter().find(|layout| matches!(layout.format, Format::Workbook { .. })) {
        let sheets: BTreeMap<String, bool> = file.rows(&workbook.format)?.sheets().into_iter().collect();
        for candidate in &mut candidates {
            let visible = candidate.sheet.as_ref().and_then(|sheet| sheets.get(sheet));
            candidate.is_hidden = visible == Some(&false);
            if let Some(proof) = &mut candidate.attempt.proof {
                proof.is_hidden = candidate.is_hidden;
            }
        }
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
            let mut attempt = find(layout, &title.below, title.row, None);
            if let Some(proof) = &mut attempt.proof {
                proof.region = Some(region);
            }
            candidates.push(Candidate {
                layout: Arc::clone(layout),
                sheet: Some(sheet.to_owned()),
                title: Some((title.row, title.text.clone())),
                is_blank: false,
                is_hidden: false,
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

    /// Where its bytes are.
    pub(super) fn path(&self) -> &Path {
        &self.path
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

pub(super) fn dialect(format: &Format) -> String {
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
            Some(proof) if proof.layout.unknown == UnknownLabels::Refuse && !proof.unknown.is_empty() => {
                return Err(unknown_label(proof));
            }
            Some(proof) => by_table.entry(&proof.layout.table.name).or_default().push(proof),
            None => missed(tried)?,
        }
    }
    for (table, all) in &mut by_table {
        for proof in all.iter() {
            hidden_sheet(proof)?;
        }
        // What is left out is counted after what is read.
        all.sort_by_key(|proof| proof.is_left_out());
        let read = all.iter().take_while(|proof| !proof.is_left_out());
        let proofs: Vec<&Proof> = read.copied().collect();
        if let ([], [left_out, ..]) = (proofs.as_slice(), all.as_slice()) {
            return Err(on_hidden_sheet(left_out, "which its layout leaves out"));
        }
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
                if proofs.iter().any(|proof| proof.is_hidden) {
                    "name the sheet in `format.workbook.sheets` of the layout; one of them is hidden, and `hidden.sheets = \"skip\"` leaves such out"
                } else {
                    "name the sheet in `format.workbook.sheets` of the layout"
                },
            ));
        }
    }
    Ok(by_table.into_values().flatten().cloned().collect())
}

/// Refuses a file with labels that nobody takes, where its layout says so: a new column may split rows that were one.
fn unknown_label(proof: &Proof) -> ReadError {
    let labels: Vec<String> = proof.unknown.iter().map(|(_, label)| format!("`{label}`")).collect();
    let (name, table) = (&proof.layout.name, &proof.layout.table.name);
    ReadError::Content {
        code: "read::unknown_label",
        message: format!("layout `{name}` fits, and there is more than it knows: {}", labels.join(", ")),
        hint: format!(
            "take it into `columns` of `tables/{table}.toml`, and into `key` if rows are split by it; or pass over it by `ignore` in \
             `layouts/{name}.toml`: `sendmart plan FILE` writes the lines"
        ),
        at: Some(format!("row {}", proof.first_row)),
    }
}

/// Refuses a table on a hidden sheet where its layout takes none.
fn hidden_sheet(proof: &Proof) -> Result<(), ReadError> {
    match (proof.is_hidden, proof.layout.hidden.sheets) {
        (true, Hidden::Refuse) => Err(on_hidden_sheet(proof, "which its layout refuses")),
        _ => Ok(()),
    }
}

fn on_hidden_sheet(proof: &Proof, what: &str) -> ReadError {
    let sheet = proof.sheet.as_deref().unwrap_or("");
    let table = &proof.layout.table.name;
    ReadError::Content {
        code: "read::hidden_sheet",
        message: format!("sheet `{sheet}` has the header of table `{table}` and is hidden, {what}"),
        hint:
            "show the sheet in Excel or take it out, and send the file again; or change `hidden.sheets` of the layout"
                .to_owned(),
        at: Some(format!("{sheet}!row {}", proof.first_row)),
    }
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
    let left_out = |each: &Candidate| each.is_hidden && each.layout.hidden.sheets == Hidden::Skip;
    let promised =
        tried.iter().any(|each| !left_out(each) && (each.title.is_some() || (each.is_named() && !each.is_blank)));
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
