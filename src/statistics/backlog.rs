//! What the published rate becomes while a backlog clears.
//!
//! In: the waits of open cases and a pace. Out: month by month what is closed, what is left, and the rate that will be published. Plain
//! arithmetic in whole numbers, a what-if and no forecast: each month is a twelfth of 365 days; new cases come in its middle; at its end
//! the pace is closed, the oldest first, those of the month among them. Clearing old cases makes the published rate fall before it
//! rises, since it counts cases when they close.

use std::collections::VecDeque;

/// Method, for the passport.
pub const BACKLOG_METHOD: &str = "backlog: months of 365/12 days; a stated number of cases arrives in the middle of each month and a \
    stated number closes at its end, oldest first";

/// Parts of a day in which ages are kept, so that half months are whole numbers.
const PARTS: u64 = 24;

/// Half a month, 365/24 days, in those parts.
const HALF_MONTH: u64 = 365;

/// Closed cases, as a published rate counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ClosedCases {
    /// Those within the time limit.
    pub within: u64,
    /// All.
    pub closed: u64,
}

impl ClosedCases {
    /// The rate; of 1. None where nothing closed.
    #[must_use]
    pub fn rate(self) -> Option<f64> {
        (self.closed > 0).then(|| self.within as f64 / self.closed as f64)
    }
}

/// What is assumed.
#[derive(Debug, Clone, Copy)]
pub struct BacklogPlan<'a> {
    /// Days that each open case has waited.
    pub open: &'a [u32],
    /// The time limit in days, itself within: 140 for the twenty weeks of a plan.
    pub limit_days: u32,
    /// Cases closed a month.
    pub pace: u32,
    /// New cases a month.
    pub arrivals: u32,
    /// Closed already in the period of the published rate.
    pub so_far: ClosedCases,
    /// How many months to reckon.
    pub months: u16,
}

/// The end of one month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BacklogMonth {
    /// The month; 1-based.
    pub month: u16,
    /// Closed in the month.
    pub closed: ClosedCases,
    /// Closed in the period so far: its rate is the one that is published.
    pub so_far: ClosedCases,
    /// Cases left open.
    pub open: u64,
    /// Of them, those beyond the time limit.
    pub overdue: u64,
}

/// The way of a backlog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BacklogPath {
    /// Month by month.
    pub months: Vec<BacklogMonth>,
    /// The month at whose end no case beyond the time limit is left for the first time, 0 for none at the start; none where that does
    /// not happen within the months.
    pub cleared: Option<u16>,
}

/// Reckons how a backlog clears.
///
/// The time limit is compared with the age at the end of the month in which a case closes, so a month is as fine as it gets.
///
/// ```
/// use sendmart::statistics::backlog::{BacklogPlan, ClosedCases, backlog};
/// // Half of what closed was in time; three old cases lie open, two new ones come each month, three close.
/// let so_far = ClosedCases { within: 10, closed: 20 };
/// let path = backlog(&BacklogPlan { open: &[200, 200, 300], limit_days: 140, pace: 3, arrivals: 2, so_far, months: 2 });
/// assert_eq!(path.cleared, Some(1));
/// let rates: Vec<Option<f64>> = path.months.iter().map(|month| month.so_far.rate()).collect();
/// assert_eq!(rates, [Some(10.0 / 23.0), Some(13.0 / 26.0)]);
/// ```
#[must_use]
pub fn backlog(plan: &BacklogPlan<'_>) -> BacklogPath {
    let limit = u64::from(plan.limit_days) * PARTS;
    let mut days = plan.open.to_vec();
    days.sort_unstable_by(|one, other| other.cmp(one));
    // Oldest first: each age with its number of cases.
    let mut queue: VecDeque<(u64, u64)> =
        days.chunk_by(|one, other| one == other).map(|same| (u64::from(same[0]) * PARTS, same.len() as u64)).collect();
    let overdue = |queue: &VecDeque<(u64, u64)>| -> u64 {
        queue.iter().take_while(|(age, _)| *age > limit).map(|(_, cases)| cases).sum()
    };
    let mut cleared = (overdue(&queue) == 0).then_some(0);
    let (mut months, mut so_far) = (Vec::new(), plan.so_far);
    for month in 1..=plan.months {
        for (age, _) in &mut queue {
            *age += 2 * HALF_MONTH;
        }
        if plan.arrivals > 0 {
            queue.push_back((HALF_MONTH, u64::from(plan.arrivals)));
        }
        let closed = close(&mut queue, u64::from(plan.pace), limit);
        so_far = ClosedCases {
            within: so_far.within.saturating_add(closed.within),
            closed: so_far.closed.saturating_add(closed.closed),
        };
        let open = queue.iter().map(|(_, cases)| cases).sum();
        let overdue = overdue(&queue);
        if overdue == 0 {
            cleared = cleared.or(Some(month));
        }
        months.push(BacklogMonth { month, closed, so_far, open, overdue });
    }
    BacklogPath { months, cleared }
}

/// Closes so many from the front.
fn close(queue: &mut VecDeque<(u64, u64)>, pace: u64, limit: u64) -> ClosedCases {
    let mut closed = ClosedCases::default();
    while let Some((age, cases)) = queue.front_mut() {
        let now = (*cases).min(pace - closed.closed);
        if now == 0 {
            break;
        }
        closed.closed += now;
        closed.within += if *age <= limit { now } else { 0 };
        *cases -= now;
        if *cases == 0 {
            queue.pop_front();
        }
    }
    closed
}
