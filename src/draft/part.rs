//! What part a column of a file of the department's statistics service has: of the service's own, a group, or a figure.
//!
//! In: its label, what stands in it, and what the `.meta.csv` says. A figure is never taken for a group where anything tells.

use std::collections::BTreeSet;

use super::meta::Meta;
use crate::profile::{ColumnProfile, Personal, SOME_WITH_A_SIGN, TableProfile};
use crate::read::label_key;

/// A column of the service's own: its label, the column that it becomes, its type, what it holds, and whether it tells rows apart.
pub(super) type Standard = (&'static str, &'static str, &'static str, &'static str, bool);

/// The columns of time and place, as the shipped collections type them.
const STANDARD: [Standard; 24] = [
    ("time_period", "period", "period", "What the row speaks for: a year, or an academic year.", true),
    ("time_identifier", "time_identifier", "code", "Kind of period, as printed.", true),
    ("geographic_level", "geographic_level", "code", "What the row speaks for.", true),
    ("country_code", "country_code", "gss_code", "GSS code of the country, E92000001 for England.", false),
    ("country_name", "country_name", "text", "Name of the country.", false),
    ("region_code", "region_code", "gss_code", "GSS code of the region; blank on national rows.", true),
    ("region_name", "region_name", "text", "Name of the region; blank on national rows.", false),
    (
        "old_la_code",
        "old_la_code",
        "la_code",
        "Three-digit authority code; blank where the row is of no authority.",
        true,
    ),
    (
        "new_la_code",
        "new_la_code",
        "gss_code",
        "GSS code of the authority as printed; releases disagree on old and new codes, so join on old_la_code.",
        true,
    ),
    ("la_name", "la_name", "text", "Name of the authority; blank where the row is of no authority.", false),
    ("pcon_code", "pcon_code", "gss_code", "GSS code of the parliamentary constituency.", true),
    ("pcon_name", "pcon_name", "text", "Name of the parliamentary constituency.", false),
    ("lad_code", "lad_code", "gss_code", "GSS code of the authority district.", true),
    ("lad_name", "lad_name", "text", "Name of the authority district.", false),
    ("ward_code", "ward_code", "gss_code", "GSS code of the ward.", true),
    ("ward_name", "ward_name", "text", "Name of the ward.", false),
    ("school_laestab", "school_laestab", "laestab", "Authority and establishment number of the school.", true),
    ("laestab", "laestab", "laestab", "Authority and establishment number of the school.", true),
    ("school_urn", "school_urn", "urn", "Unique reference number of the school.", true),
    ("urn", "urn", "urn", "Unique reference number of the school.", true),
    ("estab", "estab", "text", "Establishment number of the school within its authority.", true),
    ("school_name", "school_name", "text", "Name of the school as printed.", false),
    ("trust_name", "trust_name", "text", "Name of the trust as printed.", false),
    ("academy_open_date", "academy_open_date", "text", "Day on which the academy opened, as printed.", false),
];

/// Labels that every file of the service has.
const ALWAYS: [&str; 3] = ["time_period", "geographic_level", "country_code"];

/// Words that end labels of groups, whatever stands in them: numbers too.
const NAMING: [&str; 14] = [
    "characteristic",
    "breakdown",
    "topic",
    "grouping",
    "group",
    "age",
    "year",
    "sex",
    "gender",
    "band",
    "identifier",
    "version",
    "id",
    "code",
];

/// Words of labels of groups, for columns in which nothing stands that tells.
const GROUPS: [&str; 43] = [
    "type",
    "phase",
    "status",
    "characteristic",
    "breakdown",
    "topic",
    "group",
    "grouping",
    "sex",
    "gender",
    "ethnicity",
    "age",
    "year",
    "provision",
    "sen",
    "need",
    "eligibility",
    "fsm",
    "grade",
    "post",
    "pattern",
    "route",
    "level",
    "selection",
    "policy",
    "setting",
    "version",
    "description",
    "category",
    "denomination",
    "flag",
    "urban",
    "disadvantage",
    "language",
    "terms",
    "time",
    "date",
    "trust",
    "academy",
    "through",
    "school",
    "identifier",
    "qualified",
];

/// Words of labels whose numbers are figures, whatever else they say.
pub(super) const FIGURES: [&str; 36] = [
    "percent",
    "percentage",
    "perc",
    "pc",
    "pct",
    "rate",
    "ratio",
    "count",
    "counts",
    "number",
    "num",
    "total",
    "fte",
    "headcount",
    "average",
    "avg",
    "mean",
    "median",
    "days",
    "sessions",
    "sess",
    "pupils",
    "enrolments",
    "after",
    "cohort",
    "denominator",
    "in",
    "max",
    "min",
    "received",
    "requests",
    "assess",
    "assessed",
    "plans",
    "expected",
    "completed",
];

/// Words of labels whose numbers are shares or rates, with as many decimals as a release prints.
pub(super) const SHARES: [&str; 13] = [
    "percent",
    "percentage",
    "perc",
    "pc",
    "pct",
    "rate",
    "ratio",
    "average",
    "avg",
    "mean",
    "median",
    "fte",
    "equivalent",
];

/// What a column is.
pub(super) enum Role {
    Standard(&'static Standard),
    Name,
    Group,
    Figure,
}

fn words(label: &str) -> Vec<String> {
    let key = label_key(label, true);
    key.split(|each: char| !each.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

pub(super) fn has(label: &str, wanted: &[&str]) -> bool {
    words(label).iter().any(|word| wanted.contains(&word.as_str()))
}

/// Whether a table is of the service: it has its columns, and nothing that tells of one person.
pub(super) fn is_one(table: &TableProfile) -> bool {
    let labels: BTreeSet<String> = table.columns.iter().map(|column| label_key(&column.label, false)).collect();
    let of_people = |column: &ColumnProfile| match column.personal {
        Some(Personal::Upn | Personal::Uln | Personal::NhsNumber) => true,
        Some(Personal::BirthDate) => column.guess.kind == "date",
        Some(Personal::Email) => column.cells > column.blanks && !is_numeric(column),
        _ => false,
    };
    ALWAYS.iter().all(|label| labels.contains(*label)) && !table.columns.iter().any(of_people)
}

/// Whether every value of a column is a number, marks apart.
fn is_numeric(column: &ColumnProfile) -> bool {
    let kind = column.guess.kind.as_str();
    let is_digits = |value: &String| value.parse::<f64>().is_ok();
    // `Total` among numbers makes a group of them; what calls itself a share is one, with whatever sign beside it.
    let nearly = column.guess.nearly.unwrap_or_default();
    let is_share = nearly == SOME_WITH_A_SIGN || (nearly == "numbers" && has(&column.label, &SHARES));
    kind == "integer"
        || !column.guess.bounds.is_empty()
        || kind.starts_with("decimal")
        || is_share
        || (!column.values.is_empty() && column.values.keys().all(is_digits))
}

/// Whether a label differs from others in a number alone: `nc_year_1`, `nc_year_2`, `nc_year_3`.
fn is_one_of_a_series(column: &ColumnProfile, table: &TableProfile) -> bool {
    let stem = |label: &str| label.chars().filter(|each| !each.is_ascii_digit()).collect::<String>();
    let own = stem(&column.label);
    own != column.label && table.columns.iter().filter(|other| stem(&other.label) == own).count() > 2
}

pub(super) fn role(column: &ColumnProfile, table: &TableProfile, meta: Option<&Meta>, follows_a_figure: bool) -> Role {
    let label = label_key(&column.label, false);
    if let Some(standard) = STANDARD.iter().find(|(name, ..)| *name == label) {
        return Role::Standard(standard);
    }
    if let Some(meta) = meta {
        return if meta.is_group { Role::Group } else { Role::Figure };
    }
    if label.ends_with("_name") {
        return Role::Name;
    }
    let is_figure = has(&label, &FIGURES) || is_one_of_a_series(column, table);
    if column.cells == column.blanks || column.guess.is_only_marks {
        // Nothing stands there that tells: the service prints figures behind all else.
        return if is_figure || follows_a_figure || !has(&label, &GROUPS) { Role::Figure } else { Role::Group };
    }
    if column.guess.comma_decimals > 0 {
        return Role::Figure;
    }
    let names = words(&label).last().is_some_and(|last| NAMING.contains(&last.as_str())) || label == "year_qualified";
    // The service prints groups before figures: a number behind one is a figure, whatever it is called (`not_known_year`), unless rows are
    // alike without it.
    if is_numeric(column) && (is_figure || !names || follows_a_figure) { Role::Figure } else { Role::Group }
}
