//! The warehouse: a new `DuckDB` file built from the lake, checked, given its KPIs, and published by one rename.
//!
//! The only module that names `duckdb`.

mod arrival;
mod aside;
mod build;
mod comments;
mod compute;
mod conformed;
mod contract;
pub(crate) mod dialect;
mod duck;
mod engine;
mod error;
mod export;
mod history;
mod inserts;
mod kept;
mod kpi_trial;
mod left_standing;
mod lent;
mod lock;
mod meta;
mod meta_tables;
mod passport;
mod publish;
mod query;
mod relation;
mod repeated;
mod rows_behind;
mod rule_trial;
mod rules;
mod series;
mod standing;
mod statement;
mod target;
mod trial;
mod values;

pub use aside::{ASIDE, Aside, write_aside};
pub use build::{BuildInput, build};
pub use compute::{Computed, compute};
pub use engine::EngineLimits;
pub use error::WarehouseError;
pub use export::{ExportError, ExportFormat, ExportManifest, ExportedTable, export_tables};
pub use kpi_trial::{KpiTrial, try_kpi};
pub use lock::{Asked, RunLock};
pub use passport::columns as passport_columns;
pub use publish::{
    Current, LiveDelivery, MadeOf, Verification, clear_old, generations, live, live_deliveries, made_of,
    next_generation, publish, recover, rollback, verify,
};
pub use query::{ReadRows, ask, first_texts, query, query_each, query_file};
pub use rules::{Findings, RowOf, RuleEngine, RuleFinding, SameKey};
pub use series::published_own_periods;
pub use standing::{HeldRow, NotCounted, WithdrawnRow};
pub use trial::try_definitions;
