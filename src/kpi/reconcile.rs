//! Computed against printed: how many values of a KPI equal the figure that stands beside the counts in the same file.
//!
//! In: rows of `kpi.value` and `kpi.superseded_value` (see [`reconcile_sql`]). Out: a [`Reconciliation`], which the command
//! line prints or writes as JSON. Two figures are equal when they are the same `f64`: nothing is close enough.

use std::collections::BTreeMap;

use arrow::record_batch::RecordBatch;
use serde::Serialize;

use self::columns::{Columns, number, text};
use super::value::ValueError;
use crate::definitions::{Difference, Differing, Kpi, Made, PrintedRate, Table};

mod columns;

/// One KPI compared with what was published.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reconciliation {
    /// The KPI, or the printed rate: `mart.<table>.<column>`.
    pub kpi_id: String,
    /// What it is.
    pub title: String,
    /// How it is rounded where its publication does not say.
    pub rounding: String,
    /// All deliveries together, those superseded as well: a revision is compared with its own printed figures.
    pub total: Tally,
    /// By delivery and geography level, in that order.
    pub parts: Vec<ReconciledPart>,
    /// The first rows that differ: those that nothing explains first, then those that are known, each in the order in which they
    /// came.
    pub differing: Vec<DifferingRow>,
    /// Why no value of this KPI can be compared, where that is so.
    pub not_comparable: Option<String>,
    /// What is known about rows that differ, and how many it explains; what explains none is not here.
    pub known: Vec<KnownDifference>,
    /// Rows that differ, and nothing is known about them.
    pub unexplained: u64,
}

/// Something known about rows that differ.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KnownDifference {
    /// What is known, and for which releases it holds.
    pub difference: Difference,
    /// How many rows that differ it explains.
    pub rows: u64,
}

impl Reconciliation {
    /// Whether every figure that can be compared is equal.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.total.different == 0
    }

    /// The first differing rows in words, and what is known about them; `title_of` gives the title of a layout.
    #[must_use]
    pub fn differing_lines(&self, title_of: &dyn Fn(&str) -> String) -> Vec<String> {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let mut lines: Vec<String> = self
            .differing
            .iter()
            .map(|row| {
                let of = [&row.period, &row.geography_code, &row.breakdown].into_iter().flatten();
                format!(
                    "{}: {} is {} here and {} in delivery {} row {}",
                    self.kpi_id,
                    of.map(String::as_str).collect::<Vec<_>>().join(" "),
                    row.computed,
                    row.published,
                    text(&row.delivery_id),
                    row.row.unwrap_or(0)
                )
            })
            .collect();
        for known in &self.known {
            lines.push(format!(
                "{}: {} of {} that differ are known ({}): {}",
                self.kpi_id,
                known.rows,
                self.total.different,
                known.difference.holds_for(title_of),
                known.difference.what
            ));
        }
        if self.unexplained > 0 {
            lines.push(format!(
                "{}: {} of {} that differ are not explained",
                self.kpi_id, self.unexplained, self.total.different
            ));
        }
        lines
    }
}

/// The tally of one delivery at one geography level, and one rounding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReconciledPart {
    /// The delivery.
    pub delivery_id: Option<String>,
    /// `school`, `authority`, `region` or `nation`.
    pub geography_level: Option<String>,
    /// How its values were rounded: as its publication rounds.
    pub rounding: Option<String>,
    /// Whether a later delivery replaced these rows.
    pub superseded: bool,
    /// The numbers.
    pub tally: Tally,
}

/// `rows = compared + not comparable`, and `compared = equal + different`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// All rows.
    pub rows: u64,
    /// Rows with a value and a printed figure.
    pub compared: u64,
    /// Of these, the same number.
    pub equal: u64,
    /// Of these, another number.
    pub different: u64,
    /// Of those compared, rows whose counts are not whole numbers (grossed up by the publisher).
    pub fractional_counts: u64,
    /// Rows that cannot be compared, by reason: `suppressed`, `no_published_figure`, `zero_denominator`, `carried`….
    pub not_comparable: BTreeMap<String, u64>,
}

/// One row whose value is not the printed figure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DifferingRow {
    /// `2024` or `2016/17`.
    pub period: Option<String>,
    /// `school`, `authority`, `region` or `nation`.
    pub geography_level: Option<String>,
    /// Its code.
    pub geography_code: Option<String>,
    /// Its name.
    pub geography_name: Option<String>,
    /// `total` or like `need=SEMH`.
    pub breakdown: Option<String>,
    /// What was counted.
    pub numerator: Option<f64>,
    /// Of what.
    pub denominator: Option<f64>,
    /// What we make of it.
    pub computed: f64,
    /// What is printed.
    pub published: f64,
    /// The delivery.
    pub delivery_id: Option<String>,
    /// The sheet, where the file has sheets.
    pub sheet: Option<String>,
    /// The row, 1-based.
    pub row: Option<i64>,
}

/// The rows to compare for one KPI, in a fixed order. The id is a parameter: `$1`.
#[must_use]
pub fn reconcile_sql() -> &'static str {
    "SELECT rows.period, rows.geography_level, rows.geography_code, rows.geography_name, rows.breakdown, rows.numerator, rows.denominator,
       rows.value, rows.reason, rows.published, rows.rounding, rows.delivery_id, delivery.layout, rows.sheet, rows.row_number, rows._superseded
FROM (
    SELECT *, FALSE AS _superseded FROM kpi.value WHERE kpi_id = $1 AND basis = 'published'
    UNION ALL
    SELECT *, TRUE AS _superseded FROM kpi.superseded_value WHERE kpi_id = $1 AND basis = 'published'
) AS rows
LEFT JOIN meta.delivery AS delivery ON delivery.delivery_id = rows.delivery_id
ORDER BY rows._superseded, rows.delivery_id NULLS LAST, rows.row_number NULLS LAST, rows.breakdown NULLS LAST, rows.geography_code NULLS LAST"
}

/// Whether it is superseded, its delivery, its level and its rounding.
type PartOf = (bool, Option<String>, Option<String>, Option<String>);

/// Adds up batches into a [`Reconciliation`].
#[derive(Debug)]
pub struct Reconciler {
    /// Whether no row can be compared, or only those that have both parts.
    carried: Option<Carried>,
    most_differing: usize,
    /// What a ratio is multiplied by, and the decimals that are printed.
    scale: f64,
    places: u8,
    parts: BTreeMap<PartOf, Tally>,
    /// What is known, and how many rows it explains.
    known: Vec<(Difference, u64)>,
    /// The first rows that are known to differ.
    explained: Vec<DifferingRow>,
    result: Reconciliation,
}

impl Reconciler {
    /// Begins with nothing compared; keeps at most `most_differing` rows that differ.
    #[must_use]
    pub fn new(kpi: &Kpi, most_differing: usize) -> Self {
        let carried = if kpi.carries { Carried::WithoutParts } else { Carried::All };
        let of = Compared {
            id: kpi.id.clone(),
            title: kpi.title.clone(),
            rounding: kpi.rounding.to_string(),
            places: kpi.rounding.places(),
            scale: kpi.scale,
            not_comparable: kpi.not_comparable.as_deref(),
            differences: &kpi.differences,
        };
        Self::begin(of, carried, most_differing)
    }

    /// As [`new`](Self::new), of a printed rate that no KPI speaks of; `table` is its table.
    #[must_use]
    pub fn of_rate(table: &Table, rate: &PrintedRate, most_differing: usize) -> Self {
        let (rounding, scale, not_comparable) = match &rate.made {
            Made::Parts(parts) => (parts.rounding.or(table.rounding), parts.scale, None),
            Made::Elsewhere(why) => (None, 1.0, Some(why.as_str())),
        };
        let of = Compared {
            id: format!("mart.{}.{}", table.mart.as_deref().unwrap_or(&table.name), rate.column),
            title: table.columns.get(&rate.column).map_or_else(String::new, |column| column.about.clone()),
            rounding: rounding.map_or_else(String::new, |ways| ways.first.to_string()),
            places: rounding.and_then(|ways| ways.first.places()),
            scale,
            not_comparable,
            differences: &rate.differences,
        };
        Self::begin(of, Carried::All, most_differing)
    }

    /// `carried` is which rows are not compared, where something says why.
    fn begin(of: Compared<'_>, carried: Carried, most_differing: usize) -> Self {
        Self {
            carried: of.not_comparable.map(|_| carried),
            most_differing,
            scale: of.scale,
            places: of.places.unwrap_or(0),
            parts: BTreeMap::new(),
            known: of.differences.iter().map(|difference| (difference.clone(), 0)).collect(),
            explained: Vec::new(),
            result: Reconciliation {
                kpi_id: of.id,
                title: of.title,
                rounding: of.rounding,
                total: Tally::default(),
                parts: Vec::new(),
                differing: Vec::new(),
                not_comparable: of.not_comparable.map(str::to_owned),
                known: Vec::new(),
                unexplained: 0,
            },
        }
    }

    /// Adds the rows of a batch that has the columns of [`reconcile_sql`]; without `_superseded` its rows stand.
    ///
    /// # Errors
    /// [`ValueError`] when a column is missing or has another type.
    pub fn add(&mut self, batch: &RecordBatch) -> Result<(), ValueError> {
        let rows = Columns::of(&self.result.kpi_id, batch)?;
        for row in 0..batch.num_rows() {
            let verdict = self.verdict(&rows, row);
            let key =
                (rows.is_superseded(row), text(&rows.delivery, row), text(&rows.level, row), text(&rows.rounding, row));
            if let RowVerdict::Different { computed, published } = verdict {
                self.differs(&rows, row, computed, published);
            }
            let fractional = [&rows.numerator, &rows.denominator]
                .iter()
                .filter_map(|column| number(column, row))
                .any(|count| count.fract().abs() > 0.0);
            for tally in [&mut self.result.total, self.parts.entry(key).or_default()] {
                tally.count(&verdict, fractional);
            }
        }
        Ok(())
    }

    /// A row that differs: known for its release, or not explained.
    fn differs(&mut self, rows: &Columns, row: usize, computed: f64, published: f64) {
        let (layouts, level) = (text(&rows.layout, row), text(&rows.level, row));
        let (period, place) = (text(&rows.period, row), text(&rows.code, row));
        let layouts = || layouts.as_deref().unwrap_or_default().split(", ");
        let figure = Differing {
            numerator: number(&rows.numerator, row).unwrap_or(f64::NAN),
            denominator: number(&rows.denominator, row).unwrap_or(f64::NAN),
            scale: self.scale,
            computed,
            published,
            places: self.places,
        };
        let holds = |known: &&mut (Difference, u64)| {
            known.0.holds(layouts(), level.as_deref(), period.as_deref(), place.as_deref()) && known.0.reaches(figure)
        };
        let told = if let Some((_, explains)) = self.known.iter_mut().find(holds) {
            *explains += 1;
            &mut self.explained
        } else {
            self.result.unexplained += 1;
            &mut self.result.differing
        };
        if told.len() < self.most_differing {
            told.push(rows.differing(row, computed, published));
        }
    }

    /// The result.
    #[must_use]
    pub fn finish(mut self) -> Reconciliation {
        let parts = self.parts.into_iter().map(|((superseded, delivery_id, geography_level, rounding), tally)| {
            ReconciledPart { delivery_id, geography_level, rounding, superseded, tally }
        });
        self.result.parts = parts.collect();
        self.result.differing.extend(self.explained);
        self.result.differing.truncate(self.most_differing);
        let known = self.known.into_iter().filter(|(_, rows)| *rows > 0);
        self.result.known = known.map(|(difference, rows)| KnownDifference { difference, rows }).collect();
        self.result
    }

    fn verdict(&self, rows: &Columns, row: usize) -> RowVerdict {
        let is_carried = match self.carried {
            None => false,
            Some(Carried::All) => true,
            Some(Carried::WithoutParts) => {
                number(&rows.numerator, row).is_none() || number(&rows.denominator, row).is_none()
            }
        };
        if is_carried {
            return RowVerdict::NotComparable("carried".to_owned());
        }
        match (number(&rows.value, row), number(&rows.published, row)) {
            (Some(computed), Some(published)) if computed.total_cmp(&published).is_eq() => RowVerdict::Equal,
            (Some(computed), Some(published)) => RowVerdict::Different { computed, published },
            (Some(_), None) => RowVerdict::NotComparable("no_published_figure".to_owned()),
            (None, _) => {
                let zero = number(&rows.numerator, row).is_some() && number(&rows.denominator, row) == Some(0.0);
                let why = if zero { Some("zero_denominator".to_owned()) } else { text(&rows.reason, row) };
                RowVerdict::NotComparable(why.unwrap_or_else(|| "unavailable".to_owned()))
            }
        }
    }
}

/// What is compared with what is printed: a KPI, or a printed rate.
struct Compared<'a> {
    id: String,
    title: String,
    rounding: String,
    places: Option<u8>,
    scale: f64,
    not_comparable: Option<&'a str>,
    differences: &'a [Difference],
}

/// Which rows of a KPI cannot be compared with what is printed.
#[derive(Debug, Clone, Copy)]
enum Carried {
    /// All: the value is a count that the file prints as it stands.
    All,
    /// Those whose parts are not in their file: the printed figure is the value.
    WithoutParts,
}

/// What became of one row.
enum RowVerdict {
    Equal,
    Different { computed: f64, published: f64 },
    NotComparable(String),
}

impl Tally {
    fn count(&mut self, verdict: &RowVerdict, fractional: bool) {
        self.rows += 1;
        match verdict {
            RowVerdict::Equal => self.equal += 1,
            RowVerdict::Different { .. } => self.different += 1,
            RowVerdict::NotComparable(why) => {
                if let Some(count) = self.not_comparable.get_mut(why) {
                    *count += 1;
                } else {
                    self.not_comparable.insert(why.clone(), 1);
                }
                return;
            }
        }
        self.compared += 1;
        self.fractional_counts += u64::from(fractional);
    }
}

#[cfg(test)]
mod tests;
