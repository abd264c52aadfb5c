//! The seam that every kind of source goes through: *list → version → open*.
//!
//! ```text
//! list ─► files, with their version where the list says it ─► known in this version? ─ yes ─► what it held
//!                                                                  │ no
//!                                                                  ▼
//!                                                    open ─► bytes and their version ─► unpacked ─► deliveries, remembered
//! ```
//!
//! A new kind of source is a file beside this one, a variant of [`crate::definitions::SourceKind`] and its arm in `fetch_async`. What
//! is the same for all stands here: what was seen is not opened again, a source that cannot be listed or a file that cannot be
//! opened tonight keeps what it held, archives are unpacked, and what is still being written is left for the next run.

use std::fs::File;
use std::io::ErrorKind;
use std::path::PathBuf;

use super::SourceError;
use super::archive::unpack;
use super::gzip::inflate;
use super::intake::{Intake, last_part};
use super::landing::{Incoming, Landing};
use super::limits::ArchiveLimits;
use super::problem::{Halt, RefusedUntil, SourceFault};
use crate::definitions::Source;
use crate::ledger::{Look, SeenFile, Version};

/// A kind of source, for one source.
pub(super) trait Reach {
    /// Where all its files stand at or below: what was known of it there is kept while it cannot be listed.
    fn root(&self) -> &str;

    /// How it is looked through: the same file looked through in another way is another look.
    fn way(&self) -> &str;

    /// The files that it takes now.
    fn list(&self) -> Result<Listing, Unlisted>;

    /// The bytes of a file, unless they are those of the version that is known.
    async fn open(&mut self, file: &Listed, known: Option<&Version>, intake: &mut Intake<'_>) -> Result<Reached, Halt>;

    /// Whether the member of an archive is taken.
    fn takes_member(&self, archive: &str, member: &str) -> bool;
}

/// What a source holds at one look.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// What it takes, in the order of their names.
    pub(super) files: Vec<Listed>,
    /// What lies there and is not taken, where whoever put it there may have meant it for this source.
    pub(super) passed_over: Vec<PathBuf>,
    /// What could not be looked at: as the source names it, and why.
    pub(super) problems: Vec<(String, SourceFault)>,
}

/// A file that a source takes.
#[derive(Debug)]
pub(super) struct Listed {
    /// Where it stands: its absolute path, its address. The key of the cache of what was seen.
    pub(super) at: String,
    /// The same as the source names it: what people are told, and what a delivery says that it came from.
    pub(super) shown: String,
    /// Its path below the source, or its name.
    pub(super) name: String,
    /// Its version, where the list tells it.
    pub(super) version: Option<Version>,
}

/// Why a source gives no list.
#[derive(Debug)]
pub(super) enum Unlisted {
    /// It is not there (yet).
    Absent(SourceFault),
    /// It cannot be looked through.
    Refused(SourceFault),
}

/// What came of opening a file.
pub(super) enum Reached {
    /// It is what is known.
    AsKnown,
    /// Bytes.
    Bytes(Bytes),
}

/// A file that is open.
pub(super) struct Bytes {
    pub(super) held: BytesAt,
    pub(super) version: Version,
    pub(super) packing: Packing,
}

/// Where the bytes of an open file are.
pub(super) enum BytesAt {
    /// Where they lie, and may be written to while they are read: so many of them, and a look that tells whether they are still of
    /// the same version.
    InPlace { file: File, bytes: u64, look: fn(&File) -> Result<Version, SourceFault> },
    /// Brought here, whole.
    Brought(Incoming),
}

/// How a file is packed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Packing {
    /// Not at all.
    Plain,
    /// By gzip, with the name of what is in it.
    Gzip(String),
    /// An archive.
    Zip,
}

/// What is in a file that is packed: where each part stands below it, its name, and its bytes.
pub(super) struct Unpacked {
    pub(super) parts: Vec<(String, String, Incoming)>,
    /// Where each stands, and why it was refused.
    pub(super) refused: Vec<(String, SourceFault)>,
}

impl Unpacked {
    /// The one part of what is no archive.
    fn one(shown: &str, name: &str, incoming: Incoming) -> Self {
        Self { parts: vec![(shown.to_owned(), last_part(name).to_owned(), incoming)], refused: Vec::new() }
    }
}

impl Bytes {
    /// What is in them. `shown` is the file as its source names it, `name` its own.
    ///
    /// What changed while it was read is refused: it is still being written.
    pub(super) fn unpacked(
        self,
        kind: &impl Reach,
        (shown, name): (&str, &str),
        landing: &Landing,
        limits: &ArchiveLimits,
    ) -> Result<Unpacked, Halt> {
        let Self { held, version, packing } = self;
        let (file, bytes, look, brought) = match held {
            BytesAt::InPlace { file, bytes, look } => (file, bytes, Some(look), None),
            BytesAt::Brought(incoming) if packing == Packing::Plain => {
                return Ok(Unpacked::one(shown, name, incoming));
            }
            BytesAt::Brought(incoming) => (incoming.open()?, incoming.bytes, None, Some(incoming)),
        };
        let unpacked = match &packing {
            Packing::Plain => {
                landing.receive(&mut &file, &mut |_| Ok(()), SourceFault::Unreadable).and_then(|incoming| {
                    if incoming.bytes != bytes {
                        return Err(SourceFault::StillChanging.into());
                    }
                    Ok(Unpacked::one(shown, name, incoming))
                })
            }
            Packing::Gzip(inner) => {
                inflate(&file, bytes, landing, limits).map(|incoming| Unpacked::one(shown, inner, incoming))
            }
            Packing::Zip => unpack(&file, &|member| kind.takes_member(name, member), landing, limits).map(|taken| {
                let at = |member: &str| format!("{shown}!{member}");
                Unpacked {
                    parts: taken
                        .members
                        .into_iter()
                        .map(|(member, incoming)| (at(&member), last_part(&member).to_owned(), incoming))
                        .collect(),
                    refused: taken.refused.into_iter().map(|(member, problem)| (at(&member), problem)).collect(),
                }
            }),
        };
        drop(brought);
        // Whatever was made of bytes that changed meanwhile says nothing, an error neither.
        if let Some(look) = look
            && look(&file)? != version
        {
            return Err(SourceFault::StillChanging.into());
        }
        unpacked
    }
}

/// Takes what is new in a source.
pub(super) async fn bring(intake: &mut Intake<'_>, source: &Source, kind: &mut impl Reach) -> Result<(), SourceError> {
    let shown = source.kind.at();
    let listing = match kind.list() {
        Ok(listing) => listing,
        Err(unlisted) => {
            let last: Vec<Look> = intake.ledger.seen().below(kind.root(), kind.way()).cloned().collect();
            let problem = match unlisted {
                Unlisted::Absent(_) if source.is_default && last.is_empty() => {
                    intake.progress.message(&format!("{shown}: nothing has arrived for `{}`", source.collection));
                    return Ok(());
                }
                Unlisted::Absent(problem) | Unlisted::Refused(problem) => problem,
            };
            intake.refuse(&shown, &problem);
            // A share that is not mounted tonight has not lost its files.
            for look in &last {
                intake.repeat(look);
            }
            intake.unreached.push(kind.root().to_owned());
            return Ok(());
        }
    };
    for (at, problem) in &listing.problems {
        intake.refuse(at, problem);
    }
    if listing.files.is_empty() {
        intake.progress.message(&format!("{shown}: no file that `{}` takes", source.collection));
    }
    for file in &listing.files {
        take(intake, source, kind, file).await?;
    }
    Ok(())
}

/// Takes one file, unless it is what it was at the last look.
async fn take(
    intake: &mut Intake<'_>,
    source: &Source,
    kind: &mut impl Reach,
    file: &Listed,
) -> Result<(), SourceError> {
    let last = intake.ledger.seen().file(&file.at, kind.way()).cloned();
    let known = last.as_ref().filter(|last| intake.still_has(&last.look));
    if let Some(known) = known
        && file.version.as_ref() == Some(&known.version)
    {
        intake.repeat(&known.look);
        intake.vouch(&file.at, kind.way());
        return Ok(());
    }
    match open_and_admit(intake, source, kind, file, known).await {
        Ok(None) => {
            if let Some(known) = known {
                intake.repeat(&known.look);
            }
            intake.vouch(&file.at, kind.way());
            Ok(())
        }
        Ok(Some(seen)) => {
            intake.ledger.seen_mut().set(&file.at, kind.way(), seen);
            intake.vouch(&file.at, kind.way());
            Ok(())
        }
        Err(Halt::Failed(error)) => Err(error),
        Err(Halt::Refused(problem)) => {
            intake.refuse(&file.shown, &problem);
            // A server that is down tonight has not taken its file back, nor has one who writes it anew.
            if let Some(last) = last {
                intake.repeat(&Look { refused: Vec::new(), ..last.look });
                intake.vouch(&file.at, kind.way());
            }
            Ok(())
        }
    }
}

/// Gives what is to be remembered of the file; none where it is what is known.
async fn open_and_admit(
    intake: &mut Intake<'_>,
    source: &Source,
    kind: &mut impl Reach,
    file: &Listed,
    known: Option<&SeenFile>,
) -> Result<Option<SeenFile>, Halt> {
    let bytes = match kind.open(file, known.map(|known| &known.version), intake).await? {
        Reached::AsKnown => return Ok(None),
        Reached::Bytes(bytes) => bytes,
    };
    intake.report.opened += 1;
    let version = bytes.version.clone();
    let mut look = Look { collection: source.collection.clone(), ..Look::default() };
    match bytes.unpacked(kind, (&file.shown, &file.name), &intake.landing, &intake.options.limits) {
        Ok(unpacked) => {
            for (from, name, incoming) in unpacked.parts {
                look.deliveries.push(intake.admit(source, from, &name, incoming)?);
            }
            for (from, problem) in unpacked.refused {
                intake.refuse_in(&mut look, &from, &problem);
            }
        }
        Err(Halt::Refused(problem)) if problem.until() == RefusedUntil::Changed => {
            intake.refuse_in(&mut look, &file.shown, &problem);
        }
        Err(other) => return Err(other),
    }
    Ok(Some(SeenFile { version, look }))
}

/// Why a folder or what stands for one gives no list.
pub(super) fn unlisted(error: &std::io::Error) -> Unlisted {
    let problem = SourceFault::Folder(error.to_string());
    if error.kind() == ErrorKind::NotFound { Unlisted::Absent(problem) } else { Unlisted::Refused(problem) }
}
