//! `sendmart` turns the spreadsheets of a council's SEND and inclusion team into checked Parquet, a `DuckDB` file that
//! analysts query, and the board's KPIs.
//!
//! One direction, nothing flows back; I/O sits at the two ends:
//!
//! ```text
//! fetch ─► land ─► read ─► conform ─► lake ─► build generation ─► check ─► compute KPIs ─► publish
//! source   source  read    conform    lake    warehouse           warehouse kpi            warehouse
//! ```
//!
//! The law of conservation holds at every step: rows read = accepted + quarantined + skipped, each with a reason.
//!
//! Modules, lowest first; nothing imports upwards:

/// The command line, a file per verb.
pub mod cli;
/// Pure: map, normalise, validate; accepted rows and faults.
pub mod conform;
/// All that people write (TOML, code lists, SQL) into checked values; every problem at once.
pub mod definitions;
/// Definitions, sample and code lists of a new collection, written from the profile of a file.
pub mod draft;
/// Faults for those who can mend them: lists, and a workbook for each supplier.
pub mod faults;
/// KPI values, rounding, reconciliation.
pub mod kpi;
/// Every path; Parquet in and out; atomic writes.
pub mod lake;
/// Runs, deliveries, books.
pub mod ledger;
/// The nouns: deliveries, cells and addresses, periods, faults, books. No I/O.
pub mod model;
/// What stands in a file that no layout is known for: sheets, header candidates, types, keys; what differs between two.
pub mod profile;
/// A file into rows of cells with addresses; the header found and proved.
pub mod read;
/// The plan and the steps in order: the page to read first.
pub mod run;
/// An invented county: lives, the returns made of them, and the truth beside them.
pub mod sample;
/// Fetch and land: folder, archive, HTTP.
pub mod source;
/// Workbooks to fill in, made from layouts and contracts.
pub mod template;
/// Build, check, publish a generation; run `.sql`.
pub mod warehouse;
/// Workbooks out.
mod xlsx;
