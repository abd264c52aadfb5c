//! Excel tables of a sheet, and the names that a workbook gives to its cells.

use super::book::{Contents, NamedSheet};
use super::package::Package;
use super::scan::XmlToken;
use super::{error, reference, text};
use crate::read::{DefinedName, ReadError, SheetTable};

/// The tables of the sheet whose part this is, in the order in which it names them.
pub(super) fn read(package: &mut Package, sheet_part: &str) -> Result<Vec<SheetTable>, ReadError> {
    let relations = package.relations(sheet_part)?;
    let mut tables = Vec::new();
    for relation in relations.iter().filter(|relation| relation.kind == "table") {
        tables.extend(table(package, &relation.target)?);
    }
    Ok(tables)
}

/// One table; none when its part is not there, or says no range.
fn table(package: &mut Package, part: &str) -> Result<Option<SheetTable>, ReadError> {
    let Some(mut scan) = package.part(part)? else { return Ok(None) };
    let mut table: Option<SheetTable> = None;
    loop {
        match scan.next().map_err(|error| error::of_part(part, error))? {
            XmlToken::Start => match (scan.depth(), scan.name()) {
                (1, "table") => {
                    let of = |key| scan.attribute(key).map(text::attribute);
                    let count = |key, usual| of(key).and_then(|text| text.trim().parse().ok()).unwrap_or(usual);
                    table = of("ref").as_deref().and_then(reference::area).map(|area| SheetTable {
                        name: of("name").or_else(|| of("displayName")).unwrap_or_default(),
                        display_name: of("displayName").or_else(|| of("name")).unwrap_or_default(),
                        area,
                        header_rows: count("headerRowCount", 1),
                        totals_rows: count("totalsRowCount", 0),
                        columns: Vec::new(),
                    });
                }
                (3, "tableColumn") => {
                    let mut name = scan.attribute("name").map(text::attribute).unwrap_or_default();
                    text::unescape(&mut name, 0);
                    if let Some(table) = &mut table {
                        table.columns.push(name);
                    }
                }
                _ => {}
            },
            XmlToken::Eof => return Ok(table),
            _ => {}
        }
    }
}

/// The names of cells of a sheet: its own, and the workbook's that name it.
pub(super) fn names_of(contents: &Contents, sheet: &NamedSheet) -> Vec<DefinedName> {
    let mut found = Vec::new();
    for name in &contents.names {
        let named = reference::of_sheet(&name.refers_to);
        let is_here = named.as_ref().is_some_and(|(of, _)| of.to_lowercase() == sheet.name.to_lowercase());
        let is_local = name.of_sheet == Some(sheet.place);
        if is_here || is_local {
            found.push(DefinedName {
                name: name.name.clone(),
                area: named.filter(|_| is_here).and_then(|(_, cells)| reference::area(cells)),
                refers_to: name.refers_to.clone(),
                is_local,
            });
        }
    }
    found
}
