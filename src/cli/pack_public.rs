//! The public edition of a pack: what of it may be shown, its proof, and the record that later editions are held against.

use super::{Context, Failure, output};
use crate::definitions::{Definitions, DisclosurePolicy};
use crate::disclosure::{DisclosureProof, ReleaseProblem, protect, write_proof};
use crate::lake::Place;
use crate::pack::{AskFigures, BoardPack, KeptRelease, ReleaseError, persons_behind, public_release, releases_before};

/// The folder of the proof in a pack, as `sendmart disclosure verify` looks for it.
const PROOF: &str = "disclosure";
/// Counts that a refusal names.
const NAMED: usize = 5;

/// A pack from which everything is taken that a public edition may not show.
pub(super) struct ProtectedPack {
    proof: DisclosureProof,
    release: KeptRelease,
    hidden: usize,
    shown: usize,
}

impl From<ReleaseProblem> for Failure {
    fn from(problem: ReleaseProblem) -> Self {
        Self {
            text: format!("[{}] {problem}", problem.code()),
            hint: Some("this is a fault of the program: the public edition is not written".to_owned()),
            exit_code: 65,
        }
    }
}

impl From<ReleaseError> for Failure {
    fn from(error: ReleaseError) -> Self {
        let hint = match error {
            ReleaseError::Damaged { .. } => {
                "take var/releases from a backup: without what was published before nobody knows what this edition would give away"
            }
            ReleaseError::File(_) => "check the disk and your rights on the folder",
        };
        Self { text: format!("[{}] {error}", error.code()), hint: Some(hint.to_owned()), exit_code: 74 }
    }
}

/// Hides in a pack what the policy of the place hides.
pub(super) fn protected(
    ask: &AskFigures<'_>,
    place: &Place,
    definitions: &Definitions,
    pack: &mut BoardPack<'_>,
) -> Result<ProtectedPack, Failure> {
    let policy = definitions.disclosure.chosen();
    let meeting = pack.meeting.day.to_string();
    let mut release = KeptRelease::of(&pack.board.id, &meeting, &pack.state.fingerprint, &words(&policy));
    let earlier = releases_before(&place.releases(), &mut release)?;
    let persons = persons_behind(ask, &pack.pages.kpis)?;
    let printed = public_release(&pack.pages, &persons, &earlier, &policy);
    let protection = protect(&printed.release, &policy)?;
    if !protection.exposed.is_empty() {
        return Err(exposed(&protection.exposed));
    }
    printed.hide(&mut pack.pages, &protection);
    release.counts = printed.released(&protection);
    let hidden = protection.figures.values().filter(|why| why.is_some()).count();
    let shown = protection.figures.len() - hidden;
    Ok(ProtectedPack { proof: protection.proof.public(), release, hidden, shown })
}

fn exposed(names: &[String]) -> Failure {
    let listed: Vec<String> = names.iter().take(NAMED).map(|name| format!("`{name}`")).collect();
    let more = if names.len() > NAMED { format!(" and {} more", names.len() - NAMED) } else { String::new() };
    Failure {
        text: format!(
            "[pack::exposed] the public edition is not written: with what was published before, it would tell {}{more}",
            listed.join(", ")
        ),
        hint: Some(
            "no hiding helps any more: leave the figures to the restricted edition, or publish when the next period is over"
                .to_owned(),
        ),
        exit_code: 65,
    }
}

/// The policy in all its settings: with another the same figures are another release.
fn words(policy: &DisclosurePolicy) -> String {
    format!("{policy:?}")
}

impl ProtectedPack {
    /// The files of its proof.
    pub(super) fn proof_files(&self) -> impl Iterator<Item = (String, Vec<u8>)> {
        write_proof(&self.proof).into_iter().map(|(name, text)| (format!("{PROOF}/{name}"), text.into_bytes()))
    }

    /// Keeps what it printed and hid: before the folder is written, so that nothing is published that is not known.
    pub(super) fn keep(&self, place: &Place) -> Result<(), Failure> {
        Ok(self.release.keep(&place.releases())?)
    }

    /// Says what became of its figures.
    pub(super) fn told(&self, context: &Context) {
        if context.json {
            return;
        }
        output::said(&format!(
            "{} figures on own returns are shown, {} are hidden; `sendmart disclosure verify` tries to work them out",
            self.shown, self.hidden
        ));
    }
}
