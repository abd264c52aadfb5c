//! Disclosure control: nothing that is hidden can be worked out, of one pack or of several; and methods that are often used fail here.
//!
//! `SENDMART_DISCLOSURE_SETS=1000` tries as many sets of tables, and a tenth as many sequences of packs. `SENDMART_DISCLOSURE_COUNTY=80000`
//! protects tables of 40 places, 12 reasons and 14 years of so many rows.

/// Files, the verb, and proofs that were tampered with.
mod folder;
/// Sets of tables with hierarchies, invented.
mod invented;
/// What rules ask for, case by case.
mod policy;
/// Intervals again, over the rationals.
mod rational;
/// Packs that follow each other.
mod sequences;
/// Sets of tables: ours, and the methods that fail.
mod sets;

/// How many sets of tables are tried.
fn sets() -> u64 {
    std::env::var("SENDMART_DISCLOSURE_SETS").ok().and_then(|many| many.parse().ok()).unwrap_or(60)
}
