//! What a sheet says of itself against what was read of it: hidden rows, columns and sheets, merged cells that are empty, and
//! fields that a text leaves off the ends of rows.
//!
//! In: a sheet that has been streamed, its proof, and which of its rows hold records. Out: faults, or why the file is refused.

use std::ops::ControlFlow;

use super::stop::Stop;
use crate::conform::{
    Emptied, Sorter, hidden_columns, hidden_columns_fault, hidden_fault, hidden_sheet_fault, left_off_fault,
};
use crate::definitions::{Format, Hidden};
use crate::model::{Address, Fault, Refusal, column_letters};
use crate::prove::Proof;
use crate::read::Rows;

/// What differs, as faults.
///
/// # Errors
/// [`Stop`] when the layout refuses what is hidden, or the sheet cannot be read again.
pub(super) fn sheet_faults(rows: &mut Rows, proof: &Proof, sorter: &Sorter) -> Result<Vec<Fault>, Stop> {
    let mut faults: Vec<Fault> =
        sorter.left_off.map(|(first, rows)| left_off_fault(proof, first, rows)).into_iter().collect();
    let (Format::Workbook { .. }, Some(sheet)) = (&proof.layout.format, proof.sheet.as_deref()) else {
        return Ok(faults);
    };
    faults.extend(hidden_sheet_fault(proof));
    if proof.is_left_out() {
        return Ok(faults);
    }
    let hidden = proof.layout.hidden;
    if let Some((first, count)) = sorter.hidden {
        if hidden.rows == Hidden::Refuse {
            return Err(Stop::Refused(refuse_rows(proof, first, count)));
        }
        faults.extend(hidden_fault(proof, first, count));
    }
    let about = rows.about(sheet)?;
    let columns = hidden_columns(proof, &about);
    if let (Hidden::Refuse, Some(first)) = (hidden.columns, columns.first()) {
        return Err(Stop::Refused(refuse_columns(proof, *first, columns.len())));
    }
    faults.extend(hidden_columns_fault(proof, &columns));
    if proof.layout.merged.is_none()
        && let Some(mut emptied) = Emptied::candidates(proof, &about, &sorter.records)
    {
        rows.stream(Some(sheet), &mut |block| {
            emptied.look(&block, &sorter.records);
            let past = block.rows.last().is_some_and(|row| emptied.is_past(row.number));
            if past { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        faults.extend(emptied.faults(proof));
    }
    Ok(faults)
}

/// Why a file is refused whose layout takes no hidden rows.
fn refuse_rows(proof: &Proof, first: u32, rows: u64) -> Refusal {
    let sheet = proof.sheet.as_deref();
    Refusal {
        code: "read::hidden_rows".to_owned(),
        message: format!(
            "rows of the table that sheet `{}` hides: {rows}, of which row {first} is the first",
            sheet.unwrap_or("")
        ),
        hint: "show all rows, take filters off, delete what does not belong there, and send the file again".to_owned(),
        at: Some(Address::row(sheet, first).to_string()),
    }
}

/// Why a file is refused whose layout takes no hidden columns.
fn refuse_columns(proof: &Proof, first: u32, columns: usize) -> Refusal {
    let sheet = proof.sheet.as_deref();
    Refusal {
        code: "read::hidden_columns".to_owned(),
        message: format!(
            "columns of the table that sheet `{}` hides: {columns}, of which column {} is the first",
            sheet.unwrap_or(""),
            column_letters(first + 1)
        ),
        hint: "show all columns, delete what does not belong there, and send the file again".to_owned(),
        at: Some(Address::cell(sheet, proof.last_row, first + 1).to_string()),
    }
}
