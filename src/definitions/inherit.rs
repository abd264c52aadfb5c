//! Layouts that extend others of their collection, or have one of its shapes: what they inherit is laid below what they say
//! themselves.
//!
//! In: the texts of a collection's layouts, its shapes. Out: each layout as if it had been written in full, and what it says of its
//! descent. Tables merge key by key, everything else replaces; `absent` adds, `drop` takes away.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use toml::{Table, Value};

use super::document::Document;
use super::problem::{Problem, hint_for};
use super::shape::Shapes;
use super::wire::LayoutToml;

/// The keys of a layout that are about itself alone.
pub(super) const ITS_OWN: [&str; 6] = ["title", "why", "extends", "shape", "drop", "to_confirm"];

/// What a layout inherits, and what it changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inherited {
    /// The layout that it extends.
    pub from: String,
    /// Why it differs.
    pub why: String,
    /// What it says otherwise or anew, as dotted keys: `columns.start`, `rows.end`.
    pub changed: Vec<String>,
    /// What it drops.
    pub dropped: Vec<String>,
}

impl Inherited {
    /// In words, for `plan` and `explain`.
    #[must_use]
    pub fn words(&self) -> String {
        let list = |keys: &[String]| keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
        let mut words = format!("extends `{}`", self.from);
        if !self.changed.is_empty() {
            words.push_str(&format!(", changes {}", list(&self.changed)));
        }
        if !self.dropped.is_empty() {
            words.push_str(&format!(", drops {}", list(&self.dropped)));
        }
        words.push_str(&format!(": {}", self.why));
        words
    }
}

/// A layout as it is with what it inherits.
pub(super) struct WrittenLayout<'t> {
    pub(super) name: String,
    pub(super) wire: LayoutToml,
    /// Its own file. What is wrong with a key that it inherits is told at its `extends`.
    pub(super) document: Document<'t>,
    pub(super) inherited: Option<Inherited>,
}

/// Reads the layouts of a collection, those that are extended before those that extend them. One whose shape is wrong, or that
/// extends one that is not there, is told and left out; what extends a layout that is left out is left out with it.
pub(super) fn layouts<'t>(
    texts: &'t BTreeMap<String, (PathBuf, String)>,
    shapes: &Shapes,
    problems: &mut Vec<Problem>,
) -> Vec<WrittenLayout<'t>> {
    let mut read: BTreeMap<&str, (Document<'t>, Table)> = BTreeMap::new();
    for (name, (path, text)) in texts {
        if let Some(found) = Document::read_layout(path, text, problems) {
            read.insert(name, found);
        }
    }
    let mut chains: Vec<(usize, Option<String>, &str)> = Vec::new();
    for name in texts.keys() {
        if let Some(chain) = chain(name, &read, texts, problems) {
            chains.push((chain.len(), chain.first().map(|parent| (*parent).to_owned()), name));
        }
    }
    chains.sort_by_key(|(length, ..)| *length);
    let mut full: BTreeMap<&str, Table> = BTreeMap::new();
    let mut written = Vec::new();
    for (_, parent, name) in chains {
        let Some((document, own)) = read.get(name) else { continue };
        let before = problems.len();
        let inherits = parent.as_deref().and_then(|parent| full.get(parent));
        let table = [Some(own), inherits].into_iter().flatten().find_map(|table| table.get("table")?.as_str());
        let shape = shapes.of(own, table.unwrap_or_default(), document, problems);
        let (table, inherited) = match (parent.as_deref(), shape) {
            // A shape that cannot be read is told where it stands.
            (_, None) if own.contains_key("shape") => continue,
            (None, None) => (own.clone(), None),
            (None, Some((shape, below))) => {
                (laid_over(&below, own, &format!("shape `{shape}`"), document, problems), None)
            }
            (Some(parent), shape) => {
                let Some(below) = full.get(parent) else { continue };
                let below = match shape {
                    Some((shape, over)) => &laid_over(below, &over, &format!("shape `{shape}`"), document, problems),
                    None => below,
                };
                let table = laid_over(below, own, &format!("layout `{parent}`"), document, problems);
                (table, Some(inherited(parent, own)))
            }
        };
        if problems.len() > before {
            continue;
        }
        if let Some(wire) = document.whole::<LayoutToml>(&table, problems) {
            full.insert(name, table);
            if let Some((document, _)) = read.remove(name) {
                written.push(WrittenLayout { name: name.to_owned(), wire, document, inherited });
            }
        }
    }
    written
}

/// The layouts that a layout descends from, nearest first; none when that cannot be followed.
fn chain<'n>(
    name: &'n str,
    read: &'n BTreeMap<&str, (Document<'_>, Table)>,
    texts: &BTreeMap<String, (PathBuf, String)>,
    problems: &mut Vec<Problem>,
) -> Option<Vec<&'n str>> {
    let mut chain: Vec<&str> = Vec::new();
    let mut at = name;
    loop {
        let (document, own) = read.get(at)?;
        let Some(parent) = own.get("extends").and_then(Value::as_str) else { return Some(chain) };
        if parent == name {
            let circle = chain.iter().map(|name| format!("`{name}` → ")).collect::<String>();
            let (first, _) = read.get(name)?;
            problems.push(first.problem(
                &["extends"],
                "spec::layout_circle",
                format!("layouts extend each other in a circle: `{name}` → {circle}`{name}`"),
                "one of them has to say all of itself, without `extends`".to_owned(),
            ));
            return None;
        }
        if chain.contains(&parent) {
            return None;
        }
        if !texts.contains_key(parent) {
            if at == name {
                problems.push(document.problem(
                    &["extends"],
                    "spec::unknown_layout",
                    format!("the collection has no layout `{parent}`"),
                    hint_for(parent, texts.keys().map(String::as_str).filter(|other| *other != name)),
                ));
            }
            return None;
        }
        chain.push(parent);
        at = parent;
    }
}

/// What a layout says, laid over what it inherits.
fn laid_over(below: &Table, own: &Table, parent: &str, document: &Document<'_>, problems: &mut Vec<Problem>) -> Table {
    let mut table = below.clone();
    for key in ITS_OWN {
        table.remove(key);
    }
    let fills = |table: &Table| table.get("table").and_then(Value::as_str).unwrap_or_default().to_owned();
    let (theirs, mine) = (fills(below), fills(own));
    if own.contains_key("table") && below.contains_key("table") && theirs != mine {
        problems.push(document.problem(
            &["table"],
            "spec::extends_other_table",
            format!("{parent}, which this one extends, fills table `{theirs}` and not `{mine}`"),
            format!("leave `table` out, since it is inherited, or extend a layout of table `{mine}`"),
        ));
    }
    for (index, path) in texts(own, "drop").enumerate() {
        drop_path(&mut table, path, parent, &["drop", &index.to_string()], document, problems);
    }
    let absent: Vec<&str> = texts(own, "absent").collect();
    let present: BTreeSet<&str> = ["columns", "fields"]
        .into_iter()
        .filter_map(|part| own.get(part)?.as_table())
        .flat_map(|described| described.keys().map(String::as_str))
        .collect();
    for part in [&["columns"][..], &["fields"], &["unpivot", "columns"]] {
        if let Some(described) = at_mut(&mut table, part) {
            described.retain(|name, _| !absent.contains(&name));
        }
    }
    let still = texts(below, "absent").filter(|name| !present.contains(name) && !absent.contains(name));
    let all: Vec<Value> = absent.iter().copied().chain(still).map(Value::from).collect();
    if let (Some(theirs), Some(mine)) = (at_mut(&mut table, &["format"]), own.get("format").and_then(Value::as_table)) {
        theirs.retain(|kind, _| mine.contains_key(kind));
    }
    merge(&mut table, own);
    table.insert("absent".to_owned(), Value::Array(all));
    table
}

/// Tables key by key, everything else whole.
fn merge(below: &mut Table, over: &Table) {
    for (key, value) in over {
        match (below.get_mut(key), value) {
            (Some(Value::Table(theirs)), Value::Table(mine)) => merge(theirs, mine),
            _ => {
                below.insert(key.clone(), value.clone());
            }
        }
    }
}

/// Takes away what stands at a dotted key.
fn drop_path(
    table: &mut Table,
    path: &str,
    parent: &str,
    keys: &[&str],
    document: &Document<'_>,
    problems: &mut Vec<Problem>,
) {
    let parts = dotted(path);
    let mut within = Some(table);
    let mut passed = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let Some(here) = within else { break };
        if !here.contains_key(part) {
            let valid: Vec<String> = here
                .keys()
                .map(|key| passed.iter().chain([key]).map(String::as_str).collect::<Vec<_>>().join("."))
                .collect();
            problems.push(document.problem(
                keys,
                "spec::nothing_to_drop",
                format!("{parent} has nothing at `{path}`"),
                hint_for(path, valid.iter().map(String::as_str)),
            ));
            return;
        }
        if index + 1 == parts.len() {
            here.remove(part);
            return;
        }
        passed.push(part.clone());
        within = here.get_mut(part).and_then(Value::as_table_mut);
    }
    problems.push(document.problem(
        keys,
        "spec::nothing_to_drop",
        format!("`{path}` is no dotted key of {parent}"),
        "write keys with dots between them: `columns.start.only`, `unpivot`".to_owned(),
    ));
}

/// The parts of a dotted key, which may be quoted; none when it is not one.
fn dotted(path: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let mut table = format!("{path} = 0").parse::<Table>().unwrap_or_default();
    while let Some((key, value)) = table.into_iter().next() {
        parts.push(key);
        table = if let Value::Table(inner) = value { inner } else { break };
    }
    parts
}

fn texts<'t>(table: &'t Table, key: &str) -> impl Iterator<Item = &'t str> {
    table.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

fn at_mut<'t>(table: &'t mut Table, path: &[&str]) -> Option<&'t mut Table> {
    path.iter().try_fold(table, |table, key| table.get_mut(*key)?.as_table_mut())
}

/// What a layout says of its descent.
fn inherited(parent: &str, own: &Table) -> Inherited {
    let mut changed = Vec::new();
    for (key, value) in own.iter().filter(|(key, _)| !ITS_OWN.contains(&key.as_str()) && *key != "table") {
        match value {
            Value::Table(inner) => changed.extend(inner.keys().map(|name| format!("{key}.{name}"))),
            _ => changed.push(key.clone()),
        }
    }
    Inherited {
        from: parent.to_owned(),
        why: own.get("why").and_then(Value::as_str).unwrap_or_default().to_owned(),
        changed,
        dropped: texts(own, "drop").map(str::to_owned).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::dotted;

    #[test]
    fn a_dotted_key_may_be_quoted() {
        assert_eq!(dotted("columns.start.only"), ["columns", "start", "only"]);
        assert_eq!(dotted("columns.start.map.\"a.b\""), ["columns", "start", "map", "a.b"]);
        assert_eq!(dotted("no key"), [""; 0]);
    }
}
