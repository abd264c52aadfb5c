//! What is to be printed: counts with the persons behind them, figures made of counts, and how counts add up.

use std::collections::{BTreeMap, BTreeSet};

use crate::definitions::WhoIsCounted;

/// What is counted, of what period, of whom: one key is one number, wherever it is printed.
///
/// A dimension that is left out of `coordinates` is taken as a whole: the total of a table has no coordinate, and a table of schools
/// and a table of schools by sex share the counts of schools.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct CountKey {
    /// The pack that printed it; blank for the one at hand.
    pub told_in: String,
    /// What is counted, such as `suspension_rate.numerator`.
    pub measure: String,
    /// Of which period.
    pub period: String,
    /// Dimension and category: `place` → `URN 123456`, `sex` → `F`.
    pub coordinates: BTreeMap<String, String>,
}

impl CountKey {
    /// The same count as the pack at hand tells it.
    #[must_use]
    pub fn as_told_now(&self) -> Self {
        Self { told_in: String::new(), ..self.clone() }
    }

    /// The key with another category of one dimension; blank for all of it.
    #[must_use]
    pub fn with(&self, dimension: &str, category: &str) -> Self {
        let mut key = self.clone();
        if category.is_empty() {
            key.coordinates.remove(dimension);
        } else {
            key.coordinates.insert(dimension.to_owned(), category.to_owned());
        }
        key
    }
}

impl std::fmt::Display for CountKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.measure, self.period)?;
        for (dimension, category) in &self.coordinates {
            write!(f, " {dimension}={category}")?;
        }
        if !self.told_in.is_empty() {
            write!(f, " (as told in {})", self.told_in)?;
        }
        Ok(())
    }
}

/// A count, and the persons behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PersonCount {
    /// The count, never below nought; of parts (hours, full-time equivalents) in units of the last digit that is printed.
    pub value: i64,
    /// How many distinct persons are behind it. Twelve suspensions may be one child.
    pub persons: i64,
    /// Whose rows they are.
    pub who: WhoIsCounted,
}

/// How a figure is made of counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FigureShape {
    /// The count itself: a cell, a total, a point of a chart.
    Count(CountKey),
    /// One count divided by another. Whoever sees it to a decimal and knows the one has the other: both count as printed.
    Share {
        /// Above the line.
        numerator: CountKey,
        /// Below the line.
        denominator: CountKey,
        /// Whether the numerator is a part of the denominator, so that what is left is a count of persons too.
        is_part: bool,
    },
    /// Anything else that is reckoned of counts: a difference, a rank, a verdict, a chart's limits. All of them count as printed.
    Derived(Vec<CountKey>),
}

impl FigureShape {
    /// The counts that it gives away.
    #[must_use]
    pub fn counts(&self) -> Vec<&CountKey> {
        match self {
            Self::Count(key) => vec![key],
            Self::Share { numerator, denominator, .. } => vec![numerator, denominator],
            Self::Derived(keys) => keys.iter().collect(),
        }
    }
}

/// A number that is printed somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintedFigure {
    /// Where: table and cell, chart and point. Unique in its release.
    pub id: String,
    /// What it is made of.
    pub shape: FigureShape,
}

/// The rows of one kind: those that are counted in the same counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InnerCell {
    /// The counts in which its rows are counted.
    pub of: Vec<CountKey>,
    /// What its rows add to each of them; nought for a cell that might have rows and has none.
    pub value: i64,
}

/// Everything that is printed together, and what was printed before it of the same periods.
#[derive(Debug, Clone, Default)]
pub struct PrintedRelease {
    /// Every count that a figure is made of, and any other that must not be found out.
    pub counts: BTreeMap<CountKey, PersonCount>,
    /// What is to be printed.
    pub figures: Vec<PrintedFigure>,
    /// By dimension, the categories with the category that each is part of; blank for the whole. What parts lack of the whole, or have twice,
    /// is told by the counts. Categories that are not of one division (needs, of which a child has several) are left out here.
    pub parents: BTreeMap<String, BTreeMap<String, String>>,
    /// The rows behind, by the counts that they are in, where they are known. With them, nothing that only the rows know (which
    /// combinations occur) helps anybody.
    pub cells: Vec<InnerCell>,
    /// Counts of earlier packs ([`CountKey::told_in`]), and whether each was shown.
    pub earlier: BTreeMap<CountKey, bool>,
}

/// A value of a KPI that is to be printed.
#[derive(Debug, Clone)]
pub struct ValueBehind<'v> {
    /// Where it is printed: see [`PrintedFigure::id`].
    pub id: &'v str,
    /// The KPI.
    pub kpi: &'v str,
    /// Of which period.
    pub period: &'v str,
    /// Of which place; blank for the place that all others are part of.
    pub place: &'v str,
    /// Of which group, as `kpi.value` has it: `total`, `phase=primary`, `phase=primary, sex=F`.
    pub breakdown: &'v str,
    /// Above the line; of a count, the count.
    pub numerator: PersonCount,
    /// Below the line.
    pub denominator: Option<PersonCount>,
    /// Whether the numerator is a part of the denominator.
    pub is_part: bool,
}

impl PrintedRelease {
    /// Adds a value of a KPI. Of a value that is printed twice the counts are the same.
    pub fn add_value(&mut self, value: &ValueBehind<'_>) {
        let key = |part: &str| {
            let measure = format!("{}.{part}", value.kpi);
            let key = CountKey { measure, period: value.period.to_owned(), ..CountKey::default() };
            let groups = value.breakdown.split(", ").filter_map(|group| group.split_once('='));
            groups.fold(key.with("place", value.place), |key, (dimension, category)| key.with(dimension, category))
        };
        let numerator = key("numerator");
        self.counts.insert(numerator.clone(), value.numerator);
        let shape = match value.denominator {
            None => FigureShape::Count(numerator),
            Some(counted) => {
                let denominator = key("denominator");
                self.counts.insert(denominator.clone(), counted);
                FigureShape::Share { numerator, denominator, is_part: value.is_part }
            }
        };
        self.figures.push(PrintedFigure { id: value.id.to_owned(), shape });
    }

    /// Adds what an earlier pack printed: its counts as it told them, and which of them it showed.
    pub fn add_earlier(&mut self, pack: &str, counts: impl IntoIterator<Item = (CountKey, PersonCount, bool)>) {
        for (key, counted, was_shown) in counts {
            let key = CountKey { told_in: pack.to_owned(), ..key };
            self.counts.insert(key.clone(), counted);
            self.earlier.insert(key, was_shown);
        }
    }

    /// Groups rows by the counts that they are in: rows that are in the same are one cell.
    ///
    /// Each row is the keys of the counts that it is in, and what it adds to each. Keys that the release does not have are passed over.
    pub fn group_rows<'k>(&mut self, rows: impl IntoIterator<Item = (Vec<&'k CountKey>, i64)>) {
        let known: Vec<&CountKey> = self.counts.keys().collect();
        let mut cells: BTreeMap<Vec<usize>, i64> = BTreeMap::new();
        for (keys, value) in rows {
            let of: BTreeSet<usize> = keys.iter().filter_map(|key| known.binary_search(key).ok()).collect();
            if !of.is_empty() {
                *cells.entry(of.into_iter().collect()).or_default() += value;
            }
        }
        let keyed = |of: Vec<usize>| of.into_iter().map(|at| known[at].clone()).collect();
        self.cells = cells.into_iter().map(|(of, value)| InnerCell { of: keyed(of), value }).collect();
    }
}
