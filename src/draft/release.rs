//! A file of the department's statistics service: its columns of time and place are known by name, the others are groups that
//! figures are split by, or figures.
//!
//! In: the profile of a file, and its `.meta.csv` where it lies beside. Out: a contract whose key is time, place and groups, and
//! never a figure. What such a file says in its next release and not in this one (a code, a mark, more decimals) loses no row.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::meta::Meta;
use super::part::{FIGURES, Role, SHARES, has, role};
use super::texts::{self, list, quoted};
use super::{DraftField, Drafted, Said, TO_CONFIRM, names, snake};
use crate::definitions::{CodeList, Doubt, PrivacyClass, ToConfirm};
use crate::model::Reason;
use crate::profile::{ColumnProfile, SOME_WITH_A_SIGN, TableProfile};
use crate::read::label_key;

/// The symbols of the service, and what they mean in most of its publications.
const MARKS: [(&str, &str); 7] = [
    ("z", "not_applicable"),
    ("x", "unavailable"),
    ("c", "suppressed"),
    ("low", "low"),
    ("k", "low"),
    ("u", "unavailable"),
    (":", "unavailable"),
];

/// What only a draft of such a file has.
#[derive(Debug, Clone, Default)]
pub(super) struct Release {
    /// What each column holds.
    about: BTreeMap<String, String>,
    /// Groups that figures are split by.
    groups: Vec<String>,
    /// Marks that the file has beside those of the service.
    marks: BTreeMap<String, &'static str>,
    /// Columns without a label, by their letters.
    left: Vec<String>,
}

/// Whole numbers that may name a group, the likeliest first: those that do not say that they count. Only where no `.meta.csv` tells.
pub(super) fn may_be_groups(drafted: &Drafted) -> Vec<u32> {
    let Some(release) = &drafted.release else { return Vec::new() };
    let figures = drafted.columns.iter().filter(|field| field.kind == "integer" && !drafted.key.contains(&field.name));
    let mut whole: Vec<&DraftField> = figures.filter(|field| release.about.contains_key(&field.name)).collect();
    whole.sort_by_key(|field| (has(&field.profile.label, &FIGURES), field.profile.index));
    whole.iter().map(|field| field.profile.index).collect()
}

/// Where in the file the columns of the key stand.
pub(super) fn key_columns(drafted: &Drafted) -> Vec<u32> {
    drafted.columns.iter().filter(|field| drafted.key.contains(&field.name)).map(|field| field.profile.index).collect()
}

/// The contract of a file of the service.
pub(super) fn drafted(
    name: &str,
    table: &TableProfile,
    lists: &BTreeMap<String, Arc<CodeList>>,
    metas: Option<&BTreeMap<String, Meta>>,
    also_groups: &BTreeSet<u32>,
) -> Drafted {
    let mut release = Release::default();
    let (mut taken, mut columns, mut key) = (BTreeSet::new(), Vec::new(), Vec::new());
    let mut figures = Vec::new();
    for column in &table.columns {
        if column.label.is_empty() {
            release.left.push(column.letters.clone());
            continue;
        }
        let meta = metas.and_then(|metas| metas.get(&label_key(&column.label, false)));
        let label = &column.label;
        let bare = without_year(column, table).map(|label| ColumnProfile { label, ..column.clone() });
        let carries_year = bare.is_some();
        let series = YearSeries::of(column, table);
        let column = bare.as_ref().unwrap_or(column);
        let role = match role(column, table, meta, !figures.is_empty()) {
            Role::Figure if also_groups.contains(&column.index) => Role::Group,
            role => role,
        };
        let field_name = match role {
            Role::Standard((_, name, ..)) => names::unique(name, &mut taken),
            _ => {
                let name = series.as_ref().map_or(&column.label, |series| &series.name);
                names::unique(&snake(name, &format!("column_{}", column.letters.to_lowercase())), &mut taken)
            }
        };
        let (kind, about) = match role {
            Role::Standard((_, _, "code", about, _)) if !lists.contains_key(&field_name) => {
                ("text".to_owned(), (*about).to_owned())
            }
            // A kind of period that is none is kept as it stands.
            Role::Standard((_, _, "period", about, _))
                if column.guess.kind != "period" && column.cells > column.blanks =>
            {
                ("text".to_owned(), (*about).to_owned())
            }
            Role::Standard((_, _, kind, about, _)) => ((*kind).to_owned(), (*about).to_owned()),
            Role::Name => ("text".to_owned(), format!("{}, as printed.", humanised(&column.label))),
            Role::Group => ("text".to_owned(), group(column, meta)),
            Role::Figure => {
                let about = figure(column, meta);
                (figure_kind(column, meta), series.as_ref().map_or(about.clone(), |series| series.about(&about)))
            }
        };
        if matches!(role, Role::Figure) {
            figures.push(field_name.clone());
            for mark in column.guess.marks.keys().filter(|mark| !MARKS.iter().any(|(known, _)| known == mark)) {
                release.marks.insert(mark.clone(), column.guess.marks[mark].as_str());
            }
            for bound in &column.guess.bounds {
                // A number below what the release prints is its `low`; one above some number is told by no figure.
                let reason = if bound.starts_with(['<', '≤']) { Reason::Low } else { Reason::Unavailable };
                release.marks.insert(bound.clone(), reason.as_str());
            }
        }
        if matches!(role, Role::Group) {
            release.groups.push(field_name.clone());
        }
        if matches!(role, Role::Group | Role::Standard((.., true))) {
            key.push(field_name.clone());
        }
        release.about.insert(field_name.clone(), about);
        columns.push(DraftField {
            codes: (kind == "code").then(|| field_name.clone()),
            name: field_name,
            profile: ColumnProfile { label: label.clone(), ..column.clone() },
            kind,
            class: PrivacyClass::None,
            carries_year,
            occurrence: None,
            is_key_alone: false,
        });
    }
    number_equal_labels(&mut columns);
    // A code that is there says it whole.
    if key.iter().any(|name| name == "old_la_code") {
        key.retain(|name| name != "new_la_code");
    }
    let is_unnamed = |name: &&String| {
        let label =
            columns.iter().find(|field| field.name == **name).map(|field| label_key(&field.profile.label, false));
        metas.zip(label).is_some_and(|(metas, label)| !metas.contains_key(&label))
    };
    let unnamed: Vec<&str> = release.groups.iter().filter(is_unnamed).map(String::as_str).collect();
    let asked = match metas {
        None => Some(not_sure(&release.groups, &figures)),
        Some(_) if unnamed.is_empty() => None,
        Some(_) => Some(ToConfirm {
            what: Doubt::Key,
            column: None,
            ask: format!(
                "the `.meta.csv` says nothing of {}. Are figures split by it, so that it is in the key? Else take it out of `key`.",
                unnamed.join(", ")
            ),
        }),
    };
    let asked = asked
        .map(|key| ToConfirm { ask: format!("{} And {}", key.ask, of_later_files(&columns, &release.groups)), ..key });
    let mixed = columns.iter().filter(|field| is_mixed(field)).map(|field| ToConfirm {
        what: Doubt::Types,
        column: Some(field.name.clone()),
        ask: "some cells have a sign for per cent and others have none: 90% is kept as 90, the others as they stand. Is that one unit?"
            .to_owned(),
    });
    let of_layout = mixed.chain(super::doubts::comma_decimals(&columns)).collect();
    Drafted {
        name: name.to_owned(),
        sheet: None,
        columns,
        key,
        is_key_makeshift: false,
        unlabelled: Vec::new(),
        of_table: asked.into_iter().collect(),
        of_layout,
        release: Some(release),
    }
}

/// The columns that tell the files of one release apart: a file for each level, for each topic, or for each group of which this one has no
/// other, is no revision of the others.
fn parts_of_release(columns: &[DraftField], groups: &[String]) -> Vec<String> {
    let is_part = |field: &&DraftField| {
        let is_alone = field.profile.distinct == 1 && groups.contains(&field.name);
        matches!(field.name.as_str(), "time_identifier" | "geographic_level")
            || field.name.ends_with("_topic")
            || field.name.ends_with("_grouping")
            || field.name == "characteristic_group"
            || is_alone
    };
    columns.iter().filter(is_part).map(|field| field.name.clone()).collect()
}

/// What is asked about what a later file does.
fn of_later_files(columns: &[DraftField], groups: &[String]) -> String {
    let parts = parts_of_release(columns, groups);
    let of = std::iter::once("period").chain(parts.iter().map(String::as_str)).collect::<Vec<_>>().join(" + ");
    format!(
        "does one file tell all of a {of}? A later file takes the place of every row of those that it tells. Where a release comes in \
         several files of the same (one for each phase), add what tells them apart to `period_with`."
    )
}

/// A label without the year that it carries, `review_expected_2025`: that of the next release has another. None where a label has no year,
/// or other labels are the same without theirs.
fn without_year(column: &ColumnProfile, table: &TableProfile) -> Option<String> {
    let (bare, labels) = dated(column, table)?;
    (labels.len() == 1).then_some(bare)
}

/// A figure of one of several years that stand side by side, `late_2025` beside `late_2026`: the next release has later ones, so that its
/// column is named by its place among them and not by a year.
struct YearSeries {
    name: String,
    place: usize,
    of: usize,
    label: String,
}

impl YearSeries {
    /// None for a label without a year, or with one that no other label differs from by its year alone.
    fn of(column: &ColumnProfile, table: &TableProfile) -> Option<Self> {
        let (bare, mut labels) = dated(column, table)?;
        labels.sort();
        let place = labels.iter().position(|label| *label == label_key(&column.label, false))? + 1;
        (labels.len() > 1).then(|| Self {
            name: format!("{bare} year {place}"),
            place,
            of: labels.len(),
            label: column.label.clone(),
        })
    }

    fn about(&self, about: &str) -> String {
        format!(
            "{} Year {} of the {} that stand side by side in each release: `{}` in the one that this was drafted from.",
            about, self.place, self.of, self.label
        )
    }
}

/// A label without its year, and the labels that differ from it by their year alone, its own among them; none where it has no year, or is
/// nothing else.
fn dated(column: &ColumnProfile, table: &TableProfile) -> Option<(String, Vec<String>)> {
    let near = near_years(table);
    let pattern = |label: &str| year_pattern(label, &|year| near.contains(&year));
    let own = pattern(&column.label)?;
    let bare: String = column.label.chars().filter(|each| !each.is_ascii_digit()).collect();
    let alike = table.columns.iter().filter(|other| pattern(&other.label).is_some_and(|pattern| pattern == own));
    let labels = alike.map(|other| label_key(&other.label, false)).collect();
    bare.chars().any(char::is_alphabetic).then(|| (bare.trim_end_matches(['_', ' ']).to_owned(), labels))
}

/// The last two digits of the years about which the rows of a release are, and of those beside them: others are no years.
fn near_years(table: &TableProfile) -> BTreeSet<u32> {
    let periods =
        table.columns.iter().filter(|column| column.label == "time_period").flat_map(|column| column.values.keys());
    let years = periods.filter_map(|period| period.get(..4)?.parse::<u32>().ok());
    years.flat_map(|year| year - 2..=year + 3).map(|year| year % 100).collect()
}

/// Words beside which two digits are an age, a stage or a length of time.
const NO_YEARS: [&str; 10] = ["age", "aged", "ages", "year", "nc", "week", "weeks", "days", "under", "over"];

/// The pattern of a label that has one year and no other digits, as labels are compared; none of any other. A year has four digits, those of
/// two years (`202425`), or is the last two where `is_near` says so of it.
fn year_pattern(label: &str, is_near: &dyn Fn(u32) -> bool) -> Option<String> {
    let key = label_key(label, false);
    // A pattern stands between such quotes.
    if key.contains('\'') {
        return None;
    }
    let is_digit = |each: char| each.is_ascii_digit();
    let at = key.find(is_digit)?;
    let length = key[at..].find(|each| !is_digit(each)).unwrap_or(key.len() - at);
    let (before, digits, rest) = (&key[..at], &key[at..at + length], &key[at + length..]);
    let is_century = digits.starts_with("19") || digits.starts_with("20");
    let number = |text: &str| text.parse::<u32>().ok();
    let is_year = match length {
        4 => is_century,
        6 => is_century && number(&digits[4..]) == number(&digits[2..4]).map(|year| (year + 1) % 100),
        2 => {
            let mut words = before.split(|each: char| !each.is_alphanumeric());
            rest.is_empty()
                && before.ends_with(['_', ' '])
                && number(digits).is_some_and(is_near)
                && !words.any(|word| NO_YEARS.contains(&word))
        }
        _ => false,
    };
    let is_alone = is_year && !rest.contains(is_digit);
    is_alone.then(|| format!("{}\\d{{{length}}}{}", regex::escape(before), regex::escape(rest)))
}

/// Whether some numbers of a column have a sign for per cent, and others have none.
fn is_mixed(field: &DraftField) -> bool {
    field.kind.starts_with("decimal") && field.profile.guess.nearly == Some(SOME_WITH_A_SIGN)
}

/// What is asked where no `.meta.csv` says which columns are groups.
fn not_sure(groups: &[String], figures: &[String]) -> ToConfirm {
    let named = |names: &[String]| if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    ToConfirm {
        what: Doubt::Key,
        column: None,
        ask: format!(
            "no `.meta.csv` lies beside the file. Are these groups that figures are split by, each in the key: {}? And these figures, none in it: {}?",
            named(groups),
            named(figures)
        ),
    }
}

fn number_equal_labels(columns: &mut [DraftField]) {
    let labels: Vec<String> = columns.iter().map(|field| label_key(&field.profile.label, false)).collect();
    for (at, field) in columns.iter_mut().enumerate() {
        if labels.iter().filter(|other| **other == labels[at]).count() > 1 {
            let before = labels[..at].iter().filter(|other| **other == labels[at]).count();
            field.occurrence = u32::try_from(before + 1).ok();
        }
    }
}

/// Decimals that a figure has room for, and the most of them; what a later release has more is rounded and told.
const DECIMALS: u8 = 12;
const MOST_DECIMALS: u8 = 20;

/// The type of a figure: whole only where nothing says that a release may print parts.
fn figure_kind(column: &ColumnProfile, meta: Option<&Meta>) -> String {
    if column.guess.comma_decimals > 0 {
        return "text".to_owned();
    }
    // `100%` is a percentage whatever it is called, and the next has decimals.
    let is_whole = column.guess.kind == "integer" && column.guess.suffix.is_none() && !has(&column.label, &SHARES);
    let says_whole = meta.is_none_or(Meta::is_whole);
    if is_whole && says_whole {
        return "integer".to_owned();
    }
    let kind = column.guess.kind.strip_suffix(')').and_then(|kind| kind.rsplit_once(',')?.1.parse::<u8>().ok());
    let decimals =
        if column.guess.nearly.is_some() { MOST_DECIMALS } else { kind.unwrap_or(0).clamp(DECIMALS, MOST_DECIMALS) };
    format!("decimal({},{decimals})", decimals + 18)
}

/// Type of a column by what stands in it, and whether it looks like a group.
pub(super) fn guess(column: &ColumnProfile, table: &TableProfile) -> (String, bool) {
    match role(column, table, None, false) {
        // A list of codes is chosen by whoever writes the contract.
        Role::Standard((_, _, "code", _, in_key)) => ("text".to_owned(), *in_key),
        Role::Standard((_, _, kind, _, in_key)) => ((*kind).to_owned(), *in_key),
        Role::Name => ("text".to_owned(), false),
        Role::Group => ("text".to_owned(), true),
        Role::Figure => (figure_kind(column, None), false),
    }
}

/// A label in words: `pupil_count` is `Pupil count`.
fn humanised(label: &str) -> String {
    let text = label.replace('_', " ");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn group(column: &ColumnProfile, meta: Option<&Meta>) -> String {
    let label = meta.map_or_else(|| humanised(&column.label), |meta| meta.label.clone());
    let within = meta
        .filter(|meta| !meta.grouping.is_empty())
        .map_or_else(String::new, |meta| format!("; groups of {}", meta.grouping));
    let hint = meta.filter(|meta| !meta.hint.is_empty()).map_or_else(String::new, |meta| format!(" ({})", meta.hint));
    format!("{label}{hint}, as printed{within}.")
}

fn figure(column: &ColumnProfile, meta: Option<&Meta>) -> String {
    match meta {
        Some(meta) => format!("{} ({}).", meta.label, meta.unit_in_words()),
        None if column.guess.suffix == Some("%")
            || has(&column.label, &["percent", "percentage", "perc", "pc", "pct"]) =>
        {
            format!("{} (per cent).", humanised(&column.label))
        }
        None if has(&column.label, &["rate"]) => format!("{} (rate).", humanised(&column.label)),
        None if has(&column.label, &["ratio"]) => format!("{} (ratio).", humanised(&column.label)),
        None if has(&column.label, &["fte", "equivalent"]) => {
            format!("{} (full-time equivalent).", humanised(&column.label))
        }
        None => format!("{} (number).", humanised(&column.label)),
    }
}

/// `tables/<name>.toml`.
pub(super) fn table(collection: &str, drafted: &Drafted, release: &Release, questions: &str) -> String {
    let by = if release.groups.is_empty() {
        String::new()
    } else {
        format!(", by {}", release.groups.iter().map(|name| name.replace('_', " ")).collect::<Vec<_>>().join(", "))
    };
    let mut text = String::from("#:schema ../../../config/schema/table.json\n");
    text.push_str(&format!(
        "title = {}\ngrain = {}\nkey = {}\n{questions}",
        quoted(&humanised(&drafted.name)),
        quoted(&format!("one place in one period{by}")),
        list(&drafted.key)
    ));
    text.push_str("disposition = \"replace_period\"\nperiod = \"period\"\n");
    let parts = parts_of_release(&drafted.columns, &release.groups);
    if !parts.is_empty() {
        text.push_str(&format!("period_with = {}\n", list(&parts)));
    }
    let mart =
        if drafted.name == collection { collection.to_owned() } else { format!("{collection}_{}", drafted.name) };
    text.push_str(&format!("mart = {}\nclass = \"none\"\n\n", quoted(&mart)));
    text.push_str("# The symbols of the service. `x` and `z` change places in some publications: their guidance says which is which.\n[marks]\n");
    for (mark, reason) in
        MARKS.iter().copied().chain(release.marks.iter().map(|(mark, reason)| (mark.as_str(), *reason)))
    {
        text.push_str(&format!("{} = {}\n", quoted(mark), quoted(reason)));
    }
    if !release.left.is_empty() {
        text.push_str(&format!(
            "\n# Column {} has no label and is not read: it numbers the rows.\n",
            release.left.join(", ")
        ));
    }
    text.push_str("\n[columns]\n");
    for field in &drafted.columns {
        text.push_str(&column(field, release));
    }
    text
}

fn column(field: &DraftField, release: &Release) -> String {
    let mut keys = vec![format!("type = {}", quoted(&field.kind))];
    if matches!(field.name.as_str(), "period" | "geographic_level") {
        keys.push("required = true".to_owned());
    }
    if let Some(codes) = &field.codes {
        keys.push(format!("codes = {}, invalid = \"query\", marks = {{}}", quoted(codes)));
    }
    if matches!(field.kind.as_str(), "gss_code" | "la_code" | "urn" | "laestab") {
        keys.push("invalid = \"query\"".to_owned());
    }
    keys.push(format!("about = {}", quoted(release.about.get(&field.name).map_or("", String::as_str))));
    format!("{} = {{ {} }}\n", field.name, keys.join(", "))
}

/// What a layout says behind its format. A label that nobody takes may be a group, whose rows would look like doubles: it is refused.
pub(super) fn arrivals(drafted: &Drafted) -> String {
    let mut text = "\n# A column that comes anew is refused, with the lines that take it: it may split rows that were one.\n[header]\nunknown = \"refuse\"\n\n[columns]\n".to_owned();
    for field in &drafted.columns {
        let label = &field.profile.label;
        let occurrence = field.occurrence.map_or_else(String::new, |occurrence| format!(", occurrence = {occurrence}"));
        let is_named = label_key(label, false) == field.name && field.occurrence.is_none();
        let pattern = field.carries_year.then(|| year_pattern(label, &|_| true)).flatten();
        let from = match pattern {
            Some(pattern) => Some(format!("from_pattern = '{pattern}'")),
            None if is_named => None,
            None => Some(format!("from = [{}]{occurrence}", quoted(label))),
        };
        // A row is not lost for a decimal more.
        let decimals = field.kind.strip_suffix(')').and_then(|kind| Some(kind.rsplit_once(',')?.1));
        let mut keys: Vec<String> =
            from.into_iter().chain(decimals.map(|decimals| format!("round = {decimals}"))).collect();
        keys.extend(texts::of_numbers(field));
        keys.extend(is_mixed(field).then(|| "percent = \"points\"".to_owned()));
        if !keys.is_empty() {
            text.push_str(&format!("{} = {{ {} }}\n", field.name, keys.join(", ")));
        }
    }
    text
}

/// `pipeline.toml`. What the service publishes is open data, under its licence.
pub(super) fn pipeline(collection: &str, title: &str, said: &Said) -> String {
    let or = |said: &Option<String>, otherwise: &str| quoted(said.as_deref().unwrap_or(otherwise));
    format!(
        "#:schema ../../config/schema/pipeline.json\n\
         # Drafted by `sendmart new {collection} --from` of a file of the department's statistics service: it is open data.\n\
         # `sendmart check` asks about whatever is \"{TO_CONFIRM}\".\n\
         title = {}\nowner = {}\npurpose = {}\nlawful_basis = {}\nretention = {}\n\
         licence = \"Contains public sector information licensed under the Open Government Licence v3.0. Source: Department for Education, explore education statistics.\"\n\n\
         [[source]]\nfolder.path = {}\nfolder.except = [\"*.meta.csv\"] # says what the columns are, which the contract says by now\n\n\
         [gate]\n# A release is whole: a row that is refused, for a mark or decimals that nobody has declared, holds it, and `faults list` says what to write.\n\
         max_quarantined_share = 0.0\n",
        quoted(title),
        or(&said.owner, TO_CONFIRM),
        or(&said.purpose, TO_CONFIRM),
        or(&said.basis, "open data"),
        or(
            &said.retention,
            "Kept while the published series is compared with; every release may be fetched again from DfE"
        ),
        quoted(&format!("inbox/{collection}")),
    )
}
