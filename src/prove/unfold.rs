//! Columns into rows: which records the labels of a header unfold each row into.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use crate::definitions::Unpivot;
use crate::model::fits;
use crate::read::{fold, strip_footnote};

/// One record that a row unfolds into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnfoldedRecord {
    /// What the key columns receive, in their order.
    pub keys: Vec<String>,
    /// Column of the contract and its column in the file, 0-based.
    pub columns: BTreeMap<String, u32>,
}

/// The records, in the order of the file's columns, and the columns of the contract that were found in any label.
pub(super) struct Unfolded<'u> {
    pub(super) records: Vec<UnfoldedRecord>,
    pub(super) found: BTreeSet<&'u str>,
}

/// A label that a pattern matched: the column, its place, and the keys that it names.
struct LabelMatch<'u> {
    name: &'u str,
    source: u32,
    keys: Vec<Option<String>>,
}

/// Unfolds a header. A label that names all keys makes a record; one that names some of them stands in every record that
/// agrees in those. Patterns are tried on the label as it reads, on its compared form, and on that with its number.
pub(super) fn unfold<'u>(
    unpivot: &'u Unpivot,
    labels: &[String],
    compared: &[String],
    footnotes: bool,
) -> Unfolded<'u> {
    let shown: Vec<String> = labels
        .iter()
        .map(|label| {
            let label = fold(label);
            if footnotes { strip_footnote(&label).to_owned() } else { label }
        })
        .collect();
    let numbered = numbered(&shown);
    let mut seen = Vec::new();
    for (name, pattern) in &unpivot.columns {
        for column in 0..labels.len() {
            let texts = [shown[column].as_str(), compared[column].as_str(), numbered[column].as_str()];
            let Some(groups) = texts.into_iter().find_map(|text| pattern.captures(text)) else { continue };
            let group =
                |(_, group): &(String, String)| groups.name(group).map(|found| unpivot.kept(found.as_str().trim()));
            let keys: Vec<Option<String>> = unpivot.keys.iter().map(group).collect();
            if keys.iter().any(Option::is_some) {
                seen.push(LabelMatch { name, source: fits(column), keys });
            }
        }
    }
    let mut records: IndexMap<Vec<String>, BTreeMap<String, u32>> = IndexMap::new();
    for one in &seen {
        if let Some(keys) = one.keys.iter().cloned().collect::<Option<Vec<String>>>() {
            records.entry(keys).or_default().entry(one.name.to_owned()).or_insert(one.source);
        }
    }
    for one in seen.iter().filter(|one| one.keys.iter().any(Option::is_none)) {
        for (keys, columns) in &mut records {
            if one.keys.iter().zip(keys).all(|(wanted, key)| wanted.as_ref().is_none_or(|wanted| wanted == key)) {
                columns.entry(one.name.to_owned()).or_insert(one.source);
            }
        }
    }
    Unfolded {
        records: records.into_iter().map(|(keys, columns)| UnfoldedRecord { keys, columns }).collect(),
        found: seen.iter().map(|one| one.name).collect(),
    }
}

/// Each label with its number among equal ones: `SNP#1`, `SNP#2`; a label that stands once too.
fn numbered(labels: &[String]) -> Vec<String> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    labels
        .iter()
        .map(|label| {
            let count = seen.entry(label).or_insert(0);
            *count += 1;
            format!("{label}#{count}")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;
    use crate::read::label_key;

    #[test]
    fn a_label_that_names_one_key_of_two_stands_in_every_record_that_agrees() {
        let pattern = |text: &str| Regex::new(&format!("^(?:{text})$")).unwrap();
        let unpivot = Unpivot {
            keys: ["measure", "who"].map(|key| (key.to_owned(), key.to_owned())).to_vec(),
            columns: IndexMap::from([
                ("value".to_owned(), pattern("(?<measure>College|School) / (?<who>.+)")),
                ("pupils".to_owned(), pattern("Pupils / (?<who>.+)")),
            ]),
            century: None,
        };
        let labels: Vec<String> =
            ["Code", "Pupils / Boys", "Pupils / Girls", "College / Boys", "College / Girls", "School\n /  Boys"]
                .map(str::to_owned)
                .to_vec();
        let compared: Vec<String> = labels.iter().map(|label| label_key(label, false)).collect();
        let unfolded = unfold(&unpivot, &labels, &compared, false);
        let told: Vec<String> = unfolded
            .records
            .iter()
            .map(|record| format!("{} {:?}", record.keys.join("+"), record.columns.values().collect::<Vec<_>>()))
            .collect();
        assert_eq!(told, ["College+Boys [1, 3]", "College+Girls [2, 4]", "School+Boys [1, 5]"]);
    }
}
