//! The lines of TOML that would take a file that no layout takes.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::super::worker::contained;
use super::shell;
use super::years::of_another_year;
use crate::definitions::{Collection, Definitions, Kind, Layout, UnknownLabels};
use crate::draft::more_columns;
use crate::prove::{MeantLabel, Nearest, Proof, is_contrary, nearest, prove, renamed};
use crate::read::Opened;

/// A collection whose layouts take files of any name, with more columns than they know.
fn of_any_name(collection: &Collection) -> Collection {
    let any = |layout: &Arc<Layout>| {
        let mut layout = Layout::clone(layout);
        layout.files = None;
        layout.unknown = UnknownLabels::Tell;
        Arc::new(layout)
    };
    Collection { layouts: collection.layouts.iter().map(any).collect(), ..collection.clone() }
}

/// The layouts whose header a file has, whatever it is called: each tried alone, since several of one header are told apart by name.
fn by_header(collection: &Collection, path: &Path, file_name: &str) -> Vec<Proof> {
    let mut opened = Opened::within(path, &contained());
    let any = of_any_name(collection);
    let proofs = prove(&mut opened, file_name, &any).ok().or_else(|| {
        let alone = |layout: &Arc<Layout>| {
            let one = Collection { layouts: vec![Arc::clone(layout)], ..any.clone() };
            prove(&mut Opened::within(path, &contained()), file_name, &one).ok()
        };
        // The one that leaves fewest labels, of several the newest: their names end with their year.
        let fitting = any.layouts.iter().rev().filter_map(alone).filter(|proofs| !proofs.is_empty());
        fitting.min_by_key(|proofs| left_by(proofs))
    });
    let Some(proofs) = proofs else { return Vec::new() };
    // One that does not fit, since a label was renamed, and would leave fewer is nearer.
    match near_to(collection, path, file_name) {
        Some(near) if !near.missing.is_empty() && left_by_near(&near) < new_to(&proofs) => Vec::new(),
        // One label for another: renamed, and no new one.
        Some(near) if near.missing.len() == 1 && near.free.len() == 1 && left_by(&proofs) == 1 => Vec::new(),
        _ => proofs,
    }
}

/// The layout that a file comes nearest to: of those that are for files of its name, where one is near, else of all.
fn near_to(collection: &Collection, path: &Path, file_name: &str) -> Option<Nearest> {
    let near = |of: &Collection| nearest(&mut Opened::within(path, &contained()), of);
    let is_named = |layout: &&Arc<Layout>| layout.files.as_ref().is_none_or(|files| files.is_match(file_name));
    let named =
        Collection { layouts: collection.layouts.iter().filter(is_named).cloned().collect(), ..collection.clone() };
    near(&named).or_else(|| near(collection))
}

/// How many labels of the file nobody takes.
fn left_by(proofs: &[Proof]) -> usize {
    proofs.iter().map(|proof| proof.unknown.len()).sum()
}

/// How many of these are no new label of a column that may be missing.
fn new_to(proofs: &[Proof]) -> usize {
    let renamed_in = |proof: &Proof| {
        let unknown: Vec<String> = proof.unknown.iter().map(|(_, label)| label.clone()).collect();
        renamed(&proof.layout, &unknown, &proof.labels).len()
    };
    left_by(proofs) - proofs.iter().map(renamed_in).sum::<usize>()
}

/// How many labels of the file the nearest layout leaves, those apart that are very likely new ones of its columns.
fn left_by_near(near: &Nearest) -> usize {
    let meant = near.missing.iter().filter(|one| one.meant.is_some()).count();
    near.free.len().saturating_sub(meant + near.renamed.len())
}

/// How far a file is from what a collection takes: 0 where its name alone is another, else how many labels one has and the other has not;
/// none where no layout is near.
pub(super) fn distance(collection: &Collection, path: &Path, file_name: &str) -> Option<usize> {
    let proofs = by_header(collection, path, file_name);
    if !proofs.is_empty() {
        return Some(left_by(&proofs));
    }
    let near = near_to(collection, path, file_name)?;
    Some((near.missing.len() + near.free.len()).max(1))
}

/// Whether a file lies where a source of the collection takes files from.
pub(super) fn is_of_source(definitions: &Definitions, collection: &Collection, asked: &Path) -> bool {
    let asked = std::path::absolute(asked).unwrap_or_else(|_| asked.to_path_buf());
    let folders = definitions.sources.iter().filter(|source| source.collection == collection.name);
    let mut folders = folders.filter_map(|source| source.kind.folder());
    folders.any(|folder| std::path::absolute(folder).is_ok_and(|folder| asked.starts_with(folder)))
}

/// The lines, to be looked at before they are written.
pub(super) fn lines(collection: &Collection, path: &Path, file_name: &str) -> Vec<String> {
    let proofs = by_header(collection, path, file_name);
    if !proofs.is_empty() {
        return proofs.iter().flat_map(|proof| of_proof(collection, proof, path, file_name)).collect();
    }
    match near_to(collection, path, file_name) {
        Some(nearest) if !nearest.missing.is_empty() => of_labels(collection, &nearest, file_name),
        _ => Vec::new(),
    }
}

/// The header fits, and the name does not, or there is more than the layout knows.
fn of_proof(collection: &Collection, proof: &Proof, path: &Path, file_name: &str) -> Vec<String> {
    let original = collection.layouts.iter().find(|one| one.name == proof.layout.name);
    let is_refused = original.is_some_and(|one| one.unknown == UnknownLabels::Refuse) && !proof.unknown.is_empty();
    let is_named = original.is_none_or(|one| one.files.as_ref().is_none_or(|files| files.is_match(file_name)));
    let mut lines = if is_named && is_refused { Vec::new() } else { of_name(collection, proof, file_name) };
    if is_refused {
        lines.extend(of_more(collection, proof, path, file_name));
    }
    lines
}

/// There are labels that the layout does not know: new ones of columns that may be missing, where they are alike, or columns that the
/// contract has not.
fn of_more(collection: &Collection, proof: &Proof, path: &Path, file_name: &str) -> Vec<String> {
    let unknown: Vec<String> = proof.unknown.iter().map(|(_, label)| label.clone()).collect();
    let renamed = renamed(&proof.layout, &unknown, &proof.labels);
    let mut lines = Vec::new();
    if !renamed.is_empty() {
        lines.push(format!(
            "# pipelines/{}/layouts/{}.toml, in the lines of these columns: very likely new labels of theirs, to be confirmed",
            collection.name, proof.layout.name
        ));
    }
    for (column, label) in &renamed {
        let known = proof.layout.columns.get(column).map_or(&[][..], |arrival| arrival.from.as_slice());
        let all: Vec<String> = known.iter().chain([label]).map(|label| quoted(label)).collect();
        lines.push(format!("{column}.from = [{}]", all.join(", ")));
    }
    let is_new = |label: &&str| !renamed.iter().any(|(_, given)| given == label);
    let labels: Vec<&str> = unknown.iter().map(String::as_str).filter(is_new).collect();
    if !labels.is_empty() {
        lines.extend(of_new_columns(collection, proof, path, file_name, &labels));
    }
    lines
}

/// Columns of the contract that the file has not, where a label may be the new one of one of them: those first that the layout calls absent,
/// since it was written for this file.
fn of_old_columns(proof: &Proof, labels: &[&str]) -> Vec<String> {
    let layout = &proof.layout;
    let absent = layout.table.columns.keys().filter(|column| !layout.columns.contains_key(*column));
    let optional =
        layout.columns.iter().filter(|(column, arrival)| arrival.optional && !proof.columns.contains_key(*column));
    let absent: Vec<&str> = absent.map(String::as_str).collect();
    let not_there: Vec<&str> = absent.iter().copied().chain(optional.map(|(column, _)| column.as_str())).collect();
    if not_there.is_empty() {
        return Vec::new();
    }
    let labels: Vec<String> = labels.iter().map(|label| quoted(label)).collect();
    let which = match (absent.as_slice(), labels.as_slice()) {
        ([column], [label]) => format!("{column}.from = [{label}]"),
        _ => format!("COLUMN.from = [LABEL] for each of {}", labels.join(", ")),
    };
    let out = if absent.is_empty() { "" } else { ", and out of its `absent`" };
    vec![
        format!("# Is it a column of before under a new label? Then only this, in layouts/{}.toml{out}:", layout.name),
        format!("#   {which}"),
        format!("#   columns that are not there: {}", not_there.join(", ")),
        "# Else it is new:".to_owned(),
    ]
}

/// Files that came before have none of the columns, so that each may be missing.
fn of_new_columns(
    collection: &Collection,
    proof: &Proof,
    path: &Path,
    file_name: &str,
    labels: &[&str],
) -> Vec<String> {
    let (table, layout) = (&proof.layout.table, &proof.layout.name);
    let more = more_columns(path, file_name, &contained(), labels);
    let mut lines = of_old_columns(proof, labels);
    lines.push(format!("# pipelines/{}/tables/{}.toml, at the end of [columns]:", collection.name, table.name));
    for each in &more {
        let about = format!("{}: say what it holds, and its unit.", each.label);
        lines.push(format!("{} = {{ type = {}, about = {} }}", each.name, quoted(&each.kind), quoted(&about)));
    }
    let groups: Vec<&str> = more.iter().filter(|each| each.is_group).map(|each| each.name.as_str()).collect();
    if !groups.is_empty() {
        let key: Vec<String> = table.key.iter().map(String::as_str).chain(groups).map(quoted).collect();
        lines.push("# and at its head, since rows are split by it:".to_owned());
        lines.push(format!("key = [{}]", key.join(", ")));
        if let Some(mart) = &table.mart {
            lines.push(format!(
                "# and in sql/kpis and sql/marts: what reads mart.{mart} has to break down by it, or to take its Total (`kpi_grain` stops the rest)"
            ));
        }
    }
    lines.push(format!("# pipelines/{}/layouts/{layout}.toml, at the end of [columns]:", collection.name));
    for each in &more {
        lines.push(format!("{} = {{ from = [{}], optional = true }}", each.name, quoted(&each.label)));
    }
    let others: Vec<&str> = collection
        .layouts
        .iter()
        .filter(|other| other.table.name == table.name && other.name != *layout)
        .map(|other| other.name.as_str())
        .collect();
    if !others.is_empty() {
        lines.push(format!("# and into `absent` of {}", others.join(", ")));
    }
    let labels: Vec<String> = labels.iter().map(|label| quoted(&regex::escape(label))).collect();
    lines.push(format!(
        "# or, to pass over it, in pipelines/{}/layouts/{layout}.toml: ignore = [{}]",
        collection.name,
        labels.join(", ")
    ));
    lines
}

/// The header fits and the name does not.
fn of_name(collection: &Collection, proof: &Proof, file_name: &str) -> Vec<String> {
    let layout = &proof.layout;
    let original = collection.layouts.iter().find(|one| one.name == layout.name);
    let known = original.and_then(|one| one.files.as_ref()).map_or(&[][..], |files| files.texts());
    let needs: Vec<&str> = layout
        .columns
        .iter()
        .filter(|(_, arrival)| arrival.file_name.as_ref().is_some_and(|pattern| !pattern.is_match(file_name)))
        .map(|(name, _)| name.as_str())
        .collect();
    if !needs.is_empty() {
        return vec![format!(
            "# its header is that of layout `{}`; rename the file so that its name says {} ({})",
            layout.name,
            needs.join(" and "),
            known.join(", ")
        )];
    }
    // What a layout says for every row is of the files that it is named for, such as their year.
    let constants: Vec<(&str, &str)> = layout
        .columns
        .iter()
        .filter_map(|(name, arrival)| Some((name.as_str(), arrival.constant.as_deref()?)))
        .collect();
    if !constants.is_empty() {
        let mut lines = vec![
            format!("# pipelines/{}/layouts/{}_2.toml: its header is that of `{1}`", collection.name, layout.name),
            format!("title = {}", quoted(&format!("as {file_name} came"))),
            format!("extends = {}", quoted(&layout.name)),
            "why = \"another file name, and so another year\"".to_owned(),
            format!("files = [{}]", quoted(&glob(file_name))),
            "[columns]   # of the other file: say what this one is of".to_owned(),
        ];
        lines.extend(constants.iter().map(|(name, value)| constant(layout, name, value)));
        return lines;
    }
    let all: Vec<String> = known.iter().cloned().chain([glob(file_name)]).map(|text| quoted(&text)).collect();
    vec![
        format!(
            "# its header is that of layout `{}`: rename the file, or in pipelines/{}/layouts/{}.toml",
            layout.name, collection.name, layout.name
        ),
        format!("files = [{}]", all.join(", ")),
    ]
}

/// What a layout says for every row of its files. A period is of those files alone: that of another is not guessed.
fn constant(layout: &Layout, column: &str, value: &str) -> String {
    let is_period = layout.table.columns.get(column).is_some_and(|column| column.kind == Kind::Period);
    if is_period {
        return format!("{column}.constant = \"\"   # the period of this file; that of the other layout is {value}");
    }
    format!("{column}.constant = {}", quoted(value))
}

/// A column that is missing and has no label that is near, beside the one label that nothing takes: `sex` may be `gender` now.
struct LabelLeft<'n> {
    column: &'n str,
    label: &'n str,
    /// Rows are told apart by the column, or it has to be filled: then no other label can be its own; or both have a word of one stem,
    /// `pupil_count` and `number_of_pupils`. Else a figure may be gone, and the label that of another, which is new.
    is_certain: bool,
}

impl<'n> LabelLeft<'n> {
    fn of(nearest: &'n Nearest, gone: &[&'n str], used: &[&str]) -> Option<Self> {
        let table = &nearest.layout.table;
        let free: Vec<&String> = nearest.free.iter().filter(|label| !used.contains(&label.as_str())).collect();
        let ([column], [label]) = (gone, free.as_slice()) else { return None };
        let known = nearest.layout.columns.get(*column).map_or(&[][..], |arrival| arrival.from.as_slice());
        if is_contrary(column, label) || known.iter().any(|known| is_contrary(known, label)) {
            return None;
        }
        let is_of_rows = is_required(&nearest.layout, column) || table.key.iter().any(|key| key == column);
        let is_certain = is_of_rows || have_a_stem(column, label);
        Some(Self { column, label, is_certain })
    }
}

/// Whether two names have words that begin alike: the numbers of both are of one thing.
fn have_a_stem(one: &str, other: &str) -> bool {
    let stems = |text: &str| -> BTreeSet<String> {
        let words = text.split(|each: char| !each.is_alphanumeric()).map(str::to_lowercase);
        words.filter(|word| word.chars().count() >= STEM).map(|word| word.chars().take(STEM).collect()).collect()
    };
    !stems(one).is_disjoint(&stems(other))
}

/// Letters at the beginning of a word by which two are of one stem.
const STEM: usize = 5;

/// Whether the table asks for a column in every row.
fn is_required(layout: &Layout, column: &str) -> bool {
    layout.table.columns.get(column).is_some_and(|column| column.required)
}

/// The header is near: a layout that extends the nearest one.
fn of_labels(collection: &Collection, nearest: &Nearest, file_name: &str) -> Vec<String> {
    let layout = &nearest.layout;
    let later = of_another_year(nearest);
    let is_later = |column: &str| later.iter().any(|(other, _)| *other == column);
    let told = nearest.missing.iter().filter_map(|one| Some((one.column.as_str(), one.meant.as_ref()?)));
    let told = told.chain(nearest.renamed.iter().map(|(column, meant)| (column.as_str(), meant)));
    let mut renamed: Vec<(&str, MeantLabel)> = told
        .filter(|(column, meant)| !is_later(column) && !later.iter().any(|(_, other)| other.label() == meant.label()))
        .map(|(column, meant)| (column, meant.clone()))
        .collect();
    renamed.splice(0..0, later.iter().cloned());
    let is_named = |column: &str| renamed.iter().any(|(other, _)| *other == column);
    let mut gone: Vec<&str> =
        nearest.missing.iter().map(|one| one.column.as_str()).filter(|column| !is_named(column)).collect();
    let used: Vec<&str> = renamed.iter().map(|(_, meant)| meant.label()).collect();
    let left = LabelLeft::of(nearest, &gone, &used);
    if let Some(left) = left.as_ref().filter(|left| left.is_certain) {
        gone.retain(|column| *column != left.column);
        renamed.push((left.column, MeantLabel::Alike(left.label.to_owned())));
    }
    let used: Vec<&str> = renamed.iter().map(|(_, meant)| meant.label()).collect();
    let free: Vec<String> =
        nearest.free.iter().filter(|label| !used.contains(&label.as_str())).map(|label| quoted(label)).collect();
    let mut names: Vec<String> = renamed
        .iter()
        .map(|(column, meant)| format!("column `{column}` is under {} now", quoted(meant.label())))
        .collect();
    let (asked, gone): (Vec<&str>, Vec<&str>) = gone.into_iter().partition(|column| is_required(layout, column));
    if !gone.is_empty() {
        let verb = if gone.len() == 1 { "has" } else { "have" };
        names.push(format!("{} {verb} no label that is near", gone.join(", ")));
    }
    let mut lines = vec![
        format!("# pipelines/{}/layouts/{}_2.toml: a guess, to be confirmed", collection.name, layout.name),
        format!("title = {}", quoted(&format!("as {file_name} came"))),
        format!("extends = {}", quoted(&layout.name)),
        format!("why = {}", quoted(&names.join("; "))),
    ];
    if layout.files.as_ref().is_some_and(|files| !files.is_match(file_name)) {
        lines.push(format!("files = [{}]", quoted(&glob(file_name))));
    }
    // Rows are known by these: without a value they would stand beside those of the release before.
    let is_known_by = |column: &str| {
        let of_text = layout.table.columns.get(column).is_some_and(|column| column.kind == Kind::Text);
        of_text
            && (layout.table.key.iter().any(|key| key == column) || layout.table.replaced_by().any(|by| by == column))
    };
    let (known_by, without): (Vec<&str>, Vec<&str>) = gone.iter().copied().partition(|column| is_known_by(column));
    if !without.is_empty() {
        let quoted: Vec<String> = without.iter().map(|name| quoted(name)).collect();
        lines.push(format!("absent = [{}]", quoted.join(", ")));
    }
    if !free.is_empty() {
        lines.push(format!("# labels that no column takes: {}", free.join(", ")));
    }
    if !asked.is_empty() {
        lines.push(format!(
            "# to be filled in every row, and no label is near: {}. Find the label of each, as COLUMN.from = [\"LABEL\"]",
            asked.join(", ")
        ));
    }
    if let Some(LabelLeft { column, label, .. }) = left.as_ref().filter(|left| gone.contains(&left.column)) {
        lines.push(format!(
            "# or, if it is that column under a new label, take it out of `absent`: {column}.from = [{}]",
            quoted(label)
        ));
    }
    // What the nearest layout says for every row of its own files, such as their year, is not said of this one.
    let of_other_files = layout.files.as_ref().is_some_and(|files| !files.is_match(file_name));
    let periods = layout.columns.iter().filter_map(|(name, arrival)| Some((name, arrival.constant.as_ref()?)));
    let periods: Vec<String> = periods
        .filter(|(name, _)| layout.table.columns.get(*name).is_some_and(|column| column.kind == Kind::Period))
        .map(|(name, value)| constant(layout, name, value))
        .filter(|_| of_other_files)
        .collect();
    let near: Vec<&str> =
        renamed.iter().filter(|(_, meant)| matches!(meant, MeantLabel::Alike(_))).map(|(column, _)| *column).collect();
    if !near.is_empty() {
        lines.push(format!(
            "# near, and not the same words, so see that each is what its column holds: {}",
            near.join(", ")
        ));
    }
    if !renamed.is_empty() || !periods.is_empty() || !known_by.is_empty() {
        lines.push("[columns]".to_owned());
        lines.extend(periods);
        let total = |column: &&str| {
            format!("{column}.constant = \"Total\"   # rows are known by it: what all rows of this file are")
        };
        lines.extend(known_by.iter().map(total));
        for (column, meant) in &renamed {
            lines.push(match meant {
                MeantLabel::Noted(_) => format!("# {column}: set `header.strip_footnotes = true`"),
                _ => format!("{column}.from = [{}]", quoted(meant.label())),
            });
        }
    }
    lines
}

/// Where the file would be put, or the lines of a source that would take it where it lies.
pub(super) fn source_of(definitions: &Definitions, collection: &Collection, asked: &Path) -> Vec<String> {
    let asked = std::path::absolute(asked).unwrap_or_else(|_| asked.to_path_buf());
    let folders: Vec<_> = definitions
        .sources
        .iter()
        .filter(|source| source.collection == collection.name)
        .filter_map(|source| source.kind.folder().map(Path::to_path_buf))
        .collect();
    if is_of_source(definitions, collection, &asked) {
        return vec!["  it lies where a run takes it".to_owned()];
    }
    let mut lines = Vec::new();
    if !collection.runs {
        lines.push(format!("  `collections` of the config leaves `{}` out: add it there", collection.name));
    }
    if let Some(folder) = folders.last() {
        lines.push(format!("  put it into {}", shell(folder)));
    }
    lines.push("  or let a source take it where it lies, in config/local.toml:".to_owned());
    let parent = asked.parent().map(|parent| parent.display().to_string()).unwrap_or_default();
    let name = asked.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    lines.extend([
        "[[source]]".to_owned(),
        format!("collection = {}", quoted(&collection.name)),
        format!("folder.path = {}", quoted(&parent)),
        format!("folder.files = [{}]", quoted(&glob(&name))),
    ]);
    lines
}

/// A pattern that takes exactly this name.
fn glob(name: &str) -> String {
    name.chars().map(|each| if "*?[]{}!".contains(each) { format!("[{each}]") } else { each.to_string() }).collect()
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    let escaped: String = text
        .chars()
        .map(|each| match each {
            '"' => "\\\"".to_owned(),
            '\\' => "\\\\".to_owned(),
            each if each.is_control() => format!("\\u{:04X}", u32::from(each)),
            each => each.to_string(),
        })
        .collect();
    format!("\"{escaped}\"")
}
