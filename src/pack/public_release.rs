//! What a public edition prints, as one release of counts; and the pages of it once is known what may be shown.
//!
//! ```text
//! pages + persons + earlier releases ─ public_release ─► PrintedRelease ─ protect ─► Protection
//! pages + Protection ─ public_pages ─► pages in which nothing is that may not be shown: every file of the edition is written of them
//! ```
//!
//! A public edition prints the council's totals and groups in the KPIs' own periods alone. Months, terms and twelve months that overlap are
//! sums of each other, and schools are few children each: they stay in the restricted edition. So does what is reckoned of anything else
//! than of the figures that are printed: medians, what changed since the last pack, rows and faults.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::measures::{MeasureNames, NumberAt, PartNumbers, named};
use super::persons::{CountOfKpi, PersonsBehind};
use super::values::{BoardFigure, BoardKpi, BoardPages, TOTAL};
use crate::definitions::{Area, Basis, DisclosurePolicy, Unit, WhoIsCounted};
use crate::disclosure::{CountKey, FigureShape, PersonCount, PrintedFigure, PrintedRelease, Protection};

/// The parts of a figure.
const PARTS: [&str; 2] = ["numerator", "denominator"];
/// Decimals to which a count may be told, of full-time equivalents and the like.
const DECIMALS: u32 = 4;

/// A count that a release printed or hid: what later releases have to know of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReleasedCount {
    /// The KPI.
    pub kpi: String,
    /// `numerator` or `denominator`.
    pub part: String,
    /// The period.
    pub period: String,
    /// The breakdown.
    pub breakdown: String,
    /// The count.
    pub value: f64,
    /// Distinct persons behind it.
    pub persons: i64,
    /// Whether it was shown.
    pub shown: bool,
}

/// What an earlier release printed, by the name that packs are told apart by.
#[derive(Debug, Clone, PartialEq)]
pub struct EarlierRelease {
    /// Its name.
    pub name: String,
    /// Its counts.
    pub counts: Vec<ReleasedCount>,
}

/// A release with where each of its figures stands on the pages.
#[derive(Debug, Clone, Default)]
pub struct PublicRelease {
    /// The release.
    pub release: PrintedRelease,
    /// The key of each count.
    keys: BTreeMap<CountOfKpi, CountKey>,
    /// The counts as later releases have to know them, before it is known which are shown.
    counts: BTreeMap<CountOfKpi, (f64, i64)>,
}

/// Whether a figure is one that a public edition may print.
fn is_in_scope(one: &BoardKpi<'_>, figure: &BoardFigure) -> bool {
    one.kpi.basis == Basis::Published || (!figure.is_of_school() && figure.kind == one.own_kind())
}

/// Decimals by which every count of a KPI is whole; none where there are none.
fn decimals(numbers: impl Iterator<Item = f64> + Clone) -> Option<u32> {
    (0..=DECIMALS).find(|places| {
        numbers.clone().all(|number| {
            let scaled = number * 10_f64.powi(i32::try_from(*places).unwrap_or_default());
            (scaled - scaled.round()).abs() < 1e-6
        })
    })
}

#[expect(clippy::cast_possible_truncation, reason = "whole by its decimals, and far below 2⁵³")]
fn in_units(number: f64, places: u32) -> i64 {
    (number * 10_f64.powi(i32::try_from(places).unwrap_or_default())).round() as i64
}

fn who(area: Area) -> WhoIsCounted {
    if area == Area::Workforce { WhoIsCounted::Staff } else { WhoIsCounted::Children }
}

/// The counts of a KPI that can be protected.
struct CountedKpi<'p> {
    one: &'p BoardKpi<'p>,
    figures: Vec<&'p BoardFigure>,
    places: u32,
}

fn counted<'p>(
    pages: &'p BoardPages<'p>,
    earlier: &[EarlierRelease],
    policy: &DisclosurePolicy,
) -> Vec<CountedKpi<'p>> {
    let mut all = Vec::new();
    for one in pages.kpis.iter().filter(|one| one.kpi.basis == Basis::Local) {
        let is_counted = |figure: &&BoardFigure| {
            is_in_scope(one, figure)
                && figure.value.is_some()
                && figure.numerator.is_some_and(|number| number >= 0.0)
                && figure.denominator.is_none_or(|number| number >= 0.0)
                && (one.kpi.unit.is_plain() || figure.denominator.is_some())
        };
        let mut figures: Vec<&BoardFigure> = one.figures.iter().filter(is_counted).collect();
        let before = earlier.iter().flat_map(|release| &release.counts).filter(|count| count.kpi == one.kpi.id);
        let before: Vec<f64> = before.map(|count| count.value).collect();
        let now = figures.iter().flat_map(|figure| figure.numerator.into_iter().chain(figure.denominator));
        let Some(places) = decimals(now.chain(before).collect::<Vec<f64>>().into_iter()) else { continue };
        if places > 0 {
            // Parts of posts: their groups could be told by hundredths, which no width of whole persons protects.
            figures.retain(|figure| figure.breakdown == TOTAL && is_large(one, figure, policy));
        }
        all.push(CountedKpi { one, figures, places });
    }
    all
}

/// Whether neither those outside a share of parts of posts nor all or none of it are few: 10 of 12 who stayed are 2 who left.
fn is_large(one: &BoardKpi<'_>, figure: &BoardFigure, policy: &DisclosurePolicy) -> bool {
    let (Some(above), Some(below), Unit::Percent) = (figure.numerator, figure.denominator, one.kpi.unit) else {
        return true;
    };
    let rest = below - above;
    let is_few = |count: f64, least: i64| count < least as f64;
    let is_all_or_none = rest <= 0.0 || above <= 0.0;
    let is_small_rest = rest > 0.0 && is_few(rest, policy.threshold);
    !(is_small_rest || is_all_or_none && is_few(below, policy.class_floor))
}

fn id_of(kpi: &str, figure: &BoardFigure) -> String {
    format!("{kpi} {} {}", figure.period, figure.breakdown)
}

/// Lays out what the public edition of these pages would print, with what earlier releases printed.
#[must_use]
pub fn public_release(
    pages: &BoardPages<'_>,
    persons: &PersonsBehind,
    earlier: &[EarlierRelease],
    policy: &DisclosurePolicy,
) -> PublicRelease {
    let kpis = counted(pages, earlier, policy);
    let names = named(&parts_of(&kpis, earlier), &shares(&kpis));
    let mut all = PublicRelease::default();
    all.release.parents.insert(OF.to_owned(), parents(&names));
    for of in &kpis {
        let kpi = of.one.kpi;
        for figure in &of.figures {
            let mut keys = Vec::new();
            for (part, number) in PARTS.into_iter().zip([figure.numerator, figure.denominator]) {
                let Some(number) = number else { continue };
                let count = count_of(&kpi.id, part, figure);
                let key = key_of(&names, &count, &mut all.release.parents);
                let persons = persons_of(persons.get(&count).copied(), number);
                let value = in_units(number, of.places);
                let known =
                    all.release.counts.entry(key.clone()).or_insert(PersonCount { value, persons, who: who(kpi.area) });
                known.persons = known.persons.min(persons);
                all.keys.insert(count.clone(), key.clone());
                all.counts.insert(count, (number, persons));
                keys.push(key);
            }
            let shape = match <[CountKey; 2]>::try_from(keys) {
                Ok([numerator, denominator]) => {
                    FigureShape::Share { numerator, denominator, is_part: of.places == 0 && kpi.unit == Unit::Percent }
                }
                Err(keys) => match keys.into_iter().next() {
                    Some(key) => FigureShape::Count(key),
                    None => continue,
                },
            };
            all.release.figures.push(PrintedFigure { id: id_of(&kpi.id, figure), shape });
        }
    }
    for release in earlier {
        add_earlier(&mut all.release, &kpis, &names, release);
    }
    all
}

/// The dimension of what is counted, where one count is part of another.
const OF: &str = "counted";

/// By name, the name that it is part of, blank for the outermost.
fn parents(names: &MeasureNames) -> BTreeMap<String, String> {
    let outermost = |name: &String| !names.parents.contains_key(name);
    let parent = |whole: &String| if outermost(whole) { String::new() } else { whole.clone() };
    names.parents.iter().map(|(name, whole)| (name.clone(), parent(whole))).collect()
}

fn shares(kpis: &[CountedKpi<'_>]) -> BTreeSet<String> {
    let is_share = |of: &&CountedKpi<'_>| of.one.kpi.unit == Unit::Percent && of.places == 0;
    kpis.iter().filter(is_share).map(|of| of.one.kpi.id.clone()).collect()
}

fn parts_of(kpis: &[CountedKpi<'_>], earlier: &[EarlierRelease]) -> Vec<PartNumbers> {
    let mut all: Vec<PartNumbers> = Vec::new();
    for of in kpis.iter().filter(|of| of.places == 0) {
        for part in PARTS {
            let number = |figure: &BoardFigure| if part == PARTS[0] { figure.numerator } else { figure.denominator };
            let told = |figure: &&BoardFigure| -> Option<(NumberAt, i64)> {
                let at = (String::new(), figure.period.clone(), figure.breakdown.clone());
                Some((at, in_units(number(figure)?, 0)))
            };
            let mut numbers: BTreeMap<NumberAt, i64> = of.figures.iter().filter_map(told).collect();
            for release in earlier {
                let of_part = release.counts.iter().filter(|count| count.kpi == of.one.kpi.id && count.part == part);
                numbers.extend(of_part.map(|count| {
                    ((release.name.clone(), count.period.clone(), count.breakdown.clone()), in_units(count.value, 0))
                }));
            }
            if !numbers.is_empty() {
                all.push(PartNumbers { of: (of.one.kpi.id.clone(), part.to_owned()), numbers });
            }
        }
    }
    all
}

fn count_of(kpi: &str, part: &str, figure: &BoardFigure) -> CountOfKpi {
    CountOfKpi {
        kpi: kpi.to_owned(),
        part: part.to_owned(),
        period: figure.period.clone(),
        breakdown: figure.breakdown.clone(),
    }
}

fn key_of(
    names: &MeasureNames,
    count: &CountOfKpi,
    parents: &mut BTreeMap<String, BTreeMap<String, String>>,
) -> CountKey {
    let (name, whole) = names.of(&count.kpi, &count.part);
    let of = if name == whole { String::new() } else { name };
    let key = CountKey { measure: whole, period: count.period.clone(), ..CountKey::default() }.with(OF, &of);
    let groups = count.breakdown.split(", ").filter_map(|group| group.split_once('='));
    groups.fold(key, |key, (dimension, category)| {
        parents.entry(dimension.to_owned()).or_default().insert(category.to_owned(), String::new());
        key.with(dimension, category)
    })
}

/// Persons behind a count: as many as its rows tell, and never more than it counts. Of parts of posts the whole ones are.
#[expect(clippy::cast_possible_truncation, reason = "a count of persons, far below 2⁵³")]
fn persons_of(told: Option<i64>, number: f64) -> i64 {
    if number <= 0.0 {
        return 0;
    }
    let most = (number.floor() as i64).max(1);
    told.map_or(most, |told| told.clamp(1, most))
}

/// What an earlier release told of periods that these pages print as well.
fn add_earlier(release: &mut PrintedRelease, kpis: &[CountedKpi<'_>], names: &MeasureNames, earlier: &EarlierRelease) {
    let mut told: BTreeMap<CountKey, (PersonCount, bool)> = BTreeMap::new();
    for of in kpis {
        let periods: BTreeSet<&str> = of.figures.iter().map(|figure| figure.period.as_str()).collect();
        let is_told = |count: &&ReleasedCount| count.kpi == of.one.kpi.id && periods.contains(count.period.as_str());
        for count in earlier.counts.iter().filter(is_told) {
            let at = CountOfKpi {
                kpi: count.kpi.clone(),
                part: count.part.clone(),
                period: count.period.clone(),
                breakdown: count.breakdown.clone(),
            };
            let key = key_of(names, &at, &mut release.parents);
            let value = in_units(count.value, of.places);
            let counted = PersonCount { value, persons: count.persons, who: who(of.one.kpi.area) };
            let known = told.entry(key).or_insert((counted, count.shown));
            known.0.persons = known.0.persons.min(count.persons);
            // Shown under any of its names it is known.
            known.1 |= count.shown;
        }
    }
    release.add_earlier(&earlier.name, told.into_iter().map(|(key, (counted, shown))| (key, counted, shown)));
}

impl PublicRelease {
    /// Whether a count may be shown.
    fn is_count_shown(&self, protection: &Protection, count: &CountOfKpi) -> bool {
        self.keys.get(count).and_then(|key| protection.counts.get(key)).copied().unwrap_or(false)
    }

    /// Its counts, as later releases have to know them.
    #[must_use]
    pub fn released(&self, protection: &Protection) -> Vec<ReleasedCount> {
        let of = |(count, (value, persons)): (&CountOfKpi, &(f64, i64))| ReleasedCount {
            kpi: count.kpi.clone(),
            part: count.part.clone(),
            period: count.period.clone(),
            breakdown: count.breakdown.clone(),
            value: *value,
            persons: *persons,
            shown: self.is_count_shown(protection, count),
        };
        self.counts.iter().map(of).collect()
    }

    /// Takes out of the pages whatever is not printed or may not be shown.
    pub fn hide(&self, pages: &mut BoardPages<'_>, protection: &Protection) {
        super::public_pages::whole(pages);
        for one in &mut pages.kpis {
            let own = one.own_kind().to_owned();
            if one.kpi.basis == Basis::Published {
                continue;
            }
            one.figures.retain(|figure| !figure.is_of_school() && figure.kind == own);
            let id = one.kpi.id.clone();
            for figure in &mut one.figures {
                let parts = PARTS.map(|part| self.is_count_shown(protection, &count_of(&id, part, figure)));
                let is_shown = protection.is_shown(&id_of(&id, figure));
                super::public_pages::figure(figure, is_shown, parts);
            }
            super::public_pages::beside(one);
        }
    }
}
