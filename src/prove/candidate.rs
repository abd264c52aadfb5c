//! Each layout tried on each sheet that it may be on, and below each title.

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;

use super::header::{Attempt, find};
use super::named::{Abouts, area_on, unknown_name};
use super::not_found::names;
use super::stacked::{regions, titles};
use crate::definitions::{Format, Hidden, Layout, Merged, NamedCells};
use crate::read::{Block, Opened, ReadError, Rows, dialect, fold};

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
pub(super) type ProofKey<'c> = (&'c [String], Option<&'c str>, Option<u32>, Option<&'c NamedCells>);

impl Candidate {
    /// A layout tried on a sheet, or on a file without sheets.
    fn new(layout: &Arc<Layout>, sheet: Option<String>, first: &Block, attempt: Attempt) -> Self {
        let is_blank = first.rows.is_empty();
        Self { layout: Arc::clone(layout), sheet, title: None, is_blank, is_hidden: false, attempt }
    }

    /// The place that has one layout: a path of XML, a sheet, or what is below a title.
    pub(super) fn place(&self) -> ProofKey<'_> {
        let path: &[String] = if let Format::Xml { row, .. } = &self.layout.format { row } else { &[] };
        (path, self.sheet.as_deref(), self.title.as_ref().map(|(row, _)| *row), self.layout.named.as_ref())
    }

    /// Whether its layout names the sheet, or what stands on it.
    pub(super) fn is_named(&self) -> bool {
        matches!(
            self.layout.format,
            Format::Workbook { sheets: Some(_), .. } | Format::Workbook { content: Some(_), .. }
        ) || self.layout.named.is_some()
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
pub(super) fn try_all(file: &mut Opened, layouts: &[&Arc<Layout>]) -> Result<Vec<Candidate>, ReadError> {
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
