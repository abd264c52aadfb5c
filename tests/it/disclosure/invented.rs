use std::collections::{BTreeMap, BTreeSet};

use sendmart::definitions::WhoIsCounted;
use sendmart::disclosure::{CountKey, DisclosureProof, FigureShape, PersonCount, PrintedFigure, PrintedRelease};

/// The same numbers for the same seed (`SplitMix64`).
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn below(&mut self, many: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) >> 11) % many
    }

    pub(super) fn is_one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }
}

/// One episode: whose, when it was first known, of which category of each dimension, and whether it was late.
#[derive(Debug, Clone)]
pub(super) struct Episode {
    pub(super) person: u64,
    pub(super) pack: u64,
    pub(super) category: Vec<u64>,
    pub(super) is_late: bool,
}

/// Invented about episodes: which dimensions each has, and how many categories a dimension.
#[derive(Debug, Clone)]
pub(super) struct Invented {
    pub(super) sizes: Vec<u64>,
    /// Whether the categories of a dimension are in two groups.
    pub(super) is_grouped: Vec<bool>,
    /// The dimensions of each table.
    pub(super) tables: Vec<Vec<usize>>,
    /// Whether a table has the share that was late as well.
    pub(super) has_share: Vec<bool>,
    pub(super) episodes: Vec<Episode>,
}

/// Coordinates, and the categories that they have of each dimension.
type TableCell = (BTreeMap<String, String>, BTreeMap<usize, Vec<u64>>);

const NAMES: [&str; 3] = ["place", "reason", "year"];

impl Invented {
    /// Up to three dimensions of two to five categories, one to four tables, 15 to 140 episodes of which most are of few categories.
    pub(super) fn invent(seed: u64, packs: u64) -> Self {
        let mut dice = Dice(seed.wrapping_mul(0x1234_5678_9ABC_DEF1));
        let many = 1 + usize::try_from(dice.below(3)).unwrap();
        let sizes: Vec<u64> = (0..many).map(|_| 2 + dice.below(4)).collect();
        let is_grouped = sizes.iter().map(|size| *size > 3 && dice.is_one_in(2)).collect();
        let mut tables: BTreeSet<Vec<usize>> = BTreeSet::new();
        for _ in 0..=dice.below(4) {
            let mut of: Vec<usize> = (0..many).filter(|_| !dice.is_one_in(3)).collect();
            if of.is_empty() {
                of.push(usize::try_from(dice.below(3)).unwrap() % many);
            }
            tables.insert(of);
        }
        let rows = 15 + dice.below(126);
        let episodes = (0..rows)
            .map(|row| Episode {
                person: if dice.is_one_in(4) { dice.below(rows) } else { row },
                pack: 1 + if dice.is_one_in(3) { dice.below(packs) } else { 0 },
                category: sizes.iter().map(|size| dice.below(*size).min(dice.below(*size))).collect(),
                is_late: dice.is_one_in(3),
            })
            .collect();
        let has_share = tables.iter().map(|_| dice.is_one_in(3)).collect();
        Self { sizes, is_grouped, tables: tables.into_iter().collect(), has_share, episodes }
    }

    /// The categories of a dimension at every level: blank for all, groups, single ones; with the single ones in each.
    fn levels(&self, dimension: usize) -> Vec<(String, Vec<u64>)> {
        let all: Vec<u64> = (0..self.sizes[dimension]).collect();
        let mut levels = vec![(String::new(), all.clone())];
        if self.is_grouped[dimension] {
            let (low, high) = all.split_at(all.len() / 2);
            levels.push(("low".to_owned(), low.to_vec()));
            levels.push(("high".to_owned(), high.to_vec()));
        }
        levels.extend(all.iter().map(|one| (format!("c{one}"), vec![*one])));
        levels
    }

    fn parents(&self) -> BTreeMap<String, BTreeMap<String, String>> {
        let mut parents = BTreeMap::new();
        for (dimension, size) in self.sizes.iter().enumerate() {
            let of: &mut BTreeMap<String, String> = parents.entry(NAMES[dimension].to_owned()).or_default();
            for one in 0..*size {
                let group = if one < size / 2 { "low" } else { "high" };
                let parent = if self.is_grouped[dimension] { group } else { "" };
                of.insert(format!("c{one}"), parent.to_owned());
            }
            if self.is_grouped[dimension] {
                of.insert("low".to_owned(), String::new());
                of.insert("high".to_owned(), String::new());
            }
        }
        parents
    }

    /// The cells of a table, each with its coordinates and the categories that it has of each dimension.
    fn cells(&self, table: &[usize]) -> Vec<TableCell> {
        let mut cells = vec![(BTreeMap::new(), BTreeMap::new())];
        for dimension in table {
            let mut next = Vec::new();
            for (coordinates, of) in &cells {
                for (name, single) in self.levels(*dimension) {
                    let (mut coordinates, mut of) = (coordinates.clone(), BTreeMap::clone(of));
                    if !name.is_empty() {
                        coordinates.insert(NAMES[*dimension].to_owned(), name);
                    }
                    of.insert(*dimension, single);
                    next.push((coordinates, of));
                }
            }
            cells = next;
        }
        cells
    }

    /// What a pack prints of these tables, with all episodes known by then.
    pub(super) fn release(&self, tables: &[usize], pack: u64, told_in: &str) -> (PrintedRelease, Rows) {
        let mut release = PrintedRelease { parents: self.parents(), ..PrintedRelease::default() };
        let mut rows: Rows = vec![BTreeSet::new(); self.episodes.len()];
        for table in tables {
            for (number, (coordinates, of)) in self.cells(&self.tables[*table]).into_iter().enumerate() {
                let key = |measure: &str| CountKey {
                    told_in: told_in.to_owned(),
                    measure: measure.to_owned(),
                    period: "2025/26".to_owned(),
                    coordinates: coordinates.clone(),
                };
                let mut add = |key: &CountKey, must_be_late: bool| {
                    let mut persons = BTreeSet::new();
                    let mut value = 0;
                    for (row, episode) in self.episodes.iter().enumerate() {
                        let is_in = of.iter().all(|(dimension, single)| single.contains(&episode.category[*dimension]));
                        if is_in && episode.pack <= pack && (episode.is_late || !must_be_late) {
                            persons.insert(episode.person);
                            value += 1;
                            rows[row].insert(key.clone());
                        }
                    }
                    let persons = i64::try_from(persons.len()).unwrap();
                    let counted = PersonCount { value, persons, who: WhoIsCounted::Children };
                    release.counts.insert(key.clone(), counted);
                };
                let all = key("all");
                add(&all, false);
                let mut shapes = vec![FigureShape::Count(all.clone())];
                if self.has_share[*table] {
                    let late = key("late");
                    add(&late, true);
                    shapes.push(FigureShape::Share { numerator: late, denominator: all, is_part: true });
                }
                for (place, shape) in shapes.into_iter().enumerate() {
                    release.figures.push(PrintedFigure { id: format!("table {table} cell {number}.{place}"), shape });
                }
            }
        }
        (release, rows)
    }

    pub(super) fn all(&self) -> Vec<usize> {
        (0..self.tables.len()).collect()
    }
}

/// By episode, the counts that it is in.
pub(super) type Rows = Vec<BTreeSet<CountKey>>;

/// Tells a release the rows behind it.
pub(super) fn with_rows(release: &mut PrintedRelease, rows: &Rows) {
    let keyed: Vec<(Vec<&CountKey>, i64)> = rows.iter().map(|keys| (keys.iter().collect(), 1)).collect();
    release.group_rows(keyed);
}

/// The same proof with other counts shown: what another method would print. By name of the count.
pub(super) fn shown_otherwise(proof: &DisclosureProof, is_shown: &dyn Fn(&str) -> Option<bool>) -> DisclosureProof {
    let mut other = proof.clone();
    for count in &mut other.counts {
        if let Some((shown, truth)) = is_shown(&count.name).zip(count.truth) {
            count.shown = shown.then_some(truth.value);
        }
    }
    other
}
