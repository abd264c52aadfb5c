//! The register of advice to assessments, a workbook a term: what was asked for in the term, and what was open before it.

use super::cell::Cell;
use crate::sample::calendar::Term;
use crate::sample::lives::{Lives, advice_to};

/// The labels of its sheet, the field names of the contract.
pub(super) const HEADER: [&str; 7] =
    ["request_id", "agency", "requested_date", "due_date", "received_date", "nil_return", "is_excepted"];

/// The rows of a term.
pub(super) fn rows(lives: &Lives, term: Term) -> Vec<Vec<Cell>> {
    let (first, last) = (term.first_day(), term.last_day());
    let mut rows = Vec::new();
    for case in &lives.cases {
        for one in advice_to(case).filter(|one| lives.calendar.start() <= one.asked && one.asked <= last) {
            // Carried forward while it was open when the term began.
            if one.asked < first && (one.is_nil || one.received.is_some_and(|day| day < first)) {
                continue;
            }
            rows.push(vec![
                Cell::count(case.number),
                Cell::Word(one.agency),
                Cell::Date(one.asked),
                Cell::Date(one.asked + 42),
                Cell::date(one.received.filter(|day| *day <= last)),
                Cell::Flag(one.is_nil),
                Cell::Flag(one.is_excepted),
            ]);
        }
    }
    rows
}
