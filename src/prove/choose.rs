//! One layout for each sheet or title, and one sheet for each table that does not go on over several.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::Proof;
use super::candidate::{Candidate, ProofKey};
use super::not_found::not_found;
use crate::definitions::{Format, Hidden, UnknownLabels};
use crate::read::ReadError;

/// One layout for each sheet or title (the one that takes most and leaves least), one sheet for each table that does not
/// go on over several.
pub(super) fn choose(candidates: &[Candidate], file_name: &str) -> Result<Vec<Proof>, ReadError> {
    let mut places: IndexMap<ProofKey<'_>, Vec<&Candidate>> = IndexMap::new();
    for candidate in candidates {
        places.entry(candidate.place()).or_default().push(candidate);
    }
    if candidates.iter().all(|candidate| candidate.attempt.proof.is_none()) {
        return Err(not_found(&candidates.iter().collect::<Vec<_>>(), &format!("`{file_name}`")));
    }
    let mut by_table: BTreeMap<&str, Vec<&Proof>> = BTreeMap::new();
    for tried in places.values() {
        match best(tried)? {
            Some(proof)
                if let rivals = knowing_more(tried, proof)
                    && !rivals.is_empty() =>
            {
                return Err(not_found(&rivals, &named(rivals[0])));
            }
            Some(proof) if let Some((column, labels)) = proof.alike.first() => {
                return Err(several_labels(proof, column, labels));
            }
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

/// The layouts that do not fit, since a label was renamed, and know more labels of the file than the one that does and leaves some: the
/// file is theirs, and what fits would lose what they take.
fn knowing_more<'c>(tried: &[&'c Candidate], proof: &Proof) -> Vec<&'c Candidate> {
    if proof.unknown.is_empty() {
        return Vec::new();
    }
    let known = |candidate: &Candidate| candidate.attempt.score.0;
    let fits = |candidate: &&&Candidate| {
        candidate.attempt.proof.as_ref().is_some_and(|one| one.layout.name == proof.layout.name)
    };
    let Some(least) = tried.iter().find(fits).map(|candidate| known(candidate)) else { return Vec::new() };
    let is_rival = |candidate: &&Candidate| {
        candidate.attempt.proof.is_none()
            && candidate.attempt.other.is_none()
            && candidate.attempt.row == Some(proof.first_row)
            && candidate.attempt.is_fair()
            && known(candidate) > least
    };
    tried.iter().copied().filter(is_rival).collect()
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

/// Refuses a file of which several labels may be one column: its pattern takes any year, and each of them is of another one.
fn several_labels(proof: &Proof, column: &str, labels: &[String]) -> ReadError {
    let labels: Vec<String> = labels.iter().map(|label| format!("`{label}`")).collect();
    let name = &proof.layout.name;
    ReadError::Content {
        code: "read::several_labels",
        message: format!(
            "layout `{name}` fits, and {} all may be its column `{column}`: which one is not for a program to choose",
            labels.join(", ")
        ),
        hint: format!(
            "let a layout of this form name the one that is meant (`extends = \"{name}\"`, `{column}.from = [\"…\"]` instead of its              pattern) and take or ignore the others; figures of several years side by side become rows by `[unpivot]`"
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
