//! Which labels of a file are new ones of columns that were not found: each label is given once, to the pair that fits best as a whole.
//!
//! In: the columns of a layout that are missing, and the labels that nobody takes. Out: at most one label for each. A count is never
//! taken for a share, whatever letters they share.

use std::collections::{BTreeMap, BTreeSet};

use crate::definitions::{Arrival, Layout, did_you_mean};
use crate::read::label_key;

/// Labels that have so much in common with a column are taken to be meant.
const ALIKE: f64 = 0.5;

/// The same for a column that may be missing: then a label has to be nearer to be its new one.
const NEARER: f64 = 0.6;

/// Letters that two labels have in common where one is the other in another spelling.
const SPELT: f64 = 0.75;

/// How well a label fits that is the column's own but for a footnote; for the way it is written; for the order of its words.
const NOTED: f64 = 2.0;
const WRITTEN: f64 = 1.8;
const ORDERED: f64 = 1.5;

/// Other columns of a layout that have the words which a label and a column have in common: then these words tell none of them.
const SERIES: usize = 2;

/// How a label is taken for another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MeantLabel {
    /// The same with a footnote.
    Noted(String),
    /// The same words, written in another way or order.
    Written(String),
    /// Another spelling, so many letters away.
    Spelt(String, usize),
    /// It has words of the column's own name or labels.
    Alike(String),
}

impl MeantLabel {
    /// The label as it stands.
    #[must_use]
    pub fn label(&self) -> &str {
        let (Self::Noted(label) | Self::Written(label) | Self::Spelt(label, _) | Self::Alike(label)) = self;
        label
    }

    /// Whether it says the same as a label of the column.
    pub(super) fn is_same(&self) -> bool {
        matches!(self, Self::Noted(_) | Self::Written(_) | Self::Spelt(..))
    }

    pub(super) fn words(&self) -> String {
        match self {
            Self::Noted(label) => {
                format!(" (is it `{label}` now, with a footnote? then set `header.strip_footnotes = true`)")
            }
            Self::Spelt(label, letters) => format!(" (is it `{label}` now? {letters} of its letters differ)"),
            Self::Written(label) | Self::Alike(label) => format!(" (is it `{label}` now?)"),
        }
    }
}

/// A column that was not found, and what it is known by.
struct WantedColumn<'l> {
    column: &'l str,
    known: &'l [String],
    /// The names as they are compared: its labels, and its own.
    names: Vec<LabelWords>,
    /// The words of the names of the other columns of the layout.
    others: Vec<LabelWords>,
    /// It may be missing.
    is_optional: bool,
}

impl<'l> WantedColumn<'l> {
    fn of(layout: &'l Layout, column: &'l str) -> Self {
        let arrival = layout.columns.get(column);
        let known = arrival.map_or(&[][..], |arrival| arrival.from.as_slice());
        let names = known.iter().map(String::as_str).chain([column]).map(LabelWords::of).collect();
        let others = layout.columns.iter().filter(|(name, _)| *name != column);
        let others = others.map(|(name, arrival)| LabelWords::of(arrival.from.first().unwrap_or(name))).collect();
        Self { column, known, names, others, is_optional: arrival.is_some_and(|arrival| arrival.optional) }
    }

    /// How well a label fits, above 0 where it may be the column's new one.
    fn fit(&self, label: &str) -> f64 {
        let key = label_key(label, true);
        if self.known.iter().any(|from| label_key(from, true) == key) {
            return NOTED;
        }
        let label = LabelWords::of(label);
        if self.names.iter().all(|name| name.is_share() != label.is_share()) {
            return 0.0;
        }
        self.names.iter().map(|name| self.fit_of(name, &label)).fold(0.0, f64::max)
    }

    fn fit_of(&self, name: &LabelWords, label: &LabelWords) -> f64 {
        if name.squashed == label.squashed {
            return WRITTEN;
        }
        if name.is_opposite(label) {
            return 0.0;
        }
        // `nc_year_5` is no new name of `nc_year_6`.
        if !name.numbers.is_empty() && !label.numbers.is_empty() && name.numbers != label.numbers {
            return 0.0;
        }
        let both = name.in_common(label);
        let (mine, theirs) = (name.words.len(), label.words.len());
        if both.len() == mine && mine == theirs {
            return ORDERED;
        }
        let share = both.len() as f64 / (mine + theirs - both.len()).max(1) as f64;
        let letters = strsim::normalized_damerau_levenshtein(&name.squashed, &label.squashed);
        // `Team` became `Team in the new service`.
        let is_grown = both.len() == mine || both.len() == theirs;
        let is_near = letters >= SPELT || share >= if self.is_optional { NEARER } else { ALIKE } || is_grown;
        let tells = both.iter().any(|word| !OF_ANY_FIGURE.contains(word));
        // `sess_auth_holiday` and `sess_auth_illness` are as near as two columns that are there.
        let has_them = |other: &&LabelWords| both.iter().all(|word| other.words.iter().any(|one| is_word(one, word)));
        let is_of_series = self.others.iter().filter(has_them).count() >= SERIES;
        if !is_near || !tells || is_of_series || self.is_anothers(name, label) {
            return 0.0;
        }
        letters.max(share).max(ALIKE) + share / 10.0
    }

    /// Whether a label has a word of another column that this one has not, and lacks one that this one has: `turnover_headcount_pct` is not
    /// `turnover_rate_fte`.
    fn is_anothers(&self, name: &LabelWords, label: &LabelWords) -> bool {
        let has = |words: &LabelWords, wanted: &str| words.words.iter().any(|word| is_word(word, wanted));
        let tells = |word: &&String| !OF_ANY_FIGURE.contains(&word.as_str());
        let lacks = name.words.iter().filter(tells).any(|word| !has(label, word));
        let extra = label.words.iter().filter(tells).filter(|word| !has(name, word));
        lacks && extra.into_iter().any(|word| self.others.iter().any(|other| has(other, word)))
    }

    fn meant(&self, label: &str, fit: f64) -> MeantLabel {
        if fit >= NOTED {
            return MeantLabel::Noted(label.to_owned());
        }
        if self.known.iter().any(|known| did_you_mean(known, [label]).is_some()) {
            let distance = self.known.iter().map(|from| label_distance(from, label)).min().unwrap_or(0);
            return MeantLabel::Spelt(label.to_owned(), distance);
        }
        if fit >= ORDERED {
            return MeantLabel::Written(label.to_owned());
        }
        MeantLabel::Alike(label.to_owned())
    }
}

/// The label of each column that has one: those that have to be there, and those that may be missing.
pub(super) fn assigned(
    layout: &Layout,
    missing: &[String],
    free: &[String],
    labels: &[String],
) -> Vec<(String, MeantLabel)> {
    let is_there = |arrival: &Arrival| labels.iter().any(|label| takes(layout, arrival, label));
    let absent = layout.columns.iter().filter(|(_, arrival)| arrival.optional && !is_there(arrival));
    let wanted: Vec<WantedColumn<'_>> =
        missing.iter().chain(absent.map(|(column, _)| column)).map(|column| WantedColumn::of(layout, column)).collect();
    let fits: Vec<Vec<f64>> = wanted.iter().map(|one| free.iter().map(|label| one.fit(label)).collect()).collect();
    let given = best_pairs(&fits);
    let is_left = |label: usize| !given.values().any(|one| *one == label);
    let of_column = wanted.iter().enumerate().filter_map(|(column, one)| {
        let label = *given.get(&column)?;
        // Another label that nobody has is as near: nothing tells which is meant.
        let is_tied =
            (0..free.len()).any(|other| other != label && is_left(other) && fits[column][other] >= fits[column][label]);
        (!is_tied).then(|| (one.column.to_owned(), one.meant(&free[label], fits[column][label])))
    });
    of_column.collect()
}

/// The columns of a layout that may be missing and are, each with the label that is very likely its new one.
#[must_use]
pub fn renamed(layout: &Layout, free: &[String], labels: &[String]) -> Vec<(String, String)> {
    let found = assigned(layout, &[], free, labels);
    found.into_iter().map(|(column, meant)| (column, meant.label().to_owned())).collect()
}

/// Whether a column of a layout takes a label.
pub(super) fn takes(layout: &Layout, arrival: &Arrival, label: &str) -> bool {
    let key = label_key(label, layout.strip_footnotes);
    arrival.from.iter().any(|from| label_key(from, layout.strip_footnotes) == key)
        || arrival.from_pattern.as_ref().is_some_and(|pattern| pattern.is_match(&key))
}

/// Labels by how much they have in common with a column, the most alike first.
pub(super) fn by_likeness<'l>(layout: &Layout, column: &str, free: &'l [String]) -> Vec<&'l String> {
    let wanted = WantedColumn::of(layout, column);
    let like = |label: &String| {
        let label = LabelWords::of(label);
        let of_name = |name: &LabelWords| {
            let both = name.in_common(&label).len();
            let share = both as f64 / (name.words.len() + label.words.len() - both).max(1) as f64;
            strsim::normalized_damerau_levenshtein(&name.squashed, &label.squashed).max(share)
        };
        wanted.names.iter().map(of_name).fold(0.0, f64::max)
    };
    let mut ranked: Vec<(f64, &String)> = free.iter().map(|label| (like(label), label)).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    ranked.into_iter().map(|(_, label)| label).collect()
}

/// Which column has which label, so that all together fit best: each pair by itself first, then two columns that fit better the other
/// way round.
fn best_pairs(fits: &[Vec<f64>]) -> BTreeMap<usize, usize> {
    let mut pairs: Vec<(usize, usize)> =
        (0..fits.len()).flat_map(|column| (0..fits[column].len()).map(move |label| (column, label))).collect();
    pairs.retain(|(column, label)| fits[*column][*label] > 0.0);
    pairs.sort_by(|a, b| fits[b.0][b.1].total_cmp(&fits[a.0][a.1]).then(a.cmp(b)));
    let (mut given, mut taken) = (BTreeMap::new(), BTreeSet::new());
    for (column, label) in &pairs {
        if !given.contains_key(column) && taken.insert(*label) {
            given.insert(*column, *label);
        }
    }
    // A step that makes the whole fit better, until there is none: a column takes the label of another, which takes one that is free.
    let best = |column: usize, but: &BTreeSet<usize>| {
        let labels = (0..fits[column].len()).filter(|label| !but.contains(label) && fits[column][*label] > 0.0);
        labels.max_by(|a, b| fits[column][*a].total_cmp(&fits[column][*b]).then(b.cmp(a)))
    };
    let fit = |column: usize, label: Option<usize>| label.map_or(0.0, |label| fits[column][label]);
    loop {
        let taken: BTreeSet<usize> = given.values().copied().collect();
        let step =
            (0..fits.len()).flat_map(|one| (0..fits.len()).map(move |other| (one, other))).find_map(|(one, other)| {
                let (own, theirs) = (given.get(&one).copied(), Some(*given.get(&other)?));
                if one == other || fit(one, theirs) == 0.0 {
                    return None;
                }
                // The other takes this one's label, or one that nobody has.
                let others = taken.iter().copied().filter(|label| Some(*label) != own).collect();
                let then = best(other, &others);
                let gain = fit(one, theirs) + fit(other, then) - fit(one, own) - fit(other, theirs);
                (gain > 1e-9).then_some((one, theirs, other, then))
            });
        let Some((one, theirs, other, then)) = step else { return given };
        for (column, label) in [(one, theirs), (other, then)] {
            match label {
                Some(label) => given.insert(column, label),
                None => given.remove(&column),
            };
        }
    }
}

/// A label as labels are compared.
struct LabelWords {
    /// Every word.
    all: BTreeSet<String>,
    /// Its words, those that say nothing left out where there are others.
    words: BTreeSet<String>,
    /// Its letters and digits, the same word written in the same way.
    squashed: String,
    /// Its numbers.
    numbers: BTreeSet<String>,
}

/// Words that are written in several ways, each with the way in which they are compared.
const WRITTEN_AS: [(&str, &str); 13] = [
    ("perc", "rate"),
    ("percent", "rate"),
    ("percentage", "rate"),
    ("pct", "rate"),
    ("pc", "rate"),
    ("num", "number"),
    ("no", "number"),
    ("count", "number"),
    ("counts", "number"),
    ("avg", "mean"),
    ("average", "mean"),
    ("susp", "suspension"),
    ("yrs", "years"),
];

/// What the department calls by several names, each with the one by which it is compared.
const CALLED: [(&str, &str); 5] = [
    ("full time equivalent", "fte"),
    ("or more", "plus"),
    ("number of pupils", "headcount"),
    ("pupil count", "headcount"),
    ("pupil headcount", "headcount"),
];

/// Words that are of figures of any kind: two labels that have no others in common have nothing in common.
const OF_ANY_FIGURE: [&str; 8] = ["number", "rate", "ratio", "share", "total", "all", "mean", "median"];

/// Number words, which tell columns apart as figures do: `one_plus` is not `two_plus`.
const COUNTED: [&str; 10] = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

/// Words that say nothing where there are others.
const SAYS_NOTHING: [&str; 9] = ["name", "new", "old", "of", "the", "in", "a", "and", "by"];

/// Words of which a label says the contrary of one without.
const CONTRARY: [&str; 7] = ["not", "non", "un", "without", "never", "excluding", "except"];

/// Beginnings that turn a word into its contrary.
const TURNING: [&str; 5] = ["un", "non", "in", "dis", "not"];

/// Words of which the one is the contrary of the other, or what is counted beside it.
const OPPOSITES: [(&str, &str); 22] = [
    ("male", "female"),
    ("males", "females"),
    ("boy", "girl"),
    ("boys", "girls"),
    ("men", "women"),
    ("in", "out"),
    ("within", "over"),
    ("within", "outside"),
    ("before", "after"),
    ("start", "end"),
    ("first", "last"),
    ("first", "second"),
    ("joined", "left"),
    ("joiners", "leavers"),
    ("starters", "leavers"),
    ("accepted", "refused"),
    ("agreed", "refused"),
    ("agreed", "declined"),
    ("open", "closed"),
    ("maintained", "ceased"),
    ("above", "below"),
    ("minimum", "maximum"),
];

/// Words of labels whose numbers are shares or rates.
const OF_SHARES: [&str; 3] = ["rate", "ratio", "share"];

impl LabelWords {
    fn of(label: &str) -> Self {
        let key = label_key(label, true).replace(['_', '-'], " ");
        let key = CALLED
            .iter()
            .fold(format!(" {key} "), |key, (one, other)| key.replace(&format!(" {one} "), &format!(" {other} ")));
        let written = |word: &str| {
            let as_compared = WRITTEN_AS.iter().find(|(one, _)| *one == word);
            as_compared.map_or(word, |(_, other)| other).to_owned()
        };
        let all: Vec<String> =
            key.split(|each: char| !each.is_alphanumeric()).filter(|word| !word.is_empty()).map(written).collect();
        let telling: BTreeSet<String> =
            all.iter().filter(|word| !SAYS_NOTHING.contains(&word.as_str())).cloned().collect();
        let digits = key.split(|each: char| !each.is_ascii_digit()).filter(|run| !run.is_empty());
        let counted = all.iter().map(String::as_str).filter(|word| COUNTED.contains(word));
        Self {
            all: all.iter().cloned().collect(),
            squashed: all.concat(),
            numbers: digits.chain(counted).map(str::to_owned).collect(),
            words: if telling.is_empty() { all.into_iter().collect() } else { telling },
        }
    }

    /// Whether one says the contrary of the other: `not completed` of `completed`, `female` of `male`.
    fn is_opposite(&self, other: &Self) -> bool {
        let has = |words: &Self, word: &str| words.all.contains(word);
        let turned = |one: &Self, other: &Self| {
            let only = one.all.iter().filter(|word| !has(other, word));
            only.into_iter().any(|word| {
                TURNING.iter().any(|turning| {
                    word.strip_prefix(turning).is_some_and(|rest| rest.len() > 3 && has(other, rest) && !has(one, rest))
                })
            })
        };
        let parted = |one: &str, two: &str| has(self, one) && !has(self, two) && has(other, two) && !has(other, one);
        CONTRARY.iter().any(|word| has(self, word) != has(other, word))
            || turned(self, other)
            || turned(other, self)
            || OPPOSITES.iter().any(|(one, two)| parted(one, two) || parted(two, one))
    }

    /// Whether the numbers below a label are shares or rates.
    fn is_share(&self) -> bool {
        self.words.iter().any(|word| OF_SHARES.contains(&word.as_str()))
    }

    /// The words that both have, as this one writes them; each word of the other is one of this one's at most.
    fn in_common(&self, other: &Self) -> BTreeSet<&str> {
        let mut left: Vec<&String> = other.words.iter().collect();
        let mut both = BTreeSet::new();
        // What is the same is no other word's likeness.
        for is_exact in [true, false] {
            for word in &self.words {
                let is_same = |one: &&String| if is_exact { *one == word } else { is_word(one, word) };
                if let Some(at) = left.iter().position(is_same).filter(|_| !both.contains(word.as_str())) {
                    left.remove(at);
                    both.insert(word.as_str());
                }
            }
        }
        both
    }
}

/// Whether a label says the contrary of another.
#[must_use]
pub fn is_contrary(one: &str, other: &str) -> bool {
    LabelWords::of(one).is_opposite(&LabelWords::of(other))
}

/// Letters of a word that is cut short: `perm` is `permanent`.
const CUT: usize = 4;

/// Whether two words are one: the same, one cut short, or misspelt by a letter or so.
fn is_word(one: &str, other: &str) -> bool {
    let has_digits = |word: &str| word.bytes().any(|byte| byte.is_ascii_digit());
    let is_cut = |short: &str, long: &str| short.chars().count() >= CUT && long.starts_with(short);
    one == other
        || (!has_digits(one)
            && !has_digits(other)
            && (is_cut(one, other)
                || is_cut(other, one)
                || strsim::normalized_damerau_levenshtein(one, other) >= SPELT))
}

fn label_distance(one: &str, other: &str) -> usize {
    strsim::damerau_levenshtein(&label_key(one, false), &label_key(other, false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contrary_is_no_new_name() {
        for (one, other) in [
            ("reviews_completed", "reviews_not_completed"),
            ("plans_male", "plans_female"),
            ("sess_authorised", "sess_unauthorised"),
            ("pupils in", "pupils out"),
            ("sess_overall", "sess_overall_excluding_covid"),
        ] {
            assert!(is_contrary(one, other) && is_contrary(other, one), "{one} {other}");
        }
        for (one, other) in [("plans_male", "male_plans_total"), ("headcount", "number_of_pupils"), ("in_time", "time")]
        {
            assert!(!is_contrary(one, other), "{one} {other}");
        }
    }

    #[test]
    fn a_label_is_a_word_of_its_column_or_none() {
        let fits = |name: &str, label: &str| {
            let column = WantedColumn {
                column: name,
                known: &[],
                names: vec![LabelWords::of(name)],
                others: ["sess_auth_illness", "sess_auth_study", "nc_year_5", "nc_year_6", "turnover_rate_headcount"]
                    .map(LabelWords::of)
                    .into(),
                is_optional: true,
            };
            column.fit(label) > 0.0
        };
        for (name, label) in [
            ("due_26", "Due 26"),
            ("perm_excl", "permanent_excl"),
            ("pupil_count", "number_of_pupils"),
            ("child_percent", "child_perc"),
            ("agency_fte", "agency_full_time_equivalent"),
            ("trust_name", "academy_trust_name"),
            ("school_name", "school"),
            ("suspension", "suspensions"),
            ("turnover_rate_fte", "turnover_fte_pct"),
            ("one_plus_susp", "one_or_more_susp"),
            ("headcount", "number_of_pupils"),
        ] {
            assert!(fits(name, label), "{name} is {label}");
        }
        for (name, label) in [
            ("hospital_school", "nursery"),
            ("nc_year_7", "nc_year_8"),
            ("sess_auth_holiday", "sess_auth_mental_health"),
            ("susp_rate", "suspension"),
            ("headcount", "enrolments"),
            ("turnover_rate_fte", "turnover_headcount_pct"),
            ("cohort_count", "total_neet_count"),
            ("annual_change_percent", "total_neet_percent"),
            ("one_plus_susp", "two_plus_susp"),
        ] {
            assert!(!fits(name, label), "{name} is not {label}");
        }
    }

    #[test]
    fn pairs_fit_best_as_a_whole_and_no_label_is_given_twice() {
        // The first column is nearest to the second label, and the second column to it alone.
        let given = best_pairs(&[vec![0.8, 0.86], vec![0.6, 0.78]]);
        assert_eq!(given, BTreeMap::from([(0, 0), (1, 1)]));
        assert_eq!(best_pairs(&[vec![0.6], vec![0.9]]), BTreeMap::from([(1, 0)]));
        assert_eq!(best_pairs(&[vec![0.9, 0.0], vec![0.8, 0.7]]), BTreeMap::from([(0, 0), (1, 1)]));
        assert_eq!(best_pairs(&[vec![], vec![]]), BTreeMap::new());
    }
}
