//! Whether a statement that somebody wrote is one question and nothing else, by `DuckDB`'s own parser.
//!
//! A definition is exactly one `SELECT` over tables that it may read; the condition of a rule reads no table; a question of an analyst
//! is one statement of the kinds that read. None calls a function that reads files, writes, or changes the engine. Nothing is run
//! to find that out.

use std::collections::BTreeSet;

use duckdb::Connection;
use serde_json::Value;

use super::WarehouseError;

/// What a statement may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StatementKind {
    /// One `SELECT` of a definition over tables of these schemas.
    Definition(&'static [&'static str]),
    /// A condition over the columns of its table.
    Condition,
    /// A question of an analyst, over whatever the file holds.
    Question,
}

/// The schemas that marts, checks and KPIs read.
pub(super) const MART: StatementKind = StatementKind::Definition(&["mart", "conformed", "meta"]);
/// A mart that is made after the KPIs.
pub(super) const MART_OF_VALUES: StatementKind = StatementKind::Definition(&["mart", "meta", "kpi"]);
pub(super) const CHECK: StatementKind = StatementKind::Definition(&["mart", "conformed", "meta", "kpi"]);
pub(super) const KPI: StatementKind = StatementKind::Definition(&["mart"]);

/// Functions in place of a table that make their rows of nothing but their arguments, or tell of the file itself.
const FUNCTIONS: [&str; 19] = [
    "duckdb_columns",
    "duckdb_constraints",
    "duckdb_databases",
    "duckdb_functions",
    "duckdb_indexes",
    "duckdb_schemas",
    "duckdb_settings",
    "duckdb_tables",
    "duckdb_types",
    "duckdb_views",
    "generate_series",
    "json_each",
    "json_tree",
    "pragma_database_size",
    "pragma_storage_info",
    "pragma_table_info",
    "pragma_version",
    "range",
    "unnest",
];
/// Of these, those that a definition may call.
const OF_DEFINITIONS: [&str; 3] = ["generate_series", "range", "unnest"];
/// Functions that wait, write into the engine's log, or tell of the machine: no definition calls one.
const FORBIDDEN: [&str; 9] = [
    "currval",
    "current_setting",
    "getenv",
    "getvariable",
    "nextval",
    "setseed",
    "sleep_ms",
    "txid_current",
    "write_log",
];
/// What the tree of a bare expression has.
const OF_CONDITION: [&str; 5] = ["type", "cte_map", "select_list", "from_table", "aggregate_handling"];
/// The parser's own trees are deep: a chain of `||` is as deep as it is long.
const STACK: usize = 256 << 20;
/// A tree that is less deep is looked through on any stack.
const SHALLOW: usize = 200;

/// Why a statement is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) message: String,
    pub(super) hint: String,
    /// Where in the statement, in bytes, if that is known.
    pub(super) at: Option<usize>,
}

fn refused(message: impl Into<String>, hint: impl Into<String>, at: Option<usize>) -> Refused {
    Refused { message: message.into(), hint: hint.into(), at }
}

/// What is wrong with a statement; none when it is what it may be.
///
/// # Errors
/// [`WarehouseError::Database`] when the parser cannot be asked.
pub(super) fn problem(
    connection: &Connection,
    sql: &str,
    kind: StatementKind,
) -> Result<Option<Refused>, WarehouseError> {
    let asked = match kind {
        StatementKind::Condition => format!("SELECT ({sql}\n)"),
        StatementKind::Question => without_explain(sql).to_owned(),
        StatementKind::Definition(_) => sql.to_owned(),
    };
    let tree: String = connection
        .query_row(
            "SELECT CAST(json_serialize_sql(CAST(? AS VARCHAR), skip_empty := true, skip_null := true) AS VARCHAR)",
            [&asked],
            |row| row.get(0),
        )
        .map_err(WarehouseError::database("parse a statement"))?;
    if depth(&tree) < SHALLOW {
        return Ok(look(&tree, kind));
    }
    let looked = std::thread::scope(|scope| {
        let look = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, || look(&tree, kind));
        look.ok().and_then(|thread| thread.join().ok())
    });
    Ok(looked.unwrap_or_else(|| Some(refused("it is too deep to be looked through", "part it with WITH", None))))
}

/// How deep a tree of JSON is.
fn depth(tree: &str) -> usize {
    let (mut open, mut deepest, mut is_text, mut is_escaped) = (0_usize, 0, false, false);
    for byte in tree.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_text => is_escaped = true,
            b'"' => is_text = !is_text,
            _ if is_text => {}
            b'{' | b'[' => open += 1,
            b'}' | b']' => open = open.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(open);
    }
    deepest
}

/// A question without the word that asks how it would be answered.
fn without_explain(sql: &str) -> &str {
    let word = |text: &str, word: &str| {
        let rest = text.get(word.len()..)?;
        (text[..word.len()].eq_ignore_ascii_case(word) && rest.starts_with(char::is_whitespace)).then_some(word.len())
    };
    let text = sql.trim_start();
    let Some(length) = word(text, "explain") else { return sql };
    let rest = text[length..].trim_start();
    word(rest, "analyze").map_or(rest, |length| &rest[length..])
}

fn look(tree: &str, kind: StatementKind) -> Option<Refused> {
    let mut reader = serde_json::Deserializer::from_str(tree);
    reader.disable_recursion_limit();
    let Ok(tree) = <Value as serde::Deserialize>::deserialize(&mut reader) else {
        return Some(refused("the parser's answer cannot be read", "write it in another way", None));
    };
    if tree["error"] == true {
        return Some(not_read(&tree, kind));
    }
    let statements = tree["statements"].as_array().map_or(0, Vec::len);
    if statements != 1 {
        return Some(refused(format!("it holds {statements} statements"), "write one", None));
    }
    let mut names = BTreeSet::new();
    expressions(&tree, &mut names);
    let own =
        if kind == StatementKind::Condition { more_than_a_condition(&tree["statements"][0]["node"]) } else { None };
    own.or_else(|| from(&tree, kind, &names))
}

/// Why the parser gave no tree.
fn not_read(tree: &Value, kind: StatementKind) -> Refused {
    let said = tree["error_message"].as_str().unwrap_or_default();
    if tree["error_type"] == "not implemented" {
        return match kind {
            StatementKind::Question => refused(
                "only questions are answered: SELECT, FROM, WITH, VALUES, DESCRIBE, SHOW, SUMMARIZE and EXPLAIN of them",
                "nothing can be written, attached, called or set here; a PIVOT goes as `FROM (PIVOT t ON c IN (…) USING …)`; \
                 to write, copy the file and open the copy with DuckDB",
                None,
            ),
            _ => refused("it is not a SELECT", "write one SELECT, or WITH … SELECT", None),
        };
    }
    let at = tree["position"].as_str().and_then(|at| at.parse().ok());
    refused(said, "mend the SQL", at)
}

/// Whether what stands between the brackets of a condition is more than one expression: it may close them.
fn more_than_a_condition(node: &Value) -> Option<Refused> {
    let expressions = node["select_list"].as_array().map_or(0, Vec::len);
    let more = node.as_object().into_iter().flatten().map(|(name, _)| name.as_str());
    let is_one = expressions == 1 && more.into_iter().all(|name| OF_CONDITION.contains(&name));
    (!is_one).then(|| refused("it is more than one condition", "write one, without a bracket that closes it", None))
}

/// What no definition has, wherever it stands: a parameter, a call of a function of the machine; in a condition, several columns at once.
fn never(node: &Value, kind: StatementKind, at: Option<usize>) -> Option<Refused> {
    if kind == StatementKind::Question {
        return None;
    }
    let called = || node["function_name"].as_str().filter(|name| FORBIDDEN.contains(&name.to_lowercase().as_str()));
    match node["class"].as_str() {
        Some("PARAMETER") => Some(refused("it has a parameter", "write the value: nobody gives it one", at)),
        Some("STAR") if kind == StatementKind::Condition => {
            Some(refused("it speaks of several columns at once", "name the columns", at))
        }
        Some("FUNCTION") => called()
            .map(|name| refused(format!("it calls `{name}`"), "a definition is reckoned from the data alone", at)),
        _ => None,
    }
}

/// The names that WITH gives to expressions.
fn expressions(node: &Value, names: &mut BTreeSet<String>) {
    match node {
        Value::Object(fields) => {
            if let Some(map) = fields.get("cte_map").and_then(|map| map["map"].as_array()) {
                names.extend(map.iter().filter_map(|one| Some(one["key"].as_str()?.to_lowercase())));
            }
            fields.values().for_each(|value| expressions(value, names));
        }
        Value::Array(values) => values.iter().for_each(|value| expressions(value, names)),
        _ => {}
    }
}

/// What is wrong with the tables that are read; the first.
fn from(node: &Value, kind: StatementKind, names: &BTreeSet<String>) -> Option<Refused> {
    match node {
        Value::Object(fields) => {
            let at = fields.get("query_location").and_then(Value::as_u64).and_then(|at| usize::try_from(at).ok());
            let found = match fields.get("type").and_then(Value::as_str) {
                Some("BASE_TABLE") => table(node, kind, names, at),
                Some("TABLE_FUNCTION") => {
                    function(node["function"]["function_name"].as_str().unwrap_or_default(), kind, at)
                }
                _ => never(node, kind, at),
            };
            found.or_else(|| fields.values().find_map(|value| from(value, kind, names)))
        }
        Value::Array(values) => values.iter().find_map(|value| from(value, kind, names)),
        _ => None,
    }
}

fn table(node: &Value, kind: StatementKind, names: &BTreeSet<String>, at: Option<usize>) -> Option<Refused> {
    let schema = node["schema_name"].as_str().unwrap_or_default();
    let table = node["table_name"].as_str().unwrap_or_default();
    let has_catalogue = node["catalog_name"].as_str().is_some_and(|name| !name.is_empty());
    match kind {
        StatementKind::Question => None,
        StatementKind::Condition => Some(refused(
            format!("it reads `{table}`"),
            "a rule is a condition over the columns of its own row, a macro an expression over its arguments",
            at,
        )),
        StatementKind::Definition(_)
            if schema.is_empty() && !has_catalogue && names.contains(&table.to_lowercase()) =>
        {
            None
        }
        StatementKind::Definition(schemas) if !has_catalogue && schemas.contains(&schema) => None,
        StatementKind::Definition(schemas) => {
            let said = if schema.is_empty() { table.to_owned() } else { format!("{schema}.{table}") };
            Some(refused(format!("it reads `{said}`"), format!("it may read schema `{}`", schemas.join("`, `")), at))
        }
    }
}

fn function(name: &str, kind: StatementKind, at: Option<usize>) -> Option<Refused> {
    let (allowed, hint): (&[&str], &str) = match kind {
        StatementKind::Question => (&FUNCTIONS, "tables of `mart`, `kpi` and `meta` can be asked"),
        StatementKind::Definition(_) => (&OF_DEFINITIONS, "it reads tables"),
        StatementKind::Condition => {
            (&[], "a rule is a condition over the columns of its own row, a macro an expression over its arguments")
        }
    };
    let is_allowed = allowed.contains(&name.to_lowercase().as_str());
    (!is_allowed).then(|| {
        let valid = if allowed.is_empty() {
            String::new()
        } else {
            format!("; functions that may stand there: {}", allowed.join(", "))
        };
        refused(format!("it calls `{name}` in place of a table"), format!("{hint}{valid}"), at)
    })
}

#[cfg(test)]
mod tests {
    use super::super::duck::in_memory;
    use super::super::engine::EngineLimits;
    use super::*;

    fn said(sql: &str, kind: StatementKind) -> Option<String> {
        let connection = in_memory(EngineLimits { threads: 1, megabytes: 128, seconds: 60 }, None).unwrap();
        problem(&connection, sql, kind).unwrap().map(|refused| refused.message)
    }

    #[test]
    fn a_definition_is_one_select_over_what_it_may_read() {
        let long = vec!["a"; 700].join(" || ");
        for sql in [
            "SELECT 1 AS a",
            "WITH x AS (SELECT a FROM mart.t) SELECT a FROM X -- end",
            "SELECT a FROM conformed.t JOIN meta.generation ON true, unnest([1])",
            &format!("SELECT {long} FROM mart.t"),
        ] {
            assert_eq!(said(sql, MART), None, "{sql}");
        }
        for (sql, message) in [
            ("SELECT 1; SELECT 2", "it holds 2 statements"),
            (
                "SELECT 1 WHERE false); DELETE FROM mart.t; SELECT count(*) FROM (SELECT 1",
                "syntax error at or near \")\"",
            ),
            ("DELETE FROM mart.t", "it is not a SELECT"),
            ("COPY (SELECT 1) TO 'x.csv'", "it is not a SELECT"),
            ("CALL enable_logging('QueryLog')", "it is not a SELECT"),
            ("SELECT content FROM read_text('x')", "it calls `read_text` in place of a table"),
            (
                "SELECT (SELECT max(a) FROM enable_logging('x')) FROM mart.t",
                "it calls `enable_logging` in place of a table",
            ),
            ("FROM query('DELETE FROM mart.t')", "it calls `query` in place of a table"),
            ("SELECT * FROM 'x.csv'", "it reads `x.csv`"),
            ("SELECT * FROM kpi.value", "it reads `kpi.value`"),
            ("SELECT * FROM other.mart.t", "it reads `mart.t`"),
        ] {
            assert_eq!(said(sql, MART).as_deref(), Some(message), "{sql}");
        }
        assert_eq!(said("SELECT * FROM kpi.value", CHECK), None);
        assert_eq!(said("SELECT * FROM conformed.t", KPI).as_deref(), Some("it reads `conformed.t`"));
    }

    #[test]
    fn a_condition_reads_its_own_row_alone() {
        for sql in ["a > 0", "a IN (1, 2) -- or more", "coalesce(a, 0) < b"] {
            assert_eq!(said(sql, StatementKind::Condition), None, "{sql}");
        }
        for sql in [
            "true); DROP TABLE rows; SELECT (true",
            "a = (SELECT max(a) FROM mart.t)",
            "EXISTS (FROM read_text('x'))",
            "a >",
        ] {
            assert!(said(sql, StatementKind::Condition).is_some(), "{sql}");
        }
    }

    #[test]
    fn a_question_is_one_statement_that_reads() {
        for sql in [
            "FROM mart.t",
            "DESCRIBE mart.t",
            "SHOW ALL TABLES",
            "SUMMARIZE mart.t",
            "explain  analyze SELECT 1",
            "VALUES (1)",
            "SELECT * FROM duckdb_columns()",
            "FROM (PIVOT mart.t ON a IN (1) USING sum(b))",
            "SELECT 1;",
        ] {
            assert_eq!(said(sql, StatementKind::Question), None, "{sql}");
        }
        for sql in [
            "CALL enable_logging('QueryLog')",
            "FROM enable_logging('QueryLog')",
            "SET threads = 1",
            "PRAGMA enable_profiling",
            "ATTACH 'x.db'",
            "SELECT 1; SELECT 2",
            "EXPLAIN COPY mart.t TO 'x'",
            "EXPLAIN ANALYZE DELETE FROM mart.t",
            "FROM query('CALL enable_logging()')",
            "CHECKPOINT",
            "",
        ] {
            assert!(said(sql, StatementKind::Question).is_some(), "{sql}");
        }
    }
}
