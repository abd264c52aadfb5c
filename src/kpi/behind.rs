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
//! rows have; the tests hold it against the values of an invented county.

use serde::{Deserialize, Serialize};

use super::portable::{output_columns, read_tables, unportable};

/// The columns with which the `SELECT` of rows begins.
pub const PLACED: [&str; 4] = ["period", "geography_level", "geography_code", "breakdown"];
/// The columns that lead to the file.
pub const LINEAGE: [&str; 3] = ["_delivery", "_sheet", "_row"];
/// How much a row counts, where that is not one.
pub const COUNTS: &str = "counts";

/// The rows that a KPI declares.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Behind {
    /// Rows that the numerator counts.
    pub numerator: Option<String>,
    /// Rows that the denominator counts.
    pub denominator: Option<String>,
}

impl Behind {
    /// Both, by the words that people ask for them by.
    #[must_use]
    pub fn parts(&self) -> Vec<(&'static str, &str)> {
        let all = [("numerator", &self.numerator), ("denominator", &self.denominator)];
        all.into_iter().filter_map(|(name, sql)| Some((name, sql.as_deref()?))).collect()
    }

    /// What is wrong with it: message and hint.
    pub(super) fn problems(&self) -> Vec<(String, String)> {
        let mut problems = Vec::new();
        for (name, sql) in self.parts() {
            for finding in unportable(sql) {
                problems.push((format!("`rows.{name}`, line {}: {}", finding.line, finding.message), finding.hint));
            }
            if let (_, Some(foreign)) = read_tables(sql) {
                problems
                    .push((format!("`rows.{name}` reads `{foreign}`"), "a KPI reads schema `mart` only".to_owned()));
            }
            let lists = output_columns(sql);
            let fits = |columns: &Vec<String>| {
                columns.iter().take(PLACED.len()).eq(PLACED.iter())
                    && LINEAGE.iter().all(|one| columns.iter().any(|column| column == one))
            };
            if lists.is_empty() || !lists.iter().all(fits) {
                let hint = format!(
                    "it gives `{}` first, what tells the row, and `{}`",
                    PLACED.join("`, `"),
                    LINEAGE.join("`, `")
                );
                problems.push((format!("the SELECT of `rows.{name}` has other columns"), hint));
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
        let of = |sql: &str| Behind { numerator: Some(sql.to_owned()), denominator: None }.problems().len();
        let right = "SELECT year AS period, 'authority' AS geography_level, la AS geography_code, 'total' AS breakdown, \
                     pupil, _delivery, _sheet, _row FROM mart.t";
        assert_eq!(of(right), 0);
        assert_eq!(of(&right.replace("_row ", "row ")), 1);
        assert_eq!(of(&right.replace("mart.t", "conformed.t")), 1);
        assert_eq!(of(&right.replace("'total' AS breakdown, ", "")), 1);
    }
}
