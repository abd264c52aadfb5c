//! Texts of a checked kind: codes, identifiers, periods.

use std::borrow::Cow;

use super::cell::{CellProblem, parse_period};
use super::clean::Clean;
use super::work::CellOutcome;
use crate::definitions::{CodeList, Column, Invalid, Kind};
use crate::model::{Flaw, IdentifierKind, IdentifierProblem};

/// Checks a cell's text. Where the contract lets an invalid one stand, it stands as it was written, and is doubtful.
pub(super) fn checked<'b>(column: &Column, clean: Clean<'b>) -> CellOutcome<Cow<'b, str>> {
    let text = match clean.into_text() {
        Ok(text) => text,
        Err(problem) => return CellOutcome::Wrong(problem),
    };
    let problem = match (column.kind, &column.codes) {
        (Kind::Code, Some(list)) => match code(&text, list) {
            Ok(()) => return CellOutcome::Value(text),
            Err(problem) => problem,
        },
        (Kind::Identifier(kind), list) => match normalise(kind, &text) {
            Ok(normal) => {
                let value = normal.map_or(text, Cow::Owned);
                return match list.as_deref().and_then(|list| unknown_authority(kind, &value, list)) {
                    Some(problem) => CellOutcome::Doubtful(value, problem),
                    None => CellOutcome::Value(value),
                };
            }
            Err(problem) => problem,
        },
        (Kind::Period, _) => return parse_period(&text).map(Cow::Owned).into(),
        _ => return CellOutcome::Value(text),
    };
    match column.invalid {
        Invalid::Error => CellOutcome::Wrong(problem),
        Invalid::Query => CellOutcome::Doubtful(text, problem),
    }
}

/// The normal form, where the text is not in it.
fn normalise(kind: IdentifierKind, text: &str) -> Result<Option<String>, CellProblem> {
    match kind.normalise(text) {
        Ok(Cow::Borrowed(_)) => Ok(None),
        Ok(Cow::Owned(normal)) => Ok(Some(normal)),
        Err(problem) => Err(CellProblem::Identifier(problem)),
    }
}

/// The list may be behind the times, and an authority that is no more stays in the numbers that it gave: a query, whatever
/// the contract says of invalid ones.
fn unknown_authority(kind: IdentifierKind, normal: &str, list: &CodeList) -> Option<CellProblem> {
    let authority = kind.authority(normal)?;
    (!list.codes.contains_key(authority)).then(|| {
        CellProblem::Identifier(IdentifierProblem { kind, flaw: Flaw::UnknownAuthority { list: list.name.clone() } })
    })
}

/// Whether a code is in its list.
fn code(text: &str, list: &CodeList) -> Result<(), CellProblem> {
    if list.codes.contains_key(text) {
        return Ok(());
    }
    let first = list.codes.keys().take(8).map(|code| format!("`{code}`")).collect::<Vec<_>>().join(", ");
    let more = if list.codes.len() > 8 { " …" } else { "" };
    Err(CellProblem::UnknownCode(list.name.clone(), first + more))
}
