//! Checks that a `SELECT` of `sql/marts` or `sql/kpis` is SQL that more than one engine runs, without running it.
//!
//! What is refused, and why, was measured (the project's engine notes): some constructs other engines do not have,
//! others they have with another meaning and no error. What is not checked here: types, and whether names exist.

use super::sql_text::{Sort, Token, line_and_column, tokens};

/// One construct that must not stand in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Line in the statement, 1-based.
    pub line: usize,
    /// Column in the line, 1-based.
    pub column: usize,
    /// What was found.
    pub message: String,
    /// What to write instead.
    pub hint: String,
}

/// What is said of what asks the clock.
const CLOCK: &str = "dates come in as data: as_of and known_at are arguments of the run";
/// What is said of what is drawn by lot.
const CHANCE: &str = "the same deliveries give the same bytes: nothing is drawn";

/// Functions that other engines lack or read otherwise, and those that need ICU or the clock.
const FUNCTIONS: [(&str, &str); 38] = [
    ("age", "use the macro `days_between`"),
    ("any_value", "use `min`"),
    ("arg_max", "use `row_number()` and keep row 1"),
    ("arg_min", "use `row_number()` and keep row 1"),
    ("count_if", "use `count(*) FILTER (WHERE …)`"),
    ("date_diff", "use the macro `days_between`"),
    ("datediff", "use the macro `days_between`"),
    ("generate_series", "take the rows from a table"),
    ("get_current_timestamp", CLOCK),
    ("last_day", "use `date_trunc` and intervals"),
    ("list", "keep one row a value"),
    ("mode", "use `row_number()` over counts"),
    ("now", CLOCK),
    ("printf", "use `||`"),
    ("format", "use `||`"),
    ("quantile_cont", "use `percentile_cont`"),
    ("range", "take the rows from a table"),
    ("regexp_extract", "use `regexp_replace`"),
    ("regexp_matches", "use `LIKE`"),
    ("strftime", "the contract's types give the text that is needed"),
    ("strptime", "the contract's types read dates"),
    ("substr", "use `left`, `right` or `substring(x FROM a FOR b)`: a negative start means different things"),
    ("today", CLOCK),
    ("unnest", "keep one row a value"),
    ("arbitrary", "use `min`"),
    ("current_setting", "say it in the head, or take it from a table"),
    ("first", "use `row_number()` and keep row 1"),
    ("gen_random_uuid", CHANCE),
    ("get_current_time", CLOCK),
    ("last", "use `row_number()` and keep row 1"),
    ("max_by", "use `row_number()` and keep row 1"),
    ("min_by", "use `row_number()` and keep row 1"),
    ("random", CHANCE),
    ("setseed", CHANCE),
    ("transaction_timestamp", CLOCK),
    ("uuid", CHANCE),
    ("uuidv4", CHANCE),
    ("uuidv7", CHANCE),
];

/// Words that no portable statement has.
const WORDS: [(&str, &str); 18] = [
    ("qualify", "put the window function in a CTE and filter below it"),
    ("pivot", "write one CASE a column"),
    ("unpivot", "write one SELECT a column and UNION ALL"),
    ("asof", "use a window function"),
    ("anti", "use NOT EXISTS"),
    ("semi", "use EXISTS"),
    ("positional", "join on a key"),
    ("materialized", "leave it out"),
    ("tablesample", "leave it out"),
    (
        "recursive",
        "a question that asks itself may never end: follow the links once in a mart of a fixed number of steps",
    ),
    ("exclude", "name the columns"),
    ("columns", "name the columns"),
    ("current_date", CLOCK),
    ("current_timestamp", CLOCK),
    ("current_time", CLOCK),
    ("localtime", CLOCK),
    ("localtimestamp", CLOCK),
    ("lambda", "keep one row a value"),
];

/// What in an expression asks the clock or chance, so that the same file would not have the same faults twice.
#[must_use]
pub fn undetermined(expression: &str) -> Vec<Finding> {
    let found = unportable(&format!("SELECT {expression}"));
    found.into_iter().filter(|finding| [CLOCK, CHANCE].contains(&finding.hint.as_str())).collect()
}

/// Everything in `sql` that another engine would refuse or read otherwise. Empty when it is portable.
///
/// ```
/// let found = sendmart::definitions::unportable("SELECT a // b\nFROM mart.x\nORDER BY a");
/// let said: Vec<_> = found.iter().map(|finding| (finding.line, finding.message.as_str())).collect();
/// assert_eq!(said, [(1, "`//` is not portable"), (3, "ORDER BY leaves the place of NULLs open")]);
/// ```
#[must_use]
pub fn unportable(sql: &str) -> Vec<Finding> {
    let tokens = tokens(sql);
    let mut found = Vec::new();
    let mut add = |token: &Token, message: String, hint: &str| {
        let (line, column) = line_and_column(sql, token.at);
        found.push(Finding { line, column, message, hint: hint.to_owned() });
    };
    statement_shape(&tokens, &mut add);
    for (index, token) in tokens.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| tokens.get(before));
        let after = tokens.get(index + 1);
        let qualified = before.is_some_and(|before| before.is(".") || before.is("as"));
        if token.is("//") {
            add(
                token,
                "`//` is not portable".to_owned(),
                "use `floor(CAST(a AS DOUBLE) / NULLIF(CAST(b AS DOUBLE), 0))`",
            );
        }
        if token.is("/") && !divisor_is_guarded(&tokens[index + 1..]) {
            add(
                token,
                "a division whose divisor is not in NULLIF".to_owned(),
                "write `/ NULLIF(CAST(d AS DOUBLE), 0)`",
            );
        }
        // `E'\''` and `$$` begin texts that other engines, and the checks here, read otherwise.
        if token.sort == Sort::Word
            && after.is_some_and(|after| after.sort == Sort::Text && after.at == token.at + token.text.len())
        {
            let message = format!("`{}'…'` without a space between is not portable", token.text.to_uppercase());
            add(
                token,
                message,
                "write a plain text in quotes; a quote within it is doubled; of a date `DATE '2026-01-31'`",
            );
        }
        if token.is("$") {
            add(token, "`$` is not portable".to_owned(), "write a plain text in quotes; a quote within it is doubled");
        }
        if token.is("->") {
            add(token, "`->` is not portable".to_owned(), "keep one row a value, without lambdas or JSON paths");
        }
        if token.is("distinct") && after.is_some_and(|after| after.is("on")) {
            add(token, "DISTINCT ON is not portable".to_owned(), "use `row_number()` and keep row 1");
        }
        if token.is("by") && after.is_some_and(|after| after.is("all")) {
            let clause = before.map_or_else(String::new, |before| before.text.to_uppercase());
            add(token, format!("{clause} BY ALL is not portable"), "name the columns");
        }
        if token.is("by") && before.is_some_and(|before| before.is("order")) && !nulls_are_placed(&tokens[index + 1..])
        {
            add(
                token,
                "ORDER BY leaves the place of NULLs open".to_owned(),
                "end every item with NULLS FIRST or NULLS LAST",
            );
        }
        if token.sort != Sort::Word || qualified {
            continue;
        }
        if let Some((_, hint)) = WORDS.iter().find(|(word, _)| token.text == *word) {
            add(token, format!("{} is not portable", token.text.to_uppercase()), hint);
        }
        if after.is_some_and(|after| after.is("("))
            && let Some((name, hint)) = FUNCTIONS.iter().find(|(name, _)| token.text == *name)
        {
            add(token, format!("the function `{name}` is not portable"), hint);
        }
    }
    found
}

/// The tables of schema `mart` that `sql` reads, sorted, and the first schema of another name, if any.
#[must_use]
pub fn read_tables(sql: &str) -> (Vec<String>, Option<String>) {
    let tokens = tokens(sql);
    let mut tables = std::collections::BTreeSet::new();
    let mut foreign = None;
    for (index, window) in tokens.windows(4).enumerate() {
        let [start, schema, dot, table] = window else { continue };
        // `EXTRACT(year FROM day)`, `SUBSTRING(text FROM 1)` and `a IS DISTINCT FROM b` name no table.
        let is_argument = index >= 3
            && (tokens[index - 1].is("distinct")
                || (tokens[index - 2].is("(")
                    && ["extract", "substring"].iter().any(|name| tokens[index - 3].is(name))));
        if (start.is("from") || start.is("join")) && !is_argument && schema.is_name() && dot.is(".") {
            if schema.text == "mart" {
                tables.insert(table.text.clone());
            } else {
                foreign.get_or_insert_with(|| format!("{}.{}", schema.text, table.text));
            }
        }
    }
    (tables.into_iter().collect(), foreign)
}

/// The tables of other schemas that `sql` reads, as `schema.table`, sorted.
#[must_use]
pub fn foreign_tables(sql: &str) -> Vec<String> {
    let mut tables = std::collections::BTreeSet::new();
    for window in tokens(sql).windows(4) {
        let [start, schema, dot, table] = window else { continue };
        if (start.is("from") || start.is("join")) && schema.is_name() && dot.is(".") && schema.text != "mart" {
            tables.insert(format!("{}.{}", schema.text, table.text));
        }
    }
    tables.into_iter().collect()
}

/// The names of the columns that each outermost `SELECT` of `sql` gives (several with `UNION`).
#[must_use]
pub fn output_columns(sql: &str) -> Vec<Vec<String>> {
    let tokens = tokens(sql);
    let mut lists = Vec::new();
    let mut rest = tokens.as_slice();
    while let Some(start) = rest.iter().position(|token| token.depth == 0 && token.is("select")) {
        let body = &rest[start + 1..];
        let ends = |token: &Token| token.depth == 0 && ["from", "union", ";"].iter().any(|word| token.is(word));
        let end = body.iter().position(ends).unwrap_or(body.len());
        let items = body[..end].split(|token| token.depth == 0 && token.is(","));
        lists.push(
            items
                .map(|item| {
                    item.last().filter(|last| last.is_name()).map_or_else(String::new, |last| last.text.clone())
                })
                .collect(),
        );
        rest = &body[end..];
    }
    lists
}

/// One statement, a query.
fn statement_shape(tokens: &[Token], add: &mut impl FnMut(&Token, String, &str)) {
    if let Some(first) = tokens.first()
        && !first.is("select")
        && !first.is("with")
    {
        add(first, format!("the file holds `{}`", first.text), "write one SELECT, or WITH … SELECT");
    }
    if let Some(index) = tokens.iter().position(|token| token.is(";"))
        && let Some(second) = tokens.get(index + 1)
    {
        add(second, "a second statement".to_owned(), "one statement a file");
    }
}

/// Whether what is divided by is `NULLIF(…)` or a number that is not zero.
fn divisor_is_guarded(after: &[Token]) -> bool {
    after.first().is_some_and(|token| {
        token.is("nullif")
            || (token.sort == Sort::Number && token.text.bytes().any(|byte| (b'1'..=b'9').contains(&byte)))
    })
}

/// Whether every item of an `ORDER BY`, whose items begin here, says where NULLs go.
fn nulls_are_placed(items: &[Token]) -> bool {
    let Some(first) = items.first() else { return false };
    let ends = |token: &Token| {
        token.depth < first.depth
            || token.depth == first.depth
                && ["limit", "offset", "rows", "range", "groups", ";"].iter().any(|word| token.is(word))
    };
    let end = items.iter().position(ends).unwrap_or(items.len());
    items[..end]
        .split(|token| token.depth == first.depth && token.is(","))
        .all(|item| item.iter().any(|token| token.depth == first.depth && token.is("nulls")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(sql: &str) -> Vec<String> {
        unportable(sql).into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn portable_sql_passes() {
        let sql = "WITH a AS (SELECT x, row_number() OVER (PARTITION BY y ORDER BY z DESC NULLS LAST, x NULLS LAST) AS n \
                   FROM mart.t) SELECT x AS list, a.age, CAST(x AS DOUBLE) / NULLIF(CAST(n AS DOUBLE), 0) * 100 / 2 AS v \
                   FROM a WHERE n = 1 ORDER BY coalesce(x, n) NULLS LAST, (x) DESC NULLS FIRST;";
        assert_eq!(messages(sql), Vec::<String>::new());
    }

    #[test]
    fn every_banned_construct_is_named() {
        for (sql, message) in [
            ("SELECT a FROM t GROUP BY ALL", "GROUP BY ALL is not portable"),
            ("SELECT a FROM t QUALIFY a = 1", "QUALIFY is not portable"),
            ("SELECT DISTINCT ON (a) a FROM t", "DISTINCT ON is not portable"),
            ("SELECT a / b FROM t", "a division whose divisor is not in NULLIF"),
            ("SELECT today() FROM t", "the function `today` is not portable"),
            ("SELECT current_date FROM t", "CURRENT_DATE is not portable"),
            ("SELECT * EXCLUDE (a) FROM t", "EXCLUDE is not portable"),
            ("SELECT list_transform(a, x -> x) FROM t", "`->` is not portable"),
            ("SELECT a FROM t ORDER BY a NULLS LAST, b", "ORDER BY leaves the place of NULLs open"),
            ("SELECT a FROM t ORDER BY f(a, b)", "ORDER BY leaves the place of NULLs open"),
            ("SELECT sum(a) OVER (ORDER BY f(a) ROWS 1 PRECEDING) FROM t", "ORDER BY leaves the place of NULLs open"),
            ("CREATE TABLE t AS SELECT 1", "the file holds `create`"),
            ("SELECT 1; SELECT 2", "a second statement"),
            (r"SELECT E'\' ' AS a, b FROM t", "`E'…'` without a space between is not portable"),
            ("SELECT random() FROM t", "the function `random` is not portable"),
            ("SELECT 1 -- a comment ends here\r; SELECT 2", "a second statement"),
        ] {
            assert_eq!(messages(sql), [message], "{sql}");
        }
    }

    #[test]
    fn tables_and_columns_are_read_from_the_text() {
        let sql = "WITH a AS (SELECT q FROM mart.t) SELECT a.x, f(y, 2) AS b FROM a JOIN mart.u ON 1 = 1 UNION ALL SELECT 1 FROM kpi.v";
        assert_eq!(read_tables(sql), (vec!["t".to_owned(), "u".to_owned()], Some("kpi.v".to_owned())));
        for sql in
            ["SELECT EXTRACT(year FROM a.day) FROM mart.a", "SELECT x FROM mart.a WHERE a.x IS DISTINCT FROM a.y"]
        {
            assert_eq!(read_tables(sql), (vec!["a".to_owned()], None), "{sql}");
        }
        assert_eq!(output_columns(sql), [vec!["x".to_owned(), "b".to_owned()], vec![String::new()]]);
    }
}
