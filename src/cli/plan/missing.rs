//! What is missing of the returns that a collection holds: tables of a set, and returns between those that are there.

use std::collections::{BTreeMap, BTreeSet};

use super::FileVerdict;
use crate::definitions::{Collection, Definitions};
use crate::model::{Book, Delivery, DeliveryId};
use crate::source::Scouted;

/// Terms in the order of a calendar year, as files of census are named by it.
const TERMS: [&str; 3] = ["spring", "summer", "autumn"];

/// A return, as the names of its files say it: year, and term where it has one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Return {
    year: u32,
    term: Option<usize>,
}

impl Return {
    /// What a file's name says; none where it names no year.
    fn of(said: &str) -> Option<Self> {
        let lower = said.to_lowercase();
        let year = lower
            .split(|each: char| !each.is_ascii_digit())
            .find(|digits| digits.len() == 4)
            .and_then(|digits| digits.parse().ok())?;
        let term = TERMS.iter().position(|term| lower.contains(term));
        Some(Self { year, term })
    }

    /// The return after this one.
    fn next(&self) -> Self {
        match self.term {
            Some(term) if term + 1 < TERMS.len() => Self { year: self.year, term: Some(term + 1) },
            Some(_) => Self { year: self.year + 1, term: Some(0) },
            None => Self { year: self.year + 1, term: None },
        }
    }

    fn words(&self) -> String {
        self.term.map_or_else(|| self.year.to_string(), |term| format!("{} {}", self.year, TERMS[term]))
    }
}

/// The tables that came of each return.
pub(super) type Brought = BTreeMap<Return, BTreeSet<String>>;

/// Which tables came of which return, of what lies in the sources and of what was landed before.
pub(super) fn brought(
    definitions: &Definitions,
    collection: &Collection,
    looked: &[(&Scouted, FileVerdict)],
    books: &BTreeMap<DeliveryId, Book>,
    deliveries: &[Delivery],
) -> Brought {
    let named = definitions.sources.iter().find(|source| source.collection == collection.name);
    let return_of = |file_name: &str| named.and_then(|source| Return::of(&source.from_name(file_name)));
    let mut all = Brought::new();
    let mut add = |file_name: &str, tables: Vec<&str>| {
        if let Some(of) = return_of(file_name) {
            all.entry(of).or_default().extend(tables.into_iter().map(str::to_owned));
        }
    };
    for (file, verdict) in looked {
        add(&file.file_name, verdict.tables());
    }
    for delivery in deliveries.iter().filter(|delivery| delivery.collection == collection.name) {
        if let Some(book) = books.get(&delivery.delivery_id) {
            add(&delivery.file_name, book.tables.iter().map(|table| table.table.as_str()).collect());
        }
    }
    all
}

/// What is missing, in words.
pub(super) fn lines(collection: &Collection, brought: &Brought) -> Vec<String> {
    let mut lines = Vec::new();
    let ever: BTreeSet<&String> = brought.values().flatten().collect();
    // Tables of a set: those of the contract whose period the name of the file says.
    let is_of_set = |name: &&String| {
        collection.layouts.iter().any(|layout| {
            layout.table.name == **name && layout.columns.values().any(|arrival| arrival.file_name.is_some())
        })
    };
    let set: Vec<&String> = collection.tables.keys().filter(is_of_set).collect();
    let never: Vec<&str> = set.iter().filter(|name| !ever.contains(**name)).map(|name| name.as_str()).collect();
    if !brought.is_empty() && !never.is_empty() {
        lines.push(format!("{}, which no file has brought yet", never.join(", ")));
    }
    for (of, tables) in brought {
        // A table that comes in some terms only is missed where the same term of another year had it.
        let expected = |name: &&&String| {
            let others = brought.iter().filter(|(other, _)| *other != of && other.term == of.term);
            let mut others = others.map(|(_, tables)| tables.contains(**name)).peekable();
            if others.peek().is_none() { ever.contains(**name) } else { others.any(|has| has) }
        };
        let lacks: Vec<&str> =
            set.iter().filter(|name| !tables.contains(**name)).filter(expected).map(|name| name.as_str()).collect();
        if !lacks.is_empty() && tables.is_empty() {
            lines.push(format!("{}: no file of it can be read", of.words()));
        } else if !lacks.is_empty() {
            lines.push(format!("{}: {}", of.words(), lacks.join(", ")));
        }
    }
    if let (Some(first), Some(last)) = (brought.keys().next(), brought.keys().next_back())
        && first.term.is_some() == last.term.is_some()
    {
        let mut gaps = Vec::new();
        let mut next = first.next();
        while next < *last && gaps.len() < 40 {
            if !brought.contains_key(&next) {
                gaps.push(next.words());
            }
            next = next.next();
        }
        if !gaps.is_empty() {
            lines.push(format!(
                "no return at all of {}, between {} and {}",
                gaps.join(", "),
                first.words(),
                last.words()
            ));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn returns_follow_one_another() {
        let of = |said: &str| Return::of(said).map(|one| (one.words(), one.next().words()));
        assert_eq!(of("2025\nspring"), Some(("2025 spring".to_owned(), "2025 summer".to_owned())));
        assert_eq!(of("Autumn 2024"), Some(("2024 autumn".to_owned(), "2025 spring".to_owned())));
        assert_eq!(of("2024-25"), Some(("2024".to_owned(), "2025".to_owned())));
        assert_eq!(of("census"), None);
    }
}
