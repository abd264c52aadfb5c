//! How a printed rate follows from the counts that stand beside it in its table.
//!
//! In: `[rates]` of a table's contract. Out: a checked [`PrintedRate`] for each column that it names. KPIs reconcile the rates that they
//! speak of; these are the others, so that no printed rate is taken on trust without a word.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

use super::document::Document;
use super::problem::{Problem, hint_for};
use super::wire::TableToml;
use super::{Column, Difference, Kind};
use crate::model::Ways;

/// How one printed rate follows from counts of its table, or why it does not. Either `of` and `per`, or `not_comparable`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RateToml {
    /// The column that is counted: `tsena`.
    #[serde(default)]
    pub of: Option<String>,
    /// The column that it is divided by: `nor`. More than one are added up.
    #[serde(default)]
    pub per: Vec<String>,
    /// Where the divisor stands in another row: the key columns that are otherwise there, and what they say: `grade = "Total"`. All
    /// other columns of the key are those of the row itself.
    #[serde(default)]
    pub per_row: BTreeMap<String, String>,
    /// What the ratio is multiplied by. Default 100.
    #[serde(default)]
    pub scale: Option<f64>,
    /// How it is rounded, where that is not how layout and table say.
    #[serde(default)]
    pub rounding: Option<String>,
    /// Why it cannot be computed from what the file prints.
    #[serde(default)]
    pub not_comparable: Option<String>,
    /// Why some printed figures are known to differ, and for which releases that holds.
    #[serde(default)]
    pub differences: Vec<Difference>,
}

/// One printed rate of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct PrintedRate {
    /// The column that is printed.
    pub column: String,
    /// Its parts, or why it has none in its file.
    pub made: Made,
    /// Why some printed figures are known to differ.
    pub differences: Vec<Difference>,
}

/// Of what a printed rate is made.
#[derive(Debug, Clone, PartialEq)]
pub enum Made {
    /// Of counts of its table.
    Parts(RateParts),
    /// Of what is not in the file: why it cannot be compared.
    Elsewhere(String),
}

/// The parts of a printed rate.
#[derive(Debug, Clone, PartialEq)]
pub struct RateParts {
    /// The column that is counted.
    pub of: String,
    /// The columns that are added up to the divisor; at least one.
    pub per: Vec<String>,
    /// What the key says of the row of the divisor where that is another one; empty where it is the row itself.
    pub per_row: BTreeMap<String, String>,
    /// What the ratio is multiplied by.
    pub scale: f64,
    /// How it is rounded, where it is not as layout and table say.
    pub rounding: Option<Ways>,
}

/// Checks `[rates]` of a table.
pub(super) fn rates(
    wire: &TableToml,
    columns: &IndexMap<String, Column>,
    document: &Document<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<PrintedRate> {
    let mut rates = Vec::new();
    for (column, rate) in &wire.rates {
        let mut fail = |key: &[&str], message: String, hint: String| {
            let at: Vec<&str> = ["rates", column.as_str()].into_iter().chain(key.iter().copied()).collect();
            problems.push(document.problem(&at, "spec::rate", message, hint));
        };
        let is_number = |name: &str| {
            columns.get(name).is_some_and(|column| matches!(column.kind, Kind::Integer | Kind::Decimal { .. }))
        };
        let numbers = || columns.keys().map(String::as_str).filter(|name| is_number(name));
        for (key, name) in [("", column)].into_iter().chain(rate.of.iter().map(|name| ("of", name))) {
            if !is_number(name) {
                let key: &[&str] = if key.is_empty() { &[] } else { &[key] };
                fail(key, format!("`{name}` is no number of the table"), hint_for(name, numbers()));
            }
        }
        for (index, name) in rate.per.iter().enumerate().filter(|(_, name)| !is_number(name)) {
            fail(
                &["per", &index.to_string()],
                format!("`{name}` is no number of the table"),
                hint_for(name, numbers()),
            );
        }
        for name in rate.per_row.keys().filter(|name| !wire.key.contains(*name)) {
            let keys = wire.key.iter().map(String::as_str);
            fail(
                &["per_row", name],
                format!("`{name}` is no column of the key, which finds the row of the divisor"),
                hint_for(name, keys),
            );
        }
        if rate.scale.is_some_and(|scale| !(scale.is_finite() && scale > 0.0)) {
            fail(&["scale"], "a scale is above zero".to_owned(), "write `scale = 100`, or leave it out".to_owned());
        }
        let rounding = rate.rounding.as_deref().map(str::parse::<Ways>);
        if let Some(Err(error)) = &rounding {
            fail(&["rounding"], error.to_string(), "see `rounding` of the table".to_owned());
        }
        if rate.of.is_some() && rate.rounding.is_none() && wire.rounding.is_none() {
            let hint = "write `rounding = \"decimal_half_up(1)\"`, here or at the head of the table".to_owned();
            fail(&["of"], format!("nothing says how `{column}` is rounded"), hint);
        }
        for index in (0..rate.differences.len()).filter(|index| !rate.differences[*index].is_bounded()) {
            fail(
                &["differences", &index.to_string()],
                "a difference that would explain any figure".to_owned(),
                Difference::BOUND.to_owned(),
            );
        }
        let both = "write either `of` and `per`, from which it is computed, or `not_comparable` with the reason why it cannot be";
        let made = match (&rate.of, rate.per.is_empty(), &rate.not_comparable) {
            (Some(of), false, None) => Made::Parts(RateParts {
                of: of.clone(),
                per: rate.per.clone(),
                per_row: rate.per_row.clone(),
                scale: rate.scale.unwrap_or(100.0),
                rounding: rounding.and_then(Result::ok),
            }),
            (None, true, Some(why)) => Made::Elsewhere(why.clone()),
            _ => {
                fail(
                    &[],
                    format!("`{column}` says neither of what it is made nor why it cannot be compared, or both"),
                    both.to_owned(),
                );
                continue;
            }
        };
        rates.push(PrintedRate { column: column.clone(), made, differences: rate.differences.clone() });
    }
    if wire.mart.is_none() && !wire.rates.is_empty() {
        problems.push(document.problem(
            &["rates"],
            "spec::rate",
            "there is no mart in which printed rates could be compared".to_owned(),
            "name it in `mart`, or drop `[rates]`".to_owned(),
        ));
    }
    rates
}
