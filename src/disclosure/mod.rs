//! Disclosure control: what of a release is shown, so that nothing that is hidden can be worked out. Pure.
//!
//! In: everything that is printed together, as counts with the persons behind them ([`PrintedRelease`]); a policy. Out: for each figure shown
//! or hidden, why, and a proof ([`Protection`]). Nothing here knows of pages, files or the time.
//!
//! - A release is **one** system of linear equations ([`lay_out`]). A count is one number wherever it is printed, so tables that share counts
//!   share the mask; totals, hierarchies, what a table leaves out of its total, what a share leaves out of its denominator, and what changed
//!   since earlier packs are sums over them. With the rows behind ([`PrintedRelease::group_rows`]), so is everything that rows share; rows that
//!   are in the same counts are one unknown.
//! - Primary: fewer distinct persons than the threshold; all or none of few; of an earlier pack's hidden count, until it is clearly large.
//! - Secondary: a count is shown unless a hidden one could then be worked out, most wanted first, by elimination modulo 2⁶¹ − 1.
//! - Audit: for every hidden count another set of whole numbers that fits all that is shown, far enough away. Where there is none, the
//!   cheapest further counts are hidden.
//! - Primary and secondary have the same mark.
//!
//! A pack calls it so: each value of a KPI that it prints by [`PrintedRelease::add_value`]; `parents` says which places and groups are parts of
//! which; [`PrintedRelease::add_earlier`] gives what earlier packs printed. A chart, a rank, a verdict or a difference is
//! [`FigureShape::Derived`] of what it is reckoned of; ranks are reckoned anew among what is shown.
//!
//! ```
//! use sendmart::definitions::{DisclosurePolicy, WhoIsCounted};
//! use sendmart::disclosure::{CountKey, FigureShape, PersonCount, PrintedFigure, PrintedRelease, protect};
//!
//! let mut release = PrintedRelease::default();
//! let key = |school: &str| {
//!     let key = CountKey { measure: "suspensions".into(), period: "2025/26".into(), ..CountKey::default() };
//!     key.with("place", school)
//! };
//! for (school, value) in [("", 41), ("A", 2), ("B", 17), ("C", 22)] {
//!     release.counts.insert(key(school), PersonCount { value, persons: value, who: WhoIsCounted::Children });
//!     release.figures.push(PrintedFigure { id: format!("table 1 {school}"), shape: FigureShape::Count(key(school)) });
//!     if !school.is_empty() {
//!         release.parents.entry("place".into()).or_default().insert(school.into(), String::new());
//!     }
//! }
//! let protection = protect(&release, &DisclosurePolicy::strict())?;
//! assert!(protection.is_shown("table 1 "));
//! assert!(!protection.is_shown("table 1 A"), "two children");
//! assert!(!protection.is_shown("table 1 B"), "41 − 17 − 22 would be the two");
//! # Ok::<(), sendmart::disclosure::ReleaseProblem>(())
//! ```
//!
//! *Source*: Hundepool and others, *Handbook on Statistical Disclosure Control* (sdctools.github.io); the papers that [`protect`]'s parts name.
//!
//! Packs that follow each other are told apart by their rows, where those are known. Without them a count that two packs hide and that is the
//! same in both is taken as one number: an outsider may guess that it has not changed. Where nothing helps against that guess, it is dropped.
//!
//! What is not claimed: nothing is hidden from whoever knows some of the children; means and dominance of few contributors have no rule here,
//! since no such figure is printed; and two counts of one thing that a pack calls by two names are not known to be one.

mod choose;
mod elimination;
mod field;
mod interval;
mod possible;
mod problem;
mod proof;
mod release;
mod system;
mod tables;
mod verify;

use std::collections::BTreeMap;

pub use problem::{ProofProblem, ReleaseProblem};
pub use proof::{DisclosureProof, ProofCount, ProofTruth};
pub use release::{CountKey, FigureShape, InnerCell, PersonCount, PrintedFigure, PrintedRelease, ValueBehind};
pub use system::{CountRole, LinkedSystem, SystemColumn, lay_out};
pub use tables::{PROOF_FILES, ProofFiles, read_proof, write_proof};
pub use verify::{DisclosureVerdict, verify};

use crate::definitions::DisclosurePolicy;

/// Why a figure is hidden. In print all of them are `[c]`: who knows which is which knows more than the mark says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WhyHidden {
    /// Few persons are behind it, or behind a count that it is made of.
    FewPersons,
    /// With it, another hidden count could be worked out, or told too nearly.
    GivesAway,
}

/// A protected release.
#[derive(Debug, Clone)]
pub struct Protection {
    /// By id of the figure: none where it is shown.
    pub figures: BTreeMap<String, Option<WhyHidden>>,
    /// By key: whether a count may be shown, for whoever makes something else of it.
    pub counts: BTreeMap<CountKey, bool>,
    /// Names of hidden counts that nothing can protect any more: earlier packs show too much. Such a release must not be published.
    pub exposed: Vec<String>,
    /// The whole of it, for the restricted edition; [`DisclosureProof::public`] is for publication.
    pub proof: DisclosureProof,
    /// Linear programs that were solved.
    pub programs: usize,
}

impl Protection {
    /// The mark of what is hidden, as the Government Statistical Service has it.
    pub const MARK: &'static str = "[c]";

    /// Whether a figure is shown; what is not known is not.
    #[must_use]
    pub fn is_shown(&self, figure: &str) -> bool {
        self.figures.get(figure).is_some_and(Option::is_none)
    }
}

/// Decides what of a release is shown.
///
/// The same release gives the same answer, whatever the machine.
///
/// # Errors
/// [`ReleaseProblem`] where the release does not hang together.
pub fn protect(release: &PrintedRelease, policy: &DisclosurePolicy) -> Result<Protection, ReleaseProblem> {
    let mut system = lay_out(release, policy)?;
    let mut showing = choose::choose(&system);
    let mut audit = interval::audit(&system, policy, &mut showing);
    if !audit.exposed.is_empty() && release.cells.is_empty() && !release.earlier.is_empty() {
        // Against one who guesses that what is hidden twice has not changed nothing helps: against one who sees two marks it may.
        system = system::lay_out_with(release, policy, system::Unchanged::Unknown)?;
        showing = choose::choose(&system);
        audit = interval::audit(&system, policy, &mut showing);
    }
    let mut figures = BTreeMap::new();
    for figure in &release.figures {
        let of: Vec<usize> = figure.shape.counts().iter().map(|key| system.position[*key]).collect();
        let is_shown = of.iter().all(|at| showing.is_shown[*at]);
        let is_small = of.iter().any(|at| system.columns[*at].is_primary);
        let why = if is_small { WhyHidden::FewPersons } else { WhyHidden::GivesAway };
        figures.insert(figure.id.clone(), (!is_shown).then_some(why));
    }
    let shown_of = |key: &CountKey| system.position.get(key).is_some_and(|at| showing.is_shown[*at]);
    Ok(Protection {
        figures,
        counts: release.counts.keys().map(|key| (key.clone(), shown_of(key))).collect(),
        exposed: audit.exposed.iter().map(|at| system.columns[*at].name.clone()).collect(),
        proof: DisclosureProof::of(&system, policy, &showing, &audit.reach),
        programs: audit.programs,
    })
}
