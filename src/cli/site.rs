//! `site`: the pages of the live generation as a folder to open from disk.

use std::path::PathBuf;

use super::at::Gazetteer;
use super::run::grouped;
use super::{Context, Failure, output};
use crate::pack::{SiteError, gather, pages, write_site};
use crate::warehouse::{WarehouseError, live, query};

pub(super) const EXAMPLES: &str = "\
Examples:
  sendmart site --out /srv/board     then open /srv/board/index.html
  sendmart run && sendmart site --out /srv/board
                                     every evening what the board will see

The folder is new, empty, or an earlier one of this verb, which is replaced
as a whole. It needs no server, has no script and names no remote address.

Restricted edition: small numbers are shown, and every page says so. Folder
and files are for their owner alone (0700, 0600): not for publication.
The same generation gives the same bytes.";

/// What `sendmart site` is asked for.
#[derive(Debug, clap::Args)]
pub(super) struct SiteArgs {
    /// The folder: new, empty, or an earlier one of this verb
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

impl From<SiteError> for Failure {
    fn from(error: SiteError) -> Self {
        let text = format!("[{}] {error}", error.code());
        match error {
            SiteError::NotOurs { .. } | SiteError::OtherPack { .. } => {
                Self::usage(text, "name a new folder, or empty that one")
            }
            SiteError::OtherState { .. } => Self::usage(
                text,
                "what was frozen stays as it was: name another folder, and compare them; `sendmart status` tells what was withdrawn",
            ),
            SiteError::File(_) | SiteError::Workbook(_) => {
                Self { text, hint: Some("check the disk and your rights on the folder".to_owned()), exit_code: 74 }
            }
        }
    }
}

/// `sendmart site`.
pub(super) fn site(context: &Context, args: &SiteArgs) -> Result<(), Failure> {
    let (place, definitions) = context.definitions()?;
    if live(&place).is_none() {
        return Err(WarehouseError::NoGeneration { path: place.live() }.into());
    }
    let gazetteer = Gazetteer::of(&place)?;
    let ask = |sql: &str, parameters: &[&str]| query(&place, sql, parameters);
    let all = gather(&ask, &definitions, &|code| gazetteer.name(code).map(str::to_owned), &|place, code| {
        gazetteer.has(place, code)
    })?;
    let marker = write_site(&all, &pages(&all), &args.out)?;
    if context.json {
        output::line(&serde_json::to_string(&marker).unwrap_or_default());
        return Ok(());
    }
    let bytes: u64 = marker.files.values().map(|file| file.bytes).sum();
    output::said(&format!(
        "{} pages with {} bytes of generation {}, figures as of {}: restricted edition, small numbers are shown",
        marker.files.len(),
        grouped(bytes),
        marker.generation,
        marker.as_of
    ));
    output::said(&format!("Start with {}", args.out.join("index.html").display()));
    Ok(())
}
