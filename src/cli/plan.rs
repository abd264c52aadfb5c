//! `plan`: what lies in the inbox, which layout each file is proved to have, what is missing, and the lines that would take a file that
//! no layout takes. Nothing is landed, read into the lake, or published.

mod missing;
mod remedy;
mod years;

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::standing::counted;
use super::worker::contained;
use super::{Context, Failure, given, output};
use crate::definitions::{Collection, Definitions};
use crate::ledger::Ledger;
use crate::model::{Book, Delivery, DeliveryId};
use crate::prove::{Proof, prove};
use crate::read::{Opened, ReadError};
use crate::run::{RunError, read_deliveries};
use crate::source::{Scouted, Scouting, SourceError, scout};

pub(super) const EXAMPLES: &str = "\
Examples:
  sendmart plan                          what a run would take; what is missing
  sendmart plan --all                    with every file that was read before
  sendmart plan \"Caseload April.xlsx\"    one file: what would take it?";

/// What `plan` is asked for.
#[derive(Debug, clap::Args)]
pub(super) struct PlanArgs {
    /// One file, which need not lie in the inbox; `FILE.zip!member` for one within an archive
    file: Option<PathBuf>,
    /// List the files too that were read before
    #[arg(long)]
    all: bool,
}

impl From<SourceError> for Failure {
    fn from(error: SourceError) -> Self {
        RunError::Source(error).into()
    }
}

/// What became of the look at one file.
enum FileVerdict {
    /// It was read before, into these tables.
    Read(Book),
    /// It was read before, and refused.
    Refused { code: String, at: Option<String>, message: String, hint: String },
    /// It is in these layouts.
    Proved(Vec<Proof>),
}

impl FileVerdict {
    fn of_error(error: &ReadError) -> Self {
        let told = error.refusal();
        let (code, at, hint) = told.map_or_else(
            || ("read::failed".to_owned(), None, String::new()),
            |refusal| (refusal.code, refusal.at, refusal.hint),
        );
        Self::Refused { code, at, message: error.to_string(), hint }
    }

    /// The tables that it brings.
    fn tables(&self) -> Vec<&str> {
        match self {
            Self::Read(book) => book.tables.iter().map(|table| table.table.as_str()).collect(),
            Self::Proved(proofs) => proofs.iter().map(|proof| proof.layout.table.name.as_str()).collect(),
            Self::Refused { .. } => Vec::new(),
        }
    }
}

/// A proof in words, and what its layout inherits.
fn described(proof: &Proof) -> String {
    let inherited = proof.layout.inherited.as_ref();
    let inherited = inherited.map_or_else(String::new, |inherited| format!(" ({})", inherited.words()));
    let unknown = proof.unknown.len();
    let unknown = if unknown == 0 { String::new() } else { format!("; {unknown} labels that nobody takes") };
    format!("table `{}`, {}{inherited}{unknown}", proof.layout.table.name, proof.words())
}

/// `sendmart plan`.
pub(super) fn plan(context: &Context, args: &PlanArgs) -> Result<(), Failure> {
    let (place, definitions) = context.definitions()?;
    if let Some(file) = &args.file {
        return one_file(context, &definitions, file);
    }
    let ledger = Ledger::open(&place).map_err(RunError::from)?;
    let scratch = tempfile::tempdir().map_err(|error| Failure {
        text: format!("cannot make a temporary folder: {error}"),
        hint: Some("set TMPDIR to a folder that can be written to".to_owned()),
        exit_code: 74,
    })?;
    let scouting = scout(&definitions.sources, &place, &ledger, scratch.path())?;
    let books: BTreeMap<DeliveryId, Book> = read_deliveries(&place, &definitions)?
        .into_iter()
        .map(|(delivery, book)| (delivery.delivery_id, book))
        .collect();
    let deliveries = ledger.deliveries();
    if !context.json {
        output::said(&format!(
            "{} collections, {} sources, {} KPIs; definitions {}",
            definitions.running().count(),
            definitions.sources.len(),
            definitions.kpis.len(),
            &definitions.hash[..12]
        ));
    }
    let mut refused = 0;
    let mut fresh = 0;
    for collection in definitions.running() {
        let files: Vec<&Scouted> = scouting.files.iter().filter(|file| file.collection == collection.name).collect();
        let looked: Vec<(&Scouted, FileVerdict)> =
            files.iter().map(|file| (*file, verdict(collection, file, &books))).collect();
        fresh += files.iter().filter(|file| file.known.is_none()).count();
        refused += looked.iter().filter(|(_, verdict)| matches!(verdict, FileVerdict::Refused { .. })).count();
        if context.json {
            for (file, verdict) in &looked {
                output::line(&json(file, verdict).to_string());
            }
            continue;
        }
        if looked.is_empty() {
            continue;
        }
        told(args, collection, &looked, &deliveries);
        let brought = missing::brought(&definitions, collection, &looked, &books, &deliveries);
        for line in missing::lines(collection, &brought) {
            output::said(&format!("  missing: {line}"));
        }
    }
    if !context.json {
        epilogue(&definitions, &scouting, &deliveries, fresh, refused);
    }
    Ok(())
}

/// The files of one collection.
fn told(args: &PlanArgs, collection: &Collection, looked: &[(&Scouted, FileVerdict)], deliveries: &[Delivery]) {
    let new = looked.iter().filter(|(file, _)| file.known.is_none()).count();
    let here = |delivery: &&Delivery| looked.iter().any(|(file, _)| file.known.as_ref() == Some(&delivery.delivery_id));
    let gone = deliveries.iter().filter(|one| one.collection == collection.name).filter(|one| !here(one)).count();
    let gone = if gone == 0 { String::new() } else { format!("; {gone} landed before and no longer there") };
    let files = counted(looked.len(), "file", "files");
    output::said(&format!("\n{}: {files}, {new} new{gone}", collection.name));
    let mut quiet = 0;
    for (file, verdict) in looked {
        let state = if file.known.is_some() { "known" } else { "new" };
        match verdict {
            FileVerdict::Read(_) if !args.all => quiet += 1,
            FileVerdict::Read(book) => {
                let words = book.tables.iter().map(|table| table.proof.clone()).collect::<Vec<_>>().join("; ");
                output::said(&format!("  read   {}: {words}", file.file_name));
            }
            FileVerdict::Proved(proofs) => {
                let words = proofs.iter().map(described).collect::<Vec<_>>().join("; ");
                output::said(&format!("  {state:6} {}: {words}", file.file_name));
            }
            FileVerdict::Refused { code, at, message, hint } => {
                let at = at.as_ref().map_or_else(String::new, |at| format!(" ({at})"));
                output::said(&format!("  {state:6} {}: refused [{code}]{at}: {message}", file.file_name));
                output::said(&format!("    hint: {hint}"));
                for line in remedy::lines(collection, file.path(), &file.file_name) {
                    output::line(&format!("    {line}"));
                }
            }
        }
    }
    if quiet > 0 {
        output::said(&format!("  read before, and not read again: {quiet} (`--all` lists them)"));
    }
}

/// Most files that are listed as passed over.
const PASSED_OVER: usize = 20;

/// What is wrong with the sources, what no source takes, and what is to be done.
fn epilogue(definitions: &Definitions, scouting: &Scouting, deliveries: &[Delivery], fresh: usize, refused: usize) {
    let came = |name: &str| {
        scouting.files.iter().any(|file| file.collection == name) || deliveries.iter().any(|one| one.collection == name)
    };
    let asked = |name: &str| scouting.addresses.iter().any(|(collection, _)| collection == name);
    let without: Vec<&str> = definitions
        .running()
        .map(|collection| collection.name.as_str())
        .filter(|name| !came(name) && !asked(name))
        .collect();
    output::said("");
    if !without.is_empty() {
        output::said(&format!("nothing has come for: {}", without.join(", ")));
    }
    for (collection, url) in &scouting.addresses {
        output::said(&format!("{collection}: a run asks {url}"));
    }
    for problem in &scouting.problems {
        output::error(&problem.to_string(), Some(&problem.hint));
    }
    for path in scouting.passed_over.iter().take(PASSED_OVER) {
        output::said(&format!(
            "passed over: {}, which no source takes (`sendmart plan FILE` says what could)",
            path.display()
        ));
    }
    if scouting.passed_over.len() > PASSED_OVER {
        output::said(&format!("passed over: {} more", scouting.passed_over.len() - PASSED_OVER));
    }
    let stops =
        if refused == 0 { String::new() } else { format!(", {refused} of those that lie there would be refused") };
    output::said(&format!("{} would be landed{stops}", counted(fresh, "new file", "new files")));
}

/// The look at a file of a source.
fn verdict(collection: &Collection, file: &Scouted, books: &BTreeMap<DeliveryId, Book>) -> FileVerdict {
    let book = file.known.as_ref().and_then(|id| books.get(id));
    match book {
        Some(book) if book.refused.is_none() && is_current(collection, book) => FileVerdict::Read(book.clone()),
        _ => look(collection, file.path(), &file.file_name),
    }
}

/// Whether a book was made by these definitions, as far as its layouts are still there.
fn is_current(collection: &Collection, book: &Book) -> bool {
    book.definition.contains(&collection.hash)
        || book.tables.iter().all(|table| collection.layouts.iter().any(|layout| layout.name == table.layout))
}

fn look(collection: &Collection, path: &std::path::Path, file_name: &str) -> FileVerdict {
    match prove(&mut Opened::within(path, &contained()), file_name, collection) {
        Ok(proofs) => FileVerdict::Proved(proofs),
        Err(error) => FileVerdict::of_error(&error),
    }
}

fn json(file: &Scouted, verdict: &FileVerdict) -> serde_json::Value {
    let (state, layouts, refusal) = match verdict {
        FileVerdict::Read(book) => {
            ("read", book.tables.iter().map(|table| table.layout.clone()).collect::<Vec<_>>(), serde_json::Value::Null)
        }
        FileVerdict::Proved(proofs) => (
            if file.known.is_some() { "known" } else { "new" },
            proofs.iter().map(|proof| proof.layout.name.clone()).collect(),
            serde_json::Value::Null,
        ),
        FileVerdict::Refused { code, at, message, hint } => {
            ("refused", Vec::new(), serde_json::json!({ "code": code, "at": at, "message": message, "hint": hint }))
        }
    };
    serde_json::json!({
        "collection": file.collection, "file": file.file_name, "source": file.from, "state": state,
        "tables": verdict.tables(), "layouts": layouts, "refusal": refusal,
    })
}

/// `sendmart plan FILE`: which collections would take it.
fn one_file(context: &Context, definitions: &Definitions, asked: &std::path::Path) -> Result<(), Failure> {
    let file = given::given(asked)?;
    let mut takes = Vec::new();
    for collection in definitions.collections.values() {
        if let FileVerdict::Proved(proofs) = look(collection, file.path(), &file.name) {
            takes.push((collection, proofs));
        }
    }
    if context.json {
        for (collection, proofs) in &takes {
            let layouts: Vec<&str> = proofs.iter().map(|proof| proof.layout.name.as_str()).collect();
            let value = serde_json::json!({ "collection": collection.name, "file": file.name, "layouts": layouts });
            output::line(&value.to_string());
        }
    } else {
        for (collection, proofs) in &takes {
            output::said(&format!("`{}` is a file of `{}`:", file.name, collection.name));
            for proof in proofs {
                output::said(&format!("  {}", described(proof)));
            }
            for line in remedy::source_of(definitions, collection, asked) {
                output::line(&line);
            }
        }
    }
    if !takes.is_empty() {
        return Ok(());
    }
    // The collections whose layouts come near, the nearest first.
    let mut near: Vec<(&Collection, usize)> = definitions
        .collections
        .values()
        .filter_map(|collection| Some((collection.as_ref(), remedy::distance(collection, file.path(), &file.name)?)))
        .collect();
    let is_elsewhere = |collection: &Collection| !remedy::is_of_source(definitions, collection, asked);
    near.sort_by_key(|(collection, distance)| (is_elsewhere(collection), *distance));
    if let Some((collection, _)) = near.first() {
        let reason = match look(collection, file.path(), &file.name) {
            FileVerdict::Refused { code, at, message, .. } => {
                let at = at.map_or_else(String::new, |at| format!(" ({at})"));
                format!("[{code}]{at}: {message}")
            }
            _ => String::new(),
        };
        output::said(&format!(
            "`{}` is nearest to a file of `{}`, which refuses it {reason}",
            file.name, collection.name
        ));
        for line in remedy::lines(collection, file.path(), &file.name) {
            output::line(&line);
        }
    }
    Err(Failure {
        text: format!("no layout of any collection takes `{}`", file.name),
        hint: Some(if near.is_empty() {
            format!(
                "`sendmart profile {0}` says what stands in it, and `sendmart new NAME --from {0}` drafts a collection",
                shell(asked)
            )
        } else {
            "write the lines above, then ask again; a file of another kind is drafted by `sendmart new NAME --from FILE`"
                .to_owned()
        }),
        exit_code: 65,
    })
}

/// A path as a shell takes it.
fn shell(path: &std::path::Path) -> String {
    let shown = path.display().to_string();
    if shown.contains(|each: char| !(each.is_alphanumeric() || "/._-".contains(each))) {
        format!("'{}'", shown.replace('\'', "'\\''"))
    } else {
        shown
    }
}
