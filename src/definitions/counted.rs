//! A KPI whose `SELECT` gives the rows that it counts, each with what it counts in either part: the engine sums them.
//!
//! ```text
//! SELECT period, request_id, …, in_numerator, in_denominator, left_out, _delivery, _sheet, _row
//!    ├─► the rows behind the value, as they are
//!    └─► summed by period, place and breakdown; a period in which what the KPI needs did not come (mart.return_gap) has no value
//! ```

use std::collections::BTreeMap;

use super::behind::{Behind, IN_PART, LINEAGE, PLACED};
use super::filled::OfPlace;
use super::needs::Need;
use super::vocabulary::PeriodKind;

/// Why a row is in neither part: `plans issued have no day of receipt`. The mark counts such rows.
const LEFT_OUT: &str = "left_out";

/// The mart that says what of the returns of a period did not come.
const GAPS: &str = "return_gap";
/// The mart that says which periods another source tells, while the return of them is not in.
pub const STAND_INS: &str = "return_stand_in";
/// The mart that says which council it is.
const COUNCIL: &str = "dim_council";

/// Whether a `SELECT` gives rows to be counted, by its columns.
pub(super) fn gives_rows(given: &[String]) -> bool {
    given.iter().any(|column| column == IN_PART[0])
}

/// What is wrong with the columns, and how to mend it.
pub(super) fn problem(given: &[String], place: Option<OfPlace>, is_plain: bool) -> Option<(String, String)> {
    let has = |name: &str| given.iter().any(|column| column == name);
    let lacks = |name: &str| {
        let message = format!("the SELECT gives rows that are counted, and no `{name}`");
        Some((message, format!("give `{name}`: see sql/README.md, *Add a KPI*")))
    };
    if place != Some(OfPlace::Council) {
        let message = "the SELECT gives rows that are counted, and the head has no `place = \"council\"`".to_owned();
        return Some((message, "write it, or give `numerator` and the rows in `[rows]`".to_owned()));
    }
    if given.first().is_none_or(|first| first != PLACED[0]) {
        return Some((format!("the SELECT gives `{}`", given.join("`, `")), "give `period` first".to_owned()));
    }
    if let Some(name) = LINEAGE.iter().find(|name| !has(name)) {
        return lacks(name);
    }
    if is_plain && has(IN_PART[1]) {
        let message = format!("the SELECT gives `{}`, and what is counted is divided by nothing", IN_PART[1]);
        return Some((message, "leave it out, or give the head another `unit`".to_owned()));
    }
    if !is_plain && !has(IN_PART[1]) {
        return lacks(IN_PART[1]);
    }
    None
}

/// What a KPI of rows is made of.
pub(super) struct Counted {
    /// The statement that gives its values.
    pub(super) sql: String,
    /// The rows behind them.
    pub(super) rows: Behind,
    /// Tables of schema `mart` that it reads beside those of its file.
    pub(super) also: [&'static str; 3],
}

/// The whole of it. `partly` says what is missing where a table did not come without which there is a value all the same.
pub(super) fn complete(
    sql: &str,
    given: &[String],
    kind: PeriodKind,
    needs: &[Need],
    partly: &BTreeMap<Need, String>,
) -> Counted {
    let has = |name: &str| given.iter().any(|column| column == name);
    let breakdown = if has(PLACED[3]) { "own.breakdown" } else { "'total'" };
    let told: Vec<String> = given
        .iter()
        .filter(|column| !PLACED.contains(&column.as_str()) && *column != LEFT_OUT)
        .map(|column| format!("own.{column}"))
        .collect();
    let (left_out, counts) = if has(LEFT_OUT) {
        (format!("own.{LEFT_OUT}"), format!(" WHERE own.{LEFT_OUT} IS NULL"))
    } else {
        ("NULL".to_owned(), String::new())
    };
    let every = format!(
        "SELECT own.period, 'authority' AS geography_level, council.la_code AS geography_code, {breakdown} AS breakdown, {} \
         FROM ({sql}\n) AS own CROSS JOIN mart.{COUNCIL} AS council{counts}",
        told.join(", ")
    );
    let part = |name: &str| {
        if has(name) {
            format!("CAST(sum(CASE WHEN {left_out} IS NULL THEN own.{name} END) AS DOUBLE)")
        } else {
            "CAST(NULL AS DOUBLE)".to_owned()
        }
    };
    let kind = kind.as_str();
    let named = |need: &Need| {
        let tables: Vec<String> =
            need.any_of().iter().map(|(collection, table)| format!("'{collection}.{table}'")).collect();
        (tables.join(", "), tables.len())
    };
    // Of alternatives nothing is missing where one is there.
    let gap = |need: &Need| {
        let (tables, alternatives) = named(need);
        format!(
            "SELECT period, min(absence) AS absence FROM mart.{GAPS} WHERE period_kind = '{kind}' AND need IN ({tables}) \
             GROUP BY period HAVING count(DISTINCT need) = {alternatives}"
        )
    };
    let none = "SELECT CAST(NULL AS VARCHAR) AS period, CAST(NULL AS VARCHAR) AS absence WHERE FALSE";
    let gaps: Vec<String> = std::iter::once(none.to_owned()).chain(needs.iter().map(gap)).collect();
    let gaps =
        format!("SELECT period, min(absence) AS absence FROM ({}) AS gaps GROUP BY period", gaps.join(" UNION ALL "));
    let wanted: Vec<String> = needs.iter().map(|need| named(need).0).collect();
    let stand_in = format!(
        "SELECT period, max(mark) AS mark FROM mart.{STAND_INS} WHERE period_kind = '{kind}' AND need IN ({}) GROUP BY period",
        if wanted.is_empty() { "NULL".to_owned() } else { wanted.join(", ") }
    );
    let in_part: Vec<String> = partly
        .iter()
        .map(|(need, what)| {
            let one = gap(need);
            format!(
                "SELECT period, 'partial: ' || absence || ': {}' AS mark FROM ({one}) AS part",
                what.replace('\'', "''")
            )
        })
        .collect();
    let in_part = if in_part.is_empty() {
        "SELECT CAST(NULL AS VARCHAR) AS period, CAST(NULL AS VARCHAR) AS mark".to_owned()
    } else {
        format!("SELECT period, min(mark) AS mark FROM ({}) AS parts GROUP BY period", in_part.join(" UNION ALL "))
    };
    let sql = format!(
        "SELECT COALESCE(counted.period, gap.period) AS period, 'authority' AS geography_level, council.la_code AS geography_code, \
         council.name AS geography_name, COALESCE(counted.breakdown, 'total') AS breakdown, \
         CASE WHEN gap.period IS NULL THEN counted.numerator END AS numerator, \
         CASE WHEN gap.period IS NULL THEN counted.denominator END AS denominator, \
         CASE WHEN gap.period IS NOT NULL THEN 'unavailable' END AS reason, CAST(NULL AS DOUBLE) AS published, \
         CAST(NULL AS VARCHAR) AS _delivery, CAST(NULL AS VARCHAR) AS _sheet, CAST(NULL AS INTEGER) AS _row, FALSE AS _superseded, \
         CASE WHEN gap.period IS NOT NULL THEN 'no source: ' || gap.absence ELSE NULLIF(concat_ws('; ', stand_in.mark, \
         CASE WHEN counted.left_out > 0 THEN 'partial: ' || CAST(counted.left_out AS VARCHAR) || ' of ' || CAST(counted.told AS VARCHAR) \
         || ' ' || counted.why || ' and are left out' ELSE in_part.mark END), '') END AS mark \
         FROM (SELECT own.period, {breakdown} AS breakdown, {} AS numerator, {} AS denominator, count(*) AS told, \
         count({left_out}) AS left_out, min({left_out}) AS why FROM ({sql}\n) AS own GROUP BY own.period, {breakdown} \
         HAVING count(*) > count({left_out})) AS counted \
         FULL JOIN ({gaps}) AS gap ON gap.period = counted.period LEFT JOIN ({in_part}) AS in_part ON in_part.period = counted.period \
         LEFT JOIN ({stand_in}) AS stand_in ON stand_in.period = counted.period \
         CROSS JOIN mart.{COUNCIL} AS council",
        part(IN_PART[0]),
        part(IN_PART[1]),
    );
    Counted { sql, rows: Behind { every: Some(every), ..Behind::default() }, also: [COUNCIL, GAPS, STAND_INS] }
}
