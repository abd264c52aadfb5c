//! Units beside one another: limits that narrow with size, and who lies outside.
//!
//! In: a numerator and a denominator for each unit (schools, authorities). Out: a `Funnel`: for each unit its z-score, the limits at
//! its denominator and a verdict; and the limits at any denominator, to draw the curves. A unit without a denominator is a value of its
//! own and part of no sum. Which direction is good is not asked: outside is outside.

pub use super::dispersion::FunnelDispersion;
use super::dispersion::{truncated, winsorised};
use super::funnel_scale::Scale;
pub use super::funnel_verdict::{FunnelRefusal, FunnelVerdict};
use super::intervals::ConfidenceLevel;

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunnelKind {
    /// Each of the denominator happens or does not: pupils suspended at least once.
    Proportion,
    /// One of the denominator can happen many times: suspensions.
    Rate,
}

/// How limits are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunnelMethod {
    /// By chance alone, from the exact tails: for small numbers, and where events are independent.
    Exact,
    /// By chance and the variation between units, extremes drawn in.
    Winsorised,
    /// By chance and the variation between units, extremes left out.
    Truncated,
}

/// The line that units are compared with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FunnelTarget {
    /// All numerators over all denominators.
    Overall,
    /// A figure from elsewhere, as a share or rate of 1: England's.
    Given(f64),
}

/// One unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FunnelUnit {
    /// How often it happened.
    pub numerator: u64,
    /// Out of how many.
    pub denominator: u64,
}

/// Limits at one denominator; shares or rates of 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FunnelLimits {
    /// Lower limit at 99.8 %.
    pub lower_998: f64,
    /// Lower limit at 95 %.
    pub lower_95: f64,
    /// Upper limit at 95 %.
    pub upper_95: f64,
    /// Upper limit at 99.8 %.
    pub upper_998: f64,
}

/// One unit, judged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FunnelPlace {
    /// Its share or rate; none without a denominator.
    pub value: Option<f64>,
    /// Distance from the target in standard deviations, on the arcsine scale for proportions and the square-root scale for rates, the
    /// variation between units among them where the method reckons it; none without a denominator or where nothing is expected.
    pub z: Option<f64>,
    /// The limits at its denominator; none without one.
    pub limits: Option<FunnelLimits>,
    /// Where it lies.
    pub verdict: FunnelVerdict,
}

/// A funnel.
#[derive(Debug, Clone, PartialEq)]
pub struct Funnel {
    /// What is compared.
    pub kind: FunnelKind,
    /// How limits are made.
    pub method: FunnelMethod,
    /// The line that units are compared with; a share or rate of 1.
    pub target: f64,
    /// The variation between units; none by the exact method.
    pub dispersion: Option<FunnelDispersion>,
    /// The units in the order in which they came.
    pub places: Vec<FunnelPlace>,
}

/// Compares units.
///
/// The exact method suits small numbers; suspensions vary more between schools than chance does, since one pupil is suspended many
/// times, so compare the pupils suspended at least once, or take a method that reckons the variation between units. Where that
/// variation is found to be 0, those methods leave limits by chance on the transformed scale, which are no exact ones.
///
/// # Errors
/// [`FunnelRefusal`]: no unit with a denominator; a proportion above 1; a unit too large to reckon with; a target that is negative, not
/// finite, or above 1 for proportions.
///
/// *Source*: Spiegelhalter (2005) and others (2012), see `FunnelPlotR`. Unlike that package, quantiles have full precision, the exact
/// method is exact, and angles end at 0 and 90 degrees: beyond them its limits fold back and cross.
///
/// ```
/// use sendmart::statistics::funnel::{FunnelKind, FunnelMethod, FunnelTarget, FunnelUnit, FunnelVerdict, funnel};
/// let units = [(12, 400), (9, 310), (31, 420), (0, 0)].map(|(numerator, denominator)| FunnelUnit { numerator, denominator });
/// let funnel = funnel(&units, FunnelKind::Proportion, FunnelMethod::Exact, FunnelTarget::Given(0.03))?;
/// let verdicts: Vec<FunnelVerdict> = funnel.places.iter().map(|place| place.verdict).collect();
/// use FunnelVerdict::*;
/// assert_eq!(verdicts, [Inside, Inside, Above998, NoDenominator]);
/// # Ok::<(), sendmart::statistics::funnel::FunnelRefusal>(())
/// ```
pub fn funnel(
    units: &[FunnelUnit],
    kind: FunnelKind,
    method: FunnelMethod,
    target: FunnelTarget,
) -> Result<Funnel, FunnelRefusal> {
    for (index, FunnelUnit { numerator, denominator }) in units.iter().copied().enumerate() {
        // Of nothing, nothing can happen, at any rate.
        if numerator > denominator && (kind == FunnelKind::Proportion || denominator == 0) {
            return Err(FunnelRefusal::NotAProportion { unit: index + 1, numerator, denominator });
        }
    }
    let judged: Vec<FunnelUnit> = units.iter().copied().filter(|unit| unit.denominator > 0).collect();
    if judged.is_empty() {
        return Err(FunnelRefusal::NoUnits);
    }
    let target = match target {
        FunnelTarget::Given(target) => target,
        FunnelTarget::Overall => {
            let sum = |part: fn(&FunnelUnit) -> u64| judged.iter().map(|unit| part(unit) as f64).sum::<f64>();
            sum(|unit| unit.numerator) / sum(|unit| unit.denominator)
        }
    };
    let highest = if kind == FunnelKind::Proportion { 1.0 } else { f64::MAX };
    if !(0.0..=highest).contains(&target) {
        return Err(FunnelRefusal::Target(target));
    }
    let scale = Scale { kind, target };
    if let Some(index) = units.iter().position(|unit| !scale.holds(unit.denominator)) {
        return Err(FunnelRefusal::TooLarge { unit: index + 1 });
    }
    let (scores, errors): (Vec<f64>, Vec<f64>) =
        judged.iter().filter_map(|unit| Some((scale.z(*unit, 0.0)?, scale.error(unit.denominator)))).unzip();
    let dispersion = match method {
        FunnelMethod::Exact => None,
        FunnelMethod::Winsorised => Some(winsorised(&scores, &errors)),
        FunnelMethod::Truncated => Some(truncated(&scores, &errors)),
    };
    let mut funnel = Funnel { kind, method, target, dispersion, places: Vec::new() };
    funnel.places = units.iter().map(|unit| funnel.place(*unit)).collect();
    Ok(funnel)
}

impl Funnel {
    /// Method, for the passport.
    #[must_use]
    pub fn method_name(&self) -> &'static str {
        match (self.method, self.kind) {
            (FunnelMethod::Exact, FunnelKind::Proportion) => {
                "funnel: exact binomial limits at 95 % and 99.8 %, both tails interpolated alike"
            }
            (FunnelMethod::Exact, FunnelKind::Rate) => {
                "funnel: exact Poisson limits at 95 % and 99.8 %, both tails interpolated alike"
            }
            (FunnelMethod::Winsorised, FunnelKind::Proportion) => {
                "funnel: limits at 95 % and 99.8 % on the arcsine scale, with τ² of DerSimonian and Laird, z-scores winsorised at a \
                 tenth (quantile type 7)"
            }
            (FunnelMethod::Winsorised, FunnelKind::Rate) => {
                "funnel: limits at 95 % and 99.8 % on the square-root scale, with τ² of DerSimonian and Laird, z-scores winsorised at \
                 a tenth (quantile type 7)"
            }
            (FunnelMethod::Truncated, FunnelKind::Proportion) => {
                "funnel: limits at 95 % and 99.8 % on the arcsine scale, with τ² of DerSimonian and Laird, the lowest and highest of \
                 ten rank groups left out"
            }
            (FunnelMethod::Truncated, FunnelKind::Rate) => {
                "funnel: limits at 95 % and 99.8 % on the square-root scale, with τ² of DerSimonian and Laird, the lowest and highest \
                 of ten rank groups left out"
            }
        }
    }

    /// The limits at a denominator; none at nought and beyond [`MOST`](super::quantile::MOST).
    ///
    /// With growing denominators each comes nearer the target, and none crosses it or another.
    #[must_use]
    pub fn limits(&self, denominator: u64) -> Option<FunnelLimits> {
        let scale = Scale { kind: self.kind, target: self.target };
        if denominator == 0 || !scale.holds(denominator) {
            return None;
        }
        let tau_squared = self.dispersion.map(|dispersion| dispersion.tau_squared);
        let pair = |level: ConfidenceLevel| match tau_squared {
            None => scale.exact(denominator, level.tail()),
            Some(tau_squared) => scale.adjusted(denominator, level.z(), tau_squared),
        };
        let ((lower_95, upper_95), (lower_998, upper_998)) = (pair(ConfidenceLevel::P95), pair(ConfidenceLevel::P998));
        Some(FunnelLimits { lower_998, lower_95, upper_95, upper_998 })
    }

    /// The curves: denominators from `first` to `last`, both among them, at most so many and close together where they are small.
    #[must_use]
    pub fn curve(&self, first: u64, last: u64, points: u32) -> Vec<(u64, FunnelLimits)> {
        let (first, last) = (first.max(1), last.max(first).max(1));
        let ratio = (last as f64 / first as f64).ln();
        let steps = f64::from(points.saturating_sub(1).max(1));
        let mut at: Vec<u64> = (0..points.saturating_sub(1))
            .map(|step| {
                let denominator = first as f64 * (ratio * f64::from(step) / steps).exp();
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "between first and last, rounded on purpose"
                )]
                let whole = denominator.round() as u64;
                whole.clamp(first, last)
            })
            .chain([last])
            .collect();
        at.dedup();
        at.into_iter().filter_map(|denominator| Some((denominator, self.limits(denominator)?))).collect()
    }

    fn place(&self, unit: FunnelUnit) -> FunnelPlace {
        let Some(limits) = self.limits(unit.denominator) else {
            return FunnelPlace { value: None, z: None, limits: None, verdict: FunnelVerdict::NoDenominator };
        };
        let value = unit.numerator as f64 / unit.denominator as f64;
        let tau_squared = self.dispersion.map_or(0.0, |dispersion| dispersion.tau_squared);
        let z = Scale { kind: self.kind, target: self.target }.z(unit, tau_squared);
        FunnelPlace { value: Some(value), z, limits: Some(limits), verdict: FunnelVerdict::of(value, &limits) }
    }
}
