//! A new collection drafted from a file: contracts, layouts, code lists and a sample, as files to be written.
//!
//! In: the file, its [`Profile`], and what people say about it. Out: texts and bytes by path. What nobody has said (purpose, lawful
//! basis, retention, owner) is written as [`TO_CONFIRM`], which `sendmart check` asks about; it is never invented. The
//! sample holds invented values wherever a column looks personal, and in a table about people in every column that could tell
//! who is meant.

mod doubts;
mod invented;
mod meta;
mod names;
mod part;
mod release;
mod sample;
mod texts;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use crate::definitions::{CodeList, PrivacyClass, ToConfirm};
use crate::profile::{ColumnProfile, Dialect, Looked, Personal, Profile, TableProfile, look, profile};
use crate::read::{Containment, ReadError, label_key};
use crate::xlsx::XlsxError;
pub use meta::{Meta, metas};
pub use names::snake;

/// What stands for what nobody has said yet.
pub const TO_CONFIRM: &str = "to be confirmed";

/// What people say about a new collection.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// The return as its users name it; default the file's name.
    pub title: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Why it is held.
    pub purpose: Option<String>,
    /// Lawful basis.
    pub basis: Option<String>,
    /// How long it is kept.
    pub retention: Option<String>,
    /// What the `.meta.csv` beside a file of the statistics service says of its columns.
    pub metas: Option<BTreeMap<String, Meta>>,
}

/// A drafted collection.
#[derive(Debug)]
pub struct Draft {
    /// Bytes by path, relative to the collection's folder.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Code lists by name.
    pub codes: BTreeMap<String, String>,
    /// One for each table: its name, its sheet, its columns, and what is left to decide.
    pub tables: Vec<Drafted>,
    /// Sheets of which no table was made, with the reason.
    pub left_out: Vec<(String, String)>,
}

/// One drafted table.
#[derive(Debug)]
pub struct Drafted {
    /// Its name, and that of its layout.
    pub name: String,
    /// The sheet, if the file has sheets.
    pub sheet: Option<String>,
    /// Columns in order.
    pub columns: Vec<DraftField>,
    /// Names of the key.
    pub key: Vec<String>,
    /// Whether the key is a makeshift: no columns tell all rows apart.
    pub is_key_makeshift: bool,
    /// Columns with values and no label, by their letters.
    pub unlabelled: Vec<String>,
    /// What is to be confirmed of the contract.
    pub of_table: Vec<ToConfirm>,
    /// What is to be confirmed of the layout.
    pub of_layout: Vec<ToConfirm>,
    /// What only a draft of a file of the statistics service has.
    release: Option<release::Release>,
}

/// One column of a drafted contract.
#[derive(Debug, Clone)]
pub struct DraftField {
    /// Its name.
    pub name: String,
    /// What the file holds.
    pub profile: ColumnProfile,
    /// Its type in the contract.
    pub kind: String,
    /// Its code list.
    pub codes: Option<String>,
    /// Its class.
    pub class: PrivacyClass,
    /// Which of several equal labels, 1-based; none where the label stands once.
    pub occurrence: Option<u32>,
    /// Whether its label carries a year, which the next release has another of.
    pub carries_year: bool,
    /// Whether less would be kept of it if it were not needed to tell rows apart.
    pub is_key_alone: bool,
}

/// Why nothing was drafted.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// The file cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The sample could not be written.
    #[error("the sample cannot be written as a workbook: {0}")]
    Workbook(#[from] XlsxError),
    /// There is no table in the file.
    #[error("no sheet of the file has a table under a header")]
    NoTable,
    /// A sample of a file of this kind is not written here.
    #[error("a layout of {0} is written by hand: a sample of it cannot be cut here")]
    Kind(&'static str),
}

/// Drafts a collection of a file.
///
/// `lists` are the code lists of the place: one that has all values of a column, and a word of its label, is taken.
///
/// # Errors
/// [`DraftError`].
pub fn draft(
    collection: &str,
    path: &Path,
    file_name: &str,
    dialect: &Dialect,
    profile: &Profile,
    said: &Said,
    lists: &BTreeMap<String, Arc<CodeList>>,
) -> Result<Draft, DraftError> {
    let mut draft = Draft { files: BTreeMap::new(), codes: BTreeMap::new(), tables: Vec::new(), left_out: Vec::new() };
    let mut taken = BTreeSet::new();
    let mut found: Vec<(&TableProfile, Drafted)> = Vec::new();
    let usable = profile.sheets.iter().filter(|sheet| sheet.is_visible && sheet.table.is_some()).count();
    for sheet in &profile.sheets {
        let shown = sheet.name.clone().unwrap_or_else(|| "the file".to_owned());
        let table = match (&sheet.table, &sheet.refused) {
            _ if !sheet.is_visible => Err("it is hidden".to_owned()),
            (_, Some(refused)) => Err(format!("it cannot be read: {refused}")),
            (None, _) if sheet.used_rows.is_none() => Err("it is blank".to_owned()),
            (None, _) => Err("no row looks like a header".to_owned()),
            (Some(table), _) if table.rows == 0 && !part::is_one(table) => {
                Err("there is no row below its header".to_owned())
            }
            (Some(table), _) if !table.columns.iter().any(|column| !column.label.is_empty()) => {
                Err("its columns have no labels".to_owned())
            }
            (Some(table), _) => Ok(table),
        };
        match table {
            Err(why) => draft.left_out.push((shown, why)),
            Ok(table) => {
                let name = match &sheet.name {
                    Some(sheet) if usable > 1 => names::unique(&snake(sheet, "sheet"), &mut taken),
                    _ => names::unique(collection, &mut taken),
                };
                let drafted = if sheet.name.is_none() && part::is_one(table) {
                    of_the_service(path, file_name, dialect, &name, table, lists, said.metas.as_ref())?
                } else {
                    drafted(collection, &name, sheet.name.as_deref(), table, lists, &mut draft.codes)
                };
                found.push((table, drafted));
            }
        }
    }
    if found.is_empty() {
        return Err(DraftError::NoTable);
    }
    draft.files.insert("pipeline.toml".to_owned(), texts::pipeline(collection, file_name, said, &found).into_bytes());
    for (table, drafted) in found {
        let name = &drafted.name;
        let Looked { format, mut rows, .. } = look(path, file_name, dialect)?;
        match format {
            crate::definitions::Format::Parquet => return Err(DraftError::Kind("Parquet")),
            crate::definitions::Format::Xml { .. } => return Err(DraftError::Kind("XML")),
            _ => {}
        }
        let cut = sample::cut(&mut rows, &format, table, &drafted)?;
        draft.files.insert(format!("tables/{name}.toml"), texts::table(collection, table, &drafted).into_bytes());
        draft
            .files
            .insert(format!("layouts/{name}.toml"), texts::layout(file_name, &format, table, &drafted).into_bytes());
        draft.files.insert(format!("samples/{name}/{}", sample_name(file_name, &format)), cut);
        draft.tables.push(drafted);
    }
    Ok(draft)
}

/// A contract of a file of the statistics service. Where its key leaves rows alike, and no `.meta.csv` says what is a group, whole numbers
/// that may name one go into it until it does not: `suspension` is a measure in one file, and a number of suspensions that pupils had in
/// another.
fn of_the_service(
    path: &Path,
    file_name: &str,
    dialect: &Dialect,
    name: &str,
    table: &TableProfile,
    lists: &BTreeMap<String, Arc<CodeList>>,
    metas: Option<&BTreeMap<String, Meta>>,
) -> Result<Drafted, DraftError> {
    let mut also_groups = BTreeSet::new();
    let mut drafted = release::drafted(name, table, lists, metas, &also_groups);
    for column in release::may_be_groups(&drafted) {
        if metas.is_some() || tells_apart(path, file_name, dialect, table, &release::key_columns(&drafted))? {
            break;
        }
        also_groups.insert(column);
        drafted = release::drafted(name, table, lists, metas, &also_groups);
    }
    Ok(drafted)
}

/// Rows that are looked at for others that are like them.
const MOST_ROWS: usize = 500_000;

/// Whether rows differ in these columns, as far as they are looked at.
fn tells_apart(
    path: &Path,
    file_name: &str,
    dialect: &Dialect,
    table: &TableProfile,
    columns: &[u32],
) -> Result<bool, DraftError> {
    let mut looked = look(path, file_name, dialect)?;
    let (mut seen, mut is_apart) = (std::collections::HashSet::new(), true);
    looked.rows.stream(None, &mut |block| {
        for index in 0..block.rows.len() {
            if block.rows[index].number <= table.header.last_row || block.is_blank(index) {
                continue;
            }
            let texts: Vec<String> = columns
                .iter()
                .map(|column| block.shown(block.cell(block.rows[index], *column)).trim().to_owned())
                .collect();
            is_apart = is_apart && seen.insert(texts.join("\u{1f}"));
        }
        if is_apart && seen.len() < MOST_ROWS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    Ok(is_apart)
}

/// A column that a file has and its contract has not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoreColumn {
    /// Its label.
    pub label: String,
    /// The name that it would have.
    pub name: String,
    /// Its type, by what stands in it.
    pub kind: String,
    /// Whether it looks like a group that rows are split by.
    pub is_group: bool,
}

/// What columns would be in the contract of a file of text, by their labels: a guess, to be looked at.
#[must_use]
pub fn more_columns(path: &Path, file_name: &str, containment: &Containment, labels: &[&str]) -> Vec<MoreColumn> {
    let dialect = Dialect { containment: containment.clone(), ..Dialect::default() };
    let found = profile(path, file_name, &dialect, None).ok();
    let table = found.as_ref().and_then(|found| found.sheets.iter().find_map(|sheet| sheet.table.as_ref()));
    let of = |label: &&str| {
        let column = table.and_then(|table| table.columns.iter().find(|column| column.label == *label));
        let guess = column.zip(table).map(|(column, table)| release::guess(column, table));
        let (kind, is_group) = guess.unwrap_or_else(|| ("text".to_owned(), false));
        MoreColumn { label: (*label).to_owned(), name: snake(label, "column"), kind, is_group }
    };
    labels.iter().map(of).collect()
}

/// The name of a sample: what the file is called may say who it is about, so only its kind is kept.
fn sample_name(file_name: &str, format: &crate::definitions::Format) -> String {
    let extension = file_name.rsplit_once('.').map_or("", |(_, extension)| extension);
    match format {
        crate::definitions::Format::Workbook { .. } => "sample.xlsx".to_owned(),
        crate::definitions::Format::Jsonl => "sample.jsonl".to_owned(),
        _ if extension.is_empty() || extension.len() > 4 => "sample.csv".to_owned(),
        _ => format!("sample.{}", extension.to_lowercase()),
    }
}

fn drafted(
    collection: &str,
    name: &str,
    sheet: Option<&str>,
    table: &TableProfile,
    lists: &BTreeMap<String, Arc<CodeList>>,
    codes: &mut BTreeMap<String, String>,
) -> Drafted {
    let mut taken = BTreeSet::from(["banner".to_owned()]);
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let labels: Vec<String> = table.columns.iter().map(|column| label_key(&column.label, false)).collect();
    let mut columns = Vec::new();
    for (column, key) in table.columns.iter().zip(&labels) {
        let count = seen.entry(key.clone()).or_insert(0);
        *count += 1;
        let occurrence = (!key.is_empty() && labels.iter().filter(|other| *other == key).count() > 1).then_some(*count);
        let field_name =
            names::unique(&snake(&column.label, &format!("column_{}", column.letters.to_lowercase())), &mut taken);
        let (kind, class) = kind_and_class(column);
        let mut field = DraftField {
            name: field_name,
            profile: column.clone(),
            kind,
            codes: None,
            class,
            occurrence,
            carries_year: false,
            is_key_alone: false,
        };
        if field.kind == "code" {
            field.codes = Some(code_list(collection, &field, lists, codes));
        }
        columns.push(field);
    }
    let named =
        |index: &u32| columns.iter().find(|field| field.profile.index == *index).map(|field| field.name.clone());
    let key: Vec<String> =
        table.key_columns.first().map_or_else(Vec::new, |key| key.iter().filter_map(named).collect());
    let is_key_makeshift = key.is_empty();
    if is_key_makeshift && !table.is_told_by_open_columns {
        for field in columns.iter_mut().filter(|field| field.class == PrivacyClass::Personal) {
            (field.kind, field.class, field.is_key_alone) = ("text".to_owned(), PrivacyClass::Identifier, true);
        }
    }
    let may_be = |field: &&DraftField| {
        field.class == PrivacyClass::None || field.class == PrivacyClass::SpecialCategory || is_pseudonym(field)
    };
    let every = || {
        let banner = (!table.banners.is_empty()).then(|| "banner".to_owned());
        columns.iter().filter(may_be).map(|field| field.name.clone()).chain(banner).collect()
    };
    let mut drafted = Drafted {
        name: name.to_owned(),
        sheet: sheet.map(str::to_owned),
        key: if is_key_makeshift { every() } else { key },
        is_key_makeshift,
        unlabelled: table
            .columns
            .iter()
            .filter(|column| column.label.is_empty())
            .map(|column| column.letters.clone())
            .collect(),
        columns,
        of_table: Vec::new(),
        of_layout: Vec::new(),
        release: None,
    };
    drafted.of_table = doubts::of_table(table, &drafted);
    drafted.of_layout = doubts::of_layout(table, &drafted);
    drafted
}

/// Whether a pseudonym is kept of a column, which tells rows apart as the value would.
fn is_pseudonym(field: &DraftField) -> bool {
    field.class == PrivacyClass::Identifier && matches!(field.kind.as_str(), "text" | "upn" | "uln" | "nhs_number")
}

/// Type and class of a column: about people, the type under which least is kept.
fn kind_and_class(column: &ColumnProfile) -> (String, PrivacyClass) {
    let kind = column.guess.kind.clone();
    let text = || "text".to_owned();
    match column.personal {
        None => (kind, PrivacyClass::None),
        Some(Personal::Upn | Personal::Uln | Personal::NhsNumber) => {
            let kind = if matches!(kind.as_str(), "upn" | "uln" | "nhs_number") { kind } else { text() };
            (kind, PrivacyClass::Identifier)
        }
        Some(Personal::Reference) => (text(), PrivacyClass::Identifier),
        Some(Personal::BirthDate) => (if kind == "date" { kind } else { text() }, PrivacyClass::Personal),
        Some(Personal::Postcode) => (if kind == "postcode" { kind } else { text() }, PrivacyClass::Personal),
        Some(Personal::SpecialCategory) => (if kind == "code" { text() } else { kind }, PrivacyClass::SpecialCategory),
        Some(Personal::Name | Personal::Address | Personal::Email | Personal::Telephone | Personal::FreeText) => {
            (text(), PrivacyClass::Personal)
        }
    }
}

/// The list of a column of codes: one of the place, or a new one of the values found.
fn code_list(
    collection: &str,
    field: &DraftField,
    lists: &BTreeMap<String, Arc<CodeList>>,
    codes: &mut BTreeMap<String, String>,
) -> String {
    let words: BTreeSet<&str> = field.name.split('_').filter(|word| word.len() > 2).collect();
    let known = lists.iter().find(|(name, list)| {
        name.split('_').any(|word| words.contains(word))
            && field.profile.values.keys().all(|value| list.codes.contains_key(value))
    });
    if let Some((name, _)) = known {
        return name.clone();
    }
    let mut name = format!("{collection}_{}", field.name);
    let text = texts::codes(field.profile.values.keys());
    // Two tables of one collection often have one list.
    while codes.get(&name).is_some_and(|other| *other != text) {
        name.push_str("_2");
    }
    codes.insert(name.clone(), text);
    name
}
