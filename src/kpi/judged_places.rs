//! Schools of one period beside one another, judged: who differs from the overall rate by more than chance.
//!
//! In: numerator and denominator of one KPI for each school. Out: [`JudgedPlaces`]: a funnel, why its limits are made as they are, and
//! who is not judged; or why there is none. Nothing here reads or draws.
//!
//! Limits are exact while a school expects fewer than five, or, of a proportion, all but five: there the scale on which the variation
//! between schools is reckoned does not hold. Where more is expected, that variation is looked for: if the squared z-scores,
//! winsorised, add up to more than chance gives in 19 of 20 cases (χ²), limits reckon with it, else they are exact. The bounds are
//! this program's choice; the references leave it to the analyst.

use thiserror::Error;

use crate::definitions::{Kpi, Unit};
use crate::statistics::funnel::{
    Funnel, FunnelKind, FunnelMethod, FunnelPlace, FunnelRefusal, FunnelTarget, FunnelUnit, FunnelVerdict, funnel,
};
use crate::statistics::quantile::chi_square;

/// Fewest cases that a school expects on average for the variation between schools to be reckoned.
const FEWEST_EXPECTED: f64 = 5.0;
/// How sure it has to be that schools differ by more than chance.
const SURE: f64 = 0.95;

/// The figure of one school.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PlaceFigure {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What was counted.
    pub numerator: Option<f64>,
    /// Out of how much.
    pub denominator: Option<f64>,
    /// Whether something is missing from it.
    pub is_partial: bool,
}

impl PlaceFigure {
    /// Its name; its code where nothing names it.
    #[must_use]
    pub fn called(&self) -> &str {
        if self.name.is_empty() { &self.code } else { &self.name }
    }
}

/// Schools with their verdicts.
#[derive(Debug, Clone, PartialEq)]
pub struct JudgedPlaces {
    /// The funnel; shares or rates of 1.
    pub funnel: Funnel,
    /// The schools that it compares, by their places in what was given, 0-based: one for each of the funnel.
    pub compared: Vec<usize>,
    /// The others, and why each is not judged.
    pub left_out: Vec<(usize, &'static str)>,
    /// Why the limits are made as they are.
    pub why: String,
}

/// Why schools are not compared.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum PlacesRefusal {
    /// The KPI is no proportion and no rate.
    #[error("`{0}` is no proportion and no rate: a funnel compares counts out of counts")]
    NotARate(String),
    /// A numerator or denominator is no count, or the part of a share is more than the whole.
    #[error("`{kpi}` of {school} is {numerator} of {denominator}, which is no count out of a count")]
    NotCounts {
        /// The KPI.
        kpi: String,
        /// The school.
        school: String,
        /// The numerator.
        numerator: f64,
        /// The denominator.
        denominator: f64,
    },
    /// Fewer than two schools have a value.
    #[error("fewer than two schools have a whole value of `{0}`")]
    TooFew(String),
    /// The funnel refuses them.
    #[error(transparent)]
    Funnel(#[from] FunnelRefusal),
}

impl PlacesRefusal {
    /// How to mend it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NotARate(_) | Self::NotCounts { .. } => {
                "compare a share of pupils, or a rate per 100: `sendmart kpi list` tells the units"
            }
            Self::TooFew(_) => "choose another period, breakdown or phase",
            Self::Funnel(refusal) => refusal.hint(),
        }
    }
}

/// Judges schools beside one another.
///
/// # Errors
/// [`PlacesRefusal`]: a KPI that is no proportion or rate of counts; fewer than two schools; what [`funnel`] refuses.
pub fn judged_places(kpi: &Kpi, places: &[PlaceFigure]) -> Result<JudgedPlaces, PlacesRefusal> {
    let kind = match kpi.unit {
        Unit::Percent => FunnelKind::Proportion,
        Unit::Per100 => FunnelKind::Rate,
        Unit::Ratio | Unit::Fte | Unit::Count => return Err(PlacesRefusal::NotARate(kpi.id.clone())),
    };
    let (mut compared, mut units, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
    for (index, place) in places.iter().enumerate() {
        match (place.numerator, place.denominator) {
            _ if place.is_partial => left_out.push((index, "not judged: partial")),
            (Some(numerator), Some(denominator)) if denominator != 0.0 => {
                units.push(unit(kpi, place, numerator, denominator)?);
                compared.push(index);
            }
            (_, Some(_)) => left_out.push((index, FunnelVerdict::NoDenominator.words())),
            _ => left_out.push((index, "not judged: no value")),
        }
    }
    if units.len() < 2 {
        return Err(PlacesRefusal::TooFew(kpi.id.clone()));
    }
    let (funnel, why) = by_size(&units, kind)?;
    Ok(JudgedPlaces { funnel, compared, left_out, why })
}

fn unit(kpi: &Kpi, place: &PlaceFigure, numerator: f64, denominator: f64) -> Result<FunnelUnit, PlacesRefusal> {
    let is_count = |number: f64| number >= 0.0 && number.fract() == 0.0;
    let is_part = kpi.unit != Unit::Percent || numerator <= denominator;
    if !is_count(numerator) || !is_count(denominator) || !is_part {
        let school = place.called().to_owned();
        return Err(PlacesRefusal::NotCounts { kpi: kpi.id.clone(), school, numerator, denominator });
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, and not below nought")]
    Ok(FunnelUnit { numerator: numerator as u64, denominator: denominator as u64 })
}

/// The funnel whose limits suit the sizes, and why.
fn by_size(units: &[FunnelUnit], kind: FunnelKind) -> Result<(Funnel, String), PlacesRefusal> {
    let exact = funnel(units, kind, FunnelMethod::Exact, FunnelTarget::Overall)?;
    let denominators: f64 = units.iter().map(|unit| unit.denominator as f64).sum();
    let share = match kind {
        FunnelKind::Proportion => exact.target.min(1.0 - exact.target),
        FunnelKind::Rate => exact.target,
    };
    let expected = share * denominators / units.len() as f64;
    if expected < FEWEST_EXPECTED {
        let why = format!(
            "exact limits: a school expects {expected:.1} on average, too few to reckon how far schools differ beside chance"
        );
        return Ok((exact, why));
    }
    let adjusted = funnel(units, kind, FunnelMethod::Winsorised, FunnelTarget::Overall)?;
    let Some(dispersion) = adjusted.dispersion else { return Ok((exact, String::new())) };
    let degrees = dispersion.units.saturating_sub(1).max(1) as f64;
    let phi = dispersion.phi;
    let chance = chi_square(SURE, degrees).map_or(1.0, |bound| bound / dispersion.units.max(1) as f64);
    if phi > chance && dispersion.tau_squared > 0.0 {
        let why = format!(
            "adjusted limits: schools differ by more than chance (φ {phi:.2}, by chance up to {chance:.2}; τ² {:.4})",
            dispersion.tau_squared
        );
        return Ok((adjusted, why));
    }
    Ok((
        exact,
        format!("exact limits: schools differ no more than by chance (φ {phi:.2}, by chance up to {chance:.2})"),
    ))
}

impl JudgedPlaces {
    /// The compared schools with their verdicts, by their places in what was given; those farthest from the overall rate first.
    #[must_use]
    pub fn by_distance(&self) -> Vec<(usize, FunnelPlace)> {
        let mut all: Vec<(usize, FunnelPlace)> =
            self.compared.iter().copied().zip(self.funnel.places.iter().copied()).collect();
        let rank = |verdict: FunnelVerdict| match verdict {
            FunnelVerdict::Above998 | FunnelVerdict::Below998 => 0,
            FunnelVerdict::Above95 | FunnelVerdict::Below95 => 1,
            FunnelVerdict::Inside | FunnelVerdict::NoDenominator => 2,
        };
        all.sort_by(|(_, one), (_, other)| {
            let distance = |place: &FunnelPlace| place.z.unwrap_or(0.0).abs();
            rank(one.verdict).cmp(&rank(other.verdict)).then(distance(other).total_cmp(&distance(one)))
        });
        all
    }
}
