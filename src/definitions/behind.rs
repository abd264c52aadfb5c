//! The rows behind a value: what its numerator and its denominator count, each row with the file, sheet and row that it came from.
//!
//! Declared in the head of a KPI, as a `SELECT` for each:
//!
//! ```toml
//! [rows]
//! numerator = """
//! SELECT academic_year AS period, 'authority' AS geography_level, la_code AS geography_code, 'total' AS breakdown,
//!        pupil, start_date, _delivery, _sheet, _row
//! FROM mart.fct_suspension
//! """
//! ```
//!
//! A row that counts more than one, or a part, says so in a column `counts`. Their sum is the numerator, for every breakdown that the
//! rows have; the tests hold it against the values of an invented county. Where both parts come of the same rows, one `SELECT` of
//! `every` gives them, with `in_numerator` and `in_denominator`: how much each row counts there. A value that no rows add up to
//! says why, in `none`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::portable::{output_columns, read_tables, unportable};

/// The columns with which the `SELECT` of rows begins.
pub const PLACED: [&str; 4] = ["period", "geography_level", "geography_code", "breakdown"];
/// The columns that lead to the file.
pub const LINEAGE: [&str; 3] = ["_delivery", "_sheet", "_row"];
/// How much a row counts, where that is not one.
pub const COUNTS: &str = "counts";

/// How much a row of [`Behind::every`] counts in each part.
pub const IN_PART: [&str; 2] = ["in_numerator", "in_denominator"];

/// The rows that a KPI declares.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Behind {
    /// Rows that the numerator counts.
    pub numerator: Option<String>,
    /// Rows that the denominator counts.
    pub denominator: Option<String>,
    /// Rows of both, with what each counts as `in_numerator` and `in_denominator`.
    pub every: Option<String>,
    /// Why there are none: a sentence.
    pub none: Option<String>,
}

impl Behind {
    /// The `SELECT` of each part that is declared, by the word that people ask for it by.
    #[must_use]
    pub fn parts(&self) -> Vec<(&'static str, String)> {
        let written = [&self.numerator, &self.denominator];
        let parts = ["numerator", "denominator"].into_iter().zip(written).zip(IN_PART);
        parts
            .filter_map(|((name, written), in_part)| match (written, &self.every) {
                (Some(sql), _) => Some((name, sql.clone())),
                (None, Some(every)) if output_columns(every).iter().all(|one| one.iter().any(|one| one == in_part)) => {
                    let sql = format!(
                        "SELECT part.*, part.{in_part} AS {COUNTS} FROM ({every}) AS part WHERE part.{in_part} <> 0"
                    );
                    Some((name, sql))
                }
                (None, _) => None,
            })
            .collect()
    }

    /// Every `SELECT` as it is written, by its key in the head.
    pub fn written(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let all =
            [("rows.numerator", &self.numerator), ("rows.denominator", &self.denominator), ("rows.every", &self.every)];
        all.into_iter().filter_map(|(name, sql)| Some((name, sql.as_deref()?)))
    }

    /// What is wrong with it: message and hint.
    pub(super) fn problems(&self) -> Vec<(String, String)> {
        let mut problems = Vec::new();
        let written: Vec<_> = self.written().collect();
        if written.is_empty() == self.none.is_none() || (self.numerator.is_some() && self.every.is_some()) {
            let hint = "it gives `every`, or `numerator` and, where something is divided by, `denominator`, or `none`: why there are none";
            problems.push((
                "`rows` says neither which rows there are nor why there are none, or says both".to_owned(),
                hint.to_owned(),
            ));
        }
        for (name, sql) in written {
            for finding in unportable(sql) {
                problems.push((format!("`{name}`, line {}: {}", finding.line, finding.message), finding.hint));
            }
            if let (_, Some(foreign)) = read_tables(sql) {
                problems.push((format!("`{name}` reads `{foreign}`"), "a KPI reads schema `mart` only".to_owned()));
            }
            let lists = output_columns(sql);
            let fits = |columns: &Vec<String>| {
                columns.iter().take(PLACED.len()).eq(PLACED.iter())
                    && LINEAGE.iter().all(|one| columns.iter().any(|column| column == one))
                    && (name != "rows.every" || columns.iter().any(|column| column == IN_PART[0]))
            };
            if lists.is_empty() || !lists.iter().all(fits) {
                let hint = format!(
                    "it gives `{}` first, what tells the row, {}and `{}`",
                    PLACED.join("`, `"),
                    if name == "rows.every" {
                        "`in_numerator`, `in_denominator` (where something is divided by) "
                    } else {
                        ""
                    },
                    LINEAGE.join("`, `")
                );
                problems.push((format!("the SELECT of `{name}` has other columns"), hint));
            }
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_say_where_they_are_and_where_they_came_from() {
        let of = |sql: &str| Behind { numerator: Some(sql.to_owned()), ..Behind::default() }.problems().len();
        let right = "SELECT year AS period, 'authority' AS geography_level, la AS geography_code, 'total' AS breakdown, \
                     pupil, _delivery, _sheet, _row FROM mart.t";
        assert_eq!(of(right), 0);
        assert_eq!(of(&right.replace("_row ", "row ")), 1);
        assert_eq!(of(&right.replace("mart.t", "conformed.t")), 1);
        assert_eq!(of(&right.replace("'total' AS breakdown, ", "")), 1);
    }

    #[test]
    fn one_select_serves_both_parts_and_a_value_without_rows_says_why() {
        let every = "SELECT year AS period, 'authority' AS geography_level, la AS geography_code, 'total' AS breakdown, \
                     pupil, is_met AS in_numerator, 1 AS in_denominator, _delivery, _sheet, _row FROM mart.t";
        let both = Behind { every: Some(every.to_owned()), ..Behind::default() };
        assert_eq!(both.problems(), []);
        let parts = both.parts();
        assert_eq!(parts.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["numerator", "denominator"]);
        assert!(parts[1].1.contains("part.in_denominator AS counts"));
        let count = Behind { every: Some(every.replace("1 AS in_denominator, ", "")), ..Behind::default() };
        assert_eq!((count.problems(), count.parts().len()), (Vec::new(), 1));
        let without = Behind { every: Some(every.replace("is_met AS in_numerator, ", "")), ..Behind::default() };
        assert_eq!(without.problems().len(), 1);
        let none = Behind { none: Some("it is a limit".to_owned()), ..Behind::default() };
        assert_eq!((none.problems(), none.parts()), (Vec::new(), Vec::new()));
        assert_eq!(Behind::default().problems().len(), 1);
        assert_eq!(Behind { none: Some("it is a limit".to_owned()), ..both }.problems().len(), 1);
    }
}
