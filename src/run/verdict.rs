//! What the rules of a table found, as faults of its rows, and the rows that are refused or stand twice.

use std::collections::BTreeSet;

use crate::definitions::{Kept, Table};
use crate::model::{Address, Fault, Severity, row_key};
use crate::prove::Proof;
use crate::warehouse::{Findings, RowOf};

/// What the findings of the rules mean for the rows.
pub(super) struct Verdict {
    pub(super) faults: Vec<Fault>,
    /// Rows that are kept out.
    pub(super) refused: BTreeSet<RowOf>,
    /// Rows that are those of another, which stands.
    pub(super) duplicates: BTreeSet<RowOf>,
}

impl Verdict {
    pub(super) fn of(findings: &Findings, table: &Table, proofs: &[Proof]) -> Self {
        let place = |row: &RowOf, column: Option<&String>| {
            let proof = proofs.iter().find(|proof| proof.sheet.as_deref() == row.sheet.as_deref());
            let taken = proof.zip(column).and_then(|(proof, name)| proof.columns.get(name));
            Address { column: taken.map(|taken| taken.source + 1), ..Address::row(row.sheet.as_deref(), row.row) }
        };
        let mut verdict = Self { faults: Vec::new(), refused: BTreeSet::new(), duplicates: BTreeSet::new() };
        for finding in &findings.failed {
            let rule = &table.rules[finding.rule];
            if rule.severity == Severity::Error {
                verdict.refused.insert(finding.row.clone());
            }
            for (column, value) in rule.columns.iter().zip(&finding.values) {
                verdict.faults.push(Fault {
                    at: place(&finding.row, Some(column)),
                    column: Some(column.clone()),
                    rule_id: rule.id.clone(),
                    severity: rule.severity,
                    raw: value
                        .clone()
                        .filter(|_| table.columns.get(column).is_some_and(|column| column.kept == Kept::Value)),
                    message: rule.message.clone(),
                    hint: rule.hint.clone(),
                    row_key: Some(key_of(&finding.key)),
                    supplier: finding.supplier.clone(),
                });
            }
        }
        for same in &findings.same_key {
            if same.identical {
                verdict.duplicates.extend(same.rows.iter().skip(1).cloned());
                continue;
            }
            verdict.refused.extend(same.rows.iter().cloned());
            for (row, supplier) in same.rows.iter().zip(&same.suppliers) {
                let others = same.rows.iter().filter(|other| *other != row).take(5);
                let others: Vec<String> = others
                    .map(|other| match other.sheet.as_deref().filter(|_| other.sheet != row.sheet) {
                        Some(sheet) => format!("{} of sheet `{sheet}`", other.row),
                        None => other.row.to_string(),
                    })
                    .collect();
                let (key, others) = (table.key.join(", "), others.join(", "));
                verdict.faults.push(Fault {
                    row_key: Some(key_of(&same.key)),
                    supplier: supplier.clone(),
                    ..Fault::coded(
                        place(row, table.key.first()),
                        "row::duplicate_key",
                        format!("the key ({key}) is that of row {others} too, and the rows differ"),
                        "keep the right one of these rows",
                    )
                });
            }
        }
        // A row that is refused is not skipped as well.
        verdict.duplicates = verdict.duplicates.difference(&verdict.refused).cloned().collect();
        verdict
    }
}

/// The fingerprint of a key whose identifiers are pseudonyms already.
fn key_of(values: &[Option<String>]) -> String {
    row_key(&values.iter().map(Option::as_deref).collect::<Vec<_>>(), None)
}
