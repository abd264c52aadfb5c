//! Sheets of a workbook that are not read: those that a layout leaves on purpose, each with its reason, and those that nobody
//! speaks of. Only where a layout of the file says which it leaves.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::RunError;
use crate::model::{Address, Fault, row_key};
use crate::prove::Proof;
use crate::read::{Opened, Rows};

/// The table whose books tell of the sheets that are not read: that of the first layout that says which it leaves.
pub(super) fn told_by(proofs: &[Proof]) -> Option<&str> {
    proofs.iter().find(|proof| !proof.layout.leave.is_empty()).map(|proof| proof.layout.table.name.as_str())
}

/// What is told of the sheets that no proof of the file reads, in the order of the workbook. Nothing is told of a blank one.
pub(super) fn faults(opened: &mut Opened, proofs: &[Proof]) -> Result<Vec<Fault>, RunError> {
    let Some(first) = proofs.first() else { return Ok(Vec::new()) };
    let rows = opened.rows(&first.layout.format).map_err(|error| RunError::Read(error.to_string()))?;
    let mut faults = Vec::new();
    for (sheet, _) in rows.sheets() {
        if proofs.iter().any(|proof| proof.sheet.as_deref() == Some(sheet.as_str())) {
            continue;
        }
        let count = filled(rows, &sheet);
        if count == Some(0) {
            continue;
        }
        let why = proofs
            .iter()
            .flat_map(|proof| &proof.layout.leave)
            .find_map(|(sheets, why)| sheets.is_match(&sheet).then_some(why.as_str()));
        faults.push(fault(&sheet, count, why));
    }
    Ok(faults)
}

/// Rows of a sheet in which something stands; none when the sheet cannot be read, which does not matter to the others.
fn filled(rows: &mut Rows, sheet: &str) -> Option<u64> {
    let mut count = 0;
    let read = rows.stream(Some(sheet), &mut |block| {
        count += (0..block.rows.len()).filter(|index| !block.is_blank(*index)).count() as u64;
        ControlFlow::Continue(())
    });
    read.ok().map(|()| count)
}

fn fault(sheet: &str, count: Option<u64>, why: Option<&str>) -> Fault {
    let rows = match count {
        Some(1) => "the sheet has 1 filled row and".to_owned(),
        Some(count) => format!("the sheet has {count} filled rows and"),
        None => "the rows of the sheet cannot be counted, and it".to_owned(),
    };
    let (code, message, hint) = match why {
        Some(why) => (
            "sheet::left",
            format!("{rows} is left on purpose: {why}"),
            "nothing to do; `format.workbook.leave` of the layout says so",
        ),
        None => (
            "sheet::not_read",
            format!("{rows} is read by no layout"),
            "write a layout for it, or name it with the reason in `format.workbook.leave` of a layout of the file",
        ),
    };
    let at = Address { sheet: Some(Arc::from(sheet)), row: None, column: None };
    Fault { row_key: Some(row_key(&[Some(sheet)], None)), ..Fault::coded(at, code, message, hint) }
}
