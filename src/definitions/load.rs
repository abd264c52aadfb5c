//! The folders of a place into [`Definitions`].

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::civil::Date;
use regex::Regex;

use super::compile_targets::TargetWorld;
use super::digest::{DefinitionFiles, collection_hash};
use super::document::Document;
use super::inherit::{self, WrittenLayout};
use super::problem::{Problem, Problems, did_you_mean, hint_for};
use super::rebase::rebases;
use super::shape::Shapes;
use super::sql::{self, Sql};
use super::text::text_of;
use super::wire::{ConfigToml, PipelineToml, SourceToml, TableToml};
use super::{
    Boards, CodeList, Collection, Definitions, DisclosurePolicies, Gate, KeyPlace, Layout, Settings, Source,
    SourceKind, Targets, codes, compile_boards, compile_disclosure, compile_layout, compile_table, compile_targets,
    lent,
};
use crate::model::Zone;

/// Reads and checks every definition of the place at `root`.
///
/// `config` replaces `config/local.toml`; both are laid over `config/default.toml`.
///
/// # Errors
/// Every problem of every file, in order of file and line.
pub fn load(root: &Path, config: Option<&Path>) -> Result<Definitions, Problems> {
    let (definitions, problems) = load_what_is_right(root, config);
    if problems.is_empty() { Ok(definitions) } else { Err(problems) }
}

/// As [`load`]: what is right of the definitions, and every problem of the rest. For whoever looks for more problems.
#[must_use]
pub fn load_what_is_right(root: &Path, config: Option<&Path>) -> (Definitions, Problems) {
    let mut problems = Vec::new();
    let codes = codes::load(&read_all(&root.join("config").join("codes"), "csv", &mut problems), &mut problems);
    let config = self::config(root, config, &codes, &mut problems);
    let mut collections = BTreeMap::new();
    let mut sources = Vec::new();
    for folder in folders(&root.join("pipelines"), &mut problems) {
        if let Some((mut collection, own)) = self::collection(root, &folder, &codes, &mut problems) {
            collection.runs = config.collections.is_empty() || config.collections.contains(&collection.name);
            let named = config.sources.iter().any(|source| source.collection == collection.name);
            if !collection.runs {
                tracing::debug!(collection = collection.name, "Left out by `collections` of the config");
            } else if named {
                let chosen = config.sources.iter().filter(|source| source.collection == collection.name);
                sources.extend(chosen.cloned());
            } else {
                sources.extend(own.into_iter().map(|source| Source { is_default: true, ..source }));
            }
            collections.insert(collection.name.clone(), Arc::new(collection));
        }
    }
    for source in &mut sources {
        source.named = collections.get(&source.collection).map_or_else(Vec::new, |collection| names_read(collection));
    }
    for name in config.collections.iter().chain(config.sources.iter().map(|source| &source.collection)) {
        if !folders_contain(root, name) {
            problems.push(Problem {
                path: config.path.clone(),
                line: 0,
                column: 0,
                code: "spec::unknown_collection",
                message: format!("there is no collection `{name}`"),
                hint: hint_for(name, collections.keys().map(String::as_str)),
            });
        }
    }
    if collections.is_empty() && problems.is_empty() {
        problems.push(Problem {
            path: root.join("pipelines"),
            line: 0,
            column: 0,
            code: "spec::no_collections",
            message: "there is no collection here".to_owned(),
            hint: "run in the folder that holds `pipelines`, or name it with `--place DIR`".to_owned(),
        });
    }
    let sql = sql::load(&root.join("sql"), &collections, &mut problems);
    let Sql { macros, marts, checks, kpis, relations } = sql;
    let settings = config.settings;
    let boards = read_one(settings.boards.as_deref(), &mut problems)
        .map_or_else(Boards::default, |(path, text)| compile_boards::read(path, &text, &mut problems));
    let hidden = root.join("config").join("disclosure.toml");
    let disclosure = read_one(Some(hidden.as_path()).filter(|path| path.exists()), &mut problems)
        .map_or_else(DisclosurePolicies::default, |(path, text)| compile_disclosure::read(path, &text, &mut problems));
    let world = TargetWorld {
        kpis: &kpis,
        marts: &marts,
        is_written: &|id| sql::is_written(&root.join("sql"), id),
        authorities: codes.get("la"),
    };
    let targets = read_one(settings.targets.as_deref(), &mut problems)
        .map_or_else(Targets::default, |(path, text)| compile_targets::read(path, &text, &world, &mut problems));
    let mut problems = Problems(problems);
    problems.sort();
    let hash = DefinitionFiles::read(root, settings.targets.as_deref()).hash();
    let definitions = Definitions {
        collections,
        sources,
        settings,
        macros,
        marts,
        checks,
        kpis,
        relations,
        boards,
        disclosure,
        targets,
        hash,
    };
    (definitions, problems)
}

/// How a place runs, without its definitions: for whoever only looks at what is there.
///
/// # Errors
/// Every problem of the config.
pub fn load_settings(root: &Path, config: Option<&Path>) -> Result<Settings, Problems> {
    let mut problems = Vec::new();
    let codes = codes::load(&read_all(&root.join("config").join("codes"), "csv", &mut problems), &mut problems);
    let settings = self::config(root, config, &codes, &mut problems).settings;
    if problems.is_empty() { Ok(settings) } else { Err(Problems(problems)) }
}

/// The text of a file that need not be there.
fn read_one<'p>(path: Option<&'p Path>, problems: &mut Vec<Problem>) -> Option<(&'p Path, String)> {
    let path = path?;
    text_of(path).map_err(|problem| problems.push(problem)).ok().map(|text| (path, text))
}

struct Config {
    path: PathBuf,
    collections: Vec<String>,
    sources: Vec<Source>,
    settings: Settings,
}

fn config(
    root: &Path,
    chosen: Option<&Path>,
    codes: &BTreeMap<String, Arc<CodeList>>,
    problems: &mut Vec<Problem>,
) -> Config {
    let folder = root.join("config");
    let over = chosen.map_or_else(|| folder.join("local.toml"), Path::to_path_buf);
    let mut config = Config {
        path: over.clone(),
        collections: Vec::new(),
        sources: Vec::new(),
        settings: Settings {
            threads: std::thread::available_parallelism().map_or(2, usize::from),
            duckdb_megabytes: 1024,
            sql_seconds: 900,
            keep_generations: 7,
            var: PathBuf::from("var"),
            authority: None,
            key: None,
            zone: Zone::default(),
            boards: Some(folder.join("boards.toml")).filter(|path| path.exists()),
            targets: Some(folder.join("targets.csv")).filter(|path| path.exists()),
            rebases: Vec::new(),
            alerts: Vec::new(),
        },
    };
    for (path, needed) in [(folder.join("default.toml"), false), (over, chosen.is_some())] {
        if !needed && !path.exists() {
            continue;
        }
        let text = match text_of(&path) {
            Ok(text) => text,
            Err(problem) => {
                problems.push(problem);
                continue;
            }
        };
        let Some((wire, document)) = Document::read::<ConfigToml>(&path, &text, problems) else { continue };
        let mut found = Vec::new();
        for (index, source) in wire.sources.iter().enumerate() {
            let at = index.to_string();
            match &source.collection {
                Some(collection) => found.extend(self::source(root, collection, source, &document, &at, problems)),
                None => problems.push(document.problem(
                    &["source", &at],
                    "spec::missing_key",
                    "a source in a config says which collection it feeds".to_owned(),
                    "add `collection = \"…\"`".to_owned(),
                )),
            }
        }
        config.sources.retain(|old: &Source| !found.iter().any(|new: &Source| new.collection == old.collection));
        config.sources.extend(found);
        if !wire.collections.is_empty() {
            config.collections.clone_from(&wire.collections);
        }
        let settings = &mut config.settings;
        settings.threads = wire.limits.threads.map_or(settings.threads, |threads| threads.clamp(1, 256) as usize);
        settings.duckdb_megabytes = wire.limits.duckdb_megabytes.unwrap_or(settings.duckdb_megabytes).max(128);
        settings.sql_seconds =
            wire.limits.sql_seconds.map_or(settings.sql_seconds, |seconds| u64::from(seconds.max(1)));
        settings.keep_generations = wire.keep_generations.unwrap_or(settings.keep_generations);
        if let Some(authority) = &wire.authority {
            if codes.get("la").is_some_and(|list| !list.codes.contains_key(authority)) {
                problems.push(document.problem(
                    &["authority"],
                    "spec::unknown_authority",
                    format!("`authority` is `{authority}`, which `config/codes/la.csv` does not have"),
                    "write the three digits that the department uses, such as \"933\" for Somerset".to_owned(),
                ));
            }
            settings.authority = Some(authority.clone());
        }
        match wire.timezone.as_deref().map(Zone::named) {
            Some(Ok(zone)) => settings.zone = zone,
            Some(Err(error)) => {
                let names = Zone::names();
                let meant = did_you_mean(&error.0, names.iter().map(String::as_str))
                    .map_or_else(String::new, |near| format!("did you mean `{near}`? "));
                problems.push(document.problem(
                    &["timezone"],
                    "spec::time_zone",
                    format!("`timezone`: {error}"),
                    format!("{meant}valid: the {} names of the IANA database, such as `Europe/London`, `Europe/Jersey`, `UTC`", names.len()),
                ));
            }
            None => {}
        }
        if let Some(key) = &wire.privacy.key {
            settings.key = Some(
                key.strip_prefix("env:")
                    .map_or_else(|| KeyPlace::File(root.join(key)), |name| KeyPlace::Environment(name.to_owned())),
            );
        }
        settings.boards = wire.boards.as_ref().map(|path| root.join(path)).or(settings.boards.take());
        settings.targets = wire.targets.as_ref().map(|path| root.join(path)).or(settings.targets.take());
        settings.rebases.extend(rebases(&root.join("sql"), &wire.rebases, &document, problems));
        let alerts = super::alert::alerts(&wire.alerts, &document, problems);
        if !alerts.is_empty() {
            settings.alerts = alerts;
        }
        if let Some(var) = &wire.var {
            settings.var = PathBuf::from(var);
        }
    }
    config
}

fn collection(
    root: &Path,
    folder: &Path,
    codes: &BTreeMap<String, Arc<CodeList>>,
    problems: &mut Vec<Problem>,
) -> Option<(Collection, Vec<Source>)> {
    let name = folder.file_name()?.to_string_lossy().into_owned();
    let path = folder.join("pipeline.toml");
    let text = text_of(&path).map_err(|problem| problems.push(problem)).ok();
    let mut tables = BTreeMap::new();
    for (table_name, (path, text)) in read_all(&folder.join("tables"), "toml", problems) {
        if let Some((wire, document)) = Document::read::<TableToml>(&path, &text, problems) {
            let table = compile_table::table(&name, &table_name, &wire, &document, codes, problems);
            tables.insert(table_name, Arc::new(table));
        }
    }
    let mut texts = read_all(&folder.join("layouts"), "toml", problems);
    let mut shapes = read_all(&folder.join("shapes"), "toml", problems);
    if let Some(lender) = lent::lender(folder) {
        lent::add(&lender, &|table| tables.contains_key(table), &mut texts, &mut shapes, problems);
    }
    let shapes = Shapes::read(&shapes, &tables, &texts, problems);
    let mut layouts: Vec<Arc<Layout>> = Vec::new();
    let mut told = BTreeSet::new();
    for written in inherit::layouts(&texts, &shapes, problems) {
        let WrittenLayout { name: layout_name, wire, document, inherited } = written;
        // A table that has problems of its own is not there to refer to: those are told already. So are those of a layout
        // that this one extends.
        let broken = folder.join("tables").join(format!("{}.toml", wire.table)).exists();
        if !tables.contains_key(&wire.table) && broken {
            continue;
        }
        if inherited.as_ref().is_some_and(|inherited| told.contains(&inherited.from)) {
            told.insert(layout_name);
            continue;
        }
        let before = problems.len();
        let compiled = compile_layout::layout(&layout_name, &wire, &document, &tables, problems);
        layouts.extend(compiled.map(|layout| Arc::new(Layout { inherited, ..layout })));
        if problems.len() > before {
            told.insert(layout_name);
        }
    }
    layouts.sort_by(|one, other| one.name.cmp(&other.name));
    let text = text?;
    let (wire, document) = Document::read::<PipelineToml>(&path, &text, problems)?;
    problems.extend(lent::problem(root, folder, wire.layouts_of.as_deref(), &document));
    for (key, value) in
        [("purpose", &wire.purpose), ("lawful_basis", &wire.lawful_basis), ("retention", &wire.retention)]
    {
        if value.trim().is_empty() {
            problems.push(document.problem(
                &[key],
                "spec::privacy",
                format!("`{key}` is blank"),
                "a collection without purpose, lawful basis and retention is not loaded".to_owned(),
            ));
        }
    }
    for (key, share) in
        [("max_quarantined_share", wire.gate.max_quarantined_share), ("min_rows_share", wire.gate.min_rows_share)]
    {
        // A share that no delivery can miss would disarm the gate in silence.
        if let Some(share) = share.filter(|share| !(0.0..=1.0).contains(share)) {
            problems.push(document.problem(
                &["gate", key],
                "spec::out_of_range",
                format!("`{key} = {share}` is no share of the rows"),
                "a share is between 0 and 1: 0.05 is five in a hundred".to_owned(),
            ));
        }
    }
    let mut sources = Vec::new();
    for (index, source) in wire.sources.iter().enumerate() {
        sources.extend(self::source(root, &name, source, &document, &index.to_string(), problems));
    }
    let collection = Collection {
        hash: collection_hash(root, folder),
        title: wire.title,
        owner: wire.owner,
        purpose: wire.purpose,
        lawful_basis: wire.lawful_basis,
        retention: wire.retention,
        licence: wire.licence,
        runs: true,
        gate: Gate {
            max_quarantined_share: wire.gate.max_quarantined_share.unwrap_or(0.05),
            min_rows_share: wire.gate.min_rows_share,
            refused_file_stops: wire.gate.refused_file_stops.unwrap_or(true),
            on_refusal: wire.gate.on_refusal,
        },
        tables,
        layouts,
        folder: folder.to_path_buf(),
        name,
    };
    Some((collection, sources))
}

fn source(
    root: &Path,
    collection: &str,
    wire: &SourceToml,
    document: &Document<'_>,
    at: &str,
    problems: &mut Vec<Problem>,
) -> Option<Source> {
    let received = wire.received.as_ref().and_then(|text| {
        let day = text.parse::<Date>().ok();
        if day.is_none() {
            problems.push(document.problem(
                &["source", at, "received"],
                "spec::not_a_date",
                format!("`received` is `{text}`, which is not a date"),
                "write it as 2025-06-26".to_owned(),
            ));
        }
        day
    });
    let kind = match (&wire.folder, &wire.http) {
        (Some(folder), None) => SourceKind::Folder {
            path: root.join(&folder.path),
            files: folder.files.clone(),
            except: folder.except.clone(),
        },
        (None, Some(http)) => SourceKind::Http(Arc::new(http.clone())),
        _ => {
            problems.push(document.problem(
                &["source", at],
                "spec::source",
                "a source is exactly one of `folder` and `http`".to_owned(),
                "write `folder = { path = \"inbox\" }` or `http = { url = \"https://…\" }`".to_owned(),
            ));
            return None;
        }
    };
    Some(Source {
        collection: collection.to_owned(),
        kind,
        received,
        maturity: wire.maturity.map(|maturity| maturity.as_str().to_owned()),
        is_default: false,
        named: Vec::new(),
        supplier: supplier(wire, document, at, problems),
    })
}

/// Who supplies what a source brings.
fn supplier(
    wire: &SourceToml,
    document: &Document<'_>,
    at: &str,
    problems: &mut Vec<Problem>,
) -> Option<super::Supplier> {
    let (key, message, hint) = match (&wire.supplier, &wire.supplier_from) {
        (None, None) => return None,
        (Some(name), None) if !name.trim().is_empty() => return Some(super::Supplier::Named(name.trim().to_owned())),
        (Some(_), None) => {
            ("supplier", "`supplier` is blank".to_owned(), "name who sends the files, or leave it out".to_owned())
        }
        (Some(_), Some(_)) => (
            "supplier_from",
            "a source has one of `supplier` and `supplier_from`".to_owned(),
            "take one of them out".to_owned(),
        ),
        (None, Some(pattern)) => match Regex::new(pattern) {
            Ok(pattern) if pattern.captures_len() > 1 => return Some(super::Supplier::From(pattern)),
            Ok(_) => (
                "supplier_from",
                format!("`{pattern}` has no group that names the supplier"),
                "put the part that names the supplier in brackets: `/from_schools/([^/]+)/`".to_owned(),
            ),
            Err(error) => (
                "supplier_from",
                format!("`{pattern}` is not a pattern: {error}"),
                "mend the regular expression".to_owned(),
            ),
        },
    };
    problems.push(document.problem(&["source", at, key], "spec::supplier", message, hint));
    None
}

/// The patterns by which layouts of a collection read a file's name, each once.
fn names_read(collection: &Collection) -> Vec<Regex> {
    let columns = collection.layouts.iter().flat_map(|layout| layout.columns.values());
    let by_text: BTreeMap<&str, &Regex> =
        columns.filter_map(|arrival| arrival.file_name.as_ref()).map(|pattern| (pattern.as_str(), pattern)).collect();
    by_text.into_values().cloned().collect()
}

fn unreadable(path: &Path, error: &std::io::Error) -> Problem {
    Problem {
        path: path.to_path_buf(),
        line: 0,
        column: 0,
        code: "spec::unreadable",
        message: format!("cannot be read: {error}"),
        hint: "check that the file is there and that you may read it".to_owned(),
    }
}

fn folders_contain(root: &Path, name: &str) -> bool {
    root.join("pipelines").join(name).join("pipeline.toml").is_file()
}

pub(super) fn folders(path: &Path, problems: &mut Vec<Problem>) -> Vec<PathBuf> {
    let mut found = Vec::new();
    match fs::read_dir(path) {
        Ok(entries) => found.extend(entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir())),
        Err(error) => problems.push(unreadable(path, &error)),
    }
    found.sort();
    found
}

/// Files of a folder with an extension, by their stem. A missing folder holds none.
pub(super) fn read_all(
    folder: &Path,
    extension: &str,
    problems: &mut Vec<Problem>,
) -> BTreeMap<String, (PathBuf, String)> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.extension().and_then(|found| found.to_str()) != Some(extension) {
            continue;
        }
        let Some(stem) = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()) else { continue };
        match text_of(&path) {
            Ok(text) => {
                found.insert(stem, (path, text));
            }
            Err(problem) => problems.push(problem),
        }
    }
    found
}
