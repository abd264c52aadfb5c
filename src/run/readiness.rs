//! What stands against a meeting: of each return that the KPIs of a board need, the newest delivery, and whether what is due is in.
//!
//! Only what is known is told. A school census is due once the term in which it is taken is over (`mart.dim_term`, as
//! `mart.return_completeness` counts it); of other returns nothing says a day, and their age is told.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use jiff::civil::Date;

use super::RunError;
use crate::definitions::{Area, Basis, Definitions, Kpi, Need};
use crate::lake::Place;
use crate::warehouse::{live, query};

/// The collection that is due term by term.
const CENSUS: &str = "school_census";
/// School days, which a place has of itself: no return.
pub(super) const CALENDAR: &str = "calendar";
/// The table without which a census is not in.
const CENSUS_ROLL: &str = "pupil_on_roll";

/// What came, as the live generation knows it, by a day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Readiness {
    /// Whether anything is live: without it nothing is known of what came.
    pub is_known: bool,
    /// The returns that the KPIs need, by title.
    pub returns: Vec<ReadyReturn>,
    /// How many schools or teams returned, of the newest year of each subject.
    pub returned: Vec<ReturnedPart>,
    /// KPIs that have no value in the live generation.
    pub without_value: Vec<String>,
}

/// One return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadyReturn {
    /// The collection.
    pub collection: String,
    /// As its users name it.
    pub title: String,
    /// The KPIs that need it.
    pub kpis: Vec<String>,
    /// The day on which its newest delivery that counts was received.
    pub newest: Option<Date>,
    /// The name of that file.
    pub file_name: Option<String>,
    /// Days from then to the day of the freeze.
    pub age_days: Option<i64>,
    /// Whether something newer came that does not count, since it does not pass.
    pub is_held: bool,
    /// Whether what is due by the freeze is in.
    pub due: DueReturn,
}

/// What is known of a return that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DueReturn {
    /// Nothing says when it is due.
    NoDay,
    /// The newest that is due by the freeze is in.
    In {
        /// Which: `2025/26 autumn`.
        what: String,
    },
    /// It is not in.
    Missing {
        /// Which.
        what: String,
        /// The day after which it is due.
        since: Date,
    },
}

/// How many returned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnedPart {
    /// What is returned: a subject of `mart.return_completeness`.
    pub subject: String,
    /// The newest year.
    pub period: String,
    /// How many did.
    pub returned: i64,
    /// Of how many.
    pub expected: i64,
    /// `schools` or `teams`.
    pub returners: String,
}

/// Looks at what KPIs of these areas need, as of `on`, for figures that are frozen on `freeze`.
///
/// # Errors
/// [`RunError::Warehouse`] when the live generation cannot be asked.
pub fn readiness(
    place: &Place,
    definitions: &Definitions,
    areas: &[Area],
    on: Date,
    freeze: Date,
) -> Result<Readiness, RunError> {
    let kpis: Vec<&Kpi> = definitions.kpis.iter().filter(|kpi| areas.contains(&kpi.area)).collect();
    let is_known = live(place).is_some();
    let mut asked = LiveAnswers { place, tables: BTreeSet::new() };
    if is_known {
        let sql = "SELECT schema_name || '.' || table_name FROM duckdb_tables()";
        asked.tables = asked.rows(sql, &[])?.into_iter().filter_map(|row| row.into_iter().next()).collect();
    }
    let newest = asked.newest(on)?;
    let census = asked.census(on, freeze)?;
    let held =
        if asked.has(&["meta.held"]) { asked.rows("SELECT collection FROM meta.held", &[])? } else { Vec::new() };
    let held: BTreeSet<String> = held.into_iter().flatten().collect();
    let mut needing: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for kpi in &kpis {
        for collection in collections_of(definitions, kpi) {
            needing.entry(collection).or_default().insert(kpi.id.clone());
        }
    }
    let mut returns: Vec<ReadyReturn> = needing
        .into_iter()
        .filter_map(|(name, kpis)| {
            let collection = definitions.collections.get(name).filter(|collection| collection.runs)?;
            let (day, file_name) = newest.get(name).cloned().unzip();
            Some(ReadyReturn {
                collection: name.to_owned(),
                title: collection.title.clone(),
                kpis: kpis.into_iter().collect(),
                age_days: day.map(|day| i64::from((freeze.max(day) - day).get_days())),
                newest: day,
                is_held: held.contains(name),
                file_name,
                due: if name == CENSUS { census.clone() } else { DueReturn::NoDay },
            })
        })
        .collect();
    returns.sort_by(|one, other| one.title.cmp(&other.title));
    let subjects: BTreeSet<&str> = kpis.iter().filter_map(|kpi| kpi.returns.as_deref()).collect();
    Ok(Readiness {
        is_known,
        returns,
        returned: asked.returned(&subjects)?,
        without_value: if is_known { asked.without_value(definitions, &kpis)? } else { Vec::new() },
    })
}

/// The collections that a KPI needs; of one on published counts those that its marts are made of.
fn collections_of<'d>(definitions: &'d Definitions, kpi: &'d Kpi) -> BTreeSet<&'d str> {
    if kpi.basis == Basis::Local {
        let needed = kpi.needs.iter().flat_map(Need::any_of).map(|(collection, _)| collection);
        return needed.filter(|collection| *collection != CALENDAR).collect();
    }
    let behind: BTreeSet<String> = kpi.reads.iter().flat_map(|mart| definitions.collections_behind(mart)).collect();
    let names = definitions.collections.keys().filter(|name| behind.contains(*name));
    names.map(String::as_str).filter(|name| name.starts_with("published_")).collect()
}

/// Asks the live generation.
struct LiveAnswers<'a> {
    place: &'a Place,
    tables: BTreeSet<String>,
}

impl LiveAnswers<'_> {
    fn rows(&self, sql: &str, parameters: &[&str]) -> Result<Vec<Vec<String>>, RunError> {
        let (_, batches) = query(self.place, sql, parameters)?;
        Ok(batches.iter().flat_map(texts_of).collect())
    }

    fn has(&self, tables: &[&str]) -> bool {
        tables.iter().all(|table| self.tables.contains(*table))
    }

    /// The newest delivery of each collection, received by a day, and its file.
    fn newest(&self, on: Date) -> Result<BTreeMap<String, (Date, String)>, RunError> {
        if !self.has(&["meta.delivery"]) {
            return Ok(BTreeMap::new());
        }
        let sql = "SELECT collection, CAST(CAST(max(received_at) AS DATE) AS VARCHAR), max_by(file_name, (received_at, delivery_id)) \
                   FROM meta.delivery WHERE refused_code IS NULL AND CAST(received_at AS DATE) <= CAST(?1 AS DATE) GROUP BY collection";
        let rows = self.rows(sql, &[&on.to_string()])?;
        let told = rows.into_iter().filter_map(|row| {
            let [collection, day, file] = <[String; 3]>::try_from(row).ok()?;
            Some((collection, (day.parse().ok()?, file)))
        });
        Ok(told.collect())
    }

    /// The newest census whose term is over before the freeze, and whether its pupils came by a day.
    fn census(&self, on: Date, freeze: Date) -> Result<DueReturn, RunError> {
        if !self.has(&["mart.dim_term", "meta.arrival"]) {
            return Ok(DueReturn::NoDay);
        }
        let sql = format!(
            "SELECT term.academic_year || ' ' || term.term, CAST(term.last_day AS VARCHAR), \
             CAST(EXISTS (SELECT 1 FROM meta.arrival AS came WHERE came.collection = '{CENSUS}' AND came.table_name = '{CENSUS_ROLL}' \
             AND came.academic_year = term.academic_year AND came.term = term.term \
             AND CAST(came.received_at AS DATE) <= CAST(?2 AS DATE)) AS VARCHAR) \
             FROM mart.dim_term AS term WHERE term.last_day < CAST(?1 AS DATE) ORDER BY term.last_day DESC NULLS LAST LIMIT 1"
        );
        let rows = self.rows(&sql, &[&freeze.to_string(), &on.to_string()])?;
        let Some([what, last_day, is_in]) = rows.into_iter().next().and_then(|row| <[String; 3]>::try_from(row).ok())
        else {
            return Ok(DueReturn::NoDay);
        };
        Ok(match last_day.parse() {
            _ if is_in == "true" => DueReturn::In { what },
            Ok(since) => DueReturn::Missing { what, since },
            Err(_) => DueReturn::NoDay,
        })
    }

    fn returned(&self, subjects: &BTreeSet<&str>) -> Result<Vec<ReturnedPart>, RunError> {
        if !self.has(&["mart.return_completeness"]) {
            return Ok(Vec::new());
        }
        let mut parts = Vec::new();
        for subject in subjects {
            let sql = "SELECT period, CAST(returned AS VARCHAR), CAST(expected AS VARCHAR), returners FROM mart.return_completeness \
                       WHERE subject = ?1 AND period_kind = 'academic_year' AND geography_level = 'authority' AND breakdown = 'total' \
                       ORDER BY period DESC NULLS LAST LIMIT 1";
            let rows = self.rows(sql, &[subject])?;
            parts.extend(rows.into_iter().filter_map(|row| {
                let [period, returned, expected, returners] = <[String; 4]>::try_from(row).ok()?;
                let subject = (*subject).to_owned();
                Some(ReturnedPart {
                    subject,
                    period,
                    returned: returned.parse().ok()?,
                    expected: expected.parse().ok()?,
                    returners,
                })
            }));
        }
        Ok(parts)
    }

    /// KPIs without any value; not those on publications that are not read here.
    fn without_value(&self, definitions: &Definitions, kpis: &[&Kpi]) -> Result<Vec<String>, RunError> {
        if !self.has(&["kpi.value"]) {
            return Ok(Vec::new());
        }
        let rows = self.rows("SELECT DISTINCT kpi_id FROM kpi.value WHERE value IS NOT NULL", &[])?;
        let valued: BTreeSet<String> = rows.into_iter().flatten().collect();
        let is_read = |kpi: &&&Kpi| {
            let is_here = |name: &&str| definitions.collections.get(*name).is_some_and(|collection| collection.runs);
            kpi.basis == Basis::Local || collections_of(definitions, kpi).iter().any(is_here)
        };
        let without = kpis.iter().filter(is_read).map(|kpi| kpi.id.clone()).filter(|id| !valued.contains(id));
        Ok(without.collect::<BTreeSet<_>>().into_iter().collect())
    }
}

/// The cells of a batch as text, row by row.
fn texts_of(batch: &RecordBatch) -> Vec<Vec<String>> {
    let options = FormatOptions::default().with_null("");
    let columns: Vec<_> =
        batch.columns().iter().filter_map(|column| ArrayFormatter::try_new(column, &options).ok()).collect();
    (0..batch.num_rows()).map(|row| columns.iter().map(|column| column.value(row).to_string()).collect()).collect()
}
