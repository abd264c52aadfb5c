//! What the engine fills into the rows of a KPI where its `SELECT` does not say it.
//!
//! ```text
//! SELECT period, numerator, denominator ─► SELECT row.period, 'authority' AS geography_level, council.la_code …, 'total' AS breakdown, …
//!                                          FROM (…) AS row CROSS JOIN mart.dim_council AS council
//! ```

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::kpi::{OPTIONAL_COLUMNS, SELECT_COLUMNS};

/// The place that every value of a KPI speaks of, where the head says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum OfPlace {
    /// The council whose place this is: level, code and name are those of `mart.dim_council`.
    Council,
    /// The nation, region or authority that each row of a publication prints: the `SELECT` gives its columns ([`PRINTED`]) as they are, and
    /// rows of other kinds of place, or without one that can be told, are in the mart alone.
    Printed,
}

/// The groups that the values of a KPI speak of, where the head says whose words they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum OfBreakdown {
    /// The group that each row of a publication prints, in two columns ([`TOPIC`]): what it is a group of, and which. The `SELECT` gives
    /// them as they are, and before them [`PART`], where it makes several values of a row.
    Printed,
}

/// What the head of a KPI says of the columns that its `SELECT` leaves to the engine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct LeftToEngine {
    pub(super) place: Option<OfPlace>,
    pub(super) breakdown: Option<OfBreakdown>,
}

/// What the group of a printed row is a group of; the group itself stands in `breakdown`. Where both say the same, the row is of all.
const TOPIC: &str = "breakdown_topic";
/// What of a printed row a value speaks of, as the beginning of its breakdown: `need=ASD`.
const PART: &str = "part";
/// Where the groups stand in [`SELECT_COLUMNS`].
const BREAKDOWN: &str = "breakdown";

/// The breakdown of a printed group. The release of 2026 names the day of an age, and writes `Aged 10` for `age 10`.
const PRINTED_GROUP: &str = "CASE WHEN own.breakdown_topic = 'Child or young persons age' THEN 'age=' || own.breakdown \
     WHEN own.breakdown_topic LIKE 'Age at 31 August%' THEN 'age=' || replace(own.breakdown, 'Aged ', 'age ') \
     ELSE lower(replace(own.breakdown_topic, ' ', '_')) || '=' || own.breakdown END";

/// The columns in which the department's publications print the place of a row; they stand where the geography of a value does.
const PRINTED: [&str; 7] =
    ["geographic_level", "country_code", "country_name", "region_code", "region_name", "old_la_code", "la_name"];

/// The geography of a value from them.
const AS_PRINTED: [(&str, &str); 3] = [
    (
        "geography_level",
        "CASE own.geographic_level WHEN 'National' THEN 'nation' WHEN 'Regional' THEN 'region' WHEN 'Local authority' THEN 'authority' END",
    ),
    (
        "geography_code",
        "CASE own.geographic_level WHEN 'National' THEN own.country_code WHEN 'Regional' THEN own.region_code ELSE own.old_la_code END",
    ),
    (
        "geography_name",
        "CASE own.geographic_level WHEN 'National' THEN own.country_name WHEN 'Regional' THEN own.region_name ELSE own.la_name END",
    ),
];

/// The rows whose place can be told.
const IS_PLACE: &str = " WHERE (own.geographic_level = 'National' AND own.country_code IS NOT NULL) \
     OR (own.geographic_level = 'Regional' AND length(own.region_code) = 9) \
     OR (own.geographic_level = 'Local authority' AND length(own.old_la_code) = 3)";

/// The columns of a value that say its place: those of [`SELECT_COLUMNS`] after the period.
const GEOGRAPHY: [&str; 3] = ["geography_level", "geography_code", "geography_name"];

/// The table that says which council it is.
const COUNCIL_TABLE: &str = "dim_council";

/// What says which place a row speaks of, and what the engine says of the council.
const COUNCIL: [(&str, &str); 3] =
    [("geography_level", "'authority'"), ("geography_code", "council.la_code"), ("geography_name", "council.name")];

/// What else a `SELECT` need not say.
const FILLED: [(&str, &str); 8] = [
    ("breakdown", "'total'"),
    ("denominator", "CAST(NULL AS DOUBLE)"),
    ("reason", "CAST(NULL AS VARCHAR)"),
    ("published", "CAST(NULL AS DOUBLE)"),
    ("_delivery", "CAST(NULL AS VARCHAR)"),
    ("_sheet", "CAST(NULL AS VARCHAR)"),
    ("_row", "CAST(NULL AS INTEGER)"),
    ("_superseded", "FALSE"),
];

/// What is wrong with the columns that a `SELECT` gives, and how to mend it; nothing where they are right.
pub(super) fn problem(given: &[String], left: LeftToEngine, is_plain: bool) -> Option<(String, String)> {
    let place = left.place;
    let places: &[&str] = match place {
        Some(OfPlace::Printed) => &PRINTED,
        _ => &GEOGRAPHY,
    };
    let groups: &[&str] = if left.breakdown.is_some() { &[PART, TOPIC] } else { &[] };
    let (before, after) = SELECT_COLUMNS.split_at(1);
    let mut order = before.iter().chain(places).chain(groups).chain(&after[GEOGRAPHY.len()..]).chain(&OPTIONAL_COLUMNS);
    let in_order = given.iter().all(|column| order.any(|next| next == column));
    let has = |name: &str| given.iter().any(|column| column == name);
    if let Some(told) = problem_of_group(&has, left.breakdown) {
        return Some(told);
    }
    if in_order {
        if place.is_some() && has("geography_code") {
            let message = "the SELECT says which place a row speaks of, and the head has `place`".to_owned();
            return Some((message, "take one of the two away".to_owned()));
        }
        if place == Some(OfPlace::Printed)
            && let Some(name) = PRINTED.into_iter().find(|name| !has(name))
        {
            let message = format!("the head has `place = \"printed\"`, and the SELECT gives no `{name}`");
            return Some((message, format!("give `{}` after the period", PRINTED.join("`, `"))));
        }
        let lacking = SELECT_COLUMNS.into_iter().find(|name| !has(name) && !may_lack(name, place, is_plain));
        let name = lacking?;
        let message = format!("the SELECT gives no `{name}`");
        let hint = match name {
            "denominator" => "what is counted in percent or as a rate is divided by something: give it".to_owned(),
            "geography_level" | "geography_code" | "geography_name" => {
                format!(
                    "give `{name}`; or write into the head `place = \"council\"`, where every row speaks of the council, or \
                     `place = \"printed\"`, where rows have the columns of place that publications print"
                )
            }
            _ => format!("give `{name}`"),
        };
        return Some((message, hint));
    }
    let message = format!("the SELECT gives `{}`", given.join("`, `"));
    let left = FILLED.iter().map(|(name, _)| *name).collect::<Vec<_>>().join("`, `");
    let hint = format!(
        "of `{}`, `{}`, in this order; the engine fills `{left}` where they are not there",
        SELECT_COLUMNS.join("`, `"),
        OPTIONAL_COLUMNS.join("`, `")
    );
    Some((message, hint))
}

/// What is wrong with the columns of a printed group.
fn problem_of_group(has: &dyn Fn(&str) -> bool, breakdown: Option<OfBreakdown>) -> Option<(String, String)> {
    let word = "`breakdown = \"printed\"`";
    match breakdown {
        Some(OfBreakdown::Printed) => {
            let lacking = [TOPIC, BREAKDOWN].into_iter().find(|name| !has(name))?;
            let hint = format!("give `{TOPIC}` and `{BREAKDOWN}` as they are printed, before the counts");
            Some((format!("the head has {word}, and the SELECT gives no `{lacking}`"), hint))
        }
        None if has(TOPIC) => {
            let hint = format!("write {word} into the head, or give a `{BREAKDOWN}` such as `total` or `sex=Female`");
            Some((format!("the SELECT gives `{TOPIC}`, and the head has no {word}"), hint))
        }
        None => None,
    }
}

fn may_lack(name: &str, place: Option<OfPlace>, is_plain: bool) -> bool {
    match name {
        "denominator" => is_plain,
        _ if GEOGRAPHY.contains(&name) => place.is_some(),
        _ => FILLED.iter().any(|(filled, _)| *filled == name),
    }
}

/// The whole statement, and the table of schema `mart` that it reads beside those of the file's. Lines stay where they are.
pub(super) fn complete(sql: &str, given: &[String], left: LeftToEngine) -> (String, Option<&'static str>) {
    let place = left.place;
    let has = |name: &str| given.iter().any(|column| column == name);
    if SELECT_COLUMNS.iter().all(|name| has(name)) && left.breakdown.is_none() {
        return (sql.to_owned(), None);
    }
    let of_place = if place == Some(OfPlace::Printed) { &AS_PRINTED } else { &COUNCIL };
    let fill = |name: &str| of_place.iter().chain(&FILLED).find(|(filled, _)| *filled == name);
    let columns = SELECT_COLUMNS.iter().chain(OPTIONAL_COLUMNS.iter().filter(|optional| has(optional)));
    let columns: Vec<String> = columns
        .map(|name| match fill(name).filter(|_| !has(name)) {
            _ if *name == BREAKDOWN && left.breakdown.is_some() => printed_breakdown(has(PART)),
            Some((_, what)) => format!("{what} AS {name}"),
            None => format!("own.{name}"),
        })
        .collect();
    let (join, read) = match place {
        Some(OfPlace::Council) => (" CROSS JOIN mart.dim_council AS council", Some(COUNCIL_TABLE)),
        Some(OfPlace::Printed) => (IS_PLACE, None),
        None => ("", None),
    };
    (format!("SELECT {} FROM ({sql}\n) AS own{join}", columns.join(", ")), read)
}

/// The breakdown of rows that print a group, of all of them or of a part.
fn printed_breakdown(has_part: bool) -> String {
    let (of_all, before) = if has_part { ("own.part", "own.part || ', ' || ") } else { ("'total'", "") };
    format!("CASE WHEN own.{BREAKDOWN} = own.{TOPIC} THEN {of_all} ELSE {before}{PRINTED_GROUP} END AS {BREAKDOWN}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(list: &str) -> Vec<String> {
        list.split(' ').map(str::to_owned).collect()
    }

    fn of(place: Option<OfPlace>) -> LeftToEngine {
        LeftToEngine { place, breakdown: None }
    }

    #[test]
    fn what_a_select_does_not_say_is_filled_on_its_first_line() {
        let given = columns("period numerator denominator mark");
        assert_eq!(problem(&given, of(Some(OfPlace::Council)), false), None);
        let (sql, read) = complete("SELECT a\nFROM t", &given, of(Some(OfPlace::Council)));
        assert_eq!(read, Some("dim_council"));
        assert_eq!(
            sql,
            "SELECT own.period, 'authority' AS geography_level, council.la_code AS geography_code, council.name AS geography_name, \
             'total' AS breakdown, own.numerator, own.denominator, CAST(NULL AS VARCHAR) AS reason, CAST(NULL AS DOUBLE) AS published, \
             CAST(NULL AS VARCHAR) AS _delivery, CAST(NULL AS VARCHAR) AS _sheet, CAST(NULL AS INTEGER) AS _row, FALSE AS _superseded, \
             own.mark FROM (SELECT a\nFROM t\n) AS own CROSS JOIN mart.dim_council AS council"
        );
        let printed = columns(&format!("period {} numerator", PRINTED.join(" ")));
        assert_eq!(problem(&printed, of(Some(OfPlace::Printed)), true), None);
        let (sql, read) = complete("SELECT a\nFROM t", &printed, of(Some(OfPlace::Printed)));
        assert!(
            sql.contains("ELSE own.old_la_code END AS geography_code") && sql.ends_with("length(own.old_la_code) = 3)"),
            "{sql}"
        );
        assert_eq!(read, None);
        let whole: Vec<String> = SELECT_COLUMNS.map(str::to_owned).to_vec();
        assert_eq!(complete("SELECT 1", &whole, LeftToEngine::default()), ("SELECT 1".to_owned(), None));
    }

    #[test]
    fn a_printed_group_becomes_a_breakdown() {
        let left = LeftToEngine { place: Some(OfPlace::Printed), breakdown: Some(OfBreakdown::Printed) };
        let given = columns(&format!("period {} breakdown_topic breakdown numerator", PRINTED.join(" ")));
        assert_eq!(problem(&given, left, true), None);
        let (sql, _) = complete("SELECT a FROM t", &given, left);
        assert!(sql.contains("CASE WHEN own.breakdown = own.breakdown_topic THEN 'total' ELSE CASE"), "{sql}");
        let parted = columns(&format!("period {} part breakdown_topic breakdown numerator", PRINTED.join(" ")));
        assert_eq!(problem(&parted, left, true), None);
        let (sql, _) = complete("SELECT a FROM t", &parted, left);
        assert!(sql.contains("THEN own.part ELSE own.part || ', ' || CASE"), "{sql}");
        let told = |given: &[String], left| problem(given, left, true).map(|(message, _)| message).unwrap();
        let without = LeftToEngine { breakdown: None, ..left };
        assert!(told(&given, without).contains("no `breakdown = \"printed\"`"), "{}", told(&given, without));
        let lacking = columns(&format!("period {} breakdown numerator", PRINTED.join(" ")));
        assert!(told(&lacking, left).contains("no `breakdown_topic`"));
    }

    #[test]
    fn what_nobody_can_fill_is_asked_for() {
        let told =
            |list: &str, place, is_plain| problem(&columns(list), of(place), is_plain).map(|(message, _)| message);
        let council = Some(OfPlace::Council);
        assert_eq!(told("period numerator", council, true), None);
        assert!(told("period numerator", council, false).unwrap().contains("`denominator`"));
        assert!(told("period numerator", None, true).unwrap().contains("`geography_level`"));
        assert!(
            told("period geographic_level numerator", Some(OfPlace::Printed), true).unwrap().contains("`country_code`")
        );
        assert!(told("numerator", council, true).unwrap().contains("`period`"));
        assert!(told("numerator period", council, true).unwrap().contains("`numerator`, `period`"));
        assert!(told("period total numerator", council, true).unwrap().contains("`total`"));
        assert!(
            told("period geography_level geography_code geography_name numerator", council, true)
                .unwrap()
                .contains("`place`")
        );
    }
}
