//! Cells that a layout names: an Excel table or a defined name, and where it stands.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::definitions::{Layout, NamedCells, did_you_mean};
use crate::read::{CellArea, ReadError, SheetAbout};

/// What the sheets of a workbook say of themselves, by name.
pub(super) type Abouts = BTreeMap<String, Arc<SheetAbout>>;

/// The cells of a sheet that have the name: a table without its totals, whatever the case of its name.
///
/// # Errors
/// [`ReadError`] when the table shows no header, or the name is no rectangle of cells.
pub(super) fn area_on(about: &SheetAbout, named: &NamedCells) -> Result<Option<CellArea>, ReadError> {
    let is = |name: &str, wanted: &str| name.to_lowercase() == wanted.to_lowercase();
    match named {
        NamedCells::Table(wanted) => {
            let found = about.tables.iter().find(|table| is(&table.display_name, wanted) || is(&table.name, wanted));
            let Some(table) = found else { return Ok(None) };
            if table.header_rows == 0 {
                return Err(ReadError::content(
                    "read::table_without_header",
                    format!("table `{wanted}` shows no header row"),
                    "switch on Header Row in Excel (Table Design) and save the workbook",
                ));
            }
            let last_row = table.area.last_row.saturating_sub(table.totals_rows).max(table.area.first_row);
            Ok(Some(CellArea { last_row, ..table.area }))
        }
        NamedCells::Range(wanted) => {
            let mut found = about.names.iter().filter(|name| is(&name.name, wanted)).collect::<Vec<_>>();
            // A sheet's own name stands before the workbook's.
            found.sort_by_key(|name| !name.is_local);
            let Some(name) = found.first() else { return Ok(None) };
            let area = name.area.ok_or_else(|| {
                ReadError::content(
                    "read::not_a_range",
                    format!("the name `{wanted}` is no rectangle of cells: `{}`", name.refers_to),
                    "let it name the cells of the table, header included, or name the sheet instead",
                )
            })?;
            Ok(Some(area))
        }
    }
}

/// That no sheet has the name that a layout reads, with those that there are.
pub(super) fn unknown_name(layout: &Layout, named: &NamedCells, abouts: &Abouts) -> ReadError {
    let tables = || abouts.values().flat_map(|about| &about.tables).map(|table| table.display_name.as_str());
    let names = || {
        let all = abouts.values().flat_map(|about| &about.names).map(|name| name.name.as_str());
        all.filter(|name| !name.starts_with("_xlnm."))
    };
    let (kind, wanted, all) = match named {
        NamedCells::Table(wanted) => ("table", wanted, tables().collect::<Vec<_>>()),
        NamedCells::Range(wanted) => ("defined name", wanted, names().collect::<Vec<_>>()),
    };
    let list = all.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let there = if all.is_empty() { format!("it tells of no {kind}") } else { format!("it has {list}") };
    let near = did_you_mean(wanted, all).map_or_else(String::new, |name| format!("did you mean `{name}`? "));
    let key = if kind == "table" { "table" } else { "range" };
    ReadError::content(
        "read::unknown_name",
        format!("no sheet that layout `{}` reads has the {kind} `{wanted}`; {there}", layout.name),
        format!(
            "{near}mend `format.workbook.{key}` of the layout, or name the cells in the workbook; only .xlsx and .xlsm tell"
        ),
    )
}
