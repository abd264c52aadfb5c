//! Numbers that are judged fairly: charts over time, funnels, intervals, waiting times. Pure.
//!
//! In: values, counts and waits that the caller has read. Out: limits, findings and verdicts as values, and the name of the method
//! for the passport. No I/O, no clock, no chance: the same input gives the same bits. What cannot be judged is a value that says why,
//! never a number. Drawing, wording of whole sentences and rounding are not here.
//!
//! | question | module | method |
//! |---|---|---|
//! | is the process stable, better or worse | `xmr`, for small counts `attribute` | limits from moving ranges; p and u charts |
//! | which units differ from the rest | `funnel` | exact tails; over-dispersion, winsorised or truncated |
//! | how sure is one figure | `intervals` | Wilson; Garwood |
//! | how long do cases wait, open ones counted | `survival` | Kaplan–Meier, Greenwood |
//! | what will the published rate be while a backlog clears | `backlog` | oldest first, month by month |
//!
//! Every method is compared with a reference to 1e-9; `tests/fixtures/statistics` has the numbers and how they were made.

/// p and u charts: limits for each point from its own denominator.
pub mod attribute;
/// What the published rate becomes while a backlog clears.
pub mod backlog;
/// The variation between units beyond chance: τ² with winsorising or truncation.
mod dispersion;
/// Units beside one another: limits by size, in or out.
pub mod funnel;
/// z-scores and limits of a funnel.
mod funnel_scale;
/// Where a unit lies, and why there is no funnel.
mod funnel_verdict;
/// Intervals of a proportion and of a count.
pub mod intervals;
/// Quantiles of samples and of distributions.
pub mod quantile;
/// What all charts over time share: points, segments, verdicts.
pub mod spc;
/// Why a series is not charted.
mod spc_refusal;
/// The four rules.
mod spc_rules;
/// Variation and assurance, in words.
mod spc_verdict;
/// Waiting times of open and closed cases.
pub mod survival;
/// Exact tails of counts, made continuous.
mod tails;
/// Charts of single values with limits from moving ranges.
pub mod xmr;
