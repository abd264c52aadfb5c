//! `pack.json`: what a pack is made of, what is needed to compute it again, and the hash of every file of its folder.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::board_pack::{BoardPack, PackEdition, PackInput};
use super::folder::SiteFile;

/// The file of the record.
pub const RECORD: &str = "pack.json";
/// The definitions that the figures are made with.
pub const DEFINITIONS: &str = "definitions.zip";
/// What the record calls itself.
const WHAT: &str = "sendmart pack";

/// What a folder of a pack says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackRecord {
    /// That it is one.
    pub what: String,
    /// The version of this form.
    pub format: u32,
    /// `restricted`: small numbers and cases are shown; `public`: neither is.
    pub edition: String,
    /// Whether it was made before its figures were frozen.
    pub draft: bool,
    /// The place, as people call it.
    pub place: String,
    /// Its code.
    pub place_code: String,
    /// The id of the board.
    pub board: String,
    /// Its name.
    pub board_name: String,
    /// The day of the meeting.
    pub meeting: String,
    /// Days of notice.
    pub notice_days: u16,
    /// The day at whose end the figures are frozen.
    pub freeze: String,
    /// The day that the figures speak for.
    pub as_of: String,
    /// The last moment by which a delivery had to be received to count.
    pub known_until: String,
    /// The zone in which days begin and end.
    pub timezone: String,
    /// SHA-256 of everything that decides the figures.
    pub state: String,
    /// The program that made it.
    pub program: String,
    /// SHA-256 of the definitions; they stand in `definitions.zip`.
    pub definitions: String,
    /// The meeting of the last pack and the day of its freeze, with which the figures are compared.
    pub last_pack: Option<[String; 2]>,
    /// What is needed to compute the figures again.
    pub again: Vec<String>,
    /// The deliveries that count.
    pub inputs: Vec<RecordedInput>,
    /// The other files of the folder by name.
    pub files: BTreeMap<String, SiteFile>,
}

/// A delivery, as the record has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedInput {
    /// Its id.
    pub delivery: String,
    /// The collection.
    pub collection: String,
    /// The name of its file.
    pub file: String,
    /// When it was received, by the clock of the place.
    pub received: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Rows that were accepted.
    pub rows_accepted: u64,
}

impl RecordedInput {
    fn of(input: &PackInput) -> Self {
        Self {
            delivery: input.delivery.clone(),
            collection: input.collection.clone(),
            file: input.file.clone(),
            received: input.received.clone(),
            sha256: input.sha256.clone(),
            rows_accepted: input.rows,
        }
    }
}

impl PackRecord {
    /// The record of a pack with these files.
    #[must_use]
    pub fn of(pack: &BoardPack<'_>, files: &[(String, Vec<u8>)]) -> Self {
        let state = &pack.state;
        let hashed = files.iter().map(|(name, bytes)| {
            let sha256 = crate::model::hex(&Sha256::digest(bytes));
            (name.clone(), SiteFile { bytes: bytes.len() as u64, sha256 })
        });
        Self {
            what: WHAT.to_owned(),
            format: 1,
            edition: pack.edition.as_str().to_owned(),
            draft: pack.is_draft,
            place: pack.pages.place.clone(),
            place_code: pack.pages.code.clone(),
            board: pack.board.id.clone(),
            board_name: pack.board.name.clone(),
            meeting: pack.meeting.day.to_string(),
            notice_days: pack.meeting.notice_days,
            freeze: pack.meeting.freeze().to_string(),
            as_of: pack.pages.as_of.to_string(),
            known_until: state.known_until.clone(),
            timezone: state.zone.clone(),
            state: state.fingerprint.clone(),
            program: pack.pages.program.clone(),
            definitions: state.definitions.clone(),
            last_pack: pack.changes.as_ref().map(|last| [last.meeting.to_string(), last.freeze.to_string()]),
            again: again(pack),
            inputs: match pack.edition {
                PackEdition::Restricted => state.inputs.iter().map(RecordedInput::of).collect(),
                PackEdition::Public => Vec::new(),
            },
            files: hashed.collect(),
        }
    }

    /// Reads one; none where the bytes are none.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice::<Self>(bytes).ok().filter(|record| record.what == WHAT)
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }
}

/// How the figures are computed again.
fn again(pack: &BoardPack<'_>) -> Vec<String> {
    let (edition, deliveries) = match pack.edition {
        PackEdition::Restricted => ("", format!("the {} deliveries listed in `inputs`", pack.state.inputs.len())),
        // How many rows a file has may be how many people.
        PackEdition::Public => {
            (" --edition public", "the deliveries listed in `inputs` of the restricted edition".to_owned())
        }
    };
    vec![
        format!(
            "sendmart {} run with: sendmart pack {} --meeting {}{edition}",
            pack.pages.program, pack.board.id, pack.meeting.day
        ),
        format!("a place that keeps {deliveries} in var/landing and var/lake, none of them withdrawn"),
        format!(
            "the definitions of {DEFINITIONS}, laid over the place's config, pipelines and sql, and its key of pseudonyms"
        ),
        "what was received after `known_until` does not count, so deliveries that come later change nothing".to_owned(),
    ]
}
