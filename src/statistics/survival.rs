//! Waiting times of open and closed cases (Kaplan–Meier).
//!
//! In: for each case how long it has waited and whether it is decided. Out: the share still waiting after each day, with intervals;
//! quantiles; and the share decided by a day beside the published rate, which counts closed cases alone and so rises while old cases
//! lie undecided and falls when they are cleared.
//!
//! A case that ends otherwise (withdrawn, moved away) counts as open up to that day: then the shares are those among cases that stay.
//! Cases have to be seen from their first day: a list that begins with those open on some date lacks the quick ones before it.

use super::intervals::{ConfidenceLevel, Interval};

/// Method, for the passport.
pub const KAPLAN_MEIER_METHOD: &str = "Kaplan–Meier estimate of waiting times of open and closed cases; standard error of Greenwood; \
    95 % interval on the log-minus-log scale";

/// A share that misses a bound by rounding alone meets it.
const ROUNDING: f64 = 1e-12;

/// How long a case has waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaseWait {
    /// Days from its start to its decision, or to the as-of date while it is open.
    pub days: u32,
    /// Whether it is decided.
    pub is_decided: bool,
}

/// What a day on which cases were decided adds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SurvivalStep {
    /// The day, from the start of each case.
    pub day: u32,
    /// Cases that waited at least so long.
    pub at_risk: usize,
    /// Of them, those decided on that day.
    pub decided: usize,
    /// Share still waiting after that day; of 1.
    pub waiting: f64,
    /// Greenwood's standard error of that share; none once it is 0.
    pub standard_error: Option<f64>,
    /// Lower bound of that share at 95 %; none once it is 0.
    pub lower: Option<f64>,
    /// Upper bound of that share at 95 %; none once it is 0.
    pub upper: Option<f64>,
}

/// The waiting times of a set of cases.
#[derive(Debug, Clone, PartialEq)]
pub struct KaplanMeier {
    /// The days on which cases were decided, in order.
    pub steps: Vec<SurvivalStep>,
    /// The cases, in the order of days.
    waits: Vec<CaseWait>,
}

/// The share decided by a day, both ways.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DecidedByDay {
    /// The day; itself counted.
    pub day: u32,
    /// The share of all cases, open ones reckoned in; of 1. None where no case has been watched for so long and not all are decided.
    pub share: Option<f64>,
    /// Its interval at 95 %; none without a share, before the first decision and once all are decided.
    pub interval: Option<Interval>,
    /// Closed cases that were decided by that day.
    pub closed_within: usize,
    /// Closed cases.
    pub closed: usize,
    /// The rate as it is published: the former over the latter; none without closed cases.
    pub published: Option<f64>,
    /// Cases still open after that day: late already, and in no published rate yet.
    pub open_beyond: usize,
}

/// The waiting times of cases; no case gives no step.
///
/// *Shape*: one step for each day with a decision. A case that is open with so many days is at risk on that day.
///
/// *Source*: Kaplan and Meier, JASA 53 (1958); Greenwood (1926) for the standard error; Kalbfleisch and Prentice, *The Statistical
/// Analysis of Failure Time Data*, 1.4, for the interval (R: `survfit(…, conf.type = "log-log")`).
///
/// ```
/// use sendmart::statistics::survival::{CaseWait, kaplan_meier};
/// let case = |days, is_decided| CaseWait { days, is_decided };
/// // Three plans issued in time, two requests open far beyond it: published 100 %.
/// let waits = [case(100, true), case(120, true), case(140, true), case(300, false), case(310, false)];
/// let decided = kaplan_meier(&waits).decided_by(140);
/// assert_eq!((decided.published, decided.open_beyond), (Some(1.0), 2));
/// assert!((decided.share.unwrap() - 0.6).abs() < 1e-12);
/// assert_eq!(kaplan_meier(&waits).quantile(0.5), Some(140));
/// ```
#[must_use]
pub fn kaplan_meier(waits: &[CaseWait]) -> KaplanMeier {
    let mut waits = waits.to_vec();
    waits.sort_by_key(|wait| (wait.days, !wait.is_decided));
    let (mut steps, mut waiting, mut greenwood) = (Vec::new(), 1.0, 0.0);
    let mut at_risk = waits.len();
    for day in waits.chunk_by(|one, other| one.days == other.days) {
        let decided = day.iter().filter(|wait| wait.is_decided).count();
        if decided > 0 {
            let (risk, left) = (at_risk as f64, (at_risk - decided) as f64);
            waiting *= left / risk;
            greenwood += decided as f64 / (risk * left);
            steps.push(step(day[0].days, at_risk, decided, waiting, greenwood));
        }
        at_risk -= day.len();
    }
    KaplanMeier { steps, waits }
}

fn step(day: u32, at_risk: usize, decided: usize, waiting: f64, greenwood: f64) -> SurvivalStep {
    let is_some_left = decided < at_risk;
    let spread = greenwood.sqrt();
    let standard_error = is_some_left.then_some(waiting * spread);
    // On the scale of ln(−ln S) the bounds never leave 0 to 1.
    let factor = (ConfidenceLevel::P95.z() * spread / waiting.ln().abs()).exp();
    let lower = is_some_left.then(|| waiting.powf(factor));
    let upper = is_some_left.then(|| waiting.powf(1.0 / factor));
    SurvivalStep { day, at_risk, decided, waiting, standard_error, lower, upper }
}

impl KaplanMeier {
    /// The first day by which so large a share is decided: the median at 0.5. None while that share is not reached, or for a share
    /// outside 0 to 1.
    ///
    /// R takes the middle of a step on which the share is met exactly; here it is the step's first day, as with lifelines.
    #[must_use]
    pub fn quantile(&self, share: f64) -> Option<u32> {
        if !(0.0..=1.0).contains(&share) {
            return None;
        }
        self.steps.iter().find(|step| step.waiting <= 1.0 - share + ROUNDING).map(|step| step.day)
    }

    /// The share decided by a day, beside the published rate: 140 for the twenty weeks of a plan.
    #[must_use]
    pub fn decided_by(&self, day: u32) -> DecidedByDay {
        let step = self.steps.iter().rev().find(|step| step.day <= day);
        let waiting = step.map_or(1.0, |step| step.waiting);
        let is_watched = self.waits.last().is_some_and(|wait| wait.days >= day) || waiting == 0.0;
        let share = is_watched.then_some(1.0 - waiting);
        let interval = share
            .zip(step)
            .and_then(|(value, step)| Some(Interval { value, lower: 1.0 - step.upper?, upper: 1.0 - step.lower? }));
        let closed = self.waits.iter().filter(|wait| wait.is_decided).count();
        let closed_within = self.waits.iter().filter(|wait| wait.is_decided && wait.days <= day).count();
        let open_beyond = self.waits.iter().filter(|wait| !wait.is_decided && wait.days > day).count();
        let published = (closed > 0).then(|| closed_within as f64 / closed as f64);
        DecidedByDay { day, share, interval, closed_within, closed, published, open_beyond }
    }
}
