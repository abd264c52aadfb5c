//! What the pages are made of, as plain values: whoever has them can make pages.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::definitions::{Basis, Kpi, Rebase};
use crate::kpi::TargetStatus;

/// The breakdown of all.
pub(super) const TOTAL: &str = "total";

/// Everything that is on the pages.
#[derive(Debug, Clone)]
pub struct BoardPages<'a> {
    /// Whether they are for everybody: what single cases, schools or rows would tell is not in them.
    pub is_public: bool,
    /// The place that the figures are of, as people call it.
    pub place: String,
    /// Its code.
    pub code: String,
    /// The day that the figures speak for.
    pub as_of: Date,
    /// The day on which the generation was built: the pages bear it, and no clock is asked.
    pub built: Date,
    /// The number of the generation.
    pub generation: String,
    /// What decides its content.
    pub fingerprint: String,
    /// The program that built it.
    pub program: String,
    /// The KPIs in the order of their areas, each with its figures; one on own returns stands before the published one of its id.
    pub kpis: Vec<BoardKpi<'a>>,
    /// Collections that keep what they had.
    pub held: Vec<HeldWords>,
    /// Periods of which a return did not come.
    pub missing: Vec<MissingPeriod>,
    /// Schools and teams that did not return.
    pub late: Vec<LateReturn>,
    /// What was read, collection by collection.
    pub books: Vec<CollectionBook>,
    /// What is wrong with the data, by supplier.
    pub faults: Vec<FaultCount>,
}

impl<'a> BoardPages<'a> {
    /// The KPIs by id, in the order of the pages: those on own returns and those on published counts share a page.
    pub(super) fn of_ids(&self) -> Vec<(&'a str, Vec<&BoardKpi<'a>>)> {
        let mut all: Vec<(&'a str, Vec<&BoardKpi<'a>>)> = Vec::new();
        for one in &self.kpis {
            match all.iter_mut().find(|(id, _)| *id == one.kpi.id) {
                Some((_, kpis)) => kpis.push(one),
                None => all.push((&one.kpi.id, vec![one])),
            }
        }
        all
    }
}

/// A KPI with its figures.
#[derive(Debug, Clone)]
pub struct BoardKpi<'a> {
    /// Its definition.
    pub kpi: &'a Kpi,
    /// The place of its figures: the council, or of published counts the nation where the council has none.
    pub place: String,
    /// The code of that place.
    pub code: String,
    /// Its figures of that place and of schools, by kind of period, day and breakdown.
    pub figures: Vec<BoardFigure>,
    /// Figures of breakdowns that are left out of the pages, since they would swell them.
    pub left_out: usize,
    /// What did not come at all, where it has no figure: the collections that it needs, alternatives together.
    pub lacking: Vec<String>,
    /// What is published beside it, of the same periods, oldest first.
    pub compared: Vec<ComparedFigure>,
    /// Declared changes of its process at its place.
    pub rebases: Vec<&'a Rebase>,
}

impl BoardKpi<'_> {
    /// What the ids of its page begin with.
    pub(super) fn anchor(&self) -> String {
        match self.kpi.basis {
            Basis::Local => self.kpi.id.clone(),
            Basis::Published => format!("{}-published", self.kpi.id),
        }
    }

    /// Whether there is enough of a kind of period to draw.
    pub(super) fn can_be_drawn(&self, kind: &str) -> bool {
        self.totals(kind).iter().filter(|figure| figure.value.is_some()).count() > 1
    }

    /// The kind of its own periods; blank where its figures do not say.
    pub(super) fn own_kind(&self) -> &str {
        self.kpi.period_kind.map_or("", crate::definitions::PeriodKind::as_str)
    }

    /// Totals of the place in periods of a kind, oldest first.
    pub(super) fn totals(&self, kind: &str) -> Vec<&BoardFigure> {
        let is_wanted = |one: &&BoardFigure| one.kind == kind && one.breakdown == TOTAL && !one.is_of_school();
        self.figures.iter().filter(is_wanted).collect()
    }
}

/// One value with what must be known of it.
#[derive(Debug, Clone, Default)]
pub struct BoardFigure {
    /// The kind of its period, as `mart.dim_period` names it; blank for those in which it is published.
    pub kind: String,
    /// Its period.
    pub period: String,
    /// Whether the period is over; unknown for published counts.
    pub is_over: Option<bool>,
    /// Level of its place.
    pub level: String,
    /// Code of its place.
    pub code: String,
    /// Name of its place.
    pub name: String,
    /// Such as `total`.
    pub breakdown: String,
    /// Above the line.
    pub numerator: Option<f64>,
    /// Below it.
    pub denominator: Option<f64>,
    /// The value.
    pub value: Option<f64>,
    /// The figure that the file printed.
    pub published: Option<f64>,
    /// Why there is none, as a code.
    pub reason: Option<String>,
    /// What must be known beside it.
    pub mark: Option<String>,
    /// How final it is.
    pub maturity: Option<String>,
    /// Whose denominator it has, where not its own.
    pub denominator_period: Option<String>,
    /// The file of the newest delivery that it counts a row of.
    pub newest_file: Option<String>,
    /// The columns of its passport that say something, as text.
    pub passport: BTreeMap<&'static str, String>,
    /// First and last day of its period, where they are known.
    pub days: Option<(Date, Date)>,
    /// How it stands to its target, where it has one.
    pub aim: Option<FigureAim>,
    /// The phase that a school counts under, where it is known.
    pub phase: Option<String>,
}

/// How a figure stands to its target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FigureAim {
    /// The verdict against the line on the last day of the period.
    pub status: TargetStatus,
    /// What the line says of that day; none before the baseline.
    pub expected: Option<f64>,
    /// The figure less that; none where it is not judged.
    pub difference: Option<f64>,
    /// The target.
    pub target: f64,
    /// Its day.
    pub target_day: Date,
}

impl BoardFigure {
    pub(super) fn is_of_school(&self) -> bool {
        self.level == "school"
    }
}

/// What stands beside a figure in `mart.comparator`.
#[derive(Debug, Clone, Default)]
pub struct ComparedFigure {
    /// The period.
    pub period: String,
    /// The council on published counts.
    pub published: Option<f64>,
    /// The council on its own returns.
    pub local: Option<f64>,
    /// England.
    pub england: Option<f64>,
    /// Its region.
    pub region: Option<f64>,
    /// Statistical neighbours.
    pub neighbours: Option<f64>,
    /// Of these, how many have a value.
    pub with_value: Option<f64>,
    /// Their mean.
    pub mean: Option<f64>,
    /// Their median.
    pub median: Option<f64>,
    /// The council's place among them.
    pub rank: Option<f64>,
    /// How final the published figures are.
    pub maturity: Option<String>,
}

/// A collection that is held.
#[derive(Debug, Clone)]
pub struct HeldWords {
    /// Its title.
    pub collection: String,
    /// Since which day.
    pub since: Option<Date>,
    /// The file, where one is to blame.
    pub file: String,
    /// Why.
    pub message: String,
}

/// A period of which something that KPIs need did not come.
#[derive(Debug, Clone)]
pub struct MissingPeriod {
    /// The period.
    pub period: String,
    /// Its last day.
    pub ends: Option<Date>,
    /// What is absent, in words.
    pub absence: String,
    /// The ids of the KPIs that it leaves without a value, or with a part missing.
    pub kpis: Vec<String>,
}

/// A school or team that did not return.
#[derive(Debug, Clone)]
pub struct LateReturn {
    /// What is returned.
    pub subject: String,
    /// Who should have.
    pub who: String,
    /// For which period.
    pub period: String,
    /// For which period it returned last.
    pub last: Option<String>,
}

/// What was read of a collection.
#[derive(Debug, Clone, Default)]
pub struct CollectionBook {
    /// Its title.
    pub collection: String,
    /// Deliveries.
    pub deliveries: u64,
    /// Rows read, accepted, quarantined and skipped.
    pub rows: [u64; 4],
    /// The file that came last.
    pub newest_file: String,
    /// The day on which it came.
    pub newest: Option<Date>,
}

/// Faults of a supplier in a collection.
#[derive(Debug, Clone)]
pub struct FaultCount {
    /// Who supplied it; blank where nothing says it.
    pub supplier: String,
    /// The collection's title.
    pub collection: String,
    /// Errors, queries and remarks.
    pub faults: [u64; 3],
}
