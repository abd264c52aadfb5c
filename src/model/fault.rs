//! What is wrong with a cell, a row or a file, as a value that people can act on.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::codes::RuleCode;
use super::{Address, PseudonymKey, hex};

/// How much a fault matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// For information, no action needed: for instance a repaired cell.
    Info,
    /// The row is loaded and listed: somebody should look.
    Query,
    /// The row is quarantined.
    Error,
}

impl Severity {
    /// The word used in messages, Parquet and SQL.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Query => "query",
            Self::Error => "error",
        }
    }
}

/// Why a number or a text is not there. A cell with a reason has no value: it is never zero.
///
/// Source: Government Statistical Service symbols; per-publication meanings are declared in each table's `marks`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Hidden to protect people.
    Suppressed,
    /// The question does not arise.
    NotApplicable,
    /// Not collected, or not available.
    Unavailable,
    /// Rounds to zero but is not zero.
    Low,
    /// An empty cell where a value was possible.
    Blank,
    /// Not a gap: this publication writes zero with a mark (the tribunal tables write ` - `). The value is 0.
    Zero,
}

impl Reason {
    /// The word stored in `<column>_reason`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Suppressed => "suppressed",
            Self::NotApplicable => "not_applicable",
            Self::Unavailable => "unavailable",
            Self::Low => "low",
            Self::Blank => "blank",
            Self::Zero => "zero",
        }
    }
}

/// One thing that is wrong, with where, what was found, and how to mend it.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// Where it is.
    pub at: Address,
    /// The canonical column, if it is about one.
    pub column: Option<String>,
    /// Stable code: `EHC-001` for a rule of a table, `cell::not_an_integer` for the engine's own.
    pub rule_id: String,
    /// How much it matters.
    pub severity: Severity,
    /// The raw text of the cell. May be personal: it goes to the quarantine only.
    pub raw: Option<String>,
    /// What is wrong, without the cell's value.
    pub message: String,
    /// How to mend it.
    pub hint: String,
    /// Fingerprint of the row's key: the same in a later delivery, wherever the row then stands. See [`row_key`].
    pub row_key: Option<String>,
    /// Who supplied the row, where a column of the contract says it.
    pub supplier: Option<String>,
}

impl Fault {
    /// What the program itself finds wrong: a code of the catalogue ([`super::codes`]), which says how much it matters.
    #[must_use]
    pub fn coded(at: Address, code: &str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            at,
            column: None,
            rule_id: code.to_owned(),
            severity: RuleCode::severity_of(code),
            raw: None,
            message: message.into(),
            hint: hint.into(),
            row_key: None,
            supplier: None,
        }
    }
}

/// The fingerprint of a row's key, 16 hexadecimal digits. Under a key of pseudonyms it tells nothing of the values.
///
/// ```
/// use sendmart::model::row_key;
/// assert_eq!(row_key(&[Some("933"), None], None), row_key(&[Some("933"), None], None));
/// assert_ne!(row_key(&[Some("933"), None], None), row_key(&[Some("933"), Some("")], None));
/// ```
#[must_use]
pub fn row_key(values: &[Option<&str>], key: Option<&PseudonymKey>) -> String {
    let mut glued = String::new();
    for value in values {
        // The length before each value: no value can be taken for two.
        glued.push_str(&value.map_or_else(|| "-;".to_owned(), |value| format!("{};{value}", value.len())));
    }
    match key {
        Some(key) => hex(&key.digest(&["row key", &glued]).to_be_bytes()),
        None => hex(&Sha256::digest(glued.as_bytes())[..8]),
    }
}
