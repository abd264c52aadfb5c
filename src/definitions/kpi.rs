//! One file of `sql/kpis`: its definition at the head, one `SELECT` below.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::behind::Behind;
use super::counted;
use super::difference::Difference;
use super::filled::{self, LeftToEngine, OfBreakdown, OfPlace};
use super::front_matter;
use super::needs::Need;
use super::portable::{output_columns, read_tables, unportable};
use super::problem::Problem;
use super::series::Series;
use super::sql_text::{embeddable, first_line};
use super::vocabulary::{Area, Basis, PeriodKind, Polarity, Unit};
use crate::model::Rounding;

/// The columns that the statement of every KPI gives, in this order. Its file need not say those that the engine can fill.
pub const SELECT_COLUMNS: [&str; 13] = [
    "period",
    "geography_level",
    "geography_code",
    "geography_name",
    "breakdown",
    "numerator",
    "denominator",
    "reason",
    "published",
    "_delivery",
    "_sheet",
    "_row",
    "_superseded",
];

/// What a reader must know of a value.
pub const MARK: &str = "mark";
/// Whose denominator a value has, where it is that of another period.
pub const DENOMINATOR_PERIOD: &str = "denominator_period";
/// Columns that a `SELECT` may give after [`SELECT_COLUMNS`].
pub const OPTIONAL_COLUMNS: [&str; 2] = [MARK, DENOMINATOR_PERIOD];

/// The folder below `sql/kpis` of KPIs on the place's own returns. The same id may stand in both.
pub(super) const LOCAL: &str = "local";

/// One KPI as its file defines it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Kpi {
    /// Its id: the file's name without `.sql`.
    pub id: String,
    /// What it is, in a few words.
    pub title: String,
    /// Whose counts it is computed from.
    pub basis: Basis,
    /// What it is evidence for.
    pub area: Area,
    /// What the value is counted in.
    pub unit: Unit,
    /// The same in words, where the unit alone does not say it: `school days`, `days for each post`.
    pub unit_words: Option<String>,
    /// Which direction is better.
    pub polarity: Polarity,
    /// Breakdowns of which the opposite is better: those who stayed, of a rate of those who left.
    pub opposite: Vec<String>,
    /// What one value speaks of.
    pub grain: String,
    /// Which period a value belongs to.
    pub period_rule: String,
    /// The kind of period of its values; every KPI with `needs` says it.
    pub period_kind: Option<PeriodKind>,
    /// Tables without which it has no value.
    pub needs: Vec<Need>,
    /// How the value is rounded. On published counts: where neither the layout nor the table that brings them says how its
    /// publication rounds. On the place's own returns: always as on paper.
    pub rounding: Rounding,
    /// What the ratio is multiplied by.
    pub scale: f64,
    /// Where definition and figures come from.
    pub source: String,
    /// What happens to small numbers.
    pub suppression: String,
    /// What a reader must know before using it.
    pub caveats: Vec<String>,
    /// Tables of schema `mart` that it reads.
    pub reads: Vec<String>,
    /// The value of a row without both parts is the printed figure itself: they are not in its file.
    pub carries: bool,
    /// Why value and printed figure cannot be compared, where they cannot.
    pub not_comparable: Option<String>,
    /// Why some printed figures are known to differ, and for which releases that holds.
    pub differences: Vec<Difference>,
    /// The rows that numerator and denominator count, where it declares them.
    pub rows: Option<Behind>,
    /// The periods that it has values of beside its own.
    pub series: Option<Series>,
    /// Whether its academic years begin on 1 August and end on 31 July, as those of suspensions do.
    pub from_august: bool,
    /// The column of its rows that is the day on which each happened: how new the data is.
    pub day: Option<String>,
    /// What is returned for it, a subject of `mart.return_completeness`: how complete the data is.
    pub returns: Option<String>,
    /// The `SELECT` as it is written, without its semicolon: one statement by itself, which [`sql`](Self::sql) holds within brackets.
    pub written: String,
    /// The statement.
    pub sql: String,
    /// The file's line on which it begins.
    pub line: usize,
}

impl Kpi {
    /// Its file, relative to `sql/kpis`.
    #[must_use]
    pub fn file(&self) -> PathBuf {
        let file = PathBuf::from(format!("{}.sql", self.id));
        match self.basis {
            Basis::Published => file,
            Basis::Local => Path::new(LOCAL).join(file),
        }
    }
}

/// The head of a file as written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct KpiHead {
    title: String,
    basis: Basis,
    area: Area,
    unit: Unit,
    unit_words: Option<String>,
    polarity: Polarity,
    #[serde(default)]
    opposite: Vec<String>,
    grain: String,
    period_rule: String,
    period_kind: Option<PeriodKind>,
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    needs: Vec<Need>,
    #[schemars(with = "String")]
    rounding: Rounding,
    scale: Option<f64>,
    source: String,
    suppression: String,
    #[serde(default)]
    caveats: Vec<String>,
    reads: Vec<String>,
    place: Option<OfPlace>,
    breakdown: Option<OfBreakdown>,
    #[serde(default)]
    carries: bool,
    not_comparable: Option<String>,
    #[serde(default)]
    differences: Vec<Difference>,
    rows: Option<Behind>,
    series: Option<Series>,
    #[serde(default)]
    from_august: bool,
    day: Option<String>,
    returns: Option<String>,
    /// Of a KPI of rows: what is wrong where a table did not come without which it has a value all the same.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, String>")]
    partly: BTreeMap<Need, String>,
}

/// Checks the text of one file.
///
/// # Errors
/// Every [`Problem`] of it.
pub fn parse(path: &Path, text: &str) -> Result<Kpi, Vec<Problem>> {
    let mut problems = Vec::new();
    let hint = "see sql/README.md for the keys of a KPI's head";
    let Some((head, sql)) = front_matter::read::<KpiHead>(path, text, hint, &mut problems) else {
        return Err(problems);
    };
    let first_line = first_line(text, &sql);
    let lists = output_columns(&sql);
    let left = LeftToEngine { place: head.place, breakdown: head.breakdown };
    let mut add = |code, line: usize, column, message: String, hint: &str| {
        problems.push(Problem { code, path: path.to_path_buf(), line, column, message, hint: hint.to_owned() });
    };
    let id = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let snake = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if id.is_empty() || !id.bytes().all(snake) {
        add("kpi::id", 1, 1, format!("`{id}` is not an id"), "name the file in lower case with underscores");
    }
    let required = [
        ("title", &head.title),
        ("grain", &head.grain),
        ("period_rule", &head.period_rule),
        ("source", &head.source),
        ("suppression", &head.suppression),
    ];
    for (key, _) in required.iter().filter(|(_, value)| value.trim().is_empty()) {
        add("kpi::empty", 1, 1, format!("`{key}` is empty"), "say it in a few words: it becomes the documentation");
    }
    if head.carries && head.not_comparable.is_none() {
        let message = "`carries` without `not_comparable`".to_owned();
        add("kpi::carries", 1, 1, message, "say in `not_comparable` why the value cannot be computed from the file");
    }
    match (head.place, head.basis) {
        (Some(OfPlace::Council), Basis::Published) => {
            let message = "`place = \"council\"` in a KPI on published counts".to_owned();
            let hint = "they speak of many places: `place = \"printed\"` takes the columns that they print, or let the SELECT say which";
            add("kpi::place", 1, 1, message, hint);
        }
        (Some(OfPlace::Printed), Basis::Local) => {
            let message = "`place = \"printed\"` in a KPI on the place's own returns".to_owned();
            add(
                "kpi::place",
                1,
                1,
                message,
                "returns print no places: write `place = \"council\"`, or let the SELECT say which",
            );
        }
        _ => {}
    }
    if head.basis == Basis::Local && (head.needs.is_empty() || head.period_kind.is_none()) {
        let message = "a KPI on the place's own returns without `needs` or `period_kind`".to_owned();
        let hint = "name in `needs` the tables without which it has no value, as `collection.table`, and in `period_kind` one of `academic_year`, `calendar_year`";
        add("kpi::needs", 1, 1, message, hint);
    }
    let on_paper = matches!(head.rounding, Rounding::DecimalHalfUp(_))
        || (head.unit.is_plain() && head.rounding == Rounding::Unrounded);
    if head.basis == Basis::Local && !on_paper {
        let message =
            format!("`rounding` is `{}`, and a value on the place's own returns is rounded as on paper", head.rounding);
        let hint = "write `decimal_half_up(1)`, or with as many places as it shall have; a count or full-time equivalent may be `unrounded`";
        add("kpi::rounding", 1, 1, message, hint);
    }
    for known in &head.differences {
        if known.layouts.is_empty() || known.what.trim().is_empty() {
            let message = "an item of `differences` without `layouts` or `what`".to_owned();
            add(
                "kpi::differences",
                1,
                1,
                message,
                "say in `layouts` for which releases it holds, and in `what` what is known",
            );
        }
        if !known.is_bounded() {
            let message = "an item of `differences` that would explain any figure".to_owned();
            add("kpi::differences", 1, 1, message, Difference::BOUND);
        }
    }
    if head.scale.is_some_and(|scale| !scale.is_finite() || scale <= 0.0) {
        add("kpi::scale", 1, 1, "`scale` is not above zero".to_owned(), "100 for per cent, 10000 for per ten thousand");
    }
    if sql.is_empty() {
        add(
            "kpi::no_statement",
            first_line,
            1,
            "no SELECT below the head".to_owned(),
            "see sql/README.md for its shape",
        );
    } else {
        for finding in unportable(&sql) {
            add("kpi::not_portable", first_line + finding.line - 1, finding.column, finding.message, &finding.hint);
        }
        for columns in &lists {
            let is_plain = head.unit.is_plain();
            let found = if counted::gives_rows(columns) {
                counted::problem(columns, head.place, is_plain)
            } else {
                filled::problem(columns, left, is_plain)
            };
            if let Some((message, hint)) = found {
                add("kpi::columns", first_line, 1, message, &hint);
            }
        }
        if let Some(other) = lists.iter().find(|columns| **columns != lists[0]) {
            let message = format!("one part of the UNION gives `{}`", other.join("`, `"));
            let hint = format!("give what the first does: `{}`", lists[0].join("`, `"));
            add("kpi::columns", first_line, 1, message, &hint);
        }
        let (read, foreign) = read_tables(&sql);
        if let Some(table) = foreign {
            add("kpi::reads", first_line, 1, format!("reads `{table}`"), "a KPI reads schema `mart` only");
        }
        let mut declared = head.reads.clone();
        declared.sort();
        if read != declared {
            let message = format!("`reads` has `{}`", declared.join("`, `"));
            add("kpi::reads", 1, 1, message, &format!("the SELECT reads `{}`", read.join("`, `")));
        }
    }
    let gives_rows = lists.first().is_some_and(|columns| counted::gives_rows(columns));
    if gives_rows && head.rows.is_some() {
        let message = "the SELECT gives the rows that are counted, and so does `[rows]`".to_owned();
        add("kpi::rows", 1, 1, message, "take `[rows]` out");
    }
    if gives_rows && head.breakdown.is_some() {
        let message = "`breakdown = \"printed\"` in a KPI whose SELECT gives the rows that are counted".to_owned();
        add(
            "kpi::columns",
            1,
            1,
            message,
            "rows of returns print no groups: take it out, and give `breakdown` such as `sex=F`",
        );
    }
    if gives_rows && head.series.as_ref().is_some_and(|series| series.stock) {
        let message = "`series.stock` in a KPI whose SELECT gives the rows that are counted".to_owned();
        add("kpi::series", 1, 1, message, "give `numerator`, and in `[rows]` the rows of every month's end as `every`");
    }
    if !gives_rows && !head.partly.is_empty() {
        let message = "`partly` in a KPI whose SELECT gives no rows".to_owned();
        add("kpi::rows", 1, 1, message, "let the SELECT give the rows that are counted, or its own `mark`");
    }
    for (message, hint) in head.rows.iter().flat_map(Behind::problems) {
        add("kpi::rows", 1, 1, message, &hint);
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let given = lists.into_iter().next().unwrap_or_default();
    let written = embeddable(&sql);
    let (sql, rows, also) = match head.period_kind.filter(|_| gives_rows) {
        Some(kind) => {
            let whole = counted::complete(&written, &given, kind, &head.needs, &head.partly);
            (whole.sql, Some(whole.rows), whole.also.to_vec())
        }
        None => {
            let (sql, also) = filled::complete(&written, &given, left);
            (sql, head.rows, also.into_iter().collect())
        }
    };
    let (mut series, mut rows) = (head.series, rows);
    if let Some(series) = &series {
        let found = series.problems(rows.as_ref(), head.period_kind.map(PeriodKind::as_str));
        let told = found.into_iter().map(|(message, hint)| Problem {
            code: "kpi::series",
            path: path.to_path_buf(),
            line: 1,
            column: 1,
            message,
            hint,
        });
        let told: Vec<Problem> = told.collect();
        if !told.is_empty() {
            return Err(told);
        }
    }
    let day = head.day.or(series.as_ref().map(|series| series.day.clone()));
    let has_day =
        |sql: &str| output_columns(sql).iter().all(|columns| columns.iter().any(|one| day.as_ref() == Some(one)));
    if let Some(day) = day.as_ref().filter(|_| !rows.iter().flat_map(Behind::written).any(|(_, sql)| has_day(sql))) {
        let message = format!("`day` is `{day}`, a column that none of its rows has");
        let hint = "name the column of the rows that is the day on which each happened".to_owned();
        return Err(vec![Problem { code: "kpi::day", path: path.to_path_buf(), line: 1, column: 1, message, hint }]);
    }
    if let (Some(series), Some(rows), Some(own)) = (&mut series, &mut rows, head.period_kind) {
        series.part(rows, own);
    }
    let mut reads = head.reads;
    reads.extend(
        also.into_iter().filter(|also| !reads.iter().any(|read| read == also)).map(str::to_owned).collect::<Vec<_>>(),
    );
    reads.sort();
    Ok(Kpi {
        id: id.to_owned(),
        title: head.title,
        basis: head.basis,
        area: head.area,
        unit: head.unit,
        unit_words: head.unit_words,
        polarity: head.polarity,
        opposite: head.opposite,
        grain: head.grain,
        period_rule: head.period_rule,
        period_kind: head.period_kind,
        needs: head.needs,
        rounding: head.rounding,
        scale: head.scale.unwrap_or_else(|| head.unit.scale()),
        source: head.source,
        suppression: head.suppression,
        caveats: head.caveats,
        reads,
        carries: head.carries,
        not_comparable: head.not_comparable,
        differences: head.differences,
        rows,
        series,
        from_august: head.from_august,
        day,
        returns: head.returns,
        written,
        sql,
        line: first_line,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "title = \"T\"\nbasis = \"published\"\narea = \"ASW1\"\nunit = \"percent\"\npolarity = \"high\"\n\
                        grain = \"g\"\nperiod_rule = \"p\"\nrounding = \"f64_floor_half(1)\"\nsource = \"s\"\n\
                        suppression = \"n\"\nreads = [\"t\"]\n";

    fn file(head: &str, select: &str) -> String {
        format!("/*\n{head}*/\n{select}\n")
    }

    fn select() -> String {
        format!("SELECT {}\nFROM mart.t", SELECT_COLUMNS.join(", "))
    }

    #[test]
    fn the_projects_own_kpis_are_right() {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("sql/kpis");
        let kpis = super::super::load_kpis(&dir).unwrap_or_else(|problems| panic!("{problems}"));
        let ids: Vec<&str> = kpis.iter().map(|kpi| kpi.id.as_str()).collect();
        for id in ["ehcp_20_week", "suspension_rate", "ehc_prevalence", "pupil_teacher_ratio", "tribunal_appeal_rate"] {
            assert!(ids.contains(&id), "{id} is missing from {ids:?}");
        }
    }

    #[test]
    fn a_good_file_is_read_and_its_scale_follows_the_unit() {
        let kpi = parse(Path::new("k.sql"), &file(HEAD, &select())).unwrap();
        assert_eq!((kpi.id.as_str(), kpi.scale, kpi.rounding), ("k", 100.0, Rounding::F64FloorHalf(1)));
    }

    #[test]
    fn every_problem_of_a_file_comes_at_once() {
        let text = file(&format!("{HEAD}carries = true\n"), "SELECT a / b AS x\nFROM kpi.v\nORDER BY x");
        let problems = parse(Path::new("Bad Name.sql"), &text).unwrap_err();
        let codes: Vec<(&str, usize)> = problems.iter().map(|problem| (problem.code, problem.line)).collect();
        let want = [
            ("kpi::id", 1),
            ("kpi::carries", 1),
            ("kpi::not_portable", 15),
            ("kpi::not_portable", 17),
            ("kpi::columns", 15),
            ("kpi::reads", 15),
            ("kpi::reads", 1),
        ];
        assert_eq!(codes, want);
    }

    #[test]
    fn a_wrong_rounding_is_reported_where_it_stands_with_what_is_valid() {
        let text = file(&HEAD.replace("f64_floor_half(1)", "half_up(1)"), &select());
        let problems = parse(Path::new("k.sql"), &text).unwrap_err();
        assert_eq!((problems[0].code, problems[0].line), ("spec::shape", 9));
        assert!(problems[0].message.contains("decimal_half_up(dp)"), "{}", problems[0].message);
    }
}
