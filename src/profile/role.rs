//! What part a column has in a table: what tells rows apart, or what is measured in them.
//!
//! A measure is never in a key: two rows that differ in a count alone are two counts of one thing. In a table of statistics the key
//! is time, geography and every group that figures are split by, whether or not the rows at hand need all of them.

use super::column::ColumnProfile;
use super::personal::Personal;
use crate::read::label_key;

/// Rows below which nothing is said for certain of what tells rows apart.
pub(super) const FEW_ROWS: u64 = 50;

/// Words of labels of whole numbers that say which thing a row is about, and not how much of it.
const NAMING: [&str; 34] = [
    "id",
    "ids",
    "ref",
    "reference",
    "identifier",
    "code",
    "key",
    "year",
    "month",
    "week",
    "day",
    "quarter",
    "term",
    "period",
    "time",
    "date",
    "age",
    "urn",
    "estab",
    "laestab",
    "ukprn",
    "upn",
    "uln",
    "decile",
    "quintile",
    "quartile",
    "band",
    "grade",
    "stage",
    "row",
    "line",
    "rank",
    "version",
    "serial",
];
/// Words that make a count of them all the same.
const COUNTING: [&str; 34] = [
    "count",
    "counts",
    "total",
    "totals",
    "sum",
    "mean",
    "average",
    "avg",
    "median",
    "percent",
    "percentage",
    "rate",
    "ratio",
    "headcount",
    "per",
    "days",
    "max",
    "min",
    "in",
    "with",
    "who",
    "of",
    "requests",
    "received",
    "expected",
    "completed",
    "pupils",
    "children",
    "plans",
    "schools",
    "teachers",
    "sessions",
    "cases",
    "new",
];

fn words(label: &str) -> Vec<String> {
    let key = label_key(label, true);
    key.split(|each: char| !each.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether a label is that of an id.
pub(super) fn is_id(label: &str) -> bool {
    let label = label.trim().to_lowercase();
    let ends = ["id", "ref", "reference", "identifier", "number", "no"];
    let last = label.rsplit(|each: char| !each.is_alphanumeric()).find(|word| !word.is_empty()).unwrap_or("");
    ends[..4].contains(&last)
        || (ends[4..].contains(&last)
            && ["pupil", "child", "case", "person", "plan"].iter().any(|who| label.contains(who)))
}

/// Whether a column holds how much there is of what its row is about.
pub(super) fn is_measure(column: &ColumnProfile) -> bool {
    let kind = column.guess.kind.as_str();
    if column.guess.is_only_marks || kind.starts_with("decimal") || column.guess.duration.is_some() {
        return true;
    }
    if matches!(column.personal, Some(Personal::Upn | Personal::Uln | Personal::NhsNumber | Personal::Reference)) {
        return false;
    }
    if column.guess.padded > 0 {
        return false;
    }
    // Numbers of which some have a sign, a note or an unknown mark.
    if column.guess.nearly.is_some_and(|nearly| nearly.starts_with("numbers")) {
        return true;
    }
    if kind != "integer" {
        return false;
    }
    let words = words(&column.label);
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    let counts = has(&COUNTING) || column.guess.prefix.is_some();
    let names = has(&NAMING) || words.last().is_some_and(|word| word == "number" || word == "no");
    !(is_id(&column.label) || (names && !counts) || is_first_of_its_own(column, counts))
}

/// Whether a column of whole numbers is one of several whose labels differ in a number alone: `nc_year_1`, `nc_year_2`.
pub(super) fn is_one_of_a_series(column: &ColumnProfile, columns: &[ColumnProfile]) -> bool {
    let stem = |label: &str| label.chars().filter(|each| !each.is_ascii_digit()).collect::<String>();
    let own = stem(&column.label);
    let alike = |other: &&ColumnProfile| other.guess.kind == "integer" && stem(&other.label) == own;
    column.guess.kind == "integer" && own != column.label && columns.iter().filter(alike).count() > 2
}

/// A first column of numbers, each of which stands once: rows that are numbered, or codes.
fn is_first_of_its_own(column: &ColumnProfile, counts: bool) -> bool {
    column.index == 0 && !column.label.is_empty() && !counts && column.blanks == 0 && column.distinct == column.cells
}

/// The part of a column in a table of statistics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum ColumnRole {
    Time,
    Geography,
    Group,
}

fn part(column: &ColumnProfile) -> ColumnRole {
    const TIME: [&str; 8] = ["time", "year", "term", "week", "month", "quarter", "period", "date"];
    const PLACES: [&str; 19] = [
        "geographic",
        "geography",
        "country",
        "region",
        "la",
        "lad",
        "lea",
        "ward",
        "pcon",
        "constituency",
        "school",
        "urn",
        "laestab",
        "estab",
        "establishment",
        "trust",
        "mat",
        "lsip",
        "authority",
    ];
    let words = words(&column.label);
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    let is_code = matches!(column.guess.kind.as_str(), "gss_code" | "la_code" | "urn" | "laestab" | "ukprn");
    if column.guess.kind == "period" || (has(&TIME) && !has(&["group"])) {
        ColumnRole::Time
    } else if is_code
        || (has(&PLACES) && has(&["level", "code", "name", "urn", "laestab", "estab", "number", "la", "lad"]))
    {
        ColumnRole::Geography
    } else {
        ColumnRole::Group
    }
}

/// The key of a table of statistics: time, geography, and the groups that figures are split by, in the order of the file within each.
/// None where the table is not one. Names that a code stands for are left out, if `with_names` does not say otherwise, and so are
/// columns that are the same in all of many rows.
pub(super) fn statistics(columns: &[ColumnProfile], with_names: bool) -> Option<Vec<usize>> {
    let told: Vec<(ColumnRole, &ColumnProfile)> = columns
        .iter()
        .filter(|column| !column.label.is_empty() && !is_measure(column) && !is_one_of_a_series(column, columns))
        .filter(|column| matches!(column.personal, None | Some(Personal::SpecialCategory)))
        .map(|column| (part(column), column))
        // Rows of the nation have no code of a place: those of places will.
        .filter(|(part, column)| *part == ColumnRole::Geography || column.blanks < column.cells)
        .collect();
    let has = |wanted: ColumnRole| told.iter().any(|(part, _)| *part == wanted);
    let has_measure = columns.iter().any(is_measure);
    if !has_measure || !has(ColumnRole::Time) || !has(ColumnRole::Geography) {
        return None;
    }
    let label = |column: &ColumnProfile| words(&column.label).join("_");
    let may_be = |column: &ColumnProfile| column.guess.marks.is_empty();
    let has_label = |wanted: &dyn Fn(&str) -> bool| told.iter().any(|(_, each)| may_be(each) && wanted(&label(each)));
    let is_stood_for = |column: &ColumnProfile| {
        let label = label(column);
        let school = label.starts_with("school_") || label.starts_with("estab");
        match label.strip_suffix("_name").or_else(|| label.strip_suffix("name")) {
            Some(stem) if !stem.is_empty() => {
                has_label(&|other| other == format!("{stem}_code") || other.ends_with(&format!("_{stem}_code")))
                    || (school && has_label(&|other| other.ends_with("urn") || other.ends_with("laestab")))
            }
            _ => {
                label == "old_la_code" && has_label(&|other| other == "new_la_code")
                    || label.ends_with("laestab") && has_label(&|other| other.ends_with("urn"))
            }
        }
    };
    let mut chosen: Vec<(ColumnRole, usize)> = told
        .iter()
        .filter(|(_, column)| may_be(column))
        .filter(|(_, column)| column.cells < 4 * FEW_ROWS || column.distinct > 1 || column.blanks > 0)
        .filter(|(_, column)| with_names || !is_stood_for(column))
        .map(|(part, column)| (*part, column.index as usize))
        .collect();
    chosen.sort_by_key(|(part, index)| (*part, *index));
    (!chosen.is_empty()).then(|| chosen.into_iter().map(|(_, index)| index).collect())
}

/// Columns of statistics that look measured and may be groups all the same, where nothing else tells rows apart: `Total, 1, 2, 3`
/// first, then whole numbers. One measure has to be left.
pub(super) fn may_be_groups(columns: &[ColumnProfile]) -> Vec<usize> {
    let whole = |column: &&ColumnProfile| {
        let counts = words(&column.label).iter().any(|word| COUNTING.contains(&word.as_str()));
        is_measure(column) && column.guess.marks.is_empty() && column.blanks == 0 && !counts
    };
    let is_mixed = |column: &&ColumnProfile| column.guess.nearly.is_some();
    let mixed = columns.iter().filter(|column| is_measure(column) && is_mixed(column) && !column.guess.is_only_marks);
    let whole =
        columns.iter().filter(whole).filter(|column| column.guess.kind == "integer" && !column.label.is_empty());
    let measures = columns.iter().filter(|column| is_measure(column)).count();
    mixed.chain(whole).map(|column| column.index as usize).take(measures.saturating_sub(1)).collect()
}
