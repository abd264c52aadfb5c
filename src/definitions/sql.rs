//! The folder `sql`: marts, checks and KPIs, each file checked, and held against the collections.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Collection;
use super::check::{self, Check};
use super::kpi::{self, Kpi, LOCAL};
use super::load::read_all;
use super::macros::{self, Macro};
use super::mart::{self, Mart};
use super::problem::{Problem, Problems, did_you_mean, hint_for};
use super::relation::{self, Foreign};
use super::text::text_of;
use super::vocabulary::Basis;

/// The mart that says how many schools or teams have returned.
const RETURNS: &str = "return_completeness";

/// What a place holds below `sql`.
#[derive(Debug, Clone, Default)]
pub(super) struct Sql {
    pub(super) macros: Vec<Macro>,
    pub(super) marts: Vec<Mart>,
    pub(super) checks: Vec<Check>,
    pub(super) kpis: Vec<Kpi>,
    pub(super) relations: Vec<Foreign>,
}

/// The files of a folder with their texts, by stem.
type Texts = BTreeMap<String, (PathBuf, String)>;
/// Collections by name.
type Collections = BTreeMap<String, Arc<Collection>>;

/// Whether there is a file of a KPI, right or wrong.
pub(super) fn is_written(folder: &Path, id: &str) -> bool {
    let is_name = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let kpis = folder.join("kpis");
    is_name && [kpis.join(kpi::LOCAL), kpis].iter().any(|folder| folder.join(format!("{id}.sql")).is_file())
}

/// Reads all of it, and holds it against the collections; every problem of every file is added.
pub(super) fn load(folder: &Path, collections: &Collections, problems: &mut Vec<Problem>) -> Sql {
    let macros = parsed(&read_all(&folder.join("macros"), "sql", problems), macros::parse, problems);
    let texts = read_all(&folder.join("marts"), "sql", problems);
    let marts = parsed(&texts, mart::parse, problems);
    let marts = mart::ordered(marts).unwrap_or_else(|circle| {
        problems.push(Problem {
            path: folder.join("marts"),
            line: 0,
            column: 0,
            code: "mart::circle",
            message: format!("marts read each other in a circle: `{}`", circle.join("`, `")),
            hint: "let one of them read the conformed rows instead".to_owned(),
        });
        Vec::new()
    });
    of_values_alone(&marts, problems);
    let checks = parsed(&read_all(&folder.join("checks"), "sql", problems), check::parse, problems);
    let kpis = kpis(&folder.join("kpis"), problems);
    against(&kpis, &folder.join("kpis"), collections, problems);
    for kpi in &kpis {
        if let Some(mart) = marts.iter().find(|mart| mart.after_kpis && kpi.reads.contains(&mart.name)) {
            let path = folder.join("kpis").join(kpi.file());
            problems.push(too_early("kpi::reads", path, kpi.line, "KPI", &mart.name));
        }
    }
    // A mart that is broken is told already.
    if marts.iter().any(|mart| mart.name == RETURNS) || !texts.contains_key(RETURNS) {
        of_returns(&kpis, &marts, &folder.join("kpis"), problems);
    }
    let path = folder.join("relations.toml");
    let text = if path.exists() { text_of(&path).map_err(|problem| problems.push(problem)).ok() } else { None };
    let of_contracts =
        collections.values().flat_map(|each| each.tables.values()).filter_map(|table| table.mart.as_deref());
    // A mart that is broken is told already, and is there.
    let tables: Vec<&str> = texts.keys().map(String::as_str).chain(of_contracts).collect();
    let relations = text.map_or_else(Vec::new, |text| relation::parse(&path, &text, &tables, problems));
    Sql { macros, marts, checks, kpis, relations }
}

/// Holds what heads of KPIs say of returns against the mart that counts them.
fn of_returns(kpis: &[Kpi], marts: &[Mart], folder: &Path, problems: &mut Vec<Problem>) {
    let counted = marts.iter().find(|mart| mart.name == RETURNS).map_or("", |mart| mart.sql.as_str());
    let asked = kpis.iter().filter_map(|kpi| Some((kpi, kpi.returns.as_deref()?)));
    for (kpi, subject) in asked {
        if !counted.contains(&format!("'{}'", subject.trim_end_matches(" at end"))) {
            problems.push(Problem {
                path: folder.join(kpi.file()),
                line: 1,
                column: 1,
                code: "kpi::returns",
                message: format!("`returns` names `{subject}`, which `mart.{RETURNS}` does not count"),
                hint: format!("sql/marts/{RETURNS}.sql says of column `subject` what there is; leave `returns` out where nobody is asked for a return"),
            });
        }
    }
}

/// Marts that are made before the KPIs do not read those that are made after them.
fn of_values_alone(marts: &[Mart], problems: &mut Vec<Problem>) {
    let after: Vec<&str> = marts.iter().filter(|mart| mart.after_kpis).map(|mart| mart.name.as_str()).collect();
    for mart in marts.iter().filter(|mart| !mart.after_kpis) {
        if let Some(read) = mart.reads.iter().find(|read| after.contains(&read.as_str())) {
            problems.push(too_early("mart::reads", mart.path.clone(), mart.line, "mart", read));
        }
    }
}

fn too_early(code: &'static str, path: PathBuf, line: usize, what: &str, read: &str) -> Problem {
    Problem {
        path,
        line,
        column: 1,
        code,
        message: format!("reads `mart.{read}`, which is made after the KPIs"),
        hint: format!("a {what} that is made before reads the marts that `{read}` is made of"),
    }
}

/// What is wrong with a place that has no folder of KPIs: nobody has said that it shall have none. Asked before anything is built.
#[must_use]
pub fn no_kpis(sql: &Path) -> Option<Problem> {
    let path = sql.join("kpis");
    (!path.is_dir()).then(|| Problem {
        path,
        line: 0,
        column: 0,
        code: "kpi::no_folder",
        message: "there is no such folder".to_owned(),
        hint: "a place has its KPIs there; an empty folder says that it has none".to_owned(),
    })
}

/// Every KPI of a folder such as `sql/kpis`, and of its folder `local`, in the order of their names.
///
/// # Errors
/// Every [`Problem`] of every file: one that cannot be read, a head that is not as it should be, SQL that is not portable, and a
/// `SELECT` whose columns are not [`super::SELECT_COLUMNS`].
pub fn load_kpis(folder: &Path) -> Result<Vec<Kpi>, Problems> {
    let mut problems = Vec::new();
    let kpis = kpis(folder, &mut problems);
    if problems.is_empty() { Ok(kpis) } else { Err(Problems(problems)) }
}

fn kpis(folder: &Path, problems: &mut Vec<Problem>) -> Vec<Kpi> {
    let mut kpis = Vec::new();
    for (folder, basis) in [(folder.to_path_buf(), Basis::Published), (folder.join(LOCAL), Basis::Local)] {
        let texts = read_all(&folder, "sql", problems);
        for kpi in parsed(&texts, kpi::parse, problems) {
            if kpi.basis == basis {
                kpis.push(kpi);
                continue;
            }
            problems.push(Problem {
                path: folder.join(format!("{}.sql", kpi.id)),
                line: 1,
                column: 1,
                code: "kpi::basis",
                message: format!("`basis` is `{}`, and the file lies among those of basis `{basis}`", kpi.basis),
                hint: "KPIs on published counts lie in sql/kpis, those on the place's own returns in sql/kpis/local"
                    .to_owned(),
            });
        }
    }
    kpis
}

fn parsed<T>(
    texts: &Texts,
    parse: impl Fn(&Path, &str) -> Result<T, Vec<Problem>>,
    problems: &mut Vec<Problem>,
) -> Vec<T> {
    let of_file = |(path, text): &(PathBuf, String)| parse(path, text).map_err(|found| problems.extend(found)).ok();
    texts.values().filter_map(of_file).collect()
}

/// Holds the heads of KPIs against the collections: a table that no collection has would be lacking for ever, and what is known of
/// the figures of a layout that there is not would explain nothing.
fn against(kpis: &[Kpi], folder: &Path, collections: &Collections, problems: &mut Vec<Problem>) {
    let tables: Vec<String> = collections
        .values()
        .flat_map(|collection| collection.tables.keys().map(|table| format!("{}.{table}", collection.name)))
        .collect();
    let told = problems.iter().flat_map(|problem| problem.path.iter()).filter_map(|folder| folder.to_str());
    let unread: BTreeSet<String> = told.filter(|name| !collections.contains_key(*name)).map(str::to_owned).collect();
    let layouts: Vec<&str> =
        collections.values().flat_map(|collection| &collection.layouts).map(|layout| layout.name.as_str()).collect();
    for kpi in kpis {
        let mut add = |code, message, hint| {
            problems.push(Problem { path: folder.join(kpi.file()), line: 1, column: 1, code, message, hint });
        };
        for (collection, table) in kpi.needs.iter().flat_map(super::Need::any_of) {
            let name = format!("{collection}.{table}");
            // A collection that cannot be read has its own problem, and nobody knows its tables.
            if !tables.contains(&name) && !unread.contains(collection) {
                let hint = did_you_mean(&name, tables.iter().map(String::as_str)).map_or_else(
                    || "write `collection.table`, as in pipelines/".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                );
                add("kpi::needs", format!("`needs` names `{name}`, a table that no collection has"), hint);
            }
        }
        for layout in kpi.differences.iter().flat_map(|difference| &difference.layouts) {
            if !layouts.contains(&layout.as_str()) {
                let hint = hint_for(layout, layouts.iter().copied());
                add(
                    "kpi::differences",
                    format!("`differences` names the layout `{layout}`, which no collection has"),
                    hint,
                );
            }
        }
    }
}
