//! `key`: the key of pseudonyms.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::{Context, Failure, output};
use crate::lake::Place;
use crate::model::{PseudonymKey, hex};
use crate::run::{RunError, outside, pseudonym_key};

/// `sendmart key …`.
#[derive(Debug, clap::Subcommand)]
pub(super) enum KeyVerb {
    /// Make a new key from the system's random numbers, in a file that only you can read
    #[command(
        after_help = "Example:\n  sendmart key new --file ~/.config/sendmart/key\n\nKeep a copy where the data is not. Who loses the key cannot join new data to old; who has it and the data can\nfind a child. A key of a new version gives new pseudonyms: the next run reads every delivery again."
    )]
    New {
        /// Where to write it: outside the place. A file that is there is left alone
        #[arg(long, value_name = "FILE")]
        file: PathBuf,
        /// Its version, which stands before every pseudonym: one more than that of the key before
        #[arg(long, default_value_t = 1)]
        version: u32,
    },
    /// Say which key this place uses, by its fingerprint
    #[command(after_help = "Example:\n  sendmart key show")]
    Show,
}

pub(super) fn key(context: &Context, verb: &KeyVerb) -> Result<(), Failure> {
    match verb {
        KeyVerb::New { file, version } => new(context, file, *version),
        KeyVerb::Show => {
            let (place, definitions) = context.definitions()?;
            let key = pseudonym_key(&place, definitions.settings.key.as_ref(), &|name| std::env::var(name).ok())?;
            let key = key.ok_or_else(|| RunError::Key { message: "this place has no key".to_owned() })?;
            output::line(&key.fingerprint());
            Ok(())
        }
    }
}

fn new(context: &Context, file: &Path, version: u32) -> Result<(), Failure> {
    let failed = |what: String| Failure { text: what, hint: None, exit_code: 74 };
    let file = std::path::absolute(file).map_err(|error| failed(format!("`{}`: {error}", file.display())))?;
    outside(&Place::new(&context.root, "var"), &file)?;
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| failed(format!("the system gives no random numbers: {error}")))?;
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)
            .map_err(|error| failed(format!("cannot make `{}`: {error}", folder.display())))?;
    }
    let mut out = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file).map_err(|error| Failure {
        text: format!("cannot write `{}`: {error}", file.display()),
        hint: Some("a key is never overwritten: name another file, or move the old key away".to_owned()),
        exit_code: 74,
    })?;
    writeln!(out, "v{version}:{}", hex(&bytes))
        .and_then(|()| out.sync_all())
        .map_err(|error| failed(format!("cannot write `{}`: {error}", file.display())))?;
    output::said(&format!(
        "Key {} is in `{}`. Keep a copy where the data is not, and name it in config/local.toml:",
        PseudonymKey::new(version, bytes).fingerprint(),
        file.display()
    ));
    output::line(&format!("\n[privacy]\nkey = \"{}\"", file.display()));
    Ok(())
}
