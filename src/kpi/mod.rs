//! KPI values and the comparison with what was published.
//!
//! In: the definition of a KPI and the rows that its `SELECT` gives ([`value`]). Out: rows of `kpi.value`, and the tally of computed
//! against printed figures ([`reconcile`]). Nothing here runs SQL: `warehouse` does, and hands the Arrow batches in and out.

pub mod publication;
pub mod reconcile;
pub mod value;

pub use publication::Roundings;
pub use reconcile::{ReconciledPart, Reconciler, Reconciliation, Tally, reconcile_sql};
pub use value::{Stamp, ValueError, output_schema, values};
