//! A table's TOML into its checked contract.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use indexmap::IndexMap;

use super::document::Document;
use super::portable::undetermined;
use super::problem::{Problem, hint_for};
use super::wire::{ColumnToml, Disposition, Invalid, PrivacyClass, TableToml};
use super::{CodeList, Column, Kept, Kind, Rule, Table, open, privacy};
use crate::model::{IdentifierKind, RoundingError, Severity, Ways};

/// The words for types that are not identifiers, as they are written.
const KINDS: [&str; 7] = ["text", "integer", "decimal(9,2)", "date", "boolean", "code", "period"];

pub(super) fn table(
    collection: &str,
    name: &str,
    wire: &TableToml,
    document: &Document<'_>,
    codes: &BTreeMap<String, Arc<CodeList>>,
    problems: &mut Vec<Problem>,
) -> Table {
    let mut columns = IndexMap::new();
    for (column_name, column) in &wire.columns {
        columns.insert(
            column_name.clone(),
            self::column(collection, column_name, column, wire, document, codes, problems),
        );
    }
    if wire.class.is_none()
        && let Some((column, _)) = wire.columns.iter().find(|(_, column)| column.class.is_none())
    {
        problems.push(document.problem(
            &["columns", column],
            "spec::no_class",
            format!("column `{column}` has no privacy class"),
            format!(
                "write `class = \"…\"` there, or once at the head of the table; valid: {}",
                PrivacyClass::ALL.map(PrivacyClass::word).join(", ")
            ),
        ));
    }
    let names = || columns.keys().map(String::as_str);
    let known = |keys: &[&str], found: &str, what: &str, problems: &mut Vec<Problem>| {
        if !columns.contains_key(found) {
            problems.push(document.problem(
                keys,
                "spec::unknown_column",
                format!("{what} names column `{found}`, which the table does not have"),
                hint_for(found, names()),
            ));
        }
    };
    if wire.key.is_empty() {
        problems.push(document.problem(
            &["key"],
            "spec::no_key",
            "a table needs the columns that make a row unique".to_owned(),
            "name them in `key = [\"…\"]`".to_owned(),
        ));
    }
    for (index, key) in wire.key.iter().enumerate() {
        known(&["key", &index.to_string()], key, "`key`", problems);
        if columns.get(key).is_some_and(|column| !matches!(column.kept, Kept::Value | Kept::Pseudonym(_))) {
            problems.push(document.problem(
                &["key", &index.to_string()],
                "spec::privacy",
                format!("`{key}` is not kept whole, so that it cannot tell rows apart"),
                "take another column into the key".to_owned(),
            ));
        }
    }
    if let Some(period) = &wire.period {
        known(&["period"], period, "`period`", problems);
    } else if wire.disposition == Disposition::ReplacePeriod {
        problems.push(document.problem(
            &["disposition"],
            "spec::no_period",
            "`replace_period` needs to know which column is the period".to_owned(),
            "add `period = \"<column>\"`".to_owned(),
        ));
    }
    for column in wire.mart_without.keys() {
        known(&["mart_without", column], column, "`mart_without`", problems);
        let kept_as_text = |column: &Column| matches!(column.kind, Kind::Text | Kind::Code);
        if columns.get(column).is_some_and(|column| !kept_as_text(column)) {
            problems.push(document.problem(
                &["mart_without", column],
                "spec::mart_without",
                format!("`{column}` is neither a text nor a code, of which values could be left out"),
                "name a column such as `geographic_level`".to_owned(),
            ));
        }
    }
    if wire.mart.is_none() && !wire.mart_without.is_empty() {
        problems.push(document.problem(
            &["mart_without"],
            "spec::mart_without",
            "there is no mart that rows could be left out of".to_owned(),
            "name it in `mart`, or drop `mart_without`".to_owned(),
        ));
    }
    if let Some(supplier) = &wire.supplier {
        known(&["supplier"], supplier, "`supplier`", problems);
        if columns.get(supplier).is_some_and(|column| column.class != PrivacyClass::None || column.kept != Kept::Value)
        {
            problems.push(document.problem(
                &["supplier"],
                "spec::privacy",
                format!("`{supplier}` is about a person, and would name a workbook"),
                "take a column that names a school, a team or an authority".to_owned(),
            ));
        }
    }
    for (index, column) in wire.period_with.iter().enumerate() {
        known(&["period_with", &index.to_string()], column, "`period_with`", problems);
    }
    let mut seen = BTreeSet::new();
    for (index, rule) in wire.rules.iter().enumerate() {
        let at = index.to_string();
        if !seen.insert(rule.id.as_str()) {
            problems.push(document.problem(
                &["rules", &at, "id"],
                "spec::duplicate_rule",
                format!("rule id `{}` stands twice", rule.id),
                "give each rule an id of its own".to_owned(),
            ));
        }
        for finding in undetermined(&rule.check) {
            problems.push(document.problem(&["rules", &at, "check"], "spec::rule", finding.message, finding.hint));
        }
        for (position, column) in rule.columns.iter().enumerate() {
            known(&["rules", &at, "columns", &position.to_string()], column, "the rule", problems);
        }
    }
    if let (Some(mart), Some((personal, _))) =
        (&wire.mart, columns.iter().find(|(_, column)| column.class != PrivacyClass::None))
    {
        problems.push(document.problem(
            &["mart"],
            "spec::personal_mart",
            format!("`mart.{mart}` would show the personal column `{personal}`"),
            "drop `mart` and write `sql/marts/<name>.sql` without the personal columns".to_owned(),
        ));
    }
    let rules = wire.rules.iter().map(|rule| Rule {
        id: rule.id.clone(),
        severity: rule.severity,
        columns: rule.columns.clone(),
        check: rule.check.clone(),
        message: rule.message.clone(),
        hint: rule.hint.clone(),
        source: rule.source.clone(),
    });
    Table {
        collection: collection.to_owned(),
        name: name.to_owned(),
        title: wire.title.clone(),
        grain: wire.grain.clone(),
        to_confirm: open::open(&wire.to_confirm, document),
        key: wire.key.clone(),
        disposition: wire.disposition,
        period: wire.period.clone(),
        period_with: wire.period_with.clone(),
        mart: wire.mart.clone(),
        mart_without: wire.mart_without.clone(),
        mart_superseded: wire.mart_superseded.unwrap_or(true),
        supplier: wire.supplier.clone(),
        rounding: rounding(wire.rounding.as_deref(), document, problems),
        rates: super::rate::rates(wire, &columns, document, problems),
        rules: rules.chain(rule_of_years(wire.period.as_deref(), &columns)).collect(),
        columns,
    }
}

/// The rule that a period is named as its kind is: `202425` beside `Calendar year` is an academic year, or a slip of the publisher. For
/// tables whose kind of period is a code of a list that says of how many years.
fn rule_of_years(period: Option<&str>, columns: &IndexMap<String, Column>) -> Option<Rule> {
    let period = period.filter(|period| columns.get(*period).is_some_and(|column| column.kind == Kind::Period))?;
    let of = |years: u8| {
        move |(name, column): (&String, &Column)| {
            let list = column.codes.as_ref()?;
            let codes = list.codes.iter().filter(|(_, code)| code.years == Some(years));
            let codes: Vec<String> = codes.map(|(code, _)| format!("'{}'", code.replace('\'', "''"))).collect();
            (!codes.is_empty()).then(|| (name.clone(), codes.join(", ")))
        }
    };
    let (kind, one) = columns.iter().find_map(of(1))?;
    let (_, two) = columns.iter().find_map(of(2))?;
    Some(Rule {
        id: "PERIOD-YEARS".to_owned(),
        severity: Severity::Query,
        columns: vec![period.to_owned()],
        check: format!("NOT ({kind} IN ({one}) AND {period} LIKE '%/%') AND NOT ({kind} IN ({two}) AND {period} NOT LIKE '%/%')"),
        message: "The kind of period is one of other years than the period has: `2024/25` is no calendar year, and `2025` no academic one"
            .to_owned(),
        hint: "Loaded as the period says; ask the publisher which of the two is right".to_owned(),
        source: None,
    })
}

/// The rounding that the key `rounding` of a table or a layout names.
pub(super) fn rounding(word: Option<&str>, document: &Document<'_>, problems: &mut Vec<Problem>) -> Option<Ways> {
    match word?.parse() {
        Ok(rounding) => Some(rounding),
        Err(error) => {
            problems.push(document.problem(
                &["rounding"],
                "spec::rounding",
                RoundingError::to_string(&error),
                "try until the printed figures come out: `sendmart kpi reconcile` compares each".to_owned(),
            ));
            None
        }
    }
}

fn column(
    collection: &str,
    name: &str,
    wire: &ColumnToml,
    table: &TableToml,
    document: &Document<'_>,
    codes: &BTreeMap<String, Arc<CodeList>>,
    problems: &mut Vec<Problem>,
) -> Column {
    if name.starts_with('_') || name.ends_with("_reason") || !is_snake(name) {
        problems.push(document.problem(
            &["columns", name],
            "spec::column_name",
            format!("`{name}` cannot be a column's name"),
            "lower-case letters, digits and `_`, beginning with a letter, not ending in `_reason`".to_owned(),
        ));
    }
    let known = kind(&wire.kind);
    if known.is_none() {
        problems.push(document.problem(
            &["columns", name, "type"],
            "spec::unknown_type",
            format!("`{}` is not a type", wire.kind),
            hint_for(&wire.kind, KINDS.into_iter().chain(IdentifierKind::ALL.map(IdentifierKind::word))),
        ));
    }
    let kind = known.unwrap_or(Kind::Text);
    let list = wire.codes.as_ref().and_then(|list| {
        let found = codes.get(list).cloned();
        if found.is_none() {
            problems.push(document.problem(
                &["columns", name, "codes"],
                "spec::unknown_code_list",
                format!("there is no code list `config/codes/{list}.csv`"),
                hint_for(list, codes.keys().map(String::as_str)),
            ));
        }
        found
    });
    let (is_code, takes_codes) = match kind {
        Kind::Code => (true, true),
        Kind::Identifier(kind) => (false, kind.has_authority()),
        _ => (false, false),
    };
    if is_code && wire.codes.is_none() {
        problems.push(document.problem(
            &["columns", name],
            "spec::code_list",
            format!("column `{name}`: type `code` needs a list"),
            "name it: `type = \"code\", codes = \"<list>\"`".to_owned(),
        ));
    }
    if !takes_codes && wire.codes.is_some() && known.is_some() {
        problems.push(
            document.problem(
                &["columns", name, "codes"],
                "spec::code_list",
                format!("column `{name}`: type `{}` takes no list", wire.kind),
                "take `codes` out; it is for `code`, and the list of authorities of `upn`, `laestab` and `la_code`"
                    .to_owned(),
            ),
        );
    }
    if wire.invalid == Invalid::Query
        && matches!(known, Some(kind) if !matches!(kind, Kind::Code | Kind::Identifier(_)))
    {
        problems.push(document.problem(
            &["columns", name, "invalid"],
            "spec::invalid",
            format!("column `{name}`: type `{}` cannot hold a text that is invalid", wire.kind),
            "take `invalid` out; it is for codes and identifiers".to_owned(),
        ));
    }
    // Table-level marks are for values; a text is kept as it stands unless the column says otherwise.
    let inherited = match kind {
        Kind::Integer | Kind::Decimal { .. } | Kind::Date | Kind::Code => table.marks.clone(),
        _ => BTreeMap::new(),
    };
    let class = wire.class.or(table.class).unwrap_or_default();
    Column {
        kind,
        about: wire.about.clone(),
        required: wire.required,
        class,
        kept: privacy::kept(collection, name, wire, (kind, class), document, problems),
        codes: list,
        invalid: wire.invalid,
        marks: wire.marks.clone().unwrap_or(inherited),
    }
}

fn kind(text: &str) -> Option<Kind> {
    Some(match text {
        "text" => Kind::Text,
        "integer" => Kind::Integer,
        "date" => Kind::Date,
        "boolean" => Kind::Boolean,
        "code" => Kind::Code,
        "period" => Kind::Period,
        other => {
            if let Some(kind) = IdentifierKind::ALL.into_iter().find(|kind| kind.word() == other) {
                return Some(Kind::Identifier(kind));
            }
            let (precision, scale) = other.strip_prefix("decimal(")?.strip_suffix(')')?.split_once(',')?;
            let precision = precision.trim().parse::<u8>().ok().filter(|digits| (1..=38).contains(digits))?;
            let scale = scale
                .trim()
                .parse::<i8>()
                .ok()
                .filter(|digits| u8::try_from(*digits).is_ok_and(|digits| digits <= precision))?;
            Kind::Decimal { precision, scale }
        }
    })
}

/// Whether a name is `snake_case` and fit for SQL without quotes.
pub(super) fn is_snake(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.chars().all(|each| each.is_ascii_lowercase() || each.is_ascii_digit() || each == '_')
}
