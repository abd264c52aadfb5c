//! The workbook's own part: its sheets, its date system, and the names that it gives to ranges.

use std::collections::HashMap;

use super::package::{Package, Relation};
use super::scan::XmlToken;
use super::strings::element_text;
use super::{error, text};
use crate::read::{ReadError, Visibility};

/// A sheet that the workbook names.
#[derive(Debug, Clone)]
pub(super) struct NamedSheet {
    /// Its name.
    pub(super) name: String,
    /// Whether it is shown.
    pub(super) visibility: Visibility,
    /// The part that holds it; none when the workbook does not say which, or it is not there.
    pub(super) part: Option<String>,
    /// Its place among all sheets, charts and macro sheets too: names of ranges are a sheet's own by it.
    pub(super) place: usize,
}

/// A name of a range.
#[derive(Debug, Clone)]
pub(super) struct NamedRange {
    /// The name.
    pub(super) name: String,
    /// The place of the sheet whose own it is.
    pub(super) of_sheet: Option<usize>,
    /// What it names, as the file has it.
    pub(super) refers_to: String,
}

/// What the workbook's part says.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// Worksheets, in order. Charts and macro sheets are no tables, and not here.
    pub(super) sheets: Vec<NamedSheet>,
    /// Names of the sheets that are no worksheets, in order.
    pub(super) others: Vec<String>,
    /// Names of ranges.
    pub(super) names: Vec<NamedRange>,
    /// Whether days are counted from 1904.
    pub(super) is_1904: bool,
}

/// Reads the part.
pub(super) fn read(package: &mut Package, part: &str, relations: &[Relation]) -> Result<Contents, ReadError> {
    let by_id: HashMap<&str, &Relation> = relations.iter().map(|relation| (relation.id.as_str(), relation)).collect();
    let mut contents = Contents::default();
    let mut place = 0;
    let Some(mut scan) = package.part(part)? else {
        return Err(error::broken(format!("the workbook has no part `{part}`")));
    };
    let mut listed: Vec<(NamedSheet, Option<&Relation>)> = Vec::new();
    loop {
        match scan.next().map_err(|error| error::of_part(part, error))? {
            XmlToken::Start => match (scan.depth(), scan.name()) {
                (1, "workbook") => {}
                (1, other) => {
                    return Err(error::broken(format!("part `{part}` is no workbook: its root is `{other}`")));
                }
                (_, "workbookPr") => {
                    contents.is_1904 |= scan.attribute("date1904").is_some_and(is_true);
                }
                (3, "sheet") => {
                    let id =
                        scan.attributes().find_map(|(key, value)| key.ends_with(":id").then(|| text::attribute(value)));
                    if id.as_ref().is_some_and(String::is_empty) {
                        // A module of Visual Basic, which Excel lists among the sheets of a workbook that it took macros out of.
                        place += 1;
                        continue;
                    }
                    let id = id.unwrap_or_default();
                    let visibility = match scan.attribute("state") {
                        Some("hidden") => Visibility::Hidden,
                        Some("veryHidden") => Visibility::VeryHidden,
                        _ => Visibility::Visible,
                    };
                    let name = scan.attribute("name").map(text::attribute).unwrap_or_default();
                    listed.push((NamedSheet { name, visibility, part: None, place }, by_id.get(id.as_str()).copied()));
                    place += 1;
                }
                (3, "definedName") => {
                    let name = scan.attribute("name").map(text::attribute).unwrap_or_default();
                    let of_sheet = scan.attribute("localSheetId").and_then(|place| place.trim().parse().ok());
                    let mut refers_to = String::new();
                    element_text(&mut scan, &mut refers_to).map_err(|error| error::of_part(part, error))?;
                    contents.names.push(NamedRange { name, of_sheet, refers_to });
                }
                _ => {}
            },
            XmlToken::Eof => break,
            _ => {}
        }
    }
    drop(scan);
    for (mut sheet, relation) in listed {
        let kind = relation.map_or("worksheet", |relation| relation.kind.as_str());
        if kind != "worksheet" {
            contents.others.push(sheet.name);
            continue;
        }
        sheet.part = relation.map(|relation| relation.target.clone()).filter(|part| package.has(part));
        if contents.sheets.iter().any(|other| other.name.to_lowercase() == sheet.name.to_lowercase()) {
            return Err(error::broken(format!("the workbook has two sheets of the name `{}`", sheet.name)));
        }
        contents.sheets.push(sheet);
    }
    Ok(contents)
}

/// Whether an attribute says yes.
pub(super) fn is_true(value: &str) -> bool {
    matches!(value.trim(), "1" | "true" | "on")
}
