//! Numerators and denominators as they add up: for the authority, its phases, and each school.

use crate::sample::whole;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::sample::identity::AUTHORITY;
use crate::sample::lives::Schools;

/// One true value of a KPI.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(in crate::sample) struct KpiTruth {
    pub(in crate::sample) kpi_id: &'static str,
    /// Always `local`: reckoned from pupil-level facts, not from published counts.
    pub(in crate::sample) basis: &'static str,
    /// `2023/24` or `2024`.
    pub(in crate::sample) period: String,
    /// `authority` or `school`.
    pub(in crate::sample) geography_level: &'static str,
    /// Three digits, or the URN of the last establishment of a school.
    pub(in crate::sample) geography_code: String,
    /// `total`, or `phase=secondary`, `team=EP`, `age=6-20 weeks`.
    pub(in crate::sample) breakdown: String,
    pub(in crate::sample) numerator: Figure,
    /// None for a plain count.
    pub(in crate::sample) denominator: Option<Figure>,
}

impl KpiTruth {
    /// Numerator in a hundred of the denominator; none where there is nothing to divide by.
    pub(in crate::sample) fn per_100(&self) -> Option<f64> {
        let number = |figure: Figure| match figure {
            Figure::Exact(amount) => amount.0 as f64 / 100.0,
            Figure::Measured(number) => number,
        };
        let whole = number(self.denominator?);
        (whole > 0.0).then(|| number(self.numerator) / whole * 100.0)
    }
}

/// A part of a value: added up exactly, or reckoned by a formula.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(untagged)]
pub(in crate::sample) enum Figure {
    Exact(Amount),
    Measured(f64),
}

/// A number in hundredths, so that parts of a full-time equivalent add up exactly.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::sample) struct Amount(i64);

impl Amount {
    /// A number of people, cases or days.
    pub(in crate::sample) fn whole(number: usize) -> Self {
        Self(whole::<i64>(number) * 100)
    }

    /// So many hundredths.
    pub(in crate::sample) fn hundredths(number: i64) -> Self {
        Self(number)
    }
}

impl std::ops::AddAssign for Amount {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Serialize for Amount {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 % 100 == 0 {
            serializer.serialize_i64(self.0 / 100)
        } else {
            serializer.serialize_f64(self.0 as f64 / 100.0)
        }
    }
}

/// Sums of one KPI in one period.
#[derive(Debug, Default)]
pub(super) struct TruthTally {
    sums: BTreeMap<(&'static str, u32, String), (Amount, Amount)>,
}

impl TruthTally {
    /// Adds to the authority and to one of its breakdowns; `total` alone where there is none.
    pub(super) fn add(&mut self, breakdown: Option<String>, numerator: Amount, denominator: Amount) {
        for breakdown in ["total".to_owned()].into_iter().chain(breakdown) {
            self.sum(("authority", AUTHORITY, breakdown), numerator, denominator);
        }
    }

    /// Adds to one breakdown of the authority alone.
    pub(super) fn group(&mut self, breakdown: String, numerator: Amount, denominator: Amount) {
        self.sum(("authority", AUTHORITY, breakdown), numerator, denominator);
    }

    /// Adds one to the denominator, and to the numerator where it holds.
    pub(super) fn count(&mut self, holds: bool) {
        self.add(None, Amount::whole(usize::from(holds)), Amount::whole(1));
    }

    /// Adds to a school, its phase, and the authority where its total counts schools of that phase.
    pub(super) fn at(&mut self, schools: &Schools, site: usize, numerator: usize, denominator: usize) {
        let counts = schools.sites[site].phase.is_in_totals();
        self.place(schools, site, (numerator, denominator), counts);
    }

    /// Adds to a school, its phase and the authority, whatever the phase.
    pub(super) fn at_any(&mut self, schools: &Schools, site: usize, numerator: usize, denominator: usize) {
        self.place(schools, site, (numerator, denominator), true);
    }

    fn place(&mut self, schools: &Schools, site: usize, (numerator, denominator): (usize, usize), counts: bool) {
        let (numerator, denominator) = (Amount::whole(numerator), Amount::whole(denominator));
        let phase = format!("phase={}", schools.sites[site].phase.word());
        if counts {
            self.group("total".to_owned(), numerator, denominator);
        }
        self.group(phase, numerator, denominator);
        self.sum(("school", schools.code(site), "total".to_owned()), numerator, denominator);
    }

    fn sum(&mut self, key: (&'static str, u32, String), numerator: Amount, denominator: Amount) {
        let sums = self.sums.entry(key).or_default();
        sums.0 += numerator;
        sums.1 += denominator;
    }

    /// The values of a rate: those with something to divide, or to divide by. A school that nobody was at in January may
    /// have suspensions and no headcount.
    pub(super) fn rates(self, kpi_id: &'static str, period: &str, out: &mut Vec<KpiTruth>) {
        out.extend(
            self.sums
                .into_iter()
                .filter(|(_, sums)| *sums != Default::default())
                .map(|(key, sums)| truth(kpi_id, period, key, sums.0, Some(sums.1))),
        );
    }

    /// The values of a rate, those of nothing over nothing too.
    pub(super) fn all_rates(self, kpi_id: &'static str, period: &str, out: &mut Vec<KpiTruth>) {
        out.extend(self.sums.into_iter().map(|(key, sums)| truth(kpi_id, period, key, sums.0, Some(sums.1))));
    }

    /// The values of a plain count.
    pub(super) fn counts(self, kpi_id: &'static str, period: &str, out: &mut Vec<KpiTruth>) {
        out.extend(self.sums.into_iter().map(|(key, sums)| truth(kpi_id, period, key, sums.0, None)));
    }
}

fn truth(
    kpi_id: &'static str,
    period: &str,
    (geography_level, code, breakdown): (&'static str, u32, String),
    numerator: Amount,
    denominator: Option<Amount>,
) -> KpiTruth {
    KpiTruth {
        kpi_id,
        basis: "local",
        period: period.to_owned(),
        geography_level,
        geography_code: code.to_string(),
        breakdown,
        numerator: Figure::Exact(numerator),
        denominator: denominator.map(Figure::Exact),
    }
}

/// A value of the authority whose parts, numerator and denominator, come of a formula.
pub(super) fn measured(kpi_id: &'static str, period: &str, breakdown: String, parts: (f64, f64)) -> KpiTruth {
    KpiTruth {
        numerator: Figure::Measured(parts.0),
        denominator: Some(Figure::Measured(parts.1)),
        ..truth(kpi_id, period, ("authority", AUTHORITY, breakdown), Amount::default(), None)
    }
}

/// A value of a school whose parts come of a formula.
pub(super) fn measured_at(kpi_id: &'static str, period: &str, code: u32, parts: (f64, f64)) -> KpiTruth {
    KpiTruth {
        numerator: Figure::Measured(parts.0),
        denominator: Some(Figure::Measured(parts.1)),
        ..truth(kpi_id, period, ("school", code, "total".to_owned()), Amount::default(), None)
    }
}
