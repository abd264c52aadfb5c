//! Counts that are one number under several names. The plans issued in a year are the denominator of three KPIs, and those of them within
//! twenty weeks, within a year and later are all of them: an outsider who reads the definitions knows it, so the release has to.
//!
//! In: each part of each KPI with its numbers. Out: one name for parts that never differ, and which names are parts of which. What is found
//! by the numbers alone and is chance takes nothing away: a sum that holds is held against what is hidden as well.

use std::collections::{BTreeMap, BTreeSet};

/// Where a number stands: the pack that told it (blank for the one at hand), period and breakdown.
pub(super) type NumberAt = (String, String, String);

/// The numbers of a part of a KPI.
#[derive(Debug, Clone, Default)]
pub(super) struct PartNumbers {
    /// The KPI, and `numerator` or `denominator`.
    pub(super) of: (String, String),
    /// Its numbers.
    pub(super) numbers: BTreeMap<NumberAt, i64>,
}

/// What parts of KPIs are called in a release.
#[derive(Debug, Clone, Default)]
pub(super) struct MeasureNames {
    /// The name of each part.
    names: BTreeMap<(String, String), String>,
    /// By name, the name that it is part of.
    pub(super) parents: BTreeMap<String, String>,
}

impl MeasureNames {
    /// The name of a part of a KPI, and that of the whole that it is part of in the end.
    pub(super) fn of(&self, kpi: &str, part: &str) -> (String, String) {
        let name = self.names.get(&(kpi.to_owned(), part.to_owned())).cloned();
        let name = name.unwrap_or_else(|| format!("{kpi}.{part}"));
        let mut root = name.clone();
        while let Some(parent) = self.parents.get(&root) {
            root.clone_from(parent);
        }
        (name, root)
    }

    /// Whether one is the other, or part of it.
    fn is_below(&self, name: &str, whole: &str) -> bool {
        let mut at = name;
        loop {
            if at == whole {
                return true;
            }
            match self.parents.get(at) {
                Some(parent) => at = parent,
                None => return false,
            }
        }
    }
}

/// Numbers under one name.
struct NamedNumbers {
    name: String,
    /// The KPIs that have it: a KPI's numerator is never named as its denominator.
    kpis: BTreeSet<String>,
    numbers: BTreeMap<NumberAt, i64>,
}

impl NamedNumbers {
    /// The numbers of all, without groups.
    fn totals(&self) -> BTreeMap<&NumberAt, i64> {
        self.numbers.iter().filter(|(at, _)| at.2 == super::values::TOTAL).map(|(at, value)| (at, *value)).collect()
    }

    fn is_same(&self, other: &BTreeMap<NumberAt, i64>) -> bool {
        let of_all = |numbers: &BTreeMap<NumberAt, i64>| -> BTreeSet<NumberAt> {
            numbers.keys().filter(|at| at.2 == super::values::TOTAL).cloned().collect()
        };
        let shared = || other.iter().filter_map(|(at, value)| Some((*value, *self.numbers.get(at)?)));
        shared().any(|(one, _)| one > 0)
            && shared().all(|(one, other)| one == other)
            && of_all(&self.numbers) == of_all(other)
    }
}

/// Names the parts; `shares` are KPIs whose numerator is part of their denominator.
pub(super) fn named(parts: &[PartNumbers], shares: &BTreeSet<String>) -> MeasureNames {
    let mut found = MeasureNames::default();
    let mut all: Vec<NamedNumbers> = Vec::new();
    for part in parts {
        let name = match all.iter_mut().find(|known| !known.kpis.contains(&part.of.0) && known.is_same(&part.numbers)) {
            Some(known) => {
                known.kpis.insert(part.of.0.clone());
                known.numbers.extend(part.numbers.iter().map(|(at, value)| (at.clone(), *value)));
                known.name.clone()
            }
            None => {
                let name = format!("{}.{}", part.of.0, part.of.1);
                all.push(NamedNumbers {
                    name: name.clone(),
                    kpis: BTreeSet::from([part.of.0.clone()]),
                    numbers: part.numbers.clone(),
                });
                name
            }
        };
        found.names.insert(part.of.clone(), name);
    }
    let mut wholes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for kpi in shares {
        let name = |part: &str| found.names.get(&(kpi.clone(), part.to_owned())).cloned();
        if let (Some(above), Some(below)) = (name("numerator"), name("denominator"))
            && above != below
        {
            wholes.entry(below).or_default().insert(above);
        }
    }
    let by_name: BTreeMap<&str, &NamedNumbers> = all.iter().map(|one| (one.name.as_str(), one)).collect();
    for (whole, parts) in &wholes {
        let Some(of_whole) = by_name.get(whole.as_str()).map(|one| one.totals()) else { continue };
        let free = |found: &MeasureNames, name: &str| !found.parents.contains_key(name) && !found.is_below(whole, name);
        let inside: Vec<&str> = parts.iter().map(String::as_str).collect();
        let others: Vec<&str> =
            all.iter().map(|one| one.name.as_str()).filter(|name| name != whole && !parts.contains(*name)).collect();
        let mut sets: Vec<Vec<&str>> = Vec::new();
        for (index, one) in inside.iter().enumerate() {
            for (next, other) in inside.iter().enumerate().skip(index + 1) {
                sets.push(vec![one, other]);
                sets.extend(inside.iter().skip(next + 1).map(|third| vec![*one, *other, *third]));
            }
            sets.extend(others.iter().map(|other| vec![*one, *other]));
        }
        for set in sets {
            let of_parts: Vec<BTreeMap<&NumberAt, i64>> =
                set.iter().filter_map(|name| by_name.get(name)).map(|one| one.totals()).collect();
            let holds = !of_whole.is_empty()
                && of_whole.iter().all(|(at, value)| {
                    let sum: Option<i64> = of_parts.iter().map(|of| of.get(at).copied()).sum();
                    sum == Some(*value)
                })
                && of_parts.iter().all(|of| of.values().any(|value| *value > 0));
            if holds && set.iter().all(|name| free(&found, name)) {
                found.parents.extend(set.iter().map(|name| ((*name).to_owned(), whole.clone())));
                break;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(kpi: &str, part: &str, numbers: &[i64]) -> PartNumbers {
        let at = |index: usize| (String::new(), format!("202{index}"), "total".to_owned());
        let numbers = numbers.iter().enumerate().map(|(index, value)| (at(index), *value)).collect();
        PartNumbers { of: (kpi.to_owned(), part.to_owned()), numbers }
    }

    #[test]
    fn what_never_differs_is_one_and_what_adds_up_is_parts() {
        let parts = [
            part("in_time", "numerator", &[30, 41]),
            part("in_time", "denominator", &[50, 60]),
            part("late", "numerator", &[18, 16]),
            part("late", "denominator", &[50, 60]),
            part("very_late", "numerator", &[2, 3]),
            part("very_late", "denominator", &[50, 60]),
            part("other", "numerator", &[7, 9]),
        ];
        let shares = ["in_time", "late", "very_late"].map(str::to_owned).into();
        let found = named(&parts, &shares);
        assert_eq!(found.of("very_late", "denominator").0, "in_time.denominator");
        assert_eq!(found.parents.len(), 3);
        assert_eq!(found.of("late", "numerator"), ("late.numerator".to_owned(), "in_time.denominator".to_owned()));
        assert_eq!(found.of("other", "numerator").1, "other.numerator");
    }
}
