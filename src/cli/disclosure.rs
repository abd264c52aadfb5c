//! `disclosure`: what can be worked out of what is printed.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::{Context, Failure, output};
use crate::disclosure::{DisclosureVerdict, PROOF_FILES, ProofFiles, read_proof, verify};
use crate::model::hex;
use crate::pack::{PackRecord, RECORD, SiteFile};

/// Names that are printed of each kind of finding.
const SHOWN: usize = 20;

/// `sendmart disclosure …`.
#[derive(Debug, clap::Subcommand)]
pub(super) enum DisclosureVerb {
    /// Try to work out what a pack hides, by other means than those that hid it
    #[command(after_help = VERIFY)]
    Verify {
        /// A pack, its folder `disclosure`, or a copy of the three files in it
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
    },
}

const VERIFY: &str = "\
Examples:
  sendmart disclosure verify packs/2026-12-08/public
  sendmart --json disclosure verify packs/2026-12-08/restricted

A pack says of itself what anybody can write down who reads it:
  policy.csv   the policy: threshold, width, who is protected
  counts.csv   every count, with its value or [c] where it is hidden
  sums.csv     which counts add up to which: each sum is nought
In the restricted edition the truth stands beside it, and what only the rows
behind tell.

Three attacks: exact (solutions at random modulo a prime; rationals where the
system is small), intervals (linear programs over all that hangs together),
whole numbers (every solution of the smallest systems). It shares no code
with what hid the counts, needs no data and reads no config. Of a pack it also
holds every file against the hash that pack.json lists.

Exit codes: 0 nothing can be worked out, 1 there is no proof here, 65 a count
can be worked out, or told nearer than the policy allows, or a sum does not
hold; 74 the files cannot be read.";

/// `sendmart disclosure …`.
pub(super) fn disclosure(context: &Context, verb: &DisclosureVerb) -> Result<(), Failure> {
    let DisclosureVerb::Verify { folder } = verb;
    let proof = read_proof(&read(folder)?).map_err(|problem| Failure {
        text: format!("[{}] {}: {problem}", problem.code(), folder.display()),
        hint: Some("the files are written with a pack: take them from it again".to_owned()),
        exit_code: 74,
    })?;
    let mut verdict = verify(&proof);
    verdict.wrong.extend(changed(folder));
    if context.json {
        output::line(&as_json(&verdict).to_string());
    } else {
        tell(&verdict);
    }
    if verdict.is_safe() {
        return Ok(());
    }
    Err(Failure {
        text: "[disclosure::leak] this must not leave the council".to_owned(),
        hint: Some("the pack was changed after it was made, or another program made it: make it again".to_owned()),
        exit_code: 65,
    })
}

/// The files of a pack that are not as it lists them: whoever puts a number back changes one.
fn changed(folder: &Path) -> Vec<String> {
    let record = std::fs::read(folder.join(RECORD)).ok().and_then(|bytes| PackRecord::read(&bytes));
    let is_changed = |(name, listed): &(&String, &SiteFile)| {
        let bytes = std::fs::read(folder.join(name.as_str()));
        bytes.map_or(true, |bytes| hex(&Sha256::digest(&bytes)) != listed.sha256)
    };
    let files = record.iter().flat_map(|record| &record.files).filter(is_changed);
    files.map(|(name, _)| format!("`{name}` is not as the pack was made")).collect()
}

fn read(folder: &Path) -> Result<ProofFiles, Failure> {
    let inside = folder.join("disclosure");
    let at = if inside.is_dir() { inside } else { folder.to_path_buf() };
    let mut files = ProofFiles::new();
    for name in PROOF_FILES {
        let path = at.join(name);
        if !path.exists() {
            let text = format!("[disclosure::no_proof] there is no `{name}` in `{}`", at.display());
            return Err(Failure::absent(text, "name a pack, or the folder `disclosure` in it"));
        }
        let text = std::fs::read_to_string(&path).map_err(|error| Failure {
            text: format!("cannot read `{}`: {error}", path.display()),
            hint: Some("check the disk and your rights on the file".to_owned()),
            exit_code: 74,
        })?;
        files.insert(name.to_owned(), text);
    }
    Ok(files)
}

fn as_json(verdict: &DisclosureVerdict) -> serde_json::Value {
    let narrow: Vec<serde_json::Value> = verdict
        .narrow
        .iter()
        .map(|(name, low, high)| serde_json::json!({ "count": name, "lowest": low, "highest": high }))
        .collect();
    serde_json::json!({
        "hidden": verdict.hidden,
        "recovered": verdict.recovered,
        "narrow": narrow,
        "wrong": verdict.wrong,
        "programs": verdict.programs,
        "enumerated": verdict.enumerated,
        "is_safe": verdict.is_safe(),
    })
}

fn tell(verdict: &DisclosureVerdict) {
    let list = |said: &str, all: &[String]| {
        for one in all.iter().take(SHOWN) {
            output::said(&format!("{said}: {one}"));
        }
        if all.len() > SHOWN {
            output::said(&format!("… and {} more", all.len() - SHOWN));
        }
    };
    list("worked out", &verdict.recovered);
    let narrow: Vec<String> =
        verdict.narrow.iter().map(|(name, low, high)| format!("{name} is {low} to {high}")).collect();
    list("too near", &narrow);
    list("wrong", &verdict.wrong);
    output::said(&format!(
        "{} hidden counts: {} worked out, {} told too nearly; {} other faults. {} linear programs; every whole solution of {} tried",
        verdict.hidden,
        verdict.recovered.len(),
        verdict.narrow.len(),
        verdict.wrong.len(),
        verdict.programs,
        verdict.enumerated
    ));
}
