//! `sendmart` turns the spreadsheets of a council's SEND and inclusion team into checked Parquet, a `DuckDB` file that
//! analysts query, and the board's KPIs.
//!
//! One direction, nothing flows back; I/O sits at the two ends:
//!
//! ```text
//! fetch ─► land ─► read ─► prove ─► conform ─► lake ─► build generation ─► check ─► compute KPIs ─► publish
//! source   source  read    prove    conform    lake    warehouse           warehouse kpi            warehouse
//! ```
//!
//! The law of conservation holds at every step: rows read = accepted + quarantined + skipped, each with a reason.
//!
//! Modules, lowest first; nothing imports upwards:

/// Workbooks out.
mod xlsx;

/// The nouns: deliveries, cells and addresses, periods, faults, books. No I/O.
pub mod model;

/// All that people write (TOML, code lists, SQL) into checked values; every problem at once.
pub mod definitions;

/// Numbers that are judged fairly: charts over time, funnels, intervals, waiting times. Pure.
pub mod statistics;

/// What of a release is shown, so that nothing hidden can be worked out; and who tries to. Pure.
pub mod disclosure;

/// Every path; Parquet in and out; atomic writes.
pub mod lake;

/// Runs, deliveries, books.
pub mod ledger;

/// Telling people what goes wrong, once each, and that it is well again.
pub mod alert;

/// Fetch and land: folder, archive, HTTP.
pub mod source;

/// Bytes into rows of cells with addresses.
pub mod read;

/// Which layouts a file is in: the header found and proved.
pub mod prove;

/// Pure: map, normalise, validate; accepted rows and faults.
pub mod conform;

/// The profile of a file that has no layout yet: sheets, header candidates, types, keys; what differs between two files.
pub mod profile;

/// KPI values, rounding, reconciliation.
pub mod kpi;

/// Judged series and funnels as pictures that stand alone. Pure.
pub mod picture;

/// Build, check, publish a generation; run `.sql`.
pub mod warehouse;

/// From a number to the cells that it rests on.
pub mod trace;

/// The pages that a board reads: plain values in, texts of HTML out.
pub mod pack;

/// The plan and the steps in order: the page to read first.
pub mod run;

/// Faults for those who can mend them: lists, and a workbook for each supplier.
pub mod faults;

/// Workbooks to fill in, made from layouts and contracts.
pub mod template;

/// Definitions, sample and code lists of a new collection, written from the profile of a file.
pub mod draft;

/// An invented county: lives, the returns made of them, and the truth beside them.
pub mod sample;

/// The command line, a file per verb.
pub mod cli;
