//! KPI definitions, values and the comparison with what was published.
//!
//! In: the files of `sql/kpis` ([`definition`]) and the rows that their `SELECT` gives ([`value`]). Out: rows of
//! `kpi.value`, and the tally of computed against printed figures ([`reconcile`]). Nothing here runs SQL: `warehouse`
//! does, and hands the Arrow batches in and out.

mod behind;
pub mod definition;
pub mod difference;
pub mod needs;
pub mod portable;
pub mod publication;
pub mod reconcile;
pub mod value;

mod sql_text;
mod vocabulary;

pub use behind::{Behind, COUNTS, IN_PART, LINEAGE, PLACED};
pub use definition::{Kpi, KpiProblem, load};
pub use difference::Difference;
pub use needs::Need;
pub use portable::{Finding, read_tables, unportable};
pub use publication::Roundings;
pub use reconcile::{Reconciler, Reconciliation, reconcile_sql};
pub use value::{Stamp, ValueError, output_schema, values};
pub use vocabulary::{Area, Basis, PeriodKind, Polarity, Unit};
