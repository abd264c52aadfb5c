//! KPI values and the comparison with what was published.
//!
//! In: the definition of a KPI and the rows that its `SELECT` gives ([`value`]). Out: rows of `kpi.value`, the tally of computed
//! against printed figures ([`reconcile`]), and how a value stands to its target ([`trajectory`]). Nothing here runs SQL: `warehouse` does, and hands the Arrow batches in and out.

/// Schools beside one another, judged.
pub mod judged_places;
/// A series of values, judged.
pub mod judged_series;
/// Printed rates that no KPI speaks of.
pub mod printed_rate;
pub mod publication;
pub mod reconcile;
pub mod trajectory;
pub mod value;

pub use judged_places::{JudgedPlaces, PlaceFigure, PlacesRefusal, judged_places};
pub use judged_series::{JudgedSeries, SeriesPoint, judged_series, short_number, trimmed};
pub use printed_rate::{rate_sql, with_values};
pub use publication::Roundings;
pub use reconcile::{ReconciledPart, Reconciler, Reconciliation, Tally, reconcile_sql};
pub use trajectory::{Judgement, TargetStatus, ValueThen, judge};
pub use value::{Stamp, ValueError, output_schema, values};
